"""Question sets: what is refused, what answers are worth."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from motcua.law import surveys
from motcua.law.surveys import BadAnswers, BadQuestions, QuestionSet

WEIGHTS = {"A": 100, "B": 60, "C": 20, "D": 0}
SCALE = [{"key": key, "label": key} for key in "ABCD"]


def one(**other: Any) -> dict[str, Any]:
    return {"code": "1", "text": "Thế nào?", "criterion": "2", "options": SCALE, **other}


def form(*questions: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {"code": "01", "name": "Đại biểu", "questions": list(questions), **other}


def test_four_options_are_worth_their_weights() -> None:
    (asked,) = QuestionSet.of([form(one())], weights=WEIGHTS).forms
    assert asked.mean({"1": {"A": 10, "B": 5, "C": 3, "D": 2}}, "2") == 68
    assert asked.mean({"1": dict.fromkeys("ABCD", 0)}, "2") is None


def test_an_option_without_weight_leaves_both_sides() -> None:
    unsure = [*SCALE, {"key": "E", "label": "Không rõ"}]
    (asked,) = QuestionSet.of([form(one(options=unsure))], weights=WEIGHTS).forms
    assert asked.mean({"1": {"A": 1, "B": 1, "E": 98}}, "2") == 80


def test_forms_count_by_their_weights_and_all_that_were_asked_must_count() -> None:
    made = QuestionSet.of([form(one(), weight=3), form(one(), code="02")], weights=WEIGHTS)
    both = {"01": {"1": {"A": 1}}, "02": {"1": {"D": 7}}}
    assert made.mean(both, "2") == 75
    assert made.mean({"02": both["02"]}, "2") == 0
    assert made.mean({**both, "01": {}}, "2") is None
    assert made.votes(both, "2") == {"A": 1, "D": 7}


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([], "chưa có mẫu phiếu"),
        ([form()], "chưa có câu hỏi"),
        ([form(one()), form(one())], "hai mẫu phiếu trùng mã"),
        ([form(one(), one())], "hai câu hỏi trùng mã"),
        ([form(one(options=SCALE[:1]))], "ít nhất hai phương án"),
        ([form(one(options=[SCALE[0], SCALE[0]]))], "ít nhất hai phương án"),
        ([form(one(options=[{"key": "X"}, {"key": "Y"}]))], "không phương án nào có trọng số"),
        ([form(one(options=[{"key": "A", "weight": 101}, {"key": "B"}]))], "từ 0 đến 100"),
        ([form(one(text=" "))], "mã và nội dung"),
        ([form(one(), weight="không")], "không phải số"),
        ([form(one(), weight=0)], "hệ số lớn hơn 0"),
        ([form(one(), weight="1e999999999")], "không phải số"),
        ([form(one(), code="01/HĐND")], "mã chỉ gồm"),
        ([form(one(examples=[{"votes": {"A": 1, "B": 1}, "percent": 90}]))], "ghi 90 % nhưng ra 80 %"),
        ([form(one(examples=[{"votes": {"Z": 1}, "percent": 90}]))], "phương án không có: Z"),
    ],
)
def test_a_set_that_cannot_be_counted_says_where_and_why(entries: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(BadQuestions, match=told):
        QuestionSet.of(entries, weights=WEIGHTS)


def test_every_question_is_answered_by_an_option_it_has() -> None:
    (asked,) = QuestionSet.of([form(one(), one(code="2"))], weights=WEIGHTS).forms
    with pytest.raises(BadAnswers) as wrong:
        asked.clean({"1": "A", "3": "A"})
    assert set(wrong.value.problems) == {"2"}
    assert asked.clean({"1": "A", "2": "D", "thừa": "x"}) == {"1": "A", "2": "D"}


def test_answers_are_counted_by_question_with_zeros_where_nobody_chose() -> None:
    (asked,) = QuestionSet.of([form(one(criterion="9"))], weights=WEIGHTS).forms
    assert surveys.tally(asked, [{"1": "A"}, {"1": "A"}]) == {"1": {"A": 2, "B": 0, "C": 0, "D": 0}}
    assert asked.question("1") is not None
    assert asked.questions[0].mean({"A": 1, "C": 2}) == Fraction(140, 3)
