/* sre_template.h - the matcher for texts of one character width; included with CHAR and NAME(x) defined.
 *
 * In: pattern code, a text, a place.  Out: marks, and where the match ends.
 * A backtracking machine with a stack of its own: `back` holds, newest last, other ways to go on (SRE_TRY, SRE_GREEDY,
 * SRE_LAZY) and changes to undo on the way back to them (SRE_UNDO_*). A failing step pops to the newest way and goes on
 * there. Lookarounds and atomic groups are matches within the match: their undo records stay, their ways do not. C
 * recursion is as deep as such groups nest in the pattern, never as deep as the text.
 * Start at NAME(run). */

static inline bool NAME(equal)(const SreState *s, Py_ssize_t pos, uint32_t c)
{
    return ((const CHAR *)s->text)[pos] == c;
}

/* The bitmap of the operation at code[pc], or NULL. */
static inline const uint32_t *NAME(bits)(const SreState *s, uint32_t pc)
{
    uint32_t number = s->tables->number[pc];
    return number ? s->tables->bits[number - 1] : NULL;
}
static inline bool NAME(in_bits)(const uint32_t *bits, uint32_t c)
{
    return bits[c >> 5] >> (c & 31) & 1;
}
/* Whether one character satisfies the item of width one at code[pc]. */
static inline bool NAME(accepts)(const SreState *s, uint32_t pc, uint32_t c)
{
    const uint32_t *bits = NAME(bits)(s, pc);
    return K_LIKELY(bits && c < 256) ? NAME(in_bits)(bits, c) : sre_accepts(s->code + pc, c);
}

/* Behind the longest run of at most max characters from pos that the item accepts. */
static Py_ssize_t NAME(run_end)(const SreState *s, uint32_t item, Py_ssize_t pos, uint32_t max)
{
    const uint32_t *code = s->code + item;
    const CHAR *text = s->text;
    Py_ssize_t limit = max == SRE_MAX_REPEAT || (Py_ssize_t)max > s->end - pos ? s->end : pos + (Py_ssize_t)max;
    switch (code[0]) {
    case SRE_ANY_ALL: return Py_MAX(limit, pos);
    case SRE_ANY:
        while (pos < limit && text[pos] != '\n')
            pos++;
        return pos;
    case SRE_LITERAL:
        while (pos < limit && text[pos] == code[1])
            pos++;
        return pos;
    case SRE_NOT_LITERAL:
        while (pos < limit && text[pos] != code[1])
            pos++;
        return pos;
    }
    const uint32_t *bits = NAME(bits)(s, item);
    if (K_LIKELY(bits != NULL)) {
        uint32_t c;
        for (; pos < limit && (c = text[pos]) < 256 && NAME(in_bits)(bits, c);)
            pos++;
        if (pos >= limit || (c = text[pos]) < 256)
            return pos;
    }
    while (pos < limit && NAME(accepts)(s, item, text[pos]))
        pos++;
    return pos;
}

static bool NAME(boundary)(const SreState *s, Py_ssize_t pos, uint32_t category)
{
    const CHAR *text = s->text;
    if (s->begin == s->end)
        return false;
    bool before = pos > s->begin && sre_category(category, text[pos - 1]);
    bool here = pos < s->end && sre_category(category, text[pos]);
    return before != here;
}

