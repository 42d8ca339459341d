/* oscall.c - arguments of system calls: user and group ids (-1 stands for the id that means "none"), sets of signals. */
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

int os_arg_signals(PyObject *iterable, sigset_t *set)
{
    sigemptyset(set);
    K_AUTO(PyObject *) iterator = PyObject_GetIter(iterable);
    if (!iterator)
        return -1;
    for (PyObject *item; (item = PyIter_Next(iterator)); ) {
        int overflow;
        long number = PyLong_AsLongAndOverflow(item, &overflow);
        Py_DECREF(item);
        if (number == -1 && PyErr_Occurred())
            return -1;
        if (overflow || number <= 0 || number >= NSIG) {
            k_raise(PyExc_ValueError, overflow ? "signal number out of range [1; %i]" : "signal number %ld out of range [1; %i]",
                    overflow ? NSIG - 1 : number, NSIG - 1);
            return -1;
        }
        sigaddset(set, (int)number); /* numbers the C library keeps for itself are left out */
    }
    return PyErr_Occurred() ? -1 : 0;
}
