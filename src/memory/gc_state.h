/* gc_state.h - the collector's state and its few inline steps. */
#ifndef KAA_MEMORY_GC_STATE_H
#define KAA_MEMORY_GC_STATE_H

#include "memory/gc.h"

enum { GC_GENERATIONS = 3, GC_OLDEST = GC_GENERATIONS - 1, GC_YOUNG_START = 4000, GC_YOUNG_MOST = 200000 };
enum {
    GC_DEBUG_STATS = 1, GC_DEBUG_COLLECTABLE = 2, GC_DEBUG_UNCOLLECTABLE = 4, GC_DEBUG_SAVEALL = 32,
    GC_DEBUG_LEAK = GC_DEBUG_COLLECTABLE | GC_DEBUG_UNCOLLECTABLE | GC_DEBUG_SAVEALL
};

typedef struct GcStats {
    Py_ssize_t collections, collected, uncollectable;
} GcStats;

typedef struct GcState {
    int enabled, debug, collecting;
    int threshold[GC_GENERATIONS]; /* as reported */
    int count[GC_GENERATIONS];
    int young_limit;               /* count[0] beyond this asks for a collection */
    int adaptive;                  /* 1 until the program sets a threshold */
    GcStats stats[GC_GENERATIONS];
    PyObject *garbage, *callbacks; /* owned lists, NULL before gc_start */
    Py_ssize_t long_lived_total, long_lived_pending;
} GcState;
extern K_INT GcState gc_state;
extern K_INT PyGC_Head gc_older[GC_GENERATIONS - 1], gc_permanent;

K_INT PyGC_Head *gc_generation(int i);
K_INT void gc_too_many(void); /* the young limit is passed: asks for a collection, or collects */
K_INT Py_ssize_t gc_collect_generation(int generation);
K_INT void gc_move_all(PyGC_Head *from, PyGC_Head *to);

static inline void gc_count_new(void)
{
    if (K_UNLIKELY(++gc_state.count[0] > gc_state.young_limit))
        gc_too_many();
}
static inline void gc_count_gone(void)
{
    if (gc_state.count[0] > 0)
        gc_state.count[0]--;
}
static inline PyGC_Head *gc_next(const PyGC_Head *gc)
{
    return (PyGC_Head *)gc->_gc_next;
}

#endif
