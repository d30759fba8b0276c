"""What the search reads in a question, and what it finds in the sample catalogue."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import call_command

import motcua.demo
from motcua.catalogue import acts, asking, searching
from motcua.law.calendar import TZ

AT = datetime(2026, 7, 1, 8, tzinfo=TZ)
SAMPLE = Path(motcua.demo.__file__).parent / "catalogue/procedures.yaml"


def meant(text: str) -> set[str]:
    return {" ".join(phrase) for part in asking.parts(text) for way in part.ways for phrase in way.phrases}


def test_a_short_form_is_read_as_its_long_one() -> None:
    assert "giay phep lai xe" in meant("đổi gplx")
    assert "can cuoc" in meant("CCCD")


def test_a_long_form_finds_titles_that_use_the_short_one() -> None:
    assert {"thue gia tri gia tang", "vat"} <= meant("thuế giá trị gia tăng")


def test_daily_speech_is_read_as_what_the_catalogue_calls_it() -> None:
    assert "dang ky thuong tru" in meant("nhập hộ khẩu")
    assert "dang ky thuong tru" in meant("nhap ho khau")


def test_words_said_to_whoever_listens_are_not_looked_for() -> None:
    assert meant("tôi muốn khai sinh ở đâu") == meant("khai sinh")
    assert asking.parts("ở đâu") != ()


def test_where_the_question_has_accents_a_saying_needs_them_too() -> None:
    assert "cap lai" in meant("mất giấy")
    assert "cap lai" not in meant("mặt giấy")


def test_an_accent_on_either_of_two_vowels_is_the_same_word() -> None:
    assert meant("mở tiệm tạp hoá") == meant("mở tiệm tạp hóa")


def test_what_the_question_asks_for_does_not_put_a_title_behind() -> None:
    assert "'" not in (told := asking.unasked(asking.parts("khai sinh")) or "")
    assert "luu:A <-> dong:A" in told
    assert "luu:A <-> dong:A" not in (asking.unasked(asking.parts("khai sinh lưu động")) or "")


def test_other_accents_are_counted_only_where_the_question_has_some() -> None:
    assert asking.other_accents("khai sính", "Đăng ký khai sinh") == 0.5
    assert asking.other_accents("khai sinh", "Đăng ký khai sinh") == 0
    assert asking.other_accents("khai sinh nước", "Khải sinh") == pytest.approx(1 / 3)


@pytest.fixture
def sample(db: None) -> None:
    acts.import_catalogue(SAMPLE, by=None, at=AT, publish=True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("làm giấy khai sinh", "1.001193"),
        ("lam giay khai sinh", "1.001193"),
        ("DKKS", "1.001193"),
        ("mã 1.001193 là gì", "1.001193"),
        ("giấy chứng tử", "1.000656"),
        ("người giám hộ", "1.004837"),
    ],
)
@pytest.mark.usefixtures("sample")
def test_the_sample_catalogue_answers_daily_speech_first(text: str, code: str) -> None:
    assert searching.search(text).procedures[0].code == code


@pytest.mark.usefixtures("sample")
def test_the_right_accents_come_before_the_same_letters_with_others() -> None:
    titles = [procedure.title.casefold() for procedure in searching.search("đất", limit=9).procedures]
    assert all("đất" in title for title in titles)


@pytest.mark.usefixtures("sample")
def test_the_command_prints_codes_best_first_as_text_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("search", "đăng ký khai sinh", limit=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "1.001193  Đăng ký khai sinh"
    assert len(lines) == 3
    call_command("search", "dang", "ky", "khai", "sinh", "--json", "--limit", "1")
    told = json.loads(capsys.readouterr().out)
    assert [p["code"] for p in told["procedures"]] == ["1.001193"]
    assert told["total"] > 1
