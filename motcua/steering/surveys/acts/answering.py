"""An answer taken: once for each respondent, and apart from who gave it (trả lời phiếu)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from motcua.journal import log, wire
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.law.surveys import SOURCE, Form, PaperEntered, Standing
from motcua.people.models import Officer, Unit

from .. import queries
from ..models import Respondent, Survey, SurveyAnswer, SurveyLink
from .opening import held_open, told

_OPEN = "SELECT 1 FROM steering_survey WHERE id = %s AND closed_at IS NULL FOR KEY SHARE"
# Named by what it does, not by who asks: the words a page has for it are its own.
WORDS: Mapping[Standing, str] = {
    Standing.EARLY: "Chưa đến ngày trả lời",
    Standing.LATE: "Đã hết hạn trả lời",
    Standing.ANSWERED: "Phiếu này đã được trả lời",
    Standing.WITHDRAWN: "Liên kết này không còn dùng được",
    Standing.PAPER: "Ông (bà) đã nhận phiếu giấy thay cho liên kết này",
}


class Gone(Refused):
    """A link by which nothing can be answered now: `standing` tells why."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(WORDS[standing], SOURCE)
        self.standing = standing


@transaction.atomic(durable=True)
def answer(link: SurveyLink, said: Mapping[str, str], *, at: datetime) -> None:
    """Trả lời phiếu: the respondent is marked, and the options are kept where nothing leads back. Once.

    Raises Gone, BadAnswers by question. No fact and no moment: either would tell whose answer it is.
    """
    people = Respondent.objects.select_for_update(of=("self",)).select_related("survey__table")
    held = people.get(pk=link.respondent_id)
    if SurveyLink.objects.filter(pk=link.pk, ended=True).exists() and not held.answered:
        raise Gone(Standing.WITHDRAWN)
    found = held.standing(day(at))
    if found is not Standing.OPEN:
        raise Gone(found)
    if not wire.ask(_OPEN, [held.survey_id]):
        raise Gone(Standing.LATE)
    chosen = _form(held.survey, held.form).clean(said)
    held.answered = True
    held.save(update_fields=["answered"])
    SurveyAnswer.objects.create(
        survey_id=held.survey_id, unit_id=held.unit_id, form=held.form, options=chosen
    )


@transaction.atomic(durable=True)
def enter_paper(
    survey: Survey,
    said: Mapping[str, str],
    *,
    unit: Unit,
    form: str,
    by: Officer,
    at: datetime,
    seen: int | None = None,
) -> int:
    """Nhập một phiếu giấy, marked as such and by whom; no more than were handed out. Returns how many are left.

    `seen`: how many were left when the page was opened; another number now is told first, as the same form may have
    been sent twice.
    """
    held = held_open(survey, by, at)
    chosen = _form(held, form).clean(said)
    left = queries.papers_left(held, unit, form)
    if left < 1:
        raise Refused("Đã nhập đủ số phiếu giấy đã phát cho đơn vị và mẫu phiếu này", SOURCE)
    if seen is not None and seen != left:
        raise Refused(
            f"Từ lúc mở trang, số phiếu chưa nhập đã đổi từ {seen} thành {left}. Nếu phiếu này chưa được ghi, hãy bấm"
            " Ghi phiếu lần nữa",
            SOURCE,
        )
    SurveyAnswer.objects.create(survey=held, unit=unit, form=form, options=chosen, entered_by=by)
    log.record(held.stream, [told(PaperEntered, by, at, unit=unit.code, form=form)])
    return left - 1


def _form(survey: Survey, code: str) -> Form:
    found = survey.questions.form(code)
    if found is None:
        raise Refused(f"Cuộc điều tra không có mẫu phiếu {code}", SOURCE)
    return found
