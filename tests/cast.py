"""A small cast: one province, one department, one commune, one officer for each role, one procedure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

from motcua.catalogue import publishing
from motcua.catalogue.models import Component, Fee, Procedure, ProcessVersion, Result, Status, Term, Version
from motcua.dossiers import acts
from motcua.dossiers.models import Dossier
from motcua.law.calendar import TZ
from motcua.law.process import Flow, Kind, Node, Process
from motcua.people.models import DeskService, Officer, Post, Role, Unit, UnitKind

BORN = date(2020, 1, 1)
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=TZ)

STEPS = {
    "nhan": ("Tiếp nhận, chuyển hồ sơ", Role.RECEPTION, "2"),
    "giao": ("Phân công thụ lý", Role.ASSIGNER, "2"),
    "tham": ("Thẩm định hồ sơ", Role.HANDLER, "12"),
    "xacminh": ("Xác minh thực tế", Role.HANDLER, "12"),
    "ky": ("Ký duyệt kết quả", Role.SIGNER, "6"),
    "so": ("Vào sổ, đóng dấu", Role.CLERK, "2"),
    "tra": ("Trả kết quả", Role.RECEPTION, None),
}


def parallel_process() -> Process:
    """Reception, assignment, two branches at once, their join, signing, issuing, handing out."""
    nodes = [Node("bd", Kind.START), Node("tach", Kind.SPLIT), Node("gop", Kind.JOIN), Node("kt", Kind.END)]
    nodes += [
        Node(key, Kind.STEP, name, role, hours=Decimal(hours) if hours else None, counted=bool(hours))
        for key, (name, role, hours) in STEPS.items()
    ]
    path = ["bd", "nhan", "giao", "tach"]
    flows = [Flow(a, b) for a, b in itertools.pairwise(path)]
    flows += [Flow("tach", "tham"), Flow("tach", "xacminh"), Flow("tham", "gop"), Flow("xacminh", "gop")]
    flows += [Flow("gop", "ky"), Flow("ky", "so"), Flow("so", "tra"), Flow("tra", "kt")]
    return Process.of(nodes, flows)


@dataclass
class Cast:
    """Everybody and everything a dossier needs."""

    province: Unit
    department: Unit
    commune: Unit
    officers: SimpleNamespace
    version: Version
    process: ProcessVersion

    def filing(self, **changes: object) -> acts.Filing:
        kept = {
            "request_id": uuid4(),
            "version": self.version,
            "channel": "direct",
            "receiving_unit": self.department,
            "deciding_unit": self.department,
            "applicant": acts.Applicant(name="Nông Thị Mẫu", identity="004090000001", phone="0900000000"),
            "components": ({"code": "", "name": "Đơn đề nghị", "origin": "scan"},),
        }
        return acts.Filing(**{**kept, **changes})  # type: ignore[arg-type]

    def received(self, at: datetime = MONDAY, **changes: object) -> Dossier:
        return acts.receive(self.filing(**changes), by=self.officers.reception, at=at)

    def does(self, dossier: Dossier, step: str, at: datetime, result: str = "granted") -> None:
        """Have a step of `parallel_process` done by who holds its role; at the signing, what is proposed is signed."""
        by = getattr(self.officers, STEPS[step][1])
        if step != "ky":
            return acts.complete_step(dossier, step=step, by=by, at=at)
        told = {"result": result, "summary": "Cấp giấy xác nhận", "reason": "Không đủ điều kiện"}
        acts.propose_result(dossier, **told, by=self.officers.handler, at=at)
        return acts.sign_result(dossier, by=by, at=at)


def gather(process: Process | None = None, *, limit: str = "5", unit: str = "ngày làm việc") -> Cast:
    """Make the cast in the database."""
    province = Unit.objects.create(
        code="04", agency_code="H14", name="UBND tỉnh Cao Bằng", kind=UnitKind.PROVINCE, valid_from=BORN
    )
    department = Unit.objects.create(
        code="04.05",
        agency_code="H14.05",
        name="Sở Mẫu",
        kind=UnitKind.DEPARTMENT,
        parent=province,
        valid_from=BORN,
    )
    commune = Unit.objects.create(
        code="01273",
        agency_code="H14.201",
        name="Xã Mẫu",
        kind=UnitKind.COMMUNE,
        parent=province,
        valid_from=BORN,
    )
    officers = SimpleNamespace(
        **{role.value: officer(role, department) for role in Role if role != Role.POSTAL}
    )
    version = published_version(limit, unit)
    return Cast(
        province, department, commune, officers, version, published_process(version.procedure, process)
    )


def officer(role: Role, unit: Unit, name: str = "") -> Officer:
    username = name or f"{role.value}.{unit.code}"
    made = Officer.objects.create(username=username, full_name=f"Cán bộ {role.label}")
    Post.objects.create(officer=made, unit=unit, role=role, valid_from=BORN)
    return made


def operator(cast: Cast, *desks: Unit, since: date = BORN, code: str = "BD") -> Officer:
    """Somebody of a postal operator that was given these desks from a day on."""
    unit, _ = Unit.objects.get_or_create(
        code=code,
        defaults={
            "agency_code": code,
            "name": f"Bưu điện Mẫu {code}",
            "kind": UnitKind.OPERATOR,
            "parent": cast.province,
            "valid_from": BORN,
        },
    )
    for desk in desks:
        DeskService.objects.create(
            operator=unit, desk=desk, valid_from=since, document="12/HĐ", decided_on=since
        )
    return officer(Role.POSTAL, unit, f"buu-dien.{code.lower()}")


def published_version(
    limit: str,
    unit: str,
    code: str = "1.000001",
    levels: Sequence[str] = ("province",),
    since: date = date(2025, 7, 1),
) -> Version:
    """A procedure of our own invention, published; `limit` "" means a term nobody could read."""
    procedure = Procedure.objects.create(code=code, title="Cấp giấy xác nhận mẫu", field="Lĩnh vực mẫu")
    version = Version.objects.create(
        procedure=procedure,
        number=1,
        valid_from=since,
        decision="1/QĐ-UBND",
        title=procedure.title,
        field=procedure.field,
        levels=list(levels),
        online="full",
    )
    for position, name in enumerate(["Đơn đề nghị", "Bản sao giấy tờ"]):
        Component.objects.create(version=version, position=position, name=name, originals=1)
    for position, channel in enumerate(["direct", "online", "post"]):
        amount = Decimal(limit) if limit else None
        Term.objects.create(
            version=version, position=position, channel=channel, amount=amount, unit=limit and unit
        )
        Fee.objects.create(version=version, position=position, channel=channel, amount=Decimal(20000))
    Result.objects.create(version=version, position=0, name="Giấy xác nhận")
    publishing.versions([version], at=MONDAY)
    version.refresh_from_db()
    return version


def published_process(
    procedure: Procedure, process: Process | None = None, since: date = date(2025, 7, 1)
) -> ProcessVersion:
    return ProcessVersion.objects.create(
        procedure=procedure,
        number=1,
        status=Status.PUBLISHED,
        valid_from=since,
        definition=(process or parallel_process()).as_data(),
    )
