"""graphs.py - a library of graphs: shortest paths, flows, components, trees, colours, tours; drawn, saved, checked against brute force."""
from __future__ import annotations

import bisect
import copy
import enum
import functools
import heapq
import io
import itertools
import json
import math
import operator
import pickle
import random
import string
import sys
import weakref
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, MutableMapping, MutableSet, Set
from decimal import Decimal
from fractions import Fraction
from typing import Generic, NamedTuple, Protocol, SupportsFloat, TypeVar, overload

N = TypeVar("N", bound=Hashable)
Edge = namedtuple("Edge", "start end weight", defaults=[1])
INFINITE = math.inf


class GraphError(Exception):
    __match_args__ = ("reason", "nodes")

    def __init__(self, reason: str, *nodes: Hashable):
        self.reason, self.nodes = reason, nodes
        super().__init__(reason, *nodes)

    def __str__(self) -> str:
        return f"{self.reason}: {', '.join(map(str, self.nodes))}" if self.nodes else self.reason


class NegativeCycle(GraphError):
    pass


class OrderedSet(MutableSet):
    """A set that keeps its order: all from five methods."""
    __slots__ = ("items", "__weakref__")

    def __init__(self, items: Iterable = ()):
        self.items = dict.fromkeys(items)

    def __contains__(self, item):
        return item in self.items

    def __iter__(self):
        return iter(self.items)

    def __len__(self):
        return len(self.items)

    def add(self, item):
        self.items[item] = None

    def discard(self, item):
        self.items.pop(item, None)

    def __repr__(self):
        return "{" + ", ".join(map(repr, self)) + "}"


class Kind(enum.IntFlag, boundary=enum.STRICT):
    SIMPLE = 0
    DIRECTED = 1
    LOOPS = 2


