/* codecs.h - the codec registry and error handlers. */
#ifndef KAA_RUNTIME_CODECS_H
#define KAA_RUNTIME_CODECS_H

#include "objects/object.h"

extern K_API const char *Py_hexdigits;
K_API K_STATUS int PyCodec_Register(PyObject *search_function);
K_API K_STATUS int PyCodec_Unregister(PyObject *search_function);
K_API K_NEW PyObject *_PyCodec_Lookup(const char *encoding);
K_API K_STATUS int _PyCodec_Forget(const char *encoding);
K_API K_STATUS int PyCodec_KnownEncoding(const char *encoding);
K_API K_NEW PyObject *PyCodec_Encode(PyObject *object, const char *encoding, const char *errors);
K_API K_NEW PyObject *PyCodec_Decode(PyObject *object, const char *encoding, const char *errors);
K_API K_NEW PyObject *_PyCodec_LookupTextEncoding(const char *encoding, const char *alternate_command);
K_API K_NEW PyObject *_PyCodec_EncodeText(PyObject *object, const char *encoding, const char *errors);
K_API K_NEW PyObject *_PyCodec_DecodeText(PyObject *object, const char *encoding, const char *errors);
K_API K_NEW PyObject *_PyCodecInfo_GetIncrementalDecoder(PyObject *codec_info, const char *errors);
K_API K_NEW PyObject *_PyCodecInfo_GetIncrementalEncoder(PyObject *codec_info, const char *errors);
K_API K_NEW PyObject *PyCodec_Encoder(const char *encoding);
K_API K_NEW PyObject *PyCodec_Decoder(const char *encoding);
K_API K_NEW PyObject *PyCodec_IncrementalEncoder(const char *encoding, const char *errors);
K_API K_NEW PyObject *PyCodec_IncrementalDecoder(const char *encoding, const char *errors);
K_API K_NEW PyObject *PyCodec_StreamReader(const char *encoding, PyObject *stream, const char *errors);
K_API K_NEW PyObject *PyCodec_StreamWriter(const char *encoding, PyObject *stream, const char *errors);
K_API K_STATUS int PyCodec_RegisterError(const char *name, PyObject *error);
K_API K_NEW PyObject *PyCodec_LookupError(const char *name);
K_API K_NEW PyObject *PyCodec_StrictErrors(PyObject *exc);
K_API K_NEW PyObject *PyCodec_IgnoreErrors(PyObject *exc);
K_API K_NEW PyObject *PyCodec_ReplaceErrors(PyObject *exc);
K_API K_NEW PyObject *PyCodec_XMLCharRefReplaceErrors(PyObject *exc);
K_API K_NEW PyObject *PyCodec_BackslashReplaceErrors(PyObject *exc);
K_API K_NEW PyObject *PyCodec_NameReplaceErrors(PyObject *exc);

#endif
