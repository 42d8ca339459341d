/* str_new.c - making str objects: fresh ones, from runs of characters, resized, copied; the shared singletons.
 *
 * In: lengths, runs of 1, 2 or 4 bytes a character.  Out: str objects in CPython's layout.
 * Invariants: a ready str has the narrowest kind that holds its characters and a 0 behind the last one; the empty str
 * and the strs of one character below 256 exist once.
 * Start at PyUnicode_New(). */
#include "objects/str/str_int.h"

#include "memory/gc.h"
#include "memory/mem.h"
#include "runtime/errors.h"

/* ---- singletons ---- */

#define ASCII_HEAD(n)                                                                                                  \
    { PyObject_HEAD_INIT(&PyUnicode_Type), n, -1, { .kind = 1, .compact = 1, .ascii = 1, .ready = 1 }, NULL }
#define LATIN_HEAD                                                                                                     \
    { { PyObject_HEAD_INIT(&PyUnicode_Type), 1, -1, { .kind = 1, .compact = 1, .ready = 1 }, NULL }, 0, NULL, 0 }

static struct { PyASCIIObject head; char text[8]; } str_empty_object = { ASCII_HEAD(0), "" };
static struct { PyASCIIObject head; char text[8]; } ascii_chars[128] = { [0 ... 127] = { ASCII_HEAD(1), "" } };
static struct { PyCompactUnicodeObject head; char text[8]; } latin_chars[128] = { [0 ... 127] = { LATIN_HEAD, "" } };

void str_singletons_start(void)
{
    for (int i = 0; i < 128; i++) {
        ascii_chars[i].text[0] = (char)i;
        latin_chars[i].text[0] = (char)(i + 128);
    }
}

PyObject *str_empty(void)
{
    return Py_NewRef(&str_empty_object);
}

PyObject *str_latin1_char(Py_UCS4 c)
{
    return c < 128 ? Py_NewRef(&ascii_chars[c]) : Py_NewRef(&latin_chars[c - 128]);
}

/* ---- runs of characters ---- */

/* gcc vectorises these loops at -O3 only: eight times as fast for long runs. */
#ifdef __clang__
#define VECTORISED
#else
#define VECTORISED __attribute__((optimize("O3")))
#endif

Py_ssize_t str_ascii_prefix(const char *run, Py_ssize_t n)
{
    Py_ssize_t i = 0;
    for (; i + 32 <= n; i += 32) {
        uint64_t w[4];
        memcpy(w, run + i, 32);
        if ((w[0] | w[1] | w[2] | w[3]) & 0x8080808080808080)
            break;
    }
    for (; i + 8 <= n; i += 8) {
        uint64_t w;
        memcpy(&w, run + i, 8);
        w &= 0x8080808080808080;
        if (w)
            return i + __builtin_ctzll(w) / 8;
    }
    while (i < n && (signed char)run[i] >= 0)
        i++;
    return i;
}

/* The thresholds are powers of two, so the union of all bits says which one is needed. */
VECTORISED Py_UCS4 str_run_max_char(int kind, const void *run, Py_ssize_t n)
{
    if (kind == 1)
        return str_ascii_prefix(run, n) == n ? 0x7f : 0xff;
    Py_UCS4 bits = 0;
    if (kind == 2) {
        const Py_UCS2 *p = run;
        for (Py_ssize_t i = 0; i < n; i++)
            bits |= p[i];
    } else {
        const Py_UCS4 *p = run;
        for (Py_ssize_t i = 0; i < n; i++)
            bits |= p[i];
    }
    return bits < 0x80 ? 0x7f : bits < 0x100 ? 0xff : bits < 0x10000 ? 0xffff : 0x10ffff;
}

#define COPY_LOOP(TO, FROM)                                                                                            \
    do {                                                                                                               \
        TO *t = to;                                                                                                    \
        const FROM *f = from;                                                                                          \
        for (Py_ssize_t i = 0; i < n; i++)                                                                             \
            t[i] = (TO)f[i];                                                                                           \
    } while (0)

VECTORISED void str_copy_run(int to_kind, void *to, int from_kind, const void *from, Py_ssize_t n)
{
    if (to_kind == from_kind)
        memcpy(to, from, (size_t)(n * to_kind));
    else if (to_kind == 1 && from_kind == 2)
        COPY_LOOP(Py_UCS1, Py_UCS2);
    else if (to_kind == 1)
        COPY_LOOP(Py_UCS1, Py_UCS4);
    else if (to_kind == 2 && from_kind == 1)
        COPY_LOOP(Py_UCS2, Py_UCS1);
    else if (to_kind == 2)
        COPY_LOOP(Py_UCS2, Py_UCS4);
    else if (from_kind == 1)
        COPY_LOOP(Py_UCS4, Py_UCS1);
    else
        COPY_LOOP(Py_UCS4, Py_UCS2);
}

