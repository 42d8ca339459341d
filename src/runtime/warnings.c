/* warnings.c - deciding what becomes of a warning: filters, registries, the call of warnings._showwarnmsg.
 *
 * In: a message, a category and where it belongs.  Out: nothing, text on sys.stderr, or the warning as an exception.
 * Invariant: module warnings, once imported, is asked for filters, default action and once registry, for programs
 * replace them there; what this file holds serves until then. A registry is emptied when the filters changed since.
 * Start at warn_explicit(). The Python face is modules/_warnings.c. */
#include "runtime/warnings.h"

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/frame/frame.h"
#include "objects/gen/gen.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/osutil.h"
#include "runtime/sys.h"

static KWarnings state; /* the interpreter's */

/* ---- state ---- */

static int add_filter(PyObject *filters, PyObject *action, PyObject *category, PyObject *module)
{
    K_AUTO(PyObject *) zero = PyLong_FromLong(0);
    K_AUTO(PyObject *) filter = zero ? PyTuple_Pack(5, action, Py_None, category, module, zero) : NULL;
    return filter ? PyList_Append(filters, filter) : -1;
}

KWarnings *k_warnings_state(void)
{
    if (state.filters)
        return &state;
    K_AUTO(PyObject *) filters = PyList_New(0);
    K_AUTO(PyObject *) once = PyDict_New();
    PyObject *ignore = K_STR("ignore"), *normal = K_STR("default");
    if (!filters || !once || add_filter(filters, normal, PyExc_DeprecationWarning, K_STR("__main__")) < 0
        || add_filter(filters, ignore, PyExc_DeprecationWarning, Py_None) < 0
        || add_filter(filters, ignore, PyExc_PendingDeprecationWarning, Py_None) < 0
        || add_filter(filters, ignore, PyExc_ImportWarning, Py_None) < 0
        || add_filter(filters, ignore, PyExc_ResourceWarning, Py_None) < 0)
        return NULL;
    state.filters = K_MOVE(filters);
    state.once_registry = K_MOVE(once);
    state.default_action = Py_NewRef(normal);
    return &state;
}

/* An attribute of module warnings: new reference; NULL without an exception when there is none to be had. */
static PyObject *module_attribute(PyObject *name, int import)
{
    K_AUTO(PyObject *) module = NULL;
    if (import) {
        K_SET(module, PyImport_Import(K_STR("warnings")));
        if (!module && !k_catch(PyExc_ImportError))
            return NULL;
    } else {
        K_SET(module, PyImport_GetModule(K_STR("warnings")));
    }
    PyObject *value = NULL;
    if (module && _PyObject_LookupAttr(module, name, &value) < 0)
        return NULL;
    return value;
}

/* Module warnings' own value takes the place of ours, when it has one. -1 with an exception. */
static int refresh(PyObject **slot, PyObject *name)
{
    PyObject *value = module_attribute(name, 0);
    if (!value)
        return PyErr_Occurred() ? -1 : 0;
    Py_XSETREF(*slot, value);
    return 0;
}

static PyObject *default_action(void)
{
    if (refresh(&state.default_action, K_STR("defaultaction")) < 0)
        return NULL;
    if (!PyUnicode_Check(state.default_action))
        return k_raise(PyExc_TypeError, "_warnings.defaultaction must be a string, not '%.200s'",
                       Py_TYPE(state.default_action)->tp_name);
    return state.default_action;
}

static PyObject *once_registry(void)
{
    if (refresh(&state.once_registry, K_STR("onceregistry")) < 0)
        return NULL;
    if (!PyDict_Check(state.once_registry))
        return k_raise(PyExc_TypeError, "_warnings.onceregistry must be a dict, not '%.200s'",
                       Py_TYPE(state.once_registry)->tp_name);
    return state.once_registry;
}

/* ---- filters ---- */

