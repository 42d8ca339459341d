/* str_methods.c - methods of str that look at characters one by one: case, kinds, padding, stripping.
 *
 * ASCII strs take short ways; the others go through the tables of base/unicode.c. */
#include "base/search.h"
#include "base/unicode.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/protocol.h"
#include "objects/str/str_int.h"
#include "runtime/errors.h"

/* ---- case ---- */

typedef enum CaseMode { CASE_LOWER, CASE_UPPER, CASE_SWAP, CASE_TITLE, CASE_CAPITALISE, CASE_FOLD } CaseMode;

/* Is the capital sigma at i the last letter of a word? Case-ignorable characters are looked through. */
static int is_final_sigma(int kind, const void *data, Py_ssize_t n, Py_ssize_t i)
{
    Py_ssize_t before = i - 1, behind = i + 1;
    while (before >= 0 && _PyUnicode_IsCaseIgnorable(k_str_read(kind, data, before)))
        before--;
    if (before < 0 || !_PyUnicode_IsCased(k_str_read(kind, data, before)))
        return 0;
    while (behind < n && _PyUnicode_IsCaseIgnorable(k_str_read(kind, data, behind)))
        behind++;
    return behind == n || !_PyUnicode_IsCased(k_str_read(kind, data, behind));
}

static int lower_at(int kind, const void *data, Py_ssize_t n, Py_ssize_t i, Py_UCS4 *to)
{
    Py_UCS4 c = k_str_read(kind, data, i);
    if (c == 0x3a3) {
        to[0] = is_final_sigma(kind, data, n, i) ? 0x3c2 : 0x3c3;
        return 1;
    }
    return unicode_map(c, UNICODE_TO_LOWER, to);
}

static Py_ssize_t map_case(CaseMode mode, int kind, const void *data, Py_ssize_t n, Py_UCS4 *to)
{
    Py_UCS4 *start = to;
    int inside = 0; /* behind a cased character */
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = k_str_read(kind, data, i);
        int flags = unicode_type(c)->flags, mapping = -1;
        if (mode == CASE_UPPER || (mode == CASE_SWAP && flags & UNICODE_LOWER && !(flags & UNICODE_UPPER)))
            mapping = UNICODE_TO_UPPER;
        else if (mode == CASE_FOLD)
            mapping = UNICODE_TO_FOLD;
        else if ((mode == CASE_TITLE && !inside) || (mode == CASE_CAPITALISE && i == 0))
            mapping = UNICODE_TO_TITLE;
        else if (mode != CASE_SWAP || flags & UNICODE_UPPER)
            mapping = UNICODE_TO_LOWER;
        inside = (flags & UNICODE_CASED) != 0;
        if (mapping == UNICODE_TO_LOWER)
            to += lower_at(kind, data, n, i, to);
        else if (mapping >= 0)
            to += unicode_map(c, mapping, to);
        else
            *to++ = c;
    }
    return to - start;
}

static PyObject *ascii_case(PyObject *self, CaseMode mode)
{
    Py_ssize_t n = STR_LEN(self);
    PyObject *result = PyUnicode_New(n, 0x7f);
    if (!result)
        return NULL;
    const unsigned char *from = STR_DATA(self);
    unsigned char *to = STR_DATA(result);
    if (mode == CASE_LOWER || mode == CASE_FOLD) {
        for (Py_ssize_t i = 0; i < n; i++)
            to[i] = from[i] | (unsigned char)((unsigned)((unsigned char)(from[i] - 'A') < 26) << 5);
    } else if (mode == CASE_UPPER) {
        for (Py_ssize_t i = 0; i < n; i++)
            to[i] = from[i] & (unsigned char)~((unsigned)((unsigned char)(from[i] - 'a') < 26) << 5);
    } else {
        int inside = 0;
        for (Py_ssize_t i = 0; i < n; i++) {
            unsigned char c = from[i];
            int letter = (unsigned)((c | 0x20) - 'a') < 26u;
            int upper = mode == CASE_SWAP ? c & 0x20 : mode == CASE_TITLE ? !inside : i == 0;
            to[i] = (unsigned char)(!letter ? c : upper ? c & ~0x20 : c | 0x20);
            inside = letter;
        }
    }
    return result;
}

