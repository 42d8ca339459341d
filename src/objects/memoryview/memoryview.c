/* memoryview.c - memoryview: a window on another object's memory, and the managed buffer several windows share.
 *
 * The managed buffer holds the exporter's view (master) until the last window on it is released. A memoryview has a
 * copy of that view with shape, strides and suboffsets of its own behind its head.
 * Invariants: a released memoryview is never read; a managed buffer with exports is not released.
 * Start at view_new(). */
#include "objects/memoryview/memoryview.h"

#include "memory/gc.h"
#include "objects/bytes/bytes_int.h"
#include "objects/call.h"
#include "objects/int/int.h"
#include "objects/iter.h"
#include "objects/list/list.h"
#include "objects/memoryview/memoryview_item.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/slice.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "objects/weakref.h"
#include "runtime/errors.h"
#include "runtime/import.h"
#include "runtime/state.h"

typedef PyMemoryViewObject View;
typedef _PyManagedBufferObject Managed;
enum { MANAGED_RELEASED = 1, MANAGED_FREE_FORMAT = 2 };

/* ---- the managed buffer ---- */

static Managed *managed_new(void)
{
    Managed *m = PyObject_GC_New(Managed, &_PyManagedBuffer_Type);
    if (m) {
        m->flags = 0;
        m->exports = 0;
        m->master = (Py_buffer){ 0 };
        PyObject_GC_Track(m);
    }
    return m;
}

static void managed_release(Managed *m)
{
    if (m->flags & MANAGED_RELEASED)
        return;
    m->flags |= MANAGED_RELEASED;
    PyObject_GC_UnTrack(m);
    if (m->flags & MANAGED_FREE_FORMAT)
        PyMem_Free(m->master.format);
    PyBuffer_Release(&m->master); /* may run code */
}

static void managed_dealloc(PyObject *o)
{
    managed_release((Managed *)o);
    PyObject_GC_Del(o);
}

static int managed_traverse(PyObject *o, visitproc visit, void *arg)
{
    Py_VISIT(((Managed *)o)->master.obj);
    return 0;
}

static int managed_clear(PyObject *o)
{
    managed_release((Managed *)o);
    return 0;
}

PyTypeObject _PyManagedBuffer_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0), .tp_name = "managedbuffer", .tp_basicsize = sizeof(Managed),
    .tp_dealloc = managed_dealloc, .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = managed_traverse, .tp_clear = managed_clear,
};
K_TYPE(_PyManagedBuffer_Type);

/* ---- creation ---- */

static int is_released(const View *v)
{
    return v->flags & _Py_MEMORYVIEW_RELEASED || v->mbuf->flags & MANAGED_RELEASED;
}

static int check_open(const View *v)
{
    if (is_released(v))
        PyErr_SetString(PyExc_ValueError, "operation forbidden on released memoryview object");
    return is_released(v) ? -1 : 0;
}

static void view_set_flags(View *v)
{
    const Py_buffer *b = &v->view;
    int flags = 0;
    if (b->ndim == 0)
        flags = _Py_MEMORYVIEW_SCALAR | _Py_MEMORYVIEW_C | _Py_MEMORYVIEW_FORTRAN;
    else
        flags = (PyBuffer_IsContiguous(b, 'C') ? _Py_MEMORYVIEW_C : 0) |
                (PyBuffer_IsContiguous(b, 'F') ? _Py_MEMORYVIEW_FORTRAN : 0);
    if (b->suboffsets)
        flags = (flags | _Py_MEMORYVIEW_PIL) & ~(_Py_MEMORYVIEW_C | _Py_MEMORYVIEW_FORTRAN);
    v->flags = (v->flags & _Py_MEMORYVIEW_RELEASED) | flags;
}

/* A memoryview with room for ndim dimensions, not tracked yet. */
static View *view_alloc(Managed *m, int ndim)
{
    View *v = (View *)PyObject_GC_NewVar(View, &PyMemoryView_Type, 3 * ndim);
    if (!v)
        return NULL;
    v->mbuf = m;
    v->hash = -1;
    v->flags = 0;
    v->exports = 0;
    v->weakreflist = NULL;
    v->view = (Py_buffer){
        .ndim = ndim, .shape = v->ob_array, .strides = v->ob_array + ndim, .suboffsets = v->ob_array + 2 * ndim
    };
    Py_INCREF(m);
    m->exports++;
    return v;
}

/* A window on m with src's geometry. */
static PyObject *view_new(Managed *m, const Py_buffer *src)
{
    if (src->ndim > PyBUF_MAX_NDIM)
        return k_raise(PyExc_ValueError, "memoryview: number of dimensions must not exceed %d", PyBUF_MAX_NDIM);
    View *v = view_alloc(m, src->ndim);
    if (!v)
        return NULL;
    Py_buffer *b = &v->view;
    b->obj = src->obj; /* counted by the managed buffer */
    b->buf = src->buf;
    b->len = src->len;
    b->itemsize = src->itemsize;
    b->readonly = src->readonly;
    b->format = src->format ? src->format : "B";
    if (src->ndim == 1) {
        b->shape[0] = src->shape ? src->shape[0] : src->len / src->itemsize;
        b->strides[0] = src->strides ? src->strides[0] : src->itemsize;
    } else if (src->ndim > 1) {
        memcpy(b->shape, src->shape, (size_t)src->ndim * sizeof *b->shape);
        if (src->strides)
            memcpy(b->strides, src->strides, (size_t)src->ndim * sizeof *b->strides);
        else
            PyBuffer_FillContiguousStrides(b->ndim, b->shape, b->strides, (int)b->itemsize, 'C');
    } else {
        b->shape = b->strides = NULL;
    }
    if (src->suboffsets)
        memcpy(b->suboffsets, src->suboffsets, (size_t)src->ndim * sizeof *b->suboffsets);
    else
        b->suboffsets = NULL;
    view_set_flags(v);
    PyObject_GC_Track(v);
    return (PyObject *)v;
}

