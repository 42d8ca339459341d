/* buffered.c - BufferedReader, BufferedWriter, BufferedRandom and BufferedRWPair: bytes through a buffer.
 *
 * In: a raw stream.  Out: reads and writes of any size in few calls of it.
 * One block of memory holds either bytes read ahead, data[pos:end), or bytes to be written, data[0:pending).
 * Invariant: never both; the raw stream stands behind what was read ahead and before what is pending. One thread at a
 * time works on a stream: `lock`. Start at buffered_read() and buffered_write(). */
#include <errno.h>

#include "modules/_io/io_int.h"
#include "runtime/thread.h"

METHODS_DECLARE(buffered);

typedef struct Buffered {
    IoBase base;
    PyObject *raw; /* NULL before __init__, after detach() */
    char *data;
    Py_ssize_t size, pos, end, pending;
    PyThread_type_lock lock;
    unsigned long owner; /* the thread that holds the lock, 0: none */
    bool detached, readable, writable;
} Buffered;

/* ---- the lock ---- */

/* The longest wait for a lock while the interpreter ends. */
enum { MICROSECONDS_AT_END = 1000000 };

static int enter(Buffered *b)
{
    if (PyThread_acquire_lock(b->lock, NOWAIT_LOCK)) {
        b->owner = PyThread_get_thread_ident();
        return 0;
    }
    if (b->owner == PyThread_get_thread_ident()) {
        PyErr_Format(PyExc_RuntimeError, "reentrant call inside %R", b);
        return -1;
    }
    bool ending = _Py_IsFinalizing(); /* then a daemon thread may hold it that never runs again */
    PyThreadState *tstate = PyEval_SaveThread();
    PyLockStatus got = PyThread_acquire_lock_timed(b->lock, ending ? MICROSECONDS_AT_END : -1, 0);
    PyEval_RestoreThread(tstate);
    if (got != PY_LOCK_ACQUIRED) {
        K_AUTO(PyObject *) shown = PyUnicode_FromFormat("could not acquire lock for %R at interpreter shutdown, possibly due "
                                                        "to daemon threads", b);
        const char *text = shown ? PyUnicode_AsUTF8(shown) : NULL;
        _Py_FatalErrorFunc("_enter_buffered_busy", text ? text : "could not acquire lock at interpreter shutdown");
    }
    b->owner = PyThread_get_thread_ident();
    return 0;
}

static void leave(Buffered *b)
{
    b->owner = 0;
    PyThread_release_lock(b->lock);
}

static int has_raw(Buffered *b)
{
    if (b->raw)
        return 0;
    PyErr_SetString(PyExc_ValueError, b->detached ? "raw stream has been detached" : "I/O operation on uninitialized object");
    return -1;
}

static int open_for(Buffered *b, const char *message)
{
    if (has_raw(b) < 0)
        return -1;
    if (!b->data) {
        PyErr_SetString(PyExc_ValueError, message);
        return -1;
    }
    int closed = io_is_closed(b->raw);
    if (closed > 0)
        PyErr_SetString(PyExc_ValueError, message);
    return closed ? -1 : 0;
}

/* ---- the raw stream ---- */

static int raw_seek(Buffered *b, long long offset, int whence, long long *place)
{
    K_AUTO(PyObject *) to = PyLong_FromLongLong(offset);
    K_AUTO(PyObject *) how = PyLong_FromLong(whence);
    K_AUTO(PyObject *) result = to && how ? PyObject_CallMethodObjArgs(b->raw, K_STR("seek"), to, how, NULL) : NULL;
    if (!result)
        return -1;
    long long at = PyLong_AsLongLong(result);
    if (at < 0) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_OSError, "Raw stream returned invalid position %lld", at);
        return -1;
    }
    if (place)
        *place = at;
    return 0;
}

enum { WOULD_BLOCK = -2 };

