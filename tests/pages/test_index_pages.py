"""The index as pages: the province, each unit, every figure with its rows, and who may read which."""

from __future__ import annotations

import re
from datetime import date, datetime
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from motcua.law.calendar import TZ
from motcua.people.models import Role, UnitKind
from motcua.scores import fresh, pages, queries
from motcua.scores.periods import Period
from tests.acts.scores_world import World, build, moment, unit
from tests.cast import officer
from tests.pages.seen import Seen, seen

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=TZ)
OCTOBER = "?ky=2026-10"
ON_TIME, LATE = moment("2026-10-06 09:00"), moment("2026-10-20 09:00")


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def world() -> World:
    """Two departments: the first on time in both of its dossiers, the second in one of three, one without a term."""
    world = build()
    for _ in range(2):
        world.dossier(unit=world.department, ended_at=ON_TIME, channel="online", reported=1)
    world.dossier(unit=world.other, ended_at=ON_TIME)
    world.dossier(unit=world.other, ended_at=LATE)
    world.dossier(unit=world.other, ended_at=LATE, supplements=2)
    world.dossier(unit=world.other, due_at=None, ended_at=ON_TIME)
    return world


# The province


def test_the_first_line_says_the_score_its_band_and_where_most_was_lost(client: Client, world: World) -> None:
    (top,) = queries.index(Period.parse("2026-10"), NOW, "04")
    said = str(top.score.total).replace(".", ",")
    text = seen(client, f"/chi-so/{OCTOBER}").text
    assert f"{said} điểm, loại {top.score.band}. Mất nhiều nhất ở" in text
    assert "chưa xác minh" in text


def test_a_figure_has_its_period_unit_source_and_moment(client: Client, world: World) -> None:
    text = seen(client, f"/chi-so/{OCTOBER}").text
    assert "Kỳ: Tháng 10/2026 Đơn vị tính: điểm Nguồn: Quyết định 766/QĐ-TTg" in text
    assert "Tính lúc 09:00 20/11/2026" in text


def test_a_running_period_says_how_far_it_has_gone(client: Client, world: World) -> None:
    assert "Kỳ: Tháng 11/2026, đến 09:00 20/11/2026" in seen(client, "/chi-so/").text


def test_what_was_lost_names_the_units_where_most_fell_short(client: Client, world: World) -> None:
    text = seen(client, f"/chi-so/{OCTOBER}").text
    assert "2 trong 5 hồ sơ chưa đạt ; nhiều nhất ở Sở Hai (2)" in text


def test_what_is_not_measured_is_told_apart_from_what_was_lost(client: Client, world: World) -> None:
    page = seen(client, f"/chi-so/{OCTOBER}")
    assert re.search(r"Chưa đo nên cộng 0 điểm, mất [\d,]+ điểm: .*5\.2 Tỷ lệ PAKN xử lý đúng hạn", page.text)
    assert "5.2 Tỷ lệ PAKN xử lý đúng hạn (mọi đơn vị)" in page.text


def names(client: Client, url: str) -> list[str]:
    page = client.get(url).content.decode()
    table = page[page.index("<tbody") :]
    return re.findall(r'<a class="table-main"\s+href="[^"]*">([^<]*)</a>', table)


def test_units_stand_by_rank_until_another_order_is_asked_for(client: Client, world: World) -> None:
    assert names(client, f"/chi-so/{OCTOBER}") == ["Sở Một", "Sở Hai"]
    assert names(client, f"/chi-so/{OCTOBER}&xep=ten") == ["Sở Hai", "Sở Một"]
    assert names(client, f"/chi-so/{OCTOBER}&xep=ho-so") == ["Sở Hai", "Sở Một"]
    assert names(client, f"/chi-so/{OCTOBER}&xep=CKMB") == ["Sở Một", "Sở Hai"]
    assert names(client, f"/chi-so/{OCTOBER}&xep=nonsense") == ["Sở Một", "Sở Hai"]


