/* cfunction.c - builtin functions and methods: a PyMethodDef bound to self, called by its flags.
 *
 * In: a PyMethodDef. Out: a callable with the vectorcall that fits its convention.
 * Invariant: vectorcall is NULL only for METH_VARARGS, which tp_call serves. Start at PyCMethod_New(). */
#include "objects/func/cfunction.h"

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/descr.h"
#include "objects/dict/dict.h"
#include "objects/hash.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/state.h"

#define SELF_OF(f) PyCFunction_GET_SELF(f)
#define CALL_FLAGS (METH_VARARGS | METH_FASTCALL | METH_NOARGS | METH_O | METH_KEYWORDS | METH_METHOD)

/* ---- calls ---- */

static int cfunction_enter(PyThreadState *tstate)
{
    return k_enter_recursive(tstate, " while calling a Python object");
}

K_COLD static int cfunction_complain(PyObject *func, const char *text, Py_ssize_t nargs)
{
    K_AUTO(PyObject *) name = _PyObject_FunctionStr(func);
    if (name && nargs < 0)
        k_raise(PyExc_TypeError, "%U %s", name, text);
    else if (name)
        k_raise(PyExc_TypeError, "%U %s (%zd given)", name, text, nargs);
    return -1;
}

static int cfunction_no_keywords(PyObject *func, PyObject *kwnames)
{
    if (K_LIKELY(!kwnames || PyTuple_GET_SIZE(kwnames) == 0))
        return 0;
    return cfunction_complain(func, "takes no keyword arguments", -1);
}

static PyObject *cfunction_vectorcall_noargs(PyObject *func, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyThreadState *tstate = k_tstate();
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    if (cfunction_no_keywords(func, kwnames) < 0)
        return NULL;
    if (K_UNLIKELY(nargs != 0)) {
        cfunction_complain(func, "takes no arguments", nargs);
        return NULL;
    }
    if (cfunction_enter(tstate))
        return NULL;
    PyObject *result = PyCFunction_GET_FUNCTION(func)(SELF_OF(func), NULL);
    k_leave_recursive(tstate);
    return result;
}

static PyObject *cfunction_vectorcall_o(PyObject *func, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyThreadState *tstate = k_tstate();
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    if (cfunction_no_keywords(func, kwnames) < 0)
        return NULL;
    if (K_UNLIKELY(nargs != 1)) {
        cfunction_complain(func, "takes exactly one argument", nargs);
        return NULL;
    }
    if (cfunction_enter(tstate))
        return NULL;
    PyObject *result = PyCFunction_GET_FUNCTION(func)(SELF_OF(func), args[0]);
    k_leave_recursive(tstate);
    return result;
}

static PyObject *cfunction_vectorcall_fast(PyObject *func, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyThreadState *tstate = k_tstate();
    if (cfunction_no_keywords(func, kwnames) < 0 || cfunction_enter(tstate))
        return NULL;
    _PyCFunctionFast body = (_PyCFunctionFast)(void (*)(void))PyCFunction_GET_FUNCTION(func);
    PyObject *result = body(SELF_OF(func), args, PyVectorcall_NARGS(nargsf));
    k_leave_recursive(tstate);
    return result;
}

static PyObject *cfunction_vectorcall_fast_kw(PyObject *func, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyThreadState *tstate = k_tstate();
    if (cfunction_enter(tstate))
        return NULL;
    _PyCFunctionFastWithKeywords body =
        (_PyCFunctionFastWithKeywords)(void (*)(void))PyCFunction_GET_FUNCTION(func);
    PyObject *result = body(SELF_OF(func), args, PyVectorcall_NARGS(nargsf), kwnames);
    k_leave_recursive(tstate);
    return result;
}

static PyObject *cfunction_vectorcall_method(PyObject *func, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyThreadState *tstate = k_tstate();
    if (cfunction_enter(tstate))
        return NULL;
    PyCMethod body = (PyCMethod)(void (*)(void))PyCFunction_GET_FUNCTION(func);
    PyTypeObject *cls = ((PyCMethodObject *)func)->mm_class;
    PyObject *result = body(SELF_OF(func), cls, args, (size_t)PyVectorcall_NARGS(nargsf), kwnames);
    k_leave_recursive(tstate);
    return result;
}

static PyObject *cfunction_call(PyObject *func, PyObject *args, PyObject *kwargs)
{
    PyThreadState *tstate = k_tstate();
    int flags = PyCFunction_GET_FLAGS(func);
    if (!(flags & METH_VARARGS))
        return PyVectorcall_Call(func, args, kwargs);
    PyObject *result;
    PyCFunction body = PyCFunction_GET_FUNCTION(func);
    if (flags & METH_KEYWORDS) {
        result = ((PyCFunctionWithKeywords)(void (*)(void))body)(SELF_OF(func), args, kwargs);
    } else {
        if (kwargs && PyDict_GET_SIZE(kwargs)) {
            cfunction_complain(func, "takes no keyword arguments", -1);
            return NULL;
        }
        result = body(SELF_OF(func), args);
    }
    return _Py_CheckFunctionResult(tstate, func, result, NULL);
}