static PyObject *change_case(PyObject *self, CaseMode mode)
{
    if (PyUnicode_READY(self) < 0)
        return NULL;
    Py_ssize_t n = STR_LEN(self);
    if (n == 0)
        return str_empty();
    if (PyUnicode_IS_ASCII(self))
        return ascii_case(self, mode);
    if (n > PY_SSIZE_T_MAX / (3 * (Py_ssize_t)sizeof(Py_UCS4)))
        return k_raise(PyExc_OverflowError, "string is too long");
    Py_UCS4 *to = PyMem_Malloc((size_t)n * 3 * sizeof *to);
    if (!to)
        return PyErr_NoMemory();
    Py_ssize_t m = map_case(mode, STR_KIND(self), STR_DATA(self), n, to);
    PyObject *result = str_from_ucs4(to, m);
    PyMem_Free(to);
    return result;
}

METHOD(strcase, lower, NOARGS, "($self, /)", "Return a copy of the string converted to lowercase.")
{
    return change_case(self, CASE_LOWER);
}
METHOD(strcase, upper, NOARGS, "($self, /)", "Return a copy of the string converted to uppercase.")
{
    return change_case(self, CASE_UPPER);
}
METHOD(strcase, swapcase, NOARGS, "($self, /)", "Return a copy with upper and lower case exchanged.")
{
    return change_case(self, CASE_SWAP);
}
METHOD(strcase, title, NOARGS, "($self, /)", "Return a copy in which each word begins in title case and goes on in lower case.")
{
    return change_case(self, CASE_TITLE);
}
METHOD(strcase, capitalize, NOARGS, "($self, /)", "Return a copy with the first character in title case, the others in lower case.")
{
    return change_case(self, CASE_CAPITALISE);
}
METHOD(strcase, casefold, NOARGS, "($self, /)", "Return a version for comparisons without regard to case.")
{
    return change_case(self, CASE_FOLD);
}

/* ---- kinds ---- */

static PyObject *all_have(PyObject *self, int flags)
{
    if (PyUnicode_READY(self) < 0)
        return NULL;
    int kind = STR_KIND(self);
    const void *data = STR_DATA(self);
    Py_ssize_t n = STR_LEN(self);
    for (Py_ssize_t i = 0; i < n; i++) {
        if (!(unicode_type(k_str_read(kind, data, i))->flags & flags))
            Py_RETURN_FALSE;
    }
    Py_RETURN_BOOL(n > 0);
}

METHOD(strcase, isascii, NOARGS, "($self, /)", "Return True if all characters are ASCII.")
{
    if (PyUnicode_READY(self) < 0)
        return NULL;
    Py_RETURN_BOOL(PyUnicode_IS_ASCII(self));
}
METHOD(strcase, isalpha, NOARGS, "($self, /)", "Return True if there are characters and all are letters.")
{
    return all_have(self, UNICODE_ALPHA);
}
METHOD(strcase, isalnum, NOARGS, "($self, /)", "Return True if there are characters and all are letters or numbers.")
{
    return all_have(self, UNICODE_ALPHA | UNICODE_DECIMAL | UNICODE_DIGIT | UNICODE_NUMERIC);
}
METHOD(strcase, isdecimal, NOARGS, "($self, /)", "Return True if there are characters and all are decimal digits.")
{
    return all_have(self, UNICODE_DECIMAL);
}
METHOD(strcase, isdigit, NOARGS, "($self, /)", "Return True if there are characters and all are digits.")
{
    return all_have(self, UNICODE_DIGIT);
}
METHOD(strcase, isnumeric, NOARGS, "($self, /)", "Return True if there are characters and all are numeric.")
{
    return all_have(self, UNICODE_NUMERIC);
}
METHOD(strcase, isspace, NOARGS, "($self, /)", "Return True if there are characters and all are whitespace.")
{
    return all_have(self, UNICODE_SPACE);
}
METHOD(strcase, isprintable, NOARGS, "($self, /)", "Return True if all characters are printable.")
{
    if (PyUnicode_READY(self) < 0)
        return NULL;
    if (STR_LEN(self) == 0)
        Py_RETURN_TRUE;
    return all_have(self, UNICODE_PRINTABLE);
}

static PyObject *all_cased(PyObject *self, int wanted, int forbidden)
{
    if (PyUnicode_READY(self) < 0)
        return NULL;
    int seen = 0;
    for (Py_ssize_t i = 0, n = STR_LEN(self); i < n; i++) {
        int flags = unicode_type(STR_AT(self, i))->flags;
        if (flags & forbidden)
            Py_RETURN_FALSE;
        seen |= flags & wanted;
    }
    Py_RETURN_BOOL(seen);
}
METHOD(strcase, islower, NOARGS, "($self, /)", "Return True if there are cased characters and all are lowercase.")
{
    return all_cased(self, UNICODE_LOWER, UNICODE_UPPER | UNICODE_TITLE);
}
METHOD(strcase, isupper, NOARGS, "($self, /)", "Return True if there are cased characters and all are uppercase.")
{
    return all_cased(self, UNICODE_UPPER, UNICODE_LOWER | UNICODE_TITLE);
}
METHOD(strcase, istitle, NOARGS, "($self, /)",
       "Return True if upper case stands only at the begin of words, lower case only inside.")
{
    if (PyUnicode_READY(self) < 0)
        return NULL;
    int seen = 0, inside = 0;
    for (Py_ssize_t i = 0, n = STR_LEN(self); i < n; i++) {
        int flags = unicode_type(STR_AT(self, i))->flags, big = flags & (UNICODE_UPPER | UNICODE_TITLE);
        if (big ? inside : flags & UNICODE_LOWER && !inside)
            Py_RETURN_FALSE;
        inside = big || flags & UNICODE_LOWER;
        seen |= inside;
    }
    Py_RETURN_BOOL(seen);
}

