/* _kaa.c - the module _kaa: what goes on inside the interpreter, as plain data.
 *
 * In: functions, code objects, dicts, any object.  Out: ints, lists and dicts of ints, strs and bytes (see src/inspect/).
 * Looking changes nothing that runs. Start at the FUNCTION blocks. */
#include "base/alloc_fail.h"
#include "inspect/inspect.h"
#include "memory/mem.h"
#include "objects/call.h"
#include "objects/func/func.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "runtime/errors.h"

/* The code object of a function or method, or the code object itself: borrowed; NULL with TypeError. */
static PyCodeObject *code_of(PyObject *object, const char *fn)
{
    if (PyMethod_Check(object))
        object = PyMethod_GET_FUNCTION(object);
    if (PyFunction_Check(object))
        return (PyCodeObject *)PyFunction_GET_CODE(object);
    if (PyCode_Check(object))
        return (PyCodeObject *)object;
    k_raise(PyExc_TypeError, "%s() argument must be a Python function, method or code object, not %.200s", fn,
            Py_TYPE(object)->tp_name);
    return NULL;
}

FUNCTION(_kaa, instructions, O, "($module, function, /)",
         "The engine's instructions of a function, method or code object.\n\n"
         "A list with a dict for each: index; op, the form it has now; base, its general form; does, what that form\n"
         "does in words, where a, b and d are the operands; a, b, c, d; depth, how many slots of the frame are live\n"
         "before it; nlocals, how many of those are variables; offset and line, the bytecode it stands for.")
{
    PyCodeObject *code = code_of(arg, "instructions");
    return code ? inspect_instructions(code) : NULL;
}

FUNCTION(_kaa, units, O, "($module, function, /)",
         "Which instruction runs each unit of bytecode of a function, method or code object.\n\n"
         "A list of indices into instructions(), one for each two bytes of co_code; a unit that stands for no instruction\n"
         "of its own (a cache, EXTENDED_ARG, PRECALL) has the one behind it.")
{
    PyCodeObject *code = code_of(arg, "units");
    return code ? inspect_units(code) : NULL;
}

FUNCTION(_kaa, caches, O, "($module, function, /)",
         "The inline caches of a function, method or code object.\n\n"
         "A list with a dict for each: instruction, the index of its user; op and base, that one's forms;\n"
         "specialised, whether they differ; counter, executions until the next attempt to specialise; failed, how many\n"
         "attempts found no form; version, version2 and index, what the form relies on.")
{
    PyCodeObject *code = code_of(arg, "caches");
    return code ? inspect_caches(code) : NULL;
}

FUNCTION(_kaa, probe, FAST, "($module, dict, key, /)",
         "The walk through a dict's hash table for a key.\n\n"
         "A list with a dict for each slot visited: slot, its number; entry, the number of the entry it names, or -1,\n"
         "or -2 for a deleted one; key, that entry's; outcome: 'found', 'same hash' (compared, and another),\n"
         "'other' (another hash), 'deleted' or 'empty'.")
{
    if (k_check_nargs("probe", nargs, 2, 2) < 0)
        return NULL;
    if (!PyDict_Check(args[0]))
        return k_raise(PyExc_TypeError, "probe() argument 1 must be dict, not %.200s", Py_TYPE(args[0])->tp_name);
    return inspect_probe((PyDictObject *)args[0], args[1]);
}

FUNCTION(_kaa, bytes, O, "($module, object, /)",
         "The memory an object stands in.\n\n"
         "A dict: address; size in bytes; collected, whether the cycle collector knows its type; bytes, from the\n"
         "reference count on.")
{
    return inspect_bytes(arg);
}

FUNCTION(_kaa, stack_address, NOARGS, "($module, /)",
         "Where this thread's C stack stands now, as an address.\n\n"
         "The stack grows downwards: the address at one place of a program less the one further down its calls is the\n"
         "C stack that these calls use.")
{
    return PyLong_FromVoidPtr(__builtin_frame_address(0));
}

FUNCTION(_kaa, heap_check, NOARGS, "($module, /)",
         "Walks over everything that lives and checks the invariants of its types.\n\n"
         "A dict: objects, how many were found; blocks, how many small blocks are in use; bad, a list with a dict for each\n"
         "object that breaks one: address, type, holds_not (the invariant), found_in (type and address of a holder).")
{
    return inspect_heap_check();
}

FUNCTION(_kaa, heap_objects, NOARGS, "($module, /)",
         "All objects that live and can be reached, those the collector does not know included.")
{
    return inspect_heap_objects();
}

FUNCTION(_kaa, starve, FAST, "($module, function, first, count=1, /)",
         "Calls function() while requests for memory fail.\n\n"
         "Requests are numbered from 1; those from first to first + count - 1 fail (none when first is 0). Returns what\n"
         "the function returns and raises what it raises.")
{
    if (k_check_nargs("starve", nargs, 2, 3) < 0)
        return NULL;
    long first = PyLong_AsLong(args[1]), count = nargs > 2 ? PyLong_AsLong(args[2]) : 1;
    if (PyErr_Occurred())
        return NULL;
    if (first < 0 || count < 0 || count > LONG_MAX - first)
        return k_raise(PyExc_ValueError, "starve() arguments must not be negative");
    k_mem_fail(first, count);
    PyObject *result = PyObject_CallNoArgs(args[0]); /* runs code */
    k_mem_fail_end();
    return result;
}

FUNCTION(_kaa, starved, NOARGS, "($module, /)",
         "How many requests for memory there were during the last starve(), and how many of them failed.")
{
    return Py_BuildValue("ll", alloc_fail.asked, alloc_fail.failed);
}

METHODS_END(_kaa);

static int kaa_exec(PyObject *module)
{
    return 0;
}
MODULE(_kaa, "The inside of the interpreter as plain data.", kaa_exec, 0);
