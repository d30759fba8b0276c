"""From facts to notices (soạn tin báo): who is told what, by which way; written down before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from motcua.dossiers.acts import SYSTEM
from motcua.dossiers.folding import Folded
from motcua.dossiers.models import Dossier
from motcua.law import lifecycle, notices
from motcua.law.calendar import day
from motcua.law.facts import Fact, ResultReturned
from motcua.law.notices import Rule

from . import reach, wording
from .models import OUTSIDE, Channel, Contact, Notice, State

NOWHERE = "Hồ sơ không có số điện thoại hay thư điện tử dùng được để báo tin."
NOBODY = "Không có ai giữ vị trí phải nhận tin này."
Held = Mapping[tuple[str, str], wording.Words]


@dataclass(frozen=True, slots=True)
class Told:
    """A fact that is to be told: the dossier as it stood after it, and the notice it calls for."""

    case: Folded
    fact: Fact
    rule: Rule


def after(case: Folded, since: int, until: int) -> Iterator[Told]:
    """What the facts after version `since` up to `until` are to be told as.

    Nothing when the result was handed out in the same act: whoever stands there has it in hand (Đ.17.4).
    """
    if any(isinstance(fact, ResultReturned) for fact in case.facts[since:until]):
        return
    standing = lifecycle.fold(case.facts[:since])
    for version in range(since + 1, until + 1):
        fact, before = case.facts[version - 1], standing
        standing = lifecycle.fold([fact], before)
        for rule in notices.rules(day(fact.at)).values():
            if rule.follows(fact, before, standing):
                yield Told(Folded(case.dossier, case.past.until(version)), fact, rule)


def compose(told: list[Told], contact: Contact | None, *, at: datetime) -> list[Notice]:
    """Write down the notices of one dossier's facts; what is written already stays as it is."""
    # Told again by a job that was cut off, nothing goes anywhere else, though the contact has changed meanwhile.
    written = set(_written(told))
    told = [one for one in told if (one.case.past.version, one.rule.slug) not in written]
    held = wording.newest() if told else {}
    made = [notice for one in told for notice in _for_applicant(one, contact, held, at)]
    return store(made)


def _written(told: list[Told]) -> QuerySet[Notice, tuple[int, str]]:
    dossiers, versions = {one.case.dossier.pk for one in told}, {one.case.past.version for one in told}
    found = Notice.objects.filter(dossier__in=dossiers, version__in=versions, channel__in=OUTSIDE)
    return found.order_by().values_list("version", "kind")


def store(made: list[Notice]) -> list[Notice]:
    """Keep these notices, those that are there already left alone: the unique key tells."""
    return Notice.objects.bulk_create(made, ignore_conflicts=True) if made else []


def drawn(told: Told, words: wording.Words, recipient: str, at: datetime) -> Notice:
    """One notice in its words, waiting to be sent."""
    dossier = told.case.dossier
    subject, body = wording.rendered(words, wording.said(told.case, told.rule.slug, told.fact))
    return Notice(
        dossier=dossier,
        version=told.case.past.version,
        kind=told.rule.slug,
        channel=words.channel,
        recipient=recipient,
        desk_id=dossier.receiving_unit_id,
        agency_id=dossier.deciding_unit_id,
        subject=subject,
        body=body,
        text=words.number,
        fact_at=told.fact.at,
        queued_at=at,
        next_at=at,
    )


def _for_applicant(told: Told, contact: Contact | None, held: Held, at: datetime) -> Iterator[Notice]:
    wanted = [words for c in OUTSIDE if (words := held.get((told.rule.slug, c))) and words.sends]
    ways = reach.ways(told.case.dossier, contact)
    sent = [drawn(told, words, ways[words.channel], at) for words in wanted if ways.get(words.channel)]
    yield from sent
    # The paper was handed over the counter, unless nobody stood there; and who wishes to hear nothing is left in peace.
    in_hand = told.case.dossier.channel in told.rule.in_hand and told.fact.by != SYSTEM
    if wanted and not sent and not in_hand and not reach.declines(contact):
        nobody = drawn(told, wanted[-1], "", at)
        nobody.state, nobody.message, nobody.done_at = State.FAILED, NOWHERE, at
        yield nobody


def for_desk(told: Told, officers: list[str], held: Held, at: datetime) -> list[Notice]:
    """Notices to officers, which are delivered by being there."""
    words = held.get((told.rule.slug, Channel.DESK))
    if words is None or not words.sends:
        return []
    made = [drawn(told, words, username, at) for username in officers or [""]]
    for notice in made:
        notice.state, notice.done_at = State.SENT if officers else State.FAILED, at
        notice.message = "" if officers else NOBODY
    return made


def contact_of(dossier: Dossier) -> Contact | None:
    """The newest word on how the applicant of a dossier is to be told."""
    return Contact.objects.filter(dossier=dossier).first()


def preview(case: Folded, words: wording.Words) -> tuple[str, str]:
    """What a dossier's applicant would read: its own fact of that kind, else marks for what it does not say yet."""
    found = [one for one in after(case, 0, len(case.facts)) if one.rule.slug == words.kind]
    told, fact = (found[-1].case, found[-1].fact) if found else (case, case.facts[-1])
    marks = {name: f"[{what}]" for name, what in wording.variables(words.kind).items()}
    said = {name: value for name, value in wording.said(told, words.kind, fact).items() if value}
    only = wording.ONLY.get(words.kind, {}) if not found else {}
    return wording.rendered(words, marks | {n: v for n, v in said.items() if n not in only})
