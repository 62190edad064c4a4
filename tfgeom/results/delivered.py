"""Numbers of what resists the current and of what a cell delivers at a rate."""

from dataclasses import dataclass, field

from tfgeom.results.declared import HEADLINE, Shown, declare

_ALL = ~Shown.NOWHERE


@dataclass(frozen=True, slots=True)
class ElectrodePair:
    """One number for each electrode's interface with the electrolyte."""

    cathode: float | None = field(
        metadata=declare("at the cathode", "of the cathode's interface", shown=_ALL)
    )
    anode: float | None = field(metadata=declare("at the anode", "of the anode's interface", shown=_ALL))


@dataclass(frozen=True, slots=True)
class ResistanceChecks:
    """How far a finite-element result can be trusted (relative numbers); None in closed form."""

    reaction_imbalance: float | None = field(
        metadata=declare(
            "reaction imbalance", "largest difference of the currents through the cell", form="error"
        )
    )
    flux_mismatch: float | None = field(
        metadata=declare("flux mismatch", "an interface against the electrolyte beside it", form="error")
    )
    discretisation_error: float | None = field(
        metadata=declare(
            "discretisation error", "of the resistance, from two resolutions", form="error", shown=_ALL
        )
    )


@dataclass(frozen=True, slots=True)
class ChipResistance:
    """What the collectors lose across the chip."""

    edge_that_loses_10_pct_mm: float | None = field(
        metadata=declare(
            "chip that loses 10 %",
            "length of a chip whose collectors, both contacted along one edge, lose 10 % of a small current",
            "mm",
            shown=_ALL,
        )
    )


@dataclass(frozen=True, slots=True)
class ResistanceNumbers:
    """Area-specific resistance per footprint.

    ``contact_by_part_ohm_cm2`` is how much of a part is interface resistance that the design states;
    ``concentration_share_of_electrolyte`` how much of ``electrolyte`` the gradient of a liquid's salt makes,
    None where the electrolyte has none.
    """

    method: str = field(metadata=declare("resistance by", "closed form or finite elements", shown=Shown.LIVE))
    asr_ohm_cm2: float = field(
        metadata=declare(
            "area-specific resistance",
            "resistance times footprint",
            "ohm*cm^2",
            shown=HEADLINE,
            planes={"same_films": "planar_asr_ohm_cm2"},
            published="asr",
            at_best=True,
        )
    )
    asr_by_part_ohm_cm2: dict[str, float] = field(
        metadata=declare("resistance by part", "adds up to the area-specific resistance", "ohm*cm^2")
    )
    planar_asr_ohm_cm2: float = field(
        metadata=declare(
            "area-specific resistance of the plane",
            "of the planar cell of the same films",
            "ohm*cm^2",
            shown=Shown.SWEEP,
            at_best=True,
        )
    )
    largest_part: str = field(
        metadata=declare(
            "largest part", "of the area-specific resistance", shown=Shown.TERMINAL | Shown.SWEEP
        )
    )
    current_peak_to_mean: ElectrodePair = field(
        metadata=declare(
            "peak to mean",
            "current density exceeded on 0.1 % of an interface, over its mean: the maximum itself is "
            "infinite at a sharp foot",
            shown=Shown.TERMINAL | Shown.LIVE,
        )
    )
    incomplete: tuple[str, ...] = field(
        metadata=declare("at best", "constants that are missing and whose loss is left out")
    )
    checks: ResistanceChecks = field(
        metadata=declare("", "how far a finite-element result can be trusted", shown=Shown.TERMINAL)
    )
    contact_by_part_ohm_cm2: dict[str, float] = field(
        default_factory=dict,
        metadata=declare(
            "interface resistance by part", "how much of a part is what the design states", "ohm*cm^2"
        ),
    )
    chip: ChipResistance = field(
        default=ChipResistance(None),
        metadata=declare("", "what the collectors lose across the chip", shown=Shown.TERMINAL | Shown.LIVE),
    )
    concentration_share_of_electrolyte: float | None = field(
        default=None,
        metadata=declare(
            "share of the salt in the electrolyte",
            "how much of its resistance the gradient of the salt makes",
            form="share",
        ),
    )


