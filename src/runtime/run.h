/* run.h - compiling and running source text (PyRun_*, Py_Compile*). */
#ifndef KAA_RUNTIME_RUN_H
#define KAA_RUNTIME_RUN_H

#include "objects/object.h"

typedef struct PyCompilerFlags {
    int cf_flags; /* CO_FUTURE_* and PyCF_* */
    int cf_feature_version;
} PyCompilerFlags;
enum {
    PyCF_SOURCE_IS_UTF8 = 0x100, PyCF_DONT_IMPLY_DEDENT = 0x200, PyCF_ONLY_AST = 0x400, PyCF_IGNORE_COOKIE = 0x800,
    PyCF_TYPE_COMMENTS = 0x1000, PyCF_ALLOW_TOP_LEVEL_AWAIT = 0x2000, PyCF_ALLOW_INCOMPLETE_INPUT = 0x4000
};
enum { Py_single_input = 256, Py_file_input = 257, Py_eval_input = 258, Py_func_type_input = 345 };

extern K_API PyThreadState*_PyOS_ReadlineTState;
extern K_API char *(*PyOS_ReadlineFunctionPointer)(FILE *, FILE *, const char *);
extern K_API int (*PyOS_InputHook)(void);
K_API K_NEW PyObject *Py_CompileString(const char *, const char *, int);
K_API K_NEW PyObject *Py_CompileStringFlags(const char *, const char *, int, PyCompilerFlags *);
K_API void PyErr_Print(void);
K_API void PyErr_PrintEx(int);
K_API void PyErr_Display(PyObject *, PyObject *, PyObject *);
K_API K_STATUS int PyOS_CheckStack(void);
K_API int PyRun_SimpleStringFlags(const char *, PyCompilerFlags *);
K_API K_STATUS int _PyRun_SimpleFileObject(FILE *fp, PyObject *filename, int closeit, PyCompilerFlags *flags);
K_API K_STATUS int PyRun_AnyFileExFlags(FILE *fp, const char *filename, int closeit, PyCompilerFlags *flags);
K_API K_STATUS int _PyRun_AnyFileObject(FILE *fp, PyObject *filename, int closeit, PyCompilerFlags *flags);
K_API K_STATUS int PyRun_SimpleFileExFlags(FILE *fp, const char *filename, int closeit, PyCompilerFlags *flags);
K_API K_STATUS int PyRun_InteractiveOneFlags(FILE *fp, const char *filename, PyCompilerFlags *flags);
K_API K_STATUS int PyRun_InteractiveOneObject(FILE *fp, PyObject *filename, PyCompilerFlags *flags);
K_API K_STATUS int PyRun_InteractiveLoopFlags(FILE *fp, const char *filename, PyCompilerFlags *flags);
K_API K_STATUS int _PyRun_InteractiveLoopObject(FILE *fp, PyObject *filename, PyCompilerFlags *flags);
K_API K_NEW PyObject *PyRun_StringFlags(const char *, int, PyObject *, PyObject *, PyCompilerFlags *);
K_API K_NEW PyObject *PyRun_FileExFlags(FILE *fp, const char *filename, int start, PyObject *globals,
    PyObject *locals, int closeit, PyCompilerFlags *flags);
K_API K_NEW PyObject *Py_CompileStringExFlags(const char *str, const char *filename, int start,
    PyCompilerFlags *flags, int optimize);
K_API K_NEW PyObject *Py_CompileStringObject(const char *str, PyObject *filename, int start,
    PyCompilerFlags *flags, int optimize);
K_API const char *_Py_SourceAsString(PyObject *cmd, const char *funcname, const char *what, PyCompilerFlags *cf,
    PyObject **cmd_copy);
K_API K_NEW PyObject *PyRun_String(const char *str, int s, PyObject *g, PyObject *l);
K_API K_STATUS int PyRun_AnyFile(FILE *fp, const char *name);
K_API K_STATUS int PyRun_AnyFileEx(FILE *fp, const char *name, int closeit);
K_API K_STATUS int PyRun_AnyFileFlags(FILE *, const char *, PyCompilerFlags *);
K_API int PyRun_SimpleString(const char *s);
K_API K_STATUS int PyRun_SimpleFile(FILE *f, const char *p);
K_API K_STATUS int PyRun_SimpleFileEx(FILE *f, const char *p, int c);
K_API K_STATUS int PyRun_InteractiveOne(FILE *f, const char *p);
K_API K_STATUS int PyRun_InteractiveLoop(FILE *f, const char *p);
K_API K_NEW PyObject *PyRun_File(FILE *fp, const char *p, int s, PyObject *g, PyObject *l);
K_API K_NEW PyObject *PyRun_FileEx(FILE *fp, const char *p, int s, PyObject *g, PyObject *l, int c);
K_API K_NEW PyObject *PyRun_FileFlags(FILE *fp, const char *p, int s, PyObject *g, PyObject *l, PyCompilerFlags *flags);
K_API char *PyOS_Readline(FILE *, FILE *, const char *);

#endif
