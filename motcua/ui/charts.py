"""Charts as SVG, set on the server from Vega-Lite: inside the page, without scripts, styles or fonts of their own.

A chart never stands alone: the page shows the same figures as a table. The same data give the same picture, which is
made once in the life of a process (the first one takes a second).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import cos, pi, sin
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# As in static/css/tokens.css, which a picture cannot read.
ACCENT, INK, SOFT, LINE, OTHER = "#1b4f8f", "#1a2027", "#4a535d", "#dde1e6", "#c77d0a"
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_OPENING = re.compile(r"<svg [^>]*>")
_SPOKEN = re.compile(r' (?:role|aria-[a-z]+|font-family)="[^"]*"')
_BOX = re.compile(r'viewBox="([^"]*)"')
Values = list[dict[str, Any]]


def svg(spec: Mapping[str, Any], title: str) -> SafeString:
    """A chart whose `title` says what it shows; fits the width it is given."""
    return mark_safe(_drawn(json.dumps(spec, ensure_ascii=False, sort_keys=True), title))


def trend(values: Values, title: str, *, most: float = 100) -> SafeString:
    """Points of several periods as a line, each labelled; values: {label, points, text}."""
    x = {
        "field": "label",
        "type": "ordinal",
        "sort": None,
        "axis": {"title": None, "labelAngle": 0, "grid": False},
    }
    scale = {"domain": [0, most], "nice": False}
    y = {"field": "points", "type": "quantitative", "scale": scale, "axis": {"title": None, "tickCount": 5}}
    shown = {"x": x, "y": y}
    layers = [
        {"mark": {"type": "line", "color": ACCENT, "strokeWidth": 2}, "encoding": shown},
        {"mark": {"type": "point", "color": ACCENT, "filled": True, "size": 45}, "encoding": shown},
        {
            "mark": {"type": "text", "dy": -12, "color": INK, "fontSize": 12},
            "encoding": shown | {"text": {"field": "text", "type": "nominal"}},
        },
    ]
    return svg(_chart(values, layers, width=520, height=200), title)


def radar(axes: Sequence[Mapping[str, Any]], title: str, *, own: str, others: str) -> SafeString:
    """Shares of a whole on axes around a middle; axes: {label, own, others}, each share between 0 and 1."""
    layers = [_ring(axes, share, LINE) for share in (0.25, 0.5, 0.75, 1.0)]
    if others:
        layers.append(_polygon(axes, "others", OTHER, {"strokeDash": [4, 3]}))
    layers.append(_polygon(axes, "own", ACCENT, {"strokeWidth": 2.5, "point": {"color": ACCENT, "size": 30}}))
    layers.append(_labels(axes))
    keys = [{"x": -1.6, "y": 1.6, "label": own}, {"x": -1.6, "y": -1.6, "label": others}]
    for key, color in zip(keys, (ACCENT, OTHER), strict=True):
        mark = {"type": "text", "align": "left", "color": color, "fontSize": 12, "fontWeight": 600}
        layers.append({"data": {"values": [key]}, "mark": mark, "encoding": _at(text=True)})
    return svg(_chart([], layers, width=360, height=330), title)


def ranges(values: Values, title: str) -> SafeString:
    """Intervals of a figure, one unit a line; values: {label, points, low, high, own}."""
    y = {
        "field": "label",
        "type": "nominal",
        "sort": None,
        "axis": {"title": None, "labelLimit": 200, "grid": False},
    }
    scale = {"domain": [0, 100]}
    x = {"field": "low", "type": "quantitative", "scale": scale, "axis": {"title": None, "tickCount": 5}}
    color = {"condition": {"test": "datum.own", "value": ACCENT}, "value": "#87909a"}
    layers = [
        {
            "mark": {"type": "rule", "strokeWidth": 3},
            "encoding": {"x": x, "x2": {"field": "high"}, "y": y, "color": color},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
            "encoding": {"x": x | {"field": "points"}, "y": y, "color": color},
        },
    ]
    return svg(_chart(values, layers, width=300, height=26 * len(values)), title)


def _chart(values: Values, layers: list[dict[str, Any]], *, width: int, height: int) -> dict[str, Any]:
    axis = {
        "labelColor": SOFT,
        "labelFontSize": 12,
        "gridColor": LINE,
        "domainColor": LINE,
        "tickColor": LINE,
    }
    return {
        "$schema": SCHEMA,
        "width": width,
        "height": height,
        "background": None,
        "data": {"values": values},
        "layer": layers,
        "config": {"view": {"stroke": None}, "axis": axis},
    }


def _at(*, text: bool = False) -> dict[str, Any]:
    scale = {"domain": [-1.6, 1.6]}
    place = {
        axis: {"field": axis, "type": "quantitative", "scale": scale, "axis": None} for axis in ("x", "y")
    }
    return place | (
        {"text": {"field": "label", "type": "nominal"}} if text else {"order": {"field": "place"}}
    )


def _corner(place: int, axes: int, far: float) -> dict[str, float]:
    turn = 2 * pi * place / axes
    return {"x": round(sin(turn) * far, 4), "y": round(cos(turn) * far, 4), "place": place}


def _closed(axes: Sequence[Mapping[str, Any]], far: Sequence[float]) -> Values:
    return [_corner(place, len(axes), far[place % len(axes)]) for place in range(len(axes) + 1)]


def _ring(axes: Sequence[Mapping[str, Any]], share: float, color: str) -> dict[str, Any]:
    data = {"values": _closed(axes, [share] * len(axes))}
    return {"data": data, "mark": {"type": "line", "color": color, "strokeWidth": 1}, "encoding": _at()}


def _polygon(
    axes: Sequence[Mapping[str, Any]], name: str, color: str, look: dict[str, Any]
) -> dict[str, Any]:
    data = {"values": _closed(axes, [float(axis[name]) for axis in axes])}
    return {"data": data, "mark": {"type": "line", "color": color, **look}, "encoding": _at()}


def _labels(axes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    data = [_corner(place, len(axes), 1.22) | {"label": axis["label"]} for place, axis in enumerate(axes)]
    return {
        "data": {"values": data},
        "mark": {"type": "text", "color": SOFT, "fontSize": 12, "lineBreak": "\n"},
        "encoding": _at(text=True),
    }


@lru_cache(maxsize=512)
def _drawn(spec: str, title: str) -> str:
    # The engine behind it takes most of a second and 100 MB: only those who draw should wait for it.
    import vl_convert

    made = vl_convert.vegalite_to_svg(json.loads(spec))
    box = _BOX.search(made)
    opening = f'<svg class="chart" role="img" aria-label="{escape(title)}" viewBox="{box[1] if box else ""}">'
    return _OPENING.sub(lambda _: opening, _SPOKEN.sub("", made), count=1)
