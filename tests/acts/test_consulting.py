"""Other agencies are asked for their opinion: all at once, each by its own moment, and silence is no answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest

from motcua.dossiers import acts, queries
from motcua.dossiers.models import Dossier
from motcua.journal import log
from motcua.law import consultation
from motcua.law.calendar import TZ, day
from motcua.law.facts import ConsultationRequested, Refused
from motcua.law.lifecycle import State
from motcua.people.models import Role, Unit, UnitDay, UnitKind
from tests import cast
from tests.cast import BORN, MONDAY, Cast

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FRIDAY = date(2026, 11, 6)
CLOSE = datetime(2026, 11, 6, 17, 0, tzinfo=TZ)


@pytest.fixture
def crew() -> Cast:
    return cast.gather()


@pytest.fixture
def others(crew: Cast) -> SimpleNamespace:
    """A department and a commune that may be asked, each with somebody to answer."""
    department = Unit.objects.create(
        code="04.09",
        agency_code="H14.09",
        name="Sở Láng Giềng",
        kind=UnitKind.DEPARTMENT,
        parent=crew.province,
        valid_from=BORN,
    )
    return SimpleNamespace(
        department=department,
        commune=crew.commune,
        handler=cast.officer(Role.HANDLER, department),
        head=cast.officer(Role.HEAD, department),
        local=cast.officer(Role.HANDLER, crew.commune),
    )


def consulted(crew: Cast, others: SimpleNamespace, **changes: object) -> Dossier:
    """A dossier about which both were asked at ten on Monday, to answer by Friday."""
    dossier = crew.received()
    acts.complete_step(dossier, step="giao", by=crew.officers.assigner, at=MONDAY + HOUR / 2)
    told = {
        "units": [others.department, others.commune],
        "content": "Đất có quy hoạch không?",
        "until": FRIDAY,
    }
    acts.consult(dossier, **(told | changes), by=crew.officers.handler, at=MONDAY + HOUR)  # type: ignore[arg-type]
    return dossier


def reply(dossier: Dossier, number: int, by: object, at: datetime, **changes: object) -> None:
    told = {"position": "agreed", "content": "Phù hợp quy hoạch"} | changes
    acts.reply_consultation(dossier, number=number, by=by, at=at, **told)  # type: ignore[arg-type]


def agrees() -> bool:
    return not list(log.verify()) and not list(queries.verify())


def test_several_agencies_are_asked_at_once_and_each_finds_it_on_its_own_worklist(
    crew: Cast, others: SimpleNamespace
) -> None:
    dossier = consulted(crew, others)
    asked = [fact for fact in log.read(dossier.stream).facts if isinstance(fact, ConsultationRequested)]
    assert [(fact.number, fact.unit, fact.at) for fact in asked] == [
        (1, "04.09", MONDAY + HOUR),
        (2, "01273", MONDAY + HOUR),
    ]
    tasks = dossier.tasks.filter(step__startswith="@y-kien-").order_by("step")
    assert [(t.unit_id, t.role, t.due_at, t.dossier_due_at) for t in tasks] == [
        (others.department.pk, Role.HANDLER, CLOSE, CLOSE),
        (others.commune.pk, Role.HANDLER, CLOSE, CLOSE),
    ]
    assert agrees()


def test_the_term_of_the_dossier_runs_on_while_others_think(crew: Cast, others: SimpleNamespace) -> None:
    alone = crew.received()
    dossier = consulted(crew, others)
    assert (dossier.due_at, dossier.paused_at, dossier.state) == (alone.due_at, None, State.PROCESSING)


def test_each_answers_by_the_close_of_its_own_office(crew: Cast, others: SimpleNamespace) -> None:
    Unit.objects.filter(pk=others.department.pk).update(hours="07:30-11:30,13:00-17:00")
    Unit.objects.filter(pk=others.commune.pk).update(hours="06:30-10:30,12:00-16:00")
    for unit in (others.department, others.commune):
        unit.refresh_from_db()
    dossier = consulted(crew, others)
    due = [task.due_at for task in dossier.tasks.filter(step__startswith="@y-kien-").order_by("step")]
    assert due == [CLOSE, CLOSE - HOUR]


def test_nobody_is_asked_to_answer_on_its_day_off_or_in_the_past(crew: Cast, others: SimpleNamespace) -> None:
    UnitDay.objects.create(unit=others.commune, day=FRIDAY, working=False, name="Lễ hội", source="1/QĐ")
    with pytest.raises(Refused, match="ngày nghỉ của Xã Mẫu"):
        consulted(crew, others)
    with pytest.raises(Refused, match="phải sau lúc lấy ý kiến"):
        consulted(crew, others, until=day(MONDAY - 3 * DAY))
    assert not any(
        isinstance(f, ConsultationRequested) for d in Dossier.objects.all() for f in log.read(d.stream).facts
    )


def test_who_decides_is_not_asked_and_nobody_twice_at_once(crew: Cast, others: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="đang giải quyết"):
        consulted(crew, others, units=[crew.department])
    dossier = consulted(crew, others, units=[others.commune])
    again = {"content": "Hỏi lại", "until": FRIDAY, "by": crew.officers.handler, "at": MONDAY + 2 * HOUR}
    with pytest.raises(Refused, match="Đang chờ ý kiến của Xã Mẫu"):
        acts.consult(dossier, units=[others.commune], **again)
    reply(dossier, 1, others.local, MONDAY + 3 * HOUR)
    acts.consult(dossier, units=[others.commune], **again | {"at": MONDAY + 4 * HOUR})
    assert [c.number for c in queries.folded(dossier).consultations] == [1, 2]


def test_only_who_was_asked_answers_and_the_answer_is_kept_with_its_position(
    crew: Cast, others: SimpleNamespace
) -> None:
    dossier = consulted(crew, others)
    for stranger in (crew.officers.handler, crew.officers.reception, others.local):
        with pytest.raises(Refused, match="không có thẩm quyền"):
            reply(dossier, 1, stranger, MONDAY + DAY)
    reply(dossier, 1, others.head, MONDAY + DAY, position="disagreed", content="Vướng hành lang đê")
    first, second = queries.folded(dossier).consultations
    assert first.reply
    assert (first.reply.position, first.reply.content, first.open) == (
        "disagreed",
        "Vướng hành lang đê",
        False,
    )
    assert second.open
    assert [t.step for t in dossier.tasks.filter(step__startswith="@y-kien-")] == ["@y-kien-2"]
    with pytest.raises(Refused, match="đã xong lúc 09:00 03/11/2026"):
        reply(dossier, 1, others.handler, MONDAY + 2 * DAY)
    assert agrees()


def test_a_late_answer_is_taken_and_stays_late(crew: Cast, others: SimpleNamespace) -> None:
    dossier = consulted(crew, others)
    reply(dossier, 1, others.handler, CLOSE)
    reply(dossier, 2, others.local, CLOSE + timedelta(minutes=1))
    assert [c.late(CLOSE + 30 * DAY) for c in queries.folded(dossier).consultations] == [False, True]


def test_silence_is_not_consent(crew: Cast, others: SimpleNamespace) -> None:
    dossier = consulted(crew, others)
    silent = queries.folded(dossier).consultations
    assert all(c.open and c.late(CLOSE + DAY) and not c.late(CLOSE) for c in silent)


def finished(crew: Cast, dossier: Dossier, **changes: object) -> None:
    at = MONDAY + 5 * HOUR
    for step in ("tham", "xacminh", "ky", "so"):
        crew.does(dossier, step, at)
    told = {"result": "granted", "number": "1/GXN"} | changes
    acts.finish(dossier, **told, by=crew.officers.clerk, at=at)  # type: ignore[arg-type]


def test_nothing_is_finished_over_the_head_of_who_was_asked_without_saying_why(
    crew: Cast, others: SimpleNamespace
) -> None:
    dossier = consulted(crew, others)
    reply(dossier, 2, others.local, MONDAY + 2 * HOUR)
    with pytest.raises(Refused, match="Chưa có ý kiến của: Sở Láng Giềng"):
        finished(crew, dossier)
    at, clerk = MONDAY + 6 * HOUR, crew.officers.clerk
    acts.finish(dossier, result="granted", number="1/GXN", unheard="Luật cho phép", by=clerk, at=at)
    assert queries.folded(dossier).standing.finished.unheard == "Luật cho phép"  # type: ignore[union-attr]
    assert not dossier.tasks.filter(step__startswith="@y-kien-").exists()
    with pytest.raises(Refused, match="Đã xử lý xong"):
        reply(dossier, 1, others.handler, at + HOUR)
    assert agrees()


def test_a_reason_nobody_asked_for_is_not_kept(crew: Cast, others: SimpleNamespace) -> None:
    dossier = consulted(crew, others, units=[others.commune])
    reply(dossier, 1, others.local, MONDAY + 2 * HOUR)
    finished(crew, dossier, unheard="Không cần")
    assert queries.folded(dossier).standing.finished.unheard == ""  # type: ignore[union-attr]


def test_a_request_is_withdrawn_with_a_reason_by_who_asks(crew: Cast, others: SimpleNamespace) -> None:
    dossier = consulted(crew, others)
    told = {"number": 2, "reason": "Hỏi nhầm nơi", "at": MONDAY + 2 * HOUR}
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.withdraw_consultation(dossier, **told, by=others.local)
    acts.withdraw_consultation(dossier, **told, by=crew.officers.handler)
    with pytest.raises(Refused, match="đã xong"):
        reply(dossier, 2, others.local, MONDAY + 3 * HOUR)
    assert [c.late(CLOSE + DAY) for c in queries.folded(dossier).consultations] == [True, False]
    assert agrees()


def test_an_answer_on_paper_is_written_down_by_who_asked_with_its_number(
    crew: Cast, others: SimpleNamespace
) -> None:
    dossier = consulted(crew, others, units=[others.department], means="document")
    task = dossier.tasks.get(step="@y-kien-1")
    assert (task.unit_id, task.name) == (crew.department.pk, "Ghi ý kiến của Sở Láng Giềng")
    with pytest.raises(Refused, match="không có thẩm quyền"):
        reply(dossier, 1, others.handler, MONDAY + DAY, document="9/CV")
    with pytest.raises(Refused, match="số, ký hiệu văn bản"):
        reply(dossier, 1, crew.officers.handler, MONDAY + DAY)
    reply(dossier, 1, crew.officers.handler, MONDAY + DAY, document="9/CV")
    assert agrees()


def test_who_is_asked_reads_the_dossier_as_long_as_it_is_asked(crew: Cast, others: SimpleNamespace) -> None:
    dossier = consulted(crew, others)
    on = day(MONDAY)

    def readers() -> list[bool]:
        case = queries.folded(Dossier.objects.select_related(*queries.RELATED).get(pk=dossier.pk))
        return [queries.may_read(who, case, on) for who in (others.handler, others.local)]

    assert readers() == [True, True]
    acts.withdraw_consultation(
        dossier, number=2, reason="Nhầm", by=crew.officers.handler, at=MONDAY + 2 * HOUR
    )
    assert readers() == [True, False]


def test_an_opinion_is_awaited_while_the_applicant_supplements(crew: Cast, others: SimpleNamespace) -> None:
    dossier, desk = consulted(crew, others), crew.officers.reception
    acts.request_supplement(dossier, items=["Đơn đề nghị"], reason="Mờ", by=desk, at=MONDAY + 2 * HOUR)
    assert dossier.tasks.filter(step__startswith="@y-kien-").count() == 2
    reply(dossier, 1, others.handler, MONDAY + DAY)
    assert (dossier.state, agrees()) == (State.SUPPLEMENT, True)


def test_every_position_has_its_word() -> None:
    assert list(consultation.POSITIONS) == list(acts.POSITIONS)
