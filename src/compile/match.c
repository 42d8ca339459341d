/* match.c - code for match statements (PEP 634).
 *
 * In: Match nodes.  Out: instructions. A pattern consumes the subject on top of the stack. While it is tested, the
 * names it will bind wait below as captured values; only when the whole pattern has matched are they stored.
 * Invariant: above the copy of the subject for the next case stand len(captures) values and then on_top helpers, so a
 * failing test jumps to failure[len(captures) + on_top], which pops just those. Start at compile_match(). */
#include "compile/unit.h"

#include "objects/int/int.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

typedef struct Names {
    PyObject **item;
    int n, capacity;
} Names;

typedef struct Pattern {
    Names captures;
    Block **failure; /* failure[k] pops k values and falls into failure[k - 1] */
    int failures, capacity;
    int on_top;
    bool irrefutable; /* a pattern that always matches may stand here */
} Pattern;

static int pattern(Compiler *c, const Node *node, Pattern *p);

static int no_memory(void)
{
    PyErr_NoMemory();
    return -1;
}

/* ---- lists in the arena ---- */

static int names_append(Compiler *c, Names *names, PyObject *name)
{
    if (names->n == names->capacity) {
        int capacity = names->capacity ? names->capacity * 2 : 8;
        PyObject **item = arena_alloc(c->arena, (size_t)capacity * sizeof *item);
        if (!item)
            return no_memory();
        if (names->n)
            memcpy(item, names->item, (size_t)names->n * sizeof *item);
        names->item = item;
        names->capacity = capacity;
    }
    names->item[names->n++] = name;
    return 0;
}

static int names_find(const Names *names, PyObject *name)
{
    for (int i = 0; i < names->n; i++)
        if (names->item[i] == name)
            return i;
    return -1;
}

/* The first name moves to place `to`, `times` over: what sink() does to the stack. */
static void names_rotate(Names *names, int times, int to)
{
    while (times--) {
        PyObject *first = names->item[0];
        memmove(names->item, names->item + 1, (size_t)to * sizeof *names->item);
        names->item[to] = first;
    }
}

/* ---- failure ---- */

static int need_failure(Compiler *c, Pattern *p, int n)
{
    if (n >= p->capacity) {
        int capacity = Py_MAX(8, 2 * n + 1);
        Block **failure = arena_alloc(c->arena, (size_t)capacity * sizeof *failure);
        if (!failure)
            return no_memory();
        if (p->failures)
            memcpy(failure, p->failure, (size_t)p->failures * sizeof *failure);
        p->failure = failure;
        p->capacity = capacity;
    }
    while (p->failures <= n) {
        if (!(p->failure[p->failures] = block_new(c)))
            return -1;
        p->failures++;
    }
    return 0;
}

static int jump_to_failure(Compiler *c, Pattern *p, int op)
{
    int pops = p->on_top + p->captures.n;
    TRY(need_failure(c, p, pops));
    return emit_jump(c, op, p->failure[pops]);
}

/* All tests of this pattern are behind us: here they land when they fail. */
static int place_failures(Compiler *c, Pattern *p)
{
    if (!p->failures)
        return 0;
    for (int i = p->failures - 1; i > 0; i--) {
        block_use(c, p->failure[i]);
        TRY(emit(c, BC_POP_TOP));
    }
    block_use(c, p->failure[0]);
    p->failures = 0;
    return 0;
}

/* ---- captures ---- */

static int duplicate_capture(Compiler *c, PyObject *name)
{
    return compile_error(c, "multiple assignments to name %R in pattern", name);
}

/* The top of the stack sinks below count - 1 values. */
static int sink(Compiler *c, int count)
{
    for (; count > 1; count--)
        TRY(emit_arg(c, BC_SWAP, count));
    return 0;
}

/* The subject is captured by this name, or dropped when there is none. */
static int capture(Compiler *c, PyObject *name, Pattern *p)
{
    if (!name)
        return emit(c, BC_POP_TOP);
    TRY(compile_forbidden_name(c, name, Store));
    if (names_find(&p->captures, name) >= 0)
        return duplicate_capture(c, name);
    TRY(sink(c, p->on_top + p->captures.n + 1));
    return names_append(c, &p->captures, name);
}

