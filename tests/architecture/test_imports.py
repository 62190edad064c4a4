"""Who may import whom, and what a quick start must not load."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import tfgeom

ROOT = Path(tfgeom.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))

# Lowest first: a module imports its own package and lines above its own.
LAYERS = (
    {"characters", "encodings", "marks", "programs", "spelling"},
    {"errors", "constants", "numerals", "palette", "rows", "words"},
    {"units", "source", "output", "rendering", "searching"},
    {"quantities"},
    {"materials"},
    {"geometry", "deposition", "loads"},
    {"reliefs"},
    {"design"},
    {"films", "market"},
    {"meshing"},
    {"transport"},
    {"verification"},
    {"cells"},
    {"results"},
    {"metrics"},
    {"evaluation"},
    {"batch"},
    {"bands"},
    {"mesh_tiles", "mesh_written"},
    {"body_files"},
    {
        "terminal_lines",
        "rate_tables",
        "curve_files",
        "load_tables",
        "compare",
        "fitting",
        "mesh_files",
    },
    {"protocol_tables"},
    {"field_files"},
    {"viewer"},
    {"sweep"},
    {"report", "search"},
    {"doctor"},
    {"cli"},
    {"__main__", "__init__"},
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}

# A heavy library and the modules built for it.
BUILT_FOR = {
    "difflib": {"words"},
    "pint": {"units"},
    "ruamel": {"source", "design"},
    "pydantic": {"quantities", "reliefs", "design", "materials", "market", "bands", "sweep"},
    "scipy": {
        "materials",
        "geometry",
        "meshing",
        "transport",
        "verification",
        "bands",
        "fitting",
        "sweep",
        "search",
    },
    "shapely": {"geometry", "films", "meshing", "report", "transport"},
    "trimesh": {"meshing"},
    "meshio": {"meshing"},
    "psutil": {"meshing"},
    "skfem": {"verification"},
    "pyamg": {"transport"},
    "pyvista": {"meshing", "report", "viewer"},
    "vtk": {"report", "viewer"},
    "vtkmodules": {"report", "viewer"},
    "matplotlib": {"report", "viewer"},
    "trame": {"viewer"},
    "k3d": {"viewer"},
    "jinja2": {"report"},
    "packaging": {"doctor"},
    "weasyprint": {"report"},
    "typer": {"cli"},
    "rich": {"cli", "sweep"},
    "duckdb": {"sweep"},
    "distributed": {"sweep"},
}
ONLY_INSIDE_FUNCTIONS = {
    "pint",
    "pyvista",
    "vtk",
    "vtkmodules",
    "matplotlib",
    "skfem",
    "pyamg",
    "trimesh",
    "rich",
    "psutil",
    "meshio",
    "trame",
    "k3d",
    "duckdb",
    "distributed",
}
QUIET_START = """
from tfgeom.cli import main
try:
    main([{!r}])
except SystemExit as done:
    assert not done.code
"""
NOT_AT_START = ("pyvista", "vtkmodules", "matplotlib", "skfem", "pint", "scipy", "trimesh")


def home_of(module: Path) -> str:
    return module.relative_to(ROOT).parts[0].removesuffix(".py")


def imports_of(module: Path) -> Iterator[tuple[str, ast.stmt]]:
    """Yield the dotted name of everything a module imports, wherever in it."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: relative import"
            if node.module == "tfgeom":
                yield from ((f"tfgeom.{alias.name}", node) for alias in node.names)
            else:
                yield str(node.module), node


def run(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT.parent, check=True)


def loaded_at_import(module: Path) -> set[ast.stmt]:
    """Return the statements that run when a module is imported and not only for type checkers."""
    found: set[ast.stmt] = set()
    pending: list[ast.stmt] = list(ast.parse(module.read_text()).body)
    while pending:
        node = pending.pop()
        found.add(node)
        if isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.unparse(node.test):
            pending.extend(node.body + node.orelse)
        elif isinstance(node, (ast.Try, ast.With)):
            pending.extend(node.body)
    return found


