"""The national portal is told what the facts say, once for each state of a dossier, whatever the network does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from motcua.dossiers import acts, messages, queries, tasks
from motcua.dossiers.models import Dossier
from motcua.gateways import portal
from motcua.gateways.models import Delivery
from tests import cast
from tests.cast import MONDAY, Cast

HOUR = timedelta(hours=1)


class Neighbour:
    """A portal of our own that answers what it is told to, in turn, and keeps what it was sent."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.sent: list[dict[str, Any]] = []

    def reply(self, path: str, body: dict[str, Any]) -> bytes:
        if path == "/mapi/login":
            return json.dumps({"session": f"của {body['username']}"}).encode()
        self.sent.append(body)
        answer = self.answers.pop(0) if self.answers else {"error_code": 0}
        return answer if isinstance(answer, bytes) else json.dumps(answer).encode()


@pytest.fixture
def neighbour(settings: Any) -> Iterator[Neighbour]:
    here = Neighbour()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            reply = here.reply(self.path, body)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *words: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.PORTAL_URL = f"http://127.0.0.1:{server.server_port}/"
    settings.PORTAL_USER = "cao-bang"
    yield here
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def crew(db: None) -> Cast:
    return cast.gather()


def told(dossier: Dossier) -> dict[str, Any]:
    return messages.sync(queries.folded(dossier))


def test_a_dossier_that_waits_is_told_as_waiting_and_a_stopped_one_as_stopped(crew: Cast) -> None:
    dossier, who = crew.received(), crew.officers
    assert told(dossier)["TrangThaiHoSo"] == "2"
    acts.request_supplement(dossier, items=["Đơn đề nghị"], reason="Mờ", by=who.reception, at=MONDAY + HOUR)
    assert (told(dossier)["TrangThaiHoSo"], told(dossier)["DanhSachHoSoBoSung"][0]["NgayBoSung"]) == (
        "5",
        "20261102100000",
    )
    acts.receive_supplement(dossier, by=who.reception, at=MONDAY + 2 * HOUR)
    acts.request_duty(dossier, amount=1000, by=who.handler, at=MONDAY + 3 * HOUR)
    assert told(dossier)["TrangThaiHoSo"] == "6"
    acts.stop(dossier, reason="Không đủ điều kiện", by=who.signer, at=MONDAY + 4 * HOUR)
    assert told(dossier)["TrangThaiHoSo"] == "8"
    assert "NgayTra" not in told(dossier)


@pytest.mark.django_db
def test_what_is_not_known_is_left_out_and_never_made_up() -> None:
    crew = cast.gather(limit="")
    nobody = acts.Applicant(name="Nông Thị Mẫu")
    message = told(crew.received(applicant=nobody, components=()))
    assert not {"NgayHenTra", "DinhDanhCHS", "SoDienThoai", "NgayKetThucXuLy"} & message.keys()
    assert message["DuocThanhToanTrucTuyen"] == "0"
    assert message["DanhSachGiayToKetQua"] == []


def test_a_state_is_told_once_and_an_older_one_no_more(crew: Cast, neighbour: Neighbour) -> None:
    dossier = crew.received()
    version = dossier.facts
    tasks.report(dossier.code, version)
    tasks.report(dossier.code, version)
    tasks.report(dossier.code, version - 1)
    [sent] = neighbour.sent
    assert (sent["service"], sent["isUpdating"], sent["session"]) == ("DongBoHoSoMC", "False", "của cao-bang")
    dossier.refresh_from_db()
    assert dossier.reported == version
    assert not Delivery.objects.get().stand_in


def test_the_next_state_is_told_as_a_change_of_the_same_dossier(crew: Cast, neighbour: Neighbour) -> None:
    dossier = crew.received()
    tasks.report(dossier.code, dossier.facts)
    acts.withdraw(dossier, reason="Đổi ý", by=None, at=MONDAY + HOUR)
    tasks.report(dossier.code, dossier.facts)
    assert [body["isUpdating"] for body in neighbour.sent] == ["False", "True"]
    assert neighbour.sent[1]["data"][0]["TrangThaiHoSo"] == "7"


def test_a_dossier_the_portal_has_already_is_told_as_a_change(crew: Cast, neighbour: Neighbour) -> None:
    neighbour.answers = [{"error_code": "-3", "message": "Hồ sơ đã tồn tại"}]
    dossier = crew.received()
    tasks.report(dossier.code, dossier.facts)
    assert [body["isUpdating"] for body in neighbour.sent] == ["False", "True"]
    dossier.refresh_from_db()
    assert dossier.reported == dossier.facts


def test_a_refused_message_is_kept_with_its_reason_and_does_not_count_as_told(
    crew: Cast, neighbour: Neighbour
) -> None:
    neighbour.answers = [{"error_code": 9, "message": "Sai mã TTHC"}]
    dossier = crew.received()
    tasks.report(dossier.code, dossier.facts)
    dossier.refresh_from_db()
    assert dossier.reported == 0
    assert (Delivery.objects.get().answer, Delivery.objects.get().message) == ("9", "Sai mã TTHC")


@pytest.mark.parametrize("answer", [b"", b"<html>", [1, 2]])
def test_an_answer_nobody_can_read_is_tried_again(crew: Cast, neighbour: Neighbour, answer: Any) -> None:
    neighbour.answers = [answer]
    dossier = crew.received()
    with pytest.raises(portal.Unreachable):
        tasks.report(dossier.code, dossier.facts)
    tasks.report(dossier.code, dossier.facts)
    dossier.refresh_from_db()
    assert dossier.reported == dossier.facts


def test_a_portal_that_is_not_there_is_tried_again(crew: Cast, settings: Any) -> None:
    settings.PORTAL_URL = "http://127.0.0.1:9/"
    dossier = crew.received()
    with pytest.raises(portal.Unreachable, match="không trả lời"):
        tasks.report(dossier.code, dossier.facts)
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"MaTTHC": ""}, "Thiếu MaTTHC"),
        ({"TrangThaiHoSo": "11"}, "ngoài danh mục"),
        ({"NgayTiepNhan": "02/11/2026"}, "yyyyMMddHHmmss: NgayTiepNhan"),
    ],
)
def test_the_stand_in_refuses_what_the_portal_would(crew: Cast, change: dict[str, str], says: str) -> None:
    message = told(crew.received())
    assert portal.StandIn().send(message, updating=False).taken
    answer = portal.StandIn().send(message | change, updating=False)
    assert not answer.taken
    assert says in answer.message
