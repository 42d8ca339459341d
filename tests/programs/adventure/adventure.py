"""adventure.py - a text adventure: rooms, things, a parser of commands, doors, light, saved games; cmd and pickle."""
import cmd
import copy
import enum
import io
import pickle
import sys
import textwrap
from dataclasses import dataclass, field
from difflib import get_close_matches


class Way(enum.Enum):
    NORTH = "n"
    SOUTH = "s"
    EAST = "e"
    WEST = "w"
    UP = "u"
    DOWN = "d"

    @property
    def back(self):
        return Way(dict(zip("nsewud", "snwedu"))[self.value])

    @classmethod
    def _missing_(cls, value):
        matches = [way for way in cls if way.name.lower() == str(value).lower()]
        return matches[0] if matches else None


class Can(enum.Flag):
    NOTHING = 0
    TAKE = enum.auto()
    LIGHT = enum.auto()
    OPEN = enum.auto()
    EAT = enum.auto()
    READ = enum.auto()


class Refusal(Exception):
    """What the game answers instead of doing it."""


@dataclass
class Thing:
    name: str
    text: str
    can: Can = Can.TAKE
    weight: int = 1
    lit: bool = False
    inside: list["Thing"] = field(default_factory=list)
    is_open: bool = False
    message: str = ""

    def all_inside(self):
        if self.is_open:
            for thing in self.inside:
                yield thing
                yield from thing.all_inside()

    def __str__(self):
        article = "an" if self.name[0] in "aeiou" else "a"
        return f"{article} {'burning ' if self.lit else ''}{self.name}"


@dataclass
class Door:
    to: "Room"
    locked_by: str = ""


@dataclass
class Room:
    name: str
    text: str
    dark: bool = False
    doors: dict[Way, Door] = field(default_factory=dict, repr=False)
    things: list[Thing] = field(default_factory=list, repr=False)
    visits: int = 0

    def join(self, way, other, locked_by=""):
        self.doors[way] = Door(other, locked_by)
        other.doors[way.back] = Door(self, locked_by)


def listing(things):
    names = [str(thing) for thing in things]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names) or "nothing"


class World:
    LIMIT = 5

    def __init__(self):
        hall = Room("Hall", "A high hall with dust in the light. A stair leads down, doors north and east.")
        library = Room("Library", "Shelves up to the ceiling, most of them empty. Someone was in a hurry here.")
        kitchen = Room("Kitchen", "It smells of bread, and of something else.")
        cellar = Room("Cellar", "Barrels, cobwebs, and an iron door in the west.", dark=True)
        vault = Room("Vault", "A small vault. So this is where it went.")
        hall.join(Way.NORTH, library)
        hall.join(Way.EAST, kitchen)
        hall.join(Way.DOWN, cellar)
        cellar.join(Way.WEST, vault, locked_by="key")
        key = Thing("key", "An iron key, cold to the touch.")
        drawer = Thing("drawer", "A drawer in a heavy desk.", Can.OPEN, 100, inside=[key])
        library.things += [drawer, Thing("book", "A thin book.", Can.TAKE | Can.READ, 2,
                                         message="\"Wherever it is dark, bring your own light.\"")]
        kitchen.things += [Thing("lamp", "A brass lamp.", Can.TAKE | Can.LIGHT, 2), Thing("apple", "Red.", Can.TAKE | Can.EAT),
                           Thing("oven", "An oven of stone.", Can.OPEN, 500, inside=[Thing("loaf", "Burnt.")])]
        vault.things.append(Thing("crown", "The crown of a queen long gone.", Can.TAKE, 3))
        self.here = hall
        self.carried: list[Thing] = []
        self.turns = 0
        self.score = 0
        self.done = False

    # ---- what can be seen ----

    @property
    def lit(self):
        near = self.carried + self.here.things
        return not self.here.dark or any(thing.lit for thing in near)

    def visible(self):
        if not self.lit:
            yield from self.carried
            return
        for thing in self.carried + self.here.things:
            yield thing
            yield from thing.all_inside()

    def find(self, name, needed=Can.NOTHING, verb=""):
        words = name.lower().split()
        if not words:
            raise Refusal(f"{verb.capitalize() or 'Do'} what?")
        things = list(self.visible())
        for thing in things:
            if thing.name == words[-1]:
                if needed and not thing.can & needed:
                    raise Refusal(f"You cannot {verb} the {thing.name}.")
                return thing
        close = get_close_matches(words[-1], [thing.name for thing in things], n=1)
        raise Refusal(f"There is no {words[-1]} here." + (f" Do you mean the {close[0]}?" if close else ""))

    def holder(self, thing):
        places = [self.carried, self.here.things, *(each.inside for each in self.visible() if each.is_open)]
        return next(place for place in places if any(each is thing for each in place))

    def describe(self, full=True):
        if not self.lit:
            return "It is dark. Something drips."
        room = self.here
        parts = [room.name]
        if full:
            parts.append(textwrap.fill(room.text, 60))
        loose = [thing for thing in room.things if thing.can & Can.TAKE]
        fixed = [thing for thing in room.things if not thing.can & Can.TAKE]
        if fixed:
            parts.append(f"There is {listing(fixed)}.")
        if loose:
            parts.append(f"You see {listing(loose)}.")
        parts.append("Ways: " + ", ".join(way.name.lower() for way in sorted(room.doors, key=lambda way: way.value)))
        return "\n".join(parts)

    # ---- what can be done ----

    def go(self, way):
        if way not in self.here.doors:
            raise Refusal(f"No way {way.name.lower()}.")
        door = self.here.doors[way]
        if door.locked_by:
            if not self.lit:
                raise Refusal("You feel iron, and nothing more.")
            if not any(thing.name == door.locked_by for thing in self.carried):
                raise Refusal("The door is locked.")
            door.locked_by = door.to.doors[way.back].locked_by = ""
            self.score += 10
        self.here = door.to
        self.here.visits += 1
        self.score += 5 * (self.here.visits == 1)

    def take(self, name):
        thing = self.find(name, Can.TAKE, "take")
        if any(each is thing for each in self.carried):
            raise Refusal("You have it.")
        if sum(each.weight for each in self.carried) + thing.weight > self.LIMIT:
            raise Refusal("That is too much to carry.")
        self.holder(thing).remove(thing)
        self.carried.append(thing)
        if thing.name == "crown":
            self.score += 50
        return thing

    def drop(self, name):
        thing = self.find(name, verb="drop")
        if not any(each is thing for each in self.carried):
            raise Refusal("You do not have it.")
        self.carried.remove(thing)
        self.here.things.append(thing)
        if thing.name == "crown" and self.here.name == "Hall":
            self.score += 25
            self.done = True


