/* bytes_ops.c - what bytes and bytearray do alike outside their methods: concatenation, joining, comparison, repr,
 * iteration, hexadecimal text.
 *
 * In: an object of one of the two types (byte_run gives its bytes), or any buffer.  Out: an object of the type of the
 * left operand. */
#include "objects/bytes/bytes_int.h"

#include "base/search.h"
#include "memory/gc.h"
#include "objects/buffer.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str_int.h"
#include "objects/tuple.h"
#include "runtime/codecs.h"
#include "runtime/errors.h"
#include "runtime/start.h"
#include "runtime/warnings.h"
#include "vm/eval.h"

PyObject *byte_new_like(PyObject *self, const char *p, Py_ssize_t n)
{
    return PyBytes_Check(self) ? PyBytes_FromStringAndSize(p, n) : PyByteArray_FromStringAndSize(p, n);
}

PyObject *byte_result(PyObject *self)
{
    if (PyBytes_CheckExact(self))
        return Py_NewRef(self);
    ByteRun run = byte_run(self);
    return byte_new_like(self, run.p, run.n);
}

int byte_value(PyObject *o, unsigned char *out)
{
    Py_ssize_t value = PyNumber_AsSsize_t(o, NULL); /* runs code; TypeError when o is no int */
    if (value == -1 && PyErr_Occurred())
        return -1;
    if (value < 0 || value > 255) {
        PyErr_SetString(PyExc_ValueError, "byte must be in range(0, 256)");
        return -1;
    }
    *out = (unsigned char)value;
    return 0;
}

int byte_contains(PyObject *self, PyObject *sub)
{
    ByteRun run = byte_run(self);
    if (PyIndex_Check(sub)) {
        unsigned char c;
        if (byte_value(sub, &c) < 0)
            return -1;
        run = byte_run(self);
        return search_find_unit(1, run.p, run.n, c) >= 0;
    }
    Py_buffer view;
    if (PyObject_GetBuffer(sub, &view, PyBUF_SIMPLE) < 0)
        return -1;
    int found = search_find(1, run.p, run.n, view.buf, view.len) >= 0;
    PyBuffer_Release(&view);
    return found;
}

/* ---- concatenation ---- */

PyObject *byte_concat(PyObject *a, PyObject *b)
{
    Py_buffer va = { 0 }, vb = { 0 };
    PyObject *result = NULL;
    if (PyObject_GetBuffer(a, &va, PyBUF_SIMPLE) < 0 || PyObject_GetBuffer(b, &vb, PyBUF_SIMPLE) < 0) {
        PyErr_Format(PyExc_TypeError, "can't concat %.100s to %.100s", Py_TYPE(b)->tp_name, Py_TYPE(a)->tp_name);
    } else if (PyBytes_CheckExact(a) && vb.len == 0) {
        result = Py_NewRef(a);
    } else if (PyBytes_Check(a) && va.len == 0 && PyBytes_CheckExact(b)) {
        result = Py_NewRef(b);
    } else if (va.len > PY_SSIZE_T_MAX - vb.len) {
        PyErr_NoMemory();
    } else {
        result = byte_new_like(a, NULL, va.len + vb.len);
        if (result && va.len + vb.len) {
            memcpy(byte_text(result), va.buf, (size_t)va.len);
            memcpy(byte_text(result) + va.len, vb.buf, (size_t)vb.len);
        }
    }
    if (va.obj)
        PyBuffer_Release(&va);
    if (vb.obj)
        PyBuffer_Release(&vb);
    return result;
}

PyObject *byte_repeat(PyObject *self, Py_ssize_t times)
{
    Py_ssize_t n = byte_run(self).n;
    times = Py_MAX(times, 0);
    if (times && n > PY_SSIZE_T_MAX / times) {
        if (PyBytes_Check(self))
            return k_raise(PyExc_OverflowError, "repeated bytes are too long");
        return PyErr_NoMemory();
    }
    if (times == 1 && PyBytes_CheckExact(self))
        return Py_NewRef(self);
    PyObject *result = byte_new_like(self, NULL, n * times);
    if (!result || n * times == 0)
        return result;
    char *to = byte_text(result);
    size_t done = (size_t)n, all = (size_t)(n * times);
    memcpy(to, byte_run(self).p, done);
    while (done < all) {
        size_t step = Py_MIN(done, all - done);
        memcpy(to + done, to, step);
        done += step;
    }
    return result;
}

