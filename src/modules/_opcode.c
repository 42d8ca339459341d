/* _opcode.c - module _opcode: what instructions do to the stack.
 *
 * In: an opcode, its argument.  Out: the change of the stack's depth. Start at _opcode_stack_effect. */
#include "code/opcode.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "runtime/errors.h"

enum { FIRST_WITH_ARGUMENT = 90 };

METHODS_DECLARE(_opcode);

/* -1: either; 0, 1; -2 with an exception. */
static int jump_argument(PyObject *jump)
{
    if (jump == Py_None || jump == Py_True || jump == Py_False)
        return jump == Py_None ? -1 : jump == Py_True;
    PyErr_SetString(PyExc_ValueError, "stack_effect: jump must be False, True or None");
    return -2;
}

FUNCTION_KW(_opcode, stack_effect, "($module, opcode, oparg=None, /, *, jump=None)",
            "How much deeper the stack is after an instruction.",
            *opcode, *oparg, *jump)
{
    int opcode, oparg = 0;
    if (k_arg_int(arg->opcode, &opcode) < 0)
        return NULL;
    if (opcode < FIRST_WITH_ARGUMENT && arg->oparg != Py_None)
        return k_raise(PyExc_ValueError, "stack_effect: opcode does not permit oparg but oparg was specified");
    if (opcode >= FIRST_WITH_ARGUMENT) {
        if (arg->oparg == Py_None)
            return k_raise(PyExc_ValueError, "stack_effect: opcode requires oparg but oparg was not specified");
        if (k_arg_int(arg->oparg, &oparg) < 0)
            return NULL;
    }
    int jump = jump_argument(arg->jump);
    if (jump < -1)
        return NULL;
    int effect = opcode < 0 || opcode > 255 ? K_NO_EFFECT : k_stack_effect(opcode, oparg, jump != 0);
    if (jump < 0 && effect != K_NO_EFFECT)
        effect = Py_MAX(effect, k_stack_effect(opcode, oparg, 0));
    return effect == K_NO_EFFECT ? k_raise(PyExc_ValueError, "invalid opcode or oparg") : PyLong_FromLong(effect);
}

FUNCTION(_opcode, get_specialization_stats, NOARGS, "($module, /)",
         "The counts of specialized instructions; None, as they are not taken.")
{
    Py_RETURN_NONE;
}
METHODS_END(_opcode);

static int opcode_exec(PyObject *module K_UNUSED)
{
    return 0;
}

MODULE(_opcode, "What is known of opcodes; use it through module dis.", opcode_exec, 0);
