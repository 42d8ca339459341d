/* frame.h - the engine's frames on the thread's data stack.
 *
 * Invariant: a thread state whose chunk, top and limit are NULL is valid at any push. Start with vm_stack_push(). */
#ifndef KAA_VM_FRAME_H
#define KAA_VM_FRAME_H

#include "objects/func/func.h"
#include "runtime/state.h"
#include "vm/kcode.h"

K_INT _PyInterpreterFrame *vm_stack_grow(PyThreadState *tstate, size_t words); /* NULL with MemoryError */
K_INT void vm_stack_shrink(PyThreadState *tstate); /* gives the top chunk back */
K_INLINE void vm_stack_pop(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    PyObject **base = (PyObject **)(void *)frame;
    if (K_LIKELY(base != &tstate->datastack_chunk->data[0]))
        tstate->datastack_top = base;
    else
        vm_stack_shrink(tstate);
}

K_INLINE _PyInterpreterFrame *vm_stack_push(PyThreadState *tstate, size_t words)
{
    PyObject **base = tstate->datastack_top;
    if (K_LIKELY(base && words < (size_t)(tstate->datastack_limit - base))) {
        tstate->datastack_top = base + words;
        return (_PyInterpreterFrame *)(void *)base;
    }
    return vm_stack_grow(tstate, words);
}

/* A frame that has not started, all locals empty. Takes over the references to func and locals. */
K_INLINE void frame_init(_PyInterpreterFrame *frame, PyFunctionObject *func, PyObject *locals, PyCodeObject *code,
                              Py_ssize_t first_empty)
{
    frame->f_func = func;
    frame->f_globals = func->func_globals;
    frame->f_builtins = func->func_builtins;
    frame->f_locals = locals;
    frame->f_code = (PyCodeObject *)Py_NewRef(code);
    frame->frame_obj = NULL;
    frame->prev_instr = _PyCode_CODE(code) - 1;
    frame->stacktop = code->co_nlocalsplus;
    frame->is_entry = false;
    frame->owner = FRAME_OWNED_BY_THREAD;
    for (Py_ssize_t i = first_empty; i < code->co_nlocalsplus; i++)
        frame->localsplus[i] = NULL;
}

/* A frame for func with its arguments bound. Consumes func, locals and the arguments, on failure too. */
K_INT _PyInterpreterFrame *vm_push_frame(PyThreadState *tstate, K_STOLEN PyFunctionObject *func,
                                         K_STOLEN PyObject *locals, K_STOLEN PyObject *const *args, Py_ssize_t nargs,
                                         PyObject *kwnames);

/* Binds a call's arguments to the parameters; consumes them, on failure (-1, TypeError) too. */
K_INT K_STATUS int vm_bind(PyThreadState *tstate, PyFunctionObject *func, PyObject **slots,
                           K_STOLEN PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames);

#endif
