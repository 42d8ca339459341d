/* object.h - what every object is: head, type, slots, reference counts, and the object protocol.
 *
 * The layouts are CPython 3.11's; layout.h asserts them as numbers.
 * Invariant: a stored reference is always counted. Immortal objects have a count near KAA_IMMORTAL that no program
 * can bring down to nought, so neither Py_INCREF nor Py_DECREF asks about them. */
#ifndef KAA_OBJECTS_OBJECT_H
#define KAA_OBJECTS_OBJECT_H

#include "base/k.h"

struct _object {
    Py_ssize_t ob_refcnt;
    PyTypeObject *ob_type;
};

struct PyVarObject {
    PyObject ob_base;
    Py_ssize_t ob_size; /* items in use; an int keeps its sign here */
};

#define KAA_IMMORTAL ((Py_ssize_t)1 << 60)
#define PyObject_HEAD     PyObject ob_base;
#define PyObject_VAR_HEAD PyVarObject ob_base;
#define PyObject_HEAD_INIT(type) { KAA_IMMORTAL, (type) }
#define PyVarObject_HEAD_INIT(type, size) { PyObject_HEAD_INIT(type), (size) }

/* ---- slots ---- */
typedef PyObject *(*unaryfunc)(PyObject *);
typedef PyObject *(*binaryfunc)(PyObject *, PyObject *);
typedef PyObject *(*ternaryfunc)(PyObject *, PyObject *, PyObject *);
typedef int (*inquiry)(PyObject *);
typedef Py_ssize_t (*lenfunc)(PyObject *);
typedef PyObject *(*ssizeargfunc)(PyObject *, Py_ssize_t);
typedef PyObject *(*ssizessizeargfunc)(PyObject *, Py_ssize_t, Py_ssize_t);
typedef int (*ssizeobjargproc)(PyObject *, Py_ssize_t, PyObject *);
typedef int (*ssizessizeobjargproc)(PyObject *, Py_ssize_t, Py_ssize_t, PyObject *);
typedef int (*objobjargproc)(PyObject *, PyObject *, PyObject *);
typedef int (*objobjproc)(PyObject *, PyObject *);
typedef int (*visitproc)(PyObject *, void *);
typedef int (*traverseproc)(PyObject *, visitproc, void *);
typedef void (*freefunc)(void *);
typedef void (*destructor)(PyObject *);
typedef PyObject *(*getattrfunc)(PyObject *, char *);
typedef PyObject *(*getattrofunc)(PyObject *, PyObject *);
typedef int (*setattrfunc)(PyObject *, char *, PyObject *);
typedef int (*setattrofunc)(PyObject *, PyObject *, PyObject *);
typedef PyObject *(*reprfunc)(PyObject *);
typedef Py_hash_t (*hashfunc)(PyObject *);
typedef PyObject *(*richcmpfunc)(PyObject *, PyObject *, int);
typedef PyObject *(*getiterfunc)(PyObject *);
typedef PyObject *(*iternextfunc)(PyObject *);
typedef PyObject *(*descrgetfunc)(PyObject *, PyObject *, PyObject *);
typedef int (*descrsetfunc)(PyObject *, PyObject *, PyObject *);
typedef int (*initproc)(PyObject *, PyObject *, PyObject *);
typedef PyObject *(*newfunc)(PyTypeObject *, PyObject *, PyObject *);
typedef PyObject *(*allocfunc)(PyTypeObject *, Py_ssize_t);
typedef PyObject *(*vectorcallfunc)(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames);

typedef enum { PYGEN_RETURN = 0, PYGEN_ERROR = -1, PYGEN_NEXT = 1 } PySendResult;
typedef PySendResult (*sendfunc)(PyObject *iter, PyObject *value, PyObject **result);

typedef struct Py_buffer {
    void *buf;
    PyObject *obj; /* owned */
    Py_ssize_t len;
    Py_ssize_t itemsize;
    int readonly;
    int ndim;
    char *format;
    Py_ssize_t *shape;
    Py_ssize_t *strides;
    Py_ssize_t *suboffsets;
    void *internal;
} Py_buffer;
typedef int (*getbufferproc)(PyObject *, Py_buffer *, int);
typedef void (*releasebufferproc)(PyObject *, Py_buffer *);

