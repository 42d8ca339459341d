/* context_tests.c - what CPython's own tests ask of its context tables, which are of another kind here. */
#include "objects/context.h"
#include "runtime/errors.h"

K_API K_NEW PyObject *_PyContext_NewHamtForTests(void);

PyObject *_PyContext_NewHamtForTests(void)
{
    return k_raise(PyExc_NotImplementedError, "there is no hash array mapped trie");
}
