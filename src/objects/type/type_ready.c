/* type_ready.c - PyType_Ready: makes a half-filled type whole; subclasses lists; readying of all builtin types.
 *
 * In: a type with its own slots, tables and base. Out: bases, mro, dict of wrappers and descriptors, inherited slots.
 * Invariant: a type is readied after its bases, and tells each base about itself. Start at PyType_Ready(). */
#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/func/cfunction.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/slots.h"
#include "objects/type/type_internal.h"
#include "objects/weakref.h"
#include "runtime/errors.h"

#define SUBCLASS_FLAGS                                                                                                 \
    (Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_LIST_SUBCLASS | Py_TPFLAGS_TUPLE_SUBCLASS | Py_TPFLAGS_BYTES_SUBCLASS       \
     | Py_TPFLAGS_UNICODE_SUBCLASS | Py_TPFLAGS_DICT_SUBCLASS | Py_TPFLAGS_BASE_EXC_SUBCLASS                           \
     | Py_TPFLAGS_TYPE_SUBCLASS | _Py_TPFLAGS_MATCH_SELF | Py_TPFLAGS_MANAGED_DICT)
#define READY_OR_DOING (Py_TPFLAGS_READY | Py_TPFLAGS_READYING)
#define COLLECTION_FLAGS (Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING)

/* ---- T.__new__ of builtin types ---- */

PyObject *type_new_wrapper(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (!PyType_Check(self))
        return k_raise(PyExc_SystemError, "__new__() called with non-type 'self'");
    PyTypeObject *type = (PyTypeObject *)self;
    if (!PyTuple_Check(args) || PyTuple_GET_SIZE(args) < 1)
        return k_raise(PyExc_TypeError, "%s.__new__(): not enough arguments", type->tp_name);
    PyObject *first = PyTuple_GET_ITEM(args, 0);
    if (!PyType_Check(first))
        return k_raise(PyExc_TypeError, "%s.__new__(X): X is not a type object (%s)", type->tp_name,
                       Py_TYPE(first)->tp_name);
    PyTypeObject *subtype = (PyTypeObject *)first;
    if (!PyType_IsSubtype(subtype, type))
        return k_raise(PyExc_TypeError, "%s.__new__(%s): %s is not a subtype of %s", type->tp_name, subtype->tp_name,
                       subtype->tp_name, type->tp_name);
    PyTypeObject *c_base = subtype; /* the nearest that is made by C code must be made by this very function */
    while (c_base && c_base->tp_new == slot_tp_new)
        c_base = c_base->tp_base;
    if (c_base && c_base->tp_new != type->tp_new)
        return k_raise(PyExc_TypeError, "%s.__new__(%s) is not safe, use %s.__new__()", type->tp_name,
                       subtype->tp_name, c_base->tp_name);
    K_AUTO(PyObject *) rest = PyTuple_GetSlice(args, 1, PyTuple_GET_SIZE(args));
    return rest ? type->tp_new(subtype, rest, kwargs) : NULL;
}

static PyMethodDef ready_new_def = {
    "__new__", (PyCFunction)(void (*)(void))type_new_wrapper, METH_VARARGS | METH_KEYWORDS,
    "__new__($type, *args, **kwargs)\n--\n\nMake an object; help(type) tells the arguments."
};

/* ---- the dict of a type ---- */

static int ready_set_default(PyTypeObject *type, const char *name, PyObject *value, bool replace)
{
    K_AUTO(PyObject *) key = PyUnicode_InternFromString(name);
    if (!key)
        return -1;
    if (replace)
        return PyDict_SetItem(type->tp_dict, key, value);
    return PyDict_SetDefault(type->tp_dict, key, value) ? 0 : -1;
}

static int ready_add_method(PyTypeObject *type, PyMethodDef *def)
{
    K_AUTO(PyObject *) descr = NULL;
    if (def->ml_flags & METH_CLASS) {
        if (def->ml_flags & METH_STATIC) {
            k_raise(PyExc_ValueError, "method cannot be both class and static");
            return -1;
        }
        K_SET(descr, PyDescr_NewClassMethod(type, def));
    } else if (def->ml_flags & METH_STATIC) {
        K_AUTO(PyObject *) function = PyCFunction_NewEx(def, (PyObject *)type, NULL);
        if (!function)
            return -1;
        K_SET(descr, PyStaticMethod_New(function));
    } else {
        K_SET(descr, PyDescr_NewMethod(type, def));
    }
    return descr ? ready_set_default(type, def->ml_name, descr, def->ml_flags & METH_COEXIST) : -1;
}

