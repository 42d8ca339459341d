/* _csv.c - the module _csv: reading and writing of comma separated values.
 *
 * In: lines of text, or rows of objects.  Out: lists of fields, or lines given to a write() method. A Dialect says what
 * the characters mean. Invariant: between two lines of input the reader is at the start of a record, inside quotes, or
 * behind an escape. Start at take_char() for reading, append_field() for writing. */
#include "objects/module.h"

#include "memory/gc.h"
#include "memory/mem.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/float/float.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"

METHODS_DECLARE(Dialect);
METHODS_DECLARE(Writer);
METHODS_DECLARE(_csv);

static PyObject *csv_error;    /* _csv.Error, written once, when the module is first made */
static PyObject *csv_dialects; /* the registered ones by name, likewise */
static long field_limit = 128 * 1024;

enum { QUOTE_MINIMAL, QUOTE_ALL, QUOTE_NONNUMERIC, QUOTE_NONE };
enum { NO_CHAR = (Py_UCS4)-1, END_OF_LINE = (Py_UCS4)-2 };

typedef struct DialectObject {
    PyObject ob_base;
    char doublequote, skipinitialspace, strict;
    int quoting;
    Py_UCS4 delimiter, quotechar, escapechar; /* NO_CHAR for none */
    PyObject *lineterminator;
} DialectObject;

static PyTypeObject Dialect_Type, Reader_Type, Writer_Type;

/* ---- dialects ---- */

static PyObject *find_dialect(PyObject *name)
{
    PyObject *dialect = PyDict_GetItemWithError(csv_dialects, name);
    if (dialect)
        return Py_NewRef(dialect);
    return PyErr_Occurred() ? NULL : k_raise(csv_error, "unknown dialect");
}

static int read_flag(PyObject *v, char *out)
{
    int truth = v ? PyObject_IsTrue(v) : *out; /* runs code */
    *out = truth > 0;
    return truth < 0 ? -1 : 0;
}

static int read_char(const char *name, PyObject *v, int may_be_none, Py_UCS4 *out)
{
    if (!v)
        return 0;
    if (v == Py_None && may_be_none) {
        *out = NO_CHAR;
        return 0;
    }
    if (!PyUnicode_Check(v)) {
        k_raise(PyExc_TypeError, "\"%s\" must be string%s, not %.200s", name, may_be_none ? " or None" : "",
                Py_TYPE(v)->tp_name);
        return -1;
    }
    if (PyUnicode_GET_LENGTH(v) != 1) {
        k_raise(PyExc_TypeError, "\"%s\" must be a 1-character string", name);
        return -1;
    }
    *out = PyUnicode_READ_CHAR(v, 0);
    return 0;
}

static int read_quoting(PyObject *v, int *out)
{
    if (!v)
        return 0;
    if (!PyLong_CheckExact(v)) {
        PyErr_SetString(PyExc_TypeError, "\"quoting\" must be an integer");
        return -1;
    }
    *out = _PyLong_AsInt(v);
    return *out == -1 && PyErr_Occurred() ? -1 : 0;
}

/* The parameters of a dialect, by number. */
enum { DELIMITER, DOUBLEQUOTE, ESCAPECHAR, LINETERMINATOR, QUOTECHAR, QUOTING, SKIPINITIALSPACE, STRICT, PARAMETERS };
static const char *const parameter_names[PARAMETERS] = {
    "delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict",
};

static int fill_dialect(DialectObject *self, PyObject *const v[PARAMETERS])
{
    self->delimiter = ',', self->quotechar = '"', self->escapechar = NO_CHAR;
    self->doublequote = 1;
    self->quoting = v[QUOTECHAR] == Py_None && !v[QUOTING] ? QUOTE_NONE : QUOTE_MINIMAL;
    if (read_char("delimiter", v[DELIMITER], 0, &self->delimiter) < 0 || read_flag(v[DOUBLEQUOTE], &self->doublequote) < 0
        || read_char("escapechar", v[ESCAPECHAR], 1, &self->escapechar) < 0)
        return -1;
    PyObject *end = v[LINETERMINATOR];
    if (end && end != Py_None && !PyUnicode_Check(end)) {
        PyErr_SetString(PyExc_TypeError, "\"lineterminator\" must be a string");
        return -1;
    }
    self->lineterminator = !end ? PyUnicode_FromString("\r\n") : end == Py_None ? NULL : Py_NewRef(end);
    if (!end && !self->lineterminator)
        return -1;
    if (read_char("quotechar", v[QUOTECHAR], 1, &self->quotechar) < 0 || read_quoting(v[QUOTING], &self->quoting) < 0
        || read_flag(v[SKIPINITIALSPACE], &self->skipinitialspace) < 0 || read_flag(v[STRICT], &self->strict) < 0)
        return -1;
    const char *complaint = self->quoting < QUOTE_MINIMAL || self->quoting > QUOTE_NONE ? "bad \"quoting\" value"
        : self->quotechar == NO_CHAR && self->quoting != QUOTE_NONE ? "quotechar must be set if quoting enabled"
        : !self->lineterminator ? "lineterminator must be set" : NULL;
    if (complaint)
        PyErr_SetString(PyExc_TypeError, complaint);
    return complaint ? -1 : 0;
}

