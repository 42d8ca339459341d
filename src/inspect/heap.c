/* heap.c - a walk over everything that lives: all objects that can be reached, and the blocks they stand in.
 *
 * In: the collector's lists, the static types, the frames of all threads.  Out: each object once, those the collector
 * does not know (ints, strs, untracked tuples) included; what is wrong with them, as plain data.
 * While the walk runs nothing is allocated from the object heap, so what it looks at stands still.
 * Start at walk(). */
#include "inspect/inspect.h"

#include "base/arena.h"
#include "base/ptr_map.h"
#include "memory/gc_state.h"
#include "memory/mem.h"
#include "memory/small.h"
#include "memory/spans.h"
#include "objects/dict/dict_table.h"
#include "objects/frame/frame.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/type/type.h"
#include "runtime/errors.h"

typedef struct Walk {
    KArena *arena;
    PtrMap found;  /* object -> the one that led to it */
    PtrMap blocks; /* small blocks in use -> their size */
    PyObject *from;
    int failed;
} Walk;

static int visit(PyObject *o, void *arg)
{
    Walk *walk = arg;
    if (o && ptr_map_add(&walk->found, walk->arena, o, (intptr_t)walk->from) < 0)
        walk->failed = 1;
    return walk->failed;
}

static void visit_block(void *block, size_t size, void *arg)
{
    Walk *walk = arg;
    if (ptr_map_add(&walk->blocks, walk->arena, block, (intptr_t)size) < 0)
        walk->failed = 1;
}

static void visit_list(Walk *walk, PyGC_Head *list)
{
    for (PyGC_Head *gc = gc_next(list); gc != list; gc = gc_next(gc))
        visit(_Py_FROM_GC(gc), walk);
}

/* What a class holds; static ones have no tp_traverse that would tell. */
static void visit_type(Walk *walk, PyTypeObject *type)
{
    PyObject *const parts[] = { type->tp_dict, type->tp_mro, type->tp_bases, (PyObject *)type->tp_base, type->tp_subclasses };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        visit(parts[i], walk);
}

static void visit_frames(Walk *walk)
{
    for (PyThreadState *ts = k_interp()->threads_head; ts; ts = ts->next) {
        for (_PyInterpreterFrame *frame = ts->cframe->current_frame; frame; frame = frame->previous) {
            visit((PyObject *)frame->f_func, walk);
            visit((PyObject *)frame->f_code, walk);
            visit(frame->f_locals, walk);
            visit((PyObject *)frame->frame_obj, walk);
            for (int i = 0; i < frame->f_code->co_nlocalsplus; i++)
                visit(frame->localsplus[i], walk);
        }
    }
}

/* Keys that are strs, which the collector has no interest in. */
static void visit_keys(Walk *walk, PyDictObject *dict)
{
    PyObject *key;
    for (Py_ssize_t pos = 0; dict_table_next(dict, &pos, &key, NULL, NULL);)
        visit(key, walk);
}

/* Whether the object's head is one of a live object. */
static int is_sound(PyObject *o)
{
    return Py_REFCNT(o) > 0 && Py_TYPE(o) && Py_TYPE(o)->tp_dealloc;
}

static int walk_all(Walk *walk)
{
    walk->arena = arena_new();
    if (!walk->arena)
        return -1;
    k_mem_walk(visit_block, walk);
    for (int i = 0; i < GC_GENERATIONS; i++)
        visit_list(walk, gc_generation(i));
    visit_list(walk, &gc_permanent);
    visit((PyObject *)&PyBaseObject_Type, walk);
    visit_frames(walk);
    for (int i = 0; i < walk->found.n && !walk->failed; i++) {
        PyObject *o = (PyObject *)(uintptr_t)walk->found.entry[i].key;
        walk->from = o;
        if (!is_sound(o))
            continue;
        visit((PyObject *)Py_TYPE(o), walk);
        if (inspect_check(o)) /* a damaged one must not lead astray */
            continue;
        if (PyType_Check(o))
            visit_type(walk, (PyTypeObject *)o);
        if (PyDict_Check(o))
            visit_keys(walk, (PyDictObject *)o);
        if (PyObject_IS_GC(o) && Py_TYPE(o)->tp_traverse)
            Py_TYPE(o)->tp_traverse(o, visit, walk);
    }
    return walk->failed ? -1 : 0;
}

/* An object in the span range stands at the start of a block in use, behind its type's words. */
static const char *place_check(Walk *walk, PyObject *o)
{
    if (!span_owns(o) || k_mem_redirected)
        return NULL;
    PyTypeObject *type = Py_TYPE(o);
    size_t before = (PyType_IS_GC(type) ? sizeof(PyGC_Head) : 0) +
                    (PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT) ? 2 * sizeof(PyObject *) : 0);
    int at = ptr_map_find(&walk->blocks, (char *)o - before);
    if (at < 0)
        return "it stands in a block in use";
    return before + inspect_size(o) <= (size_t)walk->blocks.entry[at].value ? NULL : "its block is large enough";
}

static const char *check(Walk *walk, PyObject *o)
{
    if (!is_sound(o))
        return "Py_REFCNT(o) > 0 and a type";
    const char *wrong = place_check(walk, o);
    return wrong ? wrong : inspect_check(o);
}

static PyObject *bad_row(PyObject *o, PyObject *from, const char *wrong)
{
    const char *name = is_sound(o) ? Py_TYPE(o)->tp_name : "?", *holder = from ? Py_TYPE(from)->tp_name : "";
    return Py_BuildValue("{sNsssssN}", "address", PyLong_FromVoidPtr(o), "type", name, "holds_not", wrong, "found_in",
                         Py_BuildValue("(sN)", holder, PyLong_FromVoidPtr(from)));
}

PyObject *inspect_heap_check(void)
{
    Walk walk = { 0 };
    int status = walk_all(&walk), objects = walk.found.n, collecting = gc_state.collecting;
    gc_state.collecting = 1; /* what was found must not go while it is told of */
    K_AUTO(PyObject *) bad = NULL;
    if (status == 0)
        K_SET(bad, PyList_New(0));
    for (int i = 0; bad && i < objects; i++) {
        PyObject *o = (PyObject *)(uintptr_t)walk.found.entry[i].key;
        const char *wrong = check(&walk, o);
        K_AUTO(PyObject *) row = wrong ? bad_row(o, (PyObject *)walk.found.entry[i].value, wrong) : NULL;
        if (wrong && (!row || PyList_Append(bad, row) < 0))
            K_SET(bad, NULL);
    }
    int blocks = walk.blocks.n;
    gc_state.collecting = collecting;
    if (walk.arena)
        arena_free(walk.arena);
    if (status < 0)
        return PyErr_NoMemory();
    return bad ? Py_BuildValue("{sisisO}", "objects", objects, "blocks", blocks, "bad", bad) : NULL;
}

PyObject *inspect_heap_objects(void)
{
    Walk walk = { 0 };
    int status = walk_all(&walk), collecting = gc_state.collecting;
    gc_state.collecting = 1;
    K_AUTO(PyObject *) list = NULL;
    if (status == 0)
        K_SET(list, PyList_New(0));
    for (int i = 0; list && i < walk.found.n; i++) {
        PyObject *o = (PyObject *)(uintptr_t)walk.found.entry[i].key;
        if (is_sound(o) && PyList_Append(list, o) < 0)
            K_SET(list, NULL);
    }
    gc_state.collecting = collecting;
    if (walk.arena)
        arena_free(walk.arena);
    return status < 0 ? PyErr_NoMemory() : K_MOVE(list);
}
