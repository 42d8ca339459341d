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

static PyObject *symbols_of(const Scope *scope)
{
    K_AUTO(PyObject *) dict = PyDict_New();
    for (int i = 0; dict && i < scope->symbols.n; i++) {
        K_AUTO(PyObject *) flags = PyLong_FromLong((long)scope->symbols.entry[i].value);
        if (!flags || PyDict_SetItem(dict, (PyObject *)scope->symbols.entry[i].key, flags) < 0)
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

static PyObject *entry_of(const Scope *scope)
{
    if (k_stack_is_short(" while making symbol tables"))
        return NULL;
    K_AUTO(PyObject *) self = PyType_GenericAlloc(&entry_type, 0);
    if (!self)
        return NULL;
    Entry *entry = ENTRY(self);
    entry->id = PyLong_FromVoidPtr((void *)scope->node);
    entry->name = Py_NewRef(scope->name);
    entry->symbols = symbols_of(scope);
    entry->varnames = varnames_of(scope);
    entry->children = PyList_New(0);
    entry->nested = scope->nested;
    entry->type = (int)scope->kind;
    entry->line = scope->at.lineno;
    if (!entry->id || !entry->symbols || !entry->varnames || !entry->children)
        return NULL;
    for (const Scope *child = scope->first_child; child; child = child->next_sibling) {
        K_AUTO(PyObject *) item = entry_of(child);
        if (!item || PyList_Append(entry->children, item) < 0)
            return NULL;
    }
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
    Node *mod = parse_source(source, (Py_ssize_t)strlen(source), &options, arena);
    PyObject *result = mod && scope_future(mod, filename, &future) == 0 &&
                               scope_build(&table, mod, filename, future.features, arena) == 0
                           ? entry_of(table.top)
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

MODULE(_symtable, "The compiler's symbol tables.", symtable_exec, 0);
