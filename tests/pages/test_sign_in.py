"""The first page, signing in and out."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from django.test import Client
from django.urls import reverse

from motcua.people.models import Officer, Role, Unit, UnitKind
from tests.cast import BORN, officer

pytestmark = pytest.mark.django_db
SECRET = "mot-cua-2026"


@pytest.fixture
def person() -> Officer:
    unit = Unit.objects.create(
        code="04", agency_code="H14", name="UBND tỉnh Cao Bằng", kind=UnitKind.PROVINCE, valid_from=BORN
    )
    made = officer(Role.HANDLER, unit, "ha.lt")
    made.set_password(SECRET)
    made.save()
    return made


def signing_in(client: Client, **said: str) -> object:
    return client.post("/dang-nhap/", {"username": "ha.lt", "password": SECRET, **said})


def test_a_visitor_learns_what_this_is_and_finds_procedures(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "Bạn cần làm thủ tục gì?" in page
    assert 'action="/thu-tuc/"' in page
    assert 'href="/dang-nhap/"' in page


def test_the_first_page_stands_before_anything_is_in_the_database(client: Client) -> None:
    assert client.get("/").status_code == 200


def test_an_officer_is_led_to_the_worklist(client: Client, person: Officer) -> None:
    assert signing_in(client).headers["Location"] == "/"  # type: ignore[attr-defined]
    assert client.get("/").headers["Location"] == "/ban-lam-viec/"


def test_signing_in_leads_to_the_page_asked_for(client: Client, person: Officer) -> None:
    assert signing_in(client, next="/ho-so/").headers["Location"] == "/ho-so/"  # type: ignore[attr-defined]


def test_signing_in_never_leads_elsewhere(client: Client, person: Officer) -> None:
    answer = signing_in(client, next="https://evil.example/")
    assert answer.headers["Location"] == "/"  # type: ignore[attr-defined]


@pytest.mark.parametrize("wrong", [{"password": "sai"}, {"username": "ai.do"}])
def test_a_wrong_name_and_a_wrong_password_are_told_alike(
    client: Client, person: Officer, wrong: dict[str, str]
) -> None:
    page = signing_in(client, **wrong).content.decode()  # type: ignore[attr-defined]
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in page
    assert "sai" not in page


def test_an_officer_who_left_cannot_sign_in(client: Client, person: Officer) -> None:
    Officer.objects.update(is_active=False)
    assert signing_in(client).status_code == 200  # type: ignore[attr-defined]
    assert client.get("/ban-lam-viec/").status_code == 302


def test_empty_fields_are_asked_for(client: Client) -> None:
    page = client.post("/dang-nhap/", {}).content.decode()
    assert "Hãy nhập tên đăng nhập." in page
    assert "Hãy nhập mật khẩu." in page


def test_signing_out_takes_a_post(client: Client, person: Officer) -> None:
    signing_in(client)
    page = client.get("/dang-xuat/")
    assert page.status_code == 200
    assert "Đăng xuất?" in page.content.decode()
    assert client.get("/ban-lam-viec/").status_code == 200
    client.post("/dang-xuat/")
    assert client.get("/ban-lam-viec/").status_code == 302


def test_who_is_not_signed_in_is_asked_to_sign_in_before_signing_out(client: Client) -> None:
    assert client.get("/dang-xuat/").headers["Location"].startswith("/dang-nhap/")


def test_an_officer_without_a_post_sees_an_empty_desk(client: Client, person: Officer) -> None:
    person.posts.all().delete()
    client.force_login(person)
    page = client.get("/ban-lam-viec/")
    assert page.status_code == 200
    assert "Chưa giữ vị trí nào" in page.content.decode()


def test_every_page_names_its_province(client: Client, person: Officer) -> None:
    client.force_login(person)
    assert "| Một cửa tỉnh Cao Bằng</title>" in client.get("/ban-lam-viec/").content.decode()


def test_a_form_from_before_the_last_signing_in_is_told_in_words_and_keeps_what_was_typed(
    person: Officer,
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    answer = client.post("/ho-so/?q=an", {"q": "an"})
    said = answer.content.decode()
    assert answer.status_code == 403
    assert "Trang này mở từ trước lần đăng nhập gần nhất" in said
    assert "data-hold" in said
    assert 'href="/ho-so/?q=an"' in said


def test_an_address_only_buttons_use_says_so_on_a_page(client: Client, person: Officer) -> None:
    client.force_login(person)
    answer = client.get(reverse("sweep"))
    assert answer.status_code == 405
    assert "chỉ làm được bằng nút trên trang của nó" in answer.content.decode()


def test_a_password_is_taken_as_it_was_typed_and_a_name_with_its_letters_whole(
    client: Client, person: Officer
) -> None:
    person.set_password(normalize("NFD", "mật khẩu thử"))
    person.save()
    answer = signing_in(client, password=normalize("NFD", "mật khẩu thử"), next=normalize("NFD", "/ho-so/"))
    assert answer.headers["Location"] == "/ho-so/"  # type: ignore[attr-defined]
