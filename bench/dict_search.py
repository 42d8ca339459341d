"""dict_search.py - shortest ways of a sliding puzzle by breadth first search: dicts and sets with tuple keys."""
from collections import deque


def moves(state, width, height):
    hole = state.index(0)
    row, column = divmod(hole, width)
    for d_row, d_column in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        r, c = row + d_row, column + d_column
        if 0 <= r < height and 0 <= c < width:
            other = r * width + c
            board = list(state)
            board[hole], board[other] = board[other], 0
            yield tuple(board)


def main(n):
    width, height = 3, 3
    start = tuple(range(width * height))
    distance = {start: 0}
    before = {}
    queue = deque([start])
    counts = {}
    while queue and len(distance) < n:
        state = queue.popleft()
        far = distance[state] + 1
        for following in moves(state, width, height):
            if following not in distance:
                distance[following] = far
                before[following] = state
                counts[far] = counts.get(far, 0) + 1
                queue.append(following)
    print(len(distance), max(distance.values()), sorted(counts.items())[:12])


if __name__ == "__main__":
    main(180_000)
