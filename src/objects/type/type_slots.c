/* type_slots.c - the table that ties special methods to slots, both ways.
 *
 * Down: a builtin type's filled slot becomes a wrapper (int.__add__). Up: a class's special method fills the slot with
 * the C function of the wrapper it inherits, or with a slot function (slot_funcs.c) that calls the method.
 * Invariant: rows with one offset stand together, in the order in which their methods are asked.
 * Start at type_slots_fill(). */
#include "objects/call.h"
#include "objects/capsule.h"
#include "objects/descr.h"
#include "objects/dict/dict.h"
#include "objects/func/cfunction.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/slots.h"
#include "objects/type/type_internal.h"
#include "objects/weakref.h"
#include "runtime/errors.h"

/* ---- wrappers: a slot called as a method ---- */

static int wrap_check(PyObject *args, Py_ssize_t n)
{
    if (!PyTuple_CheckExact(args)) {
        k_raise(PyExc_SystemError, "PyArg_UnpackTuple() argument list is not a tuple");
        return -1;
    }
    if (PyTuple_GET_SIZE(args) == n)
        return 0;
    k_raise(PyExc_TypeError, "expected %zd argument%s, got %zd", n, n == 1 ? "" : "s", PyTuple_GET_SIZE(args));
    return -1;
}

#define ARG(i) PyTuple_GET_ITEM(args, i)
#define WRAPPER(name) static PyObject *name(PyObject *self, PyObject *args, void *wrapped)

static PyObject *wrap_none(int status)
{
    return status < 0 ? NULL : Py_NewRef(Py_None);
}

WRAPPER(wrap_binary)
{
    return wrap_check(args, 1) < 0 ? NULL : ((binaryfunc)wrapped)(self, ARG(0));
}

/* For the rows of numbers: when a sequence defines __add__, a subclass gets no nb_add of the same function. */
WRAPPER(wrap_number)
{
    return wrap_check(args, 1) < 0 ? NULL : ((binaryfunc)wrapped)(self, ARG(0));
}

WRAPPER(wrap_binary_reflected)
{
    return wrap_check(args, 1) < 0 ? NULL : ((binaryfunc)wrapped)(ARG(0), self);
}

WRAPPER(wrap_unary)
{
    return wrap_check(args, 0) < 0 ? NULL : ((unaryfunc)wrapped)(self);
}

WRAPPER(wrap_power)
{
    if (k_check_nargs("", PyTuple_GET_SIZE(args), 1, 2) < 0)
        return NULL;
    return ((ternaryfunc)wrapped)(self, ARG(0), PyTuple_GET_SIZE(args) > 1 ? ARG(1) : Py_None);
}

WRAPPER(wrap_power_reflected)
{
    if (k_check_nargs("", PyTuple_GET_SIZE(args), 1, 2) < 0)
        return NULL;
    return ((ternaryfunc)wrapped)(ARG(0), self, PyTuple_GET_SIZE(args) > 1 ? ARG(1) : Py_None);
}

WRAPPER(wrap_bool)
{
    if (wrap_check(args, 0) < 0)
        return NULL;
    int truth = ((inquiry)wrapped)(self);
    return truth == -1 && PyErr_Occurred() ? NULL : PyBool_FromLong(truth);
}

WRAPPER(wrap_length)
{
    if (wrap_check(args, 0) < 0)
        return NULL;
    Py_ssize_t n = ((lenfunc)wrapped)(self);
    return n == -1 && PyErr_Occurred() ? NULL : PyLong_FromSsize_t(n);
}

WRAPPER(wrap_repeat)
{
    if (wrap_check(args, 1) < 0)
        return NULL;
    Py_ssize_t n = PyNumber_AsSsize_t(ARG(0), PyExc_OverflowError);
    return n == -1 && PyErr_Occurred() ? NULL : ((ssizeargfunc)wrapped)(self, n);
}

