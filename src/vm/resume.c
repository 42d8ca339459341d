/* resume.c - generators and coroutines: making one run, suspending and finishing it, what await and async for ask for.
 *
 * In: a generator object whose frame is suspended.  Out: what it yields or returns.
 * Invariant: while a generator runs, its exception state is the top of the thread's chain and its frame's previous is
 * whoever resumed it; at each suspension and at its end both are undone here. Start at vm_resume() and vm_gen_enter(). */
#include "code/opcode.h"
#include "objects/call.h"
#include "objects/exc/exc.h"
#include "objects/protocol.h"
#include "runtime/errors.h"
#include "vm/engine.h"
#include "vm/helpers.h"

void vm_gen_finish(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    PyGenObject *gen = vm_gen_of_frame(frame);
    gen->gi_frame_state = FRAME_CLEARED;
    vm_gen_unchain(tstate, gen);
    Py_CLEAR(gen->gi_exc_state.exc_value);
    if (frame->stacktop < 0)
        frame->stacktop = frame->f_code->co_nlocalsplus;
    frame->previous = NULL; /* a generator's frame that is looked at later has no caller */
    tstate->recursion_remaining--;
    k_frame_clear(frame);
    tstate->recursion_remaining++;
}

void vm_gen_failed(PyGenObject *gen)
{
    const char *text = NULL;
    if (PyErr_ExceptionMatches(PyExc_StopIteration))
        text = PyAsyncGen_CheckExact(gen)  ? "async generator raised StopIteration"
               : PyCoro_CheckExact(gen) ? "coroutine raised StopIteration"
                                        : "generator raised StopIteration";
    else if (PyAsyncGen_CheckExact(gen) && PyErr_ExceptionMatches(PyExc_StopAsyncIteration))
        text = "async generator raised StopAsyncIteration";
    if (text)
        (void)!_PyErr_FormatFromCause(PyExc_RuntimeError, "%s", text);
}

/* What is thrown into a generator that handles an exception has that one as its context. */
static void chain_thrown(PyGenObject *gen)
{
    PyObject *handled = gen->gi_exc_state.exc_value, *type, *value, *traceback;
    if (!handled || Py_IsNone(handled))
        return;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (value != handled)
        PyException_SetContext(value, Py_NewRef(handled));
    PyErr_Restore(type, value, traceback);
}

/* An entry frame stays as the loop left it: suspended, or ended and still to be finished. */
PySendResult vm_resume(PyThreadState *tstate, PyGenObject *gen, PyObject *value, int throwing, PyObject **result)
{
    _PyInterpreterFrame *frame = vm_gen_enter(tstate, gen, Py_NewRef(value ? value : Py_None));
    if (throwing)
        chain_thrown(gen);
    *result = vm_run(tstate, frame, throwing);
    if (*result && gen->gi_frame_state == FRAME_SUSPENDED) {
        vm_gen_unchain(tstate, gen);
        frame->previous = NULL;
        return PYGEN_NEXT;
    }
    vm_gen_finish(tstate, frame);
    if (*result)
        return PYGEN_RETURN;
    vm_gen_failed(gen);
    return PYGEN_ERROR;
}

/* A frame suspended at the yield of a SEND loop goes on with a RESUME that says so; the iterator is on its stack. */
PyObject *vm_gen_delegate(PyGenObject *gen)
{
    if (!vm_gen_is_idle(gen) || gen->gi_frame_state == FRAME_CREATED)
        return NULL;
    _PyInterpreterFrame *frame = k_gen_frame(gen);
    _Py_CODEUNIT next = frame->prev_instr[1];
    if (_Py_OPCODE(next) != BC_RESUME || _Py_OPARG(next) < RESUME_AFTER_YIELD_FROM)
        return NULL;
    return frame->localsplus[frame->stacktop - 1];
}

/* ---- under the loop ---- */

