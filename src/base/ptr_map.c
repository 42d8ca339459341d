/* ptr_map.c - an insertion-ordered map from pointers to words.
 *
 * Invariant: entry[0..n) are distinct; with slots, each entry is found from its hash by stepping to the next slot, and
 * at most half of the slots are used. Few entries are searched one by one: most scopes have fewer names than that.
 * Start at ptr_map_add(). */
#include "base/ptr_map.h"

enum { LINEAR_LIMIT = 8, FIRST_CAPACITY = 8 };

static size_t first_slot(const PtrMap *map, const void *key)
{
    return (size_t)(((uintptr_t)key * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - map->log2_slots));
}

int ptr_map_find(const PtrMap *map, const void *key)
{
    if (!map->slot) {
        for (int i = 0; i < map->n; i++)
            if (map->entry[i].key == key)
                return i;
        return -1;
    }
    size_t mask = ((size_t)1 << map->log2_slots) - 1;
    for (size_t i = first_slot(map, key); map->slot[i]; i = (i + 1) & mask)
        if (map->entry[map->slot[i] - 1].key == key)
            return (int)map->slot[i] - 1;
    return -1;
}

static void enter_slot(PtrMap *map, int number)
{
    size_t mask = ((size_t)1 << map->log2_slots) - 1;
    size_t i = first_slot(map, map->entry[number].key);
    while (map->slot[i])
        i = (i + 1) & mask;
    map->slot[i] = (uint32_t)number + 1;
}

/* Room for twice as many entries; the old arrays stay in the arena. */
static int grow(PtrMap *map, KArena *arena)
{
    int capacity = map->capacity ? map->capacity * 2 : FIRST_CAPACITY;
    PtrEntry *entry = arena_alloc(arena, (size_t)capacity * sizeof *entry);
    if (!entry)
        return -1;
    if (map->n)
        memcpy(entry, map->entry, (size_t)map->n * sizeof *entry);
    if (capacity > LINEAR_LIMIT) {
        unsigned log2_slots = 4;
        while (((size_t)1 << log2_slots) < 2 * (size_t)capacity)
            log2_slots++;
        uint32_t *slot = arena_alloc(arena, ((size_t)1 << log2_slots) * sizeof *slot);
        if (!slot)
            return -1;
        map->slot = slot;
        map->log2_slots = log2_slots;
    }
    map->entry = entry;
    map->capacity = capacity;
    if (map->slot)
        for (int i = 0; i < map->n; i++)
            enter_slot(map, i);
    return 0;
}

int ptr_map_add(PtrMap *map, KArena *arena, const void *key, intptr_t value)
{
    int number = ptr_map_find(map, key);
    if (number >= 0)
        return number;
    if (map->n == map->capacity && grow(map, arena) < 0)
        return -1;
    number = map->n++;
    map->entry[number] = (PtrEntry){ key, value };
    if (map->slot)
        enter_slot(map, number);
    return number;
}
