/* str.h - str (PEP 393): API and layout. */
#ifndef KAA_OBJECTS_STR_STR_H
#define KAA_OBJECTS_STR_STR_H

#include "objects/object.h"
#include "objects/protocol.h"

typedef uint32_t Py_UCS4;
typedef uint16_t Py_UCS2;
typedef uint8_t Py_UCS1;
typedef wchar_t Py_UNICODE;

enum PyUnicode_Kind { PyUnicode_WCHAR_KIND = 0, PyUnicode_1BYTE_KIND = 1, PyUnicode_2BYTE_KIND = 2, PyUnicode_4BYTE_KIND = 4 };
enum { SSTATE_NOT_INTERNED = 0, SSTATE_INTERNED_MORTAL = 1, SSTATE_INTERNED_IMMORTAL = 2 };

typedef struct PyASCIIObject {
    PyObject ob_base;
    Py_ssize_t length; /* code points */
    Py_hash_t hash;    /* -1 until computed */
    struct {
        unsigned int interned : 2;
        unsigned int kind : 3;
        unsigned int compact : 1;
        unsigned int ascii : 1;
        unsigned int ready : 1;
        unsigned int : 24;
    } state;
    wchar_t *wstr;
} PyASCIIObject; /* compact ASCII text follows */
typedef struct PyCompactUnicodeObject {
    PyASCIIObject _base;
    Py_ssize_t utf8_length;
    char *utf8;
    Py_ssize_t wstr_length;
} PyCompactUnicodeObject; /* compact non-ASCII text follows */
typedef struct PyUnicodeObject {
    PyCompactUnicodeObject _base;
    union { void *any; Py_UCS1 *latin1; Py_UCS2 *ucs2; Py_UCS4 *ucs4; } data; /* legacy strings only */
} PyUnicodeObject;

#define PyUnicode_Check(o)      PyType_FastSubclass(Py_TYPE(o), Py_TPFLAGS_UNICODE_SUBCLASS)
#define PyUnicode_CheckExact(o) Py_IS_TYPE(o, &PyUnicode_Type)

