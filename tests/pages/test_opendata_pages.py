"""What machines take from the catalogue: linked data, JSON lines and CSV, without signing in."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rdflib import URIRef
from rdflib.namespace import DCTERMS, RDF

from motcua.catalogue import publishing
from motcua.catalogue.models import Procedure, Version
from motcua.catalogue.opendata import plain
from motcua.law.calendar import TZ
from tests.cast import BORN, published_version
from tests.shapes import graph

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=TZ)
PAGE, LINKED = "/thu-tuc/1.000001/", "/thu-tuc/1.000001.jsonld"
CPSV, CV = "http://purl.org/vocab/cpsv#", "http://data.europa.eu/m8g/"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def version() -> Version:
    return published_version("5", "ngày làm việc")


def lines(client: Client, kind: str) -> str:
    return b"".join(client.get(f"/du-lieu-mo/thu-tuc.{kind}")).decode()


def test_a_procedure_is_linked_data_at_its_own_address_and_at_its_page(
    client: Client, version: Version
) -> None:
    there, here = client.get(LINKED), client.get(PAGE, headers={"Accept": "application/ld+json"})
    assert there["Content-Type"] == here["Content-Type"] == "application/ld+json"
    assert there.json() == here.json()
    assert "Accept" in here["Vary"]
    page = client.get(PAGE, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert "Accept" in page["Vary"]
    assert f'rel="alternate" type="application/ld+json" href="{LINKED}"' in page.content.decode()


def test_linked_data_say_what_the_page_says_in_words_of_others(client: Client, version: Version) -> None:
    told = graph(client.get(LINKED).json())
    service = URIRef(f"http://testserver{PAGE}")
    assert told.value(service, RDF.type) == URIRef(f"{CPSV}PublicService")
    assert str(told.value(service, DCTERMS.title)) == "Cấp giấy xác nhận mẫu"
    assert told.value(service, DCTERMS.title).language == "vi"
    costs = {
        float(told.value(cost, URIRef(f"{CV}hasValue")))
        for cost in told.objects(service, URIRef(f"{CV}hasCost"))
    }
    assert costs == {20000.0}
    assert len(list(told.objects(service, URIRef(f"{CPSV}hasInput")))) == 2


def test_a_term_in_working_days_makes_no_duration_but_calendar_days_do(client: Client) -> None:
    for unit, code, said in (("ngày làm việc", "1.000001", set()), ("ngày", "1.000002", {"P5D"})):
        published_version("5", unit, code=code)
        channels = client.get(f"/thu-tuc/{code}.jsonld").json()["channel"]
        assert {channel["processingTime"] for channel in channels if "processingTime" in channel} == said
        assert {channel["term"]["vi"] for channel in channels} == {f"5 {unit}"}


def test_what_nobody_announced_is_left_out_and_an_unknown_code_is_not_found(
    client: Client, version: Version
) -> None:
    told = client.get(LINKED).json()
    assert not {"follows", "holdsRequirement", "legalResource", "validTo"} & set(told)
    assert client.get("/thu-tuc/9.999999.jsonld").status_code == 404
    assert client.get("/du-lieu-mo/thu-tuc.xml").status_code == 404


def test_the_whole_catalogue_is_one_object_a_line(client: Client, version: Version) -> None:
    published_version("", "", code="1.000002")
    first, second = map(json.loads, lines(client, "jsonl").splitlines())
    assert (first["code"], second["code"]) == ("1.000001", "1.000002")
    assert first["terms"][0]["amount"] == 5
    assert second["terms"][0]["amount"] is None
    assert first["url"] == f"http://testserver{PAGE}"


def test_the_csv_is_read_by_a_spreadsheet_and_holds_no_formula(client: Client) -> None:
    version = Version.objects.create(
        procedure=Procedure.objects.create(code="2.000001", title="=1+1"),
        number=1,
        title="=1+1",
        valid_from=BORN,
        field='Đất "đai"\nvà nhà',
        levels=["commune"],
    )
    publishing.versions([version], at=NOW)
    text = lines(client, "csv")
    assert text.startswith("\N{ZERO WIDTH NO-BREAK SPACE}")
    (row,) = csv.DictReader(StringIO(text[1:]))
    assert row["title"] == "'=1+1"
    assert row["field"] == 'Đất "đai"\nvà nhà'
    assert tuple(row) == plain.COLUMNS


def test_a_big_catalogue_is_read_a_batch_at_a_time(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 5):
        published_version("5", "ngày", code=f"1.00000{number}")
    monkeypatch.setattr(plain, "BATCH", 2)
    with CaptureQueriesContext(connection) as asked:
        assert len(lines(client, "jsonl").splitlines()) == 4
    assert len(asked) == 1 + 2 * (1 + len(plain.PARTS))


def test_everybody_finds_the_open_data(client: Client, version: Version) -> None:
    assert "/du-lieu-mo/" in client.get("/thu-tuc/").content.decode()
    page = client.get("/du-lieu-mo/").content.decode()
    assert "1 thủ tục" in page
    assert LINKED in page
