/* select.c - module select: waiting until descriptors are ready, with select(), poll() and epoll.
 *
 * In: descriptors or objects with fileno(), a timeout.  Out: what is ready. A wait that a signal ended is taken up again
 * for the rest of its time, unless the handler raised (PEP 475).
 * Start at select_select, poll_poll and epoll_poll. */
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

#include "memory/mem.h"
#include "objects/call.h"
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/list/list.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/protocol.h"
#include "objects/str/str.h"
#include "objects/tuple.h"
#include "runtime/errors.h"
#include "runtime/oscall.h"
#include "runtime/osutil.h"
#include "runtime/time.h"

/* How long to wait: without end when endless. */
typedef struct Wait {
    bool endless;
    _PyTime_t left, deadline;
} Wait;

static void wait_start(Wait *wait)
{
    if (!wait->endless)
        wait->deadline = _PyTime_GetMonotonicClock() + wait->left;
}

/* After an interruption: 1 when there is time left to wait again, 0 when not, -1 when a signal handler raised. */
static int wait_again(Wait *wait)
{
    if (PyErr_CheckSignals() < 0)
        return -1;
    if (wait->endless)
        return 1;
    wait->left = wait->deadline - _PyTime_GetMonotonicClock();
    return wait->left >= 0;
}

/* ---- select() ---- */

/* The objects of one of the three sequences, and their descriptors. */
typedef struct Watched {
    PyObject *object[FD_SETSIZE];
    int fd[FD_SETSIZE];
    int n;
} Watched;

static void watched_drop(Watched *watched)
{
    for (int list = 0; list < 3; list++)
        for (int i = 0; i < watched[list].n; i++)
            Py_DECREF(watched[list].object[i]);
    PyMem_Free(watched);
}

static int watched_take(Watched *watched, PyObject *sequence, fd_set *set, int *highest)
{
    FD_ZERO(set);
    K_AUTO(PyObject *) fast = PySequence_Fast(sequence, "arguments 1-3 must be sequences");
    if (!fast)
        return -1;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(fast); i++) {
        K_AUTO(PyObject *) object = Py_NewRef(PySequence_Fast_GET_ITEM(fast, i));
        int fd = PyObject_AsFileDescriptor(object);
        if (fd < 0)
            return -1;
        if (fd >= FD_SETSIZE) {
            PyErr_SetString(PyExc_ValueError, "filedescriptor out of range in select()");
            return -1;
        }
        if (watched->n == FD_SETSIZE) {
            PyErr_SetString(PyExc_ValueError, "too many file descriptors in select()");
            return -1;
        }
        FD_SET(fd, set);
        *highest = Py_MAX(*highest, fd);
        watched->fd[watched->n] = fd;
        watched->object[watched->n++] = K_MOVE(object);
    }
    return 0;
}

static PyObject *watched_ready(const Watched *watched, const fd_set *set)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    for (int i = 0; list && i < watched->n; i++)
        if (FD_ISSET(watched->fd[i], set) && PyList_Append(list, watched->object[i]) < 0)
            return NULL;
    return K_MOVE(list);
}

static int select_timeout(Wait *wait, PyObject *timeout)
{
    *wait = (Wait){ .endless = timeout == Py_None };
    if (wait->endless)
        return 0;
    if (_PyTime_FromSecondsObject(&wait->left, timeout, _PyTime_ROUND_TIMEOUT) < 0) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_SetString(PyExc_TypeError, "timeout must be a float or None");
        return -1;
    }
    struct timeval tv;
    if (_PyTime_AsTimeval(wait->left, &tv, _PyTime_ROUND_TIMEOUT) < 0)
        return -1;
    if (tv.tv_sec >= 0)
        return 0;
    PyErr_SetString(PyExc_ValueError, "timeout must be non-negative");
    return -1;
}

/* Waits; the sets hold what is ready afterwards: 0, or -1 with an exception. */
static int select_wait(int highest, fd_set set[3], Wait *wait)
{
    fd_set asked[3];
    memcpy(asked, set, sizeof asked);
    wait_start(wait);
    for (;;) {
        struct timeval tv;
        int n;
        _PyTime_AsTimeval_clamp(wait->left, &tv, _PyTime_ROUND_CEILING);
        UNLOCKED(errno = 0; n = select(highest + 1, &set[0], &set[1], &set[2], wait->endless ? NULL : &tv));
        if (n >= 0)
            return 0;
        if (errno != EINTR) {
            PyErr_SetFromErrno(PyExc_OSError);
            return -1;
        }
        int again = wait_again(wait);
        if (again < 0)
            return -1;
        if (!again) {
            for (int i = 0; i < 3; i++)
                FD_ZERO(&set[i]);
            return 0;
        }
        memcpy(set, asked, sizeof asked);
    }
}

