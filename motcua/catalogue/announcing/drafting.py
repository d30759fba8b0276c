"""Drafting a decision: its head, its procedures typed or read from a table (soạn quyết định công bố).

Parts of acts, inside the act's transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.db.models import Max

from motcua.law import announcing
from motcua.law.facts import Refused

from ..reading import decisions
from ..reading.decisions import ItemDraft
from ..reading.drafts import Found
from ..words import words
from . import queries
from .instruments import SOURCE
from .models import Announced, Announcement, Change, Instrument, Tier


@dataclass(frozen=True, slots=True)
class Head:
    """What a decision says of itself; number and day of signing may wait until it is signed."""

    title: str
    agency: str
    effective_on: date
    number: str = ""
    decided_on: date | None = None
    signer: str = ""
    tier: str = Tier.PROVINCE
    instruments: Sequence[Instrument] = ()


@dataclass
class Taken:
    """What an import of a table took, or why it took nothing (kết quả nhập danh mục)."""

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    found: list[Found] = field(default_factory=list)


def head(draft: Announcement | None, told: Head, *, by: str, at: datetime) -> Announcement:
    """Begin a decision, or change the head of a draft. Raises Refused for a number taken, or a day no rule reaches."""
    if not told.title.strip() or not told.agency.strip():
        raise Refused("Quyết định phải có trích yếu và cơ quan ban hành", SOURCE)
    if queries.known(announcing.announce_by, told.effective_on, told.tier) is None:
        raise Refused(f"Không có quy định công bố cho ngày có hiệu lực {told.effective_on:%d/%m/%Y}", SOURCE)
    if told.decided_on and queries.known(announcing.publish_by, told.decided_on, told.tier) is None:
        raise Refused(f"Không có quy định công khai cho ngày ký {told.decided_on:%d/%m/%Y}", SOURCE)
    same = Announcement.objects.filter(number=told.number.strip(), agency=told.agency.strip())
    others = same.exclude(pk=draft.pk) if draft else same
    if told.number.strip() and others.exists():
        raise Refused(f"Quyết định {told.number} của {told.agency} đã có trong sổ", SOURCE)
    kept = draft or Announcement(drafted_at=at, drafted_by=by)
    for name in ("title", "agency", "effective_on", "number", "decided_on", "signer", "tier"):
        value = getattr(told, name)
        setattr(kept, name, value.strip() if isinstance(value, str) else value)
    kept.save()
    kept.instruments.set(told.instruments)
    return kept


def open_draft(announcement: Announcement) -> Announcement:
    """The draft, locked. Raises Refused once it was issued."""
    held = Announcement.objects.select_for_update().get(pk=announcement.pk)
    if held.issued:
        raise Refused(f"Quyết định {held} đã ban hành, không sửa được; hãy soạn quyết định mới", SOURCE)
    return held


def put(draft: Announcement, item: ItemDraft) -> Announced:
    """Add one procedure, or say anew what the decision does to it. Raises Refused for an unknown instrument."""
    instrument = _instruments([item]).get(_key(item.instrument)) if item.instrument else None
    if item.instrument and instrument is None:
        raise Refused(f"Sổ văn bản không có {item.instrument}; hãy ghi văn bản vào sổ trước", SOURCE)
    last = draft.items.aggregate(last=Max("position"))["last"] or 0
    kept = draft.items.filter(code=item.code).first() or Announced(announcement=draft, position=last + 1)
    _say(kept, item, instrument)
    kept.save()
    return kept


def take(draft: Announcement, path: Path) -> Taken:
    """Read the table of a decision: all of it, or nothing where one row cannot be taken. Raises WrongFile."""
    taken, drafts = Taken(), list[ItemDraft]()
    for read in decisions.items(path):
        taken.read += 1
        taken.found += read.found
        drafts += [read.draft] if read.draft else []
    known = _instruments(drafts)
    taken.found += [*_twice(drafts), *_unknown(drafts, known)]
    if not taken.found:
        _replace(draft, drafts, known, taken)
        with path.open("rb") as file:
            draft.digest = hashlib.file_digest(file, "sha256").hexdigest()
        draft.save(update_fields=["digest"])
    return taken


def _replace(
    draft: Announcement, drafts: Sequence[ItemDraft], known: dict[str, Instrument], taken: Taken
) -> None:
    """The table is the whole list: what it does not name any more goes."""
    standing = {item.code: item for item in draft.items.all()}
    draft.items.exclude(code__in=[item.code for item in drafts]).delete()
    for position, item in enumerate(drafts, start=1):
        kept = standing.get(item.code)
        row = Announced(announcement=draft)
        _say(row, item, known.get(_key(item.instrument)))
        row.position = position
        if kept and _same(kept, row):
            taken.unchanged += 1
            continue
        taken.changed += kept is not None
        taken.added += kept is None
        row.pk = kept.pk if kept else None
        row.save()


def _say(row: Announced, item: ItemDraft, instrument: Instrument | None) -> None:
    row.kind, row.code, row.title = Change(item.kind), item.code, item.title
    row.changed, row.replaces, row.given = item.changed, item.replaces, dict(item.given)
    row.instrument = instrument


def _same(old: Announced, new: Announced) -> bool:
    names = ("position", "kind", "code", "title", "changed", "replaces", "given", "instrument_id")
    return all(getattr(old, name) == getattr(new, name) for name in names)


def _key(number: str) -> str:
    return " ".join(words(number))


def _instruments(drafts: Iterable[ItemDraft]) -> dict[str, Instrument]:
    """The instruments the rows name, by number or by another name, told with or without accents."""
    wanted = {_key(item.instrument) for item in drafts if item.instrument}
    found: dict[str, Instrument] = {}
    if wanted:
        for instrument in Instrument.objects.order_by("issued_on"):
            for name in (instrument.number, *instrument.aliases):
                if _key(name) in wanted:
                    found[_key(name)] = instrument
    return found


def _twice(drafts: Iterable[ItemDraft]) -> Iterable[Found]:
    seen: dict[str, int] = {}
    for item in drafts:
        if first := seen.setdefault(item.code, item.row) != item.row and seen[item.code]:
            problem = f"mã thủ tục lặp lại dòng {first}"
            yield Found(item.row, item.code, "ma_tthc", problem, item.title, "Bỏ dòng thừa")


def _unknown(drafts: Iterable[ItemDraft], known: dict[str, Instrument]) -> Iterable[Found]:
    for item in drafts:
        if item.instrument and _key(item.instrument) not in known:
            remedy = "Ghi văn bản vào sổ văn bản trước, hoặc sửa số văn bản"
            yield Found(item.row, item.code, "van_ban", "sổ văn bản không có số này", item.instrument, remedy)
