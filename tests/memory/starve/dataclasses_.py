"""dataclasses: made, compared, replaced, shown."""
import dataclasses


def program():
    @dataclasses.dataclass(order=True, frozen=True)
    class Item:
        name: str
        price: float = 1.5
        tags: list = dataclasses.field(default_factory=list, compare=False)

    @dataclasses.dataclass(slots=True, kw_only=True)
    class Box:
        items: list
        size: int = 3

        def __post_init__(self):
            self.size += len(self.items)

    a, b = Item("a"), Item("b", 2.5, ["t"])
    box = Box(items=[a, b])
    try:
        a.name = "c"
    except dataclasses.FrozenInstanceError as error:
        message = str(error)
    return repr(box), a < b, hash(a) == hash(Item("a")), dataclasses.asdict(box), dataclasses.replace(b, price=0), message, [f.name for f in dataclasses.fields(Item)]
