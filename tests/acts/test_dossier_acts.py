"""The life of a dossier, act by act, as the law lets it be (NĐ 118/2025 Đ.16-24)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.dossiers import acts, duties, queries, tasks
from motcua.dossiers.models import Dossier
from motcua.journal import log
from motcua.law.calendar import TZ
from motcua.law.facts import Accepted, Refused
from motcua.law.lifecycle import State
from motcua.law.process import Kind, Node, Process
from motcua.people import acts as people
from motcua.people.models import Role, UnitDay
from tests import cast
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def crew() -> Cast:
    return cast.gather()


def handled(crew: Cast, dossier: Dossier, at: datetime) -> datetime:
    """Take the dossier through every step of its process; the moment of the last one."""
    work = ("giao", "tham", "xacminh", "ky", "so")
    for n, step in enumerate(work, start=1):
        crew.does(dossier, step, at + n * HOUR)
    return at + len(work) * HOUR


def agrees() -> bool:
    return not list(log.verify()) and not list(queries.verify())


def test_a_dossier_goes_from_the_counter_to_the_returned_result(crew: Cast) -> None:
    dossier = crew.received()
    assert (dossier.state, dossier.due_at) == (State.ACCEPTED, datetime(2026, 11, 9, 17, 0, tzinfo=TZ))
    last = handled(crew, dossier, MONDAY)
    acts.finish(
        dossier, result="granted", number="12/GXN", electronic="KQ.1", by=crew.officers.clerk, at=last
    )
    acts.pay(dossier, amount=20000, means="dvcqg", by=None, at=last)
    acts.return_result(dossier, means="counter", by=crew.officers.reception, at=last + HOUR)
    acts.rate(dossier, satisfied=True, at=last + HOUR)
    dossier.refresh_from_db()
    assert (dossier.state, dossier.paid_online, dossier.electronic_result) == (State.RETURNED, True, True)
    assert not dossier.tasks.exists()
    assert agrees()


def test_the_clock_of_an_online_dossier_starts_at_acceptance_not_at_filing(crew: Cast) -> None:
    saturday = MONDAY - 2 * DAY
    dossier = acts.file_online(crew.filing(channel="online"), at=saturday)
    assert (dossier.state, dossier.due_at) == (State.REGISTERED, None)
    acts.accept(dossier, components=(), by=crew.officers.reception, at=MONDAY)
    assert dossier.filed_at == saturday
    assert dossier.due_at == datetime(2026, 11, 9, 17, 0, tzinfo=TZ)


def test_an_online_dossier_waits_on_the_desk_with_its_eight_working_hours(crew: Cast) -> None:
    dossier = acts.file_online(crew.filing(channel="online"), at=MONDAY)
    task = dossier.tasks.get()
    assert (task.role, task.due_at) == ("reception", MONDAY + DAY)


def test_a_second_click_hands_in_nothing_new(crew: Cast) -> None:
    filing = crew.filing(request_id=uuid4())
    first = acts.receive(filing, by=crew.officers.reception, at=MONDAY)
    second = acts.receive(filing, by=crew.officers.reception, at=MONDAY)
    assert first.pk == second.pk
    assert Dossier.objects.count() == 1
    assert crew.received().code.endswith("-0002")


def test_a_supplement_may_be_asked_once(crew: Cast) -> None:
    dossier = crew.received()
    ask = {"items": ["Đơn đề nghị"], "reason": "Thiếu chữ ký", "by": crew.officers.reception}
    acts.request_supplement(dossier, **ask, at=MONDAY + HOUR)
    assert dossier.state == State.SUPPLEMENT
    acts.receive_supplement(dossier, by=crew.officers.reception, at=MONDAY + DAY)
    with pytest.raises(Refused, match="một lần"):
        acts.request_supplement(dossier, **ask, at=MONDAY + DAY + HOUR)
    assert agrees()


def test_the_agency_proposes_a_supplement_and_only_the_desk_asks_for_it(crew: Cast) -> None:
    dossier, who = crew.received(), crew.officers
    asked = {"items": ["Đơn đề nghị"], "reason": "Thiếu chữ ký"}
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.request_supplement(dossier, **asked, by=who.handler, at=MONDAY + HOUR)
    acts.propose_supplement(dossier, **asked, by=who.handler, at=MONDAY + HOUR)
    assert dossier.paused_at is None
    task = dossier.tasks.get(step=duties.FORWARD_SUPPLEMENT[0])
    assert (task.role, task.due_at) == (Role.RECEPTION, datetime(2026, 11, 5, 17, 0, tzinfo=TZ))
    acts.request_supplement(dossier, **asked, by=who.reception, at=MONDAY + 2 * HOUR)
    assert [task.step for task in dossier.tasks.filter(step__startswith="@")] == [duties.AWAIT_SUPPLEMENT[0]]
    assert agrees()


def test_reception_is_not_refused_before_the_days_for_the_supplement_are_over(crew: Cast) -> None:
    dossier, desk = acts.file_online(crew.filing(channel="online"), at=MONDAY), crew.officers.reception
    acts.request_supplement(dossier, items=["Đơn đề nghị"], reason="Thiếu", by=desk, at=MONDAY + HOUR)
    with pytest.raises(Refused, match="17/11/2026"):
        acts.refuse_reception(dossier, reason="Không bổ sung", by=desk, at=MONDAY + DAY)
    acts.refuse_reception(dossier, reason="Không bổ sung", by=desk, at=MONDAY + 16 * DAY)
    assert dossier.state == State.NOT_ACCEPTED


def test_a_full_supplement_restarts_the_term_from_zero(crew: Cast) -> None:
    dossier = crew.received()
    who = crew.officers.reception
    acts.request_supplement(dossier, items=["Đơn đề nghị"], reason="Thiếu", by=who, at=MONDAY + HOUR)
    assert dossier.paused_at == MONDAY + HOUR
    acts.receive_supplement(dossier, by=who, at=MONDAY + 7 * DAY)
    assert dossier.due_at == datetime(2026, 11, 16, 17, 0, tzinfo=TZ)
    assert dossier.paused_at is None


def test_only_papers_of_the_catalogue_may_be_asked_for(crew: Cast) -> None:
    dossier = crew.received()
    with pytest.raises(Refused, match="Sổ hộ khẩu"):
        acts.request_supplement(
            dossier, items=["Sổ hộ khẩu"], reason="Cần thêm", by=crew.officers.reception, at=MONDAY + HOUR
        )


def test_a_supplement_is_not_asked_after_three_working_days(crew: Cast) -> None:
    dossier = crew.received()
    late = MONDAY + 4 * DAY
    with pytest.raises(Refused, match="05/11/2026"):
        acts.request_supplement(
            dossier, items=["Đơn đề nghị"], reason="Thiếu", by=crew.officers.reception, at=late
        )


def test_a_dossier_waiting_for_its_supplement_is_not_closed_before_the_days_are_over(crew: Cast) -> None:
    dossier = crew.received()
    who = crew.officers
    acts.request_supplement(
        dossier, items=["Đơn đề nghị"], reason="Thiếu", by=who.reception, at=MONDAY + HOUR
    )
    with pytest.raises(Refused, match="17/11/2026"):
        acts.stop(dossier, reason="Không bổ sung", by=who.reception, at=MONDAY + 15 * DAY)
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.stop(dossier, reason="Không bổ sung", by=who.signer, at=MONDAY + 16 * DAY)
    acts.stop(dossier, reason="Không bổ sung", by=who.reception, at=MONDAY + 16 * DAY)
    assert dossier.state == State.STOPPED


def test_a_financial_duty_pauses_the_clock_until_it_is_met(crew: Cast) -> None:
    dossier = crew.received()
    who = crew.officers.handler
    acts.request_duty(dossier, amount=500_000, by=who, at=MONDAY + HOUR)
    assert dossier.state == State.FINANCIAL_DUTY
    with pytest.raises(Refused, match="chưa nộp"):
        acts.meet_duty(dossier, by=who, at=MONDAY + DAY)
    acts.pay(dossier, amount=520_000, means="bank", by=None, at=MONDAY + DAY)
    acts.meet_duty(dossier, by=who, at=MONDAY + DAY)
    assert dossier.due_at > datetime(2026, 11, 9, 17, 0, tzinfo=TZ)
    assert agrees()


def test_a_dossier_that_owes_a_duty_stays_on_somebodys_list_when_no_step_is_left() -> None:
    step = Node("tham", Kind.STEP, "Thẩm định", Role.HANDLER, hours=Decimal(2))
    crew = cast.gather(Process.sequence([step]))
    dossier, handler = crew.received(), crew.officers.handler
    acts.complete_step(dossier, step="tham", by=handler, at=MONDAY + HOUR)
    acts.request_duty(dossier, amount=1000, by=handler, at=MONDAY + HOUR)
    task = dossier.tasks.get()
    assert (task.role, task.unit, task.waiting) == (Role.HANDLER, crew.department, True)
    acts.pay(dossier, amount=21_000, means="bank", by=None, at=MONDAY + DAY)
    task.refresh_from_db()
    assert (task.waiting, task.dossier_due_at) == (False, dossier.due_at)
    assert agrees()


def test_a_duty_that_was_none_is_over_though_the_fee_is_still_owed(crew: Cast) -> None:
    dossier, who = crew.received(), crew.officers.handler
    promised = dossier.due_at
    acts.request_duty(dossier, amount=500_000, by=who, at=MONDAY + HOUR)
    acts.correct_duty(dossier, amount=0, reason="Không phải nộp", by=who, at=MONDAY + 2 * DAY)
    acts.meet_duty(dossier, by=who, at=MONDAY + 2 * DAY)
    assert (dossier.state, dossier.due_at) == (State.PROCESSING, promised)
    assert agrees()


def test_an_extension_is_given_once_and_a_day_before_due(crew: Cast) -> None:
    due = datetime(2026, 11, 9, 17, 0, tzinfo=TZ)
    dossier = crew.received()
    signer = crew.officers.signer
    with pytest.raises(Refused, match="08/11/2026"):
        acts.extend(dossier, due=due + 3 * DAY, reason="Xác minh thêm", by=signer, at=due - 5 * HOUR)
    acts.extend(dossier, due=due + 3 * DAY, reason="Xác minh thêm", by=signer, at=MONDAY + 2 * DAY)
    assert dossier.due_at == due + 3 * DAY
    with pytest.raises(Refused, match="một lần"):
        acts.extend(dossier, due=due + 5 * DAY, reason="Vẫn chưa xong", by=signer, at=MONDAY + 3 * DAY)
    assert dossier.promised_at == due


def test_a_branch_already_done_is_refused_with_what_happened(crew: Cast) -> None:
    dossier = crew.received()
    acts.complete_step(dossier, step="giao", by=crew.officers.assigner, at=MONDAY + HOUR)
    acts.complete_step(dossier, step="tham", by=crew.officers.handler, at=MONDAY + HOUR)
    with pytest.raises(Refused, match="đã được handler"):
        acts.complete_step(dossier, step="tham", by=crew.officers.handler, at=MONDAY + HOUR)


def test_a_step_belongs_to_its_role_and_to_whom_it_was_given(crew: Cast) -> None:
    dossier = crew.received()
    with pytest.raises(Refused, match="Lãnh đạo phòng"):
        acts.complete_step(dossier, step="giao", by=crew.officers.handler, at=MONDAY + HOUR)
    acts.complete_step(dossier, step="giao", by=crew.officers.assigner, at=MONDAY + HOUR)
    other = cast.officer(Role.HANDLER, crew.department, "nguoi.khac")
    acts.assign(dossier, step="tham", to=other, by=crew.officers.assigner, at=MONDAY + HOUR)
    with pytest.raises(Refused, match=r"phân công cho nguoi\.khac"):
        acts.complete_step(dossier, step="tham", by=crew.officers.handler, at=MONDAY + HOUR)
    acts.complete_step(dossier, step="tham", by=other, at=MONDAY + HOUR)
    assert agrees()


def test_a_dossier_sent_back_to_before_the_split_loses_both_branches(crew: Cast) -> None:
    dossier = crew.received()
    acts.complete_step(dossier, step="giao", by=crew.officers.assigner, at=MONDAY + HOUR)
    acts.send_back(
        dossier, step="tham", to="giao", reason="Sai phòng", by=crew.officers.handler, at=MONDAY + HOUR
    )
    assert [task.step for task in dossier.tasks.all()] == ["giao"]
    assert agrees()


def test_nothing_is_finished_while_a_step_is_open(crew: Cast) -> None:
    dossier = crew.received()
    with pytest.raises(Refused, match="Phân công thụ lý"):
        acts.finish(dossier, result="granted", number="1", by=crew.officers.signer, at=MONDAY + HOUR)


def test_a_result_is_not_handed_out_before_the_fee_is_paid(crew: Cast) -> None:
    dossier = crew.received()
    last = handled(crew, dossier, MONDAY)
    acts.finish(dossier, result="granted", number="1", by=crew.officers.clerk, at=last)
    with pytest.raises(Refused, match="nghĩa vụ tài chính"):
        acts.return_result(dossier, means="counter", by=crew.officers.reception, at=last)


def test_a_citizen_may_withdraw_until_the_decision(crew: Cast) -> None:
    dossier = crew.received()
    acts.withdraw(dossier, reason="Đổi ý", by=None, at=MONDAY + HOUR)
    assert dossier.state == State.WITHDRAWN
    assert not dossier.tasks.exists()
    with pytest.raises(Refused, match="rút hồ sơ"):
        acts.complete_step(dossier, step="giao", by=crew.officers.assigner, at=MONDAY + HOUR)


def test_dissatisfaction_says_why(crew: Cast) -> None:
    dossier = crew.received()
    acts.withdraw(dossier, reason="Đổi ý", by=None, at=MONDAY + HOUR)
    with pytest.raises(Refused, match="lý do"):
        acts.rate(dossier, satisfied=False, at=MONDAY + HOUR)


def test_an_officer_without_the_post_may_not_receive(crew: Cast) -> None:
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.receive(crew.filing(), by=crew.officers.handler, at=MONDAY)
    assert not Dossier.objects.exists()


def test_a_desk_receives_refuses_and_withdraws_only_what_was_handed_in_there(crew: Cast) -> None:
    elsewhere = cast.officer(Role.RECEPTION, crew.commune)
    with pytest.raises(Refused, match="Sở Mẫu"):
        acts.receive(crew.filing(), by=elsewhere, at=MONDAY)
    dossier = acts.file_online(crew.filing(channel="online"), at=MONDAY)
    with pytest.raises(Refused, match="Sở Mẫu"):
        acts.accept(dossier, components=(), by=elsewhere, at=MONDAY)
    with pytest.raises(Refused, match="Sở Mẫu"):
        acts.refuse_reception(dossier, reason="Sai nơi", by=elsewhere, at=MONDAY)
    with pytest.raises(Refused, match="Sở Mẫu"):
        acts.withdraw(dossier, reason="Đổi ý", by=elsewhere, at=MONDAY)


def test_a_dossier_of_another_agency_is_received_paid_for_and_handed_out_at_any_desk(crew: Cast) -> None:
    commune = cast.officer(Role.RECEPTION, crew.commune)
    dossier = acts.receive(crew.filing(receiving_unit=crew.commune), by=commune, at=MONDAY)
    assert (dossier.receiving_unit, dossier.deciding_unit) == (crew.commune, crew.department)
    last = handled(crew, dossier, MONDAY)
    acts.finish(dossier, result="granted", number="1", by=crew.officers.clerk, at=last)
    acts.pay(dossier, amount=20000, means="counter", by=crew.officers.reception, at=last)
    acts.return_result(dossier, means="counter", by=crew.officers.reception, at=last)
    assert dossier.state == State.RETURNED


def test_an_agency_that_is_asked_gives_its_own_step_to_its_own_people() -> None:
    ask = Node("hoi", Kind.STEP, "Cho ý kiến", Role.HANDLER, unit="01273", hours=Decimal(8))
    crew = cast.gather(Process.sequence([ask]))
    own, chief = cast.officer(Role.HANDLER, crew.commune), cast.officer(Role.ASSIGNER, crew.commune)
    dossier = crew.received()
    with pytest.raises(Refused, match="Xã Mẫu"):
        acts.assign(dossier, step="hoi", to=own, by=crew.officers.assigner, at=MONDAY + HOUR)
    acts.assign(dossier, step="hoi", to=own, by=chief, at=MONDAY + HOUR)
    acts.complete_step(dossier, step="hoi", by=own, at=MONDAY + HOUR)


@pytest.mark.parametrize("paid", [-20_000, 20_001])
def test_the_desk_takes_no_more_than_the_fee(crew: Cast, paid: int) -> None:
    with pytest.raises(Refused, match=r"từ 1 đến 20\.000 đồng"):
        acts.receive(crew.filing(), by=crew.officers.reception, at=MONDAY, paid=paid)
    assert not Dossier.objects.exists()


def test_what_is_handed_in_online_and_at_the_counter_is_not_mixed_up(crew: Cast) -> None:
    with pytest.raises(Refused, match="trực tuyến"):
        acts.file_online(crew.filing(channel="direct"), at=MONDAY)
    with pytest.raises(Refused, match="trực tuyến"):
        acts.receive(crew.filing(channel="online"), by=crew.officers.reception, at=MONDAY)


def test_nothing_is_received_under_a_text_or_by_a_unit_of_another_time(crew: Cast) -> None:
    early = datetime(2025, 6, 30, 9, 0, tzinfo=TZ)
    with pytest.raises(Refused, match=r"1\.000001.*từ ngày 01/07/2025"):
        acts.receive(crew.filing(), by=crew.officers.reception, at=early)
    crew.department.valid_to = MONDAY.date()
    with pytest.raises(Refused, match=r"Sở Mẫu.*đến trước ngày 02/11/2026"):
        acts.receive(crew.filing(), by=crew.officers.reception, at=MONDAY)


def test_a_word_nobody_knows_names_the_known_ones(crew: Cast) -> None:
    dossier, who = crew.received(), crew.officers
    with pytest.raises(Refused, match="Cách nộp “séc” không có; dùng một trong: counter, dvcqg, bank"):
        acts.pay(dossier, amount=1, means="séc", by=who.reception, at=MONDAY)
    last = handled(crew, dossier, MONDAY)
    with pytest.raises(Refused, match="Kết quả “mất” không có"):
        acts.finish(dossier, result="mất", number="1", by=who.clerk, at=last)
    with pytest.raises(Refused, match="số văn bản"):
        acts.finish(dossier, result="granted", number=" ", by=who.clerk, at=last)
    acts.finish(dossier, result="granted", number="1", by=who.clerk, at=last)
    acts.pay(dossier, amount=20000, means="bank", by=None, at=last)
    with pytest.raises(Refused, match="Cách trả kết quả “chim” không có"):
        acts.return_result(dossier, means="chim", by=who.reception, at=last)


def test_a_result_is_written_down_before_it_is_handed_out(crew: Cast) -> None:
    dossier = crew.received()
    last = handled(crew, dossier, MONDAY)
    with pytest.raises(Refused, match="Phải ghi kết quả trước"):
        acts.complete_step(dossier, step="tra", by=crew.officers.reception, at=last)


def test_a_first_step_that_asks_for_a_choice_is_left_to_the_officer() -> None:
    nodes = [Node("bd", Kind.START), Node("re", Kind.CHOICE), Node("kt", Kind.END)]
    nodes += [
        Node(key, Kind.STEP, key, role, hours=Decimal(2))
        for key, role in {"nhan": Role.RECEPTION, "tham": Role.HANDLER, "ky": Role.SIGNER}.items()
    ]
    flows = [("bd", "nhan"), ("nhan", "re"), ("re", "tham", "thường"), ("re", "ky", "gấp")]
    crew = cast.gather(Process.of(nodes, [*flows, ("tham", "kt"), ("ky", "kt")]))
    dossier = crew.received()
    assert [task.step for task in dossier.tasks.all()] == ["nhan"]
    acts.complete_step(dossier, step="nhan", outcome="gấp", by=crew.officers.reception, at=MONDAY + HOUR)
    assert [task.step for task in dossier.tasks.all()] == ["ky"]


def test_a_new_day_is_promised_in_office_hours(crew: Cast) -> None:
    dossier, sunday = crew.received(), datetime(2026, 11, 15, 9, 0, tzinfo=TZ)
    with pytest.raises(Refused, match="giờ làm việc"):
        acts.extend(dossier, due=sunday, reason="Chờ", by=crew.officers.signer, at=MONDAY + HOUR)


def test_a_rating_says_who_wrote_it_down(crew: Cast) -> None:
    dossier = crew.received()
    acts.withdraw(dossier, reason="Đổi ý", by=None, at=MONDAY + HOUR)
    acts.rate(dossier, satisfied=True, by=crew.officers.reception, at=MONDAY + HOUR)
    assert [fact.by for fact in log.read(dossier.stream).facts[-2:]] == ["citizen", "reception.04.05"]


def test_time_does_not_run_backwards_in_a_dossier(crew: Cast) -> None:
    dossier = crew.received()
    with pytest.raises(Refused, match="sớm hơn"):
        acts.complete_step(dossier, step="giao", by=crew.officers.assigner, at=MONDAY - HOUR)


def test_verifying_dossiers_that_are_not_there_is_no_proof(crew: Cast) -> None:
    crew.received()
    with pytest.raises(CommandError, match="không có hồ sơ nào"):
        call_command("verify", prefix="Z")


def test_a_day_off_decided_later_moves_the_due_moment_of_open_dossiers(crew: Cast) -> None:
    dossier = crew.received()
    UnitDay.objects.create(
        unit=crew.province,
        day=date(2026, 11, 4),
        working=False,
        name="Nghỉ lũ",
        source="1/CĐ-UBND",
    )
    assert [d.field for d in queries.verify()] == ["due_at", "task giao"]
    acts.complete_step(dossier, step="giao", by=crew.officers.assigner, at=MONDAY + HOUR)
    assert dossier.due_at == datetime(2026, 11, 10, 17, 0, tzinfo=TZ)
    assert dossier.promised_at == datetime(2026, 11, 9, 17, 0, tzinfo=TZ)
    assert agrees()


def test_a_day_off_that_is_decided_reaches_the_clocks_of_open_dossiers_by_a_job(crew: Cast) -> None:
    dossier = crew.received()
    day_off = date(2026, 11, 4)
    people.set_unit_day(
        crew.province,
        on=day_off,
        working=False,
        name="Nghỉ lũ",
        source="1/CĐ",
        by=cast.officer(Role.ADMIN, crew.province),
        at=MONDAY,
    )
    (job,) = ProcrastinateJob.objects.filter(task_name="dossiers.recount")
    tasks.recount(**job.args)
    dossier.refresh_from_db()
    assert dossier.due_at == datetime(2026, 11, 10, 17, 0, tzinfo=TZ)
    assert agrees()


def test_a_day_off_decided_after_a_dossier_ended_leaves_its_row_as_its_facts_say(crew: Cast) -> None:
    dossier, chief = crew.received(), cast.officer(Role.ADMIN, crew.province)
    acts.withdraw(dossier, reason="Đổi ý", by=None, at=MONDAY + HOUR)
    told = {"on": date(2026, 11, 4), "working": False, "name": "Nghỉ lũ", "source": "1/CĐ"}
    people.set_unit_day(crew.department, **told, by=chief, at=MONDAY + 2 * HOUR)
    assert [d.field for d in queries.verify()] == ["due_at"]
    (job,) = ProcrastinateJob.objects.filter(task_name="dossiers.recount")
    tasks.recount(**job.args)
    assert agrees()


def test_new_hours_move_what_is_due_after_them_and_nothing_before(crew: Cast) -> None:
    early, late = crew.received(MONDAY - 7 * DAY), crew.received()
    acts.withdraw(early, reason="Đổi ý", by=None, at=MONDAY)
    people.set_hours(
        crew.department,
        hours="07:30-11:30,13:30-17:30",
        saturday="closed",
        since=date(2026, 11, 5),
        source="5/QĐ-UBND",
        by=cast.officer(Role.ADMIN, crew.province),
        at=MONDAY,
    )
    for job in ProcrastinateJob.objects.filter(task_name="dossiers.recount"):
        tasks.recount(**job.args)
    early.refresh_from_db()
    late.refresh_from_db()
    assert early.due_at == datetime(2026, 11, 2, 17, 0, tzinfo=TZ)
    assert late.due_at == datetime(2026, 11, 9, 17, 30, tzinfo=TZ)
    assert agrees()


def test_a_release_with_other_days_off_is_followed_by_a_recount(crew: Cast) -> None:
    dossier = crew.received()
    day_off = {"day": date(2026, 11, 4), "working": False, "name": "Nghỉ", "source": "1"}
    UnitDay.objects.create(unit=crew.province, **day_off)
    call_command("recount", since="2026-11-04", unit="04", stdout=(said := StringIO()))
    assert said.getvalue() == "Đã tính lại 1 hồ sơ.\n"
    dossier.refresh_from_db()
    assert dossier.due_at == datetime(2026, 11, 10, 17, 0, tzinfo=TZ)
    assert agrees()


@pytest.mark.parametrize(
    ("told", "says"), [({"unit": "không"}, "không có đơn vị"), ({"since": "mai"}, "31/08/2026")]
)
def test_a_recount_of_nothing_there_is_one_clear_line(told: dict[str, str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("recount", **told)


def test_a_day_that_has_passed_is_not_made_a_day_off(crew: Cast) -> None:
    late = MONDAY + 9 * DAY
    with pytest.raises(Refused, match="đã qua"):
        people.set_unit_day(
            crew.province,
            on=MONDAY.date(),
            working=False,
            name="Nghỉ",
            source="1",
            by=cast.officer(Role.ADMIN, crew.province),
            at=late,
        )


def test_a_term_nobody_could_read_is_not_guessed() -> None:
    dossier = cast.gather(limit="").received()
    assert (dossier.limit, dossier.due_at) == ("", None)
    accepted = log.read(dossier.stream).facts[1]
    assert isinstance(accepted, Accepted)
    assert accepted.due == ""


def test_codes_of_an_agency_count_up_within_its_day(crew: Cast) -> None:
    codes = [crew.received(at).code for at in (MONDAY, MONDAY + HOUR, MONDAY + DAY)]
    assert codes == ["H14.05-261102-0001", "H14.05-261102-0002", "H14.05-261103-0001"]


def test_what_nobody_has_a_process_for_is_not_received_and_takes_no_code(crew: Cast) -> None:
    other = cast.published_version("5", "ngày làm việc", code="1.000002")
    for _ in range(2):
        with pytest.raises(Refused, match="chưa có quy trình"):
            crew.received(version=other)
    assert crew.received().code == "H14.05-261102-0001"


def test_verify_sees_a_row_that_says_more_than_its_facts(crew: Cast) -> None:
    dossier = crew.received()
    Dossier.objects.filter(pk=dossier.pk).update(state=State.RETURNED)
    assert [(d.field, d.cached) for d in queries.verify()] == [("state", State.RETURNED)]


def test_rows_that_say_something_else_are_mended_from_the_facts(crew: Cast) -> None:
    dossier = crew.received()
    Dossier.objects.filter(pk=dossier.pk).update(state=State.RETURNED, due_at=None)
    with pytest.raises(SystemExit):
        call_command("verify", stdout=StringIO())
    call_command("verify", "--mend", stdout=StringIO())
    dossier.refresh_from_db()
    assert dossier.state == State.ACCEPTED
    assert agrees()
