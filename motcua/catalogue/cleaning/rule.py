"""What a rule is, and the registry they stand in (quy tắc chất lượng dữ liệu)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import models

from motcua.law.packs import Pack

from .record import Known, Record


class Dimension(models.TextChoices):
    """What a procedure is scored for."""

    ACCURATE = "chinh-xac", "Chính xác"
    COMPLETE = "day-du", "Đầy đủ"
    TIMELY = "kip-thoi", "Kịp thời"
    LAWFUL = "hop-phap", "Hợp pháp"


class Severity(models.TextChoices):
    """How bad it is. A note never lowers a score."""

    ERROR = "phai-sua", "Phải sửa"
    WARNING = "nen-sua", "Nên sửa"
    NOTE = "luu-y", "Lưu ý"


class Spot(NamedTuple):
    """What a rule found: the part of the procedure, and what is wrong there."""

    place: str
    said: str


Found = Iterable[tuple[Record, Spot]]
Looks = Callable[[Record, Known], Iterable[Spot]]
Overlooks = Callable[[Sequence[Record], Known], Found]


def nothing(known: Known) -> str:
    """A rule that lacks nothing can always be checked."""
    return ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `find` looks at all procedures, `lacks` says why it cannot be checked now, "" when it can.

    `parameter` is what it takes from the pack `cleaning`, whose source is then its own.
    """

    code: str
    name: str
    dimension: Dimension
    severity: Severity
    legal: str
    remedy: str
    find: Overlooks
    lacks: Callable[[Known], str]
    parameter: str = ""

    def source(self, pack: Pack) -> str:
        """The provision, with the mark of one that was not verified."""
        told = pack.source(self.parameter) if self.parameter and self.parameter in pack.values else ""
        return told if self.legal in told or not self.legal else f"{self.legal} {_mark(told)}".strip()

    @property
    def counts(self) -> bool:
        """Whether what it finds lowers a score."""
        return self.severity is not Severity.NOTE


RULES: dict[str, Rule] = {}


def rule(
    code: str,
    name: str,
    dimension: Dimension,
    severity: Severity,
    *,
    source: str,
    remedy: str,
    parameter: str = "",
    lacks: Callable[[Known], str] = nothing,
) -> Callable[[Looks], Looks]:
    """Put a function over one procedure into the registry."""

    def put(look: Looks) -> Looks:
        def find(records: Sequence[Record], known: Known) -> Iterator[tuple[Record, Spot]]:
            return ((record, spot) for record in records for spot in look(record, known))

        _put(Rule(code, name, dimension, severity, source, remedy, find, lacks, parameter))
        return look

    return put


def over_all(
    code: str, name: str, dimension: Dimension, severity: Severity, *, source: str, remedy: str
) -> Callable[[Overlooks], Overlooks]:
    """Put a function over the whole catalogue into the registry."""

    def put(find: Overlooks) -> Overlooks:
        _put(Rule(code, name, dimension, severity, source, remedy, find, nothing))
        return find

    return put


def _put(new: Rule) -> None:
    if new.code in RULES:
        raise ValueError(f"two rules with the code {new.code}")
    RULES[new.code] = new


def _mark(told: str) -> str:
    return "[chưa xác minh]" if "[chưa xác minh]" in told else ""
