/* iter_share.c - itertools: groupby and tee, whose iterators share one input.
 *
 * In: an iterable.  Out: groups of neighbours with equal keys; independent iterators over the same items.
 * Invariants: only the newest group of a groupby reads on. The items of a tee stand in a chain of blocks, each held by
 * the block before it and by the iterators that are in it.
 * Start at groupby_next and block_item. */
#include "modules/itertools/iter_common.h"

#include "objects/type/type.h"
#include "objects/weakref.h"

/* ---- groupby ---- */

typedef struct GroupBy {
    PyObject ob_base;
    PyObject *it, *function, *group_key, *key, *value; /* key, value: the item read last */
    PyObject *newest;                                  /* the group that may read on: not owned, only compared */
} GroupBy;

typedef struct Grouper {
    PyObject ob_base;
    PyObject *parent, *key;
} Grouper;

BINDER(groupby_new, "groupby", "(iterable, key=None)", *iterable, *key);

static PyObject *groupby_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    groupby_new_args arg;
    PyObject *kept = NULL;
    if (BIND(groupby_new, &arg, args, kwargs, &kept) < 0)
        return NULL;
    K_AUTO(PyObject *) hold = kept;
    K_AUTO(PyObject *) it = PyObject_GetIter(arg.iterable);
    GroupBy *self = it ? (GroupBy *)type->tp_alloc(type, 0) : NULL;
    if (!self)
        return NULL;
    self->it = K_MOVE(it);
    self->function = Py_NewRef(arg.key);
    return (PyObject *)self;
}
LIFE(groupby, 5)

/* Reads one more item. 0, or -1 at the end or on error. */
static int groupby_read(GroupBy *lz)
{
    K_AUTO(PyObject *) value = PyIter_Next(lz->it); /* runs code */
    K_AUTO(PyObject *) key = !value ? NULL : lz->function == Py_None ? Py_NewRef(value)
                                                                     : PyObject_CallOneArg(lz->function, value);
    if (!key)
        return -1;
    Py_XSETREF(lz->value, K_MOVE(value));
    Py_XSETREF(lz->key, K_MOVE(key));
    return 0;
}

static int keys_equal(PyObject *a, PyObject *b)
{
    K_AUTO(PyObject *) left = Py_NewRef(a); /* the comparison may come back here and replace them */
    K_AUTO(PyObject *) right = Py_NewRef(b);
    return PyObject_RichCompareBool(left, right, Py_EQ);
}

static PyObject *make_grouper(PyTypeObject *type, PyObject *parent, PyObject *key)
{
    Grouper *group = PyObject_GC_New(Grouper, type);
    if (!group)
        return NULL;
    group->parent = Py_NewRef(parent);
    group->key = Py_NewRef(key);
    ((GroupBy *)parent)->newest = (PyObject *)group;
    PyObject_GC_Track(group);
    return (PyObject *)group;
}

static PyObject *groupby_next(PyObject *self)
{
    GroupBy *lz = (GroupBy *)self;
    lz->newest = NULL;
    for (;;) { /* skip what is left of the last group */
        if (lz->key) {
            int same = lz->group_key ? keys_equal(lz->group_key, lz->key) : 0;
            if (same < 0)
                return NULL;
            if (!same)
                break;
        }
        if (groupby_read(lz) < 0)
            return NULL;
    }
    Py_XSETREF(lz->group_key, Py_NewRef(lz->key));
    K_AUTO(PyObject *) group = make_grouper(&itertools__grouper_type, self, lz->group_key);
    return group ? PyTuple_Pack(2, lz->key, group) : NULL;
}

