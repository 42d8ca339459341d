/* config_paths.c - where things are: the executable, the standard library, sys.path before site has its say.
 *
 * The prefix is /usr, as Debian's python3.11 has it; PYTHONHOME replaces it and KAA_STDLIB the library's folder alone.
 * Start at config_find_paths(). */
#include "memory/mem.h"
#include "runtime/config.h"
#include "runtime/osutil.h"

#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 4096 };
#define KAA_PREFIX "/usr"
#define STDLIB_LANDMARK "os.py"

static int is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int is_program(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static void absolute(const char *path, char out[PATH_ROOM])
{
    char cwd[PATH_ROOM / 2];
    if (*path == '/' || !getcwd(cwd, sizeof cwd))
        snprintf(out, PATH_ROOM, "%s", path);
    else
        snprintf(out, PATH_ROOM, "%s/%.2000s", cwd, strncmp(path, "./", 2) == 0 ? path + 2 : path);
}

/* The executable as it was called, made absolute; empty when it cannot be found. */
static void find_executable(const char *called, char out[PATH_ROOM])
{
    *out = 0;
    if (!*called)
        return;
    if (strchr(called, '/')) {
        absolute(called, out);
        return;
    }
    const char *search = getenv("PATH");
    for (const char *from = search; from && *from; ) {
        size_t n = strcspn(from, ":");
        char path[PATH_ROOM];
        snprintf(path, sizeof path, "%.*s/%s", (int)n, from, called);
        if (is_program(path)) {
            absolute(path, out);
            return;
        }
        from += n + (from[n] == ':');
    }
}

static PyStatus default_bytes(PyConfig *config, wchar_t **slot, const char *text)
{
    return *slot ? PyStatus_Ok() : PyConfig_SetBytesString(config, slot, text);
}

static PyStatus append_bytes(PyWideStringList *list, const char *text)
{
    wchar_t *wide = Py_DecodeLocale(text, NULL);
    PyStatus status = wide ? PyWideStringList_Append(list, wide) : PyStatus_NoMemory();
    PyMem_RawFree(wide);
    return status;
}

static PyStatus append_pythonpath(PyConfig *config)
{
    PyStatus status = PyStatus_Ok();
    for (wchar_t *from = config->pythonpath_env; from && !PyStatus_Exception(status); ) {
        wchar_t *colon = wcschr(from, ':');
        if (colon)
            *colon = 0;
        status = PyWideStringList_Append(&config->module_search_paths, from);
        if (colon)
            *colon = ':';
        from = colon ? colon + 1 : NULL;
    }
    return status;
}

/* Kaa's own modules: beside an installed program, or in the checkout it was built in. */
static int find_own_library(const char *executable, char out[PATH_ROOM])
{
    char real[PATH_ROOM];
    if (!realpath("/proc/self/exe", real) && !realpath(executable, real))
        return 0;
    char *slash = strrchr(real, '/');
    if (!slash)
        return 0;
    *slash = 0;
    static const char *const places[] = { "../lib/kaa/python3.11", "../../lib", "../lib" };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char path[PATH_ROOM], landmark[PATH_ROOM + 32];
        snprintf(path, sizeof path, "%.3000s/%s", real, places[i]);
        snprintf(landmark, sizeof landmark, "%s/pyerror.py", path);
        if (is_dir(path) && access(landmark, R_OK) == 0 && realpath(path, out))
            return 1;
    }
    return 0;
}

static PyStatus find_search_path(PyConfig *config, const char *prefix, const char *stdlib, const char *executable)
{
    char path[PATH_ROOM];
    PyWideStringList *list = &config->module_search_paths;
    PyStatus status = append_pythonpath(config);
    snprintf(path, sizeof path, "%.4000s/lib/python311.zip", prefix);
    if (!PyStatus_Exception(status))
        status = append_bytes(list, path);
    if (!PyStatus_Exception(status))
        status = append_bytes(list, stdlib);
    snprintf(path, sizeof path, "%.4000s/lib-dynload", stdlib);
    if (!PyStatus_Exception(status))
        status = append_bytes(list, path);
    if (!PyStatus_Exception(status) && find_own_library(executable, path))
        status = append_bytes(list, path);
    config->module_search_paths_set = 1;
    return status;
}

/* In a virtual environment (pyvenv.cfg beside or above the program) "home" names the folder of the base program. */
static void find_base_executable(const char *executable, char out[PATH_ROOM])
{
    snprintf(out, PATH_ROOM, "%s", executable);
    for (int up = 0; up < 2; up++) {
        char cfg[PATH_ROOM], line[PATH_ROOM];
        const char *slash = strrchr(executable, '/');
        if (!slash)
            return;
        snprintf(cfg, sizeof cfg, "%.*s/%spyvenv.cfg", (int)(slash - executable), executable, up ? "../" : "");
        FILE *file = fopen(cfg, "r");
        if (!file)
            continue;
        while (fgets(line, sizeof line, file)) {
            char home[PATH_ROOM];
            if (sscanf(line, " home = %4000[^\n]", home) == 1)
                snprintf(out, PATH_ROOM, "%.3000s%s", home, slash);
        }
        fclose(file);
        return;
    }
}

static void find_stdlib(const PyConfig *config, char prefix[PATH_ROOM], char stdlib[PATH_ROOM])
{
    snprintf(prefix, PATH_ROOM, "%s", KAA_PREFIX);
    char *home = config->home ? k_encode_locale_raw(config->home) : NULL;
    if (home)
        snprintf(prefix, PATH_ROOM, "%.*s", (int)strcspn(home, ":"), home);
    PyMem_RawFree(home);
    const char *named = config->isolated ? NULL : config_env(config, "KAA_STDLIB");
    if (named)
        snprintf(stdlib, PATH_ROOM, "%s", named);
    else
        snprintf(stdlib, PATH_ROOM, "%.4000s/lib/python3.11", prefix);
}

