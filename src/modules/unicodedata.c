/* unicodedata.c - module unicodedata: the character database for Python.
 *
 * In: strs of one character, names, texts to normalise.  Out: properties, names, normal forms.
 * The functions serve as methods of UCD objects, too; the one UCD object is the database of Unicode 3.2, which knows the
 * characters assigned then. Start at normalise(). */
#include "base/unicode.h"
#include "base/unicode_db.h"
#include "memory/gc.h"
#include "objects/bytes/bytes.h"
#include "objects/capsule.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str_int.h"
#include "runtime/errors.h"

typedef struct Ucd { /* another version of the database */
    PyObject ob_base;
    const char *version;
} Ucd;
static PyTypeObject ucd_type;

static int is_old(PyObject *self)
{
    return Py_IS_TYPE(self, &ucd_type);
}

static int is_absent(PyObject *self, Py_UCS4 c)
{
    return is_old(self) && !unicode_record(c)->in_3_2;
}

/* A property's value in self's version of the database; 0 of an unassigned character. */
static int value_in(PyObject *self, Py_UCS4 c, UnicodeOldProperty property, int now)
{
    return !is_old(self) ? now : is_absent(self, c) ? 0 : unicode_old_value(c, property, now);
}

/* The only character of a str: 0, or -1 with TypeError. */
static int one_char(PyObject *o, const char *fn, const char *which, Py_UCS4 *c)
{
    if (!PyUnicode_Check(o) || PyUnicode_READY(o) < 0 || STR_LEN(o) != 1) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_TypeError, "%s() %s must be a unicode character, not %.50s", fn, which,
                         o == Py_None ? "None" : Py_TYPE(o)->tp_name);
        return -1;
    }
    *c = STR_AT(o, 0);
    return 0;
}

/* ---- properties ---- */

FUNCTION(unicodedata, category, O, "($self, chr, /)", "Returns the general category assigned to the character chr as string.")
{
    Py_UCS4 c;
    if (one_char(arg, "category", "argument", &c) < 0)
        return NULL;
    return PyUnicode_FromString(
        unicode_category_name((uint8_t)value_in(self, c, UNICODE_OLD_CATEGORY, unicode_record(c)->category)));
}
FUNCTION(unicodedata, bidirectional, O, "($self, chr, /)",
         "Returns the bidirectional class assigned to the character chr as string.")
{
    Py_UCS4 c;
    if (one_char(arg, "bidirectional", "argument", &c) < 0)
        return NULL;
    return PyUnicode_FromString(unicode_bidi_name((uint8_t)value_in(self, c, UNICODE_OLD_BIDI, unicode_record(c)->bidi)));
}
FUNCTION(unicodedata, combining, O, "($self, chr, /)",
         "Returns the canonical combining class assigned to the character chr as integer.")
{
    Py_UCS4 c;
    if (one_char(arg, "combining", "argument", &c) < 0)
        return NULL;
    return PyLong_FromLong(is_absent(self, c) ? 0 : unicode_record(c)->combining);
}
FUNCTION(unicodedata, mirrored, O, "($self, chr, /)", "Returns the mirrored property assigned to the character chr as integer.")
{
    Py_UCS4 c;
    if (one_char(arg, "mirrored", "argument", &c) < 0)
        return NULL;
    return PyLong_FromLong(value_in(self, c, UNICODE_OLD_MIRRORED, unicode_record(c)->mirrored));
}
FUNCTION(unicodedata, east_asian_width, O, "($self, chr, /)",
         "Returns the east asian width assigned to the character chr as string.")
{
    Py_UCS4 c;
    if (one_char(arg, "east_asian_width", "argument", &c) < 0)
        return NULL;
    return PyUnicode_FromString(unicode_width_name((uint8_t)value_in(self, c, UNICODE_OLD_WIDTH, unicode_record(c)->width)));
}
FUNCTION(unicodedata, decomposition, O, "($self, chr, /)",
         "Returns the character decomposition mapping assigned to the character chr as string.")
{
    Py_UCS4 c;
    const uint32_t *to = NULL;
    const char *tag = "";
    char text[256], *out = text;
    if (one_char(arg, "decomposition", "argument", &c) < 0)
        return NULL;
    int n = is_absent(self, c) ? 0 : unicode_decomposition(c, &to, &tag);
    out = stpcpy(out, tag);
    for (int i = 0; i < n; i++)
        out += sprintf(out, out > text ? " %04X" : "%04X", to[i]);
    *out = 0;
    return PyUnicode_FromString(text);
}

