/* bytes.c - the block of memory an object stands in.
 *
 * In: any object.  Out: its address, its size, and the bytes from its reference count on; what it points to is left
 * out, and so is the collector's head before it. Start at inspect_bytes. */
#include "inspect/inspect.h"

#include "memory/gc.h"
#include "objects/bytes/bytes.h"
#include "objects/gen/gen.h"
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

size_t inspect_size(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (PyUnicode_CheckExact(object))
        return str_size(object);
    /* frames and generators keep something else where a count of items would stand */
    if (PyFrame_Check(object) || type->tp_itemsize == 0 || Py_TYPE(object)->tp_dealloc == PyGen_Type.tp_dealloc)
        return (size_t)type->tp_basicsize;
    return (size_t)type->tp_basicsize + (size_t)Py_ABS(Py_SIZE(object)) * (size_t)type->tp_itemsize;
}

PyObject *inspect_bytes(PyObject *object)
{
    size_t size = inspect_size(object);
    return Py_BuildValue("{sNsnsOsN}", "address", PyLong_FromVoidPtr(object), "size", (Py_ssize_t)size, "collected",
                         PyObject_IS_GC(object) ? Py_True : Py_False, "bytes",
                         PyBytes_FromStringAndSize((const char *)object, (Py_ssize_t)size));
}
