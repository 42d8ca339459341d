/* itertools.c - the module itertools: its table of types, and tee().
 *
 * The types stand by kind: iter_select.c (which items), iter_endless.c (count, cycle, repeat), iter_join.c (several
 * inputs), iter_combine.c (products and combinations), iter_share.c (groupby, tee). Start at itertools_exec. */
#include "modules/itertools/iter_common.h"

METHODS_DECLARE(itertools);

FUNCTION(itertools, tee, FAST, "($module, iterable, n=2, /)", "A tuple of n independent iterators.")
{
    Py_ssize_t n = 2;
    if (k_check_nargs("tee", nargs, 1, 2) < 0 || (nargs > 1 && k_arg_ssize(args[1], &n) < 0))
        return NULL;
    if (n < 0)
        return k_raise(PyExc_ValueError, "n must be >= 0");
    return itertools_tee_split(args[0], n);
}
METHODS_END(itertools);

static int itertools_exec(PyObject *module)
{
    static PyTypeObject *const types[] = {
        &itertools_accumulate_type, &itertools_combinations_type, &itertools_combinations_with_replacement_type,
        &itertools_cycle_type, &itertools_dropwhile_type, &itertools_takewhile_type, &itertools_islice_type,
        &itertools_starmap_type, &itertools_chain_type, &itertools_compress_type, &itertools_filterfalse_type,
        &itertools_count_type, &itertools_zip_longest_type, &itertools_pairwise_type, &itertools_permutations_type,
        &itertools_product_type, &itertools_repeat_type, &itertools_groupby_type, &itertools__grouper_type,
        &itertools__tee_type, &itertools__tee_dataobject_type,
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (PyModule_AddType(module, types[i]) < 0)
            return -1;
    }
    return 0;
}

MODULE(itertools, "Iterators as building blocks.\n\n"
                  "Endless ones: count, cycle, repeat.\n"
                  "Over one input: accumulate, compress, dropwhile, filterfalse, groupby, islice, pairwise, starmap, "
                  "takewhile, tee.\n"
                  "Over several: chain, zip_longest.\n"
                  "Combinations: product, permutations, combinations, combinations_with_replacement.",
       itertools_exec, 0);
