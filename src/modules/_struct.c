/* _struct.c - the module _struct: values to and from packed bytes by a format string.
 *
 * In: a format like '<2hI4s' and values, or bytes.  Out: bytes, or a tuple. A Struct keeps its format compiled to a row
 * of items, each with its offset; one table of codes for the machine's own layout, one for the standard sizes.
 * Invariant: items lie within size bytes, so only the buffer's length is checked at each use. Start at compile_format(). */
#include "objects/module.h"

#include "memory/gc.h"
#include "memory/mem.h"
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

METHODS_DECLARE(Struct);
METHODS_DECLARE(_struct);

static PyObject *struct_error; /* struct.error: written once, when the module is first made */
static PyObject *struct_cache; /* compiled formats of the module's functions */
enum { CACHE_MAX = 100 };

typedef struct Code {
    char format;
    char kind; /* 'x' pad, 'i' signed, 'u' unsigned, 'f' float, 'c' char, '?' bool, 's' and 'p' bytes, 'P' pointer */
    unsigned char size, alignment;
} Code;

static const Code native_codes[] = {
    { 'x', 'x', 1, 1 }, { 'b', 'i', 1, 1 }, { 'B', 'u', 1, 1 }, { 'c', 'c', 1, 1 }, { 's', 's', 1, 1 },
    { 'p', 'p', 1, 1 }, { 'h', 'i', 2, 2 }, { 'H', 'u', 2, 2 }, { 'i', 'i', 4, 4 }, { 'I', 'u', 4, 4 },
    { 'l', 'i', 8, 8 }, { 'L', 'u', 8, 8 }, { 'n', 'i', 8, 8 }, { 'N', 'u', 8, 8 }, { 'q', 'i', 8, 8 },
    { 'Q', 'u', 8, 8 }, { '?', '?', 1, 1 }, { 'e', 'f', 2, 2 }, { 'f', 'f', 4, 4 }, { 'd', 'f', 8, 8 },
    { 'P', 'P', 8, 8 }, { 0, 0, 0, 0 },
};
static const Code standard_codes[] = {
    { 'x', 'x', 1, 1 }, { 'b', 'i', 1, 1 }, { 'B', 'u', 1, 1 }, { 'c', 'c', 1, 1 }, { 's', 's', 1, 1 },
    { 'p', 'p', 1, 1 }, { 'h', 'i', 2, 1 }, { 'H', 'u', 2, 1 }, { 'i', 'i', 4, 1 }, { 'I', 'u', 4, 1 },
    { 'l', 'i', 4, 1 }, { 'L', 'u', 4, 1 }, { 'q', 'i', 8, 1 }, { 'Q', 'u', 8, 1 }, { '?', '?', 1, 1 },
    { 'e', 'f', 2, 1 }, { 'f', 'f', 4, 1 }, { 'd', 'f', 8, 1 }, { 0, 0, 0, 0 },
};

typedef struct Item {
    const Code *code;
    Py_ssize_t offset, size; /* size: of one value */
    Py_ssize_t repeat;
} Item;

typedef struct StructObject {
    PyObject ob_base;
    Py_ssize_t size;   /* bytes; -1 before __init__ */
    Py_ssize_t values; /* how many the format stands for */
    Item *items;
    Py_ssize_t nitems;
    int little;
    PyObject *format;
    PyObject *weakrefs;
} StructObject;

static PyTypeObject Struct_Type, unpack_iterator_type;

static PyObject *fail(const char *message)
{
    PyErr_SetString(struct_error, message);
    return NULL;
}

/* ---- compiling ---- */

static const Code *find_code(const Code *codes, char c)
{
    for (; codes->format; codes++)
        if (codes->format == c)
            return codes;
    fail("bad char in struct format");
    return NULL;
}

/* Reads blanks, a count and a code: 1, 0 at the end, -1 with an exception. */
static int next_code(const char **format, const Code *codes, const Code **code, Py_ssize_t *count)
{
    const char *s = *format;
    while (*s == ' ' || (*s >= '\t' && *s <= '\r'))
        s++;
    if (!*s)
        return 0;
    *count = 1;
    if (*s >= '0' && *s <= '9') {
        *count = 0;
        for (; *s >= '0' && *s <= '9'; s++)
            if (__builtin_mul_overflow(*count, 10, count) || __builtin_add_overflow(*count, *s - '0', count)) {
                fail("total struct size too long");
                return -1;
            }
        if (!*s) {
            fail("repeat count given without format specifier");
            return -1;
        }
    }
    *code = find_code(codes, *s);
    *format = s + 1;
    return *code ? 1 : -1;
}

