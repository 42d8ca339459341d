/* build.ops.h - building containers, strings, functions and slices; taking sequences apart. */
OP(BUILD_TUPLE, ALLOC, CONT_NONE, "a <- tuple of d values from a")
#if OP_BODIES
{
    PyObject *tuple = k_tuple_from_array_steal(&A, (Py_ssize_t)pc->d);
    if (!tuple)
        ERROR_AT(pc->a);
    A = tuple;
    NEXT();
}
#endif

OP(BUILD_LIST, ALLOC, CONT_NONE, "a <- list of d values from a")
#if OP_BODIES
{
    PyObject *list = k_list_from_array_steal(&A, (Py_ssize_t)pc->d);
    if (!list)
        ERROR_AT(pc->a);
    A = list;
    NEXT();
}
#endif

OP(BUILD_SET, FOREIGN, CONT_NONE, "a <- set of d values from a")
#if OP_BODIES
{
    SAVE();
    PyObject *set = vm_build_set(&A, (Py_ssize_t)pc->d);
    if (!set)
        ERROR_AT(pc->a);
    A = set;
    NEXT();
}
#endif

OP(BUILD_MAP, FOREIGN, CONT_NONE, "a <- dict of d pairs from a")
#if OP_BODIES
{
    SAVE();
    PyObject *dict = vm_build_map(&A, (Py_ssize_t)pc->d);
    if (!dict)
        ERROR_AT(pc->a);
    A = dict;
    NEXT();
}
#endif

OP(BUILD_CONST_KEY_MAP, FOREIGN, CONT_NONE, "a <- dict of d values from a, keys a+d")
#if OP_BODIES
{
    SAVE();
    PyObject *dict = vm_build_const_key_map(&A, (Py_ssize_t)pc->d);
    if (!dict)
        ERROR_AT(pc->a);
    A = dict;
    NEXT();
}
#endif

OP(BUILD_STRING, ALLOC, CONT_NONE, "a <- d strings from a, joined")
#if OP_BODIES
{
    SAVE();
    PyObject *text = vm_build_string(&A, (Py_ssize_t)pc->d);
    if (!text)
        ERROR_AT(pc->a);
    A = text;
    NEXT();
}
#endif

OP(BUILD_SLICE, ALLOC, CONT_NONE, "a <- slice of 2 or 3 values from a")
#if OP_BODIES
{
    SAVE();
    PyObject *slice = k_slice_steal(A, A1, pc->d == 3 ? SLOT(pc->a + 2) : Py_NewRef(Py_None));
    if (!slice)
        ERROR_AT(pc->a);
    A = slice;
    NEXT();
}
#endif

OP(FORMAT_VALUE, FOREIGN, CONT_NONE, "a <- text of a, d: conversion, spec in a+1")
#if OP_BODIES
{
    PyObject *value = A, *spec = pc->d & FORMAT_SPEC ? A1 : NULL;
    SAVE();
    PyObject *text = vm_format_value(value, spec, (int)pc->d & FORMAT_CONVERSION);
    Py_DECREF(value);
    Py_XDECREF(spec);
    if (!text)
        ERROR_AT(pc->a);
    A = text;
    NEXT();
}
#endif

OP(LIST_APPEND, ALLOC, CONT_NONE, "list a-d gets a")
#if OP_BODIES
{
    if (K_UNLIKELY(k_list_append_steal((PyListObject *)SLOT(pc->a - pc->d), A) < 0))
        ERROR_AT(pc->a);
    NEXT();
}
#endif

