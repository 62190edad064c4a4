"""What is uncertain of a design: constants by their bands, sizes by what the process leaves of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tfgeom.bands.constants import constant_distribution, varies
from tfgeom.bands.distributions import Distribution, Normal
from tfgeom.bands.process import size_spreads
from tfgeom.materials.constants import CONSTANTS, words_of
from tfgeom.results import Evaluation

Floats = NDArray[np.float64]
_MATERIALS = "materials."


@dataclass(frozen=True, slots=True)
class Input:
    """One uncertain number of a design.

    Attributes
    ----------
    path
        Dotted, as in a design file: ``relief.diameter``, ``materials.LiV2O5.exchange_current``.
    words
        What it is called: ``LiV2O5's exchange current``, ``the relief's diameter``.
    value
        What the design has, SI.
    distribution
        What it may be.
    confidence, source
        How the width is known: of a constant how the constant is.
    is_constant
        Whether it is a material's constant; else it is a size.
    """

    path: str
    words: str
    value: float
    distribution: Distribution
    confidence: str
    source: str
    is_constant: bool

    @property
    def constant(self) -> tuple[str, str]:
        """Material and key of a constant."""
        return _material_and_key(self.path.removeprefix(_MATERIALS))


def uncertain_inputs(found: Evaluation) -> tuple[Input, ...]:
    """Return what is uncertain of an evaluated design: constants that the evaluation read, then sizes."""
    return (*_constants(found), *_sizes(found))


def samples_of(inputs: Sequence[Input], points: Floats) -> dict[str, Floats]:
    """Return the samples of each input, SI, by path, of points in the unit cube, shape (n, d)."""
    return {one.path: one.distribution.at(points[:, at]) for at, one in enumerate(inputs)}


def _constants(found: Evaluation) -> list[Input]:
    materials = {one.name: one for one in found.cell.blueprint.materials.values()}
    inputs = []
    for row in found.provenance:
        material = materials.get(row.material)
        if material is None or not varies(row.property):
            continue
        known = material.constants()[row.property]
        distribution = constant_distribution(known)
        if distribution is not None:
            inputs.append(
                Input(
                    f"{_MATERIALS}{material.name}.{row.property}",
                    constant_words(material.name, row.property),
                    known.value,
                    distribution,
                    known.confidence,
                    known.source,
                    is_constant=True,
                )
            )
    return inputs


def _sizes(found: Evaluation) -> list[Input]:
    return [
        Input(
            one.path,
            size_words(one.path),
            one.value,
            Normal(one.value, one.deviation),
            one.confidence,
            one.source,
            is_constant=False,
        )
        for one in size_spreads(found.cell)
    ]


def path_words(path: str) -> str:
    """Return what an input is called, by its path."""
    if not path.startswith(_MATERIALS):
        return size_words(path)
    return constant_words(*_material_and_key(path.removeprefix(_MATERIALS)))


def _material_and_key(rest: str) -> tuple[str, str]:
    """Return the material and the key of a constant: names of materials may hold a dot, keys too."""
    key = max((one for one in CONSTANTS if rest.endswith(f".{one}")), key=len)
    return rest.removesuffix(f".{key}"), key


def constant_words(material: str, key: str) -> str:
    """Return what a constant is called: ``LiV2O5's exchange current``."""
    return f"{material}'s {words_of(key)}"


def size_words(path: str) -> str:
    """Return what a size is called: ``the relief's diameter``, ``the thickness of inner collector``."""
    section, *keys = path.split(".")
    if section == "layers":
        return f"the {_plain(keys[1:])} of {keys[0].replace('_', ' ')}"
    return f"the {section.replace('_', ' ')}'s {_plain(keys)}"


def _plain(keys: Sequence[str]) -> str:
    return " ".join(key.replace("_", " ") for key in keys)
