/* posix_constants.c - module posix: numbers of the system's headers, and what it can tell of its limits. */
#include <linux/memfd.h>
#include <sched.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <sysexits.h>
#include <dlfcn.h>
#include <pty.h>
#include <stdio.h>

#include "modules/posix/posix_int.h"
#include "objects/dict/dict.h"

typedef struct Number {
    const char *name;
    long long value;
} Number;

#define N(name) { #name, name },
static const Number constant[] = {
    N(CLD_CONTINUED) N(CLD_DUMPED) N(CLD_EXITED) N(CLD_KILLED) N(CLD_STOPPED) N(CLD_TRAPPED) N(EFD_CLOEXEC)
    N(EFD_NONBLOCK) N(EFD_SEMAPHORE) N(EX_CANTCREAT) N(EX_CONFIG) N(EX_DATAERR) N(EX_IOERR) N(EX_NOHOST)
    N(EX_NOINPUT) N(EX_NOPERM) N(EX_NOUSER) N(EX_OK) N(EX_OSERR) N(EX_OSFILE) N(EX_PROTOCOL) N(EX_SOFTWARE)
    N(EX_TEMPFAIL) N(EX_UNAVAILABLE) N(EX_USAGE) N(F_LOCK) N(F_OK) N(F_TEST) N(F_TLOCK) N(F_ULOCK) N(GRND_NONBLOCK)
    N(GRND_RANDOM) N(MFD_ALLOW_SEALING) N(MFD_CLOEXEC) N(MFD_HUGETLB) N(MFD_HUGE_16GB) N(MFD_HUGE_16MB)
    N(MFD_HUGE_1GB) N(MFD_HUGE_1MB) N(MFD_HUGE_256MB) N(MFD_HUGE_2GB) N(MFD_HUGE_2MB) N(MFD_HUGE_32MB)
    N(MFD_HUGE_512KB) N(MFD_HUGE_512MB) N(MFD_HUGE_64KB) N(MFD_HUGE_8MB) N(MFD_HUGE_MASK) N(MFD_HUGE_SHIFT)
    N(O_ACCMODE) N(O_APPEND) N(O_ASYNC) N(O_CLOEXEC) N(O_CREAT) N(O_DIRECT) N(O_DIRECTORY) N(O_DSYNC) N(O_EXCL)
    N(O_FSYNC) N(O_LARGEFILE) N(O_NDELAY) N(O_NOATIME) N(O_NOCTTY) N(O_NOFOLLOW) N(O_NONBLOCK) N(O_PATH) N(O_RDONLY)
    N(O_RDWR) N(O_RSYNC) N(O_SYNC) N(O_TMPFILE) N(O_TRUNC) N(O_WRONLY) N(POSIX_FADV_DONTNEED) N(POSIX_FADV_NOREUSE)
    N(POSIX_FADV_NORMAL) N(POSIX_FADV_RANDOM) N(POSIX_FADV_SEQUENTIAL) N(POSIX_FADV_WILLNEED) N(PRIO_PGRP)
    N(PRIO_PROCESS) N(PRIO_USER) N(P_ALL) N(P_PGID) N(P_PID) N(P_PIDFD) N(RTLD_DEEPBIND) N(RTLD_GLOBAL) N(RTLD_LAZY)
    N(RTLD_LOCAL) N(RTLD_NODELETE) N(RTLD_NOLOAD) N(RTLD_NOW) N(R_OK) N(SCHED_BATCH) N(SCHED_FIFO) N(SCHED_IDLE)
    N(SCHED_OTHER) N(SCHED_RESET_ON_FORK) N(SCHED_RR) N(SEEK_DATA) N(SEEK_HOLE) N(SPLICE_F_MORE) N(SPLICE_F_MOVE)
    N(SPLICE_F_NONBLOCK) N(ST_APPEND) N(ST_MANDLOCK) N(ST_NOATIME) N(ST_NODEV) N(ST_NODIRATIME) N(ST_NOEXEC)
    N(ST_NOSUID) N(ST_RDONLY) N(ST_RELATIME) N(ST_SYNCHRONOUS) N(ST_WRITE) N(TMP_MAX) N(WCONTINUED) N(WEXITED)
    N(WNOHANG) N(WNOWAIT) N(WSTOPPED) N(WUNTRACED) N(W_OK) N(XATTR_CREATE) N(XATTR_REPLACE) N(X_OK)
    { "NGROUPS_MAX", 65536 },
    { "POSIX_SPAWN_CLOSE", 1 },
    { "POSIX_SPAWN_DUP2", 2 },
    { "POSIX_SPAWN_OPEN", 0 },
    { "RWF_APPEND", 16 },
    { "RWF_DSYNC", 2 },
    { "RWF_HIPRI", 1 },
    { "RWF_NOWAIT", 8 },
    { "RWF_SYNC", 4 },
    { "XATTR_SIZE_MAX", 65536 },
};
static const Number sysconf_name[] = {
    { "SC_2_CHAR_TERM", _SC_2_CHAR_TERM }, { "SC_2_C_BIND", _SC_2_C_BIND }, { "SC_2_C_DEV", _SC_2_C_DEV },
    { "SC_2_C_VERSION", _SC_2_C_VERSION }, { "SC_2_FORT_DEV", _SC_2_FORT_DEV }, { "SC_2_FORT_RUN", _SC_2_FORT_RUN },
    { "SC_2_LOCALEDEF", _SC_2_LOCALEDEF }, { "SC_2_SW_DEV", _SC_2_SW_DEV }, { "SC_2_UPE", _SC_2_UPE },
    { "SC_2_VERSION", _SC_2_VERSION }, { "SC_AIO_LISTIO_MAX", _SC_AIO_LISTIO_MAX }, { "SC_AIO_MAX", _SC_AIO_MAX },
    { "SC_AIO_PRIO_DELTA_MAX", _SC_AIO_PRIO_DELTA_MAX }, { "SC_ARG_MAX", _SC_ARG_MAX },
    { "SC_ASYNCHRONOUS_IO", _SC_ASYNCHRONOUS_IO }, { "SC_ATEXIT_MAX", _SC_ATEXIT_MAX },
    { "SC_AVPHYS_PAGES", _SC_AVPHYS_PAGES }, { "SC_BC_BASE_MAX", _SC_BC_BASE_MAX },
    { "SC_BC_DIM_MAX", _SC_BC_DIM_MAX }, { "SC_BC_SCALE_MAX", _SC_BC_SCALE_MAX },
    { "SC_BC_STRING_MAX", _SC_BC_STRING_MAX }, { "SC_CHARCLASS_NAME_MAX", _SC_CHARCLASS_NAME_MAX },
    { "SC_CHAR_BIT", _SC_CHAR_BIT }, { "SC_CHAR_MAX", _SC_CHAR_MAX }, { "SC_CHAR_MIN", _SC_CHAR_MIN },
    { "SC_CHILD_MAX", _SC_CHILD_MAX }, { "SC_CLK_TCK", _SC_CLK_TCK },
    { "SC_COLL_WEIGHTS_MAX", _SC_COLL_WEIGHTS_MAX }, { "SC_DELAYTIMER_MAX", _SC_DELAYTIMER_MAX },
    { "SC_EQUIV_CLASS_MAX", _SC_EQUIV_CLASS_MAX }, { "SC_EXPR_NEST_MAX", _SC_EXPR_NEST_MAX },
    { "SC_FSYNC", _SC_FSYNC }, { "SC_GETGR_R_SIZE_MAX", _SC_GETGR_R_SIZE_MAX },
    { "SC_GETPW_R_SIZE_MAX", _SC_GETPW_R_SIZE_MAX }, { "SC_INT_MAX", _SC_INT_MAX }, { "SC_INT_MIN", _SC_INT_MIN },
    { "SC_IOV_MAX", _SC_IOV_MAX }, { "SC_JOB_CONTROL", _SC_JOB_CONTROL }, { "SC_LINE_MAX", _SC_LINE_MAX },
    { "SC_LOGIN_NAME_MAX", _SC_LOGIN_NAME_MAX }, { "SC_LONG_BIT", _SC_LONG_BIT },
    { "SC_MAPPED_FILES", _SC_MAPPED_FILES }, { "SC_MB_LEN_MAX", _SC_MB_LEN_MAX }, { "SC_MEMLOCK", _SC_MEMLOCK },
    { "SC_MEMLOCK_RANGE", _SC_MEMLOCK_RANGE }, { "SC_MEMORY_PROTECTION", _SC_MEMORY_PROTECTION },
    { "SC_MESSAGE_PASSING", _SC_MESSAGE_PASSING }, { "SC_MINSIGSTKSZ", _SC_MINSIGSTKSZ },
    { "SC_MQ_OPEN_MAX", _SC_MQ_OPEN_MAX }, { "SC_MQ_PRIO_MAX", _SC_MQ_PRIO_MAX },
    { "SC_NGROUPS_MAX", _SC_NGROUPS_MAX }, { "SC_NL_ARGMAX", _SC_NL_ARGMAX }, { "SC_NL_LANGMAX", _SC_NL_LANGMAX },
    { "SC_NL_MSGMAX", _SC_NL_MSGMAX }, { "SC_NL_NMAX", _SC_NL_NMAX }, { "SC_NL_SETMAX", _SC_NL_SETMAX },
    { "SC_NL_TEXTMAX", _SC_NL_TEXTMAX }, { "SC_NPROCESSORS_CONF", _SC_NPROCESSORS_CONF },
    { "SC_NPROCESSORS_ONLN", _SC_NPROCESSORS_ONLN }, { "SC_NZERO", _SC_NZERO }, { "SC_OPEN_MAX", _SC_OPEN_MAX },
    { "SC_PAGESIZE", _SC_PAGESIZE }, { "SC_PAGE_SIZE", _SC_PAGE_SIZE }, { "SC_PASS_MAX", _SC_PASS_MAX },
    { "SC_PHYS_PAGES", _SC_PHYS_PAGES }, { "SC_PII", _SC_PII }, { "SC_PII_INTERNET", _SC_PII_INTERNET },
    { "SC_PII_INTERNET_DGRAM", _SC_PII_INTERNET_DGRAM }, { "SC_PII_INTERNET_STREAM", _SC_PII_INTERNET_STREAM },
    { "SC_PII_OSI", _SC_PII_OSI }, { "SC_PII_OSI_CLTS", _SC_PII_OSI_CLTS }, { "SC_PII_OSI_COTS", _SC_PII_OSI_COTS },
    { "SC_PII_OSI_M", _SC_PII_OSI_M }, { "SC_PII_SOCKET", _SC_PII_SOCKET }, { "SC_PII_XTI", _SC_PII_XTI },
    { "SC_POLL", _SC_POLL }, { "SC_PRIORITIZED_IO", _SC_PRIORITIZED_IO },
    { "SC_PRIORITY_SCHEDULING", _SC_PRIORITY_SCHEDULING }, { "SC_REALTIME_SIGNALS", _SC_REALTIME_SIGNALS },
    { "SC_RE_DUP_MAX", _SC_RE_DUP_MAX }, { "SC_RTSIG_MAX", _SC_RTSIG_MAX }, { "SC_SAVED_IDS", _SC_SAVED_IDS },
    { "SC_SCHAR_MAX", _SC_SCHAR_MAX }, { "SC_SCHAR_MIN", _SC_SCHAR_MIN }, { "SC_SELECT", _SC_SELECT },
    { "SC_SEMAPHORES", _SC_SEMAPHORES }, { "SC_SEM_NSEMS_MAX", _SC_SEM_NSEMS_MAX },
    { "SC_SEM_VALUE_MAX", _SC_SEM_VALUE_MAX }, { "SC_SHARED_MEMORY_OBJECTS", _SC_SHARED_MEMORY_OBJECTS },
    { "SC_SHRT_MAX", _SC_SHRT_MAX }, { "SC_SHRT_MIN", _SC_SHRT_MIN }, { "SC_SIGQUEUE_MAX", _SC_SIGQUEUE_MAX },
    { "SC_SSIZE_MAX", _SC_SSIZE_MAX }, { "SC_STREAM_MAX", _SC_STREAM_MAX },
    { "SC_SYNCHRONIZED_IO", _SC_SYNCHRONIZED_IO }, { "SC_THREADS", _SC_THREADS },
    { "SC_THREAD_ATTR_STACKADDR", _SC_THREAD_ATTR_STACKADDR },
    { "SC_THREAD_ATTR_STACKSIZE", _SC_THREAD_ATTR_STACKSIZE },
    { "SC_THREAD_DESTRUCTOR_ITERATIONS", _SC_THREAD_DESTRUCTOR_ITERATIONS },
    { "SC_THREAD_KEYS_MAX", _SC_THREAD_KEYS_MAX },
    { "SC_THREAD_PRIORITY_SCHEDULING", _SC_THREAD_PRIORITY_SCHEDULING },
    { "SC_THREAD_PRIO_INHERIT", _SC_THREAD_PRIO_INHERIT }, { "SC_THREAD_PRIO_PROTECT", _SC_THREAD_PRIO_PROTECT },
    { "SC_THREAD_PROCESS_SHARED", _SC_THREAD_PROCESS_SHARED },
    { "SC_THREAD_SAFE_FUNCTIONS", _SC_THREAD_SAFE_FUNCTIONS }, { "SC_THREAD_STACK_MIN", _SC_THREAD_STACK_MIN },
    { "SC_THREAD_THREADS_MAX", _SC_THREAD_THREADS_MAX }, { "SC_TIMERS", _SC_TIMERS },
    { "SC_TIMER_MAX", _SC_TIMER_MAX }, { "SC_TTY_NAME_MAX", _SC_TTY_NAME_MAX }, { "SC_TZNAME_MAX", _SC_TZNAME_MAX },
    { "SC_T_IOV_MAX", _SC_T_IOV_MAX }, { "SC_UCHAR_MAX", _SC_UCHAR_MAX }, { "SC_UINT_MAX", _SC_UINT_MAX },
    { "SC_UIO_MAXIOV", _SC_UIO_MAXIOV }, { "SC_ULONG_MAX", _SC_ULONG_MAX }, { "SC_USHRT_MAX", _SC_USHRT_MAX },
    { "SC_VERSION", _SC_VERSION }, { "SC_WORD_BIT", _SC_WORD_BIT }, { "SC_XBS5_ILP32_OFF32", _SC_XBS5_ILP32_OFF32 },
    { "SC_XBS5_ILP32_OFFBIG", _SC_XBS5_ILP32_OFFBIG }, { "SC_XBS5_LP64_OFF64", _SC_XBS5_LP64_OFF64 },
    { "SC_XBS5_LPBIG_OFFBIG", _SC_XBS5_LPBIG_OFFBIG }, { "SC_XOPEN_CRYPT", _SC_XOPEN_CRYPT },
    { "SC_XOPEN_ENH_I18N", _SC_XOPEN_ENH_I18N }, { "SC_XOPEN_LEGACY", _SC_XOPEN_LEGACY },
    { "SC_XOPEN_REALTIME", _SC_XOPEN_REALTIME }, { "SC_XOPEN_REALTIME_THREADS", _SC_XOPEN_REALTIME_THREADS },
    { "SC_XOPEN_SHM", _SC_XOPEN_SHM }, { "SC_XOPEN_UNIX", _SC_XOPEN_UNIX },
    { "SC_XOPEN_VERSION", _SC_XOPEN_VERSION }, { "SC_XOPEN_XCU_VERSION", _SC_XOPEN_XCU_VERSION },
    { "SC_XOPEN_XPG2", _SC_XOPEN_XPG2 }, { "SC_XOPEN_XPG3", _SC_XOPEN_XPG3 }, { "SC_XOPEN_XPG4", _SC_XOPEN_XPG4 },
};
static const Number pathconf_name[] = {
    { "PC_ALLOC_SIZE_MIN", _PC_ALLOC_SIZE_MIN }, { "PC_ASYNC_IO", _PC_ASYNC_IO },
    { "PC_CHOWN_RESTRICTED", _PC_CHOWN_RESTRICTED }, { "PC_FILESIZEBITS", _PC_FILESIZEBITS },
    { "PC_LINK_MAX", _PC_LINK_MAX }, { "PC_MAX_CANON", _PC_MAX_CANON }, { "PC_MAX_INPUT", _PC_MAX_INPUT },
    { "PC_NAME_MAX", _PC_NAME_MAX }, { "PC_NO_TRUNC", _PC_NO_TRUNC }, { "PC_PATH_MAX", _PC_PATH_MAX },
    { "PC_PIPE_BUF", _PC_PIPE_BUF }, { "PC_PRIO_IO", _PC_PRIO_IO },
    { "PC_REC_INCR_XFER_SIZE", _PC_REC_INCR_XFER_SIZE }, { "PC_REC_MAX_XFER_SIZE", _PC_REC_MAX_XFER_SIZE },
    { "PC_REC_MIN_XFER_SIZE", _PC_REC_MIN_XFER_SIZE }, { "PC_REC_XFER_ALIGN", _PC_REC_XFER_ALIGN },
    { "PC_SOCK_MAXBUF", _PC_SOCK_MAXBUF }, { "PC_SYMLINK_MAX", _PC_SYMLINK_MAX }, { "PC_SYNC_IO", _PC_SYNC_IO },
    { "PC_VDISABLE", _PC_VDISABLE },
};
static const Number confstr_name[] = {
    { "CS_GNU_LIBC_VERSION", _CS_GNU_LIBC_VERSION }, { "CS_GNU_LIBPTHREAD_VERSION", _CS_GNU_LIBPTHREAD_VERSION },
    { "CS_LFS64_CFLAGS", _CS_LFS64_CFLAGS }, { "CS_LFS64_LDFLAGS", _CS_LFS64_LDFLAGS },
    { "CS_LFS64_LIBS", _CS_LFS64_LIBS }, { "CS_LFS64_LINTFLAGS", _CS_LFS64_LINTFLAGS },
    { "CS_LFS_CFLAGS", _CS_LFS_CFLAGS }, { "CS_LFS_LDFLAGS", _CS_LFS_LDFLAGS }, { "CS_LFS_LIBS", _CS_LFS_LIBS },
    { "CS_LFS_LINTFLAGS", _CS_LFS_LINTFLAGS }, { "CS_PATH", _CS_PATH },
    { "CS_XBS5_ILP32_OFF32_CFLAGS", _CS_XBS5_ILP32_OFF32_CFLAGS },
    { "CS_XBS5_ILP32_OFF32_LDFLAGS", _CS_XBS5_ILP32_OFF32_LDFLAGS },
    { "CS_XBS5_ILP32_OFF32_LIBS", _CS_XBS5_ILP32_OFF32_LIBS },
    { "CS_XBS5_ILP32_OFF32_LINTFLAGS", _CS_XBS5_ILP32_OFF32_LINTFLAGS },
    { "CS_XBS5_ILP32_OFFBIG_CFLAGS", _CS_XBS5_ILP32_OFFBIG_CFLAGS },
    { "CS_XBS5_ILP32_OFFBIG_LDFLAGS", _CS_XBS5_ILP32_OFFBIG_LDFLAGS },
    { "CS_XBS5_ILP32_OFFBIG_LIBS", _CS_XBS5_ILP32_OFFBIG_LIBS },
    { "CS_XBS5_ILP32_OFFBIG_LINTFLAGS", _CS_XBS5_ILP32_OFFBIG_LINTFLAGS },
    { "CS_XBS5_LP64_OFF64_CFLAGS", _CS_XBS5_LP64_OFF64_CFLAGS },
    { "CS_XBS5_LP64_OFF64_LDFLAGS", _CS_XBS5_LP64_OFF64_LDFLAGS },
    { "CS_XBS5_LP64_OFF64_LIBS", _CS_XBS5_LP64_OFF64_LIBS },
    { "CS_XBS5_LP64_OFF64_LINTFLAGS", _CS_XBS5_LP64_OFF64_LINTFLAGS },
    { "CS_XBS5_LPBIG_OFFBIG_CFLAGS", _CS_XBS5_LPBIG_OFFBIG_CFLAGS },
    { "CS_XBS5_LPBIG_OFFBIG_LDFLAGS", _CS_XBS5_LPBIG_OFFBIG_LDFLAGS },
    { "CS_XBS5_LPBIG_OFFBIG_LIBS", _CS_XBS5_LPBIG_OFFBIG_LIBS },
    { "CS_XBS5_LPBIG_OFFBIG_LINTFLAGS", _CS_XBS5_LPBIG_OFFBIG_LINTFLAGS },
};

