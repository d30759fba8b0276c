"""Report forms: what stands in which column, their identities, their periods, and that what was sent stays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.catalogue.models import ProcessVersion, Status
from motcua.law import packs
from motcua.law.facts import Refused
from motcua.people.models import Officer, Post, Role, UnitKind
from motcua.scores.periods import BadPeriod
from motcua.scores.reports import acts, forms, queries, sheets, written
from motcua.scores.reports.forms import heads, identity
from motcua.scores.reports.models import SentReport
from motcua.scores.reports.spans import Reported
from tests.acts import scores_world
from tests.acts.scores_world import World, moment

Q4 = Reported.parse("2026-Q4")  # 15/09/2026 to 14/12/2026
LATER = moment("2026-12-20 09:00")
FORM = forms.on("II.06a", Q4.last)


@pytest.fixture
def world(db: None) -> World:
    return scores_world.build()


# Periods


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-Q1", date(2025, 12, 15), date(2026, 3, 14)),
        ("2026-H1", date(2025, 12, 15), date(2026, 6, 14)),
        ("2026-Q3", date(2026, 6, 15), date(2026, 9, 14)),
        ("2026", date(2025, 12, 15), date(2026, 12, 14)),
    ],
)
def test_a_period_goes_from_the_fifteenth_to_the_fourteenth(text: str, first: date, last: date) -> None:
    reported = Reported.parse(text)
    assert (reported.first, reported.last) == (first, last)
    assert reported.due == last.replace(day=25)


@given(st.dates(date(2019, 1, 1), date(2030, 12, 1)))
def test_every_day_lies_in_the_period_that_contains_it(day: date) -> None:
    found = Reported.containing(day)
    assert found.first <= day <= found.last
    assert found.next.first == found.last + timedelta(days=1)


# The form as data


def test_form_06a_has_thirteen_columns_and_form_07b_fourteen_until_districts_ended() -> None:
    assert [c.no for c in FORM.columns] == list(range(3, 14))
    before, after = (forms.on("II.07b", day) for day in (date(2025, 6, 30), date(2025, 7, 1)))
    assert [c.no for c in before.columns] == list(range(3, 15))
    assert [c.no for c in after.columns] == [3, 4, 6, 7, 8, 10, 11, 12, 14]
    assert str(before.identities[0]) == "3=4+5+6"


def test_every_identity_speaks_of_columns_the_form_has() -> None:
    for code in forms.CODES:
        for since in {value.since for value in packs.history("reports", f"form {code}")}:
            form = forms.on(code, since)
            numbers = {column.no for column in form.columns}
            assert all({each.whole, *each.parts} <= numbers for each in form.identities)


def test_heads_that_are_neighbours_and_alike_are_one_cell() -> None:
    cells = {(cell.row, cell.column): cell for cell in heads(FORM)}
    received, within = cells[0, 2], cells[1, 3]
    assert (received.label, received.columns, received.rows) == ("Số hồ sơ nhận giải quyết", 4, 1)
    assert (within.label, within.columns) == ("Trong kỳ", 2)
    assert (cells[1, 2].label, cells[1, 2].rows) == ("Tổng số", 2)
    covered = [
        (r, c)
        for x in heads(FORM)
        for r in range(x.row, x.row + x.rows)
        for c in range(x.column, x.column + x.columns)
    ]
    assert sorted(covered) == [(row, column) for row in range(3) for column in range(13)]


def test_an_identity_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not an identity"):
        identity("3>4")


# What stands in which column

CASES = {
    "received online": ({"channel": "online"}, {3, 4, 11, 13}),
    "received by post": ({"channel": "post"}, {3, 5, 11, 13}),
    "carried over": ({"accepted_at": moment("2026-09-01 09:00")}, {3, 6, 11, 13}),
    "ended days before": ({"ended_at": moment("2026-10-08 09:00")}, {3, 5, 7, 8}),
    "ended on the day": ({"ended_at": moment("2026-10-12 16:00")}, {3, 5, 7, 9}),
    "ended a minute late": ({"ended_at": moment("2026-10-12 17:01")}, {3, 5, 7, 10}),
    "withdrawn early": ({"ended_at": moment("2026-10-06 09:00"), "state": 7}, {3, 5, 7, 9}),
    "stopped late": ({"ended_at": moment("2026-11-06 09:00"), "state": 8}, {3, 5, 7, 10}),
    "ended without a term": ({"ended_at": moment("2026-11-06 09:00"), "due_at": None}, {3, 5, 7, 9}),
    "open without a term": ({"due_at": None}, {3, 5, 11, 12}),
    "waiting since it was in time": ({"paused_at": moment("2026-10-09 09:00")}, {3, 5, 11, 12}),
    "ended after the period": (
        {"ended_at": moment("2026-12-16 09:00"), "due_at": moment("2026-12-20 17:00")},
        {3, 5, 11, 12},
    ),
    "accepted after the period": ({"accepted_at": moment("2026-12-15 09:00")}, set()),
    "never accepted": ({"accepted_at": None}, set()),
    "ended before the period": (
        {"accepted_at": moment("2026-09-01 09:00"), "ended_at": moment("2026-09-14 16:00")},
        set(),
    ),
}


@pytest.mark.parametrize(("row", "columns"), CASES.values(), ids=CASES)
def test_a_dossier_stands_in_its_columns(world: World, row: dict[str, object], columns: set[int]) -> None:
    world.dossier(**row)
    sheet = sheets.fill(FORM, world.department, Q4, LATER)
    assert {no for no, count in sheet.whole.cells.items() if count} == columns


def test_form_08_tells_what_was_electronic(world: World) -> None:
    world.dossier(channel="online", digitised=True, fee=20000, paid=20000, paid_online=True)
    world.dossier(electronic_result=True, ended_at=moment("2026-10-08 09:00"), fee=20000)
    sheet = sheets.fill(forms.on("II.08", Q4.last), world.department, Q4, LATER)
    assert sheet.whole.cells == {3: 2, 4: 1, 5: 1, 6: 1, 7: 1, 8: 2, 9: 1}


moments = st.datetimes(
    moment("2026-08-01 00:00").replace(tzinfo=None), moment("2027-01-01 00:00").replace(tzinfo=None)
)


@st.composite
def odd_rows(draw: st.DrawFn) -> dict[str, object]:
    filed, *later = sorted(draw(st.lists(moments, min_size=4, max_size=4, unique=True)))
    told = [at.replace(tzinfo=LATER.tzinfo) for at in later]
    return {
        "filed_at": filed.replace(tzinfo=LATER.tzinfo),
        "accepted_at": draw(st.sampled_from([told[0], None])),
        "paused_at": draw(st.sampled_from([told[1], None])),
        "ended_at": draw(st.sampled_from([told[2], None])),
        "due_at": draw(st.sampled_from([told[1], told[2], None])),
        "channel": draw(st.sampled_from(["direct", "online", "post"])),
        "state": draw(st.sampled_from([4, 5, 7, 8, 9])),
        "supplements": draw(st.integers(0, 2)),
        "extensions": draw(st.integers(0, 1)),
    }


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(odd_rows(), max_size=8))
def test_identities_hold_and_every_cell_opens_to_exactly_its_rows(
    world: World, rows: list[dict[str, object]]
) -> None:
    with transaction.atomic():
        world.dossiers([world.built(**row) for row in rows])
        for code in ("II.06a", "II.06b", "II.06c", "II.06d", "II.08"):
            form = forms.on(code, Q4.last)
            sheet = sheets.fill(form, world.province, Q4, LATER)
            assert sheet.broken == []
            for row in sheet.rows:
                for no, count in row.cells.items():
                    found = queries.dossiers(form, no, world.province, row.where, Q4, LATER)
                    assert found.count() == count
        transaction.set_rollback(True)


# Units and their roll-up


def test_groups_stand_by_level_and_a_part_counts_for_its_agency(world: World) -> None:
    for unit in (world.department, world.commune, world.centre, world.province):
        world.dossier(unit=unit)
    sheet = sheets.fill(FORM, world.province, Q4, LATER, sheets.BY_UNIT)
    told = [(row.kind, row.label, row.cells[3]) for row in sheet.rows]
    assert told == [
        ("total", "Tổng số", 4),
        ("group", "Thủ tục hành chính cấp tỉnh", 2),
        ("row", "UBND tỉnh Mẫu", 1),
        ("row", "Sở Một", 1),
        ("group", "Thủ tục hành chính cấp xã", 2),
        ("row", "Xã Một", 2),
    ]
    assert sheets.fill(FORM, world.commune, Q4, LATER).whole.cells[3] == 2


def test_a_district_has_its_own_group_for_as_long_as_there_were_districts(world: World) -> None:
    district = scores_world.unit(
        "H1", "Huyện Một", UnitKind.DISTRICT, world.province, born=scores_world.LONG_AGO
    )
    world.dossier(unit=district, accepted_at=moment("2025-04-01 09:00"), due_at=moment("2025-04-10 09:00"))
    sheet = sheets.fill(FORM, world.province, Reported.parse("2025-Q2"), LATER)
    assert [row.number for row in sheet.rows if row.kind == "group"] == ["B"]


def test_form_07b_counts_a_procedure_once_at_each_level(world: World) -> None:
    both = world.announce(levels=["province", "commune"], agency="Sở Một")
    ProcessVersion.objects.create(
        procedure=both.procedure,
        number=1,
        status=Status.PUBLISHED,
        valid_from=scores_world.BORN,
        definition={"nodes": [{"id": "nhan", "kind": "step", "role": "reception"}], "flows": []},
    )
    form = forms.on("II.07b", Q4.last)
    sheet = sheets.fill(form, world.province, Q4, LATER)
    assert sheet.broken == []
    assert {no: sheet.whole.cells[no] for no in (3, 4, 6, 7, 8, 10)} == {3: 3, 4: 2, 6: 1, 7: 2, 8: 1, 10: 1}
    rows = {row.label: row for row in sheet.rows}
    assert rows["Xã Một"].cells[6] == 1
    assert "Sở Hai" not in rows
    for no, count in sheet.whole.cells.items():
        assert len(sheets.pairs(form, world.province, no, Q4.window(LATER))) == count


# Sending


def head_of(world: World) -> Officer:
    officer = Officer.objects.create(username="head", full_name="Người đứng đầu")
    Post.objects.create(officer=officer, unit=world.department, role=Role.HEAD, valid_from=scores_world.BORN)
    return officer


def test_a_period_that_has_not_begun_has_no_report(world: World) -> None:
    with pytest.raises(BadPeriod):
        sheets.fill(FORM, world.department, Reported.parse("2027-Q2"), LATER)


@pytest.mark.django_db(transaction=True)
def test_what_was_sent_is_numbered_frozen_and_corrected_only_for_a_reason(world: World) -> None:
    by = head_of(world)
    dossier = world.dossier(ended_at=moment("2026-10-08 09:00"))
    with pytest.raises(Refused, match="chốt số liệu"):
        acts.send(FORM, world.department, Q4, by=by, at=moment("2026-12-14 09:00"))
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.send(FORM, world.other, Q4, by=by, at=LATER)
    first = acts.send(FORM, world.department, Q4, by=by, at=LATER)
    assert first.code == "1/BC-TTHC-2026"
    assert written.digest(first.content) == first.digest
    for change in (first.save, first.delete):
        with pytest.raises(IntegrityError, match="is final"), transaction.atomic():
            change()
    with pytest.raises(Refused, match="ghi lý do"):
        acts.send(FORM, world.department, Q4, by=by, at=LATER)
    reason = "Cơ quan bổ sung kết quả còn thiếu."
    for unwritable in (reason * 40, reason + "\0"):
        with pytest.raises(Refused, match="dài quá 1000 ký tự"):
            acts.send(FORM, world.department, Q4, by=by, at=LATER, reason=unwritable)
    with pytest.raises(Refused, match="không khác bản đã gửi"):
        acts.send(FORM, world.department, Q4, by=by, at=LATER, reason=reason)
    dossier.ended_at = moment("2026-10-13 09:00")
    dossier.save()
    second = acts.send(FORM, world.department, Q4, by=by, at=LATER, reason=reason)
    assert (second.code, second.reason) == ("2/BC-TTHC-2026 (lần 2)", reason)
    assert SentReport.objects.get(pk=first.pk).content == first.content


def test_who_controls_the_province_answers_for_its_figures_and_for_no_other_department(world: World) -> None:
    officer = Officer.objects.create(username="control", full_name="Cán bộ kiểm soát")
    kept = {"unit": world.department, "role": Role.CONTROLLER, "valid_from": scores_world.BORN}
    Post.objects.create(officer=officer, **kept)
    told = {
        unit.code: queries.may_report(officer, unit, date(2026, 12, 20)) for unit in queries.agencies(Q4.last)
    }
    assert told == {"04": True, "S1": True, "S2": False, "X1": False, "X2": False}
