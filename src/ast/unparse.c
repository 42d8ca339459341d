/* unparse.c - an expression back to source text, as annotations that are kept as text need it.
 *
 * In: an expression node.  Out: a str. An operand is put in parentheses when the place it stands in asks for a higher
 * precedence than it has. Start at ast_unparse(). */
#include "ast/ast.h"
#include "objects/complex.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/state.h"

/* Loosest first. */
typedef enum {
    AS_TUPLE, AS_TEST, AS_OR, AS_AND, AS_NOT, AS_COMPARE, AS_BIT_OR, AS_BIT_XOR, AS_BIT_AND, AS_SHIFT, AS_SUM, AS_TERM,
    AS_FACTOR, AS_POWER, AS_AWAIT, AS_ATOM
} Level;

typedef struct _PyUnicodeWriter Writer;

static bool write_expr(Writer *w, const Node *expr, int level);

static bool write_text(Writer *w, const char *text)
{
    return _PyUnicodeWriter_WriteASCIIString(w, text, (Py_ssize_t)strlen(text)) == 0;
}

static bool write_if(Writer *w, bool wanted, const char *text)
{
    return !wanted || write_text(w, text);
}

static bool write_str(Writer *w, PyObject *text)
{
    return _PyUnicodeWriter_WriteStr(w, text) == 0;
}

static bool write_list(Writer *w, const NodeSeq *elts, int level)
{
    for (Py_ssize_t i = 0; i < elts->n; i++) {
        if (!write_if(w, i > 0, ", ") || !write_expr(w, elts->item[i], level))
            return false;
    }
    return true;
}

/* ---- operators ---- */
static const struct {
    const char *text;
    Level level;
} operators[AST_ENUM_VALUES] = {
    [And] = { " and ", AS_AND },     [Or] = { " or ", AS_OR },
    [Add] = { " + ", AS_SUM },       [Sub] = { " - ", AS_SUM },         [Mult] = { " * ", AS_TERM },
    [MatMult] = { " @ ", AS_TERM },  [Div] = { " / ", AS_TERM },        [Mod] = { " % ", AS_TERM },
    [Pow] = { " ** ", AS_POWER },    [LShift] = { " << ", AS_SHIFT },   [RShift] = { " >> ", AS_SHIFT },
    [BitOr] = { " | ", AS_BIT_OR },  [BitXor] = { " ^ ", AS_BIT_XOR },  [BitAnd] = { " & ", AS_BIT_AND },
    [FloorDiv] = { " // ", AS_TERM },
    [Invert] = { "~", AS_FACTOR },   [Not] = { "not ", AS_NOT },        [UAdd] = { "+", AS_FACTOR },
    [USub] = { "-", AS_FACTOR },
    [Eq] = { " == ", AS_COMPARE },   [NotEq] = { " != ", AS_COMPARE },  [Lt] = { " < ", AS_COMPARE },
    [LtE] = { " <= ", AS_COMPARE },  [Gt] = { " > ", AS_COMPARE },      [GtE] = { " >= ", AS_COMPARE },
    [Is] = { " is ", AS_COMPARE },   [IsNot] = { " is not ", AS_COMPARE }, [In] = { " in ", AS_COMPARE },
    [NotIn] = { " not in ", AS_COMPARE },
};

static bool write_bool_op(Writer *w, const Node *expr, int level)
{
    int own = operators[expr->BoolOp.op].level;
    if (!write_if(w, level > own, "("))
        return false;
    for (Py_ssize_t i = 0; i < expr->BoolOp.values->n; i++) {
        if (!write_if(w, i > 0, operators[expr->BoolOp.op].text) ||
            !write_expr(w, expr->BoolOp.values->item[i], own + 1))
            return false;
    }
    return write_if(w, level > own, ")");
}

static bool write_binary(Writer *w, const Node *expr, int level)
{
    int own = operators[expr->BinOp.op].level;
    bool to_right = expr->BinOp.op == Pow;
    return write_if(w, level > own, "(") && write_expr(w, expr->BinOp.left, own + to_right) &&
           write_text(w, operators[expr->BinOp.op].text) && write_expr(w, expr->BinOp.right, own + !to_right) &&
           write_if(w, level > own, ")");
}

