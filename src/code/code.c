/* code.c - code objects: made from parts, compared, released; the C API that makes them.
 *
 * In: KCodeParts, from the assembler, from marshal or from Python.  Out: an immutable PyCodeObject.
 * Invariant: the bytecode in co_code_adaptive is never written after k_code_new(). localsplusnames holds the locals,
 * then cells that are not locals, then free variables; localspluskinds says per name which of them it is.
 * Start at k_code_new(). What Python sees of the type is in code_type.c. */
#include "code/code.h"

#include "code/opcode.h"
#include "memory/gc.h"
#include "memory/mem.h"
#include "objects/bytes/bytes.h"
#include "objects/complex.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/config.h"
#include "runtime/errors.h"
#include "runtime/state.h"

#include <ctype.h>
#include <math.h>

enum { WARMUP_START = -8 };

/* ---- interning ---- */

static int intern_names(PyObject *tuple)
{
    for (Py_ssize_t i = PyTuple_GET_SIZE(tuple); i-- > 0;) {
        if (!PyUnicode_CheckExact(PyTuple_GET_ITEM(tuple, i))) {
            k_raise(PyExc_SystemError, "non-string found in code slot");
            return -1;
        }
        PyUnicode_InternInPlace(&PyTuple_GET_ITEM(tuple, i));
    }
    return 0;
}

static int looks_like_name(PyObject *text)
{
    if (!PyUnicode_IS_ASCII(text))
        return 0;
    const unsigned char *c = PyUnicode_1BYTE_DATA(text), *end = c + PyUnicode_GET_LENGTH(text);
    for (; c < end; c++)
        if (!isalnum(*c) && *c != '_')
            return 0;
    return 1;
}

static int intern_constants(PyObject *tuple, int *changed);

/* A frozenset of the same items, interned; *slot changes when an item did. */
static int intern_in_frozenset(PyObject **slot, int *changed)
{
    int item_changed = 0;
    K_AUTO(PyObject *) items = PySequence_Tuple(*slot);
    if (!items || intern_constants(items, &item_changed) < 0)
        return -1;
    if (!item_changed)
        return 0;
    PyObject *made = PyFrozenSet_New(items);
    if (!made)
        return -1;
    K_SET(*slot, made);
    *changed = 1;
    return 0;
}

/* Strings among the constants that look like names are interned, also inside tuples and frozensets. */
static int intern_constants(PyObject *tuple, int *changed)
{
    for (Py_ssize_t i = PyTuple_GET_SIZE(tuple); i-- > 0;) {
        PyObject **slot = &PyTuple_GET_ITEM(tuple, i), *was = *slot;
        if (PyUnicode_CheckExact(was)) {
            if (PyUnicode_READY(was) < 0)
                return -1;
            if (looks_like_name(was)) {
                PyUnicode_InternInPlace(slot);
                *changed |= *slot != was;
            }
        } else if (PyTuple_CheckExact(was)) {
            if (intern_constants(was, changed) < 0)
                return -1;
        } else if (PyFrozenSet_CheckExact(was)) {
            if (intern_in_frozenset(slot, changed) < 0)
                return -1;
        }
    }
    return 0;
}

/* ---- making ---- */

typedef struct NameCounts {
    int locals, plain_cells, cells, frees;
} NameCounts;

static NameCounts count_names(PyObject *kinds)
{
    NameCounts counts = { 0 };
    const char *kind = PyBytes_AS_STRING(kinds);
    for (Py_ssize_t i = 0; i < PyBytes_GET_SIZE(kinds); i++) {
        if (kind[i] & CO_FAST_LOCAL)
            counts.locals++;
        if (kind[i] & CO_FAST_CELL) {
            counts.cells++;
            counts.plain_cells += !(kind[i] & CO_FAST_LOCAL);
        }
        if (kind[i] & CO_FAST_FREE)
            counts.frees++;
    }
    return counts;
}

