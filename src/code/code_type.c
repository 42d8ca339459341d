/* code_type.c - the type code as Python sees it: constructor, attributes, iterators over its tables, replace().
 *
 * In: a code object.  Out: its parts as ordinary objects.
 * Start at code_methods (the METHOD blocks) and PyCode_Type at the end. */
#include "code/code.h"

#include "memory/gc.h"
#include "memory/mem.h"
#include "objects/bytes/bytes.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/sys.h"
#include "vm/engine.h"

static PyCodeObject *co(PyObject *self)
{
    return (PyCodeObject *)self;
}

/* ---- making: the fields a caller may give, in the constructor's order ---- */

typedef struct CodeFields {
    int argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags;
    PyObject *code, *consts, *names, *varnames, *filename, *name, *qualname;
    int firstlineno;
    PyObject *linetable, *exceptiontable, *freevars, *cellvars;
} CodeFields;

static int audit_new(const CodeFields *f)
{
    return PySys_Audit("code.__new__", "OOOiiiiii", f->code, f->filename, f->name, f->argcount, f->posonlyargcount,
                       f->kwonlyargcount, f->nlocals, f->stacksize, f->flags);
}

static PyObject *code_from_fields(const CodeFields *f)
{
    return (PyObject *)PyCode_NewWithPosOnlyArgs(
        f->argcount, f->posonlyargcount, f->kwonlyargcount, f->nlocals, f->stacksize, f->flags, f->code, f->consts,
        f->names, f->varnames, f->freevars, f->cellvars, f->filename, f->name, f->qualname, f->firstlineno,
        f->linetable, f->exceptiontable);
}

/* The same tuple of plain str: subclasses of str are copied, anything else is a TypeError. */
static PyObject *plain_names(PyObject *names)
{
    Py_ssize_t n = PyTuple_GET_SIZE(names);
    K_AUTO(PyObject *) copy = PyTuple_New(n);
    for (Py_ssize_t i = 0; copy && i < n; i++) {
        PyObject *name = PyTuple_GET_ITEM(names, i);
        if (!PyUnicode_Check(name))
            return k_raise(PyExc_TypeError, "name tuples must contain only strings, not '%.500s'",
                           Py_TYPE(name)->tp_name);
        PyObject *plain = PyUnicode_CheckExact(name) ? Py_NewRef(name) : _PyUnicode_Copy(name);
        if (!plain)
            return NULL;
        PyTuple_SET_ITEM(copy, i, plain);
    }
    return K_MOVE(copy);
}

static int not_negative(int value, const char *name)
{
    if (value >= 0)
        return 0;
    k_raise(PyExc_ValueError, "code: %s must not be negative", name);
    return -1;
}

enum { CODE_MIN_ARGS = 16, CODE_MAX_ARGS = 18 };

static PyObject *code_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)type;
    CodeFields f = { 0 };
    if (kwargs && PyDict_GET_SIZE(kwargs))
        return k_raise(PyExc_TypeError, "code() takes no keyword arguments");
    if (k_check_nargs("code", PyTuple_GET_SIZE(args), CODE_MIN_ARGS, CODE_MAX_ARGS) < 0)
        return NULL;
    K_AUTO(PyObject *) nothing = PyTuple_New(0);
    if (!nothing)
        return NULL;
    f.freevars = f.cellvars = nothing;
    if (!PyArg_ParseTuple(args, "iiiiiiSO!O!O!UUUiSS|O!O!:code", &f.argcount, &f.posonlyargcount, &f.kwonlyargcount,
                          &f.nlocals, &f.stacksize, &f.flags, &f.code, &PyTuple_Type, &f.consts, &PyTuple_Type,
                          &f.names, &PyTuple_Type, &f.varnames, &f.filename, &f.name, &f.qualname, &f.firstlineno,
                          &f.linetable, &f.exceptiontable, &PyTuple_Type, &f.freevars, &PyTuple_Type, &f.cellvars))
        return NULL;
    if (audit_new(&f) < 0 || not_negative(f.argcount, "argcount") < 0
        || not_negative(f.posonlyargcount, "posonlyargcount") < 0
        || not_negative(f.kwonlyargcount, "kwonlyargcount") < 0 || not_negative(f.nlocals, "nlocals") < 0)
        return NULL;
    K_AUTO(PyObject *) names = plain_names(f.names);
    K_AUTO(PyObject *) varnames = names ? plain_names(f.varnames) : NULL;
    K_AUTO(PyObject *) freevars = varnames ? plain_names(f.freevars) : NULL;
    K_AUTO(PyObject *) cellvars = freevars ? plain_names(f.cellvars) : NULL;
    if (!cellvars)
        return NULL;
    f.names = names;
    f.varnames = varnames;
    f.freevars = freevars;
    f.cellvars = cellvars;
    return code_from_fields(&f);
}

