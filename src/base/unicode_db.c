/* unicode_db.c - Unicode's character database: categories, decompositions, names.
 *
 * In: code points, names.  Out: rows of tables made at build time. Names are runs of word numbers; Hangul syllables and
 * unified ideographs are computed. Start at unicode_record() and unicode_lookup(). */
#include "base/unicode_db.h"

typedef struct UnicodeDecomposition {
    uint32_t c;
    uint8_t tag, n;
    uint16_t at;
} UnicodeDecomposition;
typedef struct UnicodePair {
    uint32_t first, second, composed;
} UnicodePair;

typedef struct UnicodeOld {
    uint32_t first, last;
    uint8_t property; /* UnicodeOldProperty */
    uint8_t value;
} UnicodeOld;

#include "unicode_db_tables.h"

const UnicodeRecord *unicode_record(uint32_t c)
{
    if (c > 0x10ffff)
        return &unicode_records[0];
    return &unicode_records[unicode_record_block[unicode_record_page[c / 128] * 128 + c % 128]];
}

int unicode_old_value(uint32_t c, UnicodeOldProperty property, int now)
{
    for (size_t i = 0; i < sizeof unicode_old_rows / sizeof unicode_old_rows[0]; i++) {
        const UnicodeOld *row = &unicode_old_rows[i];
        if (row->property == property && c >= row->first && c <= row->last)
            return row->value;
    }
    return now;
}

const char *unicode_category_name(uint8_t category) { return category_names[category]; }
const char *unicode_bidi_name(uint8_t bidi) { return bidi_names[bidi]; }
const char *unicode_width_name(uint8_t width) { return width_names[width]; }

int unicode_decomposition(uint32_t c, const uint32_t **to, const char **tag)
{
    size_t low = 0, high = sizeof decompositions / sizeof decompositions[0];
    if (!unicode_record(c)->has_decomposition)
        return 0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (decompositions[middle].c < c)
            low = middle + 1;
        else
            high = middle;
    }
    const UnicodeDecomposition *d = &decompositions[low];
    *to = &decomposition_codes[d->at];
    *tag = decomposition_tags[d->tag][0];
    return d->n;
}

