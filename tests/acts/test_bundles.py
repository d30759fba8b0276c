"""Groups of procedures and kinds of project from a file, and those of the demo."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from motcua.catalogue.models import Bundle, Procedure
from motcua.catalogue.reading import bundles
from motcua.catalogue.reading.files import WrongFile
from motcua.demo.stock import SAMPLE
from motcua.law.calendar import TZ

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 9, 0, tzinfo=TZ)
WHOLE = """
format: motcua/bundles
bundles:
  - code: tre-em
    kind: group
    name: Khai sinh, thường trú
    since: 2026-01-01
    members:
      - {key: a, procedure: "1.000001", name: Khai sinh}
      - {key: b, procedure: "1.000002", name: Thường trú, needs: [a]}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "nhom.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_first_member_leads_unless_another_says_so(tmp_path: Path) -> None:
    [told] = bundles.bundles(written(tmp_path, WHOLE))
    assert [(m["key"], m["lead"], m["needs"]) for m in told.members] == [("a", True, []), ("b", False, ["a"])]
    other = WHOLE.replace("needs: [a]}", "needs: [a], lead: true}")
    [told] = bundles.bundles(written(tmp_path, other))
    assert [m["lead"] for m in told.members] == [False, True]


@pytest.mark.parametrize(
    "wrong",
    [
        WHOLE.replace("motcua/bundles", "motcua/catalogue"),
        WHOLE.replace("kind: group", "kind: nhom"),
        WHOLE.replace("2026-01-01", "hôm qua"),
        WHOLE.replace('"1.000002"', "1000002"),
        WHOLE.replace("name: Khai sinh,", "tên: Khai sinh,"),
    ],
)
def test_a_file_of_another_shape_is_refused_with_its_place(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(WrongFile):
        list(bundles.bundles(written(tmp_path, wrong)))


@pytest.mark.django_db(transaction=True)
def test_the_command_publishes_what_is_new_and_leaves_the_rest(tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE)
    with pytest.raises(CommandError, match="Danh mục không có thủ tục"):
        call_command("bundle", path)
    Procedure.objects.bulk_create([Procedure(code=f"1.00000{n}", title="Mẫu") for n in (1, 2)])
    for _ in range(2):
        call_command("bundle", path)
    assert [str(bundle) for bundle in Bundle.objects.all()] == ["tre-em#1"]


def test_the_bundles_of_the_demo_can_be_followed() -> None:
    for bundle in bundles.bundles(SAMPLE / "bundles.yaml"):
        assert sum(member["lead"] for member in bundle.members) == 1
        known = {member["key"] for member in bundle.members}
        assert all(set(member["needs"]) <= known for member in bundle.members)
