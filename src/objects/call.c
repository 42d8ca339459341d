/* call.c - calling objects: vectorcall, tp_call, and the conveniences around them.
 *
 * In: a callable and arguments as an array, a tuple and dict, varargs or a format. Out: its result, checked.
 * Invariant: an array with PY_VECTORCALL_ARGUMENTS_OFFSET has one word before it that a callee may use and restores.
 * Start at PyObject_Vectorcall(). */
#include "objects/call.h"

#include "capi/args.h"
#include "memory/mem.h"
#include "objects/dict/dict.h"
#include "objects/func/func.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "runtime/state.h"
#include "vm/eval.h"

enum { SMALL_STACK = 8 };
#define CALL_WHERE " while calling a Python object"

/* ---- results ---- */

K_COLD static PyObject *call_bad_result(PyObject *callable, PyObject *result, const char *where)
{
    if (!result) {
        if (callable)
            k_raise(PyExc_SystemError, "%R returned NULL without setting an exception", callable);
        else
            k_raise(PyExc_SystemError, "%s returned NULL without setting an exception", where);
        return NULL;
    }
    Py_DECREF(result);
    if (callable)
        _PyErr_FormatFromCause(PyExc_SystemError, "%R returned a result with an exception set", callable);
    else
        _PyErr_FormatFromCause(PyExc_SystemError, "%s returned a result with an exception set", where);
    return NULL;
}

PyObject *_Py_CheckFunctionResult(PyThreadState *tstate, PyObject *callable, PyObject *result, const char *where)
{
    if (K_LIKELY((result != NULL) == (tstate->curexc_type == NULL)))
        return result;
    return call_bad_result(callable, result, where);
}

/* ---- keyword dicts and name tuples ---- */

PyObject *_PyStack_AsDict(PyObject *const *values, PyObject *kwnames)
{
    Py_ssize_t n = PyTuple_GET_SIZE(kwnames);
    K_AUTO(PyObject *) dict = _PyDict_NewPresized(n);
    if (!dict)
        return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (PyDict_SetItem(dict, PyTuple_GET_ITEM(kwnames, i), values[i]) < 0)
            return NULL;
    }
    return K_MOVE(dict);
}

/* args and kwargs as one array with a free word before it. All references are the array's own. */
typedef struct CallStack {
    PyObject **base, **args;
    Py_ssize_t n;
    PyObject *kwnames;
} CallStack;

static void call_stack_free(CallStack *stack)
{
    for (Py_ssize_t i = 0; i < stack->n; i++)
        Py_DECREF(stack->args[i]);
    Py_XDECREF(stack->kwnames);
    PyMem_Free(stack->base);
}

static int call_stack_fill(CallStack *stack, PyObject *first, PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs)
{
    Py_ssize_t nkw = kwargs ? PyDict_GET_SIZE(kwargs) : 0;
    *stack = (CallStack){ 0 };
    stack->base = PyMem_New(PyObject *, nargs + nkw + 2);
    if (!stack->base) {
        PyErr_NoMemory();
        return -1;
    }
    stack->args = stack->base + 1;
    if (first)
        stack->args[stack->n++] = Py_NewRef(first);
    for (Py_ssize_t i = 0; i < nargs; i++)
        stack->args[stack->n++] = Py_NewRef(args[i]);
    if (!nkw)
        return 0;
    PyObject *key, *value;
    Py_ssize_t pos = 0, k = 0;
    bool all_str = true;
    stack->kwnames = PyTuple_New(nkw);
    if (!stack->kwnames)
        goto fail;
    while (k < nkw && PyDict_Next(kwargs, &pos, &key, &value)) {
        all_str = all_str && PyUnicode_Check(key);
        PyTuple_SET_ITEM(stack->kwnames, k++, Py_NewRef(key));
        stack->args[stack->n++] = Py_NewRef(value);
    }
    if (all_str)
        return 0;
    k_raise(PyExc_TypeError, "keywords must be strings");
fail:
    call_stack_free(stack);
    return -1;
}

