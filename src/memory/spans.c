/* spans.c - the size-class allocator behind PyObject_Malloc: spans of 64 KB in one reserved address range.
 *
 * In: block sizes up to SPAN_LARGEST.  Out: blocks aligned to 16.
 * Invariant: a span is a bin's current one, or on that bin's list (some room), or on no list (full), or empty: on the
 * list of empty spans, ready for any size. span->used counts the blocks that are out.
 * The range is reserved once, so "is this block ours" is one subtraction and comparison, and the whole heap can be
 * walked span by span. The caller holds the GIL. Start at span_alloc() in spans.h. */
#include "memory/spans.h"

#include <sys/mman.h>

enum { CARVE = 32, KEPT_EMPTY = 16, PAGE = 4096 };

static Span no_span; /* stands in for "none": its free list is always empty */
Span *span_current[SPAN_CLASSES] = { [0 ... SPAN_CLASSES - 1] = &no_span };
uintptr_t span_base, span_extent;

static Span *roomy[SPAN_CLASSES]; /* spans with free blocks, beside the current one */
static Span *empty;               /* any size; singly linked */
static size_t empty_count;
static uintptr_t range_next;      /* the first span never used */

static int reserve_range(void)
{
    static const size_t sizes[] = { (size_t)64 << 30, (size_t)4 << 30, (size_t)256 << 20, (size_t)16 << 20 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        void *p = mmap(NULL, sizes[i], PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p == MAP_FAILED)
            continue;
        uintptr_t base = ((uintptr_t)p + SPAN_SIZE - 1) & ~(uintptr_t)(SPAN_SIZE - 1);
        span_base = base;
        span_extent = (sizes[i] - (base - (uintptr_t)p)) & ~(uintptr_t)(SPAN_SIZE - 1);
        range_next = base;
        return 0;
    }
    return -1;
}

static Span *new_span(unsigned class)
{
    Span *span = empty;
    if (span) {
        empty = span->next;
        empty_count--;
    } else {
        if (!span_extent && reserve_range() < 0)
            return NULL;
        if (range_next - span_base >= span_extent)
            return NULL;
        span = (Span *)range_next;
        range_next += SPAN_SIZE;
    }
    unsigned size = (class + 1) * SPAN_STEP;
    char *first = (char *)span + SPAN_HEAD;
    *span = (Span){ .fresh = first, .end = first + (SPAN_SIZE - SPAN_HEAD) / size * size, .block_size = (uint16_t)size,
                    .class = (uint8_t)class };
    return span;
}

static void unlist(Span *span)
{
    if (span->prev)
        span->prev->next = span->next;
    else
        roomy[span->class] = span->next;
    if (span->next)
        span->next->prev = span->prev;
    span->next = span->prev = NULL;
    span->listed = 0;
}

/* Links some of the fresh part into the free list. 0 when there is none left. */
static int carve(Span *span)
{
    char *stop = span->fresh + CARVE * span->block_size;
    if (stop > span->end)
        stop = span->end;
    for (char *p = stop; p > span->fresh; ) {
        p -= span->block_size;
        memcpy(p, &span->free, sizeof span->free);
        span->free = p;
    }
    int any = stop > span->fresh;
    span->fresh = stop;
    return any;
}

void *span_alloc_slow(unsigned class)
{
    Span *span = span_current[class];
    if (!(span != &no_span && carve(span))) {
        span = roomy[class];
        if (span)
            unlist(span);
        else
            span = new_span(class);
        if (!span)
            return NULL;
        span_current[class] = span;
        if (!span->free)
            carve(span);
    }
    void *block = span->free;
    memcpy(&span->free, block, sizeof span->free);
    span->used++;
    return block;
}

/* The span became empty, or got its first free block after having been full. */
void span_release_slow(Span *span)
{
    if (span == span_current[span->class])
        return;
    if (span->used) {
        if (span->listed)
            return;
        span->next = roomy[span->class];
        if (span->next)
            span->next->prev = span;
        roomy[span->class] = span;
        span->listed = 1;
        return;
    }
    if (span->listed)
        unlist(span);
    if (empty_count >= KEPT_EMPTY) /* the head stays: its first page keeps the list */
        madvise((char *)span + PAGE, SPAN_SIZE - PAGE, MADV_DONTNEED);
    span->block_size = 0;
    span->next = empty;
    empty = span;
    empty_count++;
}

size_t span_blocks_in_use(void)
{
    size_t count = 0;
    for (uintptr_t at = span_base; at < range_next; at += SPAN_SIZE) {
        const Span *span = (const Span *)at;
        if (span->block_size)
            count += span->used;
    }
    return count;
}

void span_trim(void)
{
    for (Span *span = empty; span; span = span->next)
        madvise((char *)span + PAGE, SPAN_SIZE - PAGE, MADV_DONTNEED);
}

void span_walk(void (*visit)(void *block, size_t size, void *arg), void *arg)
{
    for (uintptr_t at = span_base; at < range_next; at += SPAN_SIZE) {
        Span *span = (Span *)at;
        if (!span->block_size || !span->used)
            continue;
        uint8_t idle[SPAN_SIZE / SPAN_STEP / 8] = { 0 };
        for (void *p = span->free; p; memcpy(&p, p, sizeof p)) {
            size_t i = ((uintptr_t)p - at) / SPAN_STEP;
            idle[i / 8] |= (uint8_t)(1 << i % 8);
        }
        for (char *p = (char *)at + SPAN_HEAD; p < span->fresh; p += span->block_size) {
            size_t i = ((uintptr_t)p - at) / SPAN_STEP;
            if (!(idle[i / 8] & 1 << i % 8))
                visit(p, span->block_size, arg);
        }
    }
}
