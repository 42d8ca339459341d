/* probe.c - the slots of a dict's hash table that a look-up visits.
 *
 * In: a dict and a key.  Out: a list of (slot, entry, key, whether it is the one).
 * Invariant: the walk is collected first and runs no code; keys are compared afterwards. Start at inspect_probe. */
#include "inspect/inspect.h"

#include "objects/dict/dict_table.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/protocol.h"

typedef struct Walk {
    PyObject *steps; /* a list of (slot, entry, key or None, equal hashes); owned */
    Py_hash_t hash;
    int failed;
} Walk;

static int note_slot(size_t slot, Py_ssize_t index, PyObject *key, Py_hash_t hash, void *arg)
{
    Walk *walk = arg;
    int same_hash = key && hash == walk->hash;
    K_AUTO(PyObject *) step = Py_BuildValue("nnOi", (Py_ssize_t)slot, index, key ? key : Py_None, same_hash);
    walk->failed = !step || PyList_Append(walk->steps, step) < 0;
    return !walk->failed;
}

/* What a step found: the key sought, another one of its hash, another one, a deleted entry, nothing. NULL on error. */
static const char *outcome(PyObject *step, PyObject *key)
{
    Py_ssize_t index = PyLong_AsSsize_t(PyTuple_GET_ITEM(step, 1));
    if (index == DICT_EMPTY)
        return "empty";
    if (index == DICT_DUMMY)
        return "deleted";
    if (PyLong_AsLong(PyTuple_GET_ITEM(step, 3)) == 0)
        return "other";
    int equal = PyObject_RichCompareBool(PyTuple_GET_ITEM(step, 2), key, Py_EQ); /* runs code */
    return equal < 0 ? NULL : equal ? "found" : "same hash";
}

PyObject *inspect_probe(PyDictObject *dict, PyObject *key)
{
    Py_hash_t hash = PyObject_Hash(key); /* runs code */
    K_AUTO(PyObject *) steps = hash == -1 ? NULL : PyList_New(0);
    K_AUTO(PyObject *) result = steps ? PyList_New(0) : NULL;
    if (!result)
        return NULL;
    Walk walk = { steps, hash, 0 };
    dict_table_probe(dict->ma_keys, hash, note_slot, &walk);
    if (walk.failed)
        return NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(steps); i++) {
        PyObject *step = PyList_GET_ITEM(steps, i);
        const char *found = outcome(step, key);
        K_AUTO(PyObject *) row = found ? Py_BuildValue("{sOsOsOss}", "slot", PyTuple_GET_ITEM(step, 0), "entry",
                                                       PyTuple_GET_ITEM(step, 1), "key", PyTuple_GET_ITEM(step, 2),
                                                       "outcome", found) : NULL;
        if (!row || PyList_Append(result, row) < 0)
            return NULL;
        if (strcmp(found, "found") == 0)
            break;
    }
    return K_MOVE(result);
}
