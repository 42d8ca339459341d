/* bytearray.c - bytearray: a changeable row of bytes.
 *
 * Invariants: ob_start lies in the block ob_bytes; behind the last byte stands a 0 (ob_alloc counts it); while a buffer
 * is exported (ob_exports) the size cannot change. Cutting at the front only moves ob_start.
 * Start at PyByteArray_Resize(). */
#include "objects/bytes/bytes_int.h"

#include "memory/gc.h"
#include "objects/buffer.h"
#include "objects/call.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/slice.h"
#include "objects/str/str.h"
#include "runtime/errors.h"
#include "runtime/start.h"
#include "runtime/warnings.h"

char _PyByteArray_empty_string[] = "";

typedef PyByteArrayObject ByteArray;

static int array_is_exported(ByteArray *self)
{
    if (self->ob_exports > 0)
        PyErr_SetString(PyExc_BufferError, "Existing exports of data: object cannot be re-sized");
    return self->ob_exports > 0;
}

PyObject *PyByteArray_FromStringAndSize(const char *p, Py_ssize_t n)
{
    if (n < 0)
        return k_raise(PyExc_SystemError, "Negative size passed to PyByteArray_FromStringAndSize");
    ByteArray *self = PyObject_New(ByteArray, &PyByteArray_Type);
    if (!self)
        return NULL;
    self->ob_bytes = self->ob_start = NULL;
    self->ob_alloc = self->ob_exports = 0;
    Py_SET_SIZE(self, 0);
    if (n) {
        self->ob_bytes = n == PY_SSIZE_T_MAX ? NULL : PyObject_Malloc((size_t)n + 1);
        if (!self->ob_bytes) {
            Py_DECREF(self);
            return PyErr_NoMemory();
        }
        self->ob_start = self->ob_bytes;
        self->ob_alloc = n + 1;
        Py_SET_SIZE(self, n);
        if (p)
            memcpy(self->ob_bytes, p, (size_t)n);
        self->ob_bytes[n] = 0;
    }
    return (PyObject *)self;
}

PyObject *PyByteArray_FromObject(PyObject *o)
{
    return PyObject_CallOneArg((PyObject *)&PyByteArray_Type, o);
}

Py_ssize_t PyByteArray_Size(PyObject *self)
{
    return Py_SIZE(self);
}

char *PyByteArray_AsString(PyObject *self)
{
    return PyByteArray_AS_STRING(self);
}

PyObject *PyByteArray_Concat(PyObject *a, PyObject *b)
{
    Py_buffer va, vb;
    if (PyObject_GetBuffer(a, &va, PyBUF_SIMPLE) < 0)
        return k_raise(PyExc_TypeError, "can't concat %.100s to %.100s", Py_TYPE(b)->tp_name, Py_TYPE(a)->tp_name);
    PyObject *result = NULL;
    if (PyObject_GetBuffer(b, &vb, PyBUF_SIMPLE) < 0) {
        PyErr_Format(PyExc_TypeError, "can't concat %.100s to %.100s", Py_TYPE(b)->tp_name, Py_TYPE(a)->tp_name);
    } else {
        result = va.len > PY_SSIZE_T_MAX - vb.len ? PyErr_NoMemory() : PyByteArray_FromStringAndSize(NULL, va.len + vb.len);
        if (result && va.len + vb.len)
            memcpy(mempcpy(PyByteArray_AS_STRING(result), va.buf, (size_t)va.len), vb.buf, (size_t)vb.len);
        PyBuffer_Release(&vb);
    }
    PyBuffer_Release(&va);
    return result;
}

int PyByteArray_Resize(PyObject *o, Py_ssize_t n)
{
    ByteArray *self = (ByteArray *)o;
    Py_ssize_t offset = self->ob_start - self->ob_bytes, room = self->ob_alloc, old = Py_SIZE(self);
    if (n == old)
        return 0;
    if (array_is_exported(self))
        return -1;
    if (n > PY_SSIZE_T_MAX - 1) {
        PyErr_NoMemory();
        return -1;
    }
    if (n + offset + 1 <= room && n >= room / 2) { /* fits, and is not wasteful */
        Py_SET_SIZE(self, n);
        self->ob_start[n] = 0;
        return 0;
    }
    Py_ssize_t want = n + 1;
    if (n + offset + 1 > room && (double)n <= (double)room * 1.125)
        want = n + (n >> 3) + (n < 9 ? 3 : 6); /* growing step by step */
    char *block;
    if (offset > 0) {
        block = PyObject_Malloc((size_t)want);
        if (block)
            memcpy(block, self->ob_start, (size_t)Py_MIN(n, old));
    } else {
        block = PyObject_Realloc(self->ob_bytes, (size_t)want);
    }
    if (!block) {
        PyErr_NoMemory();
        return -1;
    }
    if (offset > 0)
        PyObject_Free(self->ob_bytes);
    self->ob_bytes = self->ob_start = block;
    self->ob_alloc = want;
    Py_SET_SIZE(self, n);
    block[n] = 0;
    return 0;
}