static bool is_wildcard(const Node *node)
{
    return node->kind == MatchAs_kind && !node->MatchAs.name;
}

static bool is_star_wildcard(const Node *node)
{
    return node->kind == MatchStar_kind && !node->MatchStar.name;
}

static int subpattern(Compiler *c, const Node *node, Pattern *p)
{
    bool irrefutable = p->irrefutable;
    p->irrefutable = true;
    TRY(pattern(c, node, p));
    p->irrefutable = irrefutable;
    return 0;
}

/* ---- kinds of patterns ---- */

static int value_pattern(Compiler *c, const Node *node, Pattern *p)
{
    const Node *value = node->MatchValue.value;
    if (value->kind != Constant_kind && value->kind != Attribute_kind)
        return compile_error(c, "patterns may only match literals and attribute lookups");
    TRY(compile_expression(c, value));
    TRY(compile_compare_op(c, Eq));
    return jump_to_failure(c, p, V_POP_JUMP_IF_FALSE);
}

static int singleton_pattern(Compiler *c, const Node *node, Pattern *p)
{
    TRY(emit_const(c, node->MatchSingleton.value));
    TRY(compile_compare_op(c, Is));
    return jump_to_failure(c, p, V_POP_JUMP_IF_FALSE);
}

/* len(subject) op n, or failure; the subject stays. */
static int length_check(Compiler *c, Pattern *p, AstEnum op, Py_ssize_t n)
{
    TRY(emit(c, BC_GET_LEN));
    TRY(emit_new_const(c, PyLong_FromSsize_t(n)));
    TRY(compile_compare_op(c, op));
    return jump_to_failure(c, p, V_POP_JUMP_IF_FALSE);
}

static int unpack_sequence(Compiler *c, const NodeSeq *patterns, Pattern *p)
{
    TRY(compile_unpack(c, patterns, MatchStar_kind, "sequence pattern"));
    p->on_top += (int)patterns->n;
    for (Py_ssize_t i = 0; i < patterns->n; i++) {
        p->on_top--;
        TRY(subpattern(c, patterns->item[i], p));
    }
    return 0;
}

/* With a starred wildcard only the items that matter are fetched. */
static int subscript_sequence(Compiler *c, const NodeSeq *patterns, Py_ssize_t star, Pattern *p)
{
    p->on_top++;
    for (Py_ssize_t i = 0; i < patterns->n; i++) {
        if (i == star || is_wildcard(patterns->item[i]))
            continue;
        TRY(emit_arg(c, BC_COPY, 1));
        if (i < star)
            TRY(emit_new_const(c, PyLong_FromSsize_t(i)));
        else { /* the subject need not take negative indexes */
            TRY(emit(c, BC_GET_LEN));
            TRY(emit_new_const(c, PyLong_FromSsize_t(patterns->n - i)));
            TRY(compile_binary_op(c, Sub, false));
        }
        TRY(emit(c, BC_BINARY_SUBSCR));
        TRY(subpattern(c, patterns->item[i], p));
    }
    p->on_top--;
    return emit(c, BC_POP_TOP);
}

static int sequence_pattern(Compiler *c, const Node *node, Pattern *p)
{
    const NodeSeq *patterns = node->MatchSequence.patterns;
    Py_ssize_t star = -1;
    bool only_wildcards = true, star_wildcard = false;
    for (Py_ssize_t i = 0; i < patterns->n; i++) {
        const Node *item = patterns->item[i];
        if (item->kind != MatchStar_kind) {
            only_wildcards &= is_wildcard(item);
            continue;
        }
        if (star >= 0)
            return compile_error(c, "multiple starred names in sequence pattern");
        star = i;
        star_wildcard = is_star_wildcard(item);
        only_wildcards &= star_wildcard;
    }
    p->on_top++; /* the subject, during the checks */
    TRY(emit(c, BC_MATCH_SEQUENCE));
    TRY(jump_to_failure(c, p, V_POP_JUMP_IF_FALSE));
    if (star < 0)
        TRY(length_check(c, p, Eq, patterns->n));
    else if (patterns->n > 1)
        TRY(length_check(c, p, GtE, patterns->n - 1));
    p->on_top--;
    if (only_wildcards)
        return emit(c, BC_POP_TOP);
    return star_wildcard ? subscript_sequence(c, patterns, star, p) : unpack_sequence(c, patterns, p);
}

