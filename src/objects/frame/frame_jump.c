/* frame_jump.c - f_lineno = ...: where a frame may go on instead, and what its stack must lose for it.
 *
 * In: a line, and a frame that stands in a 'line' trace event.  Out: prev_instr and the stack as the target wants them.
 * A stack is written as a number, three bits for the kind of each item, the deepest item highest. A jump may drop items
 * but not make any up: the target's items must be of the same kinds as the lowest of the frame's.
 * Start at k_frame_set_lineno(). */
#include "objects/frame/frame.h"

#include "code/opcode.h"
#include "memory/mem.h"
#include "objects/bytes/bytes.h"
#include "objects/gen/gen.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "runtime/errors.h"
#include "runtime/state.h"

typedef enum { KIND_NONE, KIND_ITERATOR, KIND_EXCEPTION, KIND_OBJECT, KIND_NULL, KIND_LASTI } ItemKind;
enum { KIND_BITS = 3, KIND_MASK = 7 };
typedef int64_t Stack;
enum { TOO_DEEP = -1, UNKNOWN = -2 };
#define DEEPEST (((Stack)1 << 60) - 1) /* a stack above this cannot take another item */

static Stack push(Stack stack, ItemKind kind)
{
    return stack < 0 || stack > DEEPEST ? TOO_DEEP : stack << KIND_BITS | kind;
}

static Stack pop(Stack stack)
{
    return stack < 0 ? stack : stack >> KIND_BITS;
}

static ItemKind top(Stack stack)
{
    return (ItemKind)(stack & KIND_MASK);
}

static ItemKind item(Stack stack, int n) /* 1: the top */
{
    return (ItemKind)(stack >> KIND_BITS * (n - 1) & KIND_MASK);
}

static Stack with_item(Stack stack, int n, ItemKind kind)
{
    int shift = KIND_BITS * (n - 1);
    return (stack & ~((Stack)KIND_MASK << shift)) | (Stack)kind << shift;
}

static int depth_of(Stack stack)
{
    int n = 0;
    for (; stack > 0; stack >>= KIND_BITS)
        n++;
    return n;
}

/* ---- the stack at each instruction ---- */

typedef struct Analysis {
    PyCodeObject *code;
    int n;         /* code units */
    Stack *stacks; /* one a unit: before it */
    int *lines;    /* one a unit: the line that starts there, -1 */
    int changed;
} Analysis;

static void reach(Analysis *a, int unit, Stack stack)
{
    if (unit >= 0 && unit < a->n && a->stacks[unit] == UNKNOWN) {
        a->stacks[unit] = stack;
        a->changed = 1;
    }
}

static Stack pop_n(Stack stack, int n)
{
    while (n-- > 0)
        stack = pop(stack);
    return stack;
}

/* Items that an instruction only looks at, or puts back, keep their kinds: the change of depth is all that counts. */
static Stack after_effect(Stack stack, int op, int arg, int jump)
{
    int pops = 0, pushes = 0;
    (void)k_stack_use(op, arg, jump, &pops, &pushes);
    stack = pop_n(stack, pops - pushes);
    for (; pushes > pops; pushes--)
        stack = push(stack, KIND_OBJECT);
    return stack;
}

/* The stack behind one instruction when it does not jump. */
static Stack behind(Stack stack, int op, int arg)
{
    switch (op) {
    case BC_GET_ITER:
    case BC_GET_AITER:
        return push(pop(stack), KIND_ITERATOR);
    case BC_PUSH_EXC_INFO:
        return push(stack, KIND_EXCEPTION);
    case BC_PUSH_NULL:
        return push(stack, KIND_NULL);
    case BC_LOAD_GLOBAL:
        return push(arg & 1 ? push(stack, KIND_NULL) : stack, KIND_OBJECT);
    case BC_LOAD_METHOD:
        return push(push(pop(stack), KIND_NULL), KIND_OBJECT);
    case BC_PRECALL:
        return stack;
    case BC_CALL:
        return push(pop_n(stack, arg + 2), KIND_OBJECT);
    case BC_FOR_ITER:
        return push(stack, KIND_OBJECT);
    case BC_COPY:
        return push(stack, item(stack, arg));
    case BC_SWAP: {
        ItemKind other = item(stack, arg);
        return stack < 0 ? stack : with_item(with_item(stack, arg, top(stack)), 1, other);
    }
    default:
        return after_effect(stack, op, arg, 0);
    }
}

