/* str_ctype.c - what a character is and becomes: _PyUnicode_IsX and _PyUnicode_ToX. */
#include "base/unicode.h"
#include "objects/str/str_int.h"

const unsigned char _Py_ascii_whitespace[128] = {
    ['\t'] = 1, ['\n'] = 1, ['\v'] = 1, ['\f'] = 1, ['\r'] = 1, [0x1c] = 1, [0x1d] = 1, [0x1e] = 1, [0x1f] = 1, [' '] = 1,
};

static int has_flag(Py_UCS4 c, int flag)
{
    return (unicode_type(c)->flags & flag) != 0;
}

int str_is_space(Py_UCS4 c)
{
    return c < 128 ? _Py_ascii_whitespace[c] : has_flag(c, UNICODE_SPACE);
}

int _PyUnicode_IsWhitespace(Py_UCS4 c) { return str_is_space(c); }
int _PyUnicode_IsAlpha(Py_UCS4 c) { return has_flag(c, UNICODE_ALPHA); }
int _PyUnicode_IsLowercase(Py_UCS4 c) { return has_flag(c, UNICODE_LOWER); }
int _PyUnicode_IsUppercase(Py_UCS4 c) { return has_flag(c, UNICODE_UPPER); }
int _PyUnicode_IsTitlecase(Py_UCS4 c) { return has_flag(c, UNICODE_TITLE); }
int _PyUnicode_IsXidStart(Py_UCS4 c) { return has_flag(c, UNICODE_XID_START); }
int _PyUnicode_IsXidContinue(Py_UCS4 c) { return has_flag(c, UNICODE_XID_CONTINUE); }
int _PyUnicode_IsPrintable(Py_UCS4 c) { return has_flag(c, UNICODE_PRINTABLE); }
int _PyUnicode_IsNumeric(Py_UCS4 c) { return has_flag(c, UNICODE_NUMERIC); }
int _PyUnicode_IsCased(Py_UCS4 c) { return has_flag(c, UNICODE_CASED); }
int _PyUnicode_IsCaseIgnorable(Py_UCS4 c) { return has_flag(c, UNICODE_CASE_IGNORABLE); }
int _PyUnicode_ToDecimalDigit(Py_UCS4 c) { return unicode_type(c)->decimal; }
int _PyUnicode_ToDigit(Py_UCS4 c) { return unicode_type(c)->digit; }
int _PyUnicode_IsDecimalDigit(Py_UCS4 c) { return unicode_type(c)->decimal >= 0; }
int _PyUnicode_IsDigit(Py_UCS4 c) { return unicode_type(c)->digit >= 0; }
double _PyUnicode_ToNumeric(Py_UCS4 c) { return unicode_numeric(c); }

int _PyUnicode_IsLinebreak(Py_UCS4 c)
{
    return (c >= 0x0a && c <= 0x0d) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* The first character of the full mapping. */
static Py_UCS4 map_one(Py_UCS4 c, int mapping)
{
    Py_UCS4 to[3];
    unicode_map(c, mapping, to);
    return to[0];
}

Py_UCS4 _PyUnicode_ToLowercase(Py_UCS4 c) { return map_one(c, UNICODE_TO_LOWER); }
Py_UCS4 _PyUnicode_ToUppercase(Py_UCS4 c) { return map_one(c, UNICODE_TO_UPPER); }
Py_UCS4 _PyUnicode_ToTitlecase(Py_UCS4 c) { return map_one(c, UNICODE_TO_TITLE); }
int _PyUnicode_ToLowerFull(Py_UCS4 c, Py_UCS4 *to) { return unicode_map(c, UNICODE_TO_LOWER, to); }
int _PyUnicode_ToTitleFull(Py_UCS4 c, Py_UCS4 *to) { return unicode_map(c, UNICODE_TO_TITLE, to); }
int _PyUnicode_ToUpperFull(Py_UCS4 c, Py_UCS4 *to) { return unicode_map(c, UNICODE_TO_UPPER, to); }
int _PyUnicode_ToFoldedFull(Py_UCS4 c, Py_UCS4 *to) { return unicode_map(c, UNICODE_TO_FOLD, to); }
