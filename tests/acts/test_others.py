"""The other indicators: who counts, at which level, against which target, and exactly the rows behind each figure."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import parse_qsl

import pytest

from motcua.law import packs
from motcua.people.models import Unit, UnitKind
from motcua.scores import walking
from motcua.scores.asked import Asked
from motcua.scores.others import queries
from motcua.scores.others.measures import OTHERS
from motcua.scores.periods import Period
from motcua.scores.walking import Road, Sides
from tests.acts import scores_world
from tests.acts.scores_world import World, moment

NOW = moment("2026-11-05 09:00")
OCTOBER = Asked(Period.parse("2026-10"), NOW, NOW)
DONE, LATE = moment("2026-10-08 09:00"), moment("2026-10-13 09:00")


@pytest.fixture
def world(db: None) -> World:
    return scores_world.build()


def walked(road: Road, count: int) -> list[int]:
    """Every row of a figure, turned to a page at a time and then back to the first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walking, "SIZE", 2)
        leaves = [road.leaf(count, {})]
        while after := leaves[-1].turning("?")["after"]:
            leaves.append(road.leaf(count, dict(parse_qsl(after))))
        for leaf in reversed(leaves[:-1]):
            following = leaves[leaves.index(leaf) + 1]
            assert road.leaf(count, dict(parse_qsl(following.turning("?")["before"]))) == leaf
    return [key for leaf in leaves for key in leaf.keys]


def listed(asked: Asked, key: str, side: Sides, unit: Unit) -> list[int]:
    rows = queries.rows(asked, key, side, [unit]).order_by("-accepted_at", "-pk")
    return list(rows.values_list("pk", flat=True))


def sides(unit: Unit, key: str, asked: Asked = OCTOBER) -> tuple[int, int, int]:
    """The figure of a unit, once every side was seen to open to as many rows as it says."""
    figure = queries.look(asked).of(unit, key)
    other = OTHERS[key]
    counts: tuple[tuple[Sides, int], ...] = (
        ("d", figure.d),
        ("left_out", figure.left_out),
        ("short", figure.d - figure.n),
    )
    for side, count in counts:
        if not other.days:
            assert queries.rows(asked, key, side, [unit]).count() == count
        if other.of_dossiers and count:
            assert walked(queries.road(asked, key, side, [unit]), count) == listed(asked, key, side, unit)
    return figure.n, figure.d, figure.left_out


def test_on_time_is_of_the_solved_and_of_the_pending_that_are_late_already(world: World) -> None:
    rows: list[dict[str, Any]] = [
        {"ended_at": DONE},
        {"ended_at": LATE},
        {},  # pending, late since 12/10
        {"due_at": moment("2026-12-01 09:00")},  # pending in time: not counted
        {"ended_at": LATE, "state": 7},  # withdrawn: not counted
        {"ended_at": LATE, "due_at": None},
    ]
    for row in rows:
        world.dossier(**row)
    assert sides(world.department, "HS_DUNG_HAN") == (1, 3, 1)


def test_levels_are_counted_apart_and_each_dossier_in_one_only(world: World) -> None:
    world.dossier(unit=world.department, ended_at=DONE)
    world.dossier(unit=world.centre, ended_at=LATE)
    look = queries.look(OCTOBER)
    communes = queries.units(OCTOBER.window.last, [UnitKind.COMMUNE])
    departments = queries.units(OCTOBER.window.last, [UnitKind.DEPARTMENT])
    assert (look.of_level(communes, "HS_DUNG_HAN").n, look.of_level(communes, "HS_DUNG_HAN").d) == (0, 1)
    assert look.of_level(departments, "HS_DUNG_HAN").rate == 1
    assert queries.rows(OCTOBER, "HS_DUNG_HAN", "d", communes).count() == 1