/* A filter's pattern: None fits all, a str itself, anything else is asked by match(). */
static int fits(PyObject *pattern, PyObject *text)
{
    if (pattern == Py_None)
        return 1;
    if (PyUnicode_CheckExact(pattern)) {
        int order = PyUnicode_Compare(pattern, text);
        return order == -1 && PyErr_Occurred() ? -1 : order == 0;
    }
    K_AUTO(PyObject *) match = PyObject_CallMethodObjArgs(pattern, K_STR("match"), text, NULL);
    return match ? PyObject_IsTrue(match) : -1;
}

static int filter_fits(PyObject *filter, PyObject *category, PyObject *text, Py_ssize_t line, PyObject *module)
{
    int fit = fits(PyTuple_GET_ITEM(filter, 1), text);
    if (fit > 0)
        fit = fits(PyTuple_GET_ITEM(filter, 3), module);
    if (fit > 0)
        fit = PyObject_IsSubclass(category, PyTuple_GET_ITEM(filter, 2));
    if (fit <= 0)
        return fit;
    Py_ssize_t wanted = PyLong_AsSsize_t(PyTuple_GET_ITEM(filter, 4));
    if (wanted == -1 && PyErr_Occurred())
        return -1;
    return wanted == 0 || wanted == line;
}

/* The action for a warning, a new reference; *filter is the row that said it (a new one, too), NULL for the default. */
static PyObject *find_action(PyObject *category, PyObject *text, Py_ssize_t line, PyObject *module, PyObject **filter)
{
    *filter = NULL;
    if (refresh(&state.filters, K_STR("filters")) < 0)
        return NULL;
    K_AUTO(PyObject *) filters = Py_NewRef(state.filters);
    if (!PyList_Check(filters))
        return k_raise(PyExc_ValueError, "_warnings.filters must be a list");
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(filters); i++) { /* runs code: the list may change */
        K_AUTO(PyObject *) row = Py_NewRef(PyList_GET_ITEM(filters, i));
        if (!PyTuple_Check(row) || PyTuple_GET_SIZE(row) != 5)
            return k_raise(PyExc_ValueError, "_warnings.filters item %zd isn't a 5-tuple", i);
        PyObject *action = PyTuple_GET_ITEM(row, 0);
        if (!PyUnicode_Check(action))
            return k_raise(PyExc_TypeError, "action must be a string, not '%.200s'", Py_TYPE(action)->tp_name);
        int fit = filter_fits(row, category, text, line, module);
        if (fit < 0)
            return NULL;
        if (fit) {
            *filter = K_MOVE(row);
            return Py_NewRef(action);
        }
    }
    return Py_XNewRef(default_action());
}

/* ---- registries ---- */

/* Whether key stands in the registry; mark: puts it there. */
static int was_warned(PyObject *registry, PyObject *key, int mark)
{
    PyObject *version = PyDict_GetItemWithError(registry, K_STR("version"));
    if (!version && PyErr_Occurred())
        return -1;
    if (!version || !PyLong_CheckExact(version) || PyLong_AsLong(version) != state.filters_version) {
        PyErr_Clear();
        PyDict_Clear(registry);
        K_AUTO(PyObject *) now = PyLong_FromLong(state.filters_version);
        if (!now || PyDict_SetItem(registry, K_STR("version"), now) < 0)
            return -1;
    } else {
        PyObject *warned = PyDict_GetItemWithError(registry, key);
        if (!warned && PyErr_Occurred())
            return -1;
        int truth = warned ? PyObject_IsTrue(warned) : 0;
        if (truth)
            return truth;
    }
    return mark ? PyDict_SetItem(registry, key, Py_True) : 0;
}

static int mark_text(PyObject *registry, PyObject *text, PyObject *category, int with_zero)
{
    K_AUTO(PyObject *) zero = PyLong_FromLong(0);
    K_AUTO(PyObject *) key = !zero       ? NULL
                             : with_zero ? PyTuple_Pack(3, text, category, zero)
                                         : PyTuple_Pack(2, text, category);
    return key ? was_warned(registry, key, 1) : -1;
}

/* ---- showing ---- */

