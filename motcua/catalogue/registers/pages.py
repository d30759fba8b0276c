"""What the pages of the registers show: the numbers, the list, one item (trang sổ theo dõi)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.urls import reverse

from motcua.journal import log
from motcua.law import registers as law
from motcua.law.registers import LABELS, STAGES, Register, Standing
from motcua.people.models import Officer
from motcua.ui.exports import Cell, Column, Format, Issuer, Kind, Listing
from motcua.ui.templatetags import ui

from .. import comparison
from ..models import ProcessVersion, Status
from ..process_sizes import SIZES, told_size
from . import counting
from .about import CONTENT, columns
from .counting import Agency, Asked
from .models import Plan, Programme, RegisterItem

PAGE = 50
TITLES = {
    Register.INTERNAL: "Thủ tục hành chính nội bộ",
    Register.DELEGATION: "Phân cấp giải quyết thủ tục",
}
ANSWERS = {
    Register.INTERNAL: "Thủ tục giữa các cơ quan và trong nội bộ: đã đến bước nào, hai tỷ lệ cắt giảm ra sao.",
    Register.DELEGATION: "Việc giao cho cấp dưới: từ cấp nào, đến cấp nào, theo văn bản nào, đã thực thi hay quá hạn.",
}
LOOKS = {
    Standing.DONE: ("", "circle-check", "Đã thực thi"),
    Standing.IN_TIME: ("soon", "hourglass", "Trong hạn"),
    Standing.OVERDUE: ("late", "circle-alert", "Quá hạn"),
}
ITEM_COLUMNS = [
    {"label": "Mục"},
    {"label": "Cơ quan", "width": "col-step"},
    {"label": "Đã đến bước", "width": "col-step"},
    {"label": "Tình trạng", "width": "col-step"},
]
WAY_COLUMNS = [
    {"label": "Từ cấp"},
    {"label": "Đến cấp"},
    {"label": "Số mục", "num": True},
    {"label": "Đã thực thi", "num": True},
]
INTERNAL_COLUMNS = [
    {"label": "Cơ quan"},
    *(
        {"label": label, "num": True}
        for label in ("Mục", "Cắt giảm số thủ tục", "Cắt giảm chi phí", "Quá hạn")
    ),
]
DELEGATION_COLUMNS = [
    {"label": "Cơ quan"},
    *(
        {"label": label, "num": True}
        for label in ("Mục", "Đã thực thi", "Tỷ lệ thực thi", "Trong hạn", "Quá hạn")
    ),
]


def link(programme: Programme, **asked: str) -> str:
    """The list of a programme, with what is asked of it."""
    told = {"ct": programme.code} | {name.replace("_", "-"): value for name, value in asked.items() if value}
    return f"{reverse('register-items', args=[programme.register])}?{urlencode(told)}"


def tabs(programmes: Sequence[Programme], current: Programme) -> list[dict[str, Any]]:
    """The programmes of a register to choose among, nothing where there is one."""
    told = [{"url": f"?ct={one.code}", "label": one.name, "current": one == current} for one in programmes]
    return told if len(told) > 1 else []


def percent(part: Decimal | int, whole: Decimal | int, *, cut: bool) -> str:
    """A share as pages and reports write it, "" of nothing."""
    share = law.percent(part, whole, cut=cut)
    return "" if share is None else f"{share:.2f}%".replace(".", ",")


def _of(part: int, whole: int, *, cut: bool, what: str = "") -> str:
    """So many of so many, with the share where there is one."""
    told = " ".join(filter(None, (f"{ui.number(part)}/{ui.number(whole)}", what)))
    return ", ".join(filter(None, (told, percent(part, whole, cut=cut))))


def overview(programme: Programme, day: date, *, cut: bool) -> dict[str, Any]:
    """The numbers of a programme, each a link to its items, and those of every agency."""
    register = Register(programme.register)
    agencies = counting.agencies(programme, day)
    whole = counting.total(agencies)
    every = [whole, *agencies] if len(agencies) > 1 else agencies
    internal = register == Register.INTERNAL
    ways = [] if internal else counting.ways(programme, day)
    return {
        "register": register,
        "programme": programme,
        "counts": _counts(programme, whole.numbers, None),
        "figures": _figures(programme, whole, day, cut=cut),
        "agencies": [_agency(programme, each, cut=cut) for each in every],
        "agency_columns": INTERNAL_COLUMNS if internal else DELEGATION_COLUMNS,
        "agency_row": f"catalogue/register.html#{'internal' if internal else 'delegation'}",
        "ways": ways,
        "way_columns": WAY_COLUMNS,
        "cut": cut,
    }


def _counts(programme: Programme, numbers: Any, current: str | None, **asked: str) -> list[dict[str, Any]]:
    shown = ("", *(standing.value for standing in Standing))
    tones = {standing.value: (tone, icon) for standing, (tone, icon, _) in LOOKS.items()}
    return [
        {
            "url": link(programme, tinh_trang=slug, **asked),
            "label": counting.LABELS[slug],
            "count": numbers[slug],
            "current": slug == current,
            "tone": tones.get(slug, ("", ""))[0] if numbers[slug] else "",
            "icon": tones.get(slug, ("", ""))[1],
        }
        for slug in shown
    ]


def _figures(programme: Programme, whole: Agency, day: date, *, cut: bool) -> list[dict[str, str]]:
    """The headline numbers in words, with what they are made of."""
    if programme.register == Register.DELEGATION:
        return _delegated(programme, whole, day, cut=cut)
    told = _eased(programme, whole, cut=cut)
    target = f"{programme.target:f}".rstrip("0").rstrip(".").replace(".", ",")
    if programme.target:
        told.append(
            {"term": "Mục tiêu", "value": f"{target}% số thủ tục và {target}% chi phí, {_until(programme)}"}
        )
    return told


def _eased(programme: Programme, whole: Agency, *, cut: bool) -> list[dict[str, str]]:
    numbers, total = whole.numbers, whole.numbers[""]

    def count(slug: str) -> dict[str, str]:
        value = _of(numbers[slug], total, cut=cut, what="thủ tục")
        return {"value": value, "url": link(programme, tinh_trang=slug)}

    def cost(after: Decimal) -> str:
        saved = percent(whole.before - after, whole.before, cut=cut)
        return (
            f"{ui.money(whole.before)} còn {ui.money(after)} một năm, giảm {saved}"
            if saved
            else "Chưa có chi phí"
        )

    return [
        {"term": "Đã công bố", **count("cong-bo")},
        {"term": "Cắt giảm số thủ tục, phương án đã duyệt", **count("don-gian")},
        {"term": "Cắt giảm số thủ tục, đã thực thi", **count("don-gian-xong")},
        {
            "term": "Cắt giảm chi phí, phương án đã duyệt",
            "value": cost(whole.planned),
            "url": link(programme, tinh_trang="phuong-an"),
        },
        {
            "term": "Cắt giảm chi phí, đã thực thi",
            "value": cost(whole.executed),
            "url": link(programme, tinh_trang="xong"),
        },
    ]


def _delegated(programme: Programme, whole: Agency, day: date, *, cut: bool) -> list[dict[str, str]]:
    numbers, total = whole.numbers, whole.numbers[""]
    done, of = counting.sectors(programme, day)
    base = programme.base or total
    return [
        {
            "term": "Phân cấp trên số thủ tục được rà soát",
            "value": _of(total, base, cut=cut),
            "url": link(programme),
        },
        {
            "term": "Đã thực thi",
            "value": _of(numbers["xong"], total, cut=cut),
            "url": link(programme, tinh_trang="xong"),
        },
        {
            "term": "Chưa thực thi",
            "value": f"{ui.number(numbers['trong-han'])} trong hạn, {ui.number(numbers['qua-han'])} quá hạn",
        },
        {
            "term": "Lĩnh vực có việc đã thực thi",
            "value": _of(done, of, cut=cut),
        },
        {"term": "Hạn", "value": ui.day(programme.deadline) if programme.deadline else "chưa đặt"},
    ]


def _until(programme: Programme) -> str:
    return f"hạn {ui.day(programme.deadline)}" if programme.deadline else "chưa đặt hạn"


def _agency(programme: Programme, each: Agency, *, cut: bool) -> dict[str, Any]:
    total = each.numbers[""]
    kept = {"co_quan": each.name}

    def reached(slug: str) -> bool:
        """Of the share itself, not of what is written of it: 19,996% is written as 20,00%."""
        return bool(programme.target and total and each.numbers[slug] * 100 >= programme.target * total)

    return {
        "name": each.name or "Tất cả",
        "numbers": {slug.replace("-", "_") or "all": count for slug, count in each.numbers.items()},
        "urls": {
            slug.replace("-", "_") or "all": link(programme, tinh_trang=slug, **kept) for slug in each.numbers
        },
        "executed": percent(each.numbers["xong"], total, cut=cut),
        "eased": percent(each.numbers["don-gian"], total, cut=cut),
        "eased_done": percent(each.numbers["don-gian-xong"], total, cut=cut),
        "saved": percent(each.before - each.planned, each.before, cut=cut),
        "saved_done": percent(each.before - each.executed, each.before, cut=cut),
        "reached": reached("don-gian-xong"),
        "planned": reached("don-gian"),
    }


def listed(programme: Programme, asked: Asked, number: str | None, day: date) -> dict[str, Any]:
    """One page of items, with the counts of what is asked otherwise."""
    page = Paginator(counting.listed(programme, asked, day), PAGE).get_page(number)
    others = {"co_quan": asked.agency, "linh_vuc": asked.field, "q": asked.text}
    return {
        "register": Register(programme.register),
        "programme": programme,
        "page": page,
        "rows": [row(item, day) for item in page.object_list],
        "columns": ITEM_COLUMNS,
        "counts": _counts(programme, counting.counts(programme, day, asked), asked.state, **others),
        "asked": asked,
        "state": counting.LABELS[asked.state] if asked.state else "",
        "agencies": counting.chosen(programme, "agency"),
        "fields": counting.chosen(programme, "field"),
        "empty": {"title": "Không có mục nào như vậy", "text": "Thử bớt điều kiện, hoặc nhập từ bảng."},
        "crumbs": [_top(programme), {"label": "Các mục"}],
    }


def row(item: RegisterItem, day: date) -> dict[str, Any]:
    """An item as lists show it."""
    standing = law.standing(item.executed_on, getattr(item, "due", item.deadline), day)
    tone, icon, label = LOOKS[standing]
    stages = [s for s in STAGES[Register(item.programme.register)] if s.value in item.reached]
    last = stages[-1] if stages else None
    return {
        "item": item,
        "url": reverse("register-item", args=[item.programme.register, item.pk]),
        "tone": tone,
        "icon": icon,
        "standing": label,
        "stage": LABELS[last] if last else "Mới ghi",
        "stage_on": ui.day(date.fromisoformat(item.reached[last.value]["on"])) if last else "",
    }


def _top(programme: Programme) -> dict[str, str]:
    page = reverse("register-of", args=[programme.register])
    return {"url": f"{page}?ct={programme.code}", "label": TITLES[Register(programme.register)]}


def shown(item: RegisterItem, day: date) -> dict[str, Any]:
    """Everything the page of one item shows."""
    programme = item.programme
    told = row(item, day)
    due = getattr(item, "due", item.deadline)
    items = [
        {"term": "Cơ quan", "value": item.agency},
        {"term": "Lĩnh vực", "value": item.field},
        {"term": "Nhóm", "value": item.get_group_display() if item.group else ""},
        {"term": "Từ cấp, đến cấp", "value": " → ".join(filter(None, (item.from_level, item.to_level)))},
        {"term": "Căn cứ", "value": item.basis},
        {"term": "Văn bản phải sửa", "value": item.instrument},
        {"term": "Hạn", "value": ui.day(due) if due else ""},
        {"term": "Phương án", "value": item.get_plan_display() if item.plan else ""},
        {"term": "Chi phí một năm", "value": _costs(item)},
    ]
    told_parts = ((label, item.content.get(name)) for name, label in CONTENT.items())
    content = [{"label": label, "text": text} for label, text in told_parts if text]
    return told | {
        "programme": programme,
        "items": [each for each in items if each["value"]],
        "content": content,
        "events": _events(item),
        "sizes": _sizes(item, day),
        "size_columns": [
            {"label": "Quy trình"},
            {"label": "Trước", "num": True},
            {"label": "Sau", "num": True},
        ],
        "crumbs": [_top(programme), {"url": link(programme), "label": "Các mục"}, {"label": item.code}],
    }


def _costs(item: RegisterItem) -> str:
    if item.cost_before is None:
        return ""
    after = f" còn {ui.money(item.cost_after)}" if item.cost_after is not None else ""
    return f"{ui.money(item.cost_before)}{after}"


def _events(item: RegisterItem) -> list[dict[str, Any]]:
    """What was done to the item, newest first, from the journal."""
    about = {"register": [item.programme.register], "programme": [item.programme.code], "code": [item.code]}
    entries = log.backwards(law.STREAM, size=100, about=about)
    names = dict(
        Officer.objects.filter(username__in={e.by for e in entries}).values_list("username", "full_name")
    )
    return [_event(law.KINDS[e.kind], e.data, e.occurred_at, names.get(e.by, e.by)) for e in entries]


def _event(kind: type[law.Registered], data: dict[str, Any], at: datetime, by: str) -> dict[str, Any]:
    label = kind.label
    if kind is law.StageReached:
        on = ui.day(date.fromisoformat(data["on"]))
        again = " (ghi lại)" if data.get("again") else ""
        label = f"{LABELS[law.Stage(data['stage'])]} ngày {on}{again}"
    note = "; ".join(data.get("changed", ())) or data.get("note", "") or data.get("reason", "")
    source = data.get("document", "")
    return {"at": at, "label": label, "by": by, "note": note, "source": source, "icon": "flag", "tone": ""}


def _sizes(item: RegisterItem, day: date) -> list[dict[str, str]]:
    """Levels and steps of the procedure's process before the task was handed down, and now."""
    if item.executed_on is None:
        return []
    found = ProcessVersion.objects.filter(procedure__code=item.code, status=Status.PUBLISHED)
    before = found.filter(valid_from__lt=item.executed_on).order_by("-valid_from").first()
    after = (
        found.filter(valid_from__gte=item.executed_on, valid_from__lte=day).order_by("-valid_from").first()
    )
    if before is None or after is None:
        return []
    old, new = comparison.measure(before.graph), comparison.measure(after.graph)
    return [
        {"label": label, "before": told_size(old, name), "after": told_size(new, name)}
        for name, label in SIZES.items()
    ]


