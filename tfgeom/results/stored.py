"""Numbers of what a cell stores: capacity, energy, the whole device."""

from dataclasses import dataclass, field

from tfgeom.results.declared import HEADLINE, Shown, declare

_ALL = ~Shown.NOWHERE


@dataclass(frozen=True, slots=True)
class CapacityNumbers:
    """Capacities per footprint."""

    footprint_capacity_uAh_cm2: float = field(
        metadata=declare(
            "footprint capacity",
            "usable between the voltage limits; its gain is the 3D cell's over the planar cell's of the same "
            "films",
            "uAh/cm^2",
            shown=HEADLINE,
            planes={"same_films": "planar_uAh_cm2", "same_capacity": "footprint_capacity_uAh_cm2"},
            published="footprint_capacity",
        )
    )
    held_uAh_cm2: float = field(
        metadata=declare(
            "held capacity",
            "what the cell holds by its lithium, whatever the voltage limits",
            "uAh/cm^2",
            shown=Shown.COMPARED | Shown.SWEEP,
        )
    )
    footprint_capacity_low_uAh_cm2: float | None = field(
        metadata=declare(
            "footprint capacity at the low end",
            "usable with every film at the lowest volumetric capacity known of it; null where none is",
            "uAh/cm^2",
        )
    )
    cathode_uAh_cm2: float | None = field(
        metadata=declare("cathode capacity", "what the cathode can hold", "uAh/cm^2")
    )
    anode_uAh_cm2: float | None = field(
        metadata=declare("anode capacity", "what the anode can hold; null for lithium", "uAh/cm^2")
    )
    lithium_inventory_uAh_cm2: float | None = field(
        metadata=declare("lithium in the cell", "what can move; null where it is in excess", "uAh/cm^2")
    )
    n_to_p_ratio: float | None = field(
        metadata=declare(
            "N/P ratio",
            "anode over cathode capacity",
            shown=HEADLINE & ~Shown.TABLE,
            published="n_to_p_ratio",
        )
    )
    limiting_electrode: str = field(
        metadata=declare(
            "limited by",
            "cathode, anode or lithium: what is used up first",
            shown=Shown.TERMINAL | Shown.COMPARED | Shown.SWEEP,
        )
    )
    balanced_thickness_nm: float | None = field(
        metadata=declare("anode thickness for N/P 1", "at which both electrodes hold the same", "nm")
    )
    planar_uAh_cm2: float = field(
        metadata=declare(
            "same films on the plane",
            "footprint capacity of the planar cell of the same films",
            "uAh/cm^2",
            published="planar_capacity",
        )
    )
    footprint_capacity_gain: float | None = field(
        metadata=declare(
            "footprint capacity gain",
            "footprint capacity over that of the same films on the plane",
            form="gain",
            shown=HEADLINE & ~Shown.TABLE,
            planes={"same_films": 1.0},
            published="footprint_capacity_gain",
        )
    )

    @property
    def is_uncertain(self) -> bool:
        """Whether the low end is 1 % below: then both are shown."""
        low = self.footprint_capacity_low_uAh_cm2
        return low is not None and low < 0.99 * self.footprint_capacity_uAh_cm2


@dataclass(frozen=True, slots=True)
class ActiveDevice:
    """A density counted on relief and films (active) and on the whole device."""

    active: float | None = field(
        metadata=declare("(active)", "per volume or mass of relief and films", shown=_ALL)
    )
    device: float | None = field(
        metadata=declare("of the device", "per volume or mass of the whole device", shown=Shown.COMPARED)
    )


@dataclass(frozen=True, slots=True)
class CellEnergyNumbers:
    """Open-circuit energy of a cell between its voltage limits; per volume and mass none of a half-cell."""

    mean_voltage_V: float | None = field(
        metadata=declare(
            "mean voltage",
            "open-circuit energy over footprint capacity",
            "V",
            shown=Shown.TERMINAL | Shown.COMPARED | Shown.SWEEP,
            published="mean_voltage",
        )
    )
    footprint_energy_mWh_cm2: float | None = field(
        metadata=declare(
            "footprint energy",
            "open-circuit energy between the voltage limits, per footprint",
            "mWh/cm^2",
            shown=HEADLINE,
            published="footprint_energy",
        )
    )
    volumetric_energy_Wh_L: ActiveDevice = field(
        metadata=declare(
            "energy density",
            "open-circuit energy per volume",
            "Wh/L",
            shown=HEADLINE,
        )
    )
    specific_energy_Wh_kg: ActiveDevice = field(
        metadata=declare("specific energy", "open-circuit energy per mass", "Wh/kg", shown=Shown.COMPARED)
    )


@dataclass(frozen=True, slots=True)
class EnergyNumbers(CellEnergyNumbers):
    """Open-circuit energy between the voltage limits, beside that of the planar cell of the same films."""

    planar: CellEnergyNumbers = field(
        metadata=declare("planar", "of the same films on the plane", holds_plane="same_films")
    )


@dataclass(frozen=True, slots=True)
class DeviceNumbers:
    """Numbers of the whole device; the chip's are None without a chip.

    ``peak_power_mW`` is that of a short pulse from the mean open-circuit voltage against the small-signal
    resistance, not below the lower voltage limit.
    """

    area_for_1_mAh_mm2: float | None = field(
        metadata=declare("area for 1 mAh", "footprint that holds 1 mAh", "mm^2")
    )
    height_um: float | None = field(
        metadata=declare("height, wafer and packaging included", "of the whole device", "um")
    )
    areal_mass_mg_cm2: float | None = field(
        metadata=declare("mass per footprint", "wafer and packaging included", "mg/cm^2")
    )
    chip_area_mm2: float | None = field(default=None, metadata=declare("chip", "area of the chip", "mm^2"))
    active_fraction: float | None = field(
        default=None,
        metadata=declare("of it inside the border", "share of the chip with films", form="share"),
    )
    capacity_uAh: float | None = field(
        default=None, metadata=declare("capacity of the chip", "of the area inside its border", "uAh")
    )
    energy_uWh: float | None = field(
        default=None, metadata=declare("energy of the chip", "at open circuit", "uWh")
    )
    peak_power_mW: float | None = field(
        default=None,
        metadata=declare(
            "peak power of the chip",
            "of a short pulse from the mean voltage, less what the collectors lose across the chip",
            "mW",
        ),
    )
    volume_mm3: float | None = field(
        default=None, metadata=declare("volume of the chip", "wafer and packaging included", "mm^3")
    )
    mass_mg: float | None = field(
        default=None, metadata=declare("mass of the chip", "wafer and packaging included", "mg")
    )
