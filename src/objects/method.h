/* method.h - builtin methods in one block: METHOD(type, name, CONV, "signature", "doc") { body }. */
#ifndef KAA_OBJECTS_METHOD_H
#define KAA_OBJECTS_METHOD_H

#include "objects/object.h"

/* CONV   parameters of the body                                    how it is called
 * NOARGS PyObject *self                                            no arguments
 * O      PyObject *self, PyObject *arg                             one positional
 * FAST   PyObject *self, PyObject *const *args, Py_ssize_t nargs   positional only, the body counts them (k_check_nargs)
 * VAR    PyObject *self, PyObject *args, PyObject *kwargs          any: tuple and dict or NULL (METH_VARARGS|METH_KEYWORDS)
 * VEC    PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames      any, unpacked
 * KW     PyObject *self, const T_name_args *arg                    bound by the signature: METHOD_KW names the fields
 *
 *   METHOD_KW(str, split, "($self, /, sep=None, maxsplit=-1)", "Split at a separator.", *sep, *maxsplit)
 *   {
 *       ... arg->sep, arg->maxsplit: borrowed references with the signature's defaults filled in ...
 *   }
 *
 * Fields stand in the order of the signature, without $self/$module/$type. A default that is a name other than None,
 * True, False, or is written <unrepresentable>, gives NULL. *args gives a tuple, **kwargs a dict, both borrowed. The
 * signature is parsed at the first call. Parameters before "/" are positional only.
 * PyMethodDef rows gather in the section kmeth_T in the order of the file; METHODS_END(T) closes it below the last
 * block, and METHODS(T) is the NULL-terminated table for tp_methods or a module. A type whose methods are spread over
 * several files gives each file's table its own T and announces the further ones with MORE_METHODS. */
typedef PyObject *(*PyCFunction)(PyObject *, PyObject *);
typedef PyObject *(*_PyCFunctionFast)(PyObject *, PyObject *const *, Py_ssize_t);
typedef PyObject *(*PyCFunctionWithKeywords)(PyObject *, PyObject *, PyObject *);
typedef PyObject *(*_PyCFunctionFastWithKeywords)(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);
typedef PyObject *(*PyCMethod)(PyObject *, PyTypeObject *, PyObject *const *, size_t, PyObject *);

struct PyMethodDef {
    const char *ml_name;
    PyCFunction ml_meth;
    int ml_flags;
    const char *ml_doc; /* "name(signature)\n--\n\ndoc", or plain text */
};
enum {
    METH_VARARGS = 0x01, METH_KEYWORDS = 0x02, METH_NOARGS = 0x04, METH_O = 0x08, METH_CLASS = 0x10,
    METH_STATIC = 0x20, METH_COEXIST = 0x40, METH_FASTCALL = 0x80, METH_METHOD = 0x200
};

#define K_PARAMS_NOARGS PyObject *self K_UNUSED, PyObject *k_noarg_ K_UNUSED
#define K_PARAMS_O      PyObject *self K_UNUSED, PyObject *arg
#define K_PARAMS_FAST   PyObject *self K_UNUSED, PyObject *const *args K_UNUSED, Py_ssize_t nargs
#define K_PARAMS_VAR    PyObject *self K_UNUSED, PyObject *args, PyObject *kwargs
#define K_PARAMS_VEC    PyObject *self K_UNUSED, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames
#define K_METH_NOARGS METH_NOARGS
#define K_METH_O      METH_O
#define K_METH_FAST   METH_FASTCALL
#define K_METH_VAR    (METH_VARARGS | METH_KEYWORDS)
#define K_METH_VEC    (METH_FASTCALL | METH_KEYWORDS)

