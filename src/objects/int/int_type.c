/* int_type.c - the type int: construction, text, hash, comparison, methods, sys.int_info.
 *
 * Arithmetic is in int_arith.c, text in int_text.c, bytes in int_bytes.c. Start at PyLong_Type. */
#include "objects/int/int_new.h"

#include "memory/gc.h"
#include "memory/mem.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/hash.h"
#include "objects/method.h"
#include "objects/structseq.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

METHODS_DECLARE(int);

static void int_dealloc(PyObject *self)
{
    if (K_LIKELY(PyLong_CheckExact(self)))
        k_small_free(self);
    else
        Py_TYPE(self)->tp_free(self);
}

/* The text of an int of one digit, without a buffer between. */
static PyObject *compact_repr(stwodigits value)
{
    uint32_t rest = (uint32_t)(value < 0 ? -value : value);
    int negative = value < 0, n = 1 + negative;
    for (uint32_t power = 10; n - negative < 10 && rest >= power; power *= 10)
        n++;
    PyObject *text = PyUnicode_New(n, 127);
    if (!text)
        return NULL;
    char *start = (char *)((PyASCIIObject *)text + 1), *p = start + n;
    for (; rest >= 10; rest /= 10)
        *--p = (char)('0' + rest % 10);
    *--p = (char)('0' + rest);
    if (negative)
        *--p = '-';
    return text;
}

static PyObject *int_repr(PyObject *self)
{
    if (k_int_is_compact(self) && (k_int_compact(self) < 0 || k_int_compact(self) > 9)) /* one character is shared */
        return compact_repr(k_int_compact(self));
    char small[INT_SMALL_TEXT], *start, *block;
    Py_ssize_t n = int_text(self, 10, 0, small, &start, &block);
    PyObject *text = n < 0 ? NULL : _PyUnicode_FromASCII(start, n);
    PyMem_Free(block);
    return text;
}

/* The value modulo 2**61 - 1, with its sign; -1 is given as -2. */
static Py_hash_t int_hash(PyObject *self)
{
    Py_hash_t hash;
    if (k_int_is_compact(self))
        hash = k_int_compact(self);
    else {
        Py_uhash_t x = 0;
        for (Py_ssize_t i = int_length(self) - 1; i >= 0; i--) {
            x = (x << PyLong_SHIFT & _PyHASH_MODULUS) | x >> (_PyHASH_BITS - PyLong_SHIFT);
            x += int_digits(self)[i];
            if (x >= _PyHASH_MODULUS)
                x -= _PyHASH_MODULUS;
        }
        hash = k_int_negative(self) ? -(Py_hash_t)x : (Py_hash_t)x;
    }
    return hash == -1 ? -2 : hash;
}

static PyObject *int_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyLong_Check(a) || !PyLong_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    int order = a == b ? 0 : k_int_compare(a, b);
    Py_RETURN_RICHCOMPARE(order, 0, op);
}

/* ---- construction ---- */

static PyObject *int_from_base(PyObject *x, PyObject *base_object)
{
    Py_ssize_t base = PyNumber_AsSsize_t(base_object, NULL);
    if (base == -1 && PyErr_Occurred())
        return NULL;
    if ((base != 0 && base < 2) || base > 36)
        return k_raise(PyExc_ValueError, "int() base must be >= 2 and <= 36, or 0");
    if (PyUnicode_Check(x))
        return PyLong_FromUnicodeObject(x, (int)base);
    if (PyByteArray_Check(x))
        return _PyLong_FromBytes(PyByteArray_AS_STRING(x), PyByteArray_GET_SIZE(x), (int)base);
    if (PyBytes_Check(x))
        return _PyLong_FromBytes(PyBytes_AS_STRING(x), PyBytes_GET_SIZE(x), (int)base);
    return k_raise(PyExc_TypeError, "int() can't convert non-string with explicit base");
}

