/* gc.c - module gc: the program's view of the cycle collector (memory/gc.c). */
#include "memory/gc.h"
#include "memory/gc_state.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/sys.h"

FUNCTION(gc, enable, NOARGS, "($module, /)", "Enable automatic garbage collection.")
{
    PyGC_Enable();
    Py_RETURN_NONE;
}

FUNCTION(gc, disable, NOARGS, "($module, /)", "Disable automatic garbage collection.")
{
    PyGC_Disable();
    Py_RETURN_NONE;
}

FUNCTION(gc, isenabled, NOARGS, "($module, /)", "Returns true if automatic garbage collection is enabled.")
{
    Py_RETURN_BOOL(PyGC_IsEnabled());
}

static int check_generation(int generation)
{
    if (generation >= 0 && generation < GC_GENERATIONS)
        return 0;
    PyErr_SetString(PyExc_ValueError, "invalid generation");
    return -1;
}

FUNCTION_KW(gc, collect, "($module, /, generation=2)",
            "Run the garbage collector.\n\nWith no arguments, run a full collection.  The optional argument\n"
            "may be an integer specifying which generation to collect.  A ValueError\n"
            "is raised if the generation number is invalid.\n\nThe number of unreachable objects is returned.", *generation)
{
    int generation = GC_OLDEST;
    if (arg->generation && k_arg_int(arg->generation, &generation) < 0)
        return NULL;
    if (check_generation(generation) < 0)
        return NULL;
    return PyLong_FromSsize_t(gc_state.collecting ? 0 : gc_collect_generation(generation));
}

FUNCTION(gc, set_debug, O, "($module, flags, /)",
         "Set the garbage collection debugging flags.\n\n  flags\n    An integer made of the DEBUG_ constants:\n"
         "      DEBUG_STATS - Print statistics during collection.\n"
         "      DEBUG_COLLECTABLE - Print collectable objects found.\n"
         "      DEBUG_UNCOLLECTABLE - Print unreachable but uncollectable objects\n        found.\n"
         "      DEBUG_SAVEALL - Save objects to gc.garbage rather than freeing them.\n"
         "      DEBUG_LEAK - Debug leaking programs (everything but STATS).\n\n"
         "Debugging information is written to sys.stderr.")
{
    return k_arg_int(arg, &gc_state.debug) < 0 ? NULL : Py_NewRef(Py_None);
}

FUNCTION(gc, get_debug, NOARGS, "($module, /)", "Get the garbage collection debugging flags.")
{
    return PyLong_FromLong(gc_state.debug);
}

FUNCTION_RAW(gc, set_threshold, FAST, 0,
             "set_threshold(threshold0, [threshold1, threshold2]) -> None\n\n"
             "Sets the collection thresholds.  Setting threshold0 to zero disables\ncollection.\n")
{
    int values[GC_GENERATIONS];
    if (nargs < 1 || nargs > GC_GENERATIONS)
        return k_raise(PyExc_TypeError, "set_threshold() takes %s %d argument%s (%zd given)",
                       nargs < 1 ? "at least" : "at most", nargs < 1 ? 1 : GC_GENERATIONS, nargs < 1 ? "" : "s", nargs);
    for (Py_ssize_t i = 0; i < nargs; i++)
        if (k_arg_int(args[i], &values[i]) < 0)
            return NULL;
    for (int i = 0; i < GC_GENERATIONS; i++)
        gc_state.threshold[i] = i < nargs ? values[i] : i == GC_OLDEST && nargs > 1 ? values[1] : gc_state.threshold[i];
    gc_state.adaptive = 0; /* from now on exactly as told */
    gc_state.young_limit = values[0];
    Py_RETURN_NONE;
}

FUNCTION(gc, get_threshold, NOARGS, "($module, /)", "Return the current collection thresholds.")
{
    return Py_BuildValue("(iii)", gc_state.threshold[0], gc_state.threshold[1], gc_state.threshold[2]);
}

FUNCTION(gc, get_count, NOARGS, "($module, /)", "Return a three-tuple of the current collection counts.")
{
    return Py_BuildValue("(iii)", gc_state.count[0], gc_state.count[1], gc_state.count[2]);
}

/* ---- looking at objects ---- */

typedef struct Search {
    PyObject *wanted; /* a tuple */
} Search;

static int visit_search(PyObject *o, void *arg)
{
    PyObject *wanted = ((Search *)arg)->wanted;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(wanted); i++)
        if (PyTuple_GET_ITEM(wanted, i) == o)
            return 1;
    return 0;
}

static int add_referrers(PyObject *wanted, PyGC_Head *list, PyObject *result)
{
    Search search = { wanted };
    for (PyGC_Head *gc = gc_next(list); gc != list; gc = gc_next(gc)) {
        PyObject *o = _Py_FROM_GC(gc);
        if (o == wanted || o == result)
            continue;
        if (Py_TYPE(o)->tp_traverse(o, visit_search, &search) && PyList_Append(result, o) < 0)
            return -1;
    }
    return 0;
}

FUNCTION_RAW(gc, get_referrers, VAR, 0,
             "get_referrers(*objs) -> list\nReturn the list of objects that directly refer to any of objs.")
{
    if (!_PyArg_NoKeywords("gc.get_referrers", kwargs) || PySys_Audit("gc.get_referrers", "(O)", args) < 0)
        return NULL;
    K_AUTO(PyObject *) result = PyList_New(0);
    for (int i = 0; result && i < GC_GENERATIONS; i++)
        if (add_referrers(args, gc_generation(i), result) < 0)
            return NULL;
    return K_MOVE(result);
}

static int visit_collect(PyObject *o, void *list)
{
    return PyList_Append(list, o) < 0;
}

