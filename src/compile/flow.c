/* flow.c - makes a unit's flow graph smaller: known conditions, jumps to jumps, constant tuples, swaps, dead code.
 *
 * In: blocks as the code generator left them.  Out: blocks without dead or empty ones on the way from the entry, each
 * instruction with a position unless none can be known. Start at flow_optimize(). */
#include "compile/unit.h"

#include "objects/protocol.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

static void make_nop(Instr *i)
{
    i->op = BC_NOP;
    i->arg = 0;
    i->target = NULL;
}

/* The first block with instructions from here on; NULL behind the last. */
static Block *filled(Block *block)
{
    while (block && block->n == 0)
        block = block->next;
    return block;
}

void flow_clean_block(Block *block)
{
    int kept = 0, line_before = -1;
    for (int k = 0; k < block->n; k++) {
        Instr *i = &block->instr[k];
        int line = i->at.lineno;
        if (i->op == BC_NOP) {
            if (line < 0 || line == line_before)
                continue;
            if (k + 1 < block->n) {
                Instr *next = &block->instr[k + 1];
                if (next->at.lineno == line)
                    continue;
                if (next->at.lineno < 0) { /* it takes the line over */
                    next->at = i->at;
                    continue;
                }
            }
            else {
                Block *next = filled(block->next);
                if (next && next->instr[0].at.lineno == line)
                    continue;
            }
        }
        if (kept != k)
            block->instr[kept] = *i;
        kept++;
        line_before = line;
    }
    block->n = kept;
}

/* ---- within a block ---- */

static PyObject *const_at(Compiler *c, int index)
{
    return (PyObject *)c->unit->consts.entry[index].key;
}

/* LOAD_CONST with a conditional jump behind it: the jump is taken always or never. */
static int fold_condition(Compiler *c, Block *block, int k)
{
    Instr *load = &block->instr[k], *jump = load + 1;
    bool pops = jump->op == V_POP_JUMP_IF_FALSE || jump->op == V_POP_JUMP_IF_TRUE;
    bool wanted = jump->op == V_POP_JUMP_IF_TRUE || jump->op == BC_JUMP_IF_TRUE_OR_POP;
    int truth = PyObject_IsTrue(const_at(c, load->arg));
    if (truth < 0)
        return -1;
    if (truth == wanted) {
        if (pops)
            make_nop(load);
        jump->op = V_JUMP;
        block->ends = true;
    }
    else {
        make_nop(load);
        make_nop(jump);
    }
    return 0;
}

/* `is None` before a jump is a jump of its own. */
static void fold_none_test(Compiler *c, Block *block, int k)
{
    Instr *load = &block->instr[k], *test = load + 1, *jump = load + 2;
    if (k + 2 >= block->n || const_at(c, load->arg) != Py_None ||
        (jump->op != V_POP_JUMP_IF_FALSE && jump->op != V_POP_JUMP_IF_TRUE))
        return;
    bool on_none = (jump->op == V_POP_JUMP_IF_TRUE) != (test->arg == 1);
    jump->op = on_none ? V_POP_JUMP_IF_NONE : V_POP_JUMP_IF_NOT_NONE;
    make_nop(load);
    make_nop(test);
}

static int fold_const(Compiler *c, Block *block, int k)
{
    if (k + 1 >= block->n)
        return 0;
    switch (block->instr[k + 1].op) {
    case V_POP_JUMP_IF_FALSE:
    case V_POP_JUMP_IF_TRUE:
    case BC_JUMP_IF_FALSE_OR_POP:
    case BC_JUMP_IF_TRUE_OR_POP: return fold_condition(c, block, k);
    case BC_IS_OP:               fold_none_test(c, block, k);
    }
    return 0;
}

static int fold_tuple(Compiler *c, Block *block, int k)
{
    Instr *build = &block->instr[k];
    int n = build->arg;
    if (k + 1 < block->n && build[1].op == BC_UNPACK_SEQUENCE && build[1].arg == n && n >= 1 && n <= 3) {
        make_nop(build);
        if (n == 1)
            make_nop(build + 1);
        else
            build[1].op = BC_SWAP; /* a, b = x, y */
        return 0;
    }
    if (k < n)
        return 0;
    for (int i = 1; i <= n; i++)
        if (build[-i].op != BC_LOAD_CONST)
            return 0;
    PyObject *tuple = compile_own(c, PyTuple_New(n));
    if (!tuple)
        return -1;
    for (int i = 0; i < n; i++) {
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(const_at(c, build[i - n].arg)));
        make_nop(&build[i - n]);
    }
    int index = const_index(c, tuple);
    if (index < 0)
        return -1;
    build->op = BC_LOAD_CONST;
    build->arg = index;
    return 0;
}

