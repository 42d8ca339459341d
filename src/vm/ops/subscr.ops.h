/* subscr.ops.h - subscription: load, store, delete. */
OP(BINARY_SUBSCR, FOREIGN, CONT_REPLACE, "a <- a[a+1]")
#if OP_BODIES
{
    PyObject *owner = A, *key = A1;
    ADAPT(vm_specialize_subscr);
    SAVE();
    if (IS_OF_HEAP_TYPE(owner))
        FOLLOW(vm_get_item(tstate, frame, pc));
    PyObject *value = PyObject_GetItem(owner, key);
    Py_DECREF(owner);
    Py_DECREF(key);
    if (!value)
        ERROR_AT(pc->a);
    A = value;
    NEXT();
}
#endif

OP(STORE_SUBSCR, FOREIGN, CONT_DISCARD, "a+1 [a+2] <- a")
#if OP_BODIES
{
    PyObject *value = A, *owner = A1, *key = SLOT(pc->a + 2);
    ADAPT(vm_specialize_store_subscr);
    SAVE();
    if (IS_OF_HEAP_TYPE(owner))
        FOLLOW(vm_set_item(tstate, frame, pc));
    int status = PyObject_SetItem(owner, key, value);
    Py_DECREF(value);
    Py_DECREF(owner);
    Py_DECREF(key);
    if (status < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif

OP(DELETE_SUBSCR, FOREIGN, CONT_DISCARD, "delete a[a+1]")
#if OP_BODIES
{
    PyObject *owner = A, *key = A1;
    SAVE();
    if (IS_OF_HEAP_TYPE(owner))
        FOLLOW(vm_delete_item(tstate, frame, pc));
    int status = PyObject_DelItem(owner, key);
    Py_DECREF(owner);
    Py_DECREF(key);
    if (status < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif

SPECIAL(SUBSCR_LIST, BINARY_SUBSCR, FOREIGN, CONT_NONE, "a <- list a[small int a+1]")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_SUBSCR(PyList_CheckExact, PyList_GET_ITEM);
}
#endif

SPECIAL(SUBSCR_TUPLE, BINARY_SUBSCR, FOREIGN, CONT_NONE, "a <- tuple a[small int a+1]")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_SUBSCR(PyTuple_CheckExact, PyTuple_GET_ITEM);
}
#endif

SPECIAL(SUBSCR_DICT, BINARY_SUBSCR, FOREIGN, CONT_NONE, "a <- dict a[a+1]")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_SUBSCR_DICT();
}
#endif

SPECIAL(SUBSCR_GETITEM, BINARY_SUBSCR, FOREIGN, CONT_RESULT, "a <- a.__getitem__(a+1), a Python function")
#if OP_BODIES
{
    KCache *cache = CACHE();
    PyFunctionObject *getitem = cache->ptr;
    GUARD(Py_TYPE(A)->tp_version_tag == cache->version && FRAMES_INLINE());
    GUARD(getitem->func_version == cache->version2);
    SAVE();
    CALL_PYTHON(getitem, &A, 2, CONT_RESULT, pc->a);
}
#endif

SPECIAL(STORE_SUBSCR_LIST, STORE_SUBSCR, FOREIGN, CONT_NONE, "list a+1 [small int a+2] <- a")
#if OP_BODIES
{
    enum { LEFT_OWNED = 1, RIGHT_OWNED = 1, LOADS = 0 };
    PyObject *left = A1, *right = SLOT(pc->a + 2);
    DO_STORE_LIST();
}
#endif

SPECIAL(STORE_SUBSCR_DICT, STORE_SUBSCR, FOREIGN, CONT_NONE, "dict a+1 [a+2] <- a")
#if OP_BODIES
{
    PyObject *owner = A1;
    GUARD(PyDict_CheckExact(owner));
    SAVE();
    int status = k_dict_set_steal((PyDictObject *)owner, SLOT(pc->a + 2), A);
    Py_DECREF(owner);
    if (status < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif

SPECIAL(STORE_SUBSCR_SETITEM, STORE_SUBSCR, FOREIGN, CONT_DISCARD, "a+1.__setitem__(a+2, a), a Python function")
#if OP_BODIES
{
    PyObject *owner = A1;
    KCache *cache = CACHE();
    PyFunctionObject *setitem = cache->ptr;
    GUARD(Py_TYPE(owner)->tp_version_tag == cache->version && setitem->func_version == cache->version2 && FRAMES_INLINE());
    SAVE();
    PyObject *args[] = { Py_NewRef(owner), Py_NewRef(SLOT(pc->a + 2)), Py_NewRef(A) };
    CALL_PYTHON(setitem, args, 3, CONT_DISCARD, pc->a + 3u);
}
#endif
