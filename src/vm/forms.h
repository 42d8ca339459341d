/* forms.h - what the bodies of fast forms have in common: macros over the loop's variables, for eval.c alone.
 *
 * A fused form begins at the load of an operand and does the operation behind it too: the operand is used where it is,
 * a local or a constant, without a reference of its own. The instructions in between keep their own forms, for jumps
 * that lead to them and for the case that the operation does not fit (DEOPT). What a form fails with is told as of the
 * operation: pc moves there (MEET) before anything can fail or be seen from outside.
 * The name's end says where the operands are: LL two locals, LC a local and a constant, SL and SC a stack slot and a
 * local or a constant, nothing: two stack slots. An operand in a stack slot is owned (LEFT_OWNED, RIGHT_OWNED).
 * Invariant: nothing borrowed reaches foreign code. */
#ifndef KAA_VM_FORMS_H
#define KAA_VM_FORMS_H

#define RELEASE(object)                                                                                                \
    do {                                                                                                               \
        PyObject *released_ = (PyObject *)(object);                                                                    \
        if (--released_->ob_refcnt == 0) {                                                                             \
            SAVE();                                                                                                    \
            _Py_Dealloc(released_);                                                                                    \
        }                                                                                                              \
    } while (0)

/* ---- operands ---- */
#define OPERANDS_SS                                                                                                    \
    enum { LEFT_OWNED = 1, RIGHT_OWNED = 1, LOADS = 0 };                                                               \
    PyObject *left = A, *right = A1
#define OPERANDS_LL                                                                                                    \
    enum { LEFT_OWNED = 0, RIGHT_OWNED = 0, LOADS = 2 };                                                               \
    PyObject *left = B, *right = SLOT(pc[1].b);                                                                        \
    GUARD(left && right)
#define OPERANDS_LC                                                                                                    \
    enum { LEFT_OWNED = 0, RIGHT_OWNED = 0, LOADS = 2 };                                                               \
    PyObject *left = B, *right = CONST(pc[1].d);                                                                       \
    GUARD(left)
#define OPERANDS_SL                                                                                                    \
    enum { LEFT_OWNED = 1, RIGHT_OWNED = 0, LOADS = 1 };                                                               \
    PyObject *left = SLOT(pc->a - 1), *right = B;                                                                      \
    GUARD(right)
#define OPERANDS_SC                                                                                                    \
    enum { LEFT_OWNED = 1, RIGHT_OWNED = 0, LOADS = 1 };                                                               \
    PyObject *left = SLOT(pc->a - 1), *right = CONST(pc->d)
#define MEET() (pc += LOADS)

/* ---- results: pc is at the operation ---- */

/* The result lands in a slot, or at once in the local of the STORE_FAST behind. */
#define RESULT(result) RESULT_IN(A, result)
#define RESULT_IN(slot, result)                                                                                        \
    do {                                                                                                               \
        PyObject *result_ = (result);                                                                                  \
        if (pc[1].op == OP_STORE_FAST) {                                                                               \
            pc++;                                                                                                      \
            PyObject *old_ = B;                                                                                        \
            B = result_;                                                                                               \
            if (old_)                                                                                                  \
                RELEASE(old_);                                                                                         \
        } else {                                                                                                       \
            slot = result_;                                                                                            \
        }                                                                                                              \
        NEXT();                                                                                                        \
    } while (0)
/* The box in the local of the STORE_FAST behind, if only that local and this instruction's operands hold it. */
#define STORE_BOX(box, type)                                                                                           \
    PyObject *box = pc[1].op == OP_STORE_FAST ? SLOT(pc[1].b) : NULL;                                                  \
    if (box && !(Py_IS_TYPE(box, type) &&                                                                              \
                 Py_REFCNT(box) == 1 + (LEFT_OWNED && box == left) + (RIGHT_OWNED && box == right)))                   \
        box = NULL
#define DROP_OPERANDS()                                                                                                \
    do {                                                                                                               \
        if (LEFT_OWNED)                                                                                                \
            fast_drop(left);                                                                                           \
        if (RIGHT_OWNED)                                                                                               \
            fast_drop(right);                                                                                          \
    } while (0)
#define STORED()                                                                                                       \
    do {                                                                                                               \
        DROP_OPERANDS();                                                                                               \
        pc += 2;                                                                                                       \
        DISPATCH();                                                                                                    \
    } while (0)

/* ---- arithmetic: x and y are the operands' values ---- */
#define DO_INT(condition, expression)                                                                                  \
    GUARD(fast_are_wide_ints(left, right));                                                                            \
    int64_t x = fast_wide_value(left), y = fast_wide_value(right);                                                     \
    GUARD(condition);                                                                                                  \
    int64_t z = (expression);                                                                                          \
    MEET();                                                                                                            \
    STORE_BOX(box, &PyLong_Type);                                                                                      \
    if (box && fast_refill(box, z))                                                                                    \
        STORED();                                                                                                      \
    if (LEFT_OWNED && Py_REFCNT(left) == 1 && fast_refill(left, z)) {                                                  \
        if (RIGHT_OWNED)                                                                                               \
            fast_drop(right);                                                                                          \
        RESULT(left);                                                                                                  \
    }                                                                                                                  \
    PyObject *result = fast_int_new(z);                                                                                \
    DROP_OPERANDS();                                                                                                   \
    if (K_UNLIKELY(!result))                                                                                           \
        ERROR_AT(pc->a);                                                                                               \
    RESULT(result)
