/* protocol.h - the object, number, sequence and mapping protocols (PyObject_*, PyNumber_*, PySequence_*, PyMapping_*, PyIter_*). */
#ifndef KAA_OBJECTS_PROTOCOL_H
#define KAA_OBJECTS_PROTOCOL_H

#include "objects/object.h"

/* Py_IDENTIFIER support for modules built against CPython. */
typedef struct _Py_Identifier {
    const char *string;
    Py_ssize_t index;
} _Py_Identifier;

K_API Py_hash_t PyObject_HashNotImplemented(PyObject *);
extern K_API PyTypeObject PyType_Type;
extern K_API PyTypeObject PyBaseObject_Type;
extern K_API PyTypeObject PySuper_Type;
extern K_API Py_ssize_t _Py_RefTotal;
extern K_API PyObject _Py_NoneStruct;
extern K_API PyObject _Py_NotImplementedStruct;
extern K_API PyTypeObject _PyNone_Type;
extern K_API PyTypeObject _PyNotImplemented_Type;
extern K_API int _Py_SwappedOp[];
K_API int (Py_Is)(PyObject *x, PyObject *y);
K_API K_NEW PyObject *PyType_FromSpec(PyType_Spec*);
K_API K_NEW PyObject *PyType_FromSpecWithBases(PyType_Spec*, PyObject*);
K_API void *PyType_GetSlot(PyTypeObject*, int);
K_API K_NEW PyObject *PyType_FromModuleAndSpec(PyObject *, PyType_Spec *, PyObject *);
K_API K_BORROWED PyObject *PyType_GetModule(PyTypeObject *);
K_API void *PyType_GetModuleState(PyTypeObject *);
K_API K_NEW PyObject *PyType_GetName(PyTypeObject *);
K_API K_NEW PyObject *PyType_GetQualName(PyTypeObject *);
K_API int PyType_IsSubtype(PyTypeObject *, PyTypeObject *);
K_API unsigned long PyType_GetFlags(PyTypeObject*);
K_API K_STATUS int PyType_Ready(PyTypeObject *);
K_API K_NEW PyObject *PyType_GenericAlloc(PyTypeObject *, Py_ssize_t);
K_API K_NEW PyObject *PyType_GenericNew(PyTypeObject *, PyObject *, PyObject *);
K_API unsigned int PyType_ClearCache(void);
K_API void PyType_Modified(PyTypeObject *);
K_API K_NEW PyObject *PyObject_Repr(PyObject *);
K_API K_NEW PyObject *PyObject_Str(PyObject *);
K_API K_NEW PyObject *PyObject_ASCII(PyObject *);
K_API K_NEW PyObject *PyObject_Bytes(PyObject *);
K_API K_NEW PyObject *PyObject_RichCompare(PyObject *, PyObject *, int);
K_API K_STATUS int PyObject_RichCompareBool(PyObject *, PyObject *, int);
K_API K_NEW PyObject *PyObject_GetAttrString(PyObject *, const char *);
K_API K_STATUS int PyObject_SetAttrString(PyObject *, const char *, PyObject *);
K_API int PyObject_HasAttrString(PyObject *, const char *);
K_API K_NEW PyObject *PyObject_GetAttr(PyObject *, PyObject *);
K_API K_STATUS int PyObject_SetAttr(PyObject *, PyObject *, PyObject *);
K_API int PyObject_HasAttr(PyObject *, PyObject *);
K_API K_NEW PyObject *PyObject_SelfIter(PyObject *);
K_API K_NEW PyObject *PyObject_GenericGetAttr(PyObject *, PyObject *);
K_API K_STATUS int PyObject_GenericSetAttr(PyObject *, PyObject *, PyObject *);
K_API K_STATUS int PyObject_GenericSetDict(PyObject *, PyObject *, void *);
K_API Py_hash_t PyObject_Hash(PyObject *);
K_API K_STATUS int PyObject_IsTrue(PyObject *);
K_API K_STATUS int PyObject_Not(PyObject *);
K_API int PyCallable_Check(PyObject *);
K_API void PyObject_ClearWeakRefs(PyObject *);
K_API K_NEW PyObject *PyObject_Dir(PyObject *);
K_API K_NEW PyObject *_PyObject_GetState(PyObject *);
K_API K_STATUS int Py_ReprEnter(PyObject *);
K_API void Py_ReprLeave(PyObject *);
K_API void _Py_NegativeRefcount(const char *filename, int lineno, PyObject *op);
K_API void _Py_Dealloc(PyObject *);
K_API void Py_IncRef(PyObject *);
K_API void Py_DecRef(PyObject *);
K_API void _Py_IncRef(PyObject *);
K_API void _Py_DecRef(PyObject *);
K_API int (Py_IsNone)(PyObject *x);
K_API void _Py_NewReference(PyObject *op);
K_API void _Py_ForgetReference(PyObject *);
K_API K_STATUS Py_ssize_t _Py_GetRefTotal(void);
K_API const char *_PyType_Name(PyTypeObject *);
K_API K_BORROWED PyObject *_PyType_Lookup(PyTypeObject *, PyObject *);
K_API K_BORROWED PyObject *_PyType_LookupId(PyTypeObject *, _Py_Identifier *);
K_API K_NEW PyObject *_PyObject_LookupSpecialId(PyObject *, _Py_Identifier *);
K_API K_BORROWED PyTypeObject *_PyType_CalculateMetaclass(PyTypeObject *, PyObject *);
K_API K_NEW PyObject *_PyType_GetDocFromInternalDoc(const char *, const char *);
K_API K_NEW PyObject *_PyType_GetTextSignatureFromInternalDoc(const char *, const char *);
K_API K_BORROWED PyObject *PyType_GetModuleByDef(PyTypeObject *, PyModuleDef *);
K_API K_STATUS int PyObject_Print(PyObject *, FILE *, int);
K_API void _Py_BreakPoint(void);
K_API void _PyObject_Dump(PyObject *);
K_API int _PyObject_IsFreed(PyObject *);
K_API K_STATUS int _PyObject_IsAbstract(PyObject *);
K_API K_NEW PyObject *_PyObject_GetAttrId(PyObject *, _Py_Identifier *);
K_API K_STATUS int _PyObject_SetAttrId(PyObject *, _Py_Identifier *, PyObject *);
K_API K_STATUS int _PyObject_LookupAttr(PyObject *, PyObject *, PyObject **);
K_API K_STATUS int _PyObject_LookupAttrId(PyObject *, _Py_Identifier *, PyObject **);
K_API K_STATUS int _PyObject_GetMethod(PyObject *obj, PyObject *name, PyObject **method);
K_API PyObject * *_PyObject_GetDictPtr(PyObject *);
K_API K_NEW PyObject *_PyObject_NextNotImplemented(PyObject *);
K_API void PyObject_CallFinalizer(PyObject *);
K_API K_STATUS int PyObject_CallFinalizerFromDealloc(PyObject *);
K_API K_NEW PyObject *_PyObject_GenericGetAttrWithDict(PyObject *, PyObject *, PyObject *, int);
K_API K_STATUS int _PyObject_GenericSetAttrWithDict(PyObject *, PyObject *, PyObject *, PyObject *);
K_API K_NEW PyObject *_PyObject_FunctionStr(PyObject *);
K_API void _PyDebugAllocatorStats(FILE *out, const char *block_name, int num_blocks, size_t sizeof_block);
K_API void _PyObject_DebugTypeStats(FILE *out);
K_API K_STATUS int _PyObject_CheckConsistency(PyObject *op, int check_content);
K_API int _PyTrash_begin(PyThreadState *tstate, PyObject *op);
K_API void _PyTrash_end(PyThreadState *tstate);
K_API int _PyTrash_cond(PyObject *op, destructor dealloc);

