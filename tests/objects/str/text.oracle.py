"""Some twenty thousand expressions on str, bytes, bytearray, memoryview and the codecs, evaluated and printed.

Run under Kaa and under CPython; the output is compared line by line.
"""
import sys
import warnings
import _codecs as C

warnings.simplefilter("ignore")
S=["''","'a'","'abc'","'Hello World'","'  x y  '","'é'","'naïve ßtraße'","'日本語 テキスト'","'😀a€'","'ΑΣ ΣΑΣ.'","'a,b,,c'","'line1\\nline2\\r\\nx\\x85y\\u2028z'","'\\ud800x'","'ǅungla ﬁ'","'1２³'","'tab\\tx\\ty'","'aAbB1_'","'x'*100"]
args0="lower upper title swapcase capitalize casefold strip lstrip rstrip split rsplit splitlines isalpha isalnum isdecimal isdigit isnumeric isspace isprintable isidentifier isupper islower istitle isascii expandtabs encode __repr__ __len__ __hash__ __sizeof__ __getnewargs__".split()
E=[]
for s in S:
    for m in args0:
        if m=='__hash__': continue
        E.append(f"({s}).{m}()")
    for o in S:
        for m in "find rfind index rindex count startswith endswith partition rpartition split rsplit join removeprefix removesuffix strip __add__ __contains__ __lt__ __eq__ __ge__".split():
            E.append(f"({s}).{m}({o})")
    E+= [f"({s}).find('a',-2)",f"({s}).rfind('',1,3)",f"({s}).count('',1)",f"({s})[1:]",f"({s})[::-1]",f"({s})[-1]",f"({s})[5]",f"({s})*3",f"({s})*0",f"({s}).split(None,1)",f"({s}).rsplit(None,1)",f"({s}).split('a',1)",f"({s}).rsplit('a',1)",f"({s}).center(20,'é')",f"({s}).ljust(10,'*')",f"({s}).rjust(10)",f"({s}).zfill(9)",f"({s}).splitlines(True)",f"({s}).replace('a','€')",f"({s}).replace('','-')",f"({s}).replace('','-',2)",f"({s}).replace('é','e')",f"({s}).replace('l','LL',1)",f"({s}).translate({{97:'XX',98:None,233:101,0x65e5:'日本'}})",f"({s}).translate(str.maketrans('abc','xyz','l'))",f"({s}).translate('ABCDEFG'*20)",f"ascii({s})",f"list({s})",f"format({s},'>12')",f"format({s},'*^12.3')",f"'%10s|%-10s|%.2s|%r|%a'%({s},{s},{s},{s},{s})",f"'{{!r:>15}}{{!s}}{{!a}}'.format({s},{s},{s})"]
    for enc in ["utf-8","utf-16","utf-16-le","utf-32","latin-1","ascii","utf-7","unicode_escape","raw_unicode_escape"]:
        for er in ['strict','ignore','replace','backslashreplace','xmlcharrefreplace','namereplace','surrogateescape','surrogatepass']:
            if enc in ('utf-8','utf-16','utf-32','latin-1','ascii'):
                E.append(f"({s}).encode({enc!r},{er!r})")
            import_fn=enc.replace('-','_')
            E.append(f"C.{import_fn}_encode({s},{er!r})")
