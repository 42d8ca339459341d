/* function.c - code for functions, lambdas, classes and comprehensions: each makes a unit of its own.
 *
 * In: their nodes.  Out: in the outer unit, a function made from the inner unit's code and stored, called or applied.
 * Start at compile_function(). */
#include "compile/unit.h"

#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/run.h"

/* ---- making functions ---- */

static int cell_index(const Unit *unit, PyObject *name)
{
    bool cell = (unit->kind == UNIT_CLASS && name == K_STR("__class__")) ||
                scope_symbol(unit->scope, name) == SCOPE_CELL;
    int index = ptr_map_find(cell ? &unit->cellvars : &unit->freevars, name);
    return index < 0 || cell ? index : index + unit->cellvars.n;
}

int compile_closure(Compiler *c, PyCodeObject *code, int flags)
{
    if (code->co_nfreevars) {
        for (int i = code->co_nlocalsplus - code->co_nfreevars; i < code->co_nlocalsplus; i++) {
            PyObject *name = PyTuple_GET_ITEM(code->co_localsplusnames, i);
            int index = cell_index(c->unit, name);
            if (index < 0) {
                PyErr_Format(PyExc_SystemError, "free variable %R of %R is not known around it", name, code->co_name);
                return -1;
            }
            TRY(emit_arg(c, BC_LOAD_CLOSURE, index));
        }
        flags |= MAKE_CLOSURE;
        TRY(emit_arg(c, BC_BUILD_TUPLE, code->co_nfreevars));
    }
    TRY(emit_const(c, (PyObject *)code));
    return emit_arg(c, BC_MAKE_FUNCTION, flags);
}

static int check_parameter_names(Compiler *c, const NodeSeq *args)
{
    for (Py_ssize_t i = 0; i < args->n; i++)
        TRY(compile_forbidden_name(c, args->item[i]->arg.arg, Store));
    return 0;
}

static int check_parameters(Compiler *c, const Node *arguments)
{
    TRY(check_parameter_names(c, arguments->arguments.posonlyargs));
    TRY(check_parameter_names(c, arguments->arguments.args));
    if (arguments->arguments.vararg)
        TRY(compile_forbidden_name(c, arguments->arguments.vararg->arg.arg, Store));
    TRY(check_parameter_names(c, arguments->arguments.kwonlyargs));
    if (arguments->arguments.kwarg)
        TRY(compile_forbidden_name(c, arguments->arguments.kwarg->arg.arg, Store));
    return 0;
}

static int keyword_defaults(Compiler *c, const Node *arguments, int *flags)
{
    const NodeSeq *names = arguments->arguments.kwonlyargs, *defaults = arguments->arguments.kw_defaults;
    Py_ssize_t n = 0;
    for (Py_ssize_t i = 0; i < defaults->n; i++)
        n += defaults->item[i] != NULL;
    if (!n)
        return 0;
    PyObject *keys = compile_own(c, PyTuple_New(n));
    if (!keys)
        return -1;
    Py_ssize_t k = 0;
    for (Py_ssize_t i = 0; i < defaults->n; i++) {
        if (!defaults->item[i])
            continue;
        PyObject *mangled = compile_mangle(c, names->item[i]->arg.arg);
        if (!mangled)
            return -1;
        PyTuple_SET_ITEM(keys, k++, Py_NewRef(mangled));
        TRY(compile_expression(c, defaults->item[i]));
    }
    TRY(emit_const(c, keys));
    *flags |= MAKE_KWDEFAULTS;
    return emit_arg(c, BC_BUILD_CONST_KEY_MAP, (int)n);
}

static int default_arguments(Compiler *c, const Node *arguments, int *flags)
{
    const NodeSeq *defaults = arguments->arguments.defaults;
    if (defaults->n) {
        *flags |= MAKE_DEFAULTS;
        TRY(compile_expressions(c, defaults));
        TRY(emit_arg(c, BC_BUILD_TUPLE, (int)defaults->n));
    }
    return keyword_defaults(c, arguments, flags);
}

static int one_annotation(Compiler *c, PyObject *name, const Node *annotation, int *n)
{
    if (!annotation)
        return 0;
    PyObject *mangled = compile_mangle(c, name);
    if (!mangled)
        return -1;
    TRY(emit_const(c, mangled));
    *n += 2;
    if (annotation->kind == Starred_kind && !(c->future.features & CO_FUTURE_ANNOTATIONS)) {
        TRY(compile_expression(c, annotation->Starred.value)); /* *args: *Ts */
        return emit_arg(c, BC_UNPACK_SEQUENCE, 1);
    }
    return compile_annotation(c, annotation);
}

