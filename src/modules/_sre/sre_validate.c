/* sre_validate.c - refuses pattern code that would lead the matcher outside of it.
 *
 * In: words.  Out: 0 and the tables of the items, or -1 with RuntimeError. Every jump must land inside the code, every
 * group must exist, every set must end. Start at sre_validate(). */
#include "modules/_sre/sre_int.h"

#include "memory/mem.h"
#include "runtime/errors.h"
#include "runtime/state.h"

typedef struct Checker {
    const uint32_t *code;
    uint32_t groups;
    SreTables *tables; /* items get their numbers on the way */
} Checker;

static bool check(const Checker *c, size_t at, size_t end);

/* A set from at: behind its FAILURE, or 0. */
static size_t set_end(const Checker *c, size_t at, size_t end)
{
    while (at < end) {
        switch (c->code[at++]) {
        case SRE_FAILURE: return at;
        case SRE_NEGATE:  break;
        case SRE_LITERAL:
        case SRE_CATEGORY: at += 1; break;
        case SRE_RANGE:
        case SRE_RANGE_UNI_IGNORE: at += 2; break;
        case SRE_CHARSET: at += 8; break;
        case SRE_BIGCHARSET: {
            if (at >= end || c->code[at] > 256)
                return 0;
            size_t blocks = c->code[at], maps = at + 1 + 256 / 4;
            if (maps + blocks * 8 > end)
                return 0;
            const unsigned char *block = (const unsigned char *)(c->code + at + 1);
            for (int i = 0; i < 256; i++)
                if (block[i] >= blocks)
                    return 0;
            at = maps + blocks * 8;
            break;
        }
        default: return 0;
        }
    }
    return 0;
}

/* Whether a set that is known to end names a category of the locale. */
static bool has_locale(const Checker *c, size_t at)
{
    while (c->code[at] != SRE_FAILURE) {
        switch (c->code[at++]) {
        case SRE_CATEGORY:
            if (c->code[at] - SRE_LOC_WORD <= 1u)
                return true;
            at++;
            break;
        case SRE_LITERAL: at++; break;
        case SRE_RANGE:
        case SRE_RANGE_UNI_IGNORE: at += 2; break;
        case SRE_CHARSET: at += 8; break;
        case SRE_BIGCHARSET: at += 1 + 256 / 4 + (size_t)c->code[at] * 8; break;
        }
    }
    return false;
}

/* The word at `at` skips: to a place within the code. 0 when it does not. */
static size_t skip_to(const Checker *c, size_t at, size_t end)
{
    if (at >= end)
        return 0;
    size_t to = at + c->code[at];
    return c->code[at] && to <= end ? to : 0;
}

/* The item at `at` is to have a bitmap. */
static bool number_item(const Checker *c, size_t at)
{
    if (c->tables->count < UINT16_MAX)
        c->tables->number[at] = (uint16_t)++c->tables->count;
    return true;
}

static bool check_branch(const Checker *c, size_t at, size_t end, size_t *behind)
{
    while (at < end && c->code[at]) {
        size_t next = skip_to(c, at, end);
        if (!next || next < at + 3 || c->code[next - 2] != SRE_JUMP || !skip_to(c, next - 1, end) ||
            !check(c, at + 1, next - 2))
            return false;
        at = next;
    }
    *behind = at + 1;
    return at < end;
}

static bool check_exists(const Checker *c, size_t at, size_t end, size_t *behind)
{
    if (at + 1 >= end || c->code[at] >= c->groups)
        return false;
    size_t otherwise = at + c->code[at + 1]; /* counted from the word before */
    if (c->code[at + 1] < 2 || otherwise > end)
        return false;
    *behind = otherwise;
    if (otherwise >= at + 4 && c->code[otherwise - 2] == SRE_JUMP) {
        size_t tail = otherwise - 1 + c->code[otherwise - 1];
        if (tail > otherwise && tail <= end && check(c, at + 2, otherwise - 2) && check(c, otherwise, tail)) {
            *behind = tail;
            return true;
        }
    }
    return check(c, at + 2, otherwise);
}

static bool check_repeat(const Checker *c, size_t at, size_t end, uint32_t op, size_t *behind)
{
    size_t tail = skip_to(c, at, end);
    if (!tail || at + 3 > tail || c->code[at + 1] > c->code[at + 2])
        return false;
    if (op == SRE_REPEAT_ONE || op == SRE_MIN_REPEAT_ONE || op == SRE_POSSESSIVE_REPEAT_ONE) {
        *behind = tail;
        return tail >= at + 5 && c->code[tail - 1] == SRE_SUCCESS && check(c, at + 3, tail - 1);
    }
    if (tail >= end || !check(c, at + 3, tail))
        return false;
    *behind = tail + 1;
    uint32_t until = c->code[tail];
    return op == SRE_POSSESSIVE_REPEAT ? until == SRE_SUCCESS : until == SRE_MAX_UNTIL || until == SRE_MIN_UNTIL;
}

static bool check_info(const Checker *c, size_t at, size_t end, size_t *behind)
{
    size_t tail = skip_to(c, at, end);
    *behind = tail;
    if (!tail || at + 4 > tail)
        return false;
    if (c->code[at + 1] & SRE_INFO_PREFIX)
        return at + 6 <= tail && c->code[at + 4] > 0 && at + 6 + c->code[at + 4] <= tail;
    if (!(c->code[at + 1] & SRE_INFO_CHARSET))
        return true;
    return set_end(c, at + 4, tail) != 0 && (at != 1 || number_item(c, 0));
}