void str_fill_run(int kind, void *data, Py_ssize_t at, Py_ssize_t n, Py_UCS4 c)
{
    if (kind == 1) {
        memset((char *)data + at, (int)c, (size_t)n);
        return;
    }
    for (Py_ssize_t i = 0; i < n; i++)
        k_str_write(kind, data, at + i, c);
}

const void *str_widened(PyObject *s, int kind)
{
    if (STR_KIND(s) == kind)
        return STR_DATA(s);
    void *copy = PyMem_Malloc((size_t)(STR_LEN(s) * kind) + 1);
    if (!copy) {
        PyErr_NoMemory();
        return NULL;
    }
    str_copy_run(kind, copy, STR_KIND(s), STR_DATA(s), STR_LEN(s));
    return copy;
}

/* ---- new objects ---- */

K_INLINE void str_init(PyASCIIObject *s, Py_ssize_t size, Py_UCS4 max_char)
{
    int ascii = max_char < 0x80, kind = str_kind_of(max_char);
    s->length = size;
    s->hash = -1;
    s->state = (__typeof__(s->state)){ .kind = (unsigned)kind & 7, .compact = 1, .ascii = (unsigned)ascii & 1, .ready = 1 };
    s->wstr = NULL;
    if (!ascii) {
        PyCompactUnicodeObject *c = STR_AS_COMPACT(s);
        c->utf8 = NULL;
        c->utf8_length = 0;
        c->wstr_length = 0;
        if (kind == (int)sizeof(wchar_t)) {
            s->wstr = k_str_data((PyObject *)s);
            c->wstr_length = size;
        }
    }
    k_str_write(kind, k_str_data((PyObject *)s), size, 0);
}

PyObject *PyUnicode_New(Py_ssize_t size, Py_UCS4 max_char)
{
    if (size == 0)
        return str_empty();
    if (max_char > 0x10ffff)
        return k_raise(PyExc_SystemError, "invalid maximum character passed to PyUnicode_New");
    if (size < 0)
        return k_raise(PyExc_SystemError, "Negative size passed to PyUnicode_New");
    Py_ssize_t kind = str_kind_of(max_char);
    Py_ssize_t head = max_char < 0x80 ? (Py_ssize_t)sizeof(PyASCIIObject) : (Py_ssize_t)sizeof(PyCompactUnicodeObject);
    if (size > (PY_SSIZE_T_MAX - head) / kind - 1)
        return PyErr_NoMemory();
    PyObject *s = PyObject_Malloc((size_t)(head + (size + 1) * kind));
    if (!s)
        return PyErr_NoMemory();
    s->ob_refcnt = 1;
    s->ob_type = &PyUnicode_Type;
    str_init(STR_AS_ASCII(s), size, max_char);
    return s;
}

PyObject *str_from_char(Py_UCS4 c)
{
    if (c < 256)
        return str_latin1_char(c);
    PyObject *s = PyUnicode_New(1, c);
    if (s)
        k_str_write(STR_KIND(s), STR_DATA(s), 0, c);
    return s;
}

static PyObject *str_from_run(int kind, const void *run, Py_ssize_t n)
{
    if (n == 0)
        return str_empty();
    if (n == 1)
        return str_from_char(k_str_read(kind, run, 0));
    PyObject *s = PyUnicode_New(n, str_run_max_char(kind, run, n));
    if (s)
        str_copy_run(STR_KIND(s), STR_DATA(s), kind, run, n);
    return s;
}

PyObject *str_from_ucs4(const Py_UCS4 *run, Py_ssize_t n)
{
    return str_from_run(4, run, n);
}

PyObject *PyUnicode_FromKindAndData(int kind, const void *buffer, Py_ssize_t size)
{
    if (size < 0)
        return k_raise(PyExc_ValueError, "size must be positive");
    if (kind != 1 && kind != 2 && kind != 4)
        return k_raise(PyExc_SystemError, "invalid kind");
    return str_from_run(kind, buffer, size);
}

