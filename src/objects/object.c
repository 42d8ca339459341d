/* object.c - what every object can be asked: text, truth, hash, order, finalisation.
 *
 * In: any object. Out: the answer of its type's slot, checked.
 * Invariant: a slot's result is never handed on unchecked when Python code may have made it.
 * Attributes are in attr.c, calls in call.c, containers and numbers in protocol*.c. */
#include "objects/object.h"

#include "memory/gc.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/hash.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "runtime/state.h"
#include "vm/eval.h"

int _Py_SwappedOp[] = { Py_GT, Py_GE, Py_EQ, Py_NE, Py_LT, Py_LE };

/* ---- reference counts ---- */

K_API PyObject *(Py_NewRef)(PyObject *o);
PyObject *(Py_NewRef)(PyObject *o)
{
    return k_newref(o);
}

K_API PyObject *(Py_XNewRef)(PyObject *o);
PyObject *(Py_XNewRef)(PyObject *o)
{
    Py_XINCREF(o);
    return o;
}

int (Py_Is)(PyObject *x, PyObject *y)
{
    return x == y;
}

int (Py_IsNone)(PyObject *x)
{
    return x == Py_None;
}

int (Py_IsTrue)(PyObject *x)
{
    return x == Py_True;
}

int (Py_IsFalse)(PyObject *x)
{
    return x == Py_False;
}

void _Py_NegativeRefcount(const char *filename, int lineno, PyObject *o)
{
    fprintf(stderr, "%s:%d: object has negative ref count\n", filename, lineno);
    _PyObject_Dump(o);
    Py_FatalError("negative reference count");
}

int _PyObject_IsFreed(PyObject *o)
{
    return o == NULL || Py_TYPE(o) == NULL;
}

void _Py_BreakPoint(void)
{
}

/* For a debugger: needs no more than the object to be readable. */
void _PyObject_Dump(PyObject *o)
{
    fprintf(stderr, "object address  : %p\n", (void *)o);
    if (_PyObject_IsFreed(o))
        return;
    fprintf(stderr, "object refcount : %zd\n", Py_REFCNT(o));
    fprintf(stderr, "object type     : %p\n", (void *)Py_TYPE(o));
    fprintf(stderr, "object type name: %s\n", Py_TYPE(o)->tp_name);
    fprintf(stderr, "object repr     : ");
    fflush(stderr);
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (PyObject_Print(o, stderr, 0) < 0)
        PyErr_Clear();
    PyErr_Restore(type, value, traceback);
    fprintf(stderr, "\n");
    fflush(stderr);
}

/* ---- finalisation ---- */

void PyObject_CallFinalizer(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    if (!type->tp_finalize)
        return;
    bool is_gc = PyObject_IS_GC(self);
    if (is_gc && (_Py_AS_GC(self)->_gc_prev & _PyGC_PREV_MASK_FINALIZED))
        return;
    type->tp_finalize(self);
    if (is_gc)
        _Py_AS_GC(self)->_gc_prev |= _PyGC_PREV_MASK_FINALIZED;
}

/* -1 when the finaliser brought the object back to life. */
int PyObject_CallFinalizerFromDealloc(PyObject *self)
{
    Py_SET_REFCNT(self, 1);
    PyObject_CallFinalizer(self);
    Py_SET_REFCNT(self, Py_REFCNT(self) - 1);
    return Py_REFCNT(self) == 0 ? 0 : -1;
}

/* ---- text ---- */

static PyObject *object_text(PyObject *o, reprfunc slot, const char *method, const char *where)
{
    PyThreadState *tstate = k_tstate();
    if (k_enter_nested(tstate, where))
        return NULL;
    PyObject *text = slot(o);
    k_leave_recursive(tstate);
    if (!text)
        return NULL;
    if (!PyUnicode_Check(text)) {
        k_raise(PyExc_TypeError, "%s returned non-string (type %.200s)", method, Py_TYPE(text)->tp_name);
        Py_DECREF(text);
        return NULL;
    }
    return text;
}

PyObject *PyObject_Repr(PyObject *o)
{
    if (PyErr_CheckSignals() < 0)
        return NULL;
    if (!o)
        return PyUnicode_FromString("<NULL>");
    if (!Py_TYPE(o)->tp_repr)
        return PyUnicode_FromFormat("<%s object at %p>", Py_TYPE(o)->tp_name, o);
    return object_text(o, Py_TYPE(o)->tp_repr, "__repr__", " while getting the repr of an object");
}

PyObject *PyObject_Str(PyObject *o)
{
    if (PyErr_CheckSignals() < 0)
        return NULL;
    if (!o)
        return PyUnicode_FromString("<NULL>");
    if (PyUnicode_CheckExact(o))
        return Py_NewRef(o);
    if (!Py_TYPE(o)->tp_str)
        return PyObject_Repr(o);
    return object_text(o, Py_TYPE(o)->tp_str, "__str__", " while getting the str of an object");
}

