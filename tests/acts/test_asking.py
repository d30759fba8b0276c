"""What the search reads in a question, and what it finds in the sample catalogue."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

import motcua.demo
from motcua.catalogue import acts, asking, searching
from motcua.catalogue.lexicon import Lexicon
from motcua.catalogue.models import Procedure, Version
from motcua.law.calendar import TZ

AT = datetime(2026, 7, 1, 8, tzinfo=TZ)
SAMPLE = Path(motcua.demo.__file__).parent / "catalogue/procedures.yaml"


class Every(Lexicon):
    """The words of a catalogue that has them all."""

    def has(self, word: str) -> bool:
        return True


EVERY = Every({})
FEW = Lexicon({"dang": 9, "ky": 9, "khai": 3, "sinh": 2, "sing": 1, "giay": 5, "ket": 1, "hon": 1, "ngay": 1})


def parts(text: str, lexicon: Lexicon = EVERY) -> tuple[asking.Part, ...]:
    return asking.question(text, lexicon).parts


def meant(text: str, lexicon: Lexicon = EVERY) -> set[str]:
    return {" ".join(phrase) for part in parts(text, lexicon) for way in part.ways for phrase in way.phrases}


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
    assert parts("ở đâu") != ()


def test_where_the_question_has_accents_a_saying_needs_them_too() -> None:
    assert "cap lai" in meant("mất giấy")
    assert "cap lai" not in meant("mặt giấy")


def test_an_accent_on_either_of_two_vowels_is_the_same_word() -> None:
    assert meant("mở tiệm tạp hoá") == meant("mở tiệm tạp hóa")


def test_what_the_question_asks_for_does_not_put_a_title_behind() -> None:
    assert "'" not in (told := asking.unasked(parts("khai sinh")) or "")
    assert "luu:A <-> dong:A" in told
    assert "luu:A <-> dong:A" not in (asking.unasked(parts("khai sinh lưu động")) or "")


def test_other_accents_are_counted_only_where_the_question_has_some() -> None:
    assert asking.other_accents("khai sính", "Đăng ký khai sinh") == 0.5
    assert asking.other_accents("khai sinh", "Đăng ký khai sinh") == 0
    assert asking.other_accents("khai sinh nước", "Khải sinh") == pytest.approx(1 / 3)


def test_words_no_text_has_are_left_out_and_named() -> None:
    asked = asking.question("khai sinh ở hogwarts năm 2026", FEW)
    assert set(asked.left_out) == {"ở", "hogwarts", "năm", "2026"}
    assert meant("khai sinh ở hogwarts năm 2026", FEW) == meant("khai sinh", FEW)


@pytest.mark.parametrize("slip", ["khia sinh", "khaai sinh", "khai sihn", "khai ssinh", "khaij sinh"])
def test_a_slip_of_one_letter_is_forgiven(slip: str) -> None:
    assert "khai sinh" in meant(slip, FEW)


def test_what_a_slip_may_have_meant_stands_beside_its_neighbour_too() -> None:
    assert asking.question("khai sinn", FEW).near == ("sinn",)
    assert {"khai sinh", "khai sing"} <= meant("khai sinn", FEW)


@pytest.mark.parametrize("typed", ["dangkykhaisinh", "ddawng kys khai sinh", "dang kykhai sinh"])
def test_syllables_run_together_and_telex_left_as_typed_are_read(typed: str) -> None:
    assert meant(typed, FEW) == meant("dang ky khai sinh", FEW)


def test_a_word_that_is_still_being_typed_is_no_slip() -> None:
    assert asking.question("khai si", FEW).near == ()


@pytest.mark.parametrize("text", ["không có hogwarts", "phép có hogwarts", "cấp nay hogwarts"])
def test_words_half_of_the_titles_have_and_chance_answer_nothing_where_the_others_are_lost(text: str) -> None:
    lexicon = Lexicon(dict.fromkeys(("khong", "co", "giay", "phep", "cap", "ngay"), 5))
    asked = asking.question(text, lexicon)
    assert asked.parts == ()
    assert "hogwarts" in asked.left_out


def test_an_answer_to_a_question_with_lost_words_has_some_of_the_others_as_they_were_said() -> None:
    asked = asking.question("chữ này", Lexicon({"chu": 2, "nam": 5}))
    assert asked.near == ("này",)
    assert asked.lost_on("Hỗ trợ chủ rừng")
    assert not asked.lost_on("Phiên dịch chữ Nôm")
    assert not asking.question("khai sính", FEW).lost_on("Đăng ký khai sinh")


def test_numbers_are_never_bent_into_other_numbers() -> None:
    assert Lexicon({"2025": 1}).near("2026") == []
    assert Lexicon({"20": 1, "26": 1}).spelled("2026") == ()


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


@pytest.mark.parametrize(
    "text",
    ["dang ky khai sihn", "dangkykhaisinh", "con em vừa sinh hôm trước mà quên mất chưa đi khai sinh"],
)
@pytest.mark.usefixtures("sample")
def test_slips_and_whole_stories_still_find(text: str) -> None:
    assert "1.001193" in [procedure.code for procedure in searching.search(text, limit=5).procedures]


@pytest.mark.usefixtures("sample")
def test_what_nobody_ever_wrote_finds_nothing() -> None:
    assert searching.search("hogwarts qwertz").total == 0


@pytest.mark.usefixtures("sample")
def test_the_words_of_the_catalogue_are_read_anew_when_something_is_published() -> None:
    assert not searching.lexicon().has("hogwarts")
    version = Version.objects.create(
        procedure=Procedure.objects.create(code="9.000001", title="Nhập học hogwarts"),
        number=1,
        title="Nhập học hogwarts",
        valid_from=AT.date(),
    )
    acts.publish(version, by=None, at=AT + timedelta(days=1))
    assert searching.lexicon().has("hogwarts")


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
