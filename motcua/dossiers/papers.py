"""The papers of a dossier as a checklist: which were handed in, and where each comes from (thành phần hồ sơ)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from motcua.catalogue.models import Component

from .telling import ORIGINS


@dataclass(frozen=True, slots=True)
class Paper:
    """One line of the checklist."""

    component: Component
    handed: bool
    origin: str

    @property
    def copies(self) -> str:
        counted = ((self.component.originals, "bản chính"), (self.component.copies, "bản sao"))
        return ", ".join(f"{number} {kind}" for number, kind in counted if number)

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


def checklist(components: Sequence[Component], data: Mapping[str, Any] | None) -> list[Paper]:
    """The checklist of some components as it was filled in; empty when nothing was sent yet."""
    return [_paper(component, data or {}) for component in components]


def handed(papers: Sequence[Paper]) -> tuple[dict[str, str], ...]:
    """The papers handed in, as the fact of acceptance keeps them."""
    return tuple(
        {"code": paper.component.code, "name": paper.component.name, "origin": paper.origin}
        for paper in papers
        if paper.handed
    )


def missing(papers: Sequence[Paper]) -> list[str]:
    """The names of the papers not handed in."""
    return [paper.component.name for paper in papers if not paper.handed]


def _paper(component: Component, data: Mapping[str, Any]) -> Paper:
    origin = str(data.get(f"nguon-{component.pk}", ""))
    return Paper(component, f"giay-{component.pk}" in data, origin if origin in ORIGINS else "paper")
