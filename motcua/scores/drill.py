"""The rows behind one figure of the index: exactly those that were counted (truy nguyên số liệu)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.urls import reverse

from motcua.catalogue.models import Announced, Procedure
from motcua.law import indicators
from motcua.law.indicators import Indicator
from motcua.people.models import UnitKind
from motcua.ui.templatetags import ui

from . import fresh, insight, opened, pages, parts, queries, walking
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
# What these list are procedures that had dossiers: of one agency, and of one day, that can be one applicant.
BY_DOSSIERS = frozenset({"3.2", "3.4", "3.5", "4.5a"})


@dataclass(frozen=True)
class Figure:
    """One figure of one unit: `counts` tells how many rows every side of its indicator has."""

    asked: Asked
    entry: UnitIndex
    indicator: Indicator
    measure: Measure
    side: str
    counts: dict[str, int]
    kind: str = ""
    part: Part | None = None

    @property
    def of_dossiers(self) -> bool:
        return self.measure.subject is Subject.DOSSIER

    @property
    def count(self) -> int:
        return self.counts[self.side]

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """All its rows in the order they are listed; a page is read by `leaf`."""
        found = _rows(self.asked, self.entry.unit.code, self.measure.code, self.side)
        return parts.within(found, self.kind, self.part.key) if self.part else found


@dataclass(frozen=True)
class Shown:
    """The rows of a figure on one page: the `leaf` they are of, or the `page` where they are numbered."""

    rows: Sequence[Any]
    leaf: walking.Leaf | None = None
    page: Page[int] | None = None


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
    return Figure(asked, entry, known[code], measure, side, counts, kind, part)


def leaf(figure: Figure, said: Mapping[str, str]) -> Shown:
    """The rows on the page an address asks for: dossiers by key, procedures, which are few, by number."""
    if not figure.of_dossiers:
        page = Paginator(_procedures(figure), PAGE).get_page(said.get("trang"))
        return Shown(_each(Procedure.objects.defer("words"), page), page=page)
    side: walking.Sides = SIDES.get(figure.side, "short")
    key = figure.part.key if figure.part else ""
    road = walking.behind(figure.asked, figure.entry, figure.measure.code, side, figure.kind, key)
    found = road.leaf(figure.count, said)
    return Shown(found.dossiers(), found)


def _procedures(figure: Figure) -> list[int]:
    """The ids of the procedures behind a figure, kept as it is: what dossiers say of them takes a pass over all."""
    name = f"rows {figure.entry.unit.code} {figure.measure.code} {figure.side}"
    ids = fresh.kept(name, figure.asked, lambda at: list(figure.rows.values_list("pk", flat=True)))
    found: list[int] = ids.data
    return found


def _each(found: QuerySet[Any], keys: Iterable[int]) -> list[Any]:
    listed = list(keys)
    known = found.in_bulk(listed)
    return [known[key] for key in listed if key in known]


def open_to(figure: Figure, reader: Any) -> bool:
    """Whether its rows are listed to a reader: dossiers, and procedures an agency had any of, to officers only."""
    if reader.is_authenticated:
        return True
    whole = figure.entry.level == UnitKind.PROVINCE or figure.indicator.code not in BY_DOSSIERS
    return not figure.of_dossiers and whole


def context(figure: Figure, said: Mapping[str, str], reader: Any) -> dict[str, Any]:
    """Everything the page shows."""
    listed = open_to(figure, reader)
    shown = leaf(figure, said) if listed else None
    return {
        "figure": figure,
        "asked": figure.asked,
        "listed": listed,
        **_turning(figure, shown),
        "rows": lines(figure, shown.rows, reader) if shown else [],
        "title": f"{ui.number(figure.count)} {thing(figure)} {WHERE[figure.side]}",
        "about": f"{figure.indicator.code} {figure.indicator.name_vi}. {_whose(figure)}, {figure.asked.label}",
        "sum": _sum(figure),
        "tabs": [_tab(figure, side) for side in figure.counts],
        "columns": [
            {"label": label} for label in (DOSSIER_COLUMNS if figure.of_dossiers else PROCEDURE_COLUMNS)
        ],
        "crumbs": [
            {
                "url": reverse("index") + figure.asked.query,
                "label": f"Chỉ số, {figure.asked.period.label.lower()}",
            },
            {"url": _back(figure), "label": figure.entry.unit.name},
            {"label": figure.indicator.code},
        ],
        "thing": thing(figure),
        "empty": {"title": "Không có dòng nào", "text": "Con số này bằng 0."},
        "sign_in": "" if listed else f"{reverse('sign-in')}?{urlencode({'next': _here(figure)})}",
    }


def _turning(figure: Figure, shown: Shown | None) -> dict[str, Any]:
    """The ways to the pages before and after."""
    if not shown or not shown.rows:
        return {}
    return shown.leaf.turning(_here(figure)) if shown.leaf else {"page": shown.page}


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
        return related.order_by("-accepted_at", "-pk")
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