typedef struct ReplaceRow {
    const char *name;
    size_t offset;       /* in CodeFields */
    PyTypeObject *type;  /* NULL: an int */
} ReplaceRow;
static const ReplaceRow replace_rows[] = {
    { "co_argcount", offsetof(CodeFields, argcount), NULL },
    { "co_posonlyargcount", offsetof(CodeFields, posonlyargcount), NULL },
    { "co_kwonlyargcount", offsetof(CodeFields, kwonlyargcount), NULL },
    { "co_nlocals", offsetof(CodeFields, nlocals), NULL },
    { "co_stacksize", offsetof(CodeFields, stacksize), NULL },
    { "co_flags", offsetof(CodeFields, flags), NULL },
    { "co_firstlineno", offsetof(CodeFields, firstlineno), NULL },
    { "co_code", offsetof(CodeFields, code), &PyBytes_Type },
    { "co_consts", offsetof(CodeFields, consts), &PyTuple_Type },
    { "co_names", offsetof(CodeFields, names), &PyTuple_Type },
    { "co_varnames", offsetof(CodeFields, varnames), &PyTuple_Type },
    { "co_freevars", offsetof(CodeFields, freevars), &PyTuple_Type },
    { "co_cellvars", offsetof(CodeFields, cellvars), &PyTuple_Type },
    { "co_filename", offsetof(CodeFields, filename), &PyUnicode_Type },
    { "co_name", offsetof(CodeFields, name), &PyUnicode_Type },
    { "co_qualname", offsetof(CodeFields, qualname), &PyUnicode_Type },
    { "co_linetable", offsetof(CodeFields, linetable), &PyBytes_Type },
    { "co_exceptiontable", offsetof(CodeFields, exceptiontable), &PyBytes_Type },
};

static int replace_field(CodeFields *f, PyObject *key, PyObject *value)
{
    for (Py_ssize_t i = 0; i < K_COUNT_OF(replace_rows); i++) {
        const ReplaceRow *row = &replace_rows[i];
        if (PyUnicode_CompareWithASCIIString(key, row->name) != 0)
            continue;
        char *slot = (char *)f + row->offset;
        if (row->type) {
            if (!PyObject_TypeCheck(value, row->type)) {
                k_raise(PyExc_TypeError, "replace() argument '%s' must be %s, not %.50s", row->name,
                        row->type->tp_name, Py_TYPE(value)->tp_name);
                return -1;
            }
            *(PyObject **)(void *)slot = value;
            return 0;
        }
        int number;
        if (k_arg_int(value, &number) < 0)
            return -1;
        *(int *)(void *)slot = number;
        if (number < 0) {
            k_raise(PyExc_ValueError, "%s must be a positive integer", row->name);
            return -1;
        }
        return 0;
    }
    k_raise(PyExc_TypeError, "'%S' is an invalid keyword argument for replace()", key);
    return -1;
}

METHOD_FLAGS(code, replace, VEC, 0,
             "($self, /, *, co_argcount=-1, co_posonlyargcount=-1,\n        co_kwonlyargcount=-1, co_nlocals=-1, co_stacksize=-1,\n"
             "        co_flags=-1, co_firstlineno=-1, co_code=None, co_consts=None,\n"
             "        co_names=None, co_varnames=None, co_freevars=None,\n"
             "        co_cellvars=None, co_filename=None, co_name=None,\n"
             "        co_qualname=None, co_linetable=None, co_exceptiontable=None)",
             "A copy with some fields changed.")
{
    (void)args;
    if (nargs)
        return k_raise(PyExc_TypeError, "replace() takes no positional arguments");
    PyCodeObject *c = co(self);
    K_AUTO(PyObject *) code = PyCode_GetCode(c);
    K_AUTO(PyObject *) varnames = PyCode_GetVarnames(c);
    K_AUTO(PyObject *) cellvars = PyCode_GetCellvars(c);
    K_AUTO(PyObject *) freevars = PyCode_GetFreevars(c);
    if (!code || !varnames || !cellvars || !freevars)
        return NULL;
    CodeFields f = {
        c->co_argcount, c->co_posonlyargcount, c->co_kwonlyargcount, c->co_nlocals, c->co_stacksize, c->co_flags,
        code, c->co_consts, c->co_names, varnames, c->co_filename, c->co_name, c->co_qualname, c->co_firstlineno,
        c->co_linetable, c->co_exceptiontable, freevars, cellvars,
    };
    Py_ssize_t n = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    for (Py_ssize_t i = 0; i < n; i++)
        if (replace_field(&f, PyTuple_GET_ITEM(kwnames, i), args[i]) < 0)
            return NULL;
    return audit_new(&f) < 0 ? NULL : code_from_fields(&f);
}

