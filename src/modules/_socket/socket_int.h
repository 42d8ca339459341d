/* socket_int.h - shared by the files of module _socket: socket objects, addresses, waiting, names. */
#ifndef KAA_MODULES_SOCKET_SOCKET_INT_H
#define KAA_MODULES_SOCKET_SOCKET_INT_H

#include <arpa/inet.h>
#include <linux/can.h>
#include <linux/can/isotp.h>
#include <linux/can/j1939.h>
#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/qrtr.h>
#include <linux/tipc.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <fcntl.h>
#include <unistd.h>

#include "memory/mem.h"
#include "objects/buffer.h"
#include "objects/bytes/bytes.h"
#include "objects/float/float.h"
#include "objects/call.h"
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
#include "runtime/sys.h"
#include "runtime/time.h"

/* The layout is known to extension modules (_ssl). */
typedef struct Socket {
    PyObject ob_base;
    int fd; /* -1 when closed */
    int family, type, proto;
    PyObject *(*raise_errno)(void);
    _PyTime_t timeout; /* -1: none; 0: not blocking */
} Socket;
#define SOCKET(o) ((Socket *)(o))
extern K_INT PyTypeObject socket_type;

typedef union SocketAddress {
    struct sockaddr any;
    struct sockaddr_storage storage;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_un un;
    struct sockaddr_nl netlink;
    struct sockaddr_ll packet;
    struct sockaddr_can can;
    struct sockaddr_alg alg;
    struct sockaddr_vm vm;
    struct sockaddr_tipc tipc;
    struct sockaddr_qrtr qrtr;
} SocketAddress;

/* socket_address.c */
/* An address object as the family of the socket writes it: 0, or -1 with an exception. caller is for messages. */
K_INT K_STATUS int address_parse(Socket *self, PyObject *object, SocketAddress *address, socklen_t *size, const char *caller);
/* fd is asked for names of interfaces; it may be -1. */
K_INT K_NEW PyObject *address_object(int fd, const SocketAddress *address, socklen_t size, int proto);
K_INT socklen_t address_room(int family); /* bytes that addresses of a family take */
/* A host's name or number: bytes of the binary address, or -1 with an exception. */
K_INT K_STATUS int address_resolve(const char *name, SocketAddress *address, size_t size, int family);
K_INT K_NEW PyObject *address_in(const struct in_addr *address);
K_INT K_NEW PyObject *address_in6(const struct in6_addr *address);
/* Sets gaierror; gives -1. */
K_INT int address_gai_error(int error);

/* socket_call.c */
/* One attempt at an operation: true when it succeeded, else errno tells. Runs without the GIL. */
typedef bool (*SocketAttempt)(Socket *self, void *data);
/* Attempts until it succeeds, waiting for the descriptor as the socket's timeout allows: 0, or -1 with an exception. */
K_INT K_STATUS int socket_call(Socket *self, bool writing, SocketAttempt attempt, void *data);
/* The same with a timeout of its own. The errno is stored in *error instead of raised, unless error is NULL: then -1
 * comes without an exception, but for those of signal handlers (*error is -1 then). waits: before the first attempt. */
K_INT K_STATUS int socket_call_within(Socket *self, bool writing, bool waits, SocketAttempt attempt, void *data,
                                      _PyTime_t timeout, int *error);
K_INT K_STATUS int socket_timeout_argument(PyObject *argument, _PyTime_t *timeout);
K_INT K_STATUS int socket_set_blocking(Socket *self, bool blocking);
K_INT PyObject *socket_error(void); /* OSError from errno; gives NULL */

/* socket_object.c */
K_INT K_STATUS int socket_start(Socket *self, int fd, int family, int type, int proto);
K_INT K_NEW PyObject *socket_new_of(int fd, int family, int type, int proto);
K_INT K_STATUS int socket_default_timeout_set(PyObject *timeout);
K_INT _PyTime_t socket_default_timeout(void);

/* _socket.c, socket_constants.c */
extern K_INT PyObject *socket_gaierror, *socket_herror; /* exception classes, made once */
K_INT K_STATUS int socket_constants(PyObject *module);
/* An argument that names a host, as bytes: 1, or 0 with an exception (a converter of PyArg_Parse). */
K_INT int socket_host_name(PyObject *object, void *bytes);

#endif
