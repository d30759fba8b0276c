"""What to do now is worth what it brings: the dossiers that win points, and those about to lose them."""

from __future__ import annotations

import pytest

from motcua.scores import peers, queries, todo
from motcua.scores.asked import Asked
from motcua.scores.fresh import Kept, Look
from motcua.scores.periods import Period

from .scores_world import World, build, moment, unit

pytestmark = pytest.mark.django_db
NOW = moment("2026-11-20 09:00")
NOVEMBER = Asked(Period.parse("2026-11"), NOW, NOW)


@pytest.fixture
def world() -> World:
    world = build()
    common = {
        "accepted_at": moment("2026-11-16 09:00"),
        "due_at": moment("2026-11-27 17:00"),
        "paper_result": False,
    }
    world.dossier(**common, ended_at=moment("2026-11-18 09:00"))
    return world


def found(world: World, asked: Asked = NOVEMBER) -> todo.Todo | None:
    (entry,) = queries.index(asked.period, asked.at, "S1")
    return todo.of(asked, entry)


def opened(world: World, **row: object) -> str:
    common = {
        "accepted_at": moment("2026-11-16 09:00"),
        "due_at": moment("2026-11-27 17:00"),
        "paper_result": False,
    }
    return str(world.dossier(**{**common, **row}).code)


def test_a_dossier_due_today_is_worth_what_losing_it_costs(world: World) -> None:
    opened(world)
    due = opened(world, due_at=moment("2026-11-20 16:00"))
    opened(world, due_at=moment("2026-11-20 16:00"), paused_at=moment("2026-11-17 09:00"))
    opened(world, due_at=moment("2026-11-19 16:00"))
    told = found(world)
    assert told is not None
    assert (told.due, told.open) == (1, 4)
    (first,) = (work for work in told.works() if work.dossier.code == due)
    assert first.deeds == ("xong trong hôm nay để không quá hạn",)
    # One of five judged: 20 / 5 of 2.1, and of 5.4 6 / 5 / 90 %, for four of five are still on time.
    assert float(told.at_stake) == pytest.approx(20 / 5 + 6 * (0.8 - 0.6) / 0.9)


def test_what_can_still_be_done_is_told_with_its_points(world: World) -> None:
    paper = opened(world, paper_result=True, digitised=True)
    fee = opened(world, fee=1000)
    opened(world, fee=1000, paid=1000)
    told = found(world)
    assert told is not None
    works = {work.dossier.code: work for work in told.works()}
    assert works[paper].deeds == ("trả kết quả điện tử",)
    assert works[fee].deeds == ("mời nộp phí trực tuyến",)
    assert float(works[paper].points) == pytest.approx(6 + 4 / 4)
    assert float(works[fee].points) == pytest.approx(6 / 2)
    assert [work.dossier.code for work in told.works()] == [paper, fee]


def test_the_work_of_a_period_that_is_over_is_past(world: World) -> None:
    assert found(world, Asked(Period.parse("2026-10"), NOW, NOW)) is None


def test_peers_are_of_the_same_kind_and_about_as_large(world: World) -> None:
    def commune(code: str, name: str, many: int) -> None:
        place = unit(code, name, "commune", world.province)
        ended = moment("2026-11-18 09:00")
        rows = [
            world.built(unit=place, accepted_at=moment("2026-11-16 09:00"), ended_at=ended)
            for _ in range(many)
        ]
        world.dossiers(rows)

    for number, many in enumerate([20, 22, 18, 24, 26, 30, 200, 1]):
        commune(f"A{number}", f"UBND xã A{number}", many)
    commune("P1", "UBND phường P", 20)
    entries = queries.index(NOVEMBER.period, NOW)
    own = next(entry for entry in entries if entry.unit.code == "A0")
    assert {each.unit.code for each in peers.like(own, entries)} == {"A1", "A2", "A3", "A4", "A5"}
    look = Look(NOVEMBER, Kept(NOW, "", []))
    look.kept.made["entries"] = entries
    among = peers.among(look, own)
    assert among is not None
    assert len(among.peers) == 6
    assert among.fair.best <= own.rank <= among.fair.worst
    empty = next(entry for entry in entries if entry.unit.code == "X1")
    assert peers.among(look, empty) is None
