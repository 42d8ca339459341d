/* complex.c - complex: arithmetic, parsing, text, the type.
 *
 * In: numbers and text.  Out: complex objects. The _Py_c_ functions work on plain pairs and report overflow and division
 * by nought through errno, as CPython's do. Start at PyComplex_Type. */
#include "objects/complex.h"

#include <errno.h>
#include <math.h>

#include "base/float_text.h"
#include "memory/gc.h"
#include "memory/mem.h"
#include "objects/call.h"
#include "objects/float/float.h"
#include "objects/hash.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/number_format.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "runtime/warnings.h"

METHODS_DECLARE(complex);

/* ---- plain pairs ---- */

Py_complex _Py_c_sum(Py_complex a, Py_complex b)
{
    return (Py_complex){ a.real + b.real, a.imag + b.imag };
}

Py_complex _Py_c_diff(Py_complex a, Py_complex b)
{
    return (Py_complex){ a.real - b.real, a.imag - b.imag };
}

Py_complex _Py_c_neg(Py_complex a)
{
    return (Py_complex){ -a.real, -a.imag };
}

Py_complex _Py_c_prod(Py_complex a, Py_complex b)
{
    return (Py_complex){ a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real };
}

/* Scaled by the divisor's larger part, against overflow on the way. */
Py_complex _Py_c_quot(Py_complex a, Py_complex b)
{
    double real = fabs(b.real), imag = fabs(b.imag);
    if (real >= imag) {
        if (real == 0.0) {
            errno = EDOM;
            return (Py_complex){ 0.0, 0.0 };
        }
        double ratio = b.imag / b.real, divisor = b.real + b.imag * ratio;
        return (Py_complex){ (a.real + a.imag * ratio) / divisor, (a.imag - a.real * ratio) / divisor };
    }
    if (imag >= real) {
        double ratio = b.real / b.imag, divisor = b.real * ratio + b.imag;
        return (Py_complex){ (a.real * ratio + a.imag) / divisor, (a.imag * ratio - a.real) / divisor };
    }
    return (Py_complex){ NAN, NAN }; /* a part of b is a nan */
}

Py_complex _Py_c_pow(Py_complex a, Py_complex b)
{
    if (b.real == 0.0 && b.imag == 0.0)
        return (Py_complex){ 1.0, 0.0 };
    if (a.real == 0.0 && a.imag == 0.0) {
        if (b.imag != 0.0 || b.real < 0.0)
            errno = EDOM;
        return (Py_complex){ 0.0, 0.0 };
    }
    double length = hypot(a.real, a.imag), angle = atan2(a.imag, a.real);
    double scale = pow(length, b.real), turn = angle * b.real;
    if (b.imag != 0.0) {
        scale /= exp(angle * b.imag);
        turn += b.imag * log(length);
    }
    return (Py_complex){ scale * cos(turn), scale * sin(turn) };
}

double _Py_c_abs(Py_complex z)
{
    if (isfinite(z.real) && isfinite(z.imag)) {
        double length = hypot(z.real, z.imag);
        errno = isfinite(length) ? 0 : ERANGE;
        return length;
    }
    errno = 0;
    return isinf(z.real) || isinf(z.imag) ? HUGE_VAL : NAN;
}

/* A whole power by squaring. */
static Py_complex whole_power(Py_complex z, long n)
{
    Py_complex result = { 1.0, 0.0 }, square = z;
    for (unsigned long bits = (unsigned long)(n < 0 ? -n : n); bits; bits >>= 1) {
        if (bits & 1)
            result = _Py_c_prod(result, square);
        if (bits > 1)
            square = _Py_c_prod(square, square);
    }
    return n < 0 ? _Py_c_quot((Py_complex){ 1.0, 0.0 }, result) : result;
}

/* ---- objects ---- */

static PyObject *complex_as_type(PyTypeObject *type, Py_complex z)
{
    if (type == &PyComplex_Type)
        return PyComplex_FromCComplex(z);
    PyObject *self = type->tp_alloc(type, 0);
    if (self)
        ((PyComplexObject *)self)->cval = z;
    return self;
}

