"""Quantities as papers, parameter files and keyboards spell them; the JSON Schema accepts the same texts."""

import contextlib
import math
import re
import subprocess
import sys
from typing import Annotated

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tfgeom.quantities import Quantity
from tfgeom.spelling.dimensions import DIMENSIONS
from tfgeom.spelling.grammar import NUMBER_AND_UNIT
from tfgeom.units import parse_quantity, split_quantity, unit_ratio

# SI values by hand: 1 mAh = 3.6 C, 1 cm^2 = 1e-4 m^2, 1 uAh/cm^2/um = 3.6e-3 / 1e-4 / 1e-6 C/m^3
SPELLINGS = {
    ("length", 4e-6): """4 µm|4 μm|4 um|4um|4 micron|4 Micron|4 microns|4 mum|4 mu m|4 µ m|4 ㎛|４ｕｍ|4\u00a0µm|4\u2009µm
        |4\u202fµm|4 micrometre|4 micrometers|+4 um|4. um|4.0 um|4000 nm|0.004 mm|4e-6 m|4E-6 m|4×10⁻⁶ m|4 x 10^-6 m
        |4·10^-6 m|4*10**-6 m|4 × 10^{-6} m|4 um.|4e−6 m|４×１０^-６ m|0.4e1 um|40000 Å|40000 \u212b|40000 A\u030a
        |40000 angstrom|40000 Angstrom|40000 Ångström|4 \u00b5m|4 (um)""",
    ("length", 1e-8): "10^-8 m|10⁻⁸ m|1e-8 m|1 x 10^-8 m|10 nm|10−⁸ m|100 Å",
    ("temperature", 298.15): """25 degC|25 °C|25 ºC|25 ˚C|25 ∘C|25 ℃|25 deg C|25 ° C|25 deg. C|25 Celsius|25 celsius
        |25 degrees Celsius|25 oC|77 degF|77 °F|77 Fahrenheit|77 ℉|298.15 K|298.15 Kelvin|298.15 kelvin|298.15 \u212a
        |298.15 °K|536.67 degR|536.67 Rankine|536.67 °R""",
    ("temperature", 233.15): "-40 degF|−40 °F|–40 degC|﹣40 ℃|-40 degC|-40 Fahrenheit",
    ("diffusivity", 1.2e-17): """1.2e-13 cm^2/s|1.2e-13 cm2/s|1.2e-13cm2/s|1.2×10⁻¹³ cm² s⁻¹|1.2 × 10⁻¹³ cm²·s⁻¹
        |1.2E-13 cm^2 s^-1|1.2e-17 m2.s-1|1.2e-17 m²∙s⁻¹|1.2e-17 m2⋅s-1|1.2x10^-17 m^2 / s|1.2e-13 cm² sec⁻¹
        |1.2e-13 cm**2/s|1.2e-13 ㎠/s|1.2e-13 cm^{2} s^{-1}|1.2e-13 cm^2 per s|1.2e-13 cm^2 s–1|1.2e-13 cm2 s -1
        |1.2e-13 s^-1 cm^2|1.2e-13 cm2s-1|1.2e-5 um2/s|1.2e-13 cm^(2)/s|1.2e-13 cm⁺²/s|1.2 E-13 cm2/s|1.2e-13 (cm^2)/s|1.2e-13 (cm2)/(s)|1.2e-13 cm^(2) s^(-1)|1.2e-13 cm cm/s""",
    ("conductivity", 2e-4): """2e-6 S/cm|2e-6 S cm⁻¹|2e-6 S cm−1|2e-6 S cm–1|2e-6 S cm-1|2e-6 S·cm⁻¹|2e-6 Scm-1|2e-4 S.m-1
        |2e-3 mS/cm|2 µS/cm|2 μS cm⁻¹|2e-6 Ω⁻¹ cm⁻¹|2e-6 (Ω cm)⁻¹|2e-6 1/(ohm cm)|2e-6 ohm^-1 cm^-1|2e-6 /Ω/cm
        |2e-6 (Ω·cm)^-1|2e-6 Siemens/cm|2e-6 siemens per cm""",
    ("resistivity", 1.5e-6): """150 uohm*cm|150 µΩ·cm|150 µΩcm|150 μΩ cm|150 µOhm-cm|150 uOhm cm|150 µ\u2126-cm|1.5e-6 Ω m
        |1.5e-6 Ωm|1.5e-4 Ohm.cm|1.5e-4 ohm-cm|0.15 mΩ cm|150 micro-ohm cm|150 micro ohm cm|150 microohm cm|0.15 milli-ohm cm""",
    ("area_resistance", 2e-3): """20 ohm*cm^2|20 Ω·cm²|20 Ωcm2|20 Ωcm²|20 \u2126 cm2|20 ohm-cm2|20 Ohm cm^2|20 Ohms cm2
        |20 OHM cm2|20 ohm.cm2|0.02 kΩ cm²|0.02 k Ω cm²|2e-3 Ω m²|20 cm² Ω|20 ohm⋅cm²|20 (ohm cm^2)|20 Ω ㎠""",
    ("areal_capacity", 36e3): """1 mAh/cm^2|1 mAh cm⁻²|1 mAh cm−2|1 mAh·cm⁻²|1 mA h cm⁻²|1 mA·h/cm²|1 mAhcm-2|1 mA-h/cm2
        |1 mAhr/cm2|1 mA hr cm-2|1000 µAh/cm²|1000 uAh cm^-2|10 Ah/m2|3.6 C cm-2|1 mAh per cm2|1 mAh / cm^2""",
    ("volumetric_capacity", 69 * 3.6e7): """69 uAh/cm^2/um|69 µAh/(cm²·µm)|69 uAh/(cm^2 um)|69 μAh/cm2-μm|69 μAh/cm2μm
        |69 µAh/cm²µm|69 µAh·cm⁻²·µm⁻¹|69 µAh cm⁻² µm⁻¹|69 uAh cm-2-um-1|69 µAh/cm²/µm|69 µAh/cm² µm|69 uAh/cm2*um
        |690 mAh/cm3|690 mAh/cc|690 mAh cm⁻³|690 mAh/mL|690 Ah/L|690 Ah/l|69 μAhcm⁻²μm⁻¹|69 uAh/cm^2-micron""",
    ("current_density", 5.0): "5 A.m-2|5 A m⁻²|5 A/m^2|0.5 mA/cm^2|0.5 mA cm⁻²|500 µA/cm²|500 uA cm-2|5 Am-2|0.5 mA/(cm^2)|0.5 (mA)/(cm²)|0.5 mA/(cm^{2})|0.5 mA / cm²",
    ("density", 2500.0): "2.5 g/cm^3|2.5 g.cm-3|2.5 g cm⁻³|2.5 g/cc|2.5 g cc⁻¹|2.5 g/㎤|2500 kg/m3|2.5 kg/L|2.5 gm/cm3|2.5 gcm-3",
    ("concentration", 1000.0): "1000 mol.m-3|1000 mol m⁻³|1 mol/L|1 mol/l|1e-3 mol/cm3|1 M|1 mol dm⁻³|1000 molm-3",
    ("activation_energy", 17100.0): "17100 J.mol-1|17.1 kJ mol⁻¹|17.1 kJ/mol|17.1 kJ per mol|17100 J/mole",
    ("recombination_rate", 9e-7): "9e-7 m^3/mol/s|9e-7 m3 mol-1 s-1|9e-7 m^3/(mol s)|9e-7 m3.mol-1.s-1|9e-7 m3/mol s",
    ("fraction", 0.05): "5 %|5%|5 ％|5 percent|5 per cent|0.05|5e-2|50 ‰|5 pct",
    ("time", 3600.0): "3600 s|3600 sec|60 min|1 h|1 hr|1 hour|3600 seconds|60 minutes",
    ("voltage", 3.5): "3.5 V|3500 mV|3.5 volts|３.５ Ｖ",
    ("areal_energy", 3600.0): "0.1 mWh/cm^2|0.1 mWh cm⁻²|100 µWh/cm²|0.36 J/cm2|0.1 mW h cm-2|0.1 mWhcm⁻²",
}  # fmt: skip
CASES = [
    (text.strip(), dimension, value)
    for (dimension, value), texts in SPELLINGS.items()
    for text in texts.split("|")
]


