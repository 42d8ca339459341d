/* bytes_methods.c - the methods bytes and bytearray have in common, written once for both.
 *
 * In: self of either type, arguments that are buffers.  Out: objects of self's type. One method table serves both types.
 * Invariant: self is not changed while its bytes are read; a bytearray is pinned through its buffer where an argument's
 * conversion could run code. Start at the table's first block, find. */
#include "objects/bytes/bytes_int.h"

#include "base/search.h"
#include "objects/buffer.h"
#include "objects/call.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/str/str_int.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

/* ---- finding ---- */

/* The thing looked for: a buffer, or one byte given as an int. */
typedef struct Needle {
    Py_buffer view;
    char byte;
} Needle;

static int needle_open(Needle *needle, PyObject *o)
{
    if (PyObject_CheckBuffer(o))
        return PyObject_GetBuffer(o, &needle->view, PyBUF_SIMPLE);
    if (!PyIndex_Check(o)) {
        PyErr_Format(PyExc_TypeError, "argument should be integer or bytes-like object, not '%.200s'", Py_TYPE(o)->tp_name);
        return -1;
    }
    unsigned char c;
    if (byte_value(o, &c) < 0)
        return -1;
    needle->byte = (char)c;
    needle->view = (Py_buffer){ .buf = &needle->byte, .len = 1 };
    return 0;
}

static void needle_close(Needle *needle)
{
    if (needle->view.obj)
        PyBuffer_Release(&needle->view);
}

enum { FIND_FORWARD = 1, FIND_MUST = 2 };

static PyObject *find_method(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t nargs, int how)
{
    Py_ssize_t start, end;
    Needle needle;
    if (str_slice_args(name, args, nargs, &start, &end) < 0 || needle_open(&needle, args[0]) < 0)
        return NULL;
    ByteRun run = byte_run(self);
    str_clamp(run.n, &start, &end);
    Py_ssize_t at = -1, n = end - start;
    if (n >= needle.view.len)
        at = how & FIND_FORWARD ? search_find(1, run.p + start, n, needle.view.buf, needle.view.len)
                                : search_rfind(1, run.p + start, n, needle.view.buf, needle.view.len);
    needle_close(&needle);
    if (at < 0 && how & FIND_MUST)
        return k_raise(PyExc_ValueError, "subsection not found");
    return PyLong_FromSsize_t(at < 0 ? -1 : at + start);
}

METHOD_RAW(bytesm, find, FAST, 0, "B.find(sub[, start[, end]]) -> int\n\n"
           "The lowest index of B at which sub (bytes or one int) stands within B[start:end], or -1.")
{
    return find_method("find", self, args, nargs, FIND_FORWARD);
}
METHOD_RAW(bytesm, index, FAST, 0, "B.index(sub[, start[, end]]) -> int\n\n"
           "As find(), but ValueError when sub is not there.")
{
    return find_method("index", self, args, nargs, FIND_FORWARD | FIND_MUST);
}
METHOD_RAW(bytesm, rfind, FAST, 0, "B.rfind(sub[, start[, end]]) -> int\n\n"
           "The highest index of B at which sub stands within B[start:end], or -1.")
{
    return find_method("rfind", self, args, nargs, 0);
}
METHOD_RAW(bytesm, rindex, FAST, 0, "B.rindex(sub[, start[, end]]) -> int\n\n"
           "As rfind(), but ValueError when sub is not there.")
{
    return find_method("rindex", self, args, nargs, FIND_MUST);
}
METHOD_RAW(bytesm, count, FAST, 0, "B.count(sub[, start[, end]]) -> int\n\n"
           "How often sub stands in B[start:end] without overlap.")
{
    Py_ssize_t start, end;
    Needle needle;
    if (str_slice_args("count", args, nargs, &start, &end) < 0 || needle_open(&needle, args[0]) < 0)
        return NULL;
    ByteRun run = byte_run(self);
    str_clamp(run.n, &start, &end);
    Py_ssize_t n = end - start, count = 0;
    if (n >= needle.view.len && n >= 0)
        count = needle.view.len == 0 ? n + 1
                : search_count(1, run.p + start, n, needle.view.buf, needle.view.len, PY_SSIZE_T_MAX);
    needle_close(&needle);
    return PyLong_FromSsize_t(count);
}

