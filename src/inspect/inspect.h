/* inspect.h - the interpreter's own data as plain values: dicts, lists, tuples, ints, strs, bytes. */
#ifndef KAA_INSPECT_INSPECT_H
#define KAA_INSPECT_INSPECT_H

#include "objects/dict/dict.h"
#include "vm/kcode.h"

/* A list with a dict for each instruction of the code object's translation, made now if it was not run yet. */
K_INT K_NEW PyObject *inspect_instructions(PyCodeObject *code);

/* A list of the instruction's index for each unit of bytecode. */
K_INT K_NEW PyObject *inspect_units(PyCodeObject *code);

/* A list with a dict for each inline cache in use. */
K_INT K_NEW PyObject *inspect_caches(PyCodeObject *code);

/* The slots a look-up of key visits; hashes and compares the key: runs code. */
K_INT K_NEW PyObject *inspect_probe(PyDictObject *dict, PyObject *key);

/* Bytes of the object from its head on, without what stands before and behind it. */
K_INT size_t inspect_size(PyObject *object);

/* NULL, or the invariant that the object breaks, in words. Runs no code. */
K_INT const char *inspect_check(PyObject *object);

/* A dict: how many objects and small blocks a walk over the heap finds, and a list of what is wrong with them. */
K_INT K_NEW PyObject *inspect_heap_check(void);
/* A list of all the objects that walk finds. */
K_INT K_NEW PyObject *inspect_heap_objects(void);

/* Address, size and contents of the object's own block. */
K_INT K_NEW PyObject *inspect_bytes(PyObject *object);

#endif