#define PyUnicode_GET_LENGTH(o)      (((PyASCIIObject *)(o))->length)
#define PyUnicode_KIND(o)            ((enum PyUnicode_Kind)((PyASCIIObject *)(o))->state.kind)
#define PyUnicode_IS_ASCII(o)        (((PyASCIIObject *)(o))->state.ascii)
#define PyUnicode_IS_COMPACT(o)      (((PyASCIIObject *)(o))->state.compact)
#define PyUnicode_IS_COMPACT_ASCII(o) (PyUnicode_IS_ASCII(o) && PyUnicode_IS_COMPACT(o))
#define PyUnicode_IS_READY(o)        (((PyASCIIObject *)(o))->state.ready)
#define PyUnicode_READY(o)           (PyUnicode_IS_READY(o) ? 0 : _PyUnicode_Ready((PyObject *)(o)))
#define PyUnicode_CHECK_INTERNED(o)  (((PyASCIIObject *)(o))->state.interned)
static inline void *k_str_data(PyObject *o)
{
    if (PyUnicode_IS_COMPACT(o))
        return PyUnicode_IS_ASCII(o) ? (void *)((PyASCIIObject *)o + 1) : (void *)((PyCompactUnicodeObject *)o + 1);
    return ((PyUnicodeObject *)o)->data.any;
}
#define PyUnicode_DATA(o)       k_str_data((PyObject *)(o))
#define PyUnicode_1BYTE_DATA(o) ((Py_UCS1 *)PyUnicode_DATA(o))
#define PyUnicode_2BYTE_DATA(o) ((Py_UCS2 *)PyUnicode_DATA(o))
#define PyUnicode_4BYTE_DATA(o) ((Py_UCS4 *)PyUnicode_DATA(o))
static inline Py_UCS4 k_str_read(int kind, const void *data, Py_ssize_t i)
{
    return kind == 1 ? ((const Py_UCS1 *)data)[i] : kind == 2 ? ((const Py_UCS2 *)data)[i] : ((const Py_UCS4 *)data)[i];
}
static inline void k_str_write(int kind, void *data, Py_ssize_t i, Py_UCS4 c)
{
    if (kind == 1)
        ((Py_UCS1 *)data)[i] = (Py_UCS1)c;
    else if (kind == 2)
        ((Py_UCS2 *)data)[i] = (Py_UCS2)c;
    else
        ((Py_UCS4 *)data)[i] = c;
}
#define PyUnicode_READ(kind, data, i)     k_str_read((int)(kind), (data), (i))
#define PyUnicode_WRITE(kind, data, i, c) k_str_write((int)(kind), (data), (i), (c))
#define PyUnicode_READ_CHAR(o, i)         k_str_read((int)PyUnicode_KIND(o), PyUnicode_DATA(o), (i))
static inline Py_UCS4 k_str_max_char(PyObject *o)
{
    return PyUnicode_IS_ASCII(o) ? 0x7f : PyUnicode_KIND(o) == 1 ? 0xff : PyUnicode_KIND(o) == 2 ? 0xffff : 0x10ffff;
}
#define PyUnicode_MAX_CHAR_VALUE(o) k_str_max_char((PyObject *)(o))
#define Py_UNICODE_IS_SURROGATE(c)      (0xD800 <= (c) && (c) <= 0xDFFF)
#define Py_UNICODE_IS_HIGH_SURROGATE(c) (0xD800 <= (c) && (c) <= 0xDBFF)
#define Py_UNICODE_IS_LOW_SURROGATE(c)  (0xDC00 <= (c) && (c) <= 0xDFFF)
#define Py_UNICODE_JOIN_SURROGATES(h, l) (0x10000 + ((((Py_UCS4)(h) & 0x3ff) << 10) | ((Py_UCS4)(l) & 0x3ff)))
#define Py_UNICODE_ISSPACE(c)     _PyUnicode_IsWhitespace(c)
#define Py_UNICODE_ISDECIMAL(c)   _PyUnicode_IsDecimalDigit(c)
#define Py_UNICODE_TODECIMAL(c)   _PyUnicode_ToDecimalDigit(c)
#define Py_UNICODE_ISPRINTABLE(c) _PyUnicode_IsPrintable(c)
#define Py_UNICODE_ISALNUM(c)                                                                                          \
    (_PyUnicode_IsAlpha(c) || _PyUnicode_IsDecimalDigit(c) || _PyUnicode_IsDigit(c) || _PyUnicode_IsNumeric(c))

/* Builds a str piece by piece, widening as it goes. */
typedef struct _PyUnicodeWriter {
    PyObject *buffer;
    void *data;
    enum PyUnicode_Kind kind;
    Py_UCS4 maxchar;
    Py_ssize_t size, pos, min_length;
    Py_UCS4 min_char;
    unsigned char overallocate : 1;
    unsigned char readonly : 1;
} _PyUnicodeWriter;
#define _PyUnicodeWriter_Prepare(w, length, max_char)                                                                  \
    (((max_char) <= (w)->maxchar && (length) <= (w)->size - (w)->pos) ? 0                                              \
     : (length) == 0 ? 0 : _PyUnicodeWriter_PrepareInternal((w), (length), (max_char)))

