"""Announcing: instruments are registered, decisions announce procedures, publication makes them final."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from motcua.catalogue import acts as catalogue
from motcua.catalogue import intake
from motcua.catalogue.announcing import acts, deriving
from motcua.catalogue.announcing.drafting import Head
from motcua.catalogue.announcing.instruments import NewInstrument, ToAnnounce
from motcua.catalogue.intake import Report
from motcua.catalogue.models import Announced, Announcement, Instrument, Status, Version
from motcua.catalogue.reading import files
from motcua.catalogue.reading.decisions import ItemDraft
from motcua.catalogue.reading.files import WrongFile
from motcua.journal import log
from motcua.law import announcements
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from tests.cast import Cast, gather

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parents[1] / "samples/catalogue/crawl.jsonl"
AT = datetime(2026, 11, 2, 9, 0, tzinfo=TZ)
ISSUED = NewInstrument(
    number="12/2026/QĐ-UBND",
    kind="committee",
    issuer="UBND tỉnh Cao Bằng",
    issued_on=date(2026, 11, 2),
    effective_on=date(2026, 11, 16),
    title="Quy định việc cấp giấy xác nhận mẫu",
    procedures=[ToAnnounce("amended", "1.000001", "Cấp giấy xác nhận mẫu", "rút ngắn thời hạn")],
)


@pytest.fixture
def cast() -> Cast:
    return gather()


def registered(**changes: object) -> Instrument:
    return acts.register_instrument(replace(ISSUED, **changes), by=None, at=AT)  # type: ignore[arg-type]


def kinds() -> list[str]:
    return [entry.kind for entry in log.history(announcements.STREAM)]


def test_an_instrument_is_registered_once_and_the_journal_knows_by_whom(cast: Cast) -> None:
    acts.register_instrument(ISSUED, by=cast.officers.controller, at=AT)
    with pytest.raises(Refused, match="đã có trong sổ"):
        registered(number="12/2026/qđ-ubnd")
    assert kinds() == ["InstrumentRegistered"]
    assert log.history(announcements.STREAM)[0].by == cast.officers.controller.username
    assert list(log.verify(announcements.STREAM)) == []


def test_of_two_who_register_an_instrument_at_once_one_is_told(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts.register_instrument(ISSUED, by=cast.officers.controller, at=AT)
    monkeypatch.setattr(QuerySet, "exists", lambda _: False)  # looked before the other wrote
    with pytest.raises(Refused, match="vừa được ghi vào sổ"):
        registered()
    assert kinds() == ["InstrumentRegistered"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"effective_on": date(2026, 11, 1)}, "từ ngày ban hành"),
        ({"ended_on": date(2026, 11, 10)}, "sau ngày có hiệu lực"),
        ({"number": " "}, "phải có số"),
        ({"kind": "la"}, "Không có loại văn bản"),
        ({"issued_on": date(2020, 1, 2), "effective_on": date(2020, 2, 3)}, "Không có quy định để tính hạn"),
        ({"effective_on": date(2199, 1, 1)}, "Không có quy định để tính hạn"),
    ],
)
def test_an_instrument_whose_days_or_name_are_wrong_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(Refused, match=said):
        registered(**wrong)
    assert kinds() == []


def test_only_those_who_control_procedures_keep_the_register(cast: Cast) -> None:
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.register_instrument(ISSUED, by=cast.officers.handler, at=AT)


def test_an_instrument_ends_once_for_a_reason() -> None:
    found = registered()
    with pytest.raises(Refused, match="vì sao"):
        acts.end_instrument(found, on=date(2027, 1, 1), reason=" ", by=None, at=AT)
    acts.end_instrument(found, on=date(2027, 1, 1), reason="thay bằng 40/2026/QĐ-UBND", by=None, at=AT)
    found.refresh_from_db()
    assert found.ended_on == date(2027, 1, 1)
    with pytest.raises(Refused, match="đã ghi hết hiệu lực"):
        acts.end_instrument(found, on=date(2027, 2, 1), reason="lần nữa", by=None, at=AT)
    assert kinds() == ["InstrumentRegistered", "InstrumentEnded"]


def test_a_review_proposes_on_its_day_and_leaves_the_instrument_as_it_is(cast: Cast) -> None:
    found = registered()
    told = {"outcome": "amend", "on": AT.date(), "reason": "Điều 5 trái nghị định mới", "by": None, "at": AT}
    for wrong, said in (
        ({"reason": " "}, "vì sao"),
        ({"on": date(2026, 11, 3)}, "đến hôm nay"),
        ({"on": date(2026, 11, 1)}, "từ ngày ban hành"),
        ({"outcome": "la"}, "Không có kết quả"),
        ({"by": cast.officers.handler}, "không có thẩm quyền"),
    ):
        with pytest.raises(Refused, match=said):
            acts.review_instrument(found, **told | wrong)  # type: ignore[arg-type]
    made = acts.review_instrument(found, **told)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="đã ghi kết quả rà soát"):
        acts.review_instrument(found, **told)  # type: ignore[arg-type]
    found.refresh_from_db()
    assert (made.outcome, found.ended_on) == ("amend", None)
    assert kinds() == ["InstrumentRegistered", "InstrumentReviewed"]
    with pytest.raises(IntegrityError, match="final"), transaction.atomic():
        found.reviews.update(outcome="keep")


HEAD = Head(
    title="Công bố danh mục thủ tục lĩnh vực mẫu",
    agency="Chủ tịch UBND tỉnh Cao Bằng",
    effective_on=date(2026, 11, 16),
    number="812/QĐ-UBND",
    decided_on=date(2026, 11, 9),
    signer="Hoàng Văn Ký",
)
SIGNED = datetime(2026, 11, 9, 10, 0, tzinfo=TZ)
OUT = datetime(2026, 11, 12, 10, 0, tzinfo=TZ)
SHORTER = {
    "terms": [{"channel": "direct", "amount": "3", "unit": "ngày làm việc", "text": "3 ngày làm việc"}]
}
AMENDED = ItemDraft(1, "amended", "1.000001", changed="Rút ngắn thời hạn còn 3 ngày làm việc", given=SHORTER)
WHOLE = {
    "field": "Lĩnh vực mẫu",
    "levels": ["commune"],
    "audiences": ["Công dân Việt Nam"],
    "agency": "UBND cấp xã",
    "terms": SHORTER["terms"],
    "fees": [{"channel": "direct", "amount": "0", "kind": "", "text": "Miễn phí"}],
    "sequence": "Nộp, giải quyết, nhận kết quả.",
    "components": ["Đơn đề nghị"],
    "results": ["Giấy xác nhận"],
}
NEW = ItemDraft(2, "new", "1.000009", title="Thủ tục mới", given=WHOLE)


def drafted(*items: ItemDraft, **changes: object) -> Announcement:
    instrument = Instrument.objects.first() or registered()
    head = replace(HEAD, instruments=[instrument], **changes)  # type: ignore[arg-type]
    draft = acts.draft_announcement(head, by=None, at=AT)
    for item in items:
        acts.put_announced(draft, item, by=None, at=AT)
    return draft


def issued(*items: ItemDraft, **changes: object) -> Announcement:
    draft = drafted(*items, **changes)
    acts.announce(draft, by=None, at=SIGNED)
    return draft


def texts(code: str) -> list[Version]:
    return list(Version.objects.filter(procedure__code=code).order_by("number"))


def test_a_decision_announces_many_procedures_and_publication_makes_them_final(cast: Cast) -> None:
    decision = issued(AMENDED, NEW)
    assert [v.status for v in texts("1.000001")] == [Status.PUBLISHED, Status.ANNOUNCED]
    assert Version.objects.get(procedure__code="1.000009").decision == "812/QĐ-UBND"
    acts.publish_announced(decision, ["1.000009"], by=None, at=OUT)
    acts.publish_announced(decision, by=cast.officers.controller, at=OUT + timedelta(days=1))
    old, new = texts("1.000001")
    assert old.valid_to == new.valid_from == date(2026, 11, 16)
    assert (new.decision, new.decided_on, new.status) == ("812/QĐ-UBND", date(2026, 11, 9), "published")
    assert [item.published_at for item in decision.items.order_by("code")] == [OUT + timedelta(days=1), OUT]
    assert kinds()[1:] == ["ProceduresAnnounced", "ProcedurePublished", "ProcedurePublished"]
    with pytest.raises(Refused, match="Không còn"):
        acts.publish_announced(decision, by=None, at=OUT)


def test_an_amended_text_takes_over_what_the_decision_does_not_write(cast: Cast) -> None:
    issued(AMENDED)
    old, new = texts("1.000001")
    assert [c.name for c in new.components.all()] == [c.name for c in old.components.all()]
    terms = {term.channel: term.amount for term in new.terms.all()}
    assert terms == {"direct": 3, "online": 5, "post": 5}
    assert new.fees.count() == old.fees.count() == 3


def test_a_waiting_draft_is_what_the_decision_announces(cast: Cast) -> None:
    told = {**deriving.content(cast.version), "title": "Tên mới"}
    draft = deriving.write(cast.version.procedure, told, number=2, valid_from=date(2026, 12, 1))
    issued(replace(AMENDED, given={}))
    draft.refresh_from_db()
    assert (draft.status, draft.valid_from, draft.title) == ("announced", date(2026, 11, 16), "Tên mới")


def test_an_abolished_procedure_ends_on_its_day_and_takes_no_new_dossiers(cast: Cast) -> None:
    before = cast.received(AT)
    issued(ItemDraft(1, "abolished", "1.000001", title=cast.version.title))
    cast.version.refresh_from_db()
    last = cast.received(datetime(2026, 11, 13, 9, 0, tzinfo=TZ))
    with pytest.raises(Refused, match="hiệu lực"):
        cast.received(datetime(2026, 11, 16, 9, 0, tzinfo=TZ))
    assert before.version_id == last.version_id == cast.version.pk


def test_open_dossiers_keep_their_version(cast: Cast) -> None:
    dossier = cast.received(AT)
    acts.publish_announced(issued(AMENDED), by=None, at=OUT)
    dossier.refresh_from_db()
    assert dossier.version == texts("1.000001")[0]
    assert dossier.limit == "5 ngày làm việc"


def test_a_procedure_that_replaces_another_ends_it(cast: Cast) -> None:
    acts.publish_announced(
        issued(replace(NEW, kind="replaced", replaces="1.000001", changed="Thay thế")), by=None, at=OUT
    )
    assert texts("1.000001")[0].valid_to == texts("1.000009")[0].valid_from == date(2026, 11, 16)


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (replace(AMENDED, given={}), "chưa có nội dung mới"),
        (replace(AMENDED, changed=""), "chưa nêu nội dung"),
        (replace(AMENDED, kind="new"), "không phải mới ban hành"),
        (replace(NEW, kind="amended", changed="x"), "không có bản nào đang áp dụng để sửa"),
        (replace(NEW, given={**WHOLE, "sequence": ""}), "thiếu bộ phận bắt buộc: trình tự"),
        (ItemDraft(1, "abolished", "1.000009"), "không có bản nào đang áp dụng để bãi bỏ"),
        (replace(NEW, replaces="1.000008"), "bị thay 1.000008"),
    ],
)
def test_what_is_missing_stops_a_decision(cast: Cast, item: ItemDraft, said: str) -> None:
    draft = drafted(item)
    with pytest.raises(Refused, match=said):
        acts.announce(draft, by=None, at=SIGNED)
    assert "ProceduresAnnounced" not in kinds()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"number": ""}, "phải có số"),
        ({"decided_on": None}, "phải có số, ngày ký"),
        ({"decided_on": date(2026, 11, 10)}, "chưa đến"),
        ({"effective_on": date(2025, 7, 1)}, "bản 1 có hiệu lực từ"),
    ],
)
def test_a_decision_that_is_not_signed_or_begins_too_early_stops(
    cast: Cast, wrong: dict[str, object], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        issued(AMENDED, **wrong)


def test_a_part_only_some_procedures_have_stops_no_decision(cast: Cast) -> None:
    issued(replace(NEW, given={**WHOLE, "results": [], "fees": []}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"effective_on": date(2020, 2, 3)},
        {"effective_on": date(2199, 1, 1)},
        {"decided_on": date(2019, 1, 2)},
    ],
)
def test_a_decision_of_a_day_no_rule_reaches_is_refused(cast: Cast, wrong: dict[str, date]) -> None:
    with pytest.raises(Refused, match="Không có quy định"):
        acts.draft_announcement(replace(HEAD, **wrong), by=None, at=AT)


def test_an_issued_decision_and_its_number_are_final(cast: Cast) -> None:
    decision = issued(AMENDED)
    with pytest.raises(Refused, match="đã ban hành"):
        acts.put_announced(decision, NEW, by=None, at=AT)
    with pytest.raises(Refused, match="đã ban hành"):
        acts.discard_announcement(decision, by=None, at=AT)
    with pytest.raises(Refused, match="đã có trong sổ"):
        acts.draft_announcement(HEAD, by=None, at=AT)
    with pytest.raises(Refused, match="đã công bố theo"):
        catalogue.publish(texts("1.000001")[1], by=None, at=AT)
    announced = texts("1.000001")[1]
    later = Version.objects.create(
        procedure=announced.procedure,
        number=9,
        valid_from=announced.valid_from + timedelta(days=30),
        title="Sau",
    )
    with pytest.raises(Refused, match="hãy công khai phiên bản ấy trước"):
        catalogue.publish(later, by=None, at=AT)
    with pytest.raises(Refused, match="chưa công khai"):
        issued(replace(AMENDED, changed="lần nữa"), number="813/QĐ-UBND")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE catalogue_announcement SET effective_on = '2026-12-01'",
        "DELETE FROM catalogue_announcement",
        "UPDATE catalogue_announced SET kind = 'new'",
        "DELETE FROM catalogue_announced",
        "DELETE FROM catalogue_ground",
        "UPDATE catalogue_version SET title = 'khác' WHERE status = 'announced'",
        "DELETE FROM catalogue_version WHERE status = 'announced'",
    ],
)
def test_the_database_refuses_to_change_what_was_issued(cast: Cast, sql: str) -> None:
    issued(AMENDED)
    with pytest.raises(IntegrityError, match="final"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_publication_is_recorded_once(cast: Cast) -> None:
    acts.publish_announced(issued(AMENDED), by=None, at=OUT)
    with pytest.raises(IntegrityError, match="final"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE catalogue_announced SET published_at = now()")


def test_a_file_of_the_portal_does_not_take_the_place_of_an_announced_text(cast: Cast) -> None:
    issued(AMENDED)
    draft = next(files.catalogue(SAMPLE)).draft
    assert draft
    report = Report("", "catalogue")
    assert intake.take([replace(draft, code="1.000001")], AT, report) == []
    assert [v.status for v in texts("1.000001")] == ["published", "announced", "draft"]
    assert "chờ công khai" in report.found[-1].problem


# The table of a decision


TABLE = """loai,ma_tthc,ten_tthc,noi_dung_thay_doi,van_ban,thoi_han,phi
Sửa đổi bổ sung,1.000001,Cấp giấy,Hạn,12/2026/QĐ-UBND,trực tiếp: 3 ngày làm việc; trực tuyến: 2 giờ,Lệ phí 15.000 đồng
Bãi bỏ,1.000002,Cấp giấy xác nhận mẫu,,12/2026/QĐ-UBND,,
"""


def table(tmp_path: Path, text: str = TABLE) -> Path:
    path = tmp_path / "danh-muc.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_fills_a_decision_and_twice_is_once(cast: Cast, tmp_path: Path) -> None:
    draft, path = drafted(), table(tmp_path)
    assert acts.import_announced(draft, path, by=None, at=AT).added == 2
    kept = list(draft.items.values())
    again = acts.import_announced(draft, path, by=None, at=AT)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert list(draft.items.values()) == kept
    amended = draft.items.get(code="1.000001")
    assert amended.instrument == Instrument.objects.get()
    assert [(t["channel"], t["amount"]) for t in amended.given["terms"]] == [("direct", "3"), ("online", "2")]
    assert {(f["amount"], f["kind"]) for f in amended.given["fees"]} == {("15000", "le_phi")}


@pytest.mark.parametrize(
    ("broken", "row", "field"),
    [
        (TABLE.replace("Bãi bỏ", "Xóa"), 3, "loai"),
        (TABLE.replace("1.000002", "1.2"), 3, "ma_tthc"),
        (TABLE.replace("1.000002", "1.000001"), 3, "ma_tthc"),
        (TABLE.replace("3 ngày làm việc", "ba ngày"), 2, "thoi_han"),
        (TABLE.replace("Lệ phí 15.000 đồng", "theo quy định"), 2, "phi"),
        (TABLE.replace("12/2026", "99/2026", 1), 2, "van_ban"),
    ],
)
def test_a_row_that_cannot_be_taken_leaves_the_whole_table_out(
    cast: Cast, tmp_path: Path, broken: str, row: int, field: str
) -> None:
    draft = drafted()
    taken = acts.import_announced(draft, table(tmp_path, broken), by=None, at=AT)
    assert [(found.row, found.field, bool(found.remedy)) for found in taken.found] == [(row, field, True)]
    assert not draft.items.exists()


@pytest.mark.parametrize("broken", ["", "a,b\n1,2\n", "loai,ma_tthc\nMới,1.000001\n", "\0\1"])
def test_a_file_that_is_no_table_is_refused_in_a_line(cast: Cast, tmp_path: Path, broken: str) -> None:
    with pytest.raises(WrongFile):
        acts.import_announced(drafted(), table(tmp_path, broken), by=None, at=AT)


def test_an_import_cut_off_leaves_nothing_and_is_taken_the_next_time(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, path, save = drafted(), table(tmp_path), Announced.save

    def cut(row: Announced, *args: object, **kwargs: object) -> None:
        if row.position == 2:
            raise KeyboardInterrupt
        save(row, *args, **kwargs)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Announced, "save", cut)
        with pytest.raises(KeyboardInterrupt):
            acts.import_announced(draft, path, by=None, at=AT)
    assert not draft.items.exists()
    assert acts.import_announced(draft, path, by=None, at=AT).added == 2


def test_a_number_another_took_at_the_same_instant_is_told(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued(AMENDED)
    # What was not there when it was looked for is there when it is written.
    monkeypatch.setattr(QuerySet, "exists", lambda self: False)
    with pytest.raises(Refused, match="vừa được người khác ghi vào sổ"):
        acts.draft_announcement(HEAD, by=None, at=AT)