static int ready_add_methods(PyTypeObject *type, const PyMethodDef *def)
{
    for (; def && def->ml_name; def++) {
        if (ready_add_method(type, (PyMethodDef *)def) < 0)
            return -1;
    }
    return 0;
}

extern const KMoreMethods __start_kmore[] __attribute__((weak, visibility("hidden")));
extern const KMoreMethods __stop_kmore[] __attribute__((weak, visibility("hidden")));

static int ready_add_tables(PyTypeObject *type)
{
    if (ready_add_methods(type, type->tp_methods) < 0)
        return -1;
    for (const KMoreMethods *more = __start_kmore; more < __stop_kmore; more++) {
        if (more->type == type && ready_add_methods(type, more->methods) < 0)
            return -1;
    }
    for (PyMemberDef *m = type->tp_members; m && m->name; m++) {
        K_AUTO(PyObject *) descr = PyDescr_NewMember(type, m);
        if (!descr || ready_set_default(type, m->name, descr, false) < 0)
            return -1;
    }
    for (PyGetSetDef *g = type->tp_getset; g && g->name; g++) {
        K_AUTO(PyObject *) descr = PyDescr_NewGetSet(type, g);
        if (!descr || ready_set_default(type, g->name, descr, false) < 0)
            return -1;
    }
    return 0;
}

static int ready_add_doc(PyTypeObject *type)
{
    int present = PyDict_Contains(type->tp_dict, K_STR("__doc__"));
    if (present)
        return present < 0 ? -1 : 0;
    K_AUTO(PyObject *) doc = type->tp_doc ? _PyType_GetDocFromInternalDoc(type->tp_name, type->tp_doc)
                                          : Py_NewRef(Py_None);
    return doc ? PyDict_SetItem(type->tp_dict, K_STR("__doc__"), doc) : -1;
}

static int ready_add_new(PyTypeObject *type)
{
    PyTypeObject *base = type->tp_base;
    if (!type->tp_new && base == &PyBaseObject_Type && !PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE))
        type->tp_flags |= Py_TPFLAGS_DISALLOW_INSTANTIATION;
    if (PyType_HasFeature(type, Py_TPFLAGS_DISALLOW_INSTANTIATION)) {
        type->tp_new = NULL;
        return 0;
    }
    if (!type->tp_new) {
        type->tp_new = base ? base->tp_new : NULL;
        return 0;
    }
    int present = PyDict_Contains(type->tp_dict, K_STR("__new__"));
    if (present)
        return present < 0 ? -1 : 0;
    K_AUTO(PyObject *) function = PyCFunction_NewEx(&ready_new_def, (PyObject *)type, NULL);
    return function ? PyDict_SetItem(type->tp_dict, K_STR("__new__"), function) : -1;
}

/* ---- inheritance ---- */

static void ready_inherit_collection(PyTypeObject *type, PyTypeObject *base)
{
    if (!(type->tp_flags & COLLECTION_FLAGS))
        type->tp_flags |= base->tp_flags & COLLECTION_FLAGS;
}

/* What comes from the one base that gives the layout. */
static void ready_inherit_special(PyTypeObject *type, PyTypeObject *base)
{
    if (!PyType_IS_GC(type) && PyType_IS_GC(base) && !type->tp_traverse && !type->tp_clear) {
        type->tp_flags |= Py_TPFLAGS_HAVE_GC;
        type->tp_traverse = base->tp_traverse;
        type->tp_clear = base->tp_clear;
    }
    if (type->tp_basicsize == 0)
        type->tp_basicsize = base->tp_basicsize;
    if (type->tp_itemsize == 0)
        type->tp_itemsize = base->tp_itemsize;
    if (type->tp_weaklistoffset == 0)
        type->tp_weaklistoffset = base->tp_weaklistoffset;
    if (type->tp_dictoffset == 0)
        type->tp_dictoffset = base->tp_dictoffset;
    type->tp_flags |= base->tp_flags & SUBCLASS_FLAGS;
}

static int ready_overrides_hash(PyTypeObject *type)
{
    int present = PyDict_Contains(type->tp_dict, K_STR("__eq__"));
    return present ? present : PyDict_Contains(type->tp_dict, K_STR("__hash__"));
}

