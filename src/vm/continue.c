/* continue.c - what becomes of a callee's result, for all but the most frequent kinds of continuation.
 *
 * In: the instruction that called, the kind it left in the callee's hidden words, the result or the failure.
 * Out: where to go on (KNext).
 * Invariant: the operands stand in their slots, a up to the instruction's depth, until vm_finish() releases them.
 * Start at vm_continue(). */
#include "objects/call.h"
#include "objects/gen/gen.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "objects/tuple.h"
#include "objects/type/slots.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "vm/engine.h"
#include "vm/helpers.h"

static const KNext failed = { NULL, NULL };

KNext vm_begin(PyThreadState *tstate, KInstr *pc, uintptr_t kind, PyObject *callable, PyObject *const *args,
               Py_ssize_t nargs, PyObject *kwnames)
{
    PyFunctionObject *func = (PyFunctionObject *)callable;
    int own = ((PyCodeObject *)func->func_code)->co_flags & CO_OPTIMIZED;
    _PyInterpreterFrame *callee = vm_push_call(tstate, func, own ? NULL : func->func_globals, args, nargs, kwnames);
    if (callee)
        *frame_link(callee) = (KLink){ pc, kind };
    return (KNext){ callee, NULL };
}

/* Slots from `first` on up to the instruction's operands' end. */
static void release_operands(_PyInterpreterFrame *frame, KInstr *pc, uint32_t first)
{
    for (uint32_t slot = first, end = vm_depth(frame, pc); slot < end; slot++)
        Py_XDECREF(frame->localsplus[slot]);
}

KNext vm_finish(_PyInterpreterFrame *frame, KInstr *pc, PyObject *value)
{
    if (!value)
        return failed;
    PyObject *first = frame->localsplus[pc->a];
    frame->localsplus[pc->a] = value;
    Py_XDECREF(first);
    release_operands(frame, pc, pc->a + 1u);
    return (KNext){ NULL, pc + 1 };
}

KNext vm_finish_discard(_PyInterpreterFrame *frame, KInstr *pc, int status)
{
    if (status < 0)
        return failed;
    release_operands(frame, pc, pc->a);
    return (KNext){ NULL, pc + 1 };
}

/* ---- truth ---- */

/* A conditional jump: whether it jumps on true, and whether the operand stays when it does. */
static int jump_of(const KInstr *pc, int *stays)
{
    int base = vm_op_rows[pc->op].base;
    *stays = base == OP_JUMP_IF_TRUE_OR_POP || base == OP_JUMP_IF_FALSE_OR_POP;
    return base == OP_JUMP_IF_TRUE_OR_POP || base == OP_POP_JUMP_FORWARD_IF_TRUE || base == OP_POP_JUMP_BACKWARD_IF_TRUE;
}

KNext vm_truth_known(_PyInterpreterFrame *frame, KInstr *pc, int truth)
{
    int stays, when = jump_of(pc, &stays);
    if (truth < 0)
        return failed;
    if (vm_op_rows[pc->op].base == OP_UNARY_NOT)
        return vm_finish(frame, pc, Py_NewRef(truth ? Py_False : Py_True));
    if (!stays || truth != when)
        Py_DECREF(frame->localsplus[pc->a]);
    return (KNext){ NULL, truth == when ? pc + (int32_t)pc->d : pc + 1 };
}

static int truth_of_bool(PyObject *value)
{
    if (PyBool_Check(value))
        return value == Py_True;
    k_raise(PyExc_TypeError, "__bool__ should return bool, returned %s", Py_TYPE(value)->tp_name);
    return -1;
}

static int truth_of_length(PyObject *value)
{
    Py_ssize_t length = slot_length_from(value);
    return length < 0 ? -1 : length > 0;
}

/* ---- operators ---- */

static KNext continue_binary(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, uintptr_t kind, PyObject *value)
{
    if (value != Py_NotImplemented)
        return vm_finish(frame, pc, Py_NewRef(value));
    return vm_binary_rest(tstate, frame, pc, kind);
}

static KNext continue_compare(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, uintptr_t kind, PyObject *value)
{
    if (value == Py_NotImplemented)
        return vm_compare_rest(tstate, frame, pc, kind & ~(uintptr_t)INVERTED);
    if (!(kind & INVERTED))
        return vm_finish(frame, pc, Py_NewRef(value));
    int truth = PyObject_IsTrue(value);
    return vm_finish(frame, pc, truth < 0 ? NULL : Py_NewRef(truth ? Py_False : Py_True));
}

