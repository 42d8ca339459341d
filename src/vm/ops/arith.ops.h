/* arith.ops.h - operators: unary, binary, comparison, identity, membership. */
OP(UNARY_POSITIVE, FOREIGN, CONT_NONE, "a <- +a")
#if OP_BODIES
{
    UNARY(PyNumber_Positive);
}
#endif

OP(UNARY_NEGATIVE, FOREIGN, CONT_NONE, "a <- -a")
#if OP_BODIES
{
    UNARY(PyNumber_Negative);
}
#endif

OP(UNARY_INVERT, FOREIGN, CONT_NONE, "a <- ~a")
#if OP_BODIES
{
    UNARY(PyNumber_Invert);
}
#endif

OP(UNARY_NOT, FOREIGN, CONT_NONE, "a <- not a")
#if OP_BODIES
{
    PyObject *value = A;
    SAVE();
    int truth = PyObject_IsTrue(value);
    Py_DECREF(value);
    if (truth < 0)
        ERROR_AT(pc->a);
    A = Py_NewRef(truth ? Py_False : Py_True);
    NEXT();
}
#endif

OP(BINARY_OP, FOREIGN, CONT_LEFT, "a <- a op a+1")
#if OP_BODIES
{
    PyObject *left = A, *right = A1;
    ADAPT(vm_specialize_binary);
    SAVE();
    PyObject *result = vm_binary_ops[pc->d](left, right);
    Py_DECREF(left);
    Py_DECREF(right);
    if (!result)
        ERROR_AT(pc->a);
    A = result;
    NEXT();
}
#endif

OP(COMPARE_OP, FOREIGN, CONT_COMPARE, "a <- a cmp a+1")
#if OP_BODIES
{
    PyObject *left = A, *right = A1;
    ADAPT(vm_specialize_compare);
    SAVE();
    PyObject *result = PyObject_RichCompare(left, right, (int)pc->d);
    Py_DECREF(left);
    Py_DECREF(right);
    if (!result)
        ERROR_AT(pc->a);
    A = result;
    NEXT();
}
#endif

OP(IS_OP, FOREIGN, CONT_NONE, "a <- a is a+1, d: not")
#if OP_BODIES
{
    PyObject *left = A, *right = A1;
    PyObject *result = (left == right) ^ (int)pc->d ? Py_True : Py_False;
    SAVE();
    Py_DECREF(left);
    Py_DECREF(right);
    A = Py_NewRef(result);
    NEXT();
}
#endif

OP(CONTAINS_OP, FOREIGN, CONT_CONTAINS, "a <- a in a+1, d: not")
#if OP_BODIES
{
    PyObject *left = A, *right = A1;
    SAVE();
    int found = PySequence_Contains(right, left);
    Py_DECREF(left);
    Py_DECREF(right);
    if (found < 0)
        ERROR_AT(pc->a);
    A = Py_NewRef(found ^ (int)pc->d ? Py_True : Py_False);
    NEXT();
}
#endif
