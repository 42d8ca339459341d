/* config.c - PyConfig: creation, copying, reading the environment, and the API around it.
 *
 * In: the program's arguments and environment, or what an embedding program filled in.  Out: one PyConfig with nothing
 * left open. Fields of -1 or NULL are "not said". Start at PyConfig_Read(). */
#include "runtime/config.h"

#include "memory/mem.h"
#include "runtime/osutil.h"
#include "runtime/state.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>

static KSettings settings = { .utf8_mode_asked = -1, .int_max_str_digits = -1, .coerce_locale = 1 };
static PyConfig current; /* the running interpreter's */

KSettings *k_settings(void)
{
    return &settings;
}

const PyConfig *k_config(void)
{
    return &current;
}

const PyConfig *_Py_GetConfig(void)
{
    return &current;
}

const PyConfig *_PyInterpreterState_GetConfig(PyInterpreterState *interp K_UNUSED)
{
    return &current;
}

/* ---- PyStatus ---- */

PyStatus PyStatus_Ok(void)
{
    return (PyStatus){ ._type = K_STATUS_OK };
}

PyStatus PyStatus_Error(const char *message)
{
    return (PyStatus){ ._type = K_STATUS_ERROR, .err_msg = message };
}

PyStatus PyStatus_NoMemory(void)
{
    return PyStatus_Error("memory allocation failed");
}

PyStatus PyStatus_Exit(int exitcode)
{
    return (PyStatus){ ._type = K_STATUS_EXIT, .exitcode = exitcode };
}

int PyStatus_IsError(PyStatus status)
{
    return status._type == K_STATUS_ERROR;
}

int PyStatus_IsExit(PyStatus status)
{
    return status._type == K_STATUS_EXIT;
}

int PyStatus_Exception(PyStatus status)
{
    return status._type != K_STATUS_OK;
}

/* ---- lists and strings ---- */

PyStatus PyWideStringList_Insert(PyWideStringList *list, Py_ssize_t index, const wchar_t *item)
{
    if (index < 0)
        return PyStatus_Error("PyWideStringList_Insert index must be >= 0");
    if (index > list->length)
        index = list->length;
    wchar_t *copy = _PyMem_RawWcsdup(item);
    wchar_t **items = copy ? PyMem_RawRealloc(list->items, (size_t)(list->length + 1) * sizeof *items) : NULL;
    if (!items) {
        PyMem_RawFree(copy);
        return PyStatus_NoMemory();
    }
    memmove(items + index + 1, items + index, (size_t)(list->length - index) * sizeof *items);
    items[index] = copy;
    list->items = items;
    list->length++;
    return PyStatus_Ok();
}

PyStatus PyWideStringList_Append(PyWideStringList *list, const wchar_t *item)
{
    return PyWideStringList_Insert(list, list->length, item);
}

static void list_clear(PyWideStringList *list)
{
    for (Py_ssize_t i = 0; i < list->length; i++)
        PyMem_RawFree(list->items[i]);
    PyMem_RawFree(list->items);
    *list = (PyWideStringList){ 0 };
}

PyStatus PyConfig_SetWideStringList(PyConfig *config K_UNUSED, PyWideStringList *list, Py_ssize_t length, wchar_t **items)
{
    PyWideStringList fresh = { 0 };
    for (Py_ssize_t i = 0; i < length; i++) {
        PyStatus status = PyWideStringList_Append(&fresh, items[i]);
        if (PyStatus_Exception(status)) {
            list_clear(&fresh);
            return status;
        }
    }
    list_clear(list);
    *list = fresh;
    return PyStatus_Ok();
}

PyStatus PyConfig_SetString(PyConfig *config K_UNUSED, wchar_t **slot, const wchar_t *text)
{
    wchar_t *copy = text ? _PyMem_RawWcsdup(text) : NULL;
    if (text && !copy)
        return PyStatus_NoMemory();
    PyMem_RawFree(*slot);
    *slot = copy;
    return PyStatus_Ok();
}

