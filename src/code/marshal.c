/* marshal.c - writing values in marshal's format: constants and code objects to bytes.
 *
 * In: a value and a format version (4 is today's).  Out: bytes, in memory or in a FILE.
 * Invariant: from version 3 on an object that others may hold too (count above 1) is numbered when first written and
 * written as its number afterwards; the reader numbers in the same order. Sets are written sorted by their items'
 * bytes, so that equal sets give equal files.
 * Start at write_object(). Reading is in unmarshal.c. */
#include "code/marshal.h"

#include "code/code.h"
#include "code/marshal_types.h"
#include "memory/mem.h"
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/complex.h"
#include "objects/dict/dict.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

typedef enum { WRITE_OK, WRITE_UNKNOWN, WRITE_TOO_DEEP, WRITE_NO_MEMORY } WriteStatus;

typedef struct RefSlot {
    PyObject *object; /* owned: its address must stay its own */
    int number;
} RefSlot;

typedef struct Writer {
    char *bytes;
    size_t used, room;
    int version, depth;
    WriteStatus status;
    RefSlot *refs; /* open addressing by address */
    size_t ref_room;
    int ref_count;
} Writer;

enum { FIRST_ROOM = 256, FIRST_REF_ROOM = 64 };

/* The exception says why; one of the end is made later. */
static void writer_fails(Writer *w)
{
    w->status = PyErr_ExceptionMatches(PyExc_MemoryError) ? WRITE_NO_MEMORY : WRITE_UNKNOWN;
    PyErr_Clear();
}

/* ---- bytes ---- */

static char *writer_reserve(Writer *w, size_t n)
{
    if (n > w->room - w->used) {
        size_t room = w->room ? w->room : FIRST_ROOM;
        while (n > room - w->used)
            room *= 2;
        char *bytes = PyMem_Realloc(w->bytes, room);
        if (!bytes) {
            w->status = WRITE_NO_MEMORY;
            return NULL;
        }
        w->bytes = bytes;
        w->room = room;
    }
    w->used += n;
    return w->bytes + w->used - n;
}

static void write_bytes(Writer *w, const void *bytes, size_t n)
{
    char *to = writer_reserve(w, n);
    if (to && n)
        memcpy(to, bytes, n);
}

static void write_byte(Writer *w, int byte)
{
    char one = (char)byte;
    write_bytes(w, &one, 1);
}

static void write_short(Writer *w, int value)
{
    unsigned char two[] = { value & 255, value >> 8 & 255 };
    write_bytes(w, two, sizeof two);
}

static void write_long(Writer *w, long value)
{
    unsigned char four[] = { value & 255, value >> 8 & 255, value >> 16 & 255, value >> 24 & 255 };
    write_bytes(w, four, sizeof four);
}

static int write_size(Writer *w, Py_ssize_t n)
{
    if (n > INT32_MAX) {
        w->status = WRITE_UNKNOWN;
        return 0;
    }
    write_long(w, (long)n);
    return 1;
}

static void write_counted(Writer *w, const char *bytes, Py_ssize_t n)
{
    if (write_size(w, n))
        write_bytes(w, bytes, (size_t)n);
}

static void write_short_counted(Writer *w, const char *bytes, Py_ssize_t n)
{
    write_byte(w, (int)n);
    write_bytes(w, bytes, (size_t)n);
}

/* ---- references ---- */

static RefSlot *ref_slot(RefSlot *refs, size_t room, PyObject *o)
{
    size_t i = ((uintptr_t)o >> 4) * 0x9E3779B97F4A7C15u >> 20;
    for (;; i++) {
        RefSlot *slot = &refs[i & (room - 1)];
        if (!slot->object || slot->object == o)
            return slot;
    }
}

static int refs_grow(Writer *w)
{
    size_t room = w->ref_room ? w->ref_room * 2 : FIRST_REF_ROOM;
    RefSlot *refs = PyMem_Calloc(room, sizeof *refs);
    if (!refs) {
        w->status = WRITE_NO_MEMORY;
        return -1;
    }
    for (size_t i = 0; i < w->ref_room; i++)
        if (w->refs[i].object)
            *ref_slot(refs, room, w->refs[i].object) = w->refs[i];
    PyMem_Free(w->refs);
    w->refs = refs;
    w->ref_room = room;
    return 0;
}

