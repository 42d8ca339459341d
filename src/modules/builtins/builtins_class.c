/* builtins_class.c - __build_class__, what the class statement calls: metaclass, namespace, body, class. */
#include "memory/mem.h"
#include "modules/builtins/builtins_module.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/func/func.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "vm/eval.h"

/* bases with each base that is no class replaced by what its __mro_entries__ gives: bases itself when there is none. */
static PyObject *resolve_bases(PyObject *bases)
{
    K_AUTO(PyObject *) list = NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        PyObject *base = PyTuple_GET_ITEM(bases, i);
        PyObject *method = NULL;
        if (!PyType_Check(base) && _PyObject_LookupAttr(base, K_STR("__mro_entries__"), &method) < 0)
            return NULL;
        if (!method) {
            if (list && PyList_Append(list, base) < 0)
                return NULL;
            continue;
        }
        K_AUTO(PyObject *) owned = method;
        K_AUTO(PyObject *) entries = PyObject_CallOneArg(method, bases); /* runs code */
        if (!entries)
            return NULL;
        if (!PyTuple_Check(entries))
            return k_raise(PyExc_TypeError, "__mro_entries__ must return a tuple");
        if (!list) {
            K_AUTO(PyObject *) before = PyTuple_GetSlice(bases, 0, i);
            K_SET(list, before ? PySequence_List(before) : NULL);
            if (!list)
                return NULL;
        }
        Py_ssize_t end = PyList_GET_SIZE(list);
        if (PyList_SetSlice(list, end, end, entries) < 0)
            return NULL;
    }
    return list ? PyList_AsTuple(list) : Py_NewRef(bases);
}

/* The metaclass: the keyword's, else the first base's type; a real class may be overruled by a more derived one. */
static PyObject *find_metaclass(PyObject *keywords, PyObject *bases, int *is_class)
{
    K_AUTO(PyObject *) meta = keywords ? Py_XNewRef(PyDict_GetItemWithError(keywords, K_STR("metaclass"))) : NULL;
    if (!meta && PyErr_Occurred())
        return NULL;
    *is_class = 1;
    if (meta) {
        if (PyDict_DelItem(keywords, K_STR("metaclass")) < 0)
            return NULL;
        *is_class = PyType_Check(meta);
    } else {
        K_SET(meta, Py_NewRef(PyTuple_GET_SIZE(bases) ? (PyObject *)Py_TYPE(PyTuple_GET_ITEM(bases, 0))
                                                      : (PyObject *)&PyType_Type));
    }
    if (!*is_class)
        return K_MOVE(meta);
    return Py_XNewRef(_PyType_CalculateMetaclass((PyTypeObject *)meta, bases));
}

static PyObject *prepare_namespace(PyObject *meta, int is_class, PyObject *name, PyObject *bases, PyObject *keywords)
{
    if (meta == (PyObject *)&PyType_Type)
        return PyDict_New();
    PyObject *found;
    if (_PyObject_LookupAttr(meta, K_STR("__prepare__"), &found) < 0)
        return NULL;
    if (!found)
        return PyDict_New();
    K_AUTO(PyObject *) prepare = found;
    PyObject *args[] = { name, bases };
    K_AUTO(PyObject *) namespace = PyObject_VectorcallDict(prepare, args, 2, keywords); /* runs code */
    if (namespace && !PyMapping_Check(namespace))
        return k_raise(PyExc_TypeError, "%.200s.__prepare__() must return a mapping, not %.200s",
                       is_class ? ((PyTypeObject *)meta)->tp_name : "<metaclass>", Py_TYPE(namespace)->tp_name);
    return K_MOVE(namespace);
}

/* The body gave its __class__ cell; type.__new__ must have put the class into it. */
static int check_class_cell(PyObject *cell, PyObject *class, PyObject *name)
{
    if (!PyType_Check(class) || !PyCell_Check(cell) || PyCell_GET(cell) == class)
        return 0;
    if (PyCell_GET(cell))
        k_raise(PyExc_TypeError, "__class__ set to %.200R defining %.200R as %.200R", PyCell_GET(cell), name, class);
    else
        k_raise(PyExc_RuntimeError, "__class__ not set defining %.200R as %.200R. Was __classcell__ propagated to type.__new__?",
                name, class);
    return -1;
}

static PyObject *build(PyFunctionObject *func, PyObject *name, PyObject *given_bases, PyObject *keywords)
{
    int is_class;
    K_AUTO(PyObject *) bases = resolve_bases(given_bases);
    K_AUTO(PyObject *) meta = bases ? find_metaclass(keywords, bases, &is_class) : NULL;
    K_AUTO(PyObject *) namespace = meta ? prepare_namespace(meta, is_class, name, bases, keywords) : NULL;
    if (!namespace)
        return NULL;
    K_AUTO(PyObject *) cell = PyEval_EvalCodeEx(func->func_code, func->func_globals, namespace, NULL, 0, NULL, 0, NULL, 0,
                                                NULL, func->func_closure); /* runs code */
    if (!cell)
        return NULL;
    if (bases != given_bases && PyObject_SetItem(namespace, K_STR("__orig_bases__"), given_bases) < 0)
        return NULL;
    PyObject *args[] = { name, bases, namespace };
    K_AUTO(PyObject *) class = PyObject_VectorcallDict(meta, args, 3, keywords); /* runs code */
    if (!class || check_class_cell(cell, class, name) < 0)
        return NULL;
    return K_MOVE(class);
}

METHOD_RAW(builtins_class, __build_class__, VEC, 0,
           "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class\n\n"
           "Internal helper function used by the class statement.")
{
    if (nargs < 2)
        return k_raise(PyExc_TypeError, "__build_class__: not enough arguments");
    if (!PyFunction_Check(args[0]))
        return k_raise(PyExc_TypeError, "__build_class__: func must be a function");
    if (!PyUnicode_Check(args[1]))
        return k_raise(PyExc_TypeError, "__build_class__: name is not a string");
    K_AUTO(PyObject *) bases = k_tuple_from_array(args + 2, nargs - 2);
    if (!bases)
        return NULL;
    K_AUTO(PyObject *) keywords = kwnames ? _PyStack_AsDict(args + nargs, kwnames) : NULL;
    if (kwnames && !keywords)
        return NULL;
    return build((PyFunctionObject *)args[0], args[1], bases, keywords);
}

METHOD_KW(builtins_class, __import__, "($module, /, name, globals=None, locals=None, fromlist=(),\n           level=0)",
          "Import a module.\n\nThis is what the import statement calls; programs use importlib.import_module().\n"
          "globals tells where a relative name starts from, locals is ignored; fromlist should be a list\n"
          "of names to emulate ``from name import ...'', or an empty list for ``import name''.\n"
          "With an empty fromlist the top-level package of a dotted name is returned, else the module itself.\n"
          "level is the number of leading dots of a relative import.",
          *name, *globals, *locals, *fromlist, *level)
{
    int level = 0;
    if (arg->level && k_arg_int(arg->level, &level) < 0)
        return NULL;
    return PyImport_ImportModuleLevelObject(arg->name, arg->globals, arg->locals, arg->fromlist, level);
}
METHODS_END(builtins_class);
