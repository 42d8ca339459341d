/* sys_state.c - functions of sys that look at the running program or change how it runs: frames, tracing, exceptions,
 * limits, sizes. */
#include "memory/mem.h"
#include "memory/spans.h"
#include "modules/sys/sys_module.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/float/float.h"
#include "objects/frame/frame.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/structseq.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "runtime/import_state.h"
#include "runtime/osutil.h"
#include "runtime/state.h"
#include "runtime/sys.h"
#include "vm/eval.h"

/* ---- exceptions, exit ---- */

METHOD(sys_state, exception, NOARGS, "($module, /)",
       "Return the current exception.\n\nThe most recent exception caught by an except clause\n"
       "of this frame or of an older one, or None.")
{
    _PyErr_StackItem *item = _PyErr_GetTopmostException(_PyThreadState_GET());
    return Py_NewRef(item->exc_value ? item->exc_value : Py_None);
}

METHOD(sys_state, exc_info, NOARGS, "($module, /)",
       "Return current exception information: (type, value, traceback).\n\nThe most recent exception caught by an "
       "except clause\nof this frame or of an older one.")
{
    _PyErr_StackItem *item = _PyErr_GetTopmostException(_PyThreadState_GET());
    PyObject *value = item->exc_value;
    if (!value || value == Py_None)
        return PyTuple_Pack(3, Py_None, Py_None, Py_None);
    K_AUTO(PyObject *) traceback = PyException_GetTraceback(value);
    return PyTuple_Pack(3, Py_TYPE(value), value, traceback ? traceback : Py_None);
}

METHOD(sys_state, exit, FAST, "($module, status=None, /)",
       "Exit the interpreter by raising SystemExit(status).\n\n"
       "If the status is omitted or None, it defaults to zero (i.e., success).\n"
       "If the status is an integer, it will be used as the system exit status.\n"
       "If it is another kind of object, it will be printed and the system\n"
       "exit status will be one (i.e., failure).")
{
    if (k_check_nargs("exit", nargs, 0, 1) < 0)
        return NULL;
    PyErr_SetObject(PyExc_SystemExit, nargs ? args[0] : NULL);
    return NULL;
}

/* ---- frames ---- */

METHOD(sys_state, _getframe, FAST, "($module, depth=0, /)",
       "Return a frame object from the call stack.\n\nWith a depth, the frame that many calls below the top of the stack;\n"
       "ValueError when that is deeper than the stack.")
{
    int depth = 0;
    if (k_check_nargs("_getframe", nargs, 0, 1) < 0 || (nargs && k_arg_int(args[0], &depth) < 0))
        return NULL;
    _PyInterpreterFrame *frame = _PyThreadState_GET()->cframe->current_frame;
    while (frame && (k_frame_is_incomplete(frame) || depth-- > 0))
        frame = frame->previous;
    if (!frame)
        return k_raise(PyExc_ValueError, "call stack is not deep enough");
    K_AUTO(PyObject *) object = Py_XNewRef(k_frame_object(frame));
    if (!object || PySys_Audit("sys._getframe", "(O)", object) < 0)
        return NULL;
    return K_MOVE(object);
}

METHOD(sys_state, _current_frames, NOARGS, "($module, /)",
       "Return a dict mapping each thread's thread id to its current stack frame.")
{
    return PySys_Audit("sys._current_frames", NULL) < 0 ? NULL : _PyThread_CurrentFrames();
}

METHOD(sys_state, _current_exceptions, NOARGS, "($module, /)",
       "Return a dict mapping each thread's identifier to its current raised exception.")
{
    return PySys_Audit("sys._current_exceptions", NULL) < 0 ? NULL : _PyThread_CurrentExceptions();
}

/* ---- tracing ---- */

/* Calls the Python function with (frame, event, arg); a failure ends the tracing. */
static PyObject *call_tracer(PyFrameObject *frame, PyObject *callback, int what, PyObject *arg)
{
    PyObject *const names[] = {
        K_STR("call"), K_STR("exception"), K_STR("line"), K_STR("return"), K_STR("c_call"), K_STR("c_exception"),
        K_STR("c_return"), K_STR("opcode"),
    };
    if (PyFrame_FastToLocalsWithError(frame) < 0)
        return NULL;
    PyObject *args[3] = { (PyObject *)frame, names[what], arg ? arg : Py_None };
    PyObject *result = PyObject_Vectorcall(callback, args, 3, NULL); /* runs code */
    PyFrame_LocalsToFast(frame, 1);
    if (!result)
        PyTraceBack_Here(frame);
    return result;
}

