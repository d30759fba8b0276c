"""What the pages of announcing show: the work, the decisions, one decision, the register (trang công bố)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Max
from django.urls import reverse

from motcua.law.announcing import Due
from motcua.law.calendar import day
from motcua.ui.templatetags import ui

from ..cleaning.pages import link
from ..models import Status
from ..reading.drafts import CODE
from . import queries, standing
from .models import Announced, Announcement, Change, Instrument
from .queries import Duty, When, Work

PAGE = 50
WHENS = {
    When.LATE: ("Quá hạn", "late", "circle-alert"),
    When.TODAY: ("Hôm nay", "soon", "hourglass"),
    When.WEEK: ("Tuần này", "", "clock"),
    When.LATER: ("Còn hạn", "", "circle-check"),
}
WORKS = {Work.ANNOUNCE: "Công bố", Work.PUBLISH: "Công khai"}
STATES = {"": "Tất cả", "du-thao": "Dự thảo", "cho-cong-khai": "Chờ công khai", "xong": "Đã công khai"}
DUTY_COLUMNS = [
    {"label": "Thủ tục"},
    {"label": "Theo", "width": "col-step"},
    {"label": "Hạn", "width": "col-clock"},
    {"label": "Việc", "width": "col-next"},
]
DECISION_COLUMNS = [
    {"label": "Quyết định"},
    {"label": "Ngày ký", "width": "col-step"},
    {"label": "Có hiệu lực từ", "width": "col-step"},
    {"label": "Thủ tục", "num": True},
    {"label": "Tình trạng", "width": "col-clock"},
]
ITEM_COLUMNS = [
    {"label": "Thủ tục"},
    {"label": "Loại", "width": "col-step"},
    {"label": "Nội dung thay đổi"},
    {"label": "Công khai", "width": "col-clock"},
]
PROBLEM_COLUMNS = [{"label": label} for label in ("Thủ tục", "Phần", "Vấn đề", "Cách sửa")]
FOUND_COLUMNS = [{"label": label} for label in ("Dòng", "Cột", "Vấn đề", "Đã ghi", "Cách sửa")]
INSTRUMENT_COLUMNS = [
    {"label": "Văn bản"},
    {"label": "Cơ quan ban hành", "width": "col-step"},
    {"label": "Hiệu lực", "width": "col-step"},
    {"label": "Thủ tục phải công bố", "num": True},
]


def tabs(current: str) -> list[dict[str, Any]]:
    """The parts of announcing."""
    parts = (
        ("announcing", "Việc phải làm"),
        ("announcements", "Quyết định công bố"),
        ("instruments", "Sổ văn bản"),
        ("statistics", "Thống kê"),
    )
    return [
        {"url": reverse(name), "label": label, "current": name == current, "count": None}
        for name, label in parts
    ]


def crumbs(*steps: tuple[str, str]) -> list[dict[str, str]]:
    """The way from the work list; steps are (url, label)."""
    first = {"url": reverse("announcing"), "label": "Công bố, công khai"}
    return [first, *({"url": url, "label": label} for url, label in steps)]


def work(asked: str, what: str, number: str | None, today: date) -> dict[str, Any]:
    """The list of what must be announced or published, `asked` how soon, `what` of the two."""
    every = [duty for duty in queries.duties(today) if not what or duty.work == what]
    counts = Counter(duty.when(today) for duty in every)
    chosen = [duty for duty in every if not asked or duty.when(today) == asked]
    page = Paginator(chosen, PAGE).get_page(number)
    return {
        "tabs": tabs("announcing"),
        "counts": [_count(when, counts[when], asked, what) for when in When],
        "kinds": [_kind(name, label, what, asked) for name, label in (("", "Cả hai"), *WORKS.items())],
        "asked": asked,
        "what": what,
        "page": page,
        "rows": [_duty(duty, today) for duty in page.object_list],
        "columns": DUTY_COLUMNS,
        "empty": {
            "title": "Không còn thủ tục nào phải công bố, công khai",
            "text": "Văn bản mới ban hành ghi vào sổ sẽ hiện ở đây cùng hạn công bố.",
        },
    }


def _count(when: When, count: int, asked: str, what: str) -> dict[str, Any]:
    label, tone, icon = WHENS[when]
    url = link("announcing", o="" if asked == when else when.value, viec=what)
    return {
        "url": url,
        "label": label,
        "count": count,
        "current": asked == when,
        "tone": tone if count else "",
        "icon": icon,
    }


def _kind(name: str, label: str, what: str, asked: str) -> dict[str, Any]:
    return {"url": link("announcing", o=asked, viec=name), "label": label, "current": name == what}


def _duty(duty: Duty, today: date) -> dict[str, Any]:
    label, tone, icon = WHENS[duty.when(today)]
    document = duty.instrument or duty.announcement
    return {
        "duty": duty,
        "work": WORKS[duty.work],
        "kind": Change(duty.kind).label,
        "procedure_url": reverse("procedure", args=[duty.code]) if CODE.fullmatch(duty.code) else "",
        "document": document,
        "document_url": _document(duty),
        "due": duty.due,
        "due_url": explained(duty.work, duty),
        "when": label,
        "tone": tone,
        "icon": icon,
        "next": _next(duty),
        "gone": today - duty.due.on if duty.due.late(today) else None,
    }


def _document(duty: Duty) -> str:
    if duty.instrument:
        return reverse("instrument", args=[duty.instrument.pk])
    return reverse("announcement", args=[duty.announcement.pk]) if duty.announcement else ""


def explained(work: Work, duty: Duty) -> str:
    """The page that explains the due day."""
    if duty.instrument:
        day = duty.instrument.effective_on
        return link("announcing-due", viec=work.value, ngay=day.isoformat())
    decision = duty.announcement
    signed = decision.decided_on if decision else None
    told = {"ngay": signed.isoformat() if signed else "", "cap": decision.tier if decision else ""}
    return link("announcing-due", viec=work.value, **told)


def _next(duty: Duty) -> dict[str, str]:
    if duty.announcement:
        return {"url": reverse("announcement", args=[duty.announcement.pk]), "label": "Công khai"}
    if duty.draft:
        return {"url": reverse("announcement", args=[duty.draft.pk]), "label": "Xem dự thảo"}
    key = duty.instrument.pk if duty.instrument else 0
    return {"url": link("announcement-new", van__ban=str(key)), "label": "Soạn quyết định"}


def listed(text: str, state: str, number: str | None) -> dict[str, Any]:
    """The list of decisions."""
    counted = queries.by_state()
    page = Paginator(queries.announcements(text, state), PAGE).get_page(number)
    return {
        "tabs": tabs("announcements"),
        "counts": [
            {
                "url": link("announcements", o=slug, q=text),
                "label": label,
                "count": counted[slug],
                "current": slug == state,
                "tone": "soon" if slug == "cho-cong-khai" and counted[slug] else "",
            }
            for slug, label in STATES.items()
        ],
        "asked": text,
        "state": state,
        "page": page,
        "rows": [
            {"decision": each, "url": reverse("announcement", args=[each.pk]), "state": _state(each)}
            for each in page.object_list
        ],
        "columns": DECISION_COLUMNS,
        "empty": {
            "title": "Không có quyết định nào như vậy" if text or state else "Chưa có quyết định công bố nào",
            "text": "Soạn quyết định từ văn bản trong danh sách việc phải làm, hoặc soạn mới.",
            "url": reverse("announcement-new"),
            "label": "Soạn quyết định công bố",
        },
    }


def _state(decision: Any) -> dict[str, str]:
    if not decision.issued:
        return {"label": "Dự thảo", "tone": "", "icon": "file-text"}
    if decision.waiting:
        return {"label": f"{decision.waiting} chờ công khai", "tone": "soon", "icon": "hourglass"}
    return {"label": "Đã công khai", "tone": "", "icon": "circle-check"}


def shown(decision: Announcement, number: str | None, today: date) -> dict[str, Any]:
    """One decision: what it says, its procedures, its clocks; of a draft, what must be mended."""
    items = decision.items.select_related("instrument", "version", "version__procedure")
    page = Paginator(items, PAGE).get_page(number)
    waiting = decision.items.filter(published_at__isnull=True).count() if decision.issued else 0
    clocks = queries.clocks(decision, queries.effect(decision))
    problems = [] if decision.issued else standing.problems(standing.gathered(decision))
    return {
        "decision": decision,
        "crumbs": crumbs((reverse("announcements"), "Quyết định công bố"), ("", str(decision))),
        "facts": _facts(decision),
        "page": page,
        "rows": [_item(item, decision, clocks.publish, today) for item in page.object_list],
        "columns": ITEM_COLUMNS,
        "waiting": waiting,
        "clocks": _clocks(clocks, decision, waiting, today),
        "problems": problems,
        "stops": sum(problem.stops for problem in problems),
        "problem_columns": PROBLEM_COLUMNS,
        "empty": {
            "title": "Chưa có thủ tục nào",
            "text": "Thêm từng thủ tục, hoặc nhập bảng danh mục kèm theo quyết định.",
        },
    }


def _facts(decision: Announcement) -> list[dict[str, Any]]:
    grounds = ", ".join(each.number for each in decision.instruments.all())
    return [
        {"term": "Ban hành", "value": decision.agency},
        {"term": "Số, ngày ký", "value": _signed(decision)},
        {"term": "Người ký", "value": decision.signer},
        {"term": "Có hiệu lực từ", "value": ui.day(decision.effective_on)},
        {"term": "Văn bản quy định", "value": grounds or "theo từng thủ tục"},
        {"term": "Soạn", "value": f"{queries.called(decision.drafted_by)}, {ui.moment(decision.drafted_at)}"},
    ]


def _signed(decision: Announcement) -> str:
    day = f"ngày {ui.day(decision.decided_on)}" if decision.decided_on else ""
    return " ".join(part for part in (decision.number, day) if part)


def _clocks(
    clocks: queries.Clocks, decision: Announcement, waiting: int, today: date
) -> list[dict[str, Any]]:
    """Each clock: its due day, how it was kept, and the days it counted."""
    signed = decision.decided_on
    told = []
    if clocks.announce:
        told = [_clock("Ký quyết định công bố", clocks.announce, signed if decision.issued else None, today)]
    if clocks.publish and decision.issued:
        last = decision.items.aggregate(last=Max("published_at"))["last"]
        done = day(last) if last and not waiting else None
        told.append(_clock("Công khai", clocks.publish, done, today))
    return told


def _clock(label: str, due: Due, done: date | None, today: date) -> dict[str, Any]:
    late = due.late(done or today)
    if done:
        said = f"đã làm ngày {ui.day(done)}, {'quá hạn' if late else 'đúng hạn'}"
    else:
        said = "quá hạn" if late else "đến hạn hôm nay" if due.on == today else "còn hạn"
    tone = ("late", "circle-alert") if late else ("", "circle-check" if done else "clock")
    return {"label": label, "due": due, "said": said, "tone": tone[0], "icon": tone[1], "lines": due.lines}


def _item(item: Announced, decision: Announcement, due: Due | None, today: date) -> dict[str, Any]:
    return {
        "item": item,
        "url": reverse("procedure", args=[item.code]) if _public(item) else "",
        "diff": _diff(item),
        "late": bool(due and due.late(day(item.published_at) if item.published_at else today)),
        "given": len(item.given),
        "decision": decision,
    }


def _public(item: Announced) -> bool:
    return bool(item.version and item.version.status == Status.PUBLISHED) or item.kind != Change.NEW


def _diff(item: Announced) -> str:
    """Where what the item changes can be read, beside the text before it."""
    version = item.version
    if version is None or version.number < 2 or item.kind == Change.ABOLISHED:
        return ""
    return f"{reverse('procedure-compare', args=[item.code])}?moi={version.number}"


def register(text: str, kind: str, number: str | None, today: date) -> dict[str, Any]:
    """The register of instruments."""
    page = Paginator(queries.instruments(text, kind), PAGE).get_page(number)
    return {
        "tabs": tabs("instruments"),
        "asked": text,
        "kind": kind,
        "page": page,
        "rows": [_instrument(each, today) for each in page.object_list],
        "columns": INSTRUMENT_COLUMNS,
        "empty": {
            "title": "Không có văn bản nào như vậy" if text or kind else "Sổ chưa có văn bản nào",
            "text": "Ghi văn bản quy định thủ tục để theo dõi hạn công bố.",
            "url": reverse("instrument-new"),
            "label": "Ghi văn bản vào sổ",
        },
    }


def _instrument(each: Instrument, today: date) -> dict[str, Any]:
    return {
        "instrument": each,
        "url": reverse("instrument", args=[each.pk]),
        "ended": bool(each.ended_on and each.ended_on <= today),
        "to_announce": len(each.procedures),
    }


def instrument(found: Instrument, today: date) -> dict[str, Any]:
    """One instrument, the procedures it makes to be announced, and the decisions that did."""
    decisions = Announcement.objects.filter(instruments=found) | Announcement.objects.filter(
        items__instrument=found
    )
    open_ones = {(duty.code, duty.title): duty for duty in queries.unannounced(found)}
    ended = bool(found.ended_on and found.ended_on <= today)
    return {
        "instrument": found,
        "crumbs": crumbs((reverse("instruments"), "Sổ văn bản"), ("", found.number)),
        "facts": [
            {"term": "Loại", "value": found.get_kind_display()},
            {"term": "Cơ quan ban hành", "value": found.issuer},
            {"term": "Ban hành", "value": ui.day(found.issued_on)},
            {"term": "Có hiệu lực từ", "value": ui.day(found.effective_on)},
            {
                "term": "Hết hiệu lực từ",
                "value": ui.day(found.ended_on) if found.ended_on else "còn hiệu lực",
            },
            {"term": "Tên gọi khác", "value": ", ".join(found.aliases) or "không có"},
        ],
        "procedures": [_told(told, open_ones, ended) for told in found.procedures],
        "decisions": decisions.distinct(),
        "reviews": found.reviews.all(),
    }


def _told(told: dict[str, str], open_ones: dict[tuple[str, str], Duty], ended: bool) -> dict[str, Any]:
    duty = open_ones.get((told["code"], told["title"]))
    state = "đã công bố"
    if duty:
        by = f"phải công bố trước hết ngày {ui.day(duty.due.on)}"
        state = "chưa công bố, văn bản đã hết hiệu lực" if ended else by
    code = told["code"] if CODE.fullmatch(told["code"]) else ""
    return {**told, "code": code, "label": Change(told["kind"]).label, "state": state}


def findings(found: Sequence[Any]) -> list[dict[str, Any]]:
    """What an import of a table found, for its table."""
    return [
        {
            "row": each.row,
            "field": each.field,
            "problem": each.problem,
            "kept": each.kept,
            "remedy": each.remedy,
        }
        for each in found
    ]
