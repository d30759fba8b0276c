"""Open data over the wire: the three forms hold the same rows, the catalogue names every file, and haste is braked."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory

from motcua.people.models import Officer
from motcua.scores.opening import datasets
from motcua.ui import throttle
from tests.acts import scores_world
from tests.acts.scores_world import World, moment

NOW = moment("2026-11-05 09:00")
FILE = "/du-lieu-mo/so-lieu/ho-so/2026-10."


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    cache.clear()
    made = scores_world.build()
    made.dossiers([made.built(ended_at=moment("2026-10-08 09:00")) for _ in range(12)])
    made.dossiers([made.built() for _ in range(2)])
    return made


def test_csv_json_and_parquet_hold_the_same_rows(client: Client, world: World, tmp_path: Path) -> None:
    told = json.loads(client.get(FILE + "json").content)
    assert (told["month"], told["counted_at"]) == ("2026-10", "2026-11-05T09:00:00+07:00")
    text = client.get(FILE + "csv").content.decode("utf-8-sig")
    sheet = list(csv.DictReader(io.StringIO(text)))
    assert [row["received"] for row in sheet] == [str(row["received"] or "") for row in told["rows"]]
    file = tmp_path / "month.parquet"
    file.write_bytes(client.get(FILE + "parquet").content)
    columns = ", ".join(told["columns"])
    found = duckdb.sql(f"SELECT {columns} FROM '{file}'").fetchall()
    assert found == [tuple(row[name] for name in told["columns"]) for row in told["rows"]]


def test_points_come_in_all_forms(client: Client, world: World) -> None:
    for kind in ("csv", "json", "parquet"):
        assert client.get(f"/du-lieu-mo/so-lieu/chi-so/2026-10.{kind}").status_code == 200


@pytest.mark.parametrize(
    "path", ["ho-so/2026-11.csv", "ho-so/2026-Q3.csv", "ho-so/2026-10.xml", "la/2026-10.csv", "ho-so/la.csv"]
)
def test_other_files_are_not_found(client: Client, world: World, path: str) -> None:
    assert client.get(f"/du-lieu-mo/so-lieu/{path}").status_code == 404


def test_the_catalogue_names_every_file_and_each_opens(client: Client, world: World) -> None:
    answer = client.get("/du-lieu-mo/danh-muc.jsonld")
    assert answer["Content-Type"] == "application/ld+json"
    told = json.loads(answer.content)
    assert told["@type"] == "dcat:Catalog"
    files = [file for each in told["dcat:dataset"] for file in each["dcat:distribution"]]
    assert len(files) == 2 * 3 * 51 + 2
    for file in (files[0], files[1], files[2], files[-1]):
        assert client.get(file["dcat:downloadURL"]["@id"]).status_code == 200


def test_the_first_month_given_has_none_before_it(client: Client, world: World) -> None:
    first = list(datasets.months(NOW))[-1]
    for slug in datasets.DATASETS:
        assert client.get(f"/du-lieu-mo/so-lieu/{slug}/{first}.json").status_code == 200


def test_the_page_says_what_is_left_out_and_why(client: Client, world: World) -> None:
    page = client.get("/du-lieu-mo/so-lieu/").content.decode()
    assert "dữ liệu cá nhân" in page.lower()
    assert "Lĩnh vực có số đếm từ 1 đến dưới 5" in page
    assert "/du-lieu-mo/so-lieu/" in client.get("/du-lieu-mo/").content.decode()


def test_too_many_files_in_a_minute_are_refused_with_how_long_to_wait(
    client: Client, world: World, settings: Any
) -> None:
    settings.EXPORTS_A_MINUTE = 2
    answers = [client.get("/du-lieu-mo/thu-tuc.csv") for _ in range(6)]
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1]["Retry-After"]) <= 61
    assert client.get("/du-lieu-mo/thu-tuc.csv", REMOTE_ADDR="10.0.0.9").status_code == 200


@pytest.mark.parametrize(
    "path", ["/chi-so/", "/thu-tuc/", "/chi-so/04/3.1/mau/", "/chi-so-khac/TTHC_TT_CO_HS/04/mau/"]
)
def test_strangers_take_few_lists_in_a_minute_and_officers_as_many_as_they_need(
    client: Client, world: World, settings: Any, path: str
) -> None:
    settings.LISTS_A_MINUTE = 1

    def status(**asked: str) -> int:
        answer = client.get(path, {"ky": "2026-10", **asked})
        answer.getvalue()
        return answer.status_code

    assert [status(xuat="xlsx"), status(xuat="xlsx"), status()] == [200, 429, 200]
    client.force_login(Officer.objects.create(username="ai", full_name="Người Cần Bảng"))
    assert status(xuat="xlsx") == 200


@pytest.mark.parametrize(
    ("proxies", "told", "address"),
    [
        (0, "1.2.3.4", "10.0.0.9"),
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.7", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "6.6.6.6, <script>", "10.0.0.9"),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_whoever_stands_behind_our_proxies_is_told_apart_and_cannot_pose_as_another(
    rf: RequestFactory, settings: Any, proxies: int, told: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR="10.0.0.9", headers={"X-Forwarded-For": told})
    assert throttle.sender(request) == address
