/* assemble.c - from a unit's flow graph to its code object: bytes, tables of positions and handlers, variables.
 *
 * In: the current unit, its code generated.  Out: a code object.
 * Table formats are CPython 3.11's (its Objects/locations.md and exception_handling_notes.txt describe them).
 * Start at assemble_unit(). */
#include "compile/unit.h"

#include "memory/mem.h"
#include "objects/bytes/bytes.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/run.h"

/* ---- growing bytes, in the arena ---- */

typedef struct Bytes {
    KArena *arena;
    uint8_t *data;
    size_t n, capacity;
    bool failed; /* out of memory: said once, at the end */
} Bytes;

static void put(Bytes *bytes, unsigned byte)
{
    if (bytes->failed)
        return;
    if (bytes->n == bytes->capacity) {
        size_t capacity = bytes->capacity ? bytes->capacity * 2 : 256;
        uint8_t *data = arena_alloc(bytes->arena, capacity);
        if (!data) {
            bytes->failed = true;
            return;
        }
        if (bytes->n)
            memcpy(data, bytes->data, bytes->n);
        bytes->data = data;
        bytes->capacity = capacity;
    }
    bytes->data[bytes->n++] = (uint8_t)byte;
}

static PyObject *to_object(const Bytes *bytes)
{
    return bytes->failed ? PyErr_NoMemory() : PyBytes_FromStringAndSize((char *)bytes->data, (Py_ssize_t)bytes->n);
}

/* ---- instructions ---- */

static void put_instr(Bytes *bytes, const Instr *i)
{
    unsigned arg = (unsigned)i->arg;
    for (int shift = 24; shift > 0; shift -= 8)
        if (arg >> shift) {
            put(bytes, BC_EXTENDED_ARG);
            put(bytes, arg >> shift & 0xff);
        }
    put(bytes, (unsigned)i->op);
    put(bytes, arg & 0xff);
    for (int k = k_bytecode_row(i->op)->caches; k; k--) {
        put(bytes, BC_CACHE);
        put(bytes, 0);
    }
}

/* ---- positions ---- */

enum { POSITION_ONE_LINE = 10, POSITION_NO_COLUMNS = 13, POSITION_LONG = 14, POSITION_NONE = 15, POSITION_UNITS = 8 };

static void put_position_head(Bytes *bytes, int code, int units)
{
    put(bytes, 0x80u | (unsigned)code << 3 | (unsigned)(units - 1));
}

/* Six bits a byte, low ones first; bit 6 says that more follow. */
static void put_varint(Bytes *bytes, unsigned value)
{
    for (; value >= 64; value >>= 6)
        put(bytes, 0x40 | (value & 63));
    put(bytes, value);
}

static void put_signed_varint(Bytes *bytes, int value)
{
    put_varint(bytes, value < 0 ? (unsigned)-value << 1 | 1 : (unsigned)value << 1);
}

static void put_position(Bytes *bytes, const Position *at, int units, int *line)
{
    if (at->lineno < 0) {
        put_position_head(bytes, POSITION_NONE, units);
        return;
    }
    int delta = at->lineno - *line, column = at->col_offset, end = at->end_col_offset;
    bool columns = column >= 0 && end >= 0, one_line = at->end_lineno == at->lineno;
    if (!columns && (one_line || at->end_lineno == -1)) {
        put_position_head(bytes, POSITION_NO_COLUMNS, units);
        put_signed_varint(bytes, delta);
    }
    else if (columns && one_line && delta == 0 && column < 80 && end >= column && end - column < 16) {
        put_position_head(bytes, column >> 3, units);
        put(bytes, (unsigned)(column & 7) << 4 | (unsigned)(end - column));
    }
    else if (columns && one_line && delta >= 0 && delta < 3 && column < 128 && end < 128) {
        put_position_head(bytes, POSITION_ONE_LINE + delta, units);
        put(bytes, (unsigned)column);
        put(bytes, (unsigned)end);
    }
    else {
        put_position_head(bytes, POSITION_LONG, units);
        put_signed_varint(bytes, delta);
        put_varint(bytes, (unsigned)(at->end_lineno - at->lineno));
        put_varint(bytes, (unsigned)(column + 1));
        put_varint(bytes, (unsigned)(end + 1));
    }
    *line = at->lineno;
}

static void put_positions(Bytes *bytes, const Instr *i, int *line)
{
    int units = instr_units(i);
    for (; units > POSITION_UNITS; units -= POSITION_UNITS)
        put_position(bytes, &i->at, POSITION_UNITS, line);
    put_position(bytes, &i->at, units, line);
}

/* ---- handlers ---- */

/* Six bits a byte, high ones first; bit 6 says that more follow, bit 7 marks the start of an entry. */
static void put_handler_number(Bytes *bytes, unsigned value, unsigned mark)
{
    int shift = 0;
    while (value >> shift >= 64)
        shift += 6;
    for (; shift; shift -= 6, mark = 0)
        put(bytes, mark | 0x40 | (value >> shift & 63));
    put(bytes, mark | (value & 63));
}