def exported(
    format: Format, programme: Programme, asked: Asked, *, issuer: Issuer, at: datetime, day: date
) -> Listing:
    """The items a list shows, with the columns an import reads (bảng của sổ)."""
    register = Register(programme.register)
    told = columns(register)
    keys = list(counting.listed(programme, asked, day).values_list("pk", flat=True)[: format.most + 1])
    filters = [
        ("Chương trình", f"{programme.name} ({programme.document})"),
        ("Tình trạng", counting.LABELS.get(asked.state, "") if asked.state else ""),
        ("Cơ quan", asked.agency),
        ("Lĩnh vực", asked.field),
    ]
    heads = [Column(label, _kind(name), 18) for name, label in told.items()]
    name = f"so-{programme.register}"
    read = _cells(list(told))
    return Listing(name, TITLES[register], "mục", heads, keys, read, issuer, at, filters=filters)


def _kind(name: str) -> Kind:
    if name == "deadline" or name.endswith("_on"):
        return Kind.DAY
    return Kind.CODE if name == "code" else Kind.MONEY if name.startswith("cost_") else Kind.TEXT


def _cells(names: Sequence[str]) -> Any:
    def read(keys: Sequence[int]) -> Iterator[Sequence[Cell]]:
        found = RegisterItem.objects.in_bulk(list(keys))
        for item in (found[key] for key in keys if key in found):
            yield [_cell(item, name) for name in names]

    return read


def _cell(item: RegisterItem, name: str) -> Cell:
    if name in CONTENT:
        return str(item.content.get(name, ""))
    if name == "plan":
        return Plan(item.plan).label if item.plan else ""
    stage, _, part = name.rpartition("_")
    if part in ("on", "document") and stage in LABELS:
        told = item.reached.get(stage, {}).get(part, "")
        return date.fromisoformat(told) if part == "on" and told else told
    value: Cell = getattr(item, name)
    return value