typedef struct PyNumberMethods {
    binaryfunc nb_add, nb_subtract, nb_multiply, nb_remainder, nb_divmod;
    ternaryfunc nb_power;
    unaryfunc nb_negative, nb_positive, nb_absolute;
    inquiry nb_bool;
    unaryfunc nb_invert;
    binaryfunc nb_lshift, nb_rshift, nb_and, nb_xor, nb_or;
    unaryfunc nb_int;
    void *nb_reserved;
    unaryfunc nb_float;
    binaryfunc nb_inplace_add, nb_inplace_subtract, nb_inplace_multiply, nb_inplace_remainder;
    ternaryfunc nb_inplace_power;
    binaryfunc nb_inplace_lshift, nb_inplace_rshift, nb_inplace_and, nb_inplace_xor, nb_inplace_or;
    binaryfunc nb_floor_divide, nb_true_divide, nb_inplace_floor_divide, nb_inplace_true_divide;
    unaryfunc nb_index;
    binaryfunc nb_matrix_multiply, nb_inplace_matrix_multiply;
} PyNumberMethods;

typedef struct PySequenceMethods {
    lenfunc sq_length;
    binaryfunc sq_concat;
    ssizeargfunc sq_repeat, sq_item;
    void *was_sq_slice;
    ssizeobjargproc sq_ass_item;
    void *was_sq_ass_slice;
    objobjproc sq_contains;
    binaryfunc sq_inplace_concat;
    ssizeargfunc sq_inplace_repeat;
} PySequenceMethods;

typedef struct PyMappingMethods {
    lenfunc mp_length;
    binaryfunc mp_subscript;
    objobjargproc mp_ass_subscript;
} PyMappingMethods;

typedef struct PyAsyncMethods {
    unaryfunc am_await, am_aiter, am_anext;
    sendfunc am_send;
} PyAsyncMethods;

typedef struct PyBufferProcs {
    getbufferproc bf_getbuffer;
    releasebufferproc bf_releasebuffer;
} PyBufferProcs;

struct _typeobject {
    PyVarObject ob_base;
    const char *tp_name;
    Py_ssize_t tp_basicsize, tp_itemsize;
    destructor tp_dealloc;
    Py_ssize_t tp_vectorcall_offset;
    getattrfunc tp_getattr;
    setattrfunc tp_setattr;
    PyAsyncMethods *tp_as_async;
    reprfunc tp_repr;
    PyNumberMethods *tp_as_number;
    PySequenceMethods *tp_as_sequence;
    PyMappingMethods *tp_as_mapping;
    hashfunc tp_hash;
    ternaryfunc tp_call;
    reprfunc tp_str;
    getattrofunc tp_getattro;
    setattrofunc tp_setattro;
    PyBufferProcs *tp_as_buffer;
    unsigned long tp_flags;
    const char *tp_doc;
    traverseproc tp_traverse;
    inquiry tp_clear;
    richcmpfunc tp_richcompare;
    Py_ssize_t tp_weaklistoffset;
    getiterfunc tp_iter;
    iternextfunc tp_iternext;
    PyMethodDef *tp_methods;
    PyMemberDef *tp_members;
    PyGetSetDef *tp_getset;
    PyTypeObject *tp_base;
    PyObject *tp_dict;
    descrgetfunc tp_descr_get;
    descrsetfunc tp_descr_set;
    Py_ssize_t tp_dictoffset;
    initproc tp_init;
    allocfunc tp_alloc;
    newfunc tp_new;
    freefunc tp_free;
    inquiry tp_is_gc;
    PyObject *tp_bases, *tp_mro, *tp_cache, *tp_subclasses, *tp_weaklist;
    destructor tp_del;
    unsigned int tp_version_tag;
    destructor tp_finalize;
    vectorcallfunc tp_vectorcall;
};

typedef struct PyType_Slot {
    int slot;
    void *pfunc;
} PyType_Slot;
typedef struct PyType_Spec {
    const char *name;
    int basicsize, itemsize;
    unsigned int flags;
    PyType_Slot *slots;
} PyType_Spec;

