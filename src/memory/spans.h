/* spans.h - small blocks cut from spans of 64 KB; one span holds blocks of one size. */
#ifndef KAA_MEMORY_SPANS_H
#define KAA_MEMORY_SPANS_H

#include "base/k.h"

enum {
    SPAN_SIZE = 64 * 1024,
    SPAN_HEAD = 64,
    SPAN_STEP = 16,       /* block sizes are multiples of this */
    SPAN_LARGEST = 512,   /* larger blocks come from malloc */
    SPAN_CLASSES = SPAN_LARGEST / SPAN_STEP
};

typedef struct Span {
    void *free;            /* blocks given back, linked through their first word */
    char *fresh, *end;     /* the part never handed out */
    struct Span *next, *prev;
    uint32_t used;         /* blocks in use */
    uint16_t block_size;
    uint8_t class;         /* block_size / SPAN_STEP - 1 */
    uint8_t listed;        /* 1: on its bin's list of spans with room; 0: full, or the bin's current one */
} Span;
_Static_assert(sizeof(Span) <= SPAN_HEAD, "a span's head fits");

/* The span each size class takes from now; never NULL. */
extern K_INT Span *span_current[SPAN_CLASSES];
extern K_INT uintptr_t span_base, span_extent; /* all spans lie in [base, base + extent) */

K_INT void *span_alloc_slow(unsigned class); /* NULL when the address range or memory is used up */
K_INT void span_release_slow(Span *span);
K_INT size_t span_blocks_in_use(void);
K_INT void span_trim(void);
K_INT void span_walk(void (*visit)(void *block, size_t size, void *arg), void *arg);

static inline int span_owns(const void *p)
{
    return (uintptr_t)p - span_base < span_extent;
}
static inline Span *span_of(const void *p)
{
    return (Span *)((uintptr_t)p & ~(uintptr_t)(SPAN_SIZE - 1));
}
/* 0 < size <= SPAN_LARGEST */
static inline void *span_alloc(size_t size)
{
    unsigned class = (unsigned)(size - 1) / SPAN_STEP;
    Span *span = span_current[class];
    void *block = span->free;
    if (K_UNLIKELY(!block))
        return span_alloc_slow(class);
    memcpy(&span->free, block, sizeof span->free);
    span->used++;
    return block;
}
static inline void span_release(void *block)
{
    Span *span = span_of(block);
    memcpy(block, &span->free, sizeof span->free);
    void *was = span->free;
    span->free = block;
    if (K_UNLIKELY(--span->used == 0 || !was))
        span_release_slow(span);
}

#endif