static int check_mapping_keys(Compiler *c, const Node *node)
{
    const NodeSeq *keys = node->MatchMapping.keys;
    K_AUTO(PyObject *) seen = PySet_New(NULL);
    if (!seen)
        return -1;
    for (Py_ssize_t i = 0; i < keys->n; i++) {
        const Node *key = keys->item[i];
        if (key->kind == Constant_kind) {
            int found = PySet_Contains(seen, key->Constant.value);
            if (found > 0)
                return compile_error(c, "mapping pattern checks duplicate key (%R)", key->Constant.value);
            if (found < 0 || PySet_Add(seen, key->Constant.value) < 0)
                return -1;
        }
        else if (key->kind != Attribute_kind)
            return compile_error(c, "mapping pattern keys may only match literals and attribute lookups");
        TRY(compile_expression(c, key));
    }
    return 0;
}

/* On the stack: the subject and the tuple of keys. What the keys leave over is captured by name. */
static int capture_rest(Compiler *c, PyObject *name, int size, Pattern *p)
{
    TRY(emit_arg(c, BC_BUILD_MAP, 0));
    TRY(emit_arg(c, BC_SWAP, 3));
    TRY(emit_arg(c, BC_DICT_UPDATE, 2));
    TRY(emit_arg(c, BC_UNPACK_SEQUENCE, size));
    for (; size; size--) {
        TRY(emit_arg(c, BC_COPY, 1 + size));
        TRY(emit_arg(c, BC_SWAP, 2));
        TRY(emit(c, BC_DELETE_SUBSCR));
    }
    return capture(c, name, p);
}

/* The tuple (or None) on top is what MATCH_KEYS or MATCH_CLASS gave: failure for None, else its items. */
static int unpack_match(Compiler *c, int size, Pattern *p)
{
    TRY(emit_arg(c, BC_COPY, 1));
    TRY(emit_const(c, Py_None));
    TRY(compile_compare_op(c, IsNot));
    TRY(jump_to_failure(c, p, V_POP_JUMP_IF_FALSE));
    TRY(emit_arg(c, BC_UNPACK_SEQUENCE, size));
    p->on_top += size - 1;
    return 0;
}

static int mapping_pattern(Compiler *c, const Node *node, Pattern *p)
{
    const NodeSeq *keys = node->MatchMapping.keys, *patterns = node->MatchMapping.patterns;
    PyObject *rest = node->MatchMapping.rest;
    int size = (int)keys->n;
    if (keys->n != patterns->n)
        return compile_error(c, "keys (%d) / patterns (%d) length mismatch in mapping pattern", size, (int)patterns->n);
    p->on_top++;
    TRY(emit(c, BC_MATCH_MAPPING));
    TRY(jump_to_failure(c, p, V_POP_JUMP_IF_FALSE));
    if (!size && !rest) {
        p->on_top--;
        return emit(c, BC_POP_TOP);
    }
    if (size)
        TRY(length_check(c, p, GtE, size));
    TRY(check_mapping_keys(c, node));
    TRY(emit_arg(c, BC_BUILD_TUPLE, size));
    TRY(emit(c, BC_MATCH_KEYS));
    p->on_top += 2; /* keys and values */
    TRY(unpack_match(c, size, p));
    for (int i = 0; i < size; i++) {
        p->on_top--;
        TRY(subpattern(c, patterns->item[i], p));
    }
    p->on_top -= 2; /* the keys and the subject go now */
    if (rest)
        return capture_rest(c, rest, size, p);
    TRY(emit(c, BC_POP_TOP));
    return emit(c, BC_POP_TOP);
}

