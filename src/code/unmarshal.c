/* unmarshal.c - reading marshal's format: bytes to constants and code objects.
 *
 * In: bytes from memory, a FILE or an object with readinto().  Out: the value, or EOFError, ValueError, TypeError.
 * Invariant: nothing in the bytes is trusted: each size is checked, nesting is bounded, a number of an object not yet
 * made is an error. An object that gets a number gets it before its contents are read.
 * Start at read_object(). */
#include "code/marshal.h"

#include "code/code.h"
#include "code/marshal_types.h"
#include "memory/mem.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/complex.h"
#include "objects/dict/dict.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/memoryview/memoryview.h"
#include "objects/protocol.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

typedef struct Reader {
    const char *next, *end; /* memory */
    FILE *file;
    PyObject *readable;     /* has readinto() */
    char *block;            /* what was read last from file or readable */
    Py_ssize_t block_room;
    int depth;
    PyObject *refs;         /* list: the objects with numbers */
} Reader;

/* ---- bytes ---- */

static void *too_short(void)
{
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_EOFError, "marshal data too short");
    return NULL;
}

static void *no_object(void)
{
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_EOFError, "EOF read where object expected");
    return NULL;
}

static PyObject *bad_data(const char *what)
{
    return k_raise(PyExc_ValueError, "bad marshal data (%s)", what);
}

/* Room for n bytes outside memory. Grows by what really arrives: a false size must not take the machine's memory. */
static int block_reserve(Reader *r, Py_ssize_t n)
{
    if (n <= r->block_room)
        return 0;
    char *block = PyMem_Realloc(r->block, (size_t)n);
    if (!block) {
        PyErr_NoMemory();
        return -1;
    }
    r->block = block;
    r->block_room = n;
    return 0;
}

static Py_ssize_t read_into(Reader *r, char *to, Py_ssize_t n)
{
    if (r->file)
        return (Py_ssize_t)fread(to, 1, (size_t)n, r->file);
    K_AUTO(PyObject *) view = PyMemoryView_FromMemory(to, n, 0x200 /* writable */);
    K_AUTO(PyObject *) answer = view ? PyObject_CallMethodObjArgs(r->readable, K_STR("readinto"), view, NULL) : NULL;
    Py_ssize_t got = answer ? PyNumber_AsSsize_t(answer, PyExc_ValueError) : -1;
    if (got > n) {
        k_raise(PyExc_ValueError, "read() returned too much data: %zd bytes requested, %zd returned", n, got);
        return -1;
    }
    return got;
}

/* The next n bytes, valid until the next read; NULL with EOFError. */
static const char *read_bytes(Reader *r, Py_ssize_t n)
{
    if (r->next) {
        if (n > r->end - r->next)
            return too_short();
        r->next += n;
        return r->next - n;
    }
    enum { STEP = 1 << 20 };
    for (Py_ssize_t got = 0; got < n || n == 0;) {
        Py_ssize_t part = Py_MIN(n - got, (Py_ssize_t)STEP);
        if (block_reserve(r, got + part + 1) < 0)
            return NULL;
        if (n == 0)
            break;
        if (read_into(r, r->block + got, part) != part) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_EOFError, "EOF read where not expected");
            return NULL;
        }
        got += part;
    }
    return r->block;
}

static int read_byte(Reader *r)
{
    if (r->next)
        return r->next < r->end ? (unsigned char)*r->next++ : EOF;
    if (r->file)
        return getc(r->file);
    const char *one = read_bytes(r, 1);
    return one ? (unsigned char)*one : EOF;
}

