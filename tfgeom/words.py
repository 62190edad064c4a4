"""Words that people nearly wrote: the one "did you mean"."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

_LONGEST = 80
"""Characters of a word that are looked at."""


def nearest_words(word: str, choices: Iterable[str], count: int, cutoff: float = 0.6) -> tuple[str, ...]:
    """Return up to ``count`` choices most like ``word``, best first, upper and lower case alike.

    Parameters
    ----------
    word
        As somebody wrote it.
    choices
        What it may mean; of two that differ by case only the first counts.
    count
        How many to return at most.
    cutoff
        Least likeness, 0 to 1 (`difflib.SequenceMatcher.ratio`).
    """
    folded: dict[str, str] = {}
    for choice in choices:
        folded.setdefault(choice.casefold(), choice)
    found = get_close_matches(word[:_LONGEST].casefold(), folded, n=count, cutoff=cutoff)
    return tuple(folded[match] for match in found)


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that ``word`` is most likely a slip of, or None."""
    return next(iter(nearest_words(word, choices, 1)), None)


def did_you_mean(word: str, choices: Sequence[str], label: str = "allowed") -> str:
    """Return the remedy for a word that is none of ``choices``: the nearest one, else all of them."""
    match = nearest(word, choices)
    return f"did you mean '{match}'?" if match else f"{label}: {', '.join(choices) or 'none'}"
