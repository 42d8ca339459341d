/* from_object.c - from the objects of module _ast to trees.
 *
 * In: an instance of one of its classes.  Out: the node; the values are checked by the validator, not here.
 * Attributes are read with getattr, so any code may run: nothing borrowed is kept across a read. Start at
 * ast_from_object(). */
#include "ast/fields.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/bytes/bytes.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "runtime/errors.h"
#include "runtime/state.h"

static Node *to_node(PyObject *object, SumKind sum, KArena *arena);

/* 1: is a kind of class; 0: is not; -1. */
static int is_a(PyObject *object, PyObject *class)
{
    return class ? PyObject_IsInstance(object, class) : -1;
}

static bool keep(KArena *arena, PyObject **slot, PyObject *value)
{
    Py_INCREF(value);
    if (arena_own(arena, value) < 0)
        return PyErr_NoMemory() != NULL;
    *slot = value;
    return true;
}

/* ---- values ---- */
static bool to_identifier(PyObject **slot, PyObject *value, KArena *arena)
{
    if (!PyUnicode_CheckExact(value) && value != Py_None) {
        k_raise(PyExc_TypeError, "AST identifier must be of type str");
        return false;
    }
    *slot = NULL;
    return value == Py_None || keep(arena, slot, value);
}

static bool to_string(PyObject **slot, PyObject *value, KArena *arena)
{
    if (!PyUnicode_CheckExact(value) && !PyBytes_CheckExact(value) && value != Py_None) {
        k_raise(PyExc_TypeError, "AST string must be of type str");
        return false;
    }
    *slot = NULL;
    return value == Py_None || keep(arena, slot, value);
}

static bool to_int(int *slot, PyObject *value)
{
    if (!PyLong_Check(value)) {
        k_raise(PyExc_ValueError, "invalid integer value: %R", value);
        return false;
    }
    *slot = _PyLong_AsInt(value);
    return *slot != -1 || !PyErr_Occurred();
}

static bool to_enum(int *slot, PyObject *value, SumKind sum)
{
    for (int i = 0; i < AST_ENUM_VALUES; i++) {
        if (ast_enum_values[i].sum != sum)
            continue;
        int same = is_a(value, ast_enum_class((AstEnum)i));
        *slot = i;
        if (same)
            return same > 0;
    }
    k_raise(PyExc_TypeError, "expected some sort of %s, but got %R", ast_sums[sum].name, value);
    return false;
}

/* ---- sequences ---- */
typedef struct Place {
    const char *node, *field;
} Place;

static Py_ssize_t list_size(PyObject *list, Place place)
{
    if (PyList_Check(list))
        return PyList_GET_SIZE(list);
    k_raise(PyExc_TypeError, "%s field \"%s\" must be a list, not a %.200s", place.node, place.field,
            Py_TYPE(list)->tp_name);
    return -1;
}

static bool same_size(PyObject *list, Py_ssize_t n, Place place)
{
    if (PyList_GET_SIZE(list) == n)
        return true;
    k_raise(PyExc_RuntimeError, "%s field \"%s\" changed size during iteration", place.node, place.field);
    return false;
}

static NodeSeq *to_seq(PyObject *list, const AstField *field, Place place, KArena *arena)
{
    Py_ssize_t n = list_size(list, place);
    NodeSeq *seq = n < 0 ? NULL : ast_seq(arena, n);
    SumKind sum = ast_sum_named(field->type);
    for (Py_ssize_t i = 0; seq && i < n; i++) {
        K_AUTO(PyObject *) item = Py_NewRef(PyList_GET_ITEM(list, i));
        bool absent = item == Py_None && !ast_sums[sum].product; /* the validator tells where it must not be */
        if (!absent && !(seq->item[i] = to_node(item, sum, arena)))
            return NULL;
        if (!same_size(list, n, place))
            return NULL;
    }
    return seq;
}

