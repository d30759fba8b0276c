"""The catalogue keeps what was published, and takes in a file wholly or not at all."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DataError, IntegrityError, connection, transaction

from motcua.catalogue import acts, queries, searching
from motcua.catalogue.models import (
    Component,
    Fee,
    Finding,
    Import,
    LegalBasis,
    Procedure,
    ProcessVersion,
    Result,
    Status,
    Term,
    Version,
)
from motcua.catalogue.reading import files
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from motcua.law.limits import TimeLimit, Unit
from motcua.law.process import Kind, Process
from motcua.people.models import Role
from tests import cast

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parents[1] / "samples/catalogue"
DEMO = Path(__file__).parents[2] / "motcua/demo/catalogue"
AT = datetime(2026, 7, 1, 8, tzinfo=TZ)
DAY = AT.date()
LATER = AT + timedelta(days=30)


def imported(path: Path = SAMPLES / "crawl.jsonl", at: datetime = AT, **options: object) -> acts.Report:
    return acts.import_catalogue(path, by=None, at=at, **{"publish": True, **options})


def changed(tmp_path: Path, **fields: str) -> Path:
    """The sample with its first record changed."""
    first, *others = (SAMPLES / "crawl.jsonl").read_text().splitlines()
    path = tmp_path / "changed.jsonl"
    path.write_text("\n".join([json.dumps(json.loads(first) | fields), *others]))
    return path


def counts(report: acts.Report) -> tuple[int, ...]:
    return report.read, report.added, report.changed, report.unchanged, report.refused


def test_an_import_keeps_its_counts_and_its_findings():
    report = imported()
    assert counts(report) == (5, 4, 0, 0, 1)
    assert (report.with_number, report.with_unit, report.published) == (3, 2, 4)
    run = Import.objects.get()
    assert (run.read, run.added, run.refused, run.by) == (5, 4, 1, "system")
    assert run.findings.count() == len(report.found) > 0


def test_the_same_file_twice_changes_nothing():
    imported()
    before = list(Version.objects.values_list("pk", "published_at"))
    assert counts(imported(at=LATER)) == (5, 0, 0, 4, 1)
    assert list(Version.objects.values_list("pk", "published_at")) == before


def test_a_changed_record_makes_a_new_version_and_ends_the_old_one(tmp_path):
    imported()
    report = imported(changed(tmp_path, ten_thu_tuc="Tên mới"), at=LATER)
    assert counts(report) == (5, 0, 1, 3, 1)
    old, new = Version.objects.filter(procedure__code="1.900001").order_by("number")
    assert (old.number, old.valid_from, old.valid_to) == (1, DAY, LATER.date())
    assert (new.number, new.valid_from, new.valid_to) == (2, LATER.date(), None)
    assert Procedure.objects.get(code="1.900001").title == "Tên mới"
    assert queries.in_force("1.900001", LATER.date() - timedelta(days=1)) == old
    assert queries.in_force("1.900001", LATER.date()) == new


def test_a_correction_of_the_same_day_holds_from_the_next_day(tmp_path):
    imported()
    imported(changed(tmp_path, ten_thu_tuc="Tên mới"))
    assert [(v.valid_from, v.valid_to) for v in Version.objects.filter(procedure__code="1.900001")] == [
        (DAY, DAY + timedelta(days=1)),
        (DAY + timedelta(days=1), None),
    ]


def test_a_changed_draft_takes_the_place_of_the_draft(tmp_path):
    imported(publish=False)
    imported(changed(tmp_path, ten_thu_tuc="Tên mới"), publish=False)
    version = Version.objects.get(procedure__code="1.900001")
    assert (version.number, version.title, version.status) == (1, "Tên mới", Status.DRAFT)


def test_drafts_imported_before_are_published_when_asked():
    imported(publish=False)
    report = imported()
    assert (report.unchanged, report.published) == (4, 4)
    assert set(Version.objects.values_list("status", flat=True)) == {Status.PUBLISHED}


def test_a_dry_run_tells_the_same_and_writes_nothing():
    report = imported(dry_run=True)
    assert counts(report) == (5, 4, 0, 0, 1)
    assert not Procedure.objects.exists()
    assert not Import.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_file_broken_near_its_end_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(acts, "BATCH", 1)
    broken = tmp_path / "broken.jsonl"
    broken.write_text((SAMPLES / "crawl.jsonl").read_text() + "{oops\n")
    with pytest.raises(files.WrongFile, match="dòng 6"):
        imported(broken)
    assert not Procedure.objects.exists()
    assert not Import.objects.exists()


def test_a_code_twice_in_a_file_keeps_the_first_and_notes_the_second(tmp_path):
    first = (SAMPLES / "crawl.jsonl").read_text().splitlines()[0]
    (tmp_path / "twice.jsonl").write_text(first + "\n" + first + "\n")
    report = imported(tmp_path / "twice.jsonl")
    assert counts(report) == (2, 1, 0, 0, 1)
    assert report.problems["code", "mã thủ tục lặp lại trong tệp, giữ bản ghi đầu"] == 1


def test_only_an_officer_with_power_over_the_catalogue_may_import():
    people = cast.gather().officers
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.import_catalogue(SAMPLES / "crawl.jsonl", by=people.handler, at=AT)
    acts.import_catalogue(SAMPLES / "crawl.jsonl", by=people.controller, at=AT)
    assert Import.objects.get().by == people.controller.username


def test_nothing_of_a_published_version_can_be_changed_removed_or_added():
    imported()
    version = queries.in_force("1.900001", DAY)
    parts = [version.components, version.terms, version.fees, version.results, version.bases]
    doings = [
        lambda: Version.objects.filter(pk=version.pk).update(title="Khác"),
        lambda: Version.objects.filter(pk=version.pk).update(status=Status.DRAFT),
        lambda: Version.objects.filter(pk=version.pk).update(valid_from=DAY - timedelta(days=1)),
        lambda: version.delete(),
        lambda: Component.objects.create(version=version, position=9, name="Thêm"),
        lambda: Term.objects.create(version=version, position=9, channel="direct"),
        lambda: Fee.objects.create(version=version, position=9, channel="direct"),
        lambda: Result.objects.create(version=version, position=9, name="Thêm"),
        lambda: LegalBasis.objects.create(version=version, position=9, name="Thêm"),
        *[lambda part=part: part.all().delete() for part in parts],
        *[lambda part=part: part.all().update(position=99) for part in parts],
    ]
    for doing in doings:
        with pytest.raises(IntegrityError, match=r"final|PROTECT"), transaction.atomic():
            doing()


def test_a_part_of_a_draft_cannot_be_moved_under_a_published_version():
    imported()
    imported(DEMO / "procedures.yaml", publish=False)
    published = queries.in_force("1.900001", DAY)
    part = Component.objects.filter(version__status=Status.DRAFT)
    with pytest.raises(IntegrityError, match="final"):
        part.filter(pk=part.first().pk).update(version=published)


def test_the_end_of_a_published_version_is_set_once():
    imported()
    version = Version.objects.filter(procedure__code="1.900001")
    version.update(valid_to=LATER.date())
    with pytest.raises(IntegrityError, match="final"):
        version.update(valid_to=None)


def test_saving_a_published_version_unchanged_is_no_change():
    imported()
    queries.in_force("1.900001", DAY).save()


def test_published_versions_of_a_procedure_never_overlap():
    imported()
    version = queries.in_force("1.900001", DAY)
    version.pk, version.number, version.valid_from = None, 2, DAY + timedelta(days=9)
    with pytest.raises(IntegrityError, match="one_version_in_force"):
        version.save(force_insert=True)


def test_a_version_cannot_be_published_twice_nor_before_the_one_in_force():
    imported()
    version = queries.in_force("1.900001", DAY)
    with pytest.raises(Refused, match="đã công khai"):
        acts.publish(version, by=None, at=AT)
    earlier = Version.objects.create(procedure=version.procedure, number=2, valid_from=DAY, title="Sớm")
    with pytest.raises(Refused, match="phải sau ngày đó"):
        acts.publish(earlier, by=None, at=AT)


def test_publishing_puts_the_title_where_people_search():
    imported(publish=False)
    assert searching.search("xac nhan").total == 0
    version = Version.objects.get(procedure__code="1.900001")
    acts.publish(version, by=None, at=AT)
    assert (version.status, version.published_at) == (Status.PUBLISHED, AT)
    assert [p.code for p in searching.search("xac nhan").procedures] == ["1.900001"]


@pytest.fixture
def sample():
    imported(DEMO / "procedures.yaml")


def found(text: str, **narrowed: object) -> list[str]:
    return [p.code for p in searching.search(text, limit=100, **narrowed).procedures]


@pytest.mark.parametrize(
    "text", ["khai sinh", "Khai Sinh", "KHAI SINH", "khai sính", "sinh khai", "khai sin"]
)
def test_accents_case_order_and_endings_do_not_matter_to_the_search(sample, text):
    assert "1.001193" in found(text)


@pytest.mark.parametrize("text", ["1.001193", "001193", "1193", "1.0011"])
def test_a_code_or_a_part_of_it_is_found(sample, text):
    assert "1.001193" in found(text)


def test_titles_that_begin_with_the_words_come_first_then_other_titles_then_fields(sample):
    first, *_ = found("dang ky khai sinh")
    assert first == "1.001193"
    codes = found("đất")
    titles = [("đất" in Procedure.objects.get(code=code).title.casefold()) for code in codes]
    assert titles == sorted(titles, reverse=True)
    assert True in titles
    assert False in titles


def test_the_search_narrows_by_field_and_level_and_goes_on_page_by_page(sample):
    assert set(found("", field="Hộ tịch")) == set(found("hộ tịch"))
    commune, both = set(found("", level="commune")), set(found("", level="province"))
    assert commune & both == {"2.000908", "1.002693"}
    page = searching.search("", limit=10, offset=70)
    assert (page.total, len(page.procedures)) == (79, 9)


@pytest.mark.parametrize("text", ["không có chữ này", "qwxzv zzkkq", "'; drop table", "& | !", "(((", "!!!"])
def test_strange_searches_find_nothing_and_break_nothing(sample, text):
    assert found(text) == []


def test_the_catalogue_of_the_demonstration_reads_without_a_finding(sample):
    run = Import.objects.get()
    assert run.added >= 60
    assert not Finding.objects.exists()
    assert not Version.objects.filter(decision="").exists()


def test_every_procedure_of_the_demonstration_gets_a_process_that_fits_its_term(sample):
    report = acts.import_processes(DEMO / "processes.yaml", by=None, at=AT, publish=True)
    assert (report.published, report.refused, report.found) == (Procedure.objects.count(), 0, [])
    kinds = {node["kind"] for p in ProcessVersion.objects.all() for node in p.definition["nodes"]}
    assert kinds == set(Kind)
    for version in Version.objects.prefetch_related("terms"):
        hours = [
            limit.amount * 8
            for t in version.terms.all()
            if (limit := queries.limit_of(t)).unit is Unit.WORKING_DAYS
        ]
        definition = Process.from_data(queries.process_for(version.procedure, None, DAY).definition)
        spent = sum(step.hours or 0 for step in definition.steps if "kiem" not in step.id)
        assert not hours or spent <= min(hours), version.procedure.code


def test_terms_and_fees_are_told_by_channel_and_case(sample):
    plain, cases = queries.in_force("1.004756", DAY), queries.in_force("2.000575", DAY)
    assert queries.limit_of(queries.term_for(plain, "online")) == TimeLimit(Decimal(5), Unit.WORKING_DAYS)
    assert queries.fee_due(plain, "online") == 50000
    assert queries.term_for(cases, "online") is None
    assert len(queries.terms_for(cases, "online")) == 2
    case = "Cấp đổi sang giấy chứng nhận mới"
    assert queries.limit_of(queries.term_for(cases, "online", case)).amount == 3
    assert queries.term_for(plain, "online", "không có trường hợp này") is None
    assert queries.term_for(queries.in_force("1.000419", DAY), "online") is None
    assert queries.limit_of(None) is None


def test_a_term_whose_unit_was_not_announced_cannot_be_counted():
    imported()
    term = queries.term_for(queries.in_force("1.900002", DAY), "direct")
    assert (term.amount, queries.limit_of(term)) == (3, None)


def test_fees_of_two_kinds_add_up_and_two_of_one_kind_wait_for_a_case():
    version = Version(pk=1)
    version._prefetched_objects_cache = {
        "fees": [
            Fee(channel="direct", kind="phi", amount=Decimal(20000)),
            Fee(channel="direct", kind="le_phi", amount=Decimal(5000)),
            Fee(channel="online", kind="phi", amount=Decimal(20000)),
            Fee(channel="online", kind="phi", amount=Decimal(30000)),
            Fee(channel="post", kind="phi", amount=None),
        ]
    }
    assert [queries.fee_due(version, c) for c in ("direct", "online", "post")] == [25000, 0, 0]


def test_a_result_that_is_no_document_is_no_paper_result(sample):
    assert queries.is_paper_result(queries.in_force("1.001193", DAY))
    assert not queries.is_paper_result(queries.in_force("1.013979", DAY))


def test_nothing_in_force_is_refused_by_name(sample):
    with pytest.raises(queries.NotFound, match=r"1\.001193.*30/06/2026"):
        queries.in_force("1.001193", DAY - timedelta(days=1))
    with pytest.raises(queries.NotFound, match=r"1\.001193"):
        queries.process_for(Procedure.objects.get(code="1.001193"), None, DAY)


def test_the_process_of_the_nearest_unit_is_used_else_the_general_one():
    people = cast.gather()
    general = people.process
    assert queries.process_for(general.procedure, people.commune, DAY) == general
    own = ProcessVersion.objects.create(
        procedure=general.procedure,
        unit=people.province,
        number=1,
        valid_from=DAY,
        definition=general.definition,
    )
    acts.publish_process(own, by=people.officers.controller, at=AT)
    assert queries.process_for(general.procedure, people.commune, DAY) == own
    assert queries.process_for(general.procedure, None, DAY) == general


def processes(path: Path = SAMPLES / "steps.csv", at: datetime = AT, **options: object) -> acts.Report:
    return acts.import_processes(path, by=None, at=at, **{"publish": True, **options})


def test_processes_are_imported_and_only_whole_ones_published():
    imported()
    report = processes()
    assert counts(report) == (4, 3, 0, 0, 1)
    assert report.published == 1
    published = ProcessVersion.objects.get(status=Status.PUBLISHED)
    assert (published.procedure.code, published.decision) == ("1.900001", "7/QĐ-UBND")
    refused = [f for f in report.found if "từ chối" in f.problem]
    assert [(f.row, f.code) for f in refused] == [(12, "1.999999")]
    assert counts(processes(at=LATER)) == (4, 0, 0, 3, 1)


def test_a_changed_process_follows_the_published_one(tmp_path):
    imported()
    processes()
    text = (SAMPLES / "steps.csv").read_text().replace("03 giờ làm việc", "02 giờ làm việc")
    (tmp_path / "new.csv").write_text(text)
    report = processes(tmp_path / "new.csv", at=LATER)
    assert counts(report) == (4, 0, 1, 2, 1)
    old, new = ProcessVersion.objects.filter(procedure__code="1.900001").order_by("number")
    assert (old.valid_to, new.valid_from, new.status) == (LATER.date(), LATER.date(), Status.PUBLISHED)


def test_several_processes_of_one_code_stay_drafts_and_are_noted(tmp_path):
    imported()
    text = (SAMPLES / "steps.csv").read_text().replace("1.900002", "1.900001")
    (tmp_path / "two.csv").write_text(text)
    report = processes(tmp_path / "two.csv")
    assert report.published == 0
    assert report.problems["ma_tthc", "một mã có nhiều quy trình, chưa công khai được"] == 1
    assert ProcessVersion.objects.filter(procedure__code="1.900001", status=Status.DRAFT).count() == 2


def test_a_process_that_would_not_run_cannot_be_published():
    imported()
    processes(publish=False)
    unread = ProcessVersion.objects.get(procedure__code="1.900002")
    with pytest.raises(Refused, match="chưa giao cho vai trò nào"):
        acts.publish_process(unread, by=None, at=AT)


def test_a_published_process_is_final_and_never_overlaps():
    imported()
    processes()
    published = ProcessVersion.objects.get(status=Status.PUBLISHED)
    own = ProcessVersion.objects.filter(pk=published.pk)
    for change in ({"definition": {}}, {"decision": "8/QĐ"}, {"status": Status.DRAFT}):
        with pytest.raises(IntegrityError, match="final"), transaction.atomic():
            own.update(**change)
    with pytest.raises(IntegrityError, match="final"), transaction.atomic():
        own.delete()
    published.pk, published.number = None, 2
    with pytest.raises(IntegrityError, match="one_process_in_force"):
        published.save(force_insert=True)


def test_a_process_of_a_unit_nobody_knows_is_refused(tmp_path):
    imported()
    head, *rows = (SAMPLES / "steps.csv").read_text().splitlines()
    (tmp_path / "unit.csv").write_text("\n".join([head + ",Mã đơn vị", *(row + ",99.99" for row in rows)]))
    report = processes(tmp_path / "unit.csv")
    assert report.refused == 4
    assert report.problems["ma_tthc", "không có đơn vị mang mã này, từ chối quy trình"] == 3


def run(capsys: pytest.CaptureFixture[str], *args: object) -> str:
    with pytest.raises(SystemExit) as left:
        call_command("import", *map(str, args))
    assert left.value.code == 1
    return capsys.readouterr().out


def test_the_command_reports_as_a_table_and_leaves_with_one_when_records_were_refused(capsys, tmp_path):
    csv = tmp_path / "findings.csv"
    out = run(capsys, "catalogue", SAMPLES / "crawl.jsonl", "--at", "2026-07-01T08:00", "--findings", csv)
    assert "Đọc 5 · Thêm mới 4" in out
    assert "thời hạn không ghi đơn vị" in out
    assert csv.read_text(encoding="utf-8-sig").count("1.900002") == 2
    assert Import.objects.get().at == AT


def test_the_command_reports_as_json_and_a_dry_run_writes_nothing(capsys):
    report = json.loads(run(capsys, "catalogue", SAMPLES / "crawl.jsonl", "--json", "--dry-run"))
    assert (report["read"], report["added"], report["refused"], report["dry_run"]) == (5, 4, 1, True)
    assert len(report["findings"]) == sum(p["count"] for p in report["problems"])
    assert not Import.objects.exists()


def test_the_command_refuses_a_wrong_file_in_one_line(tmp_path):
    with pytest.raises(CommandError, match="không có tệp này") as refused:
        call_command("import", "catalogue", str(tmp_path / "nothing.jsonl"))
    assert refused.value.returncode == 2
    with pytest.raises(CommandError, match="không phải thời điểm"):
        call_command("import", "catalogue", str(SAMPLES / "crawl.jsonl"), "--at", "hôm qua")


def test_the_triggers_can_be_taken_away_again():
    call_command("migrate", "catalogue", "0002", verbosity=0)
    call_command("migrate", "catalogue", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname = 'published_is_final'")
        assert cursor.fetchone()[0] == 8


def test_a_version_cannot_end_before_it_begins():
    imported()
    with pytest.raises((IntegrityError, DataError)):
        Version.objects.filter(procedure__code="1.900001").update(valid_to=date(2020, 1, 1))


def test_roles_of_imported_steps_are_roles_of_officers():
    imported()
    processes()
    roles = {node.get("role") for p in ProcessVersion.objects.all() for node in p.definition["nodes"]}
    assert roles - {None} <= set(Role.values)
