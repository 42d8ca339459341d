/* import_state.h - what import.c, import_extension.c and module _imp share. */
#ifndef KAA_RUNTIME_IMPORT_STATE_H
#define KAA_RUNTIME_IMPORT_STATE_H

#include "objects/module.h"
#include "runtime/import.h"

K_INT K_STATUS int import_start(void);          /* frozen importlib takes over: sys.meta_path, _imp */
K_INT K_STATUS int import_start_external(void); /* the path based finder */
K_INT K_BORROWED const struct _frozen *import_find_frozen(PyObject *name); /* NULL without an exception */
K_INT K_NEW PyObject *import_frozen_code(const struct _frozen *row);
K_INT K_NEW PyObject *import_frozen_original_name(const struct _frozen *row); /* the library's name for it */
K_INT K_BORROWED const struct _inittab *import_find_builtin(PyObject *name);
K_INT K_NEW PyObject *import_create_builtin(PyObject *name, PyObject *spec);
K_INT K_NEW PyObject *import_load_dynamic(PyObject *spec, PyObject *path);
/* A single-phase module that was loaded before: a new reference; NULL without an exception when there is none. */
K_INT PyObject *import_known_extension(PyObject *name, PyObject *path);
K_INT int import_lock_is_held(void);
K_INT void import_lock_after_fork(void);
K_INT void import_forget_extensions(void);
K_INT K_NEW PyObject *import_find_attr(PyObject *module, PyObject *name);
extern K_INT const struct _frozen import_frozen_rows[]; /* the build's frozen library modules */
extern K_INT int import_dlopen_flags;

#endif
