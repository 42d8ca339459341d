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
    kwnames = CONST(pc[-1].d);
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
            ERROR_AT(live_after_operands(frame, pc));
        frame_link(callee)->pc = pc;
        frame_link(callee)->kind = CONT_REPLACE; /* the tuple keeps the arguments alive until the call is over */
        goto enter;
    }
    if (!Py_IS_TYPE(func, &PyCFunction_Type) && !Py_IS_TYPE(func, &PyMethodDescr_Type)) {
        next = vm_call_special_ex(tstate, frame, pc, A1, SLOT(pc->a + 2), pc->d ? SLOT(pc->a + 3) : NULL);
        if (next.callee || next.pc || tstate->curexc_type)
            goto follow_call;
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

SPECIAL(CALL_PY, CALL, FOREIGN, CONT_RESULT, "a <- a+1(d arguments), a Python function with just these parameters")
#if OP_BODIES
{
    PyFunctionObject *func = (PyFunctionObject *)A1;
    GUARD(!A && Py_IS_TYPE(func, &PyFunction_Type) && func->func_version == CACHE()->version && FRAMES_INLINE());
    CALL_SIMPLE(func, pc->a + 2, pc->d);
}
#endif

SPECIAL(CALL_PY_METHOD, CALL, FOREIGN, CONT_RESULT, "a <- a(a+1 and d arguments), a Python function with just these parameters")
#if OP_BODIES
{
    PyFunctionObject *func = (PyFunctionObject *)A;
    GUARD(func && Py_IS_TYPE(func, &PyFunction_Type) && func->func_version == CACHE()->version && FRAMES_INLINE());
    CALL_SIMPLE(func, pc->a + 1, pc->d + 1);
}
#endif

SPECIAL(CALL_PY_DEFAULTS, CALL, FOREIGN, CONT_RESULT,
        "a <- a+1(d arguments) or a(a+1, d arguments), the other parameters have defaults")
#if OP_BODIES
{
    uint32_t bound = A != NULL, given = pc->d + bound;
    PyFunctionObject *func = (PyFunctionObject *)(bound ? A : A1);
    KCache *cache = CACHE();
    GUARD(Py_IS_TYPE(func, &PyFunction_Type) && func->func_version == cache->version && FRAMES_INLINE());
    GUARD(given == cache->index);
    PyObject *defaults = func->func_defaults;
    PyCodeObject *code = (PyCodeObject *)func->func_code;
    uint32_t args = pc->a + 2 - bound, first = (uint32_t)code->co_argcount - (uint32_t)PyTuple_GET_SIZE(defaults);
    SAVE();
    callee = vm_stack_push(tstate, ((KCode *)(void *)code->_co_linearray)->frame_words);
    if (!callee)
        ERROR();
    frame_init(callee, func, NULL, code, code->co_argcount);
    for (uint32_t i = 0; i < given; i++)
        callee->localsplus[i] = SLOT(args + i);
    for (uint32_t i = given; i < (uint32_t)code->co_argcount; i++)
        callee->localsplus[i] = Py_NewRef(PyTuple_GET_ITEM(defaults, i - first));
    frame_link(callee)->pc = pc;
    frame_link(callee)->kind = CONT_RESULT;
    goto enter;
}
#endif

SPECIAL(CALL_CLASS, CALL, FOREIGN, CONT_INIT, "a <- a new instance of class a+1 after its __init__, a Python function")
#if OP_BODIES
{
    PyTypeObject *type = (PyTypeObject *)A1;
    KCache *cache = CACHE();
    GUARD(!A && PyType_CheckExact(type) && type->tp_version_tag == cache->version && FRAMES_INLINE());
    PyFunctionObject *init = cache->ptr;
    GUARD(init->func_version == cache->version2);
    SAVE();
    PyObject *self = type->tp_alloc(type, 0);
    if (!self)
        ERROR();
    Py_INCREF(init);
    A = Py_NewRef(self);
    for (uint32_t i = 0; i < pc->d; i++)
        Py_INCREF(SLOT(pc->a + 2 + i));
    A1 = self; /* in front of the arguments, for a moment */
    callee = vm_push_frame(tstate, init, NULL, &A1, (Py_ssize_t)pc->d + 1, NULL);
    A1 = (PyObject *)type;
    if (!callee)
        ERROR_AT(live_after_operands(frame, pc));
    frame_link(callee)->pc = pc;
    frame_link(callee)->kind = CONT_INIT;
    goto enter;
}
#endif

SPECIAL(CALL_TYPE_OF, CALL, FOREIGN, CONT_NONE, "a <- type(a+2)")
#if OP_BODIES
{
    PyObject *object = SLOT(pc->a + 2);
    GUARD(!A && A1 == (PyObject *)&PyType_Type);
    A = Py_NewRef(Py_TYPE(object));
    Py_DECREF(A1);
    RELEASE(object);
    NEXT();
}
#endif

SPECIAL(CALL_LEN, CALL, FOREIGN, CONT_NONE, "a <- len(a+2)")
#if OP_BODIES
{
    PyObject *object = SLOT(pc->a + 2);
    GUARD(!A && A1 == CACHE()->ptr);
    SAVE();
    Py_ssize_t n = PyObject_Length(object);
    PyObject *result = n < 0 ? NULL : PyLong_FromSsize_t(n);
    if (!result)
        ERROR();
    Py_DECREF(A1);
    Py_DECREF(object);
    A = result;
    NEXT();
}
#endif

SPECIAL(CALL_ISINSTANCE, CALL, FOREIGN, CONT_NONE, "a <- isinstance(a+2, a+3)")
#if OP_BODIES
{
    PyObject *object = SLOT(pc->a + 2), *type = SLOT(pc->a + 3);
    GUARD(!A && A1 == CACHE()->ptr);
    SAVE();
    int is = (PyObject *)Py_TYPE(object) == type ? 1 : PyObject_IsInstance(object, type);
    if (is < 0)
        ERROR();
    Py_DECREF(A1);
    Py_DECREF(object);
    Py_DECREF(type);
    A = Py_NewRef(is ? Py_True : Py_False);
    NEXT();
}
#endif

SPECIAL(CALL_C_ONE, CALL, FOREIGN, CONT_NONE, "a <- builtin function a+1(a+2)")
#if OP_BODIES
{
    PyObject *func = A1, *arg = SLOT(pc->a + 2);
    GUARD(!A && Py_IS_TYPE(func, &PyCFunction_Type) && PyCFunction_GET_FLAGS(func) == METH_O);
    SAVE();
    if (k_enter_recursive(tstate, " while calling a Python object"))
        ERROR();
    PyObject *result = PyCFunction_GET_FUNCTION(func)(((PyCFunctionObject *)func)->m_self, arg);
    k_leave_recursive(tstate);
    Py_DECREF(func);
    Py_DECREF(arg);
    if (!result)
        ERROR_AT(pc->a);
    A = result;
    POLL(pc->a + 1u);
    NEXT();
}
#endif

SPECIAL(CALL_C_FAST, CALL, FOREIGN, CONT_NONE, "a <- builtin function a+1(d arguments)")
#if OP_BODIES
{
    PyObject *func = A1;
    GUARD(!A && Py_IS_TYPE(func, &PyCFunction_Type) && PyCFunction_GET_FLAGS(func) == METH_FASTCALL);
    SAVE();
    _PyCFunctionFast body = (_PyCFunctionFast)(void (*)(void))PyCFunction_GET_FUNCTION(func);
    PyObject *result = body(((PyCFunctionObject *)func)->m_self, &SLOT(pc->a + 2), (Py_ssize_t)pc->d);
    Py_DECREF(func);
    for (uint32_t i = 0; i < pc->d; i++)
        Py_DECREF(SLOT(pc->a + 2 + i));
    if (!result)
        ERROR_AT(pc->a);
    A = result;
    POLL(pc->a + 1u);
    NEXT();
}
#endif

SPECIAL(CALL_LIST_APPEND, CALL, ALLOC, CONT_NONE, "list a+1 .append(a+2), released")
#if OP_BODIES
{
    PyObject *method = A, *list = A1;
    GUARD(method == CACHE()->ptr && PyList_CheckExact(list));
    if (K_UNLIKELY(k_list_append_steal((PyListObject *)list, SLOT(pc->a + 2)) < 0))
        ERROR_AT(pc->a + 2u);
    Py_DECREF(method);
    RELEASE(list);
    A = Py_NewRef(Py_None);
    NEXT();
}
#endif

SPECIAL(CALL_METHOD_NONE, CALL, FOREIGN, CONT_NONE, "a <- builtin method a of a+1, no arguments")
#if OP_BODIES
{
    PyMethodDescrObject *method = (PyMethodDescrObject *)A;
    PyObject *self = A1;
    GUARD(method && Py_IS_TYPE(method, &PyMethodDescr_Type) && method->d_method->ml_flags == METH_NOARGS);
    GUARD(Py_IS_TYPE(self, method->d_common.d_type));
    SAVE();
    if (k_enter_recursive(tstate, " while calling a Python object"))
        ERROR();
    PyObject *result = method->d_method->ml_meth(self, NULL);
    k_leave_recursive(tstate);
    Py_DECREF(method);
    Py_DECREF(self);
    if (!result)
        ERROR_AT(pc->a);
    A = result;
    POLL(pc->a + 1u);
    NEXT();
}
#endif

SPECIAL(CALL_METHOD_ONE, CALL, FOREIGN, CONT_NONE, "a <- builtin method a of a+1, called with a+2")
#if OP_BODIES
{
    PyMethodDescrObject *method = (PyMethodDescrObject *)A;
    PyObject *self = A1, *arg = SLOT(pc->a + 2);
    GUARD(method && Py_IS_TYPE(method, &PyMethodDescr_Type) && method->d_method->ml_flags == METH_O);
    GUARD(Py_IS_TYPE(self, method->d_common.d_type));
    SAVE();
    if (k_enter_recursive(tstate, " while calling a Python object"))
        ERROR();
    PyObject *result = method->d_method->ml_meth(self, arg);
    k_leave_recursive(tstate);
    Py_DECREF(method);
    Py_DECREF(self);
    Py_DECREF(arg);
    if (!result)
        ERROR_AT(pc->a);
    A = result;
    POLL(pc->a + 1u);
    NEXT();
}
#endif

SPECIAL(CALL_METHOD_FAST, CALL, FOREIGN, CONT_NONE, "a <- builtin method a of a+1, called with d arguments")
#if OP_BODIES
{
    PyMethodDescrObject *method = (PyMethodDescrObject *)A;
    PyObject *self = A1;
    GUARD(method && Py_IS_TYPE(method, &PyMethodDescr_Type));
    int flags = method->d_method->ml_flags;
    GUARD((flags & ~METH_KEYWORDS) == METH_FASTCALL && Py_IS_TYPE(self, method->d_common.d_type));
    SAVE();
    PyObject *result, *const *args = &SLOT(pc->a + 2);
    void (*body)(void) = (void (*)(void))method->d_method->ml_meth;
    if (flags & METH_KEYWORDS)
        result = ((_PyCFunctionFastWithKeywords)body)(self, args, (Py_ssize_t)pc->d, NULL);
    else
        result = ((_PyCFunctionFast)body)(self, args, (Py_ssize_t)pc->d);
    Py_DECREF(method);
    Py_DECREF(self);
    for (uint32_t i = 0; i < pc->d; i++)
        Py_DECREF(SLOT(pc->a + 2 + i));
    if (!result)
        ERROR_AT(pc->a);
    A = result;
    POLL(pc->a + 1u);
    NEXT();
}
#endif
