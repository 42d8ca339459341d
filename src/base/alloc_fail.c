/* alloc_fail.c - memory requests that fail on purpose, by their number, so that tests can see what follows.
 *
 * Invariant: the numbers are exact as long as one thread asks at a time; threads without the GIL may ask too, so the
 * counters are atomic. */
#include "base/alloc_fail.h"

int alloc_fail_on;
AllocFail alloc_fail;

void alloc_fail_set(long first, long count)
{
    alloc_fail = (AllocFail){ .first = first, .stop = first ? first + count : 0 };
    alloc_fail_on = 1;
}

void alloc_fail_end(void)
{
    alloc_fail_on = 0;
}

int alloc_fail_next(void)
{
    long number = __atomic_add_fetch(&alloc_fail.asked, 1, __ATOMIC_RELAXED);
    if (number < alloc_fail.first || number >= alloc_fail.stop)
        return 0;
    __atomic_add_fetch(&alloc_fail.failed, 1, __ATOMIC_RELAXED);
    return 1;
}
