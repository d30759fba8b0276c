"""How dates, numbers and working time are written, and what every fragment promises."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory

from motcua.law import clock
from motcua.law.calendar import TZ, Calendar
from motcua.law.clock import LineKind, Reading, Status, TimeLimit
from motcua.law.facts import Accepted, Fact, Finished, SupplementReceived, SupplementRequested
from motcua.ui import guide, strip, views
from motcua.ui.templatetags import ui

ROOT = Path(ui.__file__).parents[2]
FRAGMENTS = sorted(
    path for path in (ROOT / "templates/ui").glob("*.html") if not path.name.startswith("guide")
)
README = (ROOT / "templates/ui/README.md").read_text()
INSIDE = re.compile(r"#(dong-\d+|noi-dung|loc|ai|viec-gi|ket-qua)")
ICONS = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/img/icons.svg").read_text()))


def at(on: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, on, hour, minute, tzinfo=TZ)


# Dates.


def test_a_moment_in_utc_is_written_on_vietnams_day_and_hour() -> None:
    night = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)
    assert ui.moment(night) == "06:30 03/11/2026"
    assert ui.day(night) == "03/11/2026"
    assert ui.weekday(night) == "Thứ Ba"
    assert ui.machine(night) == "2026-11-03T06:30:00+07:00"


def test_a_date_is_written_as_it_is() -> None:
    sunday = date(2026, 11, 1)
    written = (ui.day(sunday), ui.day_short(sunday), ui.weekday(sunday), ui.weekday(sunday, "short"))
    assert written == ("01/11/2026", "01/11", "Chủ nhật", "CN")


def test_an_hour_keeps_its_leading_zero() -> None:
    assert ui.hour(at(3, 7, 5)) == "07:05"


# Numbers.


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (1234.5, "1.234,5"),
        (1234567, "1.234.567"),
        (Decimal("97.280"), "97,28"),
        (100, "100"),
        (0.1 + 0.2, "0,3"),
        (-1500, "-1.500"),
        (-0.001, "0"),
    ],
)
def test_a_number_has_points_between_thousands_and_no_idle_zeros(value: float, written: str) -> None:
    assert ui.number(value) == written


def test_fixed_decimals_are_rounded_half_up() -> None:
    assert (ui.number(2.675, 2), ui.number(0.125, 2), ui.number(6, 2)) == ("2,68", "0,13", "6,00")


def test_money_is_whole_and_nothing_to_pay_may_be_said_in_words() -> None:
    assert ui.money(1234000) == "1.234.000 đ"
    assert ui.money(0) == "0 đ"
    assert ui.money(0, "Miễn phí") == "Miễn phí"
    assert ui.money(20000, "Miễn phí") == "20.000 đ"


def test_a_percentage_is_written_from_its_ratio() -> None:
    assert (ui.percent(0.9728), ui.percent(1), ui.percent(Decimal("0.5"), 1)) == ("97,28%", "100%", "50,0%")


# Working time.


@pytest.mark.parametrize(
    ("minutes", "written"),
    [
        (2 * 480 + 3 * 60, "còn 2 ngày 3 giờ"),
        (480, "còn 1 ngày"),
        (479, "còn 7 giờ 59 phút"),
        (25, "còn 25 phút"),
        (480 + 20, "còn 1 ngày"),
        (0, "đến hạn"),
        (-480, "quá 1 ngày"),
        (-650, "quá 1 ngày 2 giờ"),
        (-1, "quá 1 phút"),
        (1200 * 480, "còn 1.200 ngày"),
    ],
)
def test_time_left_is_told_in_its_two_greatest_units(minutes: int, written: str) -> None:
    assert ui.left(minutes) == written


def test_a_day_is_the_units_own_working_day() -> None:
    assert ui.left(420, 420) == "còn 1 ngày"
    assert ui.working_time(-420) == "7 giờ"


@pytest.mark.parametrize(
    "write", [ui.day, ui.moment, ui.number, ui.money, ui.percent, ui.left, ui.clock_word]
)
def test_nothing_is_written_as_nothing(write: Any) -> None:
    assert write(None) == ""
    assert write("") == ""


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [
        (0.415, 1, "41.5%"),
        (15.68, 20, "78.4%"),
        (1.4, 1, "100.0%"),
        (-3, 1, "0.0%"),
        (None, 1, "0%"),
        (3, 0, "0%"),
    ],
)
def test_a_share_is_a_width_svg_can_read_and_never_leaves_its_bar(
    part: Any, whole: float, written: str
) -> None:
    assert ui.share(part, whole) == written


def test_page_numbers_keep_the_ends_and_the_neighbours() -> None:
    page = Paginator(range(1000), 10).page(50)
    assert list(ui.page_numbers(page)) == [1, "…", 49, 50, 51, "…", 100]


# The clock's look.


def test_every_status_of_the_clock_has_an_icon_and_a_tone() -> None:
    assert set(ui.LOOKS) == set(Status)
    assert {icon for icon, _ in ui.LOOKS.values()} <= ICONS


def test_the_four_states_of_a_running_clock_differ_in_word_icon_and_tone() -> None:
    running = (Status.RUNNING, Status.NEAR, Status.OVERDUE, Status.PAUSED)
    for look in (ui.clock_word, ui.clock_icon, ui.clock_tone):
        assert len({look(status) for status in running}) == 4


def test_every_line_of_the_ledger_has_a_word() -> None:
    assert set(ui.LINES) == set(LineKind)


# The strip of days.


def read(*facts: Fact, limit: str = "5 ngày làm việc", now: datetime) -> Reading:
    rules = clock.rules(date(2026, 10, 29))
    return clock.read(facts, limit=TimeLimit.parse(limit), calendar=Calendar(), rules=rules, now=now)


def accepted(when: datetime) -> Accepted:
    return Accepted(at=when, channel="counter", limit="5 ngày làm việc", rules_day="2026-10-29", due="")


SUPPLEMENTED = (
    accepted(at(29, 9, 12, month=10)),
    SupplementRequested(at=at(2, 14, 30), phase="appraisal", items=(), reason="thiếu bản đồ"),
    SupplementReceived(at=at(4, 10, 5)),
)


def test_the_strip_has_one_cell_for_every_day_from_acceptance_to_due() -> None:
    cells = strip.cells(read(*SUPPLEMENTED, now=at(10, 8)))
    assert [cell.date.day for cell in cells] == [29, 30, 31, *range(1, 12)]
    kinds = "start counted off off paused paused restart counted counted off off counted counted due"
    assert [cell.kind for cell in cells] == kinds.split()


def test_a_cell_tells_everything_its_day_saw_and_leads_to_its_first_line() -> None:
    reading = read(*SUPPLEMENTED, now=at(10, 8))
    monday = strip.cells(reading)[4]
    assert "Ngày làm việc thứ 2" in monday.why
    assert "thiếu bản đồ" in monday.why
    assert reading.ledger[monday.row - 1].day == monday.date


def test_only_the_days_that_matter_are_told_in_full_on_a_phone() -> None:
    cells = strip.cells(read(*SUPPLEMENTED, now=at(10, 8)))
    assert [cell.date.day for cell in cells if cell.noted] == [29, 2, 4, 11]


def test_the_due_day_is_explained_until_another_is_chosen() -> None:
    cells = strip.cells(read(*SUPPLEMENTED, now=at(10, 8)))
    assert [cell.date.day for cell in cells if cell.default] == [11]
    assert [cell.date.day for cell in cells if cell.today] == [10]


def test_while_a_supplement_is_awaited_every_day_of_waiting_is_shown() -> None:
    cells = strip.cells(read(*SUPPLEMENTED[:2], now=at(6, 8)))
    assert [cell.date.day for cell in cells if cell.kind == "paused"] == [2, 3, 4, 5, 6]
    assert cells[-1].default


def test_a_holiday_is_told_in_full_and_a_weekend_is_not() -> None:
    cells = strip.cells(read(accepted(at(31, 9, month=8)), now=at(1, 8, month=9)))
    off = {cell.date: cell.noted for cell in cells if cell.kind == "off"}
    assert off[date(2026, 9, 2)]
    assert not off[date(2026, 9, 5)]


def test_a_dossier_past_due_shows_today_after_its_due_day() -> None:
    cells = strip.cells(read(accepted(at(2, 9)), now=at(20, 8)))
    last = cells[-1]
    assert (last.date, last.kind, last.default) == (date(2026, 11, 20), "late", True)
    assert "17:00 09/11/2026" in last.why
    assert sum(cell.default for cell in cells) == 1


def test_a_finished_dossier_is_not_late_however_long_ago_it_was() -> None:
    done = Finished(at=at(5, 10), result="granted", number="1")
    cells = strip.cells(read(accepted(at(2, 9)), done, now=at(20, 8)))
    assert "late" not in {cell.kind for cell in cells}
    assert "xong" in {cell.mark for cell in cells}


def test_a_term_in_hours_shows_the_time_counted_each_day() -> None:
    cells = strip.cells(read(accepted(at(2, 16)), limit="12 giờ làm việc", now=at(3, 8)))
    assert [cell.mark for cell in cells][1:] == ["8g00", "hạn"]


def test_a_procedure_without_a_term_has_no_strip() -> None:
    rules = clock.rules(date(2026, 10, 29))
    reading = clock.read(SUPPLEMENTED, limit=None, calendar=Calendar(), rules=rules, now=at(10, 8))
    assert strip.cells(reading) == []


# Fragments and pages.


class Page(HTMLParser):
    """The tags and ids of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def values(self, name: str) -> list[str]:
        return [attributes[name] or "" for _, attributes in self.tags if name in attributes]


