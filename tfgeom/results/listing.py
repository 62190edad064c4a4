"""The declared numbers of a whole evaluation, in the order of its JSON."""

from dataclasses import dataclass, fields
from functools import cache

from tfgeom.results.declared import Declaration, Number, Shown, class_of, numbers_of
from tfgeom.results.whole import Evaluation

Value = float | str | None


@dataclass(frozen=True, slots=True)
class Result:
    """A declared number or word with the section that it stands in."""

    section: str
    number: Number

    @property
    def path(self) -> str:
        """Its dotted keys in the JSON."""
        return f"{self.section}.{self.number.key}"

    @property
    def name(self) -> str:
        """The last of its keys."""
        return self.number.path[-1]

    @property
    def declared(self) -> Declaration:
        """What it is."""
        return self.number.declared

    def of(self, found: Evaluation) -> Value:
        """Return its value in the JSON; None where there is none."""
        value: Value = self.number.of(getattr(found, self.section))
        return value

    def shown_of(self, found: Evaluation) -> Value:
        """Return its value; None also where it says nothing of a relief without films."""
        return None if self.declared.of_films and not found.layers else self.of(found)

    def of_plane(self, found: Evaluation, plane: str = "same_films") -> float | None:
        """Return the value of a plane; None where the cell has none, or no such plane stands beside it."""
        return self.number.of_plane(getattr(found, self.section), plane)

    def is_at_best(self, found: Evaluation) -> bool:
        """Whether a constant is missing that would make the number worse."""
        if not self.declared.at_best:
            return False
        if self.section == "resistance":
            return found.resistance is not None and bool(found.resistance.incomplete)
        return any(row.incomplete for row in found.rate or ())


@cache
def all_results() -> tuple[Result, ...]:
    """Return every declared number and word of the sections that an evaluation has once."""
    return tuple(
        Result(one.name, number)
        for one in fields(Evaluation)
        if (kind := class_of(one.type)) is not None
        for number in numbers_of(kind)
    )


def results_shown(where: Shown) -> list[Result]:
    """Return the numbers and words that stand in one place."""
    return [one for one in all_results() if one.declared.shown & where]


def results_of(section: str) -> list[Result]:
    """Return the numbers and words of one section."""
    return [one for one in all_results() if one.section == section]
