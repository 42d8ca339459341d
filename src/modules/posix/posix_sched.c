/* posix_sched.c - module posix: scheduling: policies, priorities, processors.
 *
 * In: process ids, policies, sched_param.  Out: numbers, sets, sched_param. */
#include <sched.h>

#include "modules/posix/posix_int.h"
#include "objects/float/float.h"
#include "objects/set/set.h"

METHODS_DECLARE(posix_sched);

/* ---- policies and processors ---- */

FUNCTION(posix_sched, sched_yield, NOARGS, "($module, /)", "Lets other processes run.")
{
    return posix_status(sched_yield());
}

FUNCTION(posix_sched, sched_getaffinity, O, "($module, pid, /)", "The processors a process may run on: a set.")
{
    int pid;
    cpu_set_t cpus;
    if (k_arg_int(arg, &pid) < 0)
        return NULL;
    if (sched_getaffinity(pid, sizeof cpus, &cpus) < 0)
        return posix_error();
    K_AUTO(PyObject *) list = PyList_New(0);
    for (int i = 0; list && i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, &cpus)) {
            PyObject *number = PyLong_FromLong(i);
            if (!number || k_list_append_steal((PyListObject *)list, number) < 0)
                return NULL;
        }
    return list ? PySet_New(list) : NULL;
}

FUNCTION(posix_sched, sched_setaffinity, FAST, "($module, pid, mask, /)", "Sets the processors a process may run on.")
{
    int pid;
    cpu_set_t cpus;
    if (k_check_nargs("sched_setaffinity", nargs, 2, 2) < 0 || k_arg_int(args[0], &pid) < 0)
        return NULL;
    CPU_ZERO(&cpus);
    K_AUTO(PyObject *) numbers = PySequence_List(args[1]);
    for (Py_ssize_t i = 0; numbers && i < PyList_GET_SIZE(numbers); i++) {
        int number;
        if (k_arg_int(PyList_GET_ITEM(numbers, i), &number) < 0)
            return NULL;
        if (number < 0)
            return k_raise(PyExc_ValueError, "negative CPU number");
        if (number >= CPU_SETSIZE)
            return k_raise(PyExc_OverflowError, "CPU number too large");
        CPU_SET(number, &cpus);
    }
    return numbers ? posix_status(sched_setaffinity(pid, sizeof cpus, &cpus)) : NULL;
}

#define PRIORITY_BOUND(name, doc)                                                                                      \
    FUNCTION_KW(posix_sched, name, "($module, /, policy)", doc, *policy)                                              \
    {                                                                                                                  \
        int policy;                                                                                                    \
        if (k_arg_int(arg->policy, &policy) < 0)                                                                       \
            return NULL;                                                                                               \
        int priority = name(policy);                                                                                   \
        return priority < 0 ? posix_error() : PyLong_FromLong(priority);                                               \
    }
PRIORITY_BOUND(sched_get_priority_max, "The highest priority of a scheduling policy.")
PRIORITY_BOUND(sched_get_priority_min, "The lowest priority of a scheduling policy.")

FUNCTION(posix_sched, sched_getscheduler, O, "($module, pid, /)", "The scheduling policy of a process; 0 is this one.")
{
    int pid;
    if (k_arg_int(arg, &pid) < 0)
        return NULL;
    int policy = sched_getscheduler(pid);
    return policy < 0 ? posix_error() : PyLong_FromLong(policy);
}

FUNCTION(posix_sched, sched_rr_get_interval, O, "($module, pid, /)", "The round-robin time of a process, in seconds.")
{
    int pid;
    struct timespec time;
    if (k_arg_int(arg, &pid) < 0)
        return NULL;
    if (sched_rr_get_interval(pid, &time) < 0)
        return posix_error();
    return PyFloat_FromDouble((double)time.tv_sec + 1e-9 * (double)time.tv_nsec);
}

/* ---- sched_param ---- */

static PyTypeObject sched_param_type;
static PyStructSequence_Field sched_fields[] = { { "sched_priority", "the scheduling priority" }, { NULL, NULL } };
static PyStructSequence_Desc sched_desc = { "posix.sched_param",
                                            "sched_param(sched_priority)\n--\n\nThe parameters of a scheduling policy.",
                                            sched_fields, 1 };

BINDER(sched_param_new, "sched_param", "(sched_priority)", *sched_priority);

static PyObject *sched_param_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    sched_param_new_args arg;
    PyObject *owned = NULL;
    if (BIND(sched_param_new, &arg, args, kwargs, &owned) < 0)
        return NULL;
    K_AUTO(PyObject *) hold = owned;
    PyObject *self = PyStructSequence_New(type);
    if (self)
        PyStructSequence_SET_ITEM(self, 0, Py_NewRef(arg.sched_priority));
    return self;
}

int posix_sched_param(PyObject *object, struct sched_param *parameters)
{
    if (!Py_IS_TYPE(object, &sched_param_type)) {
        PyErr_SetString(PyExc_TypeError, "must have a sched_param object");
        return -1;
    }
    *parameters = (struct sched_param){ 0 };
    return k_arg_int(PyStructSequence_GET_ITEM(object, 0), &parameters->sched_priority);
}

FUNCTION(posix_sched, sched_getparam, O, "($module, pid, /)", "The scheduling parameters of a process; 0 is this one.")
{
    int pid;
    struct sched_param parameters;
    if (k_arg_int(arg, &pid) < 0)
        return NULL;
    if (sched_getparam(pid, &parameters) < 0)
        return posix_error();
    K_AUTO(PyObject *) result = PyStructSequence_New(&sched_param_type);
    PyObject *priority = result ? PyLong_FromLong(parameters.sched_priority) : NULL;
    if (!priority)
        return NULL;
    PyStructSequence_SET_ITEM(result, 0, priority);
    return K_MOVE(result);
}

FUNCTION(posix_sched, sched_setparam, FAST, "($module, pid, param, /)",
         "Sets the scheduling parameters of a process; 0 is this one.")
{
    int pid;
    struct sched_param parameters;
    if (nargs != 2)
        return k_raise(PyExc_TypeError, "sched_setparam() takes exactly 2 arguments (%zd given)", nargs);
    if (k_arg_int(args[0], &pid) < 0 || posix_sched_param(args[1], &parameters) < 0)
        return NULL;
    return posix_status(sched_setparam(pid, &parameters));
}

FUNCTION(posix_sched, sched_setscheduler, FAST, "($module, pid, policy, param, /)",
         "Sets the scheduling policy of a process; 0 is this one.")
{
    int pid, policy;
    struct sched_param parameters;
    if (nargs != 3)
        return k_raise(PyExc_TypeError, "sched_setscheduler() takes exactly 3 arguments (%zd given)", nargs);
    if (k_arg_int(args[0], &pid) < 0 || k_arg_int(args[1], &policy) < 0 || posix_sched_param(args[2], &parameters) < 0)
        return NULL;
    return posix_status(sched_setscheduler(pid, policy, &parameters));
}
METHODS_END(posix_sched);

int posix_sched_start(PyObject *module)
{
    if (posix_add_type(module, &sched_param_type, &sched_desc, "sched_param") < 0)
        return -1;
    sched_param_type.tp_new = sched_param_new;
    return PyModule_AddFunctions(module, METHODS(posix_sched));
}