def shown(page: str) -> Page:
    request = RequestFactory().get("/giao-dien/", {"don-vi": "trung-khanh"})
    request.user = AnonymousUser()
    return Page(views.show(request, page).content.decode())


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=lambda path: path.stem)
def test_every_fragment_opens_with_its_variables_and_is_listed(fragment: Path) -> None:
    assert fragment.read_text().startswith("{% comment %}")
    assert f"| `{fragment.name}`" in README


def test_every_filter_is_listed() -> None:
    listed = set(
        re.findall(r"`(\w+)`", "\n".join(line for line in README.splitlines() if line.startswith("| `")))
    )
    assert set(ui.register.filters) <= listed


def test_every_icon_a_fragment_names_is_drawn() -> None:
    named = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'icon\.html" with name="([\w-]+)"', path.read_text())
    }
    assert named <= ICONS


@pytest.mark.parametrize("page", guide.PAGES)
def test_a_page_obeys_the_strict_policy(page: str) -> None:
    for tag, attributes in shown(page).tags:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        assert tag != "style"
        assert tag != "script" or attributes.get("src")


@pytest.mark.parametrize("page", guide.PAGES)
def test_no_id_stands_twice_and_every_description_and_link_inside_finds_its_target(page: str) -> None:
    found = shown(page)
    ids = Counter(found.values("id"))
    assert [name for name, times in ids.items() if times > 1] == []
    pointed = [name for value in found.values("aria-describedby") for name in value.split()]
    assert set(pointed + found.values("for")) <= set(ids)
    inside = {href[1:] for href in found.values("href") if INSIDE.fullmatch(href)}
    assert inside <= set(ids)


