/* traceback.c - tracebacks and exceptions as text, in CPython's words to the letter.
 *
 * In: a traceback or an exception with its causes, contexts, notes and members, and a file object.  Out: the text.
 * Invariant: each line begins with the margin of the groups around it. Source lines that cannot be had are left out.
 * Start at PyErr_Display() and PyTraceBack_Print(). Suggestions are in suggest.c, bare dumps in traceback_dump.c. */
#include "runtime/traceback.h"

#include "ast/ast.h"
#include "base/arena.h"
#include "memory/mem.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/exc/exc.h"
#include "objects/frame/frame.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/set/set.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "parse/parse.h"
#include "runtime/errors.h"
#include "runtime/osutil.h"
#include "runtime/run.h"
#include "runtime/sys.h"
#include "text/source.h"

/* Where text goes, and what each line of it begins with. */
typedef struct Printer {
    PyObject *file;
    int depth;       /* exception groups around */
    int need_close;  /* the group's closing line is still to come */
    PyObject *seen;  /* set of addresses: causes go in circles */
} Printer;

enum { MAX_GROUP_WIDTH = 15, MAX_GROUP_DEPTH = 10, SOURCE_INDENT = 4, REPEATS_SHOWN = 3, DEFAULT_LIMIT = 1000 };

static int put(Printer *p, const char *text)
{
    return PyFile_WriteString(text, p->file);
}

static int put_indent(Printer *p)
{
    for (int i = 0; i < p->depth; i++)
        if (put(p, "  ") < 0)
            return -1;
    return 0;
}

static int put_margin(Printer *p)
{
    return put_indent(p) < 0 ? -1 : put(p, p->depth ? "| " : "");
}

static K_PRINTF(2, 0) int put_format_v(Printer *p, const char *format, va_list arguments)
{
    K_AUTO(PyObject *) text = PyUnicode_FromFormatV(format, arguments);
    return text ? PyFile_WriteObject(text, p->file, Py_PRINT_RAW) : -1;
}

/* PyUnicode_FromFormat's formats. */
static int put_format(Printer *p, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int status = put_format_v(p, format, arguments);
    va_end(arguments);
    return status;
}

/* ---- source lines ---- */

/* The file, looked for along sys.path by its last part when it is not where the code says. */
static FILE *open_source(PyObject *filename)
{
    K_AUTO(PyObject *) encoded = PyUnicode_EncodeFSDefault(filename);
    if (!encoded) {
        PyErr_Clear();
        return NULL;
    }
    const char *name = PyBytes_AS_STRING(encoded);
    FILE *file = fopen(name, "rb");
    PyObject *path = file ? NULL : PySys_GetObject("path");
    if (!path || !PyList_Check(path))
        return file;
    const char *slash = strrchr(name, '/'), *tail = slash ? slash + 1 : name;
    for (Py_ssize_t i = 0; !file && i < PyList_GET_SIZE(path); i++) {
        K_AUTO(PyObject *) folder = PyUnicode_Check(PyList_GET_ITEM(path, i))
                                        ? PyUnicode_EncodeFSDefault(PyList_GET_ITEM(path, i))
                                        : NULL;
        char full[4096];
        if (!folder || (size_t)snprintf(full, sizeof full, "%s/%s", PyBytes_AS_STRING(folder), tail) >= sizeof full) {
            PyErr_Clear();
            continue;
        }
        file = fopen(full, "rb");
    }
    return file;
}

static char *read_all(FILE *file, size_t *size)
{
    char *bytes = NULL;
    size_t used = 0, room = 0;
    for (;;) {
        if (used == room) {
            char *more = PyMem_Realloc(bytes, room = room ? room * 2 : 1 << 16);
            if (!more)
                break;
            bytes = more;
        }
        size_t got = fread(bytes + used, 1, room - used, file);
        if (got == 0) {
            *size = used;
            return bytes;
        }
        used += got;
    }
    PyMem_Free(bytes);
    return NULL;
}

