"""The index set 766 from raw counts (Bộ chỉ số 766; Quyết định 766/QĐ-TTg ngày 23/6/2022).

Every figure (maxima, targets, zero rules, levels, bands, decimals) is read from the pack `index-766` in force
on the day that closes the period; this module only knows how they are put together:

    component  max × ratio, or max × ratio / target up to max, rounded half up once, from the unrounded ratio
    group      sum of its rounded components; a component that is not measured (null) adds 0
    total      sum of the six groups, out of 100

Counts are exact integers and ratios exact fractions; no float takes part. The caller brings the counts
of its own unit, except 1.1 to 1.3, which a province shares with all its units, and a 1.4 without a
denominator, which takes last year's (see the pack).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar

from motcua.law import packs

SUBJECT = "index-766"
GROUPS = ("CKMB", "TDGQ", "CLGQ", "TTTT", "MDSH", "MDHL")

Counts = Mapping[str, Sequence[int | None] | None]
_Pair = tuple[int, int]
_Name = TypeVar("_Name", bound=Hashable)
_PREFIX = "indicator "
_ZERO = Decimal(0)


class BadCounts(ValueError):
    """Counts that cannot be scored (số liệu không chấm được): `code` names the entry, `remedy` what to do."""

    def __init__(self, code: str, problem: str, remedy: str) -> None:
        super().__init__(f"{code}: {problem}; {remedy}")
        self.code = code
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Group:
    """A group of indicators (nhóm chỉ số); `max` in points."""

    code: str
    name_vi: str
    max: Decimal


@dataclass(frozen=True, slots=True)
class Indicator:
    """A component indicator (chỉ số thành phần) and its rule.

    `target` is the ratio that earns all of `max` points (1: linear). `zero` says what a zero denominator
    gives: unmeasured, zero or full; `over` what n > d means: refuse (n is counted within d), cap (two
    lists) or free (not a share); `null_is` what an explicit null means: absent or not_applicable, which
    earns the maximum. `informative` ones are shown and never scored. `fixed` holds the points set for a
    level whatever the counts; `also` the other names an entry may have; `source` where the rule is
    written.
    """

    code: str
    name_vi: str
    group: str
    max: Decimal
    target: Fraction
    zero: str
    over: str
    null_is: str
    informative: bool
    also: tuple[str, ...]
    fixed: Mapping[str, Decimal]
    verified: bool
    source: str


@dataclass(frozen=True, slots=True)
class Component:
    """One indicator of one unit: `score` is None when not measured, `lost` the points short of `max`."""

    n: int | None
    d: int | None
    ratio: Fraction | None
    score: Decimal | None
    max: Decimal
    lost: Decimal
    why: str


@dataclass(frozen=True, slots=True)
class Score:
    """The index of one unit in one period (điểm Bộ chỉ số 766 của một đơn vị), out of 100."""

    level: str
    day: date
    components: Mapping[str, Component]
    groups: Mapping[str, Decimal]
    total: Decimal
    band: str

    def as_data(self) -> dict[str, Any]:
        """JSON data: components (None: not measured), groups and total, numbers of at most two decimals."""
        return {
            "components": {
                c: None if v.score is None else number(v.score) for c, v in self.components.items()
            },
            "groups": {code: number(points) for code, points in self.groups.items()},
            "total": number(self.total),
        }


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of many units (điểm trung bình, điểm cả nước)."""

    groups: Mapping[str, Decimal]
    total: Decimal


def groups(day: date) -> tuple[Group, ...]:
    """The groups in force on `day`, in the order they are published. Raises NotInForce before 01/08/2022."""
    return _groups(packs.on(SUBJECT, day))


@lru_cache(maxsize=64)
def catalogue(day: date) -> tuple[Indicator, ...]:
    """Every indicator in force on `day`, the informative ones too. Raises NotInForce before 01/08/2022."""
    return _catalogue(packs.on(SUBJECT, day))


def levels(day: date) -> Mapping[str, str]:
    """The levels of units scored on `day` with their Vietnamese names (cấp đơn vị)."""
    found: Mapping[str, str] = packs.on(SUBJECT, day)["levels"]
    return found


def band(total: Decimal, day: date) -> str:
    """The band of a total (xếp loại): the first whose lower bound it reaches."""
    return _band(packs.on(SUBJECT, day), total)


