"""What a page of the index says beyond the figures: what to do now, beside whom a unit stands, how it went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.http import urlencode

from motcua.dossiers import queries as dossiers
from motcua.law import indicators
from motcua.law.calendar import day
from motcua.people import access
from motcua.people.models import Officer, Unit, UnitKind
from motcua.ui import charts
from motcua.ui.templatetags import ui

from . import fresh, pages, parts, peers, todo
from .asked import Asked
from .fresh import Look
from .parts import Part
from .periods import Period, Span
from .queries import UnitIndex
from .snapshots import queries as publications

MONTHS = 13
OFFICERS_ONLY = (
    "Số liệu theo từng cán bộ chỉ mở cho chính cán bộ ấy, người đứng đầu đơn vị hoặc cấp trên, "
    "và cán bộ kiểm soát của tỉnh"
)
SMALLEST = Fraction(1, 200)  # half of the hundredth a score is written with
SHORT_NAMES = {
    "CKMB": "Công khai",
    "TDGQ": "Tiến độ",
    "CLGQ": "Trực tuyến",
    "TTTT": "Thanh toán",
    "MDSH": "Số hóa",
    "MDHL": "Hài lòng",
}
PEER_COLUMNS = [
    {"label": "Đơn vị"},
    {"label": "Hồ sơ", "num": True},
    {"label": "Tổng điểm", "num": True},
    {"label": "Hiệu chỉnh", "num": True},
    {"label": "Hạng có thể", "num": True},
]
PART_COLUMNS = (
    ("Hồ sơ", ""),
    ("Đúng hạn", "2.1"),
    ("Ngày trung bình", "2.2"),
    ("Trực tuyến", "3.3"),
    ("Kết quả điện tử", "4.1"),
    ("Hài lòng", "5.4"),
    ("Lấy lại được", ""),
)


def work(asked: Asked, entry: UnitIndex, reader: Officer | AnonymousUser) -> dict[str, Any]:
    """What officers can do now, dossier by dossier; None for everybody else and once the period is over."""
    found = todo.of(asked, entry) if isinstance(reader, Officer) else None
    if found is None:
        return {"todo": None}
    listed = found.works()
    own = _readable(reader, [each.dossier.code for each in listed], asked.now)
    return {
        "todo": found,
        "todo_said": _said(found),
        "works": [
            {
                "work": each,
                "url": reverse("dossier", args=[each.dossier.code]) if each.dossier.code in own else "",
                "points": pages.worth(each.points),
                "deeds": "; ".join(each.deeds),
            }
            for each in listed
        ],
    }


def standing(look: Look, entry: UnitIndex, inside: bool) -> dict[str, Any]:
    """A unit beside those like it; what is below it, procedure by procedure, is offered to officers (`inside`)."""
    found = peers.among(look, entry)
    context = {
        "kinds": _kinds(look.asked, entry) if inside else [],
        **_radar(look, entry, found),
    }
    if found is None:
        return context
    views = peers.fair(look, entry.level)
    rows = [_peer(look.asked, each, views, entry) for each in found.peers]
    return context | {
        "among": found,
        "among_said": _among_said(found),
        "peer_rows": rows,
        "peer_columns": PEER_COLUMNS,
        "ranges": charts.ranges(
            [
                {"label": r["name"], "points": r["fair"], "low": r["low"], "high": r["high"], "own": r["own"]}
                for r in rows
            ],
            "Điểm hiệu chỉnh và khoảng tin cậy của các đơn vị tương đồng",
        ),
    }


def trend(asked: Asked, unit: str) -> dict[str, Any]:
    """The totals of a unit month by month, and what was published of them."""
    months: list[Period] = []
    month = Period.containing(asked.window.last, Span.MONTH)
    while len(months) < MONTHS and month.first >= _begun():
        months.append(month)
        month = month.previous
    rows = [row for each in reversed(months) if (row := _month(each, asked, unit))]
    values = [
        {"label": r["short"], "points": float(r["total"]), "text": ui.number(r["total"], 1)} for r in rows
    ]
    name = rows[-1]["entry"].unit.name if rows else ""
    return {
        "asked": asked,
        "unit": unit,
        "name": name,
        "rows": rows[::-1],
        "columns": [
            {"label": n, "num": n != "Tháng"} for n in ("Tháng", "Tổng điểm", "Đã công bố", "Hạng", "Hồ sơ")
        ],
        "chart": charts.trend(values, f"{name}: tổng điểm {len(rows)} tháng gần nhất")
        if len(rows) > 1
        else "",
        "said": _trend_said(rows),
    }


def breakdown(asked: Asked, entry: UnitIndex, kind: str, number: Any) -> dict[str, Any]:
    """A unit by procedure, field or officer."""
    found = parts.of(asked, entry, kind)
    return {
        "asked": asked,
        "entry": entry,
        "kind": kind,
        "kind_name": parts.NAMES[kind],
        "kinds": _kinds(asked, entry, kind),
        "said": _parts_said(found, parts.NAMES[kind]),
        "parts": found,
        "columns": [
            {"label": pages.sentence(parts.NAMES[kind])},
            *({"label": name, "num": True} for name, _ in PART_COLUMNS),
        ],
    }


def line(asked: Asked, entry: UnitIndex, kind: str, part: Part) -> dict[str, Any]:
    """One part as a row."""
    cells = [_ratio_cell(part, name, code) for name, code in PART_COLUMNS if code]
    return {
        "part": part,
        "url": part_url(asked, entry, kind, part.key),
        "few": pages.few(part.dossiers),
        "cells": cells,
        "worth": pages.worth(part.worth),
    }


def one_part(asked: Asked, entry: UnitIndex, kind: str, part: Part) -> dict[str, Any]:
    """One procedure, field or officer with each of its figures, opening to their rows."""
    known = {i.code: i for i in indicators.catalogue(asked.window.last)}
    rows = [
        {
            "code": code,
            "name": known[code].name_vi,
            "pair": pair,
            "ratio": _ratio(pair, code),
            "left_out": part.left_out.get(code, 0),
            "urls": {
                name: reverse("index-rows", args=[entry.unit.code, code, name])
                + part_query(asked, kind, part.key)
                for name in ("tu", "mau", "ngoai")
            },
        }
        for code in known
        if (pair := part.counts.get(code)) or part.left_out.get(code)
    ]
    return {
        "asked": asked,
        "entry": entry,
        "kind": kind,
        "kind_name": parts.NAMES[kind],
        "part": part,
        "worth": pages.worth(part.worth),
        "rows": rows,
        "columns": [{"label": n, "num": n != "Chỉ số"} for n in ("Chỉ số", "Tử số / mẫu số", "Tỷ lệ")],
        "back": kind_url(asked, entry, kind),
    }


def may_see_officers(reader: Officer | AnonymousUser, unit: Unit, at: datetime, own: str = "") -> bool:
    """Whether a reader may see figures by officer of a unit, or those of the officer called `own` alone."""
    if not isinstance(reader, Officer):
        return False
    return own == reader.username or access.may_see_officers(reader, unit, day(at))


def own_url(asked: Asked, entry: UnitIndex, reader: Officer | AnonymousUser) -> str:
    """The page of a reader's own figures in a unit, "" where there are none."""
    held = isinstance(reader, Officer) and any(
        part.key == reader.username for part in parts.of(asked, entry, "can-bo")
    )
    return part_url(asked, entry, "can-bo", reader.username) if held else ""


