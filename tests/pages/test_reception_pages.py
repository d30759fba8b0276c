"""The counter beyond one plain dossier: who hands in for whom, what is counted, what survives."""

from __future__ import annotations

from datetime import datetime, timedelta
from unicodedata import normalize

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.catalogue.models import ProcessVersion, Version
from motcua.dossiers.models import Dossier
from motcua.journal import log
from motcua.law.facts import Accepted
from motcua.law.lifecycle import State
from motcua.people.models import Role, Unit, UnitKind
from tests import pdf
from tests.acts.test_at_once import desk_alone
from tests.cast import BORN, MONDAY, Cast, gather, officer, published_process, published_version
from tests.pages.test_dossiers_pages import counter, markup, signed_in, text

pytestmark = pytest.mark.django_db
AGENT = {
    "agent": " Lý  Văn Thay ",
    "agent_identity": "004090000002",
    "agent_phone": "0912.345.678",
    "authorisation": "Giấy ủy quyền số 12 ngày 01/11/2026",
}


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    moment = MONDAY + timedelta(hours=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    return moment


# Người nộp thay


def test_a_dossier_handed_in_by_an_agent_stays_its_applicants(cast: Cast) -> None:
    client = signed_in(cast.officers.reception)
    client.post("/tiep-nhan/", counter(cast, **AGENT))
    dossier = Dossier.objects.get()
    assert (dossier.applicant, dossier.identity) == ("Nông Thị Mẫu", "004090000001")
    assert (dossier.agent, dossier.agent_phone) == ("Lý Văn Thay", "0912345678")
    told = "Lý Văn Thay, 004090000002, 0912345678, Giấy ủy quyền số 12 ngày 01/11/2026"
    assert told in text(client.get(reverse("dossier", args=[dossier.code])))
    assert told in text(client.get(reverse("print", args=[dossier.code, "giay-tiep-nhan"])))
    assert dossier.code in text(client.get("/ho-so/", {"q": "ly van thay"}))


@pytest.mark.parametrize("missing", ["agent", "authorisation"])
def test_an_agent_is_named_and_shows_an_authorisation(cast: Cast, missing: str) -> None:
    answer = signed_in(cast.officers.reception).post("/tiep-nhan/", counter(cast, **AGENT | {missing: ""}))
    assert answer.context["form"].errors.keys() == {missing}
    assert Dossier.objects.count() == 0
    assert '<details class="reception-agent" open>' in markup(answer)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("phone", "abc"), ("phone", "0912"), ("agent_phone", "o912345678"), ("agent_identity", "12")],
)
def test_a_number_that_cannot_be_one_is_named(cast: Cast, field: str, wrong: str) -> None:
    answer = signed_in(cast.officers.reception).post("/tiep-nhan/", counter(cast, **AGENT | {field: wrong}))
    assert answer.context["form"].errors.keys() == {field}
    assert Dossier.objects.count() == 0


@pytest.mark.parametrize("number", ["0912 345 678", "+84 912-345-678", "(0206) 3852 123", ""])
def test_a_phone_number_is_kept_without_what_stands_between_its_digits(cast: Cast, number: str) -> None:
    signed_in(cast.officers.reception).post("/tiep-nhan/", counter(cast, phone=number))
    kept = Dossier.objects.get().phone
    assert kept == "".join(sign for sign in number if sign.isdigit() or sign == "+")


# Quét thẻ căn cước

CARD = "004090000009|123456789|Hoàng Thị  Én|01021990|Nữ|Tổ 3, Phường Mẫu, Cao Bằng|01012022"


def test_the_code_of_an_identity_card_fills_who_it_is(cast: Cast) -> None:
    said = counter(cast, identity=CARD, name="", address="") | AGENT | {"agent_identity": CARD, "agent": ""}
    signed_in(cast.officers.reception).post("/tiep-nhan/", said)
    dossier = Dossier.objects.get()
    assert (dossier.identity, dossier.applicant) == ("004090000009", "Hoàng Thị Én")
    assert dossier.address == "Tổ 3, Phường Mẫu, Cao Bằng"
    assert (dossier.agent_identity, dossier.agent) == ("004090000009", "Hoàng Thị Én")


def test_a_code_read_before_anything_is_chosen_shows_the_form_filled_in(cast: Cast) -> None:
    asked = {"do": "tim", "identity": CARD, "name": "", "tim": ""}
    form = signed_in(cast.officers.reception).post("/tiep-nhan/", asked).context["form"]
    assert (form["identity"].value(), form["name"].value()) == ("004090000009", "Hoàng Thị Én")


