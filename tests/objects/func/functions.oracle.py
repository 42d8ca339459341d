# Functions, methods, cells, code objects, frames, tracebacks, warnings, context variables. Output compared.
import sys
def t(f,*a,**k):
    try: r=f(*a,**k); print('OK',repr(r)[:300].split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, str(e).split(' at 0x')[0])
def f(a,b=1,*,c=2)->int:
    "doc"
    return a,b,c
F=type(f)
print(f.__name__,f.__qualname__,f.__doc__,f.__defaults__,f.__kwdefaults__,f.__annotations__,f.__module__,f.__closure__,f.__dict__,f.__code__.co_varnames)
t(F); t(F,1,{}); t(F,f.__code__,1); t(F,f.__code__,{},1); t(F,f.__code__,{},'x',1); t(F,f.__code__,{},'x',None,1); t(F,f.__code__,{},'x',None,(1,))
def g():
    y=1
    def h(): return y
    return h
h=g(); print(h.__closure__[0].cell_contents)
t(F,h.__code__,{}); t(F,h.__code__,{},None,None,()); t(F,h.__code__,{},None,None,(1,)); t(F(h.__code__,{},None,None,h.__closure__))
for n in ('__code__','__defaults__','__kwdefaults__','__annotations__','__name__','__qualname__','__dict__','__globals__','__closure__','__module__','__doc__'):
    for v in (1,None): print(n,v,end=' '); t(setattr,f,n,v)
    print('del',n,end=' '); t(delattr,f,n)
t(setattr,f,'__code__',h.__code__)
def k(a,b=2): return a+b
k.__defaults__=(5,6); t(k); k.__defaults__=None; t(k,1); k.__code__=(lambda a,b=1: a*b).__code__; t(k,3,4); k.x=1; print(k.__dict__); del k.x; t(lambda:k.x)
M=type([].append.__self__.__class__.__init__) and type(t.__get__(1))
t(M); t(M,1,2); t(M,f,None); m=M(k,3); t(m,5); t(lambda: m==M(k,3)); t(lambda: m.foo); t(setattr,m,'foo',1); t(lambda: m.__func__ is k); t(lambda: m.__self__); t(lambda: hash(m)==hash(M(k,3))); t(lambda: m.__reduce__())
C=type(h.__closure__[0]); t(C,1,2); t(lambda: C().cell_contents); t(lambda: C(1)<C(2)); t(lambda: C()<C(2)); c=C(1); del c.cell_contents; t(lambda: c==C()); t(hash,C())
co=f.__code__
print(co.co_argcount,co.co_posonlyargcount,co.co_kwonlyargcount,co.co_nlocals,co.co_stacksize,co.co_flags,co.co_names,co.co_consts,co.co_varnames,co.co_firstlineno,co.co_lnotab,co.co_name,co.co_qualname)
print(list(co.co_lines()),list(co.co_positions())[:4],co==co.replace(),co.replace(co_name='z').co_name,hash(co)==hash(co.replace()),co==co.replace(co_name='z'))
t(co.replace,co_x=1); t(co.replace,co_argcount='a'); t(co.replace,co_code='a'); t(co.replace,1); t(co.replace,co_varnames=('a',)); t(co.replace,co_nlocals=10); t(co.replace,co_argcount=-1)
t(co._varname_from_oparg,0); t(co._varname_from_oparg,100); print(co.__sizeof__(), type(co).__basicsize__)
CT=type(co); t(CT); 
fr=sys._getframe(); t(fr.clear); t(setattr,fr,'f_trace_opcodes',1); t(delattr,fr,'f_lineno'); t(setattr,fr,'f_lineno','a'); t(setattr,fr,'f_lineno',1); print(fr.f_lineno, fr.f_code.co_name, fr.f_back, fr.f_lasti>0, fr.f_globals is globals(), fr.f_trace, fr.f_trace_lines)
def loc(a,b=2):
    c=3
    def inn(): return c
    z=sys._getframe()
    d=locals(); return z
z=loc(1); print(sorted(z.f_locals),z.f_locals['a'],z.f_lineno,z.f_back is not None); z.clear(); print(z.f_locals)
print(loc(1).__sizeof__())
class K:
    q=1
    print(sorted(locals()))
    def m(self): return __class__
def tr():
    evs=[]
    def tf(fr,ev,arg):
        evs.append((fr.f_code.co_name,ev,fr.f_lineno)); return tf
    def body(n):
        x=1
        for i in range(n):
            x+=i
        return x
    sys.settrace(tf); body(2); sys.settrace(None)
    return [e for e in evs if e[0]=='body']
print(tr())
def jump():
    out=[]
    def tf(fr,ev,arg):
        if fr.f_code.co_name!='b': return
        if ev=='line' and fr.f_lineno==fr.f_code.co_firstlineno+2:
            fr.f_lineno=fr.f_code.co_firstlineno+4
        return tf
    def b():
        out.append(1)
        out.append(2)
        out.append(3)
        out.append(4)
    sys.settrace(tf); b(); sys.settrace(None)
    return out
print(jump())
try: 1/0
except Exception as e: tb=e.__traceback__
T=type(tb); t(T); t(T,1,2,3,4); t(T,None,2,3,4); t(T,None,fr,'a',4); t(T,None,fr,1,4); t(setattr,tb,'tb_next',1); t(setattr,tb,'tb_next',tb); t(delattr,tb,'tb_next'); t(lambda: T(None,fr,-1,-1).tb_lineno); t(tb.__dir__); t(lambda: T(tb,fr,0,7).tb_next is tb); t(setattr,tb,'tb_next',T(tb,fr,0,7))
import marshal, _warnings, atexit, _contextvars
print(marshal.loads(marshal.dumps([1,'a',{2:3.5},co]))[3]==co)
exec(marshal.loads(marshal.dumps(compile('print("marshalled")','<x>','exec'))))
_warnings.warn('hello'); _warnings.warn('dep',DeprecationWarning); t(_warnings.warn,'x',1); t(_warnings.warn_explicit,1,2); t(_warnings.warn_explicit,'m',UserWarning,1,2); t(_warnings.warn_explicit,'m',UserWarning,'f',2,registry=3); _warnings.warn_explicit('m',UserWarning,'file.py',2)
for i in range(3): _warnings.warn('loop')
_warnings.filters.insert(0,('error',None,UserWarning,None,0)); _warnings._filters_mutated(); t(_warnings.warn,'err'); _warnings.filters.pop(0)
class DD:
    def __del__(self): 1/0
d=DD(); del d
V=_contextvars.ContextVar; v=V('v'); w=V('w',default=3); t(V); t(V,1); t(v.get); t(v.get,1); t(w.get); tok=v.set(1); t(lambda: tok.old_value); v.reset(tok); t(v.reset,tok); t(w.reset,tok); t(v.reset,1)
c=_contextvars.Context(); t(c.run); t(c.run,lambda: c.run(int)); t(lambda: c[1]); t(lambda: 1 in c); t(c.get,v,5); t(lambda: (c.run(lambda:v.set(4)),len(c),v in c,c[v],list(c.values()))[1:]); t(lambda: c.copy()==c); t(lambda: v.get(None)); t(_contextvars.Token); t(lambda: _contextvars.copy_context().get(v))
t(atexit.register); t(atexit.register,1); print(atexit._ncallbacks()); atexit.register(print,'bye',end='!\n'); atexit._run_exitfuncs()
