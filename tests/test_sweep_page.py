"""The page of a sweep without a browser: what it holds, what it counts, what it draws, what it escapes."""

import json
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.commands import Captured, run
from tests.pages import Page
from tests.swept import base, many, sweep_of, swept
from tfgeom.bands.indices import sobol_indices
from tfgeom.report.sweep_columns import MOST_ROWS, PageColumn, chosen_rows, front
from tfgeom.report.sweep_page import render_sweep, sweep_html
from tfgeom.sweep import StoredSweep, read_sweep, run_sweep
from tfgeom.sweep.reasons import count_reasons
from tfgeom.sweep.sensitivity import influences

ASKED = (
    "vary:\n  relief.pitch: {from: 1.5 um, to: 6 um, steps: 4}\n  relief.height: [5 um, 10 um, 40 um]\n"
    "constraints: [area_gain < 12]\noutputs: [area_gain, footprint_um2]\n"
)


def stored_of(folder: Path, text: str = ASKED) -> StoredSweep:
    """Return a sweep that ran into ``out``."""
    folder.mkdir(exist_ok=True)
    run_sweep(sweep_of(folder, text), folder / "out")
    return read_sweep(folder / "out")


def points_of(text: str) -> dict[str, Any]:
    """Return what the page's script reads."""
    found: dict[str, Any] = json.loads(Page(text).scripts["sweep-points"])
    return found


def column(cells: list[Any], *, more: bool = True) -> PageColumn:
    return PageColumn("x", "x", False, True, False, more, tuple(cells))


def test_shares_of_tied_sizes_overlap_and_leave_nothing_to_tell(tmp_path: Path) -> None:
    tied = "vary:\n  relief.pitch: {from: 3 um, to: 6 um, steps: 14}\nties:\n  relief.diameter: relief.pitch - 2 um\n"
    html = sweep_html(stored_of(tmp_path, tied + "outputs: [footprint_um2]\n"))
    row = html.split('<section id="sensitivity">')[1].split("<tbody>")[1].split("</tr>")[0]
    told = [int(share) for share in re.findall(r">(\d+) % ", row)]
    assert len(told) == 2  # of both, as either tells the other
    assert told[0] == told[1] > 80  # of 14 rows in few classes
    assert '<td class="share">–</td>' in row


def test_the_command_writes_the_page_and_makes_it_again(tmp_path: Path, capsys: Captured) -> None:
    sweep_of(tmp_path, ASKED)
    assert swept(tmp_path) == 0
    page = tmp_path / "out" / "sweep.html"
    assert str(page) in capsys.readouterr().out
    first = page.read_text(encoding="utf-8")
    page.unlink()
    assert run("sweep", "page", tmp_path / "out") == 0
    assert points_of(page.read_text(encoding="utf-8")) == points_of(first)
    assert run("sweep", "page", tmp_path) == 2
    assert "holds no sweep" in capsys.readouterr().err
    assert run("sweep", "page") == 2
    assert "give the folder of one sweep" in capsys.readouterr().err


def test_parts_have_their_page_when_they_are_together(tmp_path: Path) -> None:
    sweep_of(tmp_path, ASKED)
    assert [swept(tmp_path, "--part", f"{part}/2") for part in (1, 2)] == [0, 0]
    assert not list((tmp_path / "out").rglob("sweep.html"))
    assert run("sweep", "merge", tmp_path / "out") == 0
    merged = points_of((tmp_path / "out" / "sweep.html").read_text(encoding="utf-8"))
    assert merged == points_of(sweep_html(read_sweep(tmp_path / "out")))


def test_the_page_holds_every_row_that_has_numbers(tmp_path: Path) -> None:
    stored = stored_of(tmp_path)
    statuses = [row["status"] for row in stored.rows]
    assert {"ok", "failed", "excluded"} == set(statuses)
    held = points_of(sweep_html(stored))
    assert held["rows"] == [row for row, status in enumerate(statuses) if status == "ok"]
    titles = [one["title"] for one in held["columns"]]
    assert titles == ["relief.pitch, µm", "relief.height, µm", "area gain", "footprint of the unit cell, µm²"]
    for one, name in zip(held["columns"], ("relief.pitch_um", "relief.height_um", "area_gain"), strict=False):
        assert one["cells"] == pytest.approx([stored.rows[row][name] for row in held["rows"]], rel=1e-4)


def test_rows_without_a_result_are_counted_by_reason(tmp_path: Path) -> None:
    stored = stored_of(tmp_path)
    text = Page(sweep_html(stored)).text
    failed = sum(row["status"] == "failed" for row in stored.rows)
    excluded = sum(row["status"] == "excluded" for row in stored.rows)
    assert f"failed {failed} 1 relief.diameter: 2 um does not fit pitch 1.5 um" in text
    assert f"excluded {excluded} " in text
    assert f"{failed} failed, {excluded} excluded" in text
    reasons = count_reasons(enumerate(["3 um is 2", "no", "4 um is 1e-3"]))
    assert [(one.text, one.first, one.count) for one in reasons] == [("3 um is 2", 0, 2), ("no", 1, 1)]


def test_the_best_are_drawn_as_the_report_draws_them(tmp_path: Path) -> None:
    stored = stored_of(tmp_path)
    page = Page(sweep_html(stored))
    images = [str(attrs["alt"]) for tag, attrs in page.tags if tag == "img"]
    best = max((row for row in stored.rows if row["status"] == "ok"), key=lambda row: row["area_gain"])
    assert any(f"{best['relief.pitch_um']:g} µm" in alt and "Cross-section" in alt for alt in images)
    assert sum("from above" in alt for alt in images) == sum("Cross-section" in alt for alt in images)


