"""BPX files that tests write: the layout of the format, with published constants of two electrodes."""

import copy
import json
from pathlib import Path
from typing import Any

LFP_OCP = (
    "3.41285712e+00 - 1.49721852e-02 * x + 3.54866018e+14 * exp(-3.95729493e+02 * x)"
    " - 1.45998465e+00 * exp(-1.10108622e+02 * (1 - x))"
)
LFP: dict[str, Any] = {
    "Thickness [m]": 6.43e-05,
    "Particle radius [m]": 5e-07,
    "Diffusivity [m2.s-1]": 6.873e-17,
    "OCP [V]": LFP_OCP,
    "Conductivity [S.m-1]": 0.80,
    "Reaction rate constant [mol.m-2.s-1]": 9.736e-07,
    "Minimum stoichiometry": 0.0875,
    "Maximum stoichiometry": 0.95038,
    "Maximum concentration [mol.m-3]": 21200,
    "Diffusivity activation energy [J.mol-1]": 80000,
    "Reaction rate constant activation energy [J.mol-1]": 35000,
}
GRAPHITE: dict[str, Any] = {
    "Thickness [m]": 4.44e-05,
    "Diffusivity [m2.s-1]": "9.6e-15 * (1.5 - x)",
    "OCP [V]": {"x": [0, 0.05, 0.2, 0.5, 0.55, 0.9], "y": [1.2, 0.3, 0.2, 0.13, 0.09, 0.07]},
    "Conductivity [S.m-1]": 7.46,
    "Reaction rate constant [mol.m-2.s-1]": 6.872e-06,
    "Minimum stoichiometry": 0.0016261,
    "Maximum stoichiometry": 0.82258,
    "Maximum concentration [mol.m-3]": 31400,
}
CELL: dict[str, Any] = {
    "Header": {"BPX": "0.1.0", "Title": "An LFP|graphite cell.", "Model": "DFN"},
    "Parameterisation": {
        "Cell": {"Reference temperature [K]": 298.15},
        "Positive electrode": LFP,
        "Negative electrode": GRAPHITE,
    },
}


def write_bpx(folder: Path, *changes: tuple[tuple[str, ...], Any], name: str = "cell.json") -> Path:
    """Write the file with values changed by their keys; a value None takes the key away."""
    whole = copy.deepcopy(CELL)
    for keys, value in changes:
        section = whole
        for key in keys[:-1]:
            section = section[key]
        if value is None:
            del section[keys[-1]]
        else:
            section[keys[-1]] = value
    file = folder / name
    file.write_text(json.dumps(whole), encoding="utf-8")
    return file


POSITIVE = ("Parameterisation", "Positive electrode")
"""Keys of the electrode that most changes are for."""