/* 0 with the index counted from the start. */
static int wrap_index(PyObject *self, PyObject *arg, Py_ssize_t *i)
{
    *i = PyNumber_AsSsize_t(arg, PyExc_OverflowError);
    if (*i == -1 && PyErr_Occurred())
        return -1;
    PySequenceMethods *sq = Py_TYPE(self)->tp_as_sequence;
    if (*i < 0 && sq && sq->sq_length) {
        Py_ssize_t n = sq->sq_length(self);
        if (n < 0)
            return -1;
        *i += n;
    }
    return 0;
}

WRAPPER(wrap_item)
{
    Py_ssize_t i;
    return wrap_check(args, 1) < 0 || wrap_index(self, ARG(0), &i) < 0 ? NULL : ((ssizeargfunc)wrapped)(self, i);
}

WRAPPER(wrap_set_item)
{
    Py_ssize_t i;
    if (wrap_check(args, 2) < 0 || wrap_index(self, ARG(0), &i) < 0)
        return NULL;
    return wrap_none(((ssizeobjargproc)wrapped)(self, i, ARG(1)));
}

WRAPPER(wrap_del_item)
{
    Py_ssize_t i;
    if (wrap_check(args, 1) < 0 || wrap_index(self, ARG(0), &i) < 0)
        return NULL;
    return wrap_none(((ssizeobjargproc)wrapped)(self, i, NULL));
}

WRAPPER(wrap_contains)
{
    if (wrap_check(args, 1) < 0)
        return NULL;
    int found = ((objobjproc)wrapped)(self, ARG(0));
    return found == -1 && PyErr_Occurred() ? NULL : PyBool_FromLong(found);
}

WRAPPER(wrap_set_key)
{
    return wrap_check(args, 2) < 0 ? NULL : wrap_none(((objobjargproc)wrapped)(self, ARG(0), ARG(1)));
}

WRAPPER(wrap_del_key)
{
    return wrap_check(args, 1) < 0 ? NULL : wrap_none(((objobjargproc)wrapped)(self, ARG(0), NULL));
}

/* object.__setattr__(some_type, ...) would pass over type's own checks: refuse a function that is not the one of the
 * nearest C-level type. */
static int wrap_check_setattr(PyObject *self, setattrofunc f, const char *what)
{
    PyTypeObject *type = Py_TYPE(self), *base = type;
    for (Py_ssize_t i = PyTuple_GET_SIZE(type->tp_mro) - 1; i >= 0; i--) {
        PyTypeObject *candidate = (PyTypeObject *)PyTuple_GET_ITEM(type->tp_mro, i);
        if (candidate->tp_setattro != slot_tp_setattro && candidate->tp_setattro == type->tp_setattro) {
            base = candidate;
            break;
        }
    }
    for (; base && base->tp_setattro != f; base = base->tp_base) {
        if (base->tp_setattro != slot_tp_setattro) {
            k_raise(PyExc_TypeError, "can't apply this %s to %s object", what, type->tp_name);
            return -1;
        }
    }
    return 0;
}

WRAPPER(wrap_setattr)
{
    setattrofunc f = (setattrofunc)wrapped;
    if (wrap_check(args, 2) < 0 || wrap_check_setattr(self, f, "__setattr__") < 0)
        return NULL;
    return wrap_none(f(self, ARG(0), ARG(1)));
}

WRAPPER(wrap_delattr)
{
    setattrofunc f = (setattrofunc)wrapped;
    if (wrap_check(args, 1) < 0 || wrap_check_setattr(self, f, "__delattr__") < 0)
        return NULL;
    return wrap_none(f(self, ARG(0), NULL));
}

WRAPPER(wrap_hash)
{
    if (wrap_check(args, 0) < 0)
        return NULL;
    Py_hash_t hash = ((hashfunc)wrapped)(self);
    return hash == -1 && PyErr_Occurred() ? NULL : PyLong_FromSsize_t(hash);
}

