"""Questions to announcing: what must be announced or published by when, the decisions, the register (việc công bố)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Count, Q, QuerySet

from motcua.law import announcing
from motcua.law.announcing import Due
from motcua.law.calendar import Calendar, OutOfYears
from motcua.law.packs import NotInForce
from motcua.people.models import Officer

from ..queries import NotFound
from ..words import fold
from .models import Announced, Announcement, Ground, Instrument, Tier


class Work(StrEnum):
    """What is to be done with a procedure (việc)."""

    ANNOUNCE = "cong-bo"
    PUBLISH = "cong-khai"


class When(StrEnum):
    """How soon (hạn)."""

    LATE = "qua-han"
    TODAY = "hom-nay"
    WEEK = "tuan-nay"
    LATER = "con-han"


@dataclass(frozen=True, slots=True)
class Duty:
    """One procedure somebody must announce or publish, by when, and on what ground (việc phải làm).

    `instrument` or `announcement` is what it follows from; `draft` the decision being drafted that has it already.
    """

    work: Work
    kind: str
    code: str
    title: str
    due: Due
    instrument: Instrument | None = None
    announcement: Announcement | None = None
    draft: Announcement | None = None

    def when(self, today: date) -> When:
        if self.due.late(today):
            return When.LATE
        if self.due.on == today:
            return When.TODAY
        return When.WEEK if self.due.on <= today + timedelta(days=6 - today.weekday()) else When.LATER


def duties(today: date) -> list[Duty]:
    """Everything to announce or to publish, the most urgent first."""
    calendar = Calendar()
    instruments = Instrument.objects.exclude(procedures=[])
    open_ones = instruments.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=today))
    found = [*_to_announce(list(open_ones), calendar), *_to_publish(calendar)]
    return sorted(found, key=lambda duty: (duty.due.on, duty.work, duty.code, duty.title))


def unannounced(instrument: Instrument) -> list[Duty]:
    """The procedures of an instrument that no issued decision has announced, whether it still holds or not."""
    return list(_to_announce([instrument], Calendar()))


def _to_announce(instruments: Sequence[Instrument], calendar: Calendar) -> Iterator[Duty]:
    """The procedures of instruments that no issued decision has announced."""
    issued, drafted = _named(instruments)
    for instrument in instruments:
        due: Due | None = None
        for told in instrument.procedures:
            keys = _keys(told["code"], told["title"])
            if keys & issued.get(instrument.pk, {}).keys():
                continue
            due = due or announcing.announce_by(instrument.effective_on, Tier.PROVINCE, calendar)
            held = drafted.get(instrument.pk, {})
            draft = next((held[key] for key in keys if key in held), None)
            yield Duty(Work.ANNOUNCE, told["kind"], told["code"], told["title"], due, instrument, draft=draft)


Named = dict[int, dict[str, Announcement]]


def _named(instruments: Iterable[Instrument]) -> tuple[Named, Named]:
    """For each instrument the procedures that issued decisions name under it, and those drafts name."""
    keys = [instrument.pk for instrument in instruments]
    grounds: dict[int, set[int]] = {}
    for ground in Ground.objects.filter(instrument__in=keys):
        grounds.setdefault(ground.announcement_id, set()).add(ground.instrument_id)
    items = Announced.objects.filter(Q(instrument__in=keys) | Q(announcement__in=grounds))
    found: tuple[Named, Named] = ({}, {})
    for item in items.select_related("announcement"):
        of = {item.instrument_id} if item.instrument_id else grounds.get(item.announcement_id, set())
        for key in of:
            named = found[0 if item.announcement.issued else 1].setdefault(key, {})
            named.update(dict.fromkeys(_keys(item.code, item.title), item.announcement))
    return found


def _keys(code: str, title: str) -> set[str]:
    """What a procedure is known by: its code, or its name while it has none."""
    return {code} if code else {fold(title)}


def _to_publish(calendar: Calendar) -> Iterator[Duty]:
    waiting = Announced.objects.filter(published_at__isnull=True, announcement__issued_at__isnull=False)
    dues: dict[tuple[date, str], Due] = {}
    for item in waiting.select_related("announcement"):
        decision = item.announcement
        if decision.decided_on is None:
            continue
        key = (decision.decided_on, decision.tier)
        if key not in dues:
            dues[key] = announcing.publish_by(*key, calendar)
        yield Duty(Work.PUBLISH, item.kind, item.code, item.title, dues[key], announcement=decision)


def announcements(text: str = "", state: str = "") -> QuerySet[Announcement]:
    """The decisions, newest first, with how many procedures each has and how many wait to be published."""
    found = Announcement.objects.annotate(
        procedures=Count("items"), waiting=Count("items", filter=Q(items__published_at__isnull=True))
    )
    if state == "du-thao":
        found = found.filter(issued_at__isnull=True)
    elif state == "cho-cong-khai":
        found = found.filter(issued_at__isnull=False, waiting__gt=0)
    elif state == "xong":
        found = found.filter(issued_at__isnull=False, waiting=0)
    if text:
        named = Announced.objects.filter(Q(code=text) | Q(title__icontains=text)).values("announcement")
        found = found.filter(Q(number__icontains=text) | Q(title__icontains=text) | Q(pk__in=named))
    return found.order_by("-effective_on", "-pk")


def by_state() -> dict[str, int]:
    """How many decisions are drafted, wait to be published, are done."""
    counts = {"": 0, "du-thao": 0, "cho-cong-khai": 0, "xong": 0}
    open_ones = set(
        Announced.objects.filter(published_at__isnull=True).values_list("announcement_id", flat=True)
    )
    for key, issued_at in Announcement.objects.values_list("pk", "issued_at"):
        counts[""] += 1
        counts["du-thao" if not issued_at else "cho-cong-khai" if key in open_ones else "xong"] += 1
    return counts


def announcement(pk: int) -> Announcement:
    """One decision. Raises NotFound."""
    found = Announcement.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("Không có quyết định công bố này")
    return found


def instruments(text: str = "", kind: str = "") -> QuerySet[Instrument]:
    """The register, newest first."""
    found = Instrument.objects.annotate(announced_count=Count("announced", distinct=True))
    if kind:
        found = found.filter(kind=kind)
    if text:
        named = Q(number__icontains=text) | Q(title__icontains=text) | Q(issuer__icontains=text)
        found = found.filter(named | Q(aliases__icontains=text))
    return found.order_by("-issued_on", "number")


def instrument(pk: int) -> Instrument:
    """One instrument. Raises NotFound."""
    found = Instrument.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("Sổ văn bản không có văn bản này")
    return found


@dataclass(frozen=True, slots=True)
class Clocks:
    """The two terms of a decision and how it kept them (thời hạn công bố, công khai).

    `notice` are the working days between signing and effect, None while it is not signed. A term is None where no
    rule or calendar reaches its day, as that of an instrument older than the rule.
    """

    announce: Due | None
    publish: Due | None
    notice: int | None


def clocks(decision: Announcement, effective_on: date) -> Clocks:
    """The terms of a decision; `effective_on` is when the latest of its instruments takes effect."""
    calendar, signed = Calendar(), decision.decided_on
    return Clocks(
        known(announcing.announce_by, effective_on, decision.tier, calendar),
        known(announcing.publish_by, signed, decision.tier, calendar) if signed else None,
        _notice(signed, effective_on, calendar) if signed else None,
    )


def known(
    count: Callable[[date, str, Calendar], Due], on: date, tier: str, calendar: Calendar | None = None
) -> Due | None:
    """A term counted from a day, None where no rule or calendar reaches it."""
    with suppress(NotInForce, OutOfYears):
        return count(on, tier, calendar or Calendar())
    return None


def _notice(signed: date, effective_on: date, calendar: Calendar) -> int | None:
    with suppress(OutOfYears):
        return announcing.notice(signed, effective_on, calendar)
    return None


def effect(decision: Announcement) -> date:
    """When the latest instrument a decision stands on takes effect; its own day where it names none."""
    named = Q(announcements=decision) | Q(announced__announcement=decision)
    days = Instrument.objects.filter(named).values_list("effective_on", flat=True)
    return max(days, default=decision.effective_on)


def called(username: str) -> str:
    """The full name of who did something; the system by its own."""
    found = Officer.objects.filter(username=username).values_list("full_name", flat=True).first()
    return str(found) if found else "hệ thống"
