"""The state of the live page without a server: as much of trame's as the actions need."""

from typing import Any


class State(dict[str, Any]):
    """A mapping whose entries are attributes too."""

    def __enter__(self) -> "State":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to send."""

    def __getattr__(self, key: str) -> Any:
        return self[key]

    def __setattr__(self, key: str, value: Any) -> None:
        self[key] = value
