"""Look through dossiers for signs and write down the questions they give reason to ask; safe to repeat.

A dossier is looked at again when something was recorded in it, and an open one when a day has passed: silence is a
sign too. Each sign has one key, so whoever looks twice asks once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from motcua.dossiers import folding
from motcua.dossiers import queries as dossiers
from motcua.dossiers.folding import Folded
from motcua.dossiers.models import Dossier
from motcua.journal import log
from motcua.law import signs
from motcua.law.calendar import day
from motcua.law.facts import Filed
from motcua.law.lifecycle import State as Stage
from motcua.law.signs import Kind, Sign, Story
from motcua.people.models import Officer, Unit

from .models import Beginning, Look, Question

BATCH = 200
AGAIN_AFTER = timedelta(days=1)
STOPPED = (Stage.STOPPED, Stage.WITHDRAWN)


def look(now: datetime) -> int:
    """Look at every dossier that is due to be looked at; how many questions were asked."""
    since = beginning(now)
    keys = list(due(now).order_by("pk").values_list("pk", flat=True))
    parts = (keys[n : n + BATCH] for n in range(0, len(keys), BATCH))
    return sum(_look_at(part, since, now) for part in parts)


def due(now: datetime) -> QuerySet[Dossier]:
    """The dossiers with something new in them, and the open ones a day after they were last looked at."""
    new = Q(look=None) | Q(look__facts__lt=F("facts"))
    return Dossier.objects.filter(new | Q(ended_at=None, look__at__lt=now - AGAIN_AFTER))


def beginning(now: datetime) -> datetime:
    """Since when signs are looked for: the first look says so."""
    found = Beginning.objects.first() or Beginning.objects.create(since=now)
    return found.since


def found(case: Folded, since: datetime, now: datetime) -> list[tuple[Sign, Dossier | None]]:
    """The signs of one dossier, and for one received again the dossier that was stopped before it."""
    if not case.standing.accepted:
        return []
    story = Story(
        facts=case.facts,
        turns=case.turns,
        process=case.process,
        calendar=case.calendar,
        rules=case.rules,
        due=case.last_reading.due,
        published={paper.name for paper in case.dossier.version.components.all()},
        recorded=log.recorded(case.past),
        recorded_since=since,
    )
    told: list[tuple[Sign, Dossier | None]] = [(sign, None) for sign in signs.signs(story, now)]
    return told + list(_received_again(case, now))


@transaction.atomic
def _look_at(keys: Sequence[int], since: datetime, now: datetime) -> int:
    related = (*dossiers.RELATED, "look")
    looked = (
        Dossier.objects.filter(pk__in=keys).select_related(*related).prefetch_related("version__components")
    )
    cases = [dossiers.folded(dossier) for dossier in looked.defer("words")]
    asked = [_question(case, sign, before, now) for case in cases for sign, before in found(case, since, now)]
    known = Question.objects.count()
    Question.objects.bulk_create(asked, ignore_conflicts=True)
    Look.objects.bulk_create(
        [Look(dossier=case.dossier, facts=case.past.version, at=now) for case in cases],
        update_conflicts=True,
        unique_fields=["dossier"],
        update_fields=["facts", "at"],
    )
    return Question.objects.count() - known


def _question(case: Folded, sign: Sign, before: Dossier | None, now: datetime) -> Question:
    return Question(
        dossier=case.dossier,
        kind=sign.kind,
        key=sign.key,
        what=sign.what,
        version=sign.version,
        happened_at=sign.at,
        unit=_unit(case, sign),
        officer=_officer(case, sign),
        before=before,
        asked_at=now,
    )


def _unit(case: Folded, sign: Sign) -> Unit:
    """Who answers: the unit asked, that of the step, the desk for what the desk did, else the deciding unit."""
    dossier = case.dossier
    if sign.unit:
        return Unit.objects.get(code=sign.unit)
    if sign.step:
        return folding.unit_of(dossier, case.process.nodes[sign.step])
    desk = (Kind.SUPPLEMENT_LAST_DAY, Kind.OUTSIDE_CATALOGUE, Kind.RECEIVED_AGAIN)
    if sign.kind in desk or (sign.version and isinstance(case.facts[sign.version - 1], Filed)):
        return dossier.receiving_unit
    return dossier.deciding_unit


def _officer(case: Folded, sign: Sign) -> Officer | None:
    """Whom it is asked of: who recorded it, else who was given the step."""
    name = sign.by or case.assigned.get(sign.step, "")
    return Officer.objects.filter(username=name).first() if name else None


def _received_again(case: Folded, now: datetime) -> Iterator[tuple[Sign, Dossier]]:
    """The same applicant and procedure, received anew soon after a dossier was stopped or withdrawn."""
    dossier, accepted = case.dossier, case.standing.accepted
    if not dossier.identity or accepted is None:
        return
    days = timedelta(days=signs.thresholds(day(now))["again_days"])
    same = Dossier.objects.filter(identity=dossier.identity, version__procedure=dossier.version.procedure)
    stopped = same.filter(state__in=STOPPED, ended_at__lte=accepted.at, ended_at__gte=accepted.at - days)
    before = stopped.exclude(pk=dossier.pk).order_by("-ended_at").first()
    if before is not None:
        what = f"Hồ sơ {before.code} của cùng người nộp, cùng thủ tục đã dừng hoặc rút trước đó"
        version = case.facts.index(accepted) + 1
        yield Sign(Kind.RECEIVED_AGAIN, accepted.at, what, version, accepted.by, key=before.code), before
