"""Making versions and processes final (công khai): the one before ends where the new one begins.

Parts of acts, inside the act's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from motcua.law import bundle as law
from motcua.law.facts import Refused
from motcua.law.soundness import Severity

from . import review
from .announcing import applying, deriving
from .models import Bundle, Level, Overlay, Procedure, ProcessVersion, Status, Version
from .words import words

_SHOW = """
UPDATE catalogue_procedure AS shown SET title = told.title, field = told.field, folded = told.folded, words =
    setweight(to_tsvector('simple', split_part(told.folded, E'\\n', 1)), 'A')
    || setweight(to_tsvector('simple', split_part(told.folded, E'\\n', 2)), 'C')
    || setweight(to_tsvector('simple', split_part(told.folded, E'\\n', 3)), 'D')
    || setweight(to_tsvector('simple', split_part(told.folded, E'\\n', 4)), 'B')
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS told (id, title, field, folded)
WHERE shown.id = told.id
"""
_OVERLAP = "Hiệu lực chồng lên một bản đã công khai; sửa ngày hiệu lực"


def versions(drafts: Sequence[Version], *, at: datetime) -> None:
    """Publish versions of different procedures. Raises Refused for all when one cannot be."""
    for version in drafts:
        if version.status == Status.PUBLISHED:
            raise Refused(f"Phiên bản {version} đã công khai")
    _end_before(drafts)
    told = applying.put_in(drafts)
    try:
        with transaction.atomic():
            given = Version.objects.filter(
                pk__in=[version.pk for version in drafts if version.pk not in told]
            )
            given.update(status=Status.PUBLISHED, published_at=at)
            for key, columns in told.items():
                Version.objects.filter(pk=key).update(status=Status.PUBLISHED, published_at=at, **columns)
    except IntegrityError:
        raise Refused(_OVERLAP) from None
    _show(drafts)
    _said_again([draft for draft in drafts if draft.origin_id is None], at)


def derived(current: Version, told: Mapping[str, Any], begins: date, at: datetime) -> Version:
    """The central text `told` from a day on, published with what the province says otherwise on that day."""
    last = Version.objects.filter(procedure=current.procedure).aggregate(last=Max("number"))["last"]
    about = {name: getattr(current, name) for name in ("decision", "decided_on", "issuer", "source_digest")}
    made = deriving.write(
        current.procedure, told, number=last + 1, valid_from=begins, origin=current, **about
    )
    versions([made], at=at)
    made.refresh_from_db()
    return made


def end(procedure: int, on: date) -> None:
    """No text of a procedure holds from a day on. Raises Refused where a central one begins then or later."""
    _make_room({procedure: on})
    Version.objects.filter(status=Status.PUBLISHED, valid_to=None, procedure=procedure).update(valid_to=on)


def process(draft: ProcessVersion) -> None:
    """Publish one internal process. Raises Refused for one that a review finds wrong, or that begins too early."""
    if draft.status == Status.PUBLISHED:
        raise Refused(f"Quy trình {draft} đã công khai")
    errors = [found for found in review.before_publishing(draft) if found.severity is Severity.ERROR]
    if errors:
        raise Refused("Quy trình chưa công khai được: " + "; ".join(f.message for f in errors[:3]))
    published = ProcessVersion.objects.filter(status=Status.PUBLISHED, valid_to__isnull=True)
    before = published.filter(procedure=draft.procedure_id, unit=draft.unit_id).first()
    if before and before.valid_from >= draft.valid_from:
        raise Refused(
            f"Quy trình trước có hiệu lực từ {before.valid_from:%d/%m/%Y}; quy trình mới phải sau ngày đó"
        )
    if before:
        ProcessVersion.objects.filter(pk=before.pk).update(valid_to=draft.valid_from)
    try:
        with transaction.atomic():
            ProcessVersion.objects.filter(pk=draft.pk).update(status=Status.PUBLISHED)
    except IntegrityError:
        raise Refused(_OVERLAP) from None


def _end_before(drafts: Sequence[Version]) -> None:
    """Open versions of the same procedures end where these begin."""
    begins = {version.procedure_id: version.valid_from for version in drafts}
    _make_room({version.procedure_id: version.valid_from for version in drafts if version.origin_id is None})
    published = Version.objects.filter(status=Status.PUBLISHED, valid_to__isnull=True)
    for old in published.filter(procedure__in=begins).select_related("procedure"):
        if old.valid_from >= begins[old.procedure_id]:
            raise Refused(f"Bản {old} có hiệu lực từ {old.valid_from:%d/%m/%Y}; bản mới phải sau ngày đó")
        Version.objects.filter(pk=old.pk).update(valid_to=begins[old.procedure_id])


def _make_room(begins: Mapping[int, date]) -> None:
    """What only a decision of the province made reserves no day: it gives way to a central text, and is made anew."""
    made = Version.objects.filter(status=Status.PUBLISHED, procedure__in=begins, origin__isnull=False)
    late = [
        (key, procedure)
        for key, procedure, begun in made.values_list("pk", "procedure", "valid_from")
        if begun >= begins[procedure]
    ]
    Version.objects.filter(pk__in=[key for key, _ in late]).update(status=Status.SUPERSEDED)
    for procedure in {procedure for _, procedure in late}:
        published = Version.objects.filter(status=Status.PUBLISHED, procedure=procedure)
        last = published.select_related("procedure").latest("valid_from")
        if last.valid_from >= begins[procedure]:
            raise Refused(f"Bản {last} có hiệu lực từ {last.valid_from:%d/%m/%Y}; bản mới phải sau ngày đó")
        Version.objects.filter(pk=last.pk).update(valid_to=begins[procedure])


def _said_again(drafts: Sequence[Version], at: datetime) -> None:
    """What the province says otherwise later, or until later, is made anew on the new central texts."""
    days: dict[int, set[date]] = {}
    overlays = Overlay.objects.filter(procedure__in=[draft.procedure_id for draft in drafts])
    for procedure, *told in overlays.values_list("procedure", "valid_from", "valid_to"):
        days.setdefault(procedure, set()).update(day for day in told if day)
    for draft in drafts:
        later = sorted(day for day in days.get(draft.procedure_id, ()) if day > draft.valid_from)
        if later:
            current = Version.objects.select_related("procedure").get(pk=draft.pk)
            central = applying.central_of(current, deriving.content(current))
        for day in later:
            current = derived(current, central, day, at)


def _show(drafts: Sequence[Version]) -> None:
    """Lists and search show the newest published version."""
    ids = [version.procedure_id for version in drafts]
    titles, fields = [version.title for version in drafts], [version.field for version in drafts]
    folded = ["\n".join(" ".join(words(part)) for part in _searched(version)) for version in drafts]
    with connection.cursor() as cursor:
        cursor.execute(_SHOW, [ids, titles, fields, folded])


def _searched(version: Version) -> tuple[str, ...]:
    """What a search looks into, a line each: title, field, keywords; level, audiences and agencies."""
    levels = [Level(level).label.removeprefix("Cấp ") for level in version.levels]
    who = (*levels, *version.audiences, version.agency, version.authority)
    return version.title, version.field, version.keywords, " ".join(who)


def bundle(draft: Bundle) -> None:
    """Publish one bundle; the one before it ends where it begins. Raises Refused for one that cannot be followed."""
    source = "NĐ 118/2025/NĐ-CP Đ.20.2"
    if draft.status == Status.PUBLISHED:
        raise Refused(f"Nhóm thủ tục {draft} đã công khai", source)
    _may_be_followed(draft, source)
    before = Bundle.objects.filter(code=draft.code, status=Status.PUBLISHED, valid_to=None).first()
    if before and before.valid_from >= draft.valid_from:
        raise Refused(f"Bản {before} có hiệu lực từ {before.valid_from:%d/%m/%Y}; bản mới phải sau ngày đó")
    if before:
        Bundle.objects.filter(pk=before.pk).update(valid_to=draft.valid_from)
    Bundle.objects.filter(pk=draft.pk).update(status=Status.PUBLISHED)


def _may_be_followed(draft: Bundle, source: str) -> None:
    """Members under keys of their own, one of them leading, no circle, each a procedure of the catalogue."""
    keys = [member["key"] for member in draft.members]
    if len(set(keys)) < len(keys):
        raise Refused("Hai thủ tục của nhóm cùng mang một khóa", source)
    if sum(bool(member.get("lead")) for member in draft.members) != 1:
        raise Refused("Nhóm phải có đúng một thủ tục chủ trì", source)
    law.ordered([law.Part(key=m["key"], minutes=0, needs=tuple(m["needs"])) for m in draft.members])
    codes = {member["procedure"] for member in draft.members}
    unknown = codes - set(Procedure.objects.filter(code__in=codes).values_list("code", flat=True))
    if unknown:
        raise Refused(f"Danh mục không có thủ tục {', '.join(sorted(unknown))}", source)