OP(SET_ADD, FOREIGN, CONT_NONE, "set a-d gets a")
#if OP_BODIES
{
    PyObject *value = A;
    SAVE();
    int status = PySet_Add(SLOT(pc->a - pc->d), value);
    Py_DECREF(value);
    if (status < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif

OP(MAP_ADD, FOREIGN, CONT_NONE, "dict a-d gets key a, value a+1")
#if OP_BODIES
{
    SAVE();
    if (k_dict_set_steal((PyDictObject *)SLOT(pc->a - pc->d), A, A1) < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif

OP(LIST_EXTEND, FOREIGN, CONT_NONE, "list a-d gets the items of a")
#if OP_BODIES
{
    PyObject *iterable = A;
    SAVE();
    int status = vm_list_extend(SLOT(pc->a - pc->d), iterable);
    Py_DECREF(iterable);
    if (status < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif

OP(SET_UPDATE, FOREIGN, CONT_NONE, "set a-d gets the items of a")
#if OP_BODIES
{
    PyObject *iterable = A;
    SAVE();
    int status = _PySet_Update(SLOT(pc->a - pc->d), iterable);
    Py_DECREF(iterable);
    if (status < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif

OP(DICT_UPDATE, FOREIGN, CONT_NONE, "dict a-d gets the items of mapping a")
#if OP_BODIES
{
    PyObject *mapping = A;
    SAVE();
    int status = vm_dict_update(SLOT(pc->a - pc->d), mapping);
    Py_DECREF(mapping);
    if (status < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif

OP(DICT_MERGE, FOREIGN, CONT_NONE, "dict a-d gets mapping a, no key twice; function a-d-2")
#if OP_BODIES
{
    PyObject *mapping = A;
    SAVE();
    int status = vm_dict_merge(SLOT(pc->a - pc->d), mapping, SLOT(pc->a - pc->d - 2));
    Py_DECREF(mapping);
    if (status < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif

OP(LIST_TO_TUPLE, ALLOC, CONT_NONE, "a <- tuple(a)")
#if OP_BODIES
{
    PyObject *list = A;
    SAVE();
    PyObject *tuple = PyList_AsTuple(list);
    Py_DECREF(list);
    if (!tuple)
        ERROR_AT(pc->a);
    A = tuple;
    NEXT();
}
#endif

OP(UNPACK_SEQUENCE, FOREIGN, CONT_NONE, "a.. <- the d items of a, the first on top")
#if OP_BODIES
{
    PyObject *value = A;
    ADAPT(vm_specialize_unpack);
    SAVE();
    int status = vm_unpack(value, (Py_ssize_t)pc->d, -1, &A);
    Py_DECREF(value);
    if (status < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif

OP(UNPACK_EX, FOREIGN, CONT_NONE, "a.. <- the items of a, the middle ones in a list")
#if OP_BODIES
{
    PyObject *value = A;
    SAVE();
    int status = vm_unpack(value, (Py_ssize_t)(pc->d & 255), (Py_ssize_t)(pc->d >> 8), &A);
    Py_DECREF(value);
    if (status < 0)
        ERROR_AT(pc->a);
    NEXT();
}
#endif

OP(MAKE_FUNCTION, ALLOC, CONT_NONE, "a <- function of the code on top")
#if OP_BODIES
{
    SAVE();
    PyObject *func = vm_make_function(frame, &A, (int)pc->d);
    if (!func)
        ERROR_AT(pc->a);
    A = func;
    NEXT();
}
#endif

SPECIAL(UNPACK_TWO, UNPACK_SEQUENCE, FOREIGN, CONT_NONE, "a+1, a <- the two items of tuple a")
#if OP_BODIES
{
    PyObject *tuple = A;
    GUARD(PyTuple_CheckExact(tuple) && Py_SIZE(tuple) == 2);
    A1 = Py_NewRef(PyTuple_GET_ITEM(tuple, 0));
    A = Py_NewRef(PyTuple_GET_ITEM(tuple, 1));
    RELEASE(tuple);
    NEXT();
}
#endif

SPECIAL(UNPACK_TUPLE, UNPACK_SEQUENCE, FOREIGN, CONT_NONE, "a.. <- the d items of tuple a, the first on top")
#if OP_BODIES
{
    PyObject *tuple = A;
    GUARD(PyTuple_CheckExact(tuple) && Py_SIZE(tuple) == (Py_ssize_t)pc->d);
    for (uint32_t i = 0; i < pc->d; i++)
        SLOT(pc->a + pc->d - 1 - i) = Py_NewRef(PyTuple_GET_ITEM(tuple, i));
    RELEASE(tuple);
    NEXT();
}
#endif
