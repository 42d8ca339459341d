/* diagnose.c - why a program is wrong.
 *
 * In: a parser whose program does not parse.  Out: a SyntaxError. */
#include "parse/parser.h"
#include "runtime/errors.h"

void parse_diagnose(Parser *p)
{
    const Token *last = p->token[p->ntokens - 1];
    if (last->kind == INDENT || last->kind == DEDENT) {
        parse_raise(p, PyExc_IndentationError, last->kind == INDENT ? "unexpected indent" : "unexpected unindent");
        return;
    }
    parse_raise_at(p, PyExc_SyntaxError, last->lineno, last->col_offset, last->end_lineno, last->end_col_offset,
                   "invalid syntax");
    parse_check_rest(p);
}
