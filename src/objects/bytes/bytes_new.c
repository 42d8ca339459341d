/* bytes_new.c - bytes objects: creation, C API, the type.
 *
 * Invariants: the bytes end with a 0 that does not count; b"" and the bytes of length one exist once.
 * Start at PyBytes_FromStringAndSize() and PyBytes_Type. */
#include "objects/bytes/bytes_int.h"

#include "memory/gc.h"
#include "objects/buffer.h"
#include "objects/call.h"
#include "objects/hash.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/slice.h"
#include "objects/str/str_int.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "runtime/start.h"
#include "runtime/warnings.h"

enum { HEAD = offsetof(PyBytesObject, ob_sval) + 1 };

#define CHAR_OBJECT(n) { { PyObject_HEAD_INIT(&PyBytes_Type), n }, -1, { 0 } }
typedef union BytesCell {
    PyBytesObject o;
    char room[40];
} BytesCell;
static BytesCell bytes_empty = { CHAR_OBJECT(0) };
static BytesCell bytes_chars[256] = { [0 ... 255] = { CHAR_OBJECT(1) } };

PyObject *bytes_char(unsigned char c)
{
    bytes_chars[c].o.ob_sval[0] = (char)c; /* the same value each time */
    return Py_NewRef(&bytes_chars[c].o);
}

static PyObject *bytes_alloc(Py_ssize_t n)
{
    if (n > PY_SSIZE_T_MAX - HEAD)
        return k_raise(PyExc_OverflowError, "byte string is too large");
    PyBytesObject *o = PyObject_Malloc((size_t)(HEAD + n));
    if (!o)
        return PyErr_NoMemory();
    PyObject_InitVar(&o->ob_base, &PyBytes_Type, n);
    o->ob_shash = -1;
    o->ob_sval[n] = 0;
    return (PyObject *)o;
}

PyObject *PyBytes_FromStringAndSize(const char *p, Py_ssize_t n)
{
    if (n < 0)
        return k_raise(PyExc_SystemError, "Negative size passed to PyBytes_FromStringAndSize");
    if (n == 0)
        return Py_NewRef(&bytes_empty.o);
    if (n == 1 && p)
        return bytes_char((unsigned char)*p);
    PyObject *o = bytes_alloc(n);
    if (o && p)
        memcpy(PyBytes_AS_STRING(o), p, (size_t)n);
    return o;
}

PyObject *PyBytes_FromString(const char *p)
{
    return PyBytes_FromStringAndSize(p, (Py_ssize_t)strlen(p));
}

Py_ssize_t PyBytes_Size(PyObject *o)
{
    if (PyBytes_Check(o))
        return PyBytes_GET_SIZE(o);
    PyErr_Format(PyExc_TypeError, "expected bytes, %.200s found", Py_TYPE(o)->tp_name);
    return -1;
}

char *PyBytes_AsString(PyObject *o)
{
    if (PyBytes_Check(o))
        return PyBytes_AS_STRING(o);
    PyErr_Format(PyExc_TypeError, "expected bytes, %.200s found", Py_TYPE(o)->tp_name);
    return NULL;
}

int PyBytes_AsStringAndSize(PyObject *o, char **s, Py_ssize_t *n)
{
    if (!s) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (!PyBytes_Check(o)) {
        PyErr_Format(PyExc_TypeError, "expected bytes, %.200s found", Py_TYPE(o)->tp_name);
        return -1;
    }
    *s = PyBytes_AS_STRING(o);
    if (n) {
        *n = PyBytes_GET_SIZE(o);
    } else if (strlen(*s) != (size_t)PyBytes_GET_SIZE(o)) {
        PyErr_SetString(PyExc_ValueError, "embedded null byte");
        return -1;
    }
    return 0;
}

/* Longer or shorter; *slot is the caller's only reference, NULL on failure. */
int _PyBytes_Resize(PyObject **slot, Py_ssize_t n)
{
    PyObject *o = *slot;
    if (!PyBytes_Check(o) || n < 0) {
        *slot = NULL;
        Py_XDECREF(o);
        PyErr_BadInternalCall();
        return -1;
    }
    Py_ssize_t old = PyBytes_GET_SIZE(o);
    if (old == n)
        return 0;
    if (n == 0 || old == 0 || Py_REFCNT(o) != 1) {
        if (old && n && Py_REFCNT(o) != 1) {
            *slot = NULL;
            Py_DECREF(o);
            PyErr_BadInternalCall();
            return -1;
        }
        *slot = PyBytes_FromStringAndSize(NULL, n);
        Py_DECREF(o);
        return *slot ? 0 : -1;
    }
    PyBytesObject *moved = n > PY_SSIZE_T_MAX - HEAD ? NULL : PyObject_Realloc(o, (size_t)(HEAD + n));
    if (!moved) {
        *slot = NULL;
        Py_DECREF(o);
        PyErr_NoMemory();
        return -1;
    }
    Py_SET_SIZE(moved, n);
    moved->ob_sval[n] = 0;
    moved->ob_shash = -1;
    *slot = (PyObject *)moved;
    return 0;
}

