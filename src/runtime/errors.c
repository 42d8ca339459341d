/* errors.c - raising, catching and chaining exceptions: the curexc triple of the thread and what is built on it.
 *
 * In: an exception class and what its arguments are.  Out: the thread's curexc_type/value/traceback, each owned.
 * Invariant: curexc_type is NULL exactly when no exception is being raised; the value may still be raw (a string, a
 * tuple) until somebody normalises it, and code outside may put raw values in.
 * Start at PyErr_SetObject(). Reporting to the user is in errors_report.c. */
#include "runtime/errors.h"

#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/exc/exc.h"
#include "objects/frame/frame.h"
#include "objects/int/int.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/state.h"

#include <errno.h>

/* ---- the triple ---- */

void PyErr_Restore(PyObject *type, PyObject *value, PyObject *traceback)
{
    PyThreadState *tstate = k_tstate();
    if (traceback && !PyTraceBack_Check(traceback)) {
        Py_DECREF(traceback);
        traceback = NULL;
    }
    PyObject *old_type = tstate->curexc_type, *old_value = tstate->curexc_value, *old_tb = tstate->curexc_traceback;
    tstate->curexc_type = type;
    tstate->curexc_value = value;
    tstate->curexc_traceback = traceback;
    Py_XDECREF(old_type);
    Py_XDECREF(old_value);
    Py_XDECREF(old_tb);
}

void PyErr_Fetch(PyObject **type, PyObject **value, PyObject **traceback)
{
    PyThreadState *tstate = k_tstate();
    *type = tstate->curexc_type;
    *value = tstate->curexc_value;
    *traceback = tstate->curexc_traceback;
    tstate->curexc_type = tstate->curexc_value = tstate->curexc_traceback = NULL;
}

PyObject *PyErr_Occurred(void)
{
    PyThreadState *tstate = k_tstate();
    return tstate ? tstate->curexc_type : NULL;
}

void PyErr_Clear(void)
{
    PyErr_Restore(NULL, NULL, NULL);
}

/* ---- the exception being handled ---- */

struct _PyErr_StackItem *_PyErr_GetTopmostException(PyThreadState *tstate)
{
    _PyErr_StackItem *item = tstate->exc_info;
    while ((!item->exc_value || item->exc_value == Py_None) && item->previous_item)
        item = item->previous_item;
    return item;
}

PyObject *_PyErr_GetHandledException(PyThreadState *tstate)
{
    PyObject *value = _PyErr_GetTopmostException(tstate)->exc_value;
    return value && value != Py_None ? Py_NewRef(value) : NULL;
}

PyObject *PyErr_GetHandledException(void)
{
    return _PyErr_GetHandledException(k_tstate());
}

void _PyErr_SetHandledException(PyThreadState *tstate, PyObject *value)
{
    Py_XSETREF(tstate->exc_info->exc_value, value && value != Py_None ? Py_NewRef(value) : NULL);
}

void PyErr_SetHandledException(PyObject *value)
{
    _PyErr_SetHandledException(k_tstate(), value);
}

void _PyErr_GetExcInfo(PyThreadState *tstate, PyObject **type, PyObject **value, PyObject **traceback)
{
    PyObject *handled = _PyErr_GetTopmostException(tstate)->exc_value;
    *value = Py_XNewRef(handled);
    if (!handled || handled == Py_None) {
        *type = Py_NewRef(Py_None);
        *traceback = Py_NewRef(Py_None);
        return;
    }
    PyObject *tb = PyException_GetTraceback(handled);
    *type = Py_NewRef(Py_TYPE(handled));
    *traceback = tb ? tb : Py_NewRef(Py_None);
}

void PyErr_GetExcInfo(PyObject **type, PyObject **value, PyObject **traceback)
{
    _PyErr_GetExcInfo(k_tstate(), type, value, traceback);
}

