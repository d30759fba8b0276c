"""Where the procedures of a decision stand, and what must be mended before it is announced (kiểm tra dự thảo)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, prefetch_related_objects

from ..control.models import Drafted, Stage
from ..models import Procedure, Status, Version
from ..reading.drafts import CODE
from . import applying, deriving
from .models import Announced, Announcement, Change


@dataclass(slots=True)
class Standing:
    """The texts of one procedure: the newest draft, one announced and not public, the one published last.

    `current` is the published text that has no end yet, `central` the last that is not of a decision of the province.
    """

    procedure: Procedure | None = None
    draft: Version | None = None
    announced: Version | None = None
    current: Version | None = None
    central: Version | None = None

    def followed(self, on: date) -> Version | None:
        """The text one that begins on a day comes after: what the province said otherwise from later on gives way."""
        if self.current and self.current.origin_id and self.current.valid_from >= on:
            return self.central
        return self.current

    last: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands in the way of announcing one item, where, and the remedy (điểm phải sửa); `stops` or only warns."""

    row: int
    code: str
    field: str
    problem: str
    remedy: str
    stops: bool = True


@dataclass(slots=True)
class Draft:
    """A decision being drafted, with its items and where their procedures stand."""

    announcement: Announcement
    items: Sequence[Announced]
    standings: Mapping[str, Standing] = field(default_factory=dict)


def standings(codes: Iterable[str]) -> dict[str, Standing]:
    """Where each procedure stands; an unknown code stands nowhere."""
    found = {code: Standing() for code in codes}
    for procedure in Procedure.objects.filter(code__in=list(found)).defer("words", "folded"):
        found[procedure.code].procedure = procedure
    texts = Version.objects.filter(procedure__code__in=list(found)).select_related("procedure")
    unready = _unready(list(found))
    for version in texts.defer("procedure__words", "procedure__folded").order_by("number"):
        here = found[version.procedure.code]
        here.last = max(here.last, version.number)
        if version.status == Status.DRAFT:
            here.draft = version if version.pk not in unready else here.draft
        elif version.status == Status.ANNOUNCED:
            here.announced = version
        elif version.status == Status.PUBLISHED:
            here.central = version if version.origin_id is None else here.central
            here.current = version if version.valid_to is None else here.current
    return found


def _unready(codes: list[str]) -> set[int]:
    """The texts of regulations still being drafted, or given up: nothing may be announced of them."""
    written = Drafted.objects.filter(version__procedure__code__in=codes)
    ready = Q(draft__stage=Stage.PROMULGATED, dropped_at=None)
    return set(written.exclude(ready).values_list("version_id", flat=True))


def gathered(announcement: Announcement) -> Draft:
    """The decision with its items and where their procedures stand, each kind of thing asked for once."""
    items = list(announcement.items.select_related("instrument"))
    codes = {item.code for item in items} | {item.replaces for item in items if item.replaces}
    found = standings(codes)
    texts = [text for each in found.values() for text in (each.draft, each.current) if text]
    prefetch_related_objects(texts, *deriving.LISTS)
    return Draft(announcement, items, found)


def told(item: Announced, standing: Standing) -> dict[str, Any] | None:
    """What the announced text says: the draft that waits, else the text before it, with what the decision writes.

    None where there is nothing to announce.
    """
    base = standing.draft or (standing.current if item.given else None)
    if base is None and item.given and item.kind in (Change.NEW, Change.REPLACED):
        return deriving.written(deriving.blank(item.title), item.given)
    if base is None:
        return None
    kept = {"title": item.title} if item.title and standing.draft is None else {}
    # What the province says otherwise is no part of a central text.
    central = applying.central_of(base, deriving.content(base))
    return deriving.written(central, kept | item.given)


def problems(draft: Draft) -> list[Problem]:
    """Everything to mend before the decision can be announced, and what to look at."""
    found: list[Problem] = list(_of_decision(draft))
    for item in draft.items:
        standing = draft.standings[item.code]
        look = _abolished if item.kind == Change.ABOLISHED else _text
        found += look(item, standing, draft.announcement.effective_on)
        if item.replaces and item.replaces != item.code:
            found += _replaced(item, draft.standings[item.replaces], draft.announcement.effective_on)
    return found