METHODS_DECLARE(select);

FUNCTION(select, select, FAST, "($module, rlist, wlist, xlist, timeout=None, /)",
         "Wait until one or more descriptors are ready.\n\n"
         "The first three arguments are sequences of descriptors, or of objects with a fileno() method: to wait\n"
         "until they can be read, written, or have an exceptional condition. The timeout is in seconds; None\n"
         "waits without end, 0 not at all. Gives three lists: the parts of the arguments that are ready.")
{
    Wait wait;
    fd_set set[3];
    int highest = -1;
    if (k_check_nargs("select", nargs, 3, 4) < 0 || select_timeout(&wait, nargs > 3 ? args[3] : Py_None) < 0)
        return NULL;
    Watched *watched = PyMem_Calloc(3, sizeof *watched);
    if (!watched)
        return PyErr_NoMemory();
    PyObject *result = NULL;
    if (watched_take(&watched[0], args[0], &set[0], &highest) == 0 &&
        watched_take(&watched[1], args[1], &set[1], &highest) == 0 &&
        watched_take(&watched[2], args[2], &set[2], &highest) == 0 && select_wait(highest, set, &wait) == 0) {
        K_AUTO(PyObject *) readable = watched_ready(&watched[0], &set[0]);
        K_AUTO(PyObject *) writable = watched_ready(&watched[1], &set[1]);
        K_AUTO(PyObject *) exceptional = watched_ready(&watched[2], &set[2]);
        if (readable && writable && exceptional)
            result = PyTuple_Pack(3, readable, writable, exceptional);
    }
    watched_drop(watched);
    return result;
}

/* ---- poll objects ---- */

typedef struct Poll {
    PyObject ob_base;
    PyObject *events;     /* dict: descriptor -> event mask */
    struct pollfd *asked; /* the same for poll(), made anew when stale */
    int n;
    bool stale, running;
} Poll;
#define POLL(o) ((Poll *)(o))
static PyTypeObject poll_type;
METHODS_DECLARE(poll);

static int poll_put(Poll *self, int fd, unsigned short events)
{
    K_AUTO(PyObject *) key = PyLong_FromLong(fd);
    K_AUTO(PyObject *) value = key ? PyLong_FromLong(events) : NULL;
    if (!value || PyDict_SetItem(self->events, key, value) < 0)
        return -1;
    self->stale = true;
    return 0;
}

