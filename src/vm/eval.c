/* eval.c - the loop.
 *
 * In: a frame.  Out: its result, what it yielded, or NULL with an exception. Calls of Python functions, resumed
 * generators and returns change the frame without C recursion: a callee's hidden words say which instruction called
 * it and what becomes of its result (KCont).
 * Invariant: where an instruction fails, the slots below `live` are owned and the others are dead; ERROR() stands for
 * "all operands are still in place", ERROR_AT(n) for "slots from n on are consumed". prev_instr is stored (SAVE)
 * before anything that can reach foreign code.
 * Start at the label enter; bodies of instructions are in ops/. */
#include "code/opcode.h"
#include "objects/call.h"
#include "objects/descr.h"
#include "objects/dict/dict.h"
#include "objects/exc/exc.h"
#include "objects/float/float.h"
#include "objects/func/cfunction.h"
#include "objects/instance.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/range.h"
#include "objects/set/set.h"
#include "objects/slice.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "vm/engine.h"
#include "vm/eval.h"
#include "vm/fast.h"
#include "vm/helpers.h"
#include "vm/specialize.h"
#include "vm/stats.h"

#define SLOT(i) (frame->localsplus[i])
#define A       SLOT(pc->a)
#define A1      ((&A)[1])
#define B       SLOT(pc->b)
#define CONST(i) (k->consts[i])
#define NAME(i) PyTuple_GET_ITEM(frame->f_code->co_names, (i))
#define CACHE() kcode_cache(k, pc)
#define SAVE()  frame_at(frame, pc)

#define DISPATCH() goto *table[pc->op]
#define NEXT()                                                                                                         \
    do {                                                                                                               \
        pc++;                                                                                                          \
        DISPATCH();                                                                                                    \
    } while (0)
#define JUMP()                                                                                                         \
    do {                                                                                                               \
        pc += (int32_t)pc->d;                                                                                          \
        DISPATCH();                                                                                                    \
    } while (0)
#define ERROR() goto error
#define ERROR_AT(n)                                                                                                    \
    do {                                                                                                               \
        live = (n);                                                                                                    \
        goto unwind;                                                                                                   \
    } while (0)
/* A failing fast form runs its general one, which looks again. */
#define DEOPT() goto deopt
#define GUARD(condition)                                                                                               \
    do {                                                                                                               \
        if (K_UNLIKELY(!(condition)))                                                                                  \
            DEOPT();                                                                                                   \
    } while (0)
#define SET_TABLE() (table = cframe.use_tracing ? traced : untraced)
/* After calls into C, at back edges and entries: live is what an exception out of there finds. */
#define POLL(live_slots)                                                                                               \
    do {                                                                                                               \
        if (K_UNLIKELY(k_eval_breaker | cframe.use_tracing)) {                                                         \
            SAVE();                                                                                                    \
            if (k_eval_breaker && k_eval_breaker_serve(tstate) < 0)                                                    \
                ERROR_AT(live_slots);                                                                                  \
            SET_TABLE();                                                                                               \
        }                                                                                                              \
    } while (0)
/* What a helper found out about an instruction that may call Python. */
#define FOLLOW(step)                                                                                                   \
    do {                                                                                                               \
        next = (step);                                                                                                 \
        goto follow;                                                                                                   \
    } while (0)
/* Only classes made at run time may have special methods that are Python functions. */
#define IS_OF_HEAP_TYPE(object) PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_HEAPTYPE)
/* Now and then a general form looks whether a faster one fits; that may rewrite pc->op. */
#define ADAPT(specialize)                                                                                              \
    do {                                                                                                               \
        if (pc->c && K_UNLIKELY(--CACHE()->counter == 0) && table != traced) {                                         \
            SAVE();                                                                                                    \
            if (specialize(frame, pc, CACHE()))                                                                        \
                DISPATCH();                                                                                            \
        }                                                                                                              \
    } while (0)
/* Python functions run in this loop unless a debugger has taken the evaluation over (PEP 523). */
#define FRAMES_INLINE() K_LIKELY(tstate->interp->eval_frame == NULL)