/* What os.py asks for to know which functions take descriptors. */
static const char *const have_function[] = {
    "HAVE_EVENTFD", "HAVE_FACCESSAT", "HAVE_FCHDIR", "HAVE_FCHMOD", "HAVE_FCHMODAT", "HAVE_FCHOWN", "HAVE_FCHOWNAT",
    "HAVE_FEXECVE", "HAVE_FDOPENDIR", "HAVE_FPATHCONF", "HAVE_FSTATAT", "HAVE_FSTATVFS", "HAVE_FTRUNCATE",
    "HAVE_FUTIMENS", "HAVE_FUTIMES", "HAVE_FUTIMESAT", "HAVE_LINKAT", "HAVE_LCHOWN", "HAVE_LSTAT", "HAVE_LUTIMES",
    "HAVE_MEMFD_CREATE", "HAVE_MKDIRAT", "HAVE_MKFIFOAT", "HAVE_MKNODAT", "HAVE_OPENAT", "HAVE_READLINKAT",
    "HAVE_RENAMEAT", "HAVE_SYMLINKAT", "HAVE_UNLINKAT", "HAVE_UTIMENSAT",
};

METHODS_DECLARE(posix_limits);

/* A configuration name: its number, or a str from the table. */
static int config_name(PyObject *argument, const Number *table, Py_ssize_t n, int *number)
{
    if (PyLong_Check(argument))
        return k_arg_int(argument, number);
    if (!PyUnicode_Check(argument)) {
        PyErr_SetString(PyExc_TypeError, "configuration names must be strings or integers");
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++)
        if (PyUnicode_CompareWithASCIIString(argument, table[i].name) == 0) {
            *number = (int)table[i].value;
            return 0;
        }
    PyErr_SetString(PyExc_ValueError, "unrecognized configuration name");
    return -1;
}