static bool NAME(at)(const SreState *s, Py_ssize_t pos, uint32_t place)
{
    const CHAR *text = s->text;
    switch (place) {
    case SRE_AT_BEGINNING:
    case SRE_AT_BEGINNING_STRING: return pos == s->begin;
    case SRE_AT_BEGINNING_LINE:   return pos == s->begin || text[pos - 1] == '\n';
    case SRE_AT_END:              return pos == s->end || (pos + 1 == s->end && text[pos] == '\n');
    case SRE_AT_END_LINE:         return pos == s->end || text[pos] == '\n';
    case SRE_AT_END_STRING:       return pos == s->end;
    case SRE_AT_BOUNDARY:         return NAME(boundary)(s, pos, SRE_WORD);
    case SRE_AT_NON_BOUNDARY:     return s->begin != s->end && !NAME(boundary)(s, pos, SRE_WORD);
    case SRE_AT_LOC_BOUNDARY:     return NAME(boundary)(s, pos, SRE_LOC_WORD);
    case SRE_AT_LOC_NON_BOUNDARY: return s->begin != s->end && !NAME(boundary)(s, pos, SRE_LOC_WORD);
    case SRE_AT_UNI_BOUNDARY:     return NAME(boundary)(s, pos, SRE_UNI_WORD);
    case SRE_AT_UNI_NON_BOUNDARY: return s->begin != s->end && !NAME(boundary)(s, pos, SRE_UNI_WORD);
    }
    return false;
}

/* The text of a group again, at pos: behind it, or -1. */
static Py_ssize_t NAME(group_again)(const SreState *s, uint32_t op, uint32_t group, Py_ssize_t pos)
{
    const CHAR *text = s->text;
    Py_ssize_t from = s->mark[2 * group], to = s->mark[2 * group + 1];
    if (from < 0 || to < from)
        return -1;
    for (; from < to; from++, pos++) {
        if (pos >= s->end)
            return -1;
        uint32_t a = text[from], b = text[pos];
        bool same = op == SRE_GROUPREF              ? a == b
                    : op == SRE_GROUPREF_IGNORE     ? sre_lower_ascii(a) == sre_lower_ascii(b)
                    : op == SRE_GROUPREF_UNI_IGNORE ? sre_lower_unicode(a) == sre_lower_unicode(b)
                                                    : sre_char_loc_ignore(a, b) || sre_char_loc_ignore(b, a);
        if (!same)
            return -1;
    }
    return pos;
}

/* Undoes and pops down to the newest other way, above bottom: true when there is one, with its place. */
static bool NAME(backtrack)(SreState *s, size_t bottom, uint32_t *pc, Py_ssize_t *pos)
{
    while (s->back_count > bottom) {
        SreBack *b = &s->back[s->back_count - 1];
        switch (b->kind) {
        case SRE_TRY:
            *pc = b->pc;
            *pos = b->pos;
            s->back_count--;
            return true;
        case SRE_GREEDY: /* give one character back; a literal behind the run must stand there */
            while (b->pos > b->extra) {
                b->pos--;
                if (s->code[b->pc] == SRE_LITERAL && !(b->pos < s->end && NAME(equal)(s, b->pos, s->code[b->pc + 1])))
                    continue;
                *pc = b->pc;
                *pos = b->pos;
                return true;
            }
            break;
        case SRE_LAZY: { /* take one more; extra counts down, negative without limit */
            const uint32_t *op = s->code + b->pc;
            if (b->extra != 0 && b->pos < s->end && NAME(accepts)(s, b->pc + 4, ((const CHAR *)s->text)[b->pos])) {
                b->pos++;
                if (b->extra > 0)
                    b->extra--;
                *pc = b->pc + 1 + op[1];
                *pos = b->pos;
                return true;
            }
            break;
        }
        case SRE_UNDO_MARK:   s->mark[b->pc] = b->pos; break;
        case SRE_UNDO_CLOSE:
            s->mark[b->pc] = b->pos;
            s->lastindex = b->extra;
            break;
        case SRE_UNDO_REPEAT: s->repeat = b->repeat; break;
        case SRE_UNDO_ENTRY:
            s->repeat = b->repeat;
            sre_repeat_drop(s);
            break;
        case SRE_UNDO_COUNT:  b->repeat->count = b->pos; break;
        case SRE_UNDO_POS:    b->repeat->last_pos = b->pos; break;
        }
        s->back_count--;
    }
    return false;
}

/* An inner match is done: what it changed can be undone later, its other ways are given up. */
static void NAME(forget_ways)(SreState *s, size_t bottom)
{
    size_t kept = bottom;
    for (size_t i = bottom; i < s->back_count; i++)
        if (s->back[i].kind >= SRE_UNDO_MARK)
            s->back[kept++] = s->back[i];
    s->back_count = kept;
}

