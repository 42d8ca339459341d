/* float_type.c - the type float: construction, arithmetic, comparison, rounding, methods, sys.float_info.
 *
 * Text is in float_str.c, hexadecimal text in float_hex.c, bytes in float_pack.c. Start at PyFloat_Type. */
#include "objects/float/float.h"

#include <errno.h>
#include <float.h>
#include <math.h>

#include "base/float_text.h"
#include "memory/gc.h"
#include "memory/mem.h"
#include "objects/call.h"
#include "objects/complex.h"
#include "objects/float/float_box.h"
#include "objects/float/float_hex.h"
#include "objects/hash.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/structseq.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/state.h"
#include "runtime/warnings.h"

METHODS_DECLARE(float);

PyObject *PyFloat_FromDouble(double value)
{
    return float_new_box(value);
}

static void float_dealloc(PyObject *self)
{
    if (K_LIKELY(PyFloat_CheckExact(self)))
        k_small_free(self);
    else
        Py_TYPE(self)->tp_free(self);
}

double PyFloat_GetMax(void)
{
    return DBL_MAX;
}
double PyFloat_GetMin(void)
{
    return DBL_MIN;
}

void _PyFloat_DebugMallocStats(FILE *out)
{
    fprintf(out, "floats come from the object allocator\n");
}

/* ---- conversion ---- */

/* What __float__ gave, checked. */
static int from_dunder(PyObject *v, unaryfunc convert, double *out)
{
    K_AUTO(PyObject *) result = convert(v); /* runs code */
    if (!result)
        return -1;
    if (!PyFloat_Check(result)) {
        PyErr_Format(PyExc_TypeError, "%.50s.__float__ returned non-float (type %.50s)", Py_TYPE(v)->tp_name,
                     Py_TYPE(result)->tp_name);
        return -1;
    }
    if (!PyFloat_CheckExact(result)
        && PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "%.50s.__float__ returned non-float (type %.50s).  "
                            "The ability to return an instance of a strict subclass of float is deprecated, "
                            "and may be removed in a future version of Python.",
                            Py_TYPE(v)->tp_name, Py_TYPE(result)->tp_name) < 0)
        return -1;
    *out = PyFloat_AS_DOUBLE(result);
    return 0;
}

double PyFloat_AsDouble(PyObject *v)
{
    if (!v) {
        PyErr_BadArgument();
        return -1.0;
    }
    if (PyFloat_Check(v))
        return PyFloat_AS_DOUBLE(v);
    PyNumberMethods *number = Py_TYPE(v)->tp_as_number;
    if (number && number->nb_float) {
        double x;
        return from_dunder(v, number->nb_float, &x) < 0 ? -1.0 : x;
    }
    if (number && number->nb_index) {
        K_AUTO(PyObject *) index = _PyNumber_Index(v);
        return index ? PyLong_AsDouble(index) : -1.0;
    }
    PyErr_Format(PyExc_TypeError, "must be real number, not %.50s", Py_TYPE(v)->tp_name);
    return -1.0;
}

int k_float_operand(PyObject *v, double *out)
{
    if (PyFloat_Check(v)) {
        *out = PyFloat_AS_DOUBLE(v);
        return 1;
    }
    if (!PyLong_Check(v))
        return 0;
    *out = PyLong_AsDouble(v);
    return *out == -1.0 && PyErr_Occurred() ? -1 : 1;
}

static PyObject *read_float(const char *text, Py_ssize_t length, void *object)
{
    const char *end;
    double x = float_text_parse(text, 1, &end);
    if (end == text || end != text + length)
        return k_raise(PyExc_ValueError, "could not convert string to float: %R", (PyObject *)object);
    return PyFloat_FromDouble(x);
}

PyObject *PyFloat_FromString(PyObject *v)
{
    int none;
    PyObject *x = k_number_from_text(v, "float", read_float, &none);
    if (none)
        PyErr_Format(PyExc_TypeError, "float() argument must be a string or a real number, not '%.200s'",
                     Py_TYPE(v)->tp_name);
    return x;
}

static PyObject *float_of(PyObject *x)
{
    if (!x)
        return PyFloat_FromDouble(0.0);
    return PyUnicode_CheckExact(x) ? PyFloat_FromString(x) : PyNumber_Float(x);
}

