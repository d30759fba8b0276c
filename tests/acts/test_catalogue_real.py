"""The real catalogue of July 2026 and the real process decisions of Cao Bằng, when they lie beside the project."""

import gzip
import json
import time
import tracemalloc
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from motcua.catalogue import acts, queries, searching
from motcua.catalogue.models import Component, Finding, Import, ProcessVersion, Term, Version
from motcua.catalogue.reading import channels, files, steps
from motcua.catalogue.reading.drafts import NOTHING, plain
from motcua.law.calendar import TZ

DATA = Path(__file__).parents[2].parent / "shared/data"
CATALOGUE = DATA / "catalogue/procedures.jsonl.gz"
STEPS = DATA / "processes/cao-bang-steps.csv"
DEMO = Path(__file__).parents[2] / "motcua/demo/catalogue/procedures.yaml"
AT = datetime(2026, 7, 1, 8, tzinfo=TZ)

pytestmark = [
    pytest.mark.real,
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.exists(), reason=f"real data absent: {DATA}"),
]


def shown(report: acts.Report) -> None:
    print(f"\n{report.kind}: {report.read} read, {len(report.found)} findings")
    for (field, problem), count in report.problems.most_common():
        print(f"{count:6} {field}: {problem}")


def test_the_whole_catalogue_is_imported_and_the_second_time_changes_nothing():
    begun, spent_here = time.perf_counter(), time.process_time()
    report = acts.import_catalogue(CATALOGUE, by=None, at=AT, publish=True)
    spent = time.perf_counter() - begun
    shown(report)
    print(f"terms: {report.with_number} with a number, {report.with_unit} with a unit too; {spent:.1f} s")
    assert (report.read, report.added, report.refused, report.published) == (2642, 2642, 0, 2642)
    assert report.with_number >= 0.94 * report.read
    assert time.process_time() - spent_here < 60  # of our own; a busy machine is not the importer's fault
    assert Finding.objects.count() == len(report.found)
    again = acts.import_catalogue(CATALOGUE, by=None, at=AT, publish=True)
    assert (again.added, again.changed, again.unchanged, again.published) == (0, 0, 2642, 0)
    assert Version.objects.count() == 2642
    assert Import.objects.count() == 2
    _every_unread_value_is_a_finding()
    _processes_find_their_procedures()
    assert {p.code for p in searching.search("khai sinh", limit=9).procedures} >= {"1.001193"}


def _every_unread_value_is_a_finding() -> None:
    noted = set(Finding.objects.filter(field="terms").values_list("code", flat=True))
    unread = Term.objects.filter(amount=None) | Term.objects.filter(unit="")
    assert unread.exists()
    assert set(unread.values_list("version__procedure__code", flat=True)) <= noted
    papers = set(Finding.objects.filter(field="components").values_list("code", flat=True))
    uncounted = Component.objects.filter(originals=None)
    assert set(uncounted.values_list("version__procedure__code", flat=True)) <= papers
    fees = set(Finding.objects.filter(field="fees").values_list("code", flat=True))
    assert "2.001610" in fees
    assert sorted(f.amount for f in queries.in_force("2.001610", AT.date()).fees.all())[0] == 100


def _processes_find_their_procedures() -> None:
    report = acts.import_processes(STEPS, by=None, at=AT, publish=True)
    shown(report)
    assert report.read == report.added + report.refused == 53
    assert ProcessVersion.objects.count() == report.added > 0
    assert (
        report.problems["ma_tthc", "mã thủ tục không có trong danh mục, từ chối quy trình"] == report.refused
    )


def test_every_row_of_the_process_decisions_is_a_step_of_some_process():
    reads = list(steps.processes(STEPS))
    nodes = [node for read in reads for node in read.draft.definition["nodes"] if node["kind"] == "step"]
    assert len(nodes) == 382
    silent = [node for node in nodes if not node.get("role")]
    noted = [found for read in reads for found in read.found if found.field == "trach_nhiem"]
    assert len(silent) == len(noted)


def test_no_letter_of_the_channel_tables_is_lost():
    """What a row says is all in its term, its fee and its note; only an empty fee says nothing."""
    with gzip.open(CATALOGUE, "rt", encoding="utf-8") as lines:
        for line, read in zip(lines, files.catalogue(CATALOGUE), strict=True):
            if any("lặp lại" in found.problem for found in read.found):
                continue
            draft, written = read.draft, json.loads(line)["cach_thuc_thuc_hien"]
            portal = {channel: name for name, channel in channels.NAMES.items()}
            kept = [channels.HEADER, *(portal[t.channel] + t.text + t.note for t in draft.terms)]
            kept += [fee.text for fee in draft.fees] + [NOTHING] * (len(draft.terms) - len(draft.fees))
            assert letters(written) - letters("".join(kept)) == Counter(), draft.code


def letters(text: str) -> Counter[str]:
    return Counter("".join(plain(text).split()))


def test_the_file_is_streamed():
    tracemalloc.start()
    for _ in files.catalogue(CATALOGUE):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_the_catalogue_of_the_demonstration_says_what_the_portal_says():
    real = {read.draft.code: read.draft for read in files.catalogue(CATALOGUE)}
    for read in files.catalogue(DEMO):
        ours, theirs = read.draft, real[read.draft.code]
        assert ours.title.casefold() in theirs.title.casefold(), ours.code
        assert (ours.field, ours.decision, ours.audiences) == (
            theirs.field,
            theirs.decision,
            theirs.audiences,
        )
        assert set(ours.levels) <= set(theirs.levels)
        if not any(term.note or term.case for term in ours.terms) and not ours.note:
            assert {(t.channel, t.amount, t.unit) for t in ours.terms} == {
                (t.channel, t.amount, t.unit) for t in theirs.terms
            }, ours.code
        assert {(f.channel, f.amount) for f in ours.fees} <= {(f.channel, f.amount) for f in theirs.fees}, (
            ours.code
        )
