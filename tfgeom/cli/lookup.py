"""Commands that need no design: this machine, schemas, and the library of materials."""

from typing import Annotated

import typer

from tfgeom.cli.application import app, print_csv, print_table, say, say_text

materials_app = typer.Typer(
    help="The library of materials.", invoke_without_command=True, rich_markup_mode=None
)
app.add_typer(materials_app, name="materials")


@app.command()
def doctor() -> None:
    """Print what this machine has of what tfgeom can use. Tells how to get the rest."""
    from tfgeom.doctor import findings

    for found in findings():
        say(found.line)


@app.command()
def schema(
    results: Annotated[
        bool, typer.Option("--results", help="That of what `tfgeom evaluate --json` prints.")
    ] = False,
) -> None:
    """Print the JSON Schema of designs for editors, or of results."""
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
def list_materials(
    role: Annotated[
        str | None,
        typer.Option(
            metavar="ROLE",
            help="cathode, anode, electrolyte, current_collector or inactive: with the numbers that decide.",
        ),
    ] = None,
    csv: Annotated[
        bool, typer.Option("--csv", help="Comma-separated, with the confidence of each number.")
    ] = False,
) -> None:
    """List the materials, or those of a role with numbers to choose by."""
    from tfgeom.materials.choosing import ROLES, choice_records, choice_table, role_of
    from tfgeom.materials.library import load_library

    if csv:
        print_csv(*choice_records(tuple(ROLES) if role is None else (role,)))
    elif role is not None:
        print_table(*choice_table(role))
    else:
        also = {m.name: f"; also called {', '.join(m.aliases)}" if m.aliases else "" for m in load_library()}
        print_table(
            ("name", "role", "material"),
            [(m.name, role_of(m), m.title + also[m.name]) for m in load_library()],
        )


@materials_app.command("show")
def show_material(name: Annotated[str, typer.Argument(help="Name or alias.")]) -> None:
    """Show every constant of one material with its source."""
    from tfgeom.materials.library import load_library

    material = load_library().find(name)
    say(f"{material.name}: {material.title}")
    print_table(("property", "value", "confidence", "source", "note"), material.rows())