/* The line without its newline; NULL without an exception when it cannot be had. */
static PyObject *source_line(PyObject *filename, int lineno)
{
    FILE *file = lineno > 0 ? open_source(filename) : NULL;
    if (!file)
        return NULL;
    size_t size = 0;
    char *bytes = read_all(file, &size);
    fclose(file);
    KArena *arena = bytes ? arena_new() : NULL;
    PyObject *line = NULL;
    Source source;
    if (arena
        && source_decode(&source, bytes, (Py_ssize_t)size, &(SourceOptions){ .filename = filename }, arena) == 0) {
        const char *at = source.text, *end = at + source.size;
        for (int i = 1; i < lineno && at < end; i++) {
            const char *newline = memchr(at, '\n', (size_t)(end - at));
            at = newline ? newline + 1 : end;
        }
        const char *newline = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        if (at < end)
            line = PyUnicode_DecodeUTF8(at, (newline ? newline : end) - at, "replace");
    }
    if (arena)
        arena_free(arena);
    PyMem_Free(bytes);
    PyErr_Clear();
    return line;
}

static Py_ssize_t leading_blanks(PyObject *line)
{
    Py_ssize_t i = 0;
    for (; i < PyUnicode_GET_LENGTH(line); i++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(line, i);
        if (c != ' ' && c != '\t' && c != '\f')
            break;
    }
    return i;
}

/* Writes the stripped line below a File line; *line is a new reference to the whole one, or NULL when there is none. */
static int put_source_line(Printer *p, PyObject *filename, int lineno, int indent, PyObject **line)
{
    *line = filename ? source_line(filename, lineno) : NULL;
    if (!*line)
        return 0;
    K_AUTO(PyObject *) stripped = PyUnicode_Substring(*line, leading_blanks(*line), PyUnicode_GET_LENGTH(*line));
    if (!stripped || put_margin(p) < 0)
        return -1;
    for (int i = 0; i < indent; i++)
        if (put(p, " ") < 0)
            return -1;
    return put_format(p, "%U\n", stripped);
}

int _Py_DisplaySourceLine(PyObject *file, PyObject *filename, int lineno, int indent, int *truncation, PyObject **line)
{
    PyObject *shown;
    int status = put_source_line(&(Printer){ .file = file }, filename, lineno, indent, &shown);
    if (truncation)
        *truncation = shown ? (int)leading_blanks(shown) - indent : 0;
    if (line)
        *line = Py_XNewRef(shown);
    Py_XDECREF(shown);
    return status;
}

/* ---- carets ---- */

/* A range of characters of the line, and inside it the operator or the subscript that failed (-1: none). */
typedef struct Carets {
    Py_ssize_t start, end, left, right;
} Carets;

/* Characters before a byte offset of the text's UTF-8; -1 when there is no such byte. */
static Py_ssize_t characters_before(PyObject *text, Py_ssize_t byte_offset)
{
    Py_ssize_t size;
    const char *utf8 = PyUnicode_AsUTF8AndSize(text, &size);
    if (!utf8 || byte_offset < 0) {
        PyErr_Clear();
        return -1;
    }
    Py_ssize_t n = 0;
    for (Py_ssize_t i = 0; i < byte_offset && i < size; i++)
        n += (utf8[i] & 0xc0) != 0x80;
    return n;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f';
}

/* Bytes of the operator in a segment of one binary operation, or of the brackets of one subscript. */
static int find_anchors(const Node *expression, const char *segment, int *left, int *right)
{
    if (expression->kind == BinOp_kind) {
        int end = expression->BinOp.right->at.col_offset;
        for (int i = expression->BinOp.left->at.end_col_offset; i < end; i++) {
            if (is_blank(segment[i]))
                continue;
            *left = i;
            *right = i + 1 + (i + 1 < end && !is_blank(segment[i + 1])); /* ** // << >> */
            return 1;
        }
        return 0;
    }
    if (expression->kind == Subscript_kind) {
        *left = expression->Subscript.value->at.end_col_offset;
        *right = expression->Subscript.slice->at.end_col_offset + 1;
        return 1;
    }
    return 0;
}