PyObject *_PyUnicode_FromASCII(const char *buffer, Py_ssize_t size)
{
    if (size == 1)
        return str_latin1_char((unsigned char)buffer[0]);
    if (size <= 0 || size > 1 << 20) {
        PyObject *big = PyUnicode_New(size, 0x7f);
        if (big && size)
            memcpy(STR_DATA(big), buffer, (size_t)size);
        return big;
    }
    PyASCIIObject *s = PyObject_Malloc(sizeof *s + (size_t)size + 1); /* the commonest case, without detours */
    if (!s)
        return PyErr_NoMemory();
    s->ob_base.ob_refcnt = 1;
    s->ob_base.ob_type = &PyUnicode_Type;
    str_init(s, size, 0x7f);
    memcpy(s + 1, buffer, (size_t)size);
    return (PyObject *)s;
}

PyObject *PyUnicode_FromStringAndSize(const char *u, Py_ssize_t size)
{
    if (size < 0)
        return k_raise(PyExc_SystemError, "Negative size passed to PyUnicode_FromStringAndSize");
    if (u)
        return PyUnicode_DecodeUTF8Stateful(u, size, NULL, NULL);
    if (size)
        return k_raise(PyExc_SystemError, "NULL string with positive size with NULL passed to PyUnicode_FromStringAndSize");
    return str_empty();
}

PyObject *PyUnicode_FromString(const char *u)
{
    size_t size = strlen(u);
    if (size > PY_SSIZE_T_MAX)
        return k_raise(PyExc_OverflowError, "input too long");
    return PyUnicode_DecodeUTF8Stateful(u, (Py_ssize_t)size, NULL, NULL);
}

PyObject *PyUnicode_FromOrdinal(int ordinal)
{
    if (ordinal < 0 || ordinal > 0x10ffff)
        return k_raise(PyExc_ValueError, "chr() arg not in range(0x110000)");
    return str_from_char((Py_UCS4)ordinal);
}

