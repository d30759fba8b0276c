"""What the demo province offers: the sample catalogue, or one from a path, and a process for whatever has none."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from motcua.catalogue import acts
from motcua.catalogue import queries as catalogue
from motcua.catalogue.models import Level, ProcessVersion, Status, Version
from motcua.catalogue.reading import files, templates
from motcua.law.calendar import day
from motcua.law.limits import TimeLimit, Unit

SAMPLE = Path(__file__).parent / "catalogue"
LENT = {Level.PROVINCE: "so-6-buoc", Level.COMMUNE: "xa-4-buoc"}
NO_TERM = Decimal(40)  # working hours of a process whose procedure has no term that can be counted
_HOURS = {
    Unit.WORKING_DAYS: Decimal(8),
    Unit.DAYS: Decimal(40) / 7,
    Unit.WORKING_HOURS: Decimal(1),
    Unit.HOURS: Decimal(1),
    Unit.MINUTES: Decimal(1) / 60,
    Unit.MONTHS: Decimal(22 * 8),
}


@dataclass(frozen=True, slots=True)
class Stocked:
    """What the province offers (danh mục bản thử): `lent` counts processes borrowed from the sample's templates."""

    procedures: int
    processes: int
    lent: int
    findings: int


def stock(path: str, *, at: datetime, watch: Callable[[str], object] = lambda doing: None) -> Stocked:
    """Import and publish what is not there yet; "" is the sample. Raises WrongFile, Refused."""
    watch("Nhập danh mục thủ tục")
    taken = acts.import_catalogue(path or SAMPLE / "procedures.yaml", by=None, at=at, publish=True)
    watch("Nhập quy trình nội bộ")
    acts.import_processes(SAMPLE / "processes.yaml", by=None, at=at, publish=True)
    lent = _lend(at)
    return Stocked(
        Version.objects.filter(status=Status.PUBLISHED).count(),
        ProcessVersion.objects.filter(status=Status.PUBLISHED).count(),
        lent,
        len(taken.found),
    )


def glance(path: str) -> None:
    """See that a catalogue can be read at all. Raises WrongFile."""
    next(files.catalogue(Path(path)), None)


def _lend(at: datetime) -> int:
    """Give procedures without a process of their own one of the sample's, as long as their term."""
    assigned = list(_assignments(at))
    if not assigned:
        return 0
    with files.opened(SAMPLE / "processes.yaml") as (_, text):
        sample = files.yaml_document(SAMPLE / "processes.yaml", text)
    document = {"format": templates.FORMAT, "templates": sample["templates"], "assign": assigned}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "processes.yaml"
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")  # JSON is YAML
        return acts.import_processes(path, by=None, at=at, publish=True).published


def _assignments(at: datetime) -> Iterator[dict[str, Any]]:
    having = ProcessVersion.objects.filter(status=Status.PUBLISHED).values("procedure")
    bare = Version.objects.filter(status=Status.PUBLISHED, valid_from__lte=day(at))
    for version in bare.exclude(procedure__in=having).select_related("procedure").prefetch_related("terms"):
        level = next((level for level in LENT if level in version.levels), None)
        if level:
            yield {
                "template": LENT[level],
                "hours": str(_hours(version)),
                "codes": [version.procedure.code],
                "issuer": "Quy trình mẫu",
            }


def _hours(version: Version) -> Decimal:
    """Working hours of the shortest term that can be counted, at least what the template itself needs."""
    limits = [catalogue.limit_of(term) for term in version.terms.all()]
    known = [_working_hours(limit) for limit in limits if limit]
    return max(min(known, default=NO_TERM), Decimal(8)).quantize(Decimal("0.01"))


def _working_hours(limit: TimeLimit) -> Decimal:
    return limit.amount * _HOURS[limit.unit]
