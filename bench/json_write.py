"""json_write.py - json.dumps of nested data, compact, sorted and indented."""
import json


def build():
    return {
        "users": [{"id": k, "name": f"name {k}", "mail": f"u{k}@example.org", "score": k * 1.5, "admin": k % 7 == 0,
                   "groups": ["a", "b", None, k], "text": "übergrößen \"q\"\n"} for k in range(60)],
        "matrix": [[i * j for j in range(20)] for i in range(20)],
    }


def main(n):
    data = build()
    total = 0
    for _ in range(n):
        total += len(json.dumps(data))
        total += len(json.dumps(data, sort_keys=True, ensure_ascii=False))
    total += len(json.dumps(data, indent=2, separators=(",", ": ")))
    print(total)


if __name__ == "__main__":
    main(4_000)