PyStatus PyConfig_SetBytesString(PyConfig *config K_UNUSED, wchar_t **slot, const char *text)
{
    wchar_t *wide = text ? Py_DecodeLocale(text, NULL) : NULL;
    if (text && !wide)
        return PyStatus_NoMemory();
    PyMem_RawFree(*slot);
    *slot = wide;
    return PyStatus_Ok();
}

PyStatus PyConfig_SetArgv(PyConfig *config, Py_ssize_t argc, wchar_t *const *argv)
{
    return PyConfig_SetWideStringList(config, &config->argv, argc, (wchar_t **)argv);
}

PyStatus PyConfig_SetBytesArgv(PyConfig *config, Py_ssize_t argc, char *const *argv)
{
    PyWideStringList fresh = { 0 };
    locale_configure(config);
    for (Py_ssize_t i = 0; i < argc; i++) {
        wchar_t *wide = Py_DecodeLocale(argv[i], NULL);
        PyStatus status = wide ? PyWideStringList_Append(&fresh, wide) : PyStatus_NoMemory();
        PyMem_RawFree(wide);
        if (PyStatus_Exception(status)) {
            list_clear(&fresh);
            return status;
        }
    }
    list_clear(&config->argv);
    config->argv = fresh;
    return PyStatus_Ok();
}

/* ---- the fields that own memory ---- */

static wchar_t **const *string_slots(PyConfig *c)
{
    static _Thread_local wchar_t **slots[32];
    wchar_t **const all[] = {
        &c->dump_refs_file, &c->filesystem_encoding, &c->filesystem_errors, &c->pycache_prefix, &c->stdio_encoding,
        &c->stdio_errors, &c->check_hash_pycs_mode, &c->program_name, &c->pythonpath_env, &c->home, &c->platlibdir,
        &c->stdlib_dir, &c->executable, &c->base_executable, &c->prefix, &c->base_prefix, &c->exec_prefix,
        &c->base_exec_prefix, &c->run_command, &c->run_module, &c->run_filename, NULL
    };
    memcpy(slots, all, sizeof all);
    return slots;
}

static PyWideStringList *const *list_slots(PyConfig *c)
{
    static _Thread_local PyWideStringList *slots[6];
    PyWideStringList *const all[] = { &c->orig_argv, &c->argv, &c->xoptions, &c->warnoptions, &c->module_search_paths, NULL };
    memcpy(slots, all, sizeof all);
    return slots;
}

void PyConfig_Clear(PyConfig *config)
{
    for (wchar_t **const *slot = string_slots(config); *slot; slot++) {
        PyMem_RawFree(**slot);
        **slot = NULL;
    }
    for (PyWideStringList *const *list = list_slots(config); *list; list++)
        list_clear(*list);
}

PyStatus config_copy(PyConfig *to, const PyConfig *from)
{
    PyConfig copy = *from;
    for (wchar_t **const *slot = string_slots(&copy); *slot; slot++) {
        **slot = **slot ? _PyMem_RawWcsdup(**slot) : NULL;
    }
    for (PyWideStringList *const *list = list_slots(&copy); *list; list++) {
        PyWideStringList source = **list;
        **list = (PyWideStringList){ 0 };
        PyStatus status = PyConfig_SetWideStringList(&copy, *list, source.length, source.items);
        if (PyStatus_Exception(status))
            return status;
    }
    PyConfig_Clear(to);
    *to = copy;
    return PyStatus_Ok();
}

int _PyInterpreterState_GetConfigCopy(PyConfig *config)
{
    return PyStatus_Exception(config_copy(config, &current)) ? -1 : 0;
}

int _PyInterpreterState_SetConfig(const PyConfig *config)
{
    return PyStatus_Exception(config_copy(&current, config)) ? -1 : 0;
}

/* ---- beginnings ---- */

static void init_unsaid(PyConfig *config, KConfigKind kind)
{
    *config = (PyConfig){
        ._config_init = kind, .isolated = -1, .use_environment = -1, .dev_mode = -1, .install_signal_handlers = 1,
        .use_hash_seed = -1, .faulthandler = -1, .tracemalloc = -1, .code_debug_ranges = 1, .parse_argv = 0,
        .site_import = -1, .bytes_warning = -1, .inspect = -1, .interactive = -1, .optimization_level = -1,
        .parser_debug = -1, .write_bytecode = -1, .verbose = -1, .quiet = -1, .user_site_directory = -1,
        .buffered_stdio = -1, .safe_path = 0, .pathconfig_warnings = -1, .use_frozen_modules = 1,
        ._install_importlib = 1, ._init_main = 1,
    };
}

