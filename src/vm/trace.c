/* trace.c - trace and profile functions: setting them, and the events the loop tells them about.
 *
 * In: the loop at function entries, instructions, returns and exceptions while cframe.use_tracing is set.  Out: calls
 * of the C trace functions in CPython 3.11's order; a trace function may move the frame to another line, then the
 * instruction to run changes.
 * Start at vm_trace_instr(). */
#include "code/opcode.h"
#include "objects/call.h"
#include "objects/descr.h"
#include "objects/exc/exc.h"
#include "objects/func/cfunction.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/sys.h"
#include "vm/engine.h"
#include "vm/eval.h"
#include "vm/helpers.h"

/* ---- setting ---- */

void vm_tracing_changed(PyThreadState *tstate)
{
    int wanted = tstate->c_tracefunc || tstate->c_profilefunc;
    tstate->cframe->use_tracing = wanted ? 255 : 0;
}

/* The finaliser of the old function's object may want to install one itself: it is refused. */
static int installing_refused(int installing, const char *kind)
{
    if (installing)
        k_raise(PyExc_RuntimeError, "Cannot install a %s function while another %s function is being installed", kind,
                kind);
    return installing;
}

int _PyEval_SetTrace(PyThreadState *tstate, Py_tracefunc func, PyObject *arg)
{
    static int installing; /* the runtime's, under the GIL */
    if (PySys_Audit("sys.settrace", NULL) < 0 || installing_refused(installing, "trace"))
        return -1;
    PyObject *old = tstate->c_traceobj;
    installing = 1;
    tstate->c_tracefunc = NULL;
    tstate->c_traceobj = NULL;
    vm_tracing_changed(tstate); /* releasing the old one may run code: it is not traced, but profiled */
    Py_XDECREF(old);
    installing = 0;
    tstate->c_traceobj = Py_XNewRef(arg);
    tstate->c_tracefunc = func;
    vm_tracing_changed(tstate);
    return 0;
}

int _PyEval_SetProfile(PyThreadState *tstate, Py_tracefunc func, PyObject *arg)
{
    static int installing;
    if (PySys_Audit("sys.setprofile", NULL) < 0 || installing_refused(installing, "profile"))
        return -1;
    PyObject *old = tstate->c_profileobj;
    installing = 1;
    tstate->c_profilefunc = NULL;
    tstate->c_profileobj = NULL;
    vm_tracing_changed(tstate);
    Py_XDECREF(old);
    installing = 0;
    tstate->c_profileobj = Py_XNewRef(arg);
    tstate->c_profilefunc = func;
    vm_tracing_changed(tstate);
    return 0;
}

void PyEval_SetTrace(Py_tracefunc func, PyObject *arg)
{
    if (_PyEval_SetTrace(k_tstate(), func, arg) < 0)
        _PyErr_WriteUnraisableMsg("in PyEval_SetTrace", NULL);
}

void PyEval_SetProfile(Py_tracefunc func, PyObject *arg)
{
    if (_PyEval_SetProfile(k_tstate(), func, arg) < 0)
        _PyErr_WriteUnraisableMsg("in PyEval_SetProfile", NULL);
}

/* ---- one event ---- */

static int tell(PyThreadState *tstate, _PyInterpreterFrame *frame, Py_tracefunc func, PyObject *self, int what, PyObject *arg)
{
    if (!func || tstate->tracing)
        return 0;
    PyFrameObject *object = k_frame_object(frame);
    if (!object)
        return -1;
    int outer = tstate->tracing_what;
    tstate->tracing_what = what;
    PyThreadState_EnterTracing(tstate);
    object->f_lineno = PyCode_Addr2Line(frame->f_code, k_frame_lasti(frame));
    Py_XINCREF(self);
    int status = func(self, object, what, arg); /* runs code */
    Py_XDECREF(self);
    object->f_lineno = 0;
    PyThreadState_LeaveTracing(tstate);
    tstate->tracing_what = outer;
    return status;
}

/* With the current exception put aside; it is lost when the trace function raises another. */
static int tell_aside(PyThreadState *tstate, _PyInterpreterFrame *frame, Py_tracefunc func, PyObject *self, int what,
                      PyObject *arg)
{
    PyObject *type, *value, *traceback;
    if (!func || tstate->tracing)
        return 0;
    PyErr_Fetch(&type, &value, &traceback);
    int status = tell(tstate, frame, func, self, what, arg);
    if (status == 0) {
        PyErr_Restore(type, value, traceback);
    } else {
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(traceback);
    }
    return status;
}

static int tell_both(PyThreadState *tstate, _PyInterpreterFrame *frame, int what, PyObject *arg)
{
    int stacktop = frame->stacktop;
    if (stacktop < 0)
        frame->stacktop = frame->f_code->co_nlocalsplus;
    int status = tell_aside(tstate, frame, tstate->c_tracefunc, tstate->c_traceobj, what, arg);
    if (status == 0)
        status = tell_aside(tstate, frame, tstate->c_profilefunc, tstate->c_profileobj, what, arg);
    if (stacktop < 0)
        frame->stacktop = stacktop;
    return status ? -1 : 0;
}

int vm_trace_enter(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    return tell_both(tstate, frame, PyTrace_CALL, Py_None);
}

int vm_trace_leave(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject *value)
{
    return tell_both(tstate, frame, PyTrace_RETURN, value ? value : Py_None);
}

