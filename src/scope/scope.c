/* scope.c - symbol tables, first half: one walk over the tree notes what each block does with each name.
 *
 * In: a tree.  Out: a tree of Scopes whose symbols carry DEF_* and SYMBOL_USE flags; resolve.c then finds where each
 * name lives. Invariant: table->current is the block whose code is being walked; names in maps are mangled and
 * interned. Start at scope_build(). */
#include "scope/scope.h"

#include "code/code.h"
#include "objects/str/str.h"
#include "runtime/errors.h"
#include "runtime/state.h"

/* ---- shared with the compiler ---- */

int scope_syntax_error(PyObject *filename, Position at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    K_AUTO(PyObject *) message = PyUnicode_FromFormatV(format, arguments);
    va_end(arguments);
    if (!message)
        return -1;
    PyErr_SetObject(PyExc_SyntaxError, message);
    PyErr_RangedSyntaxLocationObject(filename, at.lineno, at.col_offset + 1, at.end_lineno,
                                     at.end_lineno < 0 ? -1 : at.end_col_offset + 1);
    return -1;
}

/* A tree level costs less C stack than a Python call would: three levels count as one. */
enum { TREE_LEVELS_PER_CALL = 3 };

void tree_depth_start(TreeDepth *depth)
{
    PyThreadState *tstate = k_tstate();
    int used = tstate->recursion_limit - tstate->recursion_remaining;
    bool huge = tstate->recursion_limit > INT_MAX / TREE_LEVELS_PER_CALL;
    depth->limit = huge ? INT_MAX : tstate->recursion_limit * TREE_LEVELS_PER_CALL;
    depth->depth = used > INT_MAX / TREE_LEVELS_PER_CALL ? INT_MAX - 1 : used * TREE_LEVELS_PER_CALL;
}

int tree_depth_enter(TreeDepth *depth)
{
    if (++depth->depth > depth->limit) {
        PyErr_SetString(PyExc_RecursionError, "maximum recursion depth exceeded during compilation");
        return -1;
    }
    return k_stack_is_short(" during compilation") ? -1 : 0;
}

static int no_memory(void)
{
    PyErr_NoMemory();
    return -1;
}

Scope *scope_of(const SymbolTable *table, const Node *node)
{
    int number = ptr_map_find(&table->of_node, node);
    return number < 0 ? NULL : (Scope *)table->of_node.entry[number].value;
}

int scope_flags(const Scope *scope, PyObject *name)
{
    int number = ptr_map_find(&scope->symbols, name);
    return number < 0 ? 0 : (int)scope->symbols.entry[number].value;
}

SymbolScope scope_symbol(const Scope *scope, PyObject *name)
{
    return (SymbolScope)((scope_flags(scope, name) >> SYMBOL_SCOPE_SHIFT) & SYMBOL_SCOPE_MASK);
}

static bool is_private(PyObject *name)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(name);
    if (n < 2 || PyUnicode_READ_CHAR(name, 0) != '_' || PyUnicode_READ_CHAR(name, 1) != '_')
        return false;
    if (n >= 2 && PyUnicode_READ_CHAR(name, n - 1) == '_' && PyUnicode_READ_CHAR(name, n - 2) == '_')
        return false; /* __special__ */
    return PyUnicode_FindChar(name, '.', 0, n, 1) < 0; /* an import's dotted name */
}

PyObject *scope_mangle(PyObject *class_name, PyObject *name, KArena *arena)
{
    if (!class_name || !is_private(name))
        return name;
    Py_ssize_t n = PyUnicode_GET_LENGTH(class_name), first = 0;
    while (first < n && PyUnicode_READ_CHAR(class_name, first) == '_')
        first++;
    if (first == n)
        return name; /* a class named by underscores alone mangles nothing */
    PyObject *bare = PyUnicode_Substring(class_name, first, n);
    PyObject *mangled = bare ? PyUnicode_FromFormat("_%U%U", bare, name) : NULL;
    Py_XDECREF(bare);
    if (!mangled)
        return NULL;
    PyUnicode_InternInPlace(&mangled);
    PyObject *borrowed = mangled;
    if (arena_own(arena, mangled) < 0) {
        PyErr_NoMemory();
        return NULL;
    }
    return borrowed;
}

/* ---- blocks ---- */