void PyConfig_InitPythonConfig(PyConfig *config)
{
    init_unsaid(config, K_CONFIG_PYTHON);
    config->configure_c_stdio = 1;
    config->parse_argv = 1;
}

void PyConfig_InitIsolatedConfig(PyConfig *config)
{
    init_unsaid(config, K_CONFIG_ISOLATED);
    config->isolated = 1;
    config->use_environment = 0;
    config->user_site_directory = 0;
    config->dev_mode = 0;
    config->install_signal_handlers = 0;
    config->use_hash_seed = 0;
    config->faulthandler = config->tracemalloc = 0;
    config->safe_path = 1;
    config->pathconfig_warnings = 0;
}

void PyPreConfig_InitPythonConfig(PyPreConfig *config)
{
    *config = (PyPreConfig){ ._config_init = K_CONFIG_PYTHON, .parse_argv = 1, .isolated = -1, .use_environment = 1,
                             .configure_locale = 1, .coerce_c_locale = -1, .coerce_c_locale_warn = -1, .utf8_mode = -1,
                             .dev_mode = -1 };
}

void PyPreConfig_InitIsolatedConfig(PyPreConfig *config)
{
    *config = (PyPreConfig){ ._config_init = K_CONFIG_ISOLATED, .isolated = 1 };
}

PyStatus Py_PreInitialize(const PyPreConfig *config)
{
    if (config->utf8_mode >= 0)
        settings.utf8_mode_asked = config->utf8_mode;
    PyConfig from = { .use_environment = config->use_environment };
    if (config->configure_locale)
        locale_configure(&from);
    return PyStatus_Ok();
}

PyStatus Py_PreInitializeFromBytesArgs(const PyPreConfig *config, Py_ssize_t argc K_UNUSED, char **argv K_UNUSED)
{
    return Py_PreInitialize(config);
}

PyStatus Py_PreInitializeFromArgs(const PyPreConfig *config, Py_ssize_t argc K_UNUSED, wchar_t **argv K_UNUSED)
{
    return Py_PreInitialize(config);
}

/* ---- the environment ---- */

