/* gil.c - the GIL: one mutex, a condition for "it is free", and one for "somebody else took it".
 *
 * A thread that waits longer than the switch interval sets K_BREAK_GIL; the running thread meets it at its next poll,
 * drops the lock and waits until another one has it, so that a switch really happens.
 * Invariant: _PyRuntime.tstate_current is the holder's state, or NULL while nobody holds the lock (or the holder has
 * swapped it away). Start at gil_take(). */
#include "runtime/gil.h"
#include "runtime/thread.h"
#include "vm/eval.h"

#include <errno.h>
#include <time.h>

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t freed, switched;
    PyThreadState *last_holder;
    unsigned long interval; /* microseconds */
    unsigned long switches;
    int held;
    int waiting;
    int started;
} gil = { .mutex = PTHREAD_MUTEX_INITIALIZER, .interval = 5000 };

static void make_conditions(void)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&gil.freed, &attr);
    pthread_cond_init(&gil.switched, &attr);
    pthread_condattr_destroy(&attr);
}

void gil_start(void)
{
    if (!gil.started)
        make_conditions();
    gil.started = 1;
}

static int wait_interval(pthread_cond_t *condition)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    long ns = until.tv_nsec + (long)(gil.interval % 1000000) * 1000;
    until.tv_sec += (time_t)(gil.interval / 1000000) + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    return pthread_cond_timedwait(condition, &gil.mutex, &until) == ETIMEDOUT;
}

/* Only the thread that ends the runtime goes on; the others end where they stand. */
static void end_if_finalizing(PyThreadState *tstate)
{
    PyThreadState *ender = runtime_ender();
    if (ender && ender != tstate)
        pthread_exit(NULL);
}

void gil_take(PyThreadState *tstate)
{
    int saved = errno;
    end_if_finalizing(tstate);
    pthread_mutex_lock(&gil.mutex);
    gil.waiting++;
    while (gil.held) {
        unsigned long seen = gil.switches;
        if (wait_interval(&gil.freed) && gil.held && gil.switches == seen)
            k_break_request(K_BREAK_GIL);
        PyThreadState *ender = runtime_ender();
        if (ender && ender != tstate) {
            gil.waiting--;
            pthread_mutex_unlock(&gil.mutex);
            pthread_exit(NULL);
        }
    }
    gil.waiting--;
    gil.held = 1;
    gil.switches++;
    if (gil.last_holder != tstate) {
        gil.last_holder = tstate;
        pthread_cond_broadcast(&gil.switched);
    }
    __atomic_fetch_and(&k_eval_breaker, ~(uint32_t)K_BREAK_GIL, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&gil.mutex);
    if (runtime_ender() && runtime_ender() != tstate) {
        gil_drop(tstate);
        pthread_exit(NULL);
    }
    _PyRuntime.tstate_current = tstate;
    errno = saved;
}

void gil_drop(PyThreadState *tstate)
{
    pthread_mutex_lock(&gil.mutex);
    _PyRuntime.tstate_current = NULL;
    gil.last_holder = tstate;
    gil.held = 0;
    pthread_cond_signal(&gil.freed);
    pthread_mutex_unlock(&gil.mutex);
}

void gil_yield(PyThreadState *tstate)
{
    gil_drop(tstate);
    pthread_mutex_lock(&gil.mutex);
    while (gil.waiting && gil.last_holder == tstate && !gil.held)
        if (wait_interval(&gil.switched))
            break;
    pthread_mutex_unlock(&gil.mutex);
    gil_take(tstate);
}

int gil_is_held(void)
{
    return gil.held;
}

void gil_reinit_after_fork(PyThreadState *tstate)
{
    pthread_mutex_init(&gil.mutex, NULL);
    make_conditions();
    gil.held = 1;
    gil.waiting = 0;
    gil.last_holder = tstate;
}

/* ---- API ---- */

void _PyEval_SetSwitchInterval(unsigned long microseconds)
{
    gil.interval = microseconds ? microseconds : 1;
}

unsigned long _PyEval_GetSwitchInterval(void)
{
    return gil.interval;
}

PyThreadState *PyEval_SaveThread(void)
{
    PyThreadState *tstate = _PyRuntime.tstate_current;
    gil_drop(tstate);
    return tstate;
}

void PyEval_RestoreThread(PyThreadState *tstate)
{
    gil_take(tstate);
}

void PyEval_AcquireThread(PyThreadState *tstate)
{
    gil_take(tstate);
}

void PyEval_ReleaseThread(PyThreadState *tstate)
{
    gil_drop(tstate);
}

void PyEval_AcquireLock(void)
{
    gil_take(PyGILState_GetThisThreadState());
}

void PyEval_ReleaseLock(void)
{
    gil_drop(_PyRuntime.tstate_current);
}

void PyEval_InitThreads(void)
{
}

int PyEval_ThreadsInitialized(void)
{
    return gil.started;
}
