/* socket_names.c - module _socket: names of hosts, services, protocols and interfaces; byte orders; functions of
 * descriptors.
 *
 * In: names and numbers.  Out: what the resolver says, or gaierror and herror. Start at _socket_getaddrinfo. */
#include "modules/_socket/socket_int.h"

enum { ANSWER_ROOM = 16384 };

/* ---- hosts ---- */

METHOD_RAW(_socket, gethostname, NOARGS, 0, "gethostname() -> string\n\nThe name of this machine.")
{
    char name[1024];
    int result;
    if (PySys_Audit("socket.gethostname", NULL) < 0)
        return NULL;
    UNLOCKED(result = gethostname(name, sizeof name - 1));
    if (result < 0)
        return socket_error();
    name[sizeof name - 1] = '\0';
    return PyUnicode_DecodeFSDefault(name);
}

METHOD_RAW(_socket, sethostname, O, 0, "sethostname(name)\n\nSet the name of this machine.")
{
    K_AUTO(PyObject *) name = NULL;
    int result;
    if (PyBytes_Check(arg))
        K_SET(name, Py_NewRef(arg));
    else if (!PyUnicode_FSConverter(arg, &name))
        return NULL;
    if (PySys_Audit("socket.sethostname", "(O)", arg) < 0)
        return NULL;
    UNLOCKED(result = sethostname(PyBytes_AS_STRING(name), (size_t)PyBytes_GET_SIZE(name)));
    return result < 0 ? socket_error() : Py_NewRef(Py_None);
}

/* One argument that is a host's name, for a function: its bytes; new. */
static PyObject *host_argument(PyObject *const *args, Py_ssize_t nargs, const char *format)
{
    char *text = NULL;
    if (!_PyArg_ParseStack(args, nargs, format, "idna", &text))
        return NULL;
    PyObject *bytes = PyBytes_FromString(text);
    PyMem_Free(text);
    return bytes;
}

METHOD_RAW(_socket, gethostbyname, FAST, 0, "gethostbyname(host) -> address\n\nThe IPv4 address of a host, as text.")
{
    SocketAddress address;
    K_AUTO(PyObject *) name = host_argument(args, nargs, "et:gethostbyname");
    if (!name || PySys_Audit("socket.gethostbyname", "O", args[0]) < 0 ||
        address_resolve(PyBytes_AS_STRING(name), &address, sizeof address.in, AF_INET) < 0)
        return NULL;
    return address_in(&address.in.sin_addr);
}

static PyObject *host_error(int number)
{
    K_AUTO(PyObject *) value = Py_BuildValue("(is)", number, hstrerror(number));
    if (value)
        PyErr_SetObject(socket_herror, value);
    return NULL;
}

/* (name, aliases, addresses) */
static PyObject *host_entry(const struct hostent *host)
{
    K_AUTO(PyObject *) aliases = PyList_New(0);
    K_AUTO(PyObject *) addresses = PyList_New(0);
    if (!aliases || !addresses)
        return NULL;
    for (char **alias = host->h_aliases; alias && *alias; alias++) {
        K_AUTO(PyObject *) text = PyUnicode_DecodeFSDefault(*alias);
        if (!text || PyList_Append(aliases, text) < 0)
            return NULL;
    }
    for (char **place = host->h_addr_list; *place; place++) {
        K_AUTO(PyObject *) text = host->h_addrtype == AF_INET6 ? address_in6((const void *)*place)
                                                               : address_in((const void *)*place);
        if (!text || PyList_Append(addresses, text) < 0)
            return NULL;
    }
    K_AUTO(PyObject *) name = PyUnicode_DecodeFSDefault(host->h_name);
    return name ? PyTuple_Pack(3, name, aliases, addresses) : NULL;
}

