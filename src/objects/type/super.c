/* super.c - super: attributes of the classes behind one in an object's method resolution order.
 *
 * In: a class and an object, or, without arguments, the calling frame's __class__ cell and first argument.
 * Invariant: obj and obj_type are both set or both NULL. */
#include "code/code.h"
#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/frame/frame.h"
#include "objects/func/func.h"
#include "objects/bytes/bytes.h"
#include "objects/method.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type_internal.h"
#include "runtime/errors.h"
#include "runtime/state.h"

typedef struct SuperObject {
    PyObject ob_base;
    PyTypeObject *type;
    PyObject *obj;
    PyTypeObject *obj_type;
} SuperObject;
#define AS_SUPER(o) ((SuperObject *)(o))

/* ---- finding the class and object ---- */

/* The class whose order counts: obj itself when it is a subclass, its type, or what it gives as __class__. */
static PyTypeObject *super_check(PyTypeObject *type, PyObject *obj)
{
    if (PyType_Check(obj) && PyType_IsSubtype((PyTypeObject *)obj, type))
        return (PyTypeObject *)Py_NewRef(obj);
    if (PyType_IsSubtype(Py_TYPE(obj), type))
        return (PyTypeObject *)Py_NewRef(Py_TYPE(obj));
    PyObject *reported;
    if (_PyObject_LookupAttr(obj, K_STR("__class__"), &reported) < 0)
        return NULL;
    if (reported && PyType_Check(reported) && reported != (PyObject *)Py_TYPE(obj)
        && PyType_IsSubtype((PyTypeObject *)reported, type))
        return (PyTypeObject *)reported;
    Py_XDECREF(reported);
    k_raise(PyExc_TypeError, "super(type, obj): obj must be an instance or subtype of type");
    return NULL;
}

static int super_complain(const char *message)
{
    k_raise(PyExc_RuntimeError, "super(): %s", message);
    return -1;
}

/* Both borrowed from the frame. */
static int super_from_frame(PyTypeObject **type, PyObject **obj)
{
    _PyInterpreterFrame *frame = k_tstate()->cframe->current_frame;
    if (!frame)
        return super_complain("no current frame");
    PyCodeObject *code = frame->f_code;
    if (code->co_argcount == 0)
        return super_complain("no arguments");
    *obj = frame->localsplus[0];
    const char *kinds = PyBytes_AS_STRING(code->co_localspluskinds);
    if (*obj && (kinds[0] & CO_FAST_CELL) && PyCell_Check(*obj))
        *obj = PyCell_GET(*obj);
    if (!*obj)
        return super_complain("arg[0] deleted");
    for (int i = code->co_nlocalsplus - code->co_nfreevars; i < code->co_nlocalsplus; i++) {
        if (!_PyUnicode_EqualToASCIIString(PyTuple_GET_ITEM(code->co_localsplusnames, i), "__class__"))
            continue;
        PyObject *cell = frame->localsplus[i];
        if (!cell || !PyCell_Check(cell))
            return super_complain("bad __class__ cell");
        PyObject *cls = PyCell_GET(cell);
        if (!cls)
            return super_complain("empty __class__ cell");
        if (!PyType_Check(cls)) {
            k_raise(PyExc_RuntimeError, "super(): __class__ is not a type (%s)", Py_TYPE(cls)->tp_name);
            return -1;
        }
        *type = (PyTypeObject *)cls;
        return 0;
    }
    return super_complain("__class__ cell not found");
}

static int super_set(SuperObject *self, PyTypeObject *type, PyObject *obj)
{
    PyTypeObject *obj_type = NULL;
    if (obj == Py_None)
        obj = NULL;
    if (obj && !(obj_type = super_check(type, obj)))
        return -1;
    Py_INCREF(type);
    Py_XSETREF(self->type, type);
    Py_XINCREF(obj);
    Py_XSETREF(self->obj, obj);
    Py_XSETREF(self->obj_type, obj_type);
    return 0;
}

static int super_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyTypeObject *type = NULL;
    PyObject *obj = NULL;
    if (kwargs && PyDict_GET_SIZE(kwargs)) {
        k_raise(PyExc_TypeError, "super() takes no keyword arguments");
        return -1;
    }
    Py_ssize_t nargs = PyTuple_GET_SIZE(args);
    if (k_check_nargs("super()", nargs, 0, 2) < 0)
        return -1;
    if (nargs == 0)
        return super_from_frame(&type, &obj) < 0 ? -1 : super_set(AS_SUPER(self), type, obj);
    PyObject *first = PyTuple_GET_ITEM(args, 0);
    if (!PyType_Check(first)) {
        k_raise(PyExc_TypeError, "super() argument 1 must be a type, not %.200s", Py_TYPE(first)->tp_name);
        return -1;
    }
    return super_set(AS_SUPER(self), (PyTypeObject *)first, nargs > 1 ? PyTuple_GET_ITEM(args, 1) : NULL);
}

/* ---- attributes ---- */