extern K_API PyTypeObject PyUnicode_Type;
K_API K_STATUS int _PyUnicode_Ready(PyObject *unicode);
K_API K_STATUS int _PyUnicodeWriter_PrepareInternal(_PyUnicodeWriter *writer, Py_ssize_t length, Py_UCS4 maxchar);
K_API int _PyUnicode_IsAlpha(Py_UCS4 ch);
K_API int _PyUnicode_IsDecimalDigit(Py_UCS4 ch);
K_API int _PyUnicode_IsDigit(Py_UCS4 ch);
K_API int _PyUnicode_IsNumeric(Py_UCS4 ch);
K_API int _PyUnicode_IsPrintable(Py_UCS4 ch);
K_API int _PyUnicode_IsWhitespace(const Py_UCS4 ch);
K_API int _PyUnicode_ToDecimalDigit(Py_UCS4 ch);
extern K_API PyTypeObject PyUnicode_Type;
extern K_API PyTypeObject PyUnicodeIter_Type;
extern K_API const unsigned char _Py_ascii_whitespace[];
K_API K_NEW PyObject *PyUnicode_FromStringAndSize(const char *u, Py_ssize_t size);
K_API K_NEW PyObject *PyUnicode_FromString(const char *u);
K_API K_NEW PyObject *PyUnicode_Substring(PyObject *str, Py_ssize_t start, Py_ssize_t end);
K_API Py_UCS4 *PyUnicode_AsUCS4(PyObject *unicode, Py_UCS4* buffer, Py_ssize_t buflen, int copy_null);
K_API Py_UCS4 *PyUnicode_AsUCS4Copy(PyObject *unicode);
K_API K_STATUS Py_ssize_t PyUnicode_GetLength(PyObject *unicode);
K_API K_STATUS Py_ssize_t PyUnicode_GetSize(PyObject *unicode);
K_API Py_UCS4 PyUnicode_ReadChar(PyObject *unicode, Py_ssize_t index);
K_API K_STATUS int PyUnicode_WriteChar(PyObject *unicode, Py_ssize_t index, Py_UCS4 character);
K_API K_STATUS int PyUnicode_Resize(PyObject **unicode, Py_ssize_t length);
K_API K_NEW PyObject *PyUnicode_FromEncodedObject(PyObject *obj, const char *encoding, const char *errors);
K_API K_NEW PyObject *PyUnicode_FromObject(PyObject *obj);
K_API K_NEW PyObject *PyUnicode_FromFormatV(const char *format, va_list vargs);
K_API K_NEW PyObject *PyUnicode_FromFormat(const char *format, ...);
K_API void PyUnicode_InternInPlace(PyObject **);
K_API K_NEW PyObject *PyUnicode_InternFromString(const char *u);
K_API void PyUnicode_InternImmortal(PyObject **);
K_API K_NEW PyObject *PyUnicode_FromWideChar(const wchar_t *w, Py_ssize_t size);
K_API K_STATUS Py_ssize_t PyUnicode_AsWideChar(PyObject *unicode, wchar_t *w, Py_ssize_t size);
K_API wchar_t *PyUnicode_AsWideCharString(PyObject *unicode, Py_ssize_t *size);
K_API K_NEW PyObject *PyUnicode_FromOrdinal(int ordinal);
K_API const char *PyUnicode_GetDefaultEncoding(void);
K_API K_NEW PyObject *PyUnicode_Decode(const char *s, Py_ssize_t size, const char *encoding, const char *errors);
K_API K_NEW PyObject *PyUnicode_AsDecodedObject(PyObject *unicode, const char *encoding, const char *errors);
K_API K_NEW PyObject *PyUnicode_AsDecodedUnicode(PyObject *unicode, const char *encoding, const char *errors);
K_API K_NEW PyObject *PyUnicode_AsEncodedObject(PyObject *unicode, const char *encoding, const char *errors);
K_API K_NEW PyObject *PyUnicode_AsEncodedString(PyObject *unicode, const char *encoding, const char *errors);
K_API K_NEW PyObject *PyUnicode_AsEncodedUnicode(PyObject *unicode, const char *encoding, const char *errors);
K_API K_NEW PyObject *PyUnicode_BuildEncodingMap(PyObject* string);
K_API K_NEW PyObject *PyUnicode_DecodeUTF7(const char *string, Py_ssize_t length, const char *errors);
K_API K_NEW PyObject *PyUnicode_DecodeUTF7Stateful(const char *string, Py_ssize_t length, const char *errors,
    Py_ssize_t *consumed);