/* Replaces bytes low..high by n others. p may not lie in self. */
static int array_splice(ByteArray *self, Py_ssize_t low, Py_ssize_t high, const char *p, Py_ssize_t n)
{
    Py_ssize_t size = Py_SIZE(self), grow = n - (high - low);
    if (grow && array_is_exported(self))
        return -1;
    if (grow < 0 && low == 0) { /* cut at the front */
        self->ob_start -= grow;
        Py_SET_SIZE(self, size + grow);
        if (self->ob_start + size + grow >= self->ob_bytes + self->ob_alloc)
            self->ob_start = self->ob_bytes;
        self->ob_start[size + grow] = 0;
        if (Py_SIZE(self) < self->ob_alloc / 2) { /* give memory back */
            Py_ssize_t keep = Py_SIZE(self);
            memmove(self->ob_bytes, self->ob_start, (size_t)keep);
            self->ob_start = self->ob_bytes;
            if (keep && PyByteArray_Resize((PyObject *)self, keep + 1) == 0)
                Py_SET_SIZE(self, keep);
            PyErr_Clear();
            self->ob_start[keep] = 0;
        }
    } else if (grow < 0) {
        memmove(self->ob_start + low + n, self->ob_start + high, (size_t)(size - high));
        if (PyByteArray_Resize((PyObject *)self, size + grow) < 0)
            return -1;
    } else if (grow > 0) {
        if (size > PY_SSIZE_T_MAX - grow) {
            PyErr_NoMemory();
            return -1;
        }
        if (PyByteArray_Resize((PyObject *)self, size + grow) < 0)
            return -1;
        memmove(self->ob_start + low + n, self->ob_start + high, (size_t)(size - high));
    }
    if (n)
        memcpy(self->ob_start + low, p, (size_t)n);
    return 0;
}

static int array_append(ByteArray *self, unsigned char c)
{
    Py_ssize_t n = Py_SIZE(self);
    if (n == PY_SSIZE_T_MAX) {
        PyErr_SetString(PyExc_OverflowError, "cannot add more objects to bytearray");
        return -1;
    }
    if (PyByteArray_Resize((PyObject *)self, n + 1) < 0)
        return -1;
    self->ob_start[n] = (char)c;
    return 0;
}

/* ---- construction ---- */

/* Bytes from ints, added one by one; the object may be looked at meanwhile. */
static int array_extend_iterable(ByteArray *self, PyObject *iterable)
{
    K_AUTO(PyObject *) it = PyObject_GetIter(iterable);
    if (!it) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_Format(PyExc_TypeError, "can't extend bytearray with %.100s", Py_TYPE(iterable)->tp_name);
        return -1;
    }
    for (;;) {
        K_AUTO(PyObject *) item = PyIter_Next(it); /* runs code */
        unsigned char c;
        if (!item)
            return PyErr_Occurred() ? -1 : 0;
        if (byte_value(item, &c) < 0 || array_append(self, c) < 0)
            return -1;
    }
}

static int array_take_buffer(ByteArray *self, PyObject *o)
{
    Py_buffer view;
    if (PyObject_GetBuffer(o, &view, PyBUF_FULL_RO) < 0)
        return -1;
    int status = PyByteArray_Resize((PyObject *)self, view.len);
    if (status == 0 && view.len)
        status = PyBuffer_ToContiguous(PyByteArray_AS_STRING(self), &view, view.len, 'C');
    PyBuffer_Release(&view);
    return status;
}

