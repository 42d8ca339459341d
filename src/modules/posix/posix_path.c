/* posix_path.c - arguments of module posix: paths, descriptors, errors with file names; os.fspath. */
#include "modules/posix/posix_int.h"
#include "objects/type/type.h"
#include "runtime/osutil.h"
#include "runtime/warnings.h"

PyObject *posix_error(void)
{
    return PyErr_SetFromErrno(PyExc_OSError);
}

PyObject *posix_path_error(const PosixPath *path)
{
    return PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path->object ? path->object : Py_None);
}

PyObject *posix_path_error2(const PosixPath *path, const PosixPath *other)
{
    return PyErr_SetFromErrnoWithFilenameObjects(PyExc_OSError, path->object, other->object);
}

PyObject *posix_status(int result)
{
    if (result < 0)
        return posix_error();
    Py_RETURN_NONE;
}

static const char *allowed_types(const PosixPath *path)
{
    if (path->allow_fd)
        return path->nullable ? "string, bytes, os.PathLike, integer or None" : "string, bytes, os.PathLike or integer";
    return path->nullable ? "string, bytes, os.PathLike or None" : "string, bytes or os.PathLike";
}

static int wrong_type(const PosixPath *path, PyObject *argument)
{
    PyErr_Format(PyExc_TypeError, "%s%s%s should be %s, not %.200s", path->function ? path->function : "",
                 path->function ? ": " : "", path->argument ? path->argument : "path", allowed_types(path),
                 Py_TYPE(argument)->tp_name);
    return -1;
}

/* int within C's range; messages speak of a descriptor */
static int descriptor(PyObject *argument, int *fd)
{
    K_AUTO(PyObject *) index = PyNumber_Index(argument);
    if (!index)
        return -1;
    int overflow;
    long value = PyLong_AsLongAndOverflow(index, &overflow);
    if (overflow > 0 || value > INT_MAX) {
        PyErr_SetString(PyExc_OverflowError, "fd is greater than maximum");
        return -1;
    }
    if (overflow < 0 || value < INT_MIN) {
        PyErr_SetString(PyExc_OverflowError, "fd is less than minimum");
        return -1;
    }
    *fd = (int)value;
    return 0;
}

/* What __fspath__ gives for something that is neither str nor bytes: new, or NULL (without an exception when the
 * object has no such method). */
static PyObject *call_fspath(PyObject *argument)
{
    PyObject *method = k_type_lookup_special(Py_TYPE(argument), K_STR("__fspath__"));
    if (!method)
        return NULL;
    K_AUTO(PyObject *) bound = k_lookup_special(argument, K_STR("__fspath__"));
    PyObject *path = bound ? PyObject_CallNoArgs(bound) : NULL;
    if (path && !PyUnicode_Check(path) && !PyBytes_Check(path)) {
        PyErr_Format(PyExc_TypeError, "expected %.200s.__fspath__() to return str or bytes, not %.200s",
                     Py_TYPE(argument)->tp_name, Py_TYPE(path)->tp_name);
        Py_CLEAR(path);
    }
    return path;
}

PyObject *PyOS_FSPath(PyObject *path)
{
    if (PyUnicode_Check(path) || PyBytes_Check(path))
        return Py_NewRef(path);
    PyObject *text = call_fspath(path);
    if (!text && !PyErr_Occurred())
        PyErr_Format(PyExc_TypeError, "expected str, bytes or os.PathLike object, not %.200s", Py_TYPE(path)->tp_name);
    return text;
}

static int take_text(PosixPath *path, PyObject *text) /* text: str or bytes, K_STOLEN */
{
    path->is_bytes = PyBytes_Check(text);
    path->owned = text;
    if (!path->is_bytes) {
        PyObject *encoded = PyUnicode_EncodeFSDefault(text);
        Py_SETREF(path->owned, encoded);
        if (!encoded)
            return -1;
    }
    path->text = PyBytes_AS_STRING(path->owned);
    if (strlen(path->text) != (size_t)PyBytes_GET_SIZE(path->owned)) {
        PyErr_Format(PyExc_ValueError, "%s%sembedded null %s in %s", path->function ? path->function : "",
                     path->function ? ": " : "", path->is_bytes ? "byte" : "character",
                     path->argument ? path->argument : "path");
        return -1;
    }
    return 0;
}

int posix_path(PosixPath *path, PyObject *argument)
{
    path->object = argument;
    path->fd = -1;
    if (argument == Py_None && path->nullable) {
        path->text = ".";
        return 0;
    }
    if (PyUnicode_Check(argument) || PyBytes_Check(argument))
        return take_text(path, Py_NewRef(argument));
    if (path->allow_fd && PyIndex_Check(argument))
        return descriptor(argument, &path->fd);
    PyObject *text = call_fspath(argument);
    if (text)
        return take_text(path, text);
    if (PyErr_Occurred())
        return -1;
    if (PyObject_CheckBuffer(argument)) { /* deprecated, and still taken */
        if (PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "%s%s%s should be %s, not %.200s",
                             path->function ? path->function : "", path->function ? ": " : "",
                             path->argument ? path->argument : "path", allowed_types(path), Py_TYPE(argument)->tp_name))
            return -1;
        PyObject *bytes = PyBytes_FromObject(argument);
        return bytes ? take_text(path, bytes) : -1;
    }
    return wrong_type(path, argument);
}

int posix_dir_fd(PyObject *argument, int *dir_fd)
{
    if (!argument || argument == Py_None) {
        *dir_fd = AT_FDCWD;
        return 0;
    }
    if (PyIndex_Check(argument))
        return descriptor(argument, dir_fd);
    PyErr_Format(PyExc_TypeError, "argument should be integer or None, not %.200s", Py_TYPE(argument)->tp_name);
    return -1;
}

int posix_fd(PyObject *argument, int *fd)
{
    *fd = PyObject_AsFileDescriptor(argument);
    return *fd < 0 ? -1 : 0;
}

int posix_follow(PyObject *argument, int *follow)
{
    return k_arg_bool(argument, follow);
}
