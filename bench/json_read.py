"""json_read.py - json.loads of nested data, and a hook for objects."""
import json


def build():
    return json.dumps({
        "users": [{"id": k, "name": f"name {k}", "mail": f"u{k}@example.org", "score": k * 1.5, "admin": k % 7 == 0,
                   "groups": ["a", "b", None, k], "text": "übergrößen \"q\"\n"} for k in range(60)],
        "matrix": [[i * j for j in range(20)] for i in range(20)],
    })


def main(n):
    text = build()
    total = 0
    for _ in range(n):
        data = json.loads(text)
        total += len(data["users"]) + sum(data["matrix"][3]) + data["users"][7]["admin"]
    pairs = json.loads(text, object_pairs_hook=tuple)
    print(total, len(pairs), len(pairs[0][1]))


if __name__ == "__main__":
    main(11_000)