PyObject *byte_step_slice(PyObject *self, Py_ssize_t start, Py_ssize_t step, Py_ssize_t n)
{
    PyObject *result = byte_new_like(self, NULL, Py_MAX(n, 0));
    if (!result)
        return NULL;
    const char *from = byte_run(self).p;
    char *to = byte_text(result);
    for (Py_ssize_t i = 0, at = start; i < n; i++, at += step)
        to[i] = from[at];
    if (n == 1 && PyBytes_Check(self))
        K_SET(result, bytes_char((unsigned char)from[start]));
    return result;
}

/* ---- join ---- */

/* Views of all items; *count is how many are open, on failure too. 0, or -1. */
static int open_views(PyObject *items, Py_buffer *views, Py_ssize_t *count)
{
    Py_ssize_t n = PySequence_Fast_GET_SIZE(items);
    for (*count = 0; *count < n; (*count)++) {
        PyObject *item = PySequence_Fast_GET_ITEM(items, *count);
        if (PyObject_GetBuffer(item, &views[*count], PyBUF_SIMPLE) < 0) {
            PyErr_Format(PyExc_TypeError, "sequence item %zd: expected a bytes-like object, %.80s found", *count,
                         Py_TYPE(item)->tp_name);
            return -1;
        }
        if (PySequence_Fast_GET_SIZE(items) != n) {
            PyErr_SetString(PyExc_RuntimeError, "sequence changed size during iteration");
            (*count)++;
            return -1;
        }
    }
    return 0;
}

static PyObject *join_views(PyObject *separator, const Py_buffer *views, Py_ssize_t n)
{
    ByteRun gap = byte_run(separator);
    Py_ssize_t size = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_ssize_t add = views[i].len + (i ? gap.n : 0);
        if (add > PY_SSIZE_T_MAX - size)
            return k_raise(PyExc_OverflowError, "join() result is too long");
        size += add;
    }
    PyObject *result = byte_new_like(separator, NULL, size);
    if (!result || size == 0)
        return result;
    char *to = byte_text(result);
    for (Py_ssize_t i = 0; i < n; i++) {
        if (i)
            to = mempcpy(to, gap.p, (size_t)gap.n);
        to = mempcpy(to, views[i].buf, (size_t)views[i].len);
    }
    return result;
}

PyObject *byte_join(PyObject *separator, PyObject *iterable)
{
    K_AUTO(PyObject *) items = PySequence_Fast(iterable, "can only join an iterable"); /* runs code */
    if (!items)
        return NULL;
    Py_ssize_t n = PySequence_Fast_GET_SIZE(items), open = 0;
    if (n == 0)
        return byte_new_like(separator, NULL, 0);
    if (n == 1 && PyBytes_Check(separator) && PyBytes_CheckExact(PySequence_Fast_GET_ITEM(items, 0)))
        return Py_NewRef(PySequence_Fast_GET_ITEM(items, 0));
    Py_buffer few[8], *views = n <= 8 ? few : PyMem_New(Py_buffer, n);
    if (!views)
        return PyErr_NoMemory();
    PyObject *result = open_views(items, views, &open) < 0 ? NULL : join_views(separator, views, n);
    while (open-- > 0)
        PyBuffer_Release(&views[open]);
    if (views != few)
        PyMem_Free(views);
    return result;
}

PyObject *_PyBytes_Join(PyObject *separator, PyObject *iterable)
{
    return byte_join(separator, iterable);
}

/* ---- comparison ---- */

