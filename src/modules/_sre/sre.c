/* sre.c - module _sre: makes patterns of the code that re/_compiler.py writes; case questions of that compiler. */
#include "modules/_sre/sre_int.h"

#include "memory/gc.h"
#include "objects/buffer.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

METHODS_DECLARE(_sre);

static int pattern_is_bytes(PyObject *pattern)
{
    if (pattern == Py_None)
        return -1;
    return !PyUnicode_Check(pattern);
}

static int fill_code(PatternObject *p, PyObject *code)
{
    for (Py_ssize_t i = 0; i < Py_SIZE(p); i++) {
        unsigned long word = PyLong_AsUnsignedLong(PyList_GET_ITEM(code, i));
        if (word == (unsigned long)-1 && PyErr_Occurred())
            return -1;
        if (word > UINT32_MAX) {
            PyErr_SetString(PyExc_OverflowError, "regular expression code size limit exceeded");
            return -1;
        }
        p->code[i] = (uint32_t)word;
    }
    return 0;
}

FUNCTION_KW(_sre, compile, "($module, /, pattern, flags, code, groups, groupindex,\n        indexgroup)", "", *pattern,
            *flags, *code, *groups, *groupindex, *indexgroup)
{
    int flags;
    Py_ssize_t groups;
    if (k_arg_int(arg->flags, &flags) < 0 || k_arg_ssize(arg->groups, &groups) < 0)
        return NULL;
    if (!PyList_Check(arg->code) || !PyDict_Check(arg->groupindex) || !PyTuple_Check(arg->indexgroup))
        return k_raise(PyExc_TypeError, "compile() needs a list, a dict and a tuple");
    if (groups < 0 || groups > SRE_MAX_GROUPS || PyList_GET_SIZE(arg->code) == 0)
        return k_raise(PyExc_RuntimeError, "invalid SRE code");
    PatternObject *p = PyObject_GC_NewVar(PatternObject, &SrePattern_Type, PyList_GET_SIZE(arg->code) + SRE_TABLES_WORDS);
    if (!p)
        return NULL;
    Py_SET_SIZE(p, PyList_GET_SIZE(arg->code));
    memset(p->code + Py_SIZE(p), 0, sizeof(SreTables *));
    p->groups = groups;
    p->flags = flags;
    p->isbytes = pattern_is_bytes(arg->pattern);
    p->weakreflist = NULL;
    p->pattern = Py_NewRef(arg->pattern);
    p->groupindex = Py_NewRef(arg->groupindex);
    p->indexgroup = Py_NewRef(arg->indexgroup);
    PyObject_GC_Track(p);
    if (fill_code(p, arg->code) < 0 || sre_validate(p) < 0)
        Py_CLEAR(p);
    return (PyObject *)p;
}

FUNCTION(_sre, getcodesize, NOARGS, "($module, /)", "")
{
    return PyLong_FromLong(sizeof(uint32_t));
}

FUNCTION(_sre, ascii_iscased, O, "($module, character, /)", "")
{
    int c;
    if (k_arg_int(arg, &c) < 0)
        return NULL;
    Py_RETURN_BOOL((unsigned)c < 128 && ((c | 32) >= 'a' && (c | 32) <= 'z'));
}

FUNCTION(_sre, unicode_iscased, O, "($module, character, /)", "")
{
    int c;
    if (k_arg_int(arg, &c) < 0)
        return NULL;
    uint32_t ch = (uint32_t)c;
    Py_RETURN_BOOL(sre_lower_unicode(ch) != ch || sre_upper_unicode(ch) != ch);
}

FUNCTION(_sre, ascii_tolower, O, "($module, character, /)", "")
{
    int c;
    return k_arg_int(arg, &c) < 0 ? NULL : PyLong_FromLong((long)sre_lower_ascii((uint32_t)c));
}

FUNCTION(_sre, unicode_tolower, O, "($module, character, /)", "")
{
    int c;
    return k_arg_int(arg, &c) < 0 ? NULL : PyLong_FromLong((long)sre_lower_unicode((uint32_t)c));
}
METHODS_END(_sre);

static int sre_exec(PyObject *module)
{
    sre_start();
    K_AUTO(PyObject *) most = PyLong_FromUnsignedLong(SRE_MAX_REPEAT);
    K_AUTO(PyObject *) groups = PyLong_FromSsize_t(SRE_MAX_GROUPS);
    return !most || !groups || PyModule_AddIntConstant(module, "MAGIC", SRE_MAGIC_NUMBER) < 0 ||
                   PyModule_AddIntConstant(module, "CODESIZE", sizeof(uint32_t)) < 0 ||
                   PyModule_AddObjectRef(module, "MAXREPEAT", most) < 0 ||
                   PyModule_AddObjectRef(module, "MAXGROUPS", groups) < 0 ||
                   PyModule_AddStringConstant(module, "copyright", " Kaa's own matcher for re's compiled patterns ") < 0
               ? -1
               : 0;
}

MODULE(_sre, NULL, sre_exec, 0);
