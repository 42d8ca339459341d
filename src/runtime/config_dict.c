/* config_dict.c - the configuration as a dict and back, for tools that look at it or replace it whole.
 *
 * In: a PyConfig, or a dict with a value for each of its fields.  Out: the other one. The table `fields` says what there
 * is, in the dict's order. Start at _PyConfig_AsDict(). */
#include "memory/mem.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "runtime/config.h"
#include "runtime/errors.h"
#include "runtime/osutil.h"
#include "runtime/state.h"

#include <wchar.h>

typedef enum { FIELD_INT, FIELD_ULONG, FIELD_TEXT, FIELD_LIST } FieldKind;
typedef struct Field {
    const char *name;
    FieldKind kind;
    size_t offset;
} Field;

#define I(name) { #name, FIELD_INT, offsetof(PyConfig, name) }
#define U(name) { #name, FIELD_ULONG, offsetof(PyConfig, name) }
#define T(name) { #name, FIELD_TEXT, offsetof(PyConfig, name) }
#define L(name) { #name, FIELD_LIST, offsetof(PyConfig, name) }
static const Field fields[] = {
    I(_config_init), I(isolated), I(use_environment), I(dev_mode), I(install_signal_handlers), I(use_hash_seed),
    U(hash_seed), I(faulthandler), I(tracemalloc), I(import_time), I(code_debug_ranges), I(show_ref_count),
    I(dump_refs), I(malloc_stats), T(filesystem_encoding), T(filesystem_errors), T(pycache_prefix), T(program_name),
    I(parse_argv), L(argv), L(xoptions), L(warnoptions), T(pythonpath_env), T(home), I(module_search_paths_set),
    L(module_search_paths), T(stdlib_dir), T(executable), T(base_executable), T(prefix), T(base_prefix), T(exec_prefix),
    T(base_exec_prefix), T(platlibdir), I(site_import), I(bytes_warning), I(warn_default_encoding), I(inspect),
    I(interactive), I(optimization_level), I(parser_debug), I(write_bytecode), I(verbose), I(quiet),
    I(user_site_directory), I(configure_c_stdio), I(buffered_stdio), T(stdio_encoding), T(stdio_errors),
    I(skip_source_first_line), T(run_command), T(run_module), T(run_filename), I(_install_importlib),
    T(check_hash_pycs_mode), I(pathconfig_warnings), I(_init_main), I(_isolated_interpreter), L(orig_argv),
    I(use_frozen_modules), I(safe_path), I(_is_python_build), { NULL, FIELD_INT, 0 },
};
#undef I
#undef U
#undef T
#undef L

static PyObject *text_object(const wchar_t *text)
{
    return text ? PyUnicode_FromWideChar(text, -1) : Py_NewRef(Py_None);
}

static PyObject *list_object(const PyWideStringList *texts)
{
    K_AUTO(PyObject *) list = PyList_New(texts->length);
    for (Py_ssize_t i = 0; list && i < texts->length; i++) {
        PyObject *text = text_object(texts->items[i]);
        if (!text)
            return NULL;
        PyList_SET_ITEM(list, i, text);
    }
    return K_MOVE(list);
}

static PyObject *field_object(const PyConfig *config, const Field *field)
{
    const void *place = (const char *)config + field->offset;
    switch (field->kind) {
    case FIELD_INT:   return PyLong_FromLong(*(const int *)place);
    case FIELD_ULONG: return PyLong_FromUnsignedLong(*(const unsigned long *)place);
    case FIELD_TEXT:  return text_object(*(wchar_t *const *)place);
    case FIELD_LIST:  return list_object(place);
    }
    Py_UNREACHABLE();
}

PyObject *_PyConfig_AsDict(const PyConfig *config)
{
    K_AUTO(PyObject *) dict = PyDict_New();
    for (const Field *field = fields; dict && field->name; field++) {
        K_AUTO(PyObject *) value = field_object(config, field);
        if (!value || PyDict_SetItemString(dict, field->name, value) < 0)
            return NULL;
    }
    return K_MOVE(dict);
}

/* ---- the way back ---- */

static int take_status(PyStatus status)
{
    if (!PyStatus_Exception(status))
        return 0;
    PyErr_NoMemory();
    return -1;
}

static int wrong_type(const Field *field)
{
    PyErr_Format(PyExc_TypeError, "invalid config type: %s", field->name);
    return -1;
}

static int take_text(PyConfig *config, wchar_t **place, PyObject *value, const Field *field)
{
    if (value == Py_None)
        return take_status(PyConfig_SetString(config, place, NULL));
    if (!PyUnicode_Check(value))
        return wrong_type(field);
    wchar_t *text = PyUnicode_AsWideCharString(value, NULL);
    if (!text)
        return -1;
    int status = take_status(PyConfig_SetString(config, place, text));
    PyMem_Free(text);
    return status;
}

static int take_list(PyConfig *config, PyWideStringList *place, PyObject *value, const Field *field)
{
    if (!PyList_Check(value))
        return wrong_type(field);
    if (take_status(PyConfig_SetWideStringList(config, place, 0, NULL)) < 0)
        return -1;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(value); i++) {
        PyObject *item = PyList_GET_ITEM(value, i);
        if (!PyUnicode_Check(item))
            return wrong_type(field);
        wchar_t *text = PyUnicode_AsWideCharString(item, NULL);
        if (!text)
            return -1;
        int status = take_status(PyWideStringList_Append(place, text));
        PyMem_Free(text);
        if (status < 0)
            return -1;
    }
    return 0;
}

