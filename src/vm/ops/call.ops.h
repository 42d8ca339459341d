/* call.ops.h - calls, returns, entering a function. */
OP(RESUME, FOREIGN, CONT_NONE, "function entry, or back from a yield; poll")
#if OP_BODIES
{
    if (pc->d < RESUME_AFTER_YIELD_FROM)
        POLL(k->depth[pc - k->instr]);
    NEXT();
}
#endif

OP(PRECALL, PURE, CONT_NONE, "folded into its call")
#if OP_BODIES
{
    NEXT();
}
#endif

OP(KW_NAMES, PURE, CONT_NONE, "keyword names of the call behind it")
#if OP_BODIES
{
    NEXT();
}
#endif

OP(CALL, FOREIGN, CONT_RESULT, "a <- a(a+1 and d arguments), or a+1(d arguments) when a is NULL")
#if OP_BODIES
{
    ADAPT(vm_specialize_call);
    kwnames = NULL;
    goto call;
}
#endif

OP(CALL_KW, FOREIGN, CONT_RESULT, "a call whose last arguments are named by the instruction before it")
#if OP_BODIES
{
    kwnames = consts[pc[-1].d];
    goto call;
}
#endif

OP(CALL_FUNCTION_EX, FOREIGN, CONT_RESULT, "a <- a+1(*a+2, **a+3), d: keywords are there")
#if OP_BODIES
{
    SAVE();
    if (vm_ex_arguments(tstate, &A, (int)pc->d) < 0)
        ERROR();
    PyObject *func = Py_IS_TYPE(A1, &PyMethod_Type) ? PyMethod_GET_FUNCTION(A1) : A1;
    if (Py_IS_TYPE(func, &PyFunction_Type) && FRAMES_INLINE() &&
        ((PyFunctionObject *)func)->vectorcall == _PyFunction_Vectorcall) {
        callee = vm_push_ex(tstate, &A, (int)pc->d);
        if (!callee)
            ERROR_AT(pc->a);
        frame_link(callee)->pc = pc;
        frame_link(callee)->kind = CONT_RESULT;
        goto enter;
    }
    PyObject *result = vm_call_ex(tstate, frame, &A, (int)pc->d);
    if (!result)
        ERROR_AT(pc->a);
    A = result;
    POLL(pc->a + 1u);
    NEXT();
}
#endif

OP(RETURN_VALUE, FOREIGN, CONT_NONE, "return a")
#if OP_BODIES
{
    value = A;
    SAVE();
    if (K_UNLIKELY(cframe.use_tracing) && vm_trace_leave(tstate, frame, value) < 0) {
        Py_DECREF(value);
        live = pc->a;
        goto leave_failed_early;
    }
    goto leave;
}
#endif