/* Little-endian; -1 with an exception when the data ends. */
static long read_long(Reader *r)
{
    const unsigned char *b = (const unsigned char *)read_bytes(r, 4);
    return b ? (int32_t)((uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24) : -1;
}

static int read_short(Reader *r)
{
    const unsigned char *b = (const unsigned char *)read_bytes(r, 2);
    return b ? (int16_t)(b[0] | b[1] << 8) : -1;
}

/* Whether n things of that many bytes each, or more, can still come. Room is made for no more: a false size must not
 * take the machine's memory. The things are read all the same, up to the error that is bound to come. */
static int may_come(const Reader *r, Py_ssize_t n, Py_ssize_t bytes_each)
{
    return !r->next || n <= (r->end - r->next) / bytes_each;
}

/* A count of things; -1 with an exception. */
static Py_ssize_t read_size(Reader *r, const char *complaint)
{
    long n = read_long(r);
    if (n < 0 && !PyErr_Occurred())
        bad_data(complaint);
    return n;
}

/* ---- numbers of objects ---- */

/* Keeps the place of an object that can only be made after its contents; -1 with an exception, 0 without a number. */
static Py_ssize_t ref_reserve(Reader *r, int flag)
{
    if (!flag)
        return 0;
    Py_ssize_t number = PyList_GET_SIZE(r->refs);
    if (number >= INT32_MAX - 1) {
        bad_data("index list too large");
        return -1;
    }
    return PyList_Append(r->refs, Py_None) < 0 ? -1 : number;
}

/* Gives o its reserved number; o is handed through. */
static PyObject *ref_fill(Reader *r, PyObject *o, Py_ssize_t number, int flag)
{
    if (o && flag && PyList_SetItem(r->refs, number, Py_NewRef(o)) < 0) {
        Py_DECREF(o);
        return NULL;
    }
    return o;
}

static PyObject *ref_add(Reader *r, PyObject *o, int flag)
{
    if (o && flag && PyList_Append(r->refs, o) < 0) {
        Py_DECREF(o);
        return NULL;
    }
    return o;
}

static PyObject *read_reference(Reader *r)
{
    long number = read_long(r);
    if (number < 0 || number >= PyList_GET_SIZE(r->refs))
        return PyErr_Occurred() ? NULL : bad_data("invalid reference");
    PyObject *o = PyList_GET_ITEM(r->refs, number);
    return o == Py_None ? bad_data("invalid reference") : Py_NewRef(o);
}

/* ---- values ---- */

static PyObject *read_object(Reader *r);

/* An item of a container: NULL in the data is an error there. */
static PyObject *read_item(Reader *r, const char *where)
{
    PyObject *o = read_object(r);
    if (!o && !PyErr_Occurred())
        k_raise(PyExc_TypeError, "NULL object in marshal data for %s", where);
    return o;
}

static PyObject *read_int64(Reader *r)
{
    const char *eight = read_bytes(r, 8);
    return eight ? _PyLong_FromByteArray((const unsigned char *)eight, 8, 1, 1) : NULL;
}

enum { LONG_SHIFT = 15, LONG_BASE = 1 << LONG_SHIFT };

static PyObject *read_big_int(Reader *r)
{
    long n = read_long(r);
    if (PyErr_Occurred())
        return NULL;
    if (n < -INT32_MAX)
        return bad_data("long size out of range");
    Py_ssize_t shorts = n < 0 ? -n : n;
    if (shorts == 0)
        return PyLong_FromLong(0);
    K_AUTO(PyObject *) made = NULL;
    bool fits = may_come(r, shorts, 2);
    PyLongObject *v = _PyLong_New(fits ? (shorts + 1) / 2 : 1);
    K_SET(made, (PyObject *)v);
    if (!v)
        return NULL;
    int part = 0;
    for (Py_ssize_t i = 0; i < shorts; i++) {
        part = read_short(r);
        if (PyErr_Occurred())
            return NULL;
        if (part < 0)
            return bad_data("digit out of range in long");
        if (!fits)
            continue;
        if (i & 1)
            v->ob_digit[i / 2] |= (digit)part << LONG_SHIFT;
        else
            v->ob_digit[i / 2] = (digit)part;
    }
    if (part == 0)
        return bad_data("unnormalized long data");
    if (n < 0)
        Py_SET_SIZE(v, -Py_SIZE(v));
    return K_MOVE(made);
}

static double read_double(Reader *r)
{
    const char *eight = read_bytes(r, 8);
    return eight ? PyFloat_Unpack8(eight, 1) : -1;
}

static double read_double_text(Reader *r)
{
    int n = read_byte(r);
    const char *text = n == EOF ? no_object() : read_bytes(r, n);
    if (!text)
        return -1;
    char copy[256];
    memcpy(copy, text, (size_t)n);
    copy[n] = 0;
    return PyOS_string_to_double(copy, NULL, NULL);
}

static PyObject *read_float(Reader *r, double (*part)(Reader *))
{
    double x = part(r);
    return x == -1 && PyErr_Occurred() ? NULL : PyFloat_FromDouble(x);
}

static PyObject *read_complex(Reader *r, double (*part)(Reader *))
{
    Py_complex z;
    z.real = part(r);
    if (z.real == -1 && PyErr_Occurred())
        return NULL;
    z.imag = part(r);
    return z.imag == -1 && PyErr_Occurred() ? NULL : PyComplex_FromCComplex(z);
}

static PyObject *read_byte_string(Reader *r)
{
    Py_ssize_t n = read_size(r, "bytes object size out of range");
    const char *bytes = n < 0 ? NULL : read_bytes(r, n);
    return bytes ? PyBytes_FromStringAndSize(bytes, n) : NULL;
}

static PyObject *interned(PyObject *text)
{
    if (text)
        PyUnicode_InternInPlace(&text);
    return text;
}

static PyObject *read_ascii(Reader *r, int is_short)
{
    Py_ssize_t n = is_short ? read_byte(r) : read_size(r, "string size out of range");
    if (is_short && n == EOF)
        return no_object();
    const char *text = n < 0 ? NULL : read_bytes(r, n);
    return text ? PyUnicode_FromKindAndData(PyUnicode_1BYTE_KIND, text, n) : NULL;
}

static PyObject *read_utf8(Reader *r)
{
    Py_ssize_t n = read_size(r, "string size out of range");
    const char *text = n < 0 ? NULL : read_bytes(r, n);
    return text ? PyUnicode_DecodeUTF8(text, n, "surrogatepass") : NULL;
}

/* A tuple with a number may be met within its own items: it is whole from the start. */
static PyObject *read_tuple(Reader *r, Py_ssize_t n, int flag)
{
    if (n < 0)
        return NULL;
    bool fits = may_come(r, n, 1);
    K_AUTO(PyObject *) tuple = ref_add(r, PyTuple_New(fits ? n : 0), flag);
    for (Py_ssize_t i = 0; tuple && flag && fits && i < n; i++)
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(Py_None));
    for (Py_ssize_t i = 0; tuple && i < n; i++) {
        PyObject *item = read_item(r, "tuple");
        if (!item)
            return NULL;
        if (!fits) {
            Py_DECREF(item);
            continue;
        }
        K_AUTO(PyObject *) before = PyTuple_GET_ITEM(tuple, i);
        PyTuple_SET_ITEM(tuple, i, item);
    }
    return K_MOVE(tuple);
}

