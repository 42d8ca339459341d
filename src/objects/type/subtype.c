/* subtype.c - instances of Python classes: allocation, traversal, clearing, the end; __dict__ and __weakref__ of classes.
 *
 * In: an instance of a heap type made by a class statement. Out: its memory and references, level by level.
 * Invariant: each class clears the slots it added; the first base with a dealloc of its own does the rest.
 * Start at subtype_dealloc(). */
#include "memory/gc.h"
#include "objects/dict/dict.h"
#include "objects/instance.h"
#include "objects/str/str.h"
#include "objects/type/type_internal.h"
#include "objects/weakref.h"
#include "runtime/errors.h"

/* ---- allocation ---- */

PyObject *PyType_GenericAlloc(PyTypeObject *type, Py_ssize_t nitems)
{
    /* one item more than asked for: a sentinel for those who want it */
    size_t size = (size_t)type->tp_basicsize + ((size_t)nitems + 1) * (size_t)type->tp_itemsize;
    size = (size + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
    bool managed = PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT);
    if (managed)
        size += (size_t)k_instance_extra_size(type);
    PyObject *o = k_object_alloc(type, size);
    if (!o)
        return NULL;
    memset(o, 0, size);
    if (type->tp_itemsize)
        (void)PyObject_InitVar((PyVarObject *)o, type, nitems);
    else
        (void)PyObject_Init(o, type);
    if (managed)
        k_instance_init(o);
    if (PyType_IS_GC(type))
        PyObject_GC_Track(o);
    return o;
}

PyObject *PyType_GenericNew(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    return type->tp_alloc(type, 0);
}

/* ---- __slots__ ---- */

static int slots_traverse(PyTypeObject *type, PyObject *self, visitproc visit, void *arg)
{
    PyMemberDef *m = PyHeapType_GET_MEMBERS(type);
    for (Py_ssize_t i = 0; i < Py_SIZE(type); i++, m++) {
        if (m->type == T_OBJECT_EX)
            Py_VISIT(*(PyObject **)((char *)self + m->offset));
    }
    return 0;
}

static void slots_clear(PyTypeObject *type, PyObject *self)
{
    PyMemberDef *m = PyHeapType_GET_MEMBERS(type);
    for (Py_ssize_t i = 0; i < Py_SIZE(type); i++, m++) {
        if (m->type == T_OBJECT_EX && !(m->flags & READONLY))
            Py_CLEAR(*(PyObject **)((char *)self + m->offset));
    }
}

/* The dict pointer that this level of classes added; managed dicts are looked after by instance.h. */
static PyObject **subtype_own_dict(PyObject *self, PyTypeObject *type, PyTypeObject *base)
{
    if (PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT) || type->tp_dictoffset == base->tp_dictoffset)
        return NULL;
    return _PyObject_GetDictPtr(self);
}

int subtype_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyTypeObject *type = Py_TYPE(self), *base = type;
    traverseproc base_traverse;
    while ((base_traverse = base->tp_traverse) == subtype_traverse) {
        if (Py_SIZE(base)) {
            int stop = slots_traverse(base, self, visit, arg);
            if (stop)
                return stop;
        }
        base = base->tp_base;
    }
    if (PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT)) {
        int stop = k_instance_traverse(self, visit, arg);
        if (stop)
            return stop;
    }
    PyObject **dict = subtype_own_dict(self, type, base);
    if (dict)
        Py_VISIT(*dict);
    /* a heap base's own traverse visits the type */
    if (PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) && (!base_traverse || !PyType_HasFeature(base, Py_TPFLAGS_HEAPTYPE)))
        Py_VISIT(type);
    return base_traverse ? base_traverse(self, visit, arg) : 0;
}

int subtype_clear(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self), *base = type;
    inquiry base_clear;
    while ((base_clear = base->tp_clear) == subtype_clear) {
        if (Py_SIZE(base))
            slots_clear(base, self);
        base = base->tp_base;
    }
    if (PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT))
        k_instance_clear(self);
    PyObject **dict = subtype_own_dict(self, type, base);
    if (dict && *dict)
        Py_CLEAR(*dict);
    return base_clear ? base_clear(self) : 0;
}

/* ---- the end ---- */

static PyTypeObject *subtype_dealloc_base(PyTypeObject *type)
{
    while (type->tp_dealloc == subtype_dealloc)
        type = type->tp_base;
    return type;
}

/* The base's dealloc frees the memory; the type's reference is dropped by whoever is the last heap type. */
static void subtype_dealloc_finish(PyObject *self, PyTypeObject *type, PyTypeObject *base)
{
    bool drop_type = PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) && !PyType_HasFeature(base, Py_TPFLAGS_HEAPTYPE);
    base->tp_dealloc(self);
    if (drop_type)
        Py_DECREF(type);
}

static void subtype_dealloc_plain(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    if (type->tp_finalize && PyObject_CallFinalizerFromDealloc(self) < 0)
        return;
    if (type->tp_del) {
        type->tp_del(self);
        if (Py_REFCNT(self) > 0)
            return;
    }
    type = Py_TYPE(self); /* a finaliser may have assigned __class__ */
    subtype_dealloc_finish(self, type, subtype_dealloc_base(type));
}

