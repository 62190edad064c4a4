"""Open-circuit curves from CSV files as instruments, digitisers and spreadsheets write them."""

import re
from pathlib import Path

import pytest
from scipy.interpolate import PchipInterpolator

from tests.curve_designs import evaluated, mean_voltage
from tfgeom.errors import DesignError

MEAN = PchipInterpolator([0.0, 0.5, 1.0], [4.2, 3.9, 3.0]).integrate(0, 1)
"""Mean of the curve through three points, by scipy: 3.8 V."""


@pytest.mark.parametrize(
    ("text", "curve"),
    [
        ("sto,U [V]\n0,4.2\n0.5,3.9\n1,3.0\n", "{file: ocv.csv}"),
        ("sto,U [V]\n0,4.2\n0.5,3.9\n1,3.0\n", "{form: pchip, file: ocv.csv}"),
        ("sto,U [V]\n0,4.2\n0.5,3.9\n1,3.0\n", "{form: pchip, parameters: {file: ocv.csv}}"),
        ("sto;U [mV]\r\n0;4200\r\n0,5;3900\r\n1;3000\r\n", "{file: ocv.csv}"),
        ("Potential (V vs. Li/Li+),x in LixCoO2\n4.2,0\n3.9,0.5\n3.0,1\n", "{file: ocv.csv}"),
        ("SOC (%)\tE / V\n0\t3,0\n50\t3,9\n100\t4,2\n", "{file: ocv.csv}"),
        ("# measured in May\nx V\n0 4.2\n\n0.5 3.9\n1 3.0\n", "{file: ocv.csv}"),
        ("# x, V\n0,4.2\n0.5,3.9\n1,3.0\n", "{file: ocv.csv}"),
        ("Test 12\nOperator: A, B, C\nfilled_fraction,volts\n0,4.2\n0.5,3.9\n1,3.0\n", "{file: ocv.csv}"),
        ("x,E\n%,mV\n0,4200\n50,3900\n100,3000\n", "{file: ocv.csv}"),
        ("t,a,b\n1,0,4.2\n2,0.5,3.9\n3,1,3.0\n", "{file: ocv.csv, x: a, V: b}"),
        ("t,a,b\n1,0,4200\n2,0.5,3900\n3,1,3000\n", "{file: ocv.csv, x: a, mV: b}"),
        ("0,4.2\n0.5,3.9\n1,3.0\n", "{file: ocv.csv, x: 1, V: 2}"),
        ("a,b\n100,3.0\n50,3.9\n0,4.2\n", "{file: ocv.csv, x: a, V: b, scale: percent}"),
        ('"x","V",\n"0","4.2",\n"0.5","3.9",\n"1","3.0",\n', "{file: ocv.csv}"),
        ("\ufeffSOC_pct,Voltage_mV\n0,3000\n50,3900\n100,4200\n", "{file: ocv.csv}"),
        ('"sto","U"\n"0","4,2"\n"0,5","3,9"\n"1","3,0"\n', "{file: ocv.csv}"),
        ('"sto","U [mV]"\n"0","4,200"\n"0,5","3,9"\n"1","3,0"\n'.replace("mV", "V"), "{file: ocv.csv}"),
        ("SOC;U\n0,0 %;3,0 V\n50,0 %;3,9 V\n100,0 %;4,2 V\n", "{file: ocv.csv}"),
        ("sto,Potential vs. Li/Li+ (V)\n0,4.2\n0.5,3.9\n1,3.0\n", "{file: ocv.csv}"),
        ("sto,Ewe\n-,mV vs. Li+/Li\n0,4200\n0.5,3900\n1,3000\n", "{file: ocv.csv}"),
        ("Q\tE\nmAh/g\tV\n0\t4.2\n70\t3.9\n140\t3.0\n", "{file: ocv.csv, x: Q, window: [0, 140]}"),
        ("sto,Voltage\n,mV\n,\n0,4200\n0.5,3900\n1,3000\n", "{file: ocv.csv}"),
        ('"filled\nfraction","U\n[V]"\n0,4.2\n0.5,3.9\n1,3.0\n', "{file: ocv.csv}"),
        ('sto,U"\n0,4.2\n0.5,3.9\n1,3.0\n', "{file: ocv.csv, V: 2}"),
    ],
)
def test_one_file_in_many_hands(tmp_path: Path, text: str, curve: str) -> None:
    (tmp_path / "ocv.csv").write_bytes(text.encode())
    assert mean_voltage(evaluated(tmp_path, curve)) == pytest.approx(MEAN, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "curve", "expected"),
    [
        ("sto,U [V]\n0,4.2\n1,3\n", "{file: ocv.csv, x: sto, V: volts}", r"V: 'ocv\.csv' has no column 'volts'.*'sto', 'U \[V\]'"),
        ("sto,U [mA]\n0,4.2\n1,3\n", "{file: ocv.csv}", r"column 'U \[mA\]' is in 'mA'; a potential in V or mV"),
        ("q [mAh/g],U [V]\n0,4.2\n150,3\n", "{file: ocv.csv, x: q, V: U}", r"in 'mAh/g'.*window: \[0, 150\]"),
        ("t [s],U [V]\n0,4.2\n1,3\n", "{file: ocv.csv, x: t}", "is in 's'; a fraction"),
        ("a,b\n0,4.2\n1,3\n", "{file: ocv.csv}", r"name it by header or number: 'x: 1'"),
        ("sto,U\n0,4.2\n0.5,abc\n1,3\n", "{file: ocv.csv}", r"line 3: column 'U': 'abc' is not a number"),
        ("sto,U\n0,4.2\n0.5,\n1,3\n", "{file: ocv.csv}", "line 3: column 'U': has no number"),
        ("sto,U\n0,0,4,2\n0,5,3,9\n", "{file: ocv.csv}", "part the columns by semicolons"),
        ("sto;U\n0;4,2\n0.5;3,9\n1;3\n", "{file: ocv.csv}", r"'0\.5' is not a number"),
        ("sto,U\n0,4200\n1,3000\n", "{file: ocv.csv}", "4200 V as it stands, 4.2 V if it is in millivolts"),
        ("sto,U [V]\n0,4200\n1,3000\n", "{file: ocv.csv}", "line 2 of 'ocv.csv': it is 4200 V"),
        ("SOC,U\n0,3\n50,3.9\n100,4.2\n", "{file: ocv.csv}", "soc runs from 0 to 100, the window from 0 to 1"),
        ("sto,U [V vs SHE]\n0,4.2\n1,3\n", "{file: ocv.csv}", "is against 'SHE'; a potential against Li/Li"),
        ("sto,E / V vs SHE\n0,4.2\n1,3\n", "{file: ocv.csv, V: 2}", "is against 'SHE'; a potential against"),
        ("sto,Potential vs. Na/Na+ (V)\n0,4.2\n1,3\n", "{file: ocv.csv, V: 2}", "is against 'Na/Na\\+'"),
        ("sto,E (V vs. Li-In)\n0,3.6\n1,2.4\n", "{file: ocv.csv, V: 2}", "is against 'Li-In'"),
        ("sto,E\n-,V vs. Li/In\n0,3.6\n1,2.4\n", "{file: ocv.csv}", "is against 'Li/In'"),
        ("sto;U [mV]\n0,5;4.300,0\n1;3.000,0\n", "{file: ocv.csv}", "'4.300,0' is not.*points part thousands"),
        ('sto,U [mV]\n0,"4,300"\n1,"3,000"\n', "{file: ocv.csv}", "line 2: column .*'4,300' is not a number"),
        ("sto,U [V]\n0,4200 mV\n1,3000 mV\n", "{file: ocv.csv}", "'V' by its header and in 'mV' by its cells"),
        ("sto,U\n0,4.2 V\n1,3000 mV\n", "{file: ocv.csv}", "'4.2 V' is not a number"),
        ("sto,U\n0,4.2\n1,3\nEnd of test\n", "{file: ocv.csv}", "line 4 is no row of numbers: 'End of test'"),
        ("sto,U\n0,4.2\n" + "x" * 200_000, "{file: ocv.csv}", "line 3 has 200000 characters"),
        ("x,y\nred,blue\n", "{file: ocv.csv}", "holds no two columns of numbers"),
        ("", "{file: ocv.csv}", "holds no two columns of numbers"),
        ("sto,U\n0,4.2\n1,3\n", "{file: ocv.csv, X: sto}", "unknown key; did you mean 'x'"),
        ("sto,U\n0,4.2\n1,3\n", "{file: ocv.csv, x: 3}", "has 2 columns, not a column 3"),
        ("sto,U\n0,4.2\n1,3\n", "{file: ocv.csv, x: sto, soc: U}", "stands beside 'x'"),
        ("x,sto,U\n0,0,4.2\n1,1,3\n", "{file: ocv.csv}", "could be more than one column"),
        ("sto,U\n0,4.2\n1,3\n", "{form: csv, parameters: ocv.csv}", r"open_circuit: \{file: ocv\.csv\}"),
    ],
)  # fmt: skip
def test_a_file_with_the_wrong_column_or_unit(tmp_path: Path, text: str, curve: str, expected: str) -> None:
    (tmp_path / "ocv.csv").write_bytes(text.encode())
    with pytest.raises(DesignError) as error:
        evaluated(tmp_path, curve)
    assert len(error.value.issues) == 1, error.value
    message = str(error.value)
    assert re.search(expected, message), message
    assert re.match(r".*design\.yaml:20:\d+: materials\.Mine\.open_circuit", message), message
