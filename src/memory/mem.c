/* mem.c - PyMem_Raw*, PyMem_*, PyObject_*: the three allocator domains and their tables.
 *
 * In: sizes.  Out: blocks; NULL when out of memory (no exception is set).
 * Invariant: while k_mem_redirected is 0, the mem and object domains are the span allocator and take the short way; any
 * other allocator (a hook, PYTHONMALLOC, counted failures, a sanitizer build) sets it, and each call goes through the
 * table. A block is always given back to the allocator family it came from: span_owns() tells spans from malloc.
 * Start at PyObject_Malloc(). */
#include "memory/mem.h"
#include "base/alloc_fail.h"
#include "memory/small.h"
#include "memory/spans.h"
#include "objects/protocol.h"

#include <errno.h>
#include <sys/mman.h>

/* ---- raw: malloc, never NULL for size 0 ---- */

static void *raw_malloc(void *ctx K_UNUSED, size_t size)
{
    return malloc(size ? size : 1);
}

static void *raw_calloc(void *ctx K_UNUSED, size_t n, size_t size)
{
    return n && size ? calloc(n, size) : calloc(1, 1);
}

static void *raw_realloc(void *ctx K_UNUSED, void *p, size_t size)
{
    return realloc(p, size ? size : 1);
}

static void raw_free(void *ctx K_UNUSED, void *p)
{
    free(p);
}

/* ---- small: spans, larger blocks from malloc ---- */

static size_t large_blocks; /* of malloc, in use */

K_INLINE void *small_get(size_t size)
{
    if (K_LIKELY(size - 1 < SPAN_LARGEST)) {
        void *p = span_alloc(size);
        if (K_LIKELY(p != NULL))
            return p;
    }
    void *p = malloc(size ? size : 1);
    large_blocks += p != NULL;
    return p;
}

K_INLINE void small_put(void *p)
{
    if (K_LIKELY(span_owns(p))) {
        span_release(p);
    } else if (p) {
        large_blocks--;
        free(p);
    }
}

static void *small_malloc(void *ctx K_UNUSED, size_t size)
{
    return small_get(size ? size : 1);
}

static void *small_calloc(void *ctx K_UNUSED, size_t n, size_t size)
{
    size_t bytes = n * size;
    if (bytes - 1 < SPAN_LARGEST) {
        void *p = small_get(bytes);
        return p ? memset(p, 0, bytes) : NULL;
    }
    void *p = raw_calloc(NULL, n, size);
    large_blocks += p != NULL;
    return p;
}

static void *small_realloc(void *ctx K_UNUSED, void *p, size_t size)
{
    if (!p)
        return small_malloc(NULL, size);
    if (!span_owns(p))
        return realloc(p, size ? size : 1);
    size_t had = span_of(p)->block_size;
    if (size <= had && size * 4 > had * 3) /* shrinking a little stays in place */
        return p;
    void *to = small_malloc(NULL, size);
    if (!to)
        return size <= had ? p : NULL;
    memcpy(to, p, had < size ? had : size);
    span_release(p);
    return to;
}

static void small_free(void *ctx K_UNUSED, void *p)
{
    small_put(p);
}

/* ---- the domains ---- */

#define RAW_ALLOCATOR   { NULL, raw_malloc, raw_calloc, raw_realloc, raw_free }
#define SMALL_ALLOCATOR { NULL, small_malloc, small_calloc, small_realloc, small_free }

#ifdef KAA_SANITIZE
static PyMemAllocatorEx domains[3] = { RAW_ALLOCATOR, RAW_ALLOCATOR, RAW_ALLOCATOR };
int k_mem_redirected = 1;
#else
static PyMemAllocatorEx domains[3] = { RAW_ALLOCATOR, SMALL_ALLOCATOR, SMALL_ALLOCATOR };
int k_mem_redirected;
#endif
static const char *chosen_name = "pymalloc";

static int is_small(const PyMemAllocatorEx *a)
{
    return a->malloc == small_malloc && a->free == small_free && a->realloc == small_realloc && a->calloc == small_calloc;
}

static void note_tables(void)
{
    k_mem_redirected = alloc_fail_on || !is_small(&domains[PYMEM_DOMAIN_MEM]) || !is_small(&domains[PYMEM_DOMAIN_OBJ]);
}

static K_NOINLINE void *table_malloc(int domain, size_t size)
{
    return alloc_fails() ? NULL : domains[domain].malloc(domains[domain].ctx, size);
}

static K_NOINLINE void *table_calloc(int domain, size_t n, size_t size)
{
    return alloc_fails() ? NULL : domains[domain].calloc(domains[domain].ctx, n, size);
}

static K_NOINLINE void *table_realloc(int domain, void *p, size_t size)
{
    return alloc_fails() ? NULL : domains[domain].realloc(domains[domain].ctx, p, size);
}

static K_NOINLINE void table_free(int domain, void *p)
{
    domains[domain].free(domains[domain].ctx, p);
}

void k_mem_fail(long first, long count)
{
    alloc_fail_set(first, count);
    note_tables();
}

void k_mem_fail_end(void)
{
    alloc_fail_end();
    note_tables();
}

void *PyMem_RawMalloc(size_t size)
{
    return size > PY_SSIZE_T_MAX || alloc_fails() ? NULL : domains[0].malloc(domains[0].ctx, size);
}

void *PyMem_RawCalloc(size_t n, size_t size)
{
    return (size && n > PY_SSIZE_T_MAX / size) || alloc_fails() ? NULL : domains[0].calloc(domains[0].ctx, n, size);
}

