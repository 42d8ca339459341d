/* config_help.c - the texts of -h, --help-env, --help-xoptions, --help-all. */
#include "runtime/config.h"

static const char options_text[] =
    "Options (and corresponding environment variables):\n"
    "-b     : warn when bytes are turned into or compared with str; -bb: make that an error\n"
    "-B     : write no .pyc files; also PYTHONDONTWRITEBYTECODE=x\n"
    "-c cmd : the program itself, as text (ends the options)\n"
    "-d     : parser debugging; also PYTHONDEBUG=x\n"
    "-E     : ignore PYTHON* environment variables\n"
    "-h     : print this help and exit (also -? or --help)\n"
    "-i     : go interactive after the program; prompt even when stdin is no terminal;\n"
    "         also PYTHONINSPECT=x\n"
    "-I     : isolated from the user's environment (implies -E, -P and -s)\n"
    "-m mod : run a library module as a script (ends the options)\n"
    "-O     : drop assert statements and code that depends on __debug__; also PYTHONOPTIMIZE=x\n"
    "-OO    : like -O, and drop docstrings\n"
    "-P     : put no unsafe path first on sys.path; also PYTHONSAFEPATH\n"
    "-q     : no version and copyright at interactive start\n"
    "-s     : no user site directory on sys.path; also PYTHONNOUSERSITE\n"
    "-S     : no 'import site' at start\n"
    "-u     : unbuffered stdout and stderr; also PYTHONUNBUFFERED=x\n"
    "-v     : trace imports, more with each further -v; also PYTHONVERBOSE=x\n"
    "-V     : print the version and exit (also --version); twice: tell more\n"
    "-W arg : what to do with warnings, action:message:category:module:lineno;\n"
    "         also PYTHONWARNINGS=arg\n"
    "-x     : skip the source's first line\n"
    "-X opt : an option of this implementation (see --help-xoptions)\n"
    "--check-hash-based-pycs always|default|never:\n"
    "         how hash-based .pyc files are checked\n"
    "--help-env      : tell about environment variables and exit\n"
    "--help-xoptions : tell about -X options and exit\n"
    "--help-all      : all of it, and exit\n"
    "Arguments:\n"
    "file   : a script to run\n"
    "-      : read the program from stdin (default; interactive on a terminal)\n"
    "arg ...: what sys.argv[1:] will hold\n";

static const char env_text[] =
    "Environment variables:\n"
    "PYTHONSTARTUP   : a file to run at interactive start\n"
    "PYTHONPATH      : directories, with ':' between them, searched before the standard library\n"
    "PYTHONSAFEPATH  : put no unsafe path first on sys.path\n"
    "PYTHONHOME      : another prefix; the library is then <prefix>/lib/python3.11\n"
    "KAA_STDLIB      : the folder of the standard library\n"
    "PYTHONPLATLIBDIR: sys.platlibdir\n"
    "PYTHONUTF8      : 1 for UTF-8 mode\n"
    "PYTHONIOENCODING: encoding[:errors] of stdin, stdout, stderr\n"
    "PYTHONFAULTHANDLER: show the Python traceback on a crash\n"
    "PYTHONHASHSEED  : 'random', or a number for hashes that repeat\n"
    "PYTHONINTMAXSTRDIGITS: limit of digits between int and str; 0 for none\n"
    "PYTHONMALLOC    : the memory allocator, or 'debug' for checks on it\n"
    "PYTHONCOERCECLOCALE: 0 keeps the C locale, 'warn' tells when it is replaced\n"
    "PYTHONBREAKPOINT: what breakpoint() calls; 0 for nothing\n"
    "PYTHONDEVMODE   : development mode\n"
    "PYTHONPYCACHEPREFIX: a tree of its own for .pyc files\n"
    "PYTHONWARNDEFAULTENCODING: warn of encoding=None\n"
    "PYTHONNODEBUGRANGES: keep no column numbers in code objects\n"
    "PYTHONDEBUG, PYTHONDONTWRITEBYTECODE, PYTHONINSPECT, PYTHONNOUSERSITE, PYTHONOPTIMIZE,\n"
    "PYTHONUNBUFFERED, PYTHONVERBOSE, PYTHONWARNINGS: see -h\n";

static const char x_text[] =
    "The following implementation-specific options are available:\n"
    "-X faulthandler: show the Python traceback on a crash\n"
    "-X tracemalloc[=NFRAME]: trace memory allocations from the start\n"
    "-X importtime: tell how long each import takes\n"
    "-X errlog=FILE: write uncaught exceptions to a log (see the module pyerror)\n"
    "-X dev: development mode: default warnings, checks on memory, asyncio debug mode\n"
    "-X utf8[=0|1]: UTF-8 mode on or off\n"
    "-X pycache_prefix=PATH: a tree of its own for .pyc files\n"
    "-X warn_default_encoding: warn of encoding=None\n"
    "-X no_debug_ranges: keep no column numbers in code objects\n"
    "-X frozen_modules=[on|off]: accepted\n"
    "-X int_max_str_digits=number: limit of digits between int and str; 0 for none\n"
    "-X kaa-engine=1:1: run the plain translation of the bytecode\n"
    "-X kaa-stats: at exit, tell on stderr what the engine did: instructions, caches, collections\n";

void config_print_help(const wchar_t *program, int which)
{
    enum { ALL = 4 };
    if (which == 1 || which == ALL)
        printf("usage: %ls [option] ... [-c cmd | -m mod | file | -] [arg] ...\n%s", program, options_text);
    if (which == 2 || which == ALL)
        fputs(env_text, stdout);
    if (which == 3 || which == ALL)
        fputs(x_text, stdout);
}
