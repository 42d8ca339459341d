/* codecs_errors.h - the error handlers every program has. */
#ifndef KAA_RUNTIME_CODECS_ERRORS_H
#define KAA_RUNTIME_CODECS_ERRORS_H

#include "objects/object.h"

K_INT K_NEW PyObject *codecs_error_handlers(void); /* a dict: name to function */

#endif
