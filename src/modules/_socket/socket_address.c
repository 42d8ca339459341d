/* socket_address.c - module _socket: addresses between Python's tuples and the system's structures.
 *
 * In: an address object and a socket, whose family says how it is written.  Out: a SocketAddress; and back.
 * Start at address_parse() and address_object(). */
#include "modules/_socket/socket_int.h"

int address_gai_error(int error)
{
    if (error == EAI_SYSTEM) {
        socket_error();
        return -1;
    }
    K_AUTO(PyObject *) value = Py_BuildValue("(is)", error, gai_strerror(error));
    if (value)
        PyErr_SetObject(socket_gaierror, value);
    return -1;
}

static int os_error(const char *text)
{
    PyErr_SetString(PyExc_OSError, text);
    return -1;
}

/* ---- hosts ---- */

static int lookup(const char *name, const char *service, SocketAddress *address, size_t size, int family, bool wildcard)
{
    struct addrinfo *found = NULL, hints = { .ai_family = family, .ai_socktype = wildcard ? SOCK_DGRAM : 0,
                                             .ai_flags = wildcard ? AI_PASSIVE : 0 };
    int error;
    UNLOCKED(error = getaddrinfo(name, service, &hints, &found));
    if (error)
        return address_gai_error(error);
    int length = found->ai_family == AF_INET ? 4 : found->ai_family == AF_INET6 ? 16 : -1;
    bool several = wildcard && found->ai_next;
    memcpy(address, found->ai_addr, Py_MIN(size, found->ai_addrlen));
    freeaddrinfo(found);
    if (several)
        return os_error("wildcard resolved to multiple address");
    return length < 0 ? os_error("unknown address family") : length;
}

int address_resolve(const char *name, SocketAddress *address, size_t size, int family)
{
    memset(address, 0, size);
    if (!name[0])
        return lookup(NULL, "0", address, size, family, true);
    if (strcmp(name, "<broadcast>") == 0 || strcmp(name, "255.255.255.255") == 0) {
        if (family != AF_INET && family != AF_UNSPEC)
            return os_error("address family mismatched");
        address->in = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = INADDR_BROADCAST };
        return 4;
    }
    if ((family == AF_UNSPEC || family == AF_INET) && inet_pton(AF_INET, name, &address->in.sin_addr) > 0) {
        address->any.sa_family = AF_INET;
        return 4;
    }
    if ((family == AF_UNSPEC || family == AF_INET6) && size >= sizeof address->in6 && !strchr(name, '%') &&
        inet_pton(AF_INET6, name, &address->in6.sin6_addr) > 0) {
        address->any.sa_family = AF_INET6;
        return 16;
    }
    return lookup(name, NULL, address, size, family, false);
}

PyObject *address_in(const struct in_addr *address)
{
    char text[INET_ADDRSTRLEN];
    return inet_ntop(AF_INET, address, text, sizeof text) ? PyUnicode_FromString(text) : socket_error();
}

PyObject *address_in6(const struct in6_addr *address)
{
    char text[INET6_ADDRSTRLEN];
    return inet_ntop(AF_INET6, address, text, sizeof text) ? PyUnicode_FromString(text) : socket_error();
}

static int interface_index(int fd, const char *name, int *index)
{
    struct ifreq request;
    memset(&request, 0, sizeof request);
    strncpy(request.ifr_name, name, sizeof request.ifr_name - 1);
    if (ioctl(fd, SIOCGIFINDEX, &request) < 0) {
        socket_error();
        return -1;
    }
    *index = request.ifr_ifindex;
    return 0;
}

/* The name of an interface, "" when there is none such. */
static const char *interface_name(int fd, int index, struct ifreq *request)
{
    memset(request, 0, sizeof *request);
    request->ifr_ifindex = index;
    if (index <= 0 || ioctl(fd, SIOCGIFNAME, request) < 0)
        return "";
    return request->ifr_name;
}

/* ---- from an object ---- */

typedef struct Parse {
    Socket *socket;
    PyObject *object;
    SocketAddress *address;
    const char *caller;
} Parse;

static int need_tuple(const Parse *p, const char *family)
{
    if (PyTuple_Check(p->object))
        return 0;
    PyErr_Format(PyExc_TypeError, "%s(): %s address must be tuple, not %.500s", p->caller, family,
                 Py_TYPE(p->object)->tp_name);
    return -1;
}

