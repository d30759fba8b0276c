"""A new text made from the one before it: what is written anew replaces a part, all else is taken over (bản mới).

Parts of acts, inside the act's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from motcua.law import control

from ..models import Component, Fee, LegalBasis, Procedure, Result, Status, Term, Version

LISTS = {"components": Component, "terms": Term, "fees": Fee, "results": Result, "bases": LegalBasis}
# What a text says, besides its parts; the rest of a row is about the text itself.
TEXTS = (
    *("title", "field", "kind", "online", "levels", "audiences", "agency", "authority", "reception_address"),
    *("coordinating", "delegated", "sequence", "conditions", "related", "keywords", "note", "source"),
)
# Where a text says a part of `control.PARTS`; how many sets of papers are handed in, it has no place for.
SAID = {
    "ways": "terms",
    **{name: name for name in ("title", "sequence", "components", "terms", "audiences", "agency")},
}


def content(version: Version) -> dict[str, Any]:
    """What a text says: its texts, and its parts as rows without their keys."""
    told = {name: getattr(version, name) for name in TEXTS}
    return told | {name: _rows(version, name) for name in LISTS}


def _rows(version: Version, name: str) -> list[dict[str, Any]]:
    left_out = ("id", "version")
    fields = [field.name for field in LISTS[name]._meta.concrete_fields if field.name not in left_out]
    return [{field: getattr(row, field) for field in fields} for row in getattr(version, name).all()]


def written(told: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What a text says once the parts `given` (as a decision lists them) are put in."""
    found = dict(told)
    for name, value in given.items():
        found[name] = _listed(name, value, told.get(name) or []) if name in LISTS else value
    return found


def _listed(name: str, value: Any, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if name in ("components", "results"):
        kept = {row["name"]: row for row in before}
        return _numbered([kept.get(each, {"name": each}) for each in value])
    said: dict[str, list[dict[str, Any]]] = {}
    for row in value:
        said.setdefault(row["channel"], []).append({**row, "amount": Decimal(row["amount"])})
    found: list[dict[str, Any]] = []
    for row in before:
        # What is said of a channel stands where its first row stood.
        found += (
            [row] if row["channel"] not in {r["channel"] for r in value} else said.pop(row["channel"], [])
        )
    return _numbered([*found, *(row for rows in said.values() for row in rows)])


def _numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "position": position} for position, row in enumerate(rows)]


def missing(told: Mapping[str, Any], on: date) -> list[str]:
    """The parts a text must have on a day that say nothing, in words (`control.always`). Raises NotInForce."""
    asked = [part for part in control.always(on) if part in SAID]
    return [control.PARTS[part].lower() for part in asked if not told.get(SAID[part])]


def blank(title: str) -> dict[str, Any]:
    """A text that says nothing yet but its title."""
    return {"title": title, "levels": [], "audiences": []} | {name: [] for name in LISTS}


def write(
    procedure: Procedure, told: Mapping[str, Any], *, number: int, valid_from: date, **about: Any
) -> Version:
    """A new text of a procedure, with its parts, not published."""
    texts = {name: told[name] for name in TEXTS if name in told}
    made = Version.objects.create(
        procedure=procedure, number=number, status=Status.DRAFT, valid_from=valid_from, **texts, **about
    )
    for name, model in LISTS.items():
        model._default_manager.bulk_create(model(version=made, **row) for row in told.get(name) or ())
    return made


def rewrite(draft: Version, told: Mapping[str, Any], names: Mapping[str, Any]) -> None:
    """Put the parts `names` of `told` into a text that is not published; texts are saved with the row."""
    for name in names:
        if name in LISTS:
            model = LISTS[name]
            model._default_manager.filter(version=draft).delete()
            model._default_manager.bulk_create(model(version=draft, **row) for row in told[name])
        else:
            setattr(draft, name, told[name])
