/* fused.ops.h - two loads with the operation behind them. LL: two locals, LC: a local and a constant. */
SPECIAL(ADD_INT_LL, LOAD_FAST, RAISES, CONT_NONE, "a <- the sum, small ints, of two locals")
#if OP_BODIES
{
    FUSED_INT(SLOT(pc[1].b), x + y);
}
#endif

SPECIAL(ADD_INT_LC, LOAD_FAST, RAISES, CONT_NONE, "a <- the sum, small ints, of a local and a constant")
#if OP_BODIES
{
    FUSED_INT(CONST(pc[1].d), x + y);
}
#endif

SPECIAL(SUBTRACT_INT_LL, LOAD_FAST, RAISES, CONT_NONE, "a <- the difference, small ints, of two locals")
#if OP_BODIES
{
    FUSED_INT(SLOT(pc[1].b), x - y);
}
#endif

SPECIAL(SUBTRACT_INT_LC, LOAD_FAST, RAISES, CONT_NONE, "a <- the difference, small ints, of a local and a constant")
#if OP_BODIES
{
    FUSED_INT(CONST(pc[1].d), x - y);
}
#endif

SPECIAL(ADD_INT_STORE_LL, LOAD_FAST, RAISES, CONT_NONE, "the local of the STORE_FAST <- the sum, small ints, of two locals")
#if OP_BODIES
{
    FUSED_INT_STORE(SLOT(pc[1].b), x + y);
}
#endif

SPECIAL(ADD_INT_STORE_LC, LOAD_FAST, RAISES, CONT_NONE,
        "the local of the STORE_FAST <- the sum, small ints, of a local and a constant")
#if OP_BODIES
{
    FUSED_INT_STORE(CONST(pc[1].d), x + y);
}
#endif

SPECIAL(SUBTRACT_INT_STORE_LL, LOAD_FAST, RAISES, CONT_NONE,
        "the local of the STORE_FAST <- the difference, small ints, of two locals")
#if OP_BODIES
{
    FUSED_INT_STORE(SLOT(pc[1].b), x - y);
}
#endif

SPECIAL(SUBTRACT_INT_STORE_LC, LOAD_FAST, RAISES, CONT_NONE,
        "the local of the STORE_FAST <- the difference, small ints, of a local and a constant")
#if OP_BODIES
{
    FUSED_INT_STORE(CONST(pc[1].d), x - y);
}
#endif

SPECIAL(ADD_FLOAT_LL, LOAD_FAST, RAISES, CONT_NONE, "a <- the sum, floats, of two locals")
#if OP_BODIES
{
    FUSED_FLOAT(SLOT(pc[1].b), x + y);
}
#endif

SPECIAL(ADD_FLOAT_LC, LOAD_FAST, RAISES, CONT_NONE, "a <- the sum, floats, of a local and a constant")
#if OP_BODIES
{
    FUSED_FLOAT(CONST(pc[1].d), x + y);
}
#endif

SPECIAL(SUBTRACT_FLOAT_LL, LOAD_FAST, RAISES, CONT_NONE, "a <- the difference, floats, of two locals")
#if OP_BODIES
{
    FUSED_FLOAT(SLOT(pc[1].b), x - y);
}
#endif

SPECIAL(SUBTRACT_FLOAT_LC, LOAD_FAST, RAISES, CONT_NONE, "a <- the difference, floats, of a local and a constant")
#if OP_BODIES
{
    FUSED_FLOAT(CONST(pc[1].d), x - y);
}
#endif

SPECIAL(MULTIPLY_FLOAT_LL, LOAD_FAST, RAISES, CONT_NONE, "a <- the product, floats, of two locals")
#if OP_BODIES
{
    FUSED_FLOAT(SLOT(pc[1].b), x * y);
}
#endif

SPECIAL(MULTIPLY_FLOAT_LC, LOAD_FAST, RAISES, CONT_NONE, "a <- the product, floats, of a local and a constant")
#if OP_BODIES
{
    FUSED_FLOAT(CONST(pc[1].d), x * y);
}
#endif

SPECIAL(COMPARE_INT_JUMP_LL, LOAD_FAST, RAISES, CONT_NONE, "comparison of small ints and the jump behind it, of two locals")
#if OP_BODIES
{
    FUSED_COMPARE(SLOT(pc[1].b));
}
#endif

SPECIAL(COMPARE_INT_JUMP_LC, LOAD_FAST, RAISES, CONT_NONE,
        "comparison of small ints and the jump behind it, of a local and a constant")
#if OP_BODIES
{
    FUSED_COMPARE(CONST(pc[1].d));
}
#endif

SPECIAL(SUBSCR_LIST_LL, LOAD_FAST, RAISES, CONT_NONE, "a <- item of a list, of two locals")
#if OP_BODIES
{
    FUSED_SUBSCR(SLOT(pc[1].b));
}
#endif

SPECIAL(SUBSCR_LIST_LC, LOAD_FAST, RAISES, CONT_NONE, "a <- item of a list, of a local and a constant")
#if OP_BODIES
{
    FUSED_SUBSCR(CONST(pc[1].d));
}
#endif

SPECIAL(ATTR_VALUE_L, LOAD_FAST, RAISES, CONT_NONE, "a <- embedded value of local b: LOAD_FAST, LOAD_ATTR_VALUE")
#if OP_BODIES
{
    PyObject *owner = B;
    KCache *cache = kcode_cache(k, pc + 1);
    GUARD(owner && Py_TYPE(owner)->tp_version_tag == cache->version);
    PyDictValues *values = k_instance_values(owner);
    GUARD(values && cache->index < (uint32_t)values_capacity(values));
    PyObject *value = *values_slot(values, cache->index);
    GUARD(value);
    A = Py_NewRef(value);
    pc += 2;
    DISPATCH();
}
#endif

SPECIAL(ATTR_SLOT_L, LOAD_FAST, RAISES, CONT_NONE, "a <- __slots__ member of local b: LOAD_FAST, LOAD_ATTR_SLOT")
#if OP_BODIES
{
    PyObject *owner = B;
    KCache *cache = kcode_cache(k, pc + 1);
    GUARD(owner && Py_TYPE(owner)->tp_version_tag == cache->version);
    PyObject *value = *(PyObject **)((char *)owner + cache->index);
    GUARD(value);
    A = Py_NewRef(value);
    pc += 2;
    DISPATCH();
}
#endif

SPECIAL(METHOD_VALUES_L, LOAD_FAST, RAISES, CONT_NONE, "LOAD_FAST, LOAD_METHOD_VALUES")
#if OP_BODIES
{
    PyObject *owner = B;
    KCache *cache = kcode_cache(k, pc + 1);
    GUARD(owner && Py_TYPE(owner)->tp_version_tag == cache->version && k_instance_values(owner));
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
    KCache *cache = kcode_cache(k, pc + 1);
    GUARD(owner && Py_TYPE(owner)->tp_version_tag == cache->version);
    A = Py_NewRef((PyObject *)cache->ptr);
    A1 = Py_NewRef(owner);
    pc += 2;
    DISPATCH();
}
#endif
