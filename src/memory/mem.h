/* mem.h - the allocator: PyMem_*, PyObject_Malloc and the allocator domains. */
#ifndef KAA_MEMORY_MEM_H
#define KAA_MEMORY_MEM_H

#include "base/k.h"

typedef enum { PYMEM_DOMAIN_RAW, PYMEM_DOMAIN_MEM, PYMEM_DOMAIN_OBJ } PyMemAllocatorDomain;
typedef enum {
    PYMEM_ALLOCATOR_NOT_SET = 0, PYMEM_ALLOCATOR_DEFAULT = 1, PYMEM_ALLOCATOR_DEBUG = 2, PYMEM_ALLOCATOR_MALLOC = 3,
    PYMEM_ALLOCATOR_MALLOC_DEBUG = 4, PYMEM_ALLOCATOR_PYMALLOC = 5, PYMEM_ALLOCATOR_PYMALLOC_DEBUG = 6
} PyMemAllocatorName;
typedef struct PyMemAllocatorEx {
    void *ctx;
    void *(*malloc)(void *ctx, size_t size);
    void *(*calloc)(void *ctx, size_t nelem, size_t elsize);
    void *(*realloc)(void *ctx, void *ptr, size_t new_size);
    void (*free)(void *ctx, void *ptr);
} PyMemAllocatorEx;
typedef struct PyObjectArenaAllocator {
    void *ctx;
    void *(*alloc)(void *ctx, size_t size);
    void (*free)(void *ctx, void *ptr, size_t size);
} PyObjectArenaAllocator;

#define PyMem_New(T, n) ((size_t)(n) > PY_SSIZE_T_MAX / sizeof(T) ? NULL : (T *)PyMem_Malloc((size_t)(n) * sizeof(T)))
#define PyMem_Resize(p, T, n)                                                                                          \
    ((p) = (size_t)(n) > PY_SSIZE_T_MAX / sizeof(T) ? NULL : (T *)PyMem_Realloc((p), (size_t)(n) * sizeof(T)))
#define PyMem_Del PyMem_Free
#define PyObject_Del PyObject_Free

K_API void *PyMem_Malloc(size_t size);
K_API void *PyMem_Calloc(size_t nelem, size_t elsize);
K_API void *PyMem_Realloc(void *ptr, size_t new_size);
K_API void PyMem_Free(void *ptr);
K_API void *PyObject_Malloc(size_t size);
K_API void *PyObject_Calloc(size_t nelem, size_t elsize);
K_API void PyObject_Free(void *ptr);
K_API void *PyMem_RawMalloc(size_t size);
K_API void *PyMem_RawCalloc(size_t nelem, size_t elsize);
K_API void *PyMem_RawRealloc(void *ptr, size_t new_size);
K_API void PyMem_RawFree(void *ptr);
K_API const char *_PyMem_GetCurrentAllocatorName(void);
K_API char *_PyMem_RawStrdup(const char *str);
K_API char *_PyMem_Strdup(const char *str);
K_API wchar_t *_PyMem_RawWcsdup(const wchar_t *str);
K_API void PyMem_GetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);
K_API void PyMem_SetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);
K_API void PyMem_SetupDebugHooks(void);
K_API void *PyObject_Realloc(void *ptr, size_t new_size);
K_API void PyObject_GetArenaAllocator(PyObjectArenaAllocator *allocator);
K_API void PyObject_SetArenaAllocator(PyObjectArenaAllocator *allocator);
K_API void *PyMem_Malloc(size_t size);
K_API void *PyMem_Realloc(void *ptr, size_t new_size);
K_API void PyMem_Free(void *ptr);
K_API void *PyObject_Malloc(size_t size);
K_API void PyObject_Free(void *ptr);
K_API int PyTraceMalloc_Track(unsigned int domain, uintptr_t ptr, size_t size);
K_API int PyTraceMalloc_Untrack(unsigned int domain, uintptr_t ptr);

/* ---- beyond CPython's API ---- */

K_INT Py_ssize_t k_mem_blocks(void);          /* blocks of PyObject_Malloc in use (sys.getallocatedblocks) */
K_INT void k_mem_trim(void);                  /* gives empty spans back to the system */
K_INT int k_mem_choose(const char *name);     /* PYTHONMALLOC; -1 for a name that is not known */
K_INT void k_mem_fail(long first, long count); /* alloc_fail_set(), and no short way around it */
K_INT void k_mem_fail_end(void);
/* Calls visit for each small block in use, in address order. */
K_INT void k_mem_walk(void (*visit)(void *block, size_t size, void *arg), void *arg);

#endif
