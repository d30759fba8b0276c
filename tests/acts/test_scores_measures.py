"""Every rule behind a count, by hand: which rows are in a period, and which of them fulfil the measure."""

from datetime import date, timedelta

import pytest

from motcua.catalogue.models import ProcessVersion, Status
from motcua.dossiers import acts
from motcua.dossiers.queries import folded
from motcua.law.packs import NotInForce
from motcua.people.models import UnitKind
from motcua.scores import queries
from motcua.scores.periods import Period
from tests import cast
from tests.cast import MONDAY

from .scores_world import LONG_AGO, World, build, moment, publish, unit

pytestmark = pytest.mark.django_db

OCTOBER = Period.parse("2026-10")
NOVEMBER = Period.parse("2026-11")
LATER = moment("2026-11-20 09:00")


@pytest.fixture
def world() -> World:
    return build()


def pair(code: str, unit: str = "04", period: Period = OCTOBER, at=LATER) -> tuple[int, int] | None:
    return queries.counts(period, at)[unit].get(code)


def left_out(code: str, unit: str = "04", at=LATER) -> int:
    return queries.index(OCTOBER, at, unit)[0].left_out.get(code, 0)


# 2.1: which dossiers


def test_no_dossiers_is_zero_of_zero(world: World) -> None:
    for code in ("1.4", "2.1", "2.2", "3.3", "3.6", "4.1", "4.2", "4.3", "4.4", "4.5b", "5.4", "3.4", "3.5"):
        assert pair(code) == (0, 0)


def test_a_dossier_accepted_before_and_still_open_is_carried_over(world: World) -> None:
    world.dossier(accepted_at=moment("2026-09-20 09:00"), due_at=moment("2026-10-02 17:00"))
    assert pair("2.1") == (0, 1)
    assert pair("3.3") == (0, 0)


def test_a_dossier_ended_in_the_first_instant_of_a_period_was_carried_over_into_it(world: World) -> None:
    world.dossier(accepted_at=moment("2026-09-20 09:00"), ended_at=OCTOBER.start)
    assert pair("2.1") == (1, 1)
    assert pair("2.1", period=OCTOBER.previous) == (1, 1)


def test_a_dossier_ended_just_before_a_period_does_not_belong_to_it(world: World) -> None:
    world.dossier(accepted_at=moment("2026-09-20 09:00"), ended_at=OCTOBER.start - timedelta(microseconds=1))
    assert pair("2.1") == (0, 0)


def test_a_dossier_accepted_after_a_period_does_not_belong_to_it(world: World) -> None:
    world.dossier(accepted_at=OCTOBER.end, due_at=moment("2026-11-09 17:00"))
    assert pair("2.1") == (0, 0)


def test_the_first_instant_of_a_period_is_its_own(world: World) -> None:
    world.dossier(accepted_at=OCTOBER.start)
    assert pair("3.3") == (0, 1)


def test_what_happens_at_the_very_moment_one_looks_has_happened(world: World) -> None:
    at = moment("2026-10-05 09:00")
    world.dossier(accepted_at=at, ended_at=at)
    assert pair("2.1", at=at) == (1, 1)
    assert pair("2.2", at=at) == (0, 1)


def test_half_past_six_in_ha_noi_is_that_day_although_utc_says_the_day_before(world: World) -> None:
    world.dossier(accepted_at=moment("2026-10-01 06:30"), due_at=moment("2026-10-08 17:00"))
    assert pair("3.3") == (0, 1)
    assert pair("3.3", period=OCTOBER.previous) == (0, 0)


def test_what_was_never_accepted_never_counts(world: World) -> None:
    world.dossier(accepted_at=None, due_at=None, state=1)
    world.dossier(accepted_at=None, due_at=None, state=3, ended_at=moment("2026-10-06 09:00"))
    assert pair("2.1") == (0, 0)
    assert left_out("2.1") == 0


# 2.1: on time


