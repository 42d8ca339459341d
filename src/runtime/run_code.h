/* run_code.h - compiling and running, for builtins, the interactive loop and the program's start. */
#ifndef KAA_RUNTIME_RUN_CODE_H
#define KAA_RUNTIME_RUN_CODE_H

#include "runtime/run.h"

/* start: Py_file_input...; flags: PyCF_* and CO_FUTURE_*; optimize: -1 for the program's. A code object, or with
 * PyCF_ONLY_AST an _ast object. */
K_INT K_NEW PyObject *k_compile_source(const char *source, Py_ssize_t size, PyObject *filename, int start, int flags,
                                       int feature, int optimize);
/* From an _ast object; mode: 0 exec, 1 eval, 2 single. */
K_INT K_NEW PyObject *k_compile_object(PyObject *tree, PyObject *filename, int mode, int flags, int optimize);
K_INT K_NEW PyObject *k_run_code(PyObject *code, PyObject *globals, PyObject *locals);
K_INT void k_flush_io(void); /* sys.stderr and sys.stdout; their errors are dropped */
extern K_INT int k_unhandled_interrupt; /* 1: the program ended by KeyboardInterrupt */

#endif
