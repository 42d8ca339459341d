"""chess.py - all legal moves of chess positions, counted to a depth and checked against known totals; a small search."""
import sys
from collections import Counter
from enum import IntFlag
from functools import lru_cache

FILES = "abcdefgh"
START = "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1"
STEPS = {"N": [(1, 2), (2, 1), (-1, 2), (-2, 1), (1, -2), (2, -1), (-1, -2), (-2, -1)],
         "B": [(1, 1), (1, -1), (-1, 1), (-1, -1)], "R": [(1, 0), (-1, 0), (0, 1), (0, -1)]}
STEPS["K"] = STEPS["Q"] = STEPS["B"] + STEPS["R"]
WORTH = {"P": 100, "N": 320, "B": 330, "R": 500, "Q": 900, "K": 0}


class Castle(IntFlag):
    NONE = 0
    WHITE_SHORT = 1
    WHITE_LONG = 2
    BLACK_SHORT = 4
    BLACK_LONG = 8


RIGHTS = {"K": Castle.WHITE_SHORT, "Q": Castle.WHITE_LONG, "k": Castle.BLACK_SHORT, "q": Castle.BLACK_LONG}
LOST = {0: Castle.WHITE_LONG, 4: Castle.WHITE_SHORT | Castle.WHITE_LONG, 7: Castle.WHITE_SHORT,
        56: Castle.BLACK_LONG, 60: Castle.BLACK_SHORT | Castle.BLACK_LONG, 63: Castle.BLACK_SHORT}