static int warn_mixed(PyObject *a, PyObject *b, int op, const char *type_name)
{
    if (!Py_BytesWarningFlag || (op != Py_EQ && op != Py_NE))
        return 0;
    if (PyUnicode_Check(a) || PyUnicode_Check(b))
        return PyErr_WarnFormat(PyExc_BytesWarning, 1, "Comparison between %s and string", type_name);
    if (PyBytes_Check(a) && (PyLong_Check(a) || PyLong_Check(b)))
        return PyErr_WarnFormat(PyExc_BytesWarning, 1, "Comparison between bytes and int");
    return 0;
}

static PyObject *compare_runs(ByteRun a, ByteRun b, int op)
{
    if ((op == Py_EQ || op == Py_NE) && a.n != b.n)
        Py_RETURN_BOOL(op == Py_NE);
    int order = memcmp(a.p, b.p, (size_t)Py_MIN(a.n, b.n));
    if (order == 0)
        order = a.n < b.n ? -1 : a.n > b.n;
    Py_RETURN_RICHCOMPARE(order, 0, op);
}

PyObject *byte_compare(PyObject *a, PyObject *b, int op)
{
    if (PyBytes_Check(a) && PyBytes_Check(b)) {
        if (a == b)
            Py_RETURN_BOOL(op == Py_EQ || op == Py_LE || op == Py_GE);
        return compare_runs(byte_run(a), byte_run(b), op);
    }
    if (PyBytes_Check(a) || !PyObject_CheckBuffer(a) || !PyObject_CheckBuffer(b)) {
        if (warn_mixed(a, b, op, PyBytes_Check(a) ? "bytes" : "bytearray") < 0)
            return NULL;
        Py_RETURN_NOTIMPLEMENTED;
    }
    Py_buffer va, vb;
    if (PyObject_GetBuffer(a, &va, PyBUF_SIMPLE) < 0) {
        PyErr_Clear();
        Py_RETURN_NOTIMPLEMENTED;
    }
    PyObject *result;
    if (PyObject_GetBuffer(b, &vb, PyBUF_SIMPLE) < 0) {
        PyErr_Clear();
        result = Py_NewRef(Py_NotImplemented);
    } else {
        result = compare_runs((ByteRun){ va.buf, va.len }, (ByteRun){ vb.buf, vb.len }, op);
        PyBuffer_Release(&vb);
    }
    PyBuffer_Release(&va);
    return result;
}

/* ---- text ---- */

static Py_ssize_t repr_size(unsigned char c, char quote)
{
    if (c == (unsigned char)quote || c == '\\' || c == '\t' || c == '\n' || c == '\r')
        return 2;
    return c < ' ' || c >= 0x7f ? 4 : 1;
}

static char *repr_char(char *out, unsigned char c, char quote)
{
    Py_ssize_t size = repr_size(c, quote);
    if (size == 1) {
        *out++ = (char)c;
    } else if (size == 2) {
        *out++ = '\\';
        *out++ = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : (char)c;
    } else {
        *out++ = '\\';
        *out++ = 'x';
        *out++ = Py_hexdigits[c >> 4];
        *out++ = Py_hexdigits[c & 15];
    }
    return out;
}

PyObject *byte_repr(const char *p, Py_ssize_t n, const char *prefix, const char *tail)
{
    char quote = n && memchr(p, '\'', (size_t)n) && !memchr(p, '"', (size_t)n) ? '"' : '\'';
    Py_ssize_t size = (Py_ssize_t)(strlen(prefix) + strlen(tail)) + 2;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (size > PY_SSIZE_T_MAX - 4)
            return k_raise(PyExc_OverflowError, "bytes object is too large to make repr");
        size += repr_size((unsigned char)p[i], quote);
    }
    PyObject *s = PyUnicode_New(size, 0x7f);
    if (!s)
        return NULL;
    char *out = stpcpy(STR_DATA(s), prefix);
    *out++ = quote;
    for (Py_ssize_t i = 0; i < n; i++)
        out = repr_char(out, (unsigned char)p[i], quote);
    *out++ = quote;
    memcpy(out, tail, strlen(tail));
    return s;
}

