/* frame.h - frames: the interpreter frame on the data stack, and the frame object. */
#ifndef KAA_OBJECTS_FRAME_FRAME_H
#define KAA_OBJECTS_FRAME_FRAME_H

#include "objects/object.h"
#include "code/code.h"

struct _PyInterpreterFrame {
    PyFunctionObject *f_func;   /* owned */
    PyObject *f_globals;        /* borrowed */
    PyObject *f_builtins;       /* borrowed */
    PyObject *f_locals;         /* owned, may be NULL */
    PyCodeObject *f_code;       /* owned */
    PyFrameObject *frame_obj;   /* owned, may be NULL */
    _PyInterpreterFrame *previous;
    _Py_CODEUNIT *prev_instr;   /* the last instruction started, in the pristine code */
    int stacktop;               /* live slots of localsplus; -1 while the frame runs */
    bool is_entry;              /* its return leaves the loop */
    char owner;
    PyObject *localsplus[1];    /* locals, cells, free variables, then the value stack, then Kaa's two hidden words */
};
enum { K_FRAME_HIDDEN_WORDS = 2 };
enum { FRAME_OWNED_BY_THREAD = 0, FRAME_OWNED_BY_GENERATOR = 1, FRAME_OWNED_BY_FRAME_OBJECT = 2 };
#define FRAME_SPECIALS_SIZE ((Py_ssize_t)(offsetof(_PyInterpreterFrame, localsplus) / sizeof(PyObject *)))

struct _frame {
    PyObject ob_base;
    PyFrameObject *f_back;
    _PyInterpreterFrame *f_frame;
    PyObject *f_trace;
    int f_lineno; /* wins when not 0 */
    char f_trace_lines, f_trace_opcodes, f_fast_as_locals;
    PyObject *_f_frame_data[1]; /* the interpreter frame, once this object owns it */
};
struct PyTracebackObject {
    PyObject ob_base;
    PyTracebackObject *tb_next;
    PyFrameObject *tb_frame;
    int tb_lasti, tb_lineno;
};
#define PyFrame_Check(o)     Py_IS_TYPE(o, &PyFrame_Type)
#define PyTraceBack_Check(o) Py_IS_TYPE(o, &PyTraceBack_Type)

K_API int PyFrame_GetLineNumber(PyFrameObject *);
K_API K_NEW PyCodeObject *PyFrame_GetCode(PyFrameObject *frame);
K_API K_NEW PyFrameObject *PyFrame_GetBack(PyFrameObject *frame);
K_API K_NEW PyObject *PyFrame_GetLocals(PyFrameObject *frame);
K_API K_NEW PyObject *PyFrame_GetGlobals(PyFrameObject *frame);
K_API K_NEW PyObject *PyFrame_GetBuiltins(PyFrameObject *frame);
K_API K_NEW PyObject *PyFrame_GetGenerator(PyFrameObject *frame);
K_API int PyFrame_GetLasti(PyFrameObject *frame);
K_API K_NEW PyFrameObject *PyFrame_New(PyThreadState *, PyCodeObject *, PyObject *, PyObject *);
K_API void PyFrame_LocalsToFast(PyFrameObject *, int);
K_API K_STATUS int _PyFrame_IsEntryFrame(PyFrameObject *frame);
K_API K_STATUS int PyFrame_FastToLocalsWithError(PyFrameObject *f);
K_API void PyFrame_FastToLocals(PyFrameObject *);
K_API int PyTraceBack_Here(PyFrameObject *);
K_API K_STATUS int PyTraceBack_Print(PyObject *, PyObject *);
K_API K_STATUS int _Py_DisplaySourceLine(PyObject *, PyObject *, int, int, int *, PyObject **);
K_API void _PyTraceback_Add(const char *, const char *, int);

/* ---- beyond CPython's API ---- */

/* The frame object of an interpreter frame, made on first sight: borrowed; NULL with an exception. */
K_INT K_BORROWED PyFrameObject *k_frame_object(_PyInterpreterFrame *frame);
/* Releases what the frame owns. If its frame object is held elsewhere, the frame moves into it first. */
K_INT void k_frame_clear(_PyInterpreterFrame *frame); /* may run code */
K_INT int k_frame_traverse(_PyInterpreterFrame *frame, visitproc visit, void *arg);
/* Byte offset of the instruction the frame is at; -1 before the first. */
static inline int k_frame_lasti(const _PyInterpreterFrame *frame)
{
    return (int)((const char *)frame->prev_instr - frame->f_code->co_code_adaptive);
}
/* A frame that is still being entered: no frame object shows it yet. */
static inline int k_frame_is_incomplete(const _PyInterpreterFrame *frame)
{
    return frame->owner != FRAME_OWNED_BY_GENERATOR &&
           frame->prev_instr < _PyCode_CODE(frame->f_code) + frame->f_code->_co_firsttraceable;
}
K_INT int k_frame_line(const _PyInterpreterFrame *frame); /* -1 when it has none */
extern K_API PyTypeObject PyFrame_Type, PyTraceBack_Type;

/* line K_LINE_UNKNOWN: worked out from lasti when somebody asks. */
enum { K_LINE_UNKNOWN = INT_MIN };
/* next: NULL or borrowed */
K_INT K_NEW PyObject *k_traceback_new(PyObject *next, PyFrameObject *frame, int lasti, int line);
K_INT int k_frame_set_lineno(PyObject *frame, PyObject *value, void *closure); /* the setter of f_lineno */
K_INT int k_traceback_line(PyTracebackObject *traceback);
/* Words from the frame's head to the end of its hidden words. */
static inline Py_ssize_t k_frame_slots(const PyCodeObject *code)
{
    return code->co_nlocalsplus + code->co_stacksize + K_FRAME_HIDDEN_WORDS;
}
/* A frame that has not started, in memory that holds k_frame_slots() slots. Takes func and locals over. */
K_INT void k_frame_init(_PyInterpreterFrame *frame, K_STOLEN PyFunctionObject *func, K_STOLEN PyObject *locals);
/* Copies a frame with its live slots; its frame object, if any, follows. The old one is empty room then. */
K_INT void k_frame_move(_PyInterpreterFrame *to, _PyInterpreterFrame *from);

#endif
