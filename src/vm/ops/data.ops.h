/* data.ops.h - moving values between slots, constants and cells. */
OP(TRAP, PURE, CONT_NONE, "never reached")
#if OP_BODIES
{
    k_raise(PyExc_SystemError, "unknown opcode");
    ERROR();
}
#endif

OP(CACHE, PURE, CONT_NONE, "never reached")
#if OP_BODIES
{
    k_raise(PyExc_SystemError, "unknown opcode");
    ERROR();
}
#endif

OP(EXTENDED_ARG, PURE, CONT_NONE, "folded into the instruction it widens")
#if OP_BODIES
{
    NEXT();
}
#endif

OP(NOP, PURE, CONT_NONE, "nothing")
#if OP_BODIES
{
    NEXT();
}
#endif

OP(LOAD_FAST, RAISES, CONT_NONE, "a <- local b")
#if OP_BODIES
{
    PyObject *value = B;
    if (K_UNLIKELY(!value)) {
        vm_unbound_local(frame, pc->b);
        ERROR();
    }
    A = Py_NewRef(value);
    NEXT();
}
#endif

OP(STORE_FAST, FOREIGN, CONT_NONE, "local b <- a")
#if OP_BODIES
{
    PyObject *old = B;
    B = A;
    if (old) {
        if (--old->ob_refcnt == 0) {
            SAVE();
            _Py_Dealloc(old);
        }
    }
    NEXT();
}
#endif

OP(DELETE_FAST, FOREIGN, CONT_NONE, "local b <- empty")
#if OP_BODIES
{
    PyObject *old = B;
    SAVE();
    if (K_UNLIKELY(!old)) {
        vm_unbound_local(frame, pc->b);
        ERROR();
    }
    B = NULL;
    Py_DECREF(old);
    NEXT();
}
#endif

OP(LOAD_CONST, PURE, CONT_NONE, "a <- constant d")
#if OP_BODIES
{
    A = Py_NewRef(CONST(pc->d));
    NEXT();
}
#endif

OP(POP_TOP, FOREIGN, CONT_NONE, "release a")
#if OP_BODIES
{
    PyObject *old = A;
    if (--old->ob_refcnt == 0) {
        SAVE();
        _Py_Dealloc(old);
    }
    NEXT();
}
#endif

OP(PUSH_NULL, PURE, CONT_NONE, "a <- NULL")
#if OP_BODIES
{
    A = NULL;
    NEXT();
}
#endif

OP(COPY, PURE, CONT_NONE, "a+d <- a")
#if OP_BODIES
{
    SLOT(pc->a + pc->d) = Py_XNewRef(A);
    NEXT();
}
#endif

OP(SWAP, PURE, CONT_NONE, "a <-> a+d-1")
#if OP_BODIES
{
    PyObject *deep = A;
    A = SLOT(pc->a + pc->d - 1);
    SLOT(pc->a + pc->d - 1) = deep;
    NEXT();
}
#endif

OP(MAKE_CELL, ALLOC, CONT_NONE, "local b <- cell of it")
#if OP_BODIES
{
    PyObject *cell = PyCell_New(B);
    if (!cell)
        ERROR_AT((uint32_t)frame->f_code->co_nlocalsplus);
    Py_XDECREF(B);
    B = cell;
    NEXT();
}
#endif

OP(LOAD_CLOSURE, RAISES, CONT_NONE, "a <- the cell in local b")
#if OP_BODIES
{
    PyObject *value = B;
    if (K_UNLIKELY(!value)) {
        vm_unbound_local(frame, pc->b);
        ERROR();
    }
    A = Py_NewRef(value);
    NEXT();
}
#endif

OP(LOAD_DEREF, RAISES, CONT_NONE, "a <- contents of cell b")
#if OP_BODIES
{
    PyObject *value = PyCell_GET(B);
    if (K_UNLIKELY(!value)) {
        vm_unbound_cell(frame, pc->b);
        ERROR();
    }
    A = Py_NewRef(value);
    NEXT();
}
#endif

OP(STORE_DEREF, FOREIGN, CONT_NONE, "contents of cell b <- a")
#if OP_BODIES
{
    PyObject *cell = B, *old = PyCell_GET(cell);
    SAVE();
    PyCell_SET(cell, A);
    Py_XDECREF(old);
    NEXT();
}
#endif

OP(DELETE_DEREF, FOREIGN, CONT_NONE, "contents of cell b <- empty")
#if OP_BODIES
{
    PyObject *cell = B, *old = PyCell_GET(cell);
    SAVE();
    if (!old) {
        vm_unbound_cell(frame, pc->b);
        ERROR();
    }
    PyCell_SET(cell, NULL);
    Py_DECREF(old);
    NEXT();
}
#endif

OP(LOAD_CLASSDEREF, FOREIGN, CONT_NONE, "a <- the class body's name, else contents of cell b")
#if OP_BODIES
{
    SAVE();
    PyObject *value = vm_load_classderef(frame, pc->b);
    if (!value)
        ERROR();
    A = value;
    NEXT();
}
#endif

OP(COPY_FREE_VARS, PURE, CONT_NONE, "the last d locals <- the function's closure")
#if OP_BODIES
{
    PyObject *closure = frame->f_func->func_closure;
    Py_ssize_t first = frame->f_code->co_nlocalsplus - (Py_ssize_t)pc->d;
    for (Py_ssize_t i = 0; i < (Py_ssize_t)pc->d; i++)
        SLOT(first + i) = Py_NewRef(PyTuple_GET_ITEM(closure, i));
    NEXT();
}
#endif

SPECIAL(LOAD_FAST_LOAD_FAST, LOAD_FAST, RAISES, CONT_NONE, "two LOAD_FASTs")
#if OP_BODIES
{
    PyObject *first = B, *second = SLOT(pc[1].b);
    GUARD(first && second);
    A = Py_NewRef(first);
    A1 = Py_NewRef(second);
    pc += 2;
    DISPATCH();
}
#endif

SPECIAL(LOAD_FAST_LOAD_CONST, LOAD_FAST, RAISES, CONT_NONE, "LOAD_FAST, LOAD_CONST")
#if OP_BODIES
{
    PyObject *first = B;
    GUARD(first);
    A = Py_NewRef(first);
    A1 = Py_NewRef(CONST(pc[1].d));
    pc += 2;
    DISPATCH();
}
#endif

SPECIAL(STORE_FAST_LOAD_FAST, STORE_FAST, FOREIGN, CONT_NONE, "STORE_FAST, LOAD_FAST")
#if OP_BODIES
{
    PyObject *old = B;
    B = A;
    if (old && --old->ob_refcnt == 0) {
        SAVE();
        _Py_Dealloc(old);
    }
    pc++;
    PyObject *value = B;
    if (K_UNLIKELY(!value))
        DEOPT();
    A = Py_NewRef(value);
    NEXT();
}
#endif

SPECIAL(STORE_FAST_STORE_FAST, STORE_FAST, FOREIGN, CONT_NONE, "two STORE_FASTs")
#if OP_BODIES
{
    PyObject *old = B;
    B = A;
    if (old && --old->ob_refcnt == 0) {
        SAVE();
        _Py_Dealloc(old);
    }
    pc++;
    old = B;
    B = A;
    if (old && --old->ob_refcnt == 0) {
        SAVE();
        _Py_Dealloc(old);
    }
    NEXT();
}
#endif
