"""A postal operator's guidance at its desks, its rates and its sheets of the last two months (nghiệm thu bưu chính).

The rates are sample values and say so where a decision would stand; each part is played once.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from uuid import uuid5

from motcua.dossiers import acts as dossiers
from motcua.law.calendar import Calendar, day
from motcua.people.models import Officer, Post, Role, Unit, UnitKind
from motcua.scores.models import ServiceRate, ServiceSheet
from motcua.scores.periods import Period
from motcua.scores.postal import acts, counting
from motcua.scores.postal.models import Activity

from .publishing import CONTROLLER
from .story import NAMESPACE
from .world import World

SAMPLE = "Giá trị mẫu của bản thử, không theo quyết định nào"
# đồng and minutes for each time; invented.
RATES = {
    Activity.GUIDE: (1_000, Decimal(3)),
    Activity.RECEIVE: (2_000, Decimal(6)),
    Activity.DIGITISE: (500, Decimal(1)),
    Activity.RETURN: (1_000, Decimal(2)),
}
GUIDED, DAY = 12, 480  # times; working minutes
SAID = "Mang bản chính để đối chiếu; nộp trực tuyến thì không phải mang bản giấy."
WHO = dossiers.Applicant(name="Người hỏi thử", phone="0900000004")


def play(world: World, seed: int, at: datetime, *, since: datetime) -> int:
    """Guide, set the sample rates, have the month before the last accepted and the last proposed; how many sheets."""
    _guide(world, seed, at, since)
    last = Period.containing(day(at)).previous
    months = [month for month in (last.previous, last) if month.start >= since]
    controller = Officer.objects.get(username=CONTROLLER)
    if months and not ServiceRate.objects.exists():
        _set_rates(months[0].first, controller, at)
    operator = Unit.objects.get(kind=UnitKind.OPERATOR)
    for month in months:
        known = ServiceSheet.objects.filter(operator=operator, month=month.first).exists()
        if not known and counting.lines(operator, month.window(at)):
            made = acts.propose(operator, month, by=controller, at=at)
            if month != last:
                _accept(made, at)
    return ServiceSheet.objects.count()


def _guide(world: World, seed: int, at: datetime, since: datetime) -> None:
    communal = [o.version for o in world.offerings if o.kind == UnitKind.COMMUNE]
    desks = sorted(world.postmen)
    for turn in range(GUIDED):
        desk, version = world.units[desks[turn % len(desks)]], communal[turn % len(communal)]
        missing = [component.name for component in version.components.all()][:1]
        asking = dossiers.Asking(uuid5(NAMESPACE, f"{seed}:buu-chinh:{turn}"), version, desk, WHO)
        by = world.postmen[desk.pk][turn % len(world.postmen[desk.pk])]
        moment = Calendar().add_working_minutes(at, -(turn + 1) * 4 * DAY)
        if moment >= since:
            dossiers.guide(asking, missing=missing, content=SAID, by=by, at=moment)


def _set_rates(since: date, by: Officer, at: datetime) -> None:
    for activity, (amount, minutes) in RATES.items():
        priced = partial(acts.set_rate, activity, amount=amount, minutes=minutes)
        priced(since=since, document=SAMPLE, decided_on=since, by=by, at=at)


def _accept(made: ServiceSheet, at: datetime) -> None:
    head = (
        Post.objects.filter(unit=made.unit, role=Role.HEAD, valid_to=None).select_related("officer").first()
    )
    if head is not None:
        acts.accept(made, by=head.officer, at=at)