static int NAME(run)(SreState *s, uint32_t pc, Py_ssize_t pos, bool top, Py_ssize_t *end);

static int NAME(inner)(SreState *s, uint32_t pc, Py_ssize_t pos, Py_ssize_t *end)
{
    if (s->depth++ > 1000 && k_stack_is_short(" in a pattern")) {
        s->depth--;
        return -1;
    }
    int status = NAME(run)(s, pc, pos, false, end);
    s->depth--;
    return status;
}

/* Whether an alternative can be refused by its first character. */
static bool NAME(hopeless)(const SreState *s, uint32_t pc, Py_ssize_t pos)
{
    uint32_t op = s->code[pc];
    if (op == SRE_LITERAL)
        return pos >= s->end || !NAME(equal)(s, pos, s->code[pc + 1]);
    if (op == SRE_IN)
        return pos >= s->end || !NAME(accepts)(s, pc, ((const CHAR *)s->text)[pos]);
    return false;
}

#define PUSH(kind, pc_, pos_, extra_, repeat_)                                                                         \
    do {                                                                                                               \
        if (sre_push(s, kind, pc_, pos_, extra_, repeat_) < 0)                                                         \
            return -1;                                                                                                 \
    } while (0)
#define FAIL goto fail

/* One more round of a repeat begins at pos. */
static int NAME(begin_round)(SreState *s, SreRepeat *r, Py_ssize_t pos, bool needed)
{
    PUSH(SRE_UNDO_COUNT, 0, r->count, 0, r);
    r->count++;
    if (needed) /* up to the least number rounds may be empty */
        return 0;
    PUSH(SRE_UNDO_POS, 0, r->last_pos, 0, r);
    r->last_pos = pos;
    return 0;
}

/* MAX_UNTIL and MIN_UNTIL: 1 with the place to go on, 0 to fail, -1. */
static int NAME(until)(SreState *s, uint32_t *pc, Py_ssize_t pos)
{
    SreRepeat *r = s->repeat;
    if (!r)
        return 0;
    const uint32_t *repeat = s->code + r->pc;
    uint32_t min = repeat[2], max = repeat[3], tail = *pc + 1, body = r->pc + 4;
    Py_ssize_t rounds = r->count + 1;
    if (rounds < (Py_ssize_t)min) {
        if (NAME(begin_round)(s, r, pos, true) < 0)
            return -1;
        *pc = body;
        return 1;
    }
    bool more = (max == SRE_MAX_REPEAT || rounds < (Py_ssize_t)max) && pos != r->last_pos;
    if (s->code[*pc] == SRE_MAX_UNTIL && more) {
        /* Should the further round fail, the tail follows here: as a way of its own that leaves the repeat. */
        PUSH(SRE_TRY, *pc | SRE_OTHER_UNTIL, pos, 0, NULL);
        if (NAME(begin_round)(s, r, pos, false) < 0)
            return -1;
        *pc = body;
        return 1;
    }
    if (s->code[*pc] == SRE_MIN_UNTIL && more)
        PUSH(SRE_TRY, *pc | SRE_OTHER_UNTIL, pos, 0, NULL); /* a further round when the tail fails */
    PUSH(SRE_UNDO_REPEAT, 0, 0, 0, r);
    s->repeat = r->outer;
    *pc = tail;
    return 1;
}

/* The other way of an UNTIL: the tail after a greedy one, a further round after a lazy one. */
static int NAME(until_otherwise)(SreState *s, uint32_t *pc, Py_ssize_t pos)
{
    SreRepeat *r = s->repeat;
    *pc &= ~SRE_OTHER_UNTIL;
    if (s->code[*pc] == SRE_MAX_UNTIL) {
        PUSH(SRE_UNDO_REPEAT, 0, 0, 0, r);
        s->repeat = r->outer;
        *pc += 1;
        return 0;
    }
    *pc = r->pc + 4;
    return NAME(begin_round)(s, r, pos, false);
}

