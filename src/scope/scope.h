/* scope.h - symbol tables: which name means what in which block. Serves compile() and module _symtable. */
#ifndef KAA_SCOPE_SCOPE_H
#define KAA_SCOPE_SCOPE_H

#include "ast/ast.h"
#include "base/ptr_map.h"

typedef enum { FUNCTION_BLOCK, CLASS_BLOCK, MODULE_BLOCK, ANNOTATION_BLOCK } BlockKind; /* _symtable's numbers */
typedef enum { NO_COMPREHENSION, LIST_COMPREHENSION, DICT_COMPREHENSION, SET_COMPREHENSION, GENERATOR } ComprehensionKind;

/* Flags of a symbol; where it lives stands from SYMBOL_SCOPE_SHIFT upwards. The numbers are module _symtable's. */
enum {
    DEF_GLOBAL = 1, DEF_LOCAL = 2, DEF_PARAM = 4, DEF_NONLOCAL = 8, SYMBOL_USE = 16, DEF_FREE = 32,
    DEF_FREE_CLASS = 64, DEF_IMPORT = 128, DEF_ANNOT = 256, DEF_COMP_ITER = 512,
    DEF_BOUND = DEF_LOCAL | DEF_PARAM | DEF_IMPORT,
    SYMBOL_SCOPE_SHIFT = 11, SYMBOL_SCOPE_MASK = 15
};
typedef enum { NO_SCOPE, SCOPE_LOCAL, SCOPE_GLOBAL_EXPLICIT, SCOPE_GLOBAL_IMPLICIT, SCOPE_FREE, SCOPE_CELL } SymbolScope;

typedef struct Scope Scope;
struct Scope {
    BlockKind kind;
    ComprehensionKind comprehension;
    PyObject *name;
    const Node *node; /* what opened the block */
    Position at;
    Scope *parent;
    Scope *first_child, *last_child, *next_sibling; /* annotation blocks are nobody's children */
    PtrMap symbols;    /* mangled name -> flags */
    PtrMap params;     /* mangled names in order */
    PtrMap directives; /* name of a global or nonlocal statement -> const Position * */
    PyObject *class_name; /* the class whose name mangles, or NULL */
    bool nested;          /* inside a function */
    bool generator, coroutine, varargs, varkeywords, returns_value, needs_class_closure;
    bool in_comprehension_target;
    int iterable_depth; /* > 0 inside the iterable of a comprehension */
};

/* Bounds the recursion over trees as the recursion limit says: 0, or -1 with RecursionError. */
typedef struct TreeDepth {
    int depth, limit;
} TreeDepth;
K_INT void tree_depth_start(TreeDepth *depth);
K_INT K_STATUS int tree_depth_enter(TreeDepth *depth);
static inline void tree_depth_leave(TreeDepth *depth)
{
    depth->depth--;
}

typedef struct SymbolTable {
    KArena *arena;
    PyObject *filename;
    Scope *top;
    PtrMap of_node; /* node -> Scope * */
    int future;     /* CO_FUTURE_* in effect */
    Scope *current; /* while the tables are built */
    TreeDepth depth;
} SymbolTable;

/* Builds the tables of a tree: 0, or -1 with SyntaxError, RecursionError or MemoryError. */
K_INT K_STATUS int scope_build(SymbolTable *table, const Node *mod, PyObject *filename, int future, KArena *arena);

/* Second half of scope_build(): where each name of each block lives. */
K_INT K_STATUS int scope_resolve(SymbolTable *table);

/* The scope that a node opened; NULL when it opened none. */
K_INT Scope *scope_of(const SymbolTable *table, const Node *node);

/* Flags of a mangled name in this scope (0 when it does not stand there), and where it lives. */
K_INT int scope_flags(const Scope *scope, PyObject *name);
K_INT SymbolScope scope_symbol(const Scope *scope, PyObject *name);

/* __name inside class C as _C__name; other names as they are. Interned, owned by the arena: borrowed. NULL with
 * MemoryError. */
K_INT K_BORROWED PyObject *scope_mangle(PyObject *class_name, PyObject *name, KArena *arena);

/* SyntaxError with file, range and source line; gives -1. Columns count from 0 here. */
K_INT int scope_syntax_error(PyObject *filename, Position at, const char *format, ...);

/* The features that `from __future__ import` asks for, and the line of the last such statement (-1 when none). */
typedef struct FutureFeatures {
    int features, last_line;
} FutureFeatures;
K_INT K_STATUS int scope_future(const Node *mod, PyObject *filename, FutureFeatures *future);

#endif
