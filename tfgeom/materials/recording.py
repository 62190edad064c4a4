"""Which constants a computation reads: `Material` notes each one in the record that is open, if any.

Provenance is what stands in the record afterwards, so nobody lists by hand what a formula uses.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from tfgeom.materials.material import Material

ConstantsRead: TypeAlias = "dict[tuple[int, str], Material]"
"""Materials by their identity and the key of the constant, in the order of the first reading.

By identity, because a cell may hold two materials of one name with different constants.
"""

_RECORD: "ContextVar[ConstantsRead | None]" = ContextVar("constants read", default=None)


@contextmanager
def recorded_constants() -> Iterator[ConstantsRead]:
    """Record, in what this returns, every constant that is read inside; an outer record sees them too."""
    outer = _RECORD.get()
    record: ConstantsRead = {}
    token = _RECORD.set(record)
    try:
        yield record
    finally:
        _RECORD.reset(token)
        if outer is not None:
            outer.update(record)


@contextmanager
def unrecorded_constants() -> Iterator[None]:
    """Read constants inside for what is no number of its own: what could be, beside what is."""
    token = _RECORD.set(None)
    try:
        yield
    finally:
        _RECORD.reset(token)


def record_constant(material: "Material", key: str) -> None:
    """Note that a known constant of ``material`` was read."""
    record = _RECORD.get()
    if record is not None:
        record[id(material), key] = material
