"""A small province to be measured: rows put straight into the tables, each told apart by what matters to a measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from uuid import uuid4

from motcua.catalogue.models import Component, Procedure, ProcessVersion, Status, Term, Version
from motcua.dossiers.models import Dossier
from motcua.law.calendar import TZ
from motcua.people.models import Unit, UnitKind

BORN = date(2025, 7, 1)
LONG_AGO = date(2020, 1, 1)
_serial = count(1)


def moment(text: str) -> datetime:
    """A moment in Hà Nội: "2026-10-05 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=TZ)


@dataclass
class World:
    """One province with two departments and two communes; a centre decides for the first commune."""

    province: Unit
    department: Unit
    other: Unit
    commune: Unit
    village: Unit
    centre: Unit
    version: Version

    @property
    def deciding(self) -> list[Unit]:
        return [self.province, self.department, self.other, self.commune, self.village, self.centre]

    def built(self, **row: object) -> Dossier:
        """A dossier's row, not saved: accepted on Monday 05/10/2026, due on the 12th, everything else plain."""
        serial = next(_serial)
        accepted = row.get("accepted_at", moment("2026-10-05 09:00"))
        version = row.get("version", self.version)
        unit = row.pop("unit", self.department)
        plain = {
            "code": f"H14-{serial}",
            "request_id": uuid4(),
            "version": version,
            "process": self.process(version.procedure),  # type: ignore[attr-defined]
            "channel": "direct",
            "receiving_unit": unit,
            "deciding_unit": unit,
            "applicant": "Nông Thị Mẫu",
            "applicant_kind": 1,
            "filed_at": accepted or moment("2026-10-05 08:00"),
            "accepted_at": accepted,
            "due_at": moment("2026-10-12 17:00"),
            "state": 4,
        }
        return Dossier(**{**plain, **row})

    def dossier(self, **row: object) -> Dossier:
        made = self.built(**row)
        made.save(force_insert=True)
        return made

    def dossiers(self, rows: Sequence[Dossier]) -> None:
        Dossier.objects.bulk_create(rows)

    def process(self, procedure: Procedure) -> ProcessVersion:
        found = ProcessVersion.objects.filter(procedure=procedure, unit=None).first()
        return found or ProcessVersion.objects.create(
            procedure=procedure, number=1, status=Status.PUBLISHED, valid_from=LONG_AGO, definition={}
        )

    def announce(self, **text: object) -> Version:
        """A published procedure of the commune level for citizens, complete in every part unless told otherwise."""
        return publish(**{"levels": ["commune"], **text})


def build() -> World:
    """The world in the database."""
    province = unit("04", "UBND tỉnh Mẫu", UnitKind.PROVINCE, born=LONG_AGO)
    commune = unit("X1", "Xã Một", UnitKind.COMMUNE, province)
    return World(
        province=province,
        department=unit("S1", "Sở Một", UnitKind.DEPARTMENT, province, born=LONG_AGO),
        other=unit("S2", "Sở Hai", UnitKind.DEPARTMENT, province, born=LONG_AGO),
        commune=commune,
        village=unit("X2", "Xã Hai", UnitKind.COMMUNE, province),
        centre=unit("T1", "Trung tâm Xã Một", UnitKind.CENTRE, commune),
        version=publish(levels=["province"], agency="Sở Một", online="full"),
    )


def unit(
    code: str,
    name: str,
    kind: str,
    parent: Unit | None = None,
    *,
    born: date = BORN,
    gone: date | None = None,
) -> Unit:
    return Unit.objects.create(
        code=code,
        agency_code=f"H.{code}",
        name=name,
        kind=kind,
        parent=parent,
        valid_from=born,
        valid_to=gone,
    )


def publish(
    *, parts: bool = True, draft: bool = False, procedure: Procedure | None = None, **text: object
) -> Version:
    """A version with its parts; `parts=False` leaves out papers and terms, `draft=True` does not publish it."""
    number = next(_serial)
    procedure = procedure or Procedure.objects.create(code=f"9.{number:06}", title="Thủ tục mẫu")
    plain = {
        "procedure": procedure,
        "number": number,
        "valid_from": BORN,
        "title": "Thủ tục mẫu",
        "audiences": ["Công dân Việt Nam"],
        "agency": "Ủy ban nhân dân cấp xã",
        "sequence": "Bước 1: nộp hồ sơ",
        "online": "none",
    }
    version = Version.objects.create(**{**plain, **text})
    if parts:
        Component.objects.create(version=version, position=0, name="Đơn đề nghị")
        Term.objects.create(version=version, position=0, channel="direct", text="5 ngày làm việc")
    if not draft:
        version.status = Status.PUBLISHED
        version.save()
    return version
