"""Weak references: callbacks, proxies, weak containers, finalizers."""
import weakref

UNSEEN = True  # a callback may fail where the hook for that fails, too


class Thing:
    def __init__(self, n):
        self.n = n

    def __call__(self):
        return self.n


def program():
    log = []
    things = [Thing(i) for i in range(6)]
    refs = [weakref.ref(t, lambda r: log.append("gone")) for t in things]
    proxy = weakref.proxy(things[1])
    values = weakref.WeakValueDictionary((t.n, t) for t in things)
    keys = weakref.WeakKeyDictionary({t: t.n for t in things})
    weak = weakref.WeakSet(things)
    method = weakref.WeakMethod(things[2].__call__)
    weakref.finalize(things[3], log.append, "finalized")
    before = proxy.n, proxy(), method()(), sorted(values), sorted(keys.values()), len(weak), [r().n for r in refs], weakref.getweakrefcount(things[0])
    del things[2:4]
    return before, sorted(values), sorted(keys.values()), len(weak), sorted(log), method(), refs[2]()