static int parts_have_types(const KCodeParts *p)
{
    return p->posonlyargcount >= 0 && p->argcount >= p->posonlyargcount && p->kwonlyargcount >= 0
           && p->stacksize >= 0 && p->flags >= 0 && p->code && PyBytes_Check(p->code) && p->consts
           && PyTuple_Check(p->consts) && p->names && PyTuple_Check(p->names) && p->localsplusnames
           && PyTuple_Check(p->localsplusnames) && p->localspluskinds && PyBytes_Check(p->localspluskinds)
           && PyTuple_GET_SIZE(p->localsplusnames) == PyBytes_GET_SIZE(p->localspluskinds) && p->name
           && PyUnicode_Check(p->name) && p->qualname && PyUnicode_Check(p->qualname) && p->filename
           && PyUnicode_Check(p->filename) && p->linetable && PyBytes_Check(p->linetable) && p->exceptiontable
           && PyBytes_Check(p->exceptiontable);
}

static int check_parts(const KCodeParts *p)
{
    if (!parts_have_types(p)) {
        PyErr_BadInternalCall();
        return -1;
    }
    Py_ssize_t size = PyBytes_GET_SIZE(p->code);
    if (size % (Py_ssize_t)sizeof(_Py_CODEUNIT) || size > INT_MAX) {
        k_raise(PyExc_ValueError, "code: co_code is malformed");
        return -1;
    }
    int arguments = p->argcount + p->kwonlyargcount + !!(p->flags & CO_VARARGS) + !!(p->flags & CO_VARKEYWORDS);
    if (arguments < 0 || arguments > count_names(p->localspluskinds).locals) {
        k_raise(PyExc_ValueError, "code: co_varnames is too small");
        return -1;
    }
    return 0;
}

/* The place of the first instruction that tracing shows: what stands before RESUME is preparation. */
static int first_traceable(const PyCodeObject *code)
{
    const _Py_CODEUNIT *units = (const _Py_CODEUNIT *)code->co_code_adaptive;
    int n = (int)Py_SIZE(code);
    for (int i = 0; i < n; i++)
        if (_Py_OPCODE(units[i]) == BC_RESUME)
            return i;
    return n;
}

static void fill_code(PyCodeObject *code, const KCodeParts *p, PyObject *linetable K_STOLEN)
{
    NameCounts counts = count_names(p->localspluskinds);
    code->co_consts = Py_NewRef(p->consts);
    code->co_names = Py_NewRef(p->names);
    code->co_exceptiontable = Py_NewRef(p->exceptiontable);
    code->co_flags = p->flags;
    code->co_warmup = WARMUP_START;
    code->_co_linearray_entry_size = 0;
    code->co_argcount = p->argcount;
    code->co_posonlyargcount = p->posonlyargcount;
    code->co_kwonlyargcount = p->kwonlyargcount;
    code->co_stacksize = p->stacksize;
    code->co_firstlineno = p->firstlineno;
    code->co_nlocalsplus = (int)PyTuple_GET_SIZE(p->localsplusnames);
    code->co_nlocals = counts.locals;
    code->co_nplaincellvars = counts.plain_cells;
    code->co_ncellvars = counts.cells;
    code->co_nfreevars = counts.frees;
    code->co_localsplusnames = Py_NewRef(p->localsplusnames);
    code->co_localspluskinds = Py_NewRef(p->localspluskinds);
    code->co_filename = Py_NewRef(p->filename);
    code->co_name = Py_NewRef(p->name);
    code->co_qualname = Py_NewRef(p->qualname);
    code->co_linetable = linetable;
    code->co_weakreflist = NULL;
    code->_co_code = NULL;
    code->_co_linearray = NULL;
    code->co_extra = NULL;
    memcpy(code->co_code_adaptive, PyBytes_AS_STRING(p->code), (size_t)PyBytes_GET_SIZE(p->code));
    code->_co_firsttraceable = first_traceable(code);
}

PyCodeObject *k_code_new(const KCodeParts *parts)
{
    int changed = 0;
    if (check_parts(parts) < 0 || intern_names(parts->names) < 0 || intern_constants(parts->consts, &changed) < 0
        || intern_names(parts->localsplusnames) < 0)
        return NULL;
    Py_ssize_t units = PyBytes_GET_SIZE(parts->code) / (Py_ssize_t)sizeof(_Py_CODEUNIT);
    bool columns = _Py_GetConfig()->code_debug_ranges;
    PyObject *linetable = columns ? Py_NewRef(parts->linetable) : k_code_lines_only(parts->linetable);
    PyCodeObject *code = linetable ? PyObject_NewVar(PyCodeObject, &PyCode_Type, units) : NULL;
    if (code)
        fill_code(code, parts, linetable);
    else
        Py_XDECREF(linetable);
    return code;
}