/* tp_flags */
#define Py_TPFLAGS_SEQUENCE                 (1UL << 5)
#define Py_TPFLAGS_MAPPING                  (1UL << 6)
#define Py_TPFLAGS_DISALLOW_INSTANTIATION   (1UL << 7)
#define Py_TPFLAGS_IMMUTABLETYPE            (1UL << 8)
#define Py_TPFLAGS_HEAPTYPE                 (1UL << 9)
#define Py_TPFLAGS_BASETYPE                 (1UL << 10)
#define Py_TPFLAGS_HAVE_VECTORCALL          (1UL << 11)
#define Py_TPFLAGS_READY                    (1UL << 12)
#define Py_TPFLAGS_READYING                 (1UL << 13)
#define Py_TPFLAGS_HAVE_GC                  (1UL << 14)
#define Py_TPFLAGS_METHOD_DESCRIPTOR        (1UL << 17)
#define Py_TPFLAGS_VALID_VERSION_TAG        (1UL << 19)
#define Py_TPFLAGS_IS_ABSTRACT              (1UL << 20)
#define _Py_TPFLAGS_MATCH_SELF              (1UL << 22)
#define Py_TPFLAGS_LONG_SUBCLASS            (1UL << 24)
#define Py_TPFLAGS_LIST_SUBCLASS            (1UL << 25)
#define Py_TPFLAGS_TUPLE_SUBCLASS           (1UL << 26)
#define Py_TPFLAGS_BYTES_SUBCLASS           (1UL << 27)
#define Py_TPFLAGS_UNICODE_SUBCLASS         (1UL << 28)
#define Py_TPFLAGS_DICT_SUBCLASS            (1UL << 29)
#define Py_TPFLAGS_BASE_EXC_SUBCLASS        (1UL << 30)
#define Py_TPFLAGS_TYPE_SUBCLASS            (1UL << 31)
#define Py_TPFLAGS_MANAGED_DICT             (1UL << 4)
#define Py_TPFLAGS_DEFAULT                  0UL
#define Py_TPFLAGS_HAVE_FINALIZE            (1UL << 0)
#define Py_TPFLAGS_HAVE_VERSION_TAG         (1UL << 18)

/* ---- reference counts ---- */
#define Py_REFCNT(o) (((PyObject *)(o))->ob_refcnt)
#define Py_TYPE(o)   (((PyObject *)(o))->ob_type)
#define Py_SIZE(o)   (((PyVarObject *)(o))->ob_size)
#define Py_SET_REFCNT(o, n) ((void)(Py_REFCNT(o) = (n)))
#define Py_SET_TYPE(o, t)   ((void)(Py_TYPE(o) = (t)))
#define Py_SET_SIZE(o, n)   ((void)(Py_SIZE(o) = (n)))
#define Py_IS_TYPE(o, t) (Py_TYPE(o) == (t))
#define Py_Is(x, y) ((PyObject *)(x) == (PyObject *)(y))

K_API void _Py_Dealloc(PyObject *);

K_INLINE void k_incref(PyObject *o)
{
    o->ob_refcnt++;
}
K_INLINE void k_decref(PyObject *o) /* may run code: a finaliser */
{
    if (--o->ob_refcnt == 0)
        _Py_Dealloc(o);
}
K_INLINE PyObject *k_newref(PyObject *o)
{
    k_incref(o);
    return o;
}
#define Py_INCREF(o)  k_incref((PyObject *)(o))
#define Py_DECREF(o)  k_decref((PyObject *)(o))
#define Py_XINCREF(o) do { PyObject *k_x_ = (PyObject *)(o); if (k_x_) k_incref(k_x_); } while (0)
#define Py_XDECREF(o) do { PyObject *k_x_ = (PyObject *)(o); if (k_x_) k_decref(k_x_); } while (0)
#define Py_NewRef(o)  k_newref((PyObject *)(o))
#define Py_XNewRef(o) (__extension__({ PyObject *k_x_ = (PyObject *)(o); if (k_x_) k_incref(k_x_); k_x_; }))
/* The slot is NULL before the old value's destructor can look at it. */
#define Py_CLEAR(slot)                                                                                                 \
    do {                                                                                                               \
        PyObject *k_old_ = (PyObject *)(slot);                                                                         \
        if (k_old_) {                                                                                                  \
            (slot) = NULL;                                                                                             \
            k_decref(k_old_);                                                                                          \
        }                                                                                                              \
    } while (0)
#define Py_SETREF(slot, v)  do { PyObject *k_old_ = (PyObject *)(slot); (slot) = (v); Py_DECREF(k_old_); } while (0)
#define Py_XSETREF(slot, v) do { PyObject *k_old_ = (PyObject *)(slot); (slot) = (v); Py_XDECREF(k_old_); } while (0)

/* Releases what a K_AUTO slot holds; void * so that one function serves every object pointer type. */
static inline void k_auto_drop(void *slot)
{
    PyObject *o;
    memcpy(&o, slot, sizeof o);
    if (o)
        k_decref(o);
}

