/* k.h - the words every file of Kaa uses: export marks, ownership marks, branch hints, checked asserts.
 *
 * Nothing here knows an object type beyond its name. Start with the ownership macros. */
#ifndef KAA_BASE_K_H
#define KAA_BASE_K_H

#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <wchar.h>

typedef ssize_t Py_ssize_t;
typedef Py_ssize_t Py_hash_t;
typedef size_t Py_uhash_t;
typedef Py_ssize_t Py_ssize_clean_t;
#define PY_SSIZE_T_MAX SSIZE_MAX
#define PY_SSIZE_T_MIN (-PY_SSIZE_T_MAX - 1)

/* Visibility. The build hides everything that is not marked K_API. */
#define K_API __attribute__((visibility("default"))) /* CPython's exported name, or Kaa_*: part of the binary interface */
#define K_INT __attribute__((visibility("hidden")))  /* used by other files of Kaa only */

/* Ownership, on prototypes. */
#define K_MUST_USE __attribute__((warn_unused_result))
#define K_NEW      K_MUST_USE /* returns a new reference, or NULL with an exception */
#define K_STATUS   K_MUST_USE /* returns 0 (or a truth value, or a count), or -1 with an exception */
#define K_BORROWED            /* returns a borrowed reference, or NULL (with an exception where the comment says so) */
#define K_STOLEN              /* on a parameter: the callee owns it, on failure too */

/* Ownership, in functions.
 *
 * K_AUTO(PyObject *) x = ...;  is released at the end of its scope. It needs an initialiser; leave the scope by return,
 *                              break, continue or the closing brace, never by computed goto, longjmp or a jump past it.
 * return K_MOVE(x);            hands it over and leaves NULL behind.
 * K_SET(x, value);             takes the new reference in, then releases the old one. */
#define K_AUTO(T) __attribute__((cleanup(k_auto_drop), unused)) T
#define K_MOVE(x) (__extension__({ __typeof__(x) k_moved_ = (x); (x) = NULL; k_moved_; }))
#define K_SET(x, v)                                                                                                    \
    do {                                                                                                               \
        __typeof__(x) k_new_ = (v), k_old_ = (x);                                                                      \
        (x) = k_new_;                                                                                                  \
        Py_XDECREF(k_old_);                                                                                            \
    } while (0)

#define K_LIKELY(x)   __builtin_expect(!!(x), 1)
#define K_UNLIKELY(x) __builtin_expect(!!(x), 0)
#ifdef __clang__ /* which knows no attributes of labels */
#define K_COLD_LABEL
#else
#define K_COLD_LABEL __attribute__((cold));
#endif
#define K_COLD        __attribute__((cold, noinline))
#define K_NOINLINE    __attribute__((noinline))
#define K_INLINE      static inline __attribute__((always_inline))
#define K_UNUSED      __attribute__((unused))
#define K_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define K_NORETURN    __attribute__((noreturn))
#define K_FALLTHROUGH __attribute__((fallthrough))
#define K_COUNT_OF(array) ((Py_ssize_t)(sizeof(array) / sizeof((array)[0])))
#define Py_UNREACHABLE() __builtin_unreachable()

/* Entries of a section stand in the order of their definition; gcc needs to be told. */
#ifdef __clang__
#define K_IN_ORDER
#else
#define K_IN_ORDER no_reorder,
#endif

#define Py_MIN(a, b) ((a) < (b) ? (a) : (b))
#define Py_MAX(a, b) ((a) > (b) ? (a) : (b))
#define Py_ABS(a)    ((a) < 0 ? -(a) : (a))
#define Py_CHARMASK(c) ((unsigned char)((c) & 0xff))

#ifndef NDEBUG
#define K_DEBUG 1
#else
#define K_DEBUG 0
#endif

typedef struct _object PyObject;
typedef struct PyVarObject PyVarObject;
typedef struct _typeobject PyTypeObject;
typedef struct PyCodeObject PyCodeObject;
typedef struct _frame PyFrameObject;
typedef struct _PyInterpreterFrame _PyInterpreterFrame;
typedef struct _ts PyThreadState;
typedef struct _is PyInterpreterState;
typedef struct PyModuleDef PyModuleDef;
typedef struct PyMethodDef PyMethodDef;
typedef struct PyGetSetDef PyGetSetDef;
typedef struct PyMemberDef PyMemberDef;
typedef struct PyLongObject PyLongObject;
typedef struct PyListObject PyListObject;
typedef struct PyTupleObject PyTupleObject;
typedef struct PyDictObject PyDictObject;
typedef struct PySetObject PySetObject;
typedef struct PyFunctionObject PyFunctionObject;
typedef struct PyCellObject PyCellObject;
typedef struct PyWeakReference PyWeakReference;
typedef struct PyTracebackObject PyTracebackObject;

#endif
