/* traceback_dump.c - tracebacks of a process in trouble: async-signal-safe, without the GIL, onto a descriptor.
 *
 * In: thread states, as they are found.  Out: text by write().
 * Invariant: nothing here allocates, locks or changes an object; lengths and depths are bounded since memory may be
 * damaged. Start at _Py_DumpTraceback(). */
#include "runtime/traceback.h"

#include "objects/frame/frame.h"
#include "objects/str/str.h"

#include <errno.h>
#include <unistd.h>

enum { MAX_FRAMES = 100, MAX_THREADS = 100, MAX_TEXT = 500, POINTER_DIGITS = 16 };

static void dump_bytes(int fd, const char *text, size_t n)
{
    while (n) {
        ssize_t done = write(fd, text, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return;
        text += done;
        n -= (size_t)done;
    }
}

static void dump(int fd, const char *text)
{
    dump_bytes(fd, text, strlen(text));
}

void _Py_DumpDecimal(int fd, size_t value)
{
    char digits[24], *at = digits + sizeof digits;
    do
        *--at = (char)('0' + value % 10);
    while (value /= 10);
    dump_bytes(fd, at, (size_t)(digits + sizeof digits - at));
}

void _Py_DumpHexadecimal(int fd, uintptr_t value, Py_ssize_t width)
{
    char digits[POINTER_DIGITS], *at = digits + sizeof digits;
    if (width > POINTER_DIGITS)
        width = POINTER_DIGITS;
    do
        *--at = "0123456789abcdef"[value & 15];
    while ((value >>= 4) || digits + sizeof digits - at < width);
    dump_bytes(fd, at, (size_t)(digits + sizeof digits - at));
}

void _Py_DumpASCII(int fd, PyObject *text)
{
    if (!PyUnicode_Check(text) || !PyUnicode_IS_READY(text))
        return;
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);
    int cut = n > MAX_TEXT;
    for (Py_ssize_t i = 0; i < (cut ? MAX_TEXT : n); i++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(text, i);
        if (c >= ' ' && c <= 126) {
            char one = (char)c;
            dump_bytes(fd, &one, 1);
        } else {
            dump(fd, c <= 0xff ? "\\x" : c <= 0xffff ? "\\u" : "\\U");
            _Py_DumpHexadecimal(fd, c, c <= 0xff ? 2 : c <= 0xffff ? 4 : 8);
        }
    }
    if (cut)
        dump(fd, "...");
}

static void dump_text_or_marks(int fd, PyObject *text)
{
    if (text && PyUnicode_Check(text))
        _Py_DumpASCII(fd, text);
    else
        dump(fd, "???");
}

static void dump_frame(int fd, const _PyInterpreterFrame *frame)
{
    dump(fd, "  File ");
    if (frame->f_code->co_filename && PyUnicode_Check(frame->f_code->co_filename)) {
        dump(fd, "\"");
        _Py_DumpASCII(fd, frame->f_code->co_filename);
        dump(fd, "\"");
    } else {
        dump(fd, "???");
    }
    int line = k_frame_line(frame);
    dump(fd, ", line ");
    if (line >= 0)
        _Py_DumpDecimal(fd, (size_t)line);
    else
        dump(fd, "???");
    dump(fd, " in ");
    dump_text_or_marks(fd, frame->f_code->co_name);
    dump(fd, "\n");
}

static void dump_stack(int fd, const PyThreadState *tstate)
{
    const _PyInterpreterFrame *frame = tstate->cframe ? tstate->cframe->current_frame : NULL;
    if (!frame)
        dump(fd, "  <no Python frame>\n");
    for (int n = 0; frame; n++, frame = frame->previous) {
        if (n >= MAX_FRAMES) {
            dump(fd, "  ...\n");
            return;
        }
        dump_frame(fd, frame);
    }
}

void _Py_DumpTraceback(int fd, PyThreadState *tstate)
{
    dump(fd, "Stack (most recent call first):\n");
    dump_stack(fd, tstate);
}

const char *_Py_DumpTracebackThreads(int fd, PyInterpreterState *interp, PyThreadState *current)
{
    if (!current)
        current = PyGILState_GetThisThreadState();
    if (!interp)
        interp = current ? current->interp : PyInterpreterState_Main();
    if (!interp)
        return "unable to get the interpreter state";
    PyThreadState *tstate = interp->threads_head;
    if (!tstate)
        return "unable to get the thread head state";
    for (int n = 0; tstate; n++, tstate = tstate->next) {
        if (n)
            dump(fd, "\n");
        if (n >= MAX_THREADS) {
            dump(fd, "...\n");
            break;
        }
        dump(fd, tstate == current ? "Current thread 0x" : "Thread 0x");
        _Py_DumpHexadecimal(fd, tstate->thread_id, POINTER_DIGITS);
        dump(fd, " (most recent call first):\n");
        dump_stack(fd, tstate);
    }
    return NULL;
}
