/* unit.c - the compiler's working state: units, blocks, emission of instructions, tables of constants and names.
 *
 * In: requests of the code generator.  Out: a flow graph per unit, for flow.c and layout.c.
 * Invariant: an instruction that ends a block is the block's last one; emission opens a fresh block behind it.
 * Start at unit_enter() and emit_arg(). */
#include "compile/unit.h"

#include "objects/bytes/bytes.h"
#include "objects/complex.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/warnings.h"

static int no_memory(void)
{
    PyErr_NoMemory();
    return -1;
}

/* ---- errors ---- */

static int syntax_error(Compiler *c, Position at, const char *format, va_list arguments)
{
    K_AUTO(PyObject *) message = PyUnicode_FromFormatV(format, arguments);
    K_AUTO(PyObject *) line = message ? PyErr_ProgramTextObject(c->filename, at.lineno) : NULL;
    if (!message)
        return -1;
    K_AUTO(PyObject *) args = Py_BuildValue("O(OiiOii)", message, c->filename, at.lineno, at.col_offset + 1,
                                            line ? line : Py_None, at.end_lineno, at.end_col_offset + 1);
    if (args)
        PyErr_SetObject(PyExc_SyntaxError, args);
    return -1;
}

int compile_error(Compiler *c, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int status = syntax_error(c, c->unit->at, format, arguments);
    va_end(arguments);
    return status;
}

int compile_error_at(Compiler *c, Position at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int status = syntax_error(c, at, format, arguments);
    va_end(arguments);
    return status;
}

/* A warning that a filter turns into an error becomes a SyntaxError with the place. */
int compile_warn(Compiler *c, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    K_AUTO(PyObject *) message = PyUnicode_FromFormatV(format, arguments);
    va_end(arguments);
    if (!message)
        return -1;
    if (PyErr_WarnExplicitObject(PyExc_SyntaxWarning, message, c->filename, c->unit->at.lineno, NULL, NULL) == 0)
        return 0;
    if (PyErr_ExceptionMatches(PyExc_SyntaxWarning)) {
        PyErr_Clear();
        compile_error(c, "%U", message);
    }
    return -1;
}

PyObject *compile_own(Compiler *c, PyObject *object)
{
    if (object && arena_own(c->arena, object) < 0) {
        PyErr_NoMemory();
        return NULL;
    }
    return object;
}

PyObject *compile_mangle(Compiler *c, PyObject *name)
{
    return scope_mangle(c->unit->class_name, name, c->arena);
}

/* ---- blocks ---- */

Block *block_new(Compiler *c)
{
    Block *block = arena_alloc(c->arena, sizeof *block);
    if (!block) {
        PyErr_NoMemory();
        return NULL;
    }
    block->made_before = c->unit->newest;
    c->unit->newest = block;
    return block;
}

void block_use(Compiler *c, Block *block)
{
    c->unit->current->next = block;
    c->unit->current = block;
}

Instr *block_append(Compiler *c, Block *block, int op, int arg)
{
    if (block->n == block->capacity) {
        int capacity = block->capacity ? block->capacity * 2 : 8;
        Instr *instr = arena_alloc(c->arena, (size_t)capacity * sizeof *instr);
        if (!instr) {
            PyErr_NoMemory();
            return NULL;
        }
        if (block->n)
            memcpy(instr, block->instr, (size_t)block->n * sizeof *instr);
        block->instr = instr;
        block->capacity = capacity;
    }
    Instr *i = &block->instr[block->n++];
    *i = (Instr){ op, arg, NULL, NULL, NOWHERE };
    return i;
}

static bool ends_block(const Instr *i)
{
    return i && (instr_is_jump(i) || i->op == BC_RETURN_VALUE || i->op == BC_RAISE_VARARGS || i->op == BC_RERAISE);
}

static Instr *append_here(Compiler *c, int op, int arg, Position at)
{
    if (ends_block(block_last(c->unit->current))) {
        Block *block = block_new(c);
        if (!block)
            return NULL;
        block_use(c, block);
    }
    Instr *i = block_append(c, c->unit->current, op, arg);
    if (i)
        i->at = at;
    return i;
}

/* ---- emission ---- */

