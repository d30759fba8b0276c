"""Questions to the catalogue: what is in force on a day, what it costs and how long it takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Case, Q, When, prefetch_related_objects

from motcua.journal import wire
from motcua.law.facts import Refused
from motcua.law.limits import TimeLimit
from motcua.law.limits import Unit as TimeUnit
from motcua.people.models import Unit, UnitKind

from .models import Bundle, Fee, Finding, Level, Procedure, ProcessVersion, Result, Status, Term, Version

KINDS: dict[str, tuple[UnitKind, ...]] = {
    Level.PROVINCE: (UnitKind.DEPARTMENT,),
    Level.DISTRICT: (UnitKind.DISTRICT,),
    Level.COMMUNE: (UnitKind.COMMUNE,),
}
# Answered with what `process_asked` gives it; its answer is for `process_known`.
PROCESS = (
    "SELECT id, xmin::text AS written FROM catalogue_processversion"
    " WHERE procedure_id = %s AND status = 'published' AND valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)"
    " AND (unit_id IS NULL OR unit_id = ANY(%s::bigint[]))"
    " ORDER BY array_position(%s::bigint[], unit_id) NULLS LAST LIMIT 1"
)


class NotFound(Refused):
    """Nothing in the catalogue answers to that (không có trong danh mục)."""


def texts_of(procedures: Iterable[Procedure], day: date) -> dict[int, Version]:
    """The text of each procedure that a list shows on `day`, with its terms and fees, by the procedure's id."""
    ids = [procedure.pk for procedure in procedures]
    kept = ("procedure", "valid_from", "valid_to", "levels")
    published = Version.objects.filter(procedure__in=ids, status=Status.PUBLISHED).only(*kept)
    of: dict[int, list[Version]] = {}
    for version in published.order_by("-valid_from").prefetch_related("terms", "fees"):
        of.setdefault(version.procedure_id, []).append(version)
    return {pk: _standing(versions, day) for pk, versions in of.items()}


def versions_of(code: str) -> list[Version]:
    """The published texts of a procedure, newest first (các phiên bản). Raises NotFound."""
    published = Version.objects.filter(procedure__code=code, status=Status.PUBLISHED)
    found = list(published.select_related("procedure").defer("procedure__words").order_by("-valid_from"))
    if not found:
        raise NotFound(f"Danh mục không có thủ tục nào đã công khai mang mã {code}")
    return found


def comparable(code: str, unpublished: bool = False) -> list[Version]:
    """The texts of a procedure that may be compared, newest first; drafts too with `unpublished`. Raises NotFound."""
    found = Version.objects.filter(procedure__code=code)
    if not unpublished:
        found = found.filter(status=Status.PUBLISHED)
    listed = list(found.select_related("procedure").defer("procedure__words").order_by("-number"))
    if not listed:
        raise NotFound(f"Danh mục không có thủ tục nào đã công khai mang mã {code}")
    return listed


def chosen(versions: Sequence[Version], day: date, number: int | None = None) -> Version:
    """The text a page shows, with its parts: number `number`, else the one that stands on `day`. Raises NotFound."""
    code = versions[0].procedure.code
    if number is not None and number not in {version.number for version in versions}:
        raise NotFound(f"Thủ tục {code} không có bản công khai số {number}")
    found = next((v for v in versions if v.number == number), None) or _standing(versions, day)
    prefetch_related_objects([found], "components", "terms", "fees", "results", "bases")
    return found


def _standing(versions: Sequence[Version], day: date) -> Version:
    """Of the texts of one procedure, newest first: the one in force, else the next to come, else the last."""
    begun = [version for version in versions if version.valid_from <= day]
    here = [version for version in begun if version.valid_to is None or version.valid_to > day]
    coming = [version for version in versions if version.valid_from > day]
    return next(iter([*here, *reversed(coming), *begun]))


def findings_about(code: str) -> list[Finding]:
    """What the last import that spoke of a procedure could not take as it stood (dữ liệu cần làm sạch)."""
    told = Finding.objects.filter(code=code).select_related("run")
    found = list(told.order_by("-run__at", "row", "pk"))
    last = {finding.run.kind: finding.run_id for finding in reversed(found)}
    return [finding for finding in found if last[finding.run.kind] == finding.run_id]


