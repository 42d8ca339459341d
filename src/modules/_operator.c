/* _operator.c - module _operator: the operators as functions; itemgetter, attrgetter, methodcaller. */
#include "memory/gc.h"
#include "objects/bytes/bytes.h"
#include "objects/buffer.h"
#include "objects/call.h"
#include "objects/descr.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "vm/eval.h"

/* ---- functions ---- */

#define UNARY(name, call, doc)                                                                                         \
    FUNCTION(_operator, name, O, "($module, a, /)", doc) { return call(arg); }
#define BINARY(name, call, doc)                                                                                        \
    FUNCTION(_operator, name, FAST, "($module, a, b, /)", doc)                                                         \
    {                                                                                                                  \
        return k_check_nargs(#name, nargs, 2, 2) < 0 ? NULL : call(args[0], args[1]);                                  \
    }
#define COMPARE(name, op, doc)                                                                                         \
    FUNCTION(_operator, name, FAST, "($module, a, b, /)", doc)                                                         \
    {                                                                                                                  \
        return k_check_nargs(#name, nargs, 2, 2) < 0 ? NULL : PyObject_RichCompare(args[0], args[1], op);              \
    }
#define TRUTH(value)                                                                                                   \
    do {                                                                                                               \
        int truth_ = (value);                                                                                          \
        return truth_ < 0 ? NULL : PyBool_FromLong(truth_);                                                            \
    } while (0)

FUNCTION(_operator, truth, O, "($module, a, /)", "Whether a is true.")
{
    TRUTH(PyObject_IsTrue(arg));
}

FUNCTION(_operator, not_, O, "($module, a, /)", "not a")
{
    TRUTH(PyObject_Not(arg));
}

UNARY(index, PyNumber_Index, "a.__index__()")
UNARY(neg, PyNumber_Negative, "-a")
UNARY(pos, PyNumber_Positive, "+a")
UNARY(inv, PyNumber_Invert, "~a")
UNARY(invert, PyNumber_Invert, "~a")
UNARY(abs, PyNumber_Absolute, "abs(a)")
BINARY(add, PyNumber_Add, "a + b")
BINARY(sub, PyNumber_Subtract, "a - b")
BINARY(mul, PyNumber_Multiply, "a * b")
BINARY(matmul, PyNumber_MatrixMultiply, "a @ b")
BINARY(floordiv, PyNumber_FloorDivide, "a // b")
BINARY(truediv, PyNumber_TrueDivide, "a / b")
BINARY(mod, PyNumber_Remainder, "a % b")
BINARY(lshift, PyNumber_Lshift, "a << b")
BINARY(rshift, PyNumber_Rshift, "a >> b")
BINARY(and_, PyNumber_And, "a & b")
BINARY(xor, PyNumber_Xor, "a ^ b")
BINARY(or_, PyNumber_Or, "a | b")
BINARY(iadd, PyNumber_InPlaceAdd, "a += b")
BINARY(isub, PyNumber_InPlaceSubtract, "a -= b")
BINARY(imul, PyNumber_InPlaceMultiply, "a *= b")
BINARY(imatmul, PyNumber_InPlaceMatrixMultiply, "a @= b")
BINARY(ifloordiv, PyNumber_InPlaceFloorDivide, "a //= b")
BINARY(itruediv, PyNumber_InPlaceTrueDivide, "a /= b")
BINARY(imod, PyNumber_InPlaceRemainder, "a %= b")
BINARY(ilshift, PyNumber_InPlaceLshift, "a <<= b")
BINARY(irshift, PyNumber_InPlaceRshift, "a >>= b")
BINARY(iand, PyNumber_InPlaceAnd, "a &= b")
BINARY(ixor, PyNumber_InPlaceXor, "a ^= b")
BINARY(ior, PyNumber_InPlaceOr, "a |= b")
BINARY(concat, PySequence_Concat, "a + b, for sequences a and b")
BINARY(iconcat, PySequence_InPlaceConcat, "a += b, for sequences a and b")
BINARY(getitem, PyObject_GetItem, "a[b]")
COMPARE(eq, Py_EQ, "a == b")
COMPARE(ne, Py_NE, "a != b")
COMPARE(lt, Py_LT, "a < b")
COMPARE(le, Py_LE, "a <= b")
COMPARE(gt, Py_GT, "a > b")
COMPARE(ge, Py_GE, "a >= b")

FUNCTION(_operator, pow, FAST, "($module, a, b, /)", "a ** b")
{
    return k_check_nargs("pow", nargs, 2, 2) < 0 ? NULL : PyNumber_Power(args[0], args[1], Py_None);
}

FUNCTION(_operator, ipow, FAST, "($module, a, b, /)", "a **= b")
{
    return k_check_nargs("ipow", nargs, 2, 2) < 0 ? NULL : PyNumber_InPlacePower(args[0], args[1], Py_None);
}

FUNCTION(_operator, is_, FAST, "($module, a, b, /)", "a is b")
{
    return k_check_nargs("is_", nargs, 2, 2) < 0 ? NULL : PyBool_FromLong(args[0] == args[1]);
}

FUNCTION(_operator, is_not, FAST, "($module, a, b, /)", "a is not b")
{
    return k_check_nargs("is_not", nargs, 2, 2) < 0 ? NULL : PyBool_FromLong(args[0] != args[1]);
}

FUNCTION(_operator, contains, FAST, "($module, a, b, /)", "b in a (the arguments are the other way round)")
{
    if (k_check_nargs("contains", nargs, 2, 2) < 0)
        return NULL;
    TRUTH(PySequence_Contains(args[0], args[1]));
}

FUNCTION(_operator, indexOf, FAST, "($module, a, b, /)", "Where b stands first in a.")
{
    if (k_check_nargs("indexOf", nargs, 2, 2) < 0)
        return NULL;
    Py_ssize_t i = PySequence_Index(args[0], args[1]);
    return i == -1 ? NULL : PyLong_FromSsize_t(i);
}

FUNCTION(_operator, countOf, FAST, "($module, a, b, /)", "How often b stands in a, by identity or equality.")
{
    if (k_check_nargs("countOf", nargs, 2, 2) < 0)
        return NULL;
    Py_ssize_t n = PySequence_Count(args[0], args[1]);
    return n == -1 ? NULL : PyLong_FromSsize_t(n);
}

FUNCTION(_operator, setitem, FAST, "($module, a, b, c, /)", "a[b] = c")
{
    if (k_check_nargs("setitem", nargs, 3, 3) < 0 || PyObject_SetItem(args[0], args[1], args[2]) < 0)
        return NULL;
    Py_RETURN_NONE;
}

FUNCTION(_operator, delitem, FAST, "($module, a, b, /)", "del a[b]")
{
    if (k_check_nargs("delitem", nargs, 2, 2) < 0 || PyObject_DelItem(args[0], args[1]) < 0)
        return NULL;
    Py_RETURN_NONE;
}

FUNCTION(_operator, length_hint, FAST, "($module, obj, default=0, /)",
         "An estimate of the number of items: len(), __length_hint__() or the default.")
{
    Py_ssize_t fallback = 0;
    if (k_check_nargs("length_hint", nargs, 1, 2) < 0 || (nargs > 1 && k_arg_ssize(args[1], &fallback) < 0))
        return NULL;
    Py_ssize_t n = PyObject_LengthHint(args[0], fallback);
    return n == -1 && PyErr_Occurred() ? NULL : PyLong_FromSsize_t(n);
}

FUNCTION(_operator, call, VEC, "($module, obj, /, *args, **kwargs)", "obj(*args, **kwargs)")
{
    if (nargs < 1)
        return k_raise(PyExc_TypeError, "call expected at least 1 argument, got 0");
    return PyObject_Vectorcall(args[0], args + 1, (size_t)(nargs - 1) | PY_VECTORCALL_ARGUMENTS_OFFSET, kwnames);
}

/* Compares in a time that depends on the length of b alone. */
static int operator_same_bytes(const unsigned char *a, Py_ssize_t n, const unsigned char *b, Py_ssize_t m)
{
    volatile unsigned char difference = n != m;
    const volatile unsigned char *left = n == m ? a : b, *right = b;
    for (Py_ssize_t i = 0; i < m; i++)
        difference |= left[i] ^ right[i];
    return difference == 0;
}

FUNCTION(_operator, _compare_digest, FAST, "($module, a, b, /)",
         "a == b in a time that tells little about the contents: for digests and passwords.\n\n"
         "Both are ASCII strs, or both bytes-like objects.")
{
    if (k_check_nargs("_compare_digest", nargs, 2, 2) < 0)
        return NULL;
    PyObject *a = args[0], *b = args[1];
    if (PyUnicode_Check(a) && PyUnicode_Check(b)) {
        if (!PyUnicode_IS_ASCII(a) || !PyUnicode_IS_ASCII(b))
            return k_raise(PyExc_TypeError, "comparing strings with non-ASCII characters is not supported");
        return PyBool_FromLong(operator_same_bytes(PyUnicode_DATA(a), PyUnicode_GET_LENGTH(a), PyUnicode_DATA(b),
                                                   PyUnicode_GET_LENGTH(b)));
    }
    if (!PyObject_CheckBuffer(a) && !PyObject_CheckBuffer(b))
        return k_raise(PyExc_TypeError, "unsupported operand types(s) or combination of types: '%.100s' and '%.100s'",
                       Py_TYPE(a)->tp_name, Py_TYPE(b)->tp_name);
    Py_buffer x, y;
    if (PyObject_GetBuffer(a, &x, PyBUF_SIMPLE) < 0)
        return NULL;
    if (PyObject_GetBuffer(b, &y, PyBUF_SIMPLE) < 0) {
        PyBuffer_Release(&x);
        return NULL;
    }
    int same = operator_same_bytes(x.buf, x.len, y.buf, y.len);
    PyBuffer_Release(&x);
    PyBuffer_Release(&y);
    return PyBool_FromLong(same);
}
METHODS_END(_operator);

/* ---- itemgetter, attrgetter: a tuple of keys or names ---- */

typedef struct Getter {
    PyObject ob_base;
    Py_ssize_t n;
    PyObject *given; /* tuple, as in the constructor */
    PyObject *parts; /* attrgetter: for each name a str, or a tuple of strs where it has dots */
    vectorcallfunc vectorcall;
} Getter;
#define GETTER(o) ((Getter *)(o))

static int getter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(GETTER(self)->given);
    Py_VISIT(GETTER(self)->parts);
    return 0;
}

static void getter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(GETTER(self)->given);
    Py_XDECREF(GETTER(self)->parts);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *getter_make(PyTypeObject *type, PyObject *args, PyObject *kwargs, vectorcallfunc vectorcall)
{
    const char *name = _PyType_Name(type);
    if (!_PyArg_NoKeywords(name, kwargs))
        return NULL;
    if (PyTuple_GET_SIZE(args) < 1)
        return k_raise(PyExc_TypeError, "%s expected 1 argument, got 0", name);
    PyObject *self = type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    GETTER(self)->n = PyTuple_GET_SIZE(args);
    GETTER(self)->given = Py_NewRef(args);
    GETTER(self)->vectorcall = vectorcall;
    return self;
}

typedef PyObject *(*GetOne)(PyObject *self, Py_ssize_t i, PyObject *obj);

static PyObject *getter_run(PyObject *self, PyObject *const *args, Py_ssize_t nargs, bool keywords, GetOne get)
{
    const char *name = _PyType_Name(Py_TYPE(self));
    if (keywords)
        return k_raise(PyExc_TypeError, "%s() takes no keyword arguments", name);
    if (k_check_nargs(name, nargs, 1, 1) < 0)
        return NULL;
    if (GETTER(self)->n == 1)
        return get(self, 0, args[0]);
    K_AUTO(PyObject *) result = PyTuple_New(GETTER(self)->n);
    for (Py_ssize_t i = 0; result && i < GETTER(self)->n; i++) {
        PyObject *value = get(self, i, args[0]);
        if (!value)
            return NULL;
        PyTuple_SET_ITEM(result, i, value);
    }
    return K_MOVE(result);
}

#define GETTER_VECTORCALL(fn, get)                                                                                     \
    static PyObject *fn(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)                       \
    {                                                                                                                  \
        return getter_run(self, args, PyVectorcall_NARGS(nargsf), kwnames && PyTuple_GET_SIZE(kwnames), get);          \
    }

static PyObject *itemgetter_get(PyObject *self, Py_ssize_t i, PyObject *obj)
{
    return PyObject_GetItem(obj, PyTuple_GET_ITEM(GETTER(self)->given, i));
}
GETTER_VECTORCALL(itemgetter_vectorcall, itemgetter_get)

static PyObject *itemgetter_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    return getter_make(type, args, kwargs, itemgetter_vectorcall);
}

