"""Which forms there are on a day: their numbers and names by the circular in force (biểu mẫu; pack `forms`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from motcua.law import packs

KINDS = ("reception", "supplement", "refusal", "apology", "stop", "control", "register")


@dataclass(frozen=True, slots=True)
class Form:
    """One form of the set of a day (mẫu); `number` is "" for a slip no circular prescribes.

    `source` is the circular as the form cites it, with a mark while nobody has compared the layout with it.
    """

    kind: str
    number: str
    title: str
    source: str = ""
    paper: str = "a5"
    landscape: bool = False

    @property
    def slug(self) -> str:
        """Its name in an address."""
        return self.number or self.kind


HANDOVER = Form("ban-giao", "", "Phiếu bàn giao hồ sơ")


def on(day: date) -> Mapping[str, Form]:
    """The forms in force on a day, by kind; none before the first set."""
    try:
        pack = packs.on("forms", day)
    except packs.NotInForce:
        return {}
    return {kind: _form(pack, kind, pack[kind]) for kind in KINDS if pack.get(kind)}


def number(code: str, day: date) -> str:
    """The number of a paper a reception desk issues on a dossier (Số), "" when no pattern is in force."""
    return str(_value("number", day, "")).format(code=code)


def _form(pack: packs.Pack, kind: str, said: Mapping[str, str]) -> Form:
    seen = pack.values["layout"].verified
    doubt = "" if seen else " [câu chữ, cách trình bày chưa đối chiếu bản gốc]"
    source = f"Mẫu số {said['number']}, {pack['circular']}{doubt}"
    paper = {"control": pack["paper"], "register": "a4"}.get(kind, "a5")
    return Form(kind, said["number"], said["title"], source, paper, kind == "register")


def _value(parameter: str, day: date, otherwise: Any) -> Any:
    try:
        return packs.on("forms", day).get(parameter, otherwise)
    except packs.NotInForce:
        return otherwise