def test_communes_have_their_own_tab(client: Client, world: World) -> None:
    assert sorted(names(client, f"/chi-so/{OCTOBER}&cap=commune")) == ["Xã Hai", "Xã Một"]
    assert "cap=commune" in " ".join(seen(client, f"/chi-so/{OCTOBER}").links)


def test_a_unit_of_few_dossiers_says_so(client: Client, world: World) -> None:
    text = seen(client, f"/chi-so/{OCTOBER}").text
    assert "chỉ 2 hồ sơ, hạng dễ đổi" in text
    assert "không có hồ sơ" in seen(client, f"/chi-so/{OCTOBER}&cap=commune").text
    world.dossiers([world.built(unit=world.department, ended_at=ON_TIME) for _ in range(pages.FEW - 2)])
    assert "Sở Một 1" in seen(client, f"/chi-so/{OCTOBER}").text


def test_the_units_beyond_a_hundred_have_pages(client: Client, world: World) -> None:
    for number in range(110):
        unit(f"X{number + 100}", f"Xã {number + 100}", UnitKind.COMMUNE, world.province)
    assert "101–112 trong 112 đơn vị" in seen(client, f"/chi-so/{OCTOBER}&cap=commune&trang=2").text


def test_the_period_before_is_told_when_something_was_judged_in_it(client: Client, world: World) -> None:
    assert "nay" not in seen(client, f"/chi-so/{OCTOBER}").text.partition("Mất điểm ở đâu")[0]
    september = {"accepted_at": moment("2026-09-07 09:00"), "due_at": moment("2026-09-14 17:00")}
    world.dossier(**september, ended_at=moment("2026-09-21 09:00"))
    text = seen(client, f"/chi-so/{OCTOBER}").text
    assert re.search(r"Tháng 9/2026: [\d,]+ điểm, nay tăng [\d,]+", text)


def test_without_units_there_is_no_score_and_no_error(client: Client) -> None:
    text = seen(client, "/chi-so/").text
    assert "Chưa có đơn vị nào được chấm điểm" in text
    assert "điểm, loại" not in text


def test_the_pages_cost_as_many_questions_for_more_units_and_dossiers(client: Client, world: World) -> None:
    urls = (f"/chi-so/{OCTOBER}", f"/chi-so/04/{OCTOBER}")
    few = [questions(client, url) for url in urls]
    for number in range(20):
        unit(f"X{number + 100}", f"Xã {number + 100}", UnitKind.COMMUNE, world.province)
    world.dossiers([world.built(ended_at=ON_TIME) for _ in range(200)])
    assert [questions(client, url) for url in urls] == few
    assert max(few) <= 7


def questions(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    return len(asked)


# Periods


@pytest.mark.parametrize("period", ["2026-10", "2026-Q4", "2026-H2", "2026", "2025-03"])
def test_a_period_is_chosen_by_the_form_and_kept_in_the_links(
    client: Client, world: World, period: str
) -> None:
    page = client.get(f"/chi-so/?ky={period}").content.decode()
    assert f'<option value="{period}" selected>' in page
    assert f'href="/chi-so/S1/?ky={period}"' in page


def test_periods_before_the_index_are_not_offered(client: Client, world: World) -> None:
    page = client.get("/chi-so/").content.decode()
    offered = re.findall(r'<option value="([^"]*)"', page)
    assert {"2026-11", "2026-Q4", "2026-H2", "2026", "2023"} <= set(offered)
    assert all(Period.parse(value).last >= date(2022, 8, 1) for value in offered)


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2026-13", "Không có kỳ “2026-13”; viết 2026-10 (tháng)"),
        ("xx", "Không có kỳ “xx”"),
        ("2026-12", "Tháng 12/2026 chưa bắt đầu vào ngày 20/11/2026"),
        ("2021-05", "không có quy định nào có hiệu lực"),
    ],
)
@pytest.mark.parametrize("where", ["/chi-so/", "/chi-so/04/", "/chi-so/04/2.1/tu/"])
def test_a_wrong_period_is_explained_and_another_can_be_chosen(
    client: Client, world: World, where: str, period: str, said: str
) -> None:
    page = seen(client, f"{where}?ky={period}", 400)
    assert said.casefold() in page.text.casefold()
    assert "Xem kỳ này" in page.text


