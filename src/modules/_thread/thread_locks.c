/* thread_locks.c - _thread.lock and _thread.RLock.
 *
 * Waiting happens without the GIL; a signal that arrives meanwhile runs its handler and the wait goes on with what is
 * left of the time. Start at thread_acquire(). */
#include "modules/_thread/thread_locks.h"

#include "memory/gc.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/weakref.h"
#include "runtime/errors.h"
#include "runtime/state.h"
#include "runtime/time.h"
#include "vm/eval.h"

PyLockStatus thread_acquire(PyThread_type_lock lock, PY_TIMEOUT_T timeout)
{
    if (PyThread_acquire_lock_timed(lock, 0, 0) == PY_LOCK_ACQUIRED)
        return PY_LOCK_ACQUIRED;
    if (timeout == 0)
        return PY_LOCK_FAILURE;
    _PyTime_t deadline = timeout > 0 ? _PyDeadline_Init(timeout * 1000) : 0;
    for (;;) {
        PyThreadState *tstate = PyEval_SaveThread();
        PyLockStatus status = PyThread_acquire_lock_timed(lock, timeout, 1);
        PyEval_RestoreThread(tstate);
        if (status != PY_LOCK_INTR)
            return status;
        if (Py_MakePendingCalls() < 0)
            return PY_LOCK_INTR;
        if (timeout > 0) {
            timeout = _PyTime_AsMicroseconds(_PyDeadline_Get(deadline), _PyTime_ROUND_CEILING);
            if (timeout < 0)
                return PY_LOCK_FAILURE;
        }
    }
}

int thread_parse_acquire(PyObject *blocking_arg, PyObject *timeout_arg, PY_TIMEOUT_T *microseconds)
{
    int blocking = 1;
    _PyTime_t timeout = _PyTime_FromSeconds(-1), unset = timeout;
    if ((blocking_arg && k_arg_bool(blocking_arg, &blocking) < 0) ||
        (timeout_arg && _PyTime_FromSecondsObject(&timeout, timeout_arg, _PyTime_ROUND_TIMEOUT) < 0))
        return -1;
    if (!blocking && timeout != unset) {
        PyErr_SetString(PyExc_ValueError, "can't specify a timeout for a non-blocking call");
        return -1;
    }
    if (timeout < 0 && timeout != unset) {
        PyErr_SetString(PyExc_ValueError, "timeout value must be a non-negative number");
        return -1;
    }
    *microseconds = !blocking ? 0 : timeout == unset ? -1 : _PyTime_AsMicroseconds(timeout, _PyTime_ROUND_TIMEOUT);
    return 0;
}

/* ---- lock ---- */

LockObject *thread_lock_new(void)
{
    LockObject *self = PyObject_New(LockObject, &thread_lock_type);
    if (!self)
        return NULL;
    self->weakrefs = NULL;
    self->locked = 0;
    self->lock = PyThread_allocate_lock();
    if (!self->lock) {
        Py_DECREF(self);
        PyErr_SetString(PyExc_RuntimeError, "can't allocate lock");
        return NULL;
    }
    return self;
}

static void lock_dealloc(PyObject *op)
{
    LockObject *self = (LockObject *)op;
    if (self->weakrefs)
        PyObject_ClearWeakRefs(op);
    if (self->lock) {
        if (self->locked)
            PyThread_release_lock(self->lock);
        PyThread_free_lock(self->lock);
    }
    PyObject_Free(op);
}

static PyObject *lock_repr(PyObject *op)
{
    return PyUnicode_FromFormat("<%s %s object at %p>", ((LockObject *)op)->locked ? "locked" : "unlocked",
                                Py_TYPE(op)->tp_name, op);
}

BINDER(lock_acquire, "acquire", "(blocking=True, timeout=-1)", *blocking, *timeout);

static PyObject *acquire_lock(PyObject *op, PyObject *args, PyObject *kwargs)
{
    LockObject *self = (LockObject *)op;
    lock_acquire_args arg;
    PyObject *owned;
    PY_TIMEOUT_T timeout;
    if (BIND(lock_acquire, &arg, args, kwargs, &owned) < 0)
        return NULL;
    int failed = thread_parse_acquire(arg.blocking, arg.timeout, &timeout);
    Py_XDECREF(owned);
    PyLockStatus status = failed < 0 ? PY_LOCK_INTR : thread_acquire(self->lock, timeout);
    if (status == PY_LOCK_INTR)
        return NULL;
    if (status == PY_LOCK_ACQUIRED)
        self->locked = 1;
    Py_RETURN_BOOL(status == PY_LOCK_ACQUIRED);
}

static PyObject *release_lock(PyObject *op)
{
    LockObject *self = (LockObject *)op;
    if (!self->locked)
        return k_raise(PyExc_RuntimeError, "release unlocked lock");
    self->locked = 0;
    PyThread_release_lock(self->lock);
    Py_RETURN_NONE;
}

