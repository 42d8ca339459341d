/* type_spec.c - heap types of extension modules: PyType_FromSpec and what asks such a type for its module and slots.
 *
 * In: a PyType_Spec, an array of slot numbers and pointers. Out: a readied heap type.
 * Invariant: the slot numbers are CPython's, fixed for ever. Start at PyType_FromModuleAndSpec(). */
#include "memory/gc.h"
#include "memory/mem.h"
#include "objects/dict/dict.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type_internal.h"
#include "runtime/errors.h"
#include "runtime/warnings.h"

/* Offsets in PyHeapTypeObject by slot number; 0: no such slot. */
static const short spec_offset[] = {
    [1] = offsetof(PyHeapTypeObject, as_buffer.bf_getbuffer),
    [2] = offsetof(PyHeapTypeObject, as_buffer.bf_releasebuffer),
    [3] = offsetof(PyHeapTypeObject, as_mapping.mp_ass_subscript),
    [4] = offsetof(PyHeapTypeObject, as_mapping.mp_length),
    [5] = offsetof(PyHeapTypeObject, as_mapping.mp_subscript),
    [6] = offsetof(PyHeapTypeObject, as_number.nb_absolute),
    [7] = offsetof(PyHeapTypeObject, as_number.nb_add),
    [8] = offsetof(PyHeapTypeObject, as_number.nb_and),
    [9] = offsetof(PyHeapTypeObject, as_number.nb_bool),
    [10] = offsetof(PyHeapTypeObject, as_number.nb_divmod),
    [11] = offsetof(PyHeapTypeObject, as_number.nb_float),
    [12] = offsetof(PyHeapTypeObject, as_number.nb_floor_divide),
    [13] = offsetof(PyHeapTypeObject, as_number.nb_index),
    [14] = offsetof(PyHeapTypeObject, as_number.nb_inplace_add),
    [15] = offsetof(PyHeapTypeObject, as_number.nb_inplace_and),
    [16] = offsetof(PyHeapTypeObject, as_number.nb_inplace_floor_divide),
    [17] = offsetof(PyHeapTypeObject, as_number.nb_inplace_lshift),
    [18] = offsetof(PyHeapTypeObject, as_number.nb_inplace_multiply),
    [19] = offsetof(PyHeapTypeObject, as_number.nb_inplace_or),
    [20] = offsetof(PyHeapTypeObject, as_number.nb_inplace_power),
    [21] = offsetof(PyHeapTypeObject, as_number.nb_inplace_remainder),
    [22] = offsetof(PyHeapTypeObject, as_number.nb_inplace_rshift),
    [23] = offsetof(PyHeapTypeObject, as_number.nb_inplace_subtract),
    [24] = offsetof(PyHeapTypeObject, as_number.nb_inplace_true_divide),
    [25] = offsetof(PyHeapTypeObject, as_number.nb_inplace_xor),
    [26] = offsetof(PyHeapTypeObject, as_number.nb_int),
    [27] = offsetof(PyHeapTypeObject, as_number.nb_invert),
    [28] = offsetof(PyHeapTypeObject, as_number.nb_lshift),
    [29] = offsetof(PyHeapTypeObject, as_number.nb_multiply),
    [30] = offsetof(PyHeapTypeObject, as_number.nb_negative),
    [31] = offsetof(PyHeapTypeObject, as_number.nb_or),
    [32] = offsetof(PyHeapTypeObject, as_number.nb_positive),
    [33] = offsetof(PyHeapTypeObject, as_number.nb_power),
    [34] = offsetof(PyHeapTypeObject, as_number.nb_remainder),
    [35] = offsetof(PyHeapTypeObject, as_number.nb_rshift),
    [36] = offsetof(PyHeapTypeObject, as_number.nb_subtract),
    [37] = offsetof(PyHeapTypeObject, as_number.nb_true_divide),
    [38] = offsetof(PyHeapTypeObject, as_number.nb_xor),
    [39] = offsetof(PyHeapTypeObject, as_sequence.sq_ass_item),
    [40] = offsetof(PyHeapTypeObject, as_sequence.sq_concat),
    [41] = offsetof(PyHeapTypeObject, as_sequence.sq_contains),
    [42] = offsetof(PyHeapTypeObject, as_sequence.sq_inplace_concat),
    [43] = offsetof(PyHeapTypeObject, as_sequence.sq_inplace_repeat),
    [44] = offsetof(PyHeapTypeObject, as_sequence.sq_item),
    [45] = offsetof(PyHeapTypeObject, as_sequence.sq_length),
    [46] = offsetof(PyHeapTypeObject, as_sequence.sq_repeat),
    [47] = offsetof(PyTypeObject, tp_alloc),
    [48] = offsetof(PyTypeObject, tp_base),
    [49] = offsetof(PyTypeObject, tp_bases),
    [50] = offsetof(PyTypeObject, tp_call),
    [51] = offsetof(PyTypeObject, tp_clear),
    [52] = offsetof(PyTypeObject, tp_dealloc),
    [53] = offsetof(PyTypeObject, tp_del),
    [54] = offsetof(PyTypeObject, tp_descr_get),
    [55] = offsetof(PyTypeObject, tp_descr_set),
    [56] = offsetof(PyTypeObject, tp_doc),
    [57] = offsetof(PyTypeObject, tp_getattr),
    [58] = offsetof(PyTypeObject, tp_getattro),
    [59] = offsetof(PyTypeObject, tp_hash),
    [60] = offsetof(PyTypeObject, tp_init),
    [61] = offsetof(PyTypeObject, tp_is_gc),
    [62] = offsetof(PyTypeObject, tp_iter),
    [63] = offsetof(PyTypeObject, tp_iternext),
    [64] = offsetof(PyTypeObject, tp_methods),
    [65] = offsetof(PyTypeObject, tp_new),
    [66] = offsetof(PyTypeObject, tp_repr),
    [67] = offsetof(PyTypeObject, tp_richcompare),
    [68] = offsetof(PyTypeObject, tp_setattr),
    [69] = offsetof(PyTypeObject, tp_setattro),
    [70] = offsetof(PyTypeObject, tp_str),
    [71] = offsetof(PyTypeObject, tp_traverse),
    [72] = offsetof(PyTypeObject, tp_members),
    [73] = offsetof(PyTypeObject, tp_getset),
    [74] = offsetof(PyTypeObject, tp_free),
    [75] = offsetof(PyHeapTypeObject, as_number.nb_matrix_multiply),
    [76] = offsetof(PyHeapTypeObject, as_number.nb_inplace_matrix_multiply),
    [77] = offsetof(PyHeapTypeObject, as_async.am_await),
    [78] = offsetof(PyHeapTypeObject, as_async.am_aiter),
    [79] = offsetof(PyHeapTypeObject, as_async.am_anext),
    [80] = offsetof(PyTypeObject, tp_finalize),
    [81] = offsetof(PyHeapTypeObject, as_async.am_send),
};
enum { SPEC_BASE = 48, SPEC_BASES = 49, SPEC_DOC = 56, SPEC_MEMBERS = 72 };