@pytest.mark.parametrize("other", ["https://qr.vn/a|b", "004090000009|Én", "12|34|5|6|7|8|9"])
def test_another_code_is_told_to_be_no_number(cast: Cast, other: str) -> None:
    answer = signed_in(cast.officers.reception).post("/tiep-nhan/", counter(cast, identity=other))
    assert answer.context["form"].errors.keys() == {"identity"}
    assert answer.context["form"]["identity"].value() == other


@pytest.mark.parametrize(
    "typed", ["004 090 000 001", "004.090.000.001", "004090000001 ", "004\u00a0090000001"]
)
def test_a_number_is_kept_without_what_stands_between_its_digits(cast: Cast, typed: str) -> None:
    signed_in(cast.officers.reception).post("/tiep-nhan/", counter(cast, identity=typed))
    assert Dossier.objects.get().identity == "004090000001"


def test_a_name_typed_in_pieces_is_kept_whole_and_found(cast: Cast) -> None:
    client, whole = signed_in(cast.officers.reception), "Nguyễn Thị Ưởng"
    client.post("/tiep-nhan/", counter(cast, name=normalize("NFD", whole)))
    dossier = Dossier.objects.get()
    assert dossier.applicant == whole
    assert dossier.code in text(client.get("/ho-so/", {"q": normalize("NFD", "Ưởng")}))


def test_a_sign_the_database_takes_nowhere_is_left_out_of_what_is_sent_and_asked(cast: Cast) -> None:
    client = signed_in(cast.officers.reception)
    client.post("/tiep-nhan/", counter(cast, name="Nông Thị\0 Mẫu"))
    dossier = Dossier.objects.get()
    assert dossier.applicant == "Nông Thị Mẫu"
    assert dossier.code in text(client.get("/ho-so/", {"q": "Nông\0 Thị"}))
    assert client.get("/ho-so/%00/").status_code == 404


def test_who_refuses_reception_signs_as_that_on_the_page_as_on_the_form(cast: Cast) -> None:
    client = signed_in(cast.officers.reception)
    slip = client.post("/tiep-nhan/", counter(cast, do="tu-choi", reason="Sai thẩm quyền"), follow=True)
    assert "Người từ chối tiếp nhận" in text(slip)
    assert "Người hướng dẫn" not in text(slip)


# Số bản của giấy tờ


def components(dossier: Dossier) -> tuple[dict[str, object], ...]:
    accepted = next(f for f in log.read(dossier.stream).facts if isinstance(f, Accepted))
    return tuple(dict(paper) for paper in accepted.components)


def test_papers_are_counted_as_published_unless_told(cast: Cast) -> None:
    one, two = cast.version.components.all()
    said = {
        f"chinh-{two.pk}": "0",
        f"chung-thuc-{two.pk}": "2",
        f"chup-{two.pk}": "",
        f"nguon-{one.pk}": "paper",
    }
    client = signed_in(cast.officers.reception)
    client.post("/tiep-nhan/", counter(cast, **said))
    dossier = Dossier.objects.get()
    assert components(dossier) == (
        {"code": "", "name": "Đơn đề nghị", "origin": "paper", "originals": 1},
        {"code": "", "name": "Bản sao giấy tờ", "origin": "paper", "certified": 2},
    )
    slip = text(client.get(reverse("print", args=[dossier.code, "giay-tiep-nhan"])))
    assert "Đơn đề nghị (1 bản chính)" in slip
    assert "Bản sao giấy tờ (2 bản chứng thực)" in slip


def test_what_comes_from_a_store_has_no_copies(cast: Cast) -> None:
    one = cast.version.components.first()
    assert one
    signed_in(cast.officers.reception).post("/tiep-nhan/", counter(cast, **{f"nguon-{one.pk}": "population"}))
    assert "originals" not in components(Dossier.objects.get())[0]


def test_all_papers_are_ticked_at_once(cast: Cast) -> None:
    form = {
        name: value for name, value in counter(cast, do="xem", du="1").items() if not name.startswith("giay-")
    }
    answer = signed_in(cast.officers.reception).post("/tiep-nhan/", form)
    assert [paper.handed for paper in answer.context["intake"].papers] == [True, True]


def test_form_01_tells_the_agent_and_counts_every_kind_of_copy(cast: Cast) -> None:
    two = cast.version.components.last()
    assert two
    client = signed_in(cast.officers.reception)
    client.post("/tiep-nhan/", counter(cast, **AGENT, **{f"chung-thuc-{two.pk}": "7"}))
    printed = client.get(reverse("form", args=[Dossier.objects.get().code, "01"]))
    said = pdf.text(printed.content)
    assert "Lý Văn Thay, 004090000002" in said
    assert "Chứng thực" in said
    assert "Bản sao giấy tờ 7" in said