PyObject *PyComplex_FromCComplex(Py_complex z)
{
    PyComplexObject *v = PyObject_Malloc(sizeof *v);
    if (!v)
        return PyErr_NoMemory();
    PyObject_Init((PyObject *)v, &PyComplex_Type);
    v->cval = z;
    return (PyObject *)v;
}

PyObject *PyComplex_FromDoubles(double real, double imag)
{
    return PyComplex_FromCComplex((Py_complex){ real, imag });
}

double PyComplex_RealAsDouble(PyObject *v)
{
    return PyComplex_Check(v) ? ((PyComplexObject *)v)->cval.real : PyFloat_AsDouble(v);
}

double PyComplex_ImagAsDouble(PyObject *v)
{
    return PyComplex_Check(v) ? ((PyComplexObject *)v)->cval.imag : 0.0;
}

/* The result of v.__complex__(): NULL without an exception when there is none. */
static PyObject *call_dunder(PyObject *v)
{
    K_AUTO(PyObject *) method = k_lookup_special(v, K_STR("__complex__")); /* runs code */
    if (!method)
        return NULL;
    K_AUTO(PyObject *) result = PyObject_CallNoArgs(method); /* runs code */
    if (!result)
        return NULL;
    if (!PyComplex_Check(result))
        return k_raise(PyExc_TypeError, "__complex__ returned non-complex (type %.200s)", Py_TYPE(result)->tp_name);
    if (!PyComplex_CheckExact(result)
        && PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "__complex__ returned non-complex (type %.200s).  "
                            "The ability to return an instance of a strict subclass of complex is deprecated, "
                            "and may be removed in a future version of Python.", Py_TYPE(result)->tp_name) < 0)
        return NULL;
    return K_MOVE(result);
}

Py_complex PyComplex_AsCComplex(PyObject *v)
{
    Py_complex failed = { -1.0, 0.0 };
    if (PyComplex_Check(v))
        return ((PyComplexObject *)v)->cval;
    K_AUTO(PyObject *) z = call_dunder(v);
    if (z)
        return ((PyComplexObject *)z)->cval;
    if (PyErr_Occurred())
        return failed;
    return (Py_complex){ PyFloat_AsDouble(v), 0.0 };
}

/* A complex, float or int as a pair: 1, 0 when it is none of them, -1 with an exception. */
static int operand(PyObject *v, Py_complex *z)
{
    if (PyComplex_Check(v)) {
        *z = ((PyComplexObject *)v)->cval;
        return 1;
    }
    z->imag = 0.0;
    return k_float_operand(v, &z->real);
}

#define OPERANDS(a, b, x, y)                                                                                           \
    Py_complex x, y;                                                                                                   \
    do {                                                                                                               \
        int k_a_ = operand(a, &x), k_b_ = k_a_ > 0 ? operand(b, &y) : 1;                                               \
        if (k_a_ < 0 || k_b_ < 0)                                                                                      \
            return NULL;                                                                                               \
        if (!k_a_ || !k_b_)                                                                                            \
            Py_RETURN_NOTIMPLEMENTED;                                                                                  \
    } while (0)

static PyObject *complex_add(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    return PyComplex_FromCComplex(_Py_c_sum(x, y));
}

static PyObject *complex_subtract(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    return PyComplex_FromCComplex(_Py_c_diff(x, y));
}

static PyObject *complex_multiply(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    return PyComplex_FromCComplex(_Py_c_prod(x, y));
}

static PyObject *complex_divide(PyObject *a, PyObject *b)
{
    OPERANDS(a, b, x, y);
    errno = 0;
    Py_complex z = _Py_c_quot(x, y);
    return errno == EDOM ? k_raise(PyExc_ZeroDivisionError, "complex division by zero") : PyComplex_FromCComplex(z);
}

