/* _ast.c - the module _ast: a class for each node of trees.
 *
 * In: the tables of ast/fields.h.  Out: ast.AST, a class for each sum type below it, a class for each node below its
 * sum.
 * Nodes are plain objects with a __dict__; their classes tell the fields (_fields, _attributes) and the defaults of
 * optional ones. Start at ast_exec(). */
#include "ast/fields.h"
#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "runtime/run.h"

/* Numbers of type slots, as extension modules give them. */
enum {
    SLOT_CLEAR = 51, SLOT_DEALLOC = 52, SLOT_GETATTRO = 58, SLOT_INIT = 60, SLOT_METHODS = 64, SLOT_NEW = 65,
    SLOT_SETATTRO = 69, SLOT_TRAVERSE = 71, SLOT_MEMBERS = 72, SLOT_GETSET = 73, SLOT_ALLOC = 47, SLOT_FREE = 74
};

/* ---- ast.AST ---- */
typedef struct AstObject {
    PyObject ob_base;
    PyObject *dict;
} AstObject;

static int ast_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((AstObject *)self)->dict);
    return 0;
}

static int ast_clear(PyObject *self)
{
    Py_CLEAR(((AstObject *)self)->dict);
    return 0;
}

static void ast_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_CLEAR(((AstObject *)self)->dict);
    type->tp_free(self);
    Py_DECREF(type);
}

/* The _fields of an object's class as a sequence: new; NULL without an exception when it has none. */
static PyObject *fields_of(PyObject *self)
{
    PyObject *fields;
    return _PyObject_LookupAttr((PyObject *)Py_TYPE(self), K_STR("_fields"), &fields) < 0 ? NULL : fields;
}

static int set_positional(PyObject *self, PyObject *fields, PyObject *args)
{
    Py_ssize_t n = PyTuple_GET_SIZE(args), most = fields ? PySequence_Size(fields) : 0;
    if (most < 0)
        return -1;
    if (n > most) {
        k_raise(PyExc_TypeError, "%.400s constructor takes at most %zd positional argument%s",
                _PyType_Name(Py_TYPE(self)), most, most == 1 ? "" : "s");
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        K_AUTO(PyObject *) name = PySequence_GetItem(fields, i);
        if (!name || PyObject_SetAttr(self, name, PyTuple_GET_ITEM(args, i)) < 0)
            return -1;
    }
    return 0;
}

static int set_keyword(PyObject *self, PyObject *fields, Py_ssize_t npositional, PyObject *name, PyObject *value)
{
    int field = fields ? PySequence_Contains(fields, name) : 0;
    if (field < 0)
        return -1;
    if (field) {
        Py_ssize_t place = PySequence_Index(fields, name);
        if (place < 0)
            return -1;
        if (place < npositional) {
            k_raise(PyExc_TypeError, "%.400s got multiple values for argument '%U'", _PyType_Name(Py_TYPE(self)), name);
            return -1;
        }
    }
    return PyObject_SetAttr(self, name, value);
}

static int ast_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    K_AUTO(PyObject *) fields = fields_of(self);
    if ((!fields && PyErr_Occurred()) || set_positional(self, fields, args) < 0)
        return -1;
    Py_ssize_t at = 0;
    PyObject *name, *value;
    while (kwargs && PyDict_Next(kwargs, &at, &name, &value)) {
        if (set_keyword(self, fields, PyTuple_GET_SIZE(args), name, value) < 0)
            return -1;
    }
    return 0;
}

METHOD_RAW(ast_node, __reduce__, NOARGS, 0, NULL)
{
    PyObject *dict = ((AstObject *)self)->dict;
    K_AUTO(PyObject *) none = PyTuple_New(0);
    if (!none)
        return NULL;
    PyObject *type = (PyObject *)Py_TYPE(self);
    return dict ? PyTuple_Pack(3, type, none, dict) : PyTuple_Pack(2, type, none);
}

METHODS_END(ast_node);
METHODS_DECLARE(ast_node);

