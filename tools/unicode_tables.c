/* unicode_tables.c - build tool: turns Unicode's data files into C tables.
 *
 * In: the folder of the data files (Debian's unicode-data), the list of what differed in Unicode 3.2.  Out: unicode_types.h (what str asks of a character) and
 * unicode_db_tables.h (what the module unicodedata knows), in the folder named last.
 * The files may be newer than Unicode 14.0, which Python 3.11 speaks: characters of a later age count as unassigned.
 * Start at main(). */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CODES = 0x110000, PAGE = 128, PAGES = CODES / PAGE, NEWEST_AGE = 1400, MAX_FIELDS = 20 };

/* Flags of a character; base/unicode_types.h has the same. */
enum {
    F_ALPHA = 1, F_LOWER = 2, F_UPPER = 4, F_TITLE = 8, F_SPACE = 16, F_DECIMAL = 32, F_DIGIT = 64, F_NUMERIC = 128,
    F_PRINTABLE = 256, F_XID_START = 512, F_XID_CONTINUE = 1024, F_CASE_IGNORABLE = 2048, F_CASED = 4096
};

typedef struct Special { /* full case mappings */
    int n[4];            /* lower, title, upper, fold */
    uint32_t to[4][3];
} Special;
typedef struct Char {
    char *name, *decomposition, *numeric;
    uint8_t category, bidi, combining, mirrored, width, quick;
    int age, decimal, digit, folds, special; /* special: index + 1 */
    uint32_t upper, lower, title, flags;
} Char;

static Char chars[CODES];
static Special specials[4096];
static int special_count;
static const char *source_folder, *old_file;
static char *names_of[3][64]; /* categories, bidi classes, widths, by number */
static int name_counts[3];

static void die(const char *what, const char *detail)
{
    fprintf(stderr, "unicode_tables: %s %s\n", what, detail);
    exit(1);
}

static void *must(void *p)
{
    if (!p)
        die("out of memory", "");
    return p;
}

static int number_of(int table, const char *text)
{
    for (int i = 0; i < name_counts[table]; i++) {
        if (strcmp(names_of[table][i], text) == 0)
            return i;
    }
    names_of[table][name_counts[table]] = must(strdup(text));
    return name_counts[table]++;
}

/* ---- reading ---- */

static FILE *open_source(const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", source_folder, name);
    FILE *f = fopen(path, "r");
    if (!f)
        die("cannot read", path);
    return f;
}

/* Splits a line at ";" into trimmed fields, without its comment. */
static int fields_of(char *line, char **field)
{
    char *comment = strchr(line, '#');
    if (comment)
        *comment = 0;
    int n = 0;
    for (char *p = line; p && n < MAX_FIELDS;) {
        char *next = strchr(p, ';');
        if (next)
            *next++ = 0;
        while (isspace((unsigned char)*p))
            p++;
        for (char *end = p + strlen(p); end > p && isspace((unsigned char)end[-1]);)
            *--end = 0;
        field[n++] = p;
        p = next;
    }
    for (int i = n; i < MAX_FIELDS; i++)
        field[i] = "";
    return n;
}

typedef void (*RangeFn)(uint32_t first, uint32_t last, char **field);

static void each_range(const char *name, RangeFn fn)
{
    FILE *f = open_source(name);
    char line[4096], *field[MAX_FIELDS];
    while (fgets(line, sizeof line, f)) {
        if (fields_of(line, field) < 2 || !isxdigit((unsigned char)field[0][0]))
            continue;
        char *end;
        uint32_t first = (uint32_t)strtoul(field[0], &end, 16), last = first;
        if (end[0] == '.' && end[1] == '.')
            last = (uint32_t)strtoul(end + 2, NULL, 16);
        fn(first, last, field);
    }
    fclose(f);
}

static void take_age(uint32_t first, uint32_t last, char **field)
{
    int major = atoi(field[1]), minor = atoi(strchr(field[1], '.') + 1);
    for (uint32_t c = first; c <= last; c++)
        chars[c].age = major * 100 + minor;
}

static int known(uint32_t c)
{
    return chars[c].age && chars[c].age <= NEWEST_AGE;
}

