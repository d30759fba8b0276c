"""The result of one dossier of a group goes to those that wait for it (kết quả đầu vào; NĐ 118/2025 Đ.20.2)."""

from __future__ import annotations

from procrastinate.contrib.django import app

from motcua.journal import log
from motcua.law.facts import GroupOpened

from . import acts, queries, tasks
from .models import Dossier, Member

RELATED = tuple(f"dossier__{name}" for name in tasks.RELATED)


@app.task(queue=tasks.SUPPLY[0], name=tasks.SUPPLY[1], retry=tasks.KEPT_TRYING)
def supply(code: str) -> None:
    """Tell each dossier that waits for this one how it ended; one told already does not wait any more."""
    source = Dossier.objects.select_related(*queries.RELATED).get(code=code)
    if source.ended_at is None:
        return
    own = Member.objects.filter(dossier=source)
    others = Member.objects.filter(group__in=own.values("group"), dossier__isnull=False).exclude(
        dossier=source
    )
    for member in others.select_related("group", *RELATED).order_by("pk"):
        if own.filter(group=member.group_id, key__in=member.needs).exists() and member.dossier:
            opening = log.last(GroupOpened, [member.group.stream])[member.group.stream]
            given = opening.papers if isinstance(opening, GroupOpened) else ()
            acts.supply_input(member.dossier, source=source, given=given, at=source.ended_at)
