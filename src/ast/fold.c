/* fold.c - constant folding in a tree, as CPython 3.11's AST optimiser does it, so that code objects agree.
 *
 * In: a tree.  Out: the same tree with operators on constants, constant tuples and subscripts, `__debug__`, literal
 * lists and sets that are only looped over or searched, and simple % formats replaced.
 * An operation that raises is left for run time. Results are bounded, so that `'a' * 10**9` in a source file makes no
 * huge file. Children are folded before their parents. Start at ast_fold(). */
#include "ast/fields.h"
#include "code/code.h"
#include "objects/bytes/bytes.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/state.h"

enum { MAX_INT_BITS = 128, MAX_COLLECTION = 256, MAX_STR = 4096, MAX_ITEMS = 1024 };

typedef struct Folder {
    KArena *arena;
    int optimize;
    bool keep_annotations; /* they become strings of their source text */
    int depth, limit;
} Folder;

/* ---- replacing nodes ---- */

/* The node becomes this constant (K_STOLEN). NULL: the operation failed, the node stays, unless it was interrupted. */
static int become_constant(Folder *f, Node *node, PyObject *value)
{
    if (!value) {
        if (PyErr_ExceptionMatches(PyExc_KeyboardInterrupt))
            return -1;
        PyErr_Clear();
        return 0;
    }
    if (arena_own(f->arena, value) < 0) {
        PyErr_NoMemory();
        return -1;
    }
    node->kind = Constant_kind;
    node->Constant.value = value;
    node->Constant.kind = NULL;
    return 0;
}

static bool is_constant(const Node *node)
{
    return node->kind == Constant_kind;
}

/* The elements as a tuple: new; NULL without an exception when one is no constant. */
static PyObject *constant_tuple(const NodeSeq *elts)
{
    for (Py_ssize_t i = 0; i < elts->n; i++)
        if (!is_constant(elts->item[i]))
            return NULL;
    PyObject *tuple = PyTuple_New(elts->n);
    for (Py_ssize_t i = 0; tuple && i < elts->n; i++)
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(elts->item[i]->Constant.value));
    return tuple;
}

static bool has_starred(const NodeSeq *elts)
{
    for (Py_ssize_t i = 0; i < elts->n; i++)
        if (elts->item[i]->kind == Starred_kind)
            return true;
    return false;
}

/* ---- arithmetic within bounds: NULL without an exception when the result would be too large ---- */

/* limit less the items in value and its parts; negative when there are more. */
static Py_ssize_t remaining_items(PyObject *value, Py_ssize_t limit)
{
    if (PyTuple_Check(value)) {
        limit -= PyTuple_GET_SIZE(value);
        for (Py_ssize_t i = 0; limit >= 0 && i < PyTuple_GET_SIZE(value); i++)
            limit = remaining_items(PyTuple_GET_ITEM(value, i), limit);
        return limit;
    }
    if (!PyFrozenSet_Check(value))
        return limit;
    PyObject *item;
    Py_ssize_t position = 0;
    Py_hash_t hash;
    limit -= PySet_GET_SIZE(value);
    while (limit >= 0 && _PySet_NextEntry(value, &position, &item, &hash))
        limit = remaining_items(item, limit);
    return limit;
}

static bool repeats_within(PyObject *count, Py_ssize_t size, Py_ssize_t limit)
{
    if (!size)
        return true;
    long n = PyLong_AsLong(count);
    return n >= 0 && n <= limit / size;
}

static PyObject *multiply(PyObject *v, PyObject *w)
{
    if (PyLong_Check(v) && PyLong_Check(w)) {
        if (Py_SIZE(v) && Py_SIZE(w)) {
            size_t vbits = _PyLong_NumBits(v), wbits = _PyLong_NumBits(w);
            if (vbits > MAX_INT_BITS || wbits > MAX_INT_BITS || vbits + wbits > MAX_INT_BITS)
                return NULL;
        }
    }
    else if (PyLong_Check(v) && PyTuple_CheckExact(w)) {
        if (!repeats_within(v, PyTuple_GET_SIZE(w), MAX_COLLECTION))
            return NULL;
        long n = PyTuple_GET_SIZE(w) ? PyLong_AsLong(v) : 0;
        if (n > 0 && remaining_items(w, MAX_ITEMS / n) < 0)
            return NULL;
    }
    else if (PyLong_Check(v) && (PyUnicode_CheckExact(w) || PyBytes_CheckExact(w))) {
        Py_ssize_t size = PyUnicode_CheckExact(w) ? PyUnicode_GET_LENGTH(w) : PyBytes_GET_SIZE(w);
        if (!repeats_within(v, size, MAX_STR))
            return NULL;
    }
    else if (PyLong_Check(w) && (PyTuple_CheckExact(v) || PyUnicode_CheckExact(v) || PyBytes_CheckExact(v)))
        return multiply(w, v);
    return PyNumber_Multiply(v, w);
}