static void take_record(uint32_t first, uint32_t last, char **field)
{
    for (uint32_t c = first; c <= last; c++) {
        if (!known(c))
            continue;
        Char *ch = &chars[c];
        ch->name = field[1][0] == '<' ? NULL : must(strdup(field[1]));
        ch->category = (uint8_t)number_of(0, field[2]);
        ch->combining = (uint8_t)atoi(field[3]);
        ch->bidi = (uint8_t)number_of(1, field[4]);
        ch->decomposition = field[5][0] ? must(strdup(field[5])) : NULL;
        ch->decimal = field[6][0] ? atoi(field[6]) : -1;
        ch->digit = field[7][0] ? atoi(field[7]) : -1;
        ch->numeric = field[8][0] ? must(strdup(field[8])) : NULL;
        ch->mirrored = field[9][0] == 'Y';
        ch->upper = field[12][0] ? (uint32_t)strtoul(field[12], NULL, 16) : c;
        ch->lower = field[13][0] ? (uint32_t)strtoul(field[13], NULL, 16) : c;
        ch->title = field[14][0] ? (uint32_t)strtoul(field[14], NULL, 16) : ch->upper;
        const char *cat = field[2], *bidi = field[4];
        if (cat[0] == 'L')
            ch->flags |= F_ALPHA;
        if (!strcmp(cat, "Lt"))
            ch->flags |= F_TITLE;
        if (!strcmp(cat, "Zs") || !strcmp(bidi, "WS") || !strcmp(bidi, "B") || !strcmp(bidi, "S"))
            ch->flags |= F_SPACE;
        if (c == ' ' || (cat[0] != 'C' && cat[0] != 'Z'))
            ch->flags |= F_PRINTABLE;
        ch->flags |= (field[6][0] ? F_DECIMAL : 0) | (field[7][0] ? F_DIGIT : 0) | (field[8][0] ? F_NUMERIC : 0);
    }
}

/* UnicodeData.txt gives a range as two lines. */
static void read_records(void)
{
    FILE *f = open_source("UnicodeData.txt");
    char line[4096], *field[MAX_FIELDS];
    uint32_t first = 0;
    while (fgets(line, sizeof line, f)) {
        if (fields_of(line, field) < 15)
            continue;
        uint32_t c = (uint32_t)strtoul(field[0], NULL, 16);
        if (strstr(field[1], ", First>"))
            first = c;
        else
            take_record(strstr(field[1], ", Last>") ? first : c, c, field);
    }
    fclose(f);
}

static void take_core(uint32_t first, uint32_t last, char **field)
{
    static const struct { const char *name; uint32_t flag; } properties[] = {
        { "Lowercase", F_LOWER }, { "Uppercase", F_UPPER }, { "XID_Start", F_XID_START },
        { "XID_Continue", F_XID_CONTINUE }, { "Case_Ignorable", F_CASE_IGNORABLE }, { "Cased", F_CASED },
    };
    for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++) {
        if (strcmp(field[1], properties[i].name) != 0)
            continue;
        for (uint32_t c = first; c <= last; c++) {
            if (known(c))
                chars[c].flags |= properties[i].flag;
        }
    }
}

static void take_width(uint32_t first, uint32_t last, char **field)
{
    for (uint32_t c = first; c <= last; c++) {
        if (known(c))
            chars[c].width = (uint8_t)number_of(2, field[1]);
    }
}

static void take_numeric(uint32_t first, uint32_t last, char **field)
{
    for (uint32_t c = first; c <= last; c++) {
        if (known(c) && !chars[c].numeric) {
            chars[c].numeric = must(strdup(field[3]));
            chars[c].flags |= F_NUMERIC;
        }
    }
}

/* Quick check: two bits a form, NFD NFKD NFC NFKC; 0 yes, 1 maybe, 2 no. */
static void take_quick(uint32_t first, uint32_t last, char **field)
{
    static const char *const forms[] = { "NFD_QC", "NFKD_QC", "NFC_QC", "NFKC_QC" };
    for (int i = 0; i < 4; i++) {
        if (strcmp(field[1], forms[i]) != 0)
            continue;
        for (uint32_t c = first; c <= last; c++) {
            if (known(c))
                chars[c].quick |= (uint8_t)((field[2][0] == 'N' ? 2 : 1) << (2 * i));
        }
    }
}

static Special *special_of(uint32_t c)
{
    Char *ch = &chars[c];
    if (!ch->special) {
        ch->special = ++special_count;
        Special *s = &specials[ch->special];
        *s = (Special){ { 1, 1, 1, 1 }, { { ch->lower }, { ch->title }, { ch->upper }, { c } } }; /* folds to itself by default */
    }
    return &specials[ch->special];
}

