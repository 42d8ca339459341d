/* validate.c - whether a tree made by a program is one that the compiler can take.
 *
 * In: a tree from objects.  Out: 0, or -1 with ValueError or TypeError. What the parser makes is always valid.
 * Start at ast_validate(). */
#include "ast/fields.h"
#include "objects/bytes/bytes.h"
#include "objects/complex.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/state.h"

typedef struct Check {
    int depth, limit;
} Check;

static bool check_expr(Check *c, const Node *expr, AstEnum ctx);
static bool check_statement(Check *c, const Node *stmt);
static bool check_pattern(Check *c, const Node *pattern, bool star);

static bool wrong(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    K_AUTO(PyObject *) message = PyUnicode_FromFormatV(format, values);
    va_end(values);
    if (message)
        PyErr_SetObject(PyExc_ValueError, message);
    return false;
}

static bool check_position(const Node *node)
{
    const Position *at = &node->at;
    if (at->lineno > at->end_lineno)
        return wrong("AST node line range (%d, %d) is not valid", at->lineno, at->end_lineno);
    if ((at->lineno < 0 && at->end_lineno != at->lineno) ||
        (at->col_offset < 0 && at->col_offset != at->end_col_offset))
        return wrong("AST node column range (%d, %d) for line range (%d, %d) is not valid", at->col_offset,
                     at->end_col_offset, at->lineno, at->end_lineno);
    if (at->lineno == at->end_lineno && at->col_offset > at->end_col_offset)
        return wrong("line %d, column %d-%d is not a valid range", at->lineno, at->col_offset, at->end_col_offset);
    return true;
}

static bool check_name(PyObject *name)
{
    static const char *const constants[] = { "None", "True", "False" };
    for (int i = 0; i < 3; i++) {
        if (PyUnicode_CompareWithASCIIString(name, constants[i]) == 0)
            return wrong("identifier field can't represent '%s' constant", constants[i]);
    }
    return true;
}

static bool enter(Check *c)
{
    if (++c->depth <= c->limit)
        return !k_stack_is_short("during compilation");
    k_raise(PyExc_RecursionError, "maximum recursion depth exceeded during compilation");
    return false;
}

/* ---- sequences ---- */
static bool check_exprs(Check *c, const NodeSeq *seq, AstEnum ctx, bool null_too)
{
    for (Py_ssize_t i = 0; i < seq->n; i++) {
        if (!seq->item[i] && !null_too)
            return wrong("None disallowed in expression list");
        if (seq->item[i] && !check_expr(c, seq->item[i], ctx))
            return false;
    }
    return true;
}

static bool check_statements(Check *c, const NodeSeq *seq)
{
    for (Py_ssize_t i = 0; i < seq->n; i++) {
        if (!seq->item[i])
            return wrong("None disallowed in statement list");
        if (!check_statement(c, seq->item[i]))
            return false;
    }
    return true;
}

static bool not_empty(Py_ssize_t n, const char *what, const char *owner)
{
    return n || wrong("empty %s on %s", what, owner);
}

static bool check_body(Check *c, const NodeSeq *body, const char *owner)
{
    return not_empty(body->n, "body", owner) && check_statements(c, body);
}

static bool check_targets(Check *c, const NodeSeq *targets, AstEnum ctx)
{
    return not_empty(targets->n, "targets", ctx == Del ? "Delete" : "Assign") && check_exprs(c, targets, ctx, false);
}

static bool check_optional(Check *c, const Node *expr, AstEnum ctx)
{
    return !expr || check_expr(c, expr, ctx);
}

/* ---- parts of expressions ---- */
static bool check_keywords(Check *c, const NodeSeq *keywords)
{
    for (Py_ssize_t i = 0; i < keywords->n; i++) {
        if (!check_expr(c, keywords->item[i]->keyword.value, Load))
            return false;
    }
    return true;
}

static bool check_arg(Check *c, const Node *arg)
{
    return !arg || (check_position(arg) && check_optional(c, arg->arg.annotation, Load));
}

static bool check_args(Check *c, const NodeSeq *args)
{
    for (Py_ssize_t i = 0; i < args->n; i++) {
        if (!check_arg(c, args->item[i]))
            return false;
    }
    return true;
}

