/* _symtable.c - module _symtable: the compiler's symbol tables as objects.
 *
 * In: source text.  Out: the entry of its module, with those of inner blocks as children. The tables themselves live in
 * an arena that ends with the call; entries are copies. Start at _symtable_symtable. */
#include "code/code.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "memory/gc.h"
#include "parse/parse.h"
#include "runtime/errors.h"
#include "runtime/osutil.h"
#include "runtime/run.h"
#include "runtime/run_code.h"
#include "runtime/state.h"
#include "scope/scope.h"

typedef struct Entry {
    PyObject ob_base;
    PyObject *id, *name, *symbols, *varnames, *children;
    int nested, type, line;
} Entry;
#define ENTRY(o) ((Entry *)(o))

static int entry_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(ENTRY(self)->symbols);
    Py_VISIT(ENTRY(self)->varnames);
    Py_VISIT(ENTRY(self)->children);
    return 0;
}

static int entry_clear(PyObject *self)
{
    Py_CLEAR(ENTRY(self)->id);
    Py_CLEAR(ENTRY(self)->name);
    Py_CLEAR(ENTRY(self)->symbols);
    Py_CLEAR(ENTRY(self)->varnames);
    Py_CLEAR(ENTRY(self)->children);
    return 0;
}

static void entry_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    (void)entry_clear(self);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *entry_repr(PyObject *self)
{
    return PyUnicode_FromFormat("<symtable entry %U(%S), line %d>", ENTRY(self)->name, ENTRY(self)->id, ENTRY(self)->line);
}

static PyMemberDef entry_members[] = {
    { "id", T_OBJECT, offsetof(Entry, id), READONLY, NULL },
    { "name", T_OBJECT, offsetof(Entry, name), READONLY, NULL },
    { "symbols", T_OBJECT, offsetof(Entry, symbols), READONLY, NULL },
    { "varnames", T_OBJECT, offsetof(Entry, varnames), READONLY, NULL },
    { "children", T_OBJECT, offsetof(Entry, children), READONLY, NULL },
    { "nested", T_INT, offsetof(Entry, nested), READONLY, NULL },
    { "type", T_INT, offsetof(Entry, type), READONLY, NULL },
    { "lineno", T_INT, offsetof(Entry, line), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};

static PyTypeObject entry_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "symtable entry",
    .tp_basicsize = sizeof(Entry),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_dealloc = entry_dealloc,
    .tp_repr = entry_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_traverse = entry_traverse,
    .tp_clear = entry_clear,
    .tp_members = entry_members,
    .tp_alloc = PyType_GenericAlloc,
    .tp_free = PyObject_GC_Del,
};
K_TYPE(entry_type);

static int symbol_place(int flags)
{
    return (flags >> SYMBOL_SCOPE_SHIFT) & SYMBOL_SCOPE_MASK;
}

/* Whether a name stands in the block only because it is free in a block below. */
static bool is_passed_through(int flags)
{
    return flags == SCOPE_FREE << SYMBOL_SCOPE_SHIFT;
}

static int add_symbol(PyObject *dict, PyObject *name, long flags)
{
    K_AUTO(PyObject *) value = PyLong_FromLong(flags);
    return value ? PyDict_SetItem(dict, name, value) : -1;
}

/* The block's own names as they came up, then those passed through, in the order in which the set of names that are
 * free below has them: CPython's order, visible to programs. */
static PyObject *symbols_of(const Scope *scope, PyObject *free_below)
{
    K_AUTO(PyObject *) dict = PyDict_New();
    if (!dict)
        return NULL;
    for (int i = 0; i < scope->symbols.n; i++) {
        const PtrEntry *symbol = &scope->symbols.entry[i];
        if (!is_passed_through((int)symbol->value) && add_symbol(dict, (PyObject *)symbol->key, (long)symbol->value) < 0)
            return NULL;
    }
    Py_ssize_t at = 0;
    PyObject *name;
    Py_hash_t hash;
    while (_PySet_NextEntry(free_below, &at, &name, &hash) > 0) {
        int flags = scope_flags(scope, name);
        if (is_passed_through(flags) && add_symbol(dict, name, flags) < 0)
            return NULL;
    }
    return K_MOVE(dict);
}

static PyObject *varnames_of(const Scope *scope)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    for (int i = 0; list && i < scope->params.n; i++)
        if (PyList_Append(list, (PyObject *)scope->params.entry[i].key) < 0)
            return NULL;
    return K_MOVE(list);
}

/* Takes the names that end in this block out of those that are free below it. */
static int end_free_names(const Scope *scope, PyObject *free_below)
{
    if (scope->kind == CLASS_BLOCK)
        return PySet_Discard(free_below, K_STR("__class__")) < 0 ? -1 : 0;
    for (int i = 0; i < scope->symbols.n; i++)
        if (symbol_place((int)scope->symbols.entry[i].value) == SCOPE_CELL &&
            PySet_Discard(free_below, (PyObject *)scope->symbols.entry[i].key) < 0)
            return -1;
    return 0;
}

static int add_own_free_names(const Scope *scope, PyObject *free_names)
{
    for (int i = 0; i < scope->symbols.n; i++) {
        int flags = (int)scope->symbols.entry[i].value;
        if (symbol_place(flags) == SCOPE_FREE && !is_passed_through(flags) &&
            PySet_Add(free_names, (PyObject *)scope->symbols.entry[i].key) < 0)
            return -1;
    }
    return 0;
}

static PyObject *entry_of(const Scope *scope, PyObject *free_names);

