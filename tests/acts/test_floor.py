"""The hand-written floor of the bench is worth beating only if it leaves what acts leave."""

from datetime import timedelta

import pytest
from django.db import connection

from motcua.dossiers import acts, queries
from motcua.dossiers.models import Dossier
from motcua.journal import log
from tests import cast
from tests.bench import by_hand, processes

pytestmark = pytest.mark.django_db(transaction=True)
OF_ITS_OWN = {"id", "dossier_id", "code", "request_id", "words"}


def test_the_floor_leaves_the_facts_the_rows_and_the_jobs_of_acts():
    crew = cast.gather(processes.six_steps())
    ours = crew.received()
    with processes.direct() as db:
        case = by_hand.receive(db, by_hand.Filing.like(ours), crew.officers.reception, cast.MONDAY)
        theirs = Dossier.objects.get(pk=case.id)
        assert _left(theirs) == _left(ours)
        for n, step in enumerate(processes.ORDER, start=1):
            at = cast.MONDAY + timedelta(minutes=n)
            acts.complete_step(ours, step=step, by=crew.officers.handler, at=at)
            by_hand.complete(db, case, step, crew.officers.handler, at)
            assert _left(theirs) == _left(ours)
    assert [*queries.verify(), *log.verify()] == []


def test_the_floor_does_no_step_twice_and_none_too_early():
    crew = cast.gather(processes.six_steps())
    with processes.direct() as db:
        case = by_hand.receive(db, by_hand.Filing.like(crew.received()), crew.officers.reception, cast.MONDAY)
        by_hand.complete(db, case, "b1", crew.officers.handler, cast.MONDAY)
        for step in ("b1", "b4"):
            with pytest.raises(RuntimeError, match="does not wait"):
                by_hand.complete(db, case, step, crew.officers.handler, cast.MONDAY)
        with pytest.raises(RuntimeError, match="is no"):
            by_hand.complete(db, case, "b2", crew.officers.clerk, cast.MONDAY)


def _left(dossier: Dossier) -> list[object]:
    tables = {
        "dossiers_dossier": "id = %s",
        "dossiers_task": "dossier_id = %s ORDER BY step",
    }
    found = [_rows(f"SELECT * FROM {name} WHERE {where}", dossier.pk) for name, where in tables.items()]
    jobs = (
        "SELECT queue_name, task_name, priority, lock, args FROM procrastinate_jobs WHERE args->>'code' = %s"
    )
    told = str(_rows(f"{jobs} ORDER BY id", dossier.code)).replace(dossier.code, "")
    return [*found, told, log.read(dossier.stream).facts]


def _rows(question: str, key: object) -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute(question, [key])
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [{name: value for name, value in row.items() if name not in OF_ITS_OWN} for row in rows]
