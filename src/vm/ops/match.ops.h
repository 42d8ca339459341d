/* match.ops.h - structural pattern matching. */
OP(GET_LEN, FOREIGN, CONT_NONE, "a+1 <- len(a)")
#if OP_BODIES
{
    SAVE();
    Py_ssize_t n = PyObject_Length(A);
    PyObject *length = n < 0 ? NULL : PyLong_FromSsize_t(n);
    if (!length)
        ERROR();
    A1 = length;
    NEXT();
}
#endif

OP(MATCH_MAPPING, READ, CONT_NONE, "a+1 <- whether a is a mapping")
#if OP_BODIES
{
    A1 = Py_NewRef(PyType_HasFeature(Py_TYPE(A), Py_TPFLAGS_MAPPING) ? Py_True : Py_False);
    NEXT();
}
#endif

OP(MATCH_SEQUENCE, READ, CONT_NONE, "a+1 <- whether a is a sequence")
#if OP_BODIES
{
    A1 = Py_NewRef(PyType_HasFeature(Py_TYPE(A), Py_TPFLAGS_SEQUENCE) ? Py_True : Py_False);
    NEXT();
}
#endif

OP(MATCH_KEYS, FOREIGN, CONT_NONE, "a+2 <- tuple of the values of keys a+1 in a, or None")
#if OP_BODIES
{
    SAVE();
    PyObject *values = vm_match_keys(A, A1);
    if (!values)
        ERROR();
    SLOT(pc->a + 2) = values;
    NEXT();
}
#endif

OP(MATCH_CLASS, FOREIGN, CONT_NONE, "a <- tuple of attributes of a as class a+1, names a+2, d positional; or None")
#if OP_BODIES
{
    PyObject *subject = A, *type = A1, *names = SLOT(pc->a + 2);
    SAVE();
    PyObject *values = vm_match_class(tstate, subject, type, (Py_ssize_t)pc->d, names);
    Py_DECREF(subject);
    Py_DECREF(type);
    Py_DECREF(names);
    if (!values)
        ERROR_AT(pc->a);
    A = values;
    NEXT();
}
#endif
