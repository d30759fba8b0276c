"""Real procedures as linked data keep to the European shapes of public services, CPSV-AP 3.2.0."""

import gzip
from datetime import datetime
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import Graph

from motcua.catalogue import acts
from motcua.catalogue.opendata import linked, plain
from motcua.law.calendar import TZ, day
from tests.shapes import graph

DATA = Path(__file__).parents[2].parent / "shared/data"
CATALOGUE = DATA / "catalogue/procedures.jsonl.gz"
SHAPES = DATA / "cpsv-ap/cpsv-ap-SHACL-3.2.0.ttl"
AT = datetime(2026, 7, 1, 8, tzinfo=TZ)
EACH = 90  # every so manieth procedure

pytestmark = [
    pytest.mark.real,
    pytest.mark.django_db,
    pytest.mark.skipif(not SHAPES.exists(), reason=f"real data absent: {SHAPES}"),
]


def test_a_sample_of_real_procedures_conforms(tmp_path: Path) -> None:
    sample = tmp_path / "mau.jsonl"
    with gzip.open(CATALOGUE, "rt", encoding="utf-8") as lines:
        sample.write_text("".join(list(lines)[::EACH]), encoding="utf-8")
    acts.import_catalogue(sample, by=None, at=AT, publish=True)
    told = Graph()
    documents = [
        linked.document(version, f"https://mot-cua.example/thu-tuc/{version.procedure.code}/")
        for version in plain.versions(day(AT))
    ]
    for document in documents:
        told += graph(document)
    shapes = Graph().parse(SHAPES)
    conforms, _, report = validate(told, shacl_graph=shapes)
    assert len(documents) >= 25
    assert conforms, report
    assert sum(len(document.get("input", ())) for document in documents) > 50
    assert sum(len(document.get("cost", ())) for document in documents) > 20
    silent = graph({**documents[0], "title": {}})
    assert not validate(silent, shacl_graph=shapes)[0]
