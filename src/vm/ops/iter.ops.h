/* iter.ops.h - iteration, generators, coroutines, asynchronous iteration. */
OP(GET_ITER, FOREIGN, CONT_ITER, "a <- iter(a)")
#if OP_BODIES
{
    PyObject *iterable = A;
    SAVE();
    if (IS_OF_HEAP_TYPE(iterable))
        FOLLOW(vm_iter(tstate, frame, pc));
    PyObject *iter = PyObject_GetIter(iterable);
    Py_DECREF(iterable);
    if (!iter)
        ERROR_AT(pc->a);
    A = iter;
    NEXT();
}
#endif

OP(GET_YIELD_FROM_ITER, FOREIGN, CONT_NONE, "a <- iterator of a for yield from")
#if OP_BODIES
{
    PyObject *iterable = A;
    SAVE();
    PyObject *iter = vm_yield_from_iter(frame, iterable);
    Py_DECREF(iterable);
    if (!iter)
        ERROR_AT(pc->a);
    A = iter;
    NEXT();
}
#endif

OP(FOR_ITER, FOREIGN, CONT_NEXT, "a+1 <- next(a), or release a and jump d")
#if OP_BODIES
{
    PyObject *iter = A;
    ADAPT(vm_specialize_for_iter);
    SAVE();
    if (Py_IS_TYPE(iter, &PyGen_Type) && vm_gen_is_idle((PyGenObject *)iter) && FRAMES_INLINE() &&
        !tstate->c_tracefunc) {
        callee = vm_gen_enter(tstate, (PyGenObject *)iter, Py_NewRef(Py_None));
        frame_link(callee)->pc = pc;
        frame_link(callee)->kind = CONT_NEXT;
        goto enter_generator;
    }
    if (IS_OF_HEAP_TYPE(iter)) {
        next = vm_next(tstate, pc, iter, CONT_ITERNEXT);
        if (next.callee || tstate->curexc_type)
            goto follow;
    }
    PyObject *value = Py_TYPE(iter)->tp_iternext(iter);
    if (K_LIKELY(value != NULL)) {
        A1 = value;
        NEXT();
    }
    if (tstate->curexc_type && vm_iteration_failed(tstate, frame) < 0)
        ERROR();
    Py_DECREF(iter);
    JUMP();
}
#endif

OP(SEND, FOREIGN, CONT_SEND, "a+1 <- a.send(a+1), or a <- its result and jump d")
#if OP_BODIES
{
    PyObject *receiver = A, *value = A1, *result;
    PyObject *inner = Py_IS_TYPE(receiver, &_PyCoroWrapper_Type) ? ((CoroWrapper *)receiver)->coroutine : receiver;
    SAVE();
    if ((Py_IS_TYPE(inner, &PyGen_Type) || Py_IS_TYPE(inner, &PyCoro_Type)) && !tstate->c_tracefunc &&
        vm_gen_is_idle((PyGenObject *)inner) && FRAMES_INLINE() &&
        (Py_IsNone(value) || ((PyGenObject *)inner)->gi_frame_state != FRAME_CREATED)) {
        callee = vm_gen_enter(tstate, (PyGenObject *)inner, value);
        frame_link(callee)->pc = pc;
        frame_link(callee)->kind = CONT_SEND;
        goto enter_generator;
    }
    if (IS_OF_HEAP_TYPE(receiver) && Py_IsNone(value)) {
        next = vm_next(tstate, pc, receiver, CONT_SENDNEXT);
        if (next.callee || tstate->curexc_type)
            goto follow;
    }
    PySendResult status = vm_send(tstate, frame, receiver, value, &result);
    Py_DECREF(value);
    if (status == PYGEN_NEXT) {
        A1 = result;
        NEXT();
    }
    if (status == PYGEN_ERROR)
        ERROR_AT(pc->a + 1u);
    Py_DECREF(receiver);
    A = result;
    JUMP();
}
#endif