static int spec_bad_slot(int slot)
{
    if (slot > 0 && slot < K_COUNT_OF(spec_offset))
        return 0;
    k_raise(PyExc_RuntimeError, "invalid slot offset");
    return -1;
}

/* ---- bases ---- */

static PyObject *spec_bases(PyType_Spec *spec, PyObject *given)
{
    if (given)
        return PyTuple_Check(given) ? Py_NewRef(given) : PyTuple_Pack(1, given);
    PyObject *base = NULL, *bases = NULL;
    for (PyType_Slot *slot = spec->slots; slot->slot; slot++) {
        if (slot->slot == SPEC_BASE)
            base = slot->pfunc;
        else if (slot->slot == SPEC_BASES)
            bases = slot->pfunc;
    }
    if (!bases)
        return PyTuple_Pack(1, base ? base : (PyObject *)&PyBaseObject_Type);
    if (!PyTuple_Check(bases))
        return k_raise(PyExc_SystemError, "Py_tp_bases is not a tuple");
    return Py_NewRef(bases);
}

/* ---- filling ---- */

static int spec_special_member(PyTypeObject *type, const PyMemberDef *m)
{
    if (strcmp(m->name, "__weaklistoffset__") == 0)
        type->tp_weaklistoffset = m->offset;
    else if (strcmp(m->name, "__dictoffset__") == 0)
        type->tp_dictoffset = m->offset;
    else if (strcmp(m->name, "__vectorcalloffset__") == 0)
        type->tp_vectorcall_offset = m->offset;
    else
        return 0;
    if (m->type == T_PYSSIZET && m->flags == READONLY)
        return 0;
    k_raise(PyExc_SystemError, "member %s of %s must be a read-only Py_ssize_t", m->name, type->tp_name);
    return -1;
}