def _of_decision(draft: Draft) -> Iterable[Problem]:
    if not draft.items:
        yield Problem(
            0, "", "Danh mục", "quyết định chưa có thủ tục nào", "Thêm thủ tục hoặc nhập tệp danh mục"
        )
    if any(item.instrument is None for item in draft.items) and not draft.announcement.instruments.exists():
        remedy = "Chọn văn bản quy định thủ tục cho quyết định hoặc cho từng thủ tục"
        yield Problem(0, "", "Văn bản quy định", "chưa nêu văn bản quy định thủ tục", remedy)


def _abolished(item: Announced, standing: Standing, effective: date) -> Iterable[Problem]:
    if standing.current is None:
        remedy = "Kiểm tra mã; chỉ bãi bỏ thủ tục đang có bản công khai còn hiệu lực"
        yield _problem(item, "Mã thủ tục", "không có bản nào đang áp dụng để bãi bỏ", remedy)
    else:
        yield from _begins(item, standing.followed(effective), effective)
    if standing.announced:
        yield _waiting(item, standing.announced)


def _replaced(item: Announced, standing: Standing, effective: date) -> Iterable[Problem]:
    if standing.current is None:
        what = f"thủ tục bị thay {item.replaces} không có bản nào đang áp dụng"
        yield _problem(item, "Thủ tục bị thay", what, "Sửa mã thủ tục bị thay, hoặc để trống")
    else:
        yield from _begins(item, standing.followed(effective), effective)


def _text(item: Announced, standing: Standing, effective: date) -> Iterable[Problem]:
    if not CODE.fullmatch(item.code):
        remedy = "Cấp mã cho thủ tục mới ở dự thảo văn bản, rồi ghi lại thủ tục vào quyết định"
        yield _problem(item, "Mã thủ tục", "chưa có mã của Cơ sở dữ liệu quốc gia", remedy)
    if item.kind == Change.NEW and standing.current:
        remedy = "Đổi loại thành sửa đổi, bổ sung hoặc thay thế"
        yield _problem(item, "Loại", "thủ tục này đang được áp dụng, không phải mới ban hành", remedy)
    if item.kind == Change.AMENDED and standing.current is None:
        remedy = "Đổi loại thành mới ban hành, hoặc kiểm tra mã"
        yield _problem(item, "Loại", "không có bản nào đang áp dụng để sửa đổi", remedy)
    if item.kind == Change.AMENDED and not item.changed.strip():
        remedy = "Ghi phần nào thay đổi (NĐ 63/2010 Đ.15)"
        yield _problem(item, "Nội dung thay đổi", "chưa nêu nội dung sửa đổi, bổ sung", remedy)
    if standing.announced:
        yield _waiting(item, standing.announced)
    if standing.current:
        yield from _begins(item, standing.followed(effective), effective)
    yield from _content(item, standing, effective)


def _content(item: Announced, standing: Standing, effective: date) -> Iterable[Problem]:
    said = told(item, standing)
    if said is None:
        remedy = "Nhập bản dự thảo của thủ tục, hoặc ghi phần thay đổi ngay trong danh mục"
        yield _problem(item, "Nội dung", "chưa có nội dung mới của thủ tục", remedy)
        return
    if lacking := deriving.missing(said, effective):
        # What was missing before a change goes on missing; a new procedure must be whole (NĐ 63/2010 Đ.8.2).
        before = deriving.content(standing.current) if standing.current else None
        stops = before is None or not set(lacking) <= set(deriving.missing(before, effective))
        what = f"thiếu bộ phận bắt buộc: {', '.join(lacking)}"
        yield _problem(item, "Bộ phận", what, "Bổ sung theo khoản 2 Điều 8 NĐ 63/2010", stops)


def _begins(item: Announced, current: Version | None, effective: date) -> Iterable[Problem]:
    if current and current.valid_from >= effective:
        what = f"bản {current.number} có hiệu lực từ {current.valid_from:%d/%m/%Y}"
        yield _problem(item, "Ngày có hiệu lực", what, "Quyết định phải có hiệu lực sau ngày đó")


def _waiting(item: Announced, version: Version) -> Problem:
    what = f"bản {version.number} công bố theo {version.decision} chưa công khai"
    return _problem(item, "Công khai", what, "Công khai bản đó trước")


def _problem(item: Announced, field: str, problem: str, remedy: str, stops: bool = True) -> Problem:
    return Problem(item.position, item.code, field, problem, remedy, stops)
