"""Guidance that files nothing: kept with its papers and its content, listed, counted, printed, never changed."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from motcua.dossiers import acts
from motcua.dossiers.models import Dossier, Guidance
from motcua.law.facts import Refused
from motcua.people.models import Role
from tests.cast import MONDAY, Cast, gather, officer
from tests.pages.test_dossiers_pages import counter, signed_in, text

pytestmark = pytest.mark.django_db
LIST = "/tiep-nhan/huong-dan/"


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY + timedelta(hours=1))


def asked(cast: Cast, **said: object) -> dict[str, object]:
    form = counter(cast, do="huong-dan", reason="Sao y ở xã rồi quay lại", deciding_unit="", **said)
    missing = cast.version.components.get(name="Bản sao giấy tờ")
    del form[f"giay-{missing.pk}"]
    return form


def guided(cast: Cast, **said: object) -> Guidance:
    person = acts.Applicant(name="Nông Thị Mẫu", identity="004090000001")
    given = {
        "request_id": uuid4(),
        "version": cast.version,
        "unit": cast.department,
        "person": person,
        **said,
    }
    told = {
        "missing": ["Bản sao giấy tờ"],
        "content": "Sao y ở xã",
        "by": cast.officers.reception,
        "at": MONDAY,
    }
    return acts.guide(acts.Asking(**given), **told)


def test_guidance_keeps_person_papers_and_content_and_files_nothing(cast: Cast) -> None:
    answer = signed_in(cast.officers.reception).post("/tiep-nhan/", asked(cast), follow=True)
    given, said = Guidance.objects.get(), text(answer)
    assert Dossier.objects.count() == 0
    assert (given.name, given.identity) == ("Nông Thị Mẫu", "004090000001")
    assert (given.missing, given.provision) == (["Bản sao giấy tờ"], "NĐ 118/2025/NĐ-CP Đ.16")
    for told in (
        "Phiếu hướng dẫn chuẩn bị hồ sơ",
        given.number,
        "Bản sao giấy tờ",
        "Sao y ở xã rồi quay lại",
    ):
        assert told in said
    assert "Đơn đề nghị" not in said


def test_the_second_click_guides_nobody_twice(cast: Cast) -> None:
    client, form = signed_in(cast.officers.reception), asked(cast)
    first, second = client.post("/tiep-nhan/", form), client.post("/tiep-nhan/", form)
    assert first.headers["Location"] == second.headers["Location"]
    assert Guidance.objects.count() == 1


def test_guidance_without_content_is_asked_for_it_and_keeps_what_was_typed(cast: Cast) -> None:
    answer = signed_in(cast.officers.reception).post("/tiep-nhan/", asked(cast) | {"reason": " "})
    assert answer.context["form"].errors == {"reason": ["Hãy ghi nội dung hướng dẫn."]}
    assert Guidance.objects.count() == 0


def test_only_published_papers_are_told_missing(cast: Cast) -> None:
    with pytest.raises(Refused, match="Giấy khám sức khỏe"):
        acts.guide(
            acts.Asking(uuid4(), cast.version, cast.department, acts.Applicant(name="A")),
            missing=["Giấy khám sức khỏe"],
            content="Nộp thêm",
            by=cast.officers.reception,
            at=MONDAY,
        )


def test_only_the_desk_guides(cast: Cast) -> None:
    with pytest.raises(Refused, match="không có thẩm quyền"):
        guided(cast, unit=cast.commune)


def test_what_was_told_is_never_changed(cast: Cast) -> None:
    given = guided(cast)
    for change in (lambda: given.delete(), lambda: Guidance.objects.update(content="Khác")):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_counter_recalls_what_the_same_person_was_told(cast: Cast) -> None:
    given, client = guided(cast), signed_in(cast.officers.reception)
    again = text(client.post("/tiep-nhan/", counter(cast, do="xem", identity="004 090 000 001")))
    assert f"Đã hướng dẫn 09:00 02/11/2026 ( {given.number} ): còn thiếu Bản sao giấy tờ." in again
    assert "Đã hướng dẫn" not in text(
        client.post("/tiep-nhan/", counter(cast, do="xem", identity="004090000002"))
    )


def test_guidance_is_listed_counted_and_leaves_as_a_file(cast: Cast) -> None:
    guided(cast)
    guided(cast, person=acts.Applicant(name="Lý Văn Khác"))
    client = signed_in(cast.officers.reception)
    page = text(client.get(LIST))
    assert "2 lượt hướng dẫn. Hay thiếu nhất: Bản sao giấy tờ (2 lượt)" in page
    narrowed = text(client.get(LIST, {"q": "lý văn"}))
    assert "1 lượt hướng dẫn." in narrowed
    assert "Nông Thị Mẫu" not in narrowed
    assert "Không có lượt hướng dẫn nào như vậy" in text(client.get(LIST, {"tu": "2026-11-03"}))
    sheet = client.get(LIST, {"xuat": "xlsx"})
    assert b"".join(sheet.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    sheet.close()


def test_guidance_of_another_desk_is_not_read(cast: Cast) -> None:
    given, far = guided(cast), signed_in(officer(Role.RECEPTION, cast.commune))
    assert "Chưa có lượt hướng dẫn nào" in text(far.get(LIST))
    assert far.get(f"{LIST}{given.pk}/").status_code == 403
    assert far.get(f"{LIST}999999/").status_code == 404


def test_the_list_asks_as_much_of_fifty_rows_as_of_two(cast: Cast) -> None:
    client, counts = signed_in(cast.officers.reception), []
    for more in (2, 48):
        for _ in range(more):
            guided(cast)
        with CaptureQueriesContext(
            connection,
        ) as asked_of:
            client.get(LIST)
        counts.append(len(asked_of))
    assert counts[0] == counts[1] <= 20


def test_pages_of_guidance_show_every_row_once(cast: Cast) -> None:
    for _ in range(53):
        guided(cast)
    client = signed_in(cast.officers.reception)
    first = client.get(LIST)
    second = client.get(LIST + first.context["after"])
    rows = [row.pk for page in (first, second) for row in page.context["rows"]]
    assert (len(rows), len(set(rows)), second.context["after"]) == (53, 53, "")
    back = client.get(LIST + second.context["before"])
    assert [row.pk for row in back.context["rows"]] == rows[:50]
