/* api.c - PyEval_*: running code objects, looking at the current frame.
 *
 * In: what C callers ask.  Out: results of code, borrowed views of the running frame. Start at PyEval_EvalCode(). */
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/func/cfunction.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/run.h"
#include "runtime/state.h"
#include "vm/engine.h"
#include "vm/eval.h"
#include "vm/helpers.h"

/* ---- running code ---- */

static PyObject *run_function(PyFunctionObject *func, PyObject *locals, PyObject *const *args, Py_ssize_t nargs,
                              PyObject *kwnames)
{
    PyThreadState *tstate = k_tstate();
    _PyInterpreterFrame *frame = vm_push_call(tstate, func, locals, args, nargs, kwnames);
    if (!frame)
        return NULL;
    PyObject *result = vm_run(tstate, frame, 0);
    tstate->recursion_remaining--;
    vm_pop_frame(tstate, frame);
    tstate->recursion_remaining++;
    return result;
}

/* exec and eval give a globals dict its builtins before; others get the current ones here. */
static int give_builtins(PyObject *globals)
{
    PyObject *key = K_STR("__builtins__");
    int there = PyDict_Contains(globals, key);
    if (there != 0)
        return there < 0 ? -1 : 0;
    return PyDict_SetItem(globals, key, PyEval_GetBuiltins());
}

PyObject *PyEval_EvalCode(PyObject *code, PyObject *globals, PyObject *locals)
{
    if (!globals || !PyDict_Check(globals))
        return k_raise(PyExc_SystemError, "PyEval_EvalCode: bad globals");
    if (give_builtins(globals) < 0)
        return NULL;
    K_AUTO(PyFunctionObject *) func = (PyFunctionObject *)PyFunction_New(code, globals);
    if (!func)
        return NULL;
    return run_function(func, locals ? locals : globals, NULL, 0, NULL);
}

/* Positional values, then keyword values; *kwnames a new tuple or NULL. */
static PyObject *gather(PyObject *const *args, int nargs, PyObject *const *kwds, int nkwds, PyObject **kwnames)
{
    PyObject *values = PyTuple_New(nargs + nkwds);
    *kwnames = values && nkwds ? PyTuple_New(nkwds) : NULL;
    if (!values || (nkwds && !*kwnames)) {
        Py_XDECREF(values);
        return NULL;
    }
    for (int i = 0; i < nargs; i++)
        PyTuple_SET_ITEM(values, i, Py_NewRef(args[i]));
    for (int i = 0; i < nkwds; i++) {
        PyTuple_SET_ITEM(*kwnames, i, Py_NewRef(kwds[2 * i]));
        PyTuple_SET_ITEM(values, nargs + i, Py_NewRef(kwds[2 * i + 1]));
    }
    return values;
}

PyObject *PyEval_EvalCodeEx(PyObject *code, PyObject *globals, PyObject *locals, PyObject *const *args, int nargs,
                            PyObject *const *kwds, int nkwds, PyObject *const *defs, int ndefs, PyObject *kwdefs,
                            PyObject *closure)
{
    K_AUTO(PyFunctionObject *) func = (PyFunctionObject *)PyFunction_New(code, globals);
    K_AUTO(PyObject *) defaults = func ? k_tuple_from_array(defs, ndefs) : NULL;
    PyObject *names = NULL;
    K_AUTO(PyObject *) values = defaults ? gather(args, nargs, kwds, nkwds, &names) : NULL;
    K_AUTO(PyObject *) kwnames = names;
    if (!values)
        return NULL;
    func->func_defaults = ndefs ? Py_NewRef(defaults) : NULL; /* a fresh function: nobody has a version of it yet */
    func->func_kwdefaults = Py_XNewRef(kwdefs);
    Py_XDECREF(func->func_closure);
    func->func_closure = Py_XNewRef(closure);
    int own = ((PyCodeObject *)code)->co_flags & CO_OPTIMIZED;
    return run_function(func, own ? locals : locals ? locals : globals, ((PyTupleObject *)values)->ob_item, nargs, kwnames);
}

PyObject *PyEval_EvalFrameEx(PyFrameObject *f, int throwing)
{
    return vm_run(k_tstate(), f->f_frame, throwing);
}

PyObject *PyEval_EvalFrame(PyFrameObject *f)
{
    return PyEval_EvalFrameEx(f, 0);
}

