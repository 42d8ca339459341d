/* sys.c - PySys_*: attributes of sys, writing to its streams, and filling it from the configuration.
 *
 * sysdict is the dict of the module as start-up made it; it lives as long as the interpreter. */
#include "runtime/sys.h"

#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/config.h"
#include "runtime/errors.h"
#include "runtime/osutil.h"
#include "runtime/state.h"
#include "vm/eval.h"

/* The search for a name when there is no memory for a str of it: borrowed. */
static PyObject *without_key(PyObject *dict, const char *name)
{
    Py_ssize_t position = 0;
    PyObject *key, *value;
    while (PyDict_Next(dict, &position, &key, &value))
        if (PyUnicode_Check(key) && PyUnicode_CompareWithASCIIString(key, name) == 0)
            return value;
    return NULL;
}

PyObject *PySys_GetObject(const char *name)
{
    PyObject *dict = k_interp()->sysdict;
    if (!dict)
        return NULL;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    K_AUTO(PyObject *) key = PyUnicode_FromString(name);
    PyObject *found = key ? PyDict_GetItem(dict, key) : without_key(dict, name);
    PyErr_Restore(type, value, traceback);
    return found;
}

PyObject *_PySys_GetAttr(PyThreadState *tstate, PyObject *name)
{
    PyObject *dict = tstate->interp->sysdict;
    return dict ? PyDict_GetItemWithError(dict, name) : NULL;
}

int PySys_SetObject(const char *name, PyObject *value)
{
    PyObject *dict = k_interp()->sysdict;
    if (value)
        return PyDict_SetItemString(dict, name, value);
    K_AUTO(PyObject *) key = PyUnicode_FromString(name);
    if (!key)
        return -1;
    int has = PyDict_Contains(dict, key);
    return has > 0 ? PyDict_DelItem(dict, key) : has;
}

/* ---- writing ---- */

/* To the Python stream when it works, else to the C stream. The current exception is kept. */
static void write_text(const char *stream, FILE *fallback, const char *text)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *file = PySys_GetObject(stream);
    if (!file || file == Py_None || PyFile_WriteString(text, file) < 0) {
        PyErr_Clear();
        fputs(text, fallback);
    }
    PyErr_Restore(type, value, traceback);
}

static void K_PRINTF(3, 0) write_limited(const char *stream, FILE *fallback, const char *format, va_list va)
{
    char text[1001];
    int n = vsnprintf(text, sizeof text, format, va);
    write_text(stream, fallback, text);
    if (n < 0 || (size_t)n >= sizeof text)
        write_text(stream, fallback, "... truncated");
}

static void write_formatted(const char *stream, FILE *fallback, const char *format, va_list va)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *text = PyUnicode_FromFormatV(format, va);
    PyObject *file = PySys_GetObject(stream);
    if (text && (!file || file == Py_None || PyFile_WriteObject(text, file, Py_PRINT_RAW) < 0)) {
        PyErr_Clear();
        const char *utf8 = PyUnicode_AsUTF8(text);
        if (utf8)
            fputs(utf8, fallback);
    }
    PyErr_Clear();
    Py_XDECREF(text);
    PyErr_Restore(type, value, traceback);
}

#define WRITERS(Name, stream, fallback)                                                                                \
    void PySys_Write##Name(const char *format, ...)                                                                    \
    {                                                                                                                  \
        va_list va;                                                                                                    \
        va_start(va, format);                                                                                          \
        write_limited(stream, fallback, format, va);                                                                   \
        va_end(va);                                                                                                    \
    }                                                                                                                  \
    void PySys_Format##Name(const char *format, ...)                                                                   \
    {                                                                                                                  \
        va_list va;                                                                                                    \
        va_start(va, format);                                                                                          \
        write_formatted(stream, fallback, format, va);                                                                 \
        va_end(va);                                                                                                    \
    }
WRITERS(Stdout, "stdout", stdout)
WRITERS(Stderr, "stderr", stderr)

/* ---- lists from the configuration ---- */

static PyObject *wide_text(const wchar_t *text)
{
    return text ? PyUnicode_FromWideChar(text, -1) : Py_NewRef(Py_None);
}

static PyObject *wide_list(const PyWideStringList *list)
{
    K_AUTO(PyObject *) result = PyList_New(list->length);
    for (Py_ssize_t i = 0; result && i < list->length; i++) {
        PyObject *item = wide_text(list->items[i]);
        if (!item)
            return NULL;
        PyList_SET_ITEM(result, i, item);
    }
    return K_MOVE(result);
}

static PyObject *xoptions_dict(const PyWideStringList *list)
{
    K_AUTO(PyObject *) dict = PyDict_New();
    for (Py_ssize_t i = 0; dict && i < list->length; i++) {
        const wchar_t *option = list->items[i], *equals = wcschr(option, '=');
        K_AUTO(PyObject *) name = PyUnicode_FromWideChar(option, equals ? equals - option : -1);
        K_AUTO(PyObject *) value = equals ? PyUnicode_FromWideChar(equals + 1, -1) : Py_NewRef(Py_True);
        if (!name || !value || PyDict_SetItem(dict, name, value) < 0)
            return NULL;
    }
    return K_MOVE(dict);
}