/* ---- singletons ---- */
extern K_API PyObject _Py_NoneStruct, _Py_NotImplementedStruct, _Py_EllipsisObject;
extern K_API PyLongObject _Py_TrueStruct, _Py_FalseStruct;
#define Py_None           (&_Py_NoneStruct)
#define Py_NotImplemented (&_Py_NotImplementedStruct)
#define Py_Ellipsis       (&_Py_EllipsisObject)
#define Py_True           ((PyObject *)&_Py_TrueStruct)
#define Py_False          ((PyObject *)&_Py_FalseStruct)
#define Py_IsNone(o)  ((PyObject *)(o) == Py_None)
#define Py_IsTrue(o)  ((PyObject *)(o) == Py_True)
#define Py_IsFalse(o) ((PyObject *)(o) == Py_False)
#define Py_RETURN_NONE           return Py_NewRef(Py_None)
#define Py_RETURN_TRUE           return Py_NewRef(Py_True)
#define Py_RETURN_FALSE          return Py_NewRef(Py_False)
#define Py_RETURN_BOOL(x)        return Py_NewRef((x) ? Py_True : Py_False)
#define Py_RETURN_NOTIMPLEMENTED return Py_NewRef(Py_NotImplemented)

/* Comparison operators of tp_richcompare. */
enum { Py_LT, Py_LE, Py_EQ, Py_NE, Py_GT, Py_GE };
#define Py_RETURN_RICHCOMPARE(a, b, op)                                                                                \
    do {                                                                                                               \
        switch (op) {                                                                                                  \
        case Py_EQ: Py_RETURN_BOOL((a) == (b));                                                                        \
        case Py_NE: Py_RETURN_BOOL((a) != (b));                                                                        \
        case Py_LT: Py_RETURN_BOOL((a) < (b));                                                                         \
        case Py_GT: Py_RETURN_BOOL((a) > (b));                                                                         \
        case Py_LE: Py_RETURN_BOOL((a) <= (b));                                                                        \
        default:    Py_RETURN_BOOL((a) >= (b));                                                                        \
        }                                                                                                              \
    } while (0)

/* ---- types ---- */
extern K_API PyTypeObject PyType_Type, PyBaseObject_Type, PySuper_Type;
extern K_API PyTypeObject _PyNone_Type, _PyNotImplemented_Type, PyEllipsis_Type;
K_API int PyType_IsSubtype(PyTypeObject *a, PyTypeObject *b);
#define PyType_HasFeature(t, flag)     (((t)->tp_flags & (flag)) != 0)
#define PyType_FastSubclass(t, flag)   PyType_HasFeature(t, flag)
#define PyType_Check(o)      PyType_FastSubclass(Py_TYPE(o), Py_TPFLAGS_TYPE_SUBCLASS)
#define PyType_CheckExact(o) Py_IS_TYPE(o, &PyType_Type)
#define PyType_IS_GC(t)      PyType_HasFeature(t, Py_TPFLAGS_HAVE_GC)
static inline int PyObject_TypeCheck(PyObject *o, PyTypeObject *t)
{
    return Py_IS_TYPE(o, t) || PyType_IsSubtype(Py_TYPE(o), t);
}
#define PyObject_TypeCheck(o, t) PyObject_TypeCheck((PyObject *)(o), (t))
#define _PyObject_CAST(o) ((PyObject *)(o))

/* A static builtin type names itself to start-up, which readies each one (bases first). */
#define K_TYPE(type_object)                                                                                            \
    static PyTypeObject *const k_type_row_##type_object                                                                \
        __attribute__((K_IN_ORDER used, section("ktypes"), aligned(8))) = &type_object

/* Py_VISIT in a tp_traverse whose parameters are called visit and arg. */
#define Py_VISIT(o)                                                                                                    \
    do {                                                                                                               \
        if (o) {                                                                                                       \
            int k_v_ = visit((PyObject *)(o), arg);                                                                    \
            if (k_v_)                                                                                                  \
                return k_v_;                                                                                           \
        }                                                                                                              \
    } while (0)

/* ---- interned names ----
 *
 * K_STR("__init__") is a borrowed, immortal, interned str. Start-up interns every name of the program in one pass over
 * the section, so the expression is one load and cannot fail. Not for use before names_start(). */
typedef struct KName {
    const char *text; /* ASCII */
    PyObject *object;
} KName;
#define K_STR(s)                                                                                                       \
    (__extension__({                                                                                                   \
        static KName k_name_ __attribute__((used, section("knames"), aligned(16))) = { s, NULL };                      \
        k_name_.object;                                                                                                \
    }))

#endif
