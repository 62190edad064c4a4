"""A design made ready to compute: materials looked up, films laid on the relief and on the plane."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tfgeom.design import Balance, Conformal, Contact, Design, Flooded, Layer
from tfgeom.errors import DesignError, UnsupportedError
from tfgeom.films import FilmLayer, Stack, stack_films
from tfgeom.geometry.protocol import Cell
from tfgeom.materials.library import Material, resolve_materials
from tfgeom.materials.overrides import USER
from tfgeom.metrics.energy import Package, Wafer
from tfgeom.metrics.lithium import balanced_thickness, lithium_balance
from tfgeom.metrics.plating import charged_stack
from tfgeom.metrics.resistance import Resistance, find_flooded_resistance, find_resistance
from tfgeom.reliefs import build_cell
from tfgeom.reliefs.planar import planar
from tfgeom.transport.coefficients import Conductors, conductors
from tfgeom.transport.contacts import Contacts, check_contacts
from tfgeom.transport.flooded import FloodedCircuit, flooded_circuit
from tfgeom.transport.solve_options import SolveOptions
from tfgeom.units import UM

_LITHIUM = "Li"


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
        The films on the relief, and the same films on the plane, as made.
    charged, charged_plane
        The same at full charge: an anode-free cell then carries its plated lithium.
    wafer, package
        Substrate and packaging; None where the design has none.
    wafer_material
        Material of the substrate.
    liquid, counter
        Electrolyte and counter electrode of a flooded cell.
    plate, plate_material
        What replaces the wafer between cells in series.
    plated
        Lithium metal, in an anode-free cell.
    """

    design: Design
    layers: tuple[FilmLayer, ...]
    stack: Stack
    plane: Stack
    charged: Stack
    charged_plane: Stack
    wafer: Wafer | None
    package: Package | None
    wafer_material: Material | None
    liquid: Material | None = None
    counter: Material | None = None
    plate: Wafer | None = None
    plate_material: Material | None = None
    plated: Material | None = None

    @property
    def is_flooded(self) -> bool:
        """Whether a liquid or gel electrolyte fills the relief."""
        return isinstance(self.design.cell, Flooded)

    @property
    def cells_in_series(self) -> int:
        """Cells stacked face to back."""
        return self.design.cells_in_series

    @property
    def window(self) -> tuple[float, float]:
        """Voltage limits of one cell, V: the design states those of the whole stack."""
        assert self.design.operation is not None  # a file with layers has it
        limits = self.design.operation.voltage
        return limits.min / self.cells_in_series, limits.max / self.cells_in_series

    @property
    def temperature(self) -> float:
        """Temperature of the cell, K."""
        assert self.design.operation is not None  # a file with layers has it
        return self.design.operation.temperature

    @property
    def contacts(self) -> Contacts:
        """Where the collectors are contacted."""
        assert self.design.operation is not None  # a file with layers has it
        places = self.design.operation.contact
        return Contacts(places.inner, places.outer)

    @property
    def electrolyte_model(self) -> str | None:
        """How the solid electrolyte conducts; None in a flooded cell or without a cell."""
        cell = self.design.cell
        return cell.electrolyte_model if isinstance(cell, Conformal) else None

    def conductors(self, stack: Stack) -> Conductors:
        """Return what conducts in a stack of this design's films.

        Raises
        ------
        UnsupportedError
            For anything but a conformal cell.
        """
        if self.design.cell is None:
            raise DesignError.at("layers", "is missing: a design without films has no resistance")
        if self.electrolyte_model is None:
            raise UnsupportedError.at(
                "cell", "not yet supported: the resistance of cells that are not conformal"
            )
        return conductors(stack, self.temperature, self.electrolyte_model)

    def circuit(self, stack: Stack) -> FloodedCircuit:
        """Return what conducts in a stack of this flooded design's films."""
        cell = self.design.cell
        assert isinstance(cell, Flooded)
        assert self.liquid is not None
        assert self.counter is not None
        return flooded_circuit(
            stack, self.temperature, self.liquid, cell.separator, self.counter, cell.electrolyte_model
        )

    def resistance(self, by_elements: bool, options: SolveOptions | None = None) -> Resistance:
        """Return the resistance of the whole stack of cells beside its plane.

        Parameters
        ----------
        by_elements
            Whether to solve by finite elements.
        options
            How; the contacts are the design's.

        Raises
        ------
        UnsupportedError, SolveError, DesignError, MaterialError
            As `find_resistance` and `find_flooded_resistance`.
        """
        asked = (options or SolveOptions()) if by_elements else None
        if self.is_flooded:
            return find_flooded_resistance(
                self.stack,
                self.circuit(self.stack),
                self.plane,
                self.circuit(self.plane),
                asked,
            )
        wires, plane_wires = self.conductors(self.charged), self.conductors(self.charged_plane)
        if asked is not None:
            asked = replace(asked, contacts=self.contacts)
        return find_resistance(self.stack, wires, self.plane, plane_wires, asked, self.cells_in_series)

    def at_full_charge(self, stack: Stack) -> Stack:
        """Return a stack of this design's films with the lithium that an anode-free cell plates."""
        return _charged(stack, self.plated)

    def thick_plane(self, gain: float) -> Stack:
        """Return the plane with electrodes thicker by ``gain``, electrolyte and collectors unchanged."""
        layers = [
            replace(layer, thickness=layer.thickness * gain) if layer.role in ("cathode", "anode") else layer
            for layer in self.layers
        ]
        return stack_films(planar(), layers)


