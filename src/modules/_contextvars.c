/* _contextvars.c - module _contextvars: context variables for Python.
 *
 * The types are in objects/context.c. */
#include "objects/context.h"

#include "objects/module.h"

FUNCTION(_contextvars, copy_context, NOARGS, "($module, /)", "A copy of the current context.")
{
    return PyContext_CopyCurrent();
}

METHODS_END(_contextvars);

static int contextvars_exec(PyObject *module)
{
    if (k_context_add_missing() < 0 || PyModule_AddType(module, &PyContext_Type) < 0
        || PyModule_AddType(module, &PyContextVar_Type) < 0)
        return -1;
    return PyModule_AddType(module, &PyContextToken_Type);
}
MODULE(_contextvars, "Variables whose values belong to a context of calls.", contextvars_exec, 0);