#define UNARY(function, name)                                                                                          \
    PyObject *operand = A;                                                                                             \
    SAVE();                                                                                                            \
    if (IS_OF_HEAP_TYPE(operand))                                                                                      \
        FOLLOW(vm_unary(tstate, frame, pc, K_STR(name), function));                                                    \
    PyObject *result = function(operand);                                                                              \
    Py_DECREF(operand);                                                                                                \
    if (!result)                                                                                                       \
        ERROR_AT(pc->a);                                                                                               \
    A = result;                                                                                                        \
    NEXT()

#include "vm/forms.h"

/* A call of a translated function that takes just the n arguments from slot `first` on. */
#define CALL_SIMPLE(func, first, n)                                                                                    \
    PyCodeObject *code = (PyCodeObject *)(func)->func_code;                                                            \
    uint32_t from = (first), count = (n);                                                                              \
    KCode *callee_code = (KCode *)(void *)code->_co_linearray;                                                         \
    SAVE();                                                                                                            \
    callee = vm_stack_push(tstate, callee_code->frame_words);                                                          \
    if (K_UNLIKELY(!callee))                                                                                           \
        ERROR();                                                                                                       \
    frame_init(callee, (func), NULL, code, (Py_ssize_t)count);                                                         \
    for (uint32_t i = 0; i < count; i++)                                                                               \
        callee->localsplus[i] = SLOT(from + i);                                                                        \
    KLink *link = (KLink *)(void *)&callee->localsplus[callee_code->nslots];                                           \
    link->pc = pc;                                                                                                     \
    link->kind = CONT_RESULT;                                                                                          \
    goto enter

/* Calls a Python function with n arguments from an array of references it takes over; live slots as for kind. */
#define CALL_PYTHON(func, args, n, how, live_slots)                                                                    \
    callee = vm_push_frame(tstate, (PyFunctionObject *)Py_NewRef(func), NULL, (args), (n), NULL);                      \
    if (K_UNLIKELY(!callee))                                                                                           \
        ERROR_AT(live_slots);                                                                                          \
    frame_link(callee)->pc = pc;                                                                                       \
    frame_link(callee)->kind = (how);                                                                                  \
    goto enter

/* True and False are the common operands; None and other objects are asked, those with a __bool__ by helpers. */
#define TRUTH_OF(value, truth)                                                                                         \
    if (K_LIKELY(value == Py_True)) {                                                                                  \
        truth = 1;                                                                                                     \
    } else if (K_LIKELY(value == Py_False || value == Py_None)) {                                                      \
        truth = 0;                                                                                                     \
    } else if (PyLong_CheckExact(value)) {                                                                             \
        truth = Py_SIZE(value) != 0;                                                                                   \
    } else if (PyUnicode_CheckExact(value)) {                                                                          \
        truth = PyUnicode_GET_LENGTH(value) != 0;                                                                      \
    } else if (PyList_CheckExact(value)) {                                                                             \
        truth = Py_SIZE(value) != 0;                                                                                   \
    } else {                                                                                                           \
        SAVE();                                                                                                        \
        if (IS_OF_HEAP_TYPE(value))                                                                                    \
            goto ask_truth;                                                                                            \
        truth = PyObject_IsTrue(value);                                                                                \
    }
#define POP_JUMP(when, backward)                                                                                       \
    PyObject *condition = A;                                                                                           \
    int truth;                                                                                                         \
    TRUTH_OF(condition, truth)                                                                                         \
    Py_DECREF(condition);                                                                                              \
    if (K_UNLIKELY(truth < 0))                                                                                         \
        ERROR_AT(pc->a);                                                                                               \
    if (truth == (when)) {                                                                                             \
        if (backward)                                                                                                  \
            POLL(pc->a);                                                                                               \
        JUMP();                                                                                                        \
    }                                                                                                                  \
    NEXT()
#define POP_JUMP_NONE(when, backward)                                                                                  \
    PyObject *condition = A;                                                                                           \
    int is_none = condition == Py_None;                                                                                \
    SAVE();                                                                                                            \
    Py_DECREF(condition);                                                                                              \
    if (is_none == (when)) {                                                                                           \
        if (backward)                                                                                                  \
            POLL(pc->a);                                                                                               \
        JUMP();                                                                                                        \
    }                                                                                                                  \
    NEXT()
