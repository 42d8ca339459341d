/* xxsubtype.c - module xxsubtype: subtypes of list and dict made in C, each with one int of its own; for tests. */
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

#include <time.h>

typedef struct SpamList {
    PyListObject list;
    int state;
} SpamList;
typedef struct SpamDict {
    PyDictObject dict;
    int state;
} SpamDict;

#define STATE_METHODS(T, S)                                                                                            \
    METHOD_RAW(T, getstate, VAR, 0, "getstate() -> state")                                                             \
    {                                                                                                                  \
        if (!_PyArg_NoKeywords("getstate", kwargs) || !PyArg_ParseTuple(args, ":getstate"))                            \
            return NULL;                                                                                               \
        return PyLong_FromLong(((S *)self)->state);                                                                    \
    }                                                                                                                  \
    METHOD_RAW(T, setstate, VAR, 0, "setstate(state)")                                                                 \
    {                                                                                                                  \
        int state;                                                                                                     \
        if (!_PyArg_NoKeywords("setstate", kwargs) || !PyArg_ParseTuple(args, "i:setstate", &state))                   \
            return NULL;                                                                                               \
        ((S *)self)->state = state;                                                                                    \
        Py_RETURN_NONE;                                                                                                \
    }

/* What the method was called with: (self or None, args, kwargs or None). */
static PyObject *spam_call_report(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return PyTuple_Pack(3, self ? self : Py_None, args, kwargs ? kwargs : Py_None);
}

METHODS_DECLARE(spamlist);
STATE_METHODS(spamlist, SpamList)

METHOD_RAW(spamlist, classmeth, VAR, METH_CLASS, "classmeth(*args, **kw)")
{
    return spam_call_report(self, args, kwargs);
}

METHOD_RAW(spamlist, staticmeth, VAR, METH_STATIC, "staticmeth(*args, **kw)")
{
    return spam_call_report(self, args, kwargs);
}
METHODS_END(spamlist);

METHODS_DECLARE(spamdict);
STATE_METHODS(spamdict, SpamDict)
METHODS_END(spamdict);

static PyObject *spamlist_get_state(PyObject *self, void *closure)
{
    return PyLong_FromLong(((SpamList *)self)->state);
}

static PyGetSetDef spamlist_getset[] = {
    { "state", spamlist_get_state, NULL, "an int variable for demonstration purposes", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};
static PyMemberDef spamdict_members[] = {
    { "state", T_INT, offsetof(SpamDict, state), READONLY, "an int variable for demonstration purposes" },
    { NULL, 0, 0, 0, NULL },
};

static int spamlist_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (PyList_Type.tp_init(self, args, kwargs) < 0)
        return -1;
    ((SpamList *)self)->state = 0;
    return 0;
}

static int spamdict_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (PyDict_Type.tp_init(self, args, kwargs) < 0)
        return -1;
    ((SpamDict *)self)->state = 0;
    return 0;
}

static PyTypeObject spamlist_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "xxsubtype.spamlist",
    .tp_basicsize = sizeof(SpamList),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_methods = METHODS(spamlist),
    .tp_getset = spamlist_getset,
    .tp_base = &PyList_Type,
    .tp_init = spamlist_init,
};
K_TYPE(spamlist_type);

static PyTypeObject spamdict_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "xxsubtype.spamdict",
    .tp_basicsize = sizeof(SpamDict),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_methods = METHODS(spamdict),
    .tp_members = spamdict_members,
    .tp_base = &PyDict_Type,
    .tp_init = spamdict_init,
};
K_TYPE(spamdict_type);

FUNCTION_RAW(xxsubtype, bench, VAR, 0, NULL)
{
    PyObject *object, *name;
    int n = 1000;
    if (!_PyArg_NoKeywords("bench", kwargs) || !PyArg_ParseTuple(args, "OU|i", &object, &name, &n))
        return NULL;
    clock_t start = clock();
    while (--n >= 0) {
        K_AUTO(PyObject *) value = PyObject_GetAttr(object, name);
        if (!value)
            return NULL;
    }
    return PyFloat_FromDouble((double)(clock() - start) / CLOCKS_PER_SEC);
}
METHODS_END(xxsubtype);

static int xxsubtype_exec(PyObject *module)
{
    return PyModule_AddType(module, &spamlist_type) < 0 || PyModule_AddType(module, &spamdict_type) < 0 ? -1 : 0;
}

MODULE(xxsubtype,
       "Subtypes of builtin types, made in C: spamlist is a list and spamdict a dict, each with an int besides\n"
       "(getstate, setstate, state). For tests of the type machinery.", xxsubtype_exec, 0);
