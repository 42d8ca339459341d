/* descr.c - descriptors of builtin types: methods, class methods, members, getters, slot wrappers, bound slot wrappers.
 *
 * In: a row of a type's table. Out: the object in the type's dict that applies it to instances.
 * Invariant: a row is applied only to instances of the type it was made for. Start at PyDescr_NewMethod(). */
#include "objects/descr.h"

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/func/cfunction.h"
#include "objects/hash.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "runtime/sys.h"
#include "runtime/import.h"
#include "runtime/state.h"

#define DESCR(o) ((PyDescrObject *)(o))
#define DTYPE(o) (DESCR(o)->d_type)
#define DNAME(o) (DESCR(o)->d_name)
#define METHOD_OF(o) (((PyMethodDescrObject *)(o))->d_method)
#define CALL_FLAGS (METH_VARARGS | METH_FASTCALL | METH_NOARGS | METH_O | METH_KEYWORDS | METH_METHOD)

/* ---- internal docs: "name(signature)\n--\n\ndoc" ---- */

static const char SIGNATURE_END[] = ")\n--\n\n";

/* Where the signature's parenthesis opens; NULL when the doc does not start so. */
static const char *doc_signature(const char *name, const char *doc)
{
    const char *dot = strrchr(name, '.');
    if (dot)
        name = dot + 1;
    size_t length = strlen(name);
    return doc && strncmp(doc, name, length) == 0 && doc[length] == '(' ? doc + length : NULL;
}

/* The end of the signature: at its closing parenthesis. NULL when there is none before a blank line. */
static const char *doc_signature_end(const char *start)
{
    const char *end = strstr(start, SIGNATURE_END), *blank = strstr(start, "\n\n");
    return end && (!blank || blank > end) ? end : NULL;
}

PyObject *_PyType_GetDocFromInternalDoc(const char *name, const char *doc)
{
    const char *start = doc_signature(name, doc), *end = start ? doc_signature_end(start) : NULL;
    const char *text = end ? end + sizeof SIGNATURE_END - 1 : doc;
    return text && *text ? PyUnicode_FromString(text) : Py_NewRef(Py_None);
}

PyObject *_PyType_GetTextSignatureFromInternalDoc(const char *name, const char *doc)
{
    const char *start = doc_signature(name, doc), *end = start ? doc_signature_end(start) : NULL;
    return end ? PyUnicode_FromStringAndSize(start, end + 1 - start) : Py_NewRef(Py_None);
}

/* ---- common ---- */

static void descr_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(DTYPE(self));
    Py_XDECREF(DNAME(self));
    Py_XDECREF(DESCR(self)->d_qualname);
    PyObject_GC_Del(self);
}

static int descr_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(DTYPE(self));
    return 0;
}

#define DESCR_REPR(fn, what)                                                                                           \
    static PyObject *fn(PyObject *self)                                                                                \
    {                                                                                                                  \
        return PyUnicode_FromFormat("<" what " '%U' of '%s' objects>", DNAME(self), DTYPE(self)->tp_name);             \
    }
DESCR_REPR(method_repr, "method")
DESCR_REPR(member_repr, "member")
DESCR_REPR(getset_repr, "attribute")
DESCR_REPR(wrapper_repr, "slot wrapper")

static int descr_check(PyObject *self, PyObject *obj)
{
    if (K_LIKELY(PyObject_TypeCheck(obj, DTYPE(self))))
        return 0;
    k_raise(PyExc_TypeError, "descriptor '%U' for '%.100s' objects doesn't apply to a '%.100s' object", DNAME(self),
            DTYPE(self)->tp_name, Py_TYPE(obj)->tp_name);
    return -1;
}