static int tail_matches(PyObject *self, PyObject *sub, Py_ssize_t start, Py_ssize_t end, int at_end)
{
    Py_buffer view;
    if (PyObject_GetBuffer(sub, &view, PyBUF_SIMPLE) < 0)
        return -1;
    ByteRun run = byte_run(self);
    str_clamp(run.n, &start, &end);
    Py_ssize_t at = at_end ? end - view.len : start;
    int same = start <= end && at >= start && at + view.len <= end && memcmp(run.p + at, view.buf, (size_t)view.len) == 0;
    PyBuffer_Release(&view);
    return same;
}

static PyObject *tail_method(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t nargs, int at_end)
{
    Py_ssize_t start, end;
    int same = 0;
    if (str_slice_args(name, args, nargs, &start, &end) < 0)
        return NULL;
    if (PyTuple_Check(args[0])) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args[0]) && same == 0; i++)
            same = tail_matches(self, PyTuple_GET_ITEM(args[0], i), start, end, at_end);
        return same < 0 ? NULL : Py_NewRef(same ? Py_True : Py_False);
    }
    same = tail_matches(self, args[0], start, end, at_end);
    if (same < 0) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_Format(PyExc_TypeError, "%s first arg must be bytes or a tuple of bytes, not %s", name,
                         Py_TYPE(args[0])->tp_name);
        return NULL;
    }
    Py_RETURN_BOOL(same);
}

METHOD_RAW(bytesm, startswith, FAST, 0, "B.startswith(prefix[, start[, end]]) -> bool\n\n"
           "Whether B[start:end] begins with prefix, or with one of a tuple of prefixes.")
{
    return tail_method("startswith", self, args, nargs, 0);
}
METHOD_RAW(bytesm, endswith, FAST, 0, "B.endswith(suffix[, start[, end]]) -> bool\n\n"
           "Whether B[start:end] ends with suffix, or with one of a tuple of suffixes.")
{
    return tail_method("endswith", self, args, nargs, 1);
}

METHOD(bytesm, removeprefix, O, "($self, prefix, /)", "Return a copy without the given prefix, if it is there.")
{
    int same = tail_matches(self, arg, 0, PY_SSIZE_T_MAX, 0);
    if (same < 0)
        return NULL;
    ByteRun run = byte_run(self);
    Py_ssize_t cut = same ? PyObject_Size(arg) : 0;
    return same && cut ? byte_new_like(self, run.p + cut, run.n - cut) : byte_result(self);
}
METHOD(bytesm, removesuffix, O, "($self, suffix, /)", "Return a copy without the given suffix, if it is there.")
{
    int same = tail_matches(self, arg, 0, PY_SSIZE_T_MAX, 1);
    if (same < 0)
        return NULL;
    ByteRun run = byte_run(self);
    Py_ssize_t cut = same ? PyObject_Size(arg) : 0;
    return same && cut ? byte_new_like(self, run.p, run.n - cut) : byte_result(self);
}

/* ---- kinds and case, ASCII only ---- */

#define IS_LOWER(c) ((c) >= 'a' && (c) <= 'z')
#define IS_UPPER(c) ((c) >= 'A' && (c) <= 'Z')
#define IS_ALPHA(c) (IS_LOWER(c) || IS_UPPER(c))
#define IS_DIGIT(c) ((c) >= '0' && (c) <= '9')
#define IS_SPACE(c) ((c) == ' ' || ((c) >= '\t' && (c) <= '\r'))

static int is_space(unsigned char c) { return IS_SPACE(c); }
static int is_alpha(unsigned char c) { return IS_ALPHA(c); }
static int is_alnum(unsigned char c) { return IS_ALPHA(c) || IS_DIGIT(c); }
static int is_digit(unsigned char c) { return IS_DIGIT(c); }

/* All bytes, at least one, are of a kind. */
static PyObject *all_are(PyObject *self, int (*kind)(unsigned char))
{
    ByteRun run = byte_run(self);
    for (Py_ssize_t i = 0; i < run.n; i++) {
        if (!kind((unsigned char)run.p[i]))
            Py_RETURN_FALSE;
    }
    Py_RETURN_BOOL(run.n > 0);
}