static PyObject *attrgetter_get(PyObject *self, Py_ssize_t i, PyObject *obj)
{
    PyObject *part = PyTuple_GET_ITEM(GETTER(self)->parts, i);
    if (PyUnicode_Check(part))
        return PyObject_GetAttr(obj, part);
    K_AUTO(PyObject *) value = Py_NewRef(obj);
    for (Py_ssize_t k = 0; value && k < PyList_GET_SIZE(part); k++)
        K_SET(value, PyObject_GetAttr(value, PyList_GET_ITEM(part, k)));
    return K_MOVE(value);
}
GETTER_VECTORCALL(attrgetter_vectorcall, attrgetter_get)

static PyObject *attrgetter_part(PyObject *name)
{
    if (!PyUnicode_Check(name))
        return k_raise(PyExc_TypeError, "attribute name must be a string");
    if (PyUnicode_FindChar(name, '.', 0, PyUnicode_GET_LENGTH(name), 1) >= 0) {
        K_AUTO(PyObject *) dot = PyUnicode_FromString(".");
        return dot ? PyUnicode_Split(name, dot, -1) : NULL;
    }
    PyObject *interned = Py_NewRef(name);
    PyUnicode_InternInPlace(&interned);
    return interned;
}

static PyObject *attrgetter_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *self = getter_make(type, args, kwargs, attrgetter_vectorcall);
    if (self)
        GETTER(self)->parts = PyTuple_New(GETTER(self)->n);
    for (Py_ssize_t i = 0; self && GETTER(self)->parts && i < GETTER(self)->n; i++) {
        PyObject *part = attrgetter_part(PyTuple_GET_ITEM(args, i));
        if (!part) {
            Py_DECREF(self);
            return NULL;
        }
        PyTuple_SET_ITEM(GETTER(self)->parts, i, part);
    }
    if (self && !GETTER(self)->parts)
        Py_CLEAR(self);
    return self;
}

