# Exceptions as text, down to the carets. Run under both interpreters, output compared.
import sys; sys.stderr = sys.stdout
def f(x):
    return (x +
            x/0)
class C:
    def __getitem__(s,k): raise KeyError(k)
def g(a):
    return a['b']['c'] + 1
def deep(n):
    if n==0: raise ValueError('deep\nmulti')
    deep(n-1)
import sys
def show(fn,*a):
    try: fn(*a)
    except BaseException as e:
        sys.excepthook(type(e),e,e.__traceback__)
show(f,1); show(g,{'b':C()}); show(deep,20); show(deep,3)
def h(): 
    été = 1; return été + "é" * 2 + unknwon
unknown=3
show(h)
def a(): return [].appendd
show(a)
def b():
    lenght=3
    return lenth
show(b)
def ch():
    try: 1/0
    except Exception as e: raise KeyError('k') from e
show(ch)
def cx():
    try: 1/0
    except Exception as e: raise KeyError('k')
show(cx)
def n():
    e=ValueError('v'); e.add_note('note1'); e.add_note('two\nlines'); raise e
show(n)
def n2():
    e=ValueError('v'); e.__notes__=5; raise e
show(n2)
def n3():
    e=ValueError('v'); e.__notes__=[1,'x',None]; raise e
show(n3)
def grp():
    def mk(x):
        try: raise x
        except Exception as e: return e
    raise ExceptionGroup('g',[mk(ValueError(1)),ExceptionGroup('in',[mk(TypeError('t')),mk(KeyError('kk'))]),mk(OSError(2,'x'))])
show(grp)
def grp2():
    try: grp()
    except Exception as e:
        e.add_note('grp note')
        raise ExceptionGroup('outer',[ValueError(i) for i in range(20)]) from e
show(grp2)
def grp3():
    g=ValueError(1)
    for i in range(12): g=ExceptionGroup(str(i),[g])
    raise g
show(grp3)
def se(src):
    compile(src,'<x>','exec')
for s in ('x = = 1','def f(:\n pass','  x=1\n y=2','"abc','f(a b)','x = (1,\n2','print 3','a=1 +','for x in y\n  pass','é = = 2','if x:\npass','\tx = 1\n        y=2', 'x=1;;', '"\\x"', 'class A:\n  def f(self):\n\treturn 1\n        pass'):
    show(se,s)
show(lambda: sys.excepthook(1,2,3))
class BadStr(Exception):
    def __str__(self): 1/0
def bs(): raise BadStr
show(bs)
class Emp(Exception): pass
Emp.__module__='foo.bar'
def em(): raise Emp
show(em)
def em2(): raise Emp('')
show(em2)
def call():
    return max(1, *[2], key=lambda x: x.foo).bar(
       3)
show(call)
def sub(): x=[1]; y=3; return x[y][2]
show(sub)
def sub2(): x=[1]; y=3; return 5 + x[1:2].foo
show(sub2)
def bino(): a=b=1; return a  **  "x"
show(bino)
def bino2(): return (1) + (2/0)
show(bino2)
def assert_(): assert 1 == 2, "msg"
show(assert_)
def attr(): 
    class Foo:
        blech=None
        other=1
    return Foo().bluch
show(attr)
def spc():   return     1/0
show(spc)
exec(compile('def nosrc(): 1/0','<nofile>','exec'))
show(nosrc)
e=SyntaxError('m',('f.py',3,5,'  abc def\n',3,8)); 
def rse(): raise e
show(rse)
e=SyntaxError('m',('f.py',3,5,'  abc def\n',4,8)); show(rse)
e=SyntaxError('m',('f.py',3,None,'  abc def\n')); show(rse)
e=SyntaxError('m',('f.py',3,0,'  abc def\n')); show(rse)
e=SyntaxError('m',('f.py',3,30,'  abc def\n')); show(rse)
e=SyntaxError('m',(None,3,3,None)); show(rse)
e=SyntaxError('m'); show(rse)
sys.tracebacklimit=2
show(deep,5)
sys.tracebacklimit=0
show(deep,5)
