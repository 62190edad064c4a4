"""The numbers of an evaluation, as they leave the program.

Every attribute is a key of the JSON that ``tfgeom evaluate --json`` prints; a number with a dimension
carries its unit in its name.  None stands where a fidelity or a missing constant does not reach; the reason
is in `Evaluation.notes`.
"""

from dataclasses import asdict, dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tfgeom.cells.assembled import AssembledCell
    from tfgeom.cells.beside import Beside
    from tfgeom.design import Design
    from tfgeom.transport.steady import Solve


@dataclass(frozen=True, slots=True)
class GeometryNumbers:
    """The bare and the coated relief."""

    kind: str
    footprint_um2: float
    area_gain: float
    feature_aspect_ratio: float | None
    gap_aspect_ratio: float | None
    gap_after_coating_nm: float | None
    gap_after_swelling_nm: float | None
    free_reach_nm: float | None
    reach_limited_by: str | None
    relief_height_um: float
    film_stack_nm: float
    plating_room_um: float | None

    @property
    def is_flat(self) -> bool:
        """Whether there is no relief at all."""
        return self.relief_height_um == 0


@dataclass(frozen=True, slots=True)
class FaceGains:
    """Areas of a film's two faces over the footprint."""

    inner: float
    outer: float


@dataclass(frozen=True, slots=True)
class LayerNumbers:
    """One film; volume and areas are per unit cell."""

    name: str
    role: str
    material: str
    thickness_nm: float
    step_coverage: float
    volume_um3: float
    capacity_gain: float
    inner_area_um2: float
    outer_area_um2: float
    interface_area_gain: FaceGains


@dataclass(frozen=True, slots=True)
class CapacityNumbers:
    """Capacities per footprint."""

    footprint_capacity_uAh_cm2: float
    cathode_uAh_cm2: float | None
    anode_uAh_cm2: float | None
    lithium_inventory_uAh_cm2: float | None
    n_to_p_ratio: float | None
    limiting_electrode: str
    balanced_thickness_nm: float | None
    planar_uAh_cm2: float
    footprint_capacity_gain: float | None


@dataclass(frozen=True, slots=True)
class ActiveDevice:
    """A density counted on relief and films (active) and on the whole device."""

    active: float | None
    device: float | None


@dataclass(frozen=True, slots=True)
class CellEnergyNumbers:
    """Open-circuit energy of a cell between its voltage limits."""

    mean_voltage_V: float | None
    footprint_energy_mWh_cm2: float | None
    volumetric_energy_Wh_L: ActiveDevice
    specific_energy_Wh_kg: ActiveDevice


@dataclass(frozen=True, slots=True)
class EnergyNumbers(CellEnergyNumbers):
    """Open-circuit energy between the voltage limits, beside that of the planar cell of the same films."""

    planar: CellEnergyNumbers


@dataclass(frozen=True, slots=True)
class DeviceNumbers:
    """Numbers of the whole device; the chip's are None without a chip.

    ``peak_power_mW`` is that of a short pulse from the mean open-circuit voltage against the small-signal
    resistance, not below the lower voltage limit.
    """

    area_for_1_mAh_mm2: float | None
    height_um: float | None
    areal_mass_mg_cm2: float | None
    chip_area_mm2: float | None = None
    active_fraction: float | None = None
    capacity_uAh: float | None = None
    energy_uWh: float | None = None
    peak_power_mW: float | None = None
    volume_mm3: float | None = None
    mass_mg: float | None = None


@dataclass(frozen=True, slots=True)
class ElectrodePair:
    """One number for each electrode's interface with the electrolyte."""

    cathode: float | None
    anode: float | None


@dataclass(frozen=True, slots=True)
class ResistanceChecks:
    """How far a finite-element result can be trusted (relative numbers); None in closed form."""

    reaction_imbalance: float | None
    flux_mismatch: float | None
    discretisation_error: float | None


