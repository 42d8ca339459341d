/* stack.c - room for frames: chunks of the thread's data stack, pushing and popping frames.
 *
 * In: how many words.  Out: a frame's memory. Chunks come from the allocator PyObject_GetArenaAllocator returns, since
 * foreign stack switchers free whole chains with it. The first chunk starts one word late, so that popping its first
 * frame does not give the chunk back.
 * Start at vm_stack_grow(). */
#include "vm/frame.h"

#include "memory/mem.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "vm/engine.h"

#ifdef KAA_STRESS
enum { CHUNK_BYTES = 512 };
#else
enum { CHUNK_BYTES = 16 * 1024 };
#endif

static _PyStackChunk *chunk_new(size_t bytes, _PyStackChunk *previous)
{
    PyObjectArenaAllocator arena;
    PyObject_GetArenaAllocator(&arena);
    _PyStackChunk *chunk = arena.alloc(arena.ctx, bytes);
    if (chunk) {
        chunk->previous = previous;
        chunk->size = bytes;
        chunk->top = 0;
    }
    return chunk;
}

_PyInterpreterFrame *vm_stack_grow(PyThreadState *tstate, size_t words)
{
    size_t bytes = CHUNK_BYTES, needed = (words + 64) * sizeof(PyObject *) + sizeof(_PyStackChunk);
    while (bytes < needed)
        bytes *= 2;
    _PyStackChunk *old = tstate->datastack_chunk, *chunk = chunk_new(bytes, old);
    if (!chunk) {
        PyErr_NoMemory();
        return NULL;
    }
    if (old)
        old->top = (size_t)(tstate->datastack_top - &old->data[0]);
    PyObject **base = &chunk->data[old == NULL];
    tstate->datastack_chunk = chunk;
    tstate->datastack_limit = (PyObject **)(void *)((char *)chunk + bytes);
    tstate->datastack_top = base + words;
    return (_PyInterpreterFrame *)(void *)base;
}

void vm_stack_shrink(PyThreadState *tstate)
{
    _PyStackChunk *chunk = tstate->datastack_chunk, *previous = chunk->previous;
    PyObjectArenaAllocator arena;
    PyObject_GetArenaAllocator(&arena);
    tstate->datastack_chunk = previous;
    tstate->datastack_top = &previous->data[previous->top];
    tstate->datastack_limit = (PyObject **)(void *)((char *)previous + previous->size);
    arena.free(arena.ctx, chunk, chunk->size);
}

static void release_all(PyObject *const *items, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++)
        Py_DECREF(items[i]);
}

_PyInterpreterFrame *vm_push_frame(PyThreadState *tstate, PyFunctionObject *func, PyObject *locals,
                                   PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    PyCodeObject *code = (PyCodeObject *)func->func_code;
    KCode *k = vm_kcode(code);
    _PyInterpreterFrame *frame = k ? vm_stack_push(tstate, k->frame_words) : NULL;
    if (!frame) {
        release_all(args, nargs + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0));
        Py_DECREF(func);
        Py_XDECREF(locals);
        return NULL;
    }
    frame_init(frame, func, locals, code, 0);
    if (K_LIKELY((size_t)nargs == k->simple_args && !kwnames)) {
        for (Py_ssize_t i = 0; i < nargs; i++)
            frame->localsplus[i] = args[i];
        return frame;
    }
    if (vm_bind(tstate, func, frame->localsplus, args, nargs, kwnames) < 0) {
        k_frame_clear(frame);
        vm_stack_pop(tstate, frame);
        return NULL;
    }
    return frame;
}

_PyInterpreterFrame *vm_push_call(PyThreadState *tstate, PyFunctionObject *func, PyObject *locals,
                                  PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    Py_ssize_t total = nargs + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0);
    for (Py_ssize_t i = 0; i < total; i++)
        Py_INCREF(args[i]);
    return vm_push_frame(tstate, (PyFunctionObject *)Py_NewRef(func), Py_XNewRef(locals), args, nargs, kwnames);
}

void vm_pop_frame(PyThreadState *tstate, _PyInterpreterFrame *frame)
{
    k_frame_clear(frame);
    vm_stack_pop(tstate, frame);
}