K_API K_NEW PyObject *PyUnicode_DecodeUTF8(const char *string, Py_ssize_t length, const char *errors);
K_API K_NEW PyObject *PyUnicode_DecodeUTF8Stateful(const char *string, Py_ssize_t length, const char *errors,
    Py_ssize_t *consumed);
K_API K_NEW PyObject *PyUnicode_AsUTF8String(PyObject *unicode);
K_API const char *PyUnicode_AsUTF8AndSize(PyObject *unicode, Py_ssize_t *size);
K_API K_NEW PyObject *PyUnicode_DecodeUTF32(const char *string, Py_ssize_t length, const char *errors, int *byteorder);
K_API K_NEW PyObject *PyUnicode_DecodeUTF32Stateful(const char *string, Py_ssize_t length, const char *errors,
    int *byteorder, Py_ssize_t *consumed);
K_API K_NEW PyObject *PyUnicode_AsUTF32String(PyObject *unicode);
K_API K_NEW PyObject *PyUnicode_DecodeUTF16(const char *string, Py_ssize_t length, const char *errors, int *byteorder);
K_API K_NEW PyObject *PyUnicode_DecodeUTF16Stateful(const char *string, Py_ssize_t length, const char *errors,
    int *byteorder, Py_ssize_t *consumed);
K_API K_NEW PyObject *PyUnicode_AsUTF16String(PyObject *unicode);
K_API K_NEW PyObject *PyUnicode_DecodeUnicodeEscape(const char *string, Py_ssize_t length, const char *errors);
K_API K_NEW PyObject *PyUnicode_AsUnicodeEscapeString(PyObject *unicode);
K_API K_NEW PyObject *PyUnicode_DecodeRawUnicodeEscape(const char *string, Py_ssize_t length, const char *errors);
K_API K_NEW PyObject *PyUnicode_AsRawUnicodeEscapeString(PyObject *unicode);
K_API K_NEW PyObject *PyUnicode_DecodeLatin1(const char *string, Py_ssize_t length, const char *errors);
K_API K_NEW PyObject *PyUnicode_AsLatin1String(PyObject *unicode);
K_API K_NEW PyObject *PyUnicode_DecodeASCII(const char *string, Py_ssize_t length, const char *errors);
K_API K_NEW PyObject *PyUnicode_AsASCIIString(PyObject *unicode);
K_API K_NEW PyObject *PyUnicode_DecodeCharmap(const char *string, Py_ssize_t length, PyObject *mapping,
    const char *errors);
K_API K_NEW PyObject *PyUnicode_AsCharmapString(PyObject *unicode, PyObject *mapping);
K_API K_NEW PyObject *PyUnicode_DecodeLocaleAndSize(const char *str, Py_ssize_t len, const char *errors);
K_API K_NEW PyObject *PyUnicode_DecodeLocale(const char *str, const char *errors);
K_API K_NEW PyObject *PyUnicode_EncodeLocale(PyObject *unicode, const char *errors);
K_API K_STATUS int PyUnicode_FSConverter(PyObject*, void*);
K_API K_STATUS int PyUnicode_FSDecoder(PyObject*, void*);
K_API K_NEW PyObject *PyUnicode_DecodeFSDefault(const char *s);
K_API K_NEW PyObject *PyUnicode_DecodeFSDefaultAndSize(const char *s, Py_ssize_t size);
K_API K_NEW PyObject *PyUnicode_EncodeFSDefault(PyObject *unicode);
K_API K_NEW PyObject *PyUnicode_Concat(PyObject *left, PyObject *right);
K_API void PyUnicode_Append(PyObject **pleft, PyObject *right);
K_API void PyUnicode_AppendAndDel(PyObject **pleft, PyObject *right);
K_API K_NEW PyObject *PyUnicode_Split(PyObject *s, PyObject *sep, Py_ssize_t maxsplit);
K_API K_NEW PyObject *PyUnicode_Splitlines(PyObject *s, int keepends);
K_API K_NEW PyObject *PyUnicode_Partition(PyObject *s, PyObject *sep);
K_API K_NEW PyObject *PyUnicode_RPartition(PyObject *s, PyObject *sep);
K_API K_NEW PyObject *PyUnicode_RSplit(PyObject *s, PyObject *sep, Py_ssize_t maxsplit);
K_API K_NEW PyObject *PyUnicode_Translate(PyObject *str, PyObject *table, const char *errors);
K_API K_NEW PyObject *PyUnicode_Join(PyObject *separator, PyObject *seq);
K_API K_STATUS Py_ssize_t PyUnicode_Tailmatch(PyObject *str, PyObject *substr, Py_ssize_t start, Py_ssize_t end,
    int direction);