def test_an_end_in_the_due_minute_is_on_time_and_a_minute_later_is_late(world: World) -> None:
    world.dossier(ended_at=moment("2026-10-12 17:00:59"))
    assert pair("2.1") == (1, 1)
    world.dossier(ended_at=moment("2026-10-12 17:01"))
    assert pair("2.1") == (1, 2)


def test_a_withdrawn_dossier_counts_with_the_moment_it_was_withdrawn(world: World) -> None:
    world.dossier(state=7, ended_at=moment("2026-10-10 09:00"))
    world.dossier(state=7, ended_at=moment("2026-10-14 09:00"))
    assert pair("2.1") == (1, 2)


def test_an_open_dossier_of_a_closed_period_is_held_against_its_end(world: World) -> None:
    world.dossier(accepted_at=moment("2026-10-28 09:00"), due_at=moment("2026-10-30 17:00"))
    world.dossier(accepted_at=moment("2026-10-28 09:00"), due_at=moment("2026-11-02 17:00"))
    assert pair("2.1") == (1, 2)


def test_an_open_dossier_of_the_running_period_is_held_against_now(world: World) -> None:
    world.dossier()
    assert pair("2.1", at=moment("2026-10-12 17:00")) == (1, 1)
    assert pair("2.1", at=moment("2026-10-12 17:01")) == (0, 1)


def test_an_end_after_the_period_does_not_make_up_for_being_late_at_its_end(world: World) -> None:
    world.dossier(due_at=moment("2026-10-12 17:00"), ended_at=moment("2026-11-05 09:00"))
    assert pair("2.1") == (0, 1)


def test_an_end_after_the_moment_one_looks_has_not_happened(world: World) -> None:
    world.dossier(ended_at=moment("2026-10-12 09:00"))
    assert pair("2.2", at=moment("2026-10-12 08:00")) == (0, 0)
    assert pair("2.1", at=moment("2026-10-12 08:00")) == (1, 1)


def test_a_dossier_waiting_for_its_supplement_is_held_at_the_request(world: World) -> None:
    world.dossier(state=5, supplements=1, paused_at=moment("2026-10-07 09:00"))
    world.dossier(state=5, supplements=1, paused_at=moment("2026-10-13 09:00"))
    assert pair("2.1") == (1, 2)


def test_a_dossier_closed_while_it_waited_is_held_at_the_request(world: World) -> None:
    ended = moment("2026-10-29 09:00")
    world.dossier(state=8, supplements=1, paused_at=moment("2026-10-07 09:00"), ended_at=ended)
    assert pair("2.1") == (1, 1)


def test_a_wait_that_began_after_the_period_tells_nothing_about_it(world: World) -> None:
    world.dossier(
        due_at=moment("2026-11-02 17:00"), state=5, supplements=1, paused_at=moment("2026-11-03 09:00")
    )
    assert pair("2.1") == (1, 1)
    assert pair("2.1", period=Period.parse("2026-11")) == (0, 1)


def test_a_second_request_for_supplement_is_late_whatever_the_dates(world: World) -> None:
    world.dossier(supplements=2, ended_at=moment("2026-10-06 09:00"))
    world.dossier(supplements=2, due_at=None)
    assert pair("2.1") == (0, 2)


def test_a_dossier_without_a_due_date_stands_outside_and_is_told(world: World) -> None:
    world.dossier(due_at=None)
    world.dossier(ended_at=moment("2026-10-06 09:00"))
    assert pair("2.1") == (1, 1)
    assert pair("5.4") == (1, 1)
    assert pair("4.2") == (0, 2)
    assert left_out("2.1") == left_out("5.4") == 1


def test_when_no_dossier_can_be_judged_the_indicator_is_not_measured_rather_than_zero(world: World) -> None:
    world.dossier(due_at=None)
    assert pair("2.1") is None
    entry = queries.index(OCTOBER, LATER, "04")[0]
    assert entry.score.components["2.1"].score is None
    assert {"2.1", "5.4"} <= set(entry.unmeasured)


# The other dossier counts


def test_synchronised_is_what_the_portal_acknowledged(world: World) -> None:
    world.dossier(reported=3)
    world.dossier()
    assert pair("1.4") == (1, 2)