static int enter_block(SymbolTable *table, PyObject *name, BlockKind kind, const Node *node, Position at)
{
    Scope *scope = arena_alloc(table->arena, sizeof *scope);
    if (!scope)
        return no_memory();
    Scope *outer = table->current;
    scope->kind = kind;
    scope->name = name;
    scope->node = node;
    scope->at = at;
    scope->parent = outer;
    if (outer) {
        scope->nested = outer->nested || outer->kind == FUNCTION_BLOCK;
        scope->class_name = outer->class_name;
        scope->iterable_depth = outer->iterable_depth;
    }
    table->current = scope;
    if (kind == ANNOTATION_BLOCK)
        return 0;
    if (ptr_map_add(&table->of_node, table->arena, node, (intptr_t)scope) < 0)
        return no_memory();
    if (!outer)
        table->top = scope;
    else if (outer->last_child)
        outer->last_child = outer->last_child->next_sibling = scope;
    else
        outer->first_child = outer->last_child = scope;
    return 0;
}

static void leave_block(SymbolTable *table)
{
    table->current = table->current->parent;
}

/* ---- names ---- */

static int define_in(SymbolTable *table, Scope *scope, PyObject *name, int flag, Position at)
{
    PyObject *mangled = scope_mangle(table->current->class_name, name, table->arena);
    if (!mangled)
        return -1;
    int number = ptr_map_add(&scope->symbols, table->arena, mangled, 0);
    if (number < 0)
        return no_memory();
    intptr_t *flags = &scope->symbols.entry[number].value;
    if ((flag & DEF_PARAM) && (*flags & DEF_PARAM))
        return scope_syntax_error(table->filename, at, "duplicate argument '%U' in function definition", name);
    *flags |= flag;
    if (scope->in_comprehension_target) {
        if (*flags & (DEF_GLOBAL | DEF_NONLOCAL))
            return scope_syntax_error(table->filename, at,
                                      "comprehension inner loop cannot rebind assignment expression target '%U'", name);
        *flags |= DEF_COMP_ITER;
    }
    if (flag & DEF_PARAM)
        return ptr_map_add(&scope->params, table->arena, mangled, 0) < 0 ? no_memory() : 0;
    if (flag & DEF_GLOBAL) {
        number = ptr_map_add(&table->top->symbols, table->arena, mangled, 0);
        if (number < 0)
            return no_memory();
        table->top->symbols.entry[number].value |= flag;
    }
    return 0;
}

static int define(SymbolTable *table, PyObject *name, int flag, Position at)
{
    return define_in(table, table->current, name, flag, at);
}

static int flags_of(SymbolTable *table, const Scope *scope, PyObject *name)
{
    PyObject *mangled = scope_mangle(table->current->class_name, name, table->arena);
    return mangled ? scope_flags(scope, mangled) : -1;
}

static int note_directive(SymbolTable *table, PyObject *name, const Position *at)
{
    PyObject *mangled = scope_mangle(table->current->class_name, name, table->arena);
    if (!mangled)
        return -1;
    return ptr_map_add(&table->current->directives, table->arena, mangled, (intptr_t)at) < 0 ? no_memory() : 0;
}

/* ---- the walk ---- */

static int visit(SymbolTable *table, const Node *node);

static int visit_opt(SymbolTable *table, const Node *node)
{
    return node ? visit(table, node) : 0;
}

static int visit_seq_from(SymbolTable *table, const NodeSeq *seq, Py_ssize_t first)
{
    for (Py_ssize_t i = first; i < seq->n; i++)
        if (seq->item[i] && visit(table, seq->item[i]) < 0)
            return -1;
    return 0;
}

static int visit_seq(SymbolTable *table, const NodeSeq *seq)
{
    return visit_seq_from(table, seq, 0);
}

static int visit_annotation(SymbolTable *table, const Node *annotation)
{
    if (!annotation)
        return 0;
    if (!(table->future & CO_FUTURE_ANNOTATIONS))
        return visit(table, annotation);
    if (enter_block(table, K_STR("_annotation"), ANNOTATION_BLOCK, annotation, annotation->at) < 0 ||
        visit(table, annotation) < 0)
        return -1;
    leave_block(table);
    return 0;
}

static int visit_arg_annotations(SymbolTable *table, const NodeSeq *args)
{
    for (Py_ssize_t i = 0; i < args->n; i++)
        if (visit_opt(table, args->item[i]->arg.annotation) < 0)
            return -1;
    return 0;
}

