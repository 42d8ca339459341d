/* builtins_object.c - functions of one or two objects: attributes, conversions, arithmetic, type tests. */
#include "modules/builtins/builtins_module.h"
#include "objects/bytes/bytes.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/type/type.h"
#include "runtime/errors.h"
#include "runtime/sys.h"
#include "vm/eval.h"

METHOD(builtins_object, abs, O, "($module, x, /)", "Return the absolute value of the argument.")
{
    return PyNumber_Absolute(arg);
}

METHOD(builtins_object, ascii, O, "($module, obj, /)",
       "Return an ASCII-only representation of an object.\n\nLike repr(), with \\x, \\u or \\U escapes for what is not ASCII.")
{
    return PyObject_ASCII(arg);
}

METHOD(builtins_object, bin, O, "($module, number, /)",
       "Return the binary representation of an integer.\n\n   >>> bin(2796202)\n   '0b1010101010101010101010'")
{
    return PyNumber_ToBase(arg, 2);
}

METHOD(builtins_object, oct, O, "($module, number, /)",
       "Return the octal representation of an integer.\n\n   >>> oct(342391)\n   '0o1234567'")
{
    return PyNumber_ToBase(arg, 8);
}

METHOD(builtins_object, hex, O, "($module, number, /)",
       "Return the hexadecimal representation of an integer.\n\n   >>> hex(12648430)\n   '0xc0ffee'")
{
    return PyNumber_ToBase(arg, 16);
}

METHOD(builtins_object, callable, O, "($module, obj, /)",
       "Return whether the object is callable (i.e., some kind of function).\n\nClasses are, and instances of classes with "
       "a\n__call__() method.")
{
    Py_RETURN_BOOL(PyCallable_Check(arg));
}

METHOD(builtins_object, chr, O, "($module, i, /)",
       "Return a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff.")
{
    int code;
    return k_arg_int(arg, &code) < 0 ? NULL : PyUnicode_FromOrdinal(code);
}

METHOD(builtins_object, ord, O, "($module, c, /)", "Return the Unicode code point for a one-character string.")
{
    Py_ssize_t size;
    if (PyUnicode_Check(arg)) {
        size = PyUnicode_GET_LENGTH(arg);
        if (size == 1)
            return PyLong_FromLong((long)PyUnicode_READ_CHAR(arg, 0));
    } else if (PyBytes_Check(arg)) {
        size = PyBytes_GET_SIZE(arg);
        if (size == 1)
            return PyLong_FromLong((unsigned char)*PyBytes_AS_STRING(arg));
    } else if (PyByteArray_Check(arg)) {
        size = PyByteArray_GET_SIZE(arg);
        if (size == 1)
            return PyLong_FromLong((unsigned char)*PyByteArray_AS_STRING(arg));
    } else {
        return k_raise(PyExc_TypeError, "ord() expected string of length 1, but %.200s found", Py_TYPE(arg)->tp_name);
    }
    return k_raise(PyExc_TypeError, "ord() expected a character, but string of length %zd found", size);
}

METHOD(builtins_object, hash, O, "($module, obj, /)",
       "Return the hash value for the given object.\n\nObjects that compare equal have the same hash value; the reverse need "
       "not be so.")
{
    Py_hash_t hash = PyObject_Hash(arg);
    return hash == -1 && PyErr_Occurred() ? NULL : PyLong_FromSsize_t(hash);
}

METHOD(builtins_object, id, O, "($module, obj, /)",
       "Return the identity of an object.\n\nIt is unique among the objects that exist at the same time.")
{
    PyObject *id = PyLong_FromVoidPtr(arg);
    if (id && PySys_Audit("builtins.id", "O", id) < 0)
        Py_CLEAR(id);
    return id;
}

METHOD(builtins_object, len, O, "($module, obj, /)", "Return the number of items in a container.")
{
    Py_ssize_t size = PyObject_Size(arg);
    return size < 0 ? NULL : PyLong_FromSsize_t(size);
}

METHOD(builtins_object, repr, O, "($module, obj, /)",
       "Return the canonical string representation of the object.\n\nFor many object types eval(repr(obj)) == obj.")
{
    return PyObject_Repr(arg);
}

METHOD(builtins_object, divmod, FAST, "($module, x, y, /)", "Return the tuple (x//y, x%y).  Invariant: div*y + mod == x.")
{
    return k_check_nargs("divmod", nargs, 2, 2) < 0 ? NULL : PyNumber_Divmod(args[0], args[1]);
}

METHOD_KW(builtins_object, pow, "($module, /, base, exp, mod=None)",
          "Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments.\n\n"
          "Some types, such as ints, are able to use a more efficient algorithm when\ninvoked using the three argument form.",
          *base, *exp, *mod)
{
    return PyNumber_Power(arg->base, arg->exp, arg->mod);
}

METHOD_KW(builtins_object, round, "($module, /, number, ndigits=None)",
          "Round a number to a given precision in decimal digits.\n\n"
          "Without ndigits, or with None, the result is an integer; else it has the type of the number.\n"
          "ndigits may be negative.", *number, *ndigits)
{
    PyObject *number = arg->number;
    K_AUTO(PyObject *) method = k_lookup_special(number, K_STR("__round__"));
    if (!method) {
        if (!PyErr_Occurred())
            k_raise(PyExc_TypeError, "type %.100s doesn't define __round__ method", Py_TYPE(number)->tp_name);
        return NULL;
    }
    return arg->ndigits == Py_None ? PyObject_CallNoArgs(method) : PyObject_CallOneArg(method, arg->ndigits);
}

