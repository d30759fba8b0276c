"""Lists of dossiers and of work as files: the same rows as the pages show, all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from motcua.journal import log
from motcua.law import clock
from motcua.law.calendar import day
from motcua.law.facts import ResultReturned
from motcua.people import calendars, issuer
from motcua.people.models import Officer, Unit
from motcua.ui import exports
from motcua.ui.exports import Cell, Column, Format, Kind, Listing
from motcua.ui.templatetags import ui

from . import clockface, groups, queries
from . import worklist as work
from .listing import SearchForm
from .models import Dossier, Group, Guidance, Task
from .printing import register as registers

CODE = Column("Mã hồ sơ", Kind.CODE, 24)
APPLICANT = Column("Người nộp", width=26)
MATTER = Column("Thủ tục", width=44)
CLOCK = (Column("Tình trạng thời hạn", width=16), Column("Còn lại (giờ làm việc)", Kind.NUMBER, 12))
WORK = (
    CODE,
    APPLICANT,
    MATTER,
    Column("Bước", width=26),
    Column("Người xử lý", width=22),
    Column("Đơn vị", width=26),
    Column("Hạn bước", Kind.MOMENT, 17),
    Column("Hẹn trả", Kind.MOMENT, 17),
    *CLOCK,
)
FOUND = (
    CODE,
    APPLICANT,
    Column("Mã thủ tục", Kind.CODE, 12),
    MATTER,
    Column("Cơ quan giải quyết", width=28),
    Column("Trạng thái", width=20),
    Column("Nộp lúc", Kind.MOMENT, 17),
    Column("Hẹn trả", Kind.MOMENT, 17),
    Column("Xử lý xong", Kind.MOMENT, 17),
    *CLOCK,
)
BOOK = (
    CODE,
    MATTER,
    Column("Tên cá nhân, tổ chức", width=26),
    Column("Địa chỉ, số điện thoại", width=32),
    Column("Cơ quan chủ trì giải quyết", width=28),
    Column("Nhận hồ sơ", Kind.MOMENT, 17),
    Column("Hẹn trả kết quả", Kind.MOMENT, 17),
    Column("Trả kết quả", Kind.MOMENT, 17),
    Column("Phương thức nhận kết quả", width=16),
    Column("Ghi chú", width=20),
)
GUIDED = (
    Column("Số", Kind.CODE, 12),
    Column("Lúc", Kind.MOMENT, 17),
    Column("Họ tên", width=26),
    Column("Số định danh", Kind.CODE, 14),
    Column("Mã thủ tục", Kind.CODE, 12),
    MATTER,
    Column("Còn thiếu", width=40),
    Column("Nội dung", width=40),
    Column("Người hướng dẫn", width=22),
    Column("Nơi tiếp nhận", width=26),
)

GROUPS = (
    Column("Mã nhóm", Kind.CODE, 24),
    Column("Tên", width=44),
    Column("Loại", width=18),
    Column("Người nộp", width=26),
    Column("Nơi tiếp nhận", width=28),
    Column("Lập lúc", Kind.MOMENT, 17),
    Column("Số thủ tục", Kind.NUMBER, 10),
    Column("Đã có hồ sơ", Kind.NUMBER, 10),
    Column("Đã xong", Kind.NUMBER, 10),
)

Asked = Sequence[tuple[str, str]]
Faces = Callable[[Dossier, datetime | None], Mapping[str, Any]]


def waiting(
    format: Format, walks: work.Walks, *, latest: bool, by: Officer, at: datetime, filters: Asked
) -> Listing:
    """A list of the worklist, in the order it is shown."""
    return Listing(
        "viec-can-lam",
        "Việc cần làm",
        "việc",
        WORK,
        work.ids(walks, latest=latest, most=format.most + 1),
        lambda keys: _waiting(keys, at),
        issuer.of(by, day(at)),
        at,
        filters=filters,
    )


def found(format: Format, form: SearchForm, *, by: Officer, at: datetime) -> Listing:
    """The dossiers a search finds, newest first."""
    asked = form.asked().order_by("-pk")
    return Listing(
        "ho-so",
        "Danh sách hồ sơ",
        "hồ sơ",
        FOUND,
        list(asked.values_list("pk", flat=True)[: format.most + 1]),
        lambda keys: _found(keys, at),
        issuer.of(by, day(at)),
        at,
        filters=exports.said(form),
    )


def several(
    format: Format, asked: QuerySet[Dossier], filters: Asked, *, by: Officer, at: datetime
) -> Listing:
    """The dossiers of several agencies, newest first."""
    return Listing(
        "ho-so-nhieu-co-quan",
        "Hồ sơ nhiều cơ quan",
        "hồ sơ",
        FOUND,
        list(asked.order_by("-pk").values_list("pk", flat=True)[: format.most + 1]),
        lambda keys: _found(keys, at),
        issuer.of(by, day(at)),
        at,
        filters=filters,
    )


def gathered(format: Format, asked: QuerySet[Group], filters: Asked, *, by: Officer, at: datetime) -> Listing:
    """Groups of dossiers and projects, newest first."""
    return Listing(
        "lien-thong",
        "Nhóm hồ sơ liên thông, dự án",
        "nhóm",
        GROUPS,
        list(asked.order_by("-pk").values_list("pk", flat=True)[: format.most + 1]),
        _gathered,
        issuer.of(by, day(at)),
        at,
        filters=filters,
    )


def register(format: Format, unit: Unit, first: date, last: date, *, by: Officer, at: datetime) -> Listing:
    """The register of a desk as a spreadsheet, by the columns of its form (sổ theo dõi hồ sơ)."""
    received = queries.received(unit, first, last)
    return Listing(
        f"so-theo-doi-{unit.code}-{first}-{last}",
        f"Sổ theo dõi hồ sơ, {unit.name}",
        "hồ sơ",
        BOOK,
        list(received.values_list("pk", flat=True)[: format.most + 1]),
        _registered,
        issuer.of(by, day(at)),
        at,
        period=f"{ui.day(first)} – {ui.day(last)}",
    )


def guidance(
    format: Format, asked: QuerySet[Guidance], filters: Asked, *, by: Officer, at: datetime
) -> Listing:
    """The guidance a search finds, newest first (sổ hướng dẫn)."""
    return Listing(
        "huong-dan",
        "Hướng dẫn tại quầy",
        "lượt",
        GUIDED,
        list(asked.order_by("-pk").values_list("pk", flat=True)[: format.most + 1]),
        _guided,
        issuer.of(by, day(at)),
        at,
        filters=filters,
    )


def _guided(keys: Sequence[int]) -> Iterator[Sequence[Cell]]:
    given = Guidance.objects.select_related("version__procedure", "unit", "officer").in_bulk(keys)
    for row in (given[key] for key in keys if key in given):
        yield (
            *(row.number, row.at, row.name, row.identity, row.version.procedure.code, row.version.title),
            *("; ".join(row.missing), row.content, row.officer.full_name, row.unit.name),
        )


def _waiting(keys: Sequence[int], at: datetime) -> Iterator[Sequence[Cell]]:
    tasks = Task.objects.select_related(*work.RELATED).defer("dossier__words").in_bulk(keys)
    listed = [tasks[key] for key in keys if key in tasks]
    face = _faces((task.dossier for task in listed), at)
    for task in listed:
        dossier, shown = task.dossier, face(task.dossier, task.dossier_due_at)
        who = task.officer.full_name if task.officer else task.get_role_display()
        yield (
            *(dossier.code, dossier.applicant, dossier.version.title, task.name, who, task.unit.name),
            *(task.due_at, task.dossier_due_at),
            *_clock(shown),
        )


def _found(keys: Sequence[int], at: datetime) -> Iterator[Sequence[Cell]]:
    dossiers = (
        Dossier.objects.select_related("version__procedure", "deciding_unit").defer("words").in_bulk(keys)
    )
    listed = [dossiers[key] for key in keys if key in dossiers]
    face = _faces(listed, at)
    for dossier in listed:
        yield (
            *(dossier.code, dossier.applicant, dossier.version.procedure.code, dossier.version.title),
            *(dossier.deciding_unit.name, dossier.get_state_display()),
            *(dossier.filed_at, dossier.due_at, dossier.ended_at),
            *_clock(face(dossier, dossier.due_at)),
        )


def _gathered(keys: Sequence[int]) -> Iterator[Sequence[Cell]]:
    for group in groups.counted(keys):
        yield (
            *(group.code, group.name, group.get_kind_display(), group.applicant, group.receiving_unit.name),
            *(group.opened_at, group.total, group.filed, group.done),  # type: ignore[attr-defined]
        )


def _registered(keys: Sequence[int]) -> Iterator[Sequence[Cell]]:
    dossiers = Dossier.objects.select_related("version", "deciding_unit").defer("words").in_bulk(keys)
    listed = [dossiers[key] for key in keys if key in dossiers]
    returned = log.last(ResultReturned, [dossier.stream for dossier in listed])
    for dossier in listed:
        line = registers.line(dossier, returned.get(dossier.stream))
        yield (
            *(line["code"], line["matter"], line["applicant"], line["reach"], line["deciding"]),
            *(dossier.accepted_at, dossier.due_at, dossier.returned_at),
            *(line["means"], line["note"]),
        )


def _faces(dossiers: Iterable[Dossier], at: datetime) -> Faces:
    """How the clock of each stands at `at`, by what it counts towards."""
    kept = calendars.several(dossier.deciding_unit for dossier in dossiers)
    near = 60 * clock.rules(day(at)).near_working_hours
    return lambda dossier, due: clockface.of_row(dossier, kept[dossier.deciding_unit_id], at, near, due)


def _clock(face: Mapping[str, Any]) -> tuple[str, float | None]:
    minutes = face.get("minutes")
    return ui.clock_word(face["state"]), None if minutes is None else round(minutes / 60, 2)
