/* module.h - module objects and their definitions. */
#ifndef KAA_OBJECTS_MODULE_H
#define KAA_OBJECTS_MODULE_H

#include "objects/object.h"
#include "objects/method.h"

struct PyModuleDef_Slot;
struct _PyArg_Parser;
typedef struct PyModuleDef_Base {
    PyObject ob_base;
    PyObject *(*m_init)(void);
    Py_ssize_t m_index;
    PyObject *m_copy;
} PyModuleDef_Base;
#define PyModuleDef_HEAD_INIT { { 1, NULL }, NULL, 0, NULL }
typedef struct PyModuleDef_Slot {
    int slot;
    void *value;
} PyModuleDef_Slot;
enum { Py_mod_create = 1, Py_mod_exec = 2 };
struct PyModuleDef {
    PyModuleDef_Base m_base;
    const char *m_name, *m_doc;
    Py_ssize_t m_size;
    PyMethodDef *m_methods;
    PyModuleDef_Slot *m_slots;
    traverseproc m_traverse;
    inquiry m_clear;
    freefunc m_free;
};
typedef struct PyModuleObject {
    PyObject ob_base;
    PyObject *md_dict;
    PyModuleDef *md_def;
    void *md_state;
    PyObject *md_weaklist, *md_name;
} PyModuleObject;
#define PYTHON_API_VERSION 1013

#define PyModule_Check(o) PyObject_TypeCheck(o, &PyModule_Type)
#define PyModule_CheckExact(o) Py_IS_TYPE(o, &PyModule_Type)

extern K_API PyTypeObject PyModule_Type;
K_API K_NEW PyObject *PyModuleDef_Init(PyModuleDef *);
K_API void *PyModule_GetState(PyObject *);
extern K_API PyTypeObject PyModuleDef_Type;
extern K_API const char *_Py_PackageContext;
K_API K_NEW PyObject *PyModule_NewObject(PyObject *name);
K_API K_NEW PyObject *PyModule_New(const char *name);
K_API K_BORROWED PyObject *PyModule_GetDict(PyObject *);
K_API K_NEW PyObject *PyModule_GetNameObject(PyObject *);
K_API const char *PyModule_GetName(PyObject *);
K_API const char *PyModule_GetFilename(PyObject *);
K_API K_NEW PyObject *PyModule_GetFilenameObject(PyObject *);
K_API void _PyModule_Clear(PyObject *);
K_API void _PyModule_ClearDict(PyObject *);
K_API K_STATUS int _PyModuleSpec_IsInitializing(PyObject *);
K_API PyModuleDef *PyModule_GetDef(PyObject*);
K_API K_STATUS int PyArg_Parse(PyObject *, const char *, ...);
K_API K_STATUS int PyArg_ParseTuple(PyObject *, const char *, ...);
K_API K_STATUS int PyArg_ParseTupleAndKeywords(PyObject *, PyObject *, const char *, char **, ...);
K_API K_STATUS int PyArg_VaParse(PyObject *, const char *, va_list);
K_API K_STATUS int PyArg_VaParseTupleAndKeywords(PyObject *, PyObject *, const char *, char **, va_list);
K_API K_STATUS int PyArg_ValidateKeywordArguments(PyObject *);
K_API K_STATUS int PyArg_UnpackTuple(PyObject *, const char *, Py_ssize_t, Py_ssize_t, ...);
K_API K_NEW PyObject *Py_BuildValue(const char *, ...);
K_API K_NEW PyObject *_Py_BuildValue_SizeT(const char *, ...);
K_API K_NEW PyObject *Py_VaBuildValue(const char *, va_list);
K_API K_STATUS int PyModule_AddObjectRef(PyObject *mod, const char *name, PyObject *value);
K_API K_STATUS int PyModule_AddObject(PyObject *mod, const char *, PyObject *value);
K_API K_STATUS int PyModule_AddIntConstant(PyObject *, const char *, long);
K_API K_STATUS int PyModule_AddStringConstant(PyObject *, const char *, const char *);
K_API K_STATUS int PyModule_AddType(PyObject *module, PyTypeObject *type);
K_API K_STATUS int PyModule_SetDocString(PyObject *, const char *);
K_API K_STATUS int PyModule_AddFunctions(PyObject *, PyMethodDef *);
K_API K_STATUS int PyModule_ExecDef(PyObject *module, PyModuleDef *def);
K_API K_NEW PyObject *PyModule_Create2(PyModuleDef*, int apiver);
K_API K_NEW PyObject *PyModule_FromDefAndSpec2(PyModuleDef *def, PyObject *spec, int module_api_version);
K_API K_NEW PyObject *_Py_VaBuildValue_SizeT(const char *, va_list);
K_API PyObject * *_Py_VaBuildStack_SizeT(PyObject **small_stack, Py_ssize_t small_stack_len, const char *format,
    va_list va, Py_ssize_t *p_nargs);
