"""Results are written whole or not at all."""

import os
from pathlib import Path

import pytest

from tfgeom.errors import OutputError
from tfgeom.output import check_output, ensure_writable, replacing, write_bytes, write_text


def test_writes_and_replaces(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    write_text(file, "one µm\n")
    write_text(file, "two µm\n")
    assert file.read_bytes() == "two µm\n".encode()
    write_bytes(file, b"\0")
    assert file.read_bytes() == b"\0"
    assert os.listdir(tmp_path) == ["x.txt"]  # noqa: PTH208


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "x.vtu"
    file.write_text("old")

    def fail() -> None:
        with replacing(file) as temporary:
            assert temporary.suffix == ".vtu"
            temporary.write_text("half")
            raise KeyError("half-way")

    with pytest.raises(KeyError):
        fail()
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_links_are_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target.txt", tmp_path / "link.txt"
    target.write_text("old")
    link.symlink_to(target)
    write_text(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_devices_are_written_not_replaced() -> None:
    write_text(check_output(os.devnull), "x")
    assert not Path(os.devnull).is_file()


def test_says_what_is_wrong_with_the_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path, words in (
        (tmp_path / "no" / "x.html", "does not exist; create it"),
        (tmp_path, "is a folder"),
        (tmp_path / "file" / "x.html", "is not a folder"),
        ("", "is a folder"),
        (tmp_path / ("x" * 300), "cannot be written"),
    ):
        with pytest.raises(OutputError, match=words):
            write_text(path, "x")
    assert ensure_writable(tmp_path / "x") == tmp_path / "x"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folder_without_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="may not be written to"):
        write_text(tmp_path / "x", "x")
