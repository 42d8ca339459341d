/* str_type.c - the type str: construction, indexing, concatenation, joining, release, and its iterator.
 *
 * A subclass's instance keeps its text in a block of its own (PyUnicodeObject.data); an exact str carries it behind the
 * head. Start at PyUnicode_Type. */
#include "objects/str/str_int.h"

#include "memory/gc.h"
#include "objects/hash.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/slice.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "vm/eval.h"

/* ---- life ---- */

static void str_dealloc(PyObject *s)
{
    PyASCIIObject *a = STR_AS_ASCII(s);
    if (a->state.interned)
        str_forget_interned(s);
    if (!a->state.ascii || !a->state.compact) {
        char *utf8 = STR_AS_COMPACT(s)->utf8;
        if (utf8 && (void *)utf8 != STR_DATA(s))
            PyObject_Free(utf8);
    }
    if (a->wstr && (void *)a->wstr != STR_DATA(s))
        PyObject_Free(a->wstr);
    if (!a->state.compact && ((PyUnicodeObject *)s)->data.any)
        PyObject_Free(((PyUnicodeObject *)s)->data.any);
    Py_TYPE(s)->tp_free(s);
}

static PyObject *str_of_subtype(PyTypeObject *type, PyObject *s)
{
    PyUnicodeObject *self = (PyUnicodeObject *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    size_t size = (size_t)(STR_LEN(s) + 1) * (size_t)STR_KIND(s);
    PyASCIIObject *a = &self->_base._base;
    a->length = STR_LEN(s);
    a->hash = STR_AS_ASCII(s)->hash;
    a->state = STR_AS_ASCII(s)->state;
    a->state.interned = SSTATE_NOT_INTERNED;
    a->state.compact = 0;
    a->wstr = NULL;
    self->_base.utf8 = NULL;
    self->_base.utf8_length = self->_base.wstr_length = 0;
    self->data.any = PyObject_Malloc(size);
    if (!self->data.any) {
        a->length = 0;
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    memcpy(self->data.any, STR_DATA(s), size);
    if (a->state.ascii) {
        self->_base.utf8 = self->data.any;
        self->_base.utf8_length = a->length;
    }
    if (a->state.kind == sizeof(wchar_t)) {
        a->wstr = self->data.any;
        self->_base.wstr_length = a->length;
    }
    return (PyObject *)self;
}

BINDER(str_new, "str", "(object=<unrepresentable>, encoding=<unrepresentable>, errors=<unrepresentable>)", *object,
       *encoding, *errors);

static PyObject *str_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    str_new_args arg;
    const char *encoding = NULL, *errors = NULL;
    PyObject *owned = NULL;
    if (BIND(str_new, &arg, args, kwargs, &owned) < 0)
        return NULL;
    K_AUTO(PyObject *) keep = owned;
    if (arg.encoding && k_arg_utf8(arg.encoding, "str", "'encoding'", &encoding) < 0)
        return NULL;
    if (arg.errors && k_arg_utf8(arg.errors, "str", "'errors'", &errors) < 0)
        return NULL;
    PyObject *s = !arg.object ? str_empty() : encoding || errors ? PyUnicode_FromEncodedObject(arg.object, encoding, errors)
                                                                 : PyObject_Str(arg.object);
    if (!s || type == &PyUnicode_Type)
        return s;
    K_AUTO(PyObject *) plain = s;
    return str_of_subtype(type, plain);
}

static PyObject *str_str(PyObject *s)
{
    return str_result(s);
}

static Py_hash_t str_hash(PyObject *s)
{
    PyASCIIObject *a = STR_AS_ASCII(s);
    if (a->hash == -1) {
        if (PyUnicode_READY(s) < 0)
            return -1;
        a->hash = _Py_HashBytes(STR_DATA(s), STR_LEN(s) * STR_KIND(s));
    }
    return a->hash;
}

/* ---- concatenation ---- */

PyObject *str_concat(PyObject *a, PyObject *b)
{
    Py_ssize_t na = STR_LEN(a), nb = STR_LEN(b);
    if (na > PY_SSIZE_T_MAX - nb)
        return k_raise(PyExc_OverflowError, "strings are too large to concat");
    PyObject *s = PyUnicode_New(na + nb, Py_MAX(k_str_max_char(a), k_str_max_char(b)));
    if (s && na + nb) {
        str_copy_into(s, 0, a, 0, na);
        str_copy_into(s, na, b, 0, nb);
    }
    return s;
}

PyObject *PyUnicode_Concat(PyObject *a, PyObject *b)
{
    if (str_need(a) < 0)
        return NULL;
    if (!PyUnicode_Check(b))
        return k_raise(PyExc_TypeError, "can only concatenate str (not \"%.200s\") to str", Py_TYPE(b)->tp_name);
    if (PyUnicode_READY(b) < 0)
        return NULL;
    if (STR_LEN(a) == 0)
        return PyUnicode_FromObject(b);
    if (STR_LEN(b) == 0)
        return PyUnicode_FromObject(a);
    return str_concat(a, b);
}

/* *slot += b, in place when nobody else holds *slot. On failure *slot becomes NULL. */
void PyUnicode_Append(PyObject **slot, PyObject *b)
{
    PyObject *a = slot ? *slot : NULL;
    if (!slot || !a || !b || !PyUnicode_Check(a) || !PyUnicode_Check(b) || PyUnicode_READY(a) < 0 || PyUnicode_READY(b) < 0) {
        if (!PyErr_Occurred())
            PyErr_BadInternalCall();
        if (slot)
            Py_CLEAR(*slot);
        return;
    }
    Py_ssize_t na = STR_LEN(a), nb = STR_LEN(b);
    if (na == 0) {
        Py_SETREF(*slot, PyUnicode_FromObject(b));
    } else if (nb == 0) {
        Py_SETREF(*slot, PyUnicode_FromObject(a));
    } else if (str_is_modifiable(a) && PyUnicode_CheckExact(b) && STR_KIND(b) <= STR_KIND(a) &&
               PyUnicode_IS_ASCII(a) <= PyUnicode_IS_ASCII(b) && na <= PY_SSIZE_T_MAX - nb) {
        if (PyUnicode_Resize(slot, na + nb) < 0)
            Py_CLEAR(*slot);
        else
            str_copy_into(*slot, na, b, 0, nb);
    } else {
        PyObject *s = str_concat(a, b);
        Py_SETREF(*slot, s);
    }
}

void PyUnicode_AppendAndDel(PyObject **slot, PyObject *b)
{
    PyUnicode_Append(slot, b);
    Py_XDECREF(b);
}

PyObject *str_repeat(PyObject *s, Py_ssize_t times)
{
    Py_ssize_t n = STR_LEN(s);
    if (times < 1 || n == 0)
        return str_empty();
    if (times == 1)
        return str_result(s);
    if (n > PY_SSIZE_T_MAX / times)
        return k_raise(PyExc_OverflowError, "repeated string is too long");
    PyObject *result = PyUnicode_New(n * times, k_str_max_char(s));
    if (!result)
        return NULL;
    int kind = STR_KIND(s);
    char *to = STR_DATA(result);
    if (n == 1) {
        str_fill_run(kind, to, 0, times, STR_AT(s, 0));
        return result;
    }
    size_t done = (size_t)(n * kind), all = done * (size_t)times;
    memcpy(to, STR_DATA(s), done);
    while (done < all) { /* what stands there is copied behind itself */
        size_t step = Py_MIN(done, all - done);
        memcpy(to + done, to, step);
        done += step;
    }
    return result;
}

/* ---- join ---- */

/* Length and width of the joined text. 0, or -1 with an exception. */
static int join_measure(PyObject *separator, PyObject *const *items, Py_ssize_t count, Py_ssize_t *size, Py_UCS4 *max_char)
{
    Py_ssize_t total = 0, gap = separator ? STR_LEN(separator) : 0;
    Py_UCS4 widest = separator ? k_str_max_char(separator) : 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        if (!PyUnicode_Check(items[i])) {
            PyErr_Format(PyExc_TypeError, "sequence item %zd: expected str instance, %.80s found", i, Py_TYPE(items[i])->tp_name);
            return -1;
        }
        if (PyUnicode_READY(items[i]) < 0)
            return -1;
        widest = Py_MAX(widest, k_str_max_char(items[i]));
        Py_ssize_t add = STR_LEN(items[i]) + (i ? gap : 0);
        if (add > PY_SSIZE_T_MAX - total) {
            PyErr_SetString(PyExc_OverflowError, "join() result is too long for a Python string");
            return -1;
        }
        total += add;
    }
    *size = total;
    *max_char = widest;
    return 0;
}

