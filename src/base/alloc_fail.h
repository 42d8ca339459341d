/* alloc_fail.h - memory requests that fail on purpose, by their number, so that tests can see what follows.
 *
 * Every request of the program asks alloc_fails() first: those of the allocator domains (memory/mem.c), which also
 * leaves its short way while failures are set, and the few that go to the system directly. */
#ifndef KAA_BASE_ALLOC_FAIL_H
#define KAA_BASE_ALLOC_FAIL_H

#include "base/k.h"

typedef struct AllocFail {
    long asked;       /* requests since alloc_fail_set() */
    long failed;      /* of them */
    long first, stop; /* the numbers first ... stop - 1 fail */
} AllocFail;
extern K_INT int alloc_fail_on;
extern K_INT AllocFail alloc_fail;

/* Counts from now on, and lets `count` requests fail, beginning with number `first` (from 1). first 0: none fails. */
K_INT void alloc_fail_set(long first, long count);
K_INT void alloc_fail_end(void);
K_INT int alloc_fail_next(void);

static inline int alloc_fails(void)
{
    return K_UNLIKELY(alloc_fail_on) && alloc_fail_next();
}

#endif