def deciding_units(levels: Iterable[str], day: date) -> list[Unit]:
    """The units that carry out procedures of these levels on `day`, those of the province first."""
    kinds = [kind for level in levels for kind in KINDS.get(level, ())]
    standing = Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    order = Case(When(kind=UnitKind.DEPARTMENT, then=0), default=1)
    return list(Unit.objects.filter(standing, kind__in=kinds).order_by(order, "name"))


def in_force(code: str, day: date) -> Version:
    """The published version of a procedure on a legal day. Raises NotFound."""
    version = Version.objects.filter(_on(day), procedure__code=code).select_related("procedure").first()
    if version is None:
        raise NotFound(f"Thủ tục {code} không có phiên bản công khai nào có hiệu lực ngày {day:%d/%m/%Y}")
    return version


def all_in_force(codes: Iterable[str], day: date) -> dict[str, Version]:
    """The published versions of some procedures on a legal day by code, in one question; those that have one."""
    found = Version.objects.filter(_on(day), procedure__code__in=list(codes)).select_related("procedure")
    return {version.procedure.code: version for version in found}


def bundles(day: date) -> list[Bundle]:
    """The published groups of procedures and kinds of project on a legal day."""
    return list(Bundle.objects.filter(_on(day)))


def process_for(procedure: Procedure, unit: Unit | None, day: date) -> ProcessVersion:
    """The published process of a unit, else of the nearest unit above it, else the general one. Raises NotFound."""
    found = wire.ask(PROCESS, process_asked(procedure, unit, day))
    if not found:
        raise NotFound(f"Thủ tục {procedure.code} chưa có quy trình nội bộ công khai ngày {day:%d/%m/%Y}")
    return process_known(*found[0])


def process_asked(procedure: Procedure, unit: Unit | None, day: date) -> list[Any]:
    """The values of PROCESS for a procedure as a unit carries it out."""
    line = _line(unit)
    return [procedure.pk, day, day, line, line]


@lru_cache(maxsize=4096)
def process_known(key: int, written: str) -> ProcessVersion:
    """The process PROCESS found, with all it has worked out about itself."""
    # Only published ones come here, and those never change; `written` tells a database made anew from the old one.
    return ProcessVersion.objects.get(pk=key)


def _line(unit: Unit | None) -> str:
    """The ids of a unit and of those above it as PostgreSQL writes an array."""
    line: list[str] = []
    while unit is not None:
        line.append(str(unit.pk))
        unit = unit.parent
    return f"{{{','.join(line)}}}"


def _on(day: date) -> Q:
    return Q(status=Status.PUBLISHED, valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def terms_for(version: Version, channel: str) -> list[Term]:
    """The terms of a channel, one for each case."""
    return [term for term in version.terms.all() if term.channel == channel]


def term_for(version: Version, channel: str, case: str = "") -> Term | None:
    """The term of a channel and case; without a case only where all cases of the channel have the same term."""
    terms = terms_for(version, channel)
    named = [term for term in terms if term.case == case]
    if named:
        return named[0]
    alike = {(term.amount, term.unit) for term in terms}
    return terms[0] if not case and len(alike) == 1 else None


def limit_of(term: Term | None) -> TimeLimit | None:
    """The term as the clock counts it; None when there is none, or its number or unit was not announced."""
    if term is None or term.amount is None or term.amount <= 0 or not term.unit:
        return None
    return TimeLimit(term.amount, TimeUnit(term.unit))


def fees_for(version: Version, channel: str, case: str = "") -> list[Fee]:
    """The fees and charges of a channel and case (phí, lệ phí); all of the channel's when no case is told."""
    fees = [fee for fee in version.fees.all() if fee.channel == channel]
    return [fee for fee in fees if fee.case == case] or ([] if case else fees)


def fee_due(version: Version, channel: str, case: str = "") -> int:
    """What is to be paid, in đồng: the phí and the lệ phí of a case together; an amount not read counts nothing.

    0 where several amounts of one kind stand side by side: which one is due, only a case can tell.
    """
    fees = fees_for(version, channel, case)
    amounts = {(fee.kind, fee.amount) for fee in fees}
    if len(amounts) > len({kind for kind, _ in amounts}):
        return 0
    return int(sum((amount or Decimal(0) for _, amount in amounts), Decimal(0)))


def result_name(version: Version) -> str:
    """What the first result of a procedure is called; its own title where none is announced."""
    result = Result.objects.filter(version=version).first()
    return result.name if result and result.name else version.title


def is_paper_result(version: Version) -> bool:
    """Whether the applicant gets a document (kết quả là giấy tờ)."""
    return Result.objects.filter(version=version, paper=True).exists()
