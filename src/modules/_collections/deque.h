/* deque.h - what the files of _collections share. */
#ifndef KAA_MODULES_COLLECTIONS_DEQUE_H
#define KAA_MODULES_COLLECTIONS_DEQUE_H

#include "objects/object.h"

enum { DEQUE_BLOCK = 64, DEQUE_CENTRE = (DEQUE_BLOCK - 1) / 2, DEQUE_SPARE = 16 };

typedef struct DequeBlock {
    struct DequeBlock *left;
    PyObject *items[DEQUE_BLOCK];
    struct DequeBlock *right;
} DequeBlock;

/* Items run from first->items[first_index] to last->items[last_index], both included, over the chain of blocks. Empty:
 * first == last and first_index == last_index + 1. */
typedef struct Deque {
    PyVarObject ob_base;
    DequeBlock *first, *last;
    Py_ssize_t first_index, last_index;
    size_t state;      /* changes with each change of length or order */
    Py_ssize_t maxlen; /* -1: none */
    Py_ssize_t spare_count;
    DequeBlock *spare[DEQUE_SPARE];
    PyObject *weakrefs;
} Deque;

extern K_INT PyTypeObject collections_deque_type, collections_deque_iterator_type, collections_deque_reverse_type,
    collections_defaultdict_type, collections_tuplegetter_type;
K_INT K_NEW PyObject *deque_iter_new(Deque *deque, int reverse);

/* A place in a deque, for walks. */
typedef struct DequePlace {
    DequeBlock *block;
    Py_ssize_t index;
} DequePlace;
static inline void deque_place_next(DequePlace *place)
{
    if (++place->index == DEQUE_BLOCK) {
        place->block = place->block->right;
        place->index = 0;
    }
}
static inline void deque_place_previous(DequePlace *place)
{
    if (place->index-- == 0) {
        place->block = place->block->left;
        place->index = DEQUE_BLOCK - 1;
    }
}

#endif