static PyObject *complex_power(PyObject *a, PyObject *b, PyObject *c)
{
    OPERANDS(a, b, x, y);
    if (c != Py_None)
        return k_raise(PyExc_ValueError, "complex modulo");
    errno = 0;
    Py_complex z;
    int nought = x.real == 0.0 && x.imag == 0.0;
    if (y.imag == 0.0 && y.real == floor(y.real) && fabs(y.real) <= 100.0 && !(nought && y.real < 0.0))
        z = whole_power(x, (long)y.real);
    else
        z = _Py_c_pow(x, y);
    if (errno != EDOM)
        errno = isinf(z.real) || isinf(z.imag) ? ERANGE : 0;
    if (errno == EDOM)
        return k_raise(PyExc_ZeroDivisionError, "0.0 to a negative or complex power");
    if (errno == ERANGE)
        return k_raise(PyExc_OverflowError, "complex exponentiation");
    return PyComplex_FromCComplex(z);
}

static PyObject *complex_negative(PyObject *v)
{
    return PyComplex_FromCComplex(_Py_c_neg(((PyComplexObject *)v)->cval));
}

static PyObject *complex_positive(PyObject *v)
{
    return PyComplex_CheckExact(v) ? Py_NewRef(v) : PyComplex_FromCComplex(((PyComplexObject *)v)->cval);
}

static PyObject *complex_absolute(PyObject *v)
{
    double length = _Py_c_abs(((PyComplexObject *)v)->cval);
    return errno == ERANGE ? k_raise(PyExc_OverflowError, "absolute value too large") : PyFloat_FromDouble(length);
}

static int complex_bool(PyObject *v)
{
    Py_complex z = ((PyComplexObject *)v)->cval;
    return z.real != 0.0 || z.imag != 0.0;
}

static PyNumberMethods complex_as_number = {
    .nb_add = complex_add,
    .nb_subtract = complex_subtract,
    .nb_multiply = complex_multiply,
    .nb_power = complex_power,
    .nb_negative = complex_negative,
    .nb_positive = complex_positive,
    .nb_absolute = complex_absolute,
    .nb_bool = complex_bool,
    .nb_true_divide = complex_divide,
};

static PyObject *complex_richcompare(PyObject *a, PyObject *b, int op)
{
    if (op != Py_EQ && op != Py_NE)
        Py_RETURN_NOTIMPLEMENTED;
    Py_complex x = ((PyComplexObject *)a)->cval;
    int equal;
    if (PyLong_Check(b)) { /* by the exact comparison of float and int */
        equal = 0;
        if (x.imag == 0.0) {
            K_AUTO(PyObject *) real = PyFloat_FromDouble(x.real);
            K_AUTO(PyObject *) same = real ? PyObject_RichCompare(real, b, Py_EQ) : NULL;
            if (!same)
                return NULL;
            equal = same == Py_True;
        }
    } else if (PyFloat_Check(b))
        equal = x.real == PyFloat_AS_DOUBLE(b) && x.imag == 0.0;
    else if (PyComplex_Check(b)) {
        Py_complex y = ((PyComplexObject *)b)->cval;
        equal = x.real == y.real && x.imag == y.imag;
    } else
        Py_RETURN_NOTIMPLEMENTED;
    Py_RETURN_BOOL(equal == (op == Py_EQ));
}

static Py_hash_t complex_hash(PyObject *v)
{
    Py_complex z = ((PyComplexObject *)v)->cval;
    Py_uhash_t real = (Py_uhash_t)_Py_HashDouble(v, z.real), imag = (Py_uhash_t)_Py_HashDouble(v, z.imag);
    Py_uhash_t hash = real + _PyHASH_IMAG * imag;
    return hash == (Py_uhash_t)-1 ? -2 : (Py_hash_t)hash;
}