/* 1: written as a reference; 0: to be written, with *flag in its type byte. */
static int write_reference(Writer *w, PyObject *o, int *flag)
{
    *flag = 0;
    if (w->version < 3 || Py_REFCNT(o) == 1)
        return 0;
    if ((size_t)w->ref_count * 2 >= w->ref_room && refs_grow(w) < 0)
        return 1;
    RefSlot *slot = ref_slot(w->refs, w->ref_room, o);
    if (slot->object) {
        write_byte(w, MARSHAL_REF);
        write_long(w, slot->number);
        return 1;
    }
    *slot = (RefSlot){ Py_NewRef(o), w->ref_count++ };
    *flag = MARSHAL_FLAG_REF;
    return 0;
}

static void refs_release(Writer *w)
{
    for (size_t i = 0; i < w->ref_room; i++)
        Py_XDECREF(w->refs[i].object);
    PyMem_Free(w->refs);
}

/* ---- values ---- */

static void write_object(Writer *w, PyObject *o);

enum { LONG_SHIFT = 15, LONG_MASK = (1 << LONG_SHIFT) - 1 };
_Static_assert(PyLong_SHIFT == 2 * LONG_SHIFT, "one digit makes two of the file's");

static void write_big_int(Writer *w, PyLongObject *v, int flag)
{
    Py_ssize_t n = Py_ABS(Py_SIZE(v));
    Py_ssize_t shorts = n * 2 - (n && v->ob_digit[n - 1] <= LONG_MASK);
    write_byte(w, MARSHAL_LONG | flag);
    if (!write_size(w, Py_SIZE(v) < 0 ? -shorts : shorts))
        return;
    for (Py_ssize_t i = 0; i < shorts; i++)
        write_short(w, (int)(v->ob_digit[i / 2] >> (i & 1 ? LONG_SHIFT : 0)) & LONG_MASK);
}

static void write_int(Writer *w, PyObject *o, int flag)
{
    int overflow;
    long value = PyLong_AsLongAndOverflow(o, &overflow);
    if (overflow || value != (int32_t)value) {
        write_big_int(w, (PyLongObject *)o, flag);
        return;
    }
    write_byte(w, MARSHAL_INT | flag);
    write_long(w, value);
}

static void write_double(Writer *w, double x)
{
    char eight[8];
    if (PyFloat_Pack8(x, eight, 1) < 0) {
        w->status = WRITE_UNKNOWN;
        return;
    }
    write_bytes(w, eight, sizeof eight);
}

static void write_double_text(Writer *w, double x)
{
    char *text = PyOS_double_to_string(x, 'g', 17, 0, NULL);
    if (!text) {
        w->status = WRITE_NO_MEMORY;
        return;
    }
    write_short_counted(w, text, (Py_ssize_t)strlen(text));
    PyMem_Free(text);
}

static void write_float(Writer *w, double x, int flag)
{
    write_byte(w, (w->version > 1 ? MARSHAL_BINARY_FLOAT : MARSHAL_FLOAT) | flag);
    if (w->version > 1)
        write_double(w, x);
    else
        write_double_text(w, x);
}

static void write_complex(Writer *w, Py_complex z, int flag)
{
    void (*part)(Writer *, double) = w->version > 1 ? write_double : write_double_text;
    write_byte(w, (w->version > 1 ? MARSHAL_BINARY_COMPLEX : MARSHAL_COMPLEX) | flag);
    part(w, z.real);
    part(w, z.imag);
}

