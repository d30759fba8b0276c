"""Cleaning the catalogue: each rule finds what it names and nothing else; what was found is kept once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from motcua.catalogue import publishing
from motcua.catalogue.cleaning import acts, gathering, queries
from motcua.catalogue.cleaning.models import Flaw, State, Sweep
from motcua.catalogue.cleaning.queries import Wanted
from motcua.catalogue.cleaning.record import Basis, Charge, Known, Paper, Record, Time
from motcua.catalogue.cleaning.rule import Dimension, Severity
from motcua.catalogue.cleaning.rules import ALL
from motcua.catalogue.models import Component, Fee, Procedure, Status, Term, Version
from motcua.law import packs
from motcua.law.calendar import TZ, Calendar
from motcua.law.facts import Refused
from tests import cast

AT = datetime(2026, 11, 20, 9, 0, tzinfo=TZ)
TODAY = AT.date()

WHOLE = Record(
    version=1,
    code="1.000001",
    title="Cấp giấy xác nhận mẫu",
    kind="1",
    online="full",
    levels=("province",),
    audiences=("Công dân Việt Nam",),
    decision="12/QĐ-BTP",
    decided_on=date(2026, 1, 5),
    issuer="Bộ Tư pháp",
    agency="Sở Tư pháp",
    address="Trung tâm Phục vụ hành chính công",
    sequence="Bước 1: nộp hồ sơ.",
    papers=(Paper(1, "", "Tờ khai theo mẫu số 01", 1, None, "mau-01.docx"),),
    times=(
        Time(1, "direct", "", Decimal(5), "ngày làm việc", "5 ngày làm việc"),
        Time(2, "online", "", Decimal(5), "ngày làm việc", "5 ngày làm việc"),
    ),
    charges=(Charge(1, "direct", "", Decimal(20000), "20,000 VNĐ"),),
    results=("Giấy xác nhận",),
    bases=(Basis(1, "118/2025/NĐ-CP", "Nghị định", date(2026, 7, 1)),),
)
KNOWN = Known(
    day=TODAY,
    pack=packs.on("cleaning", TODAY),
    calendar=Calendar(),
    central={},
    with_process=frozenset({"1.000001", "1.000001.000.00.00.H14"}),
    resolved={},
    has_local=True,
    has_online=True,
    has_days=True,
)
LOCAL = replace(WHOLE, version=2, code="1.000001.000.00.00.H14")


def term(text: str, amount: int | None = None, unit: str = "", channel: str = "direct") -> Time:
    return Time(1, channel, "", None if amount is None else Decimal(amount), unit, text)


def paper(name: str, **said: object) -> Paper:
    return Paper(1, "", name, 1, None, "")._replace(**said)


def fee(amount: int | None, text: str = "", line: int = 1) -> Charge:
    return Charge(line, "direct", "", None if amount is None else Decimal(amount), text)


def basis(number: str, line: int = 1) -> Basis:
    return Basis(line, number, "Văn bản", date(2026, 7, 1))


def found(*records: Record, known: Known = KNOWN, lacking: Sequence[str] = ()) -> set[str]:
    """The codes of the rules that find something."""
    checked = [rule for rule in ALL.values() if not rule.lacks(known)]
    return {rule.code for rule in checked if list(rule.find(records, known))}


BROKEN: list[tuple[str, dict[str, object]]] = [
    ("D01", {"sequence": " "}),
    ("D02", {"times": (), "charges": ()}),
    ("D03", {"papers": ()}),
    ("D04", {"times": (term("Không có thông tin"),)}),
    ("D05", {"audiences": ()}),
    ("D06", {"agency": "", "authority": ""}),
    ("D07", {"results": ()}),
    ("D08", {"bases": ()}),
    ("D09", {"decision": ""}),
    ("D10", {"papers": (paper("Đơn đề nghị theo Mẫu số 02"),)}),
    ("D11", {"address": ""}),
    ("D13", {"online": ""}),
    ("D14", {"papers": (paper("Giấy tờ khác", originals=None),)}),
    ("D15", {"kind": ""}),
    ("D16", {"levels": ()}),
    ("C01", {"times": (term("7", 7),)}),
    ("C02", {"times": (term("Theo thông báo"),)}),
    ("C03", {"charges": (fee(100, "100 VNĐ"),)}),
    ("C04", {"charges": (fee(0, "Miễn phí(Lệ phí: 135.000 đồng/lần)"),)}),
    ("C05", {"charges": (fee(2000), fee(2000000, line=2))}),
    ("C06", {"charges": (fee(None, "5 USD"),)}),
    ("C08", {"decision": "demo"}),
    ("C09", {"papers": (paper("Bản vẽ"), paper("bản vẽ.", line=2))}),
    ("C10", {"bases": (basis("1/2026/NĐ-CP"), basis("1/2026/NĐ-CP", 2))}),
    ("C11", {"bases": (basis(""),)}),
    ("C13", {"papers": (paper(" "),)}),
    ("C14", {"papers": (paper("Tờ khaimau 01.docx", form="x"),)}),
    ("C15", {"title": "Công bố danh mục thủ tục hành chính của Sở Nội vụ"}),
    ("C16", {"title": ". Cấp giấy phép"}),
    ("C16", {"title": "Cấp giấy\nphép"}),
    ("K01", {"agency": "Sở Kế hoạch và Đầu tư"}),
    ("K02", {"sequence": "Nộp tại Ủy ban nhân dân cấp huyện."}),
    ("K03", {"decided_on": date(2026, 6, 29)}),
    ("H01", {"levels": ("province", "district")}),
    ("H02", {"bases": (basis("61/2018/NĐ-CP"),)}),
    ("H03", {"authority": "Ủy ban nhân dân cấp huyện"}),
    ("H07", {"papers": (paper("Sổ hộ khẩu"),)}),
    ("H08", {"papers": (paper("Bản sao Giấy khai sinh"),)}),
]


def test_a_whole_procedure_has_no_flaw() -> None:
    assert found(WHOLE) == set()


@pytest.mark.parametrize(("code", "changes"), BROKEN)
def test_a_rule_finds_what_it_names_and_no_other_does(code: str, changes: dict[str, object]) -> None:
    assert found(replace(WHOLE, **changes)) == {code}  # type: ignore[arg-type]


def test_a_procedure_without_a_process_is_found_once_any_has_one() -> None:
    assert found(replace(WHOLE, code="1.000009")) == {"D12"}
    rule = ALL["D12"]
    assert "chưa có quy trình nội bộ" in rule.lacks(replace(KNOWN, with_process=frozenset()))


def test_online_longer_than_at_the_desk_is_found_in_the_same_unit_only() -> None:
    direct, online = term("5 ngày", 5, "ngày"), term("20 ngày", 20, "ngày", "online")
    assert found(replace(WHOLE, times=(direct, online))) == {"C07"}
    assert found(replace(WHOLE, times=(direct, online._replace(unit="giờ")))) == set()


def test_a_decision_older_than_an_instrument_it_announces_is_found() -> None:
    told = replace(WHOLE, decided_on=date(2025, 1, 6), bases=(basis("9/2026/NĐ-CP"),))
    assert found(told) == {"K04"}


def test_two_procedures_of_one_title_name_each_other() -> None:
    twin = replace(WHOLE, version=3, code="1.000003", title="CẤP giấy  xác nhận mẫu")
    spots = list(ALL["C12"].find([WHOLE, twin], KNOWN))
    assert [(record.code, "1.000003" in spot.said) for record, spot in spots] == [
        ("1.000001", True),
        ("1.000003", False),
    ]


def test_the_central_record_and_the_one_of_the_province_are_no_duplicates() -> None:
    assert found(WHOLE, LOCAL) == set()


def test_a_local_term_may_be_shorter_than_the_central_one_and_not_longer() -> None:
    known = replace(KNOWN, central={"1.000001": WHOLE})
    shorter = replace(LOCAL, times=(term("3 ngày làm việc", 3, "ngày làm việc"),))
    longer = replace(LOCAL, times=(term("7 ngày làm việc", 7, "ngày làm việc"),))
    assert found(shorter, known=known) == set()
    assert found(longer, known=known) == {"H04"}


def test_what_is_abolished_centrally_may_not_stay_open_here() -> None:
    assert found(LOCAL, known=replace(KNOWN, central={"1.000001": None})) == {"H06"}
    assert found(LOCAL, known=replace(KNOWN, central={})) == set()


def test_a_fee_is_held_against_the_resolution_that_sets_it() -> None:
    known = replace(KNOWN, resolved={"1.000001": frozenset({Decimal(15000)})})
    assert found(WHOLE, known=known) == {"H05"}
    assert "nghị quyết" in ALL["H05"].lacks(KNOWN)


def test_a_paper_asked_only_where_data_are_missing_is_lawful() -> None:
    told = paper("Giấy khai sinh, nếu không khai thác được từ Cơ sở dữ liệu hộ tịch")
    assert found(replace(WHOLE, papers=(told,))) == set()


@pytest.mark.parametrize(
    "name", ["Tờ khai có ảnh kiểu chứng minh nhân dân", "Đơn ghi số chứng minh nhân dân"]
)
def test_a_paper_that_only_speaks_of_an_ended_one_is_lawful(name: str) -> None:
    assert found(replace(WHOLE, papers=(paper(name),))) == set()


def test_before_july_2025_the_district_is_no_flaw() -> None:
    before = replace(KNOWN, day=date(2025, 6, 30), pack=packs.on("cleaning", date(2025, 6, 30)))
    assert ALL["H01"].lacks(before)
    assert "H01" not in found(replace(WHOLE, levels=("district",)), known=before)


def test_an_instrument_is_in_force_until_the_day_it_is_replaced() -> None:
    told = replace(WHOLE, bases=(basis("61/2018/NĐ-CP"),))
    before = replace(KNOWN, day=date(2025, 6, 30))
    assert "H02" not in found(told, known=before)


def test_what_is_not_verified_says_so_in_its_source() -> None:
    assert "[chưa xác minh]" in ALL["K01"].source(KNOWN.pack)
    assert "[chưa xác minh]" not in ALL["H01"].source(KNOWN.pack)
    assert all(rule.source(KNOWN.pack) and rule.remedy for rule in ALL.values())


# Kept in rows

pytest_db = pytest.mark.django_db


def again(at: datetime = AT) -> object:
    return acts.sweep(by=None, at=at)


@pytest_db
def test_a_sweep_reads_a_procedure_as_it_was_published() -> None:
    version = cast.gather().version
    (record,) = gathering.records(TODAY)
    assert (record.version, record.code, record.levels) == (version.pk, "1.000001", ("province",))
    assert [p.name for p in record.papers] == ["Đơn đề nghị", "Bản sao giấy tờ"]
    assert [(t.line, t.channel, t.amount) for t in record.times] == [
        (1, "direct", 5),
        (2, "online", 5),
        (3, "post", 5),
    ]
    assert [c.amount for c in record.charges] == [20000] * 3


@pytest_db
def test_sweeping_twice_changes_nothing() -> None:
    cast.gather()
    assert acts.sweep(by=None, at=AT).new > 0
    before = list(Flaw.objects.order_by("pk").values())
    done = acts.sweep(by=None, at=AT + timedelta(hours=1))
    assert (done.new, done.mended, done.again) == (0, 0, 0)
    assert list(Flaw.objects.order_by("pk").values()) == before
    assert Sweep.objects.count() == 1


def draft_of(version: Version, **changes: object) -> Version:
    """A new text of a procedure, with the same papers, terms and fees."""
    said = {name: getattr(version, name) for name in ("title", "field", "decision", "levels", "online")}
    new = Version.objects.create(
        procedure=version.procedure, number=2, valid_from=date(2026, 11, 21), **(said | changes)
    )
    for model in (Component, Term, Fee):
        for part in model.objects.filter(version=version):
            part.pk, part.version = None, new
            part.save()
    return new


@pytest_db
def test_a_mended_flaw_closes_itself_and_one_that_stays_keeps_its_owner() -> None:
    crew = cast.gather()
    acts.sweep(by=None, at=AT)
    no_text, no_audience = (Flaw.objects.get(rule=code) for code in ("D01", "D05"))
    by, due = crew.officers.controller, date(2026, 12, 1)
    for flaw in (no_text, no_audience):
        acts.give(flaw, to=by, due=due, by=by, at=AT)
    publishing.versions([draft_of(crew.version, sequence="Bước 1: nộp hồ sơ.")], at=AT)
    done = acts.sweep(by=None, at=AT + timedelta(days=1))
    no_text.refresh_from_db()
    assert no_text.state == State.MENDED
    assert no_text.settled_at == AT + timedelta(days=1)
    assert not Flaw.objects.filter(rule="D01", state=State.OPEN).exists()
    still = Flaw.objects.get(rule="D05", state=State.OPEN)
    assert (still.pk, still.version.number, still.owner, still.due) == (no_audience.pk, 2, by, due)
    assert done.mended == Flaw.objects.filter(state=State.MENDED).count() > 0
    assert Flaw.objects.filter(rule="D05").count() == 1
    assert [(sweep.open, sweep.mended) for sweep in Sweep.objects.order_by("day")][1][1] == done.mended


@pytest_db
def test_a_rule_that_cannot_be_checked_closes_nothing() -> None:
    crew = cast.gather()
    flaw = Flaw.objects.create(
        version=crew.version, rule="H05", place="Phí, lệ phí 1", said="thu 20.000 đ", found_at=AT
    )
    acts.sweep(by=None, at=AT)
    flaw.refresh_from_db()
    assert flaw.state == State.OPEN


@pytest_db
def test_an_accepted_flaw_lowers_no_score_and_is_not_found_again() -> None:
    crew = cast.gather()
    acts.sweep(by=None, at=AT)
    flaws = list(queries.flaws(Wanted(dimension=Dimension.COMPLETE.value)))
    before = queries.agencies(TODAY)[0].scores[list(Dimension).index(Dimension.COMPLETE)]
    for flaw in flaws:
        acts.accept(flaw, reason="Đúng như quyết định công bố.", by=crew.officers.controller, at=AT)
    acts.sweep(by=None, at=AT + timedelta(days=1))
    after = queries.agencies(TODAY)[0].scores[list(Dimension).index(Dimension.COMPLETE)]
    assert ((before.n, before.d), (after.n, after.d)) == ((0, 1), (1, 1))
    acts.reopen(flaws[0], by=crew.officers.controller, at=AT)
    assert Flaw.objects.get(pk=flaws[0].pk).state == State.OPEN


@pytest_db
def test_accepting_takes_a_reason_and_the_database_holds_to_it() -> None:
    crew = cast.gather()
    acts.sweep(by=None, at=AT)
    flaw = Flaw.objects.first()
    assert flaw is not None
    with pytest.raises(Refused, match="Lý do"):
        acts.accept(flaw, reason="vâng", by=crew.officers.controller, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Flaw.objects.filter(pk=flaw.pk).update(state=State.ACCEPTED, reason="")


@pytest_db
def test_the_open_flaws_of_an_agency_are_as_many_as_the_list_they_open_to() -> None:
    version = cast.gather().version
    acts.sweep(by=None, at=AT)
    gone = Version.objects.create(
        procedure=version.procedure,
        number=9,
        title="Bản đã hết",
        issuer=version.issuer,
        status=Status.PUBLISHED,
        valid_from=TODAY - timedelta(days=9000),
        valid_to=TODAY - timedelta(days=8999),
    )
    Flaw.objects.create(version=gone, rule="D01", place="Tên", said="sai", found_at=AT)
    (agency,) = queries.agencies(TODAY)
    assert agency.open == queries.flaws(queries.Wanted(agency=agency.key)).count() > 1


@pytest_db
def test_a_flaw_is_given_to_nobody_for_a_day_that_has_passed() -> None:
    crew = cast.gather()
    acts.sweep(by=None, at=AT)
    flaw, by = Flaw.objects.first(), crew.officers.controller
    assert flaw is not None
    with pytest.raises(Refused, match="hôm nay"):
        acts.give(flaw, to=by, due=TODAY - timedelta(days=1), by=by, at=AT)


@pytest_db
def test_only_those_who_control_procedures_sweep_give_and_accept() -> None:
    crew = cast.gather()
    acts.sweep(by=None, at=AT)
    flaw, stranger = Flaw.objects.first(), crew.officers.handler
    assert flaw is not None
    for wish in (
        lambda: acts.sweep(by=stranger, at=AT),
        lambda: acts.give(flaw, to=stranger, due=TODAY, by=stranger, at=AT),
        lambda: acts.accept(flaw, reason="Đúng như quyết định.", by=stranger, at=AT),
        lambda: acts.reopen(flaw, by=stranger, at=AT),
    ):
        with pytest.raises(Refused, match="thẩm quyền"):
            wish()


@pytest_db
def test_a_score_opens_to_exactly_the_procedures_it_counts() -> None:
    cast.gather()
    Procedure.objects.update(title="Cấp giấy xác nhận mẫu")
    cast.published_version("", "", code="1.000002")
    acts.sweep(by=None, at=AT)
    (agency,) = queries.agencies(TODAY)
    for score in agency.scores:
        rows = queries.behind(agency.key, score.dimension, TODAY)
        assert rows.count() == score.d == 2
        assert queries.behind(agency.key, score.dimension, TODAY, clean=True).count() == score.n


@pytest_db
def test_the_command_tells_findings_and_scores_and_ends_with_1_while_something_is_wrong() -> None:
    cast.gather()
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("clean", "--json", "--rule", "D01", at="2026-11-20T09:00", stdout=out)
    told = json.loads(out.getvalue())
    assert ended.value.code == 1
    assert [finding["sentence"] for finding in told["findings"]] == ["Thủ tục 1.000001, trình tự: để trống"]
    assert told["findings"][0]["severity"] == Severity.ERROR
    assert {"H05", "H04", "K03"} <= set(told["unchecked"])
    assert told["scores"][0]["procedures"] == 1


@pytest_db
def test_the_command_names_the_rules_and_agencies_there_are() -> None:
    cast.gather()
    with pytest.raises(CommandError, match="D01"):
        call_command("clean", "--rule", "ZZ")
    with pytest.raises(CommandError, match="chua-ro"):
        call_command("clean", "--agency", "Bộ Nào đó", at="2026-11-20T09:00")
