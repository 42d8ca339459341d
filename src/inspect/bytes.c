/* bytes.c - the block of memory an object stands in.
 *
 * In: any object.  Out: its address, its size, and the bytes from its reference count on; what it points to is left
 * out, and so is the collector's head before it. Start at inspect_bytes. */
#include "inspect/inspect.h"

#include "memory/gc.h"
#include "objects/bytes/bytes.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "objects/type/type.h"

static size_t str_size(PyObject *text)
{
    size_t units = (size_t)PyUnicode_GET_LENGTH(text) + 1;
    if (!PyUnicode_IS_COMPACT(text))
        return (size_t)Py_TYPE(text)->tp_basicsize;
    size_t head = PyUnicode_IS_ASCII(text) ? sizeof(PyASCIIObject) : sizeof(PyCompactUnicodeObject);
    return head + units * (size_t)PyUnicode_KIND(text);
}

static size_t block_size(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (PyUnicode_Check(object))
        return str_size(object);
    size_t items = type->tp_itemsize ? (size_t)Py_ABS(Py_SIZE(object)) : 0;
    return (size_t)type->tp_basicsize + items * (size_t)type->tp_itemsize;
}

PyObject *inspect_bytes(PyObject *object)
{
    size_t size = block_size(object);
    return Py_BuildValue("{sNsnsOsN}", "address", PyLong_FromVoidPtr(object), "size", (Py_ssize_t)size, "collected",
                         PyObject_IS_GC(object) ? Py_True : Py_False, "bytes",
                         PyBytes_FromStringAndSize((const char *)object, (Py_ssize_t)size));
}
