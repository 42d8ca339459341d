/* number_format.c - format() of int, float and complex: [[fill]align][sign][z][#][0][width][grouping][.precision][type].
 *
 * In: a number and a piece of a format string.  Out: text appended to a _PyUnicodeWriter. A number's plain text is split
 * into sign, prefix, digits and rest; layout adds grouping, padding and the locale's point. Invariant: the text is laid
 * out once, into a buffer of code points. Start at spec_parse() and emit_number(). */
#include "objects/number_format.h"

#include <locale.h>
#include <math.h>

#include "memory/mem.h"
#include "objects/complex.h"
#include "objects/float/float.h"
#include "objects/int/int_new.h"
#include "objects/str/str.h"
#include "runtime/errors.h"

typedef struct Spec {
    Py_UCS4 fill, align, sign, type; /* 0: not given; type 0 is the default one */
    Py_UCS4 grouping;                /* ',', '_' or 0 */
    int alternate, no_negative_zero;
    Py_ssize_t width, precision; /* -1: not given */
} Spec;

/* ---- reading the specification ---- */

typedef struct Reader {
    PyObject *text;
    Py_ssize_t pos, end;
} Reader;

static Py_UCS4 peek(const Reader *r, Py_ssize_t ahead)
{
    return r->pos + ahead < r->end ? PyUnicode_READ_CHAR(r->text, r->pos + ahead) : 0;
}

static int accept(Reader *r, Py_UCS4 c)
{
    if (r->pos >= r->end || peek(r, 0) != c)
        return 0;
    r->pos++;
    return 1;
}

static int is_align(Py_UCS4 c)
{
    return c == '<' || c == '>' || c == '=' || c == '^';
}

/* A decimal number: 1 when there was one, 0, or -1 with ValueError. */
static int read_count(Reader *r, Py_ssize_t *out)
{
    Py_ssize_t value = 0, start = r->pos;
    for (; r->pos < r->end; r->pos++) {
        int d = Py_UNICODE_TODECIMAL(peek(r, 0));
        if (d < 0)
            break;
        if (value > (PY_SSIZE_T_MAX - d) / 10) {
            PyErr_SetString(PyExc_ValueError, "Too many decimal digits in format string");
            return -1;
        }
        value = value * 10 + d;
    }
    if (r->pos == start)
        return 0;
    *out = value;
    return 1;
}

static int bad_grouping(Py_UCS4 grouping, Py_UCS4 type)
{
    if (type > 32 && type < 128)
        k_raise(PyExc_ValueError, "Cannot specify '%c' with '%c'.", (int)grouping, (int)type);
    else
        k_raise(PyExc_ValueError, "Cannot specify '%c' with '\\x%x'.", (int)grouping, (unsigned int)type);
    return -1;
}

static int read_grouping(Reader *r, Spec *spec)
{
    if (accept(r, ','))
        spec->grouping = ',';
    if (r->pos < r->end && peek(r, 0) == '_') {
        if (spec->grouping) {
            PyErr_SetString(PyExc_ValueError, "Cannot specify both ',' and '_'.");
            return -1;
        }
        r->pos++;
        spec->grouping = '_';
    }
    if (r->pos < r->end && peek(r, 0) == ',' && spec->grouping == '_') {
        PyErr_SetString(PyExc_ValueError, "Cannot specify both ',' and '_'.");
        return -1;
    }
    return 0;
}

/* Whether a grouping character goes with this type; '_' groups the digits of b, o, x and X by four. */
static int grouping_fits(const Spec *spec)
{
    switch (spec->type) {
    case 0: case 'd': case 'e': case 'f': case 'g': case 'E': case 'G': case '%': case 'F':
        return 1;
    case 'b': case 'o': case 'x': case 'X':
        return spec->grouping == '_';
    default:
        return 0;
    }
}

