/* _stat.c - module _stat: taking st_mode apart, and its text form. */
#include "objects/int/int.h"
#include "objects/method.h"
#include "objects/module.h"
#include "objects/str/str.h"
#include "runtime/errors.h"

#include <sys/stat.h>

enum { DOOR = 0, PORT = 0, WHITEOUT = 0, MODE_BITS = 07777 };

/* The argument as a mode; (mode_t)-1 with an exception. */
static mode_t mode_of(PyObject *arg)
{
    unsigned long value = PyLong_AsUnsignedLong(arg);
    if (value == (unsigned long)-1 && PyErr_Occurred())
        return (mode_t)-1;
    if ((mode_t)value != value) {
        PyErr_SetString(PyExc_OverflowError, "mode out of range");
        return (mode_t)-1;
    }
    return (mode_t)value;
}

static PyObject *is_kind(PyObject *arg, unsigned kind)
{
    mode_t mode = mode_of(arg);
    if (mode == (mode_t)-1 && PyErr_Occurred())
        return NULL;
    Py_RETURN_BOOL(kind && (mode & S_IFMT) == kind);
}

#define TEST(name, kind, text)                                                                                         \
    FUNCTION_RAW(_stat, name, O, 0, #name "(mode) -> bool\n\nReturn True if mode is from " text ".")                   \
    {                                                                                                                  \
        return is_kind(arg, kind);                                                                                     \
    }
#undef S_ISDIR
#undef S_ISCHR
#undef S_ISBLK
#undef S_ISREG
#undef S_ISFIFO
#undef S_ISLNK
#undef S_ISSOCK
TEST(S_ISDIR, S_IFDIR, "a directory")
TEST(S_ISCHR, S_IFCHR, "a character special device file")
TEST(S_ISBLK, S_IFBLK, "a block special device file")
TEST(S_ISREG, S_IFREG, "a regular file")
TEST(S_ISFIFO, S_IFIFO, "a FIFO (named pipe)")
TEST(S_ISLNK, S_IFLNK, "a symbolic link")
TEST(S_ISSOCK, S_IFSOCK, "a socket")
TEST(S_ISDOOR, DOOR, "a door")
TEST(S_ISPORT, PORT, "an event port")
TEST(S_ISWHT, WHITEOUT, "a whiteout")

FUNCTION_RAW(_stat, S_IMODE, O, 0, "Return the portion of the file's mode that can be set by os.chmod().")
{
    mode_t mode = mode_of(arg);
    return mode == (mode_t)-1 && PyErr_Occurred() ? NULL : PyLong_FromUnsignedLong(mode & MODE_BITS);
}

static PyObject *file_type_bits(PyObject *arg)
{
    mode_t mode = mode_of(arg);
    return mode == (mode_t)-1 && PyErr_Occurred() ? NULL : PyLong_FromUnsignedLong(mode & S_IFMT);
}

static char kind_letter(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG: return '-';
    case S_IFDIR: return 'd';
    case S_IFLNK: return 'l';
    case S_IFBLK: return 'b';
    case S_IFCHR: return 'c';
    case S_IFIFO: return 'p';
    case S_IFSOCK: return 's';
    default: return '?';
    }
}

/* rwx for one class of users; the third letter tells of the special bit too. */
static void permission_letters(char *out, mode_t mode, int shift, mode_t special, char letter)
{
    mode_t bits = mode >> shift & 7;
    out[0] = bits & 4 ? 'r' : '-';
    out[1] = bits & 2 ? 'w' : '-';
    out[2] = mode & special ? (bits & 1 ? letter : (char)(letter - 'a' + 'A')) : bits & 1 ? 'x' : '-';
}

FUNCTION_RAW(_stat, filemode, O, 0, "Convert a file's mode to a string of the form '-rwxrwxrwx'")
{
    char text[11] = "";
    mode_t mode = mode_of(arg);
    if (mode == (mode_t)-1 && PyErr_Occurred())
        return NULL;
    text[0] = kind_letter(mode);
    permission_letters(text + 1, mode, 6, S_ISUID, 's');
    permission_letters(text + 4, mode, 3, S_ISGID, 's');
    permission_letters(text + 7, mode, 0, S_ISVTX, 't');
    return PyUnicode_FromString(text);
}

static PyObject *call_s_ifmt(PyObject *self K_UNUSED, PyObject *arg)
{
    return file_type_bits(arg);
}
K_METHOD_ROW(_stat, s_ifmt, "S_IFMT", call_s_ifmt, METH_O,
             "Return the portion of the file's mode that describes the file type.");
METHODS_END(_stat);

static const struct {
    const char *name;
    long value;
} rows[] = {
#define ROW(name) { #name, name },
    ROW(S_IFDIR) ROW(S_IFCHR) ROW(S_IFBLK) ROW(S_IFREG) ROW(S_IFIFO) ROW(S_IFLNK) ROW(S_IFSOCK)
    { "S_IFDOOR", DOOR }, { "S_IFPORT", PORT }, { "S_IFWHT", WHITEOUT },
    ROW(S_ISUID) ROW(S_ISGID) ROW(S_ISVTX) { "S_ENFMT", S_ISGID }, ROW(S_IREAD) ROW(S_IWRITE) ROW(S_IEXEC)
    ROW(S_IRWXU) ROW(S_IRUSR) ROW(S_IWUSR) ROW(S_IXUSR) ROW(S_IRWXG) ROW(S_IRGRP) ROW(S_IWGRP) ROW(S_IXGRP)
    ROW(S_IRWXO) ROW(S_IROTH) ROW(S_IWOTH) ROW(S_IXOTH)
#undef ROW
    { "UF_NODUMP", 0x1 }, { "UF_IMMUTABLE", 0x2 }, { "UF_APPEND", 0x4 }, { "UF_OPAQUE", 0x8 }, { "UF_NOUNLINK", 0x10 },
    { "UF_COMPRESSED", 0x20 }, { "UF_HIDDEN", 0x8000 }, { "SF_ARCHIVED", 0x10000 }, { "SF_IMMUTABLE", 0x20000 },
    { "SF_APPEND", 0x40000 }, { "SF_NOUNLINK", 0x100000 }, { "SF_SNAPSHOT", 0x200000 },
    { "ST_MODE", 0 }, { "ST_INO", 1 }, { "ST_DEV", 2 }, { "ST_NLINK", 3 }, { "ST_UID", 4 }, { "ST_GID", 5 },
    { "ST_SIZE", 6 }, { "ST_ATIME", 7 }, { "ST_MTIME", 8 }, { "ST_CTIME", 9 },
};

static int _stat_exec(PyObject *module)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (PyModule_AddIntConstant(module, rows[i].name, rows[i].value) < 0)
            return -1;
    return 0;
}
MODULE(_stat, "Constants and tests for the st_mode of files, and the indices of os.stat()'s tuple.", _stat_exec, 0);