PyObject *k_code_names(PyCodeObject *code, int kind)
{
    const char *kinds = PyBytes_AS_STRING(code->co_localspluskinds);
    Py_ssize_t n = 0, total = code->co_nlocalsplus;
    for (Py_ssize_t i = 0; i < total; i++)
        n += !!(kinds[i] & kind);
    PyObject *names = PyTuple_New(n);
    if (!names)
        return NULL;
    for (Py_ssize_t i = 0, at = 0; i < total; i++)
        if (kinds[i] & kind)
            PyTuple_SET_ITEM(names, at++, Py_NewRef(PyTuple_GET_ITEM(code->co_localsplusnames, i)));
    return names;
}

/* ---- C API ---- */

static Py_ssize_t index_in(PyObject *tuple, PyObject *name)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); i++)
        if (PyUnicode_Compare(PyTuple_GET_ITEM(tuple, i), name) == 0)
            return i;
    return -1;
}

/* Fills names and kinds from the three tuples; a cell that is a local as well is one name. Gives how many there are. */
static Py_ssize_t merge_names(PyObject *varnames, PyObject *cellvars, PyObject *freevars, PyObject *names, char *kinds)
{
    Py_ssize_t at = 0;
    for (; at < PyTuple_GET_SIZE(varnames); at++) {
        PyTuple_SET_ITEM(names, at, Py_NewRef(PyTuple_GET_ITEM(varnames, at)));
        kinds[at] = CO_FAST_LOCAL;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(cellvars); i++) {
        PyObject *name = PyTuple_GET_ITEM(cellvars, i);
        Py_ssize_t local = index_in(varnames, name);
        if (local >= 0) {
            kinds[local] |= CO_FAST_CELL;
            continue;
        }
        PyTuple_SET_ITEM(names, at, Py_NewRef(name));
        kinds[at++] = CO_FAST_CELL;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(freevars); i++) {
        PyTuple_SET_ITEM(names, at, Py_NewRef(PyTuple_GET_ITEM(freevars, i)));
        kinds[at++] = (char)CO_FAST_FREE;
    }
    return at;
}