static int visit_annotations(SymbolTable *table, const Node *function, const Node *arguments, const Node *returns)
{
    bool apart = table->future & CO_FUTURE_ANNOTATIONS;
    if (apart && enter_block(table, K_STR("_annotation"), ANNOTATION_BLOCK, function, function->at) < 0)
        return -1;
    if (visit_arg_annotations(table, arguments->arguments.posonlyargs) < 0 ||
        visit_arg_annotations(table, arguments->arguments.args) < 0)
        return -1;
    const Node *vararg = arguments->arguments.vararg, *kwarg = arguments->arguments.kwarg;
    if ((vararg && visit_opt(table, vararg->arg.annotation) < 0) ||
        (kwarg && visit_opt(table, kwarg->arg.annotation) < 0) ||
        visit_arg_annotations(table, arguments->arguments.kwonlyargs) < 0)
        return -1;
    if (apart)
        leave_block(table);
    return visit_annotation(table, returns);
}

static int define_params(SymbolTable *table, const NodeSeq *args)
{
    for (Py_ssize_t i = 0; i < args->n; i++)
        if (define(table, args->item[i]->arg.arg, DEF_PARAM, args->item[i]->at) < 0)
            return -1;
    return 0;
}

static int visit_arguments(SymbolTable *table, const Node *arguments)
{
    if (define_params(table, arguments->arguments.posonlyargs) < 0 ||
        define_params(table, arguments->arguments.args) < 0 || define_params(table, arguments->arguments.kwonlyargs) < 0)
        return -1;
    const Node *vararg = arguments->arguments.vararg, *kwarg = arguments->arguments.kwarg;
    if (vararg) {
        if (define(table, vararg->arg.arg, DEF_PARAM, vararg->at) < 0)
            return -1;
        table->current->varargs = true;
    }
    if (kwarg) {
        if (define(table, kwarg->arg.arg, DEF_PARAM, kwarg->at) < 0)
            return -1;
        table->current->varkeywords = true;
    }
    return 0;
}

static int visit_function(SymbolTable *table, const Node *node)
{
    bool async = node->kind == AsyncFunctionDef_kind;
    PyObject *name = async ? node->AsyncFunctionDef.name : node->FunctionDef.name;
    const Node *arguments = async ? node->AsyncFunctionDef.args : node->FunctionDef.args;
    const Node *returns = async ? node->AsyncFunctionDef.returns : node->FunctionDef.returns;
    const NodeSeq *decorators = async ? node->AsyncFunctionDef.decorator_list : node->FunctionDef.decorator_list;
    const NodeSeq *body = async ? node->AsyncFunctionDef.body : node->FunctionDef.body;
    if (define(table, name, DEF_LOCAL, node->at) < 0 || visit_seq(table, arguments->arguments.defaults) < 0 ||
        visit_seq(table, arguments->arguments.kw_defaults) < 0 ||
        visit_annotations(table, node, arguments, returns) < 0 || visit_seq(table, decorators) < 0 ||
        enter_block(table, name, FUNCTION_BLOCK, node, node->at) < 0)
        return -1;
    table->current->coroutine = async;
    if (visit_arguments(table, arguments) < 0 || visit_seq(table, body) < 0)
        return -1;
    leave_block(table);
    return 0;
}

static int visit_class(SymbolTable *table, const Node *node)
{
    if (define(table, node->ClassDef.name, DEF_LOCAL, node->at) < 0 || visit_seq(table, node->ClassDef.bases) < 0 ||
        visit_seq(table, node->ClassDef.keywords) < 0 || visit_seq(table, node->ClassDef.decorator_list) < 0 ||
        enter_block(table, node->ClassDef.name, CLASS_BLOCK, node, node->at) < 0)
        return -1;
    table->current->class_name = node->ClassDef.name;
    if (visit_seq(table, node->ClassDef.body) < 0)
        return -1;
    leave_block(table);
    return 0;
}

static int visit_lambda(SymbolTable *table, const Node *node)
{
    const Node *arguments = node->Lambda.args;
    if (visit_seq(table, arguments->arguments.defaults) < 0 || visit_seq(table, arguments->arguments.kw_defaults) < 0 ||
        enter_block(table, K_STR("lambda"), FUNCTION_BLOCK, node, node->at) < 0 ||
        visit_arguments(table, arguments) < 0 || visit(table, node->Lambda.body) < 0)
        return -1;
    leave_block(table);
    return 0;
}