@dataclass(frozen=True, slots=True)
class RatePoint:
    """One constant-current discharge."""

    c_rate: float = field(metadata=declare("C-rate", "current over nominal capacity, 1/h"))
    footprint_current_mA_cm2: float = field(
        metadata=declare("current", "footprint current of the discharge", "mA/cm^2")
    )
    capacity_uAh_cm2: float = field(
        metadata=declare(
            "capacity", "what the discharge delivers", "uAh/cm^2", published="footprint_capacity"
        )
    )
    utilisation: float = field(
        metadata=declare(
            "utilisation", "delivered over footprint capacity", form="share", published="capacity_retention"
        )
    )
    energy_mWh_cm2: float = field(
        metadata=declare("energy", "what the discharge delivers", "mWh/cm^2", published="footprint_energy")
    )
    mean_voltage_V: float | None = field(
        metadata=declare("mean voltage", "energy over capacity", "V", published="mean_voltage")
    )
    power_mW_cm2: float = field(metadata=declare("power", "mean power of the discharge", "mW/cm^2"))


@dataclass(frozen=True, slots=True)
class PlanarRate:
    """A planar cell at the same C-rate (on its own nominal capacity) and at the same footprint current."""

    at_c_rate: RatePoint = field(metadata=declare("same rate", "at the same C-rate"))
    at_current: RatePoint = field(metadata=declare("same current", "at the same footprint current"))


@dataclass(frozen=True, slots=True)
class BestPlanarRate:
    """The plane that one would build instead for this current, at the same footprint current.

    Of all planes of the same materials it is the thinnest that delivers 99 % of the most that any does.
    ``cathode_thickness_um`` is None where none delivers anything.
    """

    at_current: RatePoint = field(metadata=declare("same current", "at the same footprint current"))
    cathode_thickness_um: float | None = field(
        metadata=declare("cathode", "thickness of its cathode, of a half-cell that of its one film", "um")
    )


@dataclass(frozen=True, slots=True)
class RateNumbers(RatePoint):
    """One discharge of the cell beside its planar baselines; the best plane is None where it is not known."""

    method: str = field(metadata=declare("method", "what made the discharge"))
    planar_same_films: PlanarRate = field(
        metadata=declare("plane, same films", "of the same films on the plane", holds_plane="same_films")
    )
    planar_same_capacity: PlanarRate = field(
        metadata=declare(
            "plane, same capacity",
            "of the plane with films thick enough to hold as much",
            holds_plane="same_capacity",
        )
    )
    planar_best: BestPlanarRate | None = field(
        metadata=declare(
            "best plane",
            "of the plane whose electrodes are as thick as is best for this current",
            holds_plane="best",
        )
    )
    incomplete: tuple[str, ...] = field(
        metadata=declare("at best", "constants that are missing and whose loss is left out")
    )


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Footprint currents at which a share of the capacity remains; None where no current reaches it."""

    current_at_80pct_mA_cm2: float | None = field(
        metadata=declare(
            "current at 80 % of capacity",
            "footprint current at utilisation 0.8",
            "mA/cm^2",
            shown=Shown.TERMINAL | Shown.TABLE | Shown.COMPARED | Shown.SWEEP,
            at_best=True,
        )
    )
    current_at_50pct_mA_cm2: float | None = field(
        metadata=declare(
            "current at 50 % of capacity",
            "footprint current at utilisation 0.5",
            "mA/cm^2",
            shown=Shown.TERMINAL | Shown.TABLE | Shown.COMPARED | Shown.SWEEP,
            at_best=True,
        )
    )


@dataclass(frozen=True, slots=True)
class RateSummary(RateLimits):
    """Rate limits of the cell and of its planar baselines, and where it beats the best plane.

    ``beats_best_plane_mA_cm2`` holds the two ends of each interval: empty where it never beats it, None where
    that is not known.
    """

    planar_same_films: RateLimits = field(
        metadata=declare("plane, same films", "of the same films on the plane", holds_plane="same_films")
    )
    planar_same_capacity: RateLimits = field(
        metadata=declare(
            "plane, same capacity",
            "of the plane with films thick enough to hold as much",
            holds_plane="same_capacity",
        )
    )
    beats_best_plane_mA_cm2: tuple[tuple[float, float], ...] | None = field(
        metadata=declare(
            "beats the best plane",
            "footprint currents between which it delivers over 1 % more than a plane of any thickness, and "
            "at least 5 % of its own capacity",
            "mA/cm^2",
        )
    )
    beats_best_plane_above_mA_cm2: float | None = field(
        metadata=declare(
            "beats the best plane above",
            "footprint current at which the last interval starts in which it does; none where it never does",
            "mA/cm^2",
            shown=Shown.TABLE | Shown.COMPARED | Shown.SWEEP,
            at_best=True,
        )
    )
