/* zlib.c - the module zlib: compression in the deflate format, adler32 and crc32.
 *
 * In: bytes-like objects.  Out: bytes, or objects that take a stream piece by piece. Invariant: a stream's state belongs
 * to one object, which works while it holds the interpreter's lock. Start at run_stream(). */
#include "objects/module.h"

#include <zlib.h>

#include "memory/mem.h"
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/int/int.h"
#include "objects/str/str.h"
#include "runtime/errors.h"

METHODS_DECLARE(Compress);
METHODS_DECLARE(Decompress);
METHODS_DECLARE(zlib);

enum { FIRST_ROOM = 16 * 1024 };

static PyObject *zlib_error; /* zlib.error: written once, when the module is first made */

/* Sets zlib.error from a return value: "Error N while doing something: message". */
static PyObject *stream_error(const z_stream *z, int code, const char *doing)
{
    const char *message = code == Z_VERSION_ERROR ? "library version mismatch" : z->msg;
    if (!message)
        message = code == Z_BUF_ERROR ? "incomplete or truncated stream" : code == Z_STREAM_ERROR
            ? "inconsistent stream state" : code == Z_DATA_ERROR ? "invalid input data" : NULL;
    if (message)
        PyErr_Format(zlib_error, "Error %d %s: %.200s", code, doing, message);
    else
        PyErr_Format(zlib_error, "Error %d %s", code, doing);
    return NULL;
}

/* ---- output that grows ---- */

typedef struct Output {
    unsigned char *at;
    size_t n, room, limit;
} Output;

static int output_grow(Output *out)
{
    size_t room = out->room ? out->room * 2 : FIRST_ROOM;
    if (room > out->limit)
        room = out->limit;
    unsigned char *more = room > (size_t)PY_SSIZE_T_MAX ? NULL : PyMem_Realloc(out->at, room ? room : 1);
    if (!more) {
        K_AUTO(PyObject *) none = PyErr_NoMemory();
        return -1;
    }
    out->at = more;
    out->room = room;
    return 0;
}

static PyObject *output_finish(Output *out, int failed)
{
    PyObject *bytes = failed ? NULL : PyBytes_FromStringAndSize((char *)out->at, (Py_ssize_t)out->n);
    PyMem_Free(out->at);
    return bytes;
}

/* Feeds n bytes to step() (deflate or inflate) until it has no more to say; z->next_in and the bytes left over (*left)
 * tell how far it came. The last return value, or -100 with an exception. */
enum { OUT_OF_MEMORY = -100 };
static int run_stream(z_stream *z, int (*step)(z_stream *, int), int flush, const unsigned char *data, size_t n,
                      Output *out, size_t *left)
{
    int code = Z_OK;
    z->next_in = (unsigned char *)data;
    do {
        size_t piece = n > UINT_MAX ? UINT_MAX : n;
        z->avail_in = (uInt)piece;
        n -= piece;
        int mode = n ? Z_NO_FLUSH : flush;
        do {
            if (out->n == out->room) {
                if (out->room && out->room >= out->limit)
                    goto done;
                if (output_grow(out) < 0)
                    return OUT_OF_MEMORY;
            }
            size_t space = out->room - out->n > UINT_MAX ? UINT_MAX : out->room - out->n;
            z->next_out = out->at + out->n;
            z->avail_out = (uInt)space;
            code = step(z, mode);
            out->n += space - z->avail_out;
            if (code != Z_OK && code != Z_BUF_ERROR)
                goto done;
        } while (z->avail_out == 0);
    } while (n);
done:
    *left = n + z->avail_in;
    return code;
}

/* ---- functions ---- */