PyObject *PyMemoryView_FromMemory(char *mem, Py_ssize_t size, int flags)
{
    K_AUTO(Managed *) m = managed_new();
    if (!m || PyBuffer_FillInfo(&m->master, NULL, mem, size, flags != PyBUF_WRITE, PyBUF_FULL_RO) < 0)
        return NULL;
    return view_new(m, &m->master);
}

PyObject *PyMemoryView_FromBuffer(const Py_buffer *info)
{
    if (!info->buf)
        return k_raise(PyExc_ValueError, "PyMemoryView_FromBuffer(): info->buf must not be NULL");
    K_AUTO(Managed *) m = managed_new();
    if (!m)
        return NULL;
    m->master = *info;
    m->master.obj = NULL; /* the caller keeps it */
    return view_new(m, &m->master);
}

/* A memoryview of an object, asking for it with flags. */
static PyObject *view_of(PyObject *o, int flags)
{
    if (PyMemoryView_Check(o)) {
        View *v = (View *)o;
        return check_open(v) < 0 ? NULL : view_new(v->mbuf, &v->view);
    }
    if (!PyObject_CheckBuffer(o))
        return k_raise(PyExc_TypeError, "memoryview: a bytes-like object is required, not '%.200s'", Py_TYPE(o)->tp_name);
    K_AUTO(Managed *) m = managed_new();
    if (!m)
        return NULL;
    if (PyObject_GetBuffer(o, &m->master, flags) < 0) {
        m->master.obj = NULL;
        return NULL;
    }
    return view_new(m, &m->master);
}

PyObject *PyMemoryView_FromObject(PyObject *o)
{
    return view_of(o, PyBUF_FULL_RO);
}

PyObject *PyMemoryView_GetContiguous(PyObject *o, int buffertype, char order)
{
    PyObject *result = PyMemoryView_FromObject(o);
    if (!result)
        return NULL;
    K_AUTO(PyObject *) window = result;
    Py_buffer *b = &((View *)window)->view;
    if (buffertype == PyBUF_WRITE && b->readonly)
        return k_raise(PyExc_BufferError, "underlying buffer is not writable");
    if (PyBuffer_IsContiguous(b, order))
        return K_MOVE(window);
    if (buffertype == PyBUF_WRITE)
        return k_raise(PyExc_BufferError, "writable contiguous buffer requested for a non-contiguous object.");
    K_AUTO(PyObject *) bytes = PyBytes_FromStringAndSize(NULL, b->len);
    if (!bytes || PyBuffer_ToContiguous(PyBytes_AS_STRING(bytes), b, b->len, order == 'A' ? 'C' : order) < 0)
        return NULL;
    K_AUTO(PyObject *) copy = PyMemoryView_FromObject(bytes);
    if (!copy)
        return NULL;
    Py_buffer geometry = *b, *flat = &((View *)copy)->view;
    Py_ssize_t strides[PyBUF_MAX_NDIM];
    geometry.obj = flat->obj;
    geometry.buf = flat->buf;
    geometry.suboffsets = NULL;
    geometry.readonly = 1;
    geometry.strides = strides;
    PyBuffer_FillContiguousStrides(geometry.ndim, geometry.shape, strides, (int)geometry.itemsize, order == 'F' ? 'F' : 'C');
    Managed *m = ((View *)copy)->mbuf;
    char *format = PyMem_Malloc(strlen(b->format) + 1); /* outlives the source */
    if (!format)
        return PyErr_NoMemory();
    geometry.format = strcpy(format, b->format);
    m->master.format = format;
    m->flags |= MANAGED_FREE_FORMAT;
    return view_new(m, &geometry);
}

BINDER(memoryview_new, "memoryview", "(object)", *object);

static PyObject *memoryview_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    memoryview_new_args arg;
    PyObject *owned = NULL;
    (void)type;
    if (BIND(memoryview_new, &arg, args, kwargs, &owned) < 0)
        return NULL;
    K_AUTO(PyObject *) keep = owned;
    return PyMemoryView_FromObject(arg.object);
}

/* ---- release ---- */

static int view_release(View *v)
{
    if (v->flags & _Py_MEMORYVIEW_RELEASED)
        return 0;
    if (v->exports > 0) {
        PyErr_Format(PyExc_BufferError, "memoryview has %zd exported buffer%s", v->exports, v->exports == 1 ? "" : "s");
        return -1;
    }
    v->flags |= _Py_MEMORYVIEW_RELEASED;
    if (--v->mbuf->exports == 0)
        managed_release(v->mbuf);
    return 0;
}

static void memoryview_dealloc(PyObject *o)
{
    View *v = (View *)o;
    PyObject_GC_UnTrack(o);
    if (view_release(v) < 0)
        PyErr_Clear();
    Py_CLEAR(v->mbuf);
    if (v->weakreflist)
        PyObject_ClearWeakRefs(o);
    PyObject_GC_Del(o);
}

static int memoryview_traverse(PyObject *o, visitproc visit, void *arg)
{
    Py_VISIT(((View *)o)->mbuf);
    return 0;
}

static int memoryview_clear(PyObject *o)
{
    View *v = (View *)o;
    if (v->exports == 0 && v->mbuf) {
        if (view_release(v) < 0)
            PyErr_Clear();
        Py_CLEAR(v->mbuf);
    }
    return 0;
}

