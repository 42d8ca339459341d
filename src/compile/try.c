/* try.c - code for try statements: except, except*, else and finally.
 *
 * In: Try and TryStar nodes.  Out: instructions; V_SETUP_* ... V_POP_BLOCK mark what a handler covers.
 * Invariant: a handler entered by an exception leaves the stack as it was at its V_SETUP_*, by POP_EXCEPT or RERAISE.
 * Start at compile_try(). */
#include "compile/unit.h"

/* The four parts, alike in both kinds of statement. */
typedef struct TryParts {
    const NodeSeq *body, *handlers, *orelse, *finalbody;
} TryParts;

static TryParts try_parts(const Node *node)
{
    if (node->kind == Try_kind)
        return (TryParts){ node->Try.body, node->Try.handlers, node->Try.orelse, node->Try.finalbody };
    return (TryParts){ node->TryStar.body, node->TryStar.handlers, node->TryStar.orelse, node->TryStar.finalbody };
}

static int protected_body(Compiler *c, const NodeSeq *statements, Block *body, Block *handler)
{
    TRY(emit_jump(c, V_SETUP_FINALLY, handler));
    block_use(c, body);
    TRY(nest_push(c, TRY_EXCEPT, body, NULL, NULL));
    TRY(compile_statements(c, statements));
    nest_pop(c);
    return emit_artificial(c, V_POP_BLOCK);
}

/* Enters the handlers: what goes wrong in them ends at cleanup. */
static int handlers_start(Compiler *c, Block *except, Block *cleanup, NestKind kind)
{
    block_use(c, except);
    at_nowhere(c);
    TRY(emit_jump(c, V_SETUP_CLEANUP, cleanup));
    TRY(emit(c, BC_PUSH_EXC_INFO));
    return nest_push(c, kind, NULL, NULL, NULL);
}

/* ---- except ---- */

static int handler_body_named(Compiler *c, const Node *handler, Block *end)
{
    PyObject *name = handler->ExceptHandler.name;
    Block *cleanup = block_new(c), *body = block_new(c);
    if (!cleanup || !body)
        return -1;
    TRY(compile_name(c, name, Store));
    TRY(emit_jump(c, V_SETUP_CLEANUP, cleanup));
    block_use(c, body);
    TRY(nest_push(c, HANDLER_CLEANUP, body, NULL, name));
    TRY(compile_statements(c, handler->ExceptHandler.body));
    nest_pop(c);
    at_nowhere(c);
    TRY(emit(c, V_POP_BLOCK));
    TRY(emit(c, V_POP_BLOCK));
    TRY(emit(c, BC_POP_EXCEPT));
    TRY(compile_forget_name(c, name));
    TRY(emit_jump(c, V_JUMP, end));
    block_use(c, cleanup);
    at_nowhere(c);
    TRY(compile_forget_name(c, name));
    return emit_arg(c, BC_RERAISE, 1);
}

static int handler_body(Compiler *c, const Node *handler, Block *end)
{
    Block *body = block_new(c);
    if (!body)
        return -1;
    TRY(emit(c, BC_POP_TOP));
    block_use(c, body);
    TRY(nest_push(c, HANDLER_CLEANUP, body, NULL, NULL));
    TRY(compile_statements(c, handler->ExceptHandler.body));
    nest_pop(c);
    at_nowhere(c);
    TRY(emit(c, V_POP_BLOCK));
    TRY(emit(c, BC_POP_EXCEPT));
    return emit_jump(c, V_JUMP, end);
}

static int try_except(Compiler *c, const TryParts *parts)
{
    /* Blocks are made in CPython's order, which small exits are copied in. */
    Block *body = block_new(c), *except = block_new(c), *end = block_new(c), *cleanup = block_new(c);
    if (!body || !except || !end || !cleanup)
        return -1;
    TRY(protected_body(c, parts->body, body, except));
    TRY(compile_statements(c, parts->orelse));
    TRY(emit_jump_artificial(c, V_JUMP, end));
    TRY(handlers_start(c, except, cleanup, EXCEPTION_HANDLER));
    for (Py_ssize_t i = 0; i < parts->handlers->n; i++) {
        const Node *handler = parts->handlers->item[i];
        at_node(c, handler);
        if (!handler->ExceptHandler.type && i < parts->handlers->n - 1)
            return compile_error(c, "default 'except:' must be last");
        Block *next = block_new(c);
        if (!next)
            return -1;
        if (handler->ExceptHandler.type) {
            TRY(compile_expression(c, handler->ExceptHandler.type));
            TRY(emit(c, BC_CHECK_EXC_MATCH));
            TRY(emit_jump(c, V_POP_JUMP_IF_FALSE, next));
        }
        if (handler->ExceptHandler.name)
            TRY(handler_body_named(c, handler, end));
        else
            TRY(handler_body(c, handler, end));
        block_use(c, next);
    }
    at_nowhere(c);
    nest_pop(c);
    TRY(emit_arg(c, BC_RERAISE, 0));
    block_use(c, cleanup);
    TRY(emit_reraise_cleanup(c));
    block_use(c, end);
    return 0;
}

/* ---- except* ---- */

/* One handler: the stack holds the original group, the list of what was raised, and the rest of the group; the body
 * leaves the rest for the next handler. */