const char *config_env(const PyConfig *config, const char *name)
{
    if (!config->use_environment)
        return NULL;
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* A switch that may be a number: 1 for other text, never below what is there. */
static void env_flag(const PyConfig *config, int *flag, const char *name)
{
    const char *text = config_env(config, name);
    if (!text)
        return;
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (*end || errno || value < 0 || value > INT_MAX)
        value = 1;
    if (*flag < value)
        *flag = (int)value;
}

static PyStatus read_hash_seed(PyConfig *config)
{
    const char *text = config_env(config, "PYTHONHASHSEED");
    config->use_hash_seed = 0;
    config->hash_seed = 0;
    if (!text || strcmp(text, "random") == 0)
        return PyStatus_Ok();
    char *end;
    errno = 0;
    unsigned long seed = strtoul(text, &end, 10);
    if (*end || seed > 4294967295UL || (errno == ERANGE && seed == ULONG_MAX))
        return PyStatus_Error("PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]");
    config->use_hash_seed = 1;
    config->hash_seed = seed;
    return PyStatus_Ok();
}

static PyStatus read_max_str_digits(PyConfig *config)
{
    wchar_t *option = config_xoption(config, L"int_max_str_digits");
    const char *text = config_env(config, "PYTHONINTMAXSTRDIGITS");
    long value = -1;
    if (text) {
        char *end;
        value = strtol(text, &end, 10);
        if (*end || (value && value < 640) || value < 0)
            return PyStatus_Error("PYTHONINTMAXSTRDIGITS: invalid limit; must be >= 640 or 0 for unlimited.");
    }
    if (option) {
        wchar_t *end = option;
        value = *option ? wcstol(option + 1, &end, 10) : -1;
        if (*end || !*option || (value && value < 640) || value < 0)
            return PyStatus_Error("-X int_max_str_digits: invalid limit; must be >= 640 or 0 for unlimited.");
    }
    settings.int_max_str_digits = (int)value;
    return PyStatus_Ok();
}

static PyStatus set_from_env(PyConfig *config, wchar_t **slot, const char *name)
{
    const char *text = *slot ? NULL : config_env(config, name);
    return text ? PyConfig_SetBytesString(config, slot, text) : PyStatus_Ok();
}

static PyStatus read_stdio_encoding(PyConfig *config)
{
    const char *text = config_env(config, "PYTHONIOENCODING");
    if (!text)
        return PyStatus_Ok();
    char copy[256];
    snprintf(copy, sizeof copy, "%s", text);
    char *errors = strchr(copy, ':');
    if (errors)
        *errors++ = 0;
    PyStatus status = PyStatus_Ok();
    if (*copy && !config->stdio_encoding)
        status = PyConfig_SetBytesString(config, &config->stdio_encoding, copy);
    if (!PyStatus_Exception(status) && !config->stdio_errors) {
        if (errors && *errors)
            status = PyConfig_SetBytesString(config, &config->stdio_errors, errors);
        else if (*copy)
            status = PyConfig_SetString(config, &config->stdio_errors, L"strict");
    }
    return status;
}

/* An -X option that takes no value or one: 1 when given, -1 when not; the environment may give it too. */
static int switch_asked(const PyConfig *config, const wchar_t *option, const char *env)
{
    return config_xoption(config, option) || (env && config_env(config, env));
}

PyStatus config_read_environment(PyConfig *config)
{
    env_flag(config, &config->parser_debug, "PYTHONDEBUG");
    env_flag(config, &config->verbose, "PYTHONVERBOSE");
    env_flag(config, &config->optimization_level, "PYTHONOPTIMIZE");
    env_flag(config, &config->inspect, "PYTHONINSPECT");
    int no_bytecode = 0, no_user_site = 0, unbuffered = 0, safe_path = 0;
    env_flag(config, &no_bytecode, "PYTHONDONTWRITEBYTECODE");
    env_flag(config, &no_user_site, "PYTHONNOUSERSITE");
    env_flag(config, &unbuffered, "PYTHONUNBUFFERED");
    env_flag(config, &safe_path, "PYTHONSAFEPATH");
    if (no_bytecode)
        config->write_bytecode = 0;
    if (no_user_site)
        config->user_site_directory = 0;
    if (unbuffered)
        config->buffered_stdio = 0;
    if (safe_path)
        config->safe_path = 1;
    if (switch_asked(config, L"dev", "PYTHONDEVMODE"))
        config->dev_mode = 1;
    if (switch_asked(config, L"faulthandler", "PYTHONFAULTHANDLER") || config->dev_mode == 1)
        config->faulthandler = 1;
    if (switch_asked(config, L"importtime", "PYTHONPROFILEIMPORTTIME"))
        config->import_time = 1;
    if (switch_asked(config, L"no_debug_ranges", "PYTHONNODEBUGRANGES"))
        config->code_debug_ranges = 0;
    if (switch_asked(config, L"warn_default_encoding", "PYTHONWARNDEFAULTENCODING"))
        config->warn_default_encoding = 1;
    wchar_t *prefix = config_xoption(config, L"pycache_prefix");
    PyStatus status = PyStatus_Ok();
    if (prefix && *prefix == '=' && prefix[1])
        status = PyConfig_SetString(config, &config->pycache_prefix, prefix + 1);
    else if (!prefix)
        status = set_from_env(config, &config->pycache_prefix, "PYTHONPYCACHEPREFIX");
    if (!PyStatus_Exception(status))
        status = read_stdio_encoding(config);
    if (!PyStatus_Exception(status))
        status = set_from_env(config, &config->pythonpath_env, "PYTHONPATH");
    if (!PyStatus_Exception(status))
        status = set_from_env(config, &config->home, "PYTHONHOME");
    if (!PyStatus_Exception(status))
        status = set_from_env(config, &config->platlibdir, "PYTHONPLATLIBDIR");
    if (!PyStatus_Exception(status) && config->use_hash_seed < 0)
        status = read_hash_seed(config);
    if (!PyStatus_Exception(status))
        status = read_max_str_digits(config);
    return status;
}

/* dev mode, PYTHONWARNINGS, -W, -b: in this order, so that the later win. */
static PyStatus complete_warnoptions(PyConfig *config)
{
    PyWideStringList all = { 0 };
    PyStatus status = PyStatus_Ok();
    if (config->dev_mode)
        status = PyWideStringList_Append(&all, L"default");
    const char *text = config_env(config, "PYTHONWARNINGS");
    wchar_t *wide = text ? Py_DecodeLocale(text, NULL) : NULL;
    wchar_t *rest, *item = wide ? wcstok(wide, L",", &rest) : NULL;
    for (; item && !PyStatus_Exception(status); item = wcstok(NULL, L",", &rest))
        status = PyWideStringList_Append(&all, item);
    PyMem_RawFree(wide);
    for (Py_ssize_t i = 0; i < config->warnoptions.length && !PyStatus_Exception(status); i++)
        status = PyWideStringList_Append(&all, config->warnoptions.items[i]);
    if (config->bytes_warning && !PyStatus_Exception(status))
        status = PyWideStringList_Append(&all, config->bytes_warning > 1 ? L"error::BytesWarning" : L"default::BytesWarning");
    list_clear(&config->warnoptions);
    config->warnoptions = all;
    return status;
}

static void complete_numbers(PyConfig *config)
{
    static const struct {
        size_t offset;
        int value;
    } defaults[] = {
        { offsetof(PyConfig, isolated), 0 }, { offsetof(PyConfig, use_environment), 1 }, { offsetof(PyConfig, dev_mode), 0 },
        { offsetof(PyConfig, faulthandler), 0 }, { offsetof(PyConfig, tracemalloc), 0 },
        { offsetof(PyConfig, site_import), 1 },
        { offsetof(PyConfig, bytes_warning), 0 }, { offsetof(PyConfig, inspect), 0 },
        { offsetof(PyConfig, interactive), 0 }, { offsetof(PyConfig, optimization_level), 0 },
        { offsetof(PyConfig, parser_debug), 0 }, { offsetof(PyConfig, write_bytecode), 1 },
        { offsetof(PyConfig, verbose), 0 }, { offsetof(PyConfig, quiet), 0 },
        { offsetof(PyConfig, user_site_directory), 1 }, { offsetof(PyConfig, buffered_stdio), 1 },
        { offsetof(PyConfig, pathconfig_warnings), 1 },
    };
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++) {
        int *field = (int *)((char *)config + defaults[i].offset);
        if (*field < 0)
            *field = defaults[i].value;
    }
}

