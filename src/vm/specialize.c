/* specialize.c - choosing faster forms of operators, comparisons, subscripts, iteration and calls.
 *
 * In: a general instruction and its operands.  Out: pc->op rewritten and the cache filled, or a longer wait before
 * the next attempt. Start at vm_settle(). */
#include "vm/specialize.h"

#include "code/opcode.h"
#include "memory/mem.h"
#include "objects/descr.h"
#include "objects/dict/dict.h"
#include "objects/func/cfunction.h"
#include "objects/gen/gen.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/range.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "vm/eval.h"
#include "vm/fast.h"
#include "vm/helpers.h"
#include "vm/stats.h"

/* By fast form: its fused form for two locals, 0 when there is none. The others follow it. */
static const uint16_t fused_of[OP_COUNT] = {
#define OP(name, effect, cont, picture)
#define SPECIAL(name, base, effect, cont, picture)
#define FUSED(name, picture, ...) [OP_##name] = OP_##name##_LL,
#define OP_BODIES 0
#include "vm/ops/fused.ops.h"
#undef OP_BODIES
#undef FUSED
#undef OP
#undef SPECIAL
};
enum { AFTER_LL_LC = 1, AFTER_LL_SL = 2, AFTER_LL_SC = 3 };
_Static_assert(OP_ADD_INT_LC == OP_ADD_INT_LL + AFTER_LL_LC && OP_ADD_INT_SL == OP_ADD_INT_LL + AFTER_LL_SL &&
               OP_ADD_INT_SC == OP_ADD_INT_LL + AFTER_LL_SC, "the order of fused forms");

static int runs_as(const KInstr *pc, int base)
{
    return vm_op_rows[pc->op].base == base;
}

/* A pair that ends with this load is split: the load begins a fused form now. */
static void split_pair_before(KInstr *load)
{
    int op = load[-1].op;
    if (op == OP_LOAD_FAST_LOAD_FAST || op == OP_LOAD_FAST_LOAD_CONST || op == OP_STORE_FAST_LOAD_FAST)
        load[-1].op = vm_op_rows[op].base;
}

/* The copies that an augmented assignment makes of its target's parts run together with what uses them. */
static void fuse_copies(KInstr *first, int op)
{
    first->op = op == OP_SUBSCR_LIST             ? OP_AUG_SUBSCR_LIST
                : op == OP_STORE_SUBSCR_LIST     ? OP_AUG_STORE_LIST
                : op == OP_LOAD_ATTR_VALUE       ? OP_AUG_ATTR_VALUE
                : op == OP_STORE_ATTR_VALUE      ? OP_AUG_STORE_ATTR_VALUE
                                                 : vm_op_rows[first->op].base;
}

/* The loads before pc run together with it in its new form, or alone again when there is no such form. */
static void fuse_loads(KInstr *pc, int op)
{
    KInstr *right = pc - 1, *left = pc - 2;
    int form = op == NO_FORM ? 0 : fused_of[op];
    if (runs_as(right, OP_COPY) && runs_as(left, OP_COPY) && right->d == 2 && left->d == 2)
        fuse_copies(left, op);
    if (runs_as(right, OP_SWAP) && runs_as(left, OP_SWAP) && right->d == 2 && left->d == 3)
        fuse_copies(left, op);
    int constant = runs_as(right, OP_LOAD_CONST);
    if (!constant && !runs_as(right, OP_LOAD_FAST))
        return;
    if (runs_as(left, OP_LOAD_FAST)) {
        int pair = constant ? OP_LOAD_FAST_LOAD_CONST : OP_LOAD_FAST_LOAD_FAST;
        left->op = (uint16_t)(form ? form + (constant ? AFTER_LL_LC : 0) : pair);
        if (form)
            split_pair_before(left);
    } else {
        right->op = (uint16_t)(form ? form + (constant ? AFTER_LL_SC : AFTER_LL_SL) : vm_op_rows[right->op].base);
        if (form)
            split_pair_before(right);
    }
}

