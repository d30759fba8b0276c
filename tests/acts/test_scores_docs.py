"""docs/measures.md says of every table and measure what the code says; a difference shows what to write."""

from pathlib import Path

import pytest

from motcua.scores.measures import MEASURES, UNMEASURED
from motcua.scores.tables import NAMED, Named

PAGE = Path(__file__).parents[2] / "docs/measures.md"


def described(table: Named) -> str:
    lines = [
        f"### `{table.name}`",
        "",
        f"{table.meaning}.",
        "",
        "| column | type | meaning |",
        "|---|---|---|",
    ]
    for column, (kind, meaning) in table.columns.items():
        lines.append(f"| `{column}` | {'moment' if kind.startswith('timestamp') else kind} | {meaning} |")
    return "\n".join(lines) + "\n"


def listed() -> str:
    rows = [f"| {m.code} | {m.subject} | {m.meaning} | {m.source} |" for m in MEASURES.values()]
    rows += [f"| {code} | | chưa đo: {why} | |" for code, why in UNMEASURED.items()]
    return "\n".join(["| code | rows | what counts | source |", "|---|---|---|---|", *rows]) + "\n"


@pytest.mark.parametrize("name", NAMED)
def test_every_table_is_described_as_it_is(name: str) -> None:
    assert described(NAMED[name]) in PAGE.read_text()


def test_every_measure_is_listed_as_it_is() -> None:
    assert listed() in PAGE.read_text()