K_API K_STATUS Py_ssize_t PyUnicode_Find(PyObject *str, PyObject *substr, Py_ssize_t start, Py_ssize_t end,
    int direction);
K_API K_STATUS Py_ssize_t PyUnicode_FindChar(PyObject *str, Py_UCS4 ch, Py_ssize_t start, Py_ssize_t end,
    int direction);
K_API K_STATUS Py_ssize_t PyUnicode_Count(PyObject *str, PyObject *substr, Py_ssize_t start, Py_ssize_t end);
K_API K_NEW PyObject *PyUnicode_Replace(PyObject *str, PyObject *substr, PyObject *replstr, Py_ssize_t maxcount);
K_API K_STATUS int PyUnicode_Compare(PyObject *left, PyObject *right);
K_API int PyUnicode_CompareWithASCIIString(PyObject *left, const char *right);
K_API K_NEW PyObject *PyUnicode_RichCompare(PyObject *left, PyObject *right, int op);
K_API K_NEW PyObject *PyUnicode_Format(PyObject *format, PyObject *args);
K_API K_STATUS int PyUnicode_Contains(PyObject *container, PyObject *element);
K_API int PyUnicode_IsIdentifier(PyObject *s);
K_API K_STATUS int _PyUnicode_CheckConsistency(PyObject *op, int check_content);
K_API K_NEW PyObject *PyUnicode_New(Py_ssize_t size, Py_UCS4 maxchar);
K_API K_NEW PyObject *_PyUnicode_Copy(PyObject *unicode);
K_API K_STATUS Py_ssize_t PyUnicode_CopyCharacters(PyObject *to, Py_ssize_t to_start, PyObject *from,
    Py_ssize_t from_start, Py_ssize_t how_many);
K_API void _PyUnicode_FastCopyCharacters(PyObject *to, Py_ssize_t to_start, PyObject *from, Py_ssize_t from_start,
    Py_ssize_t how_many);
K_API K_STATUS Py_ssize_t PyUnicode_Fill(PyObject *unicode, Py_ssize_t start, Py_ssize_t length, Py_UCS4 fill_char);
K_API void _PyUnicode_FastFill(PyObject *unicode, Py_ssize_t start, Py_ssize_t length, Py_UCS4 fill_char);
K_API K_NEW PyObject *PyUnicode_FromKindAndData(int kind, const void *buffer, Py_ssize_t size);
K_API K_NEW PyObject *_PyUnicode_FromASCII(const char *buffer, Py_ssize_t size);
K_API Py_UCS4 _PyUnicode_FindMaxChar(PyObject *unicode, Py_ssize_t start, Py_ssize_t end);
K_API K_NEW PyObject *PyUnicode_FromUnicode(const Py_UNICODE *u, Py_ssize_t size);
K_API Py_UNICODE *PyUnicode_AsUnicode(PyObject *unicode);
K_API const Py_UNICODE *_PyUnicode_AsUnicode(PyObject *unicode);
K_API Py_UNICODE *PyUnicode_AsUnicodeAndSize(PyObject *unicode, Py_ssize_t *size);
K_API void _PyUnicodeWriter_Init(_PyUnicodeWriter *writer);
K_API K_STATUS int _PyUnicodeWriter_PrepareKindInternal(_PyUnicodeWriter *writer, enum PyUnicode_Kind kind);
K_API K_STATUS int _PyUnicodeWriter_WriteChar(_PyUnicodeWriter *writer, Py_UCS4 ch);
K_API K_STATUS int _PyUnicodeWriter_WriteStr(_PyUnicodeWriter *writer, PyObject *str);
K_API K_STATUS int _PyUnicodeWriter_WriteSubstring(_PyUnicodeWriter *writer, PyObject *str, Py_ssize_t start,
    Py_ssize_t end);