def test_a_page_of_a_list_keeps_its_filters_in_the_url() -> None:
    links = [href for href in shown("ban-lam-viec").values("href") if "trang=" in href]
    assert links
    assert all("don-vi=trung-khanh" in href for href in links)


def test_an_error_stands_above_its_field_and_in_a_summary_that_links_to_it() -> None:
    form = guide.ApplicantForm({"full_name": "Nông Thị Mai", "identity": "0041"})
    text = render_to_string("ui/form.html", {"form": form})
    assert 'href="#id_identity"' in text
    assert text.index('id="id_identity_error"') < text.index('name="identity"')
    assert 'value="0041"' in text


def test_the_page_for_a_broken_server_needs_nothing_from_it() -> None:
    text = render_to_string("500.html")
    assert "chưa được thực hiện" in text
    assert "data-hold" in text


# Colours.


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


COLOURS: dict[str, str] = dict(
    re.findall(r"--([\w-]+): (#\w{6});", (ROOT / "static/css/tokens.css").read_text())
)


@pytest.mark.parametrize(
    "name", ["ink", "ink-soft", "accent", "accent-deep", "ok", "soon", "late", "pause", "done"]
)
def test_every_text_colour_is_readable_on_every_ground_it_may_stand_on(name: str) -> None:
    own = (
        COLOURS.get(f"{name}-soft", COLOURS["paper"])
        if not name.startswith("ink")
        else COLOURS["accent-soft"]
    )
    for ground in (COLOURS["paper"], COLOURS["ground"], own):
        assert contrast(COLOURS[name], ground) >= 4.5


@pytest.mark.parametrize("name", ["line-strong", "ok-bar", "soon-bar", "late-bar", "pause-bar", "accent"])
def test_edges_and_bars_that_carry_meaning_stand_out_from_the_paper(name: str) -> None:
    assert contrast(COLOURS[name], COLOURS["paper"]) >= 3