static PyObject *int_make(PyObject *x, PyObject *base)
{
    if (!x)
        return base ? k_raise(PyExc_TypeError, "int() missing string argument") : int_small(0);
    return base ? int_from_base(x, base) : PyNumber_Long(x);
}

/* The value as an instance of a subclass. */
static PyObject *int_as_subclass(PyTypeObject *type, PyObject *value)
{
    Py_ssize_t n = int_length(value);
    PyLongObject *v = (PyLongObject *)type->tp_alloc(type, n ? n : 1);
    if (!v)
        return NULL;
    Py_SET_SIZE(v, Py_SIZE(value));
    v->ob_digit[0] = 0;
    memcpy(v->ob_digit, int_digits(value), (size_t)n * sizeof(digit));
    return (PyObject *)v;
}

BINDER(int_new, "int", "(x=<unrepresentable>, /, base=<unrepresentable>)", *x, *base);

static PyObject *int_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    int_new_args arg;
    K_AUTO(PyObject *) owned = NULL;
    if (BIND(int_new, &arg, args, kwargs, &owned) < 0)
        return NULL;
    K_AUTO(PyObject *) value = int_make(arg.x, arg.base);
    if (!value || type == &PyLong_Type)
        return K_MOVE(value);
    return int_as_subclass(type, value);
}

static PyObject *int_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    if (kwnames || nargs > 2)
        return _PyObject_MakeTpCall(k_tstate(), type, args, nargs, kwnames);
    return int_make(nargs > 0 ? args[0] : NULL, nargs > 1 ? args[1] : NULL);
}

/* ---- methods ---- */

METHOD_RAW(int, conjugate, NOARGS, 0, "The int itself, its own complex conjugate.")
{
    return int_exact(self);
}

METHOD(int, bit_length, NOARGS, "($self, /)",
       "How many bits the value takes in binary, without sign and leading zeros.\n\n>>> (-9).bit_length()\n4\n"
       ">>> (0).bit_length()\n0")
{
    size_t bits = _PyLong_NumBits(self);
    return bits == (size_t)-1 ? NULL : PyLong_FromSize_t(bits);
}

METHOD(int, bit_count, NOARGS, "($self, /)",
       "How many ones the absolute value has in binary.\n\n>>> (-11).bit_count()\n3\n"
       ">>> (1023).bit_count()\n10")
{
    size_t ones = 0;
    for (Py_ssize_t i = 0; i < int_length(self); i++)
        ones += (size_t)__builtin_popcount(int_digits(self)[i]);
    return PyLong_FromSize_t(ones);
}

/* 1 for 'little', 0 for 'big' (or NULL), -1 with an exception. */
static int little_endian(PyObject *order, const char *fn)
{
    if (!order)
        return 0;
    if (!PyUnicode_Check(order)) {
        k_raise(PyExc_TypeError, "%s() argument 'byteorder' must be str, not %.50s", fn,
                order == Py_None ? "None" : Py_TYPE(order)->tp_name);
        return -1;
    }
    if (PyUnicode_CompareWithASCIIString(order, "little") == 0)
        return 1;
    if (PyUnicode_CompareWithASCIIString(order, "big") == 0)
        return 0;
    PyErr_SetString(PyExc_ValueError, "byteorder must be either 'little' or 'big'");
    return -1;
}

METHOD_KW(int, to_bytes, "($self, /, length=1, byteorder='big', *, signed=False)",
          "The value as so many bytes, most significant first unless byteorder is 'little'.\n\n"
          "OverflowError when it does not fit; signed says whether two's complement may be used.",
          *length, *byteorder, *is_signed)
{
    Py_ssize_t length = 1;
    if (arg->length && k_arg_ssize(arg->length, &length) < 0)
        return NULL;
    int little = little_endian(arg->byteorder, "to_bytes");
    int is_signed = little < 0 ? -1 : arg->is_signed ? PyObject_IsTrue(arg->is_signed) : 0;
    if (is_signed < 0)
        return NULL;
    if (length < 0)
        return k_raise(PyExc_ValueError, "length argument must be non-negative");
    K_AUTO(PyObject *) bytes = PyBytes_FromStringAndSize(NULL, length);
    if (!bytes || _PyLong_AsByteArray((PyLongObject *)self, (unsigned char *)PyBytes_AS_STRING(bytes), (size_t)length,
                                      little, is_signed) < 0)
        return NULL;
    return K_MOVE(bytes);
}

