/* subscr.ops.h - subscription: load, store, delete. */
OP(BINARY_SUBSCR, FOREIGN, CONT_RESULT, "a <- a[a+1]")
#if OP_BODIES
{
    PyObject *owner = A, *key = A1;
    ADAPT(vm_specialize_subscr);
    SAVE();
    PyObject *value = PyObject_GetItem(owner, key);
    Py_DECREF(owner);
    Py_DECREF(key);
    if (!value)
        ERROR_AT(pc->a);
    A = value;
    NEXT();
}
#endif

OP(STORE_SUBSCR, FOREIGN, CONT_DROP, "a+1 [a+2] <- a")
#if OP_BODIES
{
    PyObject *value = A, *owner = A1, *key = SLOT(pc->a + 2);
    ADAPT(vm_specialize_store_subscr);
    SAVE();
    int status = PyObject_SetItem(owner, key, value);
    Py_DECREF(value);
    Py_DECREF(owner);
    Py_DECREF(key);
    if (status < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif

OP(DELETE_SUBSCR, FOREIGN, CONT_DROP, "delete a[a+1]")
#if OP_BODIES
{
    PyObject *owner = A, *key = A1;
    SAVE();
    int status = PyObject_DelItem(owner, key);
    Py_DECREF(owner);
    Py_DECREF(key);
    if (status < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif
