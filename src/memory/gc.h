/* gc.h - the cycle collector: heads, tracking, creation of tracked objects. */
#ifndef KAA_MEMORY_GC_H
#define KAA_MEMORY_GC_H

#include "objects/object.h"
#include "memory/mem.h"
#include "runtime/state.h"

typedef struct PyGC_Head {
    uintptr_t _gc_next; /* 0: not tracked */
    uintptr_t _gc_prev; /* low bits: finalized, collecting */
} PyGC_Head;
/* By way of a number: compilers take static objects for arrays of one. */
#define _Py_AS_GC(o)   ((PyGC_Head *)((uintptr_t)(o) - sizeof(PyGC_Head)))
#define _Py_FROM_GC(g) ((PyObject *)((PyGC_Head *)(g) + 1))
#define _PyGC_PREV_MASK_FINALIZED 1
#define _PyGC_PREV_MASK_COLLECTING 2
static inline int k_gc_is_tracked(PyObject *o)
{
    return _Py_AS_GC(o)->_gc_next != 0;
}
#define _PyObject_GC_IS_TRACKED(o) k_gc_is_tracked((PyObject *)(o))

#define PyObject_New(T, type)          ((T *)_PyObject_New(type))
#define PyObject_NewVar(T, type, n)    ((T *)_PyObject_NewVar((type), (n)))
#define PyObject_GC_New(T, type)       ((T *)_PyObject_GC_New(type))
#define PyObject_GC_NewVar(T, type, n) ((T *)_PyObject_GC_NewVar((type), (n)))
#define PyObject_GC_Resize(T, o, n)    ((T *)_PyObject_GC_Resize((PyVarObject *)(o), (n)))

K_API void *PyObject_Calloc(size_t nelem, size_t elsize);
K_API K_BORROWED PyObject *PyObject_Init(PyObject *, PyTypeObject *);
K_API K_BORROWED PyVarObject *PyObject_InitVar(PyVarObject *, PyTypeObject *, Py_ssize_t);
K_API K_NEW PyObject *_PyObject_New(PyTypeObject *);
K_API K_NEW PyVarObject *_PyObject_NewVar(PyTypeObject *, Py_ssize_t);
K_API K_STATUS Py_ssize_t PyGC_Collect(void);
K_API int PyGC_Enable(void);
K_API int PyGC_Disable(void);
K_API int PyGC_IsEnabled(void);
K_API K_NEW PyVarObject *_PyObject_GC_Resize(PyVarObject *, Py_ssize_t);
K_API K_NEW PyObject *_PyObject_GC_New(PyTypeObject *);
K_API K_NEW PyVarObject *_PyObject_GC_NewVar(PyTypeObject *, Py_ssize_t);
K_API void PyObject_GC_Track(void *);
K_API void PyObject_GC_UnTrack(void *);
K_API void PyObject_GC_Del(void *);
K_API int PyObject_GC_IsTracked(PyObject *);
K_API int PyObject_GC_IsFinalized(PyObject *);
K_API int PyObject_IS_GC(PyObject *obj);
/* Without a call for the project's own code. */
static inline int k_is_gc(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    return PyType_IS_GC(type) && (!type->tp_is_gc || type->tp_is_gc(o));
}
#define PyObject_IS_GC(o) k_is_gc((PyObject *)(o))
K_API PyObject * *PyObject_GET_WEAKREFS_LISTPTR(PyObject *op);

/* ---- beyond CPython's API ---- */

/* Memory for an object of this type, size bytes from the object's head on (tp_basicsize and items, and what stands behind
 * them), with the words before it (GC head, managed dict) zeroed and the rest as it comes. Counts for the collector.
 * NULL with MemoryError. PyObject_Init[Var] and PyObject_GC_Track are the caller's. Given back by PyObject_GC_Del or
 * PyObject_Free. */
K_INT void *k_object_alloc(PyTypeObject *type, size_t size);

extern K_INT PyGC_Head gc_young; /* head of the list of the youngest objects */

/* PyObject_GC_Track and PyObject_GC_UnTrack for an object known not to be / known to be tracked. */
static inline void k_gc_track(PyObject *o)
{
    PyGC_Head *gc = _Py_AS_GC(o), *last = (PyGC_Head *)gc_young._gc_prev;
    last->_gc_next = (uintptr_t)gc;
    gc->_gc_prev = (uintptr_t)last | (gc->_gc_prev & _PyGC_PREV_MASK_FINALIZED);
    gc->_gc_next = (uintptr_t)&gc_young;
    gc_young._gc_prev = (uintptr_t)gc;
}
static inline void k_gc_untrack(PyObject *o)
{
    PyGC_Head *gc = _Py_AS_GC(o), *next = (PyGC_Head *)gc->_gc_next, *prev = (PyGC_Head *)(gc->_gc_prev & ~(uintptr_t)3);
    prev->_gc_next = (uintptr_t)next;
    next->_gc_prev = (uintptr_t)prev | (next->_gc_prev & 3);
    gc->_gc_next = 0;
    gc->_gc_prev &= _PyGC_PREV_MASK_FINALIZED;
}

/* Without a call for the project's own code. */
static inline void k_gc_untrack_any(PyObject *o)
{
    if (K_LIKELY(_Py_AS_GC(o)->_gc_next != 0))
        k_gc_untrack(o);
}
#define PyObject_GC_Track(o)   k_gc_track((PyObject *)(o))
#define PyObject_GC_UnTrack(o) k_gc_untrack_any((PyObject *)(o))

/* A collection that was requested (K_BREAK_GC): runs code. */
K_INT void k_gc_serve(PyThreadState *tstate);
K_INT int gc_start(void);              /* the lists are ready: before the first tracked object */
K_INT void gc_finish(void);            /* last collections, at the end of the program */
K_INT void gc_warn_uncollectable(void); /* DEBUG_UNCOLLECTABLE's report at exit */
K_INT void gc_collect_no_fail(void);

/* The trashcan: bounds the C stack while long chains of containers are released. As CPython's macros (with
 * runtime/state.h):
 *   Py_TRASHCAN_BEGIN(self, own_dealloc) ... Py_TRASHCAN_END */
K_API int _PyTrash_begin(PyThreadState *tstate, PyObject *op);
K_API void _PyTrash_end(PyThreadState *tstate);
K_API int _PyTrash_cond(PyObject *op, destructor dealloc);
enum { TRASH_DEPTH = 50 };
#define Py_TRASHCAN_BEGIN(o, dealloc)                                                                                  \
    do {                                                                                                               \
        PyThreadState *k_trash_ = NULL;                                                                                \
        if (Py_TYPE(o)->tp_dealloc == (destructor)(dealloc)) {                                                         \
            k_trash_ = k_tstate();                                                                                     \
            if (K_LIKELY(k_trash_->trash_delete_nesting < TRASH_DEPTH))                                                \
                k_trash_->trash_delete_nesting++;                                                                      \
            else if (_PyTrash_begin(k_trash_, (PyObject *)(o)))                                                        \
                break;                                                                                                 \
        }
#define Py_TRASHCAN_END                                                                                                \
        if (k_trash_) {                                                                                                \
            if (K_LIKELY(!k_trash_->trash_delete_later))                                                               \
                k_trash_->trash_delete_nesting--;                                                                      \
            else                                                                                                       \
                _PyTrash_end(k_trash_);                                                                                \
        }                                                                                                              \
    } while (0)

#endif