def square_name(square):
    return FILES[square % 8] + str(square // 8 + 1)


def square_of(name):
    return FILES.index(name[0]) + 8 * (int(name[1]) - 1)


@lru_cache(maxsize=None)
def targets(square, step):
    """The squares in one direction up to the edge."""
    x, y = square % 8, square // 8
    result = []
    while 0 <= (x := x + step[0]) < 8 and 0 <= (y := y + step[1]) < 8:
        result.append(x + 8 * y)
    return tuple(result)


class Move:
    __slots__ = ("start", "end", "promoted", "special")

    def __init__(self, start, end, promoted="", special=""):
        self.start, self.end, self.promoted, self.special = start, end, promoted, special

    def __str__(self):
        return square_name(self.start) + square_name(self.end) + self.promoted.lower()

    def __lt__(self, other):
        return str(self) < str(other)


class Position:
    __slots__ = ("board", "white", "castle", "passing", "quiet", "number")

    def __init__(self, fen=START):
        rows, side, castle, passing, *clocks = fen.split()
        self.board = []
        for row in reversed(rows.split("/")):
            for letter in row:
                self.board.extend("." * int(letter) if letter.isdigit() else letter)
        if len(self.board) != 64:
            raise ValueError(f"a board has 64 squares, not {len(self.board)}")
        self.white = side == "w"
        self.castle = Castle.NONE
        for letter in castle.strip("-"):
            self.castle |= RIGHTS[letter]
        self.passing = square_of(passing) if passing != "-" else None
        self.quiet, self.number = map(int, clocks or (0, 1))

    def copy(self):
        other = object.__new__(Position)
        other.board = self.board[:]
        other.white, other.castle, other.passing = self.white, self.castle, self.passing
        other.quiet, other.number = self.quiet, self.number
        return other

    def fen(self):
        rows = []
        for row in range(7, -1, -1):
            text, empty = "", 0
            for piece in self.board[row * 8:row * 8 + 8]:
                if piece == ".":
                    empty += 1
                    continue
                text += (str(empty) if empty else "") + piece
                empty = 0
            rows.append(text + (str(empty) if empty else ""))
        castle = "".join(letter for letter, right in RIGHTS.items() if self.castle & right) or "-"
        passing = square_name(self.passing) if self.passing is not None else "-"
        return f"{'/'.join(rows)} {'w' if self.white else 'b'} {castle} {passing} {self.quiet} {self.number}"

    def __str__(self):
        lines = [f"{row + 1} " + " ".join(self.board[row * 8:row * 8 + 8]) for row in range(7, -1, -1)]
        return "\n".join(lines + ["  " + " ".join(FILES)])

    def mine(self, piece):
        return piece != "." and piece.isupper() == self.white

    def theirs(self, piece):
        return piece != "." and piece.isupper() != self.white

    def attacked(self, square, by_white):
        board = self.board

        def is_piece(at, *kinds):
            piece = board[at]
            return piece != "." and piece.isupper() == by_white and piece.upper() in kinds

        for step in STEPS["N"]:
            if any(is_piece(at, "N") for at in targets(square, step)[:1]):
                return True
        for kind in "BR":
            for step in STEPS[kind]:
                for distance, at in enumerate(targets(square, step)):
                    if board[at] != ".":
                        if is_piece(at, kind, "Q") or (distance == 0 and is_piece(at, "K")):
                            return True
                        break
        forward = -1 if by_white else 1
        for side in (-1, 1):
            if any(is_piece(at, "P") for at in targets(square, (side, forward))[:1]):
                return True
        return False

    def in_check(self, white=None):
        white = self.white if white is None else white
        return self.attacked(self.board.index("K" if white else "k"), not white)

    def pawn_moves(self, start):
        forward = 1 if self.white else -1
        last = 7 if self.white else 0
        ahead = start + 8 * forward
        ends = []
        if self.board[ahead] == ".":
            ends.append((ahead, ""))
            if start // 8 == (1 if self.white else 6) and self.board[ahead + 8 * forward] == ".":
                ends.append((ahead + 8 * forward, "double"))
        for side in (-1, 1):
            for at in targets(start, (side, forward))[:1]:
                if self.theirs(self.board[at]):
                    ends.append((at, ""))
                elif at == self.passing:
                    ends.append((at, "passing"))
        for end, special in ends:
            if end // 8 == last:
                for piece in "QRBN":
                    yield Move(start, end, piece)
            else:
                yield Move(start, end, special=special)

    def castling(self):
        home = 4 if self.white else 60
        if self.in_check():
            return
        for short, rights, empty, passed in (
                (True, Castle.WHITE_SHORT | Castle.BLACK_SHORT, (1, 2), (1,)),
                (False, Castle.WHITE_LONG | Castle.BLACK_LONG, (-1, -2, -3), (-1,))):
            own = rights & (Castle.WHITE_SHORT | Castle.WHITE_LONG if self.white
                            else Castle.BLACK_SHORT | Castle.BLACK_LONG)
            if self.castle & own and all(self.board[home + k] == "." for k in empty) and \
                    not any(self.attacked(home + k, not self.white) for k in passed):
                yield Move(home, home + (2 if short else -2), special="castle")

    def candidates(self):
        for start, piece in enumerate(self.board):
            if not self.mine(piece):
                continue
            kind = piece.upper()
            if kind == "P":
                yield from self.pawn_moves(start)
                continue
            reach = 1 if kind in "NK" else 8
            for step in STEPS[kind]:
                for end in targets(start, step)[:reach]:
                    if self.mine(self.board[end]):
                        break
                    yield Move(start, end)
                    if self.board[end] != ".":
                        break
        yield from self.castling()

    def play(self, move):
        after = self.copy()
        board = after.board
        piece = board[move.start]
        after.quiet = 0 if piece in "Pp" or board[move.end] != "." else self.quiet + 1
        board[move.start] = "."
        board[move.end] = (move.promoted if self.white else move.promoted.lower()) if move.promoted else piece
        if move.special == "passing":
            board[move.end + (-8 if self.white else 8)] = "."
        elif move.special == "castle":
            rook, to = (move.end + 1, move.end - 1) if move.end > move.start else (move.end - 2, move.end + 1)
            board[to], board[rook] = board[rook], "."
        after.passing = (move.start + move.end) // 2 if move.special == "double" else None
        for square in (move.start, move.end):
            if square in LOST:
                after.castle &= ~LOST[square]
        after.white = not self.white
        after.number += not self.white
        return after

    def moves(self):
        for move in self.candidates():
            after = self.play(move)
            if not after.in_check(self.white):
                yield move, after


def perft(position, depth):
    if depth == 1:
        return sum(1 for _ in position.moves())
    return sum(perft(after, depth - 1) for _, after in position.moves())


def worth(position):
    total = 0
    for square, piece in enumerate(position.board):
        if piece != ".":
            x, y = square % 8, square // 8
            value = WORTH[piece.upper()] + 4 * (3 - max(abs(2 * x - 7), abs(2 * y - 7)) // 2)
            total += value if piece.isupper() == position.white else -value
    return total


def search(position, depth, low=-10 ** 9, high=10 ** 9):
    """The best worth for whoever moves, and the line of moves."""
    if depth == 0:
        return worth(position), []
    best, line, any_move = -10 ** 9, [], False
    ordered = sorted(position.moves(), key=lambda pair: (position.board[pair[0].end] == ".", str(pair[0])))
    for move, after in ordered:
        any_move = True
        value, rest = search(after, depth - 1, -high, -low)
        if -value > best:
            best, line = -value, [move] + rest
        low = max(low, best)
        if low >= high:
            break
    if not any_move:
        return (-100_000 - depth if position.in_check() else 0), []
    return best, line


POSITIONS = [
    (START, (20, 400, 8902)),
    ("r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1", (48, 2039)),
    ("8/2p5/3p4/KP5r/1R3p1k/8/4P1P1/8 w - - 0 1", (14, 191, 2812)),
    ("r3k2r/Pppp1ppp/1b3nbN/nP6/BBP1P3/q4N2/Pp1P2PP/R2Q1RK1 w kq - 0 1", (6, 264)),
    ("rnbq1k1r/pp1Pbppp/2p5/8/2B5/8/PPP1NnPP/RNBQK2R w KQ - 1 8", (44, 1486)),
]


def main():
    for fen, totals in POSITIONS:
        position = Position(fen)
        assert position.fen() == fen, position.fen()
        for depth, expected in enumerate(totals, 1):
            count = perft(position, depth)
            print(f"{fen.split()[0]:<62} depth {depth}: {count} {'right' if count == expected else 'WRONG'}")
    game = Position()
    kinds = Counter()
    for turn in range(6):
        value, line = search(game, 2)
        move = line[0]
        kinds[game.board[move.start].upper()] += 1
        print(turn + 1, move, value, "line:", *line)
        game = game.play(move)
    print(game)
    print(game.fen(), dict(kinds))
    print("mate in one:", *search(Position("6k1/5ppp/8/8/8/8/5PPP/3R2K1 w - - 0 1"), 2)[1], Castle(5))
    try:
        Position("8/8 w - - 0 1")
    except ValueError as error:
        print(error, file=sys.stderr)


if __name__ == "__main__":
    main()
