/* translate.c - bytecode to the engine's instructions, one to one.
 *
 * In: a code object's pristine bytecode and exception table.  Out: a KCode in one block, owned by the code object.
 * The depth pass walks all paths from the entry and from the handlers; two paths that meet with different depths, an
 * unknown opcode or a jump out of the code are refused with SystemError, so the loop need not check anything.
 * EXTENDED_ARG and CACHE units are folded into the instruction they belong to, PRECALL into its CALL.
 * Start at vm_translate(). */
#include "vm/kcode.h"

#include "code/opcode.h"
#include "memory/mem.h"
#include "objects/bytes/bytes.h"
#include "objects/tuple.h"
#include "runtime/config.h"
#include "runtime/errors.h"
#include "vm/engine.h"
#include "vm/specialize.h"

const KOpRow vm_op_rows[OP_COUNT] = {
#define OP(name, effect, cont, picture) [OP_##name] = { #name, picture, OP_##name, effect, cont },
#define SPECIAL(name, base, effect, cont, picture) [OP_##name] = { #name, picture, OP_##base, effect, cont },
#define OP_BODIES 0
#include "vm/ops/all.ops.h"
#undef OP_BODIES
#undef OP
#undef SPECIAL
};

/* The 1:1 form of each bytecode. OP rows that stand for no bytecode have none. */
static const uint16_t op_of_bytecode[256] = {
#define BYTECODE(num, name, operand, pops, pushes, caches, flags) [num] = OP_##name,
#include "code/opcodes.def"
#undef BYTECODE
};

/* -X kaa-engine=1:1: instructions stay in their 1:1 forms. Found out once. */
static int one_to_one(void)
{
    static int answer = -1;
    if (answer < 0) {
        const PyConfig *config = _Py_GetConfig();
        const wchar_t *option = config ? config_xoption(config, L"kaa-engine") : NULL;
        answer = option && wcscmp(option, L"=1:1") == 0;
    }
    return answer;
}

enum { UNSEEN = -1, MAX_SLOTS = 65000, MAX_CACHES = 65535 / CACHE_WORDS };

/* One unit of bytecode while it is looked at. */
typedef struct Unit {
    uint32_t arg;    /* with its EXTENDED_ARG prefixes */
    int32_t depth;   /* UNSEEN until a path reaches it */
    uint32_t next;   /* the unit after it and its caches */
    uint32_t engine; /* its instruction */
    uint8_t op;      /* CACHE and EXTENDED_ARG units stand for no instruction */
    uint8_t kw;      /* a CALL that follows KW_NAMES */
} Unit;

typedef struct Translation {
    PyCodeObject *code;
    uint32_t nunits, ninstr, ncaches, nhandlers;
    Unit *units;
    KHandler *handlers; /* targets and slots: units and depths until they are written out */
    uint32_t *work;     /* units whose paths are still to be walked */
    uint32_t nwork;
} Translation;

static int refuse(Translation *t, const char *why, uint32_t unit)
{
    k_raise(PyExc_SystemError, "bad bytecode in %U at %u: %s", t->code->co_qualname, unit * 2, why);
    return -1;
}

/* ---- reading ---- */

static int read_units(Translation *t)
{
    const _Py_CODEUNIT *code = _PyCode_CODE(t->code);
    uint32_t arg = 0;
    for (uint32_t i = 0; i < t->nunits;) {
        int op = _Py_OPCODE(code[i]);
        const KBytecodeRow *row = k_bytecode_row(op);
        if (!row->name || op == BC_CACHE)
            return refuse(t, "no such opcode", i);
        Unit *unit = &t->units[i];
        arg = arg << 8 | _Py_OPARG(code[i]);
        *unit = (Unit){ .arg = arg, .depth = UNSEEN, .next = i + 1u + row->caches, .op = (uint8_t)op };
        if (unit->next > t->nunits)
            return refuse(t, "it ends within an instruction", i);
        for (uint32_t j = i + 1; j < unit->next; j++)
            t->units[j] = (Unit){ .depth = UNSEEN, .next = j + 1, .op = BC_CACHE };
        if (op != BC_EXTENDED_ARG)
            arg = 0;
        i = unit->next;
    }
    return 0;
}