static void write_str(Writer *w, PyObject *o, int flag)
{
    int interned = PyUnicode_CHECK_INTERNED(o);
    if (w->version >= 4 && PyUnicode_IS_ASCII(o)) {
        Py_ssize_t n = PyUnicode_GET_LENGTH(o);
        const char *text = (const char *)PyUnicode_1BYTE_DATA(o);
        if (n < 256) {
            write_byte(w, (interned ? MARSHAL_SHORT_ASCII_INTERNED : MARSHAL_SHORT_ASCII) | flag);
            write_short_counted(w, text, n);
        } else {
            write_byte(w, (interned ? MARSHAL_ASCII_INTERNED : MARSHAL_ASCII) | flag);
            write_counted(w, text, n);
        }
        return;
    }
    K_AUTO(PyObject *) utf8 = PyUnicode_AsEncodedString(o, "utf8", "surrogatepass");
    if (!utf8) {
        writer_fails(w);
        return;
    }
    write_byte(w, (w->version >= 3 && interned ? MARSHAL_INTERNED : MARSHAL_UNICODE) | flag);
    write_counted(w, PyBytes_AS_STRING(utf8), PyBytes_GET_SIZE(utf8));
}

static void write_tuple(Writer *w, PyObject *o, int flag)
{
    Py_ssize_t n = PyTuple_GET_SIZE(o);
    if (w->version >= 4 && n < 256) {
        write_byte(w, MARSHAL_SMALL_TUPLE | flag);
        write_byte(w, (int)n);
    } else {
        write_byte(w, MARSHAL_TUPLE | flag);
        if (!write_size(w, n))
            return;
    }
    for (Py_ssize_t i = 0; i < n; i++)
        write_object(w, PyTuple_GET_ITEM(o, i));
}

static void write_list(Writer *w, PyObject *o, int flag)
{
    Py_ssize_t n = PyList_GET_SIZE(o);
    write_byte(w, MARSHAL_LIST | flag);
    if (!write_size(w, n))
        return;
    for (Py_ssize_t i = 0; i < n && i < PyList_GET_SIZE(o); i++)
        write_object(w, PyList_GET_ITEM(o, i));
}

static void write_dict(Writer *w, PyObject *o, int flag)
{
    write_byte(w, MARSHAL_DICT | flag);
    Py_ssize_t position = 0;
    PyObject *key, *value;
    while (PyDict_Next(o, &position, &key, &value)) {
        write_object(w, key);
        write_object(w, value);
    }
    write_byte(w, MARSHAL_NULL);
}

static void write_set(Writer *w, PyObject *o, int flag)
{
    write_byte(w, (PyFrozenSet_CheckExact(o) ? MARSHAL_FROZENSET : MARSHAL_SET) | flag);
    if (!write_size(w, PySet_GET_SIZE(o)))
        return;
    K_AUTO(PyObject *) pairs = PyList_New(0);
    K_AUTO(PyObject *) items = pairs ? PySequence_List(o) : NULL;
    for (Py_ssize_t i = 0; items && i < PyList_GET_SIZE(items); i++) {
        K_AUTO(PyObject *) bytes = PyMarshal_WriteObjectToString(PyList_GET_ITEM(items, i), w->version);
        K_AUTO(PyObject *) pair = bytes ? PyTuple_Pack(2, bytes, PyList_GET_ITEM(items, i)) : NULL;
        if (!pair || PyList_Append(pairs, pair) < 0) {
            writer_fails(w);
            return;
        }
    }
    if (!items || PyList_Sort(pairs) < 0) {
        writer_fails(w);
        return;
    }
    Py_CLEAR(items); /* an item's count says whether it is shared */
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(pairs); i++)
        write_object(w, PyTuple_GET_ITEM(PyList_GET_ITEM(pairs, i), 1));
}

static void write_code(Writer *w, PyCodeObject *code, int flag)
{
    K_AUTO(PyObject *) bytes = PyCode_GetCode(code);
    if (!bytes) {
        writer_fails(w);
        return;
    }
    write_byte(w, MARSHAL_CODE | flag);
    write_long(w, code->co_argcount);
    write_long(w, code->co_posonlyargcount);
    write_long(w, code->co_kwonlyargcount);
    write_long(w, code->co_stacksize);
    write_long(w, code->co_flags);
    write_object(w, bytes);
    write_object(w, code->co_consts);
    write_object(w, code->co_names);
    write_object(w, code->co_localsplusnames);
    write_object(w, code->co_localspluskinds);
    write_object(w, code->co_filename);
    write_object(w, code->co_name);
    write_object(w, code->co_qualname);
    write_long(w, code->co_firstlineno);
    write_object(w, code->co_linetable);
    write_object(w, code->co_exceptiontable);
}

