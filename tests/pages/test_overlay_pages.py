"""What the province says otherwise: written down by control officers, shown to everybody with its decision."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from motcua.catalogue.models import Overlay
from motcua.law.calendar import TZ
from tests.cast import Cast, gather

pytestmark = pytest.mark.django_db
PAGE = "/thu-tuc/1.000001/rieng/"
SAID = {
    "phan": "terms",
    "noi_dung": "trực tiếp: 3 ngày làm việc; trực tuyến: 2 ngày làm việc",
    "so": "45/QĐ-UBND",
    "ngay_ky": "2026-10-30",
    "co_quan": "UBND tỉnh Cao Bằng",
    "tu_ngay": "2026-11-09",
}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 9, 8, 0, tzinfo=TZ))


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def control(client: Client, cast: Cast) -> Client:
    client.force_login(cast.officers.controller)
    return client


def test_a_citizen_sees_the_local_value_with_its_decision_and_the_central_one(control: Client) -> None:
    assert control.post(PAGE, SAID).status_code == 302
    page = Client().get("/thu-tuc/1.000001/").content.decode()
    for told in ("Tỉnh quy định riêng", "trực tiếp: 3 ngày làm việc; trực tuyến: 2 ngày làm việc"):
        assert told in page
    assert "45/QĐ-UBND ngày 30/10/2026, UBND tỉnh Cao Bằng" in page
    assert "trực tiếp, trực tuyến: 5 ngày làm việc" in page
    assert "/rieng/" not in page
    assert page.count("có phần tỉnh quy định riêng") == 1
    old = Client().get("/thu-tuc/1.000001/?ban=1").content.decode()
    assert "45/QĐ-UBND" not in old.split('id="lich-su"')[0]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"noi_dung": "trực tiếp: 9 ngày làm việc"}, "không được dài hơn trung ương"),
        ({"noi_dung": "sớm"}, "Không đọc được thời hạn"),
        ({"phan": "fees", "noi_dung": "10.000"}, "nghị quyết của Hội đồng nhân dân"),
        ({"phan": "sequence"}, "sequence"),
        ({"tu_ngay": "2026-11-08"}, "từ hôm nay trở đi"),
        ({"so": ""}, "Hãy ghi số quyết định"),
    ],
)
def test_what_the_province_may_not_say_is_told_and_kept(
    control: Client, wrong: dict[str, str], told: str
) -> None:
    response = control.post(PAGE, {**SAID, **wrong})
    assert response.status_code == 422
    page = response.content.decode()
    assert told in page
    assert "UBND tỉnh Cao Bằng" in page
    assert not Overlay.objects.exists()


def test_an_overlay_is_ended_on_its_page(control: Client, cast: Cast) -> None:
    control.post(PAGE, SAID)
    found = Overlay.objects.get()
    assert f"{PAGE}{found.pk}/" in control.get(PAGE).content.decode()
    said = {"ngay": "2026-12-01", "ly_do": "Theo 60/QĐ-UBND"}
    done = control.post(f"{PAGE}{found.pk}/", said, follow=True).content.decode()
    assert "Theo 60/QĐ-UBND" in done
    assert "đến trước 01/12/2026, đang áp dụng" in done
    assert "đã có ngày kết thúc" in control.post(f"{PAGE}{found.pk}/", said).content.decode()
    assert control.get(f"{PAGE}99999/").status_code == 404
    control.force_login(cast.officers.handler)
    assert control.get(PAGE).status_code == control.get(f"{PAGE}{found.pk}/").status_code == 403
