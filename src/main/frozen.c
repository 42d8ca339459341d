/* frozen.c - the library modules that are part of the program: code that kaac compiled while building. */
#include "runtime/import_state.h"

#include "frozen_data.h"

const struct _frozen import_frozen_rows[] = {
#define FROZEN_ROW(name, data, is_package) { name, data, sizeof data, is_package, NULL },
    FROZEN_ROWS
    { 0 },
};
