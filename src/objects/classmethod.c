/* classmethod.c - classmethod and staticmethod. */
#include "memory/gc.h"
#include "objects/call.h"
#include "objects/descr.h"
#include "objects/dict/dict.h"
#include "objects/func/func.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"

#define CM(o) ((PyClassMethodObject *)(o))

static int method_object_copy_attr(PyObject *self, PyObject *wrapped, PyObject *name)
{
    PyObject *value;
    int found = _PyObject_LookupAttr(wrapped, name, &value);
    if (found <= 0)
        return found;
    found = PyObject_SetAttr(self, name, value);
    Py_DECREF(value);
    return found;
}

/* Looks like the function that it wraps. */
static int method_object_wrap(PyObject *self, PyObject *wrapped)
{
    if (method_object_copy_attr(self, wrapped, K_STR("__module__")) < 0
        || method_object_copy_attr(self, wrapped, K_STR("__name__")) < 0
        || method_object_copy_attr(self, wrapped, K_STR("__qualname__")) < 0
        || method_object_copy_attr(self, wrapped, K_STR("__doc__")) < 0
        || method_object_copy_attr(self, wrapped, K_STR("__annotations__")) < 0)
        return -1;
    return 0;
}

static int method_object_init(PyObject *self, PyObject *args, PyObject *kwargs, const char *name)
{
    if (kwargs && PyDict_GET_SIZE(kwargs)) {
        k_raise(PyExc_TypeError, "%s() takes no keyword arguments", name);
        return -1;
    }
    if (k_check_nargs(name, PyTuple_GET_SIZE(args), 1, 1) < 0)
        return -1;
    PyObject *callable = Py_NewRef(PyTuple_GET_ITEM(args, 0));
    Py_XSETREF(CM(self)->cm_callable, callable);
    return method_object_wrap(self, callable);
}

static void method_object_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(CM(self)->cm_callable);
    Py_XDECREF(CM(self)->cm_dict);
    Py_TYPE(self)->tp_free(self);
}

static int method_object_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(CM(self)->cm_dict);
    Py_VISIT(CM(self)->cm_callable);
    return 0;
}

static int method_object_clear(PyObject *self)
{
    Py_CLEAR(CM(self)->cm_callable);
    Py_CLEAR(CM(self)->cm_dict);
    return 0;
}

static PyObject *method_object_get_abstract(PyObject *self, void *closure)
{
    int abstract = _PyObject_IsAbstract(CM(self)->cm_callable);
    return abstract < 0 ? NULL : PyBool_FromLong(abstract);
}

static PyMemberDef method_object_members[] = {
    { "__func__", T_OBJECT, offsetof(PyClassMethodObject, cm_callable), READONLY, NULL },
    { "__wrapped__", T_OBJECT, offsetof(PyClassMethodObject, cm_callable), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};
static PyGetSetDef method_object_getset[] = {
    { "__isabstractmethod__", method_object_get_abstract, NULL, NULL, NULL },
    { "__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static PyObject *method_object_new(PyTypeObject *type, PyObject *callable)
{
    PyObject *self = PyType_GenericAlloc(type, 0);
    if (!self)
        return NULL;
    CM(self)->cm_callable = Py_NewRef(callable);
    if (method_object_wrap(self, callable) < 0)
        Py_CLEAR(self);
    return self;
}

static PyObject *method_object_uninitialized(const char *name)
{
    return k_raise(PyExc_RuntimeError, "uninitialized %s object", name);
}

/* ---- classmethod ---- */

static PyObject *classmethod_descr_get(PyObject *self, PyObject *obj, PyObject *type)
{
    PyObject *callable = CM(self)->cm_callable;
    if (!callable)
        return method_object_uninitialized("classmethod");
    if (!type)
        type = (PyObject *)Py_TYPE(obj);
    descrgetfunc get = Py_TYPE(callable)->tp_descr_get;
    return get ? get(callable, type, type) : PyMethod_New(callable, type);
}

static int classmethod_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return method_object_init(self, args, kwargs, "classmethod");
}

static PyObject *classmethod_repr(PyObject *self)
{
    return PyUnicode_FromFormat("<classmethod(%R)>", CM(self)->cm_callable);
}

PyObject *PyClassMethod_New(PyObject *callable)
{
    return method_object_new(&PyClassMethod_Type, callable);
}

/* ---- staticmethod ---- */

static PyObject *staticmethod_descr_get(PyObject *self, PyObject *obj, PyObject *type)
{
    PyObject *callable = CM(self)->cm_callable;
    return callable ? Py_NewRef(callable) : method_object_uninitialized("staticmethod");
}

static PyObject *staticmethod_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return PyObject_Call(CM(self)->cm_callable, args, kwargs);
}

static int staticmethod_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return method_object_init(self, args, kwargs, "staticmethod");
}

static PyObject *staticmethod_repr(PyObject *self)
{
    return PyUnicode_FromFormat("<staticmethod(%R)>", CM(self)->cm_callable);
}

PyObject *PyStaticMethod_New(PyObject *callable)
{
    return method_object_new(&PyStaticMethod_Type, callable);
}

#define METHOD_OBJECT_TYPE(object, text, kind, doc, ...)                                                               \
    PyTypeObject object = {                                                                                            \
        .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),                                                             \
        .tp_name = text,                                                                                               \
        .tp_basicsize = sizeof(PyClassMethodObject),                                                                   \
        .tp_dealloc = method_object_dealloc,                                                                           \
        .tp_repr = kind##_repr,                                                                                        \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,                                     \
        .tp_doc = doc,                                                                                                 \
        .tp_traverse = method_object_traverse,                                                                         \
        .tp_clear = method_object_clear,                                                                               \
        .tp_members = method_object_members,                                                                           \
        .tp_getset = method_object_getset,                                                                             \
        .tp_descr_get = kind##_descr_get,                                                                              \
        .tp_dictoffset = offsetof(PyClassMethodObject, cm_dict),                                                       \
        .tp_init = kind##_init,                                                                                        \
        .tp_alloc = PyType_GenericAlloc,                                                                               \
        .tp_new = PyType_GenericNew,                                                                                   \
        .tp_free = PyObject_GC_Del,                                                                                    \
        __VA_ARGS__                                                                                                    \
    };                                                                                                                 \
    K_TYPE(object)

METHOD_OBJECT_TYPE(PyClassMethod_Type, "classmethod", classmethod,
                   "classmethod(function) -> method\n\nA method that gets the class as its first argument, called on "
                   "the class or on an instance.", );
METHOD_OBJECT_TYPE(PyStaticMethod_Type, "staticmethod", staticmethod,
                   "staticmethod(function) -> method\n\nA method that gets neither class nor instance, called on the "
                   "class or on an instance.", .tp_call = staticmethod_call);
