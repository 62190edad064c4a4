"""The live page: what stands where.

Text from the user's file reaches the page through the state only, where it is shown as text; no template is
made of it.
"""

from typing import Any

from tfgeom.viewer.live import Live
from tfgeom.viewer.page_state import slider_key, text_key
from tfgeom.viewer.parameters import Parameter

FORMATS = ("vtu", "msh", "glb", "stl", "3mf", "obj", "ply")
"""Formats of meshes that the page offers."""

_STYLE = """
html { overflow: hidden; }
.row { display: flex; align-items: center; gap: 8px; font-size: 13px; min-height: 26px; }
.row .what { flex: 1; overflow-wrap: anywhere; }
.row input, .row select { border: 1px solid #8c8c8c; border-radius: 3px; padding: 1px 6px; width: 110px; }
.row .count { width: 60px; }
.chip { width: 14px; height: 14px; border: 1px solid #595959; display: inline-block; flex: none; }
.wrong { color: #b00020; font-weight: 600; }
.part { font-size: 13px; font-weight: 600; margin: 12px 0 2px; }
.headline { border-collapse: collapse; font-size: 13px; }
.headline th, .headline td { padding: 1px 14px 1px 0; text-align: right; font-weight: 400; }
.headline th:first-child { text-align: left; }
.headline thead th { color: #595959; }
.left-out { font-size: 13px; max-height: 9em; overflow: auto; }
.left-out summary { color: #595959; cursor: pointer; }
.left-out ul { padding-left: 1.4em; }
.message { white-space: pre-wrap; overflow-wrap: anywhere; }
.v-btn { text-transform: none; letter-spacing: 0; }
.cell { display: flex; flex-direction: column; flex: 1 1 0; min-width: 0; height: 100%; }
.name { font-weight: 600; overflow-wrap: anywhere; }
"""
_SAVE = "trigger('{trigger}').then((content) => {{ if (content) utils.download({name}, content, '{kind}') }})"


def lay_out_page(live: Live) -> None:
    """Build the page of a `Live` on its server, and give it the views that it sends pictures to."""
    from trame.ui.vuetify3 import VAppLayout
    from trame.widgets import client, html
    from trame.widgets import vuetify3 as v3

    _register_downloads(live)
    with VAppLayout(live.server):
        client.Style(_STYLE)
        with v3.VNavigationDrawer(width=340, permanent=True, classes="px-3 py-2"):
            _layers(html)
            _cut(html, v3)
            _scales(html, v3)
            _field(live, html, v3)
            _sizes(live, html, v3)
            _files(live, client, html, v3)
        with v3.VMain(style="height: 100vh;"), html.Div(style="display: flex; height: 100%; gap: 8px;"):
            for index in range(len(live.actions.shown)):
                _shown_design(live, index, html)
        _messages(html, v3)


def _layers(html: Any) -> None:
    html.Div("Layers", classes="part")
    with html.Label(classes="row body", v_for="body in bodies", key="body.name"):
        html.Input(
            type="checkbox",
            style="width: auto;",
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
                style="width: auto;",
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
            html.Option("{{ name }}", v_for="name in fields", key="name", value=("name",))
        v3.VBtn(
            "Solve finite elements",
            id="solve",
            size="small",
            variant="outlined",
            disabled=("is_solving",),
            click=live.beside(live.clock.before(live.actions.solve)),
        )
    v3.VProgressLinear(indeterminate=True, v_show="is_solving", id="solving")


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
        v3.VBtn(
            "Reset camera",
            id="reset-camera",
            size="x-small",
            variant="text",
            click=live.reporting(live.reset_camera),
        )
    take = live.reporting(live.clock.after(live.actions.take_text))
    for index, parameter in enumerate(live.actions.sizes.parameters):
        _parameter(index, parameter, take, html, v3)


def _parameter(index: int, parameter: Parameter, take: Any, html: Any, v3: Any) -> None:
    known = f"parameters[{index}]"
    with html.Div(classes="row mt-1"):
        wrong = f"wrong_paths.some((path) => path == {known}.path)"
        html.Span(f"{{{{ {known}.title }}}}", classes=("{ what: true, wrong: " + wrong + " }",))
        html.Input(
            id=f"text-{index}",
            type="text",
            value=(text_key(index),),
            change=(take, f"[{index}, $event.target.value]"),
        )
    low, high = parameter.ends
    _slider(v3, f"slider-{index}", slider_key(index), low, high, parameter.step)


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
    with html.Div(classes="row"):
        for name, title, saves in (
            ("save-picture", "Picture", ("save_picture", "stem + '.png'", "image/png")),
            ("save-design", "Design (YAML)", ("save_design", "stem + '_changed.yaml'", "application/yaml")),
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


def _shown_design(live: Live, index: int, html: Any) -> None:
    from trame.widgets import vtk

    headline = f"headlines[{index}]"
    with html.Div(classes="cell"):
        with html.Div(style="flex: 1; min-height: 0;", classes=f"view view-{index}"):
            view = vtk.VtkRemoteView(
                live.actions.shown[index].plotter.render_window,
                interactive_ratio=1,
                interactor_events=("events", ["EndAnimation"]),
                EndAnimation=live.reporting(live.send),
            )
        live.views.append(view)
        with html.Div(classes=f"px-3 pb-3 headline-{index}"):
            html.Div(f"{{{{ {headline}.name }}}}", classes="name")
            html.Div(
                "Picture and numbers are those of the last good design.",
                classes="wrong",
                style=(
                    f"{{ visibility: {headline}.is_stale ? 'visible' : 'hidden' }}",
                ),  # no jump of the picture
            )
            with html.Table(classes="headline"):
                with html.Thead(), html.Tr():
                    html.Th("")
                    html.Th("this cell")
                    html.Th("planar cell")
                    html.Th("")
                with html.Tbody(), html.Tr(v_for=f"row in {headline}.rows", key="row.what"):
                    html.Th("{{ row.what }}")
                    html.Td("{{ row.cell }}")
                    html.Td("{{ row.plane }}")
                    html.Td("{{ row.unit }}", style="text-align: left;")
            with html.Details(classes="left-out"):
                html.Summary(
                    f"Not counted: {{{{ {headline}.not_counted.map((one) => one.subject).join(', ') }}}}"
                )
                with html.Ul(), html.Li(v_for=f"one in {headline}.not_counted", key="one.subject"):
                    html.Span("{{ one.sentence }}")


def _messages(html: Any, v3: Any) -> None:
    with html.Div(style="position: fixed; bottom: 12px; right: 16px; width: 45%; z-index: 2000;"):
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