int vm_iteration_failed(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    if (!PyErr_ExceptionMatches(PyExc_StopIteration))
        return -1;
    if (tstate->c_tracefunc)
        vm_trace_exception(tstate, frame);
    PyErr_Clear();
    return 0;
}

PySendResult vm_send(PyThreadState *tstate, _PyInterpreterFrame *frame, PyObject *receiver, PyObject *value, PyObject **result)
{
    if (K_LIKELY(!tstate->c_tracefunc))
        return PyIter_Send(receiver, value, result);
    if (Py_IsNone(value) && PyIter_Check(receiver))
        *result = Py_TYPE(receiver)->tp_iternext(receiver);
    else
        *result = PyObject_CallMethodObjArgs(receiver, K_STR("send"), value, NULL);
    if (*result)
        return PYGEN_NEXT;
    if (PyErr_ExceptionMatches(PyExc_StopIteration))
        vm_trace_exception(tstate, frame);
    return _PyGen_FetchStopIterationValue(result) == 0 ? PYGEN_RETURN : PYGEN_ERROR;
}

PyObject *vm_yield_from_iter(_PyInterpreterFrame *frame, PyObject *iterable)
{
    if (PyCoro_CheckExact(iterable)) {
        if (!(frame->f_code->co_flags & (CO_COROUTINE | CO_ITERABLE_COROUTINE)))
            return k_raise(PyExc_TypeError, "cannot 'yield from' a coroutine object in a non-coroutine generator");
        return Py_NewRef(iterable);
    }
    return PyGen_CheckExact(iterable) ? Py_NewRef(iterable) : PyObject_GetIter(iterable);
}

PyObject *vm_get_awaitable(_PyInterpreterFrame *frame, PyObject *object, int what)
{
    PyObject *iter = k_get_awaitable(object);
    PyTypeObject *type = Py_TYPE(object);
    if (!iter) {
        if (what && (!type->tp_as_async || !type->tp_as_async->am_await))
            k_raise(PyExc_TypeError, "'async with' received an object from %s that does not implement __await__: %.100s",
                    what == 1 ? "__aenter__" : "__aexit__", type->tp_name);
        return NULL;
    }
    if (PyCoro_CheckExact(iter) && vm_gen_delegate((PyGenObject *)iter)) {
        Py_DECREF(iter);
        return k_raise(PyExc_RuntimeError, "coroutine is being awaited already");
    }
    return iter;
}

PyObject *vm_get_aiter(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (!type->tp_as_async || !type->tp_as_async->am_aiter)
        return k_raise(PyExc_TypeError, "'async for' requires an object with __aiter__ method, got %.100s", type->tp_name);
    K_AUTO(PyObject *) iter = type->tp_as_async->am_aiter(object);
    if (!iter)
        return NULL;
    if (!Py_TYPE(iter)->tp_as_async || !Py_TYPE(iter)->tp_as_async->am_anext)
        return k_raise(PyExc_TypeError,
                       "'async for' received an object from __aiter__ that does not implement __anext__: %.100s",
                       Py_TYPE(iter)->tp_name);
    return K_MOVE(iter);
}

PyObject *vm_get_anext(PyObject *iter)
{
    PyTypeObject *type = Py_TYPE(iter);
    if (PyAsyncGen_CheckExact(iter))
        return type->tp_as_async->am_anext(iter);
    if (!type->tp_as_async || !type->tp_as_async->am_anext)
        return k_raise(PyExc_TypeError, "'async for' requires an iterator with __anext__ method, got %.100s", type->tp_name);
    K_AUTO(PyObject *) next = type->tp_as_async->am_anext(iter);
    if (!next)
        return NULL;
    PyObject *awaitable = k_get_awaitable(next);
    if (!awaitable)
        (void)!_PyErr_FormatFromCause(PyExc_TypeError, "'async for' received an invalid object from __anext__: %.100s",
                                      Py_TYPE(next)->tp_name);
    return awaitable;
}