METHODS_DECLARE(groupby);
METHOD_RAW(groupby, __reduce__, NOARGS, 0, "State for pickling.")
{
    GroupBy *lz = (GroupBy *)self;
    if (lz->group_key && lz->key && lz->value)
        return Py_BuildValue("O(OO)(OOO)", Py_TYPE(self), lz->it, lz->function, lz->key, lz->value, lz->group_key);
    return Py_BuildValue("O(OO)", Py_TYPE(self), lz->it, lz->function);
}
METHOD_RAW(groupby, __setstate__, O, 0, "Takes pickled state.")
{
    GroupBy *lz = (GroupBy *)self;
    PyObject *key, *value, *group_key;
    if (!PyTuple_Check(arg))
        return k_raise(PyExc_TypeError, "state is not a tuple");
    if (!PyArg_ParseTuple(arg, "OOO", &key, &value, &group_key))
        return NULL;
    Py_XSETREF(lz->key, Py_NewRef(key));
    Py_XSETREF(lz->value, Py_NewRef(value));
    Py_XSETREF(lz->group_key, Py_NewRef(group_key));
    Py_RETURN_NONE;
}
METHODS_END(groupby);
ITER_TYPE(groupby, GroupBy, Py_TPFLAGS_BASETYPE,
          "groupby(iterable, key=None)\n--\n\n"
          "Pairs of a key and the neighbouring items that have it.\n\n"
          "The key of an item is what the function gives; without one, the item itself.");

/* ---- one group ---- */

static PyObject *_grouper_new(PyTypeObject *type, PyObject *args, PyObject *kwargs K_UNUSED)
{
    PyObject *parent, *key;
    if (!PyArg_ParseTuple(args, "O!O", &itertools_groupby_type, &parent, &key))
        return NULL;
    return make_grouper(type, parent, key);
}
LIFE(_grouper, 2)

static PyObject *_grouper_next(PyObject *self)
{
    Grouper *group = (Grouper *)self;
    GroupBy *parent = (GroupBy *)group->parent;
    if (parent->newest != self)
        return NULL;
    if (!parent->value && groupby_read(parent) < 0)
        return NULL;
    if (keys_equal(group->key, parent->key) <= 0)
        return NULL;
    PyObject *value = parent->value;
    parent->value = NULL;
    Py_CLEAR(parent->key);
    return value;
}

METHODS_DECLARE(_grouper);
METHOD_RAW(_grouper, __reduce__, NOARGS, 0, "State for pickling.")
{
    Grouper *group = (Grouper *)self;
    if (((GroupBy *)group->parent)->newest == self)
        return Py_BuildValue("O(OO)", Py_TYPE(self), group->parent, group->key);
    K_AUTO(PyObject *) function = k_iter_builtin(K_STR("iter"));
    return function ? Py_BuildValue("O(())", function) : NULL;
}
METHODS_END(_grouper);
ITER_TYPE(_grouper, Grouper, 0, NULL);

/* ---- the blocks of a tee ---- */

enum { BLOCK_ITEMS = 57 }; /* then a block is 512 bytes with its collector head */

typedef struct Block {
    PyObject ob_base;
    PyObject *it;
    int read, running;
    PyObject *next;
    PyObject *items[BLOCK_ITEMS];
} Block;

static PyObject *new_block(PyObject *it)
{
    Block *block = PyObject_GC_New(Block, &itertools__tee_dataobject_type);
    if (!block)
        return NULL;
    block->it = Py_NewRef(it);
    block->read = block->running = 0;
    block->next = NULL;
    PyObject_GC_Track(block);
    return (PyObject *)block;
}

static PyObject *next_block(Block *block) /* borrowed */
{
    if (!block->next)
        block->next = new_block(block->it);
    return block->next;
}

static PyObject *block_item(Block *block, int i)
{
    if (i < block->read)
        return Py_NewRef(block->items[i]);
    if (block->running)
        return k_raise(PyExc_RuntimeError, "cannot re-enter the tee iterator");
    block->running = 1;
    PyObject *item = PyIter_Next(block->it); /* runs code */
    block->running = 0;
    if (item)
        block->items[block->read++] = Py_NewRef(item);
    return item;
}