static PyObject *dialect_build(PyTypeObject *type, PyObject *base, PyObject *given[PARAMETERS])
{
    PyObject *owned[PARAMETERS] = { NULL };
    PyObject *self = NULL;
    int failed = 0;
    for (int i = 0; i < PARAMETERS && !failed; i++) {
        owned[i] = Py_XNewRef(given[i]);
        if (!given[i] && base) { /* a missing attribute leaves the default */
            owned[i] = PyObject_GetAttrString(base, parameter_names[i]); /* runs code */
            if (!owned[i])
                PyErr_Clear();
        }
    }
    if (!failed)
        self = type->tp_alloc(type, 0);
    if (self && fill_dialect((DialectObject *)self, owned) < 0)
        Py_CLEAR(self);
    for (int i = 0; i < PARAMETERS; i++)
        Py_XDECREF(owned[i]);
    return self;
}

static PyObject *Dialect_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = { "dialect", "delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting",
                             "skipinitialspace", "strict", NULL };
    PyObject *base_argument = NULL, *v[PARAMETERS] = { NULL };
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OOOOOOOOO", names, &base_argument, &v[0], &v[1], &v[2], &v[3], &v[4],
                                     &v[5], &v[6], &v[7]))
        return NULL;
    K_AUTO(PyObject *) base = NULL;
    if (base_argument && PyUnicode_Check(base_argument)) {
        K_SET(base, find_dialect(base_argument));
        if (!base)
            return NULL;
    } else
        K_SET(base, Py_XNewRef(base_argument));
    int any = 0;
    for (int i = 0; i < PARAMETERS; i++)
        any |= v[i] != NULL;
    if (base && !any && Py_IS_TYPE(base, &Dialect_Type))
        return K_MOVE(base);
    return dialect_build(type, base, v);
}

static void Dialect_dealloc(PyObject *self)
{
    Py_XDECREF(((DialectObject *)self)->lineterminator);
    Py_TYPE(self)->tp_free(self);
}

METHOD_RAW(Dialect, __reduce__, VAR, 0, "Raises TypeError: dialects cannot be pickled.")
{
    return k_raise(PyExc_TypeError, "cannot pickle '%.100s' instances", _PyType_Name(Py_TYPE(self)));
}

METHOD_RAW(Dialect, __reduce_ex__, VAR, 0, "Raises TypeError: dialects cannot be pickled.")
{
    return k_raise(PyExc_TypeError, "cannot pickle '%.100s' instances", _PyType_Name(Py_TYPE(self)));
}
METHODS_END(Dialect);

static PyObject *char_or_none(Py_UCS4 c)
{
    return c == NO_CHAR ? Py_NewRef(Py_None) : PyUnicode_FromOrdinal((int)c);
}

static PyObject *get_delimiter(PyObject *self, void *closure)
{
    return char_or_none(((DialectObject *)self)->delimiter);
}

static PyObject *get_escapechar(PyObject *self, void *closure)
{
    return char_or_none(((DialectObject *)self)->escapechar);
}

static PyObject *get_quotechar(PyObject *self, void *closure)
{
    return char_or_none(((DialectObject *)self)->quotechar);
}

static PyObject *get_lineterminator(PyObject *self, void *closure)
{
    return Py_XNewRef(((DialectObject *)self)->lineterminator);
}

static PyObject *get_quoting(PyObject *self, void *closure)
{
    return PyLong_FromLong(((DialectObject *)self)->quoting);
}

