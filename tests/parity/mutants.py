"""mutants.py - seeded damage to programs: one token left out, doubled, swapped with another or replaced by one.

Everything is fixed by (source, seed, n); tokens are found by a pattern of our own, so that damaged files work too.
"""
import functools
import random
import re
import zlib

TOKENS = re.compile(r"""
    [ \t]*\#[^\n]* | \n[ \t]* |
    [rRbBuUfF]{0,2} (?: \'\'\'(?:[^\\]|\\.)*?\'\'\' | \"\"\"(?:[^\\]|\\.)*?\"\"\" | '(?:[^\\\n']|\\.)*' | "(?:[^\\\n"]|\\.)*") |
    [0-9][\w.]* | \w+ | \*\*= | //= | >>= | <<= | \.\.\. | -> | := | [-+*/%@&|^=<>!]= | \*\* | // | >> | << | <> | [^\s\w]
    """, re.VERBOSE | re.DOTALL)


@functools.lru_cache(maxsize=1)
def tokens_of(source):
    """The text, and the ranges of its tokens."""
    text = source.decode("latin-1")
    return text, [match.span() for match in TOKENS.finditer(text)]


def mutant(path, source, seed, n):
    text, tokens = tokens_of(source)
    if not tokens:
        return source
    rng = random.Random(zlib.crc32(f"{path.rpartition('/')[2]} {seed} {n}".encode()))
    how = rng.randrange(5)
    start, end = tokens[rng.randrange(len(tokens))]
    other_start, other_end = tokens[rng.randrange(len(tokens))]
    token, other = text[start:end], text[other_start:other_end]
    if how == 0:
        changed = text[:start] + text[end:]
    elif how == 1:
        changed = text[:end] + " " + token + text[end:]
    elif how == 2:
        changed = text[:start] + other + text[end:]
    elif how == 3:
        changed = text[:end] + " " + other + " " + text[end:]
    else:
        (start, end), (other_start, other_end) = sorted([(start, end), (other_start, other_end)])
        if end > other_start:
            return source
        changed = text[:start] + text[other_start:other_end] + text[end:other_start] + text[start:end] + text[other_end:]
    return changed.encode("latin-1")