@pytest.mark.parametrize("instant", ["x", "2026-11-20T10:00:00+07:00", "2026-11-20T08:00"])
def test_a_moment_to_come_or_without_zone_is_refused(client: Client, world: World, instant: str) -> None:
    asked = instant.replace("+", "%2B")
    assert "không tính được ở thời điểm" in seen(client, f"/chi-so/?luc={asked}", 400).text.casefold()


# One unit


def row(client: Client, url: str, code: str) -> str:
    """The text of the row of one indicator."""
    page = client.get(url).content.decode()
    (found,) = re.findall(rf'<tr id="chi-so-{re.escape(code)}">.*?</tr>', page, re.DOTALL)
    return unescape(" ".join(re.sub(r"<[^>]*>", " ", found).split()))


def test_every_indicator_tells_counts_ratio_score_and_loss(client: Client, world: World) -> None:
    told = row(client, f"/chi-so/S2/{OCTOBER}", "2.1")
    assert "1 hồ sơ ở tử số / 3 hồ sơ ở mẫu số 33,33% 6,67 / 20 −13,33" in told
    assert "33,33 % × 20 = 6,67 điểm" in told


def test_what_could_not_be_judged_is_told_and_can_be_opened(client: Client, world: World) -> None:
    assert "Để ngoài 1 hồ sơ chưa đủ dữ liệu để xét" in row(client, f"/chi-so/S2/{OCTOBER}", "2.1")


def test_what_is_not_measured_says_why(client: Client, world: World) -> None:
    told = row(client, f"/chi-so/S2/{OCTOBER}", "5.2")
    assert "chưa đo / 6 −6,00 chưa kê khai phản ánh, kiến nghị" in told


def test_an_unverified_rule_is_marked_and_a_verified_one_is_not(client: Client, world: World) -> None:
    assert "chưa xác minh" in row(client, f"/chi-so/S2/{OCTOBER}", "3.1")
    assert "chưa xác minh" not in row(client, f"/chi-so/S2/{OCTOBER}", "2.1")


def test_what_a_province_answers_for_alone_is_told_to_be_the_provinces(client: Client, world: World) -> None:
    assert "Lấy số của cả tỉnh." in row(client, f"/chi-so/S2/{OCTOBER}", "1.3")
    assert "Lấy số của cả tỉnh." not in row(client, f"/chi-so/04/{OCTOBER}", "1.3")


def test_the_mean_time_is_told_in_days(client: Client, world: World) -> None:
    assert "ngày không chấm" in row(client, f"/chi-so/S2/{OCTOBER}", "2.2")


@pytest.mark.parametrize(
    ("code", "said"),
    [("zz", "Không có đơn vị mã “zz”"), ("T1", "không chấm điểm riêng"), ("%00", "Không tìm thấy")],
)
def test_a_unit_that_is_not_scored_is_explained(client: Client, world: World, code: str, said: str) -> None:
    assert said in seen(client, f"/chi-so/{code}/{OCTOBER}", 404).text


# The rows behind a figure


@pytest.fixture
def reader(client: Client, world: World) -> Client:
    client.force_login(officer(Role.HEAD, world.province))
    return client


def figures(client: Client, url: str) -> list[tuple[str, int]]:
    """Every linked figure of a unit's page: its link and its number."""
    page = client.get(url).content.decode()
    found = re.findall(r'<a href="(/chi-so/[^"]*/(?:tu|mau|ngoai)/[^"]*)">([\d.]+)', page)
    return [(unescape(link), int(number.replace(".", ""))) for link, number in found]


