/* callable.c - calls of classes and of functools.partial objects: what of them are Python functions runs in the loop.
 *
 * In: a call instruction, its operands still in their slots, and the arguments.  Out: a frame of the function, of
 * __new__ or of __init__, or the result (KNext).
 * A class is called as type.__call__ does it: __new__ gets the class and all arguments, then __init__ of what that gave
 * gets the same ones, if it is an instance of the class. Between the two they stand in a tuple in slot a + 1.
 * Start at vm_call_special(). */
#include "memory/mem.h"
#include "objects/call.h"
#include "objects/descr.h"
#include "objects/dict/dict.h"
#include "objects/func/func.h"
#include "objects/partial.h"
#include "objects/protocol.h"
#include "objects/tuple.h"
#include "objects/type/slots.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "vm/engine.h"
#include "vm/helpers.h"

static const KNext nothing = { NULL, NULL };

/* Arguments of a call, not counted: positional ones, then the values of kwnames. */
typedef struct Arguments {
    PyObject *const *items;
    Py_ssize_t npositional, n;
    PyObject *kwnames; /* NULL: none */
} Arguments;

static Arguments arguments(PyObject *const *items, Py_ssize_t npositional, PyObject *kwnames)
{
    return (Arguments){ items, npositional, npositional + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0), kwnames };
}

/* The arguments with others in front, in `small` or in memory of its own; NULL with MemoryError. */
enum { SMALL = 8 };
static PyObject **with_front(PyObject *small[SMALL], PyObject *const *front, Py_ssize_t nfront, const Arguments *given)
{
    PyObject **all = small;
    if (nfront + given->n > SMALL && !(all = PyMem_New(PyObject *, nfront + given->n))) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < nfront; i++)
        all[i] = front[i];
    for (Py_ssize_t i = 0; i < given->n; i++)
        all[nfront + i] = given->items[i];
    return all;
}

/* A frame for func with self in front of the arguments. */
static KNext begin_with_self(PyThreadState *tstate, KInstr *pc, KCont kind, PyObject *func, PyObject *self,
                             const Arguments *given)
{
    PyObject *small[SMALL], **all = with_front(small, &self, 1, given);
    if (!all)
        return nothing;
    KNext next = vm_begin(tstate, pc, kind, func, all, given->npositional + 1, given->kwnames);
    if (all != small)
        PyMem_Free(all);
    return next;
}

/* ---- __init__ ---- */

/* The arguments as tp_new and tp_init want them. */
static int collect(const Arguments *given, PyObject **args, PyObject **kwargs)
{
    *args = PyTuple_New(given->npositional);
    *kwargs = given->kwnames && PyTuple_GET_SIZE(given->kwnames)
                  ? _PyStack_AsDict(given->items + given->npositional, given->kwnames) : NULL;
    if (!*args || (!*kwargs && PyErr_Occurred())) {
        Py_CLEAR(*args);
        Py_CLEAR(*kwargs);
        return -1;
    }
    for (Py_ssize_t i = 0; i < given->npositional; i++)
        PyTuple_SET_ITEM(*args, i, Py_NewRef(given->items[i]));
    return 0;
}

static PyObject *init_in_c(PyObject *object, const Arguments *given)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject *args, *kwargs;
    int is_object_init = type->tp_init == PyBaseObject_Type.tp_init && type->tp_new != PyBaseObject_Type.tp_new;
    if (!type->tp_init || is_object_init) /* that one only counts the arguments of object.__new__ */
        return object;
    if (collect(given, &args, &kwargs) < 0) {
        Py_DECREF(object);
        return NULL;
    }
    if (type->tp_init(object, args, kwargs) < 0)
        Py_CLEAR(object);
    Py_DECREF(args);
    Py_XDECREF(kwargs);
    return object;
}

/* What is in the slots from a on gives way to the new object. */
static void replace_operands(_PyInterpreterFrame *frame, KInstr *pc, uint32_t end, PyObject *object)
{
    PyObject *first = frame->localsplus[pc->a];
    frame->localsplus[pc->a] = object;
    Py_XDECREF(first);
    for (uint32_t slot = pc->a + 1u; slot < end; slot++)
        Py_XDECREF(frame->localsplus[slot]);
}

/* __init__ of a new object, which is consumed; operands stand in the slots up to end. */
static KNext begin_init(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, uint32_t end, PyObject *object,
                        const Arguments *given)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject *init = type->tp_init == slot_tp_init ? _PyType_Lookup(type, K_STR("__init__")) : NULL;
    KNext next = { NULL, pc + 1 };
    if (vm_runs_inline(tstate, init)) {
        next = begin_with_self(tstate, pc, CONT_INIT, init, object, given);
        if (!next.callee) {
            Py_DECREF(object);
            return nothing;
        }
        PyObject *first = frame->localsplus[pc->a]; /* the others stay until __init__ is done */
        frame->localsplus[pc->a] = object;
        Py_XDECREF(first);
        for (uint32_t slot = end; slot < vm_depth(frame, pc); slot++)
            frame->localsplus[slot] = NULL;
        return next;
    }
    if (!(object = init_in_c(object, given)))
        return nothing;
    replace_operands(frame, pc, end, object);
    return next;
}