K_API K_STATUS int _PyUnicodeWriter_WriteASCIIString(_PyUnicodeWriter *writer, const char *str, Py_ssize_t len);
K_API K_STATUS int _PyUnicodeWriter_WriteLatin1String(_PyUnicodeWriter *writer, const char *str, Py_ssize_t len);
K_API K_NEW PyObject *_PyUnicodeWriter_Finish(_PyUnicodeWriter *writer);
K_API void _PyUnicodeWriter_Dealloc(_PyUnicodeWriter *writer);
K_API K_STATUS int _PyUnicode_FormatAdvancedWriter(_PyUnicodeWriter *writer, PyObject *obj, PyObject *format_spec,
    Py_ssize_t start, Py_ssize_t end);
K_API const char *PyUnicode_AsUTF8(PyObject *unicode);
K_API K_NEW PyObject *_PyUnicode_EncodeUTF7(PyObject *unicode, int base64SetO, int base64WhiteSpace,
    const char *errors);
K_API K_NEW PyObject *_PyUnicode_AsUTF8String(PyObject *unicode, const char *errors);
K_API K_NEW PyObject *_PyUnicode_EncodeUTF32(PyObject *object, const char *errors, int byteorder);
K_API K_NEW PyObject *_PyUnicode_EncodeUTF16(PyObject* unicode, const char *errors, int byteorder);
K_API K_NEW PyObject *_PyUnicode_DecodeUnicodeEscapeStateful(const char *string, Py_ssize_t length,
    const char *errors, Py_ssize_t *consumed);
K_API K_NEW PyObject *_PyUnicode_DecodeUnicodeEscapeInternal2(const char *string, Py_ssize_t length,
    const char *errors, Py_ssize_t *consumed, int *first_invalid_escape_char, const char **first_invalid_escape_ptr);
K_API K_NEW PyObject *_PyUnicode_DecodeUnicodeEscapeInternal(const char *string, Py_ssize_t length,
    const char *errors, Py_ssize_t *consumed, const char **first_invalid_escape);
K_API K_NEW PyObject *_PyUnicode_DecodeRawUnicodeEscapeStateful(const char *string, Py_ssize_t length,
    const char *errors, Py_ssize_t *consumed);
