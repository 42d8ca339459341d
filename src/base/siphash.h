/* siphash.h - SipHash-1-3: a keyed hash of a run of bytes. */
#ifndef KAA_BASE_SIPHASH_H
#define KAA_BASE_SIPHASH_H

#include "base/k.h"

K_INT uint64_t siphash13(uint64_t k0, uint64_t k1, const void *data, size_t length);

#endif
