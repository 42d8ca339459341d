/* descr.h - descriptors of builtin types; property, classmethod, staticmethod, mapping proxy. */
#ifndef KAA_OBJECTS_DESCR_H
#define KAA_OBJECTS_DESCR_H

#include "objects/object.h"
#include "objects/method.h"

struct wrapperbase;
typedef PyObject *(*wrapperfunc)(PyObject *self, PyObject *args, void *wrapped);
typedef PyObject *(*wrapperfunc_kwds)(PyObject *self, PyObject *args, void *wrapped, PyObject *kwds);
struct wrapperbase {
    const char *name;
    int offset;
    void *function;
    wrapperfunc wrapper;
    const char *doc;
    int flags;
    PyObject *name_strobj;
};
typedef struct PyDescrObject {
    PyObject ob_base;
    PyTypeObject *d_type;
    PyObject *d_name, *d_qualname;
} PyDescrObject;
typedef struct PyMethodDescrObject {
    PyDescrObject d_common;
    PyMethodDef *d_method;
    vectorcallfunc vectorcall;
} PyMethodDescrObject;
typedef struct PyMemberDescrObject {
    PyDescrObject d_common;
    PyMemberDef *d_member;
} PyMemberDescrObject;
typedef struct PyGetSetDescrObject {
    PyDescrObject d_common;
    PyGetSetDef *d_getset;
} PyGetSetDescrObject;
typedef struct PyWrapperDescrObject {
    PyDescrObject d_common;
    struct wrapperbase *d_base;
    void *d_wrapped;
} PyWrapperDescrObject;
typedef struct MethodWrapper { /* a slot wrapper bound to an object */
    PyObject ob_base;
    PyWrapperDescrObject *descr;
    PyObject *self;
} MethodWrapper;
typedef struct PyPropertyObject {
    PyObject ob_base;
    PyObject *prop_get, *prop_set, *prop_del, *prop_doc, *prop_name;
    int getter_doc;
} PyPropertyObject;
typedef struct PyClassMethodObject { /* staticmethod has the same form */
    PyObject ob_base;
    PyObject *cm_callable, *cm_dict;
} PyClassMethodObject;

extern K_API PyTypeObject PyClassMethod_Type, PyStaticMethod_Type;
K_API K_NEW PyObject *PyClassMethod_New(PyObject *);
K_API K_NEW PyObject *PyStaticMethod_New(PyObject *);

extern K_API PyTypeObject PyClassMethodDescr_Type;
extern K_API PyTypeObject PyGetSetDescr_Type;
extern K_API PyTypeObject PyMemberDescr_Type;
extern K_API PyTypeObject PyMethodDescr_Type;
extern K_API PyTypeObject PyWrapperDescr_Type;
extern K_API PyTypeObject PyDictProxy_Type;
extern K_API PyTypeObject PyProperty_Type;
extern K_API PyTypeObject _PyMethodWrapper_Type;
K_API K_NEW PyObject *PyDescr_NewMethod(PyTypeObject *, PyMethodDef *);
K_API K_NEW PyObject *PyDescr_NewClassMethod(PyTypeObject *, PyMethodDef *);
K_API K_NEW PyObject *PyDescr_NewMember(PyTypeObject *, PyMemberDef *);
K_API K_NEW PyObject *PyDescr_NewGetSet(PyTypeObject *, PyGetSetDef *);
K_API K_NEW PyObject *PyDictProxy_New(PyObject *);
K_API K_NEW PyObject *PyWrapper_New(PyObject *, PyObject *);
K_API K_NEW PyObject *PyDescr_NewWrapper(PyTypeObject *, struct wrapperbase *, void *);
K_API int PyDescr_IsData(PyObject *);

#endif