static PyObject *getter_repr(PyObject *self)
{
    int entered = Py_ReprEnter(self);
    if (entered)
        return entered < 0 ? NULL : PyUnicode_FromFormat("%s(...)", Py_TYPE(self)->tp_name);
    PyObject *given = GETTER(self)->given;
    PyObject *text = GETTER(self)->n == 1
                         ? PyUnicode_FromFormat("%s(%R)", Py_TYPE(self)->tp_name, PyTuple_GET_ITEM(given, 0))
                         : PyUnicode_FromFormat("%s%R", Py_TYPE(self)->tp_name, given);
    Py_ReprLeave(self);
    return text;
}

METHODS_DECLARE(operator_getter);
METHOD_RAW(operator_getter, __reduce__, NOARGS, 0, "Return state information for pickling")
{
    return PyTuple_Pack(2, Py_TYPE(self), GETTER(self)->given);
}
METHODS_END(operator_getter);

#define GETTER_TYPE(object, text, new_, doc)                                                                           \
    static PyTypeObject object = {                                                                                     \
        .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),                                                             \
        .tp_name = text,                                                                                               \
        .tp_basicsize = sizeof(Getter),                                                                                \
        .tp_dealloc = getter_dealloc,                                                                                  \
        .tp_vectorcall_offset = offsetof(Getter, vectorcall),                                                          \
        .tp_repr = getter_repr,                                                                                        \
        .tp_call = PyVectorcall_Call,                                                                                  \
        .tp_getattro = PyObject_GenericGetAttr,                                                                        \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,                              \
        .tp_doc = doc,                                                                                                 \
        .tp_traverse = getter_traverse,                                                                                \
        .tp_methods = METHODS(operator_getter),                                                                        \
        .tp_new = new_,                                                                                                \
    };                                                                                                                 \
    K_TYPE(object)
