/* statement.c - code for simple statements, conditions and loops, and for leaving nested blocks.
 *
 * In: statement nodes.  Out: instructions in the current unit; the stack is as deep after a statement as before.
 * Invariant: unit->nest lists, outermost first, what a break, continue or return from here has to undo.
 * Start at compile_statement(). */
#include "compile/unit.h"

#include "objects/int/int.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/run.h"

int compile_statements(Compiler *c, const NodeSeq *body)
{
    for (Py_ssize_t i = 0; i < body->n; i++)
        TRY(compile_statement(c, body->item[i]));
    return 0;
}

/* ---- annotations ---- */

static bool has_annotations(const NodeSeq *body);

static bool handlers_have_annotations(const NodeSeq *handlers)
{
    for (Py_ssize_t i = 0; i < handlers->n; i++)
        if (has_annotations(handlers->item[i]->ExceptHandler.body))
            return true;
    return false;
}

/* Those in match statements are overlooked, as CPython 3.11 does. */
static bool statement_has_annotations(const Node *node)
{
    switch ((int)node->kind) {
    case AnnAssign_kind: return true;
    case For_kind:       return has_annotations(node->For.body) || has_annotations(node->For.orelse);
    case AsyncFor_kind:  return has_annotations(node->AsyncFor.body) || has_annotations(node->AsyncFor.orelse);
    case While_kind:     return has_annotations(node->While.body) || has_annotations(node->While.orelse);
    case If_kind:        return has_annotations(node->If.body) || has_annotations(node->If.orelse);
    case With_kind:      return has_annotations(node->With.body);
    case AsyncWith_kind: return has_annotations(node->AsyncWith.body);
    case Try_kind:
        return handlers_have_annotations(node->Try.handlers) || has_annotations(node->Try.body) ||
               has_annotations(node->Try.finalbody) || has_annotations(node->Try.orelse);
    case TryStar_kind:
        return handlers_have_annotations(node->TryStar.handlers) || has_annotations(node->TryStar.body) ||
               has_annotations(node->TryStar.finalbody) || has_annotations(node->TryStar.orelse);
    }
    return false;
}

static bool has_annotations(const NodeSeq *body)
{
    for (Py_ssize_t i = 0; i < body->n; i++)
        if (statement_has_annotations(body->item[i]))
            return true;
    return false;
}

int compile_annotation(Compiler *c, const Node *annotation)
{
    if (c->future.features & CO_FUTURE_ANNOTATIONS)
        return emit_new_const(c, ast_unparse(annotation));
    return compile_expression(c, annotation);
}

static int evaluate_and_drop(Compiler *c, const Node *node)
{
    TRY(compile_expression(c, node));
    return emit(c, BC_POP_TOP);
}

/* An annotated target without value: its parts are evaluated for their errors. */
static int check_index(Compiler *c, const Node *index)
{
    if (index->kind == Slice_kind) {
        const Node *part[] = { index->Slice.lower, index->Slice.upper, index->Slice.step };
        for (int i = 0; i < 3; i++)
            if (part[i])
                TRY(evaluate_and_drop(c, part[i]));
        return 0;
    }
    if (index->kind != Tuple_kind)
        return evaluate_and_drop(c, index);
    for (Py_ssize_t i = 0; i < index->Tuple.elts->n; i++)
        TRY(check_index(c, index->Tuple.elts->item[i]));
    return 0;
}

static int annotated(Compiler *c, const Node *node)
{
    const Node *target = node->AnnAssign.target, *value = node->AnnAssign.value;
    bool stored = c->unit->kind == UNIT_MODULE || c->unit->kind == UNIT_CLASS;
    if (value) {
        TRY(compile_expression(c, value));
        TRY(compile_expression(c, target));
    }
    switch ((int)target->kind) {
    case Name_kind:
        TRY(compile_forbidden_name(c, target->Name.id, Store));
        if (node->AnnAssign.simple && stored) {
            TRY(compile_annotation(c, node->AnnAssign.annotation));
            TRY(emit_name(c, BC_LOAD_NAME, K_STR("__annotations__")));
            PyObject *mangled = compile_mangle(c, target->Name.id);
            TRY(mangled ? emit_const(c, mangled) : -1);
            TRY(emit(c, BC_STORE_SUBSCR));
        }
        break;
    case Attribute_kind:
        TRY(compile_forbidden_name(c, target->Attribute.attr, Store));
        if (!value)
            TRY(evaluate_and_drop(c, target->Attribute.value));
        break;
    case Subscript_kind:
        if (!value) {
            TRY(evaluate_and_drop(c, target->Subscript.value));
            TRY(check_index(c, target->Subscript.slice));
        }
        break;
    default:
        PyErr_Format(PyExc_SystemError, "invalid node type (%d) for annotated assignment", target->kind);
        return -1;
    }
    bool evaluated = !node->AnnAssign.simple && stored && !(c->future.features & CO_FUTURE_ANNOTATIONS);
    return evaluated ? evaluate_and_drop(c, node->AnnAssign.annotation) : 0;
}

