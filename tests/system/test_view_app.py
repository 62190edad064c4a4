"""`tfgeom view` as a person uses it: the real server, a real browser, pixels of the picture."""

import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.system.live_page import ANODE, CATHODE, Pixels, count, page_of, picture, until
from tests.system.serving import PATIENCE, server, write
from tfgeom.bands.whole import BandSettings, with_bands
from tfgeom.design import load_design
from tfgeom.evaluation import evaluate

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("rendering")]

HTML = "<b id='evil'>bold</b> {{ 7 * 7 }} <script>window.evil = 1</script>"


def settled(page: Any) -> Pixels:
    """Return the picture once it stands still: the first ones come before the page has its size."""
    seen = [picture(page)]

    def still() -> bool:
        time.sleep(0.7)
        seen.append(picture(page))
        drawn = float((np.ptp(seen[-1], axis=(0, 1)) > 100).all())
        return bool(drawn) and len(seen) > 3 and not any(differs(one, seen[-1]) for one in seen[-3:-1])

    until(still, "a picture that stands still")
    return seen[-1]


def differs(one: Pixels, other: Pixels) -> bool:
    return one.shape != other.shape or float((np.abs(one - other).max(axis=2) > 40).mean()) > 0.003


BANDED = {
    "footprint capacity": "capacity.footprint_capacity_uAh_cm2",
    "footprint capacity gain": "capacity.footprint_capacity_gain",
    "footprint energy": "energy.footprint_energy_mWh_cm2",
    "area-specific resistance": "resistance.asr_ohm_cm2",
    "area gain": "geometry.area_gain",
}
"""Rows with a band, and where the number of each stands."""


def headline(page: Any, index: int = 0) -> dict[str, list[str]]:
    rows = page.locator(f".headline-{index} tbody tr")
    return {row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in rows.all()}


def printed(file: Path) -> dict[str, list[str]]:
    """Return what the page must show of a design, straight from its evaluation."""
    found = evaluate(load_design(file))
    assert found.capacity is not None
    assert found.energy is not None
    assert found.resistance is not None
    capacity, energy, resistance, geometry = found.capacity, found.energy, found.resistance, found.geometry
    density, flat = (one.volumetric_energy_Wh_L.active for one in (energy, energy.planar))
    numbers: dict[str, tuple[float | None, float | None, str]] = {
        "energy density (active)": (density, flat, "Wh/L"),
        "chip that loses 10 %": (resistance.chip.edge_that_loses_10_pct_mm, None, "mm"),
        "peak to mean at the cathode": (None, None, ""),
        "runs its load for": (None, None, "h"),
        "peak to mean at the anode": (None, None, ""),
        "footprint capacity": (capacity.footprint_capacity_uAh_cm2, capacity.planar_uAh_cm2, "µAh/cm²"),
        "footprint capacity gain": (capacity.footprint_capacity_gain, 1, ""),
        "footprint energy": (
            energy.footprint_energy_mWh_cm2,
            energy.planar.footprint_energy_mWh_cm2,
            "mWh/cm²",
        ),
        "area-specific resistance": (resistance.asr_ohm_cm2, resistance.planar_asr_ohm_cm2, "Ω·cm²"),
        "area gain": (geometry.area_gain, 1, ""),
        "gap after coating": (geometry.gap_after_coating_nm, None, "nm"),
        "N/P ratio": (capacity.n_to_p_ratio, None, ""),
    }
    shown = {"resistance by": [resistance.method, "–", ""]} | {
        what: ["–" if n is None else f"{n:.4g}" for n in (cell, plane)] + [unit]
        for what, (cell, plane, unit) in numbers.items()
    }
    bands = with_bands(found, BandSettings(256, crossings=0)).bands
    assert bands is not None
    for what, path in BANDED.items():
        band = bands.outputs[path]
        assert band is not None
        shown[what][0] += f" ({band.p10:.3g} to {band.p90:.3g})"
    return shown


def enter(page: Any, box: str, text: str) -> None:
    page.locator(box).fill(text)
    page.locator(box).press("Tab")