static int fused_owner_form(int op)
{
    switch (op) {
    case OP_LOAD_ATTR_VALUE: return OP_ATTR_VALUE_L;
    case OP_LOAD_ATTR_SLOT: return OP_ATTR_SLOT_L;
    case OP_LOAD_ATTR_DICT: return OP_ATTR_DICT_L;
    case OP_LOAD_METHOD_VALUES: return OP_METHOD_VALUES_L;
    case OP_LOAD_METHOD_NO_DICT: return OP_METHOD_NO_DICT_L;
    case OP_STORE_ATTR_VALUE: return OP_STORE_ATTR_VALUE_L;
    case OP_STORE_ATTR_SLOT: return OP_STORE_ATTR_SLOT_L;
    default: return OP_LOAD_FAST;
    }
}

/* The load of the owner before an attribute access runs together with it. */
static void fuse_owner(KInstr *pc, int op)
{
    KInstr *load = pc - 1;
    if ((runs_as(load, OP_COPY) && load->d == 1) || (runs_as(load, OP_SWAP) && load->d == 2))
        fuse_copies(load, op);
    if (!runs_as(load, OP_LOAD_FAST))
        return;
    load->op = (uint16_t)fused_owner_form(op);
    if (load->op != OP_LOAD_FAST)
        split_pair_before(load);
}

int vm_settle(KInstr *pc, KCache *cache, int op)
{
    if (vm_stats)
        (op == NO_FORM ? vm_stats->refused : vm_stats->specialised)[vm_op_rows[pc->op].base]++;
    int base = vm_op_rows[pc->op].base;
    if (base == OP_BINARY_OP || base == OP_COMPARE_OP || base == OP_BINARY_SUBSCR || base == OP_STORE_SUBSCR)
        fuse_loads(pc, op);
    else if (base == OP_LOAD_ATTR || base == OP_LOAD_METHOD || base == OP_STORE_ATTR)
        fuse_owner(pc, op);
    if (op == NO_FORM) {
        pc->op = vm_op_rows[pc->op].base;
        cache->counter = (uint16_t)(CACHE_WARMUP << cache->backoff);
        if (cache->backoff < CACHE_MAX_BACKOFF)
            cache->backoff++;
        return 0;
    }
    pc->op = (uint16_t)op;
    cache->counter = CACHE_COOLDOWN;
    return 1;
}

/* ---- several types at one site ---- */

KCache *vm_poly_find(KCode *k, const KInstr *pc, uint32_t type_version)
{
    KCache *ways = k->poly ? k->poly[pc->c / CACHE_WORDS] : NULL;
    for (int i = 0; ways && type_version && i < POLY_WAYS; i++) {
        if (ways[i].version == type_version && ways[i].counter == pc->op)
            return &ways[i];
    }
    return NULL;
}

/* The newest comes first; each keeps in `counter` the form it belongs to. Without memory the site stays as it is. */
void vm_poly_note(KCode *k, const KInstr *pc, const KCache *cache)
{
    if (!k->poly && !(k->poly = PyMem_Calloc(k->ncaches, sizeof *k->poly)))
        return;
    KCache **ways = &k->poly[pc->c / CACHE_WORDS];
    if (!*ways && !(*ways = PyMem_Calloc(POLY_WAYS, sizeof **ways)))
        return;
    KCache *way = vm_poly_find(k, pc, cache->version);
    if (!way) {
        way = *ways;
        memmove(way + 1, way, (POLY_WAYS - 1) * sizeof *way);
    }
    *way = *cache;
    way->counter = pc->op;
}

void vm_poly_free(KCode *k)
{
    for (uint32_t i = 0; k->poly && i < k->ncaches; i++)
        PyMem_Free(k->poly[i]);
    PyMem_Free(k->poly);
}

/* ---- Python functions ---- */

/* A Python function that takes n positional arguments and nothing else, with its version noted. */
static int simple_function(PyObject *func, Py_ssize_t n, uint32_t *version)
{
    if (!func || !PyFunction_Check(func) || ((PyFunctionObject *)func)->vectorcall != _PyFunction_Vectorcall)
        return 0;
    PyCodeObject *code = (PyCodeObject *)((PyFunctionObject *)func)->func_code;
    KCode *k = (KCode *)(void *)code->_co_linearray;
    *version = k_func_version((PyFunctionObject *)func);
    return *version && k && k->simple_args == (uint32_t)n && code->co_flags & CO_OPTIMIZED;
}

