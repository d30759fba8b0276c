"""Papers go from the desk to the agency and back (giao nhận hồ sơ giấy; NĐ 118/2025 Đ.18.2, 20.1.a)."""

from __future__ import annotations

from datetime import datetime

from motcua.journal.log import act
from motcua.law.facts import PapersGiven, PapersReceived
from motcua.law.lifecycle import AGENCY, DESK
from motcua.people.models import Officer

from ..models import Dossier
from .deciding import allowed, decided, write


@act
def give_papers(dossier: Dossier, *, by: Officer, at: datetime, note: str = "") -> None:
    """Giao hồ sơ giấy cho bên kia, by whoever has them; a late one is recorded all the same (Đ.18.2, 20.1.a)."""
    case = allowed(dossier, PapersGiven, by, at)
    to = AGENCY if case.standing.papers_at == DESK else DESK
    write(case, [decided(PapersGiven, at, by, to=to, papers=case.carried, note=note.strip())])


@act
def receive_papers(dossier: Dossier, *, by: Officer, at: datetime, note: str = "") -> None:
    """Nhận hồ sơ giấy: signed for by the side they were given to; `note` says what was missing (Đ.18.2)."""
    case = allowed(dossier, PapersReceived, by, at)
    write(case, [decided(PapersReceived, at, by, note=note.strip())])
