"""Draft regulations in the demo, through the real acts: one promulgated, one late, one waiting, one begun (dự thảo).

Few and fixed, so that the pages have something to show. Every act leaves one fact, so a draft that was cut off goes
on behind the facts its stream has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Q

from motcua.catalogue.announcing.models import Change
from motcua.catalogue.control import acts, writing
from motcua.catalogue.control.models import Draft, Drafted, Position
from motcua.catalogue.control.writing import Paper, Text
from motcua.catalogue.models import Level, Status, Version
from motcua.journal import log
from motcua.law import calendar, control, drafting
from motcua.law.calendar import Calendar, day
from motcua.people.models import Officer, Unit

from .province import book

DRAFTER, CONTROLLER, APPRAISER, CHAIRMAN = "thu-ly-1.so-nnmt", "kiem-soat", "tham-dinh", "dung-dau.ubnd-tinh"
UNIT = "04"  # of the drafting department, as its agency code ends
GOOD = {
    "necessary": True,
    "reasonable": True,
    "lawful": True,
    "reason": "Đã rà soát, đúng quy định, đủ dùng.",
}
ABSENT = ("conditions", "fees", "forms")
NEW = Text(
    title="Xác nhận hộ tham gia mô hình chăn nuôi an toàn (thủ tục mẫu)",
    field="Chăn nuôi",
    levels=(Level.PROVINCE.value,),
    audiences=("Công dân Việt Nam", "Hợp tác xã"),
    sequence="Bước 1: nộp hồ sơ.\nBước 2: cơ quan giải quyết kiểm tra, xác nhận.\nBước 3: trả kết quả.",
    ways=("direct", "online", "post"),
    papers=(Paper("Đơn đề nghị xác nhận", 1), Paper("Bản cam kết áp dụng quy trình", 1)),
    amount=Decimal(5),
    unit="ngày làm việc",
    agency="Sở Nông nghiệp và Môi trường",
    result="Giấy xác nhận",
)

Act = Callable[[datetime], object]


@dataclass
class Play:
    """One draft being played: its acts in order, each on its working day before `at`."""

    world: World
    name: str
    kind: str = "decision"
    draft: Draft | None = None

    @property
    def there(self) -> Draft:
        found = self.draft or Draft.objects.filter(name=self.name).first()
        if found is None:
            raise LookupError(self.name)
        self.draft = found
        return found

    @property
    def one(self) -> Drafted:
        return self.there.procedures.get(dropped_at=None)

    def begin(self, on: date, **told: str) -> Act:
        about = acts.About(self.kind, self.name, on, **told)
        return lambda at: acts.begin(about, unit=self.world.unit, by=self.world.drafter, at=at)

    def add(self, change: str, before: Version | None = None) -> Act:
        return lambda at: acts.add_procedure(
            self.there, change=change, title=NEW.title, before=before, by=self.world.drafter, at=at
        )

    def write(self, text: Callable[[Drafted], Text], absent: Sequence[str] = ABSENT) -> Act:
        def act(at: datetime) -> None:
            one = self.one
            acts.write(
                one, text(one), absent=absent, sets=1, base=one.written_at, by=self.world.drafter, at=at
            )

        return act

    def forward(self) -> Act:
        return lambda at: acts.forward(self.there, by=self.world.drafter, at=at)

    def assess(self, told: acts.Assessed) -> Act:
        return lambda at: acts.assess(self.one, told, by=self.world.drafter, at=at)

    def opinion(self, position: str, text: str) -> Act:
        def act(at: datetime) -> None:
            paper = acts.Document("112/VP-KSTT", day(at), "112-vp-kstt.pdf")
            by = self.world.controller
            acts.give_opinion(self.there, position=position, text=text, document=paper, by=by, at=at)

        return act

    def answer(self, text: str) -> Act:
        return lambda at: acts.answer(self.there, text=text, by=self.world.drafter, at=at)

    def appraise(self, text: str) -> Act:
        def act(at: datetime) -> None:
            paper = acts.Document("85/BC-STP", day(at), "85-bc-stp.pdf")
            told = {"position": Position.AGREED, "text": text, "document": paper}
            acts.appraise(self.there, **told, by=self.world.appraiser, at=at)  # type: ignore[arg-type]

        return act

    def back(self, to: str, reason: str) -> Act:
        return lambda at: acts.send_back(self.there, to=to, reason=reason, by=self.world.controller, at=at)

    def promulgate(self, number: str) -> Act:
        def act(at: datetime) -> None:
            acts.promulgate(
                self.there,
                document=acts.Document(number, day(at), "van-ban.pdf"),
                effective=Calendar().add_working_days(day(at), 15),
                issuer=self.world.top.name,
                signer="Chủ tịch UBND tỉnh",
                by=self.world.chairman,
                at=at,
            )

        return act


@dataclass(frozen=True)
class World:
    """Who takes part, and the procedures of the catalogue that are drafted anew."""

    unit: Unit
    top: Unit
    drafter: Officer
    controller: Officer
    appraiser: Officer
    chairman: Officer
    texts: Sequence[Version]


def play(start: datetime, at: datetime) -> int:
    """Play every draft until `at`; returns how many there are. Nothing where the world lacks those it needs."""
    world = _world(day(at))
    if world is None or Calendar().add_working_days(day(at), -45) <= day(start):
        return 0
    for name, script in _scripts(world, day(at)).items():
        _run(name, script, at)
    return Draft.objects.count()


def _run(name: str, script: Sequence[tuple[int, Act]], at: datetime) -> None:
    """Each act on its working day, an hour after the one before on the same day; those done are left out."""
    known = Draft.objects.filter(name=name).values_list("pk", flat=True).first()
    done = len(log.history(drafting.stream(known))) if known else 0
    today: tuple[date, int] = (date.min, 0)
    for number, (before, act) in enumerate(script):
        on = Calendar().add_working_days(day(at), -before)
        today = (on, today[1] + 1 if today[0] == on else 0)
        if number >= done:
            act(calendar.at(on, time(8, 5 * today[1])))


def _world(on: date) -> World | None:
    who = {one.username: one for one in Officer.objects.filter(username__in=_NAMES)}
    top = Unit.objects.filter(parent=None, valid_to=None).first()
    unit = Unit.objects.filter(parent=top, agency_code__endswith=f".{UNIT}", valid_to=None).first()
    texts = _texts(on)
    if len(who) < len(_NAMES) or top is None or unit is None or len(texts) < 3:
        return None
    return World(unit, top, who[DRAFTER], who[CONTROLLER], who[APPRAISER], who[CHAIRMAN], texts)


_NAMES = (DRAFTER, CONTROLLER, APPRAISER, CHAIRMAN)


def _texts(on: date) -> list[Version]:
    """Texts in force whose term a draft can shorten, in the order of their codes."""
    found = Version.objects.filter(
        status=Status.PUBLISHED,
        valid_to=None,
        valid_from__lte=on,
        terms__unit="ngày làm việc",
        terms__amount__gte=4,
    )
    of = next(each["fields"] for each in book()["departments"] if each["number"] == UNIT)
    named = reduce(or_, (Q(field__icontains=field) for field in of))
    return list(found.filter(named).select_related("procedure").order_by("procedure__code").distinct()[:3])


def _shorter(one: Drafted) -> Text:
    """What is said now, two days faster, without its last paper."""
    if one.version is None:
        raise LookupError(one.pk)
    told = writing.told(one.version)
    amount = (told.amount or Decimal(4)) - 2
    levels = told.levels or (Level.PROVINCE.value,)
    audiences, agency = (
        told.audiences or ("Công dân Việt Nam",),
        told.agency or "Sở Nông nghiệp và Môi trường",
    )
    kept = told.papers[:-1] if len(told.papers) > 1 else told.papers
    result, sequence = told.result or "Văn bản chấp thuận", told.sequence or "Bước 1: nộp hồ sơ."
    return replace(
        told,
        amount=amount,
        levels=levels,
        audiences=audiences,
        agency=agency,
        papers=kept,
        result=result,
        sequence=sequence,
    )


def _declared(before: int, after: int) -> acts.Assessed:
    return acts.Assessed(
        needed=True,
        needed_why="Cần để quản lý theo nhiệm vụ được phân cấp; không có biện pháp khác thay thế.",
        answers=dict.fromkeys(control.PARTS, GOOD),
        management=True,
        management_why="Cơ quan quản lý theo dõi được đối tượng, không thêm đầu mối.",
        convenience=True,
        convenience_why="Nộp trực tuyến được, bớt giấy tờ và một lần đi lại.",
        cheapest=True,
        cost_before=before,
        cost_after=after,
        cost_how="Số lượt một năm theo thống kê của sở, nhân chi phí mỗi lượt.",
    )


def _scripts(world: World, on: date) -> dict[str, list[tuple[int, Act]]]:
    """Of each draft its acts, and how many working days before now each is done."""
    return {
        play.name: script
        for play, script in (_done(world, on), _late(world, on), _waiting(world, on), _begun(world, on))
    }


def _days(on: date, before: int) -> date:
    return Calendar().add_working_days(on, -before)


def _done(world: World, on: date) -> tuple[Play, list[tuple[int, Act]]]:
    name = "Quyết định sửa đổi, bổ sung một số thủ tục thuộc lĩnh vực nông nghiệp (dự thảo mẫu)"
    play = Play(world, name)
    told = {"ground": "delegated", "clause": "Điều 5 nghị định về phân cấp (mẫu)"}
    origin = {
        "origin": "simplify",
        "origin_text": "Cắt 02 ngày và 01 giấy tờ.",
        "origin_number": "878/QĐ-UBND",
    }
    return play, [
        (44, play.begin(_days(on, 44), **told, **origin)),
        (44, play.add(Change.AMENDED, world.texts[0])),
        (42, play.write(_shorter, _absent(world.texts[0]))),
        (40, play.forward()),
        (36, play.assess(_declared(1_800_000_000, 1_150_000_000))),
        (35, play.forward()),
        (33, play.opinion(Position.REMARKS, "Đề nghị nêu rõ cách khai thác dữ liệu thay giấy tờ đã bỏ.")),
        (30, play.answer("Đã bổ sung nội dung khai thác dữ liệu vào trình tự thực hiện.")),
        (30, play.forward()),
        (22, play.appraise("Dự thảo đúng thẩm quyền, bảo đảm tính hợp pháp và thống nhất.")),
        (20, play.forward()),
        (6, play.promulgate("61/2026/QĐ-UBND")),
    ]


def _late(world: World, on: date) -> tuple[Play, list[tuple[int, Act]]]:
    play = Play(world, "Nghị quyết quy định chính sách hỗ trợ chăn nuôi an toàn (dự thảo mẫu)", "resolution")
    told = {"ground": "development", "clause": "Điều 9 luật ngân sách (mẫu)"}
    origin = {
        "origin": "feedback",
        "origin_text": "Hộ nuôi xin hỗ trợ phải nộp hai bộ hồ sơ.",
        "origin_number": "PAKN-0317",
    }
    partly = replace(_declared(0, 240_000_000), cheapest=None, convenience=None)
    return play, [
        (28, play.begin(_days(on, 28), **told, **origin)),
        (28, play.add(Change.NEW)),
        (25, play.write(lambda one: NEW)),
        (20, play.forward()),
        (12, play.assess(partly)),
    ]


def _waiting(world: World, on: date) -> tuple[Play, list[tuple[int, Act]]]:
    play = Play(world, "Quyết định rút ngắn thời hạn giải quyết một số thủ tục (dự thảo mẫu)")
    told = {"ground": "delegated", "clause": "Điều 3 nghị định về phân cấp (mẫu)"}
    return play, [
        (20, play.begin(_days(on, 20), **told)),
        (20, play.add(Change.AMENDED, world.texts[1])),
        (18, play.write(_shorter, _absent(world.texts[1]))),
        (17, play.forward()),
        (12, play.assess(_declared(620_000_000, 480_000_000))),
        (12, play.forward()),
        (10, play.back("assessment", "Chưa nêu nguồn số liệu của chi phí kê khai.")),
        (4, play.assess(_declared(600_000_000, 470_000_000))),
        (2, play.forward()),
    ]


def _begun(world: World, on: date) -> tuple[Play, list[tuple[int, Act]]]:
    play = Play(world, "Quyết định bãi bỏ một thủ tục không còn cần thiết (dự thảo mẫu)")
    return play, [(3, play.begin(_days(on, 3))), (3, play.add(Change.ABOLISHED, world.texts[2]))]


def _absent(version: Version) -> tuple[str, ...]:
    """The conditional parts a text has not."""
    forms = any(paper.form for paper in version.components.all())
    has = {"forms": forms, "conditions": bool(version.conditions.strip()), "fees": version.fees.exists()}
    return tuple(part for part, there in has.items() if not there)
