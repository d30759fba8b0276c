"""The report forms on drafting and announcing (II.01 to II.03 of TT 01/2020/TT-VPCP): columns are dated values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from motcua.law import packs

from ..control.models import Assessment, Drafted, Opinion
from .counting import Row, Span, tally
from .models import Announced, Change, Ground

FORMS = {"ii-01": "II.01", "ii-02": "II.02", "ii-03": "II.03"}
Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it stands on a day (biểu mẫu): `columns` are pairs of a key and its label."""

    slug: str
    code: str
    title: str
    head: str
    columns: tuple[tuple[str, str], ...]
    source: str
    verified: bool


def form(slug: str, on: date) -> Form:
    """Raises KeyError for no such form, NotInForce before there was one."""
    code, pack = FORMS[slug], packs.on("statistics", on)
    told, value = pack[f"form {code}"], pack.values[f"form {code}"]
    columns = tuple((column["key"], column["label"]) for column in told["columns"])
    reference = str(value.reference) if value.reference else ""
    return Form(slug, code, told["title"], told["head"], columns, reference, value.verified)


def lines(slug: str, span: Span, rows: Sequence[Row]) -> Sequence[tuple[str, Counts]]:
    """The rows of a form for a period, one for each body; `rows` are the procedures announced in it."""
    found = {"ii-01": lambda: _assessed(span), "ii-02": lambda: _weighed(span)}.get(slug)
    return found() if found else _announced(span, rows)


def total(told: Iterable[tuple[str, Counts]], keys: Iterable[str]) -> Counts:
    """The sum of every column."""
    kept = list(told)
    return {key: sum(counts.get(key, 0) for _, counts in kept) for key in keys}


def _announced(span: Span, rows: Sequence[Row]) -> list[tuple[str, Counts]]:
    documents = _documents(span, rows)
    found: list[tuple[str, Counts]] = []
    for issuer in sorted({row["issuer"] for row in rows}):
        own = [row for row in rows if row["issuer"] == issuer]
        published = sum(bool(row["published_on"]) for row in own)
        counts = {
            **tally(own),
            "decisions": len({row["decision"] for row in own}),
            "documents": len(documents.get(issuer, set())),
            "published": published,
            "waiting": len(own) - published,
        }
        found.append((issuer, counts))
    return found


def _documents(span: Span, rows: Sequence[Row]) -> dict[str, set[int]]:
    """The instruments each issuer announced procedures of in the decisions that `rows` count, and no later one."""
    found: dict[str, set[int]] = {}
    signed = Q(announcement__issued_at__isnull=False, announcement__decided_on__range=(span.first, span.last))
    signed &= Q(announcement__number__in={row["decision"] for row in rows})
    for model in (Ground, Announced):
        named = model._default_manager.filter(signed, instrument__isnull=False)
        for issuer, key in named.values_list("announcement__agency", "instrument"):
            found.setdefault(issuer, set()).add(key)
    return found


def _assessed(span: Span) -> list[tuple[str, Counts]]:
    """The procedures assessed in the period, by the unit that drafts them."""
    done = Assessment.objects.filter(at__date__range=(span.first, span.last)).values("drafted")
    found = Drafted.objects.filter(pk__in=done).select_related("draft__unit")
    return [(unit, _totals(own)) for unit, own in _by_unit(found).items()]


def _totals(own: Sequence[Drafted]) -> Counts:
    return {**_changes(own), "procedures": len(own), **_kinds(own)}


def _weighed(span: Span) -> list[tuple[str, Counts]]:
    """The drafts an opinion was given on in the period; the last opinion of a draft counts."""
    positions: dict[int, str] = {}
    opinions = Opinion.objects.filter(on__range=(span.first, span.last)).order_by("at", "pk")
    for draft, position in opinions.values_list("visit__draft", "position"):
        positions[draft] = position
    found = Drafted.objects.filter(draft__in=positions, dropped_at=None).select_related("draft__unit")
    return [(unit, _positions(own, positions)) for unit, own in _by_unit(found).items()]


def _positions(own: Sequence[Drafted], positions: Mapping[int, str]) -> Counts:
    drafts = {each.draft_id for each in own}
    told = [positions[draft] for draft in drafts]
    counts = {name: told.count(name) for name in ("agreed", "remarks", "disagreed")}
    return {"procedures": len(own), "documents": len(drafts), **counts}


def _by_unit(found: Iterable[Drafted]) -> dict[str, list[Drafted]]:
    units: dict[str, list[Drafted]] = {}
    for each in found:
        units.setdefault(each.draft.unit.name, []).append(each)
    return dict(sorted(units.items()))


def _changes(own: Sequence[Drafted]) -> dict[str, int]:
    return {kind.value: sum(each.change == kind for each in own) for kind in Change}


def _kinds(own: Sequence[Drafted]) -> dict[str, int]:
    kinds = {each.draft_id: each.draft.kind for each in own}
    told = list(kinds.values())
    return {"documents": len(told), **{kind: told.count(kind) for kind in ("resolution", "decision")}}
