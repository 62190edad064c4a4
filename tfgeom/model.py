"""A design made ready to compute: materials looked up, films laid on the relief and on the plane."""

from dataclasses import dataclass, replace

from tfgeom.design import Design, Flooded
from tfgeom.errors import DesignError, UnsupportedError
from tfgeom.films import FilmLayer, Stack, stack_films
from tfgeom.geometry.kinds import build_cell, planar
from tfgeom.materials.library import Material, resolve_materials
from tfgeom.metrics.energy import Package, Wafer
from tfgeom.metrics.resistance import Resistance, find_resistance
from tfgeom.transport.coefficients import Conductors, conductors
from tfgeom.units import UM


@dataclass(frozen=True, slots=True)
class Model:
    """A design with its films in place.

    Attributes
    ----------
    design
        The design.
    layers
        Its layers with materials.
    stack, plane
        The films on the relief, and the same films on the plane.
    wafer, package
        Substrate and packaging; None where the design has none.
    wafer_material
        Material of the substrate.
    """

    design: Design
    layers: tuple[FilmLayer, ...]
    stack: Stack
    plane: Stack
    wafer: Wafer | None
    package: Package | None
    wafer_material: Material | None

    @property
    def is_flooded(self) -> bool:
        """Whether a liquid or gel electrolyte fills the relief."""
        return isinstance(self.design.cell, Flooded)

    @property
    def temperature(self) -> float:
        """Temperature of the cell, K."""
        assert self.design.operation is not None  # a file with layers has it
        return self.design.operation.temperature

    @property
    def electrolyte_model(self) -> str | None:
        """How the solid electrolyte conducts; None in a flooded cell or without a cell."""
        return getattr(self.design.cell, "electrolyte_model", None)

    def conductors(self, stack: Stack) -> Conductors:
        """Return what conducts in a stack of this design's films.

        Raises
        ------
        UnsupportedError
            For anything but a conformal cell.
        """
        if self.electrolyte_model is None:
            raise UnsupportedError.at(
                "cell", "not yet supported: the resistance of cells that are not conformal"
            )
        return conductors(stack, self.temperature, self.electrolyte_model)

    def resistance(self, by_elements: bool) -> Resistance:
        """Return the cell's resistance beside its plane, by finite elements or in closed form."""
        wires, plane_wires = self.conductors(self.stack), self.conductors(self.plane)
        return find_resistance(self.stack, wires, self.plane, plane_wires, by_elements)

    def thick_plane(self, gain: float) -> Stack:
        """Return the plane with electrodes thicker by ``gain``, electrolyte and collectors unchanged."""
        layers = [
            replace(layer, thickness=layer.thickness * gain) if layer.role in ("cathode", "anode") else layer
            for layer in self.layers
        ]
        return stack_films(planar(), layers)


def build_model(design: Design) -> Model:
    """Return the design with its films laid.

    Raises
    ------
    DesignError
        When the films do not fit the relief, or the relief not the wafer; with file, line and column.
    """
    with design.located():
        names = [layer.material for layer in design.layers]
        if design.substrate is not None:
            names.append(design.substrate.material)
        materials = resolve_materials(names, design.materials)
        layers = tuple(
            FilmLayer(
                name=layer.name,
                role=layer.role,
                material=materials[layer.material],
                thickness=layer.thickness,
                step_coverage=layer.step_coverage,
                interface_resistance=layer.interface_resistance,
                lithiation=layer.lithiation,
            )
            for layer in design.layers
        )
        stack = stack_films(build_cell(design.relief), layers)
        wafer = package = substrate = None
        if design.substrate is not None:
            substrate = materials[design.substrate.material]
            wafer = Wafer(design.substrate.thickness, substrate.value("density"))
            _require_wafer(wafer, stack)
        if design.packaging is not None:
            package = Package(design.packaging.thickness, design.packaging.density)
        return Model(design, layers, stack, stack_films(planar(), layers), wafer, package, substrate)


def _require_wafer(wafer: Wafer, stack: Stack) -> None:
    if wafer.thickness < stack.cell.height:
        raise DesignError.at(
            "substrate.thickness",
            f"{wafer.thickness / UM:g} um is thinner than the relief in it, {stack.cell.height / UM:g} um; "
            "use a thicker wafer, or a lower relief",
        )
