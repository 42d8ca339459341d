/* attr.ops.h - attributes: load, load for a call, store, delete. */
OP(LOAD_ATTR, FOREIGN, CONT_ATTR, "a <- a.name d")
#if OP_BODIES
{
    ADAPT(vm_specialize_load_attr);
    SAVE();
    FOLLOW(vm_load_attr(tstate, frame, pc));
}
#endif

OP(LOAD_METHOD, FOREIGN, CONT_ATTR, "a, a+1 <- method and self, or NULL and a.name d")
#if OP_BODIES
{
    ADAPT(vm_specialize_load_method);
    SAVE();
    FOLLOW(vm_load_attr(tstate, frame, pc));
}
#endif

OP(STORE_ATTR, FOREIGN, CONT_DISCARD, "a+1 .name d <- a")
#if OP_BODIES
{
    ADAPT(vm_specialize_store_attr);
    SAVE();
    FOLLOW(vm_store_attr(tstate, frame, pc, A1, A));
}
#endif

OP(DELETE_ATTR, FOREIGN, CONT_DISCARD, "delete a.name d")
#if OP_BODIES
{
    SAVE();
    FOLLOW(vm_store_attr(tstate, frame, pc, A, NULL));
}
#endif

SPECIAL(LOAD_ATTR_VALUE, LOAD_ATTR, FOREIGN, CONT_NONE, "a <- a's embedded value at index")
#if OP_BODIES
{
    PyObject *owner = A;
    FIND_CACHE(cache, pc, owner)
    PyDictValues *values = k_instance_values(owner);
    GUARD(values && cache->index < (uint32_t)values_capacity(values));
    PyObject *value = *values_slot(values, cache->index);
    GUARD(value);
    A = Py_NewRef(value);
    RELEASE(owner);
    NEXT();
}
#endif

SPECIAL(LOAD_ATTR_DICT, LOAD_ATTR, FOREIGN, CONT_NONE, "a <- a's __dict__ at the index where it was last")
#if OP_BODIES
{
    PyObject *owner = A;
    KCache *cache = CACHE();
    GUARD(Py_TYPE(owner)->tp_version_tag == cache->version);
    ATTR_OF_DICT(value, owner, cache, NAME(pc->d));
    A = Py_NewRef(value);
    RELEASE(owner);
    NEXT();
}
#endif

SPECIAL(LOAD_ATTR_MODULE, LOAD_ATTR, FOREIGN, CONT_NONE, "a <- module a's value at index")
#if OP_BODIES
{
    PyObject *owner = A;
    KCache *cache = CACHE();
    GUARD(PyModule_CheckExact(owner));
    PyDictKeysObject *keys = ((PyDictObject *)((PyModuleObject *)owner)->md_dict)->ma_keys;
    GUARD(keys->dk_version == cache->version);
    PyObject *value = DK_UNICODE_ENTRIES(keys)[cache->index].me_value;
    GUARD(value);
    A = Py_NewRef(value);
    RELEASE(owner);
    NEXT();
}
#endif

SPECIAL(LOAD_ATTR_SLOT, LOAD_ATTR, FOREIGN, CONT_NONE, "a <- a's __slots__ member at offset")
#if OP_BODIES
{
    PyObject *owner = A;
    FIND_CACHE(cache, pc, owner)
    PyObject *value = *(PyObject **)((char *)owner + cache->index);
    GUARD(value);
    A = Py_NewRef(value);
    RELEASE(owner);
    NEXT();
}
#endif

SPECIAL(LOAD_ATTR_TYPE, LOAD_ATTR, FOREIGN, CONT_NONE, "a <- attribute of class a")
#if OP_BODIES
{
    PyObject *owner = A;
    KCache *cache = CACHE();
    GUARD(PyType_CheckExact(owner) && ((PyTypeObject *)owner)->tp_version_tag == cache->version);
    A = Py_NewRef((PyObject *)cache->ptr);
    RELEASE(owner);
    NEXT();
}
#endif

SPECIAL(LOAD_ATTR_CLASS_VALUE, LOAD_ATTR, FOREIGN, CONT_NONE, "a <- attribute of a's class that a itself has not")
#if OP_BODIES
{
    PyObject *owner = A;
    KCache *cache = CACHE();
    GUARD(Py_TYPE(owner)->tp_version_tag == cache->version && k_instance_values(owner));
    GUARD(k_instance_shared_keys(Py_TYPE(owner))->dk_version == cache->version2);
    A = Py_NewRef((PyObject *)cache->ptr);
    RELEASE(owner);
    NEXT();
}
#endif

SPECIAL(LOAD_ATTR_PROPERTY, LOAD_ATTR, FOREIGN, CONT_RESULT, "a <- the getter's result for a")
#if OP_BODIES
{
    KCache *cache = CACHE();
    GUARD(Py_TYPE(A)->tp_version_tag == cache->version && FRAMES_INLINE());
    PyFunctionObject *getter = (PyFunctionObject *)((PyPropertyObject *)cache->ptr)->prop_get; /* __init__ may replace it */
    GUARD(getter && Py_IS_TYPE(getter, &PyFunction_Type) && getter->func_version == cache->version2);
    SAVE();
    CALL_PYTHON(getter, &A, 1, CONT_RESULT, pc->a);
}
#endif

