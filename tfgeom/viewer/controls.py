"""The live page: what stands where, and its panel.

Text from the user's file reaches the page through the state only, where it is shown as text; no template is
made of it.
"""

from typing import Any

from tfgeom.viewer.live import Live
from tfgeom.viewer.page_state import slider_key, text_key
from tfgeom.viewer.page_style import STYLE
from tfgeom.viewer.parameters import Parameter
from tfgeom.viewer.stage import lay_out_stage

FORMATS = ("vtu", "msh", "glb", "stl", "3mf", "obj", "ply")
"""Formats of meshes that the page offers."""

_SAVE = "trigger('{trigger}').then((content) => {{ if (content) utils.download({name}, content, '{kind}') }})"


def lay_out_page(live: Live) -> None:
    """Build the page of a `Live` on its server, and give it the views that it sends pictures to."""
    from trame.ui.vuetify3 import VAppLayout
    from trame.widgets import client, html
    from trame.widgets import vuetify3 as v3

    _register_downloads(live)
    with VAppLayout(live.server):
        client.Style(STYLE)
        html.Meta(name="viewport", content="width=device-width, initial-scale=1")
        with html.Div(classes="page"):
            with html.Div(classes="panel"):
                _layers(html)
                _cut(html, v3)
                _scales(html, v3)
                _field(live, html, v3)
                _discharge(live, html, v3)
                _sizes(live, html, v3)
                _files(live, client, html, v3)
            lay_out_stage(live, html, v3)
        _messages(html, v3)


def _layers(html: Any) -> None:
    html.Div("Layers", classes="part")
    with html.Label(classes="row body", v_for="body in bodies", key="body.name"):
        html.Input(
            type="checkbox",
            checked=("visible.includes(body.name)",),
            change="visible = $event.target.checked ? visible.concat([body.name]) "
            ": visible.filter((name) => name != body.name)",
        )
        html.Span(classes="chip", style=("{ background: body.colour }",))
        html.Span("{{ body.title }}", classes="what")


def _cut(html: Any, v3: Any) -> None:
    html.Div("Cut", classes="part")
    with html.Div(classes="row"):
        with html.Label(classes="what"):
            html.Input(
                type="checkbox",
                id="is-cut",
                checked=("is_cut",),
                change="is_cut = $event.target.checked",
            )
            html.Span(" cut away")
        with html.Select(
            id="cut-direction", value=("cut_direction",), change="cut_direction = $event.target.value"
        ):
            html.Option("the front (y)", value="y")
            html.Option("the right side (x)", value="x")
            html.Option("the upper part (z)", value="z")
    _slider(v3, "cut-position", "cut_position", 0.0, 1.0, 0.01)


def _scales(html: Any, v3: Any) -> None:
    for key, title, shown, low, high, step in (
        ("explode", "Explode, heights of the relief", "explode.toFixed(2)", 0.0, 1.0, 0.01),
        (
            "thicker",
            "Films drawn thicker",
            "Number((10 ** thicker).toPrecision(3)) + ' times'",
            0.0,
            2.0,
            0.02,
        ),
        (
            "taller",
            "Heights drawn larger",
            "Number((10 ** taller).toPrecision(3)) + ' times'",
            -1.0,
            1.0,
            0.02,
        ),
    ):
        with html.Div(classes="row mt-2"):
            html.Span(title, classes="what")
            html.Span("{{ " + shown + " }}", id=f"{key}-shown")
        _slider(v3, key, key, low, high, step)
    with html.Div(classes="row mt-2"):
        html.Span("Unit cells: columns, rows", classes="what")
        for key in ("columns", "rows"):
            html.Input(
                id=key, classes="count", value=(key,), change=f"{key} = $event.target.value", type="text"
            )


def _field(live: Live, html: Any, v3: Any) -> None:
    html.Div("Field", classes="part")
    with html.Div(classes="row"):
        with html.Select(id="field", value=("field",), change="field = $event.target.value"):
            html.Option("none", value="")
            html.Option(  # the choice may come together with the fields to choose from
                "{{ name }}",
                v_for="name in fields",
                key="name",
                value=("name",),
                selected=("name == field",),
            )
        v3.VBtn(
            "Solve finite elements",
            id="solve",
            size="small",
            variant="outlined",
            disabled=("is_solving",),
            click=live.beside(live.clock.before(live.actions.solve)),
        )
    if len(live.actions.shown) > 1:
        with html.Label(classes="row", v_if="field"):
            html.Input(
                type="checkbox",
                id="is-common",
                checked=("is_common",),
                change="is_common = $event.target.checked",
            )
            html.Span("one range of colours for both designs", classes="what")
    v3.VProgressLinear(indeterminate=True, v_show="is_solving", id="solving")


