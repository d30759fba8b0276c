"""Publications as pages and as a notice: scores, what changed, what they stand on, what may be done (công bố)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.urls import reverse

from motcua.dossiers import queries as dossiers
from motcua.law import indicators, packs, publications
from motcua.law.calendar import TZ, day
from motcua.law.indicators import SUBJECT
from motcua.people.models import Officer
from motcua.ui.templatetags import ui

from ..pages import headed, sentence
from ..periods import Period, Span
from . import queries
from .comparing import Change, Difference
from .models import Snapshot, SnapshotState

OFFERED = 12  # months that may be drafted
PAGE = 100
COLUMNS = (
    [{"label": "Đơn vị"}]
    + [{"label": label, "num": True} for label in ("Hạng", "Tổng điểm")]
    + [{"label": "Xếp loại"}]
)
STATES = {
    SnapshotState.DRAFT: ("file-text", "soon"),
    SnapshotState.SIGNED: ("circle-check", "pause"),
    SnapshotState.PUBLISHED: ("circle-check", "ok"),
}
SIDES = {"n": "tử số", "d": "mẫu số", "left_out": "để ngoài"}


def offered(at: datetime) -> list[Period]:
    """The months, quarters, half-years and years that are over and may be published, newest first."""
    since, found = packs.history(SUBJECT, "groups")[0].since, []
    for span, many in ((Span.MONTH, OFFERED), (Span.QUARTER, 4), (Span.HALF, 2), (Span.YEAR, 2)):
        period = Period.containing(day(at), span).previous
        for _ in range(many):
            if period.first >= since:
                found.append(period)
            period = period.previous
    return found


def listing(reader: Officer | AnonymousUser, at: datetime, number: str | None) -> dict[str, Any]:
    """Every publication; who may draft sees drafts too."""
    officer = reader if isinstance(reader, Officer) else None
    page = Paginator(queries.listed(drafts=officer is not None), 50).get_page(number)
    return {
        "page": page,
        "rows": [
            {"snapshot": each, "period": Period.parse(each.period).label, **_state(each)} for each in page
        ],
        "columns": [{"label": name} for name in ("Kỳ", "Số công bố", "Trạng thái", "Ngày", "Tệp")],
        "may_draft": officer is not None and queries.may_publish(officer, at),
    }


def shown(snapshot: Snapshot, level: str, number: str | None) -> dict[str, Any]:
    """One publication: the whole, its units of one level, its definitions and its seal."""
    content = snapshot.content
    levels = _levels(content)
    level = level if level in levels else next((each for each in levels if each != "province"), "province")
    top = next((unit for unit in content["units"] if unit["level"] == "province"), None)
    units = sorted((u for u in content["units"] if u["level"] == level), key=lambda u: (u["rank"], u["code"]))
    base = reverse("publication", args=[snapshot.number])
    return {
        "snapshot": snapshot,
        "period": Period.parse(snapshot.period),
        "top": top,
        "groups": _groups(content, top) if top else [],
        "answer": _answer(snapshot, top),
        "tabs": [
            {
                "url": f"{base}?cap={key}#don-vi",
                "label": sentence(name),
                "count": count,
                "current": key == level,
            }
            for key, (name, count) in levels.items()
        ],
        "columns": [
            *COLUMNS,
            *(
                {"label": headed(each["label"], each["max"]), "num": True, "width": "col-group"}
                for each in _heads(content)
            ),
        ],
        "page": Paginator([_line(content, unit) for unit in units], PAGE).get_page(number),
        "definitions": _definitions(content),
        "seal": content["seal"],
        "counted_at": datetime.fromisoformat(content["counted_at"]),
        "summary": _summary(snapshot),
        "events": _events(snapshot),
        "corrected_by": _corrected_by(snapshot),
        **_state(snapshot),
    }


def actions(snapshot: Snapshot, reader: Officer | AnonymousUser, at: datetime) -> dict[str, bool]:
    """What the reader may do with it now."""
    if not isinstance(reader, Officer) or snapshot.state == SnapshotState.PUBLISHED:
        return {}
    publishes, signs = queries.may_publish(reader, at), queries.may_sign(reader, snapshot, at)
    return {
        "may_sign": snapshot.state == SnapshotState.DRAFT and signs and snapshot.drafted_by != reader,
        "may_publish": snapshot.state == SnapshotState.SIGNED and publishes,
        "may_discard": publishes or signs,
    }


def compared(
    snapshot: Snapshot, found: Sequence[Difference], at: datetime, number: str | None
) -> dict[str, Any]:
    """As published beside as known now."""
    base = reverse("publication-compare", args=[snapshot.number])
    page = Paginator(found, PAGE).get_page(number)
    scored = [each for each in found if each.was_points != each.now_points]
    return {
        "snapshot": snapshot,
        "period": Period.parse(snapshot.period),
        "answer": _moved(found, scored),
        "page": page,
        "rows": [{"each": each, "url": f"{base}?don-vi={each.unit}&chi-so={each.code}"} for each in page],
        "columns": [{"label": name, "num": name not in ("Đơn vị", "Chỉ số")} for name in _COMPARED],
        "at": at,
        "empty": {"title": "Không có gì khác", "text": "Đếm lại lúc này, mọi số liệu như đã công bố."},
    }


def opened(
    snapshot: Snapshot,
    each: Difference,
    changes: Sequence[Change],
    number: str | None,
    reader: Officer,
    at: datetime,
) -> dict[str, Any]:
    """The dossiers or procedures that moved one figure; a dossier opens to those it concerns."""
    page = Paginator(changes, 50).get_page(number)
    codes = [change.code for change in page]
    own = dossiers.readable(reader, day(at)).filter(code__in=codes).values_list("code", flat=True)
    urls = {code: reverse("dossier", args=[code]) for code in own}
    urls |= {code: reverse("procedure", args=[code]) for code in codes if not of_dossiers(each.code)}
    return {
        "snapshot": snapshot,
        "period": Period.parse(snapshot.period),
        "each": each,
        "page": page,
        "rows": [{"code": c.code, "url": urls.get(c.code, ""), "said": _stood(c)} for c in page],
        "columns": [{"label": name} for name in ("Mã", "Khác gì")],
    }


def notice(snapshot: Snapshot) -> dict[str, Any]:
    """What the notice prints; data only, for Typst."""
    content = snapshot.content
    top = next((unit for unit in content["units"] if unit["level"] == "province"), None)
    said = snapshot.published_at or snapshot.signed_at or snapshot.drafted_at
    levels = {key: name for key, (name, _) in _levels(content).items() if key != "province"}
    return {
        "number": snapshot.document or "…",
        "unit": snapshot.unit.name,
        "over": snapshot.unit.parent.name if snapshot.unit.parent else "",
        "date": f"ngày {said.astimezone(TZ):%d tháng %m năm %Y}",
        "period": content["period"]["label"],
        "draft": "" if snapshot.state == SnapshotState.PUBLISHED else snapshot.get_state_display(),
        "answer": _answer(snapshot, top),
        "reason": snapshot.reason,
        "groups": [
            [f"{g['label']} ({g['code']})", ui.number(g["points"], 2), ui.number(g["max"])]
            for g in _groups(content, top)
        ]
        if top
        else [],
        "heads": [code for code, _ in _most(content)],
        "tables": [
            {"title": sentence(name), "rows": [_printed(content, u) for u in _ordered(content, key)]}
            for key, name in levels.items()
        ],
        "seal": content["seal"]["root"],
        "digest": snapshot.digest,
        "version": snapshot.number,
        "signer": snapshot.signed_by.full_name if snapshot.signed_by else "",
    }


def of_dossiers(code: str) -> bool:
    """Whether the rows of an indicator are dossiers."""
    from ..measures import MEASURES, Subject

    return MEASURES[code].subject is Subject.DOSSIER


_COMPARED = ("Đơn vị", "Chỉ số", "Đã công bố", "Nay biết", "Điểm công bố", "Điểm nay")


def _ordered(content: Mapping[str, Any], level: str) -> list[dict[str, Any]]:
    found = [unit for unit in content["units"] if unit["level"] == level]
    return sorted(found, key=lambda unit: (unit["rank"], unit["code"]))


def _printed(content: Mapping[str, Any], unit: Mapping[str, Any]) -> list[str]:
    groups = [ui.number(unit["groups"][code], 2) for code, _ in _most(content)]
    return [str(unit["rank"]), unit["name"], *groups, ui.number(unit["total"], 2), unit["band"]]


def _stood(change: Change) -> str:
    was, now = ({SIDES[side] for _, side in sides} for sides in (change.was, change.now))
    parts = [f"thêm vào {each}" for each in sorted(now - was)] + [
        f"ra khỏi {each}" for each in sorted(was - now)
    ]
    return sentence(", ".join(parts)) + "."


def _moved(found: Sequence[Difference], scored: Sequence[Difference]) -> str:
    if not found:
        return "Không có gì khác lúc công bố."
    units = len({each.unit for each in found})
    return (
        f"{len(found)} số liệu của {units} đơn vị nay khác lúc công bố, {len(scored)} trong đó đổi điểm. Bản đã công"
        " bố không đổi; sửa thì lập bản đính chính."
    )


def _answer(snapshot: Snapshot, top: Mapping[str, Any] | None) -> str:
    if top is None:
        return ""
    rules = dict(_most(snapshot.content))
    worst = max(rules, key=lambda code: rules[code] - _points(top["groups"][code]))
    name = snapshot.content["law"][SUBJECT]["groups"]["value"][worst]["name"].lower()
    lost = ui.number(rules[worst] - _points(top["groups"][worst]), 2)
    return f"{ui.number(top['total'], 2)} điểm, loại {top['band']}. Mất nhiều nhất ở {name}: {lost} điểm."


def _points(value: Any) -> Decimal:
    return Decimal(str(value))


def _most(content: Mapping[str, Any]) -> list[tuple[str, Decimal]]:
    """The groups and their maxima, in the order of the index."""
    listed = content["law"][SUBJECT]["groups"]["value"]
    return [(code, Decimal(listed[code]["max"])) for code in indicators.GROUPS if code in listed]


def _heads(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = content["law"][SUBJECT]["groups"]["value"]
    return [{"code": code, "label": listed[code]["name"], "max": most} for code, most in _most(content)]


def _groups(content: Mapping[str, Any], unit: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{**head, "points": _points(unit["groups"][head["code"]])} for head in _heads(content)]


def _line(content: Mapping[str, Any], unit: Mapping[str, Any]) -> dict[str, Any]:
    return {**unit, "points": _groups(content, unit)}


def _levels(content: Mapping[str, Any]) -> dict[str, tuple[str, int]]:
    known = content["law"][SUBJECT]["levels"]["value"]
    ordered = [key for key in ("province", "department", "district", "commune") if key in known]
    counts = {key: sum(unit["level"] == key for unit in content["units"]) for key in ordered}
    return {key: (known[key], counts[key]) for key in ordered if counts[key]}


def _definitions(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    law = content["law"][SUBJECT]
    told = []
    for name, each in law.items():
        code = name.removeprefix("indicator ")
        if code != name and not each["value"].get("informative"):
            meaning = content["measures"].get(code, {}).get("meaning", "")
            told.append({"code": code, **each["value"], "verified": each["verified"], "meaning": meaning})
    return sorted(told, key=lambda each: each["code"])


def _summary(snapshot: Snapshot) -> list[dict[str, Any]]:
    content = snapshot.content
    return [
        {"term": "Số công bố", "value": snapshot.number},
        {"term": "Thông báo", "value": snapshot.document},
        {"term": "Ký duyệt", "value": snapshot.signed_by.full_name if snapshot.signed_by else ""},
        {"term": "Số liệu tính lúc", "value": ui.moment(datetime.fromisoformat(content["counted_at"]))},
        {"term": "Luật áp dụng ngày", "value": ui.day(date.fromisoformat(content["period"]["last"]))},
    ]


def _corrected_by(snapshot: Snapshot) -> Snapshot | None:
    later = queries.in_force(snapshot.period)
    return later if later and later.version > snapshot.version else None


def _state(snapshot: Snapshot) -> dict[str, str]:
    icon, tone = STATES[SnapshotState(snapshot.state)]
    return {"icon": icon, "tone": tone}


def _events(snapshot: Snapshot) -> list[dict[str, Any]]:
    facts = queries.told(snapshot)
    people = Officer.objects.filter(username__in={fact.by for fact in facts})
    names = dict(people.values_list("username", "full_name"))
    return [_event(fact) | {"by": names.get(fact.by, fact.by)} for fact in facts]


def _event(fact: publications.Publication) -> dict[str, Any]:
    note = getattr(fact, "reason", "") or getattr(fact, "document", "")
    label = f"{fact.label}: bản {fact.period}.{fact.version}"
    return {"at": fact.at, "label": label, "note": note}
