/* thread_locks.h - the types of module _thread. */
#ifndef KAA_MODULES_THREAD_LOCKS_H
#define KAA_MODULES_THREAD_LOCKS_H

#include "objects/object.h"
#include "runtime/thread.h"

typedef struct LockObject {
    PyObject ob_base;
    PyThread_type_lock lock;
    PyObject *weakrefs;
    char locked; /* 0 or 1, as Python sees it */
} LockObject;

extern K_INT PyTypeObject thread_lock_type, thread_rlock_type, thread_local_type;
K_INT K_NEW LockObject *thread_lock_new(void);

/* Takes the lock within timeout microseconds (-1: however long it takes), without the GIL while waiting; handlers of
 * signals run in between. PY_LOCK_INTR: a handler raised. */
K_INT PyLockStatus thread_acquire(PyThread_type_lock lock, PY_TIMEOUT_T timeout);
/* blocking and timeout of acquire(): 0, or -1 with an exception. */
K_INT int thread_parse_acquire(PyObject *blocking, PyObject *timeout, PY_TIMEOUT_T *microseconds);

#endif