static int spec_fill(PyTypeObject *type, PyType_Spec *spec)
{
    for (PyType_Slot *slot = spec->slots; slot->slot; slot++) {
        if (spec_bad_slot(slot->slot) < 0)
            return -1;
        if (slot->slot == SPEC_BASE || slot->slot == SPEC_BASES)
            continue;
        if (slot->slot == SPEC_DOC) {
            if (!slot->pfunc)
                continue;
            size_t size = strlen(slot->pfunc) + 1;
            char *doc = PyObject_Malloc(size);
            if (!doc) {
                PyErr_NoMemory();
                return -1;
            }
            memcpy(doc, slot->pfunc, size);
            type->tp_doc = doc;
        } else if (slot->slot == SPEC_MEMBERS) {
            PyMemberDef *own = PyHeapType_GET_MEMBERS(type);
            memcpy(own, slot->pfunc, (size_t)Py_SIZE(type) * sizeof *own);
            type->tp_members = own;
            for (Py_ssize_t i = 0; i < Py_SIZE(type); i++) {
                if (spec_special_member(type, &own[i]) < 0)
                    return -1;
            }
        } else {
            memcpy((char *)type + spec_offset[slot->slot], &slot->pfunc, sizeof slot->pfunc);
        }
    }
    return 0;
}

static int spec_set_names(PyHeapTypeObject *heap, const char *name)
{
    const char *dot = strrchr(name, '.');
    heap->ht_name = PyUnicode_FromString(dot ? dot + 1 : name);
    heap->_ht_tpname = _PyMem_Strdup(name);
    if (!heap->ht_name)
        return -1;
    heap->ht_qualname = Py_NewRef(heap->ht_name);
    if (!heap->_ht_tpname) {
        PyErr_NoMemory();
        return -1;
    }
    heap->ht_type.tp_name = heap->_ht_tpname;
    return 0;
}

/* __module__ is the part of the spec's name before the last dot. */
static int spec_set_module(PyTypeObject *type, const char *name)
{
    int present = PyDict_Contains(type->tp_dict, K_STR("__module__"));
    if (present)
        return present < 0 ? -1 : 0;
    const char *dot = strrchr(name, '.');
    if (!dot)
        return PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "builtin type %.200s has no __module__ attribute", name);
    K_AUTO(PyObject *) module = PyUnicode_FromStringAndSize(name, dot - name);
    return module ? PyDict_SetItem(type->tp_dict, K_STR("__module__"), module) : -1;
}

static int spec_make(PyHeapTypeObject *heap, PyType_Spec *spec, PyObject *module, PyTypeObject *base, PyObject *bases)
{
    PyTypeObject *type = &heap->ht_type;
    type->tp_flags = spec->flags | Py_TPFLAGS_HEAPTYPE;
    type->tp_as_async = &heap->as_async;
    type->tp_as_sequence = &heap->as_sequence;
    type->tp_as_mapping = &heap->as_mapping;
    type->tp_as_number = &heap->as_number;
    type->tp_as_buffer = &heap->as_buffer;
    type->tp_basicsize = spec->basicsize;
    type->tp_itemsize = spec->itemsize;
    type->tp_base = (PyTypeObject *)Py_NewRef(base);
    type->tp_bases = Py_NewRef(bases);
    heap->ht_module = Py_XNewRef(module);
    if (spec_set_names(heap, spec->name) < 0 || spec_fill(type, spec) < 0)
        return -1;
    if (!type->tp_dealloc) /* a heap type's instances hold their type; the base's dealloc does the rest */
        type->tp_dealloc = subtype_dealloc;
    if (PyType_Ready(type) < 0)
        return -1;
    return spec_set_module(type, spec->name);
}