void vm_trace_exception(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject *arg = PyTuple_Pack(3, type, value ? value : Py_None, traceback ? traceback : Py_None);
    int status = arg ? tell(tstate, frame, tstate->c_tracefunc, tstate->c_traceobj, PyTrace_EXCEPTION, arg) : 0;
    Py_XDECREF(arg);
    if (arg && status == 0) {
        PyErr_Restore(type, value, traceback);
        return;
    }
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

/* ---- lines and opcodes ---- */

/* A line is told when it is another than the last one, or when a jump goes backward (a loop on one line); the loop of
 * a SEND is not told again. */
static int line_is_new(_PyInterpreterFrame *frame, int line, int previous)
{
    PyCodeObject *code = frame->f_code;
    int last = previous / 2 <= code->_co_firsttraceable ? -1 : PyCode_Addr2Line(code, previous);
    if (line != last)
        return 1;
    return k_frame_lasti(frame) < previous && _Py_OPCODE(*frame->prev_instr) != BC_SEND;
}

static int tell_line(PyThreadState *tstate, _PyInterpreterFrame *frame, int previous)
{
    int status = 0;
    PyFrameObject *object = k_frame_object(frame);
    if (!object)
        return -1;
    if (object->f_trace_lines) {
        int line = PyCode_Addr2Line(frame->f_code, k_frame_lasti(frame));
        if (line != -1 && line_is_new(frame, line, previous))
            status = tell(tstate, frame, tstate->c_tracefunc, tstate->c_traceobj, PyTrace_LINE, Py_None);
    }
    if (object->f_trace_opcodes && status == 0)
        status = tell(tstate, frame, tstate->c_tracefunc, tstate->c_traceobj, PyTrace_OPCODE, Py_None);
    return status;
}

int vm_trace_instr(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr **pc, int previous)
{
    KCode *k = frame_kcode(frame);
    KInstr *now = *pc;
    frame_at(frame, now);
    if (tstate->tracing || instr_lasti(now) / 2 < frame->f_code->_co_firsttraceable)
        return 0;
    if (vm_op_rows[now->op].base == OP_RESUME) {
        if (now->d < RESUME_AFTER_YIELD_FROM && k_eval_breaker && k_eval_breaker_serve(tstate) < 0)
            return -1;
        return tstate->cframe->use_tracing ? vm_trace_enter(tstate, frame) : 0;
    }
    if (!tstate->c_tracefunc)
        return 0;
    frame->stacktop = k->depth[now - k->instr];
    int status = tell_line(tstate, frame, previous);
    frame->stacktop = -1;
    if (status)
        return -1;
    if (k_frame_lasti(frame) != instr_lasti(now)) /* the trace function jumped */
        *pc = frame_instr(frame);
    return 0;
}

/* ---- calls of builtin functions, for profile functions ---- */

static PyObject *profiled(PyThreadState *tstate, PyObject *func, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    _PyInterpreterFrame *frame = tstate->cframe->current_frame;
    if (tell(tstate, frame, tstate->c_profilefunc, tstate->c_profileobj, PyTrace_C_CALL, func))
        return NULL;
    PyObject *result = PyObject_Vectorcall(func, args, nargsf, kwnames);
    if (!result)
        (void)!tell_aside(tstate, frame, tstate->c_profilefunc, tstate->c_profileobj, PyTrace_C_EXCEPTION, func);
    else if (tell(tstate, frame, tstate->c_profilefunc, tstate->c_profileobj, PyTrace_C_RETURN, func))
        Py_CLEAR(result);
    return result;
}

PyObject *vm_trace_call(PyThreadState *tstate, PyObject *callable, PyObject **args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    if (PyCFunction_CheckExact(callable) || PyCMethod_CheckExact(callable))
        return profiled(tstate, callable, args, nargsf, kwnames);
    if (Py_IS_TYPE(callable, &PyMethodDescr_Type) && nargs > 0) { /* told about as the bound method it would be */
        PyObject *bound = Py_TYPE(callable)->tp_descr_get(callable, args[0], (PyObject *)Py_TYPE(args[0]));
        if (!bound)
            return NULL;
        PyObject *result = profiled(tstate, bound, args + 1, (size_t)nargs - 1, kwnames);
        Py_DECREF(bound);
        return result;
    }
    return PyObject_Vectorcall(callable, args, nargsf, kwnames);
}

PyObject *vm_trace_call_ex(PyThreadState *tstate, PyObject *callable, PyObject *args, PyObject *kwargs)
{
    _PyInterpreterFrame *frame = tstate->cframe->current_frame;
    if (!PyCFunction_CheckExact(callable) && !PyCMethod_CheckExact(callable))
        return PyObject_Call(callable, args, kwargs);
    if (tell(tstate, frame, tstate->c_profilefunc, tstate->c_profileobj, PyTrace_C_CALL, callable))
        return NULL;
    PyObject *result = PyObject_Call(callable, args, kwargs);
    if (!result)
        (void)!tell_aside(tstate, frame, tstate->c_profilefunc, tstate->c_profileobj, PyTrace_C_EXCEPTION, callable);
    else if (tell(tstate, frame, tstate->c_profilefunc, tstate->c_profileobj, PyTrace_C_RETURN, callable))
        Py_CLEAR(result);
    return result;
}