/* Bytes of the raw stream into memory: how many, 0 at the end, WOULD_BLOCK, or -1. */
static Py_ssize_t raw_read(Buffered *b, char *to, Py_ssize_t size)
{
    for (;;) {
        Py_buffer buffer;
        if (PyBuffer_FillInfo(&buffer, NULL, to, size, 0, PyBUF_CONTIG) < 0)
            return -1;
        K_AUTO(PyObject *) view = PyMemoryView_FromBuffer(&buffer);
        K_AUTO(PyObject *) result = view ? io_call1(b->raw, K_STR("readinto"), view) : NULL;
        if (!result) {
            if (PyErr_ExceptionMatches(PyExc_InterruptedError)) {
                PyErr_Clear();
                continue;
            }
            return -1;
        }
        if (result == Py_None)
            return WOULD_BLOCK;
        Py_ssize_t n = PyNumber_AsSsize_t(result, PyExc_ValueError);
        if (n == -1 && PyErr_Occurred()) {
            _PyErr_FormatFromCause(PyExc_OSError, "raw readinto() failed");
            return -1;
        }
        if (n < 0 || n > size) {
            PyErr_Format(PyExc_OSError, "raw readinto() returned invalid length %zd (should have been between 0 and %zd)", n,
                         size);
            return -1;
        }
        return n;
    }
}

static Py_ssize_t raw_write(Buffered *b, const char *from, Py_ssize_t size)
{
    Py_buffer buffer;
    if (PyBuffer_FillInfo(&buffer, NULL, (void *)from, size, 1, PyBUF_CONTIG_RO) < 0)
        return -1;
    K_AUTO(PyObject *) view = PyMemoryView_FromBuffer(&buffer);
    K_AUTO(PyObject *) result = view ? io_call1(b->raw, K_STR("write"), view) : NULL;
    if (!result)
        return -1;
    if (result == Py_None)
        return WOULD_BLOCK;
    Py_ssize_t n = PyNumber_AsSsize_t(result, PyExc_ValueError);
    if (n == -1 && PyErr_Occurred())
        return -1;
    if (n < 0 || n > size) {
        PyErr_Format(PyExc_OSError, "raw write() returned invalid length %zd (should have been between 0 and %zd)", n, size);
        return -1;
    }
    return n;
}

static int blocked(Py_ssize_t written)
{
    K_AUTO(PyObject *) error = PyObject_CallFunction(PyExc_BlockingIOError, "isn", EAGAIN,
                                                     "write could not complete without blocking", written);
    if (error)
        PyErr_SetObject(PyExc_BlockingIOError, error);
    return -1;
}

/* Writes out what is pending. */
static int flush_pending(Buffered *b)
{
    Py_ssize_t done = 0;
    while (done < b->pending) {
        Py_ssize_t n = raw_write(b, b->data + done, b->pending - done);
        if (n < 0) {
            memmove(b->data, b->data + done, (size_t)(b->pending - done));
            b->pending -= done;
            return n == WOULD_BLOCK ? blocked(0) : -1;
        }
        done += n;
        if (done < b->pending && PyErr_CheckSignals() < 0) {
            memmove(b->data, b->data + done, (size_t)(b->pending - done));
            b->pending -= done;
            return -1;
        }
    }
    b->pending = 0;
    return 0;
}

/* Gives bytes read ahead back to the raw stream. */
static int rewind_read(Buffered *b)
{
    Py_ssize_t ahead = b->end - b->pos;
    b->pos = b->end = 0;
    return ahead ? raw_seek(b, -(long long)ahead, 1, NULL) : 0;
}

/* ---- reading: with the lock held ---- */

static Py_ssize_t fill(Buffered *b)
{
    b->pos = b->end = 0;
    Py_ssize_t n = raw_read(b, b->data, b->size);
    if (n > 0)
        b->end = n;
    return n;
}

/* Takes up to size bytes of what was read ahead. */
static Py_ssize_t take(Buffered *b, char *to, Py_ssize_t size)
{
    Py_ssize_t n = Py_MIN(size, b->end - b->pos);
    memcpy(to, b->data + b->pos, (size_t)n);
    b->pos += n;
    return n;
}