@dataclass(frozen=True, slots=True)
class ResistanceNumbers:
    """Area-specific resistance per footprint.

    ``contact_by_part_ohm_cm2`` is how much of a part is interface resistance that the design states;
    ``concentration_share_of_electrolyte`` how much of ``electrolyte`` the gradient of a liquid's salt makes,
    None where the electrolyte has none.
    """

    method: str
    asr_ohm_cm2: float
    asr_by_part_ohm_cm2: dict[str, float]
    planar_asr_ohm_cm2: float
    largest_part: str
    current_peak_to_mean: ElectrodePair
    incomplete: tuple[str, ...]
    checks: ResistanceChecks
    contact_by_part_ohm_cm2: dict[str, float] = field(default_factory=dict)
    concentration_share_of_electrolyte: float | None = None


@dataclass(frozen=True, slots=True)
class RatePoint:
    """One constant-current discharge."""

    c_rate: float
    footprint_current_mA_cm2: float
    capacity_uAh_cm2: float
    utilisation: float
    energy_mWh_cm2: float
    mean_voltage_V: float | None
    power_mW_cm2: float


@dataclass(frozen=True, slots=True)
class PlanarRate:
    """A planar cell at the same C-rate (on its own nominal capacity) and at the same footprint current."""

    at_c_rate: RatePoint
    at_current: RatePoint


@dataclass(frozen=True, slots=True)
class RateNumbers(RatePoint):
    """One discharge of the cell beside both planar baselines."""

    method: str
    planar_same_films: PlanarRate
    planar_same_capacity: PlanarRate
    incomplete: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Footprint currents at which a share of the capacity remains; None where no current reaches it."""

    current_at_80pct_mA_cm2: float | None
    current_at_50pct_mA_cm2: float | None


@dataclass(frozen=True, slots=True)
class RateSummary(RateLimits):
    """Rate limits of the cell and of both planar baselines."""

    planar_same_films: RateLimits
    planar_same_capacity: RateLimits


@dataclass(frozen=True, slots=True)
class RuleNumbers:
    """The answer of one fabrication rule."""

    rule: str
    status: str
    value: float
    limit: float
    unit: str
    message: str
    source: str


@dataclass(frozen=True, slots=True)
class PublishedNumbers:
    """A measured number beside the computed one, both in ``unit``.

    A capacity also stands beside what the limiting film holds in theory; ``needs`` says what a claim above
    that would need.
    """

    quantity: str
    published: float
    computed: float | None
    deviation: float | None
    tolerance: float | None
    confidence: str
    verdict: str
    unit: str
    c_rate: float | None
    source: str
    note: str
    theoretical_limit: float | None = None
    needs: str = ""


@dataclass(frozen=True, slots=True)
class ProvenanceNumbers:
    """Where one constant came from."""

    material: str
    property: str
    value: float | str
    unit: str
    source: str
    confidence: str
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All numbers of one design beside its planar baselines, and behind them the cells they are of.

    Attributes
    ----------
    cells
        The cell and its planes: what pictures, pages and files are made of.
    solves
        The finite-element solves of the cell and of the plane of the same films; None in closed form.

    All other attributes are the numbers.
    """

    name: str
    version: str
    design_sha256: str
    fidelity: str
    notes: tuple[str, ...]
    geometry: GeometryNumbers
    layers: tuple[LayerNumbers, ...]
    capacity: CapacityNumbers | None
    energy: EnergyNumbers | None
    device: DeviceNumbers | None
    resistance: ResistanceNumbers | None
    rate: tuple[RateNumbers, ...] | None
    rate_summary: RateSummary | None
    rules: tuple[RuleNumbers, ...]
    published: tuple[PublishedNumbers, ...]
    provenance: tuple[ProvenanceNumbers, ...]
    cells: "Beside[AssembledCell]" = field(compare=False, repr=False)
    solves: "Beside[Solve] | None" = field(compare=False, repr=False)

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
        return {one.name: _plain(getattr(self, one.name)) for one in fields(self) if one.compare}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
