/* build.c - building containers, strings and functions; taking sequences apart.
 *
 * In: values in consecutive slots, consumed on failure too unless said otherwise.  Out: new objects. */
#include "code/opcode.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/exc/exc.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "vm/helpers.h"

static PyObject *power(PyObject *a, PyObject *b)
{
    return PyNumber_Power(a, b, Py_None);
}

static PyObject *in_place_power(PyObject *a, PyObject *b)
{
    return PyNumber_InPlacePower(a, b, Py_None);
}

const binaryfunc vm_binary_ops[26] = {
    [NB_ADD] = PyNumber_Add, [NB_AND] = PyNumber_And, [NB_FLOOR_DIVIDE] = PyNumber_FloorDivide,
    [NB_LSHIFT] = PyNumber_Lshift, [NB_MATRIX_MULTIPLY] = PyNumber_MatrixMultiply, [NB_MULTIPLY] = PyNumber_Multiply,
    [NB_REMAINDER] = PyNumber_Remainder, [NB_OR] = PyNumber_Or, [NB_POWER] = power, [NB_RSHIFT] = PyNumber_Rshift,
    [NB_SUBTRACT] = PyNumber_Subtract, [NB_TRUE_DIVIDE] = PyNumber_TrueDivide, [NB_XOR] = PyNumber_Xor,
    [NB_INPLACE_ADD] = PyNumber_InPlaceAdd, [NB_INPLACE_AND] = PyNumber_InPlaceAnd,
    [NB_INPLACE_FLOOR_DIVIDE] = PyNumber_InPlaceFloorDivide, [NB_INPLACE_LSHIFT] = PyNumber_InPlaceLshift,
    [NB_INPLACE_MATRIX_MULTIPLY] = PyNumber_InPlaceMatrixMultiply, [NB_INPLACE_MULTIPLY] = PyNumber_InPlaceMultiply,
    [NB_INPLACE_REMAINDER] = PyNumber_InPlaceRemainder, [NB_INPLACE_OR] = PyNumber_InPlaceOr,
    [NB_INPLACE_POWER] = in_place_power, [NB_INPLACE_RSHIFT] = PyNumber_InPlaceRshift,
    [NB_INPLACE_SUBTRACT] = PyNumber_InPlaceSubtract, [NB_INPLACE_TRUE_DIVIDE] = PyNumber_InPlaceTrueDivide,
    [NB_INPLACE_XOR] = PyNumber_InPlaceXor,
};

static void release(PyObject *const *items, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++)
        Py_XDECREF(items[i]);
}

/* ---- containers ---- */

PyObject *vm_build_set(PyObject *const *items, Py_ssize_t n)
{
    PyObject *set = PySet_New(NULL);
    int status = set ? 0 : -1;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (status == 0)
            status = PySet_Add(set, items[i]);
        Py_DECREF(items[i]);
    }
    if (status < 0)
        Py_XDECREF(set);
    return status < 0 ? NULL : set;
}

PyObject *vm_build_map(PyObject *const *pairs, Py_ssize_t n)
{
    PyObject *dict = _PyDict_NewPresized(n);
    int status = dict ? 0 : -1;
    for (Py_ssize_t i = 0; i < n && status == 0; i++)
        status = PyDict_SetItem(dict, pairs[2 * i], pairs[2 * i + 1]);
    release(pairs, 2 * n);
    if (status < 0)
        Py_XDECREF(dict);
    return status < 0 ? NULL : dict;
}

PyObject *vm_build_const_key_map(PyObject *const *values, Py_ssize_t n)
{
    PyObject *keys = values[n], *dict = NULL;
    if (!PyTuple_CheckExact(keys) || PyTuple_GET_SIZE(keys) != n)
        k_raise(PyExc_SystemError, "bad BUILD_CONST_KEY_MAP keys argument");
    else
        dict = _PyDict_NewPresized(n);
    int status = dict ? 0 : -1;
    for (Py_ssize_t i = 0; i < n && status == 0; i++)
        status = PyDict_SetItem(dict, PyTuple_GET_ITEM(keys, i), values[i]);
    release(values, n + 1);
    if (status < 0)
        Py_XDECREF(dict);
    return status < 0 ? NULL : dict;
}

