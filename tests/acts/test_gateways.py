"""Mail and SMS gateways over a real wire: what was surely not taken is told apart from what nobody knows."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.dossiers import acts
from motcua.gateways import mail, sms
from motcua.gateways.sending import Message, Outcome, Sent
from motcua.notices import sending, tasks
from motcua.notices.models import Notice, State
from tests.cast import MONDAY, Cast, gather

NOTE = Message("motcua-7", "ready", "0912345678", "Hồ sơ H14: đã có kết quả", "Mời nhận kết quả hồ sơ H14.")
LETTER = Message("motcua-8", "ready", "mau@vidu.vn", NOTE.subject, NOTE.body)


# SMS


class Neighbour:
    """A gateway of our own: the stand-in's answers over HTTP, unless told to answer otherwise."""

    def __init__(self) -> None:
        self.stand_in = sms.StandIn()
        self.sent: list[dict[str, Any]] = []
        self.headers: dict[str, str] = {}
        self.answer: Callable[[dict[str, Any]], tuple[int, bytes]] = self.usual

    def usual(self, body: dict[str, Any]) -> tuple[int, bytes]:
        return 200, json.dumps(self.stand_in.reply(body)).encode()


@pytest.fixture
def neighbour(settings: Any) -> Iterator[Neighbour]:
    here = Neighbour()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            here.sent.append(body)
            here.headers = dict(self.headers)
            status, reply = here.answer(body)
            if status:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(reply)

        def log_message(self, *words: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.SMS_URL = f"http://127.0.0.1:{server.server_port}/gui?kenh=1"
    settings.SMS_SENDER = "MOTCUA"
    yield here
    server.shutdown()
    thread.join()
    server.server_close()


def sent() -> Sent:
    return sms.sender().send(NOTE)


def always(status: int, reply: bytes = b"") -> Callable[[Any], tuple[int, bytes]]:
    return lambda body: (status, reply)


def test_a_message_goes_out_in_the_names_the_settings_give(neighbour: Neighbour, settings: Any) -> None:
    settings.SMS_FIELDS = {"id": "ma", "to": "so", "text": "noi_dung", "sender": "ten", "template": "mau"}
    settings.SMS_TEMPLATES, settings.SMS_TOKEN = {"ready": "ZNS-12"}, "bi-mat"
    assert sent() == Sent(Outcome.TAKEN, "Đã nhận")
    assert neighbour.sent == [
        {"ma": NOTE.key, "so": NOTE.to, "noi_dung": NOTE.body, "ten": "MOTCUA", "mau": "ZNS-12"}
    ]
    assert neighbour.headers["Authorization"] == "Bearer bi-mat"
    assert not sms.sender().stand_in


def test_a_gateway_that_has_the_message_already_counts_as_having_taken_it(neighbour: Neighbour) -> None:
    first, second = sent(), sent()
    assert (first.outcome, second.outcome) == (Outcome.TAKEN, Outcome.TAKEN)
    assert "không gửi lại" in second.message
    assert len(neighbour.stand_in.had) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 401])
def test_what_was_not_passed_on_may_be_sent_again(neighbour: Neighbour, status: int) -> None:
    neighbour.answer = always(status)
    assert (sent().outcome, sent().fault) == (Outcome.LATER, True)


@pytest.mark.parametrize("status", [500, 504, 200])
@pytest.mark.parametrize("reply", [b"", b"<html>", b"[1]"])
def test_an_answer_that_does_not_say_whether_it_was_taken_is_unknown(
    neighbour: Neighbour, status: int, reply: bytes
) -> None:
    neighbour.answer = always(status, reply)
    assert (sent().outcome, sent().fault) == (Outcome.UNKNOWN, True)


def test_a_500_that_says_why_in_its_own_words_is_believed(neighbour: Neighbour) -> None:
    neighbour.answer = always(500, json.dumps({"code": 3, "message": "Quá tải"}).encode())
    assert sent() == Sent(Outcome.LATER, "Cổng tin nhắn: 3 Quá tải")


def test_a_code_nobody_knows_is_a_refusal_that_is_shown(neighbour: Neighbour) -> None:
    neighbour.answer = always(200, json.dumps({"code": "77", "message": "Hết tiền"}).encode())
    assert sent() == Sent(Outcome.REFUSED, "Cổng tin nhắn: 77 Hết tiền")


def test_a_gateway_that_does_not_answer_in_time_may_have_taken_it(
    neighbour: Neighbour, settings: Any
) -> None:
    settings.GATEWAY_SECONDS = 0.2

    def slow(body: dict[str, Any]) -> tuple[int, bytes]:
        time.sleep(0.5)
        return neighbour.usual(body)

    neighbour.answer = slow
    found = sent()
    assert (found.outcome, found.fault) == (Outcome.UNKNOWN, True)
    assert "hết giờ chờ" in found.message
    assert len(neighbour.sent) == 1


def test_a_line_cut_before_the_answer_may_have_been_taken(neighbour: Neighbour) -> None:
    neighbour.answer = always(0)
    assert sent().outcome is Outcome.UNKNOWN


def test_a_gateway_that_knows_its_messages_again_is_simply_asked_again(
    neighbour: Neighbour, settings: Any
) -> None:
    settings.SMS_DEDUPES = True
    neighbour.answer = always(500)
    assert sent().outcome is Outcome.LATER


def test_a_gateway_that_is_not_there_was_surely_not_reached(settings: Any) -> None:
    settings.SMS_URL = "http://127.0.0.1:9/gui"
    found = sent()
    assert (found.outcome, found.fault) == (Outcome.LATER, True)
    assert "Không nối được" in found.message


