"""What a cell and its planes share: the design, its layers with their materials, wafer and packaging."""

from collections.abc import Mapping
from dataclasses import dataclass

from tfgeom.cells.bulk import Package, Wafer
from tfgeom.design import Balance, Design, Layer, Operation
from tfgeom.films import FilmLayer
from tfgeom.materials.library import Material
from tfgeom.materials.recording import ConstantsRead
from tfgeom.rows import Numbers, larger


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A design with its materials looked up.

    Attributes
    ----------
    design
        The design.
    materials
        Every material that it names, by the name it uses.
    layers
        Its layers; what is balanced has its solved thickness.
    wafer, plate
        The substrate, and what replaces it between cells in series; None where the design has none.
    package
        Packaging; None where the design has none.
    read
        Constants that assembling its cells, and their lithium, circuit and bulk, has read so far.
    """

    design: Design
    materials: Mapping[str, Material]
    layers: tuple[FilmLayer, ...]
    wafer: Wafer | None
    plate: Wafer | None
    package: Package | None
    read: ConstantsRead

    @property
    def operation(self) -> Operation:
        """How the cell is run: a file with a cell has it."""
        operation = self.design.operation
        if operation is None:
            raise ValueError("a design without a cell is not run")
        return operation

    @property
    def temperature(self) -> Numbers:
        """Temperature of the cell, K."""
        return self.operation.temperature

    @property
    def in_series(self) -> int:
        """Cells stacked face to back."""
        return self.design.cells_in_series

    @property
    def window(self) -> tuple[Numbers, Numbers]:
        """Voltages between which one cell is discharged, V: the design states those of the whole stack.

        The lower one is never below 0: from there on a discharge takes energy and gives none.
        """
        limits = self.operation.voltage
        return larger(0.0, limits.min / self.in_series), limits.max / self.in_series

    @property
    def wafer_material(self) -> Material | None:
        """Material of the substrate."""
        substrate = self.design.substrate
        return None if substrate is None else self.materials[substrate.material]

    @property
    def electrodes(self) -> tuple[FilmLayer, ...]:
        """Cathode and anode layers, from the substrate outwards."""
        return tuple(layer for layer in self.layers if layer.role in ("cathode", "anode"))

    @property
    def without_curve(self) -> tuple[str, ...]:
        """Electrodes whose material has no open-circuit curve, by layer name."""
        return tuple(layer.name for layer in self.electrodes if layer.material.open_circuit is None)

    @property
    def without_diffusivity(self) -> tuple[str, ...]:
        """Diffusivities of electrodes that are not known, as ``layer.property``: that loss is left out."""
        return tuple(
            f"{layer.name}.diffusivity"
            for layer in self.electrodes
            if not (layer.material.is_lithium_metal or layer.material.knows("diffusivity"))
        )


@dataclass(frozen=True, slots=True)
class Liquid:
    """What fills the relief above the films, up to ``separator`` m over them."""

    name: str
    separator: float


def film_layer(layer: Layer, materials: Mapping[str, Material]) -> FilmLayer:
    """Return a layer of a design with its material; what is balanced is solved once all layers are there."""
    thickness: Numbers = layer.thickness
    if layer.fill is not None:
        thickness = layer.fill.above_top
    elif isinstance(thickness, Balance):
        thickness = 0.0
    return FilmLayer(
        name=layer.name,
        role=layer.role,
        material=materials[layer.material],
        thickness=thickness,
        step_coverage=layer.step_coverage,
        interface_resistance=layer.interface_resistance,
        lithiation=layer.lithiation,
        fills=layer.fill is not None,
    )