/* Fills memory as far as the stream goes: how many bytes; WOULD_BLOCK only when there are none at all. */
static Py_ssize_t read_full(Buffered *b, char *to, Py_ssize_t size)
{
    Py_ssize_t have = take(b, to, size);
    while (have < size) {
        Py_ssize_t left = size - have;
        Py_ssize_t n = left >= b->size ? raw_read(b, to + have, left - left % b->size) : fill(b);
        if (n == -1)
            return -1;
        if (n <= 0)
            return have || n == 0 ? have : WOULD_BLOCK;
        have += left >= b->size ? n : take(b, to + have, left);
    }
    return have;
}

static PyObject *bytes_or_none(PyObject *bytes, Py_ssize_t n) /* bytes: K_STOLEN */
{
    if (n < 0) {
        Py_DECREF(bytes);
        return n == WOULD_BLOCK ? Py_NewRef(Py_None) : NULL;
    }
    if (n != PyBytes_GET_SIZE(bytes) && _PyBytes_Resize(&bytes, n) < 0)
        return NULL;
    return bytes;
}

static PyObject *read_n(Buffered *b, Py_ssize_t size)
{
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
    return bytes ? bytes_or_none(bytes, read_full(b, PyBytes_AS_STRING(bytes), size)) : NULL;
}

static PyObject *read_by_parts(Buffered *b, PyObject *head)
{
    K_AUTO(PyObject *) parts = PyList_New(0);
    if (!parts || PyList_Append(parts, head) < 0)
        return NULL;
    for (;;) {
        PyObject *part = io_call(b->raw, K_STR("read"));
        if (!part)
            return NULL;
        if (part != Py_None && !PyBytes_Check(part)) {
            Py_DECREF(part);
            return k_raise(PyExc_TypeError, "read() should return bytes");
        }
        if (part == Py_None || PyBytes_GET_SIZE(part) == 0) {
            bool nothing = PyList_GET_SIZE(parts) == 1 && PyBytes_GET_SIZE(head) == 0;
            if (nothing)
                return part;
            Py_DECREF(part);
            break;
        }
        if (k_list_append_steal((PyListObject *)parts, part) < 0)
            return NULL;
    }
    K_AUTO(PyObject *) empty = PyBytes_FromStringAndSize(NULL, 0);
    return empty ? _PyBytes_Join(empty, parts) : NULL;
}

static PyObject *read_all(Buffered *b)
{
    PyObject *head = PyBytes_FromStringAndSize(b->data + b->pos, b->end - b->pos), *readall;
    if (!head)
        return NULL;
    b->pos = b->end = 0;
    if (_PyObject_LookupAttr(b->raw, K_STR("readall"), &readall) < 0) {
        Py_DECREF(head);
        return NULL;
    }
    PyObject *result;
    if (readall) {
        PyObject *rest = PyObject_CallNoArgs(readall);
        Py_DECREF(readall);
        if (rest && rest != Py_None && !PyBytes_Check(rest)) {
            PyErr_SetString(PyExc_TypeError, "readall() should return bytes");
            Py_CLEAR(rest);
        }
        if (!rest || PyBytes_GET_SIZE(head) == 0) {
            Py_DECREF(head);
            return rest;
        }
        if (rest == Py_None) {
            Py_DECREF(rest);
            return head;
        }
        PyBytes_ConcatAndDel(&head, rest);
        return head;
    }
    result = read_by_parts(b, head);
    Py_DECREF(head);
    return result;
}

static int start_reading(Buffered *b, const char *message)
{
    if (open_for(b, message) < 0 || enter(b) < 0)
        return -1;
    if (!b->pending || flush_pending(b) == 0)
        return 0;
    leave(b);
    return -1;
}

METHOD_KW(reader, read, "($self, size=-1, /)", "Up to size bytes, fewer only at the end; all of them without size.", *size)
{
    Buffered *b = (Buffered *)self;
    Py_ssize_t size;
    if (has_raw(b) < 0 || io_arg_size(arg->size, &size) < 0)
        return NULL;
    if (size < -1)
        return k_raise(PyExc_ValueError, "read length must be non-negative or -1");
    if (start_reading(b, "read of closed file") < 0)
        return NULL;
    PyObject *result = size == -1 ? read_all(b) : read_n(b, size);
    leave(b);
    return result;
}

