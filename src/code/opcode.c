/* opcode.c - the tables behind opcode.h.
 *
 * In: opcodes.def.  Out: properties by opcode, and the stack effect of an instruction. */
#include "code/opcode.h"

const KBytecodeRow k_bytecode_rows[256] = {
#define BYTECODE(num, name, operand, pops, pushes, caches, flags) [num] = { #name, OPERAND_##operand, caches, flags },
#include "code/opcodes.def"
#undef BYTECODE
};

int k_stack_use(int opcode, int oparg, int jump, int *pops_out, int *pushes_out)
{
    switch (opcode) {
#define BYTECODE(num, name, operand, pops, pushes, caches, flags)                                                      \
    case num:                                                                                                          \
        *pops_out = (pops);                                                                                            \
        *pushes_out = (pushes);                                                                                        \
        return 0;
#include "code/opcodes.def"
#undef BYTECODE
    }
    return -1;
}

int k_stack_effect(int opcode, int oparg, int jump)
{
    int pops, pushes;
    if (k_stack_use(opcode, oparg, jump, &pops, &pushes) < 0)
        return K_NO_EFFECT;
    return pushes - pops;
}