/* ---- creation ---- */

PyObject *PyCMethod_New(PyMethodDef *ml, PyObject *self, PyObject *module, PyTypeObject *cls)
{
    vectorcallfunc vectorcall;
    switch (ml->ml_flags & CALL_FLAGS) {
    case METH_VARARGS:
    case METH_VARARGS | METH_KEYWORDS: vectorcall = NULL; break;
    case METH_FASTCALL: vectorcall = cfunction_vectorcall_fast; break;
    case METH_FASTCALL | METH_KEYWORDS: vectorcall = cfunction_vectorcall_fast_kw; break;
    case METH_NOARGS: vectorcall = cfunction_vectorcall_noargs; break;
    case METH_O: vectorcall = cfunction_vectorcall_o; break;
    case METH_METHOD | METH_FASTCALL | METH_KEYWORDS: vectorcall = cfunction_vectorcall_method; break;
    default: return k_raise(PyExc_SystemError, "%s() method: bad call flags", ml->ml_name);
    }
    PyCFunctionObject *func;
    if (ml->ml_flags & METH_METHOD) {
        if (!cls)
            return k_raise(PyExc_SystemError, "attempting to create PyCMethod with a METH_METHOD flag but no class");
        PyCMethodObject *method = PyObject_GC_New(PyCMethodObject, &PyCMethod_Type);
        if (!method)
            return NULL;
        method->mm_class = (PyTypeObject *)Py_NewRef(cls);
        func = &method->func;
    } else {
        if (cls)
            return k_raise(PyExc_SystemError,
                           "attempting to create PyCFunction with class but no METH_METHOD flag");
        func = PyObject_GC_New(PyCFunctionObject, &PyCFunction_Type);
        if (!func)
            return NULL;
    }
    func->m_weakreflist = NULL;
    func->m_ml = ml;
    func->m_self = Py_XNewRef(self);
    func->m_module = Py_XNewRef(module);
    func->vectorcall = vectorcall;
    PyObject_GC_Track(func);
    return (PyObject *)func;
}

PyObject *PyCFunction_NewEx(PyMethodDef *ml, PyObject *self, PyObject *module)
{
    return PyCMethod_New(ml, self, module, NULL);
}

PyObject *(PyCFunction_New)(PyMethodDef *ml, PyObject *self)
{
    return PyCMethod_New(ml, self, NULL, NULL);
}

PyCFunction PyCFunction_GetFunction(PyObject *func)
{
    if (!PyCFunction_Check(func)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return PyCFunction_GET_FUNCTION(func);
}

PyObject *PyCFunction_GetSelf(PyObject *func)
{
    if (!PyCFunction_Check(func)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return SELF_OF(func);
}

int PyCFunction_GetFlags(PyObject *func)
{
    if (!PyCFunction_Check(func)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return PyCFunction_GET_FLAGS(func);
}

PyObject *PyCFunction_Call(PyObject *callable, PyObject *args, PyObject *kwargs)
{
    return PyObject_Call(callable, args, kwargs);
}

/* ---- the object ---- */

static void cfunction_dealloc(PyObject *self)
{
    PyCFunctionObject *func = (PyCFunctionObject *)self;
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, cfunction_dealloc)
    if (func->m_weakreflist)
        PyObject_ClearWeakRefs(self);
    if (func->m_ml->ml_flags & METH_METHOD)
        Py_XDECREF(((PyCMethodObject *)func)->mm_class);
    Py_XDECREF(func->m_self);
    Py_XDECREF(func->m_module);
    PyObject_GC_Del(self);
    Py_TRASHCAN_END;
}

static int cfunction_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyCFunctionObject *func = (PyCFunctionObject *)self;
    Py_VISIT(func->m_self);
    Py_VISIT(func->m_module);
    if (func->m_ml->ml_flags & METH_METHOD)
        Py_VISIT(((PyCMethodObject *)func)->mm_class);
    return 0;
}

static PyObject *cfunction_repr(PyObject *self)
{
    PyCFunctionObject *func = (PyCFunctionObject *)self;
    if (!func->m_self || PyModule_Check(func->m_self))
        return PyUnicode_FromFormat("<built-in function %s>", func->m_ml->ml_name);
    return PyUnicode_FromFormat("<built-in method %s of %s object at %p>", func->m_ml->ml_name,
                                Py_TYPE(func->m_self)->tp_name, func->m_self);
}

static PyObject *cfunction_richcompare(PyObject *self, PyObject *other, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !PyCFunction_Check(self) || !PyCFunction_Check(other))
        Py_RETURN_NOTIMPLEMENTED;
    PyCFunctionObject *a = (PyCFunctionObject *)self, *b = (PyCFunctionObject *)other;
    bool equal = a->m_self == b->m_self && a->m_ml->ml_meth == b->m_ml->ml_meth;
    Py_RETURN_BOOL(equal == (op == Py_EQ));
}