static void put_anchors(PyObject *filename, PyObject *line, Carets *carets)
{
    K_AUTO(PyObject *) segment = PyUnicode_Substring(line, carets->start, carets->end);
    Py_ssize_t size;
    const char *utf8 = segment ? PyUnicode_AsUTF8AndSize(segment, &size) : NULL;
    KArena *arena = utf8 ? arena_new() : NULL;
    if (!arena) {
        PyErr_Clear();
        return;
    }
    ParseOptions options = { .filename = filename, .start = Py_file_input, .flags = PyCF_IGNORE_COOKIE };
    Node *mod = parse_source(utf8, size, &options, arena);
    int left, right;
    if (mod && mod->Module.body->n == 1 && mod->Module.body->item[0]->kind == Expr_kind
        && find_anchors(mod->Module.body->item[0]->Expr.value, utf8, &left, &right)) {
        carets->left = carets->start + characters_before(segment, left);
        carets->right = carets->start + characters_before(segment, right);
    }
    PyErr_Clear(); /* a segment that is no expression has no anchors */
    arena_free(arena);
}

static Py_ssize_t end_without_blanks(PyObject *line)
{
    Py_ssize_t end = PyUnicode_GET_LENGTH(line);
    while (end > 0 && PyUnicode_READ_CHAR(line, end - 1) < 128 && is_blank((char)PyUnicode_READ_CHAR(line, end - 1)))
        end--;
    return end;
}

static int put_carets(Printer *p, PyObject *line, PyObject *filename, PyCodeObject *code, int lasti)
{
    KCodePosition where = k_code_position(code, lasti);
    if (lasti < 0 || where.line < 0 || where.end_line < 0 || where.column < 0 || where.end_column < 0)
        return 0;
    Carets carets = { characters_before(line, where.column), characters_before(line, where.end_column), -1, -1 };
    if (where.line == where.end_line)
        put_anchors(filename, line, &carets);
    else
        carets.end = end_without_blanks(line);
    Py_ssize_t skipped = leading_blanks(line), shown = PyUnicode_GET_LENGTH(line) - skipped;
    if (carets.left == -1 && carets.end - carets.start == shown)
        return 0; /* carets below the whole line say nothing */
    if (put_margin(p) < 0)
        return -1;
    for (Py_ssize_t at = skipped - SOURCE_INDENT; at < carets.end; at++) {
        const char *mark = at < carets.start                                           ? " "
                           : carets.left == -1 || (at >= carets.left && at < carets.right) ? "^"
                                                                                         : "~";
        if (put(p, mark) < 0)
            return -1;
    }
    return put(p, "\n");
}

/* ---- tracebacks ---- */

static int put_entry(Printer *p, PyTracebackObject *entry)
{
    PyCodeObject *code = entry->tb_frame->f_frame->f_code;
    int line_number = k_traceback_line(entry);
    if (put_margin(p) < 0
        || put_format(p, "  File \"%U\", line %d, in %U\n", code->co_filename, line_number, code->co_name) < 0)
        return -1;
    PyObject *line;
    int status = put_source_line(p, code->co_filename, line_number, SOURCE_INDENT, &line);
    if (status == 0 && line)
        status = put_carets(p, line, code->co_filename, code, entry->tb_lasti);
    Py_XDECREF(line);
    return status;
}

static int put_repeated(Printer *p, long count)
{
    count -= REPEATS_SHOWN;
    if (put_margin(p) < 0)
        return -1;
    return put_format(p, "  [Previous line repeated %ld more time%s]\n", count, count > 1 ? "s" : "");
}

static int put_entries(Printer *p, PyTracebackObject *entry, long limit)
{
    long depth = 0, count = 0;
    for (PyTracebackObject *at = entry; at; at = at->tb_next)
        depth++;
    for (; depth > limit; depth--)
        entry = entry->tb_next;
    PyObject *last_file = NULL, *last_name = NULL; /* alive as long as the traceback */
    int last_line = -1;
    for (; entry; entry = entry->tb_next) {
        PyCodeObject *code = entry->tb_frame->f_frame->f_code;
        int line = k_traceback_line(entry);
        if (code->co_filename != last_file || last_line == -1 || line != last_line || code->co_name != last_name) {
            if (count > REPEATS_SHOWN && put_repeated(p, count) < 0)
                return -1;
            last_file = code->co_filename;
            last_line = line;
            last_name = code->co_name;
            count = 0;
        }
        if (++count <= REPEATS_SHOWN && (put_entry(p, entry) < 0 || PyErr_CheckSignals() < 0))
            return -1;
    }
    return count > REPEATS_SHOWN ? put_repeated(p, count) : 0;
}

