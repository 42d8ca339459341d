/* oscall.h - calls of the operating system from modules: without the GIL, again after a signal; user and group ids. */
#ifndef KAA_RUNTIME_OSCALL_H
#define KAA_RUNTIME_OSCALL_H

#include <errno.h>
#include <signal.h>

#include "objects/object.h"
#include "runtime/errors.h"
#include "vm/eval.h"

/* Another thread may run meanwhile: the statement touches no object. */
#define UNLOCKED(statement)                                                                                            \
    do {                                                                                                               \
        PyThreadState *unlocked_ = PyEval_SaveThread();                                                                \
        statement;                                                                                                     \
        PyEval_RestoreThread(unlocked_);                                                                               \
    } while (0)

/* result = call, without the GIL, again after each interruption by a signal whose handler raises nothing. *interrupted
 * is set when one did raise. */
#define RETRIED(result, interrupted, call)                                                                             \
    do {                                                                                                               \
        do                                                                                                             \
            UNLOCKED(errno = 0; (result) = (call));                                                                    \
        while ((result) < 0 && errno == EINTR && !((interrupted) = PyErr_CheckSignals() < 0));                         \
    } while (0)

/* A user or group id from an int, -1 for "none": 0, or -1 with TypeError or OverflowError. kind is "uid" or "gid". */
K_INT K_STATUS int os_arg_id(PyObject *arg, const char *kind, unsigned *id);
K_INT K_NEW PyObject *os_id(unsigned id);
/* The signals of an iterable of numbers: 0, or -1 with TypeError or ValueError. */
K_INT K_STATUS int os_arg_signals(PyObject *iterable, sigset_t *set);

#endif
