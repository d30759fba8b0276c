"""Groups of dossiers and projects as pages: handing one in, its shared page, the list."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.catalogue import acts as catalogue
from motcua.catalogue.models import Bundle, BundleKind, Version
from motcua.dossiers import acts, groups, inputs
from motcua.dossiers.models import Dossier, Group
from motcua.people.models import Officer, Role
from tests.cast import MONDAY, Cast, gather, officer, published_process, published_version
from tests.pages.test_exports import exported

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Clock = Callable[[datetime], None]


@pytest.fixture
def cast() -> Cast:
    cast = gather()
    for code in ("1.000002", "1.000003"):
        published_process(published_version("3", "ngày làm việc", code).procedure)
    return cast


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the moment the pages take for now."""

    def to(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return to


@pytest.fixture(autouse=True)
def now(clock: Clock) -> None:
    clock(MONDAY)


def published(kind: str, code: str, name: str, *members: tuple[str, str, list[str]]) -> Bundle:
    drawn = [
        {"key": key, "procedure": procedure, "name": f"Việc {key}", "needs": needs, "lead": n == 0}
        for n, (key, procedure, needs) in enumerate(members)
    ]
    made = Bundle(code=code, kind=kind, name=name, valid_from=date(2025, 7, 1), members=drawn)
    return catalogue.publish_bundle(made, by=None, at=MONDAY)


@pytest.fixture
def children(cast: Cast) -> Bundle:
    return published(
        BundleKind.GROUP,
        "tre-em",
        "Khai sinh, thường trú, bảo hiểm",
        ("khai-sinh", "1.000001", []),
        ("thuong-tru", "1.000002", ["khai-sinh"]),
        ("bhyt", "1.000003", ["khai-sinh"]),
    )


@pytest.fixture
def works(cast: Cast) -> Bundle:
    return published(
        BundleKind.PROJECT,
        "du-an",
        "Dự án đầu tư",
        ("dau-tu", "1.000001", []),
        ("dat", "1.000002", []),
        ("xay", "1.000003", ["dau-tu", "dat"]),
    )


def signed_in(who: Officer) -> Client:
    client = Client()
    client.force_login(who)
    return client


def text(response: object) -> str:
    """What a page says, without its tags and line breaks."""
    body = re.sub(r"<(script|style)[\s\S]*?</\1>", "", response.content.decode())  # type: ignore[attr-defined]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def typed(cast: Cast, **changes: object) -> dict[str, object]:
    """The form of the group of children, filled in."""
    unit = cast.department.pk
    given: dict[str, object] = {
        "request_id": uuid4(),
        "kind": 1,
        "name": "Nông Thị Mẫu",
        "channel": "direct",
        "receiving_unit": unit,
        "don-vi-khai-sinh": unit,
        "don-vi-thuong-tru": unit,
        "don-vi-bhyt": unit,
    }
    paper = Version.objects.get(procedure__code="1.000001").components.get(name="Đơn đề nghị").pk
    return given | {f"giay-{paper}": "1", f"nguon-{paper}": "scan"} | changes


def handed_in(cast: Cast, children: Bundle) -> Group:
    answer = signed_in(cast.officers.reception).post("/lien-thong/moi/?nhom=tre-em", typed(cast))
    assert answer.status_code == 302, text(answer)
    return Group.objects.get()


def through(cast: Cast, dossier: Dossier, at: datetime) -> None:
    for n, step in enumerate(("giao", "tham", "xacminh", "ky", "so")):
        cast.does(dossier, step, at + n * timedelta(minutes=1))
    acts.finish(dossier, result="granted", number="1/GXN", by=cast.officers.signer, at=at + HOUR)
    inputs.supply(dossier.code)


def page(who: Officer, group: Group) -> str:
    return text(signed_in(who).get(reverse("group", args=[group.code])))


def test_the_counter_chooses_among_what_is_published(cast: Cast, children: Bundle, works: Bundle) -> None:
    said = text(signed_in(cast.officers.reception).get("/lien-thong/moi/"))
    assert "Khai sinh, thường trú, bảo hiểm 3 thủ tục" in said
    assert "Dự án đầu tư 3 thủ tục" in said


def test_before_anything_is_published_the_page_says_so(cast: Cast) -> None:
    said = text(signed_in(cast.officers.reception).get("/lien-thong/moi/"))
    assert "Chưa có nhóm thủ tục liên thông nào được công khai" in said


def test_each_paper_of_the_group_is_asked_for_once(cast: Cast, children: Bundle) -> None:
    page = signed_in(cast.officers.reception).get("/lien-thong/moi/?nhom=tre-em").content.decode()
    assert page.count("Đơn đề nghị</span>") == 1
    assert page.count('name="don-vi-') == 3


def test_one_form_makes_the_group_and_its_dossiers(cast: Cast, children: Bundle) -> None:
    group = handed_in(cast, children)
    assert group.members.filter(dossier__isnull=False).count() == 3
    said = page(cast.officers.reception, group)
    assert "Xong 0/3 thủ tục. Đang chờ Việc khai-sinh: Lãnh đạo phòng, Sở Mẫu (Phân công thụ lý)." in said
    assert said.count("Chờ kết quả đầu vào") == 2
    assert "Đơn đề nghị Đã quét" in said
    assert "chưa xác minh" in said


def test_what_is_missing_is_said_and_nothing_is_lost(cast: Cast, children: Bundle) -> None:
    sent = typed(cast, name="", phone="0912345678", **{"don-vi-bhyt": ""})
    answer = signed_in(cast.officers.reception).post("/lien-thong/moi/?nhom=tre-em", sent)
    said = text(answer)
    assert "Hãy nhập tên người nộp." in said
    assert "Hãy chọn cơ quan giải quyết: Việc bhyt." in said
    assert 'value="0912345678"' in answer.content.decode()
    assert not Group.objects.exists()


def test_the_same_form_sent_twice_makes_one_group(cast: Cast, children: Bundle) -> None:
    client, sent = signed_in(cast.officers.reception), typed(cast)
    for _ in range(2):
        assert client.post("/lien-thong/moi/?nhom=tre-em", sent).status_code == 302
    assert (Group.objects.count(), Dossier.objects.count()) == (1, 3)


def test_a_refusal_keeps_the_page(cast: Cast, children: Bundle, clock: Clock) -> None:
    Version.objects.filter(procedure__code="1.000003").update(valid_to=date(2026, 11, 1))
    answer = signed_in(cast.officers.reception).post("/lien-thong/moi/?nhom=tre-em", typed(cast))
    assert answer.status_code == 409
    assert "Có thủ tục không còn bản công khai hiệu lực" in text(answer)


def test_only_the_desk_hands_in_a_group(cast: Cast, children: Bundle) -> None:
    assert signed_in(cast.officers.handler).get("/lien-thong/moi/").status_code == 403


def test_the_page_says_what_holds_the_group_up_and_when_it_is_done(
    cast: Cast, children: Bundle, clock: Clock
) -> None:
    group = handed_in(cast, children)
    found = {m.key: m.dossier for m in group.members.all()}
    for n, key in enumerate(("khai-sinh", "thuong-tru", "bhyt")):
        assert found[key] is not None
        through(cast, found[key], MONDAY + (n + 1) * DAY)
    clock(MONDAY + 5 * DAY)
    said = page(cast.officers.handler, group)
    assert "Xong cả 3 thủ tục lúc 10:00 05/11/2026." in said
    assert "Đang giữ tiến độ" not in said


def test_a_group_that_keeps_its_terms_is_not_behind_its_plan(cast: Cast, children: Bundle) -> None:
    group = handed_in(cast, children)
    said = page(cast.officers.handler, group)
    assert "Kế hoạch xong 17:00 12/11/2026. Nay dự tính 17:00 12/11/2026." in said


def test_a_dossier_names_the_group_it_belongs_to(cast: Cast, children: Bundle) -> None:
    group = handed_in(cast, children)
    dossier = group.members.get(key="bhyt").dossier
    body = signed_in(cast.officers.reception).get(reverse("dossier", args=[dossier.code]))  # type: ignore[union-attr]
    assert f'href="/lien-thong/{group.code}/"' in body.content.decode()
    assert "Chờ kết quả của hồ sơ cùng nhóm" in text(body)


def test_a_refused_input_is_the_first_thing_the_page_says(cast: Cast, children: Bundle, clock: Clock) -> None:
    group = handed_in(cast, children)
    first = group.members.get(key="khai-sinh").dossier
    acts.withdraw(first, reason="Đổi ý", by=None, at=MONDAY + HOUR)  # type: ignore[arg-type]
    inputs.supply(first.code)  # type: ignore[union-attr]
    clock(MONDAY + 2 * HOUR)
    said = page(cast.officers.reception, group)
    assert (
        "“Việc thuong-tru” không có kết quả cần từ: Việc khai-sinh. Bộ phận Một cửa phải quyết định." in said
    )
    assert "Thiếu kết quả đầu vào" in said


# Projects


def planned(cast: Cast) -> Group:
    sent = {
        "request_id": uuid4(),
        "kind": 2,
        "name": "Công ty Mẫu",
        "channel": "direct",
        "receiving_unit": cast.department.pk,
        "subject": "Nhà máy gạch",
    }
    answer = signed_in(cast.officers.reception).post("/lien-thong/moi/?nhom=du-an", sent)
    assert answer.status_code == 302, text(answer)
    return Group.objects.get()


def test_a_project_shows_its_longest_chain_against_one_after_the_other(cast: Cast, works: Bundle) -> None:
    group = planned(cast)
    said = page(cast.officers.reception, group)
    assert "Đường găng: Việc dau-tu → Việc xay, 8 ngày làm việc." in said
    assert "Làm lần lượt mất 11 ngày làm việc; làm song song bớt 3 ngày." in said
    assert "Đang chờ Việc dau-tu: người nộp chưa nộp hồ sơ." in said
    assert "dư 2 ngày" in said


def test_a_dossier_is_attached_by_its_code(cast: Cast, works: Bundle, clock: Clock) -> None:
    group, client = planned(cast), signed_in(cast.officers.reception)
    dossier = cast.received(MONDAY)
    clock(MONDAY + HOUR)
    sent = {"thu_tuc": "dau-tu", "ho_so": dossier.code}
    assert client.post(reverse("group_attach", args=[group.code]), sent).status_code == 302
    said = page(cast.officers.reception, group)
    assert f"Việc dau-tu: {dossier.code}" in said
    assert dossier.code in said


@pytest.mark.parametrize(
    ("code", "status", "told"),
    [
        ("", 422, "Hãy nhập mã hồ sơ."),
        ("H14.05-000000-0001", 422, "Không có hồ sơ mang mã “H14.05-000000-0001”"),
        ("own", 409, "không phải của thủ tục 1.000002"),
    ],
)
def test_a_code_that_does_not_fit_is_told_and_kept(
    cast: Cast, works: Bundle, code: str, status: int, told: str
) -> None:
    group = planned(cast)
    given = cast.received(MONDAY).code if code == "own" else code
    client = signed_in(cast.officers.reception)
    answer = client.post(reverse("group_attach", args=[group.code]), {"thu_tuc": "dat", "ho_so": given})
    assert answer.status_code == status
    assert told in text(answer)
    assert f'value="{given}"' in answer.content.decode()


def test_a_dossier_one_may_not_read_is_not_told_from_one_that_is_not_there(cast: Cast, works: Bundle) -> None:
    group, far = planned(cast), officer(Role.RECEPTION, cast.commune)
    hidden = acts.receive(
        cast.filing(receiving_unit=cast.commune, deciding_unit=cast.commune), by=far, at=MONDAY
    )
    sent = {"thu_tuc": "dau-tu", "ho_so": hidden.code}
    client = signed_in(cast.officers.reception)
    answer = client.post(reverse("group_attach", args=[group.code]), sent)
    assert answer.status_code == 422
    assert f"Không có hồ sơ mang mã “{hidden.code}”" in text(answer)


def test_a_project_late_against_its_plan_says_so_in_words(cast: Cast, works: Bundle, clock: Clock) -> None:
    group = planned(cast)
    clock(MONDAY + 60 * DAY)
    said = page(cast.officers.reception, group)
    assert "chậm hơn kế hoạch" in said


# The list


def test_the_list_finds_by_name_kind_and_state(cast: Cast, children: Bundle, works: Bundle) -> None:
    group = handed_in(cast, children)
    client = signed_in(cast.officers.handler)
    for query, there in (
        ("", True),
        ("?q=nong+thi", True),
        (f"?q={group.code}", True),
        ("?loai=group&trang_thai=dang-lam", True),
        ("?loai=project", False),
        ("?trang_thai=da-xong", False),
        ("?q=khong+co", False),
    ):
        said = text(client.get(f"/lien-thong/{query}"))
        assert (group.code in said.replace(f"“{group.code}”", "")) is there, query
    assert "Không có nhóm hồ sơ nào như vậy" in text(client.get("/lien-thong/?loai=project"))


def test_who_has_nothing_to_do_with_a_group_neither_finds_nor_reads_it(cast: Cast, children: Bundle) -> None:
    group = handed_in(cast, children)
    stranger = signed_in(officer(Role.HANDLER, cast.commune))
    assert group.code not in text(stranger.get("/lien-thong/"))
    assert stranger.get(reverse("group", args=[group.code])).status_code == 403
    assert stranger.get("/lien-thong/khong-co/").status_code == 404


def test_who_decides_one_member_reads_the_group(cast: Cast, children: Bundle) -> None:
    sent = typed(cast, **{"don-vi-bhyt": cast.department.pk})
    signed_in(cast.officers.reception).post("/lien-thong/moi/?nhom=tre-em", sent)
    group = Group.objects.get()
    Dossier.objects.filter(memberships__key="bhyt").update(deciding_unit=cast.commune)
    Group.objects.update(receiving_unit=cast.province)
    client = signed_in(officer(Role.HANDLER, cast.commune))
    assert client.get(reverse("group", args=[group.code])).status_code == 200


def test_pages_follow_each_other_and_the_cost_stays_flat(
    cast: Cast, children: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "PAGE", 2)
    client = signed_in(cast.officers.reception)
    codes = []
    for _ in range(5):
        client.post("/lien-thong/moi/?nhom=tre-em", typed(cast))
        codes.append(Group.objects.first().code)  # type: ignore[union-attr]
    with CaptureQueriesContext(connection) as asked:
        first = client.get("/lien-thong/")
    assert len(asked) <= 20
    shown, address = [], "/lien-thong/"
    while address:
        body = client.get(address).content.decode()
        shown += re.findall(r'class="table-main code" href="/lien-thong/([^/]+)/"', body)
        onward = re.search(r'rel="next" href="([^"]+)"', body)
        address = f"/lien-thong/{onward[1]}" if onward else ""
    assert shown == codes[::-1]
    assert "5 nhóm, dự án." in text(first)


def test_a_group_page_costs_the_same_however_many_dossiers_it_has(cast: Cast, children: Bundle) -> None:
    group, client = handed_in(cast, children), signed_in(cast.officers.reception)
    client.get(reverse("group", args=[group.code]))
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("group", args=[group.code]))
    assert len(asked) <= 20


def test_groups_are_exported_with_how_far_they_are(cast: Cast, children: Bundle) -> None:
    group = handed_in(cast, children)
    (row,) = exported(signed_in(cast.officers.reception), f"{reverse('groups')}?q=mau")
    assert (row["Mã nhóm"], row["Tên"]) == (group.code, group.name)
    assert (row["Số thủ tục"], row["Đã xong"]) == (group.members.count(), 0)
    assert exported(signed_in(cast.officers.reception), f"{reverse('groups')}?trang_thai=da-xong") == []
