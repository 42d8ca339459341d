/* int.h - int: 30-bit digits, sign in ob_size. */
#ifndef KAA_OBJECTS_INT_INT_H
#define KAA_OBJECTS_INT_INT_H

#include "objects/object.h"

typedef uint32_t digit;
typedef int32_t sdigit;
typedef uint64_t twodigits;
typedef int64_t stwodigits;
#define PyLong_SHIFT 30
#define PyLong_BASE  ((digit)1 << PyLong_SHIFT)
#define PyLong_MASK  ((digit)(PyLong_BASE - 1))

struct PyLongObject {
    PyVarObject ob_base; /* ob_size: number of digits, negative for negative values, 0 for zero */
    digit ob_digit[1];
};

#define PyLong_Check(o)      PyType_FastSubclass(Py_TYPE(o), Py_TPFLAGS_LONG_SUBCLASS)
#define PyLong_CheckExact(o) Py_IS_TYPE(o, &PyLong_Type)

#define PyBool_Check(o) Py_IS_TYPE(o, &PyBool_Type)

extern K_API PyTypeObject PyLong_Type;
extern K_API PyTypeObject PyBool_Type;
extern K_API PyLongObject _Py_FalseStruct;
extern K_API PyLongObject _Py_TrueStruct;
K_API K_NEW PyObject *PyLong_FromLong(long);
K_API K_NEW PyObject *PyLong_FromUnsignedLong(unsigned long);
K_API K_NEW PyObject *PyLong_FromSize_t(size_t);
K_API K_NEW PyObject *PyLong_FromSsize_t(Py_ssize_t);
K_API K_NEW PyObject *PyLong_FromDouble(double);
K_API long PyLong_AsLong(PyObject *);
K_API long PyLong_AsLongAndOverflow(PyObject *, int *);
K_API K_STATUS Py_ssize_t PyLong_AsSsize_t(PyObject *);
K_API size_t PyLong_AsSize_t(PyObject *);
K_API unsigned long PyLong_AsUnsignedLong(PyObject *);
K_API unsigned long PyLong_AsUnsignedLongMask(PyObject *);
K_API K_NEW PyObject *PyLong_GetInfo(void);
K_API double PyLong_AsDouble(PyObject *);
K_API K_NEW PyObject *PyLong_FromVoidPtr(void *);
K_API void *PyLong_AsVoidPtr(PyObject *);
K_API K_NEW PyObject *PyLong_FromLongLong(long long);
K_API K_NEW PyObject *PyLong_FromUnsignedLongLong(unsigned long long);
K_API long long PyLong_AsLongLong(PyObject *);
K_API unsigned long long PyLong_AsUnsignedLongLong(PyObject *);
K_API unsigned long long PyLong_AsUnsignedLongLongMask(PyObject *);
K_API long long PyLong_AsLongLongAndOverflow(PyObject *, int *);
K_API K_NEW PyObject *PyLong_FromString(const char *, char **, int);
K_API unsigned long PyOS_strtoul(const char *, char **, int);
K_API long PyOS_strtol(const char *, char **, int);
K_API K_STATUS int _PyLong_AsInt(PyObject *);
K_API int _PyLong_UnsignedShort_Converter(PyObject *, void *);
K_API int _PyLong_UnsignedInt_Converter(PyObject *, void *);
K_API int _PyLong_UnsignedLong_Converter(PyObject *, void *);
K_API int _PyLong_UnsignedLongLong_Converter(PyObject *, void *);
K_API int _PyLong_Size_t_Converter(PyObject *, void *);
K_API double _PyLong_Frexp(PyLongObject *a, Py_ssize_t *e);
K_API K_NEW PyObject *PyLong_FromUnicodeObject(PyObject *u, int base);
K_API K_NEW PyObject *_PyLong_FromBytes(const char *, Py_ssize_t, int);
K_API int _PyLong_Sign(PyObject *v);
K_API size_t _PyLong_NumBits(PyObject *v);
K_API K_NEW PyObject *_PyLong_DivmodNear(PyObject *, PyObject *);
K_API K_NEW PyObject *_PyLong_FromByteArray(const unsigned char* bytes, size_t n, int little_endian, int is_signed);
K_API K_STATUS int _PyLong_AsByteArray(PyLongObject* v, unsigned char* bytes, size_t n, int little_endian,
    int is_signed);
K_API K_NEW PyObject *_PyLong_Format(PyObject *obj, int base);
K_API K_NEW PyObject *_PyLong_GCD(PyObject *, PyObject *);
K_API K_NEW PyObject *_PyLong_Rshift(PyObject *, size_t);
K_API K_NEW PyObject *_PyLong_Lshift(PyObject *, size_t);
K_API K_NEW PyLongObject *_PyLong_New(Py_ssize_t);
K_API K_NEW PyObject *_PyLong_Copy(PyLongObject *src);
K_API int (Py_IsTrue)(PyObject *x);
K_API int (Py_IsFalse)(PyObject *x);
K_API K_NEW PyObject *PyBool_FromLong(long);

struct _PyUnicodeWriter;
struct _PyBytesWriter;
extern K_API unsigned char _PyLong_DigitValue[256];
K_API K_STATUS int _PyLong_FormatWriter(struct _PyUnicodeWriter *writer, PyObject *obj, int base, int alternate);
K_API char *_PyLong_FormatBytesWriter(struct _PyBytesWriter *writer, char *str, PyObject *obj, int base, int alternate);
K_API K_STATUS int _PyLong_FormatAdvancedWriter(struct _PyUnicodeWriter *writer, PyObject *obj, PyObject *format_spec,
    Py_ssize_t start, Py_ssize_t end);

/* ---- beyond CPython's API ---- */

enum { KAA_SMALL_INT_MIN = -5, KAA_SMALL_INT_MAX = 256 };

/* Limit of digits in conversions between int and text of a base that is no power of two; 0 is none. Text shorter than
 * KAA_INT_STR_DIGITS_THRESHOLD is never refused, and no smaller limit but 0 may be set. */
enum { KAA_INT_STR_DIGITS_DEFAULT = 4300, KAA_INT_STR_DIGITS_THRESHOLD = 640 };
extern K_INT int k_int_max_str_digits;

/* The value of an int of at most one digit. A zero has an unspecified digit, so the size decides. */
static inline int k_int_is_compact(PyObject *v)
{
    return (size_t)(Py_SIZE(v) + 1) < 3;
}
static inline stwodigits k_int_compact(PyObject *v)
{
    return Py_SIZE(v) * (stwodigits)((PyLongObject *)v)->ob_digit[0];
}

/* Whether v is negative, for int only. */
static inline int k_int_negative(PyObject *v)
{
    return Py_SIZE(v) < 0;
}

K_INT int k_int_compare(PyObject *a, PyObject *b); /* -1, 0, 1; two ints */

#endif
