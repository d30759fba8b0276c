"""The forms of draft control on paper: impact assessment, control opinion, appraisal (biểu mẫu kiểm soát dự thảo).

Their numbers are those of pack `control`, unverified ones marked; what nobody wrote is a dotted line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from motcua.law import control
from motcua.law.calendar import day
from motcua.law.control import CRITERIA, PARTS
from motcua.people import access
from motcua.people.models import Unit
from motcua.ui import press
from motcua.ui.templatetags import ui

from ..announcing.models import Change
from ..queries import NotFound
from . import pages, queries, reading
from .models import Assessment, Draft, Drafted, DraftKind, Opinion, Stage

LAYOUT = Path(__file__).parent / "paper.typ"
WORDS = {True: "Có", False: "Không", None: ""}
PART_COLUMNS = [
    {"label": "Bộ phận", "width": 3},
    *({"label": word.capitalize(), "width": 1.2} for word in CRITERIA.values()),
    {"label": "Lý do", "width": 6},
]
COLUMNS = [{"label": "Thủ tục", "width": 5}, {"label": "Loại", "width": 2}, {"label": "Mã", "width": 2}]


def assessment(one: Drafted) -> bytes:
    """The impact assessment of a procedure. Raises NotFound where it was not assessed."""
    last = reading.latest(one)
    if last is None:
        raise NotFound("Thủ tục này chưa có bản đánh giá tác động")
    form, source = _form("new" if one.change == Change.NEW else "changed", one.draft)
    names = queries.names([last.by])
    told = {
        **_head(one.draft.unit, last.at),
        "number": "",
        "code": form["number"],
        "title": form["title"],
        "source": source,
        "sections": [*_about(one), *_answers(one, last)],
        "signatures": [
            {"role": "Người đánh giá", "name": names.get(last.by, last.by)},
            {"role": "Thủ trưởng đơn vị", "name": ""},
        ],
    }
    return _set(told, last.at)


def opinion(draft: Draft, pk: int) -> bytes:
    """The opinion or the appraisal of a draft. Raises NotFound."""
    found = next((one for visit in draft.visits.all() for one in visit.opinions.all() if one.pk == pk), None)
    if found is None:
        raise NotFound("Dự thảo không có ý kiến này")
    kind = "appraisal" if found.visit.stage == Stage.APPRAISAL else "opinion"
    form, source = _form(kind, draft)[0], f"Căn cứ: {control.pack(draft.day).source(kind)}"
    names = queries.names([found.by])
    rows = [
        [one.title, one.get_change_display(), "" if one.waits_for_code else one.code]
        for one in reading.kept(draft)
    ]
    told = {
        **_head(_unit_of(found) or draft.unit, found.at),
        "date": _dated(found.on),
        "number": found.number,
        "code": form["number"],
        "title": form["title"],
        "source": source,
        "sections": [
            _section(
                "I. Dự thảo", [("Tên", draft.name), ("Cơ quan soạn thảo", draft.unit.name)], COLUMNS, rows
            ),
            _section("II. Kết luận", [("", found.get_position_display())]),
            _section("III. Nội dung", [("", found.text)]),
            *(_gates(draft) if found.visit in reading.standing(draft.visits.all()).values() else ()),
        ],
        "signatures": [{"role": "Người cho ý kiến", "name": names.get(found.by, found.by)}],
    }
    return _set(told, found.at)


def promulgating(draft: Draft, today: date) -> dict[str, Any]:
    """What the form of promulgation begins with."""
    *_, top = access.line(draft.unit)
    council = draft.kind == DraftKind.RESOLUTION
    return {"ngay": today, "noi": "Hội đồng nhân dân tỉnh" if council else top.name}


def _about(one: Drafted) -> Iterator[dict[str, Any]]:
    draft = one.draft
    ground = next((g.label for g in control.grounds(draft.kind, draft.day) if g.code == draft.ground), "")
    yield _section(
        "Thông tin chung",
        [
            ("Cơ quan chủ trì soạn thảo", draft.unit.name),
            ("Tên dự thảo văn bản", draft.name),
            ("Tên thủ tục", one.title),
            ("Loại", one.get_change_display()),
            ("Căn cứ thẩm quyền", ", ".join(part for part in (ground, draft.clause) if part)),
        ],
    )


def _answers(one: Drafted, last: Assessment) -> Iterator[dict[str, Any]]:
    yield _section("I. Sự cần thiết", [("Cần thiết", WORDS[last.needed]), ("Lý do", last.needed_why)])
    told = pages.assessing(one)
    rows = [_part(part, last) for part in told["parts"]]
    yield _section("II. Tính hợp lý, hợp pháp của từng bộ phận", [], PART_COLUMNS, rows)
    yield _section(
        "III. Yêu cầu quản lý và sự thuận tiện",
        [
            ("Đáp ứng yêu cầu công tác quản lý", _said(last.management, last.management_why)),
            ("Tạo thuận tiện cho người dân, doanh nghiệp", _said(last.convenience, last.convenience_why)),
        ],
    )
    yield _section(
        "IV. Chi phí tuân thủ (kê khai)",
        [
            ("Trước", _money(last.cost_before)),
            ("Sau", _money(last.cost_after)),
            ("Cách tính", last.cost_how),
            ("Ở mức thấp nhất có thể", WORDS[last.cheapest]),
        ],
    )


def _part(part: str, last: Assessment) -> list[str]:
    told = last.answers.get(part, {})
    return [PARTS[part], *(WORDS[told.get(name)] for name in CRITERIA), told.get("reason", "")]


def _gates(draft: Draft) -> Iterator[dict[str, Any]]:
    """What the conditions found when the opinion was asked for, whatever day the document was signed on since."""
    asked = replace(reading.draft(draft), day=draft.day)
    found = [gate for gate in control.gates(asked) if gate.code in ("authority", "parts", "held")]
    told = [(gate.title, "đạt" if gate.open else "; ".join(gate.missing)) for gate in found]
    yield _section("IV. Kiểm tra theo quy định", told)


def _said(answer: bool | None, why: str) -> str:
    return ". ".join(part for part in (WORDS[answer], why) if part)


def _money(amount: Any) -> str:
    return "" if amount is None else f"{ui.money(amount)}/năm"


def _section(
    title: str,
    items: Sequence[tuple[str, str]],
    columns: Sequence[dict[str, Any]] = (),
    rows: Sequence[Sequence[str]] = (),
) -> dict[str, Any]:
    told = [{"label": label, "text": text} for label, text in items]
    return {"title": title, "items": told, "columns": list(columns), "rows": [list(row) for row in rows]}


def _form(name: str, draft: Draft) -> tuple[Any, str]:
    """The number and title of a form, and its source with the mark of what was not verified."""
    rules = control.pack(draft.day)
    if "forms" not in rules.values:
        return {"number": "", "title": "Đánh giá tác động thủ tục hành chính"}, ""
    return rules["forms"][name], f"Biểu mẫu: {rules.source('forms')}"


def _head(unit: Unit, at: datetime) -> dict[str, str]:
    return {"over": unit.parent.name if unit.parent else "", "unit": unit.name, "date": _dated(day(at))}


def _dated(on: date) -> str:
    return f"Ngày {on:%d} tháng {on:%m} năm {on:%Y}"


def _unit_of(one: Opinion) -> Unit | None:
    """The office of whoever gave an opinion, on that day."""
    found = Unit.objects.filter(posts__officer__username=one.by, posts__valid_from__lte=one.on)
    return found.select_related("parent").order_by("posts__valid_from").last()


def _set(told: dict[str, Any], at: datetime) -> bytes:
    (document,) = press.pages(LAYOUT, told, at=at)
    return document
