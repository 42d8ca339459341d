/* oscall.c - user and group ids as Python's integers; -1 stands for the id that means "none". */
#include "runtime/oscall.h"
#include "objects/int/int.h"
#include "objects/protocol.h"

int os_arg_id(PyObject *arg, const char *kind, unsigned *id)
{
    if (!PyIndex_Check(arg)) {
        PyErr_Format(PyExc_TypeError, "%s should be integer, not %.200s", kind, Py_TYPE(arg)->tp_name);
        return -1;
    }
    K_AUTO(PyObject *) index = PyNumber_Index(arg);
    if (!index)
        return -1;
    int overflow;
    long value = PyLong_AsLongAndOverflow(index, &overflow);
    if (overflow < 0 || (!overflow && value < -1)) {
        PyErr_Format(PyExc_OverflowError, "%s is less than minimum", kind);
        return -1;
    }
    if (overflow > 0 || value > (long)UINT_MAX) {
        PyErr_Format(PyExc_OverflowError, "%s is greater than maximum", kind);
        return -1;
    }
    *id = (unsigned)value;
    return 0;
}

PyObject *os_id(unsigned id)
{
    return id == (unsigned)-1 ? PyLong_FromLong(-1) : PyLong_FromUnsignedLong(id);
}
