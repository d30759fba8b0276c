"""The index as pages show it: the whole and its groups, what was lost and where, every figure with its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from motcua.law import gains, indicators, packs
from motcua.law.fairness import Fair
from motcua.law.indicators import Component, Group, Indicator
from motcua.people.models import UnitKind
from motcua.ui.templatetags import ui

from . import fresh, queries
from .asked import Asked
from .declaring.subjects import OF_INDEX
from .queries import UnitIndex

ORIGIN = "Quyết định 766/QĐ-TTg, tính từ hồ sơ và danh mục trong hệ thống"
DOSSIERS = "2.1"  # its denominator: the dossiers of a unit that are judged
# A share of fewer than 30 is too coarse to rank by: one dossier moves it by more than three points of a hundred.
FEW = 30
FEW_TEXT = "Thêm bớt một hồ sơ là điểm đổi nhiều; so với đơn vị khác cần thận trọng."
SHOWN = 6
PLACES = 2
PART_COLUMNS = [
    {"label": "Chỉ số", "width": "col-indicator"},
    {"label": "Tử số / mẫu số", "width": "col-pair", "num": True},
    {"label": "Tỷ lệ", "width": "col-ratio", "num": True},
    {"label": "Điểm", "width": "col-points", "num": True},
    {"label": "Mất", "width": "col-lost", "num": True},
    {"label": "Vì sao"},
]


def province(asked: Asked, entries: Sequence[UnitIndex], before: UnitIndex | None) -> dict[str, Any]:
    """Everything the page of all units shows; the whole is the province's, where there is one."""
    top = next((entry for entry in entries if entry.level == UnitKind.PROVINCE), None)
    context = {"asked": asked, "origin": ORIGIN, "unmeasured": _unmeasured(entries), "top": None}
    return context | (_whole(asked, top, before, entries) if top else {})


def head(asked: Asked, top: UnitIndex | None) -> dict[str, Any]:
    """The first lines of the page of all units."""
    return {"asked": asked, "top": top, "answer": _answer(asked, top) if top else ""}


def unit_head(asked: Asked, entry: UnitIndex) -> dict[str, Any]:
    """The first lines of the page of a unit."""
    name = indicators.levels(asked.window.last)[entry.level]
    rank = f", hạng {entry.rank} trong {entry.among}" if entry.among > 1 else ""
    return {
        "asked": asked,
        "entry": entry,
        "about": f"{sentence(name)}{rank}. {asked.label}",
        "answer": _answer(asked, entry),
        "few": sentence(few((entry.counts.get(DOSSIERS) or (0, 0))[1])),
        "few_text": FEW_TEXT,
    }


def earlier(asked: Asked, unit: str) -> UnitIndex | None:
    """The period before, of a unit, else of the province; None where there was none."""
    look = fresh.before(asked)
    for entry in look.entries if look else []:
        if entry.unit.code == unit or (not unit and entry.level == UnitKind.PROVINCE):
            return entry
    return None


def levels(
    asked: Asked,
    entries: Sequence[UnitIndex],
    level: str,
    order: str,
    number: str | None,
    fair: Callable[[str], Mapping[str, Fair]] | None = None,
) -> dict[str, Any]:
    """The table of the units of one level: tabs, columns that sort, a page of rows."""
    known, orders = _below(asked), _orders(asked)
    counts = {key: sum(entry.level == key for entry in entries) for key in known}
    order = order if order in orders else "hang"
    level, rows = listed(asked, entries, level, order)
    base = f"{reverse('index')}{asked.query}&cap="
    page = Paginator(rows, 100).get_page(number)
    views = fair(level) if fair and level else {}
    for row in page:
        row["fair"] = views.get(row["code"])
    return {
        "level_tabs": [
            {
                "url": f"{base}{key}#don-vi",
                "label": sentence(name),
                "count": counts[key],
                "current": key == level,
            }
            for key, name in known.items()
            if counts[key]
        ],
        "columns": [
            {
                "label": label,
                "num": key != "ten",
                "width": "col-group" if place in range(3, 9) else "",
                "sort_url": f"{base}{level}&xep={key}#don-vi",
                "sorted": ("descending" if down else "ascending") if key == order else "",
            }
            for place, (key, (label, _, down)) in enumerate(orders.items())
        ],
        "level_name": known.get(level, ""),
        "page": page,
    }