/* Empties a block. The chain behind it is taken apart in a loop, not by recursion. */
static void block_clear(Block *block)
{
    Py_CLEAR(block->it);
    int n = block->read;
    block->read = 0;
    for (int i = 0; i < n; i++)
        Py_DECREF(block->items[i]); /* runs code */
    PyObject *next = block->next;
    block->next = NULL;
    while (next && Py_IS_TYPE(next, &itertools__tee_dataobject_type) && Py_REFCNT(next) == 1) {
        PyObject *after = ((Block *)next)->next;
        ((Block *)next)->next = NULL;
        Py_DECREF(next);
        next = after;
    }
    Py_XDECREF(next);
}

static void _tee_dataobject_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    block_clear((Block *)self);
    PyObject_GC_Del(self);
}

static int _tee_dataobject_clear(PyObject *self)
{
    block_clear((Block *)self);
    return 0;
}

static int _tee_dataobject_traverse(PyObject *self, visitproc visit, void *arg)
{
    Block *block = (Block *)self;
    Py_VISIT(block->it);
    for (int i = 0; i < block->read; i++)
        Py_VISIT(block->items[i]);
    Py_VISIT(block->next);
    return 0;
}

static PyObject *_tee_dataobject_new(PyTypeObject *type K_UNUSED, PyObject *args, PyObject *kwargs)
{
    PyObject *it, *values, *next;
    if (!_PyArg_NoKeywords("teedataobject", kwargs) ||
        !PyArg_ParseTuple(args, "OO!O", &it, &PyList_Type, &values, &next))
        return NULL;
    K_AUTO(PyObject *) self = new_block(it);
    if (!self)
        return NULL;
    Block *block = (Block *)self;
    Py_ssize_t n = PyList_GET_SIZE(values);
    if (n > BLOCK_ITEMS)
        return k_raise(PyExc_ValueError, "Invalid arguments");
    for (; block->read < n; block->read++)
        block->items[block->read] = Py_NewRef(PyList_GET_ITEM(values, block->read));
    if (next != Py_None && (n != BLOCK_ITEMS || !Py_IS_TYPE(next, &itertools__tee_dataobject_type)))
        return k_raise(PyExc_ValueError, "Invalid arguments");
    if (next != Py_None)
        block->next = Py_NewRef(next);
    return K_MOVE(self);
}

METHODS_DECLARE(_tee_dataobject);
METHOD_RAW(_tee_dataobject, __reduce__, NOARGS, 0, "State for pickling.")
{
    Block *block = (Block *)self;
    K_AUTO(PyObject *) values = PyList_New(block->read);
    for (int i = 0; values && i < block->read; i++)
        PyList_SET_ITEM(values, i, Py_NewRef(block->items[i]));
    return values ? Py_BuildValue("O(OOO)", Py_TYPE(self), block->it, values, block->next ? block->next : Py_None)
                  : NULL;
}
METHODS_END(_tee_dataobject);

PyTypeObject itertools__tee_dataobject_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "itertools._tee_dataobject",
    .tp_doc = "teedataobject(iterable, values, next, /)\n--\n\nItems that several tee iterators read.",
    .tp_basicsize = sizeof(Block),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = _tee_dataobject_dealloc,
    .tp_traverse = _tee_dataobject_traverse,
    .tp_clear = _tee_dataobject_clear,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_methods = METHODS(_tee_dataobject),
    .tp_new = _tee_dataobject_new,
    .tp_free = PyObject_GC_Del,
};

/* ---- tee ---- */

typedef struct Tee {
    PyObject ob_base;
    PyObject *block;
    int index;
    PyObject *weakrefs;
} Tee;

static PyObject *new_tee(PyObject *block, int index)
{
    Tee *tee = block ? PyObject_GC_New(Tee, &itertools__tee_type) : NULL;
    if (!tee)
        return NULL;
    tee->block = Py_NewRef(block);
    tee->index = index;
    tee->weakrefs = NULL;
    PyObject_GC_Track(tee);
    return (PyObject *)tee;
}