static IdentSeq *to_idents(PyObject *list, Place place, KArena *arena)
{
    Py_ssize_t n = list_size(list, place);
    IdentSeq *seq = n < 0 ? NULL : ast_ident_seq(arena, n);
    for (Py_ssize_t i = 0; seq && i < n; i++) {
        PyObject *name = PyList_GET_ITEM(list, i);
        if (!to_identifier(&seq->item[i], name == Py_None ? Py_Ellipsis : name, arena)) /* None is no name here */
            return NULL;
    }
    return seq;
}

static EnumSeq *to_enums(PyObject *list, SumKind sum, Place place, KArena *arena)
{
    Py_ssize_t n = list_size(list, place);
    EnumSeq *seq = n < 0 ? NULL : ast_enum_seq(arena, n);
    for (Py_ssize_t i = 0; seq && i < n; i++) {
        K_AUTO(PyObject *) item = Py_NewRef(PyList_GET_ITEM(list, i));
        if (!to_enum(&seq->item[i], item, sum) || !same_size(list, n, place))
            return NULL;
    }
    return seq;
}

/* ---- fields ---- */
static bool is_optional(FieldKind kind)
{
    return kind == FIELD_OPT || kind == FIELD_IDENT_OPT || kind == FIELD_STRING_OPT || kind == FIELD_INT_OPT;
}

/* value NULL: the attribute is absent. */
static bool to_field(Node *node, const AstField *field, PyObject *value, KArena *arena)
{
    void *at = (char *)node + field->offset;
    const Place place = { ast_kinds[node->kind].name, field->name };
    if (!value && !is_optional(field->kind)) {
        k_raise(PyExc_TypeError, "required field \"%s\" missing from %s", field->name, place.node);
        return false;
    }
    bool none = !value || value == Py_None;
    switch (field->kind) {
    case FIELD_ONE:
    case FIELD_OPT:
        if (none && field->kind == FIELD_OPT)
            return true;
        if (none) {
            if (ast_sums[ast_sum_named(field->type)].product)
                break;
            return true; /* told below, by field */
        }
        return (*(Node **)at = to_node(value, ast_sum_named(field->type), arena)) != NULL;
    case FIELD_SEQ:
    case FIELD_SEQ_OPT:
        return (*(NodeSeq **)at = to_seq(value, field, place, arena)) != NULL;
    case FIELD_IDENT_SEQ:
        return (*(IdentSeq **)at = to_idents(value, place, arena)) != NULL;
    case FIELD_ENUM_SEQ:
        return (*(EnumSeq **)at = to_enums(value, ast_sum_named(field->type), place, arena)) != NULL;
    case FIELD_IDENT:
    case FIELD_IDENT_OPT:
        return none || to_identifier(at, value, arena);
    case FIELD_STRING:
    case FIELD_STRING_OPT:
        return none || to_string(at, value, arena);
    case FIELD_CONSTANT:
        return keep(arena, at, value);
    case FIELD_INT:
    case FIELD_INT_OPT:
        return (none && field->kind == FIELD_INT_OPT) || to_int(at, value);
    case FIELD_ENUM:
        return to_enum(at, value, ast_sum_named(field->type));
    case FIELD_END:
        break;
    }
    return (*(Node **)at = to_node(value, ast_sum_named(field->type), arena)) != NULL;
}

/* A required node, name or string may not be None. */
static bool check_required(const Node *node, const AstField *field)
{
    bool required = field->kind == FIELD_ONE || field->kind == FIELD_IDENT || field->kind == FIELD_STRING;
    if (!required || *(void *const *)((const char *)node + field->offset))
        return true;
    k_raise(PyExc_ValueError, "field '%s' is required for %s", field->name, ast_kinds[node->kind].name);
    return false;
}