KNext vm_created(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, PyObject *object)
{
    PyObject **slots = &frame->localsplus[pc->a];
    K_AUTO(PyObject *) kwnames = Py_XNewRef(slots[0]);
    K_AUTO(PyObject *) all = Py_NewRef(slots[1]);
    PyTypeObject *type = (PyTypeObject *)PyTuple_GET_ITEM(all, 0);
    Py_ssize_t nkw = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    Arguments given = arguments(&PyTuple_GET_ITEM(all, 1), PyTuple_GET_SIZE(all) - 1 - nkw, kwnames);
    if (PyObject_TypeCheck(object, type))
        return begin_init(tstate, frame, pc, pc->a + 2u, object, &given);
    replace_operands(frame, pc, pc->a + 2u, object);
    return (KNext){ NULL, pc + 1 };
}

/* ---- __new__ ---- */

/* The class's __new__ when it is a Python function, wrapped as a static method or bare: borrowed, or NULL. */
static PyObject *python_new(PyThreadState *tstate, PyTypeObject *type)
{
    PyObject *found = type->tp_new == slot_tp_new ? _PyType_Lookup(type, K_STR("__new__")) : NULL;
    if (found && Py_IS_TYPE(found, &PyStaticMethod_Type))
        found = ((PyClassMethodObject *)found)->cm_callable;
    return vm_runs_inline(tstate, found) ? found : NULL;
}

static KNext begin_new(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, PyObject *func, PyObject *type,
                       const Arguments *given)
{
    K_AUTO(PyObject *) all = PyTuple_New(given->n + 1);
    if (!all)
        return nothing;
    PyTuple_SET_ITEM(all, 0, Py_NewRef(type));
    for (Py_ssize_t i = 0; i < given->n; i++)
        PyTuple_SET_ITEM(all, i + 1, Py_NewRef(given->items[i]));
    KNext next = vm_begin(tstate, pc, CONT_NEW, func, &PyTuple_GET_ITEM(all, 0), given->npositional + 1, given->kwnames);
    if (!next.callee)
        return nothing;
    PyObject *second = frame->localsplus[pc->a + 1];
    frame->localsplus[pc->a + 1] = K_MOVE(all);
    replace_operands(frame, pc, pc->a + 1u, Py_XNewRef(given->kwnames));
    Py_DECREF(second);
    for (uint32_t slot = pc->a + 2u, end = vm_depth(frame, pc); slot < end; slot++)
        Py_DECREF(frame->localsplus[slot]);
    return next;
}

/* tp_new in C. The arguments are of no interest to object.__new__ when there is an __init__. */
static PyObject *create(PyTypeObject *type, const Arguments *given)
{
    static const Arguments none;
    PyObject *args, *kwargs;
    if (collect(type->tp_new == PyBaseObject_Type.tp_new ? &none : given, &args, &kwargs) < 0)
        return NULL;
    PyObject *object = type->tp_new(type, args, kwargs);
    Py_DECREF(args);
    Py_XDECREF(kwargs);
    return object;
}

/* type.__call__; neither without an exception when nothing of it is a Python function. */
static KNext begin_class(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, PyObject *cls, const Arguments *given)
{
    PyTypeObject *type = (PyTypeObject *)cls;
    if (!PyType_Check(cls) || type == &PyType_Type || !type->tp_new)
        return nothing;
    PyObject *new = python_new(tstate, type);
    if (new)
        return begin_new(tstate, frame, pc, new, cls, given);
    if (type->tp_new == slot_tp_new || type->tp_init != slot_tp_init ||
        !vm_runs_inline(tstate, _PyType_Lookup(type, K_STR("__init__"))))
        return nothing;
    PyObject *object = create(type, given);
    if (!object)
        return nothing;
    if (!PyObject_TypeCheck(object, type))
        return vm_finish(frame, pc, object);
    return begin_init(tstate, frame, pc, vm_depth(frame, pc), object, given);
}

/* ---- calls ---- */

/* The class that a bound type.__call__ calls: borrowed, or NULL. */
static PyObject *class_of_wrapper(PyObject *callable)
{
    MethodWrapper *bound = (MethodWrapper *)callable;
    if (!Py_IS_TYPE(callable, &_PyMethodWrapper_Type) || bound->descr->d_wrapped != (void *)PyType_Type.tp_call)
        return NULL;
    return bound->self;
}

