"""Declared figures: with evidence and a name, never edited, and read by the index where nobody can count."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from motcua.law.facts import Refused
from motcua.people.models import Officer, Post, Role
from motcua.scores import queries as index
from motcua.scores.declaring import acts, queries
from motcua.scores.declaring.files import Paper
from motcua.scores.declaring.models import Declared
from motcua.scores.declaring.subjects import OF_INDEX, SUBJECTS
from motcua.scores.measures import MEASURES, UNMEASURED
from motcua.scores.periods import BadPeriod, Period
from tests.acts import scores_world
from tests.acts.scores_world import World, moment

NOW = moment("2026-11-05 09:00")
OCTOBER = Period.parse("2026-10")
PAPER = Paper("Báo cáo 12/BC-STNMT ngày 01/11/2026")


@pytest.fixture
def world(db: None) -> World:
    return scores_world.build()


@pytest.fixture
def head(world: World) -> Officer:
    officer = Officer.objects.create(username="head", full_name="Lò Thị Đứng Đầu")
    Post.objects.create(officer=officer, unit=world.department, role=Role.HEAD, valid_from=scores_world.BORN)
    return officer


def kept(world: World, head: Officer, period: str, pair: tuple[int, int], key: str = "5.2") -> Declared:
    told = {"indicator": key, "unit": world.department, "period": period, "evidence": PAPER.evidence}
    return Declared.objects.create(**told, numerator=pair[0], denominator=pair[1], at=NOW, by=head)


def test_only_what_has_no_measure_is_declared() -> None:
    assert not set(SUBJECTS) & set(MEASURES)
    assert set(OF_INDEX) <= set(UNMEASURED)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bao-cao.pdf", b"\xff\xd8\xff anh", "không đúng loại như tên tệp"),
        ("bao-cao.exe", b"MZ", "chỉ nhận tệp pdf"),
        ("bao-cao.pdf", b"%PDF-" + b"x" * 5_000_000, "lớn hơn 5 MB"),
    ],
)
def test_evidence_is_a_paper_of_the_kind_its_name_says(name: str, content: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        Paper(PAPER.evidence, name, content).require()
    Paper(PAPER.evidence, "bao-cao.pdf", b"%PDF-1.7").require()


@pytest.mark.django_db(transaction=True)
def test_a_correction_is_a_new_row_for_a_reason_and_the_old_one_stays(world: World, head: Officer) -> None:
    def declare(pair: tuple[int, int], paper: Paper = PAPER, key: str = "5.2", reason: str = "") -> Declared:
        return acts.declare(key, world.department, OCTOBER, pair, paper, by=head, at=NOW, reason=reason)

    for refused in (((11, 10),), ((1, 10), Paper(" ")), ((1, 10), PAPER, "2.1")):
        with pytest.raises(Refused):
            declare(*refused)
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.declare("5.2", world.other, OCTOBER, (1, 2), PAPER, by=head, at=NOW)
    with pytest.raises(BadPeriod):
        acts.declare("5.2", world.department, Period.parse("2027-01"), (1, 2), PAPER, by=head, at=NOW)
    first = declare((8, 10))
    with pytest.raises(Refused, match="không có gì để sửa"):
        declare((8, 10), reason="Lý do")
    with pytest.raises(Refused, match="ghi lý do"):
        declare((9, 10))
    declare((9, 10), reason="Đếm thiếu một phản ánh.")
    figure = queries.figures(OCTOBER, ["5.2"])[world.department.pk, "5.2"]
    assert figure.pair == (9, 10)
    first.refresh_from_db()
    assert first.numerator == 8
    for change in (first.save, first.delete):
        with pytest.raises(IntegrityError, match="is final"), transaction.atomic():
            change()


def test_a_longer_period_is_the_sum_of_its_months_only_when_all_are_there(
    world: World, head: Officer
) -> None:
    quarter = Period.parse("2026-Q3")
    for month in ("2026-07", "2026-08"):
        kept(world, head, month, (1, 2))
    assert queries.figures(quarter, ["5.2"]) == {}
    kept(world, head, "2026-09", (2, 3))
    assert queries.figures(quarter, ["5.2"])[world.department.pk, "5.2"].pair == (4, 7)
    kept(world, head, "2026-Q3", (5, 7))
    assert queries.figures(quarter, ["5.2"])[world.department.pk, "5.2"].pair == (5, 7)


def test_the_index_reads_petitions_from_what_was_declared_and_from_nothing_else(
    world: World, head: Officer
) -> None:
    (before,) = index.index(OCTOBER, NOW, "S1")
    assert {"5.2", "5.3"} <= set(before.unmeasured)
    kept(world, head, "2026-10", (182, 247))
    (entry,) = index.index(OCTOBER, NOW, "S1")
    assert str(entry.score.components["5.2"].score) == "4.42"
    assert entry.declared == {"5.2": "Lò Thị Đứng Đầu"}
    assert "5.3" in entry.unmeasured
    (province,) = index.index(OCTOBER, NOW, "04")
    assert "5.2" in province.unmeasured
    earlier = index.index(OCTOBER, moment("2026-11-04 09:00"), "S1")
    assert "5.2" in earlier[0].unmeasured
