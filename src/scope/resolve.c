/* resolve.c - symbol tables, second half: where each name lives.
 *
 * In: scopes with flags.  Out: the SymbolScope of each symbol; FREE entries in every block a free variable passes
 * through; CELL where it is bound. A name that its own block does not bind is searched outwards through the functions
 * around it (classes are passed over); the first that binds it has it as a cell, the first that declares it global
 * ends the search. Start at scope_resolve(). */
#include "scope/scope.h"

#include "objects/str/str.h"
#include "runtime/errors.h"

static void set_scope(Scope *scope, int number, SymbolScope place)
{
    intptr_t *flags = &scope->symbols.entry[number].value;
    *flags = (*flags & ~((intptr_t)SYMBOL_SCOPE_MASK << SYMBOL_SCOPE_SHIFT)) | (intptr_t)place << SYMBOL_SCOPE_SHIFT;
}

static int directive_error(SymbolTable *table, const Scope *scope, PyObject *name, const char *format)
{
    int number = ptr_map_find(&scope->directives, name);
    Position at = number < 0 ? scope->at : *(const Position *)scope->directives.entry[number].value;
    return scope_syntax_error(table->filename, at, format, name);
}

/* The block around scope that binds name for it: a function, or a class for __class__; NULL when the name is global. */
static Scope *binding_scope(const Scope *scope, PyObject *name)
{
    for (Scope *outer = scope->parent; outer; outer = outer->parent) {
        if (outer->kind == CLASS_BLOCK && name == K_STR("__class__"))
            return outer;
        if (outer->kind != FUNCTION_BLOCK)
            continue;
        int flags = scope_flags(outer, name);
        if (flags & DEF_GLOBAL)
            return NULL;
        if ((flags & DEF_BOUND) && !(flags & DEF_NONLOCAL))
            return outer;
    }
    return NULL;
}

/* The name is free in scope and lives in home: the blocks between pass it on. */
static int pass_through(SymbolTable *table, Scope *scope, Scope *home, PyObject *name)
{
    for (Scope *between = scope->parent; between != home; between = between->parent) {
        int number = ptr_map_find(&between->symbols, name);
        if (number < 0) {
            number = ptr_map_add(&between->symbols, table->arena, name, 0);
            if (number < 0) {
                PyErr_NoMemory();
                return -1;
            }
            set_scope(between, number, SCOPE_FREE);
        }
        else if (between->kind == CLASS_BLOCK && (between->symbols.entry[number].value & (DEF_BOUND | DEF_GLOBAL)))
            between->symbols.entry[number].value |= DEF_FREE_CLASS;
    }
    if (home->kind == CLASS_BLOCK)
        home->needs_class_closure = true;
    else
        set_scope(home, ptr_map_find(&home->symbols, name), SCOPE_CELL);
    return 0;
}

static int resolve_name(SymbolTable *table, Scope *scope, int number)
{
    PyObject *name = (PyObject *)scope->symbols.entry[number].key;
    int flags = (int)scope->symbols.entry[number].value;
    if (flags >> SYMBOL_SCOPE_SHIFT)
        return 0; /* a child made it free or a cell; its scope stands */
    if (flags & DEF_GLOBAL) {
        if (flags & DEF_NONLOCAL)
            return directive_error(table, scope, name, "name '%U' is nonlocal and global");
        set_scope(scope, number, SCOPE_GLOBAL_EXPLICIT);
        return 0;
    }
    if ((flags & DEF_BOUND) && !(flags & DEF_NONLOCAL)) {
        set_scope(scope, number, SCOPE_LOCAL);
        return 0;
    }
    Scope *home = scope->kind == MODULE_BLOCK ? NULL : binding_scope(scope, name);
    if (home) {
        set_scope(scope, number, SCOPE_FREE);
        return pass_through(table, scope, home, name);
    }
    if (flags & DEF_NONLOCAL)
        return directive_error(table, scope, name,
                               scope->kind == MODULE_BLOCK ? "nonlocal declaration not allowed at module level"
                                                           : "no binding for nonlocal '%U' found");
    set_scope(scope, number, SCOPE_GLOBAL_IMPLICIT);
    return 0;
}

static int resolve_block(SymbolTable *table, Scope *scope)
{
    for (int i = 0; i < scope->symbols.n; i++)
        if (resolve_name(table, scope, i) < 0)
            return -1;
    for (Scope *child = scope->first_child; child; child = child->next_sibling) {
        if (tree_depth_enter(&table->depth) < 0 || resolve_block(table, child) < 0)
            return -1;
        tree_depth_leave(&table->depth);
    }
    return 0;
}

int scope_resolve(SymbolTable *table)
{
    return resolve_block(table, table->top);
}