static int out_of_range(const Parse *p, const char *what, const char *range)
{
    PyErr_Format(PyExc_OverflowError, "%s(): %s must be %s.", p->caller, what, range);
    return -1;
}

/* Sun's path, or an abstract name that begins with NUL: its size, or -1. */
static socklen_t parse_unix(Parse *p, int *status)
{
    K_AUTO(PyObject *) bytes = NULL;
    Py_buffer path;
    *status = -1;
    if (PyUnicode_Check(p->object)) {
        K_SET(bytes, PyUnicode_EncodeFSDefault(p->object));
        if (!bytes)
            return 0;
    }
    if (PyObject_GetBuffer(bytes ? bytes : p->object, &path, PyBUF_SIMPLE) < 0)
        return 0;
    size_t length = (size_t)path.len, room = sizeof p->address->un.sun_path;
    bool is_abstract = length == 0 || *(char *)path.buf == '\0';
    if (length > room || (!is_abstract && length == room))
        os_error("AF_UNIX path too long");
    else {
        p->address->un.sun_family = AF_UNIX;
        memcpy(p->address->un.sun_path, path.buf, length);
        *status = 0;
    }
    PyBuffer_Release(&path);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

static int resolve_parsed(Parse *p, PyObject *host, size_t size, int family)
{
    return address_resolve(PyBytes_AS_STRING(host), p->address, size, family);
}

/* PyArg_Parse of (host, port, ...); an overflow is told as one of the port. */
static int parse_host_port(Parse *p, const char *format, PyObject **host, int *port, unsigned *flow, unsigned *scope)
{
    if (!PyArg_ParseTuple(p->object, format, socket_host_name, host, port, flow, scope)) {
        if (PyErr_ExceptionMatches(PyExc_OverflowError))
            out_of_range(p, "port", "0-65535");
        return -1;
    }
    return 0;
}

static int parse_in(Parse *p)
{
    K_AUTO(PyObject *) host = NULL;
    int port;
    if (need_tuple(p, "AF_INET") < 0 ||
        parse_host_port(p, "O&i;AF_INET address must be a pair (host, port)", &host, &port, NULL, NULL) < 0 ||
        resolve_parsed(p, host, sizeof p->address->in, AF_INET) < 0)
        return -1;
    if (port < 0 || port > 0xffff)
        return out_of_range(p, "port", "0-65535");
    p->address->in.sin_family = AF_INET;
    p->address->in.sin_port = htons((uint16_t)port);
    return 0;
}

static int parse_in6(Parse *p)
{
    K_AUTO(PyObject *) host = NULL;
    int port;
    unsigned flow = 0, scope = 0;
    if (need_tuple(p, "AF_INET6") < 0 ||
        parse_host_port(p, "O&i|II;AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])", &host, &port,
                        &flow, &scope) < 0 ||
        resolve_parsed(p, host, sizeof p->address->in6, AF_INET6) < 0)
        return -1;
    if (port < 0 || port > 0xffff)
        return out_of_range(p, "port", "0-65535");
    if (flow > 0xfffff)
        return out_of_range(p, "flowinfo", "0-1048575");
    p->address->in6.sin6_family = AF_INET6;
    p->address->in6.sin6_port = htons((uint16_t)port);
    p->address->in6.sin6_flowinfo = htonl(flow);
    if (scope || PyTuple_GET_SIZE(p->object) > 3)
        p->address->in6.sin6_scope_id = scope;
    return 0;
}

static int parse_packet(Parse *p)
{
    const char *name;
    int proto, kind = 0, hardware = 0, index;
    Py_buffer place = { .buf = NULL };
    if (need_tuple(p, "AF_PACKET") < 0)
        return -1;
    if (!PyArg_ParseTuple(p->object, "si|iiy*;AF_PACKET address must be a tuple of two to five elements", &name, &proto,
                          &kind, &hardware, &place)) {
        if (PyErr_ExceptionMatches(PyExc_OverflowError))
            out_of_range(p, "address argument", "0-65535");
        return -1;
    }
    struct sockaddr_ll *ll = &p->address->packet;
    int status = -1;
    if (place.buf && place.len > 8)
        PyErr_SetString(PyExc_ValueError, "Hardware address must be 8 bytes or less");
    else if (proto < 0 || proto > 0xffff)
        out_of_range(p, "proto", "0-65535");
    else if ((status = interface_index(p->socket->fd, name, &index)) == 0) {
        *ll = (struct sockaddr_ll){ .sll_family = AF_PACKET, .sll_protocol = htons((uint16_t)proto), .sll_ifindex = index,
                                    .sll_pkttype = (unsigned char)kind, .sll_hatype = (unsigned short)hardware };
        if (place.buf)
            memcpy(ll->sll_addr, place.buf, (size_t)place.len);
        ll->sll_halen = (unsigned char)place.len;
    }
    if (place.buf)
        PyBuffer_Release(&place);
    return status;
}

static int parse_tipc(Parse *p)
{
    unsigned kind, a, b, c, scope = TIPC_CLUSTER_SCOPE;
    if (need_tuple(p, "AF_TIPC") < 0 ||
        !PyArg_ParseTuple(p->object, "IIII|I;AF_TIPC address must be a tuple (addr_type, v1, v2, v3[, scope])", &kind, &a,
                          &b, &c, &scope))
        return -1;
    struct sockaddr_tipc *tipc = &p->address->tipc;
    *tipc = (struct sockaddr_tipc){ .family = AF_TIPC, .scope = (signed char)scope, .addrtype = (unsigned char)kind };
    if (kind == TIPC_ADDR_NAMESEQ) {
        tipc->addr.nameseq.type = a;
        tipc->addr.nameseq.lower = b;
        tipc->addr.nameseq.upper = c;
    }
    else if (kind == TIPC_ADDR_NAME) {
        tipc->addr.name.name.type = a;
        tipc->addr.name.name.instance = b;
    }
    else if (kind == TIPC_ADDR_ID) {
        tipc->addr.id.node = a;
        tipc->addr.id.ref = b;
    }
    else {
        PyErr_SetString(PyExc_TypeError, "Invalid address type");
        return -1;
    }
    return 0;
}

static int can_interface(Parse *p, PyObject *name, struct sockaddr_can *can)
{
    can->can_family = AF_CAN;
    if (PyBytes_GET_SIZE(name) == 0)
        return 0;
    if (PyBytes_GET_SIZE(name) >= IFNAMSIZ)
        return os_error("AF_CAN interface name too long");
    int index;
    if (interface_index(p->socket->fd, PyBytes_AS_STRING(name), &index) < 0)
        return -1;
    can->can_ifindex = index;
    return 0;
}

static int parse_can(Parse *p)
{
    K_AUTO(PyObject *) name = NULL;
    struct sockaddr_can *can = &p->address->can;
    memset(can, 0, sizeof *can);
    if (need_tuple(p, "AF_CAN") < 0)
        return -1;
    if (p->socket->proto == CAN_ISOTP) {
        unsigned long receive, transmit;
        if (!PyArg_ParseTuple(p->object, "O&kk", PyUnicode_FSConverter, &name, &receive, &transmit))
            return -1;
        can->can_addr.tp.rx_id = (canid_t)receive;
        can->can_addr.tp.tx_id = (canid_t)transmit;
    }
    else if (p->socket->proto == CAN_J1939) {
        unsigned long long j1939_name;
        unsigned group;
        uint8_t place;
        if (!PyArg_ParseTuple(p->object, "O&KIB", PyUnicode_FSConverter, &name, &j1939_name, &group, &place))
            return -1;
        can->can_addr.j1939.name = j1939_name;
        can->can_addr.j1939.pgn = group;
        can->can_addr.j1939.addr = place;
    }
    else if (p->socket->proto != CAN_RAW && p->socket->proto != CAN_BCM) {
        PyErr_Format(PyExc_OSError, "%s(): unsupported CAN protocol", p->caller);
        return -1;
    }
    else if (!PyArg_ParseTuple(p->object, "O&;AF_CAN address must be a tuple (interface, )", PyUnicode_FSConverter, &name))
        return -1;
    return can_interface(p, name, can);
}

static int parse_alg(Parse *p)
{
    const char *kind, *name;
    struct sockaddr_alg *alg = &p->address->alg;
    memset(alg, 0, sizeof *alg);
    alg->salg_family = AF_ALG;
    if (need_tuple(p, "AF_ALG") < 0 ||
        !PyArg_ParseTuple(p->object, "ss|HH;AF_ALG address must be a tuple (type, name[, feat[, mask]])", &kind, &name,
                          &alg->salg_feat, &alg->salg_mask))
        return -1;
    if (strlen(kind) >= sizeof alg->salg_type) {
        PyErr_SetString(PyExc_ValueError, "AF_ALG type too long.");
        return -1;
    }
    if (strlen(name) >= sizeof alg->salg_name) {
        PyErr_SetString(PyExc_ValueError, "AF_ALG name too long.");
        return -1;
    }
    strcpy((char *)alg->salg_type, kind);
    strcpy((char *)alg->salg_name, name);
    return 0;
}

/* The families whose address is a pair of unsigned numbers. */
static int parse_pair(Parse *p)
{
    unsigned a, b;
    switch (p->socket->family) {
    case AF_NETLINK:
        if (need_tuple(p, "AF_NETLINK") < 0 ||
            !PyArg_ParseTuple(p->object, "II;AF_NETLINK address must be a pair (pid, groups)", &a, &b))
            return -1;
        p->address->netlink = (struct sockaddr_nl){ .nl_family = AF_NETLINK, .nl_pid = a, .nl_groups = b };
        return 0;
    case AF_QIPCRTR:
        if (need_tuple(p, "AF_QIPCRTR") < 0 ||
            !PyArg_ParseTuple(p->object, "II;AF_QIPCRTR address must be a pair (node, port)", &a, &b))
            return -1;
        p->address->qrtr = (struct sockaddr_qrtr){ .sq_family = AF_QIPCRTR, .sq_node = a, .sq_port = b };
        return 0;
    default:
        if (!PyTuple_Check(p->object)) {
            PyErr_Format(PyExc_TypeError, "getsockaddrarg: AF_VSOCK address must be tuple, not %.500s",
                         Py_TYPE(p->object)->tp_name);
            return -1;
        }
        if (!PyArg_ParseTuple(p->object, "II:getsockaddrarg", &a, &b))
            return -1;
        p->address->vm = (struct sockaddr_vm){ .svm_family = AF_VSOCK, .svm_cid = a, .svm_port = b };
        return 0;
    }
}

int address_parse(Socket *self, PyObject *object, SocketAddress *address, socklen_t *size, const char *caller)
{
    Parse p = { self, object, address, caller };
    int status;
    memset(address, 0, sizeof *address);
    *size = address_room(self->family);
    switch (self->family) {
    case AF_UNIX:
        *size = parse_unix(&p, &status);
        return status;
    case AF_INET:
        return parse_in(&p);
    case AF_INET6:
        return parse_in6(&p);
    case AF_NETLINK:
    case AF_QIPCRTR:
    case AF_VSOCK:
        return parse_pair(&p);
    case AF_PACKET:
        return parse_packet(&p);
    case AF_TIPC:
        return parse_tipc(&p);
    case AF_CAN:
        return parse_can(&p);
    case AF_ALG:
        return parse_alg(&p);
    default:
        PyErr_Format(PyExc_OSError, "%s(): bad family", caller);
        return -1;
    }
}

socklen_t address_room(int family)
{
    switch (family) {
    case AF_UNIX:
        return sizeof(struct sockaddr_un);
    case AF_INET:
        return sizeof(struct sockaddr_in);
    case AF_INET6:
        return sizeof(struct sockaddr_in6);
    case AF_NETLINK:
        return sizeof(struct sockaddr_nl);
    case AF_QIPCRTR:
        return sizeof(struct sockaddr_qrtr);
    case AF_VSOCK:
        return sizeof(struct sockaddr_vm);
    case AF_PACKET:
        return sizeof(struct sockaddr_ll);
    case AF_TIPC:
        return sizeof(struct sockaddr_tipc);
    case AF_CAN:
        return sizeof(struct sockaddr_can);
    case AF_ALG:
        return sizeof(struct sockaddr_alg);
    default:
        return sizeof(struct sockaddr_storage);
    }
}

/* ---- to an object ---- */

static PyObject *unix_object(const SocketAddress *address, socklen_t size)
{
    size_t length = size - offsetof(struct sockaddr_un, sun_path);
    if (size <= offsetof(struct sockaddr_un, sun_path))
        return PyUnicode_FromString("");
    if (address->un.sun_path[0] == '\0') /* an abstract name */
        return PyBytes_FromStringAndSize(address->un.sun_path, (Py_ssize_t)length);
    return PyUnicode_DecodeFSDefaultAndSize(address->un.sun_path, (Py_ssize_t)strnlen(address->un.sun_path, length));
}

static PyObject *tipc_object(const struct sockaddr_tipc *tipc)
{
    if (tipc->addrtype == TIPC_ADDR_NAMESEQ)
        return Py_BuildValue("IIIII", tipc->addrtype, tipc->addr.nameseq.type, tipc->addr.nameseq.lower,
                             tipc->addr.nameseq.upper, tipc->scope);
    if (tipc->addrtype == TIPC_ADDR_NAME)
        return Py_BuildValue("IIIII", tipc->addrtype, tipc->addr.name.name.type, tipc->addr.name.name.instance,
                             tipc->addr.name.name.instance, tipc->scope);
    if (tipc->addrtype == TIPC_ADDR_ID)
        return Py_BuildValue("IIIII", tipc->addrtype, tipc->addr.id.node, tipc->addr.id.ref, 0, tipc->scope);
    return k_raise(PyExc_ValueError, "Invalid address type");
}

static PyObject *can_object(int fd, const struct sockaddr_can *can, int proto)
{
    struct ifreq request;
    const char *name = interface_name(fd, can->can_ifindex, &request);
    if (proto == CAN_ISOTP)
        return Py_BuildValue("O&kk", PyUnicode_DecodeFSDefault, name, (unsigned long)can->can_addr.tp.rx_id,
                             (unsigned long)can->can_addr.tp.tx_id);
    if (proto == CAN_J1939)
        return Py_BuildValue("O&KIB", PyUnicode_DecodeFSDefault, name, (unsigned long long)can->can_addr.j1939.name,
                             (unsigned)can->can_addr.j1939.pgn, can->can_addr.j1939.addr);
    return Py_BuildValue("O&h", PyUnicode_DecodeFSDefault, name, can->can_family);
}

static PyObject *packet_object(int fd, const struct sockaddr_ll *ll)
{
    struct ifreq request;
    return _Py_BuildValue_SizeT("shbhy#", interface_name(fd, ll->sll_ifindex, &request), ntohs(ll->sll_protocol), ll->sll_pkttype,
                         ll->sll_hatype, (const char *)ll->sll_addr, (Py_ssize_t)ll->sll_halen);
}

PyObject *address_object(int fd, const SocketAddress *address, socklen_t size, int proto)
{
    if (size == 0)
        Py_RETURN_NONE; /* nobody: recvfrom() of a connected socket */
    switch (address->any.sa_family) {
    case AF_UNIX:
        return unix_object(address, size);
    case AF_INET:
        return Py_BuildValue("Ni", address_in(&address->in.sin_addr), ntohs(address->in.sin_port));
    case AF_INET6:
        return Py_BuildValue("NiII", address_in6(&address->in6.sin6_addr), ntohs(address->in6.sin6_port),
                             ntohl(address->in6.sin6_flowinfo), address->in6.sin6_scope_id);
    case AF_NETLINK:
        return Py_BuildValue("II", address->netlink.nl_pid, address->netlink.nl_groups);
    case AF_QIPCRTR:
        return Py_BuildValue("II", address->qrtr.sq_node, address->qrtr.sq_port);
    case AF_VSOCK:
        return Py_BuildValue("II", address->vm.svm_cid, address->vm.svm_port);
    case AF_PACKET:
        return packet_object(fd, &address->packet);
    case AF_TIPC:
        return tipc_object(&address->tipc);
    case AF_CAN:
        return can_object(fd, &address->can, proto);
    case AF_ALG:
        return Py_BuildValue("O&O&HH", PyUnicode_DecodeFSDefault, address->alg.salg_type, PyUnicode_DecodeFSDefault,
                             address->alg.salg_name, address->alg.salg_feat, address->alg.salg_mask);
    default:
        return _Py_BuildValue_SizeT("iy#", address->any.sa_family, address->any.sa_data, (Py_ssize_t)sizeof address->any.sa_data);
    }
}