METHOD_KW(reader, read1, "($self, size=-1, /)", "Up to size bytes by at most one read of the raw stream.", *size)
{
    Buffered *b = (Buffered *)self;
    Py_ssize_t size;
    if (has_raw(b) < 0 || k_arg_ssize(arg->size, &size) < 0)
        return NULL;
    if (size < 0)
        size = b->size;
    if (open_for(b, "read of closed file") < 0)
        return NULL;
    if (size == 0)
        return PyBytes_FromStringAndSize(NULL, 0);
    if (start_reading(b, "read of closed file") < 0)
        return NULL;
    Py_ssize_t ahead = b->end - b->pos;
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, ahead ? Py_MIN(ahead, size) : size);
    if (bytes && ahead)
        take(b, PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes));
    else if (bytes) {
        Py_ssize_t n = raw_read(b, PyBytes_AS_STRING(bytes), size);
        bytes = bytes_or_none(bytes, n == WOULD_BLOCK ? 0 : n);
    }
    leave(b);
    return bytes;
}

/* What is there, and what one read of the raw stream gives when there is nothing or much room is left. */
static Py_ssize_t read_once(Buffered *b, char *to, Py_ssize_t size)
{
    Py_ssize_t had = take(b, to, size), n = 0;
    if (size - had > b->size)
        n = raw_read(b, to + had, size - had);
    else if (had == 0 && size && (n = fill(b)) > 0)
        n = take(b, to, size);
    return n >= 0 ? had + n : n == WOULD_BLOCK && had ? had : n;
}

static PyObject *read_into(Buffered *b, PyObject *target, bool once)
{
    Py_buffer buffer;
    if (io_buffer_to_fill(target, &buffer, once ? "readinto1" : "readinto") < 0)
        return NULL;
    if (has_raw(b) < 0) {
        PyBuffer_Release(&buffer);
        return NULL;
    }
    Py_ssize_t n = -1;
    if (start_reading(b, "readinto of closed file") == 0) {
        if (!once)
            n = read_full(b, buffer.buf, buffer.len);
        else
            n = read_once(b, buffer.buf, buffer.len);
        leave(b);
    }
    PyBuffer_Release(&buffer);
    return n == WOULD_BLOCK ? Py_NewRef(Py_None) : n < 0 ? NULL : PyLong_FromSsize_t(n);
}

METHOD(reader, readinto, O, "($self, buffer, /)", "Fills a buffer; gives how many bytes.")
{
    return read_into((Buffered *)self, arg, false);
}

METHOD(reader, readinto1, O, "($self, buffer, /)", "Fills a buffer by at most one read of the raw stream.")
{
    return read_into((Buffered *)self, arg, true);
}

METHOD_KW(reader, peek, "($self, size=0, /)", "Bytes that stand next, without taking them; at most one raw read is made.", *size)
{
    Buffered *b = (Buffered *)self;
    if (start_reading(b, "peek of closed file") < 0)
        return NULL;
    PyObject *result = NULL;
    if (b->pos < b->end || fill(b) != -1)
        result = PyBytes_FromStringAndSize(b->data + b->pos, b->end - b->pos);
    leave(b);
    return result;
}

/* Up to the newline or limit (-1: none) out of the buffer, refilled as often as it takes. */
static PyObject *read_line(Buffered *b, Py_ssize_t limit)
{
    PyObject *line = NULL; /* what earlier fillings gave */
    for (;;) {
        Py_ssize_t have = line ? PyBytes_GET_SIZE(line) : 0, n = b->end - b->pos;
        if (limit >= 0)
            n = Py_MIN(n, limit - have);
        const char *start = b->data + b->pos, *newline = n ? memchr(start, '\n', (size_t)n) : NULL;
        if (newline)
            n = newline - start + 1;
        PyObject *part = PyBytes_FromStringAndSize(start, n);
        b->pos += n;
        if (!line)
            line = part;
        else if (part)
            PyBytes_ConcatAndDel(&line, part);
        else
            Py_CLEAR(line);
        if (!line || newline || (limit >= 0 && PyBytes_GET_SIZE(line) >= limit))
            return line;
        Py_ssize_t got = fill(b);
        if (got == -1)
            Py_CLEAR(line);
        if (got <= 0)
            return line;
    }
}

