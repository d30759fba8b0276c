"""Every page that lists costs the same questions for three rows as for sixty, and never more than twenty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from motcua.catalogue import searching
from motcua.catalogue.cleaning import acts as cleaning
from motcua.catalogue.control import acts as control
from motcua.catalogue.models import (
    Announcement,
    Bundle,
    BundleKind,
    Flaw,
    Instrument,
    Mismatch,
    Programme,
    RegisterItem,
    Version,
)
from motcua.catalogue.remarks import acts as remarks
from motcua.dossiers import acts
from motcua.dossiers.models import Dossier, Group
from motcua.journal import wire
from motcua.law import books as law_books
from motcua.law.calendar import day
from motcua.notices import tasks as notices
from motcua.people.models import Role, Unit, UnitKind
from motcua.questions import looking
from motcua.steering import kept
from motcua.steering import models as steering
from motcua.steering.books import acts as books
from motcua.steering.models import BookEntry
from tests import cast
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
MOST = 20
FEW, MANY = 3, 60  # a page holds fifty

# Addresses of every page that lists: for each the officer's role ("" is the public) and what is asked.
DESK_LISTS = ("", "qua-han", "hom-nay", "tuan-nay", "tam-dung", "tiep-nhan", "cho-tra", "cua-toi")
SEARCHES = (
    "q=mau",
    "q=H14.05",
    "q=0900000000",
    "trang_thai=4",
    "don_vi=04.05",
    "tu=2026-11-01&den=2026-11-30",
)
LISTS: dict[str, list[tuple[str, str]]] = {
    "worklist": [
        *((Role.RECEPTION, urlencode({"loc": slug})) for slug in DESK_LISTS),
        *((Role.HANDLER, urlencode({"loc": slug})) for slug in ("", "chua-phan-cong", "cua-toi")),
        (Role.HANDLER, "q=mau"),
        (Role.HANDLER, "xep=xa"),
        (Role.ASSIGNER, "don-vi=04.05"),
        (Role.HANDLER, "xuat=xlsx"),
    ],
    "dossiers": [
        *((Role.CONTROLLER, said) for said in ("", *SEARCHES)),
        (Role.RECEPTION, ""),
        (Role.HANDLER, "xuat=xlsx"),
    ],
    "guidance": [(Role.RECEPTION, ""), (Role.RECEPTION, "xuat=xlsx")],
    "groups": [(Role.RECEPTION, ""), (Role.CONTROLLER, "q=mau")],
    "cooperation": [(Role.RECEPTION, ""), (Role.CONTROLLER, ""), (Role.HANDLER, "xuat=xlsx")],
    "calling": [(Role.RECEPTION, "")],
    "ticket-desks": [("", "")],
    "notices": [(Role.RECEPTION, said) for said in ("", "o=cho-gui", "q=mau")],
    "my-notices": [(Role.HANDLER, "")],
    "notice-texts": [(Role.CONTROLLER, "")],
    "questions": [(Role.HEAD, said) for said in ("", "o=da-xem-xet", "dau_hieu=de-yen&q=mau")],
    "announcing": [(Role.CONTROLLER, said) for said in ("", "o=qua-han", "viec=cong-khai")],
    "announcements": [(Role.CONTROLLER, said) for said in ("", "o=cho-cong-khai", "q=mau")],
    "announcement": [(Role.CONTROLLER, "")],
    "announcement-issue": [(Role.CONTROLLER, "xem=ho-so")],
    "statistics": [(Role.CONTROLLER, "ky=2026-11&loai=tat-ca"), (Role.CONTROLLER, "ky=2026&xuat=xlsx")],
    "instruments": [(Role.CONTROLLER, said) for said in ("", "q=mau&loai=committee")],
    "par": [(Role.CONTROLLER, "")],
    "surveys": [(Role.CONTROLLER, "")],
    "books": [(Role.HEAD, "")],
    "book": [(Role.HEAD, ""), (Role.CONTROLLER, "q=mau&tinh_trang=qua-han"), (Role.HEAD, "xuat=xlsx")],
    "book-share": [(Role.HEAD, "")],
    "steering": [(Role.HEAD, ""), (Role.HANDLER, ""), (Role.CONTROLLER, "")],
    "board": [(Role.HEAD, ""), (Role.CONTROLLER, "cap=xa&xep=tong")],
    "steering-unit": [(Role.HEAD, "")],
    "meeting": [(Role.HEAD, "")],
    "tasks": [
        *((Role.CONTROLLER, said) for said in ("", "o=qua-han&xep=-don-vi", "q=ra+soat&vai=phoi-hop")),
        (Role.HEAD, "vai=chu-tri&nhan=kho&nam=2026"),
        (Role.HANDLER, "xuat=xlsx"),
    ],
    "tasks-urge": [(Role.CONTROLLER, "viec=1&viec=2")],
    "directives": [(Role.HEAD, ""), (Role.CONTROLLER, "q=ke+hoach&loai=plan")],
    "directive": [(Role.CONTROLLER, "")],
    "plans": [(Role.HEAD, "nam=2026"), (Role.CONTROLLER, "o=chua")],
    "steering-reports": [(Role.HEAD, ""), (Role.CONTROLLER, "nam=2026")],
    "steering-report": [(Role.CONTROLLER, ""), (Role.HEAD, "xuat=xlsx")],
    "urging-letter": [(Role.CONTROLLER, "")],
    "targets": [(Role.HEAD, "nam=2026"), (Role.CONTROLLER, "nam=2026")],
    "dependencies": [(Role.HEAD, "")],
    "heads": [(Role.CONTROLLER, ""), (Role.HEAD, "nam=2026&cap=so"), (Role.CONTROLLER, "xuat=xlsx")],
    "cleaning": [(Role.CONTROLLER, "")],
    "flaws": [
        *((Role.CONTROLLER, said) for said in ("", "muc=phai-sua&q=mau", "o=da-sua", "xuat=xlsx")),
    ],
    "cleaning-rows": [(Role.CONTROLLER, "chieu=day-du"), (Role.CONTROLLER, "chieu=hop-phap&sach=1")],
    "remarks": [(Role.CONTROLLER, said) for said in ("", "o=tiep-thu", "q=mau")],
    "my-flaws": [(Role.CONTROLLER, ""), (Role.HANDLER, "")],
    "matching": [(Role.CONTROLLER, said) for said in ("", "o=het-khac", "q=mau&loai=field&phan=title")],
    "internal-register": [(Role.CONTROLLER, "")],
    "delegation-register": [(Role.CONTROLLER, "cat=1")],
    "register-items": [
        *((Role.CONTROLLER, said) for said in ("", "tinh-trang=qua-han", "q=mau&co-quan=Sở+Mẫu")),
        (Role.CONTROLLER, "xuat=xlsx"),
    ],
    "processes": [(Role.CONTROLLER, ""), (Role.CONTROLLER, "q=mau")],
    "drafts": [
        *((Role.CONTROLLER, said) for said in ("", "q=mau", "o=opinion&don_vi=04.05", "xuat=xlsx")),
        *((Role.HANDLER, said) for said in ("o=tre", "o=cho-toi")),
    ],
    "draft-ledger": [(Role.CONTROLLER, ""), (Role.CONTROLLER, "nam=2026")],
    "register": [(Role.RECEPTION, "from=2026-11-01&to=2026-11-30")],
    "procedures": [("", ""), ("", "q=giay"), ("", "cap=province")],
    "index": [("", "ky=2026-11"), (Role.HEAD, "ky=2026-11&xuat=xlsx")],
    "index-rows": [
        ("", "ky=2026-11"),
        (Role.HEAD, "ky=2026-11"),
        (Role.HEAD, "ky=2026-11&xuat=xlsx"),
    ],
    "other-indicators": [("", "ky=2026-11"), (Role.HEAD, "ky=2026-11&don-vi=04.05")],
    "other-indicator": [("", "ky=2026-11&cap=commune")],
    "other-rows": [("", "ky=2026-11"), (Role.HEAD, "ky=2026-11"), (Role.HEAD, "ky=2026-11&xuat=xlsx")],
    "other-paces": [(Role.HEAD, "ky=2026-11"), (Role.HEAD, "ky=2026-11&xuat=xlsx")],
    "leader-board": [(Role.HEAD, ""), (Role.HEAD, "xep=lau-nhat")],
    "leader-board-rows": [(Role.HEAD, "")],
    "public-board": [("", ""), ("", "don-vi=04.05")],
    "reconciling": [(Role.HEAD, "")],
    "declaring": [(Role.HEAD, "ky=2026-11")],
    "index-parts": [(Role.HEAD, "ky=2026-11")],
    "publications": [("", ""), (Role.CONTROLLER, "")],
    "reports": [(Role.HEAD, "ky=2026-Q4")],
    "report": [(Role.HEAD, "ky=2026-Q4"), (Role.HEAD, "ky=2026-Q4&theo=don-vi")],
    "report-rows": [(Role.HEAD, "ky=2026-Q4"), (Role.HEAD, "ky=2026-Q4&xuat=xlsx")],
    "units": [(Role.HEAD, ""), (Role.ADMIN, ""), (Role.ADMIN, "q=xa&ngay=2026-11-01")],
    "unit": [(Role.HEAD, "")],
    "officers": [(Role.HEAD, ""), (Role.ADMIN, "q=can"), (Role.HEAD, "xuat=xlsx")],
    "changes": [(Role.HEAD, ""), (Role.ADMIN, ""), (Role.HEAD, "can-bo=ai")],
}
WHERE = {
    "book": ["kho-khan"],
    "book-share": ["kho-khan", "da-tra-loi", "d"],
    "steering-unit": ["04.05"],
    "steering-report": ["overdue", "04", "2026-11"],
    "urging-letter": ["04.05"],
    "directive": [1],
    "register-items": ["noi-bo"],
    "report": ["ii-06a", "04"],
    "other-indicator": ["HS_DUNG_HAN"],
    "other-rows": ["HS_TRUC_TUYEN", "04", "mau"],
    "other-paces": ["04"],
    "leader-board": ["04"],
    "leader-board-rows": ["04", "dang-giai-quyet"],
    "report-rows": ["ii-06a", "04", 3],
    "index-rows": ["04.05", "2.1", "mau"],
    "index-parts": ["04.05", "thu-tuc"],
    "unit": ["04.05"],
}
# Pages of one thing, and doors.
NO_LIST = frozenset(
    {
        "home",
        "bulk",
        "peek",
        "sign-in",
        "sign-out",
        "guide",
        "guide-page",
        "procedure",
        "unit-index",
        "report-sent",
        "report-sent-rows",
        "report-declare",
        "report-declared-paper",
        "open-figures",
        "open-dcat",
        "open-file",
        "leader-boards",
        "reconciliation",
        "declared",
        "declared-paper",
        "reception",
    }
    | {"dossier", "print", "form", "transfer", "deed", "guidance-sheet", "contact", "dossier-notices"}
    | {"question", "dossier-questions"}
    | {"process", "process-new", "process-upload", "process-run", "process-compare", "process-file"}
    | {"index-trend", "publication", "publication-file", "publication-notice", "publication-compare"}
    | {"flaw", "sweep", "remark", "remark-new", "remark-state"}
    | {"matching-file", "matching-gateway", "matching-state", "mismatch"}
    | {"reconciling-ask", "reconciling-state"}
    | {"register-of", "register-item", "register-item-new", "register-item-edit", "register-table"}
    | {"programme-new"}
    | {"open-data", "open-catalogue", "procedure-linked"}
    | {"overlays", "overlay-end", "statistic-close", "statistic-data"}
    | {
        "procedure-compare",
        "announcing-due",
        "instrument",
        "instrument-new",
        "instrument-review",
        "announcement-publish",
    }
    | {f"announcement-{page}" for page in ("new", "edit", "item", "table", "template", "drop", "discard")}
    | {"process-amend", "process-publish", "process-table", "process-draw"}
    | {"group", "group_new", "group_attach", "batch", "batch-done", "batch-template"}
    | {"kiosk", "ticket", "screen", "process-discard", "new-notices"}
    | {"notice", "notice-again", "notices-again", "notice-line", "notice-text"}
    | {"account", "change-password", "choose-password", "officer", "reset-password", "disable", "enable"}
    | {"draft", "draft-new", "draft-edit", "draft-forward", "draft-add", "draft-deed", "draft-paper"}
    | {"drafted", "drafted-assess", "drafted-paper", "drafted-drop", "drafted-code"}
    | {"establish", "close-unit", "appoint", "register-officer", "end-post", "give-desk", "end-desk"}
    | {
        "task",
        "task-deed",
        "attachment",
        "directive-new",
        "give",
        "give-alone",
        "take-plan",
        "dependency",
        "letter-paper",
        "target",
        "target-new",
    }
    | {"postal", "postal-rates", "postal-rate", "postal-month", "postal-done", "postal-sheet"}
    | {"postal-sheet-rows", "postal-sheet-paper"}  # tests/pages/test_postal_pages.py grows a sheet of its own
    | {"unit-hours", "unit-day", "clear-unit-day"}
    | {"book-new", "book-entry", "book-table", "book-pattern"}
    | {"par-enter", "par-open", "par-advance", "par-submit", "par-count", "par-correct", "par-line"}
    | {"survey-enter", "survey-questions", "survey-open", "survey-take", "survey-pattern", "survey-extend"}
    | {"survey-withdraw"}
    | {"survey-letters", "survey-close", "survey-links", "survey-paper", "survey-unit", "answer", "answered"}
    | {"survey", "survey-people"}  # tests/pages/test_surveys_pages.py grows one of their own
    | {
        "head",
        "head-sheet",
        "par-round",
        "par-sheet",
        "par-lost",
    }  # tests/pages/test_par_pages.py grows a round of their own
)


@pytest.fixture
def crew(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY + timedelta(hours=6))
    return cast.gather()


def names() -> Iterator[str]:
    """The names of all pages of the site."""
    todo: list[URLPattern | URLResolver] = [get_resolver()]
    while todo:
        found = todo.pop()
        if isinstance(found, URLResolver):
            todo += found.url_patterns
        else:
            yield str(found.name)


def test_every_page_is_known_to_list_or_not_to() -> None:
    assert set(LISTS).isdisjoint(NO_LIST)
    assert set(names()) == set(LISTS) | NO_LIST


def grown(crew: Cast, count: int) -> None:
    """So many dossiers of each kind of wait (with the chief, a handler, the applicant), procedures and units."""
    for have in range(Dossier.objects.count(), count):
        at = MONDAY + have * MINUTE
        dossier = crew.received(at)
        if have % 3:
            acts.complete_step(dossier, step="giao", by=crew.officers.assigner, at=at + SECOND)
        if have % 6 == 1:
            to, by = crew.officers.handler, crew.officers.assigner
            acts.assign(dossier, step="tham", to=to, by=by, at=at + 2 * SECOND)
        if have % 6 == 2:
            wanted = {"items": ["Đơn đề nghị"], "reason": "Thiếu chữ ký."}
            acts.request_supplement(dossier, **wanted, by=crew.officers.reception, at=at + 2 * SECOND)
        told(crew, dossier, at)
        remark = {"part": "phi", "text": f"Lệ phí ở đây đã đổi từ năm {have}", "origin": f"{have}"}
        remarks.tell(crew.version, **remark, at=at)
        together(crew, have, at)
        steered(crew, have)
        version = cast.published_version("5", "ngày làm việc", code=f"1.{have + 100:06}")
        cast.published_process(version.procedure)
        kept = {"agency_code": f"H14.{have + 300}", "kind": UnitKind.COMMUNE, "parent": crew.province}
        Unit.objects.create(code=f"0{have + 5000}", name=f"Xã {have}", valid_from=cast.BORN, **kept)
        announced(crew, have, version)
    noted(crew, count)
    looking.look(MONDAY + timedelta(days=4))
    cleaning.sweep(by=None, at=MONDAY + timedelta(days=4))
    Flaw.objects.update(owner=crew.officers.controller, due=MONDAY.date())
    followed(count)
    apart = {"kind": "field", "title": "Cấp giấy xác nhận mẫu", "version": crew.version, "found_at": MONDAY}
    Mismatch.objects.bulk_create(
        [
            Mismatch(code=f"1.{have:06}", field="title", ours="a", theirs="b", **apart)
            for have in range(count)
        ],
        ignore_conflicts=True,
    )


def followed(count: int) -> None:
    """Items of both registers, of as many agencies as a province has."""
    for register in ("noi-bo", "phan-cap"):
        told = {"code": "mau", "name": "Mẫu", "document": "1/QĐ-TTg", "deadline": MONDAY.date()}
        programme, _ = Programme.objects.get_or_create(register=register, defaults=told)
        kept = {"programme": programme, "title": "Mẫu", "field": "Đất"}
        rows = [RegisterItem(code=f"{have}", agency=f"Sở {have % 9}", **kept) for have in range(count)]
        RegisterItem.objects.bulk_create(rows, ignore_conflicts=True)


def announced(crew: Cast, have: int, version: Version) -> None:
    """An instrument nobody has announced, a decision nobody has published, and a draft of all procedures."""
    until = date(2026, 12, 1)
    told = {"kind": "amended", "code": version.procedure.code, "title": "Mẫu", "note": ""}
    instrument = Instrument.objects.create(
        number=f"{have}/2026/QĐ-UBND",
        kind="committee",
        issuer="UBND",
        title="Mẫu",
        issued_on=MONDAY.date(),
        effective_on=until,
        procedures=[told],
    )
    kept = {"agency": "UBND", "title": "Mẫu", "effective_on": until, "drafted_at": MONDAY}
    item = {"kind": "amended", "code": version.procedure.code, "title": "Mẫu", "position": have}
    first = Announcement.objects.order_by("pk").first() or Announcement.objects.create(**kept)
    first.items.create(**item, changed="Mẫu", instrument=instrument)
    signed = Announcement.objects.create(**kept, number=f"{have}/QĐ-UBND", decided_on=MONDAY.date())
    signed.items.create(**item, version=version)
    Announcement.objects.filter(pk=signed.pk).update(issued_at=MONDAY)


def noted(crew: Cast, count: int) -> None:
    """So many entries of a book."""
    book = law_books.books(day(MONDAY))["kho-khan"]
    for have in range(BookEntry.objects.count(), count):
        said = {
            "content": f"Vướng mắc mẫu {have}",
            "kind": "Vướng mắc",
            "field": "Đề án 06",
            "due": "2026-10-01",
        }
        books.make_entry(book, unit=crew.department, values=said, by=crew.officers.head, at=MONDAY)


def told(crew: Cast, dossier: Dossier, at: datetime) -> None:
    """What the applicant was told of it by the system, and what somebody else was told at the desk."""
    notices.tell(dossier.code, 0, dossier.facts)
    person = acts.Applicant("Nông Thị Mẫu", identity="004090000001")
    wish = acts.Asking(uuid4(), crew.version, crew.department, person)
    acts.guide(wish, missing=["Đơn đề nghị"], content="Thiếu đơn.", by=crew.officers.reception, at=at)


def drafted(crew: Cast, at: datetime) -> None:
    """A draft regulation with a procedure in it."""
    by = crew.officers.handler
    about = control.About("decision", "Quyết định mẫu", at.date(), "delegated", "Điều 5")
    draft = control.begin(about, unit=crew.department, by=by, at=at)
    control.add_procedure(draft, change="amended", title="", before=crew.version, by=by, at=at)


def together(crew: Cast, have: int, at: datetime) -> None:
    """A group of dossiers, its row alone: a list reads no more."""
    kind, about = BundleKind.GROUP, {"applicant": "Nông Thị Mẫu", "applicant_kind": 1, "name": "Nhóm mẫu"}
    named = {"name": "Nhóm mẫu", "decision": "9/QĐ-UBND", "members": [], "valid_from": cast.BORN, "number": 1}
    bundle = Bundle.objects.first() or Bundle.objects.create(kind=kind, code="mau", **named)
    kept = {"code": f"H14.05-N{have}", "request_id": uuid4(), "receiving_unit": crew.department}
    Group.objects.create(bundle=bundle, kind=kind, opened_at=at, words="nhom mau", **kept, **about)


def where(name: str) -> list[str | int]:
    """What the address of a page names; of decisions the first, which is a draft."""
    if name in ("announcement", "announcement-issue"):
        return list(Announcement.objects.order_by("pk").values_list("pk", flat=True)[:1])
    return list(WHERE.get(name, ()))


def steered(crew: Cast, have: int) -> None:
    """A directive and one of its tasks in every kind of wait, with what hangs on it; rows alone."""
    on, state = MONDAY.date(), ("given", "reported", "returned", "accepted")[have % 4]
    about: dict[str, Any] = {
        "kind": "plan",
        "issuer": "UBND",
        "issued_on": on,
        "summary": "Kế hoạch",
        "year": 2026,
    }
    about |= {"number": f"{have}/KH", "key": f"{have}/kh", "issuer_kind": "unit", "words": "ke hoach"}
    made = steering.Instrument.objects.create(pk=have + 1, unit=crew.department, facts=1, **about)
    task = steering.Task.objects.create(
        pk=have + 1,
        instrument_id=1 if have % 2 else made.pk,
        item=str(have),
        title="Rà soát thủ tục",
        product="Quyết định",
        giver=crew.province,
        lead=crew.department,
        head=crew.officers.head,
        officer=crew.officers.handler if have % 3 else None,
        given_by=crew.officers.controller,
        given_on=on,
        begins=on,
        due=on,
        until=on + timedelta(days=have - 20),
        state=state,
        settled_on=on if state == "accepted" else None,
        tags=["kho"],
        asked=on if have % 5 == 1 else None,
        words="ra soat thu tuc",
        facts=1,
    )
    steering.Reminder.objects.create(task=task, officer=crew.officers.head, rung="1", level=1, at=MONDAY)
    steering.Dependency.objects.create(owner="Bộ", what="Sửa nghị định", facts=1).tasks.add(task)
    steering.Alias.objects.create(instrument_id=1, number=f"{have}", key=f"{have}")


def questions(crew: Cast, name: str, role: str, query: str) -> list[str]:
    """What a page asks the database, through Django and beside it, where no counts of units are kept."""
    kept.forget()
    client, asked, ask = Client(), list[str](), wire.ask
    if role:
        client.force_login(getattr(crew.officers, role))
    with pytest.MonkeyPatch.context() as patch, CaptureQueriesContext(connection) as captured:
        patch.setattr(wire, "ask", lambda sql, *rest: (asked.append(sql), ask(sql, *rest))[1])
        answer = client.get(f"{reverse(name, args=where(name))}?{query}")
        assert answer.status_code == 200
        assert b"".join(answer)
    return asked + [query["sql"] for query in captured.captured_queries]


def test_a_list_asks_at_most_twenty_questions_however_much_it_holds(crew: Cast) -> None:
    pages = [(name, role, query) for name, asked in LISTS.items() for role, query in asked]
    grown(crew, FEW)
    for _ in range(2):  # what the first visit reads is kept for later ones
        few = {page: questions(crew, *page) for page in pages}
    grown(crew, MANY)
    searching.lexicon()  # read anew, once, where something was published
    many = {page: questions(crew, *page) for page in pages}
    assert {page: len(asked) for page, asked in many.items() if len(asked) > MOST} == {}
    more = {
        page: sorted(set(asked) - set(few[page]))
        for page, asked in many.items()
        if len(asked) > len(few[page])
    }
    assert more == {}
