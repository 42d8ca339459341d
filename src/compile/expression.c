/* expression.c - code for expressions: the value ends on top of the stack.
 *
 * In: expression nodes, after constant folding.  Out: instructions in the current unit.
 * Invariant: compile_expression() leaves the current position as it found it; instructions made in between carry the
 * range of the node they belong to. Start there. */
#include "compile/unit.h"

#include "objects/bytes/bytes.h"
#include "objects/int/int.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/run.h"

int compile_expressions(Compiler *c, const NodeSeq *nodes)
{
    for (Py_ssize_t i = 0; i < nodes->n; i++)
        TRY(compile_expression(c, nodes->item[i]));
    return 0;
}

/* ---- names and operators ---- */

int compile_forbidden_name(Compiler *c, PyObject *name, AstEnum context)
{
    if (context == Load || PyUnicode_CompareWithASCIIString(name, "__debug__") != 0)
        return 0;
    return compile_error(c, context == Del ? "cannot delete __debug__" : "cannot assign to __debug__");
}

/* Load, store and delete in the four ways a name can be reached. */
enum { BY_NAME, BY_LOCAL, BY_CELL, BY_GLOBAL };
static const int name_op[][3] = {
    [BY_NAME] = { BC_LOAD_NAME, BC_STORE_NAME, BC_DELETE_NAME },
    [BY_LOCAL] = { BC_LOAD_FAST, BC_STORE_FAST, BC_DELETE_FAST },
    [BY_CELL] = { BC_LOAD_DEREF, BC_STORE_DEREF, BC_DELETE_DEREF },
    [BY_GLOBAL] = { BC_LOAD_GLOBAL, BC_STORE_GLOBAL, BC_DELETE_GLOBAL },
};
_Static_assert(Store == Load + 1 && Del == Load + 2, "contexts index name_op");

int compile_name(Compiler *c, PyObject *name, AstEnum context)
{
    TRY(compile_forbidden_name(c, name, context));
    PyObject *mangled = compile_mangle(c, name);
    if (!mangled)
        return -1;
    Unit *unit = c->unit;
    bool function = unit->scope->kind == FUNCTION_BLOCK;
    int way = BY_NAME;
    PtrMap *map = &unit->names;
    switch (scope_symbol(unit->scope, mangled)) {
    case SCOPE_FREE:            way = BY_CELL, map = &unit->freevars; break;
    case SCOPE_CELL:            way = BY_CELL, map = &unit->cellvars; break;
    case SCOPE_LOCAL:           if (function) way = BY_LOCAL, map = &unit->varnames; break;
    case SCOPE_GLOBAL_IMPLICIT: if (function) way = BY_GLOBAL; break;
    case SCOPE_GLOBAL_EXPLICIT: way = BY_GLOBAL; break;
    case NO_SCOPE:              break; /* a name the compiler brings in itself */
    }
    int index = name_index(c, map, mangled);
    if (index < 0)
        return -1;
    int op = name_op[way][context - Load];
    if (way == BY_CELL) {
        if (map == &unit->freevars)
            index += unit->cellvars.n;
        if (op == BC_LOAD_DEREF && unit->scope->kind == CLASS_BLOCK)
            op = BC_LOAD_CLASSDEREF;
    }
    return emit_arg(c, op, op == BC_LOAD_GLOBAL ? index << 1 : index);
}

static const uint8_t binary_op[] = {
    [Add - Add] = NB_ADD,         [Sub - Add] = NB_SUBTRACT,   [Mult - Add] = NB_MULTIPLY,
    [MatMult - Add] = NB_MATRIX_MULTIPLY, [Div - Add] = NB_TRUE_DIVIDE, [Mod - Add] = NB_REMAINDER,
    [Pow - Add] = NB_POWER,       [LShift - Add] = NB_LSHIFT,  [RShift - Add] = NB_RSHIFT,
    [BitOr - Add] = NB_OR,        [BitXor - Add] = NB_XOR,     [BitAnd - Add] = NB_AND,
    [FloorDiv - Add] = NB_FLOOR_DIVIDE,
};

int compile_binary_op(Compiler *c, AstEnum op, bool in_place)
{
    return emit_arg(c, BC_BINARY_OP, binary_op[op - Add] + (in_place ? NB_INPLACE_ADD : 0));
}