/* A special method of the left operand's class, for these two types. */
static int form_of_methods(PyObject *left, PyObject *right, PyObject *method, KCache *cache)
{
    if (!simple_function(method, 2, &cache->version2))
        return 0;
    cache->version = k_type_version(Py_TYPE(left));
    cache->index = k_type_version(Py_TYPE(right));
    cache->ptr = method;
    return cache->version && cache->index;
}

/* A special method that an instruction calls with n arguments, looked up on the owner's class. */
static int form_of_special(PyObject *owner, PyObject *name, Py_ssize_t n, KCache *cache)
{
    if (!PyType_HasFeature(Py_TYPE(owner), Py_TPFLAGS_HEAPTYPE))
        return 0;
    PyObject *method = _PyType_Lookup(Py_TYPE(owner), name);
    cache->version = k_type_version(Py_TYPE(owner));
    cache->ptr = method;
    return cache->version && simple_function(method, n, &cache->version2);
}

/* ---- operators ---- */

static int form_of_ints(uint32_t op, PyObject *left, PyObject *right)
{
    int64_t x = fast_wide_value(left), y = fast_wide_value(right);
    switch (op % NB_INPLACE_ADD) {
    case NB_ADD: return OP_ADD_INT;
    case NB_SUBTRACT: return OP_SUBTRACT_INT;
    case NB_MULTIPLY: return fast_product_fits(x, y) ? OP_MULTIPLY_INT : NO_FORM;
    case NB_AND: return OP_AND_INT;
    case NB_OR: return OP_OR_INT;
    case NB_XOR: return OP_XOR_INT;
    case NB_RSHIFT: return (uint64_t)y < 63 ? OP_RSHIFT_INT : NO_FORM;
    case NB_LSHIFT: return (uint64_t)y < 32 && fast_is_int(left) ? OP_LSHIFT_INT : NO_FORM;
    case NB_FLOOR_DIVIDE: return y > 0 ? OP_FLOOR_DIVIDE_INT : NO_FORM;
    case NB_REMAINDER: return y > 0 ? OP_REMAINDER_INT : NO_FORM;
    case NB_TRUE_DIVIDE: return fast_are_ints(left, right) && y != 0 ? OP_DIVIDE_MIXED : NO_FORM;
    default: return NO_FORM;
    }
}

static int form_of_mixed(uint32_t op)
{
    switch (op % NB_INPLACE_ADD) {
    case NB_ADD: return OP_ADD_MIXED;
    case NB_SUBTRACT: return OP_SUBTRACT_MIXED;
    case NB_MULTIPLY: return OP_MULTIPLY_MIXED;
    case NB_TRUE_DIVIDE: return OP_DIVIDE_MIXED;
    default: return NO_FORM;
    }
}

static int form_of_floats(uint32_t op)
{
    switch (op % NB_INPLACE_ADD) {
    case NB_ADD: return OP_ADD_FLOAT;
    case NB_SUBTRACT: return OP_SUBTRACT_FLOAT;
    case NB_MULTIPLY: return OP_MULTIPLY_FLOAT;
    case NB_TRUE_DIVIDE: return OP_DIVIDE_FLOAT;
    default: return NO_FORM;
    }
}

int vm_specialize_binary(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache)
{
    PyObject *left = frame->localsplus[pc->a], *right = frame->localsplus[pc->a + 1];
    int op = NO_FORM;
    double x, y;
    if (fast_are_wide_ints(left, right))
        op = form_of_ints(pc->d, left, right);
    else if (fast_are_floats(left, right))
        op = form_of_floats(pc->d);
    else if (fast_number(left, &x) && fast_number(right, &y))
        op = form_of_mixed(pc->d);
    else if (PyUnicode_CheckExact(left) && PyUnicode_CheckExact(right) && pc->d % NB_INPLACE_ADD == NB_ADD)
        op = runs_as(pc + 1, OP_STORE_FAST) && frame->localsplus[pc[1].b] == left ? OP_APPEND_STR : OP_ADD_STR;
    else
        op = form_of_methods(left, right, vm_binary_method(left, right, pc->d), cache) ? OP_BINARY_PYTHON : NO_FORM;
    return vm_settle(pc, cache, op);
}

