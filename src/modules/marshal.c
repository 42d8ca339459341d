/* marshal.c - module marshal: values to bytes and back, in the format of .pyc files.
 *
 * The format itself is in code/marshal.c and code/unmarshal.c. */
#include "code/marshal.h"

#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/module.h"
#include "runtime/errors.h"
#include "runtime/sys.h"

static int version_arg(PyObject *const *args, Py_ssize_t nargs, Py_ssize_t at, int *version)
{
    *version = Py_MARSHAL_VERSION;
    return nargs > at ? k_arg_int(args[at], version) : 0;
}

static PyObject *dump(PyObject *value, int version)
{
    return PySys_Audit("marshal.dumps", "Oi", value, version) < 0 ? NULL : PyMarshal_WriteObjectToString(value, version);
}

FUNCTION(marshal, dump, FAST, "($module, value, file, version=version, /)", "Write a value to a binary file.")
{
    int version;
    if (k_check_nargs("dump", nargs, 2, 3) < 0 || version_arg(args, nargs, 2, &version) < 0)
        return NULL;
    K_AUTO(PyObject *) bytes = dump(args[0], version);
    return bytes ? PyObject_CallMethodObjArgs(args[1], K_STR("write"), bytes, NULL) : NULL;
}

FUNCTION(marshal, load, O, "($module, file, /)", "Read a value from a binary file.")
{
    /* An empty read tells binary files from text files. */
    K_AUTO(PyObject *) nothing = PyObject_CallMethod(arg, "read", "i", 0);
    if (!nothing)
        return NULL;
    if (!PyBytes_Check(nothing))
        return k_raise(PyExc_TypeError, "file.read() returned not bytes but %.100s", Py_TYPE(nothing)->tp_name);
    if (PySys_Audit("marshal.load", NULL) < 0)
        return NULL;
    return k_marshal_read_from(arg);
}

FUNCTION(marshal, dumps, FAST, "($module, value, version=version, /)", "The bytes that stand for a value.")
{
    int version;
    if (k_check_nargs("dumps", nargs, 1, 2) < 0 || version_arg(args, nargs, 1, &version) < 0)
        return NULL;
    return dump(args[0], version);
}

FUNCTION(marshal, loads, O, "($module, bytes, /)", "The value that bytes stand for; what follows it is ignored.")
{
    Py_buffer view;
    if (PyObject_GetBuffer(arg, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    PyObject *value = NULL;
    if (PySys_Audit("marshal.loads", "y#", view.buf, view.len) == 0)
        value = PyMarshal_ReadObjectFromString(view.buf, view.len);
    PyBuffer_Release(&view);
    return value;
}

METHODS_END(marshal);

static int marshal_exec(PyObject *module)
{
    return PyModule_AddIntConstant(module, "version", Py_MARSHAL_VERSION);
}
MODULE(marshal, "Values of Python in the format of .pyc files.", marshal_exec, 0);
