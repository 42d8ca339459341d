"""simulation.py - discrete events: processes as generators, resources with queues; a harbour, a shop, a machine hall."""
from __future__ import annotations

import heapq
import itertools
import math
import random
import statistics
from collections import Counter, deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Callable, Generator, Iterable

Process = Generator["Event", Any, Any]


class Interrupted(Exception):
    @property
    def cause(self):
        return self.args[0]


class Event:
    """Happens once; then those who wait for it go on with its value."""

    def __init__(self, world: World, name: str = ""):
        self.world, self.name = world, name
        self.waiting: list[Callable[[Event], None]] = []
        self.happened = False
        self.value: Any = None
        self.failed = False

    def succeed(self, value: Any = None, delay: float = 0.0) -> Event:
        self.value = value
        self.world.schedule(self, delay)
        return self

    def fail(self, error: BaseException) -> Event:
        self.failed = True
        return self.succeed(error)

    def fire(self) -> None:
        if self.happened:
            return
        self.happened = True
        waiting, self.waiting = self.waiting, []
        for callback in waiting:
            callback(self)
        if self.failed and not waiting:
            raise self.value

    def __or__(self, other: Event) -> Event:
        return AnyOf(self.world, (self, other))

    def __and__(self, other: Event) -> Event:
        return AllOf(self.world, (self, other))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name or '-'}>"


class AnyOf(Event):
    needed = staticmethod(lambda count: 1)

    def __init__(self, world: World, events: Iterable[Event]):
        super().__init__(world)
        self.events = tuple(events)
        self.missing = self.needed(len(self.events))
        for event in self.events:
            if event.happened:
                self.note(event)
            else:
                event.waiting.append(self.note)

    def note(self, event: Event) -> None:
        self.missing -= 1
        if self.missing == 0:
            self.succeed({each: each.value for each in self.events if each.happened})


class AllOf(AnyOf):
    needed = staticmethod(lambda count: count)


class Task(Event):
    """A running process; itself an event that happens when it ends."""

    def __init__(self, world: World, process: Process, name: str = ""):
        super().__init__(world, name or process.__name__)
        self.process = process
        self.waits_for: Event | None = None
        start = Event(world).succeed()
        start.waiting.append(self.resume)

    def resume(self, event: Event) -> None:
        if self.happened or (self.waits_for is not None and event is not self.waits_for):
            return
        self.step(self.process.throw if event.failed else self.process.send, event.value)

    def step(self, how: Callable, value: Any) -> None:
        try:
            event = how(value)
        except StopIteration as stop:
            self.waits_for = None
            self.succeed(stop.value)
        except Exception as error:
            self.waits_for = None
            self.fail(error)
        else:
            self.waits_for = event
            if event.happened:
                again = Event(self.world)
                again.failed = event.failed
                self.waits_for = again
                again.waiting.append(self.resume)
                again.succeed(event.value)
            else:
                event.waiting.append(self.resume)

    def interrupt(self, cause: Any = None) -> None:
        if not self.happened and self.waits_for is not None:
            self.waits_for = None
            self.step(self.process.throw, Interrupted(cause))


class World:
    def __init__(self, seed: int = 0):
        self.now = 0.0
        self.queue: list[tuple[float, int, Event]] = []
        self.numbers = itertools.count()
        self.random = random.Random(seed)
        self.log: list[str] = []

    def schedule(self, event: Event, delay: float) -> None:
        heapq.heappush(self.queue, (self.now + delay, next(self.numbers), event))

    def timeout(self, delay: float, value: Any = None) -> Event:
        return Event(self, f"after {delay:.2f}").succeed(value, delay)

    def start(self, process: Process, name: str = "") -> Task:
        return Task(self, process, name)

    def run(self, until: float = math.inf) -> int:
        count = 0
        while self.queue and self.queue[0][0] <= until:
            self.now, _, event = heapq.heappop(self.queue)
            event.fire()
            count += 1
        if until < math.inf:
            self.now = until
        return count

    def note(self, *words: Any) -> None:
        self.log.append(f"{self.now:8.2f}  " + " ".join(map(str, words)))


class Resource:
    def __init__(self, world: World, capacity: int, name: str):
        self.world, self.capacity, self.name = world, capacity, name
        self.users = 0
        self.queue: list[tuple[int, int, Event]] = []
        self.order = itertools.count()
        self.longest = 0
        self.busy = 0.0
        self.changed = 0.0

    def _account(self) -> None:
        self.busy += self.users * (self.world.now - self.changed)
        self.changed = self.world.now

    def request(self, priority: int = 0) -> Event:
        event = Event(self.world, self.name)
        if self.users < self.capacity:
            self._account()
            self.users += 1
            event.succeed(self)
        else:
            heapq.heappush(self.queue, (priority, next(self.order), event))
            self.longest = max(self.longest, len(self.queue))
        return event

    def release(self) -> None:
        if self.queue:
            *_, event = heapq.heappop(self.queue)
            event.succeed(self)
        else:
            self._account()
            self.users -= 1

    @contextmanager
    def held(self):
        try:
            yield self
        finally:
            self.release()

    def load(self) -> float:
        self._account()
        return self.busy / (self.capacity * self.world.now)


