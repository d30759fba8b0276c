"""The statistics of procedures: every number opens to its list, closed periods are open data."""

from __future__ import annotations

import csv
from datetime import datetime
from io import BytesIO, StringIO

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from motcua.law.calendar import TZ
from tests.acts.test_announcing import AMENDED, NEW, issued
from tests.cast import Cast, gather

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 3, 9, 0, tzinfo=TZ)
PAGE = "/cong-bo/thong-ke/"
OPEN = "/du-lieu-mo/thong-ke-2026-11"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def control(client: Client, cast: Cast) -> Client:
    issued(AMENDED, NEW)
    client.force_login(cast.officers.controller)
    return client


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def sheet(client: Client, url: str) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(client.get(url))))
    return [list(line) for line in book.get_sheet_by_index(0).to_python()]


def test_only_those_who_control_procedures_see_it(client: Client, cast: Cast) -> None:
    client.force_login(cast.officers.handler)
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}chot/", {"ky": "2026-11"}).status_code == 403


def test_a_number_opens_to_exactly_its_list_and_so_does_its_file(control: Client) -> None:
    assert "Tháng 11/2026 đã hết, chưa chốt" in text(control, f"{PAGE}?ky=2026-11")
    shown = text(control, f"{PAGE}?ky=2026-11&loai=new&theo=cap&gia-tri=Cấp+xã")
    assert "1 thủ tục." in shown
    assert "/thu-tuc/1.000009/" in shown
    assert "/thu-tuc/1.000001/" not in shown
    lines = sheet(control, f"{PAGE}?ky=2026-11&loai=amended&xuat=xlsx")
    assert [line[0] for line in lines if str(line[0]).startswith("1.")] == ["1.000001"]
    assert "0 thủ tục." in text(control, f"{PAGE}?ky=2026-11&loai=replaced")
    assert control.get(f"{PAGE}?ky=la").status_code == 404


def test_a_period_is_closed_once_corrected_for_a_reason_and_open_to_all(control: Client) -> None:
    assert Client().get(f"{OPEN}.json").status_code == 404
    done = control.post(f"{PAGE}chot/", {"ky": "2026-11"}, follow=True).content.decode()
    assert "bản 1" in done
    assert "Số liệu hiện nay khác bản đã chốt" not in done
    issued(AMENDED.__class__(1, "new", "1.000010", title="Ghi sót", given=NEW.given), number="900/QĐ-UBND")
    assert "Số liệu hiện nay khác bản đã chốt" in text(control, f"{PAGE}?ky=2026-11")
    again = control.post(f"{PAGE}chot/", {"ky": "2026-11"}, follow=True).content.decode()
    assert "phải có lý do" in again
    said = {"ky": "2026-11", "ly-do": "Ghi sót một quyết định"}
    assert "bản 2" in control.post(f"{PAGE}chot/", said, follow=True).content.decode()
    told = Client().get(f"{OPEN}.json").json()
    assert (told["number"], told["counts"]["new"], len(told["rows"])) == (2, 2, 3)
    assert Client().get(f"{OPEN}.json?ban=1").json()["counts"]["new"] == 1
    rows = list(csv.DictReader(StringIO(text(Client(), f"{OPEN}.csv").removeprefix("\ufeff"))))
    assert {row["code"] for row in rows} == {"1.000001", "1.000009", "1.000010"}


def test_the_running_period_is_not_closed(control: Client) -> None:
    shown = control.post(f"{PAGE}chot/", {"ky": "2026-12"}, follow=True).content.decode()
    assert "chưa hết" in shown
    assert control.post(f"{PAGE}chot/", {"ky": "la"}).status_code == 404


def test_the_statistics_lead_to_the_report_forms_of_the_period(control: Client) -> None:
    assert 'href="/bao-cao/?ky=2026-Q4"' in text(control, f"{PAGE}?ky=2026-Q4")
