"""json, both the scanner in C and the one in Python."""
import json
import json.decoder
import json.scanner


def program():
    value = {"a": [1, 2.5, None, True, {"b": "\u20ac\n\"q\""}], "c": "x" * 30, "d": {str(i): i for i in range(12)}, "e": -10 ** 20}
    texts = [json.dumps(value), json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False), json.dumps([value], separators=(",", ":"))]
    slow = json.JSONDecoder()
    slow.parse_string = json.decoder.py_scanstring
    slow.scan_once = json.scanner.py_make_scanner(slow)
    try:
        json.loads('{"a": [1, }')
    except json.JSONDecodeError as error:
        message = str(error)
    return texts, [json.loads(t) == value for t in texts[:2]], slow.decode(texts[0]) == value, message
