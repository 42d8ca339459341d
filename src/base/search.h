/* search.h - finding a run of units (1, 2 or 4 bytes wide) in another one. */
#ifndef KAA_BASE_SEARCH_H
#define KAA_BASE_SEARCH_H

#include "base/k.h"

/* Index of the first (find) or last (rfind) place, in units, where the m units of needle stand in the n units of hay;
 * -1 when there is none. An empty needle is found at 0, or at n by rfind. width: 1, 2 or 4, the same for both. */
K_INT Py_ssize_t search_find(int width, const void *hay, Py_ssize_t n, const void *needle, Py_ssize_t m);
K_INT Py_ssize_t search_rfind(int width, const void *hay, Py_ssize_t n, const void *needle, Py_ssize_t m);

/* How often, without overlap, at most limit; m must not be 0. */
K_INT Py_ssize_t search_count(int width, const void *hay, Py_ssize_t n, const void *needle, Py_ssize_t m, Py_ssize_t limit);

/* The same for one unit. */
K_INT Py_ssize_t search_find_unit(int width, const void *hay, Py_ssize_t n, uint32_t unit);
K_INT Py_ssize_t search_rfind_unit(int width, const void *hay, Py_ssize_t n, uint32_t unit);
K_INT Py_ssize_t search_count_unit(int width, const void *hay, Py_ssize_t n, uint32_t unit, Py_ssize_t limit);

#endif