static PyObject *read_list(Reader *r, int flag)
{
    Py_ssize_t n = read_size(r, "list size out of range");
    if (n < 0)
        return NULL;
    K_AUTO(PyObject *) list = ref_add(r, PyList_New(0), flag);
    for (Py_ssize_t i = 0; list && i < n; i++) {
        K_AUTO(PyObject *) item = read_item(r, "list");
        if (!item || PyList_Append(list, item) < 0)
            return NULL;
    }
    return K_MOVE(list);
}

static PyObject *read_dict(Reader *r, int flag)
{
    K_AUTO(PyObject *) dict = ref_add(r, PyDict_New(), flag);
    while (dict) {
        K_AUTO(PyObject *) key = read_object(r);
        if (!key)
            break; /* the closing NULL */
        K_AUTO(PyObject *) value = read_object(r);
        if (!value)
            break;
        if (PyDict_SetItem(dict, key, value) < 0)
            return NULL;
    }
    return PyErr_Occurred() ? NULL : K_MOVE(dict);
}

static PyObject *read_set(Reader *r, int frozen, int flag)
{
    Py_ssize_t n = read_size(r, "set size out of range");
    if (n < 0)
        return NULL;
    if (frozen && n == 0)
        return ref_add(r, PyFrozenSet_New(NULL), flag); /* the one empty frozenset */
    Py_ssize_t number = frozen ? ref_reserve(r, flag) : 0;
    K_AUTO(PyObject *) set = number < 0 ? NULL : frozen ? PyFrozenSet_New(NULL) : PySet_New(NULL);
    if (set && frozen && Py_REFCNT(set) != 1)
        K_SET(set, PySet_New(NULL)); /* a shared empty frozenset must not be filled */
    if (!frozen)
        K_SET(set, ref_add(r, K_MOVE(set), flag));
    for (Py_ssize_t i = 0; set && i < n; i++) {
        K_AUTO(PyObject *) item = read_item(r, "set");
        if (!item || PySet_Add(set, item) < 0)
            return NULL;
    }
    if (set && frozen && !PyFrozenSet_CheckExact(set))
        K_SET(set, PyFrozenSet_New(set));
    return frozen ? ref_fill(r, K_MOVE(set), number, flag) : K_MOVE(set);
}

