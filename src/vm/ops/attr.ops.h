/* attr.ops.h - attributes: load, load for a call, store, delete. */
OP(LOAD_ATTR, FOREIGN, CONT_RESULT, "a <- a.name d")
#if OP_BODIES
{
    PyObject *owner = A;
    ADAPT(vm_specialize_load_attr);
    SAVE();
    PyObject *value = PyObject_GetAttr(owner, NAME(pc->d));
    Py_DECREF(owner);
    if (!value)
        ERROR_AT(pc->a);
    A = value;
    NEXT();
}
#endif

OP(LOAD_METHOD, FOREIGN, CONT_RESULT, "a, a+1 <- method and self, or NULL and a.name d")
#if OP_BODIES
{
    PyObject *owner = A, *method = NULL;
    ADAPT(vm_specialize_load_method);
    SAVE();
    int unbound = k_get_method(owner, NAME(pc->d), &method);
    if (K_LIKELY(unbound > 0)) {
        A = method;
        A1 = owner;
        NEXT();
    }
    Py_DECREF(owner);
    if (unbound < 0)
        ERROR_AT(pc->a);
    A = NULL;
    A1 = method;
    NEXT();
}
#endif

OP(STORE_ATTR, FOREIGN, CONT_DROP, "a+1 .name d <- a")
#if OP_BODIES
{
    PyObject *value = A, *owner = A1;
    ADAPT(vm_specialize_store_attr);
    SAVE();
    int status = PyObject_SetAttr(owner, NAME(pc->d), value);
    Py_DECREF(value);
    Py_DECREF(owner);
    if (status < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif

OP(DELETE_ATTR, FOREIGN, CONT_DROP, "delete a.name d")
#if OP_BODIES
{
    PyObject *owner = A;
    SAVE();
    int status = PyObject_SetAttr(owner, NAME(pc->d), NULL);
    Py_DECREF(owner);
    if (status < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif
