/* _locale.c - module _locale: the C library's locales.
 *
 * In: categories, text in the locale's encoding.  Out: conventions, collation keys, translated messages.
 * Start at _locale_setlocale. */
#include <errno.h>
#include <langinfo.h>
#include <libintl.h>
#include <locale.h>
#include <wchar.h>

#include "memory/mem.h"
#include "objects/bytes/bytes.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "runtime/errors.h"
#include "runtime/osutil.h"

static PyObject *locale_error; /* the class Error, made once */

METHODS_DECLARE(_locale);

/* Text of the C library in the encoding of LC_CTYPE. */
static PyObject *locale_text(const char *text)
{
    return PyUnicode_DecodeLocale(text, "surrogateescape");
}

FUNCTION(_locale, setlocale, FAST, "($module, category, locale=<unrepresentable>, /)",
         "Sets the locale of a category, or tells it.")
{
    int category;
    const char *name = NULL;
    if (!_PyArg_ParseStack(args, nargs, "i|z:setlocale", &category, &name))
        return NULL;
    const char *now = setlocale(category, name);
    if (!now)
        return k_raise(locale_error, name ? "unsupported locale setting" : "locale query failed");
    return locale_text(now);
}

/* ---- conventions ---- */

/* The bytes of a grouping as a list of ints, ended by 0 or CHAR_MAX. */
static PyObject *grouping_list(const char *group)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    if (!list || !group[0])
        return K_MOVE(list);
    for (;; group++) {
        bool last = *group == '\0' || *group == CHAR_MAX;
        K_AUTO(PyObject *) number = PyLong_FromLong(*group);
        if (!number || PyList_Append(list, number) < 0)
            return NULL;
        if (last)
            return K_MOVE(list);
    }
}

static int put(PyObject *dict, const char *key, K_STOLEN PyObject *value)
{
    K_AUTO(PyObject *) owned = value;
    return owned ? PyDict_SetItemString(dict, key, owned) : -1;
}

static int put_conventions(PyObject *dict, const struct lconv *lc)
{
    const struct { const char *name, *text; } text[] = {
        { "int_curr_symbol", lc->int_curr_symbol },     { "currency_symbol", lc->currency_symbol },
        { "mon_decimal_point", lc->mon_decimal_point }, { "mon_thousands_sep", lc->mon_thousands_sep },
        { "positive_sign", lc->positive_sign },         { "negative_sign", lc->negative_sign },
    };
    const struct { const char *name; int number; } number[] = {
        { "int_frac_digits", lc->int_frac_digits }, { "frac_digits", lc->frac_digits },
        { "p_cs_precedes", lc->p_cs_precedes },     { "p_sep_by_space", lc->p_sep_by_space },
        { "n_cs_precedes", lc->n_cs_precedes },     { "n_sep_by_space", lc->n_sep_by_space },
        { "p_sign_posn", lc->p_sign_posn },         { "n_sign_posn", lc->n_sign_posn },
    };
    for (Py_ssize_t i = 0; i < K_COUNT_OF(text); i++)
        if (put(dict, text[i].name, locale_text(text[i].text)) < 0)
            return -1;
    for (Py_ssize_t i = 0; i < K_COUNT_OF(number); i++)
        if (put(dict, number[i].name, PyLong_FromLong(number[i].number)) < 0)
            return -1;
    return put(dict, "mon_grouping", grouping_list(lc->mon_grouping)) < 0 ||
                   put(dict, "decimal_point", locale_text(lc->decimal_point)) < 0 ||
                   put(dict, "thousands_sep", locale_text(lc->thousands_sep)) < 0 ||
                   put(dict, "grouping", grouping_list(lc->grouping)) < 0
               ? -1
               : 0;
}

FUNCTION(_locale, localeconv, NOARGS, "($module, /)", "How numbers and sums of money are written: a dict.")
{
    K_AUTO(PyObject *) dict = PyDict_New();
    return dict && put_conventions(dict, localeconv()) == 0 ? K_MOVE(dict) : NULL;
}

