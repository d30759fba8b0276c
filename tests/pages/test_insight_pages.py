"""What pages of the index say beyond figures: work for officers, peers, months, and parts that open to their rows."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from motcua.dossiers.models import Dossier
from motcua.journal import log
from motcua.law.facts import Assigned
from motcua.people.models import Role
from motcua.scores import fresh
from tests.acts.scores_published import AT, Published
from tests.acts.scores_world import World, build, moment
from tests.cast import officer

pytestmark = pytest.mark.django_db
NOW = moment("2026-11-20 09:00")
ON_TIME, LATE = moment("2026-10-06 09:00"), moment("2026-10-20 09:00")
OCTOBER = "?ky=2026-10"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def world() -> World:
    world = build()
    world.dossier(ended_at=ON_TIME)
    world.dossier(ended_at=LATE)
    world.dossier(unit=world.other, ended_at=ON_TIME)
    world.dossier(accepted_at=moment("2026-11-18 09:00"), due_at=moment("2026-11-20 15:00"))
    return world


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def test_officers_read_what_to_do_now_and_the_public_does_not(client: Client, world: World) -> None:
    assert "Việc làm ngay" not in text(client, "/chi-so/S1/")
    client.force_login(officer(Role.HEAD, world.department))
    told = text(client, "/chi-so/S1/")
    assert "1 hồ sơ đến hạn hôm nay hoặc sớm hơn, làm kịp giữ được" in told
    assert "xong trong hôm nay để không quá hạn" in told
    assert "Việc làm ngay" not in text(client, f"/chi-so/S1/{OCTOBER}")


def test_a_loss_says_how_many_rows_win_it_back(client: Client, world: World) -> None:
    assert "1 trong 2 hồ sơ chưa đạt . Thêm 1 hồ sơ là đủ điểm, mỗi hồ sơ 10,00 điểm" in text(
        client, f"/chi-so/S1/{OCTOBER}"
    )


def test_a_unit_stands_beside_its_peers_with_pictures_and_tables(client: Client, world: World) -> None:
    page = client.get(f"/chi-so/S1/{OCTOBER}").content.decode()
    assert page.count('<svg class="chart" role="img" aria-label="') == 2
    assert "style=" not in page
    assert "font-family" not in page
    told = text(client, f"/chi-so/S1/{OCTOBER}")
    assert "Hạng 2 trong 2 đơn vị cùng loại, số hồ sơ tương đương. Cao nhất là Sở Hai" in told
    assert "Điểm hiệu chỉnh và hạng có thể" in told


def test_the_units_of_a_level_have_their_raw_and_their_shrunk_score(client: Client, world: World) -> None:
    assert re.search(r"Sở Hai .*? 1 1–2 .*? hiệu chỉnh [\d,]+", text(client, f"/chi-so/{OCTOBER}"))


def test_months_are_told_with_what_was_published_of_them(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Published()
    monkeypatch.setattr(timezone, "now", lambda: AT)
    place.publish()
    place.world.dossier(accepted_at=moment("2026-11-02 09:00"), due_at=moment("2026-11-20 15:00"))
    told = text(client, "/chi-so/S1/dien-bien/")
    assert "Từ tháng 10/2026 đến tháng 11/2026:" in told
    assert re.search(r"Tháng 10/2026 ([\d,]+) \1 1/2 2", told)
    part = client.get("/chi-so/S1/dien-bien/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'class="chart"' in part


@pytest.mark.parametrize("kind", ["thu-tuc", "linh-vuc"])
def test_the_parts_of_a_unit_open_to_exactly_their_rows(client: Client, world: World, kind: str) -> None:
    client.force_login(officer(Role.HEAD, world.department))
    listed = client.get(f"/chi-so/S1/theo/{kind}/{OCTOBER}").content.decode()
    (url,) = re.findall(r'<a class="table-main" href="([^"]*)"', listed)
    page = client.get(unescape(url)).content.decode()
    figures = re.findall(r'<a href="(/chi-so/[^"]*/(?:tu|mau)/[^"]*)">([\d.]+)', page)
    figures = [(link, int(number)) for link, number in figures if "/2.2/tu/" not in link]
    assert len(figures) > 10
    for link, number in figures:
        rows = client.get(unescape(link)).content.decode()
        assert int(re.search(r"<h1>(\d+) ", rows)[1]) == number  # type: ignore[index]
        assert len(re.findall(r'<th scope="row">', rows)) == number


@pytest.mark.parametrize("kind", ["thu-tuc", "linh-vuc", "can-bo"])
def test_what_is_below_an_agency_is_for_officers_and_the_public_is_not_led_there(
    client: Client, world: World, kind: str
) -> None:
    key = world.version.procedure.code
    for closed in (
        f"/chi-so/S1/theo/{kind}/{OCTOBER}",
        f"/chi-so/S1/2.1/mau/{OCTOBER}&theo={kind}&muc={key}",
    ):
        assert client.get(closed).headers["Location"].startswith("/dang-nhap/")
    assert "/theo/" not in client.get(f"/chi-so/S1/{OCTOBER}").content.decode()
    client.force_login(officer(Role.HEAD, world.department))
    assert f"/theo/{kind}/" in client.get(f"/chi-so/S1/{OCTOBER}").content.decode()


def test_figures_by_officer_are_for_who_leads_or_watches(client: Client, world: World) -> None:
    url = f"/chi-so/S1/theo/can-bo/{OCTOBER}"
    rows = f"/chi-so/S1/2.1/mau/{OCTOBER}&theo=can-bo&muc=-"
    client.force_login(officer(Role.HANDLER, world.department))
    for closed in (url, rows, rows.removesuffix("-") + "ai.do"):
        assert client.get(closed).status_code == 403
    client.force_login(officer(Role.HEAD, world.other))
    assert client.get(url).status_code == 403
    for role in (Role.HEAD, Role.CONTROLLER):
        client.force_login(officer(role, world.department))
        assert "chưa phân công ai" in text(client, url)
        assert "2 hồ sơ ở mẫu số" in text(client, rows)
    client.force_login(officer(Role.ADMIN, world.department))
    assert client.get(url).status_code == 403


def test_an_officer_sees_the_own_figures_and_no_colleagues(client: Client, world: World) -> None:
    handler = officer(Role.HANDLER, world.department)
    dossier = Dossier.objects.filter(deciding_unit=world.department).earliest("pk")
    given = Assigned(
        at=moment("2026-10-05 10:00"), by="x", provision="", step="tham", officer=handler.username
    )
    log.record(dossier.stream, [given])
    client.force_login(handler)
    answer = client.get(f"/chi-so/S1/theo/can-bo/{OCTOBER}")
    assert answer.status_code == 302
    assert handler.full_name in text(client, unescape(answer.headers["Location"]))
    assert client.get(f"/chi-so/S1/theo/can-bo/{OCTOBER}&muc=-").status_code == 403


@pytest.mark.parametrize(
    "wrong", ["theo/gi-do/", "theo/thu-tuc/?muc=x", "2.1/mau/?theo=thu-tuc&muc=x", "2.1/mau/?theo=x"]
)
def test_a_part_that_is_not_there_is_explained(client: Client, world: World, wrong: str) -> None:
    client.force_login(officer(Role.HANDLER, world.department))
    text(client, f"/chi-so/S1/{wrong}{'&' if '?' in wrong else '?'}ky=2026-10", 404)


def test_a_page_from_what_was_counted_asks_the_database_next_to_nothing(
    client: Client, world: World, settings: object, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    settings.INDEX_SECONDS = 600  # type: ignore[attr-defined]
    fresh.forget()
    for url in (f"/chi-so/{OCTOBER}", f"/chi-so/S1/{OCTOBER}"):
        first = client.get(url).content
        with django_assert_max_num_queries(1):
            assert client.get(url).content == first
    fresh.forget()


def test_a_period_is_counted_to_a_day_and_its_links_keep_it(client: Client, world: World) -> None:
    whole, part = (text(client, f"/chi-so/S1/?ky=2026-10{until}") for until in ("", "&den=2026-10-10"))
    assert "1 hồ sơ ở tử số / 2 hồ sơ ở mẫu số" in whole
    assert "2 hồ sơ ở tử số / 2 hồ sơ ở mẫu số" in part
    assert "Tháng 10/2026, đến 23:59 10/10/2026" in part
    page = client.get("/chi-so/?ky=2026&den=2026-10-10").content.decode()
    assert "/chi-so/S1/?ky=2026&amp;den=2026-10-10" in page
    assert "den=2026-10-10&amp;luc=2026-10-10T23" in page


@pytest.mark.parametrize(("day", "said"), [("2026-12-01", "không nằm trong phần đã qua"), ("x", "ngày “x”")])
def test_a_day_outside_its_period_is_explained(client: Client, world: World, day: str, said: str) -> None:
    assert said in text(client, f"/chi-so/?ky=2026-10&den={day}", 400)
