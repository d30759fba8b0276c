"""Play months of dossiers through the real acts, in the order of time.

Every dossier has its story; a heap holds the next deed of each. What was done before stays done: a dossier is known
by its request id, an act is whole or not there, and no two acts of one dossier share a moment, so all deeds
up to the last recorded fact are left out.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from threading import Event

from django.db import connection

from motcua.catalogue.models import ProcessVersion
from motcua.dossiers import acts
from motcua.dossiers.models import Dossier
from motcua.journal import log
from motcua.law.calendar import TZ, Calendar
from motcua.law.facts import Refused
from motcua.people.models import Unit

from .shares import Arrivals, share
from .story import Deed, Plan, Story, Telling
from .world import Offering, World

Watch = Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """What makes one demo world: the same settings always give the same world. `at` is its "now"."""

    at: datetime
    months: int
    dossiers: int
    seed: int

    @property
    def start(self) -> datetime:
        """The first midnight of the play: `months` calendar months before `at`."""
        here = self.at.astimezone(TZ)
        years, month = divmod(here.year * 12 + here.month - 1 - self.months, 12)
        return datetime(years, month + 1, min(here.day, 28), tzinfo=TZ)


@dataclass(slots=True)
class Tally:
    """What a play did: acts by name, dossiers begun and found begun, and acts the law refused."""

    done: Counter[str] = field(default_factory=Counter)
    begun: int = 0
    continued: int = 0
    refused: list[str] = field(default_factory=list)

    @property
    def acts(self) -> int:
        return sum(self.done.values())

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.done + other.done,
            self.begun + other.begun,
            self.continued + other.continued,
            self.refused + other.refused,
        )


@dataclass(slots=True)
class Life:
    """A dossier being played: its story, its row once there is one, and the deed that comes next."""

    story: Telling
    dossier: Dossier | None
    next: Deed | None

    def do(self) -> None:
        """Do the next deed and find the one after it. Raises Refused."""
        deed = self.next
        if deed is not None:
            self.dossier = _perform(deed, self.dossier)
            self.go_on()

    def go_on(self) -> None:
        try:
            self.next = self.story.send(self.dossier) if self.dossier else next(self.story)
        except StopIteration:
            self.next = None


def plans(world: World, settings: Settings) -> list[Plan]:
    """What is settled of every dossier of a play, in the order they come in."""
    arrivals = Arrivals(settings.start, settings.at, Calendar())
    drafts = [_plan(number, world, settings, arrivals) for number in range(settings.dossiers)]
    drafts.sort(key=lambda plan: (plan.arrival, plan.number))
    turns: Counter[int] = Counter()
    return [_in_turn(plan, turns) for plan in drafts]


def play(world: World, settings: Settings, *, watch: Watch = lambda at: None, hands: int = 1) -> Tally:
    """Play until `settings.at`; what an earlier play did is not done again. `watch` is told each act's moment.

    `hands` threads play at once, each for its own deciding units, so that codes are given in the same order
    however many there are.
    """
    todo = plans(world, settings)
    known, stop = _known(todo, settings), Event()
    some = partial(_play_some, world=world, settings=settings, known=known, watch=watch, stop=stop)
    if hands == 1:
        return some(todo)
    portions = [[plan for plan in todo if plan.deciding.pk % hands == hand] for hand in range(hands)]
    with ThreadPoolExecutor(hands, thread_name_prefix="play") as pool:
        try:
            return sum(pool.map(partial(_in_thread, some), portions), Tally())
        finally:
            stop.set()


def _in_thread(some: Callable[[list[Plan]], Tally], plans: list[Plan]) -> Tally:
    try:
        return some(plans)
    finally:
        connection.close()


def _play_some(
    plans: list[Plan],
    *,
    world: World,
    settings: Settings,
    known: Mapping[object, Dossier],
    watch: Watch,
    stop: Event,
) -> Tally:
    """Play some units' dossiers in the order of time."""
    with connection.cursor() as cursor:
        # What a crash of the server could lose is played again: no act need wait for the disk.
        cursor.execute("SET synchronous_commit TO off")
    tally = Tally()
    waiting: list[tuple[datetime, int, Plan, Life | None]] = [(p.arrival, p.number, p, None) for p in plans]
    heapq.heapify(waiting)
    while waiting and waiting[0][0] <= settings.at and not stop.is_set():
        at, number, plan, life = heapq.heappop(waiting)
        if life is None:
            life = _begin(plan, world, settings, known.get(plan.request_id(settings.seed)), tally)
        else:
            _carry_on(life, tally)
            watch(at)
        if life.next:
            heapq.heappush(waiting, (life.next.at, number, plan, life))
    return tally


