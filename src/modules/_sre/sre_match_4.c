/* sre_match_4.c - the matcher for texts of 4 bytes a character. Read sre_template.h. */
#include "modules/_sre/sre_int.h"
#include "runtime/errors.h"
#include "runtime/signals.h"
#include "runtime/state.h"

#define CHAR uint32_t
#define NAME(x) x##_4
#include "modules/_sre/sre_template.h"