PyObject *PyObject_ASCII(PyObject *o)
{
    K_AUTO(PyObject *) repr = PyObject_Repr(o);
    if (!repr || PyUnicode_IS_ASCII(repr))
        return K_MOVE(repr);
    K_AUTO(PyObject *) bytes = _PyUnicode_AsASCIIString(repr, "backslashreplace");
    if (!bytes)
        return NULL;
    return PyUnicode_DecodeASCII(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), "strict");
}

PyObject *PyObject_Bytes(PyObject *o)
{
    if (!o)
        return PyBytes_FromString("<NULL>");
    if (PyBytes_CheckExact(o))
        return Py_NewRef(o);
    K_AUTO(PyObject *) method = k_lookup_special(o, K_STR("__bytes__"));
    if (!method)
        return PyErr_Occurred() ? NULL : PyBytes_FromObject(o);
    K_AUTO(PyObject *) result = PyObject_CallNoArgs(method);
    if (result && !PyBytes_Check(result))
        return k_raise(PyExc_TypeError, "__bytes__ returned non-bytes (type %.200s)", Py_TYPE(result)->tp_name);
    return K_MOVE(result);
}

/* The qualified name of a callable for messages: "module.name()", without the module for builtins. */
PyObject *_PyObject_FunctionStr(PyObject *o)
{
    K_AUTO(PyObject *) qualname = NULL;
    K_AUTO(PyObject *) module = NULL;
    int found = _PyObject_LookupAttr(o, K_STR("__qualname__"), &qualname);
    if (found < 0)
        return NULL;
    if (!found)
        return PyObject_Str(o);
    if (_PyObject_LookupAttr(o, K_STR("__module__"), &module) < 0)
        return NULL;
    if (module && module != Py_None) {
        int differs = PyObject_RichCompareBool(module, K_STR("builtins"), Py_NE);
        if (differs < 0)
            return NULL;
        if (differs)
            return PyUnicode_FromFormat("%S.%S()", module, qualname);
    }
    return PyUnicode_FromFormat("%S()", qualname);
}

int PyObject_Print(PyObject *o, FILE *file, int flags)
{
    if (PyErr_CheckSignals() < 0)
        return -1;
    clearerr(file);
    if (!o) {
        fprintf(file, "<nil>");
    } else if (Py_REFCNT(o) <= 0) {
        fprintf(file, "<refcnt %zd at %p>", Py_REFCNT(o), (void *)o);
    } else {
        K_AUTO(PyObject *) text = flags & Py_PRINT_RAW ? PyObject_Str(o) : PyObject_Repr(o);
        if (!text)
            return -1;
        K_AUTO(PyObject *) bytes = PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace");
        if (!bytes)
            return -1;
        fwrite(PyBytes_AS_STRING(bytes), 1, (size_t)PyBytes_GET_SIZE(bytes), file);
    }
    if (ferror(file)) {
        PyErr_SetFromErrno(PyExc_OSError);
        clearerr(file);
        return -1;
    }
    return 0;
}

/* ---- comparison ---- */

static const char *const object_op_text[] = { "<", "<=", "==", "!=", ">", ">=" };

