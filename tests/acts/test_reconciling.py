"""Reconciliation: every difference between the two sides is explained by its dossiers, and by no other."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from motcua.gateways import records
from motcua.gateways.models import Errand
from motcua.gateways.portal import Unreachable
from motcua.law.facts import Refused
from motcua.people.models import Officer, Post, Role
from motcua.scores.reconciling import acts, queries, tasks
from motcua.scores.reconciling.models import Kind, Match, Reconciliation
from motcua.scores.reconciling.reading import BadFile, read
from tests.acts import scores_world
from tests.acts.scores_world import World, moment

NOW = moment("2026-11-05 09:00")
HEAD = "MaHoSo,TrangThaiHoSo,NgayTiepNhan,NgayKetThucXuLy\n"


@pytest.fixture
def world(db: None) -> World:
    return scores_world.build()


def csv(*lines: str) -> bytes:
    return (HEAD + "\n".join(lines)).encode()


# Reading


def test_a_file_is_read_as_csv_and_as_json_with_every_way_to_write_a_moment() -> None:
    rows = [
        {"MaHoSo": "A", "TrangThaiHoSo": "10", "NgayTiepNhan": "20261005090000"},
        {"MaHoSo": "B", "TrangThaiHoSo": "Đang xử lý", "NgayTiepNhan": "05/10/2026 09:00"},
    ]
    found = read(json.dumps({"data": rows}).encode())
    assert {found["A"].accepted, found["B"].accepted} == {moment("2026-10-05 09:00")}
    assert (found["A"].state, found["B"].state) == (10, 4)
    assert read(csv("A,10,2026-10-05T09:00:00,", "B,4,05/10/2026,"))["A"] == found["A"]
    assert read("Mã hồ sơ;Trạng thái\nA;10".encode())["A"].state == 10


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (csv("A,99,,"), "Dòng 2: trạng thái “99” ngoài danh mục"),
        (csv("A,4,,", "A,4,,"), "Dòng 3: mã A có hai lần"),
        (csv("A,4,hôm qua,"), "Dòng 2: thời điểm “hôm qua” không đọc được"),
        (csv(",4,,"), "Dòng 2: thiếu mã hồ sơ"),
        (b"a,b\n1,2", "Thiếu cột MaHoSo"),
        (b"[1]", "danh sách các hồ sơ"),
        (b"{", "JSON sai"),
        (b"\xff\xfe", "không phải UTF-8"),
        (HEAD.encode(), "không có hồ sơ nào"),
        (csv("A\0,4,,"), "ký tự không in được"),
        (csv("A,²,,"), "trạng thái “²” ngoài danh mục"),
        (csv("A,4,,0001-01-01T00:00:00"), "ngoài các năm 2018 đến 2030"),
        (csv("A,4\rB,,"), "CSV sai"),
        (csv("A" * 140_000), "CSV sai"),
        (b"[" * 100_000, "lồng quá sâu"),
    ],
)
def test_a_file_that_is_wrong_says_where_and_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        read(content)


def test_no_more_than_twenty_mistakes_are_told_at_once() -> None:
    with pytest.raises(BadFile) as told:
        read(csv(*(f"A{n},99,," for n in range(30))))
    assert (len(told.value.lines), told.value.lines[-1]) == (21, "Còn 10 dòng sai khác")


# Comparing


@pytest.mark.django_db(transaction=True)
def test_every_difference_is_explained_by_its_dossiers(world: World) -> None:
    by = Officer.objects.create(username="control", full_name="Cán bộ kiểm soát")
    Post.objects.create(officer=by, unit=world.province, role=Role.CONTROLLER, valid_from=scores_world.BORN)
    done = {"state": 10, "ended_at": moment("2026-10-08 09:00"), "facts": 9, "reported": 9}
    for code, row in {
        "same": done,
        "late": done | {"reported": 5},
        "state": done,
        "moment": done,
        "unknown": done,
        "unsent": {"facts": 3, "reported": 0},
        "other-month": {"accepted_at": moment("2026-09-05 09:00")},
    }.items():
        world.dossier(code=code, **row)
    content = csv(
        "same,10,20261005090000,20261008090030",
        "late,4,20261005090000,",
        "state,9,20261005090000,20261008090000",
        "moment,10,20261005090000,20261008091000",
        "nobody,4,20261006090000,",
        "elsewhere,4,20260901090000,",
    )
    kept = acts.reconcile(content, "cong.csv", date(2026, 10, 1), date(2026, 10, 31), by=by, at=NOW)
    assert dict(Match.objects.values_list("code", "kind")) == {
        "same": Kind.SAME,
        "late": Kind.LATE,
        "state": Kind.STATE,
        "moment": Kind.MOMENT,
        "unknown": Kind.MISSING_THERE,
        "unsent": Kind.LATE,
        "nobody": Kind.MISSING_HERE,
    }
    assert [(each.many, each.differing) for each in queries.every()] == [(7, 6)]
    figures = queries.figures(kept)
    assert figures["tiep-nhan"] == (6, 5, 3)
    assert figures["da-giai-quyet"] == (5, 3, 2)
    for slug, (ours, theirs, apart) in figures.items():
        explained = queries.matches(kept, slug)
        assert explained.count() == apart
        measured = queries.MEASURED[slug]
        gap = explained.filter(measured.ours).count() - explained.filter(measured.theirs).count()
        assert gap == ours - theirs
    with pytest.raises(Refused, match="Từ ngày"):
        acts.reconcile(content, "x", date(2026, 10, 2), date(2026, 10, 1), by=by, at=NOW)
    with pytest.raises(BadFile):
        acts.reconcile(b"a", "x", date(2026, 10, 1), date(2026, 10, 1), by=by, at=NOW)
    assert Reconciliation.objects.count() == 1


def test_only_who_controls_the_province_reconciles(world: World) -> None:
    by = Officer.objects.create(username="head", full_name="Người đứng đầu")
    Post.objects.create(officer=by, unit=world.department, role=Role.HEAD, valid_from=scores_world.BORN)
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.reconcile(csv("A,4,,"), "x", date(2026, 10, 1), date(2026, 10, 31), by=by, at=NOW)


# Through the gateway


@pytest.fixture
def controller(world: World) -> Officer:
    by = Officer.objects.create(username="control", full_name="Cán bộ kiểm soát")
    Post.objects.create(officer=by, unit=world.province, role=Role.CONTROLLER, valid_from=scores_world.BORN)
    return by


def asked(by: Officer) -> Errand:
    errand, _ = acts.ask_portal(date(2026, 10, 1), date(2026, 10, 31), by=by, at=NOW)
    return errand


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def test_a_job_asks_the_stand_in_which_knows_what_it_was_told_and_says_that_it_is_one(
    world: World, controller: Officer
) -> None:
    done = {"state": 10, "ended_at": moment("2026-10-08 09:00"), "facts": 9, "reported": 9}
    world.dossier(code="same", **done)
    world.dossier(code="unsent", facts=3, reported=0)
    world.dossier(code="other-month", accepted_at=moment("2026-09-05 09:00"), facts=1, reported=1)
    errand = asked(controller)
    assert not Reconciliation.objects.exists()
    tasks.reconcile.func(errand=errand.pk)
    errand.refresh_from_db()
    kept = Reconciliation.objects.get()
    assert (errand.state, errand.result, errand.total) == ("done", kept.pk, 1)
    assert (kept.gateway, kept.stand_in, kept.by) == (True, True, controller)
    assert dict(Match.objects.values_list("code", "kind")) == {"same": Kind.SAME, "unsent": Kind.LATE}
    assert kept.figures == {"tiep-nhan": 1, "da-giai-quyet": 1, "cho-bo-sung": 0, "da-tra": 1}


class Portal:
    """A portal of our own: the stand-in's answers over HTTP, with what is put into it."""

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []
        self.down = False
        self.asked: list[dict[str, Any]] = []

    def reply(self, path: str, body: dict[str, Any]) -> bytes:
        if path == "/mapi/login":
            return json.dumps({"session": "s"}).encode()
        self.asked.append(body)
        if self.down:
            return b"bao tri"
        answer = records.StandIn(lambda first, last: self.rows).reply(body)
        if body["service"] == "LaySoLieuHoSoMC":
            answer["data"][0]["TiepNhan"] += 1
        return json.dumps(answer).encode()