static void subtype_dealloc_gc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self), *base = subtype_dealloc_base(type);
    if (type->tp_finalize) {
        PyObject_GC_Track(self);
        if (PyObject_CallFinalizerFromDealloc(self) < 0)
            return;
        PyObject_GC_UnTrack(self);
    }
    if (type->tp_weaklistoffset && !base->tp_weaklistoffset)
        PyObject_ClearWeakRefs(self);
    if (type->tp_del) {
        PyObject_GC_Track(self);
        type->tp_del(self);
        if (Py_REFCNT(self) > 0)
            return;
        PyObject_GC_UnTrack(self);
        if (type->tp_weaklistoffset && !base->tp_weaklistoffset)
            PyObject_ClearWeakRefs(self); /* those made meanwhile */
    }
    type = Py_TYPE(self);
    base = subtype_dealloc_base(type);
    for (PyTypeObject *level = type; level != base; level = level->tp_base) {
        if (Py_SIZE(level))
            slots_clear(level, self);
    }
    if (PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT)) {
        k_instance_clear(self);
    } else if (type->tp_dictoffset && !base->tp_dictoffset) {
        PyObject **dict = _PyObject_GetDictPtr(self);
        if (dict)
            Py_CLEAR(*dict);
    }
    if (PyType_IS_GC(base)) /* its dealloc takes the object off the list again */
        PyObject_GC_Track(self);
    subtype_dealloc_finish(self, type, base);
}

void subtype_dealloc(PyObject *self)
{
    if (!PyType_IS_GC(Py_TYPE(self))) {
        subtype_dealloc_plain(self);
        return;
    }
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, subtype_dealloc)
    subtype_dealloc_gc(self);
    Py_TRASHCAN_END;
}

/* ---- __dict__ and __weakref__ of instances ---- */

/* The nearest builtin ancestor with a dict of its own kind: its __dict__ descriptor rules. */
static PyTypeObject *subtype_builtin_with_dict(PyTypeObject *type)
{
    for (; type->tp_base; type = type->tp_base) {
        if (type->tp_dictoffset && !PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE))
            return type;
    }
    return NULL;
}

static PyObject *subtype_dict_descr(PyTypeObject *type)
{
    PyObject *descr = _PyType_Lookup(type, K_STR("__dict__"));
    return descr && PyDescr_IsData(descr) ? descr : NULL;
}

static PyObject *subtype_no_dict(PyObject *self)
{
    return k_raise(PyExc_TypeError, "this __dict__ descriptor does not support '%.200s' objects",
                   Py_TYPE(self)->tp_name);
}

static PyObject *subtype_get_dict(PyObject *self, void *closure)
{
    PyTypeObject *base = subtype_builtin_with_dict(Py_TYPE(self));
    if (!base)
        return PyObject_GenericGetDict(self, closure);
    PyObject *descr = subtype_dict_descr(base);
    if (!descr || !Py_TYPE(descr)->tp_descr_get)
        return subtype_no_dict(self);
    return Py_TYPE(descr)->tp_descr_get(descr, self, (PyObject *)Py_TYPE(self));
}

static int subtype_set_dict(PyObject *self, PyObject *value, void *closure)
{
    PyTypeObject *base = subtype_builtin_with_dict(Py_TYPE(self));
    if (base) {
        PyObject *descr = subtype_dict_descr(base);
        if (!descr) {
            subtype_no_dict(self);
            return -1;
        }
        return Py_TYPE(descr)->tp_descr_set(descr, self, value);
    }
    if (value && !PyDict_Check(value)) {
        k_raise(PyExc_TypeError, "__dict__ must be set to a dictionary, not a '%.200s'", Py_TYPE(value)->tp_name);
        return -1;
    }
    if (PyType_HasFeature(Py_TYPE(self), Py_TPFLAGS_MANAGED_DICT))
        return k_instance_replace_dict(self, value);
    PyObject **slot = _PyObject_GetDictPtr(self);
    if (!slot) {
        k_raise(PyExc_AttributeError, "This object has no __dict__");
        return -1;
    }
    PyObject *old = *slot;
    *slot = Py_XNewRef(value); /* deleted: a fresh one comes at next sight */
    Py_XDECREF(old);
    return 0;
}

static PyObject *subtype_get_weakref(PyObject *self, void *closure)
{
    PyTypeObject *type = Py_TYPE(self);
    if (type->tp_weaklistoffset == 0)
        return k_raise(PyExc_AttributeError, "This object has no __weakref__");
    PyObject *list = *PyObject_GET_WEAKREFS_LISTPTR(self);
    return Py_NewRef(list ? list : Py_None);
}

#define ROW_DICT { "__dict__", subtype_get_dict, subtype_set_dict, "The instance variables, if there are any.", NULL }
#define ROW_WEAKREF                                                                                                    \
    {                                                                                                                  \
        "__weakref__", subtype_get_weakref, NULL, "The list of weak references to the object, if there are any.", NULL \
    }
#define ROW_END { NULL, NULL, NULL, NULL, NULL }
PyGetSetDef subtype_getset_full[] = { ROW_DICT, ROW_WEAKREF, ROW_END };
PyGetSetDef subtype_getset_dict[] = { ROW_DICT, ROW_END };
PyGetSetDef subtype_getset_weakref[] = { ROW_WEAKREF, ROW_END };