static int spec_parse(Reader *r, PyObject *object, Spec *spec)
{
    Py_ssize_t start = r->pos;
    *spec = (Spec){ .width = -1, .precision = -1 };
    if (r->end - r->pos >= 2 && is_align(peek(r, 1))) {
        spec->fill = peek(r, 0);
        spec->align = peek(r, 1);
        r->pos += 2;
    } else if (r->pos < r->end && is_align(peek(r, 0)))
        spec->align = peek(r, 0), r->pos++;
    int filled = r->pos - start == 2;
    if (accept(r, '+') || accept(r, '-') || accept(r, ' '))
        spec->sign = PyUnicode_READ_CHAR(r->text, r->pos - 1);
    spec->no_negative_zero = accept(r, 'z');
    spec->alternate = accept(r, '#');
    if (!filled && accept(r, '0')) {
        spec->fill = '0';
        if (!spec->align)
            spec->align = '=';
    } else if (!filled)
        spec->fill = ' ';
    if (!spec->align)
        spec->align = '>';
    if (read_count(r, &spec->width) < 0 || read_grouping(r, spec) < 0)
        return -1;
    if (accept(r, '.')) {
        int found = read_count(r, &spec->precision);
        if (found == 0)
            PyErr_SetString(PyExc_ValueError, "Format specifier missing precision");
        if (found <= 0)
            return -1;
    }
    if (r->end - r->pos > 1) {
        K_AUTO(PyObject *) shown = PyUnicode_Substring(r->text, start, r->end);
        if (shown)
            k_raise(PyExc_ValueError, "Invalid format specifier '%U' for object of type '%.200s'", shown,
                    Py_TYPE(object)->tp_name);
        return -1;
    }
    if (r->pos < r->end)
        spec->type = peek(r, 0);
    return spec->grouping && !grouping_fits(spec) ? bad_grouping(spec->grouping, spec->type) : 0;
}

static int unknown_type(Py_UCS4 type, PyObject *object)
{
    if (type > 32 && type < 128)
        k_raise(PyExc_ValueError, "Unknown format code '%c' for object of type '%.200s'", (int)type,
                Py_TYPE(object)->tp_name);
    else
        k_raise(PyExc_ValueError, "Unknown format code '\\x%x' for object of type '%.200s'", (unsigned int)type,
                Py_TYPE(object)->tp_name);
    return -1;
}

/* ---- punctuation: of the locale, or ',' and '_' ---- */

typedef struct Punctuation {
    PyObject *point, *separator; /* owned; separator NULL without grouping */
    char groups[16];             /* sizes of the groups from the right, the last one repeats; CHAR_MAX: no more groups */
} Punctuation;

static int punctuation_get(const Spec *spec, Punctuation *out)
{
    *out = (Punctuation){ 0 };
    if (spec->type == 'n') {
        struct lconv *conv = localeconv();
        strncpy(out->groups, conv->grouping, sizeof out->groups - 1);
        out->point = PyUnicode_DecodeLocale(conv->decimal_point, NULL);
        out->separator = out->point ? PyUnicode_DecodeLocale(conv->thousands_sep, NULL) : NULL;
        return out->separator ? 0 : -1;
    }
    int by_four = spec->type == 'b' || spec->type == 'o' || spec->type == 'x' || spec->type == 'X';
    out->groups[0] = spec->grouping ? (by_four ? 4 : 3) : 0;
    out->point = PyUnicode_FromOrdinal('.');
    if (spec->grouping)
        out->separator = PyUnicode_FromOrdinal((int)spec->grouping);
    return out->point && (out->separator || !spec->grouping) ? 0 : -1;
}

static void punctuation_clear(Punctuation *p)
{
    Py_XDECREF(p->point);
    Py_XDECREF(p->separator);
}

/* ---- layout ---- */

/* Code points, in the order of writing; groups are written from the right, so they are turned round at the end. */
typedef struct Text {
    Py_UCS4 *at;
    Py_ssize_t n, room;
    int failed;
} Text;

static void put(Text *t, Py_UCS4 c)
{
    if (t->n == t->room) {
        Py_ssize_t room = t->room ? t->room * 2 : 128;
        Py_UCS4 *more = (size_t)room > PY_SSIZE_T_MAX / sizeof *more ? NULL : PyMem_Realloc(t->at, (size_t)room * sizeof *more);
        if (!more) {
            t->failed = 1;
            return;
        }
        t->at = more;
        t->room = room;
    }
    t->at[t->n++] = c;
}

