"""Tokens as module _tokenize gives them."""
import _tokenize

TEXTS = ["x = 1 # a\nif x:\n  '''a\nb'''\n", 'é = ("ü"', "a\n  b\n c", "0777", "x = \\\n  1; y", "a<>b<<=c**=d//=e->f:=g...",
         "rb'a' f'' Rb'' bR\"\" ub''", "1.5e-3j 0x_ff 1_000 .5 1.", "if a:\n\tb\n\n\tc\n# d\ne", ")", "(]", "'a", "€"]
for text in TEXTS:
    print(repr(text))
    try:
        for token in _tokenize.TokenizerIter(text):
            print("  ", token)
    except SyntaxError as error:
        print("  ", error.args)