static int memoryview_getbuffer(PyObject *o, Py_buffer *out, int flags)
{
    View *v = (View *)o;
    const Py_buffer *b = &v->view;
    const char *wrong = NULL;
    if (check_open(v) < 0)
        return -1;
    if (flags & PyBUF_WRITABLE && b->readonly)
        wrong = "memoryview: underlying buffer is not writable";
    else if ((flags & PyBUF_C_CONTIGUOUS) == PyBUF_C_CONTIGUOUS && !(v->flags & _Py_MEMORYVIEW_C))
        wrong = "memoryview: underlying buffer is not C-contiguous";
    else if ((flags & PyBUF_F_CONTIGUOUS) == PyBUF_F_CONTIGUOUS && !(v->flags & _Py_MEMORYVIEW_FORTRAN))
        wrong = "memoryview: underlying buffer is not Fortran contiguous";
    else if ((flags & PyBUF_ANY_CONTIGUOUS) == PyBUF_ANY_CONTIGUOUS && !(v->flags & (_Py_MEMORYVIEW_C | _Py_MEMORYVIEW_FORTRAN)))
        wrong = "memoryview: underlying buffer is not contiguous";
    else if ((flags & PyBUF_INDIRECT) != PyBUF_INDIRECT && v->flags & _Py_MEMORYVIEW_PIL)
        wrong = "memoryview: underlying buffer requires suboffsets";
    else if ((flags & PyBUF_STRIDES) != PyBUF_STRIDES && !(v->flags & _Py_MEMORYVIEW_C))
        wrong = "memoryview: underlying buffer is not C-contiguous";
    else if ((flags & PyBUF_ND) != PyBUF_ND && flags & PyBUF_FORMAT)
        wrong = "memoryview: cannot cast to unsigned bytes if the format flag is present";
    if (wrong) {
        PyErr_SetString(PyExc_BufferError, wrong);
        return -1;
    }
    *out = *b;
    out->obj = NULL;
    if (!(flags & PyBUF_FORMAT))
        out->format = NULL;
    if ((flags & PyBUF_INDIRECT) != PyBUF_INDIRECT)
        out->suboffsets = NULL;
    if ((flags & PyBUF_STRIDES) != PyBUF_STRIDES)
        out->strides = NULL;
    if ((flags & PyBUF_ND) != PyBUF_ND) {
        out->ndim = 1;
        out->shape = NULL;
    }
    out->obj = Py_NewRef(o);
    v->exports++;
    return 0;
}

static void memoryview_releasebuffer(PyObject *o, Py_buffer *out)
{
    (void)out;
    ((View *)o)->exports--;
}

/* ---- casting ---- */

static PyObject *cast_new(View *v, const char *format)
{
    Py_ssize_t size, old_size;
    char to = memoryview_item_format(format, &size), from = memoryview_item_format(v->view.format, &old_size);
    if (!to)
        return k_raise(
            PyExc_ValueError,
            "memoryview: destination format must be a native single character format prefixed with an optional '@'");
    if (!strchr("bBc", to) && (!from || !strchr("bBc", from)))
        return k_raise(PyExc_TypeError, "memoryview: cannot cast between two non-byte formats");
    if (v->view.len % size)
        return k_raise(PyExc_TypeError, "memoryview: length is not a multiple of itemsize");
    /* the format text must outlive this call: the known ones do */
    static const char at_forms[] = "@c\0@b\0@B\0@?\0@h\0@H\0@i\0@I\0@l\0@L\0@q\0@Q\0@n\0@N\0@f\0@d\0@e\0@P";
    Py_buffer b = v->view;
    for (const char *p = at_forms; p < at_forms + sizeof at_forms; p += 3) {
        if (p[1] == to)
            b.format = (char *)(format[0] == '@' ? p : p + 1);
    }
    Py_ssize_t shape = b.len / size, stride = size;
    b.itemsize = size;
    b.ndim = 1;
    b.shape = &shape;
    b.strides = &stride;
    b.suboffsets = NULL;
    return view_new(v->mbuf, &b);
}

static PyObject *cast_shape(PyObject *flat, PyObject *shape, int ndim)
{
    Py_ssize_t dims[PyBUF_MAX_NDIM], strides[PyBUF_MAX_NDIM];
    View *v = (View *)flat;
    Py_buffer b = v->view;
    Py_ssize_t len = b.itemsize;
    for (int i = 0; i < ndim; i++) {
        PyObject *item = PySequence_Fast_GET_ITEM(shape, i);
        if (!PyLong_Check(item))
            return k_raise(PyExc_TypeError, "memoryview.cast(): elements of shape must be integers");
        dims[i] = PyLong_AsSsize_t(item);
        if (dims[i] == -1 && PyErr_Occurred())
            return NULL;
        if (dims[i] <= 0)
            return k_raise(PyExc_ValueError, "memoryview.cast(): elements of shape must be integers > 0");
        if (dims[i] > PY_SSIZE_T_MAX / len)
            return k_raise(PyExc_ValueError, "memoryview.cast(): product(shape) > SSIZE_MAX");
        len *= dims[i];
    }
    if (len != b.len)
        return k_raise(PyExc_TypeError, "memoryview: product(shape) * itemsize != buffer size");
    PyBuffer_FillContiguousStrides(ndim, dims, strides, (int)b.itemsize, 'C');
    b.ndim = ndim;
    b.shape = dims;
    b.strides = strides;
    b.suboffsets = NULL;
    return view_new(v->mbuf, &b);
}

