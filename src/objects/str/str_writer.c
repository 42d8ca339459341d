/* str_writer.c - _PyUnicodeWriter: builds a str piece by piece, widening as it goes.
 *
 * Invariant: buffer is NULL, or a str with room for size characters of which pos are written, or (readonly) one that
 * belongs to somebody else and is the whole result so far. Start at _PyUnicodeWriter_PrepareInternal(). */
#include "objects/str/str_int.h"

#include "runtime/errors.h"

void _PyUnicodeWriter_Init(_PyUnicodeWriter *w)
{
    *w = (_PyUnicodeWriter){ 0 };
}

static void writer_update(_PyUnicodeWriter *w)
{
    w->maxchar = k_str_max_char(w->buffer);
    w->data = STR_DATA(w->buffer);
    w->kind = PyUnicode_KIND(w->buffer);
    w->size = w->readonly ? 0 : STR_LEN(w->buffer); /* a readonly buffer must be copied before the next write */
    if (w->readonly)
        w->kind = PyUnicode_WCHAR_KIND;
}

int _PyUnicodeWriter_PrepareInternal(_PyUnicodeWriter *w, Py_ssize_t length, Py_UCS4 max_char)
{
    if (length > PY_SSIZE_T_MAX - w->pos) {
        PyErr_NoMemory();
        return -1;
    }
    Py_ssize_t need = w->pos + length;
    max_char = Py_MAX(max_char, w->min_char);
    if (need > w->size || !w->buffer) {
        if (w->overallocate && need <= PY_SSIZE_T_MAX - need / 4)
            need += need / 4;
        need = Py_MAX(need, w->min_length);
    } else {
        need = w->size;
    }
    max_char = Py_MAX(max_char, w->maxchar);
    if (w->buffer && max_char == w->maxchar && !w->readonly) {
        if (need > w->size && PyUnicode_Resize(&w->buffer, need) < 0)
            return -1;
    } else {
        PyObject *buffer = PyUnicode_New(need, max_char);
        if (!buffer)
            return -1;
        if (w->pos)
            str_copy_into(buffer, 0, w->buffer, 0, w->pos);
        w->readonly = 0;
        Py_XSETREF(w->buffer, buffer);
    }
    writer_update(w);
    return 0;
}

int _PyUnicodeWriter_PrepareKindInternal(_PyUnicodeWriter *w, enum PyUnicode_Kind kind)
{
    return _PyUnicodeWriter_PrepareInternal(w, 0, kind == 1 ? 0xff : kind == 2 ? 0xffff : 0x10ffff);
}

int _PyUnicodeWriter_WriteChar(_PyUnicodeWriter *w, Py_UCS4 c)
{
    if (_PyUnicodeWriter_Prepare(w, 1, c) < 0)
        return -1;
    k_str_write((int)w->kind, w->data, w->pos++, c);
    return 0;
}

int _PyUnicodeWriter_WriteStr(_PyUnicodeWriter *w, PyObject *s)
{
    if (PyUnicode_READY(s) < 0)
        return -1;
    Py_ssize_t n = STR_LEN(s);
    if (n == 0)
        return 0;
    Py_UCS4 max_char = k_str_max_char(s);
    if (max_char > w->maxchar || n > w->size - w->pos) {
        if (!w->buffer && !w->overallocate) {
            w->readonly = 1;
            w->buffer = Py_NewRef(s);
            writer_update(w);
            w->pos = n;
            return 0;
        }
        if (_PyUnicodeWriter_PrepareInternal(w, n, max_char) < 0)
            return -1;
    }
    str_copy_into(w->buffer, w->pos, s, 0, n);
    w->pos += n;
    return 0;
}

int _PyUnicodeWriter_WriteSubstring(_PyUnicodeWriter *w, PyObject *s, Py_ssize_t start, Py_ssize_t end)
{
    if (PyUnicode_READY(s) < 0)
        return -1;
    if (end == 0)
        return 0;
    if (start == 0 && end == STR_LEN(s))
        return _PyUnicodeWriter_WriteStr(w, s);
    Py_UCS4 max_char = k_str_max_char(s) > w->maxchar ? _PyUnicode_FindMaxChar(s, start, end) : w->maxchar;
    if (_PyUnicodeWriter_Prepare(w, end - start, max_char) < 0)
        return -1;
    if (end > start)
        str_copy_into(w->buffer, w->pos, s, start, end - start);
    w->pos += end - start;
    return 0;
}

static int writer_write_narrow(_PyUnicodeWriter *w, const char *text, Py_ssize_t n, Py_UCS4 max_char)
{
    if (_PyUnicodeWriter_Prepare(w, n, max_char) < 0)
        return -1;
    if (n)
        str_copy_run((int)w->kind, (char *)w->data + w->pos * (Py_ssize_t)w->kind, 1, text, n);
    w->pos += n;
    return 0;
}

int _PyUnicodeWriter_WriteASCIIString(_PyUnicodeWriter *w, const char *text, Py_ssize_t n)
{
    return writer_write_narrow(w, text, n == -1 ? (Py_ssize_t)strlen(text) : n, 0x7f);
}

int _PyUnicodeWriter_WriteLatin1String(_PyUnicodeWriter *w, const char *text, Py_ssize_t n)
{
    return writer_write_narrow(w, text, n, str_run_max_char(1, text, n));
}

int str_writer_fill(_PyUnicodeWriter *w, Py_ssize_t n, Py_UCS4 c)
{
    if (n <= 0)
        return 0;
    if (_PyUnicodeWriter_Prepare(w, n, c) < 0)
        return -1;
    str_fill_run((int)w->kind, w->data, w->pos, n, c);
    w->pos += n;
    return 0;
}

PyObject *_PyUnicodeWriter_Finish(_PyUnicodeWriter *w)
{
    PyObject *s = K_MOVE(w->buffer);
    if (w->pos == 0) {
        Py_XDECREF(s);
        return str_empty();
    }
    if (w->readonly)
        return s;
    if (STR_LEN(s) != w->pos && PyUnicode_Resize(&s, w->pos) < 0) {
        Py_DECREF(s);
        return NULL;
    }
    if (w->pos == 1 && STR_AT(s, 0) < 256) {
        Py_UCS4 c = STR_AT(s, 0);
        Py_DECREF(s);
        return str_latin1_char(c);
    }
    return s;
}

void _PyUnicodeWriter_Dealloc(_PyUnicodeWriter *w)
{
    Py_CLEAR(w->buffer);
}