static uint32_t read_varint(const uint8_t **p, const uint8_t *end)
{
    uint32_t value = 0;
    while (*p < end) {
        uint8_t byte = *(*p)++;
        value = value << 6 | (byte & 63);
        if (!(byte & 64))
            break;
    }
    return value;
}

/* Rows of the exception table: start, length, target, depth << 1 | lasti, each six bits a byte. */
static int read_handlers(Translation *t)
{
    PyObject *table = t->code->co_exceptiontable;
    const uint8_t *p = (const uint8_t *)PyBytes_AS_STRING(table), *end = p + PyBytes_GET_SIZE(table);
    uint32_t room = (uint32_t)(PyBytes_GET_SIZE(table) / 4);
    t->handlers = PyMem_Malloc(sizeof(KHandler) * (room + 1));
    if (!t->handlers) {
        PyErr_NoMemory();
        return -1;
    }
    while (p < end && t->nhandlers < room) {
        KHandler *h = &t->handlers[t->nhandlers++];
        h->start = read_varint(&p, end);
        h->end = h->start + read_varint(&p, end);
        h->target = read_varint(&p, end);
        uint32_t depth_lasti = read_varint(&p, end);
        h->slot = (uint16_t)(depth_lasti >> 1);
        h->push_lasti = depth_lasti & 1;
        if (h->target >= t->nunits || h->end > t->nunits)
            return refuse(t, "exception table leads out of it", h->target);
    }
    return 0;
}

/* ---- the depth pass ---- */

static int reach(Translation *t, uint32_t from, uint32_t to, int depth)
{
    if (to >= t->nunits || t->units[to].op == BC_CACHE)
        return refuse(t, "control leaves it", from);
    if (depth < 0 || depth > t->code->co_stacksize)
        return refuse(t, "stack depth out of bounds", from);
    Unit *unit = &t->units[to];
    if (unit->depth == UNSEEN) {
        unit->depth = depth;
        t->work[t->nwork++] = to;
    } else if (unit->depth != depth) {
        return refuse(t, "two paths meet with different stack depths", to);
    }
    return 0;
}

static int operand_ok(Translation *t, const Unit *unit)
{
    PyCodeObject *code = t->code;
    switch ((KOperand)k_bytecode_row(unit->op)->operand) {
    case OPERAND_CONST:  return unit->arg < (size_t)PyTuple_GET_SIZE(code->co_consts);
    case OPERAND_NAME:   return unit->arg < (size_t)PyTuple_GET_SIZE(code->co_names);
    case OPERAND_GLOBAL: return unit->arg >> 1 < (size_t)PyTuple_GET_SIZE(code->co_names);
    case OPERAND_LOCAL:
    case OPERAND_CELL:   return unit->arg < (uint32_t)code->co_nlocalsplus;
    case OPERAND_COMPARE: return unit->arg <= Py_GE;
    case OPERAND_BINARY: return unit->arg <= NB_INPLACE_XOR;
    case OPERAND_NONE:
    case OPERAND_NUMBER:
    case OPERAND_FORWARD:
    case OPERAND_BACKWARD: return 1;
    }
    return 0;
}

/* Items an instruction looks at, the ones it takes included. */
static int stack_needed(const Unit *unit, int pops)
{
    switch (unit->op) {
    case BC_CALL: return (int)unit->arg + 2;
    case BC_LIST_APPEND:
    case BC_SET_ADD:
    case BC_LIST_EXTEND:
    case BC_SET_UPDATE:
    case BC_DICT_UPDATE: return (int)unit->arg + 1;
    case BC_DICT_MERGE:
    case BC_MAP_ADD: return (int)unit->arg + 2;
    case BC_RERAISE: return (int)unit->arg + 1;
    default: return pops;
    }
}

