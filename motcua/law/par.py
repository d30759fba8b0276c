"""The index of administrative reform from declared answers (Chỉ số cải cách hành chính; QĐ 876/QĐ-BNV and its kin).

A set of criteria is data: fields, criteria and components with their points, and for each leaf one of nine ways to
score it (`SCORED_BY`). National sets come from the pack `par`, a province's own from a table it decided; both are
read by `CriteriaSet.of`, which refuses a set whose sums do not add up or whose own worked examples do not come out.

Points are exact fractions until they are shown: four decimals inside, two on a page, halves up. A criterion that does
not apply leaves both sides of the quotient, so the rest is rescaled to the whole; an answer nobody gave earns nothing
and stays named as missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from . import packs
from .indicators import round_half_up

SUBJECT = "par"
INSIDE, SHOWN = 4, 2
NOT_APPLICABLE = "na"
SHARES = frozenset({"share", "share_from", "all_only"})


class BadSet(ValueError):
    """A set of criteria that cannot be used: `code` names the criterion, the text what to mend."""

    def __init__(self, code: str, problem: str) -> None:
        super().__init__(f"Tiêu chí {code}: {problem}")
        self.code = code


class BadAnswer(ValueError):
    """An answer that cannot be scored: `code` names the criterion, the text the remedy."""

    def __init__(self, code: str, problem: str) -> None:
        super().__init__(f"Tiêu chí {code}: {problem}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """What was declared for one criterion (số liệu kê khai).

    `choice` is yes, no or na; `n` of `d` are counts, or `n` alone an amount or the points given; `votes` the answers
    to a survey by option. Which of them counts is the criterion's business.
    """

    choice: str = ""
    n: Fraction | None = None
    d: Fraction | None = None
    votes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a set (tiêu chí, tiêu chí thành phần); `max` in points, `rule` empty for one that has parts.

    `owner` says who appraises it, `measure` which figure of the system answers it, `evidence` what proves it. `extra`
    ones add or take points beside the whole (điểm cộng, điểm trừ).
    """

    code: str
    name: str
    max: Fraction
    parent: str = ""
    rule: Mapping[str, Any] = field(default_factory=dict)
    owner: str = ""
    evidence: str = ""
    measure: str = ""

    @property
    def leaf(self) -> bool:
        return bool(self.rule)

    @property
    def kind(self) -> str:
        return str(self.rule.get("kind", ""))

    @property
    def extra(self) -> bool:
        return self.kind == "extra"

    @property
    def penal(self) -> bool:
        """Whether it only takes points (điểm trừ)."""
        return self.extra and _exact(self.rule["each"]) < 0

    @property
    def bound(self) -> Fraction:
        """The most it can give or take."""
        return _exact(self.rule["most"]) if self.extra else self.max

    @property
    def surveyed(self) -> bool:
        return self.kind == "survey"


@dataclass(frozen=True, slots=True)
class Points:
    """What one criterion earns: None while unanswered; `applies` False takes `max` out of the whole."""

    points: Fraction | None
    max: Fraction
    applies: bool = True

    @property
    def lost(self) -> Fraction:
        """The points short of the maximum; none while nobody gave any."""
        return Fraction(0) if self.points is None else self.max - self.points


@dataclass(frozen=True, slots=True)
class Result:
    """A whole set scored (kết quả): points by code, of parents as well, and the index in percent of what applies."""

    criteria: Mapping[str, Points]
    points: Fraction
    max: Fraction
    extra: Fraction

    @property
    def percent(self) -> Decimal | None:
        """The index to two decimals, halves up, extra points included; None when nothing applies or has points."""
        if not self.max or all(given.points is None for given in self.criteria.values()):
            return None
        whole = self.points * 100 / self.max + self.extra
        return round_half_up(max(whole, Fraction(0)), SHOWN)


def shown(points: Fraction) -> Decimal:
    """Points to the two decimals of a page, halves up; a penalty keeps its sign."""
    size = round_half_up(abs(points), SHOWN)
    return -size if points < 0 else size


