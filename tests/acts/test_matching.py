"""Our catalogue beside the national record: every difference once, decided, closed when it is gone."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from motcua.catalogue import acts as catalogue
from motcua.catalogue import publishing
from motcua.catalogue.acts import WrongFile
from motcua.catalogue.announcing.acts import decide_overlay
from motcua.catalogue.announcing.overlaying import NewOverlay
from motcua.catalogue.cleaning import tasks
from motcua.catalogue.matching import acts
from motcua.catalogue.matching.models import Kind, Matching, Mismatch
from motcua.catalogue.models import Procedure, Status, Version
from motcua.gateways import national
from motcua.gateways.models import Errand
from motcua.gateways.portal import Unreachable
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from tests.cast import Cast, gather

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=TZ)
TIME = {"THOIGIANGIAIQUYET": "5", "DONVITINH": "ngày làm việc", "MOTA": ""}
FEE = {"MAPHILEPHI": "2", "SOTIEN": "20.000", "DONVI": "đồng", "MOTA": ""}
RECORD: dict[str, Any] = {
    "ID": "1",
    "MATTHC": "1.000001",
    "TENTTHC": "Cấp giấy xác nhận mẫu",
    "LINHVUCTHUCHIEN": [{"MALINHVUC": "", "TENLINHVUC": "Lĩnh vực mẫu"}],
    "CAPTHUCHIEN": [{"CAPTHUCHIEN": "1", "TENCAP": "Cấp Tỉnh"}],
    "THANHPHANHOSO": [
        {
            "TRUONGHOP": "",
            "GIAYTO": [
                {"TENGIAYTO": name, "SOBANCHINH": "1", "SOBANSAO": "0"}
                for name in ("Bản sao giấy tờ", "Đơn đề nghị")
            ],
        }
    ],
    "KETQUATHUCHIEN": [{"MAKETQUA": "", "TENKETQUA": "Giấy xác nhận."}],
}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def control(client: Client, cast: Cast) -> Client:
    client.force_login(cast.officers.controller)
    return client


def match(tmp_path: Path, *records: dict[str, Any], whole: bool = False, later: int = 0) -> Matching:
    path = tmp_path / "csdlqg.json"
    path.write_text(json.dumps({"error_code": "0", "result": records}), encoding="utf-8")
    return acts.match_file(path, whole=whole, by=None, at=NOW + timedelta(hours=later))


def decide(cast: Cast, one: Mismatch, decision: str, reason: str = "") -> Version | None:
    return acts.decide(one, decision=decision, reason=reason, by=cast.officers.controller, at=NOW)


def test_what_both_say_in_other_order_or_spacing_is_the_same(cast: Cast, tmp_path: Path) -> None:
    run = match(tmp_path, RECORD)
    assert (run.read, run.same, run.open) == (1, 1, 0)
    assert not Mismatch.objects.exists()


def test_each_part_that_differs_stands_side_by_side_and_twice_the_same_changes_nothing(
    cast: Cast, tmp_path: Path
) -> None:
    other = RECORD | {"TENTTHC": "Cấp giấy xác nhận", "CAPTHUCHIEN": [{"CAPTHUCHIEN": "3"}]}
    for _ in range(2):
        assert match(tmp_path, other).open == 2
    told = {one.field: (one.ours, one.theirs) for one in Mismatch.objects.all()}
    assert told == {
        "title": ("Cấp giấy xác nhận mẫu", "Cấp giấy xác nhận"),
        "levels": ("Cấp tỉnh", "Cấp xã"),
    }


def test_what_the_national_record_leaves_empty_is_not_compared(cast: Cast, tmp_path: Path) -> None:
    silent = {"MATTHC": "1.000001", "TENTTHC": "Cấp giấy xác nhận mẫu"}
    assert match(tmp_path, silent).same == 1


def test_what_only_one_of_them_has_is_said_but_here_only_of_a_whole_file(cast: Cast, tmp_path: Path) -> None:
    there = RECORD | {"MATTHC": "1.000777", "TENTTHC": "Chỉ có ở bộ"}
    assert match(tmp_path, there).open == 1
    assert match(tmp_path, there, whole=True).open == 2
    kinds = dict(Mismatch.objects.values_list("code", "kind"))
    assert kinds == {"1.000777": Kind.ONLY_THERE, "1.000001": Kind.ONLY_HERE}


def test_a_mismatch_that_is_gone_closes_and_one_that_changed_is_asked_anew(
    cast: Cast, tmp_path: Path
) -> None:
    match(tmp_path, RECORD | {"TENTTHC": "Tên khác"})
    decide(cast, Mismatch.objects.get(), "keep", "Tên theo nghị quyết của tỉnh.")
    match(tmp_path, RECORD | {"TENTTHC": "Tên khác"}, later=1)
    assert Mismatch.objects.get().decision == "keep"
    match(tmp_path, RECORD, later=2)
    assert Mismatch.objects.get().closed_at == NOW + timedelta(hours=2)
    match(tmp_path, RECORD | {"TENTTHC": "Tên khác nữa"}, later=3)
    again = Mismatch.objects.get()
    assert (again.closed_at, again.decision, again.theirs) == (None, "", "Tên khác nữa")
    assert again.reason == ""


def test_taking_theirs_makes_one_draft_for_all_parts_and_publishing_it_closes_them(
    cast: Cast, tmp_path: Path
) -> None:
    fee = [{"KENH": "1", "THOIGIAN": [TIME | {"PHILEPHI": [FEE | {"SOTIEN": "30.000"}]}]}]
    other = RECORD | {"TENTTHC": "Tên của bộ", "CACHTHUCTHUCHIEN": fee}
    assert match(tmp_path, other).open == 3
    drafts = {decide(cast, one, "take") for one in Mismatch.objects.all()}
    assert len(drafts) == 1
    draft = Version.objects.get(status=Status.DRAFT)
    assert (draft.number, draft.title, draft.fees.get().amount) == (2, "Tên của bộ", 30000)
    assert draft.components.count() == 2
    publishing.versions([draft], at=NOW)
    assert match(tmp_path, other, later=1).same == 1
    assert not Mismatch.objects.filter(closed_at=None).exists()


def test_taking_what_is_only_there_drafts_a_new_procedure(cast: Cast, tmp_path: Path) -> None:
    match(tmp_path, RECORD | {"MATTHC": "1.000777", "TENTTHC": "Chỉ có ở bộ"})
    draft = decide(cast, Mismatch.objects.get(), "take")
    assert draft is not None
    assert (draft.procedure.code, draft.number, draft.status) == ("1.000777", 1, Status.DRAFT)
    assert Procedure.objects.get(code="1.000777").words is None


def test_what_was_taken_into_a_draft_is_not_decided_otherwise_while_the_draft_waits(
    cast: Cast, tmp_path: Path, control: Client
) -> None:
    match(tmp_path, RECORD | {"MATTHC": "1.000777", "TENTTHC": "Chỉ có ở bộ"})
    decide(cast, Mismatch.objects.get(), "take")
    for decision, reason in (("keep", "Tên theo nghị quyết của tỉnh."), ("take", "")):
        with pytest.raises(Refused, match="Bản dự thảo số 1"):
            decide(cast, Mismatch.objects.get(), decision, reason)
    assert Version.objects.filter(procedure__code="1.000777").count() == 1
    page = control.get(f"/doi-chieu/{Mismatch.objects.get().pk}/").content.decode()
    assert "Đã lấy theo CSDLQG vào bản dự thảo số 1" in page
    assert "Ghi quyết định" not in page


def test_keeping_and_asking_need_a_reason_and_nothing_is_dropped_without_a_decision(
    cast: Cast, tmp_path: Path
) -> None:
    match(tmp_path, RECORD | {"MATTHC": "1.000777"}, whole=True)
    here = Mismatch.objects.get(kind=Kind.ONLY_HERE)
    with pytest.raises(Refused, match="bãi bỏ"):
        decide(cast, here, "take")
    with pytest.raises(Refused, match="Lý do"):
        decide(cast, here, "ask", "sao")
    with pytest.raises(Refused, match="thẩm quyền"):
        acts.decide(here, decision="keep", reason="Đặc thù của tỉnh.", by=cast.officers.handler, at=NOW)


def test_a_wrong_file_leaves_everything_as_it_was(cast: Cast, tmp_path: Path) -> None:
    match(tmp_path, RECORD | {"TENTTHC": "Tên khác"})
    path = tmp_path / "sai.json"
    path.write_text("[{", encoding="utf-8")
    with pytest.raises(WrongFile):
        acts.match_file(path, whole=True, by=None, at=NOW)
    assert Mismatch.objects.filter(closed_at=None).count() == 1


@pytest.mark.parametrize("content", ["[]", "[" * 200_000, '[{"MATTHC": "không phải mã"}]'])
def test_a_list_of_nothing_closes_nothing_and_says_nothing_of_what_is_here(
    cast: Cast, tmp_path: Path, content: str
) -> None:
    match(tmp_path, RECORD | {"TENTTHC": "Tên khác"})
    decide(cast, Mismatch.objects.get(), "keep", "Tên theo nghị quyết của tỉnh.")
    path = tmp_path / "rong.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(WrongFile, match=r"rong\.json"):
        acts.match_file(path, whole=True, by=None, at=NOW)
    held = Mismatch.objects.get()
    assert (held.closed_at, held.decision) == (None, "keep")
    assert Matching.objects.count() == 1


def test_the_gateway_that_lists_nothing_is_out_of_reach(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(national.StandIn, "codes", lambda self: [])
    with pytest.raises(Unreachable, match="không có thủ tục nào"):
        acts.match_gateway(by=None, at=NOW)
    assert not Matching.objects.exists()


def test_the_stand_in_answers_in_the_names_of_the_service_and_says_that_it_is_one(cast: Cast) -> None:
    client = national.StandIn()
    assert set(client.procedure(client.codes()[0])) >= {
        "MATTHC",
        "TENTTHC",
        "CACHTHUCTHUCHIEN",
        "THANHPHANHOSO",
    }
    run = acts.match_gateway(by=None, at=NOW)
    assert (run.stand_in, run.read, run.whole) == (True, 3, False)
    with pytest.raises(national.portal.Unreachable):
        client.procedure("9.999999")


def test_the_real_client_asks_the_two_services(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def post(self: national.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
        asked.append({"path": path, **body})
        if path == "/mapi/login":
            return {"session": "s"}
        return {"result": [{"MATTHC": "1.000001"}] if body["service"] == "LayDanhSachTTHC" else RECORD}

    monkeypatch.setattr(national.Client, "_post", post)
    client = national.Client("http://truc.example", "u", "p", "d")
    assert client.codes() == ["1.000001"]
    assert client.procedure("1.000001") == RECORD
    assert [each["service"] for each in asked if "service" in each] == ["LayDanhSachTTHC", "LayThuTuc"]


def test_beside_a_record_nobody_could_read_nothing_is_said_to_be_only_here(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = RECORD | {"MATTHC": "2.000002"}
    records = {"1.000001": RECORD | {"TENTTHC": ""}, "2.000002": other}
    monkeypatch.setattr(national.StandIn, "stand_in", False)
    monkeypatch.setattr(national.StandIn, "codes", lambda self: list(records))
    monkeypatch.setattr(national.StandIn, "procedure", lambda self, code: records[code])
    assert not acts.match_gateway(by=None, at=NOW).whole
    assert not Mismatch.objects.filter(kind=Kind.ONLY_HERE).exists()
    del records["1.000001"]
    assert acts.match_gateway(by=None, at=NOW).whole
    assert Mismatch.objects.filter(kind=Kind.ONLY_HERE).exists()


def test_beside_a_row_of_a_whole_file_nobody_could_read_nothing_is_said_to_be_only_here(
    cast: Cast, tmp_path: Path, control: Client
) -> None:
    there, unread = RECORD | {"MATTHC": "1.000777"}, RECORD | {"TENTTHC": ""}
    run = match(tmp_path, there, unread, whole=True)
    assert (run.read, run.unread, run.whole) == (1, 1, False)
    assert set(Mismatch.objects.values_list("kind", flat=True)) == {Kind.ONLY_THERE}
    with (tmp_path / "csdlqg.json").open("rb") as file:
        page = control.post("/doi-chieu/tep/", {"tep": file, "ca_tinh": "on"}, follow=True).content.decode()
    assert "1 bản ghi của tệp không đọc được" in page
    match(tmp_path, there, whole=True)
    assert Mismatch.objects.filter(kind=Kind.ONLY_HERE).exists()


def test_what_the_province_says_otherwise_by_decision_is_no_difference(cast: Cast, tmp_path: Path) -> None:
    cheaper = NewOverlay(
        part="fees",
        value=[{"channel": "direct", "amount": "15000", "kind": "", "text": "15.000 đồng"}],
        decision="9/2026/NQ-HĐND",
        decided_on=date(2026, 10, 30),
        issuer="HĐND tỉnh Cao Bằng",
        valid_from=date(2026, 11, 20),
    )
    ways = [{"KENH": str(way), "THOIGIAN": [TIME | {"PHILEPHI": [FEE]}]} for way in (1, 2, 3)]
    match(tmp_path, told := RECORD | {"CACHTHUCTHUCHIEN": ways})
    before = set(Mismatch.objects.filter(closed_at=None).values_list("field", "ours"))
    decide_overlay(cast.version.procedure, cheaper, by=None, at=NOW - timedelta(days=1))
    assert Version.objects.filter(central__has_key="fees").exists()
    match(tmp_path, told)
    assert set(Mismatch.objects.filter(closed_at=None).values_list("field", "ours")) == before


def test_the_command_compares_prints_and_changes_no_procedure(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "csdlqg.json"
    path.write_text(json.dumps([RECORD | {"TENTTHC": "Tên của bộ"}]), encoding="utf-8")
    out = StringIO()
    call_command("match", path, stdout=out)
    assert "1 thủ tục, 0 giống hệt, 1 điểm chưa quyết." in out.getvalue()
    assert "1.000001 Tên: 'Cấp giấy xác nhận mẫu' | 'Tên của bộ'" in out.getvalue()
    out = StringIO()
    call_command("match", as_json=True, stdout=out)
    told = json.loads(out.getvalue())
    assert told["stand_in"] is True
    assert {one["kind"] for one in told["open"]} == {"field", "there"}
    assert Version.objects.count() == 1
    with pytest.raises(CommandError, match="không có tệp"):
        call_command("match", tmp_path / "khong-co.json")


def test_the_night_sweeps_and_asks_no_stand_in(cast: Cast) -> None:
    tasks.sweep(0)
    tasks.match(0)
    assert cast.version.flaws.exists()
    assert not Matching.objects.exists()


def test_an_officer_compares_a_file_reads_both_sides_and_decides(
    control: Client, cast: Cast, tmp_path: Path
) -> None:
    path = tmp_path / "csdlqg.json"
    path.write_text(json.dumps([RECORD | {"TENTTHC": "Tên của bộ"}]), encoding="utf-8")
    with path.open("rb") as file:
        page = control.post("/doi-chieu/tep/", {"tep": file}, follow=True).content.decode()
    assert "1 điểm chưa quyết" in page
    one = Mismatch.objects.get()
    shown = control.get(f"/doi-chieu/{one.pk}/").content.decode()
    assert "Cấp giấy xác nhận mẫu" in shown
    assert "Tên của bộ" in shown
    assert control.post(f"/doi-chieu/{one.pk}/", {"quyet_dinh": "keep", "ly_do": ""}).status_code == 409
    done = control.post(f"/doi-chieu/{one.pk}/", {"quyet_dinh": "take"}, follow=True).content.decode()
    assert "bản dự thảo số 2" in done
    assert "Lấy theo CSDLQG" in control.get("/doi-chieu/?o=da-quyet").content.decode()


def test_the_pages_are_for_the_control_office_and_name_what_is_wrong(client: Client, control: Client) -> None:
    assert "Hãy chọn một tệp." in control.post("/doi-chieu/tep/", {}).content.decode()
    waiting = control.post("/doi-chieu/truc/", follow=True).content.decode()
    assert "đang đối chiếu…" in waiting
    assert 'action="/doi-chieu/truc/"' not in waiting
    assert "Đang đối chiếu rồi" in control.post("/doi-chieu/truc/", follow=True).content.decode()
    assert not Matching.objects.exists()
    errand = Errand.objects.get()
    polled = control.get("/doi-chieu/truc/tinh-hinh/", headers={"HX-Request": "true"})
    assert polled.content.decode().count("<html") == 0
    tasks.match_gateway.func(errand=errand.pk)
    polled = control.get("/doi-chieu/truc/tinh-hinh/", headers={"HX-Request": "true"})
    assert polled.headers["HX-Refresh"] == "true"
    assert "bản thay thế" in control.get("/doi-chieu/").content.decode().casefold()
    assert Matching.objects.get().by == errand.asked_by
    assert control.get("/doi-chieu/?o=gi").status_code == 404
    assert control.get("/doi-chieu/999999/").status_code == 404
    assert "/doi-chieu/" in control.get("/lam-sach/").content.decode()
    client.logout()
    assert client.get("/doi-chieu/").status_code == 302


def test_a_file_of_the_same_catalogue_differs_in_nothing(db: None) -> None:
    sample = Path(__file__).parents[1] / "samples/catalogue/laythutuc.json"
    catalogue.import_catalogue(sample, by=None, at=NOW, publish=True)
    run = acts.match_file(sample, whole=True, by=None, at=NOW)
    assert run.read == run.same > 0
    assert run.open == 0
