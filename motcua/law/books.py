"""The books a province keeps beside its tasks, each described as data (các sổ theo dõi của phòng điều hành).

A book is fields, states an entry goes through, a deadline, a rule for what lies idle, and shares worked out from its
entries; the pack `books` has them all. One mechanism keeps every one of them: a new book is a new description.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, ClassVar

from . import facts as law_facts
from . import packs
from .facts import Fact, Refused
from .indicators import round_half_up

SUBJECT = "books"
STREAM = "so"
SOURCE = "Chế độ theo dõi của tỉnh"
LONGEST = 4000
LARGEST = 10**15
_WHOLE = re.compile(r"[0-9]+|[1-9][0-9]{0,2}(\.[0-9]{3})+")


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    LONG = "long"
    DAY = "day"
    COUNT = "count"
    MONEY = "money"
    CHOICE = "choice"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a book (trường thông tin); `listed` ones are columns of its list."""

    key: str
    label: str
    kind: Kind = Kind.TEXT
    required: bool = False
    listed: bool = False
    choices: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A state of an entry (tình trạng); `needs` are fields to be filled by then, `closes` ends what is owed."""

    key: str
    label: str
    needs: tuple[str, ...] = ()
    closes: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """A share worked out from the entries (tỷ lệ): those that fit `n` among those that fit `d`."""

    key: str
    label: str
    n: Mapping[str, Any]
    d: Mapping[str, Any]
    target: int = 0


@dataclass(frozen=True, slots=True)
class Book:
    """A book (sổ). `row` is what an entry is called; `due` the field that holds its deadline; `since` the one an
    entry is idle from after `idle_months`; `year` the one whose day puts an entry in a year."""

    key: str
    name: str
    row: str
    about: str
    fields: tuple[Field, ...]
    states: tuple[State, ...] = ()
    due: str = ""
    since: str = ""
    idle_months: int = 0
    year: str = ""
    shares: tuple[Share, ...] = ()

    def field(self, key: str) -> Field | None:
        return next((field for field in self.fields if field.key == key), None)

    def state(self, key: str) -> State | None:
        return next((state for state in self.states if state.key == key), None)

    @property
    def first(self) -> str:
        return self.states[0].key if self.states else ""


class BadEntry(ValueError):
    """Values that cannot be kept: `problems` by the key of the field, each with its remedy."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{key}: {problem}" for key, problem in problems.items()))
        self.problems = problems


@dataclass(frozen=True, kw_only=True, slots=True)
class BookFact(Fact):
    """Something that was done to an entry of a book."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryMade(BookFact):
    """Ghi một mục vào sổ `book` của đơn vị `unit`."""

    label: ClassVar[str] = "Ghi vào sổ"
    book: str
    unit: str
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryChanged(BookFact):
    """Sửa một mục: `values` là những trường có giá trị mới, `before` giá trị trước đó."""

    label: ClassVar[str] = "Sửa nội dung"
    values: Mapping[str, Any]
    before: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryMoved(BookFact):
    """Chuyển tình trạng của một mục sang `state`, từ ngày `on`."""

    label: ClassVar[str] = "Chuyển tình trạng"
    state: str
    on: str
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryStruck(BookFact):
    """Gạch một mục ghi nhầm, có lý do; mục vẫn còn trong nhật ký."""

    label: ClassVar[str] = "Gạch mục ghi nhầm"
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryEvidenced(BookFact):
    """Đính kèm minh chứng cho một mục: tên tệp và SHA-256 của nội dung."""

    label: ClassVar[str] = "Đính kèm minh chứng"
    name: str
    digest: str


KINDS: dict[str, type[Fact]] = {kind.__name__: kind for kind in BookFact.__subclasses__()}
law_facts.enlist(KINDS)


def books(on: date) -> Mapping[str, Book]:
    """The books kept on a day, by key, in their order."""
    told: Sequence[Mapping[str, Any]] = packs.on(SUBJECT, on)["books"]
    return {each["key"]: _book(each) for each in told}


def clean(book: Book, said: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an entry as they are kept: days ISO text, counts and money whole numbers. Raises BadEntry."""
    kept, problems = dict[str, Any](), dict[str, str]()
    for field in book.fields:
        try:
            value = _value(field, said.get(field.key))
        except ValueError as wrong:
            problems[field.key] = str(wrong)
            continue
        if value is None and field.required:
            problems[field.key] = f"Hãy ghi {field.label.lower()}"
        elif value is not None:
            kept[field.key] = value
    if problems:
        raise BadEntry(problems)
    return kept


