"""The ten national states, the three channels and the codes of dossiers (NĐ 118/2025 Đ.15, 17-24, 28)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from motcua.dossiers import acts
from motcua.dossiers.models import Dossier
from motcua.law.facts import Refused
from motcua.law.lifecycle import LABELS, State
from motcua.people.models import Role
from tests import cast
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
# One of each of the ways a province writes codes today (the pattern is a setting).
KNOWN = re.compile(r"(?:\d{3}(?:\.\d{2}){2}\.)?[A-Z]\d{2}(?:\.\d{1,3}){0,3}-(?:\d{6}|\d{8})-\d{4,7}")


@pytest.fixture
def crew() -> Cast:
    return cast.gather()


def registered(crew: Cast) -> Dossier:
    return acts.file_online(crew.filing(channel="online"), at=MONDAY)


def not_accepted(crew: Cast) -> Dossier:
    dossier = registered(crew)
    acts.refuse_reception(dossier, reason="Sai cơ quan", by=crew.officers.reception, at=MONDAY)
    return dossier


def processing(crew: Cast) -> Dossier:
    dossier = crew.received()
    acts.complete_step(dossier, step="giao", by=crew.officers.assigner, at=MONDAY + HOUR)
    return dossier


def waiting(crew: Cast) -> Dossier:
    dossier, desk = crew.received(), crew.officers.reception
    acts.request_supplement(dossier, items=["Đơn đề nghị"], reason="Mờ", by=desk, at=MONDAY + HOUR)
    return dossier


def owing(crew: Cast) -> Dossier:
    dossier = crew.received()
    acts.request_duty(dossier, amount=1000, by=crew.officers.handler, at=MONDAY + HOUR)
    return dossier


def withdrawn(crew: Cast) -> Dossier:
    dossier = crew.received()
    acts.withdraw(dossier, reason="Đổi ý", by=None, at=MONDAY + HOUR)
    return dossier


def stopped(crew: Cast) -> Dossier:
    dossier = crew.received()
    acts.stop(dossier, reason="Không đủ điều kiện", by=crew.officers.signer, at=MONDAY + HOUR)
    return dossier


def done(crew: Cast) -> Dossier:
    dossier = processing(crew)
    for step in ("tham", "xacminh", "ky", "so"):
        crew.does(dossier, step, MONDAY + 2 * HOUR)
    acts.finish(dossier, result="granted", number="1/GXN", by=crew.officers.clerk, at=MONDAY + 3 * HOUR)
    return dossier


def returned(crew: Cast) -> Dossier:
    dossier = done(crew)
    acts.pay(dossier, amount=20000, means="dvcqg", by=None, at=MONDAY + 3 * HOUR)
    acts.return_result(dossier, means="post", by=crew.officers.reception, at=MONDAY + 3 * HOUR)
    return dossier


@pytest.mark.parametrize(
    ("live", "state"),
    [
        (registered, State.REGISTERED),
        (Cast.received, State.ACCEPTED),
        (not_accepted, State.NOT_ACCEPTED),
        (processing, State.PROCESSING),
        (waiting, State.SUPPLEMENT),
        (owing, State.FINANCIAL_DUTY),
        (withdrawn, State.WITHDRAWN),
        (stopped, State.STOPPED),
        (done, State.DONE),
        (returned, State.RETURNED),
    ],
    ids=lambda value: LABELS[value] if isinstance(value, State) else "",
)
def test_each_of_the_ten_national_states_is_reached_by_acts(
    crew: Cast, live: Callable[[Cast], Dossier], state: State
) -> None:
    dossier = live(crew)
    dossier.refresh_from_db()
    assert dossier.state == state


@pytest.mark.parametrize(
    "live", [registered, not_accepted, waiting, owing, withdrawn, stopped, done, returned]
)
def test_a_new_day_is_promised_only_while_the_dossier_is_being_handled(
    crew: Cast, live: Callable[[Cast], Dossier]
) -> None:
    dossier, later = live(crew), MONDAY + timedelta(days=21)
    with pytest.raises(Refused, match=r"Hồ sơ đang ở trạng thái .* nên không thể: xin lỗi, gia hạn"):
        acts.extend(dossier, due=later, reason="Mưa lũ", by=crew.officers.signer, at=MONDAY + 4 * HOUR)


@pytest.mark.parametrize("channel", ["direct", "post", "online"])
def test_a_dossier_comes_by_any_of_the_three_channels(crew: Cast, channel: str) -> None:
    filing, desk = crew.filing(channel=channel), crew.officers.reception
    if channel == "online":
        dossier = acts.file_online(filing, at=MONDAY)
        acts.accept(dossier, components=filing.components, by=desk, at=MONDAY)
    else:
        dossier = acts.receive(filing, by=desk, at=MONDAY)
    dossier.refresh_from_db()
    assert (dossier.channel, dossier.accepted_at, dossier.limit) == (channel, MONDAY, "5 ngày làm việc")


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("{agency}-{yymmdd}-{seq:04}", "H14.05-261102-0001"),
        ("{agency}-{yyyymmdd}-{seq:07}", "H14.05-20261102-0000001"),
    ],
)
def test_the_pattern_of_a_code_is_a_setting(crew: Cast, settings: Any, pattern: str, code: str) -> None:
    settings.DOSSIER_CODE = pattern
    assert crew.received().code == code
    assert KNOWN.fullmatch(code)


def test_the_code_counts_for_the_agency_that_decides_not_for_the_desk(crew: Cast) -> None:
    desk = cast.officer(Role.RECEPTION, crew.commune)
    acts.receive(crew.filing(receiving_unit=crew.commune), by=desk, at=MONDAY)
    assert crew.received().code == "H14.05-261102-0002"
