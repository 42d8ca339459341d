/* start.h - start and stop of the runtime, configuration. */
#ifndef KAA_RUNTIME_START_H
#define KAA_RUNTIME_START_H

#include "objects/object.h"

typedef enum { K_STATUS_OK = 0, K_STATUS_ERROR = 1, K_STATUS_EXIT = 2 } KStatusType;
typedef struct PyStatus {
    int _type; /* KStatusType */
    const char *func, *err_msg;
    int exitcode;
} PyStatus;
typedef struct PyWideStringList { /* never NULL items when length > 0 */
    Py_ssize_t length;
    wchar_t **items;
} PyWideStringList;
struct PyPreConfig;
typedef struct PyPreConfig PyPreConfig;
typedef struct PyConfig PyConfig;
typedef void (*PyOS_sighandler_t)(int);

extern K_API const unsigned long Py_Version;
extern K_API int Py_DebugFlag, Py_VerboseFlag, Py_QuietFlag, Py_InteractiveFlag, Py_InspectFlag, Py_OptimizeFlag,
    Py_NoSiteFlag, Py_BytesWarningFlag, Py_FrozenFlag, Py_IgnoreEnvironmentFlag, Py_DontWriteBytecodeFlag,
    Py_NoUserSiteDirectory, Py_UnbufferedStdioFlag, Py_HashRandomizationFlag, Py_IsolatedFlag;
K_API K_NORETURN void Py_Exit(int status);
K_API K_NORETURN void Py_ExitStatusException(PyStatus status);
K_API void Py_Initialize(void);
K_API void Py_InitializeEx(int);
K_API void Py_Finalize(void);
K_API int Py_FinalizeEx(void);
K_API int Py_IsInitialized(void);
K_API PyThreadState *Py_NewInterpreter(void);
K_API void Py_EndInterpreter(PyThreadState *);
K_API int Py_AtExit(void (*func)(void));
K_API int Py_Main(int argc, wchar_t **argv);
K_API int Py_BytesMain(int argc, char **argv);
K_API void Py_SetProgramName(const wchar_t *);
K_API wchar_t *Py_GetProgramName(void);
K_API void Py_SetPythonHome(const wchar_t *);
K_API wchar_t *Py_GetPythonHome(void);
K_API wchar_t *Py_GetProgramFullPath(void);
K_API wchar_t *Py_GetPrefix(void);
K_API wchar_t *Py_GetExecPrefix(void);
K_API wchar_t *Py_GetPath(void);
K_API void Py_SetPath(const wchar_t *);
K_API const char *Py_GetVersion(void);
K_API const char *Py_GetPlatform(void);
K_API const char *Py_GetCopyright(void);
K_API const char *Py_GetCompiler(void);
K_API const char *Py_GetBuildInfo(void);
K_API PyOS_sighandler_t PyOS_getsig(int);
K_API PyOS_sighandler_t PyOS_setsig(int, PyOS_sighandler_t);
K_API K_STATUS int Py_FrozenMain(int argc, char **argv);
K_API K_STATUS int Py_SetStandardStreamEncoding(const char *encoding, const char *errors);
K_API PyStatus Py_PreInitialize(const PyPreConfig *src_config);
K_API PyStatus Py_PreInitializeFromBytesArgs(const PyPreConfig *src_config, Py_ssize_t argc, char **argv);
K_API PyStatus Py_PreInitializeFromArgs(const PyPreConfig *src_config, Py_ssize_t argc, wchar_t **argv);
K_API K_STATUS int _Py_IsCoreInitialized(void);
K_API PyStatus Py_InitializeFromConfig(const PyConfig *config);
K_API PyStatus _Py_InitializeMain(void);
K_API int Py_RunMain(void);
K_API void _Py_RestoreSignals(void);
K_API int Py_FdIsInteractive(FILE *, const char *);
K_API K_STATUS int _Py_FdIsInteractive(FILE *fp, PyObject *filename);
K_API void _Py_SetProgramFullPath(const wchar_t *);
K_API const char *_Py_gitidentifier(void);
K_API const char *_Py_gitversion(void);
K_API K_STATUS int _Py_IsFinalizing(void);
K_API K_STATUS int _PyOS_URandom(void *buffer, Py_ssize_t size);
K_API K_STATUS int _PyOS_URandomNonblock(void *buffer, Py_ssize_t size);
K_API K_STATUS int _Py_CoerceLegacyLocale(int warn);
K_API K_STATUS int _Py_LegacyLocaleDetected(int warn);
K_API char *_Py_SetLocaleFromEnv(int category);
K_API PyThreadState *_Py_NewInterpreter(int isolated_subinterpreter);
K_API PyStatus PyStatus_Ok(void);
K_API PyStatus PyStatus_Error(const char *err_msg);
K_API PyStatus PyStatus_NoMemory(void);
K_API PyStatus PyStatus_Exit(int exitcode);
K_API int PyStatus_IsError(PyStatus err);
K_API int PyStatus_IsExit(PyStatus err);
K_API int PyStatus_Exception(PyStatus err);
K_API PyStatus PyWideStringList_Append(PyWideStringList *list, const wchar_t *item);
K_API PyStatus PyWideStringList_Insert(PyWideStringList *list, Py_ssize_t index, const wchar_t *item);
K_API void PyPreConfig_InitPythonConfig(PyPreConfig *config);
K_API void PyPreConfig_InitIsolatedConfig(PyPreConfig *config);
K_API void PyConfig_InitPythonConfig(PyConfig *config);
K_API void PyConfig_InitIsolatedConfig(PyConfig *config);
K_API void PyConfig_Clear(PyConfig *);
K_API PyStatus PyConfig_SetString(PyConfig *config, wchar_t **config_str, const wchar_t *str);
K_API PyStatus PyConfig_SetBytesString(PyConfig *config, wchar_t **config_str, const char *str);
K_API PyStatus PyConfig_Read(PyConfig *config);
K_API PyStatus PyConfig_SetBytesArgv(PyConfig *config, Py_ssize_t argc, char * const *argv);
K_API PyStatus PyConfig_SetArgv(PyConfig *config, Py_ssize_t argc, wchar_t * const *argv);
K_API PyStatus PyConfig_SetWideStringList(PyConfig *config, PyWideStringList *list, Py_ssize_t length, wchar_t **items);
K_API void Py_GetArgcArgv(int *argc, wchar_t ***argv);

/* ---- beyond CPython's API ---- */

K_INT const PyConfig *k_config(void); /* runtime/config.h shows its fields */

#endif
