"""Two officers finish the two branches of a split at the same instant, again and again: no join lost, none doubled."""

from __future__ import annotations

import threading
from datetime import timedelta

from django.db import connection

from motcua.dossiers import acts, queries
from motcua.dossiers.models import Dossier
from motcua.journal import log
from motcua.law.facts import StepDone
from tests import cast

from . import processes


def run(collisions: int) -> list[dict[str, object]]:
    crew = processes.crew()
    pairs = [crew.received() for _ in range(collisions)]
    for dossier in pairs:
        acts.complete_step(dossier, step="b1", by=crew.officers.handler, at=cast.MONDAY)
    gate = threading.Barrier(2)
    sides = [threading.Thread(target=_finish, args=(pairs, step, gate)) for step in ("b2", "b3")]
    for side in sides:
        side.start()
    for side in sides:
        side.join()
    lost = sum([t.step for t in d.tasks.all()] != ["b4"] for d in pairs)
    doubled = sum(_times(d, "b2") + _times(d, "b3") != 2 for d in pairs)
    differ = len(list(queries.verify())) + len(list(log.verify()))
    return [
        {
            "bench": "joins",
            "measure": f"{collisions} forced collisions: lost, doubled, not agreeing with their facts",
            "ours": f"{lost}, {doubled}, {differ}",
            "peer": "-",
            "ratio": "-",
            "claim": "0, 0, 0",
            "holds": (lost, doubled, differ) == (0, 0, 0),
        }
    ]


def _finish(pairs: list[Dossier], step: str, gate: threading.Barrier) -> None:
    officer = cast.Officer.objects.get(username="handler.04.05")
    for pair in pairs:
        dossier = Dossier.objects.select_related(*queries.RELATED).get(pk=pair.pk)
        gate.wait()
        acts.complete_step(dossier, step=step, by=officer, at=cast.MONDAY + timedelta(hours=1))
    connection.close()


def _times(dossier: Dossier, step: str) -> int:
    return sum(isinstance(f, StepDone) and f.step == step for f in log.read(dossier.stream).facts)
