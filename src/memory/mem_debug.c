/* mem_debug.c - PyMem_SetupDebugHooks(): guard words around each block, patterns in fresh and freed memory.
 *
 * A block: [size][domain letter, 7 guard bytes][the caller's bytes][8 guard bytes]. Both guards are checked when the
 * block is resized or given back; what fails ends the program with a report. */
#include "memory/mem.h"
#include "runtime/errors.h"

enum { GUARD = 0xFD, FRESH = 0xCD, DEAD = 0xDD, HEAD = 16, TAIL = 8 };

typedef struct DebugDomain {
    char letter;
    PyMemAllocatorEx inner;
} DebugDomain;
static DebugDomain debug_domains[3] = { { .letter = 'r' }, { .letter = 'm' }, { .letter = 'o' } };

static void *dress(const DebugDomain *domain, char *block, size_t size)
{
    memcpy(block, &size, sizeof size);
    block[8] = domain->letter;
    memset(block + 9, GUARD, HEAD - 9);
    memset(block + HEAD + size, GUARD, TAIL);
    return block + HEAD;
}

static void K_COLD report(const DebugDomain *domain, const unsigned char *p, const char *what)
{
    fprintf(stderr, "Debug memory block at address p=%p: API '%c'\n", (const void *)p, p[-8]);
    fprintf(stderr, "    %s (expected API '%c')\n", what, domain->letter);
    Py_FatalError("bad memory block");
}

static size_t check(const DebugDomain *domain, const unsigned char *p)
{
    size_t size;
    memcpy(&size, p - HEAD, sizeof size);
    if (p[-8] != (unsigned char)domain->letter)
        report(domain, p, "bad ID: allocated using another API");
    for (int i = 1; i < 8; i++)
        if (p[-i] != GUARD)
            report(domain, p, "bad leading pad byte");
    for (int i = 0; i < TAIL; i++)
        if (p[size + (size_t)i] != GUARD)
            report(domain, p, "bad trailing pad byte");
    return size;
}

static void *debug_malloc(void *ctx, size_t size)
{
    const DebugDomain *domain = ctx;
    if (size > (size_t)PY_SSIZE_T_MAX - HEAD - TAIL)
        return NULL;
    char *block = domain->inner.malloc(domain->inner.ctx, size + HEAD + TAIL);
    if (!block)
        return NULL;
    memset(block + HEAD, FRESH, size);
    return dress(domain, block, size);
}

static void *debug_calloc(void *ctx, size_t n, size_t size)
{
    void *p = debug_malloc(ctx, n * size);
    return p ? memset(p, 0, n * size) : NULL;
}

static void debug_free(void *ctx, void *p)
{
    const DebugDomain *domain = ctx;
    if (!p)
        return;
    size_t size = check(domain, p);
    memset((char *)p - HEAD, DEAD, size + HEAD + TAIL);
    domain->inner.free(domain->inner.ctx, (char *)p - HEAD);
}

/* The block always moves, so that a stale pointer meets the dead pattern. */
static void *debug_realloc(void *ctx, void *p, size_t size)
{
    if (!p)
        return debug_malloc(ctx, size);
    size_t had = check(ctx, p);
    void *to = debug_malloc(ctx, size);
    if (!to)
        return NULL;
    memcpy(to, p, had < size ? had : size);
    debug_free(ctx, p);
    return to;
}

void PyMem_SetupDebugHooks(void)
{
    for (int i = 0; i < 3; i++) {
        PyMemAllocatorEx inner;
        PyMem_GetAllocator((PyMemAllocatorDomain)i, &inner);
        if (inner.malloc == debug_malloc)
            continue;
        debug_domains[i].inner = inner;
        PyMemAllocatorEx outer = { &debug_domains[i], debug_malloc, debug_calloc, debug_realloc, debug_free };
        PyMem_SetAllocator((PyMemAllocatorDomain)i, &outer);
    }
}