int compile_compare_op(Compiler *c, AstEnum op)
{
    switch ((int)op) {
    case Is:    return emit_arg(c, BC_IS_OP, 0);
    case IsNot: return emit_arg(c, BC_IS_OP, 1);
    case In:    return emit_arg(c, BC_CONTAINS_OP, 0);
    case NotIn: return emit_arg(c, BC_CONTAINS_OP, 1);
    case Eq:    return emit_arg(c, BC_COMPARE_OP, Py_EQ);
    case NotEq: return emit_arg(c, BC_COMPARE_OP, Py_NE);
    case Lt:    return emit_arg(c, BC_COMPARE_OP, Py_LT);
    case LtE:   return emit_arg(c, BC_COMPARE_OP, Py_LE);
    case Gt:    return emit_arg(c, BC_COMPARE_OP, Py_GT);
    }
    return emit_arg(c, BC_COMPARE_OP, Py_GE);
}

static int unary_op(Compiler *c, AstEnum op)
{
    switch ((int)op) {
    case Invert: return emit(c, BC_UNARY_INVERT);
    case Not:    return emit(c, BC_UNARY_NOT);
    case UAdd:   return emit(c, BC_UNARY_POSITIVE);
    }
    return emit(c, BC_UNARY_NEGATIVE);
}

static int bool_op(Compiler *c, const Node *node)
{
    const NodeSeq *values = node->BoolOp.values;
    int op = node->BoolOp.op == And ? BC_JUMP_IF_FALSE_OR_POP : BC_JUMP_IF_TRUE_OR_POP;
    Block *end = block_new(c);
    if (!end)
        return -1;
    for (Py_ssize_t i = 0; i < values->n - 1; i++) {
        TRY(compile_expression(c, values->item[i]));
        TRY(emit_jump(c, op, end));
        Block *next = block_new(c); /* before those that the next value makes: copied exits follow this order */
        if (!next)
            return -1;
        block_use(c, next);
    }
    TRY(compile_expression(c, values->item[values->n - 1]));
    block_use(c, end);
    return 0;
}

/* The comparisons of a chain but the last: each keeps its right operand below the result and leaves for failed when it
 * is false. */
static int chain_links(Compiler *c, const Node *node, int op, Block *failed)
{
    const EnumSeq *ops = node->Compare.ops;
    const NodeSeq *operands = node->Compare.comparators;
    for (Py_ssize_t i = 0; i < ops->n - 1; i++) {
        TRY(compile_expression(c, operands->item[i]));
        TRY(emit_arg(c, BC_SWAP, 2));
        TRY(emit_arg(c, BC_COPY, 2));
        TRY(compile_compare_op(c, (AstEnum)ops->item[i]));
        TRY(emit_jump(c, op, failed));
    }
    TRY(compile_expression(c, operands->item[operands->n - 1]));
    return compile_compare_op(c, (AstEnum)ops->item[ops->n - 1]);
}

static int compare(Compiler *c, const Node *node)
{
    TRY(warn_comparison(c, node));
    TRY(compile_expression(c, node->Compare.left));
    if (node->Compare.ops->n == 1)
        return chain_links(c, node, 0, NULL);
    Block *failed = block_new(c);
    if (!failed)
        return -1;
    TRY(chain_links(c, node, BC_JUMP_IF_FALSE_OR_POP, failed));
    Block *end = block_new(c);
    if (!end)
        return -1;
    TRY(emit_jump_artificial(c, V_JUMP, end));
    block_use(c, failed);
    TRY(emit_arg(c, BC_SWAP, 2));
    TRY(emit(c, BC_POP_TOP));
    block_use(c, end);
    return 0;
}

/* ---- jumps on conditions ---- */

static int jump_if_bool_op(Compiler *c, const Node *node, Block *target, bool condition)
{
    const NodeSeq *values = node->BoolOp.values;
    bool stops_at = node->BoolOp.op == Or; /* the truth value that decides the whole */
    Block *decided = target;
    if (stops_at != condition) {
        decided = block_new(c);
        if (!decided)
            return -1;
    }
    for (Py_ssize_t i = 0; i < values->n - 1; i++)
        TRY(compile_jump_if(c, values->item[i], decided, stops_at));
    TRY(compile_jump_if(c, values->item[values->n - 1], target, condition));
    if (decided != target)
        block_use(c, decided);
    return 0;
}

static int jump_if_conditional(Compiler *c, const Node *node, Block *target, bool condition)
{
    Block *end = block_new(c), *otherwise = block_new(c);
    if (!end || !otherwise)
        return -1;
    TRY(compile_jump_if(c, node->IfExp.test, otherwise, false));
    TRY(compile_jump_if(c, node->IfExp.body, target, condition));
    TRY(emit_jump_artificial(c, V_JUMP, end));
    block_use(c, otherwise);
    TRY(compile_jump_if(c, node->IfExp.orelse, target, condition));
    block_use(c, end);
    return 0;
}

