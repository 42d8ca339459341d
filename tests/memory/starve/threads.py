"""Threads: starting, locks, thread-local values, queues. A thread that cannot even begin says nothing, but is no longer counted."""
import _thread
import queue


def wait(done, others):
    while not done.acquire(timeout=0.01):
        if _thread._count() <= others:
            return done.acquire(blocking=False)
    return True


def program():
    results = queue.SimpleQueue()
    local = _thread._local()
    lock = _thread.allocate_lock()
    again = _thread.RLock()

    def work(n, done):
        with lock, again:
            local.value = n
            results.put((n, sum(range(n)), local.value))
        done.release()

    others, running = _thread._count(), []
    for n in range(3):
        done = _thread.allocate_lock()
        done.acquire()
        _thread.start_new_thread(work, (n, done))
        running.append(done)
    ended = [wait(done, others) for done in running]
    seen = sorted(results.get() for _ in range(results.qsize()))
    if not all(ended):
        raise MemoryError("a thread ended early")
    return seen, hasattr(local, "value"), local.__dict__
