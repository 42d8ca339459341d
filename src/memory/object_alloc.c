/* object_alloc.c - making and releasing objects: PyObject_Init, _PyObject_New, _PyObject_GC_New, _Py_Dealloc, the trashcan.
 *
 * Invariant: what stands before the head of an object follows from its type alone (k_pre_size): a GC head for types
 * with Py_TPFLAGS_HAVE_GC, and two words more in front of it for types with managed dicts. */
#include "memory/gc.h"
#include "memory/gc_state.h"
#include "memory/small.h"
#include "objects/protocol.h"
#include "runtime/errors.h"

K_INLINE size_t pre_size(const PyTypeObject *type)
{
    return (type->tp_flags & Py_TPFLAGS_HAVE_GC ? sizeof(PyGC_Head) : 0) +
           (type->tp_flags & Py_TPFLAGS_MANAGED_DICT ? 2 * sizeof(PyObject *) : 0);
}

/* The bytes of an object with n items, a multiple of the word size as CPython reports it. */
K_INLINE size_t var_size(const PyTypeObject *type, Py_ssize_t n)
{
    return ((size_t)type->tp_basicsize + (size_t)n * (size_t)type->tp_itemsize + 7) & ~(size_t)7;
}

K_INLINE void *object_alloc(PyTypeObject *type, size_t size)
{
    size_t before = pre_size(type);
    char *block = size > (size_t)PY_SSIZE_T_MAX - before ? NULL : k_small_alloc(before + size);
    if (K_UNLIKELY(!block))
        return PyErr_NoMemory();
    if (before) {
        memset(block, 0, before);
        if (type->tp_flags & Py_TPFLAGS_HAVE_GC)
            gc_count_new();
    }
    return block + before;
}

void *k_object_alloc(PyTypeObject *type, size_t size)
{
    return object_alloc(type, size);
}

K_INLINE void object_init(PyObject *o, PyTypeObject *type)
{
    Py_SET_TYPE(o, type);
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE)
        Py_INCREF(type);
    o->ob_refcnt = 1;
}

PyObject *PyObject_Init(PyObject *o, PyTypeObject *type)
{
    if (!o)
        return PyErr_NoMemory();
    object_init(o, type);
    return o;
}

PyVarObject *PyObject_InitVar(PyVarObject *o, PyTypeObject *type, Py_ssize_t size)
{
    if (!o)
        return (PyVarObject *)PyErr_NoMemory();
    Py_SET_SIZE(o, size);
    return (PyVarObject *)PyObject_Init((PyObject *)o, type);
}

void _Py_NewReference(PyObject *o)
{
    o->ob_refcnt = 1;
}

void _Py_ForgetReference(PyObject *o K_UNUSED)
{
}

PyObject *_PyObject_New(PyTypeObject *type)
{
    void *o = PyObject_Malloc((size_t)type->tp_basicsize);
    return PyObject_Init(o, type);
}

PyVarObject *_PyObject_NewVar(PyTypeObject *type, Py_ssize_t n)
{
    void *o = PyObject_Malloc(var_size(type, n));
    return PyObject_InitVar(o, type, n);
}

PyObject *_PyObject_GC_New(PyTypeObject *type)
{
    PyObject *o = object_alloc(type, (size_t)type->tp_basicsize);
    if (K_LIKELY(o != NULL))
        object_init(o, type);
    return o;
}

PyVarObject *_PyObject_GC_NewVar(PyTypeObject *type, Py_ssize_t n)
{
    if (n < 0) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyObject *o = object_alloc(type, var_size(type, n));
    if (K_LIKELY(o != NULL)) {
        Py_SET_SIZE(o, n);
        object_init(o, type);
    }
    return (PyVarObject *)o;
}

PyVarObject *_PyObject_GC_Resize(PyVarObject *o, Py_ssize_t n)
{
    PyTypeObject *type = Py_TYPE(o);
    size_t before = pre_size(type), size = var_size(type, n);
    char *block = size > (size_t)PY_SSIZE_T_MAX - before ? NULL : PyObject_Realloc((char *)o - before, before + size);
    if (!block)
        return (PyVarObject *)PyErr_NoMemory();
    o = (PyVarObject *)(block + before);
    Py_SET_SIZE(o, n);
    return o;
}

void PyObject_GC_Del(void *op)
{
    PyObject *o = op;
    size_t before = pre_size(Py_TYPE(o));
    if (k_gc_is_tracked(o))
        k_gc_untrack(o);
    gc_count_gone();
    k_small_free((char *)o - before);
}

int (PyObject_IS_GC)(PyObject *o)
{
    return k_is_gc(o);
}

PyObject **PyObject_GET_WEAKREFS_LISTPTR(PyObject *o)
{
    return (PyObject **)((char *)o + Py_TYPE(o)->tp_weaklistoffset);
}

void _Py_Dealloc(PyObject *o)
{
    Py_TYPE(o)->tp_dealloc(o); /* runs code */
}

void Py_IncRef(PyObject *o)
{
    Py_XINCREF(o);
}

void Py_DecRef(PyObject *o)
{
    Py_XDECREF(o);
}

void _Py_IncRef(PyObject *o)
{
    Py_INCREF(o);
}

void _Py_DecRef(PyObject *o)
{
    Py_DECREF(o);
}

/* ---- the trashcan: beyond a depth, containers wait in a list (linked through their GC heads) ---- */

int _PyTrash_cond(PyObject *o, destructor dealloc)
{
    return Py_TYPE(o)->tp_dealloc == dealloc; /* a subtype's dealloc calls its base's, and is itself in the can */
}

int _PyTrash_begin(PyThreadState *tstate, PyObject *o)
{
    if (tstate->trash_delete_nesting < TRASH_DEPTH) {
        tstate->trash_delete_nesting++;
        return 0;
    }
    _Py_AS_GC(o)->_gc_prev = (uintptr_t)tstate->trash_delete_later;
    tstate->trash_delete_later = o;
    return 1;
}

void _PyTrash_end(PyThreadState *tstate)
{
    if (--tstate->trash_delete_nesting > 0)
        return;
    while (tstate->trash_delete_later) {
        PyObject *o = tstate->trash_delete_later;
        tstate->trash_delete_later = (PyObject *)_Py_AS_GC(o)->_gc_prev;
        _Py_AS_GC(o)->_gc_prev = 0;
        tstate->trash_delete_nesting++;
        Py_TYPE(o)->tp_dealloc(o); /* runs code */
        tstate->trash_delete_nesting--;
    }
}