def score(counts: Counts, *, level: str, day: date, rules: packs.Pack | None = None) -> Score:
    """The index of one unit from `counts`, {code: (numerator, denominator)}, under the rules of `day`.

    `rules` stands for those of the day where somebody brings their own: what a publication says it was made by.

    A code that is absent is not measured: None, and 0 in the sum. An explicit null (or a pair of nulls)
    says the same, except for 4.6, where it means not applicable and earns the maximum. The national
    portal's other names are taken too (3.5a for 3.4, 3.5b for 3.5, PUBLISH_ON_TIME for 1.1…), never
    beside the code itself. Informative codes (2.2, 5.1…) appear in the result only when they are given,
    with no score.

    Raises BadCounts for counts that cannot be and an unknown level, NotInForce before 01/08/2022.
    """
    pack = rules or packs.on(SUBJECT, day)
    indicators = _catalogue(rules) if rules else catalogue(day)
    _known_level(level, pack)
    given = _read(counts, indicators)
    decimals: int = pack["decimals"]
    components = {
        i.code: _component(i, given, level, decimals)
        for i in indicators
        if i.code in given or not i.informative
    }
    sums = {group.code: _ZERO for group in _groups(pack)}
    for i in indicators:
        if i.code in components:
            sums[i.group] += components[i.code].score or _ZERO
    total = sum(sums.values(), _ZERO)
    return Score(level, day, MappingProxyType(components), MappingProxyType(sums), total, _band(pack, total))


def mean_of_units(units: Iterable[Mapping[str, Decimal]], *, day: date) -> Mean:
    """The plain mean of the units' group scores (điểm cả nước): no weights, each group mean rounded half up.

    The total is the sum of the rounded means, as the national portal adds it, not the mean of the totals.
    Raises BadCounts when there is no unit, or one lacks a group.
    """
    listed = list(units)
    decimals: int = packs.on(SUBJECT, day)["decimals"]
    if not listed:
        raise BadCounts("đơn vị", "không có đơn vị nào để lấy trung bình", "cần ít nhất một đơn vị")
    means = {g.code: _mean([_group(unit, g.code) for unit in listed], decimals) for g in groups(day)}
    return Mean(MappingProxyType(means), sum(means.values(), _ZERO))


def rank(totals: Mapping[_Name, Decimal]) -> dict[_Name, int]:
    """The place of each unit, best first (xếp hạng): equal totals share it, the next is skipped, 1-2-2-4."""
    best_first = sorted(totals, key=lambda name: totals[name], reverse=True)
    first: dict[Decimal, int] = {}
    for place, name in enumerate(best_first, start=1):
        first.setdefault(totals[name], place)
    return {name: first[totals[name]] for name in best_first}


def number(points: Decimal) -> int | float:
    """Points as a JSON number: 6, 3.85. For writing out only, never to count with."""
    return int(points) if points == points.to_integral_value() else float(points)


def round_half_up(value: Fraction, decimals: int) -> Decimal:
    """A fraction of at least 0 to `decimals` places, halves up (làm tròn nửa lên)."""
    return Decimal((value * 10**decimals + Fraction(1, 2)).__floor__()).scaleb(-decimals)


def _groups(pack: packs.Pack) -> tuple[Group, ...]:
    return tuple(Group(code, g["name"], Decimal(g["max"])) for code, g in pack["groups"].items())


def _catalogue(pack: packs.Pack) -> tuple[Indicator, ...]:
    return tuple(_indicator(pack, name) for name in pack.values if name.startswith(_PREFIX))


def _band(pack: packs.Pack, total: Decimal) -> str:
    return next(str(b["name"]) for b in pack["bands"] if total >= b["from"])


def _indicator(pack: packs.Pack, name: str) -> Indicator:
    code, rule, value = name.removeprefix(_PREFIX), pack[name], pack.values[name]
    fixed = pack.get("fixed_points", {}).get(code, {})
    return Indicator(
        code=code,
        name_vi=rule["name"],
        group=rule["group"],
        max=Decimal(rule["max"]),
        target=Fraction(rule.get("target_percent", 100), 100),
        zero=rule["zero"],
        over=rule["over"],
        null_is=rule.get("null_is", "absent"),
        informative=rule.get("informative", False),
        also=rule.get("also", ()),
        fixed=MappingProxyType({level: Decimal(points) for level, points in fixed.items()}),
        verified=value.verified,
        source=pack.source(name),
    )


def _known_level(level: str, pack: packs.Pack) -> None:
    known, day = pack["levels"], pack.day
    if not isinstance(level, str) or level not in known:
        raise BadCounts(
            "level",
            f"không có cấp đơn vị {level!r} vào ngày {day:%d/%m/%Y}",
            "dùng một trong: " + ", ".join(f"{code} ({name})" for code, name in known.items()),
        )


