"""The officer's pages as their addresses answer: who may see what, what is shown, and what is kept when refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import chain
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.catalogue import publishing
from motcua.catalogue.models import Procedure, Term, Version
from motcua.dossiers import acts, identity, queries, worklist
from motcua.dossiers.models import Dossier, Task
from motcua.law.calendar import TZ
from motcua.law.lifecycle import State
from motcua.people.models import Officer, Role, Unit
from tests.cast import BORN, MONDAY, Cast, gather, officer, published_process

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Clock = Callable[[datetime], None]


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the moment the pages take for now."""

    def to(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    to(MONDAY + timedelta(hours=1))
    return to


@pytest.fixture(autouse=True)
def now(clock: Clock) -> None:
    """Every test begins one hour after the cast's Monday morning."""


def signed_in(who: Officer) -> Client:
    client = Client()
    client.force_login(who)
    return client


def text(response: object) -> str:
    """What a page says, without its tags and line breaks."""
    body = re.sub(r"<(script|style)[\s\S]*?</\1>", "", response.content.decode())  # type: ignore[attr-defined]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def markup(response: object) -> str:
    """The tags of a page, however they are broken into lines."""
    return " ".join(response.content.decode().split())  # type: ignore[attr-defined]


def deed(dossier: Dossier, slug: str, step: str = "") -> str:
    return reverse("deed", args=[dossier.code, slug]) + (f"?buoc={step}" if step else "")


def walked(cast: Cast, *steps: str) -> Dossier:
    """A dossier received on Monday at nine whose steps were done by the cast, a minute apart."""
    dossier = cast.received()
    for minute, step in enumerate(steps, start=1):
        cast.does(dossier, step, MONDAY + timedelta(minutes=minute))
    return dossier


def piled(cast: Cast, count: int, **task: object) -> list[Task]:
    """Many tasks of one received dossier's copies, due a minute apart."""
    first = walked(cast, "giao")
    kept = {f.attname: getattr(first, f.attname) for f in Dossier._meta.concrete_fields if f.attname != "id"}
    copies = [
        Dossier(
            **kept
            | {
                "code": f"{first.code}-{n}",
                "request_id": uuid4(),
                "due_at": MONDAY + n * timedelta(minutes=1),
            }
        )
        for n in range(count)
    ]
    Dossier.objects.bulk_create(copies)
    Task.objects.filter(dossier=first).delete()
    given = {
        "step": "tham",
        "name": "Thẩm định hồ sơ",
        "role": Role.HANDLER,
        "unit": cast.department,
        "since": MONDAY,
    }
    rows = [Task(dossier=d, dossier_due_at=d.due_at, **given | task) for d in copies]
    return Task.objects.bulk_create(rows)


# Who may see what.


@pytest.mark.parametrize(
    "address", ["/ban-lam-viec/", "/tiep-nhan/", "/ho-so/", "/ho-so/H14.05-261102-0001/"]
)
def test_a_visitor_is_sent_to_sign_in_and_back(client: Client, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/dang-nhap/?next={address}")


def test_an_officer_of_another_unit_may_not_read_a_dossier(cast: Cast) -> None:
    dossier, stranger = cast.received(), officer(Role.HANDLER, cast.commune)
    for address in (reverse("dossier", args=[dossier.code]), deed(dossier, "rut")):
        answer = signed_in(stranger).get(address)
        assert answer.status_code == 403
        assert "không giữ vị trí nào ở đơn vị tiếp nhận, giải quyết" in text(answer)
    assert signed_in(stranger).post(deed(dossier, "rut"), {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("role", [role for role in Role if role in queries.READERS])
def test_every_officer_of_the_deciding_unit_reads_its_dossiers(cast: Cast, role: Role) -> None:
    answer = signed_in(getattr(cast.officers, role.value)).get(
        reverse("dossier", args=[cast.received().code])
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(("role", "status"), [(Role.HEAD, 200), (Role.CONTROLLER, 200), (Role.HANDLER, 403)])
def test_the_province_is_overseen_by_its_head_and_controllers_only(
    cast: Cast, role: Role, status: int
) -> None:
    above = officer(role, cast.province)
    assert signed_in(above).get(reverse("dossier", args=[cast.received().code])).status_code == status


def test_who_appraises_drafts_reads_no_dossier(cast: Cast) -> None:
    code = cast.received().code
    assert signed_in(cast.officers.appraiser).get(reverse("dossier", args=[code])).status_code == 403


@pytest.mark.parametrize("above", ["province", "department"])
def test_who_keeps_the_accounts_reads_no_dossier(cast: Cast, above: str) -> None:
    code = cast.received().code
    keeper = signed_in(officer(Role.ADMIN, getattr(cast, above), "quan.tri"))
    assert keeper.get(reverse("dossier", args=[code])).status_code == 403
    assert code not in text(keeper.get("/ho-so/"))


def test_a_controller_in_an_office_of_the_province_oversees_all_of_it(cast: Cast) -> None:
    office = Unit.objects.create(
        code="04.12",
        agency_code="H14.12",
        name="Văn phòng",
        kind="department",
        parent=cast.province,
        valid_from=BORN,
    )
    code = cast.received().code
    controller = signed_in(officer(Role.CONTROLLER, office, "kiem.soat"))
    assert controller.get(reverse("dossier", args=[code])).status_code == 200
    assert code in text(controller.get("/ho-so/"))


def test_an_unknown_code_is_not_found(cast: Cast) -> None:
    assert signed_in(cast.officers.handler).get("/ho-so/H14.05-261102-9999/").status_code == 404


def test_only_the_counter_receives(cast: Cast) -> None:
    assert signed_in(cast.officers.handler).get("/tiep-nhan/").status_code == 403
    assert signed_in(cast.officers.reception).get("/tiep-nhan/").status_code == 200


# The worklist.


def test_an_empty_desk_says_so(cast: Cast) -> None:
    said = text(signed_in(cast.officers.handler).get("/ban-lam-viec/"))
    assert "Không có việc nào đang chờ bạn" in said
    assert "không có hồ sơ quá hạn, không có hồ sơ đến hạn hôm nay" in said.lower()


def test_a_leader_with_nothing_to_do_is_shown_the_way_to_the_units_work(cast: Cast) -> None:
    of_head = signed_in(cast.officers.head).get("/ban-lam-viec/")
    assert "Vị trí của bạn: không có hồ sơ quá hạn" in text(of_head)
    assert f'href="?don-vi={cast.department.code}">Xem việc của {cast.department.name}' in markup(of_head)


def test_a_row_tells_code_applicant_step_time_left_and_the_next_action(cast: Cast) -> None:
    dossier = walked(cast, "giao", "xacminh")
    said = text(signed_in(cast.officers.handler).get("/ban-lam-viec/"))
    for told in (
        dossier.code,
        "Nông Thị Mẫu",
        "Cấp giấy xác nhận mẫu",
        "Thẩm định hồ sơ",
        "Còn hạn",
        "Hoàn thành",
    ):
        assert told in said
    assert "Hẹn trả 17:00 09/11/2026" in said


def test_each_role_sees_its_own_steps_only(cast: Cast) -> None:
    dossier = walked(cast, "giao", "tham", "xacminh")
    seen = {
        role: dossier.code in text(signed_in(getattr(cast.officers, role)).get("/ban-lam-viec/"))
        for role in ("handler", "signer", "clerk")
    }
    assert seen == {"handler": False, "signer": True, "clerk": False}


def test_what_was_given_to_a_colleague_leaves_my_list_but_not_the_units(cast: Cast) -> None:
    dossier, colleague = walked(cast, "giao", "xacminh"), officer(Role.HANDLER, cast.department, "ban.dn")
    acts.assign(dossier, step="tham", to=colleague, by=cast.officers.signer, at=MONDAY + timedelta(minutes=9))
    assert dossier.code not in text(signed_in(cast.officers.handler).get("/ban-lam-viec/"))
    assert dossier.code in text(signed_in(colleague).get("/ban-lam-viec/?loc=cua-toi"))
    assert dossier.code in text(signed_in(cast.officers.head).get("/ban-lam-viec/?don-vi=04.05"))


def test_a_unit_that_is_not_led_is_not_shown_whole(cast: Cast) -> None:
    dossier = walked(cast, "giao")
    assert dossier.code not in text(signed_in(cast.officers.clerk).get("/ban-lam-viec/?don-vi=04.05"))


def test_counts_are_filters_and_add_up(cast: Cast, clock: Clock) -> None:
    tasks = piled(cast, 5)
    lists = [("qua-han", 0), ("hom-nay", 1), ("tuan-nay", 4)]
    for (slug, first), moment in zip(lists, [tasks[1].dossier_due_at] * 3, strict=True):
        clock(moment)
        page = text(signed_in(cast.officers.handler).get(f"/ban-lam-viec/?loc={slug}"))
        found = [task.dossier.code for task in tasks if f"{task.dossier.code} " in page]
        expected = tasks[:1] if slug == "qua-han" else tasks[1:]
        assert found == [task.dossier.code for task in expected], (slug, first)


def test_the_most_urgent_comes_first_and_the_order_can_be_turned(cast: Cast) -> None:
    tasks = piled(cast, 6)
    client = signed_in(cast.officers.handler)
    shown = [row["task"].pk for row in client.get("/ban-lam-viec/").context["rows"]]
    turned = [row["task"].pk for row in client.get("/ban-lam-viec/?xep=xa").context["rows"]]
    assert shown == [task.pk for task in tasks] == turned[::-1]


@pytest.mark.parametrize("order", ["", "xep=xa&"])
def test_pages_show_every_row_once_forth_and_back(cast: Cast, order: str) -> None:
    tasks = piled(cast, 120)
    Task.objects.filter(pk__in=[task.pk for task in tasks[100:]]).update(dossier_due_at=None, waiting=True)
    client, seen, way = signed_in(cast.officers.handler), [], f"?{order}"
    while way:
        page = client.get(f"/ban-lam-viec/{way}").context
        seen.append([row["task"].pk for row in page["rows"]])
        last, way = page, page["after"]
    assert [len(shown) for shown in seen] == [50, 50, 20]
    assert sorted(chain(*seen)) == [task.pk for task in tasks]
    back = client.get(f"/ban-lam-viec/{last['before']}").context
    assert [row["task"].pk for row in back["rows"]] == seen[1]
    assert [row["task"].pk for row in client.get(f"/ban-lam-viec/{back['before']}").context["rows"]] == seen[
        0
    ]


def test_rows_due_at_the_same_moment_are_not_lost_between_pages(cast: Cast) -> None:
    tasks = piled(cast, 70)
    Task.objects.update(dossier_due_at=MONDAY)
    client = signed_in(cast.officers.handler)
    first = client.get("/ban-lam-viec/").context
    second = client.get(f"/ban-lam-viec/{first['after']}").context
    assert {row["task"].pk for row in (*first["rows"], *second["rows"])} == {task.pk for task in tasks}


def test_a_place_nobody_wrote_shows_the_first_page(cast: Cast) -> None:
    piled(cast, 3)
    for place in ("sau=x", "sau=~", "truoc=99999999999999.0~1", "sau=20261102~abc"):
        assert len(signed_in(cast.officers.handler).get(f"/ban-lam-viec/?{place}").context["rows"]) in (0, 3)


def test_counting_stops_where_it_no_longer_matters(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    piled(cast, 12)
    monkeypatch.setattr(worklist, "CAP", 10)
    counts = {c["label"]: c for c in signed_in(cast.officers.handler).get("/ban-lam-viec/").context["counts"]}
    assert (counts["Tất cả"]["count"], counts["Tất cả"]["more"]) == (9, True)


def test_the_worklist_asks_as_much_of_sixty_rows_as_of_two(cast: Cast) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/ban-lam-viec/")
        return len(queries)

    client = signed_in(cast.officers.handler)
    tasks = piled(cast, 60)
    many = asked()
    Task.objects.exclude(pk__in=[task.pk for task in tasks[:2]]).delete()
    # A short list may ask once more: for rows without a due moment.
    assert many <= asked() <= many + 1 <= 11


@pytest.mark.parametrize(
    "asked", ["nong thi mau", "Mẫu", "004090000001", "H14.05-2611", "h14.05-261102-0001", "0900000000"]
)
def test_the_list_is_searched_by_name_number_and_code(cast: Cast, asked: str) -> None:
    dossier = walked(cast, "giao", "xacminh")
    client = signed_in(cast.officers.handler)
    assert dossier.code in text(client.get("/ban-lam-viec/", {"q": asked}))
    assert dossier.code in text(client.get("/ho-so/", {"q": asked}))


def test_a_search_without_hits_says_where_else_to_look(cast: Cast) -> None:
    walked(cast, "giao")
    said = text(signed_in(cast.officers.handler).get("/ban-lam-viec/?q=nguyen"))
    assert "Không có “nguyen” trong mục này" in said


def test_an_online_filing_waits_at_the_counter_with_its_deadline(cast: Cast) -> None:
    dossier = acts.file_online(cast.filing(channel="online"), at=MONDAY)
    page = signed_in(cast.officers.reception).get("/ban-lam-viec/?loc=tiep-nhan")
    assert "Chờ tiếp nhận 7 giờ" in text(page)
    assert page.context["rows"][0]["next"]["url"].startswith(deed(dossier, "tiep-nhan"))


def test_a_waiting_dossier_is_shown_paused_and_offers_no_step(cast: Cast) -> None:
    dossier = walked(cast, "giao")
    acts.request_supplement(
        dossier,
        items=["Bản sao giấy tờ"],
        reason="Thiếu",
        by=cast.officers.reception,
        at=MONDAY + timedelta(minutes=9),
    )
    page = signed_in(cast.officers.handler).get("/ban-lam-viec/?loc=tam-dung")
    assert "Tạm dừng từ 09:09 02/11/2026" in text(page)
    assert {row["next"]["label"] for row in page.context["rows"]} == {"Xem hồ sơ"}


def test_finishing_falls_to_the_officer_of_the_last_step(cast: Cast) -> None:
    dossier = walked(cast, "giao", "tham", "xacminh", "ky", "so")
    row = signed_in(cast.officers.clerk).get("/ban-lam-viec/").context["rows"][0]
    assert row["next"]["url"].startswith(deed(dossier, "ket-thuc"))
    assert dossier.code not in text(signed_in(cast.officers.reception).get("/ban-lam-viec/"))


def test_a_leader_is_offered_to_name_an_officer(cast: Cast) -> None:
    dossier = walked(cast, "giao")
    rows = signed_in(cast.officers.assigner).get("/ban-lam-viec/?loc=chua-phan-cong").context["rows"]
    assert {row["next"]["label"] for row in rows} == {"Phân công"}
    assert rows[0]["next"]["url"].startswith(deed(dossier, "phan-cong"))


# Reception.


def draft_of(code: str, terms: dict[str, int]) -> Version:
    """A published procedure whose term in working days depends on its case."""
    procedure = Procedure.objects.create(code=code, title="Cấp lại, cấp đổi giấy mẫu")
    version = Version.objects.create(
        procedure=procedure, number=1, valid_from=date(2025, 7, 1), title=procedure.title, levels=["province"]
    )
    for place, (case, days) in enumerate(terms.items()):
        Term.objects.create(
            version=version, position=place, channel="direct", case=case, amount=days, unit="ngày làm việc"
        )
    publishing.versions([version], at=MONDAY)
    published_process(procedure)
    return version


def counter(cast: Cast, **said: object) -> dict[str, object]:
    """The counter's form, filled in."""
    papers = {f"giay-{c.pk}": "1" for c in cast.version.components.all()}
    return {
        "request_id": uuid4(),
        "kind": 1,
        "identity": "004 090 000 001",
        "name": "  Nông   Thị Mẫu ",
        "phone": "0900000000",
        "channel": "direct",
        "receiving_unit": cast.department.pk,
        "procedure": "1.000001",
        "deciding_unit": cast.department.pk,
        "do": "nhan",
        **papers,
        **said,
    }


def test_a_dossier_is_received_and_its_slip_shown(cast: Cast) -> None:
    client = signed_in(cast.officers.reception)
    answer = client.post("/tiep-nhan/", counter(cast, paid="on"), follow=True)
    dossier = Dossier.objects.get()
    assert answer.redirect_chain == [(reverse("print", args=[dossier.code, "giay-tiep-nhan"]), 302)]
    said = text(answer)
    for told in (
        "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        dossier.code,
        "Nông Thị Mẫu",
        "17:00 09/11/2026",
        "20.000 đ, đã nộp",
    ):
        assert told in said
    assert (dossier.applicant, dossier.identity, dossier.paid) == ("Nông Thị Mẫu", "004090000001", 20000)


def test_the_second_click_receives_nothing_new(cast: Cast) -> None:
    client, form = signed_in(cast.officers.reception), counter(cast)
    first, second = client.post("/tiep-nhan/", form), client.post("/tiep-nhan/", form)
    assert first.headers["Location"] == second.headers["Location"]
    assert Dossier.objects.count() == 1


def test_an_error_keeps_everything_typed(cast: Cast) -> None:
    component = cast.version.components.first()
    form = counter(cast, identity="0040900000", address="Xóm 3", **{f"nguon-{component.pk}": "store"})
    answer = signed_in(cast.officers.reception).post("/tiep-nhan/", form)
    body = markup(answer)
    assert Dossier.objects.count() == 0
    assert "Số định danh cá nhân có 12 chữ số" in text(answer)
    for kept in (
        'value="0040900000"',
        'value="Xóm 3"',
        str(form["request_id"]),
        '<option value="store" selected>',
    ):
        assert kept in body
    assert f'name="giay-{component.pk}" value="1" checked' in body


def test_what_is_asked_after_the_procedure_is_not_missed_before_it(cast: Cast) -> None:
    answer = signed_in(cast.officers.reception).post(
        "/tiep-nhan/", {"request_id": uuid4(), "kind": 1, "do": "nhan"}
    )
    assert answer.context["form"].errors.keys() == {"name", "procedure"}


@pytest.mark.parametrize("missing", ["name", "procedure", "deciding_unit"])
def test_what_is_missing_is_named(cast: Cast, missing: str) -> None:
    answer = signed_in(cast.officers.reception).post("/tiep-nhan/", counter(cast, **{missing: ""}))
    assert answer.context["form"].errors.keys() == {missing}
    assert 'class="errors"' in markup(answer)


def test_a_procedure_is_found_and_chosen_without_scripts(cast: Cast) -> None:
    client = signed_in(cast.officers.reception)
    form = {
        "request_id": uuid4(),
        "kind": 1,
        "channel": "direct",
        "name": "Nông Thị Mẫu",
        "tim": "1.000001",
        "do": "tim",
    }
    found = client.post("/tiep-nhan/", form)
    assert 'name="procedure" value="1.000001"' in markup(found)
    chosen = client.post("/tiep-nhan/", form | {"procedure": "1.000001", "do": "xem"})
    said = text(chosen)
    assert "Hẹn trả kết quả 17:00 09/11/2026" in said
    assert "Phí, lệ phí: 20.000 đ" in said
    assert "Đơn đề nghị" in said
    assert 'value="Nông Thị Mẫu"' in markup(chosen)
    assert 'class="errors"' not in markup(chosen)


def test_a_term_that_hangs_on_the_case_asks_for_the_case(cast: Cast) -> None:
    version = draft_of("1.000009", {"Cấp lại": 1, "Cấp đổi": 3})
    client = signed_in(cast.officers.reception)
    form = counter(cast, procedure=version.procedure.code)
    asked = client.post("/tiep-nhan/", form)
    assert asked.context["form"].errors.keys() == {"case"}
    assert "Chọn trường hợp" in text(asked)
    told = client.post("/tiep-nhan/", form | {"case": "Cấp đổi", "do": "xem"})
    assert "Hẹn trả kết quả 17:00 05/11/2026" in text(told)
    client.post("/tiep-nhan/", form | {"case": "Cấp đổi"})
    assert Dossier.objects.values_list("case", "limit").get() == ("Cấp đổi", "3 ngày làm việc")


def test_htmx_is_answered_with_the_part_it_asked_for(cast: Cast) -> None:
    client, form = signed_in(cast.officers.reception), counter(cast, do="xem")
    part = client.post("/tiep-nhan/", form, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'id="ket-qua-du-kien" hx-swap-oob' in part


def test_a_new_choice_of_procedure_wins_over_the_one_before(cast: Cast) -> None:
    form = counter(cast, do="xem", **{"da-chon": "1.000002"})
    assert (
        signed_in(cast.officers.reception).post("/tiep-nhan/", form).context["intake"].version == cast.version
    )


def test_the_counter_asks_for_the_papers_that_are_missing(cast: Cast) -> None:
    form = counter(cast, do="bo-sung", reason="Thiếu bản sao")
    missing = cast.version.components.get(name="Bản sao giấy tờ")
    del form[f"giay-{missing.pk}"]
    answer = signed_in(cast.officers.reception).post("/tiep-nhan/", form, follow=True)
    dossier = Dossier.objects.get()
    assert dossier.state == State.SUPPLEMENT
    assert "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ" in text(answer)
    assert "Bản sao giấy tờ" in text(answer)
    again = signed_in(cast.officers.reception).post("/tiep-nhan/", form)
    assert (again.status_code, Dossier.objects.get().facts) == (302, 2)


def test_nothing_is_written_when_no_paper_is_missing(cast: Cast) -> None:
    answer = signed_in(cast.officers.reception).post(
        "/tiep-nhan/", counter(cast, do="bo-sung", reason="Thiếu")
    )
    assert "Bỏ dấu ở giấy tờ phải bổ sung" in text(answer)
    assert Dossier.objects.count() == 0


def test_the_counter_refuses_with_a_reason_only(cast: Cast) -> None:
    client, form = signed_in(cast.officers.reception), counter(cast, do="tu-choi", reason=" ")
    assert "Hãy ghi rõ lý do" in text(client.post("/tiep-nhan/", form))
    assert Dossier.objects.count() == 0
    said = text(client.post("/tiep-nhan/", form | {"reason": "Không thuộc thẩm quyền"}, follow=True))
    assert "Phiếu từ chối tiếp nhận" in said
    assert "Không thuộc thẩm quyền" in said
    assert Dossier.objects.get().state == State.NOT_ACCEPTED


def test_the_counter_of_a_commune_receives_and_asks_for_a_department(cast: Cast) -> None:
    far = officer(Role.RECEPTION, cast.commune)
    form = counter(cast, receiving_unit=cast.commune.pk)
    assert signed_in(far).post("/tiep-nhan/", form).status_code == 302
    asked = counter(cast, receiving_unit=cast.commune.pk, do="bo-sung", reason="Thiếu")
    asked = {name: value for name, value in asked.items() if not str(name).startswith("giay-")}
    assert signed_in(far).post("/tiep-nhan/", asked).status_code == 302
    assert sorted(Dossier.objects.values_list("state", flat=True)) == [State.ACCEPTED, State.SUPPLEMENT]


def test_nobody_receives_at_a_counter_that_is_not_theirs(cast: Cast) -> None:
    answer = signed_in(cast.officers.reception).post(
        "/tiep-nhan/", counter(cast, receiving_unit=cast.commune.pk)
    )
    assert "receiving_unit" in answer.context["form"].errors


@pytest.mark.parametrize(
    ("number", "person", "right"),
    [
        ("004090000001", True, True),
        ("080123456", True, True),
        ("00409000000", True, False),
        ("0100109106", True, False),
        ("0100109106", False, True),
        ("0100109107", False, False),
        ("0100109106-001", False, True),
        ("0100109106-000", False, False),
        ("004090000001", False, True),
        ("12345", False, False),
    ],
)
def test_numbers_of_people_and_of_organisations_are_told_apart(
    number: str, person: bool, right: bool
) -> None:
    assert (identity.why_wrong(number, person=person) == "") is right


def test_ten_of_eleven_remainders_have_a_check_digit() -> None:
    """A number whose weighted sum leaves nothing is never issued."""
    assert (
        sum(identity.tax_code(f"{number:09}{digit}") for number in range(1100) for digit in range(10)) == 1000
    )


# A dossier.


def test_a_dossier_tells_whose_move_it_is_and_explains_its_clock(cast: Cast) -> None:
    page = signed_in(cast.officers.handler).get(reverse("dossier", args=[walked(cast, "giao").code]))
    said = text(page)
    for told in (
        "Đang ở: Thẩm định hồ sơ",
        "Thời hạn 5 ngày làm việc",
        "Ngày làm việc thứ 5; hết hạn lúc 17:00 09/11/2026",
    ):
        assert told in said
    assert "Bộ luật Dân sự 2015, Đ.148" in said


def test_the_timeline_names_people_and_when_it_was_written_down(cast: Cast) -> None:
    said = text(signed_in(cast.officers.handler).get(reverse("dossier", args=[walked(cast, "giao").code])))
    assert "Hoàn thành bước: Phân công thụ lý Cán bộ Lãnh đạo phòng" in said
    assert "09:01 02/11/2026" in said
    assert "ghi sổ lúc 10:00 02/11/2026" in said


def test_parallel_branches_stand_side_by_side(cast: Cast) -> None:
    page = signed_in(cast.officers.handler).get(reverse("dossier", args=[walked(cast, "giao", "tham").code]))
    lanes = [[(lane["name"], lane["state"]) for lane in stage] for stage in page.context["stages"]]
    assert lanes[2] == [("Thẩm định hồ sơ", "done"), ("Xác minh thực tế", "active")]
    assert lanes[3] == [("Ký duyệt kết quả", "ahead")]


def test_what_may_not_be_done_is_greyed_with_its_article(cast: Cast) -> None:
    page = signed_in(cast.officers.signer).get(reverse("dossier", args=[walked(cast, "giao").code])).context
    refused = {action["label"]: (action["reason"], action["source"]) for action in page["refused"]}
    reason, source = refused["Kết thúc xử lý"]
    assert (
        reason == "Còn bước chưa xong: Thẩm định hồ sơ; Xác minh thực tế; Ký duyệt kết quả; Vào sổ, đóng dấu"
    )
    assert source == "NĐ 118/2025/NĐ-CP Đ.19.7, 22"
    assert "Xin lỗi, hẹn lại" in [action["label"] for action in page["allowed"]]


def test_an_officer_is_offered_only_what_their_post_may_do(cast: Cast) -> None:
    dossier = walked(cast, "giao")
    offered = {}
    for role in ("handler", "clerk", "controller"):
        page = signed_in(getattr(cast.officers, role)).get(reverse("dossier", args=[dossier.code])).context
        offered[role] = {action["label"] for action in page["allowed"]}
    assert "Hoàn thành bước: Thẩm định hồ sơ" in offered["handler"]
    assert offered["clerk"] == offered["controller"] == set()


def test_a_process_that_comes_back_keeps_every_turn(cast: Cast) -> None:
    dossier = walked(cast, "giao", "tham", "xacminh")
    acts.send_back(
        dossier,
        step="ky",
        to="tham",
        reason="Thiếu căn cứ",
        by=cast.officers.signer,
        at=MONDAY + timedelta(minutes=8),
    )
    stages = signed_in(cast.officers.handler).get(reverse("dossier", args=[dossier.code])).context["stages"]
    states = {lane["name"]: (lane["state"], lane["times"]) for stage in stages for lane in stage}
    assert states["Thẩm định hồ sơ"] == ("active", 2)
    assert states["Xác minh thực tế"] == ("done", 1)
    assert states["Ký duyệt kết quả"][0] == "back"


@pytest.mark.parametrize("paper", ["giay-tiep-nhan", "phieu-bo-sung", "phieu-tu-choi", "gi-do"])
def test_only_what_happened_can_be_printed(cast: Cast, paper: str) -> None:
    answer = signed_in(cast.officers.handler).get(reverse("print", args=[cast.received().code, paper]))
    assert answer.status_code == (200 if paper == "giay-tiep-nhan" else 404)


# Acts.


def test_completing_a_step_moves_the_dossier_on(cast: Cast) -> None:
    dossier = walked(cast, "giao")
    client = signed_in(cast.officers.handler)
    answer = client.post(deed(dossier, "hoan-thanh", "tham"), {"note": "Đủ điều kiện"}, follow=True)
    assert "Đã ghi: Hoàn thành bước: Thẩm định hồ sơ" in text(answer)
    assert set(dossier.tasks.values_list("step", flat=True)) == {"xacminh"}


def test_the_second_click_is_told_what_happened_and_keeps_what_was_typed(cast: Cast) -> None:
    dossier = walked(cast, "giao")
    client, form = signed_in(cast.officers.handler), {"note": "Lần hai", "seen": dossier.facts}
    client.post(deed(dossier, "hoan-thanh", "tham"), form)
    again = client.post(deed(dossier, "hoan-thanh", "tham"), form)
    said = text(again)
    assert again.status_code == 409
    assert "đã được" in said
    assert "Từ lúc bạn mở trang này: 10:00 02/11/2026" in said
    assert "Hoàn thành bước: Thẩm định hồ sơ Bạn" in said
    assert "Lần hai</textarea>" in markup(again)


def test_a_colleague_who_was_faster_is_named(cast: Cast) -> None:
    dossier, colleague = walked(cast, "giao"), officer(Role.HANDLER, cast.department, "ban.dn")
    Officer.objects.filter(pk=colleague.pk).update(full_name="Bế Thị Nhanh")
    acts.complete_step(dossier, step="tham", by=colleague, at=MONDAY + timedelta(minutes=30))
    answer = signed_in(cast.officers.handler).post(
        deed(dossier, "hoan-thanh", "tham"), {"note": "Của tôi", "seen": dossier.facts - 1}
    )
    assert "Hoàn thành bước: Thẩm định hồ sơ Bế Thị Nhanh" in text(answer)
    assert "Của tôi</textarea>" in markup(answer)


def test_a_page_opened_too_late_says_when_the_step_was_done(cast: Cast) -> None:
    answer = signed_in(cast.officers.assigner).get(deed(walked(cast, "giao"), "hoan-thanh", "giao"))
    assert "Bước này không còn chờ xử lý, đã xong lúc 09:01 02/11/2026" in text(answer)
    assert 'class="form"' not in markup(answer)


def test_an_act_without_the_power_is_refused_with_its_source(cast: Cast) -> None:
    dossier = walked(cast, "giao")
    client = signed_in(cast.officers.clerk)
    assert "không có thẩm quyền" in text(client.get(deed(dossier, "hen-lai")))
    answer = client.post(deed(dossier, "hen-lai"), {"due": "2026-11-12", "reason": "Chậm"})
    assert "NĐ 118/2025/NĐ-CP Đ.10, 11, 19" in text(answer)
    assert Dossier.objects.get().extensions == 0


def test_a_refused_act_tells_the_reason_and_the_article_and_keeps_what_was_typed(
    cast: Cast, clock: Clock
) -> None:
    dossier = walked(cast, "giao")
    clock(MONDAY + 7 * DAY)
    answer = signed_in(cast.officers.signer).post(
        deed(dossier, "hen-lai"), {"due": "2026-11-13", "reason": "Mưa lũ"}
    )
    said = text(answer)
    assert "Phải xin lỗi, hẹn lại chậm nhất ngày 08/11/2026" in said
    assert "NĐ 118/2025/NĐ-CP Đ.19.6" in said
    assert "Mưa lũ</textarea>" in markup(answer)


def test_a_day_off_cannot_be_promised(cast: Cast) -> None:
    answer = signed_in(cast.officers.signer).post(
        deed(walked(cast, "giao"), "hen-lai"), {"due": "2026-11-14", "reason": "Mưa lũ"}
    )
    assert "14/11/2026 là ngày nghỉ" in text(answer)


def test_money_is_not_taken_twice_by_a_second_click(cast: Cast) -> None:
    dossier = walked(cast, "giao")
    client = signed_in(cast.officers.reception)
    form = {"amount": 5000, "seen": dossier.facts}
    client.post(deed(dossier, "thu-phi"), form)
    again = client.post(deed(dossier, "thu-phi"), form)
    assert Dossier.objects.get().paid == 5000
    assert "Hồ sơ vừa có thay đổi" in text(again)
    shown = again.context["form"]["seen"].value()
    client.post(deed(dossier, "thu-phi"), {"amount": 15000, "seen": shown})
    assert Dossier.objects.get().paid == 20000


def test_an_act_goes_back_to_where_it_was_opened_but_never_elsewhere(cast: Cast) -> None:
    dossier = walked(cast, "giao")
    client = signed_in(cast.officers.handler)
    here = client.post(deed(dossier, "hoan-thanh", "tham"), {"ve": "/ban-lam-viec/?loc=qua-han"})
    away = client.post(deed(dossier, "hoan-thanh", "xacminh"), {"ve": "https://evil.example/"})
    assert here.headers["Location"] == "/ban-lam-viec/?loc=qua-han"
    assert away.headers["Location"] == reverse("dossier", args=[dossier.code])


def test_the_last_step_leads_straight_to_finishing(cast: Cast) -> None:
    dossier = walked(cast, "giao", "tham", "xacminh", "ky")
    answer = signed_in(cast.officers.clerk).post(deed(dossier, "hoan-thanh", "so"))
    assert answer.headers["Location"].startswith(deed(dossier, "ket-thuc"))


def test_every_act_has_its_page_and_leaves_its_fact(cast: Cast, clock: Clock) -> None:
    """One long life: each act is asked for, opened and carried out through its own page."""
    dossier = walked(cast, "giao")
    copy = cast.version.components.get(name="Bản sao giấy tờ")
    handler, desk, signer, clerk = (
        signed_in(getattr(cast.officers, role)) for role in ("handler", "reception", "signer", "clerk")
    )
    other, _ = (signed_in(officer(Role.HANDLER, unit)) for unit in (cast.commune, cast.province))
    asked, term = [cast.commune.code, cast.province.code], {"until": "2026-11-06", "means": "system"}
    life = [
        (signer, "phan-cong", "tham", {"to": cast.officers.handler.pk}),
        (handler, "de-nghi-bo-sung", "", {"items": [copy.pk], "reason": "Thiếu bản sao"}),
        (desk, "tra-lai-de-nghi", "", {"reason": "Đã có trong kho dữ liệu"}),
        (handler, "de-nghi-bo-sung", "", {"items": [copy.pk], "reason": "Bản trong kho đã cũ"}),
        (desk, "yeu-cau-bo-sung", "", {"items": [copy.pk], "reason": "Thiếu bản sao"}),
        (desk, "nhan-bo-sung", "", {"items": ["0"]}),
        (handler, "lay-y-kien", "", {"units": asked, "content": "Có quy hoạch không?", **term}),
        (other, "tra-loi-y-kien", "@y-kien-1", {"position": "agreed", "content": "Phù hợp quy hoạch"}),
        (handler, "rut-y-kien", "@y-kien-2", {"reason": "Hỏi nhầm nơi"}),
        (handler, "nghia-vu", "", {"amount": 3000000}),
        (handler, "sua-nghia-vu", "", {"amount": 300000, "reason": "Ghi thừa một số 0"}),
        (desk, "thu-phi", "", {"amount": 320000}),
        (handler, "da-nop", "", {}),
        (handler, "hoan-thanh", "tham", {"note": ""}),
        (handler, "hoan-thanh", "xacminh", {"note": ""}),
        (signer, "tra-lai", "ky", {"to": "tham", "reason": "Thiếu căn cứ"}),
        (handler, "hoan-thanh", "tham", {"note": "Đã bổ sung căn cứ"}),
        (signer, "hen-lai", "", {"due": "2026-11-20", "reason": "Mưa lũ"}),
        (handler, "trinh-ky", "", {"result": "granted", "summary": "Cấp giấy xác nhận"}),
        (signer, "ky-duyet", "", {"note": ""}),
        (clerk, "hoan-thanh", "so", {"note": ""}),
        (clerk, "ket-thuc", "", {"result": "granted", "number": "12/GXN", "electronic": "KQ-1"}),
        (desk, "tra-ket-qua", "", {"means": "counter"}),
        (desk, "yeu-cau-dinh-chinh", "", {"reason": "Sai họ tên"}),
        (clerk, "khong-dinh-chinh", "", {"reason": "Họ tên đúng như đơn"}),
        (desk, "yeu-cau-dinh-chinh", "", {"reason": "Sai ngày sinh"}),
        (signer, "ky-duyet", "", {"note": ""}),
        (clerk, "dinh-chinh", "", {"number": "12/GXN-ĐC", "electronic": "KQ-2", "note": "Sửa ngày sinh"}),
        (desk, "tra-ket-qua", "", {"means": "post"}),
        (desk, "danh-gia", "", {"satisfied": "0", "reason": "Đi lại nhiều"}),
    ]
    for minute, (client, slug, step, said) in enumerate(life):
        clock(MONDAY + timedelta(hours=1, minutes=minute))
        opened = client.get(deed(dossier, slug, step))
        assert (opened.status_code, opened.context["refusal"]) == (200, None), slug
        seen = opened.context["form"]["seen"].value()
        assert client.post(deed(dossier, slug, step), said | {"seen": seen}).status_code == 302, slug
    dossier.refresh_from_db()
    assert (dossier.state, dossier.satisfied, dossier.extensions, dossier.paid) == (
        State.RETURNED,
        False,
        1,
        320000,
    )
    assert list(queries.verify()) == []


@pytest.mark.parametrize(
    ("slug", "who", "said", "state"),
    [
        ("rut", "reception", {"reason": "Không cần nữa"}, State.WITHDRAWN),
        ("dung", "signer", {"reason": "Không đủ điều kiện"}, State.STOPPED),
    ],
)
def test_a_dossier_may_end_early(cast: Cast, slug: str, who: str, said: dict[str, str], state: State) -> None:
    dossier = walked(cast, "giao")
    client = signed_in(getattr(cast.officers, who))
    assert client.post(deed(dossier, slug), {"reason": ""}).context["form"].errors
    client.post(deed(dossier, slug), said)
    page = text(client.get(reverse("dossier", args=[dossier.code])))
    assert Dossier.objects.get().state == state
    assert said["reason"] in page


def test_an_online_filing_is_accepted_or_refused_at_the_counter(cast: Cast) -> None:
    client = signed_in(cast.officers.reception)
    first, second = (acts.file_online(cast.filing(channel="online"), at=MONDAY) for _ in range(2))
    component = cast.version.components.first()
    client.post(deed(first, "tiep-nhan"), {f"giay-{component.pk}": "1", f"nguon-{component.pk}": "store"})
    client.post(deed(second, "tu-choi"), {"reason": "Sai thẩm quyền"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.from_store, second.state) == (State.ACCEPTED, True, State.NOT_ACCEPTED)


def test_rating_is_for_the_counter_only(cast: Cast) -> None:
    dossier = cast.received()
    acts.withdraw(dossier, reason="Thôi", by=None, at=MONDAY + timedelta(minutes=1))
    answer = signed_in(cast.officers.clerk).post(deed(dossier, "danh-gia"), {"satisfied": "1"})
    assert answer.status_code == 409
    assert Dossier.objects.get().satisfied is None


def test_an_act_nobody_knows_is_not_found(cast: Cast) -> None:
    assert signed_in(cast.officers.handler).get(deed(cast.received(), "xoa")).status_code == 404


# The search.


def test_the_search_shows_only_what_the_officer_may_read(cast: Cast) -> None:
    dossier = cast.received()
    assert dossier.code in text(signed_in(cast.officers.clerk).get("/ho-so/"))
    assert dossier.code not in text(signed_in(officer(Role.HANDLER, cast.commune)).get("/ho-so/"))
    assert dossier.code in text(signed_in(officer(Role.HEAD, cast.province)).get("/ho-so/"))


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("trang_thai=2", 1),
        ("trang_thai=10", 0),
        ("don_vi=04.05", 1),
        ("tu=2026-11-02&den=2026-11-02", 1),
        ("tu=2026-11-03", 0),
        ("den=01/11/2026", 0),
    ],
)
def test_the_search_is_narrowed_by_state_unit_and_period(cast: Cast, query: str, count: int) -> None:
    cast.received()
    assert signed_in(cast.officers.handler).get(f"/ho-so/?{query}").context["found"].count == count


def test_a_wrong_date_is_told_and_narrows_nothing(cast: Cast) -> None:
    cast.received()
    page = signed_in(cast.officers.handler).get("/ho-so/?tu=hôm+qua")
    assert "Ngày viết như 25/11/2026" in text(page)
    assert page.context["found"].count == 1


def test_the_search_is_read_page_by_page(cast: Cast) -> None:
    piled(cast, 130)
    client, seen, way = signed_in(cast.officers.handler), [], "?q=mau"
    while way:
        page = client.get(f"/ho-so/{way}").context
        seen.append([row["dossier"].pk for row in page["rows"]])
        last, way = page, page["after"]
    assert [len(shown) for shown in seen] == [50, 50, 31]
    assert len(set(chain(*seen))) == 131
    assert [row["dossier"].pk for row in client.get(f"/ho-so/{last['before']}").context["rows"]] == seen[1]


@pytest.mark.parametrize(
    ("query", "count"), [("?tu=2026-11-01&den=2026-11-03", 118), ("?den=2026-11-03", 131)]
)
def test_days_long_ago_are_read_page_by_page_too(
    cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch, query: str, count: int
) -> None:
    monkeypatch.setattr("motcua.dossiers.listing.CAP", 60)
    piled(cast, 130)
    Dossier.objects.filter(code__endswith="7").update(filed_at=MONDAY - 9 * DAY)
    clock(MONDAY + 40 * DAY)
    client, seen, way = signed_in(cast.officers.handler), [], query
    while way:
        page = client.get(f"/ho-so/{way}").context
        seen.append([row["dossier"].pk for row in page["rows"]])
        last, way = page, page["after"]
    asked = Dossier.objects.filter(filed_at__gte=MONDAY - (1 if count < 131 else 9) * DAY).order_by("-pk")
    assert len(asked) == count
    assert list(chain(*seen)) == list(asked.values_list("pk", flat=True))
    assert [row["dossier"].pk for row in client.get(f"/ho-so/{last['before']}").context["rows"]] == seen[1]


@pytest.mark.parametrize(
    "address", ["/ho-so/", "/lien-thong/", "/lien-thong/ho-so/", "/tiep-nhan/huong-dan/"]
)
@pytest.mark.parametrize("query", ["sau={0}", "truoc={0}", "tu=9999-12-31&den=9999-12-31"])
def test_a_place_or_a_day_beyond_all_others_is_no_error(cast: Cast, address: str, query: str) -> None:
    asked = f"{address}?{query.format('9' * 5000)}"
    assert signed_in(cast.officers.clerk).get(asked).status_code == 200


def test_the_last_day_asked_for_is_asked_for_to_its_end(cast: Cast) -> None:
    filed = cast.received()
    Dossier.objects.filter(pk=filed.pk).update(filed_at=datetime(2026, 11, 1, 23, 59, 59, 999999, TZ))
    client = signed_in(cast.officers.clerk)
    assert [row["dossier"].pk for row in client.get("/ho-so/?den=2026-11-01").context["rows"]] == [filed.pk]
    assert not client.get("/ho-so/?den=2026-10-31").context["rows"]


@pytest.mark.parametrize("address", ["/ban-lam-viec/", "/ho-so/", "/ho-so/{code}/"])
def test_pages_do_not_change_anything(cast: Cast, address: str) -> None:
    dossier = walked(cast, "giao")
    assert signed_in(cast.officers.handler).post(address.format(code=dossier.code)).status_code == 405


def test_a_name_found_whole_is_that_name_and_one_found_nowhere_is_the_beginning_of_one(cast: Cast) -> None:
    for name in ("Nông Thị Lan", "Nông Thị Lành"):
        cast.received(applicant=acts.Applicant(name=name))
    control = signed_in(officer(Role.CONTROLLER, cast.province))
    whole, begun = (text(control.get("/ho-so/", {"q": said})) for said in ("nong thi lan", "nong thi la"))
    assert "Nông Thị Lan" in whole
    assert "Nông Thị Lành" not in whole
    assert "Nông Thị Lan " in begun
    assert "Nông Thị Lành" in begun


def test_a_few_found_dossiers_are_still_paged_newest_first(cast: Cast) -> None:
    made = [cast.received(MONDAY + n * timedelta(seconds=1)).code for n in range(55)]
    page = signed_in(cast.officers.handler).get("/ho-so/?q=mau")
    shown = re.findall(r'class="table-main code"[^>]*>([^<]+)<', page.content.decode())
    assert shown == made[:4:-1]
    onward = re.search(r'href="([^"]*sau=[^"]*)"', page.content.decode())
    assert onward
    rest = signed_in(cast.officers.handler).get("/ho-so/" + onward[1].replace("&amp;", "&").split("/")[-1])
    assert re.findall(r'class="table-main code"[^>]*>([^<]+)<', rest.content.decode()) == made[4::-1]
