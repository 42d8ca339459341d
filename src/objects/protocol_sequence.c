/* protocol_sequence.c - the sequence and mapping protocols.
 *
 * In: an object and an index, slice or key. Out: items, or TypeError in the words of the protocol that was asked.
 * Invariant: a negative index is made positive here, once, when the type knows its length. */
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/iter.h"
#include "objects/list/list.h"
#include "memory/mem.h"
#include "objects/protocol.h"
#include "objects/slice.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

#define SQ(o) (Py_TYPE(o)->tp_as_sequence)
#define MP(o) (Py_TYPE(o)->tp_as_mapping)
#define NAME(o) (Py_TYPE(o)->tp_name)

static PyObject *sequence_null_error(void)
{
    if (!PyErr_Occurred())
        k_raise(PyExc_SystemError, "null argument to internal routine");
    return NULL;
}

static int sequence_null_status(void)
{
    sequence_null_error();
    return -1;
}

/* ---- sequences ---- */

int PySequence_Check(PyObject *o)
{
    return !PyDict_Check(o) && SQ(o) && SQ(o)->sq_item;
}

Py_ssize_t PySequence_Size(PyObject *o)
{
    if (!o)
        return sequence_null_status();
    if (SQ(o) && SQ(o)->sq_length)
        return SQ(o)->sq_length(o);
    if (MP(o) && MP(o)->mp_length)
        k_raise(PyExc_TypeError, "%.200s is not a sequence", NAME(o));
    else
        k_raise(PyExc_TypeError, "object of type '%.200s' has no len()", NAME(o));
    return -1;
}

Py_ssize_t PySequence_Length(PyObject *o)
{
    return PySequence_Size(o);
}

/* + or * of the number protocol, for sequences that only know that one. NULL without an exception when unknown. */
static PyObject *sequence_try(PyObject *(*op)(PyObject *, PyObject *), PyObject *a, PyObject *b)
{
    PyObject *result = op(a, b);
    if (!result && PyErr_ExceptionMatches(PyExc_TypeError))
        PyErr_Clear();
    return result;
}

static PyObject *sequence_concat(PyObject *a, PyObject *b, bool inplace)
{
    if (!a || !b)
        return sequence_null_error();
    if (inplace && SQ(a) && SQ(a)->sq_inplace_concat)
        return SQ(a)->sq_inplace_concat(a, b);
    if (SQ(a) && SQ(a)->sq_concat)
        return SQ(a)->sq_concat(a, b);
    if (PySequence_Check(a) && PySequence_Check(b)) {
        PyObject *result = sequence_try(inplace ? PyNumber_InPlaceAdd : PyNumber_Add, a, b);
        if (result || PyErr_Occurred())
            return result;
    }
    return k_raise(PyExc_TypeError, "'%.200s' object can't be concatenated", NAME(a));
}

PyObject *PySequence_Concat(PyObject *a, PyObject *b)
{
    return sequence_concat(a, b, false);
}

PyObject *PySequence_InPlaceConcat(PyObject *a, PyObject *b)
{
    return sequence_concat(a, b, true);
}

static PyObject *sequence_repeat(PyObject *o, Py_ssize_t count, bool inplace)
{
    if (!o)
        return sequence_null_error();
    if (inplace && SQ(o) && SQ(o)->sq_inplace_repeat)
        return SQ(o)->sq_inplace_repeat(o, count);
    if (SQ(o) && SQ(o)->sq_repeat)
        return SQ(o)->sq_repeat(o, count);
    if (PySequence_Check(o)) {
        K_AUTO(PyObject *) n = PyLong_FromSsize_t(count);
        PyObject *result = n ? sequence_try(inplace ? PyNumber_InPlaceMultiply : PyNumber_Multiply, o, n) : NULL;
        if (result || PyErr_Occurred())
            return result;
    }
    return k_raise(PyExc_TypeError, "'%.200s' object can't be repeated", NAME(o));
}

PyObject *PySequence_Repeat(PyObject *o, Py_ssize_t count)
{
    return sequence_repeat(o, count, false);
}

PyObject *PySequence_InPlaceRepeat(PyObject *o, Py_ssize_t count)
{
    return sequence_repeat(o, count, true);
}

/* 0 with *i counted from the start where the length is known; -1 with an exception. */
static int sequence_index(PyObject *o, Py_ssize_t *i)
{
    if (*i >= 0 || !SQ(o)->sq_length)
        return 0;
    Py_ssize_t n = SQ(o)->sq_length(o);
    if (n < 0)
        return -1;
    *i += n;
    return 0;
}

PyObject *PySequence_GetItem(PyObject *o, Py_ssize_t i)
{
    if (!o)
        return sequence_null_error();
    if (SQ(o) && SQ(o)->sq_item)
        return sequence_index(o, &i) < 0 ? NULL : SQ(o)->sq_item(o, i);
    if (MP(o) && MP(o)->mp_subscript)
        return k_raise(PyExc_TypeError, "%.200s is not a sequence", NAME(o));
    return k_raise(PyExc_TypeError, "'%.200s' object does not support indexing", NAME(o));
}

