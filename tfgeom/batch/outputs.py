"""What is asked of a batch: names of numbers, and the road to each that computes no more than it takes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tfgeom.cells.assembled import AssembledCell
from tfgeom.cells.beside import Beside
from tfgeom.cells.kinds import Constants, assemble_cell
from tfgeom.cells.planes import beside_planes, beside_same_films
from tfgeom.design import Design
from tfgeom.errors import DesignError
from tfgeom.metrics.area_specific_resistance import losses_beside, resistance_numbers
from tfgeom.metrics.capacity import capacity_numbers
from tfgeom.metrics.closed_rates import ClosedModel, closed_model
from tfgeom.metrics.coated_relief import geometry_numbers, layer_numbers
from tfgeom.metrics.device import device_numbers
from tfgeom.metrics.energy import energy_numbers
from tfgeom.metrics.rates import rate_summary, rate_table
from tfgeom.results import ResistanceNumbers, all_results
from tfgeom.transport.losses import Losses
from tfgeom.words import nearest_words

_RATE = re.compile(r"rate\.(?P<c_rate>[0-9]+(?:\.[0-9]*)?(?:e[+-]?[0-9]+)?)C\.(?P<rest>.+)")
_HIGHEST_C_RATE = 1e6  # of a design file's too
_TOGETHER = ("geometry", "layers", "capacity", "energy", "device", "resistance", "rate", "rate_summary")
_SECTIONS = (*_TOGETHER, "load", "protocol")


class NoSuchNumberError(Exception):
    """A design has no number of a name that was asked for."""

    def __init__(self, output: "Output", key: str, keys: Sequence[str]) -> None:
        self.output = output
        near = nearest_words(key, sorted(keys), 3)
        hint = f"did you mean {' or '.join(near)}? " if near else ""
        super().__init__(f"no such number: '{output.name}' has no '{key}'; {hint}{', '.join(keys)} are there")


@dataclass(frozen=True, slots=True)
class Output:
    """A number that is asked for.

    Attributes
    ----------
    name
        As it was asked for.
    section
        The section of the results that it stands in.
    keys
        Its keys from there.
    c_rate
        Of a number of one discharge.
    """

    name: str
    section: str
    keys: tuple[str, ...]
    c_rate: float | None = None

    @property
    def goes_together(self) -> bool:
        """Whether n designs are computed at once; loads and protocols are by design."""
        return self.section in _TOGETHER


def read_output(name: str) -> Output:
    """Return the number that a name means: the last words of a JSON path where unique, else the whole path.

    Raises
    ------
    DesignError
        When there is none of that name, or several.
    """
    rate = _RATE.fullmatch(name)
    if rate:
        c_rate = float(rate["c_rate"])
        if not 0 < c_rate <= _HIGHEST_C_RATE:
            raise DesignError.at("outputs", f"'{name}': a C-rate is above 0 and at most {_HIGHEST_C_RATE:g}")
        return Output(name, "rate", tuple(rate["rest"].split(".")), c_rate)
    head, *rest = name.split(".")
    if head in _SECTIONS and rest and head != "rate":
        return Output(name, head, tuple(rest))
    declared = [one.path for one in all_results() if f".{one.path}".endswith(f".{name}")]
    if len(declared) == 1:
        section, *keys = declared[0].split(".")
        return Output(name, section, tuple(keys))
    if head in ("asr_by_part_ohm_cm2", "contact_by_part_ohm_cm2") and rest:
        return Output(name, "resistance", (head, *rest))
    if declared:
        message = f"'{name}' ends several numbers; give the whole path of one: {', '.join(declared[:4])}"
        raise DesignError.at("outputs", message)
    words = {one.path for one in all_results()} | {one.name for one in all_results()}
    near = nearest_words(name, sorted(words), 3)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    raise DesignError.at(
        "outputs", f"no such number: '{name}'; {hint}`tfgeom evaluate DESIGN --json` prints all"
    )


class Numbers:
    """The numbers of a design, of one or of n, each section computed when the first of it is asked for."""

    def __init__(self, design: Design, outputs: Sequence[Output], constants: Constants | None = None) -> None:
        self.design = design
        self.cell: AssembledCell = assemble_cell(design, constants)
        self._asked: dict[str, frozenset[str]] = {
            section: frozenset(key for one in outputs if one.section == section for key in one.keys)
            for section in _SECTIONS
        }
        self._c_rates = tuple(dict.fromkeys(one.c_rate for one in outputs if one.c_rate is not None))

    def of(self, output: Output) -> Any:
        """Return a number; None where it is not known.

        Raises
        ------
        NoSuchNumberError
            When the design has none of that name.
        """
        node = self._section(output)
        for key in output.keys[1:] if output.section == "layers" else output.keys:
            if node is None:
                return None
            if isinstance(node, Mapping):
                if key not in node:
                    raise NoSuchNumberError(output, key, list(node))
                node = node[key]
            elif not hasattr(node, key):
                raise NoSuchNumberError(output, key, [one for one in dir(node) if not one.startswith("_")])
            else:
                node = getattr(node, key)
        return node

    def _section(self, output: Output) -> Any:
        if output.section == "layers":
            layers = {one.name: one for one in self._layers}
            if output.keys[0] not in layers:
                raise NoSuchNumberError(output, output.keys[0], list(layers))
            return layers[output.keys[0]]
        if output.section == "rate":
            return self._rates.get(output.c_rate or 0.0)
        return getattr(self, f"_{output.section}")

    @cached_property
    def _cells(self) -> Beside[AssembledCell]:
        return beside_same_films(self.cell)

    @cached_property
    def _all_cells(self) -> Beside[AssembledCell]:
        return beside_planes(self.cell)

    @cached_property
    def _geometry(self) -> Any:
        return geometry_numbers(self.cell, self._asked["geometry"]).value

    @cached_property
    def _layers(self) -> Any:
        return layer_numbers(self.cell.made) if self.cell.lithium is not None else ()

    @cached_property
    def _capacity(self) -> Any:
        return capacity_numbers(self._cells, self._asked["capacity"]).value

    @cached_property
    def _energy(self) -> Any:
        return energy_numbers(self._cells, self._asked["energy"]).value

    @cached_property
    def _device(self) -> Any:
        resistance = self._resistance if "peak_power_mW" in self._asked["device"] else None
        return device_numbers(self.cell, resistance).value

    @cached_property
    def _losses(self) -> Beside[Losses] | None:
        planes = "planar_asr_ohm_cm2" in self._asked["resistance"]
        return losses_beside(self._cells if planes else Beside(self.cell, {}), None).value

    @cached_property
    def _resistance(self) -> ResistanceNumbers | None:
        losses = self._losses
        if losses is None:
            return None
        return resistance_numbers(self.cell, losses, asked=self._asked["resistance"]).value

    @cached_property
    def _model(self) -> ClosedModel | None:
        cells = self._all_cells
        losses = losses_beside(cells, None).value
        if losses is None:
            return None
        resistance = resistance_numbers(self.cell, losses, asked=frozenset[str]()).value
        asked = self._asked["rate"] | self._asked["rate_summary"]
        return closed_model(cells, losses, resistance, asked).value

    @cached_property
    def _rates(self) -> Mapping[float, Any]:
        if self._model is None:
            return {}
        rows = rate_table(self._model, self._c_rates, ())
        return dict(zip(self._c_rates, rows, strict=True))

    @cached_property
    def _rate_summary(self) -> Any:
        return None if self._model is None else rate_summary(self._model)