def _read(counts: Counts, indicators: Iterable[Indicator]) -> dict[str, _Pair | None]:
    """The counts by official code; None only where a null means something of its own."""
    if not isinstance(counts, Mapping):
        raise BadCounts("counts", "không phải bảng mã và số liệu", 'viết {"1.1": [tử số, mẫu số], …}')
    names = {name: i for i in indicators for name in (i.code, *i.also)}
    written: dict[str, str] = {}
    given: dict[str, _Pair | None] = {}
    for name, value in counts.items():
        indicator = _named(name, names)
        if indicator.code in written:
            remedy = f"chỉ giữ một trong hai: {written[indicator.code]} hoặc {name}"
            raise BadCounts(name, f"trùng với {written[indicator.code]}", remedy)
        written[indicator.code] = name
        pair = _pair(indicator, name, value)
        if pair or indicator.null_is == "not_applicable":
            given[indicator.code] = pair
    return given


def _named(name: str, names: Mapping[str, Indicator]) -> Indicator:
    found = names.get(name)
    if found is None:
        known = ", ".join(dict.fromkeys(i.code for i in names.values()))
        raise BadCounts(str(name), "không có trong bộ chỉ số", f"dùng một trong các mã: {known}")
    return found


def _pair(indicator: Indicator, name: str, value: Any) -> _Pair | None:
    if value is None:
        return None
    if isinstance(value, str) or not isinstance(value, Sequence) or len(value) != 2:
        raise BadCounts(
            name, f"số liệu {value!r} không phải cặp số", "viết [tử số, mẫu số], hoặc null nếu không đo"
        )
    if value[0] is None and value[1] is None:
        return None
    n, d = (_count(name, part, label) for part, label in zip(value, ("tử số", "mẫu số"), strict=True))
    if n > d and indicator.over == "refuse":
        raise BadCounts(name, f"tử số {n} lớn hơn mẫu số {d}", "tử số đếm trong mẫu số: kiểm tra lại hai số")
    return n, d


def _count(name: str, value: Any, label: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadCounts(name, f"{label} {value!r} không phải số nguyên", "ghi số đếm được, không ghi tỷ lệ")
    if value < 0:
        raise BadCounts(name, f"{label} {value} âm", "số đếm phải từ 0 trở lên")
    return value


def _component(i: Indicator, given: Mapping[str, _Pair | None], level: str, decimals: int) -> Component:
    if i.code not in given:
        return _unscored(i, None, "chưa đo, cộng 0 điểm")
    pair = given[i.code]
    if pair is None:
        return Component(None, None, None, i.max, i.max, _ZERO, "không áp dụng, đủ điểm")
    if i.informative:
        return _unscored(i, pair, "chỉ để theo dõi, không chấm điểm")
    if level in i.fixed:
        return _scored(i, pair, i.fixed[level], f"đơn vị cấp này được ấn định {_vi(i.fixed[level])} điểm")
    if pair[1] == 0:
        return _without_denominator(i, pair)
    ratio = Fraction(*pair)
    points = round_half_up(Fraction(i.max) * min(ratio / i.target, Fraction(1)), decimals)
    return _scored(i, pair, points, _reason(i, ratio, points))


def _without_denominator(i: Indicator, pair: _Pair) -> Component:
    if i.zero == "unmeasured":
        return _unscored(i, pair, "mẫu số bằng 0, không chấm, cộng 0 điểm")
    if i.zero == "full":
        return _scored(i, pair, i.max, "mẫu số bằng 0, đủ điểm")
    return _scored(i, pair, _ZERO, "mẫu số bằng 0, 0 điểm")


def _scored(i: Indicator, pair: _Pair, points: Decimal, why: str) -> Component:
    return Component(*pair, _ratio(pair), points, i.max, i.max - points, why)


def _unscored(i: Indicator, pair: _Pair | None, why: str) -> Component:
    n, d = pair or (None, None)
    return Component(n, d, _ratio(pair) if pair else None, None, i.max, i.max, why)


def _ratio(pair: _Pair) -> Fraction | None:
    return Fraction(*pair) if pair[1] else None


def _reason(i: Indicator, ratio: Fraction, points: Decimal) -> str:
    """Why these points, in one line: "96,34 % × 4 = 3,85 điểm"."""
    percent, most, got = f"{_vi(round_half_up(ratio * 100, 2))} %", _vi(i.max), _vi(points)
    target = f"{_vi(round_half_up(i.target * 100, 0))} %"
    if ratio >= i.target:
        return f"{percent} đạt mức {target}: đủ {got} điểm"
    if i.target == 1:
        return f"{percent} × {most} = {got} điểm"
    return f"{percent} / {target} × {most} = {got} điểm"


def _vi(value: Decimal) -> str:
    return str(value).replace(".", ",")


def _group(unit: Mapping[str, Decimal], code: str) -> Fraction:
    if code not in unit:
        raise BadCounts(
            code, "đơn vị chưa có điểm nhóm này", "mỗi đơn vị phải đủ các nhóm trước khi lấy trung bình"
        )
    return Fraction(unit[code])


def _mean(values: Sequence[Fraction], decimals: int) -> Decimal:
    return round_half_up(sum(values, Fraction(0)) / len(values), decimals)