Py_ssize_t _PyUnicode_ScanIdentifier(PyObject *s)
{
    if (PyUnicode_READY(s) < 0)
        return -1;
    Py_ssize_t n = STR_LEN(s);
    if (n == 0)
        return 0;
    Py_UCS4 first = STR_AT(s, 0);
    if (first != '_' && !_PyUnicode_IsXidStart(first))
        return 0;
    Py_ssize_t i = 1;
    while (i < n && _PyUnicode_IsXidContinue(STR_AT(s, i)))
        i++;
    return i;
}

int PyUnicode_IsIdentifier(PyObject *s)
{
    Py_ssize_t n = _PyUnicode_ScanIdentifier(s);
    return n < 0 ? -1 : n > 0 && n == STR_LEN(s);
}
METHOD(strcase, isidentifier, NOARGS, "($self, /)", "Return True if the string is a valid Python identifier (or keyword).")
{
    int answer = PyUnicode_IsIdentifier(self);
    return answer < 0 ? NULL : Py_NewRef(answer ? Py_True : Py_False);
}

/* ---- padding ---- */

static PyObject *padded(PyObject *self, Py_ssize_t left, Py_ssize_t right, Py_UCS4 fill)
{
    Py_ssize_t n = STR_LEN(self);
    if (left <= 0 && right <= 0)
        return str_result(self);
    if (left > PY_SSIZE_T_MAX - n || right > PY_SSIZE_T_MAX - n - left)
        return k_raise(PyExc_OverflowError, "padded string is too long");
    PyObject *result = PyUnicode_New(left + n + right, Py_MAX(fill, k_str_max_char(self)));
    if (result) {
        int kind = STR_KIND(result);
        str_fill_run(kind, STR_DATA(result), 0, left, fill);
        str_copy_into(result, left, self, 0, n);
        str_fill_run(kind, STR_DATA(result), left + n, right, fill);
    }
    return result;
}