static int sequence_assign(PyObject *o, Py_ssize_t i, PyObject *value)
{
    if (!o)
        return sequence_null_status();
    if (SQ(o) && SQ(o)->sq_ass_item)
        return sequence_index(o, &i) < 0 ? -1 : SQ(o)->sq_ass_item(o, i, value);
    if (MP(o) && MP(o)->mp_ass_subscript)
        k_raise(PyExc_TypeError, "%.200s is not a sequence", NAME(o));
    else if (value)
        k_raise(PyExc_TypeError, "'%.200s' object does not support item assignment", NAME(o));
    else
        k_raise(PyExc_TypeError, "'%.200s' object doesn't support item deletion", NAME(o));
    return -1;
}

int PySequence_SetItem(PyObject *o, Py_ssize_t i, PyObject *value)
{
    return sequence_assign(o, i, value);
}

int PySequence_DelItem(PyObject *o, Py_ssize_t i)
{
    return sequence_assign(o, i, NULL);
}

PyObject *PySequence_GetSlice(PyObject *o, Py_ssize_t start, Py_ssize_t stop)
{
    if (!o)
        return sequence_null_error();
    if (!MP(o) || !MP(o)->mp_subscript)
        return k_raise(PyExc_TypeError, "'%.200s' object is unsliceable", NAME(o));
    K_AUTO(PyObject *) slice = _PySlice_FromIndices(start, stop);
    return slice ? MP(o)->mp_subscript(o, slice) : NULL;
}

static int sequence_assign_slice(PyObject *o, Py_ssize_t start, Py_ssize_t stop, PyObject *value)
{
    if (!o)
        return sequence_null_status();
    if (!MP(o) || !MP(o)->mp_ass_subscript) {
        k_raise(PyExc_TypeError, "'%.200s' object doesn't support slice %s", NAME(o),
                value ? "assignment" : "deletion");
        return -1;
    }
    K_AUTO(PyObject *) slice = _PySlice_FromIndices(start, stop);
    return slice ? MP(o)->mp_ass_subscript(o, slice, value) : -1;
}

int PySequence_SetSlice(PyObject *o, Py_ssize_t start, Py_ssize_t stop, PyObject *value)
{
    return sequence_assign_slice(o, start, stop, value);
}

int PySequence_DelSlice(PyObject *o, Py_ssize_t start, Py_ssize_t stop)
{
    return sequence_assign_slice(o, start, stop, NULL);
}

/* ---- whole sequences ---- */

PyObject *PySequence_List(PyObject *o)
{
    if (!o)
        return sequence_null_error();
    K_AUTO(PyObject *) list = PyList_New(0);
    if (!list)
        return NULL;
    PyObject *none = _PyList_Extend((PyListObject *)list, o);
    if (!none)
        return NULL;
    Py_DECREF(none);
    return K_MOVE(list);
}

PyObject *PySequence_Tuple(PyObject *o)
{
    if (!o)
        return sequence_null_error();
    if (PyTuple_CheckExact(o))
        return Py_NewRef(o);
    if (PyList_CheckExact(o))
        return PyList_AsTuple(o);
    K_AUTO(PyObject *) list = PySequence_List(o);
    return list ? PyList_AsTuple(list) : NULL;
}

PyObject *PySequence_Fast(PyObject *o, const char *message)
{
    if (!o)
        return sequence_null_error();
    if (PyList_CheckExact(o) || PyTuple_CheckExact(o))
        return Py_NewRef(o);
    K_AUTO(PyObject *) iter = PyObject_GetIter(o);
    if (!iter) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_SetString(PyExc_TypeError, message);
        return NULL;
    }
    return PySequence_List(iter);
}

/* ---- searching ---- */

enum { SEARCH_COUNT = 1, SEARCH_INDEX, SEARCH_CONTAINS };

static Py_ssize_t sequence_too_long(const char *what)
{
    k_raise(PyExc_OverflowError, "%s exceeds C integer size", what);
    return -1;
}

Py_ssize_t _PySequence_IterSearch(PyObject *sequence, PyObject *o, int operation)
{
    if (!sequence || !o)
        return sequence_null_status();
    K_AUTO(PyObject *) iter = PyObject_GetIter(sequence);
    if (!iter) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            k_raise(PyExc_TypeError, "argument of type '%.200s' is not iterable", NAME(sequence));
        return -1;
    }
    Py_ssize_t n = 0;
    bool wrapped = false;
    for (;;) {
        K_AUTO(PyObject *) item = PyIter_Next(iter);
        if (!item)
            break;
        int equal = PyObject_RichCompareBool(item, o, Py_EQ);
        if (equal < 0)
            return -1;
        if (equal && operation == SEARCH_CONTAINS)
            return 1;
        if (equal && operation == SEARCH_INDEX)
            return wrapped ? sequence_too_long("index") : n;
        if (equal || operation == SEARCH_INDEX) {
            if (n == PY_SSIZE_T_MAX && operation == SEARCH_COUNT)
                return sequence_too_long("count");
            wrapped = wrapped || n == PY_SSIZE_T_MAX;
            n += !wrapped;
        }
    }
    if (PyErr_Occurred())
        return -1;
    if (operation == SEARCH_INDEX) {
        k_raise(PyExc_ValueError, "sequence.index(x): x not in sequence");
        return -1;
    }
    return n;
}