PyObject *_PyUnicode_JoinArray(PyObject *separator, PyObject *const *items, Py_ssize_t count)
{
    if (count == 0)
        return str_empty();
    if (count == 1 && PyUnicode_CheckExact(items[0]))
        return Py_NewRef(items[0]);
    K_AUTO(PyObject *) space = NULL;
    if (!separator) {
        K_SET(space, str_latin1_char(' '));
        separator = space;
    } else if (!PyUnicode_Check(separator)) {
        return k_raise(PyExc_TypeError, "separator: expected str instance, %.80s found", Py_TYPE(separator)->tp_name);
    } else if (PyUnicode_READY(separator) < 0) {
        return NULL;
    }
    Py_ssize_t size, gap = STR_LEN(separator);
    Py_UCS4 max_char;
    if (join_measure(count > 1 && gap ? separator : NULL, items, count, &size, &max_char) < 0)
        return NULL;
    PyObject *s = PyUnicode_New(size, max_char);
    if (!s || size == 0)
        return s;
    int kind = STR_KIND(s);
    char *to = STR_DATA(s);
    for (Py_ssize_t i = 0; i < count; i++) {
        if (i && gap) {
            str_copy_run(kind, to, STR_KIND(separator), STR_DATA(separator), gap);
            to += gap * kind;
        }
        Py_ssize_t n = STR_LEN(items[i]);
        str_copy_run(kind, to, STR_KIND(items[i]), STR_DATA(items[i]), n);
        to += n * kind;
    }
    return s;
}

