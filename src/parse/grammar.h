/* grammar.h - grammar.def in memory, for the error finder. */
#ifndef KAA_PARSE_GRAMMAR_H
#define KAA_PARSE_GRAMMAR_H

#include "ast/ast.h"
#include "token/token.h"

typedef enum {
#define RULE(name, ...) rule_##name,
#define MEMO(name, ...) rule_##name,
#define LEFT(name, ...) rule_##name,
#include "parse/grammar.def"
#undef RULE
#undef MEMO
#undef LEFT
    RULES
} RuleIndex;

typedef enum { ITEM_TOKEN, ITEM_WORD, ITEM_ANY_WORD, ITEM_RULE, ITEM_GROUP, ITEM_CUT } ItemKind;
typedef enum { DO_NOTHING, DO_NODE, DO_LABEL, DO_RAISE, DO_FROM, DO_HERE, DO_INDENT, DO_CHECK } ActionKind;

typedef struct Item {
    struct Item *next;
    ItemKind kind;
    char label;     /* 'a', 'b' or 0 */
    char look;      /* '&', '!', 'F' (forced) or 0 */
    char times;     /* '?', '*', '+' or 0 */
    int value;      /* token kind or rule */
    int separator;  /* token kind, or -1 */
    const char *text; /* of a soft keyword: not terminated */
    int size;
    struct Alt *group;
} Item;

typedef struct Alt {
    struct Alt *next;
    Item *items;
    ActionKind action;
    int node;         /* DO_NODE */
    char first, last; /* labels of the range */
    bool last_item;   /* the range ends with the last part of its label */
    const char *text; /* the message, or the check's name */
} Alt;

typedef struct Rule {
    const char *name;
    bool memo, left, invalid;
    Alt *alts;
} Rule;

/* All rules, read at the first use; NULL with MemoryError or SystemError. */
K_INT const Rule *grammar_rules(void);

#endif