static int jump_if_chain(Compiler *c, const Node *node, Block *target, bool condition)
{
    TRY(warn_comparison(c, node));
    Block *failed = block_new(c);
    if (!failed)
        return -1;
    TRY(compile_expression(c, node->Compare.left));
    TRY(chain_links(c, node, V_POP_JUMP_IF_FALSE, failed));
    TRY(emit_jump(c, condition ? V_POP_JUMP_IF_TRUE : V_POP_JUMP_IF_FALSE, target));
    Block *end = block_new(c); /* the order in which blocks are made is the order of copied exits */
    if (!end)
        return -1;
    TRY(emit_jump_artificial(c, V_JUMP, end));
    block_use(c, failed);
    TRY(emit(c, BC_POP_TOP));
    if (!condition)
        TRY(emit_jump_artificial(c, V_JUMP, target));
    block_use(c, end);
    return 0;
}

/* Goes to target when the node's truth is the condition, and on to the next instruction otherwise. */
int compile_jump_if(Compiler *c, const Node *node, Block *target, bool condition)
{
    int status = 1;
    TRY(tree_depth_enter(&c->depth));
    if (node->kind == UnaryOp_kind && node->UnaryOp.op == Not)
        status = compile_jump_if(c, node->UnaryOp.operand, target, !condition);
    else if (node->kind == BoolOp_kind)
        status = jump_if_bool_op(c, node, target, condition);
    else if (node->kind == IfExp_kind)
        status = jump_if_conditional(c, node, target, condition);
    else if (node->kind == Compare_kind) {
        at_node(c, node); /* and the jump belongs to it */
        if (node->Compare.ops->n > 1)
            status = jump_if_chain(c, node, target, condition);
    }
    tree_depth_leave(&c->depth);
    if (status <= 0)
        return status;
    TRY(compile_expression(c, node));
    return emit_jump(c, condition ? V_POP_JUMP_IF_TRUE : V_POP_JUMP_IF_FALSE, target);
}

static int conditional(Compiler *c, const Node *node)
{
    Block *end = block_new(c), *otherwise = block_new(c);
    if (!end || !otherwise)
        return -1;
    TRY(compile_jump_if(c, node->IfExp.test, otherwise, false));
    TRY(compile_expression(c, node->IfExp.body));
    TRY(emit_jump_artificial(c, V_JUMP, end));
    block_use(c, otherwise);
    TRY(compile_expression(c, node->IfExp.orelse));
    block_use(c, end);
    return 0;
}

/* ---- displays ---- */

static bool all_constant(const NodeSeq *nodes, Py_ssize_t begin, Py_ssize_t end)
{
    for (Py_ssize_t i = begin; i < end; i++)
        if (!nodes->item[i] || nodes->item[i]->kind != Constant_kind)
            return false;
    return true;
}

/* The constants nodes[begin:end] as a tuple: new. */
static PyObject *constant_tuple(const NodeSeq *nodes, Py_ssize_t begin, Py_ssize_t end)
{
    PyObject *tuple = PyTuple_New(end - begin);
    for (Py_ssize_t i = begin; tuple && i < end; i++)
        PyTuple_SET_ITEM(tuple, i - begin, Py_NewRef(nodes->item[i]->Constant.value));
    return tuple;
}

static int constant_sequence(Compiler *c, const NodeSeq *elts, int pushed, int build, int extend, bool tuple)
{
    PyObject *folded = constant_tuple(elts, 0, elts->n);
    if (tuple && !pushed)
        return emit_new_const(c, folded);
    if (folded && build == BC_BUILD_SET) {
        PyObject *set = PyFrozenSet_New(folded);
        Py_SETREF(folded, set);
    }
    if (!(folded = compile_own(c, folded)))
        return -1;
    TRY(emit_arg(c, build, pushed));
    TRY(emit_const(c, folded));
    TRY(emit_arg(c, extend, 1));
    return tuple ? emit(c, BC_LIST_TO_TUPLE) : 0;
}

