"""Which numbers somebody wants: what takes work of its own and is not asked for stays None."""

from typing import Protocol


class Asked(Protocol):
    """Names of fields of `tfgeom.results`, as a set of texts answers it."""

    def __contains__(self, name: object, /) -> bool:
        """Return whether a number of that name is wanted."""


class _All:
    def __contains__(self, name: object, /) -> bool:
        return True


EVERYTHING: Asked = _All()
"""Every number."""
