/* arith.ops.h - operators: unary, binary, comparison, identity, membership. */
OP(UNARY_POSITIVE, FOREIGN, CONT_REPLACE, "a <- +a")
#if OP_BODIES
{
    UNARY(PyNumber_Positive, "__pos__");
}
#endif

OP(UNARY_NEGATIVE, FOREIGN, CONT_REPLACE, "a <- -a")
#if OP_BODIES
{
    UNARY(PyNumber_Negative, "__neg__");
}
#endif

OP(UNARY_INVERT, FOREIGN, CONT_REPLACE, "a <- ~a")
#if OP_BODIES
{
    UNARY(PyNumber_Invert, "__invert__");
}
#endif

OP(UNARY_NOT, FOREIGN, CONT_TRUTH, "a <- not a")
#if OP_BODIES
{
    PyObject *value = A;
    int truth;
    TRUTH_OF(value, truth)
    SAVE();
    Py_DECREF(value);
    if (truth < 0)
        ERROR_AT(pc->a);
    A = Py_NewRef(truth ? Py_False : Py_True);
    NEXT();
}
#endif

OP(BINARY_OP, FOREIGN, CONT_BINARY, "a <- a op a+1")
#if OP_BODIES
{
    PyObject *left = A, *right = A1;
    ADAPT(vm_specialize_binary);
    SAVE();
    if (IS_OF_HEAP_TYPE(left) || IS_OF_HEAP_TYPE(right))
        FOLLOW(vm_binary(tstate, frame, pc));
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
    if (IS_OF_HEAP_TYPE(left) || IS_OF_HEAP_TYPE(right))
        FOLLOW(vm_compare(tstate, frame, pc));
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
    if (IS_OF_HEAP_TYPE(right))
        FOLLOW(vm_contains(tstate, frame, pc));
    int found = PySequence_Contains(right, left);
    Py_DECREF(left);
    Py_DECREF(right);
    if (found < 0)
        ERROR_AT(pc->a);
    A = Py_NewRef(found ^ (int)pc->d ? Py_True : Py_False);
    NEXT();
}
#endif

SPECIAL(ADD_INT, BINARY_OP, ALLOC, CONT_NONE, "a <- a + a+1, small ints")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_INT(1, x + y);
}
#endif

SPECIAL(SUBTRACT_INT, BINARY_OP, ALLOC, CONT_NONE, "a <- a - a+1, small ints")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_INT(1, x - y);
}
#endif

SPECIAL(MULTIPLY_INT, BINARY_OP, ALLOC, CONT_NONE, "a <- a * a+1, small ints")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_INT(fast_product_fits(x, y), x * y);
}
#endif

SPECIAL(AND_INT, BINARY_OP, ALLOC, CONT_NONE, "a <- a & a+1, small ints")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_INT(1, x & y);
}
#endif

SPECIAL(OR_INT, BINARY_OP, ALLOC, CONT_NONE, "a <- a | a+1, small ints")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_INT(1, x | y);
}
#endif

SPECIAL(XOR_INT, BINARY_OP, ALLOC, CONT_NONE, "a <- a ^ a+1, small ints")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_INT(1, x ^ y);
}
#endif

SPECIAL(RSHIFT_INT, BINARY_OP, ALLOC, CONT_NONE, "a <- a >> a+1, small ints")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_INT((uint64_t)y < 63, x >> y);
}
#endif

SPECIAL(LSHIFT_INT, BINARY_OP, ALLOC, CONT_NONE, "a <- a << a+1, small ints")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_INT((uint64_t)y < 32 && fast_is_int(left), (int64_t)((uint64_t)x << y));
}
#endif

SPECIAL(FLOOR_DIVIDE_INT, BINARY_OP, ALLOC, CONT_NONE, "a <- a // a+1, small ints")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_INT(y > 0, x / y - (x % y < 0));
}
#endif

SPECIAL(REMAINDER_INT, BINARY_OP, ALLOC, CONT_NONE, "a <- a % a+1, small ints")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_INT(y > 0, x % y + (x % y < 0 ? y : 0));
}
#endif

SPECIAL(ADD_FLOAT, BINARY_OP, ALLOC, CONT_NONE, "a <- a + a+1, floats")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_FLOAT(1, x + y);
}
#endif

SPECIAL(SUBTRACT_FLOAT, BINARY_OP, ALLOC, CONT_NONE, "a <- a - a+1, floats")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_FLOAT(1, x - y);
}
#endif

SPECIAL(MULTIPLY_FLOAT, BINARY_OP, ALLOC, CONT_NONE, "a <- a * a+1, floats")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_FLOAT(1, x * y);
}
#endif

SPECIAL(DIVIDE_FLOAT, BINARY_OP, ALLOC, CONT_NONE, "a <- a / a+1, floats")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_FLOAT(y != 0.0, x / y);
}
#endif

SPECIAL(ADD_STR, BINARY_OP, ALLOC, CONT_NONE, "a <- a + a+1, strs")
#if OP_BODIES
{
    PyObject *left = A, *right = A1;
    GUARD(PyUnicode_CheckExact(left) && PyUnicode_CheckExact(right));
    PyObject *result = PyUnicode_Concat(left, right);
    Py_DECREF(left);
    Py_DECREF(right);
    if (K_UNLIKELY(!result))
        ERROR_AT(pc->a);
    A = result;
    NEXT();
}
#endif

