/* complain.c - what the rules for wrong programs say.
 *
 * In: the parts that a rule named.  Out: a SyntaxError, or none when the rule does not hold after all.
 * Start at finder_complain(). */
#include "objects/str/str.h"
#include "parse/finder.h"
#include "runtime/errors.h"

/* ---- names of expressions ---- */
static const char *token_name(const Token *t)
{
    switch ((int)t->kind) {
    case NAME:     return "name";
    case KW_NONE:  return "None";
    case KW_TRUE:  return "True";
    case KW_FALSE: return "False";
    case ELLIPSIS: return "ellipsis";
    }
    return "literal";
}

static const char *part_name(const Part *part)
{
    static const char *const names[NODE_KINDS] = {
        [Attribute_kind] = "attribute", [Subscript_kind] = "subscript", [Starred_kind] = "starred",
        [Name_kind] = "name",
        [List_kind] = "list", [Tuple_kind] = "tuple", [Lambda_kind] = "lambda", [Call_kind] = "function call",
        [BoolOp_kind] = "expression", [BinOp_kind] = "expression", [UnaryOp_kind] = "expression",
        [GeneratorExp_kind] = "generator expression", [Yield_kind] = "yield expression",
        [YieldFrom_kind] = "yield expression", [Await_kind] = "await expression",
        [ListComp_kind] = "list comprehension", [SetComp_kind] = "set comprehension",
        [DictComp_kind] = "dict comprehension", [Dict_kind] = "dict literal", [Set_kind] = "set display",
        [JoinedStr_kind] = "f-string expression", [FormattedValue_kind] = "f-string expression",
        [Constant_kind] = "literal", [Compare_kind] = "comparison", [IfExp_kind] = "conditional expression",
        [NamedExpr_kind] = "named expression",
    };
    if (part->kind == PART_TOKEN)
        return token_name(part->first);
    return part->kind >= 0 && names[part->kind] ? names[part->kind] : "expression";
}

/* ---- parts ---- */

/* The next part that is neither a token of punctuation nor a group of parts, in order. */
static bool is_element(const Part *part)
{
    if (part->kind != PART_TOKEN)
        return part->kind >= 0;
    switch ((int)part->first->kind) {
    case NAME: case NUMBER: case KW_NONE: case KW_TRUE: case KW_FALSE: case ELLIPSIS:
        return true;
    }
    return false;
}

static const Part *last_element(const Part *part)
{
    if (is_element(part))
        return part;
    for (Py_ssize_t i = part->n; part->kind == PART_SEVERAL && i > 0; i--) {
        const Part *found = last_element(part->child[i - 1]);
        if (found)
            return found;
    }
    return NULL;
}

/* The first element that is no possible target, or NULL. */
static const Part *wrong_target(const Part *part, char how);

static const Part *wrong_in(const Part *part, char how)
{
    for (Py_ssize_t i = 0; i < part->n; i++) {
        const Part *child = part->child[i], *found = NULL;
        if (is_element(child))
            found = wrong_target(child, how);
        else if (child->kind == PART_SEVERAL)
            found = wrong_in(child, how);
        if (found)
            return found;
    }
    return NULL;
}

static const Part *wrong_target(const Part *part, char how)
{
    switch (part->kind) {
    case PART_TOKEN:
        return part->first->kind == NAME ? NULL : part;
    case List_kind:
    case Tuple_kind:
        return wrong_in(part, how);
    case Starred_kind:
        return how == 'd' ? part : wrong_in(part, how);
    case Compare_kind: { /* "for a in b" reads as a comparison: its left side is the target */
        const Part *pair = part->child[1]->child[0];
        if (how != 'l')
            return part;
        return pair->first->kind == KW_IN ? wrong_target(part->child[0], how) : NULL;
    }
    case Attribute_kind:
    case Subscript_kind:
        return NULL;
    }
    return part;
}

/* ---- raising ---- */
static void raise_range(Finder *f, const Part *first, const Part *last, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    K_AUTO(PyObject *) message = PyUnicode_FromFormatV(format, values);
    va_end(values);
    if (message)
        parse_raise_at(f->p, PyExc_SyntaxError, first->first->lineno, first->first->col_offset, last->last->end_lineno,
                       last->last->end_col_offset, "%U", message);
}