static int profile_with_python(PyObject *callback, PyFrameObject *frame, int what, PyObject *arg)
{
    PyObject *result = call_tracer(frame, callback, what, arg);
    if (!result) {
        PyEval_SetProfile(NULL, NULL);
        return -1;
    }
    Py_DECREF(result);
    return 0;
}

static int trace_with_python(PyObject *global_callback, PyFrameObject *frame, int what, PyObject *arg)
{
    PyObject *callback = what == PyTrace_CALL ? global_callback : frame->f_trace;
    if (!callback)
        return 0;
    PyObject *result = call_tracer(frame, callback, what, arg);
    if (!result) {
        PyEval_SetTrace(NULL, NULL);
        Py_CLEAR(frame->f_trace);
        return -1;
    }
    if (result == Py_None)
        Py_DECREF(result);
    else
        Py_XSETREF(frame->f_trace, result);
    return 0;
}

METHOD_RAW(sys_state, settrace, O, 0,
           "settrace(function)\n\nSet the global debug tracing function.  It will be called on each\n"
           "function call.  See the debugger chapter in the library manual.")
{
    PyThreadState *tstate = _PyThreadState_GET();
    int failed = arg == Py_None ? _PyEval_SetTrace(tstate, NULL, NULL) : _PyEval_SetTrace(tstate, trace_with_python, arg);
    return failed < 0 ? NULL : Py_NewRef(Py_None);
}

METHOD_RAW(sys_state, setprofile, O, 0,
           "setprofile(function)\n\nSet the profiling function.  It will be called on each function call\n"
           "and return.  See the profiler chapter in the library manual.")
{
    PyThreadState *tstate = _PyThreadState_GET();
    int failed = arg == Py_None ? _PyEval_SetProfile(tstate, NULL, NULL)
                                : _PyEval_SetProfile(tstate, profile_with_python, arg);
    return failed < 0 ? NULL : Py_NewRef(Py_None);
}

METHOD(sys_state, gettrace, NOARGS, "($module, /)", "Return the global debug tracing function set with sys.settrace.")
{
    PyObject *callback = _PyThreadState_GET()->c_traceobj;
    return Py_NewRef(callback ? callback : Py_None);
}

METHOD(sys_state, getprofile, NOARGS, "($module, /)", "Return the profiling function set with sys.setprofile.")
{
    PyObject *callback = _PyThreadState_GET()->c_profileobj;
    return Py_NewRef(callback ? callback : Py_None);
}

METHOD(sys_state, call_tracing, FAST, "($module, func, args, /)",
       "Call func(*args), while tracing is enabled.\n\nThe tracing state is saved, and restored afterwards. Meant for\n"
       "a debugger that wants to trace the code it calls.")
{
    if (k_check_nargs("call_tracing", nargs, 2, 2) < 0)
        return NULL;
    if (!PyTuple_Check(args[1])) {
        _PyArg_BadArgument("call_tracing", "argument 2", "tuple", args[1]);
        return NULL;
    }
    PyThreadState *tstate = _PyThreadState_GET();
    int tracing = tstate->tracing, use = tstate->cframe->use_tracing;
    tstate->tracing = 0;
    tstate->cframe->use_tracing = tstate->c_tracefunc || tstate->c_profilefunc ? 255 : 0;
    PyObject *result = PyObject_Call(args[0], args[1], NULL); /* runs code */
    tstate->tracing = tracing;
    tstate->cframe->use_tracing = (uint8_t)use;
    return result;
}

/* ---- coroutines and asynchronous generators ---- */

