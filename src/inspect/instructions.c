/* instructions.c - the engine's form of a code object as plain data: its instructions and its inline caches.
 *
 * In: a code object.  Out: lists of dicts, in the order of the instructions.
 * Invariant: only the translation is read; nothing is specialised or counted by looking. Start at inspect_instructions. */
#include "inspect/inspect.h"

#include "code/code.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/module.h"
#include "objects/object.h"

static int append_steal(PyObject *list, K_STOLEN PyObject *item)
{
    K_AUTO(PyObject *) owned = item;
    return item ? PyList_Append(list, item) : -1;
}

static PyObject *instruction_row(PyCodeObject *code, KCode *k, uint32_t i)
{
    const KInstr *pc = &k->instr[i];
    const KOpRow *row = &vm_op_rows[pc->op];
    int offset = instr_lasti(pc);
    return Py_BuildValue("{sIsssssssIsIsIsisIsIsisi}", "index", i, "op", row->name, "base", vm_op_rows[row->base].name,
                         "does", row->picture, "a", pc->a, "b", pc->b, "c", pc->c / CACHE_WORDS, "d", (int)pc->d,
                         "depth", k->depth[i], "nlocals", (unsigned)code->co_nlocalsplus, "offset", offset,
                         "line", PyCode_Addr2Line(code, offset));
}

PyObject *inspect_instructions(PyCodeObject *code)
{
    KCode *k = vm_kcode(code);
    K_AUTO(PyObject *) list = k ? PyList_New(0) : NULL;
    if (!list)
        return NULL;
    for (uint32_t i = 0; i < k->ninstr; i++) {
        if (append_steal(list, instruction_row(code, k, i)) < 0)
            return NULL;
    }
    return K_MOVE(list);
}

PyObject *inspect_units(PyCodeObject *code)
{
    KCode *k = vm_kcode(code);
    K_AUTO(PyObject *) list = k ? PyList_New(0) : NULL;
    if (!list)
        return NULL;
    for (uint32_t i = 0; i < k->nunits; i++) {
        if (append_steal(list, PyLong_FromUnsignedLong(k->engine_of[i])) < 0)
            return NULL;
    }
    return K_MOVE(list);
}

static PyObject *cache_row(KCode *k, uint32_t i)
{
    const KInstr *pc = &k->instr[i];
    const KCache *cache = kcode_cache(k, pc);
    const KOpRow *row = &vm_op_rows[pc->op];
    return Py_BuildValue("{sIsssssOsIsIsIsIsI}", "instruction", i, "op", row->name, "base", vm_op_rows[row->base].name,
                         "specialised", row->base == pc->op ? Py_False : Py_True, "counter", cache->counter, "failed",
                         cache->backoff, "version", cache->version, "version2", cache->version2, "index", cache->index);
}

PyObject *inspect_caches(PyCodeObject *code)
{
    KCode *k = vm_kcode(code);
    K_AUTO(PyObject *) list = k ? PyList_New(0) : NULL;
    if (!list)
        return NULL;
    for (uint32_t i = 0; i < k->ninstr; i++) {
        if (k->instr[i].c && append_steal(list, cache_row(k, i)) < 0)
            return NULL;
    }
    return K_MOVE(list);
}