METHOD_RAW(bytesm, isalnum, NOARGS, 0, "B.isalnum() -> bool\n\nWhether B has bytes and all are ASCII letters or digits.")
{
    return all_are(self, is_alnum);
}
METHOD_RAW(bytesm, isalpha, NOARGS, 0, "B.isalpha() -> bool\n\nWhether B has bytes and all are ASCII letters.")
{
    return all_are(self, is_alpha);
}
METHOD_RAW(bytesm, isdigit, NOARGS, 0, "B.isdigit() -> bool\n\nWhether B has bytes and all are ASCII digits.")
{
    return all_are(self, is_digit);
}
METHOD_RAW(bytesm, isspace, NOARGS, 0, "B.isspace() -> bool\n\nWhether B has bytes and all are ASCII whitespace.")
{
    return all_are(self, is_space);
}
METHOD_RAW(bytesm, isascii, NOARGS, 0, "B.isascii() -> bool\n\nWhether all bytes of B are below 128.")
{
    ByteRun run = byte_run(self);
    Py_RETURN_BOOL(str_ascii_prefix(run.p, run.n) == run.n);
}

/* At least one letter of the wanted case and none of the other. */
static PyObject *all_cased(PyObject *self, int upper)
{
    ByteRun run = byte_run(self);
    int cased = 0;
    for (Py_ssize_t i = 0; i < run.n; i++) {
        unsigned char c = (unsigned char)run.p[i];
        if (upper ? IS_LOWER(c) : IS_UPPER(c))
            Py_RETURN_FALSE;
        cased |= IS_ALPHA(c);
    }
    Py_RETURN_BOOL(cased);
}
METHOD_RAW(bytesm, islower, NOARGS, 0, "B.islower() -> bool\n\nWhether B has letters and all are lower case.")
{
    return all_cased(self, 0);
}
METHOD_RAW(bytesm, isupper, NOARGS, 0, "B.isupper() -> bool\n\nWhether B has letters and all are upper case.")
{
    return all_cased(self, 1);
}
METHOD_RAW(bytesm, istitle, NOARGS, 0, "B.istitle() -> bool\n\n"
           "Whether upper case stands only at the begin of words and lower case only behind a letter.")
{
    ByteRun run = byte_run(self);
    int cased = 0, inside = 0;
    for (Py_ssize_t i = 0; i < run.n; i++) {
        unsigned char c = (unsigned char)run.p[i];
        if ((IS_UPPER(c) && inside) || (IS_LOWER(c) && !inside))
            Py_RETURN_FALSE;
        inside = IS_ALPHA(c);
        cased |= inside;
    }
    Py_RETURN_BOOL(cased);
}

typedef enum CaseMode { CASE_LOWER, CASE_UPPER, CASE_SWAP, CASE_TITLE, CASE_CAPITALISE } CaseMode;

static PyObject *change_case(PyObject *self, CaseMode mode)
{
    ByteRun run = byte_run(self);
    PyObject *result = byte_new_like(self, NULL, run.n);
    if (!result || run.n == 0)
        return result;
    char *to = byte_text(result);
    int inside = 0;
    for (Py_ssize_t i = 0; i < run.n; i++) {
        unsigned char c = (unsigned char)run.p[i];
        int upper = mode == CASE_UPPER || (mode == CASE_SWAP && IS_LOWER(c)) || (mode == CASE_TITLE && !inside) ||
                    (mode == CASE_CAPITALISE && i == 0);
        inside = IS_ALPHA(c);
        to[i] = (char)(!inside ? c : upper ? c & ~0x20 : c | 0x20);
    }
    return result;
}
METHOD_RAW(bytesm, lower, NOARGS, 0, "B.lower() -> copy of B\n\nA copy with all ASCII letters in lower case.")
{
    return change_case(self, CASE_LOWER);
}
METHOD_RAW(bytesm, upper, NOARGS, 0, "B.upper() -> copy of B\n\nA copy with all ASCII letters in upper case.")
{
    return change_case(self, CASE_UPPER);
}
METHOD_RAW(bytesm, swapcase, NOARGS, 0, "B.swapcase() -> copy of B\n\nA copy with the case of each ASCII letter turned.")
{
    return change_case(self, CASE_SWAP);
}
METHOD_RAW(bytesm, title, NOARGS, 0, "B.title() -> copy of B\n\nA copy in which each word begins in upper case.")
{
    return change_case(self, CASE_TITLE);
}
METHOD_RAW(bytesm, capitalize, NOARGS, 0,
           "B.capitalize() -> copy of B\n\nA copy with the first byte in upper case, the others lower.")
{
    return change_case(self, CASE_CAPITALISE);
}

/* ---- padding ---- */

