"""Figures of discharges: voltage against what is delivered, and where the energy goes."""

from collections.abc import Mapping, Sequence

from tfgeom.numerals import number, percent
from tfgeom.palette import CELL, PARTS
from tfgeom.report.figures import Picture, drawing, svg_picture
from tfgeom.report.table import Table
from tfgeom.results import CurveNumbers
from tfgeom.transport.losses import ELECTRODE_AT

_MOST = 6
"""Curves that one figure holds and can still be told apart."""
_HATCHES = {"diffusion": "", "charge_transfer": "//", "unevenness": "..", "salt": "\\\\", "contact": "xx"}
_REST = "#b9d3ea"  # of the voltage at rest under the curves
_SMALL = 5.0  # mWh/cm² below which losses are told in µWh/cm²
_SHOWN = 5e-4  # share of the rest energy below which a loss has no bar


def spread_out(curves: Sequence[CurveNumbers], most: int = _MOST) -> list[CurveNumbers]:
    """Return at most so many discharges that deliver something, spread over the rates."""
    known = sorted((one for one in curves if one.energy_mWh_cm2 > 0), key=lambda one: one.c_rate)
    if len(known) <= most:
        return known
    places = sorted({round(at * (len(known) - 1) / (most - 1)) for at in range(most)})
    return [known[at] for at in places]


def draw_voltages(curves: Sequence[CurveNumbers]) -> Picture | None:
    """Return voltage against capacity delivered; None when no discharge delivers anything."""
    from matplotlib.colors import to_rgb

    shown = spread_out(curves)
    if not shown:
        return None
    with drawing(9.6, 3.8, "constrained") as figure:
        axes = figure.add_subplot()
        slow = shown[0]
        # broad and pale: seen on both sides of a slow curve that lies on it
        axes.plot(slow.capacity_uAh_cm2, slow.rest_voltage_V, color=_REST, lw=6, label="at rest")
        dark = to_rgb(CELL)
        for at, one in enumerate(shown):
            pale = 0.65 * at / max(1, len(shown) - 1)
            colour = tuple(part + (1 - part) * pale for part in dark)
            label = f"{number(one.c_rate, 3)}C, {number(one.footprint_current_mA_cm2, 3)} mA/cm²"
            axes.plot(one.capacity_uAh_cm2, one.voltage_V, "-", color=colour, lw=1.8, label=label)
        axes.set_xlim(left=0)
        axes.set_xlabel("capacity delivered per footprint, µAh/cm²")
        axes.set_ylabel("voltage, V")
        figure.legend(loc="outside right upper", frameon=False, fontsize=8.5)
        last = shown[-1]
        return svg_picture(
            figure,
            f"Voltage against capacity delivered at {len(shown)} rates, {number(slow.c_rate)}C to "
            f"{number(last.c_rate)}C: {number(slow.capacity_uAh_cm2[-1])} and "
            f"{number(last.capacity_uAh_cm2[-1])} µAh/cm² at the end.",
        )


def draw_losses(curves: Sequence[CurveNumbers], titles: Mapping[str, str]) -> Picture | None:
    """Return shares of the rest energy that each loss takes, a bar a rate; None where nothing is lost."""
    shown, kinds = spread_out(curves), _kinds(curves)
    if not kinds:
        return None
    with drawing(9.6, 1.5 + 0.42 * len(shown), "constrained") as figure:
        axes = figure.add_subplot()
        left = [0.0] * len(shown)
        for part, mechanism in kinds:
            shares = [_share(one, (part, mechanism)) for one in shown]
            axes.barh(
                range(len(shown)),
                shares,
                left=left,
                height=0.7,
                color=PARTS[part],
                hatch=_HATCHES.get(mechanism, ""),
                edgecolor="white",
                lw=0.6,
                label=_words(titles, part, mechanism),
            )
            left = [before + share for before, share in zip(left, shares, strict=True)]
        axes.set_yticks(range(len(shown)), [f"{number(one.c_rate, 3)}C" for one in shown])
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_formatter(lambda value, _: percent(value))
        axes.set_xlabel("lost, of the rest energy of what is delivered")
        figure.legend(loc="outside upper center", ncols=2, frameon=False, fontsize=8.5)
        told = ", ".join(
            f"{percent(total)} at {number(one.c_rate)}C" for one, total in zip(shown, left, strict=True)
        )
        return svg_picture(figure, f"Stacked bars of the energy lost by part and mechanism: {told}.")


def losses_table(curves: Sequence[CurveNumbers], titles: Mapping[str, str]) -> Table | None:
    """Return the energy that each loss takes at the drawn rates; None where nothing is lost.

    In µWh/cm² where every discharge delivers less than a few mWh/cm², as thin films do.
    """
    shown, kinds = spread_out(curves), _kinds(curves)
    if not kinds:
        return None
    small = max(one.rest_energy_mWh_cm2 for one in shown) < _SMALL
    per, unit = (1000, "µWh/cm²") if small else (1, "mWh/cm²")
    rows = []
    for part, mechanism in kinds:
        lost = [
            next(
                (
                    row.energy_mWh_cm2
                    for row in one.energy_lost
                    if (row.part, row.mechanism) == (part, mechanism)
                ),
                0.0,
            )
            for one in shown
        ]
        rows.append((_words(titles, part, mechanism), *(number(value * per, 3) for value in lost)))
    rows.append(
        (
            "all that is lost",
            *(number((one.rest_energy_mWh_cm2 - one.energy_mWh_cm2) * per, 3) for one in shown),
        )
    )
    rows.append(("delivered", *(number(one.energy_mWh_cm2 * per, 3) for one in shown)))
    rows.append(
        ("rest energy of what is delivered", *(number(one.rest_energy_mWh_cm2 * per, 3) for one in shown))
    )
    heads = (f"{number(one.c_rate, 3)}C" for one in shown)
    return Table((f"energy, {unit} of footprint", *heads), tuple(rows))


def _kinds(curves: Sequence[CurveNumbers]) -> list[tuple[str, str]]:
    """Return the losses that are large enough to be shown at one of the drawn rates."""
    return list(
        dict.fromkeys(
            (row.part, row.mechanism)
            for one in spread_out(curves)
            for row in one.energy_lost
            if row.share >= _SHOWN
        )
    )


def _share(curve: CurveNumbers, kind: tuple[str, str]) -> float:
    return sum(row.share for row in curve.energy_lost if (row.part, row.mechanism) == kind)


_MECHANISMS = {
    "film": "conduction",
    "contact": "interface resistance",
    "charge_transfer": "charge transfer",
    "diffusion": "diffusion",
    "unevenness": "uneven filling",
    "liquid": "conduction in the liquid",
    "salt": "diffusion of ions",
    "leak": "self-discharge",
}


def _words(titles: Mapping[str, str], part: str, mechanism: str) -> str:
    """Return a loss in words: an interface is that of its electrode."""
    title = titles.get(part, part.replace("_", " "))
    if part in ELECTRODE_AT and mechanism == "charge_transfer":
        return f"{title}, charge transfer" if "charge transfer" not in title else title
    return f"{title}, {_MECHANISMS.get(mechanism, mechanism.replace('_', ' '))}"
