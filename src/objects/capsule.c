/* capsule.c - capsules: a C pointer with a name, handed from one extension module to another. */
#include "objects/capsule.h"

#include "memory/gc.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "runtime/errors.h"
#include "runtime/import.h"

typedef struct Capsule {
    PyObject ob_base;
    void *pointer;
    const char *name;
    void *context;
    PyCapsule_Destructor destructor;
} Capsule;
#define CAPSULE(o) ((Capsule *)(o))

static bool capsule_is(PyObject *o)
{
    return o && PyCapsule_CheckExact(o) && CAPSULE(o)->pointer;
}

static bool capsule_check(PyObject *o, const char *function)
{
    if (capsule_is(o))
        return true;
    k_raise(PyExc_ValueError, "%s called with invalid PyCapsule object", function);
    return false;
}

static bool capsule_same_name(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

PyObject *PyCapsule_New(void *pointer, const char *name, PyCapsule_Destructor destructor)
{
    if (!pointer)
        return k_raise(PyExc_ValueError, "PyCapsule_New called with null pointer");
    Capsule *capsule = PyObject_New(Capsule, &PyCapsule_Type);
    if (!capsule)
        return NULL;
    capsule->pointer = pointer;
    capsule->name = name;
    capsule->context = NULL;
    capsule->destructor = destructor;
    return (PyObject *)capsule;
}

int PyCapsule_IsValid(PyObject *o, const char *name)
{
    return capsule_is(o) && capsule_same_name(CAPSULE(o)->name, name);
}

void *PyCapsule_GetPointer(PyObject *o, const char *name)
{
    if (!capsule_check(o, "PyCapsule_GetPointer"))
        return NULL;
    if (capsule_same_name(name, CAPSULE(o)->name))
        return CAPSULE(o)->pointer;
    k_raise(PyExc_ValueError, "PyCapsule_GetPointer called with incorrect name");
    return NULL;
}

const char *PyCapsule_GetName(PyObject *o)
{
    return capsule_check(o, "PyCapsule_GetName") ? CAPSULE(o)->name : NULL;
}

PyCapsule_Destructor PyCapsule_GetDestructor(PyObject *o)
{
    return capsule_check(o, "PyCapsule_GetDestructor") ? CAPSULE(o)->destructor : NULL;
}

void *PyCapsule_GetContext(PyObject *o)
{
    return capsule_check(o, "PyCapsule_GetContext") ? CAPSULE(o)->context : NULL;
}

int PyCapsule_SetPointer(PyObject *o, void *pointer)
{
    if (!pointer) {
        k_raise(PyExc_ValueError, "PyCapsule_SetPointer called with null pointer");
        return -1;
    }
    if (!capsule_check(o, "PyCapsule_SetPointer"))
        return -1;
    CAPSULE(o)->pointer = pointer;
    return 0;
}

int PyCapsule_SetName(PyObject *o, const char *name)
{
    if (!capsule_check(o, "PyCapsule_SetName"))
        return -1;
    CAPSULE(o)->name = name;
    return 0;
}

int PyCapsule_SetDestructor(PyObject *o, PyCapsule_Destructor destructor)
{
    if (!capsule_check(o, "PyCapsule_SetDestructor"))
        return -1;
    CAPSULE(o)->destructor = destructor;
    return 0;
}

int PyCapsule_SetContext(PyObject *o, void *context)
{
    if (!capsule_check(o, "PyCapsule_SetContext"))
        return -1;
    CAPSULE(o)->context = context;
    return 0;
}

/* "package.module.attribute": imports the first part, follows the others. */
void *PyCapsule_Import(const char *name, int no_block)
{
    K_AUTO(PyObject *) path = PyUnicode_FromString(name);
    K_AUTO(PyObject *) dot = PyUnicode_FromString(".");
    K_AUTO(PyObject *) object = NULL;
    Py_ssize_t start = 0, n = path ? PyUnicode_GET_LENGTH(path) : 0;
    while (path && dot && start <= n) {
        Py_ssize_t end = PyUnicode_FindChar(path, '.', start, n, 1);
        if (end < 0)
            end = n;
        K_AUTO(PyObject *) part = PyUnicode_Substring(path, start, end);
        if (!part)
            return NULL;
        if (object) {
            K_SET(object, PyObject_GetAttr(object, part));
        } else {
            K_SET(object, PyImport_Import(part));
            if (!object)
                k_raise(PyExc_ImportError, "PyCapsule_Import could not import module \"%U\"", part);
        }
        if (!object)
            return NULL;
        start = end + 1;
    }
    if (object && PyCapsule_IsValid(object, name))
        return CAPSULE(object)->pointer;
    if (!PyErr_Occurred())
        k_raise(PyExc_AttributeError, "PyCapsule_Import \"%s\" is not valid", name);
    return NULL;
}

static void capsule_dealloc(PyObject *o)
{
    if (CAPSULE(o)->destructor)
        CAPSULE(o)->destructor(o);
    PyObject_Free(o);
}

static PyObject *capsule_repr(PyObject *o)
{
    const char *name = CAPSULE(o)->name, *quote = name ? "\"" : "";
    return PyUnicode_FromFormat("<capsule object %s%s%s at %p>", quote, name ? name : "NULL", quote, o);
}

PyTypeObject PyCapsule_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "PyCapsule",
    .tp_basicsize = sizeof(Capsule),
    .tp_dealloc = capsule_dealloc,
    .tp_repr = capsule_repr,
    .tp_doc = "A C pointer with a name, by which extension modules share what they have.",
};
K_TYPE(PyCapsule_Type);
