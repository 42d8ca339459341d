/* start.c - the order in which the runtime comes up.
 *
 * memory, thread state, names, types, exceptions, sys, builtins, importlib, codecs, standard streams, site.
 * What may be used when: an exact str as soon as names_start() ran, any builtin type after types_start(), import of
 * builtin and frozen modules after import_start(), of files after import_start_external().
 * Start at Py_InitializeFromConfig(). */
#include "runtime/start.h"

#include "base/arena.h"
#include "memory/gc.h"
#include "memory/mem.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/exc/exc.h"
#include "objects/hash.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/type/type.h"
#include "runtime/codecs.h"
#include "runtime/config.h"
#include "runtime/errors.h"
#include "runtime/import_state.h"
#include "runtime/osutil.h"
#include "runtime/run.h"
#include "runtime/signals.h"
#include "runtime/start_parts.h"
#include "runtime/state.h"
#include "runtime/sys.h"
#include "runtime/traceback.h"
#include "vm/stats.h"

#include <signal.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static int initialized, core_initialized;

int Py_IsInitialized(void)
{
    return initialized;
}

int _Py_IsCoreInitialized(void)
{
    return core_initialized;
}

int _Py_IsFinalizing(void)
{
    return runtime_ender() != NULL;
}

void start_mark_stopped(void)
{
    initialized = core_initialized = 0;
}

/* ---- random bytes and the hash key ---- */

static int random_bytes(unsigned char *buffer, Py_ssize_t size, unsigned flags)
{
    while (size > 0) {
        ssize_t n = getrandom(buffer, (size_t)size, flags);
        if (n < 0)
            return -1;
        buffer += n;
        size -= n;
    }
    return 0;
}

int _PyOS_URandom(void *buffer, Py_ssize_t size)
{
    if (random_bytes(buffer, size, 0) == 0)
        return 0;
    PyErr_SetFromErrno(PyExc_OSError);
    return -1;
}

int _PyOS_URandomNonblock(void *buffer, Py_ssize_t size)
{
    return random_bytes(buffer, size, GRND_NONBLOCK) == 0 ? 0 : _PyOS_URandom(buffer, size);
}


static void choose_hash_key(const PyConfig *config)
{
    unsigned char *key = _Py_HashSecret.uc;
    if (_Py_HashSecret_Initialized)
        return;
    _Py_HashSecret_Initialized = 1;
    if (!config->use_hash_seed) {
        if (random_bytes(key, sizeof _Py_HashSecret, GRND_NONBLOCK) < 0)
            memset(key, 0, sizeof _Py_HashSecret);
        return;
    }
    /* a number gives the same hashes everywhere: CPython's linear congruence; 0 gives a key of zeros */
    enum { MULTIPLIER = 214013, INCREMENT = 2531011, SHIFT = 16 };
    unsigned x = (unsigned)config->hash_seed;
    for (size_t i = 0; i < sizeof _Py_HashSecret; i++) {
        x = x * MULTIPLIER + INCREMENT;
        key[i] = config->hash_seed ? (unsigned char)(x >> SHIFT) : 0;
    }
}

/* ---- phases ---- */

static void fill_small_ints(void)
{
    for (int i = KAA_SMALL_INT_MIN; i <= KAA_SMALL_INT_MAX; i++) {
        int at = i - KAA_SMALL_INT_MIN;
        _PyRuntime.small_ints[at].head = (PyVarObject){ { KAA_IMMORTAL, &PyLong_Type }, (i > 0) - (i < 0) };
        _PyRuntime.small_ints[at].digit = (uint32_t)abs(i);
    }
}

static int memory_chosen;

/* Debug hooks must see each block from its birth on: this runs before any is made that lives on. */
PyStatus start_memory(const PyConfig *config)
{
    if (memory_chosen)
        return PyStatus_Ok();
    memory_chosen = 1;
    const char *allocator = config_env(config, "PYTHONMALLOC");
    const char *dev_mode = config_env(config, "PYTHONDEVMODE");
    if (allocator && k_mem_choose(allocator) < 0)
        return PyStatus_Error("unknown PYTHONMALLOC allocator");
    if (!allocator && (dev_mode || config->dev_mode > 0 || config_xoption(config, L"dev")))
        k_mem_choose("debug");
    return PyStatus_Ok();
}

