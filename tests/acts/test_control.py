"""A draft regulation through its stages: each gate holds it, each act leaves its fact, nothing said is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from motcua.catalogue import acts as catalogue
from motcua.catalogue import intake
from motcua.catalogue.announcing import acts as announcing
from motcua.catalogue.announcing import standing
from motcua.catalogue.announcing.models import Change, Instrument
from motcua.catalogue.control import acts, queries, reading, writing
from motcua.catalogue.control.acts import Document, Overtaken, Shut
from motcua.catalogue.control.models import Assessment, Draft, Opinion, Position, Stage, Visit
from motcua.catalogue.models import Status, Version
from motcua.catalogue.reading.drafts import Draft as Read
from motcua.journal import log
from motcua.law import drafting
from motcua.law.facts import Refused
from tests import drafts
from tests.acts.test_overlays import CHEAPER, SHORTER
from tests.drafts import ASSESSED, AT, TEXT, Crew

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


@pytest.fixture
def crew() -> Crew:
    return drafts.gather()


def kinds(draft: Draft) -> list[str]:
    return [entry.kind for entry in log.history(drafting.stream(draft.pk))]


def stage(draft: Draft) -> str:
    return Draft.objects.get(pk=draft.pk).stage


def test_a_draft_goes_from_its_beginning_to_promulgation_and_each_act_leaves_a_fact(crew: Crew) -> None:
    draft = crew.promulgated()
    assert stage(draft) == Stage.PROMULGATED
    assert kinds(draft) == [
        "DraftBegun",
        "ProcedureDrafted",
        "ProcedureWritten",
        "DraftForwarded",
        "ImpactAssessed",
        "DraftForwarded",
        "OpinionGiven",
        "DraftForwarded",
        "DraftAppraised",
        "DraftForwarded",
        "Promulgated",
    ]
    assert list(log.verify(drafting.stream(draft.pk))) == []
    (last,) = queries.history(draft, size=1)
    assert last.fact == drafting.Promulgated(
        at=AT,
        by=crew.chairman.username,
        provision="NĐ 63/2010/NĐ-CP",
        number="45/2026/QĐ-UBND",
        on="2026-11-02",
        file="45-2026.pdf",
        effective="2026-11-16",
        signer="Chủ tịch UBND tỉnh",
    )


def test_promulgation_sets_when_the_drafted_texts_begin_and_publishes_nothing(crew: Crew) -> None:
    draft = crew.promulgated()
    version = draft.procedures.get().version
    assert version is not None
    assert (version.status, version.valid_from) == (Status.DRAFT, date(2026, 11, 16))


def test_a_draft_without_a_ground_does_not_leave_drafting(crew: Crew) -> None:
    draft = crew.whole(ground="")
    with pytest.raises(Shut) as shut:
        acts.forward(draft, by=crew.drafter, at=AT)
    assert shut.value.gates[0].code == "authority"
    assert "78/2025" in shut.value.source
    assert stage(draft) == Stage.DRAFTING


def test_a_missing_part_holds_the_draft_until_it_is_written(crew: Crew) -> None:
    draft = crew.begun()
    drafted = crew.added(draft)
    crew.written(drafted, replace(TEXT, sequence=""))
    with pytest.raises(Shut, match="thiếu trình tự thực hiện"):
        acts.forward(draft, by=crew.drafter, at=AT)
    crew.written(drafted)
    assert acts.forward(draft, by=crew.drafter, at=AT).stage == Stage.ASSESSMENT


def test_a_draft_is_not_sent_for_an_opinion_before_its_impact_is_assessed(crew: Crew) -> None:
    draft = crew.assessing()
    with pytest.raises(Shut, match="chưa có bản đánh giá tác động"):
        acts.forward(draft, by=crew.drafter, at=AT)
    acts.assess(draft.procedures.get(), ASSESSED, by=crew.drafter, at=AT)
    assert acts.forward(draft, by=crew.drafter, at=AT).stage == Stage.OPINION


def test_what_is_not_necessary_can_only_be_stopped_or_assessed_anew(crew: Crew) -> None:
    draft = crew.assessed(replace(ASSESSED, needed=False))
    with pytest.raises(Shut, match="phải dừng"):
        acts.forward(draft, by=crew.drafter, at=AT)
    acts.stop(draft, reason="Đánh giá cho thấy không cần thiết.", by=crew.drafter, at=AT)
    assert stage(draft) == Stage.STOPPED
    with pytest.raises(Refused, match="đã dừng"):
        acts.forward(draft, by=crew.drafter, at=AT)


def test_an_assessment_is_added_and_never_written_over(crew: Crew) -> None:
    draft = crew.assessed(replace(ASSESSED, cheapest=None))
    acts.assess(draft.procedures.get(), ASSESSED, by=crew.drafter, at=LATER)
    assert Assessment.objects.count() == 2
    assert acts.forward(draft, by=crew.drafter, at=LATER).stage == Stage.OPINION


def test_a_text_changed_after_it_was_assessed_must_be_assessed_again(crew: Crew) -> None:
    draft = crew.asking()
    acts.send_back(draft, to="drafting", reason="Cần sửa thành phần hồ sơ.", by=crew.control, at=AT)
    crew.written(draft.procedures.get(), replace(TEXT, agency="Sở Mẫu mới"), at=LATER)
    acts.forward(draft, by=crew.drafter, at=LATER)
    with pytest.raises(Shut, match="phải đánh giá lại"):
        acts.forward(draft, by=crew.drafter, at=LATER)


def test_an_opinion_that_disagrees_holds_the_draft_until_it_is_answered(crew: Crew) -> None:
    draft = crew.asking()
    with pytest.raises(Shut, match="chưa có"):
        acts.forward(draft, by=crew.drafter, at=AT)
    crew.opined(draft, Position.DISAGREED)
    with pytest.raises(Shut, match="chưa được tiếp thu"):
        acts.forward(draft, by=crew.drafter, at=AT)
    acts.answer(draft, text="Đã bỏ giấy tờ thừa như góp ý.", by=crew.drafter, at=LATER)
    assert acts.forward(draft, by=crew.drafter, at=LATER).stage == Stage.APPRAISAL
    with pytest.raises(Refused, match="Không có ý kiến nào"):
        acts.answer(draft, text="Giải trình thêm một lần.", by=crew.drafter, at=LATER)


def test_an_appraisal_is_as_binding_as_an_opinion(crew: Crew) -> None:
    draft = crew.appraising()
    crew.appraised(draft, Position.REMARKS)
    with pytest.raises(Shut, match="Thẩm định"):
        acts.forward(draft, by=crew.drafter, at=AT)


def test_a_return_keeps_what_was_said_and_asks_for_it_again(crew: Crew) -> None:
    draft = crew.appraising()
    acts.send_back(draft, to="opinion", reason="Ý kiến kiểm soát còn thiếu.", by=crew.justice, at=LATER)
    with pytest.raises(Shut, match="Ý kiến kiểm soát"):
        acts.forward(draft, by=crew.drafter, at=LATER)
    assert Opinion.objects.count() == 1
    visit = Visit.objects.get(draft=draft, stage=Stage.APPRAISAL)
    assert (visit.to, visit.reason) == (Stage.OPINION, "Ý kiến kiểm soát còn thiếu.")
    crew.opined(draft, at=LATER)
    assert acts.forward(draft, by=crew.drafter, at=LATER).stage == Stage.APPRAISAL


def test_a_return_goes_back_for_a_reason_and_never_forward(crew: Crew) -> None:
    draft = crew.asking()
    with pytest.raises(Refused, match="ít nhất 10"):
        acts.send_back(draft, to="drafting", reason="Sửa", by=crew.control, at=AT)
    with pytest.raises(Refused, match="một bước đã qua"):
        acts.send_back(draft, to="appraisal", reason="Chuyển thẳng thẩm định.", by=crew.control, at=AT)
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.send_back(draft, to="drafting", reason="Không phải việc của tôi.", by=crew.justice, at=AT)


@pytest.mark.parametrize("who", ["control", "justice", "chairman"])
def test_only_the_drafting_unit_writes_and_sends_its_draft(crew: Crew, who: str) -> None:
    draft, other = crew.whole(), getattr(crew, who)
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.forward(draft, by=other, at=AT)
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.write(draft.procedures.get(), TEXT, absent=(), sets=1, base=AT, by=other, at=AT)


def test_nobody_gives_an_opinion_on_a_draft_of_their_own_unit(crew: Crew) -> None:
    draft = crew.asking()
    own = crew.cast.officers.controller
    with pytest.raises(Refused, match="chính đơn vị"):
        acts.give_opinion(
            draft, position="agreed", text="Tốt.", document=Document("1", AT.date()), by=own, at=AT
        )


def test_a_second_opinion_needs_a_return(crew: Crew) -> None:
    draft = crew.asking()
    crew.opined(draft)
    with pytest.raises(Refused, match="đã có ý kiến"):
        crew.opined(draft)


def test_only_the_head_of_the_province_promulgates_and_only_at_the_last_stage(crew: Crew) -> None:
    draft, paper = crew.signing(), Document("45/2026/QĐ-UBND", AT.date())
    told = {"document": paper, "effective": date(2026, 12, 1), "issuer": "UBND tỉnh", "signer": "Chủ tịch"}
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.promulgate(draft, **told, by=crew.cast.officers.head, at=AT)  # type: ignore[arg-type]
    early = told | {"effective": date(2026, 11, 1)}
    with pytest.raises(Refused, match="trước ngày ban hành"):
        acts.promulgate(draft, **early, by=crew.chairman, at=AT)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="đang ở bước Soạn thảo"):
        acts.promulgate(crew.whole(), **told, by=crew.chairman, at=AT)  # type: ignore[arg-type]


def test_a_document_dated_under_another_law_needs_a_ground_of_that_law(crew: Crew) -> None:
    draft = crew.signing()
    paper = Document("9/2025/QĐ-UBND", date(2025, 3, 31))
    told = {"effective": date(2025, 5, 1), "issuer": "UBND tỉnh", "signer": "Chủ tịch"}
    with pytest.raises(Shut) as shut:
        acts.promulgate(draft, document=paper, **told, by=crew.chairman, at=AT)  # type: ignore[arg-type]
    assert [gate.code for gate in shut.value.gates] == ["authority"]
    assert (stage(draft), Draft.objects.get(pk=draft.pk).number) == (Stage.PROMULGATION, "")


def test_a_text_written_by_two_is_refused_to_the_second(crew: Crew) -> None:
    draft = crew.begun()
    drafted = crew.added(draft)
    crew.written(drafted)
    with pytest.raises(Overtaken):
        crew.written(drafted, base=None)


def test_an_amended_procedure_starts_from_the_text_in_force_and_shows_what_changed(crew: Crew) -> None:
    draft = crew.begun()
    drafted = crew.added(draft, Change.AMENDED)
    version = drafted.version
    assert version is not None
    assert version.procedure == crew.cast.version.procedure
    assert (version.number, version.status) == (2, Status.DRAFT)
    assert reading.regulated(drafted) == ()
    text = replace(writing.told(version), amount=Decimal(3), sequence="Bước 1: nộp hồ sơ.")
    crew.written(drafted, text)
    again = draft.procedures.get()
    assert set(reading.regulated(again)) == {"terms", "sequence"}
    assert reading.effect_of(again).days == -2


def test_what_the_province_says_otherwise_is_no_change_that_a_draft_makes(crew: Crew) -> None:
    for new in (SHORTER, replace(CHEAPER, valid_from=date(2026, 11, 10))):
        announcing.decide_overlay(crew.cast.version.procedure, new, by=None, at=AT)
    local = Version.objects.order_by("number").last()
    drafted = acts.add_procedure(
        crew.begun(), change=Change.AMENDED, title="", before=local, by=crew.drafter, at=AT
    )
    assert reading.regulated(drafted) == ()
    assert reading.effect_of(drafted).days == 0


def test_a_procedure_is_in_a_draft_once_and_may_be_dropped_for_a_reason(crew: Crew) -> None:
    draft = crew.begun()
    drafted = crew.added(draft, Change.ABOLISHED)
    with pytest.raises(Refused, match="đã có trong dự thảo"):
        crew.added(draft, Change.AMENDED)
    acts.drop_procedure(drafted, reason="Chưa đủ căn cứ bãi bỏ.", by=crew.drafter, at=AT)
    assert crew.added(draft, Change.AMENDED).change == Change.AMENDED


def test_a_stage_has_a_due_day_and_a_draft_past_it_is_late(crew: Crew) -> None:
    draft = crew.asking()
    assert Draft.objects.get(pk=draft.pk).due == date(2026, 11, 5)
    assert list(queries.drafts(queries.Wanted(late=True), date(2026, 11, 5))) == []
    assert list(queries.drafts(queries.Wanted(late=True), date(2026, 11, 6))) == [draft]


def test_an_import_neither_takes_away_nor_renumbers_what_is_drafted(crew: Crew) -> None:
    drafted = crew.added(crew.begun(), Change.AMENDED)
    before = Version.objects.filter(procedure__code="1.000001").count()
    read = Read(code="1.000001", title="Bản mới")
    waiting = intake.take([read], AT, intake.Report("", "catalogue"))
    assert Version.objects.filter(procedure__code="1.000001").count() == before + 1
    assert [version.number for version in waiting] == [3]
    drafted.refresh_from_db()
    assert drafted.version is not None


def test_a_promulgated_draft_stands_in_the_register_and_its_procedures_wait_to_be_announced(
    crew: Crew,
) -> None:
    draft = crew.promulgated()
    made = draft.instrument
    assert made is not None
    assert (made.number, made.kind, made.effective_on) == ("45/2026/QĐ-UBND", "committee", date(2026, 11, 16))
    assert made.procedures == [{"kind": "new", "code": "", "title": TEXT.title, "note": ""}]


def test_a_new_procedure_gets_its_code_once_promulgated_and_is_announced_under_it(crew: Crew) -> None:
    early = crew.whole().procedures.get()
    with pytest.raises(Refused, match="sau khi văn bản đã ban hành"):
        acts.give_code(early, code="3.000777", by=crew.control, at=AT)
    drafted = crew.promulgated().procedures.get()
    with pytest.raises(Refused, match="đã có trong danh mục"):
        acts.give_code(drafted, code="1.000001", by=crew.control, at=AT)
    acts.give_code(drafted, code="3.000777", by=crew.control, at=AT)
    assert standing.standings(["3.000777"])["3.000777"].draft == drafted.version
    assert Instrument.objects.get().procedures[0]["code"] == "3.000777"
    with pytest.raises(Refused, match="đã có mã"):
        acts.give_code(drafted, code="3.000778", by=crew.control, at=AT)


def test_a_code_is_that_of_one_procedure_where_two_go_by_one_name(crew: Crew) -> None:
    drafted = crew.promulgated().procedures.get()
    entered = Instrument.objects.get()
    entered.procedures = [*entered.procedures, *entered.procedures]
    entered.save()
    acts.give_code(drafted, code="3.000777", by=crew.control, at=AT)
    assert [told["code"] for told in Instrument.objects.get().procedures] == ["3.000777", ""]


def test_a_cost_declared_on_one_side_alone_adds_nothing_to_the_ledger(crew: Crew) -> None:
    half = crew.assessed(replace(ASSESSED, cost_before=None))
    assert reading.total(half.procedures.all()).money == 0


def test_a_text_still_being_drafted_is_never_announced(crew: Crew) -> None:
    crew.added(crew.begun(), Change.AMENDED)
    assert standing.standings(["1.000001"])["1.000001"].draft is None


def test_a_drafted_text_can_be_published_once_it_is_promulgated(crew: Crew) -> None:
    version = crew.promulgated().procedures.get().version
    assert version is not None
    catalogue.publish(version, by=crew.control, at=AT)
    assert version.status == Status.PUBLISHED


def test_the_database_keeps_a_draft_at_one_stage_and_promulgates_none_without_a_number(crew: Crew) -> None:
    draft = crew.begun()
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.create(draft=draft, stage=Stage.OPINION, since=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.filter(pk=draft.pk).update(stage=Stage.PROMULGATED)


def test_a_day_no_rule_reaches_is_refused(crew: Crew) -> None:
    with pytest.raises(Refused, match="Không có quy định"):
        crew.begun(day=datetime(2012, 1, 1).date())  # noqa: DTZ001


def test_a_code_another_procedure_got_at_the_same_instant_is_told(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafted = crew.promulgated().procedures.get()
    monkeypatch.setattr(QuerySet, "exists", lambda self: False)
    with pytest.raises(Refused, match="vừa được cấp cho thủ tục khác"):
        acts.give_code(drafted, code="1.000001", by=crew.control, at=AT)