static int visit_comprehension_target(SymbolTable *table, const Node *target)
{
    table->current->in_comprehension_target = true;
    if (visit(table, target) < 0)
        return -1;
    table->current->in_comprehension_target = false;
    return 0;
}

static int visit_iterable(SymbolTable *table, const Node *iter)
{
    table->current->iterable_depth++;
    if (visit(table, iter) < 0)
        return -1;
    table->current->iterable_depth--;
    return 0;
}

/* A further `for` of a comprehension; the first one is the comprehension's own business. */
static int visit_generator(SymbolTable *table, const Node *node)
{
    if (visit_comprehension_target(table, node->comprehension.target) < 0 ||
        visit_iterable(table, node->comprehension.iter) < 0 || visit_seq(table, node->comprehension.ifs) < 0)
        return -1;
    if (node->comprehension.is_async)
        table->current->coroutine = true;
    return 0;
}

static int visit_comprehension(SymbolTable *table, const Node *node, PyObject *name, ComprehensionKind kind,
                               const NodeSeq *generators, const Node *element, const Node *value)
{
    const Node *outermost = generators->item[0];
    if (visit_iterable(table, outermost->comprehension.iter) < 0 ||
        enter_block(table, name, FUNCTION_BLOCK, node, node->at) < 0)
        return -1;
    Scope *scope = table->current;
    scope->comprehension = kind;
    scope->coroutine = outermost->comprehension.is_async;
    if (define(table, K_STR(".0"), DEF_PARAM, node->at) < 0 ||
        visit_comprehension_target(table, outermost->comprehension.target) < 0 ||
        visit_seq(table, outermost->comprehension.ifs) < 0 || visit_seq_from(table, generators, 1) < 0 ||
        visit_opt(table, value) < 0 || visit(table, element) < 0)
        return -1;
    scope->generator = kind == GENERATOR;
    leave_block(table);
    if (scope->coroutine && kind != GENERATOR)
        table->current->coroutine = true; /* an asynchronous comprehension is awaited by what holds it */
    return 0;
}

/* Where the target of := in a comprehension lives: in the nearest block that is not a comprehension. */
static int extend_walrus_scope(SymbolTable *table, const Node *target)
{
    PyObject *name = target->Name.id;
    for (Scope *scope = table->current; scope; scope = scope->parent) {
        if (scope->comprehension != NO_COMPREHENSION) {
            int flags = flags_of(table, scope, name);
            if (flags < 0)
                return -1;
            if (flags & DEF_COMP_ITER)
                return scope_syntax_error(table->filename, target->at,
                                          "assignment expression cannot rebind comprehension iteration variable '%U'", name);
            continue;
        }
        if (scope->kind == CLASS_BLOCK)
            break;
        if (scope->kind == FUNCTION_BLOCK) {
            int flags = flags_of(table, scope, name);
            if (flags < 0 || define(table, name, flags & DEF_GLOBAL ? DEF_GLOBAL : DEF_NONLOCAL, target->at) < 0 ||
                note_directive(table, name, &target->at) < 0)
                return -1;
            return define_in(table, scope, name, DEF_LOCAL, target->at);
        }
        if (scope->kind == MODULE_BLOCK) {
            if (define(table, name, DEF_GLOBAL, target->at) < 0 || note_directive(table, name, &target->at) < 0)
                return -1;
            return define_in(table, scope, name, DEF_GLOBAL, target->at);
        }
    }
    return scope_syntax_error(table->filename, target->at,
                              "assignment expression within a comprehension cannot be used in a class body");
}

static int refuse_in_annotation(SymbolTable *table, const char *what, const Node *node)
{
    if (table->current->kind != ANNOTATION_BLOCK)
        return 0;
    return scope_syntax_error(table->filename, node->at, "'%s' can not be used within an annotation", what);
}

static int visit_walrus(SymbolTable *table, const Node *node)
{
    if (refuse_in_annotation(table, "named expression", node) < 0)
        return -1;
    if (table->current->iterable_depth > 0)
        return scope_syntax_error(table->filename, node->at,
                                  "assignment expression cannot be used in a comprehension iterable expression");
    if (table->current->comprehension != NO_COMPREHENSION && extend_walrus_scope(table, node->NamedExpr.target) < 0)
        return -1;
    if (visit(table, node->NamedExpr.value) < 0)
        return -1;
    return visit(table, node->NamedExpr.target);
}

