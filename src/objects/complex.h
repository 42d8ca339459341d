/* complex.h - complex. */
#ifndef KAA_OBJECTS_COMPLEX_H
#define KAA_OBJECTS_COMPLEX_H

#include "objects/object.h"

typedef struct Py_complex {
    double real, imag;
} Py_complex;
typedef struct PyComplexObject {
    PyObject ob_base;
    Py_complex cval;
} PyComplexObject;

#define PyComplex_Check(o) PyObject_TypeCheck(o, &PyComplex_Type)
#define PyComplex_CheckExact(o) Py_IS_TYPE(o, &PyComplex_Type)

extern K_API PyTypeObject PyComplex_Type;
K_API K_NEW PyObject *PyComplex_FromDoubles(double real, double imag);
K_API double PyComplex_RealAsDouble(PyObject *op);
K_API double PyComplex_ImagAsDouble(PyObject *op);
K_API Py_complex _Py_c_sum(Py_complex, Py_complex);
K_API Py_complex _Py_c_diff(Py_complex, Py_complex);
K_API Py_complex _Py_c_neg(Py_complex);
K_API Py_complex _Py_c_prod(Py_complex, Py_complex);
K_API Py_complex _Py_c_quot(Py_complex, Py_complex);
K_API Py_complex _Py_c_pow(Py_complex, Py_complex);
K_API double _Py_c_abs(Py_complex);
K_API K_NEW PyObject *PyComplex_FromCComplex(Py_complex);
K_API Py_complex PyComplex_AsCComplex(PyObject *op);
extern K_API PyTypeObject PyComplex_Type;

#endif