def test_the_mean_time_counts_working_days_after_the_day_of_acceptance(world: World) -> None:
    world.dossier(accepted_at=moment("2026-10-02 16:00"), ended_at=moment("2026-10-07 08:00"))  # Fri to Wed
    world.dossier(accepted_at=moment("2026-10-05 08:00"), ended_at=moment("2026-10-05 16:00"))
    world.dossier()
    assert pair("2.2") == (3, 2)


def test_the_mean_time_leaves_out_what_began_before_the_calendar(world: World) -> None:
    world.dossier(accepted_at=moment("2017-12-29 09:00"), ended_at=moment("2026-10-06 09:00"))
    assert pair("2.2") is None
    assert left_out("2.2") == 1


def test_online_dossiers_are_a_share_of_those_accepted_in_the_period(world: World) -> None:
    world.dossier(channel="online")
    world.dossier(channel="post")
    world.dossier(channel="online", accepted_at=moment("2026-09-25 09:00"))
    assert pair("3.3") == (1, 2)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"fee": 0}, (0, 0)),
        ({"fee": 20000}, (0, 1)),
        ({"fee": 20000, "paid": 20000}, (0, 1)),
        ({"fee": 20000, "paid": 20000, "paid_online": True}, (1, 1)),
        ({"fee": 0, "state": 6}, (0, 1)),
        ({"fee": 0, "paid": 50000, "paid_online": True}, (1, 1)),
    ],
)
def test_payment_counts_dossiers_that_owe_something(
    world: World, row: dict, expected: tuple[int, int]
) -> None:
    world.dossier(**row)
    assert pair("3.6") == expected


def test_what_a_carried_over_dossier_owes_was_counted_when_it_arrived(world: World) -> None:
    world.dossier(fee=1000, accepted_at=moment("2026-09-25 09:00"))
    assert pair("3.6") == pair("3.5") == (0, 0)


def test_an_electronic_result_counts_once_the_dossier_has_ended(world: World) -> None:
    done = {"electronic_result": True, "digitised": True}
    world.dossier(**done, ended_at=moment("2026-10-06 09:00"))
    world.dossier(**done, ended_at=moment("2026-11-06 09:00"))
    world.dossier(paper_result=False)
    assert pair("4.1") == (1, 2)
    assert pair("4.2") == (1, 3)


def test_digitised_without_an_electronic_result_is_half_the_work(world: World) -> None:
    world.dossier(digitised=True, ended_at=moment("2026-10-06 09:00"))
    assert pair("4.2") == (0, 1)


def test_reuse_and_population_data_count_over_the_carried_over_too(world: World) -> None:
    world.dossier(reused=True, from_store=True, accepted_at=moment("2026-09-25 09:00"))
    world.dossier(vneid=True)
    world.dossier(population_data=True)
    assert pair("4.3") == (1, 3)
    assert pair("4.4") == (1, 3)
    assert pair("4.5b") == (2, 3)


def test_satisfied_is_on_time_and_not_rated_badly(world: World) -> None:
    on_time, late = {"ended_at": moment("2026-10-06 09:00")}, {"ended_at": moment("2026-10-16 09:00")}
    world.dossier(**on_time, satisfied=True)
    world.dossier(**on_time, satisfied=None)
    world.dossier(**on_time, satisfied=False)
    world.dossier(**late, satisfied=True)
    assert pair("5.4") == (2, 4)


# Where a dossier belongs


def test_a_dossier_belongs_to_the_unit_that_decides_and_to_those_above_it(world: World) -> None:
    world.dossier(unit=world.centre)
    world.dossier(unit=world.commune)
    world.dossier(unit=world.department)
    world.dossier(unit=world.province)
    found = queries.counts(OCTOBER, LATER)
    assert {code: counts["3.3"] for code, counts in found.items()} == {
        "04": (0, 4),
        "S1": (0, 1),
        "S2": (0, 0),
        "X1": (0, 2),
        "X2": (0, 0),
    }


