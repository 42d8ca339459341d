/* state.c - the runtime's, the interpreter's and the threads' state.
 *
 * There is one interpreter. Each thread that runs Python has a PyThreadState; the list of them is guarded by a mutex,
 * because threads come and go without the GIL.
 * Invariant: _PyRuntime.tstate_current (read inline by compiled modules at +576) is the state of the thread that holds
 * the GIL. Start at runtime_start(). */
#include "runtime/state.h"

#include "memory/mem.h"
#include "objects/dict/dict.h"
#include "objects/frame/frame.h"
#include "objects/int/int.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/gil.h"
#include "runtime/thread.h"
#include "vm/eval.h"

enum { RECURSION_LIMIT = 1000 };

_Static_assert(sizeof(PyThreadState) == 360, "PyThreadState is CPython's");
_Static_assert(offsetof(PyThreadState, recursion_remaining) == 32, "reached inline by modules");
_Static_assert(offsetof(PyThreadState, recursion_limit) == 36, "reached inline by modules");
_Static_assert(offsetof(PyThreadState, cframe) == 56, "reached inline by modules");
_Static_assert(offsetof(PyThreadState, curexc_type) == 96, "reached inline by modules");
_Static_assert(sizeof(_PyRuntimeState) == 166688, "_PyRuntime is CPython's");
_Static_assert(offsetof(_PyRuntimeState, tstate_current) == 576, "reached inline by modules");
_Static_assert(offsetof(_PyRuntimeState, small_ints) == 680, "reached inline by modules");

_PyRuntimeState _PyRuntime;
volatile uint32_t k_eval_breaker;

static PyInterpreterState main_interpreter;
static PyThreadState first_thread;
static PyThreadState *ender;
static unsigned long main_thread_id;
static uint64_t next_thread_number = 1;
static int recursion_limit = RECURSION_LIMIT;
static pthread_mutex_t list_mutex = PTHREAD_MUTEX_INITIALIZER;
static __thread PyThreadState *own_state; /* what PyGILState knows of this thread */

PyInterpreterState *k_interp(void)
{
    return &main_interpreter;
}

PyThreadState *runtime_ender(void)
{
    return __atomic_load_n(&ender, __ATOMIC_ACQUIRE);
}

void runtime_set_ender(PyThreadState *tstate)
{
    __atomic_store_n(&ender, tstate, __ATOMIC_RELEASE);
    main_interpreter.finalizing = tstate != NULL;
}

unsigned long runtime_main_thread(void)
{
    return main_thread_id;
}

/* ---- thread states ---- */

static void thread_state_fill(PyThreadState *ts)
{
    *ts = (PyThreadState){
        .interp = &main_interpreter,
        ._initialized = 1,
        .recursion_limit = recursion_limit,
        .recursion_remaining = recursion_limit,
        .gilstate_counter = 1,
        .thread_id = PyThread_get_thread_ident(),
        .native_thread_id = PyThread_get_thread_native_id(),
        .context_ver = 1,
        .id = next_thread_number++,
    };
    ts->cframe = &ts->root_cframe;
    ts->exc_info = &ts->exc_state;
}

static void list_add(PyThreadState *ts)
{
    ts->next = main_interpreter.threads_head;
    if (ts->next)
        ts->next->prev = ts;
    main_interpreter.threads_head = ts;
}

static void list_remove(PyThreadState *ts)
{
    if (ts->prev)
        ts->prev->next = ts->next;
    else
        main_interpreter.threads_head = ts->next;
    if (ts->next)
        ts->next->prev = ts->prev;
}

int runtime_start(void)
{
    gil_start();
    main_thread_id = PyThread_get_thread_ident();
    thread_state_fill(&first_thread);
    first_thread._static = 1;
    list_add(&first_thread);
    own_state = &first_thread;
    gil_take(&first_thread);
    return 0;
}

void runtime_stop(void)
{
    PyThreadState *tstate = _PyRuntime.tstate_current;
    if (tstate) {
        PyThreadState_Clear(tstate);
        gil_drop(tstate);
    }
    for (PyThreadState *ts = main_interpreter.threads_head, *next; ts; ts = next) {
        next = ts->next;
        if (!ts->_static)
            PyMem_RawFree(ts);
    }
    main_interpreter = (PyInterpreterState){ 0 };
    own_state = NULL;
    ender = NULL;
    k_eval_breaker = 0;
}

