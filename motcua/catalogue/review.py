"""What a process must have before it is published, beyond being whole (kiểm tra trước khi công khai).

`law.soundness.check` sees whether a process runs to its end and whether every step has a role and a limit. Here it is
held against what is outside it: the roles and units there are, and the term its procedure has announced.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from motcua.law import soundness
from motcua.law.limits import TimeLimit, Unit
from motcua.law.process import Process
from motcua.law.soundness import Finding, Severity, Topic, longest_path_hours
from motcua.law.terms import ClockRules, PlainHours, rules
from motcua.people import models as people
from motcua.people.models import Role

from . import queries
from .models import ProcessVersion
from .reading.steps import HOURS_A_DAY

WORKING_WEEK = 5  # days, Monday first


@dataclass(frozen=True, slots=True)
class Announced:
    """A term as announced for one channel and case; `limit` is None where its number or unit was not read."""

    channel: str
    case: str
    text: str
    limit: TimeLimit | None


def before_publishing(draft: ProcessVersion) -> list[Finding]:
    """Everything wrong with a process on the day it is to begin, the announced term of that day included."""
    process = Process.from_data(draft.definition)
    named = {step.unit for step in process.steps} - {""}
    units = set(people.Unit.objects.filter(code__in=named).values_list("code", flat=True)) if named else set()
    return check(process, announced_for(draft), rules(draft.valid_from), units=units)


def announced_for(draft: ProcessVersion) -> list[Announced]:
    """The terms of its procedure on the day a process begins, none when nothing is published then."""
    try:
        version = queries.in_force(draft.procedure.code, draft.valid_from)
    except queries.NotFound:
        return []
    terms = version.terms.all()
    return [Announced(t.get_channel_display(), t.case, t.text, queries.limit_of(t)) for t in terms]


def check(
    process: Process,
    announced: Sequence[Announced],
    clock: ClockRules,
    *,
    roles: Collection[str] = frozenset(Role.values) - {Role.POSTAL},
    units: Collection[str] | None = None,
) -> list[Finding]:
    """What is wrong with a process of a procedure with these announced terms, empty when nothing is.

    `units` are the codes there are; None leaves them alone.
    """
    found = [*soundness.check(process), *_strangers(process, roles, units)]
    return [*found, *_terms(longest_path_hours(process), announced, clock)]


def _strangers(process: Process, roles: Collection[str], units: Collection[str] | None) -> Iterator[Finding]:
    for step in process.steps:
        if step.role and step.role not in roles:
            message = f"Bước {step.called} giao cho vai trò không có: “{step.role}”"
            yield Finding(Severity.ERROR, step.id, message, Topic.ROLE)
        if step.unit and units is not None and step.unit not in units:
            message = f"Bước {step.called} giao cho đơn vị không có: “{step.unit}”"
            yield Finding(Severity.ERROR, step.id, message, Topic.ROLE)


def _terms(spent: Decimal, announced: Sequence[Announced], clock: ClockRules) -> Iterator[Finding]:
    if not announced:
        yield _term(Severity.WARNING, "Thủ tục chưa công bố thời hạn nên không so được")
    unread = {term.text: None for term in announced if term.limit is None}
    for text in unread:
        shown = f"“{text}”" if text else "để trống"
        yield _term(Severity.WARNING, f"Thời hạn công bố {shown} không có số và đơn vị nên không so được")
    told: dict[tuple[Severity, str, str], list[str]] = {}
    for term in announced:
        if term.limit is not None and (wrong := _excess(spent, term.limit, clock)):
            severity, problem = wrong
            if _is_shorter(term, announced, clock):
                severity = Severity.WARNING
            told.setdefault((severity, problem, term.case), []).append(term.channel)
    for (severity, problem, case), channels in told.items():
        about = ", ".join([*dict.fromkeys(channels), *([case] if case else [])])
        yield _term(severity, f"{problem} ({about})")


def _excess(spent: Decimal, limit: TimeLimit, clock: ClockRules) -> tuple[Severity, str] | None:
    least, most = hours_in(limit, clock)
    if spent > most:
        problem = f"Đường dài nhất cần {_said(spent)} giờ làm việc, thời hạn {limit} chỉ có {_said(most)}"
        return Severity.ERROR, problem
    if spent > least:
        problem = f"Đường dài nhất cần {_said(spent)} giờ làm việc, có thể vượt thời hạn {limit}"
        return Severity.WARNING, f"{problem}: tùy ngày tiếp nhận có từ {_said(least)} đến {_said(most)} giờ"
    return None


def _is_shorter(term: Announced, announced: Sequence[Announced], clock: ClockRules) -> bool:
    """Whether its channel has a longer term: another case, which the longest way may be for."""
    ours = [t.limit for t in announced if t.channel == term.channel and t.limit is not None]
    longest = max(hours_in(limit, clock)[1] for limit in ours)
    return term.limit is not None and hours_in(term.limit, clock)[1] < longest


def hours_in(limit: TimeLimit, clock: ClockRules) -> tuple[Decimal, Decimal]:
    """The fewest and the most working hours a term holds, days of 8 hours.

    Working days and hours hold as many as they say. Days of the calendar and months hold more or fewer by the day
    of acceptance, with a term that ends on a day off rolled on as the clock rolls it; holidays are left out, so
    the fewest may be fewer. A bare “giờ” is read as the clock reads it.
    """
    match limit.unit:
        case Unit.WORKING_DAYS:
            return (limit.amount * HOURS_A_DAY,) * 2
        case Unit.WORKING_HOURS:
            return (limit.amount,) * 2
        case Unit.HOURS | Unit.MINUTES:
            hours = limit.amount / (60 if limit.unit is Unit.MINUTES else 1)
            return (hours if clock.plain_hours is PlainHours.WORKING else Decimal(0)), hours
        case Unit.MONTHS:
            return _of_days(_days_of(int(limit.amount)))
    if limit.amount < 1:
        return (limit.amount * HOURS_A_DAY,) * 2
    return _of_days(int(limit.amount.to_integral_value(way)) for way in (ROUND_FLOOR, ROUND_CEILING))


def _of_days(days: Iterable[int]) -> tuple[Decimal, Decimal]:
    counts = [count for each in days for count in _working_days(each)]
    return min(counts) * HOURS_A_DAY, max(counts) * HOURS_A_DAY


def _working_days(days: int) -> list[int]:
    """How many working days follow an acceptance on Monday, Tuesday … within so many days."""
    weeks, rest = divmod(days, 7)
    counts = []
    for start in range(WORKING_WEEK):
        within = sum((start + n) % 7 < WORKING_WEEK for n in range(1, rest + 1))
        rolled = (start + rest) % 7 >= WORKING_WEEK
        counts.append(weeks * WORKING_WEEK + within + rolled)
    return counts


def _days_of(months: int) -> set[int]:
    """How many days so many months may have; four years hold every case."""
    firsts = [date(2024 + n // 12, n % 12 + 1, 1) for n in range(48 + months)]
    return {(later - first).days for first, later in zip(firsts, firsts[months:], strict=False)}


def _term(severity: Severity, message: str) -> Finding:
    return Finding(severity, "", message, Topic.TERM)


def _said(hours: Decimal) -> str:
    return f"{hours.normalize():f}".replace(".", ",")