/* default, or ValueError. */
static PyObject *fallback(PyObject *const *args, Py_ssize_t nargs, const char *message)
{
    return nargs > 1 ? Py_NewRef(args[1]) : k_raise(PyExc_ValueError, message);
}

static int char_and_default(const char *fn, PyObject *const *args, Py_ssize_t nargs, Py_UCS4 *c)
{
    return k_check_nargs(fn, nargs, 1, 2) < 0 ? -1 : one_char(args[0], fn, "argument 1", c);
}
FUNCTION(unicodedata, decimal, FAST, "($self, chr, default=<unrepresentable>, /)",
         "Converts a Unicode character into its equivalent decimal value.")
{
    Py_UCS4 c;
    if (char_and_default("decimal", args, nargs, &c) < 0)
        return NULL;
    int value = is_absent(self, c) ? -1 : value_in(self, c, UNICODE_OLD_DECIMAL, unicode_type(c)->decimal);
    return value < 0 ? fallback(args, nargs, "not a decimal") : PyLong_FromLong(value);
}
FUNCTION(unicodedata, digit, FAST, "($self, chr, default=<unrepresentable>, /)",
         "Converts a Unicode character into its equivalent digit value.")
{
    Py_UCS4 c;
    if (char_and_default("digit", args, nargs, &c) < 0)
        return NULL;
    int value = unicode_type(c)->digit;
    return value < 0 ? fallback(args, nargs, "not a digit") : PyLong_FromLong(value);
}
FUNCTION(unicodedata, numeric, FAST, "($self, chr, default=<unrepresentable>, /)",
         "Converts a Unicode character into its equivalent numeric value.")
{
    Py_UCS4 c;
    if (char_and_default("numeric", args, nargs, &c) < 0)
        return NULL;
    int none = is_absent(self, c) || !(unicode_type(c)->flags & UNICODE_NUMERIC);
    return none ? fallback(args, nargs, "not a numeric character") : PyFloat_FromDouble(unicode_numeric(c));
}

/* ---- names ---- */

FUNCTION(unicodedata, name, FAST, "($self, chr, default=<unrepresentable>, /)",
         "Returns the name assigned to the character chr as a string.")
{
    Py_UCS4 c;
    char text[UNICODE_NAME_MAX];
    if (char_and_default("name", args, nargs, &c) < 0)
        return NULL;
    if (is_absent(self, c) || !unicode_name(c, text))
        return fallback(args, nargs, "no such name");
    return PyUnicode_FromString(text);
}
/* Is this the character's own name, and was it there in Unicode 3.2? Aliases are younger. */
static int is_name_of(Py_UCS4 c, const char *name, Py_ssize_t length)
{
    char text[UNICODE_NAME_MAX];
    return unicode_record(c)->in_3_2 && unicode_name(c, text) == length && strncasecmp(text, name, (size_t)length) == 0;
}