def test_the_order_that_contributors_read_is_this_one() -> None:
    text = (ROOT.parent / "CONTRIBUTING.md").read_text()
    order = re.search(r"`characters`.*?`cli`", text, re.DOTALL)
    assert order is not None
    named = [set(re.findall(r"`(\w+)`", line)) for line in order[0].split(" <")]
    assert named == [*LAYERS[:-1]]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_lower_modules_import_no_higher_ones(module: Path) -> None:
    home = home_of(module)
    assert home in RANK, f"{home} has no place in LAYERS: give it one, above what it imports"
    for name, node in imports_of(module):
        parts = name.split(".")
        if parts[0] != "tfgeom" or name == "tfgeom.__version__":
            continue
        other = parts[1]
        assert other == home or RANK[other] < RANK[home], f"{module}:{node.lineno}: {home} imports {other}"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_heavy_libraries_stay_where_they_belong(module: Path) -> None:
    home = home_of(module)
    for name, node in imports_of(module):
        library = name.split(".")[0]
        assert home in BUILT_FOR.get(library, {home}), f"{module}:{node.lineno}: {home} imports {library}"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_slow_libraries_are_imported_where_they_are_used(module: Path) -> None:
    if home_of(module) in ("report", "viewer"):  # drawing is all they do, and nothing loads them before
        return
    for node in loaded_at_import(module):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
        slow = {name.split(".")[0] for name in names} & ONLY_INSIDE_FUNCTIONS
        assert not slow, f"{module}:{node.lineno}: import {slow} in the function that needs it"


@pytest.mark.parametrize(
    "start",
    [
        "import tfgeom",
        QUIET_START.format("--help"),
        QUIET_START.format("--version"),
    ],
    ids=["import", "help", "version"],
)
def test_start_loads_nothing_heavy(start: str) -> None:
    code = f"import sys\n{start}\nprint('heavy:', [m for m in {NOT_AT_START} if m in sys.modules])"
    done = run(code)
    assert done.stdout.endswith("heavy: []\n")
    assert done.stderr == ""


def test_loading_a_design_loads_no_mesh_or_plot_library() -> None:
    code = (
        "import sys, tfgeom\n"
        "from tfgeom.design import design_from_mapping\n"
        "design_from_mapping({'schema_version': 1, 'name': 'x', 'relief': {'kind': 'planar'}})\n"
        "heavy = ('pyvista', 'vtkmodules', 'matplotlib', 'skfem', 'trimesh')\n"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = run(code)
    assert done.stdout == "[]\n"


def test_closed_forms_load_no_solver() -> None:
    # half a second of loading, several times what they take
    code = (
        "import sys, tfgeom\n"
        "tfgeom.evaluate(tfgeom.load_design('designs/pearse_2018_holes_30um.yaml'))\n"
        "print([m for m in sys.modules if m in ('scipy.special', 'scipy.sparse', 'scipy.optimize')])"
    )
    assert run(code).stdout == "[]\n"


def test_public_names() -> None:
    for name in set(tfgeom.__all__) - {"render_report", "run_sweep"}:
        assert getattr(tfgeom, name) is not None
    assert callable(tfgeom.evaluate)
    assert callable(tfgeom.evaluate), "the module of the same name took its place"
    with pytest.raises(AttributeError, match="no attribute 'evaluat'"):
        _ = tfgeom.evaluat


def test_version_is_that_of_the_package() -> None:
    project = tomllib.loads((ROOT.parent / "pyproject.toml").read_text())["project"]
    assert tfgeom.__version__ == project["version"]
    citation = (ROOT.parent / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {project['version']}\n" in citation


def test_help_loads_nothing_but_the_command_line() -> None:
    """Whatever else it loaded would be waited for: half of what its start takes is typer already."""
    ours = "from tfgeom.cli import main as application"
    typers = (
        "import typer\napplication = typer.Typer(rich_markup_mode=None)\n"
        "application.command('one')(print)\napplication.command('two')(print)"
    )

    def loaded(start: str) -> set[str]:
        code = (
            f"import sys\n{start}\ntry:\n application(['--help'])\nexcept SystemExit:\n print(*sys.modules)"
        )
        return set(run(code).stdout.splitlines()[-1].split())

    further = loaded(ours) - loaded(typers)
    assert {name for name in further if not name.startswith("tfgeom.cli")} <= {
        "tfgeom",
        "tfgeom.characters",
        "tfgeom.errors",
    }


def test_users_see_the_types() -> None:
    assert (ROOT / "py.typed").is_file()  # PEP 561: without it type checkers take all names for Any