/* When the jump behind a comparison jumps: 0, 1, or -1 when none follows. */
static int jump_behind(const KInstr *pc)
{
    if (runs_as(pc + 1, OP_POP_JUMP_FORWARD_IF_FALSE) || runs_as(pc + 1, OP_POP_JUMP_BACKWARD_IF_FALSE))
        return 0;
    if (runs_as(pc + 1, OP_POP_JUMP_FORWARD_IF_TRUE) || runs_as(pc + 1, OP_POP_JUMP_BACKWARD_IF_TRUE))
        return 1;
    return -1;
}

int vm_specialize_compare(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache)
{
    PyObject *left = frame->localsplus[pc->a], *right = frame->localsplus[pc->a + 1];
    int op = NO_FORM, when = jump_behind(pc);
    cache->index = (uint32_t)when;
    if (fast_are_wide_ints(left, right))
        op = when < 0 ? OP_COMPARE_INT : OP_COMPARE_INT_JUMP;
    else if (fast_are_floats(left, right))
        op = when < 0 ? OP_COMPARE_FLOAT : OP_COMPARE_FLOAT_JUMP;
    else if (PyUnicode_CheckExact(left) && PyUnicode_CheckExact(right) && (pc->d == Py_EQ || pc->d == Py_NE))
        op = when < 0 ? OP_COMPARE_STR : OP_COMPARE_STR_JUMP;
    else
        op = form_of_methods(left, right, vm_compare_method(left, right, (int)pc->d), cache) ? OP_COMPARE_PYTHON : NO_FORM;
    return vm_settle(pc, cache, op);
}

/* ---- subscripts, unpacking, iteration ---- */

int vm_specialize_subscr(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache)
{
    PyObject *owner = frame->localsplus[pc->a], *key = frame->localsplus[pc->a + 1];
    int op = NO_FORM;
    if (PyList_CheckExact(owner) && fast_is_int(key)) {
        op = OP_SUBSCR_LIST;
    } else if (PyTuple_CheckExact(owner) && fast_is_int(key)) {
        op = OP_SUBSCR_TUPLE;
    } else if (PyDict_CheckExact(owner)) {
        op = OP_SUBSCR_DICT;
    } else if (form_of_special(owner, K_STR("__getitem__"), 2, cache)) {
        op = OP_SUBSCR_GETITEM;
    }
    return vm_settle(pc, cache, op);
}

int vm_specialize_store_subscr(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache)
{
    PyObject *owner = frame->localsplus[pc->a + 1], *key = frame->localsplus[pc->a + 2];
    int op = NO_FORM;
    if (PyList_CheckExact(owner) && fast_is_int(key))
        op = OP_STORE_SUBSCR_LIST;
    else if (PyDict_CheckExact(owner))
        op = OP_STORE_SUBSCR_DICT;
    else if (form_of_special(owner, K_STR("__setitem__"), 3, cache))
        op = OP_STORE_SUBSCR_SETITEM;
    return vm_settle(pc, cache, op);
}

int vm_specialize_unpack(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache)
{
    PyObject *value = frame->localsplus[pc->a];
    int op = NO_FORM;
    if (PyTuple_CheckExact(value) && Py_SIZE(value) == (Py_ssize_t)pc->d)
        op = pc->d == 2 ? OP_UNPACK_TWO : OP_UNPACK_TUPLE;
    return vm_settle(pc, cache, op);
}

int vm_specialize_for_iter(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache)
{
    PyObject *iter = frame->localsplus[pc->a];
    int op = NO_FORM;
    if (Py_IS_TYPE(iter, &PyListIter_Type))
        op = OP_FOR_ITER_LIST;
    else if (Py_IS_TYPE(iter, &PyTupleIter_Type))
        op = OP_FOR_ITER_TUPLE;
    else if (Py_IS_TYPE(iter, &PyGen_Type))
        op = OP_FOR_ITER_GEN;
    else if (form_of_special(iter, K_STR("__next__"), 1, cache))
        op = OP_FOR_ITER_PYTHON;
    else if (Py_IS_TYPE(iter, &PyRangeIter_Type))
        op = runs_as(pc + 1, OP_STORE_FAST) ? OP_FOR_ITER_RANGE_STORE : OP_FOR_ITER_RANGE;
    return vm_settle(pc, cache, op);
}

/* ---- calls ---- */