def kind_url(asked: Asked, entry: UnitIndex, kind: str) -> str:
    return reverse("index-parts", args=[entry.unit.code, kind]) + asked.query


def part_url(asked: Asked, entry: UnitIndex, kind: str, key: str) -> str:
    return f"{kind_url(asked, entry, kind)}&{urlencode({'muc': key})}"


def part_query(asked: Asked, kind: str, key: str) -> str:
    return f"{asked.exact}&{urlencode({'theo': kind, 'muc': key})}"


def _begun() -> Any:
    from motcua.law import packs

    return packs.history(indicators.SUBJECT, "groups")[0].since


def _month(month: Period, asked: Asked, unit: str) -> dict[str, Any] | None:
    own = month == asked.period
    look = fresh.index(
        asked if own else Asked(month, asked.now, asked.now), patience=None if own else fresh.HOUR
    )
    entry = next((each for each in look.entries if each.unit.code == unit), None)
    if entry is None or not peers.dossiers(entry):
        return None
    published = publications.total(str(month), unit)
    return {
        "label": month.label,
        "short": f"{month.number}/{month.year % 100}",
        "url": pages.url(look.asked, entry),
        "entry": entry,
        "total": entry.score.total,
        "published": published[1] if published else None,
        "published_url": reverse("publication", args=[published[0]]) if published else "",
        "rank": f"{entry.rank}/{entry.among}" if entry.among > 1 else "–",
        "dossiers": peers.dossiers(entry),
        "so_far": not look.asked.window.closed,
    }


def _trend_said(rows: Sequence[Mapping[str, Any]]) -> str:
    if len(rows) < 2:
        return "Chưa đủ hai tháng có hồ sơ để vẽ diễn biến."
    first, last = rows[0], rows[-1]
    change = last["total"] - first["total"]
    word = "tăng" if change > 0 else "giảm" if change < 0 else "không đổi"
    amount = f" {ui.number(abs(change), 2)} điểm" if change else ""
    return f"Từ {first['label'].lower()} đến {last['label'].lower()}: {word}{amount}."