SPECIAL(LOAD_METHOD_VALUES, LOAD_METHOD, READ, CONT_NONE, "a, a+1 <- method of the class, a; a has embedded values")
#if OP_BODIES
{
    PyObject *owner = A;
    FIND_CACHE(cache, pc, owner)
    GUARD(k_instance_values(owner));
    GUARD(k_instance_shared_keys(Py_TYPE(owner))->dk_version == cache->version2);
    A1 = owner;
    A = Py_NewRef((PyObject *)cache->ptr);
    NEXT();
}
#endif

SPECIAL(LOAD_METHOD_NO_DICT, LOAD_METHOD, READ, CONT_NONE, "a, a+1 <- method of the class, a; a has no __dict__")
#if OP_BODIES
{
    PyObject *owner = A;
    FIND_CACHE(cache, pc, owner)
    A1 = owner;
    A = Py_NewRef((PyObject *)cache->ptr);
    NEXT();
}
#endif

SPECIAL(LOAD_METHOD_TYPE, LOAD_METHOD, FOREIGN, CONT_NONE, "a, a+1 <- NULL, attribute of class a")
#if OP_BODIES
{
    PyObject *owner = A;
    KCache *cache = CACHE();
    GUARD(PyType_CheckExact(owner) && ((PyTypeObject *)owner)->tp_version_tag == cache->version);
    A = NULL;
    A1 = Py_NewRef((PyObject *)cache->ptr);
    RELEASE(owner);
    NEXT();
}
#endif

SPECIAL(LOAD_METHOD_MODULE, LOAD_METHOD, FOREIGN, CONT_NONE, "a, a+1 <- NULL, module a's value at index")
#if OP_BODIES
{
    PyObject *owner = A;
    KCache *cache = CACHE();
    GUARD(PyModule_CheckExact(owner));
    PyDictKeysObject *keys = ((PyDictObject *)((PyModuleObject *)owner)->md_dict)->ma_keys;
    GUARD(keys->dk_version == cache->version);
    PyObject *value = DK_UNICODE_ENTRIES(keys)[cache->index].me_value;
    GUARD(value);
    A = NULL;
    A1 = Py_NewRef(value);
    RELEASE(owner);
    NEXT();
}
#endif

SPECIAL(STORE_ATTR_VALUE, STORE_ATTR, FOREIGN, CONT_NONE, "a+1's embedded value at index <- a")
#if OP_BODIES
{
    PyObject *owner = A1;
    KCache *cache = CACHE();
    GUARD(Py_TYPE(owner)->tp_version_tag == cache->version && !k_instance_has_dict(owner));
    PyObject **slot = k_instance_slot(owner, cache->index);
    GUARD(slot);
    SAVE();
    k_instance_store_slot(owner, slot, cache->index, A);
    Py_DECREF(owner);
    NEXT();
}
#endif

SPECIAL(STORE_ATTR_SLOT, STORE_ATTR, FOREIGN, CONT_NONE, "a+1's __slots__ member at offset <- a")
#if OP_BODIES
{
    PyObject *owner = A1;
    KCache *cache = CACHE();
    GUARD(Py_TYPE(owner)->tp_version_tag == cache->version);
    PyObject **slot = (PyObject **)((char *)owner + cache->index), *old = *slot;
    SAVE();
    *slot = A;
    Py_XDECREF(old);
    Py_DECREF(owner);
    NEXT();
}
#endif

SPECIAL(LOAD_ATTR_HOOK, LOAD_ATTR, FOREIGN, CONT_REPLACE, "a <- a.name d, else a.__getattr__(name), a Python function")
#if OP_BODIES
{
    PyObject *owner = A;
    KCache *cache = CACHE();
    PyFunctionObject *hook = cache->ptr;
    GUARD(Py_TYPE(owner)->tp_version_tag == cache->version && hook->func_version == cache->version2 && FRAMES_INLINE());
    SAVE();
    PyObject *value = _PyObject_GenericGetAttrWithDict(owner, NAME(pc->d), NULL, 1);
    if (!value) {
        if (PyErr_Occurred())
            ERROR();
        PyObject *args[] = { Py_NewRef(owner), Py_NewRef(NAME(pc->d)) };
        CALL_PYTHON(hook, args, 2, CONT_REPLACE, pc->a + 1u);
    }
    A = value;
    Py_DECREF(owner);
    NEXT();
}
#endif

SPECIAL(STORE_ATTR_HOOK, STORE_ATTR, FOREIGN, CONT_DISCARD, "a+1.__setattr__(name d, a), a Python function")
#if OP_BODIES
{
    PyObject *owner = A1;
    KCache *cache = CACHE();
    PyFunctionObject *hook = cache->ptr;
    GUARD(Py_TYPE(owner)->tp_version_tag == cache->version && hook->func_version == cache->version2 && FRAMES_INLINE());
    SAVE();
    PyObject *args[] = { Py_NewRef(owner), Py_NewRef(NAME(pc->d)), Py_NewRef(A) };
    CALL_PYTHON(hook, args, 3, CONT_DISCARD, pc->a + 2u);
}
#endif