static int visit_yield(SymbolTable *table, const Node *node, const Node *value)
{
    static const char *const message[] = {
        [LIST_COMPREHENSION] = "'yield' inside list comprehension",
        [DICT_COMPREHENSION] = "'yield' inside dict comprehension",
        [SET_COMPREHENSION] = "'yield' inside set comprehension",
        [GENERATOR] = "'yield' inside generator expression",
    };
    if (refuse_in_annotation(table, "yield expression", node) < 0 || visit_opt(table, value) < 0)
        return -1;
    table->current->generator = true;
    if (table->current->comprehension != NO_COMPREHENSION)
        return scope_syntax_error(table->filename, node->at, "%s", message[table->current->comprehension]);
    return 0;
}

static int visit_name(SymbolTable *table, const Node *node)
{
    if (define(table, node->Name.id, node->Name.ctx == Load ? SYMBOL_USE : DEF_LOCAL, node->at) < 0)
        return -1;
    /* super() without arguments finds its class in the cell __class__. */
    if (node->Name.ctx == Load && table->current->kind == FUNCTION_BLOCK && node->Name.id == K_STR("super"))
        return define(table, K_STR("__class__"), SYMBOL_USE, node->at);
    return 0;
}

static int visit_annotated(SymbolTable *table, const Node *node)
{
    const Node *target = node->AnnAssign.target;
    if (target->kind == Name_kind) {
        int flags = flags_of(table, table->current, target->Name.id);
        if (flags < 0)
            return -1;
        if ((flags & (DEF_GLOBAL | DEF_NONLOCAL)) && table->current != table->top && node->AnnAssign.simple)
            return scope_syntax_error(table->filename, node->at, "annotated name '%U' can't be %s", target->Name.id,
                                      flags & DEF_GLOBAL ? "global" : "nonlocal");
        if (node->AnnAssign.simple) {
            if (define(table, target->Name.id, DEF_ANNOT | DEF_LOCAL, target->at) < 0)
                return -1;
        }
        else if (node->AnnAssign.value && define(table, target->Name.id, DEF_LOCAL, target->at) < 0)
            return -1;
    }
    else if (visit(table, target) < 0)
        return -1;
    if (visit_annotation(table, node->AnnAssign.annotation) < 0)
        return -1;
    return visit_opt(table, node->AnnAssign.value);
}

/* `global` and `nonlocal`: nothing may have been done with the name before. */
static int visit_directive(SymbolTable *table, const Node *node, const IdentSeq *names, int flag)
{
    const char *word = flag == DEF_GLOBAL ? "global" : "nonlocal";
    for (Py_ssize_t i = 0; i < names->n; i++) {
        PyObject *name = names->item[i];
        int flags = flags_of(table, table->current, name);
        if (flags < 0)
            return -1;
        if (flags & DEF_PARAM)
            return scope_syntax_error(table->filename, node->at, "name '%U' is parameter and %s", name, word);
        if (flags & SYMBOL_USE)
            return scope_syntax_error(table->filename, node->at, "name '%U' is used prior to %s declaration", name, word);
        if (flags & DEF_ANNOT)
            return scope_syntax_error(table->filename, node->at, "annotated name '%U' can't be %s", name, word);
        if (flags & DEF_LOCAL)
            return scope_syntax_error(table->filename, node->at, "name '%U' is assigned to before %s declaration", name,
                                      word);
        if (define(table, name, flag, node->at) < 0 || note_directive(table, name, &node->at) < 0)
            return -1;
    }
    return 0;
}

/* import a.b binds a; import a.b as c binds c. */
static int visit_alias(SymbolTable *table, const Node *node)
{
    PyObject *name = node->alias.asname ? node->alias.asname : node->alias.name;
    Py_ssize_t dot = PyUnicode_FindChar(name, '.', 0, PyUnicode_GET_LENGTH(name), 1);
    if (dot >= 0) {
        PyObject *head = PyUnicode_Substring(name, 0, dot);
        if (!head)
            return -1;
        PyUnicode_InternInPlace(&head);
        name = head;
        if (arena_own(table->arena, head) < 0)
            return no_memory();
    }
    if (PyUnicode_CompareWithASCIIString(name, "*") != 0)
        return define(table, name, DEF_IMPORT, node->at);
    if (table->current->kind != MODULE_BLOCK)
        return scope_syntax_error(table->filename, node->at, "import * only allowed at module level");
    return 0;
}