/* What the classes behind type in obj_type's order give for the name: new, or NULL with or without an exception. */
static PyObject *super_find(SuperObject *self, PyObject *name)
{
    K_AUTO(PyObject *) mro = Py_XNewRef(self->obj_type->tp_mro);
    if (!mro)
        return NULL;
    Py_ssize_t i = 0, n = PyTuple_GET_SIZE(mro);
    while (i < n && PyTuple_GET_ITEM(mro, i) != (PyObject *)self->type)
        i++;
    for (i++; i < n; i++) {
        PyObject *dict = ((PyTypeObject *)PyTuple_GET_ITEM(mro, i))->tp_dict;
        PyObject *found = PyDict_GetItemWithError(dict, name);
        if (found)
            return Py_NewRef(found);
        if (PyErr_Occurred())
            return NULL;
    }
    return NULL;
}

int k_attr_find_in_super(PyObject *o, PyObject *name, KAttr *attr)
{
    SuperObject *self = AS_SUPER(o);
    attr->found = NULL;
    if (!self->obj_type || (PyUnicode_Check(name) && _PyUnicode_EqualToASCIIString(name, "__class__")))
        return k_attr_find(o, name, attr);
    attr->found = super_find(self, name);
    if (!attr->found)
        return PyErr_Occurred() ? -1 : k_attr_find(o, name, attr);
    attr->get = Py_TYPE(attr->found)->tp_descr_get;
    /* bound to the class itself when the object is the class: no instance */
    attr->instance = self->obj == (PyObject *)self->obj_type ? NULL : self->obj;
    attr->owner = (PyObject *)self->obj_type;
    return 1;
}

static PyObject *super_getattro(PyObject *o, PyObject *name)
{
    KAttr attr;
    int found = k_attr_find_in_super(o, name, &attr);
    if (found <= 0)
        return found < 0 ? NULL : PyObject_GenericGetAttr(o, name);
    K_AUTO(PyObject *) instance = Py_XNewRef(attr.instance); /* the descriptor may set the super object anew */
    K_AUTO(PyObject *) owner = Py_NewRef(attr.owner);
    return k_attr_bind(&attr);
}

static PyObject *super_descr_get(PyObject *o, PyObject *obj, PyObject *type)
{
    SuperObject *self = AS_SUPER(o);
    if (!obj || obj == Py_None || self->obj)
        return Py_NewRef(o);
    if (!Py_IS_TYPE(o, &PySuper_Type))
        return PyObject_CallFunctionObjArgs((PyObject *)Py_TYPE(o), self->type, obj, NULL);
    PyTypeObject *obj_type = super_check(self->type, obj);
    if (!obj_type)
        return NULL;
    SuperObject *bound = AS_SUPER(PySuper_Type.tp_alloc(&PySuper_Type, 0));
    if (!bound) {
        Py_DECREF(obj_type);
        return NULL;
    }
    bound->type = (PyTypeObject *)Py_NewRef(self->type);
    bound->obj = Py_NewRef(obj);
    bound->obj_type = obj_type;
    return (PyObject *)bound;
}

static PyObject *super_repr(PyObject *o)
{
    SuperObject *self = AS_SUPER(o);
    const char *name = self->type ? self->type->tp_name : "NULL";
    if (self->obj_type)
        return PyUnicode_FromFormat("<super: <class '%s'>, <%s object>>", name, self->obj_type->tp_name);
    return PyUnicode_FromFormat("<super: <class '%s'>, NULL>", name);
}

static int super_traverse(PyObject *o, visitproc visit, void *arg)
{
    SuperObject *self = AS_SUPER(o);
    Py_VISIT(self->obj);
    Py_VISIT(self->type);
    Py_VISIT(self->obj_type);
    return 0;
}

static void super_dealloc(PyObject *o)
{
    SuperObject *self = AS_SUPER(o);
    PyObject_GC_UnTrack(o);
    Py_XDECREF(self->obj);
    Py_XDECREF(self->type);
    Py_XDECREF(self->obj_type);
    Py_TYPE(o)->tp_free(o);
}

static PyMemberDef super_members[] = {
    { "__thisclass__", T_OBJECT, offsetof(SuperObject, type), READONLY, "the class that called super()" },
    { "__self__", T_OBJECT, offsetof(SuperObject, obj), READONLY, "the instance that called super(), or None" },
    { "__self_class__", T_OBJECT, offsetof(SuperObject, obj_type), READONLY, "the type of that instance, or None" },
    { NULL, 0, 0, 0, NULL },
};

PyTypeObject PySuper_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "super",
    .tp_basicsize = sizeof(SuperObject),
    .tp_dealloc = super_dealloc,
    .tp_repr = super_repr,
    .tp_getattro = super_getattro,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = "super() -> super(__class__, first argument)\nsuper(type) -> unbound\nsuper(type, obj), with "
              "isinstance(obj, type)\nsuper(type, type2), with issubclass(type2, type)\n\nGives the attributes that "
              "the classes after type in the resolution order have.",
    .tp_traverse = super_traverse,
    .tp_members = super_members,
    .tp_descr_get = super_descr_get,
    .tp_init = super_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = PyType_GenericNew,
    .tp_free = PyObject_GC_Del,
};
K_TYPE(PySuper_Type);
