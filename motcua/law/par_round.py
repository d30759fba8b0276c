"""A round of the index of administrative reform: who does what until it is published (đợt chấm Chỉ số CCHC).

The stages follow each other and never go back: units declare and submit, the owners of the fields review, units
explain, a second review, the council, publication. Facts of streams of their own: `cchc/<round>` for the round,
`cchc/<round>/<unit>` for the sheet of a unit. Days are ISO text; numbers are text, so that a half stays a half.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar

from . import facts as law_facts
from . import par
from .facts import Fact, Refused
from .par import Answer, CriteriaSet, Criterion, Points

STREAM = "cchc"
SOURCE = "Quy chế đánh giá, xếp hạng Chỉ số cải cách hành chính của tỉnh"


class Stage(StrEnum):
    """Where a round is (giai đoạn của đợt)."""

    PREPARED = "soan"
    SELF = "tu-cham"
    REVIEW = "ra-soat"
    EXPLAIN = "giai-trinh"
    SECOND = "ra-soat-lai"
    COUNCIL = "hoi-dong"
    PUBLISHED = "cong-bo"


ORDER = tuple(Stage)
LABELS: Mapping[Stage, str] = {
    Stage.PREPARED: "Soạn đợt",
    Stage.SELF: "Đơn vị tự chấm",
    Stage.REVIEW: "Rà soát lần 1",
    Stage.EXPLAIN: "Đơn vị giải trình",
    Stage.SECOND: "Rà soát lần 2",
    Stage.COUNCIL: "Hội đồng thẩm định",
    Stage.PUBLISHED: "Đã công bố",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ParFact(Fact):
    """Something that happened in a round, or to the sheet of a unit in it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundOpened(ParFact):
    """Mở đợt đánh giá năm `year` theo bộ tiêu chí `decision` cho `units`; `closes` ngày cuối mỗi giai đoạn."""

    label: ClassVar[str] = "Mở đợt đánh giá"
    decision: str
    year: int
    units: tuple[str, ...]
    closes: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class StageBegun(ParFact):
    """Chuyển đợt sang giai đoạn `stage`; công bố ghi số quyết định."""

    label: ClassVar[str] = "Chuyển giai đoạn"
    stage: str
    decision: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared(ParFact):
    """Kê khai số liệu một tiêu chí, kèm tài liệu kiểm chứng; `late` sau ngày cuối tự chấm.

    `measured` giữ số liệu hệ thống tính lúc ấy (n, d, on, origin, url); `computed`: số kê khai chính là số ấy,
    `why` lý do khi khác.
    `survey` is the number of the survey it was counted in, whose result nobody declares or reviews anew.
    """

    label: ClassVar[str] = "Kê khai số liệu"
    criterion: str
    choice: str = ""
    n: str = ""
    d: str = ""
    votes: Mapping[str, int] = field(default_factory=dict)
    evidence: str = ""
    computed: bool = False
    late: bool = False
    measured: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    survey: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetSubmitted(ParFact):
    """Nộp bản tự chấm; từ đó đơn vị không sửa được nữa."""

    label: ClassVar[str] = "Nộp bản tự chấm"
    late: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CriterionReviewed(ParFact):
    """Rà soát một tiêu chí: điểm và nhận xét của cơ quan thẩm định, lần `turn`."""

    label: ClassVar[str] = "Rà soát điểm"
    criterion: str
    turn: int
    points: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CriterionExplained(ParFact):
    """Giải trình của đơn vị về điểm đã rà soát."""

    label: ClassVar[str] = "Giải trình"
    criterion: str
    text: str
    evidence: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CriterionSettled(ParFact):
    """Hội đồng thẩm định kết luận điểm một tiêu chí."""

    label: ClassVar[str] = "Hội đồng kết luận"
    criterion: str
    points: str
    reason: str


KINDS: dict[str, type[Fact]] = {cls.__name__: cls for cls in ParFact.__subclasses__()}
law_facts.enlist(KINDS)

