/* dunder.c - operators of objects whose classes are made in Python: special methods that run in the loop.
 *
 * In: an instruction and its operands.  Out: a frame of the method that comes first, or, where that is no Python
 * function, the result (KNext). A method that gives NotImplemented is followed by the other operand's; which ones have
 * been tried stands in the frame's link.
 * Start at vm_binary(). */
#include "code/opcode.h"
#include "objects/call.h"
#include "objects/descr.h"
#include "objects/func/func.h"
#include "objects/protocol.h"
#include "objects/tuple.h"
#include "objects/type/slots.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "vm/engine.h"
#include "vm/helpers.h"

static const KNext nothing = { NULL, NULL };

/* A method of a class that the loop may run: borrowed, or NULL. */
static PyObject *inline_method(PyThreadState *tstate, PyObject *self, PyObject *name)
{
    if (!PyType_HasFeature(Py_TYPE(self), Py_TPFLAGS_HEAPTYPE))
        return NULL;
    PyObject *method = _PyType_Lookup(Py_TYPE(self), name);
    return vm_runs_inline(tstate, method) ? method : NULL;
}

/* ---- binary operators ---- */

/* An operator by its plain KBinaryOp: method names, interned at first use; number slots and the functions that classes
 * made in Python have there. */
typedef struct Operator {
    PyObject *method, *reflected, *in_place;
    const char *symbol;
    size_t slot, slot_in_place;
    void *generic, *generic_in_place;
} Operator;

