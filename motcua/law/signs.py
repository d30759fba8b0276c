"""What in the facts of a dossier is a reason to ask whoever answers for it (dấu hiệu né tránh, đùn đẩy).

A sign is a question, not a verdict: it says what was recorded, when, by whom, and which fact shows it. From when on
one is asked is data (`packs/signs.yaml`). The same facts at the same moment give the same signs, each under one key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import chain

from . import packs, terms
from .calendar import TZ, Calendar, day
from .facts import (
    Accepted,
    ConsultationReplied,
    ConsultationRequested,
    ConsultationWithdrawn,
    Fact,
    Finished,
    HandedOver,
    SentBack,
    StepDone,
    Stopped,
    SupplementProposed,
    SupplementReceived,
    SupplementRequested,
    Withdrawn,
)
from .process import Process, Turn
from .terms import ClockRules

OUTSIDERS = ("citizen", "system")
FEWEST_GATHERED = 3


class Kind(StrEnum):
    """What is asked about (dấu hiệu); `label` is what a page says, `ask` the question."""

    label: str
    ask: str

    def __new__(cls, code: str, label: str = "", ask: str = "") -> Kind:
        member = str.__new__(cls, code)
        member._value_, member.label, member.ask = code, label, ask
        return member

    PASSED_AROUND = (
        "chuyen-vong",
        "Chuyển qua lại nhiều lần",
        "Vì sao hồ sơ phải chuyển qua lại? Ai quyết định được việc này?",
    )
    IDLE = "de-yen", "Để bước quá hạn mà không làm gì", "Vì sao trong cả thời hạn của bước không có việc nào?"
    LATE_OPINION = "y-kien-cham", "Trả lời ý kiến chậm", "Vì sao chưa trả lời đúng hạn cơ quan hỏi đã nêu?"
    SUPPLEMENT_AGAIN = (
        "bo-sung-lai",
        "Yêu cầu bổ sung hơn một lần",
        "Vì sao không yêu cầu đầy đủ ngay lần đầu?",
    )
    SUPPLEMENT_LAST_DAY = (
        "bo-sung-ngay-cuoi",
        "Yêu cầu bổ sung vào ngày cuối",
        "Vì sao đến ngày cuối được phép mới yêu cầu bổ sung?",
    )
    OUTSIDE_CATALOGUE = (
        "ngoai-danh-muc",
        "Yêu cầu giấy tờ ngoài danh mục",
        "Giấy tờ này được yêu cầu theo quy định nào?",
    )
    SILENT = (
        "khong-ghi-gi",
        "Nhận giấy mà không làm trên hệ thống",
        "Từ khi tiếp nhận hồ sơ được xử lý ở đâu?",
    )
    GATHERED = (
        "ghi-mot-luc",
        "Ghi mọi bước cùng một lúc",
        "Các bước có được làm đúng lúc trên hệ thống không, hay làm ngoài rồi ghi lại?",
    )
    STOPPED_BEFORE_DUE = (
        "dung-sat-han",
        "Dừng, rút ngay trước hạn",
        "Vì sao đến sát hạn mới dừng? Nếu người nộp tự rút, xác nhận bằng cách nào?",
    )
    LATE_RECORD = "ghi-muon", "Ghi muộn hơn lúc xảy ra", "Vì sao việc này được ghi sau khi đã xảy ra?"
    RECEIVED_AGAIN = (
        "nhan-lai",
        "Nhận lại sau khi dừng",
        "Vì sao hồ sơ trước bị dừng rồi nhận lại? Thời hạn của người nộp tính từ lúc nào?",
    )


@dataclass(frozen=True, slots=True)
class Sign:
    """One reason to ask (một dấu hiệu).

    `version` is the ordinal of the fact that shows it, counted from 1; `by` the user name it is asked of, "" when
    nobody is known; `step` or `unit` say where, "" for the dossier as a whole. `key` tells it from others of its kind.
    """

    kind: Kind
    at: datetime
    what: str
    version: int
    by: str = ""
    step: str = ""
    unit: str = ""
    key: str = ""


@dataclass(frozen=True)
class Story:
    """A dossier as the signs read it: its facts, when each was written down, and what its law and process say."""

    facts: Sequence[Fact]
    turns: Sequence[Turn]
    process: Process
    calendar: Calendar
    rules: ClockRules
    due: datetime | None
    published: Collection[str]
    recorded: Sequence[datetime]
    recorded_since: datetime

    @property
    def accepted(self) -> tuple[int, Accepted] | None:
        return next(((n, f) for n, f in enumerate(self.facts, start=1) if isinstance(f, Accepted)), None)


def thresholds(on: date) -> packs.Pack:
    """From when on each sign is asked about, as set for a day (packs/signs.yaml)."""
    return packs.on("signs", on)


def signs(story: Story, now: datetime) -> list[Sign]:
    """Every sign the facts of a dossier show at `now`, oldest first. Raises OutOfYears."""
    told = thresholds(day(now))
    found = chain(
        _passed_around(story, told["passes"]),
        _idle(story, told["idle_terms"], now),
        _late_opinions(story, now),
        _supplements(story),
        _silent(story, told["silent_working_days"], now),
        _gathered(story, timedelta(minutes=told["gathered_minutes"])),
        _stopped(story, told["stop_working_days"]),
        _late_records(story, timedelta(minutes=told["late_record_minutes"])),
    )
    return sorted(found, key=lambda sign: sign.at)


def _passed_around(story: Story, passes: int) -> Iterator[Sign]:
    """The same two sides pass a step to each other: officers by hand-over, steps by sending back."""
    met: Counter[frozenset[str]] = Counter()
    for n, fact in enumerate(story.facts, start=1):
        if isinstance(fact, HandedOver):
            pair, what = frozenset({fact.by, fact.officer}), f"Bước {_called(story, fact.step)} được bàn giao"
        elif isinstance(fact, SentBack):
            pair = frozenset({fact.step, fact.to})
            what = f"Bước {_called(story, fact.step)} trả lại bước {_called(story, fact.to)}"
        else:
            continue
        met[pair] += 1
        if met[pair] == passes:
            what = f"{what} lần thứ {passes} giữa cùng hai bên"
            yield Sign(Kind.PASSED_AROUND, fact.at, what, n, fact.by, fact.step, key="~".join(sorted(pair)))


def _idle(story: Story, terms: int, now: datetime) -> Iterator[Sign]:
    """A stay at a step of so many times its term, in which nothing was recorded until then."""
    for turn in story.turns:
        hours = story.process.nodes[turn.step].hours
        if not hours or turn.since is None:
            continue
        over = story.calendar.add_working_minutes(turn.since, int(hours * 60 * terms))
        if over < (turn.ended.at if turn.ended else _end(story, now)) and not _touched(story, turn, over):
            since, step = _written(turn.since), f"Bước {_called(story, turn.step)}, hạn {_spoken(hours)}"
            what = f"{step}, chờ từ {since} đến {_written(over)} không ghi việc nào"
            yield Sign(Kind.IDLE, over, what, 0, _holder(turn), turn.step, key=f"{turn.step}@{since}")


def _touched(story: Story, turn: Turn, until: datetime) -> bool:
    """Whether anybody of the office did anything to a step, or to the dossier as a whole, while it waited."""
    return any(
        turn.since is not None
        and turn.since < fact.at <= until
        and getattr(fact, "step", turn.step) == turn.step
        and not _outsider(fact)
        for fact in story.facts
    )


def _late_opinions(story: Story, now: datetime) -> Iterator[Sign]:
    """An agency that was asked and did not answer by its term."""
    ended = {f.number: f for f in story.facts if isinstance(f, ConsultationReplied | ConsultationWithdrawn)}
    for n, fact in enumerate(story.facts, start=1):
        if not isinstance(fact, ConsultationRequested):
            continue
        due, answer = datetime.fromisoformat(fact.due), ended.get(fact.number)
        if due < (answer.at if answer else _end(story, now)):
            late = f"trả lời lúc {_written(answer.at)}" if answer else "chưa trả lời"
            what = f"Hỏi ý kiến lúc {_written(fact.at)}, hạn {_written(due)}; {late}"
            by = answer.by if isinstance(answer, ConsultationReplied) else ""
            yield Sign(Kind.LATE_OPINION, due, what, n, by, unit=fact.unit, key=str(fact.number))


def _supplements(story: Story) -> Iterator[Sign]:
    """More than one request or proposal, one on the last day, papers the catalogue does not list."""
    asked, last = Counter[type[Fact]](), _last_day(story)
    for n, fact in enumerate(story.facts, start=1):
        if not isinstance(fact, SupplementRequested | SupplementProposed):
            continue
        kind = type(fact)
        asked[kind] += 1
        if asked[kind] > 1:
            what = f"{kind.label} lần thứ {asked[kind]}: {fact.reason}"
            yield Sign(Kind.SUPPLEMENT_AGAIN, fact.at, what, n, fact.by, key=str(n))
        if isinstance(fact, SupplementRequested) and fact.phase == "appraisal" and day(fact.at) == last:
            what = f"Yêu cầu bổ sung lúc {_written(fact.at)}, ngày cuối cùng được yêu cầu"
            yield Sign(Kind.SUPPLEMENT_LAST_DAY, fact.at, what, n, fact.by)
        if strange := [item for item in fact.items if item not in story.published]:
            what = f"Giấy tờ không có trong thành phần hồ sơ đã công khai: {'; '.join(strange)}"
            yield Sign(Kind.OUTSIDE_CATALOGUE, fact.at, what, n, fact.by, key=str(n))


def _last_day(story: Story) -> date | None:
    if (found := story.accepted) is None:
        return None
    return terms.supplement_asked_by(found[1].at, story.calendar, story.rules)


def _silent(story: Story, days: int, now: datetime) -> Iterator[Sign]:
    """Accepted on paper, and nothing recorded for some working days while it was open."""
    if (found := story.accepted) is None or found[1].channel == "online":
        return
    n, accepted = found
    last = story.calendar.close(story.calendar.add_working_days(day(accepted.at), days))
    after = (f.at for f in story.facts[n:] if f.at > accepted.at and not _outsider(f))
    if last < next(after, _end(story, now)):
        what = f"Nhận trực tiếp lúc {_written(accepted.at)}, hết ngày {last:%d/%m/%Y} chưa ghi việc nào"
        yield Sign(Kind.SILENT, last, what, n)


def _gathered(story: Story, within: timedelta) -> Iterator[Sign]:
    """All steps recorded in a few minutes, a day or more after acceptance."""
    if (found := story.accepted) is None:
        return
    accepted = found[1]
    later = [(n, f) for n, f in enumerate(story.facts, start=1) if f.at > accepted.at]
    done = [(n, fact) for n, fact in later if isinstance(fact, StepDone)]
    if len(done) < FEWEST_GATHERED or done[-1][1].at - done[0][1].at > within:
        return
    n, last = done[-1]
    if day(done[0][1].at) > day(accepted.at):
        minutes = int((last.at - done[0][1].at).total_seconds() // 60)
        what = f"{len(done)} bước ghi trong {minutes} phút, lúc {_written(last.at)}; nhận từ {_written(accepted.at)}"
        yield Sign(Kind.GATHERED, last.at, what, n, last.by)


def _stopped(story: Story, days: int) -> Iterator[Sign]:
    """Stopped or withdrawn in the last working days before it was due; not one whose supplement never came."""
    waits = False
    for n, fact in enumerate(story.facts, start=1):
        if isinstance(fact, SupplementRequested | SupplementReceived):
            waits = isinstance(fact, SupplementRequested)
        if not isinstance(fact, Stopped | Withdrawn) or waits or story.due is None:
            continue
        first = story.calendar.add_working_days(day(story.due), -days)
        if first <= day(fact.at) and fact.at <= story.due:
            what = f"{type(fact).label} lúc {_written(fact.at)}, hạn trả {_written(story.due)}"
            yield Sign(Kind.STOPPED_BEFORE_DUE, fact.at, what, n, fact.by)


def _late_records(story: Story, after: timedelta) -> Iterator[Sign]:
    """Facts written down later than they are said to have happened, once for all written at that moment.

    Those brought in from elsewhere, before signs were looked for, are left out.
    """
    told: set[datetime] = set()
    for n, (fact, recorded) in enumerate(zip(story.facts, story.recorded, strict=True), start=1):
        if recorded in told or recorded < story.recorded_since or _outsider(fact):
            continue
        if recorded - fact.at > after:
            told.add(recorded)
            what = f"{type(fact).label} lúc {_written(fact.at)}, ghi vào hệ thống lúc {_written(recorded)}"
            yield Sign(Kind.LATE_RECORD, recorded, what, n, fact.by, key=str(n))


def _end(story: Story, now: datetime) -> datetime:
    """When the dossier stopped waiting for the office: its end, its last fact if nothing is left to do, else `now`."""
    ended = next((fact.at for fact in story.facts if isinstance(fact, Finished | Stopped | Withdrawn)), None)
    waits = any(turn.ended is None for turn in story.turns)
    return ended or (now if waits else story.facts[-1].at)


def _holder(turn: Turn) -> str:
    return turn.ended.by if turn.ended else ""


def _outsider(fact: Fact) -> bool:
    return fact.by.partition(":")[0] in OUTSIDERS


def _called(story: Story, step: str) -> str:
    return story.process.nodes[step].called if step in story.process.nodes else f"“{step}”"


def _spoken(hours: Decimal) -> str:
    return f"{Decimal(hours).normalize():f} giờ làm việc".replace(".", ",")


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(TZ):%H:%M %d/%m/%Y}"
