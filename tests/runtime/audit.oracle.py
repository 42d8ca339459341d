"""Audit hooks: which events pass, with which arguments."""
import ast
import fcntl
import gc
import marshal
import os
import signal
import socket
import sys
import threading

socket.getaddrinfo("127.0.0.1", 80)  # imports a codec the first time
seen = []
sys.addaudithook(lambda event, args: seen.append((event, args)))
fd = os.open(".", os.O_RDONLY)


def plain(value):
    if isinstance(value, int) and value == fd:
        return "FD"
    return value if isinstance(value, (int, str, bytes, tuple, type(None))) else type(value).__name__


def events(what):
    taken = seen[:]
    seen.clear()
    print(what, [(event, [plain(value) for value in args]) for event, args in taken])


def call(function, *args, **kwargs):
    seen.clear()
    try:
        function(*args, **kwargs)
    except OSError as error:
        print(type(error).__name__)
    events(function.__name__)


call(marshal.dumps, 1)
call(marshal.loads, b"N")
call(compile, "a = 1", "somewhere", "exec")
call(compile, ast.parse("a = 1"), "somewhere", "exec")
call(eval, "1")
call(exec, b"c = 1")
call(exec, compile("1", "somewhere", "eval"))
call(os.system, "true")
for place in {}, {"dir_fd": fd}:
    call(os.mkdir, "a", 0o700, **place)
    call(os.rmdir, b"a", **place)
    open("f", "w").close()
    call(os.chmod, "f", 0o600, **place)
    call(os.chown, "f", -1, -1, **place)
    call(os.symlink, "f", "h", **place)
    call(os.remove, "h", **place)
    call(os.utime, "f", **place)
for path in "f", fd:
    call(os.chmod, path, 0o700)
    call(os.chown, path, -1, -1)
    call(os.utime, path, (1, 2))
    call(os.utime, path, ns=(1, 2))
    call(os.listxattr, path)
call(os.lchown, "f", -1, -1)
call(os.fchown, fd, -1, -1)
call(os.fchmod, fd, 0o700)
call(os.link, "f", "g")
call(os.rename, "g", "i")
call(os.replace, "i", "g", src_dir_fd=fd)
call(os.unlink, "g")
for path in None, ".", fd:
    call(os.listdir, path)
    call(os.scandir, path)
call(os.chdir, ".")
call(os.chdir, fd)
call(os.fchdir, fd)
call(os.truncate, "f", 3)
file = os.open("f", os.O_RDWR)
os.dup2(file, fd)
call(os.ftruncate, fd, 2)
call(os.lockf, fd, os.F_LOCK, 1)
call(fcntl.flock, fd, fcntl.LOCK_UN)
call(os.putenv, "A", "b")
call(os.unsetenv, "A")
call(os.killpg, 999999, 0)
child = os.posix_spawn("/bin/true", ["true"], {})
events("posix_spawn")
os.waitpid(child, 0)
child = os.fork()
if child == 0:
    os._exit(0)
events("fork")
os.waitpid(child, 0)


class A:
    pass


class B:
    pass


def function():
    pass


call(setattr, A, "__name__", "C")
call(setattr, A(), "__class__", B)
for name in "__code__", "__defaults__", "__kwdefaults__":
    value = getattr(function, name)
    events("get " + name)
    call(setattr, function, name, value)
call(type(function), function.__code__, {})
call(function.__code__.replace, co_name="x")
generator = (x for x in ())
call(getattr, generator, "gi_code")
call(getattr, generator, "gi_frame")
try:
    1 / 0
except ZeroDivisionError as error:
    call(getattr, error.__traceback__, "tb_frame")
frame = sys._getframe()
call(sys._getframe)
call(getattr, frame, "f_code")
call(gc.get_referents, 5)
call(gc.get_objects)
call(sys._current_frames)
call(sys.setprofile, None)
call(sys.settrace, None)
call(sys.set_asyncgen_hooks, None, None)
call(socket.gethostname)
call(socket.getaddrinfo, "127.0.0.1", 80)
call(threading.Thread(target=int).start)
call(signal.raise_signal, signal.SIGURG)
call(sys.audit, "own.event", 1, None)
try:
    sys.audit(7)
except TypeError as error:
    print(error)