static PyObject *power(PyObject *v, PyObject *w)
{
    if (PyLong_Check(v) && PyLong_Check(w) && Py_SIZE(v) && Py_SIZE(w) > 0) {
        size_t vbits = _PyLong_NumBits(v), exponent = PyLong_AsSize_t(w);
        if (exponent == (size_t)-1 || vbits > MAX_INT_BITS / exponent)
            return NULL;
    }
    return PyNumber_Power(v, w, Py_None);
}

static PyObject *shift_left(PyObject *v, PyObject *w)
{
    if (PyLong_Check(v) && PyLong_Check(w) && Py_SIZE(v) && Py_SIZE(w)) {
        size_t vbits = _PyLong_NumBits(v), shift = PyLong_AsSize_t(w);
        if (shift > MAX_INT_BITS || vbits > MAX_INT_BITS - shift)
            return NULL;
    }
    return PyNumber_Lshift(v, w);
}

static PyObject *binary_result(AstEnum op, PyObject *v, PyObject *w)
{
    switch ((int)op) {
    case Add:      return PyNumber_Add(v, w);
    case Sub:      return PyNumber_Subtract(v, w);
    case Mult:     return multiply(v, w);
    case Div:      return PyNumber_TrueDivide(v, w);
    case FloorDiv: return PyNumber_FloorDivide(v, w);
    case Mod:      return PyUnicode_Check(v) || PyBytes_Check(v) ? NULL : PyNumber_Remainder(v, w);
    case Pow:      return power(v, w);
    case LShift:   return shift_left(v, w);
    case RShift:   return PyNumber_Rshift(v, w);
    case BitOr:    return PyNumber_Or(v, w);
    case BitXor:   return PyNumber_Xor(v, w);
    case BitAnd:   return PyNumber_And(v, w);
    }
    return NULL; /* @ is for no constant */
}

/* ---- '%s and %r' % (a, b) as an f-string ---- */

typedef struct FormatReader {
    Folder *folder;
    PyObject *format;
    Py_ssize_t at, length;
} FormatReader;

static Py_UCS4 format_char(const FormatReader *r)
{
    return r->at < r->length ? PyUnicode_READ_CHAR(r->format, r->at) : 0;
}

static Node *string_node(Folder *f, PyObject *text, Position at) /* text: K_STOLEN */
{
    if (!text)
        return NULL;
    PyUnicode_InternInPlace(&text);
    PyObject *owned = text;
    Node *node = arena_own(f->arena, text) < 0 ? (PyErr_NoMemory(), NULL) : ast_node(f->arena, Constant_kind, at);
    if (node)
        node->Constant.value = owned;
    return node;
}

/* Text up to the next conversion, %% as %. 1: *literal is it (NULL when empty); 0: the format ends in a lone %. */
static int read_literal(FormatReader *r, Node **literal)
{
    Py_ssize_t start = r->at;
    bool doubled = false;
    *literal = NULL;
    while (r->at < r->length) {
        if (format_char(r) == '%') {
            if (r->at + 1 < r->length && PyUnicode_READ_CHAR(r->format, r->at + 1) == '%')
                doubled = true, r->at++;
            else
                break;
        }
        r->at++;
    }
    if (r->at == start)
        return 1;
    PyObject *text = PyUnicode_Substring(r->format, start, r->at);
    if (text && doubled) {
        PyObject *plain = PyUnicode_Replace(text, K_STR("%%"), K_STR("%"), -1);
        Py_SETREF(text, plain);
    }
    *literal = string_node(r->folder, text, (Position){ -1, -1, -1, -1 });
    return *literal ? 1 : -1;
}

enum { MAX_DIGITS = 2 };

/* Digits at the reading place as a number; -1 when there are none, -2 when too many. */
static int read_digits(FormatReader *r)
{
    int value = -1, digits = 0;
    for (; format_char(r) >= '0' && format_char(r) <= '9'; r->at++) {
        value = (value < 0 ? 0 : value) * 10 + (int)(format_char(r) - '0');
        if (digits++ >= MAX_DIGITS)
            return -2;
    }
    return value;
}

