/* sys_info.c - what sys tells about the program: version, limits, flags.
 *
 * Start at sys_add_static_info(), which needs no configuration; sys_flags() is made from it. */
#include "modules/sys/sys_module.h"

#include "modules/sys/stdlib_names.h"
#include "objects/dict/dict.h"
#include "objects/float/float.h"
#include "objects/hash.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/namespace.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "objects/structseq.h"
#include "objects/tuple.h"
#include "runtime/config.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/thread.h"

#include <float.h>

enum { HEX_VERSION = 0x030b02f0 };
const unsigned long Py_Version = HEX_VERSION;

#define FIELD(name, doc) { name, doc }
#define END { NULL, NULL }

static PyStructSequence_Field flag_fields[] = {
    FIELD("debug", "-d"), FIELD("inspect", "-i"), FIELD("interactive", "-i"), FIELD("optimize", "-O or -OO"),
    FIELD("dont_write_bytecode", "-B"), FIELD("no_user_site", "-s"), FIELD("no_site", "-S"),
    FIELD("ignore_environment", "-E"), FIELD("verbose", "-v"), FIELD("bytes_warning", "-b"), FIELD("quiet", "-q"),
    FIELD("hash_randomization", "-R"), FIELD("isolated", "-I"), FIELD("dev_mode", "-X dev"), FIELD("utf8_mode", "-X utf8"),
    FIELD("warn_default_encoding", "-X warn_default_encoding"), FIELD("safe_path", "-P"),
    FIELD("int_max_str_digits", "-X int_max_str_digits"), END
};
enum { FLAGS = 18, FLAGS_SEQUENCE = 18 };
static PyStructSequence_Desc flag_desc = {
    "sys.flags", "sys.flags\n\nFlags provided through command line arguments or environment vars.", flag_fields,
    FLAGS_SEQUENCE
};
static PyTypeObject flag_type;

static PyStructSequence_Field version_fields[] = {
    FIELD("major", "Major release number"), FIELD("minor", "Minor release number"),
    FIELD("micro", "Patch release number"), FIELD("releaselevel", "'alpha', 'beta', 'candidate', or 'final'"),
    FIELD("serial", "Serial release number"), END
};
static PyStructSequence_Desc version_desc = {
    "sys.version_info", "sys.version_info\n\nVersion information as a named tuple.", version_fields, 5
};
static PyTypeObject version_type;

static PyStructSequence_Field hash_fields[] = {
    FIELD("width", "bits of a hash value"), FIELD("modulus", "the prime that numeric hashes are reduced by"),
    FIELD("inf", "hash of positive infinity"), FIELD("nan", "no longer used"),
    FIELD("imag", "multiplier for the imaginary part of a complex number"),
    FIELD("algorithm", "algorithm for str, bytes and memoryview"), FIELD("hash_bits", "bits that algorithm gives"),
    FIELD("seed_bits", "bits of its key"), FIELD("cutoff", "lengths below this use another algorithm"), END
};
static PyStructSequence_Desc hash_desc = {
    "sys.hash_info", "hash_info\n\nParameters of hashes, as a named tuple.", hash_fields, 9
};
static PyTypeObject hash_type;

int sys_start_info(void)
{
    struct {
        PyTypeObject *type;
        PyStructSequence_Desc *desc;
    } rows[] = { { &flag_type, &flag_desc }, { &version_type, &version_desc }, { &hash_type, &hash_desc } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!rows[i].type->tp_name && k_structseq_init(rows[i].type, rows[i].desc) < 0)
            return -1;
        rows[i].type->tp_flags |= Py_TPFLAGS_DISALLOW_INSTANTIATION;
        rows[i].type->tp_new = NULL;
        if (rows[i].type->tp_dict && PyDict_Contains(rows[i].type->tp_dict, K_STR("__new__")) == 1 &&
            PyDict_DelItem(rows[i].type->tp_dict, K_STR("__new__")) < 0)
            return -1;
        PyType_Modified(rows[i].type);
    }
    return 0;
}

/* A struct sequence from n new references (NULL among them: an exception is set). */
static PyObject *fill(PyTypeObject *type, PyObject **values, Py_ssize_t n)
{
    PyObject *result = PyStructSequence_New(type);
    for (Py_ssize_t i = 0; i < n; i++) {
        if (!result || !values[i]) {
            Py_CLEAR(result);
            Py_XDECREF(values[i]);
        } else {
            PyStructSequence_SET_ITEM(result, i, values[i]);
        }
    }
    return result;
}

PyObject *sys_flags(void)
{
    const PyConfig *c = k_config();
    long hash_randomization = !c->use_hash_seed || c->hash_seed;
    long numbers[FLAGS] = {
        c->parser_debug, c->inspect, c->interactive, c->optimization_level, !c->write_bytecode, !c->user_site_directory,
        !c->site_import, !c->use_environment, c->verbose, c->bytes_warning, c->quiet, hash_randomization, c->isolated, 0,
        k_settings()->utf8_mode, c->warn_default_encoding, 0, k_settings()->int_max_str_digits,
    };
    enum { DEV_MODE = 13, SAFE_PATH = 16 };
    PyObject *values[FLAGS];
    for (int i = 0; i < FLAGS; i++)
        values[i] = i == DEV_MODE ? PyBool_FromLong(c->dev_mode) : i == SAFE_PATH ? PyBool_FromLong(c->safe_path)
                                                                                  : PyLong_FromLong(numbers[i]);
    return fill(&flag_type, values, FLAGS);
}

static PyObject *version_info(void)
{
    PyObject *values[] = { PyLong_FromLong(3), PyLong_FromLong(11), PyLong_FromLong(2), PyUnicode_FromString("final"),
                           PyLong_FromLong(0) };
    return fill(&version_type, values, 5);
}