static int take_number(void *place, PyObject *value, const Field *field)
{
    if (!PyLong_Check(value))
        return wrong_type(field);
    if (field->kind == FIELD_ULONG)
        *(unsigned long *)place = PyLong_AsUnsignedLong(value);
    else
        *(int *)place = _PyLong_AsInt(value);
    return PyErr_Occurred() ? -1 : 0;
}

int _PyConfig_FromDict(PyConfig *config, PyObject *dict)
{
    if (!PyDict_Check(dict)) {
        PyErr_SetString(PyExc_TypeError, "dict expected");
        return -1;
    }
    for (const Field *field = fields; field->name; field++) {
        K_AUTO(PyObject *) value = Py_XNewRef(PyDict_GetItemString(dict, field->name));
        if (!value) {
            PyErr_Format(PyExc_ValueError, "missing config key: %s", field->name);
            return -1;
        }
        void *place = (char *)config + field->offset;
        int status = field->kind == FIELD_TEXT   ? take_text(config, place, value, field)
                     : field->kind == FIELD_LIST ? take_list(config, place, value, field)
                                                 : take_number(place, value, field);
        if (status < 0)
            return -1;
    }
    return 0;
}

/* ---- everything that was configured ---- */

typedef struct Number {
    const char *name;
    int value;
} Number;

static int add_numbers(PyObject *dict, const Number *numbers)
{
    for (; numbers->name; numbers++) {
        K_AUTO(PyObject *) value = PyLong_FromLong(numbers->value);
        if (!value || PyDict_SetItemString(dict, numbers->name, value) < 0)
            return -1;
    }
    return 0;
}

static int add_text(PyObject *dict, const char *name, const char *text)
{
    K_AUTO(PyObject *) value = text ? PyUnicode_FromString(text) : Py_NewRef(Py_None);
    return value ? PyDict_SetItemString(dict, name, value) : -1;
}

static PyObject *global_flags(void)
{
    const Number numbers[] = {
        { "Py_HasFileSystemDefaultEncoding", Py_HasFileSystemDefaultEncoding },
        { "_Py_HasFileSystemDefaultEncodeErrors", _Py_HasFileSystemDefaultEncodeErrors },
        { "Py_UTF8Mode", Py_UTF8Mode }, { "Py_DebugFlag", Py_DebugFlag }, { "Py_VerboseFlag", Py_VerboseFlag },
        { "Py_QuietFlag", Py_QuietFlag }, { "Py_InteractiveFlag", Py_InteractiveFlag },
        { "Py_InspectFlag", Py_InspectFlag }, { "Py_OptimizeFlag", Py_OptimizeFlag }, { "Py_NoSiteFlag", Py_NoSiteFlag },
        { "Py_BytesWarningFlag", Py_BytesWarningFlag }, { "Py_FrozenFlag", Py_FrozenFlag },
        { "Py_IgnoreEnvironmentFlag", Py_IgnoreEnvironmentFlag },
        { "Py_DontWriteBytecodeFlag", Py_DontWriteBytecodeFlag }, { "Py_NoUserSiteDirectory", Py_NoUserSiteDirectory },
        { "Py_UnbufferedStdioFlag", Py_UnbufferedStdioFlag },
        { "Py_HashRandomizationFlag", Py_HashRandomizationFlag }, { "Py_IsolatedFlag", Py_IsolatedFlag }, { NULL, 0 },
    };
    K_AUTO(PyObject *) dict = PyDict_New();
    if (!dict || add_text(dict, "Py_FileSystemDefaultEncoding", Py_FileSystemDefaultEncoding) < 0 ||
        add_text(dict, "Py_FileSystemDefaultEncodeErrors", Py_FileSystemDefaultEncodeErrors) < 0 ||
        add_numbers(dict, numbers) < 0)
        return NULL;
    return K_MOVE(dict);
}

static PyObject *before_config(const PyConfig *config)
{
    const KSettings *chosen = k_settings();
    const Number numbers[] = {
        { "_config_init", config->_config_init }, { "parse_argv", config->parse_argv != 0 },
        { "isolated", config->isolated }, { "use_environment", config->use_environment },
        { "configure_locale", config->_config_init != K_CONFIG_ISOLATED }, { "coerce_c_locale", chosen->coerce_locale },
        { "coerce_c_locale_warn", chosen->coerce_warn }, { "utf8_mode", chosen->utf8_mode },
        { "dev_mode", config->dev_mode }, { "allocator", 0 }, { NULL, 0 },
    };
    K_AUTO(PyObject *) dict = PyDict_New();
    return dict && add_numbers(dict, numbers) == 0 ? K_MOVE(dict) : NULL;
}

PyObject *_Py_GetConfigsAsDict(void)
{
    const PyConfig *config = _Py_GetConfig();
    K_AUTO(PyObject *) dict = PyDict_New();
    K_AUTO(PyObject *) flags = global_flags();
    K_AUTO(PyObject *) before = before_config(config);
    K_AUTO(PyObject *) main = _PyConfig_AsDict(config);
    if (!dict || !flags || !before || !main || PyDict_SetItemString(dict, "global_config", flags) < 0 ||
        PyDict_SetItemString(dict, "pre_config", before) < 0 || PyDict_SetItemString(dict, "config", main) < 0)
        return NULL;
    return K_MOVE(dict);
}

/* The search path is worked out in C: there is no code object to give. */
PyObject *_Py_Get_Getpath_CodeObject(void)
{
    return k_raise(PyExc_NotImplementedError, "the search path is not worked out by Python code");
}
