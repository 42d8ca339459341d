/* io_int.h - shared by the files of module _io: the head of every stream, and what one kind asks of another. */
#ifndef KAA_MODULES_IO_INT_H
#define KAA_MODULES_IO_INT_H

#include "memory/gc.h"
#include "memory/mem.h"
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/float/float.h"
#include "objects/descr.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/memoryview/memoryview.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "objects/weakref.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/osutil.h"
#include "runtime/signals.h"
#include "runtime/sys.h"
#include "runtime/warnings.h"
#include "vm/eval.h"

/* The head of every stream. */
typedef struct IoBase {
    PyObject ob_base;
    PyObject *dict, *weakreflist;
    bool closed;     /* close() of IOBase has run */
    bool finalizing; /* being collected: close() warns of nothing */
    int exports;     /* buffers of a BytesIO in use */
} IoBase;

enum { IO_BUFFER_SIZE = 8192 };

K_INT extern PyTypeObject IOBase_Type, RawIOBase_Type, BufferedIOBase_Type, TextIOBase_Type, FileIO_Type, BytesIO_Type,
    StringIO_Type, BufferedReader_Type, BufferedWriter_Type, BufferedRandom_Type, BufferedRWPair_Type, TextIOWrapper_Type,
    NewlineDecoder_Type;

K_INT PyObject *io_unsupported(const char *what);          /* raises UnsupportedOperation; gives NULL */
K_INT extern PyObject *io_unsupported_operation;           /* the class: set once when the module is made */
K_INT K_STATUS int io_is_closed(PyObject *stream);         /* its attribute closed */
K_INT K_STATUS int io_check_closed(PyObject *stream);      /* ValueError when it is closed */
K_INT K_STATUS int io_arg_size(PyObject *argument, Py_ssize_t *size); /* None: -1 */
K_INT K_NEW PyObject *io_call(PyObject *stream, PyObject *name);   /* stream.name() */
K_INT K_NEW PyObject *io_call1(PyObject *stream, PyObject *name, PyObject *argument);
K_INT K_STATUS int io_buffer_to_fill(PyObject *target, Py_buffer *buffer, const char *name); /* of the method called name */
K_INT bool io_able(PyObject *stream, PyObject *question, const char *message); /* false with an exception */
K_INT K_STATUS int io_call_bool(PyObject *stream, PyObject *name); /* truth of stream.name() */
K_INT int io_base_traverse(PyObject *self, visitproc visit, void *arg);
K_INT void io_base_clear(PyObject *self);
K_INT void io_base_release(PyObject *self);                /* dict, weak references, memory */
K_INT K_STATUS int io_finalize(PyObject *self);            /* in dealloc: -1 when the object came to life again */

/* Where a line ends in text: the place behind its newline, or -1; *consumed is how far was looked. */
typedef struct LineEnds {
    bool translated, universal;
    PyObject *newline; /* or NULL */
} LineEnds;
K_INT Py_ssize_t io_find_line_end(const LineEnds *ends, PyObject *text, Py_ssize_t start, Py_ssize_t end, Py_ssize_t *consumed);

/* The newline argument of text streams. Sets translation of what is read (readtranslate), what "\n" is written as
 * (writenl, NULL for itself): 0, or -1 with TypeError or ValueError. */
typedef struct NewlineMode {
    PyObject *given; /* owned: a str, or NULL for None */
    bool universal, translate_read, translate_write;
    PyObject *write_newline; /* borrowed; NULL: "\n" */
} NewlineMode;
K_INT K_STATUS int io_newline_mode(PyObject *newline, NewlineMode *mode);

K_INT K_NEW PyObject *io_newline_decode(PyObject *decoder, PyObject *text, bool final); /* fast path of NewlineDecoder */
K_INT K_NEW PyObject *io_open(PyObject *file, const char *mode, int buffering, PyObject *encoding, PyObject *errors,
                              PyObject *newline, int closefd, PyObject *opener);

#endif
