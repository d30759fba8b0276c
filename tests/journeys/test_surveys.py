"""A deputy is asked by letter, answers on a phone, cannot answer twice, and the result stands in the round."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from motcua.law.calendar import day
from motcua.law.par_round import ORDER, Stage
from motcua.notices import sending as line
from motcua.people.models import UnitKind
from motcua.steering.par import acts as par
from motcua.steering.par.acts import Table
from motcua.steering.surveys import acts, sending
from motcua.steering.surveys.models import Respondent, Survey
from tests.acts.test_surveys import CRITERIA, FORMS, Box, people
from tests.cast import Cast
from tests.journeys.test_desk import PHONE, cast, sign_in, sound

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["cast"]  # the fixture
WIDE = {"width": 1280, "height": 900}


def opened(cast: Cast) -> Survey:
    """A survey of the commune with five people listed, beginning today."""
    at, by = timezone.now(), cast.officers.controller  # noqa: TID251 - the pages look at the same clock
    on = day(at)
    new = Table("Bộ xã", "1/QĐ-UBND", date(2026, 1, 5), UnitKind.COMMUNE, CRITERIA)
    table = par.enter_table(new, by=by, at=at)
    closes = {stage: on + timedelta(days=10 * n) for n, stage in enumerate(ORDER[1:-1], start=1)}
    round_ = par.open_round(table, year=on.year, units=[cast.commune], closes=closes, by=by, at=at)
    par.advance(round_, to=Stage.SELF, by=by, at=at)
    questions = acts.enter_questions(
        acts.NewSet("Bộ phiếu", "2/QĐ", date(2026, 1, 5), FORMS[:1]), by=by, at=at
    )
    term = {"opens": on, "closes": on + timedelta(days=5), "least": {"01": 5}}
    made = acts.open_survey(round_, questions, name="Điều tra", units=[cast.commune], **term, by=by, at=at)
    acts.list_respondents(made, people(5), by=by, at=at)
    return made


def test_a_letter_becomes_an_answer_on_a_phone_and_five_of_them_points(
    cast: Cast, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, survey = Box(), opened(cast)
    monkeypatch.setitem(line.SENDERS, "mail", lambda: box)
    page.set_viewport_size(WIDE)
    sign_in(page, cast.officers.controller)
    page.goto(f"/dieu-hanh/dieu-tra/{survey.pk}/")
    sound(page)
    page.click("text=Gửi thư mời")
    page.wait_for_selector("text=Đang gửi 5 thư mời.")
    sending.work_off(timezone.now)  # noqa: TID251 - the pages look at the same clock
    paths = [f"/tra-loi/{token}/" for token in box.tokens]
    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    page.goto(paths[0])
    sound(page)
    page.click("text=Tốt >> nth=0")
    page.click("text=Gửi phiếu trả lời")
    page.wait_for_selector("text=Hãy chọn một phương án.")
    sound(page)
    assert page.is_checked("#id_cau-1_0")
    page.click("#id_cau-2_0")
    page.click("text=Gửi phiếu trả lời")
    page.wait_for_selector("text=Đã nhận phiếu trả lời")
    sound(page)
    page.goto(paths[0])
    page.wait_for_selector("text=Phiếu này đã được trả lời")
    for path in paths[1:]:
        page.request.post(path, form={"cau-1": "A", "cau-2": "B"})
    assert Respondent.objects.filter(answered=True).count() == 5
    sign_in(page, cast.officers.controller)
    page.set_viewport_size(WIDE)
    page.goto(f"/dieu-hanh/dieu-tra/{survey.pk}/")
    page.click("text=Khóa, kiểm phiếu")
    page.wait_for_selector("text=kết quả đã vào phiếu chấm")
    page.click("#ket-qua ~ table a")
    sound(page)
    page.click("text=2. Phục vụ")
    page.wait_for_selector("text=Đang có 33,6 trong 40")
