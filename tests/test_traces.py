"""Traces from CSV files: what instruments write, what is refused, and that no charge is lost on the way."""

import re
import tracemalloc
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgeom.loads import trace_files, trace_rows
from tfgeom.loads.steps_gathered import Steps, StepsOfWindows
from tfgeom.loads.trace import Trace
from tfgeom.loads.trace_files import trace_of_file
from tfgeom.materials.given_data import GivenDataError

SECONDS, BEACON = [0.005, 9.995], [50e-6, 50e-9]


def read(folder: Path, text: str, average: float | None = None, **columns: Any) -> Trace:
    (folder / "node.csv").write_text(text, encoding="utf-8")
    return trace_of_file({"trace": "node.csv", **columns}, folder, average)


@pytest.mark.parametrize(
    "text",
    [
        "time_s,current_uA\n0,50\n0.005,0.05\n10,0\n",
        "Timestamp(ms),Current(uA),D0-D7\n0.0,50,00000000\n5,0.05,00000001\n10000,0.05,00000000\n",
        "a profiler\nrate 100 kHz\n\nTimestamp(ms),Current(uA)\n730,50\n735,0.05\n10730,0.05\n",
        "#time (s),current (A),voltage (V)\n0,5e-5,3\n0.005,5e-8,3\n10,0,3\n",
        "\ufefftime [ms];current [mA]\n0;0,05\n5;0,00005\n10000;0\n",
        "time_s current_uA\n0 50\n0.005 0.05\n\n1 0.05\n10 0\n",
        "Timestamp (ms),Main current (µA)\n0,50\n5,0.05\n10000,0.05\n",
        '"time_s","current_uA"\n"0","50"\n"0.005","0.05"\n"10","0"\n',
    ],
)
def test_what_instruments_write_is_read(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)
    assert found.dimension == "current"
    assert found.seconds == pytest.approx(SECONDS, rel=1e-12)
    assert found.values == pytest.approx(BEACON, rel=1e-15)
    assert found.period == pytest.approx(10, rel=1e-14)
    assert found.mean == pytest.approx(74.975e-9, rel=1e-12)


@pytest.mark.parametrize(
    ("header", "dimension", "one"),
    [
        ("current_uA_cm2", "current_density", 1e-2),
        ("current_mA", "current", 1e-3),
        ("power_uW", "power", 1e-6),
        ("power_mW_cm2", "power_density", 10),
        ("I / A", "current", 1),
        ("load_nA", "current", 1e-9),
    ],
)
def test_a_header_holds_the_unit(tmp_path: Path, header: str, dimension: str, one: float) -> None:
    found = read(tmp_path, f"time_h,{header}\n0,3\n2,1\n3,1\n")
    assert (found.dimension, found.values[0]) == (dimension, pytest.approx(3 * one))
    assert found.period == pytest.approx(3 * 3600)


def test_columns_are_named_by_the_design(tmp_path: Path) -> None:
    text = "Clock(ms),Out (uA),power_uW\n0,1,2\n1,3,4\n2,0,0\n"
    assert read(tmp_path, text, time="Clock(ms)", current=2).values == pytest.approx([1e-6, 3e-6])
    assert read(tmp_path, text, time=1, power="power_uW").dimension == "power"


@pytest.mark.parametrize(
    ("text", "columns", "told"),
    [
        ("", {}, "is empty"),
        ("time_s,current_uA\n", {}, "holds no two columns of numbers"),
        ("time_s,current_uA\n0,1\n", {}, "has one row"),
        ("t,I\n0,1\n1,2\n", {}, "column 't' has no unit"),
        ("time_s,I\n0,1\n1,2\n", {}, "column 'I' has no unit"),
        ("time_s,current (V)\n0,1\n1,2\n", {}, "is in 'V'; a current, or a current per area is needed"),
        ("0,1\n1,2\n", {}, "is no column that is known by its header"),
        ("time_s,current_uA,power_uW\n0,1,1\n1,2,1\n", {}, "could be more than one column"),
        ("time_s,current_uA\n0,1\n2,1\n1,2\n", {}, "line 4: 'time_s' 1 is earlier than the row before"),
        ("time_s,current_uA\n0,1\n2,1\n2,2\n", {}, "line 4: 'time_s' 2 has the time of the row before"),
        ("time_s,current_uA\n0,1\n2,nan\n3,2\n", {}, "line 3: column 'current_uA': 'nan' is no number"),
        ("time_s,current_uA\n0,1\n2,x\n3,2\n", {}, "line 3: column 'current_uA': 'x' is no number"),
        ("time_s,current_uA\n0,1\n2\n3,2\n", {}, "line 3"),
        ("time_s,current_uA\n0,1\n2,2\n", {"time": "clock"}, "has no column 'clock'"),
        ("time_s,current_uA\n0,1\n2,2\n", {"current": 1}, "cannot be both"),
        ("time_s,current_uA\n0,1\n2,2\n", {"current": 2, "power": 2}, "draws one of them"),
    ],
)
def test_what_is_no_trace_is_refused(tmp_path: Path, text: str, columns: dict[str, Any], told: str) -> None:
    with pytest.raises(GivenDataError) as caught:
        read(tmp_path, text, **columns)
    assert told in str(caught.value)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "x.ppk2").write_bytes(b"PK")
    (tmp_path / "wide.csv").write_bytes("time_s,current_uA\n0,1\n1,2\n".encode("utf-16"))
    for name, told in (
        ("none.csv", "no such file"),
        ("folder.csv", "is a folder"),
        ("x.ppk2", "export it as CSV"),
        ("wide.csv", "UTF-16"),
    ):
        with pytest.raises(GivenDataError, match=told):
            trace_of_file({"trace": name}, tmp_path)