METHOD_RAW(_socket, gethostbyname_ex, FAST, 0,
           "gethostbyname_ex(host) -> (name, aliaslist, addresslist)\n\nThe names and IPv4 addresses of a host.")
{
    SocketAddress address;
    struct hostent storage, *host = NULL;
    int error;
    K_AUTO(PyObject *) name = host_argument(args, nargs, "et:gethostbyname_ex");
    if (!name || PySys_Audit("socket.gethostbyname", "O", args[0]) < 0 ||
        address_resolve(PyBytes_AS_STRING(name), &address, sizeof address.in, AF_INET) < 0)
        return NULL;
    char *room = PyMem_Malloc(ANSWER_ROOM);
    if (!room)
        return PyErr_NoMemory();
    UNLOCKED(gethostbyname_r(PyBytes_AS_STRING(name), &storage, room, ANSWER_ROOM, &host, &error));
    PyObject *result = host ? host_entry(host) : host_error(error);
    PyMem_Free(room);
    return result;
}

METHOD_RAW(_socket, gethostbyaddr, FAST, 0,
           "gethostbyaddr(host) -> (name, aliaslist, addresslist)\n\nThe names and addresses of a host, by its address.")
{
    SocketAddress address;
    struct hostent storage, *host = NULL;
    int error;
    K_AUTO(PyObject *) name = host_argument(args, nargs, "et:gethostbyaddr");
    if (!name || PySys_Audit("socket.gethostbyaddr", "O", args[0]) < 0 ||
        address_resolve(PyBytes_AS_STRING(name), &address, sizeof address, AF_UNSPEC) < 0)
        return NULL;
    int family = address.any.sa_family;
    const void *place = family == AF_INET6 ? (void *)&address.in6.sin6_addr : &address.in.sin_addr;
    socklen_t size = family == AF_INET6 ? sizeof address.in6.sin6_addr : sizeof address.in.sin_addr;
    if (family != AF_INET && family != AF_INET6)
        return k_raise(PyExc_OSError, "unsupported address family");
    char *room = PyMem_Malloc(ANSWER_ROOM);
    if (!room)
        return PyErr_NoMemory();
    UNLOCKED(gethostbyaddr_r(place, size, family, &storage, room, ANSWER_ROOM, &host, &error));
    PyObject *result = host ? host_entry(host) : host_error(error);
    PyMem_Free(room);
    return result;
}

/* ---- getaddrinfo, getnameinfo ---- */

static PyObject *addrinfo_list(const struct addrinfo *found)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    for (; list && found; found = found->ai_next) {
        PyObject *address = address_object(-1, (const SocketAddress *)(const void *)found->ai_addr, found->ai_addrlen,
                                           found->ai_protocol);
        K_AUTO(PyObject *) item = address ? Py_BuildValue("iiisN", found->ai_family, found->ai_socktype, found->ai_protocol,
                                                          found->ai_canonname ? found->ai_canonname : "", address)
                                          : NULL;
        if (!item || PyList_Append(list, item) < 0)
            return NULL;
    }
    return K_MOVE(list);
}

/* The host of getaddrinfo() as bytes; NULL for None. */
static int addrinfo_host(PyObject *host, PyObject **bytes)
{
    *bytes = NULL;
    if (host == Py_None)
        return 0;
    if (PyUnicode_Check(host))
        *bytes = PyUnicode_AsEncodedString(host, "idna", NULL);
    else if (PyBytes_Check(host))
        *bytes = Py_NewRef(host);
    else
        PyErr_SetString(PyExc_TypeError, "getaddrinfo() argument 1 must be string or None");
    return *bytes ? 0 : -1;
}

static int addrinfo_port(PyObject *port, PyObject **bytes)
{
    *bytes = NULL;
    if (port == Py_None)
        return 0;
    if (PyLong_CheckExact(port)) {
        long number = PyLong_AsLong(port);
        *bytes = number == -1 && PyErr_Occurred() ? NULL : PyBytes_FromFormat("%ld", number);
    }
    else if (PyUnicode_Check(port))
        *bytes = PyUnicode_AsUTF8String(port);
    else if (PyBytes_Check(port))
        *bytes = Py_NewRef(port);
    else
        PyErr_SetString(PyExc_OSError, "Int or String expected");
    return *bytes ? 0 : -1;
}

