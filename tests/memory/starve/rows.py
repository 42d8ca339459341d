"""csv: reading, writing, dialects, dicts."""
import csv
import io


def program():
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerows([["a", 1, 2.5], ['say "x"', None, "new\nline"], ["\u20ac" * 30, "", 0]])
    named = csv.DictWriter(out, ["x", "y"], restval="-")
    named.writeheader()
    named.writerow({"x": 1})
    text = out.getvalue()
    back = list(csv.reader(io.StringIO(text)))
    semicolons = list(csv.DictReader(["h1;h2", "1;2", "'3;4';5"], delimiter=";", quotechar="'"))
    return text, back, semicolons, csv.Sniffer().sniff("a;b;c\n1;2;3\n").delimiter