static void visit_units(Analysis *a)
{
    const _Py_CODEUNIT *units = _PyCode_CODE(a->code);
    int extended = 0;
    for (int i = 0; i < a->n;) {
        int op = _Py_OPCODE(units[i]), arg = extended << 8 | _Py_OPARG(units[i]);
        const KBytecodeRow *row = k_bytecode_row(op);
        int next = i + 1 + row->caches;
        Stack stack = a->stacks[i];
        extended = op == BC_EXTENDED_ARG ? arg : 0;
        if (stack != UNKNOWN) {
            if (k_bytecode_is_jump(op))
                reach(a, row->operand == OPERAND_FORWARD ? next + arg : next - arg, after_effect(stack, op, arg, 1));
            if (!(row->flags & BC_ENDS))
                reach(a, next, op == BC_EXTENDED_ARG ? stack : behind(stack, op, arg));
        }
        i = next;
    }
}

/* A handler starts with the stack of what it protects, cut to its depth, and the exception on it. */
static void visit_handlers(Analysis *a)
{
    for (int i = 0; i < a->n; i++) {
        KCodeHandler handler;
        if (a->stacks[i] == UNKNOWN || !k_code_find_handler(a->code, i * (int)sizeof(_Py_CODEUNIT), &handler))
            continue;
        Stack stack = a->stacks[i];
        stack = pop_n(stack, depth_of(stack) - handler.depth);
        if (handler.push_lasti)
            stack = push(stack, KIND_LASTI);
        reach(a, handler.target / (int)sizeof(_Py_CODEUNIT), push(stack, KIND_EXCEPTION));
    }
}

static void mark_stacks(Analysis *a)
{
    for (int i = 0; i < a->n; i++)
        a->stacks[i] = UNKNOWN;
    int sends = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR; /* such code starts with a None sent to it */
    a->stacks[0] = a->code->co_flags & sends ? push(0, KIND_OBJECT) : 0;
    do {
        a->changed = 0;
        visit_units(a);
        visit_handlers(a);
    } while (a->changed);
}

static void mark_lines(Analysis *a)
{
    for (int i = 0; i < a->n; i++)
        a->lines[i] = -1;
    KCodeWalk walk;
    int last = -1; /* in the middle of a line there may be items on the stack that nobody has put there */
    for (k_code_walk_start(&walk, a->code); k_code_walk_next(&walk);) {
        int unit = walk.start / (int)sizeof(_Py_CODEUNIT);
        if (unit < a->n && walk.where.line != last && walk.where.line != -1)
            a->lines[unit] = last = walk.where.line;
    }
}

/* ---- choosing the target ---- */

static int kind_fits(ItemKind from, ItemKind to)
{
    return to == KIND_NONE ? 0 : to == KIND_OBJECT ? from != KIND_NULL : to == KIND_NULL ? 1 : from == to;
}

static int stack_fits(Stack from, Stack to)
{
    if (from < 0 || to < 0)
        return 0;
    from = pop_n(from, depth_of(from) - depth_of(to));
    for (; from; from = pop(from), to = pop(to))
        if (!kind_fits(top(from), top(to)))
            return 0;
    return to == 0;
}

static const char *why_not(Stack to)
{
    if (to == TOO_DEEP)
        return "stack is too deep to analyze";
    if (to == UNKNOWN)
        return "can't jump into an exception handler, or code may be unreachable";
    switch (top(to)) {
    case KIND_EXCEPTION:
        return "can't jump into an 'except' block as there's no exception";
    case KIND_LASTI:
        return "can't jump into a re-raising block as there's no location";
    case KIND_ITERATOR:
        return "can't jump into the body of a for loop";
    case KIND_OBJECT:
    case KIND_NULL:
    case KIND_NONE:
        break;
    }
    return "incompatible stacks";
}

/* The first line that is line or comes after it; -1 when there is none. */
static int line_from(const Analysis *a, int line)
{
    int best = INT_MAX;
    for (int i = 0; i < a->n; i++)
        if (a->lines[i] >= line && a->lines[i] < best)
            best = a->lines[i];
    return best == INT_MAX ? -1 : best;
}

