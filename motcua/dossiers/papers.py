"""The papers of a dossier as a checklist: which were handed in, and where each comes from (thành phần hồ sơ)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from motcua.catalogue.models import Component
from motcua.catalogue.words import fold

from . import telling
from .telling import ORIGINS

# Kind of copy, the name of its field and its word; the columns of form 01 (bản chính, chứng thực, chụp).
COPIES = {
    "originals": ("chinh", "Bản chính"),
    "certified": ("chung-thuc", "Chứng thực"),
    "copies": ("chup", "Bản chụp"),
}
MOST = 99


@dataclass(frozen=True, slots=True)
class Paper:
    """One line of the checklist."""

    component: Component
    handed: bool
    origin: str
    counts: Mapping[str, int]

    @property
    def origins(self) -> list[tuple[str, str]]:
        """Where a paper may come from, for its choice."""
        return list(ORIGINS.items())

    @property
    def field(self) -> str:
        return f"giay-{self.component.pk}"

    @property
    def origin_field(self) -> str:
        return f"nguon-{self.component.pk}"

    @property
    def counted(self) -> list[dict[str, Any]]:
        """How many of each kind were handed in, for its fields."""
        return [
            {"field": f"{prefix}-{self.component.pk}", "label": label, "value": self.counts.get(kind, 0)}
            for kind, (prefix, label) in COPIES.items()
        ]

    @property
    def kept(self) -> Mapping[str, int]:
        """What the fact keeps of the counts: data from a store has no copies."""
        return self.counts if self.origin in ("paper", "scan") else {}

    @property
    def told(self) -> str:
        """The counts in words."""
        return telling.counted(self.counts)


def checklist(components: Sequence[Component], data: Mapping[str, Any] | None) -> list[Paper]:
    """The checklist of some components as it was filled in; empty when nothing was sent yet. `du`: all are there."""
    return [_paper(component, data or {}) for component in components]


def handed(papers: Sequence[Paper]) -> tuple[dict[str, Any], ...]:
    """The papers handed in, as the fact of acceptance keeps them, with how many of each kind."""
    return tuple(
        {"code": paper.component.code, "name": paper.component.name, "origin": paper.origin, **paper.kept}
        for paper in papers
        if paper.handed
    )


def shared(components: Sequence[Component], given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Those of the papers handed in for a whole group that one of its procedures asks for, by code or by name."""
    codes = {component.code for component in components if component.code}
    names = {fold(component.name) for component in components}
    return [dict(paper) for paper in given if paper.get("code") in codes or fold(str(paper["name"])) in names]


def missing(papers: Sequence[Paper]) -> list[str]:
    """The names of the papers not handed in."""
    return [paper.component.name for paper in papers if not paper.handed]


def _paper(component: Component, data: Mapping[str, Any]) -> Paper:
    origin = str(data.get(f"nguon-{component.pk}", ""))
    there = f"giay-{component.pk}" in data or bool(data.get("du"))
    return Paper(component, there, origin if origin in ORIGINS else "paper", _counts(component, data))


def _counts(component: Component, data: Mapping[str, Any]) -> dict[str, int]:
    """How many of each kind; what was published when nothing was said, one original when that is nothing either."""
    said = {kind: str(data.get(f"{prefix}-{component.pk}", "")) for kind, (prefix, _) in COPIES.items()}
    told = {kind: min(int(text), MOST) for kind, text in said.items() if text.isdecimal() and int(text)}
    if any(said.values()):
        return told
    published = {"originals": component.originals or 0, "copies": component.copies or 0}
    return {kind: count for kind, count in published.items() if count} or {"originals": 1}
