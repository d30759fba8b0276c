"""Which unit a step of a decision names, and how a dossier goes through several agencies."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from motcua.catalogue import acts as catalogue
from motcua.catalogue import comparison
from motcua.catalogue.agencies import Names, settled
from motcua.catalogue.models import Finding, Procedure, ProcessVersion
from motcua.catalogue.reading.drafts import Notes, ProcessDraft
from motcua.law.calendar import TZ
from motcua.law.process import Kind, Node, Process
from motcua.people.models import Role, Unit, UnitKind

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 9, 0, tzinfo=TZ)
HEAD = "so_hieu,noi_ban_hanh,ma_tthc,buoc,noi_dung,trach_nhiem,thoi_gian"


def unit(code: str, name: str, kind: str = UnitKind.DEPARTMENT, **about: object) -> Unit:
    since = about.pop("since", date(2025, 3, 1))
    return Unit.objects.create(
        code=code, agency_code=f"H14.{code}", name=name, kind=kind, valid_from=since, **about
    )


@pytest.fixture
def names() -> Names:
    unit("04", "UBND tỉnh Cao Bằng", UnitKind.PROVINCE)
    unit("04.05", "Sở Y tế")
    unit("04.10", "Sở Văn hóa, Thể thao và Du lịch")
    unit("04.04", "Sở Nông nghiệp và Môi trường")
    unit("04.12", "Văn phòng UBND tỉnh")
    return Names.on(AT.date())


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("Lãnh đạo Sở Y tế", {"04.05"}),
        ("Văn thư Sở VHTTDL", {"04.10"}),
        ("Chuyên viên Sở NN&MT", {"04.04"}),
        ("Chuyên viên phòng KGVX, Văn phòng UBND tỉnh", {"04.12"}),
        ("Văn thư Văn phòng Ủy ban nhân dân tỉnh", {"04.12"}),
        ("Lãnh đạo UBND tỉnh", {"04"}),
        ("Sở Y tế; Văn phòng UBND tỉnh", {"04.05", "04.12"}),
        ("Lãnh đạo UBND xã, phường", set()),
        ("Lãnh đạo Sở", set()),
    ],
)
def test_an_agency_is_known_by_its_name_or_its_first_letters(
    names: Names, said: str, codes: set[str]
) -> None:
    assert names.named(said) == codes


def test_a_name_two_agencies_share_names_neither_for_certain() -> None:
    unit("a", "Sở Công Thương")
    unit("b", "Sở Cấp Thoát")
    unit("c", "Sở Chi Thu")
    assert Names.on(AT.date()).named("Chuyên viên Sở CT") == {""}


def test_an_agency_that_is_gone_is_not_named() -> None:
    unit("old", "Sở Giao thông vận tải", valid_to=date(2025, 7, 1), since=date(2020, 1, 1))
    assert Names.on(AT.date()).named("Sở Giao thông vận tải") == set()


def drawn(*steps: tuple[str, str], unit: str = "") -> tuple[ProcessDraft, dict[str, str]]:
    """A draft of steps given as role and the words of the decision."""
    nodes = [Node(f"b{n}", Kind.STEP, "Làm", role, hours=Decimal(2)) for n, (role, _) in enumerate(steps, 1)]
    definition = Process.sequence(nodes).as_data()
    draft = ProcessDraft(2, "1.000001", "", "1/QĐ", "Tỉnh", unit, definition)
    return draft, {f"b{n}": said for n, (_, said) in enumerate(steps, 1)}


def units_of(draft: ProcessDraft) -> list[str]:
    return [node.unit for node in Process.from_data(draft.definition).steps]


RECEPTION = (
    Role.RECEPTION,
    "Bộ phận tiếp nhận và trả kết quả Sở Y tế tại TTPVHCC tỉnh; TTPVHCC các xã, phường",
)


def test_a_step_of_another_agency_gets_its_unit_and_those_of_the_lead_stay_with_the_deciding_unit(
    names: Names,
) -> None:
    draft, said = drawn(
        RECEPTION, (Role.SIGNER, "Lãnh đạo Sở Y tế"), (Role.CLERK, "Văn thư Văn phòng UBND tỉnh")
    )
    notes = Notes(2)
    assert units_of(settled(draft, said, names, notes)) == ["", "", "04.12"]
    assert notes.found == []


def test_the_desk_never_becomes_a_unit_of_its_own(names: Names) -> None:
    draft, said = drawn(RECEPTION, (Role.HANDLER, "Chuyên viên Sở VHTTDL"), unit="04.10")
    assert units_of(settled(draft, said, names, Notes(2))) == ["", ""]


@pytest.mark.parametrize(
    "said", ["Lãnh đạo UBND xã, phường", "Lãnh đạo Sở Giao thông vận tải", "Viên chức cơ sở trợ giúp"]
)
def test_a_place_that_is_no_unit_for_certain_is_a_finding_and_no_guess(names: Names, said: str) -> None:
    draft, told = drawn(RECEPTION, (Role.SIGNER, said))
    notes = Notes(2)
    assert settled(draft, told, names, notes) is draft
    assert [(f.field, f.kept) for f in notes.found] == [("don_vi", f"b2: {said}")]


@pytest.mark.parametrize(
    "said", ["Lãnh đạo Sở", "Văn thư Sở", "Lãnh đạo Phòng BTXH và Trẻ em", "Lãnh đạo Sở phê duyệt"]
)
def test_a_part_of_the_agency_itself_is_no_finding(names: Names, said: str) -> None:
    draft, told = drawn(RECEPTION, (Role.SIGNER, said))
    notes = Notes(2)
    settled(draft, told, names, notes)
    assert notes.found == []


def test_a_decision_over_two_agencies_has_two_tiers_after_import(names: Names, tmp_path: Path) -> None:
    Procedure.objects.create(code="1.000001", title="Cấp giấy mẫu")
    rows = [
        f'1/QĐ,Tỉnh,1.000001,Bước 1,Tiếp nhận,"{RECEPTION[1]}",2 giờ',
        "1/QĐ,Tỉnh,1.000001,Bước 2,Thẩm định,Chuyên viên Phòng Nghiệp vụ,8 giờ",
        '1/QĐ,Tỉnh,1.000001,Bước 3,Trình,"Chuyên viên Phòng Kinh tế, Văn phòng UBND tỉnh",4 giờ',
        "1/QĐ,Tỉnh,1.000001,Bước 4,Vào sổ,Văn thư UBND xã,2 giờ",
    ]
    path = tmp_path / "buoc.csv"
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    report = catalogue.import_processes(path, by=None, at=AT, publish=True)
    version = ProcessVersion.objects.get()
    assert [node.unit for node in version.graph.steps] == ["", "", "04.12", ""]
    assert comparison.measure(version.graph).tiers == 2
    assert Counter(f.field for f in Finding.objects.all()) == {"don_vi": 1}
    assert report.published == 1
    assert catalogue.import_processes(path, by=None, at=AT).unchanged == 1