static int visit_statement(SymbolTable *table, const Node *node)
{
#define V(field)   (visit(table, node->field) < 0)
#define VO(field)  (visit_opt(table, node->field) < 0)
#define VS(field)  (visit_seq(table, node->field) < 0)
#define DONE(failed) return (failed) ? -1 : 0
    switch ((int)node->kind) {
    case FunctionDef_kind:
    case AsyncFunctionDef_kind: return visit_function(table, node);
    case ClassDef_kind:         return visit_class(table, node);
    case Return_kind:
        if (node->Return.value)
            table->current->returns_value = true;
        DONE(VO(Return.value));
    case Delete_kind:    DONE(VS(Delete.targets));
    case Assign_kind:    DONE(VS(Assign.targets) || V(Assign.value));
    case AnnAssign_kind: return visit_annotated(table, node);
    case AugAssign_kind: DONE(V(AugAssign.target) || V(AugAssign.value));
    case For_kind:       DONE(V(For.target) || V(For.iter) || VS(For.body) || VS(For.orelse));
    case AsyncFor_kind:  DONE(V(AsyncFor.target) || V(AsyncFor.iter) || VS(AsyncFor.body) || VS(AsyncFor.orelse));
    case While_kind:     DONE(V(While.test) || VS(While.body) || VS(While.orelse));
    case If_kind:        DONE(V(If.test) || VS(If.body) || VS(If.orelse));
    case Match_kind:     DONE(V(Match.subject) || VS(Match.cases));
    case Raise_kind:     DONE(VO(Raise.exc) || VO(Raise.cause));
    case Try_kind:       DONE(VS(Try.body) || VS(Try.orelse) || VS(Try.handlers) || VS(Try.finalbody));
    case TryStar_kind:   DONE(VS(TryStar.body) || VS(TryStar.orelse) || VS(TryStar.handlers) || VS(TryStar.finalbody));
    case Assert_kind:    DONE(V(Assert.test) || VO(Assert.msg));
    case Import_kind:    DONE(VS(Import.names));
    case ImportFrom_kind: DONE(VS(ImportFrom.names));
    case Global_kind:    return visit_directive(table, node, node->Global.names, DEF_GLOBAL);
    case Nonlocal_kind:  return visit_directive(table, node, node->Nonlocal.names, DEF_NONLOCAL);
    case Expr_kind:      DONE(V(Expr.value));
    case With_kind:      DONE(VS(With.items) || VS(With.body));
    case AsyncWith_kind: DONE(VS(AsyncWith.items) || VS(AsyncWith.body));
    }
    return 0; /* pass, break, continue */
}

static int visit_expression(SymbolTable *table, const Node *node)
{
    switch ((int)node->kind) {
    case BoolOp_kind:    DONE(VS(BoolOp.values));
    case NamedExpr_kind: return visit_walrus(table, node);
    case BinOp_kind:     DONE(V(BinOp.left) || V(BinOp.right));
    case UnaryOp_kind:   DONE(V(UnaryOp.operand));
    case Lambda_kind:    return visit_lambda(table, node);
    case IfExp_kind:     DONE(V(IfExp.test) || V(IfExp.body) || V(IfExp.orelse));
    case Dict_kind:      DONE(VS(Dict.keys) || VS(Dict.values));
    case Set_kind:       DONE(VS(Set.elts));
    case ListComp_kind:
        return visit_comprehension(table, node, K_STR("listcomp"), LIST_COMPREHENSION, node->ListComp.generators,
                                   node->ListComp.elt, NULL);
    case SetComp_kind:
        return visit_comprehension(table, node, K_STR("setcomp"), SET_COMPREHENSION, node->SetComp.generators,
                                   node->SetComp.elt, NULL);
    case DictComp_kind:
        return visit_comprehension(table, node, K_STR("dictcomp"), DICT_COMPREHENSION, node->DictComp.generators,
                                   node->DictComp.key, node->DictComp.value);
    case GeneratorExp_kind:
        return visit_comprehension(table, node, K_STR("genexpr"), GENERATOR, node->GeneratorExp.generators,
                                   node->GeneratorExp.elt, NULL);
    case Yield_kind:     return visit_yield(table, node, node->Yield.value);
    case YieldFrom_kind: return visit_yield(table, node, node->YieldFrom.value);
    case Await_kind:
        if (refuse_in_annotation(table, "await expression", node) < 0 || V(Await.value))
            return -1;
        table->current->coroutine = true;
        return 0;
    case Compare_kind:        DONE(V(Compare.left) || VS(Compare.comparators));
    case Call_kind:           DONE(V(Call.func) || VS(Call.args) || VS(Call.keywords));
    case FormattedValue_kind: DONE(V(FormattedValue.value) || VO(FormattedValue.format_spec));
    case JoinedStr_kind:      DONE(VS(JoinedStr.values));
    case Attribute_kind:      DONE(V(Attribute.value));
    case Subscript_kind:      DONE(V(Subscript.value) || V(Subscript.slice));
    case Starred_kind:        DONE(V(Starred.value));
    case Slice_kind:          DONE(VO(Slice.lower) || VO(Slice.upper) || VO(Slice.step));
    case Name_kind:           return visit_name(table, node);
    case List_kind:           DONE(VS(List.elts));
    case Tuple_kind:          DONE(VS(Tuple.elts));
    }
    return 0; /* Constant */
}

