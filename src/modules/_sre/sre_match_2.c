/* sre_match_2.c - the matcher for texts of 2 bytes a character. Read sre_template.h. */
#include "modules/_sre/sre_int.h"
#include "runtime/errors.h"
#include "runtime/signals.h"
#include "runtime/state.h"

#define CHAR uint16_t
#define NAME(x) x##_2
#include "modules/_sre/sre_template.h"
