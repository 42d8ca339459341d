/* newline.c - newlines of text: which count, where a line ends, and IncrementalNewlineDecoder.
 *
 * In: text as it was decoded.  Out: text with "\n" alone, or the places where lines end.
 * A "\r" at the end of a piece waits for the next one: it may be the first half of "\r\n". */
#include "modules/_io/io_int.h"

METHODS_DECLARE(newline_decoder);

enum { SEEN_CR = 1, SEEN_LF = 2, SEEN_CRLF = 4 };

typedef struct NewlineDecoder {
    PyObject ob_base;
    PyObject *decoder; /* what makes text of bytes, or None */
    PyObject *errors;
    bool pending_cr, translate;
    unsigned seen;
} NewlineDecoder;

int io_newline_mode(PyObject *newline, NewlineMode *mode)
{
    *mode = (NewlineMode){ .universal = true };
    if (!newline || newline == Py_None) {
        mode->translate_read = mode->translate_write = true;
        return 0;
    }
    if (!PyUnicode_Check(newline)) {
        PyErr_Format(PyExc_TypeError, "newline must be str or None, not %.200s", Py_TYPE(newline)->tp_name);
        return -1;
    }
    static const char *const known[] = { "", "\n", "\r", "\r\n" };
    int which = 0;
    while (which < 4 && PyUnicode_CompareWithASCIIString(newline, known[which]) != 0)
        which++;
    if (which == 4) {
        PyErr_Format(PyExc_ValueError, "illegal newline value: %R", newline);
        return -1;
    }
    mode->given = Py_NewRef(newline);
    mode->universal = which == 0;
    mode->translate_write = which != 0;
    mode->write_newline = which > 1 ? newline : NULL;
    return 0;
}

/* Behind the first of \n, \r, \r\n; a \r at the very end is left alone when more may follow. */
static Py_ssize_t universal_end(PyObject *text, Py_ssize_t start, Py_ssize_t end)
{
    int kind = (int)PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    for (Py_ssize_t i = start; i < end; i++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (c == '\n')
            return i + 1;
        if (c == '\r')
            return i + 1 < end && PyUnicode_READ(kind, data, i + 1) == '\n' ? i + 2 : i + 1;
    }
    return -1;
}

Py_ssize_t io_find_line_end(const LineEnds *ends, PyObject *text, Py_ssize_t start, Py_ssize_t end, Py_ssize_t *consumed)
{
    *consumed = end;
    if (ends->universal && !ends->translated)
        return universal_end(text, start, end);
    if (ends->translated || !ends->newline || PyUnicode_GET_LENGTH(ends->newline) < 2) {
        Py_UCS4 c = ends->translated || !ends->newline ? '\n' : PyUnicode_READ_CHAR(ends->newline, 0);
        Py_ssize_t at = PyUnicode_FindChar(text, c, start, end, 1);
        return at < 0 ? -1 : at + 1;
    }
    for (Py_ssize_t at = start; (at = PyUnicode_FindChar(text, '\r', at, end, 1)) >= 0; at++) {
        if (at + 1 == end) {
            *consumed = at; /* its \n may come */
            return -1;
        }
        if (PyUnicode_READ_CHAR(text, at + 1) == '\n')
            return at + 2;
    }
    return -1;
}

/* ---- the decoder ---- */

static PyObject *with_cr_first(PyObject *text) /* K_STOLEN */
{
    K_AUTO(PyObject *) cr = PyUnicode_FromString("\r");
    PyObject *joined = cr ? PyUnicode_Concat(cr, text) : NULL;
    Py_DECREF(text);
    return joined;
}

static unsigned newlines_in(PyObject *text)
{
    int kind = (int)PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);
    unsigned seen = 0;
    if (PyUnicode_FindChar(text, '\r', 0, n, 1) < 0)
        return PyUnicode_FindChar(text, '\n', 0, n, 1) < 0 ? 0 : SEEN_LF;
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (c == '\n')
            seen |= SEEN_LF;
        else if (c == '\r' && i + 1 < n && PyUnicode_READ(kind, data, i + 1) == '\n')
            seen |= SEEN_CRLF, i++;
        else if (c == '\r')
            seen |= SEEN_CR;
    }
    return seen;
}