static int has_zero_dimension(const Py_buffer *b)
{
    for (int i = 0; i < b->ndim; i++) {
        if (b->shape[i] == 0 || b->strides[i] == 0)
            return 1;
    }
    return 0;
}

METHOD_KW(memoryview, cast, "($self, /, format, shape=<unrepresentable>)",
          "Cast a memoryview to a new format or shape.", *format, *shape)
{
    View *v = (View *)self;
    const char *format;
    Py_ssize_t ndim = 1;
    if (k_arg_utf8(arg->format, "cast", "'format'", &format) < 0 || check_open(v) < 0)
        return NULL;
    if (!(v->flags & _Py_MEMORYVIEW_C))
        return k_raise(PyExc_TypeError, "memoryview: casts are restricted to C-contiguous views");
    if ((arg->shape || v->view.ndim != 1) && has_zero_dimension(&v->view))
        return k_raise(PyExc_TypeError, "memoryview: cannot cast view with zeros in shape or strides");
    if (arg->shape) {
        if (!PyList_Check(arg->shape) && !PyTuple_Check(arg->shape))
            return k_raise(PyExc_TypeError, "shape must be a list or a tuple");
        ndim = PySequence_Fast_GET_SIZE(arg->shape);
        if (ndim > PyBUF_MAX_NDIM)
            return k_raise(PyExc_ValueError, "memoryview: number of dimensions must not exceed %d", PyBUF_MAX_NDIM);
        if (v->view.ndim != 1 && ndim != 1)
            return k_raise(PyExc_TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D");
    }
    K_AUTO(PyObject *) flat = cast_new(v, format);
    if (!flat || !arg->shape)
        return K_MOVE(flat);
    return cast_shape(flat, arg->shape, (int)ndim);
}
METHOD(memoryview, toreadonly, NOARGS, "($self, /)", "Return a readonly version of the memoryview.")
{
    View *v = (View *)self;
    if (check_open(v) < 0)
        return NULL;
    Py_buffer b = v->view;
    b.readonly = 1;
    return view_new(v->mbuf, &b);
}

/* ---- items ---- */

/* The place of item i along dimension dim of p, or NULL with IndexError. */
static char *step_to(const Py_buffer *b, char *p, int dim, Py_ssize_t i)
{
    Py_ssize_t n = b->shape[dim];
    if (i < 0)
        i += n;
    if (i < 0 || i >= n) {
        PyErr_Format(PyExc_IndexError, "index out of bounds on dimension %d", dim + 1);
        return NULL;
    }
    p += b->strides[dim] * i;
    if (b->suboffsets && b->suboffsets[dim] >= 0)
        p = *(char **)p + b->suboffsets[dim];
    return p;
}

static char *place_of_tuple(const Py_buffer *b, PyObject *tuple)
{
    Py_ssize_t n = PyTuple_GET_SIZE(tuple);
    char *p = b->buf;
    if (n > b->ndim) {
        PyErr_Format(PyExc_TypeError, "cannot index %zd-dimension view with %zd-element tuple", (Py_ssize_t)b->ndim, n);
        return NULL;
    }
    for (int dim = 0; p && dim < n; dim++) {
        Py_ssize_t i = PyNumber_AsSsize_t(PyTuple_GET_ITEM(tuple, dim), PyExc_IndexError);
        if (i == -1 && PyErr_Occurred())
            return NULL;
        p = step_to(b, p, dim, i);
    }
    return p;
}

static int is_index_tuple(PyObject *key)
{
    if (!PyTuple_Check(key))
        return 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(key); i++) {
        if (!PyIndex_Check(PyTuple_GET_ITEM(key, i)))
            return 0;
    }
    return 1;
}

static int is_slice_tuple(PyObject *key)
{
    if (!PyTuple_Check(key) || PyTuple_GET_SIZE(key) == 0)
        return 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(key); i++) {
        if (!PySlice_Check(PyTuple_GET_ITEM(key, i)))
            return 0;
    }
    return 1;
}

static PyObject *memoryview_item(PyObject *o, Py_ssize_t i)
{
    View *v = (View *)o;
    if (check_open(v) < 0)
        return NULL;
    if (v->view.ndim == 0)
        return k_raise(PyExc_TypeError, "invalid indexing of 0-dim memory");
    if (v->view.ndim > 1)
        return k_raise(PyExc_NotImplementedError, "multi-dimensional sub-views are not implemented");
    char *p = step_to(&v->view, v->view.buf, 0, i);
    return p ? memoryview_item_get(p, v->view.format) : NULL;
}

/* Narrows b's first dimension. 0, or -1. */
static int slice_first(Py_buffer *b, PyObject *key, Py_ssize_t *shape, Py_ssize_t *strides)
{
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(key, &start, &stop, &step) < 0)
        return -1;
    Py_ssize_t n = PySlice_AdjustIndices(b->shape[0], &start, &stop, step);
    memmove(shape, b->shape, (size_t)b->ndim * sizeof *shape);
    memmove(strides, b->strides, (size_t)b->ndim * sizeof *strides);
    b->buf = (char *)b->buf + strides[0] * start;
    shape[0] = Py_MAX(n, 0);
    strides[0] *= step;
    b->shape = shape;
    b->strides = strides;
    b->len = b->itemsize;
    for (int i = 0; i < b->ndim; i++)
        b->len *= shape[i];
    return 0;
}

/* The new window is there before the indices are asked for: they may release v. */
static PyObject *memoryview_slice(View *v, PyObject *key)
{
    K_AUTO(PyObject *) window = view_new(v->mbuf, &v->view);
    if (!window)
        return NULL;
    Py_buffer *b = &((View *)window)->view;
    if (slice_first(b, key, b->shape, b->strides) < 0)
        return NULL;
    view_set_flags((View *)window);
    return K_MOVE(window);
}