FUNCTION(unicodedata, lookup, O, "($self, name, /)", "Look up character by name.")
{
    uint32_t to[8];
    Py_ssize_t length;
    const char *name;
    if (PyUnicode_Check(arg)) {
        name = PyUnicode_AsUTF8AndSize(arg, &length);
    } else if (PyBytes_Check(arg)) {
        name = PyBytes_AS_STRING(arg);
        length = PyBytes_GET_SIZE(arg);
    } else {
        return k_raise(PyExc_TypeError, "lookup() argument must be read-only bytes-like object, not %.50s",
                       arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
    }
    if (!name)
        return NULL;
    if (length > UNICODE_NAME_MAX)
        return k_raise(PyExc_KeyError, "name too long");
    int n = unicode_lookup(name, length, !is_old(self), to);
    if (n == 0 || (is_old(self) && !is_name_of(to[0], name, length)))
        return k_raise(PyExc_KeyError, "undefined character name '%.*s'", (int)length, name);
    return str_from_ucs4(to, n);
}

/* ---- normal forms ---- */

typedef enum Form { FORM_NFD, FORM_NFKD, FORM_NFC, FORM_NFKC } Form;
enum { S_BASE = 0xac00, L_BASE = 0x1100, V_BASE = 0x1161, T_BASE = 0x11a7, L_COUNT = 19, V_COUNT = 21, T_COUNT = 28,
       S_COUNT = L_COUNT * V_COUNT * T_COUNT };

typedef struct Run { /* characters that grow */
    Py_UCS4 *c;
    Py_ssize_t n, room;
} Run;

static int run_add(Run *run, Py_UCS4 c)
{
    if (run->n == run->room) {
        Py_ssize_t room = run->room * 2 + 64;
        Py_UCS4 *p = PyMem_Realloc(run->c, (size_t)room * sizeof *p);
        if (!p) {
            PyErr_NoMemory();
            return -1;
        }
        run->c = p;
        run->room = room;
    }
    run->c[run->n++] = c;
    return 0;
}

/* Canonical mappings that were corrected after Unicode 3.2: what they were. */
static Py_UCS4 old_mapping(Py_UCS4 c)
{
    static const Py_UCS4 old[][2] = { { 0x2f868, 0x2136a }, { 0x2f874, 0x5f33 }, { 0x2f91f, 0x43ab },
                                      { 0x2f95f, 0x7aae },  { 0x2f9bf, 0x4d57 } };
    for (int i = 0; i < K_COUNT_OF(old); i++) {
        if (old[i][0] == c)
            return old[i][1];
    }
    return 0;
}

static int add_decomposed(Run *run, Py_UCS4 c, int compat, int old)
{
    const uint32_t *to;
    const char *tag;
    if (c >= S_BASE && c < S_BASE + S_COUNT) {
        Py_UCS4 i = c - S_BASE, tail = i % T_COUNT;
        if (run_add(run, L_BASE + i / (V_COUNT * T_COUNT)) < 0 || run_add(run, V_BASE + i / T_COUNT % V_COUNT) < 0)
            return -1;
        return tail ? run_add(run, T_BASE + tail) : 0;
    }
    if (old && old_mapping(c))
        return add_decomposed(run, old_mapping(c), compat, old);
    int n = old && !unicode_record(c)->in_3_2 ? 0 : unicode_decomposition(c, &to, &tag);
    if (n == 0 || (*tag && !compat))
        return run_add(run, c);
    for (int i = 0; i < n; i++) { /* the mappings end after a few steps */
        if (add_decomposed(run, to[i], compat, old) < 0)
            return -1;
    }
    return 0;
}

/* Characters between two of class 0 in the order of their classes; stable. */
static void order(Run *run)
{
    for (Py_ssize_t i = 1; i < run->n; i++) {
        Py_UCS4 c = run->c[i];
        int class = unicode_record(c)->combining;
        Py_ssize_t at = i;
        if (!class)
            continue;
        while (at > 0 && unicode_record(run->c[at - 1])->combining > class) {
            run->c[at] = run->c[at - 1];
            at--;
        }
        run->c[at] = c;
    }
}

static Py_UCS4 composed_pair(Py_UCS4 a, Py_UCS4 b, int old)
{
    if (a >= L_BASE && a < L_BASE + L_COUNT && b >= V_BASE && b < V_BASE + V_COUNT)
        return S_BASE + ((a - L_BASE) * V_COUNT + (b - V_BASE)) * T_COUNT;
    if (a >= S_BASE && a < S_BASE + S_COUNT && (a - S_BASE) % T_COUNT == 0 && b > T_BASE && b < T_BASE + T_COUNT)
        return a + (b - T_BASE);
    Py_UCS4 c = unicode_compose(a, b);
    return c && old && !unicode_record(c)->in_3_2 ? 0 : c;
}

static void compose(Run *run, int old)
{
    Py_ssize_t starter = -1, out = 0;
    int last_class = 0;
    for (Py_ssize_t i = 0; i < run->n; i++) {
        Py_UCS4 c = run->c[i];
        int class = unicode_record(c)->combining;
        int blocked = starter < 0 || (out - 1 != starter && (last_class >= class || last_class == 0));
        Py_UCS4 both = blocked ? 0 : composed_pair(run->c[starter], c, old);
        if (both) {
            run->c[starter] = both;
            continue;
        }
        if (class == 0)
            starter = out;
        last_class = class;
        run->c[out++] = c;
    }
    run->n = out;
}

/* 0 yes, 1 maybe, 2 no. */
static int quick_check(PyObject *s, Form form)
{
    int answer = 0, last_class = 0;
    for (Py_ssize_t i = 0; i < STR_LEN(s); i++) {
        const UnicodeRecord *record = unicode_record(STR_AT(s, i));
        int this_one = record->quick >> 2 * form & 3;
        if ((record->combining && last_class > record->combining) || this_one == 2)
            return 2;
        answer = Py_MAX(answer, this_one);
        last_class = record->combining;
    }
    return answer;
}

static PyObject *normalise(PyObject *s, Form form, int old)
{
    Run run = { NULL, 0, 0 };
    for (Py_ssize_t i = 0; i < STR_LEN(s); i++) {
        if (add_decomposed(&run, STR_AT(s, i), form == FORM_NFKD || form == FORM_NFKC, old) < 0) {
            PyMem_Free(run.c);
            return NULL;
        }
    }
    order(&run);
    if (form == FORM_NFC || form == FORM_NFKC)
        compose(&run, old);
    PyObject *result = str_from_ucs4(run.c, run.n);
    PyMem_Free(run.c);
    return result;
}

static int form_args(const char *fn, PyObject *const *args, Py_ssize_t nargs, Form *form)
{
    static const char *const names[] = { "NFD", "NFKD", "NFC", "NFKC" };
    if (k_check_nargs(fn, nargs, 2, 2) < 0 || k_arg_str(args[0], fn, "argument 1") < 0 || k_arg_str(args[1], fn, "argument 2") < 0)
        return -1;
    for (int i = 0; i < 4; i++) {
        if (_PyUnicode_EqualToASCIIString(args[0], names[i])) {
            *form = (Form)i;
            return 0;
        }
    }
    if (STR_LEN(args[1]) == 0 && strcmp(fn, "normalize") == 0)
        return 1; /* nothing to do, whatever the form */
    PyErr_SetString(PyExc_ValueError, "invalid normalization form");
    return -1;
}

FUNCTION(unicodedata, normalize, FAST, "($self, form, unistr, /)", "Return the normal form 'form' for the Unicode string unistr.")
{
    Form form;
    int status = form_args("normalize", args, nargs, &form);
    if (status < 0)
        return NULL;
    if (status || (PyUnicode_IS_ASCII(args[1])) || (!is_old(self) && quick_check(args[1], form) == 0))
        return str_result(args[1]);
    return normalise(args[1], form, is_old(self));
}
FUNCTION(unicodedata, is_normalized, FAST, "($self, form, unistr, /)",
         "Return whether the Unicode string unistr is in the normal form 'form'.")
{
    Form form;
    if (form_args("is_normalized", args, nargs, &form) < 0)
        return NULL;
    int answer = is_old(self) ? 1 : quick_check(args[1], form);
    if (answer != 1)
        Py_RETURN_BOOL(answer == 0);
    K_AUTO(PyObject *) normal = normalise(args[1], form, is_old(self));
    if (!normal)
        return NULL;
    Py_RETURN_BOOL(k_str_eq(normal, args[1]));
}
METHODS_END(unicodedata);
METHODS_DECLARE(unicodedata);

/* ---- the other version ---- */

static PyMemberDef ucd_members[] = {
    { "unidata_version", T_STRING, offsetof(Ucd, version), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};

static void ucd_dealloc(PyObject *self)
{
    PyObject_Free(self);
}

static PyTypeObject ucd_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0), .tp_name = "unicodedata.UCD", .tp_basicsize = sizeof(Ucd),
    .tp_dealloc = ucd_dealloc, .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, .tp_methods = METHODS(unicodedata),
    .tp_members = ucd_members,
};
K_TYPE(ucd_type);

