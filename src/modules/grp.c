/* grp.c - module grp: the groups of the system.
 *
 * In: a name or a group id.  Out: struct_group, or KeyError. Start at grp_getgrgid. */
#include <grp.h>

#include "memory/mem.h"
#include "objects/bytes/bytes.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "objects/structseq.h"
#include "runtime/errors.h"
#include "runtime/oscall.h"

static PyTypeObject group_type;
static PyStructSequence_Field group_fields[] = {
    { "gr_name", "group name" }, { "gr_passwd", "password" }, { "gr_gid", "group id" }, { "gr_mem", "group members" },
    { NULL, NULL },
};
static PyStructSequence_Desc group_desc = { "grp.struct_group", "An entry of the group database.", group_fields, 4 };

static PyObject *members(char **name)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    for (; list && *name; name++) {
        K_AUTO(PyObject *) text = PyUnicode_DecodeFSDefault(*name);
        if (!text || PyList_Append(list, text) < 0)
            return NULL;
    }
    return K_MOVE(list);
}

static PyObject *entry(const struct group *group)
{
    K_AUTO(PyObject *) result = PyStructSequence_New(&group_type);
    if (!result)
        return NULL;
    PyObject *value[] = { PyUnicode_DecodeFSDefault(group->gr_name),
                          group->gr_passwd ? PyUnicode_DecodeFSDefault(group->gr_passwd) : Py_NewRef(Py_None),
                          os_id(group->gr_gid), members(group->gr_mem) };
    bool complete = true;
    for (int i = 0; i < K_COUNT_OF(value); i++) {
        complete = complete && value[i];
        PyStructSequence_SET_ITEM(result, i, value[i]);
    }
    return complete ? K_MOVE(result) : NULL;
}

/* Looks a group up by name, or by id when name is NULL: the entry, or NULL: with an exception unless there is none. */
static PyObject *look_up(const char *name, gid_t id)
{
    struct group storage, *found = NULL;
    for (size_t size = 1024; ; size *= 2) {
        int error;
        char *room = PyMem_RawMalloc(size);
        if (!room)
            return PyErr_NoMemory();
        UNLOCKED(error = name ? getgrnam_r(name, &storage, room, size, &found) : getgrgid_r(id, &storage, room, size, &found));
        PyObject *result = !error && found ? entry(found) : NULL;
        PyMem_RawFree(room);
        if (error != ERANGE)
            return result;
    }
}

METHODS_DECLARE(grp);

FUNCTION_KW(grp, getgrgid, "($module, /, id)", "The entry of a group id; KeyError when there is none.", *id)
{
    unsigned id;
    if (os_arg_id(arg->id, "gid", &id) < 0)
        return NULL;
    PyObject *result = look_up(NULL, id);
    if (result || PyErr_Occurred())
        return result;
    K_AUTO(PyObject *) number = os_id(id);
    return number ? k_raise(PyExc_KeyError, "getgrgid(): gid not found: %S", number) : NULL;
}

FUNCTION_KW(grp, getgrnam, "($module, /, name)", "The entry of a group name; KeyError when there is none.", *name)
{
    if (k_arg_str(arg->name, "getgrnam", "'name'") < 0)
        return NULL;
    K_AUTO(PyObject *) bytes = PyUnicode_EncodeFSDefault(arg->name);
    char *name;
    if (!bytes || PyBytes_AsStringAndSize(bytes, &name, NULL) < 0)
        return NULL;
    PyObject *result = look_up(name, 0);
    return result || PyErr_Occurred() ? result : k_raise(PyExc_KeyError, "getgrnam(): name not found: %R", arg->name);
}

FUNCTION(grp, getgrall, NOARGS, "($module, /)", "A list of all entries, in no order.")
{
    K_AUTO(PyObject *) list = PyList_New(0);
    if (!list)
        return NULL;
    setgrent();
    for (struct group *group = getgrent(); group; group = getgrent()) {
        K_AUTO(PyObject *) item = entry(group);
        if (!item || PyList_Append(list, item) < 0) {
            endgrent();
            return NULL;
        }
    }
    endgrent();
    return K_MOVE(list);
}
METHODS_END(grp);

static int grp_exec(PyObject *module)
{
    if (!group_type.tp_name && k_structseq_init(&group_type, &group_desc) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "struct_group", (PyObject *)&group_type);
}

MODULE(grp,
       "The group database of Unix.\n\nAn entry has the items gr_name, gr_passwd, gr_gid (an int) and gr_mem, a list of names.",
       grp_exec, 0);