static bool check_arguments(Check *c, const Node *args)
{
    if (!check_args(c, args->arguments.posonlyargs) || !check_args(c, args->arguments.args) ||
        !check_arg(c, args->arguments.vararg) || !check_args(c, args->arguments.kwonlyargs) ||
        !check_arg(c, args->arguments.kwarg))
        return false;
    if (args->arguments.defaults->n > args->arguments.posonlyargs->n + args->arguments.args->n)
        return wrong("more positional defaults than args on arguments");
    if (args->arguments.kw_defaults->n != args->arguments.kwonlyargs->n)
        return wrong("length of kwonlyargs is not the same as kw_defaults on arguments");
    return check_exprs(c, args->arguments.defaults, Load, false) &&
           check_exprs(c, args->arguments.kw_defaults, Load, true);
}

static bool check_generators(Check *c, const NodeSeq *generators)
{
    if (!generators->n)
        return wrong("comprehension with no generators");
    for (Py_ssize_t i = 0; i < generators->n; i++) {
        const Node *part = generators->item[i];
        if (!check_expr(c, part->comprehension.target, Store) || !check_expr(c, part->comprehension.iter, Load) ||
            !check_exprs(c, part->comprehension.ifs, Load, false))
            return false;
    }
    return true;
}

static bool check_constant(PyObject *value)
{
    if (value == Py_None || value == Py_Ellipsis || PyLong_CheckExact(value) || PyFloat_CheckExact(value) ||
        PyComplex_CheckExact(value) || PyBool_Check(value) || PyUnicode_CheckExact(value) || PyBytes_CheckExact(value))
        return true;
    if (!PyTuple_CheckExact(value) && !PyFrozenSet_CheckExact(value)) {
        k_raise(PyExc_TypeError, "got an invalid type in Constant: %s", _PyType_Name(Py_TYPE(value)));
        return false;
    }
    if (k_enter_nested(k_tstate(), " during compilation"))
        return false;
    K_AUTO(PyObject *) items = PySequence_Tuple(value);
    bool good = items != NULL;
    for (Py_ssize_t i = 0; good && i < PyTuple_GET_SIZE(items); i++)
        good = check_constant(PyTuple_GET_ITEM(items, i));
    k_leave_recursive(k_tstate());
    return good;
}

/* The context of expressions that have one; Load with *has false for the others. */
static AstEnum context_of(const Node *expr, bool *has)
{
    *has = true;
    switch ((int)expr->kind) {
    case Attribute_kind: return expr->Attribute.ctx;
    case Subscript_kind: return expr->Subscript.ctx;
    case Starred_kind:   return expr->Starred.ctx;
    case Name_kind:      return expr->Name.ctx;
    case List_kind:      return expr->List.ctx;
    case Tuple_kind:     return expr->Tuple.ctx;
    }
    *has = false;
    return Load;
}

static bool check_context(const Node *expr, AstEnum ctx)
{
    bool has;
    AstEnum actual = context_of(expr, &has);
    if (expr->kind == Name_kind && !check_name(expr->Name.id))
        return false;
    if (!has && ctx != Load)
        return wrong("expression which can't be assigned to in %s context", ast_enum_values[ctx].name);
    if (has && actual != ctx)
        return wrong("expression must have %s context but has %s instead", ast_enum_values[ctx].name,
                     ast_enum_values[actual].name);
    return true;
}

static bool check_compare(Check *c, const Node *expr)
{
    if (!expr->Compare.comparators->n)
        return wrong("Compare with no comparators");
    if (expr->Compare.comparators->n != expr->Compare.ops->n)
        return wrong("Compare has a different number of comparators and operands");
    return check_exprs(c, expr->Compare.comparators, Load, false) && check_expr(c, expr->Compare.left, Load);
}

static bool check_dict(Check *c, const Node *expr)
{
    if (expr->Dict.keys->n != expr->Dict.values->n)
        return wrong("Dict doesn't have the same number of keys as values");
    return check_exprs(c, expr->Dict.keys, Load, true) && check_exprs(c, expr->Dict.values, Load, false);
}