METHOD_KW(reader, readline, "($self, size=-1, /)", "One line with its newline; at most size bytes.", *size)
{
    Buffered *b = (Buffered *)self;
    Py_ssize_t limit;
    if (has_raw(b) < 0 || io_arg_size(arg->size, &limit) < 0 || start_reading(b, "readline of closed file") < 0)
        return NULL;
    PyObject *line = read_line(b, limit < 0 ? -1 : limit);
    leave(b);
    return line;
}
/* A method that asks the raw stream. */
#define PASS_ON(table, method)                                                                                         \
    METHOD_RAW(table, method, NOARGS, 0, "Asks the raw stream.")                                                       \
    {                                                                                                                  \
        Buffered *b = (Buffered *)self;                                                                                \
        return has_raw(b) < 0 ? NULL : io_call(b->raw, K_STR(#method));                                                \
    }
PASS_ON(reader, readable)
METHODS_END(reader);

static PyObject *buffered_next(PyObject *self)
{
    Buffered *b = (Buffered *)self;
    PyObject *line;
    if (Py_IS_TYPE(self, &BufferedReader_Type) || Py_IS_TYPE(self, &BufferedRandom_Type)) {
        if (start_reading(b, "readline of closed file") < 0)
            return NULL;
        line = read_line(b, -1);
        leave(b);
    }
    else {
        if (has_raw(b) < 0)
            return NULL;
        line = io_call(self, K_STR("readline"));
        if (line && !PyBytes_Check(line)) {
            PyErr_Format(PyExc_OSError, "readline() should have returned a bytes object, not '%.200s'", Py_TYPE(line)->tp_name);
            Py_CLEAR(line);
        }
    }
    if (line && PyBytes_GET_SIZE(line) == 0)
        Py_CLEAR(line);
    return line;
}

/* ---- writing ---- */

/* Bytes that do not fit go out; a stream that would block keeps what the buffer can hold and tells how much. */
static Py_ssize_t write_bytes(Buffered *b, const char *from, Py_ssize_t size)
{
    if (rewind_read(b) < 0)
        return -1;
    if (size <= b->size - b->pending) {
        memcpy(b->data + b->pending, from, (size_t)size);
        b->pending += size;
        return size;
    }
    if (flush_pending(b) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_BlockingIOError))
            return -1;
        Py_ssize_t room = Py_MIN(b->size - b->pending, size);
        memcpy(b->data + b->pending, from, (size_t)room);
        b->pending += room;
        if (room < size) {
            PyErr_Clear();
            return blocked(room);
        }
        PyErr_Clear();
        return size;
    }
    Py_ssize_t done = 0;
    while (size - done > b->size) {
        Py_ssize_t n = raw_write(b, from + done, size - done);
        if (n == -1)
            return -1;
        if (n == WOULD_BLOCK) {
            Py_ssize_t room = Py_MIN(b->size, size - done);
            memcpy(b->data, from + done, (size_t)room);
            b->pending = room;
            return done + room < size ? blocked(done + room) : size;
        }
        done += n;
        if (PyErr_CheckSignals() < 0)
            return -1;
    }
    memcpy(b->data, from + done, (size_t)(size - done));
    b->pending = size - done;
    return size;
}

METHOD(writer, write, O, "($self, buffer, /)", "Takes all bytes; gives their number.")
{
    Buffered *b = (Buffered *)self;
    Py_buffer buffer;
    if (has_raw(b) < 0 || PyObject_GetBuffer(arg, &buffer, PyBUF_SIMPLE) < 0)
        return NULL;
    Py_ssize_t n = -1;
    if (enter(b) == 0) {
        if (open_for(b, "write to closed file") == 0)
            n = write_bytes(b, buffer.buf, buffer.len);
        leave(b);
    }
    PyBuffer_Release(&buffer);
    return n < 0 ? NULL : PyLong_FromSsize_t(n);
}
PASS_ON(writer, writable)
METHODS_END(writer);

/* ---- both ---- */

