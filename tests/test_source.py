"""The one YAML reader against ruamel's own, over every file that tfgeom ships; its places against the text."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

import tfgeom
from tests.shipped import ROOT, SHIPPED
from tfgeom.errors import DesignError
from tfgeom.source import parse_source, read_source

FILES = [
    *SHIPPED,
    *sorted((ROOT / "designs").glob("sweeps/*.yaml")),
    *sorted((Path(tfgeom.__file__).parent / "materials" / "data").glob("*.yaml")),
]
every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


@every_file
def test_values_are_those_of_ruamel(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    expected = YAML(typ="safe", pure=True).load(text)
    assert repr(parse_source(text, file.name).root) == repr(expected)  # 1 is not 1.0


@every_file
def test_each_key_stands_at_its_place(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    source = parse_source("\n".join(lines), file.name, lines_above=100)
    assert source.keys
    for location, (line, column) in source.keys.items():
        assert lines[line - 101][column - 1 :].lstrip("'\"").startswith(str(location[-1]))


def test_places_of_values_and_keys() -> None:
    source = parse_source("a: 1\nb:\n  - {c: x}\n  - 'no'\n", "f")
    assert source.root == {"a": 1, "b": [{"c": "x"}, "no"]}
    assert source.origin().keys == {"a": (1, 1), "b": (2, 1), "b.0.c": (3, 6)}
    assert source.origin().positions == {
        "a": (1, 4),
        "b": (2, 1),
        "b.0": (3, 5),
        "b.0.c": (3, 9),
        "b.1": (4, 5),
    }


def test_faults_stand_at_their_lines(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match=r"^f:13:2: b\.a: is given twice, first on line 12; keep one$"):
        parse_source("b:\n a: 1\n a: 2\n", "f", lines_above=10)
    with pytest.raises(DesignError, match=r"^f:12:\d+: not valid YAML"):
        parse_source("a: 1\n]\n", "f", lines_above=10)
    with pytest.raises(DesignError, match="no such file"):
        read_source(tmp_path / "none.yaml")


def test_a_decimal_comma_is_an_issue_and_never_a_value_in_silence() -> None:
    source = parse_source("a: {b: 70,5 nm}\n", "f")
    assert [(issue.path, issue.line, issue.column) for issue in source.issues()] == [("a.b", 1, 8)]
    with pytest.raises(DesignError, match=r"f:1:8: a\.b: '70,5 nm' has a decimal comma; write 70\.5 nm"):
        source.without_issues()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        # cp1252 writes a micro sign as the byte B5; the line before has a letter of two bytes in UTF-8
        (
            "name: é\n".encode() + b"relief: {pitch: 4 \xb5m}\n",
            "f.yaml:2:19: is not a text file; a design is a"
            " YAML file in UTF-8; it looks like Windows-1252 or Latin-1, where byte 0xB5 here is 'µ' (U+00B5",
        ),
        (
            b"\xef\xbb\xbfa: 25 \xb0C\n",
            "f.yaml:1:7: is not a text file; a design is a YAML file in UTF-8;"
            " it looks like Windows-1252 or Latin-1, where byte 0xB0 here is '°' (U+00B0, degree sign)",
        ),
        (b"a: 1 \x96 2\n", "byte 0x96 here is '–' (U+2013, en dash); save it as UTF-8"),
        (
            "a: 1\n".encode("utf-16"),
            "f.yaml: is not a text file; a design is a YAML file in UTF-8; it looks like"
            " UTF-16 (the byte order mark FF FE stands first); save it as UTF-8",
        ),
        (b"\xfe\xff" + "a: 1\n".encode("utf-16-be"), "UTF-16 (the byte order mark FE FF stands first)"),
        ("a: 1\n".encode("utf-32"), "UTF-32 (the byte order mark FF FE 00 00 stands first)"),
        ("a: 1\n".encode("utf-16-le"), "it looks like UTF-16 without a byte order mark"),
        ("a: 1\n".encode("utf-16-be"), "it looks like UTF-16 without a byte order mark"),
        (
            b"a: \x81\n",
            "f.yaml:1:4: is not a text file; a design is a YAML file in UTF-8; byte 0x81 here is none",
        ),
    ],
)
def test_another_encoding_is_named_with_its_place(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "f.yaml"
    file.write_bytes(content)
    with pytest.raises(DesignError) as error:
        read_source(file)
    assert words in str(error.value)


def test_a_byte_order_mark_of_utf_8_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 4 \xc2\xb5m\r\nb: 2\r\n")
    assert read_source(file).root == {"a": "4 µm", "b": 2}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            "1,000 nm",
            "a.b: '1,000 nm' has a comma that may part thousands or decimals; write 1000 nm or 1.0 nm",
        ),
        ("12,345,678 nm", "a.b: '12,345,678 nm' has a comma; write 12345678 nm"),
        ("1,250.5 nm", "a.b: '1,250.5 nm' has a comma; write 1250.5 nm"),
        ("70,5 Ω·cm²", "a.b: '70,5 Ω·cm²' has a decimal comma; write 70.5 Ω·cm²"),
        ("1,5", "a.b: '1,5' has a decimal comma; write 1.5"),
        ("0,500 um", "a.b: '0,500 um' has a decimal comma; write 0.500 um"),
    ],
)
def test_a_comma_in_braces_shows_every_reading(given: str, message: str) -> None:
    source = parse_source(f"a: {{b: {given}, c: 2}}\n", "f")
    assert [f"{issue.path}: {issue.message}" for issue in source.issues()] == [message]
    assert source.root["a"]["c"] == 2
