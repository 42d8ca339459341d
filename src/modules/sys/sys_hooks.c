/* sys_hooks.c - sys.displayhook, excepthook, breakpointhook, unraisablehook, and audit hooks. */
#include "memory/mem.h"
#include "modules/sys/sys_module.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/config.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/osutil.h"
#include "runtime/run.h"
#include "runtime/state.h"
#include "runtime/sys.h"
#include "runtime/warnings.h"
#include "vm/eval.h"

/* ---- displayhook ---- */

/* Text that stdout's encoding cannot take is written with backslash escapes. */
static int write_escaped(PyObject *out, PyObject *text)
{
    K_AUTO(PyObject *) encoding = PyObject_GetAttr(out, K_STR("encoding"));
    const char *name = encoding ? PyUnicode_AsUTF8(encoding) : NULL;
    if (!name)
        return -1;
    K_AUTO(PyObject *) bytes = PyUnicode_AsEncodedString(text, name, "backslashreplace");
    if (!bytes)
        return -1;
    PyObject *found;
    if (_PyObject_LookupAttr(out, K_STR("buffer"), &found) < 0)
        return -1;
    K_AUTO(PyObject *) buffer = found;
    K_AUTO(PyObject *) result = NULL;
    if (buffer) {
        K_SET(result, PyObject_CallMethodObjArgs(buffer, K_STR("write"), bytes, NULL));
        return result ? 0 : -1;
    }
    K_AUTO(PyObject *) again = PyUnicode_FromEncodedObject(bytes, name, "strict");
    return again ? PyFile_WriteObject(again, out, Py_PRINT_RAW) : -1;
}