# Tìm thủ tục bằng ba chữ


def test_the_chosen_procedure_stands_in_the_address(cast: Cast) -> None:
    page = signed_in(cast.officers.reception).get("/tiep-nhan/", {"thu-tuc": "1.000001"})
    assert page.context["intake"].version == cast.version
    assert "Hẹn trả kết quả 17:00 09/11/2026" in text(page)


def test_the_chosen_procedure_comes_back_after_signing_in(cast: Cast) -> None:
    client = signed_in(cast.officers.reception)
    client.logout()
    gone = client.post("/tiep-nhan/?thu-tuc=1.000001", counter(cast))
    assert gone.headers["Location"] == "/dang-nhap/?next=/tiep-nhan/%3Fthu-tuc%3D1.000001"


def test_a_part_asked_for_after_the_session_ended_is_not_answered_with_the_sign_in_page(cast: Cast) -> None:
    client = signed_in(cast.officers.reception)
    client.logout()
    answer = client.post("/tiep-nhan/", counter(cast, do="xem"), headers={"HX-Request": "true"}, follow=True)
    assert (answer.headers["HX-Refresh"], answer.content) == ("true", b"")


def test_the_next_dossier_keeps_all_but_its_applicant(cast: Cast) -> None:
    client = signed_in(cast.officers.reception)
    client.post("/tiep-nhan/", counter(cast, **AGENT, channel="post"))
    page = client.get("/tiep-nhan/", {"tiep": Dossier.objects.get().code})
    form = page.context["form"]
    assert page.context["intake"].version == cast.version
    assert [form[name].value() for name in ("channel", "agent", "deciding_unit", "name")] == [
        "post",
        "Lý Văn Thay",
        cast.department.pk,
        None,
    ]


def test_nothing_of_a_dossier_that_is_not_theirs_is_told_to_begin_the_next(cast: Cast) -> None:
    dossier = cast.received()
    far = officer(Role.RECEPTION, cast.commune)
    assert signed_in(far).get("/tiep-nhan/", {"tiep": dossier.code}).status_code == 403


def test_the_counter_begins_with_what_this_desk_receives_most(cast: Cast) -> None:
    for code in ("1.000002", "1.000003"):
        published_process(published_version("5", "ngày làm việc", code).procedure)
    for version in Version.objects.filter(procedure__code__in=["1.000002", "1.000003"]):
        for _ in range(int(version.procedure.code[-1]) - 1):
            cast.received(version=version)
    page = signed_in(cast.officers.reception).get("/tiep-nhan/")
    assert [p.code for p in page.context["intake"].hits.procedures] == ["1.000003", "1.000002"]
    assert "Hay nhận ở nơi này" in text(page)


# Trả kết quả ngay, và nhận cho cơ quan khác


def test_a_result_at_once_is_offered_only_where_the_process_ends_at_the_desk(cast: Cast) -> None:
    client = signed_in(cast.officers.reception)
    assert "Trả kết quả ngay" not in text(client.post("/tiep-nhan/", counter(cast, do="xem")))
    ProcessVersion.objects.create(
        procedure=cast.version.procedure,
        unit=cast.department,
        number=2,
        status="published",
        valid_from=MONDAY.date(),
        definition=desk_alone().as_data(),
    )
    assert "Trả kết quả ngay" in text(client.post("/tiep-nhan/", counter(cast, do="xem")))
    unnumbered = client.post("/tiep-nhan/", counter(cast, do="tra-ngay", paid="on"))
    assert unnumbered.context["form"].errors.keys() == {"number"}
    unpaid = client.post("/tiep-nhan/", counter(cast, do="tra-ngay", number="15/SY"))
    assert (unpaid.status_code, Dossier.objects.count()) == (409, 0)
    done = client.post("/tiep-nhan/", counter(cast, do="tra-ngay", number="15/SY", paid="on"), follow=True)
    dossier = Dossier.objects.get()
    assert done.redirect_chain == [(reverse("dossier", args=[dossier.code]), 302)]
    assert "Không phải lập giấy tiếp nhận, trừ khi người nộp yêu cầu" in text(done)
    assert dossier.state == State.RETURNED


def test_receiving_for_another_agency_says_whose_code_and_who_sees_it(cast: Cast) -> None:
    far = officer(Role.RECEPTION, cast.commune)
    form = counter(cast, receiving_unit=cast.commune.pk, do="xem")
    said = text(signed_in(far).post("/tiep-nhan/", form))
    assert "Hồ sơ mang mã của Sở Mẫu ( H14.05 )" in said
    assert "Nhận cho cơ quan khác" not in text(
        signed_in(cast.officers.reception).post("/tiep-nhan/", counter(cast, do="xem"))
    )