static int walk_one(Translation *t, uint32_t at)
{
    Unit *unit = &t->units[at];
    int pops, pushes, op = unit->op;
    const KBytecodeRow *row = k_bytecode_row(op);
    if (op == BC_EXTENDED_ARG)
        return reach(t, at, unit->next, unit->depth);
    if (!operand_ok(t, unit))
        return refuse(t, "operand out of range", at);
    if (op == BC_KW_NAMES) { /* the call's own: nothing stands between */
        uint32_t call = unit->next;
        while (call < t->nunits && (t->units[call].op == BC_EXTENDED_ARG || t->units[call].op == BC_PRECALL))
            call = t->units[call].next;
        if (call >= t->nunits || t->units[call].op != BC_CALL)
            return refuse(t, "KW_NAMES without a call", at);
        t->units[call].kw = 1;
    }
    k_stack_use(op, (int)unit->arg, 0, &pops, &pushes);
    if (op == BC_PRECALL)
        pops = pushes = 0; /* the table follows dis; the items are the CALL's */
    else if (op == BC_CALL)
        pops = (int)unit->arg + 2;
    if (unit->depth < stack_needed(unit, pops))
        return refuse(t, "the stack runs empty", at);
    if (k_bytecode_is_jump(op)) {
        int jump_pops, jump_pushes;
        int64_t target = row->operand == OPERAND_FORWARD ? (int64_t)unit->next + unit->arg : (int64_t)unit->next - unit->arg;
        k_stack_use(op, (int)unit->arg, 1, &jump_pops, &jump_pushes);
        if (target < 0 || target >= t->nunits)
            return refuse(t, "a jump leads out of it", at);
        if (reach(t, at, (uint32_t)target, unit->depth - jump_pops + jump_pushes) < 0)
            return -1;
    }
    if (row->flags & BC_ENDS)
        return 0;
    return reach(t, at, unit->next, unit->depth - pops + pushes);
}

static int walk_all(Translation *t)
{
    /* A generator's first instructions run at depth 0, but what follows RETURN_GENERATOR finds the sent value. */
    int generator = (t->code->co_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)) != 0;
    if (t->nunits && reach(t, 0, 0, generator) < 0)
        return -1;
    for (uint32_t i = 0; i < t->nhandlers; i++) {
        KHandler *h = &t->handlers[i];
        if (reach(t, h->target, h->target, h->slot + h->push_lasti + 1) < 0)
            return -1;
    }
    while (t->nwork) {
        if (walk_one(t, t->work[--t->nwork]) < 0)
            return -1;
    }
    return 0;
}

/* ---- writing ---- */

static int folded_away(const Unit *unit)
{
    return unit->op == BC_CACHE || unit->op == BC_EXTENDED_ARG || unit->op == BC_PRECALL;
}

static int has_cache(int op)
{
    return k_bytecode_row(op)->caches != 0 || op == BC_FOR_ITER;
}

/* Instructions by unit; a folded unit leads to the instruction behind it. */
static void number_units(Translation *t)
{
    t->ncaches = 1;
    for (uint32_t i = 0; i < t->nunits; i++) {
        t->units[i].engine = t->ninstr;
        if (!folded_away(&t->units[i])) {
            t->ninstr++;
            t->ncaches += has_cache(t->units[i].op) && t->ncaches < MAX_CACHES;
        }
    }
}

