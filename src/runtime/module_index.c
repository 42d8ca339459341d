/* module_index.c - PyState_*: the module made from a definition, found by the definition's index.
 *
 * Only single-phase modules are kept here; multi-phase ones may exist many times. */
#include "objects/list/list.h"
#include "objects/module.h"
#include "runtime/errors.h"
#include "runtime/state.h"

static PyObject *modules_by_index; /* list, owned; None where there is no module */

PyObject *PyState_FindModule(PyModuleDef *def)
{
    Py_ssize_t index = def->m_base.m_index;
    if (def->m_slots || index == 0 || !modules_by_index || index >= PyList_GET_SIZE(modules_by_index))
        return NULL;
    PyObject *module = PyList_GET_ITEM(modules_by_index, index);
    return module == Py_None ? NULL : module;
}

int PyState_AddModule(PyObject *module, PyModuleDef *def)
{
    if (!def)
        Py_FatalError("module definition is NULL");
    if (def->m_slots) {
        PyErr_SetString(PyExc_SystemError, "PyState_AddModule called on module with slots");
        return -1;
    }
    Py_ssize_t index = def->m_base.m_index;
    if (!modules_by_index && !(modules_by_index = PyList_New(0)))
        return -1;
    while (PyList_GET_SIZE(modules_by_index) <= index)
        if (PyList_Append(modules_by_index, Py_None) < 0)
            return -1;
    return PyList_SetItem(modules_by_index, index, Py_NewRef(module));
}

int PyState_RemoveModule(PyModuleDef *def)
{
    if (def->m_slots) {
        PyErr_SetString(PyExc_SystemError, "PyState_RemoveModule called on module with slots");
        return -1;
    }
    Py_ssize_t index = def->m_base.m_index;
    if (index == 0)
        Py_FatalError("invalid module index");
    if (!modules_by_index || index >= PyList_GET_SIZE(modules_by_index))
        Py_FatalError("Module index out of bounds.");
    return PyList_SetItem(modules_by_index, index, Py_NewRef(Py_None));
}

void module_index_clear(void)
{
    Py_CLEAR(modules_by_index);
}