def listed(
    asked: Asked, entries: Sequence[UnitIndex], level: str, order: str
) -> tuple[str, list[dict[str, Any]]]:
    """The level shown, the first that has units unless one is asked for, and its units in their order."""
    there = {entry.level for entry in entries}
    level = (
        level
        if level in there & _below(asked).keys()
        else next((key for key in _below(asked) if key in there), "")
    )
    rows = [line(asked, entry) for entry in entries if entry.level == level]
    orders = _orders(asked)
    _, key, down = orders[order if order in orders else "hang"]
    return level, sorted(rows, key=key, reverse=down)


def _below(asked: Asked) -> dict[str, str]:
    """The levels of units under the province, with their names."""
    every = indicators.levels(asked.window.last)
    return {key: name for key, name in every.items() if key != UnitKind.PROVINCE}


def _orders(asked: Asked) -> dict[str, tuple[str, Any, bool]]:
    groups = indicators.groups(asked.window.last)
    most = sum(group.max for group in groups)
    orders: dict[str, tuple[str, Any, bool]] = {
        "ten": ("Đơn vị", itemgetter("name"), False),
        "hang": ("Hạng", itemgetter("rank"), False),
        "diem": (headed("Tổng điểm", most), itemgetter("total"), True),
    }
    for place, group in enumerate(groups):
        label = headed(group.name_vi, group.max)
        orders[group.code] = (label, lambda row, place=place: row["groups"][place]["points"], True)
    orders["ho-so"] = ("Hồ sơ", itemgetter("dossiers"), True)
    return orders


def headed(name: str, most: Decimal | int) -> SafeString:
    """The head of a column of points, with their maximum."""
    return format_html('{} <span class="score-max">/ {}</span>', name, ui.number(most))


def line(asked: Asked, entry: UnitIndex) -> dict[str, Any]:
    """One unit in the table of its level."""
    dossiers = (entry.counts.get(DOSSIERS) or (0, 0))[1]
    return {
        "code": entry.unit.code,
        "name": entry.unit.name,
        "url": url(asked, entry),
        "rank": entry.rank,
        "among": entry.among,
        "total": entry.score.total,
        "band": entry.score.band,
        "dossiers": dossiers,
        "few": few(dossiers),
        "groups": groups(asked, entry),
    }


def unit(asked: Asked, entry: UnitIndex, before: UnitIndex | None) -> dict[str, Any]:
    """Everything the page of one unit shows."""
    return {"asked": asked, "origin": ORIGIN, **_whole(asked, entry, before, [])} | {
        "entry": entry,
        "columns": PART_COLUMNS,
        "parts": [_part(asked, entry, group) for group in indicators.groups(asked.window.last)],
    }


def url(asked: Asked, entry: UnitIndex) -> str:
    return reverse("unit-index", args=[entry.unit.code]) + asked.query


def groups(asked: Asked, entry: UnitIndex) -> list[dict[str, Any]]:
    """The groups of a unit, for ui/score.html; a group in which nothing is measured has no score."""
    listed = []
    for group in indicators.groups(asked.window.last):
        codes = {i.code for i in _scored(asked, group)}
        points = entry.score.groups[group.code]
        measured = codes - set(entry.unmeasured)
        listed.append(
            {
                "label": group.name_vi,
                "score": points if measured else None,
                "points": points,
                "max": group.max,
                "url": f"{url(asked, entry)}#{group.code}",
            }
        )
    return listed


def sentence(text: str) -> str:
    """A text with its first letter as a sentence has it."""
    return text[:1].upper() + text[1:]


def _whole(
    asked: Asked, entry: UnitIndex, before: UnitIndex | None, entries: Sequence[UnitIndex]
) -> dict[str, Any]:
    """The head of a page: total, band, groups, and where points were lost."""
    losses = queries.lost(entry)
    judged = [lost for lost in losses if lost.component.score is not None]
    bands = packs.on(indicators.SUBJECT, asked.window.last).values["bands"]
    return {
        "top": entry,
        "groups": groups(asked, entry),
        "most": sum(group.max for group in indicators.groups(asked.window.last)),
        "answer": _answer(asked, entry),
        "band_verified": bands.verified,
        "lost": [_lost(asked, entry, lost, entries) for lost in judged[:SHOWN]],
        "unjudged": [lost for lost in losses if lost not in judged],
        "unjudged_points": sum(lost.points for lost in losses if lost not in judged),
        "formerly": _formerly(asked, entry, before),
    }