void PyErr_SetExcInfo(PyObject *type, PyObject *value, PyObject *traceback)
{
    PyErr_SetHandledException(value);
    Py_XDECREF(value);
    Py_XDECREF(type); /* both follow from the value */
    Py_XDECREF(traceback);
}

/* ---- setting ---- */

PyObject *k_exc_instantiate(PyObject *type, PyObject *value)
{
    PyObject *made;
    if (!value || value == Py_None)
        made = PyObject_CallNoArgs(type);
    else if (PyTuple_Check(value))
        made = PyObject_Call(type, value, NULL);
    else
        made = PyObject_CallOneArg(type, value);
    if (made && !PyExceptionInstance_Check(made)) {
        k_raise(PyExc_TypeError, "calling %R should have returned an instance of BaseException, not %s", type,
                Py_TYPE(made)->tp_name);
        Py_CLEAR(made);
    }
    return made;
}

/* Cuts value out of the context chain below handled, so that handled can become value's context without a ring.
 * The chain may already be a ring made by foreign code: a second pointer at half speed meets the first one then. */
static void unlink_from_contexts(PyObject *value, PyObject *handled)
{
    PyObject *node = handled, *half = handled;
    for (int step = 0;; step++) {
        PyObject *next = ((PyBaseExceptionObject *)node)->context;
        if (!next)
            return;
        if (next == value) {
            PyException_SetContext(node, NULL);
            return;
        }
        node = next;
        if (step & 1) {
            half = ((PyBaseExceptionObject *)half)->context;
            if (half == node)
                return;
        }
    }
}

void PyErr_SetObject(PyObject *type, PyObject *value)
{
    if (type && !PyExceptionClass_Check(type)) {
        k_raise(PyExc_SystemError, "_PyErr_SetObject: exception %R is not a BaseException subclass", type);
        return;
    }
    K_AUTO(PyObject *) own = Py_XNewRef(value);
    PyObject *handled = _PyErr_GetTopmostException(k_tstate())->exc_value;
    if (handled && handled != Py_None) {
        K_AUTO(PyObject *) keep = Py_NewRef(handled);
        PyErr_Clear();
        if (!own || !PyExceptionInstance_Check(own)) {
            PyObject *made = k_exc_instantiate(type, own);
            if (!made)
                return; /* the failure is the exception now */
            K_SET(own, made);
        }
        if (own != keep) {
            unlink_from_contexts(own, keep);
            PyException_SetContext(own, Py_NewRef(keep));
        }
    }
    PyObject *traceback = own && PyExceptionInstance_Check(own) ? PyException_GetTraceback(own) : NULL;
    PyErr_Restore(Py_XNewRef(type), K_MOVE(own), traceback);
}

void PyErr_SetNone(PyObject *type)
{
    PyErr_SetObject(type, NULL);
}

void PyErr_SetString(PyObject *type, const char *text)
{
    K_AUTO(PyObject *) value = PyUnicode_FromString(text);
    if (value)
        PyErr_SetObject(type, value);
}

void _PyErr_SetKeyError(PyObject *key)
{
    /* None, a tuple or an exception by itself would be taken for the arguments */
    K_AUTO(PyObject *) args = PyTuple_Pack(1, key);
    if (args)
        PyErr_SetObject(PyExc_KeyError, args);
}

PyObject *PyErr_FormatV(PyObject *type, const char *format, va_list arguments)
{
    PyErr_Clear(); /* formatting runs str() and repr(), which must not see an exception */
    K_AUTO(PyObject *) text = PyUnicode_FromFormatV(format, arguments);
    if (text)
        PyErr_SetObject(type, text);
    return NULL;
}

PyObject *PyErr_Format(PyObject *type, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    PyErr_FormatV(type, format, arguments);
    va_end(arguments);
    return NULL;
}

PyObject *k_raise(PyObject *type, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    PyErr_FormatV(type, format, arguments);
    va_end(arguments);
    return NULL;
}

