"""Generic aliases, unions, annotations, typing, abstract classes."""
import abc
import typing


def program():
    T = typing.TypeVar("T")

    class Shape(abc.ABC):
        @abc.abstractmethod
        def area(self) -> float: ...

    class Square(Shape):
        side: int | None

        def area(self) -> "float":
            return 4.0

    class Pair(typing.Generic[T]):
        first: T

    Shape.register(int)
    try:
        Shape()
    except TypeError as error:
        message = str(error)
    return (isinstance(5, Shape), isinstance(Square(), Shape), message, repr(list[int] | None), repr(dict[str, T][int]), repr(Pair[int]),
            typing.get_type_hints(Square), isinstance(3, int | str), typing.get_args(tuple[int, ...]), repr(typing.Optional[typing.List[int]]))
