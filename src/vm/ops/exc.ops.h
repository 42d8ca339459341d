/* exc.ops.h - raising, handling, with statements. */
OP(RAISE_VARARGS, FOREIGN, CONT_NONE, "raise [a [from a+1]]")
#if OP_BODIES
{
    PyObject *exc = pc->d > 0 ? A : NULL, *cause = pc->d > 1 ? A1 : NULL;
    SAVE();
    if (vm_raise(tstate, exc, cause)) { /* a bare raise: the traceback stays as it is */
        live = pc->a;
        goto reraise;
    }
    ERROR_AT(pc->a);
}
#endif

OP(RERAISE, FOREIGN, CONT_NONE, "raise a again; d: the place is in a-d")
#if OP_BODIES
{
    if (pc->d)
        frame->prev_instr = _PyCode_CODE(frame->f_code) + PyLong_AsLong(SLOT(pc->a - pc->d));
    else
        SAVE();
    vm_restore_exception(A);
    live = pc->a;
    goto reraise;
}
#endif

OP(PUSH_EXC_INFO, PURE, CONT_NONE, "a+1 <- a, a <- the exception being handled; a+1 is handled now")
#if OP_BODIES
{
    PyObject *exc = A;
    _PyErr_StackItem *info = tstate->exc_info;
    A = info->exc_value ? info->exc_value : Py_NewRef(Py_None);
    A1 = exc;
    info->exc_value = Py_NewRef(exc);
    NEXT();
}
#endif

OP(POP_EXCEPT, FOREIGN, CONT_NONE, "the exception being handled is a again")
#if OP_BODIES
{
    _PyErr_StackItem *info = tstate->exc_info;
    PyObject *handled = info->exc_value;
    SAVE();
    info->exc_value = A;
    Py_XDECREF(handled);
    NEXT();
}
#endif

OP(CHECK_EXC_MATCH, FOREIGN, CONT_NONE, "a+1 <- whether exception a matches a+1")
#if OP_BODIES
{
    PyObject *match = A1;
    SAVE();
    if (vm_check_except_type(match) < 0)
        ERROR();
    int matches = PyErr_GivenExceptionMatches(A, match);
    A1 = Py_NewRef(matches ? Py_True : Py_False);
    Py_DECREF(match);
    NEXT();
}
#endif

OP(CHECK_EG_MATCH, FOREIGN, CONT_NONE, "a, a+1 <- rest and matching part of exception (group) a by type a+1")
#if OP_BODIES
{
    SAVE();
    if (vm_check_group_match(tstate, &A) < 0)
        ERROR();
    NEXT();
}
#endif

OP(PREP_RERAISE_STAR, FOREIGN, CONT_NONE, "a <- what except* leaves to be raised: original a, list a+1")
#if OP_BODIES
{
    PyObject *original = A, *list = A1;
    SAVE();
    PyObject *exc = _PyExc_PrepReraiseStar(original, list);
    Py_DECREF(list);
    Py_DECREF(original);
    if (!exc)
        ERROR_AT(pc->a);
    A = exc;
    NEXT();
}
#endif

OP(BEFORE_WITH, FOREIGN, CONT_PUSH, "a, a+1 <- a.__exit__, a.__enter__()")
#if OP_BODIES
{
    SAVE();
    FOLLOW(vm_with(tstate, frame, pc, 0));
}
#endif

OP(BEFORE_ASYNC_WITH, FOREIGN, CONT_PUSH, "a, a+1 <- a.__aexit__, a.__aenter__()")
#if OP_BODIES
{
    SAVE();
    FOLLOW(vm_with(tstate, frame, pc, 1));
}
#endif

OP(WITH_EXCEPT_START, FOREIGN, CONT_PUSH, "a+4 <- a(type, value, traceback of a+3)")
#if OP_BODIES
{
    SAVE();
    FOLLOW(vm_with_except(tstate, frame, pc));
}
#endif
