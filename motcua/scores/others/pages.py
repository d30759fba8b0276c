"""The other indicators as pages show them: figure, target, gap, where it comes from, and its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.urls import reverse

from motcua.law import packs
from motcua.people.models import Unit, UnitKind
from motcua.ui.exports import Column, Kind
from motcua.ui.templatetags import ui

from ..asked import Asked
from ..declaring.subjects import COPIES, DOCUMENTS, SUBJECTS
from . import queries
from .queries import Figure, Look, Pace, Target

if TYPE_CHECKING:
    from ..walking import Sides
    from .measures import Other

LEVEL = "cap-"
LEVEL_NAMES = {
    UnitKind.DEPARTMENT: "Cấp tỉnh: sở, ban, ngành",
    UnitKind.DISTRICT: "Cấp huyện",
    UnitKind.COMMUNE: "Cấp xã",
}
SIDES: dict[str, Sides] = {"tu": "n", "mau": "d", "chua-dat": "short", "ngoai": "left_out"}
SAID = {
    "tu": "đạt",
    "mau": "được tính",
    "chua-dat": "chưa đạt: được tính mà không đạt",
    "ngoai": "để ngoài, chưa đủ dữ liệu để xét",
}
TABS = {"tu": "Đạt", "mau": "Được tính", "chua-dat": "Chưa đạt", "ngoai": "Để ngoài"}
COLUMNS = [
    {"label": "Chỉ số", "width": "col-indicator"},
    {"label": "Đạt / được tính", "num": True, "width": "col-pair"},
    {"label": "Kết quả", "num": True, "width": "col-ratio"},
    {"label": "Chỉ tiêu", "num": True, "width": "col-points"},
    {"label": "So với chỉ tiêu"},
    {"label": "Số này từ đâu"},
]
UNIT_COLUMNS = [{"label": "Đơn vị"}, *COLUMNS[1:]]
PACE_COLUMNS = [
    {"label": "Thủ tục"},
    {"label": "Hồ sơ xong", "num": True},
    {"label": "Thời hạn (ngày)", "num": True},
    {"label": "Thực tế (ngày)", "num": True},
    {"label": "Sớm hơn hẹn (ngày)", "num": True},
]
PACE_CELLS = (
    Column("Mã thủ tục", Kind.CODE, 13),
    Column("Tên thủ tục", width=60),
    Column("Hồ sơ xong", Kind.NUMBER, 12),
    Column("Thời hạn, ngày làm việc", Kind.NUMBER, 14),
    Column("Thực tế, ngày làm việc", Kind.NUMBER, 14),
    Column("Sớm hơn hẹn, ngày làm việc", Kind.NUMBER, 14),
)


def overview(look: Look, unit: Unit, *, inside: bool) -> dict[str, Any]:
    """Every indicator of one unit that is open to the reader, group by group."""
    others = queries.shown(look.asked.window.last)
    rows = [_row(look, unit, other) for other in others if queries.open_to(other, [unit], inside=inside)]
    rows = [_copies(look, unit, row) if row["key"] == COPIES else row for row in rows]
    rows.append(_documents(look, unit))
    groups = dict.fromkeys(row["group"] for row in rows)
    return {
        "asked": look.asked,
        "unit": unit,
        "answer": _answer(rows),
        "columns": COLUMNS,
        "groups": [(name, [row for row in rows if row["group"] == name]) for name in groups],
    }


def _answer(rows: Sequence[Mapping[str, Any]]) -> str:
    """How many targets are missed, and by what most."""
    aimed = [row for row in rows if row["gap"] is not None]
    missed = [row for row in aimed if row["gap"] > 0]
    if not aimed:
        return "Chưa có số nào để so với chỉ tiêu trong kỳ này."
    if not missed:
        return f"Đạt cả {len(aimed)} chỉ tiêu có số liệu."
    worst = max(missed, key=lambda row: row["gap"])
    return (
        f"Chưa đạt {len(missed)} trong {len(aimed)} chỉ tiêu có số liệu. Còn xa nhất: {worst['name'][:1].lower()}"
        f"{worst['name'][1:]}, thiếu {ui.number(worst['gap'], 1)} điểm phần trăm."
    )


def _row(look: Look, unit: Unit, other: Other) -> dict[str, Any]:
    """One indicator of one unit."""
    figure = look.of(unit, other.key)
    told = shown(look, other, figure, unit.code)
    return told | {
        "name": other.name,
        "group": other.group,
        "meaning": other.measure.meaning,
        "source": other.measure.source,
        "url": reverse("other-indicator", args=[other.key]) + look.asked.query,
        "extra_url": _extra(look, unit, other),
    }


def _extra(look: Look, unit: Unit, other: Other) -> str:
    return reverse("other-paces", args=[unit.code]) + look.asked.query if other.days else ""


def shown(look: Look, other: Other, figure: Figure, where: str) -> dict[str, Any]:
    """A figure with its target, its gap and the addresses of its rows."""
    target = queries.target(other.target, look.asked.window.last) if other.target else None
    few = other.answers and 0 < figure.d < queries.few(look.asked.window.last)
    told = _plain(other.key, figure, target) | {"days": other.days, "few": few}
    if other.days and figure.rate is not None:
        told["result"] = f"{ui.number(figure.rate, 1)} ngày"
    if other.days:
        told["pair_n"] = ""
    sides = {name: reverse("other-rows", args=[other.key, where, name]) + look.asked.exact for name in SIDES}
    return told | {f"{name.replace('-', '_')}_url": url for name, url in sides.items()}


def _plain(key: str, figure: Figure, target: Target | None) -> dict[str, Any]:
    gap = figure.gap(target)
    return {
        "key": key,
        "figure": figure,
        "pair_n": figure.n,
        "result": ui.percent(figure.rate, 1) if figure.rate is not None else "chưa đo",
        "target": target,
        "gap": gap,
        "missed": gap is not None and gap > 0,
        "gap_text": _gap(gap),
    }


def _gap(gap: Decimal | None) -> str:
    if gap is None:
        return ""
    return f"thiếu {ui.number(gap, 1)}\u00a0điểm\u00a0%" if gap > 0 else "đạt"


def _documents(look: Look, unit: Unit) -> dict[str, Any]:
    """Văn bản điện tử: declared by each unit, with what was reached when the target was set."""
    asked, subject = look.asked, SUBJECTS[DOCUMENTS]
    figure = queries.documents(asked).get(unit.pk, Figure(0, 0))
    told = _plain(DOCUMENTS, figure, queries.target("electronic_documents", asked.window.last))
    base = packs.on(queries.SUBJECT, asked.window.last).get("documents_baseline")
    counted = subject.denominator[:1].lower() + subject.denominator[1:]
    meaning = f"{subject.numerator}, trong số {counted}. {subject.excluded}"
    return (
        told
        | _of_declared(asked, unit, DOCUMENTS)
        | {
            "name": subject.name,
            "group": "Văn bản",
            "meaning": meaning + (f" Mức ban đầu: {base} %." if base else ""),
            "source": subject.source,
        }
    )


def _of_declared(asked: Asked, unit: Unit, key: str) -> dict[str, Any]:
    return {"declared_url": reverse("declared", args=[unit.code, key]) + asked.query}


def _copies(look: Look, unit: Unit, row: dict[str, Any]) -> dict[str, Any]:
    """Chứng thực bản sao: by the reading the pack names; where no dossier is here, what the unit declared."""
    asked = look.asked
    value = packs.on(queries.SUBJECT, asked.window.last).values["certified_copies"]
    of_units = value.value["reading"] == "units" and unit.kind == UnitKind.PROVINCE
    words = "tỷ lệ xã có ít nhất một hồ sơ" if value.value["reading"] == "units" else "tỷ lệ hồ sơ"
    row["meaning"] += f" Cách hiểu đang dùng: {words}; đổi được trong gói quy định."
    row["unverified"] = not value.verified
    if of_units:
        communes = queries.units(asked.window.last, [UnitKind.COMMUNE])
        doing = sum(look.of(commune, COPIES).n > 0 for commune in communes)
        figure = Figure(doing, len(communes)) if look.of(unit, COPIES).d else Figure(0, 0)
        target = queries.target("certified_copies", asked.window.last)
        url = reverse("other-indicator", args=[COPIES]) + asked.query + "&cap=commune"
        row |= _plain(COPIES, figure, target) | {
            "tu_url": url,
            "mau_url": url,
            "name": "Xã có chứng thực bản sao điện tử",
        }
    elif not row["figure"].d:
        declared = queries.copies(asked).get(unit.pk)
        row |= _plain(COPIES, declared, row["target"]) if declared else {}
        row |= _of_declared(asked, unit, COPIES)
    return row


def of_indicator(look: Look, other: Other, level: str, number: str | None, *, inside: bool) -> dict[str, Any]:
    """One indicator by level, and the units of one level, those farthest from the target first.

    Of one field the units are not told apart for who is not `inside`.
    """
    day = look.asked.window.last
    by_level = {kind: queries.units(day, [kind]) for kind in queries.LEVELS}
    there = [kind for kind, units in by_level.items() if units]
    summed = [kind for kind in there if queries.open_to(other, by_level[kind], inside=inside)]
    apart = inside or not other.of_field
    level = level if level in there else next(iter(there), UnitKind.DEPARTMENT)
    base = reverse("other-indicator", args=[other.key]) + look.asked.query
    return {
        "asked": look.asked,
        "other": other,
        "target": queries.target(other.target, day) if other.target else None,
        "levels": [_level(look, other, kind, by_level[kind]) for kind in summed] if other.of_dossiers else [],
        "closed": not apart,
        "tabs": [
            {
                "url": f"{base}&cap={kind}#don-vi",
                "label": LEVEL_NAMES[kind],
                "count": len(by_level[kind]),
                "current": kind == level,
            }
            for kind in there
        ],
        "columns": UNIT_COLUMNS,
        "page": Paginator(_units(look, other, by_level[UnitKind(level)] if apart else []), 100).get_page(
            number
        ),
    }


def _level(look: Look, other: Other, kind: UnitKind, units: list[Unit]) -> dict[str, Any]:
    told = shown(look, other, look.of_level(units, other.key), LEVEL + kind)
    return told | {"name": LEVEL_NAMES[kind], "url": "", "group": ""}


def _units(look: Look, other: Other, units: Iterable[Unit]) -> list[dict[str, Any]]:
    found = [
        shown(look, other, look.of(unit, other.key), unit.code)
        | {"name": unit.name, "url": reverse("other-indicators") + look.asked.query + f"&don-vi={unit.code}"}
        for unit in units
    ]
    if other.target:
        return sorted(found, key=lambda row: (row["gap"] is None, -(row["gap"] or 0), row["name"]))
    return sorted(found, key=lambda row: (row["figure"].rate is None, row["figure"].rate or 0, row["name"]))


def behind(asked: Asked, other: Other, name: str, side: str, where: str, count: int) -> dict[str, Any]:
    """What the page of the rows behind a figure says of them."""
    thing = "hồ sơ" if other.of_dossiers else "thủ tục"
    return {
        "asked": asked,
        "other": other,
        "thing": thing,
        "title": f"{ui.number(count)} {thing} {SAID[side]}",
        "about": f"{other.name}. {name}, {asked.label}",
        "crumbs": [
            {"url": reverse("other-indicators") + asked.query, "label": "Chỉ số khác"},
            {"url": reverse("other-indicator", args=[other.key]) + asked.query, "label": other.name},
            {"label": name},
        ],
        "tabs": [
            {
                "url": reverse("other-rows", args=[other.key, where, each]) + asked.exact,
                "label": label,
                "current": each == side,
            }
            for each, label in TABS.items()
            if not (other.days and each in ("tu", "chua-dat"))
        ],
    }


def pace(asked: Asked, unit: Unit, found: Sequence[Pace], number: str | None) -> dict[str, Any]:
    """The procedures with how long they took."""
    late = sum(each.saved is not None and each.saved < 0 for each in found)
    whole = f"{ui.number(late)} trong {ui.number(len(found))} thủ tục"
    said = f"{whole} có hồ sơ xong trong kỳ muộn hơn hẹn, tính trung bình."
    return {
        "asked": asked,
        "unit": unit,
        "answer": said if late else "",
        "columns": PACE_COLUMNS,
        "page": Paginator(found, 50).get_page(number),
        "back": reverse("other-indicators") + asked.query + "&" + urlencode({"don-vi": unit.code}),
    }
