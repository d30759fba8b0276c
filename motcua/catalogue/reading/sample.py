"""A catalogue written by hand in YAML: what a province keeps of its own, and the sample of the demonstration.

format: motcua/catalogue
procedures:
  - code: "1.001193"
    title: Đăng ký khai sinh
    levels: [commune]
    decision: 163/QĐ-BTP
    channels: [direct, online, post]
    term: 1 ngày làm việc            # or {online: 1 ngày làm việc, direct: [{case: …, limit: …}]}
    fee: 8000                        # đồng, the same shape as term
    papers: [Tờ khai, {name: Giấy chứng sinh, originals: 1}]
    results: [{name: Giấy khai sinh, paper: true}]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from motcua.catalogue.models import Channel, Kind, Level, Online

from .channels import MOST, term_parts
from .crawl import decision, refused
from .drafts import (
    BasisDraft,
    ComponentDraft,
    Draft,
    FeeDraft,
    Notes,
    ResultDraft,
    TermDraft,
    plain,
    required,
    short,
)

FORMAT = "motcua/catalogue"
Record = Mapping[str, Any]


def read(record: Record, row: int) -> tuple[Draft | None, Notes]:
    """The draft of one entry, None when it has no code or no title, with what was found in it."""
    code, title = plain(record.get("code")), plain(record.get("title"))
    notes = Notes(row, code[:60])
    if refused(notes, code, title):
        return None, notes
    decided = record.get("decided_on")
    draft = Draft(
        code=code,
        title=title,
        kind=_one_of(record, "kind", Kind.values, notes),
        online=_one_of(record, "online", Online.values, notes),
        levels=_all_of(record, "levels", Level.values, notes),
        audiences=tuple(plain(entry["name"]) for entry in _entries(record, "audiences", "name", notes)),
        decision=decision(plain(record.get("decision")), notes),
        decided_on=decided if isinstance(decided, date) else None,
        components=tuple(_papers(record, notes)),
        terms=tuple(_terms(record, notes)),
        fees=tuple(_fees(record, notes)),
        results=tuple(_results(record, notes)),
        bases=tuple(_bases(record, notes)),
        source=plain(record.get("source"))[:200],
        issuer=plain(record.get("issuer"))[:200],
        field=short(plain(record.get("field")), 200, "field", notes),
        **{name: plain(record.get(name)) for name in ("agency", "authority", "note")},
        **{
            name: plain(record.get(name))
            for name in ("reception_address", "sequence", "conditions", "keywords")
        },
    )
    required(notes, levels=draft.levels, audiences=draft.audiences, components=draft.components)
    required(notes, terms=draft.terms, results=draft.results)
    return draft, notes


def _one_of(record: Record, name: str, known: list[str], notes: Notes) -> str:
    given = plain(record.get(name))
    if given not in known:
        notes.add(name, "giá trị không có trong danh mục", given, f"Dùng: {', '.join(filter(None, known))}")
        return ""
    return given


def _all_of(record: Record, name: str, known: list[str], notes: Notes) -> tuple[str, ...]:
    given = tuple(plain(entry["name"]) for entry in _entries(record, name, "name", notes))
    for value in given:
        if value not in known:
            notes.add(name, "giá trị không có trong danh mục", value, f"Dùng: {', '.join(known)}")
    return tuple(value for value in given if value in known)


def _by_channel(record: Record, name: str, notes: Notes) -> Iterator[tuple[Channel, Record]]:
    """The entries of `term` or `fee` with their channel; a bare value stands for every channel."""
    given = record.get(name)
    if given is None:
        return
    channels = _all_of(record, "channels", Channel.values, notes)
    told = given if isinstance(given, Mapping) else dict.fromkeys(channels, given)
    for channel, entries in told.items():
        if channel not in Channel.values:
            notes.add(name, "giá trị không có trong danh mục", channel, f"Dùng: {', '.join(Channel.values)}")
            continue
        for entry in entries if isinstance(entries, list) else [entries]:
            yield Channel(channel), entry if isinstance(entry, Mapping) else {"value": entry}


def _terms(record: Record, notes: Notes) -> Iterator[TermDraft]:
    for channel, entry in _by_channel(record, "term", notes):
        text = plain(entry.get("limit", entry.get("value")))
        amount, unit = term_parts(text, f"{channel.label}: {text}", notes)
        yield TermDraft(channel, text, amount, unit, plain(entry.get("case")), plain(entry.get("note")))


def _fees(record: Record, notes: Notes) -> Iterator[FeeDraft]:
    for channel, entry in _by_channel(record, "fee", notes):
        given = entry.get("amount", entry.get("value"))
        whole = isinstance(given, int) and 0 <= given < MOST
        if not whole:
            notes.add("fees", "không đọc được mức phí", f"{channel.label}: {given}", "Ghi số tiền bằng đồng")
        text = plain(entry.get("text")) or (_money(given) if whole else plain(given))
        amount = Decimal(given) if whole else None
        yield FeeDraft(channel, text, amount, plain(entry.get("kind")), plain(entry.get("case")))


def _money(amount: int) -> str:
    return f"{amount:,} đồng".replace(",", ".") if amount else "Miễn phí"


def _papers(record: Record, notes: Notes) -> Iterator[ComponentDraft]:
    for entry in _entries(record, "papers", "name", notes):
        told = {"originals": 1} if entry.keys() == {"name"} else entry
        yield ComponentDraft(
            plain(entry["name"]),
            case=plain(entry.get("case"))[:1000],
            code=plain(entry.get("code"))[:60],
            originals=_count(told.get("originals")),
            copies=_count(told.get("copies")),
            form=plain(entry.get("form"))[:500],
        )


def _results(record: Record, notes: Notes) -> Iterator[ResultDraft]:
    for entry in _entries(record, "results", "name", notes):
        yield ResultDraft(plain(entry["name"]), plain(entry.get("code"))[:60], bool(entry.get("paper", True)))


def _bases(record: Record, notes: Notes) -> Iterator[BasisDraft]:
    for entry in _entries(record, "bases", "number", notes):
        number = plain(entry["number"])[:120]
        yield BasisDraft(plain(entry.get("name")) or number, number)


def _entries(record: Record, name: str, key: str, notes: Notes) -> Iterator[Record]:
    """The entries of a list, a bare text standing for its `key`; anything else is noted."""
    given = record.get(name) or []
    for entry in given if isinstance(given, list) else [given]:
        told = entry if isinstance(entry, Mapping) else {key: entry}
        if plain(told.get(key)):
            yield told
        else:
            notes.add(name, "mục không có tên", entry, f"Ghi {key} của từng mục")


def _count(given: Any) -> int | None:
    return given if isinstance(given, int) and 0 <= given < 1000 else None