/* One conversion of `value`. 1: *node is it; 0: it is not of the simple kind. */
static int read_conversion(FormatReader *r, Node *value, Node **node)
{
    bool left = false;
    r->at++;
    for (;; r->at++) {
        Py_UCS4 flag = format_char(r);
        if (flag == '-')
            left = true;
        else if (flag != '+' && flag != ' ' && flag != '#' && flag != '0')
            break;
    }
    int width = read_digits(r), precision = -1;
    if (width == -2)
        return 0;
    if (format_char(r) == '.') {
        r->at++;
        precision = read_digits(r);
        if (precision == -2)
            return 0;
        if (precision == -1)
            precision = 0;
    }
    Py_UCS4 conversion = format_char(r);
    if (conversion != 's' && conversion != 'r' && conversion != 'a')
        return 0;
    r->at++;
    char spec[2 * MAX_DIGITS + 4] = "";
    int n = 0;
    if (!left && width > 0)
        spec[n++] = '>';
    if (width >= 0)
        n += snprintf(spec + n, sizeof spec - (size_t)n, "%d", width);
    if (precision >= 0)
        n += snprintf(spec + n, sizeof spec - (size_t)n, ".%d", precision);
    Node *formatted = ast_node(r->folder->arena, FormattedValue_kind, value->at);
    if (!formatted)
        return -1;
    formatted->FormattedValue.value = value;
    formatted->FormattedValue.conversion = (int)conversion;
    if (n && !(formatted->FormattedValue.format_spec = string_node(r->folder, PyUnicode_FromString(spec), value->at)))
        return -1;
    *node = formatted;
    return 1;
}

static int fold_format(Folder *f, Node *node, PyObject *format, const NodeSeq *values)
{
    FormatReader r = { f, format, 0, PyUnicode_GET_LENGTH(format) };
    Node *part[2 * MAX_COLLECTION];
    Py_ssize_t n = 0, used = 0;
    if (values->n >= MAX_COLLECTION)
        return 0;
    for (;;) {
        Node *literal;
        int status = read_literal(&r, &literal);
        if (status <= 0)
            return status;
        if (literal)
            part[n++] = literal;
        if (r.at >= r.length)
            break;
        if (used >= values->n)
            return 0;
        status = read_conversion(&r, values->item[used], &part[n]);
        if (status <= 0)
            return status;
        used++, n++;
    }
    if (used < values->n)
        return 0;
    NodeSeq *seq = ast_seq(f->arena, n);
    if (!seq)
        return -1;
    if (n)
        memcpy(seq->item, part, (size_t)n * sizeof *part);
    node->kind = JoinedStr_kind;
    node->JoinedStr.values = seq;
    return 0;
}

/* ---- nodes ---- */

static int fold_binary(Folder *f, Node *node)
{
    Node *left = node->BinOp.left, *right = node->BinOp.right;
    if (!is_constant(left))
        return 0;
    if (node->BinOp.op == Mod && right->kind == Tuple_kind && PyUnicode_Check(left->Constant.value) &&
        !has_starred(right->Tuple.elts))
        return fold_format(f, node, left->Constant.value, right->Tuple.elts);
    if (!is_constant(right))
        return 0;
    return become_constant(f, node, binary_result(node->BinOp.op, left->Constant.value, right->Constant.value));
}

static PyObject *unary_result(AstEnum op, PyObject *v)
{
    switch ((int)op) {
    case Invert: return PyNumber_Invert(v);
    case UAdd:   return PyNumber_Positive(v);
    case USub:   return PyNumber_Negative(v);
    }
    int truth = PyObject_IsTrue(v);
    return truth < 0 ? NULL : Py_NewRef(truth ? Py_False : Py_True);
}

/* not a is b: a is not b, and so on; ordering comparisons may be overridden and stay. */
static void fold_not_compare(Node *node, Node *compare)
{
    static const struct { AstEnum op, opposite; } opposites[] = {
        { Is, IsNot }, { IsNot, Is }, { In, NotIn }, { NotIn, In },
    };
    if (compare->Compare.ops->n != 1)
        return;
    for (Py_ssize_t i = 0; i < K_COUNT_OF(opposites); i++)
        if (compare->Compare.ops->item[0] == (int)opposites[i].op) {
            compare->Compare.ops->item[0] = opposites[i].opposite;
            node->kind = Compare_kind;
            node->Compare = compare->Compare;
            node->at = compare->at;
            return;
        }
}

static int fold_unary(Folder *f, Node *node)
{
    Node *operand = node->UnaryOp.operand;
    if (is_constant(operand))
        return become_constant(f, node, unary_result(node->UnaryOp.op, operand->Constant.value));
    if (node->UnaryOp.op == Not && operand->kind == Compare_kind)
        fold_not_compare(node, operand);
    return 0;
}

static int fold_tuple(Folder *f, Node *node)
{
    if (node->Tuple.ctx != Load)
        return 0;
    PyObject *tuple = constant_tuple(node->Tuple.elts);
    return tuple || PyErr_Occurred() ? become_constant(f, node, tuple) : 0;
}

static int fold_subscript(Folder *f, Node *node)
{
    const Node *value = node->Subscript.value, *index = node->Subscript.slice;
    if (node->Subscript.ctx != Load || !is_constant(value) || !is_constant(index))
        return 0;
    return become_constant(f, node, PyObject_GetItem(value->Constant.value, index->Constant.value));
}

