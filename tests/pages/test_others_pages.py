"""Other indicators as pages: figure, target, gap, origin, and the rows behind each."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from motcua.people.models import Officer, Post, Role
from motcua.scores.declaring.models import Declared
from tests.acts import scores_world
from tests.acts.scores_world import World, moment
from tests.cast import officer

NOW = moment("2026-11-05 09:00")
PAGE = "/chi-so-khac/?ky=2026-10&don-vi=S1"


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    made = scores_world.build()
    made.dossier(ended_at=moment("2026-10-08 09:00"), satisfied=True)
    made.dossier(ended_at=moment("2026-10-13 09:00"))
    return made


@pytest.fixture
def head(world: World) -> Officer:
    officer = Officer.objects.create(username="head", full_name="Lò Thị Đứng Đầu")
    Post.objects.create(officer=officer, unit=world.department, role=Role.HEAD, valid_from=scores_world.BORN)
    return officer


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_first_line_says_how_many_targets_are_missed_and_by_what_most(
    client: Client, world: World
) -> None:
    told = text(client, PAGE)
    assert (
        "Chưa đạt 4 trong 5 chỉ tiêu có số liệu. Còn xa nhất: số hóa khi tiếp nhận, thiếu 100,0 điểm" in told
    )
    assert "50,0% 100 % thiếu 50,0 điểm %" in told


def test_few_answers_are_marked(client: Client, world: World) -> None:
    assert "ít lượt đánh giá, chỉ để tham khảo" in text(client, PAGE)


def test_what_has_no_row_is_not_measured_and_never_full(client: Client, world: World, head: Officer) -> None:
    client.force_login(head)
    assert "Hài lòng, lĩnh vực xây dựng" in text(client, PAGE)
    assert re.search(r"lĩnh vực xây dựng.*?– chưa đo 85 %", text(client, PAGE))


def test_every_link_of_a_figure_opens_to_as_many_rows(client: Client, world: World, head: Officer) -> None:
    client.force_login(head)
    page = client.get(PAGE).content.decode()
    found = re.findall(r'href="(/chi-so-khac/\w+/S1/[\w-]+/[^"]+)">(\d+)<', page)
    assert len(found) > 12
    for url, count in found:
        assert re.search(
            rf"<h1>{count} (hồ sơ|thủ tục)", client.get(url.replace("&amp;", "&")).content.decode()
        ), url


def test_one_field_of_one_agency_is_for_officers(client: Client, world: World, head: Officer) -> None:
    whole = "/chi-so-khac/HL_DAT_DAI/04/mau/?ky=2026-10"
    own, sums = (whole.replace("/04/", f"/{where}/") for where in ("S1", "cap-department"))
    assert "lĩnh vực đất đai" in text(client, PAGE.replace("S1", "04"))
    assert "lĩnh vực đất đai" not in text(client, PAGE)
    told = text(client, "/chi-so-khac/HL_DAT_DAI/?ky=2026-10")
    assert "Số của từng đơn vị chỉ mở cho cán bộ" in told
    assert "Sở Một" not in told
    assert client.get(own).headers["Location"].startswith("/dang-nhap/")
    assert [client.get(url).status_code for url in (whole, sums)] == [200, 200]
    client.force_login(head)
    assert "lĩnh vực đất đai" in text(client, PAGE)
    assert "Sở Một" in text(client, "/chi-so-khac/HL_DAT_DAI/?ky=2026-10")
    assert client.get(own).status_code == 200


def test_which_procedures_one_agency_had_dossiers_of_is_for_officers(
    client: Client, world: World, head: Officer
) -> None:
    own = "/chi-so-khac/TTHC_TT_CO_HS/S1/ngoai/?ky=2026-10"
    whole = own.replace("/S1/", "/04/")
    assert "Danh sách thủ tục có hồ sơ chỉ mở cho cán bộ" in text(client, own)
    assert "chỉ mở cho cán bộ" not in text(client, whole)
    client.force_login(head)
    assert "chỉ mở cho cán bộ" not in text(client, own)


def test_visitors_see_the_count_and_not_the_dossiers(client: Client, world: World) -> None:
    told = text(client, "/chi-so-khac/HS_DUNG_HAN/S1/chua-dat/?ky=2026-10")
    assert "1 hồ sơ chưa đạt" in told
    assert "Danh sách hồ sơ chỉ mở cho cán bộ" in told
    assert "H14-" not in told


def test_levels_stand_apart_and_open_to_their_rows(client: Client, world: World, head: Officer) -> None:
    world.dossier(unit=world.commune, ended_at=moment("2026-10-08 09:00"))
    told = text(client, "/chi-so-khac/HS_DUNG_HAN/?ky=2026-10")
    assert re.search(r"Cấp tỉnh: sở, ban, ngành 1 đạt / 2 được tính 50,0%", told)
    assert re.search(r"Cấp xã 1 đạt / 1 được tính 100,0%", told)
    client.force_login(head)
    assert "1 hồ sơ được tính" in text(client, "/chi-so-khac/HS_DUNG_HAN/cap-commune/mau/?ky=2026-10")


def test_documents_are_declared_and_look_so(client: Client, world: World, head: Officer) -> None:
    assert "kê khai số này" in text(client, PAGE)
    told = {"indicator": "VB_DIEN_TU", "unit": world.department, "period": "2026-10", "evidence": "Báo cáo 1"}
    Declared.objects.create(**told, numerator=92, denominator=100, at=NOW, by=head)
    shown = text(client, PAGE)
    assert "92 / 100 92,0% 100 % thiếu 8,0 điểm %" in shown
    assert "kê khai: Lò Thị Đứng Đầu" in shown
    assert "Mức ban đầu: 92 %" in shown


def test_the_definition_of_certified_copies_is_shown(client: Client, world: World) -> None:
    told = text(client, "/chi-so-khac/?ky=2026-10&don-vi=04")
    assert "Cách hiểu đang dùng: tỷ lệ xã có ít nhất một hồ sơ" in told


def test_procedures_stand_with_their_term_and_their_real_time(client: Client, world: World) -> None:
    url = "/chi-so-khac/thoi-gian/S1/?ky=2026-10"
    assert client.get(url).headers["Location"].startswith("/dang-nhap/")
    assert "/thoi-gian/" not in client.get("/chi-so-khac/?ky=2026-10&don-vi=S1").content.decode()
    client.force_login(officer(Role.HANDLER, world.department))
    assert "/thoi-gian/" in client.get("/chi-so-khac/?ky=2026-10&don-vi=S1").content.decode()
    told = text(client, url)
    assert "Thủ tục mẫu 2 5 4,5 0,5" in told.replace("5,0", "5")
    sheet = client.get("/chi-so-khac/thoi-gian/S1/?ky=2026-10&xuat=xlsx")
    assert b"".join(sheet.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "url",
    [
        "/chi-so-khac/KHONG_CO/?ky=2026-10",
        "/chi-so-khac/HS_DUNG_HAN/X9/mau/?ky=2026-10",
        "/chi-so-khac/HS_DUNG_HAN/S1/la/?ky=2026-10",
        "/chi-so-khac/?ky=la",
        "/chi-so-khac/thoi-gian/X9/?ky=2026-10",
    ],
)
def test_what_is_not_there_is_not_found(client: Client, world: World, url: str) -> None:
    client.force_login(officer(Role.HANDLER, world.department))
    assert client.get(url).status_code == 404