static PyGetSetDef Dialect_getset[] = {
    { "delimiter", get_delimiter, NULL, NULL, NULL },
    { "escapechar", get_escapechar, NULL, NULL, NULL },
    { "lineterminator", get_lineterminator, NULL, NULL, NULL },
    { "quotechar", get_quotechar, NULL, NULL, NULL },
    { "quoting", get_quoting, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};
static PyMemberDef Dialect_members[] = {
    { "skipinitialspace", T_BOOL, offsetof(DialectObject, skipinitialspace), READONLY, NULL },
    { "doublequote", T_BOOL, offsetof(DialectObject, doublequote), READONLY, NULL },
    { "strict", T_BOOL, offsetof(DialectObject, strict), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};

static PyTypeObject Dialect_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_csv.Dialect",
    .tp_basicsize = sizeof(DialectObject),
    .tp_dealloc = Dialect_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "How values are separated, quoted and escaped.",
    .tp_methods = METHODS(Dialect),
    .tp_members = Dialect_members,
    .tp_getset = Dialect_getset,
    .tp_new = Dialect_new,
    .tp_free = PyObject_Free,
};
K_TYPE(Dialect_Type);

static DialectObject *make_dialect(PyObject *base, PyObject *kwargs)
{
    K_AUTO(PyObject *) args = base ? PyTuple_Pack(1, base) : PyTuple_New(0);
    return args ? (DialectObject *)PyObject_Call((PyObject *)&Dialect_Type, args, kwargs) : NULL;
}

/* ---- reader ---- */

typedef enum State {
    START_RECORD, START_FIELD, ESCAPED_CHAR, IN_FIELD, IN_QUOTED_FIELD, ESCAPE_IN_QUOTED_FIELD, QUOTE_IN_QUOTED_FIELD,
    EAT_NEWLINES, AFTER_ESCAPED_NEWLINE
} State;

typedef struct ReaderObject {
    PyObject ob_base;
    PyObject *input; /* the iterator over lines */
    DialectObject *dialect;
    PyObject *fields; /* of the current record, or NULL */
    State state;
    Py_UCS4 *field; /* the current one's characters */
    Py_ssize_t length, room;
    int numeric;
    unsigned long line_num;
} ReaderObject;

static int add_char(ReaderObject *self, Py_UCS4 c)
{
    if (self->length >= field_limit) {
        k_raise(csv_error, "field larger than field limit (%ld)", field_limit);
        return -1;
    }
    if (self->length == self->room) {
        Py_ssize_t room = self->room ? self->room * 2 : 64;
        Py_UCS4 *more = PyMem_Realloc(self->field, (size_t)room * sizeof *more);
        if (!more) {
            K_AUTO(PyObject *) none = PyErr_NoMemory();
            return -1;
        }
        self->field = more;
        self->room = room;
    }
    self->field[self->length++] = c;
    return 0;
}

static int save_field(ReaderObject *self)
{
    K_AUTO(PyObject *) field = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, self->field, self->length);
    self->length = 0;
    if (field && self->numeric) {
        self->numeric = 0;
        K_SET(field, PyNumber_Float(field));
    }
    return field ? PyList_Append(self->fields, field) : -1;
}

static int is_newline(Py_UCS4 c)
{
    return c == '\n' || c == '\r';
}

static int end_field(ReaderObject *self, Py_UCS4 c) /* by a newline or the end of the line */
{
    self->state = c == END_OF_LINE ? START_RECORD : EAT_NEWLINES;
    return save_field(self);
}

static int next_field(ReaderObject *self)
{
    self->state = START_FIELD;
    return save_field(self);
}

static int begin_field(ReaderObject *self, Py_UCS4 c)
{
    const DialectObject *d = self->dialect;
    if (is_newline(c) || c == END_OF_LINE)
        return end_field(self, c);
    if (c == d->quotechar && d->quoting != QUOTE_NONE)
        self->state = IN_QUOTED_FIELD;
    else if (c == d->escapechar)
        self->state = ESCAPED_CHAR;
    else if (c == ' ' && d->skipinitialspace)
        ;
    else if (c == d->delimiter)
        return save_field(self);
    else {
        if (d->quoting == QUOTE_NONNUMERIC)
            self->numeric = 1;
        self->state = IN_FIELD;
        return add_char(self, c);
    }
    return 0;
}

