/* property.c - property. */
#include "memory/gc.h"
#include "objects/call.h"
#include "objects/descr.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"

#define PROP(o) ((PyPropertyObject *)(o))

/* A copy with some functions replaced (NULL: the old one). */
static PyObject *property_copy(PyObject *self, PyObject *get, PyObject *set, PyObject *del)
{
    PyPropertyObject *old = PROP(self);
    PyObject *none = Py_None;
    get = get && get != none ? get : old->prop_get ? old->prop_get : none;
    set = set && set != none ? set : old->prop_set ? old->prop_set : none;
    del = del && del != none ? del : old->prop_del ? old->prop_del : none;
    PyObject *doc = old->getter_doc && get != none ? none : old->prop_doc ? old->prop_doc : none;
    PyObject *copy = PyObject_CallFunctionObjArgs((PyObject *)Py_TYPE(self), get, set, del, doc, NULL);
    if (copy && PyObject_TypeCheck(copy, &PyProperty_Type)) {
        Py_XINCREF(old->prop_name);
        Py_XSETREF(PROP(copy)->prop_name, old->prop_name);
    }
    return copy;
}

METHODS_DECLARE(property);
METHOD_RAW(property, getter, O, 0, "A copy with another getter.")
{
    return property_copy(self, arg, NULL, NULL);
}

METHOD_RAW(property, setter, O, 0, "A copy with another setter.")
{
    return property_copy(self, NULL, arg, NULL);
}

METHOD_RAW(property, deleter, O, 0, "A copy with another deleter.")
{
    return property_copy(self, NULL, NULL, arg);
}

METHOD_RAW(property, __set_name__, VAR, 0, "Notes the name for error messages.")
{
    if (PyTuple_GET_SIZE(args) != 2)
        return k_raise(PyExc_TypeError, "__set_name__() takes 2 positional arguments but %zd were given",
                       PyTuple_GET_SIZE(args));
    PyObject *name = Py_NewRef(PyTuple_GET_ITEM(args, 1));
    Py_XSETREF(PROP(self)->prop_name, name);
    Py_RETURN_NONE;
}
METHODS_END(property);

static PyObject *property_complain(PyObject *self, PyObject *obj, const char *what)
{
    K_AUTO(PyObject *) qualname = PyType_GetQualName(Py_TYPE(obj));
    if (!qualname)
        return NULL;
    if (PROP(self)->prop_name)
        return k_raise(PyExc_AttributeError, "property %R of %R object has no %s", PROP(self)->prop_name, qualname, what);
    return k_raise(PyExc_AttributeError, "property of %R object has no %s", qualname, what);
}

static PyObject *property_descr_get(PyObject *self, PyObject *obj, PyObject *type)
{
    if (!obj || obj == Py_None)
        return Py_NewRef(self);
    PyObject *get = PROP(self)->prop_get;
    return get ? PyObject_CallOneArg(get, obj) : property_complain(self, obj, "getter");
}

static int property_descr_set(PyObject *self, PyObject *obj, PyObject *value)
{
    PyObject *function = value ? PROP(self)->prop_set : PROP(self)->prop_del;
    if (!function) {
        property_complain(self, obj, value ? "setter" : "deleter");
        return -1;
    }
    PyObject *result = PyObject_CallFunctionObjArgs(function, obj, value, NULL);
    Py_XDECREF(result);
    return result ? 0 : -1;
}

BINDER(property_init, "property", "(fget=None, fset=None, fdel=None, doc=None)", *fget, *fset, *fdel, *doc);

/* The getter's docstring serves where none was given. */
static int property_take_doc(PyObject *self)
{
    PyObject *doc;
    int found = _PyObject_LookupAttr(PROP(self)->prop_get, K_STR("__doc__"), &doc);
    if (found <= 0)
        return found;
    if (Py_IS_TYPE(self, &PyProperty_Type)) {
        Py_XSETREF(PROP(self)->prop_doc, doc);
    } else { /* a subclass has __doc__ of its own: the instance must override it */
        int status = PyObject_SetAttr(self, K_STR("__doc__"), doc);
        Py_DECREF(doc);
        if (status < 0)
            return -1;
    }
    PROP(self)->getter_doc = 1;
    return 0;
}