static void put_many(Text *t, Py_UCS4 c, Py_ssize_t n)
{
    for (; n > 0 && !t->failed; n--)
        put(t, c);
}

static void put_ascii(Text *t, const char *s, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++)
        put(t, (unsigned char)s[i]);
}

static void put_str(Text *t, PyObject *s)
{
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(s); i++)
        put(t, PyUnicode_READ_CHAR(s, i));
}

static void turn_round(Text *t, Py_ssize_t from)
{
    for (Py_ssize_t i = from, j = t->n - 1; i < j; i++, j--) {
        Py_UCS4 swap = t->at[i];
        t->at[i] = t->at[j];
        t->at[j] = swap;
    }
}

/* The digits in groups, with zeros in front so that they take least places in all. */
static void put_groups(Text *t, const char *digits, Py_ssize_t n, Py_ssize_t least, const Punctuation *p)
{
    Py_ssize_t from = t->n, separator = p->separator ? PyUnicode_GET_LENGTH(p->separator) : 0;
    const char *group = p->groups;
    int size = 0;
    for (int first = 1;; first = 0) {
        if (*group && *group != CHAR_MAX)
            size = *group++;
        else if (*group == CHAR_MAX)
            size = 0;
        Py_ssize_t take = Py_MAX(Py_MAX(n, least), 1);
        if (size > 0 && take > size)
            take = size;
        if (!first)
            for (Py_ssize_t i = separator - 1; i >= 0; i--)
                put(t, PyUnicode_READ_CHAR(p->separator, i));
        for (Py_ssize_t i = 0; i < take; i++)
            put(t, n > 0 ? (Py_UCS4)digits[--n] : '0');
        least -= take;
        if (n <= 0 && least <= 0)
            break;
        least -= separator;
    }
    turn_round(t, from);
}

/* A number's text in parts. */
typedef struct Number {
    Py_UCS4 sign; /* 0 for none */
    const char *prefix;
    const char *digits;
    Py_ssize_t ndigits;
    int point;
    const char *rest; /* behind the point: fraction, exponent, "inf", "%" */
    Py_ssize_t nrest;
} Number;

/* Splits sign, digits and the rest of an ASCII text. */
static Number number_split(const char *text, Py_ssize_t n, Py_UCS4 sign_mode)
{
    Number number = { .prefix = "" };
    const char *p = text, *end = text + n;
    if (p < end && (*p == '-' || *p == '+'))
        number.sign = (Py_UCS4)*p++;
    if (number.sign != '-')
        number.sign = sign_mode == '+' || sign_mode == ' ' ? sign_mode : 0;
    number.digits = p;
    while (p < end && ((*p >= '0' && *p <= '9')))
        p++;
    number.ndigits = p - number.digits;
    if (p < end && *p == '.')
        number.point = 1, p++;
    number.rest = p;
    number.nrest = end - p;
    return number;
}

static void put_number(Text *t, const Number *number, const Spec *spec, const Punctuation *p, Py_ssize_t width)
{
    Py_ssize_t prefix = (Py_ssize_t)strlen(number->prefix), from = t->n;
    Py_ssize_t least = 0, fixed = (number->sign != 0) + prefix + number->nrest
        + (number->point ? PyUnicode_GET_LENGTH(p->point) : 0);
    if (spec->fill == '0' && spec->align == '=')
        least = width - fixed;
    if (number->sign)
        put(t, number->sign);
    put_ascii(t, number->prefix, prefix);
    Py_ssize_t inside = t->n;
    if (number->ndigits)
        put_groups(t, number->digits, number->ndigits, least, p);
    if (number->point)
        put_str(t, p->point);
    put_ascii(t, number->rest, number->nrest);
    Py_ssize_t padding = width - (t->n - from);
    if (padding <= 0 || t->failed)
        return;
    Py_ssize_t before = spec->align == '>' ? padding : spec->align == '^' ? padding / 2 : spec->align == '=' ? padding : 0;
    Py_ssize_t at = spec->align == '=' ? inside : from;
    put_many(t, spec->fill, padding);
    if (t->failed)
        return;
    memmove(t->at + at + before, t->at + at, (size_t)(t->n - padding - at) * sizeof *t->at);
    for (Py_ssize_t i = 0; i < before; i++)
        t->at[at + i] = spec->fill;
}

