"""How a notice looks in a row: its state in a word, an icon and a tone, and where it goes."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from .. import wording
from ..models import Channel, Notice, State

LOOKS = {
    State.WAITING: ("hourglass", ""),
    State.SENDING: ("clock", ""),
    State.SENT: ("circle-check", ""),
    State.FAILED: ("circle-x", "late"),
    State.UNCERTAIN: ("circle-alert", "soon"),
    State.TOLD: ("user", ""),
    State.REPLACED: ("undo-2", ""),
}
NOWHERE = {Channel.DESK: "Không có người nhận"}


def row(notice: Notice) -> dict[str, Any]:
    """A notice as lists show it."""
    icon, tone = LOOKS[State(notice.state)]
    return {
        "notice": notice,
        "url": reverse("notice", args=[notice.pk]),
        "label": wording.label(notice.kind),
        "to": notice.recipient or NOWHERE.get(Channel(notice.channel), "Không có liên hệ"),
        "icon": icon,
        "tone": tone,
        "again": notice.state in (State.FAILED, State.UNCERTAIN) and bool(notice.recipient),
    }
