"""regexes.py - searching, splitting and replacing in text with the re module."""
import re


def build():
    lines = []
    for k in range(2_000):
        lines.append(f"2024-{k % 12 + 1:02}-{k % 28 + 1:02} 10:{k % 60:02}:00 host{k % 9} [INFO] user=u{k} took {k * 3}ms "
                     f"path=/a/b{k % 5}/c.html?x={k}&y=2 \"quoted \\\" text\" end{k}@example.org")
    return "\n".join(lines)


def main(n):
    text = build()
    line = re.compile(r"(?P<date>\d{4}-\d\d-\d\d) (?P<time>[\d:]+) (\w+) \[(INFO|WARN)\] user=(\w+) took (\d+)ms", re.M)
    quoted = re.compile(r'"(?:[^"\\]|\\.)*"')
    mail = re.compile(r"\b[\w.]+@(?:[a-z]+\.)+[a-z]{2,}\b", re.I)
    query = re.compile(r"[?&](\w+)=(\w+)")
    totals = [0] * 6
    for _ in range(n):
        totals[0] += sum(int(match[6]) for match in line.finditer(text))
        totals[1] += sum(map(len, quoted.findall(text)))
        totals[2] += len(mail.findall(text))
        totals[3] += len(query.sub(lambda match: match[2] + match[1], text))
        totals[4] += len(re.split(r"\s+|,", text))
        totals[5] += len(re.findall(r"(?<=host)(\d)(?! \[WARN)", text))
    print(totals)


if __name__ == "__main__":
    main(60)