OP(RETURN_GENERATOR, ALLOC, CONT_NONE, "return a generator that goes on from here")
#if OP_BODIES
{
    SAVE();
    frame->stacktop = frame->f_code->co_nlocalsplus;
    value = k_gen_from_frame(tstate, frame);
    if (!value) {
        frame->stacktop = -1;
        ERROR_AT((uint32_t)frame->f_code->co_nlocalsplus);
    }
    goto leave_moved;
}
#endif

OP(YIELD_VALUE, FOREIGN, CONT_NONE, "yield a; what is sent lands in a")
#if OP_BODIES
{
    value = A;
    SAVE();
    vm_gen_of_frame(frame)->gi_frame_state = FRAME_SUSPENDED;
    frame->stacktop = pc->a; /* a trace function may jump from here */
    if (K_UNLIKELY(cframe.use_tracing) && vm_trace_leave(tstate, frame, value) < 0) {
        Py_DECREF(value);
        live = (uint32_t)frame->stacktop;
        goto leave_failed_early;
    }
    goto yield;
}
#endif

OP(ASYNC_GEN_WRAP, ALLOC, CONT_NONE, "a <- a, wrapped as an asynchronous generator's item")
#if OP_BODIES
{
    PyObject *item = A;
    PyObject *wrapped = _PyAsyncGenValueWrapperNew(item);
    Py_DECREF(item);
    if (!wrapped)
        ERROR_AT(pc->a);
    A = wrapped;
    NEXT();
}
#endif

OP(GET_AWAITABLE, FOREIGN, CONT_NONE, "a <- awaitable of a, d: of what")
#if OP_BODIES
{
    PyObject *object = A;
    SAVE();
    PyObject *iter = vm_get_awaitable(frame, object, (int)pc->d);
    Py_DECREF(object);
    if (!iter)
        ERROR_AT(pc->a);
    A = iter;
    NEXT();
}
#endif

OP(GET_AITER, FOREIGN, CONT_NONE, "a <- aiter(a)")
#if OP_BODIES
{
    PyObject *object = A;
    SAVE();
    PyObject *iter = vm_get_aiter(object);
    Py_DECREF(object);
    if (!iter)
        ERROR_AT(pc->a);
    A = iter;
    NEXT();
}
#endif

OP(GET_ANEXT, FOREIGN, CONT_NONE, "a+1 <- awaitable of anext(a)")
#if OP_BODIES
{
    SAVE();
    PyObject *awaitable = vm_get_anext(A);
    if (!awaitable)
        ERROR();
    A1 = awaitable;
    NEXT();
}
#endif

OP(END_ASYNC_FOR, FOREIGN, CONT_NONE, "release a and a+1 if a+1 is StopAsyncIteration, else raise it")
#if OP_BODIES
{
    PyObject *iter = A, *exc = A1;
    SAVE();
    if (PyErr_GivenExceptionMatches(exc, PyExc_StopAsyncIteration)) {
        Py_DECREF(exc);
        Py_DECREF(iter);
        NEXT();
    }
    vm_restore_exception(exc);
    live = pc->a + 1u;
    goto reraise;
}
#endif

SPECIAL(FOR_ITER_LIST, FOR_ITER, FOREIGN, CONT_NONE, "a+1 <- next(list iterator a), or release a and jump d")
#if OP_BODIES
{
    PyListIter *iter = (PyListIter *)A;
    GUARD(Py_IS_TYPE(iter, &PyListIter_Type));
    PyListObject *list = iter->list;
    if (K_LIKELY(list && iter->index < Py_SIZE(list))) {
        RESULT_IN(A1, Py_NewRef(PyList_GET_ITEM(list, iter->index++)));
    }
    SAVE();
    iter->list = NULL;
    Py_XDECREF(list);
    Py_DECREF(iter);
    JUMP();
}
#endif