def test_the_desk_of_the_deciding_agency_sees_what_was_received_elsewhere(cast: Cast) -> None:
    far = officer(Role.RECEPTION, cast.commune)
    signed_in(far).post("/tiep-nhan/", counter(cast, receiving_unit=cast.commune.pk))
    dossier, here = Dossier.objects.get(), signed_in(cast.officers.reception)
    cast.received()
    assert dossier.code.startswith("H14.05-")
    shown = text(here.get(reverse("dossier", args=[dossier.code])))
    assert "nhận cho cơ quan giải quyết, không phụ thuộc địa giới" in shown
    found = here.get("/ho-so/", {"noi": "khac"}).context["rows"]
    assert [row["dossier"] for row in found] == [dossier]


def test_a_commune_decides_what_a_department_received_for_it(cast: Cast) -> None:
    village = published_version("5", "ngày làm việc", "1.000007", levels=["commune"])
    published_process(village.procedure)
    form = counter(cast, procedure="1.000007", deciding_unit=cast.commune.pk)
    form |= {f"giay-{paper.pk}": "1" for paper in village.components.all()}
    signed_in(cast.officers.reception).post("/tiep-nhan/", form)
    dossier = Dossier.objects.get()
    assert dossier.code.startswith("H14.201-")
    clerk = signed_in(officer(Role.HANDLER, cast.commune))
    assert clerk.get(reverse("dossier", args=[dossier.code])).status_code == 200
    desk = signed_in(officer(Role.RECEPTION, cast.commune))
    assert desk.get(reverse("dossier", args=[dossier.code])).status_code == 200


def test_the_centre_that_is_the_desk_of_a_department_sees_what_others_received_for_it(cast: Cast) -> None:
    centre = Unit.objects.create(
        code="04.90",
        agency_code="H14.90",
        name="Trung tâm Phục vụ hành chính công",
        kind=UnitKind.CENTRE,
        parent=cast.province,
        valid_from=BORN,
    )
    far, here = officer(Role.RECEPTION, cast.commune), signed_in(officer(Role.RECEPTION, centre))
    signed_in(far).post("/tiep-nhan/", counter(cast, receiving_unit=cast.commune.pk))
    dossier = Dossier.objects.get()
    assert here.get(reverse("dossier", args=[dossier.code])).status_code == 200
    assert dossier.code in text(here.get("/ho-so/", {"noi": "khac"}))
    clerk = signed_in(officer(Role.CLERK, centre))
    assert clerk.get(reverse("dossier", args=[dossier.code])).status_code == 403
    assert dossier.code not in text(clerk.get("/ho-so/"))


def test_a_procedure_that_is_not_in_force_says_so(cast: Cast) -> None:
    page = signed_in(cast.officers.reception).get("/tiep-nhan/", {"thu-tuc": "9.999999"})
    assert "không có bản công khai đang có hiệu lực" in text(page)
    assert "không có bản công khai" not in text(signed_in(cast.officers.reception).get("/tiep-nhan/"))


def test_the_counter_asks_as_much_after_forty_dossiers_as_after_two(cast: Cast) -> None:
    client, counts = signed_in(cast.officers.reception), []
    for more in (2, 38):
        for _ in range(more):
            cast.received()
        with CaptureQueriesContext(connection) as shown:
            client.get("/tiep-nhan/")
        with CaptureQueriesContext(connection) as chosen:
            client.post("/tiep-nhan/", counter(cast, do="xem", tim="cgx"))
        counts.append((len(shown), len(chosen)))
    assert counts[0] == counts[1]
    assert max(counts[1]) <= 20


# Phiếu đã ghi


@pytest.mark.parametrize(
    "changes", [{"do": "tu-choi", "reason": "Không thuộc thẩm quyền"}, {"name": "Người Sau"}]
)
def test_a_form_that_became_a_dossier_is_not_taken_for_another(cast: Cast, changes: dict[str, str]) -> None:
    client, sent = signed_in(cast.officers.reception), counter(cast)
    client.post("/tiep-nhan/", sent)
    answer = client.post("/tiep-nhan/", sent | changes)
    dossier = Dossier.objects.get()
    assert (answer.status_code, dossier.applicant) == (409, "Nông Thị Mẫu")
    told = f"Phiếu này đã ghi thành hồ sơ {dossier.code} của Nông Thị Mẫu (được tiếp nhận); hãy mở phiếu mới"
    assert told in text(answer)
