/* check.c - the invariants of the main types, one function each.
 *
 * In: an object that is alive.  Out: NULL, or what does not hold, in words. Nothing is changed and no code is run.
 * The walk over the heap (heap.c) runs them on everything it finds; start at inspect_check(). */
#include "inspect/inspect.h"

#include "memory/gc.h"
#include "objects/bytes/bytes.h"
#include "objects/dict/dict_table.h"
#include "objects/frame/frame.h"
#include "objects/func/func.h"
#include "objects/gen/gen.h"
#include "objects/hash.h"
#include "objects/instance.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return #condition;                                                                                         \
    } while (0)

static const char *int_check(PyObject *o)
{
    Py_ssize_t size = Py_ABS(Py_SIZE(o));
    const digit *digits = ((PyLongObject *)o)->ob_digit;
    for (Py_ssize_t i = 0; i < size; i++)
        MUST(digits[i] <= PyLong_MASK);
    MUST(size == 0 || digits[size - 1] != 0);
    MUST(!PyBool_Check(o) || o == Py_True || o == Py_False);
    return NULL;
}

static const char *str_check(PyObject *o)
{
    PyASCIIObject *text = (PyASCIIObject *)o;
    if (!text->state.ready || !text->state.compact)
        return NULL; /* of old APIs: not filled yet */
    Py_ssize_t length = text->length;
    unsigned kind = text->state.kind;
    MUST(length >= 0);
    MUST(kind == 1 || kind == 2 || kind == 4);
    MUST(!text->state.ascii || kind == 1);
    const void *data = PyUnicode_DATA(o);
    Py_UCS4 most = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        Py_UCS4 c = PyUnicode_READ((int)kind, data, i);
        most = c > most ? c : most;
    }
    MUST(PyUnicode_READ((int)kind, data, length) == 0);
    MUST(most <= PyUnicode_MAX_CHAR_VALUE(o));
    MUST(text->state.ascii || length == 0 || most > (kind == 1 ? 0x7f : kind == 2 ? 0xff : 0xffff));
    MUST(text->hash == -1 || text->hash == _Py_HashBytes(data, length * (Py_ssize_t)kind));
    return NULL;
}

static const char *bytes_check(PyObject *o)
{
    PyBytesObject *bytes = (PyBytesObject *)o;
    MUST(Py_SIZE(o) >= 0);
    MUST(bytes->ob_sval[Py_SIZE(o)] == 0);
    MUST(bytes->ob_shash == -1 || bytes->ob_shash == _Py_HashBytes(bytes->ob_sval, Py_SIZE(o)));
    return NULL;
}

static const char *tuple_check(PyObject *o)
{
    MUST(Py_SIZE(o) >= 0);
    for (Py_ssize_t i = 0; i < Py_SIZE(o); i++)
        MUST(PyTuple_GET_ITEM(o, i) != NULL);
    return NULL;
}

static const char *list_check(PyObject *o)
{
    PyListObject *list = (PyListObject *)o;
    if (list->allocated < 0) { /* being sorted */
        MUST(Py_SIZE(o) == 0);
        return NULL;
    }
    MUST(Py_SIZE(o) >= 0 && Py_SIZE(o) <= list->allocated);
    MUST(list->allocated == 0 || list->ob_item);
    for (Py_ssize_t i = 0; i < Py_SIZE(o); i++)
        MUST(list->ob_item[i] != NULL);
    return NULL;
}

/* ---- dict ---- */

typedef struct Probe {
    Py_ssize_t wanted;
    int met;
} Probe;

static int probe_visit(size_t slot K_UNUSED, Py_ssize_t index, PyObject *key K_UNUSED, Py_hash_t hash K_UNUSED, void *arg)
{
    Probe *probe = arg;
    probe->met |= index == probe->wanted;
    return !probe->met;
}

/* Every entry is found by the walk that a look-up of its hash makes. */
static const char *keys_check(PyDictKeysObject *keys)
{
    MUST(keys->dk_refcnt > 0);
    MUST(keys->dk_nentries >= 0 && keys->dk_usable >= 0);
    MUST(keys->dk_kind <= DICT_KEYS_SPLIT);
    MUST(keys->dk_nentries + keys->dk_usable <= dict_table_usable((Py_ssize_t)DK_SIZE(keys)));
    for (Py_ssize_t i = 0; i < keys->dk_nentries; i++) {
        int unicode = DK_IS_UNICODE(keys);
        PyObject *key = unicode ? DK_UNICODE_ENTRIES(keys)[i].me_key : DK_ENTRIES(keys)[i].me_key;
        if (!key)
            continue;
        MUST(!unicode || PyUnicode_CheckExact(key));
        Py_hash_t hash = unicode ? ((PyASCIIObject *)key)->hash : DK_ENTRIES(keys)[i].me_hash;
        MUST(hash != -1);
        MUST(!PyUnicode_CheckExact(key) || ((PyASCIIObject *)key)->hash == hash);
        Probe probe = { i, 0 };
        dict_table_probe(keys, hash, probe_visit, &probe);
        MUST(probe.met);
    }
    return NULL;
}