B=["b''","b'a'","b'abc'","b'Hello World'","b'  x y  '","b'a,b,,c'","b'\\xff\\x00\\'\"'","b'l1\\nl2\\r\\nl3\\r'","bytearray(b'abcabc')","bytearray(b'')","b'\\t x\\x0b '"]
bm0="lower upper title swapcase capitalize strip lstrip rstrip split rsplit splitlines isalpha isalnum isdigit isspace isupper islower istitle isascii expandtabs decode __repr__ __len__ hex __sizeof__".split()
for s in B:
    for m in bm0: E.append(f"({s}).{m}()")
    for o in B+['97','300','"a"','None']:
        for m in "find rfind index count startswith endswith partition rpartition split rsplit removeprefix removesuffix strip __add__ __contains__ __lt__ __eq__".split():
            E.append(f"({s}).{m}({o})")
        E.append(f"({s})+({o})"); E.append(f"({o}) in ({s})"); E.append(f"({s})==({o})")
    E+=[f"({s})[1:]",f"({s})[::-1]",f"({s})[-1]",f"({s})[5]",f"({s})*3",f"({s}).replace(b'a',b'XX')",f"({s}).replace(b'',b'-')",f"({s}).replace(b'ab',b'',1)",f"({s}).center(10,b'*')",f"({s}).zfill(9)",f"({s}).ljust(9)",f"({s}).translate(None,b'a')",f"({s}).translate(bytes(range(255,-1,-1)))",f"({s}).hex(':')",f"({s}).hex(':',2)",f"({s}).hex('-',-3)",f"({s}).join([b'x',b'y',bytearray(b'z')])",f"({s}).join(['a'])",f"list({s})",f"bytes({s})",f"bytearray({s})",f"memoryview({s}).tolist()",f"({s})%(1,)",f"({s}).splitlines(True)",f"b'%s|%b|%r|%a|%d|%x|%c'%({s},{s},{s},{s},5,255,65)", f"str({s},'latin-1')",f"str({s},'utf-8','replace')", f"str({s})"]
DEC=["b'abc'","b'\\xc3\\xa9'","b'\\xc3'","b'\\xe2\\x82'","b'\\xe2\\x82\\xac'","b'\\xf0\\x9f\\x98\\x80'","b'\\xf0\\x9f\\x98'","b'\\xed\\xa0\\x80x'","b'\\xff\\xfea\\x00'","b'\\xfe\\xff\\x00a'","b'\\x80abc\\xff'","b'a\\x00\\x00\\x00b\\x00\\x00\\x00'","b'\\x00\\xd8a\\x00'","b'+AGE-'","b'+2D3e-x'","b'+AG'","b'a+-b'","b'\\\\x41\\\\u00e9\\\\N{BULLET}\\\\777\\\\q\\\\\\n'","b'\\\\x4'","b'\\\\N{foo}'","b'\\\\U00110000'","b'\\\\'","b'\\\\u12'","b'\\xc0\\x80'","b'\\xf4\\x90\\x80\\x80'","b'\\xe0\\x80\\x80'","b'a\\xe9b\\xc3\\xa9\\xff\\xe2\\x28\\xa1'"]
for s in DEC:
    for f in "utf_8 utf_7 utf_16 utf_16_le utf_16_be utf_32 utf_32_le utf_32_be latin_1 ascii unicode_escape raw_unicode_escape escape utf_16_ex utf_32_ex".split():
        for er in ['strict','ignore','replace','backslashreplace','surrogateescape','surrogatepass']:
            E.append(f"C.{f}_decode({s},{er!r})")
            if f not in('latin_1','ascii','escape'):
                E.append(f"C.{f}_decode({s},{er!r},True)" if 'ex' not in f.split('_') else f"C.{f}_decode({s},{er!r},0,True)")
    E.append(f"C.charmap_decode({s},'replace','abc\\ufffe'*40)")
    E.append(f"C.charmap_decode({s},'strict',{{97:'x',98:None,99:8364,100:-1}})")
    E.append(f"({s}).decode()"); E.append(f"({s}).decode('utf-8','replace')")
F=["","10",">10","^10","<10","=10","010","+","-"," ","#",",","_",".3","10.3","s","d","x","z","*>5","é^7",".0","5s","05s",".","10,","{}"]
for f in F:
    for v in ["'abc'","'é'","42","3.14","True","None","-7","1j"]:
        E.append(f"format({v},{f!r})"); E.append(f"'{{:{f}}}'.format({v},7)")
