"""The rules, by what they speak of; ALL in the order of their codes."""

from ..rule import RULES
from . import accurate, complete, lawful, timely

__all__ = ["ALL", "accurate", "complete", "lawful", "timely"]
ALL = dict(sorted(RULES.items()))
