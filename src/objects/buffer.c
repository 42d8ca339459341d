/* buffer.c - the buffer protocol: asking for views, releasing them, contiguity, copying between shapes.
 *
 * In: objects that export memory.  Out: filled Py_buffer structs.
 * Invariant: a view with obj set is released exactly once. Start at PyObject_GetBuffer(). */
#include "objects/buffer.h"

#include "memory/mem.h"
#include "objects/call.h"
#include "objects/int/int.h"
#include "objects/protocol.h"
#include "runtime/errors.h"
#include "runtime/import.h"

int PyObject_CheckBuffer(PyObject *o)
{
    PyBufferProcs *procs = Py_TYPE(o)->tp_as_buffer;
    return procs && procs->bf_getbuffer;
}

int PyObject_GetBuffer(PyObject *o, Py_buffer *view, int flags)
{
    PyBufferProcs *procs = Py_TYPE(o)->tp_as_buffer;
    if (!procs || !procs->bf_getbuffer) {
        PyErr_Format(PyExc_TypeError, "a bytes-like object is required, not '%.100s'", Py_TYPE(o)->tp_name);
        return -1;
    }
    return procs->bf_getbuffer(o, view, flags);
}

void PyBuffer_Release(Py_buffer *view)
{
    PyObject *o = view->obj;
    if (!o)
        return;
    PyBufferProcs *procs = Py_TYPE(o)->tp_as_buffer;
    if (procs && procs->bf_releasebuffer)
        procs->bf_releasebuffer(o, view);
    view->obj = NULL;
    Py_DECREF(o);
}

int PyBuffer_FillInfo(Py_buffer *view, PyObject *o, void *buf, Py_ssize_t len, int readonly, int flags)
{
    if (!view) {
        PyErr_SetString(PyExc_BufferError, "PyBuffer_FillInfo: view==NULL argument is obsolete");
        return -1;
    }
    if (flags & PyBUF_WRITABLE && readonly) {
        PyErr_SetString(PyExc_BufferError, "Object is not writable.");
        return -1;
    }
    *view = (Py_buffer){ .buf = buf, .obj = Py_XNewRef(o), .len = len, .readonly = readonly, .itemsize = 1, .ndim = 1 };
    view->format = flags & PyBUF_FORMAT ? "B" : NULL;
    view->shape = (flags & PyBUF_ND) == PyBUF_ND ? &view->len : NULL;
    view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? &view->itemsize : NULL;
    return 0;
}

/* ---- contiguity ---- */

static int is_contiguous(const Py_buffer *view, int c_order)
{
    if (view->len == 0)
        return 1;
    if (!view->strides) { /* C order; Fortran's, too, when only one dimension counts */
        int long_dimensions = 0;
        for (int i = 0; !c_order && view->shape && i < view->ndim; i++)
            long_dimensions += view->shape[i] > 1;
        return long_dimensions <= 1;
    }
    Py_ssize_t expected = view->itemsize;
    for (int k = 0; k < view->ndim; k++) {
        int i = c_order ? view->ndim - 1 - k : k;
        if (view->shape[i] > 1 && view->strides[i] != expected)
            return 0;
        expected *= view->shape[i];
    }
    return 1;
}

int PyBuffer_IsContiguous(const Py_buffer *view, char order)
{
    if (view->suboffsets)
        return 0;
    if (order == 'C')
        return is_contiguous(view, 1);
    if (order == 'F')
        return is_contiguous(view, 0);
    return order == 'A' && (is_contiguous(view, 1) || is_contiguous(view, 0));
}

void PyBuffer_FillContiguousStrides(int ndim, Py_ssize_t *shape, Py_ssize_t *strides, int itemsize, char order)
{
    Py_ssize_t step = itemsize;
    for (int k = 0; k < ndim; k++) {
        int i = order == 'F' ? k : ndim - 1 - k;
        strides[i] = step;
        step *= shape[i];
    }
}

void *PyBuffer_GetPointer(const Py_buffer *view, const Py_ssize_t *indices)
{
    char *p = view->buf;
    for (int i = 0; i < view->ndim; i++) {
        p += view->strides[i] * indices[i];
        if (view->suboffsets && view->suboffsets[i] >= 0)
            p = *(char **)p + view->suboffsets[i];
    }
    return p;
}

void _Py_add_one_to_index_F(int nd, Py_ssize_t *index, const Py_ssize_t *shape)
{
    for (int k = 0; k < nd; k++) {
        if (++index[k] < shape[k])
            break;
        index[k] = 0;
    }
}

void _Py_add_one_to_index_C(int nd, Py_ssize_t *index, const Py_ssize_t *shape)
{
    for (int k = nd - 1; k >= 0; k--) {
        if (++index[k] < shape[k])
            break;
        index[k] = 0;
    }
}