/* A list, set or tuple of the elements, behind `pushed` items that are on the stack already. */
int compile_sequence(Compiler *c, const NodeSeq *elts, int pushed, int build, int add, int extend, bool tuple)
{
    if (elts->n > 2 && all_constant(elts, 0, elts->n))
        return constant_sequence(c, elts, pushed, build, extend, tuple);
    bool built = elts->n + pushed > STACK_USE_LIMIT, starred = false;
    for (Py_ssize_t i = 0; i < elts->n; i++)
        starred |= elts->item[i]->kind == Starred_kind;
    if (!starred && !built) {
        TRY(compile_expressions(c, elts));
        return emit_arg(c, tuple ? BC_BUILD_TUPLE : build, (int)elts->n + pushed);
    }
    if (built)
        TRY(emit_arg(c, build, pushed));
    for (Py_ssize_t i = 0; i < elts->n; i++) {
        const Node *elt = elts->item[i];
        if (elt->kind == Starred_kind) {
            if (!built)
                TRY(emit_arg(c, build, (int)i + pushed));
            built = true;
            TRY(compile_expression(c, elt->Starred.value));
            TRY(emit_arg(c, extend, 1));
        }
        else {
            TRY(compile_expression(c, elt));
            if (built)
                TRY(emit_arg(c, add, 1));
        }
    }
    return tuple ? emit(c, BC_LIST_TO_TUPLE) : 0;
}

/* UNPACK_SEQUENCE or UNPACK_EX for targets of which one may be of the kind star. */
int compile_unpack(Compiler *c, const NodeSeq *elts, NodeKind star, const char *where)
{
    bool seen = false;
    for (Py_ssize_t i = 0; i < elts->n; i++) {
        if (elts->item[i]->kind != star)
            continue;
        if (seen)
            return compile_error(c, "multiple starred expressions in %s",
                                 star == Starred_kind ? "assignment" : "sequence pattern");
        if (i >= 1 << 8 || elts->n - i - 1 >= INT_MAX >> 8)
            return compile_error(c, "too many expressions in star-unpacking %s", where);
        TRY(emit_arg(c, BC_UNPACK_EX, (int)(i + ((elts->n - i - 1) << 8))));
        seen = true;
    }
    return seen ? 0 : emit_arg(c, BC_UNPACK_SEQUENCE, (int)elts->n);
}

static int assign_each(Compiler *c, const NodeSeq *elts)
{
    TRY(compile_unpack(c, elts, Starred_kind, "assignment"));
    for (Py_ssize_t i = 0; i < elts->n; i++) {
        const Node *elt = elts->item[i];
        TRY(compile_expression(c, elt->kind == Starred_kind ? elt->Starred.value : elt));
    }
    return 0;
}

static int list_or_tuple(Compiler *c, const NodeSeq *elts, AstEnum context, bool tuple)
{
    if (context == Store)
        return assign_each(c, elts);
    if (context == Load)
        return compile_sequence(c, elts, 0, BC_BUILD_LIST, BC_LIST_APPEND, BC_LIST_EXTEND, tuple);
    return compile_expressions(c, elts);
}

/* Items begin ... end of a dict display, none of them **. */
static int dict_part(Compiler *c, const Node *node, Py_ssize_t begin, Py_ssize_t end)
{
    const NodeSeq *keys = node->Dict.keys, *values = node->Dict.values;
    int n = (int)(end - begin);
    bool big = n * 2 > STACK_USE_LIMIT;
    if (n > 1 && !big && all_constant(keys, begin, end)) {
        for (Py_ssize_t i = begin; i < end; i++)
            TRY(compile_expression(c, values->item[i]));
        TRY(emit_new_const(c, constant_tuple(keys, begin, end)));
        return emit_arg(c, BC_BUILD_CONST_KEY_MAP, n);
    }
    if (big)
        TRY(emit_arg(c, BC_BUILD_MAP, 0));
    for (Py_ssize_t i = begin; i < end; i++) {
        TRY(compile_expression(c, keys->item[i]));
        TRY(compile_expression(c, values->item[i]));
        if (big)
            TRY(emit_arg(c, BC_MAP_ADD, 1));
    }
    return big ? 0 : emit_arg(c, BC_BUILD_MAP, n);
}

/* Builds items begin ... end and merges them into the dict that may stand below. */
static int dict_merge_part(Compiler *c, const Node *node, Py_ssize_t begin, Py_ssize_t end, bool *built)
{
    TRY(dict_part(c, node, begin, end));
    if (*built)
        TRY(emit_arg(c, BC_DICT_UPDATE, 1));
    *built = true;
    return 0;
}

static int dict_display(Compiler *c, const Node *node)
{
    const NodeSeq *keys = node->Dict.keys;
    Py_ssize_t n = node->Dict.values->n, waiting = 0;
    bool built = false;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (keys->item[i]) {
            if (waiting * 2 > STACK_USE_LIMIT) {
                TRY(dict_merge_part(c, node, i - waiting, i + 1, &built));
                waiting = 0;
            }
            else
                waiting++;
            continue;
        }
        if (waiting)
            TRY(dict_merge_part(c, node, i - waiting, i, &built));
        waiting = 0;
        if (!built)
            TRY(emit_arg(c, BC_BUILD_MAP, 0));
        built = true;
        TRY(compile_expression(c, node->Dict.values->item[i]));
        TRY(emit_arg(c, BC_DICT_UPDATE, 1));
    }
    if (waiting)
        TRY(dict_merge_part(c, node, n - waiting, n, &built));
    return built ? 0 : emit_arg(c, BC_BUILD_MAP, 0);
}

