"""namedtuple, deque, Counter, OrderedDict, defaultdict, ChainMap."""
import collections


def program():
    Point = collections.namedtuple("Point", "x y z", defaults=[0])
    point = Point(1, 2)._replace(y=5)
    queue = collections.deque(range(80), maxlen=70)
    queue.rotate(5)
    queue.extendleft("ab")
    queue.insert(3, "c") if len(queue) < 70 else queue.pop()
    counter = collections.Counter("mississippi") + collections.Counter(m=5)
    ordered = collections.OrderedDict((str(i), i) for i in range(20))
    ordered.move_to_end("3")
    ordered.popitem(last=False)
    groups = collections.defaultdict(list)
    for word in "apple avocado banana cherry blueberry".split():
        groups[word[0]].append(word)
    chain = collections.ChainMap({"a": 1}, {"a": 2, "b": 3})
    return (point, point._asdict(), list(queue)[:9], counter.most_common(), list(ordered), repr(ordered)[:40], dict(groups), chain["b"], sorted(chain),
            list(reversed(ordered))[:3], queue.index(10), queue.count("a"))