/* ---- leaving nested blocks ---- */

static int call_exit_with_nones(Compiler *c)
{
    TRY(emit_const(c, Py_None));
    TRY(emit_const(c, Py_None));
    TRY(emit_const(c, Py_None));
    return emit_call(c, 2);
}

static int below_top(Compiler *c, bool keep_top)
{
    return keep_top ? emit_arg(c, BC_SWAP, 2) : 0;
}

int compile_forget_name(Compiler *c, PyObject *name)
{
    TRY(emit_const(c, Py_None));
    TRY(compile_name(c, name, Store));
    return compile_name(c, name, Del);
}

static int unwind_finally(Compiler *c, const Nest *nest, bool keep_top)
{
    TRY(emit(c, V_POP_BLOCK));
    if (keep_top)
        TRY(nest_push(c, POP_VALUE, NULL, NULL, NULL));
    TRY(compile_statements(c, nest->datum));
    if (keep_top)
        nest_pop(c);
    at_nowhere(c); /* what follows seems to belong to the leaving statement otherwise */
    return 0;
}

static int unwind_with(Compiler *c, const Nest *nest, bool keep_top)
{
    at_node(c, nest->datum);
    TRY(emit(c, V_POP_BLOCK));
    TRY(below_top(c, keep_top));
    TRY(call_exit_with_nones(c));
    if (nest->kind == ASYNC_WITH_BLOCK) {
        TRY(emit_arg(c, BC_GET_AWAITABLE, 2));
        TRY(emit_const(c, Py_None));
        TRY(emit_yield_from(c, true));
    }
    TRY(emit(c, BC_POP_TOP));
    at_nowhere(c);
    return 0;
}

/* Undoes one block; with keep_top the value on top of the stack stays there. */
int compile_unwind(Compiler *c, const Nest *nest, bool keep_top)
{
    switch (nest->kind) {
    case WHILE_LOOP:
    case EXCEPTION_HANDLER:
    case EXCEPTION_GROUP_HANDLER:
    case ASYNC_COMPREHENSION: return 0;
    case FOR_LOOP:
    case POP_VALUE:
        TRY(below_top(c, keep_top));
        return emit(c, BC_POP_TOP);
    case TRY_EXCEPT:  return emit(c, V_POP_BLOCK);
    case FINALLY_TRY: return unwind_finally(c, nest, keep_top);
    case FINALLY_END:
        TRY(below_top(c, keep_top));
        TRY(emit(c, BC_POP_TOP));
        TRY(below_top(c, keep_top));
        TRY(emit(c, V_POP_BLOCK));
        return emit(c, BC_POP_EXCEPT);
    case WITH_BLOCK:
    case ASYNC_WITH_BLOCK: return unwind_with(c, nest, keep_top);
    case HANDLER_CLEANUP:
        if (nest->datum)
            TRY(emit(c, V_POP_BLOCK));
        TRY(below_top(c, keep_top));
        TRY(emit(c, V_POP_BLOCK));
        TRY(emit(c, BC_POP_EXCEPT));
        return nest->datum ? compile_forget_name(c, (PyObject *)nest->datum) : 0;
    }
    return 0;
}

int compile_unwind_all(Compiler *c, bool keep_top, const Nest **loop)
{
    Unit *unit = c->unit;
    int nested = unit->nested;
    Nest saved[NEST_LIMIT]; /* code of finally blocks nests anew in the places that are unwound */
    memcpy(saved, unit->nest, sizeof saved);
    if (loop)
        *loop = NULL;
    while (unit->nested) {
        Nest *top = &unit->nest[unit->nested - 1];
        if (top->kind == EXCEPTION_GROUP_HANDLER)
            return compile_error(c, "'break', 'continue' and 'return' cannot appear in an except* block");
        if (loop && (top->kind == WHILE_LOOP || top->kind == FOR_LOOP)) {
            *loop = top;
            break;
        }
        Nest copy = *top;
        unit->nested--;
        TRY(compile_unwind(c, &copy, keep_top));
    }
    memcpy(unit->nest, saved, sizeof saved);
    unit->nested = nested;
    return 0;
}

