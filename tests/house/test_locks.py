"""Advisory locks are numbered in one place, where a twin would be refused."""

import re
from pathlib import Path

from motcua.journal.locks import Lock

ROOT = Path(__file__).parents[2]
TAKEN = re.compile(r"pg_(?:try_)?advisory_\w*lock\w*\(([^\n]*)")


def test_every_advisory_lock_has_its_number_from_the_one_list_or_is_named_by_a_text() -> None:
    found = {
        path: TAKEN.findall(path.read_text(encoding="utf-8")) for path in (ROOT / "motcua").rglob("*.py")
    }
    assert found[ROOT / "motcua/journal/locks.py"]
    for path, calls in found.items():
        for call in calls:
            named = call.startswith("hashtext(") or path.name == "locks.py" or "Lock." in call
            assert named, f"{path.relative_to(ROOT)}: take the lock through motcua.journal.locks"


def test_no_two_locks_share_a_number() -> None:
    assert len({lock.value for lock in Lock}) == len(Lock.__members__)
