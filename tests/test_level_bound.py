"""The lower bound of a resistance holds where films vary outside the core, and where an electrode is held."""

import pytest

from tfgeom.design.loading import design_from_mapping
from tfgeom.evaluation import solve_transport
from tfgeom.source import parse_source

TEXT = """\
schema_version: 1
name: bounds
relief: {relief}
layers:
  - {{role: current_collector, material: Au, thickness: 50 nm}}
  - {{role: cathode, material: LiCoO2, thickness: 150 nm}}
  - {{role: electrolyte, material: LATP-bulk, thickness: 60 nm}}
  - {{role: anode, material: {anode}, thickness: 80 nm}}
  - {{role: current_collector, material: {last}}}
cell: {{type: conformal}}
operation: {{voltage: {{min: 3 V, max: 4.2 V}}, temperature: 25 degC{contact}}}
"""
WAVE = "{kind: wave, amplitude: 6 um, period: 24 um}"
PILLARS = "{kind: pillars, lattice: square, pitch: 2.4 um, diameter: 0.9 um, height: 2.5 um}"
UNEVEN = "Ag, thickness: 22 nm, step_coverage: [[5 um, 0.6], [9 um, 0.62]]"
LOOSE = "Co, thickness: 21 nm, interface_resistance: {} ohm*cm^2"


def solved(relief: str, last: str, anode: str = "Si", contact: str = "") -> tuple[float, float, float | None]:
    """Return the resistance by finite elements and its bounds, ohm cm2; a violated bound raises."""
    text = TEXT.format(relief=relief, last=last, anode=anode, contact=contact)
    found = solve_transport(design_from_mapping(parse_source(text, "x").root), resolution=1).to_dict()
    low, high = found["bounds"].values()
    return found["resistance"]["asr_ohm_cm2"], low, high


def test_even_films_below_an_uneven_collector_have_their_exact_bound() -> None:
    asr, low, _ = solved(WAVE, UNEVEN)
    even, exact, high = solved(WAVE, "Ag, thickness: 22 nm")
    # the collector is all but ideal, so both cells are one, and so are their bounds
    assert asr == pytest.approx(even, rel=1e-6)
    assert low == pytest.approx(exact, rel=1e-6)
    assert low <= asr * (1 + 1e-9)
    assert high is not None


def test_a_face_beyond_a_held_electrode_is_in_no_bound() -> None:
    """Lithium carries the current to the contact itself: what lies between it and a thin collector is led past."""
    contact = ", contact: {inner: ideal, outer: auto}"
    tight, low, _ = solved(PILLARS, LOOSE.format(0), "Li", contact)
    loose, other, _ = solved(PILLARS, LOOSE.format(0.05), "Li", contact)
    assert loose == pytest.approx(tight, rel=1e-4)
    assert low <= tight
    assert other <= loose
    # held everywhere, the same face is crossed by all of the current and counts in full: 0.05 over its gain
    (without, floor), (ideal, bound) = (solved(PILLARS, LOOSE.format(one), "Li")[:2] for one in (0, 0.05))
    assert ideal - without == pytest.approx(bound - floor, rel=1e-3)
    assert 0.05 / 5 < bound - floor < 0.05 / 2