static int parameter_annotations(Compiler *c, const NodeSeq *args, int *n)
{
    for (Py_ssize_t i = 0; i < args->n; i++)
        TRY(one_annotation(c, args->item[i]->arg.arg, args->item[i]->arg.annotation, n));
    return 0;
}

static int annotations(Compiler *c, const Node *arguments, const Node *returns, int *flags)
{
    int n = 0;
    const Node *vararg = arguments->arguments.vararg, *kwarg = arguments->arguments.kwarg;
    TRY(parameter_annotations(c, arguments->arguments.args, &n));
    TRY(parameter_annotations(c, arguments->arguments.posonlyargs, &n));
    if (vararg)
        TRY(one_annotation(c, vararg->arg.arg, vararg->arg.annotation, &n));
    TRY(parameter_annotations(c, arguments->arguments.kwonlyargs, &n));
    if (kwarg)
        TRY(one_annotation(c, kwarg->arg.arg, kwarg->arg.annotation, &n));
    TRY(one_annotation(c, K_STR("return"), returns, &n));
    if (!n)
        return 0;
    *flags |= MAKE_ANNOTATIONS;
    return emit_arg(c, BC_BUILD_TUPLE, n);
}

static void count_parameters(Unit *unit, const Node *arguments)
{
    unit->argcount = (int)arguments->arguments.args->n;
    unit->posonlyargcount = (int)arguments->arguments.posonlyargs->n;
    unit->kwonlyargcount = (int)arguments->arguments.kwonlyargs->n;
}

static int first_line(const Node *node, const NodeSeq *decorators)
{
    return decorators->n ? decorators->item[0]->at.lineno : node->at.lineno;
}

/* Calls the decorators, which stand on the stack below what they get. */
static int apply_decorators(Compiler *c, const NodeSeq *decorators)
{
    Position at = c->unit->at;
    for (Py_ssize_t i = decorators->n - 1; i >= 0; i--) {
        at_node(c, decorators->item[i]);
        TRY(emit_call(c, 0));
    }
    c->unit->at = at;
    return 0;
}

/* The current unit is done: its code, owned by the arena. */
static PyCodeObject *finish_unit(Compiler *c, bool add_none)
{
    PyCodeObject *code = (PyCodeObject *)compile_own(c, (PyObject *)assemble_unit(c, add_none));
    unit_leave(c);
    return code;
}

int compile_function(Compiler *c, const Node *node)
{
    bool async = node->kind == AsyncFunctionDef_kind;
    PyObject *name = async ? node->AsyncFunctionDef.name : node->FunctionDef.name;
    const Node *arguments = async ? node->AsyncFunctionDef.args : node->FunctionDef.args;
    const Node *returns = async ? node->AsyncFunctionDef.returns : node->FunctionDef.returns;
    const NodeSeq *decorators = async ? node->AsyncFunctionDef.decorator_list : node->FunctionDef.decorator_list;
    const NodeSeq *body = async ? node->AsyncFunctionDef.body : node->FunctionDef.body;
    int flags = 0;
    TRY(check_parameters(c, arguments));
    TRY(compile_expressions(c, decorators));
    TRY(default_arguments(c, arguments, &flags));
    TRY(annotations(c, arguments, returns, &flags));
    TRY(unit_enter(c, name, async ? UNIT_ASYNC_FUNCTION : UNIT_FUNCTION, node, first_line(node, decorators)));
    PyObject *docstring = c->optimize < 2 ? ast_docstring(body) : NULL;
    TRY(const_index(c, docstring ? docstring : Py_None));
    count_parameters(c->unit, arguments);
    for (Py_ssize_t i = docstring ? 1 : 0; i < body->n; i++)
        TRY(compile_statement(c, body->item[i]));
    PyCodeObject *code = finish_unit(c, true);
    if (!code)
        return -1;
    TRY(compile_closure(c, code, flags));
    TRY(apply_decorators(c, decorators));
    return compile_name(c, name, Store);
}

int compile_lambda(Compiler *c, const Node *node)
{
    const Node *arguments = node->Lambda.args;
    int flags = 0;
    TRY(check_parameters(c, arguments));
    TRY(default_arguments(c, arguments, &flags));
    TRY(unit_enter(c, K_STR("<lambda>"), UNIT_LAMBDA, node, node->at.lineno));
    TRY(const_index(c, Py_None)); /* no docstring, then */
    count_parameters(c->unit, arguments);
    TRY(compile_expression(c, node->Lambda.body));
    bool generator = c->unit->scope->generator;
    if (!generator)
        TRY(emit(c, BC_RETURN_VALUE));
    PyCodeObject *code = finish_unit(c, !generator);
    return code ? compile_closure(c, code, flags) : -1;
}