static PyObject *hash_info(void)
{
    PyHash_FuncDef *def = PyHash_GetFuncDef();
    PyObject *values[] = {
        PyLong_FromLong(8 * sizeof(Py_hash_t)), PyLong_FromSize_t(_PyHASH_MODULUS), PyLong_FromLong(_PyHASH_INF),
        PyLong_FromLong(0), PyLong_FromLong(_PyHASH_IMAG), PyUnicode_FromString(def->name),
        PyLong_FromLong(def->hash_bits), PyLong_FromLong(def->seed_bits), PyLong_FromLong(0),
    };
    return fill(&hash_type, values, 9);
}

static PyObject *implementation(void)
{
    K_AUTO(PyObject *) dict = Py_BuildValue("{s:s,s:s,s:N,s:l,s:s}", "name", "cpython", "cache_tag", "cpython-311", "version",
                                            version_info(), "hexversion", (long)HEX_VERSION, "_multiarch",
                                            "x86_64-linux-gnu");
    return dict ? _PyNamespace_New(dict) : NULL;
}

static PyObject *stdlib_module_names(void)
{
    K_AUTO(PyObject *) text = PyUnicode_FromString(stdlib_names);
    K_AUTO(PyObject *) words = text ? PyUnicode_Split(text, NULL, -1) : NULL;
    return words ? PyFrozenSet_New(words) : NULL;
}

static PyObject *builtin_module_names(void)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    for (const struct _inittab *row = PyImport_Inittab; list && row->name; row++) {
        K_AUTO(PyObject *) name = PyUnicode_InternFromString(row->name);
        if (!name || PyList_Append(list, name) < 0)
            return NULL;
    }
    if (!list || PyList_Sort(list) < 0)
        return NULL;
    return PyList_AsTuple(list);
}

/* ---- version texts ---- */

#ifdef __clang__
#define COMPILER "Clang " __clang_version__
#else
#define COMPILER "GCC " __VERSION__
#endif

const char *Py_GetCompiler(void)
{
    return "[Kaa " KAA_VERSION ", " COMPILER "]";
}

const char *Py_GetBuildInfo(void)
{
    return "main, " __DATE__ ", " __TIME__;
}

const char *Py_GetVersion(void)
{
    return "3.11.2 (main, " __DATE__ ", " __TIME__ ") [Kaa " KAA_VERSION ", " COMPILER "]";
}

const char *Py_GetPlatform(void)
{
    return "linux";
}

const char *Py_GetCopyright(void)
{
    return "Copyright (c) 2001-2023 Python Software Foundation.\nAll Rights Reserved.\n\n"
           "Copyright (c) 2000 BeOpen.com.\nAll Rights Reserved.\n\n"
           "Copyright (c) 1995-2001 Corporation for National Research Initiatives.\nAll Rights Reserved.\n\n"
           "Copyright (c) 1991-1995 Stichting Mathematisch Centrum, Amsterdam.\nAll Rights Reserved.";
}

const char *_Py_gitidentifier(void)
{
    return "";
}

const char *_Py_gitversion(void)
{
    return "";
}

static PyObject *kaa_version_info(void)
{
    int major = 0, minor = 0, micro = 0;
    sscanf(KAA_VERSION, "%d.%d.%d", &major, &minor, &micro);
    return Py_BuildValue("(iii)", major, minor, micro);
}

/* ---- all of it ---- */

static int add(PyObject *dict, const char *name, K_STOLEN PyObject *value)
{
    K_AUTO(PyObject *) owned = value;
    return owned ? PyDict_SetItemString(dict, name, owned) : -1;
}

int sys_add_static_info(PyObject *module)
{
    PyObject *dict = PyModule_GetDict(module);
    const union { short number; char bytes[2]; } order = { 1 };
    int failed = add(dict, "version", PyUnicode_FromString(Py_GetVersion())) < 0 ||
        add(dict, "hexversion", PyLong_FromLong(HEX_VERSION)) < 0 ||
        add(dict, "_git", Py_BuildValue("(sss)", "CPython", _Py_gitidentifier(), _Py_gitversion())) < 0 ||
        add(dict, "_framework", PyUnicode_FromString("")) < 0 ||
        add(dict, "api_version", PyLong_FromLong(PYTHON_API_VERSION)) < 0 ||
        add(dict, "copyright", PyUnicode_FromString(Py_GetCopyright())) < 0 ||
        add(dict, "platform", PyUnicode_FromString(Py_GetPlatform())) < 0 ||
        add(dict, "maxsize", PyLong_FromSsize_t(PY_SSIZE_T_MAX)) < 0 ||
        add(dict, "float_info", PyFloat_GetInfo()) < 0 || add(dict, "int_info", PyLong_GetInfo()) < 0 ||
        add(dict, "hash_info", hash_info()) < 0 || add(dict, "maxunicode", PyLong_FromLong(0x10FFFF)) < 0 ||
        add(dict, "builtin_module_names", builtin_module_names()) < 0 ||
        add(dict, "stdlib_module_names", stdlib_module_names()) < 0 ||
        add(dict, "byteorder", PyUnicode_FromString(order.bytes[0] ? "little" : "big")) < 0 ||
        add(dict, "abiflags", PyUnicode_FromString("")) < 0 || add(dict, "version_info", version_info()) < 0 ||
        add(dict, "implementation", implementation()) < 0 ||
        add(dict, "float_repr_style", PyUnicode_FromString("short")) < 0 ||
        add(dict, "thread_info", PyThread_GetInfo()) < 0 || add(dict, "kaa_version_info", kaa_version_info()) < 0;
    return failed ? -1 : 0;
}
