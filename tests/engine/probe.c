/* probe.c - a foreign type that notes, in each of its slots, where its caller stands and what reference counts it sees. */
#define PY_SSIZE_T_CLEAN
#define Py_BUILD_CORE_MODULE 1
#include <Python.h>
#include <internal/pycore_frame.h>

typedef struct Note {
    const char *slot;
    int lasti;
    Py_ssize_t counts[3];
} Note;
static Note notes[4096];
static int noted;
static PyTypeObject *probe_type;

static int where(void)
{
    _PyInterpreterFrame *frame = PyThreadState_Get()->cframe->current_frame;
    return frame ? (int)((char *)frame->prev_instr - (char *)_PyCode_CODE(frame->f_code)) : -1;
}

static Py_ssize_t count_of(PyObject *o)
{
    return o && (Py_TYPE(o) == probe_type || PyFloat_CheckExact(o)) ? Py_REFCNT(o) : -1;
}

static void note(const char *slot, PyObject *a, PyObject *b, PyObject *c)
{
    if (noted < 4096)
        notes[noted++] = (Note){ slot, where(), { count_of(a), count_of(b), count_of(c) } };
}

typedef struct Probe {
    PyObject_HEAD
    long left; /* iterations until it is exhausted */
    int truth;
    PyObject *weak;
} Probe;

#define UNARY(name) static PyObject *p_##name(PyObject *a) { note(#name, a, NULL, NULL); return Py_NewRef(Py_None); }
#define BINARY(name) static PyObject *p_##name(PyObject *a, PyObject *b) { note(#name, a, b, NULL); return Py_NewRef(Py_None); }
UNARY(negative) UNARY(positive) UNARY(invert)
BINARY(add) BINARY(subtract) BINARY(multiply) BINARY(remainder) BINARY(lshift) BINARY(rshift) BINARY(and) BINARY(xor)
BINARY(or) BINARY(floor_divide) BINARY(true_divide) BINARY(matrix_multiply)
BINARY(inplace_add) BINARY(inplace_subtract) BINARY(inplace_multiply) BINARY(inplace_or)
BINARY(subscript)

