/* str_intern.c - interned strs: one object for each distinct text.
 *
 * In: exact strs.  Out: the one object with that text.
 * The table is open-addressed and does not count its references: a mortal str takes itself out when it is released
 * (str_forget_interned), and the entries behind it close the gap, so that a probe stops at the first empty slot.
 * Invariant: at most two thirds of the slots are used. Start at PyUnicode_InternInPlace(). */
#include "objects/str/str_int.h"

#include "memory/mem.h"
#include "objects/protocol.h"
#include "runtime/errors.h"

static struct {
    PyObject **slots; /* mask + 1 of them, NULL is empty */
    size_t mask, used;
} interned;

enum { FIRST_SLOTS = 8192 };

static size_t intern_home(PyObject *s)
{
    return (size_t)STR_AS_ASCII(s)->hash & interned.mask;
}

static PyObject **intern_slot(PyObject *s)
{
    for (size_t i = intern_home(s);; i = (i + 1) & interned.mask) {
        PyObject *other = interned.slots[i];
        if (!other || other == s || (STR_AS_ASCII(other)->hash == STR_AS_ASCII(s)->hash && k_str_eq(other, s)))
            return &interned.slots[i];
    }
}

static int intern_grow(void)
{
    size_t old_count = interned.slots ? interned.mask + 1 : 0, count = old_count ? old_count * 2 : FIRST_SLOTS;
    PyObject **old = interned.slots, **slots = PyMem_RawCalloc(count, sizeof *slots);
    if (!slots)
        return -1;
    interned.slots = slots;
    interned.mask = count - 1;
    for (size_t i = 0; i < old_count; i++) {
        if (old[i])
            *intern_slot(old[i]) = old[i];
    }
    PyMem_RawFree(old);
    return 0;
}

void PyUnicode_InternInPlace(PyObject **p)
{
    PyObject *s = *p;
    if (!s || !PyUnicode_CheckExact(s) || PyUnicode_CHECK_INTERNED(s))
        return;
    if (PyUnicode_READY(s) < 0 || PyObject_Hash(s) == -1) {
        PyErr_Clear();
        return;
    }
    if ((interned.used + 1) * 3 > (interned.slots ? interned.mask + 1 : 0) * 2 && intern_grow() < 0)
        return; /* an uninterned str is as good */
    PyObject **slot = intern_slot(s);
    if (*slot) {
        Py_SETREF(*p, Py_NewRef(*slot));
        return;
    }
    *slot = s;
    interned.used++;
    STR_AS_ASCII(s)->state.interned = SSTATE_INTERNED_MORTAL;
}

void str_forget_interned(PyObject *s)
{
    PyObject **slot = intern_slot(s);
    if (*slot != s)
        return;
    interned.used--;
    size_t hole = (size_t)(slot - interned.slots);
    interned.slots[hole] = NULL;
    for (size_t i = (hole + 1) & interned.mask; interned.slots[i]; i = (i + 1) & interned.mask) {
        size_t home = intern_home(interned.slots[i]);
        if (((i - home) & interned.mask) >= ((i - hole) & interned.mask)) {
            interned.slots[hole] = interned.slots[i];
            interned.slots[i] = NULL;
            hole = i;
        }
    }
}

void PyUnicode_InternImmortal(PyObject **p)
{
    PyUnicode_InternInPlace(p);
    if (PyUnicode_CHECK_INTERNED(*p) != SSTATE_INTERNED_IMMORTAL && PyUnicode_CHECK_INTERNED(*p)) {
        STR_AS_ASCII(*p)->state.interned = SSTATE_INTERNED_IMMORTAL;
        Py_INCREF(*p);
    }
}

PyObject *PyUnicode_InternFromString(const char *u)
{
    PyObject *s = PyUnicode_FromString(u);
    if (s)
        PyUnicode_InternInPlace(&s);
    return s;
}

static PyObject *intern_forever(const char *text)
{
    PyObject *s = PyUnicode_InternFromString(text);
    if (s && Py_REFCNT(s) < KAA_IMMORTAL / 2) {
        STR_AS_ASCII(s)->state.interned = SSTATE_INTERNED_IMMORTAL;
        Py_SET_REFCNT(s, KAA_IMMORTAL);
    }
    return s;
}

extern KName __start_knames[] K_INT, __stop_knames[] K_INT;

int names_start(void)
{
    str_singletons_start();
    for (KName *name = __start_knames; name < __stop_knames; name++) {
        name->object = intern_forever(name->text);
        if (!name->object)
            return -1;
    }
    return 0;
}

/* ---- Py_Identifier: a name given by a static struct, made at first use ---- */

static struct {
    PyObject **objects;
    Py_ssize_t used, room;
} identifiers;

PyObject *_PyUnicode_FromId(_Py_Identifier *id)
{
    if (id->index >= 0 && id->index < identifiers.used)
        return identifiers.objects[id->index];
    if (identifiers.used == identifiers.room) {
        Py_ssize_t room = identifiers.room ? identifiers.room * 2 : 32;
        PyObject **objects = PyMem_RawRealloc(identifiers.objects, (size_t)room * sizeof *objects);
        if (!objects) {
            PyErr_NoMemory();
            return NULL;
        }
        identifiers.objects = objects;
        identifiers.room = room;
    }
    PyObject *s = intern_forever(id->string);
    if (s) {
        id->index = identifiers.used;
        identifiers.objects[identifiers.used++] = s;
    }
    return s;
}
