/* _queue.c - the module _queue: SimpleQueue, an unbounded queue between threads.
 *
 * In: items put by any thread, from finalisers and signal handlers too.  Out: the same items, first in, first out.
 * Invariants: items before `head` in the list have been given out; None stands there until the list is cut;
 * the lock is held while the queue is believed to be empty: `locked` says so, and whoever puts an item releases it.
 * Start at SimpleQueue_get. */
#include "memory/gc.h"
#include "objects/call.h"
#include "objects/exc/exc.h"
#include "objects/genericalias.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/weakref.h"
#include "runtime/errors.h"
#include "runtime/thread.h"
#include "runtime/time.h"
#include "vm/eval.h"

typedef struct SimpleQueue {
    PyObject ob_base;
    PyThread_type_lock lock;
    int locked;
    PyObject *items; /* a list; owned */
    Py_ssize_t head;
    PyObject *weakrefs;
} SimpleQueue;
#define QUEUE(o) ((SimpleQueue *)(o))

static PyObject *empty_error; /* the exception Empty, made once */
static PyTypeObject simplequeue_type;

static Py_ssize_t length(SimpleQueue *queue)
{
    return PyList_GET_SIZE(queue->items) - queue->head;
}

/* The first item. The list's front is cut off when it is more than half of the list. */
static PyObject *take(SimpleQueue *queue)
{
    Py_ssize_t n = PyList_GET_SIZE(queue->items);
    PyObject *item = PyList_GET_ITEM(queue->items, queue->head);
    PyList_SET_ITEM(queue->items, queue->head, Py_NewRef(Py_None));
    queue->head++;
    if (queue->head * 2 <= n)
        return item;
    if (PyList_SetSlice(queue->items, 0, queue->head, NULL) < 0) {
        Py_DECREF(item);
        return NULL;
    }
    queue->head = 0;
    return item;
}

/* Lets one who may be waiting look again. */
static void wake(SimpleQueue *queue)
{
    if (!queue->locked)
        return;
    queue->locked = 0;
    PyThread_release_lock(queue->lock);
}

static int put(SimpleQueue *queue, PyObject *item)
{
    if (PyList_Append(queue->items, item) < 0)
        return -1;
    wake(queue);
    return 0;
}

/* Microseconds to wait: -1 without end. */
static int read_timeout(PyObject *timeout, int block, PY_TIMEOUT_T *microseconds, _PyTime_t *deadline)
{
    _PyTime_t wait;
    *microseconds = block ? -1 : 0;
    *deadline = 0;
    if (!block || timeout == Py_None)
        return 0;
    if (_PyTime_FromSecondsObject(&wait, timeout, _PyTime_ROUND_CEILING) < 0)
        return -1;
    if (wait < 0) {
        PyErr_SetString(PyExc_ValueError, "'timeout' must be a non-negative number");
        return -1;
    }
    *microseconds = _PyTime_AsMicroseconds(wait, _PyTime_ROUND_CEILING);
    *deadline = _PyTime_GetMonotonicClock() + wait;
    return 0;
}

/* Waits until an item may be there. 1: look again. 0: the time is over. -1: a signal handler raised. */
static int wait(SimpleQueue *queue, PY_TIMEOUT_T *microseconds, _PyTime_t deadline)
{
    if (PyThread_acquire_lock_timed(queue->lock, 0, 0) == PY_LOCK_ACQUIRED)
        return 1;
    if (*microseconds == 0)
        return 0;
    PyThreadState *unlocked = PyEval_SaveThread();
    PyLockStatus got = PyThread_acquire_lock_timed(queue->lock, *microseconds, 1);
    PyEval_RestoreThread(unlocked);
    if (got == PY_LOCK_INTR && Py_MakePendingCalls() < 0)
        return -1;
    if (got == PY_LOCK_FAILURE)
        return 0;
    if (got == PY_LOCK_INTR && *microseconds > 0) {
        _PyTime_t left = deadline - _PyTime_GetMonotonicClock();
        *microseconds = left > 0 ? _PyTime_AsMicroseconds(left, _PyTime_ROUND_CEILING) : 0;
    }
    return got == PY_LOCK_INTR ? 2 : 1;
}