static PyObject *memoryview_subscript(PyObject *o, PyObject *key)
{
    View *v = (View *)o;
    const Py_buffer *b = &v->view;
    if (check_open(v) < 0)
        return NULL;
    if (b->ndim == 0) {
        if (PyTuple_Check(key) && PyTuple_GET_SIZE(key) == 0)
            return memoryview_item_get(b->buf, b->format);
        return key == Py_Ellipsis ? Py_NewRef(o) : k_raise(PyExc_TypeError, "invalid indexing of 0-dim memory");
    }
    if (PyIndex_Check(key)) {
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
        return i == -1 && PyErr_Occurred() ? NULL : memoryview_item(o, i);
    }
    if (PySlice_Check(key))
        return memoryview_slice(v, key);
    if (is_index_tuple(key)) {
        if (PyTuple_GET_SIZE(key) < b->ndim)
            return k_raise(PyExc_NotImplementedError, "sub-views are not implemented");
        char *p = place_of_tuple(b, key);
        if (!p || check_open(v) < 0)
            return NULL;
        return memoryview_item_get(p, b->format);
    }
    if (is_slice_tuple(key))
        return k_raise(PyExc_NotImplementedError, "multi-dimensional slicing is not implemented");
    return k_raise(PyExc_TypeError, "memoryview: invalid slice key");
}

/* ---- assignment ---- */

/* Same item format and shape? */
static int same_structure(const Py_buffer *a, const Py_buffer *b)
{
    const char *x = a->format ? a->format : "B", *y = b->format ? b->format : "B";
    x += *x == '@';
    y += *y == '@';
    if (strcmp(x, y) != 0 || a->itemsize != b->itemsize || a->ndim != b->ndim)
        return 0;
    for (int i = 0; i < a->ndim; i++) {
        if (a->shape[i] != b->shape[i])
            return 0;
        if (a->shape[i] == 0)
            break;
    }
    return 1;
}

static int copy_one_dimension(const Py_buffer *to, const Py_buffer *from)
{
    char *flat = PyMem_Malloc((size_t)from->len + 1); /* the two may overlap */
    if (!flat) {
        PyErr_NoMemory();
        return -1;
    }
    int status = PyBuffer_ToContiguous(flat, from, from->len, 'C');
    if (status == 0)
        status = PyBuffer_FromContiguous(to, flat, from->len, 'C');
    PyMem_Free(flat);
    return status;
}

static int assign_slice(View *v, PyObject *key, PyObject *value)
{
    Py_ssize_t shape[PyBUF_MAX_NDIM], strides[PyBUF_MAX_NDIM];
    Py_buffer from, to = v->view;
    if (PyObject_GetBuffer(value, &from, PyBUF_FULL_RO) < 0)
        return -1;
    int status = slice_first(&to, key, shape, strides);
    Py_ssize_t own_shape = from.itemsize ? from.len / from.itemsize : 0;
    Py_buffer source = from;
    if (!source.shape && source.ndim == 1)
        source.shape = &own_shape;
    if (status == 0 && check_open(v) < 0)
        status = -1;
    if (status == 0 && !same_structure(&to, &source)) {
        PyErr_SetString(PyExc_ValueError, "memoryview assignment: lvalue and rvalue have different structures");
        status = -1;
    }
    if (status == 0 && to.len)
        status = copy_one_dimension(&to, &source);
    PyBuffer_Release(&from);
    return status;
}

/* Stores a value at p; its conversion may release the view. */
static int view_store(View *v, char *p, PyObject *value)
{
    char item[16];
    Py_ssize_t size;
    if (!p)
        return -1;
    if (memoryview_item_set(item, value, v->view.format) < 0 || check_open(v) < 0) /* runs code */
        return -1;
    memoryview_item_format(v->view.format, &size);
    memcpy(p, item, (size_t)size);
    return 0;
}

static int memoryview_ass_subscript(PyObject *o, PyObject *key, PyObject *value)
{
    View *v = (View *)o;
    const Py_buffer *b = &v->view;
    PyObject *wrong = PyExc_TypeError;
    const char *message = "memoryview: invalid slice key";
    if (check_open(v) < 0)
        return -1;
    if (strlen(b->format) != (b->format[0] == '@' ? 2 : 1)) {
        PyErr_Format(PyExc_NotImplementedError, "memoryview: format %s not supported", b->format);
        return -1;
    }
    if (b->readonly) {
        message = "cannot modify read-only memory";
    } else if (!value) {
        message = "cannot delete memory";
    } else if (b->ndim == 0) {
        if (key == Py_Ellipsis || (PyTuple_Check(key) && PyTuple_GET_SIZE(key) == 0))
            return view_store(v, b->buf, value);
        message = "invalid indexing of 0-dim memory";
    } else if (PyIndex_Check(key)) {
        if (b->ndim == 1) {
            Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
            if (i == -1 && PyErr_Occurred())
                return -1;
            char *p = step_to(b, b->buf, 0, i);
            return view_store(v, p, value);
        }
        wrong = PyExc_NotImplementedError;
        message = "sub-views are not implemented";
    } else if (PySlice_Check(key) || is_slice_tuple(key)) {
        if (b->ndim == 1 && PySlice_Check(key))
            return assign_slice(v, key, value);
        wrong = PyExc_NotImplementedError;
        message = "memoryview slice assignments are currently restricted to ndim = 1";
    } else if (is_index_tuple(key)) {
        if (PyTuple_GET_SIZE(key) >= b->ndim) {
            char *p = place_of_tuple(b, key);
            return view_store(v, p, value);
        }
        wrong = PyExc_NotImplementedError;
        message = "sub-views are not implemented";
    }
    PyErr_SetString(wrong, message);
    return -1;
}