# In which stages a unit's sheet may be written to, and by what.
_WHEN: Mapping[type[Fact], frozenset[Stage]] = {
    Declared: frozenset({Stage.SELF}),
    SheetSubmitted: frozenset({Stage.SELF}),
    CriterionReviewed: frozenset({Stage.REVIEW, Stage.SECOND}),
    CriterionExplained: frozenset({Stage.EXPLAIN}),
    CriterionSettled: frozenset({Stage.COUNCIL}),
}
# A survey runs beside the scoring, so what it counted comes in until the round is published.
_SURVEYED = frozenset(ORDER[1:-1])


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion on a sheet: what was declared, and the points each stage gave it (None: none yet)."""

    declared: Declared | None = None
    own: Points | None = None
    first: CriterionReviewed | None = None
    explained: CriterionExplained | None = None
    second: CriterionReviewed | None = None
    settled: CriterionSettled | None = None

    @property
    def last(self) -> str | None:
        """The points given last by somebody other than the unit, as text; no review stands beside a survey's result."""
        surveyed = self.declared is not None and bool(self.declared.survey)
        given = self.settled or (None if surveyed else self.second or self.first)
        return given.points if given else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A unit's sheet as its facts have it (phiếu chấm của một đơn vị)."""

    lines: Mapping[str, Line] = field(default_factory=dict)
    submitted: SheetSubmitted | None = None

    def line(self, criterion: str) -> Line:
        return self.lines.get(criterion, Line())

    def points(self, criterion: Criterion) -> Points:
        """What the criterion stands at: the points given last, before that what the unit's own figures earn.

        Points bring back one the unit said does not apply: its own word takes nothing out of the whole for good.
        """
        line = self.line(criterion.code)
        if line.last is None:
            return line.own or Points(None, criterion.max)
        return Points(Fraction(line.last), criterion.max)

    def result(self, criteria: CriteriaSet) -> par.Result:
        """The index of the unit as it stands."""
        return criteria.total({c.code: self.points(c) for c in criteria.leaves})


def answer(declared: Declared) -> Answer:
    """A declaration as the criteria read it."""
    n, d = (Fraction(text) if text else None for text in (declared.n, declared.d))
    return Answer(declared.choice, n, d, declared.votes)


def counted(declared: Declared, criterion: Criterion) -> Answer | None:
    """What the system's own figure answered when it was declared; None where it counted nothing."""
    n, d = (Fraction(text) if (text := declared.measured.get(name)) else None for name in ("n", "d"))
    return None if n is None else par.answer_from(criterion, n, d)


def fold(facts: Iterable[Fact], criteria: CriteriaSet) -> Sheet:
    """The sheet after its facts, oldest first."""
    lines: dict[str, Line] = {}
    submitted = None
    for fact in facts:
        if isinstance(fact, SheetSubmitted):
            submitted = fact
        elif isinstance(fact, ParFact) and hasattr(fact, "criterion"):
            lines[fact.criterion] = _line(lines.get(fact.criterion, Line()), fact, criteria)
    return Sheet(lines, submitted)


def stage(facts: Iterable[Fact]) -> Stage:
    """Where a round is after its facts."""
    found = Stage.PREPARED
    for fact in facts:
        if isinstance(fact, StageBegun):
            found = Stage(fact.stage)
    return found


def next_stage(now: Stage) -> Stage:
    """The stage after one. Raises Refused after the last."""
    if now is ORDER[-1]:
        raise Refused("Đợt này đã công bố, không còn giai đoạn nào", SOURCE)
    return ORDER[ORDER.index(now) + 1]