#define ACQUIRE_DOC                                                                                                    \
    "acquire(blocking=True, timeout=-1) -> bool\n(acquire_lock() is an obsolete synonym)\n\n"                          \
    "Lock the lock.  Without argument, this blocks if the lock is already\nlocked (even by the same thread), waiting " \
    "for another thread to release\nthe lock, and return True once the lock is acquired.\n"                           \
    "With an argument, this will only block if the argument is true,\nand the return value reflects whether the lock " \
    "is acquired.\nThe blocking operation is interruptible."
#define RELEASE_DOC                                                                                                    \
    "release()\n(release_lock() is an obsolete synonym)\n\nRelease the lock, allowing another thread that is blocked " \
    "waiting for\nthe lock to acquire the lock.  The lock must be in the locked state,\nbut it needn't be locked by " \
    "the same thread that unlocks it."
#define LOCKED_DOC "locked() -> bool\n(locked_lock() is an obsolete synonym)\n\nReturn whether the lock is in the locked state."

METHOD_RAW(lock, acquire_lock, VAR, 0, ACQUIRE_DOC)
{
    return acquire_lock(self, args, kwargs);
}

METHOD_RAW(lock, acquire, VAR, 0, ACQUIRE_DOC)
{
    return acquire_lock(self, args, kwargs);
}

METHOD_RAW(lock, release_lock, NOARGS, 0, RELEASE_DOC)
{
    return release_lock(self);
}

METHOD_RAW(lock, release, NOARGS, 0, RELEASE_DOC)
{
    return release_lock(self);
}

METHOD_RAW(lock, locked_lock, NOARGS, 0, LOCKED_DOC)
{
    Py_RETURN_BOOL(((LockObject *)self)->locked);
}

METHOD_RAW(lock, locked, NOARGS, 0, LOCKED_DOC)
{
    Py_RETURN_BOOL(((LockObject *)self)->locked);
}

METHOD_RAW(lock, __enter__, VAR, 0, ACQUIRE_DOC)
{
    return acquire_lock(self, args, kwargs);
}

METHOD_RAW(lock, __exit__, FAST, 0, RELEASE_DOC)
{
    return release_lock(self);
}

METHOD_RAW(lock, _at_fork_reinit, NOARGS, 0, NULL)
{
    LockObject *lock = (LockObject *)self;
    if (_PyThread_at_fork_reinit(&lock->lock) < 0)
        return k_raise(PyExc_RuntimeError, "failed to reinitialize lock at fork");
    lock->locked = 0;
    Py_RETURN_NONE;
}
METHODS_DECLARE(lock);
METHODS_END(lock);

PyTypeObject thread_lock_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_thread.lock",
    .tp_basicsize = sizeof(LockObject),
    .tp_dealloc = lock_dealloc,
    .tp_repr = lock_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "A lock object is a synchronization primitive.  To create a lock,\ncall threading.Lock().  Methods are:\n\n"
              "acquire() -- lock the lock, possibly blocking until it can be obtained\nrelease() -- unlock of the lock\n"
              "locked() -- test whether the lock is currently locked\n\n"
              "A lock is not owned by the thread that locked it; another thread may\nunlock it.",
    .tp_weaklistoffset = offsetof(LockObject, weakrefs),
    .tp_methods = METHODS(lock),
};
K_TYPE(thread_lock_type);

/* ---- RLock ---- */

typedef struct RLockObject {
    PyObject ob_base;
    PyThread_type_lock lock;
    unsigned long owner, count;
    PyObject *weakrefs;
} RLockObject;

static int is_owned(const RLockObject *self)
{
    return self->count > 0 && self->owner == PyThread_get_thread_ident();
}