FUNCTION(posix_limits, sysconf, O, "($module, name, /)", "A limit or feature of the system.")
{
    int name;
    if (config_name(arg, sysconf_name, K_COUNT_OF(sysconf_name), &name) < 0)
        return NULL;
    errno = 0;
    long value = sysconf(name);
    return value == -1 && errno ? posix_error() : PyLong_FromLong(value);
}

FUNCTION_KW(posix_limits, pathconf, "($module, /, path, name)", "A limit of a file or folder.", *path, *name)
{
    PATH(path, .function = "pathconf", .argument = "path", .allow_fd = true);
    int name;
    if (posix_path(&path, arg->path) < 0 || config_name(arg->name, pathconf_name, K_COUNT_OF(pathconf_name), &name) < 0)
        return NULL;
    errno = 0;
    long value = path.fd >= 0 ? fpathconf(path.fd, name) : pathconf(path.text, name);
    return value == -1 && errno ? posix_path_error(&path) : PyLong_FromLong(value);
}

FUNCTION(posix_limits, fpathconf, FAST, "($module, fd, name, /)", "A limit of an open file.")
{
    int fd, name;
    if (k_check_nargs("fpathconf", nargs, 2, 2) < 0 || posix_fd(args[0], &fd) < 0 ||
        config_name(args[1], pathconf_name, K_COUNT_OF(pathconf_name), &name) < 0)
        return NULL;
    errno = 0;
    long value = fpathconf(fd, name);
    return value == -1 && errno ? posix_error() : PyLong_FromLong(value);
}