static bool write_unary(Writer *w, const Node *expr, int level)
{
    int own = operators[expr->UnaryOp.op].level;
    return write_if(w, level > own, "(") && write_text(w, operators[expr->UnaryOp.op].text) &&
           write_expr(w, expr->UnaryOp.operand, own) && write_if(w, level > own, ")");
}

static bool write_compare(Writer *w, const Node *expr, int level)
{
    if (!write_if(w, level > AS_COMPARE, "(") || !write_expr(w, expr->Compare.left, AS_COMPARE + 1))
        return false;
    for (Py_ssize_t i = 0; i < expr->Compare.ops->n; i++) {
        if (!write_text(w, operators[expr->Compare.ops->item[i]].text) ||
            !write_expr(w, expr->Compare.comparators->item[i], AS_COMPARE + 1))
            return false;
    }
    return write_if(w, level > AS_COMPARE, ")");
}

/* ---- lambda ---- */
static bool write_param(Writer *w, bool *first, const char *stars, const Node *arg, const Node *value)
{
    bool comma = !*first;
    *first = false;
    if (!write_if(w, comma, ", ") || !write_text(w, stars))
        return false;
    if (arg && (!write_str(w, arg->arg.arg) ||
                (arg->arg.annotation && !(write_text(w, ": ") && write_expr(w, arg->arg.annotation, AS_TEST)))))
        return false;
    return !value || (write_text(w, "=") && write_expr(w, value, AS_TEST));
}

static bool write_params(Writer *w, const Node *args)
{
    const NodeSeq *posonly = args->arguments.posonlyargs, *plain = args->arguments.args;
    const NodeSeq *defaults = args->arguments.defaults, *kwonly = args->arguments.kwonlyargs;
    Py_ssize_t n = posonly->n + plain->n;
    bool first = true;
    for (Py_ssize_t i = 0; i < n; i++) {
        const Node *arg = i < posonly->n ? posonly->item[i] : plain->item[i - posonly->n];
        Py_ssize_t d = i - (n - defaults->n);
        if (!write_param(w, &first, "", arg, d >= 0 ? defaults->item[d] : NULL) ||
            !write_if(w, i + 1 == posonly->n, ", /"))
            return false;
    }
    if ((args->arguments.vararg || kwonly->n) && !write_param(w, &first, "*", args->arguments.vararg, NULL))
        return false;
    for (Py_ssize_t i = 0; i < kwonly->n; i++) {
        if (!write_param(w, &first, "", kwonly->item[i], args->arguments.kw_defaults->item[i]))
            return false;
    }
    return !args->arguments.kwarg || write_param(w, &first, "**", args->arguments.kwarg, NULL);
}

static bool write_lambda(Writer *w, const Node *expr, int level)
{
    const Node *args = expr->Lambda.args;
    bool positional = args->arguments.args->n + args->arguments.posonlyargs->n > 0;
    return write_if(w, level > AS_TEST, "(") && write_text(w, positional ? "lambda " : "lambda") &&
           write_params(w, args) && write_text(w, ": ") && write_expr(w, expr->Lambda.body, AS_TEST) &&
           write_if(w, level > AS_TEST, ")");
}

static bool write_if_else(Writer *w, const Node *expr, int level)
{
    return write_if(w, level > AS_TEST, "(") && write_expr(w, expr->IfExp.body, AS_TEST + 1) && write_text(w, " if ") &&
           write_expr(w, expr->IfExp.test, AS_TEST + 1) && write_text(w, " else ") &&
           write_expr(w, expr->IfExp.orelse, AS_TEST) && write_if(w, level > AS_TEST, ")");
}

