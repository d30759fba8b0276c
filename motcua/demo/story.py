"""The story of one dossier: what citizens and officers do with it, and when, within what the law allows.

A story is a generator of deeds. It knows the same law as the acts (calendar, clock, process) and asks the
database nothing, so it can be told again from its start, and the deeds that were done before be left out.
"""

from __future__ import annotations

import random
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from motcua.dossiers.acts import Applicant, Filing
from motcua.dossiers.models import Dossier
from motcua.law import clock, process
from motcua.law.calendar import Calendar, day
from motcua.law.facts import (
    Accepted,
    Extended,
    Fact,
    FinancialDutyMet,
    FinancialDutyRequested,
    SupplementReceived,
    SupplementRequested,
)
from motcua.law.process import Marking, Node, Process
from motcua.people.models import Officer, Role, Unit

from . import province
from .shares import share
from .world import Offering, World

NAMESPACE = UUID("6f2c1d3e-0f6b-5b7a-9f14-2a6d0c1b7e01")
DAY = 480  # working minutes
SUPPLEMENT_REASONS = (
    "Bản chụp mờ, không đọc được các thông tin chính.",
    "Tờ khai thiếu chữ ký của người đề nghị.",
    "Giấy tờ nộp kèm đã hết thời hạn có giá trị.",
    "Thông tin trong giấy tờ không khớp với tờ khai.",
)
REFUSAL_REASONS = (
    "Hồ sơ nộp không đúng cơ quan có thẩm quyền giải quyết.",
    "Đề nghị không thuộc trường hợp được giải quyết theo thủ tục này.",
)
LATE_REASON = "Việc xác minh cần thêm thời gian do phải lấy ý kiến cơ quan liên quan."


@dataclass(frozen=True, slots=True)
class Plan:
    """What is settled of a dossier before its story begins. `turn` is its number within the deciding unit."""

    number: int
    arrival: datetime
    offering: Offering
    channel: str
    case: str
    deciding: Unit
    receiving: Unit
    turn: int

    def request_id(self, seed: int) -> UUID:
        return uuid5(NAMESPACE, f"{seed}:{self.number}")


@dataclass(frozen=True, slots=True)
class Deed:
    """One act to be done at one moment: its name in `dossiers.acts` and what it is told."""

    name: str
    at: datetime
    words: Mapping[str, Any] = field(default_factory=dict)


Telling = Generator[Deed, Dossier, None]


