/* builtins_module.h - the tables of functions that make up module builtins. */
#ifndef KAA_MODULES_BUILTINS_MODULE_H
#define KAA_MODULES_BUILTINS_MODULE_H

#include "objects/method.h"

METHODS_DECLARE(builtins_class);
METHODS_DECLARE(builtins_object);
METHODS_DECLARE(builtins_iter);
METHODS_DECLARE(builtins_compile);
METHODS_DECLARE(builtins_io);

extern K_INT PyTypeObject builtins_anext_type;
K_INT K_NEW PyObject *builtins_anext_new(PyObject *awaitable, PyObject *fallback);

#endif