def test_digitisation_has_a_numerator_at_each_of_three_stages(world: World) -> None:
    world.dossier(digitised=True)
    world.dossier(digitised=True, electronic_result=True, ended_at=DONE)
    world.dossier(electronic_result=True, ended_at=DONE, returned_at=DONE)
    world.dossier(
        ended_at=moment("2026-09-30 09:00"), accepted_at=moment("2026-09-01 09:00"), returned_at=DONE
    )
    assert sides(world.department, "SO_HOA_TIEP_NHAN") == (2, 3, 0)
    assert sides(world.department, "SO_HOA_GIAI_QUYET") == (1, 2, 0)
    assert sides(world.department, "SO_HOA_TRA_KQ") == (1, 2, 0)
    assert sides(world.department, "KQ_DIEN_TU") == (2, 2, 0)


def test_satisfaction_is_of_those_who_answered_and_each_field_is_told_apart(world: World) -> None:
    land = scores_world.publish(field="Đất đai")
    for row in ({"satisfied": True}, {"satisfied": False}, {}):
        world.dossier(ended_at=DONE, version=land, **row)
    world.dossier(ended_at=DONE, satisfied=True)
    assert sides(world.department, "HL_CHUNG") == (2, 3, 1)
    assert sides(world.department, "HL_DAT_DAI") == (1, 2, 1)
    assert sides(world.department, "HL_XAY_DUNG") == (0, 0, 0)


def test_targets_are_ninety_and_eighty_five_from_the_day_they_were_set() -> None:
    told = {
        name: queries.target(name, date(2026, 10, 31))
        for name in ("all", "land", "construction", "investment")
    }
    assert {name: target and target.percent for name, target in told.items()} == {
        "all": 90,
        "land": 85,
        "construction": 85,
        "investment": 85,
    }
    assert queries.target("all", date(2023, 1, 1)) is None


def test_a_gap_is_what_is_missing_to_the_target() -> None:
    target = queries.target("all", date(2026, 10, 31))
    assert queries.Figure(8, 10).gap(target) == 10
    assert queries.Figure(0, 0).gap(target) is None


def test_online_procedures_without_dossiers_are_listed(world: World) -> None:
    used, idle = (world.announce(online="full") for _ in range(2))
    world.announce(online="")
    world.dossier(unit=world.commune, version=used, channel="online")
    assert sides(world.commune, "TTHC_TT_CO_HS") == (1, 2, 1)
    assert sides(world.commune, "TTHC_TT_CO_HS_LOAI") == (1, 1, 1)
    assert [row.pk for row in queries.rows(OCTOBER, "TTHC_TT_CO_HS", "short", [world.commune])] == [
        idle.procedure_id
    ]


def test_certified_copies_are_known_by_the_procedures_of_the_pack(world: World) -> None:
    (code, *_) = packs.on("other-indicators", date(2026, 10, 31))["certified_copies"]["procedures"]
    copies = scores_world.publish()
    copies.procedure.code = code
    copies.procedure.save()
    world.dossier(unit=world.commune, version=copies, ended_at=DONE, electronic_result=True)
    world.dossier(unit=world.commune, version=copies, ended_at=DONE)
    world.dossier(unit=world.commune, ended_at=DONE, electronic_result=True)
    assert sides(world.commune, "CT_BAN_SAO_DT") == (1, 2, 0)


def test_mean_and_saved_days_stand_beside_the_term(world: World) -> None:
    world.dossier(ended_at=DONE)  # 3 working days of a term of 5
    world.dossier(ended_at=LATE)  # 6 days: one late
    look = queries.look(OCTOBER)
    assert look.of(world.department, "TG_TRUNG_BINH").rate == 4.5
    assert look.of(world.department, "NGAY_TIET_KIEM").rate == 0.5
    (pace,) = queries.paces(OCTOBER, world.province)
    assert (pace.dossiers, pace.days, pace.term, pace.saved) == (2, 4.5, 5, 0.5)


def test_every_indicator_has_a_meaning_and_a_source() -> None:
    assert all(other.measure.meaning and other.measure.source and other.name for other in OTHERS.values())
    assert {other.key for other in queries.shown(date(2026, 10, 31))} == set(OTHERS) - {"TTHC_TT_CO_HS_LOAI"}
