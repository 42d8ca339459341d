/* dict.h - dict: API and layout (ordered, unicode-key and split tables). */
#ifndef KAA_OBJECTS_DICT_DICT_H
#define KAA_OBJECTS_DICT_DICT_H

#include "objects/object.h"
#include "objects/protocol.h"

typedef struct PyDictKeyEntry {
    Py_hash_t me_hash;
    PyObject *me_key, *me_value;
} PyDictKeyEntry;
typedef struct PyDictUnicodeEntry {
    PyObject *me_key, *me_value;
} PyDictUnicodeEntry;
typedef enum { DICT_KEYS_GENERAL = 0, DICT_KEYS_UNICODE = 1, DICT_KEYS_SPLIT = 2 } DictKeysKind;
typedef struct _dictkeysobject {
    Py_ssize_t dk_refcnt;
    uint8_t dk_log2_size;        /* hash slots */
    uint8_t dk_log2_index_bytes; /* size of dk_indices */
    uint8_t dk_kind;             /* DictKeysKind */
    uint8_t dk_expected;         /* shared keys: attributes that __init__ sets, plus 1; 0 when not counted yet */
    uint32_t dk_version;         /* unique; 0 when never asked for or when the keys changed since */
    Py_ssize_t dk_usable;        /* entries still free */
    Py_ssize_t dk_nentries;      /* entries used, deleted ones included */
    char dk_indices[];           /* indices of 1, 2, 4 or 8 bytes, then the entries */
} PyDictKeysObject;
typedef struct _dictvalues PyDictValues;
struct PyDictObject {
    PyObject ob_base;
    Py_ssize_t ma_used;
    uint64_t ma_version_tag; /* a new number, unique over all dicts, at each mutation */
    PyDictKeysObject *ma_keys;
    PyDictValues *ma_values; /* split tables only */
};

#define DK_LOG_SIZE(dk)   ((dk)->dk_log2_size)
#define DK_SIZE(dk)       ((int64_t)1 << DK_LOG_SIZE(dk))
#define DK_IS_UNICODE(dk) ((dk)->dk_kind != DICT_KEYS_GENERAL)
static inline void *k_dict_entries(PyDictKeysObject *dk)
{
    return dk->dk_indices + ((size_t)1 << dk->dk_log2_index_bytes);
}
#define DK_ENTRIES(dk)         ((PyDictKeyEntry *)k_dict_entries(dk))
#define DK_UNICODE_ENTRIES(dk) ((PyDictUnicodeEntry *)k_dict_entries(dk))

extern K_API PyTypeObject PyDict_Type;
extern K_API PyTypeObject PyDictKeys_Type;
extern K_API PyTypeObject PyDictValues_Type;
extern K_API PyTypeObject PyDictItems_Type;
extern K_API PyTypeObject PyDict_Type, PyDictKeys_Type, PyDictValues_Type, PyDictItems_Type;
extern K_API PyTypeObject PyDictProxy_Type;
#define PyDict_Check(o)      PyType_FastSubclass(Py_TYPE(o), Py_TPFLAGS_DICT_SUBCLASS)
#define PyDict_CheckExact(o) Py_IS_TYPE(o, &PyDict_Type)
#define PyDict_GET_SIZE(o) (((PyDictObject *)(o))->ma_used)
#define PyDictKeys_Check(o)     PyObject_TypeCheck(o, &PyDictKeys_Type)
#define PyDictValues_Check(o)   PyObject_TypeCheck(o, &PyDictValues_Type)
#define PyDictItems_Check(o)    PyObject_TypeCheck(o, &PyDictItems_Type)
#define PyDictViewSet_Check(o)  (PyDictKeys_Check(o) || PyDictItems_Check(o))

