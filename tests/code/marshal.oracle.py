# marshal's format, byte for byte, and its errors on damaged data. Run under both interpreters, output compared.
import io
import marshal
import random

VALUES = [1, -1, 2**31, -2**31, 2**62, -2**200, 3**300, 0, 1.5, float('inf'), -0.0, 1j, 'a' * 300, 'é\ud800', b'x' * 10,
          [1, [2]], {1: {2: 3}}, frozenset((1, 'b')), frozenset(), (), None, ..., StopIteration, True, bytearray(b'q'),
          ('x',) * 300]


def outcome(function, *args):
    try:
        return function(*args)
    except Exception as e:
        return type(e).__name__, str(e)


for value in VALUES:
    for version in range(5):
        data = outcome(marshal.dumps, value, version)
        print(version, data)
        print(outcome(marshal.loads, data) == value, outcome(marshal.load, io.BytesIO(data)) == value)
code = compile('def f(a, *b, c=3):\n  try: return a + 1\n  except: pass', 'x', 'exec')
print(marshal.loads(marshal.dumps(code)) == code)
base = marshal.dumps([v for v in VALUES if not isinstance(v, (frozenset, bytearray))])
random.seed(1)
for i in range(3000):
    data = bytearray(base)
    for _ in range(random.randint(1, 3)):
        data[random.randrange(len(data))] = random.randrange(256)
    print(str(outcome(marshal.loads, bytes(data[:random.randint(1, len(data))])))[:100])
print(outcome(marshal.dumps, object()))
deep = []
for i in range(3000):
    deep = [deep]
print(outcome(marshal.dumps, deep))
