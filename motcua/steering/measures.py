"""What the system counts for a unit and a year, by the name of the measure (số liệu hệ thống tự tính).

A target and a criterion name a measure: `others:<key>`, at province over all its units, `others:<key>@<kind>` over
those of one kind; `index:<code>`, `index:total`, `index:group-<code>` of the index 766; `tasks:…`; `reports:on-time`;
`books:<book>` and `books:<book>/<share>`; `registers:…` of the province; `declared:documents`, which units declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse

from motcua.catalogue.queries import NotFound
from motcua.catalogue.registers import counting
from motcua.catalogue.registers.models import Programme
from motcua.law import books as law_books
from motcua.law import following, indicators
from motcua.law.calendar import day
from motcua.law.following import Figures, Status
from motcua.law.indicators import BadCounts, round_half_up
from motcua.law.packs import NotInForce
from motcua.people.models import Unit, UnitKind
from motcua.scores import fresh
from motcua.scores.asked import Asked
from motcua.scores.others import queries as others
from motcua.scores.others.queries import Figure, Look
from motcua.scores.periods import BadPeriod, Period, Span
from motcua.scores.queries import Unscored

from . import counting as tasks_counted
from . import overview
from .books import queries as book_queries
from .models import PeriodReport, Task

if TYPE_CHECKING:
    from motcua.scores.queries import UnitIndex

TASKS = {
    "tasks:done": "nhiệm vụ của năm đã được xác nhận hoàn thành",
    "tasks:on-time": "nhiệm vụ của năm hoàn thành đúng hạn",
}
REPORTS = {"reports:on-time": "báo cáo định kỳ đã gửi đúng hạn"}
REGISTERS = {
    "registers:internal": "thủ tục nội bộ đã bãi bỏ, đơn giản hóa",
    "registers:internal-cost": "chi phí tuân thủ thủ tục nội bộ đã cắt giảm",
    "registers:delegation": "ngành, lĩnh vực đã thực hiện phân cấp",
}
DECLARED = {"declared:documents": "văn bản điện tử các đơn vị đã kê khai"}
_NOTHING = (BadPeriod, NotInForce, NotFound, Unscored, BadCounts, KeyError)


@dataclass(frozen=True, slots=True)
class Actual:
    """A figure: `n` of `d`, `d` None for an amount, `n` None while nothing is counted; the day it stands for, where it
    comes from, the page with its rows, and whether somebody declared it."""

    n: Fraction | None
    d: Fraction | None
    on: date
    origin: str
    url: str = ""
    declared: bool = False

    @property
    def value(self) -> Decimal | None:
        """In per cent to two decimals, or the amount; None of nothing."""
        if self.n is None or self.d == 0:
            return None
        return round_half_up(self.n if self.d is None else self.n * 100 / self.d, 2)


def known(measure: str, on: date) -> bool:
    """Whether there is such a measure on a day."""
    bare, _, level = measure.partition("@")
    if level and (level not in others.LEVELS or not bare.startswith("others:")):
        return False
    return bare in dict(offered(on))


def offered(on: date) -> Iterator[tuple[str, str]]:
    """Every measure on a day by its name, with what it counts."""
    from motcua.scores.others.measures import OTHERS

    yield from {**TASKS, **REPORTS, **REGISTERS, **DECLARED}.items()
    yield from ((f"others:{key}", other.name) for key, other in OTHERS.items() if not other.days)
    yield "index:total", "Điểm Bộ chỉ số 766"
    yield from ((f"index:group-{g.code}", f"Bộ chỉ số 766, nhóm {g.name_vi}") for g in indicators.groups(on))
    yield from (
        (f"index:{i.code}", f"Bộ chỉ số 766, {i.code}. {i.name_vi}") for i in indicators.catalogue(on)
    )
    for book in law_books.books(on).values():
        yield f"books:{book.key}", f"{book.name}: số {book.row}"
        yield from ((f"books:{book.key}/{s.key}", f"{book.name}: {s.label.lower()}") for s in book.shares)


class Measured:
    """What the system counts for one unit and year as of a moment, each source asked at most once."""

    def __init__(self, unit: Unit, year: int, at: datetime) -> None:
        self.unit, self.year, self.at = unit, year, at
        self.on = min(day(at), date(year, 12, 31))
        self._asked = Asked(Period(year, Span.YEAR, 1), at, at)
        self._looked: Look | None = None
        self._indexed: tuple[Asked, UnitIndex] | None = None
        self._units: list[Unit] = []
        self._documents: Mapping[int, Figure] | None = None
        self._programmes: dict[str, Programme] | None = None
        self._agencies: Sequence[counting.Agency] | None = None
        self._shares: dict[str, dict[str, tuple[int, int]]] = {}
        self._figures: Figures | None = None

    def actual(self, measure: str) -> Actual:
        """One measure; `n` None where nothing is counted yet, or there is no such measure."""
        kind, _, key = measure.partition(":")
        of: dict[str, Callable[[str], Actual]] = {
            "others": self._other,
            "index": self._index,
            "tasks": self._tasks,
            "reports": self._reports,
            "books": self._book,
            "registers": self._register,
            "declared": self._declared,
        }
        try:
            return of[kind](key)
        except _NOTHING:
            return Actual(None, None, self.on, "chưa có số liệu")

    @property
    def whole(self) -> bool:
        """Whether it is the province, which answers for all its units."""
        return self.unit.kind == UnitKind.PROVINCE

    def _other(self, key: str) -> Actual:
        name, _, level = key.partition("@")
        if self._looked is None:
            self._looked = others.look(self._asked)
            self._units = others.units(self._asked.window.last)
        if not self.whole:
            figure, where = self._looked.of(self.unit, name), self.unit.code
        else:
            units = [unit for unit in self._units if not level or unit.kind == level]
            figure, where = self._looked.of_level(units, name), f"cap-{level}" if level else ""
        exact = self._looked.asked.exact
        rows = reverse("other-rows", args=[name, where, "mau"]) if where else ""
        url = (rows or reverse("other-indicator", args=[name])) + exact
        return self._told(figure.n, figure.d, "hệ thống tính từ hồ sơ", url)

    def _index(self, code: str) -> Actual:
        if self._indexed is None:
            look = fresh.index(self._asked)
            self._indexed = look.asked, look.of(self.unit.code)
        asked, entry = self._indexed
        score, origin = entry.score, "Bộ chỉ số 766 của đơn vị"
        url = reverse("unit-index", args=[self.unit.code]) + asked.exact
        if code == "total":
            return self._told(Fraction(score.total), 100, origin, url)
        if code.startswith("group-"):
            group = next(g for g in indicators.groups(score.day) if f"group-{g.code}" == code)
            return self._told(Fraction(score.groups[group.code]), Fraction(group.max), origin, url)
        part = score.components[code]
        if part.n is None or part.d is None:
            return Actual(None, None, self.on, "chưa đo")
        url = reverse("index-rows", args=[self.unit.code, code, "d"]) + asked.exact
        return self._told(part.n, part.d, origin, url, declared=code in entry.declared)

    def _tasks(self, key: str) -> Actual:
        figures = self._figures = self._figures or self._of_year()
        n = figures.done if key == "done" else figures.of(Status.DONE)
        narrowed = {"o": "tat-ca", "nam": self.year, "ben_giao" if self.whole else "don_vi": self.unit.code}
        return self._told(
            n, figures.total, TASKS[f"tasks:{key}"], f"{reverse('tasks')}?{urlencode(narrowed)}"
        )

    def _of_year(self) -> Figures:
        """The tasks of the year: of the province those it gave, as they are kept of each unit."""
        tasks = Task.objects.filter(until__gte=date(self.year, 1, 1), until__lte=date(self.year, 12, 31))
        if not self.whole:
            return tasks_counted.figures(tasks.filter(lead=self.unit), self.on)
        name = f"year {self.year} {self.unit.pk}"
        return overview.of_all(name, tasks.filter(giver=self.unit), self.on).whole

    def _reports(self, key: str) -> Actual:
        """The reports of the year that were to be sent by the day, and those sent in time."""
        periods = following.report_periods(self.year)
        dues = {each.code: each.due if self.whole else following.internal_due(each) for each in periods}
        owed = {code: due for code, due in dues.items() if due <= self.on}
        sent = PeriodReport.objects.filter(kind=PeriodReport.Kind.TASKS, unit=self.unit, period__in=owed)
        in_time = sum(day(at) <= owed[code] for code, at in sent.values_list("period", "at"))
        url = f"{reverse('steering-reports')}?{urlencode({'nam': self.year, 'don_vi': self.unit.code})}"
        return self._told(in_time, len(owed), REPORTS[f"reports:{key}"], url)

    def _book(self, key: str) -> Actual:
        name, _, share = key.partition("/")
        book = law_books.books(self.on)[name]
        unit, year = (None if self.whole else self.unit), (self.year if book.year else None)
        narrowed: dict[str, Any] = {"nam": self.year} if year else {}
        narrowed |= {} if self.whole else {"don_vi": self.unit.code}
        if not share:
            n = book_queries.of(book, unit, year).count()
            return self._told(
                n, None, f"sổ {book.name}", f"{reverse('book', args=[name])}?{urlencode(narrowed)}"
            )
        if name not in self._shares:
            told = book_queries.shares(book, unit, year)
            self._shares[name] = {each.key: (n, d) for each, n, d in told}
        url = f"{reverse('book-share', args=[name, share, 'd'])}?{urlencode(narrowed)}"
        return self._told(*self._shares[name][share], f"sổ {book.name}", url)

    def _register(self, key: str) -> Actual:
        """Of the newest programme: the province's, or the part of the agency of that name."""
        origin = REGISTERS[f"registers:{key}"]
        if key == "delegation":
            n, d = counting.sectors(self._programme("phan-cap"), self.on)
            return self._told(n, d, origin, reverse("delegation-register"))
        programme, url = self._programme("noi-bo"), reverse("internal-register")
        if self._agencies is None:
            self._agencies = counting.agencies(programme, self.on)
        found = counting.total([each for each in self._agencies if self.whole or each.name == self.unit.name])
        if key == "internal-cost":
            return self._told(Fraction(found.before - found.executed), Fraction(found.before), origin, url)
        base = programme.base if self.whole and programme.base else found.numbers[""]
        return self._told(found.numbers["don-gian-xong"], base, origin, url)

    def _programme(self, register: str) -> Programme:
        """Raises KeyError where there is none."""
        if self._programmes is None:
            self._programmes = counting.newest()
        return self._programmes[register]

    def _declared(self, key: str) -> Actual:
        if self._documents is None:
            self._documents = others.documents(self._asked)
        own = self._documents.values() if self.whole else [self._documents.get(self.unit.pk, Figure(0, 0))]
        n, d = sum(each.n for each in own), sum(each.d for each in own)
        return self._told(n, d, DECLARED[f"declared:{key}"], declared=True)

    def _told(
        self,
        n: int | Fraction,
        d: int | Fraction | None,
        origin: str,
        url: str = "",
        *,
        declared: bool = False,
    ) -> Actual:
        """A figure; of nothing at all it says so."""
        said = "chưa phát sinh" if d == 0 else origin
        return Actual(Fraction(n), None if d is None else Fraction(d), self.on, said, url, declared)
