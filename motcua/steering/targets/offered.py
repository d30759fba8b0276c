"""The targets instruments set, as the pack has them, ready to be taken over for a unit and a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from motcua.law import packs

SUBJECT = "targets"


@dataclass(frozen=True, slots=True)
class NewTarget:
    """A target to be set (chỉ tiêu); `sources` are where it is written, at least one."""

    code: str
    name: str
    plan: Decimal
    sources: tuple[str, ...]
    per: str = "%"
    direction: str = "up"
    baseline: Decimal | None = None
    measure: str = ""
    definition: str = ""
    parent: str = ""


def offered(year: int) -> list[NewTarget]:
    """The targets instruments had set by the end of a year (pack `targets`), parents first."""
    pack = packs.on(SUBJECT, date(year, 12, 31))
    found = []
    for code, value in pack.values.items():
        said = value.value
        found.append(
            NewTarget(
                code=code,
                name=said["name"],
                plan=Decimal(said["plan"]),
                sources=(str(value.reference), *said.get("sources", ())),
                per=said["per"],
                baseline=Decimal(said["baseline"]) if "baseline" in said else None,
                measure=said.get("measure", ""),
                definition=said.get("definition", ""),
                parent=said.get("parent", ""),
            )
        )
    return sorted(found, key=lambda each: bool(each.parent))