/* ---- conversion ---- */

static PyObject *list_of(const Py_buffer *b, char *p, int dim)
{
    if (dim == b->ndim)
        return memoryview_item_get(p, b->format);
    PyObject *list = PyList_New(b->shape[dim]);
    for (Py_ssize_t i = 0; list && i < b->shape[dim]; i++) {
        char *q = step_to(b, p, dim, i);
        PyObject *item = q ? list_of(b, q, dim + 1) : NULL;
        if (item)
            PyList_SET_ITEM(list, i, item);
        else
            Py_CLEAR(list);
    }
    return list;
}

METHOD(memoryview, tolist, NOARGS, "($self, /)", "Return the data in the buffer as a list of elements.")
{
    View *v = (View *)self;
    return check_open(v) < 0 ? NULL : list_of(&v->view, v->view.buf, 0);
}

static PyObject *flat_bytes(View *v, char order)
{
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, v->view.len);
    if (bytes && PyBuffer_ToContiguous(PyBytes_AS_STRING(bytes), &v->view, v->view.len, order) < 0)
        Py_CLEAR(bytes);
    return bytes;
}

METHOD_KW(memoryview, tobytes, "($self, /, order='C')",
          "Return the data in the buffer as a byte string, in the order 'C', 'F' or 'A'.", *order)
{
    View *v = (View *)self;
    const char *order = "C";
    if (arg->order && arg->order != Py_None) {
        if (!PyUnicode_Check(arg->order))
            return k_raise(PyExc_TypeError, "tobytes() argument 'order' must be str or None, not %.50s",
                           Py_TYPE(arg->order)->tp_name);
        if (k_arg_utf8(arg->order, "tobytes", "'order'", &order) < 0)
            return NULL;
    }
    if (check_open(v) < 0)
        return NULL;
    if (!strchr("CFA", order[0]) || !order[0] || order[1])
        return k_raise(PyExc_ValueError, "order must be 'C', 'F' or 'A'");
    return flat_bytes(v, order[0]);
}
METHOD_KW(memoryview, hex, "($self, /, sep=<unrepresentable>, bytes_per_sep=1)",
          "Return the data in the buffer as a str of hexadecimal numbers.\n\n"
          "sep and bytes_per_sep are those of bytes.hex().\n\n"
          ">>> view = memoryview(b'kaa')\n"
          ">>> view.hex()\n'6b6161'\n"
          ">>> view.hex(' ')\n'6b 61 61'\n"
          ">>> view.hex(' ', 2)\n'6b 6161'\n"
          ">>> view.hex(' ', -2)\n'6b61 61'",
          *sep, *bytes_per_sep)
{
    View *v = (View *)self;
    if (check_open(v) < 0)
        return NULL;
    if (v->flags & _Py_MEMORYVIEW_C)
        return byte_hex(v->view.buf, v->view.len, arg->sep, arg->bytes_per_sep);
    K_AUTO(PyObject *) bytes = flat_bytes(v, 'C');
    return bytes ? byte_hex(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), arg->sep, arg->bytes_per_sep) : NULL;
}
METHOD(memoryview, release, NOARGS, "($self, /)", "Release the underlying buffer exposed by the memoryview object.")
{
    if (view_release((View *)self) < 0)
        return NULL;
    Py_RETURN_NONE;
}
METHOD_RAW(memoryview, __enter__, NOARGS, 0, "")
{
    return check_open((View *)self) < 0 ? NULL : Py_NewRef(self);
}
METHOD_RAW(memoryview, __exit__, FAST, 0, "")
{
    (void)nargs;
    if (view_release((View *)self) < 0)
        return NULL;
    Py_RETURN_NONE;
}
METHODS_END(memoryview);
METHODS_DECLARE(memoryview);

/* ---- comparison and hash ---- */

typedef struct Comparison {
    const Py_buffer *a, *b;
    char format;                     /* both the same native one, or 0: */
    PyObject *unpack_a, *unpack_b;   /* struct.Struct(...).unpack_from */
} Comparison;

static PyObject *unpacker(const char *format)
{
    K_AUTO(PyObject *) module = PyImport_ImportModule("struct");
    K_AUTO(PyObject *) object = module ? PyObject_CallMethod(module, "Struct", "s", format) : NULL;
    return object ? PyObject_GetAttrString(object, "unpack_from") : NULL;
}

static PyObject *unpacked(PyObject *unpack, const char *p, Py_ssize_t size)
{
    K_AUTO(PyObject *) view = PyMemoryView_FromMemory((char *)p, size, PyBUF_READ);
    return view ? PyObject_CallOneArg(unpack, view) : NULL;
}

/* 1, 0 or -1. */
static int items_equal(const Comparison *c, const char *p, const char *q)
{
    if (c->format)
        return memoryview_item_equal(p, q, c->format);
    K_AUTO(PyObject *) x = unpacked(c->unpack_a, p, c->a->itemsize);
    K_AUTO(PyObject *) y = x ? unpacked(c->unpack_b, q, c->b->itemsize) : NULL;
    return y ? PyObject_RichCompareBool(x, y, Py_EQ) : -1;
}

