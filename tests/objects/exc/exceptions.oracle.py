# Builtin exceptions: constructors, attributes, text, groups. Run under both interpreters, output compared.
def t(f,*a,**k):
    try: r=f(*a,**k); print('OK',repr(r)[:300])
    except BaseException as e: print(type(e).__name__, str(e), repr(e)[:200], e.args if len(repr(e.args))<200 else '')
B=BaseException
t(B,1,2); t(B,a=1); t(KeyError,'x'); t(str,KeyError('x')); t(OSError,2,'no','f'); t(lambda: str(OSError(2,'no','f','g','h'))); t(lambda: OSError(2,'no').__class__); t(lambda: OSError(11,'x',3).characters_written); t(lambda: OSError(1).errno); t(lambda: OSError(1,2,3,4,5).filename2); t(lambda: str(OSError(1,2))); t(lambda: OSError(1,2,3).args)
for args in ((),(1,),(1,'b'),(17,'c','d'),(4,'x','y',None,'z')):
    e=OSError(*args); print(type(e),e,repr(e),e.errno,e.strerror,e.filename,e.filename2,e.__reduce__())
t(ImportError,'m',name='n',path='p'); t(ImportError,'m',foo=1); t(lambda: ImportError('m',name='n').__reduce__()); t(NameError,'a',name='b'); t(AttributeError,'a',name='b',obj=3); t(lambda: AttributeError('a',name='b',obj=3).obj)
t(StopIteration,1,2); t(lambda: StopIteration(1,2).value); t(lambda: StopIteration().value); t(lambda: SystemExit(3).code); t(lambda: SystemExit(3,4).code); t(lambda: SystemExit().code)
t(lambda: str(SyntaxError('m',('f/a.py',1,2,'t')))); t(lambda: str(SyntaxError('m',('f',None,2,'t')))); t(lambda: str(SyntaxError('m',(None,3,2,'t')))); t(lambda: str(SyntaxError())); t(SyntaxError,'a',(1,)); t(SyntaxError,'a',(1,2,3,4,5))
t(UnicodeDecodeError,1,2); t(lambda: str(UnicodeDecodeError('utf-8',b'abc',1,2,'why'))); t(lambda: str(UnicodeDecodeError('utf-8',b'abc',1,3,'why'))); t(lambda: str(UnicodeEncodeError('utf-8','a\u1234\U00012345\xe9',1,2,'why'))); t(lambda: str(UnicodeEncodeError('utf-8','a\u1234\U00012345',2,3,'why')));t(lambda: str(UnicodeEncodeError('utf-8','a\xe9',1,2,'why'))); t(lambda: str(UnicodeEncodeError('utf-8','a\xe9',0,2,'why'))); t(lambda: str(UnicodeTranslateError('a\xe9',1,2,'why'))); t(UnicodeEncodeError,'a','b',1,2,3); t(UnicodeDecodeError,'a','b',1,2,'c')
t(lambda: UnicodeDecodeError('a',bytearray(b'b'),1,2,'c').object); e=UnicodeDecodeError('a',b'b',1,2,'c'); e.start=100; print(e); 
e=B(1); e.add_note('n'); print(e.__notes__, e.__dict__); t(e.add_note,1); e.__notes__=3; t(e.add_note,'x'); t(B().__setstate__,{'a':1}); t(B().__setstate__,1); t(lambda: B(1).__reduce__())
t(delattr,e,'args'); e.args=[1,2]; print(e.args); t(setattr,e,'__cause__',1); t(setattr,e,'__context__',1); t(setattr,e,'__traceback__',1); t(delattr,e,'__cause__'); t(e.with_traceback,1)
e.__cause__=KeyError(); print(e.__suppress_context__, e.__cause__); e.__suppress_context__=False; print(e.__suppress_context__)
G=BaseExceptionGroup; E=ExceptionGroup
t(G); t(G,'a',1); t(G,'a',[]); t(G,'a',[1]); t(E,'a',[KeyboardInterrupt()]); t(G,1,[ValueError()]); t(E,'a',[ValueError()],x=1); t(G,'a',[ValueError(1)]); t(G,'a',[KeyboardInterrupt()])
g=E('top',[ValueError(1),E('in',[TypeError(2),ValueError(3)]),OSError(4)])
print(g, repr(g), g.message, g.exceptions); t(g.split,ValueError); t(g.subgroup,lambda e: isinstance(e,TypeError)); t(g.split,1); t(g.split); t(g.split,(ValueError,TypeError)); t(g.subgroup,KeyError); t(g.derive,[KeyError()]); t(lambda: E.__mro__); 
class MyE(E):
    def derive(self,x): return MyE(self.message+'!',x)
t(lambda: MyE('a',[ValueError(),TypeError()]).split(ValueError))
t(lambda: MyE('a',[KeyboardInterrupt()]))
try:
    try: raise g
    except* ValueError as e: print('ve',repr(e))
    except* TypeError as e: print('te',repr(e)); raise KeyError('new')
except BaseException as e: print(repr(e), repr(e.__context__))
try:
    try: raise ValueError(9)
    except* ValueError as e: print(repr(e)); raise
except BaseException as e: print(repr(e))
def chain():
    try: 1/0
    except ZeroDivisionError as z:
        try: {}['x']
        except KeyError as k: 
            raise RuntimeError('r') from k
try: chain()
except RuntimeError as r: print(repr(r.__cause__),repr(r.__context__),repr(r.__context__.__context__),r.__suppress_context__)
class Sub(OSError):
    def __init__(self,*a,foo=3): super().__init__(*a); self.foo=foo
t(lambda: (Sub(2,'x',foo=9).foo, Sub(2,'x').errno, type(Sub(2,'x')), Sub(2,'a','f').filename))
t(lambda: MemoryError(1,2)); t(lambda: MemoryError().args)
for n in sorted(dir(__builtins__)):
    o=getattr(__builtins__,n)
    if isinstance(o,type) and issubclass(o,BaseException): print(n,o.__name__,o.__bases__,o.__basicsize__,[k for k in o.__dict__ if k!='__doc__'])
def rec(): rec()
try: rec()
except RecursionError as e: print(e)
t(lambda: ImportError('x').msg); t(lambda: ImportError('x','y').msg)
class X(Exception): pass
t(X,1); t(lambda: X(1).__dict__); t(lambda: X.__module__)
try:
    try: raise X(1)
    finally: print('fin')
except X as x: print(x.__traceback__.tb_lineno>0, x.__traceback__.tb_next)
e1=ValueError(1); e2=ValueError(2)
try:
    try: raise e1
    except ValueError: raise e2
except ValueError: 
    try: raise e1
    except ValueError: pass
print(repr(e1.__context__),repr(e2.__context__))