class Game(cmd.Cmd):
    prompt = "> "
    use_rawinput = False

    def __init__(self, world, stdin, stdout):
        super().__init__(stdin=stdin, stdout=stdout)
        self.world, self.saved, self.undo = world, None, []

    def say(self, *words):
        print(*words, file=self.stdout)

    def preloop(self):
        self.say(self.world.describe())

    def precmd(self, line):
        self.say(line)
        line = line.strip().lower()
        try:
            if way := Way(line):
                return f"go {way.value}"
        except ValueError:
            pass
        if line and line.split()[0] not in ("undo", "save", "load", "eof"):
            self.undo.append(copy.deepcopy(self.world))
        return line

    def onecmd(self, line):
        try:
            return super().onecmd(line)
        except Refusal as error:
            self.say(error)
            self.undo and self.undo.pop()
            return False

    def postcmd(self, stop, line):
        self.world.turns += 1
        if self.world.done:
            self.say(f"The crown is back. {self.world.score} points in {self.world.turns} turns.")
            return True
        return stop

    def emptyline(self):
        self.say("Silence.")

    def default(self, line):
        if line == "eof":
            self.say("Bye.")
            return True
        names = [name[3:] for name in self.get_names() if name.startswith("do_")]
        close = get_close_matches(line.split()[0], names)
        raise Refusal(f"What is {line.split()[0]!r}?" + (f" Perhaps {' or '.join(close)}?" if close else ""))

    def do_go(self, rest):
        """go WAY: n, s, e, w, u, d"""
        try:
            way = Way(rest)
        except ValueError as error:
            raise Refusal(str(error)) from None
        self.world.go(way)
        self.say(self.world.describe(full=self.world.here.visits == 1))

    def do_look(self, rest):
        """look [at THING]"""
        if not rest:
            self.say(self.world.describe())
            return
        thing = self.world.find(rest)
        self.say(thing.text, f"In it: {listing(thing.inside)}." if thing.is_open else "")

    def do_take(self, rest):
        self.say(f"Taken: {self.world.take(rest)}.")

    def do_drop(self, rest):
        self.world.drop(rest)
        self.say("Dropped.")

    def do_open(self, rest):
        thing = self.world.find(rest, Can.OPEN, "open")
        thing.is_open = True
        self.say(f"Inside: {listing(thing.inside)}.")

    def do_light(self, rest):
        thing = self.world.find(rest, Can.LIGHT, "light")
        thing.lit = not thing.lit
        self.say("It burns." if thing.lit else "It is out.")

    def do_read(self, rest):
        self.say(self.world.find(rest, Can.READ, "read").message)

    def do_eat(self, rest):
        thing = self.world.find(rest, Can.EAT, "eat")
        self.world.holder(thing).remove(thing)
        self.say(f"The {thing.name} is gone.")

    def do_inventory(self, rest):
        self.say("You carry", listing(self.world.carried) + ".")

    do_i = do_inventory

    def do_score(self, rest):
        self.say(f"{self.world.score} points, {self.world.turns} turns.")

    def do_save(self, rest):
        self.saved = pickle.dumps(self.world)
        self.say("Saved.")

    def do_load(self, rest):
        if self.saved is None:
            raise Refusal("Nothing was saved.")
        self.world = pickle.loads(self.saved)
        self.say(self.world.describe())

    def do_undo(self, rest):
        if not self.undo:
            raise Refusal("Nothing to undo.")
        self.world = self.undo.pop()
        self.say("Undone.")


def main():
    game = Game(World(), sys.stdin, sys.stdout)
    game.cmdloop("A house at the end of a road.\n")
    print(game.world.here, Can.TAKE | Can.READ, repr(Way("up")), Way.UP.back)
    quiet = Game(World(), io.StringIO("go nowhere\nquit\n"), io.StringIO())
    quiet.cmdloop()
    print(len(quiet.stdout.getvalue().splitlines()))
    return 0 if game.world.done else 1


if __name__ == "__main__":
    sys.exit(main())
