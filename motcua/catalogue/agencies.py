"""Which unit of the province a step of a decision names (cơ quan thực hiện bước): certain, or a finding.

A step that names nobody besides its own agency is left to the unit that decides the dossier.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db.models import Q

from motcua.law.process import Process
from motcua.people.models import Role, Unit, UnitKind

from .reading.drafts import Notes, ProcessDraft
from .words import words

AGENCIES = (UnitKind.PROVINCE, UnitKind.DEPARTMENT)


@dataclass(frozen=True, slots=True)
class Names:
    """The names agencies go by, folded, longest first, each with its unit's code; "" where two share one."""

    known: tuple[tuple[str, str], ...]

    @classmethod
    def on(cls, day: date) -> Names:
        """Those of the agencies of the province that exist on a day."""
        units = Unit.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), kind__in=AGENCIES)
        return cls.of(units.filter(valid_from__lte=day))

    @classmethod
    def of(cls, units: Iterable[Unit]) -> Names:
        found: dict[str, str] = {}
        for unit in units:
            for name in _names(unit):
                found[name] = unit.code if found.get(name, unit.code) == unit.code else ""
        return cls(tuple(sorted(found.items(), key=lambda item: (-len(item[0]), item))))

    def named(self, text: str) -> set[str]:
        """The codes of the agencies a text names; a name within a longer one does not count."""
        rest, found = f" {_said(text)} ", set()
        for name, code in self.known:
            if f" {name} " in rest:
                found.add(code)
                rest = rest.replace(f" {name} ", " | ")
        return found


def settled(draft: ProcessDraft, said: Mapping[str, str], names: Names, notes: Notes) -> ProcessDraft:
    """The draft with the unit of each step that certainly names one; what is not certain is noted.

    `said` gives the words of the decision by the id of the step. A step that has its unit keeps it.
    """
    process = Process.from_data(draft.definition)
    units = {node.id: _unit(node.role, said.get(node.id, ""), names) for node in process.steps}
    for node in process.steps:
        words_of_it = said.get(node.id, "")
        if node.role not in ("", Role.RECEPTION) and not units[node.id] and _mentions(words_of_it):
            problem = "chưa rõ đơn vị nào của tỉnh làm bước này, để cơ quan giải quyết làm"
            notes.add("don_vi", problem, f"{node.id}: {words_of_it}", "Chọn đơn vị cho bước rồi công khai")
    lead = _lead(draft, process, said, names)
    others = {step: unit for step, unit in units.items() if unit not in ("", lead)}
    if not others:
        return draft
    nodes = [replace(n, unit=n.unit or others.get(n.id, "")) for n in process.nodes.values()]
    return replace(draft, definition=Process.of(nodes, process.flows).as_data())


def _unit(role: str, said: str, names: Names) -> str:
    """The one agency a step names, "" where it names none, several or one that two units share.

    A step whose role is not certain names several parties, or none that does steps.
    """
    found = names.named(said) if said and role not in ("", Role.RECEPTION) else set()
    return found.pop() if len(found) == 1 else ""


def _lead(draft: ProcessDraft, process: Process, said: Mapping[str, str], names: Names) -> str:
    """Whose procedure it is: the unit it was imported for, else the one agency whose desk receives it."""
    if draft.unit:
        return draft.unit
    desks = [names.named(said.get(node.id, "")) for node in process.steps if node.role == Role.RECEPTION]
    found = set().union(*desks)
    return found.pop() if len(found) == 1 else ""


def _mentions(said: str) -> bool:
    """Whether a text names some place besides the agency itself, which is called "Sở" without a name."""
    named = any(said[found.end() :].lstrip()[:1].isupper() for found in re.finditer(r"\bSở\b", said))
    return named or any(re.search(rf"\b{word}\b", said.casefold()) for word in _book()["mentions"])


def _names(unit: Unit) -> set[str]:
    name = _said(unit.name)
    if unit.kind == UnitKind.PROVINCE:
        return {name, *_book()["province"]}
    kind, _, rest = name.partition(" ")
    # "Sở VHTTDL", "Sở NN&MT": the first letters of its name, the word "và" written as "&" or left out.
    letters = ["".join(word[0] for word in rest.split() if word != "va")] if kind == "so" else []
    return {name, *(f"{kind} {short}" for short in letters if len(short) > 1)}


def _said(text: str) -> str:
    """A text as it is compared: folded words, one spelling for what means the same."""
    told = " ".join(words(re.sub(r"(?<=[A-Z])&(?=[A-Z])", "", text)))
    for other, same in _book()["same"]:
        told = told.replace(other, same)
    return told


@cache
def _book() -> Mapping[str, Any]:
    path = Path(__file__).with_name("reading") / "agencies.yaml"
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        "mentions": said["mentions"],
        "province": [" ".join(words(text)) for text in said["province"]],
        "same": [(" ".join(words(a)), " ".join(words(b))) for a, b in said["same"].items()],
    }
