"""Designs to start from, one for each kind of relief, with comments that teach the format."""

from textwrap import indent

from tfgeom.errors import DesignError, UnsupportedError
from tfgeom.reliefs import KINDS, LATER_KINDS, RELIEFS
from tfgeom.reliefs.synonyms import kind_of
from tfgeom.words import did_you_mean

SCHEMA_FILE = "tfgeom-design.schema.json"
"""Name under which editors find the JSON Schema beside a design."""

_TEMPLATE = (
    f"# yaml-language-server: $schema={SCHEMA_FILE}"
    + """
# A thin-film battery on {article}. 'tfgeom check FILE' checks it, 'tfgeom report FILE' computes it.
# Every value with a dimension carries its unit. The first line lets editors complete and check:
# 'tfgeom new KIND -o FILE' writes that schema beside the file, 'tfgeom schema' prints it.
schema_version: 1
name: My {kind} cell
relief:
{relief}\
substrate: {{material: Si, thickness: 500 um}}
layers:                       # from the substrate outwards; 'tfgeom materials' lists materials
  - {{role: current_collector, material: Ru, thickness: 40 nm}}
  - {{role: cathode, material: LiV2O5, thickness: 70 nm}}
  - {{role: electrolyte, material: Li2PO2N, thickness: 50 nm}}
  - {{role: anode, material: SnNx, thickness: 10 nm}}
  - {{role: current_collector, material: TiN, thickness: 25 nm}}
cell: {{type: conformal}}       # all films; or {{type: flooded, electrolyte: LiPF6-EC-EMC, separator: 20 um}}
operation:
  voltage: {{min: 0.5 V, max: 3.5 V}}
  temperature: 25 degC
  c_rates: [0.1, 1, 10, 100]  # 1 empties the cell in an hour
packaging: {{thickness: 10 um, density: 2.5 g/cm^3}}
# chip: {{width: 2 mm, length: 1 mm, border: 50 um}}   # for absolute capacity, energy and mass
# load: {{sleep: 50 nA, pulse: {{current: 50 uA, duration: 5 ms, every: 10 s}}}}   # a node on the chip
# cells_in_series: 2          # bipolar: the voltage limits above are then the whole stack's
# bipolar_plate: {{material: Al, thickness: 50 um}}    # instead of a wafer under all cells but the first
# materials:                  # replace or add constants of the library
#   LiV2O5: {{diffusivity: 1e-13 cm^2/s}}
# published:                  # measured values, shown beside the computed ones
#   - {{quantity: footprint_capacity_gain, value: 9.3, confidence: review, source: where it stands}}
"""
)


def design_template(kind: str) -> str:
    """Return the YAML text of a commented, valid design with a relief of ``kind``, by any of its names.

    Raises
    ------
    UnsupportedError
        If the kind comes in a later version.
    DesignError
        If there is no such kind, with the nearest one.
    """
    kind = kind_of(kind)
    if kind in LATER_KINDS:
        raise UnsupportedError.at("", f"not yet supported: kind {kind}; allowed: {', '.join(KINDS)}")
    if kind not in RELIEFS:
        raise DesignError.at("", f"'{kind:.60}' is no kind of relief; {did_you_mean(kind, KINDS)}")
    relief = RELIEFS[kind]
    return _TEMPLATE.format(kind=kind, article=relief.article, relief=indent(relief.template, "  "))
