"""Publications of the index as pages: who sees and does what, the file that can be checked, what is known since."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django.utils import timezone

from motcua.people.models import Officer, Role
from motcua.scores.models import Snapshot
from motcua.scores.snapshots import acts, checking
from tests.acts.scores_published import AT, Published
from tests.acts.scores_world import moment
from tests.cast import officer

pytestmark = pytest.mark.django_db
LIST = "/chi-so/cong-bo/"
ONE = f"{LIST}2026-10.1/"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT)


@pytest.fixture
def place() -> Published:
    return Published()


def signed_in(by: Officer) -> Client:
    client = Client()
    client.force_login(by)
    return client


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def seen() -> dict[str, str]:
    """What the forms of a page say of the publication they were drawn for."""
    return {"ma_bam": Snapshot.objects.get().digest}


def test_a_month_is_drafted_signed_and_published_on_its_pages(place: Published, client: Client) -> None:
    drafter, head = signed_in(place.drafter), signed_in(place.head)
    assert drafter.post(LIST, {"ky": "2026-10"}).headers["Location"] == ONE
    assert "Chưa công bố" in text(head, ONE)
    assert text(client, LIST).count("2026-10.1") == 0
    text(client, ONE, 404)
    text(client, f"{ONE}tep.json", 404)
    assert "Ký duyệt bản này" not in text(drafter, ONE)
    assert head.post(ONE, {"do": "ky", **seen()}).status_code == 302
    assert "Hãy ghi số thông báo" in drafter.post(ONE, {"do": "cong-bo", "so": "", **seen()}).content.decode()
    assert drafter.post(ONE, {"do": "cong-bo", "so": "12/TB-VP", **seen()}).status_code == 302
    assert "12/TB-VP" in text(client, LIST)
    shown = text(client, ONE)
    assert "điểm, loại" in shown
    assert "Đã công bố" in shown
    assert Snapshot.objects.get().content["seal"]["root"] in shown


def test_what_is_refused_says_why_and_keeps_what_was_typed(place: Published) -> None:
    place.publish()
    drafter = signed_in(place.drafter)
    again = drafter.post(LIST, {"ky": "2026-10", "ly_do": " "})
    assert again.status_code == 409
    assert "phải nói rõ sửa gì và vì sao" in again.content.decode()
    assert '<option value="2026-10" selected>' in again.content.decode()
    changed = signed_in(place.head).post(ONE, {"do": "bo", "ly_do": "sửa điểm", **seen()})
    assert changed.status_code == 409
    assert "chỉ đính chính được bằng một bản mới" in changed.content.decode()
    assert (
        signed_in(officer(Role.HANDLER, place.world.department)).post(LIST, {"ky": "2026-10"}).status_code
        == 409
    )
    assert Client().post(LIST, {"ky": "2026-10"}).status_code == 403
    assert drafter.post(ONE, {"do": "xoa", **seen()}).status_code == 404
    assert "Hãy chọn kỳ" in drafter.post(LIST, {}).content.decode()


def test_a_draft_may_be_dropped(place: Published) -> None:
    place.draft()
    head = signed_in(place.head)
    assert "Hãy ghi lý do" in head.post(ONE, {"do": "bo", **seen()}).content.decode()
    assert head.post(ONE, {"do": "bo", "ly_do": "đếm lại", **seen()}).headers["Location"] == LIST
    assert not Snapshot.objects.exists()


def test_what_was_made_anew_since_the_page_was_opened_is_not_signed(place: Published) -> None:
    made, head = place.draft(), signed_in(place.head)
    assert f'name="ma_bam" value="{made.digest}"' in head.get(ONE).content.decode()
    opened = seen()
    acts.discard(made, reason="đếm lại", by=place.drafter, at=AT)
    moved = place.dossiers[0]
    type(moved).objects.filter(pk=moved.pk).update(ended_at=moment("2026-10-20 09:00"))
    place.draft()
    answer = head.post(ONE, {"do": "ky", **opened})
    assert answer.status_code == 409
    assert "vừa được lập lại" in answer.content.decode()
    assert Snapshot.objects.get().state == "draft"


def test_the_file_anybody_downloads_holds_and_the_notice_is_a_paper(place: Published, client: Client) -> None:
    place.publish()
    document = json.loads(client.get(f"{ONE}tep.json").content)
    assert not [found for found in checking.alone(document) if found.wrong]
    assert document["publication"]["document"] == "12/TB-VP"
    assert client.get(f"{ONE}thong-bao.pdf").content.startswith(b"%PDF")


def test_what_is_known_since_opens_to_its_dossiers_for_officers(place: Published, client: Client) -> None:
    place.publish()
    compare = f"{ONE}so-sanh/"
    assert "Không có gì khác lúc công bố" in text(client, compare)
    moved = place.dossiers[0]
    type(moved).objects.filter(pk=moved.pk).update(ended_at=moment("2026-10-20 09:00"))
    told = text(client, compare)
    assert "6 số liệu của 2 đơn vị nay khác lúc công bố" in told
    assert "Sở Một 2.1" in told
    figure = f"{compare}?don-vi=S1&chi-so=2.1"
    assert client.get(figure).status_code == 403
    shown = text(signed_in(place.drafter), figure)
    assert f"{moved.code} Ra khỏi tử số." in shown
    text(client, f"{compare}?don-vi=X2&chi-so=2.1", 404)


def test_the_newer_version_is_named_on_the_older(place: Published, client: Client) -> None:
    place.publish()
    place.publish("Đồng bộ chậm", moment("2026-11-03 08:59"))
    assert "Đã có bản đính chính Đồng bộ chậm" in text(client, ONE)
    assert "Đính chính: Đồng bộ chậm" in text(client, f"{LIST}2026-10.2/")


@pytest.mark.parametrize("number", ["2026-10", "2026-10.x", "2026-10.9", "%00.1", "2026-10.1111111111"])
def test_a_publication_that_is_not_there_is_not_found(client: Client, number: str) -> None:
    assert client.get(f"{LIST}{number}/").status_code == 404
