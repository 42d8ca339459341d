/* atexit.c - module atexit: what is called when the program ends.
 *
 * Invariant: the interpreter's atexit_callbacks is NULL or a list of (function, args, kwargs), None where one was taken
 * back. They are called last first. */
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/traceback.h"

static PyObject *callbacks(void)
{
    PyInterpreterState *interp = PyInterpreterState_Get();
    if (!interp->atexit_callbacks)
        interp->atexit_callbacks = PyList_New(0);
    return interp->atexit_callbacks;
}

void k_atexit_run(PyInterpreterState *interp)
{
    K_AUTO(PyObject *) list = Py_XNewRef(interp->atexit_callbacks);
    if (!list)
        return;
    for (Py_ssize_t i = PyList_GET_SIZE(list); i-- > 0;) {
        if (i >= PyList_GET_SIZE(list))
            continue; /* cleared meanwhile */
        K_AUTO(PyObject *) row = Py_NewRef(PyList_GET_ITEM(list, i));
        if (row == Py_None)
            continue;
        PyObject *kwargs = PyTuple_GET_ITEM(row, 2);
        K_AUTO(PyObject *) result = PyObject_Call(PyTuple_GET_ITEM(row, 0), PyTuple_GET_ITEM(row, 1),
                                                  kwargs == Py_None ? NULL : kwargs);
        if (!result)
            _PyErr_WriteUnraisableMsg("in atexit callback", PyTuple_GET_ITEM(row, 0));
    }
    if (PyList_SetSlice(list, 0, PyList_GET_SIZE(list), NULL) < 0)
        PyErr_Clear();
}

FUNCTION_RAW(atexit, register, VAR, 0,
             "register(func, *args, **kwargs) -> func\n\nHave func called with these arguments at the program's end.")
{
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n == 0)
        return k_raise(PyExc_TypeError, "register() takes at least 1 argument (0 given)");
    PyObject *function = PyTuple_GET_ITEM(args, 0);
    if (!PyCallable_Check(function))
        return k_raise(PyExc_TypeError, "the first argument must be callable");
    PyObject *list = callbacks();
    K_AUTO(PyObject *) rest = list ? PyTuple_GetSlice(args, 1, n) : NULL;
    K_AUTO(PyObject *) row = rest ? PyTuple_Pack(3, function, rest, kwargs ? kwargs : Py_None) : NULL;
    if (!row || PyList_Append(list, row) < 0)
        return NULL;
    return Py_NewRef(function);
}

FUNCTION_RAW(atexit, _clear, NOARGS, 0, "_clear() -> None\n\nForget all functions.")
{
    PyObject *list = callbacks();
    if (!list || PyList_SetSlice(list, 0, PyList_GET_SIZE(list), NULL) < 0)
        return NULL;
    Py_RETURN_NONE;
}

FUNCTION_RAW(atexit, _run_exitfuncs, NOARGS, 0, "_run_exitfuncs() -> None\n\nCall all functions now and forget them.")
{
    k_atexit_run(PyInterpreterState_Get());
    Py_RETURN_NONE;
}

FUNCTION_RAW(atexit, _ncallbacks, NOARGS, 0, "_ncallbacks() -> int\n\nHow many functions there are.")
{
    PyObject *list = callbacks();
    return list ? PyLong_FromSsize_t(PyList_GET_SIZE(list)) : NULL;
}

FUNCTION_RAW(atexit, unregister, O, 0, "unregister(func) -> None\n\nForget a function that was registered.")
{
    PyObject *list = callbacks();
    for (Py_ssize_t i = 0; list && i < PyList_GET_SIZE(list); i++) {
        K_AUTO(PyObject *) row = Py_NewRef(PyList_GET_ITEM(list, i));
        int equal = row == Py_None ? 0 : PyObject_RichCompareBool(PyTuple_GET_ITEM(row, 0), arg, Py_EQ);
        if (equal < 0 || (equal && PyList_SetItem(list, i, Py_NewRef(Py_None)) < 0))
            return NULL;
    }
    if (!list)
        return NULL;
    Py_RETURN_NONE;
}

METHODS_END(atexit);

static int atexit_exec(PyObject *module)
{
    (void)module;
    return callbacks() ? 0 : -1;
}
MODULE(atexit, "Functions to be called at the program's end.", atexit_exec, 0);