FUNCTION_KW(zlib, compress, "($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)",
            "The data compressed.\n\n"
            "  level\n    0 to 9, or -1 for the usual one\n"
            "  wbits\n    size of the window and kind of header",
            *data, *level, *wbits)
{
    int level = Z_DEFAULT_COMPRESSION, wbits = MAX_WBITS;
    Py_buffer in;
    if (PyObject_GetBuffer(arg->data, &in, PyBUF_SIMPLE) < 0)
        return NULL;
    PyObject *bytes = NULL;
    if ((!arg->level || k_arg_int(arg->level, &level) == 0) && (!arg->wbits || k_arg_int(arg->wbits, &wbits) == 0)) {
        z_stream z = { 0 };
        Output out = { .limit = SIZE_MAX };
        size_t left;
        int code = deflateInit2(&z, level, Z_DEFLATED, wbits, 8, Z_DEFAULT_STRATEGY);
        if (code == Z_OK) {
            code = run_stream(&z, deflate, Z_FINISH, in.buf, (size_t)in.len, &out, &left);
            if (code != Z_STREAM_END && code != OUT_OF_MEMORY)
                stream_error(&z, code, "while compressing data");
            bytes = output_finish(&out, code != Z_STREAM_END);
            deflateEnd(&z);
        } else if (code == Z_STREAM_ERROR)
            PyErr_SetString(zlib_error, "Bad compression level");
        else
            stream_error(&z, code, "while compressing data");
    }
    PyBuffer_Release(&in);
    return bytes;
}

static PyObject *decompress_all(const Py_buffer *in, int wbits, size_t first)
{
    z_stream z = { 0 };
    Output out = { .limit = first };
    size_t left;
    int code = inflateInit2(&z, wbits);
    if (code != Z_OK)
        return stream_error(&z, code, "while preparing to decompress data");
    if (output_grow(&out) < 0) {
        inflateEnd(&z);
        return NULL;
    }
    out.limit = SIZE_MAX;
    code = run_stream(&z, inflate, Z_SYNC_FLUSH, in->buf, (size_t)in->len, &out, &left);
    if (code != Z_STREAM_END && code != OUT_OF_MEMORY)
        stream_error(&z, code == Z_OK ? Z_BUF_ERROR : code, "while decompressing data");
    inflateEnd(&z);
    return output_finish(&out, code != Z_STREAM_END);
}

FUNCTION_KW(zlib, decompress, "($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)",
            "The data that was compressed.\n\n"
            "  wbits\n    size of the window and kind of header\n"
            "  bufsize\n    bytes of room for the result at first",
            *data, *wbits, *bufsize)
{
    int wbits = MAX_WBITS;
    Py_ssize_t room = FIRST_ROOM;
    Py_buffer in;
    if (PyObject_GetBuffer(arg->data, &in, PyBUF_SIMPLE) < 0)
        return NULL;
    PyObject *bytes = NULL;
    if ((!arg->wbits || k_arg_int(arg->wbits, &wbits) == 0) && (!arg->bufsize || k_arg_ssize(arg->bufsize, &room) == 0)) {
        if (room < 0)
            PyErr_SetString(PyExc_ValueError, "bufsize must be non-negative");
        else
            bytes = decompress_all(&in, wbits, room ? (size_t)Py_MIN(room, FIRST_ROOM) : 1);
    }
    PyBuffer_Release(&in);
    return bytes;
}

static PyObject *checksum(const char *name, PyObject *const *args, Py_ssize_t nargs, unsigned long start,
                          unsigned long (*function)(unsigned long, const unsigned char *, z_size_t))
{
    Py_buffer in;
    if (k_check_nargs(name, nargs, 1, 2) < 0 || PyObject_GetBuffer(args[0], &in, PyBUF_SIMPLE) < 0)
        return NULL;
    unsigned long value = nargs > 1 ? PyLong_AsUnsignedLongMask(args[1]) : start;
    int failed = value == (unsigned long)-1 && PyErr_Occurred();
    if (!failed)
        value = function(value & 0xffffffff, in.buf, (z_size_t)in.len) & 0xffffffff;
    PyBuffer_Release(&in);
    return failed ? NULL : PyLong_FromUnsignedLong(value);
}

FUNCTION(zlib, adler32, FAST, "($module, data, value=1, /)", "The Adler-32 checksum of data, going on from value.")
{
    return checksum("adler32", args, nargs, 1, adler32_z);
}

FUNCTION(zlib, crc32, FAST, "($module, data, value=0, /)", "The CRC-32 of data, going on from value.")
{
    return checksum("crc32", args, nargs, 0, crc32_z);
}

/* ---- stream objects ---- */

typedef struct StreamObject {
    PyObject ob_base;
    z_stream z;
    PyObject *unused_data, *unconsumed_tail, *zdict; /* zdict: NULL for none */
    char eof;
    int open; /* whether z is initialised */
} StreamObject;

