/* kcode.h - the engine's form of a code object: instructions over the frame's slots, caches, handlers, maps.
 *
 * A slot is an index into localsplus: locals, cells and free variables first, then the home of each stack depth
 * (nlocalsplus + depth). The translation hangs off co->_co_linearray; bytecode itself is never written.
 * Invariant: at each instruction's start the slots below depth[i] are live, and each stack slot among them is owned.
 * Start with KInstr and vm_translate(). */
#ifndef KAA_VM_KCODE_H
#define KAA_VM_KCODE_H

#include "code/code.h"
#include "objects/frame/frame.h"

/* One instruction. Wide values (constants, names, jumps, counts) stand in d; a, b, c are slots or a cache index. */
typedef struct KInstr {
    uint16_t op;
    uint16_t a;      /* slot of the lowest operand; the result lands there */
    uint16_t b;      /* a local's slot */
    uint16_t c;      /* the inline cache, in words from the first one; 0 when it has none */
    uint32_t d;      /* the bytecode's argument, or the distance of a jump in instructions */
    uint32_t origin; /* the bytecode, in bytes from the code object's start */
} KInstr;
_Static_assert(sizeof(KInstr) == 16, "instructions are sixteen bytes");

/* One inline cache. What the fields hold is the specialised form's affair. */
typedef struct KCache {
    uint32_t version, version2;
    uint32_t index;
    uint16_t counter; /* executions until the next attempt to specialise */
    uint16_t backoff; /* attempts that failed, as a power of two */
    void *ptr;
} KCache;
#ifdef KAA_STRESS
#define K_WARMUP 1
#else
#define K_WARMUP 4
#endif
enum { CACHE_WORDS = sizeof(KCache) / sizeof(uint64_t) };
enum { CACHE_WARMUP = K_WARMUP, CACHE_COOLDOWN = 64, CACHE_MAX_BACKOFF = 12 };

/* A row of the exception table, in units of bytecode. */
typedef struct KHandler {
    uint32_t start, end;
    uint32_t target; /* index of an instruction */
    uint16_t slot;   /* first slot to release */
    uint16_t push_lasti;
} KHandler;

typedef struct KCode {
    uint32_t ninstr, nunits, nhandlers, ncaches;
    uint32_t nslots;      /* localsplus and value stack */
    uint32_t frame_words; /* a whole frame on the data stack */
    uint32_t first;       /* index of the first instruction behind a RESUME at the very start, else 0 */
    uint32_t simple_args; /* positional parameters when there is nothing else to bind, else UINT32_MAX */
    PyObject *const *consts; /* of the code object's tuple */
    KHandler *handlers;
    uint16_t *depth;      /* by instruction: live slots at its start */
    uint32_t *engine_of;  /* by bytecode unit: the instruction that runs it */
    KCache **poly;        /* by cache: POLY_WAYS more for other types, NULL without; the whole array may be NULL */
    KInstr *instr;        /* with INSTR_BEFORE empty ones in front: looking so far back is safe */
    uint64_t caches[];    /* KCache after KCache: their place is found without a load or a multiplication */
} KCode;
enum { INSTR_BEFORE = 2, POLY_WAYS = 4 };
static inline KCache *kcode_cache(KCode *k, const KInstr *pc)
{
    return (KCache *)(void *)&k->caches[pc->c];
}

/* Two hidden words after the value stack: how a callee returns to the frame below it. */
typedef struct KLink {
    KInstr *pc;     /* the caller's instruction */
    uintptr_t kind; /* KCont */
} KLink;
enum { FRAME_HIDDEN_WORDS = sizeof(KLink) / sizeof(PyObject *) };