static void write_buffer(Writer *w, PyObject *o, int flag)
{
    Py_buffer view;
    if (PyObject_GetBuffer(o, &view, PyBUF_SIMPLE) < 0) {
        writer_fails(w);
        return;
    }
    write_byte(w, MARSHAL_STRING | flag);
    write_counted(w, view.buf, view.len);
    PyBuffer_Release(&view);
}

static void write_value(Writer *w, PyObject *o, int flag)
{
    if (PyLong_CheckExact(o))
        write_int(w, o, flag);
    else if (PyFloat_CheckExact(o))
        write_float(w, PyFloat_AS_DOUBLE(o), flag);
    else if (PyComplex_CheckExact(o))
        write_complex(w, ((PyComplexObject *)o)->cval, flag);
    else if (PyBytes_CheckExact(o)) {
        write_byte(w, MARSHAL_STRING | flag);
        write_counted(w, PyBytes_AS_STRING(o), PyBytes_GET_SIZE(o));
    } else if (PyUnicode_CheckExact(o))
        write_str(w, o, flag);
    else if (PyTuple_CheckExact(o))
        write_tuple(w, o, flag);
    else if (PyList_CheckExact(o))
        write_list(w, o, flag);
    else if (PyDict_CheckExact(o))
        write_dict(w, o, flag);
    else if (PyAnySet_CheckExact(o))
        write_set(w, o, flag);
    else if (PyCode_Check(o))
        write_code(w, (PyCodeObject *)o, flag);
    else if (PyObject_CheckBuffer(o))
        write_buffer(w, o, flag);
    else {
        write_byte(w, MARSHAL_UNKNOWN);
        w->status = WRITE_UNKNOWN;
    }
}

static int singleton_type(PyObject *o)
{
    return !o                       ? MARSHAL_NULL
           : o == Py_None           ? MARSHAL_NONE
           : o == PyExc_StopIteration ? MARSHAL_STOP_ITERATION
           : o == Py_Ellipsis       ? MARSHAL_ELLIPSIS
           : o == Py_False          ? MARSHAL_FALSE
           : o == Py_True           ? MARSHAL_TRUE
                                    : 0;
}

static void write_object(Writer *w, PyObject *o)
{
    if (w->status != WRITE_OK)
        return;
    int flag, single = singleton_type(o);
    w->depth++;
    if (w->depth > MARSHAL_MAX_DEPTH)
        w->status = WRITE_TOO_DEEP;
    else if (single)
        write_byte(w, single);
    else if (!write_reference(w, o, &flag))
        write_value(w, o, flag);
    w->depth--;
}

/* ---- API ---- */

PyObject *PyMarshal_WriteObjectToString(PyObject *value, int version)
{
    Writer w = { .version = version };
    write_object(&w, value);
    PyObject *result = NULL;
    switch (w.status) {
    case WRITE_OK:
        result = PyBytes_FromStringAndSize(w.bytes, (Py_ssize_t)w.used);
        break;
    case WRITE_UNKNOWN:
        PyErr_SetString(PyExc_ValueError, "unmarshallable object");
        break;
    case WRITE_TOO_DEEP:
        PyErr_SetString(PyExc_ValueError, "object too deeply nested to marshal");
        break;
    case WRITE_NO_MEMORY:
        PyErr_NoMemory();
        break;
    }
    refs_release(&w);
    PyMem_Free(w.bytes);
    return result;
}

void PyMarshal_WriteLongToFile(long value, FILE *file, int version)
{
    Writer w = { .version = version };
    write_long(&w, value);
    if (w.status == WRITE_OK)
        fwrite(w.bytes, 1, w.used, file);
    PyMem_Free(w.bytes);
}

void PyMarshal_WriteObjectToFile(PyObject *value, FILE *file, int version)
{
    K_AUTO(PyObject *) bytes = PyMarshal_WriteObjectToString(value, version);
    if (bytes)
        fwrite(PyBytes_AS_STRING(bytes), 1, (size_t)PyBytes_GET_SIZE(bytes), file);
}
