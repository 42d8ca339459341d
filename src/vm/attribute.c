/* attribute.c - attributes whose descriptors or hooks are Python functions, which run in the loop.
 *
 * In: LOAD_ATTR, LOAD_METHOD, STORE_ATTR or DELETE_ATTR with the owner in its slot.  Out: a frame of the property's,
 * descriptor's or hook's function, or the attribute in its place (KNext).
 * Start at vm_load_attr(). */
#include "objects/call.h"
#include "objects/descr.h"
#include "objects/func/func.h"
#include "objects/protocol.h"
#include "objects/tuple.h"
#include "objects/type/slots.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "vm/engine.h"
#include "vm/helpers.h"

static const KNext failed = { NULL, NULL };

static PyObject *name_of(_PyInterpreterFrame *frame, KInstr *pc)
{
    return PyTuple_GET_ITEM(frame->f_code->co_names, pc->d);
}

static int loads_method(const KInstr *pc)
{
    return vm_op_rows[pc->op].base == OP_LOAD_METHOD;
}

/* ---- loading ---- */

/* The function that a descriptor found on a class is bound by, when the loop may run it; args are what it gets. */
static PyObject *python_getter(PyThreadState *tstate, const KAttr *attr, PyObject **args, Py_ssize_t *nargs)
{
    PyTypeObject *type = Py_TYPE(attr->found);
    PyObject *function = NULL;
    if (attr->get == PyProperty_Type.tp_descr_get && attr->instance && attr->instance != Py_None) {
        function = ((PyPropertyObject *)attr->found)->prop_get;
        args[0] = attr->instance;
        *nargs = 1;
    } else if (attr->get == slot_tp_descr_get) {
        function = _PyType_Lookup(type, K_STR("__get__"));
        args[0] = attr->found;
        args[1] = attr->instance ? attr->instance : Py_None;
        args[2] = attr->owner;
        *nargs = 3;
    }
    return vm_runs_inline(tstate, function) ? function : NULL;
}

/* The attribute itself; LOAD_METHOD leaves NULL below it. */
static KNext loaded(_PyInterpreterFrame *frame, KInstr *pc, PyObject *value)
{
    if (!loads_method(pc))
        return vm_finish(frame, pc, value);
    PyObject **slots = &frame->localsplus[pc->a], *owner = slots[0];
    slots[0] = NULL;
    slots[1] = value;
    Py_DECREF(owner);
    return (KNext){ NULL, pc + 1 };
}

/* A method to be called with its instance in front. */
static KNext loaded_method(_PyInterpreterFrame *frame, KInstr *pc, PyObject *method, PyObject *instance)
{
    PyObject **slots = &frame->localsplus[pc->a], *owner = slots[0];
    slots[0] = method;
    slots[1] = Py_NewRef(instance);
    Py_DECREF(owner);
    return (KNext){ NULL, pc + 1 };
}

static KNext load_found(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, KAttr *attr, uintptr_t kind)
{
    PyObject *args[3];
    Py_ssize_t nargs;
    if (!attr->get)
        return loaded(frame, pc, attr->found);
    if (loads_method(pc) && attr->instance && PyType_HasFeature(Py_TYPE(attr->found), Py_TPFLAGS_METHOD_DESCRIPTOR))
        return loaded_method(frame, pc, attr->found, attr->instance);
    PyObject *function = python_getter(tstate, attr, args, &nargs);
    if (function) {
        KNext next = vm_begin(tstate, pc, kind, function, args, nargs, NULL);
        Py_DECREF(attr->found);
        return next;
    }
    K_AUTO(PyObject *) instance = Py_XNewRef(attr->instance); /* a super object may be set anew meanwhile */
    K_AUTO(PyObject *) owner = Py_NewRef(attr->owner);
    PyObject *value = k_attr_bind(attr);
    return value ? loaded(frame, pc, value) : failed;
}

KNext vm_load_hook(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc)
{
    PyObject *owner = frame->localsplus[pc->a], *args[] = { owner, name_of(frame, pc) };
    PyErr_Clear();
    PyObject *hook = _PyType_Lookup(Py_TYPE(owner), K_STR("__getattr__"));
    if (vm_runs_inline(tstate, hook))
        return vm_begin(tstate, pc, CONT_ATTR, hook, args, 2, NULL);
    K_AUTO(PyObject *) method = k_lookup_special(owner, K_STR("__getattr__")); /* another one has come meanwhile */
    if (!method && !PyErr_Occurred())
        PyErr_SetObject(PyExc_AttributeError, args[1]);
    PyObject *value = method ? PyObject_CallOneArg(method, args[1]) : NULL;
    return value ? loaded(frame, pc, value) : failed;
}

static KNext load_in_c(_PyInterpreterFrame *frame, KInstr *pc)
{
    PyObject *value = PyObject_GetAttr(frame->localsplus[pc->a], name_of(frame, pc));
    return value ? loaded(frame, pc, value) : failed;
}

