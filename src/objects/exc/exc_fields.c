/* exc_fields.c - exceptions with a few fields more: StopIteration, SystemExit, KeyError, ImportError, NameError,
 * AttributeError, SyntaxError.
 *
 * In: positional and keyword arguments.  Out: the exception with its fields set.
 * Start at the init function of the type. */
#include "objects/exc/exc_types.h"

#include "objects/protocol.h"

/* Keyword-only arguments of an exception type: 0, or -1 with TypeError in CPython's words. values[] get borrowed
 * references for the names present. */
static int keyword_fields(PyObject *kwargs, const char *type_name, const char *const *names, PyObject **const *values)
{
    if (!kwargs)
        return 0;
    Py_ssize_t known = 0;
    while (names[known])
        known++;
    if (PyDict_GET_SIZE(kwargs) > known) {
        k_raise(PyExc_TypeError, "%s() takes at most %zd keyword argument%s (%zd given)", type_name, known,
                known == 1 ? "" : "s", PyDict_GET_SIZE(kwargs));
        return -1;
    }
    Py_ssize_t position = 0;
    PyObject *key, *value;
    while (PyDict_Next(kwargs, &position, &key, &value)) {
        int i = 0;
        while (names[i] && !(PyUnicode_Check(key) && PyUnicode_CompareWithASCIIString(key, names[i]) == 0))
            i++;
        if (!names[i]) {
            k_raise(PyExc_TypeError, "'%S' is an invalid keyword argument for %s()", key, type_name);
            return -1;
        }
        *values[i] = value;
    }
    return 0;
}

/* ---- StopIteration, SystemExit ---- */

static int stop_iteration_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (exc_init(self, args, kwargs) < 0)
        return -1;
    PyObject *value = PyTuple_GET_SIZE(args) ? PyTuple_GET_ITEM(args, 0) : Py_None;
    Py_XSETREF(((PyStopIterationObject *)self)->value, Py_NewRef(value));
    return 0;
}

static PyMemberDef stop_iteration_members[] = {
    { "value", T_OBJECT, offsetof(PyStopIterationObject, value), 0, "what the generator returned" },
    { NULL },
};
EXC_LAYOUT(stop_iteration, offsetof(PyStopIterationObject, value), 0)
EXC_TYPE(StopIteration, &k_exc_Exception, stop_iteration, PyStopIterationObject, "__next__() has no further item.",
         .tp_members = stop_iteration_members, .tp_init = stop_iteration_init);

static int system_exit_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (exc_init(self, args, kwargs) < 0)
        return -1;
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n)
        Py_XSETREF(((PySystemExitObject *)self)->code, Py_NewRef(n == 1 ? PyTuple_GET_ITEM(args, 0) : args));
    return 0;
}

static PyMemberDef system_exit_members[] = {
    { "code", T_OBJECT, offsetof(PySystemExitObject, code), 0, "the exit status, or a message" },
    { NULL },
};
EXC_LAYOUT(system_exit, offsetof(PySystemExitObject, code), 0)
EXC_TYPE(SystemExit, &k_exc_BaseException, system_exit, PySystemExitObject, "Asks the program to end.",
         .tp_members = system_exit_members, .tp_init = system_exit_init);

/* ---- KeyError ---- */

static PyObject *key_error_str(PyObject *self)
{
    PyObject *args = ((PyBaseExceptionObject *)self)->args;
    if (PyTuple_GET_SIZE(args) == 1)
        return PyObject_Repr(PyTuple_GET_ITEM(args, 0)); /* an empty key would be an empty message else */
    return exc_str(self);
}
EXC_LAYOUT(key_error, 0)
EXC_TYPE(KeyError, &k_exc_LookupError, key_error, PyBaseExceptionObject, "A mapping has no such key.",
         .tp_str = key_error_str, .tp_init = exc_init);

/* ---- ImportError ---- */

static PyImportErrorObject *imp(PyObject *self)
{
    return (PyImportErrorObject *)self;
}

static int import_error_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *name = NULL, *path = NULL;
    if (exc_init_args(self, args) < 0
        || keyword_fields(kwargs, "ImportError", (const char *const[]){ "name", "path", NULL },
                          (PyObject **const[]){ &name, &path }) < 0)
        return -1;
    PyObject *message = PyTuple_GET_SIZE(args) == 1 ? PyTuple_GET_ITEM(args, 0) : NULL;
    Py_XSETREF(imp(self)->name, Py_XNewRef(name));
    Py_XSETREF(imp(self)->path, Py_XNewRef(path));
    Py_XSETREF(imp(self)->msg, Py_XNewRef(message));
    return 0;
}

static PyObject *import_error_str(PyObject *self)
{
    PyObject *message = imp(self)->msg;
    return message && PyUnicode_CheckExact(message) ? Py_NewRef(message) : exc_str(self);
}