#define K_METHOD_ROW(T, name, text, fn, flags, doc)                                                                    \
    static const PyMethodDef T##_##name##_def                                                                          \
        __attribute__((K_IN_ORDER used, section("kmeth_" #T), aligned(8))) = { text, (PyCFunction)(void (*)(void))fn, flags, doc }

/* flags: METH_CLASS, METH_STATIC, METH_COEXIST or 0. The text before the first "(" in doc is the Python name's. */
#define METHOD_FLAGS(T, name, CONV, flags, sig, doc)                                                                   \
    static PyObject *T##_##name(K_PARAMS_##CONV);                                                                      \
    K_METHOD_ROW(T, name, #name, T##_##name, K_METH_##CONV | (flags), #name sig "\n--\n\n" doc);                       \
    static PyObject *T##_##name(K_PARAMS_##CONV)
#define METHOD(T, name, CONV, sig, doc) METHOD_FLAGS(T, name, CONV, 0, sig, doc)

/* A builtin without text signature: doc stands as it is. */
#define METHOD_RAW(T, name, CONV, flags, doc)                                                                          \
    static PyObject *T##_##name(K_PARAMS_##CONV);                                                                      \
    K_METHOD_ROW(T, name, #name, T##_##name, K_METH_##CONV | (flags), doc);                                            \
    static PyObject *T##_##name(K_PARAMS_##CONV)

typedef struct KBinder {
    const char *name, *signature; /* as written in the block */
    int nslots;
    void *plan; /* the parsed signature: written once, at the first call */
} KBinder;

/* Binds a call to slots[]: 0, or -1 with TypeError in CPython's words. On success *owned is NULL or keeps the *args
 * tuple and **kwargs dict alive; the caller releases it. */
K_INT K_STATUS int k_bind(KBinder *binder, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
                          PyObject **slots, PyObject **owned);

#define METHOD_KW_FLAGS(T, name, flags, sig, doc, ...)                                                                 \
    typedef struct T##_##name##_args { PyObject __VA_ARGS__; } T##_##name##_args;                                      \
    static PyObject *T##_##name(PyObject *self, const T##_##name##_args *arg);                                         \
    static PyObject *T##_##name##_bound(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)    \
    {                                                                                                                  \
        static KBinder binder = { #name, sig, sizeof(T##_##name##_args) / sizeof(PyObject *), NULL };                  \
        T##_##name##_args slots;                                                                                       \
        PyObject *owned = NULL;                                                                                        \
        if (k_bind(&binder, args, nargs, kwnames, (PyObject **)&slots, &owned) < 0)                                    \
            return NULL;                                                                                               \
        PyObject *result = T##_##name(self, &slots);                                                                   \
        Py_XDECREF(owned);                                                                                             \
        return result;                                                                                                 \
    }                                                                                                                  \
    K_METHOD_ROW(T, name, #name, T##_##name##_bound, METH_FASTCALL | METH_KEYWORDS | (flags),                          \
                 #name sig "\n--\n\n" doc);                                                                            \
    static PyObject *T##_##name(PyObject *self K_UNUSED, const T##_##name##_args *arg)
#define METHOD_KW(T, name, sig, doc, ...) METHOD_KW_FLAGS(T, name, 0, sig, doc, __VA_ARGS__)

/* The same binding for tp_new, tp_init and other places that get a tuple and a dict:
 *   BINDER(range_new, "(...)", *start, *stop);  ...  range_new_args arg; if (BIND(range_new, &arg, args, kwargs, &owned) < 0) */
#define BINDER(fn, text, sig, ...)                                                                                     \
    typedef struct fn##_args { PyObject __VA_ARGS__; } fn##_args;                                                      \
    static KBinder fn##_binder = { text, sig, sizeof(fn##_args) / sizeof(PyObject *), NULL }
#define BIND(fn, slots, args, kwargs, owned) k_bind_tuple(&fn##_binder, args, kwargs, (PyObject **)(slots), owned)
K_INT K_STATUS int k_bind_tuple(KBinder *binder, PyObject *args, PyObject *kwargs, PyObject **slots, PyObject **owned);

#define METHODS_END(T)                                                                                                 \
    static const PyMethodDef T##_k_end_def                                                                               \
        __attribute__((K_IN_ORDER used, section("kmeth_" #T), aligned(8))) = { NULL, NULL, 0, NULL }
#define METHODS_DECLARE(T) extern const PyMethodDef __start_kmeth_##T[] K_INT
#define METHODS(T) ((PyMethodDef *)__start_kmeth_##T)

/* A further table of a static type, added when the type is readied. */
typedef struct KMoreMethods {
    PyTypeObject *type;
    const PyMethodDef *methods;
} KMoreMethods;
#define MORE_METHODS(type_object, T)                                                                                   \
    METHODS_DECLARE(T);                                                                                                \
    static const KMoreMethods k_more_##T __attribute__((K_IN_ORDER used, section("kmore"), aligned(8))) =              \
        { &type_object, __start_kmeth_##T }

/* A table that serves a second type: announced already with MORE_METHODS. */
#define MORE_METHODS_AGAIN(type_object, T)                                                                             \
    static const KMoreMethods k_more_##T##_##type_object                                                               \
        __attribute__((K_IN_ORDER used, section("kmore"), aligned(8))) = { &type_object, __start_kmeth_##T }

/* Arity of a FAST body: 0, or -1 with "name expected at least/most/exactly N argument(s), got M". */
K_INT K_STATUS int k_check_nargs(const char *name, Py_ssize_t nargs, Py_ssize_t min, Py_ssize_t max);

/* Conversions of one argument; 0, or -1 with CPython's message. */
K_INT K_STATUS int k_arg_ssize(PyObject *arg, Py_ssize_t *out);   /* __index__; OverflowError outside Py_ssize_t */
K_INT K_STATUS int k_arg_int(PyObject *arg, int *out);            /* __index__; OverflowError outside int */
K_INT K_STATUS int k_arg_long(PyObject *arg, long *out);
K_INT K_STATUS int k_arg_longlong(PyObject *arg, long long *out);
K_INT K_STATUS int k_arg_bool(PyObject *arg, int *out);           /* truth value */
K_INT K_STATUS int k_arg_double(PyObject *arg, double *out);
K_INT K_STATUS int k_arg_str(PyObject *arg, const char *fn, const char *which); /* "fn() argument which must be str, not X" */
K_INT K_STATUS int k_arg_utf8(PyObject *arg, const char *fn, const char *which, const char **out); /* str without NUL */

struct PyGetSetDef {
    const char *name;
    PyObject *(*get)(PyObject *, void *);
    int (*set)(PyObject *, PyObject *, void *);
    const char *doc;
    void *closure;
};
typedef PyObject *(*getter)(PyObject *, void *);
typedef int (*setter)(PyObject *, PyObject *, void *);
struct PyMemberDef {
    const char *name;
    int type;
    Py_ssize_t offset;
    int flags;
    const char *doc;
};
enum {
    T_SHORT, T_INT, T_LONG, T_FLOAT, T_DOUBLE, T_STRING, T_OBJECT, T_CHAR, T_BYTE, T_UBYTE, T_USHORT, T_UINT, T_ULONG,
    T_STRING_INPLACE, T_BOOL, T_OBJECT_EX = 16, T_LONGLONG, T_ULONGLONG, T_PYSSIZET, T_NONE
};
enum { READONLY = 1, PY_AUDIT_READ = 2 };
K_API K_NEW PyObject *PyMember_GetOne(const char *object, PyMemberDef *member);
K_API K_STATUS int PyMember_SetOne(char *object, PyMemberDef *member, PyObject *value);

#endif