int PyErr_BadArgument(void)
{
    PyErr_SetString(PyExc_TypeError, "bad argument type for built-in operation");
    return 0;
}

void _PyErr_BadInternalCall(const char *file, int line)
{
    k_raise(PyExc_SystemError, "%s:%d: bad argument to internal function", file, line);
}

#undef PyErr_BadInternalCall
void PyErr_BadInternalCall(void)
{
    PyErr_SetString(PyExc_SystemError, "bad argument to internal function");
}

/* ---- comparing ---- */

int PyErr_GivenExceptionMatches(PyObject *exception, PyObject *type)
{
    if (!exception || !type)
        return 0;
    if (PyTuple_Check(type)) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(type); i++)
            if (PyErr_GivenExceptionMatches(exception, PyTuple_GET_ITEM(type, i)))
                return 1;
        return 0;
    }
    PyObject *class = PyExceptionInstance_Check(exception) ? PyExceptionInstance_Class(exception) : exception;
    if (PyExceptionClass_Check(class) && PyExceptionClass_Check(type))
        return PyType_IsSubtype((PyTypeObject *)class, (PyTypeObject *)type);
    return class == type;
}

int PyErr_ExceptionMatches(PyObject *type)
{
    return PyErr_GivenExceptionMatches(PyErr_Occurred(), type);
}

int k_catch(PyObject *type)
{
    if (!PyErr_ExceptionMatches(type))
        return 0;
    PyErr_Clear();
    return 1;
}

/* ---- normalising ---- */

enum { NORMALIZE_LIMIT = 32 };

/* One try: *type and *value become a class and its instance. -1 with an exception of its own. */
static int normalize_once(PyObject **type, PyObject **value)
{
    if (!*value)
        *value = Py_NewRef(Py_None);
    if (!PyExceptionClass_Check(*type))
        return 0;
    int fits = 0;
    if (PyExceptionInstance_Check(*value)) {
        fits = PyObject_IsSubclass((PyObject *)Py_TYPE(*value), *type);
        if (fits < 0)
            return -1;
    }
    if (!fits) {
        PyObject *made = k_exc_instantiate(*type, *value);
        if (!made)
            return -1;
        K_SET(*value, made);
    }
    if ((PyObject *)Py_TYPE(*value) != *type)
        K_SET(*type, Py_NewRef(Py_TYPE(*value)));
    return 0;
}

void PyErr_NormalizeException(PyObject **type, PyObject **value, PyObject **traceback)
{
    PyThreadState *tstate = k_tstate();
    tstate->recursion_headroom++; /* making a RecursionError must not raise the next one */
    for (int tries = 1; *type; tries++) {
        if (normalize_once(type, value) == 0)
            break;
        /* What went wrong takes the place of what should have been; it keeps the older traceback if it has none. */
        PyObject *older = *traceback;
        Py_CLEAR(*type);
        Py_CLEAR(*value);
        if (tries == NORMALIZE_LIMIT)
            k_raise(PyExc_RecursionError, "maximum recursion depth exceeded while normalizing an exception");
        PyErr_Fetch(type, value, traceback);
        if (!*traceback)
            *traceback = older;
        else
            Py_XDECREF(older);
        if (tries >= NORMALIZE_LIMIT + 2)
            Py_FatalError(PyErr_GivenExceptionMatches(*type, PyExc_MemoryError)
                              ? "Cannot recover from MemoryErrors while normalizing exceptions."
                              : "Cannot recover from the recursive normalization of an exception.");
    }
    tstate->recursion_headroom--;
}

PyObject *k_err_take(void)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (!type)
        return NULL;
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback && PyExceptionInstance_Check(value) && PyException_SetTraceback(value, traceback) < 0)
        PyErr_Clear();
    Py_XDECREF(traceback);
    Py_XDECREF(type);
    return value;
}

void k_err_give(PyObject *exception)
{
    PyErr_Restore(Py_NewRef(Py_TYPE(exception)), exception, PyException_GetTraceback(exception));
}