static KNext continue_contains(_PyInterpreterFrame *frame, KInstr *pc, PyObject *value)
{
    int found = PyObject_IsTrue(value);
    return vm_finish(frame, pc, found < 0 ? NULL : Py_NewRef(found ^ (int)pc->d ? Py_True : Py_False));
}

static KNext continue_iter(_PyInterpreterFrame *frame, KInstr *pc, PyObject *value)
{
    if (PyIter_Check(value))
        return vm_finish(frame, pc, Py_NewRef(value));
    k_raise(PyExc_TypeError, "iter() returned non-iterator of type '%.100s'", Py_TYPE(value)->tp_name);
    return failed;
}

/* ---- results that stand beside the operands ---- */

static KNext push(_PyInterpreterFrame *frame, KInstr *pc, PyObject *value)
{
    frame->localsplus[vm_depth(frame, pc)] = Py_NewRef(value);
    return (KNext){ NULL, pc + 1 };
}

static KNext continue_send(_PyInterpreterFrame *frame, KInstr *pc, PyObject *value)
{
    PyObject *sent = frame->localsplus[pc->a + 1];
    frame->localsplus[pc->a + 1] = Py_NewRef(value);
    Py_DECREF(sent);
    return (KNext){ NULL, pc + 1 };
}

static KNext continue_attr(_PyInterpreterFrame *frame, KInstr *pc, PyObject *value)
{
    if (vm_op_rows[pc->op].base == OP_LOAD_ATTR)
        return vm_finish(frame, pc, Py_NewRef(value));
    PyObject **slots = &frame->localsplus[pc->a], *owner = slots[0];
    slots[0] = NULL;
    slots[1] = Py_NewRef(value);
    Py_DECREF(owner);
    return (KNext){ NULL, pc + 1 };
}

/* ---- failures that end an iteration or lead to __getattr__ ---- */

static KNext exhausted(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc)
{
    if (vm_iteration_failed(tstate, frame) < 0)
        return failed;
    Py_DECREF(frame->localsplus[pc->a]);
    return (KNext){ NULL, pc + (int32_t)pc->d };
}

static KNext delegate_done(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc)
{
    PyObject **slots = &frame->localsplus[pc->a], *receiver = slots[0], *sent = slots[1], *result;
    if (tstate->c_tracefunc && PyErr_ExceptionMatches(PyExc_StopIteration))
        vm_trace_exception(tstate, frame);
    if (_PyGen_FetchStopIterationValue(&result) < 0)
        return failed;
    slots[0] = result;
    Py_DECREF(sent);
    Py_DECREF(receiver);
    return (KNext){ NULL, pc + (int32_t)pc->d };
}

static KNext after_failure(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, uintptr_t kind)
{
    switch (kind & CONT_KIND) {
    case CONT_ITERNEXT: return exhausted(tstate, frame, pc);
    case CONT_SENDNEXT: return delegate_done(tstate, frame, pc);
    case CONT_ATTR:
        if (kind & HAS_HOOK && PyErr_ExceptionMatches(PyExc_AttributeError))
            return vm_load_hook(tstate, frame, pc);
        k_attribute_error_context(frame->localsplus[pc->a], PyTuple_GET_ITEM(frame->f_code->co_names, pc->d));
        return failed;
    }
    Py_UNREACHABLE();
}

KNext vm_continue(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, uintptr_t kind, PyObject *result)
{
    if (!result)
        return after_failure(tstate, frame, pc, kind);
    K_AUTO(PyObject *) value = result;
    switch ((KCont)(kind & CONT_KIND)) {
    case CONT_REPLACE: return vm_finish(frame, pc, Py_NewRef(value));
    case CONT_DISCARD: return vm_finish_discard(frame, pc, 0);
    case CONT_BINARY: return continue_binary(tstate, frame, pc, kind, value);
    case CONT_COMPARE: return continue_compare(tstate, frame, pc, kind, value);
    case CONT_CONTAINS: return continue_contains(frame, pc, value);
    case CONT_TRUTH: return vm_truth_known(frame, pc, truth_of_bool(value));
    case CONT_LENGTH: return vm_truth_known(frame, pc, truth_of_length(value));
    case CONT_ITER: return continue_iter(frame, pc, value);
    case CONT_NEW: return vm_created(tstate, frame, pc, K_MOVE(value));
    case CONT_ITERNEXT:
    case CONT_PUSH: return push(frame, pc, value);
    case CONT_SENDNEXT: return continue_send(frame, pc, value);
    case CONT_ATTR: return continue_attr(frame, pc, value);
    case CONT_NONE:
    case CONT_RESULT:
    case CONT_INIT:
    case CONT_NEXT:
    case CONT_SEND: break;
    }
    Py_UNREACHABLE();
}