/* Entries of the blocks below; the names that are free in them are added to free_below. */
static PyObject *children_of(const Scope *scope, PyObject *free_below)
{
    K_AUTO(PyObject *) children = PyList_New(0);
    K_AUTO(PyObject *) all_free = PySet_New(NULL);
    if (!children || !all_free)
        return NULL;
    for (const Scope *child = scope->first_child; child; child = child->next_sibling) {
        K_AUTO(PyObject *) free_names = PySet_New(NULL);
        K_AUTO(PyObject *) item = free_names ? entry_of(child, free_names) : NULL;
        if (!item || PyList_Append(children, item) < 0 || _PySet_Update(all_free, free_names) < 0)
            return NULL;
    }
    return _PySet_Update(free_below, all_free) < 0 ? NULL : K_MOVE(children);
}

/* The entry of a block; the names that are free in it are added to free_names. */
static PyObject *entry_of(const Scope *scope, PyObject *free_names)
{
    if (k_stack_is_short(" while making symbol tables"))
        return NULL;
    K_AUTO(PyObject *) self = PyType_GenericAlloc(&entry_type, 0);
    K_AUTO(PyObject *) free_below = PySet_New(NULL);
    if (!self || !free_below)
        return NULL;
    Entry *entry = ENTRY(self);
    entry->id = PyLong_FromVoidPtr((void *)scope->node);
    entry->name = Py_NewRef(scope->name);
    entry->nested = scope->nested;
    entry->type = (int)scope->kind;
    entry->line = scope->at.lineno;
    entry->varnames = varnames_of(scope);
    entry->children = children_of(scope, free_below);
    if (!entry->id || !entry->varnames || !entry->children || end_free_names(scope, free_below) < 0)
        return NULL;
    entry->symbols = symbols_of(scope, free_below);
    if (!entry->symbols || add_own_free_names(scope, free_names) < 0 || _PySet_Update(free_names, free_below) < 0)
        return NULL;
    return K_MOVE(self);
}

static PyObject *tables_of(const char *source, PyObject *filename, int start, int flags)
{
    KArena *arena = arena_new();
    if (!arena)
        return PyErr_NoMemory();
    SymbolTable table;
    FutureFeatures future;
    ParseOptions options = { .filename = filename, .start = start, .flags = flags };
    K_AUTO(PyObject *) free_names = PySet_New(NULL);
    Node *mod = free_names ? parse_source(source, (Py_ssize_t)strlen(source), &options, arena) : NULL;
    PyObject *result = mod && scope_future(mod, filename, &future) == 0 &&
                               scope_build(&table, mod, filename, future.features, arena) == 0
                           ? entry_of(table.top, free_names)
                           : NULL;
    arena_free(arena);
    return result;
}

METHODS_DECLARE(_symtable);

FUNCTION(_symtable, symtable, FAST, "($module, source, filename, startstr, /)",
         "The entries of the symbol tables that the compiler makes of the source.")
{
    static const struct { const char *name; int start; } starts[] = {
        { "exec", Py_file_input }, { "eval", Py_eval_input }, { "single", Py_single_input },
    };
    const char *mode;
    PyObject *name, *copy, *result = NULL;
    if (k_check_nargs("symtable", nargs, 3, 3) < 0 || !PyUnicode_FSDecoder(args[1], &name))
        return NULL;
    K_AUTO(PyObject *) filename = name;
    if (k_arg_utf8(args[2], "symtable", "3", &mode) < 0)
        return NULL;
    PyCompilerFlags flags = { PyCF_SOURCE_IS_UTF8, 11 };
    const char *text = _Py_SourceAsString(args[0], "symtable", "string or bytes", &flags, &copy);
    if (!text)
        return NULL;
    int at = 0;
    while (at < K_COUNT_OF(starts) && strcmp(mode, starts[at].name) != 0)
        at++;
    if (at < K_COUNT_OF(starts))
        result = tables_of(text, filename, starts[at].start, flags.cf_flags);
    else
        PyErr_SetString(PyExc_ValueError, "symtable() arg 3 must be 'exec' or 'eval' or 'single'");
    Py_XDECREF(copy);
    return result;
}
METHODS_END(_symtable);

#define N(name) { #name, name },
static const struct { const char *name; long value; } constant[] = {
    N(DEF_ANNOT) N(DEF_BOUND) N(DEF_FREE) N(DEF_FREE_CLASS) N(DEF_GLOBAL) N(DEF_IMPORT) N(DEF_LOCAL) N(DEF_NONLOCAL)
    N(DEF_PARAM)
    { "USE", SYMBOL_USE }, { "SCOPE_MASK", SYMBOL_SCOPE_MASK }, { "SCOPE_OFF", SYMBOL_SCOPE_SHIFT },
    { "LOCAL", SCOPE_LOCAL }, { "GLOBAL_EXPLICIT", SCOPE_GLOBAL_EXPLICIT },
    { "GLOBAL_IMPLICIT", SCOPE_GLOBAL_IMPLICIT }, { "FREE", SCOPE_FREE }, { "CELL", SCOPE_CELL },
    { "TYPE_FUNCTION", FUNCTION_BLOCK }, { "TYPE_CLASS", CLASS_BLOCK }, { "TYPE_MODULE", MODULE_BLOCK },
};
#undef N

static int symtable_exec(PyObject *module)
{
    for (Py_ssize_t i = 0; i < K_COUNT_OF(constant); i++)
        if (PyModule_AddIntConstant(module, constant[i].name, constant[i].value) < 0)
            return -1;
    return 0;
}

MODULE(_symtable, NULL, symtable_exec, 0);
