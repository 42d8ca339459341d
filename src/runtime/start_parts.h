/* start_parts.h - pieces of start and stop that live in files of their own. */
#ifndef KAA_RUNTIME_START_PARTS_H
#define KAA_RUNTIME_START_PARTS_H

#include "runtime/config.h"
#include "runtime/state.h"

K_INT K_STATUS int builtins_start(PyInterpreterState *interp);   /* makes module builtins */
K_INT K_STATUS int stdio_start(const PyConfig *config);          /* sys.stdin, stdout, stderr, builtins.open */
K_INT int stdio_flush(void);                                     /* -1 when stdout could not be flushed */
K_INT K_STATUS int signals_start(void);                          /* SIGINT raises KeyboardInterrupt; SIGPIPE is ignored */
K_INT void signals_stop(void);
K_INT void signals_after_fork(void);
K_INT void start_mark_stopped(void);
K_INT PyStatus start_memory(const PyConfig *config);             /* the allocator, by environment and options; only once */

#endif