METHOD(poll, register, FAST, "($self, fd,\n         eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)",
       "Watch a descriptor, or an object with a fileno() method, for the events of the mask.")
{
    unsigned short events = POLLIN | POLLPRI | POLLOUT;
    if (k_check_nargs("register", nargs, 1, 2) < 0)
        return NULL;
    int fd = PyObject_AsFileDescriptor(args[0]);
    if (fd < 0 || (nargs > 1 && !_PyLong_UnsignedShort_Converter(args[1], &events)) ||
        poll_put(POLL(self), fd, events) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD(poll, modify, FAST, "($self, fd, eventmask, /)", "Change the events that a descriptor is watched for.")
{
    unsigned short events;
    if (k_check_nargs("modify", nargs, 2, 2) < 0)
        return NULL;
    int fd = PyObject_AsFileDescriptor(args[0]);
    if (fd < 0 || !_PyLong_UnsignedShort_Converter(args[1], &events))
        return NULL;
    K_AUTO(PyObject *) key = PyLong_FromLong(fd);
    int known = key ? PyDict_Contains(POLL(self)->events, key) : -1;
    if (known < 0)
        return NULL;
    if (!known) {
        errno = ENOENT;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    if (poll_put(POLL(self), fd, events) < 0)
        return NULL;
    Py_RETURN_NONE;
}

METHOD(poll, unregister, O, "($self, fd, /)", "Watch a descriptor no longer.")
{
    int fd = PyObject_AsFileDescriptor(arg);
    K_AUTO(PyObject *) key = fd < 0 ? NULL : PyLong_FromLong(fd);
    if (!key || PyDict_DelItem(POLL(self)->events, key) < 0)
        return NULL;
    POLL(self)->stale = true;
    Py_RETURN_NONE;
}

static int poll_refresh(Poll *self)
{
    if (!self->stale)
        return 0;
    Py_ssize_t n = PyDict_GET_SIZE(self->events), at = 0;
    struct pollfd *asked = PyMem_Resize(self->asked, struct pollfd, n + 1);
    if (!asked) {
        PyErr_NoMemory();
        return -1;
    }
    self->asked = asked;
    self->n = 0;
    PyObject *key, *value;
    while (self->n < n && PyDict_Next(self->events, &at, &key, &value))
        asked[self->n++] = (struct pollfd){ .fd = (int)PyLong_AsLong(key), .events = (short)PyLong_AsLong(value) };
    self->stale = false;
    return 0;
}

/* A timeout in milliseconds (poll) or seconds (epoll); None and negative ones: without end. */
static int poll_timeout(Wait *wait, PyObject *timeout, int (*convert)(_PyTime_t *, PyObject *, _PyTime_round_t))
{
    *wait = (Wait){ .endless = true, .left = -1 };
    if (timeout == Py_None)
        return 0;
    if (convert(&wait->left, timeout, _PyTime_ROUND_TIMEOUT) < 0) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_SetString(PyExc_TypeError, "timeout must be an integer or None");
        return -1;
    }
    _PyTime_t ms = _PyTime_AsMilliseconds(wait->left, _PyTime_ROUND_TIMEOUT);
    if (ms < INT_MIN || ms > INT_MAX) {
        PyErr_SetString(PyExc_OverflowError, "timeout is too large");
        return -1;
    }
    wait->endless = wait->left < 0;
    return 0;
}

static int wait_milliseconds(const Wait *wait)
{
    return wait->endless ? -1 : (int)_PyTime_AsMilliseconds(wait->left, _PyTime_ROUND_CEILING);
}

static int poll_wait(Poll *self, Wait *wait)
{
    wait_start(wait);
    for (;;) {
        int n, ms = wait_milliseconds(wait);
        UNLOCKED(errno = 0; n = poll(self->asked, (nfds_t)self->n, ms));
        if (n >= 0)
            return n;
        if (errno != EINTR) {
            PyErr_SetFromErrno(PyExc_OSError);
            return -1;
        }
        int again = wait_again(wait);
        if (again <= 0)
            return again;
    }
}

METHOD(poll, poll, FAST, "($self, timeout=None, /)",
       "Wait for events of the watched descriptors, at most timeout milliseconds.\n\n"
       "Gives a list of pairs (descriptor, events); it is empty when the time was over.")
{
    Wait wait;
    Poll *poll = POLL(self);
    if (k_check_nargs("poll", nargs, 0, 1) < 0 ||
        poll_timeout(&wait, nargs ? args[0] : Py_None, _PyTime_FromMillisecondsObject) < 0)
        return NULL;
    if (poll->running)
        return k_raise(PyExc_RuntimeError, "concurrent poll() invocation");
    if (poll_refresh(poll) < 0)
        return NULL;
    poll->running = true;
    int n = poll_wait(poll, &wait);
    poll->running = false;
    K_AUTO(PyObject *) list = n < 0 ? NULL : PyList_New(0);
    for (int i = 0; list && n > 0 && i < poll->n; i++) {
        if (!poll->asked[i].revents)
            continue;
        K_AUTO(PyObject *) pair = Py_BuildValue("ii", poll->asked[i].fd, poll->asked[i].revents & 0xffff);
        if (!pair || PyList_Append(list, pair) < 0)
            return NULL;
    }
    return K_MOVE(list);
}
METHODS_END(poll);

static void poll_dealloc(PyObject *self)
{
    PyMem_Free(POLL(self)->asked);
    Py_XDECREF(POLL(self)->events);
    Py_TYPE(self)->tp_free(self);
}

static PyTypeObject poll_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "select.poll",
    .tp_basicsize = sizeof(Poll),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_dealloc = poll_dealloc,
    .tp_methods = METHODS(poll),
    .tp_alloc = PyType_GenericAlloc,
    .tp_free = PyObject_Free,
};
K_TYPE(poll_type);

FUNCTION(select, poll, NOARGS, "($module, /)",
         "A polling object, which can watch many descriptors and wait for events of theirs.")
{
    K_AUTO(PyObject *) poll = PyType_GenericAlloc(&poll_type, 0);
    if (!poll || !(POLL(poll)->events = PyDict_New()))
        return NULL;
    POLL(poll)->stale = true;
    return K_MOVE(poll);
}

/* ---- epoll objects ---- */

typedef struct Epoll {
    PyObject ob_base;
    int fd; /* -1 when closed */
} Epoll;
#define EPOLL(o) ((Epoll *)(o))
static PyTypeObject epoll_type;
METHODS_DECLARE(epoll);

static int epoll_is_open(PyObject *self)
{
    if (EPOLL(self)->fd >= 0)
        return 1;
    PyErr_SetString(PyExc_ValueError, "I/O operation on closed epoll object");
    return 0;
}

static PyObject *epoll_make(PyTypeObject *type, int fd) /* fd < 0: OSError from errno */
{
    if (fd < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    PyObject *self = type->tp_alloc(type, 0);
    if (self)
        EPOLL(self)->fd = fd;
    else
        close(fd);
    return self;
}

BINDER(epoll_new, "epoll", "(sizehint=-1, flags=0)", *sizehint, *flags);

static PyObject *epoll_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    epoll_new_args arg;
    K_AUTO(PyObject *) owned = NULL;
    int sizehint, flags, fd;
    if (BIND(epoll_new, &arg, args, kwargs, &owned) < 0 || k_arg_int(arg.sizehint, &sizehint) < 0 ||
        k_arg_int(arg.flags, &flags) < 0)
        return NULL;
    if (sizehint <= 0 && sizehint != -1)
        return k_raise(PyExc_ValueError, "negative sizehint");
    if (flags & ~EPOLL_CLOEXEC)
        return k_raise(PyExc_OSError, "invalid flags");
    UNLOCKED(fd = epoll_create1(EPOLL_CLOEXEC));
    return epoll_make(type, fd);
}

METHOD_FLAGS(epoll, fromfd, O, METH_CLASS, "($type, fd, /)", "An epoll object from an epoll descriptor.")
{
    int fd;
    return k_arg_int(arg, &fd) < 0 ? NULL : epoll_make((PyTypeObject *)self, fd);
}

static int epoll_shut(Epoll *self)
{
    int fd = self->fd, result = 0;
    self->fd = -1;
    if (fd >= 0)
        UNLOCKED(result = close(fd));
    return result;
}

METHOD(epoll, close, NOARGS, "($self, /)", "Close the epoll descriptor; every further operation raises ValueError.")
{
    if (epoll_shut(EPOLL(self)) < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    Py_RETURN_NONE;
}

METHOD(epoll, fileno, NOARGS, "($self, /)", "The epoll descriptor.")
{
    return epoll_is_open(self) ? PyLong_FromLong(EPOLL(self)->fd) : NULL;
}

/* mask NULL: there is none for this operation */
static PyObject *epoll_control(PyObject *self, int operation, PyObject *watched, PyObject *mask)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLPRI | EPOLLOUT };
    int fd = PyObject_AsFileDescriptor(watched), result;
    if (fd < 0)
        return NULL;
    if (mask) {
        event.events = (uint32_t)PyLong_AsUnsignedLongMask(mask);
        if (event.events == (uint32_t)-1 && PyErr_Occurred())
            return NULL;
    }
    if (!epoll_is_open(self))
        return NULL;
    event.data.fd = fd;
    int epoll = EPOLL(self)->fd;
    UNLOCKED(result = epoll_ctl(epoll, operation, fd, &event));
    if (result < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    Py_RETURN_NONE;
}

METHOD_KW(epoll, register, "($self, /, fd,\n         eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)",
          "Watch a new descriptor; FileExistsError when it is watched already.", *fd, *eventmask)
{
    return epoll_control(self, EPOLL_CTL_ADD, arg->fd, arg->eventmask);
}

METHOD_KW(epoll, modify, "($self, /, fd, eventmask)", "Change the events that a descriptor is watched for.", *fd, *eventmask)
{
    return epoll_control(self, EPOLL_CTL_MOD, arg->fd, arg->eventmask);
}

METHOD_KW(epoll, unregister, "($self, /, fd)", "Watch a descriptor no longer.", *fd)
{
    return epoll_control(self, EPOLL_CTL_DEL, arg->fd, NULL);
}

/* How many events came: -1 with an exception. */
static int epoll_await(int epoll, struct epoll_event *event, int most, Wait *wait)
{
    wait_start(wait);
    for (;;) {
        int n, ms = wait_milliseconds(wait);
        UNLOCKED(errno = 0; n = epoll_wait(epoll, event, most, ms));
        if (n >= 0)
            return n;
        if (errno != EINTR) {
            PyErr_SetFromErrno(PyExc_OSError);
            return -1;
        }
        int again = wait_again(wait);
        if (again <= 0)
            return again;
    }
}

METHOD_KW(epoll, poll, "($self, /, timeout=None, maxevents=-1)",
          "Wait for events of the watched descriptors, at most timeout seconds; -1 and None wait without end.\n\n"
          "Gives a list of pairs (descriptor, events), maxevents at most.", *timeout, *maxevents)
{
    Wait wait;
    int most;
    if (k_arg_int(arg->maxevents, &most) < 0 || !epoll_is_open(self) ||
        poll_timeout(&wait, arg->timeout, _PyTime_FromSecondsObject) < 0)
        return NULL;
    if (most == -1)
        most = FD_SETSIZE - 1;
    if (most < 1)
        return k_raise(PyExc_ValueError, "maxevents must be greater than 0, got %d", most);
    struct epoll_event *event = PyMem_New(struct epoll_event, most);
    if (!event)
        return PyErr_NoMemory();
    int n = epoll_await(EPOLL(self)->fd, event, most, &wait);
    K_AUTO(PyObject *) list = n < 0 ? NULL : PyList_New(n);
    for (int i = 0; list && i < n; i++) {
        PyObject *pair = Py_BuildValue("iI", event[i].data.fd, event[i].events);
        if (!pair)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, pair);
    }
    PyMem_Free(event);
    return K_MOVE(list);
}

