"""Text that somebody else wrote, made safe to show: nothing in it moves, colours or reorders the screen."""

import re

# control characters (C0, DEL, C1), line and paragraph separators, direction overrides, halves of characters
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    r"""Return text on one line, what does not show written as an escape: ``\x1b``, ``\n``, ``\udcff``."""
    return _HIDDEN.sub(lambda hidden: hidden[0].encode("unicode_escape").decode("ascii"), text)


def has_half_characters(text: str) -> bool:
    """Return whether text holds surrogates, which no file and no screen can take."""
    return any("\ud800" <= character <= "\udfff" for character in text)