static int array_fill(ByteArray *self, PyObject *source)
{
    if (PyIndex_Check(source)) {
        Py_ssize_t n = PyNumber_AsSsize_t(source, PyExc_OverflowError);
        if (n == -1 && PyErr_Occurred()) {
            if (!k_catch(PyExc_TypeError))
                return -1;
        } else if (n < 0) {
            PyErr_SetString(PyExc_ValueError, "negative count");
            return -1;
        } else {
            if (PyByteArray_Resize((PyObject *)self, n) < 0)
                return -1;
            memset(PyByteArray_AS_STRING(self), 0, (size_t)n);
            return 0;
        }
    }
    if (PyObject_CheckBuffer(source))
        return array_take_buffer(self, source);
    K_AUTO(PyObject *) it = PyObject_GetIter(source);
    if (!it) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_Format(PyExc_TypeError, "cannot convert '%.200s' object to bytearray", Py_TYPE(source)->tp_name);
        return -1;
    }
    return array_extend_iterable(self, it);
}

BINDER(bytearray_init, "bytearray", "(source=<unrepresentable>, encoding=<unrepresentable>, errors=<unrepresentable>)",
       *source, *encoding, *errors);

static int bytearray_init(PyObject *o, PyObject *args, PyObject *kwargs)
{
    bytearray_init_args arg;
    PyObject *owned = NULL, *encoded;
    if (BIND(bytearray_init, &arg, args, kwargs, &owned) < 0)
        return -1;
    K_AUTO(PyObject *) keep = owned;
    if (Py_SIZE(o) && PyByteArray_Resize(o, 0) < 0)
        return -1;
    if (byte_source(arg.source, arg.encoding, arg.errors, "bytearray", &encoded) < 0)
        return -1;
    K_AUTO(PyObject *) bytes = encoded;
    if (bytes)
        return array_take_buffer((ByteArray *)o, bytes);
    return arg.source ? array_fill((ByteArray *)o, arg.source) : 0;
}

static void bytearray_dealloc(PyObject *o)
{
    ByteArray *self = (ByteArray *)o;
    if (self->ob_exports > 0) {
        PyErr_SetString(PyExc_SystemError, "deallocated bytearray object has exported buffers");
        PyErr_WriteUnraisable(NULL);
    }
    PyObject_Free(self->ob_bytes);
    Py_TYPE(o)->tp_free(o);
}

/* ---- slots ---- */

static Py_ssize_t bytearray_length(PyObject *o)
{
    return Py_SIZE(o);
}

static PyObject *bytearray_item(PyObject *o, Py_ssize_t i)
{
    if (i < 0 || i >= Py_SIZE(o))
        return k_raise(PyExc_IndexError, "bytearray index out of range");
    return PyLong_FromLong((unsigned char)((ByteArray *)o)->ob_start[i]);
}

static PyObject *bytearray_subscript(PyObject *o, PyObject *key)
{
    if (PyIndex_Check(key)) {
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred())
            return NULL;
        return bytearray_item(o, i < 0 ? i + Py_SIZE(o) : i);
    }
    if (!PySlice_Check(key))
        return k_raise(PyExc_TypeError, "bytearray indices must be integers or slices, not %.200s", Py_TYPE(key)->tp_name);
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(key, &start, &stop, &step) < 0)
        return NULL;
    Py_ssize_t n = PySlice_AdjustIndices(Py_SIZE(o), &start, &stop, step);
    return step == 1 && n > 0 ? PyByteArray_FromStringAndSize(((ByteArray *)o)->ob_start + start, n)
                              : byte_step_slice(o, start, step, n);
}

static int bytearray_set_item(PyObject *o, Py_ssize_t i, PyObject *value)
{
    ByteArray *self = (ByteArray *)o;
    unsigned char c = 0;
    if (value && byte_value(value, &c) < 0) /* runs code: the size is read behind it */
        return -1;
    if (i < 0)
        i += Py_SIZE(o);
    if (i < 0 || i >= Py_SIZE(o)) {
        PyErr_SetString(PyExc_IndexError, "bytearray index out of range");
        return -1;
    }
    if (!value)
        return array_splice(self, i, i + 1, NULL, 0);
    self->ob_start[i] = (char)c;
    return 0;
}

static int bytearray_sq_set_item(PyObject *o, Py_ssize_t i, PyObject *value)
{
    if (i < 0) { /* the protocol has added the length already */
        PyErr_SetString(PyExc_IndexError, "bytearray index out of range");
        return -1;
    }
    return bytearray_set_item(o, i, value);
}

/* Deletes n bytes, step apart. */
static int array_delete_steps(ByteArray *self, Py_ssize_t start, Py_ssize_t step, Py_ssize_t n)
{
    if (n == 0)
        return 0;
    if (array_is_exported(self))
        return -1;
    if (step < 0) {
        start += step * (n - 1);
        step = -step;
    }
    char *to = self->ob_start + start;
    Py_ssize_t size = Py_SIZE(self);
    for (Py_ssize_t i = 0, at = start; i < n; i++, at += step) {
        Py_ssize_t end = i + 1 < n ? at + step : size;
        memmove(to, self->ob_start + at + 1, (size_t)(end - at - 1));
        to += end - at - 1;
    }
    return PyByteArray_Resize((PyObject *)self, size - n);
}

