"""Dated packs: every value has its day and its source, or says it has not been verified."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management.base import CommandError

from motcua.law import packs
from motcua.management.commands.law import Command

FILES = sorted(packs.FOLDER.glob("*.yaml"))
each_file = pytest.mark.parametrize("file", FILES, ids=[f.stem for f in FILES])


def raw(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return document


def entries(file: Path) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    for name, body in raw(file)["parameters"].items():
        for since, entry in body["values"].items():
            yield f"{name} {since}", since, entry


@each_file
def test_every_value_has_a_day_and_a_source_or_says_it_is_unverified(file: Path) -> None:
    for where, since, entry in entries(file):
        assert type(since) is date, where
        assert entry.get("status") in (None, "unverified"), where
        reference = entry.get("reference")
        assert entry.get("status") == "unverified" or reference, where
        assert reference is None or str(reference.get("document", "")).strip(), where


@each_file
def test_a_value_holds_only_what_is_read(file: Path) -> None:
    known = {"value", "reference", "status", "expected", "note"}
    for where, _, entry in entries(file):
        assert "value" in entry, where
        assert set(entry) <= known, where


@each_file
def test_a_pack_is_described_in_both_languages_and_each_parameter_in_vietnamese(file: Path) -> None:
    document = raw(file)
    assert document["description"].strip()
    assert document["description_vi"].strip()
    for name, body in document["parameters"].items():
        assert body.get("description_vi", "").strip(), name


@each_file
def test_no_number_of_the_law_is_a_float(file: Path) -> None:
    def numbers(value: Any) -> Iterator[Any]:
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            for part in value:
                yield from numbers(part)
        else:
            yield value

    for where, _, entry in entries(file):
        assert not any(isinstance(v, float) for v in numbers(entry["value"])), where


@each_file
def test_every_value_of_the_file_is_loaded_with_what_it_says_of_itself(file: Path) -> None:
    loaded = {(v.parameter, v.since): v for v in packs.every() if v.subject == file.stem}
    written = raw(file)["parameters"]
    assert set(loaded) == {(name, since) for name, body in written.items() for since in body["values"]}
    for (name, since), value in loaded.items():
        entry = written[name]["values"][since]
        assert value.verified == (entry.get("status") != "unverified")
        assert value.expected == bool(entry.get("expected"))


PACK = """
description: A trial
description_vi: Thử
parameters:
  fee:
    values:
      2020-01-01: {value: 10, reference: {document: Nghị quyết 1, article: Đ.2}}
      2022-01-01: {value: 20, status: unverified, reference: {document: Nghị quyết 2}}
      2030-01-01: {value: 30, expected: true, reference: {document: Dự thảo}}
  district:
    values:
      2018-01-01: {value: [a, {b: 1}], status: unverified}
      2025-07-01: {value: null, reference: {document: Luật 3}}
