/* _heapq.c - the module _heapq: priority queues in lists.
 *
 * In: lists.  Out: lists whose items i and (i - 1) / 2 are in order.
 * Invariant: after each comparison (which runs code) the list's length is what it was, or RuntimeError is raised; items
 * are read from the list again after it.
 * The order of comparisons is CPython's: a sift goes all the way down and then up, because most items belong near the
 * leaves. Start at sift_up. */
#include "objects/call.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "runtime/errors.h"

/* Whether a belongs above b; a max-heap turns the comparison round. */
static int above(PyObject *heap, Py_ssize_t a, Py_ssize_t b, int max)
{
    Py_ssize_t n = PyList_GET_SIZE(heap);
    K_AUTO(PyObject *) x = Py_NewRef(PyList_GET_ITEM(heap, max ? b : a));
    K_AUTO(PyObject *) y = Py_NewRef(PyList_GET_ITEM(heap, max ? a : b));
    int less = PyObject_RichCompareBool(x, y, Py_LT); /* runs code */
    if (less >= 0 && n != PyList_GET_SIZE(heap)) {
        PyErr_SetString(PyExc_RuntimeError, "list changed size during iteration");
        return -1;
    }
    return less;
}

static void swap(PyObject *heap, Py_ssize_t a, Py_ssize_t b)
{
    PyObject *item = PyList_GET_ITEM(heap, a);
    PyList_SET_ITEM(heap, a, PyList_GET_ITEM(heap, b));
    PyList_SET_ITEM(heap, b, item);
}

/* Moves the item at `at` towards the root, as far as `start`. */
static int sift_down(PyObject *heap, Py_ssize_t start, Py_ssize_t at, int max)
{
    if ((size_t)at >= (size_t)PyList_GET_SIZE(heap)) {
        PyErr_SetString(PyExc_IndexError, "index out of range");
        return -1;
    }
    while (at > start) {
        Py_ssize_t parent = (at - 1) >> 1;
        int is_above = above(heap, at, parent, max);
        if (is_above <= 0)
            return is_above;
        swap(heap, at, parent);
        at = parent;
    }
    return 0;
}

/* Lets the item at `start` sink to a leaf along the better children, then rise to its place. */
static int sift_up(PyObject *heap, Py_ssize_t start, int max)
{
    Py_ssize_t n = PyList_GET_SIZE(heap), at = start, limit = n >> 1;
    if ((size_t)at >= (size_t)n) {
        PyErr_SetString(PyExc_IndexError, "index out of range");
        return -1;
    }
    while (at < limit) {
        Py_ssize_t child = 2 * at + 1;
        if (child + 1 < n) {
            int left_is_above = above(heap, child, child + 1, max);
            if (left_is_above < 0)
                return -1;
            child += !left_is_above;
        }
        swap(heap, at, child);
        at = child;
    }
    return sift_down(heap, start, at, max);
}

static int is_heap(PyObject *heap, const char *function, const char *which)
{
    if (PyList_Check(heap))
        return 1;
    _PyArg_BadArgument(function, which, "list", heap);
    return 0;
}

static PyObject *pop(PyObject *heap, int max)
{
    Py_ssize_t n = PyList_GET_SIZE(heap);
    if (n == 0)
        return k_raise(PyExc_IndexError, "index out of range");
    K_AUTO(PyObject *) last = Py_NewRef(PyList_GET_ITEM(heap, n - 1));
    if (PyList_SetSlice(heap, n - 1, n, NULL) < 0)
        return NULL;
    if (n == 1)
        return K_MOVE(last);
    K_AUTO(PyObject *) top = PyList_GET_ITEM(heap, 0);
    PyList_SET_ITEM(heap, 0, K_MOVE(last));
    return sift_up(heap, 0, max) < 0 ? NULL : K_MOVE(top);
}