static void check_target(Finder *f, const Part *part, char how)
{
    const Part *wrong = wrong_target(part, how);
    if (wrong)
        raise_range(f, wrong, wrong, how == 'd' ? "cannot delete %s" : "cannot assign to %s", part_name(wrong));
}

static bool is_statement_name(const Part *part)
{
    const Token *t = part->first;
    if (part->kind != PART_TOKEN || t->kind != NAME)
        return false;
    return (t->size == 5 && memcmp(t->text, "print", 5) == 0) || (t->size == 4 && memcmp(t->text, "exec", 4) == 0);
}

static void check_legacy(Finder *f, const Part *name, const Part *value)
{
    if (is_statement_name(name)) {
        const char *word = name->first->size == 5 ? "print" : "exec";
        raise_range(f, name, value, "Missing parentheses in call to '%s'. Did you mean %s(...)?", word, word);
    }
}

static void check_comma(Finder *f, const Part *left, const Part *right)
{
    if (!is_statement_name(left) && f->p->token[f->p->mark - 1]->level)
        raise_range(f, left, right, "invalid syntax. Perhaps you forgot a comma?");
}

/* Positional arguments within; the last of them in *last. */
static int count_positional(const Part *part, const Part **last)
{
    int n = 0;
    if (is_element(part)) {
        if (part->kind == keyword_kind)
            return 0;
        *last = part;
        return 1;
    }
    for (Py_ssize_t i = 0; part->kind == PART_SEVERAL && i < part->n; i++)
        n += count_positional(part->child[i], last);
    return n;
}

static bool has_double_star(const Part *part)
{
    if (part->kind == keyword_kind)
        return part->first->kind == DOUBLESTAR;
    for (Py_ssize_t i = 0; part->kind == PART_SEVERAL && i < part->n; i++) {
        if (has_double_star(part->child[i]))
            return true;
    }
    return false;
}

static void check_generator(Finder *f, const Part *args, const Part *clauses)
{
    const Part *last = NULL;
    if (count_positional(args, &last) > 1)
        raise_range(f, last, last_element(clauses), "Generator expression must be parenthesized");
}

static void check(Finder *f, const char *what, const Part *a, const Part *b)
{
    if (strncmp(what, "legacy", 6) == 0) {
        check_legacy(f, a, b);
    } else if (strncmp(what, "comma", 5) == 0) {
        check_comma(f, a, b);
    } else if (strncmp(what, "assigned", 8) == 0) {
        check_target(f, a, 'a');
    } else if (strncmp(what, "deleted", 7) == 0) {
        check_target(f, a, 'd');
    } else if (strncmp(what, "looped", 6) == 0) {
        check_target(f, a, 'l');
    } else if (strncmp(what, "generator", 9) == 0) {
        check_generator(f, a, b);
    } else if (strncmp(what, "positional", 10) == 0) {
        parse_raise(f->p, PyExc_SyntaxError, has_double_star(a)
                    ? "positional argument follows keyword argument unpacking"
                    : "positional argument follows keyword argument");
    } else { /* colon */
        parse_raise_at(f->p, PyExc_SyntaxError, a->first->lineno, a->last->end_col_offset - 1, a->last->end_lineno, -1,
                       "':' expected after dictionary key");
    }
}

void finder_complain(Finder *f, const Alt *alt, Part *const *label)
{
    const Part *a = alt->first ? label[alt->first - 'a'] : label[0], *b = alt->last ? label[alt->last - 'a'] : label[1];
    switch (alt->action) {
    case DO_RAISE:
        raise_range(f, a, alt->last_item ? last_element(b) : b, alt->text, part_name(a));
        break;
    case DO_FROM:
        parse_raise_at(f->p, PyExc_SyntaxError, a->first->lineno, a->first->col_offset, PARSE_HERE, PARSE_HERE, "%s",
                       alt->text);
        break;
    case DO_HERE:
        parse_raise(f->p, PyExc_SyntaxError, "%s", alt->text);
        break;
    case DO_INDENT:
        if (alt->first)
            parse_raise(f->p, PyExc_IndentationError, "expected an indented block after %s on line %d", alt->text,
                        a->first->lineno);
        else
            parse_raise(f->p, PyExc_IndentationError, "%s", alt->text);
        break;
    case DO_CHECK:
        check(f, alt->text, a, b);
        break;
    case DO_NOTHING:
    case DO_NODE:
    case DO_LABEL:
        break;
    }
}