Py_ssize_t PySequence_Count(PyObject *o, PyObject *value)
{
    return _PySequence_IterSearch(o, value, SEARCH_COUNT);
}

Py_ssize_t PySequence_Index(PyObject *o, PyObject *value)
{
    return _PySequence_IterSearch(o, value, SEARCH_INDEX);
}

int PySequence_Contains(PyObject *o, PyObject *value)
{
    if (SQ(o) && SQ(o)->sq_contains)
        return SQ(o)->sq_contains(o, value);
    return (int)_PySequence_IterSearch(o, value, SEARCH_CONTAINS);
}

int PySequence_In(PyObject *o, PyObject *value)
{
    return PySequence_Contains(o, value);
}

/* ---- mappings ---- */

int PyMapping_Check(PyObject *o)
{
    return o && MP(o) && MP(o)->mp_subscript;
}

Py_ssize_t PyMapping_Size(PyObject *o)
{
    if (!o)
        return sequence_null_status();
    if (MP(o) && MP(o)->mp_length)
        return MP(o)->mp_length(o);
    if (SQ(o) && SQ(o)->sq_length)
        k_raise(PyExc_TypeError, "%.200s is not a mapping", NAME(o));
    else
        k_raise(PyExc_TypeError, "object of type '%.200s' has no len()", NAME(o));
    return -1;
}

Py_ssize_t PyMapping_Length(PyObject *o)
{
    return PyMapping_Size(o);
}

PyObject *PyMapping_GetItemString(PyObject *o, const char *key)
{
    if (!key)
        return sequence_null_error();
    K_AUTO(PyObject *) text = PyUnicode_FromString(key);
    return text ? PyObject_GetItem(o, text) : NULL;
}

int PyMapping_SetItemString(PyObject *o, const char *key, PyObject *value)
{
    if (!key)
        return sequence_null_status();
    K_AUTO(PyObject *) text = PyUnicode_FromString(key);
    return text ? PyObject_SetItem(o, text, value) : -1;
}

int PyMapping_HasKeyString(PyObject *o, const char *key)
{
    K_AUTO(PyObject *) value = PyMapping_GetItemString(o, key);
    if (!value)
        PyErr_Clear();
    return value != NULL;
}

int PyMapping_HasKey(PyObject *o, PyObject *key)
{
    K_AUTO(PyObject *) value = PyObject_GetItem(o, key);
    if (!value)
        PyErr_Clear();
    return value != NULL;
}

static PyObject *mapping_list(PyObject *o, PyObject *method)
{
    K_AUTO(PyObject *) view = PyObject_CallMethodObjArgs(o, method, NULL);
    if (!view)
        return NULL;
    K_AUTO(PyObject *) iter = PyObject_GetIter(view);
    if (!iter) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            k_raise(PyExc_TypeError, "%.200s.%U() returned a non-iterable (type %.200s)", NAME(o), method, NAME(view));
        return NULL;
    }
    return PySequence_List(iter);
}

PyObject *PyMapping_Keys(PyObject *o)
{
    if (!o)
        return sequence_null_error();
    return PyDict_CheckExact(o) ? PyDict_Keys(o) : mapping_list(o, K_STR("keys"));
}

PyObject *PyMapping_Values(PyObject *o)
{
    if (!o)
        return sequence_null_error();
    return PyDict_CheckExact(o) ? PyDict_Values(o) : mapping_list(o, K_STR("values"));
}

PyObject *PyMapping_Items(PyObject *o)
{
    if (!o)
        return sequence_null_error();
    return PyDict_CheckExact(o) ? PyDict_Items(o) : mapping_list(o, K_STR("items"));
}

/* ---- arrays of C strings, for exec and its kin ---- */

void _Py_FreeCharPArray(char *const array[])
{
    for (Py_ssize_t i = 0; array[i]; i++)
        PyMem_Free(array[i]);
    PyMem_Free((void *)array);
}

char *const *_PySequence_BytesToCharpArray(PyObject *self)
{
    Py_ssize_t n = PySequence_Size(self);
    if (n < 0)
        return NULL;
    char **array = PyMem_Calloc((size_t)n + 1, sizeof *array);
    if (!array) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        K_AUTO(PyObject *) item = PySequence_GetItem(self, i);
        char *data;
        Py_ssize_t size;
        if (!item || PyBytes_AsStringAndSize(item, &data, &size) < 0)
            goto fail;
        array[i] = PyMem_Malloc((size_t)size + 1);
        if (!array[i]) {
            PyErr_NoMemory();
            goto fail;
        }
        memcpy(array[i], data, (size_t)size + 1);
    }
    return array;
fail:
    _Py_FreeCharPArray(array);
    return NULL;
}