static PyObject *call_stack_run(PyThreadState *tstate, vectorcallfunc f, PyObject *callable, PyObject *first,
                                PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs)
{
    CallStack stack;
    if (call_stack_fill(&stack, first, args, nargs, kwargs) < 0)
        return NULL;
    PyObject *result = f(callable, stack.args, (size_t)(nargs + !!first) | PY_VECTORCALL_ARGUMENTS_OFFSET,
                         stack.kwnames);
    call_stack_free(&stack);
    return _Py_CheckFunctionResult(tstate, callable, result, NULL);
}

/* ---- the two conventions ---- */

static inline vectorcallfunc call_vector_of(PyObject *callable)
{
    PyTypeObject *type = Py_TYPE(callable);
    if (!PyType_HasFeature(type, Py_TPFLAGS_HAVE_VECTORCALL))
        return NULL;
    vectorcallfunc f;
    memcpy(&f, (char *)callable + type->tp_vectorcall_offset, sizeof f);
    return f;
}

vectorcallfunc PyVectorcall_Function(PyObject *callable)
{
    return call_vector_of(callable);
}

static PyObject *call_not_callable(PyObject *callable)
{
    return k_raise(PyExc_TypeError, "'%.200s' object is not callable", Py_TYPE(callable)->tp_name);
}

static PyObject *call_tp_call(PyThreadState *tstate, PyObject *callable, PyObject *args, PyObject *kwargs)
{
    ternaryfunc call = Py_TYPE(callable)->tp_call;
    if (!call)
        return call_not_callable(callable);
    if (k_enter_nested(tstate, CALL_WHERE))
        return NULL;
    PyObject *result = call(callable, args, kwargs);
    k_leave_recursive(tstate);
    return _Py_CheckFunctionResult(tstate, callable, result, NULL);
}

/* keywords: a tuple of names whose values follow the positional arguments, or a dict, or NULL. */
PyObject *_PyObject_MakeTpCall(PyThreadState *tstate, PyObject *callable, PyObject *const *args, Py_ssize_t nargs,
                               PyObject *keywords)
{
    if (!Py_TYPE(callable)->tp_call)
        return call_not_callable(callable);
    K_AUTO(PyObject *) tuple = k_tuple_from_array(args, nargs);
    if (!tuple)
        return NULL;
    if (!keywords || PyDict_Check(keywords))
        return call_tp_call(tstate, callable, tuple, keywords);
    if (PyTuple_GET_SIZE(keywords) == 0)
        return call_tp_call(tstate, callable, tuple, NULL);
    K_AUTO(PyObject *) kwargs = _PyStack_AsDict(args + nargs, keywords);
    return kwargs ? call_tp_call(tstate, callable, tuple, kwargs) : NULL;
}

static inline PyObject *call_vector(PyThreadState *tstate, PyObject *callable, PyObject *const *args, size_t nargsf,
                                    PyObject *kwnames)
{
    vectorcallfunc f = call_vector_of(callable);
    if (!f)
        return _PyObject_MakeTpCall(tstate, callable, args, PyVectorcall_NARGS(nargsf), kwnames);
    return _Py_CheckFunctionResult(tstate, callable, f(callable, args, nargsf, kwnames), NULL);
}

PyObject *PyObject_Vectorcall(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    return call_vector(k_tstate(), callable, args, nargsf, kwnames);
}

PyObject *_PyObject_FastCall(PyObject *callable, PyObject *const *args, Py_ssize_t nargs)
{
    return call_vector(k_tstate(), callable, args, (size_t)nargs, NULL);
}

PyObject *_PyObject_FastCallDictTstate(PyThreadState *tstate, PyObject *callable, PyObject *const *args,
                                       size_t nargsf, PyObject *kwargs)
{
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    vectorcallfunc f = call_vector_of(callable);
    if (!f)
        return _PyObject_MakeTpCall(tstate, callable, args, nargs, kwargs);
    if (!kwargs || PyDict_GET_SIZE(kwargs) == 0)
        return _Py_CheckFunctionResult(tstate, callable, f(callable, args, nargsf, NULL), NULL);
    return call_stack_run(tstate, f, callable, NULL, args, nargs, kwargs);
}