static PyObject *replace(PyObject *heap, PyObject *item, int max)
{
    if (PyList_GET_SIZE(heap) == 0)
        return k_raise(PyExc_IndexError, "index out of range");
    K_AUTO(PyObject *) top = PyList_GET_ITEM(heap, 0);
    PyList_SET_ITEM(heap, 0, Py_NewRef(item));
    return sift_up(heap, 0, max) < 0 ? NULL : K_MOVE(top);
}

static PyObject *heapify(PyObject *heap, int max)
{
    for (Py_ssize_t i = (PyList_GET_SIZE(heap) >> 1) - 1; i >= 0; i--) { /* from the last parent to the root */
        if (sift_up(heap, i, max) < 0)
            return NULL;
    }
    Py_RETURN_NONE;
}

METHODS_DECLARE(_heapq);

FUNCTION(_heapq, heappush, FAST, "($module, heap, item, /)", "Put an item in; the list stays a heap.")
{
    if (k_check_nargs("heappush", nargs, 2, 2) < 0 || !is_heap(args[0], "heappush", "argument 1") ||
        PyList_Append(args[0], args[1]) < 0)
        return NULL;
    if (sift_down(args[0], 0, PyList_GET_SIZE(args[0]) - 1, 0) < 0)
        return NULL;
    Py_RETURN_NONE;
}

FUNCTION(_heapq, heappushpop, FAST, "($module, heap, item, /)",
         "Put an item in, then take the smallest out: quicker than the two calls.")
{
    if (k_check_nargs("heappushpop", nargs, 2, 2) < 0 || !is_heap(args[0], "heappushpop", "argument 1"))
        return NULL;
    PyObject *heap = args[0];
    if (PyList_GET_SIZE(heap) == 0)
        return Py_NewRef(args[1]);
    K_AUTO(PyObject *) top = Py_NewRef(PyList_GET_ITEM(heap, 0));
    int less = PyObject_RichCompareBool(top, args[1], Py_LT); /* runs code */
    if (less <= 0)
        return less < 0 ? NULL : Py_NewRef(args[1]);
    return replace(heap, args[1], 0);
}

FUNCTION(_heapq, heappop, O, "($module, heap, /)", "Take the smallest item out; the list stays a heap.")
{
    return is_heap(arg, "heappop", "argument") ? pop(arg, 0) : NULL;
}

FUNCTION(_heapq, heapreplace, FAST, "($module, heap, item, /)",
         "Take the smallest item out and put another in: quicker than the two calls.\n\n"
         "What comes out may be larger than the new item.")
{
    if (k_check_nargs("heapreplace", nargs, 2, 2) < 0 || !is_heap(args[0], "heapreplace", "argument 1"))
        return NULL;
    return replace(args[0], args[1], 0);
}

FUNCTION(_heapq, heapify, O, "($module, heap, /)", "Make a list a heap, in place and in linear time.")
{
    return is_heap(arg, "heapify", "argument") ? heapify(arg, 0) : NULL;
}

FUNCTION(_heapq, _heappop_max, O, "($module, heap, /)", "heappop() of a heap with the largest item on top.")
{
    return is_heap(arg, "_heappop_max", "argument") ? pop(arg, 1) : NULL;
}

FUNCTION(_heapq, _heapify_max, O, "($module, heap, /)", "heapify() with the largest item on top.")
{
    return is_heap(arg, "_heapify_max", "argument") ? heapify(arg, 1) : NULL;
}

FUNCTION(_heapq, _heapreplace_max, FAST, "($module, heap, item, /)",
         "heapreplace() of a heap with the largest item on top.")
{
    if (k_check_nargs("_heapreplace_max", nargs, 2, 2) < 0 || !is_heap(args[0], "_heapreplace_max", "argument 1"))
        return NULL;
    return replace(args[0], args[1], 1);
}
METHODS_END(_heapq);

static int heapq_exec(PyObject *module)
{
    return PyModule_AddStringConstant(module, "__about__",
                                      "A heap is a list in which a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for all k that "
                                      "have such neighbours;\na[0] is then the smallest item.\n");
}

MODULE(_heapq, "Heap queues, also known as priority queues, in ordinary lists.", heapq_exec, 0);
