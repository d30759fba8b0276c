"""The register of dossiers a desk received in a period, one row for each (sổ theo dõi hồ sơ)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from motcua.law.calendar import TZ
from motcua.law.facts import Fact, ResultReturned
from motcua.people.models import Unit
from motcua.ui import qr

from .. import telling
from ..models import Dossier
from . import sets
from .forms import NoForm, Sheet
from .wording import dated, heading


def sheet(
    unit: Unit,
    first: date,
    last: date,
    dossiers: Sequence[Dossier],
    returned: Mapping[str, Fact],
    *,
    at: datetime,
) -> Sheet:
    """The register of `unit` from one day to another, both included; `returned` by stream.

    The last day chooses the set of forms. Raises NoForm before the first set.
    """
    form = sets.on(last).get("register")
    if form is None:
        raise NoForm(f"Ngày {last:%d/%m/%Y} chưa có biểu mẫu nào.")
    data = {
        "title": form.title,
        "paper": form.paper,
        "landscape": form.landscape,
        "source": form.source,
        "provisions": "",
        "head": heading(unit, last, ""),
        "qr": qr.code({"identity": unit.agency_code, "paper": form.title}, last),
        "code": unit.name,
        "desk": unit.name,
        "from": dated(first),
        "to": dated(last),
        "rows": [line(dossier, returned.get(dossier.stream)) for dossier in dossiers],
    }
    return Sheet("form07", data, at)


def line(dossier: Dossier, returned: Fact | None) -> dict[str, Any]:
    """One row of the register; `returned` is the fact that its result was handed out, if it was."""
    means = telling.HANDED.get(returned.means, returned.means) if isinstance(returned, ResultReturned) else ""
    return {
        "code": dossier.code,
        "matter": dossier.version.title,
        "applicant": dossier.applicant,
        "reach": ", ".join(
            filter(
                None, (dossier.address, dossier.phone, f"nộp thay: {dossier.agent}" if dossier.agent else "")
            )
        ),
        "deciding": dossier.deciding_unit.name,
        "received": _moment(dossier.accepted_at),
        "due": _moment(dossier.due_at),
        "returned": _moment(dossier.returned_at),
        "means": means,
        "note": "" if returned else dossier.get_state_display(),
    }


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(TZ):%H:%M %d/%m/%Y}" if at else ""