/* Appends the text to the writer and releases it. */
static int text_finish(Text *t, _PyUnicodeWriter *writer)
{
    int status = -1;
    if (t->failed)
        PyErr_NoMemory();
    else {
        Py_UCS4 max = 127;
        for (Py_ssize_t i = 0; i < t->n; i++)
            max |= t->at[i];
        if (max > 0x10ffff)
            max = 0x10ffff;
        status = _PyUnicodeWriter_Prepare(writer, t->n, max);
        for (Py_ssize_t i = 0; status == 0 && i < t->n; i++)
            PyUnicode_WRITE(writer->kind, writer->data, writer->pos++, t->at[i]);
    }
    PyMem_Free(t->at);
    return status;
}

/* The common case: short ASCII without grouping. 1 when it is that and was written, 0, or -1 with an exception. */
static int emit_short(_PyUnicodeWriter *writer, const Number *number, const Spec *spec)
{
    enum { SHORT = 120 };
    char text[SHORT], *p = text;
    Py_ssize_t prefix = (Py_ssize_t)strlen(number->prefix);
    Py_ssize_t n = (number->sign != 0) + prefix + number->ndigits + number->point + number->nrest;
    if (spec->grouping || spec->type == 'n' || spec->fill > 127 || n > SHORT || spec->width > SHORT)
        return 0;
    Py_ssize_t padding = Py_MAX(spec->width - n, 0), inside = spec->align == '=' ? padding : 0;
    Py_ssize_t before = spec->align == '>' ? padding : spec->align == '^' ? padding / 2 : 0;
    memset(p, (int)spec->fill, (size_t)before);
    p += before;
    if (number->sign)
        *p++ = (char)number->sign;
    memcpy(p, number->prefix, (size_t)prefix);
    p += prefix;
    memset(p, (int)spec->fill, (size_t)inside);
    p += inside;
    memcpy(p, number->digits, (size_t)number->ndigits);
    p += number->ndigits;
    if (number->point)
        *p++ = '.';
    memcpy(p, number->rest, (size_t)number->nrest);
    p += number->nrest;
    memset(p, (int)spec->fill, (size_t)(padding - before - inside));
    return _PyUnicodeWriter_WriteASCIIString(writer, text, n + padding) < 0 ? -1 : 1;
}

static int emit_number(_PyUnicodeWriter *writer, const Number *number, const Spec *spec)
{
    int done = emit_short(writer, number, spec);
    if (done)
        return done < 0 ? -1 : 0;
    Punctuation p;
    Text t = { 0 };
    int status = punctuation_get(spec, &p);
    if (status == 0) {
        put_number(&t, number, spec, &p, spec->width);
        status = text_finish(&t, writer);
    }
    punctuation_clear(&p);
    return status;
}

/* ---- int ---- */

static int format_char(_PyUnicodeWriter *writer, PyObject *v, Spec *spec)
{
    if (spec->sign) {
        PyErr_SetString(PyExc_ValueError, "Sign not allowed with integer format specifier 'c'");
        return -1;
    }
    if (spec->alternate) {
        PyErr_SetString(PyExc_ValueError, "Alternate form (#) not allowed with integer format specifier 'c'");
        return -1;
    }
    long c = PyLong_AsLong(v);
    if (c == -1 && PyErr_Occurred())
        return -1;
    if (c < 0 || c > 0x10ffff) {
        PyErr_SetString(PyExc_OverflowError, "%c arg not in range(0x110000)");
        return -1;
    }
    Text t = { 0 };
    Py_ssize_t padding = Py_MAX(spec->width - 1, 0);
    Py_ssize_t before = spec->align == '<' ? 0 : spec->align == '^' ? padding / 2 : padding;
    put_many(&t, spec->fill, before);
    put(&t, (Py_UCS4)c);
    put_many(&t, spec->fill, padding - before);
    return text_finish(&t, writer);
}

