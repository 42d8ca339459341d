/* eval_breaker.c - what the engine's poll leads to: signals, pending calls, asynchronous exceptions, collections, the GIL.
 *
 * In: the bits of k_eval_breaker.  Out: 0, or -1 with the exception that a handler, a pending call or another thread
 * raised here. A bit that another thread has to serve stays set. Start at k_eval_breaker_serve(). */
#include "memory/gc.h"
#include "runtime/errors.h"
#include "runtime/gil.h"
#include "runtime/state.h"
#include "runtime/thread.h"
#include "vm/eval.h"

enum { PENDING_MOST = 32 };

static struct {
    pthread_mutex_t mutex;
    struct {
        int (*call)(void *);
        void *arg;
    } ring[PENDING_MOST];
    int first, count;
    int busy;
} pending = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static void clear_bit(uint32_t bit)
{
    __atomic_fetch_and(&k_eval_breaker, ~bit, __ATOMIC_RELAXED);
}

int Py_AddPendingCall(int (*func)(void *), void *arg)
{
    int result = -1;
    pthread_mutex_lock(&pending.mutex);
    if (pending.count < PENDING_MOST) {
        int at = (pending.first + pending.count++) % PENDING_MOST;
        pending.ring[at].call = func;
        pending.ring[at].arg = arg;
        result = 0;
    }
    pthread_mutex_unlock(&pending.mutex);
    k_break_request(K_BREAK_PENDING);
    return result;
}

/* Runs what was waiting when it began; calls added meanwhile wait for the next poll. */
static int serve_pending(void)
{
    if (pending.busy)
        return 0;
    pending.busy = 1;
    clear_bit(K_BREAK_PENDING);
    int result = 0;
    for (int rest = PENDING_MOST; rest > 0 && result == 0; rest--) {
        pthread_mutex_lock(&pending.mutex);
        if (!pending.count) {
            pthread_mutex_unlock(&pending.mutex);
            break;
        }
        int (*call)(void *) = pending.ring[pending.first].call;
        void *arg = pending.ring[pending.first].arg;
        pending.first = (pending.first + 1) % PENDING_MOST;
        pending.count--;
        pthread_mutex_unlock(&pending.mutex);
        result = call(arg); /* runs code */
    }
    pending.busy = 0;
    if (pending.count)
        k_break_request(K_BREAK_PENDING);
    return result ? -1 : 0;
}

void pending_calls_after_fork(void)
{
    pthread_mutex_init(&pending.mutex, NULL);
}

static int is_main_thread(void)
{
    return PyThread_get_thread_ident() == runtime_main_thread();
}

int Py_MakePendingCalls(void)
{
    if (!is_main_thread())
        return 0;
    if (signals_serve(_PyThreadState_GET()) < 0)
        return -1;
    return serve_pending();
}

static int serve_async(PyThreadState *tstate)
{
    PyObject *exc = tstate->async_exc;
    tstate->async_exc = NULL;
    int others = 0;
    for (PyThreadState *ts = tstate->interp->threads_head; ts; ts = ts->next)
        others |= ts->async_exc != NULL;
    if (!others)
        clear_bit(K_BREAK_ASYNC);
    if (!exc)
        return 0;
    PyErr_SetNone(exc);
    Py_DECREF(exc);
    return -1;
}

int k_eval_breaker_serve(PyThreadState *tstate)
{
    uint32_t asked = k_eval_breaker;
    if ((asked & (K_BREAK_SIGNAL | K_BREAK_PENDING)) && is_main_thread()) {
        if ((asked & K_BREAK_SIGNAL) && signals_serve(tstate) < 0)
            return -1;
        if ((asked & K_BREAK_PENDING) && serve_pending() < 0)
            return -1;
    }
    if (asked & K_BREAK_GC) {
        clear_bit(K_BREAK_GC);
        k_gc_serve(tstate); /* runs code */
    }
    if (asked & K_BREAK_GIL) {
        clear_bit(K_BREAK_GIL);
        gil_yield(tstate);
    }
    return asked & K_BREAK_ASYNC ? serve_async(tstate) : 0;
}