/* ---- the running frame ---- */

/* Frames that have not reached their first traceable instruction are not seen. */
static _PyInterpreterFrame *visible_frame(void)
{
    _PyInterpreterFrame *frame = k_tstate()->cframe->current_frame;
    while (frame && k_frame_is_incomplete(frame))
        frame = frame->previous;
    return frame;
}

PyFrameObject *PyEval_GetFrame(void)
{
    _PyInterpreterFrame *frame = visible_frame();
    if (!frame)
        return NULL;
    PyFrameObject *object = k_frame_object(frame);
    if (!object)
        PyErr_Clear();
    return object;
}

PyObject *PyEval_GetBuiltins(void)
{
    _PyInterpreterFrame *frame = k_tstate()->cframe->current_frame;
    return frame ? frame->f_builtins : k_tstate()->interp->builtins;
}

PyObject *PyEval_GetGlobals(void)
{
    _PyInterpreterFrame *frame = k_tstate()->cframe->current_frame;
    return frame ? frame->f_globals : NULL;
}

PyObject *PyEval_GetLocals(void)
{
    _PyInterpreterFrame *frame = visible_frame();
    if (!frame)
        return k_raise(PyExc_SystemError, "frame does not exist");
    PyFrameObject *object = k_frame_object(frame);
    if (!object || PyFrame_FastToLocalsWithError(object) < 0)
        return NULL;
    return object->f_frame->f_locals;
}

PyObject *_PyEval_GetBuiltin(PyObject *name)
{
    PyObject *value = PyObject_GetItem(PyEval_GetBuiltins(), name);
    if (!value && PyErr_ExceptionMatches(PyExc_KeyError))
        PyErr_SetObject(PyExc_AttributeError, name);
    return value;
}

PyObject *_PyEval_GetBuiltinId(_Py_Identifier *id)
{
    K_AUTO(PyObject *) name = PyUnicode_InternFromString(id->string);
    return name ? _PyEval_GetBuiltin(name) : NULL;
}

int PyEval_MergeCompilerFlags(PyCompilerFlags *flags)
{
    enum { INHERITED = CO_FUTURE_DIVISION | CO_FUTURE_ABSOLUTE_IMPORT | CO_FUTURE_WITH_STATEMENT |
                       CO_FUTURE_PRINT_FUNCTION | CO_FUTURE_UNICODE_LITERALS | CO_FUTURE_BARRY_AS_BDFL |
                       CO_FUTURE_GENERATOR_STOP | CO_FUTURE_ANNOTATIONS };
    _PyInterpreterFrame *frame = k_tstate()->cframe->current_frame;
    if (frame)
        flags->cf_flags |= frame->f_code->co_flags & INHERITED;
    return flags->cf_flags != 0;
}

/* ---- names for messages ---- */

const char *PyEval_GetFuncName(PyObject *func)
{
    if (PyMethod_Check(func))
        return PyEval_GetFuncName(PyMethod_GET_FUNCTION(func));
    if (PyFunction_Check(func))
        return PyUnicode_AsUTF8(((PyFunctionObject *)func)->func_name);
    if (PyCFunction_Check(func))
        return ((PyCFunctionObject *)func)->m_ml->ml_name;
    return Py_TYPE(func)->tp_name;
}

const char *PyEval_GetFuncDesc(PyObject *func)
{
    if (PyMethod_Check(func) || PyFunction_Check(func) || PyCFunction_Check(func))
        return "()";
    return " object";
}

/* ---- slice indices: clipped to Py_ssize_t ---- */

int _PyEval_SliceIndexNotNone(PyObject *value, Py_ssize_t *index)
{
    if (!PyIndex_Check(value)) {
        k_raise(PyExc_TypeError, "slice indices must be integers or have an __index__ method");
        return 0;
    }
    Py_ssize_t x = PyNumber_AsSsize_t(value, NULL);
    if (x == -1 && PyErr_Occurred())
        return 0;
    *index = x;
    return 1;
}

int _PyEval_SliceIndex(PyObject *value, Py_ssize_t *index)
{
    if (Py_IsNone(value))
        return 1;
    if (!PyIndex_Check(value)) {
        k_raise(PyExc_TypeError, "slice indices must be integers or None or have an __index__ method");
        return 0;
    }
    return _PyEval_SliceIndexNotNone(value, index);
}