static void put_handler(Bytes *bytes, int start, int end, const Block *handler)
{
    if (!handler || start == end)
        return;
    int depth = handler->depth - 1 - handler->push_lasti;
    put_handler_number(bytes, (unsigned)start, 0x80);
    put_handler_number(bytes, (unsigned)(end - start), 0);
    put_handler_number(bytes, (unsigned)handler->offset, 0);
    put_handler_number(bytes, (unsigned)depth << 1 | handler->push_lasti, 0);
}

static PyObject *handler_table(Compiler *c)
{
    Bytes bytes = { .arena = c->arena };
    const Block *handler = NULL;
    int start = 0, offset = 0;
    for (const Block *block = c->unit->entry; block; block = block->next)
        for (int k = 0; k < block->n; k++) {
            if (block->instr[k].handler != handler) {
                put_handler(&bytes, start, offset, handler);
                start = offset;
                handler = block->instr[k].handler;
            }
            offset += instr_units(&block->instr[k]);
        }
    put_handler(&bytes, start, offset, handler);
    return to_object(&bytes);
}

/* ---- variables: locals, then cells that are no parameters, then free variables ---- */

static int *cell_places(Compiler *c)
{
    Unit *unit = c->unit;
    int *place = arena_alloc(c->arena, (size_t)(unit->cellvars.n + unit->freevars.n + 1) * sizeof *place);
    if (!place) {
        PyErr_NoMemory();
        return NULL;
    }
    int next = unit->varnames.n;
    for (int i = 0; i < unit->cellvars.n; i++) {
        int local = ptr_map_find(&unit->varnames, unit->cellvars.entry[i].key);
        place[i] = local >= 0 ? local : next++;
    }
    for (int i = 0; i < unit->freevars.n; i++)
        place[unit->cellvars.n + i] = next++;
    return place;
}

static bool names_cell(int op)
{
    return op < 256 && k_bytecode_row(op)->operand == OPERAND_CELL;
}

static void place_cells(Compiler *c, const int *place)
{
    for (Block *block = c->unit->entry; block; block = block->next)
        for (int k = 0; k < block->n; k++)
            if (names_cell(block->instr[k].op))
                block->instr[k].arg = place[block->instr[k].arg];
}

static void set_variable(PyObject *names, PyObject *kinds, int index, const void *name, int kind)
{
    PyObject *old = PyTuple_GET_ITEM(names, index);
    PyTuple_SET_ITEM(names, index, Py_NewRef((PyObject *)name));
    Py_XDECREF(old);
    PyBytes_AS_STRING(kinds)[index] |= (char)kind;
}

static int collect_variables(Compiler *c, const int *place, KCodeParts *parts)
{
    Unit *unit = c->unit;
    int n = unit->varnames.n;
    for (int i = 0; i < unit->cellvars.n + unit->freevars.n; i++)
        n = Py_MAX(n, place[i] + 1);
    PyObject *names = compile_own(c, PyTuple_New(n)), *kinds = compile_own(c, PyBytes_FromStringAndSize(NULL, n));
    if (!names || !kinds)
        return -1;
    memset(PyBytes_AS_STRING(kinds), 0, (size_t)n);
    for (int i = 0; i < unit->varnames.n; i++)
        set_variable(names, kinds, i, unit->varnames.entry[i].key, CO_FAST_LOCAL);
    for (int i = 0; i < unit->cellvars.n; i++)
        set_variable(names, kinds, place[i], unit->cellvars.entry[i].key, CO_FAST_CELL);
    for (int i = 0; i < unit->freevars.n; i++)
        set_variable(names, kinds, place[unit->cellvars.n + i], unit->freevars.entry[i].key, CO_FAST_FREE);
    parts->localsplusnames = names;
    parts->localspluskinds = kinds;
    return 0;
}

/* ---- the start of the code ---- */

