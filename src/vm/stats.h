/* stats.h - what -X kaa-stats counts: instructions by form, fast forms that did not fit, attempts to specialise.
 *
 * Counting is a dispatch table of its own, so a run without it pays nothing for it. */
#ifndef KAA_VM_STATS_H
#define KAA_VM_STATS_H

#include "vm/kcode.h"

typedef struct VmStats {
    uint64_t executed[OP_COUNT];
    uint64_t missed[OP_COUNT];      /* a fast form that handed over to the general one */
    uint64_t specialised[OP_COUNT]; /* by general form: attempts that found a fast one */
    uint64_t refused[OP_COUNT];     /* by general form: attempts that found none */
} VmStats;
extern K_INT VmStats *vm_stats; /* NULL unless asked for */

K_INT void vm_stats_start(void);  /* without memory nothing is counted, and the report says so */
K_INT void vm_stats_report(void); /* to stderr, at the end of the program */

#endif