METHOD_RAW(_socket, getaddrinfo, VAR, 0,
           "getaddrinfo(host, port [, family, type, proto, flags])\n    -> list of (family, type, proto, canonname, sockaddr)\n\n"
           "The addresses by which a service of a host is reached.")
{
    static char *names[] = { "host", "port", "family", "type", "proto", "flags", NULL };
    PyObject *host, *port;
    struct addrinfo *found = NULL, hints = { .ai_family = AF_UNSPEC };
    int error;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO|iiii:getaddrinfo", names, &host, &port, &hints.ai_family,
                                     &hints.ai_socktype, &hints.ai_protocol, &hints.ai_flags))
        return NULL;
    K_AUTO(PyObject *) host_bytes = NULL;
    K_AUTO(PyObject *) port_bytes = NULL;
    if (addrinfo_host(host, &host_bytes) < 0 || addrinfo_port(port, &port_bytes) < 0 ||
        PySys_Audit("socket.getaddrinfo", "OOiii", host, port, hints.ai_family, hints.ai_socktype, hints.ai_protocol) < 0)
        return NULL;
    const char *host_text = host_bytes ? PyBytes_AS_STRING(host_bytes) : NULL;
    const char *port_text = port_bytes ? PyBytes_AS_STRING(port_bytes) : NULL;
    UNLOCKED(error = getaddrinfo(host_text, port_text, &hints, &found));
    if (error) {
        (void)address_gai_error(error);
        return NULL;
    }
    PyObject *list = addrinfo_list(found);
    freeaddrinfo(found);
    return list;
}

/* The names of the one address that was found for getnameinfo()'s argument. */
static PyObject *name_info(const struct addrinfo *found, PyObject *argument, unsigned flow, unsigned scope, int flags)
{
    SocketAddress address;
    char host[NI_MAXHOST + 1], service[NI_MAXSERV + 1];
    int error;
    if (found->ai_next)
        return k_raise(PyExc_OSError, "sockaddr resolved to multiple addresses");
    memcpy(&address, found->ai_addr, Py_MIN(sizeof address, found->ai_addrlen));
    if (found->ai_family == AF_INET && PyTuple_GET_SIZE(argument) != 2)
        return k_raise(PyExc_OSError, "IPv4 sockaddr must be 2 tuple");
    if (found->ai_family == AF_INET6) {
        address.in6.sin6_flowinfo = htonl(flow);
        address.in6.sin6_scope_id = scope;
    }
    socklen_t size = found->ai_addrlen;
    UNLOCKED(error = getnameinfo(&address.any, size, host, sizeof host, service, sizeof service, flags));
    if (error) {
        (void)address_gai_error(error);
        return NULL;
    }
    return Py_BuildValue("Ns", PyUnicode_DecodeFSDefault(host), service);
}

METHOD_RAW(_socket, getnameinfo, FAST, 0,
           "getnameinfo(sockaddr, flags) --> (host, port)\n\nThe names of the host and the service of an address.")
{
    PyObject *argument;
    const char *host;
    int flags, port, error;
    unsigned flow = 0, scope = 0;
    if (!_PyArg_ParseStack(args, nargs, "Oi:getnameinfo", &argument, &flags))
        return NULL;
    if (!PyTuple_Check(argument))
        return k_raise(PyExc_TypeError, "getnameinfo() argument 1 must be a tuple");
    if (!PyArg_ParseTuple(argument, "si|II;getnameinfo(): illegal sockaddr argument", &host, &port, &flow, &scope))
        return NULL;
    if (flow > 0xfffff)
        return k_raise(PyExc_OverflowError, "getnameinfo(): flowinfo must be 0-1048575.");
    if (PySys_Audit("socket.getnameinfo", "(O)", argument) < 0)
        return NULL;
    char text[16];
    snprintf(text, sizeof text, "%d", port);
    struct addrinfo *found = NULL, hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST };
    UNLOCKED(error = getaddrinfo(host, text, &hints, &found));
    if (error) {
        (void)address_gai_error(error);
        return NULL;
    }
    PyObject *result = name_info(found, argument, flow, scope, flags);
    freeaddrinfo(found);
    return result;
}