/* header_mark stands before the header in place of the margin of the group. */
static int put_traceback(Printer *p, PyObject *traceback, const char *header_mark, const char *header)
{
    if (!PyTraceBack_Check(traceback)) {
        PyErr_BadInternalCall();
        return -1;
    }
    long limit = DEFAULT_LIMIT;
    PyObject *wanted = _PySys_GetAttr(k_tstate(), K_STR("tracebacklimit"));
    if (wanted && PyLong_Check(wanted)) {
        int overflow;
        limit = PyLong_AsLongAndOverflow(wanted, &overflow);
        if (overflow > 0)
            limit = LONG_MAX;
        else if (limit <= 0)
            return 0;
    }
    if (put_indent(p) < 0 || put(p, header_mark) < 0 || put(p, header) < 0)
        return -1;
    return put_entries(p, (PyTracebackObject *)traceback, limit);
}

int PyTraceBack_Print(PyObject *traceback, PyObject *file)
{
    return traceback ? put_traceback(&(Printer){ .file = file }, traceback, "", "Traceback (most recent call last):\n")
                     : 0;
}

/* ---- SyntaxError ---- */

typedef struct SyntaxPlace {
    PyObject *message, *filename, *text; /* owned; text NULL: none */
    int line, offset, end_line, end_offset; /* offsets from 1, -1 when unknown */
    int has_range;                          /* plain SyntaxErrors show all of what is wrong, others where it begins */
} SyntaxPlace;

static void place_release(SyntaxPlace *place)
{
    Py_XDECREF(place->message);
    Py_XDECREF(place->filename);
    Py_XDECREF(place->text);
}

enum { NOT_NONE = INT_MIN };

/* An int attribute; None counts as otherwise. -1 when it is missing or of another kind. */
static int int_attribute(PyObject *o, PyObject *name, int otherwise, int *out)
{
    K_AUTO(PyObject *) value = PyObject_GetAttr(o, name);
    if (!value)
        return -1;
    *out = value == Py_None && otherwise != NOT_NONE ? otherwise : _PyLong_AsInt(value);
    return *out == -1 && PyErr_Occurred() ? -1 : 0;
}

static int place_read(PyObject *exception, SyntaxPlace *place)
{
    *place = (SyntaxPlace){ NULL };
    place->message = PyObject_GetAttr(exception, K_STR("msg"));
    place->filename = place->message ? PyObject_GetAttr(exception, K_STR("filename")) : NULL;
    if (!place->filename)
        return -1;
    if (place->filename == Py_None)
        K_SET(place->filename, PyUnicode_FromString("<string>"));
    place->has_range = Py_IS_TYPE(exception, (PyTypeObject *)PyExc_SyntaxError);
    if (int_attribute(exception, K_STR("lineno"), NOT_NONE, &place->line) < 0
        || int_attribute(exception, K_STR("offset"), -1, &place->offset) < 0
        || int_attribute(exception, K_STR("end_lineno"), place->line, &place->end_line) < 0
        || int_attribute(exception, K_STR("end_offset"), -1, &place->end_offset) < 0)
        return -1;
    place->text = PyObject_GetAttr(exception, K_STR("text"));
    if (!place->text)
        return -1;
    if (place->text == Py_None || !PyUnicode_Check(place->text))
        Py_CLEAR(place->text);
    return 0;
}

/* Indexes of a text, from 0: what is shown of it and where the carets go. */
typedef struct SyntaxCarets {
    Py_ssize_t start, from, to;
} SyntaxCarets;

