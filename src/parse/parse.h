/* parse.h - from source text to a tree. Serves compile() and the runtime. */
#ifndef KAA_PARSE_PARSE_H
#define KAA_PARSE_PARSE_H

#include "ast/ast.h"

typedef struct ParseOptions {
    PyObject *filename;  /* str, for error messages and warnings */
    int start;           /* Py_file_input, Py_eval_input, Py_single_input, Py_func_type_input */
    int flags;           /* PyCF_* */
    int feature_version; /* minor version; 0 for the newest */
    bool from_file;      /* a file's bytes (not a string given to compile()): they must be UTF-8 unless declared */
} ParseOptions;

/* Parses a source file's bytes: decodes (BOM, coding line; PyCF_IGNORE_COOKIE: plain UTF-8), tokenizes, parses.
 * NULL with SyntaxError (IndentationError, TabError), UnicodeDecodeError, MemoryError, or what a warning turned
 * into. */
K_INT Node *parse_source(const char *bytes, Py_ssize_t size, const ParseOptions *options, KArena *arena);

#endif
