"""Drafts as the law sees them: rows read into the plain values of `law.control` and `law.effect`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from motcua.law import control, effect
from motcua.law.limits import TimeLimit

from .. import queries as catalogue
from ..announcing import applying
from ..announcing.models import Change
from ..models import Fee, Term, Version
from .models import Assessment, Draft, Drafted, Opinion, Visit

# The parts of a text, each as what tells one text from another.
PARTS = (
    "procedures__version__procedure",
    "procedures__before__procedure",
    *(
        f"procedures__{which}__{part}"
        for which in ("version", "before")
        for part in ("components", "terms", "fees", "results")
    ),
    "procedures__assessments",
    "visits__opinions",
)


def draft(row: Draft) -> control.Draft:
    """A draft with everything its gates look at; its rows are read ahead by `PARTS`."""
    there = standing(row.visits.all())
    return control.Draft(
        kind=row.kind,
        day=row.issued_on or row.day,
        ground=row.ground,
        clause=row.clause,
        procedures=tuple(drafted(one) for one in kept(row)),
        opinion=_opinion(there.get(control.Stage.OPINION)),
        appraisal=_opinion(there.get(control.Stage.APPRAISAL)),
    )


def kept(row: Draft) -> list[Drafted]:
    """The procedures of a draft, without those dropped."""
    return [one for one in row.procedures.all() if one.dropped_at is None]


def standing(visits: Iterable[Visit]) -> dict[control.Stage, Visit]:
    """The stay at each stage that counts: a return undoes those of its stage and after."""
    there: dict[control.Stage, Visit] = {}
    for visit in sorted(visits, key=lambda one: one.pk):
        stage = control.Stage(visit.stage)
        if stage in control.PATH:
            gone = control.PATH[control.PATH.index(stage) :]
            there = {name: old for name, old in there.items() if name not in gone} | {stage: visit}
    return there


def drafted(one: Drafted) -> control.Drafted:
    """One procedure with its last assessment."""
    version = one.version
    last = latest(one)
    return control.Drafted(
        name=one.title,
        change=control.Change(one.change),
        filled=frozenset(filled(one)),
        absent=frozenset(one.absent),
        regulated=regulated(one),
        papers=tuple(paper.name for paper in version.components.all()) if version else (),
        assessment=assessment(last) if last else None,
        stale=bool(last and one.written_at and last.at < one.written_at),
    )


def latest(one: Drafted) -> Assessment | None:
    """The last assessment of a procedure."""
    return max(one.assessments.all(), key=lambda told: told.pk, default=None)


def assessment(row: Assessment) -> control.Assessment:
    answers = {
        part: control.Answer(
            **{name: told.get(name) for name in control.CRITERIA}, reason=told.get("reason", "")
        )
        for part, told in row.answers.items()
    }
    return control.Assessment(
        needed=row.needed,
        needed_why=row.needed_why,
        parts=answers,
        management=row.management,
        management_why=row.management_why,
        convenience=row.convenience,
        convenience_why=row.convenience_why,
        cheapest=row.cheapest,
        cost_before=None if row.cost_before is None else int(row.cost_before),
        cost_after=None if row.cost_after is None else int(row.cost_after),
    )


def filled(one: Drafted) -> set[str]:
    """The parts of the drafted text that say something."""
    if one.version is None:
        return set()
    return {name for name, told in contents(one.version, one.sets).items() if told}


def regulated(one: Drafted) -> tuple[str, ...]:
    """The parts a draft makes or changes: all of a new text, of an amended one those that differ from what holds."""
    if one.version is None:
        return ()
    if one.before is None or one.change != Change.AMENDED:
        return tuple(control.PARTS)
    old, new = contents(one.before, None), contents(one.version, one.sets)
    changed = {name for name in control.PARTS if name != "sets" and old[name] != new[name]}
    return tuple(name for name in control.PARTS if name in changed)


def contents(version: Version, sets: int | None) -> dict[str, object]:
    """What each part of a text says, as values to compare; empty where it says nothing.

    Where the province says otherwise, what the central record says: that is what a draft begins from.
    """
    central = applying.central_of(version, {"agency": version.agency})
    papers, terms = list(version.components.all()), _terms(version)
    fees = [Fee(**row) for row in central["fees"]] if "fees" in central else version.fees.all()
    return {
        "title": version.title.strip(),
        "sequence": version.sequence.strip(),
        "ways": tuple(sorted({term.channel for term in terms})),
        "components": tuple((paper.name, paper.originals, paper.copies) for paper in papers),
        "sets": sets,
        "terms": tuple(
            (term.channel, term.case, term.amount, term.unit) for term in terms if term.amount is not None
        ),
        "audiences": tuple(version.audiences),
        "agency": central["agency"].strip(),
        "forms": tuple(paper.form for paper in papers if paper.form),
        "results": tuple(result.name for result in version.results.all()),
        "conditions": version.conditions.strip(),
        "fees": tuple((fee.channel, fee.case, fee.amount, fee.text) for fee in fees),
    }


def _terms(version: Version) -> list[Term]:
    """The terms of the central record."""
    central = applying.central_of(version, {})
    return [Term(**row) for row in central["terms"]] if "terms" in central else list(version.terms.all())


def effect_of(one: Drafted) -> effect.Effect:
    """What one procedure adds and removes; costs as last declared."""
    before, after = _costs(latest(one))
    return effect.of(
        control.Change(one.change),
        _text(one.before),
        _text(one.version),
        cost_before=before,
        cost_after=after,
    )


def _costs(last: Assessment | None) -> tuple[int, int]:
    """The costs declared before and after; none where one of the two was not, for then they tell no difference."""
    if last is None or last.cost_before is None or last.cost_after is None:
        return 0, 0
    return int(last.cost_before), int(last.cost_after)


def total(procedures: Iterable[Drafted]) -> effect.Effect:
    """What some procedures add and remove together."""
    return effect.total(effect_of(one) for one in procedures)


def effects(drafts: Sequence[Draft]) -> effect.Effect:
    """What some drafts add and remove together."""
    return total(one for row in drafts for one in kept(row))


def _text(version: Version | None) -> effect.Text:
    if version is None:
        return effect.Text()
    limits = [limit for term in _terms(version) if (limit := catalogue.limit_of(term))]
    return effect.Text(tuple(paper.name for paper in version.components.all()), _longest(limits))


def _longest(limits: Sequence[TimeLimit]) -> TimeLimit | None:
    """The longest of the terms of a text; None where they are written in different units."""
    if len({limit.unit for limit in limits}) != 1:
        return None
    return max(limits, key=lambda limit: limit.amount)


def _opinion(visit: Visit | None) -> control.Opinion | None:
    told: list[Opinion] = list(visit.opinions.all()) if visit else []
    if not told:
        return None
    last = max(told, key=lambda one: one.pk)
    return control.Opinion(control.Position(last.position), bool(last.answered_at))
