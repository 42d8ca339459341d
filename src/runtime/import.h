/* import.h - importing modules; frozen and builtin tables. */
#ifndef KAA_RUNTIME_IMPORT_H
#define KAA_RUNTIME_IMPORT_H

#include "objects/object.h"

#include "objects/protocol.h"

struct _frozen {
    const char *name;
    const unsigned char *code;
    int size;
    bool is_package;
    PyObject *(*get_code)(void);
};
struct _inittab {
    const char *name;
    PyObject *(*initfunc)(void);
};

extern K_API struct _inittab *PyImport_Inittab;
extern K_API const struct _frozen *PyImport_FrozenModules;
K_API long PyImport_GetMagicNumber(void);
K_API const char *PyImport_GetMagicTag(void);
K_API K_NEW PyObject *PyImport_ExecCodeModule(const char *name, PyObject *co);
K_API K_NEW PyObject *PyImport_ExecCodeModuleEx(const char *name, PyObject *co, const char *pathname);
K_API K_NEW PyObject *PyImport_ExecCodeModuleWithPathnames(const char *name, PyObject *co, const char *pathname,
    const char *cpathname);
K_API K_NEW PyObject *PyImport_ExecCodeModuleObject(PyObject *name, PyObject *co, PyObject *pathname,
    PyObject *cpathname);
K_API K_BORROWED PyObject *PyImport_GetModuleDict(void);
K_API K_NEW PyObject *PyImport_GetModule(PyObject *name);
K_API K_BORROWED PyObject *PyImport_AddModuleObject(PyObject *name);
K_API K_BORROWED PyObject *PyImport_AddModule(const char *name);
K_API K_NEW PyObject *PyImport_ImportModule(const char *name);
K_API K_NEW PyObject *PyImport_ImportModuleNoBlock(const char *name);
K_API K_NEW PyObject *PyImport_ImportModuleLevel(const char *name, PyObject *globals, PyObject *locals,
    PyObject *fromlist, int level);
K_API K_NEW PyObject *PyImport_ImportModuleLevelObject(PyObject *name, PyObject *globals, PyObject *locals,
    PyObject *fromlist, int level);
K_API K_NEW PyObject *PyImport_GetImporter(PyObject *path);
K_API K_NEW PyObject *PyImport_Import(PyObject *name);
K_API K_NEW PyObject *PyImport_ReloadModule(PyObject *m);
K_API K_STATUS int PyImport_ImportFrozenModuleObject(PyObject *name);
K_API K_STATUS int PyImport_ImportFrozenModule(const char *name);
K_API K_STATUS int PyImport_AppendInittab(const char *name, PyObject* (*initfunc)(void));
K_API K_STATUS int _PyImport_IsInitialized(PyInterpreterState *);
K_API K_NEW PyObject *_PyImport_GetModuleId(_Py_Identifier *name);
K_API K_STATUS int _PyImport_SetModule(PyObject *name, PyObject *module);
K_API K_STATUS int _PyImport_SetModuleString(const char *name, PyObject* module);
K_API void _PyImport_AcquireLock(void);
K_API K_STATUS int _PyImport_ReleaseLock(void);
K_API K_STATUS int _PyImport_FixupBuiltin(PyObject *mod, const char *name, PyObject *modules);
K_API K_STATUS int _PyImport_FixupExtensionObject(PyObject*, PyObject *, PyObject *, PyObject *);
K_API K_STATUS int PyImport_ExtendInittab(struct _inittab *newtab);
K_API K_NEW PyObject *_PyImport_GetModuleAttr(PyObject *module, PyObject *attribute);
K_API K_NEW PyObject *_PyImport_GetModuleAttrString(const char *module, const char *attribute);

#endif
