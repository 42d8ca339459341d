"""Threads: starting, locks, thread-local values, queues. A thread that cannot even begin says nothing, but lets go of its arguments."""
import _thread
import queue
import weakref


class Token:
    """Lives as long as the thread it was given to."""


def wait(done, token):
    while not done.acquire(timeout=0.01):
        if token() is None:
            return done.acquire(blocking=False)
    return True


def program():
    results = queue.SimpleQueue()
    local = _thread._local()
    lock = _thread.allocate_lock()
    again = _thread.RLock()

    def work(n, done, token):
        with lock, again:
            local.value = n
            results.put((n, sum(range(n)), local.value))
        done.release()

    running = []
    for n in range(3):
        done = _thread.allocate_lock()
        done.acquire()
        token = Token()
        running.append((done, weakref.ref(token)))
        _thread.start_new_thread(work, (n, done, token))
    del token
    ended = [wait(*thread) for thread in running]
    seen = sorted(results.get() for _ in range(results.qsize()))
    if not all(ended):
        raise MemoryError("a thread ended early")
    return seen, hasattr(local, "value"), local.__dict__
