/* tracemalloc.c - what extension modules ask of the tracing of allocations, while there is none.
 *
 * The answers are CPython's for a program that does not trace: -2 for a block to be noted, None for a traceback. */
#include "objects/object.h"
#include "runtime/errors.h"

K_API int PyTraceMalloc_Track(unsigned int domain, uintptr_t block, size_t size);
K_API int PyTraceMalloc_Untrack(unsigned int domain, uintptr_t block);
K_API K_NEW PyObject *_PyTraceMalloc_GetTraceback(unsigned int domain, uintptr_t block);
K_API K_NEW PyObject *_PyContext_NewHamtForTests(void);

int PyTraceMalloc_Track(unsigned int domain, uintptr_t block, size_t size)
{
    return -2;
}

int PyTraceMalloc_Untrack(unsigned int domain, uintptr_t block)
{
    return -2;
}

PyObject *_PyTraceMalloc_GetTraceback(unsigned int domain, uintptr_t block)
{
    Py_RETURN_NONE;
}

/* Context variables lie in another kind of table here. */
PyObject *_PyContext_NewHamtForTests(void)
{
    return k_raise(PyExc_NotImplementedError, "there is no hash array mapped trie");
}