void PyBytes_Concat(PyObject **slot, PyObject *b)
{
    if (!*slot)
        return;
    if (!b) {
        Py_CLEAR(*slot);
        return;
    }
    if (Py_REFCNT(*slot) == 1 && PyBytes_CheckExact(*slot) && PyBytes_GET_SIZE(*slot)) {
        Py_buffer view;
        if (PyObject_GetBuffer(b, &view, PyBUF_SIMPLE) < 0) {
            PyErr_Format(PyExc_TypeError, "can't concat %.100s to %.100s", Py_TYPE(b)->tp_name, Py_TYPE(*slot)->tp_name);
            Py_CLEAR(*slot);
            return;
        }
        Py_ssize_t old = PyBytes_GET_SIZE(*slot);
        if (_PyBytes_Resize(slot, old + view.len) == 0)
            memcpy(PyBytes_AS_STRING(*slot) + old, view.buf, (size_t)view.len);
        PyBuffer_Release(&view);
        return;
    }
    Py_SETREF(*slot, byte_concat(*slot, b));
}

void PyBytes_ConcatAndDel(PyObject **slot, PyObject *b)
{
    PyBytes_Concat(slot, b);
    Py_XDECREF(b);
}

/* ---- construction ---- */

/* One more byte for a growing bytes object. */
static int append_byte(PyObject **slot, Py_ssize_t used, unsigned char c)
{
    Py_ssize_t room = PyBytes_GET_SIZE(*slot);
    if (used == room && _PyBytes_Resize(slot, room + room / 2 + 16) < 0)
        return -1;
    PyBytes_AS_STRING(*slot)[used] = (char)c;
    return 0;
}

static int item_value(PyObject *item, unsigned char *c)
{
    Py_ssize_t value = PyNumber_AsSsize_t(item, NULL); /* runs code */
    if (value == -1 && PyErr_Occurred())
        return -1;
    if (value < 0 || value > 255) {
        PyErr_SetString(PyExc_ValueError, "bytes must be in range(0, 256)");
        return -1;
    }
    *c = (unsigned char)value;
    return 0;
}

static PyObject *bytes_from_iterator(PyObject *it, Py_ssize_t hint)
{
    PyObject *out = bytes_alloc(Py_MAX(hint, 16));
    Py_ssize_t used = 0;
    while (out) {
        K_AUTO(PyObject *) item = PyIter_Next(it); /* runs code */
        unsigned char c;
        if (!item) {
            if (PyErr_Occurred())
                break;
            if (_PyBytes_Resize(&out, used) < 0)
                return NULL;
            return out;
        }
        if (item_value(item, &c) < 0 || append_byte(&out, used, c) < 0)
            break;
        used++;
    }
    Py_XDECREF(out);
    return NULL;
}

static PyObject *bytes_from_buffer(PyObject *o)
{
    Py_buffer view;
    if (PyObject_GetBuffer(o, &view, PyBUF_FULL_RO) < 0)
        return NULL;
    PyObject *out = PyBytes_FromStringAndSize(NULL, view.len);
    if (out && view.len && PyBuffer_ToContiguous(PyBytes_AS_STRING(out), &view, view.len, 'C') < 0)
        Py_CLEAR(out);
    PyBuffer_Release(&view);
    return out;
}

PyObject *byte_from_object(PyObject *o)
{
    if (PyObject_CheckBuffer(o))
        return bytes_from_buffer(o);
    if (!PyUnicode_Check(o)) {
        K_AUTO(PyObject *) it = PyObject_GetIter(o);
        if (it) {
            Py_ssize_t hint = PyObject_LengthHint(o, 64);
            return hint < 0 ? NULL : bytes_from_iterator(it, hint);
        }
        if (!PyErr_ExceptionMatches(PyExc_TypeError))
            return NULL;
    }
    return k_raise(PyExc_TypeError, "cannot convert '%.200s' object to bytes", Py_TYPE(o)->tp_name);
}