/* ---- names for other modules ---- */

typedef struct NameCapi {
    int (*getname)(Py_UCS4 c, char *buffer, int size, int with_alias_and_sequence);
    int (*getcode)(const char *name, int length, Py_UCS4 *c, int with_sequence);
} NameCapi;

static int capi_getname(Py_UCS4 c, char *buffer, int size, int with_alias_and_sequence)
{
    char text[UNICODE_NAME_MAX];
    (void)with_alias_and_sequence;
    if (!unicode_name(c, text) || (int)strlen(text) >= size)
        return 0;
    strcpy(buffer, text);
    return 1;
}

static int capi_getcode(const char *name, int length, Py_UCS4 *c, int with_sequence)
{
    uint32_t to[8];
    (void)with_sequence;
    if (unicode_lookup(name, length, 0, to) != 1)
        return 0;
    *c = to[0];
    return 1;
}

static const NameCapi name_capi = { capi_getname, capi_getcode };

static int add_new(PyObject *module, const char *name, PyObject *o)
{
    int status = o ? PyModule_AddObjectRef(module, name, o) : -1;
    Py_XDECREF(o);
    return status;
}

static int unicodedata_exec(PyObject *module)
{
    Ucd *old = PyObject_New(Ucd, &ucd_type);
    if (old)
        old->version = "3.2.0";
    if (PyModule_AddStringConstant(module, "unidata_version", "14.0.0") < 0)
        return -1;
    if (PyModule_AddObjectRef(module, "UCD", (PyObject *)&ucd_type) < 0 || add_new(module, "ucd_3_2_0", (PyObject *)old) < 0)
        return -1;
    return add_new(module, "_ucnhash_CAPI", PyCapsule_New((void *)&name_capi, "unicodedata._ucnhash_CAPI", NULL));
}
MODULE(unicodedata,
       "This module provides access to the Unicode Character Database: properties of every\n"
       "character, by the data of version 14.0.0.",
       unicodedata_exec, 0);
