/* _tracemalloc.c - module _tracemalloc: who allocated what.
 *
 * Tracing itself is in runtime/tracemalloc.c. */
#include "runtime/tracemalloc.h"

#include "memory/gc.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

enum { MAX_FRAMES = 65535 };

FUNCTION(_tracemalloc, is_tracing, NOARGS, "($module, /)", "Whether allocations are traced.")
{
    Py_RETURN_BOOL(k_tracemalloc_stats()->tracing);
}

FUNCTION(_tracemalloc, clear_traces, NOARGS, "($module, /)", "Forget all traces.")
{
    if (k_tracemalloc_stats()->tracing)
        k_tracemalloc_clear();
    Py_RETURN_NONE;
}

FUNCTION(_tracemalloc, _get_traces, NOARGS, "($module, /)", "All traces: a list of (domain, size, traceback, frames).")
{
    return k_tracemalloc_traces();
}

FUNCTION(_tracemalloc, _get_object_traceback, O, "($module, obj, /)", "Where an object was allocated, or None.")
{
    PyTypeObject *type = Py_TYPE(arg);
    uintptr_t address = (uintptr_t)arg; /* the block begins with what stands before the object */
    if (PyType_IS_GC(type))
        address -= sizeof(PyGC_Head);
    if (PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT))
        address -= 2 * sizeof(PyObject *);
    return _PyTraceMalloc_GetTraceback(0, address);
}

FUNCTION(_tracemalloc, start, FAST, "($module, nframe=1, /)", "Begin to trace; tracebacks keep nframe frames at most.")
{
    int limit = 1;
    if (k_check_nargs("start", nargs, 0, 1) < 0 || (nargs && k_arg_int(args[0], &limit) < 0))
        return NULL;
    if (limit < 1 || limit > MAX_FRAMES)
        return k_raise(PyExc_ValueError, "the number of frames must be in range [1; %i]", MAX_FRAMES);
    if (k_tracemalloc_start(limit) < 0)
        return NULL;
    Py_RETURN_NONE;
}

FUNCTION(_tracemalloc, stop, NOARGS, "($module, /)", "End tracing and forget all traces.")
{
    k_tracemalloc_stop();
    Py_RETURN_NONE;
}

FUNCTION(_tracemalloc, get_traceback_limit, NOARGS, "($module, /)", "How many frames a traceback keeps.")
{
    const KTraceStats *stats = k_tracemalloc_stats();
    return PyLong_FromLong(stats->limit ? stats->limit : 1);
}

FUNCTION(_tracemalloc, get_tracemalloc_memory, NOARGS, "($module, /)", "Bytes that tracing itself takes.")
{
    return PyLong_FromSize_t(k_tracemalloc_stats()->own);
}

FUNCTION(_tracemalloc, get_traced_memory, NOARGS, "($module, /)", "Bytes traced now, and at the peak.")
{
    const KTraceStats *stats = k_tracemalloc_stats();
    K_AUTO(PyObject *) now = PyLong_FromSize_t(stats->tracing ? stats->traced : 0);
    K_AUTO(PyObject *) peak = PyLong_FromSize_t(stats->tracing ? stats->peak : 0);
    return now && peak ? PyTuple_Pack(2, now, peak) : NULL;
}

FUNCTION(_tracemalloc, reset_peak, NOARGS, "($module, /)", "The peak begins anew with what is traced now.")
{
    if (k_tracemalloc_stats()->tracing)
        k_tracemalloc_reset_peak();
    Py_RETURN_NONE;
}

METHODS_END(_tracemalloc);

static int tracemalloc_exec(PyObject *module)
{
    (void)module;
    return 0;
}
MODULE(_tracemalloc, "Traces of allocations.", tracemalloc_exec, 0);
