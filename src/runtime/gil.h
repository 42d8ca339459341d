/* gil.h - the lock that only the running thread holds. */
#ifndef KAA_RUNTIME_GIL_H
#define KAA_RUNTIME_GIL_H

#include "runtime/state.h"

K_INT void gil_start(void);
K_INT void gil_take(PyThreadState *tstate); /* does not return when the runtime ends and tstate is not the one ending it */
K_INT void gil_drop(PyThreadState *tstate);
K_INT void gil_yield(PyThreadState *tstate); /* drops it, lets a waiting thread run, takes it again */
K_INT int gil_is_held(void);
K_INT void gil_reinit_after_fork(PyThreadState *tstate);

#endif