static PyObject *pad_method(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t nargs, int side)
{
    Py_ssize_t width;
    Py_UCS4 fill = ' ';
    if (PyUnicode_READY(self) < 0 || k_check_nargs(name, nargs, 1, 2) < 0 || k_arg_ssize(args[0], &width) < 0)
        return NULL;
    if (nargs == 2) {
        if (!PyUnicode_Check(args[1]))
            return k_raise(PyExc_TypeError, "The fill character must be a unicode character, not %.100s",
                           Py_TYPE(args[1])->tp_name);
        if (PyUnicode_READY(args[1]) < 0)
            return NULL;
        if (STR_LEN(args[1]) != 1)
            return k_raise(PyExc_TypeError, "The fill character must be exactly one character long");
        fill = STR_AT(args[1], 0);
    }
    Py_ssize_t gap = width <= STR_LEN(self) ? 0 : width - STR_LEN(self);
    Py_ssize_t left = side < 0 ? 0 : side > 0 ? gap : gap / 2 + (gap & width & 1);
    return padded(self, left, gap - left, fill);
}
METHOD(strcase, ljust, FAST, "($self, width, fillchar=' ', /)", "Return a left-justified string of length width.")
{
    return pad_method("ljust", self, args, nargs, -1);
}
METHOD(strcase, rjust, FAST, "($self, width, fillchar=' ', /)", "Return a right-justified string of length width.")
{
    return pad_method("rjust", self, args, nargs, 1);
}
METHOD(strcase, center, FAST, "($self, width, fillchar=' ', /)", "Return a centered string of length width.")
{
    return pad_method("center", self, args, nargs, 0);
}
METHOD(strcase, zfill, O, "($self, width, /)", "Fill with zeros on the left, behind a sign, to the given width.")
{
    Py_ssize_t width;
    if (PyUnicode_READY(self) < 0 || k_arg_ssize(arg, &width) < 0)
        return NULL;
    Py_ssize_t n = STR_LEN(self), fill = width - n;
    if (width <= n)
        return str_result(self);
    PyObject *result = padded(self, fill, 0, '0');
    if (result && n) {
        Py_UCS4 sign = STR_AT(self, 0);
        if (sign == '+' || sign == '-') {
            k_str_write(STR_KIND(result), STR_DATA(result), fill, '0');
            k_str_write(STR_KIND(result), STR_DATA(result), 0, sign);
        }
    }
    return result;
}
METHOD_KW(strcase, expandtabs, "($self, /, tabsize=8)", "Return a copy in which tabs are expanded to spaces.", *tabsize)
{
    int size;
    if (k_arg_int(arg->tabsize, &size) < 0 || PyUnicode_READY(self) < 0)
        return NULL;
    int kind = STR_KIND(self), found = 0;
    const void *data = STR_DATA(self);
    Py_ssize_t column = 0, total = 0, n = STR_LEN(self);
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = k_str_read(kind, data, i);
        Py_ssize_t add = c != '\t' ? 1 : size > 0 ? size - column % size : 0;
        if (add > PY_SSIZE_T_MAX - total)
            return k_raise(PyExc_OverflowError, "new string is too long");
        found |= c == '\t';
        total += add;
        column = c == '\n' || c == '\r' ? 0 : column + add;
    }
    if (!found)
        return str_result(self);
    PyObject *result = PyUnicode_New(total, k_str_max_char(self));
    if (!result)
        return NULL;
    column = 0;
    for (Py_ssize_t i = 0, at = 0; i < n; i++) {
        Py_UCS4 c = k_str_read(kind, data, i);
        Py_ssize_t add = c != '\t' ? 1 : size > 0 ? size - column % size : 0;
        str_fill_run(kind, STR_DATA(result), at, add, c == '\t' ? ' ' : c);
        at += add;
        column = c == '\n' || c == '\r' ? 0 : column + add;
    }
    return result;
}

/* ---- stripping ---- */

enum { STRIP_LEFT = 1, STRIP_RIGHT = 2 };

/* chars: NULL means whitespace. */
static int to_strip(Py_UCS4 c, PyObject *chars)
{
    return chars ? search_find_unit(STR_KIND(chars), STR_DATA(chars), STR_LEN(chars), c) >= 0 : str_is_space(c);
}

static PyObject *strip(PyObject *self, PyObject *chars, int sides)
{
    Py_ssize_t start = 0, end = STR_LEN(self);
    int kind = STR_KIND(self);
    const void *data = STR_DATA(self);
    if (sides & STRIP_LEFT) {
        while (start < end && to_strip(k_str_read(kind, data, start), chars))
            start++;
    }
    if (sides & STRIP_RIGHT) {
        while (end > start && to_strip(k_str_read(kind, data, end - 1), chars))
            end--;
    }
    return str_slice(self, start, end);
}

/* striptype: 0 left, 1 right, 2 both. */
PyObject *_PyUnicode_XStrip(PyObject *self, int striptype, PyObject *chars)
{
    if (PyUnicode_READY(self) < 0 || PyUnicode_READY(chars) < 0)
        return NULL;
    return strip(self, chars, striptype == 0 ? STRIP_LEFT : striptype == 1 ? STRIP_RIGHT : STRIP_LEFT | STRIP_RIGHT);
}

static PyObject *strip_method(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t nargs, int sides)
{
    if (k_check_nargs(name, nargs, 0, 1) < 0 || PyUnicode_READY(self) < 0)
        return NULL;
    if (!nargs || args[0] == Py_None)
        return strip(self, NULL, sides);
    if (!PyUnicode_Check(args[0]))
        return k_raise(PyExc_TypeError, "%s arg must be None or str", name);
    return PyUnicode_READY(args[0]) < 0 ? NULL : strip(self, args[0], sides);
}
METHOD(strcase, strip, FAST, "($self, chars=None, /)",
       "Return a copy without leading and trailing whitespace (or the given characters).")
{
    return strip_method("strip", self, args, nargs, STRIP_LEFT | STRIP_RIGHT);
}
METHOD(strcase, lstrip, FAST, "($self, chars=None, /)", "Return a copy without leading whitespace (or the given characters).")
{
    return strip_method("lstrip", self, args, nargs, STRIP_LEFT);
}
METHOD(strcase, rstrip, FAST, "($self, chars=None, /)", "Return a copy without trailing whitespace (or the given characters).")
{
    return strip_method("rstrip", self, args, nargs, STRIP_RIGHT);
}
METHODS_END(strcase);
MORE_METHODS(PyUnicode_Type, strcase);
