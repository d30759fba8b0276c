"""Boards: what needs somebody first, who holds what, what changed; every figure opens to as many dossiers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from motcua.dossiers.models import Dossier, Task
from motcua.people.models import Officer, Post, Role
from motcua.scores import fresh
from motcua.scores.boards import queries
from motcua.scores.boards.queries import Sets
from tests.acts import scores_world
from tests.acts.scores_world import World, moment

NOW = moment("2026-10-12 10:00")  # a Monday; the world's dossiers are due at 17:00


@pytest.fixture
def world(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    made = scores_world.build()
    officer = Officer.objects.create(username="head", full_name="Lò Thị Đứng Đầu")
    Post.objects.create(officer=officer, unit=made.department, role=Role.HEAD, valid_from=scores_world.BORN)
    client.force_login(officer)
    rows: dict[str, dict[str, object]] = {
        "late": {"due_at": moment("2026-10-07 17:00")},
        "just-late": {"due_at": moment("2026-10-12 09:00")},
        "today": {},
        "soon": {"due_at": moment("2026-10-15 17:00")},
        "far": {"due_at": moment("2026-10-16 17:00")},
        "waits": {"paused_at": moment("2026-10-06 09:00"), "due_at": moment("2026-10-08 09:00")},
        "waits-late": {"paused_at": moment("2026-10-08 10:00"), "due_at": moment("2026-10-08 09:00")},
        "no-term": {"due_at": None},
        "done": {"ended_at": moment("2026-10-09 15:00")},
        "done-late": {"ended_at": moment("2026-10-12 08:00"), "due_at": moment("2026-10-09 08:00")},
        "done-before": {"ended_at": moment("2026-10-09 09:00")},
        "new": {"accepted_at": moment("2026-10-12 08:00"), "due_at": moment("2026-10-19 17:00")},
        "filed": {"accepted_at": None, "due_at": None},
    }
    for code, row in rows.items():
        made.dossier(code=code, **row)
    made.dossier(code="of-commune", unit=made.centre, due_at=moment("2026-10-07 17:00"))
    return made


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


EXPECTED = {
    "qua-han": {"late", "just-late", "waits-late"},
    "hom-nay": {"today"},
    "sap-den": {"soon"},
    "tam-dung": {"waits"},
    "dang-giai-quyet": {"late", "just-late", "today", "soon", "far", "waits", "waits-late", "no-term", "new"},
    "moi-qua-han": {"just-late"},
    "moi-xong": {"done", "done-late"},
    "moi-xong-muon": {"done-late"},
    "moi-nhan": {"new"},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_set_holds_its_dossiers_and_no_other(world: World, name: str) -> None:
    found = queries.dossiers(world.department, Sets(NOW), name)
    assert set(found.values_list("code", flat=True)) == EXPECTED[name]
    lines = {line.key: line.counts for line in queries.by_agency(world.province, Sets(NOW))}
    assert lines["S1"][name] == len(EXPECTED[name])


def test_a_figure_opened_later_has_the_dossiers_it_counted(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was settled, paused and accepted since does not change which dossiers the board counted."""
    links = re.findall(
        r'href="([^"]*bang-dieu-hanh/04/[a-z-]+/[^"]+)"', client.get("/bang-dieu-hanh/04/").content.decode()
    )
    before = {url: set(client.get(url.replace("&amp;", "&")).context["page"].object_list) for url in links}
    later = moment("2026-10-12 14:00")
    Dossier.objects.filter(code__in=("late", "today")).update(ended_at=moment("2026-10-12 11:00"))
    Dossier.objects.filter(code__in=("just-late", "soon")).update(paused_at=moment("2026-10-12 11:00"))
    world.dossier(code="since", accepted_at=moment("2026-10-12 11:00"))
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    for url, found in before.items():
        answer = client.get(url.replace("&amp;", "&"))
        assert set(answer.context["page"].object_list) == found, url
        assert "Như toàn cảnh lúc" in answer.content.decode()
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment("2026-10-13 09:00"))
    assert "hãy mở lại toàn cảnh" in text(client, links[0].replace("&amp;", "&"), 404)


def test_since_is_the_same_hour_of_the_last_working_day() -> None:
    assert Sets(NOW).since == moment("2026-10-09 10:00")


def test_the_first_line_says_what_is_late_and_who_holds_most(client: Client, world: World) -> None:
    told = text(client, "/bang-dieu-hanh/04/")
    assert "4 hồ sơ đang quá hạn, nhiều nhất ở Sở Một (3). 1 hồ sơ đến hạn hôm nay." in told
    assert "1 hồ sơ vừa quá hạn, ở Sở Một" in told
    assert "2 hồ sơ vừa giải quyết xong, 1 muộn hạn" in told
    assert "Sở Một giữ 3 trong 4 hồ sơ quá hạn" in told


def test_every_figure_opens_to_as_many_dossiers(client: Client, world: World) -> None:
    page = client.get("/bang-dieu-hanh/04/").content.decode()
    counts = re.findall(
        r'href="(/bang-dieu-hanh/04/[\w-]+/[^"]+)"[^>]*>\s*(?:<span class="counts-figure">)?(\d+)<', page
    )
    assert len(counts) > 8
    for url, count in counts:
        found = client.get(url.replace("&amp;", "&")).content.decode()
        assert re.search(rf"<h1>{count} hồ sơ ", found), (url, count)


