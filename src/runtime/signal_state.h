/* signal_state.h - the table of signal handlers, shared by the runtime and module _signal. */
#ifndef KAA_RUNTIME_SIGNAL_STATE_H
#define KAA_RUNTIME_SIGNAL_STATE_H

#include "objects/object.h"

#include <signal.h>

typedef struct SignalState {
    int any;                    /* a signal came since the last look */
    int came[NSIG];
    PyObject *handlers[NSIG];   /* owned: a callable, or default_handler, ignore, None (set by foreign code) */
    PyObject *default_handler, *ignore; /* the ints SIG_DFL and SIG_IGN; owned by the module's start */
    int wakeup_fd;
    int warn_on_full;
} SignalState;
extern K_INT SignalState signal_state;

K_INT void on_signal(int number); /* the C handler */

#endif
