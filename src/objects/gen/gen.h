/* gen.h - generators, coroutines and async generators. */
#ifndef KAA_OBJECTS_GEN_GEN_H
#define KAA_OBJECTS_GEN_GEN_H

#include "objects/object.h"
#include "runtime/state.h"
#include "objects/frame/frame.h"

typedef struct PyGenObject {
    PyObject ob_base;
    PyCodeObject *gi_code;
    PyObject *gi_weakreflist, *gi_name, *gi_qualname;
    _PyErr_StackItem gi_exc_state;
    PyObject *gi_origin_or_finalizer;
    char gi_hooks_inited, gi_closed, gi_running_async;
    int8_t gi_frame_state;
    PyObject *gi_iframe[1]; /* the interpreter frame */
} PyGenObject;
typedef PyGenObject PyCoroObject;
typedef PyGenObject PyAsyncGenObject;
/* What a coroutine's __await__() gives. */
typedef struct CoroWrapper {
    PyObject ob_base;
    PyObject *coroutine;
} CoroWrapper;
/* gi_frame_state */
enum { FRAME_CREATED = -2, FRAME_SUSPENDED = -1, FRAME_EXECUTING = 0, FRAME_COMPLETED = 1, FRAME_CLEARED = 4 };
#define k_gen_frame(gen) ((_PyInterpreterFrame *)(gen)->gi_iframe)

#define PyGen_Check(o)           PyObject_TypeCheck(o, &PyGen_Type)
#define PyGen_CheckExact(o)      Py_IS_TYPE(o, &PyGen_Type)
#define PyCoro_CheckExact(o)     Py_IS_TYPE(o, &PyCoro_Type)
#define PyAsyncGen_CheckExact(o) Py_IS_TYPE(o, &PyAsyncGen_Type)

extern K_API PyTypeObject PyGen_Type, PyCoro_Type, PyAsyncGen_Type;
extern K_API PyTypeObject _PyCoroWrapper_Type;
extern K_API PyTypeObject _PyAsyncGenASend_Type;
extern K_API PyTypeObject _PyAsyncGenWrappedValue_Type;
extern K_API PyTypeObject _PyAsyncGenAThrow_Type;
K_API K_NEW PyObject *PyGen_New(PyFrameObject *);
K_API K_NEW PyObject *PyGen_NewWithQualName(PyFrameObject *, PyObject *name, PyObject *qualname);
K_API int _PyGen_SetStopIterationValue(PyObject *);
K_API K_STATUS int _PyGen_FetchStopIterationValue(PyObject **);
K_API void _PyGen_Finalize(PyObject *self);
K_API K_NEW PyObject *PyCoro_New(PyFrameObject *, PyObject *name, PyObject *qualname);
K_API K_NEW PyObject *PyAsyncGen_New(PyFrameObject *, PyObject *name, PyObject *qualname);


/* ---- beyond CPython's API ---- */

/* RETURN_GENERATOR: an object of the kind the code's flags say, which the running frame moves into (owner becomes
 * FRAME_OWNED_BY_GENERATOR; the room on the data stack stays for the caller to give back). */
K_INT K_NEW PyObject *k_gen_from_frame(PyThreadState *tstate, _PyInterpreterFrame *frame);
/* An asynchronous generator's item, wrapped so that it differs from what its awaits yield. */
K_INT K_NEW PyObject *_PyAsyncGenValueWrapperNew(PyObject *item);
/* What await needs: o itself, its __await__'s iterator, or NULL with TypeError. Runs code. */
K_INT K_NEW PyObject *k_get_awaitable(PyObject *o);
extern K_API PyTypeObject PyGen_Type, PyCoro_Type, PyAsyncGen_Type;

/* For the files of this folder: what send() and throw() do, as Python calls them. */
K_INT K_NEW PyObject *gen_send_value(PyGenObject *gen, PyObject *value, int throwing, int closing);
K_INT K_NEW PyObject *gen_throw_into(PyGenObject *gen, int close_on_exit, PyObject *type, PyObject *value,
                                     PyObject *traceback);
K_INT K_NEW PyObject *gen_throw_args(PyGenObject *gen, PyObject *const *args, Py_ssize_t nargs);
K_INT K_NEW PyObject *gen_close(PyGenObject *gen);
K_INT int gen_traverse(PyObject *self, visitproc visit, void *arg);
K_INT void gen_dealloc(PyObject *self);
K_INT K_NEW PyObject *gen_sizeof(PyObject *self);
K_INT K_NEW PyObject *gen_repr_as(PyObject *self, const char *kind);
K_INT K_NEW PyObject *gen_get_delegate(PyObject *self, void *closure);
K_INT K_NEW PyObject *gen_get_frame(PyObject *self, void *closure);
K_INT K_NEW PyObject *gen_get_code(PyObject *self, void *closure);
K_INT K_NEW PyObject *gen_get_name(PyObject *self, void *closure);
K_INT K_STATUS int gen_set_name(PyObject *self, PyObject *value, void *closure);
K_INT K_NEW PyObject *gen_get_qualname(PyObject *self, void *closure);
K_INT K_STATUS int gen_set_qualname(PyObject *self, PyObject *value, void *closure);

/* ASYNC_GEN_WRAP: an item that an asynchronous generator yields, marked as such. */
K_INT K_NEW PyObject *_PyAsyncGenValueWrapperNew(PyObject *value);

#endif