FUNCTION_RAW(gc, get_referents, VAR, 0,
             "get_referents(*objs) -> list\nReturn the list of objects that are directly referred to by objs.")
{
    if (!_PyArg_NoKeywords("gc.get_referents", kwargs) || PySys_Audit("gc.get_referents", "(O)", args) < 0)
        return NULL;
    K_AUTO(PyObject *) result = PyList_New(0);
    for (Py_ssize_t i = 0; result && i < PyTuple_GET_SIZE(args); i++) {
        PyObject *o = PyTuple_GET_ITEM(args, i);
        traverseproc traverse = PyObject_IS_GC(o) ? Py_TYPE(o)->tp_traverse : NULL;
        if (traverse && traverse(o, visit_collect, result))
            return NULL;
    }
    return K_MOVE(result);
}

static int add_objects(PyGC_Head *list, PyObject *result)
{
    for (PyGC_Head *gc = gc_next(list); gc != list; gc = gc_next(gc)) {
        PyObject *o = _Py_FROM_GC(gc);
        if (o != result && PyList_Append(result, o) < 0)
            return -1;
    }
    return 0;
}

FUNCTION_KW(gc, get_objects, "($module, /, generation=None)",
            "Return a list of objects tracked by the collector (excluding the list returned).\n\n  generation\n"
            "    Generation to extract the objects from.\n\n"
            "If generation is not None, return only the objects tracked by the collector\nthat are in that generation.",
            *generation)
{
    int only = -1;
    if (PySys_Audit("gc.get_objects", "n", (Py_ssize_t)-1) < 0)
        return NULL;
    if (arg->generation && arg->generation != Py_None) {
        if (k_arg_int(arg->generation, &only) < 0)
            return NULL;
        if (only >= GC_GENERATIONS)
            return k_raise(PyExc_ValueError, "generation parameter must be less than the number of available generations (%i)",
                           GC_GENERATIONS);
        if (only < 0)
            return k_raise(PyExc_ValueError, "generation parameter cannot be negative");
    }
    K_AUTO(PyObject *) result = PyList_New(0);
    for (int i = 0; result && i < GC_GENERATIONS; i++)
        if ((only < 0 || only == i) && add_objects(gc_generation(i), result) < 0)
            return NULL;
    return K_MOVE(result);
}

FUNCTION(gc, get_stats, NOARGS, "($module, /)", "Return a list of dictionaries containing per-generation statistics.")
{
    K_AUTO(PyObject *) result = PyList_New(0);
    for (int i = 0; result && i < GC_GENERATIONS; i++) {
        const GcStats *stats = &gc_state.stats[i];
        K_AUTO(PyObject *) row = Py_BuildValue("{snsnsn}", "collections", stats->collections, "collected", stats->collected,
                                               "uncollectable", stats->uncollectable);
        if (!row || PyList_Append(result, row) < 0)
            return NULL;
    }
    return K_MOVE(result);
}

FUNCTION(gc, is_tracked, O, "($module, obj, /)",
         "Returns true if the object is tracked by the garbage collector.\n\nSimple atomic objects will return false.")
{
    Py_RETURN_BOOL(PyObject_GC_IsTracked(arg));
}

FUNCTION(gc, is_finalized, O, "($module, obj, /)", "Returns true if the object has been already finalized by the GC.")
{
    Py_RETURN_BOOL(PyObject_GC_IsFinalized(arg));
}

/* ---- the permanent generation ---- */

FUNCTION(gc, freeze, NOARGS, "($module, /)",
         "Freeze all current tracked objects and ignore them for future collections.\n\n"
         "Used before a POSIX fork() call, it keeps collections from writing to the pages the processes share.")
{
    for (int i = 0; i < GC_GENERATIONS; i++) {
        gc_move_all(gc_generation(i), &gc_permanent);
        gc_state.count[i] = 0;
    }
    Py_RETURN_NONE;
}

FUNCTION(gc, unfreeze, NOARGS, "($module, /)",
         "Unfreeze all objects in the permanent generation.\n\nPut all objects in the permanent generation back into oldest "
         "generation.")
{
    gc_move_all(&gc_permanent, gc_generation(GC_OLDEST));
    Py_RETURN_NONE;
}

FUNCTION(gc, get_freeze_count, NOARGS, "($module, /)", "Return the number of objects in the permanent generation.")
{
    Py_ssize_t n = 0;
    for (PyGC_Head *gc = gc_next(&gc_permanent); gc != &gc_permanent; gc = gc_next(gc))
        n++;
    return PyLong_FromSsize_t(n);
}
METHODS_END(gc);

static int gc_exec(PyObject *module)
{
    static const struct {
        const char *name;
        int value;
    } rows[] = {
        { "DEBUG_STATS", GC_DEBUG_STATS }, { "DEBUG_COLLECTABLE", GC_DEBUG_COLLECTABLE },
        { "DEBUG_UNCOLLECTABLE", GC_DEBUG_UNCOLLECTABLE }, { "DEBUG_SAVEALL", GC_DEBUG_SAVEALL },
        { "DEBUG_LEAK", GC_DEBUG_LEAK },
    };
    if (gc_start() < 0 || PyModule_AddObjectRef(module, "garbage", gc_state.garbage) < 0 ||
        PyModule_AddObjectRef(module, "callbacks", gc_state.callbacks) < 0)
        return -1;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (PyModule_AddIntConstant(module, rows[i].name, rows[i].value) < 0)
            return -1;
    return 0;
}
MODULE(gc,
       "This module provides access to the garbage collector for reference cycles: switching it on and off,\n"
       "running it, its thresholds and statistics, and looking for what refers to an object.\n",
       gc_exec, 0);