K_API K_NEW PyObject *_PyUnicode_AsLatin1String(PyObject* unicode, const char* errors);
K_API K_NEW PyObject *_PyUnicode_AsASCIIString(PyObject* unicode, const char* errors);
K_API K_NEW PyObject *_PyUnicode_EncodeCharmap(PyObject *unicode, PyObject *mapping, const char *errors);
K_API K_NEW PyObject *_PyUnicode_TransformDecimalAndSpaceToASCII(PyObject *unicode);
K_API K_NEW PyObject *_PyUnicode_JoinArray(PyObject *separator, PyObject *const *items, Py_ssize_t seqlen);
K_API K_STATUS int _PyUnicode_EqualToASCIIId(PyObject *left, _Py_Identifier *right);
K_API K_STATUS int _PyUnicode_EqualToASCIIString(PyObject *left, const char *right);
K_API K_NEW PyObject *_PyUnicode_XStrip(PyObject *self, int striptype, PyObject *sepobj);
K_API int _PyUnicode_IsLowercase(Py_UCS4 ch);
K_API int _PyUnicode_IsUppercase(Py_UCS4 ch);
K_API int _PyUnicode_IsTitlecase(Py_UCS4 ch);
K_API int _PyUnicode_IsXidStart(Py_UCS4 ch);
K_API int _PyUnicode_IsXidContinue(Py_UCS4 ch);
K_API int _PyUnicode_IsLinebreak(const Py_UCS4 ch);
K_API Py_UCS4 _PyUnicode_ToLowercase(Py_UCS4 ch);
K_API Py_UCS4 _PyUnicode_ToUppercase(Py_UCS4 ch);
K_API Py_UCS4 _PyUnicode_ToTitlecase(Py_UCS4 ch);
K_API int _PyUnicode_ToLowerFull(Py_UCS4 ch, Py_UCS4 *res);
K_API int _PyUnicode_ToTitleFull(Py_UCS4 ch, Py_UCS4 *res);
K_API int _PyUnicode_ToUpperFull(Py_UCS4 ch, Py_UCS4 *res);
K_API int _PyUnicode_ToFoldedFull(Py_UCS4 ch, Py_UCS4 *res);
K_API int _PyUnicode_IsAlpha(Py_UCS4 ch);
K_API int _PyUnicode_IsDecimalDigit(Py_UCS4 ch);
K_API int _PyUnicode_IsDigit(Py_UCS4 ch);
K_API int _PyUnicode_IsNumeric(Py_UCS4 ch);
K_API int _PyUnicode_IsPrintable(Py_UCS4 ch);
K_API int _PyUnicode_IsWhitespace(const Py_UCS4 ch);
K_API int _PyUnicode_ToDecimalDigit(Py_UCS4 ch);
K_API K_STATUS int _PyUnicode_Ready(PyObject *unicode);
K_API int _PyUnicode_IsCaseIgnorable(Py_UCS4 ch);
K_API int _PyUnicode_IsCased(Py_UCS4 ch);
K_API int _PyUnicode_ToDigit(Py_UCS4 ch);
K_API double _PyUnicode_ToNumeric(Py_UCS4 ch);
K_API K_NEW PyObject *_PyUnicode_FormatLong(PyObject *, int, int, int);
K_API K_BORROWED PyObject *_PyUnicode_FromId(_Py_Identifier*);
K_API int _PyUnicode_EQ(PyObject *, PyObject *);
K_API K_STATUS int _PyUnicode_Equal(PyObject *, PyObject *);
K_API K_STATUS int _PyUnicode_WideCharString_Converter(PyObject *, void *);
K_API K_STATUS int _PyUnicode_WideCharString_Opt_Converter(PyObject *, void *);
K_API K_STATUS Py_ssize_t _PyUnicode_ScanIdentifier(PyObject *);

/* ---- beyond CPython's API ---- */
K_INT K_STATUS int str_check_names(const char *encoding, const char *errors); /* in development mode: are they known? */
K_INT int names_start(void); /* interns every K_STR of the program; -1 when out of memory */
K_INT K_STATUS int k_str_eq(PyObject *a, PyObject *b); /* 1 when two exact strs have the same text, no exception */
extern K_API PyTypeObject PyUnicode_Type;
K_API K_STATUS int _PyUnicodeWriter_PrepareInternal(_PyUnicodeWriter *writer, Py_ssize_t length, Py_UCS4 maxchar);
K_API K_STATUS int _PyUnicode_Ready(PyObject *unicode);
K_API int _PyUnicode_IsAlpha(Py_UCS4 ch);
K_API int _PyUnicode_IsDecimalDigit(Py_UCS4 ch);
K_API int _PyUnicode_IsDigit(Py_UCS4 ch);
K_API int _PyUnicode_IsNumeric(Py_UCS4 ch);
K_API int _PyUnicode_IsPrintable(Py_UCS4 ch);
K_API int _PyUnicode_IsWhitespace(Py_UCS4 ch);
K_API int _PyUnicode_ToDecimalDigit(Py_UCS4 ch);

#endif
