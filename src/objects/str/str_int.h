/* str_int.h - what the files of str share among themselves. */
#ifndef KAA_OBJECTS_STR_STR_INT_H
#define KAA_OBJECTS_STR_STR_INT_H

#include "memory/mem.h"
#include "objects/str/str.h"

#define STR_LEN(o)  PyUnicode_GET_LENGTH(o)
#define STR_KIND(o) ((int)PyUnicode_KIND(o))
#define STR_DATA(o) k_str_data((PyObject *)(o))
#define STR_AT(o, i) k_str_read(STR_KIND(o), STR_DATA(o), (i))
#define STR_AS_COMPACT(o) ((PyCompactUnicodeObject *)(o))
#define STR_AS_ASCII(o)   ((PyASCIIObject *)(o))

static inline int str_kind_of(Py_UCS4 max_char)
{
    return max_char < 0x100 ? 1 : max_char < 0x10000 ? 2 : 4;
}

/* The empty str, and the str of one character below 256: new references. */
K_INT PyObject *str_empty(void);
K_INT PyObject *str_latin1_char(Py_UCS4 c);
K_INT PyObject *str_from_char(Py_UCS4 c); /* any code point */

/* The largest of 0x7f, 0xff, 0xffff, 0x10ffff that the characters need. */
K_INT Py_UCS4 str_run_max_char(int kind, const void *run, Py_ssize_t n);
/* Length of the ASCII prefix. */
K_INT Py_ssize_t str_ascii_prefix(const char *run, Py_ssize_t n);
/* Copies n characters from one width to another; a narrower target must be wide enough for each. */
K_INT void str_copy_run(int to_kind, void *to, int from_kind, const void *from, Py_ssize_t n);
static inline void str_copy_into(PyObject *to, Py_ssize_t at, PyObject *from, Py_ssize_t start, Py_ssize_t n)
{
    str_copy_run(STR_KIND(to), (char *)STR_DATA(to) + at * STR_KIND(to), STR_KIND(from),
                 (const char *)STR_DATA(from) + start * STR_KIND(from), n);
}
K_INT void str_fill_run(int kind, void *data, Py_ssize_t at, Py_ssize_t n, Py_UCS4 c);

/* The text in at least this width: its own data, or a copy that str_wide_free releases. NULL with MemoryError. */
K_INT const void *str_widened(PyObject *s, int kind);
static inline void str_widened_free(PyObject *s, const void *data)
{
    if (data != STR_DATA(s))
        PyMem_Free((void *)data);
}

/* May the text be changed in place: one owner, no hash, not interned, exact? */
K_INT int str_is_modifiable(PyObject *s);
/* A new exact str with s's characters start..end; s itself when it is exact and whole. */
K_INT K_NEW PyObject *str_slice(PyObject *s, Py_ssize_t start, Py_ssize_t end);
/* s itself when exact, a copy of a subclass's instance. */
K_INT K_NEW PyObject *str_result(PyObject *s);
K_INT void str_forget_interned(PyObject *s);
K_INT void str_singletons_start(void);
/* Makes a str from the characters of a 4-byte run. */
K_INT K_NEW PyObject *str_from_ucs4(const Py_UCS4 *run, Py_ssize_t n);

/* 0, or -1 with TypeError "must be str, not X". */
K_INT K_STATUS int str_need(PyObject *o);

/* start and end as a slice of n items takes them. */
static inline void str_clamp(Py_ssize_t n, Py_ssize_t *start, Py_ssize_t *end)
{
    if (*end > n)
        *end = n;
    else if (*end < 0)
        *end = *end + n < 0 ? 0 : *end + n;
    if (*start < 0)
        *start = *start + n < 0 ? 0 : *start + n;
}

/* The common shape of find(sub[, start[, end]]): arity, slice indices. 0, or -1 with an exception. */
K_INT K_STATUS int str_slice_args(const char *name, PyObject *const *args, Py_ssize_t nargs, Py_ssize_t *start,
                                  Py_ssize_t *end);
/* -1 not found, -2 exception. Both are str. direction > 0 searches forward. */
K_INT Py_ssize_t str_find(PyObject *s, PyObject *sub, Py_ssize_t start, Py_ssize_t end, int direction);
K_INT int str_tail_match(PyObject *s, PyObject *sub, Py_ssize_t start, Py_ssize_t end, int at_end);
K_INT K_NEW PyObject *str_concat(PyObject *a, PyObject *b);
K_INT K_NEW PyObject *str_repeat(PyObject *s, Py_ssize_t times);
K_INT K_NEW PyObject *str_repr(PyObject *s);
K_INT K_NEW PyObject *str_remainder(PyObject *format, PyObject *args); /* format % args, both any */
K_INT K_NEW PyObject *str_format_call(PyObject *self, PyObject *args, PyObject *kwargs); /* str.format */
K_INT K_NEW PyObject *str_format_map(PyObject *self, PyObject *mapping);
K_INT int str_is_space(Py_UCS4 c);
/* An encoding's name in lower case; every run of other characters than letters, digits and dots becomes one "_". 0 when
 * room (name's size with its 0 suffices) is short. */
K_INT int str_normalise_encoding(const char *name, char *out, size_t room);
K_INT K_STATUS int str_writer_fill(_PyUnicodeWriter *w, Py_ssize_t n, Py_UCS4 c); /* n times c; none when n <= 0 */

#endif
