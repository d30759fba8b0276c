"""Announcing: instruments are registered, decisions announce procedures, publication makes them final."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from motcua.catalogue.announcing import acts
from motcua.catalogue.announcing.instruments import NewInstrument, ToAnnounce
from motcua.catalogue.models import Instrument
from motcua.journal import log
from motcua.law import announcements
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from tests.cast import Cast, gather

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 9, 0, tzinfo=TZ)
ISSUED = NewInstrument(
    number="12/2026/QĐ-UBND",
    kind="committee",
    issuer="UBND tỉnh Cao Bằng",
    issued_on=date(2026, 11, 2),
    effective_on=date(2026, 11, 16),
    title="Quy định việc cấp giấy xác nhận mẫu",
    procedures=[ToAnnounce("amended", "1.000001", "Cấp giấy xác nhận mẫu", "rút ngắn thời hạn")],
)


@pytest.fixture
def cast() -> Cast:
    return gather()


def registered(**changes: object) -> Instrument:
    return acts.register_instrument(replace(ISSUED, **changes), by=None, at=AT)  # type: ignore[arg-type]


def kinds() -> list[str]:
    return [entry.kind for entry in log.history(announcements.STREAM)]


def test_an_instrument_is_registered_once_and_the_journal_knows_by_whom(cast: Cast) -> None:
    acts.register_instrument(ISSUED, by=cast.officers.controller, at=AT)
    with pytest.raises(Refused, match="đã có trong sổ"):
        registered(number="12/2026/qđ-ubnd")
    assert kinds() == ["InstrumentRegistered"]
    assert log.history(announcements.STREAM)[0].by == cast.officers.controller.username
    assert list(log.verify(announcements.STREAM)) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"effective_on": date(2026, 11, 1)}, "từ ngày ban hành"),
        ({"ended_on": date(2026, 11, 10)}, "sau ngày có hiệu lực"),
        ({"number": " "}, "phải có số"),
        ({"kind": "la"}, "Không có loại văn bản"),
    ],
)
def test_an_instrument_whose_days_or_name_are_wrong_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(Refused, match=said):
        registered(**wrong)
    assert kinds() == []


def test_only_those_who_control_procedures_keep_the_register(cast: Cast) -> None:
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.register_instrument(ISSUED, by=cast.officers.handler, at=AT)


def test_an_instrument_ends_once_for_a_reason() -> None:
    found = registered()
    with pytest.raises(Refused, match="vì sao"):
        acts.end_instrument(found, on=date(2027, 1, 1), reason=" ", by=None, at=AT)
    acts.end_instrument(found, on=date(2027, 1, 1), reason="thay bằng 40/2026/QĐ-UBND", by=None, at=AT)
    found.refresh_from_db()
    assert found.ended_on == date(2027, 1, 1)
    with pytest.raises(Refused, match="đã ghi hết hiệu lực"):
        acts.end_instrument(found, on=date(2027, 2, 1), reason="lần nữa", by=None, at=AT)
    assert kinds() == ["InstrumentRegistered", "InstrumentEnded"]