static int is_lump(const Code *code) /* one value of count bytes */
{
    return code->kind == 's' || code->kind == 'p';
}

/* Compiles; items may be NULL, to count only. */
static int walk_format(StructObject *self, const char *format, const Code *codes, Item *items)
{
    const Code *code;
    Py_ssize_t count, size = 0;
    int more;
    self->nitems = self->values = 0;
    while ((more = next_code(&format, codes, &code, &count)) > 0) {
        if (size > 0 && __builtin_add_overflow(size - 1, (Py_ssize_t)code->alignment, &size)) {
            fail("total struct size too long");
            return -1;
        }
        size -= size % code->alignment;
        Py_ssize_t bytes;
        if (code->kind != 'x' && (is_lump(code) || count)) {
            if (items)
                items[self->nitems] = (Item){ code, size, is_lump(code) ? count : code->size, is_lump(code) ? 1 : count };
            self->nitems++;
            self->values += is_lump(code) ? 1 : count;
        }
        if (__builtin_mul_overflow(count, (Py_ssize_t)code->size, &bytes) || __builtin_add_overflow(size, bytes, &size)) {
            fail("total struct size too long");
            return -1;
        }
    }
    self->size = size;
    return more;
}

static int compile_format(StructObject *self, const char *format)
{
    const Code *codes = standard_codes;
    self->little = 1;
    if (*format == '<' || *format == '=')
        format++;
    else if (*format == '>' || *format == '!')
        self->little = 0, format++;
    else {
        codes = native_codes;
        format += *format == '@';
    }
    if (walk_format(self, format, codes, NULL) < 0)
        return -1;
    Item *items = PyMem_New(Item, self->nitems ? self->nitems : 1);
    if (!items) {
        K_AUTO(PyObject *) none = PyErr_NoMemory();
        return -1;
    }
    PyMem_Free(self->items);
    self->items = items;
    return walk_format(self, format, codes, items);
}

static int struct_set_format(StructObject *self, PyObject *format)
{
    K_AUTO(PyObject *) bytes = NULL;
    if (PyUnicode_Check(format))
        K_SET(bytes, PyUnicode_AsASCIIString(format));
    else if (PyBytes_Check(format))
        K_SET(bytes, Py_NewRef(format));
    else
        PyErr_Format(PyExc_TypeError, "Struct() argument 1 must be a str or bytes object, not %.200s",
                     Py_TYPE(format)->tp_name);
    if (!bytes)
        return -1;
    if (strlen(PyBytes_AS_STRING(bytes)) != (size_t)PyBytes_GET_SIZE(bytes)) {
        fail("embedded null character");
        return -1;
    }
    if (compile_format(self, PyBytes_AS_STRING(bytes)) < 0)
        return -1;
    K_SET(self->format, K_MOVE(bytes));
    return 0;
}

/* ---- packing one value ---- */

static int pack_failed(const char *message)
{
    PyErr_SetString(struct_error, message);
    return -1;
}

static void put_int(unsigned long long bits, char *p, Py_ssize_t size, int little)
{
    for (Py_ssize_t i = 0; i < size; i++, bits >>= 8)
        p[little ? i : size - 1 - i] = (char)bits;
}

static int out_of_range(const Code *code, Py_ssize_t size, int little)
{
    const char *name = code->format == 'b' ? "byte" : code->format == 'B' ? "ubyte" : !little ? NULL
        : code->format == 'h' ? "short" : code->format == 'H' ? "ushort" : NULL;
    char quoted[4] = { '\'', code->format, '\'', 0 };
    int bits = (int)size * 8;
    long long low = code->kind == 'u' ? 0 : -(1LL << (bits - 1));
    long long high = code->kind == 'u' ? (1LL << bits) - 1 : (1LL << (bits - 1)) - 1;
    PyErr_Format(struct_error, "%s format requires %lld <= number <= %lld", name ? name : quoted, low, high);
    return -1;
}

