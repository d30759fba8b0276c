"""Writing the text of a procedure into a draft version of the catalogue (soạn nội dung). Parts of acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max

from motcua.law.limits import TimeLimit, Unit

from ..announcing import applying, deriving
from ..models import Component, Fee, LegalBasis, Result, Term, Version

NOT_COPIED = ("id", "procedure", "number", "status", "published_at", "valid_to", "central", "origin")
COPIED = (Component, Term, Fee, Result, LegalBasis)
PLAIN = ("title", "field", "sequence", "conditions", "agency", "authority")


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper the applicant hands in (thành phần hồ sơ)."""

    name: str
    originals: int | None = None
    copies: int | None = None
    form: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """What a procedure shall say, as the form of a draft has it: one term and one fee for all ways of filing."""

    title: str
    field: str = ""
    levels: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    sequence: str = ""
    ways: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()
    amount: Decimal | None = None
    unit: str = ""
    agency: str = ""
    authority: str = ""
    result: str = ""
    conditions: str = ""
    fee: Decimal | None = None
    fee_text: str = ""


def write(version: Version, text: Text) -> None:
    """Put a text in place of what the draft version said; its legal bases and whatever no form asks stay.

    Terms, fees and results differ by way and case where a published text was copied: those the form shows as they
    are stay as they are.
    """
    old = told(version)
    for name in PLAIN:
        setattr(version, name, getattr(text, name))
    version.levels, version.audiences = list(text.levels), list(text.audiences)
    version.save(update_fields=[*PLAIN, "levels", "audiences"])
    if old.papers != text.papers:
        _papers(version, text)
    if (old.ways, old.amount, old.unit) != (text.ways, text.amount, text.unit):
        _terms(version, text)
    if (old.ways, old.fee, old.fee_text) != (text.ways, text.fee, text.fee_text):
        _fees(version, text)
    if old.result != text.result:
        _result(version, text)
    version._prefetched_objects_cache = {}  # type: ignore[attr-defined]


def copied(version: Version, *, begins: date) -> Version:
    """A draft with the same central text, after every version of its procedure.

    What the province says otherwise is left out: it is put in again when the text is published.
    """
    last = Version.objects.filter(procedure=version.procedure_id).aggregate(last=Max("number"))["last"]
    kept = _values(version, skip=NOT_COPIED)
    kept |= {"valid_from": begins, "decision": "", "decided_on": None, "issuer": "", "source_digest": ""}
    made = Version.objects.create(procedure=version.procedure, number=last + 1, **kept)
    for model in COPIED:
        rows = model._default_manager.filter(version=version)
        fresh = [model(version=made, **_values(row, skip=("id", "version"))) for row in rows]
        model._default_manager.bulk_create(fresh)  # type: ignore[arg-type]
    if version.central:
        deriving.rewrite(made, applying.central_of(version, deriving.content(version)), version.central)
        made.save()
    return made


def told(version: Version) -> Text:
    """What a version says, as the form has it: the first of its terms and fees."""
    terms = [term for term in version.terms.all() if term.amount is not None]
    fees = list(version.fees.all())
    return Text(
        **{name: getattr(version, name) for name in PLAIN},
        levels=tuple(version.levels),
        audiences=tuple(version.audiences),
        ways=tuple(dict.fromkeys(term.channel for term in version.terms.all())),
        papers=tuple(
            Paper(paper.name, paper.originals, paper.copies, paper.form, paper.case)
            for paper in version.components.all()
        ),
        amount=terms[0].amount if terms else None,
        unit=terms[0].unit if terms else "",
        result=next((result.name for result in version.results.all()), ""),
        fee=fees[0].amount if fees else None,
        fee_text=fees[0].text if fees else "",
    )


def _papers(version: Version, text: Text) -> None:
    version.components.all().delete()
    Component.objects.bulk_create(
        Component(
            version=version,
            position=position,
            name=paper.name,
            originals=paper.originals,
            copies=paper.copies,
            form=paper.form,
            case=paper.case,
        )
        for position, paper in enumerate(text.papers)
    )


def _terms(version: Version, text: Text) -> None:
    version.terms.all().delete()
    limit = str(TimeLimit(text.amount, Unit(text.unit))) if text.amount and text.unit else ""
    Term.objects.bulk_create(
        Term(version=version, position=position, channel=way, amount=text.amount, unit=text.unit, text=limit)
        for position, way in enumerate(text.ways)
    )


def _fees(version: Version, text: Text) -> None:
    version.fees.all().delete()
    if text.fee is not None or text.fee_text:
        Fee.objects.bulk_create(
            Fee(version=version, position=position, channel=way, amount=text.fee, text=text.fee_text)
            for position, way in enumerate(text.ways)
        )


def _result(version: Version, text: Text) -> None:
    version.results.all().delete()
    if text.result:
        Result.objects.create(version=version, position=0, name=text.result)


def _values(row: Any, skip: tuple[str, ...]) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in row._meta.fields if field.name not in skip}