@dataclass(frozen=True)
class CriteriaSet:
    """A set of criteria in its order (bộ tiêu chí), from one decision."""

    decision: str
    criteria: Mapping[str, Criterion]

    @classmethod
    def of(cls, decision: str, entries: Sequence[Mapping[str, Any]], *, total: int = 100) -> CriteriaSet:
        """A set from its data: lines with `code`, `name`, `max`, a `rule` or `parts`, and their `examples`.

        Raises BadSet for a code used twice, an unknown way to score, parts that do not add up to their whole (the
        fields to `total`), or a worked example that comes out otherwise.
        """
        found: dict[str, Criterion] = {}
        _take(entries, "", found)
        made = cls(decision, MappingProxyType(found))
        made._adds_up(total)
        for entry in _lines(entries):
            _examples(found[str(entry["code"])], entry.get("examples", ()))
        return made

    @property
    def leaves(self) -> tuple[Criterion, ...]:
        return tuple(c for c in self.criteria.values() if c.leaf)

    def parts(self, code: str) -> tuple[Criterion, ...]:
        """The lines right below one, the fields for ""."""
        return tuple(c for c in self.criteria.values() if c.parent == code)

    def score(self, answers: Mapping[str, Answer]) -> Result:
        """The whole set from the answers by code. Raises BadAnswer for an unknown code or an answer of another kind."""
        for code in answers:
            if code not in self.criteria or not self.criteria[code].leaf:
                raise BadAnswer(
                    code, "không có tiêu chí này trong bộ, hoặc tiêu chí được chấm theo các phần của nó"
                )
        return self.total({c.code: points_of(c, answers.get(c.code)) for c in self.leaves})

    def total(self, leaves: Mapping[str, Points]) -> Result:
        """The whole set from the points of its leaves, however they were given."""
        found = dict(leaves)
        for code in reversed(tuple(self.criteria)):
            if code not in found:
                found[code] = _whole([found[part.code] for part in self.parts(code) if not part.extra])
        extra = sum((found[c.code].points or Fraction(0) for c in self.leaves if c.extra), Fraction(0))
        top = _whole([found[c.code] for c in self.parts("") if not c.extra])
        ordered = {code: found[code] for code in self.criteria}
        return Result(MappingProxyType(ordered), top.points or Fraction(0), top.max, extra)

    def _adds_up(self, total: int) -> None:
        for code, whole in [
            ("", Fraction(total)),
            *((c.code, c.max) for c in self.criteria.values() if not c.leaf),
        ]:
            parts = sum((part.max for part in self.parts(code) if not part.extra), Fraction(0))
            if parts != whole:
                problem = f"các phần cộng lại {plain(parts)} điểm, không phải {plain(whole)}"
                raise BadSet(code or "(cả bộ)", problem)


def national(day: date) -> CriteriaSet:
    """The provincial set in force on a day; an index year is scored by the set of its last day.

    Raises NotInForce before QĐ 2948/QĐ-BNV (28/12/2017) and for a set whose table has not been entered.
    """
    given = packs.on(SUBJECT, day)["criteria"]
    if not given["lines"]:
        raise packs.NotInForce(
            f"{given['decision']}: chưa nhập bảng tiêu chí; hãy nhập từ tệp của quyết định"
        )
    return CriteriaSet.of(given["decision"], given["lines"])


def points_of(criterion: Criterion, answer: Answer | None) -> Points:
    """What one leaf earns for an answer, never more than its points. Raises BadAnswer."""
    if answer is None:
        return Points(None, criterion.max)
    if answer.choice == NOT_APPLICABLE:
        return Points(None, criterion.max, applies=False)
    earned = SCORED_BY[criterion.kind](criterion, answer)
    return Points(earned if criterion.extra or earned is None else min(earned, criterion.max), criterion.max)


def answer_from(criterion: Criterion, n: Fraction, d: Fraction | None) -> Answer | None:
    """What a figure of the system answers to a criterion; None where its way to score asks for something else.

    A share answers what asks for a share, its numerator what counts; yes is all of them. Points given directly and
    surveys no figure answers.
    """
    if criterion.kind in ("count", "extra"):
        return Answer(n=n)
    if d == 0:
        return None
    if criterion.kind == "yes_no" and d is not None:
        return Answer("yes" if n == d else "no")
    if criterion.kind == "ladder" or (criterion.kind in SHARES and d is not None):
        return Answer(n=n, d=d)
    return None