for f in ['{','}','{a','{!r','{!','{!rx}','{!r:','{:','{:{','{:{}','{a[}','{a[0}','{a[0]x}','{a.}','{.a}','{a..b}','{0}{}','{}{0}','{a{}}','{!}','{!rr}','{:{:{}}}','{99999999999999999999999}','{a[]}','{a[0]]}','{0!x}','{-1}','{ 0}','{{}}','{{{}}}','{a[0]}{a[1]}','{0.__class__}','{1:{2}}','{:>{w}}','{a!r:>{w}.{p}}','{b[x y]}','{5}','{zz}']:
    E.append(f"{f!r}.format('x',1,2,a=[1,2],w=5,p=2,b={{'x y':3}})"); E.append(f"{f!r}.format_map({{'a':[1,2],'w':5,'p':2}})")
    E.append(f"list(__import__('_string').formatter_parser({f!r}))"); E.append(f"[list(x) if i else x for i,x in enumerate(__import__('_string').formatter_field_name_split({f!r}))]")
P=['%s','%d %s','%(a)s','%(a','%(a)','%z','%','%*d','%.*d','%c','%.3','%5.','%5','%(a)s %s','%ld','%#x','%5%','%%','%05d','%-5d|','%+d','% d','%x','%X','%#X','%o','%#o','%e','%E','%g','%G','%f','%F','%.2f','%10.3f|','%-10.3f|','%010.2f','%+.1e','%i','%u','%a','%r','%5s','%-5s|','%.1s','%5c|','%#.5x','%08.5d','%.0f','%#.0f','%s%s']
for f in P:
    for a in ['()','1','(1,)','(1,2)',"{'a':1}","'x'","('x','y')",'(1.5,)','(None,)','-5','(-5,)','3.7','1e10','[1]','(True,)','10**30','"é"','65','float("nan")','float("inf")', "b'q'"]:
        E.append(f"{f!r} % {a}"); E.append(f"{f.encode()!r} % {a}")