METHOD(builtins_object, format, FAST, "($module, value, format_spec='', /)",
       "Return value.__format__(format_spec)\n\nMany built-in types use the format specification mini-language.\n"
       "See the help() on 'FORMATTING'.")
{
    if (k_check_nargs("format", nargs, 1, 2) < 0)
        return NULL;
    if (nargs > 1 && !PyUnicode_Check(args[1])) {
        _PyArg_BadArgument("format", "argument 2", "str", args[1]);
        return NULL;
    }
    return PyObject_Format(args[0], nargs > 1 ? args[1] : NULL);
}

/* ---- attributes ---- */

METHOD_RAW(builtins_object, getattr, FAST, 0,
           "getattr(object, name[, default]) -> value\n\n"
           "Get a named attribute from an object; getattr(x, 'y') is equivalent to x.y.\n"
           "A default argument is returned when the attribute doesn't exist; without it\nan exception is raised then.")
{
    if (k_check_nargs("getattr", nargs, 2, 3) < 0)
        return NULL;
    if (!PyUnicode_Check(args[1]))
        return k_raise(PyExc_TypeError, "attribute name must be string, not '%.200s'", Py_TYPE(args[1])->tp_name);
    if (nargs < 3)
        return PyObject_GetAttr(args[0], args[1]);
    PyObject *value;
    if (_PyObject_LookupAttr(args[0], args[1], &value) == 0)
        return Py_NewRef(args[2]);
    return value;
}

METHOD(builtins_object, hasattr, FAST, "($module, obj, name, /)",
       "Return whether the object has an attribute with the given name.\n\nThis is done by calling getattr(obj, name) and "
       "catching AttributeError.")
{
    PyObject *value;
    if (k_check_nargs("hasattr", nargs, 2, 2) < 0)
        return NULL;
    if (!PyUnicode_Check(args[1]))
        return k_raise(PyExc_TypeError, "attribute name must be string, not '%.200s'", Py_TYPE(args[1])->tp_name);
    int found = _PyObject_LookupAttr(args[0], args[1], &value);
    if (found < 0)
        return NULL;
    Py_XDECREF(value);
    Py_RETURN_BOOL(found);
}

METHOD(builtins_object, setattr, FAST, "($module, obj, name, value, /)",
       "Sets the named attribute on the given object to the specified value.\n\nsetattr(x, 'y', v) is equivalent to ``x.y = v''")
{
    if (k_check_nargs("setattr", nargs, 3, 3) < 0 || PyObject_SetAttr(args[0], args[1], args[2]) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD(builtins_object, delattr, FAST, "($module, obj, name, /)",
       "Deletes the named attribute from the given object.\n\ndelattr(x, 'y') is equivalent to ``del x.y''")
{
    if (k_check_nargs("delattr", nargs, 2, 2) < 0 || PyObject_SetAttr(args[0], args[1], NULL) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD(builtins_object, isinstance, FAST, "($module, obj, class_or_tuple, /)",
       "Return whether an object is an instance of a class or of a subclass thereof.\n\n"
       "A tuple, as in ``isinstance(x, (A, B, ...))``, gives the classes to check against:\n"
       "``isinstance(x, A) or isinstance(x, B) or ...``")
{
    if (k_check_nargs("isinstance", nargs, 2, 2) < 0)
        return NULL;
    int is = PyObject_IsInstance(args[0], args[1]);
    return is < 0 ? NULL : PyBool_FromLong(is);
}

METHOD(builtins_object, issubclass, FAST, "($module, cls, class_or_tuple, /)",
       "Return whether 'cls' is derived from another class or is the same class.\n\n"
       "A tuple, as in ``issubclass(x, (A, B, ...))``, gives the classes to check against:\n"
       "``issubclass(x, A) or issubclass(x, B) or ...``")
{
    if (k_check_nargs("issubclass", nargs, 2, 2) < 0)
        return NULL;
    int is = PyObject_IsSubclass(args[0], args[1]);
    return is < 0 ? NULL : PyBool_FromLong(is);
}

/* ---- scopes ---- */

METHOD(builtins_object, globals, NOARGS, "($module, /)",
       "Return the dictionary containing the current scope's global variables.\n\nUpdates to it are updates of those variables.")
{
    return Py_XNewRef(PyEval_GetGlobals());
}

METHOD(builtins_object, locals, NOARGS, "($module, /)",
       "Return a dictionary containing the current scope's local variables.\n\n"
       "NOTE: Whether or not updates to this dictionary will affect name lookups in\n"
       "the local scope and vice-versa is *implementation dependent* and not\ncovered by any backwards compatibility guarantees.")
{
    return Py_XNewRef(PyEval_GetLocals());
}

METHOD_RAW(builtins_object, dir, FAST, 0,
           "dir([object]) -> list of strings\n\n"
           "Without an argument, the names in the current scope. Else, the names of attributes of the object\n"
           "and of those reachable from it. An object's own __dir__ is asked when it has one.")
{
    if (k_check_nargs("dir", nargs, 0, 1) < 0)
        return NULL;
    return PyObject_Dir(nargs ? args[0] : NULL);
}

METHOD_RAW(builtins_object, vars, FAST, 0,
           "vars([object]) -> dictionary\n\nWithout arguments, equivalent to locals().\nWith an argument, equivalent to "
           "object.__dict__.")
{
    if (k_check_nargs("vars", nargs, 0, 1) < 0)
        return NULL;
    if (!nargs)
        return Py_XNewRef(PyEval_GetLocals());
    PyObject *dict;
    if (_PyObject_LookupAttr(args[0], K_STR("__dict__"), &dict) == 0)
        return k_raise(PyExc_TypeError, "vars() argument must have __dict__ attribute");
    return dict;
}
METHODS_END(builtins_object);
