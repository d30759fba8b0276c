"""What a postal operator's officer finds: the pages of the desks they serve, and every other page shut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from motcua.dossiers import acts
from motcua.people.models import DeskService, Role, Unit
from motcua.people.views.guarding import PAGES
from tests import cast as casting
from tests.cast import MONDAY, Cast, gather, officer, operator
from tests.pages.test_dossiers_pages import signed_in, text

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY)


@pytest.fixture
def cast() -> Cast:
    return gather()


SAMPLES = {"UUIDConverter": UUID(int=5), "IntConverter": 1}


def shut(patterns: Any = None) -> Iterator[tuple[str, str]]:
    """Every page that is not an operator's, by name, with an address it might have."""
    for each in patterns or get_resolver().url_patterns:
        if isinstance(each, URLResolver):
            yield from shut(each.url_patterns)
        elif isinstance(each, URLPattern) and each.name and each.name not in PAGES:
            asked = each.pattern.converters
            said = {key: SAMPLES.get(type(kind).__name__, "x") for key, kind in asked.items()}
            with suppress(NoReverseMatch):
                yield each.name, reverse(each.name, kwargs=said)


def test_every_page_but_those_of_its_desks_is_shut(cast: Cast) -> None:
    """A page that is new is shut until somebody says that an operator needs it."""
    client = signed_in(operator(cast, cast.department))
    answers = {name: client.get(address).status_code for name, address in shut()}
    assert len(answers) > 200
    assert {name for name, status in answers.items() if status != 403} == set()


@pytest.mark.parametrize("name", ["reception", "guidance", "calling", "dossiers", "procedures", "account"])
def test_the_pages_of_its_desks_are_open(cast: Cast, name: str) -> None:
    assert signed_in(operator(cast, cast.department)).get(reverse(name)).status_code == 200


def test_the_menu_offers_what_is_open_and_nothing_else(cast: Cast) -> None:
    page = signed_in(operator(cast, cast.department)).get(reverse("reception"))
    assert [entry["label"] for entry in page.context["nav"]] == ["Tiếp nhận", "Gọi số", "Hồ sơ", "Thủ tục"]


def test_the_first_page_is_the_counter_and_without_a_desk_the_account(cast: Cast) -> None:
    who = operator(cast, cast.department)
    client = signed_in(who)
    assert client.get(reverse("home")).headers["Location"] == reverse("reception")
    DeskService.objects.all().delete()
    assert client.get(reverse("home")).headers["Location"] == reverse("account")


def test_the_counter_offers_no_refusal_and_no_fee(cast: Cast) -> None:
    told = {"do": "xem", "procedure": cast.version.procedure.code, "channel": "direct"}
    page = signed_in(operator(cast, cast.department)).post(reverse("reception"), told)
    assert not any(f'value="{wish}"' in page.content.decode() for wish in ("tu-choi", "bo-sung", "tra-ngay"))
    assert 'name="paid"' not in page.content.decode()
    agency = signed_in(cast.officers.reception).post(reverse("reception"), told).content.decode()
    assert 'value="tu-choi"' in agency
    assert 'name="paid"' in agency


def test_only_dossiers_received_at_its_desks_are_shown(cast: Cast) -> None:
    who, elsewhere = operator(cast, cast.department), operator(cast, cast.commune, code="BD2")
    own = acts.receive(cast.filing(), by=who, at=MONDAY)
    other = acts.receive(cast.filing(receiving_unit=cast.commune), by=elsewhere, at=MONDAY)
    client = signed_in(who)
    assert client.get(reverse("dossier", args=[own.code])).status_code == 200
    assert client.get(reverse("dossier", args=[other.code])).status_code == 403
    listed = text(client.get(reverse("dossiers")))
    assert own.code in listed
    assert other.code not in listed


def test_a_dossier_offers_nothing_that_is_the_agencys(cast: Cast) -> None:
    who = operator(cast, cast.department)
    own = acts.receive(cast.filing(), by=who, at=MONDAY)
    page = signed_in(who).get(reverse("dossier", args=[own.code]))
    offered = [each["label"] for each in (*page.context["allowed"], *page.context["refused"])]
    assert set(offered) <= {"Tiếp nhận hồ sơ", "Nhận hồ sơ bổ sung", "Trả kết quả"}


def test_the_account_says_where_each_power_reaches(cast: Cast) -> None:
    page = text(signed_in(operator(cast, cast.department)).get(reverse("account")))
    assert f"chỉ {cast.department.name}" in page