/* A jump to an unconditional jump goes where that one goes. True when it changed, to be looked at again. */
static bool thread_jump(Instr *i, const Instr *target, int op)
{
    if (i->at.lineno != target->at.lineno || i->target == target->target)
        return false;
    i->target = target->target;
    i->op = op;
    return true;
}

/* x or y where the jump leads to a test whose outcome is known. */
static bool thread_bool_op(Instr *i, const Instr *target)
{
    bool on_true = i->op == BC_JUMP_IF_TRUE_OR_POP;
    int same_or_pop = i->op, other_or_pop = on_true ? BC_JUMP_IF_FALSE_OR_POP : BC_JUMP_IF_TRUE_OR_POP;
    int same_test = on_true ? V_POP_JUMP_IF_TRUE : V_POP_JUMP_IF_FALSE;
    int other_test = on_true ? V_POP_JUMP_IF_FALSE : V_POP_JUMP_IF_TRUE;
    if (target->op == same_test)
        return thread_jump(i, target, same_test);
    if (target->op == V_JUMP || target->op == same_or_pop)
        return thread_jump(i, target, same_or_pop);
    if ((target->op == other_or_pop || target->op == other_test) && i->at.lineno == target->at.lineno) {
        i->op = same_test; /* the other test would not jump: go behind it */
        i->target = i->target->next;
        return true;
    }
    return false;
}

static bool thread(Instr *i)
{
    if (!instr_is_jump(i))
        return false;
    i->target = filled(i->target);
    const Instr *target = &i->target->instr[0];
    switch (i->op) {
    case BC_JUMP_IF_FALSE_OR_POP:
    case BC_JUMP_IF_TRUE_OR_POP: return thread_bool_op(i, target);
    case V_POP_JUMP_IF_FALSE:
    case V_POP_JUMP_IF_TRUE:
    case V_POP_JUMP_IF_NONE:
    case V_POP_JUMP_IF_NOT_NONE:
    case V_JUMP:                 return target->op == V_JUMP && thread_jump(i, target, i->op);
    }
    return false;
}

/* ---- swaps ---- */

/* A run of SWAPs, NOPs between them, is one permutation: the fewest swaps that make it, by its cycles. The last swaps
 * of the run are used, the others become NOPs. Gives the length of the run, or -1. */
static int simplify_swaps(Compiler *c, Block *block, int start)
{
    Instr *run = &block->instr[start];
    int depth = run->arg, length = 1;
    bool several = false;
    for (; start + length < block->n; length++) {
        if (run[length].op == BC_SWAP) {
            depth = Py_MAX(depth, run[length].arg);
            several = true;
        }
        else if (run[length].op != BC_NOP)
            break;
    }
    if (!several)
        return 1;
    int *place = arena_alloc(c->arena, (size_t)depth * sizeof *place);
    if (!place) {
        PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < depth; i++)
        place[i] = i;
    for (int i = 0; i < length; i++) {
        if (run[i].op != BC_SWAP)
            continue;
        int top = place[0];
        place[0] = place[run[i].arg - 1];
        place[run[i].arg - 1] = top;
    }
    enum { DONE = -1 };
    int free_instr = length - 1;
    for (int i = 0; i < depth; i++) {
        if (place[i] == DONE || place[i] == i)
            continue;
        for (int j = i;;) { /* once round the cycle; item 0, the top, is where swaps happen */
            if (j) {
                run[free_instr].op = BC_SWAP;
                run[free_instr--].arg = j + 1;
            }
            if (place[j] == DONE)
                break;
            int next = place[j];
            place[j] = DONE;
            j = next;
        }
    }
    for (; free_instr >= 0; free_instr--)
        make_nop(&run[free_instr]);
    return length;
}

static bool is_swappable(const Instr *i)
{
    return i->op == BC_STORE_FAST || i->op == BC_POP_TOP;
}

/* The next store or pop behind k, on that line (any line when it is negative); -1 when something else comes first. */
static int next_swappable(const Block *block, int k, int line)
{
    for (k++; k < block->n; k++) {
        const Instr *i = &block->instr[k];
        if (line >= 0 && i->at.lineno != line)
            return -1;
        if (is_swappable(i))
            return k;
        if (i->op != BC_NOP)
            return -1;
    }
    return -1;
}

