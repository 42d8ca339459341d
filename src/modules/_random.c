/* _random.c - the module _random: the Mersenne Twister (MT19937) behind the module random.
 *
 * In: a seed.  Out: floats of 53 random bits, ints of any number of them; the same numbers as CPython's for a seed.
 * Invariant: index says how many of the 624 words were given out. Start at next_word(). */
#include "objects/module.h"

#include <time.h>

#include "memory/mem.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/start.h"

METHODS_DECLARE(Random);
METHODS_DECLARE(_random);

enum { WORDS = 624, MIDDLE = 397 };

typedef struct RandomObject {
    PyObject ob_base;
    int index;
    uint32_t words[WORDS];
} RandomObject;

static PyTypeObject Random_Type;

/* All words at once: each from its neighbour and the one MIDDLE further. */
static void refill(RandomObject *self)
{
    uint32_t *w = self->words;
    for (int i = 0; i < WORDS; i++) {
        uint32_t y = (w[i] & 0x80000000u) | (w[(i + 1) % WORDS] & 0x7fffffffu);
        w[i] = w[(i + MIDDLE) % WORDS] ^ (y >> 1) ^ (y & 1 ? 0x9908b0dfu : 0);
    }
    self->index = 0;
}

static uint32_t next_word(RandomObject *self)
{
    if (self->index >= WORDS)
        refill(self);
    uint32_t y = self->words[self->index++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}

static void seed_by_number(RandomObject *self, uint32_t seed)
{
    uint32_t *w = self->words;
    w[0] = seed;
    for (uint32_t i = 1; i < WORDS; i++)
        w[i] = 1812433253u * (w[i - 1] ^ w[i - 1] >> 30) + i;
    self->index = WORDS;
}

static void seed_by_words(RandomObject *self, const uint32_t *key, size_t n)
{
    uint32_t *w = self->words;
    seed_by_number(self, 19650218u);
    size_t i = 1, j = 0;
    for (size_t k = Py_MAX((size_t)WORDS, n); k; k--) {
        w[i] = (w[i] ^ (w[i - 1] ^ w[i - 1] >> 30) * 1664525u) + key[j] + (uint32_t)j;
        if (++i >= WORDS)
            w[0] = w[WORDS - 1], i = 1;
        if (++j >= n)
            j = 0;
    }
    for (size_t k = WORDS - 1; k; k--) {
        w[i] = (w[i] ^ (w[i - 1] ^ w[i - 1] >> 30) * 1566083941u) - (uint32_t)i;
        if (++i >= WORDS)
            w[0] = w[WORDS - 1], i = 1;
    }
    w[0] = 0x80000000u;
}

static int seed_by_system(RandomObject *self)
{
    uint32_t key[WORDS];
    if (_PyOS_URandomNonblock(key, sizeof key) < 0) {
        PyErr_Clear();
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        key[0] = (uint32_t)now.tv_nsec, key[1] = (uint32_t)now.tv_sec, key[2] = (uint32_t)(uintptr_t)self;
        seed_by_words(self, key, 3);
        return 0;
    }
    seed_by_words(self, key, WORDS);
    return 0;
}

/* By an int's absolute value, by any other object's hash, or by the system for NULL and None. */
static int random_seed(RandomObject *self, PyObject *seed)
{
    if (!seed || seed == Py_None)
        return seed_by_system(self);
    K_AUTO(PyObject *) number = NULL;
    if (PyLong_Check(seed))
        K_SET(number, PyLong_Type.tp_as_number->nb_absolute(seed)); /* a subclass may answer abs() with anything */
    else {
        Py_hash_t hash = PyObject_Hash(seed); /* runs code */
        if (hash == -1)
            return -1;
        K_SET(number, PyLong_FromSize_t((size_t)hash));
    }
    size_t bits = number ? _PyLong_NumBits(number) : (size_t)-1;
    if (bits == (size_t)-1)
        return -1;
    size_t n = bits ? (bits - 1) / 32 + 1 : 1;
    uint32_t *key = PyMem_New(uint32_t, n);
    if (!key) {
        K_AUTO(PyObject *) none = PyErr_NoMemory();
        return -1;
    }
    int status = _PyLong_AsByteArray((PyLongObject *)number, (unsigned char *)key, n * 4, 1, 0);
    if (status == 0)
        seed_by_words(self, key, n);
    PyMem_Free(key);
    return status;
}

static int Random_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (Py_TYPE(self)->tp_init == Random_Type.tp_init && !_PyArg_NoKeywords("Random", kwargs))
        return -1;
    if (PyTuple_GET_SIZE(args) > 1) {
        PyErr_SetString(PyExc_TypeError, "Random() requires 0 or 1 argument");
        return -1;
    }
    return random_seed((RandomObject *)self, PyTuple_GET_SIZE(args) ? PyTuple_GET_ITEM(args, 0) : NULL);
}

