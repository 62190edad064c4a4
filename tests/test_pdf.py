"""The printed report: with a browser, with weasyprint, with neither."""

import builtins
import os
import shutil
import stat
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.design_texts import VALID, designed
from tfgeom.cli import main
from tfgeom.design import Design
from tfgeom.errors import MissingExtraError, OutputError
from tfgeom.rendering import WINDOW_VARIABLE
from tfgeom.report import pdf as pdf_module
from tfgeom.report import render_report
from tfgeom.report.page import css_string
from tfgeom.report.pdf import find_printer, write_pdf


@pytest.fixture
def design(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Design:
    monkeypatch.setenv(WINDOW_VARIABLE, "vtkNoSuchRenderWindow")  # no still: it takes seconds
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return designed(tmp_path, VALID)


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "BROWSERS", ())


@pytest.fixture
def no_weasyprint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)


@pytest.fixture
def fake_weasyprint(monkeypatch: pytest.MonkeyPatch) -> None:
    class Page:
        def __init__(self, filename: str) -> None:
            self.size = Path(filename).stat().st_size

        def write_pdf(self, target: str) -> None:
            Path(target).write_bytes(b"%PDF-weasy")

    monkeypatch.setitem(sys.modules, "weasyprint", SimpleNamespace(HTML=Page))


def browser_that(does: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program named chromium on the path, before all others."""
    programs = folder / "programs"
    programs.mkdir()
    program = programs / "chromium"
    program.write_text(f"#!{sys.executable}\nimport sys, time\n{does}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


PRINTS = """
target = next(word.split('=', 1)[1] for word in sys.argv if word.startswith('--print-to-pdf='))
assert '--no-pdf-header-footer' in sys.argv and sys.argv[-1].startswith('file:///')
open(target, 'wb').write(b'%PDF-browser')
"""


@pytest.mark.usefixtures("no_weasyprint")
def test_a_browser_on_the_path_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, design: Design, capsys: pytest.CaptureFixture[str]
) -> None:
    browser_that(PRINTS, tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as done:
        main(["report", str(design.origin.file), "--fidelity", "analytic", "--pdf"])
    assert done.value.code in (None, 0)
    assert capsys.readouterr().out.split() == ["cell.html", "cell.pdf"]
    assert (tmp_path / "cell.pdf").read_bytes().startswith(b"%PDF-browser\n%tfgeom ")
    assert (tmp_path / "cell.json").is_file()


@pytest.mark.usefixtures("fake_weasyprint", "no_browser")
def test_without_a_browser_weasyprint_prints(tmp_path: Path, design: Design) -> None:
    page = render_report(design, tmp_path / "x.html", "analytic", pdf=True)
    assert page.with_suffix(".pdf").read_bytes().startswith(b"%PDF-weasy\n%tfgeom ")


@pytest.mark.usefixtures("no_weasyprint", "no_browser")
def test_with_neither_both_are_named_before_the_work(
    tmp_path: Path, design: Design, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as done:
        main(["report", str(design.origin.file), "-o", str(tmp_path / "x.html"), "--pdf"])
    assert done.value.code == 1
    error = capsys.readouterr().err
    assert "no Chromium browser was found and weasyprint is not installed" in error
    assert 'pip install "tfgeom[pdf]"' in error
    assert not (tmp_path / "x.html").exists()


@pytest.mark.usefixtures("no_browser")
def test_weasyprint_without_its_libraries_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    true_import = builtins.__import__

    def broken(name: str, *rest: Any, **more: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libgobject-2.0-0'\nand a page of advice")
        return true_import(name, *rest, **more)

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(builtins, "__import__", broken)
    with pytest.raises(MissingExtraError, match=r"libgobject-2\.0-0'\); install Chromium .*libpango"):
        find_printer()


@pytest.mark.parametrize(
    ("does", "complaint"),
    [
        ("sys.exit('no display')", "exit 1: no display"),
        ("", "exit 0"),
        (PRINTS.replace("%PDF", "<htm"), "exit 0"),
        ("time.sleep(600)", "not ready"),
    ],
    ids=["fails", "writes nothing", "writes no PDF", "hangs"],
)
def test_a_browser_that_fails_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, does: str, complaint: str
) -> None:
    browser_that(does, tmp_path, monkeypatch)
    if complaint == "not ready":  # the others answer, however long that takes
        monkeypatch.setattr(pdf_module, "PRINT_SECONDS", 1.0)
    (tmp_path / "x.html").write_text("<p>x</p>", encoding="utf-8")
    request.getfixturevalue("no_weasyprint")
    with pytest.raises(MissingExtraError, match=f"did not print the page .{complaint}.* weasyprint"):
        write_pdf(tmp_path / "x.html", tmp_path / "x.pdf")
    assert {file.name for file in tmp_path.iterdir()} == {"x.html", "programs"}
    request.getfixturevalue("fake_weasyprint")
    write_pdf(tmp_path / "x.html", tmp_path / "x.pdf")
    assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF-weasy\n%tfgeom ")


@pytest.mark.usefixtures("fake_weasyprint", "no_browser")
def test_a_bad_place_is_found_out_before_the_work(
    tmp_path: Path, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(*_: object) -> None:
        raise AssertionError("the work has started")

    monkeypatch.setattr("tfgeom.report.render.assemble_cell", too_late)
    with pytest.raises(OutputError, match=r"printed pages go there; .* x\.html"):
        render_report(design, tmp_path / "x.pdf", pdf=True)
    (tmp_path / "y.pdf").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        render_report(design, tmp_path / "y.html", pdf=True)
    with pytest.raises(OutputError, match="no place for a PDF"):
        render_report(design, "/dev/null", pdf=True)


def test_a_title_cannot_leave_its_string() -> None:
    assert css_string('a"; }</style>é') == r"a\22 \3b \20 \7d \3c \2f style\3e \e9 "


def _missing(what: str) -> None:
    """Skip, and say so; in continuous integration everything must be there."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def test_the_real_browser_prints_pages(tmp_path: Path, design: Design) -> None:
    if not any(map(shutil.which, pdf_module.BROWSERS)):
        _missing("no Chromium browser is installed, so nothing was printed: apt-get install -y chromium")
    page = render_report(design, tmp_path / "x.html", "analytic", pdf=True)
    content = page.with_suffix(".pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page/") >= 3


@pytest.mark.slow
@pytest.mark.usefixtures("no_browser")
def test_the_real_weasyprint_prints_pages(tmp_path: Path, design: Design) -> None:
    try:
        import weasyprint
    except (ImportError, OSError):
        _missing('weasyprint is not installed, so nothing was printed: pip install "tfgeom[pdf]"')
    assert weasyprint.__version__
    page = render_report(design, tmp_path / "x.html", "analytic", pdf=True)
    content = page.with_suffix(".pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