static int check_class_attributes(Compiler *c, const Node *node)
{
    const IdentSeq *attributes = node->MatchClass.kwd_attrs;
    Position before = c->unit->at;
    for (Py_ssize_t i = 0; i < attributes->n; i++) {
        at_node(c, node->MatchClass.kwd_patterns->item[i]);
        TRY(compile_forbidden_name(c, attributes->item[i], Store));
        for (Py_ssize_t k = i + 1; k < attributes->n; k++)
            if (PyUnicode_Compare(attributes->item[i], attributes->item[k]) == 0) {
                at_node(c, node->MatchClass.kwd_patterns->item[k]);
                return compile_error(c, "attribute name repeated in class pattern: %U", attributes->item[i]);
            }
    }
    c->unit->at = before;
    return 0;
}

static int class_pattern(Compiler *c, const Node *node, Pattern *p)
{
    const NodeSeq *positional = node->MatchClass.patterns, *named = node->MatchClass.kwd_patterns;
    const IdentSeq *attributes = node->MatchClass.kwd_attrs;
    int nargs = (int)positional->n, nattrs = (int)attributes->n;
    if (attributes->n != named->n)
        return compile_error(c, "kwd_attrs (%d) / kwd_patterns (%d) length mismatch in class pattern", nattrs, (int)named->n);
    TRY(check_class_attributes(c, node));
    TRY(compile_expression(c, node->MatchClass.cls));
    PyObject *names = compile_own(c, PyTuple_New(nattrs));
    if (!names)
        return -1;
    for (int i = 0; i < nattrs; i++)
        PyTuple_SET_ITEM(names, i, Py_NewRef(attributes->item[i]));
    TRY(emit_const(c, names));
    TRY(emit_arg(c, BC_MATCH_CLASS, nargs));
    p->on_top++;
    TRY(unpack_match(c, nargs + nattrs, p));
    for (int i = 0; i < nargs + nattrs; i++) {
        const Node *item = i < nargs ? positional->item[i] : named->item[i - nargs];
        p->on_top--;
        if (is_wildcard(item))
            TRY(emit(c, BC_POP_TOP));
        else
            TRY(subpattern(c, item, p));
    }
    return 0;
}

static int as_pattern(Compiler *c, const Node *node, Pattern *p)
{
    if (!node->MatchAs.pattern) {
        if (p->irrefutable)
            return capture(c, node->MatchAs.name, p);
        if (node->MatchAs.name)
            return compile_error(c, "name capture %R makes remaining patterns unreachable", node->MatchAs.name);
        return compile_error(c, "wildcard makes remaining patterns unreachable");
    }
    p->on_top++; /* a copy, to be captured */
    TRY(emit_arg(c, BC_COPY, 1));
    TRY(pattern(c, node->MatchAs.pattern, p));
    p->on_top--;
    return capture(c, node->MatchAs.name, p);
}

/* Brings the captures of an alternative, on the stack and in p, into the order of the first one's. */
static int reorder_captures(Compiler *c, Pattern *p, const Names *wanted)
{
    for (int to = wanted->n - 1; to >= 0; to--) {
        int from = names_find(&p->captures, wanted->item[to]);
        if (from < 0)
            return compile_error(c, "alternative patterns bind different names");
        if (from == to)
            continue;
        names_rotate(&p->captures, from + 1, to);
        for (int i = 0; i <= from; i++)
            TRY(sink(c, to + 1));
    }
    return 0;
}

