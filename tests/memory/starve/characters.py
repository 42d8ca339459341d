"""unicodedata: names, normal forms, categories; codecs."""
import codecs
import unicodedata


def program():
    text = "\u00e9\u0041\u030a\ufb01\uac00\u1e9b\u0323"
    forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")]
    names = [unicodedata.name(c) for c in text]
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    pieces = [decoder.decode(b) for b in (b"\xe2", b"\x82", b"\xac\xff", b"x")]
    return (forms, names, [unicodedata.lookup(n) for n in names], "\N{EURO SIGN}", [unicodedata.category(c) for c in text], unicodedata.decomposition("\ufb01"),
            pieces, "\u20ac".encode("ascii", "xmlcharrefreplace"), "\u20acx".encode("ascii", "namereplace"), b"\xff".decode("ascii", "backslashreplace"),
            "z\xfcrich".encode("cp1252"), codecs.encode("abc", "rot13"), "b\xfccher.example".encode("idna"), b"a+AOk-".decode("utf-7"))