class Graph(Generic[N]):
    """Nodes and weighted edges. `graph[a, b]` is a weight, `graph[a]` the neighbours."""
    made = weakref.WeakValueDictionary()

    def __init__(self, edges: Iterable[tuple] = (), *, directed: bool = False, loops: bool = False):
        self.kind = Kind(Kind.DIRECTED * directed + Kind.LOOPS * loops)
        self.neighbours: dict[N, dict[N, SupportsFloat]] = {}
        for edge in edges:
            self.add(*edge)
        Graph.made[id(self)] = self

    @property
    def directed(self) -> bool:
        return Kind.DIRECTED in self.kind

    def add(self, start: N, *rest) -> None:
        self.neighbours.setdefault(start, {})
        match rest:
            case ():
                pass
            case (end,) | (end, _) if end == start and Kind.LOOPS not in self.kind:
                raise GraphError("a loop", start)
            case (end, *weight):
                weight = weight[0] if weight else 1
                self.neighbours.setdefault(end, {})
                self.neighbours[start][end] = weight
                if not self.directed:
                    self.neighbours[end][start] = weight

    def __getitem__(self, key):
        if isinstance(key, tuple) and len(key) == 2 and key not in self.neighbours:
            start, end = key
            return self.neighbours[start].get(end)
        return self.neighbours[key].keys()

    def __contains__(self, key) -> bool:
        if isinstance(key, tuple) and key not in self.neighbours:
            return len(key) == 2 and key[1] in self.neighbours.get(key[0], ())
        return key in self.neighbours

    def __iter__(self) -> Iterator[N]:
        return iter(self.neighbours)

    def __len__(self) -> int:
        return len(self.neighbours)

    def __eq__(self, other) -> bool:
        return isinstance(other, Graph) and (self.kind, self.neighbours) == (other.kind, other.neighbours)

    __hash__ = None

    def __or__(self, other: Graph) -> Graph:
        return Graph(itertools.chain(self.edges(), other.edges()), directed=self.directed)

    def __invert__(self) -> Graph:
        """The other edges."""
        result = Graph(directed=self.directed)
        for a, b in itertools.permutations(self, 2):
            if b not in self.neighbours[a]:
                result.add(a, b)
        return result

    def __delitem__(self, node: N) -> None:
        del self.neighbours[node]
        for each in self.neighbours.values():
            each.pop(node, None)

    def __repr__(self) -> str:
        return f"<{'directed ' if self.directed else ''}graph of {len(self)} nodes, {sum(1 for _ in self.edges())} edges>"

    def __getstate__(self):
        return {"kind": int(self.kind), "edges": [tuple(edge) for edge in self.edges()], "nodes": list(self)}

    def __setstate__(self, state):
        self.__init__(directed=bool(state["kind"] & 1), loops=bool(state["kind"] & 2))
        for node in state["nodes"]:
            self.add(node)
        for edge in state["edges"]:
            self.add(*edge)

    def edges(self) -> Iterator[Edge]:
        seen = set()
        for start, ends in self.neighbours.items():
            for end, weight in ends.items():
                if self.directed or (end, start) not in seen:
                    seen.add((start, end))
                    yield Edge(start, end, weight)

    def reversed(self) -> Graph:
        result = Graph(((e.end, e.start, e.weight) for e in self.edges()), directed=True, loops=True)
        for node in self:
            result.add(node)
        return result

    def walk(self, start: N, *, deep: bool = False) -> Iterator[N]:
        seen, todo = {start}, deque([start])
        take = todo.pop if deep else todo.popleft
        while todo:
            yield (node := take())
            for each in self[node]:
                if each not in seen:
                    seen.add(each)
                    todo.append(each)

    # ---- paths ----

    def distances(self, start: N) -> tuple[dict[N, SupportsFloat], dict[N, N]]:
        """Dijkstra's."""
        best, before, queue, ticket = {start: 0}, {}, [(0, 0, start)], itertools.count(1)
        done = set()
        while queue:
            distance, _, node = heapq.heappop(queue)
            if node in done:
                continue
            done.add(node)
            for end, weight in self.neighbours[node].items():
                if weight < 0:
                    raise GraphError("a negative edge", node, end)
                if (new := distance + weight) < best.get(end, INFINITE):
                    best[end], before[end] = new, node
                    heapq.heappush(queue, (new, next(ticket), end))
        return best, before

    def path(self, start: N, end: N) -> list[N]:
        _, before = self.distances(start)
        path = [end]
        while path[-1] != start:
            try:
                path.append(before[path[-1]])
            except KeyError:
                raise GraphError("no path", start, end) from None
        return path[::-1]

    def all_distances(self) -> dict[tuple[N, N], SupportsFloat]:
        """Floyd's and Warshall's."""
        best = defaultdict(lambda: INFINITE, {(n, n): 0 for n in self})
        best.update(((a, b), w) for a, ends in self.neighbours.items() for b, w in ends.items())
        for middle, a, b in itertools.product(self, repeat=3):
            if (new := best[a, middle] + best[middle, b]) < best[a, b]:
                best[a, b] = new
        for node in self:
            if best[node, node] < 0:
                raise NegativeCycle("a cycle below nought", node)
        return dict(best)

    # ---- parts ----

    def components(self) -> list[OrderedSet]:
        """Strongly connected ones, after Tarjan, without recursion."""
        index, low, stack, on_stack, found = {}, {}, [], set(), []
        counter = itertools.count()
        for root in self:
            if root in index:
                continue
            work = [(root, iter(self[root]))]
            index[root] = low[root] = next(counter)
            stack.append(root)
            on_stack.add(root)
            while work:
                node, ends = work[-1]
                for end in ends:
                    if end not in index:
                        index[end] = low[end] = next(counter)
                        stack.append(end)
                        on_stack.add(end)
                        work.append((end, iter(self[end])))
                        break
                    if end in on_stack:
                        low[node] = min(low[node], index[end])
                else:
                    work.pop()
                    if work:
                        low[work[-1][0]] = min(low[work[-1][0]], low[node])
                    if low[node] == index[node]:
                        part = list(iter(stack.pop, node)) + [node]
                        on_stack.difference_update(part)
                        found.append(OrderedSet(sorted(part, key=str)))
        return found

    def sorted(self) -> list[N]:
        waiting = Counter(end for node in self for end in self[node])
        ready, order = deque(n for n in self if not waiting[n]), []
        while ready:
            order.append(node := ready.popleft())
            for end in self[node]:
                waiting[end] -= 1
                if not waiting[end]:
                    ready.append(end)
        if len(order) < len(self):
            raise GraphError("a cycle among", *sorted((set(self) - set(order)), key=str))
        return order

    def spanning_tree(self) -> Graph:
        parent = {node: node for node in self}

        def root(node):
            while parent[node] != node:
                parent[node] = node = parent[parent[node]]
            return node
        tree = Graph()
        for edge in sorted(self.edges(), key=operator.attrgetter("weight", "start", "end")):
            if (a := root(edge.start)) != (b := root(edge.end)):
                parent[a] = b
                tree.add(*edge)
        return tree

    def flow(self, source: N, sink: N) -> tuple[SupportsFloat, set[N]]:
        """The most that can flow, and the source's side of a smallest cut."""
        rest = defaultdict(lambda: defaultdict(int))
        for start, ends in self.neighbours.items():
            for end, room in ends.items():
                rest[start][end] += room
                rest[end][start] += 0
        total = 0
        while True:
            before, todo = {source: None}, deque([source])
            while todo and sink not in before:
                node = todo.popleft()
                for end, room in rest[node].items():
                    if room > 0 and end not in before:
                        before[end] = node
                        todo.append(end)
            if sink not in before:
                return total, set(before)
            steps = list(itertools.pairwise(itertools.takewhile(lambda n: n is not None, accumulate_back(before, sink))))
            more = min(rest[a][b] for b, a in steps)
            for b, a in steps:
                rest[a][b] -= more
                rest[b][a] += more
            total += more

    def matching(self) -> dict[N, N]:
        """The largest set of pairs between the two sides of a two-coloured graph."""
        colours = self.colours(2)
        left = [node for node in self if colours[node] == 0]
        mates: dict[N, N] = {}

        def find(node: N, seen: set[N]) -> bool:
            for other in self[node]:
                if other not in seen:
                    seen.add(other)
                    if other not in mates or find(mates[other], seen):
                        mates[other] = node
                        return True
            return False
        for node in left:
            find(node, set())
        return {node: other for other, node in sorted(mates.items())}

    def colours(self, most: int) -> dict[N, int]:
        order = sorted(self, key=lambda node: (-len(self[node]), str(node)))

        def place(at: int, colours: dict[N, int]) -> dict[N, int] | None:
            if at == len(order):
                return colours
            taken = {colours.get(end) for end in self[order[at]]}
            for colour in range(most):
                if colour not in taken and (found := place(at + 1, colours | {order[at]: colour})):
                    return found
            return None
        found = place(0, {}) if order else {}
        if found is None:
            raise GraphError(f"{most} colours are too few")
        return found

    def tour(self) -> tuple[SupportsFloat, tuple[N, ...]]:
        """The shortest round trip, after Held and Karp."""
        nodes = sorted(self, key=str)
        first, rest = nodes[0], nodes[1:]

        @functools.lru_cache(maxsize=None)
        def best(left: frozenset, at: N) -> tuple:
            if not left:
                return self[at, first] or INFINITE, (at,)
            options = ((self[at, n] or INFINITE, best(left - {n}, n)) for n in sorted(left, key=str))
            return min((step + length, (at, *way)) for step, (length, way) in options)
        return best(frozenset(rest), first)

    # ---- texts ----

    def dot(self) -> str:
        arrow, out = ("->", "digraph") if self.directed else ("--", "graph"), io.StringIO()
        print(arrow[1], "{", file=out)
        for edge in self.edges():
            label = f' [label="{edge.weight}"]' if edge.weight != 1 else ""
            print(f"  {edge.start} {arrow[0]} {edge.end}{label};", file=out)
        print("}", file=out, end="")
        return out.getvalue()

    def matrix(self) -> str:
        nodes = list(self)
        width = max(len(str(w)) for w in (*nodes, *(e.weight for e in self.edges())))
        rows = [["", *nodes]] + [[a, *(self.neighbours[a].get(b, "·") for b in nodes)] for a in nodes]
        return "\n".join(" ".join(f"{cell!s:>{width}}" for cell in row) for row in rows)