static PyTypeObject Compress_Type, Decompress_Type;

static StreamObject *stream_new(PyTypeObject *type)
{
    StreamObject *self = (StreamObject *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->unused_data = PyBytes_FromStringAndSize(NULL, 0);
    self->unconsumed_tail = PyBytes_FromStringAndSize(NULL, 0);
    if (!self->unused_data || !self->unconsumed_tail)
        Py_CLEAR(self);
    return self;
}

static void stream_dealloc(PyObject *o)
{
    StreamObject *self = (StreamObject *)o;
    if (self->open && Py_TYPE(o) == &Compress_Type)
        deflateEnd(&self->z);
    else if (self->open)
        inflateEnd(&self->z);
    Py_XDECREF(self->unused_data);
    Py_XDECREF(self->unconsumed_tail);
    Py_XDECREF(self->zdict);
    Py_TYPE(o)->tp_free(o);
}

static int set_dictionary(StreamObject *self, int (*set)(z_stream *, const unsigned char *, uInt))
{
    Py_buffer dictionary;
    if (PyObject_GetBuffer(self->zdict, &dictionary, PyBUF_SIMPLE) < 0)
        return -1;
    int code = Z_OK;
    if ((size_t)dictionary.len > UINT_MAX)
        PyErr_SetString(PyExc_OverflowError, "zdict length does not fit in an unsigned int");
    else if ((code = set(&self->z, dictionary.buf, (uInt)dictionary.len)) != Z_OK)
        stream_error(&self->z, code, "while setting zdict");
    PyBuffer_Release(&dictionary);
    return PyErr_Occurred() ? -1 : 0;
}

FUNCTION_KW(zlib, compressobj,
            "($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n            wbits=MAX_WBITS, "
            "memLevel=DEF_MEM_LEVEL,\n            strategy=Z_DEFAULT_STRATEGY, zdict=None)",
            "An object that compresses a stream piece by piece.\n\n"
            "  level\n    0 to 9, or -1 for the usual one\n"
            "  wbits\n    size of the window and kind of header\n"
            "  memLevel\n    memory to use, 1 to 9\n"
            "  zdict\n    bytes that are likely to come up often",
            *level, *method, *wbits, *memLevel, *strategy, *zdict)
{
    int level = Z_DEFAULT_COMPRESSION, method = Z_DEFLATED, wbits = MAX_WBITS, memory = 8, strategy = Z_DEFAULT_STRATEGY;
    if ((arg->level && k_arg_int(arg->level, &level) < 0) || (arg->method && k_arg_int(arg->method, &method) < 0)
        || (arg->wbits && k_arg_int(arg->wbits, &wbits) < 0) || (arg->memLevel && k_arg_int(arg->memLevel, &memory) < 0)
        || (arg->strategy && k_arg_int(arg->strategy, &strategy) < 0))
        return NULL;
    K_AUTO(StreamObject *) stream = stream_new(&Compress_Type);
    if (!stream)
        return NULL;
    int code = deflateInit2(&stream->z, level, method, wbits, memory, strategy);
    if (code == Z_STREAM_ERROR)
        return k_raise(PyExc_ValueError, "Invalid initialization option");
    if (code != Z_OK)
        return code == Z_MEM_ERROR ? PyErr_NoMemory() : stream_error(&stream->z, code, "while creating compression object");
    stream->open = 1;
    if (arg->zdict && arg->zdict != Py_None) {
        if (!PyObject_CheckBuffer(arg->zdict))
            return k_raise(PyExc_TypeError, "a bytes-like object is required, not '%.100s'", Py_TYPE(arg->zdict)->tp_name);
        stream->zdict = Py_NewRef(arg->zdict);
        if (set_dictionary(stream, deflateSetDictionary) < 0)
            return NULL;
    }
    return (PyObject *)K_MOVE(stream);
}

FUNCTION_KW(zlib, decompressobj, "($module, /, wbits=MAX_WBITS, zdict=b'')",
            "An object that decompresses a stream piece by piece.\n\n"
            "  wbits\n    size of the window and kind of header\n"
            "  zdict\n    the dictionary that the compressor had",
            *wbits, *zdict)
{
    int wbits = MAX_WBITS;
    if (arg->wbits && k_arg_int(arg->wbits, &wbits) < 0)
        return NULL;
    if (arg->zdict && !PyObject_CheckBuffer(arg->zdict))
        return k_raise(PyExc_TypeError, "zdict argument must support the buffer protocol");
    K_AUTO(StreamObject *) stream = stream_new(&Decompress_Type);
    if (!stream)
        return NULL;
    stream->zdict = Py_XNewRef(arg->zdict);
    int code = inflateInit2(&stream->z, wbits);
    if (code == Z_STREAM_ERROR)
        return k_raise(PyExc_ValueError, "Invalid initialization option");
    if (code != Z_OK)
        return code == Z_MEM_ERROR ? PyErr_NoMemory() : stream_error(&stream->z, code, "while creating decompression object");
    stream->open = 1;
    if (stream->zdict && wbits < 0 && set_dictionary(stream, inflateSetDictionary) < 0) /* a raw stream does not ask for it */
        return NULL;
    return (PyObject *)K_MOVE(stream);
}

METHOD(Compress, compress, O, "($self, data, /)", "Takes in data; returns what output there is so far.")
{
    StreamObject *stream = (StreamObject *)self;
    Py_buffer in;
    if (PyObject_GetBuffer(arg, &in, PyBUF_SIMPLE) < 0)
        return NULL;
    Output out = { .limit = SIZE_MAX };
    size_t left;
    int code = run_stream(&stream->z, deflate, Z_NO_FLUSH, in.buf, (size_t)in.len, &out, &left);
    PyBuffer_Release(&in);
    if (code == Z_STREAM_ERROR)
        stream_error(&stream->z, code, "while compressing data");
    return output_finish(&out, code == Z_STREAM_ERROR || code == OUT_OF_MEMORY);
}

METHOD(Compress, flush, FAST, "($self, mode=zlib.Z_FINISH, /)",
       "Returns all output that is left; unless mode says otherwise the stream ends here.")
{
    StreamObject *stream = (StreamObject *)self;
    int mode = Z_FINISH;
    if (k_check_nargs("flush", nargs, 0, 1) < 0 || (nargs && k_arg_int(args[0], &mode) < 0))
        return NULL;
    if (mode == Z_NO_FLUSH)
        return PyBytes_FromStringAndSize(NULL, 0);
    Output out = { .limit = SIZE_MAX };
    size_t left;
    int code = run_stream(&stream->z, deflate, mode, NULL, 0, &out, &left);
    int failed = code == OUT_OF_MEMORY;
    if (code == Z_STREAM_END && mode == Z_FINISH) {
        stream->open = 0;
        code = deflateEnd(&stream->z);
        if (code != Z_OK) {
            stream_error(&stream->z, code, "while finishing compression");
            failed = 1;
        }
    } else if (!failed && code != Z_OK && code != Z_BUF_ERROR) {
        stream_error(&stream->z, code, "while flushing");
        failed = 1;
    }
    return output_finish(&out, failed);
}

static PyObject *stream_copy(PyObject *o, int (*copy)(z_stream *, z_stream *))
{
    StreamObject *self = (StreamObject *)o;
    K_AUTO(StreamObject *) made = stream_new(Py_TYPE(o));
    if (!made)
        return NULL;
    int code = copy(&made->z, &self->z);
    if (code == Z_STREAM_ERROR)
        return k_raise(PyExc_ValueError, "Inconsistent stream state");
    if (code == Z_MEM_ERROR)
        return k_raise(PyExc_MemoryError, "Can't allocate memory for stream object");
    if (code != Z_OK)
        return stream_error(&self->z, code, "while copying stream object");
    made->open = 1;
    made->eof = self->eof;
    made->zdict = Py_XNewRef(self->zdict);
    K_SET(made->unused_data, Py_NewRef(self->unused_data));
    K_SET(made->unconsumed_tail, Py_NewRef(self->unconsumed_tail));
    return (PyObject *)K_MOVE(made);
}

METHOD(Compress, copy, NOARGS, "($self, /)", "A copy, in the same state.")
{
    return stream_copy(self, deflateCopy);
}

METHOD(Compress, __copy__, NOARGS, "($self, /)", "A copy, in the same state.")
{
    return stream_copy(self, deflateCopy);
}

METHOD(Compress, __deepcopy__, O, "($self, memo, /)", "A copy, in the same state.")
{
    return stream_copy(self, deflateCopy);
}
METHODS_END(Compress);

/* inflate(), which gets the dictionary when it asks for one. */
static int inflate_with_dictionary(StreamObject *self, const unsigned char *data, size_t n, Output *out, size_t *left)
{
    int code = run_stream(&self->z, inflate, Z_SYNC_FLUSH, data, n, out, left);
    if (code != Z_NEED_DICT || !self->zdict)
        return code;
    if (set_dictionary(self, inflateSetDictionary) < 0)
        return OUT_OF_MEMORY;
    return run_stream(&self->z, inflate, Z_SYNC_FLUSH, self->z.next_in, *left, out, left);
}

/* Keeps what was not taken in: behind the end of the stream as unused_data, else as unconsumed_tail. */
static int keep_rest(StreamObject *self, int code, size_t left)
{
    const char *rest = (const char *)self->z.next_in;
    if (code == Z_STREAM_END) {
        if (left) {
            K_AUTO(PyObject *) more = PyBytes_FromStringAndSize(rest, (Py_ssize_t)left);
            if (!more)
                return -1;
            PyObject *all = Py_NewRef(self->unused_data);
            PyBytes_Concat(&all, more);
            if (!all)
                return -1;
            K_SET(self->unused_data, all);
        }
        left = 0;
    }
    if (left == 0 && PyBytes_GET_SIZE(self->unconsumed_tail) == 0)
        return 0;
    PyObject *tail = PyBytes_FromStringAndSize(left ? rest : NULL, (Py_ssize_t)left);
    if (!tail)
        return -1;
    K_SET(self->unconsumed_tail, tail);
    return 0;
}

METHOD_KW(Decompress, decompress, "($self, data, /, max_length=0)",
          "Takes in data; returns the output, at most max_length bytes of it unless that is 0.\n\n"
          "Input left over then is in unconsumed_tail, to be given again.",
          *data, *max_length)
{
    StreamObject *stream = (StreamObject *)self;
    Py_ssize_t limit = 0;
    Py_buffer in;
    if (PyObject_GetBuffer(arg->data, &in, PyBUF_SIMPLE) < 0)
        return NULL;
    if (arg->max_length && k_arg_ssize(arg->max_length, &limit) < 0) {
        PyBuffer_Release(&in);
        return NULL;
    }
    if (limit < 0) {
        PyBuffer_Release(&in);
        return k_raise(PyExc_ValueError, "max_length must be non-negative");
    }
    Output out = { .limit = limit ? (size_t)limit : SIZE_MAX };
    size_t left = (size_t)in.len;
    int code = inflate_with_dictionary(stream, in.buf, (size_t)in.len, &out, &left);
    int failed = code == OUT_OF_MEMORY || keep_rest(stream, code, left) < 0;
    if (!failed && code == Z_STREAM_END)
        stream->eof = 1;
    else if (!failed && code != Z_OK && code != Z_BUF_ERROR) {
        stream_error(&stream->z, code, "while decompressing data");
        failed = 1;
    }
    PyBuffer_Release(&in);
    return output_finish(&out, failed);
}

METHOD(Decompress, flush, FAST, "($self, length=zlib.DEF_BUF_SIZE, /)", "Returns all output that is left.")
{
    StreamObject *stream = (StreamObject *)self;
    Py_ssize_t length = FIRST_ROOM;
    if (k_check_nargs("flush", nargs, 0, 1) < 0 || (nargs && k_arg_ssize(args[0], &length) < 0))
        return NULL;
    if (length <= 0)
        return k_raise(PyExc_ValueError, "length must be greater than zero");
    K_AUTO(PyObject *) tail = Py_NewRef(stream->unconsumed_tail);
    Output out = { .limit = SIZE_MAX };
    size_t left = 0;
    int code = run_stream(&stream->z, inflate, Z_FINISH, (const unsigned char *)PyBytes_AS_STRING(tail),
                          (size_t)PyBytes_GET_SIZE(tail), &out, &left);
    if (code == Z_NEED_DICT && stream->zdict) {
        if (set_dictionary(stream, inflateSetDictionary) < 0)
            return output_finish(&out, 1);
        code = run_stream(&stream->z, inflate, Z_FINISH, stream->z.next_in, left, &out, &left);
    }
    int failed = code == OUT_OF_MEMORY || keep_rest(stream, code, left) < 0;
    if (!failed && code == Z_STREAM_END) {
        stream->eof = 1;
        stream->open = 0;
        inflateEnd(&stream->z);
    }
    return output_finish(&out, failed);
}

METHOD(Decompress, copy, NOARGS, "($self, /)", "A copy, in the same state.")
{
    return stream_copy(self, inflateCopy);
}

METHOD(Decompress, __copy__, NOARGS, "($self, /)", "A copy, in the same state.")
{
    return stream_copy(self, inflateCopy);
}

METHOD(Decompress, __deepcopy__, O, "($self, memo, /)", "A copy, in the same state.")
{
    return stream_copy(self, inflateCopy);
}
METHODS_END(Decompress);

static PyMemberDef Decompress_members[] = {
    { "unused_data", T_OBJECT, offsetof(StreamObject, unused_data), READONLY, NULL },
    { "unconsumed_tail", T_OBJECT, offsetof(StreamObject, unconsumed_tail), READONLY, NULL },
    { "eof", T_BOOL, offsetof(StreamObject, eof), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};

#define STREAM_TYPE(name, table)                                                                                       \
    static PyTypeObject name##_Type = {                                                                                \
        PyVarObject_HEAD_INIT(&PyType_Type, 0),                                                                        \
        .tp_name = "zlib." #name,                                                                                      \
        .tp_basicsize = sizeof(StreamObject),                                                                          \
        .tp_dealloc = stream_dealloc,                                                                                  \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,                                            \
        .tp_methods = METHODS(name),                                                                                   \
        .tp_members = table,                                                                                           \
        .tp_free = PyObject_Free,                                                                                      \
    };                                                                                                                 \
    K_TYPE(name##_Type)
STREAM_TYPE(Compress, NULL);
STREAM_TYPE(Decompress, Decompress_members);

METHODS_END(zlib);

static int zlib_exec(PyObject *module)
{
    const struct {
        const char *name;
        long value;
    } constants[] = {
        { "MAX_WBITS", MAX_WBITS }, { "DEFLATED", Z_DEFLATED }, { "DEF_MEM_LEVEL", 8 }, { "DEF_BUF_SIZE", FIRST_ROOM },
        { "Z_NO_COMPRESSION", Z_NO_COMPRESSION }, { "Z_BEST_SPEED", Z_BEST_SPEED },
        { "Z_BEST_COMPRESSION", Z_BEST_COMPRESSION }, { "Z_DEFAULT_COMPRESSION", Z_DEFAULT_COMPRESSION },
        { "Z_FILTERED", Z_FILTERED }, { "Z_HUFFMAN_ONLY", Z_HUFFMAN_ONLY }, { "Z_RLE", Z_RLE }, { "Z_FIXED", Z_FIXED },
        { "Z_DEFAULT_STRATEGY", Z_DEFAULT_STRATEGY }, { "Z_NO_FLUSH", Z_NO_FLUSH },
        { "Z_PARTIAL_FLUSH", Z_PARTIAL_FLUSH }, { "Z_SYNC_FLUSH", Z_SYNC_FLUSH }, { "Z_FULL_FLUSH", Z_FULL_FLUSH },
        { "Z_FINISH", Z_FINISH }, { "Z_BLOCK", Z_BLOCK }, { "Z_TREES", Z_TREES },
    };
    if (!zlib_error && !(zlib_error = PyErr_NewException("zlib.error", NULL, NULL)))
        return -1;
    if (PyModule_AddObjectRef(module, "error", zlib_error) < 0)
        return -1;
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (PyModule_AddIntConstant(module, constants[i].name, constants[i].value) < 0)
            return -1;
    return PyModule_AddStringConstant(module, "ZLIB_VERSION", ZLIB_VERSION) < 0
        || PyModule_AddStringConstant(module, "ZLIB_RUNTIME_VERSION", zlibVersion()) < 0
        || PyModule_AddStringConstant(module, "__version__", "1.0") < 0 ? -1 : 0;
}

MODULE(zlib, "Compression in the deflate format.", zlib_exec, 0);
