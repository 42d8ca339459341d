/* marshal_types.h - the type bytes of marshal's format, for its writer and its reader. */
#ifndef KAA_CODE_MARSHAL_TYPES_H
#define KAA_CODE_MARSHAL_TYPES_H

enum {
    MARSHAL_NULL = '0', MARSHAL_NONE = 'N', MARSHAL_FALSE = 'F', MARSHAL_TRUE = 'T', MARSHAL_STOP_ITERATION = 'S',
    MARSHAL_ELLIPSIS = '.', MARSHAL_INT = 'i', MARSHAL_INT64 = 'I', MARSHAL_FLOAT = 'f', MARSHAL_BINARY_FLOAT = 'g',
    MARSHAL_COMPLEX = 'x', MARSHAL_BINARY_COMPLEX = 'y', MARSHAL_LONG = 'l', MARSHAL_STRING = 's',
    MARSHAL_INTERNED = 't', MARSHAL_REF = 'r', MARSHAL_TUPLE = '(', MARSHAL_SMALL_TUPLE = ')', MARSHAL_LIST = '[',
    MARSHAL_DICT = '{', MARSHAL_CODE = 'c', MARSHAL_UNICODE = 'u', MARSHAL_UNKNOWN = '?', MARSHAL_SET = '<',
    MARSHAL_FROZENSET = '>', MARSHAL_ASCII = 'a', MARSHAL_ASCII_INTERNED = 'A', MARSHAL_SHORT_ASCII = 'z',
    MARSHAL_SHORT_ASCII_INTERNED = 'Z',
    MARSHAL_FLAG_REF = 0x80 /* the object gets the next number */
};
enum { MARSHAL_MAX_DEPTH = 2000 };

#endif
