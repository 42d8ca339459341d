/* source.h - a source file's bytes as text. Serves the parser. */
#ifndef KAA_TEXT_SOURCE_H
#define KAA_TEXT_SOURCE_H

#include "base/arena.h"
#include "objects/object.h"

typedef struct Source {
    const char *text;    /* NUL-terminated UTF-8 (not checked unless it was decoded), newlines are \n; in the arena */
    Py_ssize_t size;
    const char *encoding; /* as a BOM or a coding line said it, or the caller; NULL when none did; in the arena */
} Source;

typedef struct SourceOptions {
    bool is_utf8;     /* the caller knows: neither BOM nor coding line count */
    bool end_newline; /* a last line without newline gets one */
    bool from_file;   /* bytes outside ASCII without a declared encoding must be UTF-8 */
    PyObject *filename; /* for errors of files */
} SourceOptions;

/* 0, or -1 with SyntaxError without a location, LookupError, UnicodeDecodeError or MemoryError. */
K_INT K_STATUS int source_decode(Source *source, const char *bytes, Py_ssize_t size, const SourceOptions *options,
                                 KArena *arena);

#endif
