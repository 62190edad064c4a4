"""Text from bytes, in UTF-8 and nothing else; what is not says which encoding it looks like, and where."""

import codecs
import unicodedata

_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_ZEROS_IN_UTF16 = 0.4
"""Share of bytes of one parity that are zero in UTF-16 text mostly of Latin letters, at least."""
_SAMPLE = 4096


class EncodingError(ValueError):
    """Bytes that are no text in UTF-8.

    Attributes
    ----------
    line, column
        Of the first byte that UTF-8 does not know, from 1, in characters; None where the whole file is meant.
    """

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


def decoded(content: bytes) -> str:
    """Return the text of UTF-8 bytes, without a byte order mark.

    Raises
    ------
    EncodingError
        With the encoding that the bytes look like and how to mend the file; empty where they look like none.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            shown = mark.hex(" ").upper()
            raise EncodingError(
                f"it looks like {encoding} (the byte order mark {shown} stands first); save it as UTF-8"
            )
    if _has_zeros_of_utf16(content[:_SAMPLE]):
        raise EncodingError(
            "it looks like UTF-16 without a byte order mark (every other byte is 0); save it as UTF-8"
        )
    body = content.removeprefix(codecs.BOM_UTF8)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _at_byte(body, error.start) from error


def _has_zeros_of_utf16(sample: bytes) -> bool:
    halves = (sample[0::2], sample[1::2])
    shares = [half.count(0) / len(half) for half in halves if half]
    return len(sample) > 1 and max(shares) >= _ZEROS_IN_UTF16 and min(shares) == 0


def _at_byte(body: bytes, start: int) -> EncodingError:
    """Return the error of a byte that is no UTF-8, with what it would be in Windows-1252."""
    if b"\0" in body:
        return EncodingError("")  # a picture, a program: no encoding of text
    before = body[:start].decode("utf-8")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    byte = body[start]
    try:
        meant = bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return EncodingError(f"byte 0x{byte:02X} here is none; save it as UTF-8", line, column)
    name = unicodedata.name(meant, "no name").lower()
    return EncodingError(
        f"it looks like Windows-1252 or Latin-1, where byte 0x{byte:02X} here is '{meant}' "
        f"(U+{ord(meant):04X}, {name}); save it as UTF-8",
        line,
        column,
    )