static int codes_of(const char *text, uint32_t *out)
{
    int n = 0;
    char *end;
    for (;; text = end) {
        uint32_t c = (uint32_t)strtoul(text, &end, 16);
        if (end == text)
            return n;
        out[n++] = c;
    }
}

static void take_special(uint32_t first, uint32_t last, char **field)
{
    (void)last;
    if (field[4][0] || !known(first)) /* only under a condition */
        return;
    Special *s = special_of(first);
    for (int i = 0; i < 3; i++)
        s->n[i] = codes_of(field[i + 1], s->to[i]);
}

static void take_folding(uint32_t first, uint32_t last, char **field)
{
    (void)last;
    uint32_t to[8];
    if ((field[1][0] != 'C' && field[1][0] != 'F') || !known(first))
        return;
    int n = codes_of(field[2], to);
    chars[first].folds = 1;
    if (n == 1 && to[0] == chars[first].lower && !chars[first].special)
        return;
    Special *s = special_of(first);
    s->n[3] = n;
    memcpy(s->to[3], to, (size_t)n * sizeof to[0]);
}

/* What was different in Unicode 3.2: written as rows of the table in unicode_db_tables.h. */
static FILE *old_rows;

static void take_old(uint32_t first, uint32_t last, char **field)
{
    static const struct { const char *name; int table; } properties[] = {
        { "gc", 0 }, { "bc", 1 }, { "ea", 2 }, { "Bidi_M", -1 }, { "de", -2 },
    };
    for (int i = 0; i < 5; i++) {
        if (strcmp(field[1], properties[i].name) == 0)
            fprintf(old_rows, "{ %u, %u, %d, %d },\n", first, last, i,
                    properties[i].table < 0 ? atoi(field[2]) : number_of(properties[i].table, field[2]));
    }
}

/* ---- writing: records without repetition, and a two-stage index ---- */

typedef struct Pool {
    char **text;
    int count, room;
} Pool;

static int pool_add(Pool *pool, const char *text)
{
    for (int i = pool->count - 1; i >= 0; i--) {
        if (strcmp(pool->text[i], text) == 0)
            return i;
    }
    if (pool->count == pool->room)
        pool->text = must(realloc(pool->text, (size_t)(pool->room = pool->room * 2 + 64) * sizeof *pool->text));
    pool->text[pool->count] = must(strdup(text));
    return pool->count++;
}

static void write_numbers(FILE *f, const char *head, const uint32_t *n, int count)
{
    fprintf(f, "%s = {", head);
    for (int i = 0; i < count; i++)
        fprintf(f, "%s%u,", i % 24 ? "" : "\n", n[i]);
    fprintf(f, "\n};\n");
}

/* NAME_page[code / 128] is the number of a block of NAME_block, which holds record numbers. */
static void write_index(FILE *f, const char *name, const uint16_t *record)
{
    static uint32_t page[PAGES], block[CODES];
    int blocks = 0;
    char head[128];
    for (int p = 0; p < PAGES; p++) {
        int b = 0;
        for (; b < blocks; b++) {
            int same = 1;
            for (int i = 0; i < PAGE && same; i++)
                same = block[b * PAGE + i] == record[p * PAGE + i];
            if (same)
                break;
        }
        if (b == blocks) {
            for (int i = 0; i < PAGE; i++)
                block[b * PAGE + i] = record[p * PAGE + i];
            blocks++;
        }
        page[p] = (uint32_t)b;
    }
    snprintf(head, sizeof head, "static const uint16_t %s_page[%d]", name, PAGES);
    write_numbers(f, head, page, PAGES);
    snprintf(head, sizeof head, "static const uint16_t %s_block[%d]", name, blocks * PAGE);
    write_numbers(f, head, block, blocks * PAGE);
}

static void write_pool(FILE *f, const char *head, const Pool *pool)
{
    fprintf(f, "%s = {\n", head);
    for (int i = 0; i < pool->count; i++)
        fprintf(f, "{ %s },\n", pool->text[i]);
    fprintf(f, "};\n");
}

