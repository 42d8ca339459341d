/* source.c - a source file's bytes to text: byte order mark, coding line (PEP 263), newlines.
 *
 * In: bytes.  Out: UTF-8 text in the arena. UTF-8 passes through unchecked: names and strings are checked when they are
 * read, comments never (as CPython does for programs given as bytes). Other encodings go through the codecs.
 * Start at source_decode(). */
#include "text/source.h"
#include "objects/bytes/bytes.h"
#include "objects/str/str.h"
#include "runtime/errors.h"

static bool is_encoding_char(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
}

enum { LONGEST_NORMAL = sizeof "iso-8859-1" };

/* utf-8 and latin-1 under one name each; other names stay as they are. */
static void normalise(char *encoding)
{
    static const struct {
        const char *start, *name;
    } known[] = { { "utf-8", "utf-8" }, { "latin-1", "iso-8859-1" }, { "iso-8859-1", "iso-8859-1" },
                  { "iso-latin-1", "iso-8859-1" } };
    char lower[13] = "";
    for (size_t i = 0; i < sizeof lower - 1 && encoding[i]; i++) {
        char c = encoding[i];
        lower[i] = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        size_t size = strlen(known[i].start);
        if (strncmp(lower, known[i].start, size) == 0 && (lower[size] == '-' || !lower[size])) {
            strcpy(encoding, known[i].name);
            return;
        }
    }
}

/* The encoding that a line names: 1, 0 for none, -1 when no further line may name one (there is code in it). */
static int coding_line(const char *line, const char *end, const char **encoding, Py_ssize_t *size)
{
    const char *p = line;
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\f'))
        p++;
    if (p == end || *p == '\n' || *p == '\r')
        return 0;
    if (*p != '#')
        return -1;
    for (; end - p > 6; p++) {
        if (memcmp(p, "coding", 6) != 0 || (p[6] != ':' && p[6] != '='))
            continue;
        const char *name = p + 7;
        while (name < end && (*name == ' ' || *name == '\t'))
            name++;
        const char *stop = name;
        while (stop < end && is_encoding_char((unsigned char)*stop))
            stop++;
        if (stop == name)
            continue;
        *encoding = name;
        *size = stop - name;
        return 1;
    }
    return 0;
}

/* The encoding named in the first two lines, its name normalised, into source->encoding: 1, 0 for none, or -1. */
static int find_coding(Source *source, KArena *arena)
{
    const char *text = source->text, *end = text + source->size, *name;
    Py_ssize_t size;
    const char *newline = memchr(text, '\n', (size_t)(end - text));
    int found = coding_line(text, newline ? newline : end, &name, &size);
    if (!found && newline) {
        const char *second = newline + 1;
        newline = memchr(second, '\n', (size_t)(end - second));
        found = coding_line(second, newline ? newline : end, &name, &size);
    }
    if (found <= 0)
        return 0;
    char *encoding = arena_alloc(arena, (size_t)Py_MAX(size, LONGEST_NORMAL) + 1);
    if (!encoding) {
        K_UNUSED PyObject *none = PyErr_NoMemory();
        return -1;
    }
    memcpy(encoding, name, (size_t)size);
    encoding[size] = 0;
    normalise(encoding);
    source->encoding = encoding;
    return 1;
}

/* A copy in the arena with \n newlines. One that is added stands behind a last \r\n, too: CPython's errors tell of it. */
static int copy_text(Source *source, const char *text, Py_ssize_t size, const SourceOptions *options, KArena *arena)
{
    char *out = arena_alloc(arena, (size_t)size + 2);
    if (!out) {
        K_UNUSED PyObject *none = PyErr_NoMemory();
        return -1;
    }
    char *to = out;
    for (const char *p = text, *end = text + size; p < end; p++) {
        if (*p == '\r') {
            *to++ = '\n';
            if (p + 1 < end && p[1] == '\n')
                p++;
        } else {
            *to++ = *p;
        }
    }
    bool last_is_pair = !options->from_file && size >= 2 && text[size - 2] == '\r' && text[size - 1] == '\n';
    if (options->end_newline && (to == out || to[-1] != '\n' || last_is_pair))
        *to++ = '\n';
    *to = 0;
    source->text = out;
    source->size = to - out;
    return 0;
}

/* The text in another encoding, as UTF-8. */
static int recode(Source *source, const char *encoding, const SourceOptions *options, KArena *arena)
{
    K_AUTO(PyObject *) text = PyUnicode_Decode(source->text, source->size, encoding, NULL);
    if (!text) {
        if (options->from_file && (PyErr_ExceptionMatches(PyExc_LookupError) || PyErr_ExceptionMatches(PyExc_ValueError)))
            k_raise(PyExc_SyntaxError, "encoding problem: %s", encoding);
        return -1;
    }
    K_AUTO(PyObject *) bytes = PyUnicode_AsUTF8String(text);
    return bytes ? copy_text(source, PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), options, arena) : -1;
}

/* The length of the UTF-8 sequence at p, or 0. */
static int utf8_size(const unsigned char *p)
{
    int size = *p < 0x80 ? 1 : *p < 0xc2 ? 0 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : *p < 0xf5 ? 4 : 0;
    for (int i = 1; i < size; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    }
    if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) || (*p == 0xf0 && p[1] < 0x90) ||
        (*p == 0xf4 && p[1] > 0x8f))
        return 0;
    return size;
}

/* Files must be UTF-8 where nothing else is declared, comments too. */
static int check_utf8(const Source *source, PyObject *filename)
{
    int line = 1, size;
    for (const unsigned char *p = (const unsigned char *)source->text; *p; p += size) {
        line += *p == '\n';
        size = utf8_size(p);
        if (!size) {
            k_raise(PyExc_SyntaxError,
                    "Non-UTF-8 code starting with '\\x%.2x' in file %U on line %i, but no encoding declared; "
                    "see https://peps.python.org/pep-0263/ for details", *p, filename, line);
            return -1;
        }
    }
    return 0;
}

int source_decode(Source *source, const char *bytes, Py_ssize_t size, const SourceOptions *options, KArena *arena)
{
    bool marked = !options->is_utf8 && size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0;
    if (marked) {
        bytes += 3;
        size -= 3;
    }
    if (copy_text(source, bytes, size, options, arena) < 0)
        return -1;
    source->encoding = marked || options->is_utf8 ? "utf-8" : NULL;
    if (options->is_utf8)
        return 0;
    int found = find_coding(source, arena);
    if (found < 0)
        return -1;
    if (found && strcmp(source->encoding, "utf-8") != 0) {
        if (!marked)
            return recode(source, source->encoding, options, arena);
        k_raise(PyExc_SyntaxError, "encoding problem: %s with BOM", source->encoding);
        return -1;
    }
    return options->from_file ? check_utf8(source, options->filename) : 0;
}