static int in_field(ReaderObject *self, Py_UCS4 c)
{
    if (is_newline(c) || c == END_OF_LINE)
        return end_field(self, c);
    if (c == self->dialect->escapechar) {
        self->state = ESCAPED_CHAR;
        return 0;
    }
    return c == self->dialect->delimiter ? next_field(self) : add_char(self, c);
}

static int in_quotes(ReaderObject *self, Py_UCS4 c)
{
    const DialectObject *d = self->dialect;
    if (c == END_OF_LINE)
        return 0;
    if (c == d->escapechar)
        self->state = ESCAPE_IN_QUOTED_FIELD;
    else if (c == d->quotechar && d->quoting != QUOTE_NONE)
        self->state = d->doublequote ? QUOTE_IN_QUOTED_FIELD : IN_FIELD;
    else
        return add_char(self, c);
    return 0;
}

static int after_quote(ReaderObject *self, Py_UCS4 c)
{
    const DialectObject *d = self->dialect;
    if (d->quoting != QUOTE_NONE && c == d->quotechar) {
        self->state = IN_QUOTED_FIELD;
        return add_char(self, c);
    }
    if (c == d->delimiter)
        return next_field(self);
    if (is_newline(c) || c == END_OF_LINE)
        return end_field(self, c);
    if (d->strict) {
        k_raise(csv_error, "'%c' expected after '%c'", (int)d->delimiter, (int)d->quotechar);
        return -1;
    }
    self->state = IN_FIELD;
    return add_char(self, c);
}

/* One character of input, or END_OF_LINE behind the last of a line. */
static int take_char(ReaderObject *self, Py_UCS4 c)
{
    switch (self->state) {
    case START_RECORD:
        if (c == END_OF_LINE)
            return 0;
        if (is_newline(c)) {
            self->state = EAT_NEWLINES;
            return 0;
        }
        self->state = START_FIELD;
        return begin_field(self, c);
    case START_FIELD:
        return begin_field(self, c);
    case ESCAPED_CHAR:
        self->state = is_newline(c) ? AFTER_ESCAPED_NEWLINE : IN_FIELD;
        return add_char(self, c == END_OF_LINE ? '\n' : c);
    case AFTER_ESCAPED_NEWLINE:
        return c == END_OF_LINE ? 0 : in_field(self, c);
    case IN_FIELD:
        return in_field(self, c);
    case IN_QUOTED_FIELD:
        return in_quotes(self, c);
    case ESCAPE_IN_QUOTED_FIELD:
        self->state = IN_QUOTED_FIELD;
        return add_char(self, c == END_OF_LINE ? '\n' : c);
    case QUOTE_IN_QUOTED_FIELD:
        return after_quote(self, c);
    case EAT_NEWLINES:
        if (c == END_OF_LINE)
            self->state = START_RECORD;
        else if (!is_newline(c)) {
            k_raise(csv_error, "new-line character seen in unquoted field - do you need to open the file in "
                    "universal-newline mode?");
            return -1;
        }
        return 0;
    }
    return 0;
}

static int take_line(ReaderObject *self, PyObject *line)
{
    if (!PyUnicode_Check(line)) {
        k_raise(csv_error, "iterator should return strings, not %.200s (the file should be opened in text mode)",
                Py_TYPE(line)->tp_name);
        return -1;
    }
    self->line_num++;
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(line); i++)
        if (take_char(self, PyUnicode_READ_CHAR(line, i)) < 0)
            return -1;
    return take_char(self, END_OF_LINE);
}

static PyObject *Reader_next(PyObject *o)
{
    ReaderObject *self = (ReaderObject *)o;
    PyObject *fields = PyList_New(0);
    if (!fields)
        return NULL;
    K_SET(self->fields, fields);
    self->state = START_RECORD;
    self->length = 0;
    self->numeric = 0;
    do {
        K_AUTO(PyObject *) line = PyIter_Next(self->input); /* runs code */
        if (!line) {
            if (!PyErr_Occurred() && (self->length != 0 || self->state == IN_QUOTED_FIELD)) {
                if (self->dialect->strict)
                    return k_raise(csv_error, "unexpected end of data");
                if (save_field(self) == 0)
                    break;
            }
            return NULL;
        }
        if (!self->fields)
            return k_raise(csv_error, "iterator has already advanced the reader");
        if (take_line(self, line) < 0)
            return NULL;
    } while (self->state != START_RECORD);
    return K_MOVE(self->fields);
}