static int return_statement(Compiler *c, const Node *node)
{
    const Node *value = node->Return.value;
    bool computed = value && value->kind != Constant_kind;
    if (c->unit->scope->kind != FUNCTION_BLOCK)
        return compile_error(c, "'return' outside function");
    if (value && c->unit->scope->coroutine && c->unit->scope->generator)
        return compile_error(c, "'return' with value in async generator");
    if (computed)
        TRY(compile_expression(c, value));
    else if (value) {
        at_node(c, value);
        TRY(emit(c, BC_NOP)); /* the value's line is seen */
    }
    if (!value || value->at.lineno != node->at.lineno) {
        at_node(c, node);
        TRY(emit(c, BC_NOP));
    }
    TRY(compile_unwind_all(c, computed, NULL));
    if (!computed)
        TRY(emit_const(c, value ? value->Constant.value : Py_None));
    return emit(c, BC_RETURN_VALUE);
}

static int break_or_continue(Compiler *c, bool is_break)
{
    const Nest *loop;
    Position at = c->unit->at;
    TRY(emit(c, BC_NOP));
    TRY(compile_unwind_all(c, false, &loop));
    if (!loop)
        return compile_error_at(c, at, is_break ? "'break' outside loop" : "'continue' not properly in loop");
    if (is_break)
        TRY(compile_unwind(c, loop, false));
    return emit_jump(c, V_JUMP, is_break ? loop->exit : loop->start);
}

/* ---- conditions and loops ---- */

static int if_statement(Compiler *c, const Node *node)
{
    Block *end = block_new(c), *otherwise = node->If.orelse->n ? block_new(c) : end;
    if (!end || !otherwise)
        return -1;
    TRY(compile_jump_if(c, node->If.test, otherwise, false));
    TRY(compile_statements(c, node->If.body));
    if (node->If.orelse->n) {
        TRY(emit_jump_artificial(c, V_JUMP, end));
        block_use(c, otherwise);
        TRY(compile_statements(c, node->If.orelse));
    }
    block_use(c, end);
    return 0;
}

/* The condition stands at the top for the first round and at the bottom for the others. */
static int while_statement(Compiler *c, const Node *node)
{
    Block *start = block_new(c), *body = block_new(c), *otherwise = block_new(c), *end = block_new(c);
    if (!start || !body || !otherwise || !end)
        return -1;
    block_use(c, start);
    TRY(nest_push(c, WHILE_LOOP, start, end, NULL));
    TRY(compile_jump_if(c, node->While.test, otherwise, false));
    block_use(c, body);
    TRY(compile_statements(c, node->While.body));
    at_node(c, node);
    TRY(compile_jump_if(c, node->While.test, body, true));
    nest_pop(c);
    block_use(c, otherwise);
    TRY(compile_statements(c, node->While.orelse));
    block_use(c, end);
    return 0;
}

static int for_statement(Compiler *c, const Node *node)
{
    Block *start = block_new(c), *body = block_new(c), *done = block_new(c), *end = block_new(c);
    if (!start || !body || !done || !end)
        return -1;
    TRY(nest_push(c, FOR_LOOP, start, end, NULL));
    TRY(compile_expression(c, node->For.iter));
    TRY(emit(c, BC_GET_ITER));
    block_use(c, start);
    TRY(emit_jump(c, BC_FOR_ITER, done));
    block_use(c, body);
    TRY(compile_expression(c, node->For.target));
    TRY(compile_statements(c, node->For.body));
    at_nowhere(c);
    TRY(emit_jump(c, V_JUMP, start));
    block_use(c, done);
    nest_pop(c);
    TRY(compile_statements(c, node->For.orelse));
    block_use(c, end);
    return 0;
}

static bool allows_top_level_await(const Compiler *c)
{
    return (c->flags & PyCF_ALLOW_TOP_LEVEL_AWAIT) && c->unit->scope->kind == MODULE_BLOCK;
}

