/* sys_module.h - the parts of module sys, and how start-up fills it. */
#ifndef KAA_MODULES_SYS_SYS_MODULE_H
#define KAA_MODULES_SYS_SYS_MODULE_H

#include "objects/module.h"

METHODS_DECLARE(sys_hooks);
METHODS_DECLARE(sys_state);
K_INT K_STATUS int sys_add_static_info(PyObject *module); /* version, float_info, ... */
K_INT K_NEW PyObject *sys_flags(void);
K_INT K_STATUS int sys_start_info(void); /* readies the struct sequence types */

#endif