def test_numbers_that_differ_by_rounding_only_are_no_axis() -> None:
    assert not column([10.0, 10.000000000000002]).varies
    assert column([10.0, 10.01]).varies
    assert column([10.0, None]).varies


def test_a_front_is_what_no_other_row_beats() -> None:
    dice = random.Random(3)
    for better in ((True, True), (True, False), (False, False)):
        cells = [[dice.choice([None, *range(8)]) for _ in range(60)] for _ in better]
        found = front([column(one, more=more) for one, more in zip(cells, better, strict=True)])
        signs = [1 if more else -1 for more in better]
        points = {
            row: tuple(s * c for s, c in zip(signs, pair, strict=True))
            for row, pair in enumerate(zip(*cells, strict=True))
            if None not in pair
        }
        beaten = {
            row
            for row, one in points.items()
            for other in points.values()
            if other != one and all(theirs >= own for theirs, own in zip(other, one, strict=True))
        }
        assert {points[row] for row in found} == {points[row] for row in points if row not in beaten}
        assert [points[row][0] for row in found] == sorted(points[row][0] for row in found)
    assert front([column([1, None, 3, 2])]) == [2]
    assert front([column([1, None, 3, 2], more=False)]) == [0]


def test_shares_of_a_grid_are_its_sobol_indices_of_the_ranks() -> None:
    grid = [(a, b, c) for a in range(6) for b in range(6) for c in (0, 1)]
    numbers = [3.0 * a + b + 0.01 * c for a, b, c in grid]
    parameters = {name: [point[at] for point in grid] for at, name in enumerate("abc")}
    found = influences(parameters, {"y": numbers})["y"]
    ranks = np.argsort(np.argsort(numbers)).astype(float)

    def model(points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        at = (points * [6, 6, 2]).astype(int)
        return ranks[at[:, 0] * 12 + at[:, 1] * 2 + at[:, 2]][:, None]

    indices = sobol_indices(model, 3, [[0], [1], [2]])
    for at, name in enumerate("abc"):
        assert found[name].share == pytest.approx(float(indices.first[0, at]), abs=0.06)
    assert found["a"].trend is not None
    assert found["a"].trend > found["b"].trend > 0.2  # type: ignore[operator]


def test_shares_see_words_bends_and_what_does_nothing() -> None:
    dice = random.Random(5)
    x = [dice.uniform(-1, 1) for _ in range(400)]
    word = [dice.choice(["holes", "pillars"]) for _ in x]
    nothing = [dice.random() for _ in x]
    bent = [one**2 + 0.3 * (kind == "holes") for one, kind in zip(x, word, strict=True)]
    found = influences(
        {"x": x, "word": word, "nothing": nothing}, {"y": bent, "few": [1.0] * 5 + [None] * 395}
    )
    assert list(found) == ["y"]
    assert found["y"]["x"].share > 0.5
    assert abs(found["y"]["x"].trend or 0) < 0.15
    assert found["y"]["word"].share > 0.1
    assert found["y"]["word"].trend is None
    assert found["y"]["nothing"].share < 0.05


@pytest.mark.slow
def test_ten_thousand_rows_are_a_small_page_and_more_are_chosen_with_the_front(tmp_path: Path) -> None:
    stored = stored_of(tmp_path)
    text = sweep_html(many(stored, 10_000))
    assert len(text) < 3_000_000
    assert len(points_of(text)["rows"]) == 10_000
    more = many(stored, 2 * MOST_ROWS)
    best = max(range(len(more.records)), key=lambda row: more.records[row]["numbers"]["area_gain"])
    held, fine = chosen_rows(more)
    assert fine == 2 * MOST_ROWS
    assert best in held
    assert len(held) < 1.01 * MOST_ROWS
    assert f"of {fine} rows, evenly chosen" in Page(sweep_html(more)).text


def test_text_of_the_user_is_text(tmp_path: Path) -> None:
    bad = "</script><img src=x onerror=alert(1)>"
    path = base(tmp_path)
    path.write_text(path.read_text().replace("name: base", f'name: "{bad}"'))
    asked = tmp_path / "asked.yaml"
    asked.write_text(
        f"base: base.yaml  # {bad}\nvary:\n  name: ['{bad}', two]\n  relief.pitch: [4 um, 5 um]\n"
    )
    run_sweep(asked, tmp_path / "out")
    text = render_sweep(tmp_path / "out").read_text(encoding="utf-8")
    page = Page(text)
    assert bad not in text
    assert bad in page.text
    assert bad in json.loads(page.scripts["sweep-points"])["columns"][0]["words"]


def test_whole_reliefs_go_by_their_kind_where_that_tells_them_apart(tmp_path: Path) -> None:
    holes = "{kind: holes, lattice: square, pitch: 5 um, diameter: 3 um, depth: 30 um}"
    for other, words in (
        ("{kind: trenches, pitch: 4 um, width: 2 um, depth: 20 um}", ["holes, square", "trenches"]),
        (holes.replace("30", "20"), None),
    ):
        stored = stored_of(tmp_path / str(words is None), f"vary: {{relief: [{holes}, {other}]}}\n")
        found = points_of(sweep_html(stored))["columns"][0]["words"]
        assert found == words if words else all("depth" in word for word in found)


def test_a_sweep_without_a_result_has_a_page_that_says_why(tmp_path: Path) -> None:
    sweep_of(tmp_path, "vary: {relief.pitch: [1 um, 1.5 um]}\n")
    assert swept(tmp_path) == 1
    text = Page((tmp_path / "out" / "sweep.html").read_text(encoding="utf-8")).text
    assert "No row has numbers that differ" in text
    assert "does not fit pitch" in text