/* Functions, their methods, classes and instances with __call__. */
static KNext begin_call(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, PyObject *callable,
                        const Arguments *given)
{
    if (vm_runs_inline(tstate, callable))
        return vm_begin(tstate, pc, CONT_REPLACE, callable, given->items, given->npositional, given->kwnames);
    if (Py_IS_TYPE(callable, &PyMethod_Type) && vm_runs_inline(tstate, PyMethod_GET_FUNCTION(callable)))
        return begin_with_self(tstate, pc, CONT_REPLACE, PyMethod_GET_FUNCTION(callable), PyMethod_GET_SELF(callable), given);
    if (PyType_Check(callable) && Py_TYPE(callable)->tp_call == PyType_Type.tp_call)
        return begin_class(tstate, frame, pc, callable, given);
    PyObject *cls = class_of_wrapper(callable);
    if (cls)
        return begin_class(tstate, frame, pc, cls, given);
    if (Py_IS_TYPE(callable, &PyWrapperDescr_Type)) {
        int calls_class = ((PyWrapperDescrObject *)callable)->d_wrapped == (void *)PyType_Type.tp_call && given->npositional > 0;
        Arguments rest = { given->items + 1, given->npositional - 1, given->n - 1, given->kwnames };
        return calls_class ? begin_class(tstate, frame, pc, given->items[0], &rest) : nothing;
    }
    PyObject *method = PyType_HasFeature(Py_TYPE(callable), Py_TPFLAGS_HEAPTYPE) ? vm_instance_call(callable) : NULL;
    if (vm_runs_inline(tstate, method))
        return begin_with_self(tstate, pc, CONT_REPLACE, method, callable, given);
    return nothing;
}

static int is_partial(PyObject *callable)
{
    return Py_TYPE(callable)->tp_call == k_partial_call;
}

/* A partial without keywords. Neither without an exception when what it calls is C. */
static KNext begin_partial(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, Partial *partial,
                           const Arguments *given)
{
    K_AUTO(PyObject *) fn = Py_NewRef(partial->fn); /* __setstate__ may replace them meanwhile */
    K_AUTO(PyObject *) front = Py_NewRef(partial->args);
    Py_ssize_t nfront = PyTuple_GET_SIZE(front);
    PyObject *small[SMALL], **all = with_front(small, ((PyTupleObject *)front)->ob_item, nfront, given);
    if (!all)
        return nothing;
    Arguments whole = { all, nfront + given->npositional, nfront + given->n, given->kwnames };
    KNext next = begin_call(tstate, frame, pc, fn, &whole);
    if (all != small)
        PyMem_Free(all);
    return next;
}

KNext vm_call_special(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, PyObject *callable,
                      PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    Arguments given = arguments(args, nargs, kwnames);
    if (!is_partial(callable))
        return begin_call(tstate, frame, pc, callable, &given);
    Partial *partial = (Partial *)(void *)callable;
    if (PyDict_GET_SIZE(partial->kw) == 0 && !is_partial(partial->fn))
        return begin_partial(tstate, frame, pc, partial, &given);
    PyObject *tuple, *kwargs;
    if (collect(&given, &tuple, &kwargs) < 0)
        return nothing;
    KNext next = vm_call_special_ex(tstate, frame, pc, callable, tuple, kwargs);
    Py_DECREF(tuple);
    Py_XDECREF(kwargs);
    return next;
}

/* One step nearer to a function: the partial's or the method's. 1 when done, 0 when there is no such step, -1. */
static int unfold(PyObject **callable, PyObject **args, PyObject **kwargs)
{
    PyObject *inner = NULL, *all = NULL, *keywords = NULL;
    if (is_partial(*callable)) {
        inner = Py_NewRef(((Partial *)(void *)*callable)->fn);
        if (k_partial_unfold(*callable, *args, *kwargs, &all, &keywords) < 0) {
            Py_DECREF(inner);
            return -1;
        }
    } else if (Py_IS_TYPE(*callable, &PyMethod_Type)) {
        K_AUTO(PyObject *) self = PyTuple_Pack(1, PyMethod_GET_SELF(*callable));
        if (!self || !(all = PySequence_Concat(self, *args)))
            return -1;
        inner = Py_NewRef(PyMethod_GET_FUNCTION(*callable));
        keywords = Py_XNewRef(*kwargs);
    } else {
        return 0;
    }
    Py_SETREF(*callable, inner);
    Py_SETREF(*args, all);
    Py_XSETREF(*kwargs, keywords);
    return 1;
}

KNext vm_call_special_ex(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, PyObject *called, PyObject *tuple,
                         PyObject *dict)
{
    K_AUTO(PyObject *) callable = Py_NewRef(called);
    K_AUTO(PyObject *) args = Py_NewRef(tuple);
    K_AUTO(PyObject *) kwargs = Py_XNewRef(dict);
    int more = 1, steps = 0;
    while (steps < tstate->recursion_remaining && (more = unfold(&callable, &args, &kwargs)) > 0)
        steps++; /* a partial may lead to itself: such a call fails below, in C */
    if (more < 0)
        return nothing;
    PyObject *kwnames;
    Py_ssize_t npositional;
    PyObject **items = vm_spread(NULL, args, kwargs, &npositional, &kwnames);
    KNext next = nothing;
    if (items) {
        Arguments given = arguments(items, npositional, kwnames);
        next = begin_call(tstate, frame, pc, callable, &given);
        PyMem_Free(items);
        Py_XDECREF(kwnames);
    } else if (!k_catch(PyExc_TypeError)) { /* that is for the callable to complain about */
        return nothing;
    }
    if (steps && !next.callee && !next.pc && !tstate->curexc_type)
        return vm_finish(frame, pc, PyObject_Call(callable, args, kwargs));
    return next;
}