/* ---- f-strings ---- */

static int joined_str(Compiler *c, const Node *node)
{
    const NodeSeq *values = node->JoinedStr.values;
    if (values->n <= STACK_USE_LIMIT) {
        TRY(compile_expressions(c, values));
        return values->n == 1 ? 0 : emit_arg(c, BC_BUILD_STRING, (int)values->n);
    }
    TRY(emit_new_const(c, PyUnicode_New(0, 0)));
    TRY(emit_name(c, BC_LOAD_METHOD, K_STR("join")));
    TRY(emit_arg(c, BC_BUILD_LIST, 0));
    for (Py_ssize_t i = 0; i < values->n; i++) {
        TRY(compile_expression(c, values->item[i]));
        TRY(emit_arg(c, BC_LIST_APPEND, 1));
    }
    return emit_call(c, 1);
}

static int formatted_value(Compiler *c, const Node *node)
{
    TRY(compile_expression(c, node->FormattedValue.value));
    int flags = 0;
    switch (node->FormattedValue.conversion) {
    case 's': flags = FORMAT_STR; break;
    case 'r': flags = FORMAT_REPR; break;
    case 'a': flags = FORMAT_ASCII; break;
    case -1:  break;
    default:
        PyErr_Format(PyExc_SystemError, "Unrecognized conversion character %d", node->FormattedValue.conversion);
        return -1;
    }
    if (node->FormattedValue.format_spec) {
        TRY(compile_expression(c, node->FormattedValue.format_spec));
        flags |= FORMAT_SPEC;
    }
    return emit_arg(c, BC_FORMAT_VALUE, flags);
}

/* ---- parts of objects ---- */

/* An attribute on a later line than its object: instructions point at the attribute's name. */
static void at_attribute(Compiler *c, const Node *node)
{
    Position *at = &c->unit->at;
    if (at->lineno == node->at.end_lineno)
        return;
    at->lineno = node->at.end_lineno;
    Py_ssize_t length = PyUnicode_GET_LENGTH(node->Attribute.attr);
    if (length <= node->at.end_col_offset)
        at->col_offset = node->at.end_col_offset - (int)length;
    else /* a hand-made tree */
        at->col_offset = at->end_col_offset = -1;
    at->end_lineno = Py_MAX(at->lineno, at->end_lineno);
    if (at->end_lineno == at->lineno)
        at->end_col_offset = Py_MAX(at->col_offset, at->end_col_offset);
}

static int attribute(Compiler *c, const Node *node)
{
    TRY(compile_expression(c, node->Attribute.value));
    Position at = c->unit->at;
    at_attribute(c, node);
    if (node->Attribute.ctx == Store)
        TRY(compile_forbidden_name(c, node->Attribute.attr, Store));
    int op = node->Attribute.ctx == Load ? BC_LOAD_ATTR : node->Attribute.ctx == Store ? BC_STORE_ATTR : BC_DELETE_ATTR;
    TRY(emit_name(c, op, node->Attribute.attr));
    c->unit->at = at;
    return 0;
}

static int subscript(Compiler *c, const Node *node)
{
    AstEnum context = node->Subscript.ctx;
    if (context == Load) {
        TRY(warn_subscripted(c, node->Subscript.value));
        TRY(warn_index(c, node->Subscript.value, node->Subscript.slice));
    }
    TRY(compile_expression(c, node->Subscript.value));
    TRY(compile_expression(c, node->Subscript.slice));
    return emit(c, context == Load ? BC_BINARY_SUBSCR : context == Store ? BC_STORE_SUBSCR : BC_DELETE_SUBSCR);
}

static int expression_or_none(Compiler *c, const Node *node)
{
    return node ? compile_expression(c, node) : emit_const(c, Py_None);
}

static int slice(Compiler *c, const Node *node)
{
    TRY(expression_or_none(c, node->Slice.lower));
    TRY(expression_or_none(c, node->Slice.upper));
    if (!node->Slice.step)
        return emit_arg(c, BC_BUILD_SLICE, 2);
    TRY(compile_expression(c, node->Slice.step));
    return emit_arg(c, BC_BUILD_SLICE, 3);
}