int emit(Compiler *c, int op)
{
    return append_here(c, op, 0, c->unit->at) ? 0 : -1;
}

int emit_artificial(Compiler *c, int op)
{
    return append_here(c, op, 0, NOWHERE) ? 0 : -1;
}

int emit_arg(Compiler *c, int op, int arg)
{
    return append_here(c, op, arg, c->unit->at) ? 0 : -1;
}

static int jump_at(Compiler *c, int op, Block *target, Position at)
{
    Instr *i = append_here(c, op, 0, at);
    if (!i)
        return -1;
    i->target = target;
    return 0;
}

int emit_jump(Compiler *c, int op, Block *target)
{
    return jump_at(c, op, target, c->unit->at);
}

int emit_jump_artificial(Compiler *c, int op, Block *target)
{
    return jump_at(c, op, target, NOWHERE);
}

int emit_const(Compiler *c, PyObject *value)
{
    int index = const_index(c, value);
    return index < 0 ? -1 : emit_arg(c, BC_LOAD_CONST, index);
}

int emit_new_const(Compiler *c, PyObject *value)
{
    value = compile_own(c, value);
    return value ? emit_const(c, value) : -1;
}

int name_index(Compiler *c, PtrMap *map, PyObject *name)
{
    int index = ptr_map_add(map, c->arena, name, 0);
    return index < 0 ? no_memory() : index;
}

int emit_name(Compiler *c, int op, PyObject *name)
{
    PyObject *mangled = compile_mangle(c, name);
    int index = mangled ? name_index(c, &c->unit->names, mangled) : -1;
    return index < 0 ? -1 : emit_arg(c, op, op == BC_LOAD_GLOBAL ? index << 1 : index);
}

int emit_call(Compiler *c, int nargs)
{
    TRY(emit_arg(c, BC_PRECALL, nargs));
    return emit_arg(c, BC_CALL, nargs);
}

/* The exception that was being handled is current again, then the new one goes on. */
int emit_reraise_cleanup(Compiler *c)
{
    TRY(emit_arg(c, BC_COPY, 3));
    TRY(emit(c, BC_POP_EXCEPT));
    return emit_arg(c, BC_RERAISE, 1);
}

int emit_yield(Compiler *c)
{
    if (c->unit->scope->generator && c->unit->scope->coroutine)
        TRY(emit(c, BC_ASYNC_GEN_WRAP));
    TRY(emit(c, BC_YIELD_VALUE));
    return emit_arg(c, BC_RESUME, RESUME_AFTER_YIELD);
}

/* Hands values between the caller and the iterator on the stack until it is exhausted. */
int emit_yield_from(Compiler *c, bool await)
{
    Block *start = block_new(c), *resume = block_new(c), *exit = block_new(c);
    if (!start || !resume || !exit)
        return -1;
    block_use(c, start);
    TRY(emit_jump(c, BC_SEND, exit));
    block_use(c, resume);
    TRY(emit(c, BC_YIELD_VALUE));
    TRY(emit_arg(c, BC_RESUME, await ? RESUME_AFTER_AWAIT : RESUME_AFTER_YIELD_FROM));
    TRY(emit_jump(c, V_JUMP_NO_INTERRUPT, start));
    block_use(c, exit);
    return 0;
}

/* ---- nesting ---- */

int nest_push(Compiler *c, NestKind kind, Block *start, Block *exit, const void *datum)
{
    if (c->unit->nested >= NEST_LIMIT)
        return compile_error(c, "too many statically nested blocks");
    c->unit->nest[c->unit->nested++] = (Nest){ kind, start, exit, datum };
    return 0;
}

void nest_pop(Compiler *c)
{
    c->unit->nested--;
}

/* ---- constants: one object for each exact type and value ---- */

typedef struct ConstEntry {
    Py_hash_t hash;
    PyObject *value;
} ConstEntry;

static bool const_equal(PyObject *a, PyObject *b);

static bool const_tuples_equal(PyObject *a, PyObject *b)
{
    if (PyTuple_GET_SIZE(a) != PyTuple_GET_SIZE(b))
        return false;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(a); i++)
        if (!const_equal(PyTuple_GET_ITEM(a, i), PyTuple_GET_ITEM(b, i)))
            return false;
    return true;
}

