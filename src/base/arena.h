/* arena.h - memory that lives and dies together: blocks cut from chunks, and object references released with them. */
#ifndef KAA_BASE_ARENA_H
#define KAA_BASE_ARENA_H

#include "base/k.h"

typedef struct KArena KArena;

K_INT KArena *arena_new(void); /* NULL when out of memory (no exception set) */
K_INT void arena_free(KArena *arena);
/* size bytes, aligned to 16, zeroed; NULL when out of memory (no exception set). */
K_INT void *arena_alloc(KArena *arena, size_t size);
/* The arena takes the reference and calls release(object) for it at its end. -1 (object released) when out of
 * memory. */
K_INT int arena_own(KArena *arena, K_STOLEN PyObject *object);
/* base/ knows no objects: how owned references are released is told once at start-up. */
K_INT void arena_set_release(void (*release)(PyObject *object));

#endif
