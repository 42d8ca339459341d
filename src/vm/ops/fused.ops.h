/* fused.ops.h - the loads of an operation's operands and the operation in one. Read vm/forms.h.
 *
 * FUSED(name, "picture", body) makes four rows of the form `name` of arith.ops.h or subscr.ops.h: name_LL, _LC, _SL, _SC. */
#ifndef FUSED
#if OP_BODIES
#define FUSED_BODY(...) { __VA_ARGS__; }
#else
#define FUSED_BODY(...)
#endif
#define FUSED(name, what, ...)                                                                                         \
    SPECIAL(name##_LL, LOAD_FAST, FOREIGN, CONT_NONE, what "; two locals") FUSED_BODY(OPERANDS_LL; __VA_ARGS__)        \
    SPECIAL(name##_LC, LOAD_FAST, FOREIGN, CONT_NONE, what "; a local, a constant") FUSED_BODY(OPERANDS_LC; __VA_ARGS__) \
    SPECIAL(name##_SL, LOAD_FAST, FOREIGN, CONT_NONE, what "; a-1, a local") FUSED_BODY(OPERANDS_SL; __VA_ARGS__)      \
    SPECIAL(name##_SC, LOAD_CONST, FOREIGN, CONT_NONE, what "; a-1, a constant") FUSED_BODY(OPERANDS_SC; __VA_ARGS__)
#define FUSED_DEFINED_HERE
#endif

FUSED(ADD_INT, "sum of small ints", DO_INT(1, x + y))
FUSED(SUBTRACT_INT, "difference of small ints", DO_INT(1, x - y))
FUSED(MULTIPLY_INT, "product of small ints", DO_INT(fast_product_fits(x, y), x * y))
FUSED(AND_INT, "and of small ints", DO_INT(1, x & y))
FUSED(OR_INT, "or of small ints", DO_INT(1, x | y))
FUSED(XOR_INT, "exclusive or of small ints", DO_INT(1, x ^ y))
FUSED(RSHIFT_INT, "small int shifted right", DO_INT((uint64_t)y < 63, x >> y))
FUSED(LSHIFT_INT, "small int shifted left", DO_INT((uint64_t)y < 32 && fast_is_int(left), (int64_t)((uint64_t)x << y)))
FUSED(FLOOR_DIVIDE_INT, "floored quotient of small ints", DO_INT(y > 0, x / y - (x % y < 0)))
FUSED(REMAINDER_INT, "rest of small ints", DO_INT(y > 0, x % y + (x % y < 0 ? y : 0)))
FUSED(ADD_FLOAT, "sum of floats", DO_FLOAT(1, x + y))
FUSED(SUBTRACT_FLOAT, "difference of floats", DO_FLOAT(1, x - y))
FUSED(MULTIPLY_FLOAT, "product of floats", DO_FLOAT(1, x * y))
FUSED(DIVIDE_FLOAT, "quotient of floats", DO_FLOAT(y != 0.0, x / y))
FUSED(ADD_MIXED, "sum of a float and an int", DO_MIXED(left->ob_type != right->ob_type, x + y))
FUSED(SUBTRACT_MIXED, "difference of a float and an int", DO_MIXED(left->ob_type != right->ob_type, x - y))
FUSED(MULTIPLY_MIXED, "product of a float and an int", DO_MIXED(left->ob_type != right->ob_type, x * y))
FUSED(DIVIDE_MIXED, "quotient of small numbers", DO_MIXED(y != 0.0, x / y))
FUSED(COMPARE_INT_JUMP, "comparison of small ints and the jump behind it", COMPARE_INTS_JUMP())
FUSED(COMPARE_FLOAT_JUMP, "comparison of floats and the jump behind it", COMPARE_FLOATS_JUMP())
FUSED(COMPARE_STR_JUMP, "comparison of strs and the jump behind it", COMPARE_STRS_JUMP())
FUSED(SUBSCR_LIST, "item of a list", DO_SUBSCR(PyList_CheckExact, PyList_GET_ITEM))
FUSED(SUBSCR_TUPLE, "item of a tuple", DO_SUBSCR(PyTuple_CheckExact, PyTuple_GET_ITEM))
FUSED(SUBSCR_DICT, "value in a dict", DO_SUBSCR_DICT())
FUSED(STORE_SUBSCR_LIST, "item of a list <- the value below", DO_STORE_LIST())

#ifdef FUSED_DEFINED_HERE
#undef FUSED
#undef FUSED_BODY
#undef FUSED_DEFINED_HERE

SPECIAL(ATTR_VALUE_L, LOAD_FAST, RAISES, CONT_NONE, "a <- embedded value of local b: LOAD_FAST, LOAD_ATTR_VALUE")
#if OP_BODIES
{
    PyObject *owner = B;
    GUARD(owner);
    FIND_CACHE(cache, pc + 1, owner)
    PyDictValues *values = k_instance_values(owner);
    GUARD(values && cache->index < (uint32_t)values_capacity(values));
    PyObject *value = *values_slot(values, cache->index);
    GUARD(value);
    pc++;
    RESULT(Py_NewRef(value));
}
#endif

SPECIAL(ATTR_SLOT_L, LOAD_FAST, RAISES, CONT_NONE, "a <- __slots__ member of local b: LOAD_FAST, LOAD_ATTR_SLOT")
#if OP_BODIES
{
    PyObject *owner = B;
    GUARD(owner);
    FIND_CACHE(cache, pc + 1, owner)
    PyObject *value = *(PyObject **)((char *)owner + cache->index);
    GUARD(value);
    pc++;
    RESULT(Py_NewRef(value));
}
#endif

SPECIAL(METHOD_VALUES_L, LOAD_FAST, RAISES, CONT_NONE, "LOAD_FAST, LOAD_METHOD_VALUES")
#if OP_BODIES
{
    PyObject *owner = B;
    GUARD(owner);
    FIND_CACHE(cache, pc + 1, owner)
    GUARD(k_instance_values(owner));
    GUARD(k_instance_shared_keys(Py_TYPE(owner))->dk_version == cache->version2);
    A = Py_NewRef((PyObject *)cache->ptr);
    A1 = Py_NewRef(owner);
    pc += 2;
    DISPATCH();
}
#endif

SPECIAL(METHOD_NO_DICT_L, LOAD_FAST, RAISES, CONT_NONE, "LOAD_FAST, LOAD_METHOD_NO_DICT")
#if OP_BODIES
{
    PyObject *owner = B;
    GUARD(owner);
    FIND_CACHE(cache, pc + 1, owner)
    A = Py_NewRef((PyObject *)cache->ptr);
    A1 = Py_NewRef(owner);
    pc += 2;
    DISPATCH();
}
#endif

SPECIAL(ATTR_DICT_L, LOAD_FAST, RAISES, CONT_NONE, "a <- item of local b's __dict__: LOAD_FAST, LOAD_ATTR_DICT")
#if OP_BODIES
{
    PyObject *owner = B;
    KCache *cache = kcode_cache(k, pc + 1);
    GUARD(owner && Py_TYPE(owner)->tp_version_tag == cache->version);
    ATTR_OF_DICT(value, owner, cache, NAME(pc[1].d));
    pc++;
    RESULT(Py_NewRef(value));
}
#endif

SPECIAL(STORE_ATTR_VALUE_L, LOAD_FAST, FOREIGN, CONT_NONE, "embedded value of local b <- a-1: LOAD_FAST, STORE_ATTR_VALUE")
#if OP_BODIES
{
    PyObject *owner = B;
    KCache *cache = kcode_cache(k, pc + 1);
    GUARD(owner && Py_TYPE(owner)->tp_version_tag == cache->version && !k_instance_has_dict(owner));
    PyObject **slot = k_instance_slot(owner, cache->index), *old;
    GUARD(slot);
    pc++;
    STORE_EMBEDDED(owner, slot, cache->index, A, 0);
    NEXT();
}
#endif

SPECIAL(STORE_ATTR_SLOT_L, LOAD_FAST, FOREIGN, CONT_NONE, "__slots__ member of local b <- a-1: LOAD_FAST, STORE_ATTR_SLOT")
#if OP_BODIES
{
    PyObject *owner = B;
    KCache *cache = kcode_cache(k, pc + 1);
    GUARD(owner && Py_TYPE(owner)->tp_version_tag == cache->version);
    PyObject **slot = (PyObject **)((char *)owner + cache->index), *old = *slot;
    pc++;
    *slot = A;
    RELEASE_BESIDE(old, owner, 0);
    NEXT();
}
#endif

SPECIAL(TEST_L, LOAD_FAST, FOREIGN, CONT_NONE, "truth of local b and the POP_JUMP behind it")
#if OP_BODIES
{
    PyObject *value = B;
    GUARD(value);
    int truth;
    pc++;
    if (K_LIKELY(value == Py_True || value == Py_False || value == Py_None)) {
        truth = value == Py_True;
    } else if (PyLong_CheckExact(value) || PyList_CheckExact(value) || PyTuple_CheckExact(value)) {
        truth = Py_SIZE(value) != 0;
    } else if (PyUnicode_CheckExact(value)) {
        truth = PyUnicode_GET_LENGTH(value) != 0;
    } else {
        A = Py_NewRef(value);
        DISPATCH();
    }
    if (truth == (pc->op == OP_POP_JUMP_FORWARD_IF_TRUE || pc->op == OP_POP_JUMP_BACKWARD_IF_TRUE)) {
        if ((int32_t)pc->d < 0)
            POLL(pc->a);
        JUMP();
    }
    NEXT();
}
#endif

SPECIAL(TEST_NONE_L, LOAD_FAST, FOREIGN, CONT_NONE, "whether local b is None, and the POP_JUMP behind it")
#if OP_BODIES
{
    PyObject *value = B;
    GUARD(value);
    pc++;
    if ((value == Py_None) == (pc->op == OP_POP_JUMP_FORWARD_IF_NONE || pc->op == OP_POP_JUMP_BACKWARD_IF_NONE)) {
        if ((int32_t)pc->d < 0)
            POLL(pc->a);
        JUMP();
    }
    NEXT();
}
#endif

SPECIAL(IS_OP_JUMP, IS_OP, FOREIGN, CONT_NONE, "a is a+1, d: not; and the POP_JUMP behind it")
#if OP_BODIES
{
    PyObject *left = A, *right = A1;
    int truth = (left == right) ^ (int)pc->d;
    RELEASE(left);
    RELEASE(right);
    pc++;
    if (truth == (pc->op == OP_POP_JUMP_FORWARD_IF_TRUE))
        JUMP();
    NEXT();
}
#endif

SPECIAL(CONTAINS_OP_JUMP, CONTAINS_OP, FOREIGN, CONT_NONE, "a in a+1, d: not; and the POP_JUMP behind it")
#if OP_BODIES
{
    PyObject *left = A, *right = A1;
    GUARD(!IS_OF_HEAP_TYPE(right)); /* it may have a __contains__ */
    SAVE();
    int found = PySequence_Contains(right, left);
    Py_DECREF(left);
    Py_DECREF(right);
    if (K_UNLIKELY(found < 0))
        ERROR_AT(pc->a);
    found ^= (int)pc->d;
    pc++;
    if (found == (pc->op == OP_POP_JUMP_FORWARD_IF_TRUE))
        JUMP();
    NEXT();
}
#endif

SPECIAL(AUG_SUBSCR_LIST, COPY, FOREIGN, CONT_NONE, "a+2 <- list a[small int a+1]: COPY, COPY, SUBSCR_LIST")
#if OP_BODIES
{
    PyObject *left = A, *right = A1;
    enum { LEFT_OWNED = 0, RIGHT_OWNED = 0, LOADS = 2 };
    DO_SUBSCR(PyList_CheckExact, PyList_GET_ITEM);
}
#endif

SPECIAL(AUG_STORE_LIST, SWAP, FOREIGN, CONT_NONE, "list a[small int a+1] <- a+2: SWAP, SWAP, STORE_SUBSCR_LIST")
#if OP_BODIES
{
    PyObject *left = A, *right = A1, *value = SLOT(pc->a + 2);
    GUARD(PyList_CheckExact(left) && fast_is_int(right));
    int64_t i = fast_int_value(right);
    i += i < 0 ? Py_SIZE(left) : 0;
    GUARD((uint64_t)i < (uint64_t)Py_SIZE(left));
    PyObject *old = PyList_GET_ITEM(left, i);
    pc += 2;
    PyList_SET_ITEM(left, i, value);
    RELEASE(old);
    fast_drop(right);
    RELEASE(left);
    NEXT();
}
#endif

SPECIAL(AUG_ATTR_VALUE, COPY, FOREIGN, CONT_NONE, "a+1 <- embedded value of a: COPY, LOAD_ATTR_VALUE")
#if OP_BODIES
{
    PyObject *owner = A;
    FIND_CACHE(cache, pc + 1, owner)
    PyDictValues *values = k_instance_values(owner);
    GUARD(values && cache->index < (uint32_t)values_capacity(values));
    PyObject *value = *values_slot(values, cache->index);
    GUARD(value);
    pc++;
    RESULT(Py_NewRef(value));
}
#endif

SPECIAL(AUG_STORE_ATTR_VALUE, SWAP, FOREIGN, CONT_NONE, "embedded value of a <- a+1: SWAP, STORE_ATTR_VALUE")
#if OP_BODIES
{
    PyObject *owner = A, *value = A1;
    KCache *cache = kcode_cache(k, pc + 1);
    GUARD(Py_TYPE(owner)->tp_version_tag == cache->version && !k_instance_has_dict(owner));
    PyObject **slot = k_instance_slot(owner, cache->index), *old;
    GUARD(slot);
    pc++;
    STORE_EMBEDDED(owner, slot, cache->index, value, 1);
    NEXT();
}
#endif
#endif
