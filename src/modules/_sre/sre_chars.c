/* sre_chars.c - what the matcher asks of a character: categories, sets, case. */
#include <ctype.h>

#include "modules/_sre/sre_int.h"
#include "objects/str/str.h"

uint32_t sre_latin_categories[256];

static bool ascii_word(uint32_t c)
{
    return c < 128 && (isalnum((int)c) || c == '_');
}

static bool unicode_word(uint32_t c)
{
    return c == '_' || Py_UNICODE_ISALNUM(c);
}

static bool locale_word(uint32_t c)
{
    return c < 256 && (isalnum((int)c) || c == '_');
}

bool sre_category_any(uint32_t category, uint32_t c)
{
    switch (category) {
    case SRE_DIGIT:             return c - '0' < 10;
    case SRE_NOT_DIGIT:         return c - '0' >= 10;
    case SRE_SPACE:             return c == ' ' || c - '\t' < 5;
    case SRE_NOT_SPACE:         return !(c == ' ' || c - '\t' < 5);
    case SRE_WORD:              return ascii_word(c);
    case SRE_NOT_WORD:          return !ascii_word(c);
    case SRE_LINEBREAK:         return c == '\n';
    case SRE_NOT_LINEBREAK:     return c != '\n';
    case SRE_LOC_WORD:          return locale_word(c);
    case SRE_LOC_NOT_WORD:      return !locale_word(c);
    case SRE_UNI_DIGIT:         return Py_UNICODE_ISDECIMAL(c);
    case SRE_UNI_NOT_DIGIT:     return !Py_UNICODE_ISDECIMAL(c);
    case SRE_UNI_SPACE:         return Py_UNICODE_ISSPACE(c);
    case SRE_UNI_NOT_SPACE:     return !Py_UNICODE_ISSPACE(c);
    case SRE_UNI_WORD:          return unicode_word(c);
    case SRE_UNI_NOT_WORD:      return !unicode_word(c);
    case SRE_UNI_LINEBREAK:     return _PyUnicode_IsLinebreak(c);
    case SRE_UNI_NOT_LINEBREAK: return !_PyUnicode_IsLinebreak(c);
    }
    return false;
}

uint32_t sre_lower_ascii(uint32_t c)
{
    return c - 'A' < 26 ? c + 32 : c;
}

uint32_t sre_lower_unicode(uint32_t c)
{
    return _PyUnicode_ToLowercase(c);
}

uint32_t sre_upper_unicode(uint32_t c)
{
    return _PyUnicode_ToUppercase(c);
}

static uint32_t lower_locale(uint32_t c)
{
    return c < 256 ? (uint32_t)tolower((int)c) : c;
}

static uint32_t upper_locale(uint32_t c)
{
    return c < 256 ? (uint32_t)toupper((int)c) : c;
}

bool sre_char_loc_ignore(uint32_t pattern, uint32_t c)
{
    return c == pattern || lower_locale(c) == pattern || upper_locale(c) == pattern;
}

/* A BIGCHARSET: a block number for each high byte, and bitmaps of 256 characters. */
static bool in_blocks(const uint32_t *set, uint32_t c)
{
    if (c > 0xffff)
        return false;
    const unsigned char *block_of = (const unsigned char *)(set + 1);
    const uint32_t *bitmap = set + 1 + 256 / 4 + (size_t)block_of[c >> 8] * 8;
    return bitmap[(c & 255) >> 5] >> (c & 31) & 1;
}