/* Finds the attribute as tp_getattro would: 1, 0, -1 as k_attr_find(); 2 when only tp_getattro knows how. */
static int find(PyObject *owner, PyObject *name, getattrofunc how, KAttr *attr)
{
    if (how == PyObject_GenericGetAttr)
        return k_attr_find(owner, name, attr);
    if (how == PyType_Type.tp_getattro)
        return k_attr_find_in_type(owner, name, attr);
    return how == PySuper_Type.tp_getattro ? k_attr_find_in_super(owner, name, attr) : 2;
}

/* A class with __getattribute__ or __getattr__ of its own. */
static KNext load_with_hooks(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc)
{
    PyObject *owner = frame->localsplus[pc->a], *args[] = { owner, name_of(frame, pc) };
    PyTypeObject *type = Py_TYPE(owner);
    PyObject *general = _PyType_Lookup(type, K_STR("__getattribute__"));
    PyObject *hook = _PyType_Lookup(type, K_STR("__getattr__"));
    uintptr_t kind = CONT_ATTR | (hook ? HAS_HOOK : 0);
    if (hook && !vm_runs_inline(tstate, hook))
        return load_in_c(frame, pc);
    if (vm_runs_inline(tstate, general))
        return vm_begin(tstate, pc, kind, general, args, 2, NULL);
    if (!general || !Py_IS_TYPE(general, &PyWrapperDescr_Type))
        return load_in_c(frame, pc);
    KAttr attr;
    int found = find(owner, args[1], (getattrofunc)((PyWrapperDescrObject *)general)->d_wrapped, &attr);
    if (found == 2 || (found == 0 && !hook))
        return load_in_c(frame, pc);
    KNext next = found > 0 ? load_found(tstate, frame, pc, &attr, kind) : failed;
    if (next.callee || next.pc)
        return next;
    if (hook && (!tstate->curexc_type || PyErr_ExceptionMatches(PyExc_AttributeError)))
        return vm_load_hook(tstate, frame, pc);
    k_attribute_error_context(owner, args[1]);
    return failed;
}

KNext vm_load_attr(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc)
{
    PyObject *owner = frame->localsplus[pc->a], *name = name_of(frame, pc);
    getattrofunc how = Py_TYPE(owner)->tp_getattro;
    if (how == slot_tp_getattr_hook || how == slot_tp_getattro)
        return load_with_hooks(tstate, frame, pc);
    KAttr attr;
    int found = find(owner, name, how, &attr);
    if (found == 2 || found == 0)
        return load_in_c(frame, pc);
    KNext next = found > 0 ? load_found(tstate, frame, pc, &attr, CONT_ATTR) : failed;
    if (!next.callee && !next.pc)
        k_attribute_error_context(owner, name);
    return next;
}

/* ---- storing and deleting (value NULL) ---- */

/* The function that stores, when the loop may run it; args are what it gets. */
static PyObject *python_setter(PyThreadState *tstate, PyObject *descr, PyObject *owner, PyObject *value, PyObject **args,
                               Py_ssize_t *nargs)
{
    descrsetfunc set = descr ? Py_TYPE(descr)->tp_descr_set : NULL;
    PyObject *function = NULL;
    *nargs = 0;
    if (set && set == PyProperty_Type.tp_descr_set) {
        function = value ? ((PyPropertyObject *)descr)->prop_set : ((PyPropertyObject *)descr)->prop_del;
    } else if (set == slot_tp_descr_set) {
        function = _PyType_Lookup(Py_TYPE(descr), value ? K_STR("__set__") : K_STR("__delete__"));
        args[(*nargs)++] = descr;
    }
    args[(*nargs)++] = owner;
    if (value)
        args[(*nargs)++] = value;
    return vm_runs_inline(tstate, function) ? function : NULL;
}

KNext vm_store_attr(PyThreadState *tstate, _PyInterpreterFrame *frame, KInstr *pc, PyObject *owner, PyObject *value)
{
    PyObject *name = name_of(frame, pc), *function = NULL, *args[] = { owner, name, value };
    PyTypeObject *type = Py_TYPE(owner);
    Py_ssize_t nargs = value ? 3 : 2;
    if (type->tp_setattro == slot_tp_setattro)
        function = _PyType_Lookup(type, value ? K_STR("__setattr__") : K_STR("__delattr__"));
    else if (type->tp_setattro == PyObject_GenericSetAttr)
        function = python_setter(tstate, _PyType_Lookup(type, name), owner, value, args, &nargs);
    if (vm_runs_inline(tstate, function))
        return vm_begin(tstate, pc, CONT_DISCARD, function, args, nargs, NULL);
    return vm_finish_discard(frame, pc, PyObject_SetAttr(owner, name, value));
}
