"""A published month is numbered, frozen and sealed; a correction is a new one; whoever has the file can check it."""

from __future__ import annotations

import copy
import hashlib
import json
from contextlib import suppress
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from motcua.dossiers.models import Dossier
from motcua.journal import log, seal
from motcua.law import publications
from motcua.law.facts import Refused
from motcua.people.models import Role
from motcua.scores import marks, queries
from motcua.scores.models import Snapshot, SnapshotRows
from motcua.scores.periods import BadPeriod, Period
from motcua.scores.snapshots import acts, checking, comparing, gathering
from tests.cast import officer

from .scores_published import AT, OCTOBER, Published
from .scores_world import moment, publish

pytestmark = pytest.mark.django_db
LATER = moment("2026-11-05 09:00")


@pytest.fixture
def place() -> Published:
    return Published()


def wrong(findings: list[checking.Finding]) -> list[str]:
    return [each.text for each in findings if each.wrong]


def test_a_publication_holds_what_the_live_index_said(place: Published) -> None:
    content = place.publish().content
    entries = queries.index(OCTOBER, AT)
    assert [unit["code"] for unit in content["units"]] == [entry.unit.code for entry in entries]
    for unit, entry in zip(content["units"], entries, strict=True):
        assert unit["counts"] == {code: pair and list(pair) for code, pair in entry.counts.items()}
        assert unit["total"] == float(entry.score.total)
    assert content["law"]["index-766"]["indicator 2.1"]["value"]["max"] == 20
    assert content["measures"]["2.1"]["meaning"].startswith("Trong số hồ sơ")
    assert content["seal"]["facts"] == 3


def test_it_is_drafted_signed_and_published_each_by_who_may(place: Published) -> None:
    made = place.draft()
    with pytest.raises(Refused, match="đang là dự thảo"):
        acts.publish(made, document="1", by=place.drafter, at=AT)
    for wrong_one in (
        place.drafter,
        officer(Role.HEAD, place.world.other),
        officer(Role.SIGNER, place.world.department),
    ):
        with pytest.raises(Refused):
            acts.sign(made, by=wrong_one, at=AT)
    with pytest.raises(Refused, match="không có thẩm quyền"):
        acts.draft(Period.parse("2026-09"), by=place.head, at=AT)
    acts.sign(made, by=officer(Role.HEAD, place.world.province), at=AT)
    with pytest.raises(Refused, match="số thông báo"):
        acts.publish(made, document=" ", by=place.drafter, at=AT)
    acts.publish(made, document="12/TB-VP", by=place.drafter, at=AT)
    kinds = [entry.kind for entry in log.history(publications.STREAM)]
    assert kinds == ["SnapshotDrafted", "SnapshotSigned", "SnapshotPublished"]


def test_a_period_that_is_not_over_is_not_published(place: Published) -> None:
    with pytest.raises(Refused, match="chưa kết thúc"):
        acts.draft(Period.parse("2026-11"), by=place.drafter, at=AT)
    with pytest.raises(BadPeriod):
        acts.draft(Period.parse("2026-12"), by=place.drafter, at=AT)


CHANGES = [
    "UPDATE scores_snapshot SET content = '{}'",
    "UPDATE scores_snapshot SET digest = 'x'",
    "UPDATE scores_snapshot SET state = 'draft'",
    "UPDATE scores_snapshot SET document = '13/TB-VP'",
    "DELETE FROM scores_snapshot",
    "UPDATE scores_snapshotrows SET dossiers = ''",
    "DELETE FROM scores_snapshotrows",
    "INSERT INTO scores_snapshotrows (snapshot_id, unit_id, dossiers, procedures)"
    " SELECT snapshot_id, (SELECT max(id) FROM people_unit), '', '' FROM scores_snapshotrows LIMIT 1",
]