/* A slot is base's own when it has one that its own base does not have. */
#define OWN(table, slot) (base->table slot && (!basebase || base->table slot != basebase->table slot))
#define INHERIT(slot)                                                                                                  \
    do {                                                                                                               \
        if (!type->slot && base->slot && (!basebase || base->slot != basebase->slot))                                  \
            type->slot = base->slot;                                                                                   \
    } while (0)
#define INHERIT_IN(table, slot)                                                                                        \
    do {                                                                                                               \
        if (!type->table->slot && base->table->slot                                                                    \
            && (!basebase || !basebase->table || base->table->slot != basebase->table->slot))                          \
            type->table->slot = base->table->slot;                                                                     \
    } while (0)

static void ready_inherit_number(PyTypeObject *type, PyTypeObject *base, PyTypeObject *basebase)
{
    static const size_t count = sizeof(PyNumberMethods) / sizeof(void *);
    void **mine = (void **)type->tp_as_number, **theirs = (void **)base->tp_as_number;
    void **old = basebase ? (void **)basebase->tp_as_number : NULL;
    for (size_t i = 0; i < count; i++) {
        if (!mine[i] && theirs[i] && (!old || theirs[i] != old[i]))
            mine[i] = theirs[i];
    }
}

static void ready_inherit_tables(PyTypeObject *type, PyTypeObject *base, PyTypeObject *basebase)
{
    if (type->tp_as_number && base->tp_as_number)
        ready_inherit_number(type, base, basebase);
    if (type->tp_as_async && base->tp_as_async) {
        INHERIT_IN(tp_as_async, am_await);
        INHERIT_IN(tp_as_async, am_aiter);
        INHERIT_IN(tp_as_async, am_anext);
        INHERIT_IN(tp_as_async, am_send);
    }
    if (type->tp_as_sequence && base->tp_as_sequence) {
        INHERIT_IN(tp_as_sequence, sq_length);
        INHERIT_IN(tp_as_sequence, sq_concat);
        INHERIT_IN(tp_as_sequence, sq_repeat);
        INHERIT_IN(tp_as_sequence, sq_item);
        INHERIT_IN(tp_as_sequence, sq_ass_item);
        INHERIT_IN(tp_as_sequence, sq_contains);
        INHERIT_IN(tp_as_sequence, sq_inplace_concat);
        INHERIT_IN(tp_as_sequence, sq_inplace_repeat);
    }
    if (type->tp_as_mapping && base->tp_as_mapping) {
        INHERIT_IN(tp_as_mapping, mp_length);
        INHERIT_IN(tp_as_mapping, mp_subscript);
        INHERIT_IN(tp_as_mapping, mp_ass_subscript);
    }
    if (type->tp_as_buffer && base->tp_as_buffer) {
        INHERIT_IN(tp_as_buffer, bf_getbuffer);
        INHERIT_IN(tp_as_buffer, bf_releasebuffer);
    }
}

static void ready_inherit_call(PyTypeObject *type, PyTypeObject *base, PyTypeObject *basebase)
{
    bool immutable = PyType_HasFeature(type, Py_TPFLAGS_IMMUTABLETYPE);
    INHERIT(tp_vectorcall_offset);
    if (!type->tp_call && immutable)
        type->tp_flags |= base->tp_flags & Py_TPFLAGS_HAVE_VECTORCALL;
    INHERIT(tp_call);
    INHERIT(tp_descr_get);
    if (base->tp_descr_get && type->tp_descr_get == base->tp_descr_get && immutable)
        type->tp_flags |= base->tp_flags & Py_TPFLAGS_METHOD_DESCRIPTOR;
}