def test_the_place_of_reception_changes_nothing(world: World) -> None:
    world.dossier(unit=world.department, receiving_unit=world.village)
    assert pair("3.3", "X2") == (0, 0)
    assert pair("3.3", "S1") == (0, 1)


def test_a_unit_dissolved_before_a_period_is_not_listed_but_its_dossiers_stay_the_provinces(
    world: World,
) -> None:
    gone = unit("H1", "Huyện Cũ", UnitKind.DISTRICT, world.province, born=LONG_AGO, gone=date(2025, 7, 1))
    world.dossier(unit=gone)
    assert "H1" not in queries.counts(OCTOBER, LATER)
    assert pair("3.3") == (0, 1)


def test_a_district_is_scored_until_it_is_dissolved(world: World) -> None:
    unit("H1", "Huyện Cũ", UnitKind.DISTRICT, world.province, born=LONG_AGO, gone=date(2025, 7, 1))
    june, july = Period.parse("2025-06"), Period.parse("2025-07")
    assert "H1" in queries.counts(june, LATER)
    assert "X1" not in queries.counts(june, LATER)
    assert "H1" not in queries.counts(july, LATER)
    assert "X1" in queries.counts(july, LATER)


def test_a_commune_dissolved_on_the_first_day_of_a_period_is_not_in_it(world: World) -> None:
    unit("X3", "Xã Ba", UnitKind.COMMUNE, world.province, gone=date(2026, 10, 1))
    unit("X4", "Xã Bốn", UnitKind.COMMUNE, world.province, gone=date(2026, 10, 2))
    found = queries.counts(OCTOBER, LATER)
    assert "X3" not in found
    assert "X4" in found


def test_before_the_index_there_is_nothing_to_count(world: World) -> None:
    with pytest.raises(NotInForce):
        queries.counts(Period.parse("2022-07"), LATER)


# Procedures: announced, made public, complete


@pytest.mark.parametrize(
    ("decided", "valid_from", "expected"),
    [
        (date(2026, 10, 5), date(2026, 10, 12), (1, 1)),  # Mon, Tue, Wed, Thu, Fri
        (date(2026, 10, 6), date(2026, 10, 12), (0, 1)),
        (date(2026, 10, 4), date(2026, 10, 9), (0, 1)),  # a Sunday is no working day
        (date(2026, 10, 3), date(2026, 10, 12), (1, 1)),
        (date(2026, 10, 5), date(2026, 10, 1), (0, 1)),
        (date(2026, 10, 5), date(2045, 1, 1), (1, 1)),
        (date(2026, 9, 30), date(2026, 10, 30), (0, 0)),
    ],
)
def test_a_decision_must_be_signed_five_working_days_before_it_takes_effect(
    world: World, decided: date, valid_from: date, expected: tuple[int, int]
) -> None:
    world.announce(decided_on=decided, valid_from=valid_from)
    assert pair("1.1") == expected


def test_a_procedure_announced_twice_counts_once_and_one_late_decision_makes_it_late(world: World) -> None:
    first = world.announce(
        decided_on=date(2026, 10, 1), valid_from=date(2026, 10, 15), valid_to=date(2026, 10, 20)
    )
    world.announce(decided_on=date(2026, 10, 19), valid_from=date(2026, 10, 20), procedure=first.procedure)
    assert pair("1.1") == (0, 1)


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2026-10-05 10:00", (1, 1)),
        ("2026-10-12 23:59", (1, 1)),
        ("2026-10-13 00:01", (0, 1)),  # still the 12th in UTC
        ("2026-11-03 09:00", (0, 1)),
    ],
)
def test_a_procedure_must_be_public_within_five_working_days_of_its_decision(
    world: World, published: str, expected: tuple[int, int]
) -> None:
    world.announce(decided_on=date(2026, 10, 5), published_at=moment(published))
    assert pair("1.2") == expected


def test_a_decision_not_made_public_is_late_only_once_its_days_are_over(world: World) -> None:
    world.announce(decided_on=date(2026, 10, 5), draft=True)
    assert pair("1.2", at=moment("2026-10-12 17:00")) == (0, 0)
    assert pair("1.2", at=moment("2026-10-13 08:00")) == (0, 1)