static KCode *allocate(Translation *t)
{
    size_t instr = sizeof(KInstr) * (INSTR_BEFORE + t->ninstr + 1), caches = sizeof(KCache) * t->ncaches;
    size_t handlers = sizeof(KHandler) * t->nhandlers, map = sizeof(uint32_t) * (t->nunits + 1);
    size_t depth = sizeof(uint16_t) * (t->ninstr + 1);
    KCode *k = PyMem_Calloc(1, sizeof(KCode) + instr + caches + handlers + map + depth);
    if (!k) {
        PyErr_NoMemory();
        return NULL;
    }
    char *room = (char *)k->caches + caches;
    k->instr = (KInstr *)(void *)room + INSTR_BEFORE;
    k->handlers = (KHandler *)(void *)(room += instr);
    k->engine_of = (uint32_t *)(void *)(room += handlers);
    k->depth = (uint16_t *)(void *)(room += map);
    k->consts = ((PyTupleObject *)t->code->co_consts)->ob_item;
    k->ninstr = t->ninstr;
    k->nunits = t->nunits;
    k->nhandlers = t->nhandlers;
    k->ncaches = t->ncaches;
    k->nslots = (uint32_t)(t->code->co_nlocalsplus + t->code->co_stacksize);
    k->frame_words = (uint32_t)FRAME_SPECIALS_SIZE + k->nslots + FRAME_HIDDEN_WORDS;
    int plain = !(t->code->co_flags & (CO_VARARGS | CO_VARKEYWORDS)) && t->code->co_kwonlyargcount == 0;
    k->simple_args = plain ? (uint32_t)t->code->co_argcount : UINT32_MAX;
    return k;
}

static void write_instr(Translation *t, KCode *k, uint32_t at, uint32_t *next_cache)
{
    const Unit *unit = &t->units[at];
    KInstr *out = &k->instr[unit->engine];
    int pops, pushes, base = t->code->co_nlocalsplus;
    k_stack_use(unit->op, (int)unit->arg, 0, &pops, &pushes);
    if (unit->op == BC_CALL)
        pops = (int)unit->arg + 2;
    int depth = unit->depth == UNSEEN ? 0 : unit->depth;
    k->depth[unit->engine] = (uint16_t)(base + depth);
    out->op = unit->kw ? OP_CALL_KW : op_of_bytecode[unit->op];
    out->a = (uint16_t)(base + depth - (unit->depth == UNSEEN ? 0 : pops));
    out->d = unit->arg;
    out->origin = (uint32_t)(offsetof(PyCodeObject, co_code_adaptive) + at * sizeof(_Py_CODEUNIT));
    const KBytecodeRow *row = k_bytecode_row(unit->op);
    if (row->operand == OPERAND_LOCAL || row->operand == OPERAND_CELL)
        out->b = (uint16_t)unit->arg;
    if (row->operand >= OPERAND_FORWARD) {
        uint32_t target = row->operand == OPERAND_FORWARD ? unit->next + unit->arg : unit->next - unit->arg;
        if (unit->depth != UNSEEN)
            out->d = t->units[target].engine - unit->engine; /* wraps for jumps backward */
    }
    if (has_cache(unit->op) && *next_cache < t->ncaches && !one_to_one()) {
        out->c = (uint16_t)((*next_cache)++ * CACHE_WORDS);
        kcode_cache(k, out)->counter = CACHE_WARMUP;
    }
}

static int is_conditional_jump(const KInstr *pc)
{
    return pc->op == OP_POP_JUMP_FORWARD_IF_FALSE || pc->op == OP_POP_JUMP_FORWARD_IF_TRUE ||
           pc->op == OP_POP_JUMP_BACKWARD_IF_FALSE || pc->op == OP_POP_JUMP_BACKWARD_IF_TRUE;
}

static int is_none_jump(const KInstr *pc)
{
    return pc->op == OP_POP_JUMP_FORWARD_IF_NONE || pc->op == OP_POP_JUMP_FORWARD_IF_NOT_NONE ||
           pc->op == OP_POP_JUMP_BACKWARD_IF_NONE || pc->op == OP_POP_JUMP_BACKWARD_IF_NOT_NONE;
}

static int paired_load(const KInstr *pc)
{
    if (pc[1].op == OP_LOAD_FAST)
        return is_conditional_jump(pc + 2) || is_none_jump(pc + 2) ? OP_LOAD_FAST : OP_LOAD_FAST_LOAD_FAST;
    if (pc[1].op == OP_LOAD_CONST)
        return OP_LOAD_FAST_LOAD_CONST;
    return is_conditional_jump(pc + 1) ? OP_TEST_L : is_none_jump(pc + 1) ? OP_TEST_NONE_L : OP_LOAD_FAST;
}

