"""Whether a publication holds: in itself, by the definitions it carries, and against the journal (kiểm tra số công bố).

Anybody can do the first with the file alone. Where the database is at hand the seal is taken again from the journal,
and every dossier that now stands elsewhere than when it was published is told, with whether something written down
since explains it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile
from types import MappingProxyType
from typing import Any

from motcua.journal import log, seal
from motcua.law import indicators, publications
from motcua.law.indicators import SUBJECT, BadCounts
from motcua.law.packs import NotInForce, Pack, Reference, Value

from ..periods import BadPeriod, Period
from . import comparing, gathering, queries
from .models import Snapshot, SnapshotState

SHOWN = 20  # how many of a long list are named
SAID = {
    "document": "số thông báo",
    "drafted_by": "người lập",
    "signed_by": "người ký",
    "published_at": "lúc công bố",
}
_BAD = (LookupError, TypeError, AttributeError, ValueError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was looked at: `wrong` when it does not hold."""

    text: str
    wrong: bool = False


class Unreadable(ValueError):
    """A file that is no publication of the index."""


def alone(document: Any) -> list[Finding]:
    """What the file says of itself. Raises Unreadable."""
    content = _content(document)
    try:
        return [*_digest(document, content), *_scores(content), *_sums(content), *_seal(content)]
    except (*_BAD, NotInForce) as wrong:
        raise Unreadable(f"tệp thiếu hoặc sai phần {wrong}") from wrong


def against(document: Any) -> list[Finding]:
    """What the database says of it. Raises Unreadable."""
    content = _content(document)
    try:
        return [*_kept(document, content), *_sealed(content), *_rows(content)]
    except (*_BAD, BadPeriod) as wrong:
        raise Unreadable(f"tệp thiếu hoặc sai phần {wrong}") from wrong


def _content(document: Any) -> dict[str, Any]:
    content = document.get("content") if isinstance(document, dict) else None
    if not isinstance(content, dict) or content.get("format") != gathering.FORMAT:
        raise Unreadable(f"tệp không phải bản công bố chỉ số ({gathering.FORMAT})")
    return content


def _digest(document: Mapping[str, Any], content: Mapping[str, Any]) -> Iterator[Finding]:
    made = gathering.digest(content)
    if made == document.get("digest"):
        yield Finding(f"Mã băm của nội dung khớp: {made}.")
    else:
        yield Finding(f"Nội dung đã bị đổi: mã băm là {made}, tệp ghi {document.get('digest')}.", wrong=True)


def _scores(content: Mapping[str, Any]) -> Iterator[Finding]:
    """Every score again from its counts, by the definitions in the file."""
    last, wrong = date.fromisoformat(content["period"]["last"]), 0
    rules = _rules(content["law"][SUBJECT], last)
    for unit in content["units"]:
        for problem in _scored_again(unit, rules, last):
            wrong += 1
            yield Finding(f"{unit['name']} ({unit['code']}): {problem}", wrong=True)
    for problem in _ranked_again(content["units"]):
        wrong += 1
        yield Finding(problem, wrong=True)
    if not wrong:
        yield Finding(
            f"Điểm, nhóm, tổng, xếp loại, hạng của {len(content['units'])} đơn vị tính lại đều khớp."
        )


def _scored_again(unit: Mapping[str, Any], rules: Pack, last: date) -> Iterator[str]:
    try:
        made = indicators.score(unit["counts"], level=unit["level"], day=last, rules=rules)
    except BadCounts as bad:
        yield f"số liệu không chấm được: {bad}"
        return
    told = made.as_data()
    for part in ("components", "groups"):
        for code in sorted(told[part].keys() | unit[part].keys()):
            if told[part].get(code) != unit[part].get(code):
                yield f"{code} ghi {unit[part].get(code)} điểm, tính lại {told[part].get(code)}"
    for name, value in (("tổng", told["total"]), ("xếp loại", made.band)):
        written = unit["total"] if name == "tổng" else unit["band"]
        if written != value:
            yield f"{name} ghi {written}, tính lại {value}"


def _ranked_again(units: list[Mapping[str, Any]]) -> Iterator[str]:
    for level in {unit["level"] for unit in units}:
        peers = {unit["code"]: unit["total"] for unit in units if unit["level"] == level}
        ranks = indicators.rank(peers)
        for unit in units:
            made = (ranks.get(unit["code"]), len(peers))
            if unit["level"] == level and (unit["rank"], unit["among"]) != made:
                yield f"{unit['name']}: hạng ghi {unit['rank']}/{unit['among']}, tính lại {made[0]}/{made[1]}"


