/* sys.h - sys: attributes, audit hooks, standard streams. */
#ifndef KAA_RUNTIME_SYS_H
#define KAA_RUNTIME_SYS_H

#include "objects/object.h"

typedef int (*Py_AuditHookFunction)(const char *, PyObject *, void *);

extern K_API PyTypeObject PyFilter_Type;
extern K_API PyTypeObject PyMap_Type;
extern K_API PyTypeObject PyZip_Type;
K_API K_BORROWED PyObject *PySys_GetObject(const char *);
K_API K_STATUS int PySys_SetObject(const char *, PyObject *);
K_API void PySys_SetArgv(int, wchar_t **);
K_API void PySys_SetArgvEx(int, wchar_t **, int);
K_API void PySys_SetPath(const wchar_t *);
K_API void PySys_WriteStdout(const char *format, ...);
K_API void PySys_WriteStderr(const char *format, ...);
K_API void PySys_FormatStdout(const char *format, ...);
K_API void PySys_FormatStderr(const char *format, ...);
K_API void PySys_ResetWarnOptions(void);
K_API void PySys_AddWarnOption(const wchar_t *);
K_API void PySys_AddWarnOptionUnicode(PyObject *);
K_API K_STATUS int PySys_HasWarnOptions(void);
K_API void PySys_AddXOption(const wchar_t *);
K_API K_NEW PyObject *PySys_GetXOptions(void);
K_API K_BORROWED PyObject *_PySys_GetAttr(PyThreadState *tstate, PyObject *name);
K_API size_t _PySys_GetSizeOf(PyObject *);
K_API K_STATUS int PySys_Audit(const char *event, const char *argFormat, ...);
K_API K_STATUS int PySys_AddAuditHook(Py_AuditHookFunction, void*);

/* ---- beyond CPython's API ---- */
struct PyConfig;
struct PyWideStringList;
K_INT K_STATUS int sys_start(PyInterpreterState *interp);          /* makes the module; sys.modules exists */
K_INT K_STATUS int sys_configure(const struct PyConfig *config);   /* argv, path, flags, ... */
K_INT K_NEW PyObject *sys_flags(void);
K_INT PyObject *sys_path0(const struct PyWideStringList *argv);    /* sys.path[0] for this argv, new; NULL: none */
K_INT void sys_forget_audit_hooks(void);

#endif
