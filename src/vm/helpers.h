/* helpers.h - what the loop's instructions ask of the rest of the engine. All may run code unless said otherwise. */
#ifndef KAA_VM_HELPERS_H
#define KAA_VM_HELPERS_H

#include "objects/gen/gen.h"
#include "vm/frame.h"

/* names.c */
K_INT void vm_unbound_local(_PyInterpreterFrame *frame, int slot);
K_INT void vm_unbound_cell(_PyInterpreterFrame *frame, int slot);
K_INT K_NEW PyObject *vm_load_name(_PyInterpreterFrame *frame, PyObject *name);
K_INT K_NEW PyObject *vm_load_global(_PyInterpreterFrame *frame, PyObject *name);
K_INT K_NEW PyObject *vm_load_classderef(_PyInterpreterFrame *frame, int slot);
K_INT K_NEW PyObject *vm_load_build_class(_PyInterpreterFrame *frame);
K_INT K_STATUS int vm_store_name(_PyInterpreterFrame *frame, PyObject *name, PyObject *value);
K_INT K_STATUS int vm_delete_name(_PyInterpreterFrame *frame, PyObject *name);
K_INT K_STATUS int vm_delete_global(_PyInterpreterFrame *frame, PyObject *name);
K_INT K_STATUS int vm_setup_annotations(_PyInterpreterFrame *frame);
K_INT K_STATUS int vm_print_expr(PyObject *value);

/* import.c */
K_INT K_NEW PyObject *vm_import_name(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject *name, PyObject *names,
                                     PyObject *level);
K_INT K_NEW PyObject *vm_import_from(PyThreadState *tstate, PyObject *module, PyObject *name);
K_INT K_STATUS int vm_import_star(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject *module);

/* build.c */
K_INT extern const binaryfunc vm_binary_ops[26]; /* by KBinaryOp */
K_INT K_NEW PyObject *vm_build_set(K_STOLEN PyObject *const *items, Py_ssize_t n);
K_INT K_NEW PyObject *vm_build_map(K_STOLEN PyObject *const *pairs, Py_ssize_t n);
K_INT K_NEW PyObject *vm_build_const_key_map(K_STOLEN PyObject *const *values, Py_ssize_t n); /* the key tuple follows */
K_INT K_NEW PyObject *vm_build_string(K_STOLEN PyObject *const *parts, Py_ssize_t n);
K_INT K_NEW PyObject *vm_format_value(PyObject *value, PyObject *spec, int conversion);
K_INT K_NEW PyObject *vm_make_function(_PyInterpreterFrame *frame, K_STOLEN PyObject *const *parts, int flags);
K_INT K_STATUS int vm_list_extend(PyObject *list, PyObject *iterable);
K_INT K_STATUS int vm_dict_update(PyObject *dict, PyObject *mapping);
K_INT K_STATUS int vm_dict_merge(PyObject *dict, PyObject *mapping, PyObject *func);
/* Items of value: before in front, after behind (-1: no middle) a list of the others. The first lands on top. */
K_INT K_STATUS int vm_unpack(PyObject *value, Py_ssize_t before, Py_ssize_t after, PyObject **slots);

/* match.c */
K_INT K_NEW PyObject *vm_match_keys(PyObject *mapping, PyObject *keys);
K_INT K_NEW PyObject *vm_match_class(PyThreadState *tstate, PyObject *subject, PyObject *type, Py_ssize_t positional,
                                     PyObject *names);

/* call.c */
K_INT K_STATUS int vm_ex_arguments(PyThreadState *tstate, PyObject **slots, int has_keywords);
/* The arguments of a call as an array of references that are not counted, keyword values last; self in front when there
 * is one. *kwnames: a new tuple or NULL. NULL with an exception; PyMem_Free() it. */
K_INT PyObject **vm_spread(PyObject *self, PyObject *args, PyObject *kwargs, Py_ssize_t *npositional, PyObject **kwnames);
K_INT _PyInterpreterFrame *vm_push_ex(PyThreadState *tstate, PyObject **slots, int has_keywords);
K_INT K_NEW PyObject *vm_call_ex(PyThreadState *tstate, _PyInterpreterFrame *frame, K_STOLEN PyObject **slots, int has_keywords);

