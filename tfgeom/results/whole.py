"""All numbers of one design, as they leave the program."""

from dataclasses import asdict, dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from tfgeom.results.cycled import ProtocolNumbers
from tfgeom.results.declared import declare, key_of
from tfgeom.results.delivered import RateNumbers, RateSummary, ResistanceNumbers
from tfgeom.results.judged import NotCounted, ProvenanceNumbers, PublishedNumbers, RuleNumbers
from tfgeom.results.loaded import LoadNumbers
from tfgeom.results.relief import GeometryNumbers, LayerNumbers
from tfgeom.results.stored import CapacityNumbers, DeviceNumbers, EnergyNumbers
from tfgeom.results.uncertain import BandsNumbers

if TYPE_CHECKING:
    from tfgeom.cells.assembled import AssembledCell
    from tfgeom.cells.beside import Beside
    from tfgeom.design import Design
    from tfgeom.transport.steady import Solve


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All numbers of one design beside its planar baselines, and behind them the cells they are of.

    Attributes
    ----------
    cells
        The cell and its planes: what pictures, pages and files are made of.
    solves
        The finite-element solves of the cell and of the plane of the same films; None in closed form.
    rate_model
        What discharges the cell and its planes, a `tfgeom.metrics.rate_model.RateModel`; None where nothing
        does.
    loaded
        The runs behind ``load``, a `tfgeom.metrics.load_numbers.Loaded`; None where there are none.
    cycled
        The steps behind ``protocol``, a `tfgeom.metrics.protocol_numbers.Cycled`; None where there are none.
    closed_form_reason
        Why closed forms stand in for finite elements that were asked for; empty where they do not.

    All other attributes are the numbers.
    """

    name: str = field(metadata=declare("name", "name of the design"))
    version: str = field(metadata=declare("version", "of tfgeom"))
    design_sha256: str = field(metadata=declare("design", "SHA-256 of what the design says"))
    fidelity: str = field(metadata=declare("fidelity", "analytic or fem"))
    notes: tuple[str, ...] = field(
        metadata=declare("notes", "what a reader must know of the numbers, and why one is null")
    )
    not_counted: tuple[NotCounted, ...] = field(
        metadata=declare("not counted", "what the numbers leave out although a real device has it")
    )
    geometry: GeometryNumbers = field(metadata=declare("relief", "the bare and the coated relief"))
    layers: tuple[LayerNumbers, ...] = field(metadata=declare("films", "from the substrate outwards"))
    capacity: CapacityNumbers | None = field(metadata=declare("capacity", "per footprint"))
    energy: EnergyNumbers | None = field(
        metadata=declare("energy", "at open circuit between the voltage limits")
    )
    device: DeviceNumbers | None = field(metadata=declare("device", "wafer, packaging and chip included"))
    resistance: ResistanceNumbers | None = field(metadata=declare("resistance", "per footprint"))
    rate: tuple[RateNumbers, ...] | None = field(
        metadata=declare("rates", "constant-current discharges beside both planes")
    )
    rate_summary: RateSummary | None = field(
        metadata=declare("rate limits", "footprint currents at which a share of the capacity remains")
    )
    load: LoadNumbers | None = field(
        metadata=declare("load", "how long the cell runs its load, beside the planes")
    )
    protocol: ProtocolNumbers | None = field(
        metadata=declare("protocol", "what the steps of operation.protocol come to, in the film model")
    )
    bands: BandsNumbers | None = field(
        metadata=declare("bands", "how sure the numbers are; null where nobody asked")
    )
    rules: tuple[RuleNumbers, ...] = field(metadata=declare("rules", "answers of the fabrication rules"))
    published: tuple[PublishedNumbers, ...] = field(
        metadata=declare("published", "published numbers beside the computed ones")
    )
    provenance: tuple[ProvenanceNumbers, ...] = field(
        metadata=declare("provenance", "where each constant that was used comes from")
    )
    cells: "Beside[AssembledCell]" = field(compare=False, repr=False)
    solves: "Beside[Solve] | None" = field(compare=False, repr=False)
    rate_model: Any = field(default=None, compare=False, repr=False)
    loaded: Any = field(default=None, compare=False, repr=False)
    cycled: Any = field(default=None, compare=False, repr=False)
    closed_form_reason: str = field(default="", compare=False, repr=False)

    @property
    def cell(self) -> "AssembledCell":
        """The design's own cell."""
        return self.cells.cell

    @property
    def design(self) -> "Design":
        """What was evaluated."""
        return self.cell.blueprint.design

    @property
    def solve(self) -> "Solve | None":
        """The cell's own finite-element solve; None in closed form."""
        return None if self.solves is None else self.solves.cell

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists, numbers and strings: the JSON object."""
        return {one.name: plain(getattr(self, one.name)) for one in fields(self) if one.compare}


def plain(value: Any) -> Any:
    """Return dataclasses and tuples as plain dicts and lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key_of(key): inner for key, inner in asdict(value).items()}
    return [plain(one) for one in value] if isinstance(value, tuple) else value