SPECIAL(APPEND_STR, BINARY_OP, ALLOC, CONT_NONE, "local of the STORE_FAST behind it += a+1, strs; both run")
#if OP_BODIES
{
    PyObject *left = A, *right = A1;
    GUARD(PyUnicode_CheckExact(left) && PyUnicode_CheckExact(right) && SLOT(pc[1].b) == left);
    Py_DECREF(left); /* now the local's alone, it may grow in place */
    PyUnicode_Append(&SLOT(pc[1].b), right);
    Py_DECREF(right);
    if (K_UNLIKELY(!SLOT(pc[1].b)))
        ERROR_AT(pc->a);
    pc += 2;
    DISPATCH();
}
#endif

SPECIAL(COMPARE_INT, COMPARE_OP, ALLOC, CONT_NONE, "a <- a cmp a+1, small ints")
#if OP_BODIES
{
    PyObject *left = A, *right = A1;
    GUARD(fast_are_wide_ints(left, right));
    int truth = fast_compare(fast_wide_value(left), fast_wide_value(right), pc->d);
    fast_drop(left);
    fast_drop(right);
    A = Py_NewRef(truth ? Py_True : Py_False);
    NEXT();
}
#endif

SPECIAL(COMPARE_FLOAT, COMPARE_OP, ALLOC, CONT_NONE, "a <- a cmp a+1, floats")
#if OP_BODIES
{
    PyObject *left = A, *right = A1;
    GUARD(fast_are_floats(left, right));
    int truth = fast_compare_floats(PyFloat_AS_DOUBLE(left), PyFloat_AS_DOUBLE(right), pc->d);
    fast_drop(left);
    fast_drop(right);
    A = Py_NewRef(truth ? Py_True : Py_False);
    NEXT();
}
#endif

SPECIAL(COMPARE_STR, COMPARE_OP, ALLOC, CONT_NONE, "a <- a == or != a+1, strs")
#if OP_BODIES
{
    PyObject *left = A, *right = A1;
    GUARD(PyUnicode_CheckExact(left) && PyUnicode_CheckExact(right));
    int truth = (left == right || k_str_eq(left, right)) == (pc->d == Py_EQ);
    Py_DECREF(left);
    Py_DECREF(right);
    A = Py_NewRef(truth ? Py_True : Py_False);
    NEXT();
}
#endif

SPECIAL(COMPARE_INT_JUMP, COMPARE_OP, ALLOC, CONT_NONE, "a cmp a+1, small ints, and the POP_JUMP behind it")
#if OP_BODIES
{
    OPERANDS_SS;
    COMPARE_INTS_JUMP();
}
#endif

SPECIAL(COMPARE_FLOAT_JUMP, COMPARE_OP, ALLOC, CONT_NONE, "a cmp a+1, floats, and the POP_JUMP behind it")
#if OP_BODIES
{
    OPERANDS_SS;
    COMPARE_FLOATS_JUMP();
}
#endif

SPECIAL(COMPARE_STR_JUMP, COMPARE_OP, ALLOC, CONT_NONE, "a == or != a+1, strs, and the POP_JUMP behind it")
#if OP_BODIES
{
    OPERANDS_SS;
    COMPARE_STRS_JUMP();
}
#endif

SPECIAL(BINARY_PYTHON, BINARY_OP, FOREIGN, CONT_BINARY, "a <- the left operand's method, a Python function")
#if OP_BODIES
{
    KCache *cache = CACHE();
    PyFunctionObject *method = cache->ptr;
    GUARD(Py_TYPE(A)->tp_version_tag == cache->version && Py_TYPE(A1)->tp_version_tag == cache->index);
    GUARD(method->func_version == cache->version2 && FRAMES_INLINE());
    SAVE();
    PyObject *args[] = { Py_NewRef(A), Py_NewRef(A1) };
    CALL_PYTHON(method, args, 2, CONT_BINARY | TRIED_IN_PLACE | TRIED_LEFT, pc->a + 2u);
}
#endif

SPECIAL(COMPARE_PYTHON, COMPARE_OP, FOREIGN, CONT_COMPARE, "a <- the left operand's method, a Python function")
#if OP_BODIES
{
    KCache *cache = CACHE();
    PyFunctionObject *method = cache->ptr;
    GUARD(Py_TYPE(A)->tp_version_tag == cache->version && Py_TYPE(A1)->tp_version_tag == cache->index);
    GUARD(method->func_version == cache->version2 && FRAMES_INLINE());
    SAVE();
    PyObject *args[] = { Py_NewRef(A), Py_NewRef(A1) };
    CALL_PYTHON(method, args, 2, CONT_COMPARE | TRIED_LEFT, pc->a + 2u);
}
#endif

SPECIAL(ADD_MIXED, BINARY_OP, ALLOC, CONT_NONE, "a <- a + a+1, a float and a small int")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_MIXED(left->ob_type != right->ob_type, x + y);
}
#endif

SPECIAL(SUBTRACT_MIXED, BINARY_OP, ALLOC, CONT_NONE, "a <- a - a+1, a float and a small int")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_MIXED(left->ob_type != right->ob_type, x - y);
}
#endif

SPECIAL(MULTIPLY_MIXED, BINARY_OP, ALLOC, CONT_NONE, "a <- a * a+1, a float and a small int")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_MIXED(left->ob_type != right->ob_type, x * y);
}
#endif

SPECIAL(DIVIDE_MIXED, BINARY_OP, ALLOC, CONT_NONE, "a <- a / a+1, floats or small ints")
#if OP_BODIES
{
    OPERANDS_SS;
    DO_MIXED(y != 0.0, x / y);
}
#endif