/* (...){m,n}+ : rounds of inner matches, none of which is given back. */
static int NAME(possessive)(SreState *s, uint32_t pc, Py_ssize_t *pos)
{
    uint32_t min = s->code[pc + 2], max = s->code[pc + 3];
    for (uint32_t rounds = 0; max == SRE_MAX_REPEAT || rounds < max; rounds++) {
        size_t bottom = s->back_count;
        Py_ssize_t end;
        int status = NAME(inner)(s, pc + 4, *pos, &end);
        if (status < 0)
            return -1;
        if (status == 0)
            return rounds >= min;
        NAME(forget_ways)(s, bottom);
        if (end == *pos && rounds >= min)
            return 1; /* an empty round changes nothing more */
        *pos = end;
    }
    return 1;
}

/* Single characters in a row: sets the way back, and the place behind them. 1, 0 to fail, -1. */
static int NAME(repeat_one)(SreState *s, uint32_t pc, Py_ssize_t *pos)
{
    const uint32_t *op = s->code + pc;
    uint32_t min = op[2], max = op[3], tail = pc + 1 + op[1];
    if ((Py_ssize_t)min > s->end - *pos)
        return 0;
    if (op[0] == SRE_MIN_REPEAT_ONE) {
        Py_ssize_t end = min ? NAME(run_end)(s, pc + 4, *pos, min) : *pos;
        if (end - *pos < (Py_ssize_t)min)
            return 0;
        PUSH(SRE_LAZY, pc, end, max == SRE_MAX_REPEAT ? -1 : (Py_ssize_t)(max - min), NULL);
        *pos = end;
        return 1;
    }
    Py_ssize_t end = NAME(run_end)(s, pc + 4, *pos, max);
    if (end - *pos < (Py_ssize_t)min)
        return 0;
    if (op[0] == SRE_REPEAT_ONE && end - *pos > (Py_ssize_t)min)
        PUSH(SRE_GREEDY, tail, end, *pos + (Py_ssize_t)min, NULL);
    *pos = end;
    return 1;
}