METHOD(epoll, __enter__, NOARGS, "($self, /)", "The object itself.")
{
    return epoll_is_open(self) ? Py_NewRef(self) : NULL;
}

METHOD(epoll, __exit__, FAST, "($self, exc_type=None, exc_value=None, exc_tb=None, /)", "Close the epoll descriptor.")
{
    if (k_check_nargs("__exit__", nargs, 0, 3) < 0)
        return NULL;
    return PyObject_CallMethodObjArgs(self, K_STR("close"), NULL);
}
METHODS_END(epoll);

static PyObject *epoll_closed(PyObject *self, void *closure K_UNUSED)
{
    Py_RETURN_BOOL(EPOLL(self)->fd < 0);
}

static PyGetSetDef epoll_getset[] = {
    { "closed", epoll_closed, NULL, "True if the epoll handler is closed", NULL },
    { NULL, NULL, NULL, NULL, NULL },
};

static void epoll_dealloc(PyObject *self)
{
    (void)epoll_shut(EPOLL(self));
    Py_TYPE(self)->tp_free(self);
}

static PyTypeObject epoll_type = {
    .ob_base = PyVarObject_HEAD_INIT(&PyType_Type, 0),
    .tp_name = "select.epoll",
    .tp_doc = "select.epoll(sizehint=-1, flags=0)\n\nAn object that waits for events of many descriptors.\n\n"
              "sizehint is checked and has no effect.",
    .tp_basicsize = sizeof(Epoll),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_dealloc = epoll_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_methods = METHODS(epoll),
    .tp_getset = epoll_getset,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = epoll_new,
    .tp_free = PyObject_Free,
};
K_TYPE(epoll_type);