static int array_assign_slice(ByteArray *self, Py_ssize_t start, Py_ssize_t step, Py_ssize_t n, const char *p, Py_ssize_t size)
{
    if (step == 1)
        return array_splice(self, start, start + n, p, size);
    if (size == 0)
        return array_delete_steps(self, start, step, n);
    if (size != n) {
        PyErr_Format(PyExc_ValueError, "attempt to assign bytes of size %zd to extended slice of size %zd", size, n);
        return -1;
    }
    for (Py_ssize_t i = 0, at = start; i < n; i++, at += step)
        self->ob_start[at] = p[i];
    return 0;
}

static int bytearray_ass_subscript(PyObject *o, PyObject *key, PyObject *value)
{
    ByteArray *self = (ByteArray *)o;
    if (PyIndex_Check(key)) {
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred())
            return -1;
        return bytearray_set_item(o, i, value);
    }
    if (!PySlice_Check(key)) {
        PyErr_Format(PyExc_TypeError, "bytearray indices must be integers or slices, not %.200s", Py_TYPE(key)->tp_name);
        return -1;
    }
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(key, &start, &stop, &step) < 0)
        return -1;
    K_AUTO(PyObject *) bytes = NULL;
    if (value && (value == o || !PyByteArray_Check(value))) {
        if (PyLong_Check(value) || PyUnicode_Check(value)) {
            PyErr_SetString(PyExc_TypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
            return -1;
        }
        K_SET(bytes, PyByteArray_FromObject(value)); /* runs code */
        if (!bytes)
            return -1;
        value = bytes;
    }
    Py_ssize_t n = PySlice_AdjustIndices(Py_SIZE(o), &start, &stop, step);
    if ((step < 0 && start < stop) || (step > 0 && start > stop))
        stop = start;
    return array_assign_slice(self, start, step, Py_MAX(n, 0), value ? PyByteArray_AS_STRING(value) : NULL,
                              value ? Py_SIZE(value) : 0);
}