static void Reader_dealloc(PyObject *o)
{
    ReaderObject *self = (ReaderObject *)o;
    PyObject_GC_UnTrack(o);
    Py_XDECREF(self->input);
    Py_XDECREF(self->dialect);
    Py_XDECREF(self->fields);
    PyMem_Free(self->field);
    PyObject_GC_Del(o);
}

static int Reader_traverse(PyObject *o, visitproc visit, void *arg)
{
    ReaderObject *self = (ReaderObject *)o;
    Py_VISIT(self->input);
    Py_VISIT(self->dialect);
    Py_VISIT(self->fields);
    return 0;
}

static int Reader_clear(PyObject *o)
{
    ReaderObject *self = (ReaderObject *)o;
    Py_CLEAR(self->input);
    Py_CLEAR(self->fields);
    return 0;
}

static PyMemberDef Reader_members[] = {
    { "dialect", T_OBJECT, offsetof(ReaderObject, dialect), READONLY, NULL },
    { "line_num", T_ULONG, offsetof(ReaderObject, line_num), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};

static PyTypeObject Reader_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_csv.reader",
    .tp_basicsize = sizeof(ReaderObject),
    .tp_dealloc = Reader_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "An iterator over the records of a file, each a list of fields.",
    .tp_traverse = Reader_traverse,
    .tp_clear = Reader_clear,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = Reader_next,
    .tp_members = Reader_members,
};
K_TYPE(Reader_Type);

FUNCTION_RAW(_csv, reader, VAR, 0,
             "csv_reader = reader(iterable [, dialect='excel'] [optional keyword args])\n\n"
             "An iterator over the records in an iterable of lines. Keyword arguments change single parameters of the\n"
             "dialect.")
{
    PyObject *lines, *base = NULL;
    if (!PyArg_UnpackTuple(args, "", 1, 2, &lines, &base))
        return NULL;
    K_AUTO(ReaderObject *) reader = (ReaderObject *)PyType_GenericAlloc(&Reader_Type, 0);
    if (!reader || !(reader->input = PyObject_GetIter(lines)) || !(reader->dialect = make_dialect(base, kwargs)))
        return NULL;
    return (PyObject *)K_MOVE(reader);
}

/* ---- writer ---- */

typedef struct WriterObject {
    PyObject ob_base;
    PyObject *write; /* the output's method */
    DialectObject *dialect;
} WriterObject;

/* A record under construction. */
typedef struct Record {
    Py_UCS4 *at;
    Py_ssize_t n, room;
} Record;

static int put(Record *r, Py_UCS4 c)
{
    if (r->n == r->room) {
        Py_ssize_t room = r->room ? r->room * 2 : 256;
        Py_UCS4 *more = PyMem_Realloc(r->at, (size_t)room * sizeof *more);
        if (!more) {
            K_AUTO(PyObject *) none = PyErr_NoMemory();
            return -1;
        }
        r->at = more;
        r->room = room;
    }
    r->at[r->n++] = c;
    return 0;
}

static int is_special(const DialectObject *d, Py_UCS4 c)
{
    return c == d->delimiter || c == d->escapechar || c == d->quotechar
        || PyUnicode_FindChar(d->lineterminator, c, 0, PyUnicode_GET_LENGTH(d->lineterminator), 1) >= 0;
}

/* Puts a field's text; *quoted is set when a character calls for quotes. */
static int put_text(Record *r, const DialectObject *d, PyObject *text, int *quoted)
{
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(text); i++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(text, i);
        int escape = 0;
        if (is_special(d, c)) {
            if (d->quoting == QUOTE_NONE)
                escape = 1;
            else if (c == d->quotechar) {
                if (!d->doublequote)
                    escape = 1;
                else if (put(r, c) < 0)
                    return -1;
            } else if (c == d->escapechar)
                escape = 1;
            if (!escape)
                *quoted = 1;
        }
        if (escape && d->escapechar == NO_CHAR) {
            PyErr_SetString(csv_error, "need to escape, but no escapechar set");
            return -1;
        }
        if ((escape && put(r, d->escapechar) < 0) || put(r, c) < 0)
            return -1;
    }
    return 0;
}