def allow(now: Stage, sheet: Sheet, criteria: CriteriaSet, fact: ParFact) -> None:
    """Raise Refused for what may not be written on a sheet now, BadAnswer for what cannot be scored."""
    stages = _SURVEYED if getattr(fact, "survey", "") else _WHEN[type(fact)]
    if now not in stages:
        when = " hoặc ".join(f"“{LABELS[stage]}”" for stage in ORDER if stage in stages)
        raise Refused(f"Đợt đang ở “{LABELS[now]}”, chỉ {fact.label.lower()} khi đợt ở {when}", SOURCE)
    criterion = criteria.criteria.get(getattr(fact, "criterion", ""))
    declared = sheet.line(criterion.code).declared if criterion else None
    if declared and declared.survey and isinstance(fact, Declared | CriterionReviewed):
        raise Refused(f"Tiêu chí {declared.criterion} đã có kết quả điều tra, đã khóa", SOURCE)
    own = isinstance(fact, Declared | SheetSubmitted) and not (criterion and criterion.surveyed)
    if own and sheet.submitted:
        raise Refused("Đơn vị đã nộp bản tự chấm nên không sửa được nữa", SOURCE)
    if isinstance(fact, SheetSubmitted):
        _complete(sheet, criteria)
    elif criterion is None or not criterion.leaf:
        raise Refused("Bộ tiêu chí không có tiêu chí chấm điểm này", SOURCE)
    elif isinstance(fact, Declared):
        par.points_of(criterion, answer(fact))
        _explained(criterion, fact)
    elif isinstance(fact, CriterionReviewed | CriterionSettled):
        _within(criterion, fact)


def _line(line: Line, fact: ParFact, criteria: CriteriaSet) -> Line:
    told = {
        Declared: "declared",
        CriterionExplained: "explained",
        CriterionSettled: "settled",
    }.get(type(fact), "")
    if isinstance(fact, CriterionReviewed):
        told = "first" if fact.turn == 1 else "second"
    found = {name: getattr(line, name) for name in Line.__slots__} | {told: fact}
    if isinstance(fact, Declared):
        found["own"] = par.points_of(criteria.criteria[fact.criterion], answer(fact))
    return Line(**found)


def _complete(sheet: Sheet, criteria: CriteriaSet) -> None:
    missing = [
        c.code for c in criteria.leaves if not c.surveyed and not c.extra and not sheet.line(c.code).declared
    ]
    if missing:
        some = ", ".join(missing[:8]) + (f" và {len(missing) - 8} tiêu chí khác" if len(missing) > 8 else "")
        raise Refused(
            f"Còn {len(missing)} tiêu chí chưa kê khai: {some}. Không có số liệu thì chọn Không áp dụng",
            SOURCE,
        )
    surveyed = {c.code for c in criteria.leaves if c.surveyed}  # its votes are not the unit's to prove
    bare = [code for code, line in sheet.lines.items() if code not in surveyed and _unproved(line)]
    if bare:
        raise Refused(f"Chưa có tài liệu kiểm chứng cho: {', '.join(sorted(bare)[:8])}", SOURCE)


def _explained(criterion: Criterion, fact: Declared) -> None:
    """Another figure than the system counted needs a reason."""
    own = counted(fact, criterion)
    if own is not None and not fact.computed and not fact.why.strip():
        raise Refused(
            f"Tiêu chí {criterion.code}: số kê khai khác số liệu hệ thống thì phải ghi lý do", SOURCE
        )


def _unproved(line: Line) -> bool:
    """Points without anything that shows them; what the system counted shows itself."""
    if line.declared is None:
        return False
    earned = bool(line.own and line.own.points)
    return earned and not line.declared.evidence.strip() and not line.declared.computed


def _within(criterion: Criterion, fact: CriterionReviewed | CriterionSettled) -> None:
    points = Fraction(fact.points)
    least = -criterion.bound if criterion.extra and criterion.penal else Fraction(0)
    most = Fraction(0) if criterion.penal else criterion.bound
    if not least <= points <= most:
        raise Refused(
            f"Điểm tiêu chí {criterion.code} phải từ {par.plain(least)} đến {par.plain(most)}", SOURCE
        )