static int or_pattern(Compiler *c, const Node *node, Pattern *p)
{
    const NodeSeq *alternatives = node->MatchOr.patterns;
    Block *end = block_new(c);
    if (!end)
        return -1;
    Names wanted = { NULL, 0, 0 };
    for (Py_ssize_t i = 0; i < alternatives->n; i++) {
        Pattern inner = { .irrefutable = i == alternatives->n - 1 && p->irrefutable };
        at_node(c, alternatives->item[i]);
        TRY(emit_arg(c, BC_COPY, 1));
        TRY(pattern(c, alternatives->item[i], &inner));
        if (i == 0)
            wanted = inner.captures;
        else if (inner.captures.n != wanted.n)
            return compile_error(c, "alternative patterns bind different names");
        else
            TRY(reorder_captures(c, &inner, &wanted));
        TRY(emit_jump(c, V_JUMP, end));
        TRY(place_failures(c, &inner));
    }
    TRY(emit(c, BC_POP_TOP));
    TRY(jump_to_failure(c, p, V_JUMP));
    block_use(c, end);
    int depth = wanted.n + 1 + p->on_top + p->captures.n; /* the captures sink below all that, and the subject */
    for (int i = 0; i < wanted.n; i++) {
        TRY(sink(c, depth));
        if (names_find(&p->captures, wanted.item[i]) >= 0)
            return duplicate_capture(c, wanted.item[i]);
        TRY(names_append(c, &p->captures, wanted.item[i]));
    }
    return emit(c, BC_POP_TOP);
}

static int pattern_of_kind(Compiler *c, const Node *node, Pattern *p)
{
    switch ((int)node->kind) {
    case MatchValue_kind:     return value_pattern(c, node, p);
    case MatchSingleton_kind: return singleton_pattern(c, node, p);
    case MatchSequence_kind:  return sequence_pattern(c, node, p);
    case MatchMapping_kind:   return mapping_pattern(c, node, p);
    case MatchClass_kind:     return class_pattern(c, node, p);
    case MatchStar_kind:      return capture(c, node->MatchStar.name, p);
    case MatchAs_kind:        return as_pattern(c, node, p);
    case MatchOr_kind:        return or_pattern(c, node, p);
    }
    PyErr_Format(PyExc_SystemError, "invalid match pattern node in AST (kind=%d)", node->kind);
    return -1;
}

static int pattern(Compiler *c, const Node *node, Pattern *p)
{
    TRY(tree_depth_enter(&c->depth));
    at_node(c, node);
    TRY(pattern_of_kind(c, node, p));
    tree_depth_leave(&c->depth);
    return 0;
}

/* ---- the statement ---- */

static int match_case(Compiler *c, const Node *node, bool keep_subject, bool irrefutable, Block *end)
{
    const Node *test = node->match_case.pattern, *guard = node->match_case.guard;
    Pattern p = { .irrefutable = guard || irrefutable };
    at_node(c, test);
    if (keep_subject)
        TRY(emit_arg(c, BC_COPY, 1));
    TRY(pattern(c, test, &p));
    for (int i = 0; i < p.captures.n; i++)
        TRY(compile_name(c, p.captures.item[i], Store));
    if (guard) {
        TRY(need_failure(c, &p, 0));
        TRY(compile_jump_if(c, guard, p.failure[0], false));
    }
    if (keep_subject)
        TRY(emit(c, BC_POP_TOP));
    TRY(compile_statements(c, node->match_case.body));
    TRY(emit_jump(c, V_JUMP, end));
    at_node(c, test); /* a failed test belongs to the pattern, not to the end of the body */
    return place_failures(c, &p);
}

/* A trailing `case _` needs neither copy nor test. */
static int default_case(Compiler *c, const Node *node, bool only, Block *end)
{
    at_node(c, node->match_case.pattern);
    TRY(emit(c, only ? BC_POP_TOP : BC_NOP));
    if (node->match_case.guard)
        TRY(compile_jump_if(c, node->match_case.guard, end, false));
    return compile_statements(c, node->match_case.body);
}

int compile_match(Compiler *c, const Node *node)
{
    const NodeSeq *cases = node->Match.cases;
    Block *end = block_new(c);
    if (!end)
        return -1;
    TRY(compile_expression(c, node->Match.subject));
    const Node *last = cases->item[cases->n - 1];
    bool has_default = cases->n > 1 && is_wildcard(last->match_case.pattern) && !last->match_case.pattern->MatchAs.pattern;
    Py_ssize_t tested = cases->n - has_default;
    for (Py_ssize_t i = 0; i < tested; i++)
        TRY(match_case(c, cases->item[i], i != tested - 1, i == cases->n - 1, end));
    if (has_default)
        TRY(default_case(c, last, cases->n == 1, end));
    block_use(c, end);
    return 0;
}