"""

Pack = Callable[[date], packs.Pack]


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pack]:
    (tmp_path / "trial.yaml").write_text(PACK, encoding="utf-8")
    monkeypatch.setattr(packs, "FOLDER", tmp_path)
    packs._history.cache_clear()
    yield lambda day: packs.on("trial", day)
    packs._history.cache_clear()


def test_the_day_chooses_the_value(trial: Pack) -> None:
    assert trial(date(2021, 12, 31))["fee"] == 10
    assert trial(date(2022, 1, 1))["fee"] == 20


def test_nothing_is_in_force_before_the_first_day(trial: Pack) -> None:
    with pytest.raises(packs.NotInForce, match="31/12/2017"):
        trial(date(2017, 12, 31))
    with pytest.raises(packs.NotInForce, match="trial/fee"):
        trial(date(2019, 12, 31))["fee"]
    assert trial(date(2019, 12, 31)).get("fee", 0) == 0


def test_an_unknown_subject_is_not_in_force(trial: Pack) -> None:
    with pytest.raises(packs.NotInForce, match="nowhere"):
        packs.on("nowhere", date(2026, 1, 1))


def test_a_null_ends_a_parameter(trial: Pack) -> None:
    assert trial(date(2025, 6, 30)).get("district") is not None
    with pytest.raises(packs.NotInForce, match="trial/district"):
        trial(date(2025, 7, 1))["district"]


def test_an_expected_value_is_announced_but_not_in_force(trial: Pack) -> None:
    assert trial(date(2031, 1, 1))["fee"] == 20
    assert [v.value for v in packs.history("trial", "fee") if v.expected] == [30]


def test_a_value_cannot_be_changed_by_its_reader(trial: Pack) -> None:
    held = trial(date(2020, 1, 1))["district"]
    with pytest.raises(TypeError):
        held[1]["b"] = 2


def test_an_unverified_source_says_so(trial: Pack) -> None:
    assert trial(date(2021, 1, 1)).source("fee") == "Nghị quyết 1, Đ.2"
    assert trial(date(2022, 1, 1)).source("fee") == "Nghị quyết 2 [chưa xác minh]"
    assert [v.parameter for v in trial(date(2022, 1, 1)).unverified] == ["fee", "district"]


# motcua law


def command(*args: str) -> str:
    out = io.StringIO()
    run = Command(stdout=out, no_color=True)
    run.execute(**vars(run.create_parser("motcua", "law").parse_args(args)))
    return out.getvalue()


def test_the_command_lists_the_whole_history(trial: Pack) -> None:
    listed = [(v["parameter"], v["value"], v["since"]) for v in json.loads(command("--json"))]
    assert listed == [
        ("fee", 10, "2020-01-01"),
        ("fee", 20, "2022-01-01"),
        ("fee", 30, "2030-01-01"),
        ("district", ["a", {"b": 1}], "2018-01-01"),
        ("district", None, "2025-07-01"),
    ]


def test_the_command_lists_what_is_in_force_on_a_day(trial: Pack) -> None:
    listed = json.loads(command("trial", "--on", "2026-01-01", "--json"))
    assert [(v["parameter"], v["value"], v["verified"]) for v in listed] == [("fee", 20, False)]
    assert json.loads(command("--on", "2001-01-01", "--json")) == []


def test_the_command_lists_only_the_unverified(trial: Pack) -> None:
    listed = json.loads(command("--unverified", "--json"))
    assert [(v["parameter"], v["since"]) for v in listed] == [
        ("fee", "2022-01-01"),
        ("district", "2018-01-01"),
    ]


def test_the_command_says_what_since_when_and_where_it_is_written(trial: Pack) -> None:
    shown = command("trial")
    assert "trial / fee, từ 01/01/2022 [chưa xác minh]\n  Giá trị: 20\n  Căn cứ: Nghị quyết 2\n" in shown
    assert "trial / fee, từ 01/01/2030 [dự kiến]" in shown
    assert "trial / district, từ 01/07/2025\n  Giá trị: hết hiệu lực" in shown
    assert shown.endswith("5 giá trị.\n")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["nowhere"], "nowhere: không có gói nào tên như vậy; dùng một trong: trial"),
        (["trial", "--on", "31-12-2026"], "không phải ngày; viết 2026-08-31"),
        (["trial", "--on", "2001-01-01"], "trial: không có quy định nào có hiệu lực vào ngày 01/01/2001"),
    ],
)
def test_what_the_command_cannot_list_is_one_clear_line(args: list[str], says: str, trial: Pack) -> None:
    with pytest.raises(CommandError, match=says) as wrong:
        command(*args)
    assert wrong.value.returncode == 2


def test_the_command_lists_every_unverified_value_of_the_real_packs() -> None:
    listed = {
        (v["subject"], v["parameter"], v["since"]) for v in json.loads(command("--unverified", "--json"))
    }
    doubtful = {(v.subject, v.parameter, v.since.isoformat()) for v in packs.every() if not v.verified}
    assert listed == doubtful
    assert ("index-766", "bands", "2022-08-01") in listed
    assert ("index-766", "indicator 3.1", "2022-08-01") in listed