static int class_body(Compiler *c, const Node *node)
{
    TRY(compile_name(c, K_STR("__name__"), Load));
    TRY(compile_name(c, K_STR("__module__"), Store));
    TRY(emit_const(c, c->unit->qualname));
    TRY(compile_name(c, K_STR("__qualname__"), Store));
    TRY(compile_body(c, node->ClassDef.body));
    at_nowhere(c);
    if (c->unit->scope->needs_class_closure) {
        TRY(emit_arg(c, BC_LOAD_CLOSURE, ptr_map_find(&c->unit->cellvars, K_STR("__class__"))));
        TRY(emit_arg(c, BC_COPY, 1));
        TRY(compile_name(c, K_STR("__classcell__"), Store));
    }
    else
        TRY(emit_const(c, Py_None));
    return emit(c, BC_RETURN_VALUE);
}

int compile_class(Compiler *c, const Node *node)
{
    const NodeSeq *decorators = node->ClassDef.decorator_list;
    TRY(compile_expressions(c, decorators));
    TRY(unit_enter(c, node->ClassDef.name, UNIT_CLASS, node, first_line(node, decorators)));
    c->unit->class_name = node->ClassDef.name;
    TRY(class_body(c, node));
    PyCodeObject *code = finish_unit(c, true);
    if (!code)
        return -1;
    TRY(emit(c, BC_PUSH_NULL));
    TRY(emit(c, BC_LOAD_BUILD_CLASS));
    TRY(compile_closure(c, code, 0));
    TRY(emit_const(c, node->ClassDef.name));
    TRY(compile_call_tail(c, 2, node->ClassDef.bases, node->ClassDef.keywords));
    TRY(apply_decorators(c, decorators));
    return compile_name(c, node->ClassDef.name, Store);
}

/* ---- comprehensions ---- */

typedef struct Comprehension {
    const Node *node;
    const NodeSeq *generators;
    const Node *element, *value; /* value: a dict's */
    int build, add;              /* BC_BUILD_LIST, BC_LIST_APPEND and so on; 0 for a generator */
} Comprehension;

static Comprehension comprehension_of(const Node *node)
{
    switch ((int)node->kind) {
    case ListComp_kind:
        return (Comprehension){ node, node->ListComp.generators, node->ListComp.elt, NULL, BC_BUILD_LIST, BC_LIST_APPEND };
    case SetComp_kind:
        return (Comprehension){ node, node->SetComp.generators, node->SetComp.elt, NULL, BC_BUILD_SET, BC_SET_ADD };
    case DictComp_kind:
        return (Comprehension){ node, node->DictComp.generators, node->DictComp.key, node->DictComp.value, BC_BUILD_MAP,
                                BC_MAP_ADD };
    }
    return (Comprehension){ node, node->GeneratorExp.generators, node->GeneratorExp.elt, NULL, 0, 0 };
}

static int generator(Compiler *c, const Comprehension *comp, Py_ssize_t number, int depth);

/* The conditions, then the inner loops or, innermost, the element. */
static int generator_body(Compiler *c, const Comprehension *comp, Py_ssize_t number, int depth, Block *skip)
{
    const NodeSeq *ifs = comp->generators->item[number]->comprehension.ifs;
    for (Py_ssize_t i = 0; i < ifs->n; i++)
        TRY(compile_jump_if(c, ifs->item[i], skip, false));
    if (number + 1 < comp->generators->n)
        return generator(c, comp, number + 1, depth);
    TRY(compile_expression(c, comp->element));
    if (comp->value)
        TRY(compile_expression(c, comp->value));
    if (comp->add)
        return emit_arg(c, comp->add, depth + 1);
    TRY(emit_yield(c));
    return emit(c, BC_POP_TOP);
}

/* `for y in [f(x)]` is an assignment: the only element of the display, or NULL. */
static const Node *single_element(const Node *iter)
{
    const NodeSeq *elts = iter->kind == List_kind ? iter->List.elts : iter->kind == Tuple_kind ? iter->Tuple.elts : NULL;
    return elts && elts->n == 1 && elts->item[0]->kind != Starred_kind ? elts->item[0] : NULL;
}

