"""A province in a box: Cao Bằng's units before and after 01/07/2025 and invented officers for those of today.

Names and codes of territories come from the `vietnamadminunits` package; the rest, and what of it is invented
or assumed, from `caobang.yaml`.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from motcua.people import acts
from motcua.people.acts import NewOfficer, NewPost, NewUnit
from motcua.people.models import Officer, Role, SaturdayChoice, Unit, UnitKind

PASSWORD = "motcua-thu"  # evident on purpose: a demo world holds nothing to protect
ADMIN = "quan-tri"
POSTMAN = "buu-dien"
NAME = "Tỉnh Cao Bằng"

SLUGS = {
    Role.RECEPTION: "tiep-nhan",
    Role.ASSIGNER: "phan-cong",
    Role.HANDLER: "thu-ly",
    Role.SIGNER: "ky-duyet",
    Role.CLERK: "van-thu",
    Role.HEAD: "dung-dau",
}


@dataclass(frozen=True, slots=True)
class Territory:
    """A commune of today (xã, phường) with the communes it was made of."""

    code: str
    name: str
    formerly: tuple[str, ...]


@cache
def book() -> Mapping[str, Any]:
    """What `caobang.yaml` says."""
    text = (Path(__file__).parent / "caobang.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


@cache
def communes() -> tuple[Territory, ...]:
    """The communes since 01/07/2025, in the order of their national codes."""
    merged: dict[str, list[str]] = {}
    for old in _former():
        merged.setdefault(_successor(old), []).append(old["ward"])
    return tuple(
        Territory(row["wardCode"], row["ward"], tuple(merged.get(row["ward"], ())))
        for row in sorted(_rows("admin_units"), key=lambda row: row["wardCode"])
    )


def units() -> Iterator[NewUnit]:
    """Every unit that is or was, parents first; codes and agency codes are never used twice."""
    said = book()
    yield from _today(said)
    yield from _before(said)


def officers(seed: int) -> Iterator[NewOfficer]:
    """Invented officers of the units of today; the same seed invents the same people."""
    said, rng = book(), random.Random(f"{seed}:officers")
    top, centre = said["province"]["code"], said["centre"]["code"]
    since = said["communes"]["since"]
    yield from _staff(rng, "province", "ubnd-tinh", top, "", since)
    yield from _staff(rng, "centre", "trung-tam-tinh", centre, "", since)
    for department in said["departments"]:
        yield from _staff(
            rng, "department", department["slug"], f"{top}.{department['number']}", centre, since
        )
    for territory in communes():
        slug = slugged(territory.name.split(" ", 1)[1])
        yield from _staff(rng, "commune", slug, territory.code, f"{territory.code}.90", since)
    for username, department in (("kiem-soat", "12"), ("cai-cach", "01")):
        post = NewPost(f"{top}.{department}", Role.CONTROLLER, since)
        yield NewOfficer(username, person(rng), PASSWORD, (post,))
    post = NewPost(f"{top}.07", Role.APPRAISER, since)
    yield NewOfficer("tham-dinh", person(rng), PASSWORD, (post,))
    for ordinal in range(1, said["operator"]["officers"] + 1):
        post = NewPost(said["operator"]["code"], Role.POSTAL, since)
        yield NewOfficer(f"{POSTMAN}-{ordinal}", person(rng), PASSWORD, (post,))


def load(*, seed: int, at: datetime) -> tuple[int, int]:
    """Make the units and officers that are not there yet; how many units and officers were made.

    Acts, each whole: one that was cut off is made again from its start.
    """
    wanted, people = list(units()), list(officers(seed))
    admin = Officer.objects.filter(username=ADMIN).first() or _found(wanted[0], seed, at)
    known = set(Unit.objects.values_list("code", flat=True))
    missing = [unit for unit in wanted if unit.code not in known]
    acts.establish(missing, by=admin, at=at)
    present = set(Officer.objects.values_list("username", flat=True))
    absent = [officer for officer in people if officer.username not in present]
    acts.register(absent, by=admin, at=at)
    _give_desks(admin, at)
    return len(missing), len(absent)


def _give_desks(admin: Officer, at: datetime) -> None:
    """Give the operator its desks, those it has not."""
    said, since = book()["operator"], book()["communes"]["since"]
    operator = Unit.objects.get(code=said["code"])
    for desk in Unit.objects.filter(code__in=said["desks"]).exclude(served_by__operator=operator):
        acts.give_desk(
            operator,
            desk=desk,
            since=since,
            document=said["document"],
            decided_on=since,
            by=admin,
            at=at,
        )


def person(rng: random.Random) -> str:
    """A full name that belongs to nobody in particular."""
    names = book()["names"]
    kind = names[rng.choice(("women", "men"))]
    return f"{rng.choice(names['family'])} {rng.choice(kind['middle'])} {rng.choice(kind['given'])}"


def company(rng: random.Random) -> str:
    """The name of an invented business."""
    names = book()["names"]["company"]
    return f"{rng.choice(names['form'])} {rng.choice(names['trade'])} {rng.choice(names['name'])}"


def slugged(name: str) -> str:
    """A name as it stands in a user name: "Nùng Trí Cao" gives "nung-tri-cao"."""
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return "".join(c for c in plain if not unicodedata.combining(c)).replace(" ", "-")


def _today(said: Mapping[str, Any]) -> Iterator[NewUnit]:
    top = said["province"]
    yield NewUnit(top["code"], top["name"], UnitKind.PROVINCE, top["since"], "", top["agency_code"])
    yield _centre(said["centre"]["name"], top["code"], top["agency_code"], said["centre"]["since"])
    for row in said["departments"]:
        code, agency = f"{top['code']}.{row['number']}", f"{top['agency_code']}.{row['number']}"
        yield NewUnit(code, row["name"], UnitKind.DEPARTMENT, said["departments_since"], top["code"], agency)
    since, first = said["communes"]["since"], said["communes"]["first_number"]
    operator = said["operator"]
    yield NewUnit(
        operator["code"], operator["name"], UnitKind.OPERATOR, since, top["code"], operator["agency_code"]
    )
    for number, row in enumerate(communes(), first):
        agency, name = f"{top['agency_code']}.{number}", _lowered(row.name)
        yield NewUnit(row.code, f"UBND {name}", UnitKind.COMMUNE, since, top["code"], agency)
        yield _centre(f"Trung tâm Phục vụ hành chính công {name}", row.code, agency, since)


def _centre(name: str, above: str, agency: str, since: Any) -> NewUnit:
    code = f"{above}.90"
    open_ = SaturdayChoice.RECEPTION if code in book()["saturday"] else SaturdayChoice.CLOSED
    return NewUnit(code, name, UnitKind.CENTRE, since, above, f"{agency}.90", saturday=open_)


def _before(said: Mapping[str, Any]) -> Iterator[NewUnit]:
    top, past = said["province"], said["before"]
    span = {"valid_from": past["since"], "valid_to": past["until"]}
    former = _former()
    districts = sorted({(row["districtCode"], row["district"]) for row in former})
    for number, (code, name) in enumerate(districts, past["first_number"]):
        agency, title = f"{top['agency_code']}.{number}", f"UBND {_lowered(name)}"
        yield NewUnit(
            code=code, name=title, kind=UnitKind.DISTRICT, parent=top["code"], agency_code=agency, **span
        )
        wards = [row for row in former if row["districtCode"] == code]
        for ordinal, row in enumerate(wards, 1):
            # A merged commune's code may live on in its successor: the former one stands under its district.
            yield NewUnit(
                code=f"{code}.{row['wardCode']}",
                name=f"UBND {_lowered(row['ward'])}",
                kind=UnitKind.COMMUNE,
                parent=code,
                agency_code=f"{agency}.{ordinal:03}",
                **span,
            )


def _staff(
    rng: random.Random, kind: str, slug: str, unit: str, centre: str, since: Any
) -> Iterator[NewOfficer]:
    for role, number in book()["staff"][kind].items():
        for ordinal in range(1, number + 1):
            posts = [NewPost(unit, role, since)]
            if role == Role.RECEPTION and centre:
                posts.append(NewPost(centre, role, since))
            if role == Role.SIGNER and kind == "commune":
                # The deputy chairman who signs also leads the commune's centre (NĐ 118/2025 Đ.10).
                posts.append(NewPost(centre, Role.HEAD, since))
            suffix = f"-{ordinal}" if number > 1 else ""
            yield NewOfficer(f"{SLUGS[Role(role)]}{suffix}.{slug}", person(rng), PASSWORD, tuple(posts))


def _found(top: NewUnit, seed: int, at: datetime) -> Officer:
    post = NewPost(top.code, Role.ADMIN, top.valid_from)
    name = person(random.Random(f"{seed}:admin"))
    return acts.found(unit=top, administrator=NewOfficer(ADMIN, name, PASSWORD, (post,)), at=at)


def _lowered(name: str) -> str:
    return name[0].lower() + name[1:]


@cache
def _former() -> tuple[Mapping[str, str], ...]:
    return tuple(sorted(_rows("admin_units_legacy"), key=lambda row: row["wardCode"]))


def _rows(table: str) -> list[dict[str, str]]:
    # Imported here: the package reads all of the country's addresses, which takes most of a second.
    from vietnamadminunits.database import get_data

    fields = ["province", "ward", "wardCode"]
    if table == "admin_units_legacy":
        fields += ["district", "districtCode"]
    return [row for row in get_data(fields, table=table) if row["province"] == NAME and row["wardCode"]]


def _successor(old: Mapping[str, str]) -> str:
    from vietnamadminunits import convert_address

    found: str = convert_address(f"{old['ward']}, {old['district']}, {old['province']}").ward
    return found