/* text is NULL for an empty field. */
static int append_field(Record *r, const DialectObject *d, PyObject *text, int quoted, int first)
{
    if (!first && put(r, d->delimiter) < 0)
        return -1;
    Py_ssize_t start = r->n;
    if (text && put_text(r, d, text, &quoted) < 0)
        return -1;
    if (!quoted)
        return 0;
    if (put(r, 0) < 0 || put(r, d->quotechar) < 0)
        return -1;
    memmove(r->at + start + 1, r->at + start, (size_t)(r->n - 2 - start) * sizeof *r->at);
    r->at[start] = d->quotechar;
    return 0;
}

static int append_value(Record *r, const DialectObject *d, PyObject *value, int first)
{
    int quoted = d->quoting == QUOTE_ALL || (d->quoting == QUOTE_NONNUMERIC && !PyNumber_Check(value));
    if (value == Py_None)
        return append_field(r, d, NULL, quoted, first);
    K_AUTO(PyObject *) text = PyUnicode_Check(value) ? Py_NewRef(value) : PyObject_Str(value); /* runs code */
    return text && PyUnicode_READY(text) == 0 ? append_field(r, d, text, quoted, first) : -1;
}

static int append_row(Record *r, const DialectObject *d, PyObject *row)
{
    K_AUTO(PyObject *) iterator = PyObject_GetIter(row); /* runs code */
    if (!iterator) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            k_raise(csv_error, "iterable expected, not %.200s", Py_TYPE(row)->tp_name);
        return -1;
    }
    Py_ssize_t count = 0;
    for (PyObject *value; (value = PyIter_Next(iterator)) != NULL; count++) { /* runs code */
        int status = append_value(r, d, value, count == 0);
        Py_DECREF(value);
        if (status < 0)
            return -1;
    }
    if (PyErr_Occurred())
        return -1;
    if (count > 0 && r->n == 0) { /* a lone empty field: nothing would tell it from no field */
        if (d->quoting == QUOTE_NONE) {
            PyErr_SetString(csv_error, "single empty field record must be quoted");
            return -1;
        }
        if (append_field(r, d, NULL, 1, 1) < 0)
            return -1;
    }
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(d->lineterminator); i++)
        if (put(r, PyUnicode_READ_CHAR(d->lineterminator, i)) < 0)
            return -1;
    return 0;
}

METHOD_RAW(Writer, writerow, O, 0, "writerow(iterable)\n\nWrites one record; returns what write() returned.")
{
    WriterObject *writer = (WriterObject *)self;
    Record r = { 0 };
    K_AUTO(PyObject *) line = NULL;
    if (append_row(&r, writer->dialect, arg) == 0)
        K_SET(line, PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, r.at, r.n));
    PyMem_Free(r.at);
    return line ? PyObject_CallOneArg(writer->write, line) : NULL; /* runs code */
}

METHOD_RAW(Writer, writerows, O, 0, "writerows(iterable of iterables)\n\nWrites several records.")
{
    K_AUTO(PyObject *) rows = PyObject_GetIter(arg); /* runs code */
    if (!rows)
        return NULL;
    for (PyObject *row; (row = PyIter_Next(rows)) != NULL;) { /* runs code */
        PyObject *result = Writer_writerow(self, row);
        Py_DECREF(row);
        if (!result)
            return NULL;
        Py_DECREF(result);
    }
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}
METHODS_END(Writer);

static void Writer_dealloc(PyObject *o)
{
    PyObject_GC_UnTrack(o);
    Py_XDECREF(((WriterObject *)o)->write);
    Py_XDECREF(((WriterObject *)o)->dialect);
    PyObject_GC_Del(o);
}

static int Writer_traverse(PyObject *o, visitproc visit, void *arg)
{
    Py_VISIT(((WriterObject *)o)->write);
    Py_VISIT(((WriterObject *)o)->dialect);
    return 0;
}

static int Writer_clear(PyObject *o)
{
    Py_CLEAR(((WriterObject *)o)->write);
    return 0;
}

static PyMemberDef Writer_members[] = {
    { "dialect", T_OBJECT, offsetof(WriterObject, dialect), READONLY, NULL },
    { NULL, 0, 0, 0, NULL },
};

static PyTypeObject Writer_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_csv.writer",
    .tp_basicsize = sizeof(WriterObject),
    .tp_dealloc = Writer_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "Writes records to a file.",
    .tp_traverse = Writer_traverse,
    .tp_clear = Writer_clear,
    .tp_methods = METHODS(Writer),
    .tp_members = Writer_members,
};
K_TYPE(Writer_Type);

