"""What the officers of an operator did in a month, by activity and rate: each count is its rows (đếm việc đã làm)."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from django.db.models import Q

from motcua.dossiers.models import Dossier, Guidance
from motcua.journal import log
from motcua.law.calendar import day
from motcua.law.facts import Accepted, ResultReturned
from motcua.people.models import DeskService, Post, Role, Unit

from ..periods import Window
from .models import Activity, ServiceRate

# The posts at an operator by the id of who holds them, and by the user name.
Posts = Mapping[int | str, Sequence[Post]]
SCAN = "scan"
MEANINGS = {
    Activity.GUIDE: "mỗi lượt hướng dẫn đã ghi ở quầy",
    Activity.RECEIVE: "mỗi hồ sơ tiếp nhận; nhận giấy tờ bổ sung không tính thêm",
    Activity.DIGITISE: "mỗi giấy tờ ghi là đã quét khi tiếp nhận",
    Activity.RETURN: "lần trả đầu tiên của mỗi hồ sơ; trả lại sau đính chính không tính thêm",
}


@dataclass(frozen=True, slots=True)
class Done:
    """One thing done: when, by whom, at which desk, how many; of a dossier or a guidance, all by their ids."""

    activity: Activity
    at: datetime
    officer: int
    desk: int
    quantity: int = 1
    dossier: int | None = None
    guidance: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One activity at one rate; None for what was done on days without one."""

    activity: Activity
    rate: ServiceRate | None
    rows: Sequence[Done]

    @property
    def quantity(self) -> int:
        return sum(row.quantity for row in self.rows)

    @property
    def amount(self) -> int | None:
        """In đồng; None where there is no rate, or one in minutes alone."""
        if self.rate is None or self.rate.amount is None:
            return None
        return self.rate.amount * self.quantity

    @property
    def minutes(self) -> Decimal | None:
        return self.rate.minutes * self.quantity if self.rate and self.rate.minutes else None


def lines(operator: Unit, window: Window) -> list[Line]:
    """All that the operator's officers did in a month as far as it has gone, by activity and the rate of the day."""
    rates = list(ServiceRate.objects.order_by("valid_from"))
    found = [(done, _rate_of(done, rates)) for done in _done(operator, window)]
    order = list(Activity)

    def place(pair: tuple[Done, ServiceRate | None]) -> tuple[int, date]:
        done, rate = pair
        return order.index(done.activity), rate.valid_from if rate else date.min

    # By what was done too, as a list of applicants is received in one moment: one order, one digest.
    found.sort(key=lambda pair: (*place(pair), pair[0].at, pair[0].dossier or 0, pair[0].guidance or 0))
    return [_line([*group]) for _, group in groupby(found, key=place)]


def digest(counted: Iterable[Line]) -> str:
    """SHA-256 over every row and the rate it is counted at, in hexadecimal."""
    told = [
        [line.activity, line.rate.pk if line.rate else None, line.amount, *_written(row)]
        for line in counted
        for row in line.rows
    ]
    return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()


def _written(row: Done) -> tuple[object, ...]:
    return row.at.isoformat(), row.officer, row.desk, row.quantity, row.dossier, row.guidance


def _line(pairs: Sequence[tuple[Done, ServiceRate | None]]) -> Line:
    done, rate = pairs[0]
    return Line(done.activity, rate, [row for row, _ in pairs])


def _rate_of(done: Done, rates: Iterable[ServiceRate]) -> ServiceRate | None:
    on = day(done.at)
    return next(
        (
            rate
            for rate in rates
            if rate.activity == done.activity
            and rate.valid_from <= on
            and (rate.valid_to is None or on < rate.valid_to)
        ),
        None,
    )


def _done(operator: Unit, window: Window) -> Iterator[Done]:
    """What was done by those who held a post at the operator on that day, at the desks given to it in the month."""
    lasting = Q(valid_to=None) | Q(valid_to__gt=window.first), Q(valid_from__lte=window.last)
    posts: dict[int | str, list[Post]] = defaultdict(list)
    for post in Post.objects.filter(*lasting, unit=operator, role=Role.POSTAL).select_related("officer"):
        posts[post.officer_id].append(post)
        posts[post.officer.username].append(post)
    services = DeskService.objects.filter(*lasting, operator=operator)
    desks = set(services.values_list("desk", flat=True))
    yield from _guided(posts, desks, window)
    yield from _of_dossiers(posts, desks, window)


def _guided(posts: Posts, desks: set[int], window: Window) -> Iterator[Done]:
    given = Guidance.objects.filter(unit__in=desks, at__range=(window.start, window.until))
    officers = [key for key in posts if isinstance(key, int)]
    for each in given.filter(officer__in=officers).only("at", "officer", "unit"):
        if _held(posts, each.officer_id, each.at):
            yield Done(Activity.GUIDE, each.at, each.officer_id, each.unit_id, guidance=each.pk)


def _of_dossiers(posts: Posts, desks: set[int], window: Window) -> Iterator[Done]:
    span = (window.start, window.until)
    touched = Q(accepted_at__range=span) | Q(returned_at__range=span)
    found = (
        Dossier.objects.filter(touched, receiving_unit__in=desks)
        .order_by("code")
        .only("code", "receiving_unit")
    )
    known = {dossier.stream: dossier for dossier in found}
    seen: set[str] = set()
    for fact in log.of_kinds((Accepted, ResultReturned), known):
        again = fact.kind == ResultReturned.__name__ and fact.stream in seen
        if fact.kind == ResultReturned.__name__:
            seen.add(fact.stream)
        by = _held(posts, fact.by, fact.at)
        if by is None or again or not window.start <= fact.at <= window.until:
            continue
        dossier = known[fact.stream]
        yield from _counted(fact, by.officer_id, dossier)


def _counted(fact: log.Told, officer: int, dossier: Dossier) -> Iterator[Done]:
    done = Done(Activity.RETURN, fact.at, officer, dossier.receiving_unit_id, dossier=dossier.pk)
    if fact.kind == ResultReturned.__name__:
        yield done
        return
    yield replace(done, activity=Activity.RECEIVE)
    if scanned := sum(paper.get("origin") == SCAN for paper in fact.data["components"]):
        yield replace(done, activity=Activity.DIGITISE, quantity=scanned)


def _held(posts: Posts, whose: int | str, at: datetime) -> Post | None:
    """The post somebody held at the operator on the day of `at`."""
    on = day(at)
    lasting = (
        post
        for post in posts.get(whose, ())
        if post.valid_from <= on and (post.valid_to is None or on < post.valid_to)
    )
    return next(lasting, None)
