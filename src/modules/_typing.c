/* _typing.c - module _typing: one function that gives back its argument, quickly. */
#include "objects/module.h"

FUNCTION(_typing, _idfunc, O, "($module, x, /)", "")
{
    return Py_NewRef(arg);
}
METHODS_END(_typing);

static int typing_exec(PyObject *module)
{
    return 0;
}

MODULE(_typing, "Accelerators for the typing module.\n", typing_exec, 0);
