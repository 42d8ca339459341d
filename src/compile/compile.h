/* compile.h - from a tree to a code object. Serves the runtime. */
#ifndef KAA_COMPILE_COMPILE_H
#define KAA_COMPILE_COMPILE_H

#include "ast/ast.h"
#include "code/code.h"

typedef struct CompileOptions {
    PyObject *filename; /* str */
    int flags;          /* PyCF_* and CO_FUTURE_* of the caller */
    int optimize;       /* 0, 1, 2 */
} CompileOptions;

/* NULL with SyntaxError, RecursionError, MemoryError, or what a warning turned into. The tree is folded in place. */
K_INT K_NEW PyCodeObject *compile_tree(Node *mod, const CompileOptions *options, KArena *arena);

#endif
