"""Finding a procedure at the desk: three letters are enough for what is usual there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import motcua.demo
from motcua.catalogue import publishing, shortlist
from motcua.catalogue.models import Procedure, Version
from motcua.catalogue.words import words
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db
ROWS = 8  # what the counter shows
SAMPLE = Path(motcua.demo.__file__).parent / "catalogue/procedures.yaml"


@pytest.fixture
def catalogue() -> list[Procedure]:
    """The sample catalogue of the demo: its codes, titles and fields."""
    import yaml

    told = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))["procedures"]
    drafts = []
    for one in told:
        procedure = Procedure.objects.create(code=one["code"], title=one["title"])
        drafts.append(
            Version.objects.create(
                procedure=procedure,
                number=1,
                valid_from=date(2025, 7, 1),
                title=one["title"],
                field=one["field"],
            )
        )
    publishing.versions(drafts, at=MONDAY)
    return list(Procedure.objects.all())


def initials(procedure: Procedure, count: int = 3) -> str:
    return "".join(word[0] for word in words(procedure.title))[:count]


def first(text: str, usual: list[int]) -> Procedure:
    return shortlist.find(text, usual, limit=ROWS).procedures[0]


def test_three_letters_bring_the_usual_procedure_to_the_first_row(catalogue: list[Procedure]) -> None:
    missed = [p.title for p in catalogue if first(initials(p), [p.pk]) != p]
    assert len(catalogue) > 70
    assert missed == []


def test_of_two_usual_procedures_with_the_same_letters_the_more_usual_comes_first(
    catalogue: list[Procedure],
) -> None:
    birth, death = (
        next(p for p in catalogue if p.title == t) for t in ("Đăng ký khai sinh", "Đăng ký khai tử")
    )
    assert initials(birth) == initials(death) == "dkk"
    assert first("dkk", [birth.pk, death.pk]) == birth
    assert first("dkk", [death.pk, birth.pk]) == death
    assert first("dkkt", [birth.pk, death.pk]) == death


def test_five_letters_name_nearly_every_procedure_without_any_habit(catalogue: list[Procedure]) -> None:
    shown = [p for p in catalogue if p in shortlist.find(initials(p, 5), [], limit=ROWS).procedures]
    assert len(shown) / len(catalogue) > 0.95


def test_what_is_usual_does_not_push_aside_what_was_asked_for(catalogue: list[Procedure]) -> None:
    usual = next(p for p in catalogue if p.title == "Đăng ký khai sinh")
    assert first("the cong chung", [usual.pk]).title == "Cấp thẻ công chứng viên"
    assert shortlist.find("zzz", [usual.pk], limit=ROWS).procedures == []


def test_a_word_still_finds_as_a_word_and_a_code_as_a_code(catalogue: list[Procedure]) -> None:
    assert first("1.001193", []).title == "Đăng ký khai sinh"
    assert first("giám hộ", []).title == "Đăng ký giám hộ"


def test_without_a_letter_only_what_is_usual_is_told(catalogue: list[Procedure]) -> None:
    usual = [p.pk for p in catalogue[:12]]
    assert [p.pk for p in shortlist.find(" ", usual, limit=ROWS).procedures] == usual[:ROWS]
    assert shortlist.find("", [], limit=ROWS).total == 0


def test_of_what_nobody_uses_yet_the_plainest_title_comes_first(catalogue: list[Procedure]) -> None:
    titles = [p.title for p in shortlist.find("dkks", [], limit=ROWS).procedures]
    assert titles[:2] == ["Đăng ký khai sinh", "Đăng ký khai sinh lưu động"]