/* ---- chaining ---- */

void _PyErr_ChainExceptions(PyObject *type, PyObject *value, PyObject *traceback)
{
    if (!type)
        return;
    if (!PyErr_Occurred()) {
        PyErr_Restore(type, value, traceback);
        return;
    }
    PyObject *newer = k_err_take();
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback && PyException_SetTraceback(value, traceback) < 0)
        PyErr_Clear();
    Py_XDECREF(traceback);
    Py_XDECREF(type);
    PyException_SetContext(newer, value);
    k_err_give(newer);
}

static PyObject *format_from_cause(PyObject *type, const char *format, va_list arguments)
{
    PyObject *cause = k_err_take();
    PyErr_FormatV(type, format, arguments);
    PyObject *made = k_err_take();
    if (cause) {
        PyException_SetCause(made, Py_NewRef(cause));
        PyException_SetContext(made, cause);
    }
    k_err_give(made);
    return NULL;
}

PyObject *_PyErr_FormatFromCause(PyObject *type, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    format_from_cause(type, format, arguments);
    va_end(arguments);
    return NULL;
}

/* Whether an exception of the same type can be made from one message without losing anything. */
static int is_plain_message(PyObject *exception)
{
    PyTypeObject *type = Py_TYPE(exception), *root = (PyTypeObject *)PyExc_BaseException;
    Py_ssize_t size = type->tp_basicsize;
    if (type->tp_dictoffset != root->tp_dictoffset)
        size -= (Py_ssize_t)sizeof(PyObject *);
    if (type->tp_weaklistoffset != root->tp_weaklistoffset)
        size -= (Py_ssize_t)sizeof(PyObject *);
    if (type->tp_init != root->tp_init || type->tp_new != root->tp_new || size != root->tp_basicsize ||
        type->tp_itemsize != root->tp_itemsize)
        return 0;
    PyBaseExceptionObject *self = (PyBaseExceptionObject *)exception;
    if (self->dict && PyDict_GET_SIZE(self->dict))
        return 0;
    Py_ssize_t n = PyTuple_GET_SIZE(self->args);
    return n == 0 || (n == 1 && PyUnicode_CheckExact(PyTuple_GET_ITEM(self->args, 0)));
}

PyObject *_PyErr_TrySetFromCause(const char *format, ...)
{
    PyObject *cause = k_err_take();
    if (!is_plain_message(cause)) {
        k_err_give(cause);
        return NULL;
    }
    va_list arguments;
    va_start(arguments, format);
    K_AUTO(PyObject *) prefix = PyUnicode_FromFormatV(format, arguments);
    va_end(arguments);
    if (!prefix) {
        Py_DECREF(cause);
        return NULL;
    }
    k_raise((PyObject *)Py_TYPE(cause), "%U (%s: %S)", prefix, Py_TYPE(cause)->tp_name, cause);
    PyObject *made = k_err_take();
    PyException_SetCause(made, cause);
    k_err_give(made);
    return NULL;
}

/* ---- from errno ---- */

PyObject *PyErr_SetFromErrnoWithFilenameObjects(PyObject *type, PyObject *filename, PyObject *filename2)
{
    int number = errno;
    if (number == EINTR && PyErr_CheckSignals() != 0)
        return NULL;
    const char *text = number ? strerror(number) : "Error"; /* errno 0: the caller cannot tell either */
    K_AUTO(PyObject *) message = PyUnicode_DecodeLocale(text, "surrogateescape");
    K_AUTO(PyObject *) code = PyLong_FromLong(number);
    if (!message || !code)
        return NULL;
    K_AUTO(PyObject *) zero = filename2 ? PyLong_FromLong(0) : NULL;
    K_AUTO(PyObject *) args = filename2   ? PyTuple_Pack(5, code, message, filename, zero, filename2)
                              : filename ? PyTuple_Pack(3, code, message, filename)
                                         : PyTuple_Pack(2, code, message);
    if (!args)
        return NULL;
    K_AUTO(PyObject *) made = PyObject_Call(type, args, NULL);
    if (made)
        PyErr_SetObject((PyObject *)Py_TYPE(made), made); /* the class may have chosen a subclass */
    return NULL;
}

