/* posix_int.h - shared by the files of module posix: paths, descriptors, errors, calls without the GIL. */
#ifndef KAA_MODULES_POSIX_POSIX_INT_H
#define KAA_MODULES_POSIX_POSIX_INT_H

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "memory/mem.h"
#include "objects/structseq.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/oscall.h"
#include "runtime/osutil.h"
#include "runtime/signals.h"
#include "runtime/sys.h"
#include "vm/eval.h"

/* A path argument: text or bytes or os.PathLike, a descriptor where that is allowed, or None. */
typedef struct PosixPath {
    const char *function, *argument; /* for messages */
    bool nullable, allow_fd;
    const char *text; /* NULL for a descriptor */
    int fd;           /* -1 for text */
    bool is_bytes;    /* results are bytes too */
    PyObject *object; /* as given: borrowed */
    PyObject *owned;  /* keeps text alive */
} PosixPath;

/* Converts argument (borrowed): 0, or -1 with TypeError or ValueError. posix_path_release() afterwards in any case. */
K_INT K_STATUS int posix_path(PosixPath *path, PyObject *argument);
static inline void posix_path_drop(PosixPath *path)
{
    Py_XDECREF(path->owned);
}
/* PATH(name, ...) declares a path that is released at the end of its scope. */
#define PATH(name, ...) __attribute__((cleanup(posix_path_drop))) PosixPath name = { __VA_ARGS__ }

K_INT PyObject *posix_error(void);                              /* OSError from errno; gives NULL */
K_INT PyObject *posix_path_error(const PosixPath *path);        /* ... with the file name */
K_INT PyObject *posix_path_error2(const PosixPath *path, const PosixPath *other);
K_INT K_STATUS int posix_dir_fd(PyObject *argument, int *dir_fd); /* None: AT_FDCWD */
static inline int posix_audited_dir(int dir_fd) /* as audit events tell it */
{
    return dir_fd == AT_FDCWD ? -1 : dir_fd;
}
K_INT K_STATUS int posix_fd(PyObject *argument, int *fd);         /* an int or an object with fileno() */
K_INT K_STATUS int posix_follow(PyObject *argument, int *follow); /* truth value */
K_INT PyObject *posix_status(int result);                         /* None, or OSError when negative */

/* stat.c */
struct stat;
K_INT K_NEW PyObject *posix_stat_result(const struct stat *st);
K_INT K_STATUS int posix_stat_start(PyObject *module);
K_INT K_STATUS int posix_fd_start(PyObject *module);
K_INT K_STATUS int posix_dir_start(PyObject *module);
K_INT K_STATUS int posix_process_start(PyObject *module);
K_INT K_STATUS int posix_system_start(PyObject *module);
K_INT K_STATUS int posix_exec_start(PyObject *module);
K_INT K_STATUS int posix_sched_start(PyObject *module);
/* Makes a static struct sequence type and adds it to the module. */
K_INT K_STATUS int posix_add_type(PyObject *module, PyTypeObject *type, PyStructSequence_Desc *desc, const char *name);
struct sched_param;
/* From a posix.sched_param: 0, or -1 with TypeError. */
K_INT K_STATUS int posix_sched_param(PyObject *object, struct sched_param *parameters);
K_INT K_STATUS int posix_constants(PyObject *module);

#endif