K_API K_NEW PyObject *PyObject_Type(PyObject *o);
K_API K_STATUS Py_ssize_t PyObject_Size(PyObject *o);
K_API K_STATUS Py_ssize_t PyObject_Length(PyObject *o);
K_API K_NEW PyObject *PyObject_GetItem(PyObject *o, PyObject *key);
K_API K_STATUS int PyObject_SetItem(PyObject *o, PyObject *key, PyObject *v);
K_API K_STATUS int PyObject_DelItemString(PyObject *o, const char *key);
K_API K_STATUS int PyObject_DelItem(PyObject *o, PyObject *key);
K_API K_NEW PyObject *PyObject_Format(PyObject *obj, PyObject *format_spec);
K_API K_NEW PyObject *PyObject_GetIter(PyObject *);
K_API K_NEW PyObject *PyObject_GetAIter(PyObject *);
K_API int PyIter_Check(PyObject *);
K_API int PyAIter_Check(PyObject *);
K_API K_NEW PyObject *PyIter_Next(PyObject *);
K_API PySendResult PyIter_Send(PyObject *, PyObject *, PyObject **);
K_API int PyNumber_Check(PyObject *o);
K_API K_NEW PyObject *PyNumber_Add(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_Subtract(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_Multiply(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_MatrixMultiply(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_FloorDivide(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_TrueDivide(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_Remainder(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_Divmod(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_Power(PyObject *o1, PyObject *o2, PyObject *o3);
K_API K_NEW PyObject *PyNumber_Negative(PyObject *o);
K_API K_NEW PyObject *PyNumber_Positive(PyObject *o);
K_API K_NEW PyObject *PyNumber_Absolute(PyObject *o);
K_API K_NEW PyObject *PyNumber_Invert(PyObject *o);
K_API K_NEW PyObject *PyNumber_Lshift(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_Rshift(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_And(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_Xor(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_Or(PyObject *o1, PyObject *o2);
K_API int PyIndex_Check(PyObject *);
/* Without a call for the project's own code. */
static inline int k_has_index(PyObject *o)
{
    return Py_TYPE(o)->tp_as_number && Py_TYPE(o)->tp_as_number->nb_index;
}
#define PyIndex_Check(o) k_has_index((PyObject *)(o))
K_API K_NEW PyObject *PyNumber_Index(PyObject *o);
K_API K_STATUS Py_ssize_t PyNumber_AsSsize_t(PyObject *o, PyObject *exc);
K_API K_NEW PyObject *PyNumber_Long(PyObject *o);
K_API K_NEW PyObject *PyNumber_Float(PyObject *o);
K_API K_NEW PyObject *PyNumber_InPlaceAdd(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_InPlaceSubtract(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_InPlaceMultiply(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_InPlaceMatrixMultiply(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_InPlaceFloorDivide(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_InPlaceTrueDivide(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_InPlaceRemainder(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_InPlacePower(PyObject *o1, PyObject *o2, PyObject *o3);
K_API K_NEW PyObject *PyNumber_InPlaceLshift(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_InPlaceRshift(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_InPlaceAnd(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_InPlaceXor(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_InPlaceOr(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PyNumber_ToBase(PyObject *n, int base);
K_API int PySequence_Check(PyObject *o);
K_API K_STATUS Py_ssize_t PySequence_Size(PyObject *o);
K_API K_STATUS Py_ssize_t PySequence_Length(PyObject *o);
K_API K_NEW PyObject *PySequence_Concat(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PySequence_Repeat(PyObject *o, Py_ssize_t count);
K_API K_NEW PyObject *PySequence_GetItem(PyObject *o, Py_ssize_t i);
K_API K_NEW PyObject *PySequence_GetSlice(PyObject *o, Py_ssize_t i1, Py_ssize_t i2);
K_API K_STATUS int PySequence_SetItem(PyObject *o, Py_ssize_t i, PyObject *v);
K_API K_STATUS int PySequence_DelItem(PyObject *o, Py_ssize_t i);
K_API K_STATUS int PySequence_SetSlice(PyObject *o, Py_ssize_t i1, Py_ssize_t i2, PyObject *v);
K_API K_STATUS int PySequence_DelSlice(PyObject *o, Py_ssize_t i1, Py_ssize_t i2);
K_API K_NEW PyObject *PySequence_Tuple(PyObject *o);
K_API K_NEW PyObject *PySequence_List(PyObject *o);
K_API K_NEW PyObject *PySequence_Fast(PyObject *o, const char* m);
K_API K_STATUS Py_ssize_t PySequence_Count(PyObject *o, PyObject *value);
K_API K_STATUS int PySequence_Contains(PyObject *seq, PyObject *ob);
K_API K_STATUS int PySequence_In(PyObject *o, PyObject *value);
K_API K_STATUS Py_ssize_t PySequence_Index(PyObject *o, PyObject *value);
K_API K_NEW PyObject *PySequence_InPlaceConcat(PyObject *o1, PyObject *o2);
K_API K_NEW PyObject *PySequence_InPlaceRepeat(PyObject *o, Py_ssize_t count);
K_API int PyMapping_Check(PyObject *o);
K_API K_STATUS Py_ssize_t PyMapping_Size(PyObject *o);
K_API K_STATUS Py_ssize_t PyMapping_Length(PyObject *o);
K_API int PyMapping_HasKeyString(PyObject *o, const char *key);
K_API int PyMapping_HasKey(PyObject *o, PyObject *key);
K_API K_NEW PyObject *PyMapping_Keys(PyObject *o);
K_API K_NEW PyObject *PyMapping_Values(PyObject *o);
K_API K_NEW PyObject *PyMapping_Items(PyObject *o);
K_API K_NEW PyObject *PyMapping_GetItemString(PyObject *o, const char *key);
K_API K_STATUS int PyMapping_SetItemString(PyObject *o, const char *key, PyObject *value);
K_API K_STATUS int PyObject_IsInstance(PyObject *object, PyObject *typeorclass);
K_API K_STATUS int PyObject_IsSubclass(PyObject *object, PyObject *typeorclass);
K_API K_STATUS int _PyObject_HasLen(PyObject *o);
K_API K_STATUS Py_ssize_t PyObject_LengthHint(PyObject *o, Py_ssize_t);
K_API K_STATUS Py_ssize_t _PySequence_IterSearch(PyObject *seq, PyObject *obj, int operation);
K_API K_STATUS int _PyObject_RealIsInstance(PyObject *inst, PyObject *cls);
K_API K_STATUS int _PyObject_RealIsSubclass(PyObject *derived, PyObject *cls);
K_API char *const *_PySequence_BytesToCharpArray(PyObject* self);
K_API void _Py_FreeCharPArray(char *const array[]);
K_API K_STATUS int _Py_convert_optional_to_ssize_t(PyObject *, void *);
K_API K_NEW PyObject *_PyNumber_Index(PyObject *o);

#define PySequence_Fast_GET_SIZE(o)  (PyList_Check(o) ? PyList_GET_SIZE(o) : PyTuple_GET_SIZE(o))
#define PySequence_Fast_GET_ITEM(o, i) (PyList_Check(o) ? PyList_GET_ITEM(o, i) : PyTuple_GET_ITEM(o, i))
#define PySequence_Fast_ITEMS(o)     (PyList_Check(o) ? ((PyListObject *)(o))->ob_item : ((PyTupleObject *)(o))->ob_item)
#define Py_PRINT_RAW 1

K_API Py_hash_t PyObject_HashNotImplemented(PyObject *);
K_API K_NEW PyObject *PyOS_FSPath(PyObject *path);

/* What is left of an operator when the number methods of both operands have given NotImplemented: + and * of sequences,
 * or TypeError. */
K_INT K_NEW PyObject *k_number_add_rest(PyObject *v, PyObject *w, int in_place);
K_INT K_NEW PyObject *k_number_multiply_rest(PyObject *v, PyObject *w, int in_place);
K_INT K_NEW PyObject *k_number_refuse(PyObject *v, PyObject *w, const char *op); /* NULL with TypeError */

#endif