/* target op= value: the object and key are evaluated once and stay below the value. */
int compile_augassign(Compiler *c, const Node *node)
{
    const Node *target = node->AugAssign.target;
    Position at = c->unit->at;
    at_node(c, target);
    switch ((int)target->kind) {
    case Attribute_kind:
        TRY(compile_expression(c, target->Attribute.value));
        TRY(emit_arg(c, BC_COPY, 1));
        at_attribute(c, target);
        TRY(emit_name(c, BC_LOAD_ATTR, target->Attribute.attr));
        break;
    case Subscript_kind:
        TRY(compile_expression(c, target->Subscript.value));
        TRY(compile_expression(c, target->Subscript.slice));
        TRY(emit_arg(c, BC_COPY, 2));
        TRY(emit_arg(c, BC_COPY, 2));
        TRY(emit(c, BC_BINARY_SUBSCR));
        break;
    case Name_kind: TRY(compile_name(c, target->Name.id, Load)); break;
    default:
        PyErr_Format(PyExc_SystemError, "invalid node type (%d) for augmented assignment", target->kind);
        return -1;
    }
    c->unit->at = at;
    TRY(compile_expression(c, node->AugAssign.value));
    TRY(compile_binary_op(c, node->AugAssign.op, true));
    at_node(c, target);
    switch ((int)target->kind) {
    case Attribute_kind:
        at_attribute(c, target);
        TRY(emit_arg(c, BC_SWAP, 2));
        return emit_name(c, BC_STORE_ATTR, target->Attribute.attr);
    case Subscript_kind:
        TRY(emit_arg(c, BC_SWAP, 3));
        TRY(emit_arg(c, BC_SWAP, 2));
        return emit(c, BC_STORE_SUBSCR);
    }
    return compile_name(c, target->Name.id, Store);
}

/* ---- calls ---- */

static bool has_unpacking(const NodeSeq *args, const NodeSeq *keywords)
{
    for (Py_ssize_t i = 0; i < args->n; i++)
        if (args->item[i]->kind == Starred_kind)
            return true;
    for (Py_ssize_t i = 0; i < keywords->n; i++)
        if (!keywords->item[i]->keyword.arg)
            return true;
    return false;
}

/* Names of keywords[begin:end] as a tuple: new. */
static PyObject *keyword_names(const NodeSeq *keywords, Py_ssize_t begin, Py_ssize_t end)
{
    PyObject *names = PyTuple_New(end - begin);
    for (Py_ssize_t i = begin; names && i < end; i++)
        PyTuple_SET_ITEM(names, i - begin, Py_NewRef(keywords->item[i]->keyword.arg));
    return names;
}

static int keyword_values(Compiler *c, const NodeSeq *keywords, Py_ssize_t begin, Py_ssize_t end)
{
    for (Py_ssize_t i = begin; i < end; i++)
        TRY(compile_expression(c, keywords->item[i]->keyword.value));
    return 0;
}

/* Pushes plain arguments and keyword values and announces the names. */
static int plain_arguments(Compiler *c, const NodeSeq *args, const NodeSeq *keywords)
{
    TRY(compile_expressions(c, args));
    if (!keywords->n)
        return 0;
    TRY(keyword_values(c, keywords, 0, keywords->n));
    PyObject *names = compile_own(c, keyword_names(keywords, 0, keywords->n));
    int index = names ? const_index(c, names) : -1;
    return index < 0 ? -1 : emit_arg(c, BC_KW_NAMES, index);
}

/* Whether two keywords have one name: 1, 0, or -1 with an exception. */
static int names_repeat(const NodeSeq *keywords)
{
    K_AUTO(PyObject *) names = PySet_New(NULL);
    if (!names)
        return -1;
    Py_ssize_t n = 0;
    for (Py_ssize_t i = 0; i < keywords->n; i++) {
        PyObject *name = keywords->item[i]->keyword.arg;
        if (name && PySet_Add(names, name) < 0)
            return -1;
        n += name != NULL;
    }
    return PySet_GET_SIZE(names) != n;
}

static int check_keywords(Compiler *c, const NodeSeq *keywords)
{
    enum { MANY = 32 };
    int repeat = keywords->n < MANY ? 1 : names_repeat(keywords);
    TRY(repeat);
    for (Py_ssize_t i = 0; i < keywords->n; i++) {
        PyObject *name = keywords->item[i]->keyword.arg;
        if (!name)
            continue;
        TRY(compile_forbidden_name(c, name, Store));
        for (Py_ssize_t k = i + 1; repeat && k < keywords->n; k++) {
            PyObject *other = keywords->item[k]->keyword.arg;
            if (other && PyUnicode_Compare(name, other) == 0) {
                at_node(c, keywords->item[k]);
                return compile_error(c, "keyword argument repeated: %U", name);
            }
        }
    }
    return 0;
}