static const char *values_check(PyDictKeysObject *keys, PyDictValues *values)
{
    int used = values_used(values), capacity = values_capacity(values), set = 0;
    MUST(keys && used <= capacity && capacity <= DICT_SHARED_MAX);
    uint64_t seen = 0;
    for (int i = 0; i < used; i++) {
        int index = values_nth(values, i);
        MUST(index < capacity && index < keys->dk_nentries);
        MUST(!(seen >> index & 1));
        seen |= (uint64_t)1 << index;
        MUST(*values_slot(values, index) != NULL);
    }
    for (int i = 0; i < capacity; i++)
        set += *values_slot(values, i) != NULL;
    MUST(set == used);
    return NULL;
}

static const char *dict_check(PyObject *o)
{
    PyDictObject *dict = (PyDictObject *)o;
    PyDictKeysObject *keys = dict->ma_keys;
    MUST(keys && dict->ma_used >= 0);
    const char *wrong = keys_check(keys);
    if (!wrong && dict->ma_values)
        wrong = values_check(keys, dict->ma_values);
    if (wrong)
        return wrong;
    MUST(!dict->ma_values || keys->dk_kind == DICT_KEYS_SPLIT);
    Py_ssize_t pos = 0, live = 0;
    while (dict_table_next(dict, &pos, NULL, NULL, NULL))
        live++;
    MUST(live == dict->ma_used);
    return NULL;
}

static const char *set_check(PyObject *o)
{
    PySetObject *set = (PySetObject *)o;
    Py_ssize_t active = 0, filled = 0;
    MUST(set->mask >= PySet_MINSIZE - 1 && ((set->mask + 1) & set->mask) == 0);
    MUST(set->table && (set->mask == PySet_MINSIZE - 1) >= (set->table == set->smalltable));
    for (Py_ssize_t i = 0; i <= set->mask; i++) {
        PyObject *key = set->table[i].key;
        filled += key != NULL;
        if (!key || key == _PySet_Dummy)
            continue;
        active++;
        MUST(set->table[i].hash != -1);
        MUST(!PyUnicode_CheckExact(key) || ((PyASCIIObject *)key)->hash == set->table[i].hash);
    }
    MUST(active == set->used && filled == set->fill && set->fill <= set->mask);
    return NULL;
}

/* ---- classes and their instances ---- */

static const char *type_check(PyObject *o)
{
    PyTypeObject *type = (PyTypeObject *)o;
    MUST(type->tp_name && type->tp_basicsize >= 0 && type->tp_itemsize >= 0);
    if (!PyType_HasFeature(type, Py_TPFLAGS_READY))
        return NULL;
    MUST(type->tp_dict && PyDict_Check(type->tp_dict));
    if (!type->tp_mro) /* cleared: its last references are on their way out */
        return NULL;
    MUST(PyTuple_Check(type->tp_mro) && Py_SIZE(type->tp_mro) > 0);
    MUST(type->tp_base || type == &PyBaseObject_Type);
    MUST(!type->tp_base || type->tp_basicsize >= type->tp_base->tp_basicsize);
    MUST(!PyType_HasFeature(type, Py_TPFLAGS_HAVE_GC) || type->tp_traverse);
    MUST(type->tp_dealloc && type->tp_free);
    if (PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE)) {
        PyHeapTypeObject *heap = (PyHeapTypeObject *)type;
        MUST(heap->ht_name && PyUnicode_Check(heap->ht_name));
        MUST(heap->ht_qualname && PyUnicode_Check(heap->ht_qualname));
        return heap->ht_cached_keys ? keys_check(heap->ht_cached_keys) : NULL;
    }
    return NULL;
}

/* Words before an object with a managed dict: see objects/instance.h. */
static const char *instance_check(PyObject *o)
{
    PyDictValues *values = k_instance_values(o);
    PyDictObject *dict = k_instance_has_dict(o);
    MUST(!dict || PyDict_Check((PyObject *)dict));
    if (!values)
        return NULL;
    MUST(values_owner(values) == o);
    MUST(!dict || dict->ma_values == values);
    MUST(!dict || dict->ma_keys == k_instance_shared_keys(Py_TYPE(o)));
    return values_check(k_instance_shared_keys(Py_TYPE(o)), values);
}

/* ---- functions and what runs them ---- */