class Story:
    """One dossier's story, the same for the same seed and plan."""

    def __init__(self, plan: Plan, world: World, seed: int) -> None:
        self.plan, self.world, self.seed = plan, world, seed
        self.rng = random.Random(f"{seed}:{plan.number}")
        self.at = plan.arrival
        self.facts: list[Fact] = []
        self.calendar: Calendar = world.calendars[plan.deciding.pk]
        self.limit = world.limit(plan.offering.version, plan.channel, plan.case)
        self.fee = world.fee(plan.offering.version, plan.channel, plan.case)
        self.owed = 0
        self.pays_online = self.happens("paid_online")
        self.electronic = self.happens("electronic_result")
        self.pace = self._pace()
        self.fate = self._fate()

    def tell(self) -> Telling:
        """Every deed in order, each later than the one before; is sent the dossier after each."""
        online = self.plan.channel == "online"
        dossier = yield from (self._online() if online else self._counter())
        if dossier is not None:
            yield from Handling(self, dossier).tell()

    # What chance decides.

    def happens(self, name: str, times: float = 1) -> bool:
        return self.rng.random() < share(name) * times

    def _pace(self) -> str:
        spread = self.world.spread[self.plan.deciding.pk]
        if self.happens("left_lying", spread):
            return "lying"
        if self.rng.random() < (1 - share("on_time")) * spread:
            return "late"
        return "early" if self.happens("early") else "on_time"

    def _fate(self) -> str:
        """What ends the story before a result, "" when nothing does."""
        for name in ("withdrawn", "stopped"):
            if self.happens(name):
                return name
        return ""

    # Time.

    def minutes(self, least: int, most: int) -> datetime:
        """A moment some working minutes on."""
        return self.calendar.add_working_minutes(self.at, self.rng.randint(least, max(least, most)))

    def office(self, moment: datetime) -> datetime:
        """When the desk that received the dossier can act: `moment` itself, or when it opens next."""
        return self.world.calendars[self.plan.receiving.pk].snap(moment)

    def deed(self, name: str, at: datetime, **words: Any) -> Deed:
        """A deed at `at`, or a little after the last one if that is later."""
        self.at = max(at.replace(second=self.rng.randrange(60)), self.at + timedelta(seconds=20))
        return Deed(name, self.at, words)

    def citizen_returns(self, least: int, most: int) -> datetime:
        """When somebody comes back to the desk, in calendar days."""
        wait = timedelta(days=self.rng.randint(least, most), minutes=self.rng.randint(0, 600))
        return self.office(self.at + wait) + timedelta(minutes=self.rng.randint(0, 150))

    # People.

    @property
    def receptionist(self) -> Officer:
        """Of the desk that received it; at the provincial centre, the department's own if it has one there."""
        home = self.world.staff.get((self.plan.deciding.pk, Role.RECEPTION), [])
        desk = self.world.staff.get((self.plan.receiving.pk, Role.RECEPTION), [])
        own = [officer for officer in desk if officer in home]
        return (own or desk)[self.plan.turn % len(own or desk)]

    def officer(self, role: str, unit: Unit | None = None) -> Officer:
        return self.world.officer(unit or self.plan.deciding, role, self.plan.turn)

    def reading(self) -> clock.Reading:
        rules = clock.rules(day(self.at))
        return clock.read(self.facts, limit=self.limit, calendar=self.calendar, rules=rules, now=self.at)

    # The desk.

    def _online(self) -> Generator[Deed, Dossier, Dossier | None]:
        dossier = yield self.deed("file_online", self.plan.arrival, filing=self.filing())
        self.at = self.office(self.plan.arrival)
        late = self.happens("late_reception")
        if self.happens("withdrawn", 0.3):
            reason = "Người nộp gửi nhầm thủ tục."
            yield self.deed("withdraw", self.minutes(5, 200), by=None, reason=reason)
            return None
        seen = self.minutes(490, 1100) if late else self.minutes(8, 430)
        if self.happens("refused_at_reception"):
            reason = self.rng.choice(REFUSAL_REASONS)
            yield self.deed("refuse_reception", seen, by=self.receptionist, reason=reason)
            return None
        if self.supplement_fits() and self.at_home() and self.happens("supplement_at_reception"):
            answered = yield from self.supplement(self.receptionist, seen)
            if not answered:
                reason = "Quá thời hạn bổ sung mà hồ sơ vẫn chưa đầy đủ."
                yield self.deed("refuse_reception", self.at, by=self.receptionist, reason=reason)
                return None
            seen = self.minutes(5, 120)
        components = self.components()
        dossier = yield self.deed("accept", seen, by=self.receptionist, components=components)
        self.accepted()
        if self.owed and self.pays_online and self.rng.random() < 0.8:
            yield self.payment(self.at + timedelta(minutes=self.rng.randint(2, 240)))
        return dossier

    def _counter(self) -> Generator[Deed, Dossier, Dossier | None]:
        paid = self.fee if not self.pays_online and self.rng.random() < 0.8 else 0
        filing, by = self.filing(), self.receptionist
        dossier = yield self.deed("receive", self.plan.arrival, filing=filing, by=by, paid=paid)
        self.accepted()
        self.owed -= paid
        return dossier

    def accepted(self) -> None:
        plan, limit = self.plan, str(self.limit or "")
        self.facts.append(
            Accepted(at=self.at, channel=plan.channel, limit=limit, rules_day=str(day(self.at)), due="")
        )
        self.owed = self.fee

    def at_home(self) -> bool:
        """Whether the desk is the deciding agency's own, which alone may ask for more before acceptance."""
        return self.plan.receiving == self.world.desks[self.plan.deciding.pk]

    def supplement_fits(self) -> bool:
        return bool(self.plan.offering.version.components.all())

    def supplement(self, by: Officer, at: datetime) -> Generator[Deed, Dossier, bool]:
        """Ask once for papers of the catalogue; whether they came within the days the law gives."""
        names = list(dict.fromkeys(c.name for c in self.plan.offering.version.components.all()))
        items = self.rng.sample(names, min(len(names), self.rng.choice((1, 1, 2))))
        reason = self.rng.choice(SUPPLEMENT_REASONS)
        yield self.deed("request_supplement", at, by=by, items=items, reason=reason)
        asked = self.at
        self.facts.append(SupplementRequested(at=asked, phase="", items=tuple(items), reason=reason))
        given = clock.rules(day(asked)).supplement_close_days or 15
        if self.happens("never_supplemented"):
            closing = self.office(asked + timedelta(days=given + self.rng.randint(1, 4)))
            while day(closing) <= day(asked) + timedelta(days=given):
                closing = self.office(closing + timedelta(days=1))
            self.at = max(self.at, closing)
            return False
        back = self.citizen_returns(1, given - 3)
        yield self.deed("receive_supplement", back, by=self.receptionist)
        self.facts.append(SupplementReceived(at=self.at))
        return True

    def payment(self, at: datetime) -> Deed:
        """All that is owed, online by the citizen or at the desk."""
        amount, self.owed = self.owed, 0
        if not self.pays_online:
            return self.deed("pay", self.office(at), amount=amount, means="counter", by=self.receptionist)
        means = "dvcqg" if self.happens("paid_on_portal") else "bank"
        return self.deed("pay", at, amount=amount, means=means, by=None)

    # The papers.

    def filing(self) -> Filing:
        plan, version = self.plan, self.plan.offering.version
        return Filing(
            request_id=plan.request_id(self.seed),
            version=version,
            channel=plan.channel,
            receiving_unit=plan.receiving,
            deciding_unit=plan.deciding,
            applicant=self.applicant(),
            components=self.components() if plan.channel != "online" else (),
            case=plan.case,
            subject=version.title,
        )

    def applicant(self) -> Applicant:
        rng, business = self.rng, self.plan.offering.department and self.happens("businesses")
        home = rng.choice(province.communes())
        once = rng.choice(home.formerly)
        place = home.name if home.name == once else f"{home.name} ({once} cũ)"
        return Applicant(
            name=province.company(rng) if business else province.person(rng),
            kind=2 if business else 1,
            identity=_tax_code(rng) if business else _citizen_number(rng),
            phone=f"0{rng.choice((32, 86, 91, 94, 97, 98))}{rng.randrange(10**7):07}",
            address=f"Xóm {rng.randint(1, 18)}, {place[0].lower()}{place[1:]}, tỉnh Cao Bằng",
            vneid=self.plan.channel == "online" or rng.random() < 0.6,
        )

    def components(self) -> tuple[dict[str, str], ...]:
        """The papers of one case with where each came from (giấy, bản chụp, tái sử dụng, kho, CSDL dân cư)."""
        asked = [c for c in self.plan.offering.version.components.all() if c.case in ("", self.plan.case)]
        usual = "upload" if self.plan.channel == "online" else "paper"
        origins = ["scan" if self.happens("digitised") else usual] * len(asked)
        for name, origin in (
            ("reused", "reused"),
            ("from_store", "store"),
            ("population_data", "population"),
        ):
            if self.happens(name) and asked:
                origins[self.rng.randrange(len(asked))] = origin
        return tuple(
            {"code": c.code, "name": c.name, "origin": origin}
            for c, origin in zip(asked, origins, strict=True)
        )