E+=["str()","str(b'abc')","str(b'abc','ascii')","str(1,'x')","str('a','x')","str(b'',1)","str(b'','utf-8',1)","str(1,2,3,4)","str(foo=1)","str(object=5)","bytes()","bytes(5)","bytes(-1)","bytes('a')","bytes('é','utf8')","bytes('a',errors='x')","bytes(1,'x')","bytes([1,2,300])","bytes(['a'])","bytes({1,2})","bytes(1.5)","bytes(None)","bytes(10**30)","bytearray('a')","bytearray(3)","bytearray(-1)","bytearray([1,256])","bytearray(None)","bytearray('a','utf8')","'a'+1","1+'a'","'a'+b'b'","b'a'+'b'","'a'*'b'","'a'*-1","'a' in 1","1 in 'a'","'abc'['x']","'abc'[1.0]","'abc'[10**30]","b'abc'['x']","'abc'[None:2]","'a'.join(1)","'a'.join([1])","','.join(['a',b'b'])","b','.join([b'a','b'])","''.join('é€')","'a'.find()","'a'.find(1)","'a'.find('a',1,2,3)","'a'.find('a','b')","'a'.startswith(1)","'a'.startswith((1,))","'a'.startswith(('b','a'))","'a'.endswith(())","'a'.split('')","'a'.split(1)","'a'.split(sep='a')","'a'.split(maxsplit='x')","'a'.split(None,1,2)","'a'.replace('a')","'a'.replace(1,'b')","'a'.replace('a',1)","'a'.replace('a','b','c')","'a'.center()","'a'.center('x')","'a'.center(5,'xx')","'a'.center(5,1)","'a'.strip(1)","'a'.strip('a','b')","'a'.partition('')","'a'.partition(1)","'a'.encode('xx')","'a'.encode(1)","'a'.translate(1)","'a'.translate({97:-1})","'a'.translate({97:b'x'})","str.maketrans(1)","str.maketrans('a')","str.maketrans('a','bc')","str.maketrans({'ab':1})","str.maketrans({1.5:1})","str.maketrans({'a':1,2:'b'})","'a'.upper(1)","'a'.zfill('x')","'a'.expandtabs('x')","'\\ta'.expandtabs(-1)","'a\\tb'.expandtabs(tabsize=3)","'a'.splitlines(keepends='x')","'a'.isupper(1)","'a'.removeprefix(1)","'abc'.__getitem__(slice(0,2))","'a'<1","'a'==1","'a'<'b'","'a'.__lt__(1)","hash('')","hash(b'')","hash('abc')==hash(b'abc')","bytes.fromhex('00ff 10')","bytes.fromhex('0')","bytes.fromhex('zz')","bytes.fromhex('0 0')","bytearray.fromhex('aa')","bytes.fromhex(1)","bytes.maketrans(b'a',b'b')[97]","bytes.maketrans(b'a',b'bc')","b'a'.hex('::')","b'a'.hex('é')","b'a'.hex(1)","b'ab'.hex(b':')","b'a'.find('a')","b'a'.startswith('a')","b'a'.join('a')","b'abc'.index(b'z')","bytearray(b'abc').pop()","bytearray().pop()","bytearray(b'abc').pop(7)","bytearray(b'a').remove(98)","bytearray(b'a').append(256)","bytearray(b'a').append('a')","bytearray(b'a').extend('a')","bytearray(b'a').extend([1,'a'])","bytearray(b'a').insert(0,300)","(lambda b:(b.insert(1,65),b)[1])(bytearray(b'xyz'))","(lambda b:(b.extend([1,2,3]),b)[1])(bytearray(b'xyz'))","(lambda b:(b.reverse(),b)[1])(bytearray(b'xyz'))","(lambda b:(b.__setitem__(slice(1,2),b'HELLO'),b)[1])(bytearray(b'xyz'))","(lambda b:(b.__setitem__(slice(None,None,2),b'12'),b)[1])(bytearray(b'xyz'))","(lambda b:(b.__setitem__(slice(None,None,2),b'123'),b)[1])(bytearray(b'xyz'))","(lambda b:(b.__delitem__(slice(None,None,2)),b)[1])(bytearray(b'xyzabc'))","(lambda b:(b.__delitem__(slice(0,2)),b)[1])(bytearray(b'xyzabc'))","(lambda b:(b.__setitem__(0,'a'),b)[1])(bytearray(b'xyz'))","(lambda b:(b.__setitem__(slice(0,1),5),b)[1])(bytearray(b'xyz'))","(lambda b:(b.__setitem__(slice(0,1),[65,66]),b)[1])(bytearray(b'xyz'))","(lambda b:(b.__iadd__(b'q'),b.__imul__(2),b)[2])(bytearray(b'xyz'))","bytearray(b'a').__iadd__(1)","bytearray(b'abc').__reduce_ex__(2)","bytearray(b'abc').__reduce_ex__(4)","bytearray(b'abc').copy()","bytearray(b'abc').clear()","bytearray(b'x')<b'y'","b'a'<'b'","b'a'==97","b'abc'.__getnewargs__()","b'abc'.__bytes__()"]
MV=["memoryview(b'abcd')","memoryview(bytearray(8)).cast('B',[2,4])","memoryview(bytearray(range(8))).cast('i')","memoryview(b'a').cast('B',[])","memoryview(bytearray(b'abcdefgh'))[::2]","memoryview(bytes(range(16))).cast('h',[2,2,2])","memoryview(b'abcd').cast('c')","memoryview(bytearray(8)).cast('d')"]
for m in MV:
    for a in "tolist() tobytes() tobytes('F') tobytes('X') hex() hex(':') nbytes format shape strides suboffsets ndim itemsize readonly c_contiguous f_contiguous contiguous obj toreadonly().readonly [0] [-1] [9] [1:] [::-1] ['a'] [0,0] [0,1,1] [()]".split():
        E.append(f"({m}){'' if a[0]=='[' else '.'}{a}" + (".tolist()" if a in('[1:]','[::-1]') else ''))
    E+=[f"len({m})",f"({m}).cast('B').tolist()",f"({m}).cast('I')[0]",f"({m}).cast('X')",f"({m}).cast('B',[3])",f"({m}).cast('B',3)",f"({m}).cast('B',['a'])",f"({m}).cast('B',[-1])",f"({m}).cast(1)",f"list({m})",f"{m}=={m}",f"{m}==b'abcd'",f"{m}!=5",f"({m}).__setitem__(0,1)",f"({m}).__setitem__(0,'x')",f"({m}).__setitem__(0,2**70)",f"({m}).__setitem__(slice(0,1),b'a')",f"({m}).__delitem__(0)",f"({m}).release()",f"(lambda m:(m.release(),m[0]))({m})",f"bytes({m})",f"({m}).__enter__()==0",f"97 in ({m})",f"list(reversed({m}))"]
