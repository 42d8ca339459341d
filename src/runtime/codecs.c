/* codecs.c - the codec registry: search functions, the cache of what they found, codecs by name.
 *
 * In: names of encodings.  Out: CodecInfo tuples and what their functions return. The first look-up imports the package
 * encodings, which registers the search function of the library. Start at _PyCodec_Lookup(). */
#include "runtime/codecs.h"

#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/list/list.h"
#include "objects/protocol.h"
#include "objects/str/str_int.h"
#include "objects/tuple.h"
#include "runtime/codecs_errors.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/state.h"

const char *Py_hexdigits = "0123456789abcdef";

static int registry_start(void)
{
    PyInterpreterState *interp = k_interp();
    if (interp->codec_search_path)
        return 0;
    interp->codec_search_cache = PyDict_New();
    interp->codec_search_path = PyList_New(0);
    if (!interp->codec_search_path || !interp->codec_search_cache)
        return -1;
    K_AUTO(PyObject *) encodings = PyImport_ImportModule("encodings"); /* runs code */
    return encodings ? 0 : -1;
}

int PyCodec_Register(PyObject *search_function)
{
    if (registry_start() < 0)
        return -1;
    if (!search_function) {
        PyErr_BadArgument();
        return -1;
    }
    if (!PyCallable_Check(search_function)) {
        PyErr_SetString(PyExc_TypeError, "argument must be callable");
        return -1;
    }
    return PyList_Append(k_interp()->codec_search_path, search_function);
}

int PyCodec_Unregister(PyObject *search_function)
{
    PyInterpreterState *interp = k_interp();
    PyObject *path = interp->codec_search_path;
    for (Py_ssize_t i = 0; path && i < PyList_GET_SIZE(path); i++) {
        if (PyList_GET_ITEM(path, i) == search_function) {
            PyDict_Clear(interp->codec_search_cache);
            return PyList_SetSlice(path, i, i + 1, NULL);
        }
    }
    return 0;
}

static PyObject *normalised_name(const char *encoding)
{
    size_t room = strlen(encoding) + 3;
    char *name = PyMem_Malloc(room);
    if (!name)
        return PyErr_NoMemory();
    str_normalise_encoding(encoding, name, room);
    PyObject *s = PyUnicode_FromString(name);
    PyMem_Free(name);
    return s;
}

/* Asks the search functions in turn. */
static PyObject *search(PyObject *path, PyObject *name, const char *encoding)
{
    if (PyList_GET_SIZE(path) == 0)
        return k_raise(PyExc_LookupError, "no codec search functions registered: can't find encoding");
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(path); i++) {
        K_AUTO(PyObject *) function = Py_NewRef(PyList_GET_ITEM(path, i));
        K_AUTO(PyObject *) result = PyObject_CallOneArg(function, name); /* runs code */
        if (!result)
            return NULL;
        if (result == Py_None)
            continue;
        if (!PyTuple_Check(result) || PyTuple_GET_SIZE(result) != 4)
            return k_raise(PyExc_TypeError, "codec search functions must return 4-tuples");
        return K_MOVE(result);
    }
    return k_raise(PyExc_LookupError, "unknown encoding: %s", encoding);
}

PyObject *_PyCodec_Lookup(const char *encoding)
{
    if (!encoding) {
        PyErr_BadArgument();
        return NULL;
    }
    if (registry_start() < 0)
        return NULL;
    PyInterpreterState *interp = k_interp();
    K_AUTO(PyObject *) name = normalised_name(encoding);
    if (!name)
        return NULL;
    PyUnicode_InternInPlace(&name);
    PyObject *found = PyDict_GetItemWithError(interp->codec_search_cache, name);
    if (found || PyErr_Occurred())
        return Py_XNewRef(found);
    K_AUTO(PyObject *) codec = search(interp->codec_search_path, name, encoding);
    if (!codec || PyDict_SetItem(interp->codec_search_cache, name, codec) < 0)
        return NULL;
    return K_MOVE(codec);
}

int _PyCodec_Forget(const char *encoding)
{
    PyObject *cache = k_interp()->codec_search_cache;
    K_AUTO(PyObject *) name = cache ? normalised_name(encoding) : NULL;
    return name ? PyDict_DelItem(cache, name) : -1;
}

int PyCodec_KnownEncoding(const char *encoding)
{
    K_AUTO(PyObject *) codec = _PyCodec_Lookup(encoding);
    if (!codec)
        PyErr_Clear();
    return codec != NULL;
}

/* ---- parts of a codec ---- */

static PyObject *codec_item(const char *encoding, int i)
{
    K_AUTO(PyObject *) codec = _PyCodec_Lookup(encoding);
    return codec ? Py_NewRef(PyTuple_GET_ITEM(codec, i)) : NULL;
}

PyObject *PyCodec_Encoder(const char *encoding)
{
    return codec_item(encoding, 0);
}

PyObject *PyCodec_Decoder(const char *encoding)
{
    return codec_item(encoding, 1);
}

static PyObject *codec_stream(const char *encoding, PyObject *stream, const char *errors, int i)
{
    K_AUTO(PyObject *) factory = codec_item(encoding, i);
    if (!factory)
        return NULL;
    return errors ? PyObject_CallFunction(factory, "Os", stream, errors) : PyObject_CallOneArg(factory, stream);
}

PyObject *PyCodec_StreamReader(const char *encoding, PyObject *stream, const char *errors)
{
    return codec_stream(encoding, stream, errors, 2);
}

PyObject *PyCodec_StreamWriter(const char *encoding, PyObject *stream, const char *errors)
{
    return codec_stream(encoding, stream, errors, 3);
}