#define JUMP_OR_POP(when)                                                                                              \
    PyObject *condition = A;                                                                                           \
    int truth;                                                                                                         \
    TRUTH_OF(condition, truth)                                                                                         \
    if (K_UNLIKELY(truth < 0))                                                                                         \
        ERROR();                                                                                                       \
    if (truth == (when))                                                                                               \
        JUMP();                                                                                                        \
    Py_DECREF(condition);                                                                                              \
    NEXT()

/* Slots that stay live in the caller when a callee of the first kinds fails, counted from a; in the others all the
 * operands do, or, between __new__ and __init__, two. */
static const uint8_t live_after_failure[] = {
    [CONT_NONE] = 0, [CONT_RESULT] = 0, [CONT_NEXT] = 1, [CONT_SEND] = 1,
};
static uint32_t live_of_caller(_PyInterpreterFrame *frame, KInstr *pc, KCont kind)
{
    if (kind <= CONT_SEND)
        return pc->a + live_after_failure[kind];
    if (kind == CONT_INIT || (kind >= CONT_REPLACE && kind <= CONT_CONTAINS)) { /* CPython releases them before it unwinds */
        vm_finish_discard(frame, pc, 0);
        return pc->a;
    }
    return kind == CONT_NEW ? pc->a + 2u : vm_depth(frame, pc);
}

/* The same where an instruction itself failed with all its operands in place. */
static K_COLD uint32_t live_after_operands(_PyInterpreterFrame *frame, KInstr *pc)
{
    KCont kind = (KCont)vm_op_rows[vm_op_rows[pc->op].base].cont;
    return live_of_caller(frame, pc, kind == CONT_RESULT ? CONT_REPLACE : kind < CONT_INIT ? CONT_PUSH : kind);
}

/* The frame of a function that returned or failed: gives back what it owns, then its room. */
K_INLINE void release_frame(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    tstate->recursion_remaining--;
    frame->stacktop = frame->f_code->co_nlocalsplus;
    if (K_UNLIKELY(frame->frame_obj != NULL)) {
        k_frame_clear(frame);
    } else {
        PyObject **slot = frame->localsplus, **end = slot + frame->stacktop;
        for (; slot < end; slot++)
            Py_XDECREF(*slot);
        Py_XDECREF(frame->f_locals);
        Py_DECREF(frame->f_func);
        Py_DECREF(frame->f_code);
    }
    tstate->recursion_remaining++;
    vm_stack_pop(tstate, frame);
}

/* What stays of an entry frame that moved into a generator: its C caller clears and pops it like any other. */
static void leave_shell(_PyInterpreterFrame *frame)
{
    frame->stacktop = 0;
    frame->f_locals = NULL;
    frame->frame_obj = NULL;
    frame->owner = FRAME_OWNED_BY_THREAD;
    Py_INCREF(frame->f_func);
    Py_INCREF(frame->f_code);
}

static K_COLD void complain_init(PyObject *value)
{
    k_raise(PyExc_TypeError, "__init__() should return None, not '%.200s'", Py_TYPE(value)->tp_name);
}

PyObject *vm_run(PyThreadState *tstate, _PyInterpreterFrame *frame, int throwing)
{
    if (K_LIKELY(!tstate->interp->eval_frame))
        return _PyEval_EvalFrameDefault(tstate, frame, throwing);
    return tstate->interp->eval_frame(tstate, frame, throwing);
}

