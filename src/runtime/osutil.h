/* osutil.h - files, descriptors and paths with Python errors (_Py_open, PyOS_FSPath, Py_DecodeLocale...). */
#ifndef KAA_RUNTIME_OSUTIL_H
#define KAA_RUNTIME_OSUTIL_H

#include "objects/object.h"

#include <sys/stat.h>

typedef PyObject *(*Py_OpenCodeHookFunction)(PyObject *, void *);

extern K_API const char *Py_FileSystemDefaultEncoding;
extern K_API const char *Py_FileSystemDefaultEncodeErrors;
extern K_API int Py_HasFileSystemDefaultEncoding;
extern K_API int _Py_HasFileSystemDefaultEncodeErrors;
extern K_API int Py_UTF8Mode;
extern K_API PyTypeObject PyStdPrinter_Type;
K_API wchar_t *_Py_normpath(wchar_t *path, Py_ssize_t size);
K_API wchar_t *Py_DecodeLocale(const char *text, size_t *size); /* PyMem_RawFree it */
K_API int _Py_DecodeLocaleEx(const char *text, wchar_t **wide, size_t *size, const char **reason, int current_locale,
    int errors);
K_API int _Py_EncodeLocaleEx(const wchar_t *text, char **bytes, size_t *error_at, const char **reason,
    int current_locale, int errors);
K_API char *Py_EncodeLocale(const wchar_t *text, size_t *error_pos);
K_API FILE *_Py_fopen_obj(PyObject *path, const char *mode);
K_API K_NEW PyObject *PyFile_FromFd(int, const char *, const char *, int, const char *, const char *, const char *,
    int);
K_API K_NEW PyObject *PyFile_GetLine(PyObject *, int);
K_API K_STATUS int PyFile_WriteObject(PyObject *, PyObject *, int);
K_API K_STATUS int PyFile_WriteString(const char *, PyObject *);
K_API K_STATUS int PyObject_AsFileDescriptor(PyObject *);
K_API char *Py_UniversalNewlineFgets(char *, int, FILE*, PyObject *);
K_API K_NEW PyObject *PyFile_NewStdPrinter(int);
K_API K_NEW PyObject *PyFile_OpenCode(const char *utf8path);
K_API K_NEW PyObject *PyFile_OpenCodeObject(PyObject *path);
K_API K_STATUS int PyFile_SetOpenCodeHook(Py_OpenCodeHookFunction hook, void *userData);
K_API K_STATUS int _PyLong_FileDescriptor_Converter(PyObject *, void *);

#endif