static int format_int(_PyUnicodeWriter *writer, PyObject *v, Spec *spec)
{
    if (spec->precision != -1) {
        PyErr_SetString(PyExc_ValueError, "Precision not allowed in integer format specifier");
        return -1;
    }
    if (spec->no_negative_zero) {
        PyErr_SetString(PyExc_ValueError, "Negative zero coercion (z) not allowed in integer format specifier");
        return -1;
    }
    if (spec->type == 'c')
        return format_char(writer, v, spec);
    char small[INT_SMALL_TEXT], *start, *block;
    int base = spec->type == 'b' ? 2 : spec->type == 'o' ? 8 : spec->type == 'x' || spec->type == 'X' ? 16 : 10;
    Py_ssize_t n = int_text(v, base, 0, small, &start, &block);
    int status = -1;
    if (n >= 0) {
        Number number = { .prefix = "" };
        number.sign = *start == '-' ? '-' : spec->sign == '+' || spec->sign == ' ' ? spec->sign : 0;
        number.rest = "";
        number.digits = start + (*start == '-');
        number.ndigits = n - (*start == '-');
        if (spec->alternate && base != 10)
            number.prefix = base == 2 ? "0b" : base == 8 ? "0o" : spec->type == 'X' ? "0X" : "0x";
        for (Py_ssize_t i = 0; spec->type == 'X' && i < n; i++)
            if (start[i] >= 'a')
                start[i] = (char)(start[i] - 'a' + 'A');
        status = emit_number(writer, &number, spec);
    }
    PyMem_Free(block);
    return status;
}

/* ---- float ---- */

/* A float's plain text as the specification wants it, in a PyMem block; flags are added to those it implies. */
static char *float_plain(double x, const Spec *spec, Py_UCS4 plain_type, int flags)
{
    Py_UCS4 type = spec->type == 0 ? plain_type : spec->type == 'n' ? 'g' : spec->type == '%' ? 'f' : spec->type;
    int precision = spec->precision >= 0 ? (int)spec->precision : type == 'r' ? 0 : 6;
    if (spec->precision >= 0 && type == 'r')
        type = 'g';
    if (spec->alternate)
        flags |= Py_DTSF_ALT;
    if (spec->no_negative_zero)
        flags |= Py_DTSF_NO_NEG_0;
    return PyOS_double_to_string(spec->type == '%' ? x * 100 : x, (char)type, precision, flags, NULL);
}

static int check_precision(const Spec *spec)
{
    if (spec->precision <= INT_MAX)
        return 0;
    PyErr_SetString(PyExc_ValueError, "precision too big");
    return -1;
}

static int format_float(_PyUnicodeWriter *writer, double x, Spec *spec)
{
    if (check_precision(spec) < 0)
        return -1;
    char *text = float_plain(x, spec, 'r', spec->type == 0 ? Py_DTSF_ADD_DOT_0 : 0);
    if (!text)
        return -1;
    size_t n = strlen(text);
    if (spec->type == '%') {
        char *longer = PyMem_Realloc(text, n + 2);
        if (!longer) {
            PyMem_Free(text);
            PyErr_NoMemory();
            return -1;
        }
        text = longer;
        text[n++] = '%';
    }
    Number number = number_split(text, (Py_ssize_t)n, spec->sign);
    int status = emit_number(writer, &number, spec);
    PyMem_Free(text);
    return status;
}

/* ---- complex ---- */

static void put_complex(Text *t, const char *real, const char *imag, const Spec *spec, const Punctuation *p)
{
    Spec inner = *spec;
    inner.width = -1;
    inner.fill = ' ', inner.align = '<';
    int parentheses = spec->type == 0 && real;
    if (parentheses)
        put(t, '(');
    if (real) {
        Number number = number_split(real, (Py_ssize_t)strlen(real), spec->sign);
        put_number(t, &number, &inner, p, -1);
    }
    Number number = number_split(imag, (Py_ssize_t)strlen(imag), real ? '+' : spec->sign);
    put_number(t, &number, &inner, p, -1);
    put(t, 'j');
    if (parentheses)
        put(t, ')');
}

