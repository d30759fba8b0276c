"""Files about anything of the room: kept once by their digest, of the kinds offices use (tệp đính kèm)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db import transaction

from motcua.law.facts import Refused
from motcua.people.models import Officer

from ..models import Attachment, Content

# By the end of the name: the media type, and how such a file begins. ZIP holds office files.
KINDS: Mapping[str, tuple[str, tuple[bytes, ...]]] = {
    "pdf": ("application/pdf", (b"%PDF-",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    "doc": ("application/msword", (b"\xd0\xcf\x11\xe0",)),
    "xls": ("application/vnd.ms-excel", (b"\xd0\xcf\x11\xe0",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "png": ("image/png", (b"\x89PNG\r\n",)),
}
LONGEST = 200


@transaction.atomic(durable=True)
def attach_file(about: str, *, name: str, content: bytes, by: Officer, at: datetime) -> Attachment:
    """Đính kèm tệp about the stream `about`; the same file twice is one. Raises Refused for its kind or size."""
    return attached(about, name=name, content=content, by=by, at=at)


def attached(about: str, *, name: str, content: bytes, by: Officer, at: datetime) -> Attachment:
    """`attach_file` within the transaction of the caller; who may is for the caller to ask."""
    media = _media(name, content)
    digest = sha256(content).hexdigest()
    Content.objects.bulk_create([Content(digest=digest, content=content)], ignore_conflicts=True)
    found, _ = Attachment.objects.get_or_create(
        about=about,
        content_id=digest,
        defaults={"name": _short(name), "media": media, "size": len(content), "by": by, "at": at},
    )
    return found


def _media(name: str, content: bytes) -> str:
    most = settings.STEERING_FILE_MB
    if not content:
        raise Refused(f"Tệp “{name}” rỗng; hãy chọn tệp khác")
    if len(content) > most * 1_000_000:
        raise Refused(f"Tệp “{name}” lớn hơn {most} MB; hãy nén hoặc tách tệp")
    kind = KINDS.get(name.rpartition(".")[2].lower())
    if kind is None:
        raise Refused(f"Không nhận tệp “{name}”; chỉ nhận tệp {', '.join(KINDS)}")
    media, begins = kind
    if not content.startswith(begins):
        raise Refused(f"Nội dung tệp “{name}” không đúng loại như tên tệp; hãy lưu lại tệp rồi gửi")
    return media


def _short(name: str) -> str:
    stem, _, end = name.replace("/", "_").replace("\\", "_").rpartition(".")
    return f"{stem[: LONGEST - len(end) - 1]}.{end}"
