"""Random texts of all widths: searching, cutting, coding. Prints checksums, compared with CPython's."""
import random
random.seed(5)
out=[]
al=['ab','aab€','a😀','xyzé','aaab','\x00\x01\u0100\u0001']
h=0
for t in range(30000):
    a=random.choice(al)
    s=''.join(random.choice(a) for _ in range(random.randint(0,random.choice([5,40,200]))))
    n=''.join(random.choice(a) for _ in range(random.randint(0,random.choice([2,4,20]))))
    i=random.randint(-5,20); j=random.randint(-5,220)
    r=(s.find(n,i,j),s.rfind(n,i,j),s.count(n,i,j),s.replace(n,'<>',random.choice([-1,2])),s.split(n) if n else 0,s.rsplit(n,2) if n else 0,n in s,s.partition(n) if n else 0, s.startswith(n), s.encode('utf-16'), s.encode('utf-16').decode('utf-16')==s, s.encode('utf-7'), s.upper(), s.translate({97:'Q',98:None,120:0x20ac}), s.encode().find(n.encode()), s.encode().count(n.encode()), s.encode().replace(n.encode(),b'--'), s.encode('utf-32-be').decode('utf-32-be')==s, repr(s), s[i:j:2], s.center(50,'€'), s+n, s*3)
    x=repr(r)
    h=(h*31+sum(map(ord,x))+len(x))%(2**61-1)
    if t%3000==0: print(t,h)
print(h)
