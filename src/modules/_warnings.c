/* _warnings.c - module _warnings: warn(), warn_explicit() and the filters they begin with.
 *
 * Deciding what becomes of a warning is in runtime/warnings.c. */
#include "runtime/warnings.h"

#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

/* The class of a warning: the message's when it is one, UserWarning when none is said. Borrowed; NULL: TypeError. */
static PyObject *category_for(PyObject *message, PyObject *category)
{
    int is_warning = PyObject_IsInstance(message, PyExc_Warning);
    if (is_warning < 0)
        return NULL;
    if (is_warning)
        category = (PyObject *)Py_TYPE(message);
    else if (!category || category == Py_None)
        return PyExc_UserWarning;
    int fits = PyType_Check(category) ? PyObject_IsSubclass(category, PyExc_Warning) : 0;
    if (fits <= 0) {
        if (fits == 0)
            k_raise(PyExc_TypeError, "category must be a Warning subclass, not '%s'", Py_TYPE(category)->tp_name);
        return NULL;
    }
    return category;
}

FUNCTION_KW(_warnings, warn, "($module, /, message, category=None, stacklevel=1, source=None)",
            "Issue a warning, or ignore it, or raise it.", *message, *category, *stacklevel, *source)
{
    Py_ssize_t level = 1;
    if (arg->stacklevel && k_arg_ssize(arg->stacklevel, &level) < 0)
        return NULL;
    PyObject *category = category_for(arg->message, arg->category);
    if (!category || k_warn(category, arg->message, level, arg->source == Py_None ? NULL : arg->source) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* The line of source text that a module's loader knows: new reference; NULL without an exception when it knows none. */
static PyObject *line_from_loader(PyObject *globals, int lineno)
{
    if (!PyDict_Check(globals))
        return k_raise(PyExc_TypeError, "module_globals must be a dict, not '%.200s'", Py_TYPE(globals)->tp_name);
    K_AUTO(PyObject *) loader = Py_XNewRef(PyDict_GetItemWithError(globals, K_STR("__loader__")));
    K_AUTO(PyObject *) name = loader ? Py_XNewRef(PyDict_GetItemWithError(globals, K_STR("__name__"))) : NULL;
    if (!name)
        return NULL;
    K_AUTO(PyObject *) get_source = NULL;
    if (_PyObject_LookupAttr(loader, K_STR("get_source"), &get_source) <= 0)
        return NULL;
    K_AUTO(PyObject *) source = PyObject_CallOneArg(get_source, name);
    if (!source || source == Py_None || !PyUnicode_Check(source))
        return NULL;
    K_AUTO(PyObject *) lines = PyUnicode_Splitlines(source, 0);
    if (!lines)
        return NULL;
    return Py_XNewRef(PyList_GetItem(lines, lineno - 1));
}

BINDER(warn_explicit, "warn_explicit",
       "(message, category, filename, lineno, module=<unrepresentable>, registry=<unrepresentable>, "
       "module_globals=<unrepresentable>, source=<unrepresentable>)",
       *message, *category, *filename, *lineno, *module, *registry, *module_globals, *source);

FUNCTION_RAW(_warnings, warn_explicit, VAR, 0, "The primitive below warn(): with the place given.")
{
    warn_explicit_args arg;
    K_AUTO(PyObject *) owned = NULL;
    int line;
    if (BIND(warn_explicit, &arg, args, kwargs, &owned) < 0)
        return NULL;
    if (!PyUnicode_Check(arg.filename))
        return k_raise(PyExc_TypeError, "warn_explicit() argument 3 must be str, not %.50s",
                       Py_TYPE(arg.filename)->tp_name);
    if (k_arg_int(arg.lineno, &line) < 0)
        return NULL;
    K_AUTO(PyObject *) source_line = NULL;
    if (arg.module_globals && arg.module_globals != Py_None) {
        K_SET(source_line, line_from_loader(arg.module_globals, line));
        if (!source_line && PyErr_Occurred())
            return NULL;
    }
    KWarning warning = { .category = arg.category, .message = arg.message, .filename = arg.filename, .line = line,
                         .module = arg.module, .registry = arg.registry, .source_line = source_line,
                         .source = arg.source == Py_None ? NULL : arg.source };
    if (k_warn_explicit(&warning) < 0)
        return NULL;
    Py_RETURN_NONE;
}

FUNCTION_RAW(_warnings, _filters_mutated, NOARGS, 0, NULL)
{
    KWarnings *state = k_warnings_state();
    if (!state)
        return NULL;
    state->filters_version++;
    Py_RETURN_NONE;
}

METHODS_END(_warnings);

static int warnings_exec(PyObject *module)
{
    KWarnings *state = k_warnings_state();
    if (!state || PyModule_AddObjectRef(module, "filters", state->filters) < 0
        || PyModule_AddObjectRef(module, "_onceregistry", state->once_registry) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "_defaultaction", state->default_action);
}
MODULE(_warnings, "What module warnings rests on, there from the first moment on.", warnings_exec, 0);