static PyObject *descr_get_qualname(PyObject *self, void *closure)
{
    if (!DESCR(self)->d_qualname) {
        K_AUTO(PyObject *) owner = PyObject_GetAttr((PyObject *)DTYPE(self), K_STR("__qualname__"));
        if (!owner)
            return NULL;
        if (!PyUnicode_Check(owner))
            return k_raise(PyExc_TypeError, "<descriptor>.__objclass__.__qualname__ is not a unicode object");
        DESCR(self)->d_qualname = PyUnicode_FromFormat("%S.%S", owner, DNAME(self));
    }
    return Py_XNewRef(DESCR(self)->d_qualname);
}

static PyMemberDef descr_members[] = {
    { "__objclass__", T_OBJECT, offsetof(PyDescrObject, d_type), READONLY, NULL },
    { "__name__", T_OBJECT, offsetof(PyDescrObject, d_name), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};

static PyObject *descr_reduce(PyObject *self)
{
    K_AUTO(PyObject *) getattr = _PyImport_GetModuleAttrString("builtins", "getattr");
    return getattr ? Py_BuildValue("O(OO)", getattr, DTYPE(self), DNAME(self)) : NULL;
}

static void *descr_new(PyTypeObject *kind, PyTypeObject *type, const char *name)
{
    PyDescrObject *descr = (PyDescrObject *)PyType_GenericAlloc(kind, 0);
    if (!descr)
        return NULL;
    descr->d_type = (PyTypeObject *)Py_NewRef(type);
    descr->d_name = PyUnicode_InternFromString(name);
    if (!descr->d_name)
        Py_CLEAR(descr);
    return descr;
}

/* ---- methods ---- */

static PyObject *method_get(PyObject *self, PyObject *obj, PyObject *type)
{
    if (!obj)
        return Py_NewRef(self);
    if (descr_check(self, obj) < 0)
        return NULL;
    PyMethodDef *def = METHOD_OF(self);
    return PyCMethod_New(def, obj, NULL, def->ml_flags & METH_METHOD ? DTYPE(self) : NULL);
}

K_COLD static PyObject *method_complain(PyObject *self, const char *text, Py_ssize_t given)
{
    K_AUTO(PyObject *) name = _PyObject_FunctionStr(self);
    if (name && given < 0)
        k_raise(PyExc_TypeError, text, name);
    else if (name)
        k_raise(PyExc_TypeError, text, name, given);
    return NULL;
}

static int method_check_self(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    if (nargs < 1) {
        method_complain(self, "unbound method %U needs an argument", -1);
        return -1;
    }
    return descr_check(self, args[0]);
}

static int method_check(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    if (method_check_self(self, args, nargs) < 0)
        return -1;
    if (K_LIKELY(!kwnames || PyTuple_GET_SIZE(kwnames) == 0))
        return 0;
    method_complain(self, "%U takes no keyword arguments", -1);
    return -1;
}

#define METHOD_VECTORCALL(fn)                                                                                          \
    static PyObject *fn(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
#define METHOD_ENTER(check)                                                                                            \
    PyThreadState *tstate = k_tstate();                                                                                \
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);                                                                     \
    if ((check) < 0)                                                                                                   \
        return NULL
#define METHOD_RUN(call)                                                                                               \
    if (k_enter_recursive(tstate, " while calling a Python object"))                                                   \
        return NULL;                                                                                                   \
    PyObject *result = call;                                                                                           \
    k_leave_recursive(tstate);                                                                                         \
    return result
#define BODY(T) ((T)(void (*)(void))METHOD_OF(self)->ml_meth)

METHOD_VECTORCALL(method_vectorcall_noargs)
{
    METHOD_ENTER(method_check(self, args, nargs, kwnames));
    if (nargs != 1)
        return method_complain(self, "%U takes no arguments (%zd given)", nargs - 1);
    METHOD_RUN(BODY(PyCFunction)(args[0], NULL));
}

METHOD_VECTORCALL(method_vectorcall_o)
{
    METHOD_ENTER(method_check(self, args, nargs, kwnames));
    if (nargs != 2)
        return method_complain(self, "%U takes exactly one argument (%zd given)", nargs - 1);
    METHOD_RUN(BODY(PyCFunction)(args[0], args[1]));
}

METHOD_VECTORCALL(method_vectorcall_fast)
{
    METHOD_ENTER(method_check(self, args, nargs, kwnames));
    METHOD_RUN(BODY(_PyCFunctionFast)(args[0], args + 1, nargs - 1));
}

METHOD_VECTORCALL(method_vectorcall_fast_kw)
{
    METHOD_ENTER(method_check_self(self, args, nargs));
    METHOD_RUN(BODY(_PyCFunctionFastWithKeywords)(args[0], args + 1, nargs - 1, kwnames));
}

METHOD_VECTORCALL(method_vectorcall_method)
{
    METHOD_ENTER(method_check_self(self, args, nargs));
    METHOD_RUN(BODY(PyCMethod)(args[0], DTYPE(self), args + 1, (size_t)nargs - 1, kwnames));
}

METHOD_VECTORCALL(method_vectorcall_var)
{
    METHOD_ENTER(method_check(self, args, nargs, kwnames));
    K_AUTO(PyObject *) tuple = k_tuple_from_array(args + 1, nargs - 1);
    if (!tuple)
        return NULL;
    METHOD_RUN(BODY(PyCFunction)(args[0], tuple));
}

METHOD_VECTORCALL(method_vectorcall_var_kw)
{
    METHOD_ENTER(method_check_self(self, args, nargs));
    K_AUTO(PyObject *) tuple = k_tuple_from_array(args + 1, nargs - 1);
    K_AUTO(PyObject *) kwargs = NULL;
    if (!tuple)
        return NULL;
    if (kwnames && PyTuple_GET_SIZE(kwnames)) {
        K_SET(kwargs, _PyStack_AsDict(args + nargs, kwnames));
        if (!kwargs)
            return NULL;
    }
    METHOD_RUN(BODY(PyCFunctionWithKeywords)(args[0], tuple, kwargs));
}

PyObject *PyDescr_NewMethod(PyTypeObject *type, PyMethodDef *def)
{
    vectorcallfunc vectorcall;
    switch (def->ml_flags & CALL_FLAGS) {
    case METH_VARARGS: vectorcall = method_vectorcall_var; break;
    case METH_VARARGS | METH_KEYWORDS: vectorcall = method_vectorcall_var_kw; break;
    case METH_FASTCALL: vectorcall = method_vectorcall_fast; break;
    case METH_FASTCALL | METH_KEYWORDS: vectorcall = method_vectorcall_fast_kw; break;
    case METH_NOARGS: vectorcall = method_vectorcall_noargs; break;
    case METH_O: vectorcall = method_vectorcall_o; break;
    case METH_METHOD | METH_FASTCALL | METH_KEYWORDS: vectorcall = method_vectorcall_method; break;
    default: return k_raise(PyExc_SystemError, "%s() method: bad call flags", def->ml_name);
    }
    PyMethodDescrObject *descr = descr_new(&PyMethodDescr_Type, type, def->ml_name);
    if (descr) {
        descr->d_method = def;
        descr->vectorcall = vectorcall;
    }
    return (PyObject *)descr;
}

static PyObject *method_get_doc(PyObject *self, void *closure)
{
    return _PyType_GetDocFromInternalDoc(METHOD_OF(self)->ml_name, METHOD_OF(self)->ml_doc);
}

static PyObject *method_get_text_signature(PyObject *self, void *closure)
{
    return _PyType_GetTextSignatureFromInternalDoc(METHOD_OF(self)->ml_name, METHOD_OF(self)->ml_doc);
}

static PyGetSetDef method_getset[] = {
    { "__doc__", method_get_doc, NULL, NULL, NULL },
    { "__qualname__", descr_get_qualname, NULL, NULL, NULL },
    { "__text_signature__", method_get_text_signature, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

METHODS_DECLARE(method_descriptor);
METHOD_RAW(method_descriptor, __reduce__, NOARGS, 0, NULL)
{
    return descr_reduce(self);
}
METHODS_END(method_descriptor);

/* ---- class methods ---- */

static PyObject *classmethod_get(PyObject *self, PyObject *obj, PyObject *type)
{
    if (!type) {
        if (!obj)
            return k_raise(PyExc_TypeError, "descriptor '%U' for type '%.100s' needs either an object or a type",
                           DNAME(self), DTYPE(self)->tp_name);
        type = (PyObject *)Py_TYPE(obj);
    }
    if (!PyType_Check(type))
        return k_raise(PyExc_TypeError, "descriptor '%U' for type '%.100s' needs a type, not a '%.100s' as arg 2",
                       DNAME(self), DTYPE(self)->tp_name, Py_TYPE(type)->tp_name);
    if (!PyType_IsSubtype((PyTypeObject *)type, DTYPE(self)))
        return k_raise(PyExc_TypeError, "descriptor '%U' requires a subtype of '%.100s' but received '%.100s'",
                       DNAME(self), DTYPE(self)->tp_name, ((PyTypeObject *)type)->tp_name);
    PyMethodDef *def = METHOD_OF(self);
    return PyCMethod_New(def, type, NULL, def->ml_flags & METH_METHOD ? DTYPE(self) : NULL);
}

static PyObject *classmethod_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n < 1)
        return k_raise(PyExc_TypeError, "descriptor '%U' of '%.100s' object needs an argument", DNAME(self),
                       DTYPE(self)->tp_name);
    K_AUTO(PyObject *) bound = classmethod_get(self, NULL, PyTuple_GET_ITEM(args, 0));
    K_AUTO(PyObject *) rest = bound ? PyTuple_GetSlice(args, 1, n) : NULL;
    return rest ? PyObject_Call(bound, rest, kwargs) : NULL;
}

PyObject *PyDescr_NewClassMethod(PyTypeObject *type, PyMethodDef *def)
{
    PyMethodDescrObject *descr = descr_new(&PyClassMethodDescr_Type, type, def->ml_name);
    if (descr)
        descr->d_method = def;
    return (PyObject *)descr;
}

/* ---- members ---- */

static PyObject *member_get(PyObject *self, PyObject *obj, PyObject *type)
{
    if (!obj)
        return Py_NewRef(self);
    PyMemberDef *member = ((PyMemberDescrObject *)self)->d_member;
    if (descr_check(self, obj) < 0 ||
        (member->flags & PY_AUDIT_READ && PySys_Audit("object.__getattr__", "Os", obj, member->name) < 0))
        return NULL;
    return PyMember_GetOne((char *)obj, member);
}

static int member_set(PyObject *self, PyObject *obj, PyObject *value)
{
    return descr_check(self, obj) < 0 ? -1 : PyMember_SetOne((char *)obj, ((PyMemberDescrObject *)self)->d_member, value);
}

static PyObject *member_get_doc(PyObject *self, void *closure)
{
    const char *doc = ((PyMemberDescrObject *)self)->d_member->doc;
    return doc ? PyUnicode_FromString(doc) : Py_NewRef(Py_None);
}

PyObject *PyDescr_NewMember(PyTypeObject *type, PyMemberDef *def)
{
    PyMemberDescrObject *descr = descr_new(&PyMemberDescr_Type, type, def->name);
    if (descr)
        descr->d_member = def;
    return (PyObject *)descr;
}

METHODS_DECLARE(member_descriptor);
METHOD_RAW(member_descriptor, __reduce__, NOARGS, 0, NULL)
{
    return descr_reduce(self);
}
METHODS_END(member_descriptor);

static PyGetSetDef member_getset[] = {
    { "__doc__", member_get_doc, NULL, NULL, NULL },
    { "__qualname__", descr_get_qualname, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

/* ---- getters and setters ---- */

static PyObject *getset_get(PyObject *self, PyObject *obj, PyObject *type)
{
    if (!obj)
        return Py_NewRef(self);
    if (descr_check(self, obj) < 0)
        return NULL;
    PyGetSetDef *def = ((PyGetSetDescrObject *)self)->d_getset;
    if (def->get)
        return def->get(obj, def->closure);
    return k_raise(PyExc_AttributeError, "attribute '%U' of '%.100s' objects is not readable", DNAME(self),
                   DTYPE(self)->tp_name);
}

static int getset_set(PyObject *self, PyObject *obj, PyObject *value)
{
    if (descr_check(self, obj) < 0)
        return -1;
    PyGetSetDef *def = ((PyGetSetDescrObject *)self)->d_getset;
    if (def->set)
        return def->set(obj, value, def->closure);
    k_raise(PyExc_AttributeError, "attribute '%U' of '%.100s' objects is not writable", DNAME(self),
            DTYPE(self)->tp_name);
    return -1;
}

static PyObject *getset_get_doc(PyObject *self, void *closure)
{
    const char *doc = ((PyGetSetDescrObject *)self)->d_getset->doc;
    return doc ? PyUnicode_FromString(doc) : Py_NewRef(Py_None);
}

PyObject *PyDescr_NewGetSet(PyTypeObject *type, PyGetSetDef *def)
{
    PyGetSetDescrObject *descr = descr_new(&PyGetSetDescr_Type, type, def->name);
    if (descr)
        descr->d_getset = def;
    return (PyObject *)descr;
}

static PyGetSetDef getset_getset[] = {
    { "__doc__", getset_get_doc, NULL, NULL, NULL },
    { "__qualname__", descr_get_qualname, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

/* ---- slot wrappers ---- */

#define WRAPPER(o) ((PyWrapperDescrObject *)(o))

static PyObject *wrapper_raw_call(PyObject *descr, PyObject *self, PyObject *args, PyObject *kwargs)
{
    struct wrapperbase *base = WRAPPER(descr)->d_base;
    if (base->flags & 1)
        return ((wrapperfunc_kwds)(void (*)(void))base->wrapper)(self, args, WRAPPER(descr)->d_wrapped, kwargs);
    if (kwargs && (!PyDict_Check(kwargs) || PyDict_GET_SIZE(kwargs)))
        return k_raise(PyExc_TypeError, "wrapper %s() takes no keyword arguments", base->name);
    return base->wrapper(self, args, WRAPPER(descr)->d_wrapped);
}

static PyObject *wrapper_call(PyObject *descr, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n < 1)
        return k_raise(PyExc_TypeError, "descriptor '%U' of '%.100s' object needs an argument", DNAME(descr),
                       DTYPE(descr)->tp_name);
    PyObject *self = PyTuple_GET_ITEM(args, 0);
    if (_PyObject_RealIsSubclass((PyObject *)Py_TYPE(self), (PyObject *)DTYPE(descr)) <= 0)
        return PyErr_Occurred() ? NULL
                                : k_raise(PyExc_TypeError,
                                          "descriptor '%U' requires a '%.100s' object but received a '%.100s'",
                                          DNAME(descr), DTYPE(descr)->tp_name, Py_TYPE(self)->tp_name);
    K_AUTO(PyObject *) rest = PyTuple_GetSlice(args, 1, n);
    return rest ? wrapper_raw_call(descr, self, rest, kwargs) : NULL;
}

static PyObject *wrapper_get(PyObject *descr, PyObject *obj, PyObject *type)
{
    if (!obj)
        return Py_NewRef(descr);
    return descr_check(descr, obj) < 0 ? NULL : PyWrapper_New(descr, obj);
}

PyObject *PyDescr_NewWrapper(PyTypeObject *type, struct wrapperbase *base, void *wrapped)
{
    PyWrapperDescrObject *descr = descr_new(&PyWrapperDescr_Type, type, base->name);
    if (descr) {
        descr->d_base = base;
        descr->d_wrapped = wrapped;
    }
    return (PyObject *)descr;
}

static PyObject *wrapper_get_doc(PyObject *descr, void *closure)
{
    return _PyType_GetDocFromInternalDoc(WRAPPER(descr)->d_base->name, WRAPPER(descr)->d_base->doc);
}

static PyObject *wrapper_get_text_signature(PyObject *descr, void *closure)
{
    return _PyType_GetTextSignatureFromInternalDoc(WRAPPER(descr)->d_base->name, WRAPPER(descr)->d_base->doc);
}

static PyGetSetDef wrapper_getset[] = {
    { "__doc__", wrapper_get_doc, NULL, NULL, NULL },
    { "__qualname__", descr_get_qualname, NULL, NULL, NULL },
    { "__text_signature__", wrapper_get_text_signature, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

int PyDescr_IsData(PyObject *descr)
{
    return Py_TYPE(descr)->tp_descr_set != NULL;
}

/* ---- bound slot wrappers ---- */

#define BOUND(o) ((MethodWrapper *)(o))

PyObject *PyWrapper_New(PyObject *descr, PyObject *self)
{
    MethodWrapper *bound = PyObject_GC_New(MethodWrapper, &_PyMethodWrapper_Type);
    if (!bound)
        return NULL;
    bound->descr = WRAPPER(Py_NewRef(descr));
    bound->self = Py_NewRef(self);
    PyObject_GC_Track(bound);
    return (PyObject *)bound;
}

static void bound_dealloc(PyObject *o)
{
    PyObject_GC_UnTrack(o);
    Py_TRASHCAN_BEGIN(o, bound_dealloc)
    Py_XDECREF(BOUND(o)->descr);
    Py_XDECREF(BOUND(o)->self);
    PyObject_GC_Del(o);
    Py_TRASHCAN_END;
}

static int bound_traverse(PyObject *o, visitproc visit, void *arg)
{
    Py_VISIT(BOUND(o)->descr);
    Py_VISIT(BOUND(o)->self);
    return 0;
}

static PyObject *bound_richcompare(PyObject *a, PyObject *b, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !Py_IS_TYPE(a, &_PyMethodWrapper_Type) || !Py_IS_TYPE(b, &_PyMethodWrapper_Type))
        Py_RETURN_NOTIMPLEMENTED;
    bool equal = BOUND(a)->descr == BOUND(b)->descr && BOUND(a)->self == BOUND(b)->self;
    Py_RETURN_BOOL(equal == (op == Py_EQ));
}

static Py_hash_t bound_hash(PyObject *o)
{
    Py_hash_t hash = _Py_HashPointer(BOUND(o)->self) ^ _Py_HashPointer(BOUND(o)->descr);
    return hash == -1 ? -2 : hash;
}

static PyObject *bound_repr(PyObject *o)
{
    return PyUnicode_FromFormat("<method-wrapper '%s' of %s object at %p>", BOUND(o)->descr->d_base->name,
                                Py_TYPE(BOUND(o)->self)->tp_name, BOUND(o)->self);
}

static PyObject *bound_call(PyObject *o, PyObject *args, PyObject *kwargs)
{
    return wrapper_raw_call((PyObject *)BOUND(o)->descr, BOUND(o)->self, args, kwargs);
}

static PyObject *bound_get_objclass(PyObject *o, void *closure)
{
    return Py_NewRef(DTYPE(BOUND(o)->descr));
}

static PyObject *bound_get_name(PyObject *o, void *closure)
{
    return PyUnicode_FromString(BOUND(o)->descr->d_base->name);
}

static PyObject *bound_get_doc(PyObject *o, void *closure)
{
    return wrapper_get_doc((PyObject *)BOUND(o)->descr, NULL);
}

static PyObject *bound_get_text_signature(PyObject *o, void *closure)
{
    return wrapper_get_text_signature((PyObject *)BOUND(o)->descr, NULL);
}

static PyObject *bound_get_qualname(PyObject *o, void *closure)
{
    return descr_get_qualname((PyObject *)BOUND(o)->descr, NULL);
}

static PyGetSetDef bound_getset[] = {
    { "__objclass__", bound_get_objclass, NULL, NULL, NULL },
    { "__name__", bound_get_name, NULL, NULL, NULL },
    { "__qualname__", bound_get_qualname, NULL, NULL, NULL },
    { "__doc__", bound_get_doc, NULL, NULL, NULL },
    { "__text_signature__", bound_get_text_signature, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};
static PyMemberDef bound_members[] = {
    { "__self__", T_OBJECT, offsetof(MethodWrapper, self), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};

METHODS_DECLARE(method_wrapper);
METHOD_RAW(method_wrapper, __reduce__, NOARGS, 0, NULL)
{
    K_AUTO(PyObject *) getattr = _PyImport_GetModuleAttrString("builtins", "getattr");
    return getattr ? Py_BuildValue("O(OO)", getattr, BOUND(self)->self, DNAME(BOUND(self)->descr)) : NULL;
}
METHODS_END(method_wrapper);

/* ---- types ---- */

#define DESCR_TYPE(object, text, T, flags, ...)                                                                        \
    PyTypeObject object = {                                                                                            \
        .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),                                                             \
        .tp_name = text,                                                                                               \
        .tp_basicsize = sizeof(T),                                                                                     \
        .tp_dealloc = descr_dealloc,                                                                                   \
        .tp_getattro = PyObject_GenericGetAttr,                                                                        \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | (flags),                                                 \
        .tp_traverse = descr_traverse,                                                                                 \
        .tp_members = descr_members,                                                                                   \
        __VA_ARGS__                                                                                                    \
    };                                                                                                                 \
    K_TYPE(object)

DESCR_TYPE(PyMethodDescr_Type, "method_descriptor", PyMethodDescrObject,
           Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
           .tp_vectorcall_offset = offsetof(PyMethodDescrObject, vectorcall), .tp_repr = method_repr,
           .tp_call = PyVectorcall_Call, .tp_getset = method_getset, .tp_methods = METHODS(method_descriptor),
           .tp_descr_get = method_get);
DESCR_TYPE(PyClassMethodDescr_Type, "classmethod_descriptor", PyMethodDescrObject, 0, .tp_repr = method_repr,
           .tp_call = classmethod_call, .tp_getset = method_getset, .tp_descr_get = classmethod_get);
DESCR_TYPE(PyMemberDescr_Type, "member_descriptor", PyMemberDescrObject, 0, .tp_repr = member_repr,
           .tp_getset = member_getset, .tp_methods = METHODS(member_descriptor), .tp_descr_get = member_get,
           .tp_descr_set = member_set);
DESCR_TYPE(PyGetSetDescr_Type, "getset_descriptor", PyGetSetDescrObject, 0, .tp_repr = getset_repr,
           .tp_getset = getset_getset, .tp_descr_get = getset_get, .tp_descr_set = getset_set);
DESCR_TYPE(PyWrapperDescr_Type, "wrapper_descriptor", PyWrapperDescrObject, Py_TPFLAGS_METHOD_DESCRIPTOR,
           .tp_repr = wrapper_repr, .tp_call = wrapper_call, .tp_getset = wrapper_getset,
           .tp_methods = METHODS(method_descriptor), .tp_descr_get = wrapper_get);

PyTypeObject _PyMethodWrapper_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "method-wrapper",
    .tp_basicsize = sizeof(MethodWrapper),
    .tp_dealloc = bound_dealloc,
    .tp_repr = bound_repr,
    .tp_hash = bound_hash,
    .tp_call = bound_call,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = bound_traverse,
    .tp_richcompare = bound_richcompare,
    .tp_methods = METHODS(method_wrapper),
    .tp_members = bound_members,
    .tp_getset = bound_getset,
};
K_TYPE(_PyMethodWrapper_Type);