/* ---- iterators over the location table ---- */

typedef struct CodeIterator {
    PyObject ob_base;
    PyCodeObject *code;
    KCodeWalk walk;
    int offset; /* positions only: the code unit to come */
} CodeIterator;

static PyObject *code_iterator_new(PyTypeObject *type, PyCodeObject *code)
{
    CodeIterator *self = PyObject_New(CodeIterator, type);
    if (!self)
        return NULL;
    self->code = (PyCodeObject *)Py_NewRef(code);
    self->offset = 0;
    k_code_walk_start(&self->walk, code);
    return (PyObject *)self;
}

static void code_iterator_dealloc(PyObject *self)
{
    Py_DECREF(((CodeIterator *)self)->code);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *number_or_none(int number)
{
    return number < 0 ? Py_NewRef(Py_None) : PyLong_FromLong(number);
}

static PyObject *tuple_of_numbers(const int *numbers, int n)
{
    K_AUTO(PyObject *) tuple = PyTuple_New(n);
    for (int i = 0; tuple && i < n; i++) {
        PyObject *number = number_or_none(numbers[i]);
        if (!number)
            return NULL;
        PyTuple_SET_ITEM(tuple, i, number);
    }
    return K_MOVE(tuple);
}

static PyObject *lines_next(PyObject *self)
{
    KCodeWalk *walk = &((CodeIterator *)self)->walk;
    if (!k_code_walk_next(walk))
        return NULL;
    return tuple_of_numbers((int[]){ walk->start, walk->end, walk->where.line }, 3);
}

static PyObject *positions_next(PyObject *o)
{
    CodeIterator *self = (CodeIterator *)o;
    if (self->offset >= self->walk.end && !k_code_walk_next(&self->walk))
        return NULL;
    self->offset += (int)sizeof(_Py_CODEUNIT);
    const KCodePosition *at = &self->walk.where;
    return tuple_of_numbers((int[]){ at->line, at->end_line, at->column, at->end_column }, 4);
}

#define CODE_ITERATOR(name, next)                                                                                      \
    static PyTypeObject name##_iterator_type = {                                                                       \
        PyVarObject_HEAD_INIT(&PyType_Type, 0),                                                                        \
        .tp_name = #name "_iterator",                                                                                  \
        .tp_basicsize = sizeof(CodeIterator),                                                                          \
        .tp_dealloc = code_iterator_dealloc,                                                                           \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,                                                          \
        .tp_iter = PyObject_SelfIter,                                                                                  \
        .tp_iternext = next,                                                                                           \
        .tp_free = PyObject_Free,                                                                                      \
    };                                                                                                                 \
    K_TYPE(name##_iterator_type)
CODE_ITERATOR(line, lines_next);
CODE_ITERATOR(positions, positions_next);

METHOD_RAW(code, co_lines, NOARGS, 0, NULL)
{
    return code_iterator_new(&line_iterator_type, co(self));
}

METHOD_RAW(code, co_positions, NOARGS, 0, NULL)
{
    return code_iterator_new(&positions_iterator_type, co(self));
}

METHOD_KW(code, _varname_from_oparg, "($self, /, oparg)", "The name of the local variable with that number.", *oparg)
{
    int index;
    if (k_arg_int(arg->oparg, &index) < 0)
        return NULL;
    return Py_XNewRef(PyTuple_GetItem(co(self)->co_localsplusnames, index));
}

METHOD_RAW(code, __sizeof__, NOARGS, 0, NULL)
{
    Py_ssize_t size = PyCode_Type.tp_basicsize + Py_SIZE(self) * PyCode_Type.tp_itemsize;
    return PyLong_FromSsize_t((size + 7) & ~(Py_ssize_t)7);
}

METHODS_END(code);
METHODS_DECLARE(code);

/* ---- attributes ---- */

/* The older line table: pairs (bytes further, lines further), each in one byte. */
static PyObject *get_lnotab(PyObject *self, void *closure)
{
    (void)closure;
    K_AUTO(PyObject *) table = PyByteArray_FromStringAndSize(NULL, 0);
    if (!table)
        return NULL;
    KCodeWalk walk;
    int offset = 0, line = co(self)->co_firstlineno;
    for (k_code_walk_start(&walk, co(self)); k_code_walk_next(&walk);) {
        if (walk.where.line < 0 || walk.where.line == line)
            continue;
        int bytes = walk.start - offset, lines = walk.where.line - line;
        while (bytes > 0 || lines != 0) {
            int byte_step = bytes > 255 ? 255 : bytes;
            int line_step = byte_step < bytes ? 0 : lines > 127 ? 127 : lines < -128 ? -128 : lines;
            Py_ssize_t size = PyByteArray_GET_SIZE(table);
            if (PyByteArray_Resize(table, size + 2) < 0)
                return NULL;
            PyByteArray_AS_STRING(table)[size] = (char)byte_step;
            PyByteArray_AS_STRING(table)[size + 1] = (char)line_step;
            bytes -= byte_step;
            lines -= line_step;
        }
        offset = walk.start;
        line = walk.where.line;
    }
    return PyBytes_FromStringAndSize(PyByteArray_AS_STRING(table), PyByteArray_GET_SIZE(table));
}

static PyObject *get_code(PyObject *self, void *closure)
{
    (void)closure;
    return PyCode_GetCode(co(self));
}

static PyObject *get_names(PyObject *self, void *closure)
{
    return k_code_names(co(self), (int)(intptr_t)closure);
}

static PyGetSetDef code_getset[] = {
    { "co_lnotab", get_lnotab, NULL, NULL, NULL },
    { "_co_code_adaptive", get_code, NULL, NULL, NULL },
    { "co_varnames", get_names, NULL, NULL, (void *)(intptr_t)CO_FAST_LOCAL },
    { "co_cellvars", get_names, NULL, NULL, (void *)(intptr_t)CO_FAST_CELL },
    { "co_freevars", get_names, NULL, NULL, (void *)(intptr_t)CO_FAST_FREE },
    { "co_code", get_code, NULL, NULL, NULL },
    { NULL },
};

#define CODE_MEMBER(name, type) { #name, type, offsetof(PyCodeObject, name), READONLY, NULL }
static PyMemberDef code_members[] = {
    CODE_MEMBER(co_argcount, T_INT),
    CODE_MEMBER(co_posonlyargcount, T_INT),
    CODE_MEMBER(co_kwonlyargcount, T_INT),
    CODE_MEMBER(co_stacksize, T_INT),
    CODE_MEMBER(co_flags, T_INT),
    CODE_MEMBER(co_nlocals, T_INT),
    CODE_MEMBER(co_consts, T_OBJECT),
    CODE_MEMBER(co_names, T_OBJECT),
    CODE_MEMBER(co_filename, T_OBJECT),
    CODE_MEMBER(co_name, T_OBJECT),
    CODE_MEMBER(co_qualname, T_OBJECT),
    CODE_MEMBER(co_firstlineno, T_INT),
    CODE_MEMBER(co_linetable, T_OBJECT),
    CODE_MEMBER(co_exceptiontable, T_OBJECT),
    { NULL },
};

/* ---- slots ---- */

static void code_dealloc(PyObject *self)
{
    PyCodeObject *c = co(self);
    k_code_extra_free(c);
    vm_code_release(c);
    if (c->co_weakreflist)
        PyObject_ClearWeakRefs(self);
    Py_XDECREF(c->co_consts);
    Py_XDECREF(c->co_names);
    Py_XDECREF(c->co_exceptiontable);
    Py_XDECREF(c->co_localsplusnames);
    Py_XDECREF(c->co_localspluskinds);
    Py_XDECREF(c->co_filename);
    Py_XDECREF(c->co_name);
    Py_XDECREF(c->co_qualname);
    Py_XDECREF(c->co_linetable);
    Py_XDECREF(c->_co_code);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *code_repr(PyObject *self)
{
    PyCodeObject *c = co(self);
    int line = c->co_firstlineno ? c->co_firstlineno : -1;
    if (c->co_filename && PyUnicode_Check(c->co_filename))
        return PyUnicode_FromFormat("<code object %U at %p, file \"%U\", line %d>", c->co_name, c, c->co_filename,
                                    line);
    return PyUnicode_FromFormat("<code object %U at %p, file ???, line %d>", c->co_name, c, line);
}

static int same_objects(PyObject *a, PyObject *b)
{
    return PyObject_RichCompareBool(a, b, Py_EQ);
}

static int code_equal(PyCodeObject *a, PyCodeObject *b)
{
    if (a->co_argcount != b->co_argcount || a->co_posonlyargcount != b->co_posonlyargcount
        || a->co_kwonlyargcount != b->co_kwonlyargcount || a->co_flags != b->co_flags
        || a->co_firstlineno != b->co_firstlineno || Py_SIZE(a) != Py_SIZE(b)
        || memcmp(a->co_code_adaptive, b->co_code_adaptive, (size_t)_PyCode_NBYTES(a)) != 0)
        return 0;
    int equal = same_objects(a->co_name, b->co_name);
    if (equal > 0) {
        K_AUTO(PyObject *) a_key = _PyCode_ConstantKey(a->co_consts);
        K_AUTO(PyObject *) b_key = a_key ? _PyCode_ConstantKey(b->co_consts) : NULL;
        /* the keys of the items; the tuples themselves beside them would double the work at each level of nesting */
        equal = b_key ? same_objects(PyTuple_GET_ITEM(a_key, 0), PyTuple_GET_ITEM(b_key, 0)) : -1;
    }
    if (equal > 0)
        equal = same_objects(a->co_names, b->co_names);
    if (equal > 0)
        equal = same_objects(a->co_localsplusnames, b->co_localsplusnames);
    if (equal > 0)
        equal = same_objects(a->co_linetable, b->co_linetable);
    if (equal > 0)
        equal = same_objects(a->co_exceptiontable, b->co_exceptiontable);
    return equal;
}

static PyObject *code_richcompare(PyObject *a, PyObject *b, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !PyCode_Check(a) || !PyCode_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    int equal = a == b ? 1 : code_equal(co(a), co(b));
    if (equal < 0)
        return NULL;
    Py_RETURN_BOOL(equal == (op == Py_EQ));
}

static Py_hash_t code_hash(PyObject *self)
{
    PyCodeObject *c = co(self);
    PyObject *parts[] = { c->co_name, c->co_consts, c->co_names, c->co_localsplusnames, c->co_linetable,
                          c->co_exceptiontable };
    int numbers[] = { c->co_argcount, c->co_posonlyargcount, c->co_kwonlyargcount, c->co_flags, c->co_firstlineno };
    Py_uhash_t mixed = 20221019;
    for (Py_ssize_t i = 0; i < K_COUNT_OF(parts); i++) {
        Py_hash_t part = PyObject_Hash(parts[i]);
        if (part == -1)
            return -1;
        mixed = (mixed ^ (Py_uhash_t)part) * 1000003UL;
    }
    for (Py_ssize_t i = 0; i < K_COUNT_OF(numbers); i++)
        mixed = (mixed ^ (Py_uhash_t)numbers[i]) * 1000003UL;
    const _Py_CODEUNIT *units = (const _Py_CODEUNIT *)c->co_code_adaptive;
    for (Py_ssize_t i = 0; i < Py_SIZE(c); i++)
        mixed = (mixed ^ units[i]) * 1000003UL;
    return (Py_hash_t)mixed == -1 ? -2 : (Py_hash_t)mixed;
}

PyTypeObject PyCode_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "code",
    .tp_basicsize = offsetof(PyCodeObject, co_code_adaptive),
    .tp_itemsize = sizeof(_Py_CODEUNIT),
    .tp_dealloc = code_dealloc,
    .tp_repr = code_repr,
    .tp_hash = code_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "code(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize,\n"
              "     flags, codestring, constants, names, varnames, filename, name,\n"
              "     qualname, firstlineno, linetable, exceptiontable, freevars=(),\n"
              "     cellvars=(), /)\n--\n\nBytecode with all that it needs to run.",
    .tp_richcompare = code_richcompare,
    .tp_weaklistoffset = offsetof(PyCodeObject, co_weakreflist),
    .tp_methods = METHODS(code),
    .tp_members = code_members,
    .tp_getset = code_getset,
    .tp_new = code_new,
    .tp_free = PyObject_Free,
};
K_TYPE(PyCode_Type);
