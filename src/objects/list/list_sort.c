/* list_sort.c - list.sort(): keys, choice of the comparison, the sort's memory.
 *
 * In: a list, a key function, a direction.  Out: the list in stable order.
 * Invariant: while the sort works the list looks empty (allocated -1) and the items belong to the sort; they are put
 * back whatever happens, so none is lost when a comparison fails. Keys that are all exact ints, floats or latin-1
 * strs are compared without touching an object's methods.
 * Start at list_sort_in_place. */
#include "objects/list/list_impl.h"

#include "memory/mem.h"
#include "objects/call.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

enum {
    SORT_GALLOP = 7,     /* wins in a row that start the galloping */
    SORT_MAX_RUNS = 85,  /* enough for 2**64 items: the powers on the stack increase */
    SORT_FEW = 64        /* items sorted in memory of the C stack */
};

typedef struct SortItem {
    union {
        PyObject *key; /* owned when there is a key function, else the value */
        int64_t integer;
        double number;
    };
    PyObject *value;
} SortItem;

typedef struct SortRun {
    SortItem *base;
    Py_ssize_t length;
    int power; /* of the boundary to the next run */
} SortRun;

typedef struct Sort Sort;
typedef int (*SortLess)(Sort *, PyObject *, PyObject *);
struct Sort {
    SortItem *items;
    Py_ssize_t n, gallop;
    SortItem *scratch;
    Py_ssize_t scratch_size;
    int nruns;
    SortRun runs[SORT_MAX_RUNS];
    SortLess less, less_first; /* less_first: for the first items of tuples */
    PyTypeObject *type;        /* of all keys, or of all first items of tuple keys */
    richcmpfunc compare;       /* its tp_richcompare when the sort began */
};

static int sort_scratch(Sort *s, Py_ssize_t n)
{
    if (n <= s->scratch_size)
        return 0;
    PyMem_Free(s->scratch);
    s->scratch_size = 0;
    s->scratch = PyMem_New(SortItem, n);
    if (!s->scratch) {
        (void)!PyErr_NoMemory();
        return -1;
    }
    s->scratch_size = n;
    return 0;
}

/* Runs shorter than this are filled up by insertion: the number of runs is then at or just below a power of two. */
static Py_ssize_t sort_shortest_run(Py_ssize_t n)
{
    if (n < 64)
        return n;
    int shift = 58 - __builtin_clzl((unsigned long)n);
    return (n >> shift) + ((n & (((Py_ssize_t)1 << shift) - 1)) != 0);
}

/* Powersort: the depth at which a nearly balanced merge tree separates two neighbouring runs. It is the first binary
 * digit in which the runs' middles, as fractions of n, differ. */
static int sort_power(Py_ssize_t start, Py_ssize_t n1, Py_ssize_t n2, Py_ssize_t n)
{
    unsigned __int128 twice_a = (unsigned __int128)start * 2 + (size_t)n1;
    unsigned __int128 twice_b = twice_a + (size_t)n1 + (size_t)n2;
    uint64_t a = (uint64_t)((twice_a << 62) / (size_t)n), b = (uint64_t)((twice_b << 62) / (size_t)n);
    return __builtin_clzll(a ^ b);
}

/* ---- comparisons ---- */

static int less_any(Sort *s K_UNUSED, PyObject *a, PyObject *b)
{
    return PyObject_RichCompareBool(a, b, Py_LT);
}

static int less_latin1(Sort *s K_UNUSED, PyObject *a, PyObject *b)
{
    Py_ssize_t na = PyUnicode_GET_LENGTH(a), nb = PyUnicode_GET_LENGTH(b);
    int order = memcmp(PyUnicode_DATA(a), PyUnicode_DATA(b), (size_t)Py_MIN(na, nb));
    return order ? order < 0 : na < nb;
}

static int less_float(Sort *s K_UNUSED, PyObject *a, PyObject *b)
{
    return PyFloat_AS_DOUBLE(a) < PyFloat_AS_DOUBLE(b);
}