PyObject *PyBytes_FromObject(PyObject *o)
{
    if (!o) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return PyBytes_CheckExact(o) ? Py_NewRef(o) : byte_from_object(o);
}

int byte_source(PyObject *source, PyObject *encoding, PyObject *errors, const char *fn, PyObject **encoded)
{
    const char *encoding_text = NULL, *errors_text = NULL, *wrong = NULL;
    *encoded = NULL;
    if ((encoding && k_arg_utf8(encoding, fn, "'encoding'", &encoding_text) < 0) ||
        (errors && k_arg_utf8(errors, fn, "'errors'", &errors_text) < 0))
        return -1;
    int is_str = source && PyUnicode_Check(source);
    if (encoding && !is_str)
        wrong = "encoding without a string argument";
    else if (errors && !is_str)
        wrong = "errors without a string argument";
    else if (is_str && !encoding)
        wrong = "string argument without an encoding";
    if (wrong) {
        PyErr_SetString(PyExc_TypeError, wrong);
        return -1;
    }
    if (!encoding)
        return 0;
    *encoded = PyUnicode_AsEncodedString(source, encoding_text, errors_text);
    return *encoded ? 0 : -1;
}

/* bytes(source) for a source that is no str. */
static PyObject *bytes_of(PyObject *source)
{
    PyObject *method = k_lookup_special(source, K_STR("__bytes__"));
    if (method) {
        PyObject *result = PyObject_CallNoArgs(method);
        Py_DECREF(method);
        if (result && !PyBytes_Check(result)) {
            PyErr_Format(PyExc_TypeError, "__bytes__ returned non-bytes (type %.200s)", Py_TYPE(result)->tp_name);
            Py_CLEAR(result);
        }
        return result;
    }
    if (PyErr_Occurred())
        return NULL;
    if (PyIndex_Check(source)) {
        Py_ssize_t n = PyNumber_AsSsize_t(source, PyExc_OverflowError);
        if (n == -1 && PyErr_Occurred()) {
            if (!k_catch(PyExc_TypeError))
                return NULL;
            return PyBytes_FromObject(source);
        }
        if (n < 0)
            return k_raise(PyExc_ValueError, "negative count");
        PyObject *o = PyBytes_FromStringAndSize(NULL, n);
        if (o && n)
            memset(PyBytes_AS_STRING(o), 0, (size_t)n);
        return o;
    }
    return PyBytes_FromObject(source);
}

BINDER(bytes_new, "bytes", "(source=<unrepresentable>, encoding=<unrepresentable>, errors=<unrepresentable>)", *source,
       *encoding, *errors);

static PyObject *bytes_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    bytes_new_args arg;
    PyObject *owned = NULL, *o;
    if (BIND(bytes_new, &arg, args, kwargs, &owned) < 0)
        return NULL;
    K_AUTO(PyObject *) keep = owned;
    if (arg.source && PyUnicode_Check(arg.source) && !arg.encoding && !arg.errors) { /* __bytes__ of a subclass comes first */
        PyObject *method = k_lookup_special(arg.source, K_STR("__bytes__"));
        if (!method)
            return PyErr_Occurred() ? NULL : k_raise(PyExc_TypeError, "string argument without an encoding");
        Py_DECREF(method);
        o = bytes_of(arg.source);
    } else {
        if (byte_source(arg.source, arg.encoding, arg.errors, "bytes", &o) < 0)
            return NULL;
        if (!o)
            o = arg.source ? bytes_of(arg.source) : PyBytes_FromStringAndSize(NULL, 0);
    }
    if (!o || type == &PyBytes_Type)
        return o;
    K_AUTO(PyObject *) plain = o;
    PyObject *self = type->tp_alloc(type, PyBytes_GET_SIZE(plain));
    if (self) {
        memcpy(PyBytes_AS_STRING(self), PyBytes_AS_STRING(plain), (size_t)PyBytes_GET_SIZE(plain) + 1);
        ((PyBytesObject *)self)->ob_shash = ((PyBytesObject *)plain)->ob_shash;
    }
    return self;
}

/* ---- slots ---- */

static Py_ssize_t bytes_length(PyObject *o)
{
    return PyBytes_GET_SIZE(o);
}

