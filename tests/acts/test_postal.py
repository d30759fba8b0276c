"""A month of an operator is counted from what its officers did, at the rate of each day, and accepted by another."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from motcua.dossiers import acts as dossiers
from motcua.dossiers.models import Dossier
from motcua.journal import log
from motcua.law import postal as law
from motcua.law.calendar import TZ
from motcua.law.facts import Refused, ResultReturned
from motcua.people.models import DeskService, Officer, Post, Role, Unit
from motcua.scores.models import ServiceLine, ServiceRate, ServiceRow, ServiceSheet
from motcua.scores.periods import Period
from motcua.scores.postal import acts, counting
from motcua.scores.postal.models import Activity, SheetState
from tests import cast as casting
from tests.cast import Cast

pytestmark = pytest.mark.django_db

OCTOBER = Period.parse("2026-10")
AT = datetime(2026, 11, 2, 9, 0, tzinfo=TZ)
FIRST, LATER = date(2026, 10, 1), date(2026, 10, 15)
EARLY, LATE = datetime(2026, 10, 6, 9, 0, tzinfo=TZ), datetime(2026, 10, 20, 9, 0, tzinfo=TZ)


@pytest.fixture
def cast() -> Cast:
    found = casting.gather()
    found.officers.chief = casting.officer(Role.HEAD, found.province, "chu-tich")
    found.officers.postman = casting.operator(found, found.department)
    return found


@pytest.fixture
def operator(cast: Cast) -> Unit:
    return Unit.objects.get(code="BD")


def rate(
    cast: Cast, activity: Activity = Activity.RECEIVE, amount: int | None = 5000, **said: Any
) -> ServiceRate:
    told = {"minutes": None, "since": FIRST, "document": "9/QĐ-UBND", "decided_on": FIRST} | said
    return acts.set_rate(activity, amount=amount, **told, by=cast.officers.controller, at=AT)


def received(cast: Cast, at: datetime, by: Officer | None = None, **changes: Any) -> Dossier:
    return dossiers.receive(cast.filing(**changes), by=by or cast.officers.postman, at=at)


def counted(operator: Unit) -> dict[tuple[str, int | None], int]:
    lines = counting.lines(operator, OCTOBER.window(AT))
    return {(line.activity.value, line.rate.amount if line.rate else None): line.quantity for line in lines}


def proposed(cast: Cast, operator: Unit, **said: Any) -> ServiceSheet:
    return acts.propose(operator, OCTOBER, by=cast.officers.controller, at=AT, **said)


def accepted(cast: Cast, operator: Unit, **said: Any) -> ServiceSheet:
    made = proposed(cast, operator, **said)
    acts.accept(made, by=cast.officers.chief, at=AT)
    return ServiceSheet.objects.get(pk=made.pk)


# Đếm


def test_receptions_and_scanned_papers_are_counted_by_who_did_them(cast: Cast, operator: Unit) -> None:
    papers = [
        {"name": "A", "origin": "scan"},
        {"name": "B", "origin": "scan"},
        {"name": "C", "origin": "paper"},
    ]
    received(cast, EARLY, components=tuple(papers))
    received(cast, LATE, components=({"name": "A", "origin": "population"},))
    received(cast, LATE, by=cast.officers.reception, components=tuple(papers))
    assert counted(operator) == {("receive", None): 2, ("digitise", None): 2}


def test_guidance_is_counted_where_it_was_kept(cast: Cast, operator: Unit) -> None:
    for by in (cast.officers.postman, cast.officers.reception):
        asking = dossiers.Asking(uuid4(), cast.version, cast.department, dossiers.Applicant(name="Người Hỏi"))
        dossiers.guide(asking, missing=[], content="Mang theo đơn", by=by, at=EARLY)
    assert counted(operator) == {("guide", None): 1}


def test_only_the_first_handing_out_of_a_dossier_counts(
    cast: Cast, operator: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = cast.officers.postman.username
    made = received(cast, datetime(2026, 9, 7, 9, 0, tzinfo=TZ))
    Dossier.objects.filter(pk=made.pk).update(ended_at=EARLY, returned_at=EARLY)
    handed = [
        log.Told(made.stream, 9 + turn, ResultReturned.__name__, {"means": "counter"}, at, by)
        for turn, at in enumerate((EARLY, LATE))
    ]
    monkeypatch.setattr(log, "of_kinds", lambda kinds, streams: iter(handed))
    assert counted(operator) == {("return", None): 1}


def test_what_was_done_in_another_month_is_of_that_month(cast: Cast, operator: Unit) -> None:
    received(cast, datetime(2026, 9, 30, 9, 0, tzinfo=TZ))
    assert counted(operator) == {}


def test_each_thing_is_counted_at_the_rate_of_its_day(cast: Cast, operator: Unit) -> None:
    rate(cast, amount=5000)
    rate(cast, amount=6000, since=LATER)
    received(cast, EARLY, components=())
    received(cast, LATE, components=())
    received(cast, LATE + timedelta(minutes=1), components=())
    assert counted(operator) == {("receive", 5000): 1, ("receive", 6000): 2}
    assert counting.lines(operator, OCTOBER.window(AT))[1].amount == 12000


def test_days_without_a_rate_are_told_and_nothing_is_guessed(cast: Cast, operator: Unit) -> None:
    rate(cast, since=LATER)
    received(cast, EARLY, components=())
    received(cast, LATE, components=())
    lines = counting.lines(operator, OCTOBER.window(AT))
    assert [(line.quantity, line.amount) for line in lines] == [(1, None), (1, 5000)]


def test_a_rate_in_minutes_alone_gives_minutes_and_no_money(cast: Cast, operator: Unit) -> None:
    rate(cast, amount=None, minutes=Decimal("7.5"))
    received(cast, EARLY, components=())
    (line,) = counting.lines(operator, OCTOBER.window(AT))
    assert (line.minutes, line.amount) == (Decimal("7.5"), None)


def test_what_somebody_did_before_working_there_is_not_the_operators(cast: Cast, operator: Unit) -> None:
    received(cast, EARLY, components=())
    Post.objects.filter(officer=cast.officers.postman).update(valid_from=LATER)
    assert counted(operator) == {}


# Định mức


def test_the_rate_before_ends_when_the_next_begins(cast: Cast) -> None:
    first, second = rate(cast), rate(cast, since=LATER)
    assert ServiceRate.objects.get(pk=first.pk).valid_to == LATER
    assert second.valid_to is None


def test_two_rates_of_one_day_are_refused(cast: Cast) -> None:
    rate(cast, until=LATER)
    with pytest.raises(Refused, match="đã có định mức"):
        rate(cast, since=date(2026, 10, 10))
    with pytest.raises(IntegrityError, match="one_rate_to_receive"), transaction.atomic():
        ServiceRate.objects.create(
            activity="receive",
            amount=1,
            valid_from=FIRST,
            document="x",
            decided_on=FIRST,
            by=cast.officers.controller,
            at=AT,
        )


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"amount": None}, "đơn giá hoặc số phút"),
        ({"document": " "}, "số quyết định"),
        ({"until": FIRST}, "phải sau ngày áp dụng"),
    ],
)
def test_a_rate_says_what_when_and_by_which_decision(cast: Cast, said: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        rate(cast, **said)


def test_only_the_control_of_procedures_writes_rates_down(cast: Cast) -> None:
    cast.officers.controller = cast.officers.head
    with pytest.raises(Refused, match="không có thẩm quyền"):
        rate(cast)


def test_a_rate_no_sheet_used_may_be_dropped_and_another_only_ended(cast: Cast, operator: Unit) -> None:
    by = cast.officers.controller
    unused, used = rate(cast, Activity.GUIDE), rate(cast)
    acts.drop_rate(unused, by=by, at=AT)
    assert not ServiceRate.objects.filter(pk=unused.pk).exists()
    received(cast, LATE, components=())
    accepted(cast, operator)
    with pytest.raises(Refused, match="Đã có biên bản dùng"):
        acts.drop_rate(used, by=by, at=AT)
    with pytest.raises(Refused, match="đến ngày 20/10/2026"):
        acts.end_rate(used, on=LATE.date(), by=by, at=AT)
    acts.end_rate(used, on=date(2026, 10, 21), by=by, at=AT)


# Biên bản


def test_a_sheet_keeps_its_lines_with_everything_behind_them(cast: Cast, operator: Unit) -> None:
    rate(cast)
    own = [received(cast, EARLY), received(cast, LATE)]
    made = accepted(cast, operator)
    receive, digitise = made.lines.order_by("pk")
    assert (receive.quantity, receive.amount, digitise.amount) == (2, 10000, None)
    assert list(receive.rows.values_list("dossier", flat=True)) == [dossier.pk for dossier in own]
    assert sum(digitise.rows.values_list("quantity", flat=True)) == digitise.quantity
    assert (made.state, made.decided_by) == (SheetState.ACCEPTED, cast.officers.chief)
    assert [entry.kind for entry in log.history(law.STREAM)][-2:] == ["SheetProposed", "SheetAccepted"]


def test_nobody_accepts_his_own_sheet(cast: Cast, operator: Unit) -> None:
    received(cast, EARLY)
    both = cast.officers.controller
    Post.objects.filter(officer=cast.officers.chief).update(officer=both)
    made = proposed(cast, operator)
    with pytest.raises(Refused, match="lập biên bản này nên không nghiệm thu"):
        acts.accept(made, by=Officer.objects.get(pk=both.pk), at=AT)
    with pytest.raises(IntegrityError, match="nobody_accepts_his_own_sheet"), transaction.atomic():
        ServiceSheet.objects.filter(pk=made.pk).update(state="accepted", decided_by=both, decided_at=AT)


def test_only_the_head_of_the_unit_or_the_province_accepts(cast: Cast, operator: Unit) -> None:
    received(cast, EARLY)
    made = proposed(cast, operator)
    stranger = casting.officer(Role.HEAD, cast.commune, "xa")
    with pytest.raises(Refused, match="không có thẩm quyền nghiệm thu"):
        acts.accept(made, by=stranger, at=AT)
    acts.accept(made, by=cast.officers.head, at=AT)
    with pytest.raises(Refused, match="đã nghiệm thu"):
        acts.accept(made, by=cast.officers.chief, at=AT)


def test_a_sheet_whose_count_has_changed_is_not_accepted(cast: Cast, operator: Unit) -> None:
    received(cast, EARLY)
    made = proposed(cast, operator)
    rate(cast)
    with pytest.raises(Refused, match="trả lại và lập lại"):
        acts.accept(made, by=cast.officers.chief, at=AT)
    acts.send_back(made, reason="Đã có đơn giá", by=cast.officers.chief, at=AT)
    assert accepted(cast, operator).version == 2


def test_a_month_that_goes_on_or_has_nothing_makes_no_sheet(cast: Cast, operator: Unit) -> None:
    with pytest.raises(Refused, match="không làm việc nào"):
        proposed(cast, operator)
    with pytest.raises(Refused, match="chưa hết"):
        acts.propose(operator, OCTOBER.next, by=cast.officers.controller, at=AT)
    received(cast, EARLY)
    proposed(cast, operator)
    with pytest.raises(Refused, match="còn chờ nghiệm thu"):
        proposed(cast, operator)


def test_an_accepted_sheet_is_mended_by_a_new_one_that_names_it(cast: Cast, operator: Unit) -> None:
    received(cast, EARLY, components=())
    first = accepted(cast, operator)
    with pytest.raises(Refused, match="không có gì để sửa"):
        proposed(cast, operator, reason="Sửa")
    rate(cast)
    with pytest.raises(Refused, match="ghi sửa gì"):
        proposed(cast, operator)
    second = accepted(cast, operator, reason="Đơn giá ban hành sau khi nghiệm thu")
    assert (second.corrects, second.version) == (first, 2)
    assert [line.amount for sheet in (first, second) for line in sheet.lines.all()] == [None, 5000]


def test_a_returned_sheet_counts_for_nothing(cast: Cast, operator: Unit) -> None:
    received(cast, EARLY)
    made = proposed(cast, operator)
    with pytest.raises(Refused, match="ghi lý do"):
        acts.send_back(made, reason=" ", by=cast.officers.chief, at=AT)
    acts.send_back(made, reason="Lập nhầm", by=cast.officers.controller, at=AT)
    again = proposed(cast, operator)
    assert (again.version, again.corrects) == (2, None)


def test_what_was_accepted_cannot_be_changed_in_the_database_either(cast: Cast, operator: Unit) -> None:
    used = rate(cast)
    received(cast, EARLY, components=())
    made = accepted(cast, operator)
    line = made.lines.get()
    tries = [
        lambda: ServiceSheet.objects.filter(pk=made.pk).update(state="returned"),
        lambda: ServiceSheet.objects.filter(pk=made.pk).delete(),
        lambda: ServiceLine.objects.filter(pk=line.pk).update(quantity=7),
        lambda: ServiceRow.objects.filter(line=line).update(quantity=7),
        lambda: ServiceRow.objects.filter(line=line).delete(),
        lambda: ServiceLine.objects.create(sheet=made, activity="guide", quantity=1),
        lambda: ServiceRate.objects.filter(pk=used.pk).update(amount=1),
        lambda: ServiceRate.objects.filter(pk=used.pk).update(valid_to=date(2026, 10, 2)),
    ]
    for change in tries:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_desks_of_another_operator_are_not_counted(cast: Cast, operator: Unit) -> None:
    other = casting.operator(cast, cast.commune, code="BD2")
    received(cast, EARLY, by=other, receiving_unit=cast.commune, components=())
    assert counted(operator) == {}
    assert counted(Unit.objects.get(code="BD2")) == {("receive", None): 1}
    assert DeskService.objects.count() == 2
