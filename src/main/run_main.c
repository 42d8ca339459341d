/* run_main.c - what the program does once the runtime is up: -c, -m, a script, a folder or archive, stdin, the prompt.
 *
 * Out: the exit status. Start at Py_RunMain(). */
#include "memory/mem.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/config.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/osutil.h"
#include "runtime/run.h"
#include "runtime/run_code.h"
#include "runtime/start_parts.h"
#include "runtime/sys.h"
#include "vm/eval.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLUSH_FAILED = 120, PATH_ROOM = 4096 };

/* ---- sys.path[0] ---- */

static PyObject *current_folder(void)
{
    char path[PATH_ROOM];
    return getcwd(path, sizeof path) ? PyUnicode_DecodeFSDefault(path) : NULL;
}

/* The folder of the script, through one symbolic link. */
static PyObject *script_folder(const wchar_t *script)
{
    char *name = k_encode_locale_raw(script);
    if (!name)
        return NULL;
    char path[PATH_ROOM], target[PATH_ROOM], real[PATH_ROOM];
    snprintf(path, sizeof path, "%s", name);
    PyMem_RawFree(name);
    ssize_t n = readlink(path, target, sizeof target - 1);
    if (n > 0) {
        target[n] = 0;
        char *slash = strrchr(path, '/');
        if (*target == '/' || !slash)
            snprintf(path, sizeof path, "%s", target);
        else
            snprintf(slash + 1, sizeof path - (size_t)(slash + 1 - path), "%s", target);
    }
    const char *full = realpath(path, real) ? real : path;
    const char *slash = strrchr(full, '/');
    size_t length = !slash ? 0 : slash == full ? 1 : (size_t)(slash - full);
    return PyUnicode_DecodeFSDefaultAndSize(full, (Py_ssize_t)length);
}

PyObject *sys_path0(const PyWideStringList *argv)
{
    if (argv->length == 0)
        return NULL;
    const wchar_t *first = argv->items[0];
    if (wcscmp(first, L"-m") == 0)
        return current_folder();
    if (!*first || wcscmp(first, L"-c") == 0)
        return PyUnicode_FromString("");
    return script_folder(first);
}

static int prepend_path(PyObject *entry)
{
    PyObject *path = PySys_GetObject("path");
    if (!path || !PyList_Check(path)) {
        PyErr_SetString(PyExc_RuntimeError, "can't prepend to sys.path: it is no list");
        return -1;
    }
    return PyList_Insert(path, 0, entry);
}

/* ---- kinds of programs ---- */

static int report(void)
{
    PyErr_Print(); /* ends the program for SystemExit */
    return 1;
}

static int run_command(const wchar_t *command, PyCompilerFlags *flags)
{
    K_AUTO(PyObject *) text = PyUnicode_FromWideChar(command, -1);
    if (!text || PySys_Audit("cpython.run_command", "O", text) < 0)
        return report();
    K_AUTO(PyObject *) bytes = PyUnicode_AsUTF8String(text);
    if (!bytes) {
        fprintf(stderr, "Unable to decode the command from the command line:\n");
        return report();
    }
    flags->cf_flags |= PyCF_IGNORE_COOKIE;
    return PyRun_SimpleStringFlags(PyBytes_AsString(bytes), flags) != 0;
}

static int run_module(const wchar_t *name, int set_argv0)
{
    K_AUTO(PyObject *) text = PyUnicode_FromWideChar(name, -1);
    if (!text || PySys_Audit("cpython.run_module", "O", text) < 0)
        return report();
    K_AUTO(PyObject *) runpy = PyImport_ImportModule("runpy");
    if (!runpy) {
        fprintf(stderr, "Could not import runpy module\n");
        return report();
    }
    K_AUTO(PyObject *) run = PyObject_GetAttrString(runpy, "_run_module_as_main");
    K_AUTO(PyObject *) result = run ? PyObject_CallFunction(run, "OO", text, set_argv0 ? Py_True : Py_False) : NULL;
    return result ? 0 : report();
}