/* A store behind an operation that may have a form which stores its result at once stays alone. */
static int paired_store(const KInstr *pc)
{
    static const uint8_t stores[OP_COUNT] = {
        [OP_BINARY_OP] = 1, [OP_BINARY_SUBSCR] = 1, [OP_LOAD_ATTR] = 1, [OP_FOR_ITER] = 1,
    };
    int loads_follow = pc[1].op == OP_LOAD_FAST && (pc[2].op == OP_LOAD_FAST || pc[2].op == OP_LOAD_CONST ||
                                                    is_conditional_jump(pc + 2) || is_none_jump(pc + 2));
    if (stores[pc[-1].op])
        return OP_STORE_FAST;
    if (pc[1].op == OP_LOAD_FAST && !loads_follow)
        return OP_STORE_FAST_LOAD_FAST;
    return pc[1].op == OP_STORE_FAST ? OP_STORE_FAST_STORE_FAST : OP_STORE_FAST;
}

/* Pairs that run as one; the second keeps its own form, for jumps that lead to it. */
static void pair_up(KCode *k)
{
    for (uint32_t i = 0; i + 2 < k->ninstr; i++) {
        KInstr *pc = &k->instr[i];
        int jump_behind = pc[1].op == OP_POP_JUMP_FORWARD_IF_FALSE || pc[1].op == OP_POP_JUMP_FORWARD_IF_TRUE;
        int op = pc->op == OP_LOAD_FAST                    ? paired_load(pc)
                 : pc->op == OP_STORE_FAST                 ? paired_store(pc)
                 : pc->op == OP_IS_OP && jump_behind       ? OP_IS_OP_JUMP
                 : pc->op == OP_CONTAINS_OP && jump_behind ? OP_CONTAINS_OP_JUMP
                                                           : pc->op;
        i += op != pc->op;
        pc->op = (uint16_t)op;
    }
}

static KCode *write_out(Translation *t)
{
    number_units(t);
    KCode *k = allocate(t);
    if (!k)
        return NULL;
    uint32_t next_cache = 1;
    for (uint32_t i = 0; i < t->nunits; i++) {
        k->engine_of[i] = t->units[i].engine;
        if (!folded_away(&t->units[i]))
            write_instr(t, k, i, &next_cache);
    }
    k->engine_of[t->nunits] = t->ninstr;
    k->first = k->ninstr && k->instr[0].op == OP_RESUME;
    if (!one_to_one())
        pair_up(k);
    k->instr[t->ninstr] = (KInstr){ .op = OP_TRAP };
    for (uint32_t i = 0; i < t->nhandlers; i++) {
        k->handlers[i] = t->handlers[i];
        k->handlers[i].target = t->units[t->handlers[i].target].engine;
        k->handlers[i].slot = (uint16_t)(t->handlers[i].slot + t->code->co_nlocalsplus);
    }
    return k;
}

KCode *vm_translate(PyCodeObject *code)
{
    KCode *k = NULL;
    Translation t = { .code = code, .nunits = (uint32_t)Py_SIZE(code) };
    if ((int64_t)code->co_nlocalsplus + code->co_stacksize > MAX_SLOTS) {
        k_raise(PyExc_MemoryError, "%U has too many variables for one frame", code->co_qualname);
        return NULL;
    }
    t.units = PyMem_Malloc(sizeof(Unit) * (t.nunits + 1));
    t.work = PyMem_Malloc(sizeof(uint32_t) * (t.nunits + 1));
    if (!t.units || !t.work)
        PyErr_NoMemory();
    else if (read_units(&t) == 0 && read_handlers(&t) == 0 && walk_all(&t) == 0)
        k = write_out(&t);
    PyMem_Free(t.units);
    PyMem_Free(t.work);
    PyMem_Free(t.handlers);
    code->_co_linearray = (char *)k;
    return k;
}

void vm_code_release(PyCodeObject *code)
{
    if (code->_co_linearray)
        vm_poly_free((KCode *)(void *)code->_co_linearray);
    PyMem_Free(code->_co_linearray);
    code->_co_linearray = NULL;
}
