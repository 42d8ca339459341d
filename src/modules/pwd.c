/* pwd.c - module pwd: the users of the system.
 *
 * In: a name or a user id.  Out: struct_passwd, or KeyError. Start at pwd_getpwuid. */
#include <pwd.h>

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

static PyTypeObject passwd_type;
static PyStructSequence_Field passwd_fields[] = {
    { "pw_name", "user name" },       { "pw_passwd", "password" },     { "pw_uid", "user id" },
    { "pw_gid", "group id" },         { "pw_gecos", "real name" },     { "pw_dir", "home directory" },
    { "pw_shell", "shell program" }, { NULL, NULL },
};
static PyStructSequence_Desc passwd_desc = { "pwd.struct_passwd", "An entry of the password database.", passwd_fields, 7 };

static PyObject *text(const char *bytes)
{
    return bytes ? PyUnicode_DecodeFSDefault(bytes) : Py_NewRef(Py_None);
}

static PyObject *entry(const struct passwd *user)
{
    K_AUTO(PyObject *) result = PyStructSequence_New(&passwd_type);
    if (!result)
        return NULL;
    PyObject *value[] = { text(user->pw_name),  text(user->pw_passwd), os_id(user->pw_uid),  os_id(user->pw_gid),
                          text(user->pw_gecos), text(user->pw_dir),    text(user->pw_shell) };
    bool complete = true;
    for (int i = 0; i < K_COUNT_OF(value); i++) {
        complete = complete && value[i];
        PyStructSequence_SET_ITEM(result, i, value[i]);
    }
    return complete ? K_MOVE(result) : NULL;
}

/* Looks a user up by name, or by id when name is NULL: the entry, or NULL: with an exception unless there is none. */
static PyObject *look_up(const char *name, uid_t id)
{
    struct passwd storage, *found = NULL;
    for (size_t size = 1024; ; size *= 2) {
        int error;
        char *room = PyMem_RawMalloc(size);
        if (!room)
            return PyErr_NoMemory();
        UNLOCKED(error = name ? getpwnam_r(name, &storage, room, size, &found) : getpwuid_r(id, &storage, room, size, &found));
        PyObject *result = !error && found ? entry(found) : NULL;
        PyMem_RawFree(room);
        if (error != ERANGE)
            return result;
    }
}

METHODS_DECLARE(pwd);

FUNCTION(pwd, getpwuid, O, "($module, uidobj, /)", "The entry of a user id. See help(pwd) for the entries.")
{
    unsigned id;
    if (os_arg_id(arg, "uid", &id) < 0) {
        if (PyErr_ExceptionMatches(PyExc_OverflowError))
            PyErr_SetString(PyExc_KeyError, "getpwuid(): uid not found");
        return NULL;
    }
    PyObject *result = look_up(NULL, id);
    if (result || PyErr_Occurred())
        return result;
    K_AUTO(PyObject *) number = os_id(id);
    return number ? k_raise(PyExc_KeyError, "getpwuid(): uid not found: %S", number) : NULL;
}

FUNCTION(pwd, getpwnam, O, "($module, name, /)", "The entry of a user name. See help(pwd) for the entries.")
{
    if (!PyUnicode_Check(arg))
        return k_raise(PyExc_TypeError, "getpwnam() argument must be str, not %.50s",
                       arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
    K_AUTO(PyObject *) bytes = PyUnicode_EncodeFSDefault(arg);
    char *name;
    if (!bytes || PyBytes_AsStringAndSize(bytes, &name, NULL) < 0)
        return NULL;
    PyObject *result = look_up(name, 0);
    return result || PyErr_Occurred() ? result : k_raise(PyExc_KeyError, "getpwnam(): name not found: %R", arg);
}

FUNCTION(pwd, getpwall, NOARGS, "($module, /)", "A list of all entries, in no order. See help(pwd) for the entries.")
{
    K_AUTO(PyObject *) list = PyList_New(0);
    if (!list)
        return NULL;
    setpwent();
    for (struct passwd *user = getpwent(); user; user = getpwent()) {
        K_AUTO(PyObject *) item = entry(user);
        if (!item || PyList_Append(list, item) < 0) {
            endpwent();
            return NULL;
        }
    }
    endpwent();
    return K_MOVE(list);
}
METHODS_END(pwd);

static int pwd_exec(PyObject *module)
{
    if (!passwd_type.tp_name && k_structseq_init(&passwd_type, &passwd_desc) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "struct_passwd", (PyObject *)&passwd_type);
}

MODULE(pwd,
       "The password database of Unix.\n\nAn entry has the items pw_name, pw_passwd, pw_uid, pw_gid, pw_gecos, pw_dir and\n"
       "pw_shell; the ids are integers, the others strings. KeyError says that there is no such entry.",
       pwd_exec, 0);
