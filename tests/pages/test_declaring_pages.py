"""Declared figures as pages: who declared, with what; typed text is kept; elsewhere they look like no other."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from motcua.people.models import Officer, Post, Role, UnitKind
from motcua.scores.declaring.models import Declared
from tests.acts import scores_world
from tests.acts.scores_world import World, moment

NOW = moment("2026-11-05 09:00")
PAGE = "/ke-khai/S1/5.2/?ky=2026-10"


@pytest.fixture
def world(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    made = scores_world.build()
    officer = Officer.objects.create(username="head", full_name="Lò Thị Đứng Đầu")
    Post.objects.create(officer=officer, unit=made.department, role=Role.HEAD, valid_from=scores_world.BORN)
    client.force_login(officer)
    return made


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def kept(world: World, **changes: object) -> Declared:
    told = {
        "indicator": "5.2",
        "unit": world.department,
        "period": "2026-10",
        "numerator": 8,
        "denominator": 10,
    }
    by = Officer.objects.get(username="head")
    return Declared.objects.create(**{**told, "evidence": "Báo cáo 12/BC", "at": NOW, "by": by, **changes})


def test_what_is_not_declared_says_so(client: Client, world: World) -> None:
    assert "chưa đo chưa kê khai" in text(client, "/ke-khai/?ky=2026-10")


def test_a_figure_shows_who_declared_it_with_what_and_every_earlier_row(client: Client, world: World) -> None:
    kept(world)
    kept(
        world,
        numerator=9,
        evidence="https://tinh.gov.vn/bc13",
        reason="Đếm thiếu.",
        file_name="bc.pdf",
        file=b"%PDF",
    )
    told = text(client, PAGE)
    assert "9 / 10 kê khai: Lò Thị Đứng Đầu số đang dùng" in told
    assert "8 / 10 kê khai: Lò Thị Đứng Đầu đã được kê khai lại" in told
    assert "Lý do kê khai lại: Đếm thiếu." in told
    assert "90,00% kê khai: Lò Thị Đứng Đầu" in text(client, "/ke-khai/?ky=2026-10")


def test_the_paper_comes_as_a_download(client: Client, world: World) -> None:
    row = kept(world, file_name="bc.pdf", file=b"%PDF")
    answer = client.get(f"/ke-khai/tep/{row.pk}/")
    assert b"".join(answer.streaming_content) == b"%PDF"  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("attachment")


def test_the_paper_is_for_the_agency_those_above_it_and_control(client: Client, world: World) -> None:
    row = kept(world, file_name="bc.pdf", file=b"%PDF")
    division = scores_world.unit("S1-P", "Phòng", UnitKind.DIVISION, world.department, born=scores_world.BORN)
    for who, unit, role, opens in (
        ("division", division, Role.HANDLER, True),
        ("province", world.province, Role.HEAD, True),
        ("control", world.department, Role.CONTROLLER, True),
        ("centre", world.centre, Role.RECEPTION, False),
        ("other", world.commune, Role.HEAD, False),
    ):
        officer = Officer.objects.create(username=who, full_name=who)
        Post.objects.create(officer=officer, unit=unit, role=role, valid_from=scores_world.BORN)
        client.force_login(officer)
        answer = client.get(f"/ke-khai/tep/{row.pk}/")
        answer.getvalue()
        assert answer.status_code == (200 if opens else 403), who
        assert (f"/ke-khai/tep/{row.pk}/" in client.get(PAGE).content.decode()) is opens
        assert "bc.pdf" in text(client, PAGE)


def test_a_wrong_form_keeps_what_was_typed_and_names_the_field(client: Client, world: World) -> None:
    answer = client.post(PAGE, {"tu_so": "12", "mau_so": "10", "kiem_chung": "Báo cáo 12/BC"})
    assert answer.status_code == 422
    assert "Tử số không được lớn hơn mẫu số." in answer.content.decode()
    assert 'value="Báo cáo 12/BC"' in answer.content.decode()


def test_the_index_marks_a_declared_figure(client: Client, world: World) -> None:
    kept(world)
    page = client.get("/chi-so/S1/?ky=2026-10").content.decode()
    assert 'class="declared" href="/ke-khai/S1/5.2/?ky=2026-10"' in page


def test_others_read_but_do_not_declare(client: Client, world: World) -> None:
    told = text(client, PAGE.replace("S1", "S2"))
    assert "kê khai số này" in told
    assert "Ghi số kê khai" not in told


def test_what_is_computed_has_no_page_to_declare_it(client: Client, world: World) -> None:
    assert client.get("/ke-khai/S1/2.1/?ky=2026-10").status_code == 404


def test_what_was_not_recorded_is_not_said_to_be(client: Client, world: World) -> None:
    assert client.post(PAGE).status_code == 422
    assert not Declared.objects.exists()