/* ---- displays and comprehensions ---- */
static bool write_dict(Writer *w, const Node *expr)
{
    const NodeSeq *keys = expr->Dict.keys, *values = expr->Dict.values;
    if (!write_text(w, "{"))
        return false;
    for (Py_ssize_t i = 0; i < values->n; i++) {
        const Node *key = keys->item[i];
        if (!write_if(w, i > 0, ", ") ||
            !(key ? write_expr(w, key, AS_TEST) && write_text(w, ": ") : write_text(w, "**")) ||
            !write_expr(w, values->item[i], key ? AS_TEST : AS_BIT_OR))
            return false;
    }
    return write_text(w, "}");
}

static bool write_generators(Writer *w, const NodeSeq *generators)
{
    for (Py_ssize_t i = 0; i < generators->n; i++) {
        const Node *part = generators->item[i];
        if (!write_text(w, part->comprehension.is_async ? " async for " : " for ") ||
            !write_expr(w, part->comprehension.target, AS_TUPLE) || !write_text(w, " in ") ||
            !write_expr(w, part->comprehension.iter, AS_TEST + 1))
            return false;
        for (Py_ssize_t k = 0; k < part->comprehension.ifs->n; k++) {
            if (!write_text(w, " if ") || !write_expr(w, part->comprehension.ifs->item[k], AS_TEST + 1))
                return false;
        }
    }
    return true;
}

static bool write_comprehension(Writer *w, const char *open, const Node *elt, const NodeSeq *generators,
                                const char *close)
{
    return write_text(w, open) && write_expr(w, elt, AS_TEST) && write_generators(w, generators) &&
           write_text(w, close);
}

static bool write_dict_comprehension(Writer *w, const Node *expr)
{
    return write_text(w, "{") && write_expr(w, expr->DictComp.key, AS_TEST) && write_text(w, ": ") &&
           write_expr(w, expr->DictComp.value, AS_TEST) && write_generators(w, expr->DictComp.generators) &&
           write_text(w, "}");
}

static bool write_tuple(Writer *w, const Node *expr, int level)
{
    const NodeSeq *elts = expr->Tuple.elts;
    if (!elts->n)
        return write_text(w, "()");
    return write_if(w, level > AS_TUPLE, "(") && write_list(w, elts, AS_TEST) && write_if(w, elts->n == 1, ",") &&
           write_if(w, level > AS_TUPLE, ")");
}

/* ---- calls, attributes, subscripts ---- */
static bool write_call(Writer *w, const Node *expr)
{
    const NodeSeq *args = expr->Call.args, *keywords = expr->Call.keywords;
    if (!write_expr(w, expr->Call.func, AS_ATOM))
        return false;
    if (args->n == 1 && !keywords->n && args->item[0]->kind == GeneratorExp_kind)
        return write_expr(w, args->item[0], AS_TUPLE); /* brings its parentheses */
    if (!write_text(w, "(") || !write_list(w, args, AS_TEST))
        return false;
    for (Py_ssize_t i = 0; i < keywords->n; i++) {
        const Node *keyword = keywords->item[i];
        bool named = keyword->keyword.arg != NULL;
        if (!write_if(w, i > 0 || args->n > 0, ", ") ||
            !(named ? write_str(w, keyword->keyword.arg) && write_text(w, "=") : write_text(w, "**")) ||
            !write_expr(w, keyword->keyword.value, AS_TEST))
            return false;
    }
    return write_text(w, ")");
}

static bool write_attribute(Writer *w, const Node *expr)
{
    const Node *value = expr->Attribute.value;
    bool number = value->kind == Constant_kind && PyLong_CheckExact(value->Constant.value);
    return write_expr(w, value, AS_ATOM) && write_text(w, number ? " ." : ".") && write_str(w, expr->Attribute.attr);
}

static bool write_slice(Writer *w, const Node *expr)
{
    const Node *lower = expr->Slice.lower, *upper = expr->Slice.upper, *step = expr->Slice.step;
    return (!lower || write_expr(w, lower, AS_TEST)) && write_text(w, ":") &&
           (!upper || write_expr(w, upper, AS_TEST)) &&
           (!step || (write_text(w, ":") && write_expr(w, step, AS_TEST)));
}

