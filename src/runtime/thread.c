/* thread.c - PyThread_*: threads, locks that any thread may release, thread-local storage.
 *
 * A lock is a POSIX semaphore with one unit, so a waiter can be interrupted by a signal and times out on the monotonic
 * clock. Start at PyThread_acquire_lock_timed(). */
#include "runtime/thread.h"

#include "memory/mem.h"
#include "objects/int/int.h"
#include "objects/str/str.h"
#include "objects/structseq.h"
#include "runtime/errors.h"
#include "runtime/state.h"

#include <errno.h>
#include <semaphore.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MICROSECOND = 1000000, STACK_LEAST = 32768, STACK_RESERVE = 192 * 1024 };
static const size_t STACK_MOST = (size_t)1 << 40;

static size_t wanted_stack; /* bytes; 0: the system's */

void PyThread_init_thread(void)
{
}

/* ---- threads ---- */

typedef struct Start {
    void (*func)(void *);
    void *arg;
} Start;

static void *thread_main(void *p)
{
    Start start = *(Start *)p;
    PyMem_RawFree(p);
    start.func(start.arg);
    return NULL;
}

unsigned long PyThread_start_new_thread(void (*func)(void *), void *arg)
{
    pthread_attr_t attr;
    pthread_t thread;
    if (pthread_attr_init(&attr) != 0)
        return PYTHREAD_INVALID_THREAD_ID;
    if (wanted_stack)
        pthread_attr_setstacksize(&attr, wanted_stack);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    Start *start = PyMem_RawMalloc(sizeof *start);
    int failed = 1;
    if (start) {
        *start = (Start){ func, arg };
        failed = pthread_create(&thread, &attr, thread_main, start);
    }
    pthread_attr_destroy(&attr);
    if (failed) {
        PyMem_RawFree(start);
        return PYTHREAD_INVALID_THREAD_ID;
    }
    return (unsigned long)thread;
}

void PyThread_exit_thread(void)
{
    pthread_exit(NULL);
}

unsigned long PyThread_get_thread_ident(void)
{
    return (unsigned long)pthread_self();
}

unsigned long PyThread_get_thread_native_id(void)
{
    return (unsigned long)syscall(SYS_gettid);
}

size_t PyThread_get_stacksize(void)
{
    return wanted_stack;
}

int PyThread_set_stacksize(size_t size)
{
    if (size && (size < STACK_LEAST || size > STACK_MOST))
        return -1;
    if (size) {
        pthread_attr_t attr;
        pthread_attr_init(&attr);
        int failed = pthread_attr_setstacksize(&attr, size);
        pthread_attr_destroy(&attr);
        if (failed)
            return -1;
    }
    wanted_stack = size;
    return 0;
}

/* ---- the C stack's end ---- */

/* The last part of this thread's own stack: [end, end + reserve). Elsewhere below it lie the stacks that foreign code
 * (fibers, switched by exchanging the thread state's fields) has made for itself: the recursion limit alone counts there. */
static __thread struct {
    uintptr_t end;
    size_t reserve; /* 0 until asked for */
} own_stack;

static void find_own_stack(void)
{
    own_stack.end = 0;
    own_stack.reserve = 1;
    if (getpid() == (pid_t)syscall(SYS_gettid)) { /* the first thread's stack grows: its limit counts */
        struct rlimit limit;
        size_t room = getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY ? limit.rlim_cur
                                                                                              : (size_t)64 << 20;
        uintptr_t here = (uintptr_t)__builtin_frame_address(0), top = here + (64 << 10);
        if (room <= top) {
            own_stack.end = top - room;
            own_stack.reserve = STACK_RESERVE;
        }
        return;
    }
    pthread_attr_t attr;
    void *low;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attr) != 0)
        return;
    pthread_attr_getstack(&attr, &low, &size);
    pthread_attr_destroy(&attr);
    own_stack.end = (uintptr_t)low;
    own_stack.reserve = size / 4 < STACK_RESERVE ? size / 4 : STACK_RESERVE;
}

int k_stack_is_short(const char *where)
{
    if (K_UNLIKELY(!own_stack.reserve))
        find_own_stack();
    if (K_LIKELY((uintptr_t)__builtin_frame_address(0) - own_stack.end >= own_stack.reserve))
        return 0;
    k_raise(PyExc_RecursionError, "maximum recursion depth exceeded%s", where);
    return 1;
}

/* ---- locks ---- */

PyThread_type_lock PyThread_allocate_lock(void)
{
    sem_t *lock = PyMem_RawMalloc(sizeof *lock);
    if (lock && sem_init(lock, 0, 1) != 0) {
        PyMem_RawFree(lock);
        lock = NULL;
    }
    return lock;
}

void PyThread_free_lock(PyThread_type_lock lock)
{
    if (!lock)
        return;
    sem_destroy(lock);
    PyMem_RawFree(lock);
}