bool sre_charset(const uint32_t *set, uint32_t c)
{
    bool found = true;
    for (;;) {
        switch ((SreOp)*set++) {
        case SRE_FAILURE: return !found;
        case SRE_LITERAL:
            if (c == *set)
                return found;
            set++;
            break;
        case SRE_CATEGORY:
            if (sre_category(*set, c))
                return found;
            set++;
            break;
        case SRE_CHARSET:
            if (c < 256 && (set[c >> 5] >> (c & 31) & 1))
                return found;
            set += 8;
            break;
        case SRE_RANGE:
            if (set[0] <= c && c <= set[1])
                return found;
            set += 2;
            break;
        case SRE_RANGE_UNI_IGNORE: {
            if (set[0] <= c && c <= set[1])
                return found;
            uint32_t upper = sre_upper_unicode(c);
            if (set[0] <= upper && upper <= set[1])
                return found;
            set += 2;
            break;
        }
        case SRE_NEGATE: found = !found; break;
        case SRE_BIGCHARSET:
            if (in_blocks(set, c))
                return found;
            set += 1 + 256 / 4 + (size_t)set[0] * 8;
            break;
        case SRE_SUCCESS: case SRE_ANY: case SRE_ANY_ALL: case SRE_ASSERT: case SRE_ASSERT_NOT: case SRE_AT: case SRE_BRANCH:
        case SRE_GROUPREF: case SRE_GROUPREF_EXISTS: case SRE_IN: case SRE_INFO: case SRE_JUMP: case SRE_MARK:
        case SRE_MAX_UNTIL: case SRE_MIN_UNTIL: case SRE_NOT_LITERAL: case SRE_REPEAT: case SRE_REPEAT_ONE:
        case SRE_SUBPATTERN: case SRE_MIN_REPEAT_ONE: case SRE_ATOMIC_GROUP: case SRE_POSSESSIVE_REPEAT:
        case SRE_POSSESSIVE_REPEAT_ONE: case SRE_GROUPREF_IGNORE: case SRE_IN_IGNORE: case SRE_LITERAL_IGNORE:
        case SRE_NOT_LITERAL_IGNORE: case SRE_GROUPREF_LOC_IGNORE: case SRE_IN_LOC_IGNORE: case SRE_LITERAL_LOC_IGNORE:
        case SRE_NOT_LITERAL_LOC_IGNORE: case SRE_GROUPREF_UNI_IGNORE: case SRE_IN_UNI_IGNORE: case SRE_LITERAL_UNI_IGNORE:
        case SRE_NOT_LITERAL_UNI_IGNORE: return false; /* no part of a set */
        }
    }
}

bool sre_charset_loc_ignore(const uint32_t *set, uint32_t c)
{
    uint32_t lower = lower_locale(c), upper = upper_locale(c);
    return sre_charset(set, lower) || (upper != lower && sre_charset(set, upper));
}

bool sre_accepts(const uint32_t *code, uint32_t c)
{
    switch (code[0]) {
    case SRE_ANY:                    return c != '\n';
    case SRE_ANY_ALL:                return true;
    case SRE_CATEGORY:               return sre_category(code[1], c);
    case SRE_LITERAL:                return c == code[1];
    case SRE_NOT_LITERAL:            return c != code[1];
    case SRE_IN:                     return sre_charset(code + 2, c);
    case SRE_LITERAL_IGNORE:         return sre_lower_ascii(c) == code[1];
    case SRE_NOT_LITERAL_IGNORE:     return sre_lower_ascii(c) != code[1];
    case SRE_IN_IGNORE:              return sre_charset(code + 2, sre_lower_ascii(c));
    case SRE_LITERAL_UNI_IGNORE:     return sre_lower_unicode(c) == code[1];
    case SRE_NOT_LITERAL_UNI_IGNORE: return sre_lower_unicode(c) != code[1];
    case SRE_IN_UNI_IGNORE:          return sre_charset(code + 2, sre_lower_unicode(c));
    case SRE_LITERAL_LOC_IGNORE:     return sre_char_loc_ignore(code[1], c);
    case SRE_NOT_LITERAL_LOC_IGNORE: return !sre_char_loc_ignore(code[1], c);
    case SRE_IN_LOC_IGNORE:          return sre_charset_loc_ignore(code + 2, c);
    }
    return false; /* wider items never get here */
}

void sre_start(void)
{
    for (uint32_t c = 0; c < 256; c++)
        for (uint32_t category = 0; category <= SRE_UNI_NOT_LINEBREAK; category++)
            if (category != SRE_LOC_WORD && category != SRE_LOC_NOT_WORD && sre_category_any(category, c))
                sre_latin_categories[c] |= 1u << category;
}
