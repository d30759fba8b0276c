"""A survey played through its acts: asked, answered once, apart from who answered, counted, closed into the round."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from threading import Barrier
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from motcua.gateways.sending import Message, Outcome, Sent
from motcua.journal import log
from motcua.journal.models import Entry
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from motcua.law.par_round import ORDER, Stage
from motcua.law.surveys import BadAnswers, Standing, UnitCounted
from motcua.notices import sending as line
from motcua.people.models import UnitKind
from motcua.steering.par import acts as par
from motcua.steering.par import queries as rounds
from motcua.steering.par.acts import Given, Table
from motcua.steering.par.models import ParRound
from motcua.steering.surveys import acts, mixing, queries, sending
from motcua.steering.surveys.acts import Gone, Line, asking
from motcua.steering.surveys.models import (
    Invitation,
    Respondent,
    Survey,
    SurveyAnswer,
    SurveyLink,
    SurveyResult,
)
from tests.cast import MONDAY, Cast, gather

CRITERIA: list[dict[str, Any]] = [
    {"code": "1", "name": "Kế hoạch", "max": "60", "rule": {"kind": "yes_no"}},
    {"code": "2", "name": "Phục vụ", "max": "40", "rule": {"kind": "survey", "weights": {"A": 100}}},
]
SCALE = [
    {"key": key, "label": label} for key, label in zip("ABCD", ("Tốt", "Khá", "Vừa", "Kém"), strict=True)
]
FORMS: list[dict[str, Any]] = [
    {
        "code": "01",
        "name": "Đại biểu",
        "weight": 2,
        "questions": [
            {
                "code": "1",
                "text": "Cán bộ có tận tình không?",
                "criterion": "2",
                "options": SCALE,
                "examples": [{"votes": {"A": 3, "B": 1, "D": 1}, "percent": 72}],
            },
            {
                "code": "2",
                "text": "Cơ quan có trả lời đúng hẹn không?",
                "criterion": "2",
                "options": [*SCALE, {"key": "E", "label": "Không rõ", "weight": None}],
            },
        ],
    },
    {
        "code": "02",
        "name": "Lãnh đạo xã",
        "questions": [{"code": "1", "text": "Phối hợp thế nào?", "criterion": "2", "options": SCALE}],
    },
]
CLOSES = {stage: date(2026, 11, 10) + timedelta(days=10 * n) for n, stage in enumerate(ORDER[1:-1])}
LAST = date(2026, 11, 20)
AFTER = datetime(2026, 11, 21, 9, 0, tzinfo=TZ)
LATER = MONDAY + timedelta(days=2)
GOOD, FAIR = {"1": "A", "2": "A"}, {"1": "B", "2": "E"}


class Box:
    """A mail server that keeps what it is given, and answers as it is told."""

    stand_in = False

    def __init__(self) -> None:
        self.kept: list[Message] = []
        self.outcome = Outcome.TAKEN

    def send(self, message: Message) -> Sent:
        self.kept.append(message)
        return Sent(self.outcome)

    @property
    def tokens(self) -> list[str]:
        return [said.body.split("/tra-loi/")[1].split("/")[0] for said in self.kept]


@pytest.fixture
def cast(db: None) -> Cast:
    return gather()


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Box:
    made = Box()
    monkeypatch.setitem(line.SENDERS, "mail", lambda: made)
    return made


def round_of(cast: Cast) -> ParRound:
    by = cast.officers.controller
    table = par.enter_table(
        Table("Bộ xã", "1/QĐ-UBND", date(2026, 1, 5), UnitKind.COMMUNE, CRITERIA), by=by, at=MONDAY
    )
    made = par.open_round(table, year=2026, units=[cast.commune], closes=CLOSES, by=by, at=MONDAY)
    par.advance(made, to=Stage.SELF, by=by, at=MONDAY)
    return made


def opened(cast: Cast, forms: Sequence[dict[str, Any]] = FORMS, **other: Any) -> Survey:
    by = cast.officers.controller
    new = acts.NewSet("Bộ phiếu 2026", "2/QĐ-UBND", date(2026, 1, 5), forms)
    table = acts.enter_questions(new, by=by, at=MONDAY)
    told = {"name": "Điều tra 2026", "units": [cast.commune], "opens": MONDAY.date(), "closes": LAST}
    told["least"] = {form["code"]: 5 for form in forms}
    round_ = ParRound.objects.first() or round_of(cast)
    return acts.open_survey(round_, table, **{**told, **other}, by=by, at=MONDAY)


def people(count: int, form: str = "01", unit: str = "Xã Mẫu") -> list[Line]:
    return [Line(n, unit, form, f"Đại biểu {n}", email=f"db{n}@mau.vn") for n in range(1, count + 1)]


def listed(cast: Cast, survey: Survey, lines: Sequence[Line]) -> acts.Taken:
    return acts.list_respondents(survey, lines, by=cast.officers.controller, at=MONDAY)


def invited(cast: Cast, survey: Survey, box: Box) -> list[SurveyLink]:
    """Everybody on the list has a letter; their links, in the order the letters left."""
    before = len(box.kept)
    acts.invite(survey, address="https://mot-cua.mau.vn", by=cast.officers.controller, at=MONDAY)
    sending.work_off(lambda: MONDAY)
    return [queries.link_for(token) for token in box.tokens[before:]]


def test_answers_become_points_of_the_round_and_stay_as_they_are(cast: Cast, box: Box) -> None:
    survey, steers = opened(cast), cast.officers.controller
    listed(cast, survey, people(6) + people(5, "02"))
    links = invited(cast, survey, box)
    for n, link in enumerate(links[:6]):
        acts.answer(link, GOOD if n < 4 else FAIR, at=LATER)
    for link in links[6:]:
        acts.answer(link, {"1": "B"}, at=LATER)
    acts.close_survey(survey, by=steers, at=LATER)
    # Form 01: (4 + 4) × 100 and 2 × 60 of 10 votes that count, 92; form 02: 60. By their weights 2 and 1: 244 / 3.
    sheet = rounds.sheet_for(survey.round, cast.commune.code)
    declared = rounds.folded(sheet).line("2").declared
    assert declared is not None
    assert (declared.n, declared.d, declared.survey) == ("244/3", "100", str(survey.pk))
    assert declared.votes == {"A": 8, "B": 7, "C": 0, "D": 0, "E": 2}
    assert sheet.lines.get(criterion="2").points == Decimal("32.5333")
    (counted,) = [fact for fact in log.read(survey.stream).facts if isinstance(fact, UnitCounted)]
    assert counted.forms["01"]["votes"]["1"] == {"A": 4, "B": 2, "C": 0, "D": 0}
    for again in (
        lambda: par.declare(sheet, criterion="2", given=Given(votes={"A": 9}), by=steers, at=AFTER),
        lambda: acts.close_survey(survey, by=steers, at=AFTER),
        lambda: acts.enter_paper(survey, GOOD, unit=cast.commune, form="01", by=steers, at=AFTER),
    ):
        with pytest.raises(Refused, match="đã khóa"):
            again()
    par.advance(survey.round, to=Stage.REVIEW, by=steers, at=AFTER)
    with pytest.raises(Refused, match="đã khóa"):
        par.review(sheet, criterion="2", points="1", reason="Cao quá", by=steers, at=AFTER)
    assert list(log.verify(survey.stream)) == []


def test_a_review_from_before_does_not_stand_against_what_a_survey_counted(cast: Cast, box: Box) -> None:
    survey, steers = opened(cast), cast.officers.controller
    listed(cast, survey, people(5))
    for link in invited(cast, survey, box):
        acts.answer(link, GOOD, at=LATER)
    sheet = rounds.sheet_for(survey.round, cast.commune.code)
    par.advance(survey.round, to=Stage.REVIEW, by=steers, at=LATER)
    par.review(sheet, criterion="2", points="1", reason="Chưa có điều tra", by=steers, at=LATER)
    acts.close_survey(survey, by=steers, at=LATER)
    assert sheet.lines.get(criterion="2").points == 40


def test_too_few_answers_are_no_result_and_not_zero(cast: Cast, box: Box) -> None:
    survey = opened(cast)
    listed(cast, survey, people(6) + people(1, "02"))
    links = invited(cast, survey, box)
    for link in links[:6]:
        acts.answer(link, GOOD, at=LATER)
    acts.close_survey(survey, by=cast.officers.controller, at=AFTER)
    enough = {
        each.form: (each.answers, each.enough, each.votes == {})
        for each in queries.results(survey, [cast.commune])
    }
    assert enough == {"01": (6, True, False), "02": (0, False, True)}
    sheet = rounds.sheet_for(survey.round, cast.commune.code)
    assert rounds.folded(sheet).line("2").declared is None
    line_ = sheet.lines.get(criterion="2")
    assert (line_.points, line_.lost) == (None, 0)


def test_a_form_nobody_was_asked_by_is_left_out_of_the_mean(cast: Cast, box: Box) -> None:
    survey = opened(cast)
    listed(cast, survey, people(5))
    for link in invited(cast, survey, box):
        acts.answer(link, GOOD, at=LATER)
    acts.close_survey(survey, by=cast.officers.controller, at=AFTER)
    sheet = rounds.sheet_for(survey.round, cast.commune.code)
    assert rounds.folded(sheet).points(sheet.round.table.criteria.criteria["2"]).points == 40


def test_a_link_answers_once_and_says_so_the_second_time(cast: Cast, box: Box) -> None:
    survey = opened(cast)
    listed(cast, survey, people(2))
    first, _ = invited(cast, survey, box)
    with pytest.raises(BadAnswers) as wrong:
        acts.answer(first, {"1": "A", "2": "Z"}, at=LATER)
    assert set(wrong.value.problems) == {"2"}
    acts.answer(first, GOOD, at=LATER)
    with pytest.raises(Gone) as gone:
        acts.answer(first, FAIR, at=LATER)
    assert gone.value.standing is Standing.ANSWERED
    assert [answer.options for answer in SurveyAnswer.objects.all()] == [GOOD]


def test_every_link_of_somebody_who_answered_is_used_up(cast: Cast, box: Box) -> None:
    survey, steers = opened(cast), cast.officers.controller
    listed(cast, survey, people(1))
    (mailed,) = invited(cast, survey, box)
    ((_, token),) = acts.print_links(survey, unit=cast.commune, form="01", by=steers, at=MONDAY)
    acts.answer(queries.link_for(token), GOOD, at=LATER)
    with pytest.raises(Gone, match="đã được trả lời"):
        acts.answer(mailed, GOOD, at=LATER)


def test_a_new_sheet_of_links_ends_the_one_before_and_not_the_letters(cast: Cast, box: Box) -> None:
    survey, steers = opened(cast), cast.officers.controller
    listed(cast, survey, people(1))
    (mailed,) = invited(cast, survey, box)
    ((_, lost),) = acts.print_links(survey, unit=cast.commune, form="01", by=steers, at=MONDAY)
    ((_, kept),) = acts.print_links(survey, unit=cast.commune, form="01", by=steers, at=MONDAY)
    with pytest.raises(Gone, match="không còn dùng được"):
        acts.answer(queries.link_for(lost), GOOD, at=LATER)
    assert not SurveyLink.objects.get(pk=mailed.pk).ended
    acts.answer(queries.link_for(kept), GOOD, at=LATER)


def test_links_tell_when_they_are_too_early_too_late_or_withdrawn(cast: Cast, box: Box) -> None:
    survey, steers = opened(cast), cast.officers.controller
    listed(cast, survey, people(3))
    first, second, third = invited(cast, survey, box)
    acts.withdraw(survey, [second.respondent_id], reason="Đã chuyển công tác", by=steers, at=MONDAY)
    acts.hand_papers(survey, [third.respondent_id], by=steers, at=MONDAY)
    for link, at, standing in [
        (first, MONDAY - timedelta(days=3), Standing.EARLY),
        (first, AFTER, Standing.LATE),
        (second, LATER, Standing.WITHDRAWN),
        (third, LATER, Standing.PAPER),
    ]:
        with pytest.raises(Gone) as gone:
            acts.answer(link, GOOD, at=at)
        assert gone.value.standing is standing
    with pytest.raises(Http404):
        queries.link_for("bịa-ra")


def test_only_the_hash_of_a_token_is_kept_anywhere(cast: Cast, box: Box) -> None:
    survey = opened(cast)
    listed(cast, survey, people(1))
    invited(cast, survey, box)
    (token,) = box.tokens
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', [f"%{token}%"])
            assert cursor.fetchone() == (0,), table


def test_nothing_leads_from_an_answer_to_who_gave_it(cast: Cast, box: Box) -> None:
    survey = opened(cast)
    listed(cast, survey, people(8))
    links = invited(cast, survey, box)
    before = Entry.objects.count()
    for link in links:
        acts.answer(link, GOOD, at=LATER)
    assert Entry.objects.count() == before  # no fact has the moment of an answer
    told = {field.name for field in SurveyAnswer._meta.get_fields()}
    assert told == {"id", "survey", "unit", "form", "options", "entered_by"}
    mixing.mix_all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM steering_surveyanswer")
        assert cursor.fetchone() == (1,)
    assert SurveyAnswer.objects.count() == 8


@pytest.mark.django_db(transaction=True)
def test_a_link_pressed_at_two_places_at_once_is_answered_once(cast: Cast, box: Box) -> None:
    survey = opened(cast)
    listed(cast, survey, people(1))
    (link,) = invited(cast, survey, box)
    gate = Barrier(2)

    def press(_: int) -> Standing | None:
        gate.wait(timeout=20)
        try:
            acts.answer(link, GOOD, at=LATER)
        except Gone as gone:
            return gone.standing
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(2) as pressing:
        came = set(pressing.map(press, range(2)))
    assert came == {None, Standing.ANSWERED}
    assert SurveyAnswer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_answers_are_not_mixed_by_the_hour_while_their_survey_is_being_closed(cast: Cast, box: Box) -> None:
    survey = opened(cast)
    listed(cast, survey, people(1))
    (link,) = invited(cast, survey, box)
    acts.answer(link, GOOD, at=LATER)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN; SELECT 1 FROM steering_survey FOR UPDATE")
        assert mixing.mix_all() == 0  # it would wait for each other, and one of the two would fail
    finally:
        other.close()
    assert mixing.mix_all() == 1
    assert SurveyAnswer.objects.count() == 1


def test_a_closed_survey_takes_loses_and_changes_no_answer(cast: Cast, box: Box) -> None:
    survey = opened(cast)
    listed(cast, survey, people(5))
    for link in invited(cast, survey, box):
        acts.answer(link, GOOD, at=LATER)
    acts.close_survey(survey, by=cast.officers.controller, at=AFTER)
    one = SurveyAnswer.objects.first()
    assert one is not None
    for forbidden in (
        lambda: SurveyAnswer.objects.filter(pk=one.pk).delete(),
        lambda: SurveyAnswer.objects.filter(pk=one.pk).update(options=FAIR),
        lambda: SurveyAnswer.objects.create(survey=survey, unit=cast.commune, form="01", options=GOOD),
        lambda: SurveyResult.objects.update(answers=9),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            forbidden()


def test_forms_on_paper_are_typed_in_by_a_named_officer_and_no_more_than_were_handed(cast: Cast) -> None:
    survey, steers = opened(cast), cast.officers.controller
    listed(cast, survey, people(2))
    keys = list(survey.respondents.values_list("pk", flat=True))
    with pytest.raises(Refused, match="đủ số phiếu giấy"):
        acts.enter_paper(survey, GOOD, unit=cast.commune, form="01", by=steers, at=MONDAY)
    acts.hand_papers(survey, keys[:1], by=steers, at=MONDAY)
    assert acts.enter_paper(survey, GOOD, unit=cast.commune, form="01", by=steers, at=LATER) == 0
    with pytest.raises(Refused, match="đủ số phiếu giấy"):
        acts.enter_paper(survey, GOOD, unit=cast.commune, form="01", by=steers, at=LATER)
    assert [answer.entered_by for answer in SurveyAnswer.objects.all()] == [steers]
    cell = queries.counted(survey, [cast.commune])[cast.commune.pk, "01"]
    assert (cell.asked, cell.answers, cell.papers, cell.handed) == (2, 1, 1, 1)


def test_who_has_not_answered_is_reminded_once_a_day_and_nobody_else(cast: Cast, box: Box) -> None:
    survey, steers = opened(cast), cast.officers.controller
    listed(cast, survey, people(3))
    answered, withdrawn, _ = invited(cast, survey, box)
    acts.answer(answered, GOOD, at=LATER)
    acts.withdraw(survey, [withdrawn.respondent_id], reason="Nghỉ hưu", by=steers, at=LATER)
    assert acts.invite(survey, address="https://x", by=steers, at=LATER) == 0
    assert acts.remind(survey, address="https://x", by=steers, at=LATER) == 1
    assert acts.remind(survey, address="https://x", by=steers, at=LATER) == 0
    sending.work_off(lambda: LATER)
    assert box.kept[-1].subject.startswith("Nhắc trả lời")
    assert box.kept[-1].to == "db3@mau.vn"


def test_a_letter_for_somebody_who_answered_meanwhile_never_leaves(cast: Cast, box: Box) -> None:
    survey, steers = opened(cast), cast.officers.controller
    listed(cast, survey, people(1))
    ((_, token),) = acts.print_links(survey, unit=cast.commune, form="01", by=steers, at=MONDAY)
    acts.invite(survey, address="https://x", by=steers, at=MONDAY)
    acts.answer(queries.link_for(token), GOOD, at=MONDAY)
    sending.work_off(lambda: LATER)
    assert box.kept == []


def test_a_letter_tried_again_has_a_new_link_and_the_one_before_is_gone(cast: Cast, box: Box) -> None:
    survey = opened(cast)
    listed(cast, survey, people(1))
    box.outcome = Outcome.LATER
    acts.invite(survey, address="https://x", by=cast.officers.controller, at=MONDAY)
    sending.work_off(lambda: MONDAY)
    box.outcome = Outcome.TAKEN
    sending.work_off(lambda: LATER)
    lost, kept = box.tokens
    assert lost != kept
    assert queries.link_for(kept)
    with pytest.raises(Http404):
        queries.link_for(lost)
    assert Invitation.objects.get().attempts == 2


def test_a_list_is_taken_whole_or_tells_what_to_mend(cast: Cast) -> None:
    survey = opened(cast)
    wrong = [Line(2, "Xã Lạ", "09", ""), Line(3, "01273", "01", "Nông Thị B", email="không")]
    taken = listed(cast, survey, [*people(2), *wrong])
    assert {row for row, _ in taken.problems} == {2, 3}
    assert len(taken.problems) == 4
    assert not Respondent.objects.exists()
    listed(cast, survey, people(2))
    again = listed(cast, survey, [*people(2), Line(9, "tất cả", "02", "Lý Văn C")])
    assert (again.made, again.known) == (1, 2)


def test_two_of_one_name_without_an_address_are_two_where_office_or_telephone_tell(cast: Cast) -> None:
    survey, name = opened(cast), "Nguyễn Văn A"
    both = [Line(2, "tất cả", "01", name, phone="0911"), Line(3, "tất cả", "01", f" {name} ", phone="0912")]
    both += [Line(4, "tất cả", "01", name, "Trưởng thôn", "a@mau.vn"), Line(5, "tất cả", "01", name)]
    assert listed(cast, survey, both).made == 4
    assert listed(cast, survey, both).made == 0  # the same list again asks nobody twice
    twice = listed(cast, survey, [Line(2, "tất cả", "02", name), Line(3, "Xã Mẫu", "02", name)])
    ((row, told),) = twice.problems
    assert (row, "trùng dòng 2" in told, "chức vụ hoặc điện thoại" in told) == (3, True, True)
    assert Respondent.objects.count() == 4


def test_a_survey_opened_by_mistake_is_withdrawn_and_stands_in_no_others_way(cast: Cast, box: Box) -> None:
    survey, by = opened(cast), cast.officers.controller
    listed(cast, survey, people(6))
    links = invited(cast, survey, box)
    acts.answer(links[0], GOOD, at=MONDAY)
    with pytest.raises(Refused, match="nếu mở nhầm, hãy rút"):
        opened(cast, name="Khác")
    with pytest.raises(Refused, match="ghi lý do"):
        acts.withdraw_survey(survey, reason=" ", by=by, at=MONDAY)
    with pytest.raises(Refused, match="thẩm quyền"):
        acts.withdraw_survey(survey, reason="Nhầm đơn vị", by=cast.officers.head, at=MONDAY)
    acts.withdraw_survey(survey, reason="Nhầm đơn vị", by=by, at=MONDAY)
    with pytest.raises(Gone) as gone:
        acts.answer(links[1], GOOD, at=MONDAY)
    assert gone.value.standing is Standing.WITHDRAWN
    for refused in (
        lambda: acts.invite(survey, address="https://x", by=by, at=MONDAY),
        lambda: acts.close_survey(survey, by=by, at=AFTER),
        lambda: acts.withdraw_survey(survey, reason="Nhầm đơn vị", by=by, at=MONDAY),
    ):
        with pytest.raises(Refused, match="đã rút"):
            refused()
    assert not SurveyResult.objects.exists()
    call_command("verify-tasks", stdout=StringIO())
    again = opened(cast)  # by the same name, for the same criteria
    assert again.pk != survey.pk
    for stage in ORDER[2:-1]:
        par.advance(survey.round, to=stage, by=by, at=AFTER)
    acts.close_survey(again, by=by, at=AFTER)
    par.advance(survey.round, to=Stage.PUBLISHED, decision="9/QĐ", by=by, at=AFTER)


def test_what_was_counted_is_not_withdrawn(cast: Cast) -> None:
    survey, by = opened(cast), cast.officers.controller
    acts.close_survey(survey, by=by, at=AFTER)
    with pytest.raises(Refused, match="đã khóa"):
        acts.withdraw_survey(survey, reason="Nhầm đơn vị", by=by, at=AFTER)


def test_a_list_of_too_many_is_refused_before_it_is_taken_in(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = opened(cast)
    monkeypatch.setattr(asking, "MOST", 3)
    with pytest.raises(Refused, match="chia thành nhiều tệp"):
        listed(cast, survey, people(4))
    assert listed(cast, survey, people(3)).made == 3


def test_nobody_but_who_steers_opens_or_closes_anything(cast: Cast) -> None:
    survey, head = opened(cast), cast.officers.head
    for refused in (
        lambda: acts.list_respondents(survey, people(1), by=head, at=MONDAY),
        lambda: acts.invite(survey, address="https://x", by=head, at=MONDAY),
        lambda: acts.close_survey(survey, by=head, at=AFTER),
        lambda: acts.extend(survey, closes=date(2026, 12, 1), reason="Thiếu phiếu", by=head, at=MONDAY),
        lambda: acts.enter_paper(survey, GOOD, unit=cast.commune, form="01", by=head, at=MONDAY),
    ):
        with pytest.raises(Refused, match="thẩm quyền"):
            refused()


def test_a_survey_is_refused_that_could_show_a_person_or_feeds_what_is_not_surveyed(cast: Cast) -> None:
    with pytest.raises(Refused, match="từ 5 trở lên"):
        opened(cast, least={"01": 2, "02": 5})
    opened(cast)
    other = [{**FORMS[1], "questions": [{**FORMS[1]["questions"][0], "criterion": "1"}]}]
    with pytest.raises(Refused, match="không có tiêu chí điều tra: 1"):
        opened(cast, other, name="Khác")
    with pytest.raises(Refused, match="đã hỏi cho các tiêu chí này"):
        opened(cast, name="Khác")
    with pytest.raises(Refused, match="không chấm"):
        opened(cast, name="Khác", units=[cast.department])


def test_a_survey_ends_with_its_term_and_a_round_waits_for_it(cast: Cast) -> None:
    survey, steers = opened(cast), cast.officers.controller
    listed(cast, survey, people(1))
    with pytest.raises(Refused, match="chưa hết hạn"):
        acts.close_survey(survey, by=steers, at=LATER)
    with pytest.raises(Refused, match="phải sau"):
        acts.extend(survey, closes=LAST, reason="Thiếu phiếu", by=steers, at=LATER)
    with pytest.raises(Refused, match="trước khi hội đồng xong việc, 20/12/2026"):
        acts.extend(survey, closes=date(2062, 11, 23), reason="Thiếu phiếu", by=steers, at=LATER)
    acts.extend(survey, closes=LAST + timedelta(days=3), reason="Thiếu phiếu", by=steers, at=LATER)
    with pytest.raises(Refused, match="chưa hết hạn"):
        acts.close_survey(survey, by=steers, at=AFTER)
    for stage in ORDER[2:-1]:
        par.advance(survey.round, to=stage, by=steers, at=AFTER)
    with pytest.raises(Refused, match="chưa khóa"):
        par.advance(survey.round, to=Stage.PUBLISHED, decision="9/QĐ", by=steers, at=AFTER)
    acts.close_survey(survey, by=steers, at=AFTER + timedelta(days=3))
    par.advance(survey.round, to=Stage.PUBLISHED, decision="9/QĐ", by=steers, at=AFTER)
