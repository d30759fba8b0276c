"""What a counter does besides dossiers: people guided who file nothing yet, and today's queue (hướng dẫn, số thứ tự).

Few and fixed, so that the pages have something to show; what was done before stays done.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from uuid import uuid5

from motcua.dossiers import acts
from motcua.law.calendar import Calendar, day
from motcua.people.models import Role, Unit, UnitKind
from motcua.tickets import acts as tickets
from motcua.tickets.models import Ticket

from .story import NAMESPACE
from .world import World

GUIDED = 12
TAKEN, CALLED = 9, 5
DAY = 480  # working minutes
SAID = "Mang bản chính để đối chiếu; nộp trực tuyến thì không phải mang bản giấy."
WHO = acts.Applicant(name="Người hỏi thử", phone="0900000003")


def play(world: World, seed: int, at: datetime) -> tuple[int, int]:
    """Guide some people in the last days and let the province's centre and a commune's call numbers.

    Returns how many were guided and how many numbers were given.
    """
    chance = random.Random(f"{seed}:quay")
    desks = [world.desks[world.departments[0].pk], world.desks[world.communes[0].pk]]
    for turn in range(GUIDED):
        _guide(world, chance, seed, turn, at)
    return GUIDED, sum(_queue(world, desk, at) for desk in desks)


def _guide(world: World, chance: random.Random, seed: int, turn: int, at: datetime) -> None:
    communal = [o for o in world.offerings if o.kind == UnitKind.COMMUNE]
    version = chance.choice(communal).version
    desk = world.desks[chance.choice(world.communes).pk]
    missing = [component.name for component in version.components.all()][:1]
    asking = acts.Asking(uuid5(NAMESPACE, f"{seed}:huong-dan:{turn}"), version, desk, WHO)
    moment = Calendar().add_working_minutes(at, -(turn + 1) * DAY // 3)
    acts.guide(asking, missing=missing, content=SAID, by=world.officer(desk, Role.RECEPTION, 0), at=moment)


def _queue(world: World, desk: Unit, at: datetime) -> int:
    """The queue of the last working morning before `at`."""
    opened = Calendar().add_working_minutes(at, -DAY // 2)
    if Ticket.objects.filter(unit=desk, day=day(opened)).exists():
        return 0
    for turn in range(TAKEN):
        tickets.take(desk, at=opened + timedelta(minutes=2 * turn))
    by = world.officer(desk, Role.RECEPTION, 0)
    for turn in range(CALLED):
        tickets.call_next(desk, counter="1", by=by, at=opened + timedelta(minutes=20 + 4 * turn))
    return TAKEN
