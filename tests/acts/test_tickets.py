"""Numbers of the waiting room: each given once and called by one counter, with moments that stay."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from motcua.law.facts import Refused
from motcua.people.models import Role
from motcua.tickets import acts, queries
from motcua.tickets.models import Ticket
from tests.cast import MONDAY, Cast, gather, officer

MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast(db: None) -> Cast:
    return gather()


def taken(cast: Cast, count: int) -> list[Ticket]:
    return [acts.take(cast.department, at=MONDAY + n * MINUTE) for n in range(count)]


def called(cast: Cast, minutes: int = 10, who: str = "reception", counter: str = "1") -> Ticket:
    found = acts.call_next(
        cast.department, counter=counter, by=getattr(cast.officers, who), at=MONDAY + minutes * MINUTE
    )
    assert found
    return found


def test_numbers_begin_at_one_for_each_desk_and_day(cast: Cast) -> None:
    officer(Role.RECEPTION, cast.commune)
    assert [ticket.number for ticket in taken(cast, 3)] == [1, 2, 3]
    assert acts.take(cast.commune, at=MONDAY).number == 1
    assert acts.take(cast.department, at=MONDAY + timedelta(days=1)).number == 1


@pytest.mark.django_db(transaction=True)
def test_no_number_is_given_twice_however_many_take_one_at_once(transactional_db: None) -> None:
    cast = gather()

    def take(_: int) -> int:
        try:
            return acts.take(cast.department, at=MONDAY).number
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(take, range(64)))
    assert sorted(numbers) == list(range(1, 65))


@pytest.mark.django_db(transaction=True)
def test_two_counters_never_call_the_same_number(transactional_db: None) -> None:
    cast = gather()
    clerks = [officer(Role.RECEPTION, cast.department, f"quay-{n}") for n in range(6)]
    taken(cast, 30)

    def call(turn: int) -> int | None:
        try:
            by = clerks[turn % len(clerks)]
            found = acts.call_next(cast.department, counter=str(turn), by=by, at=MONDAY + timedelta(hours=1))
            return found.number if found else None
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(call, range(30)))
    # A number held for an instant by one counter is passed over by another, which may then find none.
    given = [number for number in numbers if number]
    assert len(given) == len(set(given)) >= 24


def test_the_longest_waiting_is_called_first_and_whoever_was_served_is_done(cast: Cast) -> None:
    first, second = taken(cast, 2)
    assert called(cast) == first
    assert called(cast, 15) == second
    first.refresh_from_db()
    assert first.served_at == MONDAY + 15 * MINUTE
    assert queries.current(cast.officers.reception, cast.department, MONDAY.date()) == second
    end = acts.call_next(cast.department, counter="1", by=cast.officers.reception, at=MONDAY + 20 * MINUTE)
    assert end is None


def test_a_second_call_does_not_move_the_first(cast: Cast) -> None:
    taken(cast, 1)
    ticket = called(cast)
    acts.call_again(ticket, counter="2", by=cast.officers.reception, at=MONDAY + 12 * MINUTE)
    ticket.refresh_from_db()
    assert (ticket.called_at, ticket.last_call_at) == (MONDAY + 10 * MINUTE, MONDAY + 12 * MINUTE)
    assert (ticket.calls, ticket.counter) == (2, "2")


def test_whom_one_counter_serves_another_does_not_call_away(cast: Cast) -> None:
    taken(cast, 1)
    ticket, other = called(cast), officer(Role.RECEPTION, cast.department, "quay-2")
    with pytest.raises(Refused, match="đang được phục vụ ở quầy 1"):
        acts.call_again(ticket, counter="2", by=other, at=MONDAY + 11 * MINUTE)
    acts.skip(ticket, by=cast.officers.reception, at=MONDAY + 12 * MINUTE)
    assert acts.call_again(ticket, counter="2", by=other, at=MONDAY + 13 * MINUTE).officer == other


def test_who_did_not_come_is_put_aside_and_may_be_called_again(cast: Cast) -> None:
    taken(cast, 1)
    ticket, on = called(cast), MONDAY.date()
    acts.skip(ticket, by=cast.officers.reception, at=MONDAY + 12 * MINUTE)
    assert list(queries.aside(cast.department, on)) == [ticket]
    assert queries.board(cast.department, on) == []
    acts.call_again(ticket, counter="3", by=cast.officers.reception, at=MONDAY + 20 * MINUTE)
    assert list(queries.aside(cast.department, on)) == []
    assert queries.board(cast.department, on) == [ticket]


def test_what_is_over_or_not_begun_is_refused(cast: Cast) -> None:
    one, two = taken(cast, 2)
    by, later = cast.officers.reception, MONDAY + 30 * MINUTE
    for deed in (acts.skip, acts.serve):
        with pytest.raises(Refused, match="chưa được gọi"):
            deed(two, by=by, at=later)
    called(cast)
    acts.serve(one, by=by, at=later)
    with pytest.raises(Refused, match="đã phục vụ xong"):
        acts.call_again(one, counter="1", by=by, at=later)
    with pytest.raises(Refused, match="là của ngày 02/11/2026"):
        acts.serve(two, by=by, at=later + timedelta(days=1))


def test_only_the_desk_calls(cast: Cast) -> None:
    taken(cast, 1)
    with pytest.raises(Refused, match="không có thẩm quyền"):
        called(cast, who="handler")


def test_a_desk_without_an_officer_gives_no_numbers(cast: Cast) -> None:
    with pytest.raises(Refused, match="không có cán bộ một cửa"):
        acts.take(cast.commune, at=MONDAY)


def test_a_full_queue_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "MOST_WAITING", 2)
    taken(cast, 2)
    with pytest.raises(Refused, match="Hàng chờ đã có 2 số"):
        taken(cast, 1)


def test_waits_are_read_from_the_moments(cast: Cast) -> None:
    taken(cast, 3)
    called(cast, 10)
    called(cast, 21)
    so_far = queries.so_far(cast.department, MONDAY.date())
    assert (so_far.waiting, so_far.served, so_far.aside) == (1, 1, 0)
    assert (so_far.mean, so_far.longest) == (15 * MINUTE, 20 * MINUTE)
    assert so_far.oldest == MONDAY + 2 * MINUTE
