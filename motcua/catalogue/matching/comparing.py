"""What differs between a text of ours and the national record of the same procedure (đối chiếu). Pure.

A part the national record leaves empty is not compared: it says nothing there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..announcing.deriving import LISTS
from ..models import Channel, Kind, Level
from ..reading.drafts import Draft

Content = Mapping[str, Any]
FIELDS = {
    "title": "Tên",
    "field": "Lĩnh vực",
    "kind": "Loại thủ tục",
    "levels": "Cấp thực hiện",
    "audiences": "Đối tượng",
    "agency": "Cơ quan thực hiện",
    "authority": "Cơ quan có thẩm quyền",
    "coordinating": "Cơ quan phối hợp",
    "delegated": "Cơ quan được ủy quyền",
    "reception_address": "Nơi tiếp nhận",
    "sequence": "Trình tự",
    "conditions": "Yêu cầu, điều kiện",
    "components": "Thành phần hồ sơ",
    "terms": "Thời hạn",
    "fees": "Phí, lệ phí",
    "results": "Kết quả",
    "bases": "Căn cứ pháp lý",
}


@dataclass(frozen=True, slots=True)
class Differs:
    """One part that differs: what each side says in words, and theirs as a text of ours would hold it."""

    field: str
    ours: str
    theirs: str
    given: Any


def content(draft: Draft) -> dict[str, Any]:
    """What the national record says, as a text of ours would hold it."""
    told = {name: _plain(getattr(draft, name)) for name in FIELDS if name not in LISTS}
    return told | {name: _rows(getattr(draft, name)) for name in LISTS}


def differences(ours: Content, theirs: Content) -> Iterator[Differs]:
    """Every part the national record has otherwise."""
    for name in FIELDS:
        here, there = said(name, ours.get(name)), said(name, theirs.get(name))
        if there and _key(here) != _key(there):
            yield Differs(name, here, there, theirs[name])


def said(name: str, value: Any) -> str:
    """A part in words, a line for each of its rows."""
    if not value:
        return ""
    if name == "kind":
        return Kind(value).label
    if name == "levels":
        return "\n".join(Level(level).label for level in value if level in Level.values)
    if name == "audiences":
        return "\n".join(sorted(value))
    if name in LISTS:
        return "\n".join(_row(name, row) for row in value)
    return str(value).strip()


def _row(name: str, row: Mapping[str, Any]) -> str:
    if name == "components":
        counts = ((row.get("originals"), "bản chính"), (row.get("copies"), "bản sao"))
        told = ", ".join(f"{count} {word}" for count, word in counts if count)
        return _joined(row.get("case"), row["name"] + (f" ({told})" if told else ""))
    if name in ("terms", "fees"):
        return _joined(Channel(row["channel"]).label, row.get("case"), row.get("text") or _amount(row))
    if name == "bases":
        return str(row.get("number") or row["name"])
    return str(row["name"])


def _amount(row: Mapping[str, Any]) -> str:
    amount = row.get("amount")
    told = "" if amount is None else f"{amount.normalize():f}"
    return f"{told} {row.get('unit', 'đồng' if told else '')}".strip()


def _joined(*parts: object) -> str:
    return ": ".join(str(part) for part in parts if part)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _rows(parts: Sequence[Any]) -> list[dict[str, Any]]:
    fields = [(place, part, part.__dataclass_fields__) for place, part in enumerate(parts)]
    return [
        {"position": place} | {name: getattr(part, name) for name in names} for place, part, names in fields
    ]


def _key(text: str) -> list[str]:
    """The lines as they are compared: without the space around them, whatever their order."""
    return sorted(
        " ".join(line.split()).casefold().rstrip(" .;") for line in text.splitlines() if line.strip()
    )
