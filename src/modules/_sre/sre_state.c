/* sre_state.c - a match in progress: its text, its marks, its stack; building strings of parts of the text. */
#include "memory/mem.h"
#include "modules/_sre/sre_int.h"
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "runtime/errors.h"

enum { REPEATS_PER_BLOCK = 64 };
struct SreRepeatBlock {
    SreRepeatBlock *next;
    int used;
    SreRepeat repeat[REPEATS_PER_BLOCK];
};

int sre_more_backs(SreState *s)
{
    size_t capacity = s->back_capacity * 2;
    bool first = s->back == s->first_backs;
    SreBack *back = PyMem_Realloc(first ? NULL : s->back, capacity * sizeof *back);
    if (!back) {
        PyErr_NoMemory();
        return -1;
    }
    if (first)
        memcpy(back, s->first_backs, sizeof s->first_backs);
    s->back = back;
    s->back_capacity = capacity;
    return 0;
}

SreRepeat *sre_repeat_new(SreState *s, uint32_t pc)
{
    SreRepeatBlock *block = s->repeat_blocks;
    if (!block || block->used == REPEATS_PER_BLOCK) {
        block = PyMem_Malloc(sizeof *block);
        if (!block) {
            PyErr_NoMemory();
            return NULL;
        }
        block->next = s->repeat_blocks;
        block->used = 0;
        s->repeat_blocks = block;
    }
    SreRepeat *r = &block->repeat[block->used++];
    *r = (SreRepeat){ NULL, -1, -1, pc };
    return r;
}

/* Entries are undone newest first, so a block empties from its end. */
void sre_repeat_drop(SreState *s)
{
    SreRepeatBlock *block = s->repeat_blocks;
    if (--block->used == 0 && block->next) {
        s->repeat_blocks = block->next;
        PyMem_Free(block);
    }
}

static void drop_repeats(SreState *s)
{
    while (s->repeat_blocks && s->repeat_blocks->next) { /* one block stays for the next match */
        SreRepeatBlock *next = s->repeat_blocks->next;
        PyMem_Free(s->repeat_blocks);
        s->repeat_blocks = next;
    }
    if (s->repeat_blocks)
        s->repeat_blocks->used = 0;
}

void sre_reset_marks(SreState *s)
{
    for (Py_ssize_t i = 0; i < s->mark_count; i++)
        s->mark[i] = -1;
    s->lastindex = -1;
    s->marks_left = false;
}

void sre_state_reset(SreState *s)
{
    sre_reset_marks(s);
    s->repeat = NULL;
    s->back_count = 0;
    drop_repeats(s);
}

static int take_text(SreState *s, PatternObject *pattern, PyObject *string, Py_ssize_t *length)
{
    if (PyUnicode_Check(string)) {
        if (PyUnicode_READY(string) < 0)
            return -1;
        s->text = PyUnicode_DATA(string);
        s->char_size = (int)PyUnicode_KIND(string);
        *length = PyUnicode_GET_LENGTH(string);
        if (pattern->isbytes > 0) {
            PyErr_SetString(PyExc_TypeError, "cannot use a bytes pattern on a string-like object");
            return -1;
        }
        return 0;
    }
    if (PyObject_GetBuffer(string, &s->buffer, PyBUF_SIMPLE) < 0) {
        PyErr_Format(PyExc_TypeError, "expected string or bytes-like object, got '%.200s'", Py_TYPE(string)->tp_name);
        return -1;
    }
    s->text = s->buffer.buf;
    s->char_size = 1;
    s->is_bytes = true;
    *length = s->buffer.len;
    if (pattern->isbytes == 0) {
        PyErr_SetString(PyExc_TypeError, "cannot use a string pattern on a bytes-like object");
        return -1;
    }
    return 0;
}

int sre_state_init(SreState *s, PatternObject *pattern, PyObject *string, Py_ssize_t start, Py_ssize_t end)
{
    Py_ssize_t length;
    memset(s, 0, offsetof(SreState, first_backs));
    s->code = pattern->code;
    s->tables = sre_tables(pattern);
    s->must_advance = -1;
    s->back = s->first_backs;
    s->back_capacity = SRE_FIRST_BACKS;
    if (take_text(s, pattern, string, &length) < 0) {
        sre_state_drop(s);
        return -1;
    }
    s->mark_count = 2 * pattern->groups;
    s->mark = s->mark_count <= SRE_FIRST_MARKS ? s->first_marks : PyMem_New(Py_ssize_t, s->mark_count);
    if (!s->mark) {
        sre_state_drop(s);
        PyErr_NoMemory();
        return -1;
    }
    s->start = Py_MIN(Py_MAX(start, 0), length);
    s->end = Py_MIN(Py_MAX(end, 0), length);
    s->string = Py_NewRef(string);
    sre_state_reset(s);
    return 0;
}

void sre_state_drop(SreState *s)
{
    if (s->buffer.buf)
        PyBuffer_Release(&s->buffer);
    Py_CLEAR(s->string);
    if (s->mark != s->first_marks)
        PyMem_Free(s->mark);
    if (s->back != s->first_backs)
        PyMem_Free(s->back);
    while (s->repeat_blocks) {
        SreRepeatBlock *next = s->repeat_blocks->next;
        PyMem_Free(s->repeat_blocks);
        s->repeat_blocks = next;
    }
    s->mark = NULL;
    s->back = NULL;
}

int sre_match(SreState *s, Py_ssize_t pos)
{
    if (pos > s->end)
        return 0;
    return s->char_size == 1 ? sre_match_1(s, pos) : s->char_size == 2 ? sre_match_2(s, pos) : sre_match_4(s, pos);
}

int sre_search(SreState *s)
{
    return s->char_size == 1 ? sre_search_1(s) : s->char_size == 2 ? sre_search_2(s) : sre_search_4(s);
}

PyObject *sre_slice(PyObject *string, bool is_bytes, Py_ssize_t start, Py_ssize_t end)
{
    if (PyUnicode_Check(string))
        return PyUnicode_Substring(string, start, end);
    if (PyBytes_CheckExact(string)) {
        if (start == 0 && end == PyBytes_GET_SIZE(string))
            return Py_NewRef(string);
        return PyBytes_FromStringAndSize(PyBytes_AS_STRING(string) + start, end - start);
    }
    (void)is_bytes;
    Py_buffer view;
    if (PyObject_GetBuffer(string, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    end = Py_MIN(end, view.len);
    start = Py_MIN(start, end);
    PyObject *bytes = PyBytes_FromStringAndSize((char *)view.buf + start, end - start);
    PyBuffer_Release(&view);
    return bytes;
}
