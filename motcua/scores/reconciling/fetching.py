"""What the national portal answers, fetched whole before anything is compared (lấy số của Cổng qua trục)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from motcua.dossiers import messages
from motcua.dossiers.folding import Folded
from motcua.dossiers.models import Dossier
from motcua.gateways import records
from motcua.journal import log
from motcua.law import calendar

from .reading import National, answered

NAMES = ("MaHoSo", "TrangThaiHoSo", "NgayTiepNhan", "NgayKetThucXuLy")
RELATED = ("version__procedure", "process", "deciding_unit", "receiving_unit")
# What queries.MEASURED calls the figures of the portal.
FIGURES = {
    "received": "tiep-nhan",
    "settled": "da-giai-quyet",
    "waiting": "cho-bo-sung",
    "returned": "da-tra",
}
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the portal has of some days: its dossiers by code, its own figures, and whether a stand-in said so."""

    dossiers: dict[str, National]
    figures: dict[str, int]
    digest: str
    stand_in: bool


def fetched(first: date, last: date, told: Progress) -> Fetched:
    """Everything the portal has of the dossiers accepted on these days. Raises Unreachable, BadFile."""
    client = records.client(reported)
    figures = client.figures(first, last)
    rows: list[dict[str, Any]] = []
    for page in client.pages(first, last):
        rows += [{name: row[name] for name in NAMES if row.get(name)} for row in page.rows]
        told(len(rows), page.total)
    written = json.dumps(rows, sort_keys=True, ensure_ascii=False).encode()
    named = {FIGURES[name]: count for name, count in figures.items()}
    return Fetched(answered(rows), named, hashlib.sha256(written).hexdigest(), client.stand_in)


def reported(first: date, last: date) -> Iterator[Mapping[str, Any]]:
    """What this installation last told the portal of each dossier accepted on these days; the stand-in's memory."""
    start, end = calendar.at(first, time.min), calendar.at(last + timedelta(days=1), time.min)
    sent = Dossier.objects.filter(reported__gt=0, accepted_at__gte=start, accepted_at__lt=end)
    for dossier in sent.select_related(*RELATED).defer("words").order_by("code").iterator(chunk_size=500):
        if dossier.reported < dossier.facts:
            past = log.read(dossier.stream).until(dossier.reported)
            yield messages.sync(Folded(dossier, past))
        else:
            yield _as_it_stands(dossier)


def _as_it_stands(dossier: Dossier) -> dict[str, str]:
    told = {"MaHoSo": dossier.code, "TrangThaiHoSo": str(dossier.state)}
    moments = {"NgayTiepNhan": dossier.accepted_at, "NgayKetThucXuLy": dossier.ended_at}
    return told | {name: _written(moment) for name, moment in moments.items() if moment}


def _written(moment: datetime) -> str:
    return moment.astimezone(calendar.TZ).strftime("%Y%m%d%H%M%S")