PyObject *PyErr_SetFromErrnoWithFilenameObject(PyObject *type, PyObject *filename)
{
    return PyErr_SetFromErrnoWithFilenameObjects(type, filename, NULL);
}

PyObject *PyErr_SetFromErrnoWithFilename(PyObject *type, const char *filename)
{
    int number = errno;
    K_AUTO(PyObject *) name = filename ? PyUnicode_DecodeFSDefault(filename) : NULL;
    if (filename && !name)
        return NULL;
    errno = number;
    return PyErr_SetFromErrnoWithFilenameObjects(type, name, NULL);
}

PyObject *PyErr_SetFromErrno(PyObject *type)
{
    return PyErr_SetFromErrnoWithFilenameObjects(type, NULL, NULL);
}

/* ---- particular exceptions ---- */

PyObject *PyErr_SetImportErrorSubclass(PyObject *type, PyObject *message, PyObject *name, PyObject *path)
{
    int fits = PyObject_IsSubclass(type, PyExc_ImportError);
    if (fits < 0)
        return NULL;
    if (!fits)
        return k_raise(PyExc_TypeError, "expected a subclass of ImportError");
    if (!message)
        return k_raise(PyExc_TypeError, "expected a message argument");
    K_AUTO(PyObject *) keywords = PyDict_New();
    if (!keywords || PyDict_SetItem(keywords, K_STR("name"), name ? name : Py_None) < 0
        || PyDict_SetItem(keywords, K_STR("path"), path ? path : Py_None) < 0)
        return NULL;
    K_AUTO(PyObject *) made = PyObject_VectorcallDict(type, &message, 1, keywords);
    if (made)
        PyErr_SetObject((PyObject *)Py_TYPE(made), made);
    return NULL;
}

PyObject *PyErr_SetImportError(PyObject *message, PyObject *name, PyObject *path)
{
    return PyErr_SetImportErrorSubclass(PyExc_ImportError, message, name, path);
}

PyObject *PyErr_NewException(const char *name, PyObject *base, PyObject *dict)
{
    const char *dot = strrchr(name, '.');
    if (!dot)
        return k_raise(PyExc_SystemError, "PyErr_NewException: name must be module.class");
    K_AUTO(PyObject *) space = dict ? Py_NewRef(dict) : PyDict_New();
    if (!space)
        return NULL;
    int has_module = PyDict_Contains(space, K_STR("__module__"));
    if (has_module < 0)
        return NULL;
    if (!has_module) {
        K_AUTO(PyObject *) module = PyUnicode_FromStringAndSize(name, dot - name);
        if (!module || PyDict_SetItem(space, K_STR("__module__"), module) < 0)
            return NULL;
    }
    if (!base)
        base = PyExc_Exception;
    K_AUTO(PyObject *) bases = PyTuple_Check(base) ? Py_NewRef(base) : PyTuple_Pack(1, base);
    K_AUTO(PyObject *) class_name = PyUnicode_FromString(dot + 1);
    if (!bases || !class_name)
        return NULL;
    return PyObject_CallFunctionObjArgs((PyObject *)&PyType_Type, class_name, bases, space, NULL);
}

PyObject *PyErr_NewExceptionWithDoc(const char *name, const char *doc, PyObject *base, PyObject *dict)
{
    K_AUTO(PyObject *) space = dict ? Py_NewRef(dict) : PyDict_New();
    if (!space)
        return NULL;
    if (doc) {
        K_AUTO(PyObject *) text = PyUnicode_FromString(doc);
        if (!text || PyDict_SetItem(space, K_STR("__doc__"), text) < 0)
            return NULL;
    }
    return PyErr_NewException(name, base, space);
}