static int ready_inherit_slots(PyTypeObject *type, PyTypeObject *base)
{
    PyTypeObject *basebase = base->tp_base;
    ready_inherit_tables(type, base, basebase);
    INHERIT(tp_dealloc);
    if (!type->tp_getattr && !type->tp_getattro) {
        type->tp_getattr = base->tp_getattr;
        type->tp_getattro = base->tp_getattro;
    }
    if (!type->tp_setattr && !type->tp_setattro) {
        type->tp_setattr = base->tp_setattr;
        type->tp_setattro = base->tp_setattro;
    }
    INHERIT(tp_repr);
    INHERIT(tp_str);
    ready_inherit_call(type, base, basebase);
    if (!type->tp_richcompare && !type->tp_hash) { /* equality and hash go together */
        int overrides = ready_overrides_hash(type);
        if (overrides < 0)
            return -1;
        if (!overrides) {
            type->tp_richcompare = base->tp_richcompare;
            type->tp_hash = base->tp_hash;
        }
    }
    INHERIT(tp_iter);
    INHERIT(tp_iternext);
    INHERIT(tp_descr_set);
    INHERIT(tp_dictoffset);
    INHERIT(tp_init);
    INHERIT(tp_alloc);
    INHERIT(tp_is_gc);
    INHERIT(tp_finalize);
    if (PyType_IS_GC(type) == PyType_IS_GC(base)) {
        INHERIT(tp_free);
    } else if (PyType_IS_GC(type) && !type->tp_free && base->tp_free == PyObject_Free) {
        type->tp_free = PyObject_GC_Del; /* the base's would miss the head before the object */
    }
    return 0;
}

static int ready_inherit(PyTypeObject *type)
{
    PyTypeObject *base = type->tp_base;
    if (base)
        ready_inherit_special(type, base);
    PyObject *mro = type->tp_mro;
    for (Py_ssize_t i = 1; i < PyTuple_GET_SIZE(mro); i++) {
        PyTypeObject *ancestor = (PyTypeObject *)PyTuple_GET_ITEM(mro, i);
        if (!PyType_Check((PyObject *)ancestor))
            continue;
        if (ready_inherit_slots(type, ancestor) < 0)
            return -1;
        ready_inherit_collection(type, ancestor);
    }
    if (!base)
        return 0;
#define INHERIT_TABLE(table) (type->table = type->table ? type->table : base->table)
    INHERIT_TABLE(tp_as_async);
    INHERIT_TABLE(tp_as_number);
    INHERIT_TABLE(tp_as_sequence);
    INHERIT_TABLE(tp_as_mapping);
    INHERIT_TABLE(tp_as_buffer);
    return 0;
}

/* ---- readying ---- */

static int ready_check(PyTypeObject *type)
{
    if (!type->tp_name) {
        k_raise(PyExc_SystemError, "Type does not define the tp_name field.");
        return -1;
    }
    if (PyType_IS_GC(type) && !type->tp_traverse && !type->tp_base) {
        k_raise(PyExc_SystemError, "type %.100s has the Py_TPFLAGS_HAVE_GC flag but has no traverse function",
                type->tp_name);
        return -1;
    }
    return 0;
}

static int ready_bases(PyTypeObject *type)
{
    if (!type->tp_base && type != &PyBaseObject_Type)
        type->tp_base = (PyTypeObject *)Py_NewRef(&PyBaseObject_Type);
    PyTypeObject *base = type->tp_base;
    if (base && !PyType_HasFeature(base, READY_OR_DOING) && PyType_Ready(base) < 0)
        return -1;
    if (!Py_TYPE(type) && base)
        Py_SET_TYPE(type, Py_TYPE(base));
    if (base && !PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) && PyType_HasFeature(base, Py_TPFLAGS_HEAPTYPE)) {
        k_raise(PyExc_TypeError,
                "type '%.100s' is not dynamically allocated but its base type '%.100s' is dynamically allocated",
                type->tp_name, base->tp_name);
        return -1;
    }
    if (!type->tp_bases)
        type->tp_bases = base ? PyTuple_Pack(1, base) : PyTuple_New(0);
    if (!type->tp_bases)
        return -1;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(type->tp_bases); i++) {
        PyTypeObject *other = (PyTypeObject *)PyTuple_GET_ITEM(type->tp_bases, i);
        if (PyType_Check((PyObject *)other) && !PyType_HasFeature(other, READY_OR_DOING) && PyType_Ready(other) < 0)
            return -1;
    }
    if (!type->tp_dict)
        type->tp_dict = PyDict_New();
    return type->tp_dict ? 0 : -1;
}

static int ready_hash(PyTypeObject *type)
{
    if (type->tp_hash)
        return 0;
    int present = PyDict_Contains(type->tp_dict, K_STR("__hash__"));
    if (present)
        return present < 0 ? -1 : 0;
    if (PyDict_SetItem(type->tp_dict, K_STR("__hash__"), Py_None) < 0)
        return -1;
    type->tp_hash = PyObject_HashNotImplemented;
    return 0;
}

