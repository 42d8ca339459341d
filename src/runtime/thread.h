/* thread.h - locks, threads and thread-local storage (PyThread_*). */
#ifndef KAA_RUNTIME_THREAD_H
#define KAA_RUNTIME_THREAD_H

#include "objects/object.h"

#include <pthread.h>

typedef void *PyThread_type_lock;
typedef long long PY_TIMEOUT_T; /* microseconds */
typedef enum { PY_LOCK_FAILURE = 0, PY_LOCK_ACQUIRED = 1, PY_LOCK_INTR } PyLockStatus;
typedef struct Py_tss_t {
    int _is_initialized;
    pthread_key_t _key;
} Py_tss_t;
#define PYTHREAD_INVALID_THREAD_ID ((unsigned long)-1)
#define WAIT_LOCK 1
#define NOWAIT_LOCK 0

K_API void PyThread_init_thread(void);
K_API unsigned long PyThread_start_new_thread(void (*)(void *), void *);
K_API K_NORETURN void PyThread_exit_thread(void);
K_API unsigned long PyThread_get_thread_ident(void);
K_API unsigned long PyThread_get_thread_native_id(void);
K_API PyThread_type_lock PyThread_allocate_lock(void);
K_API void PyThread_free_lock(PyThread_type_lock);
K_API int PyThread_acquire_lock(PyThread_type_lock, int);
K_API PyLockStatus PyThread_acquire_lock_timed(PyThread_type_lock, PY_TIMEOUT_T microseconds, int intr_flag);
K_API void PyThread_release_lock(PyThread_type_lock);
K_API size_t PyThread_get_stacksize(void);
K_API int PyThread_set_stacksize(size_t);
K_API K_NEW PyObject *PyThread_GetInfo(void);
K_API int PyThread_create_key(void);
K_API void PyThread_delete_key(int key);
K_API int PyThread_set_key_value(int key, void *value);
K_API void *PyThread_get_key_value(int key);
K_API void PyThread_delete_key_value(int key);
K_API void PyThread_ReInitTLS(void);
K_API Py_tss_t *PyThread_tss_alloc(void);
K_API void PyThread_tss_free(Py_tss_t *key);
K_API int PyThread_tss_is_created(Py_tss_t *key);
K_API int PyThread_tss_create(Py_tss_t *key);
K_API void PyThread_tss_delete(Py_tss_t *key);
K_API int PyThread_tss_set(Py_tss_t *key, void *value);
K_API void *PyThread_tss_get(Py_tss_t *key);
K_API K_STATUS int _PyThread_at_fork_reinit(PyThread_type_lock *lock);

#endif
