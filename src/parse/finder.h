/* finder.h - what the error finder's files share. */
#ifndef KAA_PARSE_FINDER_H
#define KAA_PARSE_FINDER_H

#include "parse/grammar.h"
#include "parse/parser.h"

/* A recognised part of the program: a token, several parts, or an expression of a NodeKind (0 and up). */
enum { PART_TOKEN = -1, PART_SEVERAL = -2, PART_ABSENT = -3 };
typedef struct Part {
    int kind;
    const Token *first, *last;
    Py_ssize_t n;
    struct Part *child[];
} Part;

typedef struct Finder {
    Parser *p;
    const Rule *rules;
    bool failed; /* an exception is set */
} Finder;

/* The action of a rule for wrong programs: sets an exception, or finds nothing to complain about. */
K_INT void finder_complain(Finder *f, const Alt *alt, Part *const *label);

#endif
