/* to_object.c - from trees to the objects of module _ast.
 *
 * In: a node.  Out: an instance of its class with all fields as attributes. The fields come from the tables of
 * fields.h; the values of enums are one shared object each. Start at ast_to_object(). */
#include "ast/fields.h"
#include "objects/call.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "runtime/errors.h"

typedef struct Conversion {
    int depth, limit;
} Conversion;

static PyObject *from_node(Conversion *c, const Node *node);

static PyObject *enum_singleton[AST_ENUM_VALUES]; /* write-once */

static PyObject *from_enum(AstEnum value)
{
    if (!enum_singleton[value]) {
        PyObject *class = ast_enum_class(value);
        if (!class || !(enum_singleton[value] = PyObject_CallNoArgs(class)))
            return NULL;
    }
    return Py_NewRef(enum_singleton[value]);
}

static PyObject *from_object(PyObject *object)
{
    return Py_NewRef(object ? object : Py_None);
}

static PyObject *from_seq(Conversion *c, const NodeSeq *seq)
{
    K_AUTO(PyObject *) list = PyList_New(seq->n);
    for (Py_ssize_t i = 0; list && i < seq->n; i++) {
        PyObject *item = seq->item[i] ? from_node(c, seq->item[i]) : Py_NewRef(Py_None);
        if (!item)
            return NULL;
        PyList_SET_ITEM(list, i, item);
    }
    return K_MOVE(list);
}

static PyObject *from_idents(const IdentSeq *seq)
{
    K_AUTO(PyObject *) list = PyList_New(seq->n);
    for (Py_ssize_t i = 0; list && i < seq->n; i++)
        PyList_SET_ITEM(list, i, Py_NewRef(seq->item[i]));
    return K_MOVE(list);
}

static PyObject *from_enums(const EnumSeq *seq)
{
    K_AUTO(PyObject *) list = PyList_New(seq->n);
    for (Py_ssize_t i = 0; list && i < seq->n; i++) {
        PyObject *item = from_enum((AstEnum)seq->item[i]);
        if (!item)
            return NULL;
        PyList_SET_ITEM(list, i, item);
    }
    return K_MOVE(list);
}

static PyObject *from_field(Conversion *c, const Node *node, const AstField *field)
{
    const void *at = (const char *)node + field->offset;
    switch (field->kind) {
    case FIELD_ONE:
    case FIELD_OPT: {
        const Node *child = *(Node *const *)at;
        return child ? from_node(c, child) : Py_NewRef(Py_None);
    }
    case FIELD_SEQ:
    case FIELD_SEQ_OPT:
        return from_seq(c, *(NodeSeq *const *)at);
    case FIELD_IDENT_SEQ:
        return from_idents(*(IdentSeq *const *)at);
    case FIELD_IDENT:
    case FIELD_IDENT_OPT:
    case FIELD_STRING:
    case FIELD_STRING_OPT:
    case FIELD_CONSTANT:
        return from_object(*(PyObject *const *)at);
    case FIELD_INT:
    case FIELD_INT_OPT:
        return PyLong_FromLong(*(const int *)at);
    case FIELD_ENUM:
        return from_enum(*(const AstEnum *)at);
    case FIELD_ENUM_SEQ:
        return from_enums(*(EnumSeq *const *)at);
    case FIELD_END:
        break;
    }
    Py_UNREACHABLE();
}

static int set_position(PyObject *object, const Position *at)
{
    const struct {
        PyObject *name;
        int value;
    } attribute[] = { { K_STR("lineno"), at->lineno }, { K_STR("col_offset"), at->col_offset },
                      { K_STR("end_lineno"), at->end_lineno }, { K_STR("end_col_offset"), at->end_col_offset } };
    for (int i = 0; i < 4; i++) {
        K_AUTO(PyObject *) value = PyLong_FromLong(attribute[i].value);
        if (!value || PyObject_SetAttr(object, attribute[i].name, value) < 0)
            return -1;
    }
    return 0;
}

static PyObject *from_node(Conversion *c, const Node *node)
{
    if (++c->depth > c->limit)
        return k_raise(PyExc_RecursionError, "maximum recursion depth exceeded during ast construction");
    PyObject *class = ast_kind_class(node->kind);
    K_AUTO(PyObject *) object = class ? ((PyTypeObject *)class)->tp_alloc((PyTypeObject *)class, 0) : NULL;
    if (!object)
        return NULL;
    for (const AstField *field = ast_kinds[node->kind].fields; field->kind != FIELD_END; field++) {
        K_AUTO(PyObject *) value = from_field(c, node, field);
        if (!value || PyObject_SetAttrString(object, field->name, value) < 0)
            return NULL;
    }
    if (ast_sums[ast_kinds[node->kind].sum].attributes && set_position(object, &node->at) < 0)
        return NULL;
    c->depth--;
    return K_MOVE(object);
}

PyObject *ast_to_object(const Node *mod)
{
    Conversion c;
    ast_depth(&c.depth, &c.limit);
    return from_node(&c, mod);
}