static PyObject *get(SimpleQueue *queue, int block, PyObject *timeout)
{
    PY_TIMEOUT_T microseconds;
    _PyTime_t deadline;
    if (read_timeout(timeout, block, &microseconds, &deadline) < 0)
        return NULL;
    while (length(queue) == 0) {
        int status = wait(queue, &microseconds, deadline);
        if (status < 0)
            return NULL;
        if (status == 0) {
            PyErr_SetNone(empty_error);
            return NULL;
        }
        if (status == 1)
            queue->locked = 1;
    }
    PyObject *item = take(queue);
    wake(queue); /* of two items put before we came here, the second may be another's */
    return item;
}

METHODS_DECLARE(SimpleQueue);

METHOD_KW(SimpleQueue, put, "($self, /, item, block=True, timeout=None)",
          "Put the item in. This never blocks; block and timeout are there for likeness with Queue.put().",
          *item, *block, *timeout)
{
    if (put(QUEUE(self), arg->item) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD_KW(SimpleQueue, put_nowait, "($self, /, item)", "Put the item in, as put() does.", *item)
{
    if (put(QUEUE(self), arg->item) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD_KW(SimpleQueue, get, "($self, /, block=True, timeout=None)",
          "Take an item out and return it.\n\n"
          "With block true and timeout None, wait until there is one; a timeout is the most seconds to wait, then\n"
          "Empty is raised. With block false, Empty is raised at once when there is none.",
          *block, *timeout)
{
    int block = PyObject_IsTrue(arg->block);
    return block < 0 ? NULL : get(QUEUE(self), block, arg->timeout);
}

METHOD(SimpleQueue, get_nowait, NOARGS, "($self, /)", "Take an item out without waiting; Empty when there is none.")
{
    return get(QUEUE(self), 0, Py_None);
}

METHOD(SimpleQueue, empty, NOARGS, "($self, /)", "Whether the queue was empty a moment ago.")
{
    Py_RETURN_BOOL(length(QUEUE(self)) == 0);
}

METHOD(SimpleQueue, qsize, NOARGS, "($self, /)", "How many items the queue had a moment ago.")
{
    return PyLong_FromSsize_t(length(QUEUE(self)));
}

METHOD_RAW(SimpleQueue, __class_getitem__, O, METH_CLASS, "See PEP 585")
{
    return Py_GenericAlias(self, arg);
}
METHODS_END(SimpleQueue);

static PyObject *simplequeue_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if ((type == &simplequeue_type || type->tp_init == simplequeue_type.tp_init) &&
        (!_PyArg_NoPositional("SimpleQueue", args) || !_PyArg_NoKeywords("SimpleQueue", kwargs)))
        return NULL;
    K_AUTO(PyObject *) self = type->tp_alloc(type, 0);
    if (!self || !(QUEUE(self)->items = PyList_New(0)))
        return NULL;
    QUEUE(self)->lock = PyThread_allocate_lock();
    if (!QUEUE(self)->lock)
        return k_raise(PyExc_MemoryError, "can't allocate lock");
    return K_MOVE(self);
}

static void simplequeue_dealloc(PyObject *self)
{
    SimpleQueue *queue = QUEUE(self);
    PyObject_GC_UnTrack(self);
    if (queue->lock) {
        if (queue->locked)
            PyThread_release_lock(queue->lock);
        PyThread_free_lock(queue->lock);
    }
    if (queue->weakrefs)
        PyObject_ClearWeakRefs(self);
    Py_XDECREF(queue->items);
    Py_TYPE(self)->tp_free(self);
}

static int simplequeue_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(QUEUE(self)->items);
    return 0;
}

static PyTypeObject simplequeue_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_queue.SimpleQueue",
    .tp_doc = "SimpleQueue()\n--\n\nA first in, first out queue without bounds, safe between threads.",
    .tp_basicsize = sizeof(SimpleQueue),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_weaklistoffset = offsetof(SimpleQueue, weakrefs),
    .tp_dealloc = simplequeue_dealloc,
    .tp_traverse = simplequeue_traverse,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_methods = METHODS(SimpleQueue),
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = simplequeue_new,
    .tp_free = PyObject_GC_Del,
};

METHODS_DECLARE(_queue);
METHODS_END(_queue);

static int queue_exec(PyObject *module)
{
    if (!empty_error)
        empty_error = PyErr_NewExceptionWithDoc("_queue.Empty", "Raised by Queue.get(block=0)/get_nowait().", NULL, NULL);
    if (!empty_error || PyModule_AddObjectRef(module, "Empty", empty_error) < 0)
        return -1;
    return PyModule_AddType(module, &simplequeue_type);
}

MODULE(_queue, "The quick part of the module queue.", queue_exec, 0);