static FILE *open_target(const char *folder, const char *name, const char *purpose)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    if (!f)
        die("cannot write", path);
    fprintf(f, "/* %s - %s Made by tools/unicode_tables.c. */\n", name, purpose);
    return f;
}

static void write_types(const char *folder)
{
    static uint16_t record[CODES];
    Pool pool = { 0 };
    char text[256];
    pool_add(&pool, "0,0,0,-1,-1,0,0");
    for (uint32_t c = 0; c < CODES; c++) {
        const Char *ch = &chars[c];
        if (!known(c))
            continue;
        if (!ch->upper) /* a noncharacter: in the list of ages only */
            continue;
        snprintf(text, sizeof text, "%d,%d,%d,%d,%d,%d,%u", (int)(ch->upper - c), (int)(ch->lower - c),
                 (int)(ch->title - c), ch->decimal, ch->digit, ch->special, ch->flags);
        record[c] = (uint16_t)pool_add(&pool, text);
    }
    FILE *f = open_target(folder, "unicode_types.h", "what str asks of a character.");
    write_pool(f, "static const UnicodeType unicode_types[]", &pool);
    write_index(f, "unicode_type", record);
    fprintf(f, "static const UnicodeSpecial unicode_specials[] = {\n{ { 0 }, { { 0 } } },\n");
    for (int i = 1; i <= special_count; i++) {
        const Special *s = &specials[i];
        fprintf(f, "{ { %d,%d,%d,%d }, {", s->n[0], s->n[1], s->n[2], s->n[3]);
        for (int k = 0; k < 4; k++)
            fprintf(f, " { %u,%u,%u },", s->to[k][0], s->to[k][1], s->to[k][2]);
        fprintf(f, " } },\n");
    }
    fprintf(f, "};\nstatic const UnicodeNumeric unicode_numerics[] = {\n");
    for (uint32_t c = 0; c < CODES; c++) {
        if (known(c) && chars[c].numeric)
            fprintf(f, "{ %u, %s%s },\n", c, chars[c].numeric, strchr(chars[c].numeric, '/') ? ".0" : "");
    }
    fprintf(f, "};\n");
    fclose(f);
}

/* ---- names: words, and each name as a run of word numbers ---- */

typedef struct Word {
    char *text;
    int uses, number;
} Word;
typedef struct Entry { /* a name: of a character, an alias, or of a sequence */
    char *name;
    uint32_t code;
} Entry;

enum { WORD_SLOTS = 1 << 16, HASH_SLOTS = 1 << 17, ONE_BYTE = 192 };
static Word word_table[WORD_SLOTS];
static Entry entries[60000];
static int entry_count;
static uint32_t sequence_codes[4096];
static int sequence_count;

static uint32_t hash_name(const char *s, size_t n) /* unicodedata.c has the same */
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)s[i]) * 16777619u;
    return h ^ h >> 15;
}

static Word *word_of(const char *s, size_t n)
{
    for (uint32_t i = hash_name(s, n) % WORD_SLOTS;; i = (i + 1) % WORD_SLOTS) {
        Word *w = &word_table[i];
        if (!w->text)
            w->text = must(strndup(s, n));
        if (strlen(w->text) == n && memcmp(w->text, s, n) == 0)
            return w;
    }
}

static int by_uses(const void *a, const void *b)
{
    const Word *x = *(Word *const *)a, *y = *(Word *const *)b;
    return x->uses != y->uses ? y->uses - x->uses : strcmp(x->text, y->text);
}

static void add_entry(const char *name, uint32_t code)
{
    entries[entry_count++] = (Entry){ must(strdup(name)), code };
}

static void take_alias(uint32_t first, uint32_t last, char **field)
{
    (void)last;
    if (known(first))
        add_entry(field[1], first);
}

static void read_sequences(void)
{
    FILE *f = open_source("NamedSequences.txt");
    char line[4096], *field[MAX_FIELDS];
    while (fgets(line, sizeof line, f)) {
        if (fields_of(line, field) < 2 || !field[1][0])
            continue;
        add_entry(field[0], (uint32_t)sequence_count);
        int n = codes_of(field[1], &sequence_codes[sequence_count + 1]);
        sequence_codes[sequence_count] = (uint32_t)n;
        sequence_count += n + 1;
    }
    fclose(f);
}