/* Matches from pc at pos: 1 with *end, 0, or -1. What it leaves on `back` is for the caller to undo or forget. */
static int NAME(run)(SreState *s, uint32_t pc, Py_ssize_t pos, bool top, Py_ssize_t *end)
{
    const size_t bottom = s->back_count;
    const uint32_t *const code = s->code;
    const CHAR *const text = s->text;
    int status;
    uint32_t alternative, next;
    for (;;) {
        const uint32_t *op = code + pc;
        switch ((SreOp)op[0]) {
        case SRE_FAILURE: FAIL;
        case SRE_SUCCESS:
            if (top && ((s->match_all && pos != s->end) || pos == s->must_advance))
                FAIL;
            *end = pos;
            return 1;
        case SRE_LITERAL:
            if (pos >= s->end || text[pos] != op[1])
                FAIL;
            pos++, pc += 2;
            continue;
        case SRE_NOT_LITERAL:
            if (pos >= s->end || text[pos] == op[1])
                FAIL;
            pos++, pc += 2;
            continue;
        case SRE_ANY:
            if (pos >= s->end || text[pos] == '\n')
                FAIL;
            pos++, pc++;
            continue;
        case SRE_ANY_ALL:
            if (pos >= s->end)
                FAIL;
            pos++, pc++;
            continue;
        case SRE_LITERAL_IGNORE:
        case SRE_NOT_LITERAL_IGNORE:
        case SRE_LITERAL_UNI_IGNORE:
        case SRE_NOT_LITERAL_UNI_IGNORE:
        case SRE_LITERAL_LOC_IGNORE:
        case SRE_NOT_LITERAL_LOC_IGNORE:
            if (pos >= s->end || !NAME(accepts)(s, pc, text[pos]))
                FAIL;
            pos++, pc += 2;
            continue;
        case SRE_IN:
        case SRE_IN_IGNORE:
        case SRE_IN_UNI_IGNORE:
        case SRE_IN_LOC_IGNORE:
            if (pos >= s->end || !NAME(accepts)(s, pc, text[pos]))
                FAIL;
            pos++, pc += 1 + op[1];
            continue;
        case SRE_CATEGORY:
            if (pos >= s->end || !sre_category(op[1], text[pos]))
                FAIL;
            pos++, pc += 2;
            continue;
        case SRE_AT:
            if (!NAME(at)(s, pos, op[1]))
                FAIL;
            pc += 2;
            continue;
        case SRE_JUMP: pc += 1 + op[1]; continue;
        case SRE_INFO: pc += 1 + op[1]; continue;
        case SRE_MARK: {
            uint32_t mark = op[1];
            if (top && s->back_count == 0) /* no way leads back to before it */
                s->marks_left = true;
            else
                PUSH(mark & 1 ? SRE_UNDO_CLOSE : SRE_UNDO_MARK, mark, s->mark[mark], s->lastindex, NULL);
            s->mark[mark] = pos;
            if (mark & 1)
                s->lastindex = (Py_ssize_t)mark / 2 + 1;
            pc += 2;
            continue;
        }
        case SRE_BRANCH:
            alternative = pc + 1;
        branch:
            while (code[alternative] && NAME(hopeless)(s, alternative + 1, pos))
                alternative += code[alternative];
            if (!code[alternative])
                FAIL;
            next = alternative + code[alternative];
            while (code[next] && NAME(hopeless)(s, next + 1, pos))
                next += code[next];
            if (code[next])
                PUSH(SRE_TRY, next | SRE_NEXT_ALTERNATIVE, pos, 0, NULL);
            pc = alternative + 1;
            continue;
        case SRE_REPEAT_ONE:
        case SRE_MIN_REPEAT_ONE:
        case SRE_POSSESSIVE_REPEAT_ONE:
            status = NAME(repeat_one)(s, pc, &pos);
            if (status < 0)
                return -1;
            if (!status)
                FAIL;
            pc += 1 + op[1];
            continue;
        case SRE_REPEAT: {
            SreRepeat *r = sre_repeat_new(s, pc);
            if (!r)
                return -1;
            PUSH(SRE_UNDO_ENTRY, 0, 0, 0, s->repeat);
            r->outer = s->repeat;
            s->repeat = r;
            pc += 1 + op[1];
            continue;
        }
        case SRE_MAX_UNTIL:
        case SRE_MIN_UNTIL:
            status = NAME(until)(s, &pc, pos);
            if (status < 0)
                return -1;
            if (!status)
                FAIL;
            continue;
        case SRE_POSSESSIVE_REPEAT:
            status = NAME(possessive)(s, pc, &pos);
            if (status < 0)
                return -1;
            if (!status)
                FAIL;
            pc += 1 + op[1] + 1;
            continue;
        case SRE_ATOMIC_GROUP: {
            size_t inside = s->back_count;
            status = NAME(inner)(s, pc + 2, pos, &pos);
            if (status < 0)
                return -1;
            if (!status)
                FAIL;
            NAME(forget_ways)(s, inside);
            pc += 1 + op[1];
            continue;
        }
        case SRE_ASSERT:
        case SRE_ASSERT_NOT: {
            size_t inside = s->back_count;
            Py_ssize_t start = pos - (Py_ssize_t)op[2], ignored;
            bool wanted = op[0] == SRE_ASSERT;
            status = start < s->begin ? 0 : NAME(inner)(s, pc + 3, start, &ignored);
            if (status < 0)
                return -1;
            if (status)
                NAME(forget_ways)(s, inside);
            if (status != wanted)
                FAIL;
            pc += 1 + op[1];
            continue;
        }
        case SRE_GROUPREF:
        case SRE_GROUPREF_IGNORE:
        case SRE_GROUPREF_UNI_IGNORE:
        case SRE_GROUPREF_LOC_IGNORE:
            pos = NAME(group_again)(s, op[0], op[1], pos);
            if (pos < 0)
                FAIL;
            pc += 2;
            continue;
        case SRE_GROUPREF_EXISTS: {
            Py_ssize_t from = s->mark[2 * op[1]], to = s->mark[2 * op[1] + 1];
            pc += from >= 0 && to >= from ? 3 : 1 + op[2];
            continue;
        }
        case SRE_CHARSET: case SRE_BIGCHARSET: case SRE_NEGATE: case SRE_RANGE: case SRE_SUBPATTERN: case SRE_RANGE_UNI_IGNORE:
            break;
        }
        PyErr_SetString(PyExc_RuntimeError, "invalid SRE code");
        return -1;
    fail:
        if (K_UNLIKELY(!(++s->steps & 0xfffff)) && PyErr_CheckSignals() < 0)
            return -1;
        if (!NAME(backtrack)(s, bottom, &pc, &pos))
            return 0;
        if (pc & SRE_OTHER_UNTIL) {
            if (NAME(until_otherwise)(s, &pc, pos) < 0)
                return -1;
        }
        else if (pc & SRE_NEXT_ALTERNATIVE) {
            alternative = pc & ~SRE_NEXT_ALTERNATIVE;
            goto branch;
        }
    }
}
#undef PUSH
#undef FAIL