static int pack_int(const Item *item, PyObject *value, char *p, int little)
{
    const Code *code = item->code;
    K_AUTO(PyObject *) v = PyLong_Check(value) ? Py_NewRef(value) : PyIndex_Check(value) ? PyNumber_Index(value) : NULL;
    if (!v)
        return PyErr_Occurred() ? -1 : pack_failed("required argument is not an integer");
    /* CPython's words depend on its way: by a signed or an unsigned long, or by bytes (big-endian of eight) */
    int wide = code->kind == 'u' && code->format != 'B' && (code->format != 'H' || !little);
    unsigned long long bits = wide ? PyLong_AsUnsignedLongLong(v) : (unsigned long long)PyLong_AsLongLong(v);
    if (bits == (unsigned long long)-1 && PyErr_Occurred()) {
        if (!little && item->size == 8)
            return -1;
        return k_catch(PyExc_OverflowError) ? pack_failed("argument out of range") : -1;
    }
    if (item->size < 8) {
        int shift = (int)item->size * 8;
        long long number = (long long)bits;
        if (code->kind == 'u' ? (bits >> shift) != 0 : number < -(1LL << (shift - 1)) || number >= 1LL << (shift - 1))
            return out_of_range(code, item->size, little);
    }
    put_int(bits, p, item->size, little);
    return 0;
}

static int pack_pointer(PyObject *value, char *p)
{
    K_AUTO(PyObject *) v = PyLong_Check(value) ? Py_NewRef(value) : PyIndex_Check(value) ? PyNumber_Index(value) : NULL;
    if (!v)
        return PyErr_Occurred() ? -1 : pack_failed("required argument is not an integer");
    void *pointer = PyLong_AsVoidPtr(v);
    if (!pointer && PyErr_Occurred())
        return -1;
    memcpy(p, &pointer, sizeof pointer);
    return 0;
}

static int pack_float(const Item *item, PyObject *value, char *p, int little)
{
    double x = PyFloat_AsDouble(value);
    if (x == -1.0 && PyErr_Occurred())
        return pack_failed("required argument is not a float");
    if (item->size == 4 && item->code->alignment == 4) { /* the machine's own float: too large a value becomes infinite */
        float single = (float)x;
        memcpy(p, &single, sizeof single);
        return 0;
    }
    return item->size == 2 ? PyFloat_Pack2(x, p, little) : item->size == 4 ? PyFloat_Pack4(x, p, little)
                                                                           : PyFloat_Pack8(x, p, little);
}

static int pack_bytes(const Item *item, PyObject *value, char *p)
{
    int pascal = item->code->kind == 'p';
    const char *from;
    Py_ssize_t n;
    if (PyBytes_Check(value))
        from = PyBytes_AS_STRING(value), n = PyBytes_GET_SIZE(value);
    else if (PyByteArray_Check(value))
        from = PyByteArray_AS_STRING(value), n = PyByteArray_GET_SIZE(value);
    else
        return pack_failed(pascal ? "argument for 'p' must be a bytes object" : "argument for 's' must be a bytes object");
    if (item->size == 0)
        return 0;
    if (!pascal) {
        memcpy(p, from, (size_t)Py_MIN(n, item->size));
        return 0;
    }
    n = Py_MIN(n, item->size - 1);
    memcpy(p + 1, from, (size_t)n);
    *p = (char)Py_MIN(n, 255);
    return 0;
}

static int pack_value(const StructObject *self, const Item *item, PyObject *value, char *p)
{
    int truth;
    switch (item->code->kind) {
    case 'i': case 'u':
        return pack_int(item, value, p, self->little);
    case 'f':
        return pack_float(item, value, p, self->little);
    case 'P':
        return pack_pointer(value, p);
    case '?':
        truth = PyObject_IsTrue(value); /* runs code */
        *p = (char)truth;
        return truth < 0 ? -1 : 0;
    case 'c':
        if (!PyBytes_Check(value) || PyBytes_GET_SIZE(value) != 1)
            return pack_failed("char format requires a bytes object of length 1");
        *p = *PyBytes_AS_STRING(value);
        return 0;
    default:
        return pack_bytes(item, value, p);
    }
}

