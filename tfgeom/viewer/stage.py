"""The live page's cells: colour bars above the pictures, never over them, buttons of the camera, numbers."""

from typing import Any

from tfgeom.viewer.closeup import FOOT, RIM
from tfgeom.viewer.colour_bar import ramp
from tfgeom.viewer.live import Live


def lay_out_stage(live: Live, html: Any, v3: Any) -> None:
    """Build what stands beside the panel, and give the `Live` the views that it sends pictures to."""
    with html.Div(classes="stage"):
        with html.Div(classes="top"):
            _bars(html)
            with html.Div(classes="views"):
                for index in range(len(live.actions.shown)):
                    _view(live, index, html)
            _camera(live, html, v3)
        with html.Div(classes="numbers"):
            for index in range(len(live.actions.shown)):
                _numbers(index, html)


def _bars(html: Any) -> None:
    with (
        html.Div(classes="bars", v_if="bars.length"),
        html.Div(classes="bar", v_for="(bar, index) in bars", key="index"),
    ):
        html.Span("{{ bar.title }}", classes="bar-title")
        html.Span(
            classes="ramp",
            v_if="bar.title",
            style=f"background: linear-gradient(to right, {', '.join(ramp())})",
        )
        with html.Div(classes="ticks"):
            html.Span("{{ tick }}", v_for="(tick, place) in bar.ticks", key="place")
        html.Span("{{ bar.note }}", classes="bar-note")


def _view(live: Live, index: int, html: Any) -> None:
    from trame.widgets import vtk

    with html.Div(classes=f"view view-{index}"):
        view = vtk.VtkRemoteView(
            live.actions.shown[index].plotter.render_window,
            interactive_ratio=1,
            interactor_events=("events", ["EndAnimation"]),
            EndAnimation=live.reporting(live.send),
        )
    live.views.append(view)


def _camera(live: Live, html: Any, v3: Any) -> None:
    actions = live.actions
    with html.Div(classes="buttons"):
        for name, words, look, shown in (
            ("fit", "Fit", actions.fit, "true"),
            ("look-at-rim", "Look at a rim", lambda: actions.look_at(RIM), "has_places"),
            ("look-at-foot", "Look at a foot", lambda: actions.look_at(FOOT), "has_places"),
            ("reset-camera", "Reset camera", actions.look, "true"),
        ):
            v3.VBtn(
                words,
                id=name,
                size="x-small",
                variant="outlined",
                v_if=(shown,),
                click=live.moving_the_eye(look),
            )


def _numbers(index: int, html: Any) -> None:
    headline = f"headlines[{index}]"
    with html.Div(classes=f"px-3 pb-3 headline-{index}"):
        html.Div(f"{{{{ {headline}.name }}}}", classes="name")
        html.Div(  # hidden and not gone, so that the picture does not jump
            "Picture and numbers are those of the last good design.",
            classes="wrong",
            style=(f"{{ visibility: {headline}.is_stale ? 'visible' : 'hidden' }}",),
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