/* A display that is only looped over or searched need not be mutable. */
static int fold_iterated(Folder *f, Node *node)
{
    if (node->kind == List_kind) {
        if (has_starred(node->List.elts))
            return 0;
        NodeSeq *elts = node->List.elts;
        AstEnum context = node->List.ctx;
        node->kind = Tuple_kind;
        node->Tuple.elts = elts;
        node->Tuple.ctx = context;
        return fold_tuple(f, node);
    }
    if (node->kind != Set_kind)
        return 0;
    PyObject *tuple = constant_tuple(node->Set.elts);
    if (!tuple && !PyErr_Occurred())
        return 0;
    PyObject *set = tuple ? PyFrozenSet_New(tuple) : NULL;
    Py_XDECREF(tuple);
    return become_constant(f, node, set);
}

static int fold_compare(Folder *f, Node *node)
{
    Py_ssize_t last = node->Compare.ops->n - 1;
    int op = node->Compare.ops->item[last];
    return op == In || op == NotIn ? fold_iterated(f, node->Compare.comparators->item[last]) : 0;
}

static int fold_name(Folder *f, Node *node)
{
    if (node->Name.ctx != Load || PyUnicode_CompareWithASCIIString(node->Name.id, "__debug__") != 0)
        return 0;
    return become_constant(f, node, Py_NewRef(f->optimize ? Py_False : Py_True));
}

/* A first statement that folding made a string is still no docstring. */
static int guard_docstring(Folder *f, NodeSeq *body, bool had_docstring)
{
    if (had_docstring || !ast_docstring(body))
        return 0;
    Node *statement = body->item[0], *joined = ast_node(f->arena, JoinedStr_kind, statement->at);
    NodeSeq *values = joined ? ast_seq(f->arena, 1) : NULL;
    if (!values)
        return -1;
    values->item[0] = statement->Expr.value;
    joined->JoinedStr.values = values;
    statement->Expr.value = joined;
    return 0;
}

static NodeSeq *docstring_body(const Node *node)
{
    switch ((int)node->kind) {
    case Module_kind:           return node->Module.body;
    case FunctionDef_kind:      return node->FunctionDef.body;
    case AsyncFunctionDef_kind: return node->AsyncFunctionDef.body;
    case ClassDef_kind:         return node->ClassDef.body;
    }
    return NULL;
}

static bool is_annotation(const char *field)
{
    return strcmp(field, "annotation") == 0 || strcmp(field, "returns") == 0;
}

static int fold(Folder *f, Node *node);

static int fold_children(Folder *f, Node *node)
{
    for (const AstField *field = ast_kinds[node->kind].fields; field->kind != FIELD_END; field++) {
        void *slot = (char *)node + field->offset;
        if (field->kind == FIELD_ONE || field->kind == FIELD_OPT) {
            Node *child = *(Node **)slot;
            if (child && !(f->keep_annotations && is_annotation(field->name)) && fold(f, child) < 0)
                return -1;
        }
        else if (field->kind == FIELD_SEQ || field->kind == FIELD_SEQ_OPT) {
            NodeSeq *seq = *(NodeSeq **)slot;
            for (Py_ssize_t i = 0; i < seq->n; i++)
                if (seq->item[i] && fold(f, seq->item[i]) < 0)
                    return -1;
        }
    }
    return 0;
}

static int fold_kind(Folder *f, Node *node)
{
    switch ((int)node->kind) {
    case BinOp_kind:         return fold_binary(f, node);
    case UnaryOp_kind:       return fold_unary(f, node);
    case Tuple_kind:         return fold_tuple(f, node);
    case Subscript_kind:     return fold_subscript(f, node);
    case Compare_kind:       return fold_compare(f, node);
    case Name_kind:          return fold_name(f, node);
    case For_kind:           return fold_iterated(f, node->For.iter);
    case comprehension_kind: return fold_iterated(f, node->comprehension.iter);
    }
    return 0;
}

static int fold(Folder *f, Node *node)
{
    if (++f->depth > f->limit) {
        PyErr_SetString(PyExc_RecursionError, "maximum recursion depth exceeded during compilation");
        return -1;
    }
    if (k_stack_is_short(" during compilation"))
        return -1;
    NodeSeq *body = docstring_body(node);
    bool had_docstring = body && ast_docstring(body);
    if (fold_children(f, node) < 0 || fold_kind(f, node) < 0)
        return -1;
    f->depth--;
    return body ? guard_docstring(f, body, had_docstring) : 0;
}

int ast_fold(Node *mod, KArena *arena, int optimize, int future_features)
{
    if (mod->kind == FunctionType_kind)
        return 0;
    Folder f = { .arena = arena, .optimize = optimize, .keep_annotations = future_features & CO_FUTURE_ANNOTATIONS };
    ast_depth(&f.depth, &f.limit);
    return fold(&f, mod);
}