#define DO_FLOAT(condition, expression)                                                                                \
    GUARD(fast_are_floats(left, right));                                                                               \
    double x = PyFloat_AS_DOUBLE(left), y = PyFloat_AS_DOUBLE(right);                                                  \
    GUARD(condition);                                                                                                  \
    double z = (expression);                                                                                           \
    MEET();                                                                                                            \
    STORE_BOX(box, &PyFloat_Type);                                                                                     \
    if (box) {                                                                                                         \
        PyFloat_AS_DOUBLE(box) = z;                                                                                    \
        STORED();                                                                                                      \
    }                                                                                                                  \
    if (LEFT_OWNED && Py_REFCNT(left) == 1) {                                                                          \
        PyFloat_AS_DOUBLE(left) = z;                                                                                   \
        if (RIGHT_OWNED)                                                                                               \
            fast_drop(right);                                                                                          \
        RESULT(left);                                                                                                  \
    }                                                                                                                  \
    if (RIGHT_OWNED && Py_REFCNT(right) == 1) {                                                                        \
        PyFloat_AS_DOUBLE(right) = z;                                                                                  \
        if (LEFT_OWNED)                                                                                                \
            fast_drop(left);                                                                                           \
        RESULT(right);                                                                                                 \
    }                                                                                                                  \
    PyObject *result = float_new_box(z);                                                                               \
    DROP_OPERANDS();                                                                                                   \
    if (K_UNLIKELY(!result))                                                                                           \
        ERROR_AT(pc->a);                                                                                               \
    RESULT(result)
/* One float and one int, or two ints that doubles hold exactly; the result is a float. */
#define DO_MIXED(condition, expression)                                                                                \
    double x = 0.0, y = 0.0;                                                                                           \
    GUARD(fast_number(left, &x) && fast_number(right, &y));                                                            \
    GUARD(condition);                                                                                                  \
    double z = (expression);                                                                                           \
    MEET();                                                                                                            \
    STORE_BOX(box, &PyFloat_Type);                                                                                     \
    if (box) {                                                                                                         \
        PyFloat_AS_DOUBLE(box) = z;                                                                                    \
        STORED();                                                                                                      \
    }                                                                                                                  \
    PyObject *result = float_new_box(z);                                                                               \
    DROP_OPERANDS();                                                                                                   \
    if (K_UNLIKELY(!result))                                                                                           \
        ERROR_AT(pc->a);                                                                                               \
    RESULT(result)

/* ---- comparisons, with the jump behind; the cache knows when it jumps ---- */
#define BRANCH_ON(truth)                                                                                               \
    int when = (int)CACHE()->index;                                                                                    \
    pc++;                                                                                                              \
    if ((truth) == when) {                                                                                             \
        if ((int32_t)pc->d < 0)                                                                                        \
            POLL(pc->a);                                                                                               \
        JUMP();                                                                                                        \
    }                                                                                                                  \
    NEXT()
#define COMPARE_INTS_JUMP()                                                                                            \
    GUARD(fast_are_wide_ints(left, right));                                                                            \
    MEET();                                                                                                            \
    int truth = fast_compare(fast_wide_value(left), fast_wide_value(right), pc->d);                                    \
    DROP_OPERANDS();                                                                                                   \
    BRANCH_ON(truth)
#define COMPARE_FLOATS_JUMP()                                                                                          \
    GUARD(fast_are_floats(left, right));                                                                               \
    MEET();                                                                                                            \
    int truth = fast_compare_floats(PyFloat_AS_DOUBLE(left), PyFloat_AS_DOUBLE(right), pc->d);                         \
    DROP_OPERANDS();                                                                                                   \
    BRANCH_ON(truth)
#define COMPARE_STRS_JUMP()                                                                                            \
    GUARD(PyUnicode_CheckExact(left) && PyUnicode_CheckExact(right));                                                  \
    MEET();                                                                                                            \
    int truth = (left == right || k_str_eq(left, right)) == (pc->d == Py_EQ);                                          \
    if (LEFT_OWNED)                                                                                                    \
        Py_DECREF(left);                                                                                               \
    if (RIGHT_OWNED)                                                                                                   \
        Py_DECREF(right);                                                                                              \
    BRANCH_ON(truth)

/* ---- attributes ---- */
/* The cache of the access at `site` for the owner's type: the site's own, or that of another type it has met. */
#define FIND_CACHE(cache, site, owner)                                                                                 \
    KCache *cache = kcode_cache(k, (site));                                                                            \
    if (K_UNLIKELY(Py_TYPE(owner)->tp_version_tag != cache->version)) {                                                \
        cache = vm_poly_find(k, (site), Py_TYPE(owner)->tp_version_tag);                                               \
        GUARD(cache);                                                                                                  \
    }