def test_layers_and_cut_change_the_picture(browser: Any, tmp_path: Path) -> None:
    with server(write(tmp_path)) as address, page_of(browser, address) as page:
        cut = picture(page)
        with_anode = count(cut, ANODE)
        assert with_anode > 500
        anode = page.locator("label.body").filter(has_text="anode, SnNx").locator("input")
        anode.uncheck()
        until(lambda: count(picture(page), ANODE) < 10, "the anode's colour leaves")
        assert count(picture(page), CATHODE) > 500
        anode.check()
        until(lambda: abs(count(picture(page), ANODE) - with_anode) < 0.1 * with_anode, "and comes back")
        page.locator("#is-cut").uncheck()
        until(lambda: count(picture(page), CATHODE) < 0.7 * count(cut, CATHODE), "the inside is hidden")
        page.locator("#is-cut").check()
        until(lambda: not differs(picture(page), cut), "the same cut again")
        for box, value in (("#cut-direction", "x"), ("#cut-direction", "z"), ("#cut-direction", "y")):
            before = picture(page)
            page.locator(box).select_option(value)
            until(lambda before=before: differs(picture(page), before), f"another cut: {value}")  # type: ignore[misc]
        for name, key in (
            ("cut-position", "End"),
            ("cut-position", "Home"),
            ("explode", "End"),
            ("taller", "Home"),
        ):
            before = picture(page)
            page.locator(f".{name} [role=slider]").press(key)
            until(lambda before=before: differs(picture(page), before), f"{name} to its {key}")  # type: ignore[misc]
        page.locator("#reset-camera").click()
        before = picture(page)
        enter(page, "#columns", "3")
        until(lambda: differs(picture(page), before), "three cells in a row")
        enter(page, "#rows", "3000")
        page.wait_for_selector("#problem")
        assert "are too many to show" in page.locator("#problem").inner_text()
        assert re.search(r"use \d+x\d+", page.locator("#problem").inner_text())
        enter(page, "#rows", "<b>")
        page.get_by_text("tiles: '<b>' is no count").wait_for()
        enter(page, "#rows", "1")
        page.locator("#problem").wait_for(state="detached")
        page.locator(".thicker [role=slider]").press("End")
        page.get_by_text("films 100 times thicker would merge; use at most 1.").wait_for()


def test_sliders_show_what_evaluate_says_and_refuse_what_cannot_be(browser: Any, tmp_path: Path) -> None:
    file = write(tmp_path)
    with server(file) as address, page_of(browser, address) as page:
        start = printed(file)
        assert headline(page) == start
        first = settled(page)
        thumb = page.locator(".slider-0-0 [role=slider]")
        for _ in range(3):
            thumb.press("ArrowRight")
        pitch = page.locator("#text-0-0")
        until(lambda: headline(page) != start, "the numbers follow the pitch")
        until(lambda: differs(picture(page), first), "the picture follows the pitch")
        assert pitch.input_value() not in ("6 um", "")
        changed = printed(write(tmp_path, ("pitch: 6 um", f"pitch: {pitch.input_value()}"), name="wide.yaml"))
        assert changed != start
        until(lambda: headline(page) == changed, "the numbers of evaluate")

        with page.expect_download() as download:
            page.locator("#save-design").click()
        assert download.value.suggested_filename == "thick_changed.yaml"
        download.value.save_as(tmp_path / "saved.yaml")
        assert printed(tmp_path / "saved.yaml") == changed
        wide = evaluate(load_design(tmp_path / "wide.yaml")).to_dict()
        assert evaluate(load_design(tmp_path / "saved.yaml")).to_dict() == wide
        with page.expect_download() as download:
            page.locator("#save-picture").click()
        assert download.value.path().read_bytes().startswith(b"\x89PNG")
        page.locator("#mesh-format").select_option("glb")
        with page.expect_download() as download:
            page.locator("#save-mesh").click()
        assert download.value.suggested_filename == "thick.glb"
        assert download.value.path().read_bytes().startswith(b"glTF")

        good = picture(page)
        for box, text, words in (
            ("#text-0-1", "9 um", "does not fit pitch"),
            ("#text-0-1", "2 um", "the films close the opening"),
            ("#text-0-1", "4", "needs a unit"),
        ):
            enter(page, box, text)
            page.locator("#problem").get_by_text(words).wait_for()
            assert page.get_by_text("those of the last good design").is_visible()
            assert headline(page) == changed
            assert not differs(picture(page), good)
        page.locator("#as-read").click()
        page.locator("#problem").wait_for(state="detached")
        until(lambda: headline(page) == start, "the design as read")
        until(lambda: not differs(picture(page), first), "its picture")
        assert not page.get_by_text("those of the last good design").is_visible()


def test_two_hundred_fast_moves_end_in_the_last_state(browser: Any, tmp_path: Path) -> None:
    with server(write(tmp_path)) as address, page_of(browser, address) as page:
        box = page.locator(".slider-0-0 [role=slider]").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(200):
            page.mouse.move(x + 80 * (step % 50) / 50, y)
        page.mouse.move(x + 60, y)
        page.mouse.up()
        text = page.locator("#text-0-0")
        position = float(page.locator(".slider-0-0 [role=slider]").get_attribute("aria-valuenow"))
        until(lambda: text.input_value() == f"{position:g} µm", "the text of the last position")
        last = printed(write(tmp_path, ("pitch: 6 um", f"pitch: {text.input_value()}"), name="last.yaml"))
        until(lambda: headline(page) == last, "the numbers of the last position")
        time.sleep(1)
        assert headline(page) == last
        assert page.locator("#problem").count() == 0