static PyObject *p_power(PyObject *a, PyObject *b, PyObject *c)
{
    note("power", a, b, NULL);
    return Py_NewRef(Py_None);
}
static int p_bool(PyObject *a)
{
    note("bool", a, NULL, NULL);
    return ((Probe *)a)->truth;
}
static PyObject *p_compare(PyObject *a, PyObject *b, int op)
{
    note("compare", a, b, NULL);
    return Py_NewRef(Py_True);
}
static Py_ssize_t p_length(PyObject *a)
{
    note("length", a, NULL, NULL);
    return 2;
}
static int p_contains(PyObject *a, PyObject *b)
{
    note("contains", a, b, NULL);
    return 1;
}
static int p_ass_subscript(PyObject *a, PyObject *b, PyObject *c)
{
    note(c ? "set_item" : "del_item", a, b, c);
    return 0;
}
static PyObject *p_getattro(PyObject *a, PyObject *name)
{
    if (PyUnicode_GET_LENGTH(name) == 1) {
        note("get_attribute", a, NULL, NULL);
        return Py_NewRef(Py_None);
    }
    return PyObject_GenericGetAttr(a, name);
}
static int p_setattro(PyObject *a, PyObject *name, PyObject *c)
{
    note(c ? "set_attribute" : "del_attribute", a, c, NULL);
    return 0;
}
static PyObject *p_call(PyObject *a, PyObject *args, PyObject *kwargs)
{
    note("call", a, PyTuple_GET_SIZE(args) > 0 ? PyTuple_GET_ITEM(args, 0) : NULL, NULL);
    return Py_NewRef(Py_None);
}
static PyObject *p_iter(PyObject *a)
{
    note("iter", a, NULL, NULL);
    ((Probe *)a)->left = 2;
    return Py_NewRef(a);
}
static PyObject *p_iternext(PyObject *a)
{
    note("next", a, NULL, NULL);
    return ((Probe *)a)->left-- > 0 ? Py_NewRef(Py_None) : NULL;
}
static PyObject *p_descr_get(PyObject *a, PyObject *instance, PyObject *type)
{
    note("descr_get", a, instance, NULL);
    return Py_NewRef(Py_None);
}
static int p_descr_set(PyObject *a, PyObject *instance, PyObject *value)
{
    note("descr_set", a, instance, value);
    return 0;
}
static PyObject *p_repr(PyObject *a)
{
    note("repr", a, NULL, NULL);
    return PyUnicode_FromString("probe");
}
static Py_hash_t p_hash(PyObject *a)
{
    note("hash", a, NULL, NULL);
    return 5;
}
static PyObject *p_index(PyObject *a)
{
    note("index", a, NULL, NULL);
    return PyLong_FromLong(1);
}
static void p_dealloc(PyObject *a)
{
    note("release", NULL, NULL, NULL);
    PyTypeObject *type = Py_TYPE(a);
    if (((Probe *)a)->weak)
        PyObject_ClearWeakRefs(a);
    type->tp_free(a);
    Py_DECREF(type);
}
static PyObject *p_enter(PyObject *a, PyObject *unused)
{
    note("enter", a, NULL, NULL);
    return Py_NewRef(a);
}
static PyObject *p_exit(PyObject *a, PyObject *const *args, Py_ssize_t n)
{
    note("exit", a, NULL, NULL);
    return Py_NewRef(Py_True);
}
static PyObject *p_none(PyObject *a, PyObject *unused)
{
    note("method_none", a, NULL, NULL);
    return Py_NewRef(Py_None);
}
static PyObject *p_one(PyObject *a, PyObject *b)
{
    note("method_one", a, b, NULL);
    return Py_NewRef(Py_None);
}
static PyObject *p_fast(PyObject *a, PyObject *const *args, Py_ssize_t n)
{
    note("method_fast", a, n > 0 ? args[0] : NULL, n > 1 ? args[1] : NULL);
    return Py_NewRef(Py_None);
}
static PyObject *p_keywords(PyObject *a, PyObject *const *args, Py_ssize_t n, PyObject *names)
{
    n += names ? PyTuple_GET_SIZE(names) : 0;
    note("method_keywords", a, n > 0 ? args[0] : NULL, n > 1 ? args[1] : NULL);
    return Py_NewRef(Py_None);
}
static PyObject *p_tuple(PyObject *a, PyObject *args, PyObject *kwargs)
{
    note("method_tuple", a, PyTuple_GET_SIZE(args) > 0 ? PyTuple_GET_ITEM(args, 0) : NULL, NULL);
    return Py_NewRef(Py_None);
}
static PyObject *p_false(PyObject *type, PyObject *unused)
{
    PyObject *probe = PyObject_CallNoArgs(type);
    if (probe)
        ((Probe *)probe)->truth = 0;
    return probe;
}
static PyObject *p_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Probe *probe = (Probe *)type->tp_alloc(type, 0);
    if (probe)
        probe->truth = 1;
    return (PyObject *)probe;
}

#define METHODS(prefix)                                                                                                \
    { "none", p_none, METH_NOARGS }, { "one", p_one, METH_O }, { "fast", (PyCFunction)(void (*)(void))p_fast, METH_FASTCALL },  \
    { "keywords", (PyCFunction)(void (*)(void))p_keywords, METH_FASTCALL | METH_KEYWORDS },                            \
    { "tuple", (PyCFunction)(void (*)(void))p_tuple, METH_VARARGS | METH_KEYWORDS }