PyCodeObject *PyCode_NewWithPosOnlyArgs(int argcount, int posonlyargcount, int kwonlyargcount, int nlocals,
                                        int stacksize, int flags, PyObject *code, PyObject *consts, PyObject *names,
                                        PyObject *varnames, PyObject *freevars, PyObject *cellvars,
                                        PyObject *filename, PyObject *name, PyObject *qualname, int firstlineno,
                                        PyObject *linetable, PyObject *exceptiontable)
{
    if (!varnames || !PyTuple_Check(varnames) || !cellvars || !PyTuple_Check(cellvars) || !freevars
        || !PyTuple_Check(freevars)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (intern_names(varnames) < 0 || intern_names(cellvars) < 0 || intern_names(freevars) < 0)
        return NULL;
    Py_ssize_t most = PyTuple_GET_SIZE(varnames) + PyTuple_GET_SIZE(cellvars) + PyTuple_GET_SIZE(freevars);
    K_AUTO(PyObject *) all_names = PyTuple_New(most);
    K_AUTO(PyObject *) kinds = PyBytes_FromStringAndSize(NULL, most);
    if (!all_names || !kinds)
        return NULL;
    Py_ssize_t used = merge_names(varnames, cellvars, freevars, all_names, PyBytes_AS_STRING(kinds));
    if (used < most && (_PyTuple_Resize(&all_names, used) < 0 || _PyBytes_Resize(&kinds, used) < 0))
        return NULL;
    PyCodeObject *made = k_code_new(&(KCodeParts){
        .filename = filename, .name = name, .qualname = qualname, .code = code, .linetable = linetable,
        .consts = consts, .names = names, .localsplusnames = all_names, .localspluskinds = kinds,
        .exceptiontable = exceptiontable, .flags = flags, .firstlineno = firstlineno, .argcount = argcount,
        .posonlyargcount = posonlyargcount, .kwonlyargcount = kwonlyargcount, .stacksize = stacksize });
    if (made && nlocals != PyTuple_GET_SIZE(varnames)) {
        Py_CLEAR(made);
        PyErr_SetString(PyExc_ValueError, "code: co_nlocals != len(co_varnames)");
    }
    return made;
}

PyCodeObject *PyCode_New(int argcount, int kwonlyargcount, int nlocals, int stacksize, int flags, PyObject *code,
                         PyObject *consts, PyObject *names, PyObject *varnames, PyObject *freevars,
                         PyObject *cellvars, PyObject *filename, PyObject *name, PyObject *qualname, int firstlineno,
                         PyObject *linetable, PyObject *exceptiontable)
{
    return PyCode_NewWithPosOnlyArgs(argcount, 0, kwonlyargcount, nlocals, stacksize, flags, code, consts, names,
                                     varnames, freevars, cellvars, filename, name, qualname, firstlineno, linetable,
                                     exceptiontable);
}

PyCodeObject *PyCode_NewEmpty(const char *filename, const char *funcname, int firstlineno)
{
    /* Running it fails; it exists to be named in tracebacks. */
    static const unsigned char body[] = { BC_RESUME, 0, BC_LOAD_ASSERTION_ERROR, 0, BC_RAISE_VARARGS, 1 };
    static const unsigned char lines[] = { 0x80 | 13 << 3 | (sizeof body / 2 - 1), 0 }; /* all on the first line */
    K_AUTO(PyObject *) none = PyTuple_New(0);
    K_AUTO(PyObject *) empty = PyBytes_FromStringAndSize("", 0);
    K_AUTO(PyObject *) name = PyUnicode_FromString(funcname);
    K_AUTO(PyObject *) file = PyUnicode_DecodeFSDefault(filename);
    K_AUTO(PyObject *) code = PyBytes_FromStringAndSize((const char *)body, sizeof body);
    K_AUTO(PyObject *) table = PyBytes_FromStringAndSize((const char *)lines, sizeof lines);
    if (!none || !empty || !name || !file || !code || !table)
        return NULL;
    return k_code_new(&(KCodeParts){
        .filename = file, .name = name, .qualname = name, .code = code, .linetable = table, .consts = none,
        .names = none, .localsplusnames = none, .localspluskinds = empty, .exceptiontable = empty,
        .flags = CO_NEWLOCALS | CO_OPTIMIZED, .firstlineno = firstlineno, .stacksize = 1 });
}

PyObject *PyCode_GetCode(PyCodeObject *code)
{
    if (!code->_co_code)
        code->_co_code = PyBytes_FromStringAndSize(code->co_code_adaptive, _PyCode_NBYTES(code));
    return Py_XNewRef(code->_co_code);
}

PyObject *PyCode_GetVarnames(PyCodeObject *code)
{
    return k_code_names(code, CO_FAST_LOCAL);
}

PyObject *PyCode_GetCellvars(PyCodeObject *code)
{
    return k_code_names(code, CO_FAST_CELL);
}

PyObject *PyCode_GetFreevars(PyCodeObject *code)
{
    return k_code_names(code, CO_FAST_FREE);
}

PyObject *PyCode_Optimize(PyObject *code, PyObject *consts, PyObject *names, PyObject *lnotab)
{
    (void)consts, (void)names, (void)lnotab;
    return Py_NewRef(code); /* there has been nothing to do since 3.10 */
}

/* ---- keys that tell constants apart which compare equal ---- */

static int is_negative_zero(double x)
{
    return x == 0 && signbit(x);
}

static PyObject *complex_key(PyObject *o)
{
    Py_complex z = ((PyComplexObject *)o)->cval;
    int real = is_negative_zero(z.real), imag = is_negative_zero(z.imag);
    PyObject *mark = real && imag ? Py_True : real ? Py_None : imag ? Py_False : NULL;
    return mark ? PyTuple_Pack(3, Py_TYPE(o), o, mark) : PyTuple_Pack(2, Py_TYPE(o), o);
}

static PyObject *keys_of(PyObject *items)
{
    Py_ssize_t n = PyTuple_GET_SIZE(items);
    K_AUTO(PyObject *) keys = PyTuple_New(n);
    for (Py_ssize_t i = 0; keys && i < n; i++) {
        PyObject *key = _PyCode_ConstantKey(PyTuple_GET_ITEM(items, i));
        if (!key)
            return NULL;
        PyTuple_SET_ITEM(keys, i, key);
    }
    return K_MOVE(keys);
}

PyObject *_PyCode_ConstantKey(PyObject *o)
{
    if (o == Py_None || o == Py_Ellipsis || PyLong_CheckExact(o) || PyUnicode_CheckExact(o) || PyCode_Check(o))
        return Py_NewRef(o);
    if (PyBool_Check(o) || PyBytes_CheckExact(o))
        return PyTuple_Pack(2, Py_TYPE(o), o);
    if (PyFloat_CheckExact(o))
        return is_negative_zero(PyFloat_AS_DOUBLE(o)) ? PyTuple_Pack(3, Py_TYPE(o), o, Py_None)
                                                      : PyTuple_Pack(2, Py_TYPE(o), o);
    if (PyComplex_CheckExact(o))
        return complex_key(o);
    if (PyTuple_CheckExact(o)) {
        K_AUTO(PyObject *) keys = keys_of(o);
        return keys ? PyTuple_Pack(2, keys, o) : NULL;
    }
    if (PyFrozenSet_CheckExact(o)) {
        K_AUTO(PyObject *) items = PySequence_Tuple(o);
        K_AUTO(PyObject *) keys = items ? keys_of(items) : NULL;
        K_AUTO(PyObject *) set = keys ? PyFrozenSet_New(keys) : NULL;
        return set ? PyTuple_Pack(2, set, o) : NULL;
    }
    K_AUTO(PyObject *) address = PyLong_FromVoidPtr(o);
    return address ? PyTuple_Pack(2, o, address) : NULL;
}

/* ---- extra words of other programs ---- */

enum { EXTRA_KINDS = 255 };
static freefunc extra_free[EXTRA_KINDS]; /* the runtime's: who frees which word */
static Py_ssize_t extra_kinds;

typedef struct CodeExtra {
    Py_ssize_t size;
    void *words[];
} CodeExtra;

Py_ssize_t _PyEval_RequestCodeExtraIndex(freefunc free)
{
    if (extra_kinds >= EXTRA_KINDS - 1)
        return -1;
    extra_free[extra_kinds] = free;
    return extra_kinds++;
}

int _PyCode_GetExtra(PyObject *o, Py_ssize_t index, void **word)
{
    if (!PyCode_Check(o)) {
        PyErr_BadInternalCall();
        return -1;
    }
    CodeExtra *extra = ((PyCodeObject *)o)->co_extra;
    *word = extra && index >= 0 && index < extra->size ? extra->words[index] : NULL;
    return 0;
}

int _PyCode_SetExtra(PyObject *o, Py_ssize_t index, void *word)
{
    if (!PyCode_Check(o) || index < 0 || index >= extra_kinds) {
        PyErr_BadInternalCall();
        return -1;
    }
    PyCodeObject *code = (PyCodeObject *)o;
    CodeExtra *extra = code->co_extra;
    if (!extra || extra->size <= index) {
        Py_ssize_t had = extra ? extra->size : 0;
        extra = PyMem_Realloc(extra, sizeof *extra + (size_t)extra_kinds * sizeof(void *));
        if (!extra) {
            PyErr_NoMemory();
            return -1;
        }
        memset(extra->words + had, 0, (size_t)(extra_kinds - had) * sizeof(void *));
        extra->size = extra_kinds;
        code->co_extra = extra;
    }
    if (extra->words[index] && extra_free[index])
        extra_free[index](extra->words[index]);
    extra->words[index] = word;
    return 0;
}

void k_code_extra_free(PyCodeObject *code)
{
    CodeExtra *extra = code->co_extra;
    if (!extra)
        return;
    for (Py_ssize_t i = 0; i < extra->size; i++)
        if (extra->words[i] && extra_free[i])
            extra_free[i](extra->words[i]);
    PyMem_Free(extra);
    code->co_extra = NULL;
}