static Py_hash_t bytes_hash(PyObject *self)
{
    PyBytesObject *o = (PyBytesObject *)self;
    if (o->ob_shash == -1)
        o->ob_shash = _Py_HashBytes(o->ob_sval, Py_SIZE(o));
    return o->ob_shash;
}

static PyObject *bytes_item(PyObject *o, Py_ssize_t i)
{
    if (i < 0 || i >= PyBytes_GET_SIZE(o))
        return k_raise(PyExc_IndexError, "index out of range");
    return PyLong_FromLong((unsigned char)PyBytes_AS_STRING(o)[i]);
}

static PyObject *bytes_subscript(PyObject *o, PyObject *key)
{
    if (PyIndex_Check(key)) {
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred())
            return NULL;
        return bytes_item(o, i < 0 ? i + PyBytes_GET_SIZE(o) : i);
    }
    if (!PySlice_Check(key))
        return k_raise(PyExc_TypeError, "byte indices must be integers or slices, not %.200s", Py_TYPE(key)->tp_name);
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(key, &start, &stop, &step) < 0)
        return NULL;
    Py_ssize_t n = PySlice_AdjustIndices(PyBytes_GET_SIZE(o), &start, &stop, step);
    if (step == 1 && n == PyBytes_GET_SIZE(o) && PyBytes_CheckExact(o))
        return Py_NewRef(o);
    return step == 1 ? PyBytes_FromStringAndSize(PyBytes_AS_STRING(o) + start, Py_MAX(n, 0)) : byte_step_slice(o, start, step, n);
}

static int bytes_getbuffer(PyObject *o, Py_buffer *view, int flags)
{
    return PyBuffer_FillInfo(view, o, PyBytes_AS_STRING(o), PyBytes_GET_SIZE(o), 1, flags);
}

static PyObject *bytes_concat(PyObject *a, PyObject *b)
{
    return byte_concat(a, b);
}

PyObject *PyBytes_Repr(PyObject *o, int smart_quotes)
{
    (void)smart_quotes;
    return byte_repr(PyBytes_AS_STRING(o), PyBytes_GET_SIZE(o), "b", "");
}

static PyObject *bytes_repr(PyObject *o)
{
    return PyBytes_Repr(o, 1);
}

static PyObject *bytes_str(PyObject *o)
{
    if (Py_BytesWarningFlag && PyErr_WarnEx(PyExc_BytesWarning, "str() on a bytes instance", 1) < 0)
        return NULL;
    return bytes_repr(o);
}

METHOD_RAW(bytesown, __getnewargs__, NOARGS, 0, "")
{
    return Py_BuildValue("(N)", PyBytes_FromStringAndSize(PyBytes_AS_STRING(self), PyBytes_GET_SIZE(self)));
}
METHOD(bytesown, __bytes__, NOARGS, "($self, /)", "Convert this value to exact type bytes.")
{
    return byte_result(self);
}
METHODS_END(bytesown);
METHODS_DECLARE(bytesown);

static PyNumberMethods bytes_as_number = { .nb_remainder = byte_remainder };
static PySequenceMethods bytes_as_sequence = {
    .sq_length = bytes_length, .sq_concat = bytes_concat, .sq_repeat = byte_repeat, .sq_item = bytes_item,
    .sq_contains = byte_contains,
};
static PyMappingMethods bytes_as_mapping = { .mp_length = bytes_length, .mp_subscript = bytes_subscript };
static PyBufferProcs bytes_as_buffer = { .bf_getbuffer = bytes_getbuffer };

PyTypeObject PyBytes_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "bytes",
    .tp_basicsize = HEAD,
    .tp_itemsize = 1,
    .tp_repr = bytes_repr,
    .tp_as_number = &bytes_as_number,
    .tp_as_sequence = &bytes_as_sequence,
    .tp_as_mapping = &bytes_as_mapping,
    .tp_hash = bytes_hash,
    .tp_str = bytes_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_as_buffer = &bytes_as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_BYTES_SUBCLASS | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc = "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\n"
              "bytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\n"
              "bytes(int) -> bytes object of that many zero bytes\nbytes() -> empty bytes object\n\n"
              "An unchangeable row of bytes.",
    .tp_richcompare = byte_compare,
    .tp_iter = byte_iter,
    .tp_methods = METHODS(bytesown),
    .tp_base = &PyBaseObject_Type,
    .tp_new = bytes_new,
    .tp_free = PyObject_Free,
};
K_TYPE(PyBytes_Type);