GETTER_TYPE(itemgetter_type, "operator.itemgetter", itemgetter_new,
            "itemgetter(item, ...) --> itemgetter object\n\nA function that takes items out of its argument: "
            "itemgetter(2)(r) is r[2],\nitemgetter(2, 5)(r) is (r[2], r[5]).");
GETTER_TYPE(attrgetter_type, "operator.attrgetter", attrgetter_new,
            "attrgetter(attr, ...) --> attrgetter object\n\nA function that takes attributes of its argument: "
            "attrgetter('a')(r) is r.a,\nattrgetter('a.b', 'c')(r) is (r.a.b, r.c).");

/* ---- methodcaller ---- */

typedef struct MethodCaller {
    PyObject ob_base;
    PyObject *name, *args, *kwargs;
} MethodCaller;
#define CALLER(o) ((MethodCaller *)(o))

static PyObject *methodcaller_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n < 1)
        return k_raise(PyExc_TypeError, "methodcaller needs at least one argument, the method name");
    PyObject *name = PyTuple_GET_ITEM(args, 0);
    if (!PyUnicode_Check(name))
        return k_raise(PyExc_TypeError, "method name must be a string");
    PyObject *self = type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    CALLER(self)->name = Py_NewRef(name);
    PyUnicode_InternInPlace(&CALLER(self)->name);
    CALLER(self)->kwargs = Py_XNewRef(kwargs);
    CALLER(self)->args = PyTuple_GetSlice(args, 1, n);
    if (!CALLER(self)->args)
        Py_CLEAR(self);
    return self;
}