static int dimensions_equal(const Comparison *c, char *p, char *q, int dim)
{
    if (dim == c->a->ndim)
        return items_equal(c, p, q);
    for (Py_ssize_t i = 0; i < c->a->shape[dim]; i++) {
        char *x = step_to(c->a, p, dim, i), *y = step_to(c->b, q, dim, i);
        int equal = x && y ? dimensions_equal(c, x, y, dim + 1) : -1;
        if (equal != 1)
            return equal;
    }
    return 1;
}

static int same_shape(const Py_buffer *a, const Py_buffer *b)
{
    if (a->ndim != b->ndim)
        return 0;
    for (int i = 0; i < a->ndim; i++) {
        if (a->shape[i] != b->shape[i])
            return 0;
        if (a->shape[i] == 0)
            break;
    }
    return 1;
}

/* 1, 0, or -1 with an exception. */
static int buffers_equal(const Py_buffer *a, const Py_buffer *b)
{
    Py_ssize_t size_a, size_b;
    if (!same_shape(a, b))
        return 0;
    char x = memoryview_item_format(a->format, &size_a), y = memoryview_item_format(b->format, &size_b);
    Comparison c = { a, b, x && x == y ? x : 0, NULL, NULL };
    if (!c.format) {
        c.unpack_a = unpacker(a->format ? a->format : "B");
        c.unpack_b = c.unpack_a ? unpacker(b->format ? b->format : "B") : NULL;
        if (!c.unpack_b) {
            Py_XDECREF(c.unpack_a);
            PyErr_Clear(); /* a format nobody understands equals nothing */
            return 0;
        }
    }
    int equal = dimensions_equal(&c, a->buf, b->buf, 0);
    Py_XDECREF(c.unpack_a);
    Py_XDECREF(c.unpack_b);
    return equal;
}

static PyObject *memoryview_richcompare(PyObject *o, PyObject *other, int op)
{
    View *v = (View *)o;
    if (op != Py_EQ && op != Py_NE)
        Py_RETURN_NOTIMPLEMENTED;
    if (!PyMemoryView_Check(o) || is_released(v))
        Py_RETURN_BOOL((o == other) == (op == Py_EQ));
    if (PyMemoryView_Check(other)) {
        if (is_released((View *)other))
            Py_RETURN_BOOL((o == other) == (op == Py_EQ));
    } else if (!PyObject_CheckBuffer(other)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    K_AUTO(PyObject *) window = PyMemoryView_FromObject(other); /* gives it a shape */
    if (!window) {
        PyErr_Clear();
        Py_RETURN_NOTIMPLEMENTED;
    }
    int equal = buffers_equal(&v->view, &((View *)window)->view);
    if (equal < 0)
        return NULL;
    Py_RETURN_BOOL(equal == (op == Py_EQ));
}

static Py_hash_t memoryview_hash(PyObject *o)
{
    View *v = (View *)o;
    if (v->hash != -1)
        return v->hash;
    if (check_open(v) < 0)
        return -1;
    Py_ssize_t size;
    char format = memoryview_item_format(v->view.format, &size);
    if (!v->view.readonly) {
        PyErr_SetString(PyExc_ValueError, "cannot hash writable memoryview object");
        return -1;
    }
    if (!format || !strchr("Bbc", format)) {
        PyErr_SetString(PyExc_ValueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'");
        return -1;
    }
    if (v->view.obj && PyObject_Hash(v->view.obj) == -1)
        return -1;
    K_AUTO(PyObject *) bytes = flat_bytes(v, 'C');
    if (bytes)
        v->hash = PyObject_Hash(bytes);
    return v->hash;
}

/* ---- attributes ---- */

static PyObject *tuple_of(const Py_ssize_t *values, int n)
{
    PyObject *tuple = PyTuple_New(values ? n : 0);
    for (int i = 0; tuple && values && i < n; i++) {
        PyObject *value = PyLong_FromSsize_t(values[i]);
        if (value)
            PyTuple_SET_ITEM(tuple, i, value);
        else
            Py_CLEAR(tuple);
    }
    return tuple;
}

typedef enum Attribute {
    ATTR_OBJ, ATTR_NBYTES, ATTR_READONLY, ATTR_ITEMSIZE, ATTR_FORMAT, ATTR_NDIM, ATTR_SHAPE, ATTR_STRIDES, ATTR_SUBOFFSETS,
    ATTR_C, ATTR_F, ATTR_ANY
} Attribute;

static PyObject *memoryview_attribute(PyObject *o, void *which)
{
    View *v = (View *)o;
    const Py_buffer *b = &v->view;
    if (check_open(v) < 0)
        return NULL;
    switch ((Attribute)(uintptr_t)which) {
    case ATTR_OBJ:        return Py_NewRef(b->obj ? b->obj : Py_None);
    case ATTR_NBYTES:     return PyLong_FromSsize_t(b->len);
    case ATTR_READONLY:   Py_RETURN_BOOL(b->readonly);
    case ATTR_ITEMSIZE:   return PyLong_FromSsize_t(b->itemsize);
    case ATTR_FORMAT:     return PyUnicode_FromString(b->format);
    case ATTR_NDIM:       return PyLong_FromLong(b->ndim);
    case ATTR_SHAPE:      return tuple_of(b->shape, b->ndim);
    case ATTR_STRIDES:    return tuple_of(b->strides, b->ndim);
    case ATTR_SUBOFFSETS: return tuple_of(b->suboffsets, b->ndim);
    case ATTR_C:          Py_RETURN_BOOL(v->flags & _Py_MEMORYVIEW_C);
    case ATTR_F:          Py_RETURN_BOOL(v->flags & _Py_MEMORYVIEW_FORTRAN);
    case ATTR_ANY:        Py_RETURN_BOOL(v->flags & (_Py_MEMORYVIEW_C | _Py_MEMORYVIEW_FORTRAN));
    }
    Py_UNREACHABLE();
}

#define ATTRIBUTE(name, which, doc) { name, memoryview_attribute, NULL, doc, (void *)(uintptr_t)which }
static PyGetSetDef memoryview_getset[] = {
    ATTRIBUTE("obj", ATTR_OBJ, "The underlying object of the memoryview."),
    ATTRIBUTE("nbytes", ATTR_NBYTES, "Bytes the array takes when it is stored contiguously."),
    ATTRIBUTE("readonly", ATTR_READONLY, "Whether the memory is read only."),
    ATTRIBUTE("itemsize", ATTR_ITEMSIZE, "The size in bytes of each element."),
    ATTRIBUTE("format", ATTR_FORMAT, "The format (in struct module style) of each element."),
    ATTRIBUTE("ndim", ATTR_NDIM, "How many dimensions the memory has."),
    ATTRIBUTE("shape", ATTR_SHAPE, "The length of each dimension."),
    ATTRIBUTE("strides", ATTR_STRIDES, "Bytes from one element to the next, for each dimension."),
    ATTRIBUTE("suboffsets", ATTR_SUBOFFSETS, "Used internally for PIL-style arrays."),
    ATTRIBUTE("c_contiguous", ATTR_C, "Whether the memory is C contiguous."),
    ATTRIBUTE("f_contiguous", ATTR_F, "Whether the memory is Fortran contiguous."),
    ATTRIBUTE("contiguous", ATTR_ANY, "Whether the memory is contiguous."),
    { NULL, NULL, NULL, NULL, NULL },
};

static Py_ssize_t memoryview_length(PyObject *o)
{
    View *v = (View *)o;
    return check_open(v) < 0 ? -1 : v->view.ndim == 0 ? 1 : v->view.shape[0];
}

static PyObject *memoryview_repr(PyObject *o)
{
    return PyUnicode_FromFormat(((View *)o)->flags & _Py_MEMORYVIEW_RELEASED ? "<released memory at %p>" : "<memory at %p>", o);
}

/* ---- iterator ---- */

typedef struct ViewIter {
    PyObject ob_base;
    Py_ssize_t index;
    View *v; /* NULL at the end */
    Py_ssize_t length;
    const char *format;
} ViewIter;
extern K_API PyTypeObject _PyMemoryIter_Type;

static PyObject *memoryview_iter(PyObject *o)
{
    View *v = (View *)o;
    if (check_open(v) < 0)
        return NULL;
    if (v->view.ndim == 0)
        return k_raise(PyExc_TypeError, "invalid indexing of 0-dim memory");
    if (v->view.ndim != 1)
        return k_raise(PyExc_NotImplementedError, "multi-dimensional sub-views are not implemented");
    Py_ssize_t size;
    if (!memoryview_item_format(v->view.format, &size))
        return k_raise(PyExc_NotImplementedError, "memoryview: format %s not supported", v->view.format);
    ViewIter *it = PyObject_GC_New(ViewIter, &_PyMemoryIter_Type);
    if (!it)
        return NULL;
    it->index = 0;
    it->length = memoryview_length(o);
    it->format = v->view.format;
    it->v = (View *)Py_NewRef(o);
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

static PyObject *viewiter_next(PyObject *self)
{
    ViewIter *it = (ViewIter *)self;
    if (!it->v)
        return NULL;
    if (it->index < it->length)
        return memoryview_item((PyObject *)it->v, it->index++);
    Py_CLEAR(it->v);
    return NULL;
}

static void viewiter_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((ViewIter *)self)->v);
    PyObject_GC_Del(self);
}

static int viewiter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((ViewIter *)self)->v);
    return 0;
}