PyObject *_PyEval_EvalFrameDefault(PyThreadState *tstate, _PyInterpreterFrame *frame, int throwing)
{
    static const void *const plain[OP_COUNT] = {
#define OP(name, effect, cont, picture) [OP_##name] = &&L_##name,
#define SPECIAL(name, base, effect, cont, picture) [OP_##name] = &&L_##name,
#define OP_BODIES 0
#include "vm/ops/all.ops.h"
#undef OP_BODIES
#undef OP
#undef SPECIAL
    };
    static const void *const traced[OP_COUNT] = { [0 ... OP_COUNT - 1] = &&trace };
    static const void *const counted[OP_COUNT] = { [0 ... OP_COUNT - 1] = &&count };
    const void *const *const untraced = K_UNLIKELY(vm_stats != NULL) ? counted : plain, *const *table = untraced;
    _PyCFrame cframe = { .use_tracing = tstate->cframe->use_tracing, .previous = tstate->cframe };
    _PyInterpreterFrame *callee;
    PyObject *kwnames, *value = NULL;
    KInstr *pc = NULL;
    KCode *k;
    KNext next;
    uint32_t live = 0;

    frame->is_entry = true;
    frame->previous = cframe.previous->current_frame;
    cframe.current_frame = frame;
    tstate->cframe = &cframe;
    if (K_UNLIKELY(!vm_kcode(frame->f_code) || k_stack_is_short("")))
        goto leave_unstarted;
    if (throwing) {
        if (k_enter_recursive(tstate, ""))
            goto leave_unstarted;
        k = frame_kcode(frame);
        pc = frame_instr(frame);
        live = k->depth[pc - k->instr];
        if (cframe.use_tracing && vm_trace_enter(tstate, frame) < 0)
            goto leave_failed;
        frame->stacktop = -1;
        goto unwind_loaded;
    }
    goto start;

enter: /* callee is a new frame, linked to pc */
    callee->previous = frame;
    cframe.current_frame = frame = callee;
    if (K_UNLIKELY(k_eval_breaker | cframe.use_tracing))
        goto start;
    if (K_UNLIKELY(k_enter_recursive(tstate, ""))) {
        tstate->recursion_remaining--;
        goto leave_unstarted_counted;
    }
    frame->stacktop = -1;
    k = frame_kcode(frame);
    pc = &k->instr[k->first];
    table = untraced;
    DISPATCH();

enter_generator: /* callee is an idle generator's frame, linked to pc */
    callee->previous = frame;
    cframe.current_frame = frame = callee;
start:
    if (K_UNLIKELY(k_enter_recursive(tstate, ""))) {
        tstate->recursion_remaining--;
        goto leave_unstarted_counted;
    }
    frame->stacktop = -1;
    k = frame_kcode(frame);
    pc = &k->instr[k->engine_of[k_frame_lasti(frame) / (int)sizeof(_Py_CODEUNIT) + 1]];
    SET_TABLE();
    DISPATCH();

back: /* in the caller again: load what belongs to it */
    k = frame_kcode(frame);
    SET_TABLE();
    DISPATCH();

call: /* a call as CALL and CALL_KW describe it; kwnames is set */
    {
        PyObject **base = &A, *callable = base[0] ? base[0] : base[1];
        Py_ssize_t nargs = (Py_ssize_t)pc->d;
        SAVE();
        if (!base[0] && Py_IS_TYPE(callable, &PyMethod_Type)) {
            base[0] = Py_NewRef(PyMethod_GET_FUNCTION(callable));
            base[1] = Py_NewRef(PyMethod_GET_SELF(callable));
            Py_DECREF(callable);
            callable = base[0];
        }
        PyObject **args = base[0] ? base + 1 : base + 2;
        nargs += base[0] != NULL;
        if (Py_IS_TYPE(callable, &PyFunction_Type) && FRAMES_INLINE() &&
            ((PyFunctionObject *)callable)->vectorcall == _PyFunction_Vectorcall) {
            PyFunctionObject *func = (PyFunctionObject *)callable;
            int own = ((PyCodeObject *)func->func_code)->co_flags & CO_OPTIMIZED;
            Py_ssize_t positional = nargs - (kwnames ? PyTuple_GET_SIZE(kwnames) : 0);
            callee = vm_push_frame(tstate, func, own ? NULL : Py_NewRef(func->func_globals), args, positional, kwnames);
            if (!callee)
                ERROR_AT(pc->a);
            frame_link(callee)->pc = pc;
            frame_link(callee)->kind = CONT_RESULT;
            goto enter;
        }
        Py_ssize_t positional = nargs - (kwnames ? PyTuple_GET_SIZE(kwnames) : 0);
        if (!Py_IS_TYPE(callable, &PyCFunction_Type) && !Py_IS_TYPE(callable, &PyMethodDescr_Type)) {
            next = vm_call_special(tstate, frame, pc, callable, args, positional, kwnames);
            if (next.callee || next.pc || tstate->curexc_type)
                goto follow_call;
        }
        if (K_UNLIKELY(cframe.use_tracing))
            value = vm_trace_call(tstate, callable, args, (size_t)positional | PY_VECTORCALL_ARGUMENTS_OFFSET, kwnames);
        else
            value = PyObject_Vectorcall(callable, args, (size_t)positional | PY_VECTORCALL_ARGUMENTS_OFFSET, kwnames);
        Py_DECREF(callable);
        for (Py_ssize_t i = 0; i < nargs; i++)
            Py_DECREF(args[i]);
        if (!value)
            ERROR_AT(pc->a);
        A = value;
        POLL(pc->a + 1u);
        NEXT();
    }

leave: /* the frame returns value */
    k_leave_recursive(tstate);
    if (frame->is_entry)
        goto leave_entry;
    {
        KLink link = *frame_link(frame);
        callee = frame; /* off the chain before it is cleared: finalisers must not see a frame in pieces */
        cframe.current_frame = frame = frame->previous;
        if (K_UNLIKELY(callee->owner == FRAME_OWNED_BY_GENERATOR))
            vm_gen_finish(tstate, callee);
        else
            release_frame(tstate, callee);
        pc = link.pc;
        if (K_LIKELY(link.kind == CONT_RESULT)) {
            A = value;
            pc++;
            goto back;
        }
        live = (uint32_t)link.kind;
    }
deliver: /* a callee's value to the instruction that called; live: the kind of its continuation */
    switch ((KCont)(live & CONT_KIND)) {
    case CONT_NEXT: /* the generator is exhausted */
        Py_DECREF(value);
        Py_DECREF(A);
        pc += (int32_t)pc->d;
        goto back;
    case CONT_SEND: {
        PyObject *receiver = A;
        A = value;
        Py_DECREF(receiver);
        pc += (int32_t)pc->d;
        goto back;
    }
    case CONT_INIT:
        if (K_UNLIKELY(value != Py_None)) {
            complain_init(value);
            Py_DECREF(value);
            live = live_of_caller(frame, pc, CONT_INIT);
            goto unwind_loaded;
        }
        Py_DECREF(value);
        for (uint32_t slot = pc->a + 1u, end = vm_depth(frame, pc); slot < end; slot++)
            Py_XDECREF(SLOT(slot));
        pc++;
        goto back;
    case CONT_RESULT:
        A = value;
        pc++;
        goto back;
    case CONT_BINARY:
    case CONT_COMPARE:
        if (K_LIKELY(value != Py_NotImplemented && !(live & INVERTED))) {
            PyObject *left = A, *right = A1;
            A = value;
            Py_DECREF(left);
            Py_DECREF(right);
            pc++;
            goto back;
        }
        break;
    case CONT_PUSH:
    case CONT_ITERNEXT:
        SLOT(vm_depth(frame, pc)) = value;
        pc++;
        goto back;
    case CONT_NONE:
    case CONT_REPLACE:
    case CONT_DISCARD:
    case CONT_CONTAINS:
    case CONT_TRUTH:
    case CONT_LENGTH:
    case CONT_ITER:
    case CONT_NEW:
    case CONT_SENDNEXT:
    case CONT_ATTR: break;
    }
    next = vm_continue(tstate, frame, pc, live, value);
continued:
    if (next.callee) {
        callee = next.callee;
        goto enter;
    }
    if (next.pc) {
        pc = next.pc;
        goto back;
    }
    live = live_of_caller(frame, pc, (KCont)(live & CONT_KIND));
    goto unwind_loaded;

follow: /* the same within an instruction */
    if (next.callee) {
        callee = next.callee;
        goto enter;
    }
    if (!next.pc)
        ERROR_AT(live_after_operands(frame, pc));
    if (next.pc > pc) {
        pc = next.pc;
        DISPATCH();
    }
    pc = next.pc;
polled:
    POLL(k->depth[pc - k->instr]);
    DISPATCH();

follow_call: /* the same, after a call */
    if (next.callee || !next.pc)
        goto follow;
    pc = next.pc;
    goto polled;

ask_truth: /* a is of a class that may have a __bool__ */
    FOLLOW(vm_truth(tstate, frame, pc));

yield: /* the frame is a generator's, suspended with value */
    k_leave_recursive(tstate);
    if (frame->is_entry)
        goto leave_loop;
    vm_gen_unchain(tstate, vm_gen_of_frame(frame));
    {
        KLink link = *frame_link(frame);
        cframe.current_frame = callee = frame->previous;
        frame->previous = NULL;
        frame = callee;
        pc = link.pc;
    }
    A1 = value;
    pc++;
    goto back;

leave_moved: /* the frame moved into a new generator, which is its result */
    k_leave_recursive(tstate);
    {
        int is_entry = frame->is_entry;
        KLink link = { NULL, CONT_NONE };
        if (!is_entry)
            link = *frame_link(frame);
        if (is_entry) {
            leave_shell(frame);
            goto leave_loop;
        }
        callee = frame;
        cframe.current_frame = frame = frame->previous;
        vm_stack_pop(tstate, callee);
        pc = link.pc;
        live = (uint32_t)link.kind;
        goto deliver;
    }

error:
    live = k->depth[pc - k->instr];
unwind:
    SAVE();
unwind_loaded:
    frame_at(frame, pc);
    pc = vm_unwind(tstate, frame, pc, live, 1);
    goto handled;
reraise: /* the exception has its traceback; prev_instr is set */
    pc = vm_unwind(tstate, frame, pc, live, 0);
handled:
    if (pc)
        goto back;
    goto leave_failed;

leave_failed_early: /* a trace function failed at a return or yield: no handler of this frame sees that */
    vm_drop_stack(frame, live);
leave_failed: /* the stack is empty */
    if (K_UNLIKELY(cframe.use_tracing))
        (void)!vm_trace_leave(tstate, frame, NULL);
leave_unstarted_counted:
    k_leave_recursive(tstate);
    value = NULL;
    if (frame->is_entry)
        goto leave_entry;
    {
        KLink link = *frame_link(frame);
        callee = frame;
        cframe.current_frame = frame = frame->previous;
        if (callee->owner == FRAME_OWNED_BY_GENERATOR) {
            vm_gen_finish(tstate, callee);
            vm_gen_failed(vm_gen_of_frame(callee));
        } else {
            release_frame(tstate, callee);
        }
        pc = link.pc;
        live = (uint32_t)link.kind;
        if ((live & CONT_KIND) >= CONT_ITERNEXT) {
            next = vm_continue(tstate, frame, pc, live, NULL);
            goto continued;
        }
        live = live_of_caller(frame, pc, (KCont)(live & CONT_KIND));
        goto unwind_loaded;
    }

leave_unstarted:
    value = NULL;
leave_entry: /* back to C, which releases the frame or finishes the generator */
    if (frame->stacktop < 0)
        frame->stacktop = frame->f_code->co_nlocalsplus;
leave_loop:
    tstate->cframe = cframe.previous;
    tstate->cframe->use_tracing = cframe.use_tracing;
    return value;

trace: /* every instruction comes by here while a trace or profile function is set */
    if (!cframe.use_tracing) {
        table = untraced;
        DISPATCH();
    }
    {
        KInstr *next = pc; /* pc itself stays in a register: nobody may take its address */
        if (vm_trace_instr(tstate, frame, &next, k_frame_lasti(frame)) < 0)
            ERROR();
        pc = next;
    }
    SET_TABLE();
    if (vm_stats)
        vm_stats->executed[vm_op_rows[pc->op].base]++;
    goto *plain[vm_op_rows[pc->op].base];

count: /* every instruction comes by here under -X kaa-stats */
    vm_stats->executed[pc->op]++;
    goto *plain[pc->op];

deopt: /* the fast form does not fit what it has met */
    K_COLD_LABEL
    if (K_UNLIKELY(vm_stats != NULL))
        vm_stats->missed[pc->op]++;
    goto *plain[vm_op_rows[pc->op].base];

#define OP_BODIES 1
#define OP(name, effect, cont, picture) __builtin_trap(); L_##name:
#define SPECIAL(name, base, effect, cont, picture) __builtin_trap(); L_##name:
#include "vm/ops/all.ops.h"
#undef OP_BODIES
#undef OP
#undef SPECIAL
}
