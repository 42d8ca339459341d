"""scheduler.py - jobs that depend on each other, run by asyncio: priorities, retries, timeouts, a cache with statistics, a bus of events.

Time is simulated: the loop's clock jumps to the next timer, so that hours pass in no time and the output is always the same.
"""
from __future__ import annotations

import asyncio
import contextlib
import contextvars
import enum
import functools
import heapq
import inspect
import itertools
import logging
import random
import selectors
import sys
import traceback
import types
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Generic, ParamSpec, Self, TypeVar

P, T = ParamSpec("P"), TypeVar("T")
current_job: contextvars.ContextVar[str] = contextvars.ContextVar("current_job", default="main")
EPOCH = datetime(2030, 1, 1, tzinfo=timezone.utc)


class ClockSelector(selectors.DefaultSelector):
    """Instead of waiting it moves the clock."""

    def __init__(self):
        super().__init__()
        self.now = 0.0

    def select(self, timeout=None):
        ready = super().select(0)
        if not ready and timeout:
            self.now += timeout
        return ready


class ClockLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        self.clock = ClockSelector()
        super().__init__(self.clock)

    def time(self):
        return self.clock.now


def now() -> str:
    moment = EPOCH + timedelta(seconds=round(asyncio.get_running_loop().time(), 3))
    return moment.strftime("%H:%M:%S") + (f".{moment.microsecond // 1000:03}" if moment.microsecond else "")


class Filter(logging.Filter):
    def filter(self, record):
        record.job = current_job.get()
        with contextlib.suppress(RuntimeError):
            record.clock = now()
        record.__dict__.setdefault("clock", "--")
        return True


log = logging.getLogger("scheduler")


def set_up_log(stream) -> None:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("{clock} {levelname:<7} [{job}] {message}", style="{"))
    handler.addFilter(Filter())
    log.handlers[:] = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False


class State(enum.Enum):
    WAITING = enum.auto()
    RUNNING = enum.auto()
    DONE = enum.auto()
    FAILED = enum.auto()
    SKIPPED = enum.auto()

    @property
    def final(self) -> bool:
        return self not in (State.WAITING, State.RUNNING)


class JobError(Exception):
    pass


class CycleError(JobError):
    def __init__(self, path: list[str]):
        super().__init__(" -> ".join(path))


class GaveUp(JobError):
    pass


@dataclass(order=True)
class Job:
    priority: int
    name: str
    work: Callable[[dict], Awaitable[Any]] = field(compare=False, repr=False)
    needs: tuple[str, ...] = field(default=(), compare=False)
    state: State = field(default=State.WAITING, compare=False)
    result: Any = field(default=None, compare=False)
    tries: int = field(default=0, compare=False)


class Bus:
    """Events to whoever listens; a listener is an asynchronous iterator of its own."""

    def __init__(self):
        self.queues: list[asyncio.Queue] = []

    def send(self, *event) -> None:
        for queue in self.queues:
            queue.put_nowait(event)

    @contextlib.asynccontextmanager
    async def listen(self) -> AsyncGenerator[AsyncIterator, None]:
        queue: asyncio.Queue = asyncio.Queue()
        self.queues.append(queue)

        async def events():
            while (event := await queue.get()) is not None:
                yield event
        try:
            yield (stream := events())
        finally:
            self.queues.remove(queue)
            await stream.aclose()

    def close(self) -> None:
        for queue in self.queues:
            queue.put_nowait(None)


