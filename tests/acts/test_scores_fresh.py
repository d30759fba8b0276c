"""What was counted is shown again while nothing happened, and counted anew within two seconds once something did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from motcua.dossiers import tasks
from motcua.gateways.models import Delivery
from motcua.journal import log
from motcua.law import offices
from motcua.scores import fresh, live, warming
from motcua.scores.asked import Asked
from motcua.scores.models import Counted
from motcua.scores.periods import Period
from tests.cast import gather

from .scores_world import World, build, moment

pytestmark = pytest.mark.django_db
NOW = moment("2026-11-20 09:00")
OCTOBER = Period.parse("2026-10")


@pytest.fixture(autouse=True)
def keeping(settings: Any) -> Iterator[None]:
    settings.INDEX_SECONDS = 600  # a slow machine must not let them pass
    fresh.forget()
    yield
    fresh.forget()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The windows that were really counted."""
    windows: list[Any] = []
    count = live.counts
    monkeypatch.setattr(live, "counts", lambda window: windows.append(window) or count(window))
    return windows


@pytest.fixture
def world() -> World:
    world = build()
    world.dossier(ended_at=moment("2026-10-06 09:00"))
    return world


def look(at: Any = NOW, period: Period = OCTOBER) -> fresh.Look:
    return fresh.index(Asked(period, at, at))


def later() -> None:
    """Let the two seconds pass."""
    for kept in fresh._KEPT.values():
        kept.until = 0


def happen() -> None:
    """Something somebody did, in the journal."""
    log.record(offices.STREAM, [offices.DayCleared(at=NOW, by="x", provision="", on="2026-11-20")])


def of_department(found: fresh.Look) -> Any:
    return found.of("S1").counts["2.1"]


def test_whoever_comes_within_two_seconds_sees_what_was_counted_and_asks_nothing(
    world: World, counted: list[Any], django_assert_num_queries: Any
) -> None:
    first = look()
    assert of_department(first) == (1, 1)
    with django_assert_num_queries(0):
        assert look(NOW + timedelta(seconds=1)).entries is first.entries
    assert len(counted) == 1


def test_an_unmoved_journal_costs_no_count_and_a_fact_counts_anew(world: World, counted: list[Any]) -> None:
    look()
    later()
    assert look().asked.at == NOW
    assert len(counted) == 1
    world.dossier(ended_at=moment("2026-10-06 09:00"))
    happen()
    later()
    assert of_department(look()) == (2, 2)
    assert len(counted) == 2


def test_a_dossier_written_again_without_a_fact_counts_anew(counted: list[Any]) -> None:
    dossier = gather().received()
    look()
    tasks.again(dossier.pk)
    later()
    look()
    assert len(counted) == 2


def test_an_answer_of_the_portal_that_comes_after_a_later_one_counts_anew(
    world: World, counted: list[Any]
) -> None:
    told = {"neighbour": "portal", "service": "s", "at": NOW, "answer": "0", "stand_in": True}
    Delivery.objects.create(id=1002, key="b#1", **told)
    look()
    later()
    Delivery.objects.create(id=1001, key="a#1", **told)
    look()
    later()
    look()
    assert len(counted) == 2


def test_the_next_minute_counts_a_running_month_anew_but_not_one_that_is_over(
    world: World, counted: list[Any]
) -> None:
    november = Period.parse("2026-11")
    due = moment("2026-11-20 09:00")
    world.dossier(accepted_at=moment("2026-11-18 09:00"), due_at=due)
    assert of_department(look(period=november)) == (1, 1)
    look()
    later()
    minute = NOW + timedelta(minutes=1)
    assert of_department(look(minute, november)) == (0, 1)
    look(minute)
    assert len(counted) == 3


def test_another_worker_takes_what_was_counted(world: World, counted: list[Any]) -> None:
    look()
    fresh.forget()
    assert of_department(look()) == (1, 1)
    assert len(counted) == 1


def test_the_rows_of_a_figure_are_asked_at_the_moment_it_was_counted(
    world: World, counted: list[Any]
) -> None:
    shown = look()
    asked = Asked(OCTOBER, shown.asked.at, NOW + timedelta(minutes=9))
    assert fresh.index(asked).asked.at == NOW
    fresh.forget()
    assert fresh.index(asked).asked.at == NOW
    assert len(counted) == 1
    earlier = Asked(OCTOBER, NOW - timedelta(hours=1), NOW)
    assert fresh.index(earlier).asked.at == NOW - timedelta(hours=1)
    assert len(counted) == 2


def test_figures_for_comparison_may_be_an_hour_old(world: World, counted: list[Any]) -> None:
    asked = Asked(Period.parse("2026-11"), NOW, NOW)
    assert fresh.before(asked) is not None
    happen()
    later()
    fresh.before(asked)
    fresh.forget()
    fresh.before(asked)
    assert len(counted) == 1


def test_counts_nobody_renews_are_forgotten(world: World) -> None:
    look()
    happen()
    look(NOW + timedelta(hours=4), Period.parse("2026-11"))
    assert [*Counted.objects.values_list("at", flat=True)] == [NOW + timedelta(hours=4)]


@pytest.mark.django_db(transaction=True)
def test_many_viewers_at_once_make_one_count(counted: list[Any]) -> None:
    build()
    many, seen = Barrier(6), []

    def view() -> None:
        many.wait()
        try:
            seen.append(len(look().entries))
        finally:
            connection.close()

    threads = [Thread(target=view) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [5] * 6
    assert len(counted) == 1


def test_past_months_are_counted_before_anybody_asks(
    world: World, counted: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    warming.warm.func(timestamp=0)
    assert len(counted) == warming.MONTHS
    fresh.before(Asked(Period.parse("2026-11"), NOW, NOW))
    warming.warm.func(timestamp=0)
    assert len(counted) == warming.MONTHS