static PyObject *property_given(PyObject *o)
{
    return o && o != Py_None ? Py_NewRef(o) : NULL;
}

static int property_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    property_init_args arg;
    PyObject *owned;
    if (BIND(property_init, &arg, args, kwargs, &owned) < 0)
        return -1;
    PyPropertyObject *p = PROP(self);
    Py_XSETREF(p->prop_get, property_given(arg.fget));
    Py_XSETREF(p->prop_set, property_given(arg.fset));
    Py_XSETREF(p->prop_del, property_given(arg.fdel));
    Py_XSETREF(p->prop_doc, arg.doc == Py_None ? NULL : Py_NewRef(arg.doc));
    Py_CLEAR(p->prop_name);
    p->getter_doc = 0;
    return arg.doc == Py_None && p->prop_get ? property_take_doc(self) : 0;
}

static PyObject *property_get_abstract(PyObject *self, void *closure)
{
    PyObject *functions[] = { PROP(self)->prop_get, PROP(self)->prop_set, PROP(self)->prop_del };
    int abstract = 0;
    for (int i = 0; i < 3 && abstract == 0; i++)
        abstract = _PyObject_IsAbstract(functions[i]);
    return abstract < 0 ? NULL : PyBool_FromLong(abstract);
}

static int property_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(PROP(self)->prop_get);
    Py_VISIT(PROP(self)->prop_set);
    Py_VISIT(PROP(self)->prop_del);
    Py_VISIT(PROP(self)->prop_doc);
    Py_VISIT(PROP(self)->prop_name);
    return 0;
}

static int property_clear(PyObject *self)
{
    Py_CLEAR(PROP(self)->prop_doc);
    return 0;
}

static void property_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(PROP(self)->prop_get);
    Py_XDECREF(PROP(self)->prop_set);
    Py_XDECREF(PROP(self)->prop_del);
    Py_XDECREF(PROP(self)->prop_doc);
    Py_XDECREF(PROP(self)->prop_name);
    Py_TYPE(self)->tp_free(self);
}

static PyMemberDef property_members[] = {
    { "fget", T_OBJECT, offsetof(PyPropertyObject, prop_get), READONLY, NULL },
    { "fset", T_OBJECT, offsetof(PyPropertyObject, prop_set), READONLY, NULL },
    { "fdel", T_OBJECT, offsetof(PyPropertyObject, prop_del), READONLY, NULL },
    { "__doc__", T_OBJECT, offsetof(PyPropertyObject, prop_doc), 0, NULL },
    { NULL, 0, 0, 0, NULL },
};
static PyGetSetDef property_getset[] = {
    { "__isabstractmethod__", property_get_abstract, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

PyTypeObject PyProperty_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "property",
    .tp_basicsize = sizeof(PyPropertyObject),
    .tp_dealloc = property_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = "property(fget=None, fset=None, fdel=None, doc=None)\n--\n\nAn attribute whose reading, setting and "
              "deleting call functions.\n\n  fget\n    reads the attribute\n  fset\n    sets it\n  fdel\n    deletes "
              "it\n  doc\n    is its docstring; the getter's by default",
    .tp_traverse = property_traverse,
    .tp_clear = property_clear,
    .tp_methods = METHODS(property),
    .tp_members = property_members,
    .tp_getset = property_getset,
    .tp_descr_get = property_descr_get,
    .tp_descr_set = property_descr_set,
    .tp_init = property_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = PyType_GenericNew,
    .tp_free = PyObject_GC_Del,
};
K_TYPE(PyProperty_Type);