def test_nobody_changes_what_was_published(place: Published) -> None:
    place.publish()
    for change in CHANGES:
        with (
            pytest.raises(DatabaseError, match="frozen"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)
    with pytest.raises(Refused, match="chỉ đính chính"):
        acts.discard(Snapshot.objects.get(), reason="nhầm", by=place.drafter, at=AT)


def test_a_draft_is_frozen_too_but_may_be_dropped_and_counted_anew(place: Published) -> None:
    made = place.draft()
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Snapshot.objects.update(content={})
    with pytest.raises(Refused, match="công bố hoặc bỏ bản ấy trước"):
        place.draft()
    acts.discard(made, reason="đếm lại", by=place.head, at=AT)
    assert not SnapshotRows.objects.exists()
    assert place.draft().version == 1


def test_a_correction_is_a_new_version_that_says_why(place: Published) -> None:
    first = place.publish()
    with pytest.raises(Refused, match="phải nói rõ"):
        place.draft()
    second = place.publish("Hồ sơ đồng bộ chậm", LATER)
    assert (second.number, second.content["replaces"]) == ("2026-10.2", first.digest)
    assert second.content["reason"] == "Hồ sơ đồng bộ chậm"


def test_counts_that_are_not_those_of_the_rows_are_not_published(
    place: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering.marks, "each", lambda window: iter(()))
    with pytest.raises(gathering.Miscounted, match="đếm được"):
        place.draft()


# The check


def document(snapshot: Snapshot) -> Any:
    return json.loads(json.dumps(gathering.document(snapshot)))


def test_a_true_file_holds_alone_and_against_the_journal(place: Published) -> None:
    found = document(place.publish())
    told = [*checking.alone(found), *checking.against(found)]
    assert wrong(told) == []
    assert any("Nhật ký của kỳ còn nguyên: 3 sự kiện" in each.text for each in told)
    assert any("mọi tử số, mẫu số như đã công bố" in each.text for each in told)


def test_no_digest_of_a_file_can_be_guessed_from_codes(place: Published) -> None:
    first, second = document(place.publish()), document(place.publish("Đối chiếu lại", LATER))
    told = json.dumps(first)
    codes = sorted(Dossier.objects.values_list("code", flat=True))
    assert codes
    assert "salt" not in told
    for some in (*([code] for code in codes), codes):
        assert hashlib.sha256("".join(f"{code}\n" for code in some).encode()).hexdigest() not in told
    assert department(first)["rows"].keys() == department(second)["rows"].keys() != set()
    assert department(first)["rows"]["2.1"]["d"] != department(second)["rows"]["2.1"]["d"]


def resealed(found: Any) -> Any:
    """The file of somebody who also writes a digest that fits."""
    return found | {"digest": gathering.digest(found["content"])}


def department(found: Any) -> Any:
    return next(unit for unit in found["content"]["units"] if unit["code"] == "S1")


def test_a_score_that_does_not_follow_from_its_counts_is_named(place: Published) -> None:
    found = document(place.publish())
    unit = department(found)
    unit["components"]["2.1"], unit["total"] = 20, 99
    assert "Nội dung đã bị đổi" in wrong(checking.alone(found))[0]
    told = wrong(checking.alone(resealed(found)))
    assert "Sở Một (S1): 2.1 ghi 20 điểm, tính lại 10" in told
    assert any(text.startswith("Sở Một (S1): tổng ghi 99") for text in told)
    assert any("mã băm khác" in text for text in wrong(checking.against(resealed(found))))


def test_counts_changed_together_with_their_scores_are_found_by_the_sum(place: Published) -> None:
    found = document(place.publish())
    department(found)["counts"]["2.1"] = [9, 9]
    assert any(
        "2.1: tử số các đơn vị cộng lại 10, của tỉnh chỉ 2" in text for text in wrong(checking.alone(found))
    )


def test_a_law_changed_in_the_file_changes_its_scores(place: Published) -> None:
    found = document(place.publish())
    found["content"]["law"]["index-766"]["indicator 2.1"]["value"]["max"] = 10
    assert any("2.1 ghi 10 điểm, tính lại 5" in text for text in wrong(checking.alone(resealed(found))))


@pytest.mark.parametrize(
    "bad", [None, [], {"content": 1}, {"content": {"format": "x"}}, {"content": {"format": gathering.FORMAT}}]
)
def test_another_file_is_refused(bad: Any) -> None:
    with pytest.raises(checking.Unreadable):
        checking.alone(bad)


@pytest.mark.parametrize("name", ["state", "document", "drafted_by", "signed_by", "published_at"])
def test_who_answers_for_it_is_checked_against_the_database(place: Published, name: str) -> None:
    found = document(place.publish())
    found["publication"][name] = "khác"
    (told,) = wrong(checking.against(found))
    assert "là khác, đúng ra là" in told or "Trạng thái trong tệp" in told


def test_a_file_taken_before_it_was_published_still_holds(place: Published) -> None:
    found = document(place.draft())
    assert wrong(checking.against(found)) == []
    acts.sign(Snapshot.objects.get(), by=place.head, at=AT)
    assert wrong(checking.against(found)) == []
    found["publication"]["state"] = "published"
    assert any("Trạng thái trong tệp" in text for text in wrong(checking.against(found)))


def altered(change: str, *values: Any) -> None:
    """As by somebody who may switch off the triggers."""
    tables = ("scores_snapshot", "scores_snapshotrows")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(change, values)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_a_publication_exchanged_behind_its_triggers_is_told_by_the_journal(place: Published) -> None:
    content = copy.deepcopy(place.publish().content)
    content["reason"] = "khác"
    digest = gathering.digest(content)
    altered("UPDATE scores_snapshot SET content = %s, digest = %s", json.dumps(content), digest)
    (told,) = wrong(checking.against(document(Snapshot.objects.get())))
    assert "Nhật ký không ghi việc lập, ký, công bố" in told


def test_who_signed_exchanged_behind_the_triggers_is_told_by_the_journal(place: Published) -> None:
    place.publish()
    altered("UPDATE scores_snapshot SET signed_by_id = drafted_by_id")
    (told,) = wrong(checking.against(document(Snapshot.objects.get())))
    assert told == "Ký duyệt công bố: nhật ký ghi dung-dau, bản ghi kiem-soat."


def test_masks_are_read_by_the_bits_they_were_written_with(
    place: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = place.publish()
    found = document(made)
    monkeypatch.setattr(marks, "BITS", marks.BITS[::-1])
    monkeypatch.setattr(marks.sides, "__defaults__", (marks.BITS,))
    assert wrong(checking.against(found)) == []
    assert comparing.changed(made, OCTOBER, AT) == []


def test_rows_exchanged_behind_their_triggers_are_told_by_their_digests(place: Published) -> None:
    found = document(place.publish())
    altered("UPDATE scores_snapshotrows SET dossiers = %s", gathering.packed([]))
    assert any("không ứng với mã băm các dòng" in text for text in wrong(checking.against(found)))


@pytest.mark.parametrize("pair", [[1], [1, 2, 3], ["1", "2"], [10**400, 1], 5, [float("nan"), 1]])
def test_counts_that_are_none_are_refused_or_named(place: Published, pair: Any) -> None:
    found = document(place.publish())
    for unit in found["content"]["units"]:
        unit["counts"]["2.1"] = pair
    with suppress(checking.Unreadable):
        assert wrong(checking.alone(found))


def test_a_fact_altered_behind_the_journal_is_found_on_its_day_and_in_its_stream(place: Published) -> None:
    found = document(place.publish())
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        cursor.execute(
            'UPDATE journal_entry SET data = \'{"reason": "sửa"}\' WHERE stream = %s',
            [place.dossiers[1].stream],
        )
        cursor.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")
    told = wrong(checking.against(found))
    assert "Nhật ký ngày 06/10/2026: cùng 1 sự kiện nhưng nội dung đã bị đổi." in told
    assert f"  {place.dossiers[1].stream} dòng 1: nội dung không khớp mã băm." in told
    assert len(told) == 2


def test_what_happened_after_the_publication_is_told_and_is_no_fault(place: Published) -> None:
    found = document(place.publish())
    moved = place.dossiers[0]
    type(moved).objects.filter(pk=moved.pk).update(ended_at=moment("2026-10-20 09:00"))
    assert any("đổi mà không có việc nào ghi" in text for text in wrong(checking.against(found)))
    place.happen(moved.stream, "2026-11-04 09:00")
    told = checking.against(found)
    assert wrong(told) == []
    assert any("Sở Một, 2.1: 1/2 nay 0/2" in each.text for each in told)
    assert any("1 hồ sơ đổi vì việc ghi sau" in each.text for each in told)


def test_a_difference_opens_to_exactly_its_dossiers(place: Published) -> None:
    made, world = place.publish(), place.world
    moved = place.dossiers[0]
    type(moved).objects.filter(pk=moved.pk).update(ended_at=moment("2026-10-20 09:00"))
    found = {(each.unit, each.code): each for each in comparing.differences(made.content, OCTOBER, LATER)}
    assert (found["S1", "2.1"].was, found["S1", "2.1"].now) == ((1, 2), (0, 2))
    assert ("X1", "2.1") not in found
    for unit in (world.province, world.department):
        (change,) = comparing.of_figure(made, unit, "2.1", OCTOBER, LATER)
        assert (change.code, change.was - change.now) == (moved.code, {("2.1", "n")})
    assert comparing.of_figure(made, world.commune, "2.1", OCTOBER, LATER) == []
    publish(decided_on=date(2026, 10, 20), valid_from=date(2026, 10, 21), levels=["commune"])
    (found_one,) = comparing.of_figure(made, world.department, "1.1", OCTOBER, LATER)
    assert found_one.was == frozenset()


def test_the_command_says_what_differs_and_exits_with_it(place: Published, tmp_path: Path) -> None:
    made = document(place.publish())
    file = tmp_path / "cong-bo.json"
    file.write_text(json.dumps(made))
    out = StringIO()
    call_command("verify_snapshot", str(file), stdout=out)
    assert "Bản công bố đứng vững." in out.getvalue()
    bad = copy.deepcopy(made)
    department(bad)["total"] = 100
    file.write_text(json.dumps(bad))
    with pytest.raises(SystemExit) as ended:
        call_command("verify_snapshot", str(file), "--alone", stdout=(out := StringIO()))
    assert ended.value.code == 1
    assert "SAI   Sở Một (S1): tổng ghi 100" in out.getvalue()


# The seal


def test_the_seal_moves_with_every_fact_and_with_nothing_else(place: Published) -> None:
    def taken() -> seal.Seal:
        return seal.seal(OCTOBER.start, OCTOBER.end, until=seal.horizon())

    first = taken()
    place.happen("ho-so/x", "2026-11-02 09:00")
    assert taken().root == first.root
    place.happen("ho-so/x", "2026-10-31 23:59")
    assert taken().root != first.root
    assert seal.seal(OCTOBER.start, OCTOBER.end, until=first.until).root == first.root
    assert [day.day for day in taken().days] == ["2026-10-05", "2026-10-06", "2026-10-07", "2026-10-31"]


def test_a_tree_is_that_of_the_standard() -> None:
    # The test vectors of RFC 6962's reference implementation.
    leaves = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    roots = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }
    tree = seal.Tree()
    assert tree.root.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for size, leaf in enumerate(leaves, start=1):
        tree.add(bytes.fromhex(leaf))
        assert tree.root.hex() == roots.get(size, tree.root.hex())
