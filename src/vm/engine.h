/* engine.h - what the rest of the runtime asks of the engine: run a frame, call a Python function, resume a generator. */
#ifndef KAA_VM_ENGINE_H
#define KAA_VM_ENGINE_H

#include "objects/frame/frame.h"
#include "objects/gen/gen.h"
#include "runtime/state.h"

/* The loop is exported as _PyEval_EvalFrameDefault (vm/eval.h); vm_run() goes through interp->eval_frame (PEP 523). */
K_INT K_NEW PyObject *vm_run(PyThreadState *tstate, _PyInterpreterFrame *frame, int throwing);

/* A new frame on the thread's data stack with the arguments bound; NULL with TypeError (CPython's words), RecursionError
 * or MemoryError. args stay the caller's. locals: NULL for functions. */
K_INT _PyInterpreterFrame *vm_push_call(PyThreadState *tstate, PyFunctionObject *func, PyObject *locals,
                                        PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames);
/* Takes a finished frame off: clears it, gives its room back. Runs code. */
K_INT void vm_pop_frame(PyThreadState *tstate, _PyInterpreterFrame *frame);

/* Resumes a suspended generator with a value (borrowed), or, when throwing, with the current exception raised at its
 * yield. PYGEN_NEXT: *result is what it yielded; PYGEN_RETURN: what it returned; PYGEN_ERROR: an exception is set.
 * The caller has checked that it is neither running nor finished. */
K_INT PySendResult vm_resume(PyThreadState *tstate, PyGenObject *gen, PyObject *value, int throwing, PyObject **result);

/* The iterator a suspended generator delegates to (yield from, await): borrowed, or NULL. */
K_INT K_BORROWED PyObject *vm_gen_delegate(PyGenObject *gen);

/* Forgets the translation of a code object that dies. */
K_INT void vm_code_release(PyCodeObject *code);

/* A trace or profile function came or went: cframe.use_tracing and the dispatch table follow. */
K_INT void vm_tracing_changed(PyThreadState *tstate);

#endif