static const char *function_check(PyObject *o)
{
    PyFunctionObject *f = (PyFunctionObject *)o;
    if (!f->func_code) /* cleared by the collector */
        return NULL;
    MUST(PyCode_Check(f->func_code));
    MUST(f->func_globals && f->func_builtins && f->func_name && f->func_qualname && f->vectorcall);
    MUST(!f->func_defaults || PyTuple_Check(f->func_defaults));
    MUST(!f->func_kwdefaults || PyDict_Check(f->func_kwdefaults));
    PyCodeObject *code = (PyCodeObject *)f->func_code;
    MUST((f->func_closure ? PyTuple_GET_SIZE(f->func_closure) : 0) == code->co_nfreevars);
    return NULL;
}

static const char *code_check(PyObject *o)
{
    PyCodeObject *code = (PyCodeObject *)o;
    MUST(Py_SIZE(code) > 0 && code->co_stacksize >= 0);
    MUST(PyTuple_Check(code->co_consts) && PyTuple_Check(code->co_names) && PyTuple_Check(code->co_localsplusnames));
    MUST(PyTuple_GET_SIZE(code->co_localsplusnames) == code->co_nlocalsplus);
    MUST(PyBytes_GET_SIZE(code->co_localspluskinds) == code->co_nlocalsplus);
    KCode *k = (KCode *)(void *)code->_co_linearray;
    if (!k)
        return NULL;
    MUST(k->nunits == (uint32_t)Py_SIZE(code) && k->ninstr <= k->nunits);
    MUST(k->nslots == (uint32_t)(code->co_nlocalsplus + code->co_stacksize));
    for (uint32_t i = 0; i < k->ninstr; i++) {
        const KInstr *pc = &k->instr[i];
        MUST(pc->op < OP_COUNT);
        MUST(k->engine_of[(uint32_t)instr_lasti(pc) / sizeof(_Py_CODEUNIT)] == i);
        MUST(k->depth[i] <= k->nslots);
    }
    return NULL;
}

static const char *interpreter_frame_check(const _PyInterpreterFrame *frame)
{
    PyCodeObject *code = frame->f_code;
    MUST(code && PyCode_Check((PyObject *)code));
    MUST(frame->prev_instr >= _PyCode_CODE(code) - 1 && frame->prev_instr < _PyCode_CODE(code) + Py_SIZE(code));
    MUST(frame->stacktop >= -1 && frame->stacktop <= code->co_nlocalsplus + code->co_stacksize);
    return NULL;
}

static const char *frame_check(PyObject *o)
{
    PyFrameObject *f = (PyFrameObject *)o;
    MUST(f->f_frame);
    int own = f->f_frame == (_PyInterpreterFrame *)(void *)f->_f_frame_data;
    MUST(own == (f->f_frame->owner == FRAME_OWNED_BY_FRAME_OBJECT));
    MUST(own || f->f_frame->frame_obj == f);
    return interpreter_frame_check(f->f_frame);
}

static const char *generator_check(PyObject *o)
{
    PyGenObject *gen = (PyGenObject *)o;
    int state = gen->gi_frame_state;
    MUST(state == FRAME_CREATED || state == FRAME_SUSPENDED || state == FRAME_EXECUTING || state == FRAME_COMPLETED ||
         state == FRAME_CLEARED);
    MUST(gen->gi_name && PyUnicode_Check(gen->gi_name));
    if (state > FRAME_EXECUTING)
        return NULL;
    _PyInterpreterFrame *frame = k_gen_frame(gen);
    MUST(frame->owner == FRAME_OWNED_BY_GENERATOR && frame->f_code == gen->gi_code);
    MUST(state == FRAME_EXECUTING || frame->stacktop >= 0);
    return interpreter_frame_check(frame);
}

const char *inspect_check(PyObject *o)
{
    MUST(Py_REFCNT(o) > 0);
    PyTypeObject *type = Py_TYPE(o);
    MUST(type && type->tp_name && type->tp_dealloc);
    const char *wrong = PyLong_Check(o)        ? int_check(o)
                        : PyUnicode_Check(o)   ? str_check(o)
                        : PyBytes_Check(o)     ? bytes_check(o)
                        : PyTuple_Check(o)     ? tuple_check(o)
                        : PyList_Check(o)      ? list_check(o)
                        : PyDict_Check(o)      ? dict_check(o)
                        : PyAnySet_Check(o)    ? set_check(o)
                        : PyType_Check(o)      ? type_check(o)
                        : PyFunction_Check(o)  ? function_check(o)
                        : PyCode_Check(o)      ? code_check(o)
                        : PyFrame_Check(o)     ? frame_check(o)
                        : PyGen_Check(o) || PyCoro_CheckExact(o) || PyAsyncGen_CheckExact(o) ? generator_check(o)
                                                                                            : NULL;
    return !wrong && PyType_HasFeature(type, Py_TPFLAGS_MANAGED_DICT) ? instance_check(o) : wrong;
}
