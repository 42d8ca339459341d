/* str_codec.h - what the codecs of str share: error handling of decoders and encoders. */
#ifndef KAA_OBJECTS_STR_STR_CODEC_H
#define KAA_OBJECTS_STR_STR_CODEC_H

#include "objects/bytes/bytes.h"
#include "objects/str/str_int.h"

typedef enum _Py_error_handler {
    _Py_ERROR_UNKNOWN = 0, _Py_ERROR_STRICT, _Py_ERROR_SURROGATEESCAPE, _Py_ERROR_REPLACE, _Py_ERROR_IGNORE,
    _Py_ERROR_BACKSLASHREPLACE, _Py_ERROR_SURROGATEPASS, _Py_ERROR_XMLCHARREFREPLACE, _Py_ERROR_OTHER
} _Py_error_handler;
K_API _Py_error_handler _Py_GetErrorHandler(const char *errors);

/* A decoder at work. A handler may exchange the input, so start and size are read again after each error. */
typedef struct StrDecoder {
    const char *encoding, *errors;
    _Py_error_handler kind; /* UNKNOWN until the first error */
    const char *start;
    Py_ssize_t size;
    PyObject *handler, *exception; /* owned, made at the first error */
    _PyUnicodeWriter w;
} StrDecoder;

K_INT void str_decoder_init(StrDecoder *d, const char *encoding, const char *errors, const char *start, Py_ssize_t size);
K_INT K_NEW PyObject *str_decoder_finish(StrDecoder *d); /* the text; releases everything */
K_INT PyObject *str_decoder_fail(StrDecoder *d);         /* NULL; releases everything */
/* Bytes from..to of the input are wrong: writes what the handler says. Gives the place to go on, or -1. Runs code. */
K_INT Py_ssize_t str_decoder_error(StrDecoder *d, const char *reason, Py_ssize_t from, Py_ssize_t to);

/* An encoder at work. */
typedef struct StrEncoder {
    PyObject *s; /* borrowed */
    const char *encoding, *errors;
    _Py_error_handler kind;
    PyObject *handler, *exception; /* owned */
    _PyBytesWriter w;
    char *out; /* where the next byte goes */
} StrEncoder;

/* room: bytes to begin with. 0, or -1 with MemoryError. */
K_INT K_STATUS int str_encoder_init(StrEncoder *e, PyObject *s, const char *encoding, const char *errors, Py_ssize_t room);
K_INT K_NEW PyObject *str_encoder_finish(StrEncoder *e);
K_INT PyObject *str_encoder_fail(StrEncoder *e);
K_INT K_STATUS int str_encoder_room(StrEncoder *e, Py_ssize_t more);
K_INT K_STATUS int str_encoder_write(StrEncoder *e, const void *bytes, Py_ssize_t n);
/* Characters from..to cannot be encoded. Gives the place to go on, or -1. *replacement is NULL when the bytes are
 * written already, else a new str that the encoder must write itself. Runs code. */
K_INT Py_ssize_t str_encoder_error(StrEncoder *e, const char *reason, Py_ssize_t from, Py_ssize_t to,
                                   PyObject **replacement);
/* How far from..to consists of lone surrogates that stand for bytes (surrogateescape); the bytes are written. -1 out
 * of memory. For codecs of single bytes. */
K_INT Py_ssize_t str_encoder_unescape(StrEncoder *e, Py_ssize_t from, Py_ssize_t to);
/* Raises what the strict handler raises for characters from..to. */
K_INT void str_encoder_raise(StrEncoder *e, const char *reason, Py_ssize_t from, Py_ssize_t to);

#endif
