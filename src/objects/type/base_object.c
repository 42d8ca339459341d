/* base_object.c - the type `object`: creation, default text, comparison, __class__, __dir__.
 *
 * Pickling (__reduce_ex__, __getstate__) is in object_reduce.c. Start at object_new(). */
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/hash.h"
#include "objects/instance.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "memory/gc.h"
#include "objects/module.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type_internal.h"
#include "runtime/errors.h"
#include "runtime/sys.h"

/* ---- creation ---- */

static bool object_excess_args(PyObject *args, PyObject *kwargs)
{
    return PyTuple_GET_SIZE(args) || (kwargs && PyDict_GET_SIZE(kwargs));
}

int object_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyTypeObject *type = Py_TYPE(self);
    if (!object_excess_args(args, kwargs))
        return 0;
    if (type->tp_init != object_init) {
        k_raise(PyExc_TypeError, "object.__init__() takes exactly one argument (the instance to initialize)");
        return -1;
    }
    if (type->tp_new == object_new) {
        k_raise(PyExc_TypeError, "%.200s.__init__() takes exactly one argument (the instance to initialize)",
                type->tp_name);
        return -1;
    }
    return 0;
}

K_COLD static PyObject *object_refuse_abstract(PyTypeObject *type)
{
    K_AUTO(PyObject *) methods = PyObject_GetAttr((PyObject *)type, K_STR("__abstractmethods__"));
    K_AUTO(PyObject *) sorted = methods ? PySequence_List(methods) : NULL;
    if (!sorted || PyList_Sort(sorted) < 0)
        return NULL;
    K_AUTO(PyObject *) comma = PyUnicode_FromString(", ");
    K_AUTO(PyObject *) joined = comma ? PyUnicode_Join(comma, sorted) : NULL;
    if (!joined)
        return NULL;
    return k_raise(PyExc_TypeError, "Can't instantiate abstract class %s with abstract method%s %U", type->tp_name,
                   PyList_GET_SIZE(sorted) > 1 ? "s" : "", joined);
}

PyObject *object_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (object_excess_args(args, kwargs)) {
        if (type->tp_new != object_new)
            return k_raise(PyExc_TypeError, "object.__new__() takes exactly one argument (the type to instantiate)");
        if (type->tp_init == object_init)
            return k_raise(PyExc_TypeError, "%.200s() takes no arguments", type->tp_name);
    }
    if (type->tp_flags & Py_TPFLAGS_IS_ABSTRACT)
        return object_refuse_abstract(type);
    return type->tp_alloc(type, 0);
}

static void object_dealloc(PyObject *self)
{
    Py_TYPE(self)->tp_free(self);
}

/* ---- text, hash, comparison ---- */

static PyObject *object_repr(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    K_AUTO(PyObject *) module = type_module(type);
    if (!module)
        PyErr_Clear();
    K_AUTO(PyObject *) qualname = type_qualname(type);
    if (!qualname)
        return NULL;
    if (module && PyUnicode_Check(module) && !_PyUnicode_EqualToASCIIString(module, "builtins"))
        return PyUnicode_FromFormat("<%U.%U object at %p>", module, qualname, self);
    return PyUnicode_FromFormat("<%s object at %p>", type->tp_name, self);
}

static PyObject *object_str(PyObject *self)
{
    reprfunc repr = Py_TYPE(self)->tp_repr;
    return repr ? repr(self) : object_repr(self);
}

static Py_hash_t object_hash(PyObject *self)
{
    return _Py_HashPointer(self);
}

static PyObject *object_richcompare(PyObject *self, PyObject *other, int op)
{
    if (op == Py_EQ)
        return Py_NewRef(self == other ? Py_True : Py_NotImplemented);
    richcmpfunc compare = Py_TYPE(self)->tp_richcompare;
    if (op != Py_NE || !compare) /* != is the opposite of ==, unless the class says more */
        Py_RETURN_NOTIMPLEMENTED;
    PyObject *equal = compare(self, other, Py_EQ);
    if (!equal || equal == Py_NotImplemented)
        return equal;
    int truth = PyObject_IsTrue(equal);
    Py_DECREF(equal);
    return truth < 0 ? NULL : PyBool_FromLong(!truth);
}

/* ---- __class__ ---- */

static PyObject *object_get_class(PyObject *self, void *closure)
{
    return Py_NewRef(Py_TYPE(self));
}

/* The names of __slots__; a class without them has none to compare. */
static bool object_same_slots(PyTypeObject *a, PyTypeObject *b)
{
    if (!PyType_HasFeature(a, Py_TPFLAGS_HEAPTYPE) || !PyType_HasFeature(b, Py_TPFLAGS_HEAPTYPE))
        return true;
    PyObject *x = ((PyHeapTypeObject *)a)->ht_slots, *y = ((PyHeapTypeObject *)b)->ht_slots;
    if (!x || !y)
        return (!x || PyTuple_GET_SIZE(x) == 0) && (!y || PyTuple_GET_SIZE(y) == 0);
    int equal = PyObject_RichCompareBool(x, y, Py_EQ);
    if (equal < 0)
        PyErr_Clear();
    return equal > 0;
}

static bool object_same_level(PyTypeObject *a, PyTypeObject *b)
{
    unsigned long flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MANAGED_DICT;
    return a->tp_basicsize == b->tp_basicsize && a->tp_itemsize == b->tp_itemsize
           && a->tp_dictoffset == b->tp_dictoffset && a->tp_weaklistoffset == b->tp_weaklistoffset
           && (a->tp_flags & flags) == (b->tp_flags & flags);
}