class Cache(Generic[T]):
    """Least recently used goes first; what is being made is made once."""

    def __init__(self, size: int):
        self.size, self.values = size, OrderedDict()
        self.statistics: Counter[str] = Counter()

    async def get(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        if key in self.values:
            self.values.move_to_end(key)
            self.statistics["shared" if not self.values[key].done() else "hit"] += 1
        else:
            self.statistics["miss"] += 1
            self.values[key] = asyncio.ensure_future(make())
            if len(self.values) > self.size:
                self.values.popitem(last=False)
                self.statistics["dropped"] += 1
        try:
            return await asyncio.shield(self.values[key])
        except Exception:
            self.values.pop(key, None)
            self.statistics["failed"] += 1
            raise

    def __class_getitem__(cls, item):
        return types.GenericAlias(cls, item)


def cached(cache: Cache) -> Callable[[Callable[P, Coroutine[Any, Any, T]]], Callable[P, Coroutine[Any, Any, T]]]:
    def decorate(function):
        @functools.wraps(function)
        async def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
            bound = inspect.signature(function).bind(*args, **kwargs)
            bound.apply_defaults()
            return await cache.get((function.__name__, *bound.arguments.values()), lambda: function(*args, **kwargs))
        return wrapper
    return decorate


def retried(times: int, wait: float = 1.0, on: type[BaseException] | tuple = Exception):
    def decorate(function):
        @functools.wraps(function)
        async def wrapper(*args, **kwargs):
            errors = []
            for number in range(times):
                try:
                    return await function(*args, **kwargs)
                except on as error:
                    errors.append(error)
                    log.warning("try %d: %s", number + 1, error)
                    await asyncio.sleep(wait * 2 ** number)
            raise GaveUp(f"{function.__name__} after {times} tries") from ExceptionGroup("tries", errors)
        return wrapper
    return decorate


class Scheduler:
    def __init__(self, workers: int = 2):
        self.jobs: dict[str, Job] = {}
        self.workers, self.bus = workers, Bus()
        self.heap: list[Job] = []
        self.changed = asyncio.Condition()

    def job(self, *needs: str, priority: int = 5, name: str = "", timeout: float | None = None):
        def register(function):
            async def work(results):
                signature = inspect.signature(function)
                async with asyncio.timeout(timeout):
                    return await function(**{p: results[p] for p in signature.parameters})
            title = name or function.__name__
            self.jobs[title] = Job(priority, title, work, needs or tuple(inspect.signature(function).parameters))
            return function
        return register

    def check(self) -> None:
        colours: dict[str, int] = {}

        def visit(name: str, path: list[str]) -> None:
            if colours.get(name) == 1:
                raise CycleError([*path[path.index(name):], name])
            if name not in self.jobs:
                raise JobError(f"{path[-1]} needs {name}, which does not exist")
            if name not in colours:
                colours[name] = 1
                for need in self.jobs[name].needs:
                    visit(need, [*path, name])
            colours[name] = 2
        for name in self.jobs:
            visit(name, [])

    def release(self) -> None:
        for job in self.jobs.values():
            if job.state is State.WAITING and job not in self.heap:
                states = {self.jobs[need].state for need in job.needs}
                if states & {State.FAILED, State.SKIPPED}:
                    job.state = State.SKIPPED
                    self.bus.send("skipped", job.name)
                    return self.release()
                if states <= {State.DONE}:
                    heapq.heappush(self.heap, job)

    async def worker(self, number: int) -> int:
        count = 0
        while True:
            async with self.changed:
                await self.changed.wait_for(lambda: self.heap or all(j.state.final for j in self.jobs.values()))
                if not self.heap:
                    return count
                job = heapq.heappop(self.heap)
                job.state = State.RUNNING
            current_job.set(job.name)
            self.bus.send("started", job.name, number)
            try:
                job.tries += 1
                job.result = await job.work({need: self.jobs[need].result for need in job.needs})
                job.state = State.DONE
                log.info("gives %r", job.result)
            except TimeoutError:
                job.state = State.FAILED
                log.error("took too long")
            except Exception as error:
                job.state, job.result = State.FAILED, error
                log.error("failed: %s: %s", type(error).__name__, error)
            self.bus.send("ended", job.name, job.state.name)
            count += 1
            async with self.changed:
                self.release()
                self.changed.notify_all()

    async def run(self) -> Self:
        self.check()
        self.release()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self.worker(n), name=f"worker-{n}") for n in range(self.workers)]
        self.bus.close()
        self.counts = [task.result() for task in tasks]
        return self


async def collect(bus: Bus, into: list) -> None:
    async with bus.listen() as events:
        async for event in events:
            into.append((now(), *event))


