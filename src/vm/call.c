/* call.c - calls with unpacked arguments, and calls of Python functions from C.
 *
 * In: callables and arguments.  Out: frames for the loop, or results. Start at _PyFunction_Vectorcall(). */
#include "objects/call.h"

#include "memory/mem.h"
#include "objects/dict/dict.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "vm/engine.h"
#include "vm/eval.h"
#include "vm/helpers.h"

PyObject *_PyFunction_Vectorcall(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyThreadState *tstate = k_tstate();
    PyFunctionObject *func = (PyFunctionObject *)callable;
    int own = ((PyCodeObject *)func->func_code)->co_flags & CO_OPTIMIZED;
    _PyInterpreterFrame *frame = vm_push_call(tstate, func, own ? NULL : func->func_globals, args,
                                              PyVectorcall_NARGS(nargsf), kwnames);
    if (!frame)
        return NULL;
    PyObject *result = vm_run(tstate, frame, 0);
    tstate->recursion_remaining--;
    vm_pop_frame(tstate, frame);
    tstate->recursion_remaining++;
    return result;
}

/* ---- f(*args, **kwargs): slots hold NULL, function, arguments, and the dict of keywords ---- */

int vm_ex_arguments(PyThreadState *tstate, PyObject **slots, int has_keywords)
{
    PyObject *args = slots[2];
    if (K_LIKELY(PyTuple_CheckExact(args)))
        return 0;
    if (!Py_TYPE(args)->tp_iter && !PySequence_Check(args)) {
        PyErr_Clear();
        K_AUTO(PyObject *) text = _PyObject_FunctionStr(slots[1]);
        if (text)
            k_raise(PyExc_TypeError, "%U argument after * must be an iterable, not %.200s", text, Py_TYPE(args)->tp_name);
        return -1;
    }
    PyObject *tuple = PySequence_Tuple(args);
    if (!tuple)
        return -1;
    slots[2] = tuple;
    Py_DECREF(args);
    return 0;
}

static int all_strings(PyObject *kwargs)
{
    PyObject *key;
    for (Py_ssize_t pos = 0; PyDict_Next(kwargs, &pos, &key, NULL);) {
        if (!PyUnicode_Check(key)) {
            k_raise(PyExc_TypeError, "keywords must be strings");
            return 0;
        }
    }
    return 1;
}

PyObject **vm_spread(PyObject *self, PyObject *args, PyObject *kwargs, Py_ssize_t *npositional, PyObject **kwnames)
{
    Py_ssize_t n = PyTuple_GET_SIZE(args), nkw = kwargs ? PyDict_GET_SIZE(kwargs) : 0, at = 0, pos = 0;
    *kwnames = NULL;
    if (nkw && !all_strings(kwargs))
        return NULL;
    PyObject **values = PyMem_Malloc(sizeof(PyObject *) * (size_t)(n + nkw + 1)), *key, *value;
    *kwnames = values && nkw ? PyTuple_New(nkw) : NULL;
    if (!values || (nkw && !*kwnames)) {
        if (!values)
            PyErr_NoMemory();
        PyMem_Free(values);
        return NULL;
    }
    if (self)
        values[at++] = self;
    for (Py_ssize_t i = 0; i < n; i++)
        values[at++] = PyTuple_GET_ITEM(args, i);
    *npositional = at;
    for (Py_ssize_t i = 0; i < nkw && PyDict_Next(kwargs, &pos, &key, &value); i++) {
        PyTuple_SET_ITEM(*kwnames, i, Py_NewRef(key));
        values[at++] = value;
    }
    return values;
}

_PyInterpreterFrame *vm_push_ex(PyThreadState *tstate, PyObject **slots, int has_keywords)
{
    PyObject *callable = slots[1], *args = slots[2], *kwargs = has_keywords ? slots[3] : NULL, *kwnames;
    PyObject *self = Py_IS_TYPE(callable, &PyMethod_Type) ? PyMethod_GET_SELF(callable) : NULL;
    PyFunctionObject *func = (PyFunctionObject *)(self ? PyMethod_GET_FUNCTION(callable) : callable);
    int own = ((PyCodeObject *)func->func_code)->co_flags & CO_OPTIMIZED;
    Py_ssize_t n;
    _PyInterpreterFrame *frame = NULL;
    PyObject **values = vm_spread(self, args, kwargs, &n, &kwnames);
    if (values) {
        frame = vm_push_call(tstate, func, own ? NULL : func->func_globals, values, n, kwnames);
        PyMem_Free(values);
        Py_XDECREF(kwnames);
    }
    return frame;
}

PyObject *vm_call_ex(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject **slots, int has_keywords)
{
    PyObject *callable = slots[1], *args = slots[2], *kwargs = has_keywords ? slots[3] : NULL;
    PyObject *result;
    if (K_UNLIKELY(tstate->cframe->use_tracing))
        result = vm_trace_call_ex(tstate, callable, args, kwargs);
    else
        result = PyObject_Call(callable, args, kwargs);
    Py_DECREF(callable);
    Py_DECREF(args);
    Py_XDECREF(kwargs);
    return result;
}

PyObject *vm_instance_call(PyObject *callable)
{
    PyTypeObject *type = Py_TYPE(callable);
    PyObject *method = type->tp_call ? _PyType_Lookup(type, K_STR("__call__")) : NULL;
    return method && PyFunction_Check(method) ? method : NULL;
}
