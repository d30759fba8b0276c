"""The parts of a pack about tasks: what waits for a decision, how units stand, what is overdue and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from motcua.law.following import Figures, Status
from motcua.law.steering import TaskState
from motcua.people.models import Officer, Unit, UnitKind
from motcua.ui.templatetags import ui

from .. import overview, queries, shown
from ..models import Task
from ..overview import Board, Overview
from .parts import Column, Look, Part, Table

ASKED, UNITS, OVERDUE = 10, 25, 20
COUNTED = (
    Status.OVERDUE,
    Status.SOON,
    Status.WAITING,
    Status.DOING,
    Status.NOT_STARTED,
    Status.DONE,
    Status.DONE_LATE,
)
ASKING = Column("Chờ quyết định", 1.5)


def of(look: Look) -> QuerySet[Task]:
    """The tasks a pack is about: all of the province, or those a unit leads; given by the day."""
    tasks = Task.objects.filter(given_on__lte=look.on)
    return tasks if look.whole else tasks.filter(lead=look.unit)


def counted(look: Look) -> Board:
    """How they stand: of the province as it is kept, of a unit as it is counted."""
    return overview.given_by(look.on) if look.whole else overview.counted(of(look), look.on)


def waiting(look: Look) -> QuerySet[Task]:
    """What waits for the answer of the unit as giver."""
    return Task.objects.filter(queries.waits(), giver=look.unit)


def first(look: Look, whole: int) -> Part:
    """What waits for this meeting to decide: reports to accept, extensions and transfers asked for."""
    found = queries.first_waiting(look.unit, ASKED)
    listed = found.select_related("lead", "officer").defer("words", "detail")
    rows = [[t.code, t.title, t.lead.name, _asks(t), ui.day(t.until)] for t in listed]
    columns = (Column("Mã", 0.7), Column("Nhiệm vụ", 3), Column("Chủ trì", 1.6), ASKING, Column("Hạn", 0.9))
    url = f"{reverse('tasks')}?vai=cho-toi"
    said = (
        f"{ui.number(whole)} việc chờ {look.unit.name} xác nhận, cho gia hạn hoặc cho chuyển."
        if whole
        else f"Không có việc nào chờ {look.unit.name} xác nhận, cho gia hạn hoặc cho chuyển."
    )
    tables = (Table(columns, rows, whole, url, thing="việc"),) if rows else ()
    return Part("cho-quyet", "Việc cần quyết trước", said, look.standing, url, tables)


def board(look: Look, found: Board) -> Part:
    """How tasks stand: by unit and state, how long overdue, month by month of their deadlines."""
    whole = found.whole
    figures = whole.figures
    url = reverse("board") if look.whole else reverse("steering-unit", args=[look.unit.code])
    late = figures.waiting_late
    reported = f", trong đó {ui.number(late)} đã báo cáo trễ, chờ xác nhận" if late else ""
    said = (
        f"{ui.number(figures.total)} nhiệm vụ: {ui.number(figures.done)} đã hoàn thành"
        f" ({ui.number(figures.of(Status.DONE_LATE))} trễ hạn), {ui.number(figures.within)} còn trong hạn,"
        f" {ui.number(figures.overdue)} quá hạn{reported}."
    )
    tables = [*_of_units(look, found, url), _ageing(whole), *_trend(whole)]
    return Part("bang", "Tình hình nhiệm vụ", said, look.counted, url, tables if figures.total else ())


def overdue(look: Look, found: Board) -> Part:
    """The tasks longest overdue, with who owes them."""
    whole = found.whole.figures.of(Status.OVERDUE)
    late = of(look).filter(queries.statuses(look.on)[Status.OVERDUE])
    related = late.select_related("lead", "officer", "head", "instrument").defer("words", "detail")
    listed = list(related.order_by("until", "id")[:OVERDUE])
    heads = queries.heads([task.lead for task in listed], look.on)
    rows = [_late(task, heads, look) for task in listed]
    narrowed = {"o": Status.OVERDUE.value} | ({} if look.whole else {"don_vi": look.unit.code})
    url = f"{reverse('tasks')}?{urlencode(narrowed)}"
    columns = (
        Column("Mã", 0.7),
        Column("Nhiệm vụ, văn bản giao", 3),
        Column("Chủ trì, người chịu trách nhiệm", 2),
        Column("Hạn", 0.9),
        Column("Quá (ngày)", 0.7, right=True),
        Column("Đã đôn đốc", 0.7, right=True),
    )
    said = (
        f"{ui.number(whole)} nhiệm vụ quá hạn chưa hoàn thành, quá lâu nhất xếp trước."
        if whole
        else "Không có nhiệm vụ nào quá hạn."
    )
    tables = (Table(columns, rows, whole, url, thing="nhiệm vụ"),) if rows else ()
    return Part("qua-han", "Nhiệm vụ quá hạn", said, look.counted, url, tables)


def most_overdue(look: Look, found: Board, most: int = 5) -> list[tuple[Unit, int]]:
    """The units with the most overdue tasks, for who may be urged."""
    late = {
        unit: figures.of(Status.OVERDUE) for unit, figures in found.of_units.items() if unit != look.unit.pk
    }
    owing = sorted(((count, unit) for unit, count in late.items() if count), reverse=True)[:most]
    units = Unit.objects.in_bulk([pk for _, pk in owing])
    return [(units[pk], count) for count, pk in owing]


def planless(look: Look) -> int:
    """How many units under the province have no plan of the year."""
    kinds = (UnitKind.DEPARTMENT, UnitKind.COMMUNE)
    units = queries.standing(look.on).filter(kind__in=kinds).values_list("pk", flat=True)
    return len(set(units) - set(queries.plans(look.on.year)))


def _of_units(look: Look, found: Board, url: str) -> list[Table]:
    of_units = found.of_units if look.whole else {}
    if not of_units:
        counts = _counts(found.whole.figures)
        return [Table([Column("Tình trạng", 3), Column("Số nhiệm vụ", 1, right=True)], counts)]
    order = sorted(of_units, key=lambda pk: (-of_units[pk].overdue, -of_units[pk].total, pk))[:UNITS]
    units = Unit.objects.in_bulk(order)
    rows = [
        [units[pk].name, _n(of_units[pk].total), *(_n(of_units[pk].of(status)) for status in COUNTED)]
        for pk in order
    ]
    columns = [
        Column("Đơn vị", 3),
        Column("Tổng", 0.8, right=True),
        *(Column(shown.SHORT[status], 0.9, right=True) for status in COUNTED),
    ]
    label = "Theo đơn vị và tình trạng, nhiều việc quá hạn xếp trước"
    return [Table(columns, rows, len(of_units), url, label, "đơn vị")]


def _counts(figures: Figures) -> list[list[str]]:
    return [[shown.SHORT[status], _n(figures.of(status))] for status in COUNTED]


def _ageing(whole: Overview) -> Table:
    rows = [[label, _n(count)] for label, count in whole.ageing]
    columns = [Column("Quá hạn", 3), Column("Số nhiệm vụ", 1, right=True)]
    return Table(columns, rows, label="Quá hạn bao lâu")


def _trend(whole: Overview) -> list[Table]:
    rows = [
        [f"{each['month']:%m/%Y}", *(_n(each[name]) for name in ("due", "done", "late", "overdue"))]
        for each in whole.trend
    ]
    labels = ("Đến hạn", "Đúng hạn", "Trễ", "Còn nợ")
    columns = [Column("Tháng đến hạn", 2), *(Column(label, 1, right=True) for label in labels)]
    return [Table(columns, rows, label="Mười hai tháng qua, theo tháng đến hạn")] if rows else []


def _late(task: Task, heads: Mapping[int, Officer], look: Look) -> list[str]:
    owner: Any = task.officer or heads.get(task.lead_id) or task.head
    given = f"; {task.instrument.number}" if task.instrument else ""
    return [
        task.code,
        f"{task.title}{given}",
        f"{task.lead.name}: {owner.full_name}" if owner else f"{task.lead.name}: chưa có người",
        ui.day(task.until),
        _n((look.on - task.until).days),
        _n(task.urged),
    ]


def _asks(task: Task) -> str:
    asks = ["xác nhận hoàn thành"] * (task.state == TaskState.REPORTED)
    asks += [f"gia hạn đến {ui.day(task.asked)}"] * bool(task.asked)
    asks += ["chuyển đơn vị"] * bool(task.proposed_id)
    return ", ".join(asks)


def _n(count: int) -> str:
    return str(ui.number(count))
