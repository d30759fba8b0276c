"""The slip that goes with paper from one agency to the next (phiếu chuyển xử lý; NĐ 118/2025/NĐ-CP Đ.20.2.a).

The decree asks what each agency has to do and by when; no circular sets its wording.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from motcua.law.agencies import Share
from motcua.law.facts import Accepted
from motcua.people.models import Unit
from motcua.ui.templatetags import ui

from .. import telling
from ..agencies import LEAD, Agencies, HandOver
from .forms import Asked, NoForm, Sheet, base, papers
from .sets import Form
from .wording import timed

SLIP = Form(
    "chuyen-xu-ly",
    "",
    "Phiếu chuyển xử lý hồ sơ",
    "NĐ 118/2025/NĐ-CP Đ.20.2.a [câu chữ, cách trình bày chưa đối chiếu bản gốc]",
    paper="a4",
)


def sheet(told: Agencies, number: int, *, at: datetime, names: Mapping[str, str]) -> Sheet:
    """The slip of the `number`-th hand-over from one agency to another. Raises NoForm when there was none."""
    passed = next((hand_over for hand_over in told.hand_overs() if hand_over.number == number), None)
    accepted = told.case.standing.accepted
    if passed is None or accepted is None:
        raise NoForm(f"Hồ sơ chưa chuyển từ cơ quan này sang cơ quan khác lần thứ {number}.")
    asked = Asked(told.case, SLIP, passed.cause, at, names, told.units)
    unit = _unit(told, passed.giver)
    return Sheet("transfer", base(asked, unit) | _said(told, passed, accepted, names), passed.cause.at)


def _said(told: Agencies, passed: HandOver, accepted: Accepted, names: Mapping[str, str]) -> dict[str, Any]:
    case = told.case
    due = case.reading(passed.cause.at).due
    return {
        "number": passed.number,
        "from": told.name(passed.giver),
        "to": told.name(passed.taker),
        "lead": told.name(LEAD),
        "giver": telling.who(passed.cause.by, names),
        "received": timed(accepted.at),
        "due": timed(due) if due else None,
        "note": telling.note(passed.cause, case.process, names) or None,
        "agencies": [_row(told, share, passed) for share in told.shares],
        "papers": papers(accepted),
    }


def _row(told: Agencies, share: Share, passed: HandOver) -> dict[str, Any]:
    """One agency: what it has to do, in how long, and when it has had the dossier."""
    stays = [turn for turn in told.turns(share.agency) if turn.since and turn.since <= passed.cause.at]
    return {
        "name": told.name(share.agency),
        "role": "chủ trì" if share.agency == LEAD else "phối hợp",
        "job": "; ".join(step.name or step.id for step in share.steps),
        "term": f"{ui.working_time(int(share.hours * 60))} làm việc" if share.hours else None,
        "since": ui.moment(stays[0].since) if stays and stays[0].since else "",
        "next": share.agency == passed.taker,
    }


def _unit(told: Agencies, code: str) -> Unit:
    given = {unit.code: unit for named in told.units.values() for unit in (named, named.parent) if unit}
    return told.case.dossier.deciding_unit if code == LEAD else given[code]
