/* posix_exec.c - module posix: starting programs: execv, execve, posix_spawn, posix_spawnp.
 *
 * In: paths, argument lists, environments.  Out: process ids; execv() does not return. */
#include <sched.h>
#include <signal.h>
#include <spawn.h>

#include "modules/posix/posix_int.h"
#include "objects/protocol.h"

METHODS_DECLARE(posix_exec);

/* ---- lists of texts ---- */

typedef struct StringList {
    char **item; /* ends with NULL */
    Py_ssize_t n;
} StringList;

static void string_list_drop(StringList *list)
{
    for (Py_ssize_t i = 0; i < list->n; i++)
        PyMem_Free(list->item[i]);
    PyMem_Free(list->item);
}

static int string_list_start(StringList *list, Py_ssize_t capacity)
{
    *list = (StringList){ PyMem_Calloc((size_t)capacity + 1, sizeof(char *)), 0 };
    if (list->item)
        return 0;
    PyErr_NoMemory();
    return -1;
}

static int string_list_add(StringList *list, const char *head, const char *separator, const char *tail)
{
    size_t size = strlen(head) + strlen(separator) + strlen(tail) + 1;
    char *text = PyMem_Malloc(size);
    if (!text) {
        PyErr_NoMemory();
        return -1;
    }
    snprintf(text, size, "%s%s%s", head, separator, tail);
    list->item[list->n++] = text;
    list->item[list->n] = NULL;
    return 0;
}

/* The arguments of a program; what names the list in messages. */
static int take_arguments(StringList *list, PyObject *sequence, const char *what)
{
    *list = (StringList){ NULL, 0 };
    if (!PyList_Check(sequence) && !PyTuple_Check(sequence)) {
        PyErr_Format(PyExc_TypeError, "%s must be a tuple or list", what);
        return -1;
    }
    Py_ssize_t n = PySequence_Fast_GET_SIZE(sequence);
    if (n < 1) {
        PyErr_Format(PyExc_ValueError, "%s must not be empty", what);
        return -1;
    }
    if (string_list_start(list, n) < 0)
        return -1;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(sequence) && i < n; i++) {
        PATH(text, .argument = "argument");
        if (posix_path(&text, PySequence_Fast_GET_ITEM(sequence, i)) < 0 || string_list_add(list, text.text, "", "") < 0)
            return -1;
    }
    if (!list->item[0][0]) {
        PyErr_Format(PyExc_ValueError, "%s first element cannot be empty", what);
        return -1;
    }
    return 0;
}

static int add_variable(StringList *list, PyObject *name, PyObject *value)
{
    PATH(key, .argument = "key");
    PATH(text, .argument = "value");
    if (posix_path(&key, name) < 0 || posix_path(&text, value) < 0)
        return -1;
    if (!key.text[0] || strchr(key.text + 1, '=')) {
        PyErr_SetString(PyExc_ValueError, "illegal environment variable name");
        return -1;
    }
    return string_list_add(list, key.text, "=", text.text);
}

static int take_environment(StringList *list, PyObject *mapping, const char *function)
{
    *list = (StringList){ NULL, 0 };
    if (!PyMapping_Check(mapping)) {
        PyErr_Format(PyExc_TypeError, "%s: environment must be a mapping object", function);
        return -1;
    }
    K_AUTO(PyObject *) keys = PyMapping_Keys(mapping);
    K_AUTO(PyObject *) values = keys ? PyMapping_Values(mapping) : NULL;
    if (!values || string_list_start(list, PyList_GET_SIZE(keys)) < 0)
        return -1;
    Py_ssize_t n = Py_MIN(PyList_GET_SIZE(keys), PyList_GET_SIZE(values));
    for (Py_ssize_t i = 0; i < n; i++)
        if (add_variable(list, PyList_GET_ITEM(keys, i), PyList_GET_ITEM(values, i)) < 0)
            return -1;
    return 0;
}

/* ---- in place of this program ---- */

extern char **environ;

static PyObject *do_exec(const char *function, PyObject *program, PyObject *arguments, PyObject *environment)
{
    PATH(path, .function = function, .argument = "path", .allow_fd = environment != NULL);
    __attribute__((cleanup(string_list_drop))) StringList args = { NULL, 0 };
    __attribute__((cleanup(string_list_drop))) StringList env = { NULL, 0 };
    if (posix_path(&path, program) < 0 || take_arguments(&args, arguments, environment ? "execve: argv" : "execv() arg 2") < 0 ||
        (environment && take_environment(&env, environment, function) < 0) ||
        PySys_Audit("os.exec", "OOO", program, arguments, environment ? environment : Py_None) < 0)
        return NULL;
    char **variables = environment ? env.item : environ;
    if (path.fd >= 0)
        fexecve(path.fd, args.item, variables);
    else
        execve(path.text, args.item, variables);
    return posix_path_error(&path);
}

FUNCTION(posix_exec, execv, FAST, "($module, path, argv, /)", "Runs a program in place of this one.")
{
    return k_check_nargs("execv", nargs, 2, 2) < 0 ? NULL : do_exec("execv", args[0], args[1], NULL);
}

