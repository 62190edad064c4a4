"""What a stage returns beside its result: what the reader should know of it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Noted(Generic[T]):
    """A result with its notes, one sentence each."""

    value: T
    notes: tuple[str, ...] = ()