static int wait_until(sem_t *lock, const struct timespec *deadline, PY_TIMEOUT_T microseconds)
{
    int failed;
    if (microseconds > 0)
        failed = sem_clockwait(lock, CLOCK_MONOTONIC, deadline);
    else if (microseconds == 0)
        failed = sem_trywait(lock);
    else
        failed = sem_wait(lock);
    return failed ? errno : 0;
}

PyLockStatus PyThread_acquire_lock_timed(PyThread_type_lock lock, PY_TIMEOUT_T microseconds, int intr_flag)
{
    struct timespec deadline = { 0 };
    if (microseconds > 0) {
        clock_gettime(CLOCK_MONOTONIC, &deadline);
        long ns = deadline.tv_nsec + (long)(microseconds % MICROSECOND) * 1000;
        time_t more = (time_t)(microseconds / MICROSECOND) + ns / 1000000000;
        deadline.tv_nsec = ns % 1000000000;
        if (__builtin_add_overflow(deadline.tv_sec, more, &deadline.tv_sec))
            microseconds = -1;
    }
    int error;
    do
        error = wait_until(lock, &deadline, microseconds);
    while (error == EINTR && !intr_flag);
    if (!error)
        return PY_LOCK_ACQUIRED;
    return error == EINTR ? PY_LOCK_INTR : PY_LOCK_FAILURE;
}

int PyThread_acquire_lock(PyThread_type_lock lock, int wait)
{
    return PyThread_acquire_lock_timed(lock, wait ? -1 : 0, 0) == PY_LOCK_ACQUIRED;
}

void PyThread_release_lock(PyThread_type_lock lock)
{
    sem_post(lock);
}

int _PyThread_at_fork_reinit(PyThread_type_lock *lock)
{
    PyThread_type_lock fresh = PyThread_allocate_lock();
    if (!fresh)
        return -1;
    *lock = fresh; /* the old one may be in any state: it is left alone */
    return 0;
}

/* ---- thread-local storage ---- */

int PyThread_create_key(void)
{
    pthread_key_t key;
    return pthread_key_create(&key, NULL) == 0 ? (int)key : -1;
}

void PyThread_delete_key(int key)
{
    pthread_key_delete((pthread_key_t)key);
}

int PyThread_set_key_value(int key, void *value)
{
    return pthread_setspecific((pthread_key_t)key, value) == 0 ? 0 : -1;
}

void *PyThread_get_key_value(int key)
{
    return pthread_getspecific((pthread_key_t)key);
}

void PyThread_delete_key_value(int key)
{
    pthread_setspecific((pthread_key_t)key, NULL);
}

void PyThread_ReInitTLS(void)
{
}

Py_tss_t *PyThread_tss_alloc(void)
{
    Py_tss_t *key = PyMem_RawMalloc(sizeof *key);
    if (key)
        *key = (Py_tss_t){ 0 };
    return key;
}

void PyThread_tss_free(Py_tss_t *key)
{
    if (!key)
        return;
    PyThread_tss_delete(key);
    PyMem_RawFree(key);
}

int PyThread_tss_is_created(Py_tss_t *key)
{
    return key->_is_initialized;
}

int PyThread_tss_create(Py_tss_t *key)
{
    if (key->_is_initialized)
        return 0;
    if (pthread_key_create(&key->_key, NULL) != 0)
        return -1;
    key->_is_initialized = 1;
    return 0;
}

void PyThread_tss_delete(Py_tss_t *key)
{
    if (!key->_is_initialized)
        return;
    pthread_key_delete(key->_key);
    key->_is_initialized = 0;
}

int PyThread_tss_set(Py_tss_t *key, void *value)
{
    return pthread_setspecific(key->_key, value) == 0 ? 0 : -1;
}

void *PyThread_tss_get(Py_tss_t *key)
{
    return pthread_getspecific(key->_key);
}

/* ---- sys.thread_info ---- */

static PyStructSequence_Field info_fields[] = {
    { "name", "which threads the interpreter uses" },
    { "lock", "what its locks are made of" },
    { "version", "name and version of the thread library" },
    { NULL, NULL },
};
static PyStructSequence_Desc info_desc = { "sys.thread_info", "How threads are made here.", info_fields, 3 };
static PyTypeObject info_type;

PyObject *PyThread_GetInfo(void)
{
    if (!info_type.tp_name && k_structseq_init(&info_type, &info_desc) < 0)
        return NULL;
    PyObject *info = PyStructSequence_New(&info_type);
    if (!info)
        return NULL;
    char version[64] = "";
    confstr(_CS_GNU_LIBPTHREAD_VERSION, version, sizeof version);
    const char *texts[] = { "pthread", "semaphore", version };
    for (int i = 0; i < 3; i++) {
        PyObject *text = PyUnicode_FromString(texts[i]);
        if (!text) {
            Py_DECREF(info);
            return NULL;
        }
        PyStructSequence_SET_ITEM(info, i, text);
    }
    return info;
}