def accumulate_back(before: Mapping, node) -> Iterator:
    while node is not None:
        yield node
        node = before[node]


def grid(rows: list[str]) -> Graph:
    """A maze of text: every free place joined with those beside it."""
    graph = Graph()
    for y, x in itertools.product(range(len(rows)), range(max(map(len, rows)))):
        for dy, dx in ((0, 1), (1, 0)):
            with_in = y + dy < len(rows) and x + dx < len(rows[y])
            if with_in and rows[y][x] != "#" and rows[y + dy][x + dx] != "#":
                graph.add((x, y), (x + dx, y + dy))
    return graph


def random_graph(source: random.Random, size: int, chance: float, **options) -> Graph:
    graph = Graph(**options)
    for node in string.ascii_lowercase[:size]:
        graph.add(node)
    for a, b in (itertools.permutations if graph.directed else itertools.combinations)(graph, 2):
        if source.random() < chance:
            graph.add(a, b, source.randrange(1, 10))
    return graph


def check(rounds: int) -> Counter:
    source, seen = random.Random(20), Counter()
    for _ in range(rounds):
        graph = random_graph(source, 7, 0.35, directed=True)
        every, components = graph.all_distances(), graph.components()
        for node in graph:
            best, _ = graph.distances(node)
            assert all(best.get(end, INFINITE) == every[node, end] for end in graph)
            part = next(c for c in components if node in c)
            assert set(part) == {n for n in graph if every[node, n] < INFINITE and every[n, node] < INFINITE}
        value, side = graph.flow("a", "g")
        cuts = (sum(e.weight for e in graph.edges() if e.start in inside and e.end not in inside)
                for k in range(6) for more in itertools.combinations("bcdef", k) for inside in [{"a", *more}])
        assert value == min(cuts) and "a" in side and "g" not in side
        tree = random_graph(source, 6, 0.7).spanning_tree()
        seen.update(flow=value, parts=len(components), tree=sum(e.weight for e in tree.edges()))
        assert pickle.loads(pickle.dumps(graph)) == graph == copy.deepcopy(graph)
    return seen


