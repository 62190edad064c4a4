"""What a stage returns beside its result: what the reader should know of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Noted(Generic[T]):
    """A result with its notes, one sentence each.

    Attributes
    ----------
    value
        The result.
    said
        The notes, or what makes them when they are read: nobody reads those of n designs.
    """

    value: T
    said: Sequence[str] | Callable[[], Sequence[str]] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes."""
        return tuple(self.said() if callable(self.said) else self.said)
