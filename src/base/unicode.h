/* unicode.h - properties of characters: kinds, case, numeric values (Unicode 14.0). */
#ifndef KAA_BASE_UNICODE_H
#define KAA_BASE_UNICODE_H

#include "base/k.h"

/* Flags; tools/unicode_tables.c has the same. */
enum {
    UNICODE_ALPHA = 1, UNICODE_LOWER = 2, UNICODE_UPPER = 4, UNICODE_TITLE = 8, UNICODE_SPACE = 16, UNICODE_DECIMAL = 32,
    UNICODE_DIGIT = 64, UNICODE_NUMERIC = 128, UNICODE_PRINTABLE = 256, UNICODE_XID_START = 512,
    UNICODE_XID_CONTINUE = 1024, UNICODE_CASE_IGNORABLE = 2048, UNICODE_CASED = 4096
};
enum { UNICODE_TO_LOWER, UNICODE_TO_TITLE, UNICODE_TO_UPPER, UNICODE_TO_FOLD }; /* full case mappings */

typedef struct UnicodeType {
    int32_t upper, lower, title; /* differences to the character */
    int8_t decimal, digit;       /* -1: none */
    uint16_t special;            /* row of the full mappings, 0: none */
    uint16_t flags;
} UnicodeType;
typedef struct UnicodeSpecial {
    uint8_t n[4];
    uint32_t to[4][3];
} UnicodeSpecial;

K_INT const UnicodeType *unicode_type(uint32_t c);
/* The characters c becomes, at most three: their number. */
K_INT int unicode_map(uint32_t c, int mapping, uint32_t *to);
K_INT double unicode_numeric(uint32_t c); /* -1.0: none */

#endif
