/* errno.c - module errno: the names of the system's error numbers. */
#include "objects/dict/dict.h"
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/str/str.h"

#include <errno.h>
#undef errno /* the module bears the name of the macro */

static const struct {
    const char *name;
    int number;
} rows[] = {
#define ROW(name) { #name, name },
    ROW(ENODEV) ROW(ENOCSI) ROW(EHOSTUNREACH) ROW(ENOMSG) ROW(EUCLEAN) ROW(EL2NSYNC) ROW(EL2HLT) ROW(ENODATA)
    ROW(ENOTBLK) ROW(ENOSYS) ROW(EPIPE) ROW(EINVAL) ROW(EOVERFLOW) ROW(EADV) ROW(EINTR) ROW(EUSERS) ROW(ENOTEMPTY)
    ROW(ENOBUFS) ROW(EPROTO) ROW(EREMOTE) ROW(ENAVAIL) ROW(ECHILD) ROW(ELOOP) ROW(EXDEV) ROW(E2BIG) ROW(ESRCH)
    ROW(EMSGSIZE) ROW(EAFNOSUPPORT) ROW(EBADR) ROW(EHOSTDOWN) ROW(EPFNOSUPPORT) ROW(ENOPROTOOPT) ROW(EBUSY)
    ROW(EWOULDBLOCK) ROW(EBADFD) ROW(EDOTDOT) ROW(EISCONN) ROW(ENOANO) ROW(ESHUTDOWN) ROW(ECHRNG) ROW(ELIBBAD)
    ROW(ENONET) ROW(EBADE) ROW(EBADF) ROW(EMULTIHOP) ROW(EIO) ROW(EUNATCH) ROW(EPROTOTYPE) ROW(ENOSPC) ROW(ENOEXEC)
    ROW(EALREADY) ROW(ENETDOWN) ROW(ENOTNAM) ROW(EACCES) ROW(ELNRNG) ROW(EILSEQ) ROW(ENOTDIR) ROW(ENOTUNIQ) ROW(EPERM)
    ROW(EDOM) ROW(EXFULL) ROW(ECONNREFUSED) ROW(EISDIR) ROW(EPROTONOSUPPORT) ROW(EROFS) ROW(EADDRNOTAVAIL) ROW(EIDRM)
    ROW(ECOMM) ROW(ESRMNT) ROW(EREMOTEIO) ROW(EL3RST) ROW(EBADMSG) ROW(ENFILE) ROW(ELIBMAX) ROW(ESPIPE) ROW(ENOLINK)
    ROW(ENETRESET) ROW(ETIMEDOUT) ROW(ENOENT) ROW(EEXIST) ROW(EDQUOT) ROW(ENOSTR) ROW(EBADSLT) ROW(EBADRQC)
    ROW(ELIBACC) ROW(EFAULT) ROW(EFBIG) ROW(EDEADLK) ROW(ENOTCONN) ROW(EDESTADDRREQ) ROW(ELIBSCN) ROW(ENOLCK)
    ROW(EISNAM) ROW(ECONNABORTED) ROW(ENETUNREACH) ROW(ESTALE) ROW(ENOSR) ROW(ENOMEM) ROW(ENOTSOCK) ROW(ESTRPIPE)
    ROW(EMLINK) ROW(ERANGE) ROW(ELIBEXEC) ROW(EL3HLT) ROW(ECONNRESET) ROW(EADDRINUSE) ROW(EOPNOTSUPP) ROW(EREMCHG)
    ROW(EAGAIN) ROW(ENAMETOOLONG) ROW(ENOTTY) ROW(ERESTART) ROW(ESOCKTNOSUPPORT) ROW(ETIME) ROW(EBFONT) ROW(EDEADLOCK)
    ROW(ETOOMANYREFS) ROW(EMFILE) ROW(ETXTBSY) ROW(EINPROGRESS) ROW(ENXIO) ROW(ENOPKG) ROW(ENOMEDIUM) ROW(EMEDIUMTYPE)
    ROW(ECANCELED) ROW(ENOKEY) ROW(EKEYEXPIRED) ROW(EKEYREVOKED) ROW(EKEYREJECTED) ROW(EOWNERDEAD)
    ROW(ENOTRECOVERABLE) ROW(ERFKILL) ROW(ENOTSUP)
#undef ROW
};

METHODS_END(errno);

/* errorcode has the name that comes last for each number. */
static int errno_exec(PyObject *module)
{
    K_AUTO(PyObject *) codes = PyDict_New();
    if (!codes || PyModule_AddObjectRef(module, "errorcode", codes) < 0)
        return -1;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        K_AUTO(PyObject *) number = PyLong_FromLong(rows[i].number);
        K_AUTO(PyObject *) name = number ? PyUnicode_InternFromString(rows[i].name) : NULL;
        if (!name || PyModule_AddObjectRef(module, rows[i].name, number) < 0 || PyDict_SetItem(codes, number, name) < 0)
            return -1;
    }
    return 0;
}
MODULE(errno,
       "This module makes available standard errno system symbols.\n\n"
       "The value of each symbol is the corresponding integer value,\n"
       "e.g., on most systems, errno.ENOENT equals the integer 2.\n\n"
       "The dictionary errno.errorcode maps numeric codes to symbol names,\n"
       "e.g., errno.errorcode[2] could be the string 'ENOENT'.",
       errno_exec, 0);