def _yes_no(criterion: Criterion, answer: Answer) -> Fraction:
    if answer.choice not in ("yes", "no"):
        raise BadAnswer(criterion.code, "chọn Có, Không hoặc Không áp dụng")
    return criterion.max if answer.choice == "yes" else Fraction(0)


def _share(criterion: Criterion, answer: Answer) -> Fraction:
    return criterion.max * _ratio(criterion, answer)


def _share_from(criterion: Criterion, answer: Answer) -> Fraction:
    ratio = _ratio(criterion, answer)
    return criterion.max * ratio if ratio >= _percent(criterion.rule["floor"]) else Fraction(0)


def _all_only(criterion: Criterion, answer: Answer) -> Fraction:
    return criterion.max if _ratio(criterion, answer) == 1 else Fraction(0)


def _ladder(criterion: Criterion, answer: Answer) -> Fraction:
    """The points of the highest rung reached, each `from` a percentage on; without `d`, an amount."""
    reached = _ratio(criterion, answer) * 100 if answer.d is not None else _amount(criterion, answer)
    rungs = sorted(criterion.rule["steps"], key=lambda step: _exact(step["from"]), reverse=True)
    return next((_exact(rung["points"]) for rung in rungs if reached >= _exact(rung["from"])), Fraction(0))


def _count(criterion: Criterion, answer: Answer) -> Fraction:
    return _amount(criterion, answer) * _exact(criterion.rule["each"])


def _survey(criterion: Criterion, answer: Answer) -> Fraction | None:
    """The mean weight of the answers; nothing while nobody answered.

    Answers counted in a survey of the system come as `n` of `d`, weighed there by question and form.
    """
    if answer.d is not None:
        return criterion.max * _ratio(criterion, answer)
    weights = criterion.rule["weights"]
    if strange := set(answer.votes) - set(weights):
        raise BadAnswer(criterion.code, f"không có phương án {', '.join(sorted(strange))} trong câu hỏi")
    asked = sum(answer.votes.values())
    if any(votes < 0 for votes in answer.votes.values()):
        raise BadAnswer(criterion.code, "số phiếu không được âm")
    if not asked:
        return None
    earned = sum(_exact(weights[option]) * votes for option, votes in answer.votes.items())
    return criterion.max * earned / 100 / asked


def _extra(criterion: Criterion, answer: Answer) -> Fraction:
    """So many points each, `each` below 0 for a penalty, never beyond `most` either way."""
    sign = -1 if _exact(criterion.rule["each"]) < 0 else 1
    earned = _amount(criterion, answer) * abs(_exact(criterion.rule["each"]))
    return sign * min(earned, _exact(criterion.rule["most"]))


def _direct(criterion: Criterion, answer: Answer) -> Fraction:
    points = _amount(criterion, answer)
    if points > criterion.max:
        raise BadAnswer(
            criterion.code, f"điểm chấm {plain(points)} cao hơn điểm tối đa {plain(criterion.max)}"
        )
    return points


# The ways a leaf is scored: code, what its rule names besides, and how.
SCORED_BY: Mapping[str, Callable[[Criterion, Answer], Fraction | None]] = MappingProxyType(
    {
        "yes_no": _yes_no,
        "share": _share,
        "share_from": _share_from,
        "all_only": _all_only,
        "ladder": _ladder,
        "count": _count,
        "survey": _survey,
        "extra": _extra,
        "direct": _direct,
    }
)
_NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "share_from": ("floor",),
        "ladder": ("steps",),
        "count": ("each",),
        "survey": ("weights",),
        "extra": ("each", "most"),
    }
)
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "yes_no": "Có: điểm tối đa; không: 0",
        "share": "Điểm tối đa × tỷ lệ đạt",
        "share_from": "Điểm tối đa × tỷ lệ đạt, khi tỷ lệ từ mức sàn trở lên; dưới mức sàn: 0",
        "all_only": "Đạt 100 %: điểm tối đa; dưới 100 %: 0",
        "ladder": "Theo bậc",
        "count": "Số lượng × điểm mỗi đơn vị, không quá điểm tối đa",
        "survey": "Điều tra xã hội học: điểm tối đa × trung bình trọng số của các phiếu",
        "extra": "Điểm cộng, điểm trừ",
        "direct": "Chấm thẳng, không quá điểm tối đa",
    }
)