def test_a_publication_whose_day_is_not_known_is_not_judged(world: World) -> None:
    world.announce(decided_on=date(2026, 10, 5), published_at=None)
    world.announce(decided_on=None, valid_from=date(2026, 10, 5))
    world.announce(decided_on=None, valid_from=date(2026, 11, 5))
    assert pair("1.2") is None
    assert left_out("1.2") == 2
    assert pair("1.1") == (0, 1)
    assert left_out("1.1") == 1


def test_complete_content_is_looked_at_today(world: World) -> None:
    world.announce(sequence="")
    world.announce(parts=False)
    world.announce(valid_from=date(2026, 11, 10))
    world.announce(valid_to=date(2026, 11, 1))
    world.announce(draft=True)
    assert pair("1.3") == (2, 4)
    assert pair("1.3", at=moment("2026-10-20 09:00")) == (2, 4)
    assert pair("1.3", at=moment("2026-11-05 09:00")) == (1, 3)


def test_units_share_the_figures_of_announcing_with_their_province(world: World) -> None:
    world.announce(decided_on=date(2026, 10, 1), published_at=moment("2026-10-02 09:00"))
    found = queries.counts(OCTOBER, LATER)
    for code in ("1.1", "1.2", "1.3"):
        assert {counts[code] for counts in found.values()} == {found["04"][code]}
        assert found["04"][code][1] > 0


# Procedures: online services, payment, population data


def test_a_commune_answers_for_procedures_of_its_level_and_a_department_for_those_that_name_it(
    world: World,
) -> None:
    world.announce(online="partial")
    publish(levels=["province"], agency="Sở Hai và Sở Ba", online="none")
    publish(levels=["ministry"], agency="Bộ Mẫu", online="full")
    found = queries.counts(OCTOBER, LATER)
    assert {code: counts["3.1"] for code, counts in found.items()} == {
        "04": (2, 3),
        "S1": (1, 1),
        "S2": (0, 1),
        "X1": (1, 1),
        "X2": (1, 1),
    }


def test_services_are_those_in_force_on_the_last_day(world: World) -> None:
    world.announce(online="full", valid_from=OCTOBER.last)
    world.announce(online="full", valid_to=OCTOBER.last)
    world.announce(online="full", valid_from=date(2026, 11, 1))
    world.announce(online="full", draft=True)
    assert pair("3.1", "X1") == (1, 1)


def test_a_procedure_whose_level_nobody_wrote_down_is_the_provinces(world: World) -> None:
    world.announce(levels=[], online="none")
    assert pair("3.1") == (1, 2)
    assert pair("3.1", "X1") is None


def test_a_published_internal_process_makes_a_procedure_the_duty_of_its_department(world: World) -> None:
    version = publish(levels=["province"], agency="UBND cấp tỉnh", online="full")
    ProcessVersion.objects.create(
        procedure=version.procedure,
        unit=world.other,
        number=2,
        status=Status.PUBLISHED,
        valid_from=LONG_AGO,
        definition={},
    )
    assert pair("3.1", "S2") == (1, 1)


def test_a_unit_whose_duties_nobody_announced_is_not_measured_on_them(world: World) -> None:
    world.dossier(unit=world.other, channel="online", version=world.version)
    counts = queries.counts(OCTOBER, LATER)["S2"]
    assert not {"3.1", "3.2", "4.5a"} & set(counts)
    assert counts["3.3"] == (1, 1)


def test_an_online_level_nobody_knows_stands_outside(world: World) -> None:
    world.announce(online="")
    assert pair("3.1") == (1, 1)
    assert left_out("3.1") == left_out("3.2") == 1
    assert pair("3.1", "X1") is None
    assert pair("3.2", "X1") is None