/* All keys have one type: its comparison, without the search for a reflected one. */
static int less_same_type(Sort *s, PyObject *a, PyObject *b)
{
    if (Py_TYPE(a)->tp_richcompare != s->compare) /* a comparison changed an item's class */
        return PyObject_RichCompareBool(a, b, Py_LT);
    PyObject *result = s->compare(a, b, Py_LT); /* runs code */
    if (!result)
        return -1;
    int less;
    if (PyBool_Check(result))
        less = result == Py_True;
    else if (result == Py_NotImplemented)
        less = PyObject_RichCompareBool(a, b, Py_LT);
    else
        less = PyObject_IsTrue(result);
    Py_DECREF(result);
    return less;
}

static int less_tuple(Sort *s, PyObject *a, PyObject *b)
{
    Py_ssize_t na = Py_SIZE(a), nb = Py_SIZE(b), i = 0;
    for (; i < na && i < nb; i++) {
        int equal = PyObject_RichCompareBool(PyTuple_GET_ITEM(a, i), PyTuple_GET_ITEM(b, i), Py_EQ);
        if (equal < 0)
            return -1;
        if (!equal)
            break;
    }
    if (i >= na || i >= nb)
        return na < nb;
    SortLess less = i == 0 ? s->less_first : less_any;
    return less(s, PyTuple_GET_ITEM(a, i), PyTuple_GET_ITEM(b, i));
}

#define KERNEL(name) object_##name
#define LESS(s, a, b) ((s)->less((s), (a)->key, (b)->key))
#include "objects/list/list_sort_kernel.h"
#undef KERNEL
#undef LESS
#define KERNEL(name) integer_##name
#define LESS(s, a, b) ((a)->integer < (b)->integer)
#include "objects/list/list_sort_kernel.h"
#undef KERNEL
#undef LESS
#define KERNEL(name) number_##name
#define LESS(s, a, b) ((a)->number < (b)->number)
#include "objects/list/list_sort_kernel.h"
#undef KERNEL
#undef LESS

/* ---- choice ---- */

static PyObject *nth_key(Sort *s, Py_ssize_t i, int in_tuples)
{
    PyObject *key = s->items[i].key;
    return in_tuples ? PyTuple_GET_ITEM(key, 0) : key;
}

/* The comparison for keys of one type (or tuples whose first items are), less_any when they are mixed. */
static SortLess sort_choose(Sort *s, int in_tuples)
{
    PyTypeObject *type = s->type = Py_TYPE(nth_key(s, 0, in_tuples));
    int latin1 = 1;
    for (Py_ssize_t i = 0; i < s->n; i++) {
        PyObject *key = nth_key(s, i, in_tuples);
        if (Py_TYPE(key) != type)
            return less_any;
        if (type == &PyUnicode_Type)
            latin1 &= PyUnicode_KIND(key) == PyUnicode_1BYTE_KIND;
    }
    if (type == &PyUnicode_Type && latin1)
        return less_latin1;
    if (type == &PyFloat_Type)
        return less_float;
    s->compare = type->tp_richcompare;
    return s->compare ? less_same_type : less_any;
}

static int all_nonempty_tuples(Sort *s)
{
    for (Py_ssize_t i = 0; i < s->n; i++) {
        if (!PyTuple_CheckExact(s->items[i].key) || Py_SIZE(s->items[i].key) == 0)
            return 0;
    }
    return 1;
}

/* Replaces exact int keys of at most two digits by their numbers. Nothing is changed when one does not fit. */
static int all_integers(Sort *s)
{
    for (Py_ssize_t i = 0; i < s->n; i++) {
        PyObject *key = s->items[i].key;
        if (!PyLong_CheckExact(key) || Py_ABS(Py_SIZE(key)) > 2)
            return 0;
    }
    return 1;
}

