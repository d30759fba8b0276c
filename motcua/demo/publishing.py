"""The month before is published, as the control office of a province does every month (công bố hằng tháng)."""

from __future__ import annotations

from datetime import datetime

from motcua.law.calendar import day
from motcua.people.models import Officer, Post, Role
from motcua.scores.models import Snapshot, SnapshotState
from motcua.scores.periods import Period
from motcua.scores.snapshots import acts

CONTROLLER = "kiem-soat"


def publish(at: datetime, *, since: datetime) -> Snapshot | None:
    """Draft, sign and publish the last month that is over; None when it is done already, or before the demo.

    Goes on where a run that was cut off had come to.
    """
    period = Period.containing(day(at)).previous
    found = Snapshot.objects.filter(period=str(period)).first()
    if period.end <= since or (found and found.state == SnapshotState.PUBLISHED):
        return None
    controller = Officer.objects.get(username=CONTROLLER)
    made = found or acts.draft(period, by=controller, at=at)
    head = Post.objects.filter(unit=made.unit, role=Role.HEAD).order_by("pk").first()
    if head is None:
        return made
    if made.state == SnapshotState.DRAFT:
        acts.sign(made, by=head.officer, at=at)
    acts.publish(made, document=f"{period.number:02}/TB-VP", by=controller, at=at)
    return made
