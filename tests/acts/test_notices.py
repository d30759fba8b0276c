"""People are told what the facts say: once, by the way they can be reached, whatever the gateways do."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.dossiers import acts
from motcua.dossiers.folding import Folded
from motcua.dossiers.models import Dossier
from motcua.gateways.sending import Message, Outcome, Sent
from motcua.journal import wire
from motcua.journal.log import Past, read
from motcua.law import facts, notices
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from motcua.notices import acts as told
from motcua.notices import composing, reach, sending, tasks, watching, wording
from motcua.notices.models import Channel, Line, Notice, State, Text, Trace
from motcua.people.models import Role, Unit, UnitKind
from tests import cast
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MAIL = "mau@vidu.vn"


@pytest.fixture
def crew(db: None) -> Cast:
    return cast.gather()


class Gateway:
    """A gateway of the test: answers in turn, then takes everything; keeps what it was handed."""

    stand_in = False

    def __init__(self) -> None:
        self.answers: list[Sent | BaseException] = []
        self.had: list[Message] = []

    def send(self, message: Message) -> Sent:
        self.had.append(message)
        answer = self.answers.pop(0) if self.answers else Sent(Outcome.TAKEN)
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    """Both gateways, mail and SMS."""
    here = Gateway()
    monkeypatch.setattr(
        sending, "SENDERS", {channel: lambda: here for channel in (Channel.MAIL, Channel.SMS)}
    )
    return here


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY + HOUR)


def applicant(**changes: str) -> acts.Applicant:
    return acts.Applicant(name="Nông Thị Mẫu", **{"phone": "0912 345 678", "email": MAIL} | changes)


def reached(crew: Cast, **changes: Any) -> Dossier:
    return crew.received(applicant=applicant(), **changes)


def jobs() -> list[dict[str, Any]]:
    found = ProcrastinateJob.objects.filter(task_name="notices.tell").order_by("id")
    return [job.args for job in found]


def work() -> None:
    """What the worker does with the jobs an act left."""
    for args in jobs():
        tasks.tell(**args)


def at(moment: datetime) -> Any:
    return lambda: moment


def kinds(dossier: Dossier) -> list[str]:
    found = Notice.objects.filter(dossier=dossier).order_by("version", "id")
    return list(dict.fromkeys(found.values_list("kind", flat=True)))


def go_through(crew: Cast, dossier: Dossier, begin: datetime, result: str = "granted") -> None:
    for turn, step in enumerate(("giao", "tham", "xacminh", "ky", "so")):
        crew.does(dossier, step, begin + turn * timedelta(minutes=10), result)


# What is told


def test_an_act_that_tells_nobody_leaves_no_job(crew: Cast) -> None:
    dossier = crew.received()
    before = len(jobs())
    acts.complete_step(dossier, step="giao", by=crew.officers.assigner, at=MONDAY + HOUR)
    acts.pay(dossier, amount=20000, means="counter", by=crew.officers.reception, at=MONDAY + HOUR)
    assert (before, len(jobs())) == (1, 1)


def test_an_act_that_tells_somebody_still_writes_once(crew: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier, asked, ask = crew.received(), [], wire.ask
    monkeypatch.setattr(wire, "ask", lambda sql, values=(): asked.append(sql) or ask(sql, values))
    acts.withdraw(dossier, reason="Đổi ý", by=None, at=MONDAY + HOUR)
    assert [sql.split()[0] for sql in asked] == ["SELECT", "WITH"]
    assert jobs()[-1] == {"code": dossier.code, "since": dossier.facts - 1, "until": dossier.facts}


def test_each_legal_moment_is_told_in_its_own_words(crew: Cast, gateway: Gateway) -> None:
    who, dossier = crew.officers, reached(crew)
    asked = {"items": ["Đơn đề nghị"], "reason": "Thiếu chữ ký"}
    acts.request_supplement(dossier, **asked, by=who.reception, at=MONDAY + HOUR)
    acts.receive_supplement(dossier, by=who.reception, at=MONDAY + DAY)
    acts.request_duty(dossier, amount=150000, by=who.handler, at=MONDAY + DAY + HOUR)
    acts.pay(dossier, amount=170000, means="counter", by=who.reception, at=MONDAY + DAY + HOUR)
    acts.meet_duty(dossier, by=who.handler, at=MONDAY + DAY + 2 * HOUR)
    due = datetime(2026, 11, 30, 10, 0, tzinfo=TZ)
    acts.extend(dossier, due=due, reason="Chờ xác minh", by=who.signer, at=MONDAY + 2 * DAY)
    go_through(crew, dossier, MONDAY + 3 * DAY)
    acts.finish(dossier, result="granted", number="12/GXN", by=who.signer, at=MONDAY + 4 * DAY)
    work()
    assert kinds(dossier) == ["received", "supplement", "restarted", "duty", "resumed", "extended", "ready"]
    said = {n.kind: n for n in Notice.objects.filter(channel=Channel.MAIL)}
    assert "- Đơn đề nghị" in said["supplement"].body
    assert "chậm nhất: 17/11/2026" in said["supplement"].body
    assert "150.000 đ" in said["duty"].subject
    assert "10:00 30/11/2026" in said["extended"].subject
    assert "12/GXN" in said["ready"].body
    assert len(gateway.had) == 14
    assert not Notice.objects.exclude(state=State.SENT).exists()


@pytest.mark.parametrize(
    ("ended", "kind"),
    [
        (lambda d, who: acts.stop(d, reason="Không đủ", by=who.signer, at=MONDAY + HOUR), "stopped"),
        (lambda d, who: acts.withdraw(d, reason="Đổi ý", by=None, at=MONDAY + HOUR), "withdrawn"),
    ],
)
def test_an_end_is_told_as_what_it_is(crew: Cast, gateway: Gateway, ended: Any, kind: str) -> None:
    dossier = reached(crew)
    ended(dossier, crew.officers)
    work()
    assert kinds(dossier) == ["received", kind]


def test_a_dossier_closed_for_want_of_its_supplement_is_told_as_closed(crew: Cast, gateway: Gateway) -> None:
    desk, dossier = crew.officers.reception, reached(crew)
    asked = {"items": ["Đơn đề nghị"], "reason": "Thiếu"}
    acts.request_supplement(dossier, **asked, by=desk, at=MONDAY + HOUR)
    acts.stop(dossier, reason="Quá 15 ngày", by=desk, at=MONDAY + 20 * DAY)
    work()
    assert kinds(dossier) == ["received", "supplement", "closed"]


def test_a_result_that_refuses_is_not_told_as_ready(crew: Cast, gateway: Gateway) -> None:
    dossier = reached(crew)
    go_through(crew, dossier, MONDAY + HOUR, "refused")
    told = {"result": "refused", "number": "3/TB", "reason": "Đất đang tranh chấp"}
    acts.finish(dossier, **told, by=crew.officers.signer, at=MONDAY + 4 * HOUR)
    work()
    assert kinds(dossier) == ["received", "refused"]
    assert "Đất đang tranh chấp" in Notice.objects.get(kind="refused", channel=Channel.MAIL).body
    assert "tranh chấp" not in Notice.objects.get(kind="refused", channel=Channel.SMS).body


def test_a_result_handed_out_in_the_act_that_received_it_is_told_to_nobody(
    crew: Cast, gateway: Gateway
) -> None:
    dossier = reached(crew)
    go_through(crew, dossier, MONDAY + HOUR)
    acts.finish(dossier, result="granted", number="1", by=crew.officers.signer, at=MONDAY + 4 * HOUR)
    acts.pay(dossier, amount=20000, means="counter", by=crew.officers.reception, at=MONDAY + 4 * HOUR)
    acts.return_result(dossier, means="counter", by=crew.officers.reception, at=MONDAY + 4 * HOUR)
    tasks.tell(dossier.code, 0, dossier.facts)
    assert not Notice.objects.exists()


def test_a_notice_names_code_procedure_due_moment_and_link_but_not_the_applicant(
    crew: Cast, gateway: Gateway
) -> None:
    dossier = reached(crew)
    work()
    for message in gateway.had:
        for said in (dossier.code, "Cấp giấy xác nhận mẫu", "17:00 09/11/2026", "https://"):
            assert said in message.body
        whole = message.subject + message.body
        assert not any(private in whole for private in ("Nông Thị Mẫu", "0912", MAIL, "004090000001"))


def test_no_words_that_come_with_the_program_can_name_the_applicant_or_break() -> None:
    for kind in wording.kinds():
        for channel in Channel.values:
            if words := wording.original(kind, channel):
                wording.check(kind, words.subject)
                wording.check(kind, words.body)
        assert not {"nguoi_nop", "so_dinh_danh", "dien_thoai"} & set(wording.variables(kind))


# Whom, and how


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0912345678", "0912345678"),
        ("+84 912 345 678", "0912345678"),
        ("84912345678", "0912345678"),
        ("091.234.5678", "0912345678"),
        ("02063852345", ""),
        ("0112345678", ""),
        ("091234567", ""),
        ("không có", ""),
    ],
)
def test_only_a_mobile_number_is_sent_a_message(typed: str, number: str) -> None:
    assert reach.mobile(typed) == number


def test_who_wishes_no_messages_gets_none_but_is_still_written_to(crew: Cast, gateway: Gateway) -> None:
    dossier = reached(crew)
    told.set_contact(
        dossier, phone="0912345678", email=MAIL, sms=False, mail=True, by=crew.officers.reception, at=MONDAY
    )
    work()
    assert [m.to for m in gateway.had] == [MAIL]


def test_who_wishes_to_hear_nothing_is_left_in_peace(crew: Cast, gateway: Gateway) -> None:
    dossier = reached(crew)
    told.set_contact(
        dossier, phone="0912345678", email="", sms=False, mail=False, by=crew.officers.reception, at=MONDAY
    )
    acts.withdraw(dossier, reason="Đổi ý", by=None, at=MONDAY + HOUR)
    work()
    assert not Notice.objects.exists()


def test_who_cannot_be_reached_is_put_before_an_officer_once(crew: Cast, gateway: Gateway) -> None:
    dossier = crew.received(applicant=applicant(phone="02063852345", email=""))
    acts.withdraw(dossier, reason="Đổi ý", by=None, at=MONDAY + HOUR)
    work()
    work()
    [notice] = Notice.objects.all()
    assert (notice.kind, notice.state, notice.recipient) == ("withdrawn", State.FAILED, "")
    assert "không có số điện thoại" in notice.message
    assert gateway.had == []


def test_only_the_desk_may_change_how_an_applicant_is_told(crew: Cast) -> None:
    with pytest.raises(Refused, match="thẩm quyền"):
        told.set_contact(
            reached(crew), phone="", email="", sms=False, mail=False, by=crew.officers.clerk, at=MONDAY
        )


@pytest.mark.parametrize(
    ("phone", "email", "says"),
    [("12345", "", "10 chữ số"), ("", "mau@", "thư điện tử"), ("", "", "phải có số điện thoại")],
)
def test_an_address_nothing_can_be_sent_to_is_refused(crew: Cast, phone: str, email: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        told.set_contact(
            reached(crew),
            phone=phone,
            email=email,
            sms=True,
            mail=True,
            by=crew.officers.reception,
            at=MONDAY,
        )


def test_a_corrected_number_is_sent_what_the_wrong_one_was_not(crew: Cast, gateway: Gateway) -> None:
    dossier, desk = crew.received(applicant=applicant(email="")), crew.officers.reception
    gateway.answers = [Sent(Outcome.REFUSED, "Thuê bao không có")]
    work()
    again = told.set_contact(
        dossier, phone="0987654321", email="", sms=True, mail=True, by=desk, at=MONDAY + HOUR
    )
    sending.work_off_all(at(MONDAY + 2 * HOUR))
    old, new = Notice.objects.order_by("id")
    assert (again, old.state, new.state, new.recipient) == (1, State.REPLACED, State.SENT, "0987654321")
    assert old.body == new.body
    assert gateway.had[0].key != gateway.had[1].key


# Never twice


def test_a_job_run_again_tells_nothing_again(crew: Cast, gateway: Gateway) -> None:
    reached(crew)
    work()
    work()
    assert len(gateway.had) == 2
    assert Notice.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_notice_once(crew: Cast, gateway: Gateway) -> None:
    for _ in range(5):
        reached(crew)
    begin, todo = Barrier(4), jobs()

    def worker() -> None:
        try:
            begin.wait()
            for args in todo:
                tasks.tell(**args)
        finally:
            connections.close_all()

    workers = [Thread(target=worker) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    keys = [message.key for message in gateway.had]
    assert len(keys) == 10
    assert len(set(keys)) == 10
    assert set(Notice.objects.values_list("state", "attempts")) == {(State.SENT, 1)}


def test_a_worker_killed_after_sending_leaves_it_to_a_person_and_nobody_sends_it_again(
    crew: Cast, gateway: Gateway
) -> None:
    crew.received(applicant=applicant(email=""))
    gateway.answers = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        work()
    for hours in range(1, 50):
        sending.work_off_all(at(MONDAY + hours * HOUR))
    notice = Notice.objects.get()
    assert (notice.state, notice.attempts, len(gateway.had)) == (State.UNCERTAIN, 1, 1)
    assert "ngừng giữa chừng" in notice.message


def test_what_nobody_knows_is_not_sent_again_until_a_person_says_so(crew: Cast, gateway: Gateway) -> None:
    crew.received(applicant=applicant(email=""))
    gateway.answers = [Sent(Outcome.UNKNOWN, "hết giờ chờ", fault=True)]
    work()
    sending.work_off_all(at(MONDAY + 2 * DAY))
    notice = Notice.objects.get()
    assert (notice.state, len(gateway.had)) == (State.UNCERTAIN, 1)
    told.send_again(notice, by=crew.officers.reception, at=MONDAY + 2 * DAY)
    sending.work_off_all(at(MONDAY + 2 * DAY + HOUR))
    notice.refresh_from_db()
    assert (notice.state, len(gateway.had)) == (State.SENT, 2)
    assert gateway.had[0].key == gateway.had[1].key
    assert [t.by_id is not None for t in notice.traces.all()] == [False, False, True, False, False]


def test_two_officers_who_both_send_again_send_once(crew: Cast, gateway: Gateway) -> None:
    crew.received(applicant=applicant(email=""))
    gateway.answers = [Sent(Outcome.UNKNOWN, "hết giờ chờ")]
    work()
    notice = Notice.objects.get()
    told.send_again(notice, by=crew.officers.reception, at=MONDAY + HOUR)
    with pytest.raises(Refused, match="Chờ gửi"):
        told.send_again(notice, by=crew.officers.head, at=MONDAY + HOUR)


# Tried again


def test_a_gateway_at_fault_is_left_alone_for_longer_and_longer_and_then_catches_up(
    crew: Cast, gateway: Gateway
) -> None:
    for _ in range(30):
        crew.received(applicant=applicant(email=""))
    down = Sent(Outcome.LATER, "Không nối được", fault=True)
    gateway.answers = [down] * 1000
    moment = MONDAY + HOUR
    work()
    assert len(gateway.had) == 1
    line = Line.objects.get()
    assert (line.faults, line.paused_until) == (1, moment + sending.FIRST_WAIT)
    for minute in range(1, 8 * 60):
        sending.work_off_all(at(moment + timedelta(minutes=minute)))
    assert 15 < len(gateway.had) < 30
    assert set(Notice.objects.values_list("state", flat=True)) == {State.WAITING}
    gateway.answers, before = [], len(gateway.had)
    for minute in range(8 * 60, 9 * 60):
        sending.work_off_all(at(moment + timedelta(minutes=minute)))
    assert set(Notice.objects.values_list("state", flat=True)) == {State.SENT}
    assert len(gateway.had) - before == 30
    assert Line.objects.get().paused_until is None


def test_one_number_that_is_busy_does_not_hold_up_the_others(crew: Cast, gateway: Gateway) -> None:
    for _ in range(3):
        crew.received(applicant=applicant(email=""))
    gateway.answers = [Sent(Outcome.LATER, "Thuê bao bận")]
    work()
    assert sorted(Notice.objects.values_list("state", flat=True)) == ["sent", "sent", "waiting"]


def test_what_waited_too_long_is_given_up_and_shown(crew: Cast, gateway: Gateway, settings: Any) -> None:
    settings.NOTICE_DAYS = 3
    crew.received(applicant=applicant(email=""))
    gateway.answers = [Sent(Outcome.LATER, "Không nối được", fault=True)]
    work()
    sending.work_off_all(at(MONDAY + 4 * DAY))
    notice = Notice.objects.get()
    assert notice.state == State.FAILED
    assert "3 ngày" in notice.message
    assert "Không nối được" in notice.message


def test_nobody_is_woken_up_by_a_message_but_mail_goes_at_night(crew: Cast, gateway: Gateway) -> None:
    reached(crew)
    tasks.compose(**jobs()[0])
    Notice.objects.update(next_at=MONDAY)
    sending.work_off_all(at(MONDAY.replace(hour=23)))
    assert [m.to for m in gateway.had] == [MAIL]
    sending.work_off_all(at(MONDAY.replace(hour=7) + DAY))
    assert len(gateway.had) == 2


def test_what_was_told_by_other_means_is_not_sent_any_more(crew: Cast, gateway: Gateway) -> None:
    crew.received(applicant=applicant(email=""))
    gateway.answers = [Sent(Outcome.LATER, "Không nối được", fault=True)]
    work()
    notice, desk = Notice.objects.get(), crew.officers.reception
    with pytest.raises(Refused, match="báo cho ai"):
        told.tell_otherwise(notice, note=" ", by=desk, at=MONDAY + HOUR)
    told.tell_otherwise(notice, note="Gọi điện 10:00, gặp người nộp", by=desk, at=MONDAY + HOUR)
    sending.work_off_all(at(MONDAY + DAY))
    assert len(gateway.had) == 1
    last = Trace.objects.last()
    assert last is not None
    assert (last.what, last.by, last.message[:8]) == ("told", desk, "Gọi điện")


# Words


def written(crew: Cast, **changes: Any) -> Text:
    said = {"subject": "", "body": "Hồ sơ {ma_ho_so} xong", "sends": True, "by": crew.officers.controller}
    return told.write_text("ready", Channel.SMS, **said | changes, at=MONDAY)


def test_words_written_anew_hold_from_then_on_and_the_old_ones_stay(crew: Cast, gateway: Gateway) -> None:
    dossier = crew.received(applicant=applicant(email=""))
    go_through(crew, dossier, MONDAY + HOUR)
    written(crew)
    second = written(crew, body="Mời nhận kết quả {ma_ho_so}, số {so_ket_qua}")
    acts.finish(dossier, result="granted", number="9/A", by=crew.officers.signer, at=MONDAY + 4 * HOUR)
    work()
    assert second.number == 2
    assert Text.objects.count() == 2
    assert Notice.objects.get(kind="ready").body == f"Mời nhận kết quả {dossier.code}, số 9/A"
    assert Notice.objects.get(kind="ready").text == 2


@pytest.mark.parametrize("body", ["Chào {nguoi_nop}", "Số {so_tien}", "Hồ sơ {ma_ho_so", "ngoặc } lẻ"])
def test_words_that_name_what_such_a_notice_cannot_say_are_refused(crew: Cast, body: str) -> None:
    with pytest.raises(Refused, match=r"\{ma_ho_so\}"):
        written(crew, body=body)
    assert not Text.objects.exists()


def test_only_who_controls_procedures_writes_the_words(crew: Cast) -> None:
    with pytest.raises(Refused, match="thẩm quyền"):
        written(crew, by=crew.officers.reception)


def test_a_notice_may_be_kept_off_a_channel(crew: Cast, gateway: Gateway) -> None:
    told.write_text(
        "received", Channel.SMS, subject="", body="x", sends=False, by=crew.officers.controller, at=MONDAY
    )
    reached(crew)
    work()
    assert [m.to for m in gateway.had] == [MAIL]


def test_a_message_without_accents_costs_fewer_parts(crew: Cast, gateway: Gateway, settings: Any) -> None:
    settings.SMS_PLAIN = True
    crew.received(applicant=applicant(email=""))
    work()
    assert gateway.had[0].body.isascii()
    assert "da duoc tiep nhan" in gateway.had[0].body
    assert (wording.parts("a" * 160), wording.parts("a" * 161), wording.parts("ă" * 71)) == (1, 2, 2)


# Reception of online dossiers


def online(crew: Cast) -> Dossier:
    return acts.file_online(crew.filing(channel="online"), at=MONDAY)


def test_the_receiving_officer_is_told_of_an_online_dossier_within_two_hours_and_once(crew: Cast) -> None:
    dossier = online(crew)
    for minute in range(3):
        watching.tell(MONDAY + timedelta(minutes=minute))
    [notice] = Notice.objects.all()
    assert (notice.kind, notice.recipient) == ("filed", crew.officers.reception.username)
    assert notice.done_at is not None
    assert notice.done_at < MONDAY + 2 * HOUR
    assert dossier.code in notice.body


def test_the_head_is_told_once_when_eight_working_hours_have_passed(crew: Cast) -> None:
    dossier = online(crew)
    watching.tell(MONDAY + DAY)
    assert kinds(dossier) == ["filed"]
    for minute in range(1, 4):
        watching.tell(MONDAY + DAY + timedelta(minutes=minute))
    late = Notice.objects.get(kind="reception_late")
    assert late.recipient == crew.officers.head.username


def test_an_online_dossier_that_was_received_in_time_is_told_to_no_head(crew: Cast) -> None:
    dossier = online(crew)
    acts.accept(dossier, components=(), by=crew.officers.reception, at=MONDAY + HOUR)
    watching.tell(MONDAY + 3 * DAY)
    assert not Notice.objects.exists()


def test_the_hours_of_reception_begin_anew_with_a_full_supplement(crew: Cast) -> None:
    desk, dossier = crew.officers.reception, online(crew)
    watching.tell(MONDAY + HOUR)
    acts.request_supplement(dossier, items=["Đơn đề nghị"], reason="Mờ", by=desk, at=MONDAY + HOUR)
    acts.receive_supplement(dossier, by=desk, at=MONDAY + DAY)
    watching.tell(MONDAY + DAY + HOUR)
    watching.tell(MONDAY + DAY + 2 * HOUR)
    assert list(Notice.objects.order_by("id").values_list("kind", "version")) == [("filed", 1), ("filed", 3)]


def test_a_desk_nobody_sits_at_is_shown_instead_of_forgotten(crew: Cast) -> None:
    acts.file_online(crew.filing(channel="online", receiving_unit=crew.commune), at=MONDAY)
    watching.tell(MONDAY + HOUR)
    watching.tell(MONDAY + 2 * HOUR)
    [notice] = Notice.objects.all()
    assert (notice.state, notice.recipient) == (State.FAILED, "")


def test_a_notice_on_the_system_is_seen_once(crew: Cast) -> None:
    online(crew)
    watching.tell(MONDAY)
    desk = crew.officers.reception
    assert [told.see(desk, at=MONDAY), told.see(desk, at=MONDAY + HOUR)] == [1, 0]


def test_the_minute_job_does_all_of_it(crew: Cast, gateway: Gateway) -> None:
    dossier = online(crew)
    reached(crew)
    tasks.compose(**jobs()[-1])
    tasks.round_of(0)
    assert kinds(dossier) == ["filed"]
    assert len(gateway.had) == 2


def test_every_fact_that_is_told_has_its_words_and_every_word_its_fact() -> None:
    rules = notices.rules(MONDAY.date())
    assert set(rules) == set(wording.kinds())
    assert {rule.fact for rule in rules.values() if rule.fact} <= set(facts.KINDS)
    assert notices.rules(MONDAY.date().replace(year=2024)) == {}


def test_a_corrected_result_is_told_from_beginning_to_end(crew: Cast, gateway: Gateway) -> None:
    who, dossier = crew.officers, reached(crew)
    go_through(crew, dossier, MONDAY + HOUR)
    acts.finish(dossier, result="granted", number="9/A", by=who.signer, at=MONDAY + 4 * HOUR)
    acts.request_correction(dossier, reason="Sai ngày sinh", by=who.reception, at=MONDAY + DAY)
    acts.sign_result(dossier, by=who.signer, at=MONDAY + DAY)
    acts.correct_result(dossier, number="9/A-ĐC", by=who.signer, at=MONDAY + DAY + HOUR)
    work()
    assert kinds(dossier)[-2:] == ["correcting", "corrected"]
    assert "9/A-ĐC" in Notice.objects.get(kind="corrected", channel=Channel.MAIL).body


def test_who_handed_in_for_an_applicant_without_a_number_is_told_in_their_place(
    crew: Cast, gateway: Gateway
) -> None:
    agent = acts.Agent(name="Người Nộp Thay", phone="0977000111", authorisation="Giấy ủy quyền")
    crew.received(applicant=applicant(phone="", email=""), agent=agent)
    work()
    assert [m.to for m in gateway.had] == ["0977000111"]


def test_the_head_is_told_of_each_agency_that_does_not_answer_once(crew: Cast) -> None:
    dossier, friday = crew.received(), MONDAY + 4 * DAY
    other = Unit.objects.create(
        code="04.09",
        agency_code="H14.09",
        name="Sở Láng Giềng",
        kind=UnitKind.DEPARTMENT,
        parent=crew.province,
        valid_from=cast.BORN,
    )
    cast.officer(Role.HANDLER, other)
    local = cast.officer(Role.HANDLER, crew.commune)
    acts.complete_step(dossier, step="giao", by=crew.officers.assigner, at=MONDAY + HOUR)
    asked = {"units": [other, crew.commune], "content": "Có quy hoạch không?", "until": friday.date()}
    acts.consult(dossier, **asked, by=crew.officers.handler, at=MONDAY + HOUR)
    watching.tell(friday)
    assert not Notice.objects.exists()
    answer = {"position": "agreed", "content": "Phù hợp"}
    acts.reply_consultation(dossier, number=2, by=local, at=friday, **answer)
    for day in (3, 4, 5):
        watching.tell(friday + day * DAY)
    [notice] = Notice.objects.all()
    assert (notice.kind, notice.recipient) == ("unheard", crew.officers.head.username)
    assert notice.body.startswith(f"Sở Láng Giềng chưa trả lời lấy ý kiến về hồ sơ {dossier.code}")
    assert "17:00 06/11/2026" in notice.body


def test_the_head_is_told_of_an_agency_that_is_late_after_another_was(crew: Cast) -> None:
    dossier, friday = crew.received(), MONDAY + 4 * DAY
    local = cast.officer(Role.HANDLER, crew.commune)
    acts.complete_step(dossier, step="giao", by=crew.officers.assigner, at=MONDAY + HOUR)
    asked = {"units": [crew.commune], "content": "Có quy hoạch không?", "by": crew.officers.handler}
    acts.consult(dossier, **asked, until=friday.date(), at=MONDAY + HOUR)
    watching.tell(friday + DAY)
    answer = {"position": "agreed", "content": "Phù hợp"}
    acts.reply_consultation(dossier, number=1, by=local, at=friday + 3 * DAY, **answer)
    acts.consult(dossier, **asked, until=(friday + 5 * DAY).date(), at=friday + 3 * DAY)
    for day in (4, 6, 7):
        watching.tell(friday + day * DAY)
    assert [n.version for n in Notice.objects.order_by("version")] == [5, 7]


def test_a_job_cut_off_and_run_again_tells_nobody_at_another_address(crew: Cast, gateway: Gateway) -> None:
    dossier = reached(crew)
    work()
    moved = {"phone": "0977000111", "email": "khac@vidu.vn", "sms": True, "mail": True}
    told.set_contact(dossier, **moved, by=crew.officers.reception, at=MONDAY + HOUR)
    work()
    assert {m.to for m in gateway.had} == {"0912345678", MAIL}


def test_what_the_system_accepted_is_in_nobodys_hand(crew: Cast) -> None:
    dossier = crew.received(applicant=applicant(phone="", email=""))
    work()
    assert not Notice.objects.exists()
    by_system = [
        replace(f, by=acts.SYSTEM) if isinstance(f, facts.Accepted) else f for f in read(dossier.stream).facts
    ]
    past = Past(dossier.stream, tuple(by_system), len(by_system))
    heard = list(composing.after(Folded(dossier, past), 0, len(by_system)))
    [notice] = composing.compose(heard, None, at=MONDAY)
    assert (notice.kind, notice.state, notice.message) == ("received", State.FAILED, composing.NOWHERE)
