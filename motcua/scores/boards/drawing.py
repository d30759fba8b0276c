"""The charts of a board; the table beside each has the same figures (biểu đồ)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from django.utils.safestring import SafeString

from motcua.ui import charts

from .queries import DAYS, Day, Line

MOST = 8  # bars
SERIES = ("Nhận", "Giải quyết")


def burden(lines: Sequence[Line], total: int) -> tuple[str, SafeString] | None:
    """Who holds the `total` of dossiers that are late: the finding and its bars; None where nobody holds one.

    The lines do not add up to it where one dossier is with several officers, or with none.
    """
    late = sorted(
        (line for line in lines if line.counts["qua-han"]), key=lambda line: -line.counts["qua-han"]
    )
    if not late:
        return None
    top = late[0]
    title = f"{top.name} giữ {top.counts['qua-han']} trong {total} hồ sơ quá hạn"
    values = [{"label": line.name, "count": line.counts["qua-han"]} for line in late[:MOST]]
    return title, charts.svg(_bars(values), title)


def course(days: Sequence[Day]) -> tuple[str, SafeString] | None:
    """What came in beside what was settled: the finding and two lines; None where nothing happened."""
    received, settled = sum(d.received for d in days), sum(d.settled for d in days)
    if not received and not settled:
        return None
    gap = received - settled
    left = f"tồn tăng {gap}" if gap > 0 else f"tồn giảm {-gap}" if gap < 0 else "tồn không đổi"
    title = f"{DAYS} ngày qua nhận {received}, giải quyết {settled} hồ sơ: {left}"
    sums = accumulate(((d.received, d.settled) for d in days), lambda a, b: (a[0] + b[0], a[1] + b[1]))
    values = [
        {"day": d.day, "place": place, "count": count, "what": what}
        for place, (d, counts) in enumerate(zip(days, sums, strict=True))
        for what, count in zip(SERIES, counts, strict=True)
    ]
    return title, charts.svg(_lines(values), title)


def _bars(values: list[dict[str, Any]]) -> dict[str, Any]:
    y = {"field": "label", "type": "nominal", "sort": None, "axis": _axis(labelLimit=220)}
    x = {"field": "count", "type": "quantitative", "axis": None, "scale": {"zero": True}}
    text = {"type": "text", "align": "left", "dx": 4, "color": charts.INK, "fontSize": 12}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "bar", "color": charts.ACCENT, "height": 14}, "encoding": {"x": x, "y": y}},
        {"mark": text, "encoding": {"x": x, "y": y, "text": {"field": "count", "type": "quantitative"}}},
    ]
    return _chart(values, layers, 320, 26 * len(values))


def _lines(values: list[dict[str, Any]]) -> dict[str, Any]:
    axis = _axis(labelAngle=0, values=[each["day"] for each in values[::2]][::7])
    x = {"field": "day", "type": "ordinal", "sort": {"field": "place"}, "axis": axis}
    y = {
        "field": "count",
        "type": "quantitative",
        "axis": _axis(tickCount=4, tickMinStep=1, format="d", grid=True),
    }
    scale = {"domain": list(SERIES), "range": [charts.OTHER, charts.ACCENT]}
    color = {"field": "what", "type": "nominal", "legend": None, "scale": scale}
    shown = {"x": x, "y": y, "color": color}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "line", "strokeWidth": 2}, "encoding": shown},
        *(_named(shown, values, what) for what in SERIES),
    ]
    return _chart(values, layers, 520, 190)


def _named(shown: dict[str, Any], values: list[dict[str, Any]], what: str) -> dict[str, Any]:
    """The name of a line at its end: above the other line where it is the upper one, else below."""
    last = {each["what"]: each["count"] for each in values if each["place"] == values[-1]["place"]}
    upper = last[what] == max(last.values()) and what == max(last, key=lambda each: last[each])
    mark = {
        "type": "text",
        "align": "left",
        "dx": 6,
        "dy": -5 if upper else 9,
        "fontSize": 12,
        "fontWeight": 600,
    }
    only = {"filter": f"datum.place == {values[-1]['place']} && datum.what == '{what}'"}
    return {
        "transform": [only],
        "mark": mark,
        "encoding": shown | {"text": {"field": "what", "type": "nominal"}},
    }


def _axis(**told: Any) -> dict[str, Any]:
    return {"title": None, "ticks": False, "domain": False, "grid": False} | told


def _chart(
    values: list[dict[str, Any]], layers: list[dict[str, Any]], width: int, height: int
) -> dict[str, Any]:
    axis = {"labelColor": charts.SOFT, "labelFontSize": 12, "gridColor": charts.LINE}
    return {
        "$schema": charts.SCHEMA,
        "width": width,
        "height": height,
        "background": None,
        "data": {"values": values},
        "layer": layers,
        "config": {"view": {"stroke": None}, "axis": axis},
    }
