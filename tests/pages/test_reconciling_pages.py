"""Reconciliation as pages: the figures of both sides, and filters that open to what they count."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from motcua.gateways.models import Errand
from motcua.people.models import Officer, Post, Role
from motcua.scores.reconciling.models import Kind, Match, Reconciliation
from tests.acts import scores_world
from tests.acts.scores_world import World, moment

NOW = moment("2026-11-05 09:00")


@pytest.fixture
def world(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    made = scores_world.build()
    officer = Officer.objects.create(username="control", full_name="Lê Thị Soát")
    Post.objects.create(
        officer=officer, unit=made.province, role=Role.CONTROLLER, valid_from=scores_world.BORN
    )
    client.force_login(officer)
    return made


@pytest.fixture
def kept(world: World) -> Reconciliation:
    by = Officer.objects.get()
    made = Reconciliation.objects.create(
        first=date(2026, 10, 1),
        last=date(2026, 10, 31),
        many=3,
        differing=2,
        file_name="cong.csv",
        digest="0" * 64,
        at=NOW,
        by=by,
    )
    dossier = world.dossier()
    rows = [(dossier.code, Kind.STATE, 4, 10), ("H-2", Kind.MISSING_HERE, None, 4), ("H-3", Kind.SAME, 4, 4)]
    for code, kind, ours, theirs in rows:
        Match.objects.create(reconciliation=made, code=code, kind=kind, ours=ours, theirs=theirs)
    return made


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_figures_of_both_sides_stand_beside_what_explains_them(
    client: Client, kept: Reconciliation
) -> None:
    told = text(client, f"/doi-soat/{kept.pk}/")
    assert "2 trong 3 hồ sơ khác nhau" in told
    assert "Hồ sơ tiếp nhận 2 3 -1 1 hồ sơ ở đây thiếu 1" in told.replace("−", "-")
    assert "Đã trả kết quả 0 1 -1 1 hồ sơ sai trạng thái 1" in told.replace("−", "-")


def test_a_difference_opens_to_its_dossiers_alone(client: Client, kept: Reconciliation) -> None:
    told = text(client, f"/doi-soat/{kept.pk}/?so=tiep-nhan")
    assert "H-2" in told
    assert "H-3" not in told
    assert "H-3" in text(client, f"/doi-soat/{kept.pk}/?loai=same")


def test_it_is_listed_and_taken_out_as_a_sheet(client: Client, kept: Reconciliation) -> None:
    assert "01/10/2026 đến 31/10/2026 cong.csv 3 2" in text(client, "/doi-soat/")
    sheet = client.get(f"/doi-soat/{kept.pk}/?xuat=xlsx")
    assert b"".join(sheet.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]


def test_a_form_without_a_file_keeps_its_days(client: Client, world: World) -> None:
    answer = client.post("/doi-soat/", {"tu_ngay": "2026-10-01", "den_ngay": "2026-10-31"})
    assert answer.status_code == 422
    assert "Hãy chọn tệp." in answer.content.decode()
    assert 'value="2026-10-01"' in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_file_that_cannot_be_read_says_which_rows(client: Client, world: World) -> None:
    file = SimpleUploadedFile("cong.csv", b"MaHoSo,TrangThaiHoSo\nA,99\nB,98")
    answer = client.post("/doi-soat/", {"tu_ngay": "2026-10-01", "den_ngay": "2026-10-31", "tep": file})
    assert answer.status_code == 422
    assert "Dòng 2: trạng thái “99”" in answer.content.decode()
    assert "Dòng 3: trạng thái “98”" in answer.content.decode()


def test_a_page_asks_for_the_portal_s_figures_and_shows_how_far_it_is(client: Client, world: World) -> None:
    days = {"tu_ngay": "2026-10-01", "den_ngay": "2026-10-31"}
    assert client.post("/doi-soat/qua-truc/", days).status_code == 302
    told = text(client, "/doi-soat/")
    assert "Đối soát qua trục: đang đối chiếu… Đang lấy hồ sơ từ Cổng." in told
    assert "Lê Thị Soát" in told
    assert 'action="/doi-soat/qua-truc/"' not in client.get("/doi-soat/").content.decode()
    again = client.post("/doi-soat/qua-truc/", days, follow=True).content.decode()
    assert "Đang đối soát rồi" in again
    Errand.objects.update(state="running", done=1000, total=2600)
    polled = client.get("/doi-soat/qua-truc/tinh-hinh/", headers={"HX-Request": "true"}).content.decode()
    assert "Đã lấy 1.000 trong 2.600 hồ sơ." in polled
    assert "<html" not in polled
    Errand.objects.update(state="waiting", message="Cổng DVCQG không trả lời", attempts=1)
    assert "Lần 1: Cổng DVCQG không trả lời. Hệ thống tự thử lại." in text(client, "/doi-soat/")
    Errand.objects.update(state="failed", attempts=4)
    told = text(client, "/doi-soat/")
    assert "Cổng DVCQG không trả lời. Đã thử 4 lần. Không có gì bị thay đổi" in told
    assert "Lấy số và đối soát" in told
    ended = client.get("/doi-soat/qua-truc/tinh-hinh/", headers={"HX-Request": "true"})
    assert ended.headers["HX-Refresh"] == "true"


def test_days_in_the_wrong_order_are_told_and_kept(client: Client, world: World) -> None:
    answer = client.post("/doi-soat/qua-truc/", {"tu_ngay": "2026-10-31", "den_ngay": "2026-10-01"})
    assert answer.status_code == 422
    assert "Từ ngày phải không sau đến ngày" in answer.content.decode()
    assert 'value="2026-10-31"' in answer.content.decode()
    assert not Errand.objects.exists()


def test_a_comparison_by_gateway_says_who_answered_and_what_the_portal_counts_itself(
    client: Client, world: World
) -> None:
    by = Officer.objects.get()
    days = {"first": date(2026, 10, 1), "last": date(2026, 10, 31)}
    made = Reconciliation.objects.create(
        **days,
        file_name="bản thay thế của Cổng",
        gateway=True,
        stand_in=True,
        figures={"tiep-nhan": 5},
        digest="0" * 64,
        at=NOW,
        by=by,
    )
    Match.objects.create(reconciliation=made, code="H-3", kind=Kind.SAME, ours=4, theirs=4)
    told = text(client, f"/doi-soat/{made.pk}/")
    assert "Bản thay thế trả lời, không phải Cổng thật" in told
    assert "Cổng tự báo 5, danh sách của Cổng có 1" in told
    assert "Lấy qua trục từ bản thay thế của Cổng" in told


def test_a_comparison_is_final(kept: Reconciliation) -> None:
    for change in (kept.save, kept.delete, kept.matches.all().delete):
        with pytest.raises(IntegrityError, match="is final"), transaction.atomic():
            change()