static PyObject *float_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *x = NULL;
    if (((type == &PyFloat_Type || type->tp_init == PyFloat_Type.tp_init) && !_PyArg_NoKeywords("float", kwargs))
        || !PyArg_UnpackTuple(args, "float", 0, 1, &x))
        return NULL;
    K_AUTO(PyObject *) value = float_of(x);
    if (!value || type == &PyFloat_Type)
        return K_MOVE(value);
    PyObject *self = type->tp_alloc(type, 0);
    if (self)
        ((PyFloatObject *)self)->ob_fval = PyFloat_AS_DOUBLE(value);
    return self;
}

static PyObject *float_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    if ((kwnames && !_PyArg_NoKwnames("float", kwnames)) || k_check_nargs("float", nargs, 0, 1) < 0)
        return NULL;
    return float_of(nargs ? args[0] : NULL);
}

static PyObject *float_repr(PyObject *self)
{
    char *text = PyOS_double_to_string(PyFloat_AS_DOUBLE(self), 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
    PyObject *result = text ? _PyUnicode_FromASCII(text, (Py_ssize_t)strlen(text)) : NULL;
    PyMem_Free(text);
    return result;
}

static Py_hash_t float_hash(PyObject *self)
{
    return _Py_HashDouble(self, PyFloat_AS_DOUBLE(self));
}

/* ---- comparison ---- */

/* The order of x and an int: -1, 0, 1, 2 for none (x is a nan), -3 with an exception. Exact for every int. */
static int compare_with_int(double x, PyObject *v)
{
    if (isnan(x))
        return 2;
    if (k_int_is_compact(v) || isinf(x)) {
        double y = isinf(x) ? 0.0 : (double)k_int_compact(v);
        return (x > y) - (x < y);
    }
    int sign = _PyLong_Sign(v);
    if (fabs(x) < 0x1p30) /* v has two digits at least */
        return -sign;
    K_AUTO(PyObject *) whole = PyLong_FromDouble(x);
    if (!whole)
        return -3;
    int order = k_int_compare(whole, v);
    if (order)
        return order;
    double rest = x - trunc(x);
    return (rest > 0) - (rest < 0);
}

static PyObject *float_richcompare(PyObject *a, PyObject *b, int op)
{
    double x = PyFloat_AS_DOUBLE(a);
    int order;
    if (PyFloat_Check(b)) {
        double y = PyFloat_AS_DOUBLE(b);
        order = x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
    } else if (PyLong_Check(b)) {
        order = compare_with_int(x, b);
        if (order == -3)
            return NULL;
    } else
        Py_RETURN_NOTIMPLEMENTED;
    if (order == 2)
        Py_RETURN_BOOL(op == Py_NE);
    Py_RETURN_RICHCOMPARE(order, 0, op);
}

/* ---- arithmetic ---- */

/* Both operands as doubles, or leaves the slot. */
#define OPERANDS(a, b, x, y)                                                                                           \
    double x, y;                                                                                                       \
    do {                                                                                                               \
        int k_a_ = k_float_operand(a, &x), k_b_ = k_a_ > 0 ? k_float_operand(b, &y) : 1;                               \
        if (k_a_ < 0 || k_b_ < 0)                                                                                      \
            return NULL;                                                                                               \
        if (!k_a_ || !k_b_)                                                                                            \
            Py_RETURN_NOTIMPLEMENTED;                                                                                  \
    } while (0)

static PyObject *float_add(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    return PyFloat_FromDouble(x + y);
}

static PyObject *float_subtract(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    return PyFloat_FromDouble(x - y);
}

static PyObject *float_multiply(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    return PyFloat_FromDouble(x * y);
}

static PyObject *float_divide(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    if (y == 0.0)
        return k_raise(PyExc_ZeroDivisionError, "float division by zero");
    return PyFloat_FromDouble(x / y);
}

/* The remainder has the divisor's sign; the quotient is the nearest double to the floored one. */
static double floored(double x, double y, double *rest)
{
    double r = fmod(x, y), quotient = (x - r) / y;
    if (r == 0.0)
        r = copysign(0.0, y);
    else if ((y < 0) != (r < 0)) {
        r += y;
        quotient -= 1.0;
    }
    *rest = r;
    if (quotient == 0.0)
        return copysign(0.0, x / y);
    double whole = floor(quotient);
    return quotient - whole > 0.5 ? whole + 1.0 : whole;
}

static PyObject *float_remainder(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    if (y == 0.0)
        return k_raise(PyExc_ZeroDivisionError, "float modulo");
    double rest;
    floored(x, y, &rest);
    return PyFloat_FromDouble(rest);
}

static PyObject *float_floor_divide(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    if (y == 0.0)
        return k_raise(PyExc_ZeroDivisionError, "float floor division by zero");
    double rest;
    return PyFloat_FromDouble(floored(x, y, &rest));
}

static PyObject *float_divmod(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    if (y == 0.0)
        return k_raise(PyExc_ZeroDivisionError, "float divmod()");
    double rest, quotient = floored(x, y, &rest);
    K_AUTO(PyObject *) q = PyFloat_FromDouble(quotient);
    K_AUTO(PyObject *) r = PyFloat_FromDouble(rest);
    return q && r ? PyTuple_Pack(2, q, r) : NULL;
}

static int is_odd(double x)
{
    return fabs(fmod(x, 2.0)) == 1.0;
}

/* The powers that C99 and its libraries leave in doubt; 0 when x and y are ordinary. */
static int special_power(double x, double y, double *out)
{
    if (y == 0.0)
        *out = 1.0;
    else if (isnan(x))
        *out = x;
    else if (isnan(y))
        *out = x == 1.0 ? 1.0 : y;
    else if (isinf(y))
        *out = fabs(x) == 1.0 ? 1.0 : (y > 0) == (fabs(x) > 1.0) ? fabs(y) : 0.0;
    else if (isinf(x))
        *out = y > 0 ? (is_odd(y) ? x : fabs(x)) : is_odd(y) ? copysign(0.0, x) : 0.0;
    else if (x == 0.0 && y > 0)
        *out = is_odd(y) ? x : 0.0;
    else
        return 0;
    return 1;
}

static PyObject *float_power(PyObject *a, PyObject *b, PyObject *c)
{
    if (c != Py_None)
        return k_raise(PyExc_TypeError, "pow() 3rd argument not allowed unless all arguments are integers");
    OPERANDS(a, b, x, y);
    double result;
    if (special_power(x, y, &result))
        return PyFloat_FromDouble(result);
    if (x == 0.0)
        return k_raise(PyExc_ZeroDivisionError, "0.0 cannot be raised to a negative power");
    int negative = 0;
    if (x < 0) {
        if (y != floor(y))
            return PyComplex_Type.tp_as_number->nb_power(a, b, c);
        x = -x;
        negative = is_odd(y);
    }
    result = x == 1.0 ? 1.0 : pow(x, y);
    if (isinf(result)) {
        errno = ERANGE;
        return PyErr_SetFromErrno(PyExc_OverflowError);
    }
    return PyFloat_FromDouble(negative ? -result : result);
}

static PyObject *float_negative(PyObject *v)
{
    return PyFloat_FromDouble(-PyFloat_AS_DOUBLE(v));
}

static PyObject *float_absolute(PyObject *v)
{
    return PyFloat_FromDouble(fabs(PyFloat_AS_DOUBLE(v)));
}

static int float_bool(PyObject *v)
{
    return PyFloat_AS_DOUBLE(v) != 0.0;
}

static PyObject *float_exact(PyObject *v)
{
    return PyFloat_CheckExact(v) ? Py_NewRef(v) : PyFloat_FromDouble(PyFloat_AS_DOUBLE(v));
}

static PyObject *float_to_int(PyObject *v)
{
    return PyLong_FromDouble(PyFloat_AS_DOUBLE(v));
}

static PyNumberMethods float_as_number = {
    .nb_add = float_add,
    .nb_subtract = float_subtract,
    .nb_multiply = float_multiply,
    .nb_remainder = float_remainder,
    .nb_divmod = float_divmod,
    .nb_power = float_power,
    .nb_negative = float_negative,
    .nb_positive = float_exact,
    .nb_absolute = float_absolute,
    .nb_bool = float_bool,
    .nb_int = float_to_int,
    .nb_float = float_exact,
    .nb_floor_divide = float_floor_divide,
    .nb_true_divide = float_divide,
};

/* ---- methods ---- */

METHOD(float, conjugate, NOARGS, "($self, /)", "The float itself, its own complex conjugate.")
{
    return float_exact(self);
}

METHOD(float, __trunc__, NOARGS, "($self, /)", "The int next to the value on the way to nought.")
{
    return float_to_int(self);
}

METHOD(float, __floor__, NOARGS, "($self, /)", "The largest int that is not above the value.")
{
    return PyLong_FromDouble(floor(PyFloat_AS_DOUBLE(self)));
}

METHOD(float, __ceil__, NOARGS, "($self, /)", "The smallest int that is not below the value.")
{
    return PyLong_FromDouble(ceil(PyFloat_AS_DOUBLE(self)));
}

/* x rounded to so many digits behind the point, by way of its decimal text. */
static PyObject *round_to_places(double x, int places)
{
    Decimal d;
    if (float_text_places(x, places, &d) < 0)
        return PyErr_NoMemory();
    char *text = PyMem_Malloc((size_t)d.n + 32);
    double result = 0.0;
    const char *end;
    if (text && d.n) {
        sprintf(text, "%.*se%d", d.n, d.digits, d.point - d.n);
        result = float_text_parse(text, 0, &end);
    }
    float_text_clear(&d);
    PyMem_Free(text);
    if (!text)
        return PyErr_NoMemory();
    if (isinf(result))
        return k_raise(PyExc_OverflowError, "rounded value too large to represent");
    return PyFloat_FromDouble(copysign(result, x));
}

METHOD_KW(float, __round__, "($self, ndigits=None, /)",
          "The nearest int, half to even; with ndigits the nearest float of so many decimal places.", *ndigits)
{
    double x = PyFloat_AS_DOUBLE(self);
    if (!arg->ndigits || arg->ndigits == Py_None) {
        double whole = round(x);
        if (fabs(x - whole) == 0.5)
            whole = 2.0 * round(x / 2.0);
        return PyLong_FromDouble(whole);
    }
    Py_ssize_t places = PyNumber_AsSsize_t(arg->ndigits, NULL);
    if (places == -1 && PyErr_Occurred())
        return NULL;
    if (!isfinite(x) || places > 323) /* 323 places hold every bit */
        return PyFloat_FromDouble(x);
    if (places < -308)
        return PyFloat_FromDouble(0.0 * x);
    return round_to_places(x, (int)places);
}

METHOD(float, as_integer_ratio, NOARGS, "($self, /)",
       "The pair of ints, numerator and positive denominator in lowest terms, whose quotient is the value.\n\n"
       "OverflowError for infinities, ValueError for nans.\n\n"
       ">>> (-0.75).as_integer_ratio()\n(-3, 4)\n"
       ">>> (6.0).as_integer_ratio()\n(6, 1)\n"
       ">>> (0.1).as_integer_ratio()\n(3602879701896397, 36028797018963968)")
{
    double x = PyFloat_AS_DOUBLE(self);
    if (isinf(x))
        return k_raise(PyExc_OverflowError, "cannot convert Infinity to integer ratio");
    if (isnan(x))
        return k_raise(PyExc_ValueError, "cannot convert NaN to integer ratio");
    int exponent;
    double fraction = frexp(x, &exponent);
    for (int i = 0; i < 300 && fraction != floor(fraction); i++) {
        fraction *= 2.0;
        exponent--;
    }
    K_AUTO(PyObject *) numerator = PyLong_FromDouble(fraction);
    K_AUTO(PyObject *) denominator = PyLong_FromLong(1);
    if (!numerator || !denominator)
        return NULL;
    if (exponent > 0)
        K_SET(numerator, _PyLong_Lshift(numerator, (size_t)exponent));
    else
        K_SET(denominator, _PyLong_Lshift(denominator, (size_t)-exponent));
    return numerator && denominator ? PyTuple_Pack(2, numerator, denominator) : NULL;
}

METHOD_FLAGS(float, fromhex, O, METH_CLASS, "($type, string, /)",
             "The float that a hexadecimal string stands for.\n\n>>> float.fromhex('-0x1.8p+1')\n-3.0\n"
             ">>> float.fromhex('0x.1')\n0.0625")
{
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(arg, &length);
    double x;
    if (!text || float_hex_parse(text, text + length, &x) < 0)
        return NULL;
    K_AUTO(PyObject *) value = PyFloat_FromDouble(x);
    if (!value || self == (PyObject *)&PyFloat_Type)
        return K_MOVE(value);
    return PyObject_CallOneArg(self, value); /* runs code */
}

METHOD(float, hex, NOARGS, "($self, /)", "The value in hexadecimal.\n\n>>> (3.0).hex()\n'0x1.8000000000000p+1'\n"
       ">>> (-0.0).hex()\n'-0x0.0p+0'")
{
    return float_hex_text(PyFloat_AS_DOUBLE(self));
}

METHOD(float, is_integer, NOARGS, "($self, /)", "Whether the value is a whole number.")
{
    double x = PyFloat_AS_DOUBLE(self);
    Py_RETURN_BOOL(isfinite(x) && floor(x) == x);
}

METHOD(float, __getnewargs__, NOARGS, "($self, /)", "")
{
    K_AUTO(PyObject *) x = PyFloat_FromDouble(PyFloat_AS_DOUBLE(self));
    return x ? PyTuple_Pack(1, x) : NULL;
}

METHOD_FLAGS(float, __getformat__, O, METH_CLASS, "($type, typestr, /)",
             "How this machine keeps C's 'double' or 'float', in words; for Python's own tests.")
{
    if (!PyUnicode_Check(arg))
        return k_raise(PyExc_TypeError, "__getformat__() argument must be str, not %.50s",
                       arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
    if (PyUnicode_CompareWithASCIIString(arg, "double") && PyUnicode_CompareWithASCIIString(arg, "float"))
        return k_raise(PyExc_ValueError, "__getformat__() argument 1 must be 'double' or 'float'");
    return PyUnicode_FromString("IEEE, little-endian");
}

METHOD(float, __format__, O, "($self, format_spec, /)", "The value as text, as the format says.")
{
    if (!PyUnicode_Check(arg))
        return k_raise(PyExc_TypeError, "__format__() argument must be str, not %.50s",
                       arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
    _PyUnicodeWriter writer;
    _PyUnicodeWriter_Init(&writer);
    if (_PyFloat_FormatAdvancedWriter(&writer, self, arg, 0, PyUnicode_GET_LENGTH(arg)) < 0) {
        _PyUnicodeWriter_Dealloc(&writer);
        return NULL;
    }
    return _PyUnicodeWriter_Finish(&writer);
}

METHODS_END(float);

static PyObject *float_get_real(PyObject *self, void *closure)
{
    return float_exact(self);
}

static PyObject *float_get_imag(PyObject *self, void *closure)
{
    return PyFloat_FromDouble(0.0);
}

static PyGetSetDef float_getset[] = {
    { "real", float_get_real, NULL, "the value itself: the real part", NULL },
    { "imag", float_get_imag, NULL, "nought: the imaginary part", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

PyTypeObject PyFloat_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "float",
    .tp_basicsize = sizeof(PyFloatObject),
    .tp_dealloc = float_dealloc,
    .tp_repr = float_repr,
    .tp_as_number = &float_as_number,
    .tp_hash = float_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc = "float(x=0, /)\n--\n\nMakes a float of a number or of text.",
    .tp_richcompare = float_richcompare,
    .tp_methods = METHODS(float),
    .tp_getset = float_getset,
    .tp_new = float_new,
    .tp_vectorcall = float_vectorcall,
};
K_TYPE(PyFloat_Type);

/* ---- sys.float_info ---- */

static PyStructSequence_Field float_info_fields[] = {
    { "max", "the largest finite float" },
    { "max_exp", "the least e for which 2**(e-1) is the last power of two that fits" },
    { "max_10_exp", "the largest e for which 10**e fits" },
    { "min", "the smallest positive normalised float" },
    { "min_exp", "the least e for which 2**(e-1) is a normalised float" },
    { "min_10_exp", "the least e for which 10**e is a normalised float" },
    { "dig", "decimal digits that survive a way to float and back" },
    { "mant_dig", "bits of the mantissa" },
    { "epsilon", "the step from 1.0 to the next float" },
    { "radix", "base of the exponent" },
    { "rounds", "rounding mode of additions, C's number for it" },
    { NULL, NULL },
};
static PyStructSequence_Desc float_info_desc = {
    "sys.float_info", "sys.float_info\n\nRange and precision of floats, as C's float.h tells them.", float_info_fields, 11
};
static PyTypeObject float_info_type;

PyObject *PyFloat_GetInfo(void)
{
    if (!float_info_type.tp_name && k_structseq_init(&float_info_type, &float_info_desc) < 0)
        return NULL;
    K_AUTO(PyObject *) info = PyStructSequence_New(&float_info_type);
    if (!info)
        return NULL;
    const struct {
        int is_float;
        double value;
    } rows[] = {
        { 1, DBL_MAX }, { 0, DBL_MAX_EXP }, { 0, DBL_MAX_10_EXP }, { 1, DBL_MIN }, { 0, DBL_MIN_EXP },
        { 0, DBL_MIN_10_EXP }, { 0, DBL_DIG }, { 0, DBL_MANT_DIG }, { 1, DBL_EPSILON }, { 0, FLT_RADIX }, { 0, FLT_ROUNDS },
    };
    for (int i = 0; i < (int)K_COUNT_OF(rows); i++) {
        PyObject *value = rows[i].is_float ? PyFloat_FromDouble(rows[i].value) : PyLong_FromLong((long)rows[i].value);
        if (!value)
            return NULL;
        PyStructSequence_SET_ITEM(info, i, value);
    }
    return K_MOVE(info);
}