static int show_bare_line(PyObject *file, PyObject *source_line)
{
    K_AUTO(PyObject *) stripped = PyObject_CallMethod(source_line, "lstrip", "s", " \t\f");
    if (!stripped)
        return -1;
    K_AUTO(PyObject *) text = PyUnicode_FromFormat("  %U\n", stripped);
    return text ? PyFile_WriteObject(text, file, Py_PRINT_RAW) : -1;
}

/* Without module warnings. Fails silently: there is nobody to tell. */
static void show_bare(PyObject *filename, int line, PyObject *text, PyObject *category, PyObject *source_line)
{
    K_AUTO(PyObject *) file = Py_XNewRef(PySys_GetObject("stderr"));
    if (!file || file == Py_None)
        return;
    K_AUTO(PyObject *) name = PyObject_GetAttr(category, K_STR("__name__"));
    K_AUTO(PyObject *) head = name ? PyUnicode_FromFormat("%U:%d: %U: %U\n", filename, line, name, text) : NULL;
    int status = head ? PyFile_WriteObject(head, file, Py_PRINT_RAW) : -1;
    if (status == 0)
        status = source_line ? show_bare_line(file, source_line)
                             : _Py_DisplaySourceLine(file, filename, line, 2, NULL, NULL);
    if (status < 0)
        PyErr_Clear();
}

static int show(const KWarning *w, PyObject *text, PyObject *message, PyObject *category, PyObject *line)
{
    K_AUTO(PyObject *) function = module_attribute(K_STR("_showwarnmsg"), w->source != NULL);
    if (!function) {
        if (PyErr_Occurred())
            return -1;
        show_bare(w->filename, w->line, text, category, w->source_line);
        return 0;
    }
    if (!PyCallable_Check(function)) {
        k_raise(PyExc_TypeError, "warnings._showwarnmsg() must be set to a callable");
        return -1;
    }
    K_AUTO(PyObject *) class = module_attribute(K_STR("WarningMessage"), 0);
    if (!class) {
        if (!PyErr_Occurred())
            k_raise(PyExc_RuntimeError, "unable to get warnings.WarningMessage");
        return -1;
    }
    K_AUTO(PyObject *) record = PyObject_CallFunctionObjArgs(class, message, category, w->filename, line, Py_None,
                                                             Py_None, w->source ? w->source : Py_None, NULL);
    K_AUTO(PyObject *) result = record ? PyObject_CallOneArg(function, record) : NULL;
    return result ? 0 : -1;
}

/* ---- deciding ---- */

static int is(PyObject *action, const char *name)
{
    return PyUnicode_CompareWithASCIIString(action, name) == 0;
}

static PyObject *module_of_file(PyObject *filename)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(filename);
    if (n == 0)
        return PyUnicode_FromString("<unknown>");
    K_AUTO(PyObject *) suffix = PyUnicode_FromString(".py");
    int is_py = suffix ? (int)PyUnicode_Tailmatch(filename, suffix, 0, n, 1) : -1;
    if (is_py < 0)
        return NULL;
    return is_py ? PyUnicode_Substring(filename, 0, n - 3) : Py_NewRef(filename);
}

/* 1: shown before; 0: to be shown; -1. Notes it in the registry the action names. */
static int note_action(PyObject *action, PyObject *filter, PyObject *registry, PyObject *key, PyObject *text,
                       PyObject *category)
{
    int has_registry = registry && registry != Py_None;
    if (is(action, "always"))
        return 0;
    if (has_registry && PyDict_SetItem(registry, key, Py_True) < 0)
        return -1;
    if (is(action, "once")) {
        PyObject *once = has_registry ? registry : once_registry();
        return once ? mark_text(once, text, category, 0) : -1;
    }
    if (is(action, "module"))
        return has_registry ? mark_text(registry, text, category, 1) : 0;
    if (is(action, "default"))
        return 0;
    k_raise(PyExc_RuntimeError, "Unrecognized action (%R) in warnings.filters:\n %R", action,
            filter ? filter : Py_None);
    return -1;
}