/* The separator of hex(): -1 with an exception, 0 none. */
static int hex_separator(PyObject *sep)
{
    Py_UCS4 c;
    Py_ssize_t n = PyObject_Size(sep);
    if (n < 0)
        return -1;
    if (n != 1) {
        PyErr_SetString(PyExc_ValueError, "sep must be length 1.");
        return -1;
    }
    if (PyUnicode_Check(sep)) {
        c = STR_AT(sep, 0);
    } else if (PyBytes_Check(sep)) {
        c = (unsigned char)PyBytes_AS_STRING(sep)[0];
    } else {
        PyErr_SetString(PyExc_TypeError, "sep must be str or bytes.");
        return -1;
    }
    if (c > 127) {
        PyErr_SetString(PyExc_ValueError, "sep must be ASCII.");
        return -1;
    }
    return (int)c;
}

/* group: bytes between two separators, counted from the right when positive, from the left when negative. */
static PyObject *hex_text(const char *p, Py_ssize_t n, int has_sep, char sep, int group, int as_bytes)
{
    Py_ssize_t width = group < 0 ? -(Py_ssize_t)group : group;
    Py_ssize_t gaps = has_sep && width && n ? (n - 1) / width : 0;
    if (n > (PY_SSIZE_T_MAX - gaps) / 2)
        return PyErr_NoMemory();
    PyObject *s = as_bytes ? PyBytes_FromStringAndSize(NULL, n * 2 + gaps) : PyUnicode_New(n * 2 + gaps, 0x7f);
    if (!s || n == 0)
        return s;
    char *out = as_bytes ? PyBytes_AS_STRING(s) : STR_DATA(s);
    for (Py_ssize_t i = 0; i < n; i++) {
        if (gaps && i && (group > 0 ? (n - i) % width : i % width) == 0)
            *out++ = sep;
        *out++ = Py_hexdigits[(unsigned char)p[i] >> 4];
        *out++ = Py_hexdigits[(unsigned char)p[i] & 15];
    }
    return s;
}

PyObject *byte_hex(const char *p, Py_ssize_t n, PyObject *sep, PyObject *bytes_per_sep)
{
    int group = 1, c = 0;
    if (bytes_per_sep && k_arg_int(bytes_per_sep, &group) < 0)
        return NULL;
    if (sep && (c = hex_separator(sep)) < 0)
        return NULL;
    return hex_text(p, n, sep != NULL, (char)c, group, 0);
}

K_API PyObject *_Py_strhex(const char *p, const Py_ssize_t n);
K_API PyObject *_Py_strhex_bytes(const char *p, const Py_ssize_t n);
K_API PyObject *_Py_strhex_with_sep(const char *p, const Py_ssize_t n, PyObject *sep, const int bytes_per_group);
K_API PyObject *_Py_strhex_bytes_with_sep(const char *p, const Py_ssize_t n, PyObject *sep, const int bytes_per_group);

PyObject *_Py_strhex(const char *p, const Py_ssize_t n)
{
    return hex_text(p, n, 0, 0, 0, 0);
}

PyObject *_Py_strhex_bytes(const char *p, const Py_ssize_t n)
{
    return hex_text(p, n, 0, 0, 0, 1);
}

static PyObject *hex_with_sep(const char *p, Py_ssize_t n, PyObject *sep, int group, int as_bytes)
{
    int c = sep ? hex_separator(sep) : 0;
    return c < 0 ? NULL : hex_text(p, n, sep != NULL, (char)c, group, as_bytes);
}

PyObject *_Py_strhex_with_sep(const char *p, const Py_ssize_t n, PyObject *sep, const int bytes_per_group)
{
    return hex_with_sep(p, n, sep, bytes_per_group, 0);
}

PyObject *_Py_strhex_bytes_with_sep(const char *p, const Py_ssize_t n, PyObject *sep, const int bytes_per_group)
{
    return hex_with_sep(p, n, sep, bytes_per_group, 1);
}

/* ---- iterators of both types ---- */