static bool check_inside(Check *c, const Node *expr, AstEnum ctx)
{
    switch ((int)expr->kind) {
    case BoolOp_kind:
        if (expr->BoolOp.values->n < 2)
            return wrong("BoolOp with less than 2 values");
        return check_exprs(c, expr->BoolOp.values, Load, false);
    case BinOp_kind:
        return check_expr(c, expr->BinOp.left, Load) && check_expr(c, expr->BinOp.right, Load);
    case UnaryOp_kind:
        return check_expr(c, expr->UnaryOp.operand, Load);
    case Lambda_kind:
        return check_arguments(c, expr->Lambda.args) && check_expr(c, expr->Lambda.body, Load);
    case IfExp_kind:
        return check_expr(c, expr->IfExp.test, Load) && check_expr(c, expr->IfExp.body, Load) &&
               check_expr(c, expr->IfExp.orelse, Load);
    case Dict_kind:
        return check_dict(c, expr);
    case Set_kind:
        return check_exprs(c, expr->Set.elts, Load, false);
    case ListComp_kind:
        return check_generators(c, expr->ListComp.generators) && check_expr(c, expr->ListComp.elt, Load);
    case SetComp_kind:
        return check_generators(c, expr->SetComp.generators) && check_expr(c, expr->SetComp.elt, Load);
    case GeneratorExp_kind:
        return check_generators(c, expr->GeneratorExp.generators) && check_expr(c, expr->GeneratorExp.elt, Load);
    case DictComp_kind:
        return check_generators(c, expr->DictComp.generators) && check_expr(c, expr->DictComp.key, Load) &&
               check_expr(c, expr->DictComp.value, Load);
    case Yield_kind:
        return check_optional(c, expr->Yield.value, Load);
    case YieldFrom_kind:
        return check_expr(c, expr->YieldFrom.value, Load);
    case Await_kind:
        return check_expr(c, expr->Await.value, Load);
    case Compare_kind:
        return check_compare(c, expr);
    case Call_kind:
        return check_expr(c, expr->Call.func, Load) && check_exprs(c, expr->Call.args, Load, false) &&
               check_keywords(c, expr->Call.keywords);
    case Constant_kind:
        return check_constant(expr->Constant.value);
    case JoinedStr_kind:
        return check_exprs(c, expr->JoinedStr.values, Load, false);
    case FormattedValue_kind:
        return check_expr(c, expr->FormattedValue.value, Load) &&
               check_optional(c, expr->FormattedValue.format_spec, Load);
    case Attribute_kind:
        return check_expr(c, expr->Attribute.value, Load);
    case Subscript_kind:
        return check_expr(c, expr->Subscript.slice, Load) && check_expr(c, expr->Subscript.value, Load);
    case Starred_kind:
        return check_expr(c, expr->Starred.value, ctx);
    case List_kind:
        return check_exprs(c, expr->List.elts, ctx, false);
    case Tuple_kind:
        return check_exprs(c, expr->Tuple.elts, ctx, false);
    case NamedExpr_kind:
        return check_expr(c, expr->NamedExpr.value, Load);
    case Slice_kind:
        return check_optional(c, expr->Slice.lower, Load) && check_optional(c, expr->Slice.upper, Load) &&
               check_optional(c, expr->Slice.step, Load);
    }
    return true; /* Name */
}

static bool check_expr(Check *c, const Node *expr, AstEnum ctx)
{
    if (!check_position(expr) || !enter(c) || !check_context(expr, ctx) || !check_inside(c, expr, ctx))
        return false;
    c->depth--;
    return true;
}

/* ---- patterns ---- */
static bool is_number(const Node *expr, bool real, bool imaginary)
{
    if (expr->kind != Constant_kind)
        return false;
    PyObject *value = expr->Constant.value;
    return (real && (PyFloat_CheckExact(value) || PyLong_CheckExact(value))) ||
           (imaginary && PyComplex_CheckExact(value));
}

static bool is_negative(const Node *expr, bool imaginary)
{
    return expr->kind == UnaryOp_kind && expr->UnaryOp.op == USub && is_number(expr->UnaryOp.operand, true, imaginary);
}

static bool is_complex(const Node *expr)
{
    if (expr->BinOp.op != Add && expr->BinOp.op != Sub)
        return false;
    return (is_number(expr->BinOp.left, true, false) || is_negative(expr->BinOp.left, false)) &&
           is_number(expr->BinOp.right, false, true);
}

