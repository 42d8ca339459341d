/* _weakref.c - module _weakref: counting and listing weak references; the types live in objects/weakref.c. */
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "memory/gc.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/weakref.h"
#include "runtime/errors.h"

static PyWeakReference *first_of(PyObject *o)
{
    return PyType_SUPPORTS_WEAKREFS(Py_TYPE(o)) ? *(PyWeakReference **)PyObject_GET_WEAKREFS_LISTPTR(o) : NULL;
}

FUNCTION(_weakref, getweakrefcount, O, "($module, object, /)", "How many weak references and proxies refer to object.")
{
    return PyLong_FromSsize_t(_PyWeakref_GetWeakrefCount(first_of(arg)));
}

static int is_dead(PyObject *ref)
{
    if (!PyWeakref_Check(ref)) {
        PyErr_SetString(PyExc_TypeError, "not a weakref");
        return -1;
    }
    return PyWeakref_GET_OBJECT(ref) == Py_None;
}

FUNCTION(_weakref, _remove_dead_weakref, FAST, "($module, dct, key, /)",
         "Delete dct[key] when it is a weak reference to an object that is gone.")
{
    if (k_check_nargs("_remove_dead_weakref", nargs, 2, 2) < 0)
        return NULL;
    if (!PyDict_Check(args[0])) {
        _PyArg_BadArgument("_remove_dead_weakref", "argument 1", "dict", args[0]);
        return NULL;
    }
    if (_PyDict_DelItemIf(args[0], args[1], is_dead) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_KeyError))
            return NULL;
        PyErr_Clear(); /* somebody else was quicker */
    }
    Py_RETURN_NONE;
}

FUNCTION(_weakref, getweakrefs, O, "($module, object, /)", "All weak references and proxies that refer to object.")
{
    K_AUTO(PyObject *) list = PyList_New(0);
    for (PyWeakReference *ref = first_of(arg); list && ref; ref = ref->wr_next)
        if (PyList_Append(list, (PyObject *)ref) < 0)
            return NULL;
    return K_MOVE(list);
}

FUNCTION(_weakref, proxy, FAST, "($module, object, callback=None, /)",
         "A proxy that refers to 'object' weakly.\n\n"
         "callback, if given, is called with the proxy when object is about to be finalized.")
{
    if (k_check_nargs("proxy", nargs, 1, 2) < 0)
        return NULL;
    return PyWeakref_NewProxy(args[0], nargs > 1 ? args[1] : NULL);
}
METHODS_END(_weakref);

static int _weakref_exec(PyObject *module)
{
    static const struct {
        const char *name;
        PyTypeObject *type;
    } rows[] = {
        { "ref", &_PyWeakref_RefType },
        { "ReferenceType", &_PyWeakref_RefType },
        { "ProxyType", &_PyWeakref_ProxyType },
        { "CallableProxyType", &_PyWeakref_CallableProxyType },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (PyModule_AddObjectRef(module, rows[i].name, (PyObject *)rows[i].type) < 0)
            return -1;
    return 0;
}
MODULE(_weakref, "Weak-reference support module.", _weakref_exec, 0);
