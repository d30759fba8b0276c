"""The addresses of the room of steering that are looked at, and why some are not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.urls import resolve
from django.utils import timezone

from motcua.law.calendar import day
from motcua.steering import queries
from motcua.steering.models import Attachment, BookEntry, Dependency, Instrument, Letter, Survey, Target, Task
from motcua.steering.par.models import ParRound
from motcua.steering.urls import urlpatterns

SMALL = 1_000
BOOK = "kho-khan"
CALM = "handler-x007"
SURVEYS = "/dieu-hanh/dieu-tra/"
POSTED, BARE = "it is posted to", "its form shows nothing of the pile"
EXCEPTIONS = {
    "par-advance": POSTED,
    "par-submit": POSTED,
    "par-count": POSTED,
    "survey-letters": POSTED,
    "survey-close": POSTED,
    "par-enter": BARE,
    "book-new": BARE,
    "book-table": BARE,
    "survey-enter": BARE,
    "survey-take": BARE,
    "survey-extend": BARE,
    "survey-withdraw": BARE,
    "book-pattern": "an empty file",
    "survey-pattern": "an empty file",
    "answered": "thanks, and nothing else",
}
M = TypeVar("M", bound=Model)


def asked() -> dict[str, dict[str, str]]:
    """The addresses to look at by what each is called, by who looks."""
    return {
        "controller-t": _led() | _listed() | _given() | _aimed() | _sent() | _round() | _surveyed(),
        "head-s003": {f"head of a department, {name}": url for name, url in _own("S003").items()},
        CALM: {f"officer of a commune, {name}": url for name, url in _own("X007").items()},
    }


def _own(code: str) -> Mapping[str, str]:
    return {
        "duties": "/dieu-hanh/",
        "list": "/dieu-hanh/nhiem-vu/?vai=cua-toi",
        "list, all of mine": "/dieu-hanh/nhiem-vu/?vai=cua-toi&o=tat-ca",
        "unit": f"/dieu-hanh/don-vi/{code}/",
    }


def _led() -> Mapping[str, str]:
    some, book = _nth(Task.objects.order_by("pk"), SMALL // 2), BookEntry.objects.filter(book=BOOK)
    entry = _nth(book.order_by("pk"), 200)
    year = timezone.now().year
    head = some.lead.posts.get(role="head").pk
    return {
        "duties": "/dieu-hanh/",
        "board": "/dieu-hanh/bang/",
        "board of communes, latest page": "/dieu-hanh/bang/?cap=xa&trang=6",
        "unit": f"/dieu-hanh/don-vi/{some.lead.code}/",
        "task": f"/dieu-hanh/nhiem-vu/{some.pk}/",
        "directives": "/dieu-hanh/van-ban/",
        "directives by word": "/dieu-hanh/van-ban/?q=cai+cach",
        "directive": f"/dieu-hanh/van-ban/{some.instrument_id}/",
        "heads": "/dieu-hanh/nguoi-dung-dau/",
        "card of a head": f"/dieu-hanh/nguoi-dung-dau/{head}/{year - 1}/",
        "card of a head, this year": f"/dieu-hanh/nguoi-dung-dau/{head}/{year}/",
        "sheet of a head as PDF": f"/dieu-hanh/nguoi-dung-dau/{head}/{year - 1}/phieu.pdf",
        "meeting": "/dieu-hanh/hop/",
        "pack of a meeting as PDF": "/dieu-hanh/hop/?xuat=pdf",
        "pack of a unit as PDF": f"/dieu-hanh/hop/?xuat=pdf&don_vi={some.lead.code}",
        "books": "/dieu-hanh/so/",
        "book": f"/dieu-hanh/so/{BOOK}/",
        "book far down": f"/dieu-hanh/so/{BOOK}/?sau={entry.pk}",
        "book by word": f"/dieu-hanh/so/{BOOK}/?q=noi+dung",
        "book, overdue": f"/dieu-hanh/so/{BOOK}/?tinh_trang=qua-han",
        "book of one unit": f"/dieu-hanh/so/{BOOK}/?don_vi={some.lead.code}",
        "behind a share, denominator": f"/dieu-hanh/so/{BOOK}/ty-le/da-tra-loi/d/",
        "behind a share, numerator": f"/dieu-hanh/so/{BOOK}/ty-le/giai-quyet/n/",
        "entry of a book": f"/dieu-hanh/so/{BOOK}/{entry.pk}/",
    }


def _given() -> Mapping[str, str]:
    """What gives tasks, urges and answers for them, and the files beside them."""
    owed = _nth(Task.objects.filter(state="doing").order_by("pk"), SMALL // 2)
    overdue = Task.objects.filter(state="doing").order_by("until", "pk")[:20]
    directive = Instrument.objects.filter(kind="directive").order_by("pk")[0]
    return {
        "giving a task": "/dieu-hanh/nhiem-vu/moi/",
        "urging many": f"/dieu-hanh/nhiem-vu/don-doc/?{urlencode([('viec', each.pk) for each in overdue])}",
        "pausing a task": f"/dieu-hanh/nhiem-vu/{owed.pk}/tam-dung/",
        "attachment": f"/dieu-hanh/tep/{_nth(Attachment.objects.order_by('pk'), SMALL // 2).pk}/",
        "registering a directive": "/dieu-hanh/van-ban/moi/",
        "giving a task of a directive": f"/dieu-hanh/van-ban/{directive.pk}/giao/",
        "taking a plan in": f"/dieu-hanh/van-ban/{directive.pk}/nhap/",
    }


def _aimed() -> Mapping[str, str]:
    """Plans and who has none, targets, what is owed from outside."""
    year = timezone.now().year
    aims = Target.objects.filter(unit__code="X007", year=year).order_by("pk")
    waited = Dependency.objects.order_by("pk")
    return {
        "plans": "/dieu-hanh/ke-hoach/",
        "units without a plan": "/dieu-hanh/ke-hoach/?o=chua",
        "plans that carry out none": "/dieu-hanh/ke-hoach/?o=roi&trang=2",
        "targets": "/dieu-hanh/chi-tieu/",
        "targets of a unit": f"/dieu-hanh/chi-tieu/?don_vi=X007&nam={year}",
        "target that is declared": f"/dieu-hanh/chi-tieu/{aims.filter(measure='')[0].pk}/",
        "target that is counted": f"/dieu-hanh/chi-tieu/{aims.filter(measure='tasks:done')[0].pk}/",
        "setting a target": f"/dieu-hanh/chi-tieu/moi/?don_vi=T&nam={year}",
        "dependencies": "/dieu-hanh/phu-thuoc/",
        "dependencies, last page": "/dieu-hanh/phu-thuoc/?trang=9999",
        "dependency": f"/dieu-hanh/phu-thuoc/{_nth(waited, 15).pk}/",
    }


def _sent() -> Mapping[str, str]:
    """Reports counted now and as they were sent, letters."""
    year = timezone.now().year
    letter = _nth(Letter.objects.order_by("-pk"), 9)
    return {
        "reports": "/dieu-hanh/bao-cao/",
        "reports of a unit": "/dieu-hanh/bao-cao/?don_vi=X007",
        "report of a period": f"/dieu-hanh/bao-cao/tasks/T/{year}-h1/",
        "report of a period as XLSX": f"/dieu-hanh/bao-cao/tasks/T/{year}-h1/?xuat=xlsx",
        "report of a period as PDF": f"/dieu-hanh/bao-cao/tasks/T/{year}-h1/?xuat=pdf",
        "report that was sent": f"/dieu-hanh/bao-cao/tasks/T/{year - 1}-h1/",
        "list of the overdue of a month": f"/dieu-hanh/bao-cao/overdue/T/{_month()}/",
        "list of the overdue of a unit": f"/dieu-hanh/bao-cao/overdue/X007/{_month()}/",
        "letter of urging": f"/dieu-hanh/don-vi/{letter.unit.code}/don-doc/",
        "letter as PDF": f"/dieu-hanh/cong-van/{letter.pk}/",
    }


def _surveyed() -> Mapping[str, str]:
    """Surveys: one that was closed, the one that is open."""
    over, live = Survey.objects.order_by("pk")[0], Survey.objects.order_by("-pk")[0]
    closed, open_ = (f"{SURVEYS}{each.pk}/" for each in (over, live))
    unit = live.units[0]
    waited = live.respondents.filter(answered=False, paper=False).order_by("pk")[0]
    return {
        "surveys": SURVEYS,
        "question set": f"{SURVEYS}bo-cau-hoi/{live.table_id}/",
        "opening a survey": f"{SURVEYS}mo/{live.round_id}/",
        "survey that is open": open_,
        "survey that was closed": closed,
        "result of a survey for a unit": f"{closed}ket-qua/{over.units[0]}/",
        "people of a survey": f"{open_}nguoi/",
        "people not reached yet": f"{open_}nguoi/?o=cho&don_vi={unit}&mau=01",
        "people by words": f"{open_}nguoi/?q=n3",
        "sheet of links": f"{open_}{unit}/01/lien-ket/",
        "forms on paper": f"{open_}{unit}/01/phieu-giay/",
        "form behind a link": f"/tra-loi/bench-{waited.pk}/",
    }


def _nth(rows: QuerySet[M], place: int) -> M:
    """The row at a place, the last one where there are fewer."""
    return rows[min(place, rows.count() - 1)]


def unnamed() -> set[str]:
    """The addresses of the room that are neither looked at nor excepted, by their names; it should be none."""
    urls = (url.partition("?")[0] for pages in asked().values() for url in pages.values())
    seen = {resolve(url).url_name for url in urls}
    return {str(path.name) for path in urlpatterns} - seen - EXCEPTIONS.keys()


def _month() -> str:
    last = day(timezone.now()).replace(day=1) - timedelta(days=1)
    return f"{last:%Y-%m}"


def _listed() -> Mapping[str, str]:
    """The list of tasks with each of its filters."""
    some = _nth(Task.objects.order_by("pk"), SMALL // 2)
    instrument = Instrument.objects.get(pk=some.instrument_id)
    asked = {
        "": "",
        "far down": f"sau={_far()}",
        "everything": "o=tat-ca",
        "everything, newest first": "o=tat-ca&xep=moi",
        "overdue": "o=qua-han",
        "due soon": "o=sap-den-han",
        "waiting": "o=cho-xac-nhan",
        "done in time": "o=dung-han",
        "done late": "o=tre-han",
        "by unit": "xep=don-vi",
        "latest first": "xep=-han",
        "of one unit": f"don_vi={some.lead.code}&o=tat-ca",
        "of a field": "linh_vuc=thu-tuc&o=tat-ca",
        "with a tag": "nhan=trong-tam&o=tat-ca",
        "of a year": f"nam={timezone.now().year}&o=tat-ca",
        "of an instrument": f"van_ban={instrument.pk}&o=tat-ca",
        "by words": "q=mot+cua&o=tat-ca",
        "by a number": f"q={instrument.number}&o=tat-ca",
        "by a word nobody wrote": "q=xyzabc",
        "given by us": "vai=giao",
        "waiting for us": "vai=cho-toi",
        "where we cooperate": "vai=phoi-hop",
    }
    found = {f"tasks {name}".strip(): f"/dieu-hanh/nhiem-vu/?{said}" for name, said in asked.items()}
    of_directive = f"van_ban={instrument.pk}&o=tat-ca&xuat=xlsx"
    return found | {
        "tasks of a directive as a file": f"/dieu-hanh/nhiem-vu/?{of_directive}",
        "tasks of a unit as a file": "/dieu-hanh/nhiem-vu/?don_vi=X007&o=tat-ca&xuat=xlsx",
    }


def _far() -> str:
    """The key of a task in the middle of what is owed."""
    some = Task.objects.filter(queries.unsettled()).order_by("until", "id")
    task = some[some.count() // 2]
    return f"{task.until}~{task.pk}"


def _round() -> Mapping[str, str]:
    made = ParRound.objects.order_by("pk")[0]
    here = f"/dieu-hanh/cchc/{made.pk}/"
    return {
        "rounds of the index": "/dieu-hanh/cchc/",
        "round of three hundred units": here,
        "lost points": f"{here}mat-diem/",
        "lost points of one criterion": f"{here}mat-diem/?tieu_chi=1.2",
        "opening a round": "/dieu-hanh/cchc/mo-dot/",
        "sheet of a unit": f"{here}X007/",
        "work for what a unit lost": f"{here}X007/khac-phuc/",
        "criterion of a sheet": f"{here}X007/tieu-chi/1.2/",
    }
