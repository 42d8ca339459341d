/* unit.h - the compiler's working state: one Unit for each code object being made, its flow graph of Blocks.
 *
 * Everything lives in the tree's arena. Functions give 0, or -1 with an exception; TRY passes a failure on. */
#ifndef KAA_COMPILE_UNIT_H
#define KAA_COMPILE_UNIT_H

#include "code/code.h"
#include "code/opcode.h"
#include "compile/compile.h"
#include "scope/scope.h"

#define TRY(expression)                                                                                                \
    do {                                                                                                               \
        if ((expression) < 0)                                                                                          \
            return -1;                                                                                                 \
    } while (0)

/* Instructions that only the flow graph knows; the layout replaces them by real ones or drops them. */
enum {
    V_SETUP_FINALLY = 256, /* a handler begins to apply: it gets the exception */
    V_SETUP_CLEANUP,       /* ... the position and the exception */
    V_SETUP_WITH,          /* ... the same, below what __enter__ gave */
    V_POP_BLOCK,           /* the innermost handler ceases to apply */
    V_JUMP,
    V_JUMP_NO_INTERRUPT,
    V_POP_JUMP_IF_FALSE,
    V_POP_JUMP_IF_TRUE,
    V_POP_JUMP_IF_NONE,
    V_POP_JUMP_IF_NOT_NONE
};

typedef struct Block Block;
typedef struct Instr {
    int op; /* BC_* or V_* */
    int arg;
    Block *target;  /* of jumps and V_SETUP_* */
    Block *handler; /* where an exception goes; set by the layout */
    Position at;    /* lineno < 0: an artificial instruction */
} Instr;

struct Block {
    Block *made_before; /* all blocks of the unit, newest first */
    Block *next;        /* in code order */
    Instr *instr;
    int n, capacity;
    int predecessors;
    int depth;          /* of the stack at its start; INT_MIN: not reached */
    int offset;         /* in code units */
    bool ends;          /* never falls through */
    bool exits;         /* ends by returning or raising */
    bool visited;
    bool push_lasti;    /* a handler that gets the position too */
    struct HandlerStack *handlers; /* at its start, while handlers are found */
};

/* What break, continue and return have to undo. */
typedef enum {
    WHILE_LOOP, FOR_LOOP, TRY_EXCEPT, FINALLY_TRY, FINALLY_END, WITH_BLOCK, ASYNC_WITH_BLOCK, HANDLER_CLEANUP, POP_VALUE,
    EXCEPTION_HANDLER, EXCEPTION_GROUP_HANDLER, ASYNC_COMPREHENSION
} NestKind;
typedef struct Nest {
    NestKind kind;
    Block *start, *exit;
    const void *datum; /* FINALLY_TRY: its NodeSeq; WITH: the statement; HANDLER_CLEANUP: the name, or NULL */
} Nest;
enum { NEST_LIMIT = 20 }; /* CPython's bound on statically nested blocks */

typedef enum { UNIT_MODULE, UNIT_CLASS, UNIT_FUNCTION, UNIT_ASYNC_FUNCTION, UNIT_LAMBDA, UNIT_COMPREHENSION } UnitKind;

typedef struct Unit Unit;
struct Unit {
    Unit *outer;
    Scope *scope;
    UnitKind kind;
    PyObject *name, *qualname, *class_name; /* class_name: mangles private names, or NULL */
    PtrMap consts, names, varnames, cellvars, freevars; /* key -> nothing; the entry's number is the index */
    int argcount, posonlyargcount, kwonlyargcount;
    int firstlineno; /* 0: that of the first instruction */
    Block *newest, *entry, *current;
    Nest nest[NEST_LIMIT];
    int nested;
    Position at; /* of the next instruction */
};

typedef struct Compiler {
    KArena *arena;
    PyObject *filename;
    SymbolTable symbols;
    FutureFeatures future;
    int flags, optimize;
    int levels;        /* units open */
    bool interactive;
    TreeDepth depth;
    Unit *unit;
    struct ConstEntry **const_slots; /* constants by exact type and value */
    size_t const_mask;
    int const_count;
} Compiler;

static const Position NOWHERE = { -1, -1, -1, -1 };

/* ---- unit.c ---- */
K_INT int unit_enter(Compiler *c, PyObject *name, UnitKind kind, const Node *node, int firstlineno);
K_INT void unit_leave(Compiler *c);
K_INT int compile_error(Compiler *c, const char *format, ...);  /* SyntaxError at the current position; gives -1 */
K_INT int compile_error_at(Compiler *c, Position at, const char *format, ...);
K_INT int compile_warn(Compiler *c, const char *format, ...);   /* SyntaxWarning; 0, or -1 when it became an error */
K_INT PyObject *compile_own(Compiler *c, PyObject *object);     /* the arena takes it (NULL passes through): borrowed */
K_INT PyObject *compile_mangle(Compiler *c, PyObject *name);

K_INT Block *block_new(Compiler *c);   /* NULL with MemoryError */
K_INT void block_use(Compiler *c, Block *block); /* code goes on there, behind the current block */
K_INT Instr *block_append(Compiler *c, Block *block, int op, int arg); /* NULL with MemoryError */

