/* gc.c - the cycle collector: three generations, finalisers before clearing, weak references before finalisers.
 *
 * In: the lists of tracked objects.  Out: unreachable cycles are broken and so released by their reference counts.
 * Between collections each tracked object's head is a node of a doubly linked list; bit 0 of _gc_prev says that its
 * finaliser ran. During a collection the heads of the examined objects hold in _gc_prev the COLLECTING bit and, above
 * the two low bits, the references not yet explained from inside; bit 0 of _gc_next marks "looks unreachable".
 * Start at collect(). */
#include "memory/gc.h"
#include "memory/gc_state.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/weakref.h"
#include "runtime/errors.h"
#include "runtime/sys.h"
#include "runtime/time.h"
#include "runtime/warnings.h"

enum { FINALIZED = 1, COLLECTING = 2, PREV_BITS = 3, REFS_SHIFT = 2, UNREACHABLE = 1, HARD_FACTOR = 10 };

#define EMPTY_LIST(head) { (uintptr_t)&(head), (uintptr_t)&(head) }
PyGC_Head gc_young = EMPTY_LIST(gc_young);
PyGC_Head gc_older[GC_GENERATIONS - 1] = { EMPTY_LIST(gc_older[0]), EMPTY_LIST(gc_older[1]) };
PyGC_Head gc_permanent = EMPTY_LIST(gc_permanent);
GcState gc_state = { .enabled = 1, .threshold = { 700, 10, 10 }, .young_limit = GC_YOUNG_START, .adaptive = 1 };

PyGC_Head *gc_generation(int i)
{
    return i == 0 ? &gc_young : &gc_older[i - 1];
}

/* ---- lists ---- */

static void list_clear(PyGC_Head *list)
{
    list->_gc_next = list->_gc_prev = (uintptr_t)list;
}

static int list_is_empty(const PyGC_Head *list)
{
    return list->_gc_next == (uintptr_t)list;
}

static PyGC_Head *prev_of(const PyGC_Head *gc)
{
    return (PyGC_Head *)(gc->_gc_prev & ~(uintptr_t)PREV_BITS);
}

static void set_prev(PyGC_Head *gc, const PyGC_Head *prev)
{
    gc->_gc_prev = (gc->_gc_prev & PREV_BITS) | (uintptr_t)prev;
}

static void list_append(PyGC_Head *gc, PyGC_Head *list)
{
    PyGC_Head *last = (PyGC_Head *)list->_gc_prev;
    set_prev(gc, last);
    last->_gc_next = (uintptr_t)gc;
    gc->_gc_next = (uintptr_t)list;
    list->_gc_prev = (uintptr_t)gc;
}

static void list_take(PyGC_Head *gc)
{
    PyGC_Head *prev = prev_of(gc), *next = gc_next(gc);
    prev->_gc_next = (uintptr_t)next;
    set_prev(next, prev);
}

static void list_move(PyGC_Head *gc, PyGC_Head *to)
{
    list_take(gc);
    list_append(gc, to);
}

void gc_move_all(PyGC_Head *from, PyGC_Head *to)
{
    if (!list_is_empty(from)) {
        PyGC_Head *last = (PyGC_Head *)to->_gc_prev, *first = gc_next(from), *end = (PyGC_Head *)from->_gc_prev;
        last->_gc_next = (uintptr_t)first;
        set_prev(first, last);
        end->_gc_next = (uintptr_t)to;
        to->_gc_prev = (uintptr_t)end;
    }
    list_clear(from);
}

static Py_ssize_t list_size(const PyGC_Head *list)
{
    Py_ssize_t n = 0;
    for (const PyGC_Head *gc = gc_next(list); gc != list; gc = gc_next(gc))
        n++;
    return n;
}

/* ---- which objects are reachable only from each other ---- */

static int is_collecting(const PyGC_Head *gc)
{
    return (gc->_gc_prev & COLLECTING) != 0;
}

static Py_ssize_t refs_of(const PyGC_Head *gc)
{
    return (Py_ssize_t)(gc->_gc_prev >> REFS_SHIFT);
}