static int star_handler(Compiler *c, const Node *handler, Block *next)
{
    PyObject *name = handler->ExceptHandler.name;
    Block *match = block_new(c), *cleanup = block_new(c), *body = block_new(c);
    if (!match || !cleanup || !body)
        return -1;
    if (handler->ExceptHandler.type) {
        TRY(compile_expression(c, handler->ExceptHandler.type));
        TRY(emit(c, BC_CHECK_EG_MATCH));
        TRY(emit_arg(c, BC_COPY, 1));
        TRY(emit_jump(c, V_POP_JUMP_IF_NOT_NONE, match));
        TRY(emit(c, BC_POP_TOP));
        TRY(emit_jump(c, V_JUMP, next));
    }
    block_use(c, match);
    if (name)
        TRY(compile_name(c, name, Store));
    else
        TRY(emit(c, BC_POP_TOP));
    TRY(emit_jump(c, V_SETUP_CLEANUP, cleanup));
    block_use(c, body);
    TRY(nest_push(c, HANDLER_CLEANUP, body, NULL, name));
    TRY(compile_statements(c, handler->ExceptHandler.body));
    nest_pop(c);
    at_nowhere(c);
    TRY(emit(c, V_POP_BLOCK));
    if (name)
        TRY(compile_forget_name(c, name));
    TRY(emit_jump(c, V_JUMP, next));
    block_use(c, cleanup); /* the body raised: note it and go on with the rest */
    at_nowhere(c);
    if (name)
        TRY(compile_forget_name(c, name));
    TRY(emit_arg(c, BC_LIST_APPEND, 3));
    TRY(emit(c, BC_POP_TOP));
    return emit_jump(c, V_JUMP, next);
}

static int star_finish(Compiler *c, Block *end)
{
    Block *reraise = block_new(c);
    if (!reraise)
        return -1;
    TRY(emit(c, BC_PREP_RERAISE_STAR));
    TRY(emit_arg(c, BC_COPY, 1));
    TRY(emit_jump(c, V_POP_JUMP_IF_NOT_NONE, reraise));
    TRY(emit(c, BC_POP_TOP));
    TRY(emit(c, V_POP_BLOCK));
    TRY(emit(c, BC_POP_EXCEPT));
    TRY(emit_jump(c, V_JUMP, end));
    block_use(c, reraise);
    TRY(emit(c, V_POP_BLOCK));
    TRY(emit_arg(c, BC_SWAP, 2));
    TRY(emit(c, BC_POP_EXCEPT));
    return emit_arg(c, BC_RERAISE, 0);
}

static int try_star(Compiler *c, const TryParts *parts)
{
    Block *body = block_new(c), *except = block_new(c), *orelse = block_new(c), *end = block_new(c),
          *cleanup = block_new(c), *finish = block_new(c);
    if (!body || !except || !orelse || !end || !cleanup || !finish)
        return -1;
    TRY(protected_body(c, parts->body, body, except));
    TRY(emit_jump_artificial(c, V_JUMP, orelse));
    TRY(handlers_start(c, except, cleanup, EXCEPTION_GROUP_HANDLER));
    for (Py_ssize_t i = 0; i < parts->handlers->n; i++) {
        const Node *handler = parts->handlers->item[i];
        at_node(c, handler);
        Block *next = block_new(c);
        if (!next)
            return -1;
        if (i == 0) {
            TRY(emit_arg(c, BC_COPY, 1));
            TRY(emit_arg(c, BC_BUILD_LIST, 0));
            TRY(emit_arg(c, BC_SWAP, 2));
        }
        TRY(star_handler(c, handler, next));
        block_use(c, next);
        if (i == parts->handlers->n - 1) {
            TRY(emit_arg(c, BC_LIST_APPEND, 1)); /* what no handler took */
            TRY(emit_jump(c, V_JUMP, finish));
        }
    }
    nest_pop(c);
    block_use(c, finish);
    TRY(star_finish(c, end));
    block_use(c, cleanup);
    TRY(emit_reraise_cleanup(c));
    block_use(c, orelse);
    TRY(compile_statements(c, parts->orelse));
    block_use(c, end);
    return 0;
}

/* ---- finally ---- */

static int inner_part(Compiler *c, const Node *node, const TryParts *parts)
{
    if (!parts->handlers->n)
        return compile_statements(c, parts->body);
    return node->kind == Try_kind ? try_except(c, parts) : try_star(c, parts);
}

static int try_finally(Compiler *c, const Node *node, const TryParts *parts)
{
    Block *body = block_new(c), *except = block_new(c), *exit = block_new(c), *cleanup = block_new(c);
    if (!body || !except || !exit || !cleanup)
        return -1;
    TRY(emit_jump(c, V_SETUP_FINALLY, except));
    block_use(c, body);
    TRY(nest_push(c, FINALLY_TRY, body, except, parts->finalbody));
    TRY(inner_part(c, node, parts));
    TRY(emit_artificial(c, V_POP_BLOCK));
    nest_pop(c);
    TRY(compile_statements(c, parts->finalbody));
    TRY(emit_jump_artificial(c, V_JUMP, exit));
    block_use(c, except);
    at_nowhere(c);
    TRY(emit_jump(c, V_SETUP_CLEANUP, cleanup));
    TRY(emit(c, BC_PUSH_EXC_INFO));
    TRY(nest_push(c, FINALLY_END, except, NULL, NULL));
    TRY(compile_statements(c, parts->finalbody));
    nest_pop(c);
    TRY(emit_arg(c, BC_RERAISE, 0));
    block_use(c, cleanup);
    TRY(emit_reraise_cleanup(c));
    block_use(c, exit);
    return 0;
}

int compile_try(Compiler *c, const Node *node)
{
    TryParts parts = try_parts(node);
    return parts.finalbody->n ? try_finally(c, node, &parts) : inner_part(c, node, &parts);
}
