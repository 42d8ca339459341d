/* arena.c - memory that lives and dies together.
 *
 * In: sizes and object references.  Out: zeroed blocks, all freed at once.
 * Invariant: chunks form a list whose first one is being cut; owned references form a list of blocks cut from the
 * arena itself, so ending an arena is two walks. Start at arena_alloc(). */
#include "base/arena.h"

#include "base/alloc_fail.h"

enum { FIRST_CHUNK = 4096, LARGEST_CHUNK = 262144, ALIGN = 16, OWNED_PER_BLOCK = 62 };

typedef struct Chunk {
    struct Chunk *next;
    size_t size;
} Chunk; /* payload follows; the head is 16 bytes, so it is aligned */

typedef struct Owned {
    struct Owned *next;
    size_t n;
    PyObject *object[OWNED_PER_BLOCK];
} Owned;

struct KArena {
    Chunk *chunks;
    char *free, *end;
    Owned *owned;
    size_t next_size;
};

static void (*release_object)(PyObject *object);

void arena_set_release(void (*release)(PyObject *object))
{
    release_object = release;
}

KArena *arena_new(void)
{
    KArena *arena = alloc_fails() ? NULL : calloc(1, sizeof *arena);
    if (arena)
        arena->next_size = FIRST_CHUNK;
    return arena;
}

void arena_free(KArena *arena)
{
    if (!arena)
        return;
    for (Owned *owned = arena->owned; owned; owned = owned->next) {
        for (size_t i = 0; i < owned->n; i++)
            release_object(owned->object[i]);
    }
    for (Chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(arena);
}

/* A chunk with room for size bytes. An outsized one stands behind the chunk being cut, which stays in use. */
static void *from_new_chunk(KArena *arena, size_t size)
{
    bool outsized = size > arena->next_size / 4;
    size_t payload = outsized ? size : arena->next_size;
    Chunk *chunk = payload > SIZE_MAX - sizeof *chunk || alloc_fails() ? NULL : calloc(1, sizeof *chunk + payload);
    if (!chunk)
        return NULL;
    chunk->size = payload;
    char *start = (char *)(chunk + 1);
    if (outsized && arena->chunks) {
        chunk->next = arena->chunks->next;
        arena->chunks->next = chunk;
        return start;
    }
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    arena->free = start + size;
    arena->end = start + payload;
    if (arena->next_size < LARGEST_CHUNK)
        arena->next_size *= 2;
    return start;
}

void *arena_alloc(KArena *arena, size_t size)
{
    if (size > SIZE_MAX - ALIGN)
        return NULL;
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (size > (size_t)(arena->end - arena->free))
        return from_new_chunk(arena, size);
    char *block = arena->free;
    arena->free += size;
    return block;
}

int arena_own(KArena *arena, PyObject *object)
{
    Owned *owned = arena->owned;
    if (!owned || owned->n == OWNED_PER_BLOCK) {
        owned = arena_alloc(arena, sizeof *owned);
        if (!owned) {
            release_object(object);
            return -1;
        }
        owned->next = arena->owned;
        arena->owned = owned;
    }
    owned->object[owned->n++] = object;
    return 0;
}
