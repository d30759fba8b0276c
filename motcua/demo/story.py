"""The story of one dossier: what citizens and officers do with it, and when, within what the law allows.

A story is a generator of deeds. It knows the same law as the acts (calendar, clock, process) and asks the
database nothing, so it can be told again from its start, and the deeds that were done before be left out.
"""

from __future__ import annotations

import random
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from motcua.dossiers.acts import Applicant, Filing
from motcua.dossiers.models import Dossier
from motcua.law import calendar, clock
from motcua.law.calendar import Calendar, day
from motcua.law.facts import (
    Accepted,
    Fact,
    SupplementReceived,
    SupplementRequested,
)
from motcua.people.models import Officer, Role, Unit

from . import province
from .handling import Handling
from .shares import share
from .world import Offering, World

PATIENCE = timedelta(days=15)  # where the law sets no last day for a supplement
NAMESPACE = UUID("6f2c1d3e-0f6b-5b7a-9f14-2a6d0c1b7e01")
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
        self.on_paper = False
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

    @property
    def postman(self) -> Officer:
        """Who receives and hands out where no money is taken: an operator's officer at a desk given to one."""
        hired = self.world.postmen.get(self.plan.receiving.pk, [])
        return hired[self.plan.turn % len(hired)] if hired else self.receptionist

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
        if self.supplement_fits() and self.happens("supplement_at_reception"):
            answered = yield from self.supplement(seen)
            if not answered:
                reason = "Quá thời hạn bổ sung mà hồ sơ vẫn chưa đầy đủ."
                yield self.deed("refuse_reception", self.at, by=self.receptionist, reason=reason)
                return None
            seen = self.minutes(5, 120)
        components = self.components()
        dossier = yield self.deed("accept", seen, by=self.postman, components=components)
        self.accepted()
        if self.owed and self.pays_online and self.rng.random() < 0.8:
            yield self.payment(self.at + timedelta(minutes=self.rng.randint(2, 240)))
        return dossier

    def _counter(self) -> Generator[Deed, Dossier, Dossier | None]:
        paid = self.fee if not self.pays_online and self.rng.random() < 0.8 else 0
        filing, by = self.filing(), self.receptionist if paid else self.postman
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

    def supplement_fits(self) -> bool:
        return bool(self.plan.offering.version.components.all())

    def supplement(self, at: datetime, by: Officer | None = None) -> Generator[Deed, Dossier, bool]:
        """Ask once for papers of the catalogue; whether they came within the days the law gives.

        The desk asks; in appraisal it is the handler `by` who finds what is missing.
        """
        names = list(dict.fromkeys(c.name for c in self.plan.offering.version.components.all()))
        items = self.rng.sample(names, min(len(names), self.rng.choice((1, 1, 2))))
        reason = self.rng.choice(SUPPLEMENT_REASONS)
        if by:
            yield self.deed("propose_supplement", at, by=by, items=items, reason=reason)
            if self.happens("proposal_declined"):
                why = "Giấy tờ này đã có trong kho dữ liệu, đề nghị kiểm tra lại."
                yield self.deed("decline_supplement", self.minutes(5, 60), by=self.receptionist, reason=why)
                again = self.minutes(5, 60)
                yield self.deed("propose_supplement", again, by=by, items=items, reason=reason)
            at = self.minutes(5, 60)
        yield self.deed("request_supplement", at, by=self.receptionist, items=items, reason=reason)
        asked = self.at
        self.facts.append(SupplementRequested(at=asked, phase="", items=tuple(items), reason=reason))
        rules = clock.rules(day(asked))
        last = clock.supplement_given_by(asked, self.calendar, rules) or day(asked) + PATIENCE
        if self.happens("never_supplemented"):
            closing = calendar.at(last, time.min) + timedelta(days=self.rng.randint(1, 4))
            self.at = max(self.at, self.office(closing))
            return False
        back = self.citizen_returns(1, (last - day(asked)).days - 3)
        yield self.deed("receive_supplement", back, by=self.postman)
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
        self.on_paper = "paper" in origins
        return tuple(
            {"code": c.code, "name": c.name, "origin": origin}
            for c, origin in zip(asked, origins, strict=True)
        )


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