K_API K_STATUS int _PyArg_UnpackStack(PyObject *const *args, Py_ssize_t nargs, const char *name, Py_ssize_t min,
    Py_ssize_t max, ...);
K_API K_STATUS int _PyArg_NoKeywords(const char *funcname, PyObject *kwargs);
K_API K_STATUS int _PyArg_NoKwnames(const char *funcname, PyObject *kwnames);
K_API K_STATUS int _PyArg_NoPositional(const char *funcname, PyObject *args);
K_API void _PyArg_BadArgument(const char *, const char *, const char *, PyObject *);
K_API K_STATUS int _PyArg_CheckPositional(const char *, Py_ssize_t, Py_ssize_t, Py_ssize_t);
K_API PyObject * *_Py_VaBuildStack(PyObject **small_stack, Py_ssize_t small_stack_len, const char *format,
    va_list va, Py_ssize_t *p_nargs);
K_API K_STATUS int _PyArg_ParseTupleAndKeywordsFast(PyObject *, PyObject *, struct _PyArg_Parser *, ...);
K_API K_STATUS int _PyArg_ParseStack(PyObject *const *args, Py_ssize_t nargs, const char *format, ...);
K_API K_STATUS int _PyArg_ParseStackAndKeywords(PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
    struct _PyArg_Parser *, ...);
K_API K_STATUS int _PyArg_VaParseTupleAndKeywordsFast(PyObject *, PyObject *, struct _PyArg_Parser *, va_list);
K_API PyObject * const *_PyArg_UnpackKeywords(PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs,
    PyObject *kwnames, struct _PyArg_Parser *parser, int minpos, int maxpos, int minkw, PyObject **buf);
K_API PyObject * const *_PyArg_UnpackKeywordsWithVararg(PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs,
    PyObject *kwnames, struct _PyArg_Parser *parser, int minpos, int maxpos, int minkw, int vararg, PyObject **buf);
K_API K_NEW PyObject *_PyModule_CreateInitialized(PyModuleDef*, int apiver);

extern K_API PyTypeObject PyModule_Type;
K_API K_BORROWED PyObject *PyModuleDef_Init(PyModuleDef *);
K_API void *PyModule_GetState(PyObject *);

/* A builtin module is one file (or folder) of src/modules/: its presence registers PyInit_NAME.
 *
 *   FUNCTION(math, floor, O, "($module, x, /)", "The largest integer <= x.") { ... }   (METHOD with self = the module)
 *   METHODS_END(math);
 *   static int math_exec(PyObject *module) { ... 0 or -1 ... }
 *   MODULE(math, "Functions of real numbers.", math_exec, 0);
 *
 * The last argument is the size of the module's state in bytes (PyModule_GetState), zeroed. MODULE_GC gives the state
 * a traverse, clear and free function. */
#define FUNCTION METHOD
#define FUNCTION_KW METHOD_KW
#define FUNCTION_RAW METHOD_RAW
#define MODULE_GC(name, doc, exec, size, traverse, clear, free)                                                        \
    METHODS_DECLARE(name);                                                                                             \
    static PyModuleDef_Slot name##_slots[] = { { Py_mod_exec, (void *)exec }, { 0, NULL } };                           \
    static PyModuleDef name##_module = { PyModuleDef_HEAD_INIT, #name, doc, size, (PyMethodDef *)__start_kmeth_##name, \
                                         name##_slots, traverse, clear, free };                                        \
    K_INIT_FUNCTION PyObject *PyInit_##name(void);                                                                     \
    K_INIT_FUNCTION PyObject *PyInit_##name(void) { return PyModuleDef_Init(&name##_module); }                         \
    static PyModuleDef name##_module
#define MODULE(name, doc, exec, size) MODULE_GC(name, doc, exec, size, NULL, NULL, NULL)
#ifndef K_INIT_FUNCTION
#define K_INIT_FUNCTION K_INT
#endif

#endif