METHOD(sys_hooks, displayhook, O, "($module, object, /)", "Print an object to sys.stdout and also save it in builtins._")
{
    K_AUTO(PyObject *) builtins = PyImport_GetModule(K_STR("builtins"));
    if (!builtins)
        return PyErr_Occurred() ? NULL : k_raise(PyExc_RuntimeError, "lost builtins module");
    if (arg == Py_None)
        Py_RETURN_NONE;
    if (PyObject_SetAttr(builtins, K_STR("_"), Py_None) < 0) /* repr() may look at it */
        return NULL;
    PyObject *out = PySys_GetObject("stdout");
    if (!out || out == Py_None)
        return k_raise(PyExc_RuntimeError, "lost sys.stdout");
    K_AUTO(PyObject *) text = PyObject_Repr(arg);
    if (!text)
        return NULL;
    if (PyFile_WriteObject(text, out, Py_PRINT_RAW) < 0 &&
        (!k_catch(PyExc_UnicodeEncodeError) || write_escaped(out, text) < 0))
        return NULL;
    if (PyFile_WriteObject(K_STR("\n"), out, Py_PRINT_RAW) < 0 || PyObject_SetAttr(builtins, K_STR("_"), arg) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD(sys_hooks, excepthook, FAST, "($module, exctype, value, traceback, /)",
       "Handle an exception by displaying it with a traceback on sys.stderr.")
{
    if (k_check_nargs("excepthook", nargs, 3, 3) < 0)
        return NULL;
    PyErr_Display(args[0], args[1], args[2]);
    Py_RETURN_NONE;
}

METHOD(sys_hooks, unraisablehook, O, "($module, unraisable, /)",
       "Handle an unraisable exception.\n\n"
       "The unraisable argument has the attributes exc_type, exc_value, exc_traceback,\n"
       "err_msg (error message, may be None) and object (what caused it, may be None).")
{
    return k_unraisable_default(arg);
}

/* ---- breakpointhook ---- */

static PyObject *warn_of_breakpoint(const char *name)
{
    if (PyErr_WarnFormat(PyExc_RuntimeWarning, 0, "Ignoring unimportable $PYTHONBREAKPOINT: \"%s\"", name) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD_RAW(sys_hooks, breakpointhook, VEC, 0,
           "breakpointhook(*args, **kws)\n\nThis hook function is called by built-in breakpoint().\n")
{
    const char *wanted = getenv("PYTHONBREAKPOINT");
    char name[1024];
    if (!wanted || !*wanted)
        wanted = "pdb.set_trace";
    snprintf(name, sizeof name, "%s", wanted);
    if (strcmp(name, "0") == 0)
        Py_RETURN_NONE;
    const char *dot = strrchr(name, '.');
    if (dot == name)
        return warn_of_breakpoint(name);
    K_AUTO(PyObject *) module_name = dot ? PyUnicode_FromStringAndSize(name, dot - name) : PyUnicode_FromString("builtins");
    if (!module_name)
        return NULL;
    K_AUTO(PyObject *) module = PyImport_Import(module_name);
    if (!module)
        return k_catch(PyExc_ImportError) ? warn_of_breakpoint(name) : NULL;
    K_AUTO(PyObject *) hook = PyObject_GetAttrString(module, dot ? dot + 1 : name);
    if (!hook)
        return k_catch(PyExc_AttributeError) ? warn_of_breakpoint(name) : NULL;
    return PyObject_Vectorcall(hook, args, (size_t)nargs, kwnames);
}

/* ---- audit ---- */

typedef struct CHook {
    struct CHook *next;
    Py_AuditHookFunction call;
    void *data;
} CHook;
static CHook *c_hooks;       /* in the order they were added */
static PyObject *py_hooks;   /* list, owned */

int PySys_AddAuditHook(Py_AuditHookFunction call, void *data)
{
    if (_PyThreadState_GET() && PySys_Audit("sys.addaudithook", NULL) < 0) {
        if (PyErr_ExceptionMatches(PyExc_RuntimeError)) { /* a hook refuses the new one, silently */
            PyErr_Clear();
            return 0;
        }
        return -1;
    }
    CHook *hook = PyMem_RawMalloc(sizeof *hook);
    if (!hook)
        return -1;
    *hook = (CHook){ NULL, call, data };
    CHook **end = &c_hooks;
    while (*end)
        end = &(*end)->next;
    *end = hook;
    return 0;
}

static int audit_python(const char *event, PyObject *args)
{
    K_AUTO(PyObject *) name = PyUnicode_FromString(event);
    K_AUTO(PyObject *) hooks = name ? PyObject_GetIter(py_hooks) : NULL;
    if (!hooks)
        return -1;
    PyThreadState *tstate = _PyThreadState_GET();
    PyThreadState_EnterTracing(tstate);
    int result = 0;
    for (PyObject *hook; result == 0 && (hook = PyIter_Next(hooks)); Py_DECREF(hook)) {
        PyObject *found;
        int can_trace = _PyObject_LookupAttr(hook, K_STR("__cantrace__"), &found);
        if (can_trace > 0) {
            can_trace = PyObject_IsTrue(found);
            Py_DECREF(found);
        }
        if (can_trace > 0)
            PyThreadState_LeaveTracing(tstate);
        PyObject *done = can_trace < 0 ? NULL : PyObject_CallFunctionObjArgs(hook, name, args, NULL); /* runs code */
        if (can_trace > 0)
            PyThreadState_EnterTracing(tstate);
        result = done ? 0 : -1;
        Py_XDECREF(done);
    }
    PyThreadState_LeaveTracing(tstate);
    return result < 0 || PyErr_Occurred() ? -1 : 0;
}

static int audit(const char *event, PyObject *args)
{
    for (CHook *hook = c_hooks; hook; hook = hook->next)
        if (hook->call(event, args, hook->data) < 0)
            return -1;
    return py_hooks ? audit_python(event, args) : 0;
}

int PySys_Audit(const char *event, const char *format, ...)
{
    if (K_LIKELY(!c_hooks && !py_hooks))
        return 0;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    va_list va;
    va_start(va, format);
    K_AUTO(PyObject *) args = format && *format ? _Py_VaBuildValue_SizeT(format, va) : PyTuple_New(0);
    va_end(va);
    if (args && !PyTuple_Check(args)) {
        PyObject *one = PyTuple_Pack(1, args);
        K_SET(args, one);
    }
    int result = args ? audit(event, args) : -1;
    if (result == 0) {
        PyErr_Restore(type, value, traceback);
        return 0;
    }
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return -1;
}

void sys_forget_audit_hooks(void)
{
    Py_CLEAR(py_hooks);
}

METHOD_RAW(sys_hooks, audit, FAST, 0, "audit(event, *args)\n\nPasses the event to any hooks that are attached.")
{
    if (nargs == 0)
        return k_raise(PyExc_TypeError, "audit() missing 1 required positional argument: 'event'");
    if (!c_hooks && !py_hooks)
        Py_RETURN_NONE;
    if (!PyUnicode_Check(args[0]))
        return k_raise(PyExc_TypeError, "expected str for argument 'event', not %.200s", Py_TYPE(args[0])->tp_name);
    const char *event = PyUnicode_AsUTF8(args[0]);
    K_AUTO(PyObject *) rest = event ? k_tuple_from_array(args + 1, nargs - 1) : NULL;
    if (!rest || audit(event, rest) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD_KW(sys_hooks, addaudithook, "($module, /, hook)", "Adds a new audit hook callback.", *hook)
{
    if (PySys_Audit("sys.addaudithook", NULL) < 0) {
        if (!k_catch(PyExc_Exception))
            return NULL;
        Py_RETURN_NONE;
    }
    if (!py_hooks) { /* no program finds the list through gc */
        if (!(py_hooks = PyList_New(0)))
            return NULL;
        PyObject_GC_UnTrack(py_hooks);
    }
    if (PyList_Append(py_hooks, arg->hook) < 0)
        return NULL;
    Py_RETURN_NONE;
}
METHODS_END(sys_hooks);