PyObject *_PyUnicode_Copy(PyObject *s)
{
    if (!PyUnicode_Check(s)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyObject *copy = PyUnicode_New(STR_LEN(s), k_str_max_char(s));
    if (copy && STR_LEN(s))
        memcpy(STR_DATA(copy), STR_DATA(s), (size_t)(STR_LEN(s) * STR_KIND(s)));
    return copy;
}

PyObject *str_result(PyObject *s)
{
    if (PyUnicode_CheckExact(s))
        return Py_NewRef(s);
    return STR_LEN(s) ? _PyUnicode_Copy(s) : str_empty();
}

PyObject *str_slice(PyObject *s, Py_ssize_t start, Py_ssize_t end)
{
    if (end > STR_LEN(s))
        end = STR_LEN(s);
    if (start >= end)
        return str_empty();
    if (start == 0 && end == STR_LEN(s))
        return str_result(s);
    int kind = STR_KIND(s);
    const char *from = (const char *)STR_DATA(s) + start * kind;
    if (PyUnicode_IS_ASCII(s))
        return _PyUnicode_FromASCII(from, end - start);
    return str_from_run(kind, from, end - start);
}

PyObject *PyUnicode_Substring(PyObject *s, Py_ssize_t start, Py_ssize_t end)
{
    if (PyUnicode_READY(s) < 0)
        return NULL;
    if (start < 0 || end < 0)
        return k_raise(PyExc_IndexError, "string index out of range");
    return str_slice(s, start, end);
}

PyObject *PyUnicode_FromObject(PyObject *o)
{
    if (PyUnicode_Check(o))
        return PyUnicode_READY(o) < 0 ? NULL : str_result(o);
    return k_raise(PyExc_TypeError, "Can't convert '%.100s' object to str implicitly", Py_TYPE(o)->tp_name);
}

/* ---- changing ---- */

int str_is_modifiable(PyObject *s)
{
    return Py_REFCNT(s) == 1 && STR_AS_ASCII(s)->hash == -1 && !PyUnicode_CHECK_INTERNED(s) && PyUnicode_CheckExact(s);
}

static void str_drop_caches(PyObject *s)
{
    PyASCIIObject *a = STR_AS_ASCII(s);
    if (!a->state.ascii) {
        PyCompactUnicodeObject *c = STR_AS_COMPACT(s);
        if (c->utf8 && (void *)c->utf8 != STR_DATA(s))
            PyObject_Free(c->utf8);
        c->utf8 = NULL;
        c->utf8_length = 0;
    }
    if (a->wstr && (void *)a->wstr != STR_DATA(s))
        PyObject_Free(a->wstr);
    a->wstr = NULL;
}

/* A compact str that nobody else holds, made longer or shorter where it stands. */
static PyObject *str_resize_compact(PyObject *s, Py_ssize_t length)
{
    int kind = STR_KIND(s), ascii = PyUnicode_IS_ASCII(s);
    size_t head = ascii ? sizeof(PyASCIIObject) : sizeof(PyCompactUnicodeObject);
    if (length > (PY_SSIZE_T_MAX - (Py_ssize_t)head) / kind - 1) {
        PyErr_NoMemory();
        return NULL;
    }
    str_drop_caches(s);
    PyObject *moved = PyObject_Realloc(s, head + (size_t)(length + 1) * (size_t)kind);
    if (!moved) {
        PyErr_NoMemory();
        return NULL;
    }
    PyASCIIObject *a = STR_AS_ASCII(moved);
    a->length = length;
    if (kind == (int)sizeof(wchar_t)) {
        a->wstr = k_str_data(moved);
        STR_AS_COMPACT(moved)->wstr_length = length;
    }
    k_str_write(kind, k_str_data(moved), length, 0);
    return moved;
}

int PyUnicode_Resize(PyObject **slot, Py_ssize_t length)
{
    PyObject *s = slot ? *slot : NULL;
    if (!s || !PyUnicode_Check(s) || length < 0) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (PyUnicode_READY(s) < 0)
        return -1;
    if (STR_LEN(s) == length)
        return 0;
    if (length == 0) {
        Py_SETREF(*slot, str_empty());
        return 0;
    }
    if (str_is_modifiable(s) && PyUnicode_IS_COMPACT(s)) {
        PyObject *moved = str_resize_compact(s, length);
        if (!moved)
            return -1;
        *slot = moved;
        return 0;
    }
    PyObject *copy = PyUnicode_New(length, k_str_max_char(s));
    if (!copy)
        return -1;
    str_copy_into(copy, 0, s, 0, Py_MIN(length, STR_LEN(s)));
    Py_SETREF(*slot, copy);
    return 0;
}

static int str_check_modifiable(PyObject *s)
{
    if (str_is_modifiable(s))
        return 0;
    PyErr_SetString(PyExc_SystemError, "Cannot modify a string currently used");
    return -1;
}

void _PyUnicode_FastCopyCharacters(PyObject *to, Py_ssize_t to_start, PyObject *from, Py_ssize_t from_start,
                                   Py_ssize_t how_many)
{
    str_copy_into(to, to_start, from, from_start, how_many);
}

Py_ssize_t PyUnicode_CopyCharacters(PyObject *to, Py_ssize_t to_start, PyObject *from, Py_ssize_t from_start,
                                    Py_ssize_t how_many)
{
    if (!PyUnicode_Check(from) || !PyUnicode_Check(to)) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (PyUnicode_READY(from) < 0 || PyUnicode_READY(to) < 0)
        return -1;
    if ((size_t)from_start > (size_t)STR_LEN(from) || (size_t)to_start > (size_t)STR_LEN(to)) {
        PyErr_SetString(PyExc_IndexError, "string index out of range");
        return -1;
    }
    if (how_many < 0) {
        PyErr_SetString(PyExc_SystemError, "how_many cannot be negative");
        return -1;
    }
    how_many = Py_MIN(STR_LEN(from) - from_start, how_many);
    if (to_start + how_many > STR_LEN(to)) {
        PyErr_Format(PyExc_SystemError, "Cannot write %zi characters at %zi in a string of %zi characters", how_many,
                     to_start, STR_LEN(to));
        return -1;
    }
    if (how_many == 0)
        return 0;
    if (str_check_modifiable(to) < 0)
        return -1;
    Py_UCS4 need = _PyUnicode_FindMaxChar(from, from_start, from_start + how_many);
    if (need > k_str_max_char(to)) {
        PyErr_Format(PyExc_SystemError, "Cannot copy %s characters into a string of %s characters",
                     PyUnicode_IS_ASCII(from) ? "ASCII" : "wide", PyUnicode_IS_ASCII(to) ? "ASCII" : "narrower");
        return -1;
    }
    str_copy_into(to, to_start, from, from_start, how_many);
    return how_many;
}

void _PyUnicode_FastFill(PyObject *s, Py_ssize_t start, Py_ssize_t length, Py_UCS4 fill_char)
{
    str_fill_run(STR_KIND(s), STR_DATA(s), start, length, fill_char);
}

Py_ssize_t PyUnicode_Fill(PyObject *s, Py_ssize_t start, Py_ssize_t length, Py_UCS4 fill_char)
{
    if (!PyUnicode_Check(s)) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (PyUnicode_READY(s) < 0 || str_check_modifiable(s) < 0)
        return -1;
    if (start < 0) {
        PyErr_SetString(PyExc_IndexError, "string index out of range");
        return -1;
    }
    if (fill_char > k_str_max_char(s)) {
        PyErr_SetString(PyExc_ValueError, "fill character is bigger than the string maximum character");
        return -1;
    }
    length = Py_MIN(length, STR_LEN(s) - start);
    if (length <= 0)
        return 0;
    _PyUnicode_FastFill(s, start, length, fill_char);
    return length;
}

Py_UCS4 _PyUnicode_FindMaxChar(PyObject *s, Py_ssize_t start, Py_ssize_t end)
{
    if (start == end || PyUnicode_IS_ASCII(s))
        return 0x7f;
    if (start == 0 && end == STR_LEN(s))
        return k_str_max_char(s);
    return str_run_max_char(STR_KIND(s), (const char *)STR_DATA(s) + start * STR_KIND(s), end - start);
}

/* ---- reading ---- */

Py_ssize_t PyUnicode_GetLength(PyObject *s)
{
    if (!PyUnicode_Check(s)) {
        PyErr_BadArgument();
        return -1;
    }
    return PyUnicode_READY(s) < 0 ? -1 : STR_LEN(s);
}

Py_ssize_t PyUnicode_GetSize(PyObject *s)
{
    return PyUnicode_GetLength(s);
}

static int str_index_fails(PyObject *s, Py_ssize_t index)
{
    if (index >= 0 && index < STR_LEN(s))
        return 0;
    PyErr_SetString(PyExc_IndexError, "string index out of range");
    return 1;
}

Py_UCS4 PyUnicode_ReadChar(PyObject *s, Py_ssize_t index)
{
    if (!PyUnicode_Check(s)) {
        PyErr_BadArgument();
        return (Py_UCS4)-1;
    }
    if (PyUnicode_READY(s) < 0 || str_index_fails(s, index))
        return (Py_UCS4)-1;
    return STR_AT(s, index);
}

int PyUnicode_WriteChar(PyObject *s, Py_ssize_t index, Py_UCS4 c)
{
    if (!PyUnicode_Check(s) || !PyUnicode_IS_COMPACT(s)) {
        PyErr_BadArgument();
        return -1;
    }
    if (str_index_fails(s, index) || str_check_modifiable(s) < 0)
        return -1;
    if (c > k_str_max_char(s)) {
        PyErr_SetString(PyExc_ValueError, "character out of range");
        return -1;
    }
    k_str_write(STR_KIND(s), STR_DATA(s), index, c);
    return 0;
}

static Py_UCS4 *str_as_ucs4(PyObject *s, Py_UCS4 *buffer, Py_ssize_t size, int copy_null)
{
    Py_ssize_t n = STR_LEN(s), need = n + (copy_null ? 1 : 0);
    if (!buffer) {
        buffer = PyMem_New(Py_UCS4, need);
        if (!buffer) {
            PyErr_NoMemory();
            return NULL;
        }
    } else if (size < need) {
        PyErr_SetString(PyExc_SystemError, "string is longer than the buffer");
        if (copy_null && size > 0)
            buffer[0] = 0;
        return NULL;
    }
    str_copy_run(4, buffer, STR_KIND(s), STR_DATA(s), n);
    if (copy_null)
        buffer[n] = 0;
    return buffer;
}

Py_UCS4 *PyUnicode_AsUCS4(PyObject *s, Py_UCS4 *buffer, Py_ssize_t buflen, int copy_null)
{
    if (!buffer || buflen < 0) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return PyUnicode_READY(s) < 0 ? NULL : str_as_ucs4(s, buffer, buflen, copy_null);
}

Py_UCS4 *PyUnicode_AsUCS4Copy(PyObject *s)
{
    return PyUnicode_READY(s) < 0 ? NULL : str_as_ucs4(s, NULL, 0, 1);
}

int _PyUnicode_CheckConsistency(PyObject *s, int check_content)
{
    PyASCIIObject *a = STR_AS_ASCII(s);
    assert(PyUnicode_Check(s));
    assert(!a->state.ready || a->state.kind == 1 || a->state.kind == 2 || a->state.kind == 4);
    assert(!a->state.ascii || a->state.kind == 1);
    if (check_content && a->state.ready) {
        Py_UCS4 max_char = str_run_max_char(STR_KIND(s), STR_DATA(s), STR_LEN(s));
        assert(max_char == k_str_max_char(s));
        assert(STR_AT(s, STR_LEN(s)) == 0);
        (void)max_char;
    }
    (void)a;
    return 1;
}
