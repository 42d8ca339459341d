/* opcode.h - the bytecode's numbers, names and properties, all from opcodes.def.
 *
 * Start with k_bytecode_row() for the properties of an opcode and k_stack_effect() for what it does to the stack. */
#ifndef KAA_CODE_OPCODE_H
#define KAA_CODE_OPCODE_H

#include "base/k.h"

enum {
#define BYTECODE(num, name, operand, pops, pushes, caches, flags) BC_##name = num,
#include "code/opcodes.def"
#undef BYTECODE
};
enum { BC_HAVE_ARGUMENT = 90 }; /* opcodes from here on use their argument */

/* What an argument names. */
typedef enum KOperand {
    OPERAND_NONE,
    OPERAND_NUMBER,   /* a count, a depth or flags */
    OPERAND_CONST,    /* index into co_consts */
    OPERAND_NAME,     /* index into co_names */
    OPERAND_GLOBAL,   /* index into co_names << 1 | "push NULL first" */
    OPERAND_LOCAL,    /* index into the frame's localsplus: a plain local */
    OPERAND_CELL,     /* index into the frame's localsplus: a cell or free variable */
    OPERAND_COMPARE,  /* Py_LT ... Py_GE */
    OPERAND_BINARY,   /* KBinaryOp */
    OPERAND_FORWARD,  /* jump, in code units from the end of the instruction and its caches */
    OPERAND_BACKWARD
} KOperand;

enum { BC_ENDS = 1 }; /* flags of a row */

typedef struct KBytecodeRow {
    const char *name; /* NULL: no such opcode */
    uint8_t operand;  /* KOperand */
    uint8_t caches, flags;
} KBytecodeRow;

/* Argument of BINARY_OP. An in-place form stands NB_INPLACE after its plain one. */
typedef enum KBinaryOp {
    NB_ADD, NB_AND, NB_FLOOR_DIVIDE, NB_LSHIFT, NB_MATRIX_MULTIPLY, NB_MULTIPLY, NB_REMAINDER, NB_OR, NB_POWER,
    NB_RSHIFT, NB_SUBTRACT, NB_TRUE_DIVIDE, NB_XOR,
    NB_INPLACE_ADD, NB_INPLACE_AND, NB_INPLACE_FLOOR_DIVIDE, NB_INPLACE_LSHIFT, NB_INPLACE_MATRIX_MULTIPLY,
    NB_INPLACE_MULTIPLY, NB_INPLACE_REMAINDER, NB_INPLACE_OR, NB_INPLACE_POWER, NB_INPLACE_RSHIFT,
    NB_INPLACE_SUBTRACT, NB_INPLACE_TRUE_DIVIDE, NB_INPLACE_XOR
} KBinaryOp;
_Static_assert(NB_INPLACE_XOR == 25, "the numbers are the bytecode's");

/* Argument bits of MAKE_FUNCTION and FORMAT_VALUE. */
enum { MAKE_DEFAULTS = 1, MAKE_KWDEFAULTS = 2, MAKE_ANNOTATIONS = 4, MAKE_CLOSURE = 8 };
enum { FORMAT_NO_CONVERSION = 0, FORMAT_STR = 1, FORMAT_REPR = 2, FORMAT_ASCII = 3, FORMAT_CONVERSION = 3, FORMAT_SPEC = 4 };
/* Argument of RESUME. */
enum { RESUME_AT_START = 0, RESUME_AFTER_YIELD = 1, RESUME_AFTER_YIELD_FROM = 2, RESUME_AFTER_AWAIT = 3 };

extern K_INT const KBytecodeRow k_bytecode_rows[256];
static inline const KBytecodeRow *k_bytecode_row(int opcode)
{
    return &k_bytecode_rows[opcode & 255];
}
static inline int k_bytecode_is_jump(int opcode)
{
    return k_bytecode_row(opcode)->operand >= OPERAND_FORWARD;
}

/* pops and pushes of one instruction; 0, or -1 when there is no such opcode. */
K_INT int k_stack_use(int opcode, int oparg, int jump, int *pops, int *pushes);

/* The change of depth, dis.stack_effect's; K_NO_EFFECT when there is no such opcode. */
enum { K_NO_EFFECT = INT_MAX };
K_INT int k_stack_effect(int opcode, int oparg, int jump);

#endif