/* The class's __call__ when it is a Python function: borrowed, else NULL without an exception. */
K_INT K_BORROWED PyObject *vm_instance_call(PyObject *callable);

/* ---- instructions that may call Python: what goes on after them ----
 * Either a frame to enter, linked to the instruction; or the instruction to go on with, the result being in its slot
 * and the operands released; or, with an exception, neither: the operands are still there. */
typedef struct KNext {
    _PyInterpreterFrame *callee;
    KInstr *pc;
} KNext;

/* Whether a callable is a Python function that the loop may run itself. */
static inline int vm_runs_inline(PyThreadState *tstate, PyObject *callable)
{
    return callable && PyFunction_Check(callable) && tstate->interp->eval_frame == NULL &&
           ((PyFunctionObject *)callable)->vectorcall == _PyFunction_Vectorcall;
}
static inline uint32_t vm_depth(const _PyInterpreterFrame *frame, const KInstr *pc)
{
    KCode *k = frame_kcode(frame);
    return k->depth[pc - k->instr];
}

/* continue.c */
/* A frame for such a function, linked to pc; borrowed arguments. */
K_INT KNext vm_begin(PyThreadState *tstate, KInstr *pc, uintptr_t kind, PyObject *func, PyObject *const *args,
                     Py_ssize_t nargs, PyObject *kwnames);
/* The value (NULL: an exception) in place of the operands. */
K_INT KNext vm_finish(_PyInterpreterFrame *frame, KInstr *pc, K_STOLEN PyObject *value);
K_INT KNext vm_finish_discard(_PyInterpreterFrame *frame, KInstr *pc, int status);
/* A callee of this kind returned value, or failed (NULL); only kinds from CONT_ITERNEXT on may be asked about failures. */
K_INT KNext vm_continue(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, uintptr_t kind,
                        K_STOLEN PyObject *value);
K_INT KNext vm_truth_known(_PyInterpreterFrame *frame, KInstr *pc, int truth); /* -1: an exception */

/* dunder.c: operators of objects whose classes are made in Python */
K_INT KNext vm_unary(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, PyObject *name, unaryfunc otherwise);
K_INT KNext vm_binary(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc);
K_INT KNext vm_binary_rest(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, uintptr_t tried);
K_INT KNext vm_compare(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc);
K_INT KNext vm_compare_rest(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, uintptr_t tried);
K_INT KNext vm_truth(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc);
K_INT KNext vm_contains(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc);
K_INT KNext vm_get_item(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc);
K_INT KNext vm_set_item(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc);
K_INT KNext vm_delete_item(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc);
K_INT KNext vm_iter(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc);
/* Of iterators whose class has a Python function __next__: a frame, or neither without an exception. */
K_INT KNext vm_next(PyThreadState *tstate, KInstr *pc, PyObject *iter, KCont kind);
K_INT KNext vm_with(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, int async);
K_INT KNext vm_with_except(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc);
/* The special method that may run in the loop in place of the generic operation: a Python function of just two
 * parameters, borrowed; NULL without an exception when the operation may not begin with it. */
K_INT K_BORROWED PyObject *vm_binary_method(PyObject *left, PyObject *right, uint32_t op);
K_INT K_BORROWED PyObject *vm_compare_method(PyObject *left, PyObject *right, int op);

/* attribute.c */
K_INT KNext vm_load_attr(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc); /* and LOAD_METHOD */
K_INT KNext vm_load_hook(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc); /* __getattr__ after an error */
K_INT KNext vm_store_attr(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, PyObject *owner, PyObject *value);

/* callable.c: calls of classes and partials; neither without an exception when the callable is another */
K_INT KNext vm_call_special(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, PyObject *callable,
                            PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames);
K_INT KNext vm_call_special_ex(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, PyObject *callable,
                               PyObject *args, PyObject *kwargs);