PyObject *PyObject_VectorcallDict(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwargs)
{
    return _PyObject_FastCallDictTstate(k_tstate(), callable, args, nargsf, kwargs);
}

static PyObject *call_vector_tuple(PyThreadState *tstate, vectorcallfunc f, PyObject *callable, PyObject *tuple,
                                   PyObject *kwargs)
{
    PyObject **items = ((PyTupleObject *)tuple)->ob_item;
    Py_ssize_t n = PyTuple_GET_SIZE(tuple);
    if (!kwargs || PyDict_GET_SIZE(kwargs) == 0)
        return _Py_CheckFunctionResult(tstate, callable, f(callable, items, (size_t)n, NULL), NULL);
    return call_stack_run(tstate, f, callable, NULL, items, n, kwargs);
}

/* tp_call of every type with vectorcall, and of its subtypes, which may have lost the flag to a __call__ of their own. */
PyObject *PyVectorcall_Call(PyObject *callable, PyObject *tuple, PyObject *kwargs)
{
    vectorcallfunc f = NULL;
    Py_ssize_t offset = Py_TYPE(callable)->tp_vectorcall_offset;
    if (offset > 0)
        memcpy(&f, (char *)callable + offset, sizeof f);
    if (!f)
        return k_raise(PyExc_TypeError, "'%.200s' object does not support vectorcall", Py_TYPE(callable)->tp_name);
    return call_vector_tuple(k_tstate(), f, callable, tuple, kwargs);
}

PyObject *_PyObject_Call(PyThreadState *tstate, PyObject *callable, PyObject *args, PyObject *kwargs)
{
    vectorcallfunc f = call_vector_of(callable);
    if (f)
        return call_vector_tuple(tstate, f, callable, args, kwargs);
    return call_tp_call(tstate, callable, args, kwargs);
}

PyObject *PyObject_Call(PyObject *callable, PyObject *args, PyObject *kwargs)
{
    return _PyObject_Call(k_tstate(), callable, args, kwargs);
}

/* Calls with obj put before the tuple's items. */
PyObject *_PyObject_Call_Prepend(PyThreadState *tstate, PyObject *callable, PyObject *obj, PyObject *args,
                                 PyObject *kwargs)
{
    PyObject **items = ((PyTupleObject *)args)->ob_item;
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    PyObject *small[SMALL_STACK + 1];
    if (n < SMALL_STACK && (!kwargs || PyDict_GET_SIZE(kwargs) == 0)) {
        small[0] = obj;
        if (n)
            memcpy(small + 1, items, (size_t)n * sizeof *items);
        return call_vector(tstate, callable, small, (size_t)n + 1, NULL);
    }
    vectorcallfunc f = call_vector_of(callable);
    if (f)
        return call_stack_run(tstate, f, callable, obj, items, n, kwargs);
    K_AUTO(PyObject *) tuple = PyTuple_New(n + 1);
    if (!tuple)
        return NULL;
    PyTuple_SET_ITEM(tuple, 0, Py_NewRef(obj));
    for (Py_ssize_t i = 0; i < n; i++)
        PyTuple_SET_ITEM(tuple, i + 1, Py_NewRef(items[i]));
    return call_tp_call(tstate, callable, tuple, kwargs);
}

/* ---- few arguments ---- */