MAZE = """#########
#   #   #
# # # # #
# #   # #
# ##### #
#       #
#########""".splitlines()


def main() -> int:
    towns = Graph([("Ulm", "Bonn", 5), ("Bonn", "Kiel", 7), ("Kiel", "Ulm", 11), ("Ulm", "Mainz", 2), ("Mainz", "Bonn", 1), ("Mainz", "Kiel", 9)])
    print(towns, towns.path("Ulm", "Kiel"), towns.distances("Kiel")[0], towns.tour(), "Ulm" in towns, ("Ulm", "Rom") in towns)
    print(towns.dot(), towns.matrix(), sep="\n")
    print(sorted(towns.spanning_tree().edges()), ~towns, towns | Graph([("Kiel", "Rom", 4)]))
    tasks = Graph([("shirt", "tie"), ("tie", "jacket"), ("trousers", "shoes"), ("trousers", "belt"), ("belt", "jacket"), ("socks", "shoes")], directed=True)
    print(tasks.sorted(), tasks.components()[:2], list(tasks.walk("trousers")), list(tasks.walk("trousers", deep=True)))
    maze = grid(MAZE)
    way = maze.path((1, 1), (7, 1))
    print(*("".join("o" if (x, y) in way else c for x, c in enumerate(row)) for y, row in enumerate(MAZE)), len(way), sep="\n")
    exact = Graph([("x", "y", Fraction(1, 3)), ("y", "z", Fraction(1, 6)), ("x", "z", Fraction(2, 3))])
    print(exact.distances("x")[0]["z"], Graph([("p", "q", Decimal("0.1")), ("q", "r", Decimal("0.2"))]).distances("p")[0]["r"])
    print(Graph([(n, w) for n, w in zip("abcd", ("12", "23", "1", "34")) for w in w]).matching())
    petersen = Graph([*((k, (k + 1) % 5) for k in range(5)), *((k, k + 5) for k in range(5)), *((k + 5, (k + 2) % 5 + 5) for k in range(5))])
    print(petersen.colours(3), Counter(petersen.colours(3).values()))
    print(sorted(check(40).items()))
    one, two = OrderedSet("graph"), OrderedSet("paths")
    print(one & two, one | two, one - two, one ^ two, one <= two, one.isdisjoint("xyz"), OrderedSet("ab") < OrderedSet("abc"), one == set("hparg"))
    problems = [lambda: towns.path("Ulm", "Rom"), lambda: petersen.colours(2), lambda: Graph([("a", "a")]), lambda: Kind(8),
                lambda: Graph([("a", "b", 1), ("b", "a", -2)], directed=True).all_distances(), lambda: hash(towns),
                lambda: Graph([("a", "b", -1)]).distances("a"), lambda: towns["Rom"],
                lambda: Graph([("a", "b"), ("b", "c"), ("c", "b")], directed=True).sorted()]
    for problem in problems:
        try:
            print(problem())
        except GraphError as error:
            match error:
                case NegativeCycle(reason, nodes):
                    print("negative:", reason, nodes)
                case GraphError(reason, (first, *rest)):
                    print(error, "|", first, rest, repr(error))
                case GraphError(reason):
                    print("only", reason)
        except (ValueError, TypeError, KeyError) as error:
            print(type(error).__name__, error)
    saved = json.loads(json.dumps(towns.__getstate__()))
    again = Graph.__new__(Graph)
    again.__setstate__(saved)
    print(again == towns, saved["edges"][0], repr(Kind.DIRECTED | Kind.LOOPS), len(Graph.made) > 2)
    del towns["Ulm"], again
    print(towns.matrix())
    towns.add("Kiel", "Kiel")
    return 0


if __name__ == "__main__":
    sys.exit(main())
