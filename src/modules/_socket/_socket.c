/* _socket.c - module _socket: the operating system's sockets, which socket.py builds on.
 *
 * Objects, transfers, addresses, names and constants stand in the other files of this folder; here is what ties them
 * together, and the capsule by which module _ssl finds the type. Start at socket_exec(). */
#include "modules/_socket/socket_int.h"
#include "objects/capsule.h"

METHODS_DECLARE(_socket);

PyObject *socket_gaierror, *socket_herror;

enum { CONVERTER_CLEANS_UP = 0x20000 }; /* Py_CLEANUP_SUPPORTED of PyArg_Parse */

int socket_host_name(PyObject *object, void *out)
{
    PyObject **bytes = out;
    if (!object) {
        Py_CLEAR(*bytes);
        return 1;
    }
    if (PyBytes_Check(object))
        *bytes = Py_NewRef(object);
    else if (PyByteArray_Check(object))
        *bytes = PyBytes_FromObject(object);
    else if (!PyUnicode_Check(object)) {
        PyErr_Format(PyExc_TypeError, "str, bytes or bytearray expected, not %s", Py_TYPE(object)->tp_name);
        return 0;
    }
    else {
        *bytes = PyUnicode_IS_ASCII(object) ? PyUnicode_AsASCIIString(object)
                                            : PyUnicode_AsEncodedString(object, "idna", NULL);
        if (!*bytes && !PyUnicode_IS_ASCII(object))
            PyErr_SetString(PyExc_TypeError, "encoding of hostname failed");
    }
    if (!*bytes)
        return 0;
    if (strlen(PyBytes_AS_STRING(*bytes)) == (size_t)PyBytes_GET_SIZE(*bytes))
        return CONVERTER_CLEANS_UP;
    Py_CLEAR(*bytes);
    PyErr_SetString(PyExc_TypeError, "host name must not contain null character");
    return 0;
}

/* What module _ssl takes out of the capsule. */
typedef struct SocketCapsule {
    PyTypeObject *type;
    PyObject *error, *timeout_error;
} SocketCapsule;

static int add_capsule(PyObject *module)
{
    static SocketCapsule content;
    content = (SocketCapsule){ &socket_type, PyExc_OSError, PyExc_TimeoutError };
    K_AUTO(PyObject *) capsule = PyCapsule_New(&content, "_socket.CAPI", NULL);
    return capsule ? PyModule_AddObjectRef(module, "CAPI", capsule) : -1;
}

static int socket_exec(PyObject *module)
{
    if (!socket_herror)
        socket_herror = PyErr_NewException("socket.herror", PyExc_OSError, NULL);
    if (!socket_gaierror)
        socket_gaierror = PyErr_NewException("socket.gaierror", PyExc_OSError, NULL);
    const struct { const char *name; PyObject *value; } object[] = {
        { "error", PyExc_OSError }, { "herror", socket_herror }, { "gaierror", socket_gaierror },
        { "timeout", PyExc_TimeoutError }, { "SocketType", (PyObject *)&socket_type },
        { "socket", (PyObject *)&socket_type }, { "has_ipv6", Py_True },
    };
    for (Py_ssize_t i = 0; i < K_COUNT_OF(object); i++)
        if (!object[i].value || PyModule_AddObjectRef(module, object[i].name, object[i].value) < 0)
            return -1;
    if (PyModule_AddStringConstant(module, "BDADDR_ANY", "00:00:00:00:00:00") < 0 ||
        PyModule_AddStringConstant(module, "BDADDR_LOCAL", "00:00:00:FF:FF:FF") < 0 || add_capsule(module) < 0)
        return -1;
    return socket_constants(module);
}

MODULE(_socket, "The operating system's sockets; use them through module socket.", socket_exec, 0);