METHOD_RAW(buffered, flush, NOARGS, 0, "Writes out what is pending; gives back what was read ahead.")
{
    Buffered *b = (Buffered *)self;
    if (open_for(b, "flush of closed file") < 0)
        return NULL;
    if (!b->writable)
        return io_call(b->raw, K_STR("flush"));
    if (enter(b) < 0)
        return NULL;
    int status = flush_pending(b);
    if (status == 0 && b->readable)
        status = rewind_read(b);
    leave(b);
    return status < 0 ? NULL : Py_NewRef(Py_None);
}

static int place_of(Buffered *b, long long *place)
{
    if (raw_seek(b, 0, 1, place) < 0)
        return -1;
    *place += b->pending - (b->end - b->pos);
    return 0;
}

METHOD_RAW(buffered, tell, NOARGS, 0, "The place in the stream.")
{
    Buffered *b = (Buffered *)self;
    long long place;
    if (has_raw(b) < 0)
        return NULL;
    K_AUTO(PyObject *) raw_place = io_call(b->raw, K_STR("tell"));
    if (!raw_place)
        return NULL;
    place = PyLong_AsLongLong(raw_place);
    if (place < 0)
        return PyErr_Occurred() ? NULL : k_raise(PyExc_OSError, "Raw stream returned invalid position %lld", place);
    return PyLong_FromLongLong(place + b->pending - (b->end - b->pos));
}

METHOD_KW(buffered, seek, "($self, target, whence=0, /)", "Moves to a place; gives it, from the start.", *target, *whence)
{
    Buffered *b = (Buffered *)self;
    int whence;
    long long target, place;
    if (has_raw(b) < 0 || k_arg_int(arg->whence, &whence) < 0)
        return NULL;
    if (whence < 0 || whence > 4)
        return k_raise(PyExc_ValueError, "whence value %d unsupported", whence);
    if (open_for(b, "seek of closed file") < 0)
        return NULL;
    if (!io_able(b->raw, K_STR("seekable"), "File or stream is not seekable."))
        return NULL;
    if (k_arg_longlong(arg->target, &target) < 0 || enter(b) < 0)
        return NULL;
    PyObject *result = NULL;
    if (whence != 2 && b->readable && !b->pending && place_of(b, &place) == 0) {
        long long offset = whence == 0 ? target - place : target; /* within what was read ahead? */
        if (offset >= -(long long)b->pos && offset <= b->end - b->pos && b->end) {
            b->pos += (Py_ssize_t)offset;
            result = PyLong_FromLongLong(place + offset);
            goto done;
        }
    }
    if (PyErr_Occurred() || flush_pending(b) < 0)
        goto done;
    if (whence == 1)
        target -= b->end - b->pos;
    b->pos = b->end = 0;
    if (raw_seek(b, target, whence, &place) == 0)
        result = PyLong_FromLongLong(place);
done:
    leave(b);
    return result;
}

METHOD_KW(buffered, truncate, "($self, pos=None, /)", "Makes the file that long, or end here.", *pos)
{
    Buffered *b = (Buffered *)self;
    if (open_for(b, "truncate of closed file") < 0)
        return NULL;
    if (!b->writable)
        return io_unsupported("truncate");
    if (enter(b) < 0)
        return NULL;
    PyObject *result = flush_pending(b) == 0 && rewind_read(b) == 0 ? io_call1(b->raw, K_STR("truncate"), arg->pos) : NULL;
    leave(b);
    return result;
}

METHOD_RAW(buffered, detach, NOARGS, 0, "Flushes, and gives up the raw stream.")
{
    Buffered *b = (Buffered *)self;
    if (has_raw(b) < 0)
        return NULL;
    K_AUTO(PyObject *) flushed = io_call(self, K_STR("flush"));
    if (!flushed)
        return NULL;
    PyObject *raw = b->raw;
    b->raw = NULL;
    b->detached = true;
    return raw;
}

