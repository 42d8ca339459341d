/* accu.c - _PyAccu: collects pieces of text into a list; imported by CPython's _json. */
#include "objects/list/list.h"
#include "objects/str/str.h"

typedef struct _PyAccu {
    PyObject *large, *small; /* large: always NULL here; small: the list */
} _PyAccu;
K_API K_STATUS int _PyAccu_Init(_PyAccu *accu);
K_API K_STATUS int _PyAccu_Accumulate(_PyAccu *accu, PyObject *text);
K_API K_NEW PyObject *_PyAccu_FinishAsList(_PyAccu *accu);
K_API K_NEW PyObject *_PyAccu_Finish(_PyAccu *accu);
K_API void _PyAccu_Destroy(_PyAccu *accu);

int _PyAccu_Init(_PyAccu *accu)
{
    accu->large = NULL;
    accu->small = PyList_New(0);
    return accu->small ? 0 : -1;
}

int _PyAccu_Accumulate(_PyAccu *accu, PyObject *text)
{
    return PyList_Append(accu->small, text);
}

PyObject *_PyAccu_FinishAsList(_PyAccu *accu)
{
    return K_MOVE(accu->small);
}

PyObject *_PyAccu_Finish(_PyAccu *accu)
{
    K_AUTO(PyObject *) list = K_MOVE(accu->small);
    K_AUTO(PyObject *) empty = PyUnicode_New(0, 0);
    return empty ? PyUnicode_Join(empty, list) : NULL;
}

void _PyAccu_Destroy(_PyAccu *accu)
{
    Py_CLEAR(accu->small);
}
