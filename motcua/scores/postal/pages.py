"""What the pages of rates and sheets show, and what leaves them as files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse

from motcua.dossiers import queries as dossiers
from motcua.dossiers.models import Dossier, Guidance
from motcua.law.calendar import day
from motcua.people import issuer
from motcua.people.models import Officer, Unit
from motcua.ui.exports import Cell, Column, Format, Kind, Listing
from motcua.ui.templatetags import ui

from ..periods import Period
from . import queries
from .counting import MEANINGS, Done, Line
from .models import Activity, ServiceLine, ServiceRate, ServiceRow, ServiceSheet, SheetState

HERE = {"url": "", "label": "Dịch vụ bưu chính"}
STATES = {
    SheetState.PROPOSED: ("clock", "soon"),
    SheetState.ACCEPTED: ("circle-check", "ok"),
    SheetState.RETURNED: ("undo-2", ""),
}
SHEETS = [
    {"label": "Biên bản"},
    {"label": "Doanh nghiệp"},
    {"label": "Trạng thái"},
    {"label": "Thành tiền", "num": True},
]
LINES = [
    {"label": "Việc"},
    {"label": "Định mức, đơn giá"},
    {"label": "Số lượng", "num": True},
    {"label": "Số phút", "num": True},
    {"label": "Thành tiền", "num": True},
]
RATES = [{"label": label} for label in ("Việc", "Một lượt", "Áp dụng từ", "Căn cứ", "Thay đổi")]
ROWS = [
    {"label": "Hồ sơ, lượt hướng dẫn"},
    {"label": "Lúc"},
    {"label": "Người làm"},
    {"label": "Nơi làm"},
    {"label": "Số lượng", "num": True},
]
CELLS = (
    Column("Việc", width=14),
    Column("Định mức, đơn giá", width=40),
    Column("Căn cứ", width=26),
    Column("Số lượng", Kind.NUMBER, 12),
    Column("Số phút", Kind.NUMBER, 12),
    Column("Thành tiền (đồng)", Kind.MONEY, 18),
)
ROW_CELLS = (
    Column("Việc", width=14),
    Column("Hồ sơ, lượt hướng dẫn", Kind.CODE, 26),
    Column("Lúc", Kind.MOMENT, 17),
    Column("Người làm", width=26),
    Column("Nơi làm", width=36),
    Column("Số lượng", Kind.NUMBER, 10),
)
ORIGIN = "Việc của từng cán bộ đã ghi trong nhật ký hồ sơ và sổ hướng dẫn"


def crumbs(*steps: tuple[str, str] | str) -> list[dict[str, str]]:
    """The way to a page from the list of sheets on."""
    told = [step if isinstance(step, tuple) else ("", step) for step in steps]
    return [{"url": url, "label": label} for url, label in [(reverse("postal"), HERE["label"]), *told]]


def sheet_row(sheet: Any) -> dict[str, Any]:
    """A sheet in the list, as `queries.sheets` found it."""
    icon, tone = STATES[SheetState(sheet.state)]
    return {
        "sheet": sheet,
        "period": Period.containing(sheet.month).label,
        "icon": icon,
        "tone": tone,
        "total": ui.money(sheet.total) if sheet.total is not None else "chưa có đơn giá",
        "unrated": sheet.unrated,
    }


def rate_said(rate: ServiceRate | None) -> str:
    """What one time comes to: 3.500 đ, 12 phút."""
    if rate is None:
        return "chưa có định mức"
    said = [ui.money(rate.amount, "0 đ")] if rate.amount is not None else []
    return ", ".join([*said, *([f"{ui.number(rate.minutes)}\u00a0phút"] if rate.minutes else [])])


def rates() -> list[dict[str, Any]]:
    """The rates of the four activities, newest first; an activity without any has a row that says so."""
    found = list(queries.rates())
    return [
        {"label": activity.label, "meaning": MEANINGS[activity], "rate": rate, "said": rate_said(rate)}
        for activity in Activity
        for rate in _of(activity, found)
    ]


def _of(activity: Activity, found: Iterable[ServiceRate]) -> list[ServiceRate | None]:
    own: list[ServiceRate | None] = [rate for rate in found if rate.activity == activity]
    return own or [None]


def live_line(line: Line, operator: Unit, period: Period) -> dict[str, Any]:
    """A line as it is counted now, open to what was done."""
    url = reverse("postal-done", args=[operator.code, str(period), line.activity])
    return _line(line) | {"url": f"{url}?dinh-muc={line.rate.pk if line.rate else 0}"}


def kept_line(line: ServiceLine) -> dict[str, Any]:
    """A line of a sheet, open to the rows kept with it."""
    return _line(line) | {"url": f"{reverse('postal-sheet-rows', args=[line.sheet_id])}?dong={line.pk}"}


def _line(line: Line | ServiceLine) -> dict[str, Any]:
    activity = Activity(line.activity)
    return {
        "label": activity.label,
        "meaning": MEANINGS[activity],
        "rate": line.rate,
        "said": rate_said(line.rate),
        "quantity": line.quantity,
        "minutes": line.minutes,
        "amount": line.amount,
    }


def whole(lines: Sequence[Line | ServiceLine]) -> dict[str, Any]:
    """What all lines come to; `unrated` is how much was done on days without a rate."""
    amounts = [line.amount for line in lines if line.amount is not None]
    minutes = [line.minutes for line in lines if line.minutes is not None]
    return {
        "total": sum(amounts) if amounts else None,
        "minutes": sum(minutes, Decimal(0)) if minutes else None,
        "unrated": sum(line.quantity for line in lines if line.rate is None),
    }


def answer(summed: dict[str, Any], quantity: int) -> str:
    """The first line of a month or a sheet."""
    if not quantity:
        return "Chưa có việc nào của doanh nghiệp trong tháng này."
    if summed["total"] is None:
        return f"{ui.number(quantity)} lượt việc, chưa tính được thành tiền vì chưa có đơn giá."
    return f"{ui.number(quantity)} lượt việc, thành tiền {ui.money(summed['total'], '0 đ')}."


def live_rows(found: Sequence[Done], reader: Officer, at: datetime) -> list[dict[str, Any]]:
    """Things done, a page of them; a dossier opens for who may read it."""
    known = Dossier.objects.in_bulk([row.dossier for row in found if row.dossier])
    given = Guidance.objects.in_bulk([row.guidance for row in found if row.guidance])
    people = Officer.objects.in_bulk({row.officer for row in found})
    desks = Unit.objects.in_bulk({row.desk for row in found})
    links = _links(known.values(), reader, day(at))
    return [
        _row(
            known.get(row.dossier or 0),
            given.get(row.guidance or 0),
            people[row.officer],
            desks[row.desk],
            links,
        )
        | {"at": row.at, "quantity": row.quantity}
        for row in found
    ]


def kept_rows(found: Iterable[ServiceRow], reader: Officer, at: datetime) -> list[dict[str, Any]]:
    """Rows of a sheet, a page of them."""
    rows = list(found)
    links = _links([row.dossier for row in rows if row.dossier], reader, day(at))
    return [
        _row(row.dossier, row.guidance, row.officer, row.desk, links)
        | {"at": row.at, "quantity": row.quantity}
        for row in rows
    ]


def _links(known: Iterable[Dossier], reader: Officer, on: date) -> set[int]:
    keys = [dossier.pk for dossier in known]
    return (
        set(dossiers.readable(reader, on).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    )


def _row(
    dossier: Dossier | None, guidance: Guidance | None, officer: Officer, desk: Unit, links: set[int]
) -> dict[str, Any]:
    opens = dossier is not None and dossier.pk in links
    return {
        "code": dossier.code if dossier else guidance.number if guidance else "",
        "url": reverse("dossier", args=[dossier.code]) if dossier and opens else "",
        "officer": officer.full_name,
        "desk": desk.name,
    }


def sheet_file(sheet: ServiceSheet, reader: Officer, at: datetime) -> Listing:
    """The lines of a sheet as a list."""
    lines = queries.lines(sheet)
    return Listing(
        f"nghiem-thu-{sheet.number.replace('/', '-')}",
        f"Nghiệm thu dịch vụ bưu chính công ích, {sheet.operator.name}",
        "dòng",
        CELLS,
        lines,
        lambda keys: map(_cells, keys),
        issuer.of(reader, day(at)),
        at,
        period=Period.containing(sheet.month).label,
        filters=[("Biên bản", f"{sheet.number}, {sheet.get_state_display().lower()}")],
        origin=ORIGIN,
    )


def _cells(line: ServiceLine) -> Sequence[Cell]:
    document = line.rate.document if line.rate else ""
    return (
        *(line.get_activity_display(), rate_said(line.rate), document),
        *(line.quantity, line.minutes, line.amount),
    )


def rows_file(
    format: Format, sheet: ServiceSheet, line: ServiceLine | None, reader: Officer, at: datetime
) -> Listing:
    """The rows behind a line of a sheet, or behind all of it, as a list."""
    found = ServiceRow.objects.filter(line=line) if line else ServiceRow.objects.filter(line__sheet=sheet)
    return Listing(
        f"nghiem-thu-{sheet.number.replace('/', '-')}-viec",
        f"Việc đã làm, biên bản {sheet.number}",
        "việc",
        ROW_CELLS,
        list(found.order_by("pk").values_list("pk", flat=True)[: format.most + 1]),
        _row_cells,
        issuer.of(reader, day(at)),
        at,
        period=Period.containing(sheet.month).label,
        filters=[
            ("Doanh nghiệp", sheet.operator.name),
            ("Việc", line.get_activity_display() if line else ""),
        ],
        origin=ORIGIN,
    )


def _row_cells(keys: Sequence[int]) -> Iterator[Sequence[Cell]]:
    found = ServiceRow.objects.select_related("line", "officer", "desk", "dossier", "guidance").in_bulk(keys)
    for key in keys:
        row = found[key]
        code = row.dossier.code if row.dossier else row.guidance.number if row.guidance else ""
        told = (
            row.line.get_activity_display(),
            code,
            row.at,
            row.officer.full_name,
            row.desk.name,
            row.quantity,
        )
        yield told


def paper(sheet: ServiceSheet) -> dict[str, Any]:
    """What the acceptance sheet has printed on it."""
    lines = queries.lines(sheet)
    summed, over = whole(lines), sheet.unit.parent
    said = sheet.decided_at if sheet.state == SheetState.ACCEPTED else None
    on = day(said or sheet.proposed_at)
    return {
        "unit": sheet.unit.name,
        "over": over.name if over else "",
        "operator": sheet.operator.name,
        "number": sheet.number,
        "period": Period.containing(sheet.month).label,
        "date": f"Ngày {on.day:02} tháng {on.month:02} năm {on.year}",
        "draft": "" if said else f"Bản {sheet.get_state_display().lower()}, chưa có giá trị thanh toán",
        "corrects": sheet.corrects.number if sheet.corrects else "",
        "reason": sheet.reason,
        "rows": [[str(number), *_printed(line)] for number, line in enumerate(lines, 1)],
        "total": ui.money(summed["total"], "0 đ") if summed["total"] is not None else "chưa tính được",
        "unrated": ui.number(summed["unrated"]) if summed["unrated"] else "",
        "meanings": [f"{Activity(each).label}: {MEANINGS[each]}." for each in Activity],
        "documents": sorted(
            {f"{r.document} ngày {ui.day(r.decided_on)}" for r in (x.rate for x in lines) if r}
        ),
        "digest": sheet.digest,
        "proposer": sheet.proposed_by.full_name,
        "acceptor": sheet.decided_by.full_name if said and sheet.decided_by else "",
    }


def _printed(line: ServiceLine) -> Sequence[str]:
    minutes = ui.number(line.minutes) if line.minutes is not None else ""
    amount = ui.money(line.amount, "0 đ") if line.amount is not None else ""
    return line.get_activity_display(), rate_said(line.rate), ui.number(line.quantity), minutes, amount


def events(sheet: ServiceSheet) -> list[dict[str, Any]]:
    """What was done about the sheets of this month, for ui/timeline.html."""
    facts = queries.told(sheet)
    people = Officer.objects.filter(username__in={fact.by for fact in facts})
    names = dict(people.values_list("username", "full_name"))
    return [
        {
            "at": fact.at,
            "label": f"{fact.label}: bản {getattr(fact, 'version', '')}",
            "by": names.get(fact.by, fact.by),
            "note": getattr(fact, "reason", ""),
            "source": fact.provision,
        }
        for fact in facts
    ]


def summary(sheet: ServiceSheet) -> list[dict[str, Any]]:
    """The head of a sheet."""
    decided = "Nghiệm thu" if sheet.state == SheetState.ACCEPTED else "Trả lại"
    found = [
        {"term": "Doanh nghiệp", "value": sheet.operator.name},
        {"term": "Lập", "value": sheet.proposed_by.full_name, "note": ui.moment(sheet.proposed_at)},
    ]
    if sheet.decided_by and sheet.decided_at:
        found.append(
            {"term": decided, "value": sheet.decided_by.full_name, "note": ui.moment(sheet.decided_at)}
        )
    if sheet.corrects:
        url = reverse("postal-sheet", args=[sheet.corrects_id])
        found.append({"term": "Sửa biên bản", "value": sheet.corrects.number, "url": url})
    return found
