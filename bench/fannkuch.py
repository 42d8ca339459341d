"""fannkuch.py - the most prefix reversals over all permutations: small list work."""


def flips(permutation):
    deck = permutation[:]
    count = 0
    first = deck[0]
    while first:
        deck[:first + 1] = deck[first::-1]
        first = deck[0]
        count += 1
    return count


def permutations(n):
    """All orders of range(n) by rotating ever longer prefixes; the same list is given out each time."""
    deck = list(range(n))
    turns = [0] * n
    yield deck
    size = 1
    while size < n:
        deck.insert(size, deck.pop(0))
        turns[size] += 1
        if turns[size] <= size:
            yield deck
            size = 1
        else:
            turns[size] = 0
            size += 1


def main(n):
    most = checksum = 0
    for number, deck in enumerate(permutations(n)):
        if deck[0]:
            count = flips(deck)
            most = max(most, count)
            checksum += count if number % 2 == 0 else -count
    print(n, most, checksum)


if __name__ == "__main__":
    main(9)