def test_a_solve_offers_fields_until_the_design_changes(browser: Any, tmp_path: Path) -> None:
    with server(write(tmp_path)) as address, page_of(browser, address) as page:
        plain = picture(page)
        assert page.locator("#field option").count() == 1
        page.locator("#solve").click()
        until(lambda: page.locator("#field option").count() == 3, "fields to choose")
        page.locator("#field").select_option("current density")
        until(lambda: count(picture(page), ANODE) < 10, "the field's colours instead of the films'")
        assert differs(picture(page), plain)
        enter(page, "#text-0-0", "6.5 um")
        until(lambda: page.locator("#field option").count() == 1, "no field of another design")
        until(lambda: count(picture(page), ANODE) > 500, "the films' colours again")
        assert page.locator("#failure").count() == 0


def test_a_discharge_moves_with_its_slider(browser: Any, tmp_path: Path) -> None:
    with server(write(tmp_path)) as address, page_of(browser, address) as page:
        page.locator("#discharge").click()
        until(lambda: page.locator("#field option").count() == 4, "fields of the discharge")
        until(lambda: page.locator("#moments").is_visible(), "the slider of its time")
        halfway, words = settled(page), page.locator(".moment").inner_text()
        page.locator(".at-time [role=slider]").focus()
        page.keyboard.press("End")
        until(lambda: page.locator(".moment").inner_text() != words, "the last moment")
        until(lambda: differs(picture(page), halfway), "other colours at the end")
        assert page.locator("#failure").count() == 0


def test_two_designs_turn_together_and_names_are_text(browser: Any, tmp_path: Path) -> None:
    file = write(tmp_path)
    flooded = f"""\
schema_version: 1
name: "{HTML}"
relief: {{kind: holes, lattice: square, pitch: 8 um, diameter: 4 um, depth: 5 um, through: true}}
substrate: {{material: "<i>wafer</i>", thickness: 5 um}}
layers: [{{role: cathode, material: Cl-TiO2, thickness: 500 nm}}]
cell: {{type: flooded, electrolyte: LiPF6-EC-EMC, separator: 20 um}}
operation: {{voltage: {{min: 1 V, max: 3 V}}, temperature: 25 degC}}
materials: {{"<i>wafer</i>": {{density: 2 g/cm^3}}}}
"""
    (tmp_path / "other.yaml").write_text(flooded, encoding="utf-8")
    with server(file, tmp_path / "other.yaml") as address, page_of(browser, address) as page:
        assert page.locator(".headline-1 .name").inner_text() == HTML
        assert page.get_by_text("substrate, <i>wafer</i>").is_visible()
        assert page.evaluate("[window.evil ?? null, document.querySelector('#evil')]") == [None, None]
        assert headline(page, 0) == printed(file)
        assert headline(page, 1)["N/P ratio"] == ["–", "–", ""]
        until(lambda: count(picture(page, 1), CATHODE) > 100, "the second picture")
        before = picture(page, 1)
        box = page.locator(".view-0").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 80, y + 20, steps=4)
        page.mouse.up()
        until(lambda: differs(picture(page, 1), before), "the second turns with the first")
        page.locator("#solve").click()
        page.get_by_text("not yet supported: the resistance of flooded through-holes").wait_for(
            timeout=PATIENCE * 1000
        )
        assert page.locator("#field option").count() == 3, "the first design has its fields all the same"
        assert headline(page, 0)["resistance by"][0] == "finite elements"
        assert float(headline(page, 0)["peak to mean at the cathode"][0]) > 1
        assert headline(page, 1)["resistance by"][0] == "–", "an error is of its own design only"


def test_a_page_that_vanishes_leaves_the_server_healthy(browser: Any, tmp_path: Path) -> None:
    with server(write(tmp_path)) as address:
        context = browser.new_context(viewport={"width": 1200, "height": 900})
        lost = context.new_page()
        lost.goto(address)
        lost.wait_for_selector(".headline td", timeout=PATIENCE * 1000)
        until(lambda: count(picture(lost), CATHODE) > 100, "a picture")
        box = lost.locator(".view-0").bounding_box()
        lost.mouse.move(box["x"] + 200, box["y"] + 200)
        lost.mouse.down()
        lost.mouse.move(box["x"] + 230, box["y"] + 210, steps=3)
        context.close()  # in the middle of turning the cell
        with page_of(browser, address) as page:
            anode = page.locator("label.body").filter(has_text="anode, SnNx").locator("input")
            anode.uncheck()
            until(lambda: count(picture(page), ANODE) < 10, "the new page is served")
