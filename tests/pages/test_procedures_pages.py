"""Finding a procedure, its page with the five answers, and the due date anyone may calculate."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from motcua.catalogue import publishing
from motcua.catalogue.models import (
    Component,
    Fee,
    Finding,
    Import,
    LegalBasis,
    Procedure,
    Result,
    Status,
    Term,
    Version,
)
from motcua.law.calendar import TZ
from motcua.people.models import Officer, Role, Unit, UnitDay, UnitKind
from tests.cast import BORN, officer
from tests.pages.seen import Seen, seen

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 30, 16, 30, tzinfo=TZ)
SINCE = date(2026, 1, 1)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def birth() -> Version:
    """A procedure with two channels, a fee for one of them, papers in two cases and a remark among them."""
    version = draft("1.001193", "Thủ tục đăng ký khai sinh", "Hộ tịch", ["commune"], terms=())
    term(version, "online", "3")
    term(version, "direct", "5")
    Fee.objects.create(version=version, position=0, channel="online", amount=0, text="Miễn phí")
    Fee.objects.create(
        version=version, position=1, channel="direct", amount=8000, text="8,000 VNĐ(8.000 đồng/bản)"
    )
    for position, (case, name, originals) in enumerate(
        [("", "- Tờ khai;", 1), ("Ủy quyền", "Văn bản ủy quyền", 1), ("Ủy quyền", "Không phải nộp lại", 0)]
    ):
        Component.objects.create(
            version=version, position=position, case=case, name=name, originals=originals
        )
    Result.objects.create(version=version, position=0, name="Giấy khai sinh")
    LegalBasis.objects.create(version=version, position=0, number="60/2014/QH13", name="Luật Hộ tịch")
    return published(version)


def draft(
    code: str,
    title: str,
    field: str = "Đất đai",
    levels: list[str] | None = None,
    *,
    terms: tuple[str, ...] = ("5",),
    **told: object,
) -> Version:
    procedure, _ = Procedure.objects.get_or_create(code=code, defaults={"title": title, "field": field})
    told = {"valid_from": SINCE, "number": 1, **told}
    version = Version.objects.create(
        procedure=procedure, title=title, field=field, levels=levels or ["province"], **told
    )
    for amount in terms:
        term(version, "direct", amount)
    return version


def term(version: Version, channel: str, amount: str, unit: str = "ngày làm việc", **told: object) -> Term:
    given = Decimal(amount) if amount else None
    position = version.terms.count()
    return Term.objects.create(
        version=version, position=position, channel=channel, amount=given, unit=unit, **told
    )


def published(version: Version) -> Version:
    publishing.versions([version], at=NOW)
    version.refresh_from_db()
    return version


def many(number: int) -> None:
    """So many procedures of one field, published at once."""
    procedures = Procedure.objects.bulk_create(
        Procedure(code=f"3.{i:06}", title=f"Cấp giấy số {i}", field="Cấp giấy") for i in range(number)
    )
    versions = Version.objects.bulk_create(
        Version(procedure=p, number=1, valid_from=SINCE, title=p.title, field="Cấp giấy", levels=["commune"])
        for p in procedures
    )
    Term.objects.bulk_create(
        Term(version=v, position=0, channel="direct", amount=5, unit="ngày làm việc") for v in versions
    )
    publishing.versions(versions, at=NOW)


def titles(client: Client, url: str) -> list[str]:
    """The titles of the results, in their order."""
    page = client.get(url).content.decode()
    return [unescape(title) for title in re.findall(r"<h2><a [^>]*>([^<]*)</a></h2>", page)]


# Searching


def test_a_procedure_is_found_without_accents(client: Client, birth: Version) -> None:
    published(draft("2.000001", "Cấp giấy phép xây dựng"))
    assert titles(client, "/thu-tuc/?q=dang+ky+khai+sinh") == ["Thủ tục đăng ký khai sinh"]
    assert titles(client, "/thu-tuc/?q=ĐĂNG+KÝ") == ["Thủ tục đăng ký khai sinh"]


def test_a_procedure_is_found_by_the_end_of_its_code(client: Client, birth: Version) -> None:
    assert titles(client, "/thu-tuc/?q=001193") == ["Thủ tục đăng ký khai sinh"]


def test_a_result_tells_code_field_level_term_and_fee(client: Client, birth: Version) -> None:
    text = seen(client, "/thu-tuc/?q=khai+sinh").text
    for told in ("1.001193", "Hộ tịch", "Cấp xã", "3 đến 5 ngày làm việc", "Miễn phí đến 8.000 đ"):
        assert told in text


def test_a_term_nobody_could_read_is_not_told_as_one(client: Client) -> None:
    version = draft("2.000001", "Cấp giấy", terms=())
    term(version, "direct", "1", unit="", text="1")
    published(version)
    text = seen(client, "/thu-tuc/").text
    assert "Chưa rõ thời hạn" in text
    assert "1 ngày" not in text


def test_a_fee_that_was_not_read_never_passes_for_nothing_to_pay(client: Client) -> None:
    version = draft("2.000001", "Cấp giấy")
    for position, (amount, text) in enumerate([(0, "Miễn phí"), (None, "100 USD"), (20, "20 VNĐ")]):
        Fee.objects.create(version=version, position=position, channel="direct", amount=amount, text=text)
    published(version)
    assert "Miễn phí, có mức chưa rõ" in seen(client, "/thu-tuc/").text


@pytest.fixture
def three() -> None:
    published(draft("2.000001", "Cấp giấy đất", "Đất đai", ["province", "commune"]))
    published(draft("2.000002", "Cấp giấy nhà", "Nhà ở", ["commune"]))
    published(draft("2.000003", "Thu hồi đất", "Đất đai", ["province"]))


def facet(client: Client, url: str) -> dict[str, int]:
    page = client.get(url).content.decode()
    side = page[page.index('id="loc"') :]
    found = re.findall(r'<a href="[^"]*"[^>]*>([^<]*) <span class="num">([\d.]+)</span></a>', side)
    return {name.strip(): int(count) for name, count in found}


def test_the_filters_tell_how_many_each_would_leave(client: Client, three: None) -> None:
    assert facet(client, "/thu-tuc/") == {"Đất đai": 2, "Nhà ở": 1, "Cấp tỉnh": 2, "Cấp xã": 2}
    assert facet(client, "/thu-tuc/?q=cap") == {"Đất đai": 1, "Nhà ở": 1, "Cấp tỉnh": 1, "Cấp xã": 2}


def test_a_filter_counts_the_others_within_itself(client: Client, three: None) -> None:
    counts = facet(client, "/thu-tuc/?cap=province")
    assert (counts["Đất đai"], "Nhà ở" in counts, counts["Cấp xã"]) == (2, False, 2)


def test_what_a_filter_promises_is_what_it_gives(client: Client, three: None) -> None:
    for url in ("/thu-tuc/", "/thu-tuc/?q=cap", "/thu-tuc/?cap=commune", "/thu-tuc/?linh-vuc=Đất+đai"):
        page = client.get(url).content.decode()
        side = page[page.index('id="loc"') :]
        promised = re.findall(r'<a href="([^"]*)"[^>]*>[^<]* <span class="num">(\d+)</span>', side)
        assert promised
        for link, count in promised:
            assert len(titles(client, unescape(link))) == int(count)


def test_links_keep_the_search_and_the_other_filter(client: Client, three: None) -> None:
    links = seen(client, "/thu-tuc/?q=cap&cap=commune").links
    kept = [link for link in links if "linh-vuc=" in link]
    assert kept
    assert all("q=cap" in link and "cap=commune" in link for link in kept)


def test_an_unknown_level_filters_nothing(client: Client, three: None) -> None:
    assert len(titles(client, "/thu-tuc/?cap=planet")) == 3


def test_the_thousandth_procedure_is_reached_by_its_page(client: Client) -> None:
    many(1005)
    page = seen(client, "/thu-tuc/?trang=50")
    assert "981–1.000 trong 1.005 thủ tục" in page.text
    assert "/thu-tuc/3.000999/" in page.links


def test_a_page_beyond_the_last_is_the_last(client: Client) -> None:
    many(21)
    for number in ("99", "-1", "abc"):
        assert len(titles(client, f"/thu-tuc/?trang={number}")) in (1, 20)
    assert titles(client, "/thu-tuc/?trang=99") == ["Cấp giấy số 20"]


def test_a_page_costs_as_many_questions_for_a_thousand_procedures_as_for_one(client: Client) -> None:
    def asked() -> int:
        client.get("/thu-tuc/?q=giay")  # the words of the catalogue are read once and kept
        with CaptureQueriesContext(connection) as questions:
            client.get("/thu-tuc/?q=cap")
        return len(questions)

    published(draft("2.000001", "Cấp giấy"))
    few = asked()
    many(1000)
    assert asked() == few <= 10


def test_nothing_found_says_what_to_try(client: Client, birth: Version) -> None:
    nothing = seen(client, "/thu-tuc/?q=hogwarts")
    assert "Chưa tìm thấy thủ tục nào về “hogwarts”" in nothing.text


def test_words_no_procedure_has_do_not_keep_the_others_from_finding(client: Client, birth: Version) -> None:
    page = seen(client, "/thu-tuc/?q=khai+sinh+hogwarts")
    assert "1 thủ tục về" in page.text
    assert "Không thủ tục nào có chữ “hogwarts”: đã tìm bằng các chữ còn lại." in page.text
    assert "đã tìm chữ gần giống" in seen(client, "/thu-tuc/?q=khai+sihn").text


def test_a_filter_that_leaves_nothing_can_be_taken_off(client: Client, birth: Version) -> None:
    page = seen(client, "/thu-tuc/?q=khai+sinh&cap=province")
    assert "Bỏ hết bộ lọc (1)" in page.text


def test_an_empty_catalogue_says_that_it_is_empty(client: Client) -> None:
    assert "Danh mục chưa có thủ tục nào được công khai" in seen(client, "/thu-tuc/").text


@pytest.mark.parametrize("asked", ["q=%00", "q=%00khai&linh-vuc=%00", "q='%22%26|!:*", "q=" + "a" * 5000])
def test_no_question_breaks_the_search(client: Client, birth: Version, asked: str) -> None:
    seen(client, f"/thu-tuc/?{asked}")


def test_while_typing_only_the_results_come_back_and_going_back_gets_the_page(
    client: Client, birth: Version
) -> None:
    typing = client.get("/thu-tuc/?q=khai", headers={"HX-Request": "true"})
    assert b"<html" not in typing.content
    assert "1 thủ tục về “khai”." in typing.content.decode()
    assert "HX-Request" in typing.headers["Vary"]
    back = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert b"<html" in client.get("/thu-tuc/?q=khai", headers=back).content


# The page of a procedure


def test_the_five_answers_come_first_and_in_their_order(client: Client, birth: Version) -> None:
    text = seen(client, "/thu-tuc/1.001193/").text
    answers = [
        "Cần gì? 2 loại giấy tờ",
        "Bao nhiêu tiền? Miễn phí đến 8.000\N{NO-BREAK SPACE}đ".replace("\N{NO-BREAK SPACE}", " "),
        "Bao lâu? 3 đến 5 ngày làm việc",
        "Ở đâu? Cấp xã",
        "Nhận được gì? Giấy khai sinh",
        "Căn cứ pháp lý 60/2014/QH13 Luật Hộ tịch",
    ]
    places = [text.index(answer) for answer in answers]
    assert places == sorted(places)


def test_the_foot_names_the_program_and_not_the_version_of_a_procedure(
    client: Client, birth: Version
) -> None:
    text = seen(client, "/thu-tuc/1.001193/").text
    assert "1.001193" not in text[text.rindex("motcua") :]


def row(client: Client, code: str, label: str) -> str:
    """The text of the row of one channel."""
    page = client.get(f"/thu-tuc/{code}/").content.decode()
    (found,) = re.findall(
        rf'<tr>\s*<th scope="row"><span class="table-main">{label}.*?</tr>', page, re.DOTALL
    )
    return " ".join(re.sub(r"<[^>]*>", " ", found).split())


def test_every_channel_tells_its_own_term_and_fee(client: Client, birth: Version) -> None:
    assert row(client, "1.001193", "Trực tuyến") == "Trực tuyến 3 ngày làm việc Miễn phí"
    assert row(client, "1.001193", "Trực tiếp") == "Trực tiếp 5 ngày làm việc 8.000 đ 8.000 đồng/bản"


def test_what_was_not_read_is_shown_as_announced_and_marked(client: Client) -> None:
    version = draft("2.000001", "Cấp giấy", terms=())
    term(version, "direct", "1", unit="", text="1")
    term(version, "online", "", unit="", text="Không phải trả kết quả")
    Fee.objects.create(version=version, position=0, channel="direct", amount=20, text="20 VNĐ(20.000 đồng)")
    published(version)
    assert row(client, "2.000001", "Trực tiếp") == "Trực tiếp 1 chưa rõ đơn vị 20 VNĐ nguyên văn 20.000 đồng"
    assert "Không phải trả kết quả nguyên văn" in row(client, "2.000001", "Trực tuyến")


def test_papers_stand_by_case_and_remarks_apart(client: Client, birth: Version) -> None:
    text = seen(client, "/thu-tuc/1.001193/").text
    assert "Tờ khai 1 bản chính" in text
    assert "Ủy quyền Văn bản ủy quyền 1 bản chính 1 lưu ý đi kèm" in text


def test_where_no_amount_was_announced_every_line_is_a_paper(client: Client) -> None:
    version = draft("2.000001", "Cấp giấy")
    for position in range(3):
        Component.objects.create(version=version, position=position, name=f"Giấy số {position}")
    published(version)
    assert "Cần gì? 3 loại giấy tờ" in seen(client, "/thu-tuc/2.000001/").text


def test_an_announced_text_is_shown_as_text_and_never_as_markup(client: Client) -> None:
    published(draft("2.000001", "Cấp <b>giấy</b>", sequence="Bước 1\n\n<script>x</script>"))
    page = client.get("/thu-tuc/2.000001/").content.decode()
    assert "<script>x" not in page
    assert "Cấp &lt;b&gt;giấy&lt;/b&gt;" in page


def test_a_long_text_is_folded_and_still_whole(client: Client) -> None:
    published(draft("2.000001", "Cấp giấy", conditions="điều kiện " * 500 + "cuối cùng"))
    text = seen(client, "/thu-tuc/2.000001/").text
    assert "Đọc toàn văn (5.009 ký tự)" in text
    assert "cuối cùng" in text


@pytest.fixture
def two_texts(birth: Version) -> Version:
    """The birth procedure, amended from the first of December."""
    later = draft(
        "1.001193",
        "Thủ tục đăng ký khai sinh",
        "Hộ tịch",
        ["commune"],
        terms=("1",),
        number=2,
        valid_from=date(2026, 12, 1),
        decision="9/QĐ-UBND",
        decided_on=date(2026, 11, 20),
    )
    return published(later)


def test_the_text_in_force_is_shown_with_those_before_it(client: Client, two_texts: Version) -> None:
    page = seen(client, "/thu-tuc/1.001193/")
    assert "Bao lâu? 1 ngày làm việc" in page.text
    assert "Bản 2 Đang áp dụng, đang xem 01/12/2026 đến nay 9/QĐ-UBND ký ngày 20/11/2026" in page.text
    assert "Bản 1 Hết hiệu lực từ 01/12/2026 01/01/2026 đến 01/12/2026" in page.text


def test_an_older_text_says_that_it_is_no_longer_in_force(client: Client, two_texts: Version) -> None:
    page = seen(client, "/thu-tuc/1.001193/?ban=1")
    assert "Bao lâu? 3 đến 5 ngày làm việc" in page.text
    assert "Đây không phải bản đang áp dụng. Xem bản đang áp dụng" in page.text


def test_a_text_to_come_says_from_when(client: Client) -> None:
    published(draft("2.000001", "Cấp giấy", valid_from=date(2027, 2, 1)))
    page = seen(client, "/thu-tuc/2.000001/")
    assert "Có hiệu lực từ 01/02/2027" in page.text
    assert "Hiện không có bản nào của thủ tục này đang có hiệu lực." in page.text


@pytest.mark.parametrize("number", ["7", "x", "", "-1", "9" * 30])
def test_a_version_nobody_has_is_not_found(client: Client, birth: Version, number: str) -> None:
    seen(client, f"/thu-tuc/1.001193/?ban={number}", 404)


def test_a_wrong_code_is_not_found_and_offers_those_like_it(client: Client, birth: Version) -> None:
    page = seen(client, "/thu-tuc/1.001139/", 404)
    assert "Danh mục không có thủ tục nào đã công khai mang mã 1.001139" in page.text
    assert "/thu-tuc/1.001193/" in page.links
    seen(client, "/thu-tuc/%00/", 404)


def test_a_draft_is_nobodys_to_see(client: Client) -> None:
    draft("2.000001", "Cấp giấy")
    assert "/thu-tuc/2.000001/" not in seen(client, "/thu-tuc/2.000001/", 404).links
    assert Version.objects.get().status == Status.DRAFT


# The due date


def due(client: Client, asked: str = "", code: str = "1.001193") -> str:
    page = client.get(f"/thu-tuc/{code}/{asked}").content.decode()
    found = re.search(r'<p class="slip-due">.*?datetime="([^"]*)"', page, re.DOTALL)
    return found[1] if found else ""


def test_without_being_asked_the_due_date_is_that_of_now(client: Client, birth: Version) -> None:
    # 31/12 is the first working day; 1 and 2 January are off, and a weekend follows.
    assert due(client) == "2027-01-05T17:00:00+07:00"


def test_the_due_date_follows_the_channel_the_day_and_the_hour(client: Client, birth: Version) -> None:
    assert due(client, "?cach=1&ngay=2026-12-30&gio=16:30") == "2027-01-07T17:00:00+07:00"
    assert due(client, "?cach=1&ngay=30/12/2026&gio=16h30") == "2027-01-07T17:00:00+07:00"
    assert due(client, "?cach=1&ngay=2026-11-02&gio=08:00") == "2026-11-09T17:00:00+07:00"


def test_every_day_of_the_term_has_its_reason_and_source(client: Client, birth: Version) -> None:
    text = seen(client, "/thu-tuc/1.001193/?cach=1&ngay=2026-12-30&gio=16:30").text
    assert "Tết Dương lịch" in text
    assert "Bộ luật Dân sự 2015" in text
    assert "T5 07/01/2027 Hết hạn" in text


def test_an_online_filing_tells_also_when_it_may_be_accepted_at_the_latest(
    client: Client, birth: Version
) -> None:
    text = seen(client, "/thu-tuc/1.001193/?cach=0&ngay=2026-11-02&gio=09:00").text
    assert "đến 09:00 03/11/2026 mới tiếp nhận" in text
    assert "chậm nhất 17:00 06/11/2026" in text


def test_handing_in_out_of_hours_counts_from_the_next_opening(client: Client, birth: Version) -> None:
    text = seen(client, "/thu-tuc/1.001193/?cach=1&ngay=2026-11-01&gio=10:00").text
    assert "tính là tiếp nhận lúc 07:00 02/11/2026" in text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("ngay=2045-01-01", "Lịch làm việc chỉ có từ năm 2018 đến năm 2030"),
        ("ngay=2030-12-31", "Lịch làm việc chỉ có từ năm 2018 đến năm 2030"),
        ("ngay=2018-02-01", "chưa có cách tính thời hạn"),
        ("ngay=0001-01-01", "Năm viết đủ bốn chữ số"),
        ("ngay=hôm+nay", "Viết ngày như 22/11/2026."),
        ("gio=25:99", "Viết giờ như 16:30."),
        ("cach=99", "Hãy chọn một cách nộp trong danh sách."),
        ("ngay=", "Hãy chọn ngày nộp."),
    ],
)
def test_what_cannot_be_calculated_is_said_and_what_was_typed_stays(
    client: Client, birth: Version, asked: str, said: str
) -> None:
    response = client.get(f"/thu-tuc/1.001193/?{asked}")
    assert response.status_code == 200
    assert said in unescape(response.content.decode())
    assert 'class="slip-due"' not in response.content.decode()


def test_a_unit_counts_by_its_own_calendar(client: Client, birth: Version) -> None:
    commune = Unit.objects.create(
        code="01273", agency_code="H14.201", name="Xã Mẫu", kind=UnitKind.COMMUNE, valid_from=BORN
    )
    UnitDay.objects.create(
        unit=commune, day=date(2026, 11, 3), working=False, name="Ngày hội xã", source="QĐ 1/QĐ-UBND"
    )
    asked = "?cach=0&ngay=2026-11-02&gio=08:00"
    assert due(client, asked) == "2026-11-05T17:00:00+07:00"
    assert due(client, asked + "&noi=01273") == "2026-11-06T17:00:00+07:00"
    assert "Ngày hội xã" in seen(client, f"/thu-tuc/1.001193/{asked}&noi=01273").text


def test_only_units_of_the_level_may_be_chosen(client: Client, birth: Version) -> None:
    Unit.objects.create(
        code="04.05", agency_code="H14.05", name="Sở Mẫu", kind=UnitKind.DEPARTMENT, valid_from=BORN
    )
    assert "Sở Mẫu" not in seen(client, "/thu-tuc/1.001193/").text


def test_without_a_countable_term_nothing_is_promised(client: Client) -> None:
    version = draft("2.000001", "Cấp giấy", terms=())
    term(version, "direct", "1", unit="", text="1")
    published(version)
    page = client.get("/thu-tuc/2.000001/").content.decode()
    assert "Chưa tính được: công bố chưa ghi đủ số và đơn vị" in page
    assert 'name="ngay"' not in page


def test_a_term_of_a_year_has_its_ledger_and_no_strip(client: Client) -> None:
    version = draft("2.000001", "Cấp giấy", terms=())
    term(version, "direct", "12", unit="tháng")
    published(version)
    page = client.get("/thu-tuc/2.000001/").content.decode()
    assert "Sổ tính thời hạn" in page
    assert 'class="strip"' not in page


# Who sees what an import found


@pytest.fixture
def found(birth: Version) -> None:
    for day in (1, 2):
        run = Import.objects.create(
            source="t.jsonl", kind="catalogue", digest="", at=NOW.replace(month=11, day=day)
        )
        Finding.objects.create(
            run=run, row=1, code="1.001193", field="terms", problem=f"thời hạn lạ, lần {day}", kept="1"
        )


def control(role: Role) -> Officer:
    unit = Unit.objects.create(
        code="04", agency_code="H14", name="UBND tỉnh Cao Bằng", kind=UnitKind.PROVINCE, valid_from=BORN
    )
    return officer(role, unit)


def test_control_officers_see_what_the_last_import_could_not_take(client: Client, found: None) -> None:
    client.force_login(control(Role.CONTROLLER))
    text = seen(client, "/thu-tuc/1.001193/").text
    assert "Thời hạn thời hạn lạ, lần 2 1" in text
    assert "lần 1" not in text


def test_nobody_else_sees_it(client: Client, found: None) -> None:
    assert "cần làm sạch" not in seen(client, "/thu-tuc/1.001193/").text
    client.force_login(control(Role.HANDLER))
    assert "cần làm sạch" not in seen(client, "/thu-tuc/1.001193/").text


# What every page keeps


@pytest.mark.parametrize("url", ["/thu-tuc/", "/thu-tuc/?q=khai", "/thu-tuc/1.001193/", "/thu-tuc/x/"])
def test_pages_obey_the_strict_policy_and_name_every_id_once(
    client: Client, birth: Version, url: str
) -> None:
    page = Seen(client.get(url))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in page.tags:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        assert tag != "style"
        assert tag != "script" or attributes.get("src")
    inside = {link[1:] for link in page.links if link.startswith("#")}
    assert inside <= set(ids)


def test_the_parts_of_the_page_stand_in_the_order_of_the_answers(client: Client, birth: Version) -> None:
    page = client.get("/thu-tuc/1.001193/").content.decode()
    parts = ("giay-to", "cach-nop", "tinh-ngay", "noi-nop", "ket-qua", "can-cu", "lich-su", "dia-chi")
    places = [page.index(f'id="{part}"') for part in parts]
    assert places == sorted(places)


def test_the_page_carries_a_code_that_opens_it_and_a_button_that_prints_it(
    client: Client, birth: Version
) -> None:
    page = client.get("/thu-tuc/1.001193/").content.decode()
    assert "http://testserver/thu-tuc/1.001193/" in page
    assert '<div class="qr" role="img"' in page
    assert "data-print" in page


def test_many_cases_are_folded_each_with_its_number_of_papers(client: Client) -> None:
    version = draft("2.000001", "Cấp giấy")
    for position in range(8):
        case = f"Trường hợp {position // 2}"
        Component.objects.create(
            version=version, position=position, case=case, name=f"Giấy {position}", originals=1
        )
    published(version)
    page = client.get("/thu-tuc/2.000001/").content.decode()
    assert "4 trường hợp; mở trường hợp của bạn." in page
    assert page.count('<details class="case">') == 4
    assert seen(client, "/thu-tuc/2.000001/").text.count("2 loại giấy tờ") == 4


def test_a_remark_that_says_nothing_is_not_told_beside_the_fee(client: Client) -> None:
    version = draft("2.000001", "Cấp giấy")
    Fee.objects.create(version=version, position=0, channel="direct", amount=0, text="Miễn phí(Không có)")
    published(version)
    assert "Bao nhiêu tiền? Miễn phí Bao lâu?" in seen(client, "/thu-tuc/2.000001/").text