METHOD_KW_FLAGS(int, from_bytes, METH_CLASS, "($type, /, bytes, byteorder='big', *, signed=False)",
                "The int that these bytes stand for, most significant first unless byteorder is 'little'.\n\n"
                "signed says whether they are in two's complement.",
                *bytes, *byteorder, *is_signed)
{
    int little = little_endian(arg->byteorder, "from_bytes");
    int is_signed = little < 0 ? -1 : arg->is_signed ? PyObject_IsTrue(arg->is_signed) : 0;
    if (is_signed < 0)
        return NULL;
    K_AUTO(PyObject *) bytes = PyObject_Bytes(arg->bytes);
    if (!bytes)
        return NULL;
    K_AUTO(PyObject *) value = _PyLong_FromByteArray((unsigned char *)PyBytes_AS_STRING(bytes),
                                                     (size_t)PyBytes_GET_SIZE(bytes), little, is_signed);
    if (!value || self == (PyObject *)&PyLong_Type)
        return K_MOVE(value);
    return PyObject_CallOneArg(self, value); /* runs code */
}

METHOD(int, as_integer_ratio, NOARGS, "($self, /)",
       "The pair (self, 1): numerator and denominator.\n\n>>> (-7).as_integer_ratio()\n(-7, 1)\n"
       ">>> (0).as_integer_ratio()\n(0, 1)\n"
       ">>> True.as_integer_ratio()\n(1, 1)")
{
    K_AUTO(PyObject *) numerator = int_exact(self);
    K_AUTO(PyObject *) one = int_small(1);
    return numerator ? PyTuple_Pack(2, numerator, one) : NULL;
}

METHOD_RAW(int, __trunc__, NOARGS, 0, "The int itself.")
{
    return int_exact(self);
}

METHOD_RAW(int, __floor__, NOARGS, 0, "The int itself.")
{
    return int_exact(self);
}

METHOD_RAW(int, __ceil__, NOARGS, 0, "The int itself.")
{
    return int_exact(self);
}

METHOD(int, __round__, FAST, "($self, ndigits=<unrepresentable>, /)",
       "The int itself, or rounded to a multiple of 10**-ndigits, half to even.")
{
    if (k_check_nargs("__round__", nargs, 0, 1) < 0)
        return NULL;
    K_AUTO(PyObject *) digits = nargs ? _PyNumber_Index(args[0]) : NULL;
    if (nargs && !digits)
        return NULL;
    if (!digits || !k_int_negative(digits))
        return int_exact(self);
    K_AUTO(PyObject *) places = int_negate(digits);
    K_AUTO(PyObject *) ten = int_small(10);
    K_AUTO(PyObject *) unit = places ? int_as_number.nb_power(ten, places, Py_None) : NULL;
    K_AUTO(PyObject *) both = unit ? _PyLong_DivmodNear(self, unit) : NULL;
    return both ? int_subtract(self, PyTuple_GET_ITEM(both, 1)) : NULL;
}

METHOD(int, __getnewargs__, NOARGS, "($self, /)", "")
{
    K_AUTO(PyObject *) copy = _PyLong_Copy((PyLongObject *)self);
    return copy ? PyTuple_Pack(1, copy) : NULL;
}