static bool const_set_has(PyObject *set, PyObject *value)
{
    PyObject *item;
    Py_ssize_t position = 0;
    Py_hash_t hash;
    while (_PySet_NextEntry(set, &position, &item, &hash))
        if (const_equal(item, value))
            return true;
    return false;
}

static bool const_sets_equal(PyObject *a, PyObject *b)
{
    if (PySet_GET_SIZE(a) != PySet_GET_SIZE(b))
        return false;
    PyObject *item;
    Py_ssize_t position = 0;
    Py_hash_t hash;
    while (_PySet_NextEntry(a, &position, &item, &hash))
        if (!const_set_has(b, item))
            return false;
    return true;
}

static bool same_double(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static bool const_equal(PyObject *a, PyObject *b)
{
    if (a == b)
        return true;
    if (Py_TYPE(a) != Py_TYPE(b))
        return false;
    if (PyFloat_CheckExact(a))
        return same_double(PyFloat_AS_DOUBLE(a), PyFloat_AS_DOUBLE(b));
    if (PyComplex_CheckExact(a)) {
        Py_complex x = ((PyComplexObject *)a)->cval, y = ((PyComplexObject *)b)->cval;
        return same_double(x.real, y.real) && same_double(x.imag, y.imag);
    }
    if (PyTuple_CheckExact(a))
        return const_tuples_equal(a, b);
    if (PyFrozenSet_CheckExact(a))
        return const_sets_equal(a, b);
    if (PyUnicode_CheckExact(a) || PyBytes_CheckExact(a) || PyLong_CheckExact(a) || PyCode_Check(a))
        return PyObject_RichCompareBool(a, b, Py_EQ) == 1;
    return false; /* objects from a hand-made tree: themselves alone */
}

static bool const_is_hashed_by_value(PyObject *value)
{
    return PyUnicode_CheckExact(value) || PyBytes_CheckExact(value) || PyLong_CheckExact(value) ||
           PyFloat_CheckExact(value) || PyComplex_CheckExact(value) || PyTuple_CheckExact(value) ||
           PyFrozenSet_CheckExact(value) || PyCode_Check(value);
}

static int const_grow(Compiler *c)
{
    size_t size = c->const_slots ? (c->const_mask + 1) * 2 : 64;
    ConstEntry **slots = arena_alloc(c->arena, size * sizeof *slots);
    if (!slots)
        return no_memory();
    for (size_t i = 0; c->const_slots && i <= c->const_mask; i++) {
        ConstEntry *entry = c->const_slots[i];
        if (!entry)
            continue;
        size_t k = (size_t)entry->hash & (size - 1);
        while (slots[k])
            k = (k + 1) & (size - 1);
        slots[k] = entry;
    }
    c->const_slots = slots;
    c->const_mask = size - 1;
    return 0;
}

PyObject *const_canonical(Compiler *c, PyObject *value)
{
    if (!const_is_hashed_by_value(value))
        return compile_own(c, Py_NewRef(value));
    Py_hash_t hash = PyObject_Hash(value);
    if (hash == -1) {
        if (!PyErr_ExceptionMatches(PyExc_TypeError))
            return NULL;
        PyErr_Clear(); /* a tuple around something unhashable, from a hand-made tree */
        return compile_own(c, Py_NewRef(value));
    }
    hash ^= (Py_hash_t)((uintptr_t)Py_TYPE(value) >> 4);
    if ((!c->const_slots || (size_t)c->const_count * 2 > c->const_mask) && const_grow(c) < 0)
        return NULL;
    size_t k = (size_t)hash & c->const_mask;
    for (; c->const_slots[k]; k = (k + 1) & c->const_mask)
        if (c->const_slots[k]->hash == hash && const_equal(c->const_slots[k]->value, value))
            return c->const_slots[k]->value;
    ConstEntry *entry = arena_alloc(c->arena, sizeof *entry);
    if (!entry) {
        no_memory();
        return NULL;
    }
    *entry = (ConstEntry){ hash, compile_own(c, Py_NewRef(value)) };
    if (!entry->value)
        return NULL;
    c->const_slots[k] = entry;
    c->const_count++;
    return entry->value;
}

int const_index(Compiler *c, PyObject *value)
{
    PyObject *canonical = const_canonical(c, value);
    return canonical ? name_index(c, &c->unit->consts, canonical) : -1;
}

/* ---- units ---- */

static int compare_names(const void *a, const void *b)
{
    return PyUnicode_Compare(*(PyObject *const *)a, *(PyObject *const *)b);
}

/* Cells or free variables of the scope, sorted by name. */
static int collect_names(Compiler *c, PtrMap *map, const Scope *scope, SymbolScope place, int flag)
{
    PyObject **name = arena_alloc(c->arena, (size_t)(scope->symbols.n + 1) * sizeof *name);
    if (!name)
        return no_memory();
    size_t n = 0;
    for (int i = 0; i < scope->symbols.n; i++) {
        int flags = (int)scope->symbols.entry[i].value;
        if (((flags >> SYMBOL_SCOPE_SHIFT) & SYMBOL_SCOPE_MASK) == (int)place || (flag && (flags & flag)))
            name[n++] = (PyObject *)scope->symbols.entry[i].key;
    }
    qsort(name, n, sizeof *name, compare_names);
    for (size_t i = 0; i < n; i++)
        TRY(name_index(c, map, name[i]));
    return 0;
}

static bool is_function_unit(const Unit *unit)
{
    return unit->kind == UNIT_FUNCTION || unit->kind == UNIT_ASYNC_FUNCTION || unit->kind == UNIT_LAMBDA;
}

/* The path from the module: f.<locals>.g, C.m; a name declared global starts anew. */
static int set_qualname(Compiler *c, Unit *unit)
{
    Unit *outer = unit->outer;
    unit->qualname = unit->name;
    if (!outer || !outer->outer)
        return 0;
    if (unit->kind == UNIT_FUNCTION || unit->kind == UNIT_ASYNC_FUNCTION || unit->kind == UNIT_CLASS) {
        PyObject *mangled = scope_mangle(outer->class_name, unit->name, c->arena);
        if (!mangled)
            return -1;
        if (scope_symbol(outer->scope, mangled) == SCOPE_GLOBAL_EXPLICIT)
            return 0;
    }
    PyObject *path = is_function_unit(outer) ? PyUnicode_FromFormat("%U.<locals>.%U", outer->qualname, unit->name)
                                             : PyUnicode_FromFormat("%U.%U", outer->qualname, unit->name);
    unit->qualname = compile_own(c, path);
    return unit->qualname ? 0 : -1;
}

int unit_enter(Compiler *c, PyObject *name, UnitKind kind, const Node *node, int firstlineno)
{
    Unit *unit = arena_alloc(c->arena, sizeof *unit);
    if (!unit)
        return no_memory();
    unit->outer = c->unit;
    unit->scope = scope_of(&c->symbols, node);
    unit->kind = kind;
    unit->name = name;
    unit->class_name = c->unit ? c->unit->class_name : NULL;
    unit->firstlineno = firstlineno;
    TRY(set_qualname(c, unit));
    for (int i = 0; i < unit->scope->params.n; i++)
        TRY(name_index(c, &unit->varnames, (PyObject *)unit->scope->params.entry[i].key));
    TRY(collect_names(c, &unit->cellvars, unit->scope, SCOPE_CELL, 0));
    if (unit->scope->needs_class_closure)
        TRY(name_index(c, &unit->cellvars, K_STR("__class__")));
    TRY(collect_names(c, &unit->freevars, unit->scope, SCOPE_FREE, DEF_FREE_CLASS));
    c->unit = unit;
    c->levels++;
    unit->entry = unit->current = block_new(c);
    if (!unit->entry)
        return -1;
    unit->at = (Position){ kind == UNIT_MODULE ? 0 : firstlineno, 0, firstlineno, 0 };
    TRY(emit_arg(c, BC_RESUME, RESUME_AT_START));
    if (kind == UNIT_MODULE)
        unit->at.lineno = -1;
    return 0;
}

void unit_leave(Compiler *c)
{
    c->unit = c->unit->outer;
    c->levels--;
}