static PyObject *codec_incremental(PyObject *codec, const char *errors, const char *name)
{
    K_AUTO(PyObject *) factory = PyObject_GetAttrString(codec, name);
    if (!factory)
        return NULL;
    return errors ? PyObject_CallFunction(factory, "s", errors) : PyObject_CallNoArgs(factory);
}

PyObject *_PyCodecInfo_GetIncrementalDecoder(PyObject *codec, const char *errors)
{
    return codec_incremental(codec, errors, "incrementaldecoder");
}

PyObject *_PyCodecInfo_GetIncrementalEncoder(PyObject *codec, const char *errors)
{
    return codec_incremental(codec, errors, "incrementalencoder");
}

PyObject *PyCodec_IncrementalDecoder(const char *encoding, const char *errors)
{
    K_AUTO(PyObject *) codec = _PyCodec_Lookup(encoding);
    return codec ? _PyCodecInfo_GetIncrementalDecoder(codec, errors) : NULL;
}

PyObject *PyCodec_IncrementalEncoder(const char *encoding, const char *errors)
{
    K_AUTO(PyObject *) codec = _PyCodec_Lookup(encoding);
    return codec ? _PyCodecInfo_GetIncrementalEncoder(codec, errors) : NULL;
}

/* ---- encoding and decoding ---- */

/* Calls function(o[, errors]) of a codec, whose result is a pair; gives its first item. */
static PyObject *codec_call(PyObject *function, PyObject *o, const char *encoding, const char *errors, int encode)
{
    if (!function)
        return NULL;
    PyObject *args[3] = { NULL, o, NULL };
    K_AUTO(PyObject *) errors_text = errors ? PyUnicode_FromString(errors) : NULL;
    if (errors && !errors_text)
        return NULL;
    args[2] = errors_text;
    K_AUTO(PyObject *) result = PyObject_Vectorcall(function, args + 1, (errors ? 2 : 1) | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    if (!result)
        return _PyErr_TrySetFromCause("%s with '%s' codec failed", encode ? "encoding" : "decoding", encoding);
    if (!PyTuple_Check(result) || PyTuple_GET_SIZE(result) != 2)
        return k_raise(PyExc_TypeError, encode ? "encoder must return a tuple (object, integer)"
                                               : "decoder must return a tuple (object,integer)");
    return Py_NewRef(PyTuple_GET_ITEM(result, 0));
}

PyObject *PyCodec_Encode(PyObject *o, const char *encoding, const char *errors)
{
    K_AUTO(PyObject *) encoder = PyCodec_Encoder(encoding);
    return codec_call(encoder, o, encoding, errors, 1);
}

PyObject *PyCodec_Decode(PyObject *o, const char *encoding, const char *errors)
{
    K_AUTO(PyObject *) decoder = PyCodec_Decoder(encoding);
    return codec_call(decoder, o, encoding, errors, 0);
}

PyObject *_PyCodec_LookupTextEncoding(const char *encoding, const char *alternate)
{
    K_AUTO(PyObject *) codec = _PyCodec_Lookup(encoding);
    if (!codec || PyTuple_CheckExact(codec))
        return K_MOVE(codec);
    PyObject *attribute;
    if (_PyObject_LookupAttr(codec, K_STR("_is_text_encoding"), &attribute) < 0)
        return NULL;
    if (attribute) {
        int is_text = PyObject_IsTrue(attribute);
        Py_DECREF(attribute);
        if (is_text < 0)
            return NULL;
        if (!is_text)
            return k_raise(PyExc_LookupError, "'%.400s' is not a text encoding; use %s to handle arbitrary codecs",
                           encoding, alternate);
    }
    return K_MOVE(codec);
}

static PyObject *text_codec_call(PyObject *o, const char *encoding, const char *errors, int encode)
{
    K_AUTO(PyObject *) codec = _PyCodec_LookupTextEncoding(encoding, encode ? "codecs.encode()" : "codecs.decode()");
    K_AUTO(PyObject *) function = codec ? Py_NewRef(PyTuple_GET_ITEM(codec, encode ? 0 : 1)) : NULL;
    return codec_call(function, o, encoding, errors, encode);
}

PyObject *_PyCodec_EncodeText(PyObject *o, const char *encoding, const char *errors)
{
    return text_codec_call(o, encoding, errors, 1);
}

PyObject *_PyCodec_DecodeText(PyObject *o, const char *encoding, const char *errors)
{
    return text_codec_call(o, encoding, errors, 0);
}

/* ---- error handlers by name ---- */

static PyObject *error_registry(void)
{
    PyInterpreterState *interp = k_interp();
    if (!interp->codec_error_registry)
        interp->codec_error_registry = codecs_error_handlers();
    return interp->codec_error_registry;
}

int PyCodec_RegisterError(const char *name, PyObject *handler)
{
    PyObject *registry = error_registry();
    if (!registry)
        return -1;
    if (!PyCallable_Check(handler)) {
        PyErr_SetString(PyExc_TypeError, "handler must be callable");
        return -1;
    }
    return PyDict_SetItemString(registry, name, handler);
}

PyObject *PyCodec_LookupError(const char *name)
{
    PyObject *registry = error_registry();
    if (!registry)
        return NULL;
    K_AUTO(PyObject *) key = PyUnicode_FromString(name ? name : "strict");
    PyObject *handler = key ? PyDict_GetItemWithError(registry, key) : NULL;
    if (!handler && !PyErr_Occurred())
        PyErr_Format(PyExc_LookupError, "unknown error handler name '%.400s'", name);
    return Py_XNewRef(handler);
}