static int64_t small_int_value(PyObject *key)
{
    const digit *digits = ((PyLongObject *)key)->ob_digit;
    Py_ssize_t size = Py_SIZE(key), n = Py_ABS(size);
    int64_t value = n == 0 ? 0 : n == 1 ? digits[0] : digits[0] | (int64_t)digits[1] << PyLong_SHIFT;
    return size < 0 ? -value : value;
}

/* The numeric kernels need their keys' references elsewhere: they are released at once, the numbers stay. */
static int sort_numbers(Sort *s, int integers, int owned)
{
    for (Py_ssize_t i = 0; i < s->n; i++) {
        PyObject *key = s->items[i].key;
        if (integers)
            s->items[i].integer = small_int_value(key);
        else
            s->items[i].number = PyFloat_AS_DOUBLE(key);
        if (owned)
            Py_DECREF(key); /* an exact number: runs no code */
    }
    return integers ? integer_sort(s) : number_sort(s);
}

/* Sorts s->items and releases the keys when they are owned. */
static int sort_items(Sort *s, int owned)
{
    if (s->n > 1) {
        if (all_integers(s))
            return sort_numbers(s, 1, owned);
        int tuples = all_nonempty_tuples(s);
        s->less = sort_choose(s, tuples);
        if (s->less == less_float && !tuples)
            return sort_numbers(s, 0, owned);
        if (tuples) {
            s->less_first = s->less;
            s->less = less_tuple;
        }
    }
    int status = s->n > 1 ? object_sort(s) : 0;
    for (Py_ssize_t i = 0; owned && i < s->n; i++)
        Py_DECREF(s->items[i].key); /* runs code */
    return status;
}

/* Fills the sort's items from the values. With a key function the keys are owned. */
static int sort_take(Sort *s, PyObject **values, PyObject *key)
{
    for (Py_ssize_t i = 0; i < s->n; i++) {
        s->items[i].value = values[i];
        s->items[i].key = key ? PyObject_CallOneArg(key, values[i]) : values[i]; /* runs code */
        if (s->items[i].key)
            continue;
        while (i-- > 0)
            Py_DECREF(s->items[i].key);
        return -1;
    }
    return 0;
}

static int sort_values(PyObject **values, Py_ssize_t n, PyObject *key, int reverse)
{
    SortItem few[SORT_FEW];
    Sort s = { .items = few, .n = n, .gallop = SORT_GALLOP };
    if (n > SORT_FEW && !(s.items = PyMem_New(SortItem, n))) {
        (void)!PyErr_NoMemory();
        return -1;
    }
    int status = sort_take(&s, values, key);
    if (status == 0) {
        if (reverse) { /* twice: equal items keep their order */
            for (Py_ssize_t low = 0, high = n - 1; low < high; low++, high--) {
                SortItem swap = s.items[low];
                s.items[low] = s.items[high];
                s.items[high] = swap;
            }
        }
        status = sort_items(&s, key != NULL);
        for (Py_ssize_t i = 0; i < n; i++)
            values[reverse ? n - 1 - i : i] = s.items[i].value;
    }
    if (s.items != few)
        PyMem_Free(s.items);
    PyMem_Free(s.scratch);
    return status;
}

int list_sort_in_place(PyListObject *list, PyObject *key, int reverse)
{
    PyObject **values = list->ob_item;
    Py_ssize_t n = Py_SIZE(list), allocated = list->allocated;
    list->ob_item = NULL;
    list->allocated = -1; /* any change of the list from now on shows as another number */
    Py_SET_SIZE(list, 0);
    int status = sort_values(values, n, key == Py_None ? NULL : key, reverse);
    PyObject **intruders = list->ob_item;
    Py_ssize_t intruder_count = Py_SIZE(list);
    if (list->allocated != -1 && status == 0) {
        PyErr_SetString(PyExc_ValueError, "list modified during sort");
        status = -1;
    }
    list->ob_item = values;
    list->allocated = allocated;
    Py_SET_SIZE(list, n);
    if (intruders) {
        while (intruder_count-- > 0)
            Py_XDECREF(intruders[intruder_count]);
        PyMem_Free(intruders);
    }
    return status;
}