/* The numbers and objects of a code object in the file's order. */
static PyObject *read_code(Reader *r, int flag)
{
    Py_ssize_t number = ref_reserve(r, flag);
    if (number < 0)
        return NULL;
    KCodeParts p = { 0 };
    int *numbers[] = { &p.argcount, &p.posonlyargcount, &p.kwonlyargcount, &p.stacksize, &p.flags };
    PyObject **objects[] = { &p.code, &p.consts, &p.names, &p.localsplusnames, &p.localspluskinds, &p.filename,
                             &p.name, &p.qualname, NULL /* firstlineno */, &p.linetable, &p.exceptiontable };
    PyObject *made = NULL;
    for (Py_ssize_t i = 0; i < K_COUNT_OF(numbers); i++) {
        *numbers[i] = (int)read_long(r);
        if (PyErr_Occurred())
            return NULL;
    }
    Py_ssize_t done = 0;
    for (; done < K_COUNT_OF(objects); done++) {
        if (!objects[done])
            p.firstlineno = (int)read_long(r);
        else
            *objects[done] = read_item(r, "code object");
        if (PyErr_Occurred())
            break;
    }
    if (done == K_COUNT_OF(objects))
        made = (PyObject *)k_code_new(&p);
    for (Py_ssize_t i = 0; i < K_COUNT_OF(objects); i++)
        if (objects[i])
            Py_XDECREF(*objects[i]);
    return ref_fill(r, made, number, flag);
}