METHOD(int, __format__, O, "($self, format_spec, /)", "")
{
    if (!PyUnicode_Check(arg))
        return k_raise(PyExc_TypeError, "__format__() argument must be str, not %.50s",
                       arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
    _PyUnicodeWriter writer;
    _PyUnicodeWriter_Init(&writer);
    if (_PyLong_FormatAdvancedWriter(&writer, self, arg, 0, PyUnicode_GET_LENGTH(arg)) < 0) {
        _PyUnicodeWriter_Dealloc(&writer);
        return NULL;
    }
    return _PyUnicodeWriter_Finish(&writer);
}

METHOD(int, __sizeof__, NOARGS, "($self, /)", "Bytes of memory the object takes.")
{
    Py_ssize_t digits = int_length(self) ? int_length(self) : 1;
    return PyLong_FromSsize_t((Py_ssize_t)offsetof(PyLongObject, ob_digit) + digits * (Py_ssize_t)sizeof(digit));
}

METHODS_END(int);

static PyObject *int_get_self(PyObject *self, void *closure)
{
    return int_exact(self);
}

static PyObject *int_get_zero(PyObject *self, void *closure)
{
    return int_small(0);
}

static PyObject *int_get_one(PyObject *self, void *closure)
{
    return int_small(1);
}

static PyGetSetDef int_getset[] = {
    { "real", int_get_self, NULL, "the value itself: the real part", NULL },
    { "imag", int_get_zero, NULL, "nought: the imaginary part", NULL },
    { "numerator", int_get_self, NULL, "the value itself: numerator in lowest terms", NULL },
    { "denominator", int_get_one, NULL, "one: denominator in lowest terms", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

PyTypeObject PyLong_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "int",
    .tp_basicsize = offsetof(PyLongObject, ob_digit),
    .tp_itemsize = sizeof(digit),
    .tp_dealloc = int_dealloc,
    .tp_repr = int_repr,
    .tp_as_number = &int_as_number,
    .tp_hash = int_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_LONG_SUBCLASS | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc = "int([x]) -> integer\n"
              "int(x, base=10) -> integer\n\n"
              "Makes an int of a number, cutting off what lies behind the point, or of text (str, bytes, bytearray)\n"
              "that reads as an int in the base: 2 to 36, or 0 to go by the prefix. Without arguments it is 0.\n"
              "Blanks around, a sign in front and single underscores between digits are allowed.\n"
              ">>> int('0b100', base=0)\n4",
    .tp_richcompare = int_richcompare,
    .tp_methods = METHODS(int),
    .tp_getset = int_getset,
    .tp_new = int_new,
    .tp_free = PyObject_Free,
    .tp_vectorcall = int_vectorcall,
};
K_TYPE(PyLong_Type);

/* ---- sys.int_info ---- */

static PyStructSequence_Field int_info_fields[] = {
    { "bits_per_digit", "bits of a digit" },
    { "sizeof_digit", "bytes of the C type that holds a digit" },
    { "default_max_str_digits", "limit of digits in conversions to and from str, unless changed" },
    { "str_digits_check_threshold", "digits up to which such conversions are never refused" },
    { NULL, NULL },
};
static PyStructSequence_Desc int_info_desc = {
    "sys.int_info", "sys.int_info\n\nHow ints are stored.", int_info_fields, 4
};
static PyTypeObject int_info_type;

PyObject *PyLong_GetInfo(void)
{
    if (!int_info_type.tp_name && k_structseq_init(&int_info_type, &int_info_desc) < 0)
        return NULL;
    K_AUTO(PyObject *) info = PyStructSequence_New(&int_info_type);
    if (!info)
        return NULL;
    const long values[] = { PyLong_SHIFT, sizeof(digit), KAA_INT_STR_DIGITS_DEFAULT, KAA_INT_STR_DIGITS_THRESHOLD };
    for (int i = 0; i < 4; i++) {
        PyObject *value = PyLong_FromLong(values[i]);
        if (!value)
            return NULL;
        PyStructSequence_SET_ITEM(info, i, value);
    }
    return K_MOVE(info);
}