def test_a_service_counts_as_used_where_it_was_used_and_above(world: World) -> None:
    service = world.announce(online="full")
    world.announce(online="full")
    world.dossier(unit=world.centre, version=service, channel="online")
    world.dossier(unit=world.village, version=service, channel="direct")
    found = queries.counts(OCTOBER, LATER)
    assert (found["X1"]["3.2"], found["X2"]["3.2"], found["04"]["3.2"]) == ((1, 2), (0, 2), (1, 3))


def test_a_service_used_only_before_the_period_is_not_used_in_it(world: World) -> None:
    world.dossier(channel="online", accepted_at=moment("2026-09-25 09:00"))
    assert pair("3.2") == (0, 1)


def test_a_procedure_used_by_two_units_counts_once_for_the_province(world: World) -> None:
    for place in (world.commune, world.village):
        world.dossier(unit=place, fee=1000, paid_online=True, paid=1000)
    assert pair("3.5") == pair("3.4") == (1, 1)
    assert pair("3.5", "X1") == (1, 1)


def test_a_payment_anywhere_and_ever_proves_that_a_procedure_can_be_paid_online(world: World) -> None:
    world.dossier(
        unit=world.village, fee=1000, paid=1000, paid_online=True, accepted_at=moment("2026-03-02 09:00")
    )
    world.dossier(unit=world.commune, fee=1000)
    assert pair("3.4", "X1") == (1, 1)
    assert pair("3.5", "X1") == (0, 1)
    assert pair("3.4", "X2") == (0, 0)


def test_population_data_counts_procedures_for_citizens(world: World) -> None:
    used = world.announce()
    world.announce(audiences=["Doanh nghiệp"])
    world.announce(audiences=[])
    world.dossier(unit=world.commune, version=used, vneid=True, accepted_at=moment("2026-09-25 09:00"))
    assert pair("4.5a", "X1") == (1, 1)
    assert pair("4.5a", "X2") == (0, 1)
    assert left_out("4.5a", "X1") == 1


def test_what_nobody_records_yet_is_absent_and_certified_copies_do_not_apply_to_departments(
    world: World,
) -> None:
    found = queries.counts(OCTOBER, LATER)
    for counts in found.values():
        assert not {"5.1", "5.2", "5.3"} & set(counts)
    assert found["S1"]["4.6"] is None
    assert "4.6" not in found["04"]
    assert "4.6" not in found["X1"]


# Rows that acts wrote


def test_a_dossier_is_judged_as_its_own_clock_says_at_every_turn_of_its_life() -> None:
    crew = cast.gather()
    dossier = crew.received(MONDAY)
    acts.request_supplement(
        dossier,
        items=["Đơn đề nghị"],
        reason="Thiếu chữ ký",
        by=crew.officers.reception,
        at=MONDAY + timedelta(days=1),
    )
    acts.receive_supplement(dossier, by=crew.officers.reception, at=MONDAY + timedelta(days=9))
    dossier.refresh_from_db()
    assert dossier.due_at is not None
    verdicts = []
    for at in (MONDAY + timedelta(days=9), dossier.due_at, dossier.due_at + timedelta(minutes=1)):
        late = folded(dossier).reading(at).late
        assert pair("2.1", "04.05", NOVEMBER, at) == pair("5.4", "04.05", NOVEMBER, at) == (int(not late), 1)
        verdicts.append(late)
    assert verdicts == [False, False, True]


def test_a_dossier_closed_for_want_of_its_supplement_is_judged_as_its_own_clock_says() -> None:
    crew = cast.gather()
    dossier = crew.received(MONDAY)
    acts.request_supplement(
        dossier,
        items=["Đơn đề nghị"],
        reason="Thiếu chữ ký",
        by=crew.officers.reception,
        at=MONDAY + timedelta(days=1),
    )
    acts.stop(dossier, reason="Quá hạn bổ sung", by=crew.officers.reception, at=MONDAY + timedelta(days=20))
    dossier.refresh_from_db()
    at = MONDAY + timedelta(days=21)
    assert not folded(dossier).reading(at).late
    assert pair("2.1", "04.05", NOVEMBER, at) == (1, 1)
    assert pair("2.2", "04.05", NOVEMBER, at) == (14, 1)