static PyObject *methodcaller_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (!_PyArg_NoKeywords("methodcaller", kwargs) || k_check_nargs("methodcaller", PyTuple_GET_SIZE(args), 1, 1) < 0)
        return NULL;
    K_AUTO(PyObject *) method = PyObject_GetAttr(PyTuple_GET_ITEM(args, 0), CALLER(self)->name);
    return method ? PyObject_Call(method, CALLER(self)->args, CALLER(self)->kwargs) : NULL;
}

static int methodcaller_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(CALLER(self)->args);
    Py_VISIT(CALLER(self)->kwargs);
    return 0;
}

static void methodcaller_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(CALLER(self)->name);
    Py_XDECREF(CALLER(self)->args);
    Py_XDECREF(CALLER(self)->kwargs);
    Py_TYPE(self)->tp_free(self);
}

static int methodcaller_add(PyObject *list, PyObject *text)
{
    int status = text ? PyList_Append(list, text) : -1;
    Py_XDECREF(text);
    return status;
}

static PyObject *methodcaller_text(PyObject *self)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    if (!list || methodcaller_add(list, PyObject_Repr(CALLER(self)->name)) < 0)
        return NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(CALLER(self)->args); i++) {
        if (methodcaller_add(list, PyObject_Repr(PyTuple_GET_ITEM(CALLER(self)->args, i))) < 0)
            return NULL;
    }
    PyObject *key, *value;
    Py_ssize_t pos = 0;
    while (CALLER(self)->kwargs && PyDict_Next(CALLER(self)->kwargs, &pos, &key, &value)) {
        if (methodcaller_add(list, PyUnicode_FromFormat("%U=%R", key, value)) < 0)
            return NULL;
    }
    K_AUTO(PyObject *) comma = PyUnicode_FromString(", ");
    K_AUTO(PyObject *) text = comma ? PyUnicode_Join(comma, list) : NULL;
    return text ? PyUnicode_FromFormat("%s(%U)", Py_TYPE(self)->tp_name, text) : NULL;
}

static PyObject *methodcaller_repr(PyObject *self)
{
    int entered = Py_ReprEnter(self);
    if (entered)
        return entered < 0 ? NULL : PyUnicode_FromFormat("%s(...)", Py_TYPE(self)->tp_name);
    PyObject *text = methodcaller_text(self);
    Py_ReprLeave(self);
    return text;
}

METHODS_DECLARE(methodcaller);
METHOD_RAW(methodcaller, __reduce__, NOARGS, 0, "Return state information for pickling")
{
    MethodCaller *m = CALLER(self);
    if (!m->kwargs || PyDict_GET_SIZE(m->kwargs) == 0) {
        K_AUTO(PyObject *) name = PyTuple_Pack(1, m->name);
        K_AUTO(PyObject *) all = name ? PySequence_Concat(name, m->args) : NULL;
        return all ? PyTuple_Pack(2, Py_TYPE(self), all) : NULL;
    }
    K_AUTO(PyObject *) partial = _PyImport_GetModuleAttrString("functools", "partial");
    if (!partial)
        return NULL;
    PyObject *pair[] = { (PyObject *)Py_TYPE(self), m->name };
    K_AUTO(PyObject *) constructor = PyObject_VectorcallDict(partial, pair, 2, m->kwargs);
    return constructor ? PyTuple_Pack(2, constructor, m->args) : NULL;
}
METHODS_END(methodcaller);

static PyTypeObject methodcaller_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "operator.methodcaller",
    .tp_basicsize = sizeof(MethodCaller),
    .tp_dealloc = methodcaller_dealloc,
    .tp_repr = methodcaller_repr,
    .tp_call = methodcaller_call,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "methodcaller(name, ...) --> methodcaller object\n\nA function that calls a method of its argument: "
              "methodcaller('name', 1, foo=2)(r)\nis r.name(1, foo=2).",
    .tp_traverse = methodcaller_traverse,
    .tp_methods = METHODS(methodcaller),
    .tp_new = methodcaller_new,
};
K_TYPE(methodcaller_type);

static int operator_exec(PyObject *module)
{
    if (PyModule_AddType(module, &itemgetter_type) < 0 || PyModule_AddType(module, &attrgetter_type) < 0)
        return -1;
    return PyModule_AddType(module, &methodcaller_type);
}

MODULE(_operator, "The operators of the language as functions: operator.add(x, y) is x + y. Several have the names\n"
                  "of special methods; those without __ are convenient forms.", operator_exec, 0);