@pytest.mark.parametrize("code", ["04", "S1", "S2", "X1"])
def test_every_figure_opens_to_exactly_as_many_rows(reader: Client, world: World, code: str) -> None:
    world.announce(online="full", decided_on=date(2026, 10, 1), valid_from=date(2026, 10, 20))
    shown = [(link, n) for link, n in figures(reader, f"/chi-so/{code}/{OCTOBER}") if "/2.2/tu/" not in link]
    assert len(shown) >= 20
    for link, number in shown:
        page = reader.get(link).content.decode()
        assert int(re.search(r"<h1>([\d.]+) ", page)[1].replace(".", "")) == number  # type: ignore[index]
        assert len(re.findall(r'<th scope="row">', page)) == number


def test_what_fell_short_is_the_denominator_without_the_numerator(reader: Client, world: World) -> None:
    page = reader.get(f"/chi-so/04/2.1/chua-dat/{OCTOBER}").content.decode()
    assert "<h1>2 hồ sơ chưa đạt" in page
    codes = set(re.findall(r"H14-\d+(?=</)", page))
    good = set(re.findall(r"H14-\d+(?=</)", reader.get(f"/chi-so/04/2.1/tu/{OCTOBER}").content.decode()))
    assert len(codes) == 2
    assert not codes & good


def test_a_sum_of_days_says_that_it_is_one(reader: Client, world: World) -> None:
    text = seen(reader, f"/chi-so/S1/2.2/tu/{OCTOBER}").text
    assert "Tử số là tổng 2 ngày làm việc của 2 hồ sơ này." in text
    assert "2 ngày làm việc ở tử số / 2 hồ sơ ở mẫu số" in seen(reader, f"/chi-so/S1/{OCTOBER}").text


def test_the_rows_are_those_of_the_moment_the_figure_was_counted_at(
    reader: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.dossier(
        unit=world.department, accepted_at=moment("2026-11-18 09:00"), due_at=moment("2026-11-20 09:30")
    )
    before = dict(figures(reader, "/chi-so/S1/"))
    ((link, number),) = [each for each in before.items() if "/2.1/tu/" in each[0]]
    monkeypatch.setattr(timezone, "now", lambda: NOW.replace(hour=11))
    assert dict(figures(reader, "/chi-so/S1/")) != before
    assert f"<h1>{number} hồ sơ ở tử số" in reader.get(link).content.decode()


def test_the_thousandth_row_is_on_its_page(reader: Client, world: World) -> None:
    world.dossiers([world.built(ended_at=ON_TIME) for _ in range(1000)])
    page = seen(reader, f"/chi-so/S1/2.1/mau/{OCTOBER}&trang=20")
    assert "951–1.000 trong 1.002 hồ sơ" in page.text
    assert all("ky=2026-10" in link for link in page.links if "trang=" in link)
    (after,) = [link for link in page.links if "&sau=" in link]
    page = seen(reader, after)
    assert "1.001–1.002 trong 1.002 hồ sơ" in page.text
    (before,) = [link for link in page.links if "trang=" in link]
    assert "951–1.000 trong 1.002 hồ sơ" in seen(reader, before).text


def test_strangers_have_few_moments_of_their_own_counted_and_follow_every_link(
    client: Client, world: World, settings: Any
) -> None:
    settings.INDEX_SECONDS, settings.MOMENTS_A_MINUTE = 600, 2
    fresh.forget()
    own = [f"/chi-so/{OCTOBER}&luc=2026-11-10T0{hour}:00:00%2B07:00" for hour in range(6)]
    answers = [client.get(url, REMOTE_ADDR="10.1.1.1") for url in own]
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0
    assert "bỏ phần luc=" in answers[-1].content.decode()
    assert client.get(own[0], REMOTE_ADDR="10.1.1.1").status_code == 200
    shown = unescape(client.get(f"/chi-so/S1/{OCTOBER}", REMOTE_ADDR="10.1.1.1").content.decode())
    (link, *_) = re.findall(r'href="(/chi-so/S1/2.1/tu/[^"]*luc[^"]*)"', shown)
    assert client.get(link, REMOTE_ADDR="10.1.1.1").status_code == 200
    fresh.forget()


def test_the_public_sees_how_many_dossiers_and_not_which(client: Client, world: World) -> None:
    page = seen(client, f"/chi-so/S1/2.1/tu/{OCTOBER}")
    assert "2 hồ sơ ở tử số" in page.text
    assert "H14-" not in page.text
    assert "Nông Thị Mẫu" not in page.text
    assert any(link.startswith("/dang-nhap/?next=%2Fchi-so%2FS1%2F2.1%2Ftu%2F") for link in page.links)


def test_procedures_are_nobodys_secret(client: Client, world: World) -> None:
    page = seen(client, f"/chi-so/04/1.3/mau/{OCTOBER}")
    assert "Thủ tục mẫu" in page.text
    assert f"/thu-tuc/{world.version.procedure.code}/" in page.links


def test_an_officer_reads_whose_dossier_it_is_only_where_it_concerns_the_unit(
    client: Client, world: World
) -> None:
    client.force_login(officer(Role.HANDLER, world.department))
    own = seen(client, f"/chi-so/S1/2.1/tu/{OCTOBER}")
    others = seen(client, f"/chi-so/S2/2.1/tu/{OCTOBER}")
    assert "Nông Thị Mẫu" in own.text
    assert [link for link in own.links if link.startswith("/ho-so/H14-")]
    assert "H14-" in others.text
    assert "Nông Thị Mẫu" not in others.text
    assert not [link for link in others.links if link.startswith("/ho-so/H14-")]


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("9.9/tu", "không có số liệu nào đếm được cho chỉ số “9.9”"),
        ("5.2/tu", "không có số liệu nào đếm được cho chỉ số “5.2”"),
        ("2.1/xyz", "chỉ số 2.1 của UBND tỉnh Mẫu không có phần “xyz”"),
    ],
)
def test_a_figure_that_does_not_exist_is_explained(
    client: Client, world: World, where: str, said: str
) -> None:
    assert said in seen(client, f"/chi-so/04/{where}/{OCTOBER}", 404).text.replace("Không", "không").replace(
        "Chỉ số 2.1", "chỉ số 2.1"
    )