static int ready_steps(PyTypeObject *type)
{
    if (ready_check(type) < 0 || ready_bases(type) < 0 || ready_add_new(type) < 0
        || type_slots_add_wrappers(type) < 0 || ready_add_tables(type) < 0 || ready_add_doc(type) < 0
        || type_mro_compute(type) < 0 || ready_inherit(type) < 0 || ready_hash(type) < 0)
        return -1;
    if (PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) && PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT)) {
        PyHeapTypeObject *heap = (PyHeapTypeObject *)type;
        if (!heap->ht_cached_keys && !(heap->ht_cached_keys = _PyDict_NewKeysForClass())) {
            PyErr_NoMemory();
            return -1;
        }
    }
    return type_add_all_subclasses(type, type->tp_bases);
}

int PyType_Ready(PyTypeObject *type)
{
    if (PyType_HasFeature(type, Py_TPFLAGS_READY))
        return 0;
    type->tp_flags |= Py_TPFLAGS_READYING;
    if (!PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE))
        type->tp_flags |= Py_TPFLAGS_IMMUTABLETYPE;
    int status = ready_steps(type);
    type->tp_flags &= ~Py_TPFLAGS_READYING;
    if (status == 0)
        type->tp_flags |= Py_TPFLAGS_READY;
    return status;
}

extern PyTypeObject *const __start_ktypes[] __attribute__((weak, visibility("hidden")));
extern PyTypeObject *const __stop_ktypes[] __attribute__((weak, visibility("hidden")));

int types_start(void)
{
    /* Readying a type makes objects of these: they come first. */
    PyTypeObject *const first[] = { &PyBaseObject_Type, &PyType_Type, &PyCFunction_Type, &PyStaticMethod_Type };
    for (Py_ssize_t i = 0; i < K_COUNT_OF(first); i++)
        if (PyType_Ready(first[i]) < 0)
            return -1;
    for (PyTypeObject *const *row = __start_ktypes; row < __stop_ktypes; row++) {
        if (PyType_Ready(*row) < 0)
            return -1;
    }
    return 0;
}

/* ---- subclasses: a dict from the type's address to a weak reference ---- */

int type_add_subclass(PyTypeObject *base, PyTypeObject *type)
{
    K_AUTO(PyObject *) key = PyLong_FromVoidPtr(type);
    K_AUTO(PyObject *) ref = key ? PyWeakref_NewRef((PyObject *)type, NULL) : NULL;
    if (!ref)
        return -1;
    if (!base->tp_subclasses)
        base->tp_subclasses = PyDict_New();
    return base->tp_subclasses ? PyDict_SetItem(base->tp_subclasses, key, ref) : -1;
}

int type_add_all_subclasses(PyTypeObject *type, PyObject *bases)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        PyObject *base = PyTuple_GET_ITEM(bases, i);
        if (PyType_Check(base) && type_add_subclass((PyTypeObject *)base, type) < 0)
            return -1;
    }
    return 0;
}

void type_remove_subclass(PyTypeObject *base, PyTypeObject *type)
{
    if (!base->tp_subclasses)
        return;
    K_AUTO(PyObject *) key = PyLong_FromVoidPtr(type);
    if (!key || PyDict_DelItem(base->tp_subclasses, key) < 0)
        PyErr_Clear();
    if (PyDict_GET_SIZE(base->tp_subclasses) == 0)
        Py_CLEAR(base->tp_subclasses);
}

void type_remove_all_subclasses(PyTypeObject *type, PyObject *bases)
{
    for (Py_ssize_t i = 0; bases && i < PyTuple_GET_SIZE(bases); i++) {
        PyObject *base = PyTuple_GET_ITEM(bases, i);
        if (PyType_Check(base))
            type_remove_subclass((PyTypeObject *)base, type);
    }
}

/* The living direct subclasses. */
PyObject *type_subclass_list(PyTypeObject *type)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    PyObject *key, *ref;
    Py_ssize_t pos = 0;
    while (list && type->tp_subclasses && PyDict_Next(type->tp_subclasses, &pos, &key, &ref)) {
        PyObject *subclass = PyWeakref_GET_OBJECT(ref);
        if (subclass != Py_None && PyList_Append(list, subclass) < 0)
            return NULL;
    }
    return K_MOVE(list);
}