@pytest.fixture
def portal(settings: Any) -> Iterator[Portal]:
    here = Portal()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reply = here.reply(self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *words: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.PORTAL_URL = f"http://127.0.0.1:{server.server_port}/"
    yield here
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_real_portal_is_read_page_by_page_and_its_own_count_stands_beside_its_list(
    world: World, controller: Officer, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "PAGE", 2)
    world.dossier(code="state", state=10, facts=9, reported=9, ended_at=moment("2026-10-08 09:00"))
    portal.rows = [
        {"MaHoSo": code, "TrangThaiHoSo": "4", "NgayTiepNhan": "20261005090000", "ChuHoSo": "Ai đó"}
        for code in ("state", "x1", "x2")
    ]
    errand = asked(controller)
    tasks.reconcile.func(errand=errand.pk)
    kept = Reconciliation.objects.get()
    assert (kept.stand_in, kept.file_name) == (False, "Cổng Dịch vụ công quốc gia")
    assert dict(Match.objects.values_list("code", "kind")) == {
        "state": Kind.STATE,
        "x1": Kind.MISSING_HERE,
        "x2": Kind.MISSING_HERE,
    }
    assert queries.figures(kept)["tiep-nhan"] == (1, 3, 2)
    assert kept.figures["tiep-nhan"] == 4
    assert [body.get("trang") for body in portal.asked] == [None, 1, 2]
    assert (portal.asked[1]["tuNgay"], portal.asked[1]["denNgay"]) == ("20261001", "20261031")


def test_a_portal_that_is_down_is_asked_again_and_one_that_says_nonsense_is_not(
    world: World, controller: Officer, portal: Portal
) -> None:
    errand, portal.down = asked(controller), True
    with pytest.raises(Unreachable):
        tasks.reconcile.func(errand=errand.pk)
    errand.refresh_from_db()
    assert (errand.state, Reconciliation.objects.count()) == ("waiting", 0)
    portal.down, portal.rows = False, [{"MaHoSo": "A", "TrangThaiHoSo": "99"}]
    tasks.reconcile.func(errand=errand.pk)
    errand.refresh_from_db()
    assert errand.state == "failed"
    assert "trạng thái “99” ngoài danh mục" in errand.message


def test_only_a_controller_asks_and_for_days_in_order(world: World, controller: Officer) -> None:
    with pytest.raises(Refused, match="Từ ngày"):
        acts.ask_portal(date(2026, 10, 2), date(2026, 10, 1), by=controller, at=NOW)
    other = Officer.objects.create(username="head", full_name="Người đứng đầu")
    with pytest.raises(Refused, match="không có thẩm quyền"):
        asked(other)
