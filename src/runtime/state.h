/* state.h - thread, interpreter and runtime state. */
#ifndef KAA_RUNTIME_STATE_H
#define KAA_RUNTIME_STATE_H

#include "objects/object.h"
#include "code/code.h"

typedef struct PyConfig PyConfig;
typedef struct _PyErr_StackItem {
    PyObject *exc_value; /* the exception being handled, or NULL or None */
    struct _PyErr_StackItem *previous_item;
} _PyErr_StackItem;
typedef struct _PyCFrame {
    uint8_t use_tracing; /* 0, or 255 while a trace or profile function is set */
    _PyInterpreterFrame *current_frame;
    struct _PyCFrame *previous;
} _PyCFrame;
typedef struct _PyStackChunk {
    struct _PyStackChunk *previous;
    size_t size; /* bytes, this head included */
    size_t top;  /* slots used when the next chunk was opened */
    PyObject *data[1];
} _PyStackChunk;
typedef int (*Py_tracefunc)(PyObject *, PyFrameObject *, int, PyObject *);
enum {
    PyTrace_CALL, PyTrace_EXCEPTION, PyTrace_LINE, PyTrace_RETURN, PyTrace_C_CALL, PyTrace_C_EXCEPTION,
    PyTrace_C_RETURN, PyTrace_OPCODE
};

struct _ts {
    PyThreadState *prev, *next;
    PyInterpreterState *interp;
    int _initialized, _static;
    int recursion_remaining; /* the one live counter of Python frames and Py_EnterRecursiveCall */
    int recursion_limit, recursion_headroom;
    int tracing, tracing_what;
    _PyCFrame *cframe;
    Py_tracefunc c_profilefunc, c_tracefunc;
    PyObject *c_profileobj, *c_traceobj;
    PyObject *curexc_type, *curexc_value, *curexc_traceback; /* the exception being raised */
    _PyErr_StackItem *exc_info;                              /* top of the exceptions being handled */
    PyObject *dict;
    int gilstate_counter;
    PyObject *async_exc;
    unsigned long thread_id, native_thread_id;
    int trash_delete_nesting;
    PyObject *trash_delete_later;
    void (*on_delete)(void *);
    void *on_delete_data;
    int coroutine_origin_tracking_depth;
    PyObject *async_gen_firstiter, *async_gen_finalizer;
    PyObject *context;
    uint64_t context_ver;
    uint64_t id;
    struct {
        PyCodeObject *code;
        PyCodeAddressRange bounds;
    } trace_info;
    _PyStackChunk *datastack_chunk;
    PyObject **datastack_top, **datastack_limit;
    _PyErr_StackItem exc_state;
    _PyCFrame root_cframe;
};

/* _PyRuntime: 166,688 bytes. Modules built against CPython read the current thread at +576 and the small ints at +680. */
typedef struct _PyRuntimeState {
    char head[576];
    PyThreadState *tstate_current; /* holds the GIL; changes at each switch */
    char gap[680 - 584];
    struct { PyVarObject head; uint32_t digit; uint32_t pad; } small_ints[262]; /* -5 ... 256 */
    char rest[166688 - 680 - 262 * 32];
} _PyRuntimeState;
extern K_API _PyRuntimeState _PyRuntime;

static inline PyThreadState *k_tstate(void)
{
    return _PyRuntime.tstate_current;
}
#define _PyThreadState_GET() k_tstate()
typedef enum { PyGILState_LOCKED, PyGILState_UNLOCKED } PyGILState_STATE;

/* ---- eval breaker: one word, polled by the engine at back edges, function entry, generator resume and after calls
 * into C. Set from anywhere, signal handlers included. ---- */
enum {
    K_BREAK_GIL = 1,      /* another thread asks for the GIL */
    K_BREAK_SIGNAL = 2,
    K_BREAK_PENDING = 4,  /* Py_AddPendingCall */
    K_BREAK_GC = 8,
    K_BREAK_ASYNC = 16    /* PyThreadState_SetAsyncExc */
};
extern K_INT volatile uint32_t k_eval_breaker;
static inline void k_break_request(uint32_t reason)
{
    __atomic_fetch_or(&k_eval_breaker, reason, __ATOMIC_RELAXED);
}
/* Does what was asked for. 0, or -1 with an exception (a signal handler's, an async one). Runs code. */
K_INT K_STATUS int k_eval_breaker_serve(PyThreadState *tstate);

/* ---- the interpreter: Kaa's own, reached by no other program ---- */
struct _is {
    PyInterpreterState *next;
    PyThreadState *threads_head;
    int64_t id;
    PyObject *modules, *sysdict, *builtins, *builtins_copy, *importlib, *import_func, *dict;
    PyObject *codec_search_path, *codec_search_cache, *codec_error_registry;
    PyObject *before_forkers, *after_forkers_parent, *after_forkers_child;
    PyObject *atexit_callbacks;
    PyObject *(*eval_frame)(PyThreadState *, _PyInterpreterFrame *, int); /* PEP 523 */
    int finalizing;
    int file_names_by_locale; /* the C library converts file names until the file system's codec can be looked up */
};
K_INT PyInterpreterState *k_interp(void); /* the main interpreter */
K_INT int runtime_start(void);               /* interpreter, first thread state, GIL: 0, or -1 without memory */
K_INT void runtime_stop(void);
K_INT PyThreadState *runtime_ender(void);    /* the thread that ends the runtime, or NULL */
K_INT void runtime_set_ender(PyThreadState *tstate);
K_INT unsigned long runtime_main_thread(void); /* its thread_id */
K_INT void thread_state_adopt(PyThreadState *tstate); /* PyGILState knows it as the calling thread's own */
K_INT void thread_states_after_fork(void);   /* the child keeps the current one only */
K_INT void pending_calls_after_fork(void);
K_INT int signals_serve(PyThreadState *tstate); /* runs handlers of signals that came: 0, or -1 with an exception */