static int decide(const KWarning *w, PyObject *text, PyObject *message, PyObject *category, PyObject *module)
{
    K_AUTO(PyObject *) line = PyLong_FromLong(w->line);
    K_AUTO(PyObject *) key = line ? PyTuple_Pack(3, text, category, line) : NULL;
    if (!key)
        return -1;
    if (w->registry && w->registry != Py_None) {
        int warned = was_warned(w->registry, key, 0);
        if (warned)
            return warned < 0 ? -1 : 0;
    }
    K_AUTO(PyObject *) filter = NULL;
    K_AUTO(PyObject *) action = find_action(category, text, w->line, module, &filter);
    if (!action)
        return -1;
    if (is(action, "error")) {
        PyErr_SetObject(category, message);
        return -1;
    }
    if (is(action, "ignore"))
        return 0;
    int shown = note_action(action, filter, w->registry, key, text, category);
    if (shown)
        return shown < 0 ? -1 : 0;
    return show(w, text, message, category, line);
}

int k_warn_explicit(const KWarning *w)
{
    if (!k_warnings_state())
        return -1;
    if (w->module == Py_None)
        return 0;
    if (w->registry && w->registry != Py_None && !PyDict_Check(w->registry)) {
        k_raise(PyExc_TypeError, "'registry' must be a dict or None");
        return -1;
    }
    K_AUTO(PyObject *) module = w->module ? Py_NewRef(w->module) : module_of_file(w->filename);
    int is_warning = module ? PyObject_IsInstance(w->message, PyExc_Warning) : -1;
    if (is_warning < 0)
        return -1;
    K_AUTO(PyObject *) text = is_warning ? PyObject_Str(w->message) : Py_NewRef(w->message);
    K_AUTO(PyObject *) category = Py_NewRef(is_warning ? (PyObject *)Py_TYPE(w->message) : w->category);
    K_AUTO(PyObject *) message = is_warning ? Py_NewRef(w->message) : PyObject_CallOneArg(category, w->message);
    if (!text || !message)
        return -1;
    return decide(w, text, message, category, module);
}

/* ---- where the warning belongs ---- */

static int is_importlib(PyFrameObject *frame)
{
    PyObject *filename = frame->f_frame->f_code->co_filename;
    const char *name = PyUnicode_Check(filename) ? PyUnicode_AsUTF8(filename) : NULL;
    if (!name)
        PyErr_Clear();
    return name && strstr(name, "importlib") && strstr(name, "_bootstrap");
}

/* The frame stack_level - 1 calls out; NULL (no exception): there are not so many. A new reference. */
static PyFrameObject *frame_at_level(Py_ssize_t level)
{
    PyFrameObject *frame = PyThreadState_GetFrame(k_tstate());
    int count_all = level <= 0 || (frame && is_importlib(frame));
    while (--level > 0 && frame) {
        do {
            PyFrameObject *back = PyFrame_GetBack(frame);
            Py_DECREF(frame);
            frame = back;
        } while (frame && !count_all && is_importlib(frame));
    }
    return frame;
}

/* The dict __warningregistry__ of these globals: a new reference. */
static PyObject *registry_of(PyObject *globals)
{
    PyObject *registry = PyDict_GetItemWithError(globals, K_STR("__warningregistry__"));
    if (registry || PyErr_Occurred())
        return Py_XNewRef(registry);
    K_AUTO(PyObject *) made = PyDict_New();
    if (!made || PyDict_SetItem(globals, K_STR("__warningregistry__"), made) < 0)
        return NULL;
    return K_MOVE(made);
}