static PyObject *tee_from(PyObject *iterable)
{
    K_AUTO(PyObject *) it = PyObject_GetIter(iterable);
    if (!it)
        return NULL;
    if (Py_IS_TYPE(it, &itertools__tee_type))
        return new_tee(((Tee *)it)->block, ((Tee *)it)->index);
    K_AUTO(PyObject *) block = new_block(it);
    return new_tee(block, 0);
}

static PyObject *_tee_new(PyTypeObject *type K_UNUSED, PyObject *args, PyObject *kwargs)
{
    if (!_PyArg_NoKeywords("_tee", kwargs) || k_check_nargs("_tee", Py_SIZE(args), 1, 1) < 0)
        return NULL;
    return tee_from(PyTuple_GET_ITEM(args, 0));
}

static void _tee_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    if (((Tee *)self)->weakrefs)
        PyObject_ClearWeakRefs(self);
    Py_XDECREF(((Tee *)self)->block);
    PyObject_GC_Del(self);
}
static int _tee_traverse(PyObject *self, visitproc visit, void *arg)
{
    return visit_owned(self, 1, visit, arg);
}

static PyObject *_tee_next(PyObject *self)
{
    Tee *tee = (Tee *)self;
    if (tee->index >= BLOCK_ITEMS) {
        PyObject *next = next_block((Block *)tee->block);
        if (!next)
            return NULL;
        Py_SETREF(tee->block, Py_NewRef(next));
        tee->index = 0;
    }
    K_AUTO(PyObject *) block = Py_NewRef(tee->block);
    PyObject *item = block_item((Block *)block, tee->index);
    if (item)
        tee->index++;
    return item;
}

METHODS_DECLARE(_tee);
METHOD_RAW(_tee, __copy__, NOARGS, 0, "An independent iterator at the same place.")
{
    return new_tee(((Tee *)self)->block, ((Tee *)self)->index);
}
METHOD_RAW(_tee, __reduce__, NOARGS, 0, "State for pickling.")
{
    return Py_BuildValue("O(())(Oi)", Py_TYPE(self), ((Tee *)self)->block, ((Tee *)self)->index);
}
METHOD_RAW(_tee, __setstate__, O, 0, "Takes pickled state.")
{
    PyObject *block;
    int index;
    if (!PyTuple_Check(arg))
        return k_raise(PyExc_TypeError, "state is not a tuple");
    if (!PyArg_ParseTuple(arg, "O!i", &itertools__tee_dataobject_type, &block, &index))
        return NULL;
    if (index < 0 || index > BLOCK_ITEMS)
        return k_raise(PyExc_ValueError, "Index out of range");
    Py_XSETREF(((Tee *)self)->block, Py_NewRef(block));
    ((Tee *)self)->index = index;
    Py_RETURN_NONE;
}
METHODS_END(_tee);
ITER_TYPE(_tee, Tee, 0, "_tee(iterable, /)\n--\n\nAn iterator that can be copied.",
          .tp_weaklistoffset = offsetof(Tee, weakrefs));

/* The first iterator and its copies: the iterable's own when it can be copied. */
PyObject *itertools_tee_split(PyObject *iterable, Py_ssize_t n)
{
    K_AUTO(PyObject *) result = PyTuple_New(n);
    if (!result || n == 0)
        return K_MOVE(result);
    K_AUTO(PyObject *) it = PyObject_GetIter(iterable);
    PyObject *copy = NULL;
    if (!it || _PyObject_LookupAttr(it, K_STR("__copy__"), &copy) < 0)
        return NULL;
    if (!copy) {
        K_SET(it, tee_from(it));
        copy = it ? PyObject_GetAttr(it, K_STR("__copy__")) : NULL;
    }
    K_AUTO(PyObject *) copier = copy;
    if (!copier)
        return NULL;
    PyTuple_SET_ITEM(result, 0, K_MOVE(it));
    for (Py_ssize_t i = 1; i < n; i++) {
        PyObject *other = PyObject_CallNoArgs(copier);
        if (!other)
            return NULL;
        PyTuple_SET_ITEM(result, i, other);
    }
    return K_MOVE(result);
}