void *PyMem_RawRealloc(void *p, size_t size)
{
    return size > PY_SSIZE_T_MAX || alloc_fails() ? NULL : domains[0].realloc(domains[0].ctx, p, size);
}

void PyMem_RawFree(void *p)
{
    domains[0].free(domains[0].ctx, p);
}

#define DOMAIN_FUNCTIONS(Prefix, domain)                                                                               \
    void *Prefix##_Malloc(size_t size)                                                                                 \
    {                                                                                                                  \
        if (K_UNLIKELY(size > PY_SSIZE_T_MAX))                                                                         \
            return NULL;                                                                                               \
        return K_UNLIKELY(k_mem_redirected) ? table_malloc(domain, size) : small_get(size ? size : 1);                       \
    }                                                                                                                  \
    void *Prefix##_Calloc(size_t n, size_t size)                                                                       \
    {                                                                                                                  \
        if (K_UNLIKELY(size && n > PY_SSIZE_T_MAX / size))                                                             \
            return NULL;                                                                                               \
        return K_UNLIKELY(k_mem_redirected) ? table_calloc(domain, n, size) : small_calloc(NULL, n, size);                   \
    }                                                                                                                  \
    void *Prefix##_Realloc(void *p, size_t size)                                                                       \
    {                                                                                                                  \
        if (K_UNLIKELY(size > PY_SSIZE_T_MAX))                                                                         \
            return NULL;                                                                                               \
        return K_UNLIKELY(k_mem_redirected) ? table_realloc(domain, p, size) : small_realloc(NULL, p, size);                 \
    }                                                                                                                  \
    void Prefix##_Free(void *p)                                                                                        \
    {                                                                                                                  \
        if (K_UNLIKELY(k_mem_redirected))                                                                                    \
            table_free(domain, p);                                                                                     \
        else                                                                                                           \
            small_put(p);                                                                                              \
    }
DOMAIN_FUNCTIONS(PyMem, PYMEM_DOMAIN_MEM)
DOMAIN_FUNCTIONS(PyObject, PYMEM_DOMAIN_OBJ)

void PyMem_GetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator)
{
    *allocator = (unsigned)domain < 3 ? domains[domain] : (PyMemAllocatorEx){ 0 };
}

void PyMem_SetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator)
{
    if ((unsigned)domain >= 3)
        return;
    domains[domain] = *allocator;
    note_tables();
}

/* ---- choosing ---- */

const char *_PyMem_GetCurrentAllocatorName(void)
{
    return chosen_name;
}

int k_mem_choose(const char *name)
{
    static const struct {
        const char *name;
        int small, debug;
    } rows[] = {
        { "default", 1, 0 }, { "pymalloc", 1, 0 }, { "malloc", 0, 0 },
        { "debug", 1, 1 }, { "pymalloc_debug", 1, 1 }, { "malloc_debug", 0, 1 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].name, name) != 0)
            continue;
        static const PyMemAllocatorEx raw = RAW_ALLOCATOR, small = SMALL_ALLOCATOR;
#ifndef KAA_SANITIZE
        domains[PYMEM_DOMAIN_MEM] = domains[PYMEM_DOMAIN_OBJ] = rows[i].small ? small : raw;
#else
        (void)small, (void)raw;
#endif
        note_tables();
        chosen_name = strcmp(name, "default") == 0 ? "pymalloc" : strcmp(name, "debug") == 0 ? "pymalloc_debug" : rows[i].name;
        if (rows[i].debug)
            PyMem_SetupDebugHooks();
        return 0;
    }
    return -1;
}

Py_ssize_t k_mem_blocks(void)
{
    return (Py_ssize_t)(span_blocks_in_use() + large_blocks);
}

void k_mem_trim(void)
{
    span_trim();
}

void k_mem_walk(void (*visit)(void *block, size_t size, void *arg), void *arg)
{
    span_walk(visit, arg);
}

/* ---- copies of text ---- */

char *_PyMem_RawStrdup(const char *str)
{
    size_t size = strlen(str) + 1;
    char *copy = PyMem_RawMalloc(size);
    return copy ? memcpy(copy, str, size) : NULL;
}

char *_PyMem_Strdup(const char *str)
{
    size_t size = strlen(str) + 1;
    char *copy = PyMem_Malloc(size);
    return copy ? memcpy(copy, str, size) : NULL;
}

wchar_t *_PyMem_RawWcsdup(const wchar_t *str)
{
    size_t size = (wcslen(str) + 1) * sizeof *str;
    wchar_t *copy = PyMem_RawMalloc(size);
    return copy ? memcpy(copy, str, size) : NULL;
}

/* ---- arenas: what data stack chunks are allocated with ---- */

static void *arena_map(void *ctx K_UNUSED, size_t size)
{
    if (alloc_fails())
        return NULL;
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

static void arena_unmap(void *ctx K_UNUSED, void *p, size_t size)
{
    munmap(p, size);
}

static PyObjectArenaAllocator arenas = { NULL, arena_map, arena_unmap };

void PyObject_GetArenaAllocator(PyObjectArenaAllocator *allocator)
{
    *allocator = arenas;
}

void PyObject_SetArenaAllocator(PyObjectArenaAllocator *allocator)
{
    arenas = *allocator;
}

void _PyDebugAllocatorStats(FILE *out, const char *block_name, int num_blocks, size_t sizeof_block)
{
    fprintf(out, "%d %s * %zu bytes each = %zu\n", num_blocks, block_name, sizeof_block, (size_t)num_blocks * sizeof_block);
}
