"""The journal: append-only, chained, and never decided on a past that has moved."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import UTC, timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from asgiref.sync import async_to_sync
from django.db import DatabaseError, DataError, connection, transaction
from procrastinate.contrib.django import app

from motcua.dossiers import acts, queries
from motcua.dossiers.models import Dossier
from motcua.journal import log, wire
from motcua.journal.tasks import take_up
from motcua.law.facts import FeePaid, Rated, Refused, Withdrawn
from tests import cast
from tests.cast import MONDAY

STREAM = "thu/1"


def written(*facts: object) -> None:
    _, statement = log.append(log.read(STREAM), facts)  # type: ignore[arg-type]
    wire.write([statement, wire.Statement("SELECT 1", [])])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql", ["UPDATE journal_entry SET by = 'x'", "DELETE FROM journal_entry", "TRUNCATE journal_entry"]
)
def test_the_journal_refuses_to_change(sql: str) -> None:
    written(Withdrawn(at=MONDAY, by="a"))
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert len(log.history(STREAM)) == 1


@pytest.mark.django_db
def test_facts_come_back_as_they_were_written() -> None:
    facts = (
        Withdrawn(at=MONDAY, by="a", reason="Đổi ý", provision="Đ.21"),
        Rated(at=MONDAY, satisfied=False, reason="lâu"),
    )
    written(*facts)
    assert log.read(STREAM).facts == facts
    assert not list(log.verify())


@pytest.mark.django_db
def test_the_chain_can_be_followed_with_nothing_but_the_standard_library() -> None:
    reason = 'Chị ấy nói: "thôi" \\ \t\n\x1f\x7f\u2028 \U0001f600 đ/ế'
    past = log.Past("ho-so/x", ())
    for amount in (1, 2**53):
        facts = [Withdrawn(at=MONDAY, reason=reason), FeePaid(at=MONDAY, amount=amount, means="counter")]
        past, entries = log.append(past, facts)
        wire.write([entries, wire.Statement("SELECT 1", [])])
    digest = bytes(32)
    for entry in log.history(past.stream):
        row = {
            name: getattr(entry, name) for name in ("stream", "version", "kind", "data", "by", "provision")
        }
        for name in ("occurred_at", "recorded_at"):
            row[name] = getattr(entry, name).astimezone(UTC).isoformat()
        said = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(digest + said.encode()).digest()
        assert bytes(entry.hash) == digest
    assert past.hash == digest


@pytest.mark.django_db
def test_what_was_added_since_a_past_was_read_is_not_among_its_moments() -> None:
    written(Withdrawn(at=MONDAY))
    past = log.read(STREAM)
    written(Rated(at=MONDAY, satisfied=True))
    assert len(log.recorded(past)) == len(past.facts) == 1
    assert len(log.recorded(log.read(STREAM))) == 2


@pytest.mark.django_db
def test_a_stale_write_is_refused() -> None:
    past = log.read(STREAM)
    written(Withdrawn(at=MONDAY))
    with pytest.raises(DatabaseError, match="one_fact_per_version"), transaction.atomic():
        wire.write([log.append(past, [Withdrawn(at=MONDAY)])[1], wire.Statement("SELECT 1", [])])


@pytest.mark.django_db(transaction=True)
def test_a_question_asked_inside_a_transaction_is_a_part_of_it() -> None:
    with transaction.atomic():
        written(Withdrawn(at=MONDAY))
        transaction.set_rollback(True)
    assert log.read(STREAM).version == 0


@pytest.mark.django_db(transaction=True)
def test_the_same_question_with_other_kinds_of_values_is_another_question() -> None:
    assert wire.ask("SELECT %s::text", ["1"]) == wire.ask("SELECT %s::text", [1]) == [("1",)]
    assert wire.ask("SELECT %s::text", [None]) == [(None,)]
    with pytest.raises(DataError, match="invalid input syntax"):
        wire.ask("SELECT %s::int", ["một"])
    assert wire.ask("SELECT %s::int", ["1"]) == [(1,)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ('SET data = \'{"reason": "khác"}\'', "không khớp"),
        ("SET by = 'khác'", "không khớp"),
        ("SET occurred_at = occurred_at - interval '1 day'", "không khớp"),
        ("SET recorded_at = recorded_at - interval '1 day'", "không khớp"),
        ("SET version = 5", "thiếu dòng 2"),
    ],
)
def test_a_change_behind_the_journals_back_is_found(change: str, reason: str) -> None:
    written(Withdrawn(at=MONDAY, reason="a"), Rated(at=MONDAY, satisfied=True))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE journal_entry {change} WHERE version = 2")
        cursor.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")
    (broken,) = log.verify()
    assert reason in broken.reason


@pytest.mark.django_db
def test_an_act_that_would_write_twice_is_stopped() -> None:
    @log.act
    def careless() -> None:
        Dossier.objects.filter(pk=0).update(facts=1)

    with pytest.raises(RuntimeError, match="writes once"):
        careless()


@pytest.mark.django_db(transaction=True)
def test_two_officers_finishing_two_branches_at_once_meet_in_one_join() -> None:
    crew = cast.gather()
    for _ in range(10):
        dossier = crew.received()
        acts.complete_step(dossier, step="giao", by=crew.officers.assigner, at=MONDAY)
        outcomes = at_once(*[partial(finish, dossier.pk, step, crew) for step in ("tham", "xacminh")])
        assert outcomes == [None, None]
        assert [task.step for task in dossier.tasks.all()] == ["ky"]
    assert not list(queries.verify())


@pytest.mark.django_db(transaction=True)
def test_one_step_finished_by_two_at_once_is_done_once() -> None:
    crew = cast.gather()
    dossier = crew.received()
    acts.complete_step(dossier, step="giao", by=crew.officers.assigner, at=MONDAY)
    outcomes = at_once(*[lambda: finish(dossier.pk, "tham", crew)] * 2)
    assert sorted(type(o) for o in outcomes if o) == [Refused]
    assert [task.step for task in dossier.tasks.all()] == ["xacminh"]


@pytest.mark.django_db(transaction=True)
def test_codes_taken_at_once_are_all_different() -> None:
    crew = cast.gather()
    filings = [crew.filing() for _ in range(12)]
    at_once(
        *(
            lambda f=filing: acts.receive(f, by=crew.officers.reception, at=MONDAY) and None
            for filing in filings
        )
    )
    codes = set(Dossier.objects.values_list("code", flat=True))
    assert codes == {f"H14.05-261102-{n:04}" for n in range(1, 13)}


@pytest.mark.django_db(transaction=True)
def test_one_filing_sent_twice_at_once_is_one_dossier() -> None:
    crew = cast.gather()
    filing = crew.filing()
    at_once(*[lambda: acts.receive(filing, by=crew.officers.reception, at=MONDAY) and None] * 4)
    assert Dossier.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_list_sent_twice_at_once_is_received_once() -> None:
    crew = cast.gather()
    listed = [crew.filing() for _ in range(20)]
    by = crew.officers.reception
    assert at_once(*[lambda: acts.receive_many(listed, by=by, at=MONDAY) and None] * 3) == [None] * 3
    assert Dossier.objects.count() == len(listed)


def finish(pk: int, step: str, crew: cast.Cast) -> None:
    dossier = Dossier.objects.select_related(*queries.RELATED).get(pk=pk)
    acts.complete_step(dossier, step=step, by=crew.officers.handler, at=MONDAY + timedelta(hours=1))


def at_once(*works: object) -> list[Exception | None]:
    """Run all together, each on its own connection; the exception each ended with."""
    gate, outcomes = threading.Barrier(len(works)), [None] * len(works)

    def run(n: int, work: object) -> None:
        try:
            gate.wait()
            work()  # type: ignore[operator]
        except Exception as error:
            outcomes[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes  # type: ignore[return-value]


@pytest.mark.django_db
def test_what_a_dead_worker_had_in_hand_is_taken_up_again_and_what_a_living_one_has_is_not() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now()), (now() - interval '1 hour') RETURNING id"
        )
        (living,), (dead,) = cursor.fetchall()
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id, lock, queueing_lock) VALUES"
            " ('a', 'living', 'doing', %s, 'l', NULL), ('a', 'dead', 'doing', %s, 'd', NULL),"
            " ('a', 'gone', 'doing', NULL, NULL, NULL), ('a', 'by the clock', 'doing', %s, NULL, 'clock'),"
            " ('a', 'by the clock', 'todo', NULL, NULL, 'clock')",
            [living, dead, dead],
        )
        async_to_sync(take_up.func)(SimpleNamespace(app=app), 0)
        cursor.execute("SELECT task_name, status FROM procrastinate_jobs ORDER BY id")
        assert cursor.fetchall() == [
            ("living", "doing"),
            ("dead", "todo"),
            ("gone", "todo"),
            ("by the clock", "todo"),
        ]


@pytest.mark.django_db
def test_where_nothing_happened_nothing_is_recorded() -> None:
    log.record(STREAM, [])
    assert log.history(STREAM) == []
