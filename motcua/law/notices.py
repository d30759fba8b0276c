"""Which fact is told to whom (thông báo): the dated pack `notices`, read fact by fact.

What a notice says and how it travels is not the law's business; that somebody must be told is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from . import packs
from .facts import Fact
from .lifecycle import Standing

SUBJECT = "notices"


@dataclass(frozen=True, slots=True)
class Rule:
    """One notice (tin báo): after which fact, to whom, and under which provision.

    `to` is applicant, reception or head; `fact` is "" for a notice that follows from time passing. `came_from` and
    `into` are national states before and after the fact, () for any; `where` is what the fact itself must say.
    `in_hand` are the channels whose applicant is handed the paper at the counter.
    """

    slug: str
    to: str
    source: str
    verified: bool
    fact: str = ""
    came_from: tuple[int, ...] = ()
    into: tuple[int, ...] = ()
    in_hand: tuple[str, ...] = ()
    where: Mapping[str, Any] = field(default_factory=dict)

    def follows(self, fact: Fact, before: Standing, after: Standing) -> bool:
        """Whether this fact is to be told by this notice."""
        return (
            self.fact == type(fact).__name__
            and (not self.came_from or before.state in self.came_from)
            and (not self.into or after.state in self.into)
            and all(getattr(fact, name) == value for name, value in self.where.items())
        )


@lru_cache(maxsize=64)
def rules(on: date) -> Mapping[str, Rule]:
    """The notices in force on a legal day, by slug; none before the first."""
    try:
        pack = packs.on(SUBJECT, on)
    except packs.NotInForce:
        return {}
    return {slug: _rule(pack, slug, value) for slug, value in pack.values.items()}


@lru_cache(maxsize=64)
def told(on: date) -> frozenset[str]:
    """The kinds of facts somebody is told of on a legal day."""
    return frozenset(rule.fact for rule in rules(on).values() if rule.fact)


def _rule(pack: packs.Pack, slug: str, value: packs.Value) -> Rule:
    given = dict(value.value)
    given |= {"came_from": given.pop("from", ())}
    return Rule(slug=slug, source=pack.source(slug), verified=value.verified, **given)
