"""A result with the agency's mistake in it is put right; how the dossier ended stays as it was (Đ.23.1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection

from motcua.dossiers import acts, duties, messages, queries
from motcua.dossiers.models import Dossier, Task
from motcua.journal import log
from motcua.law.calendar import TZ
from motcua.law.clock import Status
from motcua.law.facts import Refused
from motcua.law.lifecycle import State
from motcua.people.models import Role
from tests import cast
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DONE = MONDAY + 2 * HOUR
ASKED = MONDAY + 30 * DAY
DUE = datetime(2026, 12, 7, 17, 0, tzinfo=TZ)


@pytest.fixture
def crew() -> Cast:
    return cast.gather()


def done(crew: Cast) -> Dossier:
    dossier = crew.received()
    for step in ("giao", "tham", "xacminh", "ky", "so"):
        crew.does(dossier, step, MONDAY + HOUR)
    told = {"result": "granted", "number": "1/GXN", "electronic": "KQ.1"}
    acts.finish(dossier, **told, by=crew.officers.clerk, at=DONE)
    acts.pay(dossier, amount=20000, means="bank", by=None, at=DONE)
    return dossier


def returned(crew: Cast) -> Dossier:
    dossier = done(crew)
    acts.return_result(dossier, means="counter", by=crew.officers.reception, at=MONDAY + DAY)
    return dossier


def asked(crew: Cast) -> Dossier:
    dossier = returned(crew)
    acts.request_correction(dossier, reason="Sai ngày sinh", by=crew.officers.reception, at=ASKED)
    return dossier


def test_a_corrected_result_comes_back_under_a_new_number_and_is_handed_out_again(crew: Cast) -> None:
    dossier = asked(crew)
    assert dossier.state == State.PROCESSING
    acts.sign_result(dossier, by=crew.officers.signer, at=ASKED + HOUR)
    acts.correct_result(dossier, number="1/GXN-ĐC", electronic="KQ.2", by=crew.officers.clerk, at=ASKED + DAY)
    assert dossier.state == State.DONE
    acts.return_result(dossier, means="counter", by=crew.officers.reception, at=ASKED + 2 * DAY)
    assert dossier.state == State.RETURNED
    case = queries.folded(dossier)
    assert case.standing.result.number == "1/GXN-ĐC"  # type: ignore[union-attr]
    assert messages.sync(case)["DanhSachGiayToKetQua"] == [{"TenGiayTo": "1/GXN-ĐC", "GiayToId": "KQ.2"}]
    assert not list(queries.verify())


def test_what_ended_stays_ended_when_it_did_and_on_time_as_it_was(crew: Cast) -> None:
    dossier = returned(crew)
    kept = [getattr(dossier, name) for name in ("due_at", "ended_at", "returned_at", "promised_at")]
    acts.request_correction(dossier, reason="Sai", by=None, at=ASKED)
    acts.sign_result(dossier, by=crew.officers.signer, at=DUE + HOUR)
    acts.correct_result(dossier, number="2/GXN", by=crew.officers.clerk, at=DUE + DAY)
    acts.return_result(dossier, means="post", by=crew.officers.reception, at=DUE + 2 * DAY)
    assert [getattr(dossier, n) for n in ("due_at", "ended_at", "returned_at", "promised_at")] == kept
    reading = queries.folded(dossier).reading(DUE + 3 * DAY)
    assert (reading.status, reading.ended) == (Status.ENDED_EARLY, DONE)


def test_a_correction_has_its_own_days_and_stands_on_the_list_of_who_writes_results(crew: Cast) -> None:
    dossier = asked(crew)
    task = dossier.tasks.get()
    assert (task.step, task.role, task.unit_id) == (
        duties.SIGN_CORRECTION[0],
        Role.SIGNER,
        crew.department.pk,
    )
    assert (task.due_at, task.since) == (DUE, ASKED)
    acts.sign_result(dossier, by=crew.officers.signer, at=ASKED + HOUR)
    task = dossier.tasks.get()
    assert (task.step, task.role, task.unit_id) == (duties.CORRECT[0], Role.CLERK, crew.department.pk)
    assert (task.due_at, task.since) == (DUE, ASKED + HOUR)


def test_what_corrects_a_signed_result_is_signed_first_each_time_and_once(crew: Cast) -> None:
    dossier, who = asked(crew), crew.officers
    with pytest.raises(Refused, match="Bản đính chính chưa được ký duyệt"):
        acts.correct_result(dossier, number="2/GXN", by=who.signer, at=ASKED + HOUR)
    acts.sign_result(dossier, by=who.signer, at=ASKED + 2 * HOUR)
    with pytest.raises(Refused, match="Không có kết quả nào chờ ký"):
        acts.sign_result(dossier, by=who.signer, at=ASKED + 3 * HOUR)
    acts.correct_result(dossier, number="2/GXN", by=who.clerk, at=ASKED + 3 * HOUR)
    acts.request_correction(dossier, reason="Vẫn sai", by=None, at=ASKED + 4 * HOUR)
    with pytest.raises(Refused, match="chưa được ký duyệt"):
        acts.correct_result(dossier, number="3/GXN", by=who.clerk, at=ASKED + 5 * HOUR)
    assert queries.folded(dossier).standing.finished.number == "1/GXN"  # type: ignore[union-attr]
    assert not list(queries.verify())


def test_nothing_else_happens_while_a_result_is_put_right(crew: Cast) -> None:
    dossier, who, at = asked(crew), crew.officers, ASKED + HOUR
    tried = [
        lambda: acts.complete_step(dossier, step="tra", by=who.reception, at=at),
        lambda: acts.extend(dossier, due=DUE, reason="Chậm", by=who.signer, at=at),
        lambda: acts.stop(dossier, reason="Thôi", by=who.signer, at=at),
        lambda: acts.withdraw(dossier, reason="Thôi", by=None, at=at),
        lambda: acts.request_duty(dossier, amount=1, by=who.handler, at=at),
        lambda: acts.finish(dossier, result="granted", number="3", by=who.clerk, at=at),
        lambda: acts.request_correction(dossier, reason="Sai nữa", by=who.reception, at=at),
        lambda: acts.return_result(dossier, means="post", by=who.reception, at=at),
    ]
    held = log.read(dossier.stream).version
    for each in tried:
        with pytest.raises(Refused):
            each()
    assert log.read(dossier.stream).version == held


@pytest.mark.parametrize("before", [done, returned])
def test_a_correction_declined_leaves_the_dossier_where_it_was(crew: Cast, before) -> None:  # type: ignore[no-untyped-def]
    dossier = before(crew)
    state = dossier.state
    acts.request_correction(dossier, reason="Sai họ tên", by=crew.officers.reception, at=ASKED)
    with pytest.raises(Refused, match="lý do"):
        acts.decline_correction(dossier, reason=" ", by=crew.officers.signer, at=ASKED + HOUR)
    acts.decline_correction(dossier, reason="Đúng như đơn", by=crew.officers.signer, at=ASKED + HOUR)
    assert dossier.state == state
    assert not list(queries.verify())


def test_a_corrected_result_wrong_again_and_declined_still_waits_to_be_handed_out(crew: Cast) -> None:
    dossier, clerk = asked(crew), crew.officers.clerk
    acts.sign_result(dossier, by=crew.officers.signer, at=ASKED + HOUR)
    acts.correct_result(dossier, number="2/GXN", by=clerk, at=ASKED + HOUR)
    acts.request_correction(dossier, reason="Vẫn sai", by=None, at=ASKED + 2 * HOUR)
    acts.decline_correction(dossier, reason="Đã đúng", by=clerk, at=ASKED + 3 * HOUR)
    assert dossier.state == State.DONE


def test_only_a_result_is_corrected_and_only_when_somebody_asked(crew: Cast) -> None:
    open_one = crew.received()
    with pytest.raises(Refused, match="không thể"):
        acts.request_correction(open_one, reason="Sai", by=None, at=MONDAY + HOUR)
    acts.complete_step(open_one, step="giao", by=crew.officers.assigner, at=MONDAY + HOUR)
    with pytest.raises(Refused, match="Không có yêu cầu đính chính"):
        acts.correct_result(open_one, number="2", by=crew.officers.clerk, at=MONDAY + HOUR)


def test_the_portal_is_told_the_first_end_while_the_result_is_put_right(crew: Cast) -> None:
    told = messages.sync(queries.folded(asked(crew)))
    assert (told["TrangThaiHoSo"], told["NgayKetThucXuLy"]) == ("4", "20261102110000")


def test_a_correction_under_way_before_it_had_to_be_signed_goes_to_the_signer(crew: Cast) -> None:
    """Migration 0018: a list written under the version before, whose corrections nobody signed."""
    to_signers = import_module("motcua.dossiers.migrations.0018_corrections_signed").TO_SIGNERS
    asked(crew)
    second = asked(crew)
    acts.sign_result(second, by=crew.officers.signer, at=ASKED + HOUR)
    step, name = duties.CORRECT
    Task.objects.update(step=step, name=name, role=Role.CLERK)
    assert len(list(queries.verify())) > 0
    with connection.cursor() as cursor:
        cursor.execute(to_signers)
    assert not list(queries.verify())