static int pack_all(const StructObject *self, PyObject *const *values, char *p)
{
    memset(p, 0, (size_t)self->size);
    for (Py_ssize_t i = 0; i < self->nitems; i++) {
        const Item *item = &self->items[i];
        for (Py_ssize_t k = 0; k < item->repeat; k++, values++)
            if (pack_value(self, item, *values, p + item->offset + k * item->size) < 0)
                return PyLong_Check(*values) && k_catch(PyExc_OverflowError) ? pack_failed("int too large to convert") : -1;
    }
    return 0;
}

/* ---- unpacking ---- */

static PyObject *unpack_value(const StructObject *self, const Item *item, const char *p)
{
    unsigned long long bits = 0;
    int shift = 64 - (int)item->size * 8;
    switch (item->code->kind) {
    case 'i': case 'u': case 'P':
        for (Py_ssize_t i = 0; i < item->size; i++)
            bits = bits << 8 | (unsigned char)p[self->little ? item->size - 1 - i : i];
        return item->code->kind == 'i' ? PyLong_FromLongLong((long long)(bits << shift) >> shift)
                                       : PyLong_FromUnsignedLongLong(bits);
    case 'f':
        return PyFloat_FromDouble(item->size == 2 ? PyFloat_Unpack2(p, self->little)
                                  : item->size == 4 ? PyFloat_Unpack4(p, self->little) : PyFloat_Unpack8(p, self->little));
    case '?':
        return PyBool_FromLong(*p != 0);
    case 'c':
        return PyBytes_FromStringAndSize(p, 1);
    case 'p':
        if (item->size == 0)
            return PyBytes_FromStringAndSize(NULL, -1); /* SystemError: no room for the length */
        return PyBytes_FromStringAndSize(p + 1, Py_MIN((Py_ssize_t)(unsigned char)*p, item->size - 1));
    default:
        return PyBytes_FromStringAndSize(p, item->size);
    }
}

static PyObject *unpack_all(const StructObject *self, const char *p)
{
    K_AUTO(PyObject *) tuple = PyTuple_New(self->values);
    Py_ssize_t n = 0;
    for (Py_ssize_t i = 0; tuple && i < self->nitems; i++) {
        const Item *item = &self->items[i];
        for (Py_ssize_t k = 0; k < item->repeat; k++) {
            PyObject *value = unpack_value(self, item, p + item->offset + k * item->size);
            if (!value)
                return NULL;
            PyTuple_SET_ITEM(tuple, n++, value);
        }
    }
    return K_MOVE(tuple);
}

/* ---- operations ---- */

static int is_ready(const StructObject *self)
{
    if (self->size >= 0)
        return 1;
    PyErr_SetString(PyExc_RuntimeError, "Struct object is not initialized");
    return 0;
}

static PyObject *do_pack(StructObject *self, PyObject *const *values, Py_ssize_t n)
{
    if (!is_ready(self))
        return NULL;
    if (n != self->values)
        return PyErr_Format(struct_error, "pack expected %zd items for packing (got %zd)", self->values, n);
    K_AUTO(PyObject *) bytes = PyBytes_FromStringAndSize(NULL, self->size);
    if (!bytes || pack_all(self, values, PyBytes_AS_STRING(bytes)) < 0)
        return NULL;
    return K_MOVE(bytes);
}

/* Puts a negative offset in its place; checks that size bytes fit behind it. */
static int check_place(const StructObject *self, Py_ssize_t *offset, Py_ssize_t length, int packing)
{
    if (*offset < 0) {
        if (*offset + self->size > 0)
            PyErr_Format(struct_error, packing ? "no space to pack %zd bytes at offset %zd"
                                               : "not enough data to unpack %zd bytes at offset %zd", self->size, *offset);
        else if (*offset + length < 0)
            PyErr_Format(struct_error, "offset %zd out of range for %zd-byte buffer", *offset, length);
        else {
            *offset += length;
            return 0;
        }
        return -1;
    }
    if (length - *offset >= self->size)
        return 0;
    PyErr_Format(struct_error, "%s requires a buffer of at least %zu bytes for %s %zd bytes at offset %zd "
                 "(actual buffer size is %zd)", packing ? "pack_into" : "unpack_from", (size_t)self->size + (size_t)*offset,
                 packing ? "packing" : "unpacking", self->size, *offset, length);
    return -1;
}