static void write_words(FILE *f)
{
    static Word *order[WORD_SLOTS];
    static uint32_t offset[WORD_SLOTS];
    int count = 0;
    for (int i = 0; i < entry_count; i++) {
        for (const char *p = entries[i].name; *p;) {
            size_t n = strcspn(p, " ");
            word_of(p, n)->uses++;
            p += n + (p[n] == ' ');
        }
    }
    for (int i = 0; i < WORD_SLOTS; i++) {
        if (word_table[i].text)
            order[count++] = &word_table[i];
    }
    qsort(order, (size_t)count, sizeof *order, by_uses);
    fprintf(f, "static const char name_words[] =\n");
    uint32_t at = 0;
    for (int i = 0; i < count; i++) {
        order[i]->number = i;
        offset[i] = at;
        at += (uint32_t)strlen(order[i]->text);
        fprintf(f, "\"%s\"\n", order[i]->text);
    }
    offset[count] = at;
    fprintf(f, ";\n");
    write_numbers(f, "static const uint32_t name_word_offset[]", offset, count + 1);
}

static void write_names(FILE *f)
{
    static uint32_t offset[60000], code[60000], bytes[1 << 20], hash[HASH_SLOTS];
    for (uint32_t c = 0; c < CODES; c++) {
        if (known(c) && chars[c].name)
            add_entry(chars[c].name, c);
    }
    int characters = entry_count;
    each_range("NameAliases.txt", take_alias);
    int aliases = entry_count;
    read_sequences();
    write_words(f);
    int used = 0;
    for (int i = 0; i < entry_count; i++) {
        offset[i] = (uint32_t)used;
        code[i] = entries[i].code;
        for (const char *p = entries[i].name; *p;) {
            size_t n = strcspn(p, " ");
            int number = word_of(p, n)->number;
            if (number >= ONE_BYTE) {
                bytes[used++] = (uint32_t)(ONE_BYTE + (number - ONE_BYTE) / 256);
                bytes[used++] = (uint32_t)((number - ONE_BYTE) % 256);
            } else {
                bytes[used++] = (uint32_t)number;
            }
            p += n + (p[n] == ' ');
        }
        uint32_t slot = hash_name(entries[i].name, strlen(entries[i].name)) % HASH_SLOTS;
        while (hash[slot])
            slot = (slot + 1) % HASH_SLOTS;
        hash[slot] = (uint32_t)i + 1;
    }
    offset[entry_count] = (uint32_t)used;
    fprintf(f, "enum { NAME_CHARACTERS = %d, NAME_ALIASES = %d, NAME_ENTRIES = %d, NAME_HASH_SLOTS = %d, NAME_ONE_BYTE = %d };\n",
            characters, aliases, entry_count, HASH_SLOTS, ONE_BYTE);
    write_numbers(f, "static const uint32_t name_code[]", code, entry_count);
    write_numbers(f, "static const uint32_t name_offset[]", offset, entry_count + 1);
    write_numbers(f, "static const uint8_t name_bytes[]", bytes, used);
    write_numbers(f, "static const uint16_t name_hash[]", hash, HASH_SLOTS);
    write_numbers(f, "static const uint32_t name_sequences[]", sequence_codes, sequence_count);
}

/* ---- decomposition and composition ---- */

static uint8_t excluded[CODES];

static void take_exclusion(uint32_t first, uint32_t last, char **field)
{
    if (strcmp(field[1], "Full_Composition_Exclusion") == 0)
        memset(excluded + first, 1, last - first + 1);
}

typedef struct Pair {
    uint32_t first, second, composed;
} Pair;

static int by_parts(const void *a, const void *b)
{
    const Pair *x = a, *y = b;
    return x->first != y->first ? (x->first < y->first ? -1 : 1) : x->second < y->second ? -1 : x->second > y->second;
}