/* Of several lines the one with the offset is shown. An offset at or behind the closing newline stands for it. */
static SyntaxCarets place_carets(const SyntaxPlace *place)
{
    PyObject *text = place->text;
    Py_ssize_t size = PyUnicode_GET_LENGTH(text), start = leading_blanks(text);
    Py_ssize_t from = Py_MIN(place->offset - 1, size);
    Py_ssize_t to = place->end_line > place->line ? size - 1 : Py_MIN(place->end_offset - 1, size);
    if (from > start && from == size && PyUnicode_READ_CHAR(text, size - 1) == '\n')
        from--;
    for (;;) {
        Py_ssize_t newline = PyUnicode_FindChar(text, '\n', start, size, 1);
        if (newline < 0 || newline >= from)
            return (SyntaxCarets){ start, from, to };
        start = newline + 1;
    }
}

/* The text stripped of blanks before it, and carets below what is wrong. */
static int put_syntax_text(Printer *p, const SyntaxPlace *place)
{
    SyntaxCarets carets = place_carets(place);
    Py_ssize_t end = PyUnicode_GET_LENGTH(place->text);
    if (end > carets.start && PyUnicode_READ_CHAR(place->text, end - 1) == '\n')
        end--;
    K_AUTO(PyObject *) shown = PyUnicode_Substring(place->text, carets.start, end);
    if (!shown || put_margin(p) < 0 || put_format(p, "    %U\n", shown) < 0)
        return -1;
    if (place->offset < 0 || carets.from < carets.start)
        return 0;
    if (carets.to <= carets.from || !place->has_range)
        carets.to = carets.from + 1;
    if (put_margin(p) < 0 || put(p, "    ") < 0)
        return -1;
    for (Py_ssize_t i = carets.start; i < carets.to; i++)
        if (put(p, i < carets.from ? " " : "^") < 0)
            return -1;
    return put(p, "\n");
}

/* For an exception with a place: writes it, and *shown becomes its bare message. */
static int put_syntax_place(Printer *p, PyObject **shown)
{
    PyObject *mark;
    int has = _PyObject_LookupAttr(*shown, K_STR("print_file_and_line"), &mark);
    if (has <= 0)
        return has;
    Py_DECREF(mark);
    SyntaxPlace place;
    int status = 0;
    if (place_read(*shown, &place) < 0) {
        PyErr_Clear();
    } else {
        if (put_margin(p) < 0 || put_format(p, "  File \"%S\", line %d\n", place.filename, place.line) < 0
            || (place.text && put_syntax_text(p, &place) < 0))
            status = -1;
        K_SET(*shown, K_MOVE(place.message));
    }
    place_release(&place);
    return status;
}

/* ---- one exception ---- */

static int put_type_name(Printer *p, PyTypeObject *type)
{
    K_AUTO(PyObject *) module = PyObject_GetAttr((PyObject *)type, K_STR("__module__"));
    if (!module || !PyUnicode_Check(module)) {
        PyErr_Clear();
        if (put(p, "<unknown>.") < 0)
            return -1;
    } else if (PyUnicode_CompareWithASCIIString(module, "builtins") != 0
               && PyUnicode_CompareWithASCIIString(module, "__main__") != 0) {
        if (put_format(p, "%U.", module) < 0)
            return -1;
    }
    K_AUTO(PyObject *) name = PyType_GetQualName(type);
    if (!name || !PyUnicode_Check(name)) {
        PyErr_Clear();
        return put(p, "<unknown>");
    }
    return put_format(p, "%U", name);
}

static int put_message(Printer *p, PyTypeObject *type, PyObject *shown)
{
    if (put_margin(p) < 0 || put_type_name(p, type) < 0)
        return -1;
    if (shown == Py_None)
        return 0;
    K_AUTO(PyObject *) text = PyObject_Str(shown);
    if (!text) {
        PyErr_Clear();
        return put(p, ": <exception str() failed>");
    }
    return PyUnicode_GET_LENGTH(text) ? put_format(p, ": %U", text) : 0;
}

static int put_suggestion(Printer *p, PyObject *exception)
{
    K_AUTO(PyObject *) name = k_suggestion_for(exception);
    PyErr_Clear();
    return name ? put_format(p, ". Did you mean: '%U'?", name) : 0;
}