/* args: buffer, offset, values. */
static PyObject *do_pack_into(StructObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    if (!is_ready(self))
        return NULL;
    if (nargs == 0)
        return fail("pack_into expected buffer argument");
    if (nargs == 1)
        return fail("pack_into expected offset argument");
    if (nargs - 2 != self->values)
        return PyErr_Format(struct_error, "pack_into expected %zd items for packing (got %zd)", self->values, nargs - 2);
    Py_buffer view;
    if (PyObject_GetBuffer(args[0], &view, PyBUF_WRITABLE) < 0) {
        PyErr_Clear();
        return k_raise(PyExc_TypeError, "argument must be read-write bytes-like object, not %.200s",
                       Py_TYPE(args[0])->tp_name);
    }
    Py_ssize_t offset = PyNumber_AsSsize_t(args[1], PyExc_IndexError); /* runs code */
    int status = offset == -1 && PyErr_Occurred() ? -1 : check_place(self, &offset, view.len, 1);
    if (status == 0)
        status = pack_all(self, args + 2, (char *)view.buf + offset);
    PyBuffer_Release(&view);
    return status < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *do_unpack(StructObject *self, PyObject *buffer)
{
    Py_buffer view;
    if (!is_ready(self) || PyObject_GetBuffer(buffer, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    PyObject *tuple = view.len == self->size ? unpack_all(self, view.buf)
        : PyErr_Format(struct_error, "unpack requires a buffer of %zd bytes", self->size);
    PyBuffer_Release(&view);
    return tuple;
}

static PyObject *do_unpack_from(StructObject *self, PyObject *buffer, PyObject *offset_object)
{
    Py_ssize_t offset = 0;
    Py_buffer view;
    if (!is_ready(self) || PyObject_GetBuffer(buffer, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    int status = offset_object ? k_arg_ssize(offset_object, &offset) : 0;
    if (status == 0)
        status = check_place(self, &offset, view.len, 0);
    PyObject *tuple = status < 0 ? NULL : unpack_all(self, (char *)view.buf + offset);
    PyBuffer_Release(&view);
    return tuple;
}

/* ---- iter_unpack ---- */

typedef struct UnpackIterator {
    PyObject ob_base;
    StructObject *format; /* NULL when exhausted */
    Py_buffer view;
    Py_ssize_t offset;
} UnpackIterator;

static PyObject *do_iter_unpack(StructObject *self, PyObject *buffer)
{
    if (!is_ready(self))
        return NULL;
    if (self->size == 0)
        return fail("cannot iteratively unpack with a struct of length 0");
    UnpackIterator *iterator = (UnpackIterator *)PyType_GenericAlloc(&unpack_iterator_type, 0);
    if (!iterator)
        return NULL;
    if (PyObject_GetBuffer(buffer, &iterator->view, PyBUF_SIMPLE) < 0)
        Py_CLEAR(iterator);
    else if (iterator->view.len % self->size != 0) {
        PyErr_Format(struct_error, "iterative unpacking requires a buffer of a multiple of %zd bytes", self->size);
        Py_CLEAR(iterator);
    } else
        iterator->format = (StructObject *)Py_NewRef(self);
    return (PyObject *)iterator;
}

static void unpack_iterator_dealloc(PyObject *o)
{
    UnpackIterator *self = (UnpackIterator *)o;
    PyObject_GC_UnTrack(o);
    Py_XDECREF(self->format);
    PyBuffer_Release(&self->view);
    PyObject_GC_Del(o);
}

static int unpack_iterator_traverse(PyObject *o, visitproc visit, void *arg)
{
    UnpackIterator *self = (UnpackIterator *)o;
    Py_VISIT(self->format);
    Py_VISIT(self->view.obj);
    return 0;
}

static PyObject *unpack_iterator_next(PyObject *o)
{
    UnpackIterator *self = (UnpackIterator *)o;
    if (!self->format)
        return NULL;
    if (self->offset >= self->view.len) {
        Py_CLEAR(self->format);
        PyBuffer_Release(&self->view);
        return NULL;
    }
    PyObject *tuple = unpack_all(self->format, (char *)self->view.buf + self->offset);
    self->offset += self->format->size;
    return tuple;
}

METHODS_DECLARE(unpack_iterator);
METHOD_RAW(unpack_iterator, __length_hint__, NOARGS, 0, NULL)
{
    UnpackIterator *iterator = (UnpackIterator *)self;
    return PyLong_FromSsize_t(iterator->format ? (iterator->view.len - iterator->offset) / iterator->format->size : 0);
}
METHODS_END(unpack_iterator);

static PyTypeObject unpack_iterator_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_struct.unpack_iterator",
    .tp_basicsize = sizeof(UnpackIterator),
    .tp_dealloc = unpack_iterator_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_traverse = unpack_iterator_traverse,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = unpack_iterator_next,
    .tp_methods = METHODS(unpack_iterator),
};
K_TYPE(unpack_iterator_type);

/* ---- the type Struct ---- */

static PyObject *Struct_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    StructObject *self = (StructObject *)type->tp_alloc(type, 0);
    if (self) {
        self->format = Py_NewRef(Py_None);
        self->size = -1;
    }
    return (PyObject *)self;
}

BINDER(Struct_init, "Struct", "(format)", *format);

static int Struct_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    Struct_init_args arg;
    K_AUTO(PyObject *) owned = NULL;
    if (BIND(Struct_init, &arg, args, kwargs, &owned) < 0)
        return -1;
    return struct_set_format((StructObject *)self, arg.format);
}

static void Struct_dealloc(PyObject *o)
{
    StructObject *self = (StructObject *)o;
    if (self->weakrefs)
        PyObject_ClearWeakRefs(o);
    PyMem_Free(self->items);
    Py_XDECREF(self->format);
    Py_TYPE(o)->tp_free(o);
}

METHOD(Struct, iter_unpack, O, "($self, buffer, /)", "An iterator over the tuples in a buffer, one after the other.")
{
    return do_iter_unpack((StructObject *)self, arg);
}

METHOD_RAW(Struct, pack, FAST, 0, "S.pack(v1, v2, ...) -> bytes\n\nThe values packed by the format.")
{
    return do_pack((StructObject *)self, args, nargs);
}

METHOD_RAW(Struct, pack_into, FAST, 0,
           "S.pack_into(buffer, offset, v1, v2, ...)\n\nPacks the values into a writable buffer at an offset.")
{
    return do_pack_into((StructObject *)self, args, nargs);
}

METHOD(Struct, unpack, O, "($self, buffer, /)", "The tuple of values in a buffer of exactly size bytes.")
{
    return do_unpack((StructObject *)self, arg);
}

METHOD_KW(Struct, unpack_from, "($self, /, buffer, offset=0)", "The tuple of values in a buffer from an offset on.",
          *buffer, *offset)
{
    return do_unpack_from((StructObject *)self, arg->buffer, arg->offset);
}

METHOD_RAW(Struct, __sizeof__, NOARGS, 0, "S.__sizeof__() -> bytes of memory the object takes")
{
    /* CPython's: its own header, and an item of 32 bytes for each code and one at the end */
    return PyLong_FromSsize_t(56 + 32 * (((StructObject *)self)->nitems + 1));
}
METHODS_END(Struct);

static PyObject *Struct_get_format(PyObject *self, void *closure)
{
    PyObject *format = ((StructObject *)self)->format;
    return format == Py_None ? Py_NewRef(format)
                             : PyUnicode_FromStringAndSize(PyBytes_AS_STRING(format), PyBytes_GET_SIZE(format));
}

static PyObject *Struct_get_size(PyObject *self, void *closure)
{
    return PyLong_FromSsize_t(((StructObject *)self)->size);
}

static PyGetSetDef Struct_getset[] = {
    { "format", Struct_get_format, NULL, "the format string", NULL },
    { "size", Struct_get_size, NULL, "bytes that the format stands for", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static PyTypeObject Struct_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_struct.Struct",
    .tp_basicsize = sizeof(StructObject),
    .tp_dealloc = Struct_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "Struct(fmt) --> compiled struct object",
    .tp_weaklistoffset = offsetof(StructObject, weakrefs),
    .tp_methods = METHODS(Struct),
    .tp_getset = Struct_getset,
    .tp_init = Struct_init,
    .tp_new = Struct_new,
    .tp_free = PyObject_Free,
};
K_TYPE(Struct_Type);

/* ---- the module's functions: by a cache of Structs ---- */

static StructObject *cached(PyObject *format)
{
    if (!struct_cache && !(struct_cache = PyDict_New()))
        return NULL;
    PyObject *known = PyDict_GetItemWithError(struct_cache, format);
    if (known)
        return (StructObject *)Py_NewRef(known);
    if (PyErr_Occurred()) {
        if (!PyErr_ExceptionMatches(PyExc_TypeError)) /* no hash: let Struct say what is wrong */
            return NULL;
        PyErr_Clear();
    }
    K_AUTO(PyObject *) made = PyObject_CallOneArg((PyObject *)&Struct_Type, format);
    if (!made)
        return NULL;
    if (PyDict_GET_SIZE(struct_cache) >= CACHE_MAX)
        PyDict_Clear(struct_cache);
    if (PyDict_SetItem(struct_cache, format, made) < 0)
        PyErr_Clear();
    return (StructObject *)K_MOVE(made);
}

FUNCTION(_struct, _clearcache, NOARGS, "($module, /)", "Forget the compiled formats.")
{
    Py_CLEAR(struct_cache);
    Py_RETURN_NONE;
}

FUNCTION(_struct, calcsize, O, "($module, format, /)", "Bytes that a format stands for.")
{
    K_AUTO(StructObject *) format = cached(arg);
    return format ? PyLong_FromSsize_t(format->size) : NULL;
}

FUNCTION(_struct, iter_unpack, FAST, "($module, format, buffer, /)",
         "An iterator over the tuples in a buffer, one after the other.")
{
    if (k_check_nargs("iter_unpack", nargs, 2, 2) < 0)
        return NULL;
    K_AUTO(StructObject *) format = cached(args[0]);
    return format ? do_iter_unpack(format, args[1]) : NULL;
}

FUNCTION_RAW(_struct, pack, FAST, 0, "pack(format, v1, v2, ...) -> bytes\n\nThe values packed by the format.")
{
    if (nargs == 0)
        return k_raise(PyExc_TypeError, "missing format argument");
    K_AUTO(StructObject *) format = cached(args[0]);
    return format ? do_pack(format, args + 1, nargs - 1) : NULL;
}

FUNCTION_RAW(_struct, pack_into, FAST, 0,
             "pack_into(format, buffer, offset, v1, v2, ...)\n\nPacks the values into a writable buffer at an offset.")
{
    if (nargs == 0)
        return k_raise(PyExc_TypeError, "missing format argument");
    K_AUTO(StructObject *) format = cached(args[0]);
    return format ? do_pack_into(format, args + 1, nargs - 1) : NULL;
}

FUNCTION(_struct, unpack, FAST, "($module, format, buffer, /)",
         "The tuple of values in a buffer of exactly calcsize(format) bytes.")
{
    if (k_check_nargs("unpack", nargs, 2, 2) < 0)
        return NULL;
    K_AUTO(StructObject *) format = cached(args[0]);
    return format ? do_unpack(format, args[1]) : NULL;
}

FUNCTION_KW(_struct, unpack_from, "($module, format, /, buffer, offset=0)",
            "The tuple of values in a buffer from an offset on.", *format, *buffer, *offset)
{
    K_AUTO(StructObject *) format = cached(arg->format);
    return format ? do_unpack_from(format, arg->buffer, arg->offset) : NULL;
}
METHODS_END(_struct);

static int struct_exec(PyObject *module)
{
    if (!struct_error && !(struct_error = PyErr_NewException("struct.error", NULL, NULL)))
        return -1;
    if (PyModule_AddObjectRef(module, "Struct", (PyObject *)&Struct_Type) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "error", struct_error);
}

MODULE(_struct, "Conversion between values and packed bytes, by a format string.", struct_exec, 0);