static PyMethodDef probe_methods[] = {
    METHODS(p), { "__enter__", p_enter, METH_NOARGS }, { "__exit__", (PyCFunction)(void (*)(void))p_exit, METH_FASTCALL },
    { "false", p_false, METH_NOARGS | METH_CLASS }, { NULL },
};
#define SLOT(slot, function) { slot, (void *)function }
static PyType_Slot probe_slots[] = {
    SLOT(Py_nb_negative, p_negative), SLOT(Py_nb_positive, p_positive), SLOT(Py_nb_invert, p_invert),
    SLOT(Py_nb_add, p_add), SLOT(Py_nb_subtract, p_subtract), SLOT(Py_nb_multiply, p_multiply),
    SLOT(Py_nb_remainder, p_remainder), SLOT(Py_nb_power, p_power), SLOT(Py_nb_lshift, p_lshift),
    SLOT(Py_nb_rshift, p_rshift), SLOT(Py_nb_and, p_and), SLOT(Py_nb_xor, p_xor), SLOT(Py_nb_or, p_or),
    SLOT(Py_nb_floor_divide, p_floor_divide), SLOT(Py_nb_true_divide, p_true_divide),
    SLOT(Py_nb_matrix_multiply, p_matrix_multiply), SLOT(Py_nb_inplace_add, p_inplace_add),
    SLOT(Py_nb_inplace_subtract, p_inplace_subtract), SLOT(Py_nb_inplace_multiply, p_inplace_multiply),
    SLOT(Py_nb_inplace_or, p_inplace_or), SLOT(Py_nb_bool, p_bool), SLOT(Py_nb_index, p_index),
    SLOT(Py_mp_length, p_length), SLOT(Py_mp_subscript, p_subscript), SLOT(Py_mp_ass_subscript, p_ass_subscript),
    SLOT(Py_sq_contains, p_contains), SLOT(Py_tp_richcompare, p_compare), SLOT(Py_tp_getattro, p_getattro),
    SLOT(Py_tp_setattro, p_setattro), SLOT(Py_tp_call, p_call), SLOT(Py_tp_iter, p_iter),
    SLOT(Py_tp_iternext, p_iternext), SLOT(Py_tp_repr, p_repr), SLOT(Py_tp_hash, p_hash), SLOT(Py_tp_new, p_new),
    SLOT(Py_tp_dealloc, p_dealloc), SLOT(Py_tp_methods, probe_methods), { 0, NULL },
};
static PyType_Spec probe_spec = { "probe.Probe", sizeof(Probe), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, probe_slots };

/* A descriptor: what a class attribute of this type sees. */
static PyType_Slot descr_slots[] = {
    SLOT(Py_tp_descr_get, p_descr_get), SLOT(Py_tp_descr_set, p_descr_set), { 0, NULL },
};
static PyType_Spec descr_spec = { "probe.Descriptor", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT, descr_slots };

static PyObject *take(PyObject *module, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    for (int i = 0; list && i < noted; i++) {
        const Note *n = &notes[i];
        PyObject *row = Py_BuildValue("(sinnn)", n->slot, n->lasti, n->counts[0], n->counts[1], n->counts[2]);
        if (!row || PyList_Append(list, row) < 0)
            return NULL;
        Py_DECREF(row);
    }
    noted = 0;
    return list;
}

static PyMethodDef functions[] = { METHODS(f), { "take", take, METH_NOARGS }, { NULL } };
static struct PyModuleDef definition = { PyModuleDef_HEAD_INIT, "probe", NULL, -1, functions };

PyMODINIT_FUNC PyInit_probe(void)
{
    PyObject *module = PyModule_Create(&definition);
    probe_type = (PyTypeObject *)PyType_FromSpec(&probe_spec);
    PyObject *descriptor = PyType_FromSpec(&descr_spec);
    if (!module || !probe_type || PyModule_AddObjectRef(module, "Probe", (PyObject *)probe_type) < 0 ||
        PyModule_AddObjectRef(module, "Descriptor", descriptor) < 0)
        return NULL;
    return module;
}
