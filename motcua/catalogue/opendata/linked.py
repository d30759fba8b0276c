"""A procedure as linked data: the EU's public-service vocabulary, CPSV-AP 3.2.0, as JSON-LD.

What was announced and could not be read as a number is left out of numbers and stays in words. A term in working days
has words only: an xsd:duration would promise calendar days.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from motcua.law.limits import Unit as TimeUnit

from .. import telling
from ..models import Channel, Fee, LegalBasis, Level, Online, Term, Version

COUNTRY = "http://publications.europa.eu/resource/authority/country/VNM"
LANGUAGE = "http://publications.europa.eu/resource/authority/language/VIE"
CURRENCY = "http://publications.europa.eu/resource/authority/currency/VND"
DURATIONS = {
    TimeUnit.DAYS: "P{}D",
    TimeUnit.MONTHS: "P{}M",
    TimeUnit.HOURS: "PT{}H",
    TimeUnit.MINUTES: "PT{}M",
}
Node = dict[str, Any]


@cache
def context() -> Node:
    """The context every document carries, so that it is read without asking anybody."""
    told = yaml.safe_load(Path(__file__).with_name("context.yaml").read_text(encoding="utf-8"))
    return dict(told)


def document(version: Version, address: str) -> Node:
    """One text of a procedure; `address` is its page, of which every part is a fragment."""
    return {"@context": context(), **_service(version, address)}


def _service(version: Version, address: str) -> Node:
    channels = {channel: f"{address}#kenh-{channel}" for channel in Channel.values}
    parts: list[Term | Fee] = [*version.terms.all(), *version.fees.all()]
    used = [channel for channel in Channel.values if channel in {part.channel for part in parts}]
    return _whole(
        id=address,
        type="PublicService",
        identifier=version.procedure.code,
        title=_vi(version.title),
        description=_vi(_description(version)),
        keyword=_vi(version.keywords),
        language={"id": LANGUAGE, "type": "LinguisticSystem", "identifier": "vie"},
        spatial=_country(),
        thematicArea=_concept(f"{address}#linh-vuc", version.field),
        audience=[_concept(f"{address}#doi-tuong-{n}", name) for n, name in enumerate(version.audiences, 1)],
        kind=_concept(f"{address}#truc-tuyen", _online(version)),
        competentAuthority=_authority(version, address),
        channel=[_channel(version, channel, channels[channel]) for channel in used],
        cost=[_cost(fee, n, address, channels) for n, fee in enumerate(version.fees.all(), 1)],
        input=_inputs(version, address),
        produces=_outputs(version, address),
        follows=_rule(version, address),
        holdsRequirement=_requirement(version, address),
        legalResource=[_legal(basis, n, address) for n, basis in enumerate(version.bases.all(), 1)],
        validFrom=version.valid_from.isoformat(),
        validTo=version.valid_to.isoformat() if version.valid_to else None,
        decision=version.decision,
        issued=version.decided_on.isoformat() if version.decided_on else None,
        page={"id": version.source, "type": "Document"} if version.source.startswith("https://") else None,
    )


def _vi(text: str) -> dict[str, str] | None:
    """Text in Vietnamese, nothing for nothing."""
    return {"vi": text.strip()} if text.strip() else None


def _whole(**told: Any) -> Node:
    """A node without what nobody announced."""
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}


def _concept(key: str, label: str) -> Node | None:
    return {"id": key, "type": "Concept", "label": _vi(label)} if label.strip() else None


def _country() -> Node:
    return {"id": COUNTRY, "type": "Location", "label": {"vi": "Việt Nam"}}


def _description(version: Version) -> str:
    """One sentence that says what it is, for catalogues that show a title and a description."""
    field = f", lĩnh vực {version.field}" if version.field else ""
    level = telling.levels(version)
    return f"Thủ tục hành chính {version.procedure.code}{field}{f', thực hiện ở {level.lower()}' if level else ''}."


def _online(version: Version) -> str:
    known = version.online not in (Online.UNKNOWN, Online.NONE)
    return f"Dịch vụ công trực tuyến {version.get_online_display().lower()}" if known else ""


def _authority(version: Version, address: str) -> list[Node]:
    """Who decides; where nobody is named, whoever announced it, or the level."""
    named = version.authority or version.agency or version.issuer
    levels = [Level(level).label for level in version.levels if level in Level.values]
    name = " ".join((named or ", ".join(levels) or "Chưa công bố").split())
    organisation = {"id": f"{address}#co-quan", "type": "PublicOrganisation", "label": _vi(name)}
    return [organisation | {"identifier": f"{version.procedure.code}#co-quan", "spatial": _country()}]


def _channel(version: Version, channel: str, key: str) -> Node:
    terms = [term for term in version.terms.all() if term.channel == channel]
    told = list(dict.fromkeys(telling.term(term).text for term in terms))
    return _whole(
        id=key,
        type="Channel",
        identifier=f"{version.procedure.code}#{channel}",
        kind=_concept(f"urn:motcua:kenh:{channel}", Channel(channel).label),
        description=_vi(Channel(channel).label),
        processingTime=_duration(terms),
        term=_vi("; ".join(told)),
    )


def _duration(terms: list[Term]) -> str | None:
    """The one term of a channel in calendar units, as xsd:duration."""
    limits = {found for term in terms if (found := telling.limit(term))}
    if len(limits) != 1 or len(terms) != len([term for term in terms if telling.limit(term)]):
        return None
    (limit,) = limits
    whole = limit.amount == int(limit.amount)
    return DURATIONS[limit.unit].format(int(limit.amount)) if limit.unit in DURATIONS and whole else None


def _cost(fee: Fee, number: int, address: str, channels: dict[str, str]) -> Node:
    told = telling.fee(fee)
    known = telling.known(fee)
    return _whole(
        id=f"{address}#phi-{number}",
        type="Cost",
        identifier=f"{fee.version.procedure.code}#phi-{number}",
        value=float(fee.amount or 0) if known else None,
        currency={"id": CURRENCY, "type": "Concept", "notation": "VND"} if known else None,
        description=_vi(f"{told.text} {f'({told.note})' if told.note else ''}"),
        case=_vi(telling.plain(fee.case)),
        accessedThrough={"id": channels[fee.channel]},
    )


def _inputs(version: Version, address: str) -> list[Node]:
    papers = [
        (bundle.case, paper)
        for bundle in telling.bundles(version.components.all())
        for paper in bundle.papers
        if paper.name
    ]
    return [
        _whole(
            id=f"{address}#giay-to-{number}",
            type="Evidence",
            identifier=f"{version.procedure.code}#giay-to-{number}",
            title=_vi(paper.name),
            description=_vi(" ".join(part for part in (paper.amount, paper.form) if part)),
            case=_vi(case),
        )
        for number, (case, paper) in enumerate(papers, 1)
    ]


def _outputs(version: Version, address: str) -> list[Node]:
    return [
        {
            "id": f"{address}#ket-qua-{number}",
            "type": "Output",
            "identifier": result.code or f"{version.procedure.code}#ket-qua-{number}",
            "title": _vi(telling.plain(result.name)),
        }
        for number, result in enumerate(version.results.all(), 1)
        if telling.plain(result.name)
    ]


def _rule(version: Version, address: str) -> Node | None:
    if not version.sequence.strip():
        return None
    told = {"title": _vi("Trình tự thực hiện"), "description": _vi(version.sequence)}
    return {
        "id": f"{address}#trinh-tu",
        "type": "Rule",
        "identifier": f"{version.procedure.code}#trinh-tu",
    } | told


def _requirement(version: Version, address: str) -> Node | None:
    if not version.conditions.strip() or version.conditions.strip() in telling.NOTHING:
        return None
    told = {"title": _vi("Yêu cầu, điều kiện thực hiện"), "description": _vi(version.conditions)}
    return {
        "id": f"{address}#dieu-kien",
        "type": "Requirement",
        "identifier": f"{version.procedure.code}#dieu-kien",
    } | told


def _legal(basis: LegalBasis, number: int, address: str) -> Node:
    return _whole(
        id=f"{address}#can-cu-{number}",
        type="LegalResource",
        identifier=basis.number,
        title=_vi(basis.name),
        issued=basis.issued_on.isoformat() if basis.issued_on else None,
    )