FUNCTION_RAW(_csv, writer, VAR, 0,
             "csv_writer = csv.writer(fileobj [, dialect='excel'] [optional keyword args])\n\n"
             "An object that writes records to a file object. Keyword arguments change single parameters of the dialect.")
{
    PyObject *file, *base = NULL;
    if (!PyArg_UnpackTuple(args, "", 1, 2, &file, &base))
        return NULL;
    K_AUTO(WriterObject *) writer = (WriterObject *)PyType_GenericAlloc(&Writer_Type, 0);
    if (!writer || !(writer->dialect = make_dialect(base, kwargs)))
        return NULL;
    if (_PyObject_LookupAttr(file, K_STR("write"), &writer->write) < 0)
        return NULL;
    if (!writer->write || !PyCallable_Check(writer->write))
        return k_raise(PyExc_TypeError, "argument 1 must have a \"write\" method");
    return (PyObject *)K_MOVE(writer);
}

/* ---- the registry ---- */

FUNCTION(_csv, list_dialects, NOARGS, "($module, /)", "The names of the registered dialects.")
{
    return PyDict_Keys(csv_dialects);
}

FUNCTION_RAW(_csv, register_dialect, VAR, 0,
             "dialect = csv.register_dialect(name[, dialect[, **fmtparams]])\n\nKeeps a dialect under a name.")
{
    PyObject *name, *base = NULL;
    if (!PyArg_UnpackTuple(args, "", 1, 2, &name, &base))
        return NULL;
    if (!PyUnicode_Check(name))
        return k_raise(PyExc_TypeError, "dialect name must be a string");
    K_AUTO(DialectObject *) dialect = make_dialect(base, kwargs);
    return !dialect || PyDict_SetItem(csv_dialects, name, (PyObject *)dialect) < 0 ? NULL : Py_NewRef(Py_None);
}

FUNCTION_KW(_csv, unregister_dialect, "($module, /, name)", "Takes a dialect out of the registry.", *name)
{
    if (PyDict_DelItem(csv_dialects, arg->name) == 0)
        Py_RETURN_NONE;
    return k_catch(PyExc_KeyError) ? k_raise(csv_error, "unknown dialect") : NULL;
}

FUNCTION_KW(_csv, get_dialect, "($module, /, name)", "The dialect registered under a name.", *name)
{
    return find_dialect(arg->name);
}

FUNCTION_KW(_csv, field_size_limit, "($module, /, new_limit=<unrepresentable>)",
            "The most characters a field may have; sets a new limit and returns the old one.", *new_limit)
{
    long before = field_limit;
    if (arg->new_limit) {
        if (!PyLong_CheckExact(arg->new_limit))
            return k_raise(PyExc_TypeError, "limit must be an integer");
        long limit = PyLong_AsLong(arg->new_limit);
        if (limit == -1 && PyErr_Occurred())
            return NULL;
        field_limit = limit;
    }
    return PyLong_FromLong(before);
}
METHODS_END(_csv);

static int csv_exec(PyObject *module)
{
    if (!csv_error && !(csv_error = PyErr_NewException("_csv.Error", NULL, NULL)))
        return -1;
    if (!csv_dialects && !(csv_dialects = PyDict_New()))
        return -1;
    if (PyModule_AddObjectRef(module, "Error", csv_error) < 0
        || PyModule_AddObjectRef(module, "_dialects", csv_dialects) < 0
        || PyModule_AddObjectRef(module, "Dialect", (PyObject *)&Dialect_Type) < 0
        || PyModule_AddObjectRef(module, "Reader", (PyObject *)&Reader_Type) < 0
        || PyModule_AddObjectRef(module, "Writer", (PyObject *)&Writer_Type) < 0)
        return -1;
    return PyModule_AddStringConstant(module, "__version__", "1.0") < 0
        || PyModule_AddIntConstant(module, "QUOTE_MINIMAL", QUOTE_MINIMAL) < 0
        || PyModule_AddIntConstant(module, "QUOTE_ALL", QUOTE_ALL) < 0
        || PyModule_AddIntConstant(module, "QUOTE_NONNUMERIC", QUOTE_NONNUMERIC) < 0
        || PyModule_AddIntConstant(module, "QUOTE_NONE", QUOTE_NONE) < 0 ? -1 : 0;
}

MODULE(_csv, "Reading and writing of comma separated values.", csv_exec, 0);
