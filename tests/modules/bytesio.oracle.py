"""BytesIO: seeded walks of writes, reads, cuts and views; contents, places and sizes in memory after every step."""
import io
import random
import sys


def step(stream, chance, held):
    kind = chance.choice(["write", "write", "write", "read", "seek", "truncate", "getvalue", "view", "state", "line"])
    n = chance.choice([0, 1, 2, 3, 7, 8, 20, 100, 300])
    if kind == "write":
        return stream.write(bytes(chance.choices(b"ab\n", k=n)))
    if kind == "read":
        return stream.read(n)
    if kind == "seek":
        return stream.seek(n)
    if kind == "truncate":
        return stream.truncate(n)
    if kind == "getvalue":
        held[0] = stream.getvalue()
        return held[0]
    if kind == "view":
        with stream.getbuffer() as view:
            view[:1] = view[-1:]
            return bytes(view)
    if kind == "state":
        stream.__setstate__(stream.__getstate__())
        return stream.tell()
    return stream.readline()


for seed in range(20):
    chance = random.Random(seed)
    start = bytes(chance.choices(b"xyz", k=chance.choice([0, 1, 2, 50])))
    stream, held = io.BytesIO(start), [None]
    for _ in range(60):
        print(step(stream, chance, held), stream.tell(), sys.getsizeof(stream), held)
        if chance.random() < 0.3:
            held[0] = None
    view = stream.getbuffer()
    for refused in (stream.close, lambda: stream.write(b"x"), lambda: stream.truncate(0), stream.__init__):
        try:
            print(refused())
        except BufferError as e:
            print(e)
    exporter = view.obj
    view.release()
    stream.close()
    try:
        stream.getvalue()
    except ValueError as e:
        print(e)
    print(start, stream.closed, sys.getsizeof(stream))