/* ---- services and protocols ---- */

METHOD_RAW(_socket, getservbyname, FAST, 0,
           "getservbyname(servicename[, protocolname]) -> integer\n\nThe port of a service; the protocol is tcp or udp.")
{
    const char *name, *protocol = NULL;
    struct servent *service;
    if (!_PyArg_ParseStack(args, nargs, "s|s:getservbyname", &name, &protocol) ||
        PySys_Audit("socket.getservbyname", "ss", name, protocol) < 0)
        return NULL;
    UNLOCKED(service = getservbyname(name, protocol));
    return service ? PyLong_FromLong(ntohs((uint16_t)service->s_port)) : k_raise(PyExc_OSError, "service/proto not found");
}

METHOD_RAW(_socket, getservbyport, FAST, 0,
           "getservbyport(port[, protocolname]) -> string\n\nThe name of a port's service; the protocol is tcp or udp.")
{
    int port;
    const char *protocol = NULL;
    struct servent *service;
    if (!_PyArg_ParseStack(args, nargs, "i|s:getservbyport", &port, &protocol))
        return NULL;
    if (port < 0 || port > 0xffff)
        return k_raise(PyExc_OverflowError, "getservbyport: port must be 0-65535.");
    if (PySys_Audit("socket.getservbyport", "is", port, protocol) < 0)
        return NULL;
    UNLOCKED(service = getservbyport(htons((uint16_t)port), protocol));
    return service ? PyUnicode_FromString(service->s_name) : k_raise(PyExc_OSError, "port/proto not found");
}

METHOD_RAW(_socket, getprotobyname, FAST, 0, "getprotobyname(name) -> integer\n\nThe number of a protocol.")
{
    const char *name;
    struct protoent *protocol;
    if (!_PyArg_ParseStack(args, nargs, "s:getprotobyname", &name))
        return NULL;
    UNLOCKED(protocol = getprotobyname(name));
    return protocol ? PyLong_FromLong(protocol->p_proto) : k_raise(PyExc_OSError, "protocol not found");
}

/* ---- byte orders ---- */

static PyObject *swap16(const char *function, PyObject *arg)
{
    int value;
    if (!PyArg_Parse(arg, "i", &value))
        return NULL;
    if (value < 0)
        return k_raise(PyExc_OverflowError, "%s: can't convert negative Python int to C 16-bit unsigned integer", function);
    if (value > 0xffff)
        return k_raise(PyExc_OverflowError, "%s: Python int too large to convert to C 16-bit unsigned integer", function);
    return PyLong_FromLong(htons((uint16_t)value));
}

static PyObject *swap32(PyObject *arg)
{
    if (!PyLong_Check(arg))
        return k_raise(PyExc_TypeError, "expected int, %s found", Py_TYPE(arg)->tp_name);
    unsigned long value = PyLong_AsUnsignedLong(arg);
    if (value == (unsigned long)-1 && PyErr_Occurred())
        return NULL;
    if (value > UINT32_MAX)
        return k_raise(PyExc_OverflowError, "int larger than 32 bits");
    return PyLong_FromUnsignedLong(htonl((uint32_t)value));
}

METHOD_RAW(_socket, ntohs, O, 0, "ntohs(integer) -> integer\n\nA 16-bit number of the network in the machine's byte order.")
{
    return swap16("ntohs", arg);
}

METHOD_RAW(_socket, htons, O, 0, "htons(integer) -> integer\n\nA 16-bit number in the network's byte order.")
{
    return swap16("htons", arg);
}

METHOD_RAW(_socket, ntohl, O, 0, "ntohl(integer) -> integer\n\nA 32-bit number of the network in the machine's byte order.")
{
    return swap32(arg);
}

METHOD_RAW(_socket, htonl, O, 0, "htonl(integer) -> integer\n\nA 32-bit number in the network's byte order.")
{
    return swap32(arg);
}