static void take_counts(PyGC_Head *list)
{
    for (PyGC_Head *gc = gc_next(list); gc != list; gc = gc_next(gc)) {
        uintptr_t refs = (uintptr_t)Py_REFCNT(_Py_FROM_GC(gc));
        gc->_gc_prev = (gc->_gc_prev & FINALIZED) | COLLECTING | refs << REFS_SHIFT;
    }
}

static int visit_explain(PyObject *o, void *arg K_UNUSED)
{
    if (PyObject_IS_GC(o)) {
        PyGC_Head *gc = _Py_AS_GC(o);
        if (is_collecting(gc))
            gc->_gc_prev -= (uintptr_t)1 << REFS_SHIFT;
    }
    return 0;
}

static void explain_inner_references(PyGC_Head *list)
{
    for (PyGC_Head *gc = gc_next(list); gc != list; gc = gc_next(gc)) {
        PyObject *o = _Py_FROM_GC(gc);
        Py_TYPE(o)->tp_traverse(o, visit_explain, NULL);
    }
}

/* o is referred to by a reachable object; arg is the list of the reachable ones. */
static int visit_reachable(PyObject *o, void *arg)
{
    if (!PyObject_IS_GC(o))
        return 0;
    PyGC_Head *gc = _Py_AS_GC(o), *reachable = arg;
    if (!is_collecting(gc))
        return 0;
    if (gc->_gc_next & UNREACHABLE) { /* set aside too early: back it goes, to be looked at again */
        PyGC_Head *prev = prev_of(gc), *next = (PyGC_Head *)(gc->_gc_next & ~(uintptr_t)UNREACHABLE);
        prev->_gc_next = gc->_gc_next;
        set_prev(next, prev);
        list_append(gc, reachable);
        gc->_gc_prev = (gc->_gc_prev & PREV_BITS) | (uintptr_t)1 << REFS_SHIFT;
    } else if (refs_of(gc) == 0) {
        gc->_gc_prev = (gc->_gc_prev & PREV_BITS) | (uintptr_t)1 << REFS_SHIFT;
    }
    return 0;
}

/* Splits list: what has references from outside, and all that hangs on it, stays, with its list's prev links restored;
 * the rest goes to unreachable, whose next links carry UNREACHABLE until clear_unreachable_marks(). */
static void set_unreachable_aside(PyGC_Head *list, PyGC_Head *unreachable)
{
    PyGC_Head *prev = list, *gc = gc_next(list);
    unreachable->_gc_next = (uintptr_t)unreachable | UNREACHABLE;
    while (gc != list) {
        if (refs_of(gc)) {
            PyObject *o = _Py_FROM_GC(gc);
            Py_TYPE(o)->tp_traverse(o, visit_reachable, list);
            gc->_gc_prev = (gc->_gc_prev & FINALIZED) | (uintptr_t)prev;
            prev = gc;
        } else {
            prev->_gc_next = gc->_gc_next;
            PyGC_Head *last = (PyGC_Head *)unreachable->_gc_prev;
            last->_gc_next = (uintptr_t)gc | UNREACHABLE;
            set_prev(gc, last);
            gc->_gc_next = (uintptr_t)unreachable | UNREACHABLE;
            unreachable->_gc_prev = (uintptr_t)gc;
        }
        gc = gc_next(prev);
    }
    list->_gc_prev = (uintptr_t)prev;
    unreachable->_gc_next &= ~(uintptr_t)UNREACHABLE;
}

static void clear_unreachable_marks(PyGC_Head *unreachable)
{
    for (PyGC_Head *gc = gc_next(unreachable); gc != unreachable; gc = gc_next(gc))
        gc->_gc_next &= ~(uintptr_t)UNREACHABLE;
}

/* Afterwards the objects of unreachable still carry COLLECTING: that is how trash is told from the rest. */
static void find_unreachable(PyGC_Head *list, PyGC_Head *unreachable)
{
    take_counts(list);
    explain_inner_references(list);
    list_clear(unreachable);
    set_unreachable_aside(list, unreachable);
    clear_unreachable_marks(unreachable);
}

