/* tracemalloc.c - tracing of allocations: each block with its size and the Python frames that asked for it.
 *
 * In: calls of the three allocator domains, between start and stop.  Out: traces, by address.
 * Invariant: what tracing needs itself comes from malloc() and is never traced. The table is guarded by a lock of its
 * own, because raw memory is allocated without the GIL; frames are read only by who holds the GIL, others leave an
 * empty traceback. File names are held by reference until the traces are cleared.
 * Start at hook_malloc(). The Python face is modules/_tracemalloc.c. */
#include "runtime/tracemalloc.h"
#include "base/alloc_fail.h"

#include "memory/mem.h"
#include "objects/frame/frame.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/state.h"

#include <pthread.h>

typedef struct TraceFrame {
    PyObject *filename; /* owned */
    int line;
} TraceFrame;
typedef struct Trace {
    uintptr_t address; /* 0: free slot; 1: deleted */
    unsigned domain;
    int nframes, total;
    size_t size;
    TraceFrame *frames; /* own block; NULL when there are none */
} Trace;

enum { FIRST_ROOM = 1024, DOMAINS = 3, GONE = 1 };

static struct {
    KTraceStats stats;
    Trace *table;
    size_t room, used, filled; /* filled: with deleted ones */
    PyMemAllocatorEx under[DOMAINS];
    pthread_mutex_t lock;
} state = { .lock = PTHREAD_MUTEX_INITIALIZER };
static __thread int inside; /* this thread is at work here: what it allocates meanwhile is not traced */

const KTraceStats *k_tracemalloc_stats(void)
{
    return &state.stats;
}

/* ---- the table ---- */

static size_t slot_of(uintptr_t address, unsigned domain, size_t room)
{
    return (size_t)((address >> 4) * 0x9E3779B97F4A7C15u + domain) & (room - 1);
}

static Trace *find(uintptr_t address, unsigned domain)
{
    for (size_t i = state.room ? slot_of(address, domain, state.room) : 0; state.room; i = (i + 1) & (state.room - 1)) {
        Trace *slot = &state.table[i];
        if (slot->address == 0)
            return NULL;
        if (slot->address == address && slot->domain == domain)
            return slot;
    }
    return NULL;
}

static Trace *free_slot(Trace *table, size_t room, uintptr_t address, unsigned domain)
{
    size_t i = slot_of(address, domain, room);
    while (table[i].address > GONE)
        i = (i + 1) & (room - 1);
    return &table[i];
}

static int table_grow(void)
{
    size_t room = state.used * 4 >= state.room ? Py_MAX(state.room * 2, (size_t)FIRST_ROOM) : state.room;
    Trace *table = alloc_fails() ? NULL : calloc(room, sizeof *table);
    if (!table)
        return -1;
    for (size_t i = 0; i < state.room; i++)
        if (state.table[i].address > GONE)
            *free_slot(table, room, state.table[i].address, state.table[i].domain) = state.table[i];
    free(state.table);
    state.stats.own += (room - state.room) * sizeof *table;
    state.table = table;
    state.room = room;
    state.filled = state.used;
    return 0;
}

/* Takes a trace out; its frames (they hold file names) come back to be released under the GIL. */
static Trace table_remove(uintptr_t address, unsigned domain)
{
    Trace gone = { 0 };
    Trace *slot = find(address, domain);
    if (slot) {
        gone = *slot;
        slot->address = GONE;
        state.used--;
        state.stats.traced -= gone.size;
    }
    return gone;
}

static int table_add(const Trace *trace)
{
    if (state.filled * 3 >= state.room * 2 && table_grow() < 0)
        return -1;
    Trace *slot = free_slot(state.table, state.room, trace->address, trace->domain);
    state.filled += slot->address == 0;
    *slot = *trace;
    state.used++;
    state.stats.traced += trace->size;
    state.stats.peak = Py_MAX(state.stats.peak, state.stats.traced);
    return 0;
}

/* ---- frames ---- */

static int has_gil(void)
{
    PyThreadState *tstate = PyGILState_GetThisThreadState();
    return tstate && tstate == k_tstate();
}

static void read_frames(Trace *trace)
{
    if (!has_gil() || !k_tstate()->cframe)
        return;
    int n = 0;
    _PyInterpreterFrame *top = k_tstate()->cframe->current_frame;
    for (_PyInterpreterFrame *f = top; f; f = f->previous)
        if (!k_frame_is_incomplete(f)) {
            trace->total += trace->total < 0xffff;
            n += n < state.stats.limit;
        }
    trace->frames = n && !alloc_fails() ? malloc((size_t)n * sizeof(TraceFrame)) : NULL;
    for (_PyInterpreterFrame *f = top; trace->frames && f && trace->nframes < n; f = f->previous)
        if (!k_frame_is_incomplete(f)) {
            int line = k_frame_line(f);
            trace->frames[trace->nframes++] = (TraceFrame){ Py_NewRef(f->f_code->co_filename), line < 0 ? 0 : line };
        }
}

/* A count that cannot fall to nought here: code objects hold their file names. What outlives them leaks a name at most
 * until the traces are cleared under the GIL. */
static void release_frames(Trace *trace)
{
    if (has_gil())
        for (int i = 0; i < trace->nframes; i++)
            Py_DECREF(trace->frames[i].filename);
    free(trace->frames);
}

/* ---- tracking ---- */

static int track(unsigned domain, uintptr_t address, size_t size)
{
    Trace trace = { .address = address, .domain = domain, .size = size };
    inside = 1;
    read_frames(&trace);
    pthread_mutex_lock(&state.lock);
    Trace old = table_remove(address, domain);
    int status = table_add(&trace);
    pthread_mutex_unlock(&state.lock);
    release_frames(&old);
    if (status < 0)
        release_frames(&trace);
    inside = 0;
    return status;
}