int NAME(sre_match)(SreState *s, Py_ssize_t pos)
{
    int status = NAME(run)(s, 0, pos, true, &s->match_end);
    s->match_start = pos;
    return status;
}

/* The next place from pos to last where the pattern's literal beginning stands, or -1. */
static Py_ssize_t NAME(find_prefix)(const SreState *s, Py_ssize_t pos, Py_ssize_t last)
{
    const CHAR *text = s->text;
    const uint32_t *prefix = s->code + 7;
    Py_ssize_t length = (Py_ssize_t)s->code[5], i;
    for (last = Py_MIN(last, s->end - length); pos <= last; pos++) {
        if (sizeof(CHAR) == 1) {
            const CHAR *at = prefix[0] < 256 ? memchr(text + pos, (int)prefix[0], (size_t)(last - pos + 1)) : NULL;
            if (!at)
                return -1;
            pos = at - text;
        } else if (text[pos] != prefix[0]) {
            continue;
        }
        for (i = 1; i < length && text[pos + i] == prefix[i]; i++)
            continue;
        if (i >= length)
            return pos;
    }
    return -1;
}

/* The next place from pos where the pattern can begin, by what INFO says of its start; -1 when there is none. */
static Py_ssize_t NAME(candidate)(const SreState *s, Py_ssize_t pos)
{
    const CHAR *text = s->text;
    const uint32_t *info = s->code;
    if (info[0] != SRE_INFO)
        return pos;
    Py_ssize_t last = s->end - (Py_ssize_t)info[3];
    if (pos > last)
        return -1;
    if (info[2] & SRE_INFO_PREFIX)
        return NAME(find_prefix)(s, pos, last);
    if (!(info[2] & SRE_INFO_CHARSET))
        return pos;
    const uint32_t *bits = NAME(bits)(s, 0);
    for (last = Py_MIN(last, s->end - 1); pos <= last; pos++) {
        uint32_t c = text[pos];
        if (K_LIKELY(bits && c < 256) ? NAME(in_bits)(bits, c) : sre_charset(info + 5, c))
            return pos;
    }
    return -1;
}

int NAME(sre_search)(SreState *s)
{
    Py_ssize_t pos = s->start;
    const uint32_t *first = s->code[0] == SRE_INFO ? s->code + 1 + s->code[1] : s->code;
    bool only_here = first[0] == SRE_AT && (first[1] == SRE_AT_BEGINNING || first[1] == SRE_AT_BEGINNING_STRING);
    while (pos <= s->end && (pos = NAME(candidate)(s, pos)) >= 0) {
        int status = NAME(sre_match)(s, pos);
        if (status || only_here)
            return status;
        if (s->marks_left)
            sre_reset_marks(s);
        s->must_advance = -1; /* it concerns the first place only */
        pos++;
    }
    return 0;
}
