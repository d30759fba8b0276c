"""The province in a box is whole: its units by date, its people by role, its shares by source."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest

from motcua.catalogue.models import ProcessVersion
from motcua.demo import province, shares, stock
from motcua.law.calendar import TZ
from motcua.law.process import Process
from motcua.law.soundness import longest_path_hours
from motcua.people import acts
from motcua.people.models import Officer, Post, Role, Unit, UnitKind

AT = datetime(2026, 8, 20, 8, 0, tzinfo=TZ)
LAST_OLD_DAY, FIRST_NEW_DAY = date(2025, 6, 30), date(2025, 7, 1)
AGENCY_CODE = re.compile(r"H14(\.\d{1,3}){0,3}")


def kinds_on(day: date) -> Counter[str]:
    standing = (u for u in Unit.objects.all() if u.valid_from <= day and (not u.valid_to or day < u.valid_to))
    return Counter(unit.kind for unit in standing)


def test_every_former_commune_lives_on_in_exactly_one_of_today() -> None:
    formerly = [name for territory in province.communes() for name in territory.formerly]
    assert len(province.communes()) == 56
    assert len(formerly) == 161
    assert all(territory.formerly for territory in province.communes())


def test_no_code_is_given_twice_and_all_have_the_form_of_the_decision() -> None:
    units = list(province.units())
    for codes in ([unit.code for unit in units], [unit.agency_code for unit in units]):
        assert max(Counter(codes).values()) == 1
    assert all(AGENCY_CODE.fullmatch(unit.agency_code) for unit in units)


def test_the_same_seed_invents_the_same_people() -> None:
    assert list(province.officers(1)) == list(province.officers(1))
    assert [o.full_name for o in province.officers(1)] != [o.full_name for o in province.officers(2)]


@pytest.mark.django_db
def test_districts_end_where_the_two_tier_government_begins() -> None:
    province.load(seed=1, at=AT)
    before, after = kinds_on(LAST_OLD_DAY), kinds_on(FIRST_NEW_DAY)
    assert (before[UnitKind.DISTRICT], before[UnitKind.COMMUNE]) == (10, 161)
    assert (after[UnitKind.DISTRICT], after[UnitKind.COMMUNE]) == (0, 56)
    assert after[UnitKind.CENTRE] == 57
    assert after[UnitKind.DEPARTMENT] == before[UnitKind.DEPARTMENT] == 14


@pytest.mark.django_db
def test_every_agency_that_decides_has_one_head_and_somebody_for_every_step() -> None:
    province.load(seed=1, at=AT)
    held: dict[str, Counter[str]] = {}
    for post in Post.objects.select_related("unit"):
        held.setdefault(post.unit.code, Counter())[post.role] += 1
    deciding = Unit.objects.filter(kind__in=[UnitKind.DEPARTMENT, UnitKind.COMMUNE], valid_to=None)
    for unit in deciding:
        roles = held[unit.code]
        assert roles[Role.HEAD] == 1
        needed = (Role.RECEPTION, Role.ASSIGNER, Role.HANDLER, Role.SIGNER, Role.CLERK)
        assert all(roles[role] for role in needed), unit.name


@pytest.mark.django_db
def test_loading_again_adds_nothing() -> None:
    units, officers = province.load(seed=1, at=AT)
    assert units > 290
    assert officers > 500
    assert province.load(seed=1, at=AT) == (0, 0)


@pytest.mark.django_db
def test_a_load_that_was_cut_off_is_finished_by_the_next() -> None:
    first = next(province.units())
    acts.found(unit=first, administrator=acts.NewOfficer(province.ADMIN, "Người Mẫu", "mật khẩu"), at=AT)
    units, officers = province.load(seed=1, at=AT)
    assert units == Unit.objects.count() - 1
    assert officers == Officer.objects.count() - 1


def test_every_figure_names_its_source_or_says_that_it_is_assumed() -> None:
    said = shares.book()
    groups = ("volume", "shares", "procedures", "levels", "communes", "arrival")
    for group in groups:
        for name, entry in said[group].items():
            published = entry.get("source") in said["sources"]
            assert published != bool(entry.get("assumed")), f"{group}.{name}"


def test_shares_are_fractions_and_demand_adds_up_to_one() -> None:
    assert all(0 <= shares.share(name) <= 1 for name in shares.book()["shares"])
    assert sum(level["weight"] for level in shares.book()["levels"].values()) == pytest.approx(1)


@pytest.mark.django_db
def test_a_procedure_without_a_process_is_lent_one_as_long_as_its_term(tmp_path: Path) -> None:
    catalogue = tmp_path / "mot-thu-tuc.yaml"
    catalogue.write_text(
        "format: motcua/catalogue\nprocedures:\n"
        "  - {code: '9.000001', title: Cấp giấy mẫu, levels: [province], decision: 1/QĐ-UBND,\n"
        "     channels: [direct], term: 3 ngày làm việc, papers: [Đơn], results: [{name: Giấy}]}\n",
        encoding="utf-8",
    )
    assert stock.stock(str(catalogue), at=AT).lent == 1
    process = ProcessVersion.objects.get(procedure__code="9.000001")
    assert longest_path_hours(Process.from_data(process.definition)) == 24
    assert stock.stock(str(catalogue), at=AT).lent == 0
