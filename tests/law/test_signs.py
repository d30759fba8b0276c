"""The signs that give reason to ask: each from facts alone, each once, none where nothing is to be asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from motcua.law import clock, process, signs
from motcua.law.calendar import TZ, Calendar
from motcua.law.facts import (
    Accepted,
    ConsultationReplied,
    ConsultationRequested,
    Fact,
    FeePaid,
    Filed,
    Finished,
    HandedOver,
    HandoverAccepted,
    SentBack,
    StepDone,
    Stopped,
    SupplementProposed,
    SupplementReceived,
    SupplementRequested,
    Withdrawn,
)
from motcua.law.process import Kind as Node
from motcua.law.process import Process
from motcua.law.signs import Kind, Story

OFFICE = Calendar()
FIVE = clock.TimeLimit.parse("5 ngày làm việc")
LINE = Process.sequence(
    process.Node(step, Node.STEP, name=step, role="handler", hours=8) for step in ("a", "b", "c")
)


def on(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment of November 2026; the 2nd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=TZ)


def accepted(channel: str = "direct", day: int = 2) -> Accepted:
    return Accepted(
        at=on(day), by="mot-cua", channel=channel, limit=str(FIVE), rules_day="2026-11-02", due=""
    )


def done(step: str, at: datetime, by: str = "thu-ly") -> StepDone:
    return StepDone(at=at, by=by, step=step)


def told(*facts: Fact, now: datetime | None = None, **changes: Any) -> list[signs.Sign]:
    """The signs of a dossier of these facts; each was written down when it happened."""
    now = now or facts[-1].at
    rules = clock.rules(on(2).date())
    reading = clock.read(facts, limit=FIVE, calendar=OFFICE, rules=rules, now=now)
    story = {
        "facts": facts,
        "turns": process.run(LINE, facts).turns,
        "process": LINE,
        "calendar": OFFICE,
        "rules": rules,
        "due": reading.due,
        "published": {"Đơn", "Bản vẽ"},
        "recorded": [fact.at for fact in facts],
        "recorded_since": on(1),
    }
    return signs.signs(Story(**(story | changes)), now)


def kinds(*facts: Fact, **changes: Any) -> list[Kind]:
    return [sign.kind for sign in told(*facts, **changes)]


def test_a_dossier_handled_as_it_should_be_gives_no_reason_to_ask() -> None:
    facts = [accepted(), done("a", on(2, 15)), done("b", on(3, 15)), done("c", on(4, 15))]
    assert told(*facts, Finished(at=on(4, 16), by="van-thu", result="granted", number="1"), now=on(20)) == []


def test_a_step_that_lies_beyond_its_term_untouched_is_asked_about_with_its_moments() -> None:
    [sign] = told(accepted(), done("a", on(2, 10)), now=on(5))
    assert (sign.kind, sign.step, sign.at) == (Kind.IDLE, "b", on(4, 10))
    assert "10:00 02/11/2026" in sign.what
    assert "10:00 04/11/2026" in sign.what
    assert "8 giờ làm việc" in sign.what


def test_a_step_somebody_worked_at_is_late_but_not_idle() -> None:
    facts = [accepted(), done("a", on(2, 10)), HandedOver(at=on(2, 15), by="x", step="b", officer="y")]
    assert kinds(*facts, now=on(5)) == []


def test_what_the_applicant_does_does_not_touch_a_step() -> None:
    paid = FeePaid(at=on(2, 15), by="citizen", amount=1, means="bank")
    assert kinds(accepted(), done("a", on(2, 10)), paid, now=on(5)) == [Kind.IDLE]


def test_a_result_nobody_fetched_is_not_an_idle_step() -> None:
    facts = [accepted(), done("a", on(2, 15)), done("b", on(3, 15))]
    finished = Finished(at=on(4, 10), by="van-thu", result="granted", number="1")
    assert kinds(*facts, finished, now=on(30)) == []


def test_a_step_passed_to_and_fro_between_two_officers_is_asked_about_once() -> None:
    facts: list[Fact] = [accepted()]
    for n, (giver, taker) in enumerate([("x", "y"), ("y", "x"), ("x", "y")]):
        facts.append(HandedOver(at=on(2, 10, n * 2), by=giver, step="a", officer=taker))
        facts.append(HandoverAccepted(at=on(2, 10, n * 2 + 1), by=taker, step="a"))
    [sign] = told(*facts)
    assert (sign.kind, sign.by, sign.version) == (Kind.PASSED_AROUND, "y", 4)


def test_sending_back_and_forth_between_the_same_steps_is_asked_about() -> None:
    facts = [accepted(), done("a", on(2, 10))]
    facts += [SentBack(at=on(2, 11), by="x", step="b", to="a", reason="thiếu"), done("a", on(2, 14))]
    assert kinds(*facts) == []
    facts += [SentBack(at=on(2, 15), by="x", step="b", to="a", reason="thiếu")]
    assert kinds(*facts) == [Kind.PASSED_AROUND]


@pytest.mark.parametrize("reply_day", [None, 6])
def test_an_opinion_that_comes_late_or_not_at_all_is_asked_of_the_agency(reply_day: int | None) -> None:
    asked = ConsultationRequested(
        at=on(2, 10), by="x", number=1, unit="04.06", content="?", due=on(4).isoformat(), means="system"
    )
    facts: list[Fact] = [accepted(), done("a", on(2, 9, 30)), asked, done("b", on(2, 16)), done("c", on(3))]
    if reply_day:
        facts.append(
            ConsultationReplied(at=on(reply_day), by="z", number=1, position="agreed", content="đồng ý")
        )
    facts.append(Finished(at=on(6, 16), by="v", result="granted", number="1"))
    late = [sign for sign in told(*facts) if sign.kind is Kind.LATE_OPINION]
    assert [(sign.unit, sign.by) for sign in late] == [("04.06", "z" if reply_day else "")]
    open_ = [sign for sign in told(*facts[:3], now=on(5)) if sign.kind is Kind.LATE_OPINION]
    assert [sign.unit for sign in open_] == ["04.06"]
    assert "chưa trả lời" in open_[0].what


def test_a_supplement_asked_on_the_last_day_is_asked_about() -> None:
    def asked(day: int) -> list[Kind]:
        request = SupplementRequested(at=on(day), by="m", phase="appraisal", items=("Đơn",), reason="mờ")
        return [kind for kind in kinds(accepted(), request) if kind is Kind.SUPPLEMENT_LAST_DAY]

    assert [asked(3), asked(4), asked(5)] == [[], [], [Kind.SUPPLEMENT_LAST_DAY]]


def test_a_second_request_or_proposal_is_asked_about() -> None:
    request = SupplementRequested(at=on(3), by="m", phase="appraisal", items=("Đơn",), reason="mờ")
    given = SupplementReceived(at=on(4), by="m")
    again = SupplementRequested(at=on(4, 10), by="m", phase="appraisal", items=("Bản vẽ",), reason="thiếu")
    assert kinds(accepted(), request, given) == []
    assert kinds(accepted(), request, given, again) == [Kind.SUPPLEMENT_AGAIN]
    proposals = [SupplementProposed(at=on(2, 10 + n), by="h", items=("Đơn",), reason="mờ") for n in range(2)]
    assert kinds(accepted(), *proposals) == [Kind.SUPPLEMENT_AGAIN]


def test_a_paper_the_catalogue_does_not_list_is_named() -> None:
    request = SupplementRequested(at=on(3), by="m", phase="appraisal", items=("Đơn", "Giấy lạ"), reason="?")
    [sign] = told(accepted(), request)
    assert sign.kind is Kind.OUTSIDE_CATALOGUE
    assert "Giấy lạ" in sign.what
    assert "Đơn;" not in sign.what


def test_paper_received_and_nothing_recorded_is_asked_about_but_not_online() -> None:
    assert Kind.SILENT not in kinds(accepted(), now=on(5, 16))
    assert Kind.SILENT in kinds(accepted(), now=on(6, 9))
    assert Kind.SILENT not in kinds(accepted("online"), now=on(6, 9))
    assert Kind.SILENT not in kinds(accepted(), done("a", on(4)), now=on(12))


def test_all_steps_typed_in_at_one_go_days_later_are_asked_about() -> None:
    late = [accepted(), *(done(step, on(5, 16, n)) for n, step in enumerate("abc"))]
    assert Kind.GATHERED in kinds(*late)
    spread = [accepted(), done("a", on(3)), done("b", on(4)), done("c", on(5))]
    assert Kind.GATHERED not in kinds(*spread)
    same_day = [accepted(), *(done(step, on(2, 16, n)) for n, step in enumerate("abc"))]
    assert kinds(*same_day) == []


@pytest.mark.parametrize("ending", [Stopped, Withdrawn])
@pytest.mark.parametrize(("day", "asked"), [(5, False), (6, True), (9, True), (10, False)])
def test_a_dossier_stopped_just_before_it_is_due_is_asked_about(
    ending: type[Fact], day: int, asked: bool
) -> None:
    # Due on Monday the 9th: the 6th is the working day before it, and the 10th is too late to hide anything.
    stopped = ending(at=on(day), by="h", reason="không đủ")  # type: ignore[call-arg]
    assert (Kind.STOPPED_BEFORE_DUE in kinds(accepted(), stopped)) is asked
    request = SupplementRequested(at=on(3), by="m", phase="appraisal", items=("Đơn",), reason="mờ")
    assert kinds(accepted(), request, stopped) == []


def test_a_fact_written_down_after_it_happened_is_asked_about_unless_it_was_brought_from_elsewhere() -> None:
    facts = [Filed(at=on(2), by="m", channel="direct"), accepted()]
    recorded = [on(2), on(2) + timedelta(minutes=61)]
    [sign] = told(*facts, recorded=recorded)
    assert (sign.kind, sign.version, sign.by) == (Kind.LATE_RECORD, 2, "mot-cua")
    assert told(*facts, recorded=[on(2), on(2) + timedelta(minutes=60)]) == []
    assert told(*facts, recorded=recorded, recorded_since=on(3)) == []


def test_the_same_facts_give_the_same_signs_under_different_keys() -> None:
    facts = [accepted(), *(done(step, on(9, 16, n)) for n, step in enumerate("abc"))]
    found = told(*facts)
    assert found == told(*facts)
    assert len({(sign.kind, sign.key) for sign in found}) == len(found)
