"""What happens to a publication of the index: facts of one stream, beside those of dossiers (công bố chỉ số).

`period` is as the page writes it (2026-10), `version` counts the publications of one period, `digest` is that of
what is published.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .facts import Fact

STREAM = "cong-bo-chi-so"


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication(Fact):
    """Something that was done to a publication of the index (việc công bố chỉ số)."""

    period: str
    version: int
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SnapshotDrafted(Publication):
    """Lập dự thảo công bố; `reason` says why what was published before is corrected, "" for the first."""

    label: ClassVar[str] = "Lập dự thảo công bố"
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SnapshotDiscarded(Publication):
    """Bỏ dự thảo công bố vì `reason`."""

    label: ClassVar[str] = "Bỏ dự thảo công bố"
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SnapshotSigned(Publication):
    """Ký duyệt công bố."""

    label: ClassVar[str] = "Ký duyệt công bố"


@dataclass(frozen=True, kw_only=True, slots=True)
class SnapshotPublished(Publication):
    """Công bố; `document` is the number of the notice it went out with."""

    label: ClassVar[str] = "Công bố"
    document: str = ""


KINDS: dict[str, type[Publication]] = {kind.__name__: kind for kind in Publication.__subclasses__()}