/* What an embedding program said by the old global flags. */
static void take_global_flags(PyConfig *config)
{
    const struct {
        int *field;
        int value;
    } rows[] = {
        { &config->isolated, Py_IsolatedFlag }, { &config->use_environment, !Py_IgnoreEnvironmentFlag },
        { &config->site_import, !Py_NoSiteFlag }, { &config->bytes_warning, Py_BytesWarningFlag },
        { &config->inspect, Py_InspectFlag }, { &config->interactive, Py_InteractiveFlag },
        { &config->optimization_level, Py_OptimizeFlag }, { &config->parser_debug, Py_DebugFlag },
        { &config->write_bytecode, !Py_DontWriteBytecodeFlag }, { &config->verbose, Py_VerboseFlag },
        { &config->quiet, Py_QuietFlag }, { &config->user_site_directory, !Py_NoUserSiteDirectory },
        { &config->buffered_stdio, !Py_UnbufferedStdioFlag },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (*rows[i].field < 0)
            *rows[i].field = rows[i].value;
}

static PyStatus default_string(PyConfig *config, wchar_t **slot, const wchar_t *text)
{
    return *slot ? PyStatus_Ok() : PyConfig_SetString(config, slot, text);
}

static PyStatus complete_stdio(PyConfig *config)
{
    const char *locale = setlocale(LC_CTYPE, NULL);
    int plain = settings.utf8_mode || !locale || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0 ||
                strcmp(locale, "C.UTF-8") == 0 || strcmp(locale, "C.utf8") == 0 || strcmp(locale, "UTF-8") == 0;
    PyStatus status = PyStatus_Ok();
    if (!config->stdio_encoding) {
        const char *charset = settings.utf8_mode ? "utf-8" : nl_langinfo(CODESET);
        status = PyConfig_SetBytesString(config, &config->stdio_encoding, strcmp(charset, "UTF-8") == 0 ? "utf-8" : charset);
    }
    if (!PyStatus_Exception(status))
        status = default_string(config, &config->stdio_errors, plain ? L"surrogateescape" : L"strict");
    if (!PyStatus_Exception(status)) {
        int wide = settings.utf8_mode || strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
        status = config->filesystem_encoding ? status
               : wide ? PyConfig_SetString(config, &config->filesystem_encoding, L"utf-8")
                      : PyConfig_SetBytesString(config, &config->filesystem_encoding, nl_langinfo(CODESET));
    }
    if (!PyStatus_Exception(status))
        status = default_string(config, &config->filesystem_errors, L"surrogateescape");
    return status;
}

PyStatus PyConfig_Read(PyConfig *config)
{
    if (!config->orig_argv.length) {
        PyStatus status = PyConfig_SetWideStringList(config, &config->orig_argv, config->argv.length, config->argv.items);
        if (PyStatus_Exception(status))
            return status;
    }
    PyStatus status = config->parse_argv == 1 ? config_read_arguments(config) : PyStatus_Ok();
    if (PyStatus_Exception(status))
        return status;
    if (config->isolated > 0) {
        config->use_environment = 0;
        config->user_site_directory = 0;
        config->safe_path = 1;
    }
    take_global_flags(config);
    complete_numbers(config);
    locale_configure(config);
    status = config_read_environment(config);
    if (!PyStatus_Exception(status))
        status = complete_warnoptions(config);
    if (!PyStatus_Exception(status))
        status = complete_stdio(config);
    if (!PyStatus_Exception(status))
        status = default_string(config, &config->check_hash_pycs_mode, L"default");
    if (!PyStatus_Exception(status) && config->argv.length < 1)
        status = PyWideStringList_Append(&config->argv, L"");
    if (!PyStatus_Exception(status))
        status = config_find_paths(config);
    config->parse_argv = config->parse_argv == 1 ? 2 : config->parse_argv;
    return status;
}

wchar_t *config_xoption(const PyConfig *config, const wchar_t *name)
{
    size_t length = wcslen(name);
    for (Py_ssize_t i = config->xoptions.length - 1; i >= 0; i--) {
        wchar_t *option = config->xoptions.items[i];
        if (wcsncmp(option, name, length) == 0 && (!option[length] || option[length] == '='))
            return option + length;
    }
    return NULL;
}

/* ---- the old global flags ---- */

int Py_DebugFlag, Py_VerboseFlag, Py_QuietFlag, Py_InteractiveFlag, Py_InspectFlag, Py_OptimizeFlag, Py_NoSiteFlag,
    Py_BytesWarningFlag, Py_FrozenFlag, Py_IgnoreEnvironmentFlag, Py_DontWriteBytecodeFlag, Py_NoUserSiteDirectory,
    Py_UnbufferedStdioFlag, Py_HashRandomizationFlag, Py_IsolatedFlag;

void config_set_global_flags(const PyConfig *config)
{
    Py_DebugFlag = config->parser_debug;
    Py_VerboseFlag = config->verbose;
    Py_QuietFlag = config->quiet;
    Py_InteractiveFlag = config->interactive;
    Py_InspectFlag = config->inspect;
    Py_OptimizeFlag = config->optimization_level;
    Py_NoSiteFlag = !config->site_import;
    Py_BytesWarningFlag = config->bytes_warning;
    Py_IgnoreEnvironmentFlag = !config->use_environment;
    Py_DontWriteBytecodeFlag = !config->write_bytecode;
    Py_NoUserSiteDirectory = !config->user_site_directory;
    Py_UnbufferedStdioFlag = !config->buffered_stdio;
    Py_HashRandomizationFlag = !config->use_hash_seed || config->hash_seed;
    Py_IsolatedFlag = config->isolated;
}
