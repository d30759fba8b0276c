"""What people type for a day or a moment is understood or refused, never guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from motcua.law.calendar import TZ
from motcua.ui import typed

AT = datetime(2026, 8, 31, 8, 0, tzinfo=TZ)


@pytest.mark.parametrize("text", ["2026-08-31", "31/08/2026", " 31/8/2026 "])
def test_a_day_is_read_as_written_here_and_in_files(text: str) -> None:
    assert typed.day(text) == date(2026, 8, 31)


@pytest.mark.parametrize(
    "text", ["", "31-08", "20260831", "2026-W36-1", "31/02/2026", "2026-08-31T08:00", "hôm qua"]
)
def test_what_is_no_day_is_refused_with_what_to_type(text: str) -> None:
    with pytest.raises(typed.Unread, match="viết 2026-08-31 hoặc 31/08/2026"):
        typed.day(text)


@pytest.mark.parametrize(
    "text",
    ["2026-08-31T08:00", "2026-08-31 08:00:00", "31/08/2026 8:00", "08:00 31/08/2026", "2026-08-31T01:00Z",
     "2026-08-31T08:00+07:00", "2026-08-31T08:00:00.000000+0700"],
)  # fmt: skip
def test_a_moment_is_the_hour_in_ha_noi_unless_it_has_an_offset(text: str) -> None:
    assert typed.moment(text) == AT


def test_what_a_moment_writes_of_itself_is_read_back() -> None:
    exact = AT.replace(microsecond=123456)
    assert typed.moment(exact.isoformat()) == typed.moment(exact.astimezone(UTC).isoformat()) == exact


@pytest.mark.parametrize(
    "text", ["2026-08-31", "31/08/2026", "08:00", "2026-08-31T25:00", "2026-02-30T08:00", "nay"]
)
def test_a_day_without_its_hour_is_no_moment(text: str) -> None:
    with pytest.raises(typed.Unread, match="phải có cả ngày và giờ"):
        typed.moment(text)