def move(book: Book, now: str, to: str, values: Mapping[str, Any]) -> None:
    """Raise Refused when an entry may not go to a state: the same one, one there is not, or fields still empty."""
    state = book.state(to)
    if state is None:
        raise Refused("Sổ này không có tình trạng ấy", SOURCE)
    if to == now:
        raise Refused(f"Mục này đang ở tình trạng “{state.label}”", SOURCE)
    missing = [field.label for field in book.fields if field.key in state.needs and field.key not in values]
    if missing:
        raise Refused(f"Trước khi chuyển sang “{state.label}”, hãy ghi: {', '.join(missing)}", SOURCE)


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as its facts have it: its values, its state, whether it was struck as a mistake."""

    values: Mapping[str, Any]
    state: str = ""
    struck: bool = False


def fold(book: Book, facts: Iterable[Fact]) -> Written:
    """The entry after its facts; a field changed to nothing is gone."""
    values, state, struck = dict[str, Any](), book.first, False
    for fact in facts:
        match fact:
            case EntryMade() | EntryChanged():
                values |= fact.values
            case EntryMoved():
                state = fact.state
            case EntryStruck():
                struck = True
    return Written({key: value for key, value in values.items() if value is not None}, state, struck)


def fits(entry: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    """Whether an entry fits what is asked: for each field a value, a list of them, or `present`, `absent`.

    `state` is a field too; `{at_least: other}` compares two numbers of the entry.
    """
    return all(_fits(entry, key, wanted) for key, wanted in asked.items())


def marks(book: Book, entry: Mapping[str, Any]) -> list[str]:
    """The shares an entry counts in: "<share>:d" within its whole, "<share>:n" among those that fit as well."""
    found = []
    for share in book.shares:
        if fits(entry, share.d):
            found += [f"{share.key}:d"] + [f"{share.key}:n"] * fits(entry, share.n)
    return found


def shares(book: Book, marked: Iterable[tuple[Sequence[str], int]]) -> list[tuple[Share, int, int]]:
    """Each share with its numerator and denominator, from how many entries have the same marks."""
    counted = Counter[str]()
    for names, number in marked:
        counted.update(dict.fromkeys(names, number))
    return [(share, counted[f"{share.key}:n"], counted[f"{share.key}:d"]) for share in book.shares]


def percent(n: int, d: int) -> Decimal | None:
    """A share in per cent to two decimals, None of nothing."""
    return round_half_up(Fraction(n * 100, d), 2) if d else None


def idle_since(book: Book, today: date) -> date | None:
    """Entries whose `since` lies before this day lie idle; None where a book has no such rule."""
    if not book.idle_months:
        return None
    months = today.year * 12 + today.month - 1 - book.idle_months
    year, month = divmod(months, 12)
    return date(year, month + 1, min(today.day, 28))


def _fits(entry: Mapping[str, Any], key: str, wanted: Any) -> bool:
    value = entry.get(key)
    if wanted in ("present", "absent"):
        return (value not in (None, "")) is (wanted == "present")
    if isinstance(wanted, Mapping):
        other = entry.get(wanted["at_least"])
        return value is not None and other is not None and bool(value >= other)
    return value in wanted if isinstance(wanted, list | tuple) else bool(value == wanted)


def _value(field: Field, said: Any) -> Any:
    """One value as it is kept, None when nothing was said. Raises ValueError with the remedy."""
    text = said.isoformat() if isinstance(said, date) else str(said if said is not None else "").strip()
    if field.kind is Kind.YES:
        return text.casefold() in ("true", "1", "có", "x", "on", "co") if text else None
    if not text:
        return None
    if len(text) > LONGEST:
        raise ValueError(f"{field.label} dài quá {LONGEST} ký tự")
    if field.kind is Kind.DAY:
        return _day(field, text)
    if field.kind in (Kind.COUNT, Kind.MONEY):
        return _whole(field, text)
    if field.kind is Kind.CHOICE:
        found = next((choice for choice in field.choices if choice.casefold() == text.casefold()), None)
        if found is None:
            raise ValueError(f"{field.label} phải là một trong: {', '.join(field.choices)}")
        return found
    return text


def _day(field: Field, text: str) -> str:
    day, month, year = (*text.split("/"), "", "")[:3] if "/" in text else ("", "", "")
    try:
        found = date(int(year), int(month), int(day)) if year else date.fromisoformat(text[:10])
    except (ValueError, OverflowError):
        raise ValueError(f"{field.label} phải là ngày, ví dụ 05/11/2026") from None
    return found.isoformat()


def _whole(field: Field, text: str) -> int:
    """A whole number as people write it, 1.500 or 1 500, and as a spreadsheet does, 1500.0."""
    bare = text.removesuffix(".0").replace(" ", "")
    if not _WHOLE.fullmatch(bare) or (found := int(bare.replace(".", ""))) > LARGEST:
        raise ValueError(f"{field.label} phải là số nguyên từ 0 trở lên, ví dụ 1500")
    return found


def _book(told: Mapping[str, Any]) -> Book:
    fields = tuple(Field(**{**each, "kind": Kind(each.get("kind", "text"))}) for each in told["fields"])
    states = tuple(State(**each) for each in told.get("states", ()))
    shares_ = tuple(Share(**each) for each in told.get("shares", ()))
    plain = {name: value for name, value in told.items() if name not in ("fields", "states", "shares")}
    return Book(**plain, fields=fields, states=states, shares=shares_)
