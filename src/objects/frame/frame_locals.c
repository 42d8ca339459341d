/* frame_locals.c - a frame's local variables as a dict, and back.
 *
 * In: a frame object.  Out: f_locals brought up to date with the slots (or the slots with f_locals).
 * Invariant: in a frame that Python can see, cells have been made: a slot of a cell or free variable holds a cell.
 * Start at PyFrame_FastToLocalsWithError(). */
#include "objects/frame/frame.h"

#include "objects/bytes/bytes.h"
#include "objects/dict/dict.h"
#include "objects/func/func.h"
#include "objects/protocol.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

/* The free variables of a class body are not names of that body. */
static int is_shown(const PyCodeObject *code, int kind)
{
    return !(kind & CO_FAST_FREE) || code->co_flags & CO_OPTIMIZED;
}

static int slot_kind(const PyCodeObject *code, int i)
{
    return PyBytes_AS_STRING(code->co_localspluskinds)[i];
}

/* The cell in a slot that shares its variable, or NULL when the slot holds the value itself. */
static PyObject *slot_cell(PyObject *slot, int kind)
{
    return slot && kind & (CO_FAST_CELL | CO_FAST_FREE) && PyCell_Check(slot) ? slot : NULL;
}

int PyFrame_FastToLocalsWithError(PyFrameObject *f)
{
    _PyInterpreterFrame *frame = f->f_frame;
    PyCodeObject *code = frame->f_code;
    if (!frame->f_locals) {
        frame->f_locals = PyDict_New();
        if (!frame->f_locals)
            return -1;
    }
    PyObject *locals = frame->f_locals;
    int has_slots = frame->stacktop != 0; /* a cleared frame has none */
    for (int i = 0; i < code->co_nlocalsplus; i++) {
        int kind = slot_kind(code, i);
        if (!is_shown(code, kind))
            continue;
        PyObject *value = has_slots ? frame->localsplus[i] : NULL, *cell = slot_cell(value, kind);
        if (cell)
            value = PyCell_GET(cell);
        PyObject *name = PyTuple_GET_ITEM(code->co_localsplusnames, i);
        if (value) {
            if (PyObject_SetItem(locals, name, value) < 0)
                return -1;
        } else if (PyObject_DelItem(locals, name) < 0 && !k_catch(PyExc_KeyError)) {
            return -1;
        }
    }
    f->f_fast_as_locals = 1;
    return 0;
}

void PyFrame_FastToLocals(PyFrameObject *f)
{
    if (PyFrame_FastToLocalsWithError(f) < 0)
        PyErr_Clear();
}

void PyFrame_LocalsToFast(PyFrameObject *f, int clear)
{
    if (!f || !f->f_fast_as_locals || !f->f_frame->f_locals)
        return;
    _PyInterpreterFrame *frame = f->f_frame;
    PyCodeObject *code = frame->f_code;
    PyObject *type, *error, *traceback;
    PyErr_Fetch(&type, &error, &traceback);
    for (int i = 0; i < code->co_nlocalsplus; i++) {
        int kind = slot_kind(code, i);
        if (!is_shown(code, kind))
            continue;
        PyObject *value = PyObject_GetItem(frame->f_locals, PyTuple_GET_ITEM(code->co_localsplusnames, i));
        if (!value) {
            PyErr_Clear();
            if (!clear)
                continue;
        }
        PyObject *cell = slot_cell(frame->localsplus[i], kind);
        if (cell)
            Py_XSETREF(PyCell_GET(cell), value);
        else
            Py_XSETREF(frame->localsplus[i], value);
    }
    f->f_fast_as_locals = 0;
    PyErr_Restore(type, error, traceback);
}
