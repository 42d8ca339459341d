/* specialize.h - faster forms of instructions, chosen by what an instruction has met.
 *
 * Each function looks at the operands of one general instruction: 1 when it has rewritten pc->op to a form that fits
 * (its cache filled in), 0 when none does; the cache's counter is set for the next attempt. Runs no Python code. */
#ifndef KAA_VM_SPECIALIZE_H
#define KAA_VM_SPECIALIZE_H

#include "vm/kcode.h"

/* The end of each attempt: rewrites pc to the form op, or has the next attempt wait longer when it is NO_FORM. */
enum { NO_FORM = OP_COUNT };
/* Sites that meet several types: the other types' caches, beside the site's own. */
K_INT KCache *vm_poly_find(KCode *k, const KInstr *pc, uint32_t type_version); /* NULL when there is none */
K_INT void vm_poly_note(KCode *k, const KInstr *pc, const KCache *cache);
K_INT void vm_poly_free(KCode *k);
K_INT int vm_settle(KInstr *pc, KCache *cache, int op);

K_INT int vm_specialize_binary(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache);
K_INT int vm_specialize_compare(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache);
K_INT int vm_specialize_global(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache);
K_INT int vm_specialize_load_attr(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache);
K_INT int vm_specialize_load_method(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache);
K_INT int vm_specialize_store_attr(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache);
K_INT int vm_specialize_subscr(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache);
K_INT int vm_specialize_store_subscr(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache);
K_INT int vm_specialize_unpack(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache);
K_INT int vm_specialize_for_iter(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache);
K_INT int vm_specialize_call(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache);

#endif
