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
    FUSED_INT(consts[pc[1].d], x + y);
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
    FUSED_INT(consts[pc[1].d], x - y);
}
#endif

SPECIAL(ADD_INT_STORE_LL, LOAD_FAST, RAISES, CONT_NONE, "the local of the STORE_FAST <- the sum, small ints, of two locals")
#if OP_BODIES
{
    FUSED_INT_STORE(SLOT(pc[1].b), x + y);
}
#endif

SPECIAL(ADD_INT_STORE_LC, LOAD_FAST, RAISES, CONT_NONE, "the local of the STORE_FAST <- the sum, small ints, of a local and a constant")
#if OP_BODIES
{
    FUSED_INT_STORE(consts[pc[1].d], x + y);
}
#endif

SPECIAL(SUBTRACT_INT_STORE_LL, LOAD_FAST, RAISES, CONT_NONE, "the local of the STORE_FAST <- the difference, small ints, of two locals")
#if OP_BODIES
{
    FUSED_INT_STORE(SLOT(pc[1].b), x - y);
}
#endif

SPECIAL(SUBTRACT_INT_STORE_LC, LOAD_FAST, RAISES, CONT_NONE, "the local of the STORE_FAST <- the difference, small ints, of a local and a constant")
#if OP_BODIES
{
    FUSED_INT_STORE(consts[pc[1].d], x - y);
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
    FUSED_FLOAT(consts[pc[1].d], x + y);
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
    FUSED_FLOAT(consts[pc[1].d], x - y);
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
    FUSED_FLOAT(consts[pc[1].d], x * y);
}
#endif

SPECIAL(COMPARE_INT_JUMP_LL, LOAD_FAST, RAISES, CONT_NONE, "comparison of small ints and the jump behind it, of two locals")
#if OP_BODIES
{
    FUSED_COMPARE(SLOT(pc[1].b));
}
#endif

SPECIAL(COMPARE_INT_JUMP_LC, LOAD_FAST, RAISES, CONT_NONE, "comparison of small ints and the jump behind it, of a local and a constant")
#if OP_BODIES
{
    FUSED_COMPARE(consts[pc[1].d]);
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
    FUSED_SUBSCR(consts[pc[1].d]);
}
#endif