static void untrack_atoms(PyGC_Head *list, int with_dicts)
{
    for (PyGC_Head *gc = gc_next(list), *next; gc != list; gc = next) {
        PyObject *o = _Py_FROM_GC(gc);
        next = gc_next(gc);
        if (PyTuple_CheckExact(o))
            _PyTuple_MaybeUntrack(o);
        else if (with_dicts && PyDict_CheckExact(o))
            _PyDict_MaybeUntrack(o);
    }
}

/* ---- objects with tp_del cannot be collected, nor what hangs on them ---- */

static int visit_move(PyObject *o, void *arg)
{
    if (PyObject_IS_GC(o)) {
        PyGC_Head *gc = _Py_AS_GC(o);
        if (is_collecting(gc)) {
            list_move(gc, arg);
            gc->_gc_prev &= ~(uintptr_t)COLLECTING;
        }
    }
    return 0;
}

static void move_old_finalizers(PyGC_Head *unreachable, PyGC_Head *finalizers)
{
    for (PyGC_Head *gc = gc_next(unreachable), *next; gc != unreachable; gc = next) {
        next = gc_next(gc);
        if (Py_TYPE(_Py_FROM_GC(gc))->tp_del) {
            gc->_gc_prev &= ~(uintptr_t)COLLECTING;
            list_move(gc, finalizers);
        }
    }
    for (PyGC_Head *gc = gc_next(finalizers); gc != finalizers; gc = gc_next(gc)) {
        PyObject *o = _Py_FROM_GC(gc);
        Py_TYPE(o)->tp_traverse(o, visit_move, finalizers);
    }
}

static void keep_uncollectable(PyGC_Head *finalizers, PyGC_Head *old)
{
    for (PyGC_Head *gc = gc_next(finalizers); gc != finalizers; gc = gc_next(gc)) {
        PyObject *o = _Py_FROM_GC(gc);
        if ((gc_state.debug & GC_DEBUG_SAVEALL) || Py_TYPE(o)->tp_del)
            if (PyList_Append(gc_state.garbage, o) < 0)
                PyErr_Clear();
    }
    gc_move_all(finalizers, old);
}

/* ---- weak references ---- */

/* Clears all weak references to trash; those with a callback that are not trash themselves go to calls, counted up. */
static void clear_weakrefs(PyGC_Head *unreachable, PyGC_Head *calls)
{
    for (PyGC_Head *gc = gc_next(unreachable), *next; gc != unreachable; gc = next) {
        PyObject *o = _Py_FROM_GC(gc);
        next = gc_next(gc);
        if (PyWeakref_Check(o)) /* its callback would see half-cleared trash */
            _PyWeakref_ClearRef((PyWeakReference *)o);
        if (!PyType_SUPPORTS_WEAKREFS(Py_TYPE(o)))
            continue;
        PyWeakReference **list = (PyWeakReference **)PyObject_GET_WEAKREFS_LISTPTR(o);
        for (PyWeakReference *ref = *list; ref; ref = *list) {
            _PyWeakref_ClearRef(ref);
            if (!ref->wr_callback || is_collecting(_Py_AS_GC(ref)))
                continue;
            Py_INCREF(ref);
            list_move(_Py_AS_GC(ref), calls);
        }
    }
}

static void call_weakref_callbacks(PyGC_Head *calls, PyGC_Head *old)
{
    while (!list_is_empty(calls)) {
        PyGC_Head *gc = gc_next(calls);
        PyWeakReference *ref = (PyWeakReference *)_Py_FROM_GC(gc);
        PyObject *callback = ref->wr_callback;
        PyObject *result = PyObject_CallOneArg(callback, (PyObject *)ref); /* runs code */
        if (!result)
            PyErr_WriteUnraisable(callback);
        else
            Py_DECREF(result);
        if (gc_next(calls) == gc) /* still alive and where it was: the decref may end it */
            list_move(gc, old);
        Py_DECREF(ref);
    }
}

/* ---- finalising and clearing ---- */