static bool to_position(Position *at, PyObject *object, SumKind sum)
{
    const struct {
        const char *name;
        int *slot;
        bool required;
    } attribute[] = { { "lineno", &at->lineno, true },
                      { "col_offset", &at->col_offset, true },
                      { "end_lineno", &at->end_lineno, sum == pattern_sum },
                      { "end_col_offset", &at->end_col_offset, sum == pattern_sum } };
    for (int i = 0; i < 4; i++) {
        PyObject *value;
        K_AUTO(PyObject *) name = PyUnicode_InternFromString(attribute[i].name);
        if (!name || _PyObject_LookupAttr(object, name, &value) < 0)
            return false;
        K_AUTO(PyObject *) owned = value;
        if (!value && attribute[i].required) {
            k_raise(PyExc_TypeError, "required field \"%s\" missing from %s", attribute[i].name, ast_sums[sum].name);
            return false;
        }
        if (!attribute[i].required && (!value || value == Py_None))
            *attribute[i].slot = attribute[i - 2].slot[0]; /* an absent end is the start */
        else if (!to_int(attribute[i].slot, value))
            return false;
    }
    return true;
}

/* The kind of sum that object is of; NODE_KINDS with an exception. */
static NodeKind kind_of(PyObject *object, SumKind sum)
{
    if (!ast_sums[sum].product) {
        int good = is_a(object, ast_sum_class(sum));
        if (good < 0)
            return NODE_KINDS;
        for (int i = 0; good && i < NODE_KINDS; i++) {
            if (ast_kinds[i].sum != sum)
                continue;
            int same = is_a(object, ast_kind_class((NodeKind)i));
            if (same)
                return same < 0 ? NODE_KINDS : (NodeKind)i;
        }
        k_raise(PyExc_TypeError, "expected some sort of %s, but got %R", ast_sums[sum].name, object);
        return NODE_KINDS;
    }
    int i = 0;
    while (ast_kinds[i].sum != sum)
        i++;
    return (NodeKind)i;
}

static Node *fill(PyObject *object, SumKind sum, KArena *arena)
{
    Position at = { 0 };
    if (!ast_sums[sum].product && ast_sums[sum].attributes && !to_position(&at, object, sum))
        return NULL;
    NodeKind kind = kind_of(object, sum);
    Node *node = kind == NODE_KINDS ? NULL : ast_node(arena, kind, at);
    if (!node)
        return NULL;
    for (const AstField *field = ast_kinds[kind].fields; field->kind != FIELD_END; field++) {
        PyObject *value;
        K_AUTO(PyObject *) name = PyUnicode_InternFromString(field->name);
        if (!name || _PyObject_LookupAttr(object, name, &value) < 0)
            return NULL;
        K_AUTO(PyObject *) owned = value;
        if (!to_field(node, field, value, arena))
            return NULL;
    }
    if (ast_sums[sum].product && ast_sums[sum].attributes && !to_position(&node->at, object, sum))
        return NULL;
    for (const AstField *field = ast_kinds[kind].fields; field->kind != FIELD_END; field++) {
        if (!check_required(node, field))
            return NULL;
    }
    return node;
}

static Node *to_node(PyObject *object, SumKind sum, KArena *arena)
{
    char where[64];
    snprintf(where, sizeof where, " while traversing '%s' node", ast_sums[sum].name);
    if (k_enter_nested(k_tstate(), where))
        return NULL;
    Node *node = fill(object, sum, arena);
    k_leave_recursive(k_tstate());
    return node;
}

Node *ast_from_object(PyObject *object, KArena *arena, int mode)
{
    static const NodeKind wanted[] = { Module_kind, Expression_kind, Interactive_kind };
    int good = is_a(object, ast_kind_class(wanted[mode]));
    if (good < 0)
        return NULL;
    if (!good) {
        k_raise(PyExc_TypeError, "expected %s node, got %.400s", ast_kinds[wanted[mode]].name,
                Py_TYPE(object)->tp_name);
        return NULL;
    }
    return to_node(object, mod_sum, arena);
}

int ast_object_check(PyObject *object)
{
    static PyObject *base; /* write-once */
    if (!base) {
        PyObject *sum = ast_sum_class(mod_sum);
        if (!sum)
            return -1;
        base = Py_NewRef(((PyTypeObject *)sum)->tp_base);
    }
    return is_a(object, base);
}
