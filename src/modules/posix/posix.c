/* posix.c - module posix: the operating system's calls, which os.py builds on.
 *
 * The functions stand by theme in the other files of this folder; here is what ties them together. Start at posix_exec(). */
#include "modules/posix/posix_int.h"
#include "objects/dict/dict.h"

METHODS_DECLARE(posix);

extern char **environ;

/* The environment at start as bytes; the first of two equal names counts. */
static PyObject *environment(void)
{
    K_AUTO(PyObject *) dict = PyDict_New();
    for (char **line = environ; dict && line && *line; line++) {
        const char *equals = strchr(*line + (**line == '='), '=');
        if (!equals)
            continue;
        K_AUTO(PyObject *) name = PyBytes_FromStringAndSize(*line, equals - *line);
        K_AUTO(PyObject *) value = PyBytes_FromString(equals + 1);
        if (!name || !value || !PyDict_SetDefault(dict, name, value))
            return NULL;
    }
    return K_MOVE(dict);
}

/* Collapses //, /./ and /../ in a path's text; gives the length of what is left. */
static Py_ssize_t normalize(Py_UCS4 *path, Py_ssize_t length)
{
    Py_ssize_t slashes = 0;
    while (slashes < length && path[slashes] == '/')
        slashes++;
    Py_ssize_t root = slashes == 2 ? 2 : slashes ? 1 : 0; /* two leading slashes are special in POSIX */
    Py_ssize_t out = root, kept = 0;
    for (Py_ssize_t at = slashes; at < length;) {
        Py_ssize_t end = at;
        while (end < length && path[end] != '/')
            end++;
        Py_ssize_t part = end - at;
        bool up = part == 2 && path[at] == '.' && path[at + 1] == '.';
        if (part == 0 || (part == 1 && path[at] == '.'))
            ;
        else if (up && kept > 0) {
            while (out > root && path[out - 1] != '/')
                out--;
            if (out > root)
                out--;
            kept--;
        }
        else if (!up || !root) {
            if (out > root)
                path[out++] = '/';
            memmove(path + out, path + at, (size_t)part * sizeof *path);
            out += part;
            kept += !up;
        }
        at = end + 1;
    }
    return out;
}

/* In place; size -1: up to the NUL. */
wchar_t *_Py_normpath(wchar_t *path, Py_ssize_t size)
{
    path[normalize((Py_UCS4 *)path, size < 0 ? (Py_ssize_t)wcslen(path) : size)] = 0;
    return path;
}

FUNCTION_KW(posix, _path_normpath, "($module, /, path)", "Basic path normalization.", *path)
{
    if (!PyUnicode_Check(arg->path))
        return k_raise(PyExc_TypeError, "_path_normpath() argument 'path' must be str, not %.50s",
                       Py_TYPE(arg->path)->tp_name);
    Py_UCS4 *text = PyUnicode_AsUCS4Copy(arg->path);
    if (!text)
        return NULL;
    Py_ssize_t length = normalize(text, PyUnicode_GET_LENGTH(arg->path));
    PyObject *result = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, text, length);
    PyMem_Free(text);
    return result;
}

METHODS_END(posix);

static int posix_exec(PyObject *module)
{
    K_AUTO(PyObject *) variables = environment();
    if (!variables || PyModule_AddObjectRef(module, "environ", variables) < 0 ||
        PyModule_AddObjectRef(module, "error", PyExc_OSError) < 0)
        return -1;
    return posix_constants(module) < 0 || posix_stat_start(module) < 0 || posix_dir_start(module) < 0 ||
                   posix_fd_start(module) < 0 || posix_process_start(module) < 0 ||
                   posix_system_start(module) < 0 || posix_exec_start(module) < 0 || posix_sched_start(module) < 0
               ? -1
               : 0;
}

MODULE(posix, "The calls of the operating system; use them through module os.", posix_exec, 0);