/* ---- constants and f-strings ---- */
static bool write_value(Writer *w, PyObject *value)
{
    if (PyTuple_CheckExact(value)) {
        Py_ssize_t n = PyTuple_GET_SIZE(value);
        if (!write_text(w, "("))
            return false;
        for (Py_ssize_t i = 0; i < n; i++) {
            if (!write_if(w, i > 0, ", ") || !write_value(w, PyTuple_GET_ITEM(value, i)))
                return false;
        }
        return write_text(w, n == 1 ? ",)" : ")");
    }
    if (value == Py_Ellipsis)
        return write_text(w, "...");
    K_AUTO(PyObject *) text = PyObject_Repr(value);
    if (text && (PyFloat_CheckExact(value) || PyComplex_CheckExact(value))) { /* infinity has no literal */
        K_AUTO(PyObject *) inf = PyUnicode_FromString("inf");
        K_AUTO(PyObject *) huge = PyUnicode_FromString("1e309");
        K_SET(text, inf && huge ? PyUnicode_Replace(text, inf, huge, -1) : NULL);
    }
    return text && write_str(w, text);
}

static bool write_fstring_part(Writer *w, const Node *part, bool spec);

static PyObject *doubled(PyObject *text, const char *brace)
{
    K_AUTO(PyObject *) old = text;
    K_AUTO(PyObject *) one = PyUnicode_FromString(brace);
    K_AUTO(PyObject *) two = one ? PyUnicode_Concat(one, one) : NULL;
    return old && two ? PyUnicode_Replace(old, one, two, -1) : NULL;
}

static bool write_fstring_text(Writer *w, PyObject *text)
{
    K_AUTO(PyObject *) escaped = doubled(doubled(Py_NewRef(text), "{"), "}");
    return escaped && write_str(w, escaped);
}

static bool write_joined(Writer *w, const Node *expr, bool spec)
{
    Writer inner;
    _PyUnicodeWriter_Init(&inner);
    inner.overallocate = 1;
    for (Py_ssize_t i = 0; i < expr->JoinedStr.values->n; i++) {
        if (!write_fstring_part(&inner, expr->JoinedStr.values->item[i], spec)) {
            _PyUnicodeWriter_Dealloc(&inner);
            return false;
        }
    }
    K_AUTO(PyObject *) body = _PyUnicodeWriter_Finish(&inner);
    if (!body || spec)
        return body && write_str(w, body);
    K_AUTO(PyObject *) quoted = PyObject_Repr(body);
    return quoted && write_text(w, "f") && write_str(w, quoted);
}

static PyObject *text_of(const Node *expr, int level)
{
    Writer inner;
    _PyUnicodeWriter_Init(&inner);
    inner.min_length = 256;
    inner.overallocate = 1;
    if (write_expr(&inner, expr, level))
        return _PyUnicodeWriter_Finish(&inner);
    _PyUnicodeWriter_Dealloc(&inner);
    return NULL;
}

static bool write_formatted(Writer *w, const Node *expr)
{
    K_AUTO(PyObject *) value = text_of(expr->FormattedValue.value, AS_TEST + 1);
    if (!value)
        return false;
    bool brace = PyUnicode_GET_LENGTH(value) && PyUnicode_READ_CHAR(value, 0) == '{';
    if (!write_text(w, brace ? "{ " : "{") || !write_str(w, value))
        return false;
    int conversion = expr->FormattedValue.conversion;
    if (conversion > 0) {
        if (conversion != 'a' && conversion != 'r' && conversion != 's') {
            k_raise(PyExc_SystemError, "unknown f-value conversion kind");
            return false;
        }
        if (!write_text(w, (const char[]){ '!', (char)conversion, 0 }))
            return false;
    }
    const Node *spec = expr->FormattedValue.format_spec;
    return (!spec || (write_text(w, ":") && write_fstring_part(w, spec, true))) && write_text(w, "}");
}

