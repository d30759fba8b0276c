"""How well the search answers what people ask, among the 2.642 real procedures of July 2026."""

from datetime import datetime
from pathlib import Path

import pytest
import yaml

from motcua.catalogue import acts, searching
from motcua.law.calendar import TZ

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT.parent / "shared/data/catalogue/procedures.jsonl.gz"
QUESTIONS = yaml.safe_load((ROOT / "tests/samples/catalogue/questions.yaml").read_text(encoding="utf-8"))
AT = datetime(2026, 7, 1, 8, tzinfo=TZ)
LOOKED_AT = 10  # nobody reads on

pytestmark = [
    pytest.mark.real,
    pytest.mark.django_db,
    pytest.mark.skipif(not CATALOGUE.exists(), reason=f"real data absent: {CATALOGUE}"),
]


def mrr(kind: str) -> float:
    """The mean of 1 / place of the first right answer; those not first are printed."""
    places = []
    for question in QUESTIONS[kind]:
        found = [p.code for p in searching.search(question["ask"], limit=LOOKED_AT).procedures]
        place = next((n for n, code in enumerate(found, 1) if code in question["codes"]), 0)
        places.append(1 / place if place else 0.0)
        if place != 1:
            print(f"{place or '-':>3} {question['ask']}: {question['codes']}, found {found[:3]}")
    print(f"{kind}: {len(places)} questions, {places.count(1.0)} first, MRR {sum(places) / len(places):.3f}")
    return sum(places) / len(places)


def test_what_people_ask_is_answered_first() -> None:
    assert len(QUESTIONS["titles"]) + len(QUESTIONS["speech"]) >= 150
    acts.import_catalogue(CATALOGUE, by=None, at=AT, publish=True)
    assert mrr("titles") >= 0.9
    assert mrr("speech") >= 0.75
    # No saying was ever added for these, which is why they do worse.
    assert mrr("later") >= 0.6
    assert mrr("unseen") >= 0.6
