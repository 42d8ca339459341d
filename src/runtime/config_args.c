/* config_args.c - the command line: switches, then -c, -m, a script or nothing.
 *
 * In: config->argv as the program got it.  Out: the fields the switches stand for, and argv as sys.argv will show it.
 * Start at config_read_arguments(). */
#include "memory/mem.h"
#include "runtime/config.h"
#include "runtime/osutil.h"

#include <limits.h>
#include <unistd.h>
#include <wchar.h>

typedef struct Scan {
    const PyWideStringList *argv;
    Py_ssize_t at;        /* the argument looked at */
    const wchar_t *rest;  /* further letters of a bundle like -Bu; NULL or "" when there are none */
    const wchar_t *value; /* of an option that takes one */
} Scan;

enum { END = -1, BAD = '?', LONG_HELP_ALL = 1, LONG_HELP_ENV, LONG_HELP_XOPTIONS, LONG_PYCS };

static int take_value(Scan *s, const wchar_t *inside, const wchar_t *name)
{
    if (inside && *inside) {
        s->value = inside;
        s->rest = NULL;
        return 1;
    }
    if (s->at >= s->argv->length) {
        fprintf(stderr, "Argument expected for the %ls option\n", name);
        return 0;
    }
    s->value = s->argv->items[s->at++];
    s->rest = NULL;
    return 1;
}

static int long_option(Scan *s, const wchar_t *arg)
{
    static const struct {
        const wchar_t *name;
        int option;
    } rows[] = {
        { L"--help", 'h' }, { L"--version", 'V' }, { L"--help-all", LONG_HELP_ALL }, { L"--help-env", LONG_HELP_ENV },
        { L"--help-xoptions", LONG_HELP_XOPTIONS }, { L"--check-hash-based-pycs", LONG_PYCS },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (wcscmp(arg, rows[i].name) != 0)
            continue;
        if (rows[i].option == LONG_PYCS && !take_value(s, NULL, arg))
            return BAD;
        return rows[i].option;
    }
    fprintf(stderr, "unknown option %ls\n", arg);
    return BAD;
}

/* The next option's letter, or END. */
static int next_option(Scan *s)
{
    if (!s->rest || !*s->rest) {
        if (s->at >= s->argv->length)
            return END;
        const wchar_t *arg = s->argv->items[s->at];
        if (arg[0] != '-' || !arg[1])
            return END;
        s->at++;
        if (wcscmp(arg, L"--") == 0)
            return END;
        if (arg[1] == '-')
            return long_option(s, arg);
        s->rest = arg + 1;
    }
    wchar_t letter = *s->rest++;
    if (!wcschr(L"bBcdEhiIJm:OPqRsStuvVW:xX:?", letter) || letter == ':') {
        fprintf(stderr, "Unknown option: -%lc\n", letter);
        return BAD;
    }
    if (letter == 'J') {
        fprintf(stderr, "-J is reserved for Jython\n");
        return BAD;
    }
    if (wcschr(L"cmWX", letter)) {
        wchar_t name[] = { '-', letter, 0 };
        if (!take_value(s, s->rest, name))
            return BAD;
    }
    return letter == '?' ? 'h' : (int)letter;
}

static void count(int *field)
{
    *field = *field < 0 ? 1 : *field + 1;
}

/* -c and -m end the switches: what follows is the program's. */
static PyStatus take_command(PyConfig *config, const Scan *s)
{
    size_t length = wcslen(s->value);
    wchar_t *text = PyMem_RawMalloc((length + 2) * sizeof *text);
    if (!text)
        return PyStatus_NoMemory();
    memcpy(text, s->value, length * sizeof *text);
    text[length] = '\n';
    text[length + 1] = 0;
    config->run_command = text;
    return PyStatus_Ok();
}

static PyStatus usage_error(const PyConfig *config)
{
    fprintf(stderr, "usage: %ls [option] ... [-c cmd | -m mod | file | -] [arg] ...\n"
                    "Try `python -h' for more information.\n", config->program_name);
    return PyStatus_Exit(2);
}

