"""Fields with small counts given together, so that no published figure leads back to a person (bảo vệ ô nhỏ).

What an agency and the province did is public by law, whatever the count; a field of an agency in one month can be one
person. So the figures of an agency by field are given for groups of fields, each of whose counts is zero or at least
the threshold, and nothing smaller is ever published: no identity between columns, over fields or over agencies can
lead below what stands there.

One link joins two files: what is open at the end of a month is carried into the next. Two groupings of the same
dossiers could be subtracted from each other; what is left when the groups of two months are crossed is safe too,
because the file of a month keeps together whatever the month before had to. Why this holds: docs/open-data.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

Counts = Mapping[str, int]
BY = "received"  # what says how large a field is


def together(now: Mapping[str, Counts], before: Mapping[str, Counts], threshold: int) -> set[str]:
    """The fields of one agency that are given as one group, from the counts of each field in two months running."""
    return group(now, threshold) | group(before, threshold)


def group(lines: Mapping[str, Counts], threshold: int) -> set[str]:
    """The fields with a small count, and the smallest others until the group has none; all, where it never does."""
    found = {name for name, counts in lines.items() if not safe(counts.values(), threshold)}
    others = sorted((name for name in lines if name not in found), key=lambda name: (lines[name][BY], name))
    while others and not safe(added(lines[name] for name in found).values(), threshold):
        found.add(others.pop(0))
    return found


def safe(counts: Iterable[int], threshold: int) -> bool:
    """Whether none of some counts is small; zero is told."""
    return all(count == 0 or count >= threshold for count in counts)


def added(lines: Iterable[Counts]) -> Counter[str]:
    """Lines added up, column by column."""
    total: Counter[str] = Counter()
    for line in lines:
        total.update(line)
    return total