K_INT int emit(Compiler *c, int op);
K_INT int emit_arg(Compiler *c, int op, int arg);
K_INT int emit_artificial(Compiler *c, int op); /* without position */
K_INT int emit_jump(Compiler *c, int op, Block *target);
K_INT int emit_jump_artificial(Compiler *c, int op, Block *target);
K_INT int emit_const(Compiler *c, PyObject *value);               /* borrowed value */
K_INT int emit_new_const(Compiler *c, K_STOLEN PyObject *value);  /* NULL: failure passes through */
K_INT int emit_name(Compiler *c, int op, PyObject *name);         /* mangled here, an index into co_names */
K_INT int emit_yield_from(Compiler *c, bool await);
K_INT int emit_yield(Compiler *c);
K_INT int emit_reraise_cleanup(Compiler *c); /* the end of a handler that itself fails */
K_INT int emit_call(Compiler *c, int nargs);                      /* PRECALL, CALL */

K_INT int const_index(Compiler *c, PyObject *value); /* in co_consts of the unit; the arena keeps the value */
K_INT PyObject *const_canonical(Compiler *c, PyObject *value); /* the same object for the same constant: borrowed */
K_INT int name_index(Compiler *c, PtrMap *map, PyObject *name);

K_INT int nest_push(Compiler *c, NestKind kind, Block *start, Block *exit, const void *datum);
K_INT void nest_pop(Compiler *c);

static inline void at_node(Compiler *c, const Node *node)
{
    c->unit->at = node->at;
}
static inline void at_nowhere(Compiler *c)
{
    c->unit->at = NOWHERE;
}
static inline bool instr_is_jump(const Instr *i)
{
    return i->op >= V_JUMP || (i->op < 256 && k_bytecode_is_jump(i->op));
}
static inline bool instr_is_setup(const Instr *i)
{
    return i->op >= V_SETUP_FINALLY && i->op <= V_SETUP_WITH;
}
static inline Instr *block_last(Block *block)
{
    return block->n ? &block->instr[block->n - 1] : NULL;
}

/* ---- statement.c, function.c, try.c, match.c ---- */
K_INT int compile_statement(Compiler *c, const Node *node);
K_INT int compile_body(Compiler *c, const NodeSeq *body); /* a module's or class's */
K_INT int compile_body_interactive(Compiler *c, const NodeSeq *body);
K_INT int compile_statements(Compiler *c, const NodeSeq *body);
K_INT int compile_function(Compiler *c, const Node *node);
K_INT int compile_class(Compiler *c, const Node *node);
K_INT int compile_lambda(Compiler *c, const Node *node);
K_INT int compile_closure(Compiler *c, PyCodeObject *code, int flags); /* MAKE_FUNCTION with its cells */
K_INT int compile_annotation(Compiler *c, const Node *annotation);
K_INT int compile_try(Compiler *c, const Node *node);
K_INT int compile_with(Compiler *c, const Node *node);
K_INT int compile_match(Compiler *c, const Node *node);
K_INT int compile_forget_name(Compiler *c, PyObject *name); /* name = None; del name */
K_INT int compile_unwind(Compiler *c, const Nest *nest, bool keep_top);
/* Undoes the nest from the inside out; with a loop wanted, up to it (*loop NULL when there is none). */
K_INT int compile_unwind_all(Compiler *c, bool keep_top, const Nest **loop);

/* ---- expression.c, call.c, comprehension.c ---- */
K_INT int compile_expression(Compiler *c, const Node *node);
K_INT int compile_expressions(Compiler *c, const NodeSeq *nodes);
K_INT int compile_jump_if(Compiler *c, const Node *node, Block *target, bool condition);
K_INT int compile_name(Compiler *c, PyObject *name, AstEnum context);
K_INT int compile_call(Compiler *c, const Node *node);
K_INT int compile_call_tail(Compiler *c, int pushed, const NodeSeq *args, const NodeSeq *keywords);
K_INT int compile_comprehension(Compiler *c, const Node *node);
K_INT int compile_augassign(Compiler *c, const Node *node);
K_INT int compile_compare_op(Compiler *c, AstEnum op);
K_INT int compile_binary_op(Compiler *c, AstEnum op, bool in_place);
K_INT int compile_sequence(Compiler *c, const NodeSeq *elts, int pushed, int build, int add, int extend, bool tuple);
K_INT int compile_unpack(Compiler *c, const NodeSeq *elts, NodeKind star, const char *where);
K_INT int compile_forbidden_name(Compiler *c, PyObject *name, AstEnum context);
enum { STACK_USE_LIMIT = 30 }; /* more items than this are not gathered on the stack */

/* ---- warn.c ---- */
K_INT int warn_comparison(Compiler *c, const Node *node);
K_INT int warn_caller(Compiler *c, const Node *callee);
K_INT int warn_subscripted(Compiler *c, const Node *value);
K_INT int warn_index(Compiler *c, const Node *value, const Node *index);

/* ---- flow.c, layout.c, assemble.c ---- */
K_INT int flow_optimize(Compiler *c);     /* unit->consts may grow and shrink */
K_INT void flow_clean_block(Block *block); /* drops NOPs that no line needs */
K_INT int layout_stack_depth(Compiler *c); /* the greatest depth, or -1 */
K_INT int layout_handlers(Compiler *c);    /* sets Instr.handler, drops the set-up instructions */
K_INT int layout_jumps(Compiler *c, int *size); /* real jumps and their distances; size of the code in units */
K_INT int instr_units(const Instr *i);
K_INT PyCodeObject *assemble_unit(Compiler *c, bool add_none); /* the code object of the current unit: new */
K_INT int instr_stack_effect(const Instr *i, bool jump);

#endif
