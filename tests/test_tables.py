"""Tables on a terminal: laid out for its width, and no number, key or word is ever cut."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfgeom.cli.application import laid_out
from tfgeom.materials.library import load_library

CELL = st.lists(st.from_regex(r"[A-Za-z0-9_.^/+-]{1,30}", fullmatch=True), max_size=6).map(" ".join)
FIRST = st.from_regex(r"[A-Za-z][A-Za-z0-9_.]{0,20}", fullmatch=True)


def words(text: str) -> Counter[str]:
    return Counter(word for word in text.split() if not set(word) <= {"─"})


@given(st.integers(30, 200), st.integers(2, 7).flatmap(
    lambda n: st.tuples(
        st.lists(FIRST, min_size=n, max_size=n),
        st.lists(st.tuples(FIRST, *([CELL] * (n - 1))), max_size=5),
    )
))  # fmt: skip
def test_no_word_is_cut_and_none_is_lost(width: int, table: tuple[list[str], list[tuple[str, ...]]]) -> None:
    head, rows = table
    text = laid_out(head, rows, width)
    found = words(text)
    for row in rows:
        found.subtract(words(" ".join(row)))
    # what is left are heads: once each above columns, or with a colon before every cell of a paragraph
    assert all(count >= 0 for count in found.values()), text
    left = {word.rstrip(":") for word, count in found.items() if count}
    assert left <= set(head)
    longest = max((len(word) for row in (head, *rows) for cell in row for word in cell.split()), default=0)
    assert all(len(line) <= max(width, longest + 26) for line in text.splitlines())


@pytest.mark.parametrize("width", [60, 80, 100, 160])
@pytest.mark.parametrize("name", ["LiCoO2", "LiPON", "LiPF6-EC-EMC", "TiN"])
def test_a_material_fits_the_terminal(name: str, width: int) -> None:
    rows = load_library().find(name).rows()
    text = laid_out(("property", "value", "confidence", "source", "note"), rows, width)
    assert max(map(len, text.splitlines())) <= width
    for key, value, *_ in rows:
        assert key in text
        assert all(word in text for word in value.split())
