/* unwind.c - exceptions in a frame: raising, looking for the handler, releasing the stack, with and except*.
 *
 * In: an instruction that failed and how many slots are live.  Out: the handler's instruction, or NULL when the frame
 * has none (its stack is empty then). Start at vm_unwind(). */
#include "objects/call.h"
#include "objects/exc/exc.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "runtime/traceback.h"
#include "vm/helpers.h"

/* ---- unwinding ---- */

static void drop_to(_PyInterpreterFrame *frame, uint32_t live, uint32_t floor)
{
    while (live > floor) {
        PyObject *item = frame->localsplus[--live];
        Py_XDECREF(item);
    }
}

void vm_drop_stack(_PyInterpreterFrame *frame, uint32_t live)
{
    drop_to(frame, live, (uint32_t)frame->f_code->co_nlocalsplus);
}

/* Rows are sorted by start and do not overlap. */
static const KHandler *find_handler(const KCode *k, uint32_t unit)
{
    uint32_t low = 0, high = k->nhandlers;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (k->handlers[middle].start <= unit)
            low = middle + 1;
        else
            high = middle;
    }
    return low && unit < k->handlers[low - 1].end ? &k->handlers[low - 1] : NULL;
}

static void add_traceback(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    if (!PyErr_Occurred())
        k_raise(PyExc_SystemError, "error return without exception set");
    if (!k_frame_is_incomplete(frame)) {
        PyFrameObject *object = k_frame_object(frame);
        if (object)
            (void)!PyTraceBack_Here(object);
    }
    if (tstate->c_tracefunc)
        vm_trace_exception(tstate, frame);
}

/* The current exception, normalised and with its traceback set: a new reference. */
static PyObject *take_exception(void)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    (void)!PyException_SetTraceback(value, traceback ? traceback : Py_None);
    Py_XDECREF(traceback);
    Py_XDECREF(type);
    return value;
}

KInstr *vm_unwind(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, uint32_t live, int new_traceback)
{
    KCode *k = frame_kcode(frame);
    if (new_traceback)
        add_traceback(tstate, frame);
    uint32_t unit = (uint32_t)instr_lasti(pc) / (uint32_t)sizeof(_Py_CODEUNIT);
    for (;;) {
        const KHandler *handler = find_handler(k, unit);
        if (!handler) {
            vm_drop_stack(frame, live);
            return NULL;
        }
        drop_to(frame, live, handler->slot);
        live = handler->slot;
        if (handler->push_lasti) {
            PyObject *lasti = PyLong_FromLong(k_frame_lasti(frame) / (int)sizeof(_Py_CODEUNIT));
            /* Without memory the traceback will show another line. */
            frame->localsplus[live++] = lasti ? lasti : PyLong_FromLong(0);
        }
        frame->localsplus[live] = take_exception();
        return &k->instr[handler->target];
    }
}

/* ---- raising ---- */

void vm_restore_exception(PyObject *exc)
{
    PyErr_Restore(Py_NewRef(PyExceptionInstance_Class(exc)), exc, PyException_GetTraceback(exc));
}

/* raise without an exception: 1 when the one being handled is set again. */
static int raise_again(PyThreadState *tstate)
{
    PyObject *exc = _PyErr_GetTopmostException(tstate)->exc_value;
    if (!exc || Py_IsNone(exc)) {
        k_raise(PyExc_RuntimeError, "No active exception to reraise");
        return 0;
    }
    vm_restore_exception(Py_NewRef(exc));
    return 1;
}

/* An exception instance of a class or an instance; NULL with what CPython says about anything else. */
static PyObject *instance_of(PyObject *exc, const char *complaint)
{
    if (PyExceptionInstance_Check(exc))
        return Py_NewRef(exc);
    if (!PyExceptionClass_Check(exc))
        return k_raise(PyExc_TypeError, "%s", complaint);
    return PyObject_CallNoArgs(exc);
}

int vm_raise(PyThreadState *tstate, PyObject *exc_or_class, PyObject *cause_or_class)
{
    if (!exc_or_class)
        return raise_again(tstate);
    K_AUTO(PyObject *) raised = exc_or_class;
    K_AUTO(PyObject *) from = cause_or_class;
    K_AUTO(PyObject *) exc = instance_of(raised, "exceptions must derive from BaseException");
    if (!exc)
        return 0;
    if (!PyExceptionInstance_Check(exc)) {
        k_raise(PyExc_TypeError, "calling %R should have returned an instance of BaseException, not %R", raised, Py_TYPE(exc));
        return 0;
    }
    if (from) {
        K_AUTO(PyObject *) cause = NULL;
        if (from != Py_None) {
            K_SET(cause, instance_of(from, "exception causes must derive from BaseException"));
            if (!cause)
                return 0;
        }
        PyException_SetCause(exc, K_MOVE(cause));
    }
    PyErr_SetObject(PyExceptionClass_Check(raised) ? raised : (PyObject *)Py_TYPE(exc), exc);
    return 0;
}

