"""Whole lives of tasks as facts: given, worked on, reminded of, reported, returned, accepted, cancelled.

Every fact is one the law allows after those before it, and the row of a task is folded from its facts by the code of
the acts, so that what is seeded is what the acts would have left (tests/acts/test_seeding_steering.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any

from motcua.journal.log import Past
from motcua.law import following, steering
from motcua.law.calendar import TZ, day
from motcua.law.steering import Standing, source
from motcua.law.steering_facts import (
    ExtensionAsked,
    ExtensionDeclined,
    ExtensionGranted,
    MilestoneReached,
    SolutionNoted,
    TaskAccepted,
    TaskAssigned,
    TaskCancelled,
    TaskFact,
    TaskGiven,
    TaskPaused,
    TaskReminded,
    TaskReported,
    TaskReturned,
    TaskStarted,
    TaskUrged,
    TransferProposed,
)
from motcua.people.models import Officer, Unit
from motcua.steering import rows
from motcua.steering.acts.giving import Assignment, _task
from motcua.steering.models import Instrument, Task

YEARS = 3
WORK = (
    "Rà soát, đơn giản hóa thủ tục hành chính lĩnh vực đất đai",
    "Ban hành quy trình nội bộ giải quyết thủ tục",
    "Công khai kết quả giải quyết hồ sơ hằng tháng",
    "Kiểm tra Bộ phận Một cửa cấp xã",
    "Số hóa kết quả giải quyết còn hiệu lực",
    "Tập huấn nghiệp vụ cho công chức một cửa",
    "Báo cáo tình hình thực hiện Đề án 06",
    "Khắc phục điểm mất của Chỉ số cải cách hành chính",
)
FIELDS = ("thu-tuc", "the-che", "bo-may", "cong-vu", "tai-chinh", "chinh-quyen-so")
TAGS = ("trong-tam", "moi", "kho", "quan-trong", "de-an-06", "cds", "dot-pha")
DIGEST = "0" * 64
LETTER_DAY, LETTER_HOUR = 5, 8  # of the month, of the day
URGED = "Đề nghị đơn vị khẩn trương hoàn thành, báo cáo kết quả kèm sản phẩm."


@dataclass(frozen=True, slots=True)
class Crew:
    """Who is there: the province and who steers it, and the units with their heads and officers."""

    province: Unit
    steers: Officer
    units: Sequence[Unit]
    heads: dict[int, Officer]
    doers: dict[int, Officer]
    known: rows.Ids


@dataclass
class Order:
    """A task as its facts leave it, with the rows that stand beside it."""

    task: Task
    facts: list[TaskFact]
    standing: Standing
    reminded: list[tuple[Officer, TaskReminded]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Orders:
    """The tasks of a province up to a moment, the same ones for the same seed."""

    crew: Crew
    at: datetime
    seed: int

    def of(self, first: int, count: int, instruments: Sequence[Instrument]) -> Iterator[Order]:
        """`count` tasks from the id `first`, by turns from the instruments."""
        for place in range(count):
            key = first + place
            yield self._order(key, instruments[place * len(instruments) // count])

    def _order(self, key: int, instrument: Instrument) -> Order:
        chance = Random(self.seed * 10_000_019 + key)
        lead = self.crew.units[key % len(self.crew.units)]
        given = self._given(key, lead, instrument, chance)
        life = _Life(self.crew, lead, chance, [given])
        life.go(self.at)
        past = Past(f"{steering.STREAM}{key}", tuple(life.facts), len(life.facts))
        line = Assignment(title=given.title, product=given.product, leads=[lead], due=life.standing.due)
        head = self.crew.heads[lead.pk]
        task = _task(key, line, lead, given, self.crew.province, instrument, head, self.crew.steers)
        for name, value in rows.columns(life.standing, past, self.crew.known).items():
            setattr(task, name, value)
        if life.reminded:
            task.rung = life.reminded[-1][1].rung
        return Order(task, life.facts, life.standing, life.reminded)

    def _given(self, key: int, lead: Unit, instrument: Instrument, chance: Random) -> TaskGiven:
        given = at_hour(instrument.issued_on + timedelta(days=1), 9)
        due = day(given) + timedelta(days=chance.randint(20, 240))
        money = {"planned": 90_000_000, "assigned": 60_000_000, "disbursed": chance.randint(0, 60) * 10**6}
        return TaskGiven(
            at=given,
            by=self.crew.steers.username,
            provision=rules(day(given)),
            title=f"{chance.choice(WORK)} (đợt {key % 97})",
            product=chance.choice(("Báo cáo", "Quyết định", "Kế hoạch")),
            unit=lead.code,
            giver=self.crew.province.code,
            due=due.isoformat(),
            begins=day(given).isoformat(),
            head=self.crew.heads[lead.pk].username,
            detail="Thực hiện theo nội dung văn bản, báo cáo kèm sản phẩm đúng hạn.",
            instrument=instrument.stream,
            item=str(key),
            field=chance.choice(FIELDS),
            cooperating=(self.crew.units[(key * 7 + 3) % len(self.crew.units)].code,),
            tags=tuple(chance.sample(TAGS, chance.randint(0, 2))),
            milestones=({"key": "m1", "title": "Dự thảo", "due": due.isoformat()},),
            budget=({"key": "k1", "name": "Tập huấn", **money},) if key % 10 == 0 else (),
        )


@dataclass
class _Life:
    """One task while its facts are told, none of them later than the moment asked for."""

    crew: Crew
    lead: Unit
    chance: Random
    facts: list[TaskFact]
    reminded: list[tuple[Officer, TaskReminded]] = field(default_factory=list)
    standing: Standing = field(default_factory=Standing)

    def go(self, until: datetime) -> None:
        self.standing = steering.fold(self.facts)
        due = self.standing.due
        begun = day(self.facts[0].at)
        for kind, on, said in self._deeds(begun, due):
            moment = at_hour(on, 10) + timedelta(minutes=len(self.facts))
            if "letter" in said:
                moment = at_hour(on, LETTER_HOUR)  # one letter urges about many tasks at once
            if moment >= until:
                break
            self._tell(kind, moment, said)
        self._remind(until)

    def _deeds(self, begun: date, due: date) -> Iterator[tuple[type[TaskFact], date, dict[str, Any]]]:
        """What is done, day by day; a tenth is not even begun, one in thirty is left undone."""
        if self.chance.random() < 0.1:
            yield from self._letter()
            return
        yield TaskAssigned, begun + timedelta(days=2), {"officer": self._doer}
        yield TaskStarted, begun + timedelta(days=3), {}
        yield SolutionNoted, begun + timedelta(days=9), {"text": "Đã thành lập tổ, phân công việc."}
        if self.chance.random() < 0.12:
            more = {"until": (due + timedelta(days=30)).isoformat(), "reason": "Chờ hướng dẫn của bộ."}
            yield ExtensionAsked, due - timedelta(days=6), more
            if self.chance.random() < 0.7:
                yield ExtensionGranted, due - timedelta(days=5), {"until": more["until"]}
            else:
                yield ExtensionDeclined, due - timedelta(days=5), {"reason": "Không có lý do khách quan."}
        elif self.chance.random() < 0.03:
            yield TransferProposed, begun + timedelta(days=12), self._elsewhere
        yield from self._ends(due)

    def _ends(self, due: date) -> Iterator[tuple[type[TaskFact], date, dict[str, Any]]]:
        fate = self.chance.random()
        if fate < 0.03:
            yield from self._letter()
            return
        if fate < 0.05:
            yield TaskCancelled, due - timedelta(days=2), {"reason": "Văn bản đã hết hiệu lực."}
            return
        if fate < 0.06:
            yield TaskPaused, due - timedelta(days=2), {"reason": "Chờ nghị định mới."}
            return
        issued = due + timedelta(days=self.chance.choice((-4, -3, -2, -1, 0, 0, 8, 20)))
        yield from self._letter(issued)
        yield MilestoneReached, issued, {"key": "m1", "on": issued.isoformat()}
        if self.chance.random() < 0.2:
            yield TaskUrged, issued, {"text": "Đề nghị khẩn trương."}
        yield TaskReported, issued + timedelta(days=1), self._report(issued)
        if self.chance.random() < 0.1:
            yield TaskReturned, issued + timedelta(days=3), {"reason": "Thiếu phụ lục."}
            yield TaskReported, issued + timedelta(days=6), self._report(issued + timedelta(days=5))
        yield TaskAccepted, issued + timedelta(days=9), {}

    def _letter(self, before: date | None = None) -> Iterator[tuple[type[TaskFact], date, dict[str, Any]]]:
        """The letter of the month after the deadline, where the task was still owed by then."""
        until = self.standing.until
        month = until if until.day < LETTER_DAY else until.replace(day=1) + timedelta(days=31)
        on = month.replace(day=LETTER_DAY)
        if before is None or on < before:
            yield TaskUrged, on, {"text": URGED, "letter": letter(self.lead, on)}

    def _tell(self, kind: type[TaskFact], at: datetime, said: dict[str, Any]) -> None:
        by = self._doer if kind in _UNIT else self.crew.steers.username
        fact = kind(at=at, by=by, provision=rules(day(at)), **said)
        steering.allow(self.standing, fact)
        self.facts.append(fact)
        self.standing = steering.fold([fact], self.standing)

    def _remind(self, until: datetime) -> None:
        """The rung of yesterday's job, where the task had come to one."""
        at = at_hour(day(until) - timedelta(days=1), 17)
        rung = following.rung(self.standing.until, day(at))
        if rung is None or self.standing.state not in steering.AT_WORK or self.facts[-1].at >= at:
            return
        told = self.crew.doers[self.lead.pk] if self.standing.officer else self.crew.heads[self.lead.pk]
        said = {"rung": rung.key(self.standing.until), "level": rung.level, "to": (told.username,)}
        self._tell(TaskReminded, at, said)
        fact = self.facts[-1]
        assert isinstance(fact, TaskReminded)
        self.reminded.append((told, fact))

    def _report(self, issued: date) -> dict[str, Any]:
        number = f"{self.chance.randint(1, 900)}/QĐ"
        return {"product": "Quyết định", "number": number, "product_on": issued.isoformat()} | {
            "result": "Đã ban hành.",
            "files": (DIGEST,),
        }

    @property
    def _doer(self) -> str:
        return self.crew.doers[self.lead.pk].username

    @property
    def _elsewhere(self) -> dict[str, Any]:
        others = [unit for unit in self.crew.units[:5] if unit != self.lead]
        return {"unit": self.chance.choice(others).code, "reason": "Không thuộc chức năng."}


_UNIT = (TaskAssigned, TaskStarted, SolutionNoted, ExtensionAsked, TransferProposed, TaskReported)
_UNIT += (MilestoneReached,)


def letter(unit: Unit, on: date) -> str:
    """The number of the letter that urges a unit on a day."""
    return f"{unit.code}-{on:%m}/UBND-KSTT"


def at_hour(on: date, hour: int) -> datetime:
    return datetime.combine(on, time(hour), TZ)


@cache
def rules(on: date) -> str:
    return source(on)
