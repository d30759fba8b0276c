"""What the pages of draft control show: the list, one draft, its procedures, the ledger (trang kiểm soát dự thảo)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.urls import reverse

from motcua.law import control
from motcua.law.calendar import day
from motcua.law.control import PATH, STAGES
from motcua.people import access
from motcua.people.models import Officer
from motcua.ui.exports import Cell, Column, Format, Issuer, Kind, Listing
from motcua.ui.templatetags import ui

from ..announcing.models import Change
from ..models import Channel
from . import offers, queries, reading, telling
from .models import Draft, Drafted, Opinion, Position, Stage, Visit
from .queries import Line, Wanted

PAGE = 50
# Slug in the address, label, tone and icon; a stage is its own slug.
SHELVES = (
    ("", "Đang làm", "", "inbox"),
    ("cho-toi", "Chờ tôi", "soon", "hourglass"),
    ("tre", "Quá hạn", "late", "circle-alert"),
    *((stage.value, STAGES[stage], "", "") for stage in PATH),
    (Stage.PROMULGATED.value, Stage.PROMULGATED.label, "", "circle-check"),
    (Stage.STOPPED.value, Stage.STOPPED.label, "", "ban"),
)
COLUMNS = [
    {"label": "Dự thảo"},
    {"label": "Đơn vị soạn thảo", "width": "col-step"},
    {"label": "Bước", "width": "col-step"},
    {"label": "Hạn", "width": "col-next"},
    {"label": "Thủ tục", "num": True},
]
GATE_COLUMNS = [
    {"label": "Điều kiện, căn cứ", "width": "col-way"},
    {"label": "Tình trạng", "width": "col-step"},
    {"label": "Còn thiếu"},
]
DRAFTED_COLUMNS = [{"label": label} for label in ("Thủ tục", "Loại", "Nội dung", "Đánh giá tác động")]
EFFECT_COLUMNS = [
    {"label": "Thủ tục"},
    *(
        {"label": label, "num": True}
        for label in ("Thủ tục +/−", "Giấy tờ +/−", "Ngày", "Đồng/năm (kê khai)")
    ),
]
LEDGER_COLUMNS = [
    {"label": "Đơn vị, năm"},
    *(
        {"label": label, "num": True}
        for label in ("Dự thảo", "Đã ban hành", "Thủ tục +/−", "Giấy tờ +/−", "Ngày", "Đồng/năm (kê khai)")
    ),
]
NO_DRAFT = {
    "title": "Chưa có dự thảo nào",
    "text": "Lập dự thảo đầu tiên để đưa thủ tục vào kiểm soát từ khi soạn.",
}
NO_SUCH = {"title": "Không có dự thảo nào như vậy", "text": "Thử bớt điều kiện, hoặc xem nhóm khác ở trên."}
NO_LEDGER = {"title": "Chưa có gì để cộng", "text": "Sổ cộng từ các dự thảo, đã ban hành và đang soạn."}
DEEDS = {
    "opinion": ("Cho ý kiến kiểm soát", "y-kien"),
    "appraise": ("Thẩm định", "tham-dinh"),
    "answer": ("Tiếp thu, giải trình", "giai-trinh"),
    "promulgate": ("Ban hành", "ban-hanh"),
    "return": ("Trả lại bước trước", "tra-lai"),
    "stop": ("Dừng dự thảo", "dung"),
}
ABOVE = "Kiểm soát dự thảo"


def crumbs(draft: Draft | None = None, last: str = "") -> list[dict[str, str]]:
    """The way to a page about a draft, `last` the page below its own."""
    found = [{"url": reverse("drafts"), "label": ABOVE}]
    if draft:
        found.append({"url": link(draft), "label": _short(draft.name, 60)})
    return [*found, {"label": last}] if last else [*found[:-1], {"label": found[-1]["label"]}]


def link(draft: Draft) -> str:
    return reverse("draft", args=[draft.pk])


def listed(wanted: Wanted, number: str | None, today: date) -> dict[str, Any]:
    """One page of the list."""
    page: Page[Draft] = Paginator(queries.drafts(wanted, today), PAGE).get_page(number)
    rows = [row(draft, today) for draft in page.object_list]
    return {"page": page, "rows": rows, "columns": COLUMNS, "crumbs": []}


def row(draft: Draft, today: date) -> dict[str, Any]:
    """A draft as the list shows it."""
    return {
        "draft": draft,
        "url": link(draft),
        "late": is_late(draft, today),
        "due": standing_due(draft, today),
    }


def is_late(draft: Draft, today: date) -> bool:
    """Whether the stage of a draft ran out of its term."""
    return draft.stage in queries.ON_THE_WAY and draft.due is not None and draft.due < today


def standing_due(draft: Draft, today: date) -> str:
    """The due day of the stage in words, or what the draft became."""
    if draft.stage == Stage.PROMULGATED:
        return draft.number
    if draft.due is None:
        return ""
    return f"quá hạn {ui.day(draft.due)}" if is_late(draft, today) else f"hạn {ui.day(draft.due)}"


def counts(wanted: Wanted, mine: Q, shelf: str, kept: str, today: date) -> list[dict[str, Any]]:
    """The shelves of the list with what stands on each, for ui/counts.html."""
    found = queries.by_stage(wanted, today)
    found["tre"] = found["late"]
    found["cho-toi"] = queries.drafts(replace(wanted, waits=mine), today).count()
    found[""] = sum(found.get(stage, 0) for stage in queries.ON_THE_WAY)
    return [
        {
            "url": "?" + "&".join(part for part in (f"o={slug}" if slug else "", kept) if part),
            "label": label,
            "count": found.get(slug, 0),
            "current": slug == shelf,
            "tone": tone if found.get(slug) else "",
            "icon": icon,
        }
        for slug, label, tone, icon in SHELVES
    ]


def shown(draft: Draft, officer: Officer, at: datetime, today: date) -> dict[str, Any]:
    """Everything the page of one draft shows."""
    law = reading.draft(draft)
    gates = control.gates(law)
    procedures = reading.kept(draft)
    events = queries.history(draft)
    names = queries.names(_actors(draft, events))
    allowed, refused = actions(draft, gates, officer, today)
    return {
        "draft": draft,
        "answer": answer(draft, gates, today),
        "over": draft.stage not in PATH,
        "steps": steps(draft),
        "terms": telling.plain(control.pack(draft.day).source("terms")),
        "terms_unverified": telling.MARK in control.pack(draft.day).source("terms"),
        "gates": [telling.gate(gate, draft.stage) for gate in gates],
        "gate_columns": GATE_COLUMNS,
        "items": _items(draft, access.may(officer, "catalogue", None, today)),
        "to_assess": [one for one, law_one in zip(procedures, law.procedures, strict=True) if _left(law_one)],
        "drafted": [_drafted(one, law_one) for one, law_one in zip(procedures, law.procedures, strict=True)],
        "drafted_columns": DRAFTED_COLUMNS,
        "no_procedure": {
            "title": "Chưa có thủ tục nào",
            "text": "Đưa vào dự thảo từng thủ tục mà văn bản quy định.",
        },
        "opinions": [_opinion(one, names) for one in _opinions(draft)],
        "effects": _effects(procedures),
        "effect_columns": EFFECT_COLUMNS,
        "events": [telling.event(one, names) for one in events],
        "allowed": allowed,
        "refused": refused,
        "editable": draft.stage == Stage.DRAFTING and offers.drafts(officer, draft, today),
        "assessable": draft.stage == Stage.ASSESSMENT and offers.drafts(officer, draft, today),
        "crumbs": crumbs(draft),
    }


def answer(draft: Draft, gates: Sequence[control.Gate], today: date) -> str:
    """The one sentence about a draft: where it stands, by when, and how many conditions hold it."""
    if draft.stage == Stage.PROMULGATED:
        effect = ui.day(draft.effective_on) if draft.effective_on else ""
        issued = f"Đã ban hành thành {draft.number} ngày {ui.day(draft.issued_on)}, có hiệu lực {effect}"
        return f"{issued}. Chờ công bố thủ tục."
    if draft.stage == Stage.STOPPED:
        return "Đã dừng, không đề nghị ban hành."
    stage = control.Stage(draft.stage)
    shut = [
        gate
        for gate in gates
        if gate.blocks and not gate.open and gate.stage in PATH[: PATH.index(stage) + 1]
    ]
    held = f"còn {len(shut)} điều kiện chưa đạt" if shut else "đủ điều kiện chuyển bước"
    if stage is control.Stage.PROMULGATION:
        held = "chờ ký ban hành"
    return f"Đang ở bước {draft.get_stage_display()}, {standing_due(draft, today)}; {held}."


def steps(draft: Draft) -> list[dict[str, str]]:
    """The stages as a track for ui/steps.html."""
    there = reading.standing(draft.visits.all())
    found = []
    for stage in PATH:
        visit = there.get(stage)
        current = visit is not None and visit.left is None
        state = "current" if current else "done" if visit else ""
        found.append({"label": STAGES[stage], "note": _note(visit), "state": state, "url": ""})
    return found


def _note(visit: Visit | None) -> str:
    if visit is None:
        return ""
    if visit.left is None:
        return f"hạn {ui.day_short(visit.due)}" if visit.due else ""
    late = visit.due is not None and day(visit.left) > visit.due
    return f"xong {ui.day_short(visit.left)}{', chậm' if late else ''}"


def actions(
    draft: Draft, gates: Sequence[control.Gate], officer: Officer, today: date
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """What the officer may do now, and what may not be done and why, for ui/actions.html."""
    allowed: list[dict[str, Any]] = []
    refused: list[dict[str, str]] = []
    waiting = _unanswered(draft)
    if draft.stage == Stage.PROMULGATED and access.may(officer, "catalogue", None, today):
        _announce(draft, allowed, refused)
    for deed in offers.deeds(officer, draft, today):
        if deed == "forward":
            _forward(draft, gates, allowed, refused)
        elif deed == "answer" and waiting is None:
            continue
        elif deed in ("opinion", "appraise") and (why := _no_opinion(officer, draft, today)):
            refused.append({"label": DEEDS[deed][0], "reason": why})
        else:
            label, slug = DEEDS[deed]
            primary = deed in ("opinion", "appraise", "promulgate", "answer")
            url = reverse("draft-deed", args=[draft.pk, slug])
            allowed.append({"url": url, "label": label, "primary": primary})
    return allowed, refused


def _forward(
    draft: Draft, gates: Sequence[control.Gate], allowed: list[dict[str, Any]], refused: list[dict[str, str]]
) -> None:
    stage = control.Stage(draft.stage)
    passed = PATH[: PATH.index(stage) + 1]
    label = f"Chuyển sang {STAGES[control.following(stage)].lower()}"
    shut = [gate for gate in gates if gate.blocks and not gate.open and gate.stage in passed]
    if shut:
        reason = f"{shut[0].title}: {'; '.join(shut[0].missing[:2])}"
        refused.append({"label": label, "reason": reason, "source": telling.plain(shut[0].source)})
    else:
        url = reverse("draft-forward", args=[draft.pk])
        allowed.append({"url": url, "label": label, "primary": True, "post": True})


def _announce(draft: Draft, allowed: list[dict[str, Any]], refused: list[dict[str, str]]) -> None:
    """What comes after: the decision that announces what the instrument brought."""
    label, source = "Soạn quyết định công bố", "NĐ 63/2010/NĐ-CP Đ.15"
    without = [one.title for one in reading.kept(draft) if one.waits_for_code]
    if without:
        refused.append({"label": label, "reason": f"chưa cấp mã cho {'; '.join(without)}", "source": source})
    else:
        url = f"{reverse('announcement-new')}?van-ban={draft.instrument_id}"
        allowed.append({"url": url, "label": label, "primary": True})


def _no_opinion(officer: Officer, draft: Draft, today: date) -> str:
    if offers.own(officer, draft, today):
        return "bạn thuộc đơn vị soạn thảo, không cho ý kiến về dự thảo của chính đơn vị"
    return "đã có ý kiến ở lượt này" if standing_opinion(draft) else ""


def standing_opinion(draft: Draft) -> Opinion | None:
    """What was said at the stage the draft stands at."""
    visit = next((visit for visit in draft.visits.all() if visit.left is None), None)
    return next(iter(visit.opinions.all()), None) if visit else None


def _unanswered(draft: Draft) -> Opinion | None:
    said = standing_opinion(draft)
    return said if said and not said.answered_at and said.position != Position.AGREED else None


def _left(law: control.Drafted) -> bool:
    """Whether something of the assessment of a procedure is not answered yet."""
    return next(control.unanswered(law), None) is not None


def _items(draft: Draft, registrar: bool) -> list[dict[str, Any]]:
    """What a draft says of itself; whoever keeps the register is led to its entry."""
    ground = next(
        (
            g.label
            for g in control.grounds(draft.kind, draft.issued_on or draft.day)
            if g.code == draft.ground
        ),
        "",
    )
    origin = " ".join(part for part in (draft.origin_text, draft.origin_number) if part)
    entered = registrar and draft.instrument_id
    register = reverse("instrument", args=[draft.instrument_id]) if entered else ""
    items = [
        {"term": "Loại văn bản", "value": draft.get_kind_display()},
        {"term": "Đơn vị soạn thảo", "value": draft.unit.name},
        {"term": "Ngày của dự thảo", "value": ui.day(draft.day)},
        {
            "term": "Căn cứ thẩm quyền",
            "value": ground or ("căn cứ không dùng được" if draft.ground else "chưa nêu"),
        },
        {"term": "Điều, khoản", "value": draft.clause},
        {"term": "Xuất phát từ", "value": draft.get_origin_display() if draft.origin else "", "note": origin},
        {"term": "Văn bản", "value": draft.number, "url": register},
        {"term": "Người ký", "value": draft.signer},
    ]
    return [item for item in items if item["value"]]


def _drafted(one: Drafted, law: control.Drafted) -> dict[str, Any]:
    last = reading.latest(one)
    left = list(control.unanswered(law))
    return {
        "row": one,
        "change": one.get_change_display(),
        "code": "chưa có mã" if one.waits_for_code else one.code,
        "url": reverse("drafted", args=[one.pk]),
        "assess_url": reverse("drafted-assess", args=[one.pk]),
        "drop_url": reverse("drafted-drop", args=[one.pk]),
        "paper_url": reverse("drafted-paper", args=[one.pk]) if last else "",
        "code_url": reverse("drafted-code", args=[one.pk]) if one.waits_for_code else "",
        "parts": _parts(one, law),
        "assessed": _assessed_word(one, left),
        "whole": not left,
        "abolished": one.change == Change.ABOLISHED,
    }


def _parts(one: Drafted, law: control.Drafted) -> str:
    if one.change == Change.ABOLISHED:
        return "bãi bỏ toàn bộ"
    there = len(law.filled | law.absent)
    said = f"{there}/{len(control.PARTS)} bộ phận"
    if one.change == Change.AMENDED:
        changed = ", ".join(control.PARTS[part].lower() for part in law.regulated)
        return f"{said}; sửa {changed}" if changed else f"{said}; chưa sửa phần nào"
    return said


def _assessed_word(one: Drafted, left: Sequence[str]) -> str:
    last = reading.latest(one)
    if last is None:
        return "chưa có"
    costs = [
        "chưa kê khai" if cost is None else ui.money(cost) for cost in (last.cost_before, last.cost_after)
    ]
    on = f"{ui.day(last.at)}, chi phí kê khai {' → '.join(costs)}"
    return f"{on}; còn {len(left)} chỗ chưa trả lời" if left else on


def _opinions(draft: Draft) -> list[Opinion]:
    found = [opinion for visit in draft.visits.all() for opinion in visit.opinions.all()]
    return sorted(found, key=lambda one: -one.pk)


def _opinion(one: Opinion, names: Mapping[str, str]) -> dict[str, Any]:
    tone, icon = {
        Position.AGREED: ("ok", "circle-check"),
        Position.REMARKS: ("soon", "triangle-alert"),
        Position.DISAGREED: ("late", "circle-alert"),
    }[Position(one.position)]
    stands = one in [*_current(one)]
    return {
        "one": one,
        "stage": one.visit.get_stage_display(),
        "by": names.get(one.by, one.by),
        "answered_by": names.get(one.answered_by, one.answered_by),
        "tone": tone,
        "icon": icon,
        "stands": stands,
        "paper_url": reverse("draft-paper", args=[one.visit.draft_id, one.pk]),
    }


def _current(one: Opinion) -> Iterator[Opinion]:
    """The opinion if no later stay at its stage or before undid it."""
    if one.visit in reading.standing(one.visit.draft.visits.all()).values():
        yield one


def _effects(procedures: Sequence[Drafted]) -> list[dict[str, Any]]:
    found = [{"name": one.title, **telling.effect(reading.effect_of(one))} for one in procedures]
    if len(procedures) > 1:
        whole = telling.effect(reading.total(procedures))
        found.append({"name": "Cả dự thảo", **whole})
    return found


def _actors(draft: Draft, events: Sequence[queries.Event]) -> list[str]:
    said = [name for one in _opinions(draft) for name in (one.by, one.answered_by)]
    return [one.fact.by for one in events] + said


def assessing(one: Drafted) -> dict[str, Any]:
    """What the form of an assessment shows beside its fields: what the draft says of each part, and before."""
    law = reading.drafted(one)
    parts = control.to_assess(law.change, law.regulated, law.absent)
    return {"law": law, "parts": parts, "left": list(control.unanswered(law)) if law.assessment else []}


def part_text(one: Drafted, part: str) -> tuple[str, str]:
    """What a part says in the draft, and said before; "" where there is nothing."""
    new = reading.contents(one.version, one.sets)[part] if one.version else ""
    old = reading.contents(one.before, None)[part] if one.before else ""
    return _worded(part, new), _worded(part, old)


def _worded(part: str, told: Any) -> str:
    if part == "ways":
        return ", ".join(Channel(each).label for each in told)
    if part == "components":
        return "; ".join(name for name, *_ in told)
    if part == "terms":
        return "; ".join(dict.fromkeys(f"{ui.number(amount)} {unit}" for *_, amount, unit in told))
    if part == "fees":
        return "; ".join(dict.fromkeys(note or ui.money(amount) for *_, amount, note in told))
    if part == "sets":
        return f"{told} bộ" if told else ""
    return "; ".join(told) if isinstance(told, tuple) else str(told)


def ledger(year: int | None) -> dict[str, Any]:
    """What drafts add and remove, by agency and year."""
    lines = queries.ledger(year)
    years = queries.years()
    return {
        "lines": [_line(line) for line in lines],
        "total": {name: telling.effect(told) for name, told in queries.total(lines).items()},
        "columns": LEDGER_COLUMNS,
        "empty": NO_LEDGER,
        "years": [{"url": "?", "label": "Mọi năm", "current": year is None}]
        + [{"url": f"?nam={each}", "label": str(each), "current": each == year} for each in years],
        "crumbs": crumbs(last="Sổ tăng, giảm"),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "line": line,
        "url": f"{reverse('drafts')}?o=promulgated&don_vi={line.unit.code}",
        "done": telling.effect(line.done),
        "proposed": telling.effect(line.proposed),
        "waiting": line.drafts - line.promulgated,
    }


EXPORTED = (
    Column("Tên dự thảo", width=54),
    Column("Loại văn bản", width=22),
    Column("Đơn vị soạn thảo", width=28),
    Column("Ngày", Kind.DAY, 12),
    Column("Bước", width=18),
    Column("Hạn", Kind.DAY, 12),
    Column("Thủ tục", Kind.NUMBER, 8),
    Column("Số văn bản", Kind.CODE, 18),
    Column("Ngày ban hành", Kind.DAY, 12),
    Column("Ngày hiệu lực", Kind.DAY, 12),
)


def exported(
    format: Format,
    wanted: Wanted,
    filters: Sequence[tuple[str, str]],
    *,
    issuer: Issuer,
    at: datetime,
    today: date,
) -> Listing:
    """The drafts a list shows, in its order (danh sách dự thảo)."""
    keys = list(queries.drafts(wanted, today).values_list("pk", flat=True)[: format.most + 1])

    def cells(chosen: Sequence[int]) -> Iterator[Sequence[Cell]]:
        found = queries.drafts(Wanted(), today).in_bulk(list(chosen))
        for draft in (found[key] for key in chosen if key in found):
            yield (
                *(
                    draft.name,
                    draft.get_kind_display(),
                    draft.unit.name,
                    draft.day,
                    draft.get_stage_display(),
                ),
                *(draft.due, draft.count, draft.number, draft.issued_on, draft.effective_on),  # type: ignore[attr-defined]
            )

    return Listing(
        "du-thao",
        "Danh sách dự thảo văn bản có thủ tục",
        "dự thảo",
        EXPORTED,
        keys,
        cells,
        issuer,
        at,
        filters=filters,
    )


def _short(text: str, most: int) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"
