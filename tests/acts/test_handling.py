"""A step passes between officers, is recalled, its result signed, its papers carried (NĐ 118/2025 Đ.18, 19)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from motcua.dossiers import acts, conditions, duties, queries
from motcua.dossiers.models import Dossier
from motcua.journal import log
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from motcua.law.lifecycle import State
from motcua.law.process import Process
from motcua.people.models import Officer, Role
from tests import cast
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
GRANTED = {"result": "granted", "summary": "Cấp giấy xác nhận"}
PAPER = ({"code": "", "name": "Đơn đề nghị", "origin": "paper"},)


@pytest.fixture
def crew() -> Cast:
    return cast.gather()


@pytest.fixture
def colleague(crew: Cast) -> Officer:
    return cast.officer(Role.HANDLER, crew.department, "dong-nghiep")


def agrees() -> bool:
    return not list(log.verify()) and not list(queries.verify())


def begun(crew: Cast, *, given: bool = True) -> Dossier:
    """A dossier at its two parallel steps, the appraisal given to the handler."""
    dossier, who = crew.received(), crew.officers
    to = {"tham": who.handler} if given else None
    acts.complete_step(dossier, step="giao", by=who.assigner, at=MONDAY + HOUR, to=to)
    return dossier


def to_sign(crew: Cast) -> Dossier:
    """A dossier whose result is proposed and waits at the step of signing."""
    dossier, who = begun(crew), crew.officers
    acts.complete_step(dossier, step="xacminh", by=who.handler, at=MONDAY + 2 * HOUR)
    acts.propose_result(dossier, **GRANTED, by=who.handler, at=MONDAY + 3 * HOUR, step="tham")
    return dossier


# Taking a step and handing it over.


def test_whoever_may_do_a_step_nobody_was_given_takes_it(crew: Cast, colleague: Officer) -> None:
    dossier = begun(crew, given=False)
    acts.take(dossier, step="tham", by=colleague, at=MONDAY + 2 * HOUR)
    assert dossier.tasks.get(step="tham").officer == colleague
    with pytest.raises(Refused, match="đã phân công cho dong-nghiep"):
        acts.take(dossier, step="tham", by=crew.officers.handler, at=MONDAY + 3 * HOUR)
    with pytest.raises(Refused, match="đã giao cho bạn"):
        acts.take(dossier, step="tham", by=colleague, at=MONDAY + 3 * HOUR)
    with pytest.raises(Refused, match="vai trò"):
        acts.take(dossier, step="xacminh", by=crew.officers.clerk, at=MONDAY + 3 * HOUR)
    assert agrees()


def test_a_step_handed_over_stays_with_its_giver_until_it_is_signed_for(
    crew: Cast, colleague: Officer
) -> None:
    dossier, giver = begun(crew), crew.officers.handler
    acts.hand_over(dossier, step="tham", to=colleague, by=giver, at=MONDAY + 2 * HOUR, note="Còn đo đạc")
    assert dossier.tasks.get(step="tham").officer == giver
    assert dossier.tasks.get(step=f"{duties.OFFERED}tham").officer == colleague
    with pytest.raises(Refused, match="đã phân công cho handler"):
        acts.complete_step(dossier, step="tham", by=colleague, at=MONDAY + 3 * HOUR)
    with pytest.raises(Refused, match="đang chờ dong-nghiep ký nhận"):
        acts.hand_over(dossier, step="tham", to=colleague, by=giver, at=MONDAY + 3 * HOUR)
    assert agrees()
    acts.accept_handover(dossier, step="tham", by=colleague, at=MONDAY + 4 * HOUR)
    assert dossier.tasks.get(step="tham").officer == colleague
    assert not dossier.tasks.filter(step__startswith=duties.OFFERED).exists()
    with pytest.raises(Refused, match="đã phân công cho dong-nghiep"):
        acts.complete_step(dossier, step="tham", by=giver, at=MONDAY + 5 * HOUR)
    acts.complete_step(dossier, step="tham", by=colleague, at=MONDAY + 5 * HOUR)
    assert agrees()


def test_a_hand_over_that_is_declined_says_why_and_leaves_the_step_with_its_giver(
    crew: Cast, colleague: Officer
) -> None:
    dossier, giver = begun(crew), crew.officers.handler
    acts.hand_over(dossier, step="tham", to=colleague, by=giver, at=MONDAY + 2 * HOUR)
    with pytest.raises(Refused, match="lý do"):
        acts.decline_handover(dossier, step="tham", reason=" ", by=colleague, at=MONDAY + 3 * HOUR)
    acts.decline_handover(dossier, step="tham", reason="Đang đi công tác", by=colleague, at=MONDAY + 3 * HOUR)
    assert [task.officer for task in dossier.tasks.filter(step__contains="tham")] == [giver]
    with pytest.raises(Refused, match="không còn chờ bạn ký nhận"):
        acts.accept_handover(dossier, step="tham", by=colleague, at=MONDAY + 4 * HOUR)
    assert agrees()


def test_only_whom_a_step_was_offered_to_signs_for_it_and_not_after_it_is_done(
    crew: Cast, colleague: Officer
) -> None:
    dossier, giver = begun(crew), crew.officers.handler
    third = cast.officer(Role.HANDLER, crew.department, "nguoi-thu-ba")
    acts.hand_over(dossier, step="tham", to=colleague, by=giver, at=MONDAY + 2 * HOUR)
    with pytest.raises(Refused, match="không còn chờ bạn ký nhận"):
        acts.accept_handover(dossier, step="tham", by=third, at=MONDAY + 3 * HOUR)
    acts.complete_step(dossier, step="tham", by=giver, at=MONDAY + 3 * HOUR)
    assert not dossier.tasks.filter(step__startswith=duties.OFFERED).exists()
    with pytest.raises(Refused, match="không chờ xử lý"):
        acts.accept_handover(dossier, step="tham", by=colleague, at=MONDAY + 4 * HOUR)


def test_a_step_is_handed_over_by_whom_it_was_given_to_and_to_somebody_of_its_role(
    crew: Cast, colleague: Officer
) -> None:
    dossier, who = begun(crew), crew.officers
    with pytest.raises(Refused, match="đã phân công cho handler"):
        acts.hand_over(dossier, step="tham", to=who.handler, by=colleague, at=MONDAY + 2 * HOUR)
    with pytest.raises(Refused, match="hãy nhận việc trước"):
        acts.hand_over(dossier, step="xacminh", to=colleague, by=who.handler, at=MONDAY + 2 * HOUR)
    with pytest.raises(Refused, match="không giữ vai trò"):
        acts.hand_over(dossier, step="tham", to=who.clerk, by=who.handler, at=MONDAY + 2 * HOUR)
    with pytest.raises(Refused, match="người khác"):
        acts.hand_over(dossier, step="tham", to=who.handler, by=who.handler, at=MONDAY + 2 * HOUR)


def test_a_new_assignment_ends_a_hand_over_that_waits(crew: Cast, colleague: Officer) -> None:
    dossier, who = begun(crew), crew.officers
    third = cast.officer(Role.HANDLER, crew.department, "nguoi-thu-ba")
    acts.hand_over(dossier, step="tham", to=colleague, by=who.handler, at=MONDAY + 2 * HOUR)
    acts.assign(dossier, step="tham", to=third, by=who.assigner, at=MONDAY + 3 * HOUR)
    assert [task.officer for task in dossier.tasks.filter(step__contains="tham")] == [third]


def test_assigning_and_completing_are_one_act(crew: Cast, colleague: Officer) -> None:
    dossier, who = crew.received(), crew.officers
    to = {"tham": colleague, "xacminh": who.handler}
    acts.complete_step(dossier, step="giao", by=who.assigner, at=MONDAY + HOUR, to=to)
    assert {t.step: t.officer for t in dossier.tasks.all()} == to
    assert agrees()
    with pytest.raises(Refused, match="không đến lượt"):
        acts.complete_step(dossier, step="tham", by=colleague, at=MONDAY + 2 * HOUR, to={"so": who.clerk})


def test_a_handler_may_not_name_who_does_the_next_step(crew: Cast) -> None:
    dossier, who = crew.received(), crew.officers
    with pytest.raises(Refused, match="không giữ vai trò của bước “Thẩm định"):
        acts.complete_step(dossier, step="giao", by=who.assigner, at=MONDAY + HOUR, to={"tham": who.clerk})
    acts.complete_step(dossier, step="giao", by=who.assigner, at=MONDAY + HOUR)
    acts.complete_step(dossier, step="xacminh", by=who.handler, at=MONDAY + HOUR)
    to = {"ky": who.signer}
    with pytest.raises(Refused, match="thẩm quyền"):
        acts.complete_step(dossier, step="tham", by=who.handler, at=MONDAY + 2 * HOUR, to=to)


# Recalling.


def test_a_step_just_done_is_recalled_and_the_clock_does_not_care(crew: Cast) -> None:
    dossier, who = begun(crew), crew.officers
    due = dossier.due_at
    acts.complete_step(dossier, step="tham", by=who.handler, at=MONDAY + 2 * HOUR)
    acts.complete_step(dossier, step="xacminh", by=who.handler, at=MONDAY + 3 * HOUR)
    acts.recall_step(dossier, step="tham", by=who.handler, at=MONDAY + 4 * HOUR, reason="Thiếu biên bản")
    assert {t.step: t.officer for t in dossier.tasks.all()} == {"tham": who.handler}
    assert dossier.due_at == due
    acts.complete_step(dossier, step="tham", by=who.handler, at=MONDAY + 5 * HOUR)
    assert [t.step for t in dossier.tasks.all()] == ["ky"]
    assert agrees()


def test_a_step_is_not_recalled_once_somebody_has_gone_on(crew: Cast) -> None:
    dossier, who = to_sign(crew), crew.officers
    acts.sign_result(dossier, by=who.signer, at=MONDAY + 4 * HOUR)
    with pytest.raises(Refused, match=r"13:00 02/11/2026, signer\.04\.05 đã ký duyệt kết quả"):
        acts.recall_step(dossier, step="tham", by=who.handler, at=MONDAY + 5 * HOUR)


def test_a_step_is_not_recalled_once_what_it_led_to_was_given_to_somebody(crew: Cast) -> None:
    dossier, who = begun(crew, given=False), crew.officers
    acts.take(dossier, step="tham", by=who.handler, at=MONDAY + 2 * HOUR)
    with pytest.raises(Refused, match="đã phân công xử lý “Thẩm định hồ sơ”"):
        acts.recall_step(dossier, step="giao", by=who.assigner, at=MONDAY + 3 * HOUR)


def test_only_whoever_completed_a_step_recalls_it(crew: Cast, colleague: Officer) -> None:
    dossier = begun(crew)
    acts.complete_step(dossier, step="tham", by=crew.officers.handler, at=MONDAY + 2 * HOUR)
    with pytest.raises(Refused, match="chỉ người đó thu hồi được"):
        acts.recall_step(dossier, step="tham", by=colleague, at=MONDAY + 3 * HOUR)
    with pytest.raises(Refused, match="chưa hoàn thành"):
        acts.recall_step(dossier, step="ky", by=crew.officers.signer, at=MONDAY + 3 * HOUR)
    with pytest.raises(Refused, match="gắn với việc tiếp nhận"):
        acts.recall_step(dossier, step="nhan", by=crew.officers.reception, at=MONDAY + 3 * HOUR)


def test_whoever_comes_to_a_step_that_was_recalled_is_told_by_whom(crew: Cast) -> None:
    dossier, who = begun(crew), crew.officers
    for step in ("tham", "xacminh"):
        acts.complete_step(dossier, step=step, by=who.handler, at=MONDAY + 2 * HOUR)
    acts.recall_step(dossier, step="tham", by=who.handler, at=MONDAY + 3 * HOUR)
    with pytest.raises(
        Refused, match=r"đã được handler\.04\.05 thu hồi về bước “Thẩm định hồ sơ” lúc 12:00"
    ) as told:
        acts.complete_step(dossier, step="ky", by=who.signer, at=MONDAY + 4 * HOUR)
    assert "Cán bộ Thụ lý" in told.value.named({"handler.04.05": "Cán bộ Thụ lý"}).reason


# Proposing and signing.


def test_a_result_is_proposed_signed_and_written_down_as_it_was_signed(crew: Cast) -> None:
    dossier, who = to_sign(crew), crew.officers
    with pytest.raises(Refused, match="ký duyệt hoặc trả lại"):
        acts.complete_step(dossier, step="ky", by=who.signer, at=MONDAY + 4 * HOUR)
    acts.sign_result(dossier, by=who.signer, at=MONDAY + 4 * HOUR)
    acts.complete_step(dossier, step="so", by=who.clerk, at=MONDAY + 5 * HOUR)
    refused = {"result": "refused", "number": "1/TB", "reason": "Đổi ý"}
    with pytest.raises(Refused, match="đúng kết quả đã ký"):
        acts.finish(dossier, **refused, by=who.clerk, at=MONDAY + 6 * HOUR)
    acts.finish(dossier, result="granted", number="1/GXN", by=who.clerk, at=MONDAY + 6 * HOUR)
    assert dossier.state == State.DONE
    assert agrees()


def test_a_draft_is_returned_to_who_handled_it_with_a_reason(crew: Cast) -> None:
    dossier, who = to_sign(crew), crew.officers
    acts.return_proposal(dossier, reason="Sai căn cứ", by=who.signer, at=MONDAY + 4 * HOUR)
    assert [t.step for t in dossier.tasks.all()] == ["tham"]
    with pytest.raises(Refused, match="Không có kết quả nào chờ ký"):
        acts.sign_result(dossier, by=who.signer, at=MONDAY + 5 * HOUR)
    again = {"result": "refused", "summary": "Thông báo", "reason": "Không đủ điều kiện"}
    acts.propose_result(dossier, **again, by=who.handler, at=MONDAY + 5 * HOUR, step="tham")
    acts.sign_result(dossier, by=who.signer, at=MONDAY + 6 * HOUR)
    acts.complete_step(dossier, step="so", by=who.clerk, at=MONDAY + 7 * HOUR)
    acts.finish(dossier, result="refused", number="2/TB", by=who.clerk, at=MONDAY + 7 * HOUR)
    finished = queries.folded(dossier).standing.finished
    assert finished is not None
    assert finished.reason == "Không đủ điều kiện"
    assert agrees()


def test_a_refused_result_is_proposed_and_written_down_with_its_reason(crew: Cast) -> None:
    dossier, who = begun(crew), crew.officers
    with pytest.raises(Refused, match="lý do từ chối"):
        acts.propose_result(
            dossier, result="refused", summary="Thông báo", by=who.handler, at=MONDAY + 2 * HOUR
        )
    for n, step in enumerate(("tham", "xacminh", "ky", "so")):
        crew.does(dossier, step, MONDAY + (2 + n) * HOUR, "refused")
    acts.finish(dossier, result="refused", number="2/TB", by=who.clerk, at=MONDAY + 7 * HOUR)
    finished = queries.folded(dossier).standing.finished
    assert finished is not None
    assert finished.reason == "Không đủ điều kiện"


def test_the_last_step_of_signing_is_not_passed_by_with_nothing_signed(crew: Cast) -> None:
    dossier, who = begun(crew), crew.officers
    for step in ("tham", "xacminh"):
        crew.does(dossier, step, MONDAY + 2 * HOUR)
    with pytest.raises(
        Refused, match="Chưa có dự thảo kết quả nào được ký ở bước “Ký duyệt kết quả”"
    ) as told:
        acts.complete_step(dossier, step="ky", by=who.signer, at=MONDAY + 3 * HOUR)
    assert told.value.source == "NĐ 118/2025/NĐ-CP Đ.19.3"
    acts.send_back(
        dossier, step="ky", to="tham", reason="Chưa có dự thảo", by=who.signer, at=MONDAY + 3 * HOUR
    )
    acts.propose_result(dossier, **GRANTED, by=who.handler, at=MONDAY + 4 * HOUR, step="tham")
    acts.sign_result(dossier, by=who.signer, at=MONDAY + 5 * HOUR)
    assert [t.step for t in dossier.tasks.all()] == ["so"]


def test_what_was_let_past_the_signer_before_is_signed_before_it_ends(crew: Cast) -> None:
    dossier, who = begun(crew), crew.officers
    for step in ("tham", "xacminh"):
        crew.does(dossier, step, MONDAY + 2 * HOUR)
    with pytest.MonkeyPatch.context() as patch:  # as it was written down before a signature was asked for
        patch.setattr(conditions, "unsigned", lambda *_: None)
        acts.complete_step(dossier, step="ky", by=who.signer, at=MONDAY + 3 * HOUR)
    acts.complete_step(dossier, step="so", by=who.clerk, at=MONDAY + 4 * HOUR)
    told = {"result": "granted", "number": "1/GXN", "by": who.clerk}
    with pytest.raises(Refused, match="hãy trình kết quả, ký duyệt"):
        acts.finish(dossier, **told, at=MONDAY + 5 * HOUR)
    acts.propose_result(dossier, **GRANTED, by=who.handler, at=MONDAY + 5 * HOUR)
    acts.sign_result(dossier, by=who.signer, at=MONDAY + 6 * HOUR)
    acts.finish(dossier, **told, at=MONDAY + 7 * HOUR)
    assert dossier.state == State.DONE
    assert agrees()


def test_a_result_is_not_signed_before_the_dossier_comes_to_the_signer(crew: Cast) -> None:
    dossier, who = begun(crew), crew.officers
    acts.propose_result(dossier, **GRANTED, by=who.handler, at=MONDAY + 2 * HOUR)
    with pytest.raises(Refused, match="chưa đến bước “Ký duyệt kết quả”"):
        acts.sign_result(dossier, by=who.signer, at=MONDAY + 3 * HOUR)
    with pytest.raises(Refused, match="thẩm quyền"):
        acts.sign_result(dossier, by=who.handler, at=MONDAY + 3 * HOUR)


def test_sending_back_what_was_signed_voids_the_signature(crew: Cast) -> None:
    dossier, who = to_sign(crew), crew.officers
    acts.sign_result(dossier, by=who.signer, at=MONDAY + 4 * HOUR)
    with pytest.raises(Refused, match="đã được ký"):
        acts.propose_result(dossier, **GRANTED, by=who.handler, at=MONDAY + 5 * HOUR)
    acts.send_back(dossier, step="so", to="ky", reason="Sai số", by=who.clerk, at=MONDAY + 5 * HOUR)
    assert queries.folded(dossier).standing.signed is None
    acts.sign_result(dossier, by=who.signer, at=MONDAY + 6 * HOUR)
    assert [t.step for t in dossier.tasks.all()] == ["so"]
    assert agrees()


def test_without_a_step_of_signing_the_draft_waits_for_a_signer_before_the_end() -> None:
    graph = cast.parallel_process()
    short = Process.sequence([graph.nodes["tham"], graph.nodes["tra"]])
    crew = cast.gather(short)
    dossier, who = crew.received(), crew.officers
    acts.propose_result(dossier, **GRANTED, by=who.handler, at=MONDAY + HOUR, step="tham")
    task = dossier.tasks.get()
    assert (task.step, task.role) == (duties.SIGN[0], Role.SIGNER)
    with pytest.raises(Refused, match="chưa được ký"):
        acts.finish(dossier, result="granted", number="1", by=who.clerk, at=MONDAY + 2 * HOUR)
    acts.sign_result(dossier, by=who.signer, at=MONDAY + 2 * HOUR)
    assert dossier.tasks.get().step == duties.FINISH[0]
    acts.finish(dossier, result="granted", number="1", by=who.clerk, at=MONDAY + 3 * HOUR)
    assert agrees()


# Carrying papers.


def test_papers_go_from_the_desk_to_the_agency_with_a_receipt(crew: Cast) -> None:
    dossier, who = crew.received(components=PAPER), crew.officers
    task = dossier.tasks.get(step=duties.GIVE_PAPERS[0])
    assert (task.role, task.due_at) == (Role.RECEPTION, datetime(2026, 11, 2, 17, 0, tzinfo=TZ))
    with pytest.raises(Refused, match="thẩm quyền"):
        acts.give_papers(dossier, by=who.clerk, at=MONDAY + HOUR)
    acts.give_papers(dossier, by=who.reception, at=MONDAY + HOUR)
    assert dossier.tasks.get(step=duties.RECEIVE_PAPERS[0]).role == Role.CLERK
    with pytest.raises(Refused, match="đang chờ bên kia ký nhận"):
        acts.give_papers(dossier, by=who.reception, at=MONDAY + 2 * HOUR)
    acts.receive_papers(dossier, by=who.clerk, at=MONDAY + 2 * HOUR, note="Đủ")
    assert not dossier.tasks.filter(step__contains="giay").exists()
    acts.give_papers(dossier, by=who.clerk, at=MONDAY + 3 * HOUR)
    assert dossier.tasks.get(step=duties.RECEIVE_PAPERS[0]).role == Role.RECEPTION
    acts.receive_papers(dossier, by=who.reception, at=MONDAY + 4 * HOUR)
    assert queries.folded(dossier).standing.papers_at == "desk"
    assert agrees()


def test_papers_of_a_dossier_withdrawn_or_stopped_go_back_to_the_desk(crew: Cast) -> None:
    dossier, who = crew.received(components=PAPER), crew.officers
    acts.give_papers(dossier, by=who.reception, at=MONDAY + HOUR)
    acts.withdraw(dossier, reason="Người nộp đề nghị rút", by=who.reception, at=MONDAY + 2 * HOUR)
    assert dossier.tasks.get().step == duties.RECEIVE_PAPERS[0]
    acts.receive_papers(dossier, by=who.clerk, at=MONDAY + 3 * HOUR)
    task = dossier.tasks.get()
    assert (task.name, task.role) == (duties.GIVE_BACK_PAPERS[1], Role.CLERK)
    acts.give_papers(dossier, by=who.clerk, at=MONDAY + 4 * HOUR)
    acts.receive_papers(dossier, by=who.reception, at=MONDAY + 5 * HOUR)
    assert not dossier.tasks.exists()
    with pytest.raises(Refused, match="giấy tờ đang ở Bộ phận Một cửa"):
        acts.give_papers(dossier, by=who.reception, at=MONDAY + 6 * HOUR)
    assert agrees()


def test_an_electronic_dossier_has_no_papers_to_carry(crew: Cast) -> None:
    dossier = crew.received()
    assert not dossier.tasks.filter(step=duties.GIVE_PAPERS[0]).exists()
    with pytest.raises(Refused, match="Hồ sơ điện tử"):
        acts.give_papers(dossier, by=crew.officers.reception, at=MONDAY + HOUR)


def test_papers_of_a_late_afternoon_go_the_next_morning_and_between_levels_within_a_day(crew: Cast) -> None:
    afternoon = MONDAY.replace(hour=15)
    same = crew.received(afternoon, components=PAPER)
    assert same.tasks.get(step=duties.GIVE_PAPERS[0]).due_at == datetime(2026, 11, 3, 8, 0, tzinfo=TZ)
    desk = cast.officer(Role.RECEPTION, crew.commune)
    filing = crew.filing(receiving_unit=crew.commune, components=PAPER)
    across = acts.receive(filing, by=desk, at=afternoon)
    assert across.tasks.get(step=duties.GIVE_PAPERS[0]).due_at == datetime(2026, 11, 3, 17, 0, tzinfo=TZ)
