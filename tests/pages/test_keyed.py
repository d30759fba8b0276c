"""Lists in an order of their own are read page by page, there and back, without a row lost or seen twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from motcua.people.models import Unit, UnitKind
from motcua.ui import keyed

pytestmark = pytest.mark.django_db
ORDER = ("valid_from", "name", "pk")
BACK = ("-valid_from", "-name", "-pk")


@pytest.fixture(autouse=True)
def _units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyed, "SIZE", 4)
    first = date(2026, 1, 1)
    Unit.objects.bulk_create(
        Unit(
            code=f"U{n}",
            agency_code=f"U{n}",
            name="ab"[n % 2],
            kind=UnitKind.COMMUNE,
            valid_from=first + timedelta(days=n // 5),
        )
        for n in range(11)
    )


@pytest.mark.parametrize("order", [ORDER, BACK])
def test_every_row_is_seen_once_on_the_way_there_and_on_the_way_back(order: tuple[str, ...]) -> None:
    whole, seen, said = list(Unit.objects.order_by(*order)), list[Unit](), dict[str, str]()
    while True:
        page = keyed.page(Unit.objects.all(), said, order)
        seen += page.rows
        if not page.after:
            break
        said = {"sau": page.after}
    assert seen == whole
    back = keyed.page(Unit.objects.all(), {"truoc": page.before or ""}, order)
    assert back.rows == whole[4:8]
    first = keyed.page(Unit.objects.all(), {"truoc": back.before or ""}, order)
    assert (first.rows, first.before) == (whole[:4], None)


@pytest.mark.parametrize("key", ["5", "a~b", "a~b~x", "2026-13-41~a~3", "hôm qua~a~3", "~~", "\0~\0~1"])
def test_a_key_nobody_was_given_begins_at_the_beginning(key: str) -> None:
    assert keyed.page(Unit.objects.all(), {"sau": key}, ORDER).rows == list(Unit.objects.order_by(*ORDER))[:4]