PyObject *PyType_FromModuleAndSpec(PyObject *module, PyType_Spec *spec, PyObject *given)
{
    Py_ssize_t nmembers = 0;
    if (!spec->name)
        return k_raise(PyExc_SystemError, "Type spec does not define the name field.");
    for (PyType_Slot *slot = spec->slots; slot->slot; slot++) {
        for (PyMemberDef *m = slot->slot == SPEC_MEMBERS ? slot->pfunc : NULL; m && m->name; m++)
            nmembers++;
    }
    K_AUTO(PyObject *) bases = spec_bases(spec, given);
    PyTypeObject *base = bases ? type_best_base(bases) : NULL;
    if (!base)
        return NULL;
    PyObject *type = PyType_GenericAlloc(&PyType_Type, nmembers);
    if (type && spec_make((PyHeapTypeObject *)type, spec, module, base, bases) < 0)
        Py_CLEAR(type);
    return type;
}

PyObject *PyType_FromSpecWithBases(PyType_Spec *spec, PyObject *bases)
{
    return PyType_FromModuleAndSpec(NULL, spec, bases);
}

PyObject *PyType_FromSpec(PyType_Spec *spec)
{
    return PyType_FromModuleAndSpec(NULL, spec, NULL);
}

/* ---- asking ---- */

void *PyType_GetSlot(PyTypeObject *type, int slot)
{
    if (slot <= 0 || slot >= K_COUNT_OF(spec_offset)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    size_t at = (size_t)spec_offset[slot];
    const char *table = (const char *)type;
#define IN_TABLE(field)                                                                                                \
    if (at >= offsetof(PyHeapTypeObject, field)                                                                        \
        && at < offsetof(PyHeapTypeObject, field) + sizeof(((PyHeapTypeObject *)0)->field)) {                          \
        table = (const char *)type->tp_##field;                                                                        \
        at -= offsetof(PyHeapTypeObject, field);                                                                       \
    }
    if (at >= sizeof(PyTypeObject)) {
        IN_TABLE(as_buffer)
        else IN_TABLE(as_sequence)
        else IN_TABLE(as_mapping)
        else IN_TABLE(as_number)
        else IN_TABLE(as_async)
    }
    if (!table)
        return NULL;
    void *value;
    memcpy(&value, table + at, sizeof value);
    return value;
}

PyObject *PyType_GetModule(PyTypeObject *type)
{
    if (!PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE))
        return k_raise(PyExc_TypeError, "PyType_GetModule: Type '%s' is not a heap type", type->tp_name);
    PyObject *module = ((PyHeapTypeObject *)type)->ht_module;
    if (!module)
        return k_raise(PyExc_TypeError, "PyType_GetModule: Type '%s' has no associated module", type->tp_name);
    return module;
}

void *PyType_GetModuleState(PyTypeObject *type)
{
    PyObject *module = PyType_GetModule(type);
    return module ? PyModule_GetState(module) : NULL;
}

PyObject *PyType_GetModuleByDef(PyTypeObject *type, PyModuleDef *def)
{
    PyObject *mro = type->tp_mro;
    for (Py_ssize_t i = 0; mro && i < PyTuple_GET_SIZE(mro); i++) {
        PyTypeObject *super = (PyTypeObject *)PyTuple_GET_ITEM(mro, i);
        if (!PyType_HasFeature(super, Py_TPFLAGS_HEAPTYPE))
            continue;
        PyObject *module = ((PyHeapTypeObject *)super)->ht_module;
        if (module && PyModule_Check(module) && ((PyModuleObject *)module)->md_def == def)
            return module;
    }
    return k_raise(PyExc_TypeError, "PyType_GetModuleByDef: No superclass of '%s' has the given module", type->tp_name);
}
