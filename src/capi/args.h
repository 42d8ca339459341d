/* args.h - PyArg_*: arguments of extension functions by format string; Py_BuildValue. */
#ifndef KAA_CAPI_ARGS_H
#define KAA_CAPI_ARGS_H

#include "objects/object.h"

/* Declared with the module API: objects/module.h. */
#include "objects/module.h"

#endif