class Handling:
    """The part of a story after acceptance: the steps of the process, and what comes between them."""

    def __init__(self, story: Story, dossier: Dossier) -> None:
        self.story, self.dossier = story, dossier
        self.rng = story.rng
        self.process: Process = story.world.process(dossier.process)
        self.marking: Marking = process.begin(self.process)
        self.given: dict[str, Officer] = {}
        self.visits: dict[str, int] = {}
        self.end = story.at
        for step in self.marking.steps:
            if self.process.nodes[step].role == Role.RECEPTION:
                self.marking = process.complete(self.process, self.marking, step)
        self.fate_after, self.lies_after = self.rng.randint(1, 3), self.rng.randint(0, 3)
        self.returns = story.happens("sent_back")

    def tell(self) -> Telling:
        story = self.story
        self.aim()
        if self.may_ask() and story.happens("supplement_at_appraisal"):
            asked = story.minutes(40, DAY + DAY // 2)
            answered = yield from story.supplement(story.officer(Role.HANDLER), asked)
            if not answered:
                reason = "Quá thời hạn bổ sung mà hồ sơ vẫn chưa đầy đủ."
                yield story.deed("stop", story.at, by=story.officer(Role.SIGNER), reason=reason)
                return
            self.aim()
        if story.pace == "late" and story.happens("extended"):
            yield from self.extension()
        duty = self.owes_duty()
        while waiting := self.waiting():
            if story.fate and sum(self.visits.values()) >= self.fate_after:
                yield self.fated()
                return
            if duty and self.visits:
                duty = False
                yield from self.duty()
            yield from self.step(self.rng.choice(waiting))
        yield from self.result()

    # Where it is heading.

    def aim(self) -> None:
        """Choose when this dossier will be done, by its pace and what is left of its term."""
        story = self.story
        due = story.reading().due
        if due is None:
            self.end = story.minutes(120, 5 * DAY)
            return
        whole = max(1, story.calendar.working_minutes(story.at, due))
        self.end = story.calendar.add_working_minutes(story.at, self.length(whole))

    def length(self, whole: int) -> int:
        """Working minutes this dossier will take of the `whole` it may."""
        rng = self.rng
        if self.story.pace == "late":
            return whole + rng.randint(30, 90) + int(rng.expovariate(1 / (2 * DAY)))
        if self.story.pace == "early":
            return max(1, int(whole * rng.uniform(0.3, 0.9)))
        return max(1, whole - rng.randint(0, min(DAY // 2, whole // 2)))

    def waiting(self) -> list[Node]:
        """The steps somebody must do before the result goes back to the desk."""
        nodes = [self.process.nodes[step] for step in self.marking.steps]
        return [node for node in nodes if node.role != Role.RECEPTION or not self.hands_out(node)]

    def hands_out(self, node: Node) -> bool:
        after = process.complete(self.process, self.marking, node.id, self.outcome(node, peek=True))
        return after.ended

    def moment(self, node: Node) -> datetime:
        """When a step is done: its share of the time left until the end aimed at, unless it is left lying."""
        if self.story.pace == "lying" and sum(self.visits.values()) >= self.lies_after:
            return self.neglected()
        left = [n for n in self.process.steps if n.id not in self.marking.done and n.role != Role.RECEPTION]
        mine, rest = _hours(node), sum(_hours(n) for n in left if n.id != node.id)
        minutes = self.story.calendar.working_minutes(self.story.at, self.end)
        part = minutes * mine / (mine + rest + 1) * self.rng.uniform(0.7, 1.1)
        return self.story.calendar.add_working_minutes(self.story.at, max(1, int(part)))

    def neglected(self) -> datetime:
        """When somebody at last takes up a step that was left lying past the due day."""
        story, due = self.story, self.story.reading().due
        story.pace = "late"
        if due is None:
            return story.minutes(DAY, 5 * DAY)
        wait = DAY + int(self.rng.expovariate(1 / (120 * DAY)))
        taken_up = story.calendar.add_working_minutes(max(due, story.at), wait)
        self.end = story.calendar.add_working_minutes(taken_up, self.rng.randint(60, DAY))
        return taken_up

    # What is done.

    def step(self, node: Node) -> Telling:
        story = self.story
        unit = self.unit_of(node)
        by = self.given.get(node.id) or story.officer(node.role, unit)
        if node.role == Role.HANDLER and node.id not in self.given:
            self.given[node.id] = by
            chief = story.officer(Role.ASSIGNER)
            yield story.deed("assign", story.minutes(1, 12), step=node.id, to=by, by=chief)
        done = self.moment(node)
        if node.role == Role.SIGNER and self.returns and (to := self.handled_before(node)):
            self.returns = False
            reason = "Dự thảo còn sai sót, đề nghị kiểm tra và trình lại."
            yield story.deed("send_back", done, step=node.id, to=to, reason=reason, by=by)
            self.marking = process.send_back(self.process, self.marking, node.id, to)
            self.given = {step: who for step, who in self.given.items() if step not in self.marking.steps}
            return
        outcome = self.outcome(node)
        yield story.deed("complete_step", done, step=node.id, by=by, outcome=outcome)
        self.visits[node.id] = self.visits.get(node.id, 0) + 1
        self.given.pop(node.id, None)
        self.marking = process.complete(self.process, self.marking, node.id, outcome)

    def outcome(self, node: Node, *, peek: bool = False) -> str:
        """The way on after a step: mostly the default or first, and never the same way round twice."""
        ways = sorted(self.process.routes[node.id], key=bool)
        if len(ways) == 1 or peek:
            return ways[0]
        visits = self.visits.get(node.id, 0)
        return ways[visits % len(ways)] if visits else self.rng.choices(ways, [4] + [1] * (len(ways) - 1))[0]

    def handled_before(self, node: Node) -> str:
        """The last handler's step that `node` may return the dossier to, "" when there is none."""
        for action in process.allowed(self.process, self.marking):
            if action.step == node.id:
                back = [s for s in action.back_to if self.process.nodes[s].role == Role.HANDLER]
                return back[-1] if back else ""
        return ""

    def unit_of(self, node: Node) -> Unit:
        if node.unit:
            return self.story.world.by_code[node.unit]
        plan = self.story.plan
        return plan.receiving if node.role == Role.RECEPTION else plan.deciding

    def extension(self) -> Telling:
        """Say sorry and promise a new day, at latest one day before the due day, and keep it then."""
        story, due = self.story, self.story.reading().due
        if due is None or story.limit is None or story.calendar.working_minutes(story.at, due) < 3 * DAY:
            return
        minutes = story.calendar.working_minutes(story.at, due) - self.rng.randint(DAY + 30, 2 * DAY)
        asked = story.calendar.add_working_minutes(story.at, minutes)
        new = story.calendar.close(story.calendar.add_working_days(day(due), self.rng.randint(2, 6)))
        by = story.officer(Role.SIGNER)
        yield story.deed("extend", asked, due=new, reason=LATE_REASON, by=by)
        story.facts.append(Extended(at=story.at, due=new.isoformat(), reason=LATE_REASON))
        story.pace = "on_time"
        self.aim()

    def may_ask(self) -> bool:
        story = self.story
        asked_before = any(isinstance(fact, SupplementRequested) for fact in story.facts)
        return not asked_before and story.supplement_fits() and self.left() >= 3 * DAY

    def left(self) -> int:
        due = self.story.reading().due
        return self.story.calendar.working_minutes(self.story.at, due) if due else 0

    def owes_duty(self) -> bool:
        story = self.story
        if self.left() < 3 * DAY:
            return False
        land = "đất đai" in story.plan.offering.version.field.casefold()
        return story.happens("duty_on_land" if land else "duty_elsewhere")

    def duty(self) -> Telling:
        """A tax or fee found while handling: the citizen pays it, then handling goes on."""
        story, by = self.story, self.story.officer(Role.HANDLER)
        amount = self.rng.randrange(20, 900) * 10_000
        yield story.deed("request_duty", story.minutes(20, 200), amount=amount, by=by)
        story.facts.append(FinancialDutyRequested(at=story.at, amount=amount))
        story.owed += amount
        yield story.payment(story.at + timedelta(hours=self.rng.randint(20, 400)))
        story.at = max(story.at, story.office(story.at))
        yield story.deed("meet_duty", story.minutes(10, 240), by=by)
        story.facts.append(FinancialDutyMet(at=story.at))
        self.aim()

    def fated(self) -> Deed:
        story = self.story
        if story.fate == "withdrawn":
            reason = "Người nộp không còn nhu cầu."
            return story.deed("withdraw", story.minutes(30, DAY), by=None, reason=reason)
        reason = "Không đủ điều kiện giải quyết theo quy định."
        return story.deed("stop", story.minutes(30, DAY), by=story.officer(Role.SIGNER), reason=reason)

    def result(self) -> Telling:
        story, plan = self.story, self.story.plan
        result = "refused" if story.happens("result_refused") else "granted"
        electronic = self.document_number() if story.electronic else ""
        number, by = f"{plan.turn + 1}/KQ-{plan.deciding.agency_code}", story.officer(Role.CLERK)
        words = {"result": result, "number": number, "electronic": electronic, "by": by}
        yield story.deed("finish", self.end, **words)
        at = self.handed_out(electronic)
        if story.owed:
            yield story.payment(at - timedelta(minutes=3))
        means = "online" if plan.channel == "online" and electronic else "counter"
        means = "post" if plan.channel == "post" else means
        yield story.deed("return_result", max(at, story.at), by=story.receptionist, means=means)
        if story.happens("rated"):
            yield self.rating()

    def handed_out(self, electronic: str) -> datetime:
        story = self.story
        if story.plan.channel == "online" and electronic:
            return story.office(story.at + timedelta(minutes=self.rng.randint(5, 90)))
        return story.citizen_returns(0, int(self.rng.expovariate(1 / 2)))

    def rating(self) -> Deed:
        story = self.story
        satisfied = not story.happens("dissatisfied")
        reason = "" if satisfied else "Phải đi lại nhiều lần để hoàn thiện hồ sơ."
        at = story.at + timedelta(minutes=self.rng.randint(3, 2000))
        return story.deed("rate", at, satisfied=satisfied, reason=reason)

    def document_number(self) -> str:
        """Mã số giấy tờ: who it is for and the kind of document (NĐ 118/2025 Đ.22)."""
        results = self.story.plan.offering.version.results.all()
        kind = next((r.code for r in results if r.code), self.story.plan.offering.version.procedure.code)
        return f"{self.dossier.identity}-{kind}"


def _hours(node: Node) -> float:
    return float(node.hours) if node.hours is not None else 2.0


def _citizen_number(rng: random.Random) -> str:
    """Twelve digits as they are built; 004 is Cao Bằng."""
    woman, late = rng.random() < 0.5, rng.random() < 0.15
    year = rng.randint(0, 7) if late else rng.randint(50, 99)
    return f"004{2 * late + woman}{year:02}{rng.randrange(10**6):06}"


def _tax_code(rng: random.Random) -> str:
    """Ten digits whose last one checks the others."""
    while True:
        digits = [0, 4, *(rng.randrange(10) for _ in range(7))]
        weighed = sum(w * d for w, d in zip((31, 29, 23, 19, 17, 13, 7, 5, 3), digits, strict=True)) % 11
        if weighed:
            return "".join(map(str, digits)) + str(10 - weighed)
