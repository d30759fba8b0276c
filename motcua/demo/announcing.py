"""Procedures announced in the demo, through the real acts: made public, waiting, drafted, and said otherwise (công bố).

Few and fixed. Every text begins after the last played day, so no dossier is received under one that had ended. What is
there already is left as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from motcua.catalogue.announcing import acts
from motcua.catalogue.announcing.counting import Span
from motcua.catalogue.announcing.drafting import Head
from motcua.catalogue.announcing.instruments import NewInstrument, ToAnnounce
from motcua.catalogue.announcing.overlaying import NewOverlay
from motcua.catalogue.models import Announcement, Instrument, Overlay, Statistic, Status, Version
from motcua.catalogue.reading.decisions import ItemDraft
from motcua.law import calendar
from motcua.law.calendar import Calendar, day
from motcua.people.models import Officer

from .publishing import CONTROLLER

ISSUER, AGENCY, SIGNER = "UBND tỉnh Cao Bằng", "Chủ tịch UBND tỉnh Cao Bằng", "Người ký mẫu"
NEEDED = 8  # texts, two for each decision and the overlays


@dataclass(frozen=True)
class World:
    """Who announces, what may be changed, and the working days around the demo's last moment."""

    at: datetime
    by: Officer
    texts: list[Version]

    def on(self, after: int) -> date:
        return Calendar().add_working_days(day(self.at), after)

    def moment(self, after: int, hour: int = 9) -> datetime:
        return min(calendar.at(self.on(after), time(hour)), self.at)


def play(at: datetime) -> int:
    """Announce, publish and overlay up to `at`; returns how many decisions there are."""
    by = Officer.objects.filter(username=CONTROLLER).first()
    world = World(at, by, _texts(day(at))) if by else None
    if world is None or len(world.texts) < NEEDED:
        return 0
    first, second, third = world.texts[0:2], world.texts[2:4], world.texts[4:6]
    _decision(world, "31/2026/QĐ-UBND", "812/QĐ-UBND", first, signed=-22, published=-20)
    _decision(world, "37/2026/QĐ-UBND", "938/QĐ-UBND", second, signed=-2, published=None)
    _promulgated(world, "40/2026/QĐ-UBND", third, issued=-3, effective=7)
    _overlaid(world, world.texts[6])
    _closed(world)
    return Announcement.objects.count()


def _decision(
    world: World, instrument: str, number: str, texts: list[Version], *, signed: int, published: int | None
) -> None:
    """One decision: its instrument five days before, in force a day or eight after the demo's last."""
    if Announcement.objects.filter(number=number).exists():
        return
    effective = 1 if published else 8
    ground = _promulgated(world, instrument, texts, issued=signed - 5, effective=effective)
    head = Head(
        title=f"Công bố danh mục thủ tục hành chính sửa đổi, bổ sung theo {instrument}",
        agency=AGENCY,
        effective_on=world.on(effective),
        number=number,
        decided_on=world.on(signed),
        signer=SIGNER,
        instruments=[ground],
    )
    draft = acts.draft_announcement(head, by=world.by, at=world.moment(signed - 1))
    for text in texts:
        acts.put_announced(draft, _shorter(text), by=world.by, at=world.moment(signed - 1, 10))
    acts.announce(draft, by=world.by, at=world.moment(signed))
    if published is not None:
        acts.publish_announced(draft, by=world.by, at=world.moment(published))


def _promulgated(
    world: World, number: str, texts: list[Version], *, issued: int, effective: int
) -> Instrument:
    if found := Instrument.objects.filter(number=number, issuer=ISSUER).first():
        return found
    told = [ToAnnounce("amended", text.procedure.code, text.title[:300], "thời hạn") for text in texts]
    new = NewInstrument(
        number=number,
        kind="committee",
        issuer=ISSUER,
        issued_on=world.on(issued),
        effective_on=world.on(effective),
        title="Quy định rút ngắn thời hạn giải quyết một số thủ tục hành chính (văn bản mẫu)",
        procedures=told,
    )
    return acts.register_instrument(new, by=world.by, at=world.moment(issued))


def _shorter(text: Version) -> ItemDraft:
    """The term of every way to hand in a day shorter."""
    terms = [
        {
            "channel": term.channel,
            "amount": str(term.amount - 1),
            "unit": term.unit,
            "text": f"{(term.amount - 1).normalize():f} {term.unit}".replace(".", ","),
        }
        for term in text.terms.all()
        if term.amount
    ]
    changed = "Thời hạn giải quyết rút ngắn 1 ngày làm việc."
    return ItemDraft(0, "amended", text.procedure.code, text.title, changed, given={"terms": terms})


def _overlaid(world: World, text: Version) -> None:
    if Overlay.objects.exists():
        return
    value = [{key: row[key] for key in ("channel", "amount", "unit", "text")} for row in _rows(text)]
    new = NewOverlay(
        part="terms",
        value=value,
        decision="905/QĐ-UBND",
        decided_on=world.on(-4),
        issuer=ISSUER,
        valid_from=world.on(1),
    )
    acts.decide_overlay(text.procedure, new, by=world.by, at=world.moment(0))


def _rows(text: Version) -> list[dict[str, str]]:
    return list(_shorter(text).given["terms"])


def _closed(world: World) -> None:
    today = day(world.at)
    month = Span.parse(f"{today.year - (today.month == 1)}-{(today.month - 2) % 12 + 1:02}")
    if not Statistic.objects.filter(period=month.key).exists():
        acts.close_statistics(month, by=world.by, at=world.at)


def _texts(on: date) -> list[Version]:
    """Texts in force with one readable term for each way, in working days, that no draft works on."""
    found = Version.objects.filter(
        status=Status.PUBLISHED, valid_to=None, valid_from__lte=on, drafted=None, redrafted=None
    )
    listed = found.select_related("procedure").defer("procedure__words").prefetch_related("terms")
    fit = [text for text in listed.order_by("-procedure__code")[:400] if _fits(text)]
    return fit[:NEEDED]


def _fits(text: Version) -> bool:
    terms = list(text.terms.all())
    channels = {term.channel for term in terms}
    whole = all(term.unit == "ngày làm việc" and term.amount and term.amount >= 4 for term in terms)
    return bool(terms) and whole and len(channels) == len(terms)