static Operator operator_of(uint32_t op)
{
#define OPERATOR(word, symbol, nb)                                                                                     \
    (Operator){ K_STR("__" word "__"), K_STR("__r" word "__"), K_STR("__i" word "__"), symbol,                         \
                offsetof(PyNumberMethods, nb_##nb), offsetof(PyNumberMethods, nb_inplace_##nb),                        \
                (void *)slot_nb_##nb, (void *)slot_nb_inplace_##nb }
    switch ((KBinaryOp)(op % NB_INPLACE_ADD)) {
    case NB_ADD: return OPERATOR("add", "+", add);
    case NB_AND: return OPERATOR("and", "&", and);
    case NB_FLOOR_DIVIDE: return OPERATOR("floordiv", "//", floor_divide);
    case NB_LSHIFT: return OPERATOR("lshift", "<<", lshift);
    case NB_MATRIX_MULTIPLY: return OPERATOR("matmul", "@", matrix_multiply);
    case NB_MULTIPLY: return OPERATOR("mul", "*", multiply);
    case NB_REMAINDER: return OPERATOR("mod", "%", remainder);
    case NB_OR: return OPERATOR("or", "|", or);
    case NB_POWER: return OPERATOR("pow", "** or pow()", power);
    case NB_RSHIFT: return OPERATOR("rshift", ">>", rshift);
    case NB_SUBTRACT: return OPERATOR("sub", "-", subtract);
    case NB_TRUE_DIVIDE: return OPERATOR("truediv", "/", true_divide);
    case NB_XOR: return OPERATOR("xor", "^", xor);
    case NB_INPLACE_ADD:
    case NB_INPLACE_AND:
    case NB_INPLACE_FLOOR_DIVIDE:
    case NB_INPLACE_LSHIFT:
    case NB_INPLACE_MATRIX_MULTIPLY:
    case NB_INPLACE_MULTIPLY:
    case NB_INPLACE_REMAINDER:
    case NB_INPLACE_OR:
    case NB_INPLACE_POWER:
    case NB_INPLACE_RSHIFT:
    case NB_INPLACE_SUBTRACT:
    case NB_INPLACE_TRUE_DIVIDE:
    case NB_INPLACE_XOR: break;
    }
#undef OPERATOR
    Py_UNREACHABLE();
}

static int is_in_place(uint32_t op)
{
    return op >= NB_INPLACE_ADD;
}

/* The left operand's method comes first unless the right one's class derives from the left one's. */
static int left_comes_first(PyTypeObject *left, PyTypeObject *right)
{
    return PyType_HasFeature(left, Py_TPFLAGS_HEAPTYPE) && (left == right || !PyType_IsSubtype(right, left));
}

static PyObject *python_method(PyTypeObject *type, PyObject *name)
{
    PyObject *method = _PyType_Lookup(type, name);
    return method && PyFunction_Check(method) ? method : NULL;
}

PyObject *vm_binary_method(PyObject *left, PyObject *right, uint32_t op)
{
    PyTypeObject *type = Py_TYPE(left);
    if (!left_comes_first(type, Py_TYPE(right)))
        return NULL;
    Operator o = operator_of(op);
    if (is_in_place(op) && _PyType_Lookup(type, o.in_place))
        return NULL;
    return python_method(type, o.method);
}

static void *number_slot(PyObject *self, size_t offset)
{
    PyNumberMethods *methods = Py_TYPE(self)->tp_as_number;
    void *function = NULL;
    if (methods)
        memcpy(&function, (char *)methods + offset, sizeof function);
    return function;
}

/* A right operand of a subclass goes first: when it is of a C type, or overrides the reflected method. */
static int right_goes_first(const Operator *o, PyObject *left, PyObject *right)
{
    void *f = number_slot(left, o->slot), *g = number_slot(right, o->slot);
    if (!f || !g || !PyType_IsSubtype(Py_TYPE(right), Py_TYPE(left)))
        return 0;
    if (f != g)
        return 1;
    PyObject *reflected = f == o->generic ? _PyType_Lookup(Py_TYPE(right), o->reflected) : NULL;
    return reflected && reflected != _PyType_Lookup(Py_TYPE(left), o->reflected);
}

/* Who is asked next; 0 when all have been. */
static uintptr_t next_side(const Operator *o, PyObject *left, PyObject *right, uint32_t op, uintptr_t tried)
{
    int other = Py_TYPE(left) != Py_TYPE(right);
    if (is_in_place(op) && !(tried & TRIED_IN_PLACE))
        return TRIED_IN_PLACE;
    if (other && !(tried & (TRIED_LEFT | TRIED_RIGHT)) && right_goes_first(o, left, right))
        return TRIED_RIGHT;
    if (!(tried & TRIED_LEFT))
        return TRIED_LEFT;
    return other && !(tried & TRIED_RIGHT) ? TRIED_RIGHT : 0;
}

/* A method that is no Python function. */
static PyObject *ask(PyObject *self, PyObject *other, PyObject *name)
{
    K_AUTO(PyObject *) method = k_lookup_special(self, name);
    if (method)
        return PyObject_CallOneArg(method, other);
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_NotImplemented);
}

/* One side's answer from C: its slot, or the method that a class made in Python has for it. */
static PyObject *answer_in_c(const Operator *o, PyObject *left, PyObject *right, uint32_t op, uintptr_t side)
{
    PyObject *self = side == TRIED_RIGHT ? right : left, *other = side == TRIED_RIGHT ? left : right;
    void *function = number_slot(self, side == TRIED_IN_PLACE ? o->slot_in_place : o->slot);
    if (function == (side == TRIED_IN_PLACE ? o->generic_in_place : o->generic))
        return ask(self, other, side == TRIED_IN_PLACE ? o->in_place : side == TRIED_LEFT ? o->method : o->reflected);
    if (!function || (side == TRIED_RIGHT && function == number_slot(left, o->slot)))
        return Py_NewRef(Py_NotImplemented);
    if (op % NB_INPLACE_ADD == NB_POWER)
        return ((ternaryfunc)function)(left, right, Py_None);
    return ((binaryfunc)function)(left, right);
}

/* All have given NotImplemented. */
static PyObject *give_up(const Operator *o, PyObject *left, PyObject *right, uint32_t op)
{
    if (op % NB_INPLACE_ADD == NB_ADD)
        return k_number_add_rest(left, right, is_in_place(op));
    if (op % NB_INPLACE_ADD == NB_MULTIPLY)
        return k_number_multiply_rest(left, right, is_in_place(op));
    char symbol[16];
    snprintf(symbol, sizeof symbol, "%s%s", op == NB_INPLACE_POWER ? "**" : o->symbol, is_in_place(op) ? "=" : "");
    return k_number_refuse(left, right, symbol);
}

KNext vm_binary_rest(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, uintptr_t kind)
{
    PyObject *left = frame->localsplus[pc->a], *right = frame->localsplus[pc->a + 1];
    Operator o = operator_of(pc->d);
    uintptr_t side;
    while ((side = next_side(&o, left, right, pc->d, kind)) != 0) {
        kind |= side;
        PyObject *self = side == TRIED_RIGHT ? right : left, *args[] = { self, side == TRIED_RIGHT ? left : right };
        PyObject *name = side == TRIED_RIGHT ? o.reflected : side == TRIED_LEFT ? o.method : o.in_place;
        PyObject *method = inline_method(tstate, self, name);
        if (method)
            return vm_begin(tstate, pc, kind, method, args, 2, NULL);
        PyObject *result = answer_in_c(&o, left, right, pc->d, side);
        if (result != Py_NotImplemented)
            return vm_finish(frame, pc, result);
        Py_DECREF(result);
    }
    return vm_finish(frame, pc, give_up(&o, left, right, pc->d));
}

KNext vm_binary(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc)
{
    PyObject *left = frame->localsplus[pc->a], *right = frame->localsplus[pc->a + 1];
    Operator o = operator_of(pc->d);
    if (inline_method(tstate, left, o.method) || inline_method(tstate, right, o.reflected) ||
        (is_in_place(pc->d) && inline_method(tstate, left, o.in_place)))
        return vm_binary_rest(tstate, frame, pc, CONT_BINARY);
    return vm_finish(frame, pc, vm_binary_ops[pc->d](left, right));
}

/* ---- comparisons ---- */

static PyObject *compare_name(int op)
{
    PyObject *const names[] = {
        [Py_LT] = K_STR("__lt__"), [Py_LE] = K_STR("__le__"), [Py_EQ] = K_STR("__eq__"),
        [Py_NE] = K_STR("__ne__"), [Py_GT] = K_STR("__gt__"), [Py_GE] = K_STR("__ge__"),
    };
    return names[op];
}

PyObject *vm_compare_method(PyObject *left, PyObject *right, int op)
{
    return left_comes_first(Py_TYPE(left), Py_TYPE(right)) ? python_method(Py_TYPE(left), compare_name(op)) : NULL;
}

/* The method of self for a comparison; *inverted when it is __eq__, which object.__ne__ asks. */
static PyObject *inline_compare(PyThreadState *tstate, PyObject *self, int op, uintptr_t *inverted)
{
    *inverted = 0;
    PyObject *method = inline_method(tstate, self, compare_name(op));
    if (method || op != Py_NE || Py_TYPE(self)->tp_richcompare != slot_tp_richcompare)
        return method;
    if (_PyType_Lookup(Py_TYPE(self), compare_name(op)) != _PyType_Lookup(&PyBaseObject_Type, compare_name(op)))
        return NULL;
    *inverted = INVERTED;
    return inline_method(tstate, self, compare_name(Py_EQ));
}

/* Neither operand knows. */
static PyObject *compare_default(PyObject *left, PyObject *right, int op)
{
    static const char *const symbols[] = { "<", "<=", "==", "!=", ">", ">=" };
    if (op == Py_EQ || op == Py_NE)
        Py_RETURN_BOOL((left == right) == (op == Py_EQ));
    return k_raise(PyExc_TypeError, "'%s' not supported between instances of '%.100s' and '%.100s'", symbols[op],
                   Py_TYPE(left)->tp_name, Py_TYPE(right)->tp_name);
}

static uintptr_t next_to_compare(PyObject *left, PyObject *right, uintptr_t tried)
{
    if (!(tried & (TRIED_LEFT | TRIED_RIGHT)) && Py_TYPE(left) != Py_TYPE(right) &&
        PyType_IsSubtype(Py_TYPE(right), Py_TYPE(left)))
        return TRIED_RIGHT;
    return !(tried & TRIED_LEFT) ? TRIED_LEFT : !(tried & TRIED_RIGHT) ? TRIED_RIGHT : 0;
}

KNext vm_compare_rest(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, uintptr_t kind)
{
    PyObject *left = frame->localsplus[pc->a], *right = frame->localsplus[pc->a + 1];
    uintptr_t side, inverted;
    while ((side = next_to_compare(left, right, kind)) != 0) {
        kind |= side;
        PyObject *args[] = { side == TRIED_LEFT ? left : right, side == TRIED_LEFT ? right : left };
        int op = side == TRIED_LEFT ? (int)pc->d : _Py_SwappedOp[pc->d];
        PyObject *method = inline_compare(tstate, args[0], op, &inverted);
        if (method)
            return vm_begin(tstate, pc, kind | inverted, method, args, 2, NULL);
        richcmpfunc compare = Py_TYPE(args[0])->tp_richcompare;
        PyObject *result = compare ? compare(args[0], args[1], op) : Py_NewRef(Py_NotImplemented);
        if (result != Py_NotImplemented)
            return vm_finish(frame, pc, result);
        Py_DECREF(result);
    }
    return vm_finish(frame, pc, compare_default(left, right, (int)pc->d));
}

KNext vm_compare(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc)
{
    PyObject *left = frame->localsplus[pc->a], *right = frame->localsplus[pc->a + 1];
    uintptr_t inverted;
    if (inline_compare(tstate, left, (int)pc->d, &inverted) ||
        inline_compare(tstate, right, _Py_SwappedOp[pc->d], &inverted))
        return vm_compare_rest(tstate, frame, pc, CONT_COMPARE);
    return vm_finish(frame, pc, PyObject_RichCompare(left, right, (int)pc->d));
}

/* ---- operators of one method ---- */

KNext vm_unary(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, PyObject *name, unaryfunc otherwise)
{
    PyObject *operand = frame->localsplus[pc->a], *method = inline_method(tstate, operand, name);
    if (method)
        return vm_begin(tstate, pc, CONT_REPLACE, method, &operand, 1, NULL);
    return vm_finish(frame, pc, otherwise(operand));
}

KNext vm_truth(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc)
{
    PyObject *value = frame->localsplus[pc->a];
    PyTypeObject *type = Py_TYPE(value);
    PyObject *method = inline_method(tstate, value, K_STR("__bool__"));
    if (method)
        return vm_begin(tstate, pc, CONT_TRUTH, method, &value, 1, NULL);
    method = inline_method(tstate, value, K_STR("__len__"));
    if (method && !(type->tp_as_number && type->tp_as_number->nb_bool))
        return vm_begin(tstate, pc, CONT_LENGTH, method, &value, 1, NULL);
    return vm_truth_known(frame, pc, PyObject_IsTrue(value));
}

KNext vm_contains(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc)
{
    PyObject *left = frame->localsplus[pc->a], *right = frame->localsplus[pc->a + 1], *args[] = { right, left };
    PyObject *method = inline_method(tstate, right, K_STR("__contains__"));
    if (method)
        return vm_begin(tstate, pc, CONT_CONTAINS, method, args, 2, NULL);
    int found = PySequence_Contains(right, left);
    return vm_finish(frame, pc, found < 0 ? NULL : Py_NewRef(found ^ (int)pc->d ? Py_True : Py_False));
}

/* ---- subscription ---- */

KNext vm_get_item(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc)
{
    PyObject **slots = &frame->localsplus[pc->a], *method = inline_method(tstate, slots[0], K_STR("__getitem__"));
    if (method)
        return vm_begin(tstate, pc, CONT_REPLACE, method, slots, 2, NULL);
    return vm_finish(frame, pc, PyObject_GetItem(slots[0], slots[1]));
}

KNext vm_set_item(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc)
{
    PyObject **slots = &frame->localsplus[pc->a], *args[] = { slots[1], slots[2], slots[0] };
    PyObject *method = inline_method(tstate, args[0], K_STR("__setitem__"));
    if (method)
        return vm_begin(tstate, pc, CONT_DISCARD, method, args, 3, NULL);
    return vm_finish_discard(frame, pc, PyObject_SetItem(args[0], args[1], args[2]));
}

KNext vm_delete_item(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc)
{
    PyObject **slots = &frame->localsplus[pc->a], *method = inline_method(tstate, slots[0], K_STR("__delitem__"));
    if (method)
        return vm_begin(tstate, pc, CONT_DISCARD, method, slots, 2, NULL);
    return vm_finish_discard(frame, pc, PyObject_DelItem(slots[0], slots[1]));
}

/* ---- iteration ---- */

KNext vm_iter(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc)
{
    PyObject *iterable = frame->localsplus[pc->a], *method = inline_method(tstate, iterable, K_STR("__iter__"));
    if (method)
        return vm_begin(tstate, pc, CONT_ITER, method, &iterable, 1, NULL);
    return vm_finish(frame, pc, PyObject_GetIter(iterable));
}

KNext vm_next(PyThreadState *tstate, KInstr *pc, PyObject *iter, KCont kind)
{
    PyObject *method = inline_method(tstate, iter, K_STR("__next__"));
    return method ? vm_begin(tstate, pc, kind, method, &iter, 1, NULL) : nothing;
}

/* ---- with ---- */

/* A bound method or another callable, called with args[1], ...; args[0] is room for self. The result goes behind the
 * operands. */
static KNext push_result_of(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, PyObject *callable,
                            PyObject **args, Py_ssize_t nargs)
{
    if (Py_IS_TYPE(callable, &PyMethod_Type) && vm_runs_inline(tstate, PyMethod_GET_FUNCTION(callable))) {
        args[0] = PyMethod_GET_SELF(callable);
        return vm_begin(tstate, pc, CONT_PUSH, PyMethod_GET_FUNCTION(callable), args, nargs + 1, NULL);
    }
    if (vm_runs_inline(tstate, callable))
        return vm_begin(tstate, pc, CONT_PUSH, callable, args + 1, nargs, NULL);
    PyObject *result = PyObject_Vectorcall(callable, args + 1, (size_t)nargs | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    frame->localsplus[vm_depth(frame, pc)] = result;
    return result ? (KNext){ NULL, pc + 1 } : nothing;
}

KNext vm_with(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, int async)
{
    PyObject *manager = frame->localsplus[pc->a], *enter, *args[1];
    PyObject *exit = vm_with_methods(manager, async, &enter);
    if (!exit)
        return nothing;
    frame->localsplus[pc->a] = exit;
    Py_DECREF(manager);
    KNext next = push_result_of(tstate, frame, pc, enter, args, 0);
    Py_DECREF(enter);
    return next;
}

KNext vm_with_except(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc)
{
    PyObject **slots = &frame->localsplus[pc->a], *exc = slots[3];
    K_AUTO(PyObject *) traceback = PyException_GetTraceback(exc);
    PyObject *args[] = { NULL, (PyObject *)Py_TYPE(exc), exc, traceback ? traceback : Py_None };
    return push_result_of(tstate, frame, pc, slots[0], args, 3);
}