static PyStatus start_objects(const PyConfig *config)
{
    arena_set_release(Py_DecRef);
    choose_hash_key(config);
    if (runtime_start() < 0)
        return PyStatus_NoMemory();
    fill_small_ints();
    if (names_start() < 0)
        return PyStatus_Error("can't intern the names of the program");
    if (types_start() < 0)
        return PyStatus_Error("can't initialize builtin types");
    if (k_exc_start() < 0)
        return PyStatus_Error("failed to initialize an exception type");
    if (gc_start() < 0)
        return PyStatus_NoMemory();
    if (config_xoption(config, L"kaa-stats"))
        vm_stats_start();
    return PyStatus_Ok();
}

static PyStatus start_core(const PyConfig *config)
{
    PyInterpreterState *interp = k_interp();
    interp->modules = PyDict_New();
    if (!interp->modules || sys_start(interp) < 0)
        return PyStatus_Error("can't make module sys");
    if (builtins_start(interp) < 0)
        return PyStatus_Error("can't make module builtins");
    if (k_settings()->int_max_str_digits >= 0)
        k_int_max_str_digits = k_settings()->int_max_str_digits;
    if (sys_configure(config) < 0)
        return PyStatus_Error("can't fill module sys");
    PyObject *printer = PyFile_NewStdPrinter(fileno(stderr));
    if (!printer || PySys_SetObject("stderr", printer) < 0 || PySys_SetObject("__stderr__", printer) < 0)
        return PyStatus_Error("can't set preliminary stderr");
    Py_DECREF(printer);
    core_initialized = 1;
    return PyStatus_Ok();
}

static void choose_file_system_encoding(const PyConfig *config)
{
    Py_FileSystemDefaultEncoding = k_encode_locale_raw(config->filesystem_encoding);
    Py_FileSystemDefaultEncodeErrors = k_encode_locale_raw(config->filesystem_errors);
    Py_HasFileSystemDefaultEncoding = 1;
    k_interp()->file_names_by_locale = strcmp(Py_FileSystemDefaultEncoding, "utf-8") != 0;
}

/* Package encodings is there: from now on the codec converts file names, and its own name counts ("ascii"). */
static int settle_file_system_encoding(void)
{
    PyInterpreterState *interp = k_interp();
    if (!interp->file_names_by_locale)
        return 0;
    K_AUTO(PyObject *) codec = _PyCodec_Lookup(Py_FileSystemDefaultEncoding);
    K_AUTO(PyObject *) name = codec ? PyObject_GetAttrString(codec, "name") : NULL;
    const char *text = name ? PyUnicode_AsUTF8(name) : NULL;
    char *copy = text ? _PyMem_RawStrdup(text) : NULL;
    if (!copy)
        return -1;
    PyMem_RawFree((char *)Py_FileSystemDefaultEncoding);
    Py_FileSystemDefaultEncoding = copy;
    interp->file_names_by_locale = 0;
    return 0;
}

static int add_main_module(void)
{
    PyObject *module = PyImport_AddModule("__main__");
    PyObject *dict = module ? PyModule_GetDict(module) : NULL;
    K_AUTO(PyObject *) annotations = dict ? PyDict_New() : NULL;
    if (!annotations || PyDict_SetItemString(dict, "__annotations__", annotations) < 0)
        return -1;
    PyObject *builtins = PyDict_GetItemString(k_interp()->modules, "builtins");
    if (!PyDict_GetItemString(dict, "__builtins__") && PyDict_SetItemString(dict, "__builtins__", builtins) < 0)
        return -1;
    PyObject *loader = PyDict_GetItemString(dict, "__loader__");
    if (loader && loader != Py_None)
        return 0;
    K_AUTO(PyObject *) importer = PyObject_GetAttrString(k_interp()->importlib, "BuiltinImporter");
    return importer ? PyDict_SetItemString(dict, "__loader__", importer) : -1;
}

/* -X errlog=FILE: pyerror writes down what the program does not catch. The program runs without it, too. */
static void start_error_log(const PyConfig *config)
{
    wchar_t *option = config_xoption(config, L"errlog");
    if (!option)
        return;
    K_AUTO(PyObject *) pyerror = PyImport_ImportModule("pyerror");
    K_AUTO(PyObject *) file = pyerror ? PyUnicode_FromWideChar(*option ? option + 1 : L"errors.log", -1) : NULL;
    K_AUTO(PyObject *) done = file ? PyObject_CallMethod(pyerror, "install", "O", file) : NULL;
    if (!done)
        PyErr_WriteUnraisable(pyerror);
}

