/* specialize.c - choosing faster forms.
 *
 * In: a general instruction and its operands.  Out: pc->op rewritten and the cache filled, or a longer wait before
 * the next attempt. Start at settle(). */
#include "vm/specialize.h"

/* The end of each attempt: a form, or OP_COUNT when none fits. */
static int settle(KInstr *pc, KCache *cache, int op)
{
    if (op == OP_COUNT) {
        cache->counter = (uint16_t)(CACHE_WARMUP << cache->backoff);
        if (cache->backoff < CACHE_MAX_BACKOFF)
            cache->backoff++;
        return 0;
    }
    pc->op = (uint16_t)op;
    cache->counter = CACHE_COOLDOWN;
    return 1;
}
#define NOT_YET(name)                                                                                                  \
    int name(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache)                                                    \
    {                                                                                                                  \
        return settle(pc, cache, OP_COUNT);                                                                            \
    }
NOT_YET(vm_specialize_binary)
NOT_YET(vm_specialize_compare)
NOT_YET(vm_specialize_global)
NOT_YET(vm_specialize_load_attr)
NOT_YET(vm_specialize_load_method)
NOT_YET(vm_specialize_store_attr)
NOT_YET(vm_specialize_subscr)
NOT_YET(vm_specialize_store_subscr)
NOT_YET(vm_specialize_unpack)
NOT_YET(vm_specialize_for_iter)
NOT_YET(vm_specialize_call)
