"""Module fcntl: commands, locks, ioctl, its errors."""
import array
import fcntl
import os
import struct
import tempfile

FIONREAD = 0x541B


def attempt(call, *args):
    try:
        print(call.__name__, call(*args))
    except Exception as exc:
        print(call.__name__, type(exc).__name__, exc)


print([(name, value) for name, value in sorted(vars(fcntl).items()) if isinstance(value, int)])
print([function.__text_signature__ for function in (fcntl.fcntl, fcntl.ioctl, fcntl.flock, fcntl.lockf)])

file, other = tempfile.TemporaryFile(), tempfile.TemporaryFile()
attempt(fcntl.fcntl, file, fcntl.F_GETFD)
attempt(fcntl.fcntl, file.fileno(), fcntl.F_SETFD, 0)
attempt(fcntl.fcntl, file, fcntl.F_GETFD)
lock = struct.pack("hhlli", fcntl.F_WRLCK, 0, 0, 0, 0)
attempt(fcntl.fcntl, file, fcntl.F_SETLK, lock)
attempt(fcntl.fcntl, file, fcntl.F_GETLK, bytearray(lock))

for args in ((), (file,), ("x", 1), (99, 1), (-1, 1), (file, 1.5), (file, 1, 1.5), (file, 1, "x" * 2000)):
    attempt(fcntl.fcntl, *args)
for args in ((file,), (99, 1), (file, 1.5), (file, FIONREAD, 2.5), (file, FIONREAD, "x" * 2000)):
    attempt(fcntl.ioctl, *args)

read, write = os.pipe()
os.write(write, b"12345")
attempt(fcntl.ioctl, read, FIONREAD, b"\0" * 4)
attempt(fcntl.ioctl, read, FIONREAD, "\0" * 4)
for mutate in (True, False):
    for room in (bytearray(4), bytearray(2000), array.array("i", [0])):
        attempt(fcntl.ioctl, read, FIONREAD, room, mutate)
        print(bytes(room[:4]))

path = tempfile.mkdtemp() + "/file"
with open(path, "w") as one, open(path, "w") as two:
    attempt(fcntl.flock, one, fcntl.LOCK_EX)
    attempt(fcntl.flock, two, fcntl.LOCK_EX | fcntl.LOCK_NB)
    attempt(fcntl.flock, one, fcntl.LOCK_UN)
    attempt(fcntl.flock, two, fcntl.LOCK_SH | fcntl.LOCK_NB)
    attempt(fcntl.lockf, one, fcntl.LOCK_EX | fcntl.LOCK_NB, 10, 5, os.SEEK_SET)
    child = os.fork()
    if not child:
        try:
            fcntl.lockf(one, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 7)
        except OSError as exc:
            os._exit(exc.errno)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    attempt(fcntl.lockf, one, fcntl.LOCK_UN)
for args in ((file, 1.5), (99, 2), (file,)):
    attempt(fcntl.flock, *args)
for args in ((file, 64), (file, 2, "x"), (file, 2, 0, 0, 9), (file, 2, 0, 0, 0, 0)):
    attempt(fcntl.lockf, *args)