class Store:
    def __init__(self, world: World, room: int):
        self.world, self.room = world, room
        self.items: deque[Any] = deque()
        self.getters: deque[Event] = deque()
        self.putters: deque[tuple[Event, Any]] = deque()

    def put(self, item: Any) -> Event:
        event = Event(self.world, "put")
        self.putters.append((event, item))
        self._match()
        return event

    def get(self) -> Event:
        event = Event(self.world, "get")
        self.getters.append(event)
        self._match()
        return event

    def _match(self) -> None:
        moved = True
        while moved:
            moved = False
            if self.putters and len(self.items) < self.room:
                event, item = self.putters.popleft()
                self.items.append(item)
                event.succeed()
                moved = True
            if self.getters and self.items:
                self.getters.popleft().succeed(self.items.popleft())
                moved = True


@dataclass
class Series:
    name: str
    values: list[float] = field(default_factory=list)

    def add(self, value: float) -> None:
        self.values.append(value)

    def __str__(self) -> str:
        if len(self.values) < 2:
            return f"{self.name}: {self.values}"
        q = statistics.quantiles(self.values, n=4)
        return (f"{self.name}: n={len(self.values)} mean={statistics.fmean(self.values):.3f} "
                f"sd={statistics.stdev(self.values):.3f} quartiles={[round(v, 3) for v in q]} max={max(self.values):.3f}")


def shop(seed: int) -> None:
    world = World(seed)
    tills = Resource(world, 2, "till")
    waits, outcomes = Series("waiting"), Counter()

    def customer(number: int) -> Process:
        arrived = world.now
        turn = tills.request(priority=0 if number % 10 == 0 else 1)
        patience = world.timeout(4.0)
        yield turn | patience
        if not turn.happened:
            outcomes["left"] += 1
            turn.waiting.append(lambda event: tills.release())
            return
        with tills.held():
            waits.add(world.now - arrived)
            yield world.timeout(world.random.expovariate(1 / 1.7))
            outcomes["served"] += 1

    def door() -> Process:
        for number in range(400):
            yield world.timeout(world.random.expovariate(1.1))
            world.start(customer(number))

    world.start(door())
    events = world.run()
    print("shop:", events, "events,", dict(sorted(outcomes.items())), f"load {tills.load():.3f}", "longest", tills.longest)
    print(" ", waits)


def machines(seed: int) -> None:
    world = World(seed)
    fitter = Resource(world, 1, "fitter")
    made, breaks, repaired = Counter(), Counter(), set()

    def work(name: str) -> Process:
        while True:
            left = 10.0
            while left > 0:
                begun = world.now
                try:
                    yield world.timeout(left)
                    left = 0
                except Interrupted as stop:
                    left -= world.now - begun
                    breaks[name] += 1
                    if breaks[name] <= 2:
                        world.note(name, "broke:", stop.cause, f"({left:.2f} left)")
                    repaired.add(name)
                    yield fitter.request()
                    with fitter.held():
                        yield world.timeout(3.0)
                    repaired.remove(name)
            made[name] += 1

    def fate(task: Task) -> Process:
        while True:
            yield world.timeout(world.random.expovariate(1 / 60))
            if task.name in repaired:
                continue
            task.interrupt(world.random.choice(["belt", "gear", "fuse"]))

    for letter in "ABC":
        world.start(fate(world.start(work(letter), letter)))
    world.run(until=1000)
    print("machines:", dict(made), dict(breaks))
    print("\n".join(world.log))


def pipeline() -> None:
    world = World()
    belt = Store(world, 3)
    got = []

    def maker(name: str, pause: float, count: int) -> Process:
        for number in range(count):
            yield world.timeout(pause)
            yield belt.put(f"{name}{number}")
        return f"{name} done at {world.now:.1f}"

    def taker() -> Process:
        while len(got) < 9:
            item = yield belt.get()
            got.append((item, round(world.now, 2)))
            yield world.timeout(1.0)

    tasks = [world.start(maker("x", 0.5, 5)), world.start(maker("y", 0.8, 4)), world.start(taker())]
    world.run()
    print("pipeline:", got)
    print([task.value for task in tasks], tasks[0] & tasks[1])


def failures() -> None:
    world = World()

    def bad() -> Process:
        yield world.timeout(1)
        raise ValueError("went wrong")

    def careful() -> Process:
        try:
            yield world.start(bad())
        except ValueError as error:
            return f"caught {error} at {world.now}"

    task = world.start(careful())
    world.run()
    print(task.value)
    world.start(bad())
    try:
        world.run()
    except ValueError as error:
        print("nobody waited:", error)
        names, trace = [], error.__traceback__
        while trace:
            names.append(trace.tb_frame.f_code.co_name)
            trace = trace.tb_next
        print(names)


def main() -> None:
    for seed in (1, 2):
        shop(seed)
    machines(5)
    pipeline()
    failures()


if __name__ == "__main__":
    main()