static int put_note_lines(Printer *p, PyObject *note)
{
    K_AUTO(PyObject *) newline = PyUnicode_FromString("\n");
    K_AUTO(PyObject *) lines = newline ? PyUnicode_Split(note, newline, -1) : NULL;
    if (!lines)
        return -1;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(lines); i++)
        if (put_margin(p) < 0 || put_format(p, "%U\n", PyList_GET_ITEM(lines, i)) < 0)
            return -1;
    return 0;
}

static int put_note(Printer *p, PyObject *note)
{
    if (PyUnicode_Check(note))
        return put_note_lines(p, note);
    K_AUTO(PyObject *) text = PyObject_Str(note);
    if (text)
        return put_note_lines(p, text);
    PyErr_Clear();
    return put_margin(p) < 0 ? -1 : put(p, "<note str() failed>\n");
}

static int put_notes(Printer *p, PyObject *notes)
{
    if (!notes)
        return 0;
    if (!PySequence_Check(notes) || PyUnicode_Check(notes) || PyBytes_Check(notes)) {
        K_AUTO(PyObject *) text = PyObject_Repr(notes);
        PyErr_Clear();
        if (put_margin(p) < 0)
            return -1;
        return text ? put_format(p, "%U", text) : put(p, "<__notes__ repr() failed>");
    }
    Py_ssize_t n = PySequence_Length(notes);
    for (Py_ssize_t i = 0; i < n; i++) {
        K_AUTO(PyObject *) note = PySequence_GetItem(notes, i);
        if (!note || put_note(p, note) < 0)
            return -1;
    }
    return n < 0 ? -1 : 0;
}

static int is_group(PyObject *o)
{
    return PyObject_TypeCheck(o, (PyTypeObject *)PyExc_BaseExceptionGroup);
}

static int put_exception(Printer *p, PyObject *exception)
{
    if (!PyExceptionInstance_Check(exception)) {
        if (put_margin(p) < 0)
            return -1;
        return put_format(p, "TypeError: print_exception(): Exception expected for value, %s found\n",
                          _PyType_Name(Py_TYPE(exception)));
    }
    fflush(stdout);
    K_AUTO(PyObject *) traceback = PyException_GetTraceback(exception);
    if (traceback) {
        const char *mark = p->depth == 0 ? "" : is_group(exception) && p->depth == 1 ? "+ " : "| ";
        if (put_traceback(p, traceback, mark,
                          is_group(exception) ? "Exception Group Traceback (most recent call last):\n"
                                              : "Traceback (most recent call last):\n") < 0)
            return -1;
    }
    K_AUTO(PyObject *) notes = NULL;
    if (_PyObject_LookupAttr(exception, K_STR("__notes__"), &notes) < 0)
        PyErr_Clear();
    K_AUTO(PyObject *) shown = Py_NewRef(exception);
    if (put_syntax_place(p, &shown) < 0 || put_message(p, Py_TYPE(exception), shown) < 0
        || put_suggestion(p, exception) < 0 || put(p, "\n") < 0)
        return -1;
    return put_notes(p, notes);
}

/* ---- causes and groups ---- */

static int put_tree(Printer *p, PyObject *exception);

static int put_chained(Printer *p, PyObject *earlier, const char *message)
{
    int need_close = p->need_close;
    p->need_close = 0;
    if (put_tree(p, earlier) < 0)
        return -1;
    p->need_close = need_close;
    if (put_margin(p) < 0 || put(p, "\n") < 0 || put_margin(p) < 0 || put(p, message) < 0 || put_margin(p) < 0)
        return -1;
    return put(p, "\n");
}

static int is_new(Printer *p, PyObject *exception)
{
    K_AUTO(PyObject *) address = PyLong_FromVoidPtr(exception);
    int seen = address ? PySet_Contains(p->seen, address) : -1;
    return seen < 0 ? -1 : !seen;
}

