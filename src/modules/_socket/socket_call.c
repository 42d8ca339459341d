/* socket_call.c - module _socket: doing an operation of a socket within its timeout.
 *
 * In: an attempt, which is one system call.  Out: success, or the exception. A socket with a timeout is not blocking for
 * the kernel: waiting is done here, with poll(). Start at socket_call_within(). */
#include <poll.h>

#include "modules/_socket/socket_int.h"

PyObject *socket_error(void)
{
    return PyErr_SetFromErrno(PyExc_OSError);
}

int socket_timeout_argument(PyObject *argument, _PyTime_t *timeout)
{
    *timeout = -1;
    if (argument == Py_None)
        return 0;
    if (_PyTime_FromSecondsObject(timeout, argument, _PyTime_ROUND_TIMEOUT) < 0)
        return -1;
    if (*timeout < 0) {
        PyErr_SetString(PyExc_ValueError, "Timeout value out of range");
        return -1;
    }
    if (_PyTime_AsMilliseconds(*timeout, _PyTime_ROUND_TIMEOUT) <= INT_MAX)
        return 0;
    PyErr_SetString(PyExc_OverflowError, "timeout doesn't fit into C timeval");
    return -1;
}

int socket_set_blocking(Socket *self, bool blocking)
{
    int result, off = !blocking;
    UNLOCKED(result = ioctl(self->fd, FIONBIO, &off));
    if (result < 0)
        socket_error();
    return result < 0 ? -1 : 0;
}

/* Waits until the descriptor is ready: 1, 0 when the time is over, -1 with errno. */
static int await(Socket *self, bool writing, bool connecting, _PyTime_t left)
{
    struct pollfd pollfd = { .fd = self->fd, .events = writing ? POLLOUT : POLLIN };
    if (connecting)
        pollfd.events |= POLLERR;
    int result, ms = left < 0 ? -1 : (int)_PyTime_AsMilliseconds(left, _PyTime_ROUND_CEILING);
    UNLOCKED(result = poll(&pollfd, 1, ms));
    return result < 0 ? -1 : result > 0;
}

static int failed(int *error, int number)
{
    if (error)
        *error = number;
    else {
        errno = number;
        socket_error();
    }
    return -1;
}

static int timed_out(int *error)
{
    if (error)
        *error = EWOULDBLOCK;
    else
        PyErr_SetString(PyExc_TimeoutError, "timed out");
    return -1;
}

/* Whether a signal's handler raised. */
static bool handler_raised(int *error)
{
    if (PyErr_CheckSignals() == 0)
        return false;
    if (error)
        *error = -1;
    return true;
}

int socket_call_within(Socket *self, bool writing, bool waits, SocketAttempt attempt, void *data, _PyTime_t timeout,
                       int *error)
{
    _PyTime_t deadline = timeout > 0 ? _PyTime_GetMonotonicClock() + timeout : 0;
    bool first = true, success;
    while (true) {
        if (timeout > 0 || waits) {
            _PyTime_t left = first || timeout <= 0 ? timeout : deadline - _PyTime_GetMonotonicClock();
            first = false;
            int ready = timeout > 0 && left < 0 ? 0 : await(self, writing, waits, left);
            if (ready == 0)
                return timed_out(error);
            if (ready < 0) {
                if (errno != EINTR)
                    return failed(error, errno);
                if (handler_raised(error))
                    return -1;
                continue;
            }
        }
        do {
            UNLOCKED(errno = 0; success = attempt(self, data));
            if (success) {
                if (error)
                    *error = 0;
                return 0;
            }
            if (errno == EINTR && handler_raised(error))
                return -1;
        } while (errno == EINTR);
        if (timeout <= 0 || (errno != EWOULDBLOCK && errno != EAGAIN))
            return failed(error, errno);
    }
}

int socket_call(Socket *self, bool writing, SocketAttempt attempt, void *data)
{
    return socket_call_within(self, writing, false, attempt, data, self->timeout, NULL);
}
