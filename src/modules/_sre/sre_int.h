/* sre_int.h - shared by the files of module _sre: the pattern code's numbers, a match in progress, the object layouts. */
#ifndef KAA_MODULES_SRE_INT_H
#define KAA_MODULES_SRE_INT_H

#include "objects/object.h"

/* The compiled pattern's words; re/_constants.py gives the same numbers. */
typedef enum {
    SRE_FAILURE, SRE_SUCCESS, SRE_ANY, SRE_ANY_ALL, SRE_ASSERT, SRE_ASSERT_NOT, SRE_AT, SRE_BRANCH, SRE_CATEGORY,
    SRE_CHARSET, SRE_BIGCHARSET, SRE_GROUPREF, SRE_GROUPREF_EXISTS, SRE_IN, SRE_INFO, SRE_JUMP, SRE_LITERAL, SRE_MARK,
    SRE_MAX_UNTIL, SRE_MIN_UNTIL, SRE_NOT_LITERAL, SRE_NEGATE, SRE_RANGE, SRE_REPEAT, SRE_REPEAT_ONE, SRE_SUBPATTERN,
    SRE_MIN_REPEAT_ONE, SRE_ATOMIC_GROUP, SRE_POSSESSIVE_REPEAT, SRE_POSSESSIVE_REPEAT_ONE, SRE_GROUPREF_IGNORE,
    SRE_IN_IGNORE, SRE_LITERAL_IGNORE, SRE_NOT_LITERAL_IGNORE, SRE_GROUPREF_LOC_IGNORE, SRE_IN_LOC_IGNORE,
    SRE_LITERAL_LOC_IGNORE, SRE_NOT_LITERAL_LOC_IGNORE, SRE_GROUPREF_UNI_IGNORE, SRE_IN_UNI_IGNORE,
    SRE_LITERAL_UNI_IGNORE, SRE_NOT_LITERAL_UNI_IGNORE, SRE_RANGE_UNI_IGNORE
} SreOp;
enum {
    SRE_AT_BEGINNING, SRE_AT_BEGINNING_LINE, SRE_AT_BEGINNING_STRING, SRE_AT_BOUNDARY, SRE_AT_NON_BOUNDARY, SRE_AT_END,
    SRE_AT_END_LINE, SRE_AT_END_STRING, SRE_AT_LOC_BOUNDARY, SRE_AT_LOC_NON_BOUNDARY, SRE_AT_UNI_BOUNDARY,
    SRE_AT_UNI_NON_BOUNDARY
};
enum {
    SRE_DIGIT, SRE_NOT_DIGIT, SRE_SPACE, SRE_NOT_SPACE, SRE_WORD, SRE_NOT_WORD, SRE_LINEBREAK, SRE_NOT_LINEBREAK,
    SRE_LOC_WORD, SRE_LOC_NOT_WORD, SRE_UNI_DIGIT, SRE_UNI_NOT_DIGIT, SRE_UNI_SPACE, SRE_UNI_NOT_SPACE, SRE_UNI_WORD,
    SRE_UNI_NOT_WORD, SRE_UNI_LINEBREAK, SRE_UNI_NOT_LINEBREAK
};
enum { SRE_FLAG_TEMPLATE = 1, SRE_FLAG_IGNORECASE = 2, SRE_FLAG_LOCALE = 4, SRE_FLAG_UNICODE = 32, SRE_FLAG_DEBUG = 128 };
enum { SRE_INFO_PREFIX = 1, SRE_INFO_LITERAL = 2, SRE_INFO_CHARSET = 4 };
enum { SRE_MAGIC_NUMBER = 20220615 };
#define SRE_MAX_REPEAT 4294967295u
#define SRE_MAX_GROUPS ((Py_ssize_t)(INT_MAX / 2))

typedef struct PatternObject {
    PyVarObject ob_base; /* ob_size: words of code */
    Py_ssize_t groups;
    PyObject *groupindex; /* dict: name -> number */
    PyObject *indexgroup; /* tuple: number -> name */
    PyObject *pattern;    /* or None */
    int flags;
    PyObject *weakreflist;
    int isbytes; /* 1, 0, or -1 without a pattern */
    uint32_t code[1]; /* behind its ob_size words stands the address of the SreTables */
} PatternObject;

/* What single-character items accept among the first 256 characters, worked out once when a pattern is made. Items that
 * go by the locale have none. */
typedef struct SreTables {
    uint32_t count;
    uint16_t *number;   /* by word of code: 1 and up for an operation with a bitmap; the start set's stands at 0 */
    uint32_t bits[][8]; /* by number */
} SreTables;
enum { SRE_TABLES_WORDS = sizeof(SreTables *) / sizeof(uint32_t) };
static inline SreTables *sre_tables(const PatternObject *p)
{
    SreTables *tables;
    memcpy(&tables, p->code + Py_SIZE(p), sizeof tables);
    return tables;
}

typedef struct MatchObject {
    PyVarObject ob_base;
    PyObject *string; /* NULL once detached */
    PyObject *regs;   /* made on demand */
    PatternObject *pattern;
    Py_ssize_t pos, endpos, lastindex, groups; /* groups: the whole match included */
    Py_ssize_t mark[1];                        /* start and end of each group, -1 when unset */
} MatchObject;

