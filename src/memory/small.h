/* small.h - blocks of a known small size without a call: PyObject_Malloc and PyObject_Free on their short way.
 *
 * Invariant: k_mem_redirected is 0 exactly while both object domains are the span allocator; otherwise every block goes
 * through the tables in mem.c. */
#ifndef KAA_MEMORY_SMALL_H
#define KAA_MEMORY_SMALL_H

#include "memory/mem.h"
#include "memory/spans.h"

extern K_INT int k_mem_redirected;

/* 0 < size. NULL when out of memory, without an exception. */
K_INLINE void *k_small_alloc(size_t size)
{
    if (K_LIKELY(!k_mem_redirected && size <= SPAN_LARGEST)) {
        Span *span = span_current[(size - 1) / SPAN_STEP];
        void *block = span->free;
        if (K_LIKELY(block != NULL)) {
            memcpy(&span->free, block, sizeof span->free);
            span->used++;
            return block;
        }
    }
    return PyObject_Malloc(size);
}
/* A block of PyObject_Malloc, PyMem_Malloc or k_small_alloc. */
K_INLINE void k_small_free(void *block)
{
    if (K_LIKELY(!k_mem_redirected && span_owns(block)))
        span_release(block);
    else
        PyObject_Free(block);
}

#endif