def _carry_on(life: Life, tally: Tally) -> None:
    deed = life.next
    try:
        life.do()
        tally.done[deed.name if deed else ""] += 1
    except Refused as refusal:
        code = life.dossier.code if life.dossier else "hồ sơ mới"
        tally.refused.append(f"{code}: {deed.name if deed else ''}: {refusal}")
        life.next = None


def _begin(plan: Plan, world: World, settings: Settings, known: Dossier | None, tally: Tally) -> Life:
    life = Life(Story(plan, world, settings.seed).tell(), None, None)
    life.go_on()
    if known is None:
        tally.begun += 1
        return life
    tally.continued += 1
    known.version, known.deciding_unit, known.receiving_unit = (
        plan.offering.version,
        plan.deciding,
        plan.receiving,
    )
    life.dossier, last = known, log.read(known.stream).facts[-1].at
    while life.next and life.next.at <= last:
        life.go_on()
    return life


def _known(todo: Sequence[Plan], settings: Settings) -> dict[object, Dossier]:
    """The dossiers of this play that are there already, by request id."""
    wanted = {plan.request_id(settings.seed) for plan in todo}
    processes = {version.pk: version for version in ProcessVersion.objects.all()}
    found: dict[object, Dossier] = {}
    for dossier in Dossier.objects.filter(request_id__in=wanted).iterator(chunk_size=2000):
        dossier.process = processes[dossier.process_id]
        found[dossier.request_id] = dossier
    return found


def _perform(deed: Deed, dossier: Dossier | None) -> Dossier:
    act = getattr(acts, deed.name)
    if dossier is None:
        made: Dossier = act(**deed.words, at=deed.at)
        return made
    act(dossier, **deed.words, at=deed.at)
    return dossier


def _plan(number: int, world: World, settings: Settings, arrivals: Arrivals) -> Plan:
    rng = random.Random(f"{settings.seed}:{number}:plan")
    channel = "online" if rng.random() < share("online") else "direct"
    if channel == "direct" and rng.random() < share("by_post"):
        channel = "post"
    offering = _picked(world, channel, rng)
    deciding = offering.department or rng.choices(world.communes, cum_weights=world.crowds)[0]
    return Plan(
        number=number,
        arrival=arrivals.online(rng) if channel == "online" else arrivals.counter(rng),
        offering=offering,
        channel=channel,
        case=_case(offering, channel, rng),
        deciding=deciding,
        receiving=_desk(world, deciding, rng),
        turn=0,
    )


def _picked(world: World, channel: str, rng: random.Random) -> Offering:
    offerings, weights = world.markets[channel]
    return rng.choices(offerings, cum_weights=weights)[0]


def _case(offering: Offering, channel: str, rng: random.Random) -> str:
    cases = sorted({term.case for term in offering.version.terms.all() if term.channel == channel})
    return rng.choice(cases) if cases else ""


def _desk(world: World, deciding: Unit, rng: random.Random) -> Unit:
    """Mostly the deciding agency's own desk: reception is not bound to territory (NĐ 118/2025 Đ.14.2, 20)."""
    own = world.desks[deciding.pk]
    if rng.random() >= share("other_desk"):
        return own
    elsewhere: Iterable[Unit] = world.communes
    return world.desks[rng.choice([u for u in elsewhere if u.pk != deciding.pk]).pk]


def _in_turn(plan: Plan, turns: Counter[int]) -> Plan:
    """The plan with its number within the deciding unit, so that officers take turns."""
    turns[plan.deciding.pk] += 1
    return replace(plan, turn=turns[plan.deciding.pk] - 1)