/* "Value after * must be an iterable" instead of list.extend's complaint, where it is that one. */
int vm_list_extend(PyObject *list, PyObject *iterable)
{
    PyObject *none = _PyList_Extend((PyListObject *)list, iterable);
    if (none) {
        Py_DECREF(none);
        return 0;
    }
    if (PyErr_ExceptionMatches(PyExc_TypeError) && !Py_TYPE(iterable)->tp_iter && !PySequence_Check(iterable)) {
        PyErr_Clear();
        k_raise(PyExc_TypeError, "Value after * must be an iterable, not %.200s", Py_TYPE(iterable)->tp_name);
    }
    return -1;
}

int vm_dict_update(PyObject *dict, PyObject *mapping)
{
    if (PyDict_Update(dict, mapping) == 0)
        return 0;
    if (PyErr_ExceptionMatches(PyExc_AttributeError)) {
        PyErr_Clear();
        k_raise(PyExc_TypeError, "'%.200s' object is not a mapping", Py_TYPE(mapping)->tp_name);
    }
    return -1;
}

/* The complaint about func(**mapping) when merging failed. */
static K_COLD void complain_merge(PyObject *func, PyObject *mapping)
{
    if (PyErr_ExceptionMatches(PyExc_AttributeError)) {
        PyErr_Clear();
        K_AUTO(PyObject *) text = _PyObject_FunctionStr(func);
        if (text)
            k_raise(PyExc_TypeError, "%U argument after ** must be a mapping, not %.200s", text,
                    Py_TYPE(mapping)->tp_name);
    } else if (PyErr_ExceptionMatches(PyExc_KeyError)) {
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        PyErr_NormalizeException(&type, &value, &traceback);
        PyObject *args = value && PyExceptionInstance_Check(value) ? ((PyBaseExceptionObject *)value)->args : value;
        if (!args || !PyTuple_Check(args) || PyTuple_GET_SIZE(args) != 1) {
            PyErr_Restore(type, value, traceback);
            return;
        }
        PyObject *text = _PyObject_FunctionStr(func), *key = PyTuple_GET_ITEM(args, 0);
        if (text)
            k_raise(PyExc_TypeError, "%U got multiple values for keyword argument '%S'", text, key);
        Py_XDECREF(text);
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(traceback);
    }
}

int vm_dict_merge(PyObject *dict, PyObject *mapping, PyObject *func)
{
    if (_PyDict_MergeEx(dict, mapping, 2) == 0)
        return 0;
    complain_merge(func, mapping);
    return -1;
}

/* ---- strings ---- */

PyObject *vm_build_string(PyObject *const *parts, Py_ssize_t n)
{
    PyObject *empty = PyUnicode_New(0, 0);
    PyObject *text = empty ? _PyUnicode_JoinArray(empty, parts, n) : NULL;
    Py_XDECREF(empty);
    release(parts, n);
    return text;
}

PyObject *vm_format_value(PyObject *value, PyObject *spec, int conversion)
{
    K_AUTO(PyObject *) shown = NULL;
    if (conversion == FORMAT_NO_CONVERSION)
        return PyUnicode_CheckExact(value) && !spec ? Py_NewRef(value) : PyObject_Format(value, spec);
    if (conversion == FORMAT_STR)
        K_SET(shown, PyObject_Str(value));
    else if (conversion == FORMAT_REPR)
        K_SET(shown, PyObject_Repr(value));
    else
        K_SET(shown, PyObject_ASCII(value));
    if (!shown || (PyUnicode_CheckExact(shown) && !spec))
        return K_MOVE(shown);
    return PyObject_Format(shown, spec);
}

/* ---- functions ---- */

