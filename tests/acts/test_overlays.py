"""What the province says otherwise: a dated row with its decision, in force for dossiers from its day on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from motcua.catalogue import queries
from motcua.catalogue.announcing import acts
from motcua.catalogue.announcing.overlaying import NewOverlay
from motcua.catalogue.control import writing
from motcua.catalogue.models import Overlay, Version
from motcua.dossiers.models import Dossier
from motcua.journal import log
from motcua.law import announcements
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from motcua.law.limits import TimeLimit
from tests.acts.test_announcing import AMENDED, OUT, issued
from tests.cast import Cast, gather

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 9, 0, tzinfo=TZ)
SHORTER = NewOverlay(
    part="terms",
    value=[{"channel": "direct", "amount": "3", "unit": "ngày làm việc", "text": "3 ngày làm việc"}],
    decision="45/QĐ-UBND",
    decided_on=date(2026, 10, 30),
    issuer="UBND tỉnh Cao Bằng",
    valid_from=date(2026, 11, 9),
)
CHEAPER = replace(
    SHORTER,
    part="fees",
    value=[{"channel": "direct", "amount": "15000", "kind": "", "text": "15.000 đồng"}],
    decision="9/2026/NQ-HĐND",
    issuer="HĐND tỉnh Cao Bằng",
)
WHERE = replace(SHORTER, part="reception_address", value="Trung tâm phục vụ hành chính công tỉnh")


@pytest.fixture
def cast() -> Cast:
    return gather()


def decided(cast: Cast, new: NewOverlay = SHORTER, at: datetime = AT, **changes: object) -> Overlay:
    changed = replace(new, **changes)  # type: ignore[arg-type]
    return acts.decide_overlay(cast.version.procedure, changed, by=cast.officers.controller, at=at)


def received(cast: Cast, day: int) -> Dossier:
    at = datetime(2026, 11, day, 9, 0, tzinfo=TZ)
    return cast.received(at, version=queries.in_force("1.000001", at.date()))


def texts() -> list[Version]:
    return list(Version.objects.filter(procedure__code="1.000001").order_by("number"))


def test_dossiers_are_received_under_the_local_term_and_fee_from_their_day_on(cast: Cast) -> None:
    decided(cast)
    decided(cast, CHEAPER, valid_from=date(2026, 11, 11))
    before, shorter, cheaper = received(cast, 6), received(cast, 9), received(cast, 11)
    assert [(d.limit, d.fee) for d in (before, shorter, cheaper)] == [
        ("5 ngày làm việc", 20000),
        ("3 ngày làm việc", 20000),
        ("3 ngày làm việc", 15000),
    ]
    assert shorter.due_at == datetime(2026, 11, 12, 17, 0, tzinfo=TZ)


def test_the_version_keeps_what_the_central_record_says_and_by_which_overlay(cast: Cast) -> None:
    overlay = decided(cast)
    central, local = texts()
    assert (central.valid_to, local.origin, local.valid_from) == (
        local.valid_from,
        central,
        date(2026, 11, 9),
    )
    kept = local.central["terms"]
    assert kept["overlay"] == overlay.pk
    assert [Decimal(row["amount"]) for row in kept["value"]] == [5, 5, 5]
    assert [term.amount for term in local.terms.all()] == [3, 5, 5]
    facts = [entry.kind for entry in log.history(announcements.STREAM)]
    assert facts == ["OverlayDecided"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"part": "sequence", "value": "x"}, "khóa theo bản trung ương"),
        ({"part": "components", "value": ["x"]}, "khóa theo bản trung ương"),
        ({"value": [{"channel": "direct", "amount": "6", "unit": "ngày làm việc", "text": ""}]}, "dài hơn"),
        ({"value": [{"channel": "direct", "amount": "5", "unit": "tháng", "text": ""}]}, "dài hơn"),
        ({"part": "fees", "value": CHEAPER.value}, "nghị quyết của Hội đồng nhân dân"),
        ({"decision": " "}, "số quyết định"),
        ({"decided_on": date(2026, 11, 3)}, "phải đã ký"),
        ({"valid_from": date(2026, 11, 1)}, "từ hôm nay"),
        ({"valid_to": date(2026, 11, 9)}, "sau ngày bắt đầu"),
        ({"value": []}, "Chưa ghi nội dung"),
    ],
)
def test_what_the_province_may_not_say_is_refused_and_leaves_nothing(
    cast: Cast, wrong: dict[str, object], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        decided(cast, **wrong)
    assert not Overlay.objects.exists()
    assert len(texts()) == 1


def test_an_overlay_with_an_end_gives_the_central_text_back(cast: Cast) -> None:
    decided(cast, valid_to=date(2026, 11, 16))
    assert [v.valid_from for v in texts()] == [date(2025, 7, 1), date(2026, 11, 9), date(2026, 11, 16)]
    assert [received(cast, day).limit for day in (9, 13, 16)] == [
        *["3 ngày làm việc"] * 2,
        "5 ngày làm việc",
    ]
    assert texts()[2].central == {}


def standing() -> list[tuple[date, date | None, int]]:
    """The published texts in their order, with the days of their direct term."""
    found = Version.objects.filter(procedure__code="1.000001", status="published").order_by("valid_from")
    return [(v.valid_from, v.valid_to, int(v.terms.get(channel="direct").amount or 0)) for v in found]


def test_a_central_text_may_begin_before_an_overlay_ends_which_goes_on_upon_it(cast: Cast) -> None:
    decided(cast, valid_to=date(2026, 12, 1))
    four = {"terms": [{"channel": "direct", "amount": "4", "unit": "ngày làm việc", "text": "4 ngày"}]}
    acts.publish_announced(issued(replace(AMENDED, given=four)), by=None, at=OUT)
    assert standing() == [
        (date(2025, 7, 1), date(2026, 11, 9), 5),
        (date(2026, 11, 9), date(2026, 11, 16), 3),
        (date(2026, 11, 16), date(2026, 12, 1), 3),
        (date(2026, 12, 1), None, 4),
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(status="superseded").update(status="published")


def test_a_central_text_may_begin_before_an_overlay_begins(cast: Cast) -> None:
    decided(cast, valid_from=date(2026, 12, 1))
    four = {"terms": [{"channel": "direct", "amount": "4", "unit": "ngày làm việc", "text": "4 ngày"}]}
    acts.publish_announced(issued(replace(AMENDED, given=four)), by=None, at=OUT)
    assert standing() == [
        (date(2025, 7, 1), date(2026, 11, 16), 5),
        (date(2026, 11, 16), date(2026, 12, 1), 4),
        (date(2026, 12, 1), None, 3),
    ]


def test_a_procedure_is_abolished_before_an_overlay_of_it_ends(cast: Cast) -> None:
    decided(cast, valid_to=date(2026, 12, 1))
    issued(replace(AMENDED, kind="abolished", changed="", given={}))
    assert standing() == [
        (date(2025, 7, 1), date(2026, 11, 9), 5),
        (date(2026, 11, 9), date(2026, 11, 16), 3),
    ]


def test_an_overlay_is_ended_for_a_reason(cast: Cast) -> None:
    overlay = decided(cast)
    decided(cast, WHERE, valid_from=date(2026, 11, 10))
    with pytest.raises(Refused, match="vì sao"):
        acts.end_overlay(overlay, on=date(2026, 11, 20), why="", by=None, at=AT)
    acts.end_overlay(overlay, on=date(2026, 11, 20), why="Bãi bỏ bằng 50/QĐ-UBND", by=None, at=AT)
    last = texts()[-1]
    assert [term.amount for term in last.terms.all()] == [5, 5, 5]
    assert set(last.central) == {"reception_address"}
    assert last.reception_address == WHERE.value
    with pytest.raises(Refused, match="đã có ngày kết thúc"):
        acts.end_overlay(Overlay.objects.get(pk=overlay.pk), on=date(2026, 12, 1), why="x", by=None, at=AT)


def test_an_announced_text_is_published_before_anything_is_said_otherwise(cast: Cast) -> None:
    decision = issued(AMENDED)
    with pytest.raises(Refused, match="chưa công khai"):
        decided(cast, at=OUT, valid_from=date(2026, 12, 1))
    acts.publish_announced(decision, by=None, at=OUT)
    decided(cast, at=OUT, valid_from=date(2026, 12, 1), value=[SHORTER.value[0] | {"amount": "2"}])


def test_a_later_decision_takes_the_place_of_the_one_before(cast: Cast) -> None:
    first = decided(cast)
    two = [{"channel": "direct", "amount": "2", "unit": "ngày làm việc", "text": "2 ngày làm việc"}]
    decided(cast, value=two, decision="60/QĐ-UBND", valid_from=date(2026, 11, 16))
    first.refresh_from_db()
    assert (first.valid_to, first.ended_why) == (date(2026, 11, 16), "Thay bằng 60/QĐ-UBND")
    assert [term.amount for term in texts()[-1].terms.all()] == [2, 5, 5]


def test_a_new_central_text_keeps_the_overlays_that_are_still_shorter(cast: Cast) -> None:
    decided(cast, valid_from=date(2026, 11, 3))
    decided(cast, WHERE, valid_from=date(2026, 11, 4))
    equal = {"terms": [{"channel": "direct", "amount": "4", "unit": "ngày làm việc", "text": "4 ngày"}]}
    acts.publish_announced(issued(replace(AMENDED, given=equal)), by=None, at=OUT)
    last = texts()[-1]
    assert set(last.central) == {"terms", "reception_address"}
    assert [term.amount for term in last.terms.all()] == [3, 5, 5]
    assert (last.decision, last.origin) == ("812/QĐ-UBND", None)
    assert last.central["reception_address"]["value"] == ""


def test_an_overlay_longer_than_the_new_central_term_ends_there(cast: Cast) -> None:
    overlay = decided(cast, valid_from=date(2026, 11, 3))
    short = {"terms": [{"channel": "direct", "amount": "1", "unit": "ngày làm việc", "text": "1 ngày"}]}
    acts.publish_announced(issued(replace(AMENDED, given=short)), by=None, at=OUT)
    overlay.refresh_from_db()
    assert (overlay.valid_to, bool(overlay.ended_why)) == (date(2026, 11, 16), True)
    assert texts()[-1].central == {}
    assert [term.amount for term in texts()[-1].terms.all()] == [1, 5, 5]


def test_a_text_drafted_from_a_local_one_is_central_again(cast: Cast) -> None:
    decided(cast)
    decided(cast, WHERE, valid_from=date(2026, 11, 10))
    draft = writing.copied(texts()[-1], begins=date(2026, 12, 1))
    assert (draft.central, draft.origin, draft.reception_address) == ({}, None, "")
    assert [term.amount for term in draft.terms.all()] == [5, 5, 5]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE catalogue_overlay SET value = '[]'",
        "UPDATE catalogue_overlay SET decision = 'khác'",
        "DELETE FROM catalogue_overlay",
        "UPDATE catalogue_version SET central = '{}' WHERE central <> '{}'",
    ],
)
def test_the_database_refuses_to_change_an_overlay(cast: Cast, sql: str) -> None:
    decided(cast)
    with pytest.raises(IntegrityError, match="final"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    ("local", "central", "within"),
    [
        ("5 ngày làm việc", "5 ngày làm việc", True),
        ("6 ngày làm việc", "5 ngày làm việc", False),
        ("40 giờ làm việc", "5 ngày làm việc", True),
        ("41 giờ", "5 ngày làm việc", False),
        ("5 ngày", "5 ngày làm việc", True),
        ("3 ngày làm việc", "30 ngày", False),
        ("28 ngày", "1 tháng", True),
        ("29 ngày", "1 tháng", False),
        ("1 tháng", "31 ngày", True),
        ("1 tháng", "30 ngày", False),
        ("2 giờ", "1 ngày", False),
    ],
)
def test_a_term_is_within_another_only_where_the_counting_shows_it(
    local: str, central: str, within: bool
) -> None:
    assert TimeLimit.parse(local).within(TimeLimit.parse(central)) is within
