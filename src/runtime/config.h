/* config.h - the configuration: PyPreConfig and PyConfig (layouts of CPython), and what was chosen. */
#ifndef KAA_RUNTIME_CONFIG_H
#define KAA_RUNTIME_CONFIG_H

#include "runtime/start.h"

struct PyPreConfig {
    int _config_init, parse_argv, isolated, use_environment, configure_locale, coerce_c_locale, coerce_c_locale_warn,
        utf8_mode, dev_mode, allocator;
};

struct PyConfig {
    int _config_init; /* KConfigKind */
    int isolated, use_environment, dev_mode, install_signal_handlers, use_hash_seed;
    unsigned long hash_seed;
    int faulthandler, tracemalloc, import_time, code_debug_ranges, show_ref_count, dump_refs;
    wchar_t *dump_refs_file;
    int malloc_stats;
    wchar_t *filesystem_encoding, *filesystem_errors, *pycache_prefix;
    int parse_argv;
    PyWideStringList orig_argv, argv, xoptions, warnoptions;
    int site_import, bytes_warning, warn_default_encoding, inspect, interactive, optimization_level, parser_debug,
        write_bytecode, verbose, quiet, user_site_directory, configure_c_stdio, buffered_stdio;
    wchar_t *stdio_encoding, *stdio_errors;
    wchar_t *check_hash_pycs_mode;
    int use_frozen_modules, safe_path;
    int pathconfig_warnings;
    wchar_t *program_name, *pythonpath_env, *home, *platlibdir;
    int module_search_paths_set;
    PyWideStringList module_search_paths;
    wchar_t *stdlib_dir, *executable, *base_executable, *prefix, *base_prefix, *exec_prefix, *base_exec_prefix;
    int skip_source_first_line;
    wchar_t *run_command, *run_module, *run_filename;
    int _install_importlib, _init_main, _isolated_interpreter, _is_python_build;
};

typedef enum { K_CONFIG_COMPAT = 1, K_CONFIG_PYTHON = 2, K_CONFIG_ISOLATED = 3 } KConfigKind;

/* What PyConfig has no room for. */
typedef struct KSettings {
    int utf8_mode, utf8_mode_asked;  /* asked: -1 when neither -X utf8 nor PYTHONUTF8 said anything */
    int int_max_str_digits;          /* -1: not asked */
    int coerce_locale, coerce_warn;
    int version_asked, help_asked;   /* -V (2: twice), -h (2: env, 3: xoptions, 4: all) */
} KSettings;

K_API K_NEW PyObject *_PyConfig_AsDict(const PyConfig *config);
K_API K_STATUS int _PyConfig_FromDict(PyConfig *config, PyObject *dict);
K_API K_NEW PyObject *_Py_GetConfigsAsDict(void);
K_API K_NEW PyObject *_Py_Get_Getpath_CodeObject(void);
K_API void _PyPathConfig_ClearGlobal(void);
K_INT KSettings *k_settings(void);
K_INT PyStatus config_copy(PyConfig *to, const PyConfig *from);
K_INT PyStatus config_read_environment(PyConfig *config);
K_INT PyStatus config_read_arguments(PyConfig *config);
K_INT PyStatus config_find_paths(PyConfig *config);
K_INT wchar_t *config_xoption(const PyConfig *config, const wchar_t *name); /* the text after "name", "" or "=value"; NULL */
K_INT const char *config_env(const PyConfig *config, const char *name);      /* NULL when unset, empty or not to be used */
K_INT void config_print_help(const wchar_t *program, int which);
K_INT void locale_configure(const PyConfig *config);
K_INT char *k_encode_locale_raw(const wchar_t *text); /* PyMem_RawFree it; NULL when it cannot be encoded */
K_INT void config_set_global_flags(const PyConfig *config);
K_INT void config_take_asked_paths(PyConfig *config); /* what Py_SetProgramName and the like were told */

#endif