static PyObject *object_compare(PyObject *v, PyObject *w, int op)
{
    richcmpfunc f;
    bool tried_reflected = false;
    if (!Py_IS_TYPE(v, Py_TYPE(w)) && PyType_IsSubtype(Py_TYPE(w), Py_TYPE(v)) && (f = Py_TYPE(w)->tp_richcompare)) {
        tried_reflected = true;
        PyObject *result = f(w, v, _Py_SwappedOp[op]);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    if ((f = Py_TYPE(v)->tp_richcompare)) {
        PyObject *result = f(v, w, op);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    if (!tried_reflected && (f = Py_TYPE(w)->tp_richcompare)) {
        PyObject *result = f(w, v, _Py_SwappedOp[op]);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    if (op == Py_EQ || op == Py_NE)
        Py_RETURN_BOOL((v == w) == (op == Py_EQ));
    return k_raise(PyExc_TypeError, "'%s' not supported between instances of '%.100s' and '%.100s'",
                   object_op_text[op], Py_TYPE(v)->tp_name, Py_TYPE(w)->tp_name);
}

PyObject *PyObject_RichCompare(PyObject *v, PyObject *w, int op)
{
    PyThreadState *tstate = k_tstate();
    if (!v || !w) {
        if (!PyErr_Occurred())
            PyErr_BadInternalCall();
        return NULL;
    }
    if (k_enter_nested(tstate, " in comparison"))
        return NULL;
    PyObject *result = object_compare(v, w, op);
    k_leave_recursive(tstate);
    return result;
}

int PyObject_RichCompareBool(PyObject *v, PyObject *w, int op)
{
    if (v == w && op == Py_EQ)
        return 1;
    if (v == w && op == Py_NE)
        return 0;
    PyObject *result = PyObject_RichCompare(v, w, op);
    if (!result)
        return -1;
    int truth = PyBool_Check(result) ? result == Py_True : PyObject_IsTrue(result);
    Py_DECREF(result);
    return truth;
}

/* ---- hash, truth ---- */

Py_hash_t PyObject_HashNotImplemented(PyObject *o)
{
    k_raise(PyExc_TypeError, "unhashable type: '%.200s'", Py_TYPE(o)->tp_name);
    return -1;
}

Py_hash_t PyObject_Hash(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    if (!type->tp_hash && !type->tp_dict) { /* a static type of an extension that was never readied */
        if (PyType_Ready(type) < 0)
            return -1;
    }
    return type->tp_hash ? type->tp_hash(o) : PyObject_HashNotImplemented(o);
}

int PyObject_IsTrue(PyObject *o)
{
    if (o == Py_True)
        return 1;
    if (o == Py_False || o == Py_None)
        return 0;
    PyTypeObject *type = Py_TYPE(o);
    Py_ssize_t result;
    if (type->tp_as_number && type->tp_as_number->nb_bool)
        result = type->tp_as_number->nb_bool(o);
    else if (type->tp_as_mapping && type->tp_as_mapping->mp_length)
        result = type->tp_as_mapping->mp_length(o);
    else if (type->tp_as_sequence && type->tp_as_sequence->sq_length)
        result = type->tp_as_sequence->sq_length(o);
    else
        return 1;
    return result > 0 ? 1 : (int)result;
}

int PyObject_Not(PyObject *o)
{
    int truth = PyObject_IsTrue(o);
    return truth < 0 ? truth : !truth;
}

int PyCallable_Check(PyObject *o)
{
    return o && Py_TYPE(o)->tp_call;
}

/* ---- dir ---- */

static PyObject *object_dir_locals(void)
{
    PyObject *locals = PyEval_GetLocals();
    if (!locals)
        return NULL;
    K_AUTO(PyObject *) names = PyMapping_Keys(locals);
    if (!names)
        return NULL;
    if (!PyList_Check(names))
        return k_raise(PyExc_TypeError, "dir(): expected keys() of locals to be a list, not '%.200s'",
                       Py_TYPE(names)->tp_name);
    return PyList_Sort(names) < 0 ? NULL : K_MOVE(names);
}

PyObject *PyObject_Dir(PyObject *o)
{
    if (!o)
        return object_dir_locals();
    K_AUTO(PyObject *) method = k_lookup_special(o, K_STR("__dir__"));
    if (!method) {
        if (!PyErr_Occurred())
            k_raise(PyExc_TypeError, "object does not provide __dir__");
        return NULL;
    }
    K_AUTO(PyObject *) names = PyObject_CallNoArgs(method);
    if (!names)
        return NULL;
    K_AUTO(PyObject *) sorted = PySequence_List(names);
    if (!sorted || PyList_Sort(sorted) < 0)
        return NULL;
    return K_MOVE(sorted);
}

/* ---- repr of containers that hold themselves ---- */

static PyObject *object_repr_list(bool create, PyObject **dict)
{
    *dict = PyThreadState_GetDict();
    if (!*dict)
        return NULL;
    PyObject *list = PyDict_GetItemWithError(*dict, K_STR("Py_Repr"));
    if (list || !create || PyErr_Occurred())
        return Py_XNewRef(list);
    K_AUTO(PyObject *) fresh = PyList_New(0);
    if (!fresh || PyDict_SetItem(*dict, K_STR("Py_Repr"), fresh) < 0)
        return NULL;
    return K_MOVE(fresh);
}

/* 1 when the object's repr is already being made. */
int Py_ReprEnter(PyObject *o)
{
    PyObject *dict;
    K_AUTO(PyObject *) list = object_repr_list(true, &dict);
    if (!list)
        return PyErr_Occurred() ? -1 : 0;
    for (Py_ssize_t i = PyList_GET_SIZE(list); --i >= 0;) {
        if (PyList_GET_ITEM(list, i) == o)
            return 1;
    }
    return PyList_Append(list, o) < 0 ? -1 : 0;
}

void Py_ReprLeave(PyObject *o)
{
    PyObject *type, *value, *traceback, *dict;
    PyErr_Fetch(&type, &value, &traceback);
    K_AUTO(PyObject *) list = object_repr_list(false, &dict);
    if (list && PyList_Check(list)) {
        for (Py_ssize_t i = PyList_GET_SIZE(list); --i >= 0;) {
            if (PyList_GET_ITEM(list, i) == o) {
                if (PyList_SetSlice(list, i, i + 1, NULL) < 0)
                    PyErr_Clear();
                break;
            }
        }
    }
    PyErr_Restore(type, value, traceback);
}