PyObject *PyUnicode_Join(PyObject *separator, PyObject *iterable)
{
    K_AUTO(PyObject *) items = PySequence_Fast(iterable, "can only join an iterable"); /* runs code */
    return items ? _PyUnicode_JoinArray(separator, PySequence_Fast_ITEMS(items), PySequence_Fast_GET_SIZE(items)) : NULL;
}

/* ---- indexing ---- */

static Py_ssize_t str_length(PyObject *s)
{
    return PyUnicode_READY(s) < 0 ? -1 : STR_LEN(s);
}

static PyObject *str_item(PyObject *s, Py_ssize_t i)
{
    if (PyUnicode_READY(s) < 0)
        return NULL;
    if (i < 0 || i >= STR_LEN(s))
        return k_raise(PyExc_IndexError, "string index out of range");
    return str_from_char(STR_AT(s, i));
}

static PyObject *str_step_slice(PyObject *s, Py_ssize_t start, Py_ssize_t step, Py_ssize_t n)
{
    int kind = STR_KIND(s);
    const void *data = STR_DATA(s);
    Py_UCS4 max_char = 0x7f;
    if (!PyUnicode_IS_ASCII(s)) {
        max_char = 0;
        for (Py_ssize_t i = 0, at = start; i < n; i++, at += step)
            max_char |= k_str_read(kind, data, at);
    }
    PyObject *result = PyUnicode_New(n, Py_MIN(max_char, 0x10ffff));
    if (!result)
        return NULL;
    int out_kind = STR_KIND(result);
    void *out = STR_DATA(result);
    for (Py_ssize_t i = 0, at = start; i < n; i++, at += step)
        k_str_write(out_kind, out, i, k_str_read(kind, data, at));
    return result;
}