/* The unit to go on at: the one that keeps most of the stack. -1 with the reason. */
static int choose_target(const Analysis *a, int line, Stack from, const char **reason)
{
    int best = -1, explained = 0;
    Stack kept = TOO_DEEP;
    *reason = "cannot find bytecode for specified line";
    for (int i = 0; i < a->n; i++) {
        if (a->lines[i] != line)
            continue;
        Stack to = a->stacks[i];
        if (stack_fits(from, to)) {
            if (to > kept) {
                kept = to;
                best = i;
            }
        } else if (!explained) {
            *reason = from == TOO_DEEP ? "stack to deep to analyze"
                      : from == UNKNOWN ? "can't jump from unreachable code"
                                        : why_not(to);
            explained = 1;
        }
    }
    return best;
}

/* ---- the setter ---- */

static int refuse(const char *why)
{
    k_raise(PyExc_ValueError, "%s", why);
    return -1;
}

static int event_allows(PyFrameObject *f)
{
    switch (k_tstate()->tracing_what) {
    case PyTrace_LINE:
        break;
    case PyTrace_CALL:
        refuse("can't jump from the 'call' trace event of a new frame");
        return 0;
    case PyTrace_EXCEPTION:
    case PyTrace_RETURN:
    case PyTrace_C_CALL:
    case PyTrace_C_EXCEPTION:
    case PyTrace_C_RETURN:
    case PyTrace_OPCODE:
    default:
        refuse("can only jump from a 'line' trace event");
        return 0;
    }
    if (f->f_trace)
        return 1;
    refuse("f_lineno can only be set by a trace function");
    return 0;
}

/* Takes items off until the stack is the target's; an exception that was being handled is so no more. */
static void drop_items(_PyInterpreterFrame *frame, Stack from, Stack to)
{
    while (depth_of(from) > depth_of(to)) {
        PyObject *dropped = frame->localsplus[--frame->stacktop];
        if (top(from) == KIND_EXCEPTION) {
            _PyErr_StackItem *handled = k_tstate()->exc_info;
            PyObject *before = handled->exc_value;
            handled->exc_value = dropped;
            Py_XDECREF(before);
        } else {
            Py_XDECREF(dropped);
        }
        from = pop(from);
    }
}

static int jump(PyFrameObject *f, Analysis *a, int line)
{
    mark_lines(a);
    int target_line = line_from(a, line);
    if (target_line < 0) {
        k_raise(PyExc_ValueError, "line %d comes after the current code block", line);
        return -1;
    }
    mark_stacks(a);
    int at = k_frame_lasti(f->f_frame) / (int)sizeof(_Py_CODEUNIT);
    const char *reason;
    Stack from = a->stacks[at];
    int target = choose_target(a, target_line, from, &reason);
    if (target < 0)
        return refuse(reason);
    drop_items(f->f_frame, from, a->stacks[target]);
    f->f_lineno = 0;
    f->f_frame->prev_instr = _PyCode_CODE(a->code) + target;
    return 0;
}

int k_frame_set_lineno(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    PyFrameObject *f = (PyFrameObject *)self;
    if (!value) {
        k_raise(PyExc_AttributeError, "cannot delete attribute");
        return -1;
    }
    if (!PyLong_CheckExact(value))
        return refuse("lineno must be an integer");
    if (!event_allows(f))
        return -1;
    int overflow;
    long line = PyLong_AsLongAndOverflow(value, &overflow);
    if (overflow || line > INT_MAX || line < INT_MIN)
        return refuse("lineno out of range");
    PyCodeObject *code = f->f_frame->f_code;
    if (line < code->co_firstlineno) {
        k_raise(PyExc_ValueError, "line %ld comes before the current code block", line);
        return -1;
    }
    Analysis a = { .code = code, .n = (int)Py_SIZE(code) };
    a.stacks = PyMem_New(Stack, a.n + 1);
    a.lines = PyMem_New(int, a.n + 1);
    int status = -1;
    if (a.stacks && a.lines)
        status = jump(f, &a, (int)line);
    else
        PyErr_NoMemory();
    PyMem_Free(a.stacks);
    PyMem_Free(a.lines);
    return status;
}
