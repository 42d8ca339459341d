/* unicode_db.h - Unicode's character database: categories, decompositions, names. */
#ifndef KAA_BASE_UNICODE_DB_H
#define KAA_BASE_UNICODE_DB_H

#include "base/k.h"

typedef struct UnicodeRecord {
    uint8_t category, bidi, combining, mirrored, width;
    uint8_t quick; /* two bits a form, NFD NFKD NFC NFKC from below: 0 yes, 1 maybe, 2 no */
    uint8_t has_decomposition;
    uint8_t in_3_2; /* assigned in Unicode 3.2 already */
} UnicodeRecord;
enum { UNICODE_NAME_MAX = 256 };

K_INT const UnicodeRecord *unicode_record(uint32_t c);
K_INT const char *unicode_category_name(uint8_t category);
K_INT const char *unicode_bidi_name(uint8_t bidi);
K_INT const char *unicode_width_name(uint8_t width);

/* A property's value in Unicode 3.2, of a character assigned there; now: what it is today. */
typedef enum UnicodeOldProperty {
    UNICODE_OLD_CATEGORY, UNICODE_OLD_BIDI, UNICODE_OLD_WIDTH, UNICODE_OLD_MIRRORED, UNICODE_OLD_DECIMAL
} UnicodeOldProperty;
K_INT int unicode_old_value(uint32_t c, UnicodeOldProperty property, int now);

/* The mapping of c as the database has it (one step, no Hangul): its number of characters, 0 when there is none.
 * *tag is "" or "<compat>" and the like. */
K_INT int unicode_decomposition(uint32_t c, const uint32_t **to, const char **tag);
K_INT uint32_t unicode_compose(uint32_t first, uint32_t second); /* 0: they do not compose */

/* Writes the name (at most UNICODE_NAME_MAX bytes, ending with 0): its length, 0 when c has none. */
K_INT int unicode_name(uint32_t c, char *out);
/* The characters a name stands for, letter case aside: their number, 0 when it is unknown. Aliases are known; named
 * sequences are when with_sequences is set (at most 4 characters). */
K_INT int unicode_lookup(const char *name, Py_ssize_t length, int with_sequences, uint32_t *to);

#endif
