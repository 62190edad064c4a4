"""Commands that need no design: this machine, schemas, and the library of materials."""

from typing import Annotated

import typer

from tfgeom.cli.application import app, print_table, say, say_text

materials_app = typer.Typer(
    help="The library of materials.", invoke_without_command=True, rich_markup_mode=None
)
app.add_typer(materials_app, name="materials")


@app.command()
def doctor() -> None:
    """Print what this machine runs and can render."""
    from tfgeom.doctor import doctor_lines

    for line in doctor_lines():
        say(line)


@app.command()
def schema(
    results: Annotated[
        bool, typer.Option("--results", help="That of what `tfgeom evaluate --json` prints.")
    ] = False,
) -> None:
    """Print the JSON Schema of the design file, for editors, or of the results."""
    if results:
        from tfgeom.results import results_json_schema

        say_text(results_json_schema())
        return
    from tfgeom.design import design_json_schema

    say_text(design_json_schema())


@materials_app.callback()
def _materials(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_materials()


@materials_app.command("list")
def list_materials() -> None:
    """List the materials of the library."""
    from tfgeom.materials.library import load_library

    rows = [(m.name, m.title, ", ".join(m.aliases)) for m in load_library()]
    print_table(("name", "material", "also called"), rows)


@materials_app.command("show")
def show_material(name: Annotated[str, typer.Argument(help="Name or alias.")]) -> None:
    """Show every constant of one material with its source."""
    from tfgeom.materials.library import load_library

    material = load_library().find(name)
    say(f"{material.name}: {material.title}")
    print_table(("property", "value", "confidence", "source", "note"), material.rows())