static void call_finalizers(PyGC_Head *unreachable)
{
    PyGC_Head seen;
    list_clear(&seen);
    while (!list_is_empty(unreachable)) {
        PyGC_Head *gc = gc_next(unreachable);
        PyObject *o = _Py_FROM_GC(gc);
        list_move(gc, &seen);
        destructor finalize = Py_TYPE(o)->tp_finalize;
        if ((gc->_gc_prev & FINALIZED) || !finalize)
            continue;
        gc->_gc_prev |= FINALIZED;
        Py_INCREF(o);
        finalize(o); /* runs code */
        Py_DECREF(o);
    }
    gc_move_all(&seen, unreachable);
}

/* After finalisers ran: what they made reachable again, and what hangs on it, goes to old. */
static void rescue_resurrected(PyGC_Head *unreachable, PyGC_Head *still, PyGC_Head *old)
{
    for (PyGC_Head *gc = gc_next(unreachable); gc != unreachable; gc = gc_next(gc))
        gc->_gc_prev &= ~(uintptr_t)COLLECTING;
    find_unreachable(unreachable, still);
    gc_move_all(unreachable, old);
}

static void clear_trash(PyGC_Head *trash, PyGC_Head *old)
{
    while (!list_is_empty(trash)) {
        PyGC_Head *gc = gc_next(trash);
        PyObject *o = _Py_FROM_GC(gc);
        if (gc_state.debug & GC_DEBUG_SAVEALL) {
            if (PyList_Append(gc_state.garbage, o) < 0)
                PyErr_Clear();
        } else if (Py_TYPE(o)->tp_clear) {
            Py_INCREF(o);
            (void)Py_TYPE(o)->tp_clear(o); /* runs code */
            if (PyErr_Occurred())
                _PyErr_WriteUnraisableMsg("in tp_clear of", (PyObject *)Py_TYPE(o));
            Py_DECREF(o);
        }
        if (gc_next(trash) == gc) { /* alive still: it will be looked at again */
            gc->_gc_prev &= ~(uintptr_t)COLLECTING;
            list_move(gc, old);
        }
    }
}

/* ---- one collection ---- */

static void tell(const char *what, const PyGC_Head *list)
{
    for (const PyGC_Head *gc = gc_next(list); gc != list; gc = gc_next(gc)) {
        PyObject *o = _Py_FROM_GC(gc);
        PySys_FormatStderr("gc: %s <%s %p>\n", what, Py_TYPE(o)->tp_name, o);
    }
}

static void tell_start(int generation)
{
    PySys_WriteStderr("gc: collecting generation %d...\n", generation);
    PySys_FormatStderr("gc: objects in each generation:");
    for (int i = 0; i < GC_GENERATIONS; i++)
        PySys_FormatStderr(" %zd", list_size(gc_generation(i)));
    PySys_WriteStderr("\ngc: objects in permanent generation: %zd\n", list_size(&gc_permanent));
}

/* Adds to the counts which collection this was, and lets the young limit follow the yield. */
static void adapt(int generation, Py_ssize_t examined, Py_ssize_t freed)
{
    if (!gc_state.adaptive || generation == GC_OLDEST || examined < 1)
        return;
    Py_ssize_t live = gc_state.long_lived_total + gc_state.long_lived_pending;
    Py_ssize_t most = Py_MAX((Py_ssize_t)GC_YOUNG_START, Py_MIN(live / 4, (Py_ssize_t)GC_YOUNG_MOST));
    Py_ssize_t limit = gc_state.young_limit;
    if (freed * 100 < examined)
        limit *= 2;
    else if (freed * 10 > examined)
        limit /= 2;
    gc_state.young_limit = (int)Py_MAX((Py_ssize_t)GC_YOUNG_START, Py_MIN(limit, most));
}