def _sums(content: Mapping[str, Any]) -> Iterator[Finding]:
    """No unit has more than the province it is a part of, and nothing more fulfilled than counted."""
    units, kinds = content["units"], content["measures"]
    whole: Mapping[str, Any] = next((unit["counts"] for unit in units if unit["level"] == "province"), {})
    dossiers = [code for code in whole if code in kinds and kinds[code]["rows"] == "dossier"]
    for code in dossiers:
        for place, side in enumerate(("tử số", "mẫu số")):
            parts = [unit["counts"].get(code) for unit in units if unit["level"] != "province"]
            total = sum(pair[place] for pair in parts if pair)
            if whole[code] and total > whole[code][place]:
                said = f"{code}: {side} các đơn vị cộng lại {total}, của tỉnh chỉ {whole[code][place]}"
                yield Finding(f"{said}.", wrong=True)
    for unit in units:
        for code, pair in unit["counts"].items():
            written = unit["rows"].get(code, {})
            if pair and code in dossiers and bool(pair[1]) != ("d" in written):
                yield Finding(f"{unit['name']}, {code}: mã băm các dòng không ứng với số đếm.", wrong=True)


def _seal(content: Mapping[str, Any]) -> Iterator[Finding]:
    told = content["seal"]
    days = [seal.Day(**day) for day in told["days"]]
    if seal.over(days) != told["root"] or sum(day.facts for day in days) != told["facts"]:
        yield Finding("Con dấu nhật ký không ứng với con dấu của từng ngày trong tệp.", wrong=True)
    else:
        yield Finding(f"Con dấu nhật ký nhất quán: {told['facts']} sự kiện của {len(days)} ngày.")


def _rules(law: Mapping[str, Any], on: date) -> Pack:
    """The pack a publication carries."""
    values = {
        name: Value(
            subject=SUBJECT,
            parameter=name,
            since=date.fromisoformat(each["since"]),
            value=_frozen(each["value"]),
            reference=Reference(each["source"]),
            verified=each["verified"],
        )
        for name, each in law.items()
    }
    # A canonical file has its keys sorted; no score depends on their order.
    return Pack(SUBJECT, on, MappingProxyType(values))


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return MappingProxyType({name: _frozen(part) for name, part in value.items()})
    return tuple(_frozen(part) for part in value) if isinstance(value, list) else value


def _kept(document: Mapping[str, Any], content: Mapping[str, Any]) -> Iterator[Finding]:
    version, period = content["version"], content["period"]["code"]
    found = Snapshot.objects.select_related("drafted_by", "signed_by", "published_by")
    kept = found.filter(period=period, version=version).first()
    if kept is None:
        yield Finding(f"Cơ sở dữ liệu không có bản {content['number']}.", wrong=True)
        return
    if kept.digest != document.get("digest") or kept.digest != gathering.digest(content):
        yield Finding(
            f"Bản {content['number']} trong cơ sở dữ liệu có mã băm khác: {kept.digest}.", wrong=True
        )
    else:
        later = Snapshot.objects.filter(period=period, version__gt=version, state="published")
        said = f", đã có bản đính chính {later[0].number}" if later else ""
        yield Finding(f"Bản {kept.number} có trong cơ sở dữ liệu: {kept.get_state_display().lower()}{said}.")
    yield from _answered_for(document.get("publication"), kept)
    yield from _journaled(kept)
    if gathering.of_rows(kept) != {unit["code"]: unit["rows"] for unit in kept.content["units"]}:
        yield Finding(
            "Danh sách hồ sơ, thủ tục lưu cùng bản công bố không ứng với mã băm các dòng.", wrong=True
        )


def _answered_for(told: Any, kept: Snapshot) -> Iterator[Finding]:
    """Who answers for it stands outside the digest; a file taken earlier says less, never something else."""
    known, steps = gathering.document(kept)["publication"], SnapshotState.values
    if not isinstance(told, dict) or told.get("state") not in steps[: steps.index(kept.state) + 1]:
        yield Finding(
            f"Trạng thái trong tệp không đúng; bản này {kept.get_state_display().lower()}.", wrong=True
        )
        return
    whole = told["state"] == kept.state
    for name, words in SAID.items():
        written = told.get(name, "")
        if written != known[name] and (whole or written):
            yield Finding(f"Tệp ghi {words} là {written}, đúng ra là {known[name]}.", wrong=True)