/* Kaa shares Debian's library with python3.11, and its .pyc files are compatible: a program that is not installed (and
 * may be half finished) writes none where it would meet that cache, unless it has a cache tree of its own. */
static void protect_shared_cache(PyConfig *config, const char *stdlib)
{
    char own[PATH_ROOM];
    if (config->pycache_prefix || access(stdlib, W_OK) != 0)
        return;
    if (find_own_library("", own) && strstr(own, "/lib/kaa/"))
        return;
    config->write_bytecode = 0;
}

PyStatus config_find_paths(PyConfig *config)
{
    char executable[PATH_ROOM], base[PATH_ROOM], prefix[PATH_ROOM], stdlib[PATH_ROOM], landmark[PATH_ROOM + 16];
    PyStatus status = default_bytes(config, &config->program_name, "python3");
    if (PyStatus_Exception(status))
        return status;
    char *called = k_encode_locale_raw(config->executable ? config->executable : config->program_name);
    find_executable(called ? called : "", executable);
    PyMem_RawFree(called);
    find_base_executable(executable, base);
    find_stdlib(config, prefix, stdlib);
    snprintf(landmark, sizeof landmark, "%s/%s", stdlib, STDLIB_LANDMARK);
    if (config->_install_importlib && !config->module_search_paths_set && access(landmark, R_OK) != 0) {
        fprintf(stderr, "kaa: no standard library in %s: install the package libpython3.11-stdlib or set KAA_STDLIB\n", stdlib);
        return PyStatus_Exit(1);
    }
    protect_shared_cache(config, stdlib);
    struct {
        wchar_t **slot;
        const char *text;
    } rows[] = {
        { &config->executable, executable }, { &config->base_executable, base }, { &config->prefix, prefix },
        { &config->base_prefix, prefix }, { &config->exec_prefix, prefix }, { &config->base_exec_prefix, prefix },
        { &config->stdlib_dir, stdlib }, { &config->platlibdir, "lib" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows && !PyStatus_Exception(status); i++)
        status = default_bytes(config, rows[i].slot, rows[i].text);
    if (!PyStatus_Exception(status) && !config->module_search_paths_set)
        status = find_search_path(config, prefix, stdlib, executable);
    return status;
}

/* ---- the old functions ---- */

static wchar_t *asked_name, *asked_home, *asked_path;

void Py_SetProgramName(const wchar_t *name)
{
    PyMem_RawFree(asked_name);
    asked_name = name && *name ? _PyMem_RawWcsdup(name) : NULL;
}

void Py_SetPythonHome(const wchar_t *home)
{
    PyMem_RawFree(asked_home);
    asked_home = home && *home ? _PyMem_RawWcsdup(home) : NULL;
}

void config_take_asked_paths(PyConfig *config)
{
    if (asked_name && !config->program_name)
        config->program_name = _PyMem_RawWcsdup(asked_name);
    if (asked_home && !config->home)
        config->home = _PyMem_RawWcsdup(asked_home);
    if (!asked_path || config->module_search_paths_set)
        return;
    wchar_t *copy = _PyMem_RawWcsdup(asked_path), *rest;
    for (wchar_t *item = copy ? wcstok(copy, L":", &rest) : NULL; item; item = wcstok(NULL, L":", &rest))
        (void)PyWideStringList_Append(&config->module_search_paths, item);
    PyMem_RawFree(copy);
    config->module_search_paths_set = 1;
}

/* The whole of sys.path, before start: nothing is searched then. */
void Py_SetPath(const wchar_t *path)
{
    PyMem_RawFree(asked_path);
    asked_path = path ? _PyMem_RawWcsdup(path) : NULL;
}

/* Forgets what Py_SetProgramName and the like were told. */
void _PyPathConfig_ClearGlobal(void)
{
    PyMem_RawFree(asked_name);
    PyMem_RawFree(asked_home);
    PyMem_RawFree(asked_path);
    asked_name = asked_home = asked_path = NULL;
}

wchar_t *Py_GetProgramName(void)
{
    return k_config()->program_name ? k_config()->program_name : asked_name;
}

wchar_t *Py_GetPythonHome(void)
{
    return k_config()->home;
}

wchar_t *Py_GetProgramFullPath(void)
{
    return k_config()->executable;
}

void _Py_SetProgramFullPath(const wchar_t *path)
{
    Py_SetProgramName(path);
}

wchar_t *Py_GetPrefix(void)
{
    return k_config()->prefix;
}

wchar_t *Py_GetExecPrefix(void)
{
    return k_config()->exec_prefix;
}

wchar_t *Py_GetPath(void)
{
    static wchar_t *joined; /* made once: callers keep the pointer */
    const PyWideStringList *list = &k_config()->module_search_paths;
    if (joined)
        return joined;
    size_t size = 1;
    for (Py_ssize_t i = 0; i < list->length; i++)
        size += wcslen(list->items[i]) + 1;
    joined = PyMem_RawCalloc(size, sizeof *joined);
    for (Py_ssize_t i = 0; joined && i < list->length; i++) {
        if (i)
            wcscat(joined, L":");
        wcscat(joined, list->items[i]);
    }
    return joined;
}

void Py_GetArgcArgv(int *argc, wchar_t ***argv)
{
    *argc = (int)k_config()->orig_argv.length;
    *argv = k_config()->orig_argv.items;
}