/* The translation, made at the first call; NULL with an exception. */
K_INT KCode *vm_translate(PyCodeObject *code);
static inline KCode *vm_kcode(PyCodeObject *code)
{
    KCode *k = (KCode *)(void *)code->_co_linearray;
    return K_LIKELY(k != NULL) ? k : vm_translate(code);
}
static inline KCode *frame_kcode(const _PyInterpreterFrame *frame)
{
    return (KCode *)(void *)frame->f_code->_co_linearray;
}
static inline KLink *frame_link(_PyInterpreterFrame *frame)
{
    return (KLink *)(void *)&frame->localsplus[frame_kcode(frame)->nslots];
}
/* The instruction that runs the bytecode the frame is at. */
static inline KInstr *frame_instr(const _PyInterpreterFrame *frame)
{
    KCode *k = frame_kcode(frame);
    return &k->instr[k->engine_of[k_frame_lasti(frame) / (int)sizeof(_Py_CODEUNIT)]];
}
static inline int instr_lasti(const KInstr *pc)
{
    return (int)(pc->origin - offsetof(PyCodeObject, co_code_adaptive));
}
static inline void frame_at(_PyInterpreterFrame *frame, const KInstr *pc)
{
    frame->prev_instr = (_Py_CODEUNIT *)(void *)((char *)frame->f_code + pc->origin);
}

/* ---- the table of instructions ---- */
typedef enum KEffect { PURE, READ, ALLOC, RAISES, FOREIGN } KEffect;

/* What happens with a callee's result, and with its failure. Down to CONT_NEXT the instruction has given its operands
 * away; in the others they stay in their slots until the callee is done. */
typedef enum KCont {
    CONT_NONE,       /* never calls Python */
    CONT_RESULT,     /* result lands in slot a */
    CONT_NEXT,       /* generator under FOR_ITER: result lands in a + 1, its end jumps */
    CONT_SEND,       /* generator under SEND: the same */
    CONT_INIT,       /* __init__: must be None; the instance stands in slot a, the operands that are left behind it */
    CONT_PUSH,       /* result lands behind the operands, which stay */
    CONT_REPLACE,    /* result lands in slot a, in place of the operands */
    CONT_DISCARD,    /* result and operands are released */
    CONT_BINARY,     /* a binary method: NotImplemented goes on to the other operand's; TRIED_ bits */
    CONT_COMPARE,    /* a comparison method: the same */
    CONT_CONTAINS,   /* __contains__: its truth, inverted when d */
    CONT_TRUTH,      /* __bool__, must be a bool; a conditional jump or not */
    CONT_LENGTH,     /* __len__ asked for the truth: the same */
    CONT_ITER,       /* __iter__: must be an iterator */
    CONT_NEW,        /* __new__: __init__ follows; a: keyword names or NULL, a + 1: class and arguments in a tuple */
    CONT_ITERNEXT,   /* __next__ under FOR_ITER: result lands in a + 1, StopIteration jumps */
    CONT_SENDNEXT,   /* __next__ under SEND: the same, StopIteration's value is the result */
    CONT_ATTR,       /* an attribute of a; AttributeError goes on to __getattr__ when HAS_HOOK */
} KCont;
/* From CONT_ITERNEXT on a failure may be caught. Further bits of a link's kind: */
enum {
    CONT_KIND = 0xff,
    TRIED_LEFT = 0x100,
    TRIED_RIGHT = 0x200,
    TRIED_IN_PLACE = 0x400,
    INVERTED = 0x800, /* __eq__ asked for != */
    HAS_HOOK = 0x1000,
};

enum {
#define OP(name, effect, cont, picture) OP_##name,
#define SPECIAL(name, base, effect, cont, picture) OP_##name,
#define OP_BODIES 0
#include "vm/ops/all.ops.h"
#undef OP_BODIES
#undef OP
#undef SPECIAL
    OP_COUNT
};
typedef struct KOpRow {
    const char *name, *picture;
    uint16_t base; /* the 1:1 form: itself unless specialised */
    uint8_t effect, cont;
} KOpRow;
extern K_INT const KOpRow vm_op_rows[OP_COUNT];

#endif