def _discharge(live: Live, html: Any, v3: Any) -> None:
    with html.Div(classes="row mt-2", v_if="!no_discharge"):
        html.Span("Discharge at", classes="what")
        with html.Select(id="c-rate", value=("c_rate",), change="c_rate = $event.target.value"):
            html.Option("{{ rate }}C", v_for="rate in c_rates", key="rate", value=("rate",))
        v3.VBtn(
            "Run discharge",
            id="discharge",
            size="small",
            variant="outlined",
            disabled=("is_discharging",),
            click=live.beside(live.clock.before(live.actions.discharge)),
        )
    html.Div("No discharge: {{ no_discharge }}", id="no-discharge", v_if="no_discharge")
    v3.VProgressLinear(indeterminate=True, v_show="is_discharging", id="discharging")
    with html.Div(v_show="moments.length", id="moments"):
        with html.Div(classes="row mt-2"):
            html.Span("Share of the discharge", classes="what")
            html.Span("{{ Math.round(100 * at_time) }} %", id="at-time-shown")
        _slider(v3, "at-time", "at_time", 0.0, 1.0, 0.01)
        with html.Div(v_for="(moment, index) in moments", key="index", classes="moment text-caption"):
            html.Span("{{ moment.name }}, ", v_if="moments.length > 1")
            html.Span("{{ moment.words }}")


def _sizes(live: Live, html: Any, v3: Any) -> None:
    with html.Div(classes="row part"):
        html.Span("Sizes", classes="what")
        v3.VBtn(
            "As read",
            id="as-read",
            size="x-small",
            variant="text",
            click=live.reporting(live.clock.after(live.actions.reset_sizes)),
        )
    take = live.reporting(live.clock.after(live.actions.take_text))
    for design, sizes in enumerate(live.actions.sizes):
        if len(live.actions.sizes) > 1:
            html.Div(f"{{{{ headlines[{design}].name }}}}", classes="sizes-of")
        for index, parameter in enumerate(sizes.parameters):
            _parameter(design, index, parameter, take, html, v3)


def _parameter(design: int, index: int, parameter: Parameter, take: Any, html: Any, v3: Any) -> None:
    known = f"parameters[{design}][{index}]"
    with html.Div(classes="row mt-1"):
        wrong = f"wrong_paths.some((path) => path == '{design}:' + {known}.path)"
        html.Span(f"{{{{ {known}.title }}}}", classes=("{ what: true, wrong: " + wrong + " }",))
        html.Input(
            id=f"text-{design}-{index}",
            type="text",
            value=(text_key(design, index),),
            change=(take, f"[{design}, {index}, $event.target.value]"),
        )
    low, high = parameter.ends
    _slider(v3, f"slider-{design}-{index}", slider_key(design, index), low, high, parameter.step)


def _slider(v3: Any, name: str, key: str, low: float, high: float, step: float) -> None:
    v3.VSlider(
        classes=f"{name} mx-2",
        v_model=(key,),
        min=(f"{low!r}",),
        max=(f"{high!r}",),
        step=(f"{step!r}",),
        hide_details=True,
        density="compact",
        thumb_size=14,
        track_size=3,
    )


def _files(live: Live, client: Any, html: Any, v3: Any) -> None:
    html.Div("Save", classes="part")
    if len(live.actions.shown) > 1:
        with html.Div(classes="row"):
            html.Span("design and mesh of", classes="what")
            with html.Select(
                id="saved-design", value=("saved_design",), change="saved_design = $event.target.value"
            ):
                for design in range(len(live.actions.shown)):
                    html.Option(f"{{{{ headlines[{design}].name }}}}", value=str(design))
    with html.Div(classes="row"):
        changed = "stems[saved_design] + '_changed.yaml'"
        for name, title, saves in (
            ("save-picture", "Picture", ("save_picture", "stems.join('_and_') + '.png'", "image/png")),
            ("save-design", "Design (YAML)", ("save_design", changed, "application/yaml")),
        ):
            v3.VBtn(title, id=name, size="small", variant="outlined", click=_download(*saves))
    with html.Div(classes="row mt-2 mb-4"):
        v3.VBtn(
            "Mesh",
            id="save-mesh",
            size="small",
            variant="outlined",
            disabled=("is_writing",),
            click=live.beside(live.clock.before(live.actions.write_mesh)),
        )
        with html.Select(
            id="mesh-format", value=("mesh_format",), change="mesh_format = $event.target.value"
        ):
            for suffix in FORMATS:
                html.Option(suffix, value=suffix)
    v3.VProgressLinear(indeterminate=True, v_show="is_writing")
    client.ClientStateChange(
        value="meshes_made", change=_download("save_mesh", "mesh_name", "application/octet-stream")
    )


def _download(trigger: str, name: str, kind: str) -> str:
    return _SAVE.format(trigger=trigger, name=name, kind=kind)


def _register_downloads(live: Live) -> None:
    before, trigger = live.clock.before, live.server.trigger
    trigger("save_picture")(live.reporting(before(live.actions.picture)))
    trigger("save_design")(live.reporting(before(live.actions.design_text)))
    trigger("save_mesh")(live.reporting(live.actions.mesh))


def _messages(html: Any, v3: Any) -> None:
    with html.Div(classes="messages"):
        with v3.VAlert(v_if="problem", type="warning", density="compact", id="problem"):
            html.Div("{{ problem }}", classes="message")
        with v3.VAlert(
            v_if="failure",
            type="error",
            density="compact",
            closable=True,
            id="failure",
            click_close="failure = ''",
        ):
            html.Div("{{ failure }}", classes="message")
