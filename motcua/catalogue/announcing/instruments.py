"""The register of instruments (sổ văn bản): parts of acts, inside the act's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from motcua.journal import log
from motcua.law import announcements, announcing
from motcua.law.calendar import day
from motcua.law.facts import Refused

from . import queries
from .models import Instrument, InstrumentKind, Outcome, Review, Tier

SOURCE = "NĐ 63/2010/NĐ-CP Đ.15; NĐ 48/2013/NĐ-CP Đ.1.5"
REVIEWING = "Luật 64/2025/QH15"


@dataclass(frozen=True, slots=True)
class ToAnnounce:
    """One procedure an instrument makes (new), changes (amended), replaces or abolishes (thủ tục phải công bố).

    `code` is "" for one that has none yet; `note` says what changes.
    """

    kind: str
    code: str = ""
    title: str = ""
    note: str = ""

    def as_data(self) -> dict[str, str]:
        return {"kind": self.kind, "code": self.code, "title": self.title, "note": self.note}


@dataclass(frozen=True, slots=True)
class NewInstrument:
    """An instrument as it was promulgated (văn bản đã ban hành)."""

    number: str
    kind: str
    issuer: str
    issued_on: date
    effective_on: date
    title: str
    ended_on: date | None = None
    aliases: tuple[str, ...] = ()
    procedures: Sequence[ToAnnounce] = ()


def register(new: NewInstrument, *, by: str, at: datetime) -> Instrument:
    """Write an instrument into the register, with the procedures that must now be announced.

    Raises Refused for one that is there already, takes effect before it was issued, or whose procedures have no
    day to be announced by under the rules known.
    """
    number, issuer = new.number.strip(), new.issuer.strip()
    if not number or not issuer or not new.title.strip():
        raise Refused("Văn bản phải có số, cơ quan ban hành và trích yếu", SOURCE)
    if new.kind not in InstrumentKind.values:
        raise Refused(f"Không có loại văn bản {new.kind}", SOURCE)
    if new.effective_on < new.issued_on:
        raise Refused("Ngày có hiệu lực phải từ ngày ban hành trở đi", SOURCE)
    if new.ended_on and new.ended_on < new.effective_on:
        raise Refused("Ngày hết hiệu lực phải sau ngày có hiệu lực", SOURCE)
    if new.procedures and queries.known(announcing.announce_by, new.effective_on, Tier.PROVINCE) is None:
        raise Refused(
            f"Không có quy định để tính hạn công bố cho ngày có hiệu lực {new.effective_on:%d/%m/%Y}", SOURCE
        )
    if Instrument.objects.filter(number__iexact=number, issuer__iexact=issuer).exists():
        raise Refused(f"Văn bản {number} của {issuer} đã có trong sổ", SOURCE)
    made = Instrument.objects.create(
        number=number,
        aliases=[alias.strip() for alias in new.aliases if alias.strip()],
        kind=new.kind,
        issuer=issuer,
        issued_on=new.issued_on,
        effective_on=new.effective_on,
        ended_on=new.ended_on,
        title=new.title.strip(),
        procedures=[each.as_data() for each in new.procedures],
    )
    fact = announcements.InstrumentRegistered(
        at=at,
        by=by,
        provision=SOURCE,
        document=number,
        issuer=issuer,
        issued_on=new.issued_on.isoformat(),
        effective_on=new.effective_on.isoformat(),
    )
    log.record(announcements.STREAM, [fact])
    return made


def end(instrument: Instrument, *, on: date, reason: str, by: str, at: datetime) -> None:
    """The instrument is no longer in force from `on`. Raises Refused where that is known already, or too early."""
    if instrument.ended_on:
        raise Refused(f"Văn bản {instrument} đã ghi hết hiệu lực từ {instrument.ended_on:%d/%m/%Y}", SOURCE)
    if on < instrument.effective_on:
        raise Refused("Ngày hết hiệu lực phải từ ngày có hiệu lực trở đi", SOURCE)
    if not reason.strip():
        raise Refused("Hãy ghi văn bản hết hiệu lực vì sao, theo văn bản nào", SOURCE)
    Instrument.objects.filter(pk=instrument.pk).update(ended_on=on)
    fact = announcements.InstrumentEnded(
        at=at,
        by=by,
        provision=SOURCE,
        document=instrument.number,
        issuer=instrument.issuer,
        on=on.isoformat(),
        reason=reason.strip(),
    )
    log.record(announcements.STREAM, [fact])


def review(
    instrument: Instrument, *, outcome: str, on: date, reason: str, document: str, by: str, at: datetime
) -> Review:
    """What a review of the instrument proposes, on its day. Raises Refused for a day to come, or one told already."""
    if outcome not in Outcome.values:
        raise Refused(f"Không có kết quả rà soát {outcome}", REVIEWING)
    if not reason.strip():
        raise Refused("Hãy ghi vì sao kiến nghị như vậy", REVIEWING)
    if on > day(at) or on < instrument.issued_on:
        raise Refused("Ngày rà soát phải từ ngày ban hành văn bản đến hôm nay", REVIEWING)
    if instrument.reviews.filter(on=on).exists():
        raise Refused(f"Văn bản {instrument} đã ghi kết quả rà soát ngày {on:%d/%m/%Y}", REVIEWING)
    told = {"outcome": outcome, "reason": reason.strip()}
    made = instrument.reviews.create(on=on, document=document.strip(), at=at, by=by, **told)
    fact = announcements.InstrumentReviewed(
        at=at,
        by=by,
        provision=REVIEWING,
        document=instrument.number,
        issuer=instrument.issuer,
        on=on.isoformat(),
        report=made.document,
        **told,
    )
    log.record(announcements.STREAM, [fact])
    return made