static void untrack(unsigned domain, uintptr_t address)
{
    inside = 1;
    pthread_mutex_lock(&state.lock);
    Trace old = table_remove(address, domain);
    pthread_mutex_unlock(&state.lock);
    release_frames(&old);
    inside = 0;
}

int PyTraceMalloc_Track(unsigned int domain, uintptr_t address, size_t size)
{
    return state.stats.tracing ? track(domain, address, size) : -2;
}

int PyTraceMalloc_Untrack(unsigned int domain, uintptr_t address)
{
    if (!state.stats.tracing)
        return -2;
    untrack(domain, address);
    return 0;
}

/* ---- the hooks ---- */

static void *traced(void *block, size_t size, PyMemAllocatorEx *under)
{
    if (block && !inside && track(0, (uintptr_t)block, size) < 0) {
        under->free(under->ctx, block);
        return NULL;
    }
    return block;
}

static void *hook_malloc(void *ctx, size_t size)
{
    PyMemAllocatorEx *under = ctx;
    return traced(under->malloc(under->ctx, size), size, under);
}

static void *hook_calloc(void *ctx, size_t n, size_t size)
{
    PyMemAllocatorEx *under = ctx;
    return traced(under->calloc(under->ctx, n, size), n * size, under);
}

static void *hook_realloc(void *ctx, void *old, size_t size)
{
    PyMemAllocatorEx *under = ctx;
    void *block = under->realloc(under->ctx, old, size);
    if (!block || inside)
        return block;
    if (old && old != block)
        untrack(0, (uintptr_t)old);
    (void)!track(0, (uintptr_t)block, size); /* the old block is gone: it stays untraced at worst */
    return block;
}

static void hook_free(void *ctx, void *block)
{
    PyMemAllocatorEx *under = ctx;
    if (block && !inside)
        untrack(0, (uintptr_t)block);
    under->free(under->ctx, block);
}

int k_tracemalloc_start(int limit)
{
    if (state.stats.tracing)
        return 0;
    if (!state.table && table_grow() < 0) {
        PyErr_NoMemory();
        return -1;
    }
    state.stats.limit = limit;
    for (int i = 0; i < DOMAINS; i++) {
        PyMem_GetAllocator((PyMemAllocatorDomain)i, &state.under[i]);
        PyMemAllocatorEx hook = { &state.under[i], hook_malloc, hook_calloc, hook_realloc, hook_free };
        PyMem_SetAllocator((PyMemAllocatorDomain)i, &hook);
    }
    state.stats.tracing = 1;
    return 0;
}

void k_tracemalloc_clear(void)
{
    inside = 1;
    pthread_mutex_lock(&state.lock);
    Trace *table = state.table;
    size_t room = state.room;
    state.table = NULL;
    state.room = state.used = state.filled = 0;
    state.stats.traced = state.stats.peak = state.stats.own = 0;
    pthread_mutex_unlock(&state.lock);
    for (size_t i = 0; i < room; i++)
        if (table[i].address > GONE)
            release_frames(&table[i]);
    free(table);
    inside = 0;
}

void k_tracemalloc_stop(void)
{
    if (!state.stats.tracing)
        return;
    state.stats.tracing = 0;
    for (int i = 0; i < DOMAINS; i++)
        PyMem_SetAllocator((PyMemAllocatorDomain)i, &state.under[i]);
    k_tracemalloc_clear();
}

void k_tracemalloc_reset_peak(void)
{
    state.stats.peak = state.stats.traced;
}

/* ---- looking ---- */

/* ((file, line), ...), the innermost frame first. */
static PyObject *frames_tuple(const Trace *trace)
{
    int n = trace->nframes;
    K_AUTO(PyObject *) tuple = PyTuple_New(n ? n : 1);
    for (int i = 0; tuple && i < (n ? n : 1); i++) {
        K_AUTO(PyObject *) line = PyLong_FromLong(n ? trace->frames[i].line : 0);
        PyObject *pair = line ? PyTuple_Pack(2, n ? trace->frames[i].filename : K_STR("<unknown>"), line) : NULL;
        if (!pair)
            return NULL;
        PyTuple_SET_ITEM(tuple, i, pair);
    }
    return K_MOVE(tuple);
}

PyObject *_PyTraceMalloc_GetTraceback(unsigned int domain, uintptr_t address)
{
    inside = 1;
    pthread_mutex_lock(&state.lock);
    Trace *trace = state.stats.tracing ? find(address, domain) : NULL;
    PyObject *tuple = trace ? frames_tuple(trace) : Py_NewRef(Py_None);
    pthread_mutex_unlock(&state.lock);
    inside = 0;
    return tuple;
}

static PyObject *trace_tuple(const Trace *trace)
{
    K_AUTO(PyObject *) domain = PyLong_FromUnsignedLong(trace->domain);
    K_AUTO(PyObject *) size = PyLong_FromSize_t(trace->size);
    K_AUTO(PyObject *) frames = frames_tuple(trace);
    K_AUTO(PyObject *) total = PyLong_FromLong(trace->total ? trace->total : 1);
    return domain && size && frames && total ? PyTuple_Pack(4, domain, size, frames, total) : NULL;
}

PyObject *k_tracemalloc_traces(void)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    inside = 1;
    pthread_mutex_lock(&state.lock);
    int status = list ? 0 : -1;
    for (size_t i = 0; status == 0 && i < state.room; i++) {
        if (state.table[i].address <= GONE)
            continue;
        K_AUTO(PyObject *) row = trace_tuple(&state.table[i]);
        status = row ? PyList_Append(list, row) : -1;
    }
    pthread_mutex_unlock(&state.lock);
    inside = 0;
    return status < 0 ? NULL : K_MOVE(list);
}
