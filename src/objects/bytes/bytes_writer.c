/* bytes_writer.c - _PyBytesWriter: bytes written through a pointer into a block that grows.
 *
 * In: a writer, the place where the next byte goes.  Out: that place again, moved when the block moved.
 * Invariant: the block has room for `allocated` bytes; min_size is what the caller has asked for so far. The first 512
 * bytes stand in the writer itself. Start at _PyBytesWriter_Alloc(). */
#include "objects/bytes/bytes_int.h"

#include "runtime/errors.h"

void _PyBytesWriter_Init(_PyBytesWriter *w)
{
    memset(w, 0, offsetof(_PyBytesWriter, small_buffer));
}

void _PyBytesWriter_Dealloc(_PyBytesWriter *w)
{
    Py_CLEAR(w->buffer);
}

static char *writer_block(_PyBytesWriter *w)
{
    return w->use_small_buffer ? w->small_buffer : byte_text(w->buffer);
}

void *_PyBytesWriter_Resize(_PyBytesWriter *w, void *at, Py_ssize_t size)
{
    Py_ssize_t used = (char *)at - writer_block(w), room = size;
    if (w->overallocate && room <= PY_SSIZE_T_MAX - room / 4)
        room += room / 4;
    if (w->use_small_buffer) {
        PyObject *buffer = w->use_bytearray ? PyByteArray_FromStringAndSize(NULL, room) : PyBytes_FromStringAndSize(NULL, room);
        if (!buffer)
            return NULL;
        if (used)
            memcpy(byte_text(buffer), w->small_buffer, (size_t)used);
        w->buffer = buffer;
        w->use_small_buffer = 0;
    } else if (w->use_bytearray ? PyByteArray_Resize(w->buffer, room) < 0 : _PyBytes_Resize(&w->buffer, room) < 0) {
        return NULL;
    }
    w->allocated = room;
    return writer_block(w) + used;
}

void *_PyBytesWriter_Prepare(_PyBytesWriter *w, void *at, Py_ssize_t size)
{
    if (size == 0)
        return at;
    if (w->min_size > PY_SSIZE_T_MAX - size) {
        PyErr_NoMemory();
        _PyBytesWriter_Dealloc(w);
        return NULL;
    }
    w->min_size += size;
    if (w->min_size > w->allocated) {
        at = _PyBytesWriter_Resize(w, at, w->min_size);
        if (!at)
            _PyBytesWriter_Dealloc(w);
    }
    return at;
}

void *_PyBytesWriter_Alloc(_PyBytesWriter *w, Py_ssize_t size)
{
    w->use_small_buffer = 1;
    w->allocated = sizeof w->small_buffer;
    return _PyBytesWriter_Prepare(w, w->small_buffer, size);
}

PyObject *_PyBytesWriter_Finish(_PyBytesWriter *w, void *at)
{
    Py_ssize_t size = (char *)at - writer_block(w);
    PyObject *result = K_MOVE(w->buffer);
    if (w->use_small_buffer || size == 0) {
        Py_XDECREF(result);
        const char *text = size ? w->small_buffer : "";
        return w->use_bytearray ? PyByteArray_FromStringAndSize(text, size) : PyBytes_FromStringAndSize(text, size);
    }
    if (w->use_bytearray) {
        if (Py_SIZE(result) != size && PyByteArray_Resize(result, size) < 0)
            Py_CLEAR(result);
    } else if (PyBytes_GET_SIZE(result) != size && _PyBytes_Resize(&result, size) < 0) {
        return NULL;
    }
    return result;
}

void *_PyBytesWriter_WriteBytes(_PyBytesWriter *w, void *at, const void *bytes, Py_ssize_t size)
{
    char *to = _PyBytesWriter_Prepare(w, at, size);
    return to ? mempcpy(to, bytes, (size_t)size) : NULL;
}
