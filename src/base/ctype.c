/* ctype.c - ASCII classes and cases without the locale, and printing into a buffer, for modules built against CPython.
 *
 * The tables' bits are those of CPython's pyctype.h: 1 lower, 2 upper, 4 digit, 8 space, 16 hexadecimal digit. */
#include "base/k.h"

enum { LOWER = 1, UPPER = 2, DIGIT = 4, SPACE = 8, HEX = 16 };

extern K_API const unsigned int _Py_ctype_table[256];
extern K_API const unsigned char _Py_ctype_tolower[256], _Py_ctype_toupper[256];
K_API int PyOS_mystricmp(const char *a, const char *b);
K_API int PyOS_mystrnicmp(const char *a, const char *b, Py_ssize_t n);
K_API int PyOS_snprintf(char *text, size_t size, const char *format, ...);
K_API int PyOS_vsnprintf(char *text, size_t size, const char *format, va_list args);

const unsigned int _Py_ctype_table[256] = {
    ['\t' ... '\r'] = SPACE,
    [' '] = SPACE,
    ['0' ... '9'] = DIGIT | HEX,
    ['A' ... 'F'] = UPPER | HEX,
    ['G' ... 'Z'] = UPPER,
    ['a' ... 'f'] = LOWER | HEX,
    ['g' ... 'z'] = LOWER,
};

#define ROW(f, n) f(n), f(n + 1), f(n + 2), f(n + 3), f(n + 4), f(n + 5), f(n + 6), f(n + 7)
#define ROWS(f, n)                                                                                                     \
    ROW(f, n), ROW(f, n + 8), ROW(f, n + 16), ROW(f, n + 24), ROW(f, n + 32), ROW(f, n + 40), ROW(f, n + 48),          \
        ROW(f, n + 56)
#define TO_LOWER(c) ((unsigned char)((c) >= 'A' && (c) <= 'Z' ? (c) + 32 : (c)))
#define TO_UPPER(c) ((unsigned char)((c) >= 'a' && (c) <= 'z' ? (c) - 32 : (c)))
const unsigned char _Py_ctype_tolower[256] = {
    ROWS(TO_LOWER, 0), ROWS(TO_LOWER, 64), ROWS(TO_LOWER, 128), ROWS(TO_LOWER, 192)
};
const unsigned char _Py_ctype_toupper[256] = {
    ROWS(TO_UPPER, 0), ROWS(TO_UPPER, 64), ROWS(TO_UPPER, 128), ROWS(TO_UPPER, 192)
};

int PyOS_mystrnicmp(const char *a, const char *b, Py_ssize_t n)
{
    for (; n > 0; n--, a++, b++) {
        int x = _Py_ctype_tolower[(unsigned char)*a], y = _Py_ctype_tolower[(unsigned char)*b];
        if (x != y || !x)
            return x - y;
    }
    return 0;
}

int PyOS_mystricmp(const char *a, const char *b)
{
    return PyOS_mystrnicmp(a, b, PY_SSIZE_T_MAX);
}

int PyOS_vsnprintf(char *text, size_t size, const char *format, va_list args)
{
    int n = size > INT_MAX ? -666 : vsnprintf(text, size, format, args);
    if (size > 0)
        text[size - 1] = 0;
    return n;
}

int PyOS_snprintf(char *text, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = PyOS_vsnprintf(text, size, format, args);
    va_end(args);
    return n;
}
