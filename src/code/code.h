/* code.h - code objects: layout and API. Bytecode stays pristine after creation. */
#ifndef KAA_CODE_CODE_H
#define KAA_CODE_CODE_H

#include "objects/object.h"

typedef uint16_t _Py_CODEUNIT;
#define _Py_OPCODE(unit) ((unit) & 255)
#define _Py_OPARG(unit)  ((unit) >> 8)

struct PyCodeObject {
    PyVarObject ob_base; /* ob_size: code units */
    PyObject *co_consts, *co_names, *co_exceptiontable;
    int co_flags;
    short co_warmup, _co_linearray_entry_size;
    int co_argcount, co_posonlyargcount, co_kwonlyargcount, co_stacksize, co_firstlineno;
    int co_nlocalsplus, co_nlocals, co_nplaincellvars, co_ncellvars, co_nfreevars;
    PyObject *co_localsplusnames, *co_localspluskinds;
    PyObject *co_filename, *co_name, *co_qualname, *co_linetable;
    PyObject *co_weakreflist;
    PyObject *_co_code;
    char *_co_linearray; /* the engine's translation: KCode */
    int _co_firsttraceable;
    void *co_extra;
    char co_code_adaptive[1];
};
#define _PyCode_CODE(co)   ((_Py_CODEUNIT *)(co)->co_code_adaptive)
#define _PyCode_NBYTES(co) (Py_SIZE(co) * (Py_ssize_t)sizeof(_Py_CODEUNIT))

enum {
    CO_OPTIMIZED = 0x1, CO_NEWLOCALS = 0x2, CO_VARARGS = 0x4, CO_VARKEYWORDS = 0x8, CO_NESTED = 0x10,
    CO_GENERATOR = 0x20, CO_COROUTINE = 0x80, CO_ITERABLE_COROUTINE = 0x100, CO_ASYNC_GENERATOR = 0x200,
    CO_FUTURE_DIVISION = 0x20000, CO_FUTURE_ABSOLUTE_IMPORT = 0x40000, CO_FUTURE_WITH_STATEMENT = 0x80000,
    CO_FUTURE_PRINT_FUNCTION = 0x100000, CO_FUTURE_UNICODE_LITERALS = 0x200000, CO_FUTURE_BARRY_AS_BDFL = 0x400000,
    CO_FUTURE_GENERATOR_STOP = 0x800000, CO_FUTURE_ANNOTATIONS = 0x1000000
};
/* co_localspluskinds */
enum { CO_FAST_LOCAL = 0x20, CO_FAST_CELL = 0x40, CO_FAST_FREE = 0x80 };

extern K_API PyTypeObject PyCode_Type;
#define PyCode_Check(o) Py_IS_TYPE(o, &PyCode_Type)
#define PyCode_GetNumFree(co) ((co)->co_nfreevars)

typedef struct PyCodeAddressRange {
    int ar_start, ar_end, ar_line;
    struct {
        int computed_line;
        const uint8_t *lo_next, *limit;
    } opaque;
} PyCodeAddressRange;

K_API K_NEW PyCodeObject *PyCode_New(int, int, int, int, int, PyObject *, PyObject *, PyObject *, PyObject *,
    PyObject *, PyObject *, PyObject *, PyObject *, PyObject *, int, PyObject *, PyObject *);
K_API K_NEW PyCodeObject *PyCode_NewWithPosOnlyArgs(int, int, int, int, int, int, PyObject *, PyObject *,
    PyObject *, PyObject *, PyObject *, PyObject *, PyObject *, PyObject *, PyObject *, int, PyObject *, PyObject *);
K_API K_NEW PyCodeObject *PyCode_NewEmpty(const char *filename, const char *funcname, int firstlineno);
K_API int PyCode_Addr2Line(PyCodeObject *, int);
K_API int PyCode_Addr2Location(PyCodeObject *, int, int *, int *, int *, int *);
K_API int _PyCode_CheckLineNumber(int lasti, PyCodeAddressRange *bounds);
K_API K_NEW PyObject *_PyCode_ConstantKey(PyObject *obj);
K_API K_NEW PyObject *PyCode_Optimize(PyObject *code, PyObject* consts, PyObject *names, PyObject *lnotab);
K_API K_STATUS Py_ssize_t _PyEval_RequestCodeExtraIndex(freefunc);
K_API K_STATUS int _PyCode_GetExtra(PyObject *code, Py_ssize_t index, void **extra);
K_API K_STATUS int _PyCode_SetExtra(PyObject *code, Py_ssize_t index, void *extra);
K_API K_NEW PyObject *PyCode_GetCode(PyCodeObject *code);
K_API K_NEW PyObject *PyCode_GetVarnames(PyCodeObject *code);
K_API K_NEW PyObject *PyCode_GetCellvars(PyCodeObject *code);
K_API K_NEW PyObject *PyCode_GetFreevars(PyCodeObject *code);

/* ---- beyond CPython's API ---- */

/* What the assembler and unmarshal hand over; all references borrowed. localsplusnames and kinds are CPython's. */
typedef struct KCodeParts {
    PyObject *filename, *name, *qualname, *code, *linetable, *consts, *names, *localsplusnames, *localspluskinds,
        *exceptiontable;
    int flags, firstlineno, argcount, posonlyargcount, kwonlyargcount, stacksize;
} KCodeParts;
/* Checks the parts (SystemError or ValueError when they do not fit together), interns names, makes the code object. */
K_INT K_NEW PyCodeObject *k_code_new(const KCodeParts *parts);

/* The position of the instruction at a byte offset; -1 for what is not known. Lines from 1, columns from 0 in UTF-8
 * bytes. */
typedef struct KCodePosition {
    int line, end_line, column, end_column;
} KCodePosition;
K_INT KCodePosition k_code_position(PyCodeObject *code, int byte_offset);

/* Walks the location table, one entry at a time. */
typedef struct KCodeWalk {
    const uint8_t *next, *limit;
    int line;            /* computed line, also below entries that have none */
    int start, end;      /* byte offsets of the entry */
    KCodePosition where; /* -1 where it says nothing */
} KCodeWalk;
K_INT void k_code_walk_start(KCodeWalk *walk, PyCodeObject *code);
K_INT K_NEW PyObject *k_code_lines_only(PyObject *table);
K_INT int k_code_walk_next(KCodeWalk *walk); /* 0 at the end */

/* The names of a kind (CO_FAST_LOCAL, CO_FAST_CELL, CO_FAST_FREE) in their order, as a tuple. */
K_INT K_NEW PyObject *k_code_names(PyCodeObject *code, int kind);
K_INT void k_code_extra_free(PyCodeObject *code);

/* The handler for a byte offset, from the exception table. 1 when there is one. */
typedef struct KCodeHandler {
    int target; /* byte offset */
    int depth;  /* stack depth to unwind to */
    int push_lasti;
} KCodeHandler;
K_INT int k_code_find_handler(PyCodeObject *code, int byte_offset, KCodeHandler *handler);

#endif
