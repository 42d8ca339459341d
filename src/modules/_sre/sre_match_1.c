/* sre_match_1.c - the matcher for texts of 1 byte a character. Read sre_template.h. */
#include "modules/_sre/sre_int.h"
#include "runtime/errors.h"
#include "runtime/signals.h"
#include "runtime/state.h"

#define CHAR uint8_t
#define NAME(x) x##_1
#include "modules/_sre/sre_template.h"
