"""Numbers of a protocol: what each step came to, and what went in and out."""

from dataclasses import dataclass, field

from tfgeom.results.declared import declare


@dataclass(frozen=True, slots=True)
class ProtocolStepNumbers:
    """One step of a protocol as it was taken; currents, charges and energies are positive on discharge."""

    cycle: int = field(
        metadata=declare("cycle", "repetition of the outermost one around the step; 1 outside of any")
    )
    step: str = field(
        metadata=declare("step", "its number in the protocol, after those of the repetitions around it: 2.1")
    )
    control: str = field(metadata=declare("control", "what is held: current, c_rate, power, voltage or rest"))
    value: float = field(metadata=declare("held value", "of the control, in its unit; of a rest its time"))
    unit: str = field(metadata=declare("unit of it", "mA/cm^2, C, mW/cm^2, V or h"))
    ended_by: str = field(
        metadata=declare(
            "ended by",
            "time, voltage, current or charge of the step; voltage limit of the cell; film full or empty; no "
            "ions left; cannot carry it",
        )
    )
    begins_h: float = field(metadata=declare("begins at", "since the protocol began", "h"))
    duration_h: float = field(metadata=declare("duration", "of the step", "h"))
    charge_uAh_cm2: float = field(metadata=declare("charge of the step", "delivered", "uAh/cm^2"))
    energy_mWh_cm2: float = field(metadata=declare("energy of the step", "delivered", "mWh/cm^2"))
    voltage_start_V: float = field(
        metadata=declare("voltage at the start", "as soon as the current flows", "V")
    )
    voltage_end_V: float = field(metadata=declare("voltage at the end", "before the next step", "V"))
    current_end_mA_cm2: float = field(metadata=declare("current at the end", "per footprint", "mA/cm^2"))


@dataclass(frozen=True, slots=True)
class ProtocolPlaneNumbers:
    """A protocol on one cell: the totals, and each step."""

    lasts_h: float = field(metadata=declare("protocol lasts", "all steps together", "h"))
    charge_out_uAh_cm2: float = field(
        metadata=declare("charge delivered by the protocol", "of all that is discharged", "uAh/cm^2")
    )
    charge_in_uAh_cm2: float = field(
        metadata=declare("charge taken in by the protocol", "of all that is charged", "uAh/cm^2")
    )
    energy_out_mWh_cm2: float = field(
        metadata=declare("energy delivered by the protocol", "of all that is discharged", "mWh/cm^2")
    )
    energy_in_mWh_cm2: float = field(
        metadata=declare("energy taken in by the protocol", "of all that is charged", "mWh/cm^2")
    )
    energy_lost_mWh_cm2: float = field(
        metadata=declare("energy lost in the protocol", "in all parts of the cell, to heat", "mWh/cm^2")
    )
    round_trip_efficiency: float | None = field(
        metadata=declare(
            "round-trip efficiency",
            "energy delivered over energy taken in; null where the charges differ by more than 2 %",
            form="share",
        )
    )
    steps: tuple[ProtocolStepNumbers, ...] = field(
        metadata=declare("steps of the protocol", "each as it was taken, in order")
    )


@dataclass(frozen=True, slots=True)
class ProtocolNumbers(ProtocolPlaneNumbers):
    """The protocol of a design, beside the plane of the same films."""

    planar: ProtocolPlaneNumbers | None = field(
        metadata=declare(
            "protocol of the plane, same films",
            "at equal C-rates and equal currents; null of a plane itself",
            holds_plane="same_films",
        )
    )
