# Generators, coroutines, asynchronous generators. Run under both interpreters, output compared.
import sys
def t(f,*a,**k):
    try: r=f(*a,**k); print('OK',repr(r)[:300].split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, str(e).split(' at 0x')[0], repr(e.__cause__), repr(e.__context__))
def g():
    try:
        x=yield 1
        print('x',x)
        y=yield 2
    except ValueError as e:
        print('caught',e); yield 'c'
    finally: print('fin')
    return 9
i=g(); t(i.send,3); t(next,i); t(i.throw,ValueError('v')); t(next,i); t(next,i); t(i.close); t(i.send,1); t(i.throw,KeyError)
i=g(); print(i.gi_running,i.gi_suspended,i.gi_frame.f_lineno,i.gi_yieldfrom); next(i); print(i.gi_suspended,i.gi_frame.f_locals); t(i.throw,1); t(i.throw,ValueError,1,2); t(i.throw,ValueError(1),1); t(i.throw); t(i.throw,KeyError,'k'); print(i.gi_frame)
def bad():
    try: yield 1
    except GeneratorExit: yield 2
i=bad(); next(i); t(i.close)
def si(): 
    yield 1
    raise StopIteration(3)
i=si(); next(i); t(next,i)
def inner():
    try:
        r=yield 'i1'; print('r',r)
    except KeyError as e: print('ike',e); yield 'after'
    finally: print('inner fin')
    return 'ret'
def outer():
    try: v=yield from inner(); print('v',v); yield v
    except Exception as e: print('outer',repr(e)); yield 'oe'
o=outer(); t(next,o); print(o.gi_yieldfrom is not None); t(o.throw,KeyError('k')); t(next,o); t(next,o)
o=outer(); t(next,o); t(o.throw,TypeError('k')); t(o.close)
o=outer(); t(next,o); t(o.close)
class It:
    def __iter__(self): return self
    def __next__(self): return 5
    def throw(self,*a): print('throw',a[0]); raise StopIteration('stop')
    def close(self): print('closed')
def d():
    r=yield from It(); print('r=',r); yield 'more'
o=d(); t(next,o); t(o.throw,KeyError); t(next,o)
o=d(); t(next,o); t(o.close); del o
o=d(); next(o); t(o.throw,GeneratorExit); del o
def selfrun():
    global me
    yield 1
    t(next,me); t(me.close); t(me.send,None)
    yield 2
me=selfrun(); next(me); next(me); me.close(); del me
class DelT:
    def __del__(self): print('del')
def withdel():
    x=DelT()
    try: yield
    finally: print('f2')
i=withdel(); next(i); del i
def raisefin():
    try: yield
    finally: raise ValueError('in fin')
i=raisefin(); next(i); 
i=None
async def co(x):
    r=await aw(x); return r*2
class aw:
    def __init__(self,x): self.x=x
    def __await__(self):
        r=yield self.x
        return r
c=co(4); t(c.send,None); print(c.cr_await is not None, c.cr_running, c.cr_suspended); t(c.send,21); t(c.send,None)
c=co(4); t(c.send,1); c.close()
c=co(3); w=c.__await__(); t(next,w); t(w.send,5); t(w.close)
async def bad1(): await 3
t(bad1().send,None)
class AB:
    def __await__(self): return 3
async def bad2(): await AB()
t(bad2().send,None)
class AC:
    def __await__(self): return co(1)
async def bad3(): await AC()
t(bad3().send,None)
async def ag():
    try:
        for i in range(3):
            x=yield i
            print('sent',x)
    except KeyError: yield 'ke'
    finally: print('agfin')
def run(aw):
    try:
        while 1: aw.send(None)
    except StopIteration as e: return e.value
a=ag(); t(run,a.__anext__()); t(run,a.asend('q')); t(run,a.athrow(KeyError)); t(run,a.aclose()); t(run,a.__anext__()); t(run,a.aclose())
a=ag(); t(run,a.asend('bad')); t(run,a.__anext__()); x=a.asend(1); t(run,x); t(run,x); t(x.close); t(x.throw,ValueError); t(run,a.aclose())
async def use():
    r=[]
    async for v in ag(): r.append(v)
    return r, [v async for v in ag() if v]
t(run,use())
async def ign():
    try: yield 1
    except GeneratorExit: yield 2
a=ign(); t(run,a.__anext__()); t(run,a.aclose())
a=ag(); y=a.aclose(); t(run,y); t(run,y)
async def aw2(): 
    async with CM() as z: print('z',z)
class CM:
    async def __aenter__(self): return 7
    async def __aexit__(self,*a): print('exit',a)
t(run,aw2())
t(lambda: g().__name__); i=g(); i.__name__='zz'; i.__qualname__='qq'; t(lambda: repr(i)); t(setattr,i,'__name__',1)
def many(): yield from range(5)
print(list(many()), sum(x for x in many()), max(many()))
def coro_dec():
    yield
print(type(g()),type(co(1)))
def fr():
    yield sys._getframe()
f=next(fr()); print(f.f_back, f.f_code.co_name, f.f_lineno)
i=g(); next(i); f=i.gi_frame; t(f.clear); print(i.gi_frame); 