E+=["memoryview(1)","memoryview()","memoryview(b'',1)","memoryview(object=b'a').tolist()"]
E+=["C.encode('abc','xx')","C.lookup_error('strict')(1)","C.lookup_error('strict')(ValueError('x'))","C.lookup_error('nope')","C.lookup_error('ignore')(UnicodeEncodeError('a','bcd',0,1,'e'))","C.lookup_error('replace')(UnicodeDecodeError('a',b'bcd',0,1,'e'))","C.lookup_error('replace')(UnicodeTranslateError('bcd',0,2,'e'))","C.lookup_error('xmlcharrefreplace')(UnicodeDecodeError('a',b'bcd',0,1,'e'))","C.lookup_error('backslashreplace')(UnicodeDecodeError('a',b'b\\xffd',0,3,'e'))","C.lookup_error('namereplace')(UnicodeEncodeError('a','b\\u20ac\\x00',0,3,'e'))","C.lookup_error('surrogatepass')(UnicodeEncodeError('utf-16','\\ud800',0,1,'e'))","C.register_error('x',1)","C.charmap_build('abc')","C.charmap_encode('abc','strict',C.charmap_build(''.join(map(chr,range(256)))))","C.charmap_encode('a\\u20acb','replace',C.charmap_build(''.join(map(chr,range(256)))))","C.charmap_encode('abc','strict',{97:1,98:b'xx'})","C.charmap_encode('abc','xmlcharrefreplace',{97:1,98:b'xx',38:b'&',35:b'#',59:b';',57:b'9'})","C.escape_encode(b'a\\n\\x00\\xff\\'\\\\')","C.escape_encode('a')","C.readbuffer_encode('é')","C.utf_8_decode('a')","C.utf_8_encode(b'a')","C.utf_8_encode('a',1)","C.utf_8_encode()","C.utf_16_encode('a','strict',1)","C.register(1)","C.unregister(1)"]
for c in ['\x00','a','é','ß','İ','ŉ','ǰ','ﬁ','ΐ','Σ','ς','Ⅷ','ⓐ','𐐀','𐐨','ᏸ','Ꭰ','ꭰ','ẞ','ſ','K','Å','ﬅ','ᾳ','ᾼ','ǆ','ǅ','Ǆ','\u0345','ͅ','ⅷ','½','٣','৪','\u200b','\xad','\u2028']:
    for m in 'lower upper title swapcase capitalize casefold isalpha isalnum isdecimal isdigit isnumeric isspace isprintable isidentifier isupper islower istitle'.split():
        E.append(f"{c!r}.{m}()"); E.append(f"('A'+{c!r}+'b').{m}()")


def run(expression):
    try:
        return repr(eval(expression, {"C": C}))
    except Exception as error:
        return type(error).__name__ + ": " + str(error)


out = open(sys.stdout.fileno(), "w", encoding="utf-8", errors="backslashreplace", closefd=False)
for expression in E:
    print(expression, "->", run(expression), file=out)
