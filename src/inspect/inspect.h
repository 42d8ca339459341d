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

/* Address, size and contents of the object's own block. */
K_INT K_NEW PyObject *inspect_bytes(PyObject *object);

#endif