/* The innermost repeat (...){m,n} that is being matched. */
typedef struct SreRepeat {
    struct SreRepeat *outer;
    Py_ssize_t count, last_pos; /* rounds so far; where the last one began */
    uint32_t pc;                /* of its REPEAT */
} SreRepeat;

typedef struct SreBack {
    uint8_t kind; /* SRE_TRY ... */
    uint32_t pc;
    Py_ssize_t pos, extra;
    SreRepeat *repeat;
} SreBack;

typedef struct SreRepeatBlock SreRepeatBlock;
enum { SRE_FIRST_BACKS = 16, SRE_FIRST_MARKS = 16 };

/* A match in progress over one text. */
typedef struct SreState {
    const uint32_t *code;
    const SreTables *tables;
    const void *text;
    int char_size;
    Py_ssize_t begin, start, end; /* begin: where ^ holds; start: where to try; end: behind the last character */
    Py_ssize_t start_given; /* the match's pos attribute */
    Py_ssize_t match_start, match_end;
    Py_ssize_t must_advance; /* a match may not be empty here; -1: it may */
    bool match_all;
    bool marks_left; /* a match that failed as a whole has left marks behind */
    Py_ssize_t *mark;
    Py_ssize_t mark_count, lastindex;
    SreRepeat *repeat;
    SreRepeatBlock *repeat_blocks;
    SreBack *back;
    size_t back_count, back_capacity;
    unsigned steps;
    int depth;
    PyObject *string; /* owned */
    bool is_bytes;
    Py_buffer buffer;
    SreBack first_backs[SRE_FIRST_BACKS]; /* where back and mark begin */
    Py_ssize_t first_marks[SRE_FIRST_MARKS];
} SreState;

/* 1: matched, 0: not, -1: an exception. */
K_INT int sre_match(SreState *state, Py_ssize_t pos);
K_INT int sre_search(SreState *state);
K_INT int sre_match_1(SreState *state, Py_ssize_t pos);
K_INT int sre_match_2(SreState *state, Py_ssize_t pos);
K_INT int sre_match_4(SreState *state, Py_ssize_t pos);
K_INT int sre_search_1(SreState *state);
K_INT int sre_search_2(SreState *state);
K_INT int sre_search_4(SreState *state);

/* Bounds of the text: 0, or -1. sre_state_drop() afterwards. */
K_INT int sre_state_init(SreState *state, PatternObject *pattern, PyObject *string, Py_ssize_t start, Py_ssize_t end);
K_INT void sre_state_reset(SreState *state);
K_INT void sre_state_drop(SreState *state);

K_INT int sre_more_backs(SreState *state); /* doubles the room of back: 0, or -1 with MemoryError */
static inline int sre_push(SreState *s, uint8_t kind, uint32_t pc, Py_ssize_t pos, Py_ssize_t extra, SreRepeat *repeat)
{
    if (K_UNLIKELY(s->back_count == s->back_capacity) && sre_more_backs(s) < 0)
        return -1;
    s->back[s->back_count++] = (SreBack){ kind, pc, pos, extra, repeat };
    return 0;
}
K_INT void sre_reset_marks(SreState *state);
K_INT SreRepeat *sre_repeat_new(SreState *state, uint32_t pc);
K_INT void sre_repeat_drop(SreState *state); /* the newest one */

/* Characters, alike for all widths. */
K_INT bool sre_category_any(uint32_t category, uint32_t c);
extern K_INT uint32_t sre_latin_categories[256]; /* bit by category; the locale's have none */
static inline bool sre_category(uint32_t category, uint32_t c)
{
    if (K_LIKELY(c < 256 && category - SRE_LOC_WORD > 1u))
        return sre_latin_categories[c] >> category & 1;
    return sre_category_any(category, c);
}
/* Whether one character satisfies an item of width one. */
K_INT bool sre_accepts(const uint32_t *item, uint32_t c);
K_INT bool sre_charset(const uint32_t *set, uint32_t c);
K_INT bool sre_charset_loc_ignore(const uint32_t *set, uint32_t c);
K_INT bool sre_char_loc_ignore(uint32_t pattern, uint32_t c);
K_INT uint32_t sre_lower_ascii(uint32_t c);
K_INT uint32_t sre_lower_unicode(uint32_t c);
K_INT uint32_t sre_upper_unicode(uint32_t c);

/* Checks the code and works out the tables of its items: 0, or -1. */
K_INT K_STATUS int sre_validate(PatternObject *pattern);
K_INT void sre_start(void); /* before the first pattern */
extern K_INT PyTypeObject SrePattern_Type, SreMatch_Type, SreScanner_Type;
K_INT PyObject *sre_match_object(PatternObject *pattern, const SreState *state, int status); /* None for status 0 */
K_INT PyObject *sre_slice(PyObject *string, bool is_bytes, Py_ssize_t start, Py_ssize_t end);

/* Marks on the pc of an SRE_TRY: it stands at an UNTIL whose first way failed, or before a BRANCH's next alternative. */
#define SRE_OTHER_UNTIL      0x80000000u
#define SRE_NEXT_ALTERNATIVE 0x40000000u
enum {
    SRE_TRY, SRE_GREEDY, SRE_LAZY, SRE_UNDO_MARK, SRE_UNDO_CLOSE, SRE_UNDO_REPEAT, SRE_UNDO_ENTRY, SRE_UNDO_COUNT, SRE_UNDO_POS
};

#endif
