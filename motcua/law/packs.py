"""Dated packs: every value the law fixes, with the day it starts and where it is written.

One YAML file per subject under `packs/`, its whole history inside:

    description: The clock of a dossier
    description_vi: Thời hạn giải quyết hồ sơ
    parameters:
      days_from:
        description_vi: Ngày bắt đầu tính thời hạn
        values:
          2017-01-01:
            value: next_day
            reference: {document: Bộ luật Dân sự 2015, article: Đ.147.2}

`value: null` ends a parameter; `expected: true` announces one; `status: unverified` is honest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "packs"


class NotInForce(LookupError):
    """No value of this subject is in force on that day."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a value is written (căn cứ pháp lý)."""

    document: str
    article: str = ""
    url: str = ""

    def __str__(self) -> str:
        return f"{self.document}, {self.article}" if self.article else self.document


@dataclass(frozen=True, slots=True)
class Value:
    """One value of one parameter from one day on."""

    subject: str
    parameter: str
    since: date
    value: Any
    reference: Reference | None
    verified: bool
    expected: bool = False
    note: str = ""


@dataclass(frozen=True)
class Pack:
    """All parameters of a subject in force on `day`; `pack["name"]` is the bare value."""

    subject: str
    day: date
    values: Mapping[str, Value]

    def __getitem__(self, parameter: str) -> Any:
        try:
            return self.values[parameter].value
        except KeyError:
            raise NotInForce(
                f"{self.subject}/{parameter}: không có giá trị vào ngày {self.day:%d/%m/%Y}"
            ) from None

    def get(self, parameter: str, default: Any = None) -> Any:
        found = self.values.get(parameter)
        return default if found is None else found.value

    def source(self, parameter: str) -> str:
        """The reference of a parameter as a reader cites it; says so when it is unverified."""
        self[parameter]
        found = self.values[parameter]
        text = str(found.reference) if found.reference else ""
        return text if found.verified else f"{text} [chưa xác minh]".strip()

    @property
    def unverified(self) -> tuple[Value, ...]:
        return tuple(v for v in self.values.values() if not v.verified)


def on(subject: str, day: date) -> Pack:
    """The pack of `subject` in force on `day`, a legal day in Asia/Ho_Chi_Minh.

    Raises NotInForce when no parameter of the subject has begun by then.
    """
    values = {}
    for parameter, history in _history(subject).items():
        begun = [v for v in history if v.since <= day and not v.expected]
        if begun and begun[-1].value is not None:
            values[parameter] = begun[-1]
    if not values:
        raise NotInForce(f"{subject}: không có quy định nào có hiệu lực vào ngày {day:%d/%m/%Y}")
    return Pack(subject, day, MappingProxyType(values))


def history(subject: str, parameter: str) -> tuple[Value, ...]:
    """Every value a parameter ever had, oldest first."""
    return _history(subject)[parameter]


def subjects() -> tuple[str, ...]:
    return tuple(sorted(p.stem for p in FOLDER.glob("*.yaml")))


def every() -> Iterator[Value]:
    """Every value of every pack (for `motcua law` and the tests of the packs)."""
    for subject in subjects():
        for values in _history(subject).values():
            yield from values


@cache
def _history(subject: str) -> Mapping[str, tuple[Value, ...]]:
    path = FOLDER / f"{subject}.yaml"
    if not path.exists():
        raise NotInForce(f"{subject}: không có gói quy định nào tên như vậy")
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            name: tuple(
                _value(subject, name, since, entry) for since, entry in sorted(body["values"].items())
            )
            for name, body in document["parameters"].items()
        }
    )


def _value(subject: str, parameter: str, since: date, entry: Mapping[str, Any]) -> Value:
    reference = entry.get("reference")
    return Value(
        subject=subject,
        parameter=parameter,
        since=since,
        value=_frozen(entry["value"]),
        reference=Reference(**reference) if reference else None,
        verified=entry.get("status") != "unverified",
        expected=bool(entry.get("expected")),
        note=entry.get("note", ""),
    )


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return MappingProxyType({k: _frozen(v) for k, v in value.items()})
    if isinstance(value, list):
        return tuple(_frozen(v) for v in value)
    return value