/* SWAP before stores: the stores change places instead. */
static void swap_stores(Block *block, int k)
{
    for (; k >= 0; k--) {
        Instr *swap = &block->instr[k];
        if (swap->op != BC_SWAP) {
            if (swap->op == BC_NOP || is_swappable(swap))
                continue;
            return;
        }
        int first = next_swappable(block, k, -1);
        if (first < 0)
            return;
        int other = first, line = block->instr[first].at.lineno;
        for (int i = 1; i < swap->arg && other >= 0; i++)
            other = next_swappable(block, other, line);
        if (other < 0)
            return;
        make_nop(swap);
        Instr saved = block->instr[first];
        block->instr[first] = block->instr[other];
        block->instr[other] = saved;
    }
}

static int optimize_block(Compiler *c, Block *block)
{
    for (int k = 0; k < block->n; k++) {
        Instr *i = &block->instr[k];
        switch (i->op) {
        case BC_LOAD_CONST: TRY(fold_const(c, block, k)); break;
        case BC_BUILD_TUPLE: TRY(fold_tuple(c, block, k)); break;
        case BC_SWAP: {
            if (i->arg == 1) {
                make_nop(i);
                break;
            }
            int length = simplify_swaps(c, block, k);
            TRY(length);
            k += length - 1;
            swap_stores(block, k);
            break;
        }
        case BC_PUSH_NULL: /* LOAD_GLOBAL can push it itself */
            if (k + 1 < block->n && i[1].op == BC_LOAD_GLOBAL && !(i[1].arg & 1)) {
                make_nop(i);
                i[1].arg |= 1;
            }
            break;
        default:
            if (thread(i))
                k--;
        }
    }
    return 0;
}

/* ---- between blocks ---- */

enum { SMALL_EXIT = 4 };

/* A block that leaves the function by artificial instructions only. */
static bool is_exit_without_line(const Block *block)
{
    if (!block->exits)
        return false;
    for (int k = 0; k < block->n; k++)
        if (block->instr[k].at.lineno >= 0)
            return false;
    return true;
}

/* A jump to a few artificial instructions that leave the function is replaced by them. */
static int copy_small_exit(Compiler *c, Block *block)
{
    Instr *last = block_last(block);
    if (!last || last->op != V_JUMP || !is_exit_without_line(last->target) || last->target->n > SMALL_EXIT)
        return 0;
    const Block *exit = last->target;
    make_nop(last);
    for (int k = 0; k < exit->n; k++) {
        Instr *copy = block_append(c, block, 0, 0);
        if (!copy)
            return -1;
        *copy = exit->instr[k];
    }
    block->exits = true;
    return 0;
}

static void mark_ends(Block *block)
{
    Instr *last = block_last(block);
    if (!last)
        return;
    if (last->op == BC_RETURN_VALUE || last->op == BC_RAISE_VARARGS || last->op == BC_RERAISE)
        block->exits = block->ends = true;
    if (last->op == V_JUMP || last->op == V_JUMP_NO_INTERRUPT)
        block->ends = true;
    for (int k = 0; k < block->n; k++)
        if (instr_is_jump(&block->instr[k]))
            block->instr[k].target = filled(block->instr[k].target);
}

static void reach(Block ***top, Block *block)
{
    if (!block->visited && block->predecessors == 0)
        *(*top)++ = block;
    block->predecessors++;
}

/* Counts predecessors from the entry on, and empties what is not reached. */
static int remove_unreachable(Compiler *c)
{
    size_t blocks = 1;
    for (Block *block = c->unit->newest; block; block = block->made_before)
        blocks++;
    Block **stack = arena_alloc(c->arena, blocks * sizeof *stack), **top = stack;
    if (!stack) {
        PyErr_NoMemory();
        return -1;
    }
    reach(&top, c->unit->entry);
    while (top > stack) {
        Block *block = *--top;
        block->visited = true;
        if (block->next && !block->ends)
            reach(&top, block->next);
        for (int k = 0; k < block->n; k++)
            if (instr_is_jump(&block->instr[k]) || instr_is_setup(&block->instr[k]))
                reach(&top, block->instr[k].target);
    }
    for (Block *block = c->unit->entry; block; block = block->next)
        if (!block->predecessors) {
            block->n = 0;
            block->ends = false;
        }
    return 0;
}

static void remove_empty(Compiler *c)
{
    for (Block *block = c->unit->entry; block; block = block->next) {
        while (block->next && block->next->n == 0 && block->next->next)
            block->next = block->next->next;
    }
    for (Block *block = c->unit->entry; block; block = block->next)
        for (int k = 0; k < block->n; k++)
            if (instr_is_jump(&block->instr[k]) || instr_is_setup(&block->instr[k]))
                block->instr[k].target = filled(block->instr[k].target);
}