static int compare_ints(const void *a, const void *b)
{
    return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

static int code_flags(const Compiler *c)
{
    const Scope *scope = c->unit->scope;
    int flags = 0;
    if (scope->kind == FUNCTION_BLOCK) {
        flags |= CO_NEWLOCALS | CO_OPTIMIZED;
        if (scope->nested)
            flags |= CO_NESTED;
        if (scope->generator)
            flags |= scope->coroutine ? CO_ASYNC_GENERATOR : CO_GENERATOR;
        else if (scope->coroutine)
            flags |= CO_COROUTINE;
        if (scope->varargs)
            flags |= CO_VARARGS;
        if (scope->varkeywords)
            flags |= CO_VARKEYWORDS;
    }
    else if (scope->kind == MODULE_BLOCK && scope->coroutine && !scope->generator &&
             (c->flags & PyCF_ALLOW_TOP_LEVEL_AWAIT))
        flags |= CO_COROUTINE;
    enum { CARRIED = CO_FUTURE_DIVISION | CO_FUTURE_ABSOLUTE_IMPORT | CO_FUTURE_WITH_STATEMENT | CO_FUTURE_PRINT_FUNCTION |
                     CO_FUTURE_UNICODE_LITERALS | CO_FUTURE_BARRY_AS_BDFL | CO_FUTURE_GENERATOR_STOP | CO_FUTURE_ANNOTATIONS };
    return flags | (c->future.features & CARRIED);
}

/* In front of the code: free variables are copied in, cells made (in the order of their places), a generator returned. */
static int put_prefix(Compiler *c, const int *place)
{
    Unit *unit = c->unit;
    Block *entry = unit->entry;
    Block prefix = { .n = 0 };
    if (unit->freevars.n)
        TRY(block_append(c, &prefix, BC_COPY_FREE_VARS, unit->freevars.n) ? 0 : -1);
    int n = unit->cellvars.n, *sorted = arena_alloc(c->arena, (size_t)(n + 1) * sizeof *sorted);
    if (!sorted) {
        PyErr_NoMemory();
        return -1;
    }
    if (n)
        memcpy(sorted, place, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, compare_ints);
    for (int i = 0; i < n; i++)
        TRY(block_append(c, &prefix, BC_MAKE_CELL, sorted[i]) ? 0 : -1);
    if (code_flags(c) & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)) {
        Position at = { unit->firstlineno, -1, unit->firstlineno, -1 };
        Instr *made = block_append(c, &prefix, BC_RETURN_GENERATOR, 0);
        if (!made)
            return -1;
        made->at = at;
        Instr *dropped = block_append(c, &prefix, BC_POP_TOP, 0);
        if (!dropped)
            return -1;
        dropped->at = at;
    }
    for (int k = 0; k < entry->n; k++) {
        Instr *i = block_append(c, &prefix, 0, 0);
        if (!i)
            return -1;
        *i = entry->instr[k];
    }
    entry->instr = prefix.instr;
    entry->n = prefix.n;
    entry->capacity = prefix.capacity;
    return 0;
}

/* ---- the code object ---- */

static PyObject *keys_tuple(const PtrMap *map)
{
    PyObject *tuple = PyTuple_New(map->n);
    for (int i = 0; tuple && i < map->n; i++)
        PyTuple_SET_ITEM(tuple, i, Py_NewRef((PyObject *)map->entry[i].key));
    return tuple;
}

static int make_tables(Compiler *c, KCodeParts *parts)
{
    Bytes code = { .arena = c->arena }, positions = { .arena = c->arena };
    int line = c->unit->firstlineno;
    for (const Block *block = c->unit->entry; block; block = block->next)
        for (int k = 0; k < block->n; k++) {
            put_instr(&code, &block->instr[k]);
            put_positions(&positions, &block->instr[k], &line);
        }
    parts->code = compile_own(c, to_object(&code));
    parts->linetable = compile_own(c, to_object(&positions));
    parts->exceptiontable = compile_own(c, handler_table(c));
    parts->consts = compile_own(c, keys_tuple(&c->unit->consts));
    parts->names = compile_own(c, keys_tuple(&c->unit->names));
    return parts->code && parts->linetable && parts->exceptiontable && parts->consts && parts->names ? 0 : -1;
}

/* Code that runs off its end returns None; behind a raise that is dead code, but None may stay a constant. */
static int finish_code(Compiler *c, bool add_none)
{
    Instr *last = block_last(c->unit->current);
    if (last && last->op == BC_RETURN_VALUE)
        return 0;
    at_nowhere(c);
    if (add_none)
        TRY(emit_const(c, Py_None));
    return emit(c, BC_RETURN_VALUE);
}

static int layout(Compiler *c, KCodeParts *parts)
{
    Unit *unit = c->unit;
    int *place = cell_places(c), size;
    if (!place)
        return -1;
    if (!unit->firstlineno)
        unit->firstlineno = unit->entry->n && unit->entry->instr[0].at.lineno > 0 ? unit->entry->instr[0].at.lineno : 1;
    place_cells(c, place);
    TRY(put_prefix(c, place));
    TRY(flow_optimize(c));
    TRY(parts->stacksize = layout_stack_depth(c));
    TRY(layout_handlers(c));
    TRY(layout_jumps(c, &size));
    TRY(collect_variables(c, place, parts));
    return make_tables(c, parts);
}

PyCodeObject *assemble_unit(Compiler *c, bool add_none)
{
    Unit *unit = c->unit;
    KCodeParts parts = { .filename = c->filename, .name = unit->name, .qualname = unit->qualname, .flags = code_flags(c) };
    if (finish_code(c, add_none) < 0 || layout(c, &parts) < 0)
        return NULL;
    parts.firstlineno = unit->firstlineno;
    parts.posonlyargcount = unit->posonlyargcount;
    parts.argcount = unit->posonlyargcount + unit->argcount;
    parts.kwonlyargcount = unit->kwonlyargcount;
    return k_code_new(&parts);
}