/* ---- addresses as text and as bytes ---- */

METHOD_RAW(_socket, inet_aton, FAST, 0, "inet_aton(string) -> bytes\n\nAn IPv4 address such as 123.45.67.89 as 4 bytes.")
{
    const char *text;
    struct in_addr address;
    if (!_PyArg_ParseStack(args, nargs, "s:inet_aton", &text))
        return NULL;
    if (!inet_aton(text, &address))
        return k_raise(PyExc_OSError, "illegal IP address string passed to inet_aton");
    return PyBytes_FromStringAndSize((char *)&address, sizeof address);
}

METHOD_RAW(_socket, inet_ntoa, FAST, 0, "inet_ntoa(packed_ip) -> ip_address_string\n\nAn IPv4 address of 4 bytes as text.")
{
    Py_buffer packed;
    struct in_addr address;
    if (!_PyArg_ParseStack(args, nargs, "y*:inet_ntoa", &packed))
        return NULL;
    bool fits = (size_t)packed.len == sizeof address;
    if (fits)
        memcpy(&address, packed.buf, sizeof address);
    PyBuffer_Release(&packed);
    return fits ? address_in(&address) : k_raise(PyExc_OSError, "packed IP wrong length for inet_ntoa");
}

METHOD_RAW(_socket, inet_pton, FAST, 0, "inet_pton(af, ip) -> packed IP address string\n\nAn IP address of a family as bytes.")
{
    int family;
    const char *text;
    char packed[sizeof(struct in6_addr)];
    if (!_PyArg_ParseStack(args, nargs, "is:inet_pton", &family, &text))
        return NULL;
    int status = inet_pton(family, text, packed);
    if (status < 0)
        return socket_error();
    if (status == 0)
        return k_raise(PyExc_OSError, "illegal IP address string passed to inet_pton");
    return PyBytes_FromStringAndSize(packed, family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr));
}

METHOD_RAW(_socket, inet_ntop, FAST, 0, "inet_ntop(af, packed_ip) -> string\n\nAn IP address of a family, bytes, as text.")
{
    int family;
    Py_buffer packed;
    char text[INET6_ADDRSTRLEN];
    PyObject *result;
    if (!_PyArg_ParseStack(args, nargs, "iy*:inet_ntop", &family, &packed))
        return NULL;
    if (family != AF_INET && family != AF_INET6)
        result = k_raise(PyExc_ValueError, "unknown address family %d", family);
    else if ((size_t)packed.len != (family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr)))
        result = k_raise(PyExc_ValueError, "invalid length of packed IP address string");
    else
        result = inet_ntop(family, packed.buf, text, sizeof text) ? PyUnicode_FromString(text) : socket_error();
    PyBuffer_Release(&packed);
    return result;
}

/* ---- interfaces ---- */

METHOD_RAW(_socket, if_nameindex, NOARGS, 0, "if_nameindex()\n\nA list of (number, name) of the network interfaces.")
{
    struct if_nameindex *table = if_nameindex();
    if (!table)
        return socket_error();
    K_AUTO(PyObject *) list = PyList_New(0);
    for (struct if_nameindex *at = table; list && at->if_index && at->if_name; at++) {
        K_AUTO(PyObject *) pair = Py_BuildValue("IO&", at->if_index, PyUnicode_DecodeFSDefault, at->if_name);
        if (!pair || PyList_Append(list, pair) < 0)
            Py_CLEAR(list);
    }
    if_freenameindex(table);
    return K_MOVE(list);
}

METHOD_RAW(_socket, if_nametoindex, O, 0, "if_nametoindex(if_name)\n\nThe number of a network interface.")
{
    K_AUTO(PyObject *) name = NULL;
    if (!PyUnicode_FSConverter(arg, &name))
        return NULL;
    unsigned index = if_nametoindex(PyBytes_AS_STRING(name));
    return index ? PyLong_FromUnsignedLong(index) : k_raise(PyExc_OSError, "no interface with this name");
}