METHODS_END(select);

#define N(name) { #name, (long)(unsigned)(name) },
static const struct { const char *name; long value; } constant[] = {
    N(EPOLLERR) N(EPOLLET) N(EPOLLEXCLUSIVE) N(EPOLLHUP) N(EPOLLIN) N(EPOLLMSG) N(EPOLLONESHOT) N(EPOLLOUT) N(EPOLLPRI)
    N(EPOLLRDBAND) N(EPOLLRDHUP) N(EPOLLRDNORM) N(EPOLLWRBAND) N(EPOLLWRNORM) N(EPOLL_CLOEXEC) N(PIPE_BUF) N(POLLERR)
    N(POLLHUP) N(POLLIN) N(POLLMSG) N(POLLNVAL) N(POLLOUT) N(POLLPRI) N(POLLRDBAND) N(POLLRDHUP) N(POLLRDNORM)
    N(POLLWRBAND) N(POLLWRNORM)
};
#undef N

static int select_exec(PyObject *module)
{
    for (Py_ssize_t i = 0; i < K_COUNT_OF(constant); i++)
        if (PyModule_AddIntConstant(module, constant[i].name, constant[i].value) < 0)
            return -1;
    return PyModule_AddObjectRef(module, "error", PyExc_OSError) < 0 || PyModule_AddType(module, &epoll_type) < 0 ? -1 : 0;
}

MODULE(select, "Waiting for input and output on many descriptors.", select_exec, 0);