METHOD_KW(sys_state, set_coroutine_origin_tracking_depth, "($module, /, depth)",
          "Enable or disable origin tracking for coroutine objects in this thread.\n\n"
          "Coroutine objects will remember that many frames of where they were created.\n"
          "0 disables it.", *depth)
{
    int depth;
    if (k_arg_int(arg->depth, &depth) < 0)
        return NULL;
    if (depth < 0)
        return k_raise(PyExc_ValueError, "depth must be >= 0");
    _PyThreadState_GET()->coroutine_origin_tracking_depth = depth;
    Py_RETURN_NONE;
}

METHOD(sys_state, get_coroutine_origin_tracking_depth, NOARGS, "($module, /)",
       "Check status of origin tracking for coroutine objects in this thread.")
{
    return PyLong_FromLong(_PyThreadState_GET()->coroutine_origin_tracking_depth);
}

static PyStructSequence_Field asyncgen_fields[] = {
    { "firstiter", "called when an asynchronous generator is first iterated" },
    { "finalizer", "called when an asynchronous generator is to be finalized" },
    { NULL, NULL },
};
static PyStructSequence_Desc asyncgen_desc = { "asyncgen_hooks", "The hooks of asynchronous generators.", asyncgen_fields, 2 };
static PyTypeObject asyncgen_type;

METHOD(sys_state, get_asyncgen_hooks, NOARGS, "($module, /)",
       "Return the installed asynchronous generators hooks.\n\nThis returns a namedtuple of the form (firstiter, finalizer).")
{
    if (!asyncgen_type.tp_name && k_structseq_init(&asyncgen_type, &asyncgen_desc) < 0)
        return NULL;
    PyThreadState *tstate = _PyThreadState_GET();
    PyObject *hooks = PyStructSequence_New(&asyncgen_type);
    if (!hooks)
        return NULL;
    PyStructSequence_SET_ITEM(hooks, 0, Py_NewRef(tstate->async_gen_firstiter ? tstate->async_gen_firstiter : Py_None));
    PyStructSequence_SET_ITEM(hooks, 1, Py_NewRef(tstate->async_gen_finalizer ? tstate->async_gen_finalizer : Py_None));
    return hooks;
}

static int check_hook(PyObject *hook, const char *which)
{
    if (!hook || hook == Py_None || PyCallable_Check(hook))
        return 0;
    k_raise(PyExc_TypeError, "callable %s expected, got %.50s", which, Py_TYPE(hook)->tp_name);
    return -1;
}

BINDER(set_asyncgen_hooks, "set_asyncgen_hooks", "(firstiter=<unrepresentable>, finalizer=<unrepresentable>)", *firstiter,
       *finalizer);

METHOD_RAW(sys_state, set_asyncgen_hooks, VAR, 0,
           "set_asyncgen_hooks(* [, firstiter] [, finalizer])\n\nSet a finalizer for async generators objects.")
{
    set_asyncgen_hooks_args arg;
    PyObject *kept;
    if (BIND(set_asyncgen_hooks, &arg, args, kwargs, &kept) < 0)
        return NULL;
    K_AUTO(PyObject *) owned = kept;
    if (check_hook(arg.finalizer, "finalizer") < 0 || check_hook(arg.firstiter, "firstiter") < 0)
        return NULL;
    PyThreadState *tstate = _PyThreadState_GET();
    if (arg.finalizer) {
        if (PySys_Audit("sys.set_asyncgen_hook_finalizer", NULL) < 0)
            return NULL;
        Py_XSETREF(tstate->async_gen_finalizer, arg.finalizer == Py_None ? NULL : Py_NewRef(arg.finalizer));
    }
    if (arg.firstiter) {
        if (PySys_Audit("sys.set_asyncgen_hook_firstiter", NULL) < 0)
            return NULL;
        Py_XSETREF(tstate->async_gen_firstiter, arg.firstiter == Py_None ? NULL : Py_NewRef(arg.firstiter));
    }
    Py_RETURN_NONE;
}

/* ---- limits and switches ---- */

