"""What pages ask of reports: which were sent, and the rows behind a cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from motcua.dossiers.models import Dossier
from motcua.people import access
from motcua.people.models import Officer, Unit
from motcua.people.queries import every_unit

from .. import fresh
from ..asked import Asked
from ..periods import Window
from ..queries import Unscored
from . import sheets
from .forms import Form
from .models import SentReport
from .rows import PARTS, agency, letter
from .sheets import Place
from .spans import Reported

if TYPE_CHECKING:
    from ..walking import Road
    from .asked import AskedReport

PAPERS = "Tệp kiểm chứng chỉ mở cho {}, cơ quan cấp trên và người kiểm soát thủ tục hành chính"


def unit(code: str) -> Unit | None:
    """An agency with its parents; a part of one makes no report of its own."""
    found = next((each for each in every_unit().values() if each.code == code), None)
    return found if found and found.kind not in PARTS else None


def home(officer: Officer, day: date) -> Unit | None:
    """The agency of an officer's first post."""
    posts = access.posts(officer, day)
    known = every_unit()
    return agency(known[posts[0].unit_id]) if posts else None


def chosen(code: str, officer: Officer | None, day: date) -> tuple[list[Unit], Unit | None]:
    """The agencies to choose from, and the one asked for, else the officer's own, else the first.

    Raises Unscored for a code no agency has.
    """
    units = agencies(day)
    if code:
        found = unit(code)
        if found is None:
            raise Unscored(f"không có đơn vị nào mã “{code}”")
        return units, found
    return units, (home(officer, day) if officer else None) or next(iter(units), None)


def may_report(officer: Officer, unit: Unit, day: date) -> bool:
    """Whether an officer answers for a unit's figures: its head or controller, of a province those who control it."""
    of_province = unit.parent_id is None and access.may(officer, "reconcile", None, day)
    return of_province or access.may(officer, "report", unit, day)


def require_reporting(officer: Officer, unit: Unit, day: date) -> None:
    """Raise Refused unless `may_report`."""
    if not may_report(officer, unit, day):
        access.require(officer, "report", unit, day)


def may_see_papers(officer: Officer, unit: Unit, day: date) -> bool:
    """Whether the papers that show a declared figure are open to an officer: of the agency, above it, of control."""
    known, above = every_unit(), {each.pk for each in access.line(unit)}
    own = (known[post.unit_id] for post in access.posts(officer, day))
    near = any(each.pk in above or agency(each).pk == unit.pk for each in own)
    return near or access.may(officer, "reconcile", None, day)


def require_papers(officer: Officer, unit: int, day: date) -> None:
    """Raise PermissionDenied unless `may_see_papers` of the unit with that id."""
    place = every_unit()[unit]
    if not may_see_papers(officer, place, day):
        raise PermissionDenied(PAPERS.format(place.name))


def agencies(day: date) -> list[Unit]:
    """The agencies that exist on a day, the province first."""
    there = [
        each
        for each in every_unit().values()
        if each.kind not in PARTS
        and each.valid_from <= day
        and (each.valid_to is None or day < each.valid_to)
    ]
    return sorted(there, key=lambda each: (each.parent is not None, letter(each), each.name))


def dossiers(
    form: Form, no: int, unit: Unit, where: Mapping[str, str], reported: Reported, at: Any
) -> QuerySet[Dossier]:
    """The dossiers in one cell, exactly as many as it says. Raises KeyError for a column the form has not."""
    # With them comes Ibis, which takes a second to import.
    from .. import live
    from . import sets

    place, statement = sheets.place(unit, where), sets.rows(form.column(no).set)
    values = live.bound(reported.window(at)) | {
        "units": list(place.units),
        "any_field": place.field is None,
        "field": place.field or "",
    }
    found = Dossier.objects.filter(pk__in=RawSQL(statement.sql, statement.args(values)))
    return (
        found.select_related("version", "deciding_unit")
        .defer("words", "version__sequence")
        .order_by("accepted_at", "pk")
    )


def counted(asked: AskedReport, no: int) -> tuple[AskedReport, int]:
    """How many dossiers a cell counts, and the moment it was counted at; kept, so that turning a page counts nothing.

    Raises KeyError for a column the form has not.
    """
    place, name = sheets.place(asked.unit, asked.where), asked.form.column(no).set
    told = sha256(repr((name, place)).encode()).hexdigest()
    look = Asked(asked.reported.period, asked.at, asked.now)
    found = fresh.kept(f"cell {told}", look, lambda at: _counted(name, place, asked.reported.window(at)))
    return replace(asked, at=found.at), found.data


def _counted(name: str, place: Place, window: Window) -> int:
    from . import sets

    told = sets.tallies([name], place.units, window)
    return sum(counts[name] for _, field, counts in told if place.field in (None, field))


def road(asked: AskedReport, no: int) -> Road:
    """The dossiers in one cell, to be read a leaf at a time."""
    from .. import walking
    from . import sets

    place = sheets.place(asked.unit, asked.where)
    narrowed = {} if place.field is None else {"field = %s": place.field}
    found = sets.found(asked.form.column(no).set)
    return walking.Road(found, asked.reported.window(asked.at), place.units, narrowed)


def sent(unit: Unit | None = None) -> QuerySet[SentReport]:
    """The reports that were sent, newest first."""
    found = SentReport.objects.select_related("unit", "sent_by").defer("content")
    return found.filter(unit=unit) if unit else found


def newest(unit: Unit, period: str) -> dict[str, SentReport]:
    """The newest version of each report of a unit and period, by its form."""
    found = sent(unit).filter(period=period).order_by("form", "-version").distinct("form")
    return {report.form: report for report in found}


def last(form: str, unit: Unit, period: str) -> SentReport | None:
    """The newest version of one report."""
    kept = {"form": form, "unit": unit, "period": period}
    return SentReport.objects.filter(**kept).select_related("unit", "sent_by").order_by("-version").first()
