"""Errands to a neighbour: asked once however often, tried again, and never without an end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.gateways import errands
from motcua.gateways.errands import Failed, Hand
from motcua.gateways.models import Errand, ErrandState
from motcua.gateways.portal import Unreachable
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db


def asked(at: object = MONDAY) -> tuple[Errand, bool]:
    return errands.ask("match", queue="cleaning", task="catalogue.match_gateway", by="ai", at=at)  # type: ignore[arg-type]


def jobs() -> list[dict[str, int]]:
    return list(ProcrastinateJob.objects.order_by("id").values_list("args", flat=True))


def run(errand: Errand, work: object) -> Errand:
    errands.work_off(errand.pk, work, now=lambda: MONDAY)  # type: ignore[arg-type]
    errand.refresh_from_db()
    return errand


def test_asked_twice_it_is_done_once() -> None:
    first, new = asked()
    again, newer = asked(MONDAY + timedelta(minutes=1))
    assert (again.pk, new, newer) == (first.pk, True, False)
    assert jobs() == [{"errand": first.pk}]


def test_it_tells_how_far_it_is_and_what_it_left() -> None:
    errand, seen = asked()[0], []

    def work(given: Errand, hand: Hand) -> None:
        hand.told(3, 7)
        seen.append(Errand.objects.get(pk=given.pk))
        hand.left(42)

    assert run(errand, work).state == ErrandState.DONE
    assert (errand.result, errand.attempts, errand.open) == (42, 1, False)
    assert (seen[0].state, seen[0].done, seen[0].total) == (ErrandState.RUNNING, 3, 7)
    assert run(errand, lambda given, hand: pytest.fail("done already")).result == 42


def test_a_neighbour_out_of_reach_is_tried_again_until_the_last_attempt() -> None:
    errand = asked()[0]

    def away(given: Errand, hand: Hand) -> None:
        raise Unreachable("không trả lời")

    for attempt in range(1, errands.MOST):
        with pytest.raises(Unreachable):
            run(errand, away)
        errand.refresh_from_db()
        assert (errand.state, errand.attempts, errand.message) == ("waiting", attempt, "không trả lời")
    assert run(errand, away).state == ErrandState.FAILED
    assert asked()[1]


def test_what_will_never_succeed_ends_at_once_and_says_why() -> None:
    def wrong(given: Errand, hand: Hand) -> None:
        raise Failed("Cổng trả lời không đọc được")

    assert run(asked()[0], wrong).message == "Cổng trả lời không đọc được"

    def broken(given: Errand, hand: Hand) -> None:
        raise ZeroDivisionError

    errand = asked()[0]
    with pytest.raises(ZeroDivisionError):
        run(errand, broken)
    errand.refresh_from_db()
    assert (errand.state, errand.message) == (ErrandState.FAILED, errands.BROKEN)


def test_one_whose_job_was_lost_does_not_bar_the_next() -> None:
    first = asked()[0]
    second, new = asked(MONDAY + timedelta(minutes=31))
    first.refresh_from_db()
    assert (new, first.state) == (True, ErrandState.FAILED)
    assert second.pk != first.pk


def test_one_given_up_that_lives_after_all_leaves_nothing_and_ends_no_other() -> None:
    """The job stood still for half an hour and then went on: what it fetched is no longer wanted."""
    first, kept = asked()[0], []

    def slow(given: Errand, hand: Hand) -> None:
        second = asked(MONDAY + timedelta(minutes=31))[0]
        with transaction.atomic():
            kept.append(Errand.objects.create(kind="left", asked_at=MONDAY, touched_at=MONDAY).pk)
            hand.left(kept[0])
        pytest.fail(f"{second} is done by another")

    assert run(first, slow).state == ErrandState.FAILED
    assert (first.message, first.result) == (errands.LOST, None)
    assert not Errand.objects.filter(pk=kept[0]).exists()
    assert Errand.objects.latest("pk").state == ErrandState.WAITING


def test_taken_up_by_a_second_job_the_first_can_neither_end_nor_leave_it() -> None:
    errand = asked()[0]

    def overtaken(given: Errand, hand: Hand) -> None:
        run(errand, lambda given, hand: hand.left(42))
        hand.told(1, 2)

    assert (run(errand, overtaken).state, errand.result, errand.attempts) == (ErrandState.DONE, 42, 2)

    def broken(given: Errand, hand: Hand) -> None:
        run(again, lambda given, hand: hand.told(1, 2))
        raise ZeroDivisionError

    again = asked()[0]
    with pytest.raises(ZeroDivisionError):
        run(again, broken)
    again.refresh_from_db()
    assert (again.state, again.done) == (ErrandState.RUNNING, 1)
