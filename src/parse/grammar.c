/* grammar.c - reads grammar.def's text into linked alternatives.
 *
 * In: the rules as the preprocessor turns them into text.  Out: Rule, Alt, Item. It happens once, when the first wrong
 * program comes along. Start at grammar_rules(). */
#include "parse/grammar.h"
#include "ast/fields.h"
#include "runtime/errors.h"

typedef struct Reader {
    const char *p;
    bool failed;
    KArena *arena;
} Reader;

static const struct {
    const char *name, *text;
    bool memo, left;
} sources[] = {
#define RULE(name, ...) { #name, #__VA_ARGS__, false, false },
#define MEMO(name, ...) { #name, #__VA_ARGS__, true, false },
#define LEFT(name, ...) { #name, #__VA_ARGS__, true, true },
#include "parse/grammar.def"
#undef RULE
#undef MEMO
#undef LEFT
};
static Rule rules[RULES]; /* write-once */

static Alt *read_alts(Reader *r);

static void blanks(Reader *r)
{
    while (*r->p == ' ' || *r->p == '\n')
        r->p++;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static int word_size(const char *p)
{
    int n = 0;
    while (is_letter(p[n]))
        n++;
    return n;
}

static bool is_name(const char *name, const char *p, int size)
{
    return (int)strlen(name) == size && memcmp(name, p, (size_t)size) == 0;
}

static void *make(Reader *r, size_t size)
{
    void *block = arena_alloc(r->arena, size);
    if (!block)
        r->failed = true;
    return block;
}

static int token_with_text(Reader *r, const char *p, int size)
{
    if (size == 1 && *p == '!')
        return NOTEQUAL;
    for (int i = 0; i < TOKEN_KINDS; i++) {
        if (size && is_name(token_text((TokenKind)i), p, size))
            return i;
    }
    r->failed = true;
    return ERRORTOKEN;
}

/* 'text', the quotes included. */
static int read_token(Reader *r)
{
    const char *start = ++r->p;
    while (*r->p != '\'')
        r->p++;
    int kind = token_with_text(r, start, (int)(r->p - start));
    r->p++;
    return kind;
}

static void read_name(Reader *r, Item *item)
{
    static const struct {
        const char *name;
        TokenKind kind;
    } kinds[] = { { "NAME", NAME }, { "NUMBER", NUMBER }, { "STRING", STRING }, { "NEWLINE", NEWLINE },
                  { "INDENT", INDENT }, { "DEDENT", DEDENT }, { "ENDMARKER", ENDMARKER }, { "ASYNC", ASYNC },
                  { "AWAIT", AWAIT }, { "TYPE_COMMENT", TYPE_COMMENT }, { "NOTEQUAL", NOTEQUAL } };
    const char *start = r->p;
    int size = word_size(start);
    r->p += size;
    if (!size)
        r->failed = true;
    if (is_name("SOFT_KEYWORD", start, size)) {
        item->kind = ITEM_ANY_WORD;
        return;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (is_name(kinds[i].name, start, size)) {
            item->kind = ITEM_TOKEN;
            item->value = kinds[i].kind;
            return;
        }
    }
    item->kind = ITEM_RULE;
    for (item->value = 0; item->value < RULES; item->value++) {
        if (is_name(sources[item->value].name, start, size))
            return;
    }
    r->failed = true;
}

static void read_group(Reader *r, Item *item, char close)
{
    r->p++;
    item->kind = ITEM_GROUP;
    item->group = read_alts(r);
    blanks(r);
    if (*r->p++ != close)
        r->failed = true;
}

static void read_primary(Reader *r, Item *item)
{
    blanks(r);
    if (*r->p == '\'') {
        int kind = read_token(r);
        if (*r->p == '.') { /* a separator */
            r->p++;
            read_primary(r, item);
            item->separator = kind;
            return;
        }
        item->kind = ITEM_TOKEN;
        item->value = kind;
    } else if (*r->p == '"') {
        item->kind = ITEM_WORD;
        item->text = ++r->p;
        item->size = word_size(r->p);
        r->p += item->size + 1;
    } else if (*r->p == '(') {
        read_group(r, item, ')');
    } else if (*r->p == '[') {
        read_group(r, item, ']');
        item->times = '?';
    } else {
        read_name(r, item);
    }
}

static Item *read_item(Reader *r)
{
    Item *item = make(r, sizeof *item);
    if (!item)
        return NULL;
    item->separator = -1;
    if (*r->p == '~') {
        r->p++;
        item->kind = ITEM_CUT;
        return item;
    }
    if ((*r->p == 'a' || *r->p == 'b') && r->p[1] == '=') {
        item->label = *r->p;
        r->p += 2;
    }
    if (*r->p == '&' && r->p[1] == '&') {
        item->look = 'F';
        r->p += 2;
    } else if (*r->p == '&' || *r->p == '!') {
        item->look = *r->p++;
    }
    read_primary(r, item);
    if (*r->p == '?' || *r->p == '*' || *r->p == '+')
        item->times = *r->p++;
    return item;
}

/* "text" */
static const char *read_message(Reader *r)
{
    blanks(r);
    const char *start = ++r->p;
    while (*r->p != '"')
        r->p += *r->p == '\\' ? 2 : 1;
    char *text = make(r, (size_t)(r->p - start) + 1), *to = text;
    for (const char *p = start; text && p < r->p; p++) {
        if (*p != '\\')
            *to++ = *p;
    }
    r->p++;
    return text;
}

static void read_range(Reader *r, Alt *alt, bool two)
{
    blanks(r);
    if (*r->p == '"')
        return;
    alt->first = alt->last = *r->p++;
    blanks(r);
    if (!two)
        return;
    alt->last = *r->p++;
    alt->last_item = *r->p == '.';
    r->p += alt->last_item;
}

static void read_action(Reader *r, Alt *alt)
{
    const char *start = ++r->p;
    int size = word_size(start);
    r->p += size;
    if (size == 1) {
        alt->action = DO_LABEL;
        alt->first = *start;
    } else if (is_name("raise", start, size)) {
        alt->action = DO_RAISE;
        read_range(r, alt, true);
        alt->text = read_message(r);
    } else if (is_name("from", start, size) || is_name("indent", start, size)) {
        alt->action = *start == 'f' ? DO_FROM : DO_INDENT;
        read_range(r, alt, false);
        alt->text = read_message(r);
    } else if (is_name("here", start, size)) {
        alt->action = DO_HERE;
        alt->text = read_message(r);
    } else if (is_name("check", start, size)) {
        alt->action = DO_CHECK;
        blanks(r);
        alt->text = r->p;
        r->p += word_size(r->p);
    } else {
        alt->action = DO_NODE;
        while (alt->node < NODE_KINDS && !is_name(ast_kinds[alt->node].name, start, size))
            alt->node++;
        r->failed = r->failed || alt->node == NODE_KINDS;
    }
    blanks(r);
    if (*r->p++ != '}')
        r->failed = true;
}

static Alt *read_alt(Reader *r)
{
    Alt *alt = make(r, sizeof *alt);
    Item **end = alt ? &alt->items : NULL;
    for (blanks(r); alt && !r->failed && *r->p && !strchr("|)]}", *r->p); blanks(r)) {
        if (*r->p == '{') {
            read_action(r, alt);
            break;
        }
        *end = read_item(r);
        if (*end)
            end = &(*end)->next;
    }
    return alt;
}

static Alt *read_alts(Reader *r)
{
    Alt *first = read_alt(r), *last = first;
    for (blanks(r); last && !r->failed && *r->p == '|'; blanks(r)) {
        r->p++;
        last->next = read_alt(r);
        last = last->next;
    }
    return first;
}

const Rule *grammar_rules(void)
{
    static bool read;
    if (read)
        return rules;
    Reader r = { .arena = arena_new() }; /* lives as long as the program */
    if (!r.arena)
        return (const Rule *)PyErr_NoMemory();
    for (int i = 0; i < RULES && !r.failed; i++) {
        r.p = sources[i].text;
        rules[i] = (Rule){ .name = sources[i].name, .memo = sources[i].memo, .left = sources[i].left,
                           .invalid = strncmp(sources[i].name, "invalid_", 8) == 0 };
        rules[i].alts = read_alts(&r);
        r.failed = r.failed || *r.p;
        if (r.failed)
            k_raise(PyExc_SystemError, "grammar rule %s: not understood at %.40s", sources[i].name, r.p);
    }
    if (r.failed) {
        arena_free(r.arena);
        return NULL;
    }
    read = true;
    return rules;
}