static Py_ssize_t collect(int generation, Py_ssize_t *uncollectable_out, int quiet)
{
    _PyTime_t started = 0;
    if (gc_state.debug & GC_DEBUG_STATS) {
        tell_start(generation);
        started = _PyTime_GetPerfCounter();
    }
    if (generation < GC_OLDEST)
        gc_state.count[generation + 1]++;
    for (int i = 0; i <= generation; i++)
        gc_state.count[i] = 0;
    PyGC_Head *young = gc_generation(generation), *old = generation < GC_OLDEST ? gc_generation(generation + 1) : young;
    for (int i = 0; i < generation; i++)
        gc_move_all(gc_generation(i), young);

    PyGC_Head unreachable, finalizers, calls, trash;
    Py_ssize_t examined = gc_state.adaptive && generation < GC_OLDEST ? list_size(young) : 0;
    find_unreachable(young, &unreachable);
    untrack_atoms(young, generation == GC_OLDEST);
    if (young != old) {
        if (generation == GC_OLDEST - 1)
            gc_state.long_lived_pending += list_size(young);
        gc_move_all(young, old);
    } else {
        gc_state.long_lived_pending = 0;
        gc_state.long_lived_total = list_size(young);
    }
    list_clear(&finalizers);
    move_old_finalizers(&unreachable, &finalizers);
    if (gc_state.debug & GC_DEBUG_COLLECTABLE)
        tell("collectable", &unreachable);
    list_clear(&calls);
    clear_weakrefs(&unreachable, &calls);
    call_weakref_callbacks(&calls, old);
    call_finalizers(&unreachable);
    rescue_resurrected(&unreachable, &trash, old);
    Py_ssize_t freed = list_size(&trash), uncollectable = list_size(&finalizers);
    clear_trash(&trash, old);
    if (gc_state.debug & GC_DEBUG_UNCOLLECTABLE)
        tell("uncollectable", &finalizers);
    if (gc_state.debug & GC_DEBUG_STATS) {
        double seconds = _PyTime_AsSecondsDouble(_PyTime_GetPerfCounter() - started);
        PySys_WriteStderr("gc: done, %zd unreachable, %zd uncollectable, %.4fs elapsed\n", freed + uncollectable,
                          uncollectable, seconds);
    }
    keep_uncollectable(&finalizers, old);
    if (PyErr_Occurred()) {
        if (quiet)
            PyErr_Clear();
        else
            _PyErr_WriteUnraisableMsg("in garbage collection", NULL);
    }
    gc_state.stats[generation].collections++;
    gc_state.stats[generation].collected += freed;
    gc_state.stats[generation].uncollectable += uncollectable;
    adapt(generation, examined, freed);
    if (uncollectable_out)
        *uncollectable_out = uncollectable;
    return freed + uncollectable;
}

static void run_callbacks(const char *phase, int generation, Py_ssize_t collected, Py_ssize_t uncollectable)
{
    if (!gc_state.callbacks || PyList_GET_SIZE(gc_state.callbacks) == 0)
        return;
    PyObject *info = Py_BuildValue("{s:i,s:n,s:n}", "generation", generation, "collected", collected, "uncollectable",
                                   uncollectable);
    PyObject *name = info ? PyUnicode_FromString(phase) : NULL;
    if (!name) {
        Py_XDECREF(info);
        PyErr_WriteUnraisable(NULL);
        return;
    }
    PyObject *args[2] = { name, info };
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(gc_state.callbacks); i++) {
        PyObject *callback = Py_NewRef(PyList_GET_ITEM(gc_state.callbacks, i));
        PyObject *result = PyObject_Vectorcall(callback, args, 2, NULL); /* runs code */
        if (!result)
            PyErr_WriteUnraisable(callback);
        Py_XDECREF(result);
        Py_DECREF(callback);
    }
    Py_DECREF(name);
    Py_DECREF(info);
}

/* The caller has seen that no collection runs. An exception in flight is kept. */
Py_ssize_t gc_collect_generation(int generation)
{
    PyObject *type, *value, *traceback;
    Py_ssize_t uncollectable = 0;
    PyErr_Fetch(&type, &value, &traceback);
    gc_state.collecting = 1;
    run_callbacks("start", generation, 0, 0);
    Py_ssize_t found = collect(generation, &uncollectable, 0);
    run_callbacks("stop", generation, found - uncollectable, uncollectable);
    gc_state.collecting = 0;
    PyErr_Restore(type, value, traceback);
    return found;
}