@pytest.mark.parametrize(("text", "dimension", "value"), CASES)
def test_every_spelling_gives_the_same_float(text: str, dimension: str, value: float) -> None:
    assert parse_quantity(text, dimension) == value


def accepted(text: str, dimension: str) -> bool:
    """Return whether the JSON Schema of a quantity accepts text, which it does not normalise."""
    schema = TypeAdapter(Annotated[float, Quantity(dimension)]).json_schema()
    return bool(jsonschema.Draft202012Validator(schema).is_valid(text))


def test_the_json_schema_accepts_every_spelling() -> None:
    assert [text for text, dimension, _ in CASES if not accepted(text, dimension)] == []


REFUSED = {
    "1,5 um": "has a decimal comma; write '1.5 um'",
    "1,000 nm": "'1,000 nm' has a comma that may part thousands or decimals; write '1000 nm' or '1.0 nm'",
    "1,250 nm": "write '1250 nm' or '1.25 nm'",
    "12,345,678 nm": "write '12345678 nm'",
    "1.000,5 nm": "write '1000.5 nm'",
    "½ um": "'½' (U+00BD) at character 1 is no decimal: write '0.5 um'",
    "2½ um": "at character 2 is no decimal: write '2.5 um'",
    "1.5d-8 m": "'d' (U+0064) at character 4 is Fortran's exponent: write '1.5e-8 m'",
    "7D1 nm": "'D' (U+0044) at character 2 is Fortran's exponent: write '7e1 nm'",
    "1.2×10-13 m": "10 at character 5 has lost its '^': write '1.2e-13 m' if that is the power of ten",
    "3–5 um": "'–' (U+2013, en dash) at character 2 makes it a range: give one value",
    "3 to 5 um": "makes it a range",
    "1e-13-2e-13 cm2/s": "'-' (U+002D, hyphen-minus) at character 6 makes it a range",
    "1e-13 $cm^2$/s": "'$' (U+0024, dollar sign) at character 7 does not fit",
    "1e-13 cm 2 / s": "'2' (U+0032) at character 10 does not fit",
    "10−13 cm2 s-1": "makes it a range: give one value; or, if 10 has lost its '^', write '1e-13 cm2 s-1'",
    "5 ± 1 nm": "'±' (U+00B1, plus-minus sign) at character 3 does not fit: give the value alone",
    "~3 um": "'~' (U+007E, tilde) at character 1 does not fit",
    "3\u200bum": "U+200B, zero width space at character 2 does not fit: remove it",
    "10 000 nm": "U+0020, space at character 3 stands between digits: write '10000 nm'",
    "10\u2009000 nm": "U+2009, thin space at character 3 stands between digits: write '10000 nm'",
    "1'000 nm": "(U+0027, apostrophe) at character 2 stands between digits: write '1000 nm'",
    "1/2 um": "'2' (U+0032) at character 3 makes it a fraction",
    "3 cm₂": "'₂' (U+2082) at character 5 does not fit",
    "① um": "'①' (U+2460) at character 1 does not fit",
    "3 um;": "';' (U+003B, semicolon) at character 5 does not fit",
    "3 (um": "it ends too early",
    "3 um)": "')' (U+0029, right parenthesis) at character 5 does not fit",
    "nan um": "'n' (U+006E) at character 1 does not fit",
    "9**9**9 m": "'*' (U+002A, asterisk) at character 3 does not fit",
    "3 Ω/□": "'□' (U+25A1, white square) at character 5 does not fit",
    "um": "'u' (U+0075) at character 1 does not fit",
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), REFUSED.items())
def test_what_is_refused_is_told_by_character_and_place(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        parse_quantity(text, "length")


@pytest.mark.parametrize("text", list(REFUSED))
def test_the_json_schema_refuses_it_too(text: str) -> None:
    assert not accepted(text, "length")


@pytest.mark.parametrize("text", [text for text, words in REFUSED.items() if "write '" in words])
def test_what_a_message_says_to_write_is_read(text: str) -> None:
    with pytest.raises(ValueError, match="write") as refused:
        parse_quantity(text, "length")
    ways = re.findall(r"'([^']+(?:nm|um|m))'", str(refused.value).split("write", 1)[1])
    assert ways
    assert all(parse_quantity(way, "length") > 0 for way in ways)


@pytest.mark.parametrize(
    ("bare", "dimension", "words"),
    [
        (70, "length", "write for example '70 um', '70 nm' or '70 mm', whichever it is"),
        ("0", "length", "'0 um', '0 nm' or '0 mm', whichever"),
        (25, "temperature", "'25 degC' or '25 K', whichever it is"),
        (2e9, "areal_density", "'2000000000 cm^-2', '2000000000 um^-2' or"),
        (3.5, "voltage", "'3.5 V' or '3.5 mV', whichever"),
    ],
)
def test_a_bare_number_is_given_no_unit_by_a_guess(bare: object, dimension: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        parse_quantity(bare, dimension)


@pytest.mark.parametrize(
    ("text", "dimension", "words"),
    [
        ("25 degRe", "temperature", "'degRe' is not a unit of this kind: a temperature is needed"),
        ("25 C", "temperature", "'C' alone is the coulomb; write '25 degC'"),
        ("77F", "temperature", "'F' alone is the farad; write '77 degF'"),
        ("5 A/g", "current_density", "is not a unit of this kind: a current density"),
        ("3 K/s", "temperature", "not a unit of this kind"),
        ("3 cm·foo", "length", "unknown unit 'foo'"),
        ("3 µ", "voltage", "not a unit of this kind"),
        ("37 uAh·um/cm2", "volumetric_capacity", "not a unit of this kind"),
        ("5 uAh/cm2", "volumetric_capacity", "not a unit of this kind"),
    ],
)
def test_a_unit_of_another_kind_is_refused(text: str, dimension: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        parse_quantity(text, dimension)


MINUSES, PRODUCTS = ("-", "\u2212", "\u2013", "\u2010"), (" ", "*", "·", "∙", "⋅", ".", "×", "\u00a0")
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@st.composite
def spelt(
    draw: st.DrawFn, mantissa: str, power: int, factors: tuple[tuple[tuple[str, ...], int], ...]
) -> str:
    """Draw a spelling of a product of unit powers, each unit by one of its names."""
    minus = draw(st.sampled_from(MINUSES))
    ten = draw(st.sampled_from((f"^{minus if power < 0 else ''}{abs(power)}", str(power).translate(RAISED))))
    sign = draw(st.sampled_from(("×", " x ", "*", " · ", "e")))
    number = f"{mantissa}e{power}" if sign == "e" else f"{mantissa}{sign}10{ten}"
    parts = []
    for names, exponent in draw(st.permutations(factors)):
        name = draw(st.sampled_from(names))
        raised = draw(st.sampled_from(("^{}", "{}", "**{}", "^{{{}}}", "raised")))
        shown = (
            str(exponent).translate(RAISED)
            if raised == "raised"
            else raised.format(exponent).replace("-", minus)
        )
        parts.append(name if exponent == 1 else f"{name}{shown}")
    between = draw(st.sampled_from(PRODUCTS))
    return f"{number}{draw(st.sampled_from(('', ' ', chr(0x2009))))}{between.join(parts)}"


@given(
    st.data(),
    st.decimals(min_value="0.001", max_value=9999, places=3).map(str),
    st.integers(min_value=-20, max_value=20).filter(bool),
    st.sampled_from(
        [
            ("diffusivity", "cm^2/s", ((("cm",), 2), (("s", "sec"), -1))),
            ("volumetric_capacity", "uAh/cm^2/um", ((("uAh", "µAh", "μAh"), 1), (("cm",), -2), (("um", "µm", "micron"), -1))),
            ("area_resistance", "ohm*cm^2", ((("ohm", "Ω", "\u2126", "Ohm"), 1), (("cm",), 2))),
            ("conductivity", "S/cm", ((("S",), 1), (("cm",), -1))),
        ]
    ),
)  # fmt: skip
def test_spellings_of_one_quantity_are_one_float_and_match_the_schema(
    data: st.DataObject,
    mantissa: str,
    power: int,
    kind: tuple[str, str, tuple[tuple[tuple[str, ...], int], ...]],
) -> None:
    dimension, plain, factors = kind
    text = data.draw(spelt(mantissa, power, factors))
    assert parse_quantity(text, dimension) == parse_quantity(f"{mantissa}e{power} {plain}", dimension)
    assert re.search(NUMBER_AND_UNIT, text)


ODD = st.text(
    st.sampled_from("0123456789.,+-−–eEdxX×·*/^(){}[] \u2009%°µΩÅcmsAhV⁻²¹½±~\u200b\n'_€"), max_size=90
)


@settings(max_examples=300)
@given(st.one_of(ODD, st.text(max_size=90)), st.sampled_from(sorted(DIMENSIONS)))
def test_any_text_is_a_float_or_a_value_error(text: str, dimension: str) -> None:
    with contextlib.suppress(ValueError):
        value = parse_quantity(text, dimension)
        assert math.isfinite(value)
        assert accepted(text, dimension)


@pytest.mark.parametrize(
    "text",
    [
        "1" * 80,
        "3 " + "um-" * 26,
        "3 " + "(" * 78,
        "3 " + "a" * 78,
        "3 um" + " " * 75 + "!",
        "3 " + "um2" * 26,
    ],
)
def test_nothing_hangs(text: str) -> None:
    code = f"from tfgeom.units import parse_quantity\ntry:\n    parse_quantity({text!r}, 'length')\nexcept ValueError:\n    pass"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=20)


def test_ratios_of_units_however_they_are_spelt() -> None:
    assert unit_ratio("µm", "nm") == 1000.0
    assert unit_ratio("Ωcm2", "ohm*cm^2") == 1.0
    assert unit_ratio("uAh/cm2 um", "µAh/(cm²·µm)") == 1.0
    assert unit_ratio("mAh/cm²", "uAh cm^-2") == 1000.0
    assert unit_ratio("inch", "mm") == pytest.approx(25.4, rel=1e-14)
    assert unit_ratio("℃", "°C") == 1.0
    for one, other in (("degC", "K"), ("°F", "degC"), ("K", "℉")):
        with pytest.raises(ValueError, match="different zeros"):
            unit_ratio(one, other)
    with pytest.raises(ValueError, match="is not a unit of this kind"):
        unit_ratio("um", "V")


def test_a_quantity_is_split_into_a_number_and_a_unit_in_plain_letters() -> None:
    assert split_quantity("1.2×10⁻¹³ cm² s⁻¹") == (1.2e-13, "cm^2/s")
    assert split_quantity("69 µAh/cm² µm") == (69.0, "uAh/cm^2/um")
    assert split_quantity("25 ℃") == (25.0, "degC")
    assert split_quantity("4") is None
    assert split_quantity("7D1 nm") is None


def test_units_of_the_field_are_read_without_pint() -> None:
    code = (
        "import sys\nfrom tfgeom.units import parse_quantity\n"
        "parse_quantity('20 Ωcm2', 'area_resistance'); parse_quantity('77 °F', 'temperature')\n"
        "parse_quantity('69 µAh/(cm²·µm)', 'volumetric_capacity'); parse_quantity('12 Å', 'length')\n"
        "parse_quantity('1e-17 m2.s-1', 'diffusivity'); parse_quantity('1 mA·h·cm⁻²', 'areal_capacity')\n"
        "assert 'pint' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