/* An operation whose operands begin at `at`; *behind is where the next one stands. */
static bool check_op(const Checker *c, uint32_t op, size_t at, size_t end, size_t *behind)
{
    size_t tail;
    *behind = at;
    switch (op) {
    case SRE_ANY:
    case SRE_ANY_ALL:
    case SRE_SUCCESS:
    case SRE_FAILURE: return true;
    case SRE_MARK:
        *behind = at + 1;
        return at < end && c->code[at] < 2 * c->groups;
    case SRE_LITERAL: case SRE_NOT_LITERAL: case SRE_LITERAL_LOC_IGNORE: case SRE_NOT_LITERAL_LOC_IGNORE: case SRE_AT:
        *behind = at + 1;
        return at < end;
    case SRE_LITERAL_IGNORE: case SRE_NOT_LITERAL_IGNORE: case SRE_LITERAL_UNI_IGNORE: case SRE_NOT_LITERAL_UNI_IGNORE:
        *behind = at + 1;
        return at < end && number_item(c, at - 1);
    case SRE_CATEGORY: /* one that goes by the locale has no fixed bitmap */
        *behind = at + 1;
        return at < end && (c->code[at] - SRE_LOC_WORD <= 1u || number_item(c, at - 1));
    case SRE_GROUPREF: case SRE_GROUPREF_IGNORE: case SRE_GROUPREF_UNI_IGNORE: case SRE_GROUPREF_LOC_IGNORE:
        *behind = at + 1;
        return at < end && c->code[at] < c->groups;
    case SRE_IN: case SRE_IN_IGNORE: case SRE_IN_UNI_IGNORE: case SRE_IN_LOC_IGNORE:
        tail = skip_to(c, at, end);
        *behind = tail;
        return tail && set_end(c, at + 1, tail) == tail &&
               (op == SRE_IN_LOC_IGNORE || has_locale(c, at + 1) || number_item(c, at - 1));
    case SRE_INFO:            return check_info(c, at, end, behind);
    case SRE_BRANCH:          return check_branch(c, at, end, behind);
    case SRE_GROUPREF_EXISTS: return check_exists(c, at, end, behind);
    case SRE_REPEAT: case SRE_REPEAT_ONE: case SRE_MIN_REPEAT_ONE: case SRE_POSSESSIVE_REPEAT: case SRE_POSSESSIVE_REPEAT_ONE:
        return check_repeat(c, at, end, op, behind);
    case SRE_ATOMIC_GROUP:
        tail = skip_to(c, at, end);
        *behind = tail;
        return tail && tail >= at + 2 && c->code[tail - 1] == SRE_SUCCESS && check(c, at + 1, tail - 1);
    case SRE_ASSERT: case SRE_ASSERT_NOT:
        tail = skip_to(c, at, end);
        *behind = tail;
        return tail && tail >= at + 3 && c->code[tail - 1] == SRE_SUCCESS && c->code[at + 1] < 0x80000000u &&
               check(c, at + 2, tail - 1);
    }
    return false;
}

static bool check(const Checker *c, size_t at, size_t end)
{
    if (k_stack_is_short(" in a pattern")) {
        PyErr_Clear();
        return false;
    }
    while (at < end) {
        size_t behind;
        if (!check_op(c, c->code[at], at + 1, end, &behind) || behind > end || behind <= at)
            return false;
        at = behind;
    }
    return true;
}

/* The tables with their bitmaps filled in, in a block of their own. */
static SreTables *fill_tables(const uint32_t *code, size_t n, const SreTables *numbers)
{
    size_t bitmaps = numbers->count * sizeof numbers->bits[0];
    SreTables *t = PyMem_Calloc(1, sizeof *t + bitmaps + n * sizeof *t->number);
    if (!t) {
        PyErr_NoMemory();
        return NULL;
    }
    t->count = numbers->count;
    t->number = (uint16_t *)(void *)((char *)(t + 1) + bitmaps);
    memcpy(t->number, numbers->number, n * sizeof *t->number);
    for (size_t at = 0; at < n; at++) {
        if (!t->number[at])
            continue;
        uint32_t *bits = t->bits[t->number[at] - 1];
        for (uint32_t c = 0; c < 256; c++)
            if (code[at] == SRE_INFO ? sre_charset(code + at + 5, c) : sre_accepts(code + at, c))
                bits[c >> 5] |= 1u << (c & 31);
    }
    return t;
}

int sre_validate(PatternObject *p)
{
    size_t n = (size_t)Py_SIZE(p);
    SreTables numbers = { .number = PyMem_Calloc(n, sizeof(uint16_t)) };
    const Checker c = { p->code, (uint32_t)p->groups, &numbers };
    int status = -1;
    if (!numbers.number) {
        PyErr_NoMemory();
    } else if (n < 0x40000000u && p->code[n - 1] == SRE_SUCCESS && check(&c, 0, n - 1)) {
        SreTables *tables = fill_tables(p->code, n, &numbers);
        memcpy(p->code + n, &tables, sizeof tables);
        status = tables ? 0 : -1;
    } else {
        PyErr_SetString(PyExc_RuntimeError, "invalid SRE code");
    }
    PyMem_Free(numbers.number);
    return status;
}
