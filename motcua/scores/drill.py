"""The rows behind one figure of the index: exactly those that were counted (truy nguyên số liệu)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import QuerySet
from django.urls import reverse

from motcua.catalogue.models import Announced
from motcua.law import indicators
from motcua.law.indicators import Indicator
from motcua.ui.templatetags import ui

from . import fresh, insight, opened, pages, parts, queries
from .asked import Asked
from .measures import MEASURES, Measure, Side, Subject
from .parts import Part
from .queries import UnitIndex

PAGE = 50
SHORT = "chua-dat"
SIDES: dict[str, Side] = {"tu": "n", "mau": "d", "ngoai": "left_out"}
NAMES = {"tu": "Tử số", "mau": "Mẫu số", SHORT: "Chưa đạt", "ngoai": "Để ngoài"}
WHERE = {
    "tu": "ở tử số",
    "mau": "ở mẫu số",
    SHORT: "chưa đạt: trong mẫu số mà không trong tử số",
    "ngoai": "để ngoài, chưa đủ dữ liệu để xét",
}
DOSSIER_COLUMNS = ("Hồ sơ", "Thủ tục, cơ quan giải quyết", "Tiếp nhận", "Hạn trả", "Trạng thái")
PROCEDURE_COLUMNS = ("Thủ tục", "Mã", "Lĩnh vực")
OF_DECISIONS = ("1.1", "1.2")


@dataclass(frozen=True)
class Figure:
    """One figure of one unit: `counts` tells how many rows every side of its indicator has."""

    asked: Asked
    entry: UnitIndex
    indicator: Indicator
    measure: Measure
    side: str
    counts: dict[str, int]
    rows: QuerySet[Any]
    kind: str = ""
    part: Part | None = None

    @property
    def of_dossiers(self) -> bool:
        return self.measure.subject is Subject.DOSSIER


def figure(asked: Asked, unit: str, code: str, side: str, kind: str = "", key: str = "") -> Figure:
    """The figure a URL names, of a unit or of one `key` of a `kind` of parts.

    Raises Unscored where there is none, BadPeriod, NotInForce.
    """
    known = {i.code: i for i in indicators.catalogue(asked.window.last)}
    if code not in MEASURES or code not in known:
        raise queries.Unscored(f"không có số liệu nào đếm được cho chỉ số “{code}”")
    look, measure = fresh.index(asked), MEASURES[code]
    asked, entry = look.asked, look.of(unit)
    part = parts.one(asked, entry, kind, key) if kind else None
    counts = _counts(part or entry, code, measure)
    if side not in counts:
        raise queries.Unscored(f"chỉ số {code} của {entry.unit.name} không có phần “{side}”")
    rows = _rows(asked, unit, code, side)
    rows = parts.within(rows, kind, key) if part else rows
    return Figure(asked, entry, known[code], measure, side, counts, rows, kind, part)


def open_to(figure: Figure, reader: Any) -> bool:
    """Whether its rows are listed to a reader: dossiers to officers only."""
    return not figure.of_dossiers or bool(reader.is_authenticated)


def context(figure: Figure, page: Page[Any], reader: Any) -> dict[str, Any]:
    """Everything the page shows."""
    listed = open_to(figure, reader)
    return {
        "figure": figure,
        "asked": figure.asked,
        "page": page if listed else None,
        "rows": lines(figure, page, reader) if listed else [],
        "title": f"{ui.number(page.paginator.count)} {thing(figure)} {WHERE[figure.side]}",
        "about": f"{figure.indicator.code} {figure.indicator.name_vi}. {_whose(figure)}, {figure.asked.label}",
        "sum": _sum(figure),
        "tabs": [_tab(figure, side) for side in figure.counts],
        "columns": [
            {"label": label} for label in (DOSSIER_COLUMNS if figure.of_dossiers else PROCEDURE_COLUMNS)
        ],
        "back": _back(figure),
        "thing": thing(figure),
        "empty": {"title": "Không có dòng nào", "text": "Con số này bằng 0."},
        "sign_in": "" if listed else f"{reverse('sign-in')}?{urlencode({'next': _here(figure)})}",
    }


def _whose(figure: Figure) -> str:
    name = figure.entry.unit.name
    return f"{pages.sentence(parts.NAMES[figure.kind])} {figure.part.label}, {name}" if figure.part else name


def _back(figure: Figure) -> str:
    if figure.part:
        return insight.part_url(figure.asked, figure.entry, figure.kind, figure.part.key)
    return f"{pages.url(figure.asked, figure.entry)}#{pages.anchor(figure.indicator.code)}"


def _counts(entry: UnitIndex | Part, code: str, measure: Measure) -> dict[str, int]:
    """How many rows each side has; a weighted numerator is a sum over the rows of the denominator."""
    pair, left_out = entry.counts.get(code), entry.left_out.get(code, 0)
    counts = {}
    if pair:
        n, d = pair
        counts = {"tu": d, "mau": d} if measure.weight else {"tu": n, "mau": d, SHORT: d - n}
    return counts | ({"ngoai": left_out} if left_out else {})


def _rows(asked: Asked, unit: str, code: str, side: str) -> QuerySet[Any]:
    if side in SIDES:
        found = queries.rows(code, SIDES[side], unit, asked.period, asked.at)
    else:
        whole, good = (queries.rows(code, each, unit, asked.period, asked.at) for each in ("d", "n"))
        found = whole.exclude(pk__in=good.order_by().values("pk"))
    if MEASURES[code].subject is Subject.DOSSIER:
        related = found.select_related("version", "deciding_unit").defer("words", "version__sequence")
        return related.order_by("accepted_at", "pk")
    return found.defer("words").order_by("code")


def thing(figure: Figure) -> str:
    """What the rows of a figure are."""
    return pages.thing(figure.indicator.code)


def _sum(figure: Figure) -> str:
    """What the numerator says where it is no count of rows."""
    pair = (figure.part or figure.entry).counts.get(figure.indicator.code)
    if not pair or not figure.measure.weight or figure.side != "tu":
        return ""
    return f"Tử số là tổng {ui.number(pair[0])} ngày làm việc của {ui.number(pair[1])} hồ sơ này."


def _tab(figure: Figure, side: str) -> dict[str, Any]:
    return {
        "url": _here(figure, side),
        "label": NAMES[side],
        "count": figure.counts[side],
        "current": side == figure.side,
    }


def _here(figure: Figure, side: str = "") -> str:
    where = [figure.entry.unit.code, figure.indicator.code, side or figure.side]
    if figure.part:
        return reverse("index-rows", args=where) + insight.part_query(
            figure.asked, figure.kind, figure.part.key
        )
    return reverse("index-rows", args=where) + figure.asked.exact


def lines(figure: Figure, page: Iterable[Any], reader: Any) -> list[dict[str, Any]]:
    """Some rows of a figure as an officer may see them."""
    if not figure.of_dossiers:
        found = opened.procedures(page)
        return _announced(found, figure) if figure.indicator.code in OF_DECISIONS else found
    return opened.dossiers(page, reader, figure.asked.now)


def _announced(lines: list[dict[str, Any]], figure: Figure) -> list[dict[str, Any]]:
    """The rows of 1.1 and 1.2 with the decisions of the period: signed when, to take effect when, public when."""
    window, told = figure.asked.window, dict[int, list[str]]()
    items = Announced.objects.filter(
        version__procedure__in=[line["procedure"].pk for line in lines],
        announcement__issued_at__isnull=False,
        announcement__decided_on__range=(window.first, window.last),
    ).select_related("announcement", "version", "instrument")
    for item in items:
        if item.version:
            told.setdefault(item.version.procedure_id, []).append(_decision(item))
    return [{**line, "decisions": told.get(line["procedure"].pk, [])} for line in lines]


def _decision(item: Announced) -> str:
    decision = item.announcement
    effective = item.instrument.effective_on if item.instrument else decision.effective_on
    public = f"công khai {ui.day(item.published_at)}" if item.published_at else "chưa công khai"
    signed = f"{decision.number} ký {ui.day(decision.decided_on)}" if decision.decided_on else decision.number
    return f"{signed}, hiệu lực {ui.day(effective)}, {public}"
