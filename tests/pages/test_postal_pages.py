"""Rates, months and sheets of postal operators as pages: every figure opens to what it counts, and files hold it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.dossiers import acts as dossiers
from motcua.law.calendar import TZ
from motcua.people.models import Role, Unit
from motcua.scores.models import ServiceRate, ServiceRow, ServiceSheet
from motcua.scores.periods import Period
from motcua.scores.postal import acts
from motcua.scores.postal.models import Activity
from tests import cast as casting
from tests import pdf
from tests.cast import MONDAY, Cast
from tests.pages.test_dossiers_pages import signed_in, text
from tests.pages.test_exports import content, exported

pytestmark = pytest.mark.django_db
EARLY = datetime(2026, 10, 6, 9, 0, tzinfo=TZ)
FIRST, OCTOBER = date(2026, 10, 1), Period.parse("2026-10")
MONTH = reverse("postal-month", args=["BD", "2026-10"])


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY)


@pytest.fixture
def cast() -> Cast:
    """With two receptions by an operator in October, at a rate for the second half alone."""
    found = casting.gather()
    found.officers.chief = casting.officer(Role.HEAD, found.province, "chu-tich")
    by = casting.operator(found, found.department)
    for turn, days in enumerate((0, 14)):
        at = EARLY + timedelta(days=days, minutes=turn)
        dossiers.receive(found.filing(components=()), by=by, at=at)
    rate = {"amount": 5000, "minutes": None, "document": "9/QĐ-UBND", "decided_on": FIRST}
    acts.set_rate(Activity.RECEIVE, since=date(2026, 10, 15), **rate, by=found.officers.controller, at=MONDAY)
    return found


@pytest.fixture
def client(cast: Cast) -> Client:
    return signed_in(cast.officers.controller)


def proposed(cast: Cast) -> ServiceSheet:
    return acts.propose(Unit.objects.get(code="BD"), OCTOBER, by=cast.officers.controller, at=MONDAY)


def page(sheet: ServiceSheet, name: str = "postal-sheet") -> str:
    return reverse(name, args=[sheet.pk])


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.HANDLER, Role.SIGNER, Role.CLERK, Role.ADMIN])
def test_rates_and_sheets_are_for_control_and_heads(cast: Cast, role: Role) -> None:
    client, made = signed_in(getattr(cast.officers, role.value)), proposed(cast)
    addresses = [
        reverse("postal"),
        reverse("postal-rates"),
        MONTH,
        page(made),
        page(made, "postal-sheet-paper"),
    ]
    assert {client.get(address).status_code for address in addresses} == {403}


def test_a_head_of_a_commune_sees_none_of_it(cast: Cast) -> None:
    client = signed_in(casting.officer(Role.HEAD, cast.commune, "xa"))
    assert client.get(reverse("postal")).status_code == 403


def test_an_activity_without_a_rate_says_so(client: Client) -> None:
    shown = client.get(reverse("postal-rates"))
    assert [row["said"] for row in shown.context["rows"]].count("chưa có định mức") == 3
    assert "5.000 đ" in text(shown)
    assert "Hướng dẫn, Số hóa, Trả kết quả" in text(client.get(reverse("postal")))


def test_a_rate_is_typed_and_its_faults_are_named(client: Client) -> None:
    said = {"viec": "guide", "so_phut": "7,5", "tu": "2026-10-01", "so": "10/QĐ-UBND", "ngay": "2026-09-20"}
    wrong = client.post(reverse("postal-rates"), said | {"so_phut": ""})
    assert "Hãy ghi đơn giá hoặc số phút" in text(wrong)
    assert client.post(reverse("postal-rates"), said).status_code == 302
    assert "7,5 phút" in text(client.get(reverse("postal-rates")))
    priced = said | {"viec": "return", "don_gia": "3.500"}
    assert client.post(reverse("postal-rates"), priced).status_code == 302
    assert "3.500 đ, 7,5 phút" in text(client.get(reverse("postal-rates")))
    again = client.post(reverse("postal-rates"), said)
    assert again.status_code == 409
    assert "đã có định mức" in text(again)
    assert "10/QĐ-UBND" in again.content.decode()


def test_a_rate_is_ended_or_dropped(client: Client) -> None:
    address = reverse("postal-rate", args=[ServiceRate.objects.get().pk])
    assert "Hãy chọn ngày" in text(client.post(address, {"do": "thoi", "on": ""}))
    assert client.post(address, {"do": "thoi", "on": "2026-12-01"}).status_code == 302
    assert ServiceRate.objects.get().valid_to == date(2026, 12, 1)
    assert client.post(address, {"do": "bo"}).status_code == 302
    assert not ServiceRate.objects.exists()


def test_an_operator_and_a_month_are_chosen(client: Client) -> None:
    answer = client.get(reverse("postal"), {"doanh_nghiep": "BD", "thang": "2026-10"})
    assert answer.headers["Location"] == MONTH


def test_every_figure_of_a_month_opens_to_what_it_counts(client: Client) -> None:
    shown = client.get(MONTH)
    assert "chưa tính được" in text(shown)
    for line in shown.context["rows"]:
        opened = client.get(line["url"])
        assert sum(row["quantity"] for row in opened.context["rows"]) == line["quantity"]
        assert all(client.get(row["url"]).status_code == 200 for row in opened.context["rows"])


def test_a_month_to_come_is_no_month_also_when_a_sheet_is_asked_of_it(client: Client) -> None:
    address = reverse("postal-month", args=["BD", "2027-01"])
    assert [client.get(address).status_code, client.post(address).status_code] == [404, 404]


def test_a_rate_has_its_years_in_full(client: Client) -> None:
    said = {"viec": "guide", "don_gia": "5.000", "so": "12/QĐ-UBND"}
    answer = client.post(reverse("postal-rates"), said | {"tu": "0026-10-01", "ngay": "0026-09-30"})
    assert answer.context["form"].errors.keys() == {"tu", "ngay"}
    assert not ServiceRate.objects.filter(activity=Activity.GUIDE).exists()


def test_addresses_of_nothing_lead_nowhere(client: Client) -> None:
    for said in (["BD", "2026-13"], ["BD", "2026-Q3"], ["04.05", "2026-10"], ["BD", "2027-01"]):
        assert client.get(reverse("postal-month", args=said)).status_code == 404
    assert client.get(reverse("postal-done", args=["BD", "2026-10", "guide"])).status_code == 404


def test_a_sheet_is_proposed_accepted_and_stays(client: Client, cast: Cast) -> None:
    answer = client.post(MONTH, {})
    made = ServiceSheet.objects.get()
    assert answer.headers["Location"] == page(made)
    assert "Việc có thể làm" in text(client.get(page(made)))
    assert client.post(page(made), {"do": "nghiem-thu"}).status_code == 409
    chief = signed_in(cast.officers.chief)
    assert chief.post(page(made), {"do": "nghiem-thu"}).status_code == 302
    shown = text(chief.get(page(made)))
    assert "Đã nghiệm thu" in shown
    assert "Việc có thể làm" not in shown
    assert "không có gì để sửa" in text(client.get(MONTH))


def test_a_sheet_is_sent_back_with_its_reason(client: Client, cast: Cast) -> None:
    made, chief = proposed(cast), signed_in(cast.officers.chief)
    assert "Hãy ghi lý do trả lại" in text(chief.post(page(made), {"do": "tra-lai", "ly_do": ""}))
    assert chief.post(page(made), {"do": "tra-lai", "ly_do": "Thiếu đơn giá đầu tháng"}).status_code == 302
    assert "Thiếu đơn giá đầu tháng" in text(client.get(page(made)))


def test_a_correction_names_what_it_mends(client: Client, cast: Cast) -> None:
    made = proposed(cast)
    acts.accept(made, by=cast.officers.chief, at=MONDAY)
    rate = {"amount": 4000, "minutes": None, "document": "8/QĐ-UBND", "decided_on": FIRST}
    until = date(2026, 10, 15)
    acts.set_rate(Activity.RECEIVE, since=FIRST, until=until, **rate, by=cast.officers.controller, at=MONDAY)
    assert "Hãy ghi sửa gì" in text(client.post(MONTH, {"ly_do": ""}))
    answer = client.post(MONTH, {"ly_do": "Đơn giá nửa đầu tháng ban hành sau"})
    assert f"Sửa biên bản {made.number}" in text(client.get(answer.headers["Location"]))
    assert "Đã có biên bản sửa" in text(client.get(page(made)))


def test_the_files_hold_the_lines_and_the_rows(client: Client, cast: Cast) -> None:
    made = proposed(cast)
    lines = exported(client, page(made))
    assert [(line["Việc"], line["Số lượng"]) for line in lines] == [("Tiếp nhận", 1), ("Tiếp nhận", 1)]
    assert [line["Thành tiền (đồng)"] for line in lines] == ["", 5000]
    line = made.lines.last()
    assert line is not None
    (row,) = exported(client, f"{page(made, 'postal-sheet-rows')}?dong={line.pk}")
    kept = line.rows.get()
    assert kept.dossier is not None
    assert row["Hồ sơ, lượt hướng dẫn"] == kept.dossier.code


def test_the_paper_says_all_of_it_and_that_it_is_not_accepted(client: Client, cast: Cast) -> None:
    made = proposed(cast)
    said = pdf.text(content(client.get(page(made, "postal-sheet-paper"))))
    for word in (
        "BIÊN BẢN NGHIỆM THU",
        "Bưu điện Mẫu BD",
        "5.000 đ",
        "chưa có giá trị thanh toán",
        "9/QĐ-UBND",
    ):
        assert word in said
    assert "1 lượt làm trong những ngày chưa có định mức" in said
    acts.accept(made, by=cast.officers.chief, at=MONDAY)
    assert "chưa có giá trị" not in pdf.text(content(client.get(page(made, "postal-sheet-paper"))))


def test_pages_ask_as_much_of_a_pile_as_of_a_few(client: Client, cast: Cast) -> None:
    made = proposed(cast)
    line = made.lines.order_by("pk").last()
    assert line is not None
    kept = line.rows.get()
    addresses = [page(made), f"{page(made, 'postal-sheet-rows')}?dong={line.pk}", reverse("postal"), MONTH]

    def asked() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(
                connection,
            ) as questions:
                assert client.get(address).status_code == 200
            found.append(len(questions))
        return found

    few = asked()
    told: dict[str, Any] = {
        "line": line,
        "at": kept.at,
        "officer": kept.officer,
        "desk": kept.desk,
        "quantity": 1,
    }
    ServiceRow.objects.bulk_create(ServiceRow(**told, dossier=kept.dossier) for _ in range(60))
    assert asked() == few
    assert max(few) <= 20