/* ---- collation ---- */

FUNCTION(_locale, strcoll, FAST,
         "($module, os1, os2, /)", "Which of two strings comes first in the locale: negative, 0 or positive.")
{
    PyObject *a, *b;
    if (!_PyArg_ParseStack(args, nargs, "UU:strcoll", &a, &b))
        return NULL;
    wchar_t *first = PyUnicode_AsWideCharString(a, NULL);
    wchar_t *second = first ? PyUnicode_AsWideCharString(b, NULL) : NULL;
    PyObject *result = second ? PyLong_FromLong(wcscoll(first, second)) : NULL;
    PyMem_Free(first);
    PyMem_Free(second);
    return result;
}

/* The key of a text, in fresh memory: NULL with an exception. */
static wchar_t *collation_key(const wchar_t *text, size_t *length)
{
    wchar_t *key = NULL;
    for (size_t room = wcslen(text) + 1;;) {
        wchar_t *more = PyMem_Resize(key, wchar_t, room);
        if (!more) {
            PyMem_Free(key);
            PyErr_NoMemory();
            return NULL;
        }
        key = more;
        errno = 0;
        *length = wcsxfrm(key, text, room);
        if (errno && errno != ERANGE) {
            PyErr_SetFromErrno(PyExc_OSError);
            PyMem_Free(key);
            return NULL;
        }
        if (*length < room)
            return key;
        room = *length + 1;
    }
}

FUNCTION(_locale, strxfrm, O, "($module, string, /)",
         "A string whose plain order is the order of the locale.")
{
    Py_ssize_t length;
    if (k_arg_str(arg, "strxfrm", "") < 0)
        return NULL;
    wchar_t *text = PyUnicode_AsWideCharString(arg, &length);
    if (!text)
        return NULL;
    if (wcslen(text) != (size_t)length) {
        PyMem_Free(text);
        return k_raise(PyExc_ValueError, "embedded null character");
    }
    size_t size;
    wchar_t *key = collation_key(text, &size);
    PyMem_Free(text);
    PyObject *result = key ? PyUnicode_FromWideChar(key, (Py_ssize_t)size) : NULL;
    PyMem_Free(key);
    return result;
}

/* ---- what langinfo.h knows ---- */

#define N(name) { #name, name },
static const struct { const char *name; int value; } langinfo[] = {
    N(DAY_1) N(DAY_2) N(DAY_3) N(DAY_4) N(DAY_5) N(DAY_6) N(DAY_7) N(ABDAY_1) N(ABDAY_2) N(ABDAY_3) N(ABDAY_4) N(ABDAY_5)
    N(ABDAY_6) N(ABDAY_7) N(MON_1) N(MON_2) N(MON_3) N(MON_4) N(MON_5) N(MON_6) N(MON_7) N(MON_8) N(MON_9) N(MON_10)
    N(MON_11) N(MON_12) N(ABMON_1) N(ABMON_2) N(ABMON_3) N(ABMON_4) N(ABMON_5) N(ABMON_6) N(ABMON_7) N(ABMON_8) N(ABMON_9)
    N(ABMON_10) N(ABMON_11) N(ABMON_12) N(RADIXCHAR) N(THOUSEP) N(CRNCYSTR) N(D_FMT) N(D_T_FMT) N(T_FMT) N(AM_STR)
    N(PM_STR) N(CODESET) N(T_FMT_AMPM) N(ERA) N(ERA_D_FMT) N(ERA_D_T_FMT) N(ERA_T_FMT) N(ALT_DIGITS) N(YESEXPR) N(NOEXPR)
    N(_DATE_FMT)
};
static const struct { const char *name; int value; } category[] = {
    N(LC_CTYPE) N(LC_TIME) N(LC_COLLATE) N(LC_MONETARY) N(LC_MESSAGES) N(LC_NUMERIC) N(LC_ALL) N(CHAR_MAX)
};
#undef N