static Py_hash_t cfunction_hash(PyObject *self)
{
    PyCFunctionObject *func = (PyCFunctionObject *)self;
    Py_hash_t hash = _Py_HashPointer(func->m_self) ^ _Py_HashPointer((void *)func->m_ml->ml_meth);
    return hash == -1 ? -2 : hash;
}

static PyObject *cfunction_get_doc(PyObject *self, void *closure)
{
    PyMethodDef *ml = ((PyCFunctionObject *)self)->m_ml;
    return _PyType_GetDocFromInternalDoc(ml->ml_name, ml->ml_doc);
}

static PyObject *cfunction_get_text_signature(PyObject *self, void *closure)
{
    PyMethodDef *ml = ((PyCFunctionObject *)self)->m_ml;
    return _PyType_GetTextSignatureFromInternalDoc(ml->ml_name, ml->ml_doc);
}

static PyObject *cfunction_get_name(PyObject *self, void *closure)
{
    return PyUnicode_FromString(((PyCFunctionObject *)self)->m_ml->ml_name);
}

static PyObject *cfunction_get_qualname(PyObject *self, void *closure)
{
    PyCFunctionObject *func = (PyCFunctionObject *)self;
    if (!func->m_self || PyModule_Check(func->m_self))
        return PyUnicode_FromString(func->m_ml->ml_name);
    PyObject *owner = PyType_Check(func->m_self) ? func->m_self : (PyObject *)Py_TYPE(func->m_self);
    K_AUTO(PyObject *) qualname = PyObject_GetAttr(owner, K_STR("__qualname__"));
    if (!qualname)
        return NULL;
    if (!PyUnicode_Check(qualname))
        return k_raise(PyExc_TypeError, "<method>.__class__.__qualname__ is not a unicode object");
    return PyUnicode_FromFormat("%S.%s", qualname, func->m_ml->ml_name);
}

static PyObject *cfunction_get_self(PyObject *self, void *closure)
{
    PyObject *owner = SELF_OF(self);
    return Py_NewRef(owner ? owner : Py_None);
}

METHODS_DECLARE(builtin_function_or_method);
METHOD_RAW(builtin_function_or_method, __reduce__, NOARGS, 0, NULL)
{
    PyCFunctionObject *func = (PyCFunctionObject *)self;
    if (!func->m_self || PyModule_Check(func->m_self))
        return PyUnicode_FromString(func->m_ml->ml_name);
    K_AUTO(PyObject *) getattr = _PyImport_GetModuleAttrString("builtins", "getattr");
    if (!getattr)
        return NULL;
    return Py_BuildValue("O(Os)", getattr, func->m_self, func->m_ml->ml_name);
}
METHODS_END(builtin_function_or_method);

static PyGetSetDef cfunction_getset[] = {
    { "__doc__", cfunction_get_doc, NULL, NULL, NULL },
    { "__name__", cfunction_get_name, NULL, NULL, NULL },
    { "__qualname__", cfunction_get_qualname, NULL, NULL, NULL },
    { "__self__", cfunction_get_self, NULL, NULL, NULL },
    { "__text_signature__", cfunction_get_text_signature, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};
static PyMemberDef cfunction_members[] = {
    { "__module__", T_OBJECT, offsetof(PyCFunctionObject, m_module), 0, NULL },
    { NULL, 0, 0, 0, NULL },
};

PyTypeObject PyCFunction_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "builtin_function_or_method",
    .tp_basicsize = sizeof(PyCFunctionObject),
    .tp_dealloc = cfunction_dealloc,
    .tp_vectorcall_offset = offsetof(PyCFunctionObject, vectorcall),
    .tp_repr = cfunction_repr,
    .tp_hash = cfunction_hash,
    .tp_call = cfunction_call,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_traverse = cfunction_traverse,
    .tp_richcompare = cfunction_richcompare,
    .tp_weaklistoffset = offsetof(PyCFunctionObject, m_weakreflist),
    .tp_methods = METHODS(builtin_function_or_method),
    .tp_members = cfunction_members,
    .tp_getset = cfunction_getset,
};
K_TYPE(PyCFunction_Type);

PyTypeObject PyCMethod_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "builtin_method",
    .tp_basicsize = sizeof(PyCMethodObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_base = &PyCFunction_Type,
    .tp_dealloc = cfunction_dealloc,
    .tp_traverse = cfunction_traverse,
    .tp_vectorcall_offset = offsetof(PyCFunctionObject, vectorcall),
};
K_TYPE(PyCMethod_Type);