static void write_decompositions(FILE *f)
{
    static Pair pairs[4096];
    static uint32_t data[1 << 17];
    int pair_count = 0, used = 0;
    Pool tags = { 0 };
    pool_add(&tags, "\"\"");
    fprintf(f, "static const UnicodeDecomposition decompositions[] = {\n");
    for (uint32_t c = 0; c < CODES; c++) {
        const char *text = known(c) ? chars[c].decomposition : NULL;
        if (!text)
            continue;
        int tag = 0;
        if (*text == '<') {
            char quoted[64];
            snprintf(quoted, sizeof quoted, "\"%.*s\"", (int)strcspn(text, " "), text);
            tag = pool_add(&tags, quoted);
            text = strchr(text, ' ');
        }
        int n = codes_of(text, &data[used]);
        fprintf(f, "{ %u, %d, %d, %d },\n", c, tag, n, used);
        if (!tag && n == 2 && !excluded[c])
            pairs[pair_count++] = (Pair){ data[used], data[used + 1], c };
        used += n;
    }
    fprintf(f, "};\n");
    write_numbers(f, "static const uint32_t decomposition_codes[]", data, used);
    write_pool(f, "static const char *const decomposition_tags[][1]", &tags);
    qsort(pairs, (size_t)pair_count, sizeof *pairs, by_parts);
    fprintf(f, "static const UnicodePair compositions[] = {\n");
    for (int i = 0; i < pair_count; i++)
        fprintf(f, "{ %u, %u, %u },\n", pairs[i].first, pairs[i].second, pairs[i].composed);
    fprintf(f, "};\n");
}

static void write_db(const char *folder)
{
    static const char *const tables[] = { "category_names", "bidi_names", "width_names" };
    FILE *old = fopen(old_file, "r");
    char line[256], *field[MAX_FIELDS];
    static uint16_t record[CODES];
    Pool pool = { 0 };
    char text[128];
    FILE *f = open_target(folder, "unicode_db_tables.h", "what the module unicodedata knows of a character.");
    fprintf(f, "static const UnicodeOld unicode_old_rows[] = {\n");
    if (!old)
        die("cannot read", old_file);
    old_rows = f;
    while (fgets(line, sizeof line, old)) {
        if (fields_of(line, field) == 3)
            take_old((uint32_t)strtoul(field[0], NULL, 16), (uint32_t)strtoul(strstr(field[0], "..") + 2, NULL, 16), field);
    }
    fclose(old);
    fprintf(f, "};\n");
    for (int t = 0; t < 3; t++) {
        fprintf(f, "static const char *const %s[] = {", tables[t]);
        for (int i = 0; i < name_counts[t]; i++)
            fprintf(f, " \"%s\",", names_of[t][i]);
        fprintf(f, " };\n");
    }
    pool_add(&pool, "0,0,0,0,0,0,0,0");
    for (uint32_t c = 0; c < CODES; c++) {
        const Char *ch = &chars[c];
        if (!known(c))
            continue;
        snprintf(text, sizeof text, "%d,%d,%d,%d,%d,%d,%d,%d", ch->category, ch->bidi, ch->combining, ch->mirrored, ch->width,
                 ch->quick, ch->decomposition != NULL, ch->age <= 302);
        record[c] = (uint16_t)pool_add(&pool, text);
    }
    write_pool(f, "static const UnicodeRecord unicode_records[]", &pool);
    write_index(f, "unicode_record", record);
    write_decompositions(f);
    write_names(f);
    fclose(f);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        die("usage:", "unicode_tables DATA_FOLDER UNICODE_3_2.TXT OUTPUT_FOLDER");
    source_folder = argv[1];
    old_file = argv[2];
    number_of(0, "Cn");
    number_of(1, "");
    number_of(2, "F"); /* of unassigned characters, too */
    for (uint32_t c = 0; c < CODES; c++)
        chars[c].decimal = chars[c].digit = -1;
    each_range("DerivedAge.txt", take_age);
    read_records();
    each_range("DerivedCoreProperties.txt", take_core);
    /* lower case since 15.0 only */
    static const uint32_t not_lower[] = { 0x10fc, 0xa7f2, 0xa7f3, 0xa7f4, 0xab69 };
    for (int i = 0; i < 5; i++)
        chars[not_lower[i]].flags &= ~(uint32_t)(F_LOWER | F_CASED);
    each_range("EastAsianWidth.txt", take_width);
    each_range("extracted/DerivedNumericValues.txt", take_numeric);
    each_range("DerivedNormalizationProps.txt", take_quick);
    each_range("DerivedNormalizationProps.txt", take_exclusion);
    each_range("SpecialCasing.txt", take_special);
    each_range("CaseFolding.txt", take_folding);
    for (uint32_t c = 0; c < CODES; c++) { /* folding is not always lower case */
        if (known(c) && !chars[c].folds && chars[c].lower != c && chars[c].upper)
            special_of(c);
    }
    write_types(argv[3]);
    write_db(argv[3]);
    return 0;
}
