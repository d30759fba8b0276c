"""Letters to respondents, each attempted once as notices are (docs/adr/0009); the link is made as the letter leaves.

So a letter that waits holds no token, and what is kept of one that left is its hash. A letter tried again has another
link; one that surely did not arrive takes its link with it, one nobody knows of keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from motcua.gateways.sending import Message, Outcome, Sent
from motcua.law.calendar import day
from motcua.notices import sending
from motcua.notices.models import Channel, State

from . import queries, tokens
from .models import Invitation, SurveyLink

STATES = {
    Outcome.TAKEN: State.SENT,
    Outcome.REFUSED: State.FAILED,
    Outcome.UNKNOWN: State.UNCERTAIN,
    Outcome.LATER: State.WAITING,
}
SUBJECT = "{asked}: {survey}"
BODY = """Kính gửi ông (bà),

{asked} phiếu “{form}” về {unit}, trong cuộc điều tra “{survey}”.

Trả lời tại: {link}

Liên kết này chỉ dành cho ông (bà), dùng được một lần, đến hết ngày {closes}. Xin không chuyển cho người khác.

Hệ thống ghi nhận ông (bà) đã trả lời để không hỏi lại, nhưng giữ câu trả lời tách khỏi tên người trả lời. Kết quả chỉ
được tính khi có từ {least} phiếu trở lên.
"""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A letter about to leave, with the token of its link, which is nowhere else."""

    invitation: Invitation
    token: str


def work_off(now: sending.Clock) -> int:
    """Send the letters that are due; how many attempts were made."""
    tidy(now())
    return sending.drain(Channel.MAIL, now, claim=_claimed, message=_message, record=_record)


def tidy(at: datetime) -> None:
    """Show what was left in hand as uncertain, and give up what has waited too long."""
    left = Invitation.objects.filter(state=State.SENDING, tried_at__lt=at - sending.STALE)
    left.update(state=State.UNCERTAIN, done_at=at, message=sending.LOST)
    old = Invitation.objects.filter(
        state=State.WAITING, queued_at__lt=at - timedelta(days=settings.NOTICE_DAYS)
    )
    old.filter(next_at__lte=at).update(state=State.FAILED, done_at=at)


@transaction.atomic
def _claimed(at: datetime) -> Leaving | None:
    """The next letter that is due and still wanted, taken out of waiting with its new link."""
    waiting = Invitation.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        queries.wanted(), state=State.WAITING, next_at__lte=at, respondent__survey__closes__gte=day(at)
    )
    found = (
        waiting.select_related("respondent__survey__table", "respondent__unit")
        .order_by("next_at", "id")
        .first()
    )
    if found is None:
        return None
    found.state, found.tried_at, found.attempts = State.SENDING, at, found.attempts + 1
    found.save(update_fields=["state", "tried_at", "attempts"])
    token = tokens.new()
    SurveyLink.objects.create(respondent=found.respondent, digest=tokens.digest(token))
    return Leaving(found, token)


@transaction.atomic
def _record(leaving: Leaving, sent: Sent, at: datetime, *, stand_in: bool) -> None:
    """Write down what came of the attempt, unless another was begun meanwhile."""
    letter = leaving.invitation
    if sent.outcome in (Outcome.LATER, Outcome.REFUSED):
        SurveyLink.objects.filter(digest=tokens.digest(leaving.token)).delete()
    waiting = sent.outcome is Outcome.LATER
    Invitation.objects.filter(pk=letter.pk, tried_at=letter.tried_at).update(
        state=STATES[sent.outcome],
        next_at=at + sending.wait(letter.attempts) if waiting else F("next_at"),
        done_at=None if waiting else at,
        message=sent.message[:300],
        stand_in=stand_in,
    )


def _message(leaving: Leaving) -> Message:
    letter, person = leaving.invitation, leaving.invitation.respondent
    survey = person.survey
    form = survey.questions.form(person.form)
    said = {
        "asked": "Nhắc trả lời" if letter.reminder else "Mời trả lời",
        "survey": survey.name,
        "form": form.name if form else person.form,
        "unit": person.unit.name,
        "link": letter.address.rstrip("/") + reverse("answer", args=[leaving.token]),
        "closes": f"{survey.closes:%d/%m/%Y}",
        "least": survey.least[person.form],
    }
    subject = " ".join(SUBJECT.format(**said).split())[:200]
    return Message(f"motcua-dieu-tra-{letter.pk}", "survey", person.email, subject, BODY.format(**said))