def _said(found: todo.Todo) -> str:
    """What can be won today, in one or two sentences."""
    told = []
    if found.due:
        stake = pages.worth(found.at_stake)
        told.append(
            f"{ui.number(found.due)} hồ sơ đến hạn hôm nay hoặc sớm hơn, làm kịp giữ được {stake} điểm."
        )
    else:
        told.append("Không hồ sơ nào đến hạn trong hôm nay.")
    if found.winnable >= SMALLEST:
        won = pages.worth(found.winnable)
        told.append(
            f"{ui.number(found.open)} hồ sơ đang giải quyết: đủ kết quả điện tử, phí nộp trực tuyến: thêm {won} điểm."
        )
    return " ".join(told)


def _kinds(asked: Asked, entry: UnitIndex, current: str = "") -> list[dict[str, Any]]:
    return [
        {"url": kind_url(asked, entry, kind), "label": f"Theo {name}", "current": kind == current}
        for kind, name in parts.NAMES.items()
        if kind != "can-bo" or entry.level != UnitKind.PROVINCE
    ]


def _radar(look: Look, entry: UnitIndex, found: peers.Among | None) -> dict[str, Any]:
    others = [each for each in found.peers if each is not entry] if found else []
    others = others or [each for each in look.entries if each.level == entry.level and each is not entry]
    groups = indicators.groups(look.asked.window.last)
    axes = []
    for group in groups:
        own = entry.score.groups[group.code]
        theirs = [each.score.groups[group.code] for each in others]
        mean = Decimal(sum(theirs)) / len(theirs) if theirs else own
        axes.append(
            {
                "label": SHORT_NAMES.get(group.code, group.code),
                "name": group.name_vi,
                "own": own / group.max,
                "others": mean / group.max,
                "points": own,
                "mean": mean if others else None,
                "max": group.max,
            }
        )
    title = f"{entry.unit.name}: điểm sáu nhóm so với tối đa"
    beside = "trung bình tương đồng" if found else "trung bình cùng cấp"
    drawn = charts.radar(axes, title, own=entry.unit.name, others=beside if others else "")
    return {"axes": axes, "radar": drawn, "beside": beside}


def _peer(asked: Asked, each: UnitIndex, views: Mapping[str, Any], entry: UnitIndex) -> dict[str, Any]:
    fair = views[each.unit.code]
    return {
        "name": each.unit.name,
        "url": pages.url(asked, each),
        "dossiers": peers.dossiers(each),
        "few": pages.few(peers.dossiers(each)),
        "total": each.score.total,
        "fair": round(fair.total, 2),
        "low": round(fair.low, 2),
        "high": round(fair.high, 2),
        "places": f"{fair.best}–{fair.worst}" if fair.best != fair.worst else f"{fair.best}",
        "own": each.unit.pk == entry.unit.pk,
    }


def _among_said(found: peers.Among) -> str:
    entry, fair = found.entry, found.fair
    place = f"Hạng {found.rank} trong {len(found.peers)} đơn vị cùng loại, số hồ sơ tương đương."
    if found.best is not entry:
        gap = ui.number(found.best.score.total - entry.score.total, 2)
        place += f" Cao nhất là {found.best.unit.name}, hơn {gap} điểm."
    if fair.best != fair.worst:
        doubt = f"xét cả sai số thì từ hạng {fair.best} đến {fair.worst}"
        place += f" Trong {entry.among} đơn vị cùng cấp, hạng {entry.rank}; {doubt}."
    return place


def _parts_said(found: Sequence[Part], name: str) -> str:
    worth = [part for part in found if part.worth >= SMALLEST]
    if not worth:
        return f"Không {name} nào còn làm mất điểm đáng kể."
    first = worth[0]
    return f"Lấy lại được nhiều nhất ở {first.label[:120]}: {pages.worth(first.worth)} điểm."


def _ratio_cell(part: Part, name: str, code: str) -> dict[str, str]:
    pair = part.counts.get(code)
    return {"label": name, "value": _ratio(pair, code) if pair and pair[1] else "–"}


def _ratio(pair: tuple[int, int] | None, code: str) -> str:
    if not pair or not pair[1]:
        return "–"
    if code == "2.2":
        return ui.number(pair[0] / pair[1], 1)
    return ui.percent(pair[0] / pair[1], 1)


def _readable(reader: Officer | AnonymousUser, codes: Sequence[str], at: datetime) -> set[str]:
    if not codes or not isinstance(reader, Officer):
        return set()
    return set(dossiers.readable(reader, day(at)).filter(code__in=codes).values_list("code", flat=True))