uint32_t unicode_compose(uint32_t first, uint32_t second)
{
    size_t low = 0, high = sizeof compositions / sizeof compositions[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        const UnicodePair *pair = &compositions[middle];
        if (pair->first == first && pair->second == second)
            return pair->composed;
        if (pair->first < first || (pair->first == first && pair->second < second))
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

/* ---- computed names ---- */

enum { HANGUL_FIRST = 0xac00, HANGUL_LAST = 0xd7a3 };
static const char *const hangul_lead[] = { "G",  "GG", "N", "D",  "DD", "R", "M", "B", "BB", "S",
                                           "SS", "",   "J", "JJ", "C",  "K", "T", "P", "H" };
static const char *const hangul_vowel[] = { "A", "AE", "YA", "YAE", "EO", "E", "YEO", "YE", "O", "WA", "WAE", "OE", "YO", "U",
                                            "WEO", "WE", "WI", "YU", "EU", "YI", "I" };
static const char *const hangul_tail[] = { "", "G", "GG", "GS", "N", "NJ", "NH", "D", "L", "LG", "LM", "LB", "LS", "LT", "LP",
                                           "LH", "M", "B", "BS", "S", "SS", "NG", "J", "C", "K", "T", "P", "H" };
static const char hangul_prefix[] = "HANGUL SYLLABLE ", ideograph_prefix[] = "CJK UNIFIED IDEOGRAPH-";

static int is_unified_ideograph(uint32_t c)
{
    return (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x20000 && c <= 0x2a6df) ||
           (c >= 0x2a700 && c <= 0x2b738) || (c >= 0x2b740 && c <= 0x2b81d) || (c >= 0x2b820 && c <= 0x2cea1) ||
           (c >= 0x2ceb0 && c <= 0x2ebe0) || (c >= 0x30000 && c <= 0x3134a);
}

/* The longest entry that text begins with: its number, -1 when none fits; *length is its length. */
static int longest_part(const char *text, const char *end, const char *const *parts, int count, int *length)
{
    int best = -1;
    *length = -1;
    for (int i = 0; i < count; i++) {
        int n = (int)strlen(parts[i]);
        if (n > *length && n <= end - text && memcmp(text, parts[i], (size_t)n) == 0) {
            best = i;
            *length = n;
        }
    }
    return best;
}

static uint32_t hangul_by_name(const char *text, const char *end)
{
    int n, lead = longest_part(text, end, hangul_lead, 19, &n);
    text += n;
    int vowel = longest_part(text, end, hangul_vowel, 21, &n);
    if (lead < 0 || vowel < 0)
        return 0;
    text += n;
    int tail = longest_part(text, end, hangul_tail, 28, &n);
    return tail < 0 || text + n != end ? 0 : (uint32_t)(HANGUL_FIRST + (lead * 21 + vowel) * 28 + tail);
}

static uint32_t ideograph_by_name(const char *text, const char *end)
{
    uint32_t c = 0;
    if (end - text != 4 && end - text != 5)
        return 0;
    for (; text < end; text++) {
        if (*text >= '0' && *text <= '9')
            c = c * 16 + (uint32_t)(*text - '0');
        else if (*text >= 'A' && *text <= 'F')
            c = c * 16 + (uint32_t)(*text - 'A' + 10);
        else
            return 0;
    }
    return is_unified_ideograph(c) ? c : 0;
}

/* ---- stored names ---- */

static int entry_text(int entry, char *out)
{
    char *start = out;
    for (uint32_t i = name_offset[entry]; i < name_offset[entry + 1];) {
        uint32_t word = name_bytes[i++];
        if (word >= NAME_ONE_BYTE)
            word = NAME_ONE_BYTE + (word - NAME_ONE_BYTE) * 256 + name_bytes[i++];
        if (out > start)
            *out++ = ' ';
        uint32_t n = name_word_offset[word + 1] - name_word_offset[word];
        if (out - start + n + 2 > UNICODE_NAME_MAX)
            break;
        out = mempcpy(out, name_words + name_word_offset[word], n);
    }
    *out = 0;
    return (int)(out - start);
}

int unicode_name(uint32_t c, char *out)
{
    if (c >= HANGUL_FIRST && c <= HANGUL_LAST) {
        uint32_t i = c - HANGUL_FIRST;
        return sprintf(out, "%s%s%s%s", hangul_prefix, hangul_lead[i / 588], hangul_vowel[i / 28 % 21], hangul_tail[i % 28]);
    }
    if (is_unified_ideograph(c))
        return sprintf(out, "%s%X", ideograph_prefix, c);
    int low = 0, high = NAME_CHARACTERS;
    while (low < high) {
        int middle = (low + high) / 2;
        if (name_code[middle] < c)
            low = middle + 1;
        else
            high = middle;
    }
    return low < NAME_CHARACTERS && name_code[low] == c ? entry_text(low, out) : 0;
}

static uint32_t hash_name(const char *s, size_t n) /* tools/unicode_tables.c has the same */
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)s[i]) * 16777619u;
    return h ^ h >> 15;
}

int unicode_lookup(const char *name, Py_ssize_t length, int with_sequences, uint32_t *to)
{
    char upper[UNICODE_NAME_MAX], stored[UNICODE_NAME_MAX];
    const char *end = name + length;
    size_t hangul = sizeof hangul_prefix - 1, ideograph = sizeof ideograph_prefix - 1;
    if (length <= 0 || length >= UNICODE_NAME_MAX)
        return 0;
    if ((size_t)length > hangul && memcmp(name, hangul_prefix, hangul) == 0 && (to[0] = hangul_by_name(name + hangul, end)))
        return 1;
    if ((size_t)length > ideograph && memcmp(name, ideograph_prefix, ideograph) == 0)
        return (to[0] = ideograph_by_name(name + ideograph, end)) != 0;
    for (Py_ssize_t i = 0; i < length; i++)
        upper[i] = name[i] >= 'a' && name[i] <= 'z' ? (char)(name[i] - 32) : name[i];
    for (uint32_t slot = hash_name(upper, (size_t)length) % NAME_HASH_SLOTS; name_hash[slot]; slot = (slot + 1) % NAME_HASH_SLOTS) {
        int entry = name_hash[slot] - 1;
        if (entry_text(entry, stored) != length || memcmp(stored, upper, (size_t)length) != 0)
            continue;
        if (entry < NAME_ALIASES) {
            to[0] = name_code[entry];
            return 1;
        }
        if (!with_sequences)
            return 0;
        const uint32_t *sequence = &name_sequences[name_code[entry]];
        for (uint32_t i = 0; i < sequence[0]; i++)
            to[i] = sequence[i + 1];
        return (int)sequence[0];
    }
    return 0;
}
