"""A shelf of notices as a file (danh sách tin báo)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from motcua.law.calendar import day
from motcua.people import issuer
from motcua.people.models import Officer
from motcua.ui import exports
from motcua.ui.exports import Cell, Column, Format, Kind, Listing

from . import wording
from .listing import SHELVES, STATES, ListForm
from .models import Notice

COLUMNS = (
    Column("Mã hồ sơ", Kind.CODE, 24),
    Column("Người nộp", width=26),
    Column("Tin về việc", width=28),
    Column("Xảy ra lúc", Kind.MOMENT, 17),
    Column("Kênh", width=14),
    Column("Gửi tới", Kind.CODE, 24),
    Column("Tình trạng", width=20),
    Column("Lần gửi cuối", Kind.MOMENT, 17),
    Column("Ghi chú", width=30),
)


def notices(format: Format, form: ListForm, shelf: str, *, by: Officer, at: datetime) -> Listing:
    """The notices of a shelf, newest first."""
    found = form.readable.filter(form.condition(), state__in=STATES[shelf]).order_by("-pk")
    label = next(label for slug, label, *_ in SHELVES if slug == shelf)
    return Listing(
        "tin-bao",
        "Tin báo cho người nộp hồ sơ",
        "tin",
        COLUMNS,
        list(found.values_list("pk", flat=True)[: format.most + 1]),
        _rows,
        issuer.of(by, day(at)),
        at,
        filters=[("Mục", label), *exports.said(form)],
    )


def _rows(keys: Sequence[int]) -> Iterator[Sequence[Cell]]:
    known = Notice.objects.select_related("dossier").defer("dossier__words", "body").in_bulk(keys)
    for notice in (known[key] for key in keys if key in known):
        yield (
            *(notice.dossier.code, notice.dossier.applicant, wording.label(notice.kind), notice.fact_at),
            *(notice.get_channel_display(), notice.recipient, notice.get_state_display()),
            *(notice.tried_at, notice.message),
        )
