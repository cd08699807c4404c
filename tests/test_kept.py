"""What is asked for twice is computed once, for each value on its own."""

from __future__ import annotations

from dataclasses import dataclass

from nodeeditor.kept import kept

ASKED: list[int] = []


@dataclass(frozen=True)
class Square:
    """A value with something to compute."""

    side: int

    @kept
    def area(self) -> int:
        """Side by side."""
        ASKED.append(self.side)
        return self.side**2


def test_an_attribute_is_computed_when_it_is_first_asked_for() -> None:
    ASKED.clear()
    small, large = Square(2), Square(3)
    assert not ASKED
    assert [small.area, large.area, small.area, large.area] == [4, 9, 4, 9]
    assert ASKED == [2, 3]


def test_equal_values_stay_equal_whoever_was_asked() -> None:
    one, other = Square(4), Square(4)
    assert one.area == 16
    assert one == other
    assert hash(one) == hash(other)


def test_its_words_are_those_of_the_function() -> None:
    assert Square.area.__doc__ == "Side by side."
