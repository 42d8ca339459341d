"""The cycle collector: cycles of every kind, finalisers, generations, callbacks."""
import gc

UNSEEN = True  # a finaliser may fail where the hook for that fails, too


class Node:
    log = []

    def __init__(self, name):
        self.name = name
        self.me = self
        self.table = {"self": self, "list": [self]}

    def __del__(self):
        self.log.append(getattr(self, "name", None))


def program():
    gc.collect()
    Node.log.clear()
    for i in range(5):
        node = Node(i)
        node.method = node.__del__
        node.closure = lambda: node
    del node
    ring = []
    for i in range(30):
        ring = [ring, i]
    ring[0][0].append(ring)
    del ring
    found = gc.collect() > 0
    seen = gc.get_referents([1, "a"])
    return found, sorted(Node.log), seen, gc.is_tracked([]), len(gc.get_count()), gc.collect(0) >= 0