/* The raw stream is closed even when the flush fails; the first exception counts. */
METHOD_RAW(buffered, close, NOARGS, 0, "Flushes and closes the raw stream.")
{
    Buffered *b = (Buffered *)self;
    if (has_raw(b) < 0)
        return NULL;
    int closed = io_is_closed(b->raw);
    if (closed)
        return closed < 0 ? NULL : Py_NewRef(Py_None);
    if (b->base.finalizing) {
        PyObject *warned = io_call1(b->raw, K_STR("_dealloc_warn"), self);
        if (!warned)
            PyErr_Clear();
        Py_XDECREF(warned);
    }
    PyObject *type = NULL, *value, *traceback;
    K_AUTO(PyObject *) flushed = io_call(self, K_STR("flush"));
    if (!flushed)
        PyErr_Fetch(&type, &value, &traceback);
    PyObject *result = NULL;
    if (enter(b) == 0) { /* another thread may be in the middle of a read into the buffer */
        result = io_call(b->raw, K_STR("close"));
        PyMem_Free(b->data);
        b->data = NULL;
        b->pos = b->end = b->pending = 0;
        leave(b);
    }
    if (!type)
        return result;
    Py_XDECREF(result);
    _PyErr_ChainExceptions(type, value, traceback);
    return NULL;
}

PASS_ON(buffered, seekable)
PASS_ON(buffered, fileno)
PASS_ON(buffered, isatty)

METHOD_RAW(buffered, __sizeof__, NOARGS, 0, NULL)
{
    Buffered *b = (Buffered *)self;
    return PyLong_FromSsize_t(Py_TYPE(self)->tp_basicsize + (b->data ? b->size : 0));
}

METHOD_RAW(buffered, _dealloc_warn, O, 0, NULL)
{
    Buffered *b = (Buffered *)self;
    if (b->raw) {
        PyObject *result = io_call1(b->raw, K_STR("_dealloc_warn"), arg);
        if (!result)
            PyErr_Clear();
        Py_XDECREF(result);
    }
    Py_RETURN_NONE;
}
METHODS_END(buffered);

/* ---- life ---- */

static int buffered_start(Buffered *b, PyObject *raw, PyObject *size_argument, bool readable, bool writable)
{
    Py_ssize_t size;
    if (k_arg_ssize(size_argument, &size) < 0)
        return -1;
    Py_CLEAR(b->raw); /* until all is well the stream cannot be used */
    b->detached = false;
    if (readable && writable && !io_able(raw, K_STR("seekable"), "File or stream is not seekable."))
        return -1;
    if ((readable && !io_able(raw, K_STR("readable"), "File or stream is not readable.")) ||
        (writable && !io_able(raw, K_STR("writable"), "File or stream is not writable.")))
        return -1;
    if (size <= 0) {
        PyErr_SetString(PyExc_ValueError, "buffer size must be strictly positive");
        return -1;
    }
    char *data = PyMem_Malloc((size_t)size);
    if (!data || (!b->lock && !(b->lock = PyThread_allocate_lock()))) {
        PyMem_Free(data);
        PyErr_NoMemory();
        return -1;
    }
    PyMem_Free(b->data);
    b->data = data;
    b->size = size;
    b->pos = b->end = b->pending = 0;
    b->readable = readable;
    b->writable = writable;
    b->raw = Py_NewRef(raw);
    return 0;
}

#define BUFFERED_INIT(kind, python_name, may_read, may_write)                                                          \
    BINDER(kind##_init, python_name, "(raw, buffer_size=8192)", *raw, *buffer_size);                                   \
    static int kind##_init(PyObject *self, PyObject *args, PyObject *kwargs)                                           \
    {                                                                                                                  \
        kind##_init_args arg;                                                                                          \
        PyObject *owned = NULL;                                                                                        \
        if (BIND(kind##_init, &arg, args, kwargs, &owned) < 0)                                                         \
            return -1;                                                                                                 \
        int status = buffered_start((Buffered *)self, arg.raw, arg.buffer_size, may_read, may_write);                  \
        Py_XDECREF(owned);                                                                                             \
        return status;                                                                                                 \
    }
BUFFERED_INIT(reader, "BufferedReader", true, false)
BUFFERED_INIT(writer, "BufferedWriter", false, true)
BUFFERED_INIT(random, "BufferedRandom", true, true)

static int buffered_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Buffered *)self)->raw);
    return io_base_traverse(self, visit, arg);
}

static int buffered_clear(PyObject *self)
{
    Py_CLEAR(((Buffered *)self)->raw);
    io_base_clear(self);
    return 0;
}

