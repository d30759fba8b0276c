"""The floor: the six-step process written by hand, for this one process alone, two round trips an act.

Nothing in it is general: steps, role, term, fee and provisions are written out. But it leaves what an act leaves, to
the byte, and promises the same: a step is done once, by who holds its role, however many try at once; facts follow
from each other by their hashes; due moments are of the unit's calendar as it is decided by then; one filing is one
dossier. Anything less would be the floor of another house. `queries.verify` and `log.verify` hold it to this.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
import psycopg
from django.conf import settings
from psycopg import sql
from psycopg.types.json import Jsonb

from motcua.catalogue.words import words
from motcua.dossiers.models import Dossier
from motcua.law.calendar import day
from motcua.people import access, calendars
from motcua.people.models import Officer, Role, Unit

NEEDS = {"b1": (), "b2": ("b1",), "b3": ("b1",), "b4": ("b2", "b3"), "b5": ("b4",), "b6": ("b5",)}
MINUTES, DAYS, FEE = 480, 5, 20_000
LIMIT = "5 ngày làm việc"
FILED, ACCEPTED, DONE = (f"NĐ 118/2025/NĐ-CP Đ.{article}" for article in ("17.2", "17.3", "19"))
LAST = ("@ket-thuc", "Kết thúc xử lý, ghi kết quả")
Connection = psycopg.Connection[Any]

_NEXT = (
    "INSERT INTO dossiers_daycounter (agency_code, day, last) SELECT %s, %s, 1"
    " WHERE NOT EXISTS (SELECT FROM dossiers_dossier WHERE request_id = %s)"
    " AND set_config('synchronous_commit', 'off', true) = 'off'"
    " ON CONFLICT (agency_code, day) DO UPDATE SET last = dossiers_daycounter.last + 1"
    f" RETURNING nextval('dossiers_dossier_id_seq'), last, ({calendars.WATCH})"
)
_READ = (
    f"SELECT version, kind, data, hash, ({calendars.WATCH})"
    " FROM journal_entry WHERE stream = %s ORDER BY version"
)
_FACT = "(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
_FACTS = "f AS (INSERT INTO journal_entry (stream, version, kind, data, occurred_at, recorded_at, by, provision, hash)"
_REPORT = "ROW('portal', 'dossiers.report', 0, %s, NULL, %s, NULL)::procrastinate_job_to_defer_v1"
_TELL = "ROW('notices', 'notices.tell', 0, NULL, NULL, %s, NULL)::procrastinate_job_to_defer_v1"
_TASK = "INSERT INTO dossiers_task (dossier_id, step, name, role, unit_id, since, waiting, due_at, dossier_due_at)"
_TASKS = f"t AS ({_TASK} SELECT %s, s, s, 'handler', %s, %s, false, %s, %s FROM unnest(%s::text[]) s)"
# The columns of a dossier that differ from one to the next; the others are written out, as their defaults.
_SAID = (
    *("id", "code", "request_id", "version_id", "process_id", "receiving_unit_id", "deciding_unit_id"),
    *("applicant", "identity", "phone", "words", "filed_at", "accepted_at", "due_at", "promised_at"),
)
_PLAIN = {"channel": "'direct'", "applicant_kind": "1", "facts": "2", "state": "2", "digitised": "true"}
_PLAIN |= {"limit": f"'{LIMIT}'", "fee": str(FEE)}
_PLAIN |= {
    field.column: sql.Literal(field.get_default() if not field.null else None).as_string()
    for field in Dossier._meta.concrete_fields
    if field.column not in {*_SAID, *_PLAIN}
}
_NAMED = ", ".join(f'"{name}"' for name in (*_SAID, *_PLAIN))
_ROW = f"({_NAMED}) VALUES ({', '.join([*['%s'] * len(_SAID), *_PLAIN.values()])})"
_OPEN = (
    f"WITH {_FACTS} VALUES {_FACT}, {_FACT}), d AS (INSERT INTO dossiers_dossier {_ROW}), {_TASKS}"
    f" SELECT procrastinate_defer_jobs_v1(ARRAY[{_REPORT}, {_TELL}])"
)
_STEP = (
    f"WITH {_FACTS} VALUES {_FACT} RETURNING 1),"
    " d AS (UPDATE dossiers_dossier SET facts = %s, state = 4 WHERE id = %s),"
    " gone AS (DELETE FROM dossiers_task WHERE dossier_id = %s AND step = %s),"
    f" {{tasks}} SELECT procrastinate_defer_jobs_v1(ARRAY[{_REPORT}]) WHERE EXISTS (SELECT FROM f)"
)
_MOVE = _STEP.format(tasks=_TASKS)
_END = _STEP.format(
    tasks=f"t AS ({_TASK} VALUES (%s, '{LAST[0]}', '{LAST[1]}', 'clerk', %s, %s, false, %s, %s))"
)


@dataclass(slots=True)
class Case:
    """A dossier at hand, as a page has loaded it."""

    id: int
    code: str
    stream: str
    unit: Unit
    due: datetime


@dataclass(frozen=True, slots=True)
class Filing:
    """What one hands in at the desk."""

    request_id: UUID
    version_id: int
    process_id: int
    unit: Unit
    name: str
    identity: str
    phone: str
    papers: tuple[dict[str, str], ...]

    @classmethod
    def like(cls, dossier: Dossier) -> Filing:
        """The same again, handed in anew."""
        papers = ({"code": "", "name": "Đơn đề nghị", "origin": "scan"},)
        texts = dossier.applicant, dossier.identity, dossier.phone
        return cls(uuid4(), dossier.version_id, dossier.process_id, dossier.deciding_unit, *texts, papers)


def receive(db: Connection, filing: Filing, by: Officer, at: datetime) -> Case:
    """Filed and accepted in one write, after the question for its ordinal: the hashes are over its code."""
    _require(by, "reception", at)
    given = db.execute(_NEXT, [filing.unit.agency_code, day(at), filing.request_id]).fetchone()
    assert given
    key, ordinal, stamp = given
    calendar = calendars.of(filing.unit, stamp)
    code = settings.DOSSIER_CODE.format(
        agency=filing.unit.agency_code, yymmdd=f"{day(at):%y%m%d}", yyyymmdd="", seq=ordinal
    )
    due = calendar.close(calendar.add_working_days(day(at), DAYS))
    case = Case(key, code, f"ho-so/{code}", filing.unit, due)
    accepted = {
        "channel": "direct",
        "limit": LIMIT,
        "rules_day": day(at).isoformat(),
        "due": due.isoformat(),
        "components": filing.papers,
        "fee": FEE,
    }
    filed = entry(case, 1, "Filed", {"channel": "direct", "awaits": ()}, by, at, FILED, bytes(32))
    taken = entry(case, 2, "Accepted", accepted, by, at, ACCEPTED, filed[-1])
    row = _row(case, filing, at)
    first = calendar.add_working_minutes(at, MINUTES)
    tasks = [key, filing.unit.pk, at, first, due, ["b1"]]
    report, tell = {"code": code, "version": 2}, {"code": code, "since": 0, "until": 2}
    db.execute(_OPEN, [*filed, *taken, *row, *tasks, case.stream, Jsonb(report), Jsonb(tell)])
    return case


def complete(db: Connection, case: Case, step: str, by: Officer, at: datetime) -> None:
    """One step done: decided again on the new facts when somebody was faster."""
    while True:
        try:
            return _complete(db, case, step, by, at)
        except psycopg.errors.UniqueViolation:
            continue


def _complete(db: Connection, case: Case, step: str, by: Officer, at: datetime) -> None:
    rows = db.execute(_READ, [case.stream]).fetchall()
    done = {data["step"] for _, kind, data, *_ in rows if kind == "StepDone"}
    if step in done or not done.issuperset(NEEDS[step]):
        raise RuntimeError(f"{step} does not wait")
    _require(by, "handler", at)
    done.add(step)
    opened = [s for s, needs in NEEDS.items() if step in needs and done.issuperset(needs)]
    version, _, _, previous, stamp = rows[-1]
    move(db, case, step, opened, version + 1, previous, stamp, by, at)


def move(
    db: Connection,
    case: Case,
    step: str,
    opened: Sequence[str],
    version: int,
    previous: bytes,
    stamp: int,
    by: Officer,
    at: datetime,
) -> None:
    """What a step leaves: its fact, the dossier moved on, the next tasks, the message."""
    fact = entry(case, version, "StepDone", {"step": step, "outcome": "", "note": ""}, by, at, DONE, previous)
    moved = [*fact, version, case.id, case.id, step, case.id, case.unit.pk, at]
    report = [case.stream, Jsonb({"code": case.code, "version": version})]
    if step == "b6":
        db.execute(_END, [*moved, case.due, case.due, *report])
        return
    due = calendars.of(case.unit, stamp).add_working_minutes(at, MINUTES)
    db.execute(_MOVE, [*moved, due, case.due, list(opened), *report])


def entry(
    case: Case,
    version: int,
    kind: str,
    data: dict[str, Any],
    by: Officer,
    at: datetime,
    provision: str,
    previous: bytes,
) -> tuple[Any, ...]:
    """A row of the journal, the hash over it and the one before last."""
    now = datetime.now(UTC)
    said = {
        "stream": case.stream,
        "version": version,
        "kind": kind,
        "data": data,
        "occurred_at": at.astimezone(UTC),
        "recorded_at": now,
        "by": by.username,
        "provision": provision,
    }
    digest = hashlib.sha256(previous + orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()
    return case.stream, version, kind, Jsonb(data), at, now, by.username, provision, digest


def _require(by: Officer, role: str, at: datetime) -> None:
    if not any(post.role == role for post in access.posts(by, day(at))):
        raise RuntimeError(f"{by} is no {Role(role).label}")


def _row(case: Case, filing: Filing, at: datetime) -> list[Any]:
    who = (filing.name, filing.identity, filing.phone)
    found = " ".join(words(" ".join((case.code, *who))))
    unit = filing.unit.pk
    fixed = [case.id, case.code, filing.request_id, filing.version_id, filing.process_id, unit, unit]
    return [*fixed, *who, found, at, at, case.due, case.due]