def test_a_desk_is_given_and_taken_back_on_the_operators_page(cast: Cast) -> None:
    operator(cast)
    company, keeper = Unit.objects.get(code="BD"), officer(Role.ADMIN, cast.province, "quan-tri")
    client = signed_in(keeper)
    said = {
        "desk": cast.commune.code,
        "since": "2026-11-02",
        "document": "12/HĐ-BĐ",
        "decided_on": "2026-11-01",
    }
    wrong = client.post(reverse("give-desk", args=["BD"]), said | {"document": ""})
    assert "Hãy nhập số quyết định hoặc hợp đồng" in text(wrong)
    assert client.post(reverse("give-desk", args=["BD"]), said).status_code == 302
    shown = text(client.get(reverse("unit", args=["BD"])))
    assert "12/HĐ-BĐ" in shown
    assert "Xã Mẫu" in shown
    assert company.name in text(client.get(reverse("unit", args=[cast.commune.code])))
    service = DeskService.objects.get()
    end = {"on": (TODAY + timedelta(1)).isoformat(), "document": "13/HĐ-BĐ"}
    assert client.post(reverse("end-desk", args=[service.pk]), end).status_code == 302
    told = text(client.get(reverse("changes")))
    assert "Thôi giao Bộ phận Một cửa" in told
    assert company.name in told


def test_an_agency_gives_no_desk(cast: Cast) -> None:
    client = signed_in(officer(Role.ADMIN, cast.province, "quan-tri"))
    assert client.get(reverse("give-desk", args=[cast.commune.code])).status_code == 404
    casting.operator(cast)
    head = signed_in(cast.officers.head)
    assert head.get(reverse("give-desk", args=["BD"])).status_code == 403


def test_forms_of_the_agency_are_shut_also_when_they_are_sent(cast: Cast) -> None:
    """A form that was refused shows itself again, with the officers of the agency and how much each has to do."""
    who = operator(cast, cast.department)
    own = acts.receive(cast.filing(), by=who, at=MONDAY)
    client = signed_in(who)
    for deed in ("phan-cong", "chuyen-nguoi", "ky-duyet", "lay-y-kien", "thu-phi"):
        address = reverse("deed", args=[own.code, deed])
        assert [client.get(address).status_code, client.post(address).status_code] == [403, 403]
    assert client.get(reverse("deed", args=[own.code, "tra-ket-qua"])).status_code == 200


def test_a_dossier_tells_nothing_the_agency_says_to_itself(cast: Cast) -> None:
    who, at = operator(cast, cast.department), MONDAY
    own = acts.receive(cast.filing(), by=who, at=at)
    acts.complete_step(own, step="giao", by=cast.officers.assigner, at=at)
    draft = {"result": "refused", "summary": "Thảo từ chối", "reason": "Không đủ điều kiện"}
    acts.propose_result(own, **draft, by=cast.officers.handler, at=at)
    address = reverse("dossier", args=[own.code])
    pages = [text(signed_in(by).get(address)) for by in (who, cast.officers.reception)]
    assert ["Thảo từ chối" in page for page in pages] == [False, True]
    assert ["Tiếp nhận hồ sơ" in page for page in pages] == [True, True]


def test_the_counter_tells_no_guidance_of_other_desks(cast: Cast) -> None:
    who, elsewhere = operator(cast, cast.department), operator(cast, cast.commune, code="BD2")
    person = acts.Applicant(name="Nông Thị Mẫu", identity="004090000001")
    asking = acts.Asking(UUID(int=7), cast.version, cast.commune, person)
    given = acts.guide(asking, missing=[], content="Mang theo đơn", by=elsewhere, at=MONDAY)
    told = {"do": "xem", "procedure": cast.version.procedure.code, "identity": person.identity}
    found = [
        signed_in(by).post(reverse("reception"), told).context["before"]
        for by in (who, elsewhere, cast.officers.reception)
    ]
    assert found == [None, given, given]


def test_no_page_leads_where_an_operator_may_not_go(cast: Cast) -> None:
    who = operator(cast, cast.department)
    own = acts.receive(cast.filing(), by=who, at=MONDAY)
    client = signed_in(who)
    pages = [client.get(address) for address in (reverse("dossier", args=[own.code]), reverse("dossiers"))]
    ours = {
        address
        for page in pages
        for address in re.findall(r'(?:href|hx-get)="(/[^"?#]*)', page.content.decode())
        if not address.startswith("/tinh/") and address != reverse("sign-out")
    }
    assert {address for address in ours if client.get(address).status_code == 403} == set()