def _journaled(kept: Snapshot) -> Iterator[Finding]:
    """What the journal says was done about it, since it was drafted."""
    told = [fact for fact in queries.told(kept) if fact.version == kept.version]
    facts = [*takewhile(lambda fact: not isinstance(fact, publications.SnapshotDiscarded), told)]
    if any(fact.digest != kept.digest for fact in facts):
        yield Finding(f"Nhật ký không ghi việc lập, ký, công bố bản mang mã băm {kept.digest}.", wrong=True)
    for fact in facts:
        if isinstance(fact, publications.SnapshotPublished) and fact.document != kept.document:
            yield Finding(f"Nhật ký ghi số thông báo {fact.document}, bản ghi {kept.document}.", wrong=True)
    for kind, officer in (
        (publications.SnapshotDrafted, kept.drafted_by),
        (publications.SnapshotSigned, kept.signed_by),
        (publications.SnapshotPublished, kept.published_by),
    ):
        by, known = [fact.by for fact in facts if isinstance(fact, kind)], officer and officer.username
        if by != ([known] if known else []):
            said = ", ".join(by) or "chưa có"
            yield Finding(f"{kind.label}: nhật ký ghi {said}, bản ghi {known or 'chưa có'}.", wrong=True)
    for broken in log.verify(only=[publications.STREAM]):
        yield Finding(f"  {broken.stream} dòng {broken.version}: {broken.reason}.", wrong=True)


def _sealed(content: Mapping[str, Any]) -> Iterator[Finding]:
    told, period = content["seal"], Period.parse(content["period"]["code"])
    made = seal.seal(period.start, period.end, until=told["until"])
    if made.root == told["root"]:
        yield Finding(f"Nhật ký của kỳ còn nguyên: {made.facts} sự kiện, gốc {made.root}.")
        return
    now, then = ({day["day"]: day for day in days} for days in (map(_as_data, made.days), told["days"]))
    for day in sorted(now.keys() | then.keys()):
        if now.get(day) != then.get(day):
            yield from _day_differs(period, day, then.get(day), now.get(day), told["until"])


def _as_data(day: seal.Day) -> dict[str, Any]:
    return {"day": day.day, "facts": day.facts, "root": day.root}


def _day_differs(period: Period, day: str, then: Any, now: Any, until: int) -> Iterator[Finding]:
    counts = [each["facts"] if each else 0 for each in (then, now)]
    shown = f"{date.fromisoformat(day):%d/%m/%Y}"
    if counts[0] != counts[1]:
        yield Finding(f"Nhật ký ngày {shown}: công bố {counts[0]} sự kiện, nay {counts[1]}.", wrong=True)
    else:
        yield Finding(f"Nhật ký ngày {shown}: cùng {counts[0]} sự kiện nhưng nội dung đã bị đổi.", wrong=True)
    for place, broken in enumerate(seal.altered(period.start, period.end, day, until=until)):
        if place < SHOWN:
            yield Finding(f"  {broken.stream} dòng {broken.version}: {broken.reason}.", wrong=True)


def _rows(content: Mapping[str, Any]) -> Iterator[Finding]:
    """The figures again, as known now at the moment of the publication, and what moved them."""
    period, at = Period.parse(content["period"]["code"]), datetime.fromisoformat(content["counted_at"])
    differences = comparing.differences(content, period, at)
    if not differences:
        yield Finding("Đếm lại từ hồ sơ và danh mục hiện nay: mọi tử số, mẫu số như đã công bố.")
        return
    yield Finding(f"{len(differences)} số liệu nay khác lúc công bố:")
    for each in differences[:SHOWN]:
        yield Finding(f"  {each.unit_name}, {each.code}: {each.was_text} nay {each.now_text}.")
    kept = Snapshot.objects.filter(period=str(period), version=content["version"]).first()
    if kept:
        yield from _explained(kept, content, period, at)


def _explained(kept: Snapshot, content: Mapping[str, Any], period: Period, at: datetime) -> Iterator[Finding]:
    changed = comparing.changed(kept, period, at)
    told = comparing.explained([change.code for change in changed], until=content["seal"]["until"], since=at)
    if told.explained:
        yield Finding(f"  {len(told.explained)} hồ sơ đổi vì việc ghi sau khi tính.")
    for code in told.unexplained[:SHOWN]:
        yield Finding(f"  Hồ sơ {code} đổi mà không có việc nào ghi sau khi tính.", wrong=True)