static PyObject *bytearray_iconcat(PyObject *o, PyObject *b)
{
    Py_buffer view;
    if (PyObject_GetBuffer(b, &view, PyBUF_SIMPLE) < 0)
        return k_raise(PyExc_TypeError, "can't concat %.100s to %.100s", Py_TYPE(b)->tp_name, Py_TYPE(o)->tp_name);
    Py_ssize_t n = Py_SIZE(o);
    if (n > PY_SSIZE_T_MAX - view.len) {
        PyBuffer_Release(&view);
        return PyErr_NoMemory();
    }
    int status = PyByteArray_Resize(o, n + view.len);
    if (status == 0 && view.len)
        memcpy(PyByteArray_AS_STRING(o) + n, view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    return status < 0 ? NULL : Py_NewRef(o);
}

static PyObject *bytearray_irepeat(PyObject *o, Py_ssize_t times)
{
    Py_ssize_t n = Py_SIZE(o);
    times = Py_MAX(times, 0);
    if (n && times > PY_SSIZE_T_MAX / n)
        return PyErr_NoMemory();
    if (PyByteArray_Resize(o, n * times) < 0)
        return NULL;
    char *p = PyByteArray_AS_STRING(o);
    for (Py_ssize_t i = 1; i < times; i++)
        memcpy(p + i * n, p, (size_t)n);
    return Py_NewRef(o);
}

static int bytearray_getbuffer(PyObject *o, Py_buffer *view, int flags)
{
    ByteArray *self = (ByteArray *)o;
    if (!view) {
        PyErr_SetString(PyExc_BufferError, "bytearray_getbuffer: view==NULL argument is obsolete");
        return -1;
    }
    if (PyBuffer_FillInfo(view, o, PyByteArray_AS_STRING(o), Py_SIZE(o), 0, flags) < 0)
        return -1;
    self->ob_exports++;
    return 0;
}

static void bytearray_releasebuffer(PyObject *o, Py_buffer *view)
{
    (void)view;
    ((ByteArray *)o)->ob_exports--;
}

static PyObject *bytearray_repr(PyObject *o)
{
    const char *name = strrchr(Py_TYPE(o)->tp_name, '.');
    char prefix[256];
    snprintf(prefix, sizeof prefix, "%.200s(b", name ? name + 1 : Py_TYPE(o)->tp_name);
    return byte_repr(PyByteArray_AS_STRING(o), Py_SIZE(o), prefix, ")");
}

static PyObject *bytearray_str(PyObject *o)
{
    if (Py_BytesWarningFlag && PyErr_WarnEx(PyExc_BytesWarning, "str() on a bytearray instance", 1) < 0)
        return NULL;
    return bytearray_repr(o);
}

/* ---- methods of its own ---- */

METHOD_RAW(bytearray, __alloc__, NOARGS, 0, "B.__alloc__() -> int\n\nHow many bytes are allocated.")
{
    return PyLong_FromSsize_t(((ByteArray *)self)->ob_alloc);
}
METHOD(bytearray, __sizeof__, NOARGS, "($self, /)", "Size of the object in memory, in bytes.")
{
    return PyLong_FromSsize_t(Py_TYPE(self)->tp_basicsize + ((ByteArray *)self)->ob_alloc);
}

static PyObject *bytearray_state(PyObject *self, int protocol)
{
    K_AUTO(PyObject *) state = _PyObject_GetState(self);
    if (!state)
        return NULL;
    const char *p = PyByteArray_AS_STRING(self);
    if (!Py_SIZE(self))
        return Py_BuildValue("(O()O)", Py_TYPE(self), state);
    if (protocol >= 3)
        return Py_BuildValue("(O(N)O)", Py_TYPE(self), PyBytes_FromStringAndSize(p, Py_SIZE(self)), state);
    PyObject *latin = PyUnicode_DecodeLatin1(p, Py_SIZE(self), NULL);
    return latin ? Py_BuildValue("(O(Ns)O)", Py_TYPE(self), latin, "latin-1", state) : NULL;
}
METHOD(bytearray, __reduce__, NOARGS, "($self, /)", "Return state information for pickling.")
{
    return bytearray_state(self, 2);
}
METHOD(bytearray, __reduce_ex__, FAST, "($self, proto=0, /)", "Return state information for pickling.")
{
    int protocol = 0;
    if (k_check_nargs("__reduce_ex__", nargs, 0, 1) < 0 || (nargs && k_arg_int(args[0], &protocol) < 0))
        return NULL;
    return bytearray_state(self, protocol);
}
METHOD(bytearray, append, O, "($self, item, /)", "Append a single item to the end.")
{
    unsigned char c;
    if (byte_value(arg, &c) < 0 || array_append((ByteArray *)self, c) < 0)
        return NULL;
    Py_RETURN_NONE;
}
METHOD(bytearray, clear, NOARGS, "($self, /)", "Remove all items.")
{
    if (PyByteArray_Resize(self, 0) < 0)
        return NULL;
    Py_RETURN_NONE;
}
METHOD(bytearray, copy, NOARGS, "($self, /)", "Return a copy.")
{
    return PyByteArray_FromStringAndSize(PyByteArray_AS_STRING(self), Py_SIZE(self));
}
METHOD(bytearray, extend, O, "($self, iterable_of_ints, /)", "Append all the items of the iterable.")
{
    ByteArray *a = (ByteArray *)self;
    if (arg == self) { /* its own buffer would pin it */
        K_AUTO(PyObject *) copy = PyByteArray_FromStringAndSize(PyByteArray_AS_STRING(self), Py_SIZE(self));
        if (!copy || array_splice(a, Py_SIZE(a), Py_SIZE(a), PyByteArray_AS_STRING(copy), Py_SIZE(copy)) < 0)
            return NULL;
        Py_RETURN_NONE;
    }
    if (PyObject_CheckBuffer(arg)) {
        PyObject *same = bytearray_iconcat(self, arg);
        if (!same)
            return NULL;
        Py_DECREF(same);
        Py_RETURN_NONE;
    }
    K_AUTO(PyObject *) more = PyByteArray_FromStringAndSize(NULL, 0);
    if (PyObject_LengthHint(arg, 0) < 0) /* asked for its exceptions alone */
        return NULL;
    if (!more || array_extend_iterable((ByteArray *)more, arg) < 0)
        return NULL;
    if (array_splice(a, Py_SIZE(a), Py_SIZE(a), PyByteArray_AS_STRING(more), Py_SIZE(more)) < 0)
        return NULL;
    Py_RETURN_NONE;
}
METHOD(bytearray, insert, FAST, "($self, index, item, /)", "Insert a single item before the given index.")
{
    Py_ssize_t i;
    unsigned char c;
    if (k_check_nargs("insert", nargs, 2, 2) < 0 || k_arg_ssize(args[0], &i) < 0 || byte_value(args[1], &c) < 0)
        return NULL;
    Py_ssize_t n = Py_SIZE(self);
    if (n == PY_SSIZE_T_MAX)
        return k_raise(PyExc_OverflowError, "cannot add more objects to bytearray");
    i = i < 0 ? Py_MAX(i + n, 0) : Py_MIN(i, n);
    char byte = (char)c;
    if (array_splice((ByteArray *)self, i, i, &byte, 1) < 0)
        return NULL;
    Py_RETURN_NONE;
}
METHOD(bytearray, pop, FAST, "($self, index=-1, /)", "Remove and return a single item, the last one by default.")
{
    Py_ssize_t i = -1;
    if (k_check_nargs("pop", nargs, 0, 1) < 0 || (nargs && k_arg_ssize(args[0], &i) < 0))
        return NULL;
    Py_ssize_t n = Py_SIZE(self);
    if (n == 0)
        return k_raise(PyExc_IndexError, "pop from empty bytearray");
    i = i < 0 ? i + n : i;
    if (i < 0 || i >= n)
        return k_raise(PyExc_IndexError, "pop index out of range");
    unsigned char c = (unsigned char)((ByteArray *)self)->ob_start[i];
    return array_splice((ByteArray *)self, i, i + 1, NULL, 0) < 0 ? NULL : PyLong_FromLong(c);
}
METHOD(bytearray, remove, O, "($self, value, /)", "Remove the first occurrence of a value.")
{
    unsigned char c;
    if (byte_value(arg, &c) < 0)
        return NULL;
    char *start = PyByteArray_AS_STRING(self), *at = memchr(start, c, (size_t)Py_SIZE(self));
    if (!at)
        return k_raise(PyExc_ValueError, "value not found in bytearray");
    if (array_splice((ByteArray *)self, at - start, at - start + 1, NULL, 0) < 0)
        return NULL;
    Py_RETURN_NONE;
}
METHOD(bytearray, reverse, NOARGS, "($self, /)", "Reverse the order of the bytes in place.")
{
    char *p = PyByteArray_AS_STRING(self);
    for (Py_ssize_t i = 0, j = Py_SIZE(self) - 1; i < j; i++, j--) {
        char c = p[i];
        p[i] = p[j];
        p[j] = c;
    }
    Py_RETURN_NONE;
}
METHODS_END(bytearray);
METHODS_DECLARE(bytearray);

static PyNumberMethods bytearray_as_number = { .nb_remainder = byte_remainder };
static PySequenceMethods bytearray_as_sequence = {
    .sq_length = bytearray_length, .sq_concat = PyByteArray_Concat, .sq_repeat = byte_repeat, .sq_item = bytearray_item,
    .sq_ass_item = bytearray_sq_set_item, .sq_contains = byte_contains, .sq_inplace_concat = bytearray_iconcat,
    .sq_inplace_repeat = bytearray_irepeat,
};
static PyMappingMethods bytearray_as_mapping = {
    .mp_length = bytearray_length, .mp_subscript = bytearray_subscript, .mp_ass_subscript = bytearray_ass_subscript,
};
static PyBufferProcs bytearray_as_buffer = { .bf_getbuffer = bytearray_getbuffer, .bf_releasebuffer = bytearray_releasebuffer };

PyTypeObject PyByteArray_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "bytearray",
    .tp_basicsize = sizeof(PyByteArrayObject),
    .tp_dealloc = bytearray_dealloc,
    .tp_repr = bytearray_repr,
    .tp_as_number = &bytearray_as_number,
    .tp_as_sequence = &bytearray_as_sequence,
    .tp_as_mapping = &bytearray_as_mapping,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_str = bytearray_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_as_buffer = &bytearray_as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc = "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\n"
              "bytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\n"
              "bytearray(int) -> bytes array of that many zero bytes\nbytearray() -> empty bytes array\n\n"
              "A changeable row of bytes.",
    .tp_richcompare = byte_compare,
    .tp_iter = byte_iter,
    .tp_methods = METHODS(bytearray),
    .tp_base = &PyBaseObject_Type,
    .tp_init = bytearray_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = PyType_GenericNew,
    .tp_free = PyObject_Free,
};
K_TYPE(PyByteArray_Type);