extern K_API PyTypeObject PyDictIterKey_Type;
extern K_API PyTypeObject PyDictIterValue_Type;
extern K_API PyTypeObject PyDictIterItem_Type;
extern K_API PyTypeObject PyDictRevIterKey_Type;
extern K_API PyTypeObject PyDictRevIterItem_Type;
extern K_API PyTypeObject PyDictRevIterValue_Type;
extern K_API PyTypeObject PyODict_Type;
extern K_API PyTypeObject PyODictIter_Type;
extern K_API PyTypeObject PyODictKeys_Type;
extern K_API PyTypeObject PyODictItems_Type;
extern K_API PyTypeObject PyODictValues_Type;
K_API K_NEW PyObject *PyDict_New(void);
K_API K_BORROWED PyObject *PyDict_GetItem(PyObject *mp, PyObject *key);
K_API K_BORROWED PyObject *PyDict_GetItemWithError(PyObject *mp, PyObject *key);
K_API K_STATUS int PyDict_SetItem(PyObject *mp, PyObject *key, PyObject *item);
K_API K_STATUS int PyDict_DelItem(PyObject *mp, PyObject *key);
K_API void PyDict_Clear(PyObject *mp);
K_API K_STATUS int PyDict_Next(PyObject *mp, Py_ssize_t *pos, PyObject **key, PyObject **value);
K_API K_NEW PyObject *PyDict_Keys(PyObject *mp);
K_API K_NEW PyObject *PyDict_Values(PyObject *mp);
K_API K_NEW PyObject *PyDict_Items(PyObject *mp);
K_API K_STATUS Py_ssize_t PyDict_Size(PyObject *mp);
K_API K_NEW PyObject *PyDict_Copy(PyObject *mp);
K_API K_STATUS int PyDict_Contains(PyObject *mp, PyObject *key);
K_API K_STATUS int PyDict_Update(PyObject *mp, PyObject *other);
K_API K_STATUS int PyDict_Merge(PyObject *mp, PyObject *other, int override);
K_API K_STATUS int PyDict_MergeFromSeq2(PyObject *d, PyObject *seq2, int override);
K_API K_BORROWED PyObject *PyDict_GetItemString(PyObject *dp, const char *key);
K_API K_STATUS int PyDict_SetItemString(PyObject *dp, const char *key, PyObject *item);
K_API K_STATUS int PyDict_DelItemString(PyObject *dp, const char *key);
K_API K_NEW PyObject *PyObject_GenericGetDict(PyObject *, void *);
K_API K_BORROWED PyObject *_PyDict_GetItem_KnownHash(PyObject *mp, PyObject *key, Py_hash_t hash);
K_API K_BORROWED PyObject *_PyDict_GetItemWithError(PyObject *dp, PyObject *key);
K_API K_BORROWED PyObject *_PyDict_GetItemIdWithError(PyObject *dp, _Py_Identifier *key);
K_API K_BORROWED PyObject *_PyDict_GetItemStringWithError(PyObject *, const char *);
K_API K_BORROWED PyObject *PyDict_SetDefault(PyObject *mp, PyObject *key, PyObject *defaultobj);
K_API K_STATUS int _PyDict_SetItem_KnownHash(PyObject *mp, PyObject *key, PyObject *item, Py_hash_t hash);
K_API K_STATUS int _PyDict_DelItem_KnownHash(PyObject *mp, PyObject *key, Py_hash_t hash);
K_API K_STATUS int _PyDict_DelItemIf(PyObject *mp, PyObject *key, int (*predicate)(PyObject *value));
K_API K_STATUS int _PyDict_Next(PyObject *mp, Py_ssize_t *pos, PyObject **key, PyObject **value, Py_hash_t *hash);
K_API K_STATUS int _PyDict_Contains_KnownHash(PyObject *, PyObject *, Py_hash_t);
K_API K_STATUS int _PyDict_ContainsId(PyObject *, _Py_Identifier *);
K_API K_NEW PyObject *_PyDict_NewPresized(Py_ssize_t minused);
K_API K_NEW PyObject *_PyDict_FromItems(PyObject *const *keys, Py_ssize_t key_step, PyObject *const *values,
    Py_ssize_t value_step, Py_ssize_t n);
K_API PyDictKeysObject *_PyDict_NewKeysForClass(void); /* NULL without an exception */
K_API K_NEW PyObject *_PyDict_FromKeys(PyObject *type, PyObject *iterable, PyObject *value);
K_API void _PyDict_MaybeUntrack(PyObject *mp);
K_API K_STATUS int _PyDict_HasOnlyStringKeys(PyObject *mp);
K_API K_STATUS Py_ssize_t _PyDict_SizeOf(PyDictObject *);
K_API K_NEW PyObject *_PyDict_Pop(PyObject *, PyObject *, PyObject *);
K_API K_STATUS int _PyDict_MergeEx(PyObject *mp, PyObject *other, int override);
K_API K_STATUS int _PyDict_SetItemId(PyObject *dp, _Py_Identifier *key, PyObject *item);
K_API K_STATUS int _PyDict_DelItemId(PyObject *mp, _Py_Identifier *key);
K_API void _PyDict_DebugMallocStats(FILE *out);
K_API K_NEW PyObject *_PyDictView_New(PyObject *, PyTypeObject *);
K_API K_NEW PyObject *_PyDictView_Intersect(PyObject* self, PyObject *other);
K_API K_NEW PyObject *PyODict_New(void);
K_API K_STATUS int PyODict_SetItem(PyObject *od, PyObject *key, PyObject *item);
K_API K_STATUS int PyODict_DelItem(PyObject *od, PyObject *key);

/* ---- beyond CPython's API: what the engine's caches stand on ---- */

typedef struct PyDictView {
    PyObject ob_base;
    PyDictObject *dict; /* owned */
} PyDictView;
typedef struct PyDictIter {
    PyObject ob_base;
    PyDictObject *dict; /* owned; NULL once exhausted */
    Py_ssize_t used;    /* the dict's length at the start, -1 once it was seen to change */
    Py_ssize_t pos;
    PyObject *pair; /* items only: used again while nobody else holds it */
    Py_ssize_t left;
} PyDictIter;

/* The keys' version, made on demand; 0 when there is none to be had. It changes to 0 whenever a key is added or
 * removed, not when a value is replaced. */
K_INT uint32_t k_dict_keys_version(PyDictObject *dict);
K_INT uint32_t k_keys_version(PyDictKeysObject *keys);

/* The entry index of a str key (any dict with unicode keys), -1 when absent or the keys are general. No exception. */
K_INT Py_ssize_t k_dict_index_of_str(PyDictKeysObject *keys, PyObject *key);

/* The value, a new reference; NULL without an exception when the key is absent, with one on error. */
K_INT PyObject *k_dict_find(PyDictObject *dict, PyObject *key);

/* globals[name], else builtins[name], a new reference; NULL without an exception when neither has it. */
K_INT PyObject *k_dict_load_global(PyDictObject *globals, PyDictObject *builtins, PyObject *name);
K_INT K_STATUS int k_dict_set_steal(PyDictObject *dict, K_STOLEN PyObject *key, K_STOLEN PyObject *value);

/* Watch bits of a dict live with it, and each mutation tells the watcher. What the engine needs here grows with it. */
extern K_API PyTypeObject PyDict_Type, PyDictKeys_Type, PyDictValues_Type, PyDictItems_Type;

#endif