static PyObject *str_subscript(PyObject *s, PyObject *key)
{
    if (PyUnicode_READY(s) < 0)
        return NULL;
    if (PyIndex_Check(key)) {
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred())
            return NULL;
        return str_item(s, i < 0 ? i + STR_LEN(s) : i);
    }
    if (!PySlice_Check(key))
        return k_raise(PyExc_TypeError, "string indices must be integers, not '%.200s'", Py_TYPE(key)->tp_name);
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(key, &start, &stop, &step) < 0)
        return NULL;
    Py_ssize_t n = PySlice_AdjustIndices(STR_LEN(s), &start, &stop, step);
    if (n <= 0)
        return str_empty();
    if (n == 1)
        return str_from_char(STR_AT(s, start));
    return step == 1 ? str_slice(s, start, start + n) : str_step_slice(s, start, step, n);
}

/* ---- iterator ---- */

typedef struct StrIter {
    PyObject ob_base;
    Py_ssize_t index;
    PyObject *s; /* NULL at the end */
} StrIter;

extern K_API PyTypeObject _PyUnicodeASCIIIter_Type;

static PyObject *str_iter(PyObject *s)
{
    if (PyUnicode_READY(s) < 0)
        return NULL;
    StrIter *it = PyObject_GC_New(StrIter, PyUnicode_IS_COMPACT_ASCII(s) ? &_PyUnicodeASCIIIter_Type : &PyUnicodeIter_Type);
    if (!it)
        return NULL;
    it->index = 0;
    it->s = Py_NewRef(s);
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

static PyObject *striter_next(PyObject *self)
{
    StrIter *it = (StrIter *)self;
    if (!it->s)
        return NULL;
    if (it->index < STR_LEN(it->s))
        return str_from_char(STR_AT(it->s, it->index++));
    Py_CLEAR(it->s);
    return NULL;
}

static void striter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((StrIter *)self)->s);
    PyObject_GC_Del(self);
}

static int striter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((StrIter *)self)->s);
    return 0;
}

METHOD_RAW(striter, __length_hint__, NOARGS, 0, "An estimate of how many items are left.")
{
    StrIter *it = (StrIter *)self;
    return PyLong_FromSsize_t(it->s ? STR_LEN(it->s) - it->index : 0);
}
METHOD_RAW(striter, __reduce__, NOARGS, 0, "The state for pickling.")
{
    StrIter *it = (StrIter *)self;
    PyObject *iter = _PyEval_GetBuiltin(K_STR("iter"));
    if (!iter)
        return NULL;
    if (!it->s)
        return Py_BuildValue("N(N)", iter, str_empty());
    return Py_BuildValue("N(O)n", iter, it->s, it->index);
}
METHOD_RAW(striter, __setstate__, O, 0, "Takes the state of an unpickled iterator.")
{
    StrIter *it = (StrIter *)self;
    Py_ssize_t index = PyLong_AsSsize_t(arg);
    if (index == -1 && PyErr_Occurred())
        return NULL;
    if (it->s)
        it->index = index < 0 ? 0 : Py_MIN(index, STR_LEN(it->s));
    Py_RETURN_NONE;
}
METHODS_END(striter);
METHODS_DECLARE(striter);

#define STR_ITER_TYPE(type_name)                                                                                       \
    {                                                                                                                  \
        .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0), .tp_name = type_name, .tp_basicsize = sizeof(StrIter),      \
        .tp_dealloc = striter_dealloc, .tp_getattro = PyObject_GenericGetAttr,                                         \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = striter_traverse,                          \
        .tp_iter = PyObject_SelfIter, .tp_iternext = striter_next, .tp_methods = METHODS(striter)                      \
    }