def _answer(asked: Asked, entry: UnitIndex) -> str:
    """The first line: the total, its band, and the group that lost most."""
    said = f"{ui.number(entry.score.total, 2)} điểm, loại {entry.score.band}."
    named = {group.code: group for group in indicators.groups(asked.window.last)}
    losses = {code: group.max - entry.score.groups[code] for code, group in named.items()}
    worst = max(losses, key=lambda code: losses[code])
    if not losses[worst]:
        return said
    return f"{said} Mất nhiều nhất ở {named[worst].name_vi.lower()}: {ui.number(losses[worst], 2)} điểm."


def _formerly(asked: Asked, entry: UnitIndex, before: UnitIndex | None) -> str:
    """The total of the period before and how far this one is from it; "" where nothing was judged then."""
    if before is None or not (before.counts.get(DOSSIERS) or (0, 0))[1]:
        return ""
    change = entry.score.total - before.score.total
    word = "tăng" if change > 0 else "giảm" if change < 0 else ""
    told = f"{asked.period.previous.label}: {ui.number(before.score.total, 2)} điểm"
    return f"{told}, nay {word} {ui.number(abs(change), 2)}" if word else f"{told}, nay không đổi"


def _lost(asked: Asked, entry: UnitIndex, lost: queries.Lost, entries: Iterable[UnitIndex]) -> dict[str, Any]:
    return {
        "name": f"{lost.indicator.code} {lost.indicator.name_vi}",
        "url": f"{url(asked, entry)}#{anchor(lost.indicator.code)}",
        "points": lost.points,
        "gain": _gain(asked, entry, lost.indicator.code),
        "short_url": _short_url(asked, entry, lost),
        "short": _short(lost.indicator.code, lost.component),
        "places": _places(asked, lost.indicator.code, entries),
    }


def _gain(asked: Asked, entry: UnitIndex, code: str) -> str:
    """How many rows more earn the maximum, and what each of them brings."""
    found = gains.gains(entry.score, indicators.catalogue(asked.window.last)).get(code)
    if found is None:
        return ""
    return (
        f"Thêm {ui.number(found.rows)} {thing(code)} là đủ điểm, mỗi {thing(code)} {worth(found.each)} điểm"
    )


def _short(code: str, part: Component) -> str:
    """What is short of the whole: "63 trong 378 hồ sơ chưa đạt"; else why nothing was earned."""
    if not part.d or part.n is None:
        return reason(code, part)
    return f"{ui.number(max(part.d - part.n, 0))} trong {ui.number(part.d)} {thing(code)} chưa đạt"


def _short_url(asked: Asked, entry: UnitIndex, lost: queries.Lost) -> str:
    if not lost.component.d:
        return ""
    return reverse("index-rows", args=[entry.unit.code, lost.indicator.code, "chua-dat"]) + asked.exact


def _places(asked: Asked, code: str, entries: Iterable[UnitIndex]) -> list[dict[str, Any]]:
    """The units below the province where most rows fall short; for what a province answers for alone, none."""
    from .measures import MEASURES

    if code not in MEASURES or MEASURES[code].province_only:
        return []
    short = [
        (pair[1] - pair[0], entry)
        for entry in entries
        if entry.level != UnitKind.PROVINCE and (pair := entry.counts.get(code)) and pair[1] > pair[0]
    ]
    worst = sorted(short, key=lambda each: (-each[0], each[1].unit.code))[:PLACES]
    return [
        {"name": entry.unit.name, "url": f"{url(asked, entry)}#{anchor(code)}", "count": count}
        for count, entry in worst
    ]


def reason(code: str, part: Component) -> str:
    """Why an indicator has no figure: what keeps it from being measured, else what the pack says."""
    from .measures import UNMEASURED

    if part.score is None and part.d is None:
        return UNMEASURED.get(code, "chưa đủ dữ liệu để xét")
    return part.why