def test_without_a_gateway_the_stand_in_answers_and_says_that_it_is_one(settings: Any) -> None:
    settings.SMS_URL = ""
    assert sms.sender().stand_in
    assert "Bản thay thế" in sent().message
    wrong = sms.sender().send(Message("k", "ready", "không phải số", "", "x"))
    assert wrong.outcome is Outcome.REFUSED


# The whole way, from an act to the wire


@pytest.fixture
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY)


def told(neighbour: Neighbour, crew: Cast, moment: datetime) -> Notice:
    """A dossier received, and its applicant told by the job that act left, over the wire."""
    applicant = acts.Applicant(name="Nông Thị Mẫu", phone="0912345678")
    crew.received(applicant=applicant)
    args = ProcrastinateJob.objects.filter(task_name="notices.tell").latest("id").args
    tasks.compose(**args)
    sending.work_off_all(lambda: moment)
    return Notice.objects.latest("id")


def later(notice: Notice, moment: datetime) -> Notice:
    sending.work_off_all(lambda: moment)
    notice.refresh_from_db()
    return notice


@pytest.mark.django_db
@pytest.mark.usefixtures("_monday")
def test_a_gateway_that_is_down_for_a_day_gets_each_message_once_when_it_is_back(
    neighbour: Neighbour,
) -> None:
    crew, begin = gather(), MONDAY
    neighbour.answer = always(503)
    waiting = [told(neighbour, crew, begin) for _ in range(3)]
    for hour in range(1, 24):
        sending.work_off_all(lambda hour=hour: begin + timedelta(hours=hour))
    assert {later(n, begin).state for n in waiting} == {State.WAITING}
    tried = len(neighbour.sent)
    assert tried < 20
    neighbour.answer = neighbour.usual
    assert {later(n, begin + timedelta(days=1, hours=1)).state for n in waiting} == {State.SENT}
    assert sorted(neighbour.stand_in.had) == sorted(n.key for n in waiting)
    assert len(neighbour.sent) == tried + 3


@pytest.mark.django_db
@pytest.mark.usefixtures("_monday")
def test_a_message_whose_answer_was_lost_is_not_handed_over_again(neighbour: Neighbour) -> None:
    crew, begin = gather(), MONDAY

    def taken_but_lost(body: dict[str, Any]) -> tuple[int, bytes]:
        neighbour.usual(body)
        return 0, b""

    neighbour.answer = taken_but_lost
    notice = told(neighbour, crew, begin)
    neighbour.answer = neighbour.usual
    for hour in range(1, 9):
        notice = later(notice, begin + timedelta(hours=hour))
    assert notice.state == State.UNCERTAIN
    assert len(neighbour.sent) == 1


# Mail


class Post:
    """A mail server of our own: what it answers to each command, and what it was handed."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes | None] = {}
        self.letters: list[bytes] = []


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    here = Post()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 thu\r\n")
            while line := self.rfile.readline():
                verb = line.split()[0].upper().decode()
                answer = here.answers.get(verb, b"354" if verb == "DATA" else b"250 duoc")
                if answer is None:
                    return
                self.wfile.write(answer + b"\r\n")
                if verb == "DATA" and answer.startswith(b"354") and not self.letter():
                    return
                if verb == "QUIT":
                    return

        def letter(self) -> bool:
            lines = iter(self.rfile.readline, b".\r\n")
            here.letters.append(b"".join(lines))
            answer = here.answers.get("LETTER", b"250 da nhan")
            if answer is not None:
                self.wfile.write(answer + b"\r\n")
            return answer is not None

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.MAIL_HOST, settings.MAIL_PORT, settings.MAIL_TLS = "127.0.0.1", server.server_address[1], ""
    settings.MAIL_FROM = "Một cửa <mot-cua@vidu.gov.vn>"
    yield here
    server.shutdown()
    thread.join()
    server.server_close()


def posted() -> Sent:
    return mail.sender().send(LETTER)


def test_a_letter_arrives_as_it_was_written_and_can_be_known_again(post: Post) -> None:
    assert posted() == Sent(Outcome.TAKEN)
    letter = message_from_bytes(post.letters[0], policy=policy.default)
    assert (letter["Subject"], letter["To"]) == (LETTER.subject, LETTER.to)
    assert letter["Message-ID"] == "<motcua-8@vidu.gov.vn>"
    assert letter.get_content().strip() == LETTER.body  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("verb", "answer", "outcome", "fault"),
    [
        ("RCPT", b"550 khong co hop thu", Outcome.REFUSED, False),
        ("RCPT", b"450 hop thu dang ban", Outcome.LATER, False),
        ("MAIL", b"421 dang dong", Outcome.LATER, True),
        ("DATA", b"451 thu lai sau", Outcome.LATER, False),
        ("LETTER", b"554 thu rac", Outcome.REFUSED, False),
        ("LETTER", None, Outcome.UNKNOWN, True),
    ],
)
def test_what_a_mail_server_answers_decides(
    post: Post, verb: str, answer: bytes | None, outcome: Outcome, fault: bool
) -> None:
    post.answers[verb] = answer
    found = posted()
    assert (found.outcome, found.fault) == (outcome, fault)


def test_a_mail_server_that_is_not_there_was_surely_not_reached(settings: Any) -> None:
    settings.MAIL_HOST, settings.MAIL_PORT, settings.MAIL_TLS = "127.0.0.1", 9, ""
    assert (posted().outcome, posted().fault) == (Outcome.LATER, True)


def test_without_a_mail_server_the_stand_in_answers_and_says_that_it_is_one(settings: Any) -> None:
    settings.MAIL_HOST = ""
    assert mail.sender().stand_in
    assert "Bản thay thế" in posted().message
    assert mail.sender().send(NOTE).outcome is Outcome.REFUSED
