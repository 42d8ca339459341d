/* tracemalloc.h - who allocated what: the hooks around the allocators. */
#ifndef KAA_RUNTIME_TRACEMALLOC_H
#define KAA_RUNTIME_TRACEMALLOC_H

#include "objects/object.h"

/* Memory of other allocators. 0; -1 without memory; -2 while nothing is traced. */
K_API int PyTraceMalloc_Track(unsigned int domain, uintptr_t address, size_t size);
K_API int PyTraceMalloc_Untrack(unsigned int domain, uintptr_t address);
K_API K_NEW PyObject *_PyTraceMalloc_GetTraceback(unsigned int domain, uintptr_t address); /* None: not traced */

/* ---- beyond CPython's API ---- */

typedef struct KTraceStats {
    size_t traced, peak, own; /* bytes: now, at most, and what tracing itself takes */
    int limit;                /* frames a traceback keeps */
    int tracing;
} KTraceStats;
K_INT const KTraceStats *k_tracemalloc_stats(void);
K_INT K_STATUS int k_tracemalloc_start(int limit); /* -1 with MemoryError */
K_INT void k_tracemalloc_stop(void);
K_INT void k_tracemalloc_clear(void);
K_INT void k_tracemalloc_reset_peak(void);
K_INT K_NEW PyObject *k_tracemalloc_traces(void); /* a list of (domain, size, traceback, frames in all) */

#endif