/* ---- except ---- */

/* Applies ok() to a class or to each item of a tuple. */
static int all_classes(PyObject *match, int (*ok)(PyObject *))
{
    if (!PyTuple_Check(match))
        return ok(match);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(match); i++) {
        int status = ok(PyTuple_GET_ITEM(match, i));
        if (status <= 0)
            return status;
    }
    return 1;
}

static int is_exception_class(PyObject *o)
{
    return PyExceptionClass_Check(o);
}

static int is_no_group_class(PyObject *o)
{
    int is = PyObject_IsSubclass(o, PyExc_BaseExceptionGroup);
    return is < 0 ? -1 : !is;
}

int vm_check_except_type(PyObject *match)
{
    if (K_LIKELY(all_classes(match, is_exception_class)))
        return 0;
    k_raise(PyExc_TypeError, "catching classes that do not inherit from BaseException is not allowed");
    return -1;
}

static int check_group_type(PyObject *match)
{
    if (vm_check_except_type(match) < 0)
        return -1;
    int ok = all_classes(match, is_no_group_class);
    if (ok == 0)
        k_raise(PyExc_TypeError, "catching ExceptionGroup with except* is not allowed. Use except instead.");
    return ok > 0 ? 0 : -1;
}

static int is_group(PyObject *exc)
{
    return PyObject_TypeCheck(exc, (PyTypeObject *)PyExc_BaseExceptionGroup);
}

/* A lone exception as a group of one. */
static PyObject *group_of(PyObject *exc)
{
    K_AUTO(PyObject *) only = PyTuple_Pack(1, exc);
    return only ? _PyExc_CreateExceptionGroup("", only) : NULL;
}

/* What of exc matches, and the rest; each a new reference, None for nothing. */
static int split_group(PyObject *exc, PyObject *match, PyObject **matching, PyObject **rest)
{
    *matching = *rest = NULL;
    if (Py_IsNone(exc)) {
        *matching = Py_NewRef(Py_None);
        *rest = Py_NewRef(Py_None);
    } else if (PyErr_GivenExceptionMatches(exc, match)) {
        *matching = is_group(exc) ? Py_NewRef(exc) : group_of(exc);
        *rest = Py_NewRef(Py_None);
    } else if (is_group(exc)) {
        K_AUTO(PyObject *) pair = PyObject_CallMethodObjArgs(exc, K_STR("split"), match, NULL);
        if (!pair)
            return -1;
        if (!PyTuple_CheckExact(pair) || PyTuple_GET_SIZE(pair) < 2) {
            k_raise(PyExc_TypeError, "%.200s.split must return a 2-tuple", Py_TYPE(exc)->tp_name);
            return -1;
        }
        *matching = Py_NewRef(PyTuple_GET_ITEM(pair, 0));
        *rest = Py_NewRef(PyTuple_GET_ITEM(pair, 1));
    } else {
        *matching = Py_NewRef(Py_None);
        *rest = Py_NewRef(exc);
    }
    if (!*matching)
        Py_CLEAR(*rest);
    return *matching ? 0 : -1;
}

int vm_check_group_match(PyThreadState *tstate, PyObject **slots)
{
    PyObject *exc = slots[0], *match = slots[1], *matching, *rest;
    if (check_group_type(match) < 0 || split_group(exc, match, &matching, &rest) < 0)
        return -1;
    slots[1] = matching;
    Py_DECREF(match);
    if (Py_IsNone(matching)) {
        Py_DECREF(rest);
        return 0;
    }
    slots[0] = rest;
    PyErr_SetHandledException(matching);
    Py_DECREF(exc);
    return 0;
}

/* ---- with ---- */

PyObject *vm_with_methods(PyObject *manager, int async, PyObject **enter_out)
{
    PyObject *enter_name = async ? K_STR("__aenter__") : K_STR("__enter__");
    PyObject *exit_name = async ? K_STR("__aexit__") : K_STR("__exit__");
    const char *kind = async ? "asynchronous context manager" : "context manager", *type = Py_TYPE(manager)->tp_name;
    K_AUTO(PyObject *) enter = k_lookup_special(manager, enter_name);
    if (!enter) {
        if (!PyErr_Occurred())
            k_raise(PyExc_TypeError, "'%.200s' object does not support the %s protocol", type, kind);
        return NULL;
    }
    PyObject *exit = k_lookup_special(manager, exit_name);
    if (!exit) {
        if (!PyErr_Occurred())
            k_raise(PyExc_TypeError, "'%.200s' object does not support the %s protocol (missed %s method)", type, kind,
                    async ? "__aexit__" : "__exit__");
        return NULL;
    }
    *enter_out = K_MOVE(enter);
    return exit;
}