static PyObject *complex_repr(PyObject *v)
{
    Py_complex z = ((PyComplexObject *)v)->cval;
    int lone = z.real == 0.0 && !signbit(z.real);
    char *real = lone ? NULL : PyOS_double_to_string(z.real, 'r', 0, 0, NULL);
    char *imag = PyOS_double_to_string(z.imag, 'r', 0, lone ? 0 : Py_DTSF_SIGN, NULL);
    PyObject *text = NULL;
    if (imag && lone)
        text = PyUnicode_FromFormat("%sj", imag);
    else if (imag && real)
        text = PyUnicode_FromFormat("(%s%sj)", real, imag);
    PyMem_Free(real);
    PyMem_Free(imag);
    return text;
}

/* ---- construction ---- */

static const char *skip_blanks(const char *s)
{
    while (*s == ' ' || (*s >= '\t' && *s <= '\r'))
        s++;
    return s;
}

/* "j" with or without a sign counts as 1j. */
static const char *read_unit(const char *s, double *value)
{
    const char *p = *s == '+' || *s == '-' ? s + 1 : s;
    if (*p != 'j' && *p != 'J')
        return NULL;
    *value = *s == '-' ? -1.0 : 1.0;
    return p;
}

/* [blanks] ["("] number and/or number with j [")"] [blanks]: 0, or -1 when the text is none. */
static int parse_complex(const char *s, const char *stop, Py_complex *z)
{
    const char *end;
    *z = (Py_complex){ 0.0, 0.0 };
    s = skip_blanks(s);
    int bracket = *s == '(';
    if (bracket)
        s = skip_blanks(s + 1);
    double first = float_text_parse(s, 1, &end), second;
    if (end == s && !(end = read_unit(s, &first)))
        return -1;
    if (*end == 'j' || *end == 'J') {
        z->imag = first;
        s = end + 1;
    } else {
        z->real = first;
        s = end;
        if (*s == '+' || *s == '-') {
            second = float_text_parse(s, 1, &end);
            if (end == s && !(end = read_unit(s, &second)))
                return -1;
            if (*end != 'j' && *end != 'J')
                return -1;
            z->imag = second;
            s = end + 1;
        }
    }
    s = skip_blanks(s);
    if (bracket && *s++ != ')')
        return -1;
    return skip_blanks(s) == stop ? 0 : -1;
}

static PyObject *read_complex(const char *text, Py_ssize_t length, void *type)
{
    Py_complex z;
    if (parse_complex(text, text + length, &z) < 0)
        return k_raise(PyExc_ValueError, "complex() arg is a malformed string");
    return complex_as_type(type, z);
}

static PyObject *complex_from_text(PyTypeObject *type, PyObject *v)
{
    Py_ssize_t length;
    K_AUTO(PyObject *) ascii = _PyUnicode_TransformDecimalAndSpaceToASCII(v);
    const char *text = ascii ? PyUnicode_AsUTF8AndSize(ascii, &length) : NULL;
    return text ? _Py_string_to_number_with_underscores(text, length, "complex", v, type, read_complex) : NULL;
}

/* A part given as a number: 0, or -1 with TypeError. is_complex tells whether its imaginary part counts. */
static int read_part(PyObject *v, const char *complaint, Py_complex *z, int *is_complex)
{
    PyNumberMethods *number = Py_TYPE(v)->tp_as_number;
    *is_complex = PyComplex_Check(v);
    if (*is_complex) {
        *z = ((PyComplexObject *)v)->cval;
        return 0;
    }
    if (!number || (!number->nb_float && !number->nb_index)) {
        PyErr_Format(PyExc_TypeError, complaint, Py_TYPE(v)->tp_name);
        return -1;
    }
    K_AUTO(PyObject *) x = PyNumber_Float(v); /* runs code */
    if (!x)
        return -1;
    *z = (Py_complex){ PyFloat_AS_DOUBLE(x), 0.0 };
    return 0;
}