def test_the_matrix_sorts_by_what_is_asked(client: Client, world: World) -> None:
    def names(order: str) -> list[str]:
        page = client.get(f"/bang-dieu-hanh/04/?xep={order}").content.decode()
        return re.findall(r'class="table-main"\s+href="/bang-dieu-hanh/\w+/">([^<]+)<', page)

    assert names("qua-han") == ["Sở Một", "Xã Một"]
    assert names("lau-nhat") == ["Sở Một", "Xã Một"]
    assert names("nonsense") == names("qua-han")


def test_an_agency_sees_who_holds_its_dossiers(client: Client, world: World) -> None:
    officer = Officer.objects.get()
    for code, to in (("late", officer), ("today", None), ("soon", officer)):
        dossier = queries.dossiers(world.department, Sets(NOW), "dang-giai-quyet").get(code=code)
        kept = {
            "step": "tham",
            "name": "Thẩm định",
            "role": "handler",
            "unit": world.department,
            "since": NOW,
        }
        Task.objects.create(dossier=dossier, officer=to, **kept)
    told = text(client, "/bang-dieu-hanh/S1/")
    assert "Lò Thị Đứng Đầu 2 Đang giải quyết 1 Quá hạn 0 1 Sắp đến hạn" in told
    assert "Chưa phân công 1 Đang giải quyết" in told
    assert "Lò Thị Đứng Đầu giữ 1 trong 3 hồ sơ quá hạn" in told
    rows = text(client, "/bang-dieu-hanh/S1/qua-han/?can-bo=head")
    assert "1 hồ sơ quá hạn" in rows
    assert "1 hồ sơ đến hạn hôm nay" in text(client, "/bang-dieu-hanh/S1/hom-nay/?can-bo=-")


def test_of_the_officers_of_an_agency_each_sees_himself_and_its_heads_all(
    client: Client, world: World
) -> None:
    handler = Officer.objects.create(username="chi", full_name="Chị Xử Lý")
    Post.objects.create(
        officer=handler, unit=world.department, role=Role.HANDLER, valid_from=scores_world.BORN
    )
    for code, to in (("late", handler), ("soon", Officer.objects.get(username="head"))):
        dossier = queries.dossiers(world.department, Sets(NOW), "dang-giai-quyet").get(code=code)
        kept = {"step": "tham", "name": "Thẩm định", "role": "handler", "since": NOW}
        Task.objects.create(dossier=dossier, officer=to, unit=world.department, **kept)
    client.force_login(handler)
    told = text(client, "/bang-dieu-hanh/S1/")
    assert "Hồ sơ bạn đang giữ" in told
    assert "Chị Xử Lý 1 Đang giải quyết 1 Quá hạn" in told
    assert "Đứng Đầu" not in told
    assert "1 hồ sơ quá hạn" in text(client, "/bang-dieu-hanh/S1/qua-han/?can-bo=chi")
    assert "số liệu theo từng cán bộ" in text(client, "/bang-dieu-hanh/S1/qua-han/?can-bo=head", 403).lower()
    chair = Officer.objects.create(username="chair", full_name="Chủ tịch")
    Post.objects.create(officer=chair, unit=world.province, role=Role.HEAD, valid_from=scores_world.BORN)
    client.force_login(chair)
    assert "Chị Xử Lý 1 Đang giải quyết" in text(client, "/bang-dieu-hanh/S1/")


def test_the_own_board_comes_first_and_another_is_one_choice_away(client: Client, world: World) -> None:
    assert client.get("/bang-dieu-hanh/").headers["Location"] == "/bang-dieu-hanh/S1/"
    assert client.get("/bang-dieu-hanh/?don-vi=X1").headers["Location"] == "/bang-dieu-hanh/X1/"
    for nowhere in ("a/b", "X9"):
        text(client, f"/bang-dieu-hanh/?don-vi={nowhere}", 404)


def test_the_public_sees_figures_but_no_dossier_and_no_officer(client: Client, world: World) -> None:
    client.logout()
    page = client.get("/cong-khai/").content.decode()
    told = text(client, "/cong-khai/")
    assert "Kết quả giải quyết thủ tục hành chính UBND tỉnh Mẫu" in told
    assert "/bang-dieu-hanh/" not in page
    assert "Đứng Đầu" not in text(client, "/cong-khai/?don-vi=S1")
    assert client.get("/bang-dieu-hanh/04/").status_code == 302


def test_visitors_of_two_seconds_share_one_count(client: Client, world: World, settings: Any) -> None:
    settings.INDEX_SECONDS = 600
    fresh.forget()
    before = text(client, "/cong-khai/")
    world.dossier(code="since", due_at=moment("2026-10-07 17:00"))
    assert text(client, "/cong-khai/") == before
    fresh.forget()


def test_charts_stand_in_the_page_with_their_figures_beside_them(client: Client, world: World) -> None:
    page = client.get("/bang-dieu-hanh/04/").content.decode()
    assert page.count('<svg class="chart" role="img"') == 2
    assert "style=" not in page
    assert "Số liệu từng ngày" in page


@pytest.mark.parametrize("url", ["/bang-dieu-hanh/X9/", "/bang-dieu-hanh/S1/la/", "/cong-khai/?don-vi=X9"])
def test_what_is_not_there_is_not_found(client: Client, world: World, url: str) -> None:
    assert client.get(url).status_code == 404


def test_without_dossiers_the_board_says_so(client: Client, db: None) -> None:
    scores_world.build()
    assert "Không có hồ sơ quá hạn hoặc đến hạn hôm nay." in text(client, "/cong-khai/")