async def building() -> Scheduler:
    scheduler, cache = Scheduler(workers=3), Cache(3)
    source = random.Random(5)

    @cached(cache)
    async def fetch(name: str, size: int = 10) -> str:
        await asyncio.sleep(size)
        if name == "broken":
            raise OSError(5, "cannot fetch", name)
        return f"{name}:{size}"

    @scheduler.job(priority=1)
    async def sources():
        return await asyncio.gather(*(fetch(name) for name in ("a", "b", "a")), fetch("c", size=4))

    @scheduler.job(priority=0)
    async def tools():
        await asyncio.sleep(3.5)
        return {"cc": 1, "ld": 2}

    @scheduler.job()
    async def compile_all(sources, tools):
        async def one(name):
            await asyncio.sleep(source.randrange(1, 6))
            return name.upper()
        return [await task for task in [asyncio.create_task(one(s)) for s in sources]]

    attempts = itertools.count(1)

    @scheduler.job()
    @retried(4, wait=0.5, on=ConnectionError)
    async def upload(compile_all):
        if next(attempts) < 3:
            raise ConnectionResetError("reset by peer")
        return f"{len(compile_all)} files"

    @scheduler.job(timeout=20)
    async def slow_test(tools):
        await asyncio.sleep(3600)

    @scheduler.job("slow_test", name="report")
    async def report():
        return "never"

    @scheduler.job(priority=9)
    async def fetch_broken():
        return await fetch("broken", 2)

    @scheduler.job(priority=9)
    @retried(2)
    async def hopeless():
        raise ValueError("no use")

    events: list = []
    listener = asyncio.create_task(collect(scheduler.bus, events))
    await asyncio.sleep(0)
    await scheduler.run()
    await listener
    print(*events, sep="\n")
    print(cache.statistics, [key[1] for key in cache.values], Cache[int], current_job.get())
    return scheduler


async def streams() -> None:
    async def ticks(name: str, every: float, count: int):
        try:
            for number in range(count):
                await asyncio.sleep(every)
                yield name, number
        finally:
            print("   ", name, "closed at", now())

    async def merged(*sources):
        queue, end = asyncio.Queue(maxsize=1), object()

        async def pump(stream):
            async with contextlib.aclosing(stream):
                async for item in stream:
                    await queue.put(item)
            await queue.put(end)
        async with asyncio.TaskGroup() as group:
            for each in sources:
                group.create_task(pump(each))
            left = len(sources)
            while left:
                if (item := await queue.get()) is end:
                    left -= 1
                else:
                    yield item
    print([item async for item in merged(ticks("fast", 1, 4), ticks("slow", 2.5, 2))])
    async with contextlib.aclosing(ticks("cut", 1, 100)) as stream:
        async for item in stream:
            if item[1] == 2:
                break
    semaphore, most, running = asyncio.Semaphore(3), 0, 0

    async def limited():
        nonlocal most, running
        async with semaphore:
            running += 1
            most = max(most, running)
            await asyncio.sleep(1)
            running -= 1
    await asyncio.gather(*(limited() for _ in range(10)))
    print(most, "at once; now it is", now())


async def failing() -> None:
    async def fail(after: float, error: Exception):
        await asyncio.sleep(after)
        raise error

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail(1, ValueError("one")))
            group.create_task(fail(1, KeyError("two")))
            sleeper = group.create_task(asyncio.sleep(100))
    except* ValueError as caught:
        print("values:", [str(e) for e in caught.exceptions], sleeper.cancelled())
    except* LookupError as caught:
        print("look-ups:", caught.exceptions)
    done, pending = await asyncio.wait([asyncio.create_task(asyncio.sleep(n, n), name=f"sleep {n}") for n in (3, 1, 2)], timeout=2.5)
    print(sorted(t.result() for t in done), [t.get_name() for t in pending], [t.cancel("enough") for t in pending])
    try:
        await pending.pop()
    except asyncio.CancelledError as error:
        print("cancelled:", error)
    first = [await f for f in asyncio.as_completed([asyncio.sleep(2, "b"), asyncio.sleep(1, "a")])]
    print(first, await asyncio.gather(fail(1, OSError("kept")), asyncio.sleep(1, 2), return_exceptions=True))
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 60)
    print(now(), len(asyncio.all_tasks()))


def main() -> int:
    set_up_log(sys.stdout)
    with asyncio.Runner(loop_factory=ClockLoop) as runner:
        scheduler = runner.run(building())
        print({job.name: job.state.name for job in scheduler.jobs.values()}, scheduler.counts)
        failed = [job.result for job in scheduler.jobs.values() if isinstance(job.result, GaveUp)]
        text = "".join(traceback.format_exception(failed[0].__cause__))
        print(text.count("ValueError: no use"), failed[0], repr(failed[0].__cause__))
        runner.run(streams())
        runner.run(failing())

        async def wrong(needs: dict[str, tuple[str, ...]]):
            scheduler = Scheduler()
            scheduler.jobs = {name: Job(0, name, None, needed) for name, needed in needs.items()}
            await scheduler.run()
        for needs in ({"a": ("b",), "b": ("c",), "c": ("b",)}, {"a": ("missing",)}):
            try:
                runner.run(wrong(needs))
            except JobError as error:
                print(type(error).__name__, error)
        runner.run(wrong({"self": ("self",)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
