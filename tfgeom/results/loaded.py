"""Numbers of a load: how long a cell runs it, and where it browns out."""

from dataclasses import dataclass, field
from typing import Any

from tfgeom.results.declared import Declaration, Shown, declare

_PLANES = ("same_films", "best")


def _beside(key: str, title: str, meaning: str, unit: str = "", **more: Any) -> dict[str, Declaration]:
    """Return the metadata of a number that stands beside both planes'."""
    return declare(title, meaning, unit, planes={plane: f"planar.{plane}.{key}" for plane in _PLANES}, **more)


@dataclass(frozen=True, slots=True)
class LoadPoint:
    """One cell under the load.

    What is absolute is the chip's, None for a load per footprint without a chip.  A cell that runs empty has
    delivered 90 % of what it delivers at the load's mean; one that stops before browns out.
    """

    runs_for_h: float = field(metadata=declare("runs for", "until its voltage passes the limit", "h"))
    lowest_voltage_V: float | None = field(
        metadata=declare(
            "lowest voltage", "at the terminals; the step in which it stops is taken to its end", "V"
        )
    )
    lowest_at_h: float | None = field(
        metadata=declare("lowest at", "when the voltage is lowest, from the start", "h")
    )
    browns_out_at_h: float | None = field(
        metadata=declare(
            "browns out at",
            "when a draw pulls the voltage below the limit before 90 % of what the mean of the load delivers",
            "h",
        )
    )
    charge_delivered_mAh: float | None = field(
        metadata=declare("charge delivered", "by the chip until then", "mAh")
    )
    energy_mWh: float | None = field(metadata=declare("energy delivered", "by the chip until then", "mWh"))
    bypass_capacitor_uF: float | None = field(
        metadata=declare(
            "bypass capacitor",
            "smallest ideal one with which nothing browns out; 0 where none is needed",
            "uF",
        )
    )
    charge_delivered_mAh_cm2: float = field(
        metadata=declare("charge delivered per footprint", "until then", "mAh/cm^2")
    )
    energy_mWh_cm2: float = field(
        metadata=declare("energy delivered per footprint", "until then", "mWh/cm^2")
    )
    bypass_capacitor_uF_cm2: float | None = field(
        metadata=declare("bypass capacitor per footprint", "the same over the footprint", "uF/cm^2")
    )


@dataclass(frozen=True, slots=True)
class LoadPlanes:
    """The planes under the same load, on the same footprint."""

    same_films: LoadPoint = field(
        metadata=declare("plane, same films", "of the same films on the plane", holds_plane="same_films")
    )
    best: LoadPoint | None = field(
        metadata=declare(
            "best plane",
            "the thinnest plane that delivers 99 % of the most that any thickness does",
            holds_plane="best",
        )
    )
    best_cathode_thickness_um: float | None = field(
        default=None, metadata=declare("cathode of the best plane", "thickness of its film", "um")
    )


@dataclass(frozen=True, slots=True)
class LoadNumbers:
    """The cell under its load, beside the planes; fields as those of `LoadPoint`."""

    method: str = field(metadata=declare("load by", "closed periods, every step or sampled periods"))
    runs_for_h: float = field(
        metadata=_beside(
            "runs_for_h",
            "runs its load for",
            "until its voltage passes the limit",
            "h",
            shown=Shown.TERMINAL | Shown.LIVE | Shown.COMPARED,
        )
    )
    lowest_voltage_V: float | None = field(
        metadata=_beside(
            "lowest_voltage_V",
            "lowest voltage under its load",
            "at the terminals; the step in which it stops is taken to its end",
            "V",
            shown=Shown.TERMINAL,
        )
    )
    lowest_at_h: float | None = field(
        metadata=_beside("lowest_at_h", "lowest voltage comes at", "from the start", "h")
    )
    browns_out_at_h: float | None = field(
        metadata=_beside(
            "browns_out_at_h",
            "browns out at",
            "when a draw pulls the voltage below the limit before 90 % of what the load's mean delivers; "
            "none where it runs empty",
            "h",
            shown=Shown.TERMINAL,
        )
    )
    charge_delivered_mAh: float | None = field(
        metadata=_beside(
            "charge_delivered_mAh",
            "charge delivered to its load",
            "by the chip until then",
            "mAh",
            shown=Shown.TERMINAL,
        )
    )
    energy_mWh: float | None = field(
        metadata=_beside("energy_mWh", "energy delivered to its load", "by the chip until then", "mWh")
    )
    bypass_capacitor_uF: float | None = field(
        metadata=_beside(
            "bypass_capacitor_uF",
            "bypass capacitor of its load",
            "smallest ideal one with which nothing browns out; 0 where none is needed",
            "uF",
            shown=Shown.TERMINAL,
        )
    )
    charge_delivered_mAh_cm2: float = field(
        metadata=_beside(
            "charge_delivered_mAh_cm2", "charge delivered to its load per footprint", "until then", "mAh/cm^2"
        )
    )
    energy_mWh_cm2: float = field(
        metadata=_beside(
            "energy_mWh_cm2", "energy delivered to its load per footprint", "until then", "mWh/cm^2"
        )
    )
    bypass_capacitor_uF_cm2: float | None = field(
        metadata=_beside(
            "bypass_capacitor_uF_cm2",
            "bypass capacitor of its load per footprint",
            "the same over the footprint",
            "uF/cm^2",
        )
    )
    planar: LoadPlanes = field(metadata=declare("planes", "under the same load on the same footprint"))
