/* float_hex.h - hexadecimal text of floats, for float_type.c. */
#ifndef KAA_OBJECTS_FLOAT_FLOAT_HEX_H
#define KAA_OBJECTS_FLOAT_FLOAT_HEX_H

#include "objects/object.h"

K_INT K_NEW PyObject *float_hex_text(double x);
/* 0, or -1 with ValueError or OverflowError. */
K_INT K_STATUS int float_hex_parse(const char *s, const char *end, double *out);

#endif