static bool check_pattern_value(Check *c, const Node *expr)
{
    if (!check_expr(c, expr, Load))
        return false;
    switch ((int)expr->kind) {
    case Constant_kind: {
        PyObject *value = expr->Constant.value;
        if (PyLong_CheckExact(value) || PyFloat_CheckExact(value) || PyBytes_CheckExact(value) ||
            PyComplex_CheckExact(value) || PyUnicode_CheckExact(value))
            return true;
        return wrong("unexpected constant inside of a literal pattern");
    }
    case Attribute_kind:
    case JoinedStr_kind: /* the compiler tells */
        return true;
    case UnaryOp_kind:
        if (is_negative(expr, true))
            return true;
        break;
    case BinOp_kind:
        if (is_complex(expr))
            return true;
        break;
    }
    return wrong("patterns may only match literals and attribute lookups");
}

static bool check_capture(PyObject *name)
{
    if (!name)
        return true;
    if (PyUnicode_CompareWithASCIIString(name, "_") == 0)
        return wrong("can't capture name '_' in patterns");
    return check_name(name);
}

static bool check_patterns(Check *c, const NodeSeq *patterns, bool star)
{
    for (Py_ssize_t i = 0; i < patterns->n; i++) {
        if (!patterns->item[i])
            return wrong("None disallowed in pattern list");
        if (!check_pattern(c, patterns->item[i], star))
            return false;
    }
    return true;
}

static bool is_singleton(PyObject *value)
{
    return value == Py_None || value == Py_True || value == Py_False;
}

static bool check_mapping(Check *c, const Node *pattern)
{
    const NodeSeq *keys = pattern->MatchMapping.keys;
    if (keys->n != pattern->MatchMapping.patterns->n)
        return wrong("MatchMapping doesn't have the same number of keys as patterns");
    if (!check_capture(pattern->MatchMapping.rest))
        return false;
    for (Py_ssize_t i = 0; i < keys->n; i++) {
        const Node *key = keys->item[i];
        if (!key)
            return wrong("None disallowed in expression list");
        if (key->kind == Constant_kind && is_singleton(key->Constant.value))
            continue;
        if (!check_pattern_value(c, key))
            return false;
    }
    return check_patterns(c, pattern->MatchMapping.patterns, false);
}

static bool check_class_pattern(Check *c, const Node *pattern)
{
    const IdentSeq *names = pattern->MatchClass.kwd_attrs;
    if (names->n != pattern->MatchClass.kwd_patterns->n)
        return wrong("MatchClass doesn't have the same number of keyword attributes as patterns");
    if (!check_expr(c, pattern->MatchClass.cls, Load))
        return false;
    const Node *cls = pattern->MatchClass.cls;
    while (cls->kind == Attribute_kind)
        cls = cls->Attribute.value;
    if (cls->kind != Name_kind)
        return wrong("MatchClass cls field can only contain Name or Attribute nodes.");
    for (Py_ssize_t i = 0; i < names->n; i++) {
        if (names->item[i] && !check_name(names->item[i]))
            return false;
    }
    return check_patterns(c, pattern->MatchClass.patterns, false) &&
           check_patterns(c, pattern->MatchClass.kwd_patterns, false);
}

static bool check_pattern_inside(Check *c, const Node *pattern, bool star)
{
    switch ((int)pattern->kind) {
    case MatchValue_kind:
        return check_pattern_value(c, pattern->MatchValue.value);
    case MatchSingleton_kind:
        return is_singleton(pattern->MatchSingleton.value) ||
               wrong("MatchSingleton can only contain True, False and None");
    case MatchSequence_kind:
        return check_patterns(c, pattern->MatchSequence.patterns, true);
    case MatchMapping_kind:
        return check_mapping(c, pattern);
    case MatchClass_kind:
        return check_class_pattern(c, pattern);
    case MatchStar_kind:
        return star ? check_capture(pattern->MatchStar.name) : wrong("can't use MatchStar here");
    case MatchAs_kind:
        if (!check_capture(pattern->MatchAs.name))
            return false;
        if (!pattern->MatchAs.pattern)
            return true;
        if (!pattern->MatchAs.name)
            return wrong("MatchAs must specify a target name if a pattern is given");
        return check_pattern(c, pattern->MatchAs.pattern, false);
    case MatchOr_kind:
        if (pattern->MatchOr.patterns->n < 2)
            return wrong("MatchOr requires at least 2 patterns");
        return check_patterns(c, pattern->MatchOr.patterns, false);
    }
    return wrong("unexpected pattern");
}