typedef PyObject *(*_PyFrameEvalFunction)(PyThreadState *, _PyInterpreterFrame *, int);
typedef struct _xid {
    void *data;
    PyObject *obj;
    int64_t interp;
    PyObject *(*new_object)(struct _xid *);
    void (*free)(void *);
} _PyCrossInterpreterData;
typedef int (*crossinterpdatafunc)(PyObject *, _PyCrossInterpreterData *);

K_API PyInterpreterState *PyInterpreterState_New(void);
K_API void PyInterpreterState_Clear(PyInterpreterState *);
K_API void PyInterpreterState_Delete(PyInterpreterState *);
K_API PyInterpreterState *PyInterpreterState_Get(void);
K_API K_NEW PyObject *PyInterpreterState_GetDict(PyInterpreterState *);
K_API int64_t PyInterpreterState_GetID(PyInterpreterState *);
K_API int PyState_AddModule(PyObject*, PyModuleDef*);
K_API K_STATUS int PyState_RemoveModule(PyModuleDef*);
K_API K_BORROWED PyObject *PyState_FindModule(PyModuleDef*);
K_API PyThreadState *PyThreadState_New(PyInterpreterState *);
K_API void PyThreadState_Clear(PyThreadState *);
K_API void PyThreadState_Delete(PyThreadState *);
K_API PyThreadState *PyThreadState_Get(void);
K_API PyThreadState *PyThreadState_Swap(PyThreadState *);
K_API K_BORROWED PyObject *PyThreadState_GetDict(void);
K_API PyInterpreterState *PyThreadState_GetInterpreter(PyThreadState *tstate);
K_API PyFrameObject *PyThreadState_GetFrame(PyThreadState *tstate);
K_API uint64_t PyThreadState_GetID(PyThreadState *tstate);
K_API PyGILState_STATE PyGILState_Ensure(void);
K_API void PyGILState_Release(PyGILState_STATE);
K_API PyThreadState *PyGILState_GetThisThreadState(void);
K_API K_STATUS int _PyInterpreterState_RequiresIDRef(PyInterpreterState *);
K_API void _PyInterpreterState_RequireIDRef(PyInterpreterState *, int);
K_API K_BORROWED PyObject *_PyInterpreterState_GetMainModule(PyInterpreterState *);
K_API PyThreadState *_PyThreadState_Prealloc(PyInterpreterState *);
K_API PyThreadState *_PyThreadState_UncheckedGet(void);
K_API K_BORROWED PyObject *_PyThreadState_GetDict(PyThreadState *tstate);
K_API void PyThreadState_EnterTracing(PyThreadState *tstate);
K_API void PyThreadState_LeaveTracing(PyThreadState *tstate);
K_API int PyGILState_Check(void);
K_API PyInterpreterState *_PyGILState_GetInterpreterStateUnsafe(void);
K_API K_NEW PyObject *_PyThread_CurrentFrames(void);
K_API K_NEW PyObject *_PyThread_CurrentExceptions(void);
K_API PyInterpreterState *PyInterpreterState_Main(void);
K_API PyInterpreterState *PyInterpreterState_Head(void);
K_API PyInterpreterState *PyInterpreterState_Next(PyInterpreterState *);
K_API PyThreadState *PyInterpreterState_ThreadHead(PyInterpreterState *);
K_API PyThreadState *PyThreadState_Next(PyThreadState *);
K_API void PyThreadState_DeleteCurrent(void);
K_API _PyFrameEvalFunction _PyInterpreterState_GetEvalFrameFunc(PyInterpreterState *interp);
K_API void _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState *interp, _PyFrameEvalFunction eval_frame);
K_API const PyConfig *_PyInterpreterState_GetConfig(PyInterpreterState *interp);
K_API K_STATUS int _PyInterpreterState_GetConfigCopy(struct PyConfig *config);
K_API K_STATUS int _PyInterpreterState_SetConfig(const struct PyConfig *config);
K_API const PyConfig *_Py_GetConfig(void);
K_API K_STATUS int _PyObject_GetCrossInterpreterData(PyObject *, _PyCrossInterpreterData *);
K_API K_NEW PyObject *_PyCrossInterpreterData_NewObject(_PyCrossInterpreterData *);
K_API void _PyCrossInterpreterData_Release(_PyCrossInterpreterData *);
K_API K_STATUS int _PyObject_CheckCrossInterpreterData(PyObject *);
K_API K_STATUS int _PyCrossInterpreterData_RegisterClass(PyTypeObject *, crossinterpdatafunc);
K_API crossinterpdatafunc _PyCrossInterpreterData_Lookup(PyObject *);
K_API int PyThreadState_SetAsyncExc(unsigned long id, PyObject *exc);

/* ---- recursion ---- */
K_API int _Py_CheckRecursiveCall(PyThreadState *tstate, const char *where);
K_INLINE int k_enter_recursive(PyThreadState *tstate, const char *where)
{
    return --tstate->recursion_remaining < 0 && _Py_CheckRecursiveCall(tstate, where);
}
K_INLINE void k_leave_recursive(PyThreadState *tstate)
{
    tstate->recursion_remaining++;
}
/* 1 with RecursionError when the C stack is near its end: for recursive C code that counts no frames. */
K_INT int k_stack_is_short(const char *where);
/* Both: for C code that calls itself without a Python frame in between, however high sys.setrecursionlimit() is. */
K_INT int k_enter_nested(PyThreadState *tstate, const char *where);

#endif