static void buffered_dealloc(PyObject *self)
{
    Buffered *b = (Buffered *)self;
    b->base.finalizing = true;
    if (io_finalize(self) < 0)
        return;
    PyObject_GC_UnTrack(self);
    Py_CLEAR(b->raw);
    PyMem_Free(b->data);
    if (b->lock)
        PyThread_free_lock(b->lock);
    io_base_release(self);
}

static PyObject *buffered_repr(PyObject *self)
{
    PyObject *name;
    if (_PyObject_LookupAttr(self, K_STR("name"), &name) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_ValueError))
            return NULL;
        PyErr_Clear(); /* detached */
        name = NULL;
    }
    if (!name)
        return PyUnicode_FromFormat("<%s>", Py_TYPE(self)->tp_name);
    PyObject *repr = NULL;
    int status = Py_ReprEnter(self);
    if (status == 0) {
        repr = PyUnicode_FromFormat("<%s name=%R>", Py_TYPE(self)->tp_name, name);
        Py_ReprLeave(self);
    }
    else if (status > 0)
        PyErr_Format(PyExc_RuntimeError, "reentrant call inside %s.__repr__", Py_TYPE(self)->tp_name);
    Py_DECREF(name);
    return repr;
}

static PyObject *raw_attribute(PyObject *self, void *name)
{
    Buffered *b = (Buffered *)self;
    if (has_raw(b) < 0)
        return NULL;
    return PyObject_GetAttrString(b->raw, name);
}

static PyGetSetDef buffered_getset[] = {
    { "closed", raw_attribute, NULL, NULL, "closed" },
    { "name", raw_attribute, NULL, NULL, "name" },
    { "mode", raw_attribute, NULL, NULL, "mode" },
    { NULL, NULL, NULL, NULL, NULL },
};

static PyMemberDef buffered_members[] = {
    { "raw", T_OBJECT, offsetof(Buffered, raw), READONLY, NULL },
    { "_finalizing", T_BOOL, offsetof(IoBase, finalizing), 0, NULL },
    { NULL, 0, 0, 0, NULL },
};

MORE_METHODS(BufferedReader_Type, reader);
MORE_METHODS(BufferedWriter_Type, writer);
MORE_METHODS_AGAIN(BufferedRandom_Type, reader);
MORE_METHODS_AGAIN(BufferedRandom_Type, writer);

#define BUFFERED_TYPE(TYPE, kind, next, name, text)                                                                    \
    PyTypeObject TYPE = {                                                                                              \
        .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),                                                             \
        .tp_name = name,                                                                                               \
        .tp_basicsize = sizeof(Buffered),                                                                              \
        .tp_dealloc = buffered_dealloc,                                                                                \
        .tp_repr = buffered_repr,                                                                                      \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,                                     \
        .tp_doc = text,                                                                                                \
        .tp_traverse = buffered_traverse,                                                                              \
        .tp_clear = buffered_clear,                                                                                    \
        .tp_weaklistoffset = offsetof(IoBase, weakreflist),                                                            \
        .tp_dictoffset = offsetof(IoBase, dict),                                                                       \
        .tp_iternext = next,                                                                                           \
        .tp_methods = METHODS(buffered),                                                                               \
        .tp_members = buffered_members,                                                                                \
        .tp_getset = buffered_getset,                                                                                  \
        .tp_base = &BufferedIOBase_Type,                                                                               \
        .tp_init = kind##_init,                                                                                        \
        .tp_new = PyType_GenericNew,                                                                                   \
    };                                                                                                                 \
    K_TYPE(TYPE)

BUFFERED_TYPE(BufferedReader_Type, reader, buffered_next, "_io.BufferedReader",
              "BufferedReader(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nReads ahead from a raw stream.");
BUFFERED_TYPE(BufferedWriter_Type, writer, NULL, "_io.BufferedWriter",
              "BufferedWriter(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nCollects what is written to a raw stream.");
BUFFERED_TYPE(BufferedRandom_Type, random, buffered_next, "_io.BufferedRandom",
              "BufferedRandom(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nReads and writes a raw stream that can seek.");