PyTypeObject _PyMemoryIter_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0), .tp_name = "memory_iterator", .tp_basicsize = sizeof(ViewIter),
    .tp_dealloc = viewiter_dealloc, .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = viewiter_traverse,
    .tp_iter = PyObject_SelfIter, .tp_iternext = viewiter_next,
};
K_TYPE(_PyMemoryIter_Type);

static PySequenceMethods memoryview_as_sequence = { .sq_length = memoryview_length, .sq_item = memoryview_item };
static PyMappingMethods memoryview_as_mapping = {
    .mp_length = memoryview_length, .mp_subscript = memoryview_subscript, .mp_ass_subscript = memoryview_ass_subscript,
};
static PyBufferProcs memoryview_as_buffer = { .bf_getbuffer = memoryview_getbuffer, .bf_releasebuffer = memoryview_releasebuffer };

PyTypeObject PyMemoryView_Type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "memoryview",
    .tp_basicsize = offsetof(View, ob_array),
    .tp_itemsize = sizeof(Py_ssize_t),
    .tp_dealloc = memoryview_dealloc,
    .tp_repr = memoryview_repr,
    .tp_as_sequence = &memoryview_as_sequence,
    .tp_as_mapping = &memoryview_as_mapping,
    .tp_hash = memoryview_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_as_buffer = &memoryview_as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_SEQUENCE,
    .tp_doc = "memoryview(object)\n--\n\nA window on the memory of the given object.",
    .tp_traverse = memoryview_traverse,
    .tp_clear = memoryview_clear,
    .tp_richcompare = memoryview_richcompare,
    .tp_weaklistoffset = offsetof(View, weakreflist),
    .tp_iter = memoryview_iter,
    .tp_methods = METHODS(memoryview),
    .tp_getset = memoryview_getset,
    .tp_new = memoryview_new,
};
K_TYPE(PyMemoryView_Type);