static int define_opt(SymbolTable *table, PyObject *name, const Node *node)
{
    return name ? define(table, name, DEF_LOCAL, node->at) : 0;
}

/* Patterns and the nodes that are neither statement nor expression. */
static int visit_part(SymbolTable *table, const Node *node)
{
    switch ((int)node->kind) {
    case comprehension_kind: return visit_generator(table, node);
    case ExceptHandler_kind:
        if (VO(ExceptHandler.type) || define_opt(table, node->ExceptHandler.name, node) < 0)
            return -1;
        DONE(VS(ExceptHandler.body));
    case keyword_kind:       DONE(V(keyword.value));
    case alias_kind:         return visit_alias(table, node);
    case withitem_kind:      DONE(V(withitem.context_expr) || VO(withitem.optional_vars));
    case match_case_kind:    DONE(V(match_case.pattern) || VO(match_case.guard) || VS(match_case.body));
    case MatchValue_kind:    DONE(V(MatchValue.value));
    case MatchSequence_kind: DONE(VS(MatchSequence.patterns));
    case MatchStar_kind:     return define_opt(table, node->MatchStar.name, node);
    case MatchMapping_kind:
        if (VS(MatchMapping.keys) || VS(MatchMapping.patterns))
            return -1;
        return define_opt(table, node->MatchMapping.rest, node);
    case MatchClass_kind: DONE(V(MatchClass.cls) || VS(MatchClass.patterns) || VS(MatchClass.kwd_patterns));
    case MatchAs_kind:
        if (VO(MatchAs.pattern))
            return -1;
        return define_opt(table, node->MatchAs.name, node);
    case MatchOr_kind: DONE(VS(MatchOr.patterns));
    }
    return 0; /* MatchSingleton */
#undef V
#undef VO
#undef VS
#undef DONE
}

_Static_assert((int)Continue_kind < (int)BoolOp_kind && (int)FunctionDef_kind > (int)FunctionType_kind,
               "statements stand before expressions");

static int visit(SymbolTable *table, const Node *node)
{
    if (tree_depth_enter(&table->depth) < 0)
        return -1;
    int status;
    if (node->kind >= FunctionDef_kind && node->kind <= Continue_kind)
        status = visit_statement(table, node);
    else if (node->kind >= BoolOp_kind && node->kind <= Slice_kind)
        status = visit_expression(table, node);
    else
        status = visit_part(table, node);
    tree_depth_leave(&table->depth);
    return status;
}

int scope_build(SymbolTable *table, const Node *mod, PyObject *filename, int future, KArena *arena)
{
    *table = (SymbolTable){ .arena = arena, .filename = filename, .future = future };
    tree_depth_start(&table->depth);
    if (enter_block(table, K_STR("top"), MODULE_BLOCK, mod, (Position){ 0, 0, 0, 0 }) < 0)
        return -1;
    int status = 0;
    switch ((int)mod->kind) {
    case Module_kind:      status = visit_seq(table, mod->Module.body); break;
    case Interactive_kind: status = visit_seq(table, mod->Interactive.body); break;
    case Expression_kind:  status = visit(table, mod->Expression.body); break;
    case FunctionType_kind:
        PyErr_SetString(PyExc_RuntimeError, "this compiler does not handle FunctionTypes");
        status = -1;
        break;
    }
    leave_block(table);
    return status < 0 ? -1 : scope_resolve(table);
}
