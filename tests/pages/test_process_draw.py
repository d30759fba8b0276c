"""The drawing board of a process on the server's side: what was drawn becomes the draft, and what cannot is told."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from motcua.catalogue import acts, bpmn, drawing
from motcua.catalogue.models import ProcessVersion
from motcua.catalogue.reading.drafts import ProcessDraft
from motcua.law.calendar import TZ
from tests.cast import Cast, gather
from tests.pages.filled import Filled

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=TZ)
MIWG = Path(__file__).parents[2].parent / "shared/data/bpmn-miwg"
TEXT = '<bpmn:textAnnotation id="chu"><bpmn:text>Ghi nhớ</bpmn:text></bpmn:textAnnotation></bpmn:process>'
TIMER = '<bpmn:intermediateCatchEvent id="cho" name="Chờ"/></bpmn:process>'


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr(settings, "BPMN_JS", tmp_path)  # the server only asks whether it is there


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def control(client: Client, cast: Cast) -> Client:
    client.force_login(cast.officers.controller)
    return client


@pytest.fixture
def draft(cast: Cast) -> ProcessVersion:
    told = ProcessDraft(0, "1.000001", "Quy trình mẫu", "", "", "", cast.process.definition)
    return acts.draft_process(told, before=cast.process, by=cast.officers.controller, at=NOW)


def url(draft: ProcessVersion) -> str:
    return f"/quy-trinh/{draft.pk}/ve/"


def board(client: Client, draft: ProcessVersion) -> dict[str, str]:
    """The form of the drawing board as it came."""
    data = Filled(client.get(url(draft)).content.decode(), "ve").data()
    return {name: values[0] for name, values in data.items()}


def now_saved(draft: ProcessVersion) -> ProcessVersion:
    return ProcessVersion.objects.get(pk=draft.pk)


def test_the_board_shows_the_draft_and_takes_it_back_as_it_was(
    control: Client, draft: ProcessVersion
) -> None:
    sent = board(control, draft)
    assert control.post(url(draft), sent | {"do": "luu"}).status_code == 302
    saved = now_saved(draft).graph
    assert saved.nodes == draft.graph.nodes
    assert set(saved.flows) == set(draft.graph.flows)


def test_a_step_renamed_on_the_board_is_renamed_in_the_table(control: Client, draft: ProcessVersion) -> None:
    sent = board(control, draft)
    sent["xml"] = (
        sent["xml"].replace("Thẩm định hồ sơ", "Thẩm định thực địa").replace('hours="6"', 'hours="5.5"')
    )
    control.post(url(draft), sent | {"do": "luu"})
    table = control.get(f"/quy-trinh/{draft.pk}/bang/").content.decode()
    assert "Thẩm định thực địa" in table
    assert 'value="5,5"' in table
    assert now_saved(draft).saved_by == "controller.04.05"


def test_what_has_no_place_is_told_before_it_is_dropped(control: Client, draft: ProcessVersion) -> None:
    sent = board(control, draft)
    sent["xml"] = sent["xml"].replace("</bpmn:process>", TEXT).replace("Ký duyệt kết quả", "Ký số")
    page = control.post(url(draft), sent | {"do": "luu"})
    text = page.content.decode()
    assert page.status_code == 422
    assert "không giữ được chú thích" in text
    assert "Ký số" in Filled(text, "ve").data()["xml"][0]
    assert now_saved(draft).revision == 0
    assert control.post(url(draft), sent | {"do": "van-luu"}).status_code == 302
    assert now_saved(draft).graph.nodes["ky"].name == "Ký số"


def test_what_would_make_it_another_process_is_never_saved(control: Client, draft: ProcessVersion) -> None:
    sent = board(control, draft)
    sent["xml"] = sent["xml"].replace("</bpmn:process>", TIMER)
    page = control.post(url(draft), sent | {"do": "van-luu"})
    text = page.content.decode()
    assert page.status_code == 422
    assert "không đọc được sự kiện chờ giữa đường" in text
    assert "van-luu" not in text
    assert "Chờ" in Filled(text, "ve").data()["xml"][0]
    assert now_saved(draft).revision == 0


@pytest.mark.parametrize("xml", ["", "<a/>", "không phải XML", "<!DOCTYPE a><a/>"])
def test_what_is_no_drawing_is_refused_and_kept(control: Client, draft: ProcessVersion, xml: str) -> None:
    page = control.post(url(draft), board(control, draft) | {"xml": xml, "do": "luu"})
    assert page.status_code == 422
    assert Filled(page.content.decode(), "ve").data()["xml"] == [xml]
    assert now_saved(draft).revision == 0


def test_what_is_drawn_is_checked_before_it_is_saved(control: Client, draft: ProcessVersion) -> None:
    sent = board(control, draft)
    sent["xml"] = sent["xml"].replace('hours="6"', "")
    text = control.post(url(draft), sent | {"do": "xem"}).content.decode()
    assert "“Ký duyệt kết quả” chưa có thời hạn" in text
    assert "<form" not in text
    assert now_saved(draft).revision == 0


def test_the_second_of_two_who_draw_is_told_and_keeps_the_drawing(
    control: Client, draft: ProcessVersion
) -> None:
    mine = board(control, draft)
    theirs = board(control, draft)
    theirs["xml"] = theirs["xml"].replace("Ký duyệt kết quả", "Ký bởi người kia")
    control.post(url(draft), theirs | {"do": "luu"})
    mine["xml"] = mine["xml"].replace("Thẩm định hồ sơ", "Thẩm định của tôi")
    page = control.post(url(draft), mine | {"do": "luu"})
    again = {name: values[0] for name, values in Filled(page.content.decode(), "ve").data().items()}
    assert page.status_code == 409
    assert "đã lưu dự thảo này lúc 09:00 20/11/2026" in page.content.decode()
    assert "Thẩm định của tôi" in again["xml"]
    assert now_saved(draft).graph.nodes["ky"].name == "Ký bởi người kia"
    assert control.post(url(draft), again | {"do": "luu"}).status_code == 409
    assert control.post(url(draft), again | {"do": "de"}).status_code == 302
    assert now_saved(draft).graph.nodes["tham"].name == "Thẩm định của tôi"


def test_the_board_needs_no_opening_in_the_policy(control: Client, draft: ProcessVersion) -> None:
    policy = control.get(url(draft))["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert policy == control.get("/thu-tuc/")["Content-Security-Policy"]


def test_without_bpmn_js_the_page_says_so_and_shows_the_way_to_the_table(
    control: Client, draft: ProcessVersion, tmp_path: Path
) -> None:
    with override_settings(BPMN_JS=tmp_path / "none"):
        text = control.get(url(draft)).content.decode()
    assert "Máy này chưa có trình vẽ" in text
    assert f"/quy-trinh/{draft.pk}/bang/" in text
    assert "bpmn-modeler" not in text


def test_a_published_process_has_no_board(control: Client, cast: Cast) -> None:
    assert control.get(url(cast.process)).url == f"/quy-trinh/{cast.process.pk}/"


@pytest.mark.skipif(not MIWG.exists(), reason=f"real data absent: {MIWG}")
@pytest.mark.real
@pytest.mark.parametrize("model", ["A.1.0", "A.2.0", "A.2.1", "A.3.0", "A.4.0"])
def test_reference_models_go_through_the_board_whole_or_are_told_of(
    control: Client, draft: ProcessVersion, model: str
) -> None:
    content = (MIWG / f"{model}.bpmn").read_text(encoding="utf-8")
    reading = bpmn.read(content.encode())
    first = control.post(url(draft), board(control, draft) | {"xml": content, "do": "luu"})
    assert first.status_code == 422
    for remark in reading.remarks:
        assert remark.problem.split("“")[0] in first.content.decode()
    if reading.process is None:
        return
    control.post(url(draft), board(control, draft) | {"xml": content, "do": "van-luu"})
    saved = now_saved(draft)
    assert saved.graph.nodes == reading.process.nodes
    assert set(saved.graph.flows) == set(reading.process.flows)
    assert control.post(url(draft), board(control, draft) | {"do": "luu"}).status_code == 302
    assert now_saved(draft).definition == saved.definition
    assert bpmn.read(drawing.drawn(saved)).process == saved.graph