static PyObject *translated(PyObject *text) /* K_STOLEN */
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(text), out = 0;
    int kind = (int)PyUnicode_KIND(text);
    PyObject *result = PyUnicode_New(n, PyUnicode_MAX_CHAR_VALUE(text));
    if (!result) {
        Py_DECREF(text);
        return NULL;
    }
    const void *from = PyUnicode_DATA(text);
    void *to = PyUnicode_DATA(result);
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = PyUnicode_READ(kind, from, i);
        if (c == '\r') {
            if (i + 1 < n && PyUnicode_READ(kind, from, i + 1) == '\n')
                i++;
            c = '\n';
        }
        PyUnicode_WRITE(kind, to, out++, c);
    }
    Py_DECREF(text);
    PyObject *cut = out == n ? result : PyUnicode_Substring(result, 0, out);
    if (cut != result)
        Py_DECREF(result);
    return cut;
}

static PyObject *take_newlines(NewlineDecoder *d, PyObject *text, bool final) /* text: K_STOLEN, or NULL */
{
    if (!text)
        return NULL;
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "decoder should return a string result, not '%.200s'", Py_TYPE(text)->tp_name);
        Py_DECREF(text);
        return NULL;
    }
    if (d->pending_cr && (final || PyUnicode_GET_LENGTH(text) > 0)) {
        d->pending_cr = false;
        if (!(text = with_cr_first(text)))
            return NULL;
    }
    Py_ssize_t n = PyUnicode_GET_LENGTH(text);
    if (!final && n && PyUnicode_READ_CHAR(text, n - 1) == '\r') {
        PyObject *head = PyUnicode_Substring(text, 0, n - 1);
        Py_SETREF(text, head);
        if (!text)
            return NULL;
        d->pending_cr = true;
    }
    unsigned seen = newlines_in(text);
    d->seen |= seen;
    return d->translate && (seen & (SEEN_CR | SEEN_CRLF)) ? translated(text) : text;
}

static int started(NewlineDecoder *d)
{
    if (d->decoder)
        return 0;
    PyErr_SetString(PyExc_ValueError, "IncrementalNewlineDecoder.__init__() not called");
    return -1;
}

PyObject *io_newline_decode(PyObject *self, PyObject *input, bool final)
{
    NewlineDecoder *d = (NewlineDecoder *)self;
    if (started(d) < 0)
        return NULL;
    if (d->decoder == Py_None)
        return take_newlines(d, Py_NewRef(input), final);
    return take_newlines(d, PyObject_CallMethodObjArgs(d->decoder, K_STR("decode"), input, final ? Py_True : Py_False, NULL),
                         final);
}

METHOD_KW(newline_decoder, decode, "($self, /, input, final=False)", "Text with its newlines as wished.", *input, *final)
{
    int final;
    return k_arg_bool(arg->final, &final) < 0 ? NULL : io_newline_decode(self, arg->input, final);
}

METHOD(newline_decoder, getstate, NOARGS, "($self, /)", "(buffered input, flags), with a waiting \\r as the lowest flag.")
{
    NewlineDecoder *d = (NewlineDecoder *)self;
    unsigned long long flags = 0;
    K_AUTO(PyObject *) buffered = NULL;
    if (started(d) < 0)
        return NULL;
    if (d->decoder != Py_None) {
        K_AUTO(PyObject *) state = io_call(d->decoder, K_STR("getstate"));
        if (!state)
            return NULL;
        if (!PyTuple_Check(state))
            return k_raise(PyExc_TypeError, "illegal decoder state");
        PyObject *inner;
        if (!PyArg_ParseTuple(state, "OK;illegal decoder state", &inner, &flags))
            return NULL;
        K_SET(buffered, Py_NewRef(inner));
    }
    else
        K_SET(buffered, PyBytes_FromStringAndSize(NULL, 0));
    return buffered ? Py_BuildValue("OK", buffered, flags << 1 | d->pending_cr) : NULL;
}