def thing(code: str) -> str:
    """What the rows of an indicator are."""
    from .measures import MEASURES, Subject

    dossier = code in MEASURES and MEASURES[code].subject is Subject.DOSSIER
    return "hồ sơ" if dossier else "thủ tục"


def anchor(code: str) -> str:
    return f"chi-so-{code}"


def worth(points: Fraction) -> str:
    """Points as one reads them: two decimals, more for what a single row is worth."""
    exact = float(points)
    return ui.number(exact, 2) if exact >= 0.05 or not exact else ui.number(exact, 4)


def _scored(asked: Asked, group: Group) -> list[Indicator]:
    return [i for i in indicators.catalogue(asked.window.last) if i.group == group.code and not i.informative]


def few(dossiers: int) -> str:
    """What to say of a figure that stands on few dossiers, "" of one that does not."""
    if not dossiers:
        return "không có hồ sơ"
    return f"chỉ {dossiers} hồ sơ, hạng dễ đổi" if dossiers < FEW else ""


def _part(asked: Asked, entry: UnitIndex, group: Group) -> dict[str, Any]:
    """One group with every indicator of it, those for information too."""
    listed = [i for i in indicators.catalogue(asked.window.last) if i.group == group.code]
    told = next(each for each in groups(asked, entry) if each["label"] == group.name_vi)
    rows = [_indicator(asked, entry, i) for i in listed if not i.informative or i.code in entry.counts]
    return {"code": group.code, "name": group.name_vi, "score": told["score"], "max": group.max, "rows": rows}


def _indicator(asked: Asked, entry: UnitIndex, indicator: Indicator) -> dict[str, Any]:
    from .measures import MEASURES

    part, measure = entry.score.components[indicator.code], MEASURES.get(indicator.code)
    told = {
        "anchor": anchor(indicator.code),
        "code": indicator.code,
        "name": indicator.name_vi,
        "verified": indicator.verified,
        "informative": indicator.informative,
        "part": part,
        "ratio": _ratio(part, bool(measure and measure.weight)),
        "why": reason(indicator.code, part),
        "meaning": measure.meaning if measure else "",
        "source": measure.source if measure else indicator.source,
        "from_province": bool(measure and measure.province_only and entry.level != UnitKind.PROVINCE),
    }
    if measure:
        return told | _links(asked, entry, indicator.code)
    return told | _declared(asked, entry, indicator.code)


def _declared(asked: Asked, entry: UnitIndex, code: str) -> dict[str, Any]:
    """Of an indicator nobody can count here: who declared it, and where that is read or done."""
    if code not in OF_INDEX:
        return {}
    url = reverse("declared", args=[entry.unit.code, code]) + asked.query
    return {"declared": entry.declared.get(code, ""), "declared_url": url}


def _ratio(part: Component, of_days: bool) -> str:
    if part.ratio is None:
        return "–"
    exact = Decimal(part.ratio.numerator) / Decimal(part.ratio.denominator)
    return f"{ui.number(exact, 1)} ngày" if of_days else ui.percent(exact, 2)


def _links(asked: Asked, entry: UnitIndex, code: str) -> dict[str, Any]:
    sides = {
        name: reverse("index-rows", args=[entry.unit.code, code, name]) for name in ("tu", "mau", "ngoai")
    }
    from .measures import MEASURES

    weighted = code in MEASURES and MEASURES[code].weight
    return {
        "thing": thing(code),
        "n_thing": "ngày làm việc" if weighted else thing(code),
        "n_url": sides["tu"] + asked.exact,
        "d_url": sides["mau"] + asked.exact,
        "left_out": entry.left_out.get(code, 0),
        "left_out_url": sides["ngoai"] + asked.exact,
    }


def _unmeasured(entries: Sequence[UnitIndex]) -> list[dict[str, str]]:
    """The indicators that some unit earns nothing for because they are not measured there."""
    missing = sorted({code for entry in entries for code in entry.unmeasured})
    if not missing:
        return []
    known = {i.code: i.name_vi for i in indicators.catalogue(entries[0].score.day)}
    everywhere = {code: all(code in entry.unmeasured for entry in entries) for code in missing}
    return [
        {"code": code, "name": known[code], "where": "mọi đơn vị" if everywhere[code] else "một số đơn vị"}
        for code in missing
    ]