PyTypeObject PyUnicodeIter_Type = STR_ITER_TYPE("str_iterator");
PyTypeObject _PyUnicodeASCIIIter_Type = STR_ITER_TYPE("str_ascii_iterator");
K_TYPE(PyUnicodeIter_Type);
K_TYPE(_PyUnicodeASCIIIter_Type);

/* ---- methods of the object protocol ---- */

METHOD(strbase, __format__, O, "($self, format_spec, /)", "Return a formatted version of the string as described by format_spec.")
{
    if (k_arg_str(arg, "__format__", "argument") < 0)
        return NULL;
    if (STR_LEN(arg) == 0)
        return PyUnicode_CheckExact(self) ? Py_NewRef(self) : PyObject_Str(self);
    _PyUnicodeWriter w;
    _PyUnicodeWriter_Init(&w);
    if (_PyUnicode_FormatAdvancedWriter(&w, self, arg, 0, STR_LEN(arg)) < 0) {
        _PyUnicodeWriter_Dealloc(&w);
        return NULL;
    }
    return _PyUnicodeWriter_Finish(&w);
}
METHOD(strbase, __sizeof__, NOARGS, "($self, /)", "Size of the string in memory, in bytes.")
{
    PyASCIIObject *a = STR_AS_ASCII(self);
    Py_ssize_t text = (STR_LEN(self) + 1) * STR_KIND(self), size;
    if (a->state.compact)
        size = (a->state.ascii ? (Py_ssize_t)sizeof(PyASCIIObject) : (Py_ssize_t)sizeof(PyCompactUnicodeObject)) + text;
    else
        size = (Py_ssize_t)sizeof(PyUnicodeObject) + (((PyUnicodeObject *)self)->data.any ? text : 0);
    if (a->wstr && (void *)a->wstr != STR_DATA(self))
        size += (STR_AS_COMPACT(self)->wstr_length + 1) * (Py_ssize_t)sizeof(wchar_t);
    if (!(a->state.compact && a->state.ascii)) {
        char *utf8 = STR_AS_COMPACT(self)->utf8;
        if (utf8 && (void *)utf8 != STR_DATA(self))
            size += STR_AS_COMPACT(self)->utf8_length + 1;
    }
    return PyLong_FromSsize_t(size);
}
METHOD_RAW(strbase, __getnewargs__, NOARGS, 0, "")
{
    PyObject *copy = _PyUnicode_Copy(self);
    return copy ? Py_BuildValue("(N)", copy) : NULL;
}
METHODS_END(strbase);
METHODS_DECLARE(strbase);

static PyNumberMethods str_as_number = { .nb_remainder = str_remainder };
static PySequenceMethods str_as_sequence = {
    .sq_length = str_length, .sq_concat = PyUnicode_Concat, .sq_repeat = str_repeat, .sq_item = str_item,
    .sq_contains = PyUnicode_Contains,
};
static PyMappingMethods str_as_mapping = { .mp_length = str_length, .mp_subscript = str_subscript };

PyTypeObject PyUnicode_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "str",
    .tp_basicsize = sizeof(PyUnicodeObject),
    .tp_dealloc = str_dealloc,
    .tp_repr = str_repr,
    .tp_as_number = &str_as_number,
    .tp_as_sequence = &str_as_sequence,
    .tp_as_mapping = &str_as_mapping,
    .tp_hash = str_hash,
    .tp_str = str_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_UNICODE_SUBCLASS | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc = "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\n"
              "The text of an object: what its __str__() gives (or its repr), or, when an\n"
              "encoding or an error handler is named, the decoded bytes of a buffer.\n"
              "The encoding is 'utf-8' and the handler 'strict' unless they are given.",
    .tp_richcompare = PyUnicode_RichCompare,
    .tp_iter = str_iter,
    .tp_methods = METHODS(strbase),
    .tp_base = &PyBaseObject_Type,
    .tp_new = str_new,
    .tp_free = PyObject_Free,
};
K_TYPE(PyUnicode_Type);
