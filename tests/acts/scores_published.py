"""A small province that publishes its index: what it stands on, who drafts it and who signs."""

from __future__ import annotations

from datetime import date
from typing import Any

from motcua.journal import log
from motcua.law.facts import Withdrawn
from motcua.people.models import Officer, Role
from motcua.scores.models import Snapshot
from motcua.scores.periods import Period
from motcua.scores.snapshots import acts
from tests.cast import officer

from .scores_world import World, build, moment

OCTOBER = Period.parse("2026-10")
AT = moment("2026-11-03 09:00")


class Published:
    """A world with three dossiers, a controller who drafts and a head who signs."""

    def __init__(self) -> None:
        self.world: World = build()
        world = self.world
        world.announce(online="full", decided_on=date(2026, 10, 1), valid_from=date(2026, 10, 20))
        self.dossiers = [
            world.dossier(unit=world.department, ended_at=moment("2026-10-06 09:00"), reported=1),
            world.dossier(unit=world.department, ended_at=moment("2026-10-20 09:00")),
            world.dossier(unit=world.centre, ended_at=moment("2026-10-07 09:00"), channel="online"),
        ]
        for place, dossier in enumerate(self.dossiers, start=5):
            self.happen(dossier.stream, f"2026-10-{place:02} 10:00")
        self.drafter: Officer = officer(Role.CONTROLLER, world.department, "kiem-soat")
        self.head: Officer = officer(Role.HEAD, world.department, "dung-dau")

    def happen(self, stream: str, when: str) -> None:
        log.record(stream, [Withdrawn(at=moment(when), by="x", provision="", reason="thử")])

    def draft(self, reason: str = "", at: Any = AT) -> Snapshot:
        return acts.draft(OCTOBER, reason=reason, by=self.drafter, at=at)

    def publish(self, reason: str = "", at: Any = AT) -> Snapshot:
        made = self.draft(reason, at)
        acts.sign(made, by=self.head, at=at)
        acts.publish(made, document="12/TB-VP", by=self.drafter, at=at)
        return Snapshot.objects.get(pk=made.pk)