static PyStatus apply(PyConfig *config, int option, const Scan *s)
{
    switch (option) {
    case 'b': count(&config->bytes_warning); break;
    case 'B': config->write_bytecode = 0; break;
    case 'd': count(&config->parser_debug); break;
    case 'E': config->use_environment = 0; break;
    case 'h': k_settings()->help_asked = 1; break;
    case LONG_HELP_ENV: k_settings()->help_asked = 2; break;
    case LONG_HELP_XOPTIONS: k_settings()->help_asked = 3; break;
    case LONG_HELP_ALL: k_settings()->help_asked = 4; break;
    case 'i': count(&config->inspect); count(&config->interactive); break;
    case 'I': config->isolated = 1; break;
    case 'O': count(&config->optimization_level); break;
    case 'P': config->safe_path = 1; break;
    case 'q': count(&config->quiet); break;
    case 'R': config->use_hash_seed = 0; break; /* random, whatever PYTHONHASHSEED says */
    case 's': config->user_site_directory = 0; break;
    case 'S': config->site_import = 0; break;
    case 'u': config->buffered_stdio = 0; break;
    case 'v': count(&config->verbose); break;
    case 'V': k_settings()->version_asked++; break;
    case 'x': config->skip_source_first_line = 1; break;
    case 'W': return PyWideStringList_Append(&config->warnoptions, s->value);
    case 'X': return PyWideStringList_Append(&config->xoptions, s->value);
    case LONG_PYCS:
        if (wcscmp(s->value, L"always") && wcscmp(s->value, L"never") && wcscmp(s->value, L"default")) {
            fprintf(stderr, "--check-hash-based-pycs must be one of 'default', 'always', or 'never'\n");
            return usage_error(config);
        }
        return PyConfig_SetString(config, &config->check_hash_pycs_mode, s->value);
    case BAD: return usage_error(config);
    default: break; /* -t: accepted and without effect */
    }
    return PyStatus_Ok();
}

/* sys.argv: "-c", "-m" or the script, then its arguments. */
static PyStatus leave_program_arguments(PyConfig *config, const Scan *s)
{
    PyWideStringList rest = { 0 };
    PyStatus status = PyStatus_Ok();
    if (config->run_command || config->run_module)
        status = PyWideStringList_Append(&rest, config->run_command ? L"-c" : L"-m");
    for (Py_ssize_t i = s->at; i < s->argv->length && !PyStatus_Exception(status); i++)
        status = PyWideStringList_Append(&rest, s->argv->items[i]);
    if (!PyStatus_Exception(status) && rest.length == 0)
        status = PyWideStringList_Append(&rest, L"");
    if (!PyStatus_Exception(status))
        status = PyConfig_SetWideStringList(config, &config->argv, rest.length, rest.items);
    for (Py_ssize_t i = 0; i < rest.length; i++)
        PyMem_RawFree(rest.items[i]);
    PyMem_RawFree(rest.items);
    return status;
}

/* A script is known by its full path: the program may change the current folder. */
static PyStatus set_script(PyConfig *config, const wchar_t *name)
{
    char here[PATH_MAX];
    PyStatus status = PyConfig_SetString(config, &config->run_filename, name);
    if (PyStatus_Exception(status) || *name == '/' || !getcwd(here, sizeof here))
        return status;
    wchar_t *folder = Py_DecodeLocale(here, NULL);
    wchar_t *path = folder ? PyMem_RawMalloc((wcslen(folder) + wcslen(name) + 2) * sizeof *path) : NULL;
    if (path) {
        wcscpy(path, folder);
        if (*name && wcscmp(name, L".") != 0)
            wcscat(wcscat(path, L"/"), name);
        PyMem_RawFree(config->run_filename);
        config->run_filename = path;
    }
    PyMem_RawFree(folder);
    return path ? status : PyStatus_NoMemory();
}

static PyStatus print_and_exit(const PyConfig *config)
{
    if (k_settings()->help_asked) {
        config_print_help(config->program_name, k_settings()->help_asked);
        return PyStatus_Exit(0);
    }
    if (k_settings()->version_asked) {
        printf("Python %s\n", k_settings()->version_asked >= 2 ? Py_GetVersion() : "3.11.2");
        return PyStatus_Exit(0);
    }
    return PyStatus_Ok();
}

PyStatus config_read_arguments(PyConfig *config)
{
    PyWideStringList *argv = &config->argv;
    if (!config->program_name && argv->length) {
        PyStatus status = PyConfig_SetString(config, &config->program_name, argv->items[0]);
        if (PyStatus_Exception(status))
            return status;
    }
    Scan s = { .argv = argv, .at = argv->length ? 1 : 0 };
    PyStatus status = PyStatus_Ok();
    for (int option; !PyStatus_Exception(status) && (option = next_option(&s)) != END; ) {
        if (option == 'c' || option == 'm') {
            status = option == 'c' ? take_command(config, &s) : PyConfig_SetString(config, &config->run_module, s.value);
            break;
        }
        status = apply(config, option, &s);
    }
    if (!PyStatus_Exception(status))
        status = print_and_exit(config);
    if (PyStatus_Exception(status))
        return status;
    if (!config->run_command && !config->run_module && !config->run_filename && s.at < argv->length &&
        wcscmp(argv->items[s.at], L"-") != 0)
        status = set_script(config, argv->items[s.at]);
    if (!PyStatus_Exception(status))
        status = leave_program_arguments(config, &s);
    return status;
}