static PyObject *complex_from_parts(PyTypeObject *type, PyObject *real, PyObject *imag)
{
    Py_complex a = { 0.0, 0.0 }, b = { 0.0, 0.0 };
    int real_is_complex = 0, imag_is_complex = 0;
    if (imag && PyUnicode_Check(imag))
        return k_raise(PyExc_TypeError, "complex() second arg can't be a string");
    K_AUTO(PyObject *) converted = real ? call_dunder(real) : NULL;
    if (!converted && PyErr_Occurred())
        return NULL;
    if (converted)
        real = converted;
    if (real && read_part(real, "complex() first argument must be a string or a number, not '%.200s'", &a,
                          &real_is_complex) < 0)
        return NULL;
    if (imag && read_part(imag, "complex() second argument must be a number, not '%.200s'", &b, &imag_is_complex) < 0)
        return NULL;
    /* real + imag * 1j, without arithmetic on parts that are not there, which would lose signs of nought */
    Py_complex z = { a.real, b.real };
    if (imag_is_complex)
        z.real -= b.imag;
    if (real_is_complex)
        z.imag = imag ? z.imag + a.imag : a.imag;
    return complex_as_type(type, z);
}

BINDER(complex_new, "complex", "(real=<unrepresentable>, imag=<unrepresentable>)", *real, *imag);

static PyObject *complex_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    complex_new_args arg;
    K_AUTO(PyObject *) owned = NULL;
    if (BIND(complex_new, &arg, args, kwargs, &owned) < 0)
        return NULL;
    if (arg.real && !arg.imag && type == &PyComplex_Type && PyComplex_CheckExact(arg.real))
        return Py_NewRef(arg.real);
    if (!arg.real || !PyUnicode_Check(arg.real))
        return complex_from_parts(type, arg.real, arg.imag);
    if (arg.imag)
        return k_raise(PyExc_TypeError, "complex() can't take second arg if first is a string");
    return complex_from_text(type, arg.real);
}

/* ---- methods ---- */

METHOD(complex, conjugate, NOARGS, "($self, /)", "The number with its imaginary part negated.")
{
    Py_complex z = ((PyComplexObject *)self)->cval;
    return PyComplex_FromDoubles(z.real, -z.imag);
}

METHOD(complex, __complex__, NOARGS, "($self, /)", "The value as an exact complex.")
{
    return complex_positive(self);
}

METHOD(complex, __getnewargs__, NOARGS, "($self, /)", "")
{
    Py_complex z = ((PyComplexObject *)self)->cval;
    K_AUTO(PyObject *) real = PyFloat_FromDouble(z.real);
    K_AUTO(PyObject *) imag = PyFloat_FromDouble(z.imag);
    return real && imag ? PyTuple_Pack(2, real, imag) : NULL;
}

METHOD(complex, __format__, O, "($self, format_spec, /)", "The value as text, as the format says.")
{
    if (!PyUnicode_Check(arg))
        return k_raise(PyExc_TypeError, "__format__() argument must be str, not %.50s",
                       arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
    _PyUnicodeWriter writer;
    _PyUnicodeWriter_Init(&writer);
    if (_PyComplex_FormatAdvancedWriter(&writer, self, arg, 0, PyUnicode_GET_LENGTH(arg)) < 0) {
        _PyUnicodeWriter_Dealloc(&writer);
        return NULL;
    }
    return _PyUnicodeWriter_Finish(&writer);
}

METHODS_END(complex);

static PyMemberDef complex_members[] = {
    { "real", T_DOUBLE, offsetof(PyComplexObject, cval.real), READONLY, "the real part of a complex number" },
    { "imag", T_DOUBLE, offsetof(PyComplexObject, cval.imag), READONLY, "the imaginary part of a complex number" },
    { NULL, 0, 0, 0, NULL },
};

PyTypeObject PyComplex_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "complex",
    .tp_basicsize = sizeof(PyComplexObject),
    .tp_repr = complex_repr,
    .tp_as_number = &complex_as_number,
    .tp_hash = complex_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "complex(real=0, imag=0)\n--\n\nMakes a complex number real + imag*1j of two numbers, or reads one from a string.",
    .tp_richcompare = complex_richcompare,
    .tp_methods = METHODS(complex),
    .tp_members = complex_members,
    .tp_new = complex_new,
    .tp_free = PyObject_Free,
};
K_TYPE(PyComplex_Type);