static PyObject *read_typed(Reader *r, int type, int flag)
{
    switch (type) {
    case MARSHAL_NULL: return NULL;
    case MARSHAL_NONE: return Py_NewRef(Py_None);
    case MARSHAL_STOP_ITERATION: return Py_NewRef(PyExc_StopIteration);
    case MARSHAL_ELLIPSIS: return Py_NewRef(Py_Ellipsis);
    case MARSHAL_FALSE: return Py_NewRef(Py_False);
    case MARSHAL_TRUE: return Py_NewRef(Py_True);
    case MARSHAL_INT: {
        long n = read_long(r);
        return PyErr_Occurred() ? NULL : ref_add(r, PyLong_FromLong(n), flag);
    }
    case MARSHAL_INT64: return ref_add(r, read_int64(r), flag);
    case MARSHAL_LONG: return ref_add(r, read_big_int(r), flag);
    case MARSHAL_FLOAT: return ref_add(r, read_float(r, read_double_text), flag);
    case MARSHAL_BINARY_FLOAT: return ref_add(r, read_float(r, read_double), flag);
    case MARSHAL_COMPLEX: return ref_add(r, read_complex(r, read_double_text), flag);
    case MARSHAL_BINARY_COMPLEX: return ref_add(r, read_complex(r, read_double), flag);
    case MARSHAL_STRING: return ref_add(r, read_byte_string(r), flag);
    case MARSHAL_ASCII: return ref_add(r, read_ascii(r, 0), flag);
    case MARSHAL_ASCII_INTERNED: return ref_add(r, interned(read_ascii(r, 0)), flag);
    case MARSHAL_SHORT_ASCII: return ref_add(r, read_ascii(r, 1), flag);
    case MARSHAL_SHORT_ASCII_INTERNED: return ref_add(r, interned(read_ascii(r, 1)), flag);
    case MARSHAL_UNICODE: return ref_add(r, read_utf8(r), flag);
    case MARSHAL_INTERNED: return ref_add(r, interned(read_utf8(r)), flag);
    case MARSHAL_SMALL_TUPLE: {
        int n = read_byte(r);
        return n == EOF ? no_object() : read_tuple(r, n, flag);
    }
    case MARSHAL_TUPLE: return read_tuple(r, read_size(r, "tuple size out of range"), flag);
    case MARSHAL_LIST: return read_list(r, flag);
    case MARSHAL_DICT: return read_dict(r, flag);
    case MARSHAL_SET: return read_set(r, 0, flag);
    case MARSHAL_FROZENSET: return read_set(r, 1, flag);
    case MARSHAL_CODE: return read_code(r, flag);
    case MARSHAL_REF: return read_reference(r);
    default: return bad_data("unknown type code");
    }
}

/* The next value; NULL without an exception is the format's own NULL. */
static PyObject *read_object(Reader *r)
{
    int byte = read_byte(r);
    if (byte == EOF) {
        if (PyErr_ExceptionMatches(PyExc_EOFError))
            PyErr_Clear();
        return no_object();
    }
    if (r->depth >= MARSHAL_MAX_DEPTH)
        return k_raise(PyExc_ValueError, "recursion limit exceeded");
    r->depth++;
    PyObject *o = read_typed(r, byte & ~MARSHAL_FLAG_REF, byte & MARSHAL_FLAG_REF);
    r->depth--;
    return o;
}

/* ---- API ---- */

static PyObject *read_whole(Reader *r)
{
    if (PyErr_Occurred()) {
        fprintf(stderr, "XXX readobject called with exception set\n");
        return NULL;
    }
    r->refs = PyList_New(0);
    PyObject *o = r->refs ? read_object(r) : NULL;
    if (!o && !PyErr_Occurred())
        PyErr_SetString(PyExc_TypeError, "NULL object in marshal data for object");
    Py_XDECREF(r->refs);
    PyMem_Free(r->block);
    return o;
}

PyObject *PyMarshal_ReadObjectFromString(const char *bytes, Py_ssize_t n)
{
    return read_whole(&(Reader){ .next = bytes, .end = bytes + n });
}

PyObject *PyMarshal_ReadObjectFromFile(FILE *file)
{
    return read_whole(&(Reader){ .file = file });
}

PyObject *PyMarshal_ReadLastObjectFromFile(FILE *file)
{
    return PyMarshal_ReadObjectFromFile(file);
}

PyObject *k_marshal_read_from(PyObject *readable)
{
    return read_whole(&(Reader){ .readable = readable });
}

long PyMarshal_ReadLongFromFile(FILE *file)
{
    Reader r = { .file = file };
    long value = read_long(&r);
    PyMem_Free(r.block);
    return value;
}

int PyMarshal_ReadShortFromFile(FILE *file)
{
    Reader r = { .file = file };
    int value = read_short(&r);
    PyMem_Free(r.block);
    return value;
}
