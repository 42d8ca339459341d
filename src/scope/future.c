/* future.c - which features a module asks for with `from __future__ import`.
 *
 * In: a tree.  Out: CO_FUTURE_* flags, and the last line such a statement stands on.
 * Only a docstring and other such statements may stand before one; a later one is an error here when it shares a line
 * with the end of the prologue, and the compiler's business otherwise. */
#include "code/code.h"
#include "runtime/errors.h"
#include "scope/scope.h"
#include "objects/str/str.h"

typedef struct Feature {
    const char *name;
    int flag;
} Feature;

static const Feature feature[] = {
    { "nested_scopes", 0 },    { "generators", 0 },     { "division", 0 },
    { "absolute_import", 0 },  { "with_statement", 0 }, { "print_function", 0 },
    { "unicode_literals", 0 }, { "barry_as_FLUFL", CO_FUTURE_BARRY_AS_BDFL },
    { "generator_stop", 0 },   { "annotations", CO_FUTURE_ANNOTATIONS },
};

/* These errors tell a line and a column, but not where the range ends; columns are counted up by one later. */
enum { NO_END_COLUMN = -2 };

static int add_features(const Node *statement, PyObject *filename, FutureFeatures *future)
{
    Position at = statement->at;
    at.end_lineno = at.lineno;
    at.end_col_offset = NO_END_COLUMN;
    const NodeSeq *names = statement->ImportFrom.names;
    for (Py_ssize_t i = 0; i < names->n; i++) {
        PyObject *name = names->item[i]->alias.name;
        Py_ssize_t k = 0;
        while (k < K_COUNT_OF(feature) && PyUnicode_CompareWithASCIIString(name, feature[k].name) != 0)
            k++;
        if (k < K_COUNT_OF(feature)) {
            future->features |= feature[k].flag;
            continue;
        }
        if (PyUnicode_CompareWithASCIIString(name, "braces") == 0)
            return scope_syntax_error(filename, at, "not a chance");
        return scope_syntax_error(filename, at, "future feature %.100U is not defined", name);
    }
    return 0;
}

static bool is_future_import(const Node *statement)
{
    return statement->kind == ImportFrom_kind && statement->ImportFrom.module &&
           PyUnicode_CompareWithASCIIString(statement->ImportFrom.module, "__future__") == 0;
}

static bool is_string_statement(const Node *statement)
{
    return statement->kind == Expr_kind && statement->Expr.value->kind == Constant_kind &&
           PyUnicode_CheckExact(statement->Expr.value->Constant.value);
}

int scope_future(const Node *mod, PyObject *filename, FutureFeatures *future)
{
    *future = (FutureFeatures){ 0, -1 };
    if (mod->kind != Module_kind && mod->kind != Interactive_kind)
        return 0;
    const NodeSeq *body = mod->kind == Module_kind ? mod->Module.body : mod->Interactive.body;
    bool prologue = true;
    int line = 0;
    for (Py_ssize_t i = 0; i < body->n; i++) {
        const Node *statement = body->item[i];
        if (!prologue && statement->at.lineno > line)
            return 0;
        line = statement->at.lineno;
        if (is_future_import(statement)) {
            if (!prologue) {
                Position at = statement->at;
                at.col_offset--; /* CPython 3.11 counts this one from 0 */
                at.end_lineno = at.lineno;
                at.end_col_offset = NO_END_COLUMN;
                return scope_syntax_error(filename, at,
                                          "from __future__ imports must occur at the beginning of the file");
            }
            if (add_features(statement, filename, future) < 0)
                return -1;
            future->last_line = line;
        }
        else if (i > 0 || !is_string_statement(statement))
            prologue = false;
    }
    return 0;
}