static PyObject *padded(PyObject *self, Py_ssize_t left, Py_ssize_t right, char fill)
{
    ByteRun run = byte_run(self);
    left = Py_MAX(left, 0);
    right = Py_MAX(right, 0);
    if (left == 0 && right == 0)
        return byte_result(self);
    PyObject *result = byte_new_like(self, NULL, left + run.n + right);
    if (result) {
        char *to = byte_text(result);
        memset(to, fill, (size_t)left);
        memcpy(to + left, run.p, (size_t)run.n);
        memset(to + left + run.n, fill, (size_t)right);
    }
    return result;
}

static PyObject *pad_method(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t nargs, int side)
{
    Py_ssize_t width;
    char fill = ' ';
    if (k_check_nargs(name, nargs, 1, 2) < 0 || k_arg_ssize(args[0], &width) < 0)
        return NULL;
    if (nargs == 2) {
        PyObject *o = args[1];
        if (!(PyBytes_Check(o) || PyByteArray_Check(o)) || byte_run(o).n != 1)
            return k_raise(PyExc_TypeError, "%s() argument 2 must be a byte string of length 1, not %.50s", name,
                           o == Py_None ? "None" : Py_TYPE(o)->tp_name);
        fill = byte_run(o).p[0];
    }
    Py_ssize_t gap = width - byte_run(self).n;
    if (width <= byte_run(self).n)
        gap = 0;
    Py_ssize_t left = side < 0 ? 0 : side > 0 ? gap : gap / 2 + (gap & width & 1);
    return padded(self, left, gap - left, fill);
}
METHOD(bytesm, ljust, FAST, "($self, width, fillchar=b' ', /)", "Return a left-justified copy of the given width.")
{
    return pad_method("ljust", self, args, nargs, -1);
}
METHOD(bytesm, rjust, FAST, "($self, width, fillchar=b' ', /)", "Return a right-justified copy of the given width.")
{
    return pad_method("rjust", self, args, nargs, 1);
}
METHOD(bytesm, center, FAST, "($self, width, fillchar=b' ', /)", "Return a centered copy of the given width.")
{
    return pad_method("center", self, args, nargs, 0);
}
METHOD(bytesm, zfill, O, "($self, width, /)", "Fill with zeros on the left, behind a sign, to the given width.")
{
    Py_ssize_t width;
    if (k_arg_ssize(arg, &width) < 0)
        return NULL;
    ByteRun run = byte_run(self);
    if (width <= run.n)
        return byte_result(self);
    Py_ssize_t fill = width - run.n;
    PyObject *result = padded(self, fill, 0, '0');
    if (result && run.n && (run.p[0] == '+' || run.p[0] == '-')) {
        char *to = byte_text(result);
        to[fill] = '0';
        to[0] = run.p[0];
    }
    return result;
}
METHOD_KW(bytesm, expandtabs, "($self, /, tabsize=8)", "Return a copy in which tabs are expanded to spaces.", *tabsize)
{
    int size;
    if (k_arg_int(arg->tabsize, &size) < 0)
        return NULL;
    ByteRun run = byte_run(self);
    Py_ssize_t column = 0, total = 0;
    for (Py_ssize_t i = 0; i < run.n; i++) { /* measure */
        char c = run.p[i];
        Py_ssize_t add = c != '\t' ? 1 : size > 0 ? size - column % size : 0;
        if (total > PY_SSIZE_T_MAX - add)
            return k_raise(PyExc_OverflowError, "result too long");
        total += add;
        column = c == '\n' || c == '\r' ? 0 : column + add;
    }
    PyObject *result = byte_new_like(self, NULL, total);
    if (!result || total == 0)
        return result;
    char *to = byte_text(result);
    column = 0;
    for (Py_ssize_t i = 0; i < run.n; i++) {
        char c = run.p[i];
        Py_ssize_t add = c != '\t' ? 1 : size > 0 ? size - column % size : 0;
        memset(to, c == '\t' ? ' ' : c, (size_t)add);
        to += add;
        column = c == '\n' || c == '\r' ? 0 : column + add;
    }
    return result;
}

/* ---- stripping ---- */

enum { STRIP_LEFT = 1, STRIP_RIGHT = 2 };

