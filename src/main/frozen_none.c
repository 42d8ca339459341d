/* frozen_none.c - no frozen modules: for kaac, which makes them. */
#include "runtime/import_state.h"

const struct _frozen import_frozen_rows[] = { { 0 } };