static int async_for_statement(Compiler *c, const Node *node)
{
    if (allows_top_level_await(c))
        c->unit->scope->coroutine = true;
    else if (c->unit->kind != UNIT_ASYNC_FUNCTION)
        return compile_error(c, "'async for' outside async function");
    Block *start = block_new(c), *except = block_new(c), *end = block_new(c);
    if (!start || !except || !end)
        return -1;
    TRY(compile_expression(c, node->AsyncFor.iter));
    TRY(emit(c, BC_GET_AITER));
    block_use(c, start);
    TRY(nest_push(c, FOR_LOOP, start, end, NULL));
    TRY(emit_jump(c, V_SETUP_FINALLY, except));
    TRY(emit(c, BC_GET_ANEXT));
    TRY(emit_const(c, Py_None));
    TRY(emit_yield_from(c, true));
    TRY(emit(c, V_POP_BLOCK));
    TRY(compile_expression(c, node->AsyncFor.target));
    TRY(compile_statements(c, node->AsyncFor.body));
    at_nowhere(c);
    TRY(emit_jump(c, V_JUMP, start));
    nest_pop(c);
    block_use(c, except);
    at_node(c, node->AsyncFor.iter);
    TRY(emit(c, BC_END_ASYNC_FOR));
    TRY(compile_statements(c, node->AsyncFor.orelse));
    block_use(c, end);
    return 0;
}

/* ---- with ---- */

/* The exception path: a true result of __exit__ swallows the exception. */
static int with_exception(Compiler *c, Block *cleanup)
{
    Block *suppress = block_new(c);
    if (!suppress)
        return -1;
    TRY(emit_jump(c, V_POP_JUMP_IF_TRUE, suppress));
    TRY(emit_arg(c, BC_RERAISE, 2));
    at_nowhere(c);
    block_use(c, cleanup);
    TRY(emit_reraise_cleanup(c));
    block_use(c, suppress);
    TRY(emit(c, BC_POP_TOP)); /* the exception */
    TRY(emit(c, V_POP_BLOCK));
    TRY(emit(c, BC_POP_EXCEPT));
    TRY(emit(c, BC_POP_TOP));
    return emit(c, BC_POP_TOP);
}

static int await_result(Compiler *c, bool async, int kind)
{
    if (!async)
        return 0;
    TRY(emit_arg(c, BC_GET_AWAITABLE, kind));
    TRY(emit_const(c, Py_None));
    return emit_yield_from(c, true);
}

static int with_item(Compiler *c, const Node *node, const NodeSeq *items, const NodeSeq *body, Py_ssize_t number)
{
    bool async = node->kind == AsyncWith_kind;
    const Node *item = items->item[number];
    Block *block = block_new(c), *final = block_new(c), *exit = block_new(c), *cleanup = block_new(c);
    if (!block || !final || !exit || !cleanup)
        return -1;
    TRY(compile_expression(c, item->withitem.context_expr));
    TRY(emit(c, async ? BC_BEFORE_ASYNC_WITH : BC_BEFORE_WITH));
    TRY(await_result(c, async, 1));
    TRY(emit_jump(c, V_SETUP_WITH, final));
    block_use(c, block);
    TRY(nest_push(c, async ? ASYNC_WITH_BLOCK : WITH_BLOCK, block, final, node));
    if (item->withitem.optional_vars)
        TRY(compile_expression(c, item->withitem.optional_vars));
    else
        TRY(emit(c, BC_POP_TOP));
    if (number + 1 < items->n)
        TRY(with_item(c, node, items, body, number + 1));
    else
        TRY(compile_statements(c, body));
    nest_pop(c);
    TRY(async ? emit(c, V_POP_BLOCK) : emit_artificial(c, V_POP_BLOCK));
    at_node(c, node);
    TRY(call_exit_with_nones(c));
    TRY(await_result(c, async, 2));
    TRY(emit(c, BC_POP_TOP));
    TRY(emit_jump(c, V_JUMP, exit));
    block_use(c, final);
    TRY(emit_jump(c, V_SETUP_CLEANUP, cleanup));
    TRY(emit(c, BC_PUSH_EXC_INFO));
    TRY(emit(c, BC_WITH_EXCEPT_START));
    TRY(await_result(c, async, 2));
    TRY(with_exception(c, cleanup));
    block_use(c, exit);
    return 0;
}

