/* fatal.c - the end of a program that cannot go on: message, state, traceback, abort. */
#include "runtime/errors.h"
#include "runtime/start.h"
#include "runtime/state.h"
#include "runtime/traceback.h"

#include <unistd.h>

void _Py_FatalErrorFunc(const char *function, const char *message)
{
    static int reentered;
    if (!reentered) {
        reentered = 1;
        fflush(stdout);
        fprintf(stderr, "Fatal Python error: %s%s%s\nPython runtime state: %s\n\n", function ? function : "",
                function ? ": " : "", message ? message : "<message not set>",
                runtime_ender() ? "finalizing" : Py_IsInitialized() ? "initialized" : "preinitialized");
        fflush(stderr);
        if (_PyThreadState_GET())
            _Py_DumpTraceback(STDERR_FILENO, _PyThreadState_GET());
    }
    abort();
}