PyObject *PyObject_CallNoArgs(PyObject *callable)
{
    PyObject *args[1] = { NULL };
    return call_vector(k_tstate(), callable, args + 1, PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
}

PyObject *PyObject_CallOneArg(PyObject *callable, PyObject *arg)
{
    PyObject *args[2] = { NULL, arg };
    return call_vector(k_tstate(), callable, args + 1, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
}

PyObject *PyObject_CallObject(PyObject *callable, PyObject *args)
{
    if (!args)
        return PyObject_CallNoArgs(callable);
    if (!PyTuple_Check(args))
        return k_raise(PyExc_TypeError, "argument list must be a tuple");
    return _PyObject_Call(k_tstate(), callable, args, NULL);
}

PyObject *PyEval_CallObjectWithKeywords(PyObject *callable, PyObject *args, PyObject *kwargs)
{
    if (args && !PyTuple_Check(args))
        return k_raise(PyExc_TypeError, "argument list must be a tuple");
    if (kwargs && !PyDict_Check(kwargs))
        return k_raise(PyExc_TypeError, "keyword list must be a dictionary");
    if (!args)
        return PyObject_VectorcallDict(callable, NULL, 0, kwargs);
    return _PyObject_Call(k_tstate(), callable, args, kwargs);
}

/* ---- by format ---- */

static PyObject *call_format_va(PyObject *callable, const char *format, va_list va, bool size_t_lengths)
{
    PyThreadState *tstate = k_tstate();
    PyObject *small[SMALL_STACK];
    if (!callable) {
        if (!PyErr_Occurred())
            k_raise(PyExc_SystemError, "null argument to internal routine");
        return NULL;
    }
    if (!format || !*format)
        return PyObject_CallNoArgs(callable);
    Py_ssize_t n;
    PyObject **stack = size_t_lengths ? _Py_VaBuildStack_SizeT(small, SMALL_STACK, format, va, &n)
                                      : _Py_VaBuildStack(small, SMALL_STACK, format, va, &n);
    if (!stack)
        return NULL;
    PyObject *result;
    if (n == 1 && PyTuple_Check(stack[0])) /* a single tuple is the argument list */
        result = call_vector(tstate, callable, ((PyTupleObject *)stack[0])->ob_item,
                             (size_t)PyTuple_GET_SIZE(stack[0]), NULL);
    else
        result = call_vector(tstate, callable, stack, (size_t)n, NULL);
    for (Py_ssize_t i = 0; i < n; i++)
        Py_DECREF(stack[i]);
    if (stack != small)
        PyMem_Free(stack);
    return result;
}

#define CALL_BY_FORMAT(name, size_t_lengths)                                                                           \
    PyObject *name(PyObject *callable, const char *format, ...)                                                        \
    {                                                                                                                  \
        va_list va;                                                                                                    \
        va_start(va, format);                                                                                          \
        PyObject *result = call_format_va(callable, format, va, size_t_lengths);                                       \
        va_end(va);                                                                                                    \
        return result;                                                                                                 \
    }
CALL_BY_FORMAT(PyObject_CallFunction, false)
CALL_BY_FORMAT(_PyObject_CallFunction_SizeT, true)
CALL_BY_FORMAT(PyEval_CallFunction, false)

static PyObject *call_method_va(PyObject *method, const char *format, va_list va, bool size_t_lengths)
{
    if (!method)
        return NULL;
    PyObject *result = NULL;
    if (!PyCallable_Check(method))
        k_raise(PyExc_TypeError, "attribute of type '%.200s' is not callable", Py_TYPE(method)->tp_name);
    else
        result = call_format_va(method, format, va, size_t_lengths);
    Py_DECREF(method);
    return result;
}

#define CALL_METHOD_BY_FORMAT(fn, T, get, size_t_lengths)                                                              \
    PyObject *fn(PyObject *obj, T name, const char *format, ...)                                                       \
    {                                                                                                                  \
        if (!obj || !name) {                                                                                           \
            if (!PyErr_Occurred())                                                                                     \
                k_raise(PyExc_SystemError, "null argument to internal routine");                                       \
            return NULL;                                                                                               \
        }                                                                                                              \
        va_list va;                                                                                                    \
        va_start(va, format);                                                                                          \
        PyObject *result = call_method_va(get(obj, name), format, va, size_t_lengths);                                 \
        va_end(va);                                                                                                    \
        return result;                                                                                                 \
    }
CALL_METHOD_BY_FORMAT(PyObject_CallMethod, const char *, PyObject_GetAttrString, false)
CALL_METHOD_BY_FORMAT(PyEval_CallMethod, const char *, PyObject_GetAttrString, false)
CALL_METHOD_BY_FORMAT(_PyObject_CallMethod_SizeT, const char *, PyObject_GetAttrString, true)
CALL_METHOD_BY_FORMAT(_PyObject_CallMethod, PyObject *, PyObject_GetAttr, false)
CALL_METHOD_BY_FORMAT(_PyObject_CallMethodId, _Py_Identifier *, _PyObject_GetAttrId, false)
CALL_METHOD_BY_FORMAT(_PyObject_CallMethodId_SizeT, _Py_Identifier *, _PyObject_GetAttrId, true)

/* ---- by a NULL-terminated list ---- */

static PyObject *call_list_va(PyThreadState *tstate, PyObject *self, PyObject *callable, va_list va)
{
    if (!callable) {
        if (!PyErr_Occurred())
            k_raise(PyExc_SystemError, "null argument to internal routine");
        return NULL;
    }
    PyObject *small[SMALL_STACK], **stack = small;
    Py_ssize_t n = self != NULL;
    va_list count;
    va_copy(count, va);
    while (va_arg(count, PyObject *))
        n++;
    va_end(count);
    if (n > SMALL_STACK) {
        stack = PyMem_New(PyObject *, n);
        if (!stack)
            return PyErr_NoMemory();
    }
    Py_ssize_t i = 0;
    if (self)
        stack[i++] = self;
    while (i < n)
        stack[i++] = va_arg(va, PyObject *);
    PyObject *result = call_vector(tstate, callable, stack, (size_t)n, NULL);
    if (stack != small)
        PyMem_Free(stack);
    return result;
}

PyObject *PyObject_CallFunctionObjArgs(PyObject *callable, ...)
{
    va_list va;
    va_start(va, callable);
    PyObject *result = call_list_va(k_tstate(), NULL, callable, va);
    va_end(va);
    return result;
}

PyObject *PyObject_CallMethodObjArgs(PyObject *obj, PyObject *name, ...)
{
    if (!obj || !name) {
        if (!PyErr_Occurred())
            k_raise(PyExc_SystemError, "null argument to internal routine");
        return NULL;
    }
    PyObject *method;
    int unbound = k_get_method(obj, name, &method);
    if (unbound < 0)
        return NULL;
    va_list va;
    va_start(va, name);
    PyObject *result = call_list_va(k_tstate(), unbound ? obj : NULL, method, va);
    va_end(va);
    Py_DECREF(method);
    return result;
}

PyObject *_PyObject_CallMethodIdObjArgs(PyObject *obj, _Py_Identifier *id, ...)
{
    PyObject *name = _PyUnicode_FromId(id), *method;
    if (!name)
        return NULL;
    int unbound = k_get_method(obj, name, &method);
    if (unbound < 0)
        return NULL;
    va_list va;
    va_start(va, id);
    PyObject *result = call_list_va(k_tstate(), unbound ? obj : NULL, method, va);
    va_end(va);
    Py_DECREF(method);
    return result;
}

/* args[0] is the object whose method is called. */
PyObject *PyObject_VectorcallMethod(PyObject *name, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyObject *method;
    int unbound = k_get_method(args[0], name, &method);
    if (unbound < 0)
        return NULL;
    PyObject *result;
    if (unbound) /* args[-1] may be used by a callee only if the caller said so about args[0]'s slot */
        result = call_vector(k_tstate(), method, args, nargsf & ~PY_VECTORCALL_ARGUMENTS_OFFSET, kwnames);
    else
        result = call_vector(k_tstate(), method, args + 1, nargsf - 1, kwnames);
    Py_DECREF(method);
    return result;
}
