"""A draft regulation and the people it goes through: who drafts, controls, appraises and promulgates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from motcua.catalogue.announcing.models import Change
from motcua.catalogue.control import acts
from motcua.catalogue.control.models import Draft, Drafted, Position
from motcua.catalogue.control.writing import Paper, Text
from motcua.law import control
from motcua.law.calendar import TZ
from motcua.people.models import Officer, Role, Unit, UnitKind

from . import cast
from .cast import Cast

AT = datetime(2026, 11, 2, 9, 0, tzinfo=TZ)
ABOUT = acts.About(
    kind="decision",
    name="Quyết định quy định việc xác nhận mẫu",
    day=AT.date(),
    ground="delegated",
    clause="Điều 5 Nghị định mẫu",
)
TEXT = Text(
    title="Cấp giấy xác nhận nhanh",
    field="Lĩnh vực mẫu",
    levels=("province",),
    audiences=("Công dân Việt Nam",),
    sequence="Bước 1: nộp hồ sơ. Bước 2: nhận kết quả.",
    ways=("direct", "online"),
    papers=(Paper("Đơn đề nghị", 1),),
    amount=Decimal(3),
    unit="ngày làm việc",
    agency="Sở Mẫu",
    result="Giấy xác nhận",
)
ABSENT = ("conditions", "fees", "forms")
GOOD = {"necessary": True, "reasonable": True, "lawful": True, "reason": "Đã rà soát, đạt."}
ASSESSED = acts.Assessed(
    needed=True,
    needed_why="Cần để quản lý.",
    answers=dict.fromkeys(control.PARTS, GOOD),
    management=True,
    management_why="Quản lý được.",
    convenience=True,
    convenience_why="Bớt một lần đi lại.",
    cheapest=True,
    cost_before=0,
    cost_after=12_000_000,
    cost_how="60 lượt, mỗi lượt 200.000 đồng.",
)


@dataclass
class Crew:
    """Who a draft goes through; the drafter is of the cast's department."""

    cast: Cast
    drafter: Officer
    control: Officer
    justice: Officer
    chairman: Officer

    def begun(self, **changes: object) -> Draft:
        about = replace(ABOUT, **changes)  # type: ignore[arg-type]
        return acts.begin(about, unit=self.cast.department, by=self.drafter, at=AT)

    def added(self, draft: Draft, change: str = Change.NEW, **told: object) -> Drafted:
        before = None if change == Change.NEW else self.cast.version
        return acts.add_procedure(
            draft, change=change, title=TEXT.title, before=before, by=self.drafter, at=AT
        )

    def written(self, drafted: Drafted, text: Text = TEXT, at: datetime = AT, **told: object) -> None:
        kept = {"absent": ABSENT, "sets": 1, "base": drafted.written_at} | told
        acts.write(drafted, text, **kept, by=self.drafter, at=at)  # type: ignore[arg-type]
        drafted.refresh_from_db()

    def whole(self, **changes: object) -> Draft:
        """A draft with one new procedure, every part of it written."""
        draft = self.begun(**changes)
        self.written(self.added(draft))
        return draft

    def assessing(self) -> Draft:
        return acts.forward(self.whole(), by=self.drafter, at=AT)

    def assessed(self, told: acts.Assessed = ASSESSED) -> Draft:
        draft = self.assessing()
        acts.assess(draft.procedures.get(), told, by=self.drafter, at=AT)
        return draft

    def asking(self) -> Draft:
        """A draft that waits for the control opinion."""
        return acts.forward(self.assessed(), by=self.drafter, at=AT)

    def opined(self, draft: Draft, position: str = Position.AGREED, at: datetime = AT) -> None:
        paper = acts.Document("12/VP-KSTT", at.date())
        told = {"position": position, "text": "Thủ tục đạt bốn tiêu chí.", "document": paper}
        acts.give_opinion(draft, **told, by=self.control, at=at)  # type: ignore[arg-type]

    def appraising(self) -> Draft:
        draft = self.asking()
        self.opined(draft)
        return acts.forward(draft, by=self.drafter, at=AT)

    def appraised(self, draft: Draft, position: str = Position.AGREED) -> None:
        paper = acts.Document("34/BC-STP", AT.date())
        told = {"position": position, "text": "Dự thảo đúng thẩm quyền.", "document": paper}
        acts.appraise(draft, **told, by=self.justice, at=AT)  # type: ignore[arg-type]

    def signing(self) -> Draft:
        draft = self.appraising()
        self.appraised(draft)
        return acts.forward(draft, by=self.drafter, at=AT)

    def promulgated(self) -> Draft:
        on = AT.date()
        return acts.promulgate(
            self.signing(),
            document=acts.Document("45/2026/QĐ-UBND", on, "45-2026.pdf"),
            effective=on + timedelta(days=14),
            issuer="UBND tỉnh Cao Bằng",
            signer="Chủ tịch UBND tỉnh",
            by=self.chairman,
            at=AT,
        )


def gather(province: Cast | None = None) -> Crew:
    """The cast with the offices a draft passes."""
    known = province or cast.gather()
    office, justice = _unit(known, "04.12", "Văn phòng UBND tỉnh"), _unit(known, "04.07", "Sở Tư pháp")
    return Crew(
        known,
        known.officers.handler,
        cast.officer(Role.CONTROLLER, office),
        cast.officer(Role.APPRAISER, justice),
        cast.officer(Role.HEAD, known.province),
    )


def _unit(known: Cast, code: str, name: str) -> Unit:
    return Unit.objects.create(
        code=code,
        agency_code=f"H14{code[2:]}",
        name=name,
        kind=UnitKind.DEPARTMENT,
        parent=known.province,
        valid_from=cast.BORN,
    )