static int put_earlier(Printer *p, PyObject *exception)
{
    K_AUTO(PyObject *) address = PyLong_FromVoidPtr(exception);
    if (!address || PySet_Add(p->seen, address) < 0)
        return -1;
    if (!PyExceptionInstance_Check(exception))
        return 0;
    K_AUTO(PyObject *) cause = PyException_GetCause(exception);
    K_AUTO(PyObject *) context = PyException_GetContext(exception);
    PyObject *earlier = cause ? cause : ((PyBaseExceptionObject *)exception)->suppress_context ? NULL : context;
    int new = earlier ? is_new(p, earlier) : 0;
    if (new <= 0)
        return new;
    return put_chained(p, earlier,
                       cause ? "The above exception was the direct cause of the following exception:\n"
                             : "During handling of the above exception, another exception occurred:\n");
}

static int put_group(Printer *p, PyObject *exception)
{
    if (p->depth > MAX_GROUP_DEPTH) {
        if (put_margin(p) < 0)
            return -1;
        return put_format(p, "... (max_group_depth is %d)\n", MAX_GROUP_DEPTH);
    }
    int outermost = p->depth == 0;
    p->depth += outermost;
    if (put_exception(p, exception) < 0)
        return -1;
    PyObject *members = ((PyBaseExceptionGroupObject *)exception)->excs;
    Py_ssize_t total = PyTuple_GET_SIZE(members), rows = total <= MAX_GROUP_WIDTH ? total : MAX_GROUP_WIDTH + 1;
    p->need_close = 0;
    for (Py_ssize_t i = 0; i < rows; i++) {
        int last = i == rows - 1, cut = i >= MAX_GROUP_WIDTH;
        if (last)
            p->need_close = 1;
        if (put_indent(p) < 0 || put(p, i == 0 ? "+-" : "  ") < 0
            || (cut ? put(p, "+---------------- ... ----------------\n")
                    : put_format(p, "+---------------- %zd ----------------\n", i + 1)) < 0)
            return -1;
        p->depth++;
        if (cut) {
            Py_ssize_t more = total - MAX_GROUP_WIDTH;
            if (put_margin(p) < 0 || put_format(p, "and %zd more exception%s\n", more, more > 1 ? "s" : "") < 0)
                return -1;
        } else if (put_tree(p, PyTuple_GET_ITEM(members, i)) < 0) {
            return -1;
        }
        if (last && p->need_close) {
            if (put_indent(p) < 0 || put(p, "+------------------------------------\n") < 0)
                return -1;
            p->need_close = 0;
        }
        p->depth--;
    }
    p->depth -= outermost;
    return 0;
}

static int put_tree(Printer *p, PyObject *exception)
{
    PyThreadState *tstate = k_tstate();
    if (k_enter_nested(tstate, " in print_exception_recursive"))
        return -1;
    int status = p->seen ? put_earlier(p, exception) : 0;
    if (status == 0)
        status = is_group(exception) ? put_group(p, exception) : put_exception(p, exception);
    k_leave_recursive(tstate);
    return status;
}

/* Where sys.stderr cannot be had or written to, C's stderr gets the bare facts. */
static void tell_lost_stderr(PyObject *value)
{
    _PyObject_Dump(value);
    fprintf(stderr, "lost sys.stderr\n");
}

void PyErr_Display(PyObject *type, PyObject *value, PyObject *traceback)
{
    (void)type;
    K_AUTO(PyObject *) file = Py_XNewRef(_PySys_GetAttr(k_tstate(), K_STR("stderr")));
    if (!file) {
        tell_lost_stderr(value);
        return;
    }
    if (file == Py_None || !value)
        return;
    if (PyExceptionInstance_Check(value) && traceback && PyTraceBack_Check(traceback)
        && !((PyBaseExceptionObject *)value)->traceback && PyException_SetTraceback(value, traceback) < 0)
        PyErr_Clear();
    Printer p = { .file = file, .seen = PySet_New(NULL) };
    if (!p.seen)
        PyErr_Clear();
    if (put_tree(&p, value) < 0) {
        PyErr_Clear();
        tell_lost_stderr(value);
    }
    Py_XDECREF(p.seen);
    K_AUTO(PyObject *) flushed = PyObject_CallMethodObjArgs(file, K_STR("flush"), NULL);
    if (!flushed)
        PyErr_Clear();
}