METHOD(newline_decoder, setstate, O, "($self, state, /)", "Takes what getstate() gave.")
{
    NewlineDecoder *d = (NewlineDecoder *)self;
    PyObject *buffered;
    unsigned long long flags;
    if (started(d) < 0)
        return NULL;
    if (!PyTuple_Check(arg))
        return k_raise(PyExc_TypeError, "state argument must be a tuple");
    if (!PyArg_ParseTuple(arg, "OK;setstate(): illegal state argument", &buffered, &flags))
        return NULL;
    d->pending_cr = flags & 1;
    if (d->decoder == Py_None)
        Py_RETURN_NONE;
    return PyObject_CallMethod(d->decoder, "setstate", "((OK))", buffered, flags >> 1);
}

METHOD(newline_decoder, reset, NOARGS, "($self, /)", "Forgets what came before.")
{
    NewlineDecoder *d = (NewlineDecoder *)self;
    if (started(d) < 0)
        return NULL;
    d->seen = 0;
    d->pending_cr = false;
    if (d->decoder != Py_None)
        return io_call(d->decoder, K_STR("reset"));
    Py_RETURN_NONE;
}
METHODS_END(newline_decoder);

static PyObject *seen_newlines(PyObject *self, void *closure)
{
    (void)closure;
    switch (((NewlineDecoder *)self)->seen) {
    case SEEN_CR:                        return PyUnicode_FromString("\r");
    case SEEN_LF:                        return PyUnicode_FromString("\n");
    case SEEN_CRLF:                      return PyUnicode_FromString("\r\n");
    case SEEN_CR | SEEN_LF:              return Py_BuildValue("ss", "\r", "\n");
    case SEEN_CR | SEEN_CRLF:            return Py_BuildValue("ss", "\r", "\r\n");
    case SEEN_LF | SEEN_CRLF:            return Py_BuildValue("ss", "\n", "\r\n");
    case SEEN_CR | SEEN_LF | SEEN_CRLF:  return Py_BuildValue("sss", "\r", "\n", "\r\n");
    }
    Py_RETURN_NONE;
}

static PyGetSetDef newline_getset[] = {
    { "newlines", seen_newlines, NULL, NULL, NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

BINDER(newline_init, "IncrementalNewlineDecoder", "(decoder, translate, errors='strict')", *decoder, *translate, *errors);

static int newline_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    NewlineDecoder *d = (NewlineDecoder *)self;
    newline_init_args arg;
    PyObject *owned = NULL;
    int translate;
    if (BIND(newline_init, &arg, args, kwargs, &owned) < 0)
        return -1;
    int status = k_arg_bool(arg.translate, &translate);
    if (status == 0) {
        Py_XSETREF(d->decoder, Py_NewRef(arg.decoder));
        Py_XSETREF(d->errors, Py_XNewRef(arg.errors));
        d->translate = translate;
        d->seen = 0;
        d->pending_cr = false;
    }
    Py_XDECREF(owned);
    return status;
}

static void newline_dealloc(PyObject *self)
{
    Py_CLEAR(((NewlineDecoder *)self)->decoder);
    Py_CLEAR(((NewlineDecoder *)self)->errors);
    Py_TYPE(self)->tp_free(self);
}

PyTypeObject NewlineDecoder_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "_io.IncrementalNewlineDecoder",
    .tp_basicsize = sizeof(NewlineDecoder),
    .tp_dealloc = newline_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "IncrementalNewlineDecoder(decoder, translate, errors='strict')\n--\n\n"
              "Wraps a decoder: notes newlines, and makes them \\n when translate is true.",
    .tp_methods = METHODS(newline_decoder),
    .tp_getset = newline_getset,
    .tp_init = newline_init,
    .tp_new = PyType_GenericNew,
};
K_TYPE(NewlineDecoder_Type);