static int form_of_python(PyObject *func, KInstr *pc, KCache *cache, int bound)
{
    uint32_t given = pc->d + (uint32_t)bound;
    if (simple_function(func, given, &cache->version))
        return bound ? OP_CALL_PY_METHOD : OP_CALL_PY;
    PyFunctionObject *function = (PyFunctionObject *)func;
    PyCodeObject *code = (PyCodeObject *)function->func_code;
    PyObject *defaults = function->func_defaults;
    if (!defaults || !simple_function(func, code->co_argcount, &cache->version))
        return NO_FORM;
    cache->index = given;
    Py_ssize_t required = code->co_argcount - PyTuple_GET_SIZE(defaults);
    return required >= 0 && (Py_ssize_t)given >= required && given < (uint32_t)code->co_argcount ? OP_CALL_PY_DEFAULTS
                                                                                                 : NO_FORM;
}

static int form_of_class(PyTypeObject *type, KInstr *pc, KCache *cache)
{
    if (type == &PyType_Type)
        return pc->d == 1 ? OP_CALL_TYPE_OF : NO_FORM;
    if (!PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) || type->tp_new != PyBaseObject_Type.tp_new ||
        PyType_HasFeature(type, Py_TPFLAGS_IS_ABSTRACT))
        return NO_FORM;
    PyObject *init = _PyType_Lookup(type, K_STR("__init__"));
    if (!init || !PyFunction_Check(init) || !(((PyCodeObject *)((PyFunctionObject *)init)->func_code)->co_flags & CO_OPTIMIZED))
        return NO_FORM;
    cache->version = k_type_version(type);
    cache->version2 = k_func_version((PyFunctionObject *)init);
    cache->ptr = init;
    return cache->version && cache->version2 ? OP_CALL_CLASS : NO_FORM;
}

/* Whether func is what builtins.name (an interned str) was at the start; a program may have put another there. */
static int is_builtin(PyObject *func, PyObject *name)
{
    PyObject *original = k_interp()->builtins_copy;
    return original && PyDict_GetItemWithError(original, name) == func;
}

static int form_of_builtin(PyObject *func, KInstr *pc, KCache *cache)
{
    int flags = PyCFunction_GET_FLAGS(func);
    cache->ptr = func;
    if (pc->d == 1 && flags == METH_O)
        return is_builtin(func, K_STR("len")) ? OP_CALL_LEN : OP_CALL_C_ONE;
    if (flags == METH_FASTCALL)
        return pc->d == 2 && is_builtin(func, K_STR("isinstance")) ? OP_CALL_ISINSTANCE : OP_CALL_C_FAST;
    return NO_FORM;
}

static int form_of_method(PyMethodDescrObject *method, PyObject *self, KInstr *pc, KCache *cache)
{
    int flags = method->d_method->ml_flags;
    if (!Py_IS_TYPE(self, method->d_common.d_type))
        return NO_FORM;
    cache->ptr = method;
    if (flags == METH_NOARGS && pc->d == 0)
        return OP_CALL_METHOD_NONE;
    if (flags == METH_O && pc->d == 1) {
        int append = PyList_CheckExact(self) && strcmp(method->d_method->ml_name, "append") == 0;
        return append ? OP_CALL_LIST_APPEND : OP_CALL_METHOD_ONE;
    }
    return (flags & ~METH_KEYWORDS) == METH_FASTCALL ? OP_CALL_METHOD_FAST : NO_FORM;
}

int vm_specialize_call(_PyInterpreterFrame *frame, KInstr *pc, KCache *cache)
{
    PyObject **base = &frame->localsplus[pc->a];
    int bound = base[0] != NULL, op = NO_FORM;
    PyObject *callable = bound ? base[0] : base[1];
    if (PyFunction_Check(callable))
        op = form_of_python(callable, pc, cache, bound);
    else if (bound && Py_IS_TYPE(callable, &PyMethodDescr_Type))
        op = form_of_method((PyMethodDescrObject *)callable, base[1], pc, cache);
    else if (!bound && PyCFunction_CheckExact(callable))
        op = form_of_builtin(callable, pc, cache);
    else if (!bound && PyType_CheckExact(callable))
        op = form_of_class((PyTypeObject *)callable, pc, cache);
    return vm_settle(pc, cache, op);
}
