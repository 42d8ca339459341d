/* names.c - names of modules, class bodies and closures, and what is said when one is missing.
 *
 * In: a frame and a name.  Out: values, or NameError and UnboundLocalError in CPython's words. Start at vm_load_name(). */
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/exc/exc.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/sys.h"
#include "vm/helpers.h"

/* ---- what is said ---- */

/* NameError with its name attribute set. */
static K_COLD void complain_name(PyObject *type, const char *format, PyObject *name)
{
    k_raise(type, format, name);
    PyObject *kind, *value, *traceback;
    PyErr_Fetch(&kind, &value, &traceback);
    PyErr_NormalizeException(&kind, &value, &traceback);
    if (value && Py_IS_TYPE(value, (PyTypeObject *)PyExc_NameError)) {
        PyNameErrorObject *error = (PyNameErrorObject *)value;
        if (!error->name)
            error->name = Py_NewRef(name);
    }
    PyErr_Restore(kind, value, traceback);
}

static K_COLD void complain_undefined(PyObject *name)
{
    complain_name(PyExc_NameError, "name '%.200U' is not defined", name);
}

K_COLD void vm_unbound_local(_PyInterpreterFrame *frame, int slot)
{
    PyObject *name = PyTuple_GET_ITEM(frame->f_code->co_localsplusnames, slot);
    k_raise(PyExc_UnboundLocalError, "cannot access local variable '%.200U' where it is not associated with a value", name);
}

K_COLD void vm_unbound_cell(_PyInterpreterFrame *frame, int slot)
{
    PyCodeObject *code = frame->f_code;
    PyObject *name = PyTuple_GET_ITEM(code->co_localsplusnames, slot);
    if (PyErr_Occurred())
        return;
    if (slot < code->co_nlocalsplus - code->co_nfreevars)
        vm_unbound_local(frame, slot);
    else
        complain_name(PyExc_NameError,
                      "cannot access free variable '%.200U' where it is not associated with a value in enclosing scope",
                      name);
}

/* ---- looking up ---- */

/* A new reference; NULL without an exception when absent. */
static PyObject *look_up(PyObject *mapping, PyObject *name)
{
    if (PyDict_CheckExact(mapping))
        return k_dict_find((PyDictObject *)mapping, name);
    PyObject *value = PyObject_GetItem(mapping, name);
    if (!value && PyErr_ExceptionMatches(PyExc_KeyError))
        PyErr_Clear();
    return value;
}

PyObject *vm_load_global(_PyInterpreterFrame *frame, PyObject *name)
{
    PyObject *globals = frame->f_globals, *builtins = frame->f_builtins, *value;
    if (PyDict_CheckExact(globals) && PyDict_CheckExact(builtins)) {
        value = k_dict_load_global((PyDictObject *)globals, (PyDictObject *)builtins, name);
    } else { /* exec() with strange namespaces */
        value = look_up(globals, name);
        if (!value && !PyErr_Occurred())
            value = look_up(builtins, name);
    }
    if (!value && !PyErr_Occurred())
        complain_undefined(name);
    return value;
}

static K_COLD int complain_no_locals(const char *what, PyObject *name)
{
    if (name)
        k_raise(PyExc_SystemError, what, name);
    else
        k_raise(PyExc_SystemError, what);
    return -1;
}

PyObject *vm_load_name(_PyInterpreterFrame *frame, PyObject *name)
{
    if (!frame->f_locals) {
        complain_no_locals("no locals when loading %R", name);
        return NULL;
    }
    PyObject *value = look_up(frame->f_locals, name);
    if (value || PyErr_Occurred())
        return value;
    value = look_up(frame->f_globals, name);
    if (value || PyErr_Occurred())
        return value;
    value = look_up(frame->f_builtins, name);
    if (!value && !PyErr_Occurred())
        complain_undefined(name);
    return value;
}

PyObject *vm_load_classderef(_PyInterpreterFrame *frame, int slot)
{
    PyObject *name = PyTuple_GET_ITEM(frame->f_code->co_localsplusnames, slot);
    PyObject *value = look_up(frame->f_locals, name);
    if (value || PyErr_Occurred())
        return value;
    value = PyCell_GET(frame->localsplus[slot]);
    if (!value)
        vm_unbound_cell(frame, slot);
    return Py_XNewRef(value);
}

PyObject *vm_load_build_class(_PyInterpreterFrame *frame)
{
    PyObject *value = look_up(frame->f_builtins, K_STR("__build_class__"));
    if (!value && !PyErr_Occurred())
        k_raise(PyExc_NameError, "__build_class__ not found");
    return value;
}

/* ---- storing and deleting ---- */

int vm_store_name(_PyInterpreterFrame *frame, PyObject *name, PyObject *value)
{
    PyObject *locals = frame->f_locals;
    if (!locals)
        return complain_no_locals("no locals found when storing %R", name);
    if (PyDict_CheckExact(locals))
        return PyDict_SetItem(locals, name, value);
    return PyObject_SetItem(locals, name, value);
}

int vm_delete_name(_PyInterpreterFrame *frame, PyObject *name)
{
    PyObject *locals = frame->f_locals;
    if (!locals)
        return complain_no_locals("no locals when deleting %R", name);
    int status = PyObject_DelItem(locals, name);
    if (status < 0)
        complain_undefined(name);
    return status;
}

int vm_delete_global(_PyInterpreterFrame *frame, PyObject *name)
{
    int status = PyDict_DelItem(frame->f_globals, name);
    if (status < 0 && PyErr_ExceptionMatches(PyExc_KeyError))
        complain_undefined(name);
    return status;
}

int vm_setup_annotations(_PyInterpreterFrame *frame)
{
    PyObject *locals = frame->f_locals, *key = K_STR("__annotations__");
    if (!locals)
        return complain_no_locals("no locals found when setting up annotations", NULL);
    K_AUTO(PyObject *) found = look_up(locals, key);
    if (found || PyErr_Occurred())
        return found ? 0 : -1;
    K_AUTO(PyObject *) dict = PyDict_New();
    if (!dict)
        return -1;
    return PyDict_CheckExact(locals) ? PyDict_SetItem(locals, key, dict) : PyObject_SetItem(locals, key, dict);
}

int vm_print_expr(PyObject *value)
{
    PyObject *hook = PySys_GetObject("displayhook");
    if (!hook) {
        k_raise(PyExc_RuntimeError, "lost sys.displayhook");
        return -1;
    }
    Py_INCREF(hook);
    K_AUTO(PyObject *) result = PyObject_CallOneArg(hook, value);
    Py_DECREF(hook);
    return result ? 0 : -1;
}