static bool check_pattern(Check *c, const Node *pattern, bool star)
{
    if (!check_position(pattern) || !enter(c) || !check_pattern_inside(c, pattern, star))
        return false;
    c->depth--;
    return true;
}

/* ---- statements ---- */
/* CPython looks at the positions of plain handlers only. */
static bool check_handlers(Check *c, const NodeSeq *handlers, bool star)
{
    for (Py_ssize_t i = 0; i < handlers->n; i++) {
        const Node *handler = handlers->item[i];
        if (!handler)
            return wrong("None disallowed in handler list");
        if ((!star && !check_position(handler)) || !check_optional(c, handler->ExceptHandler.type, Load) ||
            !check_body(c, handler->ExceptHandler.body, "ExceptHandler"))
            return false;
    }
    return true;
}

static bool check_try(Check *c, const char *name, const NodeSeq *body, const NodeSeq *handlers, const NodeSeq *orelse,
                      const NodeSeq *finalbody)
{
    if (!check_body(c, body, name))
        return false;
    if (!handlers->n && !finalbody->n)
        return wrong("%s has neither except handlers nor finalbody", name);
    if (!handlers->n && orelse->n)
        return wrong("%s has orelse but no except handlers", name);
    return check_handlers(c, handlers, strcmp(name, "TryStar") == 0) && check_statements(c, finalbody) &&
           check_statements(c, orelse);
}

static bool check_with(Check *c, const char *name, const NodeSeq *items, const NodeSeq *body)
{
    if (!not_empty(items->n, "items", name))
        return false;
    for (Py_ssize_t i = 0; i < items->n; i++) {
        if (!check_expr(c, items->item[i]->withitem.context_expr, Load) ||
            !check_optional(c, items->item[i]->withitem.optional_vars, Store))
            return false;
    }
    return check_body(c, body, name);
}

static bool check_for(Check *c, const char *name, const Node *target, const Node *iter, const NodeSeq *body,
                      const NodeSeq *orelse)
{
    return check_expr(c, target, Store) && check_expr(c, iter, Load) && check_body(c, body, name) &&
           check_statements(c, orelse);
}

static bool check_function(Check *c, const char *name, const Node *args, const NodeSeq *body, const NodeSeq *decorators,
                           const Node *returns)
{
    return check_body(c, body, name) && check_arguments(c, args) && check_exprs(c, decorators, Load, false) &&
           check_optional(c, returns, Load);
}

static bool check_match(Check *c, const Node *stmt)
{
    if (!check_expr(c, stmt->Match.subject, Load) || !not_empty(stmt->Match.cases->n, "cases", "Match"))
        return false;
    for (Py_ssize_t i = 0; i < stmt->Match.cases->n; i++) {
        const Node *block = stmt->Match.cases->item[i];
        if (!check_pattern(c, block->match_case.pattern, false) || !check_optional(c, block->match_case.guard, Load) ||
            !check_body(c, block->match_case.body, "match_case"))
            return false;
    }
    return true;
}