METHOD(sys_state, setrecursionlimit, O, "($module, limit, /)",
       "Set the maximum depth of the Python interpreter stack to n.\n\nIt keeps endless recursion from overflowing the C "
       "stack.\nThe highest possible limit depends on the platform.")
{
    int limit;
    if (k_arg_int(arg, &limit) < 0)
        return NULL;
    if (limit < 1)
        return k_raise(PyExc_ValueError, "recursion limit must be greater or equal than 1");
    PyThreadState *tstate = _PyThreadState_GET();
    int depth = tstate->recursion_limit - tstate->recursion_remaining;
    if (depth >= limit)
        return k_raise(PyExc_RecursionError,
                       "cannot set the recursion limit to %i at the recursion depth %i: the limit is too low", limit, depth);
    Py_SetRecursionLimit(limit);
    Py_RETURN_NONE;
}

METHOD(sys_state, getrecursionlimit, NOARGS, "($module, /)",
       "Return the current value of the recursion limit.\n\nThat is the maximum depth of the Python interpreter stack.")
{
    return PyLong_FromLong(Py_GetRecursionLimit());
}

METHOD(sys_state, setswitchinterval, O, "($module, interval, /)",
       "Set the ideal thread switching delay inside the Python interpreter.\n\nThe actual frequency of switching threads "
       "can be lower.\nThe parameter is a floating point number of seconds.")
{
    double seconds;
    if (k_arg_double(arg, &seconds) < 0)
        return NULL;
    if (!(seconds > 0))
        return k_raise(PyExc_ValueError, "switch interval must be strictly positive");
    _PyEval_SetSwitchInterval((unsigned long)(seconds * 1e6));
    Py_RETURN_NONE;
}

METHOD(sys_state, getswitchinterval, NOARGS, "($module, /)",
       "Return the current thread switch interval; see sys.setswitchinterval().")
{
    return PyFloat_FromDouble(1e-6 * (double)_PyEval_GetSwitchInterval());
}

METHOD(sys_state, getdlopenflags, NOARGS, "($module, /)",
       "Return the current value of the flags that are used for dlopen calls.\n\nThe flag constants are defined in the os module.")
{
    return PyLong_FromLong(import_dlopen_flags);
}

METHOD(sys_state, setdlopenflags, O, "($module, flags, /)",
       "Set the flags used by the interpreter for dlopen calls.\n\nFor example, when the interpreter loads extension modules.")
{
    int flags;
    if (k_arg_int(arg, &flags) < 0)
        return NULL;
    import_dlopen_flags = flags;
    Py_RETURN_NONE;
}

METHOD(sys_state, get_int_max_str_digits, NOARGS, "($module, /)",
       "Return the maximum string digits limit for non-binary int<->str conversions.")
{
    return PyLong_FromLong(k_int_max_str_digits);
}

METHOD_KW(sys_state, set_int_max_str_digits, "($module, /, maxdigits)",
          "Set the maximum string digits limit for non-binary int<->str conversions.", *maxdigits)
{
    int digits;
    if (k_arg_int(arg->maxdigits, &digits) < 0)
        return NULL;
    if (digits && digits < KAA_INT_STR_DIGITS_THRESHOLD)
        return k_raise(PyExc_ValueError, "maxdigits must be 0 or larger than %d", KAA_INT_STR_DIGITS_THRESHOLD);
    k_int_max_str_digits = digits;
    Py_RETURN_NONE;
}

/* ---- objects and memory ---- */

size_t _PySys_GetSizeOf(PyObject *o)
{
    K_AUTO(PyObject *) method = k_lookup_special(o, K_STR("__sizeof__"));
    if (!method) {
        if (!PyErr_Occurred())
            k_raise(PyExc_TypeError, "Type %.100s doesn't define __sizeof__", Py_TYPE(o)->tp_name);
        return (size_t)-1;
    }
    K_AUTO(PyObject *) result = PyObject_CallNoArgs(method); /* runs code */
    Py_ssize_t size = result ? PyLong_AsSsize_t(result) : -1;
    if (size == -1 && PyErr_Occurred())
        return (size_t)-1;
    if (size < 0) {
        PyErr_SetString(PyExc_ValueError, "__sizeof__() should return >= 0");
        return (size_t)-1;
    }
    PyTypeObject *type = Py_TYPE(o);
    size_t before = PyType_IS_GC(type) ? 2 * sizeof(void *) : 0; /* static types count as if they had it */
    if (type->tp_flags & Py_TPFLAGS_MANAGED_DICT)
        before += 2 * sizeof(void *);
    return (size_t)size + before;
}