METHOD(Random, random, NOARGS, "($self, /)", "A float from 0 up to, but not including 1.")
{
    RandomObject *generator = (RandomObject *)self;
    uint32_t high = next_word(generator) >> 5, low = next_word(generator) >> 6;
    return PyFloat_FromDouble((high * 67108864.0 + low) * 0x1p-53);
}

METHOD(Random, seed, FAST, "($self, n=None, /)", "Start anew from a seed, or from the system's noise.")
{
    if (k_check_nargs("seed", nargs, 0, 1) < 0 || random_seed((RandomObject *)self, nargs ? args[0] : NULL) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD(Random, getstate, NOARGS, "($self, /)", "The generator's state as a tuple.")
{
    RandomObject *generator = (RandomObject *)self;
    K_AUTO(PyObject *) state = PyTuple_New(WORDS + 1);
    for (int i = 0; state && i <= WORDS; i++) {
        PyObject *word = PyLong_FromUnsignedLong(i < WORDS ? generator->words[i] : (uint32_t)generator->index);
        if (!word)
            return NULL;
        PyTuple_SET_ITEM(state, i, word);
    }
    return K_MOVE(state);
}

METHOD(Random, setstate, O, "($self, state, /)", "Go back to a state that getstate() gave.")
{
    RandomObject *generator = (RandomObject *)self;
    uint32_t words[WORDS];
    if (!PyTuple_Check(arg))
        return k_raise(PyExc_TypeError, "state vector must be a tuple");
    if (PyTuple_GET_SIZE(arg) != WORDS + 1)
        return k_raise(PyExc_ValueError, "state vector is the wrong size");
    for (int i = 0; i < WORDS; i++) {
        unsigned long word = PyLong_AsUnsignedLong(PyTuple_GET_ITEM(arg, i));
        if (word == (unsigned long)-1 && PyErr_Occurred())
            return NULL;
        words[i] = (uint32_t)word;
    }
    long index = PyLong_AsLong(PyTuple_GET_ITEM(arg, WORDS));
    if (index == -1 && PyErr_Occurred())
        return NULL;
    if (index < 0 || index > WORDS)
        return k_raise(PyExc_ValueError, "invalid state");
    memcpy(generator->words, words, sizeof words);
    generator->index = (int)index;
    Py_RETURN_NONE;
}

METHOD(Random, getrandbits, O, "($self, k, /)", "An int of k random bits.")
{
    RandomObject *generator = (RandomObject *)self;
    int k;
    if (k_arg_int(arg, &k) < 0)
        return NULL;
    if (k < 0)
        return k_raise(PyExc_ValueError, "number of bits must be non-negative");
    if (k <= 32)
        return PyLong_FromUnsignedLong(k ? next_word(generator) >> (32 - k) : 0);
    size_t n = ((size_t)k - 1) / 32 + 1;
    uint32_t *words = PyMem_New(uint32_t, n);
    if (!words)
        return PyErr_NoMemory();
    for (size_t i = 0; i < n; i++, k -= 32)
        words[i] = k < 32 ? next_word(generator) >> (32 - k) : next_word(generator);
    PyObject *number = _PyLong_FromByteArray((unsigned char *)words, n * 4, 1, 0);
    PyMem_Free(words);
    return number;
}
METHODS_END(Random);

static PyTypeObject Random_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_random.Random",
    .tp_basicsize = sizeof(RandomObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "Random() -> a generator of random numbers with a state of its own.",
    .tp_methods = METHODS(Random),
    .tp_init = Random_init,
    .tp_new = PyType_GenericNew,
    .tp_free = PyObject_Free,
};
K_TYPE(Random_Type);

METHODS_END(_random);

static int random_exec(PyObject *module)
{
    return PyModule_AddObjectRef(module, "Random", (PyObject *)&Random_Type);
}

MODULE(_random, "The Mersenne Twister.", random_exec, 0);