FUNCTION(_locale, nl_langinfo, O, "($module, key, /)", "What the locale says under a number of langinfo.h.")
{
    int key;
    if (!PyArg_Parse(arg, "i", &key))
        return NULL;
    for (Py_ssize_t i = 0; i < K_COUNT_OF(langinfo); i++) {
        if (langinfo[i].value != key)
            continue;
        const char *text = nl_langinfo(key);
        return locale_text(text ? text : "");
    }
    return k_raise(PyExc_ValueError, "unsupported langinfo constant");
}

FUNCTION(_locale, getencoding, NOARGS, "($module, /)", "The encoding of the locale.")
{
    const char *name = nl_langinfo(CODESET);
    return PyUnicode_FromString(name && *name ? name : "utf-8");
}

/* ---- messages ---- */

FUNCTION(_locale, gettext, O, "($module, msg, /)", "The translation of msg.")
{
    const char *text;
    return k_arg_utf8(arg, "gettext", "", &text) < 0 ? NULL : locale_text(gettext(text));
}

FUNCTION(_locale, dgettext, FAST, "($module, domain, msg, /)", "The translation of msg in a domain.")
{
    const char *domain, *text;
    if (!_PyArg_ParseStack(args, nargs, "zs:dgettext", &domain, &text))
        return NULL;
    return locale_text(dgettext(domain, text));
}

FUNCTION(_locale, dcgettext, FAST, "($module, domain, msg, category, /)", "The translation of msg in a domain and a category.")
{
    const char *domain, *text;
    int kind;
    if (!_PyArg_ParseStack(args, nargs, "zsi:dcgettext", &domain, &text, &kind))
        return NULL;
    return locale_text(dcgettext(domain, text, kind));
}

FUNCTION(_locale, textdomain, O, "($module, domain, /)", "Set the domain of messages; gives the one in force.")
{
    const char *domain = NULL;
    if (!PyArg_Parse(arg, "z:textdomain", &domain))
        return NULL;
    const char *now = textdomain(domain);
    return now ? locale_text(now) : PyErr_SetFromErrno(PyExc_OSError);
}

FUNCTION(_locale, bindtextdomain, FAST, "($module, domain, dir, /)",
         "Sets where the translations of a domain are; gives the directory in force.")
{
    const char *domain;
    PyObject *directory;
    if (!_PyArg_ParseStack(args, nargs, "sO:bindtextdomain", &domain, &directory))
        return NULL;
    if (!domain[0])
        return k_raise(locale_error, "domain must be a non-empty string");
    K_AUTO(PyObject *) bytes = NULL;
    if (directory != Py_None && !PyUnicode_FSConverter(directory, &bytes))
        return NULL;
    const char *now = bindtextdomain(domain, bytes ? PyBytes_AS_STRING(bytes) : NULL);
    return now ? locale_text(now) : PyErr_SetFromErrno(PyExc_OSError);
}

FUNCTION(_locale, bind_textdomain_codeset, FAST, "($module, domain, codeset, /)",
         "Sets the encoding of a domain's translations; gives the one in force.")
{
    const char *domain, *codeset;
    if (!_PyArg_ParseStack(args, nargs, "sz:bind_textdomain_codeset", &domain, &codeset))
        return NULL;
    const char *now = bind_textdomain_codeset(domain, codeset);
    return now ? locale_text(now) : Py_NewRef(Py_None);
}
METHODS_END(_locale);

static int locale_exec(PyObject *module)
{
    if (!locale_error)
        locale_error = PyErr_NewException("locale.Error", NULL, NULL);
    if (!locale_error || PyModule_AddObjectRef(module, "Error", locale_error) < 0)
        return -1;
    for (Py_ssize_t i = 0; i < K_COUNT_OF(langinfo); i++)
        if (PyModule_AddIntConstant(module, langinfo[i].name, langinfo[i].value) < 0)
            return -1;
    for (Py_ssize_t i = 0; i < K_COUNT_OF(category); i++)
        if (PyModule_AddIntConstant(module, category[i].name, category[i].value) < 0)
            return -1;
    return 0;
}

MODULE(_locale, "The locales of the C library; use them through module locale.", locale_exec, 0);
