"""A dossier over several agencies: who leads, whose turn, what each took, and the slip that goes with paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.dossiers import acts, agencies, folding, queries
from motcua.dossiers.models import Dossier
from motcua.dossiers.printing import transfer
from motcua.dossiers.printing.forms import NoForm
from motcua.journal import log
from motcua.law.facts import Accepted, Refused, StepDone
from motcua.law.process import Flow, Kind, Node, Process
from motcua.people.models import Officer, Role
from tests import pdf
from tests.cast import MONDAY, Cast, gather, officer, parallel_process, published_process, published_version

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SCAN = ({"code": "", "name": "Đơn đề nghị", "origin": "scan"},)
PAPER = ({"code": "", "name": "Bản đồ", "origin": "paper"},)


def signed_in(who: Officer) -> Client:
    client = Client()
    client.force_login(who)
    return client


def text(response: object) -> str:
    """What a page says, without its tags and line breaks."""
    body = re.sub(r"<(script|style)[\s\S]*?</\1>", "", response.content.decode())  # type: ignore[attr-defined]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def step(name: str, role: Role, hours: int, unit: str = "") -> Node:
    return Node(name, Kind.STEP, f"Bước {name}", role, unit, Decimal(hours))


def over_two_agencies() -> Process:
    """The lead and the commune at once, then the lead signs."""
    nodes = [
        Node("bd", Kind.START),
        step("nhan", Role.RECEPTION, 2),
        Node("tach", Kind.SPLIT),
        step("tham", Role.HANDLER, 8),
        step("xac", Role.HANDLER, 4, "01273"),
        Node("gop", Kind.JOIN),
        step("ky", Role.SIGNER, 4),
        Node("kt", Kind.END),
    ]
    flows = [
        ("bd", "nhan"),
        ("nhan", "tach"),
        ("tach", "tham"),
        ("tach", "xac"),
        ("tham", "gop"),
        ("xac", "gop"),
    ]
    return Process.of(nodes, [Flow(*flow) for flow in [*flows, ("gop", "ky"), ("ky", "kt")]])


@pytest.fixture
def cast() -> Cast:
    return gather(over_two_agencies())


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def to(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    to(MONDAY + HOUR)
    return to


def done(dossier: Dossier, step: str, by: object, hours: float) -> None:
    acts.complete_step(dossier, step=step, by=by, at=MONDAY + hours * HOUR)  # type: ignore[arg-type]


def told(dossier: Dossier) -> agencies.Agencies:
    case = queries.folded(dossier)
    return agencies.Agencies(case, queries.step_units(case))


def test_an_electronic_dossier_waits_at_all_agencies_at_once(cast: Cast) -> None:
    dossier = cast.received(components=SCAN)
    assert {task.step for task in dossier.tasks.all()} == {"tham", "xac"}
    assert told(dossier).hand_overs() == []


def test_paper_handled_side_by_side_before_it_had_to_wait_its_turn_still_loads(cast: Cast) -> None:
    dossier = cast.received(components=SCAN)
    done(dossier, "xac", officer(Role.HANDLER, cast.commune), 1)
    past = log.read(dossier.stream)
    facts = tuple(replace(f, components=PAPER) if isinstance(f, Accepted) else f for f in past.facts)
    case = folding.Folded(dossier, replace(past, facts=facts))
    assert case.marking.steps == ("tham",)
    further = StepDone(at=MONDAY + 2 * HOUR, by="x", step="tham")
    after = case.after(replace(past, facts=(*facts, further), version=past.version + 1))
    assert after.marking.steps == ("ky",)


def test_paper_waits_at_one_agency_and_then_at_the_next(cast: Cast) -> None:
    dossier = cast.received(components=PAPER)
    assert [task.step for task in dossier.tasks.exclude(step__startswith="@")] == ["tham"]
    far = officer(Role.HANDLER, cast.commune)
    with pytest.raises(Refused):
        done(dossier, "xac", far, 1)
    done(dossier, "tham", cast.officers.handler, 1)
    steps = dossier.tasks.exclude(step__startswith="@")
    assert [(task.step, task.unit_id) for task in steps] == [("xac", cast.commune.pk)]
    done(dossier, "xac", far, 2)
    assert [task.step for task in steps.all()] == ["ky"]
    assert list(queries.differing(queries.folded(dossier))) == []


def test_each_hand_over_to_another_agency_has_its_slip(cast: Cast) -> None:
    dossier = cast.received(components=PAPER)
    done(dossier, "tham", cast.officers.handler, 1)
    done(dossier, "xac", officer(Role.HANDLER, cast.commune), 2)
    assert [(h.number, h.giver, h.taker) for h in told(dossier).hand_overs()] == [
        (1, "", "01273"),
        (2, "01273", ""),
    ]
    page = signed_in(cast.officers.handler).get(reverse("transfer", args=[dossier.code, 1]))
    assert page["Content-Type"] == "application/pdf"
    said = " ".join(pdf.text(page.content).split())
    for part in (
        "PHIẾU CHUYỂN XỬ LÝ",
        "Cơ quan chủ trì: Sở Mẫu",
        "Xã Mẫu",
        "Bước xac",
        "4 giờ làm việc",
        "Bản đồ",
    ):
        assert part in said


def test_a_slip_nobody_handed_over_says_so(cast: Cast) -> None:
    dossier = cast.received(components=PAPER)
    with pytest.raises(NoForm):
        transfer.sheet(told(dossier), 1, at=MONDAY, names={})
    page = signed_in(cast.officers.handler).get(reverse("transfer", args=[dossier.code, 1]))
    assert page.status_code == 404
    assert "chưa chuyển từ cơ quan này sang cơ quan khác" in text(page)


def test_the_page_names_the_lead_and_shows_whose_turn_it_is(
    cast: Cast, clock: Callable[[datetime], None]
) -> None:
    dossier = cast.received(components=PAPER)
    done(dossier, "tham", cast.officers.handler, 1)
    clock(MONDAY + 2 * HOUR)
    client = signed_in(cast.officers.handler)
    said = text(client.get(reverse("dossier", args=[dossier.code])))
    assert "Sở Mẫu chủ trì. Hồ sơ giấy: chuyển lần lượt từng cơ quan" in said
    assert "Xã Mẫu Phối hợp, đang đến lượt Đang làm: Bước xac" in said
    assert "Sở Mẫu Chủ trì, đã làm xong lượt" in said
    assert "Đã dùng 1 giờ / 1 ngày 4 giờ làm việc" in said
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(reverse("dossier", args=[dossier.code]))
    assert len(asked) <= 20


def test_an_agency_that_took_longer_than_its_term_is_late(cast: Cast) -> None:
    dossier = cast.received(components=SCAN)
    at = MONDAY + timedelta(days=1)
    lanes = {lane["name"]: lane for lane in agencies.lanes(told(dossier), at)}
    assert (lanes["Xã Mẫu"]["spent"], lanes["Xã Mẫu"]["state"], lanes["Xã Mẫu"]["left"]) == (
        480,
        "overdue",
        -240,
    )
    assert lanes["Sở Mẫu"]["state"] == "running"


def test_waiting_for_the_applicant_is_not_time_an_agency_took(cast: Cast) -> None:
    dossier = cast.received(components=SCAN)
    asked = MONDAY + HOUR
    acts.request_supplement(
        dossier, items=["Đơn đề nghị"], reason="Thiếu chữ ký", by=cast.officers.reception, at=asked
    )
    at = MONDAY + timedelta(days=2)
    lanes = {lane["name"]: lane for lane in agencies.lanes(told(dossier), at)}
    assert (lanes["Sở Mẫu"]["spent"], lanes["Sở Mẫu"]["state"]) == (60, "paused")


def test_a_dossier_of_one_agency_shows_no_lanes(cast: Cast) -> None:
    other = gather_one(cast)
    said = text(signed_in(cast.officers.handler).get(reverse("dossier", args=[other.code])))
    assert "đang đến lượt" not in said
    assert "chủ trì. Hồ sơ" not in said


def gather_one(cast: Cast) -> Dossier:
    """A dossier of a procedure with the department alone."""
    version = published_version("5", "ngày làm việc", "1.000002")
    published_process(version.procedure, parallel_process())
    return cast.received(version=version)


# The list


def codes(who: Officer, query: str = "") -> list[str]:
    """The dossiers the list of several agencies shows."""
    body = signed_in(who).get(f"/lien-thong/ho-so/{query}").content.decode()
    return re.findall(r'class="table-main code" href="/ho-so/([^/]+)/"', body)


def test_an_agency_that_is_asked_finds_the_dossier_before_its_turn(cast: Cast) -> None:
    far = officer(Role.HANDLER, cast.commune)
    alone, dossier = gather_one(cast), cast.received(components=PAPER)
    assert codes(far) == [dossier.code]
    assert codes(far, "?luot=den-luot") == []
    assert codes(cast.officers.handler) == [dossier.code]
    assert alone.code not in codes(cast.officers.handler)
    done(dossier, "tham", cast.officers.handler, 1)
    assert codes(far, "?luot=den-luot") == [dossier.code]
    assert signed_in(far).get(reverse("dossier", args=[dossier.code])).status_code == 200


def test_who_has_no_step_in_it_does_not_find_it(cast: Cast) -> None:
    cast.received(components=SCAN)
    stranger = officer(Role.HANDLER, cast.province)
    assert codes(stranger) == []
    said = text(signed_in(stranger).get("/lien-thong/ho-so/"))
    assert "Không có hồ sơ nào như vậy" in said


def test_what_is_done_is_found_on_asking(cast: Cast) -> None:
    dossier = cast.received(components=SCAN)
    acts.withdraw(dossier, reason="Đổi ý", by=None, at=MONDAY + HOUR)
    assert codes(cast.officers.handler) == []
    assert codes(cast.officers.handler, "?luot=xong") == [dossier.code]


def test_the_list_is_read_page_by_page_at_a_flat_cost(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("motcua.dossiers.cooperation.PAGE", 2)
    made = [cast.received(components=SCAN).code for _ in range(5)]
    client, shown, address = signed_in(cast.officers.handler), [], "/lien-thong/ho-so/"
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    assert len(asked) <= 20
    while address:
        body = client.get(address).content.decode()
        shown += re.findall(r'class="table-main code" href="/ho-so/([^/]+)/"', body)
        onward = re.search(r'rel="next" href="([^"]+)"', body)
        address = f"/lien-thong/ho-so/{onward[1]}" if onward else ""
    assert shown == made[::-1]