static PyObject *wrap_call(PyObject *self, PyObject *args, void *wrapped, PyObject *kwargs)
{
    return ((ternaryfunc)wrapped)(self, args, kwargs);
}

static PyObject *wrap_init(PyObject *self, PyObject *args, void *wrapped, PyObject *kwargs)
{
    return wrap_none(((initproc)wrapped)(self, args, kwargs));
}

WRAPPER(wrap_del)
{
    if (wrap_check(args, 0) < 0)
        return NULL;
    ((destructor)wrapped)(self);
    Py_RETURN_NONE;
}

#define COMPARE_WRAPPER(op)                                                                                            \
    WRAPPER(wrap_compare_##op)                                                                                         \
    {                                                                                                                  \
        return wrap_check(args, 1) < 0 ? NULL : ((richcmpfunc)wrapped)(self, ARG(0), Py_##op);                         \
    }
COMPARE_WRAPPER(LT)
COMPARE_WRAPPER(LE)
COMPARE_WRAPPER(EQ)
COMPARE_WRAPPER(NE)
COMPARE_WRAPPER(GT)
COMPARE_WRAPPER(GE)

WRAPPER(wrap_next)
{
    if (wrap_check(args, 0) < 0)
        return NULL;
    PyObject *item = ((iternextfunc)wrapped)(self);
    if (!item && !PyErr_Occurred())
        PyErr_SetNone(PyExc_StopIteration);
    return item;
}

WRAPPER(wrap_descr_get)
{
    if (k_check_nargs("", PyTuple_GET_SIZE(args), 1, 2) < 0)
        return NULL;
    PyObject *obj = ARG(0) == Py_None ? NULL : ARG(0);
    PyObject *type = PyTuple_GET_SIZE(args) > 1 && ARG(1) != Py_None ? ARG(1) : NULL;
    if (!type && !obj)
        return k_raise(PyExc_TypeError, "__get__(None, None) is invalid");
    return ((descrgetfunc)wrapped)(self, obj, type);
}

WRAPPER(wrap_descr_set)
{
    return wrap_check(args, 2) < 0 ? NULL : wrap_none(((descrsetfunc)wrapped)(self, ARG(0), ARG(1)));
}

WRAPPER(wrap_descr_delete)
{
    return wrap_check(args, 1) < 0 ? NULL : wrap_none(((descrsetfunc)wrapped)(self, ARG(0), NULL));
}

/* ---- the table ---- */

#define ROW(name_, offset_, function_, wrapper_, doc_, flags_)                                                         \
    {                                                                                                                  \
        .name = name_, .offset = (int)(offset_), .function = (void *)(function_),                                      \
        .wrapper = (wrapperfunc)(void (*)(void))(wrapper_), .doc = name_ doc_, .flags = flags_                         \
    }
#define TP(name, slot, function, wrapper, doc) ROW(name, offsetof(PyTypeObject, slot), function, wrapper, doc, 0)
#define TK(name, slot, function, wrapper, doc) ROW(name, offsetof(PyTypeObject, slot), function, wrapper, doc, 1)
#define AM(name, slot, wrapper, doc) ROW(name, offsetof(PyHeapTypeObject, as_async.slot), slot_##slot, wrapper, doc, 0)
#define NB(name, slot, wrapper, doc) ROW(name, offsetof(PyHeapTypeObject, as_number.slot), slot_##slot, wrapper, doc, 0)
#define SQ(name, slot, function, wrapper, doc) ROW(name, offsetof(PyHeapTypeObject, as_sequence.slot), function, wrapper, doc, 0)
#define MP(name, slot, function, wrapper, doc) ROW(name, offsetof(PyHeapTypeObject, as_mapping.slot), function, wrapper, doc, 0)
#define SIG0(doc) "($self, /)\n--\n\n" doc
#define SIG1(arg, doc) "($self, " arg ", /)\n--\n\n" doc
#define NB2(slot, left, right, op)                                                                                     \
    NB(left, slot, wrap_number, SIG1("value", "self " op " value")),                                                   \
    NB(right, slot, wrap_binary_reflected, SIG1("value", "value " op " self"))
#define NBI(name, slot, op) NB(name, slot, wrap_number, SIG1("value", "self " op " value"))
#define COMPARE(name, OP, op) TP(name, tp_richcompare, slot_tp_richcompare, wrap_compare_##OP, SIG1("value", "self " op " value"))

static struct wrapperbase slot_rows[] = {
    TP("__getattribute__", tp_getattr, NULL, NULL, ""),
    TP("__getattr__", tp_getattr, NULL, NULL, ""),
    TP("__setattr__", tp_setattr, NULL, NULL, ""),
    TP("__delattr__", tp_setattr, NULL, NULL, ""),
    TP("__repr__", tp_repr, slot_tp_repr, wrap_unary, SIG0("repr(self)")),
    TP("__hash__", tp_hash, slot_tp_hash, wrap_hash, SIG0("hash(self)")),
    TK("__call__", tp_call, slot_tp_call, wrap_call, "($self, /, *args, **kwargs)\n--\n\nCall self as a function."),
    TP("__str__", tp_str, slot_tp_str, wrap_unary, SIG0("str(self)")),
    TP("__getattribute__", tp_getattro, slot_tp_getattr_hook, wrap_binary, SIG1("name", "getattr(self, name)")),
    TP("__getattr__", tp_getattro, slot_tp_getattr_hook, NULL, ""),
    TP("__setattr__", tp_setattro, slot_tp_setattro, wrap_setattr, SIG1("name, value", "setattr(self, name, value)")),
    TP("__delattr__", tp_setattro, slot_tp_setattro, wrap_delattr, SIG1("name", "delattr(self, name)")),
    COMPARE("__lt__", LT, "<"),
    COMPARE("__le__", LE, "<="),
    COMPARE("__eq__", EQ, "=="),
    COMPARE("__ne__", NE, "!="),
    COMPARE("__gt__", GT, ">"),
    COMPARE("__ge__", GE, ">="),
    TP("__iter__", tp_iter, slot_tp_iter, wrap_unary, SIG0("iter(self)")),
    TP("__next__", tp_iternext, slot_tp_iternext, wrap_next, SIG0("Implement next(self).")),
    TP("__get__", tp_descr_get, slot_tp_descr_get, wrap_descr_get,
       SIG1("instance, owner=None", "The attribute of instance, whose class is owner.")),
    TP("__set__", tp_descr_set, slot_tp_descr_set, wrap_descr_set, SIG1("instance, value", "Give instance's attribute a value.")),
    TP("__delete__", tp_descr_set, slot_tp_descr_set, wrap_descr_delete, SIG1("instance", "Delete instance's attribute.")),
    TK("__init__", tp_init, slot_tp_init, wrap_init,
       "($self, /, *args, **kwargs)\n--\n\nInitialise self; help(type(self)) tells the arguments."),
    TP("__new__", tp_new, slot_tp_new, NULL, "(type, /, *args, **kwargs)\n--\n\nMake a new object."),
    TP("__del__", tp_finalize, slot_tp_finalize, wrap_del, ""),

    AM("__await__", am_await, wrap_unary, SIG0("An iterator for await.")),
    AM("__aiter__", am_aiter, wrap_unary, SIG0("An awaitable for __aiter__.")),
    AM("__anext__", am_anext, wrap_unary, SIG0("The next value, or StopAsyncIteration.")),

    NB2(nb_add, "__add__", "__radd__", "+"),
    NB2(nb_subtract, "__sub__", "__rsub__", "-"),
    NB2(nb_multiply, "__mul__", "__rmul__", "*"),
    NB2(nb_remainder, "__mod__", "__rmod__", "%"),
    NB("__divmod__", nb_divmod, wrap_binary, SIG1("value", "divmod(self, value)")),
    NB("__rdivmod__", nb_divmod, wrap_binary_reflected, SIG1("value", "divmod(value, self)")),
    NB("__pow__", nb_power, wrap_power, SIG1("value, mod=None", "pow(self, value, mod)")),
    NB("__rpow__", nb_power, wrap_power_reflected, SIG1("value, mod=None", "pow(value, self, mod)")),
    NB("__neg__", nb_negative, wrap_unary, SIG0("-self")),
    NB("__pos__", nb_positive, wrap_unary, SIG0("+self")),
    NB("__abs__", nb_absolute, wrap_unary, SIG0("abs(self)")),
    NB("__bool__", nb_bool, wrap_bool, SIG0("True if self is true, else False.")),
    NB("__invert__", nb_invert, wrap_unary, SIG0("~self")),
    NB2(nb_lshift, "__lshift__", "__rlshift__", "<<"),
    NB2(nb_rshift, "__rshift__", "__rrshift__", ">>"),
    NB2(nb_and, "__and__", "__rand__", "&"),
    NB2(nb_xor, "__xor__", "__rxor__", "^"),
    NB2(nb_or, "__or__", "__ror__", "|"),
    NB("__int__", nb_int, wrap_unary, SIG0("int(self)")),
    NB("__float__", nb_float, wrap_unary, SIG0("float(self)")),
    NBI("__iadd__", nb_inplace_add, "+="),
    NBI("__isub__", nb_inplace_subtract, "-="),
    NBI("__imul__", nb_inplace_multiply, "*="),
    NBI("__imod__", nb_inplace_remainder, "%="),
    NB("__ipow__", nb_inplace_power, wrap_power, SIG1("value", "self **= value")),
    NBI("__ilshift__", nb_inplace_lshift, "<<="),
    NBI("__irshift__", nb_inplace_rshift, ">>="),
    NBI("__iand__", nb_inplace_and, "&="),
    NBI("__ixor__", nb_inplace_xor, "^="),
    NBI("__ior__", nb_inplace_or, "|="),
    NB2(nb_floor_divide, "__floordiv__", "__rfloordiv__", "//"),
    NB2(nb_true_divide, "__truediv__", "__rtruediv__", "/"),
    NBI("__ifloordiv__", nb_inplace_floor_divide, "//="),
    NBI("__itruediv__", nb_inplace_true_divide, "/="),
    NB("__index__", nb_index, wrap_unary, SIG0("self as an int, if self can be used as an index.")),
    NB2(nb_matrix_multiply, "__matmul__", "__rmatmul__", "@"),
    NBI("__imatmul__", nb_inplace_matrix_multiply, "@="),

    MP("__len__", mp_length, slot_sq_length, wrap_length, SIG0("len(self)")),
    MP("__getitem__", mp_subscript, slot_mp_subscript, wrap_binary, SIG1("key", "self[key]")),
    MP("__setitem__", mp_ass_subscript, slot_mp_ass_subscript, wrap_set_key, SIG1("key, value", "self[key] = value")),
    MP("__delitem__", mp_ass_subscript, slot_mp_ass_subscript, wrap_del_key, SIG1("key", "del self[key]")),

    SQ("__len__", sq_length, slot_sq_length, wrap_length, SIG0("len(self)")),
    SQ("__add__", sq_concat, NULL, wrap_binary, SIG1("value", "self + value")),
    SQ("__mul__", sq_repeat, NULL, wrap_repeat, SIG1("value", "self * value")),
    SQ("__rmul__", sq_repeat, NULL, wrap_repeat, SIG1("value", "value * self")),
    SQ("__getitem__", sq_item, slot_sq_item, wrap_item, SIG1("key", "self[key]")),
    SQ("__setitem__", sq_ass_item, slot_sq_ass_item, wrap_set_item, SIG1("key, value", "self[key] = value")),
    SQ("__delitem__", sq_ass_item, slot_sq_ass_item, wrap_del_item, SIG1("key", "del self[key]")),
    SQ("__contains__", sq_contains, slot_sq_contains, wrap_contains, SIG1("key", "key in self")),
    SQ("__iadd__", sq_inplace_concat, NULL, wrap_binary, SIG1("value", "self += value")),
    SQ("__imul__", sq_inplace_repeat, NULL, wrap_repeat, SIG1("value", "self *= value")),
};
enum { SLOT_ROWS = sizeof slot_rows / sizeof slot_rows[0] };

static int slot_rows_start(void)
{
    if (slot_rows[SLOT_ROWS - 1].name_strobj)
        return 0;
    for (int i = 0; i < SLOT_ROWS; i++) {
        slot_rows[i].name_strobj = PyUnicode_InternFromString(slot_rows[i].name);
        if (!slot_rows[i].name_strobj)
            return -1;
    }
    return 0;
}

/* Where a type keeps the slot at a heap type's offset; NULL when it has no such table. */
static void **slot_place(PyTypeObject *type, int offset)
{
    char *table = (char *)type;
    size_t at = (size_t)offset;
    if (at >= offsetof(PyHeapTypeObject, as_buffer)) {
        table = (char *)type->tp_as_buffer;
        at -= offsetof(PyHeapTypeObject, as_buffer);
    } else if (at >= offsetof(PyHeapTypeObject, as_sequence)) {
        table = (char *)type->tp_as_sequence;
        at -= offsetof(PyHeapTypeObject, as_sequence);
    } else if (at >= offsetof(PyHeapTypeObject, as_mapping)) {
        table = (char *)type->tp_as_mapping;
        at -= offsetof(PyHeapTypeObject, as_mapping);
    } else if (at >= offsetof(PyHeapTypeObject, as_number)) {
        table = (char *)type->tp_as_number;
        at -= offsetof(PyHeapTypeObject, as_number);
    } else if (at >= offsetof(PyHeapTypeObject, as_async)) {
        table = (char *)type->tp_as_async;
        at -= offsetof(PyHeapTypeObject, as_async);
    }
    return table ? (void **)(table + at) : NULL;
}

/* ---- down: filled slots become wrappers in the type's dict ---- */

int type_slots_add_wrappers(PyTypeObject *type)
{
    if (slot_rows_start() < 0)
        return -1;
    PyObject *dict = type->tp_dict;
    for (int i = 0; i < SLOT_ROWS; i++) {
        struct wrapperbase *row = &slot_rows[i];
        void **place = row->wrapper ? slot_place(type, row->offset) : NULL;
        if (!place || !*place)
            continue;
        int present = PyDict_Contains(dict, row->name_strobj);
        if (present < 0)
            return -1;
        if (present)
            continue;
        if (*place == (void *)PyObject_HashNotImplemented) { /* __hash__ = None says it */
            if (PyDict_SetItem(dict, row->name_strobj, Py_None) < 0)
                return -1;
            continue;
        }
        K_AUTO(PyObject *) descr = PyDescr_NewWrapper(type, row, *place);
        if (!descr || PyDict_SetItem(dict, row->name_strobj, descr) < 0)
            return -1;
    }
    return 0;
}

/* ---- up: special methods fill slots ---- */

/* The one filled place among all slots of this name; NULL when several are filled. */
static void **slot_unique_place(PyTypeObject *type, PyObject *name)
{
    void **result = NULL;
    for (int i = 0; i < SLOT_ROWS; i++) {
        if (slot_rows[i].name_strobj != name)
            continue;
        void **place = slot_place(type, slot_rows[i].offset);
        if (!place || !*place)
            continue;
        if (result)
            return NULL;
        result = place;
    }
    return result;
}

/* Sets the slot of the rows from i on that share its offset; gives the row behind them. */
static int slot_update_one(PyTypeObject *type, int i)
{
    int offset = slot_rows[i].offset;
    void **place = slot_place(type, offset);
    void *specific = NULL, *generic = NULL;
    bool use_generic = false;
    for (; i < SLOT_ROWS && slot_rows[i].offset == offset; i++) {
        struct wrapperbase *row = &slot_rows[i];
        if (!place)
            continue;
        PyObject *descr = _PyType_Lookup(type, row->name_strobj);
        if (!descr) {
            if (place == (void **)&type->tp_iternext)
                specific = (void *)_PyObject_NextNotImplemented;
            continue;
        }
        if (Py_IS_TYPE(descr, &PyWrapperDescr_Type)
            && ((PyWrapperDescrObject *)descr)->d_base->name_strobj == row->name_strobj) {
            PyWrapperDescrObject *wrapper = (PyWrapperDescrObject *)descr;
            void **unique = slot_unique_place(type, row->name_strobj);
            if (!unique || unique == place)
                generic = row->function;
            if ((!specific || specific == wrapper->d_wrapped) && wrapper->d_base->wrapper == row->wrapper
                && PyType_IsSubtype(type, wrapper->d_common.d_type))
                specific = wrapper->d_wrapped;
            else
                use_generic = true; /* more than one C function is wanted: let the methods decide */
        } else if (place == (void **)&type->tp_new && Py_IS_TYPE(descr, &PyCFunction_Type)
                   && PyCFunction_GET_FUNCTION(descr) == (PyCFunction)(void (*)(void))type_new_wrapper) {
            specific = (void *)type->tp_new; /* inherited or the type's own: it stays */
        } else if (place == (void **)&type->tp_hash && descr == Py_None) {
            specific = (void *)PyObject_HashNotImplemented;
        } else {
            use_generic = true;
            generic = row->function;
            if (generic == (void *)slot_tp_call)
                type->tp_flags &= ~Py_TPFLAGS_HAVE_VECTORCALL;
        }
    }
    if (place)
        *place = specific && !use_generic ? specific : generic;
    return i;
}

/* Fills all slots of a new class from what its mro defines. */
void type_slots_fill(PyTypeObject *type)
{
    for (int i = 0; i < SLOT_ROWS;)
        i = slot_update_one(type, i);
}

int type_slots_is_slot_name(PyObject *name)
{
    for (int i = 0; i < SLOT_ROWS; i++) {
        if (slot_rows[i].name_strobj == name)
            return 1;
    }
    return 0;
}

static int slot_update_tree(PyTypeObject *type, PyObject *name, const int *first, int n)
{
    for (int i = 0; i < n; i++)
        slot_update_one(type, first[i]);
    K_AUTO(PyObject *) subclasses = type_subclass_list(type);
    if (!subclasses)
        return -1;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(subclasses); i++) {
        PyTypeObject *subclass = (PyTypeObject *)PyList_GET_ITEM(subclasses, i);
        if (subclass->tp_dict && PyDict_Check(subclass->tp_dict)) {
            int overrides = PyDict_Contains(subclass->tp_dict, name);
            if (overrides < 0)
                return -1;
            if (overrides)
                continue;
        }
        if (slot_update_tree(subclass, name, first, n) < 0)
            return -1;
    }
    return 0;
}

/* A special method came, went or changed in type's dict: it and its subclasses follow. */
int type_slots_update(PyTypeObject *type, PyObject *name)
{
    int first[8], n = 0;
    for (int i = 0; i < SLOT_ROWS; i++) {
        if (slot_rows[i].name_strobj != name)
            continue;
        int start = i;
        while (start > 0 && slot_rows[start - 1].offset == slot_rows[i].offset)
            start--;
        first[n++] = start;
    }
    return n ? slot_update_tree(type, name, first, n) : 0;
}

/* The bases changed. */
int type_slots_update_all(PyTypeObject *type)
{
    PyType_Modified(type);
    for (int i = 0; i < SLOT_ROWS; i++) {
        if (type_slots_update(type, slot_rows[i].name_strobj) < 0)
            return -1;
    }
    return 0;
}