static int set(const char *name, K_STOLEN PyObject *value)
{
    K_AUTO(PyObject *) owned = value;
    return owned ? PySys_SetObject(name, owned) : -1;
}

int sys_configure(const PyConfig *c)
{
    const struct {
        const char *name;
        const wchar_t *text;
    } texts[] = {
        { "executable", c->executable }, { "_base_executable", c->base_executable }, { "prefix", c->prefix },
        { "base_prefix", c->base_prefix }, { "exec_prefix", c->exec_prefix }, { "base_exec_prefix", c->base_exec_prefix },
        { "platlibdir", c->platlibdir }, { "pycache_prefix", c->pycache_prefix }, { "_stdlib_dir", c->stdlib_dir },
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (set(texts[i].name, wide_text(texts[i].text)) < 0)
            return -1;
    int failed = set("flags", sys_flags()) < 0 || set("path", wide_list(&c->module_search_paths)) < 0 ||
                 set("argv", wide_list(&c->argv)) < 0 || set("orig_argv", wide_list(&c->orig_argv)) < 0 ||
                 set("warnoptions", wide_list(&c->warnoptions)) < 0 || set("_xoptions", xoptions_dict(&c->xoptions)) < 0 ||
                 set("dont_write_bytecode", PyBool_FromLong(!c->write_bytecode)) < 0 ||
                 set("_home", Py_NewRef(Py_None)) < 0 || set("meta_path", PyList_New(0)) < 0 ||
                 set("path_importer_cache", PyDict_New()) < 0 || set("path_hooks", PyList_New(0)) < 0;
    return failed ? -1 : 0;
}

static PyObject *list_attribute(const char *name)
{
    PyObject *list = PySys_GetObject(name);
    if (list && PyList_Check(list))
        return list;
    return set(name, PyList_New(0)) < 0 ? NULL : PySys_GetObject(name);
}

void PySys_ResetWarnOptions(void)
{
    PyObject *list = PySys_GetObject("warnoptions");
    if (list && PyList_Check(list) && PyList_SetSlice(list, 0, PyList_GET_SIZE(list), NULL) < 0)
        PyErr_Clear();
}

void PySys_AddWarnOptionUnicode(PyObject *option)
{
    PyObject *list = list_attribute("warnoptions");
    if (!list || PyList_Append(list, option) < 0)
        PyErr_Clear();
}

void PySys_AddWarnOption(const wchar_t *option)
{
    K_AUTO(PyObject *) text = PyUnicode_FromWideChar(option, -1);
    if (text)
        PySys_AddWarnOptionUnicode(text);
}

int PySys_HasWarnOptions(void)
{
    PyObject *list = PySys_GetObject("warnoptions");
    return list && PyList_Check(list) && PyList_GET_SIZE(list) > 0;
}

PyObject *PySys_GetXOptions(void)
{
    return PySys_GetObject("_xoptions");
}

void PySys_AddXOption(const wchar_t *option)
{
    wchar_t *items[] = { (wchar_t *)option };
    K_AUTO(PyObject *) more = xoptions_dict(&(PyWideStringList){ 1, items });
    PyObject *dict = PySys_GetObject("_xoptions");
    if (!more || !dict || PyDict_Update(dict, more) < 0)
        PyErr_Clear();
}

/* ---- argv and path ---- */

void PySys_SetPath(const wchar_t *path)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    for (const wchar_t *from = path; list && from; ) {
        const wchar_t *colon = wcschr(from, ':');
        K_AUTO(PyObject *) item = PyUnicode_FromWideChar(from, colon ? colon - from : -1);
        if (!item || PyList_Append(list, item) < 0)
            Py_FatalError("can't create sys.path");
        from = colon ? colon + 1 : NULL;
    }
    if (!list || PySys_SetObject("path", list) < 0)
        Py_FatalError("can't assign sys.path");
}

void PySys_SetArgvEx(int argc, wchar_t **argv, int update_path)
{
    wchar_t *nothing[] = { (wchar_t *)L"" };
    PyWideStringList list = argc > 0 && argv ? (PyWideStringList){ argc, argv } : (PyWideStringList){ 1, nothing };
    if (set("argv", wide_list(&list)) < 0)
        Py_FatalError("can't assign sys.argv");
    if (!update_path)
        return;
    K_AUTO(PyObject *) first = sys_path0(&list);
    PyObject *path = PySys_GetObject("path");
    if (first && path && PyList_Check(path) && PyList_Insert(path, 0, first) < 0)
        Py_FatalError("can't prepend path0 to sys.path");
}

void PySys_SetArgv(int argc, wchar_t **argv)
{
    PySys_SetArgvEx(argc, argv, Py_IsolatedFlag == 0);
}