/* The dict with name and path in it, a new reference; NULL without an exception when there is nothing to keep. */
static PyObject *import_error_state(PyObject *self)
{
    PyObject *dict = imp(self)->dict;
    if (!imp(self)->name && !imp(self)->path)
        return Py_XNewRef(dict);
    K_AUTO(PyObject *) state = dict ? PyDict_Copy(dict) : PyDict_New();
    if (!state || (imp(self)->name && PyDict_SetItem(state, K_STR("name"), imp(self)->name) < 0)
        || (imp(self)->path && PyDict_SetItem(state, K_STR("path"), imp(self)->path) < 0))
        return NULL;
    return K_MOVE(state);
}

METHOD_RAW(ImportError, __reduce__, NOARGS, 0, NULL)
{
    K_AUTO(PyObject *) state = import_error_state(self);
    if (state)
        return PyTuple_Pack(3, Py_TYPE(self), imp(self)->args, state);
    return PyErr_Occurred() ? NULL : PyTuple_Pack(2, Py_TYPE(self), imp(self)->args);
}

METHODS_END(ImportError);
METHODS_DECLARE(ImportError);

static PyMemberDef import_error_members[] = {
    { "msg", T_OBJECT, offsetof(PyImportErrorObject, msg), 0, "the message" },
    { "name", T_OBJECT, offsetof(PyImportErrorObject, name), 0, "the module's name" },
    { "path", T_OBJECT, offsetof(PyImportErrorObject, path), 0, "the module's file" },
    { NULL },
};
EXC_LAYOUT(import_error, offsetof(PyImportErrorObject, msg), offsetof(PyImportErrorObject, name),
           offsetof(PyImportErrorObject, path), 0)
EXC_TYPE(ImportError, &k_exc_Exception, import_error, PyImportErrorObject, "A module or a name in it cannot be had.",
         .tp_str = import_error_str, .tp_methods = METHODS(ImportError), .tp_members = import_error_members,
         .tp_init = import_error_init);
EXC_TYPE(ModuleNotFoundError, &k_exc_ImportError, import_error, PyImportErrorObject, "There is no such module.",
         .tp_init = import_error_init);

/* ---- NameError, AttributeError ---- */

static int name_error_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *name = NULL;
    if (exc_init_args(self, args) < 0
        || keyword_fields(kwargs, "NameError", (const char *const[]){ "name", NULL },
                          (PyObject **const[]){ &name }) < 0)
        return -1;
    Py_XSETREF(((PyNameErrorObject *)self)->name, Py_XNewRef(name));
    return 0;
}

static PyMemberDef name_error_members[] = {
    { "name", T_OBJECT, offsetof(PyNameErrorObject, name), 0, "the name" },
    { NULL },
};
EXC_LAYOUT(name_error, offsetof(PyNameErrorObject, name), 0)
EXC_TYPE(NameError, &k_exc_Exception, name_error, PyNameErrorObject, "There is no such name.", .tp_str = exc_str,
         .tp_members = name_error_members, .tp_init = name_error_init);
EXC_TYPE(UnboundLocalError, &k_exc_NameError, name_error, PyNameErrorObject, "A local name has no value yet.",
         .tp_init = name_error_init);

static int attribute_error_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *name = NULL, *object = NULL;
    if (exc_init_args(self, args) < 0
        || keyword_fields(kwargs, "AttributeError", (const char *const[]){ "name", "obj", NULL },
                          (PyObject **const[]){ &name, &object }) < 0)
        return -1;
    Py_XSETREF(((PyAttributeErrorObject *)self)->name, Py_XNewRef(name));
    Py_XSETREF(((PyAttributeErrorObject *)self)->obj, Py_XNewRef(object));
    return 0;
}

static PyMemberDef attribute_error_members[] = {
    { "name", T_OBJECT, offsetof(PyAttributeErrorObject, name), 0, "the attribute's name" },
    { "obj", T_OBJECT, offsetof(PyAttributeErrorObject, obj), 0, "the object without it" },
    { NULL },
};
EXC_LAYOUT(attribute_error, offsetof(PyAttributeErrorObject, obj), offsetof(PyAttributeErrorObject, name), 0)
EXC_TYPE(AttributeError, &k_exc_Exception, attribute_error, PyAttributeErrorObject, "There is no such attribute.",
         .tp_str = exc_str, .tp_members = attribute_error_members, .tp_init = attribute_error_init);

/* ---- SyntaxError ---- */

static PySyntaxErrorObject *syn(PyObject *self)
{
    return (PySyntaxErrorObject *)self;
}

