"""Terms, fees and papers of a procedure in words: as the law writes them, or as announced where they were not read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from motcua.law.limits import TimeLimit, UnreadLimit
from motcua.ui.templatetags import ui

from . import queries
from .models import Channel, Component, Fee, Level, Term, Version

NOTHING = ("", "Không có thông tin")
FREE = "Miễn phí"
# đồng; less was meant in thousands, so it is told as announced and never as an amount
SMALLEST = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """A term or a fee in words; `unread` says what could not be read of it, and then `text` is as announced."""

    text: str
    note: str = ""
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to hand in: a channel, and the case where the channel has several."""

    channel: str
    case: str
    term: Told
    fees: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A component of a dossier; without an amount it is a remark that was announced among the papers."""

    name: str
    amount: str
    form: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """The papers of one case (trường hợp), "" where none was told."""

    case: str
    papers: tuple[Paper, ...]
    remarks: tuple[Paper, ...]


def limit(term: Term) -> TimeLimit | None:
    """The term as the clock counts it, None when it cannot."""
    try:
        return queries.limit_of(term)
    except UnreadLimit:
        return None


def term(given: Term) -> Told:
    """The term as the law writes it, "5 ngày làm việc"; else what was announced."""
    note = "" if given.case else given.note
    if found := limit(given):
        return Told(str(found), note)
    text = given.text.strip()
    if text in NOTHING:
        return Told("Chưa công bố", note, "chưa có thời hạn")
    return Told(text, note, "chưa rõ đơn vị" if given.amount and not given.unit else "nguyên văn")


def fee(given: Fee) -> Told:
    """The fee in đồng with the remark announced beside it; else what was announced."""
    said, _, remark = " ".join(given.text.split()).partition("(")
    note = remark.strip().removesuffix(")").strip()
    name = given.get_kind_display() if given.kind else ""
    if known(given):
        amount = ui.money(given.amount or 0, FREE)
        return Told(f"{name} {amount}" if name and given.amount else amount, note)
    if said.strip() in NOTHING:
        return Told("Chưa công bố", note, "chưa có mức phí")
    return Told(said.strip(), note, "nguyên văn")


def known(given: Fee) -> bool:
    """Whether the amount was read and may be told as money."""
    return given.amount is not None and not 0 < given.amount < SMALLEST


def ways(version: Version) -> list[Way]:
    """Every channel and case with its term and fees, in the order announced."""
    parts: list[Term | Fee] = [*version.terms.all(), *version.fees.all()]
    pairs = dict.fromkeys((part.channel, part.case) for part in parts)
    return [_way(version, channel, case) for channel, case in pairs]


def _way(version: Version, channel: str, case: str) -> Way:
    named = [given for given in queries.terms_for(version, channel) if given.case == case]
    told = term(named[0]) if named else Told("Chưa công bố", unread="chưa có thời hạn")
    fees = tuple(fee(given) for given in queries.fees_for(version, channel, case))
    return Way(Channel(channel).label, plain(case), told, fees)


def term_in_short(version: Version) -> str:
    """The terms of all channels and cases in a few words."""
    terms = list(version.terms.all())
    limits = list(dict.fromkeys(found for given in terms if (found := limit(given))))
    if not limits:
        return "Chưa rõ thời hạn"
    return _between(limits) if len(limits) > 1 else str(limits[0])


def _between(limits: Sequence[TimeLimit]) -> str:
    if len({found.unit for found in limits}) > 1:
        return " hoặc ".join(map(str, limits)) if len(limits) == 2 else f"{len(limits)} mức thời hạn"
    least, most = (pick(limits, key=lambda found: found.amount) for pick in (min, max))
    return f"{str(least).removesuffix(least.unit).strip()} đến {most}"


def fee_in_short(version: Version) -> str:
    """The fees of all channels and cases in a few words."""
    fees = list(version.fees.all())
    amounts = sorted({given.amount or Decimal(0) for given in fees if known(given)})
    if not amounts:
        return "Chưa rõ phí"
    least, most = (_together(ui.money(amount, FREE)) for amount in (amounts[0], amounts[-1]))
    told = least if least == most else f"{least} đến {most}"
    return told if all(known(given) for given in fees) else f"{told}, có mức chưa rõ"


def _together(text: str) -> str:
    """A figure that no line break parts from its unit."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def levels(version: Version) -> str:
    """Who carries it out: "Cấp tỉnh, cấp xã"."""
    labels = [Level(level).label for level in version.levels if level in Level.values]
    return ", ".join(labels[:1] + [label[:1].lower() + label[1:] for label in labels[1:]])


def standing(version: Version, day: date) -> str:
    """What to know of a text that is not in force on `day`, "" for one that is."""
    if version.valid_from > day:
        return f"Có hiệu lực từ {version.valid_from:%d/%m/%Y}"
    if version.valid_to and version.valid_to <= day:
        return f"Hết hiệu lực từ {version.valid_to:%d/%m/%Y}"
    return ""


def bundles(components: Iterable[Component]) -> list[Bundle]:
    """The papers by case, those without a case first; what has no amount stands apart as a remark.

    Where no amount at all was announced, every line may be a paper.
    """
    cases: dict[str, list[Paper]] = {"": []}
    for component in components:
        paper = Paper(plain(component.name), _amount(component), component.form)
        cases.setdefault(plain(component.case), []).append(paper)
    counted = any(paper.amount for papers in cases.values() for paper in papers)
    found = [_bundle(case, papers, counted) for case, papers in cases.items() if papers]
    return sorted(found, key=lambda bundle: not bundle.papers)


def _bundle(case: str, listed: Sequence[Paper], counted: bool) -> Bundle:
    papers = tuple(paper for paper in listed if paper.amount or not counted)
    return Bundle(case, papers, tuple(paper for paper in listed if paper not in papers))


def _amount(component: Component) -> str:
    counts = ((component.originals, "bản chính"), (component.copies, "bản sao"))
    return ", ".join(f"{count} {word}" for count, word in counts if count)


def plain(text: str) -> str:
    """A line without the mark of its list."""
    return " ".join(text.split()).lstrip("-+*•– ").rstrip(" ;")


def clipped(text: str, length: int = 140) -> str:
    """A text on one line, cut at a word when it is long."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length].rsplit(' ', 1)[0].rstrip(' ,;')}…"