/* keywords[begin:end], none of them **, as one dict. */
static int keyword_dict(Compiler *c, const NodeSeq *keywords, Py_ssize_t begin, Py_ssize_t end)
{
    int n = (int)(end - begin);
    bool big = n * 2 > STACK_USE_LIMIT;
    if (n > 1 && !big) {
        TRY(keyword_values(c, keywords, begin, end));
        TRY(emit_new_const(c, keyword_names(keywords, begin, end)));
        return emit_arg(c, BC_BUILD_CONST_KEY_MAP, n);
    }
    if (big)
        TRY(emit_arg(c, BC_BUILD_MAP, 0));
    for (Py_ssize_t i = begin; i < end; i++) {
        const Node *value = keywords->item[i]->keyword.value;
        TRY(emit_const(c, keywords->item[i]->keyword.arg));
        TRY(compile_expression(c, value));
        if (big) {
            Position at = c->unit->at;
            at_node(c, value);
            TRY(emit_arg(c, BC_MAP_ADD, 1));
            c->unit->at = at;
        }
    }
    return big ? 0 : emit_arg(c, BC_BUILD_MAP, n);
}

static int keyword_merge(Compiler *c, const NodeSeq *keywords, Py_ssize_t begin, Py_ssize_t end, bool *built)
{
    TRY(keyword_dict(c, keywords, begin, end));
    if (*built)
        TRY(emit_arg(c, BC_DICT_MERGE, 1));
    *built = true;
    return 0;
}

static int all_keywords_dict(Compiler *c, const NodeSeq *keywords)
{
    bool built = false;
    Py_ssize_t waiting = 0;
    for (Py_ssize_t i = 0; i < keywords->n; i++) {
        if (keywords->item[i]->keyword.arg) {
            waiting++;
            continue;
        }
        if (waiting)
            TRY(keyword_merge(c, keywords, i - waiting, i, &built));
        waiting = 0;
        if (!built)
            TRY(emit_arg(c, BC_BUILD_MAP, 0));
        built = true;
        TRY(compile_expression(c, keywords->item[i]->keyword.value));
        TRY(emit_arg(c, BC_DICT_MERGE, 1));
    }
    return waiting ? keyword_merge(c, keywords, keywords->n - waiting, keywords->n, &built) : 0;
}

/* The arguments behind a callable on the stack and `pushed` positional ones, and the call. */
int compile_call_tail(Compiler *c, int pushed, const NodeSeq *args, const NodeSeq *keywords)
{
    TRY(check_keywords(c, keywords));
    if (args->n + keywords->n * 2 <= STACK_USE_LIMIT && !has_unpacking(args, keywords)) {
        TRY(plain_arguments(c, args, keywords));
        return emit_call(c, pushed + (int)(args->n + keywords->n));
    }
    if (pushed == 0 && args->n == 1 && args->item[0]->kind == Starred_kind)
        TRY(compile_expression(c, args->item[0]->Starred.value));
    else
        TRY(compile_sequence(c, args, pushed, BC_BUILD_LIST, BC_LIST_APPEND, BC_LIST_EXTEND, true));
    if (keywords->n)
        TRY(all_keywords_dict(c, keywords));
    return emit_arg(c, BC_CALL_FUNCTION_EX, keywords->n > 0);
}

/* Whether the name is imported by the module: its functions are no methods. */
static bool is_imported(Compiler *c, const Node *node)
{
    return node->kind == Name_kind && (scope_flags(c->symbols.top, node->Name.id) & DEF_IMPORT);
}

/* o.m(...): the bound method is never made. */
static int method_call(Compiler *c, const Node *node)
{
    const Node *method = node->Call.func;
    const NodeSeq *args = node->Call.args, *keywords = node->Call.keywords;
    TRY(compile_expression(c, method->Attribute.value));
    Position at = c->unit->at;
    at_node(c, method);
    at_attribute(c, method);
    TRY(emit_name(c, BC_LOAD_METHOD, method->Attribute.attr));
    TRY(plain_arguments(c, args, keywords));
    c->unit->at = at;
    at_attribute(c, method);
    TRY(emit_call(c, (int)(args->n + keywords->n)));
    c->unit->at = at;
    return 0;
}

int compile_call(Compiler *c, const Node *node)
{
    const Node *callee = node->Call.func;
    const NodeSeq *args = node->Call.args, *keywords = node->Call.keywords;
    TRY(check_keywords(c, keywords));
    if (callee->kind == Attribute_kind && callee->Attribute.ctx == Load && !is_imported(c, callee->Attribute.value) &&
        args->n + keywords->n + (keywords->n != 0) < STACK_USE_LIMIT && !has_unpacking(args, keywords))
        return method_call(c, node);
    TRY(warn_caller(c, callee));
    Position at = c->unit->at;
    at_node(c, callee);
    TRY(emit(c, BC_PUSH_NULL));
    c->unit->at = at;
    TRY(compile_expression(c, callee));
    return compile_call_tail(c, 0, args, keywords);
}

