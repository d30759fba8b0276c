"""A six-step process with one parallel split, every step stored: acts against SpiffWorkflow and a written floor.

The floor is hand-written psycopg with no rules at all: one round trip to read, one to write, the same rows and
commits. SpiffWorkflow saves its whole workflow to the same server after every step, which is how it is used: once
alone, and once leaving what an act must leave besides (the fact, the dossier, the worklist, the message), written
as the floor writes it.
"""

from __future__ import annotations

import hashlib
import json
import time
from datetime import timedelta
from functools import cache, partial
from statistics import median
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connection
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from motcua.dossiers import acts
from motcua.dossiers.models import Dossier
from motcua.law.process import Flow, Kind, Node, Process
from motcua.people.models import Role
from tests import cast

from .result import line

ORDER = ("b1", "b2", "b3", "b4", "b5", "b6")
FLOWS = ("bd b1", "b1 tach", "tach b2", "tach b3", "b2 gop", "b3 gop", "gop b4", "b4 b5", "b5 b6", "b6 kt")
AFTER = {"b1": ["b2", "b3"], "b2": [], "b3": ["b4"], "b4": ["b5"], "b5": ["b6"], "b6": []}
GATES = {"bd": Kind.START, "tach": Kind.SPLIT, "gop": Kind.JOIN, "kt": Kind.END}


def six_steps() -> Process:
    """b1, then b2 and b3 at once, then b4, b5, b6; all handled by one role."""
    gates = [Node(name, kind) for name, kind in GATES.items()]
    steps = [Node(name, Kind.STEP, name=name, role=Role.HANDLER, hours=8) for name in ORDER]
    return Process.of([*gates, *steps], [Flow(*flow.split()) for flow in FLOWS])


@cache
def crew() -> cast.Cast:
    """The cast on this process, for every bench of the run."""
    return cast.gather(six_steps())


def run() -> list[dict[str, object]]:
    ways = {
        "ours": partial(ours, 40),
        "SpiffWorkflow, same rows": partial(spiff, 20, rows=True),
        "SpiffWorkflow alone": partial(spiff, 20, rows=False),
        "floor": partial(floor, 40),
    }
    for way in ways.values():
        way()
    # In turns, so that a noisy minute falls on all of them.
    rounds = [{name: way() for name, way in ways.items()} for _ in range(7)]
    rate = {name: median(r[name] for r in rounds) for name in ways}
    measure = "cases/s, 6 steps, one parallel split (median of 7 rounds)"
    claims = {"SpiffWorkflow, same rows": 2.5, "SpiffWorkflow alone": 1.5, "floor": 0.7}
    return [
        line("processes", measure, rate["ours"], peer, rate[peer], claim) for peer, claim in claims.items()
    ]


def ours(cases: int) -> float:
    """Cases per second of reception and six completed steps, through the acts."""
    handler, at = crew().officers.handler, cast.MONDAY
    began = time.perf_counter()
    for _ in range(cases):
        dossier = crew().received(at)
        for n, step in enumerate(ORDER, start=1):
            acts.complete_step(dossier, step=step, by=handler, at=at + timedelta(minutes=n))
    return cases / (time.perf_counter() - began)


def spiff(cases: int, *, rows: bool) -> float:
    """Cases per second of SpiffWorkflow 3.2, its state saved and committed after the start and every step.

    With `rows` each save also writes what an act leaves.
    """
    parser = BpmnParser()
    parser.add_bpmn_str(_bpmn())
    spec = parser.get_spec("p")
    serializer = BpmnWorkflowSerializer()
    like = crew().received(cast.MONDAY)
    with _direct() as db:
        db.execute("CREATE TABLE IF NOT EXISTS bench_spiff (id uuid PRIMARY KEY, state jsonb NOT NULL)")
        began = time.perf_counter()
        for _ in range(cases):
            _spiff_case(db, spec, serializer, like if rows else None)
        rate = cases / (time.perf_counter() - began)
        db.execute("DROP TABLE bench_spiff")
    return rate


def _spiff_case(
    db: psycopg.Connection[Any], spec: Any, serializer: BpmnWorkflowSerializer, like: Dossier | None
) -> None:
    key, row = uuid4(), _row(like) if like else None
    workflow = BpmnWorkflow(spec)
    workflow.do_engine_steps()
    with db.transaction():
        db.execute("INSERT INTO bench_spiff VALUES (%s, %s)", [key, serializer.serialize_json(workflow)])
        if row:
            _open(db, row)
    for step in ORDER:
        # Locked, as it must be: two officers reading the same state would lose one of the branches.
        with db.transaction():
            found = db.execute(
                "SELECT state::text FROM bench_spiff WHERE id = %s FOR UPDATE", [key]
            ).fetchone()
            assert found
            workflow = serializer.deserialize_json(found[0])
            ready = workflow.get_tasks(state=TaskState.READY)
            next(task for task in ready if task.task_spec.name == step).run()
            workflow.do_engine_steps()
            state = serializer.serialize_json(workflow)
            db.execute("UPDATE bench_spiff SET state = %s WHERE id = %s", [state, key])
            if row:
                _move(db, row, step)


