"""Importing small modules anew, a package among them, and one that does not exist."""
import sys


def program():
    for name in ("colorsys", "keyword", "json.scanner", "xml.etree"):
        sys.modules.pop(name, None)
    import colorsys
    import json.scanner
    import keyword
    from xml.etree import __name__ as name
    try:
        import no_such_module_at_all
    except ModuleNotFoundError as error:
        missing = str(error)
    return colorsys.rgb_to_hsv(0.5, 0.2, 0.1), keyword.iskeyword("for"), json.scanner.__name__, name, missing
