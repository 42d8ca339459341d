/* builtins.c - module builtins: made by start-up from the tables of this folder, the types and the exceptions. */
#include "modules/builtins/builtins_module.h"
#include "objects/bytes/bytes.h"
#include "objects/complex.h"
#include "objects/descr.h"
#include "objects/dict/dict.h"
#include "objects/exc/exc.h"
#include "objects/float/float.h"
#include "objects/func/func.h"
#include "objects/int/int.h"
#include "objects/iter.h"
#include "objects/list/list.h"
#include "objects/memoryview/memoryview.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/range.h"
#include "objects/set/set.h"
#include "objects/slice.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/start_parts.h"
#include "runtime/sys.h"

static PyModuleDef builtins_def = {
    PyModuleDef_HEAD_INIT,
    .m_name = "builtins",
    .m_doc = "Built-in functions, exceptions, and other objects.\n\nNoteworthy: None is the `nil' object; Ellipsis represents "
             "`...' in slices.",
    .m_size = -1,
};

static int add_objects(PyObject *dict)
{
    const struct {
        const char *name;
        void *object;
    } rows[] = {
        { "None", Py_None }, { "Ellipsis", Py_Ellipsis }, { "NotImplemented", Py_NotImplemented }, { "False", Py_False },
        { "True", Py_True }, { "bool", &PyBool_Type }, { "memoryview", &PyMemoryView_Type },
        { "bytearray", &PyByteArray_Type }, { "bytes", &PyBytes_Type }, { "classmethod", &PyClassMethod_Type },
        { "complex", &PyComplex_Type }, { "dict", &PyDict_Type }, { "enumerate", &PyEnum_Type },
        { "filter", &PyFilter_Type }, { "float", &PyFloat_Type }, { "frozenset", &PyFrozenSet_Type },
        { "property", &PyProperty_Type }, { "int", &PyLong_Type }, { "list", &PyList_Type }, { "map", &PyMap_Type },
        { "object", &PyBaseObject_Type }, { "range", &PyRange_Type }, { "reversed", &PyReversed_Type },
        { "set", &PySet_Type }, { "slice", &PySlice_Type }, { "staticmethod", &PyStaticMethod_Type },
        { "str", &PyUnicode_Type }, { "super", &PySuper_Type }, { "tuple", &PyTuple_Type }, { "type", &PyType_Type },
        { "zip", &PyZip_Type },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (PyDict_SetItemString(dict, rows[i].name, rows[i].object) < 0)
            return -1;
    return 0;
}

int builtins_start(PyInterpreterState *interp)
{
    K_AUTO(PyObject *) module = _PyModule_CreateInitialized(&builtins_def, PYTHON_API_VERSION);
    if (!module)
        return -1;
    PyObject *dict = PyModule_GetDict(module);
    interp->builtins = Py_NewRef(dict);
    if (PyModule_AddFunctions(module, METHODS(builtins_class)) < 0 ||
        PyModule_AddFunctions(module, METHODS(builtins_object)) < 0 ||
        PyModule_AddFunctions(module, METHODS(builtins_iter)) < 0 ||
        PyModule_AddFunctions(module, METHODS(builtins_compile)) < 0 ||
        PyModule_AddFunctions(module, METHODS(builtins_io)) < 0 || add_objects(dict) < 0 ||
        PyDict_SetItemString(dict, "__debug__", k_config()->optimization_level ? Py_False : Py_True) < 0 ||
        k_exc_add_names(dict) < 0 || PyDict_SetItemString(interp->modules, "builtins", module) < 0)
        return -1;
    interp->builtins_copy = PyDict_Copy(dict);
    return interp->builtins_copy ? 0 : -1;
}

K_INT PyObject *PyInit_builtins(void);
PyObject *PyInit_builtins(void)
{
    PyObject *module = PyDict_GetItemString(PyImport_GetModuleDict(), "builtins");
    if (module)
        return Py_NewRef(module);
    module = PyModule_New("builtins"); /* it was deleted from sys.modules: the same names again */
    if (module && PyDict_Update(PyModule_GetDict(module), k_interp()->builtins) < 0)
        Py_CLEAR(module);
    return module;
}