PyThreadState *_PyThreadState_Prealloc(PyInterpreterState *interp K_UNUSED)
{
    PyThreadState *ts = PyMem_RawMalloc(sizeof *ts);
    if (!ts)
        return NULL;
    pthread_mutex_lock(&list_mutex);
    thread_state_fill(ts);
    list_add(ts);
    pthread_mutex_unlock(&list_mutex);
    return ts;
}

PyThreadState *PyThreadState_New(PyInterpreterState *interp)
{
    PyThreadState *ts = _PyThreadState_Prealloc(interp);
    if (ts && !own_state) {
        own_state = ts;
        ts->gilstate_counter = 1;
    }
    return ts;
}

void PyThreadState_Clear(PyThreadState *ts)
{
    Py_CLEAR(ts->dict);
    Py_CLEAR(ts->async_exc);
    Py_CLEAR(ts->curexc_type);
    Py_CLEAR(ts->curexc_value);
    Py_CLEAR(ts->curexc_traceback);
    Py_CLEAR(ts->exc_state.exc_value);
    ts->c_profilefunc = ts->c_tracefunc = NULL;
    ts->root_cframe.use_tracing = 0;
    Py_CLEAR(ts->c_profileobj);
    Py_CLEAR(ts->c_traceobj);
    Py_CLEAR(ts->async_gen_firstiter);
    Py_CLEAR(ts->async_gen_finalizer);
    Py_CLEAR(ts->context);
    if (ts->on_delete)
        ts->on_delete(ts->on_delete_data);
    ts->on_delete = NULL;
}

static void free_data_stack(PyThreadState *ts)
{
    PyObjectArenaAllocator arenas;
    PyObject_GetArenaAllocator(&arenas);
    for (_PyStackChunk *chunk = ts->datastack_chunk, *previous; chunk; chunk = previous) {
        previous = chunk->previous;
        arenas.free(arenas.ctx, chunk, chunk->size);
    }
    ts->datastack_chunk = NULL;
    ts->datastack_top = ts->datastack_limit = NULL;
}

void PyThreadState_Delete(PyThreadState *ts)
{
    pthread_mutex_lock(&list_mutex);
    list_remove(ts);
    pthread_mutex_unlock(&list_mutex);
    if (own_state == ts)
        own_state = NULL;
    free_data_stack(ts);
    if (!ts->_static)
        PyMem_RawFree(ts);
}

void PyThreadState_DeleteCurrent(void)
{
    PyThreadState *ts = _PyRuntime.tstate_current;
    pthread_mutex_lock(&list_mutex);
    list_remove(ts);
    pthread_mutex_unlock(&list_mutex);
    own_state = NULL;
    free_data_stack(ts);
    gil_drop(ts);
    if (!ts->_static)
        PyMem_RawFree(ts);
}

PyThreadState *PyThreadState_Get(void)
{
    PyThreadState *ts = _PyRuntime.tstate_current;
    if (!ts)
        Py_FatalError("the function must be called with the GIL held, but the GIL is released "
                      "(the current Python thread state is NULL)");
    return ts;
}

PyThreadState *_PyThreadState_UncheckedGet(void)
{
    return _PyRuntime.tstate_current;
}

PyThreadState *PyThreadState_Swap(PyThreadState *ts)
{
    PyThreadState *was = _PyRuntime.tstate_current;
    _PyRuntime.tstate_current = ts;
    return was;
}

PyObject *_PyThreadState_GetDict(PyThreadState *ts)
{
    if (!ts->dict) {
        ts->dict = PyDict_New();
        if (!ts->dict)
            PyErr_Clear();
    }
    return ts->dict;
}

PyObject *PyThreadState_GetDict(void)
{
    PyThreadState *ts = _PyRuntime.tstate_current;
    return ts ? _PyThreadState_GetDict(ts) : NULL;
}

PyInterpreterState *PyThreadState_GetInterpreter(PyThreadState *ts)
{
    return ts->interp;
}

PyFrameObject *PyThreadState_GetFrame(PyThreadState *ts)
{
    _PyInterpreterFrame *frame = ts->cframe->current_frame;
    while (frame && k_frame_is_incomplete(frame))
        frame = frame->previous;
    if (!frame)
        return NULL;
    PyFrameObject *object = k_frame_object(frame);
    if (!object)
        PyErr_Clear();
    return (PyFrameObject *)Py_XNewRef(object);
}