METHOD_RAW(_socket, if_indextoname, O, 0, "if_indextoname(if_index)\n\nThe name of the network interface of a number.")
{
    char name[IF_NAMESIZE + 1];
    unsigned long index = PyLong_AsUnsignedLong(arg);
    if (index == (unsigned long)-1 && PyErr_Occurred())
        return NULL;
    if (index > UINT_MAX)
        return k_raise(PyExc_OverflowError, "index is too large");
    return if_indextoname((unsigned)index, name) ? PyUnicode_DecodeFSDefault(name) : socket_error();
}

/* ---- sizes of ancillary data ---- */

static PyObject *control_size(PyObject *const *args, Py_ssize_t nargs, bool with_padding)
{
    Py_ssize_t length;
    if (!_PyArg_ParseStack(args, nargs, with_padding ? "n:CMSG_SPACE" : "n:CMSG_LEN", &length))
        return NULL;
    Py_ssize_t most = INT_MAX - (Py_ssize_t)(with_padding ? CMSG_SPACE(1) : CMSG_LEN(0));
    if (length < 0 || length > most)
        return k_raise(PyExc_OverflowError, "%s() argument out of range", with_padding ? "CMSG_SPACE" : "CMSG_LEN");
    return PyLong_FromSize_t(with_padding ? CMSG_SPACE((size_t)length) : CMSG_LEN((size_t)length));
}

METHOD_RAW(_socket, CMSG_LEN, FAST, 0, "CMSG_LEN(length) -> control message length\n\nThe length of an item without padding.")
{
    return control_size(args, nargs, false);
}

METHOD_RAW(_socket, CMSG_SPACE, FAST, 0, "CMSG_SPACE(length) -> buffer size\n\nThe room of an item with its padding.")
{
    return control_size(args, nargs, true);
}

/* ---- descriptors ---- */

METHOD_RAW(_socket, dup, O, 0, "dup(integer) -> integer\n\nA second descriptor of a socket.")
{
    int fd;
    if (k_arg_int(arg, &fd) < 0)
        return NULL;
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return copy < 0 ? socket_error() : PyLong_FromLong(copy);
}

METHOD_RAW(_socket, close, O, 0, "close(integer) -> None\n\nClose a socket's descriptor.")
{
    int fd, result;
    if (k_arg_int(arg, &fd) < 0)
        return NULL;
    UNLOCKED(result = close(fd));
    return result < 0 && errno != ECONNRESET ? socket_error() : Py_NewRef(Py_None);
}

METHOD_RAW(_socket, socketpair, FAST, 0,
           "socketpair([family[, type [, proto]]]) -> (socket object, socket object)\n\nTwo sockets, connected to each other.")
{
    int family = AF_UNIX, type = SOCK_STREAM, proto = 0, fd[2], result;
    if (!_PyArg_ParseStack(args, nargs, "|iii:socketpair", &family, &type, &proto))
        return NULL;
    UNLOCKED(result = socketpair(family, type | SOCK_CLOEXEC, proto, fd));
    if (result < 0)
        return socket_error();
    K_AUTO(PyObject *) first = socket_new_of(fd[0], family, type, proto);
    if (!first) {
        close(fd[1]);
        return NULL;
    }
    K_AUTO(PyObject *) second = socket_new_of(fd[1], family, type, proto);
    return second ? PyTuple_Pack(2, first, second) : NULL;
}

METHOD_RAW(_socket, getdefaulttimeout, NOARGS, 0, "getdefaulttimeout() -> timeout\n\nThe timeout of new sockets; None for none.")
{
    _PyTime_t timeout = socket_default_timeout();
    return timeout < 0 ? Py_NewRef(Py_None) : PyFloat_FromDouble(_PyTime_AsSecondsDouble(timeout));
}

METHOD_RAW(_socket, setdefaulttimeout, O, 0, "setdefaulttimeout(timeout)\n\nSet the timeout of new sockets; None for none.")
{
    return socket_default_timeout_set(arg) < 0 ? NULL : Py_NewRef(Py_None);
}

METHODS_END(_socket);
