"""What wrong programs are told: type, message, place, line. Run under both interpreters, the output must be equal."""
import warnings

warnings.simplefilter("ignore")

PROGRAMS = r'''
print 1
exec "a"
a b
(a b)
f(a b, c)
f(x for x in y, 1)
f(1, x for x in y)
f(a=1, 2)
f(**a, 2)
f(**a, *b)
f(a.b=1)
f(True=1)
f(a=x for x in y)
x = 1 = 2 = f()
f() = 1
(a, 1) = 2
a + b += 1
(a, b) += 1
[a, b]: int
(a, b): int
a, b: int
f(): int
x = yield = 1
del f()
del (a, *b)
for f() in x: pass
for a in
with a as 1: pass
with (a as 1): pass
if x = 1: pass
if x.a = 1: pass
(x.a := 1)
x = (1
x = [1, (2, 3]
x = )
{1: 2, 3}
{1: *a}
{1:}
{**a for b in c}
[*a for b in c]
[a, b for a, b in c]
(*a)
(**a)
def f(a=1, b): pass
def f(*): pass
def f(**a, b): pass
def f(a, /, b, /): pass
def f((a, b)): pass
def f(a=): pass
def f x
def f()
class C
class C(: pass
lambda *: 1
lambda a=1, b: 1
lambda (a, b): 1
if x
if x:
if x:\ny
for x in y:\nz
while x:\ny
try:\n  a\nb
try:\n  a\nexcept A, B:\n  pass
try:\n  a\nexcept A:\n  pass\nexcept* B:\n  pass
try:\n  a\nexcept*:\n  pass
match x:\n  case a as _: pass
match x:\n  case a as 1: pass
match x:\n  case C(a=1, b): pass
match x:\n  case 1\n
match x
import a,
from a import b,
from a import (b
x if y
'abc
"""abc
b'é'
'a' b'b'
'\N{no such}'
'\x1'
f'{'
f'{a'
f'{}'
f'{a b}'
f'{a!x}'
f'{a:{b:{c}}}'
f'{a\b}'
f'{#}'
f'}'
f'{a[}'
f'{lambda x: 1}'
0777
0b12
0xg
1__0
1e+
1a
1if
é é
€
a$b
x = \ a
x = \
  x
if x:\n\ty\n        z
if x:\n    y\n  z
'''.strip("\n").split("\n")

for program in PROGRAMS:
    program = program.replace("\\n", "\n")
    for mode in "exec", "eval", "single":
        try:
            compile(program, "<test>", mode)
            print(mode, repr(program), "compiles")
        except SyntaxError as error:
            print(mode, repr(program), type(error).__name__, error.args)