static PyObject *strip_method(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t nargs, int sides)
{
    Py_buffer view = { .buf = " \t\n\r\f\v", .len = 6 };
    if (k_check_nargs(name, nargs, 0, 1) < 0)
        return NULL;
    if (nargs && args[0] != Py_None && PyObject_GetBuffer(args[0], &view, PyBUF_SIMPLE) < 0)
        return NULL;
    ByteRun run = byte_run(self);
    Py_ssize_t start = 0, end = run.n;
    if (sides & STRIP_LEFT) {
        while (start < end && memchr(view.buf, run.p[start], (size_t)view.len))
            start++;
    }
    if (sides & STRIP_RIGHT) {
        while (end > start && memchr(view.buf, run.p[end - 1], (size_t)view.len))
            end--;
    }
    if (view.obj)
        PyBuffer_Release(&view);
    return start == 0 && end == run.n ? byte_result(self) : byte_new_like(self, run.p + start, end - start);
}
METHOD(bytesm, strip, FAST, "($self, bytes=None, /)", "Strip leading and trailing bytes of the argument (or whitespace).")
{
    return strip_method("strip", self, args, nargs, STRIP_LEFT | STRIP_RIGHT);
}
METHOD(bytesm, lstrip, FAST, "($self, bytes=None, /)", "Strip leading bytes of the argument (or whitespace).")
{
    return strip_method("lstrip", self, args, nargs, STRIP_LEFT);
}
METHOD(bytesm, rstrip, FAST, "($self, bytes=None, /)", "Strip trailing bytes of the argument (or whitespace).")
{
    return strip_method("rstrip", self, args, nargs, STRIP_RIGHT);
}

/* ---- splitting ---- */

static int add_piece(PyObject *list, PyObject *self, const char *p, Py_ssize_t n)
{
    PyObject *piece = byte_new_like(self, p, n);
    return piece ? k_list_append_steal((PyListObject *)list, piece) : -1;
}

static PyObject *split_space(PyObject *self, Py_ssize_t limit)
{
    ByteRun run = byte_run(self);
    PyObject *list = PyList_New(0);
    Py_ssize_t at = 0;
    while (list) {
        while (at < run.n && IS_SPACE(run.p[at]))
            at++;
        if (at == run.n)
            return list;
        Py_ssize_t start = at;
        if (limit-- > 0) {
            while (at < run.n && !IS_SPACE(run.p[at]))
                at++;
        } else {
            at = run.n; /* the rest, its trailing whitespace too */
        }
        Py_ssize_t end = at;
        if (limit < 0)
            at = run.n;
        if (start == 0 && end == run.n && PyBytes_CheckExact(self) ? PyList_Append(list, self) < 0
                                                                   : add_piece(list, self, run.p + start, end - start) < 0)
            Py_CLEAR(list);
    }
    return NULL;
}

static PyObject *rsplit_space(PyObject *self, Py_ssize_t limit)
{
    ByteRun run = byte_run(self);
    PyObject *list = PyList_New(0);
    Py_ssize_t end = run.n;
    while (list) {
        while (end > 0 && IS_SPACE(run.p[end - 1]))
            end--;
        if (end == 0)
            break;
        Py_ssize_t start = end;
        if (limit-- > 0) {
            while (start > 0 && !IS_SPACE(run.p[start - 1]))
                start--;
        } else {
            start = 0; /* the rest, its leading whitespace too */
        }
        if (add_piece(list, self, run.p + start, end - start) < 0)
            Py_CLEAR(list);
        end = limit < 0 ? 0 : start;
    }
    if (list && PyList_Reverse(list) < 0)
        Py_CLEAR(list);
    return list;
}

static PyObject *split_by(PyObject *self, const char *sep, Py_ssize_t m, Py_ssize_t limit, int from_right)
{
    ByteRun run = byte_run(self);
    PyObject *list = PyList_New(0);
    Py_ssize_t start = 0, end = run.n;
    while (list && limit-- > 0) {
        Py_ssize_t at = from_right ? search_rfind(1, run.p, end, sep, m) : search_find(1, run.p + start, run.n - start, sep, m);
        if (at < 0)
            break;
        int status = from_right ? add_piece(list, self, run.p + at + m, end - at - m)
                                : add_piece(list, self, run.p + start, at);
        if (status < 0)
            Py_CLEAR(list);
        if (from_right)
            end = at;
        else
            start += at + m;
    }
    if (list && add_piece(list, self, run.p + start, end - start) < 0)
        Py_CLEAR(list);
    if (list && from_right && PyList_Reverse(list) < 0)
        Py_CLEAR(list);
    return list;
}

