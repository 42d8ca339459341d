/* hashtable.c - _Py_hashtable: the table of C pointers that some of the library's compiled modules use.
 *
 * In and out: keys and values the table does not look into. Chained buckets; the struct is CPython's, because modules
 * read entries through it. Invariant: the number of buckets is a power of two, at least as many as half the entries.
 * Start at find(). */
#include "memory/mem.h"
#include "objects/hash.h"

typedef struct Link {
    struct Link *next;
} Link;
typedef struct Entry {
    Link link; /* first, so that a link is its entry */
    Py_uhash_t hash;
    void *key, *value;
} Entry;
typedef struct Table Table;
struct Table {
    size_t nentries, nbuckets;
    Link **buckets;
    Entry *(*get_entry)(Table *, const void *);
    Py_uhash_t (*hash)(const void *);
    int (*equal)(const void *, const void *);
    void (*destroy_key)(void *);
    void (*destroy_value)(void *);
    struct {
        void *(*malloc)(size_t);
        void (*free)(void *);
    } memory;
};
enum { BUCKETS_MIN = 16 };

K_API Py_uhash_t _Py_hashtable_hash_ptr(const void *key);
K_API int _Py_hashtable_compare_direct(const void *a, const void *b);
K_API Table *_Py_hashtable_new(Py_uhash_t (*hash)(const void *), int (*equal)(const void *, const void *));
K_API Table *_Py_hashtable_new_full(Py_uhash_t (*hash)(const void *), int (*equal)(const void *, const void *),
                                    void (*destroy_key)(void *), void (*destroy_value)(void *), const void *allocator);
K_API void _Py_hashtable_destroy(Table *t);
K_API void _Py_hashtable_clear(Table *t);
K_API int _Py_hashtable_foreach(Table *t, int (*visit)(Table *, const void *, const void *, void *), void *data);
K_API size_t _Py_hashtable_size(const Table *t);
K_API int _Py_hashtable_set(Table *t, const void *key, void *value);
K_API void *_Py_hashtable_get(Table *t, const void *key);
K_API void *_Py_hashtable_steal(Table *t, const void *key);

Py_uhash_t _Py_hashtable_hash_ptr(const void *key)
{
    return (Py_uhash_t)_Py_HashPointerRaw(key);
}

int _Py_hashtable_compare_direct(const void *a, const void *b)
{
    return a == b;
}

/* The link that points to the key's entry, or to the end of its bucket. */
static Link **find(Table *t, const void *key)
{
    Py_uhash_t hash = t->hash(key);
    Link **link = &t->buckets[hash & (t->nbuckets - 1)];
    for (; *link; link = &(*link)->next) {
        Entry *entry = (Entry *)*link;
        if (entry->hash == hash && t->equal(key, entry->key))
            break;
    }
    return link;
}

static Entry *get_entry(Table *t, const void *key)
{
    return (Entry *)*find(t, key);
}

static Link **new_buckets(Table *t, size_t n)
{
    Link **buckets = t->memory.malloc(n * sizeof *buckets);
    if (buckets)
        memset(buckets, 0, n * sizeof *buckets);
    return buckets;
}

/* To about as many buckets as entries; when memory is short the table stays as it is. */
static void rehash(Table *t)
{
    size_t n = BUCKETS_MIN;
    while (n < t->nentries * 2)
        n *= 2;
    Link **buckets = n == t->nbuckets ? NULL : new_buckets(t, n);
    if (!buckets)
        return;
    for (size_t i = 0; i < t->nbuckets; i++)
        for (Link *link = t->buckets[i], *next; link; link = next) {
            Link **head = &buckets[((Entry *)link)->hash & (n - 1)];
            next = link->next;
            link->next = *head;
            *head = link;
        }
    t->memory.free(t->buckets);
    t->buckets = buckets;
    t->nbuckets = n;
}

Table *_Py_hashtable_new_full(Py_uhash_t (*hash)(const void *), int (*equal)(const void *, const void *),
                              void (*destroy_key)(void *), void (*destroy_value)(void *), const void *allocator)
{
    Table made = { .nbuckets = BUCKETS_MIN, .get_entry = get_entry, .hash = hash, .equal = equal,
                   .destroy_key = destroy_key, .destroy_value = destroy_value,
                   .memory = { PyMem_Malloc, PyMem_Free } };
    if (allocator)
        memcpy(&made.memory, allocator, sizeof made.memory);
    Table *t = made.memory.malloc(sizeof *t);
    if (!t)
        return NULL;
    *t = made;
    if (!(t->buckets = new_buckets(t, BUCKETS_MIN))) {
        t->memory.free(t);
        return NULL;
    }
    return t;
}

Table *_Py_hashtable_new(Py_uhash_t (*hash)(const void *), int (*equal)(const void *, const void *))
{
    return _Py_hashtable_new_full(hash, equal, NULL, NULL, NULL);
}

void _Py_hashtable_clear(Table *t)
{
    for (size_t i = 0; i < t->nbuckets; i++) {
        for (Link *link = t->buckets[i], *next; link; link = next) {
            Entry *entry = (Entry *)link;
            next = link->next;
            if (t->destroy_key)
                t->destroy_key(entry->key);
            if (t->destroy_value)
                t->destroy_value(entry->value);
            t->memory.free(entry);
        }
        t->buckets[i] = NULL;
    }
    t->nentries = 0;
    rehash(t);
}

void _Py_hashtable_destroy(Table *t)
{
    _Py_hashtable_clear(t);
    t->memory.free(t->buckets);
    t->memory.free(t);
}

int _Py_hashtable_foreach(Table *t, int (*visit)(Table *, const void *, const void *, void *), void *data)
{
    for (size_t i = 0; i < t->nbuckets; i++)
        for (Link *link = t->buckets[i]; link; link = link->next) {
            int status = visit(t, ((Entry *)link)->key, ((Entry *)link)->value, data);
            if (status)
                return status;
        }
    return 0;
}

size_t _Py_hashtable_size(const Table *t)
{
    return t->nentries;
}

int _Py_hashtable_set(Table *t, const void *key, void *value)
{
    Entry *entry = t->memory.malloc(sizeof *entry);
    if (!entry)
        return -1;
    *entry = (Entry){ .hash = t->hash(key), .key = (void *)key, .value = value };
    t->nentries++;
    if (t->nentries > t->nbuckets)
        rehash(t);
    Link **head = &t->buckets[entry->hash & (t->nbuckets - 1)];
    entry->link.next = *head;
    *head = &entry->link;
    return 0;
}

void *_Py_hashtable_get(Table *t, const void *key)
{
    Entry *entry = t->get_entry(t, key);
    return entry ? entry->value : NULL;
}

void *_Py_hashtable_steal(Table *t, const void *key)
{
    Link **link = find(t, key);
    Entry *entry = (Entry *)*link;
    if (!entry)
        return NULL;
    void *value = entry->value;
    *link = entry->link.next;
    t->nentries--;
    t->memory.free(entry);
    if (t->nentries < t->nbuckets / 8)
        rehash(t);
    return value;
}