static void remove_jumps_to_next(Compiler *c)
{
    for (Block *block = c->unit->entry; block; block = block->next) {
        Instr *last = block_last(block);
        if (last && (last->op == V_JUMP || last->op == V_JUMP_NO_INTERRUPT) && last->target == block->next) {
            block->ends = false;
            make_nop(last); /* it may take a line over, and stay for that */
        }
    }
}

/* ---- positions ---- */

static Block *copy_block(Compiler *c, const Block *block)
{
    Block *copy = block_new(c);
    for (int k = 0; copy && k < block->n; k++) {
        Instr *i = block_append(c, copy, 0, 0);
        if (!i)
            return NULL;
        *i = block->instr[k];
    }
    if (copy) {
        copy->exits = block->exits;
        copy->ends = block->ends;
    }
    return copy;
}

/* An exit without line that several jumps lead to gets a copy for each, so that each can take its jump's line. */
static int duplicate_exits(Compiler *c)
{
    for (Block *block = c->unit->newest; block; block = block->made_before) {
        Instr *last = block_last(block);
        if (!last || !instr_is_jump(last))
            continue;
        Block *target = last->target;
        if (!is_exit_without_line(target) || target->predecessors <= 1)
            continue;
        Block *copy = copy_block(c, target);
        if (!copy)
            return -1;
        copy->instr[0].at = last->at;
        last->target = copy;
        target->predecessors--;
        copy->predecessors = 1;
        copy->next = target->next;
        target->next = copy;
    }
    for (Block *block = c->unit->newest; block; block = block->made_before)
        while (block->next && block->next->n == 0)
            block->next = block->next->next;
    for (Block *block = c->unit->newest; block; block = block->made_before)
        if (!block->ends && block->next && block->n > 0 && is_exit_without_line(block->next))
            block->next->instr[0].at = block_last(block)->at;
    return 0;
}

/* Artificial instructions take the position of what runs just before, where that is one thing only. */
static void propagate_positions(Compiler *c)
{
    for (Block *block = c->unit->entry; block; block = block->next) {
        Position at = NOWHERE;
        for (int k = 0; k < block->n; k++) {
            if (block->instr[k].at.lineno < 0)
                block->instr[k].at = at;
            else
                at = block->instr[k].at;
        }
        if (block->n == 0)
            continue;
        if (!block->ends && block->next && block->next->predecessors == 1 && block->next->n &&
            block->next->instr[0].at.lineno < 0)
            block->next->instr[0].at = at;
        Instr *last = block_last(block);
        if (instr_is_jump(last) && last->target->predecessors == 1 && last->target->instr[0].at.lineno < 0)
            last->target->instr[0].at = at;
    }
}

/* A return that still has no line gets that of the block before it. */
static void place_returns(Compiler *c)
{
    int line = c->unit->firstlineno;
    for (Block *block = c->unit->entry; block; block = block->next) {
        Instr *last = block_last(block);
        if (!last)
            continue;
        if (last->at.lineno >= 0)
            line = last->at.lineno;
        else if (last->op == BC_RETURN_VALUE)
            for (int k = 0; k < block->n; k++)
                block->instr[k].at.lineno = line;
    }
}

/* Constants behind the last used one go; the first stays, it may be the docstring. */
static void trim_constants(Compiler *c)
{
    int last_used = 0;
    for (Block *block = c->unit->entry; block; block = block->next)
        for (int k = 0; k < block->n; k++) {
            const Instr *i = &block->instr[k];
            if ((i->op == BC_LOAD_CONST || i->op == BC_KW_NAMES) && i->arg > last_used)
                last_used = i->arg;
        }
    if (last_used + 1 < c->unit->consts.n)
        c->unit->consts.n = last_used + 1;
}

int flow_optimize(Compiler *c)
{
    for (Block *block = c->unit->newest; block; block = block->made_before)
        mark_ends(block);
    for (Block *block = c->unit->entry; block; block = block->next)
        TRY(copy_small_exit(c, block));
    for (Block *block = c->unit->entry; block; block = block->next) {
        TRY(optimize_block(c, block));
        flow_clean_block(block);
    }
    for (Block *block = c->unit->newest; block; block = block->made_before)
        TRY(copy_small_exit(c, block));
    TRY(remove_unreachable(c));
    for (Block *block = c->unit->entry; block; block = block->next)
        flow_clean_block(block);
    remove_empty(c);
    remove_jumps_to_next(c);
    TRY(duplicate_exits(c));
    trim_constants(c);
    propagate_positions(c);
    place_returns(c);
    return 0;
}