static PyGetSetDef ast_getset[] = {
    { "__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};
static PyMemberDef ast_members[] = {
    { "__dictoffset__", T_PYSSIZET, offsetof(AstObject, dict), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};

static PyObject *make_base(void)
{
    PyType_Slot slots[] = {
        { SLOT_DEALLOC, (void *)ast_dealloc }, { SLOT_GETATTRO, (void *)PyObject_GenericGetAttr },
        { SLOT_SETATTRO, (void *)PyObject_GenericSetAttr }, { SLOT_TRAVERSE, (void *)ast_traverse },
        { SLOT_CLEAR, (void *)ast_clear }, { SLOT_MEMBERS, ast_members }, { SLOT_METHODS, METHODS(ast_node) },
        { SLOT_GETSET, ast_getset }, { SLOT_INIT, (void *)ast_init }, { SLOT_ALLOC, (void *)PyType_GenericAlloc },
        { SLOT_NEW, (void *)PyType_GenericNew }, { SLOT_FREE, (void *)PyObject_GC_Del }, { 0, NULL },
    };
    PyType_Spec spec = { .name = "ast.AST", .basicsize = sizeof(AstObject),
                         .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, .slots = slots };
    return PyType_FromSpec(&spec);
}

/* ---- classes ---- */
static const char *mark_of(FieldKind kind)
{
    switch (kind) {
    case FIELD_SEQ: case FIELD_SEQ_OPT: case FIELD_IDENT_SEQ: case FIELD_ENUM_SEQ:
        return "*";
    case FIELD_OPT: case FIELD_IDENT_OPT: case FIELD_STRING_OPT: case FIELD_INT_OPT:
        return "?";
    case FIELD_END: case FIELD_ONE: case FIELD_IDENT: case FIELD_STRING: case FIELD_CONSTANT: case FIELD_INT:
    case FIELD_ENUM:
        break;
    }
    return "";
}

/* Name(type field, ...), as the class's docstring tells it. */
static PyObject *kind_text(NodeKind kind)
{
    K_AUTO(PyObject *) text = PyUnicode_FromString(ast_kinds[kind].name);
    const AstField *field = ast_kinds[kind].fields;
    if (field->kind == FIELD_END)
        return K_MOVE(text);
    for (const char *before = "("; text && field->kind != FIELD_END; field++, before = ", ")
        K_SET(text, PyUnicode_FromFormat("%U%s%s%s %s", text, before, field->type, mark_of(field->kind), field->name));
    if (text)
        K_SET(text, PyUnicode_FromFormat("%U)", text));
    return K_MOVE(text);
}

static PyObject *enum_text(SumKind sum)
{
    K_AUTO(PyObject *) text = PyUnicode_FromFormat("%s =", ast_sums[sum].name);
    const char *before = " ";
    for (int i = 0; text && i < AST_ENUM_VALUES; i++) {
        if (ast_enum_values[i].sum != sum)
            continue;
        K_SET(text, PyUnicode_FromFormat("%U%s%s", text, before, ast_enum_values[i].name));
        before = " | ";
    }
    return K_MOVE(text);
}

static PyObject *sum_text(SumKind sum)
{
    K_AUTO(PyObject *) text = NULL;
    char indent[32];
    snprintf(indent, sizeof indent, "%*s", (int)strlen(ast_sums[sum].name) + 1, "");
    for (int i = 0; i < NODE_KINDS; i++) {
        if (ast_kinds[i].sum != sum)
            continue;
        K_AUTO(PyObject *) kind = kind_text((NodeKind)i);
        if (!kind)
            return NULL;
        if (text)
            K_SET(text, PyUnicode_FromFormat("%U\n%s| %U", text, indent, kind));
        else
            K_SET(text, PyUnicode_FromFormat("%s = %U", ast_sums[sum].name, kind));
        if (!text)
            return NULL;
    }
    return text ? K_MOVE(text) : enum_text(sum);
}

static PyObject *names_of(const AstField *field)
{
    Py_ssize_t n = 0;
    for (const AstField *f = field; f && f->kind != FIELD_END; f++)
        n++;
    PyObject *names = PyTuple_New(n);
    for (Py_ssize_t i = 0; names && i < n; i++) {
        PyObject *name = PyUnicode_InternFromString(field[i].name);
        if (!name)
            Py_CLEAR(names);
        else
            PyTuple_SET_ITEM(names, i, name);
    }
    return names;
}

/* A class of the module: base.name, with what every one of them has. */
static PyObject *make_class(PyObject *base, const char *name, const AstField *fields, PyObject *doc)
{
    K_AUTO(PyObject *) text = doc;
    K_AUTO(PyObject *) names = names_of(fields);
    K_AUTO(PyObject *) class_name = PyUnicode_InternFromString(name);
    K_AUTO(PyObject *) bases = PyTuple_Pack(1, base);
    K_AUTO(PyObject *) dict = PyDict_New();
    if (!text || !names || !class_name || !bases || !dict || PyDict_SetItem(dict, K_STR("_fields"), names) < 0 ||
        PyDict_SetItem(dict, K_STR("__match_args__"), names) < 0 ||
        PyDict_SetItem(dict, K_STR("__module__"), K_STR("ast")) < 0 || PyDict_SetItem(dict, K_STR("__doc__"), text) < 0)
        return NULL;
    K_AUTO(PyObject *) class = PyObject_CallFunctionObjArgs((PyObject *)&PyType_Type, class_name, bases, dict, NULL);
    for (const AstField *field = fields; class && field && field->kind != FIELD_END; field++) {
        if (mark_of(field->kind)[0] == '?' && PyObject_SetAttrString(class, field->name, Py_None) < 0)
            return NULL;
    }
    return K_MOVE(class);
}

static int set_attributes(PyObject *class, SumKind sum)
{
    static const AstField names[] = {
        { FIELD_INT, "lineno", NULL, 0 }, { FIELD_INT, "col_offset", NULL, 0 },
        { FIELD_INT_OPT, "end_lineno", NULL, 0 }, { FIELD_INT_OPT, "end_col_offset", NULL, 0 }, { FIELD_END, NULL, NULL, 0 },
    };
    bool positions = ast_sums[sum].attributes;
    K_AUTO(PyObject *) attributes = names_of(positions ? names : NULL);
    if (!attributes || PyObject_SetAttr(class, K_STR("_attributes"), attributes) < 0)
        return -1;
    if (!positions || sum == pattern_sum) /* a pattern's end is required */
        return 0;
    if (PyObject_SetAttr(class, K_STR("end_lineno"), Py_None) < 0)
        return -1;
    return PyObject_SetAttr(class, K_STR("end_col_offset"), Py_None);
}

static int add_class(PyObject *module, PyObject *class, const char *name)
{
    K_AUTO(PyObject *) owned = class;
    return class ? PyModule_AddObjectRef(module, name, class) : -1;
}

/* A sum and the classes below it; a product is a class alone. */
static int add_sum(PyObject *module, PyObject *base, SumKind sum)
{
    const AstSum *info = &ast_sums[sum];
    for (int i = 0; info->product && i < NODE_KINDS; i++) {
        if (ast_kinds[i].sum != sum)
            continue;
        PyObject *class = make_class(base, info->name, ast_kinds[i].fields, kind_text((NodeKind)i));
        if (add_class(module, class, info->name) < 0)
            return -1;
        return set_attributes(class, sum);
    }
    K_AUTO(PyObject *) class = make_class(base, info->name, NULL, sum_text(sum));
    if (!class || set_attributes(class, sum) < 0 || PyModule_AddObjectRef(module, info->name, class) < 0)
        return -1;
    for (int i = 0; i < NODE_KINDS; i++) {
        if (ast_kinds[i].sum == sum &&
            add_class(module, make_class(class, ast_kinds[i].name, ast_kinds[i].fields, kind_text((NodeKind)i)),
                      ast_kinds[i].name) < 0)
            return -1;
    }
    for (int i = 0; i < AST_ENUM_VALUES; i++) {
        const char *name = ast_enum_values[i].name;
        if (ast_enum_values[i].sum == sum &&
            add_class(module, make_class(class, name, NULL, PyUnicode_FromString(name)), name) < 0)
            return -1;
    }
    return 0;
}

static int ast_exec(PyObject *module)
{
    K_AUTO(PyObject *) base = make_base();
    K_AUTO(PyObject *) none = PyTuple_New(0);
    if (!base || !none || PyObject_SetAttr(base, K_STR("_fields"), none) < 0 ||
        PyObject_SetAttr(base, K_STR("__match_args__"), none) < 0 ||
        PyObject_SetAttr(base, K_STR("_attributes"), none) < 0 || PyModule_AddObjectRef(module, "AST", base) < 0 ||
        PyModule_AddIntConstant(module, "PyCF_ALLOW_TOP_LEVEL_AWAIT", PyCF_ALLOW_TOP_LEVEL_AWAIT) < 0 ||
        PyModule_AddIntConstant(module, "PyCF_ONLY_AST", PyCF_ONLY_AST) < 0 ||
        PyModule_AddIntConstant(module, "PyCF_TYPE_COMMENTS", PyCF_TYPE_COMMENTS) < 0)
        return -1;
    for (int sum = 0; sum < SUM_KINDS; sum++) {
        if (add_sum(module, base, (SumKind)sum) < 0)
            return -1;
    }
    return 0;
}

METHODS_END(_ast);
MODULE(_ast, NULL, ast_exec, 0);