static PyObject *split_method(PyObject *self, PyObject *sep, PyObject *maxsplit, int from_right)
{
    Py_ssize_t limit;
    if (k_arg_ssize(maxsplit, &limit) < 0)
        return NULL;
    if (limit < 0)
        limit = PY_SSIZE_T_MAX;
    if (sep == Py_None)
        return from_right ? rsplit_space(self, limit) : split_space(self, limit);
    Py_buffer view;
    if (PyObject_GetBuffer(sep, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    PyObject *list = view.len ? split_by(self, view.buf, view.len, limit, from_right)
                              : k_raise(PyExc_ValueError, "empty separator");
    PyBuffer_Release(&view);
    return list;
}
METHOD_KW(bytesm, split, "($self, /, sep=None, maxsplit=-1)", "Return a list of the sections, cut at sep (or at whitespace).",
          *sep, *maxsplit)
{
    return split_method(self, arg->sep, arg->maxsplit, 0);
}
METHOD_KW(bytesm, rsplit, "($self, /, sep=None, maxsplit=-1)", "Return a list of the sections, cut at sep from the end.",
          *sep, *maxsplit)
{
    return split_method(self, arg->sep, arg->maxsplit, 1);
}
METHOD_KW(bytesm, splitlines, "($self, /, keepends=False)", "Return a list of the lines.", *keepends)
{
    int keep;
    if (k_arg_int(arg->keepends, &keep) < 0)
        return NULL;
    ByteRun run = byte_run(self);
    PyObject *list = PyList_New(0);
    for (Py_ssize_t start = 0, next; list && start < run.n; start = next) {
        Py_ssize_t end = start;
        while (end < run.n && run.p[end] != '\n' && run.p[end] != '\r')
            end++;
        next = end + (end < run.n) + (end + 1 < run.n && run.p[end] == '\r' && run.p[end + 1] == '\n');
        if (add_piece(list, self, run.p + start, (keep ? next : end) - start) < 0)
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *partition_method(PyObject *self, PyObject *sep, int from_right)
{
    Py_buffer view;
    if (PyObject_GetBuffer(sep, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    ByteRun run = byte_run(self);
    PyObject *parts[3] = { NULL, NULL, NULL };
    if (view.len == 0) {
        PyBuffer_Release(&view);
        return k_raise(PyExc_ValueError, "empty separator");
    }
    Py_ssize_t at = from_right ? search_rfind(1, run.p, run.n, view.buf, view.len)
                               : search_find(1, run.p, run.n, view.buf, view.len);
    if (at < 0) {
        int whole = from_right ? 2 : 0;
        for (int i = 0; i < 3; i++)
            parts[i] = i == whole ? byte_result(self) : byte_new_like(self, NULL, 0);
    } else {
        parts[0] = byte_new_like(self, run.p, at);
        parts[1] = PyBytes_CheckExact(self) && PyBytes_CheckExact(sep) ? Py_NewRef(sep) : byte_new_like(self, view.buf, view.len);
        parts[2] = byte_new_like(self, run.p + at + view.len, run.n - at - view.len);
    }
    PyBuffer_Release(&view);
    if (parts[0] && parts[1] && parts[2])
        return k_tuple_from_array_steal(parts, 3);
    for (int i = 0; i < 3; i++)
        Py_XDECREF(parts[i]);
    return NULL;
}
METHOD(bytesm, partition, O, "($self, sep, /)", "Cut at the first sep: the part before it, sep itself, the part behind it.")
{
    return partition_method(self, arg, 0);
}
METHOD(bytesm, rpartition, O, "($self, sep, /)", "Cut at the last sep: the part before it, sep itself, the part behind it.")
{
    return partition_method(self, arg, 1);
}
METHOD(bytesm, join, O, "($self, iterable_of_bytes, /)", "Concatenate bytes-like objects with this one between them.")
{
    return byte_join(self, arg);
}

/* ---- replacing ---- */

static PyObject *replaced(PyObject *self, ByteRun old, ByteRun new, Py_ssize_t limit)
{
    ByteRun run = byte_run(self);
    Py_ssize_t count = old.n ? search_count(1, run.p, run.n, old.p, old.n, limit) : Py_MIN(limit, run.n + 1);
    if (run.n < old.n || count == 0)
        return byte_result(self);
    if (new.n > old.n && count > (PY_SSIZE_T_MAX - run.n) / (new.n - old.n))
        return k_raise(PyExc_OverflowError, "replace bytes is too long");
    PyObject *result = byte_new_like(self, NULL, run.n + count * (new.n - old.n));
    if (!result || Py_SIZE(result) == 0)
        return result;
    char *to = byte_text(result);
    const char *from = run.p, *end = run.p + run.n;
    for (; count; count--) {
        Py_ssize_t step = old.n ? search_find(1, from, end - from, old.p, old.n) : 0;
        to = mempcpy(to, from, (size_t)step);
        to = mempcpy(to, new.p, (size_t)new.n);
        from += step + old.n;
        if (!old.n && from < end)
            *to++ = *from++;
    }
    memcpy(to, from, (size_t)(end - from));
    return result;
}
METHOD(bytesm, replace, FAST, "($self, old, new, count=-1, /)", "Return a copy with occurrences of old replaced by new.")
{
    Py_ssize_t limit = -1;
    Py_buffer old, new;
    if (k_check_nargs("replace", nargs, 2, 3) < 0 || PyObject_GetBuffer(args[0], &old, PyBUF_SIMPLE) < 0)
        return NULL;
    if (PyObject_GetBuffer(args[1], &new, PyBUF_SIMPLE) < 0) {
        PyBuffer_Release(&old);
        return NULL;
    }
    PyObject *result = NULL;
    if (nargs < 3 || k_arg_ssize(args[2], &limit) == 0)
        result = replaced(self, (ByteRun){ old.buf, old.len }, (ByteRun){ new.buf, new.len }, limit < 0 ? PY_SSIZE_T_MAX : limit);
    PyBuffer_Release(&old);
    PyBuffer_Release(&new);
    return result;
}

/* table: 256 bytes or NULL (each byte stays). */
static PyObject *translated(PyObject *self, const unsigned char *table, ByteRun delete)
{
    ByteRun run = byte_run(self);
    char drop[256] = { 0 };
    for (Py_ssize_t i = 0; i < delete.n; i++)
        drop[(unsigned char)delete.p[i]] = 1;
    PyObject *result = byte_new_like(self, NULL, run.n);
    if (!result || run.n == 0)
        return result;
    char *start = byte_text(result), *to = start;
    int changed = 0;
    for (Py_ssize_t i = 0; i < run.n; i++) {
        unsigned char c = (unsigned char)run.p[i];
        if (drop[c])
            continue;
        *to = (char)(table ? table[c] : c);
        changed |= *to++ != (char)c;
    }
    Py_ssize_t n = to - start;
    if (!changed && n == run.n && PyBytes_CheckExact(self)) {
        Py_DECREF(result);
        return Py_NewRef(self);
    }
    if (PyBytes_Check(result)) {
        if (n != run.n && _PyBytes_Resize(&result, n) < 0)
            return NULL;
    } else if (PyByteArray_Resize(result, n) < 0) {
        Py_CLEAR(result);
    }
    return result;
}
METHOD_KW(bytesm, translate, "($self, table, /, delete=b'')",
          "Return a copy with each byte mapped by the table, without those of delete.", *table, *delete)
{
    Py_buffer table = { 0 }, delete = { 0 };
    PyObject *result = NULL;
    if (arg->table != Py_None) {
        if (PyObject_GetBuffer(arg->table, &table, PyBUF_SIMPLE) < 0)
            return NULL;
        if (table.len != 256) {
            PyBuffer_Release(&table);
            return k_raise(PyExc_ValueError, "translation table must be 256 characters long");
        }
    }
    if (!arg->delete || PyObject_GetBuffer(arg->delete, &delete, PyBUF_SIMPLE) == 0)
        result = translated(self, table.buf, (ByteRun){ delete.buf, delete.len });
    if (table.obj)
        PyBuffer_Release(&table);
    if (delete.obj)
        PyBuffer_Release(&delete);
    return result;
}
METHOD_FLAGS(bytesm, maketrans, FAST, METH_STATIC, "(frm, to, /)",
             "Return a table for translate() that maps each byte of frm to to's.")
{
    Py_buffer from, to;
    if (k_check_nargs("maketrans", nargs, 2, 2) < 0 || PyObject_GetBuffer(args[0], &from, PyBUF_SIMPLE) < 0)
        return NULL;
    if (PyObject_GetBuffer(args[1], &to, PyBUF_SIMPLE) < 0) {
        PyBuffer_Release(&from);
        return NULL;
    }
    PyObject *table = NULL;
    if (from.len != to.len) {
        PyErr_SetString(PyExc_ValueError, "maketrans arguments must have same length");
    } else if ((table = PyBytes_FromStringAndSize(NULL, 256))) {
        for (int i = 0; i < 256; i++)
            PyBytes_AS_STRING(table)[i] = (char)i;
        for (Py_ssize_t i = 0; i < from.len; i++)
            PyBytes_AS_STRING(table)[((unsigned char *)from.buf)[i]] = ((char *)to.buf)[i];
    }
    PyBuffer_Release(&from);
    PyBuffer_Release(&to);
    return table;
}

/* ---- text ---- */

METHOD_KW(bytesm, decode, "($self, /, encoding='utf-8', errors='strict')",
          "Decode the bytes using the codec registered for encoding.", *encoding, *errors)
{
    const char *encoding = NULL, *errors = NULL;
    if ((arg->encoding && k_arg_utf8(arg->encoding, "decode", "'encoding'", &encoding) < 0) ||
        (arg->errors && k_arg_utf8(arg->errors, "decode", "'errors'", &errors) < 0))
        return NULL;
    return PyUnicode_FromEncodedObject(self, encoding, errors);
}
METHOD_KW(bytesm, hex, "($self, /, sep=<unrepresentable>, bytes_per_sep=1)",
          "Create a string of hexadecimal numbers from the bytes.\n\n"
          "sep, a character or a byte, stands between groups of bytes_per_sep bytes, counted from the right; from the\n"
          "left when bytes_per_sep is negative.\n\n"
          ">>> data = bytes([0, 17, 254])\n"
          ">>> data.hex()\n'0011fe'\n"
          ">>> data.hex('-')\n'00-11-fe'\n"
          ">>> data.hex('-', 2)\n'00-11fe'\n"
          ">>> data.hex('-', -2)\n'0011-fe'",
          *sep, *bytes_per_sep)
{
    ByteRun run = byte_run(self);
    return byte_hex(run.p, run.n, arg->sep, arg->bytes_per_sep);
}

static int hex_digit(unsigned char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

PyObject *_PyBytes_FromHex(PyObject *s, int use_bytearray)
{
    if (PyUnicode_READY(s) < 0)
        return NULL;
    Py_ssize_t n = STR_LEN(s), used = 0, i = 0;
    K_AUTO(PyObject *) result = use_bytearray ? PyByteArray_FromStringAndSize(NULL, n / 2) : PyBytes_FromStringAndSize(NULL, n / 2);
    if (!result)
        return NULL;
    char *to = byte_text(result);
    while (i < n) {
        Py_UCS4 c = STR_AT(s, i), d = i + 1 < n ? STR_AT(s, i + 1) : 0;
        if (c < 128 && IS_SPACE(c)) {
            i++;
            continue;
        }
        int high = c < 128 ? hex_digit((unsigned char)c) : -1, low = d < 128 ? hex_digit((unsigned char)d) : -1;
        if (high < 0 || low < 0)
            return k_raise(PyExc_ValueError, "non-hexadecimal number found in fromhex() arg at position %zd", high < 0 ? i : i + 1);
        to[used++] = (char)(high << 4 | low);
        i += 2;
    }
    if (use_bytearray ? PyByteArray_Resize(result, used) < 0 : _PyBytes_Resize(&result, used) < 0)
        return NULL;
    if (!use_bytearray && used == 1)
        K_SET(result, bytes_char((unsigned char)PyBytes_AS_STRING(result)[0]));
    return K_MOVE(result);
}
METHOD_FLAGS(bytesm, fromhex, O, METH_CLASS, "($type, string, /)",
             "Create an object from hexadecimal numbers. Spaces between two numbers are accepted.")
{
    if (k_arg_str(arg, "fromhex", "argument") < 0)
        return NULL;
    PyTypeObject *type = (PyTypeObject *)self;
    PyObject *result = _PyBytes_FromHex(arg, PyType_IsSubtype(type, &PyByteArray_Type));
    if (result && type != &PyBytes_Type && type != &PyByteArray_Type)
        K_SET(result, PyObject_CallOneArg((PyObject *)type, result));
    return result;
}
METHODS_END(bytesm);
MORE_METHODS(PyBytes_Type, bytesm);
static const KMoreMethods k_more_bytearray_shared __attribute__((K_IN_ORDER used, section("kmore"), aligned(8))) =
    { &PyByteArray_Type, __start_kmeth_bytesm };