uint64_t PyThreadState_GetID(PyThreadState *ts)
{
    return ts->id;
}

void PyThreadState_EnterTracing(PyThreadState *ts)
{
    ts->tracing++;
    ts->cframe->use_tracing = 0;
}

void PyThreadState_LeaveTracing(PyThreadState *ts)
{
    ts->tracing--;
    ts->cframe->use_tracing = ts->c_tracefunc || ts->c_profilefunc ? 255 : 0;
}

int PyThreadState_SetAsyncExc(unsigned long id, PyObject *exc)
{
    int found = 0;
    PyObject *old = NULL;
    pthread_mutex_lock(&list_mutex);
    for (PyThreadState *ts = main_interpreter.threads_head; ts && !found; ts = ts->next) {
        if (ts->thread_id != id)
            continue;
        old = ts->async_exc;
        ts->async_exc = Py_XNewRef(exc);
        found = 1;
    }
    pthread_mutex_unlock(&list_mutex);
    Py_XDECREF(old);
    if (found && exc)
        k_break_request(K_BREAK_ASYNC);
    return found;
}

void thread_state_adopt(PyThreadState *ts)
{
    own_state = ts;
}

void thread_states_after_fork(void)
{
    PyThreadState *current = _PyRuntime.tstate_current;
    pthread_mutex_init(&list_mutex, NULL);
    PyThreadState *others = NULL;
    for (PyThreadState *ts = main_interpreter.threads_head, *next; ts; ts = next) {
        next = ts->next;
        if (ts == current)
            continue;
        list_remove(ts);
        ts->next = others;
        others = ts;
    }
    current->native_thread_id = PyThread_get_thread_native_id();
    current->thread_id = main_thread_id = PyThread_get_thread_ident();
    own_state = current;
    while (others) {
        PyThreadState *next = others->next;
        PyThreadState_Clear(others);
        free_data_stack(others);
        if (!others->_static)
            PyMem_RawFree(others);
        others = next;
    }
}

/* ---- PyGILState: threads that Python did not start ---- */

PyThreadState *PyGILState_GetThisThreadState(void)
{
    return own_state;
}

int PyGILState_Check(void)
{
    PyThreadState *ts = _PyRuntime.tstate_current;
    return ts && ts == own_state;
}

PyGILState_STATE PyGILState_Ensure(void)
{
    PyThreadState *ts = own_state;
    int held = ts && ts == _PyRuntime.tstate_current;
    if (!ts) {
        ts = PyThreadState_New(&main_interpreter);
        if (!ts)
            Py_FatalError("Couldn't create thread-state for new thread");
        ts->gilstate_counter = 0; /* Release ends it */
    }
    if (!held)
        gil_take(ts);
    ts->gilstate_counter++;
    return held ? PyGILState_LOCKED : PyGILState_UNLOCKED;
}

void PyGILState_Release(PyGILState_STATE was)
{
    PyThreadState *ts = own_state;
    if (!ts || ts != _PyRuntime.tstate_current)
        Py_FatalError("thread state must be current when releasing");
    if (--ts->gilstate_counter == 0) {
        PyThreadState_Clear(ts); /* runs code */
        PyThreadState_DeleteCurrent();
    } else if (was == PyGILState_UNLOCKED) {
        gil_drop(ts);
    }
}

/* ---- the interpreter ---- */

PyInterpreterState *_PyGILState_GetInterpreterStateUnsafe(void)
{
    return &main_interpreter;
}

PyInterpreterState *PyInterpreterState_Get(void)
{
    return PyThreadState_Get()->interp;
}

PyInterpreterState *PyInterpreterState_Main(void)
{
    return &main_interpreter;
}

PyInterpreterState *PyInterpreterState_Head(void)
{
    return &main_interpreter;
}

PyInterpreterState *PyInterpreterState_Next(PyInterpreterState *interp)
{
    return interp->next;
}

PyThreadState *PyInterpreterState_ThreadHead(PyInterpreterState *interp)
{
    return interp->threads_head;
}

PyThreadState *PyThreadState_Next(PyThreadState *ts)
{
    return ts->next;
}

int64_t PyInterpreterState_GetID(PyInterpreterState *interp)
{
    return interp->id;
}

PyObject *PyInterpreterState_GetDict(PyInterpreterState *interp)
{
    if (!interp->dict) {
        interp->dict = PyDict_New();
        if (!interp->dict)
            PyErr_Clear();
    }
    return interp->dict;
}