static bool check_simple(Check *c, const Node *stmt)
{
    switch ((int)stmt->kind) {
    case Return_kind:
        return check_optional(c, stmt->Return.value, Load);
    case Delete_kind:
        return check_targets(c, stmt->Delete.targets, Del);
    case Assign_kind:
        return check_targets(c, stmt->Assign.targets, Store) && check_expr(c, stmt->Assign.value, Load);
    case AugAssign_kind:
        return check_expr(c, stmt->AugAssign.target, Store) && check_expr(c, stmt->AugAssign.value, Load);
    case AnnAssign_kind:
        if (stmt->AnnAssign.target->kind != Name_kind && stmt->AnnAssign.simple) {
            k_raise(PyExc_TypeError, "AnnAssign with simple non-Name target");
            return false;
        }
        return check_expr(c, stmt->AnnAssign.target, Store) && check_optional(c, stmt->AnnAssign.value, Load) &&
               check_expr(c, stmt->AnnAssign.annotation, Load);
    case Raise_kind:
        if (!stmt->Raise.exc)
            return !stmt->Raise.cause || wrong("Raise with cause but no exception");
        return check_expr(c, stmt->Raise.exc, Load) && check_optional(c, stmt->Raise.cause, Load);
    case Assert_kind:
        return check_expr(c, stmt->Assert.test, Load) && check_optional(c, stmt->Assert.msg, Load);
    case Import_kind:
        return not_empty(stmt->Import.names->n, "names", "Import");
    case ImportFrom_kind:
        if (stmt->ImportFrom.level < 0)
            return wrong("Negative ImportFrom level");
        return not_empty(stmt->ImportFrom.names->n, "names", "ImportFrom");
    case Global_kind:
        return not_empty(stmt->Global.names->n, "names", "Global");
    case Nonlocal_kind:
        return not_empty(stmt->Nonlocal.names->n, "names", "Nonlocal");
    case Expr_kind:
        return check_expr(c, stmt->Expr.value, Load);
    }
    return true; /* Pass, Break, Continue */
}

static bool check_statement_inside(Check *c, const Node *stmt)
{
    const char *name = ast_kinds[stmt->kind].name;
    switch ((int)stmt->kind) {
    case FunctionDef_kind:
        return check_function(c, name, stmt->FunctionDef.args, stmt->FunctionDef.body, stmt->FunctionDef.decorator_list,
                              stmt->FunctionDef.returns);
    case AsyncFunctionDef_kind:
        return check_function(c, name, stmt->AsyncFunctionDef.args, stmt->AsyncFunctionDef.body,
                              stmt->AsyncFunctionDef.decorator_list, stmt->AsyncFunctionDef.returns);
    case ClassDef_kind:
        return check_body(c, stmt->ClassDef.body, name) && check_exprs(c, stmt->ClassDef.bases, Load, false) &&
               check_keywords(c, stmt->ClassDef.keywords) && check_exprs(c, stmt->ClassDef.decorator_list, Load, false);
    case For_kind:
        return check_for(c, name, stmt->For.target, stmt->For.iter, stmt->For.body, stmt->For.orelse);
    case AsyncFor_kind:
        return check_for(c, name, stmt->AsyncFor.target, stmt->AsyncFor.iter, stmt->AsyncFor.body,
                         stmt->AsyncFor.orelse);
    case While_kind:
        return check_expr(c, stmt->While.test, Load) && check_body(c, stmt->While.body, name) &&
               check_statements(c, stmt->While.orelse);
    case If_kind:
        return check_expr(c, stmt->If.test, Load) && check_body(c, stmt->If.body, name) &&
               check_statements(c, stmt->If.orelse);
    case With_kind:
        return check_with(c, name, stmt->With.items, stmt->With.body);
    case AsyncWith_kind:
        return check_with(c, name, stmt->AsyncWith.items, stmt->AsyncWith.body);
    case Match_kind:
        return check_match(c, stmt);
    case Try_kind:
        return check_try(c, name, stmt->Try.body, stmt->Try.handlers, stmt->Try.orelse, stmt->Try.finalbody);
    case TryStar_kind:
        return check_try(c, name, stmt->TryStar.body, stmt->TryStar.handlers, stmt->TryStar.orelse,
                         stmt->TryStar.finalbody);
    }
    return check_simple(c, stmt);
}

static bool check_statement(Check *c, const Node *stmt)
{
    if (!check_position(stmt) || !enter(c) || !check_statement_inside(c, stmt))
        return false;
    c->depth--;
    return true;
}

int ast_validate(const Node *mod)
{
    Check c;
    bool good = false;
    ast_depth(&c.depth, &c.limit);
    switch ((int)mod->kind) {
    case Module_kind:
        good = check_statements(&c, mod->Module.body);
        break;
    case Interactive_kind:
        good = check_statements(&c, mod->Interactive.body);
        break;
    case Expression_kind:
        good = check_expr(&c, mod->Expression.body, Load);
        break;
    case FunctionType_kind:
        good = check_exprs(&c, mod->FunctionType.argtypes, Load, false) &&
               check_expr(&c, mod->FunctionType.returns, Load);
        break;
    }
    return good ? 0 : -1;
}
