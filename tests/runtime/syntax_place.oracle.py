# Places of syntax errors as text.
import sys; sys.stderr = sys.stdout
for a in [('f.py',3,30,'  abc def\n'),('f.py',3,9,'  abc def\n'),('f.py',3,10,'  abc def\n'),('f.py',3,11,'  abc def\n'),('f.py',3,12,'  abc def\n'),('f.py',3,5,'  abc def\n',3,100),('f.py',3,5,'  abc def\n',3,4),('f.py',3,5,'  abc def\n',3,5),('f.py',3,5,'  abc def\n',3,0),('f.py',3,5,'  abc def\n',3,-1),('f.py',3,5,'  abc def\n',3,None),('f.py',3,1,'  abc def\n',3,6),('f.py',3,2,'  abc def\n'),('f.py',3,3,'  abc def\n'),('f.py',3,5,'  é def\n',3,7),('f.py',3,5,'abc\n  abc def\n',3,7),('f.py',3,5,'abc\n\n',3,7),('f.py',3,5,'  abc def\n',4,3),('f.py',3,5,'  abc def   \n',4,3),('f.py',3,5,'',3,7),('f.py','x',5,'abc',3,7),('f.py',3,'x','abc',3,7),(b'f.py',3,5,'abcdefgh',3,7),('f.py',3,5,'\tabc def\n',3,7)]:
    e=SyntaxError('m',a); print(a); 
    try: raise e
    except SyntaxError as x: sys.excepthook(None,x,None)
