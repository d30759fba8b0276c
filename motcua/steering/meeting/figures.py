"""The parts of a pack about figures: the index 766 and its lost points, targets, difficulties, the index of reform."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q
from django.urls import reverse

from motcua.law import books as law_books
from motcua.law import indicators
from motcua.law.packs import NotInForce
from motcua.scores import fresh
from motcua.scores import queries as scores
from motcua.scores.asked import Asked
from motcua.scores.periods import BadPeriod, Period, Span
from motcua.scores.queries import Unscored
from motcua.ui.templatetags import ui

from .. import kept, overview, queries
from ..books import queries as books
from ..models import BookEntry, Moved, ParLine, ParSheet, Task
from ..par import queries as par
from ..targets import queries as targets
from .parts import Column, Look, Part, Table

DIFFICULTIES = "kho-khan"
UNANSWERED = Q(values__answered_on__isnull=True)
LOST, TARGETS, TROUBLES, ROUNDS = 10, 30, 12, 5
_NUMBER = {"right": True}


def index(look: Look) -> Part:
    """The index 766 of the year so far: points by group, and where most were lost."""
    title, url = "Bộ chỉ số 766", reverse("unit-index", args=[look.unit.code])
    asked = Asked(Period(look.on.year, Span.YEAR, 1), look.at, look.now)
    try:
        found = fresh.index(asked)
        entry = found.of(look.unit.code)
    except (BadPeriod, NotInForce, Unscored):
        return Part("766", title, "Đơn vị không được chấm Bộ chỉ số 766 trong năm.", look.counted)
    score, lost = entry.score, scores.lost(entry)
    groups = [
        [f"{group.code}. {group.name_vi}", _two(score.groups[group.code]), _two(group.max)]
        for group in indicators.groups(score.day)
    ]
    short = [
        [f"{each.indicator.code}. {each.indicator.name_vi}", _ratio(each), _two(each.points)]
        for each in lost[:LOST]
    ]
    place = f", xếp thứ {entry.rank} trong {entry.among} đơn vị cùng cấp" if entry.among > 1 else ""
    said = f"{asked.period.label}: {_two(score.total)} trên 100 điểm, {score.band.lower()}{place}."
    where = url + found.asked.exact
    tables = [
        Table([Column("Nhóm chỉ số", 4), Column("Điểm", **_NUMBER), Column("Tối đa", **_NUMBER)], groups),
        Table(
            [Column("Chỉ số mất điểm", 4), Column("Kết quả", 1.3, right=True), Column("Điểm mất", **_NUMBER)],
            short,
            len(lost),
            where,
            "Mất điểm nhiều nhất",
            "chỉ số",
        ),
    ]
    counted = f"Số liệu đến {ui.moment(found.asked.at)}"
    return Part("766", title, said, counted, where, tables if short else tables[:1])


def reached(look: Look) -> Part:
    """The targets of the year, those not met first."""
    rows = targets.tree(look.unit, look.on.year, look.at)
    missed = [row for row in rows if row.met is False]
    order = sorted(rows, key=lambda row: (row.met is not False, row.met is not None))
    url = f"{reverse('targets')}?nam={look.on.year}&don_vi={look.unit.code}"
    listed = [
        [
            row.target.name,
            f"{ui.number(row.target.plan)}{row.target.per}",
            "chưa có" if row.actual.value is None else f"{ui.number(row.actual.value)}{row.target.per}",
            {True: "Đạt", False: "Chưa đạt", None: "Chưa có số liệu"}[row.met],
            f"{row.actual.origin}, đến {ui.day(row.actual.on)}",
        ]
        for row in order[:TARGETS]
    ]
    columns = [
        Column("Chỉ tiêu", 3),
        Column("Phải đạt", **_NUMBER),
        Column("Kết quả", **_NUMBER),
        Column("Tình trạng", 1.1),
        Column("Nguồn", 1.8),
    ]
    said = (
        f"{len(rows)} chỉ tiêu năm {look.on.year}: {len(missed)} chưa đạt,"
        f" {sum(row.met is True for row in rows)} đạt, {sum(row.met is None for row in rows)} chưa có số liệu."
        if rows
        else f"Chưa đặt chỉ tiêu nào cho năm {look.on.year}."
    )
    tables = [Table(columns, listed, len(rows), url, thing="chỉ tiêu")] if rows else []
    return Part("chi-tieu", "Chỉ tiêu", said, look.counted, url, tables)


@dataclass(frozen=True, slots=True)
class Open:
    """The open difficulties of a pack: nobody answered, of these overdue, and all that are overdue."""

    unanswered: int = 0
    late: int = 0
    overdue: int = 0


def opened(look: Look) -> Open:
    """How many difficulties are open: of the province as it is kept, of a unit as it is counted."""
    book = law_books.books(look.on).get(DIFFICULTIES)
    if book is None:
        return Open()
    entries, late = books.standing(book).filter(closed=False), books.overdue(look.on)

    def count(units: Collection[int]) -> dict[int, list[int]]:
        numbers = {"whole": UNANSWERED, "behind": UNANSWERED & late, "overdue": late}
        told = {name: Count("pk", filter=rule) for name, rule in numbers.items()}
        rows = entries.filter(unit__in=units).order_by().values_list("unit").annotate(**told)
        return {unit: numbers for unit, *numbers in rows}

    name = f"open {DIFFICULTIES} {look.on}"
    of_units = kept.by_unit(name, Moved.What.ENTRIES, count).units if look.whole else count([look.unit.pk])
    return Open(*overview.added(of_units.values(), 3))


def troubles(look: Look, found: Open) -> Part:
    """Difficulties nobody has answered, the overdue first (khó khăn, vướng mắc chưa được trả lời)."""
    title, url = "Khó khăn, vướng mắc chưa được trả lời", reverse("book", args=[DIFFICULTIES])
    book = law_books.books(look.on).get(DIFFICULTIES)
    if book is None:
        return Part(DIFFICULTIES, title, "Chưa có sổ khó khăn, vướng mắc.", look.standing)
    whole, late = found.unanswered, found.late
    entries = books.of(book, None if look.whole else look.unit).filter(UNANSWERED, closed=False)
    rows = entries.select_related("unit").defer("words")
    # In two: of those that fall due the first are found by an index, however many there are.
    listed = list(rows.filter(due__isnull=False).order_by("due", "id")[:TROUBLES])
    if left := TROUBLES - len(listed):
        listed += rows.filter(due=None).order_by("id")[:left]
    columns = [
        Column("Nội dung", 3),
        Column("Đơn vị nêu", 1.5),
        Column("Cơ quan trả lời", 1.5),
        Column("Đã gửi", 1.2),
        Column("Hạn trả lời", 1),
    ]
    said = (
        f"{ui.number(whole)} khó khăn, vướng mắc chưa được trả lời, {ui.number(late)} quá hạn trả lời."
        if whole
        else "Không có khó khăn, vướng mắc nào chưa được trả lời."
    )
    narrowed = url if look.whole else f"{url}?don_vi={look.unit.code}"
    tables = [Table(columns, [_trouble(each) for each in listed], whole, narrowed, thing="mục")]
    return Part(DIFFICULTIES, title, said, look.standing, narrowed, tables if whole else ())


def reform(look: Look, last: ParSheet | None) -> Part:
    """Where points of the index of reform were lost in the last round, and which have corrective work."""
    title = "Chỉ số cải cách hành chính: điểm bị mất"
    if last is None:
        return Part(
            "cchc",
            title,
            "Chưa có điểm nào bị mất trong các đợt đã chấm mà người lập được xem.",
            look.standing,
        )
    round_ = last.round
    losses = par.losses(round_, None if look.whole else [last])
    columns = [
        Column("Tiêu chí", 4),
        Column("Cơ quan thẩm định", 1.6),
        Column("Điểm mất", **_NUMBER),
        *([Column("Đơn vị mất điểm", 1, right=True)] if look.whole else []),
    ]
    rows = [
        [
            f"{each.criterion.code}. {each.criterion.name}",
            each.criterion.owner,
            _two(each.lost),
            *([str(each.none + each.some)] if look.whole else []),
        ]
        for each in losses[:LOST]
    ]
    url = reverse("par-lost", args=[round_.pk])
    lost = sum((each.lost for each in losses), Decimal(0))
    stood = "" if look.whole or last.percent is None else f" Chỉ số đang là {_two(last.percent)}%."
    said = (
        f"{round_}, {round_.get_stage_display().lower()}:"
        f" mất {_two(lost)} điểm ở {len(losses)} tiêu chí.{stood}"
    )
    table = Table(columns, rows, len(losses), url, thing="tiêu chí")
    return Part("cchc", title, said, look.standing, url, [table])


def uncorrected(look: Look, last: ParSheet | None) -> int:
    """How many lost points of the last round nobody works on: by unit and criterion."""
    if last is None:
        return 0
    lost = ParLine.objects.filter(sheet__round=last.round, lost__gt=0)
    begun = last.round.stream if look.whole else last.stream
    busy = Task.objects.filter(queries.caused(f"{begun}{'/' if look.whole else '#'}"), settled_on=None)
    own = lost if look.whole else lost.filter(sheet=last)
    return max(0, own.count() - busy.values("cause").distinct().count())


def last(look: Look) -> ParSheet | None:
    """A sheet that lost points in the last round the reader may see."""
    sheets = ParSheet.objects.filter(lines__lost__gt=0, round__year__lte=look.on.year)
    own = (
        (sheets if look.whole else sheets.filter(unit=look.unit))
        .order_by("round_id", "pk")
        .distinct("round_id")
    )
    found = ParSheet.objects.filter(pk__in=own.values("pk")).select_related(
        "round__table", "unit__parent__parent"
    )
    return next(
        (
            sheet
            for sheet in found.order_by("-round__year", "-round_id")[:ROUNDS]
            if (
                par.reads_all(look.reader, sheet.round, look.on)
                if look.whole
                else par.reads(look.reader, sheet, look.on)
            )
        ),
        None,
    )


def _ratio(lost: scores.Lost) -> str:
    part = lost.component
    if part.n is None or part.d is None:
        return "chưa đo"
    return f"{ui.number(part.n)} / {ui.number(part.d)}"


def _trouble(entry: BookEntry) -> list[str]:
    values = entry.values
    sent = values.get("sent", "")
    if sent_on := values.get("sent_on"):
        sent = f"{sent}, {ui.day(date.fromisoformat(sent_on))}"
    due = ui.day(entry.due) if entry.due else ""
    return [values.get("content", ""), entry.unit.name, values.get("answerer", ""), sent or "chưa gửi", due]


def _two(value: Decimal) -> str:
    return str(ui.number(value, 2))