static int format_complex(_PyUnicodeWriter *writer, Py_complex z, Spec *spec)
{
    if (check_precision(spec) < 0)
        return -1;
    if (spec->fill == '0') {
        PyErr_SetString(PyExc_ValueError, "Zero padding is not allowed in complex format specifier");
        return -1;
    }
    if (spec->align == '=') {
        PyErr_SetString(PyExc_ValueError, "'=' alignment flag is not allowed in complex format specifier");
        return -1;
    }
    int skip_real = spec->type == 0 && z.real == 0.0 && !signbit(z.real);
    char *real = skip_real ? NULL : float_plain(z.real, spec, 'r', 0);
    char *imag = float_plain(z.imag, spec, 'r', 0);
    Punctuation p;
    int status = punctuation_get(spec, &p);
    if (status == 0 && imag && (real || skip_real)) {
        Text t = { 0 };
        put_complex(&t, real, imag, spec, &p);
        Py_ssize_t n = t.n, padding = spec->width - n;
        if (padding > 0 && !t.failed) {
            Py_ssize_t before = spec->align == '<' ? 0 : spec->align == '^' ? padding / 2 : padding;
            put_many(&t, spec->fill, padding);
            if (!t.failed)
                memmove(t.at + before, t.at, (size_t)n * sizeof *t.at);
            for (Py_ssize_t i = 0; !t.failed && i < before; i++)
                t.at[i] = spec->fill;
            for (Py_ssize_t i = before + n; !t.failed && i < t.n; i++)
                t.at[i] = spec->fill;
        }
        status = text_finish(&t, writer);
    } else
        status = -1;
    punctuation_clear(&p);
    PyMem_Free(real);
    PyMem_Free(imag);
    return status;
}

/* ---- entries ---- */

/* str(v), for an empty specification. */
static int write_plain(_PyUnicodeWriter *writer, PyObject *v)
{
    K_AUTO(PyObject *) text = PyObject_Str(v);
    return text ? _PyUnicodeWriter_WriteStr(writer, text) : -1;
}

static int is_float_type(Py_UCS4 type)
{
    return type == 'e' || type == 'E' || type == 'f' || type == 'F' || type == 'g' || type == 'G' || type == '%';
}

int _PyLong_FormatAdvancedWriter(_PyUnicodeWriter *writer, PyObject *v, PyObject *format, Py_ssize_t start, Py_ssize_t end)
{
    if (start == end)
        return PyLong_CheckExact(v) ? _PyLong_FormatWriter(writer, v, 10, 0) : write_plain(writer, v);
    Reader r = { format, start, end };
    Spec spec;
    if (spec_parse(&r, v, &spec) < 0)
        return -1;
    if (is_float_type(spec.type)) {
        double x = PyLong_AsDouble(v);
        return x == -1.0 && PyErr_Occurred() ? -1 : format_float(writer, x, &spec);
    }
    switch (spec.type) {
    case 0: case 'b': case 'c': case 'd': case 'o': case 'x': case 'X': case 'n':
        return format_int(writer, v, &spec);
    default:
        return unknown_type(spec.type, v);
    }
}

int _PyFloat_FormatAdvancedWriter(_PyUnicodeWriter *writer, PyObject *v, PyObject *format, Py_ssize_t start, Py_ssize_t end)
{
    if (start == end)
        return write_plain(writer, v);
    Reader r = { format, start, end };
    Spec spec;
    if (spec_parse(&r, v, &spec) < 0)
        return -1;
    if (spec.type && spec.type != 'n' && !is_float_type(spec.type))
        return unknown_type(spec.type, v);
    return format_float(writer, PyFloat_AS_DOUBLE(v), &spec);
}

int _PyComplex_FormatAdvancedWriter(_PyUnicodeWriter *writer, PyObject *v, PyObject *format, Py_ssize_t start, Py_ssize_t end)
{
    if (start == end)
        return write_plain(writer, v);
    Reader r = { format, start, end };
    Spec spec;
    if (spec_parse(&r, v, &spec) < 0)
        return -1;
    if (spec.type && spec.type != 'n' && (spec.type == '%' || !is_float_type(spec.type)))
        return unknown_type(spec.type, v);
    return format_complex(writer, ((PyComplexObject *)v)->cval, &spec);
}
