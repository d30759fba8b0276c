"""The catalogue of open data in DCAT 3, as JSON-LD (danh mục dữ liệu mở)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ..periods import Period
from .datasets import DATASETS, Dataset, months, publisher
from .written import TYPES

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
MONTHLY = "http://publications.europa.eu/resource/authority/frequency/MONTHLY"
DAILY = "http://publications.europa.eu/resource/authority/frequency/DAILY"
PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
FORMS = {"csv": "text/csv", "json": "application/json", "parquet": "application/vnd.apache.parquet"}
Address = Callable[..., str]


def catalogue(now: datetime, address: Address) -> dict[str, Any]:
    """Every dataset with its files; `address(name, *args)` gives the whole address of a page of ours."""
    agent = {"@type": "foaf:Agent", "foaf:name": _vi(publisher())}
    described = [_dataset(each, now, address, agent) for each in DATASETS.values()]
    return {
        "@context": CONTEXT,
        "@id": address("open-dcat"),
        "@type": "dcat:Catalog",
        "dct:title": _vi("Dữ liệu mở về thủ tục hành chính"),
        "dct:description": _vi("Danh mục thủ tục và số liệu hằng tháng; không có dữ liệu cá nhân."),
        "dct:publisher": agent,
        "dct:language": "vi",
        "dcat:themeTaxonomy": {"@id": "http://publications.europa.eu/resource/authority/data-theme"},
        "dcat:dataset": [*described, _procedures(address, agent)],
    }


def _dataset(dataset: Dataset, now: datetime, address: Address, agent: dict[str, Any]) -> dict[str, Any]:
    return {
        "@id": f"{address('open-figures')}#{dataset.slug}",
        "@type": "dcat:Dataset",
        "dct:title": _vi(dataset.title),
        "dct:description": _vi(dataset.description),
        "dct:publisher": agent,
        "dct:accessRights": {"@id": PUBLIC},
        "dct:accrualPeriodicity": {"@id": MONTHLY},
        "dcat:landingPage": {"@id": address("open-figures")},
        "dcat:distribution": [
            _file(dataset, month, kind, address) for month in months(now) for kind in TYPES
        ],
    }


def _file(dataset: Dataset, month: Period, kind: str, address: Address) -> dict[str, Any]:
    place = address("open-file", dataset.slug, str(month), kind)
    return {
        "@id": place,
        "@type": "dcat:Distribution",
        "dct:title": _vi(f"{dataset.title}, {month.label.lower()}"),
        "dcat:downloadURL": {"@id": place},
        "dcat:mediaType": FORMS[kind],
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _date(month.first.isoformat()),
            "dcat:endDate": _date(month.last.isoformat()),
        },
    }


def _procedures(address: Address, agent: dict[str, Any]) -> dict[str, Any]:
    """The catalogue of procedures, whose files the room of the catalogue writes."""
    forms = {"jsonl": "application/jsonl", "csv": "text/csv"}
    return {
        "@id": f"{address('open-data')}#thu-tuc",
        "@type": "dcat:Dataset",
        "dct:title": _vi("Danh mục thủ tục hành chính đang áp dụng"),
        "dct:publisher": agent,
        "dct:accessRights": {"@id": PUBLIC},
        "dct:accrualPeriodicity": {"@id": DAILY},
        "dcat:landingPage": {"@id": address("open-data")},
        "dcat:distribution": [
            {
                "@id": (place := address("open-catalogue", kind)),
                "@type": "dcat:Distribution",
                "dcat:downloadURL": {"@id": place},
                "dcat:mediaType": media,
            }
            for kind, media in forms.items()
        ],
    }


def _vi(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "vi"}


def _date(text: str) -> dict[str, str]:
    return {"@value": text, "@type": "xsd:date"}