static int sync_generator(Compiler *c, const Comprehension *comp, Py_ssize_t number, int depth)
{
    const Node *gen = comp->generators->item[number];
    Block *start = block_new(c), *skip = block_new(c), *done = block_new(c);
    if (!start || !skip || !done)
        return -1;
    const Node *single = number ? single_element(gen->comprehension.iter) : NULL;
    if (number == 0) {
        c->unit->argcount = 1;
        TRY(emit_arg(c, BC_LOAD_FAST, 0));
    }
    else if (single)
        TRY(compile_expression(c, single));
    else {
        TRY(compile_expression(c, gen->comprehension.iter));
        TRY(emit(c, BC_GET_ITER));
    }
    if (!single) {
        depth++;
        block_use(c, start);
        TRY(emit_jump(c, BC_FOR_ITER, done));
    }
    TRY(compile_expression(c, gen->comprehension.target));
    TRY(generator_body(c, comp, number, depth, skip));
    block_use(c, skip);
    if (!single) {
        TRY(emit_jump(c, V_JUMP, start));
        block_use(c, done);
    }
    return 0;
}

static int async_generator(Compiler *c, const Comprehension *comp, Py_ssize_t number, int depth)
{
    const Node *gen = comp->generators->item[number];
    Block *start = block_new(c), *except = block_new(c), *skip = block_new(c);
    if (!start || !except || !skip)
        return -1;
    if (number == 0) {
        c->unit->argcount = 1;
        TRY(emit_arg(c, BC_LOAD_FAST, 0));
    }
    else {
        TRY(compile_expression(c, gen->comprehension.iter));
        TRY(emit(c, BC_GET_AITER));
    }
    block_use(c, start);
    TRY(nest_push(c, ASYNC_COMPREHENSION, start, NULL, NULL));
    TRY(emit_jump(c, V_SETUP_FINALLY, except));
    TRY(emit(c, BC_GET_ANEXT));
    TRY(emit_const(c, Py_None));
    TRY(emit_yield_from(c, true));
    TRY(emit(c, V_POP_BLOCK));
    TRY(compile_expression(c, gen->comprehension.target));
    TRY(generator_body(c, comp, number, depth + 1, skip));
    block_use(c, skip);
    TRY(emit_jump(c, V_JUMP, start));
    nest_pop(c);
    block_use(c, except);
    return emit(c, BC_END_ASYNC_FOR);
}

static int generator(Compiler *c, const Comprehension *comp, Py_ssize_t number, int depth)
{
    if (comp->generators->item[number]->comprehension.is_async)
        return async_generator(c, comp, number, depth);
    return sync_generator(c, comp, number, depth);
}

static PyObject *comprehension_name(const Comprehension *comp)
{
    switch (comp->build) {
    case BC_BUILD_LIST: return K_STR("<listcomp>");
    case BC_BUILD_SET:  return K_STR("<setcomp>");
    case BC_BUILD_MAP:  return K_STR("<dictcomp>");
    }
    return K_STR("<genexpr>");
}

int compile_comprehension(Compiler *c, const Node *node)
{
    Comprehension comp = comprehension_of(node);
    const Node *outermost = comp.generators->item[0];
    Unit *outer = c->unit;
    bool top_level = (c->flags & PyCF_ALLOW_TOP_LEVEL_AWAIT) && outer->scope->kind == MODULE_BLOCK;
    TRY(unit_enter(c, comprehension_name(&comp), UNIT_COMPREHENSION, node, node->at.lineno));
    at_node(c, node);
    bool awaited = c->unit->scope->coroutine && comp.build;
    if (awaited && outer->kind != UNIT_ASYNC_FUNCTION && outer->kind != UNIT_COMPREHENSION && !top_level)
        return compile_error(c, "asynchronous comprehension outside of an asynchronous function");
    if (comp.build)
        TRY(emit_arg(c, comp.build, 0));
    TRY(generator(c, &comp, 0, 0));
    if (comp.build)
        TRY(emit(c, BC_RETURN_VALUE));
    bool async = c->unit->scope->coroutine;
    PyCodeObject *code = finish_unit(c, true);
    if (!code)
        return -1;
    if (top_level && async)
        outer->scope->coroutine = true;
    TRY(compile_closure(c, code, 0));
    TRY(compile_expression(c, outermost->comprehension.iter));
    TRY(emit(c, outermost->comprehension.is_async ? BC_GET_AITER : BC_GET_ITER));
    TRY(emit_call(c, 0));
    if (!awaited)
        return 0;
    TRY(emit_arg(c, BC_GET_AWAITABLE, 0));
    TRY(emit_const(c, Py_None));
    return emit_yield_from(c, true);
}
