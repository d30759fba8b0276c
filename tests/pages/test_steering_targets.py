"""Targets: what instruments set, computed wherever the system has the data, else declared with evidence."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from motcua.people.models import Role
from motcua.steering import acts
from motcua.steering.models import Target
from motcua.steering.targets import acts as targets
from motcua.steering.targets import queries
from motcua.steering.targets.offered import offered
from tests import cast
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, tzinfo=TZ)
PDF = b"%PDF-1.7 so lieu"
# What the founding documents set, in per cent.
SEEDS = {
    "noi-bo-so-luong": 20,
    "noi-bo-chi-phi": 20,
    "hai-long": 90,
    "hai-long-dat-dai": 85,
    "hai-long-xay-dung": 85,
    "hai-long-dau-tu": 85,
    "so-hoa": 100,
    "so-hoa-giai-quyet": 100,
    "so-hoa-ket-qua": 100,
    "chung-thuc": 100,
    "phan-cap": 100,
    "ke-hoach": 100,
    "dung-han-huyen": 100,
    "dung-han-xa": 100,
    "can-bo-xa": 100,
    "cong-chuc-xa": 100,
    "van-ban-dien-tu": 100,
}


@pytest.fixture
def crew(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    crew = cast.gather()
    crew.officers.chief = cast.officer(Role.HEAD, crew.province, "chu-tich")
    return crew


def desk(officer: Any) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def loaded(crew: Cast) -> dict[str, Target]:
    made = targets.load_targets(unit=crew.province, year=2026, by=crew.officers.chief, at=NOW)
    return {target.code: target for target in made}


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_every_number_of_the_founding_documents_is_there_with_its_source(crew: Cast) -> None:
    made = loaded(crew)
    assert {code: int(made[code].plan) for code in SEEDS} == SEEDS
    assert made["van-ban-dien-tu"].baseline == 92
    assert all(target.sources.exists() for target in made.values())
    assert made["duoc-giao"].sources.count() == 4
    assert made["hai-long-dat-dai"].parent == made["hai-long"]
    assert targets.load_targets(unit=crew.province, year=2026, by=crew.officers.chief, at=NOW) == []


def test_a_year_before_an_instrument_has_none_of_its_targets() -> None:
    assert "hai-long" not in {each.code for each in offered(2023)}
    assert "noi-bo-so-luong" in {each.code for each in offered(2023)}
    assert [each.plan for each in offered(2022) if each.code == "van-ban-dien-tu"] == [100]


def test_a_target_is_computed_from_the_tasks_of_the_year_and_opens_to_them(crew: Cast) -> None:
    loaded(crew)
    lines = [
        acts.Assignment(title=f"Việc {n}", product="QĐ", leads=[crew.department], due=date(2026, 12, 1))
        for n in range(4)
    ]
    first, second, third, _ = acts.give_tasks(lines, giver=crew.province, by=crew.officers.chief, at=NOW)
    for task in (first, second, third):
        by = crew.officers.handler
        file = acts.attach_file(task.stream, name="a.pdf", content=PDF, by=by, at=NOW)
        said = {"product": "QĐ", "number": "", "product_on": NOW.date(), "result": ""}
        acts.report_task(task, **said, files=[file], by=by, at=NOW)
        acts.accept_task(task, by=crew.officers.chief, at=NOW)
    told = {row.target.code: row for row in queries.tree(crew.province, 2026, NOW)}
    row = told["ke-hoach"]
    assert (row.actual.value, row.met, row.gap) == (Decimal(75), False, Decimal(25))
    page = desk(crew.officers.chief).get(row.actual.url)
    assert page.context["on_page"] == "4 trong 4 nhiệm vụ"


def test_what_the_system_computes_nobody_declares(crew: Cast) -> None:
    target = loaded(crew)["hai-long"]
    said = {"on": NOW.date(), "value": Decimal(95), "note": "", "files": []}
    with pytest.raises(Refused, match="tự tính"):
        targets.declare_target(target, **said, by=crew.officers.chief, at=NOW)


def test_what_nothing_computes_is_declared_with_evidence_and_earlier_values_stay(crew: Cast) -> None:
    target = loaded(crew)["chung-thuc"]
    client, url = desk(crew.officers.chief), reverse("target", args=[target.pk])
    said = {"on": "2026-11-15", "value": "98,5", "note": "37 trong 200 thủ tục"}
    without = client.post(url, said)
    assert without.status_code == 422
    assert "minh chứng" in text(without)
    for value in ("98,5", "100"):
        file = SimpleUploadedFile("bang.pdf", PDF + value.encode())
        assert client.post(url, {**said, "value": value, "moi": [file]}).status_code == 302
    page = text(client.get(url))
    assert "98,50%" in page
    assert "100,00%" in page
    listed = text(client.get(reverse("targets"), {"nam": "2026"}))
    assert "1 đạt" in listed
    assert "kê khai" in listed


def test_a_unit_sets_its_own_target_with_several_sources(crew: Cast) -> None:
    client = desk(crew.officers.head)
    url = f"{reverse('target-new')}?don_vi=04.05&nam=2026"
    said = {
        "name": "Hồ sơ trực tuyến",
        "plan": "70",
        "per": "%",
        "direction": "up",
        "sources": "KH 1/KH\nCV 2/CV",
    }
    assert client.post(url, {**said, "sources": ""}).status_code == 422
    assert client.post(url, said).status_code == 302
    made = Target.objects.get()
    assert (made.unit, [each.said for each in made.sources.all()]) == (
        crew.department,
        ["KH 1/KH", "CV 2/CV"],
    )


def test_nobody_sets_targets_for_a_unit_above(crew: Cast) -> None:
    with pytest.raises(Refused, match="không có thẩm quyền"):
        targets.load_targets(unit=crew.province, year=2026, by=crew.officers.head, at=NOW)


def test_a_target_names_the_head_who_answers_for_it(crew: Cast) -> None:
    made = targets.load_targets(unit=crew.province, year=2026, by=crew.officers.chief, at=NOW)
    shown = desk(crew.officers.handler).get(reverse("target", args=[made[0].pk])).content.decode()
    assert f"<dd>{crew.officers.chief.full_name}</dd>" in shown