/* Whether a class adds nothing to its base's layout. */
static bool object_adds_nothing(PyTypeObject *type)
{
    PyTypeObject *base = type->tp_base;
    return base && object_same_level(type, base)
           && (type->tp_clear == subtype_clear || type->tp_clear == base->tp_clear);
}

int type_compatible_for_assignment(PyTypeObject *old, PyTypeObject *new, const char *attribute)
{
    if (new->tp_free != old->tp_free) {
        k_raise(PyExc_TypeError, "%s assignment: '%s' deallocator differs from '%s'", attribute, new->tp_name,
                old->tp_name);
        return -1;
    }
    PyTypeObject *a = old, *b = new;
    while (object_adds_nothing(a))
        a = a->tp_base;
    while (object_adds_nothing(b))
        b = b->tp_base;
    if (a == b || (a->tp_base == b->tp_base && object_same_level(a, b) && object_same_slots(a, b)))
        return 0;
    k_raise(PyExc_TypeError, "%s assignment: '%s' object layout differs from '%s'", attribute, new->tp_name,
            old->tp_name);
    return -1;
}

int object_set_class(PyObject *self, PyObject *value, void *closure)
{
    PyTypeObject *old = Py_TYPE(self), *new;
    if (!value) {
        k_raise(PyExc_TypeError, "can't delete __class__ attribute");
        return -1;
    }
    if (!PyType_Check(value)) {
        k_raise(PyExc_TypeError, "__class__ must be set to a class, not '%s' object", Py_TYPE(value)->tp_name);
        return -1;
    }
    if (PySys_Audit("object.__setattr__", "OsO", self, "__class__", value) < 0)
        return -1;
    new = (PyTypeObject *)value;
    bool modules = PyType_IsSubtype(new, &PyModule_Type) && PyType_IsSubtype(old, &PyModule_Type);
    if (!modules
        && (PyType_HasFeature(new, Py_TPFLAGS_IMMUTABLETYPE) || PyType_HasFeature(old, Py_TPFLAGS_IMMUTABLETYPE))) {
        k_raise(PyExc_TypeError, "__class__ assignment only supported for mutable types or ModuleType subclasses");
        return -1;
    }
    if (type_compatible_for_assignment(old, new, "__class__") < 0)
        return -1;
    if (PyType_HasFeature(old, Py_TPFLAGS_MANAGED_DICT) && k_instance_detach(self) < 0)
        return -1;
    if (PyType_HasFeature(new, Py_TPFLAGS_HEAPTYPE))
        Py_INCREF(new);
    Py_SET_TYPE(self, new);
    if (PyType_HasFeature(old, Py_TPFLAGS_HEAPTYPE))
        Py_DECREF(old);
    return 0;
}

/* ---- methods ---- */

K_INT K_STATUS int type_merge_class_dict(PyObject *names, PyObject *cls);

METHODS_DECLARE(object);
METHOD_RAW(object, __subclasshook__, VAR, METH_CLASS,
           "Classes with ABCMeta may override this to say what counts as a subclass.\n\nNotImplemented leaves it to "
           "the usual algorithm.")
{
    Py_RETURN_NOTIMPLEMENTED;
}

METHOD_RAW(object, __init_subclass__, NOARGS, METH_CLASS,
           "Called when a class is subclassed.\n\nThe default does nothing; subclasses may extend it.")
{
    Py_RETURN_NONE;
}

METHOD(object, __format__, O, "($self, format_spec, /)", "The text of self; only an empty format is known.")
{
    if (!PyUnicode_Check(arg))
        return k_raise(PyExc_TypeError, "__format__() argument must be str, not %.50s",
                       arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
    if (PyUnicode_GET_LENGTH(arg) > 0)
        return k_raise(PyExc_TypeError, "unsupported format string passed to %.200s.__format__",
                       Py_TYPE(self)->tp_name);
    return PyObject_Str(self);
}

METHOD(object, __sizeof__, NOARGS, "($self, /)", "Size in memory, in bytes.")
{
    PyTypeObject *type = Py_TYPE(self);
    Py_ssize_t n = type->tp_itemsize > 0 ? Py_SIZE(self) : 0;
    return PyLong_FromSsize_t(type->tp_basicsize + (n < 0 ? -n : n) * type->tp_itemsize);
}

METHOD(object, __dir__, NOARGS, "($self, /)", "Names of the attributes.")
{
    K_AUTO(PyObject *) own = NULL;
    K_AUTO(PyObject *) cls = NULL;
    if (_PyObject_LookupAttr(self, K_STR("__dict__"), &own) < 0)
        return NULL;
    K_AUTO(PyObject *) names = own && PyDict_Check(own) ? PyDict_Copy(own) : PyDict_New();
    if (!names || _PyObject_LookupAttr(self, K_STR("__class__"), &cls) < 0
        || (cls && type_merge_class_dict(names, cls) < 0))
        return NULL;
    return PyDict_Keys(names);
}
METHODS_END(object);

static PyGetSetDef object_getset[] = {
    { "__class__", object_get_class, object_set_class, "the object's class", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

PyTypeObject PyBaseObject_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "object",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = object_dealloc,
    .tp_repr = object_repr,
    .tp_hash = object_hash,
    .tp_str = object_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "object()\n--\n\nThe base class of all classes.\n\nAn instance has no attributes of its own and takes no "
              "arguments.",
    .tp_richcompare = object_richcompare,
    .tp_methods = METHODS(object),
    .tp_getset = object_getset,
    .tp_init = object_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = object_new,
    .tp_free = PyObject_Free,
};
K_TYPE(PyBaseObject_Type);