PyObject *vm_make_function(_PyInterpreterFrame *frame, PyObject *const *parts, int flags)
{
    Py_ssize_t n = 0;
    PyObject *defaults = flags & MAKE_DEFAULTS ? parts[n++] : NULL;
    PyObject *kwdefaults = flags & MAKE_KWDEFAULTS ? parts[n++] : NULL;
    PyObject *annotations = flags & MAKE_ANNOTATIONS ? parts[n++] : NULL;
    PyObject *closure = flags & MAKE_CLOSURE ? parts[n++] : NULL;
    PyObject *code = parts[n];
    PyFunctionObject *func = (PyFunctionObject *)PyFunction_New(code, frame->f_globals);
    Py_DECREF(code);
    if (!func) {
        release(parts, n);
        return NULL;
    }
    func->func_closure = closure; /* a fresh function: nobody has a version of it yet */
    func->func_annotations = annotations;
    func->func_kwdefaults = kwdefaults;
    func->func_defaults = defaults;
    return (PyObject *)func;
}

/* ---- taking apart ---- */

static K_COLD int complain_too_few(Py_ssize_t before, Py_ssize_t after, Py_ssize_t got)
{
    if (after < 0)
        k_raise(PyExc_ValueError, "not enough values to unpack (expected %zd, got %zd)", before, got);
    else
        k_raise(PyExc_ValueError, "not enough values to unpack (expected at least %zd, got %zd)", before + after, got);
    return -1;
}

/* The middle list and the items behind it, which come out of the list's end. */
static int unpack_rest(PyObject *iter, Py_ssize_t before, Py_ssize_t after, PyObject **slots)
{
    PyObject *rest = PySequence_List(iter);
    if (!rest)
        return -1;
    Py_ssize_t n = PyList_GET_SIZE(rest);
    if (n < after) {
        Py_DECREF(rest);
        return complain_too_few(before, after, before + n);
    }
    slots[after] = rest;
    for (Py_ssize_t i = 0; i < after; i++)
        slots[i] = PyList_GET_ITEM(rest, n - 1 - i);
    Py_SET_SIZE(rest, n - after);
    return 0;
}

static int unpack_iterator(PyObject *iter, Py_ssize_t before, Py_ssize_t after, PyObject **slots)
{
    Py_ssize_t total = before + (after < 0 ? 0 : after + 1), got = 0;
    int status = 0;
    for (; got < before; got++) {
        PyObject *item = PyIter_Next(iter);
        if (!item) {
            status = PyErr_Occurred() ? -1 : complain_too_few(before, after, got);
            break;
        }
        slots[total - 1 - got] = item;
    }
    if (status == 0 && after >= 0) {
        status = unpack_rest(iter, before, after, slots);
    } else if (status == 0) {
        PyObject *more = PyIter_Next(iter);
        if (more) {
            Py_DECREF(more);
            k_raise(PyExc_ValueError, "too many values to unpack (expected %zd)", before);
        }
        if (more || PyErr_Occurred())
            status = -1;
    }
    for (Py_ssize_t i = 0; status < 0 && i < got; i++)
        Py_DECREF(slots[total - 1 - i]);
    return status;
}

int vm_unpack(PyObject *value, Py_ssize_t before, Py_ssize_t after, PyObject **slots)
{
    if (after < 0 && (PyTuple_CheckExact(value) || PyList_CheckExact(value)) && Py_SIZE(value) == before) {
        for (Py_ssize_t i = 0; i < before; i++)
            slots[before - 1 - i] = Py_NewRef(PySequence_Fast_GET_ITEM(value, i));
        return 0;
    }
    PyObject *iter = PyObject_GetIter(value);
    if (!iter) {
        if (PyErr_ExceptionMatches(PyExc_TypeError) && !Py_TYPE(value)->tp_iter && !PySequence_Check(value)) {
            PyErr_Clear();
            k_raise(PyExc_TypeError, "cannot unpack non-iterable %.200s object", Py_TYPE(value)->tp_name);
        }
        return -1;
    }
    int status = unpack_iterator(iter, before, after, slots);
    Py_DECREF(iter);
    return status;
}