K_INT KNext vm_created(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, K_STOLEN PyObject *object);

/* resume.c: generators under the loop */
static inline int vm_gen_is_idle(const PyGenObject *gen)
{
    return gen->gi_frame_state == FRAME_SUSPENDED || gen->gi_frame_state == FRAME_CREATED;
}
static inline PyGenObject *vm_gen_of_frame(_PyInterpreterFrame *frame)
{
    return (PyGenObject *)(void *)((char *)frame - offsetof(PyGenObject, gi_iframe));
}
/* Makes an idle generator the running one; consumes value, which its yield gives. */
static inline _PyInterpreterFrame *vm_gen_enter(PyThreadState *tstate, PyGenObject *gen, K_STOLEN PyObject *value)
{
    _PyInterpreterFrame *frame = k_gen_frame(gen);
    frame->localsplus[frame->stacktop++] = value;
    gen->gi_frame_state = FRAME_EXECUTING;
    gen->gi_exc_state.previous_item = tstate->exc_info;
    tstate->exc_info = &gen->gi_exc_state;
    frame->is_entry = false;
    return frame;
}
/* Takes its exception state off the thread's chain. */
static inline void vm_gen_unchain(PyThreadState *tstate, PyGenObject *gen)
{
    tstate->exc_info = gen->gi_exc_state.previous_item;
    gen->gi_exc_state.previous_item = NULL;
}
K_INT void vm_gen_finish(PyThreadState *tstate, _PyInterpreterFrame *frame);
K_INT void vm_gen_failed(PyGenObject *gen); /* a StopIteration that escapes becomes RuntimeError */
K_INT PySendResult vm_send(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject *receiver, PyObject *value,
                           PyObject **result);
K_INT K_NEW PyObject *vm_yield_from_iter(_PyInterpreterFrame *frame, PyObject *iterable);
K_INT K_NEW PyObject *vm_get_awaitable(_PyInterpreterFrame *frame, PyObject *object, int what);
K_INT K_NEW PyObject *vm_get_aiter(PyObject *object);
K_INT K_NEW PyObject *vm_get_anext(PyObject *iter);
/* tp_iternext gave NULL with an exception: 0 when it was StopIteration (cleared), else -1. */
K_INT int vm_iteration_failed(PyThreadState *tstate, _PyInterpreterFrame *frame);

/* unwind.c */
/* Releases the frame's stack down to the handler for pc and gives where to go on; NULL when the frame is to be left. */
K_INT KInstr *vm_unwind(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, uint32_t live, int new_traceback);
K_INT void vm_drop_stack(_PyInterpreterFrame *frame, uint32_t live);
K_INT int vm_raise(PyThreadState *tstate, K_STOLEN PyObject *exc, K_STOLEN PyObject *cause); /* 1: a bare raise */
K_INT void vm_restore_exception(K_STOLEN PyObject *exc);
K_INT K_STATUS int vm_check_except_type(PyObject *match);
K_INT K_STATUS int vm_check_group_match(PyThreadState *tstate, PyObject **slots);
K_INT K_NEW PyObject *vm_with_methods(PyObject *manager, int async, PyObject **enter);

/* trace.c */
K_INT K_STATUS int vm_trace_enter(PyThreadState *tstate, _PyInterpreterFrame *frame);
K_INT K_STATUS int vm_trace_leave(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject *value); /* NULL: by an exception */
K_INT void vm_trace_exception(PyThreadState *tstate, _PyInterpreterFrame *frame);
/* Before an instruction in traced mode; *pc moves when the trace function jumps. previous: byte offset, -1: none. */
K_INT K_STATUS int vm_trace_instr(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr **pc, int previous);
K_INT K_NEW PyObject *vm_trace_call_ex(PyThreadState *tstate, PyObject *callable, PyObject *args, PyObject *kwargs);
K_INT K_NEW PyObject *vm_trace_call(PyThreadState *tstate, PyObject *callable, PyObject **args, size_t nargsf, PyObject *kwnames);

#endif
