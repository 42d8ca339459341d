/* compile.c - from a tree to a code object: future features, folding, symbol tables, then the module's own unit.
 *
 * In: a tree and options.  Out: a code object, or a SyntaxError. Start at compile_tree(). */
#include "compile/unit.h"

#include "objects/str/str.h"
#include "runtime/errors.h"
#include "runtime/run.h"

static int module_code(Compiler *c, const Node *mod, bool *add_none)
{
    *add_none = true;
    switch ((int)mod->kind) {
    case Module_kind:
        c->unit->at.lineno = 1;
        return compile_body(c, mod->Module.body);
    case Interactive_kind:
        c->interactive = true;
        c->unit->at.lineno = 1;
        return compile_body_interactive(c, mod->Interactive.body);
    case Expression_kind:
        *add_none = false;
        c->unit->at.lineno = 1;
        return compile_expression(c, mod->Expression.body);
    }
    PyErr_Format(PyExc_SystemError, "module kind %d should not be possible", mod->kind);
    return -1;
}

PyCodeObject *compile_tree(Node *mod, const CompileOptions *options, KArena *arena)
{
    Compiler c = { .arena = arena, .filename = options->filename, .flags = options->flags, .optimize = options->optimize };
    if (scope_future(mod, options->filename, &c.future) < 0)
        return NULL;
    c.future.features |= options->flags;
    if (ast_fold(mod, arena, options->optimize, c.future.features) < 0 ||
        scope_build(&c.symbols, mod, options->filename, c.future.features, arena) < 0)
        return NULL;
    tree_depth_start(&c.depth);
    bool add_none;
    if (unit_enter(&c, K_STR("<module>"), UNIT_MODULE, mod, 1) < 0 || module_code(&c, mod, &add_none) < 0)
        return NULL;
    return assemble_unit(&c, add_none);
}
