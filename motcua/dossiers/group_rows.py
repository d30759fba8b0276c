"""From the facts of a group to its rows: which members it has and which dossier each became."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Model

from motcua.journal import log, wire
from motcua.journal.wire import Statement
from motcua.law.facts import Fact, GroupOpened, MemberFiled

from .models import Group, Member

FIELDS = ("position", "key", "procedure", "name", "needs", "lead")


def folded(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """The members as the facts tell them, each with the code of its dossier, "" while there is none."""
    found: dict[str, dict[str, Any]] = {}
    for fact in facts:
        match fact:
            case GroupOpened():
                for position, member in enumerate(fact.members):
                    found[member["key"]] = {**member, "position": position, "dossier": ""}
            case MemberFiled():
                found[fact.member]["dossier"] = fact.dossier
    return [{"lead": False, "needs": [], **member} for member in found.values()]


def members(group: int, facts: Iterable[Fact], dossiers: Mapping[str, int]) -> list[Member]:
    """The rows of a new group's members; `dossiers` are ids by code."""
    return [
        Member(group_id=group, dossier_id=dossiers.get(m["dossier"]), **{name: m[name] for name in FIELDS})
        for m in folded(facts)
    ]


def insert(group: Group) -> Statement:
    """The statement that writes a new group's row."""
    return _insert(group, [group])


def insert_all(members: Sequence[Member]) -> Statement:
    """The statement that writes the rows of a new group's members."""
    return _insert(members[0], members, without=("id",))


def attached(group: int, key: str, dossier: int, version: int) -> list[Statement]:
    """The statements that give a member its dossier."""
    return [
        Statement(
            "UPDATE dossiers_member SET dossier_id = %s WHERE group_id = %s AND key = %s",
            [dossier, group, key],
        ),
        Statement("UPDATE dossiers_group SET facts = %s WHERE id = %s", [version, group]),
    ]


def differing(prefix: str = "") -> Iterator[tuple[str, str, Any, Any]]:
    """What the rows of groups say otherwise than their facts: code, field, what is kept, what the facts give."""
    groups = Group.objects.filter(code__startswith=prefix).prefetch_related("members__dossier").order_by("pk")
    for group in groups.iterator(chunk_size=200):
        past = log.read(group.stream)
        if group.facts != past.version:
            yield group.code, "facts", group.facts, past.version
        told = {m["key"]: {name: m[name] for name in (*FIELDS, "dossier")} for m in folded(past.facts)}
        kept = {m.key: _kept(m) for m in group.members.all()}
        for key in kept.keys() | told.keys():
            if kept.get(key) != told.get(key):
                yield group.code, f"member {key}", kept.get(key), told.get(key)


def _kept(member: Member) -> dict[str, Any]:
    dossier = member.dossier.code if member.dossier else ""
    return {name: getattr(member, name) for name in FIELDS} | {"dossier": dossier}


def _insert(kind: Model, instances: Sequence[Model], without: Sequence[str] = ()) -> Statement:
    table = kind._meta.db_table
    fields = [field for field in kind._meta.concrete_fields if field.column not in without]
    names = ", ".join(f'"{field.column}"' for field in fields)
    given = [{field.column: getattr(made, field.attname) for field in fields} for made in instances]
    return Statement(
        f"INSERT INTO {table} ({names}) SELECT {names} FROM jsonb_populate_recordset(NULL::{table}, %s)",
        [wire.packed(given)],
    )