static PyObject *rlock_new(PyTypeObject *type, PyObject *args K_UNUSED, PyObject *kwargs K_UNUSED)
{
    RLockObject *self = (RLockObject *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->lock = PyThread_allocate_lock();
    if (!self->lock) {
        Py_DECREF(self);
        return k_raise(PyExc_RuntimeError, "can't allocate lock");
    }
    return (PyObject *)self;
}

static void rlock_dealloc(PyObject *op)
{
    RLockObject *self = (RLockObject *)op;
    if (self->weakrefs)
        PyObject_ClearWeakRefs(op);
    if (self->lock) {
        if (self->count)
            PyThread_release_lock(self->lock);
        PyThread_free_lock(self->lock);
    }
    Py_TYPE(op)->tp_free(op);
}

static PyObject *rlock_repr(PyObject *op)
{
    RLockObject *self = (RLockObject *)op;
    return PyUnicode_FromFormat("<%s %s object owner=%ld count=%lu at %p>", self->count ? "locked" : "unlocked",
                                Py_TYPE(op)->tp_name, (long)self->owner, self->count, op);
}

static PyObject *acquire_rlock(PyObject *op, PyObject *args, PyObject *kwargs)
{
    RLockObject *self = (RLockObject *)op;
    lock_acquire_args arg;
    PyObject *owned;
    PY_TIMEOUT_T timeout;
    if (BIND(lock_acquire, &arg, args, kwargs, &owned) < 0)
        return NULL;
    int failed = thread_parse_acquire(arg.blocking, arg.timeout, &timeout);
    Py_XDECREF(owned);
    if (failed < 0)
        return NULL;
    if (is_owned(self)) {
        if (self->count == ULONG_MAX)
            return k_raise(PyExc_OverflowError, "Internal lock count overflowed");
        self->count++;
        Py_RETURN_TRUE;
    }
    PyLockStatus status = thread_acquire(self->lock, timeout);
    if (status == PY_LOCK_INTR)
        return NULL;
    if (status == PY_LOCK_ACQUIRED) {
        self->owner = PyThread_get_thread_ident();
        self->count = 1;
    }
    Py_RETURN_BOOL(status == PY_LOCK_ACQUIRED);
}

static PyObject *release_rlock(PyObject *op)
{
    RLockObject *self = (RLockObject *)op;
    if (!is_owned(self))
        return k_raise(PyExc_RuntimeError, "cannot release un-acquired lock");
    if (--self->count == 0) {
        self->owner = 0;
        PyThread_release_lock(self->lock);
    }
    Py_RETURN_NONE;
}

#define RLOCK_ACQUIRE_DOC                                                                                              \
    "acquire(blocking=True) -> bool\n\nLock the lock.  When the calling thread holds it already, its count goes up;\n" \
    "else wait for the holder, unless blocking is false.  The result tells whether the lock\nis acquired now.  A "      \
    "thread releases it as often as it acquired it."

METHOD_RAW(rlock, acquire, VAR, 0, RLOCK_ACQUIRE_DOC)
{
    return acquire_rlock(self, args, kwargs);
}

METHOD_RAW(rlock, release, NOARGS, 0,
           "release()\n\nTake one from the lock's count; at zero another thread may acquire it.\n"
           "A RuntimeError is raised when the calling thread does not hold it.")
{
    return release_rlock(self);
}

METHOD_RAW(rlock, _is_owned, NOARGS, 0, "_is_owned() -> bool\n\nFor internal use by `threading.Condition`.")
{
    Py_RETURN_BOOL(is_owned((RLockObject *)self));
}

METHOD_RAW(rlock, _acquire_restore, O, 0, "_acquire_restore(state) -> None\n\nFor internal use by `threading.Condition`.")
{
    RLockObject *lock = (RLockObject *)self;
    unsigned long count, owner;
    if (!PyTuple_Check(arg))
        return k_raise(PyExc_TypeError, "_acquire_restore() argument 1 must be tuple, not %s", Py_TYPE(arg)->tp_name);
    if (!PyArg_ParseTuple(arg, "kk:_acquire_restore", &count, &owner))
        return NULL;
    if (!PyThread_acquire_lock(lock->lock, NOWAIT_LOCK)) {
        PyThreadState *tstate = PyEval_SaveThread();
        PyThread_acquire_lock(lock->lock, WAIT_LOCK);
        PyEval_RestoreThread(tstate);
    }
    lock->owner = owner;
    lock->count = count;
    Py_RETURN_NONE;
}

METHOD_RAW(rlock, _release_save, NOARGS, 0, "_release_save() -> tuple\n\nFor internal use by `threading.Condition`.")
{
    RLockObject *lock = (RLockObject *)self;
    if (lock->count == 0)
        return k_raise(PyExc_RuntimeError, "cannot release un-acquired lock");
    unsigned long count = lock->count, owner = lock->owner;
    lock->count = lock->owner = 0;
    PyThread_release_lock(lock->lock);
    return Py_BuildValue("kk", count, owner);
}

METHOD_RAW(rlock, __enter__, VAR, 0, RLOCK_ACQUIRE_DOC)
{
    return acquire_rlock(self, args, kwargs);
}

METHOD_RAW(rlock, __exit__, FAST, 0, "release()\n\nRelease the lock.")
{
    return release_rlock(self);
}

METHOD_RAW(rlock, _at_fork_reinit, NOARGS, 0, NULL)
{
    RLockObject *lock = (RLockObject *)self;
    if (_PyThread_at_fork_reinit(&lock->lock) < 0)
        return k_raise(PyExc_RuntimeError, "failed to reinitialize lock at fork");
    lock->owner = lock->count = 0;
    Py_RETURN_NONE;
}
METHODS_DECLARE(rlock);
METHODS_END(rlock);

PyTypeObject thread_rlock_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_thread.RLock",
    .tp_basicsize = sizeof(RLockObject),
    .tp_dealloc = rlock_dealloc,
    .tp_repr = rlock_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_weaklistoffset = offsetof(RLockObject, weakrefs),
    .tp_methods = METHODS(rlock),
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = rlock_new,
    .tp_free = PyObject_Free,
};
K_TYPE(thread_rlock_type);