def _ratio(criterion: Criterion, answer: Answer) -> Fraction:
    if answer.n is None or answer.d is None:
        raise BadAnswer(criterion.code, "ghi đủ số đạt được và tổng số")
    if answer.d == 0:
        raise BadAnswer(criterion.code, "tổng số bằng 0: nếu không phát sinh, chọn Không áp dụng")
    if not 0 <= answer.n <= answer.d:
        raise BadAnswer(
            criterion.code, f"số đạt được {plain(answer.n)} phải từ 0 đến tổng số {plain(answer.d)}"
        )
    return answer.n / answer.d


def _amount(criterion: Criterion, answer: Answer) -> Fraction:
    if answer.n is None or answer.n < 0:
        raise BadAnswer(criterion.code, "ghi một số từ 0 trở lên")
    return answer.n


def _whole(parts: Sequence[Points]) -> Points:
    """A parent: the sum of what applies, unanswered when none of its parts is answered."""
    applying = [part for part in parts if part.applies]
    answered = [part.points for part in applying if part.points is not None]
    most = sum((part.max for part in applying), Fraction(0))
    return Points(sum(answered, Fraction(0)) if answered else None, most, applies=bool(applying))


def _take(entries: Sequence[Mapping[str, Any]], parent: str, found: dict[str, Criterion]) -> None:
    for entry in entries:
        criterion = _criterion(entry, parent)
        if criterion.code in found:
            raise BadSet(criterion.code, "mã này đã dùng cho một tiêu chí khác")
        found[criterion.code] = criterion
        _take(entry.get("parts", ()), criterion.code, found)


def _criterion(entry: Mapping[str, Any], parent: str) -> Criterion:
    code, rule = str(entry["code"]), entry.get("rule") or MappingProxyType({})
    if bool(rule) == bool(entry.get("parts")):
        raise BadSet(code, "phải có cách chấm hoặc có tiêu chí thành phần, và chỉ một trong hai")
    if rule and rule.get("kind") not in SCORED_BY:
        raise BadSet(code, f"không có cách chấm “{rule.get('kind')}”; dùng một trong: {', '.join(SCORED_BY)}")
    if missing := [name for name in _NEEDS.get(rule.get("kind", ""), ()) if name not in rule]:
        raise BadSet(code, f"cách chấm “{rule['kind']}” còn thiếu: {', '.join(missing)}")
    most = Fraction(0) if rule.get("kind") == "extra" else _exact(entry.get("max", 0))
    if most < 0:
        raise BadSet(code, "điểm tối đa không được âm; điểm trừ là một cách chấm")
    told = {name: str(entry.get(name, "")) for name in ("owner", "evidence", "measure")}
    return Criterion(code, str(entry["name"]), most, parent, rule, **told)


def _lines(entries: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for entry in entries:
        yield entry
        yield from _lines(entry.get("parts", ()))


def _examples(criterion: Criterion, examples: Sequence[Mapping[str, Any]]) -> None:
    for example in examples:
        given = {name: _exact(example[name]) for name in ("n", "d") if name in example}
        answer = Answer(example.get("choice", ""), votes=example.get("votes", {}), **given)
        earned = points_of(criterion, answer).points
        wanted = _exact(example["points"])
        if earned is None or abs(earned - wanted) * 2 * 10**INSIDE >= 1:
            came = "không chấm được" if earned is None else f"ra {plain(earned)}"
            raise BadSet(criterion.code, f"ví dụ của chính bộ tiêu chí ghi {plain(wanted)} điểm nhưng {came}")


def _exact(value: Any) -> Fraction:
    """A number as it is written: 0.5 is one half, not the nearest binary number."""
    return Fraction(str(value))


def _percent(value: Any) -> Fraction:
    return _exact(value) / 100


def plain(value: Fraction) -> str:
    """Points as they are written: 9,5."""
    return f"{shown(value):f}".rstrip("0").rstrip(".").replace(".", ",") or "0"
