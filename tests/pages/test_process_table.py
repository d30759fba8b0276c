"""The table editor of a process: works without scripts, saves at every change, keeps what was typed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from motcua.catalogue import acts
from motcua.catalogue.models import ProcessVersion, Status
from motcua.catalogue.reading.drafts import ProcessDraft
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from motcua.law.process import Kind, Node, Process
from motcua.people.models import Officer, Role
from tests.cast import Cast, gather, officer
from tests.pages.filled import Filled

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=TZ)
LIVE = {"HTTP_HX_REQUEST": "true"}


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


@pytest.fixture
def draft(cast: Cast) -> ProcessVersion:
    told = ProcessDraft(0, "1.000001", "Quy trình mẫu", "", "", "", cast.process.definition)
    return acts.draft_process(told, before=cast.process, by=cast.officers.controller, at=NOW)


def form(client: Client, draft: ProcessVersion) -> dict[str, list[str]]:
    return Filled(client.get(url(draft)).content.decode(), "soan").data()


def url(draft: ProcessVersion) -> str:
    return f"/quy-trinh/{draft.pk}/bang/"


def row(data: dict[str, list[str]], node: str) -> int:
    return data["nut"].index(node)


def now_saved(draft: ProcessVersion) -> ProcessVersion:
    return ProcessVersion.objects.get(pk=draft.pk)


def second(cast: Cast) -> tuple[Client, Officer]:
    other = officer(Role.CONTROLLER, cast.department, "nguoi-hai")
    other.full_name = "Hoàng Thị Hai"
    other.save()
    client = Client()
    client.force_login(other)
    return client, other


# Saving


def test_what_is_typed_in_a_row_is_saved(control: Client, draft: ProcessVersion) -> None:
    data = form(control, draft)
    at = row(data, "tham")
    data["ten"][at], data["gio"][at], data["vai-tro"][at] = "Thẩm định lại", "1,5", "signer"
    data["don-vi"][at] = "Xã Mẫu (01273)"
    sent = control.post(url(draft), data | {"do": "luu"})
    assert sent.status_code == 302
    saved = now_saved(draft)
    node = saved.graph.nodes["tham"]
    assert (node.name, node.hours, node.role, node.unit) == (
        "Thẩm định lại",
        Decimal("1.5"),
        "signer",
        "01273",
    )
    assert (saved.revision, saved.saved_by, saved.saved_at) == (1, "controller.04.05", NOW)


def test_a_form_sent_back_as_it_came_keeps_the_process(control: Client, draft: ProcessVersion) -> None:
    control.post(url(draft), form(control, draft) | {"do": "luu"})
    saved = now_saved(draft).graph
    assert saved.nodes == draft.graph.nodes
    assert set(saved.flows) == set(draft.graph.flows)
    before = now_saved(draft).revision
    control.post(url(draft), form(control, draft) | {"do": "luu"})
    assert now_saved(draft).revision == before


def test_every_button_saves_what_was_typed_and_goes_to_its_row(
    control: Client, draft: ProcessVersion
) -> None:
    data = form(control, draft)
    data["ten"][row(data, "nhan")] = "Nhận hồ sơ tại quầy"
    way = data["tu"].index("nhan")
    sent = control.post(url(draft), data | {"do": f"chen:{way}"})
    graph = now_saved(draft).graph
    new = graph.leaving["nhan"][0].target
    assert graph.nodes["nhan"].name == "Nhận hồ sơ tại quầy"
    assert sent.url == f"{url(draft)}?dong={new}"
    page = control.get(sent.url).content.decode()
    assert page.count("autofocus") == 1


def test_branches_choices_and_moves_are_made_by_buttons(control: Client, draft: ProcessVersion) -> None:
    for wish in ("cung-luc:giao", "chon:ky", "xuong:so", "xoa:xacminh"):
        assert control.post(url(draft), form(control, draft) | {"do": wish}).status_code == 302, wish
    page = control.get(f"/quy-trinh/{draft.pk}/").content.decode()
    assert "cùng lúc: bước 1 và bước 2" in page or "còn lại" in page
    assert "xacminh" not in now_saved(draft).graph.nodes


def test_time_that_does_not_count_is_ticked(control: Client, draft: ProcessVersion) -> None:
    data = form(control, draft)
    assert data["khong-tinh"] == ["tra"]
    data["khong-tinh"] = []
    data["gio"][row(data, "tra")] = "0,25 ngày làm việc"
    control.post(url(draft), data | {"do": "luu"})
    node = now_saved(draft).graph.nodes["tra"]
    assert (node.counted, node.hours) == (True, Decimal(2))


def test_the_longest_process_there_may_be_is_edited_too(control: Client, draft: ProcessVersion) -> None:
    steps = [Node(f"b{n}", Kind.STEP, f"Bước {n}", "handler", hours=Decimal(1)) for n in range(298)]
    ProcessVersion.objects.filter(pk=draft.pk).update(definition=Process.sequence(steps).as_data())
    data = form(control, draft)
    data["ten"][row(data, "b297")] = "Bước cuối"
    assert control.post(url(draft), data | {"do": "luu"}).status_code == 302
    assert now_saved(draft).graph.nodes["b297"].name == "Bước cuối"
    more = control.post(url(draft), form(control, draft) | {"do": "chen:0"})
    assert "hãy chia thành nhiều quy trình" in more.content.decode()


# What cannot be taken


def test_what_cannot_be_read_is_told_at_its_row_and_kept_while_the_rest_is_saved(
    control: Client, draft: ProcessVersion
) -> None:
    data = form(control, draft)
    at = row(data, "tham")
    data["gio"][at], data["don-vi"][at], data["ten"][at] = "vài hôm", "Sở Không Có", "Thẩm định kỹ"
    sent = control.post(url(draft), data | {"do": "luu"})
    page = sent.content.decode()
    assert sent.status_code == 422
    assert 'value="vài hôm"' in page
    assert "Không đọc được “vài hôm”" in page
    assert 'value="Sở Không Có"' in page
    assert now_saved(draft).graph.nodes["tham"].name == "Thẩm định kỹ"


def test_a_change_without_meaning_is_refused_and_what_was_typed_is_saved(
    control: Client, draft: ProcessVersion
) -> None:
    data = form(control, draft)
    data["ten"][row(data, "ky")] = "Ký số"
    page = control.post(url(draft), data | {"do": "len:nhan"})
    assert page.status_code == 422
    assert "đã đứng đầu" in page.content.decode()
    assert now_saved(draft).graph.nodes["ky"].name == "Ký số"
    assert control.post(url(draft), form(control, draft) | {"do": "bay"}).status_code == 422


@pytest.mark.parametrize("torn", [{"nut": ["a"]}, {"loai": ["x"] * 11}, {"den": ["x"] * 12}, {"nut": []}])
def test_a_torn_form_changes_nothing(
    control: Client, draft: ProcessVersion, torn: dict[str, list[str]]
) -> None:
    sent = control.post(url(draft), form(control, draft) | torn | {"do": "luu"}, follow=True)
    assert "Biểu mẫu gửi lên" in sent.content.decode()
    assert now_saved(draft).revision == 0


def test_a_published_process_has_no_table(control: Client, cast: Cast) -> None:
    assert control.get(url(cast.process)).url == f"/quy-trinh/{cast.process.pk}/"
    edit = acts.Edit({"nodes": [], "flows": []}, 0)
    with pytest.raises(Refused, match="đã công khai"):
        acts.edit_process(cast.process, edit, by=cast.officers.controller, at=NOW)


# Live checks


def test_each_change_is_checked_and_saved_without_a_new_page(control: Client, draft: ProcessVersion) -> None:
    data = form(control, draft)
    data["vai-tro"][row(data, "ky")] = ""
    sent = control.post(url(draft), data | {"do": "tu-luu"}, **LIVE)
    page = sent.content.decode()
    assert "<form" not in page
    assert "chưa giao cho vai trò nào" in page
    assert 'name="nen" id="nen" value="1"' in page
    assert now_saved(draft).graph.nodes["ky"].role == ""


def test_a_change_that_arrives_after_a_later_one_of_the_same_window_is_dropped(
    control: Client, draft: ProcessVersion
) -> None:
    data = form(control, draft)
    control.post(url(draft), data | {"do": "xoa:so"})
    late = control.post(url(draft), data | {"do": "tu-luu"}, **LIVE)
    assert late.status_code == 204
    assert "so" not in now_saved(draft).graph.nodes


def test_a_button_pressed_while_a_change_is_on_its_way_goes_through(
    control: Client, draft: ProcessVersion
) -> None:
    data = form(control, draft)
    data["ten"][row(data, "ky")] = "Ký số"
    control.post(url(draft), data | {"do": "tu-luu"}, **LIVE)
    assert control.post(url(draft), data | {"do": "xoa:so"}).status_code == 302
    assert "so" not in now_saved(draft).graph.nodes


# Two at once


def test_the_second_of_two_editors_is_told_and_keeps_the_typing(
    control: Client, cast: Cast, draft: ProcessVersion
) -> None:
    client, _ = second(cast)
    mine, theirs = form(control, draft), form(client, draft)
    theirs["ten"][row(theirs, "ky")] = "Ký số bởi người hai"
    client.post(url(draft), theirs | {"do": "luu"})
    mine["ten"][row(mine, "tham")] = "Thẩm định của tôi"
    page = control.post(url(draft), mine | {"do": "luu"})
    text = page.content.decode()
    assert page.status_code == 409
    assert "Hoàng Thị Hai đã lưu dự thảo này lúc 09:00 20/11/2026" in text
    assert "Thẩm định của tôi" in Filled(text, "soan").data()["ten"]
    assert "Ký số bởi người hai" in text
    assert "hx-post" not in text
    assert now_saved(draft).graph.nodes["tham"].name == "Thẩm định hồ sơ"
    again = control.post(url(draft), Filled(text, "soan").data() | {"do": "luu"})
    assert again.status_code == 409
    over = Filled(again.content.decode(), "soan").data() | {"do": "de"}
    assert control.post(url(draft), over).status_code == 302
    assert now_saved(draft).graph.nodes["tham"].name == "Thẩm định của tôi"


def test_the_second_editor_is_told_at_the_first_change_too(
    control: Client, cast: Cast, draft: ProcessVersion
) -> None:
    client, _ = second(cast)
    mine = form(control, draft)
    client.post(url(draft), form(client, draft) | {"do": "xoa:so"})
    mine["ten"][row(mine, "tham")] = "Thẩm định của tôi"
    sent = control.post(url(draft), mine | {"do": "tu-luu"}, **LIVE)
    assert sent["HX-Retarget"] == "#soan"
    assert "Thẩm định của tôi" in sent.content.decode()
    assert "Hoàng Thị Hai" in sent.content.decode()


def test_an_import_over_a_draft_tells_its_editor(control: Client, cast: Cast, draft: ProcessVersion) -> None:
    mine = form(control, draft)
    told = ProcessDraft(0, "1.000001", "Quy trình khác", "", "", "", cast.process.definition)
    acts.draft_process(told, before=draft, by=None, at=NOW)
    page = control.post(url(draft), mine | {"do": "luu"})
    assert page.status_code == 409
    assert "một lần nhập tệp đã lưu" in page.content.decode()


def test_a_draft_published_meanwhile_is_shown(control: Client, draft: ProcessVersion) -> None:
    mine = form(control, draft)
    acts.publish_process(draft, by=None, at=NOW)
    assert draft.status == Status.PUBLISHED
    assert control.post(url(draft), mine | {"do": "luu"}).url == f"/quy-trinh/{draft.pk}/"