static int run_script(const PyConfig *config, PyCompilerFlags *flags)
{
    K_AUTO(PyObject *) name = PyUnicode_FromWideChar(config->run_filename, -1);
    if (!name || PySys_Audit("cpython.run_file", "O", name) < 0)
        return report();
    char *path = k_encode_locale_raw(config->run_filename);
    FILE *file = path ? fopen(path, "rb") : NULL;
    int error = errno;
    PyMem_RawFree(path);
    if (!file) {
        fprintf(stderr, "%ls: can't open file ", config->program_name);
        PyObject *shown = PyObject_ASCII(name);
        const char *text = shown ? PyUnicode_AsUTF8(shown) : NULL;
        fprintf(stderr, "%s: [Errno %d] %s\n", text ? text : "?", error, strerror(error));
        Py_XDECREF(shown);
        return 2;
    }
    struct stat st;
    if (fstat(fileno(file), &st) == 0 && S_ISDIR(st.st_mode)) {
        fprintf(stderr, "%ls: '%ls' is a directory, cannot continue\n", config->program_name, config->run_filename);
        fclose(file);
        return 1;
    }
    return _PyRun_AnyFileObject(file, name, 1, flags) != 0;
}

static void run_startup_file(PyCompilerFlags *flags)
{
    const char *path = config_env(k_config(), "PYTHONSTARTUP");
    if (!path)
        return;
    FILE *file = fopen(path, "r");
    if (!file) {
        int error = errno;
        PySys_WriteStderr("Could not open PYTHONSTARTUP\n");
        errno = error;
        if (!PyErr_SetFromErrnoWithFilename(PyExc_OSError, path))
            PyErr_Print();
        return;
    }
    if (PyRun_SimpleFileExFlags(file, path, 0, flags) < 0)
        PyErr_Clear();
    fclose(file);
}

static int run_interactive_hook(void)
{
    PyObject *hook = PySys_GetObject("__interactivehook__");
    if (!hook)
        return 0;
    K_AUTO(PyObject *) owned = Py_NewRef(hook);
    K_AUTO(PyObject *) result = PyObject_CallNoArgs(owned);
    if (!result) {
        PySys_WriteStderr("Failed calling sys.__interactivehook__\n");
        PyErr_Print();
    }
    return 0;
}

static int run_stdin(const PyConfig *config, PyCompilerFlags *flags)
{
    if (Py_FdIsInteractive(stdin, NULL)) {
        ((PyConfig *)config)->inspect = 0;
        run_startup_file(flags);
        run_interactive_hook();
    }
    if (PySys_Audit("cpython.run_stdin", NULL) < 0)
        return report();
    return PyRun_AnyFileExFlags(stdin, "<stdin>", 0, flags) != 0;
}

/* After the program, with -i or PYTHONINSPECT (which the program itself may have set). */
static void inspect_afterwards(PyConfig *config, PyCompilerFlags *flags, int *status)
{
    if (!config->inspect && config_env(config, "PYTHONINSPECT"))
        config->inspect = 1;
    int ran_something = config->run_command || config->run_module || config->run_filename;
    if (!config->inspect || !Py_FdIsInteractive(stdin, NULL) || !ran_something)
        return;
    config->inspect = Py_InspectFlag = 0;
    run_interactive_hook();
    *status = PyRun_AnyFileExFlags(stdin, "<stdin>", 0, flags) != 0;
}

static void greet(const PyConfig *config)
{
    int ran_something = config->run_command || config->run_module || config->run_filename;
    if (config->quiet || (ran_something && !config->verbose) || (!config->verbose && !Py_FdIsInteractive(stdin, NULL)))
        return;
    fprintf(stderr, "Python %s on %s\n", Py_GetVersion(), Py_GetPlatform());
    if (config->site_import)
        fprintf(stderr, "Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n");
}