static bool write_fstring_part(Writer *w, const Node *part, bool spec)
{
    if (part->kind == Constant_kind)
        return write_fstring_text(w, part->Constant.value);
    if (part->kind == JoinedStr_kind)
        return write_joined(w, part, spec);
    if (part->kind == FormattedValue_kind)
        return write_formatted(w, part);
    k_raise(PyExc_SystemError, "unknown expression kind inside f-string");
    return false;
}

/* ---- the whole ---- */
static bool write_node(Writer *w, const Node *expr, int level)
{
    switch ((int)expr->kind) {
    case BoolOp_kind:         return write_bool_op(w, expr, level);
    case BinOp_kind:          return write_binary(w, expr, level);
    case UnaryOp_kind:        return write_unary(w, expr, level);
    case Lambda_kind:         return write_lambda(w, expr, level);
    case IfExp_kind:          return write_if_else(w, expr, level);
    case Dict_kind:           return write_dict(w, expr);
    case Set_kind:            return write_text(w, "{") && write_list(w, expr->Set.elts, AS_TEST) && write_text(w, "}");
    case GeneratorExp_kind:
        return write_comprehension(w, "(", expr->GeneratorExp.elt, expr->GeneratorExp.generators, ")");
    case ListComp_kind:       return write_comprehension(w, "[", expr->ListComp.elt, expr->ListComp.generators, "]");
    case SetComp_kind:        return write_comprehension(w, "{", expr->SetComp.elt, expr->SetComp.generators, "}");
    case DictComp_kind:       return write_dict_comprehension(w, expr);
    case Yield_kind:
        if (!expr->Yield.value)
            return write_text(w, "(yield)");
        return write_text(w, "(yield ") && write_expr(w, expr->Yield.value, AS_TEST) && write_text(w, ")");
    case YieldFrom_kind:
        return write_text(w, "(yield from ") && write_expr(w, expr->YieldFrom.value, AS_TEST) && write_text(w, ")");
    case Await_kind:
        return write_if(w, level > AS_AWAIT, "(") && write_text(w, "await ") &&
               write_expr(w, expr->Await.value, AS_ATOM) && write_if(w, level > AS_AWAIT, ")");
    case Compare_kind:        return write_compare(w, expr, level);
    case Call_kind:           return write_call(w, expr);
    case Constant_kind:
        if (expr->Constant.value == Py_Ellipsis)
            return write_text(w, "...");
        return (!expr->Constant.kind || write_str(w, expr->Constant.kind)) && write_value(w, expr->Constant.value);
    case JoinedStr_kind:      return write_joined(w, expr, false);
    case FormattedValue_kind: return write_formatted(w, expr);
    case Attribute_kind:      return write_attribute(w, expr);
    case Starred_kind:        return write_text(w, "*") && write_expr(w, expr->Starred.value, AS_BIT_OR);
    case Name_kind:           return write_str(w, expr->Name.id);
    case List_kind:
        return write_text(w, "[") && write_list(w, expr->List.elts, AS_TEST) && write_text(w, "]");
    case Tuple_kind:          return write_tuple(w, expr, level);
    case Subscript_kind:
        return write_expr(w, expr->Subscript.value, AS_ATOM) && write_text(w, "[") &&
               write_expr(w, expr->Subscript.slice, AS_TUPLE) && write_text(w, "]");
    case Slice_kind:          return write_slice(w, expr);
    case NamedExpr_kind:
        return write_if(w, level > AS_TUPLE, "(") && write_expr(w, expr->NamedExpr.target, AS_ATOM) &&
               write_text(w, " := ") && write_expr(w, expr->NamedExpr.value, AS_ATOM) &&
               write_if(w, level > AS_TUPLE, ")");
    }
    k_raise(PyExc_SystemError, "unknown expression kind");
    return false;
}

static bool write_expr(Writer *w, const Node *expr, int level)
{
    return !k_stack_is_short("during compilation") && write_node(w, expr, level);
}

PyObject *ast_unparse(const Node *expr)
{
    return text_of(expr, AS_TEST);
}
