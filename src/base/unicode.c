/* unicode.c - properties of characters, from tables made at build time.
 *
 * In: a code point.  Out: its row, its case mappings, its numeric value. Start at unicode_type(). */
#include "base/unicode.h"

typedef struct UnicodeNumeric {
    uint32_t c;
    double value;
} UnicodeNumeric;

#include "unicode_types.h"

const UnicodeType *unicode_type(uint32_t c)
{
    if (c > 0x10ffff)
        return &unicode_types[0];
    return &unicode_types[unicode_type_block[unicode_type_page[c / 128] * 128 + c % 128]];
}

int unicode_map(uint32_t c, int mapping, uint32_t *to)
{
    const UnicodeType *type = unicode_type(c);
    if (type->special) {
        const UnicodeSpecial *special = &unicode_specials[type->special];
        memcpy(to, special->to[mapping], sizeof special->to[mapping]);
        return special->n[mapping];
    }
    to[0] = c + (uint32_t)(mapping == UNICODE_TO_UPPER ? type->upper : mapping == UNICODE_TO_TITLE ? type->title : type->lower);
    return 1;
}

double unicode_numeric(uint32_t c)
{
    size_t low = 0, high = sizeof unicode_numerics / sizeof unicode_numerics[0];
    if (!(unicode_type(c)->flags & UNICODE_NUMERIC))
        return -1.0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (unicode_numerics[middle].c < c)
            low = middle + 1;
        else
            high = middle;
    }
    return unicode_numerics[low].value;
}