#define ATTR_OF_DICT(value, owner, cache, name)                                                                        \
    PyDictObject *dict = *(PyDictObject **)((char *)owner + (ptrdiff_t)(cache)->ptr);                                  \
    GUARD(dict && !dict->ma_values);                                                                                   \
    PyDictKeysObject *keys = dict->ma_keys;                                                                            \
    GUARD(DK_IS_UNICODE(keys) && (cache)->index < (size_t)keys->dk_nentries);                                          \
    PyDictUnicodeEntry *entry = &DK_UNICODE_ENTRIES(keys)[(cache)->index];                                             \
    PyObject *value = entry->me_value;                                                                                 \
    GUARD(entry->me_key == (name) && value)
/* A replaced value goes while its owner, which may be borrowed, is still in use. */
#define RELEASE_BESIDE(old, owner, owned)                                                                              \
    do {                                                                                                               \
        if (old && --old->ob_refcnt == 0) {                                                                            \
            SAVE();                                                                                                    \
            if (!(owned))                                                                                              \
                Py_INCREF(owner);                                                                                      \
            _Py_Dealloc(old);                                                                                          \
            if (!(owned))                                                                                              \
                Py_DECREF(owner);                                                                                      \
        }                                                                                                              \
        if (owned)                                                                                                     \
            RELEASE(owner);                                                                                            \
    } while (0)
#define STORE_EMBEDDED(owner, slot, at, value, owned)                                                                  \
    do {                                                                                                               \
        old = *slot;                                                                                                   \
        *slot = (value);                                                                                               \
        if (!old)                                                                                                      \
            values_note_added(k_instance_values(owner), (at));                                                         \
        RELEASE_BESIDE(old, owner, owned);                                                                             \
    } while (0)

/* ---- items ---- */
#define DO_SUBSCR(check_exact, get_item)                                                                               \
    GUARD(check_exact(left) && fast_is_int(right));                                                                    \
    int64_t i = fast_int_value(right);                                                                                 \
    i += i < 0 ? Py_SIZE(left) : 0;                                                                                    \
    GUARD((uint64_t)i < (uint64_t)Py_SIZE(left));                                                                      \
    PyObject *item = Py_NewRef(get_item(left, i));                                                                     \
    MEET();                                                                                                            \
    if (RIGHT_OWNED)                                                                                                   \
        fast_drop(right);                                                                                              \
    if (LEFT_OWNED)                                                                                                    \
        RELEASE(left);                                                                                                 \
    RESULT(item)
/* Keys may be compared by foreign code: the operands get references of their own, in their slots. */
#define DO_SUBSCR_DICT()                                                                                               \
    GUARD(PyDict_CheckExact(left));                                                                                    \
    MEET();                                                                                                            \
    SAVE();                                                                                                            \
    if (!LEFT_OWNED)                                                                                                   \
        A = Py_NewRef(left);                                                                                           \
    if (!RIGHT_OWNED)                                                                                                  \
        A1 = Py_NewRef(right);                                                                                         \
    PyObject *item = k_dict_find((PyDictObject *)left, right);                                                         \
    if (K_UNLIKELY(!item)) {                                                                                           \
        if (!PyErr_Occurred())                                                                                         \
            _PyErr_SetKeyError(right);                                                                                 \
        ERROR();                                                                                                       \
    }                                                                                                                  \
    Py_DECREF(left);                                                                                                   \
    Py_DECREF(right);                                                                                                  \
    RESULT(item)
/* left[right] = the value in a */
#define DO_STORE_LIST()                                                                                                \
    GUARD(PyList_CheckExact(left) && fast_is_int(right));                                                              \
    int64_t i = fast_int_value(right);                                                                                 \
    i += i < 0 ? Py_SIZE(left) : 0;                                                                                    \
    GUARD((uint64_t)i < (uint64_t)Py_SIZE(left));                                                                      \
    MEET();                                                                                                            \
    PyObject *old = PyList_GET_ITEM(left, i);                                                                          \
    PyList_SET_ITEM(left, i, A);                                                                                       \
    if (--old->ob_refcnt == 0) {                                                                                       \
        SAVE();                                                                                                        \
        if (!LEFT_OWNED)                                                                                               \
            Py_INCREF(left); /* a finaliser finds the counts CPython has then */                                       \
        if (!RIGHT_OWNED)                                                                                              \
            Py_INCREF(right);                                                                                          \
        _Py_Dealloc(old);                                                                                              \
        if (!LEFT_OWNED)                                                                                               \
            Py_DECREF(left);                                                                                           \
        if (!RIGHT_OWNED)                                                                                              \
            Py_DECREF(right);                                                                                          \
    }                                                                                                                  \
    if (RIGHT_OWNED)                                                                                                   \
        fast_drop(right);                                                                                              \
    if (LEFT_OWNED)                                                                                                    \
        RELEASE(left);                                                                                                 \
    NEXT()

#endif
