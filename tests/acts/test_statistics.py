"""Statistics of procedures: counted by the day of signing, frozen when closed, corrected only by the next number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from motcua.catalogue.announcing import acts, counting
from motcua.catalogue.announcing.counting import Span
from motcua.catalogue.models import Statistic
from motcua.catalogue.reading.decisions import ItemDraft
from motcua.journal import log
from motcua.law import announcements
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from tests.acts.test_announcing import AMENDED, NEW, OUT, WHOLE, issued
from tests.cast import Cast, gather, published_version

pytestmark = pytest.mark.django_db
NOVEMBER, DECEMBER = Span.parse("2026-11"), datetime(2026, 12, 1, 8, 0, tzinfo=TZ)
BOTH = replace(NEW, given={**WHOLE, "levels": ["province", "commune"]})


@pytest.fixture(autouse=True)
def cast() -> Cast:
    return gather()


def decided() -> None:
    published_version("5", "ngày làm việc", code="1.000002")
    issued(AMENDED, BOTH, ItemDraft(3, "abolished", "1.000002"))


@pytest.mark.parametrize(
    ("key", "first", "last", "label"),
    [
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30), "Tháng 11/2026"),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31), "Tháng 12/2026"),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), "Quý 4/2026"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "Năm 2026"),
    ],
)
def test_a_period_is_a_month_a_quarter_or_a_year(key: str, first: date, last: date, label: str) -> None:
    span = Span.parse(key)
    assert (span.first, span.last, span.label) == (first, last, label)


@pytest.mark.parametrize("key", ["", "2026-13", "2026-Q5", "26-11", "2026-1"])
def test_what_is_no_period_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="không phải kỳ"):
        Span.parse(key)


def test_each_number_is_a_list_by_agency_field_and_level() -> None:
    decided()
    rows = counting.live(NOVEMBER)
    assert counting.tally(rows) == {"new": 1, "amended": 1, "replaced": 0, "abolished": 1}
    levels = counting.grouped(rows, "levels")
    assert levels["Cấp xã"] == {"new": 1, "amended": 0, "replaced": 0, "abolished": 0}
    assert sum(levels["Cấp tỉnh"].values()) == 3
    assert counting.tally(counting.live(Span.parse("2026-10")))["new"] == 0
    assert len(counting.live(Span.parse("2026-Q4"))) == len(counting.live(Span.parse("2026"))) == 3


def test_a_closed_period_stays_as_it_was_and_a_correction_is_the_next_number(cast: Cast) -> None:
    decided()
    with pytest.raises(Refused, match="chưa hết"):
        acts.close_statistics(NOVEMBER, by=None, at=OUT)
    first = acts.close_statistics(NOVEMBER, by=cast.officers.controller, at=DECEMBER)
    assert (first.number, first.closed_by, len(first.rows)) == (1, cast.officers.controller.username, 3)
    late = replace(NEW, code="1.000010")
    issued(late, number="900/QĐ-UBND")
    assert len(counting.closed(NOVEMBER).rows) == 3  # type: ignore[union-attr]
    with pytest.raises(Refused, match="phải có lý do"):
        acts.close_statistics(NOVEMBER, by=None, at=DECEMBER)
    second = acts.close_statistics(NOVEMBER, reason="Ghi sót 900/QĐ-UBND", by=None, at=DECEMBER)
    assert (second.number, len(second.rows)) == (2, 4)
    with pytest.raises(Refused, match="không khác"):
        acts.close_statistics(NOVEMBER, reason="lần nữa", by=None, at=DECEMBER)
    kept = counting.closed(NOVEMBER, 1)
    assert kept
    assert len(kept.rows) == 3
    kinds = [entry.kind for entry in log.history(announcements.STREAM)]
    assert kinds.count("StatisticsClosed") == 2


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE catalogue_statistic SET rows = '[]'",
        "UPDATE catalogue_statistic SET closed_by = 'ai'",
        "DELETE FROM catalogue_statistic",
    ],
)
def test_the_database_refuses_to_change_a_closed_statistic(sql: str) -> None:
    decided()
    acts.close_statistics(NOVEMBER, by=None, at=DECEMBER)
    with pytest.raises(IntegrityError, match="final"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Statistic.objects.count() == 1


def test_a_reason_too_long_for_its_column_is_refused() -> None:
    decided()
    acts.close_statistics(NOVEMBER, by=None, at=DECEMBER)
    with pytest.raises(Refused, match="dài quá"):
        acts.close_statistics(NOVEMBER, reason="x" * 1001, by=None, at=DECEMBER)
