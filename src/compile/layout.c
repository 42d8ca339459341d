/* layout.c - from a flow graph to a line of instructions: depth of the stack, handlers, jump distances.
 *
 * In: optimised blocks.  Out: blocks with real instructions only, their offsets and depths, and for each instruction
 * the handler that covers it. The order of blocks does not change here. */
#include "compile/unit.h"

#include "runtime/errors.h"

static int no_memory(void)
{
    PyErr_NoMemory();
    return -1;
}

static size_t count_blocks(const Compiler *c)
{
    size_t n = 0;
    for (const Block *block = c->unit->newest; block; block = block->made_before)
        n++;
    return n;
}

/* ---- stack depth ---- */

int instr_stack_effect(const Instr *i, bool jump)
{
    switch (i->op) {
    case V_SETUP_FINALLY:
    case V_SETUP_WITH:           return jump ? 1 : 0;
    case V_SETUP_CLEANUP:        return jump ? 2 : 0;
    case V_POP_BLOCK:
    case V_JUMP:
    case V_JUMP_NO_INTERRUPT:    return 0;
    case V_POP_JUMP_IF_FALSE:
    case V_POP_JUMP_IF_TRUE:
    case V_POP_JUMP_IF_NONE:
    case V_POP_JUMP_IF_NOT_NONE: return -1;
    }
    return k_stack_effect(i->op, i->arg, jump);
}

static void visit_at_depth(Block ***top, Block *block, int depth)
{
    if (block->depth >= 0)
        return;
    block->depth = depth;
    *(*top)++ = block;
}

static int block_depth(Block *block, Block ***top, int max_depth)
{
    int depth = block->depth;
    for (int k = 0; k < block->n; k++) {
        const Instr *i = &block->instr[k];
        int after = depth + instr_stack_effect(i, false);
        if (after < 0) {
            PyErr_SetString(PyExc_SystemError, "the compiler made code that pops an empty stack");
            return -1;
        }
        max_depth = Py_MAX(max_depth, after);
        if (instr_is_jump(i) || instr_is_setup(i)) {
            int there = depth + instr_stack_effect(i, true);
            max_depth = Py_MAX(max_depth, there);
            visit_at_depth(top, i->target, there);
        }
        depth = after;
    }
    if (block->next && !block->ends)
        visit_at_depth(top, block->next, depth);
    return max_depth;
}

int layout_stack_depth(Compiler *c)
{
    Block **stack = arena_alloc(c->arena, (count_blocks(c) + 1) * sizeof *stack), **top = stack;
    if (!stack)
        return no_memory();
    for (Block *block = c->unit->newest; block; block = block->made_before)
        block->depth = INT_MIN;
    /* A generator's frame starts with what its POP_TOP takes. */
    visit_at_depth(&top, c->unit->entry, c->unit->scope->generator || c->unit->scope->coroutine);
    int max_depth = 0;
    while (top > stack) {
        Block *block = *--top;
        max_depth = block_depth(block, &top, max_depth);
        TRY(max_depth);
    }
    return max_depth;
}

/* ---- handlers ---- */

typedef struct HandlerStack {
    Block *handler[NEST_LIMIT + 2];
    int n;
} HandlerStack;

static HandlerStack *copy_handlers(Compiler *c, const HandlerStack *handlers)
{
    HandlerStack *copy = arena_alloc(c->arena, sizeof *copy);
    if (copy && handlers)
        *copy = *handlers;
    return copy;
}

static Block *innermost(const HandlerStack *handlers)
{
    return handlers->n ? handlers->handler[handlers->n - 1] : NULL;
}

static int hand_on(Compiler *c, Block ***top, Block *block, const HandlerStack *handlers)
{
    if (block->visited)
        return 0;
    block->visited = true;
    if (!(block->handlers = copy_handlers(c, handlers)))
        return no_memory();
    *(*top)++ = block;
    return 0;
}