def test_a_trace_of_many_changes_is_refused_with_what_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace_files, "MOST_STEPS", 50)
    monkeypatch.setattr(trace_rows, "_LINES", 40)  # read in pieces
    noise = np.random.default_rng(1).uniform(1, 2, 300)
    text = "time_ms,current_uA\n" + "".join(f"{place},{one!r}\n" for place, one in enumerate(noise.tolist()))
    told = (
        r"changes more than 50 times within its first 81 lines, 0.079 s of its 0.299 s.* average: (\d+) ms\}'"
    )
    with pytest.raises(GivenDataError, match=told) as caught:
        read(tmp_path, text)
    offered = re.search(told, str(caught.value))
    assert offered is not None
    averaged = read(tmp_path, text, average=float(offered[1]) * 1e-3)
    assert averaged.seconds.size == 30
    assert averaged.drawn == pytest.approx(float(noise[:-1].sum()) * 1e-9, rel=1e-12)
    # as many rows that change seldom are few steps
    calm = "time_ms,current_uA\n" + "".join(f"{place},{place // 100 + 1}\n" for place in range(300))
    found = read(tmp_path, calm)
    assert found.seconds == pytest.approx([0.1, 0.1, 0.099])


def test_a_trace_far_larger_than_memory_costs_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred times what is read at once, and the steps a trace may have: refused early, averaged in passing."""
    monkeypatch.setattr(trace_files, "MOST_STEPS", 1_000)
    monkeypatch.setattr(trace_rows, "_LINES", 1_000)
    monkeypatch.setattr(trace_rows, "_ENDS", 4_096)
    block = "".join(f"{{}}{place:03d},{place % 7}.25\n" for place in range(1000))
    file = tmp_path / "long.csv"
    with file.open("w", encoding="utf-8") as stream:
        stream.write("time_us,current_uA\n")
        for number in range(1, 101):
            stream.write(block.replace("{}", f"{number}"))
    size = file.stat().st_size
    assert size > 1_000_000
    read_at_all = 0
    plain = trace_rows._numbers

    def counted(lines: Any, *more: Any) -> Any:
        nonlocal read_at_all
        read_at_all += len(lines)
        return plain(lines, *more)

    monkeypatch.setattr(trace_rows, "_numbers", counted)
    tracemalloc.start()
    with pytest.raises(GivenDataError, match=r"1,000 times within its first 2,001 lines.*average: 200 us"):
        trace_of_file({"trace": "long.csv"}, tmp_path)
    refused = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    assert read_at_all <= 2_001  # and the last line, which tells how long it is
    found = trace_of_file({"trace": "long.csv"}, tmp_path, 200e-6)
    streamed = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert max(refused, streamed) < size / 2
    assert found.seconds.size <= 1_000
    assert found.period == pytest.approx(99_999e-6, rel=1e-12)
    assert found.mean == pytest.approx((2.997 + 0.25) * 1e-6, rel=1e-4)


rows = st.lists(
    st.tuples(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(1, 4)), min_size=1, max_size=40
)


@settings(deadline=None)
@given(rows=rows, cut=st.integers(1, 40), window=st.none() | st.integers(1, 10**7))
def test_charge_is_the_integral_of_the_rows(
    rows: list[tuple[int, int, int]], cut: int, window: int | None
) -> None:
    """In exact arithmetic, whatever pieces the rows come in, and over windows of any length."""
    steps = Steps() if window is None else StepsOfWindows(window * 1e-6)
    micro, nano, exact = [0], [], Fraction(0)
    for length, draw, repeats in rows:  # a step said in several rows
        for _ in range(repeats):
            micro.append(micro[-1] + length)
            nano.append(draw)
            exact += Fraction(length, 10**6) * Fraction(draw, 10**9)
    times, values = np.array(micro) / 1e6, np.array([*nano, 7]) / 1e9
    for first in range(0, times.size, cut):
        assert steps.take(times[first : first + cut], values[first : first + cut]) is None
    seconds, drawn = steps.finished()
    assert float(seconds @ drawn) == pytest.approx(float(exact), rel=1e-9, abs=1e-30)
    assert float(seconds.sum()) == pytest.approx(micro[-1] / 1e6, rel=1e-9)
    assert (drawn[1:] != drawn[:-1]).all()