SPECIAL(FOR_ITER_TUPLE, FOR_ITER, FOREIGN, CONT_NONE, "a+1 <- next(tuple iterator a), or release a and jump d")
#if OP_BODIES
{
    PyTupleIter *iter = (PyTupleIter *)A;
    GUARD(Py_IS_TYPE(iter, &PyTupleIter_Type));
    PyTupleObject *tuple = iter->tuple;
    if (K_LIKELY(tuple && iter->index < Py_SIZE(tuple))) {
        RESULT_IN(A1, Py_NewRef(PyTuple_GET_ITEM(tuple, iter->index++)));
    }
    SAVE();
    iter->tuple = NULL;
    Py_XDECREF(tuple);
    Py_DECREF(iter);
    JUMP();
}
#endif

SPECIAL(FOR_ITER_RANGE, FOR_ITER, ALLOC, CONT_NONE, "a+1 <- next(range iterator a), or release a and jump d")
#if OP_BODIES
{
    PyRangeIter *iter = (PyRangeIter *)A;
    GUARD(Py_IS_TYPE(iter, &PyRangeIter_Type));
    if (K_LIKELY(iter->index < iter->length)) {
        PyObject *value = PyLong_FromLong(
            (long)((unsigned long)iter->start + (unsigned long)iter->index * (unsigned long)iter->step));
        if (!value)
            ERROR();
        iter->index++;
        A1 = value;
        NEXT();
    }
    Py_DECREF(iter);
    JUMP();
}
#endif

SPECIAL(FOR_ITER_RANGE_STORE, FOR_ITER, FOREIGN, CONT_NONE, "the same with the STORE_FAST behind it")
#if OP_BODIES
{
    PyRangeIter *iter = (PyRangeIter *)A;
    GUARD(Py_IS_TYPE(iter, &PyRangeIter_Type));
    if (K_LIKELY(iter->index < iter->length)) {
        long next = (long)((unsigned long)iter->start + (unsigned long)iter->index * (unsigned long)iter->step);
        PyObject **local = &SLOT(pc[1].b), *old = *local;
        if (old && Py_REFCNT(old) == 1 && fast_is_int(old) && fast_fits_box(next)) {
            fast_fill_box(old, next);
        } else {
            PyObject *value = PyLong_FromLong(next);
            if (!value)
                ERROR();
            SAVE();
            *local = value;
            Py_XDECREF(old);
        }
        iter->index++;
        pc += 2;
        DISPATCH();
    }
    Py_DECREF(iter);
    JUMP();
}
#endif

SPECIAL(FOR_ITER_GEN, FOR_ITER, FOREIGN, CONT_NEXT, "resume generator a; what it yields lands in a+1, its end jumps d")
#if OP_BODIES
{
    PyGenObject *gen = (PyGenObject *)A;
    GUARD(Py_IS_TYPE(gen, &PyGen_Type) && vm_gen_is_idle(gen) && FRAMES_INLINE() && !tstate->c_tracefunc);
    SAVE();
    callee = vm_gen_enter(tstate, gen, Py_NewRef(Py_None));
    frame_link(callee)->pc = pc;
    frame_link(callee)->kind = CONT_NEXT;
    goto enter_generator;
}
#endif

SPECIAL(FOR_ITER_PYTHON, FOR_ITER, FOREIGN, CONT_ITERNEXT, "a+1 <- a.__next__(), a Python function; StopIteration jumps d")
#if OP_BODIES
{
    PyObject *iter = A;
    KCache *cache = CACHE();
    PyFunctionObject *next = cache->ptr;
    GUARD(Py_TYPE(iter)->tp_version_tag == cache->version && next->func_version == cache->version2 && FRAMES_INLINE());
    SAVE();
    PyObject *args[] = { Py_NewRef(iter) };
    CALL_PYTHON(next, args, 1, CONT_ITERNEXT, pc->a + 1u);
}
#endif