int compile_with(Compiler *c, const Node *node)
{
    if (node->kind == With_kind)
        return with_item(c, node, node->With.items, node->With.body, 0);
    if (allows_top_level_await(c))
        c->unit->scope->coroutine = true;
    else if (c->unit->kind != UNIT_ASYNC_FUNCTION)
        return compile_error(c, "'async with' outside async function");
    return with_item(c, node, node->AsyncWith.items, node->AsyncWith.body, 0);
}

/* ---- imports ---- */

/* import a.b.c as d: fetches b and c from what IMPORT_NAME gave, a. */
static int import_as(Compiler *c, PyObject *name, PyObject *asname)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(name);
    Py_ssize_t dot = PyUnicode_FindChar(name, '.', 0, length, 1);
    if (dot < 0)
        return compile_name(c, asname, Store);
    for (;;) {
        Py_ssize_t begin = dot + 1;
        dot = PyUnicode_FindChar(name, '.', begin, length, 1);
        PyObject *part = PyUnicode_Substring(name, begin, dot < 0 ? length : dot);
        if (part)
            PyUnicode_InternInPlace(&part);
        part = compile_own(c, part);
        int index = part ? name_index(c, &c->unit->names, part) : -1;
        if (index < 0)
            return -1;
        TRY(emit_arg(c, BC_IMPORT_FROM, index));
        if (dot < 0)
            break;
        TRY(emit_arg(c, BC_SWAP, 2));
        TRY(emit(c, BC_POP_TOP));
    }
    TRY(compile_name(c, asname, Store));
    return emit(c, BC_POP_TOP);
}

static int import(Compiler *c, const Node *node)
{
    for (Py_ssize_t i = 0; i < node->Import.names->n; i++) {
        const Node *alias = node->Import.names->item[i];
        TRY(emit_new_const(c, PyLong_FromLong(0)));
        TRY(emit_const(c, Py_None));
        TRY(emit_name(c, BC_IMPORT_NAME, alias->alias.name));
        if (alias->alias.asname) {
            TRY(import_as(c, alias->alias.name, alias->alias.asname));
            continue;
        }
        PyObject *name = alias->alias.name;
        Py_ssize_t dot = PyUnicode_FindChar(name, '.', 0, PyUnicode_GET_LENGTH(name), 1);
        if (dot >= 0) {
            name = PyUnicode_Substring(name, 0, dot);
            if (name)
                PyUnicode_InternInPlace(&name);
            if (!(name = compile_own(c, name)))
                return -1;
        }
        TRY(compile_name(c, name, Store));
    }
    return 0;
}

static int import_from(Compiler *c, const Node *node)
{
    const NodeSeq *names = node->ImportFrom.names;
    PyObject *module = node->ImportFrom.module;
    TRY(emit_new_const(c, PyLong_FromLong(node->ImportFrom.level)));
    if (node->at.lineno > c->future.last_line && module && PyUnicode_CompareWithASCIIString(module, "__future__") == 0)
        return compile_error(c, "from __future__ imports must occur at the beginning of the file");
    PyObject *tuple = compile_own(c, PyTuple_New(names->n));
    if (!tuple)
        return -1;
    for (Py_ssize_t i = 0; i < names->n; i++)
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(names->item[i]->alias.name));
    TRY(emit_const(c, tuple));
    TRY(emit_name(c, BC_IMPORT_NAME, module ? module : K_STR("")));
    for (Py_ssize_t i = 0; i < names->n; i++) {
        const Node *alias = names->item[i];
        if (i == 0 && PyUnicode_READ_CHAR(alias->alias.name, 0) == '*')
            return emit(c, BC_IMPORT_STAR);
        TRY(emit_name(c, BC_IMPORT_FROM, alias->alias.name));
        TRY(compile_name(c, alias->alias.asname ? alias->alias.asname : alias->alias.name, Store));
    }
    return emit(c, BC_POP_TOP);
}

/* ---- simple statements ---- */

static int assign(Compiler *c, const Node *node)
{
    const NodeSeq *targets = node->Assign.targets;
    TRY(compile_expression(c, node->Assign.value));
    for (Py_ssize_t i = 0; i < targets->n; i++) {
        if (i + 1 < targets->n)
            TRY(emit_arg(c, BC_COPY, 1));
        TRY(compile_expression(c, targets->item[i]));
    }
    return 0;
}

