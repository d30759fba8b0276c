"""The command `motcua due`: no database, one clear line when something is wrong."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from motcua.dossiers.management.commands.due import Command


def due(start: str, limit: str, **options: Any) -> str:
    out = StringIO()
    call_command(Command(), start=start, limit=limit, stdout=out, **options)
    return out.getvalue()


def test_json_gives_the_due_moment_with_its_offset_and_the_ledger():
    data = json.loads(due("2026-12-30T16:30", "5 ngày làm việc", regime="nd118-2025", json=True))
    assert data["due"] == "2027-01-07T17:00:00+07:00"
    assert [line["day"] for line in data["ledger"]][:3] == ["2026-12-30", "2026-12-31", "2027-01-01"]
    assert data["ledger"][2]["reason"] == "Tết Dương lịch: không tính"


def test_the_table_names_the_due_moment_the_days_off_and_what_is_unverified(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "200")
    text = due("2026-12-30T16:30", "5 ngày làm việc")
    for said in ("Hết hạn lúc 17:00 07/01/2027", "01/01/2027", "Tết Dương lịch", "[chưa xác minh]"):
        assert said in text


def test_the_day_of_acceptance_chooses_the_regime():
    assert json.loads(due("2025-06-30T10:00", "1 ngày", json=True))["regime"] == "nd61-2018"
    assert json.loads(due("2025-07-01T10:00", "1 ngày", json=True))["regime"] == "nd118-2025"


def test_an_hour_without_offset_is_vietnamese_and_one_with_offset_is_kept():
    here = json.loads(due("2026-03-03T06:30", "1 ngày làm việc", json=True))
    there = json.loads(due("2026-03-02T23:30+00:00", "1 ngày làm việc", json=True))
    assert here == there


@pytest.mark.parametrize(
    ("start", "limit", "regime", "said"),
    [
        ("2026-13-30T16:30", "5 ngày", None, "“2026-13-30T16:30” không phải thời điểm"),
        ("2026-12-30", "5 ngày", None, "phải có cả ngày và giờ"),
        ("hôm nay", "5 ngày", None, "không phải thời điểm"),
        ("9999-12-31T23:59-12:00", "5 ngày", None, "từ năm 2018 đến năm 2030"),
        ("2018-01-02T10:00", "5 ngày", None, "có từ 21/06/2018"),
        ("2030-12-31T10:00", "5 ngày", None, "từ năm 2018 đến năm 2030"),
        ("2030-12-31T23:00-12:00", "5 ngày", None, "từ năm 2018 đến năm 2030"),
        ("2026-12-30T16:30", "Không tính thời gian", None, "“Không tính thời gian”"),
        ("2026-12-30T16:30", "5", None, "không có đơn vị"),
        ("2026-12-30T16:30", "99999 tháng", None, "từ năm 2018 đến năm 2030"),
        ("2026-12-30T16:30", "5 ngày", "nd1-1999", "nd61-2018, nd118-2025"),
    ],
)
def test_a_wrong_input_is_one_line_and_exit_code_two(start: str, limit: str, regime: str | None, said: str):
    with pytest.raises(CommandError, match=said) as refusal:
        due(start, limit, regime=regime)
    assert refusal.value.returncode == 2
    assert "\n" not in str(refusal.value)