FUNCTION_KW(posix_exec, execve, "($module, /, path, argv, env)", "execv() with an environment of its own.", *path, *argv, *env)
{
    return do_exec("execve", arg->path, arg->argv, arg->env);
}

/* ---- beside this program ---- */

/* What posix_spawn() is told besides the program. */
typedef struct Spawn {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    short flags;
    PyObject *names; /* keeps the texts of the actions alive: glibc copies them, others need not */
} Spawn;

static int spawn_start(Spawn *spawn)
{
    *spawn = (Spawn){ .names = PyList_New(0) };
    if (!spawn->names)
        return -1;
    int error = posix_spawn_file_actions_init(&spawn->actions);
    if (!error && (error = posix_spawnattr_init(&spawn->attributes)))
        posix_spawn_file_actions_destroy(&spawn->actions);
    if (!error)
        return 0;
    Py_DECREF(spawn->names);
    errno = error;
    posix_error();
    return -1;
}

static void spawn_end(Spawn *spawn)
{
    posix_spawn_file_actions_destroy(&spawn->actions);
    posix_spawnattr_destroy(&spawn->attributes);
    Py_DECREF(spawn->names);
}

/* An errno that a posix_spawn function returned: 0, or -1 with OSError. */
static int spawn_status(int error)
{
    errno = error;
    if (error)
        posix_error();
    return error ? -1 : 0;
}

static int action_is_long(PyObject *action, Py_ssize_t n, const char *name)
{
    if (PyTuple_GET_SIZE(action) == n)
        return 0;
    PyErr_Format(PyExc_TypeError, "A %s file_action tuple must have %zd elements", name, n);
    return -1;
}

static int add_open(Spawn *spawn, PyObject *action)
{
    int fd, flags, mode;
    PyObject *path;
    if (action_is_long(action, 5, "open") < 0)
        return -1;
    if (k_arg_int(PyTuple_GET_ITEM(action, 1), &fd) < 0 || !PyUnicode_FSConverter(PyTuple_GET_ITEM(action, 2), &path))
        return -1;
    K_AUTO(PyObject *) name = path;
    if (k_arg_int(PyTuple_GET_ITEM(action, 3), &flags) < 0 || k_arg_int(PyTuple_GET_ITEM(action, 4), &mode) < 0 ||
        PyList_Append(spawn->names, name) < 0)
        return -1;
    return spawn_status(posix_spawn_file_actions_addopen(&spawn->actions, fd, PyBytes_AS_STRING(name), flags, (mode_t)mode));
}

static int add_action(Spawn *spawn, PyObject *action)
{
    enum { OPEN, CLOSE, DUP2 }; /* POSIX_SPAWN_... */
    int kind, fd, other;
    if (!PyTuple_Check(action) || PyTuple_GET_SIZE(action) == 0) {
        PyErr_SetString(PyExc_TypeError, "Each file_actions element must be a non-empty tuple");
        return -1;
    }
    if (k_arg_int(PyTuple_GET_ITEM(action, 0), &kind) < 0)
        return -1;
    switch (kind) {
    case OPEN:
        return add_open(spawn, action);
    case CLOSE:
        if (action_is_long(action, 2, "close") < 0 || k_arg_int(PyTuple_GET_ITEM(action, 1), &fd) < 0)
            return -1;
        return spawn_status(posix_spawn_file_actions_addclose(&spawn->actions, fd));
    case DUP2:
        if (action_is_long(action, 3, "dup2") < 0 || k_arg_int(PyTuple_GET_ITEM(action, 1), &fd) < 0 ||
            k_arg_int(PyTuple_GET_ITEM(action, 2), &other) < 0)
            return -1;
        return spawn_status(posix_spawn_file_actions_adddup2(&spawn->actions, fd, other));
    }
    PyErr_SetString(PyExc_TypeError, "Unknown file_actions identifier");
    return -1;
}

static int take_actions(Spawn *spawn, PyObject *actions)
{
    if (actions == Py_None)
        return 0;
    K_AUTO(PyObject *) all = PySequence_Fast(actions, "file_actions must be a sequence or None");
    if (!all)
        return -1;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(all); i++) {
        if (add_action(spawn, PySequence_Fast_GET_ITEM(all, i)) < 0)
            return -1;
    }
    return 0;
}

static int take_scheduler(Spawn *spawn, PyObject *scheduler)
{
    struct sched_param parameters;
    int policy = 0;
    if (!PyTuple_Check(scheduler)) {
        PyErr_SetString(PyExc_SystemError, "new style getargs format but argument is not a tuple");
        return -1;
    }
    if (PyTuple_GET_SIZE(scheduler) != 2) {
        PyErr_SetString(PyExc_TypeError, "A scheduler tuple must have two elements");
        return -1;
    }
    PyObject *wanted = PyTuple_GET_ITEM(scheduler, 0);
    if ((wanted != Py_None && k_arg_int(wanted, &policy) < 0) ||
        posix_sched_param(PyTuple_GET_ITEM(scheduler, 1), &parameters) < 0)
        return -1;
    if (wanted != Py_None) {
        spawn->flags |= POSIX_SPAWN_SETSCHEDULER;
        if (spawn_status(posix_spawnattr_setschedpolicy(&spawn->attributes, policy)) < 0)
            return -1;
    }
    spawn->flags |= POSIX_SPAWN_SETSCHEDPARAM;
    return spawn_status(posix_spawnattr_setschedparam(&spawn->attributes, &parameters));
}

