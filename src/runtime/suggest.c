/* suggest.c - "Did you mean": the known name nearest to one that was not found.
 *
 * In: a NameError or AttributeError with its name.  Out: a name, or nothing.
 * Nearness is an edit distance in which adding, removing or changing a letter costs 2 and changing its case 1; at most
 * a third of the letters may change. Start at k_suggestion_for(). */
#include "runtime/traceback.h"

#include "objects/dict/dict.h"
#include "objects/exc/exc.h"
#include "objects/frame/frame.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "runtime/errors.h"

enum { MOVE_COST = 2, CASE_COST = 1, MAX_NAME = 40, MAX_NAMES = 750 };

typedef struct Name {
    const char *text;
    size_t size;
} Name;

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
}

static size_t change_cost(char a, char b)
{
    return a == b ? 0 : lower(a) == lower(b) ? CASE_COST : MOVE_COST;
}

/* The distance, or something above limit as soon as it is known to be above it. */
static size_t distance(Name a, Name b, size_t limit)
{
    while (a.size && b.size && *a.text == *b.text)
        a.text++, a.size--, b.text++, b.size--;
    while (a.size && b.size && a.text[a.size - 1] == b.text[b.size - 1])
        a.size--, b.size--;
    if (!a.size || !b.size)
        return (a.size + b.size) * MOVE_COST;
    if (a.size > MAX_NAME || b.size > MAX_NAME)
        return limit + 1;
    if (a.size > b.size) {
        Name longer = a;
        a = b;
        b = longer;
    }
    if ((b.size - a.size) * MOVE_COST > limit)
        return limit + 1;
    /* row[i]: the distance of a's first i letters from what has been read of b */
    size_t row[MAX_NAME + 1];
    for (size_t i = 0; i <= a.size; i++)
        row[i] = i * MOVE_COST;
    for (size_t j = 0; j < b.size; j++) {
        size_t diagonal = row[0], least = SIZE_MAX;
        row[0] = (j + 1) * MOVE_COST;
        for (size_t i = 1; i <= a.size; i++) {
            size_t change = diagonal + change_cost(a.text[i - 1], b.text[j]);
            diagonal = row[i];
            row[i] = Py_MIN(change, Py_MIN(row[i - 1], row[i]) + MOVE_COST);
            least = Py_MIN(least, row[i]);
        }
        if (least > limit)
            return limit + 1;
    }
    return row[a.size];
}

static int name_of(PyObject *o, Name *name)
{
    Py_ssize_t size;
    name->text = PyUnicode_Check(o) ? PyUnicode_AsUTF8AndSize(o, &size) : NULL;
    if (!name->text)
        return -1;
    name->size = (size_t)size;
    return 0;
}

/* The nearest of the names in a list: new reference or NULL. */
static PyObject *nearest(PyObject *candidates, PyObject *wanted)
{
    Name name, other;
    if (!candidates || PyList_GET_SIZE(candidates) >= MAX_NAMES || name_of(wanted, &name) < 0)
        return NULL;
    size_t best = SIZE_MAX;
    PyObject *found = NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(candidates); i++) {
        PyObject *candidate = PyList_GET_ITEM(candidates, i);
        if (name_of(candidate, &other) < 0)
            return NULL;
        if (other.size == name.size && memcmp(other.text, name.text, name.size) == 0)
            continue;
        size_t limit = Py_MIN((name.size + other.size + 3) * MOVE_COST / 6, best - 1);
        size_t cost = distance(name, other, limit);
        if (cost > limit)
            continue;
        if (!found || cost < best) {
            found = candidate;
            best = cost;
        }
    }
    return Py_XNewRef(found);
}

/* For CPython's tests. max_cost -1: no limit. */
Py_ssize_t _Py_UTF8_Edit_Cost(PyObject *a, PyObject *b, Py_ssize_t max_cost)
{
    Name x, y;
    if (name_of(a, &x) < 0 || name_of(b, &y) < 0)
        return -1;
    size_t limit = max_cost == -1 ? MOVE_COST * Py_MAX(x.size, y.size) : (size_t)max_cost;
    return (Py_ssize_t)distance(x, y, limit);
}

static PyObject *for_attribute(PyAttributeErrorObject *error)
{
    if (!error->name || !error->obj || !PyUnicode_CheckExact(error->name))
        return NULL;
    K_AUTO(PyObject *) names = PyObject_Dir(error->obj);
    return names ? nearest(names, error->name) : NULL;
}

static PyObject *nearest_in(PyObject *names_of, PyObject *wanted)
{
    K_AUTO(PyObject *) names = PySequence_List(names_of);
    return names ? nearest(names, wanted) : NULL;
}

static PyObject *for_name(PyNameErrorObject *error)
{
    if (!error->name || !PyUnicode_CheckExact(error->name) || !error->traceback
        || !PyTraceBack_Check(error->traceback))
        return NULL;
    PyTracebackObject *last = (PyTracebackObject *)error->traceback;
    while (last->tb_next)
        last = last->tb_next;
    _PyInterpreterFrame *frame = last->tb_frame->f_frame;
    K_AUTO(PyObject *) locals = PyCode_GetVarnames(frame->f_code);
    PyObject *found = locals ? nearest_in(locals, error->name) : NULL;
    if (!found && !PyErr_Occurred())
        found = nearest_in(frame->f_globals, error->name);
    if (!found && !PyErr_Occurred())
        found = nearest_in(frame->f_builtins, error->name);
    return found;
}

PyObject *k_suggestion_for(PyObject *exception)
{
    if (PyErr_Occurred())
        return NULL;
    PyObject *found = NULL;
    if (Py_IS_TYPE(exception, (PyTypeObject *)PyExc_AttributeError))
        found = for_attribute((PyAttributeErrorObject *)exception);
    else if (Py_IS_TYPE(exception, (PyTypeObject *)PyExc_NameError))
        found = for_name((PyNameErrorObject *)exception);
    if (!found)
        PyErr_Clear();
    return found;
}