/* The oldest generation whose count is over its threshold. A full collection waits until enough survivors pend. */
static void collect_what_is_due(void)
{
    for (int i = GC_OLDEST; i >= 0; i--) {
        int limit = i == 0 ? gc_state.young_limit : gc_state.threshold[i];
        if (gc_state.count[i] <= limit)
            continue;
        if (i == GC_OLDEST && gc_state.long_lived_pending < gc_state.long_lived_total / 4)
            continue;
        gc_collect_generation(i);
        return;
    }
}

void gc_too_many(void)
{
    PyThreadState *tstate = _PyThreadState_GET();
    if (!gc_state.enabled || gc_state.collecting || gc_state.young_limit == 0 || !gc_state.threshold[0] || !tstate)
        return;
    if (gc_state.count[0] <= (long)gc_state.young_limit * HARD_FACTOR)
        k_break_request(K_BREAK_GC);
    else if (!tstate->curexc_type)
        collect_what_is_due();
}

void k_gc_serve(PyThreadState *tstate)
{
    if (gc_state.enabled && !gc_state.collecting && gc_state.threshold[0] && !tstate->curexc_type)
        collect_what_is_due();
}

/* ---- API ---- */

int gc_start(void)
{
    if (!gc_state.garbage)
        gc_state.garbage = PyList_New(0);
    if (!gc_state.callbacks)
        gc_state.callbacks = PyList_New(0);
    return gc_state.garbage && gc_state.callbacks ? 0 : -1;
}

void gc_collect_no_fail(void)
{
    if (gc_state.collecting)
        return;
    gc_state.collecting = 1;
    collect(GC_OLDEST, NULL, 1);
    gc_state.collecting = 0;
}

void gc_warn_uncollectable(void)
{
    if ((gc_state.debug & GC_DEBUG_SAVEALL) || !gc_state.garbage || PyList_GET_SIZE(gc_state.garbage) == 0)
        return;
    const char *format = gc_state.debug & GC_DEBUG_UNCOLLECTABLE
                             ? "gc: %zd uncollectable objects at shutdown"
                             : "gc: %zd uncollectable objects at shutdown; use gc.set_debug(gc.DEBUG_UNCOLLECTABLE) to list them";
    if (PyErr_WarnExplicitFormat(PyExc_ResourceWarning, "gc", 0, "gc", NULL, format, PyList_GET_SIZE(gc_state.garbage)) < 0)
        PyErr_WriteUnraisable(NULL);
    if (!(gc_state.debug & GC_DEBUG_UNCOLLECTABLE))
        return;
    PyObject *text = PyObject_Repr(gc_state.garbage);
    const char *utf8 = text ? PyUnicode_AsUTF8(text) : NULL;
    if (utf8)
        PySys_WriteStderr("      %s\n", utf8);
    else
        PyErr_WriteUnraisable(gc_state.garbage);
    Py_XDECREF(text);
}

void gc_finish(void)
{
    Py_CLEAR(gc_state.garbage);
    Py_CLEAR(gc_state.callbacks);
}

Py_ssize_t PyGC_Collect(void)
{
    if (!gc_state.enabled || gc_state.collecting)
        return 0;
    return gc_collect_generation(GC_OLDEST);
}

int PyGC_Enable(void)
{
    int was = gc_state.enabled;
    gc_state.enabled = 1;
    return was;
}

int PyGC_Disable(void)
{
    int was = gc_state.enabled;
    gc_state.enabled = 0;
    return was;
}

int PyGC_IsEnabled(void)
{
    return gc_state.enabled;
}

void (PyObject_GC_Track)(void *op)
{
    k_gc_track(op);
}

void (PyObject_GC_UnTrack)(void *op)
{
    k_gc_untrack_any(op);
}

int PyObject_GC_IsTracked(PyObject *o)
{
    return PyObject_IS_GC(o) && k_gc_is_tracked(o);
}

int PyObject_GC_IsFinalized(PyObject *o)
{
    return PyObject_IS_GC(o) && (_Py_AS_GC(o)->_gc_prev & FINALIZED);
}