PyObject *byte_iter(PyObject *self)
{
    ByteIter *it = PyObject_GC_New(ByteIter, PyBytes_Check(self) ? &PyBytesIter_Type : &PyByteArrayIter_Type);
    if (!it)
        return NULL;
    it->index = 0;
    it->o = Py_NewRef(self);
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

static PyObject *byteiter_next(PyObject *self)
{
    ByteIter *it = (ByteIter *)self;
    if (!it->o)
        return NULL;
    ByteRun run = byte_run(it->o);
    if (it->index < run.n)
        return PyLong_FromLong((unsigned char)run.p[it->index++]);
    Py_CLEAR(it->o);
    return NULL;
}

static void byteiter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((ByteIter *)self)->o);
    PyObject_GC_Del(self);
}

static int byteiter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((ByteIter *)self)->o);
    return 0;
}

METHOD_RAW(byteiter, __length_hint__, NOARGS, 0, "An estimate of how many items are left.")
{
    ByteIter *it = (ByteIter *)self;
    return PyLong_FromSsize_t(it->o ? Py_MAX(byte_run(it->o).n - it->index, 0) : 0);
}
METHOD_RAW(byteiter, __reduce__, NOARGS, 0, "The state for pickling.")
{
    ByteIter *it = (ByteIter *)self;
    PyObject *iter = _PyEval_GetBuiltin(K_STR("iter"));
    if (!iter)
        return NULL;
    if (!it->o)
        return Py_BuildValue("N(())", iter);
    return Py_BuildValue("N(O)n", iter, it->o, it->index);
}
METHOD_RAW(byteiter, __setstate__, O, 0, "Takes the state of an unpickled iterator.")
{
    ByteIter *it = (ByteIter *)self;
    Py_ssize_t index = PyLong_AsSsize_t(arg);
    if (index == -1 && PyErr_Occurred())
        return NULL;
    if (it->o)
        it->index = index < 0 ? 0 : Py_MIN(index, byte_run(it->o).n);
    Py_RETURN_NONE;
}
METHODS_END(byteiter);
METHODS_DECLARE(byteiter);

#define BYTE_ITER_TYPE(type_name)                                                                                      \
    {                                                                                                                  \
        .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0), .tp_name = type_name, .tp_basicsize = sizeof(ByteIter),     \
        .tp_dealloc = byteiter_dealloc, .tp_getattro = PyObject_GenericGetAttr,                                        \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = byteiter_traverse,                         \
        .tp_iter = PyObject_SelfIter, .tp_iternext = byteiter_next, .tp_methods = METHODS(byteiter)                    \
    }
PyTypeObject PyBytesIter_Type = BYTE_ITER_TYPE("bytes_iterator");
PyTypeObject PyByteArrayIter_Type = BYTE_ITER_TYPE("bytearray_iterator");
K_TYPE(PyBytesIter_Type);
K_TYPE(PyByteArrayIter_Type);

/* ---- searching and repeating for modules that hold no bytes object ---- */

K_API Py_ssize_t _PyBytes_Find(const char *hay, Py_ssize_t n, const char *needle, Py_ssize_t m, Py_ssize_t offset);
K_API Py_ssize_t _PyBytes_ReverseFind(const char *hay, Py_ssize_t n, const char *needle, Py_ssize_t m, Py_ssize_t offset);
K_API void _PyBytes_Repeat(char *to, Py_ssize_t n, const char *from, Py_ssize_t m);

Py_ssize_t _PyBytes_Find(const char *hay, Py_ssize_t n, const char *needle, Py_ssize_t m, Py_ssize_t offset)
{
    Py_ssize_t at = search_find(1, hay, n, needle, m);
    return at < 0 ? -1 : at + offset;
}

Py_ssize_t _PyBytes_ReverseFind(const char *hay, Py_ssize_t n, const char *needle, Py_ssize_t m, Py_ssize_t offset)
{
    Py_ssize_t at = search_rfind(1, hay, n, needle, m);
    return at < 0 ? -1 : at + offset;
}

void _PyBytes_Repeat(char *to, Py_ssize_t n, const char *from, Py_ssize_t m)
{
    for (Py_ssize_t done = 0; m && done < n; done += m)
        memcpy(to + done, from, (size_t)Py_MIN(m, n - done));
}
