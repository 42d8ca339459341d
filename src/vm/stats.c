/* stats.c - the report of -X kaa-stats.
 *
 * In: the counters that the loop and vm_settle() fill.  Out: lines on stderr, each beginning with "kaa-stats", fields
 * separated by tabs: first what was counted, then its name, then `key=number` fields.
 * Start at vm_stats_report(). */
#include "vm/stats.h"

#include "memory/gc_state.h"
#include "memory/mem.h"

VmStats *vm_stats;
static int wanted;

void vm_stats_start(void)
{
    wanted = 1;
    vm_stats = PyMem_RawCalloc(1, sizeof *vm_stats);
}

static int more_executed(const void *a, const void *b)
{
    uint64_t x = vm_stats->executed[*(const uint16_t *)a], y = vm_stats->executed[*(const uint16_t *)b];
    return (x < y) - (x > y);
}

static void report_instructions(void)
{
    uint16_t order[OP_COUNT];
    uint64_t total = 0, fast = 0, missed = 0;
    for (int i = 0; i < OP_COUNT; i++) {
        order[i] = (uint16_t)i;
        total += vm_stats->executed[i];
        fast += vm_op_rows[i].base != i ? vm_stats->executed[i] : 0;
        missed += vm_stats->missed[i];
    }
    fprintf(stderr, "kaa-stats\ttotal\tinstructions\texecuted=%lu\tfast=%lu\tmissed=%lu\n", total, fast, missed);
    qsort(order, OP_COUNT, sizeof *order, more_executed);
    for (int i = 0; i < OP_COUNT && vm_stats->executed[order[i]]; i++) {
        const KOpRow *row = &vm_op_rows[order[i]];
        fprintf(stderr, "kaa-stats\tinstruction\t%s\texecuted=%lu", row->name, vm_stats->executed[order[i]]);
        if (row->base != order[i])
            fprintf(stderr, "\tmissed=%lu\tof=%s", vm_stats->missed[order[i]], vm_op_rows[row->base].name);
        fputc('\n', stderr);
    }
}

static void report_attempts(void)
{
    for (int i = 0; i < OP_COUNT; i++) {
        uint64_t found = vm_stats->specialised[i], none = vm_stats->refused[i];
        if (found + none)
            fprintf(stderr, "kaa-stats\tspecialisation\t%s\tfound=%lu\tnone=%lu\n", vm_op_rows[i].name, found, none);
    }
}

static void report_collections(void)
{
    for (int i = 0; i < GC_GENERATIONS; i++) {
        const GcStats *stats = &gc_state.stats[i];
        fprintf(stderr, "kaa-stats\tcollections\tgeneration %d\truns=%zd\tcollected=%zd\tuncollectable=%zd\n", i,
                stats->collections, stats->collected, stats->uncollectable);
    }
    fprintf(stderr, "kaa-stats\tmemory\tblocks\tin_use=%zd\n", k_mem_blocks());
}

void vm_stats_report(void)
{
    if (!wanted)
        return;
    if (!vm_stats) {
        fputs("kaa-stats\tno memory for the counters\n", stderr);
        return;
    }
    report_instructions();
    report_attempts();
    report_collections();
    fflush(stderr);
}
