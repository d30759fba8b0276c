"""A six-step process with one parallel split, every step stored: acts against SpiffWorkflow and a written floor.

The floor (`by_hand.py`) is psycopg written by hand for this process alone: one round trip to read, one to write, the
same rows, commits and promises. SpiffWorkflow saves its whole workflow to the same server after every step, which is
how it is used: once alone, and once leaving what an act must leave besides (the fact, the dossier, the worklist, the
message), written as the floor writes it. What all of them leave is folded and compared at the end.
"""

from __future__ import annotations

import time
from datetime import timedelta
from functools import cache, partial
from statistics import median
from typing import Any
from uuid import uuid4

import orjson
import psycopg
from django.db import connection
from psycopg.types.json import set_json_dumps, set_json_loads
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from motcua.dossiers import acts, queries
from motcua.dossiers.models import Dossier
from motcua.journal import log
from motcua.law.process import Flow, Kind, Node, Process
from motcua.people import calendars
from motcua.people.models import Role
from tests import cast

from . import by_hand
from .result import line

ORDER = ("b1", "b2", "b3", "b4", "b5", "b6")
FLOWS = ("bd b1", "b1 tach", "tach b2", "tach b3", "b2 gop", "b3 gop", "gop b4", "b4 b5", "b5 b6", "b6 kt")
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
    if differing := [*queries.verify(), *log.verify()]:
        raise RuntimeError(f"not what the facts say: {differing[:3]}")
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
    with direct() as db:
        db.execute("CREATE TABLE IF NOT EXISTS bench_spiff (id uuid PRIMARY KEY, state jsonb NOT NULL)")
        began = time.perf_counter()
        for _ in range(cases):
            _spiff_case(db, spec, serializer, like if rows else None)
        rate = cases / (time.perf_counter() - began)
        db.execute("DROP TABLE bench_spiff")
    return rate


_STATE = "SELECT s.state::text FROM bench_spiff s WHERE s.id = %s FOR UPDATE"
# What leaves the rows of an act must know what its fact follows from, and the days decided by then.
_STATE_AND_LAST = (
    f"SELECT s.state::text, e.version, e.hash, ({calendars.WATCH}) FROM bench_spiff s, LATERAL (SELECT version, hash"
    " FROM journal_entry WHERE stream = %s ORDER BY version DESC LIMIT 1) e WHERE s.id = %s FOR UPDATE OF s"
)


def _spiff_case(
    db: psycopg.Connection[Any], spec: Any, serializer: BpmnWorkflowSerializer, like: Dossier | None
) -> None:
    key, case, staff = uuid4(), None, crew().officers
    workflow = BpmnWorkflow(spec)
    workflow.do_engine_steps()
    with db.transaction():
        db.execute("INSERT INTO bench_spiff VALUES (%s, %s)", [key, serializer.serialize_json(workflow)])
        if like:
            case = by_hand.receive(db, by_hand.Filing.like(like), staff.reception, cast.MONDAY)
    for n, step in enumerate(ORDER, start=1):
        # Locked, as it must be: two officers reading the same state would lose one of the branches.
        with db.transaction():
            asked = (_STATE_AND_LAST, [case.stream, key]) if case else (_STATE, [key])
            found = db.execute(*asked).fetchone()
            assert found
            workflow = serializer.deserialize_json(found[0])
            ready = workflow.get_tasks(state=TaskState.READY)
            next(task for task in ready if task.task_spec.name == step).run()
            workflow.do_engine_steps()
            state = serializer.serialize_json(workflow)
            db.execute("UPDATE bench_spiff SET state = %s WHERE id = %s", [state, key])
            if case:
                _, version, previous, stamp = found
                now = {task.task_spec.name for task in workflow.get_tasks(state=TaskState.READY)}
                opened = sorted(now - {task.task_spec.name for task in ready})
                at = cast.MONDAY + timedelta(minutes=n)
                by_hand.move(db, case, step, opened, version + 1, previous, stamp, staff.handler, at)


def floor(cases: int) -> float:
    """Cases per second of the same rows, commits and promises, hand-written for this process alone."""
    like, staff = crew().received(cast.MONDAY), crew().officers
    with direct() as db:
        began = time.perf_counter()
        for _ in range(cases):
            case = by_hand.receive(db, by_hand.Filing.like(like), staff.reception, cast.MONDAY)
            for n, step in enumerate(ORDER, start=1):
                by_hand.complete(db, case, step, staff.handler, cast.MONDAY + timedelta(minutes=n))
        return cases / (time.perf_counter() - began)


def direct() -> psycopg.Connection[Any]:
    """A connection of psycopg as a careful hand sets it up: statements prepared at once, JSON by orjson."""
    connection.ensure_connection()
    own = {"autocommit": True, "context": None, "cursor_factory": psycopg.Cursor, "prepare_threshold": 0}
    made = psycopg.connect(**connection.get_connection_params() | own)
    set_json_loads(orjson.loads, made)
    set_json_dumps(orjson.dumps, made)
    return made


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