PyObject *_PyInterpreterState_GetMainModule(PyInterpreterState *interp)
{
    PyObject *module = PyDict_GetItemString(interp->modules, "__main__");
    if (!module)
        PyErr_SetString(PyExc_RuntimeError, "interpreter not initialized");
    return Py_XNewRef(module);
}

_PyFrameEvalFunction _PyInterpreterState_GetEvalFrameFunc(PyInterpreterState *interp)
{
    return interp->eval_frame ? interp->eval_frame : _PyEval_EvalFrameDefault;
}

void _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState *interp, _PyFrameEvalFunction eval_frame)
{
    interp->eval_frame = eval_frame == _PyEval_EvalFrameDefault ? NULL : eval_frame; /* NULL: calls stay in the loop */
}

int _PyInterpreterState_RequiresIDRef(PyInterpreterState *interp K_UNUSED)
{
    return 0;
}

void _PyInterpreterState_RequireIDRef(PyInterpreterState *interp K_UNUSED, int required K_UNUSED)
{
}

/* ---- sys._current_frames, sys._current_exceptions ---- */

static PyObject *by_thread(PyObject *(*value_of)(PyThreadState *))
{
    K_AUTO(PyObject *) result = PyDict_New();
    if (!result)
        return NULL;
    for (PyThreadState *ts = main_interpreter.threads_head; ts; ts = ts->next) {
        K_AUTO(PyObject *) value = value_of(ts);
        if (!value)
            continue;
        K_AUTO(PyObject *) id = PyLong_FromUnsignedLong(ts->thread_id);
        if (!id || PyDict_SetItem(result, id, value) < 0)
            return NULL;
    }
    return K_MOVE(result);
}

static PyObject *frame_of(PyThreadState *ts)
{
    return (PyObject *)PyThreadState_GetFrame(ts);
}

static PyObject *exception_of(PyThreadState *ts)
{
    if (!ts->cframe->current_frame)
        return NULL;
    _PyErr_StackItem *item = _PyErr_GetTopmostException(ts);
    PyObject *value = item->exc_value ? item->exc_value : Py_None;
    PyObject *traceback = value == Py_None ? NULL : PyException_GetTraceback(value);
    if (!traceback)
        traceback = Py_NewRef(Py_None);
    PyObject *type = value == Py_None ? Py_None : (PyObject *)Py_TYPE(value);
    PyObject *row = PyTuple_Pack(3, type, value, traceback);
    Py_DECREF(traceback);
    if (!row)
        PyErr_Clear();
    return row;
}

PyObject *_PyThread_CurrentFrames(void)
{
    return by_thread(frame_of);
}

PyObject *_PyThread_CurrentExceptions(void)
{
    return by_thread(exception_of);
}

/* ---- recursion ---- */

enum { HEADROOM = 50 };

int _Py_CheckRecursiveCall(PyThreadState *ts, const char *where)
{
    if (ts->recursion_headroom) {
        if (ts->recursion_remaining < -HEADROOM)
            Py_FatalError("Cannot recover from stack overflow.");
        return 0;
    }
    if (ts->recursion_remaining > 0)
        return 0;
    ts->recursion_headroom++;
    k_raise(PyExc_RecursionError, "maximum recursion depth exceeded%s", where ? where : "");
    ts->recursion_headroom--;
    ts->recursion_remaining++;
    return -1;
}

int k_enter_nested(PyThreadState *tstate, const char *where)
{
    if (k_enter_recursive(tstate, where))
        return -1;
    if (!k_stack_is_short(where ? where : ""))
        return 0;
    k_leave_recursive(tstate);
    return -1;
}

int Py_EnterRecursiveCall(const char *where)
{
    return k_enter_nested(_PyThreadState_GET(), where);
}

void Py_LeaveRecursiveCall(void)
{
    k_leave_recursive(_PyThreadState_GET());
}

int Py_GetRecursionLimit(void)
{
    return recursion_limit;
}

void Py_SetRecursionLimit(int limit)
{
    recursion_limit = limit;
    for (PyThreadState *ts = main_interpreter.threads_head; ts; ts = ts->next) {
        int depth = ts->recursion_limit - ts->recursion_remaining;
        ts->recursion_limit = limit;
        ts->recursion_remaining = limit - depth;
    }
}
