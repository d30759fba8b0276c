"""From facts to cached rows: what the dossier's row and its worklist must hold after these facts.

Acts write what this page says; `motcua verify` folds every stream again and compares.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from motcua.catalogue.models import Channel
from motcua.journal import wire
from motcua.journal.wire import Statement
from motcua.law import reception

from .duties import TASK_FIELDS, task_rows
from .folding import Folded
from .models import Dossier

DIGITISED = frozenset({"scan", "reused", "store"})
REUSED = frozenset({"reused", "store"})
_CLEAR_TASKS = "DELETE FROM dossiers_task WHERE dossier_id = %s AND NOT %s::jsonb ? step"
_MOVE = "UPDATE dossiers_dossier SET facts = %s, state = %s WHERE id = %s RETURNING 1"
_PUT_TASKS = (
    f"INSERT INTO dossiers_task (dossier_id, {', '.join(TASK_FIELDS)})"
    f" SELECT %s, {', '.join(TASK_FIELDS)} FROM jsonb_populate_recordset(NULL::dossiers_task, %s)"
    " ON CONFLICT (dossier_id, step) DO UPDATE SET "
    + ", ".join(f"{name} = EXCLUDED.{name}" for name in TASK_FIELDS)
    + f" WHERE ({', '.join(f'dossiers_task.{name}' for name in TASK_FIELDS)})"
    f" IS DISTINCT FROM ({', '.join(f'EXCLUDED.{name}' for name in TASK_FIELDS)})"
)


def columns(case: Folded) -> dict[str, Any]:
    """The cached columns of the dossier's row after its facts."""
    standing, accepted = case.standing, case.standing.accepted
    reception_due, reception_answered = _reception_columns(case)
    return {
        "facts": case.past.version,
        "state": standing.state.value,
        "accepted_at": accepted.at if accepted else None,
        "due_at": case.last_reading.due,
        "reception_due_at": reception_due,
        "reception_answered_at": reception_answered,
        "promised_at": datetime.fromisoformat(accepted.due) if accepted and accepted.due else None,
        "paused_at": case.last_reading.paused,
        "ended_at": standing.ended_at,
        "returned_at": standing.returned_at,
        "limit": accepted.limit if accepted else "",
        "supplements": standing.supplements,
        "extensions": standing.extensions,
        "fee": accepted.fee if accepted else 0,
        "paid": standing.paid,
        "paid_online": standing.paid_online,
        "electronic_result": bool(standing.result and standing.result.electronic),
        "satisfied": standing.rated.satisfied if standing.rated else None,
        **_paper_columns({str(c.get("origin")) for c in (accepted.components if accepted else ())}),
    }


@dataclass(frozen=True, slots=True)
class Written:
    """What an act writes besides its facts, and what then changed in the dossier at hand."""

    statements: list[Statement]
    dossier: Dossier
    changed: dict[str, Any]

    def show(self) -> None:
        """The dossier at hand says what was written of it."""
        for name, value in self.changed.items():
            setattr(self.dossier, name, value)


def written(case: Folded, *, new: bool) -> Written:
    """What makes the dossier's row and its worklist say what its facts say."""
    dossier, values, tasks = case.dossier, columns(case), task_rows(case)
    key, shown = dossier.pk, dossier.__dict__
    changed = {name: value for name, value in values.items() if shown.get(name) != value}
    if new:
        row = _insert(dossier, values)
    elif case.before and changed.keys() <= {"facts", "state"}:
        # Most acts move a dossier on and touch nothing else.
        row = Statement(_MOVE, [values["facts"], values["state"], key])
    else:
        row = Statement(_update_of(tuple(values)), [wire.packed(values), key])
    cleared = Statement(_CLEAR_TASKS, [key, wire.packed([task["step"] for task in tasks])])
    put = [Statement(_PUT_TASKS, [key, wire.packed(tasks)])] if tasks else []
    return Written([row, cleared, *put], dossier, changed)


@cache
def _update_of(names: tuple[str, ...]) -> str:
    fresh = ", ".join(f'"{name}" = fresh."{name}"' for name in names)
    return (
        f"UPDATE dossiers_dossier d SET {fresh}"
        " FROM jsonb_populate_record(NULL::dossiers_dossier, %s) fresh WHERE d.id = %s RETURNING 1"
    )


def _insert(dossier: Dossier, values: dict[str, Any]) -> Statement:
    fields = dossier._meta.concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    whole = {field.column: getattr(dossier, field.attname) for field in fields} | values
    return Statement(
        f"INSERT INTO dossiers_dossier ({names}) SELECT {names}"
        " FROM jsonb_populate_record(NULL::dossiers_dossier, %s)",
        [wire.packed(whole)],
    )


def _reception_columns(case: Folded) -> tuple[datetime | None, datetime | None]:
    """Until when the desk was to answer an online filing, and when it did: of the first stay answered late, else the
    last one. None for another channel."""
    dossier = case.dossier
    if dossier.channel != Channel.ONLINE:
        return None, None
    if case.before and case.before.standing.accepted:
        return dossier.reception_due_at, dossier.reception_answered_at
    stays = reception.waits(case.facts, case.calendar, case.rules)
    if not stays:  # it waits for the result of another dossier, and the desk for it
        return None, None
    told = next((stay for stay in stays if stay.answer and stay.late(stay.answer.at)), stays[-1])
    return told.due, told.answer.at if told.answer else None


def _paper_columns(origins: set[str]) -> dict[str, bool]:
    return {
        "digitised": bool(origins & DIGITISED),
        "reused": bool(origins & REUSED),
        "from_store": "store" in origins,
        "population_data": "population" in origins,
    }