/* ---- generators and coroutines ---- */

static int yield(Compiler *c, const Node *node)
{
    if (c->unit->scope->kind != FUNCTION_BLOCK)
        return compile_error(c, "'yield' outside function");
    TRY(expression_or_none(c, node->Yield.value));
    return emit_yield(c);
}

static int yield_from(Compiler *c, const Node *node)
{
    if (c->unit->scope->kind != FUNCTION_BLOCK)
        return compile_error(c, "'yield' outside function");
    if (c->unit->kind == UNIT_ASYNC_FUNCTION)
        return compile_error(c, "'yield from' inside async function");
    TRY(compile_expression(c, node->YieldFrom.value));
    TRY(emit(c, BC_GET_YIELD_FROM_ITER));
    TRY(emit_const(c, Py_None));
    return emit_yield_from(c, false);
}

static int await(Compiler *c, const Node *node)
{
    bool top_level = (c->flags & PyCF_ALLOW_TOP_LEVEL_AWAIT) && c->unit->scope->kind == MODULE_BLOCK;
    if (!top_level) {
        if (c->unit->scope->kind != FUNCTION_BLOCK)
            return compile_error(c, "'await' outside function");
        if (c->unit->kind != UNIT_ASYNC_FUNCTION && c->unit->kind != UNIT_COMPREHENSION)
            return compile_error(c, "'await' outside async function");
    }
    TRY(compile_expression(c, node->Await.value));
    TRY(emit_arg(c, BC_GET_AWAITABLE, 0));
    TRY(emit_const(c, Py_None));
    return emit_yield_from(c, true);
}

static int expression(Compiler *c, const Node *node)
{
    switch ((int)node->kind) {
    case NamedExpr_kind:
        TRY(compile_expression(c, node->NamedExpr.value));
        TRY(emit_arg(c, BC_COPY, 1));
        return compile_expression(c, node->NamedExpr.target);
    case BoolOp_kind: return bool_op(c, node);
    case BinOp_kind:
        TRY(compile_expression(c, node->BinOp.left));
        TRY(compile_expression(c, node->BinOp.right));
        return compile_binary_op(c, node->BinOp.op, false);
    case UnaryOp_kind:
        TRY(compile_expression(c, node->UnaryOp.operand));
        return unary_op(c, node->UnaryOp.op);
    case Lambda_kind: return compile_lambda(c, node);
    case IfExp_kind:  return conditional(c, node);
    case Dict_kind:   return dict_display(c, node);
    case Set_kind:
        return compile_sequence(c, node->Set.elts, 0, BC_BUILD_SET, BC_SET_ADD, BC_SET_UPDATE, false);
    case ListComp_kind:
    case SetComp_kind:
    case DictComp_kind:
    case GeneratorExp_kind:   return compile_comprehension(c, node);
    case Yield_kind:          return yield(c, node);
    case YieldFrom_kind:      return yield_from(c, node);
    case Await_kind:          return await(c, node);
    case Compare_kind:        return compare(c, node);
    case Call_kind:           return compile_call(c, node);
    case Constant_kind:       return emit_const(c, node->Constant.value);
    case JoinedStr_kind:      return joined_str(c, node);
    case FormattedValue_kind: return formatted_value(c, node);
    case Attribute_kind:      return attribute(c, node);
    case Subscript_kind:      return subscript(c, node);
    case Starred_kind:
        return compile_error(c, node->Starred.ctx == Store ? "starred assignment target must be in a list or tuple"
                                                           : "can't use starred expression here");
    case Slice_kind: return slice(c, node);
    case Name_kind:  return compile_name(c, node->Name.id, node->Name.ctx);
    case List_kind:  return list_or_tuple(c, node->List.elts, node->List.ctx, false);
    case Tuple_kind: return list_or_tuple(c, node->Tuple.elts, node->Tuple.ctx, true);
    }
    PyErr_Format(PyExc_SystemError, "node kind %d is no expression", node->kind);
    return -1;
}

int compile_expression(Compiler *c, const Node *node)
{
    Position at = c->unit->at;
    TRY(tree_depth_enter(&c->depth));
    at_node(c, node);
    TRY(expression(c, node));
    c->unit->at = at;
    tree_depth_leave(&c->depth);
    return 0;
}