def floor(cases: int) -> float:
    """Cases per second of the same rows and commits, hand-written, two round trips an act, no rules."""
    like = crew().received(cast.MONDAY)
    with _direct() as db:
        began = time.perf_counter()
        for _ in range(cases):
            _floor_case(db, like)
        return cases / (time.perf_counter() - began)


_READ = (
    "SELECT version, kind, data, occurred_at, by, provision, hash"
    " FROM journal_entry WHERE stream = %s ORDER BY version"
)
_REPORT = (
    "ROW('portal', 'dossiers.report', 0, %(stream)s, NULL, %(job)s, NULL)::procrastinate_job_to_defer_v1"
)
_TELL = "ROW('notices', 'notices.tell', 0, NULL, NULL, %(job)s, NULL)::procrastinate_job_to_defer_v1"
_JOB = "job AS (SELECT procrastinate_defer_jobs_v1(ARRAY[{jobs}]))"
_FACT = (
    "fact{n} AS (INSERT INTO journal_entry"
    " (stream, version, kind, data, occurred_at, recorded_at, by, provision, hash) VALUES"
    " (%(stream)s, %(version)s + {n}, %(kind)s, %(data)s, %(at)s, %(at)s, 'b', 'x', %(hash)s))"
)
_TASK = (
    "INSERT INTO dossiers_task (dossier_id, step, name, role, unit_id, since, waiting, due_at, dossier_due_at)"
    " SELECT {id}, s, s, 'handler', %(unit)s, %(at)s, false, %(at)s, %(at)s FROM unnest(%(steps)s::text[]) s"
)
_KEPT = ("id", "code", "request_id", "facts")
_COPY = ", ".join(f'"{f.column}"' for f in Dossier._meta.concrete_fields if f.column not in _KEPT)
_OPEN = (
    "WITH n AS (INSERT INTO dossiers_daycounter (agency_code, day, last) VALUES ('floor', %(day)s, 1)"
    " ON CONFLICT (agency_code, day) DO UPDATE SET last = dossiers_daycounter.last + 1 RETURNING last),"
    f" d AS (INSERT INTO dossiers_dossier (code, request_id, facts, {_COPY})"
    f" SELECT %(code)s, gen_random_uuid(), 2, {_COPY} FROM dossiers_dossier WHERE id = %(like)s RETURNING id),"
    f" {_FACT.format(n=1)}, {_FACT.format(n=2)}, {_JOB.format(jobs=f'{_REPORT}, {_TELL}')},"
    f" t AS ({_TASK.format(id='(SELECT id FROM d)')})"
    " SELECT d.id, n.last, job FROM d, n, job"
)
_STEP = (
    f"WITH {_FACT.format(n=1)}, {_JOB.format(jobs=_REPORT)},"
    " gone AS (DELETE FROM dossiers_task WHERE dossier_id = %(id)s AND step = %(step)s),"
    f" t AS ({_TASK.format(id='%(id)s')})"
    " , d AS (UPDATE dossiers_dossier SET facts = facts + 1, state = 4, due_at = %(at)s WHERE id = %(id)s)"
    " SELECT job FROM job"
)


def _floor_case(db: psycopg.Connection[Any], like: Dossier) -> None:
    row = _row(like)
    db.execute(_READ, [row["stream"]]).fetchall()
    _open(db, row)
    for step in ORDER:
        db.execute(_READ, [row["stream"]]).fetchall()
        _move(db, row, step)


def _row(like: Dossier) -> dict[str, Any]:
    code = f"floor-{uuid4()}"
    return {
        "stream": f"ho-so/{code}",
        "version": 0,
        "kind": "StepDone",
        "data": json.dumps({"step": "b1", "outcome": "", "note": ""}),
        "at": cast.MONDAY,
        "hash": hashlib.sha256(code.encode()).digest(),
        "job": json.dumps({"code": code, "version": 1}),
        "code": code,
        "day": cast.MONDAY.date(),
        "like": like.pk,
        "unit": like.deciding_unit_id,
        "steps": ["b1"],
    }


def _open(db: psycopg.Connection[Any], row: dict[str, Any]) -> None:
    opened = db.execute(_OPEN, row).fetchone()
    assert opened
    row |= {"id": opened[0], "version": 1}


def _move(db: psycopg.Connection[Any], row: dict[str, Any], step: str) -> None:
    row |= {"version": row["version"] + 1, "step": step, "steps": AFTER[step]}
    db.execute(_STEP, row)


def _direct() -> psycopg.Connection[Any]:
    connection.ensure_connection()
    own = {"autocommit": True, "context": None, "cursor_factory": psycopg.Cursor, "prepare_threshold": 0}
    return psycopg.connect(**connection.get_connection_params() | own)


def _bpmn() -> str:
    kinds = {"bd": "startEvent", "kt": "endEvent", "tach": "parallelGateway", "gop": "parallelGateway"}
    gates = "".join(f'<{kinds[n]} id="{n}"/>' for n in GATES)
    steps = "".join(f'<userTask id="{s}" name="{s}"/>' for s in ORDER)
    ends = enumerate(flow.split() for flow in FLOWS)
    flows = "".join(f'<sequenceFlow id="f{i}" sourceRef="{a}" targetRef="{b}"/>' for i, (a, b) in ends)
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="m">'
        f'<process id="p" isExecutable="true">{gates}{steps}{flows}</process></definitions>'
    )