BINDER(getsizeof, "getsizeof", "(object, default=<unrepresentable>)", *object, *fallback);

METHOD_RAW(sys_state, getsizeof, VAR, 0, "getsizeof(object [, default]) -> int\n\nReturn the size of object in bytes.")
{
    getsizeof_args arg;
    PyObject *kept;
    if (BIND(getsizeof, &arg, args, kwargs, &kept) < 0)
        return NULL;
    K_AUTO(PyObject *) owned = kept;
    size_t size = _PySys_GetSizeOf(arg.object);
    if (size == (size_t)-1 && PyErr_Occurred()) {
        if (!arg.fallback || !k_catch(PyExc_TypeError))
            return NULL;
        return Py_NewRef(arg.fallback);
    }
    return PyLong_FromSize_t(size);
}

METHOD(sys_state, getrefcount, O, "($module, object, /)",
       "Return the reference count of object.\n\nThe count returned is generally one higher than you might expect,\n"
       "because it includes the (temporary) reference as an argument to\ngetrefcount().")
{
    return PyLong_FromSsize_t(Py_REFCNT(arg));
}

METHOD(sys_state, getallocatedblocks, NOARGS, "($module, /)", "Return the number of memory blocks currently allocated.")
{
    return PyLong_FromSsize_t(k_mem_blocks());
}

METHOD(sys_state, _debugmallocstats, NOARGS, "($module, /)",
       "Print summary info to stderr about the state of pymalloc's structures.\n\nIn Py_DEBUG mode, also perform some "
       "expensive internal consistency\nchecks.")
{
    fprintf(stderr, "Kaa: %zd blocks in use\n", k_mem_blocks());
    fprintf(stderr, "Small block threshold = %d, in %d size classes.\n", SPAN_LARGEST, SPAN_CLASSES);
    fprintf(stderr, "0 free PyDictObjects, PyFloatObjects, PyFrameObjects, PyListObjects, PyTupleObjects: what is freed goes "
                    "back to the allocator\n");
    Py_RETURN_NONE;
}

METHOD(sys_state, _clear_type_cache, NOARGS, "($module, /)", "Clear the internal type lookup cache.")
{
    PyType_ClearCache();
    Py_RETURN_NONE;
}

METHOD(sys_state, _getquickenedcount, NOARGS, "($module, /)", "")
{
    return PyLong_FromLong(0);
}

METHOD(sys_state, intern, O, "($module, string, /)",
       "``Intern'' the given string.\n\nThis enters the string in the (global) table of interned strings whose\n"
       "purpose is to speed up dictionary lookups. Return the string itself or\nthe previously interned string object "
       "with the same value.")
{
    if (!PyUnicode_Check(arg)) {
        _PyArg_BadArgument("intern", "argument", "str", arg);
        return NULL;
    }
    if (!PyUnicode_CheckExact(arg))
        return k_raise(PyExc_TypeError, "can't intern %.400s", Py_TYPE(arg)->tp_name);
    PyObject *text = Py_NewRef(arg);
    PyUnicode_InternInPlace(&text);
    return text;
}

METHOD(sys_state, is_finalizing, NOARGS, "($module, /)", "Return True if Python is exiting.")
{
    Py_RETURN_BOOL(runtime_ender() != NULL);
}

/* ---- encodings ---- */

METHOD(sys_state, getdefaultencoding, NOARGS, "($module, /)",
       "Return the current default encoding used by the Unicode implementation.")
{
    return PyUnicode_FromString(PyUnicode_GetDefaultEncoding());
}

METHOD(sys_state, getfilesystemencoding, NOARGS, "($module, /)",
       "Return the encoding used to convert Unicode filenames to OS filenames.")
{
    return PyUnicode_FromString(Py_FileSystemDefaultEncoding);
}

METHOD(sys_state, getfilesystemencodeerrors, NOARGS, "($module, /)",
       "Return the error mode used Unicode to OS filename conversion.")
{
    return PyUnicode_FromString(Py_FileSystemDefaultEncodeErrors);
}
METHODS_END(sys_state);