/* Item by item, between a flat run in the given order and the view. */
static int copy_items(const Py_buffer *view, char *flat, Py_ssize_t len, char order, int to_view)
{
    Py_ssize_t index[PyBUF_MAX_NDIM] = { 0 }, items = Py_MIN(len, view->len) / view->itemsize;
    Py_ssize_t strides[PyBUF_MAX_NDIM];
    Py_buffer full = *view;
    if (view->ndim > PyBUF_MAX_NDIM) {
        PyErr_Format(PyExc_ValueError, "memoryview: number of dimensions must not exceed %d", PyBUF_MAX_NDIM);
        return -1;
    }
    if (!full.strides && full.shape) {
        PyBuffer_FillContiguousStrides(full.ndim, full.shape, strides, (int)full.itemsize, 'C');
        full.strides = strides;
    }
    for (; items; items--, flat += view->itemsize) {
        char *p = PyBuffer_GetPointer(&full, index);
        memcpy(to_view ? p : flat, to_view ? flat : p, (size_t)view->itemsize);
        if (order == 'F')
            _Py_add_one_to_index_F(view->ndim, index, view->shape);
        else
            _Py_add_one_to_index_C(view->ndim, index, view->shape);
    }
    return 0;
}

int PyBuffer_FromContiguous(const Py_buffer *view, const void *buf, Py_ssize_t len, char order)
{
    if (PyBuffer_IsContiguous(view, order)) {
        memcpy(view->buf, buf, (size_t)Py_MIN(len, view->len));
        return 0;
    }
    return copy_items(view, (char *)buf, len, order, 1);
}

int PyBuffer_ToContiguous(void *buf, const Py_buffer *view, Py_ssize_t len, char order)
{
    if (len != view->len) {
        PyErr_SetString(PyExc_ValueError, "PyBuffer_ToContiguous: len != view->len");
        return -1;
    }
    if (len == 0)
        return 0;
    if (PyBuffer_IsContiguous(view, order)) {
        memcpy(buf, view->buf, (size_t)len);
        return 0;
    }
    if (order == 'A')
        order = !view->suboffsets && is_contiguous(view, 0) ? 'F' : 'C';
    return copy_items(view, buf, len, order, 0);
}

int PyObject_CopyData(PyObject *dest, PyObject *src)
{
    Py_buffer to, from;
    if (!PyObject_CheckBuffer(dest) || !PyObject_CheckBuffer(src)) {
        PyErr_SetString(PyExc_TypeError, "both destination and source must be bytes-like objects");
        return -1;
    }
    if (PyObject_GetBuffer(dest, &to, PyBUF_FULL) < 0)
        return -1;
    if (PyObject_GetBuffer(src, &from, PyBUF_FULL_RO) < 0) {
        PyBuffer_Release(&to);
        return -1;
    }
    int status = -1;
    if (to.len < from.len) {
        PyErr_SetString(PyExc_BufferError, "destination is too small to receive data from source");
    } else if (PyBuffer_IsContiguous(&to, 'C') && PyBuffer_IsContiguous(&from, 'C')) {
        memcpy(to.buf, from.buf, (size_t)from.len);
        status = 0;
    } else {
        char *flat = PyMem_Malloc((size_t)from.len + 1);
        if (!flat)
            PyErr_NoMemory();
        else if (PyBuffer_ToContiguous(flat, &from, from.len, 'C') == 0)
            status = PyBuffer_FromContiguous(&to, flat, from.len, 'C');
        PyMem_Free(flat);
    }
    PyBuffer_Release(&to);
    PyBuffer_Release(&from);
    return status;
}

/* struct.calcsize() of the format. */
Py_ssize_t PyBuffer_SizeFromFormat(const char *format)
{
    K_AUTO(PyObject *) module = PyImport_ImportModule("struct");
    K_AUTO(PyObject *) size = module ? PyObject_CallMethod(module, "calcsize", "s", format) : NULL;
    return size ? PyLong_AsSsize_t(size) : -1;
}

/* ---- the old buffer calls ---- */

static int old_buffer(PyObject *o, const void **buffer, Py_ssize_t *len, int flags)
{
    Py_buffer view;
    if (!o || !buffer || !len) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
        return -1;
    }
    if (PyObject_GetBuffer(o, &view, flags) < 0) {
        if (flags == PyBUF_WRITABLE)
            PyErr_SetString(PyExc_TypeError, "expected a writable bytes-like object");
        return -1;
    }
    *buffer = view.buf;
    *len = view.len;
    PyBuffer_Release(&view);
    return 0;
}

int PyObject_AsCharBuffer(PyObject *o, const char **buffer, Py_ssize_t *len)
{
    return old_buffer(o, (const void **)buffer, len, PyBUF_SIMPLE);
}

int PyObject_AsReadBuffer(PyObject *o, const void **buffer, Py_ssize_t *len)
{
    return old_buffer(o, buffer, len, PyBUF_SIMPLE);
}

int PyObject_AsWriteBuffer(PyObject *o, void **buffer, Py_ssize_t *len)
{
    return old_buffer(o, (const void **)buffer, len, PyBUF_WRITABLE);
}

int PyObject_CheckReadBuffer(PyObject *o)
{
    Py_buffer view;
    if (!PyObject_CheckBuffer(o))
        return 0;
    if (PyObject_GetBuffer(o, &view, PyBUF_SIMPLE) < 0) {
        PyErr_Clear();
        return 0;
    }
    PyBuffer_Release(&view);
    return 1;
}