static int syntax_error_place(PyObject *self, PyObject *place)
{
    K_AUTO(PyObject *) info = PySequence_Tuple(place);
    PyObject *filename, *lineno, *offset, *text, *end_lineno = NULL, *end_offset = NULL;
    if (!info || !PyArg_ParseTuple(info, "OOOO|OO", &filename, &lineno, &offset, &text, &end_lineno, &end_offset))
        return -1;
    Py_XSETREF(syn(self)->filename, Py_NewRef(filename));
    Py_XSETREF(syn(self)->lineno, Py_NewRef(lineno));
    Py_XSETREF(syn(self)->offset, Py_NewRef(offset));
    Py_XSETREF(syn(self)->text, Py_NewRef(text));
    Py_XSETREF(syn(self)->end_lineno, Py_XNewRef(end_lineno));
    Py_XSETREF(syn(self)->end_offset, Py_XNewRef(end_offset));
    if (end_lineno && !end_offset) {
        k_raise(PyExc_TypeError, "end_offset must be provided when end_lineno is provided");
        return -1;
    }
    return 0;
}

static int syntax_error_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (exc_init(self, args, kwargs) < 0)
        return -1;
    if (PyTuple_GET_SIZE(args) >= 1)
        Py_XSETREF(syn(self)->msg, Py_NewRef(PyTuple_GET_ITEM(args, 0)));
    return PyTuple_GET_SIZE(args) == 2 ? syntax_error_place(self, PyTuple_GET_ITEM(args, 1)) : 0;
}

static PyObject *base_name(PyObject *path)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(path);
    Py_ssize_t slash = PyUnicode_FindChar(path, '/', 0, length, -1);
    return slash == -2 ? NULL : PyUnicode_Substring(path, slash + 1, length);
}

static PyObject *syntax_error_str(PyObject *self)
{
    PyObject *message = syn(self)->msg ? syn(self)->msg : Py_None;
    PyObject *path = syn(self)->filename, *lineno = syn(self)->lineno;
    int has_file = path && PyUnicode_Check(path), has_line = lineno && PyLong_CheckExact(lineno);
    K_AUTO(PyObject *) file = has_file ? base_name(path) : NULL;
    if (has_file && !file)
        return NULL;
    int overflow;
    long line = has_line ? PyLong_AsLongAndOverflow(lineno, &overflow) : 0;
    if (has_file && has_line)
        return PyUnicode_FromFormat("%S (%U, line %ld)", message, file, line);
    if (has_file)
        return PyUnicode_FromFormat("%S (%U)", message, file);
    if (has_line)
        return PyUnicode_FromFormat("%S (line %ld)", message, line);
    return PyObject_Str(message);
}

static PyMemberDef syntax_error_members[] = {
    { "msg", T_OBJECT, offsetof(PySyntaxErrorObject, msg), 0, "the message" },
    { "filename", T_OBJECT, offsetof(PySyntaxErrorObject, filename), 0, "the file" },
    { "lineno", T_OBJECT, offsetof(PySyntaxErrorObject, lineno), 0, "its line" },
    { "offset", T_OBJECT, offsetof(PySyntaxErrorObject, offset), 0, "the column" },
    { "text", T_OBJECT, offsetof(PySyntaxErrorObject, text), 0, "the line's text" },
    { "end_lineno", T_OBJECT, offsetof(PySyntaxErrorObject, end_lineno), 0, "the line where it ends" },
    { "end_offset", T_OBJECT, offsetof(PySyntaxErrorObject, end_offset), 0, "the column where it ends" },
    { "print_file_and_line", T_OBJECT, offsetof(PySyntaxErrorObject, print_file_and_line), 0,
      "whether to show the place" },
    { NULL },
};
EXC_LAYOUT(syntax_error, offsetof(PySyntaxErrorObject, msg), offsetof(PySyntaxErrorObject, filename),
           offsetof(PySyntaxErrorObject, lineno), offsetof(PySyntaxErrorObject, offset),
           offsetof(PySyntaxErrorObject, end_lineno), offsetof(PySyntaxErrorObject, end_offset),
           offsetof(PySyntaxErrorObject, text), offsetof(PySyntaxErrorObject, print_file_and_line), 0)
EXC_TYPE(SyntaxError, &k_exc_Exception, syntax_error, PySyntaxErrorObject, "The source text is not Python.",
         .tp_str = syntax_error_str, .tp_members = syntax_error_members, .tp_init = syntax_error_init);
EXC_TYPE(IndentationError, &k_exc_SyntaxError, syntax_error, PySyntaxErrorObject, "The indentation is wrong.",
         .tp_init = syntax_error_init);
EXC_TYPE(TabError, &k_exc_IndentationError, syntax_error, PySyntaxErrorObject, "Tabs and spaces are mixed.",
         .tp_init = syntax_error_init);