def _charged(stack: Stack, plated: Material | None) -> Stack:
    return stack if plated is None else charged_stack(stack, lithium_balance(stack), plated)


def _laid(design: Design, cell: Cell, materials: Mapping[str, Material]) -> tuple[FilmLayer, ...]:
    """Return the layers with their materials; a balanced electrode is solved on the relief."""
    layers = [
        FilmLayer(
            name=layer.name,
            role=layer.role,
            material=materials[layer.material],
            thickness=_stated_thickness(layer),
            step_coverage=layer.step_coverage,
            interface_resistance=layer.interface_resistance,
            lithiation=layer.lithiation,
            fills=layer.fill is not None,
        )
        for layer in design.layers
    ]
    for index, layer in enumerate(design.layers):
        if isinstance(layer.thickness, Balance):
            solved = balanced_thickness(cell, layers, layer.name, layer.thickness.ratio)
            layers[index] = replace(layers[index], thickness=solved)
    return tuple(layers)


def _stated_thickness(layer: Layer) -> float:
    if layer.fill is not None:
        return layer.fill.above_top
    # what is balanced is solved once all layers are there
    return layer.thickness if isinstance(layer.thickness, float) else 0.0


def build_model(design: Design) -> Model:
    """Return the design with its films laid.

    Raises
    ------
    DesignError
        When the films do not fit the relief, or the relief not the wafer; with file, line and column.
    """
    with design.located():
        names = [layer.material for layer in design.layers]
        anode_free = isinstance(design.cell, Conformal) and design.cell.anode_free
        if anode_free:
            names.append(_LITHIUM)
        if design.substrate is not None:
            names.append(design.substrate.material)
        if design.bipolar_plate is not None:
            names.append(design.bipolar_plate.material)
        liquid = counter = None
        if isinstance(design.cell, Flooded):
            names += [design.cell.electrolyte, design.cell.counter]
        materials = resolve_materials(names, design.materials)
        if isinstance(design.cell, Flooded):
            liquid, counter = materials[design.cell.electrolyte], materials[design.cell.counter]
            if not counter.is_lithium_metal:
                raise UnsupportedError.at(
                    "cell.counter", f"not yet supported: {counter.name} as counter electrode; use Li"
                )
            counter = _in_liquid(counter, liquid)
        cell = build_cell(design.relief)
        if design.operation is not None:
            _check_contact(design.operation.contact, cell, isinstance(design.cell, Flooded))
        layers = _laid(design, cell, materials)
        stack, plane = stack_films(cell, layers), stack_films(planar(), layers)
        plated = materials[_LITHIUM] if anode_free else None
        wafer = package = substrate = plate = plate_material = None
        if design.substrate is not None:
            substrate = materials[design.substrate.material]
            wafer = Wafer(design.substrate.thickness, substrate.value("density"))
            _require_wafer("substrate", wafer, stack)
        if design.bipolar_plate is not None:
            plate_material = materials[design.bipolar_plate.material]
            plate = Wafer(design.bipolar_plate.thickness, plate_material.value("density"))
            _require_wafer("bipolar_plate", plate, stack)
        if design.packaging is not None:
            package = Package(design.packaging.thickness, design.packaging.density)
        return Model(
            design=design,
            layers=layers,
            stack=stack,
            plane=plane,
            charged=_charged(stack, plated),
            charged_plane=_charged(plane, plated),
            wafer=wafer,
            package=package,
            wafer_material=substrate,
            liquid=liquid,
            counter=counter,
            plate=plate,
            plate_material=plate_material,
            plated=plated,
        )


def _check_contact(contact: Contact, cell: Cell, flooded: bool) -> None:
    places = Contacts(contact.inner, contact.outer)
    if flooded and not places.ideal:
        raise UnsupportedError.at(
            "operation.contact", "not yet supported: contact other than ideal in a flooded cell; use ideal"
        )
    check_contacts(cell, places)


def _in_liquid(lithium: Material, liquid: Material) -> Material:
    """Return lithium with the exchange current it has in a liquid.

    The library's value of lithium is for a solid electrolyte; a liquid states its own as
    ``exchange_current``.  What the design states of lithium stands.
    """
    stated = lithium.properties.get("exchange_current")  # looked at: what is read is the one that counts
    if stated is not None and stated.confidence == USER:
        return lithium
    properties = {key: known for key, known in lithium.properties.items() if key != "exchange_current"}
    in_liquid = liquid.get("exchange_current")
    if in_liquid is not None:
        properties["exchange_current"] = in_liquid
    return replace(lithium, properties=properties)


def _require_wafer(section: str, wafer: Wafer, stack: Stack) -> None:
    if wafer.thickness < stack.cell.height:
        kind = "plate" if section == "bipolar_plate" else "wafer"
        raise DesignError.at(
            f"{section}.thickness",
            f"{wafer.thickness / UM:g} um is thinner than the relief in it, {stack.cell.height / UM:g} um; "
            f"use a thicker {kind}, or a lower relief",
        )
