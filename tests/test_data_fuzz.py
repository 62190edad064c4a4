"""Curves, CSV files and BPX files with something wrong in them: a number, or one clear error with its place."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.bpx_files import CELL, LFP_OCP
from tests.curve_designs import HEAD, PLAIN
from tfgeom import dump_design, evaluate, load_design
from tfgeom.design import design_from_mapping
from tfgeom.design.paths import value_at, walk
from tfgeom.errors import TfgeomError
from tfgeom.source import Origin, parse_source

TABLE = {"x": [0, 0.25, 0.5, 1], "V": [4.2, 4.0, 3.9, 3.0]}
CURVES: tuple[dict[str, Any], ...] = (
    {"table": TABLE, "window": [0.02, 0.98], "smooth": "5 mV", "note": "a note"},
    {"table": {"soc": [0, 50, 100], "mV": [3000, 3900, 4200]}, "scale": "percent", "source": "me"},
    {"form": "pchip", "parameters": {"x": [0, 0.5, 1], "potential": ["4.2 V", 3.9, 3]}, "departure": "1 mV"},
    {"form": "expression", "parameters": {"expression": LFP_OCP}, "window": [0.0875, 0.95]},
    {"file": "ocv.csv", "x": "filled", "V": "volts", "smooth": "5 mV", "window": [0, 1]},
    {"form": "pchip", "parameters": {"file": "ocv.csv", "x": 1, "V": 2}},
    {"bpx": "cell.json", "electrode": "positive"},
)
CSV = "# a comment\nfilled,volts,t\n0,4.2,1\n0.25,4.0,2\n0.5,3.9,3\n0.75,3.6,4\n1,3.0,5\n"
ODD: tuple[Any, ...] = (
    True, False, 0, -1, 1e308, -1e308, 10**400, float("nan"), float("inf"), 5e-324, [], {}, [[]], [0] * 30, "", " ",
    "x", "V", "percent", "soc", "../..", "/dev/zero", "ocv.csv", "cell.json", "a\0b", "é" * 200, "9**9**9", "x**x",
    "1e999 V", "0 mV", "1e-300 mV", "50 %", "-1 %", "nan", "exp(x", "(" * 400, {"x": [0, 1], "y": [4, 3]}, [1, 0],
    [0, 0], [0, 100], ["0 %", "100 %"], [3, 4.2], ["4.2 V", "3 V"], "scale", 1.5, 2, 95, "1.0.0", "9.9", "\ud83d\udd0b",
)  # fmt: skip
SNIPPETS = (
    b",", b";", b"\t", b"\n", b"\r", b'"', b"'", b"0", b"9", b"-", b".", b"e", b"nan", b"%", b"[V]", b"[mV]", b"#", b"\xff",
    b"\0", b"1e999", b"1,5", b"volts", b"{", b"}", b"[", b":", b"  ", b"0.5,3.9\n", b"0.5,9\n",
)  # fmt: skip


def mapping() -> dict[str, Any]:
    words = {"role": "cathode", "other": "anode", "counter": "Li", "low": 0.5, "high": 4.5}
    return parse_source(HEAD % words + PLAIN, "x").root


def changed(rng: Random, root: Any) -> Any:
    """Return a copy with a value exchanged, taken away or named otherwise."""
    root = copy.deepcopy(root)
    for _ in range(rng.choice([1, 1, 2])):
        places = [place for place, _ in walk(root)]
        if not places:
            return root
        place = rng.choice(places)
        parent = value_at(root, place[:-1])
        how = rng.random()
        if how < 0.7:
            parent[place[-1]] = copy.deepcopy(rng.choice(ODD))
        elif how < 0.85:
            del parent[place[-1]]
        elif isinstance(parent, dict):
            parent[rng.choice(["x", "soc", "V", "mV", "file", "bpx", "table", "form", "OCP [V]"])] = (
                parent.pop(place[-1])
            )
    return root


def spoilt(rng: Random, content: bytes) -> bytes:
    """Return bytes with some put in, taken out or written twice."""
    for _ in range(rng.choice([1, 1, 2, 4])):
        at, to = sorted((rng.randrange(len(content) + 1), rng.randrange(len(content) + 1)))
        how = rng.random()
        if how < 0.6:
            content = content[:at] + rng.choice(SNIPPETS) + content[at + rng.choice([0, 1]) :]
        elif how < 0.8:
            content = content[:at] + content[min(to, at + 9) :]
        else:
            content = content[:to] + content[at:to] + content[to:]
    return content


def curve_changed(rng: Random, folder: Path, stated: dict[str, Any]) -> None:
    stated["open_circuit"] = changed(rng, rng.choice(CURVES))


def csv_changed(rng: Random, folder: Path, stated: dict[str, Any]) -> None:
    (folder / "ocv.csv").write_bytes(spoilt(rng, CSV.encode()))
    stated["open_circuit"] = {
        "file": "ocv.csv",
        **rng.choice([{}, {"x": "filled", "V": "volts"}, {"smooth": "9 mV"}]),
    }


def bpx_changed(rng: Random, folder: Path, stated: dict[str, Any]) -> None:
    if rng.random() < 0.3:
        content = spoilt(rng, json.dumps(CELL).encode())
    else:
        content = json.dumps(changed(rng, CELL), default=str).encode("utf-8", "replace")
    (folder / "cell.json").write_bytes(content)
    stated.clear()
    stated |= {"bpx": "cell.json", "electrode": rng.choice(["positive", "positive", "negative"])}


@pytest.mark.parametrize("change", [curve_changed, csv_changed, bpx_changed])
def test_what_is_wrong_is_told(change: Callable[..., None], tmp_path: Path) -> None:
    fine, told = 0, [0]
    for seed in range(100):
        rng = Random(seed)
        (tmp_path / "ocv.csv").write_text(CSV)
        (tmp_path / "cell.json").write_text(json.dumps(CELL))
        whole = mapping()
        change(rng, tmp_path, whole["materials"]["Mine"])
        try:
            design = design_from_mapping(whole, Origin(str(tmp_path / "design.yaml")))
            found = evaluate(design)
        except TfgeomError as error:
            told.append(len(str(error)))
            continue
        fine += 1
        file = tmp_path / "copy.yaml"
        file.write_text(dump_design(design), encoding="utf-8")
        again = load_design(file)
        assert again == design, seed
        assert evaluate(again).to_dict() == found.to_dict(), seed
    assert fine > 4
    assert max(told) < 2000
