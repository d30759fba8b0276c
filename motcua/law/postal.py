"""What happens to the rates and acceptance sheets of postal operators (định mức, nghiệm thu dịch vụ bưu chính).

Facts of one stream, beside those of dossiers: `operator` is the code of its unit, `month` as the page writes it
(2026-10), `version` counts the sheets of one operator and month. Money in đồng, minutes as decimal text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .facts import Fact

STREAM = "buu-chinh"


@dataclass(frozen=True, kw_only=True, slots=True)
class PostalFact(Fact):
    """Something that was done to a rate or a sheet (việc nghiệm thu dịch vụ bưu chính)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RateDecided(PostalFact):
    """Ghi định mức, đơn giá của một việc từ `since` đến trước `until` ("": chưa định), theo `document`."""

    label: ClassVar[str] = "Ghi định mức, đơn giá"
    activity: str
    amount: int | None
    minutes: str
    since: str
    until: str
    document: str
    decided_on: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RateEnded(PostalFact):
    """Thôi áp dụng định mức của `since`: `on` là ngày đầu tiên không còn áp dụng."""

    label: ClassVar[str] = "Thôi áp dụng định mức"
    activity: str
    since: str
    on: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RateDropped(PostalFact):
    """Bỏ định mức ghi nhầm, chưa biên bản nào dùng."""

    label: ClassVar[str] = "Bỏ định mức ghi nhầm"
    activity: str
    since: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetFact(PostalFact):
    """Something that was done to an acceptance sheet; `digest` is that of all the rows behind it."""

    operator: str
    month: str
    version: int
    digest: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetProposed(SheetFact):
    """Lập biên bản nghiệm thu của tháng; `reason` says why the accepted one before it is corrected."""

    label: ClassVar[str] = "Lập biên bản nghiệm thu"


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetAccepted(SheetFact):
    """Nghiệm thu: from now on nobody changes the sheet."""

    label: ClassVar[str] = "Nghiệm thu"


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetSentBack(SheetFact):
    """Trả lại biên bản vì `reason`: it counts for nothing, and another may be made."""

    label: ClassVar[str] = "Trả lại biên bản nghiệm thu"


KINDS: dict[str, type[PostalFact]] = {
    kind.__name__: kind
    for kind in (RateDecided, RateEnded, RateDropped, SheetProposed, SheetAccepted, SheetSentBack)
}