# What every page keeps


@pytest.mark.parametrize(
    "url", ["/chi-so/", "/chi-so/S2/", "/chi-so/04/2.1/tu/", "/chi-so/04/1.3/mau/", "/chi-so/?ky=xx"]
)
def test_pages_obey_the_strict_policy_and_name_every_id_once(reader: Client, url: str) -> None:
    page = Seen(reader.get(url))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in page.tags:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        assert tag != "style"
        assert tag != "script" or attributes.get("src")
    inside = {link[1:] for link in page.links if link.startswith("#")}
    assert inside <= set(ids)


def test_which_procedures_an_agency_had_dossiers_of_is_for_officers(client: Client, world: World) -> None:
    offered = world.announce(online="full")
    world.dossier(version=offered, unit=world.commune, ended_at=ON_TIME, channel="online")
    own = f"/chi-so/X1/3.2/tu/{OCTOBER}"
    assert "Danh sách thủ tục có hồ sơ chỉ mở cho cán bộ" in (shown := seen(client, own).text)
    assert offered.procedure.code not in shown
    assert "chỉ mở cho cán bộ" not in seen(client, own.replace("3.2", "3.1")).text
    assert "chỉ mở cho cán bộ" not in seen(client, own.replace("/X1/", "/04/")).text
    client.force_login(officer(Role.HANDLER, world.other))
    assert offered.procedure.code in seen(client, own).text


def test_a_moment_may_be_written_in_any_zone(client: Client, world: World) -> None:
    shown = seen(client, "/chi-so/?ky=2026-10&luc=2026-11-10T00:00:00%2B23:59")
    assert "Tính lúc 07:01 09/11/2026" in shown.text


def test_a_moment_that_has_no_legal_day_is_explained(client: Client, world: World) -> None:
    response = client.get("/chi-so/?luc=0001-01-01T00:00:00%2B07:00")
    assert response.status_code == 400
    assert "Không tính được ở thời điểm" in response.content.decode()
