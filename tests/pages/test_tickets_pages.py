"""The pages of the queue: a number taken by anybody, called by the desk, shown on the screen."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.people.models import Role, Unit, UnitKind
from motcua.tickets import acts
from motcua.tickets.models import Ticket
from tests.cast import MONDAY, Cast, gather, officer
from tests.pages.test_dossiers_pages import markup, signed_in, text

pytestmark = pytest.mark.django_db
DESK = "04.05"


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time goes on by a second whenever somebody asks."""
    seconds = count(3600)
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY + timedelta(seconds=next(seconds)))


def test_anybody_takes_a_number_and_sees_how_many_are_ahead(cast: Cast, client: Client) -> None:
    assert "Sở Mẫu" in text(client.get("/lay-so/"))
    acts.take(cast.department, at=MONDAY)
    answer = client.post(reverse("kiosk", args=[DESK]), follow=True)
    assert "Số 2" in text(answer)
    assert "Còn 1 người trước bạn" in text(answer)
    assert Ticket.objects.count() == 2


def test_a_commune_is_entered_by_its_centre_alone(cast: Cast, client: Client) -> None:
    officer(Role.RECEPTION, cast.commune, "quay-xa")
    assert "Xã Mẫu" in text(client.get("/lay-so/"))
    centre = Unit.objects.create(
        code="01273.90",
        name="Trung tâm Phục vụ hành chính công xã",
        kind=UnitKind.CENTRE,
        parent=cast.commune,
        valid_from=cast.commune.valid_from,
    )
    officer(Role.RECEPTION, centre, "quay-trung-tam")
    listed = text(client.get("/lay-so/"))
    assert centre.name in listed
    assert "Xã Mẫu" not in listed


def test_a_desk_nobody_knows_or_that_gives_no_numbers_says_so(cast: Cast, client: Client) -> None:
    assert client.get("/lay-so/99.99/").status_code == 404
    refused = client.post(f"/lay-so/{cast.commune.code}/")
    assert refused.status_code == 409
    assert "không có cán bộ một cửa." in text(refused)


def test_the_counter_calls_and_the_screen_and_the_ticket_say_where(cast: Cast, client: Client) -> None:
    ticket, desk = acts.take(cast.department, at=MONDAY), signed_in(cast.officers.reception)
    called = desk.post("/goi-so/", {"noi": DESK, "quay": "3", "do": "goi"}, follow=True)
    assert "Mời số 1 đến quầy 3" in text(called)
    assert 'value="3"' in markup(called)
    screen = text(client.get(reverse("screen", args=[DESK])))
    assert "Mời số 1 đến quầy 3" in screen
    assert "Không có ai chờ" in screen
    assert "Mời đến quầy 3" in text(client.get(reverse("ticket", args=[ticket.key])))


def test_the_screen_tells_no_name(cast: Cast, client: Client) -> None:
    acts.take(cast.department, at=MONDAY)
    signed_in(cast.officers.reception).post("/goi-so/", {"noi": DESK, "quay": "3", "do": "goi"})
    assert cast.officers.reception.full_name not in text(client.get(reverse("screen", args=[DESK])))


def test_the_screen_loads_anew_without_scripts_and_in_part_with_them(cast: Cast, client: Client) -> None:
    address = reverse("screen", args=[DESK])
    assert '<noscript> <meta http-equiv="refresh" content="5"> </noscript>' in markup(client.get(address))
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Chưa gọi số nào" in part


def test_a_number_put_aside_is_offered_again(cast: Cast) -> None:
    ticket, desk = acts.take(cast.department, at=MONDAY), signed_in(cast.officers.reception)
    said = {"noi": DESK, "quay": "3", "so": ticket.key}
    desk.post("/goi-so/", said | {"do": "goi"})
    put_aside = text(desk.post("/goi-so/", said | {"do": "bo-qua"}, follow=True))
    assert "Gọi lại số 1" in put_aside
    assert "bỏ qua 1" in put_aside
    again = text(desk.post("/goi-so/", said | {"do": "goi-lai"}, follow=True))
    assert "Đã gọi 2 lần".casefold() in again.casefold()
    done = text(desk.post("/goi-so/", said | {"do": "xong"}, follow=True))
    assert "đã phục vụ 1" in done
    late = desk.post("/goi-so/", said | {"do": "xong"})
    assert (late.status_code, "đã phục vụ xong" in text(late)) == (409, True)


def test_without_a_counter_nobody_is_called(cast: Cast) -> None:
    acts.take(cast.department, at=MONDAY)
    answer = signed_in(cast.officers.reception).post("/goi-so/", {"noi": DESK, "quay": " ", "do": "goi"})
    assert "Hãy nhập số quầy" in text(answer)
    assert Ticket.objects.filter(called_at=None).count() == 1


def test_only_the_desk_has_the_counter_page(cast: Cast) -> None:
    assert signed_in(cast.officers.handler).get("/goi-so/").status_code == 403
    assert "Gọi số" in text(signed_in(cast.officers.reception).get("/ban-lam-viec/"))


def test_the_pages_ask_as_much_of_a_long_queue_as_of_a_short_one(cast: Cast, client: Client) -> None:
    desk, counts = signed_in(cast.officers.reception), []
    for more in (2, 40):
        for _ in range(more):
            acts.take(cast.department, at=MONDAY)
        with CaptureQueriesContext(connection) as asked:
            desk.get("/goi-so/")
            client.get(reverse("screen", args=[DESK]))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 30