/* The signals of an iterable; an empty tuple, the default, leaves them as they are. */
static int take_signals(Spawn *spawn, PyObject *signals, short flag,
                        int (*set)(posix_spawnattr_t *, const sigset_t *))
{
    sigset_t mask;
    if (PyTuple_CheckExact(signals) && PyTuple_GET_SIZE(signals) == 0)
        return 0;
    if (os_arg_signals(signals, &mask) < 0)
        return -1;
    spawn->flags |= flag;
    return spawn_status(set(&spawn->attributes, &mask));
}

typedef struct SpawnOptions {
    PyObject *file_actions, *group, *reset_ids, *session, *mask, *defaults, *scheduler;
} SpawnOptions;

static int take_options(Spawn *spawn, const SpawnOptions *options)
{
    int reset_ids, session, group;
    if (take_actions(spawn, options->file_actions) < 0 || k_arg_int(options->reset_ids, &reset_ids) < 0 ||
        k_arg_int(options->session, &session) < 0)
        return -1;
    if (options->group) {
        if (k_arg_int(options->group, &group) < 0 || spawn_status(posix_spawnattr_setpgroup(&spawn->attributes, group)) < 0)
            return -1;
        spawn->flags |= POSIX_SPAWN_SETPGROUP;
    }
    spawn->flags |= (short)((reset_ids ? POSIX_SPAWN_RESETIDS : 0) | (session ? POSIX_SPAWN_SETSID : 0));
    if (take_signals(spawn, options->mask, POSIX_SPAWN_SETSIGMASK, posix_spawnattr_setsigmask) < 0 ||
        take_signals(spawn, options->defaults, POSIX_SPAWN_SETSIGDEF, posix_spawnattr_setsigdefault) < 0 ||
        (options->scheduler && take_scheduler(spawn, options->scheduler) < 0))
        return -1;
    return spawn_status(posix_spawnattr_setflags(&spawn->attributes, spawn->flags));
}

typedef int SpawnCall(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, char *const *,
                      char *const *);

static PyObject *do_spawn(const char *function, SpawnCall *call, PyObject *program, PyObject *arguments,
                          PyObject *environment, const SpawnOptions *options)
{
    PATH(path, .function = function, .argument = "path");
    __attribute__((cleanup(string_list_drop))) StringList args = { NULL, 0 };
    __attribute__((cleanup(string_list_drop))) StringList env = { NULL, 0 };
    char what[32];
    Spawn spawn;
    pid_t pid;
    snprintf(what, sizeof what, "%s: argv", function);
    if (posix_path(&path, program) < 0 || take_arguments(&args, arguments, what) < 0 ||
        take_environment(&env, environment, function) < 0 || spawn_start(&spawn) < 0)
        return NULL;
    PyObject *result = NULL;
    if (take_options(&spawn, options) == 0 && PySys_Audit("os.posix_spawn", "OOO", program, arguments, environment) == 0) {
        int error = call(&pid, path.text, &spawn.actions, &spawn.attributes, args.item, env.item);
        errno = error;
        result = error ? posix_path_error(&path) : PyLong_FromLong(pid);
    }
    spawn_end(&spawn);
    return result;
}

#define SPAWN(name, doc)                                                                                               \
    FUNCTION_KW(posix_exec, name,                                                                                      \
                "($module, path, argv, env, /, *, file_actions=(),\n" SPAWN_INDENT_##name                              \
                "setpgroup=<unrepresentable>, resetids=False, setsid=False,\n" SPAWN_INDENT_##name                     \
                "setsigmask=(), setsigdef=(), scheduler=<unrepresentable>)",                                           \
                doc, *path, *argv, *env, *file_actions, *group, *reset_ids, *session, *mask, *defaults, *scheduler)    \
    {                                                                                                                  \
        SpawnOptions options = { arg->file_actions, arg->group, arg->reset_ids, arg->session, arg->mask,               \
                                 arg->defaults, arg->scheduler };                                                      \
        return do_spawn(#name, name, arg->path, arg->argv, arg->env, &options);                                        \
    }
#define SPAWN_INDENT_posix_spawn  "            "
#define SPAWN_INDENT_posix_spawnp "             "
SPAWN(posix_spawn, "Starts a program of its own; gives the process id.")
SPAWN(posix_spawnp, "posix_spawn() that looks for the program in the folders of PATH.")
METHODS_END(posix_exec);

int posix_exec_start(PyObject *module)
{
    return PyModule_AddFunctions(module, METHODS(posix_exec));
}