static void import_readline(const PyConfig *config)
{
    int ran_something = config->run_command || config->run_module || config->run_filename;
    if (config->isolated || (!config->inspect && ran_something) || !isatty(STDIN_FILENO))
        return;
    PyObject *readline = PyImport_ImportModule("readline");
    if (!readline)
        PyErr_Clear();
    Py_XDECREF(readline);
}

/* The path entry importer for a folder or archive given as the script: sys.path[0] is then the script itself. */
static int script_is_importable(const PyConfig *config, PyObject **entry)
{
    K_AUTO(PyObject *) path = PyUnicode_FromWideChar(config->run_filename, -1);
    K_AUTO(PyObject *) importer = path ? PyImport_GetImporter(path) : NULL;
    if (!importer) {
        PySys_WriteStderr("Failed checking if argv[0] is an import path entry\n");
        PyErr_Print();
        return 0;
    }
    if (importer == Py_None)
        return 0;
    *entry = K_MOVE(path);
    return 1;
}

static int run_program(PyConfig *config)
{
    PyCompilerFlags flags = { 0, 11 };
    int importable = 0, status;
    K_AUTO(PyObject *) entry = NULL;
    if (config->run_filename)
        importable = script_is_importable(config, &entry);
    else if (!config->safe_path)
        K_SET(entry, sys_path0(&config->argv));
    if (config->run_filename && !importable && !config->safe_path)
        K_SET(entry, sys_path0(&config->argv));
    if (entry && prepend_path(entry) < 0)
        return report();
    greet(config);
    import_readline(config);
    if (config->run_command)
        status = run_command(config->run_command, &flags);
    else if (config->run_module)
        status = run_module(config->run_module, 1);
    else if (importable)
        status = run_module(L"__main__", 0);
    else if (config->run_filename)
        status = run_script(config, &flags);
    else
        status = run_stdin(config, &flags);
    inspect_afterwards(config, &flags, &status);
    return status;
}

int k_unhandled_interrupt; /* set when the program ended by KeyboardInterrupt */

int Py_RunMain(void)
{
    int status = run_program((PyConfig *)k_config());
    if (Py_FinalizeEx() < 0)
        status = FLUSH_FAILED;
    if (k_unhandled_interrupt) { /* the shell should see that a signal ended it */
        signal(SIGINT, SIG_DFL);
        kill(getpid(), SIGINT);
        status = SIGINT + 128;
    }
    return status;
}

static PyStatus config_from(PyConfig *config, Py_ssize_t argc, char **argv, wchar_t **wide_argv)
{
    PyConfig_InitPythonConfig(config);
    return argv ? PyConfig_SetBytesArgv(config, argc, argv) : PyConfig_SetArgv(config, argc, wide_argv);
}

/* The arguments are read once for the allocator alone, and again when that is in place. */
static int run_main(Py_ssize_t argc, char **argv, wchar_t **wide_argv)
{
    PyConfig config, first;
    PyStatus status = config_from(&first, argc, argv, wide_argv);
    if (!PyStatus_Exception(status))
        status = config_read_arguments(&first);
    if (first.isolated > 0)
        first.use_environment = 0;
    int use_environment = first.use_environment;
    int dev_mode = config_xoption(&first, L"dev") != NULL;
    PyConfig_Clear(&first);
    if (PyStatus_Exception(status))
        Py_ExitStatusException(status);
    PyConfig asked = { .use_environment = use_environment, .dev_mode = dev_mode };
    status = start_memory(&asked);
    if (PyStatus_Exception(status))
        Py_ExitStatusException(status);
    status = config_from(&config, argc, argv, wide_argv);
    if (!PyStatus_Exception(status))
        status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status))
        Py_ExitStatusException(status);
    return Py_RunMain();
}

int Py_BytesMain(int argc, char **argv)
{
    return run_main(argc, argv, NULL);
}

int Py_Main(int argc, wchar_t **argv)
{
    return run_main(argc, NULL, argv);
}
