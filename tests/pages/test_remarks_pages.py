"""Anybody says that a page is wrong, without a name; the control office answers, and the answer is read."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from motcua.catalogue.models import Remark
from motcua.catalogue.remarks import acts
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from tests.cast import Cast, gather

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=TZ)
FORM, LIST = "/thu-tuc/1.000001/bao-sai/", "/lam-sach/bao-sai/"
SAID = {"phan": "phi", "noi_dung": "Lệ phí nay là 30.000 đồng."}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def remark(cast: Cast) -> Remark:
    return acts.tell(cast.version, part="phi", text=SAID["noi_dung"], origin="a", at=NOW)


@pytest.fixture
def control(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.officers.controller)
    return client


def test_whoever_tells_is_given_an_address_and_reads_the_answer_there(
    client: Client, cast: Cast, control: Client
) -> None:
    assert FORM in client.get("/thu-tuc/1.000001/").content.decode()
    sent = client.post(FORM, SAID, follow=True)
    address = sent.request["PATH_INFO"]
    assert "Chờ trả lời" in sent.content.decode()
    assert f"http://testserver{address}" in sent.content.decode()
    assert SAID["noi_dung"] in control.get(LIST).content.decode()
    assert LIST in control.get("/lam-sach/").content.decode()
    told = {"ket_luan": "dung", "tra_loi": "Đúng, đã sửa theo nghị quyết mới."}
    control.post(f"{LIST}{Remark.objects.get().pk}/", told)
    read = client.get(address).content.decode()
    assert "Đúng, đã tiếp thu" in read
    assert "Đúng, đã sửa theo nghị quyết mới." in read


def test_nothing_is_kept_of_who_told_once_it_was_answered(cast: Cast, client: Client) -> None:
    client.post(FORM, SAID)
    remark = Remark.objects.get()
    assert remark.origin
    assert "127.0.0.1" not in remark.origin
    acts.answer(remark, right=False, text="Mức thu vẫn như cũ.", by=cast.officers.controller, at=NOW)
    remark.refresh_from_db()
    assert (remark.origin, remark.state) == ("", "declined")


def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(client: Client, cast: Cast) -> None:
    answer = client.post(FORM, {"phan": "", "noi_dung": "sai"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Hãy chọn phần sai." in page
    assert "ít nhất 10 ký tự" in page
    assert ">sai</textarea>" in page.replace("\n", "")
    assert not Remark.objects.exists()


def test_a_program_that_fills_in_everything_leaves_nothing(client: Client, cast: Cast) -> None:
    assert client.post(FORM, {**SAID, "website": "https://spam.example"}).status_code == 302
    assert not Remark.objects.exists()


def test_the_same_said_twice_is_one_and_too_many_are_refused_for_the_day(cast: Cast) -> None:
    def tell(text: str, at: datetime = NOW) -> Remark:
        return acts.tell(cast.version, part="phi", text=text, origin="a", at=at)

    assert tell("Lệ phí sai rồi") == tell("Lệ phí  sai rồi")
    for number in range(acts.MOST_OF_ONE - 1):
        tell(f"Lệ phí sai ở dòng {number}")
    with pytest.raises(Refused, match="quá nhiều báo sai"):
        tell("Lệ phí sai nữa rồi")
    tell("Lệ phí sai nữa rồi", NOW + timedelta(days=1))


def test_a_refusal_keeps_what_was_typed(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "MOST_OF_ALL", 0)
    answer = client.post(FORM, SAID)
    assert answer.status_code == 409
    assert SAID["noi_dung"] in answer.content.decode()
    assert "Hãy gửi lại vào ngày mai" in answer.content.decode()


def test_only_the_control_office_reads_the_list_and_answers_once(
    client: Client, cast: Cast, control: Client, remark: Remark
) -> None:
    client.force_login(cast.officers.handler)
    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}{remark.pk}/").status_code == 403
    with pytest.raises(Refused, match="thẩm quyền"):
        acts.answer(remark, right=True, text="Đúng, sẽ sửa.", by=cast.officers.handler, at=NOW)
    acts.answer(remark, right=True, text="Đúng, sẽ sửa ngay.", by=cast.officers.controller, at=NOW)
    late = control.post(f"{LIST}{remark.pk}/", {"ket_luan": "khong", "tra_loi": "Không sai đâu nhé."})
    assert late.status_code == 409
    assert "đã được trả lời" in late.content.decode()
    assert control.get(f"{LIST}?o=tiep-thu").content.decode().count("Lệ phí nay") == 1
    assert control.get(f"{LIST}?o=gi-do").status_code == 404


def test_the_address_of_an_answer_cannot_be_guessed(client: Client, remark: Remark) -> None:
    assert client.get(f"/bao-sai/{remark.key}/").status_code == 200
    assert client.get("/bao-sai/00000000-0000-0000-0000-000000000000/").status_code == 404