int k_warn(PyObject *category, PyObject *message, Py_ssize_t stack_level, PyObject *source)
{
    K_AUTO(PyFrameObject *) frame = frame_at_level(stack_level);
    if (!frame && PyErr_Occurred())
        return -1;
    K_AUTO(PyObject *) globals = Py_NewRef(frame ? frame->f_frame->f_globals : k_interp()->sysdict);
    K_AUTO(PyObject *) filename = Py_NewRef(frame ? frame->f_frame->f_code->co_filename : K_STR("sys"));
    K_AUTO(PyObject *) registry = registry_of(globals);
    if (!registry)
        return -1;
    PyObject *module = PyDict_GetItemWithError(globals, K_STR("__name__"));
    if (!module && PyErr_Occurred())
        return -1;
    K_AUTO(PyObject *) own_module =
        Py_NewRef(module && (module == Py_None || PyUnicode_Check(module)) ? module : K_STR("<string>"));
    int line = frame ? PyFrame_GetLineNumber(frame) : 1;
    return k_warn_explicit(&(KWarning){ .category = category, .message = message, .filename = filename, .line = line,
                                        .module = own_module, .registry = registry, .source = source });
}

/* ---- C API ---- */

static int warn_text(PyObject *category, PyObject *text, Py_ssize_t stack_level, PyObject *source)
{
    return text ? k_warn(category ? category : PyExc_RuntimeWarning, text, stack_level, source) : -1;
}

int PyErr_WarnEx(PyObject *category, const char *message, Py_ssize_t stack_level)
{
    K_AUTO(PyObject *) text = PyUnicode_FromString(message);
    return warn_text(category, text, stack_level, NULL);
}

int PyErr_WarnFormat(PyObject *category, Py_ssize_t stack_level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    K_AUTO(PyObject *) text = PyUnicode_FromFormatV(format, arguments);
    va_end(arguments);
    return warn_text(category, text, stack_level, NULL);
}

int PyErr_ResourceWarning(PyObject *source, Py_ssize_t stack_level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    K_AUTO(PyObject *) text = PyUnicode_FromFormatV(format, arguments);
    va_end(arguments);
    return warn_text(PyExc_ResourceWarning, text, stack_level, source);
}

int PyErr_WarnExplicitObject(PyObject *category, PyObject *message, PyObject *filename, int lineno, PyObject *module,
                             PyObject *registry)
{
    return k_warn_explicit(&(KWarning){ .category = category ? category : PyExc_RuntimeWarning, .message = message,
                                        .filename = filename, .line = lineno, .module = module,
                                        .registry = registry });
}

static int warn_at(PyObject *category, PyObject *message, const char *filename, int lineno, const char *module,
                   PyObject *registry)
{
    K_AUTO(PyObject *) file = message ? PyUnicode_DecodeFSDefault(filename) : NULL;
    K_AUTO(PyObject *) name = file && module ? PyUnicode_FromString(module) : NULL;
    if (!file || (module && !name))
        return -1;
    return PyErr_WarnExplicitObject(category, message, file, lineno, name, registry);
}

int PyErr_WarnExplicit(PyObject *category, const char *message, const char *filename, int lineno, const char *module,
                       PyObject *registry)
{
    K_AUTO(PyObject *) text = PyUnicode_FromString(message);
    return warn_at(category, text, filename, lineno, module, registry);
}

int PyErr_WarnExplicitFormat(PyObject *category, const char *filename, int lineno, const char *module,
                             PyObject *registry, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    K_AUTO(PyObject *) text = PyUnicode_FromFormatV(format, arguments);
    va_end(arguments);
    return warn_at(category, text, filename, lineno, module, registry);
}

void k_warn_unawaited_coroutine(PyObject *coroutine)
{
    K_AUTO(PyObject *) function = module_attribute(K_STR("_warn_unawaited_coroutine"), 1);
    K_AUTO(PyObject *) result = function ? PyObject_CallOneArg(function, coroutine) : NULL;
    int warned = result || PyErr_ExceptionMatches(PyExc_RuntimeWarning); /* as an exception, too */
    if (PyErr_Occurred())
        PyErr_WriteUnraisable(coroutine);
    if (!warned
        && PyErr_WarnFormat(PyExc_RuntimeWarning, 1, "coroutine '%S' was never awaited",
                            ((PyGenObject *)coroutine)->gi_qualname) < 0)
        PyErr_WriteUnraisable(coroutine);
}