static PyStatus start_main(const PyConfig *config)
{
    if (import_start_external() < 0)
        return PyStatus_Error("external importer setup failed");
    if (k_faulthandler_start(config->faulthandler) < 0)
        return PyStatus_Error("failed to start faulthandler");
    K_AUTO(PyObject *) encodings = PyImport_ImportModule("encodings");
    if (!encodings || settle_file_system_encoding() < 0)
        return PyStatus_Error("failed to get the Python codec of the filesystem encoding");
    if (config->install_signal_handlers && signals_start() < 0)
        return PyStatus_Error("can't initialize signals");
    if (add_main_module() < 0)
        return PyStatus_Error("can't add __main__ module");
    if (stdio_start(config) < 0)
        return PyStatus_Error("can't initialize sys standard streams");
    if (config->warnoptions.length) {
        K_AUTO(PyObject *) warnings = PyImport_ImportModule("warnings");
        if (!warnings)
            PyErr_Clear();
    }
    initialized = 1;
    if (config->site_import) {
        K_AUTO(PyObject *) site = PyImport_ImportModule("site");
        if (!site)
            return PyStatus_Error("Failed to import the site module");
    }
    start_error_log(config);
    return PyStatus_Ok();
}

PyStatus Py_InitializeFromConfig(const PyConfig *wanted)
{
    if (initialized)
        return PyStatus_Ok();
    PyConfig *config = (PyConfig *)k_config();
    PyStatus status = wanted->_config_init == K_CONFIG_COMPAT ? start_memory(wanted) : PyStatus_Ok();
    if (!PyStatus_Exception(status))
        status = config_copy(config, wanted);
    if (PyStatus_Exception(status))
        return status;
    config_take_asked_paths(config);
    status = PyConfig_Read(config);
    if (PyStatus_Exception(status))
        return status;
    config_set_global_flags(config);
    choose_file_system_encoding(config);
    status = start_objects(config);
    if (!PyStatus_Exception(status))
        status = start_core(config);
    if (PyStatus_Exception(status) || !config->_install_importlib)
        return status;
    if (import_start() < 0)
        return PyStatus_Error("failed to initialize importlib");
    return config->_init_main ? start_main(config) : status;
}

PyStatus _Py_InitializeMain(void)
{
    return initialized ? PyStatus_Ok() : start_main(k_config());
}

void Py_InitializeEx(int install_signal_handlers)
{
    if (initialized)
        return;
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    config._config_init = K_CONFIG_COMPAT;
    config.parse_argv = 0;
    config.configure_c_stdio = 0;
    config.install_signal_handlers = install_signal_handlers;
    PyStatus status = Py_InitializeFromConfig(&config);
    if (PyStatus_Exception(status))
        Py_ExitStatusException(status);
}

void Py_Initialize(void)
{
    Py_InitializeEx(1);
}

PyThreadState *Py_NewInterpreter(void)
{
    return _Py_NewInterpreter(0);
}

/* There is one interpreter for the time being. Callers may have put their thread state aside: then nothing is raised. */
PyThreadState *_Py_NewInterpreter(int isolated K_UNUSED)
{
    if (_PyThreadState_UncheckedGet())
        PyErr_SetString(PyExc_NotImplementedError, "Kaa has no subinterpreters");
    return NULL;
}

PyInterpreterState *PyInterpreterState_New(void)
{
    PyErr_SetString(PyExc_NotImplementedError, "Kaa has no subinterpreters");
    return NULL;
}

void PyInterpreterState_Clear(PyInterpreterState *interp K_UNUSED)
{
    Py_FatalError("Kaa has no subinterpreters");
}

void PyInterpreterState_Delete(PyInterpreterState *interp K_UNUSED)
{
    Py_FatalError("Kaa has no subinterpreters");
}

void Py_EndInterpreter(PyThreadState *tstate K_UNUSED)
{
    Py_FatalError("Kaa has no subinterpreters");
}

int Py_SetStandardStreamEncoding(const char *encoding, const char *errors)
{
    if (initialized)
        return -1;
    PyConfig *config = (PyConfig *)k_config();
    int failed = PyStatus_Exception(PyConfig_SetBytesString(config, &config->stdio_encoding, encoding)) ||
                 PyStatus_Exception(PyConfig_SetBytesString(config, &config->stdio_errors, errors));
    return failed ? -1 : 0;
}
