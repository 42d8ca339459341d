/* exc_types.h - what the files of the builtin exceptions share: base slots and the rows that make static types. */
#ifndef KAA_OBJECTS_EXC_EXC_TYPES_H
#define KAA_OBJECTS_EXC_EXC_TYPES_H

#include "memory/gc.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/exc/exc.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "objects/tuple.h"

/* BaseException's slots. The layout of a type is the list of offsets of its further object fields, closed by 0. */
typedef Py_ssize_t ExcLayout;
K_INT K_NEW PyObject *exc_new(PyTypeObject *type, PyObject *args, PyObject *kwargs);
K_INT K_STATUS int exc_init(PyObject *self, PyObject *args, PyObject *kwargs);
K_INT K_STATUS int exc_init_args(PyObject *self, PyObject *args); /* exc_init() without its look at keywords */
K_INT K_NEW PyObject *exc_str(PyObject *self);
K_INT K_NEW PyObject *exc_reduce(PyObject *self); /* type, args, and the dict when there is one */
K_INT int exc_visit(PyObject *self, const ExcLayout *layout, visitproc visit, void *arg);
K_INT int exc_clear(PyObject *self, const ExcLayout *layout);
K_INT void exc_dealloc(PyObject *self, const ExcLayout *layout, destructor own_dealloc);

#define EXC_FLAGS (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASE_EXC_SUBCLASS)

/* name_dealloc, name_traverse and name_clear for a layout: EXC_LAYOUT(name, offsetof(...), ..., 0). */
#define EXC_LAYOUT(name, ...)                                                                                          \
    static const ExcLayout name##_layout[] = { __VA_ARGS__ };                                                          \
    static int name##_traverse(PyObject *self, visitproc visit, void *arg)                                             \
    {                                                                                                                  \
        return exc_visit(self, name##_layout, visit, arg);                                                             \
    }                                                                                                                  \
    static int name##_clear(PyObject *self)                                                                            \
    {                                                                                                                  \
        return exc_clear(self, name##_layout);                                                                         \
    }                                                                                                                  \
    static void name##_dealloc(PyObject *self)                                                                         \
    {                                                                                                                  \
        exc_dealloc(self, name##_layout, name##_dealloc);                                                              \
    }

/* One exception type and its exported pointer: layout is the name given to EXC_LAYOUT; the rest are further slots. */
#define EXC_TYPE(Name, Base, Layout, Struct, doc, ...)                                                                 \
    K_INT PyTypeObject k_exc_##Name = {                                                                                \
        PyVarObject_HEAD_INIT(&PyType_Type, 0),                                                                        \
        .tp_name = #Name,                                                                                              \
        .tp_basicsize = sizeof(Struct),                                                                                \
        .tp_dealloc = Layout##_dealloc,                                                                                \
        .tp_traverse = Layout##_traverse,                                                                              \
        .tp_clear = Layout##_clear,                                                                                    \
        .tp_flags = EXC_FLAGS,                                                                                         \
        .tp_doc = doc,                                                                                                 \
        .tp_base = Base,                                                                                               \
        .tp_dictoffset = offsetof(PyBaseExceptionObject, dict),                                                        \
        __VA_ARGS__                                                                                                    \
    };                                                                                                                 \
    K_TYPE(k_exc_##Name);                                                                                              \
    PyObject *PyExc_##Name = (PyObject *)&k_exc_##Name

extern K_INT PyTypeObject k_exc_BaseException, k_exc_Exception, k_exc_BaseExceptionGroup, k_exc_OSError,
    k_exc_BlockingIOError, k_exc_MemoryError, k_exc_ValueError, k_exc_UnicodeError, k_exc_LookupError;

K_INT K_STATUS int exc_os_start(void);
K_INT K_STATUS int exc_group_start(void);

#endif