FUNCTION(posix_limits, confstr, O, "($module, name, /)", "A text about the system, or None.")
{
    int name;
    char text[4096];
    if (config_name(arg, confstr_name, K_COUNT_OF(confstr_name), &name) < 0)
        return NULL;
    errno = 0;
    size_t length = confstr(name, text, sizeof text);
    if (length == 0)
        return errno ? posix_error() : Py_NewRef(Py_None);
    return PyUnicode_DecodeFSDefaultAndSize(text, (Py_ssize_t)Py_MIN(length, sizeof text) - 1);
}

METHODS_END(posix_limits);

static int add_names(PyObject *module, const char *attribute, const Number *table, Py_ssize_t n)
{
    K_AUTO(PyObject *) dict = PyDict_New();
    for (Py_ssize_t i = 0; dict && i < n; i++) {
        K_AUTO(PyObject *) value = PyLong_FromLongLong(table[i].value);
        if (!value || PyDict_SetItemString(dict, table[i].name, value) < 0)
            return -1;
    }
    return dict ? PyModule_AddObjectRef(module, attribute, dict) : -1;
}

static int add_functions_known(PyObject *module)
{
    K_AUTO(PyObject *) list = PyList_New(0);
    for (Py_ssize_t i = 0; list && i < K_COUNT_OF(have_function); i++) {
        PyObject *name = PyUnicode_InternFromString(have_function[i]);
        if (!name || k_list_append_steal((PyListObject *)list, name) < 0)
            return -1;
    }
    return list ? PyModule_AddObjectRef(module, "_have_functions", list) : -1;
}

int posix_constants(PyObject *module)
{
    for (Py_ssize_t i = 0; i < K_COUNT_OF(constant); i++) {
        K_AUTO(PyObject *) value = PyLong_FromLongLong(constant[i].value);
        if (!value || PyModule_AddObjectRef(module, constant[i].name, value) < 0)
            return -1;
    }
    return add_names(module, "sysconf_names", sysconf_name, K_COUNT_OF(sysconf_name)) < 0 ||
                   add_names(module, "pathconf_names", pathconf_name, K_COUNT_OF(pathconf_name)) < 0 ||
                   add_names(module, "confstr_names", confstr_name, K_COUNT_OF(confstr_name)) < 0 ||
                   add_functions_known(module) < 0 || PyModule_AddFunctions(module, METHODS(posix_limits)) < 0
               ? -1
               : 0;
}