static int assert_statement(Compiler *c, const Node *node)
{
    const Node *test = node->Assert.test;
    bool full_tuple = (test->kind == Tuple_kind && test->Tuple.elts->n > 0) ||
                      (test->kind == Constant_kind && PyTuple_Check(test->Constant.value) &&
                       PyTuple_GET_SIZE(test->Constant.value) > 0);
    if (full_tuple)
        TRY(compile_warn(c, "assertion is always true, perhaps remove parentheses?"));
    if (c->optimize)
        return 0;
    Block *end = block_new(c);
    if (!end)
        return -1;
    TRY(compile_jump_if(c, test, end, true));
    TRY(emit(c, BC_LOAD_ASSERTION_ERROR));
    if (node->Assert.msg) {
        TRY(compile_expression(c, node->Assert.msg));
        TRY(emit_call(c, 0));
    }
    TRY(emit_arg(c, BC_RAISE_VARARGS, 1));
    block_use(c, end);
    return 0;
}

static int raise_statement(Compiler *c, const Node *node)
{
    int n = 0;
    if (node->Raise.exc) {
        TRY(compile_expression(c, node->Raise.exc));
        n++;
        if (node->Raise.cause) {
            TRY(compile_expression(c, node->Raise.cause));
            n++;
        }
    }
    return emit_arg(c, BC_RAISE_VARARGS, n);
}

static int expression_statement(Compiler *c, const Node *node)
{
    const Node *value = node->Expr.value;
    if (c->interactive && c->levels <= 1) {
        TRY(compile_expression(c, value));
        return emit(c, BC_PRINT_EXPR);
    }
    if (value->kind == Constant_kind)
        return emit(c, BC_NOP); /* its line is seen, and no more */
    TRY(compile_expression(c, value));
    at_nowhere(c);
    return emit(c, BC_POP_TOP);
}

static int statement(Compiler *c, const Node *node)
{
    switch ((int)node->kind) {
    case FunctionDef_kind:
    case AsyncFunctionDef_kind: return compile_function(c, node);
    case ClassDef_kind:         return compile_class(c, node);
    case Return_kind:           return return_statement(c, node);
    case Delete_kind:           return compile_expressions(c, node->Delete.targets);
    case Assign_kind:           return assign(c, node);
    case AugAssign_kind:        return compile_augassign(c, node);
    case AnnAssign_kind:        return annotated(c, node);
    case For_kind:              return for_statement(c, node);
    case AsyncFor_kind:         return async_for_statement(c, node);
    case While_kind:            return while_statement(c, node);
    case If_kind:               return if_statement(c, node);
    case With_kind:
    case AsyncWith_kind:        return compile_with(c, node);
    case Match_kind:            return compile_match(c, node);
    case Raise_kind:            return raise_statement(c, node);
    case Try_kind:
    case TryStar_kind:          return compile_try(c, node);
    case Assert_kind:           return assert_statement(c, node);
    case Import_kind:           return import(c, node);
    case ImportFrom_kind:       return import_from(c, node);
    case Global_kind:
    case Nonlocal_kind:         return 0;
    case Expr_kind:             return expression_statement(c, node);
    case Pass_kind:             return emit(c, BC_NOP);
    case Break_kind:            return break_or_continue(c, true);
    case Continue_kind:         return break_or_continue(c, false);
    }
    PyErr_Format(PyExc_SystemError, "node kind %d is no statement", node->kind);
    return -1;
}

int compile_statement(Compiler *c, const Node *node)
{
    TRY(tree_depth_enter(&c->depth));
    at_node(c, node);
    TRY(statement(c, node));
    tree_depth_leave(&c->depth);
    return 0;
}

int compile_body(Compiler *c, const NodeSeq *body)
{
    if (c->unit->kind == UNIT_MODULE && body->n)
        at_node(c, body->item[0]);
    if (has_annotations(body))
        TRY(emit(c, BC_SETUP_ANNOTATIONS));
    Py_ssize_t i = 0;
    if (c->optimize < 2 && ast_docstring(body)) {
        TRY(compile_expression(c, body->item[0]->Expr.value));
        at_nowhere(c);
        TRY(compile_name(c, K_STR("__doc__"), Store));
        i = 1;
    }
    for (; i < body->n; i++)
        TRY(compile_statement(c, body->item[i]));
    return 0;
}

int compile_body_interactive(Compiler *c, const NodeSeq *body)
{
    if (has_annotations(body))
        TRY(emit(c, BC_SETUP_ANNOTATIONS));
    return compile_statements(c, body);
}
