/* _blake2.c - the module _blake2: BLAKE2b and BLAKE2s (RFC 7693) with key, salt, person and tree parameters.
 *
 * In: bytes-like objects.  Out: digests. One type serves both: a state of eight words of 64 or 32 bits and a buffer of
 * one block. Invariant: the buffer is only mixed in when more bytes follow, because the last block is marked.
 * Start at mix_block(). */
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/dict/dict.h"
#include "objects/digest.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "runtime/errors.h"

METHODS_DECLARE(blake2);
METHODS_DECLARE(_blake2);

/* What the two functions differ in. */
typedef struct Flavour {
    const char *name;
    int word_bits, rounds, block, digest_max, salt, rotate[4];
    uint64_t start[8];
} Flavour;

static const Flavour blake2b = {
    "blake2b", 64, 12, 128, 64, 16, { 32, 24, 16, 63 },
    { 0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1, 0x510e527fade682d1,
      0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179 },
};
static const Flavour blake2s = {
    "blake2s", 32, 10, 64, 32, 8, { 16, 12, 8, 7 },
    { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 },
};

static const unsigned char order[10][16] = {
    { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 }, { 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
    { 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4 }, { 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8 },
    { 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13 }, { 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9 },
    { 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11 }, { 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10 },
    { 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5 }, { 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0 },
};

typedef struct Blake2Object {
    PyObject ob_base;
    const Flavour *flavour;
    uint64_t h[8];
    unsigned __int128 counter; /* bytes mixed in */
    unsigned char buffer[128];
    int filled, digest_size, last_node;
} Blake2Object;

static PyTypeObject blake2b_type, blake2s_type;

static inline uint64_t rotate(const Flavour *f, uint64_t x, int n)
{
    if (f->word_bits == 64)
        return x >> n | x << (64 - n);
    return (uint32_t)((uint32_t)x >> n | (uint32_t)x << (32 - n));
}

static inline uint64_t word(const Flavour *f, uint64_t x)
{
    return f->word_bits == 64 ? x : (uint32_t)x;
}

static inline void quarter(const Flavour *f, uint64_t *v, int a, int b, int c, int d, uint64_t x, uint64_t y)
{
    v[a] = word(f, v[a] + v[b] + x);
    v[d] = rotate(f, v[d] ^ v[a], f->rotate[0]);
    v[c] = word(f, v[c] + v[d]);
    v[b] = rotate(f, v[b] ^ v[c], f->rotate[1]);
    v[a] = word(f, v[a] + v[b] + y);
    v[d] = rotate(f, v[d] ^ v[a], f->rotate[2]);
    v[c] = word(f, v[c] + v[d]);
    v[b] = rotate(f, v[b] ^ v[c], f->rotate[3]);
}

/* Inlined into mix_block() for each flavour, so that its fields are constants. */
K_INLINE void mix(const Flavour *f, Blake2Object *self, const unsigned char *block, int last)
{
    uint64_t m[16] = { 0 }, v[16];
    int bytes = f->word_bits / 8;
    for (int i = 0; i < 16; i++)
        memcpy(&m[i], block + i * bytes, (size_t)bytes); /* little-endian, as the machine is */
    for (int i = 0; i < 8; i++) {
        v[i] = self->h[i];
        v[i + 8] = f->start[i];
    }
    v[12] ^= word(f, (uint64_t)self->counter);
    v[13] ^= word(f, (uint64_t)(self->counter >> f->word_bits));
    if (last)
        v[14] = word(f, ~v[14]);
    if (last && self->last_node)
        v[15] = word(f, ~v[15]);
    for (int round = 0; round < f->rounds; round++) {
        const unsigned char *s = order[round % 10];
        quarter(f, v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
        quarter(f, v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
        quarter(f, v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
        quarter(f, v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
        quarter(f, v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
        quarter(f, v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
        quarter(f, v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
        quarter(f, v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
    }
    for (int i = 0; i < 8; i++)
        self->h[i] ^= v[i] ^ v[i + 8];
}

static void mix_block(Blake2Object *self, const unsigned char *block, int last)
{
    if (self->flavour == &blake2b)
        mix(&blake2b, self, block, last);
    else
        mix(&blake2s, self, block, last);
}

static void take_in(Blake2Object *self, const unsigned char *data, size_t n)
{
    size_t block = (size_t)self->flavour->block;
    while (n > 0) {
        if ((size_t)self->filled == block) {
            self->counter += block;
            mix_block(self, self->buffer, 0);
            self->filled = 0;
        }
        size_t piece = Py_MIN(n, block - (size_t)self->filled);
        memcpy(self->buffer + self->filled, data, piece);
        self->filled += (int)piece;
        data += piece;
        n -= piece;
    }
}

static void finish(const Blake2Object *self, unsigned char out[64])
{
    Blake2Object copy = *self;
    copy.counter += (unsigned __int128)copy.filled;
    memset(copy.buffer + copy.filled, 0, sizeof copy.buffer - (size_t)copy.filled);
    mix_block(&copy, copy.buffer, 1);
    for (int i = 0; i < 8; i++)
        memcpy(out + i * self->flavour->word_bits / 8, &copy.h[i], (size_t)self->flavour->word_bits / 8);
}

/* ---- construction ---- */

typedef struct Parameters {
    int digest_size, fanout, depth, node_depth, inner_size, last_node;
    unsigned long leaf_size;
    unsigned long long node_offset;
    Py_buffer key, salt, person; /* obj is NULL when not given */
} Parameters;

/* digest_size, key length, fanout, depth; leaf size; node offset, depth, inner size; salt; person: xored into h. */
static void set_up(Blake2Object *self, const Flavour *f, const Parameters *p)
{
    unsigned char block[64] = { 0 };
    int wide = f->word_bits == 64, salt_at = wide ? 32 : 16;
    self->flavour = f;
    self->digest_size = p->digest_size;
    self->last_node = p->last_node;
    block[0] = (unsigned char)p->digest_size;
    block[1] = (unsigned char)p->key.len;
    block[2] = (unsigned char)p->fanout;
    block[3] = (unsigned char)p->depth;
    memcpy(block + 4, &p->leaf_size, 4);
    memcpy(block + 8, &p->node_offset, wide ? 8 : 6);
    block[wide ? 16 : 14] = (unsigned char)p->node_depth;
    block[wide ? 17 : 15] = (unsigned char)p->inner_size;
    if (p->salt.obj)
        memcpy(block + salt_at, p->salt.buf, (size_t)p->salt.len);
    if (p->person.obj)
        memcpy(block + salt_at + f->salt, p->person.buf, (size_t)p->person.len);
    for (int i = 0; i < 8; i++) {
        uint64_t x = 0;
        memcpy(&x, block + i * f->word_bits / 8, (size_t)f->word_bits / 8);
        self->h[i] = f->start[i] ^ x;
    }
    if (p->key.obj && p->key.len) {
        unsigned char padded[128] = { 0 };
        memcpy(padded, p->key.buf, (size_t)p->key.len);
        take_in(self, padded, (size_t)f->block);
    }
}

static int check_small(int value, int low, int high, const char *complaint)
{
    if (value >= low && value <= high)
        return 0;
    k_raise(PyExc_ValueError, complaint, high);
    return -1;
}

static int get_bytes(PyObject *v, Py_ssize_t most, const char *name, Py_buffer *out)
{
    if (!v)
        return 0;
    if (PyObject_GetBuffer(v, out, PyBUF_SIMPLE) < 0)
        return -1;
    if (out->len <= most)
        return 0;
    k_raise(PyExc_ValueError, "maximum %s length is %zd bytes", name, most);
    return -1;
}

#define BLAKE2_SIGNATURE(f)                                                                                            \
    "(data=b'', /, *, digest_size=_blake2." f ".MAX_DIGEST_SIZE,\n        key=b'', salt=b'', person=b'', fanout=1, "   \
    "depth=1, leaf_size=0,\n        node_offset=0, node_depth=0, inner_size=0, last_node=False,\n"                     \
    "        usedforsecurity=True)"
BINDER(blake2b_new, "blake2b", BLAKE2_SIGNATURE("blake2b"), *data, *digest_size, *key, *salt, *person, *fanout, *depth,
       *leaf_size, *node_offset, *node_depth, *inner_size, *last_node, *usedforsecurity);
BINDER(blake2s_new, "blake2s", BLAKE2_SIGNATURE("blake2s"), *data, *digest_size, *key, *salt, *person, *fanout, *depth,
       *leaf_size, *node_offset, *node_depth, *inner_size, *last_node, *usedforsecurity);
_Static_assert(sizeof(blake2b_new_args) == sizeof(blake2s_new_args), "the same parameters");

static int read_numbers(const Flavour *f, const blake2b_new_args *arg, Parameters *p)
{
    if ((arg->digest_size && k_arg_int(arg->digest_size, &p->digest_size) < 0)
        || (arg->fanout && k_arg_int(arg->fanout, &p->fanout) < 0) || (arg->depth && k_arg_int(arg->depth, &p->depth) < 0)
        || (arg->node_depth && k_arg_int(arg->node_depth, &p->node_depth) < 0)
        || (arg->inner_size && k_arg_int(arg->inner_size, &p->inner_size) < 0)
        || (arg->leaf_size && !_PyLong_UnsignedLong_Converter(arg->leaf_size, &p->leaf_size))
        || (arg->node_offset && !_PyLong_UnsignedLongLong_Converter(arg->node_offset, &p->node_offset)))
        return -1;
    p->last_node = arg->last_node ? PyObject_IsTrue(arg->last_node) : 0; /* runs code */
    if (p->last_node < 0
        || check_small(p->digest_size, 1, f->digest_max, "digest_size must be between 1 and %d bytes") < 0
        || check_small(p->fanout, 0, 255, "fanout must be between 0 and %d") < 0
        || check_small(p->depth, 1, 255, "depth must be between 1 and %d") < 0)
        return -1;
    if (p->leaf_size > UINT32_MAX) {
        PyErr_SetString(PyExc_OverflowError, "leaf_size is too large");
        return -1;
    }
    if (f->word_bits == 32 && p->node_offset >> 48) {
        PyErr_SetString(PyExc_OverflowError, "node_offset is too large");
        return -1;
    }
    return check_small(p->node_depth, 0, 255, "node_depth must be between 0 and %d") < 0
        || check_small(p->inner_size, 0, f->digest_max, "inner_size must be between 0 and is %d") < 0 ? -1 : 0;
}

static int update_from(Blake2Object *self, PyObject *data)
{
    Py_buffer view;
    if (digest_buffer(data, &view) < 0)
        return -1;
    take_in(self, view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    return 0;
}

static PyObject *make(PyTypeObject *type, const Flavour *f, const blake2b_new_args *arg)
{
    Parameters p = { .digest_size = f->digest_max, .fanout = 1, .depth = 1 };
    K_AUTO(PyObject *) self = NULL;
    if (get_bytes(arg->salt, f->salt, "salt", &p.salt) == 0 && get_bytes(arg->person, f->salt, "person", &p.person) == 0
        && read_numbers(f, arg, &p) == 0 && get_bytes(arg->key, f->digest_max, "key", &p.key) == 0)
        K_SET(self, type->tp_alloc(type, 0));
    if (self)
        set_up((Blake2Object *)self, f, &p);
    Py_buffer *views[] = { &p.key, &p.salt, &p.person };
    for (int i = 0; i < 3; i++)
        if (views[i]->obj)
            PyBuffer_Release(views[i]);
    if (self && arg->data && update_from((Blake2Object *)self, arg->data) < 0)
        return NULL;
    return K_MOVE(self);
}

static PyObject *blake2b_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    blake2b_new_args arg;
    K_AUTO(PyObject *) owned = NULL;
    return BIND(blake2b_new, &arg, args, kwargs, &owned) < 0 ? NULL : make(type, &blake2b, &arg);
}

static PyObject *blake2s_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    blake2b_new_args arg;
    K_AUTO(PyObject *) owned = NULL;
    return BIND(blake2s_new, &arg, args, kwargs, &owned) < 0 ? NULL : make(type, &blake2s, &arg);
}

/* ---- methods ---- */

METHOD(blake2, copy, NOARGS, "($self, /)", "A hash object in the same state.")
{
    Blake2Object *made = (Blake2Object *)Py_TYPE(self)->tp_alloc(Py_TYPE(self), 0);
    if (made)
        memcpy((char *)made + sizeof(PyObject), (char *)self + sizeof(PyObject), sizeof *made - sizeof(PyObject));
    return (PyObject *)made;
}

METHOD(blake2, digest, NOARGS, "($self, /)", "The digest of all that was taken in, as bytes.")
{
    unsigned char bytes[64];
    finish((Blake2Object *)self, bytes);
    return PyBytes_FromStringAndSize((char *)bytes, ((Blake2Object *)self)->digest_size);
}

METHOD(blake2, hexdigest, NOARGS, "($self, /)", "The digest of all that was taken in, in hexadecimal.")
{
    unsigned char bytes[64];
    finish((Blake2Object *)self, bytes);
    return digest_hex(bytes, ((Blake2Object *)self)->digest_size);
}

METHOD(blake2, update, O, "($self, data, /)", "Take in more data.")
{
    return update_from((Blake2Object *)self, arg) < 0 ? NULL : Py_NewRef(Py_None);
}
METHODS_END(blake2);

static PyObject *get_block_size(PyObject *self, void *closure)
{
    return PyLong_FromLong(((Blake2Object *)self)->flavour->block);
}

static PyObject *get_digest_size(PyObject *self, void *closure)
{
    return PyLong_FromLong(((Blake2Object *)self)->digest_size);
}

static PyObject *get_name(PyObject *self, void *closure)
{
    return PyUnicode_FromString(((Blake2Object *)self)->flavour->name);
}

static PyGetSetDef blake2_getset[] = {
    { "name", get_name, NULL, NULL, NULL },
    { "block_size", get_block_size, NULL, NULL, NULL },
    { "digest_size", get_digest_size, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

#define BLAKE2_TYPE(f, text)                                                                                           \
    static PyTypeObject f##_type = {                                                                                   \
        PyVarObject_HEAD_INIT(&PyType_Type, 0),                                                                        \
        .tp_name = "_blake2." #f,                                                                                      \
        .tp_basicsize = sizeof(Blake2Object),                                                                          \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,                                                          \
        .tp_doc = #f BLAKE2_SIGNATURE(#f) "\n--\n\n" text,                                                             \
        .tp_methods = METHODS(blake2),                                                                                 \
        .tp_getset = blake2_getset,                                                                                    \
        .tp_new = f##_new,                                                                                             \
        .tp_free = PyObject_Free,                                                                                      \
    };                                                                                                                 \
    K_TYPE(f##_type)
BLAKE2_TYPE(blake2b, "A new BLAKE2b hash object.");
BLAKE2_TYPE(blake2s, "A new BLAKE2s hash object.");
METHODS_END(_blake2);

static int add_constant(PyObject *module, PyTypeObject *type, const char *prefix, const char *name, long value)
{
    char full[40];
    snprintf(full, sizeof full, "%s_%s", prefix, name);
    K_AUTO(PyObject *) number = PyLong_FromLong(value);
    return !number || PyDict_SetItemString(type->tp_dict, name, number) < 0
        || PyModule_AddObjectRef(module, full, number) < 0 ? -1 : 0;
}

static int add_flavour(PyObject *module, PyTypeObject *type, const Flavour *f, const char *prefix)
{
    if (PyModule_AddObjectRef(module, f->name, (PyObject *)type) < 0
        || add_constant(module, type, prefix, "SALT_SIZE", f->salt) < 0
        || add_constant(module, type, prefix, "PERSON_SIZE", f->salt) < 0
        || add_constant(module, type, prefix, "MAX_KEY_SIZE", f->digest_max) < 0
        || add_constant(module, type, prefix, "MAX_DIGEST_SIZE", f->digest_max) < 0)
        return -1;
    PyType_Modified(type);
    return 0;
}

static int blake2_exec(PyObject *module)
{
    return add_flavour(module, &blake2b_type, &blake2b, "BLAKE2B") < 0
        || add_flavour(module, &blake2s_type, &blake2s, "BLAKE2S") < 0 ? -1 : 0;
}

MODULE(_blake2, "BLAKE2b and BLAKE2s hashes.", blake2_exec, 0);