/* Instructions of one block. Those that set up and end handlers do nothing at run time: nothing covers them. */
static int block_handlers(Compiler *c, Block ***top, Block *block)
{
    HandlerStack *handlers = block->handlers;
    for (int k = 0; k < block->n; k++) {
        Instr *i = &block->instr[k];
        if (instr_is_setup(i)) {
            TRY(hand_on(c, top, i->target, handlers));
            if (handlers->n == K_COUNT_OF(handlers->handler)) {
                PyErr_SetString(PyExc_SystemError, "too many nested handlers");
                return -1;
            }
            i->target->push_lasti = i->op != V_SETUP_FINALLY;
            handlers->handler[handlers->n++] = i->target;
        }
        else if (i->op == V_POP_BLOCK)
            handlers->n--;
        else {
            i->handler = innermost(handlers);
            if (instr_is_jump(i))
                TRY(hand_on(c, top, i->target, handlers));
        }
    }
    return block->next && !block->ends ? hand_on(c, top, block->next, handlers) : 0;
}

int layout_handlers(Compiler *c)
{
    Block **stack = arena_alloc(c->arena, (count_blocks(c) + 1) * sizeof *stack), **top = stack;
    if (!stack)
        return no_memory();
    for (Block *block = c->unit->newest; block; block = block->made_before)
        block->visited = false;
    const HandlerStack none = { { NULL }, 0 };
    TRY(hand_on(c, &top, c->unit->entry, &none));
    while (top > stack) {
        Block *block = *--top;
        TRY(block_handlers(c, &top, block));
    }
    for (Block *block = c->unit->entry; block; block = block->next) {
        for (int k = 0; k < block->n; k++)
            if (instr_is_setup(&block->instr[k]) || block->instr[k].op == V_POP_BLOCK)
                block->instr[k].op = BC_NOP;
        flow_clean_block(block);
    }
    return 0;
}

/* ---- jumps ---- */

static int real_jump(int op, bool backward)
{
    switch (op) {
    case V_JUMP:                 return backward ? BC_JUMP_BACKWARD : BC_JUMP_FORWARD;
    case V_JUMP_NO_INTERRUPT:    return backward ? BC_JUMP_BACKWARD_NO_INTERRUPT : BC_JUMP_FORWARD;
    case V_POP_JUMP_IF_FALSE:    return backward ? BC_POP_JUMP_BACKWARD_IF_FALSE : BC_POP_JUMP_FORWARD_IF_FALSE;
    case V_POP_JUMP_IF_TRUE:     return backward ? BC_POP_JUMP_BACKWARD_IF_TRUE : BC_POP_JUMP_FORWARD_IF_TRUE;
    case V_POP_JUMP_IF_NONE:     return backward ? BC_POP_JUMP_BACKWARD_IF_NONE : BC_POP_JUMP_FORWARD_IF_NONE;
    case V_POP_JUMP_IF_NOT_NONE: return backward ? BC_POP_JUMP_BACKWARD_IF_NOT_NONE : BC_POP_JUMP_FORWARD_IF_NOT_NONE;
    }
    return op;
}

static void make_jumps_real(Compiler *c)
{
    for (Block *block = c->unit->newest; block; block = block->made_before)
        block->visited = false;
    for (Block *block = c->unit->entry; block; block = block->next) {
        block->visited = true;
        Instr *last = block_last(block);
        if (last && instr_is_jump(last))
            last->op = real_jump(last->op, last->target->visited);
    }
}

int instr_units(const Instr *i)
{
    unsigned arg = (unsigned)i->arg;
    int extended = (arg > 0xff) + (arg > 0xffff) + (arg > 0xffffff);
    return extended + 1 + k_bytecode_row(i->op)->caches;
}

static int place_blocks(Compiler *c)
{
    int64_t offset = 0;
    for (Block *block = c->unit->entry; block; block = block->next) {
        block->offset = (int)offset;
        for (int k = 0; k < block->n; k++)
            offset += instr_units(&block->instr[k]);
        if (offset > INT_MAX / 2) {
            PyErr_SetString(PyExc_OverflowError, "the code is too large");
            return -1;
        }
    }
    return (int)offset;
}

/* Distances change sizes, and sizes distances: they only grow, so this ends. */
int layout_jumps(Compiler *c, int *size)
{
    make_jumps_real(c);
    for (bool changed = true; changed;) {
        TRY(*size = place_blocks(c));
        changed = false;
        for (Block *block = c->unit->entry; block; block = block->next) {
            int offset = block->offset;
            for (int k = 0; k < block->n; k++) {
                Instr *i = &block->instr[k];
                int units = instr_units(i);
                offset += units;
                if (!instr_is_jump(i))
                    continue;
                i->arg = i->target->offset < offset ? offset - i->target->offset : i->target->offset - offset;
                changed |= instr_units(i) != units;
            }
        }
    }
    return 0;
}
