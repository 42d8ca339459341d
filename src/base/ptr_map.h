/* ptr_map.h - an insertion-ordered map from pointers to words, in an arena; names are interned, so their addresses do. */
#ifndef KAA_BASE_PTR_MAP_H
#define KAA_BASE_PTR_MAP_H

#include "base/arena.h"

typedef struct PtrEntry {
    const void *key;
    intptr_t value;
} PtrEntry;

typedef struct PtrMap {
    PtrEntry *entry; /* n of them, in order of insertion */
    uint32_t *slot;  /* entry number + 1; 0 is empty; NULL while n is small */
    int n, capacity;
    unsigned log2_slots;
} PtrMap;

/* The number of the entry with this key, or -1. */
K_INT int ptr_map_find(const PtrMap *map, const void *key);

/* The number of the entry with this key, made with value when absent; -1 when out of memory (no exception set). */
K_INT int ptr_map_add(PtrMap *map, KArena *arena, const void *key, intptr_t value);

#endif
