"""Rows behind any figure, as a reader may see them (những dòng làm nên con số)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from motcua.catalogue.models import Procedure
from motcua.dossiers import queries
from motcua.dossiers.models import Dossier
from motcua.law.calendar import day
from motcua.ui.exports import Cell

PAGE = 50
DOSSIER_COLUMNS = ("Hồ sơ", "Thủ tục, cơ quan giải quyết", "Tiếp nhận", "Hạn trả", "Trạng thái")
PROCEDURE_COLUMNS = ("Thủ tục", "Mã", "Lĩnh vực")


def columns(*, of_dossiers: bool) -> list[dict[str, str]]:
    """The heads of a table of such rows."""
    return [{"label": label} for label in (DOSSIER_COLUMNS if of_dossiers else PROCEDURE_COLUMNS)]


def dossiers(page: Iterable[Dossier], reader: Any, now: datetime) -> list[dict[str, Any]]:
    """Some dossiers. A figure opens to all its rows for every officer; whose they are, only to those it concerns."""
    listed = list(page)
    own = queries.readable(reader, day(now)).filter(pk__in=[row.pk for row in listed])
    theirs = set(own.values_list("pk", flat=True))
    return [
        {
            "dossier": row,
            "url": reverse("dossier", args=[row.code]) if row.pk in theirs else "",
            "applicant": row.applicant if row.pk in theirs else "",
        }
        for row in listed
    ]


def procedures(page: Iterable[Procedure]) -> list[dict[str, Any]]:
    """Some procedures."""
    return [{"procedure": row, "url": reverse("procedure", args=[row.code])} for row in page]


def dossier_cells(lines: Iterable[dict[str, Any]]) -> Iterator[Sequence[Cell]]:
    """Lines of dossiers as a list leaves the screen."""
    for line in lines:
        row: Dossier = line["dossier"]
        yield (
            *(row.code, line["applicant"], row.version.title, row.deciding_unit.name),
            *(row.accepted_at, row.due_at, row.ended_at, row.get_state_display()),
        )
